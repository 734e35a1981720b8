/*
 * Candidates of a search, page by page from the newest on, in the order of their numbers in the index of words.  Three ways:
 *
 *   by words      through the lists of the index.  SQLite's are in the order of numbers.  PostgreSQL's are in none, so there this is the
 *                 second way, for words that few messages have
 *   one by one    message after message, which is quick where much is found
 *   scanning      everything that SQL finds, at once: when there are no words and little was found one by one
 */
#include "store/search_private.h"

#include <stdlib.h>

#define PAGE_LEAST 256u
#define PAGE_MOST 16384u
/* Messages that are always looked at one by one. */
#define BUDGET_LEAST 2000u
#define CANDIDATES_MAX ((size_t)1 << 24)
#define QUERY_MAX (RESTRICT_SQL_MAX + ((size_t)72 << 10))

void search_pages_begin(struct search_pages *p, struct search_plan *plan, size_t wanted)
{
	*p = (struct search_pages){ .plan = plan, .limited = wanted != SIZE_MAX, .below = plan->below, .last = plan->nothing };
	p->size = wanted < PAGE_LEAST / 2 ? PAGE_LEAST : wanted < PAGE_MOST / 2 ? 2 * wanted : PAGE_MOST;
}

void search_pages_free(struct search_pages *p)
{
	free(p->v);
}

/*
 * With n messages and a word in a part f of them, k are found in k/f one by one, or among n*f by the index: both are the root of n*k
 * where it matters which is chosen.
 */
static status find_budget(struct search_pages *p)
{
	struct mailbox *m = p->plan->m;
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT next FROM fts_state WHERE id = 1");
	bool row = false;
	status st = sql_step(s, &row);
	uint64_t n = !st && row ? (uint64_t)sql_i64(s, 0) : 0;

	for (p->budget = BUDGET_LEAST; p->budget * p->budget / 64 < n;)
		p->budget += p->budget / 4;
	p->by_words = p->plan->with_words && (fulltext_is_ordered(m->db) || !p->limited);
	p->started = true;
	return search_said(p->plan, mailbox_error(m, st));
}

static bool has_conditions(const struct search_plan *plan)
{
	return plan->sql.text.n || plan->folders.n;
}

static void choose(struct search_pages *p)
{
	bool enough = p->limited && p->asked < p->budget;

	if (p->by_words || enough)
		return;
	if (p->plan->with_words) {
		p->by_words = true;
		p->size = p->size < PAGE_MOST / 4 ? 4 * p->size : PAGE_MOST;
	} else {
		p->scanning = has_conditions(p->plan);
	}
}

static void add_conditions(const struct search_plan *plan, struct buf *text)
{
	if (plan->sql.text.n) {
		buf_add_str(text, " AND ");
		buf_add(text, plan->sql.text.p, plan->sql.text.n);
	}
	buf_add(text, plan->folders.p, plan->folders.n);
}

static void write_page(struct search_pages *p, struct buf *text)
{
	struct sql *db = p->plan->m->db;
	struct fulltext_window w = { .from = p->plan->from, .below = p->below, .most = p->size };

	w.how = p->by_words ? FULLTEXT_BY_WORDS : p->plan->with_words ? FULLTEXT_ASK_MESSAGES : FULLTEXT_ALL_MESSAGES;
	fulltext_window(db, &w, text);
	buf_printf(text, " SELECT w.id, m.id, m.received FROM w CROSS JOIN message m WHERE m.id = w.message AND m.kind = 0%s",
		   fulltext_window_condition(db, &w));
	add_conditions(p->plan, text);
	/* How far it went. */
	buf_add_str(text, " UNION ALL SELECT COALESCE(MIN(id), 0), 0, COUNT(*) FROM w");
}

static void write_scan(struct search_pages *p, struct buf *text)
{
	buf_printf(text, "SELECT d.id, m.id, m.received FROM message m CROSS JOIN fts_doc d WHERE d.message = m.id AND m.kind = 0"
			 " AND d.id >= %llu AND d.id < %llu", (unsigned long long)p->plan->from, (unsigned long long)p->below);
	add_conditions(p->plan, text);
}

static status add(struct search_pages *p, const struct sql_statement *s)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 1024;
		struct search_candidate *v = cap <= CANDIDATES_MAX ? reallocarray(p->v, cap, sizeof *v) : NULL;

		if (!v)
			return reason_set(p->plan->why, ecTooBig, "more messages are found than there is memory for: search for less");
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = (struct search_candidate){ (uint64_t)sql_i64(s, 0), (uint64_t)sql_i64(s, 1), (uint64_t)sql_i64(s, 2) };
	return ecNone;
}

static void went_so_far(struct search_pages *p, const struct sql_statement *s)
{
	uint64_t seen = (uint64_t)sql_i64(s, 2);

	p->asked += seen;
	p->last = seen < p->size;
	p->below = seen ? (uint64_t)sql_i64(s, 0) : p->below;
}

status search_pages_next(struct search_pages *p)
{
	CLEANUP_BUF struct buf text = BUF_MAX(QUERY_MAX);
	struct search_plan *plan = p->plan;
	bool row = false;
	status s = p->started ? ecNone : find_budget(p);

	if (s)
		return s;
	choose(p);
	if (p->scanning)
		write_scan(p, &text);
	else
		write_page(p, &text);
	if (text.failed)
		return reason_set(plan->why, ecTooComplex, "the search is too long");
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare_once(plan->m->db, buf_cstr(&text));
	if (plan->with_words)
		sql_bind_text(st, 1, plan->words);
	restrict_sql_bind(&plan->sql, st);
	while (!(s = search_said(plan, mailbox_error(plan->m, sql_step(st, &row)))) && row) {
		if (sql_i64(st, 1))
			s = add(p, st);
		else
			went_so_far(p, st);
		if (s)
			return s;
	}
	p->last = p->last || p->scanning;
	p->size = 2 * p->size < PAGE_MOST ? 2 * p->size : PAGE_MOST;
	return s;
}
