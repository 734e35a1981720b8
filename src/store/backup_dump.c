/*
 * A mailbox's tables are small and written whole each time, but for those that hold mail.  Of these a part has the
 * messages whose change number, or that of their read state, is new; the ids that left a folder since (tombstones); and
 * all rows of what was deleted softly, without the content: nothing counts when such a message goes for good.  Whoever
 * carries the parts out throws away content that no message has any more, and messages that no folder has.
 */
#include "store/backup_dump.h"

#include "store/schema.h"

#include <inttypes.h>
#include <stdlib.h>

/* Rows of one answer: PostgreSQL hands over a whole result at once. */
#define PAGE 256
#define PAGE_OF_PIECES 32 /* of 64 KiB */

#define KIND_DELETED 2 /* kinds from here on are deleted softly */

/* The tables that hold mail, and what their statements are. */
enum mail_table { MAIL_MESSAGE, MAIL_CONTENT, MAIL_LARGE, MAIL_PIECE, MAIL_TOMBSTONE, MAIL_TABLES };

static const char *const mail_names[MAIL_TABLES] = { "message", "content", "large", "piece", "tombstone" };
/* What follows "SELECT columns FROM table WHERE". */
static const char *const mail_where[MAIL_TABLES] = {
	"id = $1",
	"id = $1",
	"content = $1 ORDER BY seq",
	"content = $1 AND (seq > $2 OR (seq = $2 AND part > $3)) ORDER BY seq, part LIMIT $4",
	"folder = $1 AND cn > $2 ORDER BY cn LIMIT $3",
};

struct mail {
	const struct backup_table *table;
	unsigned number;
	const char *select;
	int key;
};

struct dump {
	struct backup_db *b;
	const struct backup_dump_options *o;
	struct backup_writer *w;
	struct backup_counts *counts;
	struct reason *why;
	struct mail mail[MAIL_TABLES];
	struct arena arena; /* of lists of folders */
	int64_t *folders;
	size_t n_folders;
};

static status sql_failed(struct dump *d, status s)
{
	return s ? reason_set(d->why, s, "%s", sql_failure(d->b->db)) : ecNone;
}

static status row_written(struct dump *d, const struct backup_table *t, status s)
{
	if (s == ecTooBig)
		return reason_set(d->why, s, "a row of the table %s is too large for a backup", t->name);
	d->counts->rows++;
	return s; /* the writer has the words */
}

static status put_row(struct dump *d, unsigned number, const struct backup_table *t, const struct sql_statement *row)
{
	return row_written(d, t, backup_put_row(d->w, number, t, row));
}

/* Whole tables ------------------------------------------------------------------------------------------------------- */

static status put_rows(struct dump *d, unsigned number, const struct backup_table *t, const char *text, uint64_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, text);
	bool row = false;
	status st;

	while (!(st = sql_step(s, &row)) && row) {
		st = put_row(d, number, t, s);
		if (st)
			return st;
		++*n;
	}
	return sql_failed(d, st);
}

/* SQLite gives row after row; PostgreSQL does so through a cursor only. */
static status put_whole(struct dump *d, unsigned number, const struct backup_table *t)
{
	const char *columns = backup_columns_text(d->b, t);
	bool cursor = sql_engine(d->b->db) == SQL_POSTGRES;
	char *select = columns ? arena_printf(&d->b->arena, "%s%s%sSELECT %s FROM \"%s\"", cursor ? "DECLARE whole_" : "",
					      cursor ? t->name : "", cursor ? " NO SCROLL CURSOR FOR " : "", columns, t->name) :
				 NULL;
	char *fetch = arena_printf(&d->b->arena, "FETCH %d FROM whole_%s", PAGE, t->name);
	uint64_t n = 0;
	status s;

	if (!select || !fetch)
		return reason_set(d->why, ecMemory, "out of memory");
	if (!cursor)
		return put_rows(d, number, t, select, &n);
	s = sql_failed(d, sql_execute(d->b->db, select));
	for (uint64_t before = 1; !s && before;) {
		before = n;
		s = put_rows(d, number, t, fetch, &n);
		before = n - before;
	}
	return s;
}

