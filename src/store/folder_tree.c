/* Whole folders are copied and deleted, with what is in them and below them. */
#include "store/content.h"
#include "store/folder_private.h"
#include "store/message_private.h"
#include "store/per_user.h"

/* Copying ------------------------------------------------------------------------------------------------------------- */

static status copy_messages(struct mailbox *m, uint64_t from, uint64_t to)
{
	status s = ecNone;

	for (unsigned kind = 0; !s && kind < 2; kind++) {
		uint64_t id = 0, copy;

		s = message_next(m, from, kind == KIND_ASSOCIATED, false, 0, &id);
		while (!s && id) {
			s = message_copy(m, id, to, &copy);
			if (!s)
				s = message_next(m, from, kind == KIND_ASSOCIATED, false, id, &id);
		}
	}
	return s;
}

static status copy_one(struct mailbox *m, const struct folder *f, uint64_t parent, const char *name, uint64_t *copy)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * FOLDER_PROPERTIES_MAX);
	struct folder_options options = { .class_name = f->class_name, .is_search = f->is_search };
	struct bag props, criteria;
	uint64_t id = 0;
	status s = folder_create(m, parent, name, &options, &id);

	bag_init(&props, &arena);
	bag_init(&criteria, &arena);
	if (!s)
		s = folder_stored_props(m, f->id, &props);
	if (!s)
		s = folder_criteria(m, f->id, &criteria);
	bag_remove(&props, tag_id(PidTagDisplayName));
	/* Addresses are of one folder (store/public_mail.h). */
	bag_remove(&props, tag_id(PidTagAddressBookEntryId));
	if (!s)
		s = folder_put_props(m, id, &props);
	if (!s && criteria.n)
		s = folder_set_criteria(m, id, &criteria);
	if (!s)
		s = copy_messages(m, f->id, id);
	if (!s)
		*copy = id;
	return s;
}

/* Depth is bounded by FOLDER_DEPTH_MAX; the copy is no child of what is copied when it is made last. */
static status copy_tree(struct mailbox *m, uint64_t id, uint64_t parent, const char *name, bool deep, uint64_t *copy)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f = { .id = 0 };
	uint64_t child = 0, below;
	status s = folder_to_change(m, id, &arena, &f);

	if (!s)
		s = copy_one(m, &f, parent, name ? name : f.name, copy);
	if (!s && deep)
		s = folder_next_child(m, id, 0, &child);
	while (!s && deep && child) {
		s = copy_tree(m, child, *copy, NULL, true, &below);
		if (!s)
			s = folder_next_child(m, id, child, &child);
	}
	return s;
}

status folder_copy(struct mailbox *m, uint64_t id, uint64_t parent, const char *name, bool deep, uint64_t *copy)
{
	bool within = false;
	uint64_t made = 0;
	status s = folder_is_within(m, parent, id, &within);

	if (!s && within && deep)
		return reason_set(&m->why, ecInvalidParam, "a folder cannot be copied into itself with all that is below it");
	if (!s)
		s = copy_tree(m, id, parent, name, deep, &made);
	if (!s)
		*copy = made;
	return s;
}

/* Deleting -------------------------------------------------------------------------------------------------------------- */

/* Keepers of tables of their own are told of each message; without any, nobody needs to know. */
static status note_messages(struct mailbox *m, uint64_t folder)
{
	bool row = false;
	status st = ecNone;

	if (!m->n_ears)
		return ecNone;
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id, kind FROM message WHERE folder = $1 ORDER BY kind, id");
	bind_u64(s, 1, folder);
	while (!(st = sql_step(s, &row)) && row) {
		struct mailbox_change change = {
			.kind = sql_i64(s, 1) & KIND_DELETED ? CHANGE_MESSAGE_PURGED : CHANGE_MESSAGE_DELETED,
			.associated = (sql_i64(s, 1) & KIND_ASSOCIATED) != 0,
			.folder = folder,
			.object = (uint64_t)sql_i64(s, 0),
			.old_folder = folder,
			.old_object = (uint64_t)sql_i64(s, 0),
		};

		st = mailbox_note(m, &change);
		if (st)
			return st;
	}
	return mailbox_error(m, st);
}

static status delete_rows(struct mailbox *m, uint64_t folder)
{
	static const char *const texts[] = {
		"DELETE FROM piece WHERE content IN (SELECT content FROM message WHERE folder = $1)",
		"DELETE FROM large WHERE content IN (SELECT content FROM message WHERE folder = $1)",
		"DELETE FROM content WHERE id IN (SELECT content FROM message WHERE folder = $1)",
		"DELETE FROM message WHERE folder = $1",
		"DELETE FROM tombstone WHERE folder = $1",
		"DELETE FROM folder WHERE id = $1",
	};
	status st = folder_counts_flush(m);

	m->total_known = false;
	for (size_t i = 0; !st && i < sizeof texts / sizeof *texts; i++) {
		struct sql_statement *s = sql_prepare(m->db, texts[i]);

		bind_u64(s, 1, folder);
		st = mailbox_error(m, sql_run(s));
	}
	return st;
}

static status delete_one(struct mailbox *m, const struct folder *f)
{
	uint64_t cn = mailbox_next_cn(m);
	status s = note_messages(m, f->id);

	if (!s)
		s = delete_rows(m, f->id);
	if (!s)
		s = per_user_forget(m, f->id);
	if (!s)
		s = message_tombstone(m, FOLDER_TOMBSTONES, f->id, cn);
	return s ? s : mailbox_note(m, &(struct mailbox_change){ .kind = CHANGE_FOLDER_DELETED,
								 .folder = f->id,
								 .object = f->id,
								 .old_folder = f->parent,
								 .parent = f->parent,
								 .cn = cn });
}

static status may_delete(struct mailbox *m, uint64_t id, struct arena *arena, struct folder *f)
{
	status s = folder_to_change(m, id, arena, f);

	if (!s && f->role != MAILBOX_PLAIN)
		s = reason_set(&m->why, ecAccessDenied, "the folder \"%.80s\" stays: the mailbox needs it", f->name);
	return s;
}

/* Is there a folder with a role below? Then nothing is deleted. */
static status look_below(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f = { .id = 0 };
	uint64_t child = 0;
	status s = may_delete(m, id, &arena, &f);

	if (!s)
		s = folder_next_child(m, id, 0, &child);
	while (!s && child) {
		s = look_below(m, child);
		if (!s)
			s = folder_next_child(m, id, child, &child);
	}
	return s;
}

static status delete_tree(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f = { .id = 0 };
	uint64_t child = 0;
	status s = folder_to_change(m, id, &arena, &f);

	if (!s)
		s = folder_next_child(m, id, 0, &child);
	while (!s && child) {
		s = delete_tree(m, child);
		if (!s)
			s = folder_next_child(m, id, 0, &child);
	}
	return s ? s : delete_one(m, &f);
}

status folder_delete(struct mailbox *m, uint64_t id)
{
	status s = look_below(m, id);

	return s ? s : delete_tree(m, id);
}
