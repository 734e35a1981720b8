/* Messages change, move, are copied, deleted and restored. */
#include "rop/xid.h"
#include "store/message_groups.h"
#include "store/message_private.h"
#include "store/read_marks.h"

#include <stdlib.h>

#define CHANGE_BUDGET (2 * MESSAGE_BODY_MAX)
#define INFO_BUDGET ((size_t)1 << 20)

/* In place of a version: the one that it is stays. */
static const struct message_version same_version;

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static status note(struct mailbox *m, enum mailbox_change_kind kind, const struct message_info *now, uint64_t old_folder,
		   uint64_t old_id)
{
	return mailbox_note(m, &(struct mailbox_change){
				       .kind = kind,
				       .associated = now->associated,
				       .folder = now->folder,
				       .object = now->id,
				       .old_folder = old_folder,
				       .old_object = old_id,
				       .cn = kind == CHANGE_MESSAGE_READ ? now->read_cn : now->cn,
			       });
}

/* A new version: made here, of what it was. */
static status new_version(struct mailbox *m, struct message_info *i, struct arena *arena)
{
	uint64_t cn = mailbox_next_cn(m);
	struct bytes predecessors;
	status s = mailbox_predecessors(m, i->change_key, i->predecessors, i->cn, cn, arena, &predecessors);

	if (s)
		return s;
	i->cn = cn;
	i->change_key = bytes_of(NULL, 0);
	i->predecessors = predecessors;
	return ecNone;
}

/* Replaces the row, and counts it in place of the old one. */
static status replace_row(struct mailbox *m, const struct message_row *old, const struct message_row *new)
{
	status s = message_count(m, old, -1);

	if (!s)
		s = message_row_delete(m, old->info.id);
	if (!s)
		s = message_row_insert(m, new);
	return s ? s : message_count(m, new, 1);
}

/* Properties ------------------------------------------------------------------------------------------------------------ */

/* A body that is written anew: what stays of the old one, then what is new, then recipients and attachments. */
struct rewrite {
	struct mailbox *m;
	struct content_writer *w;
	const struct content *old;
	const struct bag *set;
	const uint16_t *remove;
	size_t n_remove;
	struct message_row *row;
	struct arena *arena;
	unsigned codepage;
	const struct message_version *version;
	uint32_t touched; /* groups, as bits (store/message_groups.h) */
	bool escaped; /* of what stays, something is in the private form */
};

static void touch(struct rewrite *r, uint32_t tag, bool gone)
{
	uint16_t id = tag_id(tag);

	r->touched |= message_group_bit(tag, id >= NAMED_ID_FIRST ? name_map_name(mailbox_names(r->m), id) : NULL, gone);
}

static bool goes(const struct rewrite *r, uint16_t id)
{
	for (size_t i = 0; i < r->n_remove; i++)
		if (r->remove[i] == id)
			return true;
	/* A version of its own has no place in a message that is changed here. */
	return bag_find(r->set, id) || id == tag_id(PidTagChangeKey) || id == tag_id(PidTagPredecessorChangeList);
}

/* A large value keeps its pieces, at another place. */
static status keep_large(struct rewrite *r, const struct content_large *l, uint64_t shift_from, uint64_t shift_to)
{
	struct content_writer *w = r->w;
	struct content_large *v = reallocarray(w->large, w->n_large + 1, sizeof *v);

	if (!v)
		return no_memory(r->m);
	w->large = v;
	w->cap_large = w->n_large + 1;
	v[w->n_large] = *l;
	v[w->n_large++].place = l->place - shift_from + shift_to;
	w->large_bytes += l->size;
	return ecNone;
}

static status delete_pieces(struct mailbox *m, uint64_t content, uint64_t seq)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM piece WHERE content = $1 AND seq = $2");

	bind_u64(s, 1, content);
	bind_u64(s, 2, seq);
	return mailbox_error(m, sql_run(s));
}

