#include "store/import_journal.h"

static uint64_t now(const struct import_journal *j)
{
	const struct clock *c = mailbox_clock(j->m);

	return c->now(c);
}

/* Opening ------------------------------------------------------------------------------------------------------- */

static status find_source(struct import_journal *j, struct bytes identity, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "SELECT id, finished FROM import_source WHERE identity = $1");
	status st;

	sql_bind_blob(s, 1, identity);
	st = sql_step(s, found);
	if (!st && *found) {
		j->source = sql_i64(s, 0);
		j->finished = sql_i64(s, 1) != 0;
	}
	return st;
}

static status add_source(struct import_journal *j, struct bytes identity, const char *name)
{
	struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "INSERT INTO import_source (id, identity, name, started, finished)"
					       " SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, 0 FROM import_source RETURNING id");
	bool row = false;
	status st;

	sql_bind_blob(s, 1, identity);
	sql_bind_text(s, 2, name);
	sql_bind_i64(s, 3, (int64_t)now(j));
	st = sql_step(s, &row);
	if (!st && row)
		j->source = sql_i64(s, 0);
	sql_done(s);
	return st ? st : row ? ecNone : ecError;
}

static status count_items(struct import_journal *j)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "SELECT COUNT(*) FROM import_item WHERE source = $1");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, j->source);
	st = sql_step(s, &row);
	if (!st && row)
		j->items = (uint64_t)sql_i64(s, 0);
	return st;
}

static status forget(struct import_journal *j, const char *text)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(j->m), text);

	sql_bind_i64(s, 1, j->source);
	return sql_run(s);
}

static status forget_items(struct import_journal *j)
{
	status st = forget(j, "DELETE FROM import_item WHERE source = $1");

	return st ? st : forget(j, "DELETE FROM import_reference WHERE source = $1");
}

static status prepare(struct import_journal *j, struct bytes identity, const char *name, bool anew)
{
	bool found = false;
	status st = find_source(j, identity, &found);

	if (!st && !found)
		return add_source(j, identity, name);
	if (!st && anew)
		return forget_items(j);
	return st ? st : count_items(j);
}

status import_journal_open(struct mailbox *m, struct bytes identity, const char *name, bool anew, struct import_journal *out,
			   struct reason *why)
{
	struct import_journal j = { .m = m, .lasting = identity.n > 0 };
	status st = mailbox_begin(m);

	if (!st)
		st = prepare(&j, identity, name, anew || !j.lasting);
	if (!st)
		st = mailbox_commit(m);
	if (st) {
		const char *words = sql_failure(mailbox_sql(m));

		st = reason_set(why, st, "the journal of imports: %s", *words ? words : mailbox_failure(m));
		mailbox_rollback(m);
		return st;
	}
	*out = j;
	return ecNone;
}

/* Asking -------------------------------------------------------------------------------------------------------- */

status import_journal_find(struct import_journal *j, uint64_t item, uint64_t *message)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "SELECT message FROM import_item WHERE source = $1 AND item = $2");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, j->source);
	sql_bind_i64(s, 2, (int64_t)item);
	st = sql_step(s, &row);
	if (!st)
		*message = row ? (uint64_t)sql_i64(s, 0) : 0;
	return st;
}

status import_journal_has(struct import_journal *j, uint64_t message, bool *has)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "SELECT 1 FROM import_item WHERE message = $1 AND source = $2 LIMIT 1");

	sql_bind_i64(s, 1, (int64_t)message);
	sql_bind_i64(s, 2, j->source);
	return sql_step(s, has);
}

status import_journal_reference(struct import_journal *j, uint64_t after, uint64_t *message)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "SELECT message FROM import_reference WHERE source = $1 AND message > $2"
					       " ORDER BY message LIMIT 1");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, j->source);
	sql_bind_i64(s, 2, (int64_t)after);
	st = sql_step(s, &row);
	if (!st)
		*message = row ? (uint64_t)sql_i64(s, 0) : 0;
	return st;
}

/* Writing ------------------------------------------------------------------------------------------------------- */

status import_journal_add(struct import_journal *j, uint64_t item, uint64_t message)
{
	struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "INSERT INTO import_item (source, item, message) VALUES ($1, $2, $3)"
					       " ON CONFLICT (source, item) DO UPDATE SET message = excluded.message");

	sql_bind_i64(s, 1, j->source);
	sql_bind_i64(s, 2, (int64_t)item);
	sql_bind_i64(s, 3, (int64_t)message);
	return sql_run(s);
}

status import_journal_add_reference(struct import_journal *j, uint64_t message)
{
	struct sql_statement *s =
		sql_prepare(mailbox_sql(j->m), "INSERT INTO import_reference (source, message) VALUES ($1, $2)"
					       " ON CONFLICT (source, message) DO NOTHING");

	sql_bind_i64(s, 1, j->source);
	sql_bind_i64(s, 2, (int64_t)message);
	return sql_run(s);
}

status import_journal_finish(struct import_journal *j)
{
	struct sql_statement *s;
	status st = forget(j, "DELETE FROM import_reference WHERE source = $1");

	if (!st && !j->lasting)
		st = forget(j, "DELETE FROM import_item WHERE source = $1");
	if (st)
		return st;
	s = sql_prepare(mailbox_sql(j->m), "UPDATE import_source SET finished = $1 WHERE id = $2");
	sql_bind_i64(s, 1, (int64_t)now(j));
	sql_bind_i64(s, 2, j->source);
	return sql_run(s);
}
