#include "store/backup_load.h"

#include <inttypes.h>

#define ERASES_MAX 8 /* ways to name the rows of one table */

/* A table that the part speaks of, and how it is written here. */
struct target {
	const struct backup_table *table; /* here; NULL: not spoken of yet */
	const char *insert;
	struct {
		uint32_t columns;
		const char *text;
	} erase[ERASES_MAX];
	size_t n_erases;
};

struct load {
	struct backup_db *b;
	struct backup_reader *r;
	struct reason *why;
	struct backup_tables tables;
	struct target targets[BACKUP_TABLES_MAX];
};

static status no_memory(struct load *l)
{
	return reason_set(l->why, ecMemory, "out of memory");
}

static status sql_failed(struct load *l, const struct backup_table *t, status s)
{
	return s ? reason_set(l->why, s, "%s (frame at byte %" PRIu64 "), table %s: %s", backup_reader_name(l->r), backup_reader_offset(l->r),
			      t->name, sql_failure(l->b->db)) :
		   ecNone;
}

/* One that is made when it is first needed, and was not yet: as it was, but for the indexes, which are made with it. */
static status make_table(struct load *l, const struct backup_table *t)
{
	static const char *const types[] = { [BACKUP_INTEGER] = "INTEGER", [BACKUP_TEXT] = "TEXT", [BACKUP_BLOB] = "BLOB" };
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)8 << 10);
	const char *before = ", PRIMARY KEY (";
	unsigned keys = 0;

	buf_printf(&text, "CREATE TABLE \"%s\" (", t->name);
	for (size_t i = 0; i < t->n; i++)
		buf_printf(&text, "%s\"%s\" %s%s", i ? ", " : "", t->columns[i].name, types[t->columns[i].type],
			   t->columns[i].mandatory ? " NOT NULL" : "");
	for (unsigned key = 1; key <= t->n; key++)
		for (size_t i = 0; i < t->n; i++)
			if (t->columns[i].key == key) {
				buf_printf(&text, "%s\"%s\"", before, t->columns[i].name);
				before = ", ";
				keys++;
			}
	buf_add_str(&text, keys ? ")) STRICT" : ") STRICT");
	if (text.failed || l->b->n == BACKUP_TABLES_MAX)
		return no_memory(l);
	l->b->tables[l->b->n++] = *t;
	return sql_failed(l, t, sql_execute(l->b->db, buf_cstr(&text)));
}

static status begin_table(struct load *l, unsigned number, const struct backup_table *from)
{
	const struct backup_table *to = backup_db_table(l->b, from->name, NULL);
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)8 << 10);

	if (!to) {
		status s = make_table(l, from);

		if (s)
			return s;
		to = backup_db_table(l->b, from->name, NULL);
	}
	if (!to)
		return no_memory(l);
	buf_printf(&text, "INSERT INTO \"%s\" (", to->name);
	for (size_t i = 0; i < from->n; i++) {
		int at = backup_column(to, from->columns[i].name);

		if (at < 0 || to->columns[at].type != from->columns[i].type)
			return reason_set(l->why, ecVersion, "%s has a column %s of the table %s, which this version of Postern %s",
					  backup_reader_name(l->r), from->columns[i].name, from->name,
					  at < 0 ? "does not know" : "knows otherwise");
		buf_printf(&text, "%s\"%s\"", i ? ", " : "", from->columns[i].name);
	}
	buf_add_str(&text, ") VALUES (");
	for (size_t i = 0; i < from->n; i++)
		buf_printf(&text, "%s$%zu", i ? ", " : "", i + 1);
	buf_add_str(&text, ")");
	struct target *t = &l->targets[number];
	t->table = to;
	t->insert = arena_strdup(&l->b->arena, buf_cstr(&text));
	return t->insert ? ecNone : no_memory(l);
}

static const char *erase_text(struct load *l, struct target *t, const struct backup_record *e)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)8 << 10);
	const char *before = " WHERE";
	unsigned n = 0;

	for (size_t i = 0; i < t->n_erases; i++)
		if (t->erase[i].columns == e->columns)
			return t->erase[i].text;
	if (t->n_erases == ERASES_MAX)
		return NULL;
	buf_printf(&text, "DELETE FROM \"%s\"", t->table->name);
	for (size_t i = 0; i < e->defined->n; i++) {
		if (!(e->columns & 1u << i))
			continue;
		buf_printf(&text, "%s \"%s\" = $%u", before, e->defined->columns[i].name, ++n);
		before = " AND";
	}
	t->erase[t->n_erases].columns = e->columns;
	t->erase[t->n_erases].text = arena_strdup(&l->b->arena, buf_cstr(&text));
	return t->erase[t->n_erases].text ? t->erase[t->n_erases++].text : NULL;
}

