/* The two engines: how words go in, and how what is looked for is said. */
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

#include <inttypes.h>

/*
 * SQLite: the index holds words alone (content=''), under a number that is used once.  What is not there any more stays in
 * it and is passed over, because `fts_doc` does not know its number: FTS5 of that version can only delete who says all words.
 * When that is too much, the index is made anew (fulltext_renew.c).
 */
#define WORD_TABLE(name)                                                                                                              \
	"CREATE VIRTUAL TABLE " name " USING fts5 (subject, sender, recipients, body, attachments, content = '', columnsize = 0,"     \
	" tokenize = 'ascii');"                                                                                                        \
	/* Pages of the index that fill pages of the database, more words gathered before they are written, fewer merges: a third less \
	   work. */                                                                                                                    \
	"INSERT INTO " name " (" name ", rank) VALUES ('pgsz', 8000); INSERT INTO " name " (" name ", rank) VALUES ('hashsize', 4194304);" \
	"INSERT INTO " name " (" name ", rank) VALUES ('automerge', 8)"
#define TERM_TABLE "CREATE VIRTUAL TABLE fts_term USING fts5vocab (fts_word, instance)"

static const char sqlite_schema[] =
	"CREATE TABLE fts_doc (id INTEGER PRIMARY KEY, message INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX fts_doc_message ON fts_doc (message);"
	WORD_TABLE("fts_word") ";" TERM_TABLE;

static const char sqlite_begin[] = "DROP TABLE IF EXISTS fts_fresh;" WORD_TABLE("fts_fresh");
static const char sqlite_end[] = "DROP TABLE fts_term; DROP TABLE fts_word; ALTER TABLE fts_fresh RENAME TO fts_word;" TERM_TABLE;

static status put_number(struct sql *db, uint64_t number, uint64_t message)
{
	struct sql_statement *s = sql_prepare(db, "INSERT INTO fts_doc (id, message) VALUES ($1, $2)");

	bind_u64(s, 1, number);
	bind_u64(s, 2, message);
	return sql_run(s);
}

static bool has_words(const struct document *d)
{
	size_t n = 0;

	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		n += d->words[i].n;
	return n != 0;
}

#define INTO(name) "INSERT INTO " name " (rowid, subject, sender, recipients, body, attachments) VALUES ($1, $2, $3, $4, $5, $6)"

static status put_words(struct sql *db, const char *into, uint64_t number, struct document *d)
{
	struct sql_statement *s = has_words(d) ? sql_prepare(db, into) : NULL;

	if (!has_words(d))
		return ecNone;
	bind_u64(s, 1, number);
	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		sql_bind_text(s, (int)i + 2, buf_cstr(&d->words[i]));
	return sql_run(s);
}

static status sqlite_put(struct sql *db, uint64_t number, uint64_t message, struct document *d)
{
	status s = put_number(db, number, message);

	return s ? s : put_words(db, INTO("fts_word"), number, d);
}

static status sqlite_put_fresh(struct sql *db, uint64_t number, struct document *d)
{
	return put_words(db, INTO("fts_fresh"), number, d);
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
		/* NOT takes all before it from the left. */
		add_list(n, n->kind == FULLTEXT_AND ? " AND " : n->kind == FULLTEXT_OR ? " OR " : " NOT ", sqlite_expression, out);
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

/* FTS5 walks its lists in the order of their numbers, and skips to the first one that is wanted. */
static void sqlite_window(const struct fulltext_window *w, struct buf *out)
{
	buf_printf(out, "WITH w AS MATERIALIZED (SELECT f.rowid AS id, d.message AS message FROM fts_word f CROSS JOIN fts_doc d"
			" WHERE f.fts_word MATCH $1 AND f.rowid >= %" PRIu64 " AND f.rowid < %" PRIu64 " AND d.id = f.rowid"
			" ORDER BY f.rowid DESC LIMIT %zu)", w->from, w->below, w->most);
}

static const struct fulltext_renew sqlite_renew = { .begin = sqlite_begin, .end = sqlite_end, .put = sqlite_put_fresh };

const struct fulltext_engine fulltext_sqlite = {
	.schema = sqlite_schema,
	.clear = "DROP TABLE IF EXISTS fts_fresh; INSERT INTO fts_word (fts_word) VALUES ('delete-all')",
	.ordered = true,
	.put = sqlite_put,
	.expression = sqlite_expression,
	.expand = fulltext_expand,
	.find = "SELECT d.id FROM fts_word f CROSS JOIN fts_doc d WHERE f.rowid >= $1 AND f.rowid < $2 AND f.fts_word MATCH $3 AND d.id = f.rowid",
	.renew = &sqlite_renew,
	.window = sqlite_window,
	.asked = "",
};

/* PostgreSQL: words with their places, the fields as weights A to D. ---------------------------------------------------------- */

/* Places end here [PostgreSQL, 12.11]; so does what a tsvector may hold. */
#define PLACE_MAX 16383u
#define VECTOR_MAX ((size_t)900 << 10)
#define FIELD_GAP 8u

static const char postgres_schema[] =
	"CREATE TABLE fts_doc (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, words tsvector) STRICT;"
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

static status postgres_put(struct sql *db, uint64_t number, uint64_t message, struct document *d)
{
	CLEANUP_BUF struct buf vector = BUF_MAX((size_t)2 << 20);
	struct sql_statement *s = sql_prepare(db, "INSERT INTO fts_doc (id, message, words) VALUES ($1, $2, CAST(CAST($3 AS TEXT) AS tsvector))");
	unsigned place = 0;

	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		add_vector(&d->words[i], "ABCDD"[i], &place, &vector);
	bind_u64(s, 1, number);
	bind_u64(s, 2, message);
	sql_bind_text(s, 3, buf_cstr(&vector));
	return sql_run(s);
}

static void postgres_expression(const struct fulltext_node *n, struct buf *out)
{
	if (n->kind != FULLTEXT_PHRASE) {
		add_list(n, n->kind == FULLTEXT_AND ? " & " : n->kind == FULLTEXT_OR ? " | " : " & !", postgres_expression, out);
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

#define ASKED "words @@ CAST(CAST($1 AS TEXT) AS tsquery)"

/* GIN gives what it finds in no order: all of it is found before the newest can be chosen, and that is kept apart from the choice. */
static void postgres_window(const struct fulltext_window *w, struct buf *out)
{
	bool words = w->how == FULLTEXT_BY_WORDS;

	buf_add_str(out, words ? "WITH f AS MATERIALIZED (SELECT id, message FROM fts_doc WHERE " ASKED "), " : "WITH ");
	buf_printf(out, "w AS MATERIALIZED (SELECT id, message%s FROM %s WHERE id >= %" PRIu64 " AND id < %" PRIu64
			" ORDER BY id DESC LIMIT %zu)", words ? "" : ", words", words ? "f" : "fts_doc", w->from, w->below, w->most);
}

const struct fulltext_engine fulltext_postgres = {
	.schema = postgres_schema,
	.clear = "",
	.put = postgres_put,
	.expression = postgres_expression,
	.find = "SELECT id FROM fts_doc WHERE id >= $1 AND id < $2 AND words @@ CAST(CAST($3 AS TEXT) AS tsquery)",
	.window = postgres_window,
	.asked = " AND w." ASKED,
};
