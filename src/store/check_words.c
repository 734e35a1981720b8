/* The index of words: does it hold together, and does it know every message? */
#include "store/check_private.h"
#include "store/fulltext.h"

static status count(struct checking *c, const char *query, int64_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(c->m->db, query);
	bool row = false;
	status st = sql_step(s, &row);

	*n = !st && row ? sql_i64(s, 0) : 0;
	return mailbox_error(c->m, st);
}

/* FTS5's own check of its tables. PostgreSQL has none, and keeps its index like any other. */
static bool holds_together(struct checking *c)
{
	return sql_engine(c->m->db) != SQL_SQLITE || c->options->quick ||
	       !sql_execute(c->m->db, "INSERT INTO fts_word (fts_word) VALUES ('integrity-check')");
}

/* Before the transaction of a repair: a check that fails would end it. */
status check_words(struct checking *c, bool *anew)
{
	const struct found f = { .kind = MAILBOX_CHECK_WORDS, .lossless = true, .fixable = true };
	int64_t missing = 0, gone = 0;

	*anew = false;
	if (!holds_together(c)) {
		*anew = check_found(c, &f, "the index of words is damaged; it is made anew from the messages");
		return ecNone;
	}
	status s = count(c, "SELECT COUNT(*) FROM message m WHERE m.kind IN (0, 2) AND NOT EXISTS"
			    " (SELECT 1 FROM fts_doc d WHERE d.message = m.id) AND m.id NOT IN (SELECT message FROM fts_late)", &missing);
	if (!s)
		s = count(c, "SELECT COUNT(*) FROM fts_doc d WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = d.message AND m.kind IN (0, 2))",
			  &gone);
	if (!s && (missing || gone))
		*anew = check_found(c, &f, "the index of words does not know %lld messages and knows %lld that are not there; it is made anew",
				    (long long)missing, (long long)gone);
	return s;
}
