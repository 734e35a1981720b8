/* Opening, transactions, change numbers. */
#include "store/directory_private.h"

#include <stdlib.h>

#define VERSION 1
#define KEEP_MOST ((size_t)1 << 20)

static const char schema[] =
	"CREATE TABLE directory (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, change_number INTEGER NOT NULL,"
	" next_id INTEGER NOT NULL) STRICT;"
	"CREATE TABLE objects (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, guid BLOB NOT NULL, name TEXT NOT NULL,"
	" scope TEXT NOT NULL, folded BLOB NOT NULL, parent INTEGER REFERENCES objects (id), created INTEGER NOT NULL,"
	" changed INTEGER NOT NULL, change_number INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX objects_name ON objects (scope, folded);"
	"CREATE UNIQUE INDEX objects_guid ON objects (guid);"
	"CREATE INDEX objects_kind ON objects (kind, folded, id);"
	"CREATE INDEX objects_parent ON objects (parent);"
	/* One of number, body and target; folded is what values are looked for by, sole what only one object may have. */
	"CREATE TABLE attribute_values (object INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,"
	" attribute TEXT NOT NULL, seq INTEGER NOT NULL, number INTEGER, body TEXT, target INTEGER REFERENCES objects (id),"
	" folded BLOB, sole BLOB, PRIMARY KEY (object, attribute, seq)) STRICT;"
	"CREATE INDEX attribute_values_folded ON attribute_values (attribute, folded);"
	"CREATE UNIQUE INDEX attribute_values_sole ON attribute_values (sole);"
	"CREATE INDEX attribute_values_target ON attribute_values (target, attribute);"
	/* Apart from the values, so that nobody reads a hash who asks for an object. Times are FILETIMEs. */
	"CREATE TABLE logons (object INTEGER PRIMARY KEY REFERENCES objects (id) ON DELETE CASCADE, hash TEXT,"
	" failures INTEGER NOT NULL, last_failure INTEGER NOT NULL, closed_until INTEGER NOT NULL, locked INTEGER NOT NULL) STRICT;"
	"INSERT INTO directory (id, version, change_number, next_id) VALUES (1, 1, 0, 1)";

void directory_sql_words(struct directory *d, status s, struct reason *why)
{
	if (s == ecBusy)
		reason_write(why, "the directory is busy: another process changes it; try again");
	else if (s == ecCorruptData)
		reason_write(why, "the directory is damaged: %s; restore it from a backup", sql_failure(d->db));
	else
		reason_write(why, "the directory: %s", sql_failure(d->db));
}

/* Opening --------------------------------------------------------------------------------------------------------- */

/* One number of a query without parameters. */
static status ask(struct sql *db, const char *query, int64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(db, query);
	bool row;
	status s = sql_step(q, &row);

	if (!s)
		*out = row ? sql_i64(q, 0) : 0;
	return s;
}

static status is_there(struct sql *db, bool *out)
{
	int64_t n = 0;
	status s = ask(db,
		       sql_engine(db) == SQL_SQLITE ?
			       "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'directory'" :
			       "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'directory'",
		       &n);

	*out = n > 0;
	return s;
}

/* Two that make the same one at once take turns: SQLite's transactions do, PostgreSQL's need to be told. */
static status make_tables(struct sql *db)
{
	bool there = false;
	status s = sql_begin(db);

	if (!s && sql_engine(db) == SQL_POSTGRES)
		s = sql_execute(db, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' is made', 0))");
	if (!s)
		s = is_there(db, &there);
	if (!s && !there)
		s = sql_execute(db, schema);
	if (s) {
		sql_rollback(db);
		return s;
	}
	return sql_commit(db);
}

static status prepare_tables(struct directory *d, bool create, struct reason *why)
{
	int64_t version = 0;
	bool there;
	status s = is_there(d->db, &there);

	if (!s && !there && !create)
		return reason_set(why, ecNotFound, "there is no directory in this database");
	if (!s && !there)
		s = make_tables(d->db);
	if (!s)
		s = ask(d->db, "SELECT version FROM directory WHERE id = 1", &version);
	if (s)
		return directory_sql_failed(d, s, why);
	if (version > VERSION)
		return reason_set(why, ecVersion, "the directory was made by a newer program (its version is %lld, this program knows %d); update postern",
				  (long long)version, VERSION);
	if (version < 1)
		return reason_set(why, ecCorruptData, "the directory is damaged: it has no version; restore it from a backup");
	return ecNone;
}