static status take_column(struct rewrite *r, const struct prop *p)
{
	if (prop_id(p) == tag_id(PidTagMessageCodepage) && prop_type(p) == PT_LONG && p->value.n == 4)
		r->codepage = le32(p->value.p);
	return message_columns_take(r->row, p, r->codepage, r->arena) ? no_memory(r->m) : ecNone;
}

/* One property of the old body, from `from` to where the walk is now. */
static status keep_property(struct rewrite *r, const struct ft_event *e, const struct content_large *large, uint64_t from,
			    uint64_t to)
{
	struct buf *body = &r->w->body;

	if (goes(r, prop_id(&e->prop))) {
		if (!bag_find(r->set, prop_id(&e->prop)))
			touch(r, e->prop.tag, true);
		return large ? delete_pieces(r->m, r->old->id, large->seq) : ecNone;
	}
	r->escaped = r->escaped || e->escaped;
	uint64_t start = body->n;
	buf_add(body, r->old->body.p + from, (size_t)(to - from));
	status s = large ? keep_large(r, large, from, start) : ecNone;
	return s ? s : take_column(r, &e->prop);
}

/* Where the walk is once the terminator of a value that stands elsewhere is behind it. */
static uint64_t position(const struct content_walk *walk)
{
	return walk->lexer.used + walk->lexer.terminator;
}

/* Large values that are set get numbers that the old ones do not have. */
static uint64_t free_seq(const struct content *c)
{
	uint64_t seq = 0;

	for (size_t i = 0; i < c->n_large; i++)
		if (c->large[i].seq >= seq)
			seq = c->large[i].seq + 1;
	return seq;
}

static status put_new(struct rewrite *r)
{
	status s = ecNone;

	r->w->next_seq = free_seq(r->old);
	for (size_t i = 0; !s && i < r->set->n; i++) {
		if (r->set->v[i].flags & PROP_LARGE)
			return reason_set(&r->m->why, ecInvalidParam, "a value that is not at hand");
		touch(r, r->set->v[i].tag, false);
		s = content_put_prop(r->w, &r->set->v[i]);
		if (!s)
			s = take_column(r, &r->set->v[i]);
	}
	/* What no stream can say is gone for whoever is given one. */
	if (!r->w->plain)
		r->touched |= 1u << GROUP_OTHER_GONE;
	return s;
}

/* Recipients and attachments, from `from` on, as they are. */
static status keep_rest(struct rewrite *r, struct content_walk *walk, uint64_t from)
{
	uint64_t to = r->w->body.n;
	status s = ecNone;

	buf_add(&r->w->body, r->old->body.p + from, r->old->body.n - (size_t)from);
	for (size_t i = walk->next_large; !s && i < r->old->n_large; i++)
		s = keep_large(r, &r->old->large[i], from, to);
	return s;
}

static status rewrite_body(struct rewrite *r)
{
	CLEANUP_CONTENT_WALK struct content_walk walk;
	const struct content_large *large;
	struct ft_event e = { .kind = FT_PROP };
	uint64_t from = 0;
	status s = ecNone;

	content_walk_begin(&walk, r->m, r->old);
	while (!s) {
		s = content_walk_next(&walk, r->arena, &e, &large);
		if (s || e.kind != FT_PROP)
			break;
		s = keep_property(r, &e, large, from, position(&walk));
		from = position(&walk);
	}
	if (!s)
		s = put_new(r);
	if (!s)
		s = keep_rest(r, &walk, from);
	return s;
}

static status rewrite_rows(struct mailbox *m, struct content_writer *w)
{
	static const char *const texts[] = { "DELETE FROM content WHERE id = $1", "DELETE FROM large WHERE content = $1" };
	status s = ecNone;

	for (size_t i = 0; !s && i < 2; i++) {
		struct sql_statement *st = sql_prepare(m->db, texts[i]);

		bind_u64(st, 1, w->id);
		s = mailbox_error(m, sql_run(st));
	}
	return s ? s : content_write(w);
}

