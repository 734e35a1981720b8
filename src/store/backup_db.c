#include "store/backup_db.h"

#include <stdlib.h>

/* Names of tables and columns, and the texts of a few statements for each. */
#define ARENA_MAX ((size_t)4 << 20)

/*
 * Columns of tables that were written down, whether they may be NULL, and their place in the primary key; virtual tables and what
 * stands behind them are of type "virtual" and "shadow".
 */
static const char sqlite_columns[] =
	"SELECT t.name, c.name, c.type, c.\"notnull\", c.pk FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c"
	" WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid";
static const char postgres_columns[] =
	"SELECT c.table_name::text, c.column_name::text, c.data_type::text, CAST(CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS bigint),"
	" CAST(COALESCE((SELECT k.ordinal_position FROM information_schema.key_column_usage AS k"
	"  JOIN information_schema.table_constraints AS p ON p.constraint_schema = k.constraint_schema AND p.constraint_name = k.constraint_name"
	"  WHERE p.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema AND k.table_name = c.table_name"
	"  AND k.column_name = c.column_name), 0) AS bigint)"
	" FROM information_schema.columns AS c"
	" JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name"
	" WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'"
	" ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";

bool backup_is_derived(const char *table)
{
	/* The index of words (store/fulltext.h), and what search folders found (store/search.h). */
	static const char *const prefixes[] = { "fts_", "search_result" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(table, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static enum backup_type type_of(const char *declared)
{
	static const struct {
		const char *name;
		enum backup_type type;
	} types[] = {
		{ "INTEGER", BACKUP_INTEGER }, { "TEXT", BACKUP_TEXT }, { "BLOB", BACKUP_BLOB },
		{ "bigint", BACKUP_INTEGER },  { "text", BACKUP_TEXT }, { "bytea", BACKUP_BLOB },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(declared, types[i].name) == 0)
			return types[i].type;
	return BACKUP_NULL;
}

static struct backup_table *add_table(struct backup_db *b, const char *name)
{
	struct backup_table *t = b->tables ? &b->tables[b->n] : NULL;

	if (!t)
		return NULL;
	t->name = arena_strdup(&b->arena, name);
	t->columns = arena_array(&b->arena, BACKUP_COLUMNS_MAX, sizeof *t->columns);
	if (!t->name || !t->columns)
		return NULL;
	b->n++;
	return t;
}

static status add_column(struct backup_db *b, const struct sql_statement *row, struct reason *why)
{
	const char *table = sql_text(row, 0), *column = sql_text(row, 1), *declared = sql_text(row, 2);
	struct backup_table *t = b->n ? &b->tables[b->n - 1] : NULL;
	enum backup_type type = type_of(declared);

	if (!t || strcmp(t->name, table) != 0) {
		if (b->n == BACKUP_TABLES_MAX)
			return reason_set(why, ecTooBig, "more than %u tables", BACKUP_TABLES_MAX);
		t = add_table(b, table);
	}
	if (!t)
		return reason_set(why, ecMemory, "out of memory");
	if (type == BACKUP_NULL || t->n == BACKUP_COLUMNS_MAX || !backup_name_good(table, strlen(table)) ||
	    !backup_name_good(column, strlen(column)))
		return reason_set(why, ecNotSupported, "the table %s has a column %s (%s) that a backup has no form for", table, column,
				  declared);
	struct backup_column *c = &t->columns[t->n];
	c->type = type;
	c->mandatory = sql_i64(row, 3) || sql_i64(row, 4); /* a key of one number says so nowhere in SQLite */
	c->key = (uint8_t)sql_i64(row, 4);
	c->name = arena_strdup(&b->arena, column);
	if (!c->name)
		return reason_set(why, ecMemory, "out of memory");
	t->n++;
	return ecNone;
}

static status find_tables(struct backup_db *b, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(b->db, sql_engine(b->db) == SQL_SQLITE ? sqlite_columns : postgres_columns);
	bool row = false;
	status st;

	b->tables = arena_array(&b->arena, BACKUP_TABLES_MAX, sizeof *b->tables);
	if (!b->tables)
		return reason_set(why, ecMemory, "out of memory");
	while (!(st = sql_step(s, &row)) && row) {
		if (backup_is_derived(sql_text(s, 0)))
			continue;
		st = add_column(b, s, why);
		if (st)
			return st;
	}
	return st ? reason_set(why, st, "%s", sql_failure(b->db)) : ecNone;
}

status backup_db_open(struct sql *db, struct backup_db *out, struct reason *why)
{
	struct backup_db b = { .db = db };
	status s;

	arena_init(&b.arena, ARENA_MAX);
	s = find_tables(&b, why);
	if (s)
		backup_db_close(&b);
	else
		*out = b;
	return s;
}

void backup_db_close(struct backup_db *b)
{
	sql_close(b->db);
	b->db = NULL;
	arena_free(&b->arena);
}

const struct backup_table *backup_db_table(const struct backup_db *b, const char *name, unsigned *number)
{
	for (size_t i = 0; i < b->n; i++) {
		if (strcmp(b->tables[i].name, name) != 0)
			continue;
		if (number)
			*number = (unsigned)i;
		return &b->tables[i];
	}
	return NULL;
}

int backup_column(const struct backup_table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *backup_columns_text(struct backup_db *b, const struct backup_table *t)
{
	CLEANUP_BUF struct buf text = BUF_MAX(BACKUP_COLUMNS_MAX * (BACKUP_NAME_MAX + 4));

	for (size_t i = 0; i < t->n; i++)
		buf_printf(&text, "%s\"%s\"", i ? ", " : "", t->columns[i].name);
	return arena_strdup(&b->arena, buf_cstr(&text));
}

status backup_snapshot_begin(struct backup_db *b, struct reason *why)
{
	/* Not sql_begin, which would keep writers out. */
	status s = sql_execute(b->db, sql_engine(b->db) == SQL_SQLITE ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

	return s ? reason_set(why, s, "%s", sql_failure(b->db)) : ecNone;
}

void backup_snapshot_end(struct backup_db *b)
{
	(void)!sql_execute(b->db, "ROLLBACK");
}
