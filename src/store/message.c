#include "store/message.h"

#include "store/message_private.h"
#include "store/read_marks.h"

#include <stdlib.h>

/* Rows --------------------------------------------------------------------------------------------------------------- */

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static bool keep_bytes(struct bytes *out, const struct sql_statement *s, int column, struct arena *arena)
{
	struct bytes b = sql_blob(s, column);
	const void *p = b.n ? arena_memdup(arena, b.p, b.n) : NULL;

	*out = bytes_of(p, p ? b.n : 0);
	return p || !b.n;
}

static bool keep_text(const char **out, const struct sql_statement *s, int column, struct arena *arena)
{
	*out = arena_strdup(arena, sql_text(s, column));
	return *out != NULL;
}

/* In the order of ROW_COLUMNS. */
#define ROW_COLUMNS                                                                                        \
	"id, folder, kind, content, cn, read_cn, flags, size, deleted, received, submitted, created,"      \
	" modified, importance, sensitivity, flag_status, has_attachments, plain, class, subject, topic,"  \
	" sender, recipients, message_id, search_key, conversation, fingerprint, fingerprint_high,"        \
	" change_key, predecessors, groups"

static void fill_numbers(const struct sql_statement *s, struct message_row *r)
{
	struct message_info *i = &r->info;

	*r = (struct message_row){ .content = (uint64_t)sql_i64(s, 3) };
	i->id = (uint64_t)sql_i64(s, 0);
	i->folder = (uint64_t)sql_i64(s, 1);
	i->associated = (sql_i64(s, 2) & KIND_ASSOCIATED) != 0;
	i->cn = (uint64_t)sql_i64(s, 4);
	i->read_cn = (uint64_t)sql_i64(s, 5);
	i->flags = (uint32_t)sql_i64(s, 6);
	i->read = (i->flags & MSGFLAG_READ) != 0;
	i->size = (uint64_t)sql_i64(s, 7);
	i->deleted = (uint64_t)sql_i64(s, 8);
	i->received = (uint64_t)sql_i64(s, 9);
	i->submitted = (uint64_t)sql_i64(s, 10);
	i->created = (uint64_t)sql_i64(s, 11);
	i->modified = (uint64_t)sql_i64(s, 12);
	i->importance = (uint32_t)sql_i64(s, 13);
	i->sensitivity = (uint32_t)sql_i64(s, 14);
	i->flag_status = (uint32_t)sql_i64(s, 15);
	i->has_attachments = sql_i64(s, 16) != 0;
	i->plain = sql_i64(s, 17) != 0;
	i->fingerprint.lo = (uint64_t)sql_i64(s, 26);
	i->fingerprint.hi = (uint64_t)sql_i64(s, 27);
}

static bool fill(const struct sql_statement *s, struct arena *arena, struct message_row *r)
{
	struct message_info *i = &r->info;

	fill_numbers(s, r);
	return keep_text(&i->class_name, s, 18, arena) && keep_text(&i->subject, s, 19, arena) && keep_text(&i->topic, s, 20, arena) &&
	       keep_text(&i->sender, s, 21, arena) && keep_text(&i->to, s, 22, arena) && keep_text(&i->message_id, s, 23, arena) &&
	       keep_bytes(&i->search_key, s, 24, arena) && keep_bytes(&i->conversation, s, 25, arena) &&
	       keep_bytes(&i->change_key, s, 28, arena) && keep_bytes(&i->predecessors, s, 29, arena) &&
	       keep_bytes(&i->groups, s, 30, arena);
}

static status step_to_row(struct mailbox *m, struct sql_statement *s, uint64_t id, struct arena *arena, struct message_row *out)
{
	struct message_row r;
	bool row = false;

	bind_u64(s, 1, id);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (!row)
		return reason_set(&m->why, ecNotFound, "there is no message %llx", (unsigned long long)id);
	if (!fill(s, arena, &r))
		return no_memory(m);
	*out = r;
	return ecNone;
}

status message_row_get(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT " ROW_COLUMNS " FROM message WHERE id = $1");

	return step_to_row(m, s, id, arena, out);
}

status message_load(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *row, struct content *content)
{
	/* In one question: each costs a way to the server and back. */
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT " ROW_COLUMNS ", (SELECT checksum FROM content WHERE content.id = message.content),"
		       " (SELECT body FROM content WHERE content.id = message.content) FROM message WHERE id = $1");
	status st = step_to_row(m, s, id, arena, row);

	if (st)
		return st;
	if (sql_is_null(s, 31))
		return reason_set(&m->why, ecCorruptData, "the content of message %llx is not there", (unsigned long long)id);
	return content_from(m, row->content, sql_blob(s, 32), (uint64_t)sql_i64(s, 31), row->info.size, arena, content);
}