/* What columns keep of the old row that its properties do not say. */
static struct message_row fresh_row(const struct message_row *old)
{
	const struct message_info *i = &old->info;

	return (struct message_row){ .content = old->content,
				     .info = { .id = i->id,
					       .folder = i->folder,
					       .cn = i->cn,
					       .read_cn = i->read_cn,
					       .associated = i->associated,
					       .deleted = i->deleted,
					       .has_attachments = i->has_attachments,
					       .fingerprint = i->fingerprint,
					       .change_key = i->change_key,
					       .predecessors = i->predecessors } };
}

/* The version that it is then, and what of it is as new. */
static status take_version(struct rewrite *r, const struct message_row *old)
{
	struct message_info *i = &r->row->info;
	bool same = r->version == &same_version;
	status s = ecNone;

	if (r->version && !same) {
		i->cn = mailbox_next_cn(r->m);
		i->change_key = r->version->change_key;
		i->predecessors = r->version->predecessors;
	} else if (!same) {
		s = new_version(r->m, i, r->arena);
	}
	return s ? s : message_groups_next(r->m, &old->info, r->touched, same ? 0 : i->cn, r->arena, i);
}

static status set_with(struct rewrite *r, const struct message_row *old)
{
	struct message_row *row = r->row;
	struct content_writer *w = r->w;
	bool unread = !old->info.read;

	content_begin(w, old->content, NULL);
	status s = rewrite_body(r);
	if (s)
		return s;
	/* The read state is in the columns; a client that sets the flags does not change it ([MS-OXCMSG] 2.2.1.6). */
	if (!row->has_flags)
		row->info.flags = MSGFLAG_READ;
	if (!bag_find(r->set, tag_id(PidTagMessageFlags)))
		row->info.flags = (unread ? row->info.flags & ~MSGFLAG_READ : row->info.flags | MSGFLAG_READ) |
				  (old->info.flags & MSGFLAG_EVER_READ);
	row->has_flags = true;
	row->info.size = content_size(w);
	row->info.plain = old->info.plain && w->plain;
	if (r->version == &same_version && !row->info.modified)
		row->info.modified = old->info.modified;
	if (message_columns_end(row, mailbox_now(r->m), r->arena))
		return no_memory(r->m);
	s = take_version(r, old);
	if (!s)
		s = rewrite_rows(r->m, w);
	if (!s)
		s = read_marks_follow(r->m, &row->info, &old->info, false);
	if (!s)
		s = replace_row(r->m, old, row);
	return s ? s : note(r->m, CHANGE_MESSAGE_MODIFIED, &row->info, 0, 0);
}

static status set_in(struct mailbox *m, struct content_writer *w, struct arena *arena, uint64_t id, const struct bag *set,
		     const uint16_t *remove, size_t n, const struct message_version *version)
{
	struct message_row old;
	struct content content;
	struct bag all;
	status s = mailbox_must_write(m);

	if (!s)
		s = mailbox_about_to_change(m, id, set, remove, n);
	if (!s)
		s = message_load(m, id, arena, &old, &content);
	if (s)
		return s;
	bag_init(&all, arena);
	for (size_t i = 0; i < set->n; i++)
		if (bag_set(&all, &set->v[i]))
			return no_memory(m);
	if (version != &same_version && !bag_find(&all, tag_id(PidTagLastModificationTime)) &&
	    bag_set_u64(&all, PidTagLastModificationTime, mailbox_now(m)))
		return no_memory(m);
	struct message_row row = fresh_row(&old);
	struct rewrite r = { .m = m,	      .w = w,	      .old = &content, .set = &all,	    .remove = remove,
			     .n_remove = n, .row = &row, .arena = arena,   .codepage = 1252,
			     .version = version };
	return set_with(&r, &old);
}

static status set_props(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n,
			const struct message_version *version)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(CHANGE_BUDGET);
	struct content_writer w;
	status s = content_writer_init(&w, m);

	if (!s)
		s = set_in(m, &w, &arena, id, set, remove, n, version);
	content_writer_free(&w);
	return s;
}

