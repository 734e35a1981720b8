/* Which folders a search is about. */
#include "store/mailbox_private.h"
#include "store/search_private.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool folder_set_has(const struct folder_set *set, uint64_t id)
{
	return set->n && bsearch(&id, set->v, set->n, sizeof *set->v, by_id);
}

struct edge {
	uint64_t id, parent;
	bool within;
};

static status load(struct mailbox *m, struct arena *arena, struct edge **out, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, parent FROM folder ORDER BY id");
	struct edge *v = NULL;
	size_t count = 0, cap = 0;
	bool row = false;
	status st;

	while (!(st = sql_step(s, &row)) && row) {
		if (count == cap) {
			struct edge *more = arena_array(arena, cap ? 2 * cap : 64, sizeof *v);

			if (!more)
				return ecMemory;
			if (count)
				memcpy(more, v, count * sizeof *v);
			v = more;
			cap = cap ? 2 * cap : 64;
		}
		v[count++] = (struct edge){ .id = (uint64_t)sql_i64(s, 0), .parent = (uint64_t)sql_i64(s, 1) };
	}
	*out = v;
	*n = count;
	return mailbox_error(m, st);
}

static struct edge *find(struct edge *v, size_t n, uint64_t id)
{
	return n ? bsearch(&id, v, n, sizeof *v, by_id) : NULL; /* the id stands first */
}

/* Ids rise, but parents need not be older: until nothing is added any more. */
static void spread(struct edge *v, size_t n)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < n; i++) {
			const struct edge *up = v[i].within ? NULL : find(v, n, v[i].parent);

			if (up && up->within && up != &v[i]) {
				v[i].within = true;
				again = true;
			}
		}
	}
}

status folder_set_of(struct mailbox *m, const uint64_t *roots, size_t n, bool below, struct arena *arena, struct folder_set *out)
{
	struct edge *v = NULL;
	size_t all = 0;
	status s = load(m, arena, &v, &all);

	if (s)
		return s;
	for (size_t i = 0; i < n; i++) {
		struct edge *e = find(v, all, roots[i]);

		if (e)
			e->within = true;
	}
	if (below)
		spread(v, all);
	out->v = arena_array(arena, all ? all : 1, sizeof *out->v);
	if (!out->v)
		return ecMemory;
	out->n = 0;
	for (size_t i = 0; i < all; i++)
		if (v[i].within)
			out->v[out->n++] = v[i].id;
	return ecNone;
}
