#include "store/sql_engine.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX 512

static _Thread_local unsigned fail_countdown;

void sql_fail_after(unsigned n)
{
	fail_countdown = n;
}

static bool told_to_fail(struct sql *db)
{
	if (!fail_countdown || --fail_countdown)
		return false;
	reason_write(&db->why, "no space left on the device");
	return true;
}

enum sql_engine sql_engine(const struct sql *db)
{
	return db->ops->engine;
}

bool sql_takes_turns(const struct sql *db)
{
	return db->turns;
}

const char *sql_failure(const struct sql *db)
{
	return db->why.text;
}

/* A failure ends the transaction it happens in, whatever comes after it. */
static status sticks(struct sql *db, status s)
{
	if (s && db->in_transaction && !db->failed)
		db->failed = s;
	return s;
}

/* The end of the journal is the commit: when that was written, and not flushed, only who opens the file again knows. */
static status is_lost(struct sql *db)
{
	return reason_set(&db->why, ecDiskError, "I/O error: what was committed last must be looked for in the file, which is to be opened again");
}

status sql_execute(struct sql *db, const char *text)
{
	if (db->lost)
		return is_lost(db);
	return sticks(db, told_to_fail(db) ? ecDiskError : db->ops->execute(db, text));
}

/* Statements ------------------------------------------------------------------------------------------------- */

static struct sql_statement *find(struct sql *db, const char *text)
{
	/* Most come from the same place again. */
	for (size_t i = 0; i < db->n_statements; i++)
		if (db->statements[i]->text == text && !db->statements[i]->in_use)
			return db->statements[i];
	for (size_t i = 0; i < db->n_statements; i++)
		if (!db->statements[i]->in_use && strcmp(db->statements[i]->text, text) == 0)
			return db->statements[i];
	return NULL;
}

static bool keep(struct sql *db, struct sql_statement *s)
{
	if (db->n_statements == db->cap_statements) {
		size_t cap = db->cap_statements ? 2 * db->cap_statements : 32;
		void *v = cap <= STATEMENTS_MAX ? realloc(db->statements, cap * sizeof(struct sql_statement *)) : NULL;

		if (!v)
			return false;
		db->statements = v;
		db->cap_statements = cap;
	}
	db->statements[db->n_statements++] = s;
	return true;
}

struct sql_statement *sql_prepare(struct sql *db, const char *text)
{
	struct sql_statement *s = find(db, text);

	if (!s) {
		s = db->ops->prepare(db, text);
		if (!s) {
			(void)sticks(db, ecError);
			return NULL;
		}
		s->db = db;
		s->text = text;
		if (!keep(db, s)) {
			db->ops->free_statement(s);
			reason_write(&db->why, "too many statements, or out of memory");
			(void)sticks(db, ecMemory);
			return NULL;
		}
	}
	s->in_use = true;
	db->n_in_use++;
	return s;
}

struct sql_statement *sql_prepare_once(struct sql *db, const char *text)
{
	struct sql_statement *s = db->ops->prepare(db, text);

	if (!s) {
		(void)sticks(db, ecError);
		return NULL;
	}
	s->db = db;
	s->text = text;
	s->in_use = s->once = true;
	db->n_in_use++;
	return s;
}

void sql_bind_i64(struct sql_statement *s, int i, int64_t v)
{
	if (s)
		s->db->ops->bind_i64(s, i, v);
}

void sql_bind_text(struct sql_statement *s, int i, const char *utf8)
{
	if (!utf8)
		sql_bind_null(s, i);
	else if (s)
		s->db->ops->bind_bytes(s, i, bytes_of(utf8, strlen(utf8)), true);
}

void sql_bind_blob(struct sql_statement *s, int i, struct bytes v)
{
	if (s)
		s->db->ops->bind_bytes(s, i, v.p ? v : bytes_of("", 0), false);
}

void sql_bind_null(struct sql_statement *s, int i)
{
	if (s)
		s->db->ops->bind_null(s, i);
}

