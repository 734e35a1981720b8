/* The two engines: how words go in, and how what is looked for is said. */
#include "store/fulltext_private.h"

/*
 * SQLite: the index holds words alone (content=''), under a number that is used once.  What is not there any more stays in
 * it and is passed over, because `fts_doc` does not know its number: FTS5 of that version can only delete who says all words.
 */
static const char sqlite_schema[] =
	"CREATE TABLE fts_doc (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, received INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX fts_doc_message ON fts_doc (message);"
	"CREATE VIRTUAL TABLE fts_word USING fts5 (subject, sender, recipients, body, attachments, content = '', columnsize = 0,"
	" tokenize = 'ascii');"
	/* Pages of the index that fill pages of the database, more words gathered before they are written, fewer merges: a third less work. */
	"INSERT INTO fts_word (fts_word, rank) VALUES ('pgsz', 8000); INSERT INTO fts_word (fts_word, rank) VALUES ('hashsize', 4194304);"
	"INSERT INTO fts_word (fts_word, rank) VALUES ('automerge', 8)";

static status sqlite_put(struct sql *db, uint64_t doc, struct document *d)
{
	struct sql_statement *s = sql_prepare(db, "INSERT INTO fts_word (rowid, subject, sender, recipients, body, attachments)"
						  " VALUES ($1, $2, $3, $4, $5, $6)");

	sql_bind_i64(s, 1, (int64_t)doc);
	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		sql_bind_text(s, (int)i + 2, buf_cstr(&d->words[i]));
	return sql_run(s);
}

static void add_list(const struct fulltext_node *n, const char *between, void (*add)(const struct fulltext_node *n, struct buf *out),
		     struct buf *out)
{
	buf_add_u8(out, '(');
	for (size_t i = 0; i < n->n; i++) {
		if (i)
			buf_add_str(out, between);
		add(n->nodes[i], out);
	}
	buf_add_u8(out, ')');
}

static void sqlite_expression(const struct fulltext_node *n, struct buf *out)
{
	static const char *const names[] = { "subject", "sender", "recipients", "body attachments" };

	if (n->kind != FULLTEXT_PHRASE) {
		add_list(n, n->kind == FULLTEXT_AND ? " AND " : " OR ", sqlite_expression, out);
		return;
	}
	if (n->fields != FULLTEXT_ALL) {
		buf_add_str(out, "{");
		for (unsigned i = 0; i < 4; i++)
			if (n->fields & 1u << i)
				buf_printf(out, " %s", names[i]);
		buf_add_str(out, "} : ");
	}
	buf_add_u8(out, '"');
	for (size_t i = 0; i < n->n; i++)
		buf_printf(out, i ? " %s" : "%s", n->words[i]);
	buf_add_str(out, n->prefix ? "\" *" : "\"");
}

const struct fulltext_engine fulltext_sqlite = {
	.schema = sqlite_schema,
	.clear = "INSERT INTO fts_word (fts_word) VALUES ('delete-all')",
	.put = sqlite_put,
	.expression = sqlite_expression,
	.find = "SELECT d.message, d.received FROM fts_word JOIN fts_doc d ON d.id = fts_word.rowid WHERE fts_word MATCH $1",
};

/* PostgreSQL: words with their places, the fields as weights A to D. ---------------------------------------------------------- */

/* Places end here [PostgreSQL, 12.11]; so does what a tsvector may hold. */
#define PLACE_MAX 16383u
#define VECTOR_MAX ((size_t)900 << 10)
#define FIELD_GAP 8u

static const char postgres_schema[] =
	"CREATE TABLE fts_doc (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, received INTEGER NOT NULL, words tsvector) STRICT;"
	"CREATE UNIQUE INDEX fts_doc_message ON fts_doc (message);"
	"CREATE INDEX fts_doc_words ON fts_doc USING gin (words)";

static void add_vector(const struct buf *words, char weight, unsigned *place, struct buf *out)
{
	for (size_t at = 0; at < words->n && out->n < VECTOR_MAX;) {
		const uint8_t *space = memchr(words->p + at, ' ', words->n - at);
		size_t length = space ? (size_t)(space - words->p) - at : words->n - at;

		*place += *place < PLACE_MAX;
		buf_add_u8(out, '\'');
		buf_add(out, words->p + at, length);
		buf_printf(out, "':%u%c ", *place, weight);
		at += length + 1;
	}
	*place = *place + FIELD_GAP < PLACE_MAX ? *place + FIELD_GAP : PLACE_MAX;
}

static status postgres_put(struct sql *db, uint64_t doc, struct document *d)
{
	CLEANUP_BUF struct buf vector = BUF_MAX((size_t)2 << 20);
	struct sql_statement *s = sql_prepare(db, "UPDATE fts_doc SET words = CAST(CAST($1 AS TEXT) AS tsvector) WHERE id = $2");
	unsigned place = 0;

	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		add_vector(&d->words[i], "ABCDD"[i], &place, &vector);
	sql_bind_text(s, 1, buf_cstr(&vector));
	sql_bind_i64(s, 2, (int64_t)doc);
	return sql_run(s);
}

static void postgres_expression(const struct fulltext_node *n, struct buf *out)
{
	if (n->kind != FULLTEXT_PHRASE) {
		add_list(n, n->kind == FULLTEXT_AND ? " & " : " | ", postgres_expression, out);
		return;
	}
	buf_add_u8(out, '(');
	for (size_t i = 0; i < n->n; i++) {
		buf_printf(out, "%s'%s'", i ? " <-> " : "", n->words[i]);
		if (n->fields != FULLTEXT_ALL || (n->prefix && i + 1 == n->n))
			buf_add_u8(out, ':');
		if (n->prefix && i + 1 == n->n)
			buf_add_u8(out, '*');
		for (unsigned f = 0; f < 4 && n->fields != FULLTEXT_ALL; f++)
			if (n->fields & 1u << f)
				buf_add_u8(out, (uint8_t)('A' + f));
	}
	buf_add_u8(out, ')');
}

const struct fulltext_engine fulltext_postgres = {
	.schema = postgres_schema,
	.clear = "",
	.put = postgres_put,
	.expression = postgres_expression,
	.find = "SELECT message, received FROM fts_doc WHERE words @@ CAST(CAST($1 AS TEXT) AS tsquery)",
};
