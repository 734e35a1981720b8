#include "rop/xid.h"

#include "base/reader.h"

#include <stdlib.h>

#define GLOBCNT_BYTES 6u

status xid_decode(struct bytes data, struct xid *out, struct reason *why)
{
	struct xid x = { .n = 0 };

	if (data.n < XID_SIZE_MIN || data.n > XID_SIZE_MAX)
		return reason_set(why, ecCorruptData, "an XID of %zu bytes; it has 17 to 24",
				  data.n);
	x.n = (uint8_t)(data.n - sizeof x.space.b);
	memcpy(x.space.b, data.p, sizeof x.space.b);
	memcpy(x.local, data.p + sizeof x.space.b, x.n);
	*out = x;
	return ecNone;
}

void xid_encode(const struct xid *x, struct buf *out)
{
	buf_add(out, x->space.b, sizeof x->space.b);
	buf_add(out, x->local, x->n);
}

struct xid xid_of_globcnt(const struct guid *replica, uint64_t id)
{
	struct xid x = { .space = *replica, .n = GLOBCNT_BYTES };

	for (unsigned i = 0; i < GLOBCNT_BYTES; i++)
		x.local[i] = (uint8_t)(id >> (8 * (GLOBCNT_BYTES - 1 - i)));
	return x;
}

static uint64_t local_number(const struct xid *x)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < x->n; i++)
		v = v << 8 | x->local[i];
	return v;
}

bool xid_globcnt(const struct xid *x, uint64_t *id)
{
	if (x->n != GLOBCNT_BYTES)
		return false;
	*id = local_number(x);
	return true;
}

int xid_compare(const struct xid *a, const struct xid *b)
{
	uint64_t x = local_number(a), y = local_number(b);

	return (x > y) - (x < y);
}

/* Lists of predecessors ------------------------------------------------------------------------- */

static int by_space(const struct xid *a, const struct xid *b)
{
	return memcmp(a->space.b, b->space.b, sizeof a->space.b);
}

/* The higher one of a namespace first. */
static int in_order(const void *a, const void *b)
{
	int spaces = by_space(a, b);

	return spaces ? spaces : xid_compare(b, a);
}

static size_t place(const struct pcl *l, const struct xid *x)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_space(&l->v[mid], x) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool same_space(const struct pcl *l, size_t at, const struct xid *x)
{
	return at < l->n && !by_space(&l->v[at], x);
}

static status read_all(struct reader *in, struct pcl *l, struct reason *why)
{
	while (reader_left(in)) {
		struct bytes x = reader_bytes(in, reader_u8(in));
		status st;

		if (in->failed)
			return reason_set(why, ecCorruptData,
					  "a list of predecessors ends within an XID");
		st = xid_decode(x, &l->v[l->n], why);
		if (st)
			return reason_prefix(why, st, "a list of predecessors");
		l->n++;
	}
	return ecNone;
}

status pcl_decode(struct bytes data, struct arena *arena, struct pcl *out, struct reason *why)
{
	struct pcl l = { .cap = data.n / (1 + XID_SIZE_MIN) + 1 };
	struct reader in = reader_of(data);
	size_t n = 0;
	status st;

	l.v = arena_array(arena, l.cap, sizeof *l.v);
	if (!l.v)
		return ecMemory;
	st = read_all(&in, &l, why);
	if (st)
		return st;
	qsort(l.v, l.n, sizeof *l.v, in_order);
	for (size_t i = 0; i < l.n; i++)
		if (!n || by_space(&l.v[n - 1], &l.v[i]))
			l.v[n++] = l.v[i];
	l.n = n;
	*out = l;
	return ecNone;
}

void pcl_encode(const struct pcl *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_add_u8(out, (uint8_t)(sizeof l->v[i].space.b + l->v[i].n));
		xid_encode(&l->v[i], out);
	}
}

static status reserve(struct pcl *l, size_t n, struct arena *arena)
{
	size_t cap = l->cap ? l->cap : 4;
	struct xid *v;

	if (n <= l->cap)
		return ecNone;
	while (cap < n)
		cap *= 2;
	v = arena_array(arena, cap, sizeof *v);
	if (!v)
		return ecMemory;
	if (l->n)
		memcpy(v, l->v, l->n * sizeof *v);
	l->v = v;
	l->cap = cap;
	return ecNone;
}

status pcl_add(struct pcl *l, const struct xid *x, struct arena *arena)
{
	size_t at = place(l, x);
	status st;

	if (same_space(l, at, x)) {
		if (xid_compare(x, &l->v[at]) > 0)
			l->v[at] = *x;
		return ecNone;
	}
	st = reserve(l, l->n + 1, arena);
	if (st)
		return st;
	memmove(l->v + at + 1, l->v + at, (l->n - at) * sizeof *l->v);
	l->v[at] = *x;
	l->n++;
	return ecNone;
}

status pcl_merge(struct pcl *l, const struct pcl *other, struct arena *arena)
{
	status st = reserve(l, l->n + other->n, arena);

	for (size_t i = 0; !st && i < other->n; i++)
		st = pcl_add(l, &other->v[i], arena);
	return st;
}

bool pcl_contains(const struct pcl *l, const struct xid *x)
{
	size_t at = place(l, x);

	return same_space(l, at, x) && xid_compare(&l->v[at], x) >= 0;
}

static bool includes(const struct pcl *a, const struct pcl *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!pcl_contains(a, &b->v[i]))
			return false;
	return true;
}

enum pcl_relation pcl_compare(const struct pcl *a, const struct pcl *b)
{
	bool first = includes(a, b), second = includes(b, a);

	if (first && second)
		return PCL_SAME;
	if (first || second)
		return first ? PCL_INCLUDES : PCL_INCLUDED;
	return PCL_CONFLICT;
}
