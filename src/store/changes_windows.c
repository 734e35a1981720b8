#include "store/changes_private.h"

#include <stdlib.h>

#define GATHER_MOST ((size_t)1 << 16)

/* Windows ---------------------------------------------------------------------------------------------------------- */

/* Steps through the holes: the next one begins at *from, at the earliest; false when there is none below or at upto. */
static bool next_hole(const struct globset *seen, size_t *at, uint64_t *from, uint64_t upto, struct globcnt_range *hole)
{
	while (seen && *at < seen->n && seen->v[*at].first <= *from) {
		if (seen->v[*at].last >= *from)
			*from = seen->v[*at].last + 1;
		++*at;
	}
	if (*from > upto)
		return false;
	hole->first = *from;
	hole->last = seen && *at < seen->n && seen->v[*at].first <= upto ? seen->v[*at].first - 1 : upto;
	*from = hole->last + 1;
	return true;
}

static size_t count_holes(const struct globset *seen, uint64_t upto)
{
	struct globcnt_range hole;
	size_t at = 0, n = 0;
	uint64_t from = 1;

	while (next_hole(seen, &at, &from, upto, &hole))
		n++;
	return n;
}

void windows_of(struct windows *w, const struct globset *seen, uint64_t upto)
{
	size_t holes = count_holes(seen, upto), together = holes / CHANGES_WINDOWS + 1, at = 0, i = 0;
	struct globcnt_range hole;
	uint64_t from = 1;

	w->seen = seen;
	w->exact = together == 1;
	w->n = 0;
	for (; next_hole(seen, &at, &from, upto, &hole); i++) {
		if (i % together == 0)
			w->v[w->n++] = hole;
		else
			w->v[w->n - 1].last = hole.last;
	}
}

/* Walking ----------------------------------------------------------------------------------------------------------- */

status windows_page(const struct windows *w, const struct window_walk *walk, struct globcnt_range window, uint64_t most,
		    uint64_t *next)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(walk->m->db, walk->query);
	uint64_t rows = 0, cn = 0;
	bool row = false;
	status st;

	bind_u64(s, 1, *next);
	bind_u64(s, 2, window.last);
	bind_u64(s, walk->bind ? walk->bind(s, walk->context) : 3, most);
	while (!(st = mailbox_error(walk->m, sql_step(s, &row))) && row) {
		rows++;
		cn = (uint64_t)sql_i64(s, 0);
		if (!windows_unseen(w, cn))
			continue;
		st = walk->row(s, walk->context);
		if (st)
			return st;
	}
	if (!st)
		*next = rows == most && cn < window.last ? cn + 1 : 0;
	return st;
}

status windows_walk(const struct windows *w, const struct window_walk *walk)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < w->n; i++)
		for (uint64_t next = w->v[i].first; !s && next;)
			s = windows_page(w, walk, w->v[i], CHANGES_PAGE, &next);
	return s;
}

/* Sets --------------------------------------------------------------------------------------------------------------- */

void changes_gather_free(struct gather *g)
{
	free(g->v);
	*g = (struct gather){ .n = 0 };
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

status gather_flush(struct gather *g, struct idset *set, const struct guid *replica)
{
	CLEANUP_IDSET struct idset sorted = { .max = set->max };
	status s = ecNone;

	if (!g->n)
		return ecNone;
	/* At the end of a set there is always room. */
	qsort(g->v, g->n, sizeof *g->v, by_id);
	for (size_t i = 0; !s && i < g->n; i++)
		s = idset_add(&sorted, replica, g->v[i], g->v[i]);
	if (!s)
		s = idset_union(set, &sorted);
	if (!s)
		g->n = 0;
	return s;
}

status gather_add(struct gather *g, uint64_t id, struct idset *set, const struct guid *replica)
{
	status s = g->n == GATHER_MOST ? gather_flush(g, set, replica) : ecNone;

	if (s)
		return s;
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 64;
		uint64_t *v = reallocarray(g->v, cap, sizeof *v);

		if (!v)
			return ecMemory;
		g->v = v;
		g->cap = cap;
	}
	g->v[g->n++] = id;
	return ecNone;
}

/* States -------------------------------------------------------------------------------------------------------------- */

bool changes_from_future(const struct mailbox *m, const struct idset *seen)
{
	const struct globset *ours = idset_find(seen, &m->identity.replica);

	return ours && ours->v[ours->n - 1].last > mailbox_last_cn(m);
}

status changes_all_seen(const struct mailbox *m, struct idset *seen, uint64_t upto)
{
	return upto ? idset_add(seen, &m->identity.replica, 1, upto) : ecNone;
}