static bool holds_mail(const char *table)
{
	for (size_t i = 0; i < MAIL_TABLES; i++)
		if (strcmp(mail_names[i], table) == 0)
			return true;
	return false;
}

/* All are emptied before any is filled: rows that refer to others go with them. */
static status put_tables(struct dump *d, bool mail_too)
{
	status s = ecNone;

	backup_writer_digest_begin(d->w);
	for (size_t i = 0; !s && i < d->b->n; i++) {
		s = backup_put_table(d->w, (unsigned)i, &d->b->tables[i]);
		if (!s && (mail_too || !holds_mail(d->b->tables[i].name)))
			s = backup_put_erase(d->w, (unsigned)i, &d->b->tables[i], 0, NULL);
	}
	for (size_t i = 0; !s && i < d->b->n; i++)
		if (mail_too || !holds_mail(d->b->tables[i].name))
			s = put_whole(d, (unsigned)i, &d->b->tables[i]);
	backup_writer_digest_end(d->w, &d->counts->tables);
	return s;
}

status backup_dump_whole(struct backup_db *b, struct backup_writer *w, struct backup_counts *counts, struct reason *why)
{
	struct dump d = { .b = b, .w = w, .counts = counts, .why = why };

	return put_tables(&d, true);
}

/* Mail --------------------------------------------------------------------------------------------------------------- */

static status find_mail_tables(struct dump *d)
{
	for (size_t i = 0; i < MAIL_TABLES; i++) {
		struct mail *m = &d->mail[i];

		m->table = backup_db_table(d->b, mail_names[i], &m->number);
		if (!m->table)
			return reason_set(d->why, ecCorruptData, "the table %s is missing", mail_names[i]);
		const char *columns = backup_columns_text(d->b, m->table);
		m->select = columns ? arena_printf(&d->b->arena, "SELECT %s FROM %s WHERE %s", columns, mail_names[i], mail_where[i]) : NULL;
		if (!m->select)
			return reason_set(d->why, ecMemory, "out of memory");
		m->key = backup_column(m->table, i == MAIL_LARGE || i == MAIL_PIECE ? "content" : "id");
		if (m->key < 0)
			return reason_set(d->why, ecCorruptData, "the table %s lacks a column", mail_names[i]);
	}
	return ecNone;
}

static status add_folder(struct dump *d, size_t *cap, int64_t id)
{
	if (d->n_folders == *cap) {
		*cap = *cap ? 2 * *cap : PAGE;
		int64_t *more = arena_array(&d->arena, *cap, sizeof *more);

		if (!more)
			return reason_set(d->why, ecMemory, "out of memory for a list of folders");
		if (d->n_folders)
			memcpy(more, d->folders, d->n_folders * sizeof *more);
		d->folders = more;
	}
	d->folders[d->n_folders++] = id;
	return ecNone;
}

/* All of them, and first the one that there is not, whose tombstones are those of folders (id 0). */
static status list_folders(struct dump *d)
{
	size_t cap = 0;
	status st = add_folder(d, &cap, 0);

	for (size_t n = PAGE; !st && n == PAGE;) {
		CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, "SELECT id FROM folder WHERE id > $1 ORDER BY id LIMIT $2");
		bool row = false;

		sql_bind_i64(s, 1, d->folders[d->n_folders - 1]);
		sql_bind_i64(s, 2, PAGE);
		for (n = 0; !(st = sql_failed(d, sql_step(s, &row))) && row; n++) {
			st = add_folder(d, &cap, sql_i64(s, 0));
			if (st)
				return st;
		}
	}
	return st;
}

static status erase(struct dump *d, enum mail_table table, int column, int64_t value)
{
	struct backup_value values[BACKUP_COLUMNS_MAX] = { 0 };

	if (column < 0)
		return reason_set(d->why, ecCorruptData, "the table %s lacks a column", mail_names[table]);
	values[column] = (struct backup_value){ .type = BACKUP_INTEGER, .number = value };
	return backup_put_erase(d->w, d->mail[table].number, d->mail[table].table, 1u << column, values);
}