status sql_step(struct sql_statement *s, bool *row)
{
	*row = false;
	if (!s)
		return ecError;
	if (s->db->failed || s->db->lost)
		return s->db->failed ? s->db->failed : is_lost(s->db);
	return sticks(s->db, told_to_fail(s->db) ? ecDiskError : s->db->ops->step(s, row));
}

status sql_run(struct sql_statement *s)
{
	bool row = true;
	status st = s ? ecNone : ecError;

	if (s && s->db->bulk && s->db->in_transaction && s->db->ops->send) {
		st = s->db->failed ? s->db->failed : sticks(s->db, told_to_fail(s->db) ? ecDiskError : s->db->ops->send(s));
		row = false;
	}
	while (!st && row)
		st = sql_step(s, &row);
	sql_done(s);
	return st;
}

int64_t sql_i64(const struct sql_statement *s, int column)
{
	return s->db->ops->i64(s, column);
}

struct bytes sql_blob(const struct sql_statement *s, int column)
{
	return s->db->ops->blob(s, column);
}

const char *sql_text(const struct sql_statement *s, int column)
{
	struct bytes b = s->db->ops->blob(s, column);

	return b.n ? (const char *)b.p : ""; /* both engines end values in a NUL */
}

bool sql_is_null(const struct sql_statement *s, int column)
{
	return s->db->ops->is_null(s, column);
}

uint64_t sql_changes(const struct sql_statement *s)
{
	return s->db->ops->changes(s);
}

bool sql_is_idle(const struct sql *db)
{
	return !db->n_in_use;
}

void sql_done(struct sql_statement *s)
{
	if (!s)
		return;
	s->db->ops->reset(s);
	s->db->n_in_use -= s->in_use;
	s->in_use = false;
	if (s->once)
		s->db->ops->free_statement(s);
}

void sql_statement_cleanup(struct sql_statement **s)
{
	sql_done(*s);
}

/* Transactions ------------------------------------------------------------------------------------------------ */

status sql_begin(struct sql *db)
{
	if (db->in_transaction)
		return reason_set(&db->why, ecInvalidParam, "a transaction within a transaction");
	db->failed = ecNone;
	/* The lock for writing is taken at once: two that read first and write later would wait for each other. */
	status s = sql_execute(db, db->ops->engine == SQL_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
	db->in_transaction = !s;
	return s;
}

status sql_begin_reading(struct sql *db)
{
	if (db->in_transaction)
		return reason_set(&db->why, ecInvalidParam, "a transaction within a transaction");
	if (db->ops->engine != SQL_SQLITE)
		return ecNone;
	db->failed = ecNone;
	status s = sql_execute(db, "BEGIN");
	db->in_transaction = !s;
	return s;
}

status sql_commit(struct sql *db)
{
	status s = db->failed;

	if (!db->in_transaction)
		return reason_set(&db->why, ecInvalidParam, "no transaction to commit");
	if (!s)
		s = sql_execute(db, "COMMIT");
	if (s) {
		struct reason first = db->why;

		sql_rollback(db);
		db->lost = db->filling;
		db->why = first;
		return s;
	}
	db->in_transaction = false;
	return ecNone;
}

void sql_rollback(struct sql *db)
{
	if (!db->in_transaction)
		return;
	/* A failed statement may have ended it already. */
	(void)!db->ops->execute(db, "ROLLBACK");
	db->in_transaction = false;
	db->failed = ecNone;
}

void sql_bulk(struct sql *db, bool bulk)
{
	if (db->in_transaction)
		return;
	db->bulk = bulk;
	if (db->ops->bulk)
		db->ops->bulk(db, bulk);
}

void sql_fill(struct sql *db, bool fill)
{
	if (db->in_transaction || !db->ops->fill || db->lost)
		return;
	db->ops->fill(db, fill);
	db->filling = fill;
}

void sql_fill_flush(struct sql *db)
{
	if (db->ops->fill_flush)
		db->ops->fill_flush(db);
}

void sql_close(struct sql *db)
{
	if (!db)
		return;
	sql_rollback(db);
	for (size_t i = 0; i < db->n_statements; i++)
		db->ops->free_statement(db->statements[i]);
	free(db->statements);
	db->ops->close(db);
}
