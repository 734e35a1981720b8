/* Commands to ranges. [MS-OXCFXICS] 3.1.5.4.3.2 */
#include "rop/globset.h"
#include "rop/globset_code.h"

#include <stdlib.h>

#define LAST_BYTE (GLOBCNT_SIZE - 1)

struct decoding {
	struct reader *in;
	const uint8_t *start;
	struct reason *why;
	struct globset set; /* as it came */
	size_t max;
	bool unsorted;
	uint8_t stack[GLOBCNT_SIZE];
	uint8_t pushed[GLOBCNT_SIZE]; /* how many bytes each push that is not popped yet has */
	unsigned depth, pushes;
};

static status corrupt(struct decoding *d, const uint8_t *at, const char *what)
{
	return reason_set(d->why, ecCorruptData, "a set of ids, byte %zu: %s",
			  (size_t)(at - d->start), what);
}

static status too_early(struct decoding *d)
{
	return corrupt(d, d->in->end, "it ends without an End command");
}

static status add(struct decoding *d, uint64_t first, uint64_t last)
{
	struct globcnt_range *top = d->set.n ? &d->set.v[d->set.n - 1] : NULL;

	if (top && first >= top->first && first <= top->last + 1) {
		if (last > top->last)
			top->last = last;
		return ecNone;
	}
	if (d->set.n >= d->max)
		return reason_set(d->why, ecTooBig, "a set of ids has more than %zu ranges",
				  d->max);
	d->unsorted |= top && first < top->first;
	if (!globset_reserve(&d->set, d->set.n + 1))
		return ecMemory;
	d->set.v[d->set.n++] = (struct globcnt_range){ first, last };
	return ecNone;
}

/* The bytes on the stack and those that follow. */
static uint64_t number(const struct decoding *d, const uint8_t *low)
{
	uint64_t id = 0;

	for (unsigned i = 0; i < GLOBCNT_SIZE; i++)
		id = id << 8 | (i < d->depth ? d->stack[i] : low[i - d->depth]);
	return id;
}

static status push(struct decoding *d, const uint8_t *at, unsigned n)
{
	struct bytes b;

	if (d->depth + n > GLOBCNT_SIZE)
		return corrupt(d, at, "a push beyond six bytes");
	b = reader_bytes(d->in, n);
	if (!b.p)
		return too_early(d);
	if (d->depth + n == GLOBCNT_SIZE) /* a whole number, which is not kept */
		return add(d, number(d, b.p), number(d, b.p));
	memcpy(d->stack + d->depth, b.p, n);
	d->pushed[d->pushes++] = (uint8_t)n;
	d->depth += n;
	return ecNone;
}

static status pop(struct decoding *d, const uint8_t *at)
{
	if (!d->pushes)
		return corrupt(d, at, "a pop without a push");
	d->depth -= d->pushed[--d->pushes];
	return ecNone;
}

static status range(struct decoding *d, const uint8_t *at)
{
	unsigned n = GLOBCNT_SIZE - d->depth;
	struct bytes b = reader_bytes(d->in, 2 * (size_t)n);
	uint64_t first, last;

	if (!b.p)
		return too_early(d);
	first = number(d, b.p);
	last = number(d, b.p + n);
	return first <= last ? add(d, first, last)
			     : corrupt(d, at, "a range that ends before it begins");
}

static status bitmask(struct decoding *d, const uint8_t *at)
{
	struct bytes b;
	uint64_t start;
	status st;

	if (d->depth != LAST_BYTE)
		return corrupt(d, at, "a bitmask where not five bytes are pushed");
	b = reader_bytes(d->in, 2);
	if (!b.p)
		return too_early(d);
	start = number(d, b.p);
	st = add(d, start, start);
	for (unsigned bit = 0; !st && bit < 8; bit++) {
		if (!(b.p[1] >> bit & 1))
			continue;
		if (b.p[0] + 1u + bit > UINT8_MAX)
			return corrupt(d, at, "a bitmask that leads beyond its byte");
		st = add(d, start + 1 + bit, start + 1 + bit);
	}
	return st;
}

static status command(struct decoding *d, bool *end)
{
	const uint8_t *at = d->in->p;
	uint8_t c = reader_u8(d->in);

	if (d->in->failed)
		return too_early(d);
	switch (c) {
	case GLOBSET_END:
		*end = true;
		return d->depth ? corrupt(d, at, "an End command before everything is popped")
				: ecNone;
	case GLOBSET_BITMASK:
		return bitmask(d, at);
	case GLOBSET_POP:
		return pop(d, at);
	case GLOBSET_RANGE:
		return range(d, at);
	default:
		return c <= GLOBSET_PUSH_LAST ? push(d, at, c)
					      : corrupt(d, at, "a command that does not exist");
	}
}

static int by_first(const void *a, const void *b)
{
	const struct globcnt_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Overlaps and neighbours become one. */
static void normalize(struct decoding *d)
{
	struct globcnt_range *v = d->set.v;
	size_t n = 0;

	if (d->unsorted)
		qsort(v, d->set.n, sizeof *v, by_first);
	for (size_t i = 0; i < d->set.n; i++) {
		if (!n || v[i].first > v[n - 1].last + 1)
			v[n++] = v[i];
		else if (v[i].last > v[n - 1].last)
			v[n - 1].last = v[i].last;
	}
	d->set.n = n;
}

status globset_decode(struct reader *in, size_t max, struct globset *out, struct reason *why)
{
	struct decoding d = { .in = in, .start = in->p, .why = why, .max = max };
	bool end = false;
	status st = ecNone;

	while (!st && !end)
		st = command(&d, &end);
	if (st) {
		globset_free(&d.set);
		return st;
	}
	normalize(&d);
	*out = d.set;
	return ecNone;
}