/* The rows of one table that belong to a content: its pieces page by page. */
static status put_of_content(struct dump *d, enum mail_table table, int64_t content)
{
	const struct backup_table *t = d->mail[table].table;
	int seq_at = backup_column(t, "seq"), part_at = backup_column(t, "part"), body = backup_column(t, "body"), data = backup_column(t, "data");
	int64_t seq = -1, part = -1;
	status st = d->o->since ? erase(d, table, d->mail[table].key, content) : ecNone;

	for (size_t n = PAGE_OF_PIECES; !st && n == PAGE_OF_PIECES;) {
		CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, d->mail[table].select);
		bool row = false;

		n = 0;
		sql_bind_i64(s, 1, content);
		if (table == MAIL_PIECE) {
			sql_bind_i64(s, 2, seq);
			sql_bind_i64(s, 3, part);
			sql_bind_i64(s, 4, PAGE_OF_PIECES);
		}
		while (!(st = sql_failed(d, sql_step(s, &row))) && row) {
			st = put_row(d, d->mail[table].number, t, s);
			if (st)
				return st;
			d->counts->bytes += body >= 0 ? sql_blob(s, body).n : data >= 0 ? sql_blob(s, data).n : 0;
			if (table == MAIL_PIECE) {
				seq = sql_i64(s, seq_at);
				part = sql_i64(s, part_at);
				n++;
			}
		}
	}
	return st;
}

/* A message that was deleted and is back has no tombstone any more. */
static status erase_tombstone(struct dump *d, const struct sql_statement *row)
{
	const struct mail *m = &d->mail[MAIL_TOMBSTONE];
	struct backup_value key[BACKUP_COLUMNS_MAX] = { 0 };
	int id_at = backup_column(m->table, "id"), folder_at = backup_column(m->table, "folder"),
	    from = backup_column(d->mail[MAIL_MESSAGE].table, "folder");

	if (id_at < 0 || folder_at < 0 || from < 0)
		return reason_set(d->why, ecCorruptData, "the table tombstone lacks a column");
	key[id_at] = (struct backup_value){ .type = BACKUP_INTEGER, .number = sql_i64(row, d->mail[MAIL_MESSAGE].key) };
	key[folder_at] = (struct backup_value){ .type = BACKUP_INTEGER, .number = sql_i64(row, from) };
	return backup_put_erase(d->w, m->number, m->table, 1u << folder_at | 1u << id_at, key);
}

static status put_message(struct dump *d, int64_t id, bool with_content)
{
	const struct mail *m = &d->mail[MAIL_MESSAGE];
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, m->select);
	int content_at = backup_column(m->table, "content"), cn_at = backup_column(m->table, "cn"), kind_at = backup_column(m->table, "kind");
	int64_t content = 0;
	bool row = false;
	status st;

	sql_bind_i64(s, 1, id);
	st = sql_failed(d, sql_step(s, &row));
	if (st || !row)
		return st;
	content = sql_i64(s, content_at);
	with_content = with_content || sql_i64(s, cn_at) > (int64_t)d->o->since;
	if (d->o->since)
		st = erase(d, MAIL_MESSAGE, m->key, id);
	if (!st && with_content && d->o->since && sql_i64(s, kind_at) < KIND_DELETED)
		st = erase_tombstone(d, s);
	if (!st)
		st = put_row(d, m->number, m->table, s);
	if (!st && with_content)
		st = put_of_content(d, MAIL_CONTENT, content);
	if (!st && with_content)
		st = put_of_content(d, MAIL_LARGE, content);
	if (!st && with_content)
		st = put_of_content(d, MAIL_PIECE, content);
	d->counts->messages++;
	if (d->o->progress && d->counts->messages % 64 == 0)
		d->o->progress(d->o->context, d->counts->messages, d->counts->bytes);
	return st;
}

/* Messages in pages: ids and the number they are in the order of. */
struct messages_query {
	const char *text;
	bool of_folder; /* the first parameter is the folder */
	bool numbered;  /* the number is not the id: both say where to go on */
	bool content;
	int64_t from;
};

