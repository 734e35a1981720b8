/*
 * A search: candidates come page by page from the newest on (search_page.c); what the plan could not decide is asked of each,
 * until there are enough.
 */
#include "store/search.h"

#include "store/search_private.h"
#include "store/table_private.h"

#include <stdlib.h>

#define ROOMY ((size_t)256 << 20)
/* Candidates whose words are looked up together. */
#define ASKED_TOGETHER 512u

struct running {
	struct search_plan plan;
	struct search_pages pages;
	const struct search_options *o;
	struct arena *arena; /* of the result */
	struct search_result *out;
	size_t skipped, cap;
};

/* Asking ---------------------------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool has_words(const struct search_step *s, uint64_t number)
{
	return s->n_found && bsearch(&number, s->found, s->n_found, sizeof number, by_number);
}

static status holds(struct search_step *n, const struct search_candidate *c, struct table_row *row, bool *out)
{
	bool all = n->kind == SEARCH_ALL_OF;
	status s = ecNone;

	if (n->words) {
		*out = has_words(n, c->number);
		return ecNone;
	}
	switch (n->kind) {
	case SEARCH_CONDITION:
		return restrict_matches(n->condition, &row->row, out);
	case SEARCH_FOLDER:
		*out = folder_set_has(&n->folders, (uint64_t)sql_i64(row->message, MC_FOLDER));
		return ecNone;
	case SEARCH_NOT:
		s = holds(&n->of[0], c, row, out);
		*out = !*out;
		return s;
	default:
		*out = all;
		for (size_t i = 0; !s && *out == all && i < n->n; i++)
			s = holds(&n->of[i], c, row, out);
		return s;
	}
}

static status ask(struct running *r, const struct search_candidate *c, struct arena *arena, bool *yes)
{
	struct search_plan *p = &r->plan;
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(p->m->db, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.id = $1");
	struct table_row row;
	status s;

	*yes = !p->n_rest;
	if (*yes)
		return ecNone;
	arena_reset(arena);
	table_row_init(&row, p->m, arena);
	row.id = c->message;
	row.message = st;
	bind_u64(st, 1, c->message);
	s = mailbox_error(p->m, sql_step(st, yes));
	for (size_t i = 0; !s && *yes && i < p->n_rest; i++)
		s = holds(p->rest[i], c, &row, yes);
	return search_said(p, s);
}

/* Which of some candidates have words is asked of the index at once. */
static status look_up(struct running *r, struct search_step *n, uint64_t from, uint64_t below, struct arena *arena)
{
	struct search_plan *p = &r->plan;
	status s = ecNone;

	if (n->words && !n->said) {
		s = fulltext_say(p->m, n->words, p->arena, &n->expression, p->why);
		n->said = true;
	}
	if (!s && n->words)
		s = search_said(p, fulltext_find(p->m, n->expression, from, below, arena, &n->found, &n->n_found));
	for (size_t i = 0; !s && i < n->n; i++)
		s = look_up(r, &n->of[i], from, below, arena);
	return s;
}

static status look_up_all(struct running *r, const struct search_candidate *c, size_t n, struct arena *arena)
{
	uint64_t least = UINT64_MAX, most = 0;
	status s = ecNone;

	arena_reset(arena);
	for (size_t i = 0; i < n; i++) {
		least = c[i].number < least ? c[i].number : least;
		most = c[i].number > most ? c[i].number : most;
	}
	for (size_t i = 0; !s && i < r->plan.n_rest; i++)
		s = look_up(r, r->plan.rest[i], least, most + 1, arena);
	return s;
}

/* Giving ---------------------------------------------------------------------------------------------------------------------- */

static status give(struct running *r, const struct search_candidate *c)
{
	struct search_result *out = r->out;

	if (r->skipped < r->o->skip) {
		r->skipped++;
		return ecNone;
	}
	if (r->o->limit && out->n == r->o->limit) {
		out->more = true;
		return ecNone;
	}
	if (out->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		uint64_t *v = arena_array(r->arena, cap, sizeof *v);

		if (!v)
			return reason_set(r->plan.why, ecMemory, "out of memory");
		if (out->n)
			memcpy(v, out->ids, out->n * sizeof *v);
		out->ids = v;
		r->cap = cap;
	}
	out->ids[out->n++] = c->message;
	out->last = (struct search_place){ .received = c->received, .message = c->message };
	return ecNone;
}

/* Is it after the place, so older? */
static bool is_after(const struct search_candidate *c, const struct search_place *p)
{
	return !p || c->received < p->received || (c->received == p->received && c->message < p->message);
}

static status give_some(struct running *r, const struct search_candidate *c, size_t n)
{
	CLEANUP_ARENA struct arena row = ARENA_BUDGET(ROW_MEMORY_MAX);
	CLEANUP_ARENA struct arena words = ARENA_BUDGET(ROOMY);
	status s = ecNone;

	for (size_t i = 0; !s && !r->out->more && i < n; i++) {
		size_t together = n - i < ASKED_TOGETHER ? n - i : ASKED_TOGETHER;
		bool yes = false;

		if (r->plan.n_rest && i % ASKED_TOGETHER == 0)
			s = look_up_all(r, c + i, together, &words);
		if (!s && is_after(&c[i], r->o->after))
			s = ask(r, &c[i], &row, &yes);
		if (!s && yes)
			s = give(r, &c[i]);
	}
	return s;
}

static int newest_first(const void *a, const void *b)
{
	const struct search_candidate *x = a, *y = b;

	if (x->received != y->received)
		return x->received < y->received ? 1 : -1;
	return (x->message < y->message) - (x->message > y->message);
}

/* Those that came at the time of one that is not read yet must wait for it. */
static size_t ready(const struct search_pages *p)
{
	size_t n = p->n;

	while (!p->last && n && fulltext_step(p->v[n - 1].received) <= p->below >> FULLTEXT_STEP_BITS)
		n--;
	return n;
}

static status give_all(struct running *r)
{
	struct search_pages *p = &r->pages;
	status s = ecNone;

	while (!s && !p->last && !r->out->more) {
		s = search_pages_next(p);
		if (s)
			break;
		if (p->n)
			qsort(p->v, p->n, sizeof *p->v, newest_first);
		size_t n = ready(p);
		s = give_some(r, p->v, n);
		p->n -= n;
		if (p->n)
			memmove(p->v, p->v + n, p->n * sizeof *p->v);
	}
	return s;
}

status search_run(struct mailbox *m, const struct search_node *what, const struct search_options *o, struct arena *arena,
		  struct search_result *out, struct reason *why)
{
	CLEANUP_ARENA struct arena room = ARENA_BUDGET(ROOMY);
	const struct search_options everything = { .limit = 0 };
	struct running r = { .plan = { .m = m, .arena = &room, .why = why }, .o = o ? o : &everything, .arena = arena, .out = out };
	status s = search_said(&r.plan, fulltext_catch_up_all(m));

	*out = (struct search_result){ .n = 0 };
	if (!s)
		s = search_plan_make(&r.plan, what, r.o);
	search_pages_begin(&r.pages, &r.plan, r.o->limit ? r.o->skip + r.o->limit + 1 : SIZE_MAX);
	if (!s)
		s = give_all(&r);
	search_pages_free(&r.pages);
	search_plan_free(&r.plan);
	return s;
}
