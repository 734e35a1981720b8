/*
 * The shortest commands for a set. Ranges whose two ends share their first bytes form groups, and groups
 * within groups: a tree of at most six levels. For each group the cost is computed for every number of
 * bytes that may be on the stack when it is reached; pushing what the group has in common either pays for
 * itself or does not.
 */
#include "rop/globset.h"
#include "rop/globset_code.h"

#define BITMASK_SPAN 8u /* values after the first that one bitmask tells of */
#define BITMASK_COST 3u
#define LAST_BYTE    (GLOBCNT_SIZE - 1)
/* Ranges with gaps between them that differ in one byte only. */
#define LEAVES_MAX   128u

struct group {
	const struct globcnt_range *v;
	size_t n;
};

/* Bytes by the number of bytes on the stack. */
struct cost {
	size_t at[GLOBCNT_SIZE + 1];
};

static uint8_t byte_of(uint64_t id, unsigned i)
{
	return (uint8_t)(id >> (8 * (LAST_BYTE - i)));
}

static unsigned common_bytes(struct group g)
{
	uint64_t first = g.v[0].first, last = g.v[g.n - 1].last;
	unsigned n = 0;

	while (n < GLOBCNT_SIZE && byte_of(first, n) == byte_of(last, n))
		n++;
	return n;
}

static size_t range_cost(struct globcnt_range r, unsigned depth)
{
	unsigned left = GLOBCNT_SIZE - depth;

	return r.first == r.last ? 1 + left : 1 + 2 * left;
}

/* The ranges at the head of the group that agree in byte k; one alone when its own ends do not. */
static struct group head(struct group g, unsigned k)
{
	uint8_t byte = byte_of(g.v[0].first, k);
	size_t n = 0;

	while (n < g.n && byte_of(g.v[n].first, k) == byte && byte_of(g.v[n].last, k) == byte)
		n++;
	return (struct group){ g.v, n ? n : 1 };
}

static bool straddles(struct group g, unsigned k)
{
	return byte_of(g.v[0].first, k) != byte_of(g.v[0].last, k);
}

/* How many ranges one bitmask from the first on tells of whole. */
static size_t in_bitmask(struct group g)
{
	size_t n = 0;

	while (n < g.n && g.v[n].last <= g.v[0].first + BITMASK_SPAN)
		n++;
	return n;
}

/* With five bytes on the stack: best[i] is what the ranges from i on cost. */
static void leaf_costs(struct group g, size_t best[static LEAVES_MAX + 1])
{
	best[g.n] = 0;
	for (size_t i = g.n; i-- > 0;) {
		struct group rest = { g.v + i, g.n - i };
		size_t many = in_bitmask(rest);

		best[i] = range_cost(g.v[i], LAST_BYTE) + best[i + 1];
		if (many && BITMASK_COST + best[i + many] < best[i])
			best[i] = BITMASK_COST + best[i + many];
	}
}

static struct cost group_cost(struct group g);

/* Without pushing what the group has in common: for k bytes of that, and fewer. */
static struct cost flat_cost(struct group g, unsigned k)
{
	struct cost sum = { { 0 } };

	while (g.n) {
		struct group child = head(g, k);
		bool leaf = child.n == 1 && (k == LAST_BYTE || straddles(child, k));
		struct cost c = { { 0 } };

		if (!leaf)
			c = group_cost(child);
		for (unsigned d = 0; d <= k; d++)
			sum.at[d] += leaf ? range_cost(*child.v, d) : c.at[d];
		g.v += child.n;
		g.n -= child.n;
	}
	return sum;
}

static size_t push_cost(unsigned depth, unsigned k)
{
	return 1 + (k - depth) + 1; /* and the pop */
}

/* Flat, with the bitmasks. */
static struct cost member_cost(struct group g, unsigned k)
{
	size_t best[LEAVES_MAX + 1];
	struct cost c = flat_cost(g, k);

	if (k == LAST_BYTE) {
		leaf_costs(g, best);
		c.at[k] = best[0];
	}
	return c;
}

static struct cost group_cost(struct group g)
{
	unsigned k = common_bytes(g);
	struct cost c = { { 0 } };

	if (k == GLOBCNT_SIZE) {
		for (unsigned d = 0; d < k; d++)
			c.at[d] = range_cost(*g.v, d);
		return c;
	}
	c = member_cost(g, k);
	for (unsigned d = 0; d < k; d++)
		if (push_cost(d, k) + c.at[k] < c.at[d])
			c.at[d] = push_cost(d, k) + c.at[k];
	return c;
}

static void put_bytes(struct buf *out, uint64_t id, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		buf_add_u8(out, byte_of(id, i));
}

static void put_range(struct globcnt_range r, unsigned depth, struct buf *out)
{
	buf_add_u8(out, r.first == r.last ? (uint8_t)(GLOBCNT_SIZE - depth) : GLOBSET_RANGE);
	put_bytes(out, r.first, depth, GLOBCNT_SIZE);
	if (r.first != r.last)
		put_bytes(out, r.last, depth, GLOBCNT_SIZE);
}

static void put_bitmask(struct group g, struct buf *out)
{
	uint64_t start = g.v[0].first;
	unsigned mask = 0;

	for (size_t i = 0; i < g.n; i++)
		for (uint64_t id = g.v[i].first; id <= g.v[i].last; id++)
			if (id > start)
				mask |= 1u << (id - start - 1);
	buf_add_u8(out, GLOBSET_BITMASK);
	put_bytes(out, start, LAST_BYTE, GLOBCNT_SIZE);
	buf_add_u8(out, (uint8_t)mask);
}

static void put_leaves(struct group g, struct buf *out)
{
	size_t best[LEAVES_MAX + 1];

	leaf_costs(g, best);
	for (size_t i = 0; i < g.n;) {
		struct group rest = { g.v + i, g.n - i };
		size_t many = in_bitmask(rest);

		if (many && BITMASK_COST + best[i + many] == best[i] &&
		    range_cost(g.v[i], LAST_BYTE) + best[i + 1] != best[i]) {
			put_bitmask((struct group){ g.v + i, many }, out);
			i += many;
		} else {
			put_range(g.v[i++], LAST_BYTE, out);
		}
	}
}

static void put_group(struct group g, unsigned depth, struct buf *out);

static void put_members(struct group g, unsigned k, unsigned depth, struct buf *out)
{
	while (g.n) {
		struct group child = head(g, k);

		if (child.n == 1 && (k == LAST_BYTE || straddles(child, k)))
			put_range(*child.v, depth, out);
		else
			put_group(child, depth, out);
		g.v += child.n;
		g.n -= child.n;
	}
}

static void put_group(struct group g, unsigned depth, struct buf *out)
{
	unsigned k = common_bytes(g);
	struct cost c;
	bool push;

	if (k == GLOBCNT_SIZE) {
		put_range(*g.v, depth, out);
		return;
	}
	c = member_cost(g, k);
	push = depth < k && push_cost(depth, k) + c.at[k] < c.at[depth];
	if (push) {
		buf_add_u8(out, (uint8_t)(k - depth));
		put_bytes(out, g.v[0].first, depth, k);
		depth = k;
	}
	if (depth == LAST_BYTE)
		put_leaves(g, out);
	else
		put_members(g, k, depth, out);
	if (push)
		buf_add_u8(out, GLOBSET_POP);
}

void globset_encode(const struct globset *s, struct buf *out)
{
	struct group all = { s->v, s->n };

	if (s->n)
		put_group(all, 0, out);
	buf_add_u8(out, GLOBSET_END);
}