static status put_messages(struct dump *d, const struct messages_query *q, int64_t folder)
{
	int64_t ids[PAGE], number = q->from, id = INT64_MAX;
	size_t n = PAGE;
	status st = ecNone;

	while (!st && n == PAGE) {
		CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, q->text);
		bool row = false;
		int at = 1;

		if (q->of_folder)
			sql_bind_i64(s, at++, folder);
		sql_bind_i64(s, at++, number);
		if (q->numbered)
			sql_bind_i64(s, at++, id);
		sql_bind_i64(s, at, PAGE);
		for (n = 0; n < PAGE && !(st = sql_failed(d, sql_step(s, &row))) && row; n++) {
			ids[n] = id = sql_i64(s, 0);
			number = sql_i64(s, 1);
		}
		for (size_t i = 0; !st && i < n; i++)
			st = put_message(d, ids[i], q->content);
	}
	return st;
}

/* What left the folder, and that it did. */
static status put_tombstones(struct dump *d, int64_t folder)
{
	const struct mail *m = &d->mail[MAIL_TOMBSTONE];
	int folder_at = backup_column(m->table, "folder"), id_at = backup_column(m->table, "id"), cn_at = backup_column(m->table, "cn");
	int64_t cn = (int64_t)d->o->since;
	size_t n = PAGE;
	status st = ecNone;

	if (folder_at < 0 || id_at < 0 || cn_at < 0)
		return reason_set(d->why, ecCorruptData, "the table tombstone lacks a column");
	while (!st && n == PAGE) {
		CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->b->db, m->select);
		bool row = false;

		sql_bind_i64(s, 1, folder);
		sql_bind_i64(s, 2, cn);
		sql_bind_i64(s, 3, PAGE);
		for (n = 0; !(st = sql_failed(d, sql_step(s, &row))) && row; n++) {
			struct backup_value key[BACKUP_COLUMNS_MAX] = { 0 };

			cn = sql_i64(s, cn_at);
			key[folder_at] = (struct backup_value){ .type = BACKUP_INTEGER, .number = folder };
			key[id_at] = (struct backup_value){ .type = BACKUP_INTEGER, .number = sql_i64(s, id_at) };
			if (d->o->since) {
				st = erase(d, MAIL_MESSAGE, d->mail[MAIL_MESSAGE].key, key[id_at].number);
				d->counts->erased++;
			}
			if (!st && d->o->since)
				st = backup_put_erase(d->w, m->number, m->table, 1u << folder_at | 1u << id_at, key);
			if (!st)
				st = put_row(d, m->number, m->table, s);
			if (st)
				return st;
		}
	}
	return st;
}

/* Each kind by itself, so that the index of changes leads straight to them. */
#define CHANGED(kind)                                                                                         \
	"SELECT id, cn FROM message WHERE folder = $1 AND kind = " kind " AND cn >= $2 AND (cn > $2 OR id > $3)" \
	" ORDER BY cn, id LIMIT $4"
static const char changed[] = CHANGED("0"), changed_associated[] = CHANGED("1");
static const char read_changed[] = "SELECT id, read_cn FROM message WHERE folder = $1 AND read_cn <> 0 AND read_cn >= $2 AND"
				   " (read_cn > $2 OR id > $3) AND kind < 2 ORDER BY read_cn, id LIMIT $4";
static const char deleted[] = "SELECT id, id FROM message WHERE folder = $1 AND kind IN (2, 3) AND id > $2 ORDER BY id LIMIT $3";
static const char everything[] = "SELECT id, id FROM message WHERE id > $1 ORDER BY id LIMIT $2";

static status put_changed(struct dump *d)
{
	const int64_t since = (int64_t)d->o->since;
	const struct messages_query queries[] = {
		{ deleted, true, false, false, 0 },
		{ changed, true, true, true, since },
		{ changed_associated, true, true, true, since },
		{ read_changed, true, true, false, since },
	};
	int kind = backup_column(d->mail[MAIL_MESSAGE].table, "kind");
	status s = erase(d, MAIL_MESSAGE, kind, KIND_DELETED);

	if (!s)
		s = erase(d, MAIL_MESSAGE, kind, KIND_DELETED + 1);
	/* All that left first: a message that left one folder and is back stays. */
	for (size_t i = 0; !s && i < d->n_folders; i++)
		s = put_tombstones(d, d->folders[i]);
	for (size_t i = 0; !s && i < d->n_folders; i++)
		for (size_t k = 0; !s && k < sizeof queries / sizeof *queries; k++)
			s = put_messages(d, &queries[k], d->folders[i]);
	return s;
}