static bool bind(struct sql_statement *s, int at, const struct backup_column *c, const struct backup_value *v)
{
	if (v->type != BACKUP_NULL && v->type != c->type)
		return false;
	if (v->type == BACKUP_NULL)
		sql_bind_null(s, at);
	else if (v->type == BACKUP_INTEGER)
		sql_bind_i64(s, at, v->number);
	else if (v->type == BACKUP_TEXT)
		sql_bind_text(s, at, (const char *)v->bytes.p);
	else
		sql_bind_blob(s, at, v->bytes);
	return true;
}

static status carry_out(struct load *l, const struct backup_record *rec)
{
	struct target *t = &l->targets[rec->table];
	const char *text = rec->kind == RECORD_ROW ? t->insert : erase_text(l, t, rec);
	struct sql_statement *s = text ? sql_prepare(l->b->db, text) : NULL;
	bool good = true;
	int at = 0;

	if (!text)
		return reason_set(l->why, ecTooComplex, "%s erases rows of the table %s in more ways than there are",
				  backup_reader_name(l->r), t->table->name);
	for (size_t i = 0; good && i < rec->defined->n; i++)
		if (rec->kind == RECORD_ROW || rec->columns & 1u << i)
			good = bind(s, ++at, &rec->defined->columns[i], &rec->values[i]);
	if (!good) {
		sql_done(s);
		return reason_set(l->why, ecCorruptData, "%s is damaged in the frame at byte %" PRIu64 ": a value of the wrong type",
				  backup_reader_name(l->r), backup_reader_offset(l->r));
	}
	return sql_failed(l, t->table, sql_run(s));
}

status backup_load_part(struct backup_db *b, struct backup_reader *r, const struct backup_load_options *o, struct backup_seal *seal,
			struct reason *why)
{
	struct load l = { .b = b, .r = r, .why = why, .tables = { .arena = &b->arena } };
	uint64_t rows = 0;
	bool end = false;
	status s = ecNone;

	while (!s && !end) {
		struct backup_record rec;

		s = backup_next_record(r, &l.tables, &rec, &end, why);
		if (s || end)
			continue;
		s = rec.kind == RECORD_TABLE ? begin_table(&l, rec.table, rec.defined) : carry_out(&l, &rec);
		if (++rows % 1024 == 0 && o && o->progress)
			o->progress(o->context, rows);
	}
	return s ? s : backup_reader_finish(r, seal, why);
}

/* Of every reference between tables: is it looked at at once, or at the end? */
static status set_references(struct backup_db *b, const char *how)
{
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)1 << 20);
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(b->db, "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
				   " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2");
	bool row = false;
	status st;

	while (!(st = sql_step(s, &row)) && row) {
		const char *text = arena_printf(&work, "ALTER TABLE %s ALTER CONSTRAINT %s %s", sql_text(s, 0), sql_text(s, 1), how);

		st = text ? sql_execute(b->db, text) : ecMemory;
		if (st)
			return st;
	}
	return st;
}

status backup_load_begin(struct backup_db *b, struct reason *why)
{
	status s = sql_engine(b->db) == SQL_SQLITE ? sql_execute(b->db, "PRAGMA defer_foreign_keys = ON") :
						     set_references(b, "DEFERRABLE INITIALLY DEFERRED");

	return s ? reason_set(why, s, "%s", sql_failure(b->db)) : ecNone;
}

status backup_load_end(struct backup_db *b, struct reason *why)
{
	status s = ecNone;

	if (sql_engine(b->db) == SQL_POSTGRES) {
		s = sql_execute(b->db, "SET CONSTRAINTS ALL IMMEDIATE");
		if (!s)
			s = set_references(b, "NOT DEFERRABLE");
	}
	return s ? reason_set(why, s, "%s", sql_failure(b->db)) : ecNone;
}

status backup_load_finish(struct backup_db *b, struct reason *why)
{
	/* Written so that both engines find their way by keys. A content is mostly named by the message of its own id. */
	static const char *const texts[] = {
		"DELETE FROM message WHERE NOT EXISTS (SELECT 1 FROM folder WHERE folder.id = message.folder)",
		("DELETE FROM content WHERE NOT EXISTS (SELECT 1 FROM message AS m WHERE m.id = content.id AND m.content = m.id)"
		 " AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.content = content.id AND m.content <> m.id)"),
		"DELETE FROM large WHERE NOT EXISTS (SELECT 1 FROM content WHERE content.id = large.content)",
		"DELETE FROM piece WHERE NOT EXISTS (SELECT 1 FROM content WHERE content.id = piece.content)",
		/*
		 * The index of words and the results of searches are of what was there: without their state both are made anew when
		 * the mailbox is opened (store/fulltext.h).
		 */
		"DROP TABLE IF EXISTS fts_state",
		/* Those of folders stand under the folder 0. */
		"DELETE FROM tombstone WHERE folder <> 0 AND NOT EXISTS (SELECT 1 FROM folder WHERE folder.id = tombstone.folder)",
	};
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof texts / sizeof *texts; i++)
		s = sql_execute(b->db, texts[i]);
	return s ? reason_set(why, s, "%s", sql_failure(b->db)) : ecNone;
}
