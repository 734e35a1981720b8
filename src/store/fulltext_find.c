/* What is looked for, said in the words of the engine, and what it finds. */
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

#include <inttypes.h>
#include <stdlib.h>

#define EXPRESSION_MAX ((size_t)256 << 10)

static status check(const struct fulltext_node *n, unsigned depth, unsigned *nodes, bool *empty, struct reason *why)
{
	status s = ecNone;

	if (depth > FULLTEXT_DEPTH_MAX || ++*nodes > FULLTEXT_NODES_MAX)
		return reason_set(why, ecTooComplex, "the search has too many words, or nests too deep");
	*empty = *empty || !n->n;
	for (size_t i = 0; !s && n->kind != FULLTEXT_PHRASE && i < n->n; i++)
		s = check(n->nodes[i], depth + 1, nodes, empty, why);
	*nodes += n->kind == FULLTEXT_PHRASE ? (unsigned)(n->n > FULLTEXT_NODES_MAX ? FULLTEXT_NODES_MAX : n->n) : 0;
	return s;
}

status fulltext_say(struct mailbox *m, const struct fulltext_node *what, struct arena *arena, const char **expression, struct reason *why)
{
	CLEANUP_BUF struct buf text = BUF_MAX(EXPRESSION_MAX);
	const struct fulltext_engine *e = fulltext_engine(m->db);
	unsigned nodes = 0;
	bool empty = false;
	status s = check(what, 0, &nodes, &empty, why);

	if (s)
		return s;
	s = e->expand ? e->expand(m, &what, arena) : ecNone;
	if (s)
		return reason_set(why, s, "%s", mailbox_failure(m));
	e->expression(what, &text);
	if (text.failed)
		return reason_set(why, ecTooComplex, "the search is too long");
	*expression = empty ? NULL : arena_memdup(arena, buf_cstr(&text), text.n + 1);
	return empty || *expression ? ecNone : reason_set(why, ecMemory, "out of memory");
}

static int rising(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool add_number(struct arena *arena, uint64_t **v, size_t *n, size_t *cap, uint64_t number)
{
	if (*n == *cap) {
		uint64_t *more = arena_array(arena, *cap ? 2 * *cap : 256, sizeof *more);

		if (!more)
			return false;
		if (*n)
			memcpy(more, *v, *n * sizeof *more);
		*v = more;
		*cap = *cap ? 2 * *cap : 256;
	}
	(*v)[(*n)++] = number;
	return true;
}

status fulltext_find(struct mailbox *m, const char *expression, uint64_t from, uint64_t below, struct arena *arena, uint64_t **numbers,
		     size_t *n)
{
	struct sql_statement *first = expression ? sql_prepare(m->db, fulltext_engine(m->db)->find) : NULL;
	CLEANUP_STATEMENT struct sql_statement *s = first;
	uint64_t *v = NULL;
	size_t count = 0, cap = 0;
	bool row = false;
	status st = ecNone;

	if (expression) {
		bind_u64(s, 1, from);
		bind_u64(s, 2, below);
		sql_bind_text(s, 3, expression);
	}
	while (expression && !(st = sql_step(s, &row)) && row)
		if (!add_number(arena, &v, &count, &cap, (uint64_t)sql_i64(s, 0)))
			return reason_set(&m->why, ecMemory, "out of memory");
	if (!st && count)
		qsort(v, count, sizeof *v, rising);
	*numbers = v;
	*n = count;
	return mailbox_error(m, st);
}

bool fulltext_is_ordered(struct sql *db)
{
	return fulltext_engine(db)->ordered;
}

void fulltext_window(struct sql *db, const struct fulltext_window *w, struct buf *out)
{
	if (w->how != FULLTEXT_ALL_MESSAGES) {
		fulltext_engine(db)->window(w, out);
		return;
	}
	buf_printf(out, "WITH w AS MATERIALIZED (SELECT id, message FROM fts_doc WHERE id >= %" PRIu64 " AND id < %" PRIu64
			" ORDER BY id DESC LIMIT %zu)", w->from, w->below, w->most);
}

const char *fulltext_window_condition(struct sql *db, const struct fulltext_window *w)
{
	return w->how == FULLTEXT_ASK_MESSAGES ? fulltext_engine(db)->asked : "";
}
