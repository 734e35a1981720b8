#include "rop/globset.h"

#include <stdlib.h>

static _Thread_local unsigned fail_countdown;

void globset_fail_after(unsigned n)
{
	fail_countdown = n;
}

void *globset_realloc(void *p, size_t size)
{
	if (fail_countdown && --fail_countdown == 0)
		return NULL;
	return realloc(p, size);
}

void globset_free(struct globset *s)
{
	free(s->v);
	*s = (struct globset){ 0 };
}

bool globset_reserve(struct globset *s, size_t n)
{
	size_t cap = s->cap ? s->cap : 8;
	struct globcnt_range *v;

	if (n <= s->cap)
		return true;
	while (cap < n)
		cap *= 2;
	if (cap > SIZE_MAX / sizeof *v)
		return false;
	v = globset_realloc(s->v, cap * sizeof *v);
	if (!v)
		return false;
	s->v = v;
	s->cap = cap;
	return true;
}

/* The first range that ends at `id` or above. */
static size_t find(const struct globset *s, uint64_t id)
{
	size_t lo = 0, hi = s->n;

	if (s->n && s->v[s->n - 1].last < id)
		return s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].last < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The first range that begins above `id`. */
static size_t find_above(const struct globset *s, uint64_t id)
{
	size_t at = find(s, id);

	return at < s->n && s->v[at].first <= id ? at + 1 : at;
}

static bool is_range(struct globcnt_range r)
{
	return r.first <= r.last && r.last <= GLOBCNT_MAX;
}

static status insert(struct globset *s, size_t at, struct globcnt_range r, size_t max)
{
	if (s->n >= max)
		return ecTooBig;
	if (!globset_reserve(s, s->n + 1))
		return ecMemory;
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof *s->v);
	s->v[at] = r;
	s->n++;
	return ecNone;
}

static void drop(struct globset *s, size_t begin, size_t end)
{
	memmove(s->v + begin, s->v + end, (s->n - end) * sizeof *s->v);
	s->n -= end - begin;
}

status globset_add(struct globset *s, struct globcnt_range r, size_t max)
{
	size_t lo, hi;

	if (!is_range(r))
		return ecInvalidParam;
	lo = find(s, r.first ? r.first - 1 : 0); /* one that ends just before it is joined */
	hi = find_above(s, r.last + 1);
	if (lo >= hi)
		return insert(s, lo, r, max);
	if (s->v[lo].first > r.first)
		s->v[lo].first = r.first;
	s->v[lo].last = s->v[hi - 1].last > r.last ? s->v[hi - 1].last : r.last;
	drop(s, lo + 1, hi);
	return ecNone;
}

status globset_remove(struct globset *s, struct globcnt_range r, size_t max)
{
	size_t lo, hi;

	if (!is_range(r))
		return ecInvalidParam;
	lo = find(s, r.first);
	hi = find_above(s, r.last);
	if (lo >= hi)
		return ecNone;
	if (hi - lo == 1 && s->v[lo].first < r.first && s->v[lo].last > r.last) {
		struct globcnt_range right = { r.last + 1, s->v[lo].last };
		status st = insert(s, lo + 1, right, max);

		if (!st)
			s->v[lo].last = r.first - 1;
		return st;
	}
	if (s->v[lo].first < r.first)
		s->v[lo++].last = r.first - 1;
	if (hi > lo && s->v[hi - 1].last > r.last)
		s->v[--hi].first = r.last + 1;
	drop(s, lo, hi);
	return ecNone;
}

bool globset_contains(const struct globset *s, uint64_t id)
{
	size_t at = find(s, id);

	return at < s->n && s->v[at].first <= id;
}

bool globset_equal(const struct globset *a, const struct globset *b)
{
	return a->n == b->n && (!a->n || memcmp(a->v, b->v, a->n * sizeof *a->v) == 0);
}

uint64_t globset_count(const struct globset *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->v[i].last - s->v[i].first + 1;
	return n;
}

/* At the end, joined to the range that is there. There is room. */
static void append(struct globset *s, struct globcnt_range r)
{
	struct globcnt_range *top = s->n ? &s->v[s->n - 1] : NULL;

	if (!top || r.first > top->last + 1)
		s->v[s->n++] = r;
	else if (r.last > top->last)
		top->last = r.last;
}

/* An empty set with room for as many ranges as two sets have, and one. */
static status begin_from(const struct globset *a, const struct globset *b, struct globset *s)
{
	size_t cap = a->n + b->n + 1;

	*s = (struct globset){ .v = globset_realloc(NULL, cap * sizeof *s->v), .cap = cap };
	return s->v ? ecNone : ecMemory;
}

static status deliver(struct globset *s, size_t max, struct globset *out)
{
	if (s->n > max) {
		globset_free(s);
		return ecTooBig;
	}
	*out = *s;
	return ecNone;
}

status globset_union(const struct globset *a, const struct globset *b, size_t max,
		     struct globset *out)
{
	struct globset s;
	size_t i = 0, j = 0;

	if (begin_from(a, b, &s))
		return ecMemory;
	while (i < a->n || j < b->n) {
		bool left = j == b->n || (i < a->n && a->v[i].first <= b->v[j].first);

		append(&s, left ? a->v[i++] : b->v[j++]);
	}
	return deliver(&s, max, out);
}

/* What is left of the range without the ranges of b from *j on. */
static void cut(struct globset *s, struct globcnt_range r, const struct globset *b, size_t *j)
{
	while (*j < b->n && b->v[*j].last < r.first)
		++*j;
	for (size_t k = *j; k < b->n && b->v[k].first <= r.last; k++) {
		if (b->v[k].first > r.first)
			s->v[s->n++] = (struct globcnt_range){ r.first, b->v[k].first - 1 };
		if (b->v[k].last >= r.last)
			return;
		r.first = b->v[k].last + 1;
		*j = k;
	}
	s->v[s->n++] = r;
}

status globset_subtract(const struct globset *a, const struct globset *b, size_t max,
			struct globset *out)
{
	struct globset s;
	size_t j = 0;

	if (begin_from(a, b, &s))
		return ecMemory;
	for (size_t i = 0; i < a->n; i++)
		cut(&s, a->v[i], b, &j);
	return deliver(&s, max, out);
}