static status put_everything(struct dump *d)
{
	const struct messages_query all = { everything, false, false, true, 0 };
	status s = ecNone;

	for (size_t i = 0; !s && i < MAIL_TABLES; i++)
		s = backup_put_erase(d->w, d->mail[i].number, d->mail[i].table, 0, NULL);
	if (!s)
		s = put_messages(d, &all, 0);
	for (size_t i = 0; !s && i < d->n_folders; i++)
		s = put_tombstones(d, d->folders[i]);
	return s;
}

status backup_dump_mailbox(struct backup_db *b, const struct backup_dump_options *o, struct backup_writer *w,
			   struct backup_counts *counts, struct reason *why)
{
	struct dump d = { .b = b, .o = o, .w = w, .counts = counts, .why = why, .arena = ARENA_BUDGET((size_t)256 << 20) };
	status s = find_mail_tables(&d);

	if (!s)
		s = put_tables(&d, false);
	if (!s)
		s = list_folders(&d);
	if (!s)
		s = o->since ? put_changed(&d) : put_everything(&d);
	counts->folders = d.n_folders ? d.n_folders - 1 : 0;
	arena_free(&d.arena);
	return s;
}

/* Facts --------------------------------------------------------------------------------------------------------------- */

/*
 * The highest change number that anything has.  Those that the mailbox gives out come in runs (store/mailbox_private.h), so the
 * counter in the facts says nothing of what was used.
 */
static status last_change(struct sql *db, uint64_t *out)
{
#define OF_FOLDERS(what) "SELECT COALESCE(MAX((SELECT " what " DESC LIMIT 1)), 0) FROM folder AS f"
#define OF_KIND(kind) OF_FOLDERS("cn FROM message WHERE folder = f.id AND kind = " kind " ORDER BY cn")
	static const char *const queries[] = {
		OF_KIND("0"),
		OF_KIND("1"),
		OF_KIND("2"),
		OF_KIND("3"),
		OF_FOLDERS("read_cn FROM message WHERE folder = f.id AND read_cn <> 0 ORDER BY read_cn"),
		OF_FOLDERS("cn FROM tombstone WHERE folder = f.id ORDER BY cn"),
		"SELECT COALESCE(MAX(cn), 0) FROM tombstone WHERE folder = 0",
		"SELECT COALESCE(MAX(cn), 0) FROM folder",
	};
	uint64_t last = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof queries / sizeof *queries; i++) {
		CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(db, queries[i]);
		bool row = false;

		s = sql_step(q, &row);
		if (!s && row && (uint64_t)sql_i64(q, 0) > last)
			last = (uint64_t)sql_i64(q, 0);
	}
	if (!s)
		*out = last;
	return s;
}

status backup_mailbox_facts(struct backup_db *b, struct backup_facts *out, struct reason *why)
{
	struct backup_facts f = { 0 };
	int64_t schema = 0;
	bool found = false, there = false, lineage = false;
	status s = meta_get_i64(b->db, "schema", &schema, &there);

	if (!s)
		s = last_change(b->db, &f.upto);
	if (!s)
		s = meta_get_bytes(b->db, BACKUP_LINEAGE, f.lineage.b, sizeof f.lineage.b, &lineage);
	if (!s)
		s = meta_get_bytes(b->db, "mailbox_guid", f.mailbox.b, sizeof f.mailbox.b, &found);
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(
		b->db, "SELECT CAST(COALESCE(SUM(items + associated + deleted_items), 0) AS BIGINT),"
		       " CAST(COALESCE(SUM(size + deleted_size), 0) AS BIGINT) FROM folder");
	if (!s)
		s = sql_step(st, &there);
	if (s)
		return reason_set(why, s, "%s", sql_failure(b->db));
	if (!found)
		return reason_set(why, ecCorruptData, "there is no mailbox in the database, or it is damaged");
	f.schema = (uint64_t)schema;
	f.messages = (uint64_t)sql_i64(st, 0);
	f.bytes = (uint64_t)sql_i64(st, 1);
	*out = f;
	return ecNone;
}
