#include "store/request.h"

#include <strings.h>

static const char table[] =
	"CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT NULL, name TEXT NOT NULL,"
	" file TEXT NOT NULL, folder TEXT NOT NULL, started INTEGER NOT NULL, finished INTEGER NOT NULL, emitted INTEGER NOT NULL,"
	" written INTEGER NOT NULL, duplicate INTEGER NOT NULL, filtered INTEGER NOT NULL, failed INTEGER NOT NULL, why TEXT NOT NULL,"
	" ledger TEXT NOT NULL) STRICT";

static status failed(struct mailbox *m, status s, struct reason *why)
{
	return s ? reason_set(why, s, "%s", sql_failure(mailbox_sql(m))) : ecNone;
}

static void bind_result(struct sql_statement *s, int at, const struct request *r)
{
	const uint64_t numbers[] = { r->finished, r->emitted, r->written, r->duplicate, r->filtered, r->failed };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sql_bind_i64(s, at++, (int64_t)numbers[i]);
	sql_bind_text(s, at++, r->why ? r->why : "");
	sql_bind_text(s, at, r->ledger ? r->ledger : "");
}

/* Is the name free? */
static status check_name(struct mailbox *m, const struct request *r, struct reason *why)
{
	uint64_t after = 0;
	bool found = true;

	if (!*r->name || strlen(r->name) > REQUEST_NAME_MAX)
		return reason_set(why, ecInvalidParam, "a name of a request has 1 to %u bytes", REQUEST_NAME_MAX);
	while (found) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
		struct request other;
		status s = request_next(m, r->kind, after, &arena, &other, &found);

		if (s)
			return failed(m, s, why);
		if (found && strcasecmp(other.name, r->name) == 0)
			return reason_set(why, ecDuplicateName, "there is a request named '%s'", other.name);
		after = found ? other.id : 0;
	}
	return ecNone;
}

static status insert(struct mailbox *m, const struct request *r, uint64_t *id)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(m), "INSERT INTO request (id, kind, state, name, file, folder, started, finished, emitted, written, duplicate,"
					    " filtered, failed, why, ledger) SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
					    " $11, $12, $13, $14 FROM request RETURNING id");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, r->kind);
	sql_bind_i64(s, 2, REQUEST_RUNNING);
	sql_bind_text(s, 3, r->name);
	sql_bind_text(s, 4, r->file);
	sql_bind_text(s, 5, r->folder ? r->folder : "");
	sql_bind_i64(s, 6, (int64_t)r->started);
	bind_result(s, 7, r);
	st = sql_step(s, &row);
	if (!st && row)
		*id = (uint64_t)sql_i64(s, 0);
	return st ? st : row ? ecNone : ecError;
}

/* Ends the transaction: well, or with the words of what failed. */
static status end(struct mailbox *m, status s, struct reason *why)
{
	if (!s)
		return mailbox_commit(m) ? reason_set(why, ecDiskError, "%s", mailbox_failure(m)) : ecNone;
	s = failed(m, s, why);
	mailbox_rollback(m);
	return s;
}

status request_begin(struct mailbox *m, const struct request *r, uint64_t *id, struct reason *why)
{
	uint64_t made = 0;
	status s = failed(m, sql_execute(mailbox_sql(m), table), why);

	if (!s)
		s = check_name(m, r, why);
	if (!s && mailbox_begin(m))
		return reason_set(why, ecError, "%s", mailbox_failure(m));
	if (!s)
		s = end(m, insert(m, r, &made), why);
	if (!s)
		*id = made;
	return s;
}

status request_end(struct mailbox *m, const struct request *r, struct reason *why)
{
	struct sql_statement *s;

	if (mailbox_begin(m))
		return reason_set(why, ecError, "%s", mailbox_failure(m));
	s = sql_prepare(mailbox_sql(m), "UPDATE request SET state = $1, finished = $2, emitted = $3, written = $4, duplicate = $5, filtered = $6,"
					" failed = $7, why = $8, ledger = $9 WHERE id = $10");
	sql_bind_i64(s, 1, r->state);
	bind_result(s, 2, r);
	sql_bind_i64(s, 10, (int64_t)r->id);
	return end(m, sql_run(s), why);
}

/* Without the table there is none. */
static status has_table(struct sql *db, bool *yes)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		db, sql_engine(db) == SQL_SQLITE ?
			    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'request'" :
			    "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'request'");

	return sql_step(s, yes);
}

static bool fill(const struct sql_statement *s, struct arena *arena, struct request *r)
{
	const char **const texts[] = { &r->name, &r->file, &r->folder, &r->why, &r->ledger };
	uint64_t *const numbers[] = { &r->started, &r->finished, &r->emitted, &r->written, &r->duplicate, &r->filtered, &r->failed };
	int64_t kind = sql_i64(s, 1), state = sql_i64(s, 2);

	r->id = (uint64_t)sql_i64(s, 0);
	r->kind = kind == REQUEST_EXPORT ? REQUEST_EXPORT : REQUEST_IMPORT;
	r->state = state >= 0 && state < REQUEST_STATES ? (enum request_state)state : REQUEST_FAILED;
	for (int i = 0; i < 5; i++) {
		*texts[i] = arena_strdup(arena, sql_text(s, 3 + i));
		if (!*texts[i])
			return false;
	}
	for (int i = 0; i < 7; i++)
		*numbers[i] = (uint64_t)sql_i64(s, 8 + i);
	return true;
}

status request_next(struct mailbox *m, enum request_kind kind, uint64_t after, struct arena *arena, struct request *out, bool *found)
{
	struct sql *db = mailbox_sql(m);
	bool there = false, row = false;
	status st = has_table(db, &there);

	*found = false;
	if (st || !there)
		return st;
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(db, "SELECT id, kind, state, name, file, folder, why, ledger, started, finished, emitted, written, duplicate, filtered, failed"
				" FROM request WHERE kind = $1 AND id > $2 ORDER BY id LIMIT 1");
	sql_bind_i64(s, 1, kind);
	sql_bind_i64(s, 2, (int64_t)after);
	st = sql_step(s, &row);
	if (st || !row)
		return st;
	if (!fill(s, arena, out))
		return ecMemory;
	*found = true;
	return ecNone;
}

status request_remove(struct mailbox *m, uint64_t id, struct reason *why)
{
	struct sql_statement *s;

	if (mailbox_begin(m))
		return reason_set(why, ecError, "%s", mailbox_failure(m));
	s = sql_prepare(mailbox_sql(m), "DELETE FROM request WHERE id = $1");
	sql_bind_i64(s, 1, (int64_t)id);
	return end(m, sql_run(s), why);
}