status message_set(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n)
{
	return set_props(m, id, set, remove, n, NULL);
}

status message_set_version(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n,
			   const struct message_version *version)
{
	return set_props(m, id, set, remove, n, version);
}

status message_set_aside(struct mailbox *m, uint64_t id, const struct bag *set, const uint16_t *remove, size_t n)
{
	return set_props(m, id, set, remove, n, &same_version);
}

/* Read or not ------------------------------------------------------------------------------------------------------------ */

status message_set_read(struct mailbox *m, uint64_t id, bool read)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_row old, now;
	status s = message_to_change(m, id, &arena, &old);

	if (!s && read_marks_on(m) && !old.info.associated)
		return read_marks_set(m, &old.info, read);
	if (s || old.info.read == read)
		return s;
	now = old;
	now.info.read = read;
	now.info.flags = read ? now.info.flags | MSGFLAG_READ | MSGFLAG_EVER_READ : now.info.flags & ~MSGFLAG_READ;
	now.info.read_cn = mailbox_next_cn(m);
	struct sql_statement *st = sql_prepare(m->db, "UPDATE message SET flags = $1, read_cn = $2 WHERE id = $3");
	bind_u64(st, 1, now.info.flags);
	bind_u64(st, 2, now.info.read_cn);
	bind_u64(st, 3, id);
	s = mailbox_error(m, sql_run(st));
	if (!s)
		s = message_count(m, &old, -1);
	if (!s)
		s = message_count(m, &now, 1);
	return s ? s : note(m, CHANGE_MESSAGE_READ, &now.info, 0, 0);
}

/* Elsewhere ---------------------------------------------------------------------------------------------------------------- */

/* Its version stays, also where it followed from a change number that is another now. */
static status keep_version(struct mailbox *m, struct message_info *i, uint64_t old_cn, struct arena *arena)
{
	struct xid x = xid_of_globcnt(mailbox_change_space(m), old_cn);
	CLEANUP_BUF struct buf b = BUF_MAX(XID_SIZE_MAX);

	if (i->change_key.n)
		return ecNone;
	xid_encode(&x, &b);
	const void *p = arena_memdup(arena, b.p, b.n);
	if (!p)
		return no_memory(m);
	i->change_key = bytes_of(p, b.n);
	return ecNone;
}

status message_move(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t *moved)
{
	return message_move_as(m, id, folder, 0, moved);
}

status message_move_as(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t wanted, uint64_t *moved)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_row old, now;
	status s = message_to_change(m, id, &arena, &old);

	if (!s && old.info.deleted)
		s = reason_set(&m->why, ecNotFound, "message %llx is deleted; restore it first", (unsigned long long)id);
	if (!s)
		s = message_folder_exists(m, folder);
	if (s)
		return s;
	now = old;
	s = mailbox_choose_id(m, wanted, &now.info.id);
	if (s)
		return s;
	now.info.folder = folder;
	/* The version it is stays the same, and is said now, for it does not follow from the change number any more. */
	now.info.cn = mailbox_next_cn(m);
	now.info.groups = bytes_of(NULL, 0);
	/* Who moves it may not have heard that it was read: that is told of the new one. */
	now.info.read_cn = old.info.read_cn ? mailbox_next_cn(m) : 0;
	s = keep_version(m, &now.info, old.info.cn, &arena);
	if (!s)
		s = read_marks_follow(m, &now.info, &old.info, true);
	if (!s)
		s = replace_row(m, &old, &now);
	if (!s)
		s = message_tombstone(m, old.info.folder, id, now.info.cn);
	if (!s)
		s = note(m, CHANGE_MESSAGE_MOVED, &now.info, old.info.folder, id);
	if (!s)
		*moved = now.info.id;
	return s;
}