/* The default of one attribute; nothing when it has none. */
static status parse_default(const struct directory_attribute *a, struct directory_entry *e, struct arena *keep, struct reason *why)
{
	struct directory_value *v;

	e->attribute = a;
	if (!a->otherwise)
		return ecNone;
	v = arena_alloc(keep, sizeof *v);
	if (!v)
		return reason_set(why, ecMemory, "out of memory");
	e->values = v;
	e->n = 1;
	return directory_parse(a, a->otherwise, keep, v, why);
}

static status parse_defaults(struct directory *d, struct reason *why)
{
	status s = ecNone;

	for (unsigned k = 0; k < DIRECTORY_KINDS && !s; k++) {
		const struct directory_rows *rows = directory_rows((enum directory_kind)k);

		d->defaults[k] = arena_array(&d->keep, rows->n, sizeof **d->defaults);
		if (!d->defaults[k])
			return reason_set(why, ecMemory, "out of memory");
		for (size_t i = 0; i < rows->n && !s; i++)
			s = parse_default(&rows->rows[i], &d->defaults[k][i], &d->keep, why);
	}
	return s;
}

status directory_open(struct sql *db, const struct clock *clock, bool create, struct directory **out, struct reason *why)
{
	struct directory *d = calloc(1, sizeof *d);

	if (!d) {
		sql_close(db);
		return reason_set(why, ecMemory, "out of memory");
	}
	d->db = db;
	d->clock = clock;
	d->folding = fold_open();
	arena_init(&d->keep, KEEP_MOST);
	status s = prepare_tables(d, create, why);
	if (!s)
		s = parse_defaults(d, why);
	if (s) {
		directory_close(d);
		return s;
	}
	*out = d;
	return ecNone;
}

void directory_close(struct directory *d)
{
	if (!d)
		return;
	sql_close(d->db);
	if (d->folding)
		freelocale(d->folding);
	arena_free(&d->keep);
	free(d);
}

status directory_change_number(struct directory *d, uint64_t *out, struct reason *why)
{
	int64_t n;
	status s = ask(d->db, "SELECT change_number FROM directory WHERE id = 1", &n);

	if (s)
		return directory_sql_failed(d, s, why);
	*out = (uint64_t)n;
	return ecNone;
}

/* Transactions ---------------------------------------------------------------------------------------------------- */

status directory_begin(struct directory *d, struct reason *why)
{
	if (d->in_transaction)
		return reason_set(why, ecInvalidParam, "a change within a change of the directory");
	status s = sql_begin(d->db);
	/* Writers take turns on both engines, so that what was checked still holds when it is written. */
	if (!s && sql_engine(d->db) == SQL_POSTGRES)
		s = sql_run(sql_prepare(d->db, "UPDATE directory SET id = id"));
	if (s) {
		status failed = directory_sql_failed(d, s, why);

		sql_rollback(d->db);
		return failed;
	}
	d->in_transaction = true;
	d->counted = false;
	return ecNone;
}

status directory_commit(struct directory *d, struct reason *why)
{
	if (!d->in_transaction)
		return reason_set(why, ecInvalidParam, "no change of the directory to commit");
	d->in_transaction = false;
	status s = sql_commit(d->db);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

void directory_rollback(struct directory *d)
{
	sql_rollback(d->db);
	d->in_transaction = false;
}

status directory_begin_reading(struct directory *d, struct reason *why)
{
	if (d->in_transaction)
		return reason_set(why, ecInvalidParam, "reading within a change of the directory");
	status s = sql_begin_reading(d->db);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

status directory_enter(struct directory *d, bool *own, struct reason *why)
{
	*own = !d->in_transaction;
	return *own ? directory_begin(d, why) : ecNone;
}

status directory_leave(struct directory *d, bool own, status so_far, struct reason *why)
{
	if (!own)
		return so_far;
	if (!so_far)
		return directory_commit(d, why);
	directory_rollback(d);
	return so_far;
}

status directory_count_change(struct directory *d, struct reason *why)
{
	if (d->counted)
		return ecNone;
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(d->db, "UPDATE directory SET change_number = change_number + 1 WHERE id = 1 RETURNING change_number");
	bool row;
	status s = sql_step(q, &row);

	if (s)
		return directory_sql_failed(d, s, why);
	if (!row)
		return reason_set(why, ecCorruptData, "the directory is damaged: it has no change number; restore it from a backup");
	d->change_number = sql_i64(q, 0);
	d->counted = true;
	return ecNone;
}
