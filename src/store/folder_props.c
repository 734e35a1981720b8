/* Properties of folders and of the store itself. */
#include "store/content.h"
#include "store/folder_private.h"
#include "store/schema.h"

#include "base/utf16.h"

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

/* One of the two columns of a folder that hold lists of properties. */
static status load_column(struct mailbox *m, const char *query, uint64_t id, struct bag *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, query);
	bool row = false;

	bind_u64(s, 1, id);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (!row)
		return reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)id);
	return content_decode_bag(m, sql_blob(s, 0), out);
}

static status save_column(struct mailbox *m, const char *query, uint64_t id, const struct bag *bag)
{
	CLEANUP_BUF struct buf b = BUF_MAX(FOLDER_PROPERTIES_MAX);
	status st = content_encode_bag(m, bag, &b);
	struct sql_statement *s;

	if (st)
		return st;
	s = sql_prepare(m->db, query);
	sql_bind_blob(s, 1, buf_bytes(&b));
	bind_u64(s, 2, id);
	return mailbox_error(m, sql_run(s));
}

#define LOAD_PROPERTIES "SELECT properties FROM folder WHERE id = $1"
#define SAVE_PROPERTIES "UPDATE folder SET properties = $1 WHERE id = $2"
#define LOAD_CRITERIA "SELECT criteria FROM folder WHERE id = $1"
#define SAVE_CRITERIA "UPDATE folder SET criteria = $1 WHERE id = $2"

/* Folders ------------------------------------------------------------------------------------------------------------- */

status folder_props(struct mailbox *m, uint64_t id, struct bag *out)
{
	struct folder f;
	status s = folder_get(m, id, out->arena, &f);

	if (!s)
		s = load_column(m, LOAD_PROPERTIES, id, out);
	if (s)
		return s;
	if (!bag_find(out, tag_id(PidTagDisplayName)) && bag_set_text(out, PidTagDisplayName, f.name))
		return no_memory(m);
	if (!bag_find(out, tag_id(PidTagContainerClass)) && *f.class_name && bag_set_text(out, PidTagContainerClass, f.class_name))
		return no_memory(m);
	return ecNone;
}

status folder_forget_name(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * FOLDER_PROPERTIES_MAX);
	struct bag bag;

	bag_init(&bag, &arena);
	status s = load_column(m, LOAD_PROPERTIES, id, &bag);
	if (s || !bag_find(&bag, tag_id(PidTagDisplayName)))
		return s;
	bag_remove(&bag, tag_id(PidTagDisplayName));
	return save_column(m, SAVE_PROPERTIES, id, &bag);
}

static status set_class(struct mailbox *m, uint64_t id, const char *class_name)
{
	struct sql_statement *s = sql_prepare(m->db, "UPDATE folder SET class = $1 WHERE id = $2");

	sql_bind_text(s, 1, class_name);
	bind_u64(s, 2, id);
	return mailbox_error(m, sql_run(s));
}

/* The name stands in a column, the class in one too. */
static status take_columns(struct mailbox *m, const struct folder *f, struct bag *set, struct arena *arena)
{
	const struct prop *name = bag_find(set, tag_id(PidTagDisplayName)), *class_name = bag_find(set, tag_id(PidTagContainerClass));
	status s = ecNone;

	if (name) {
		const char *text = prop_text(name, 1252, arena);

		s = text ? folder_rename(m, f->id, text) : reason_set(&m->why, ecInvalidParam, "the name of a folder is no text");
		bag_remove(set, tag_id(PidTagDisplayName));
	}
	if (!s && class_name) {
		const char *text = prop_text(bag_find(set, tag_id(PidTagContainerClass)), 1252, arena);

		s = text ? set_class(m, f->id, text) : reason_set(&m->why, ecInvalidParam, "the class of a folder is no text");
	}
	return s;
}

status folder_class_list(struct mailbox *m, const char *class_name, struct arena *arena, struct bytes *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4 * FOLDER_NAME_MAX);
	struct bag bag;

	bag_init(&bag, arena);
	if (bag_set_text(&bag, PidTagContainerClass, class_name))
		return no_memory(m);
	status s = content_encode_bag(m, &bag, &b);
	if (s)
		return s;
	*out = bytes_of(arena_memdup(arena, b.p, b.n), b.n);
	return out->p ? ecNone : no_memory(m);
}

static status copy_bag(struct mailbox *m, const struct bag *from, struct bag *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (bag_set(to, &from->v[i]))
			return no_memory(m);
	return ecNone;
}

status folder_set(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * FOLDER_PROPERTIES_MAX);
	struct bag bag, given;
	struct folder f = { .id = 0 };
	status s = folder_to_change(m, id, &arena, &f);

	bag_init(&bag, &arena);
	bag_init(&given, &arena);
	if (!s)
		s = copy_bag(m, set, &given);
	if (!s)
		s = take_columns(m, &f, &given, &arena);
	if (!s)
		s = load_column(m, LOAD_PROPERTIES, id, &bag);
	if (!s && content_change_bag(&bag, &given, remove, n))
		s = no_memory(m);
	if (!s)
		s = save_column(m, SAVE_PROPERTIES, id, &bag);
	if (!s)
		s = folder_get(m, id, &arena, &f);
	return s ? s : folder_changed(m, &f, CHANGE_FOLDER_MODIFIED, f.parent);
}

status folder_put_props(struct mailbox *m, uint64_t id, const struct bag *props)
{
	return save_column(m, SAVE_PROPERTIES, id, props);
}

status folder_stored_props(struct mailbox *m, uint64_t id, struct bag *out)
{
	return load_column(m, LOAD_PROPERTIES, id, out);
}

status folder_criteria(struct mailbox *m, uint64_t id, struct bag *out)
{
	return load_column(m, LOAD_CRITERIA, id, out);
}

status folder_set_criteria(struct mailbox *m, uint64_t id, const struct bag *criteria)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct folder f = { .id = 0 };
	status s = folder_to_change(m, id, &arena, &f);

	if (!s)
		s = save_column(m, SAVE_CRITERIA, id, criteria);
	return s ? s : folder_changed(m, &f, CHANGE_FOLDER_MODIFIED, f.parent);
}

/* The store -------------------------------------------------------------------------------------------------------------- */

status mailbox_props(struct mailbox *m, struct bag *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT bytes FROM meta WHERE name = 'properties'");
	bool row = false;
	status st = sql_step(s, &row);

	if (st)
		return mailbox_error(m, st);
	return row ? content_decode_bag(m, sql_blob(s, 0), out) : ecNone;
}

status mailbox_set(struct mailbox *m, const struct bag *set, const uint16_t *remove, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * FOLDER_PROPERTIES_MAX);
	CLEANUP_BUF struct buf b = BUF_MAX(FOLDER_PROPERTIES_MAX);
	struct bag bag;
	status s = mailbox_must_write(m);

	bag_init(&bag, &arena);
	if (!s)
		s = mailbox_props(m, &bag);
	if (!s && content_change_bag(&bag, set, remove, n))
		s = no_memory(m);
	if (!s)
		s = content_encode_bag(m, &bag, &b);
	return s ? s : mailbox_error(m, meta_set_bytes(m->db, "properties", buf_bytes(&b)));
}