status message_copy(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t *copy)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_row old, now;
	status s = message_to_change(m, id, &arena, &old);

	if (!s)
		s = message_folder_exists(m, folder);
	if (s)
		return s;
	now = old;
	s = mailbox_choose_id(m, 0, &now.info.id);
	if (s)
		return s;
	now.content = m->is_copy ? mailbox_next_content(m) : now.info.id;
	now.info.folder = folder;
	now.info.cn = mailbox_next_cn(m);
	now.info.groups = bytes_of(NULL, 0);
	now.info.read_cn = 0;
	now.info.deleted = 0;
	s = keep_version(m, &now.info, old.info.cn, &arena);
	if (!s)
		s = read_marks_follow(m, &now.info, &old.info, false);
	if (!s)
		s = content_copy(m, old.content, now.content);
	if (!s)
		s = message_row_insert(m, &now);
	if (!s)
		s = message_count(m, &now, 1);
	if (!s)
		s = note(m, CHANGE_MESSAGE_COPIED, &now.info, old.info.folder, id);
	if (!s)
		*copy = now.info.id;
	return s;
}

/* Deleting ------------------------------------------------------------------------------------------------------------------ */

static status delete_softly(struct mailbox *m, const struct message_row *old)
{
	struct message_row now = *old;

	if (old->info.deleted)
		return reason_set(&m->why, ecNotFound, "message %llx is deleted already", (unsigned long long)old->info.id);
	now.info.deleted = mailbox_now(m) ? mailbox_now(m) : 1;
	uint64_t cn = mailbox_next_cn(m);
	status s = replace_row(m, old, &now);
	if (!s)
		s = message_tombstone(m, old->info.folder, old->info.id, cn);
	now.info.cn = cn;
	return s ? s : note(m, CHANGE_MESSAGE_DELETED, &now.info, old->info.folder, old->info.id);
}

static status delete_for_good(struct mailbox *m, const struct message_row *old)
{
	struct message_info gone = old->info;
	status s = message_count(m, old, -1);

	gone.cn = mailbox_next_cn(m);
	if (!s)
		s = content_delete(m, old->content);
	if (!s)
		s = message_row_delete(m, old->info.id);
	/* What was deleted softly has its tombstone already. */
	if (!s && !old->info.deleted)
		s = message_tombstone(m, old->info.folder, old->info.id, gone.cn);
	if (s)
		return s;
	return note(m, old->info.deleted ? CHANGE_MESSAGE_PURGED : CHANGE_MESSAGE_DELETED, &gone, old->info.folder, old->info.id);
}

status message_delete(struct mailbox *m, uint64_t id, enum message_deletion how)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_row row;
	status s = message_to_change(m, id, &arena, &row);

	if (s)
		return s;
	return how == DELETE_SOFT ? delete_softly(m, &row) : delete_for_good(m, &row);
}

static status forget_tombstone(struct mailbox *m, uint64_t folder, uint64_t id)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM tombstone WHERE folder = $1 AND id = $2");

	bind_u64(s, 1, folder);
	bind_u64(s, 2, id);
	return mailbox_error(m, sql_run(s));
}

status message_restore(struct mailbox *m, uint64_t id, uint64_t folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_row old, now;
	status s = message_to_change(m, id, &arena, &old);

	if (!s && !old.info.deleted)
		s = reason_set(&m->why, ecNotFound, "message %llx is not deleted", (unsigned long long)id);
	if (s)
		return s;
	now = old;
	now.info.deleted = 0;
	now.info.groups = bytes_of(NULL, 0);
	now.info.folder = folder ? folder : old.info.folder;
	s = message_folder_exists(m, now.info.folder);
	/* The others learn of it as of a change. */
	if (!s)
		s = new_version(m, &now.info, &arena);
	if (!s)
		s = read_marks_follow(m, &now.info, &old.info, false);
	if (!s)
		s = forget_tombstone(m, now.info.folder, id);
	if (!s)
		s = replace_row(m, &old, &now);
	return s ? s : note(m, CHANGE_MESSAGE_RESTORED, &now.info, old.info.folder, id);
}