status message_row_insert(struct mailbox *m, const struct message_row *r)
{
	const struct message_info *i = &r->info;
	struct sql_statement *s = sql_prepare(
		m->db, "INSERT INTO message (" ROW_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		       " $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)");
	const uint64_t numbers[] = {
		i->id, i->folder, (i->associated ? KIND_ASSOCIATED : 0u) | (i->deleted ? KIND_DELETED : 0u), r->content, i->cn, i->read_cn,
		i->flags, i->size, i->deleted, i->received, i->submitted, i->created, i->modified, i->importance, i->sensitivity,
		i->flag_status, i->has_attachments, i->plain,
	};

	for (int n = 0; n < 18; n++)
		bind_u64(s, n + 1, numbers[n]);
	sql_bind_text(s, 19, i->class_name);
	sql_bind_text(s, 20, i->subject);
	sql_bind_text(s, 21, i->topic);
	sql_bind_text(s, 22, i->sender);
	sql_bind_text(s, 23, i->to);
	sql_bind_text(s, 24, *i->message_id ? i->message_id : NULL);
	bind_optional(s, 25, i->search_key);
	bind_optional(s, 26, i->conversation);
	sql_bind_i64(s, 27, (int64_t)i->fingerprint.lo);
	sql_bind_i64(s, 28, (int64_t)i->fingerprint.hi);
	bind_optional(s, 29, i->change_key);
	bind_optional(s, 30, i->predecessors);
	bind_optional(s, 31, i->groups);
	return mailbox_error(m, sql_run(s));
}

status message_row_delete(struct mailbox *m, uint64_t id)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM message WHERE id = $1");

	bind_u64(s, 1, id);
	return mailbox_error(m, sql_run(s));
}

status message_to_change(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *out)
{
	status s = mailbox_must_write(m);

	return s ? s : message_row_get(m, id, arena, out);
}

status message_folder_exists(struct mailbox *m, uint64_t folder)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT is_search FROM folder WHERE id = $1");
	bool row = false;

	bind_u64(s, 1, folder);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (row && sql_i64(s, 0))
		return reason_set(&m->why, ecInvalidParam, "folder %llx is a search: nothing can be put into it", (unsigned long long)folder);
	return row ? ecNone : reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)folder);
}

status message_count(struct mailbox *m, const struct message_row *r, int sign)
{
	const struct message_info *i = &r->info;
	struct folder_delta d = { .folder = i->folder };
	int64_t size = i->size > INT64_MAX ? INT64_MAX : (int64_t)i->size;

	if (i->deleted) {
		d.deleted_items = sign;
		d.deleted_size = sign * size;
	} else {
		d.items = i->associated ? 0 : sign;
		d.unread = !i->associated && !i->read ? sign : 0;
		d.associated = i->associated ? sign : 0;
		d.size = sign * size;
	}
	return folder_count(m, &d);
}

status message_tombstone(struct mailbox *m, uint64_t folder, uint64_t id, uint64_t cn)
{
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO tombstone (folder, id, cn) VALUES ($1, $2, $3)"
						     " ON CONFLICT (folder, id) DO UPDATE SET cn = excluded.cn");

	bind_u64(s, 1, folder);
	bind_u64(s, 2, id);
	bind_u64(s, 3, cn);
	return mailbox_error(m, sql_run(s));
}

/* Looking ---------------------------------------------------------------------------------------------------------------- */

status message_info(struct mailbox *m, uint64_t id, struct arena *arena, struct message_info *out)
{
	struct message_row r;
	status s = message_row_get(m, id, arena, &r);

	if (!s)
		s = read_marks_see(m, &r.info);
	if (!s)
		*out = r.info;
	return s;
}

static status first_id(struct mailbox *m, struct sql_statement *s, uint64_t *out)
{
	bool row = false;
	status st = sql_step(s, &row);

	if (!st)
		*out = row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

status message_next(struct mailbox *m, uint64_t folder, bool associated, bool deleted, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id FROM message WHERE folder = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT 1");

	bind_u64(s, 1, folder);
	bind_u64(s, 2, (associated ? KIND_ASSOCIATED : 0u) | (deleted ? KIND_DELETED : 0u));
	bind_u64(s, 3, after);
	return first_id(m, s, out);
}

status message_by_fingerprint(struct mailbox *m, struct fingerprint f, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT id FROM message WHERE fingerprint = $1 AND fingerprint <> 0 AND fingerprint_high = $2 AND id > $3 ORDER BY id LIMIT 1");

	sql_bind_i64(s, 1, (int64_t)f.lo);
	sql_bind_i64(s, 2, (int64_t)f.hi);
	bind_u64(s, 3, after);
	return first_id(m, s, out);
}

status message_by_search_key(struct mailbox *m, struct bytes key, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id FROM message WHERE search_key = $1 AND id > $2 ORDER BY id LIMIT 1");

	sql_bind_blob(s, 1, key);
	bind_u64(s, 2, after);
	return first_id(m, s, out);
}

status message_by_message_id(struct mailbox *m, const char *message_id, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id FROM message WHERE message_id = $1 AND id > $2 ORDER BY id LIMIT 1");

	sql_bind_text(s, 1, message_id);
	bind_u64(s, 2, after);
	return first_id(m, s, out);
}
