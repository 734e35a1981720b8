#include "pst/ost.h"

#include "base/reader.h"

#define GLOBCNT_SIZE 6
#define SETS_MAX 64u
#define RANGES_MAX (1u << 20)

struct ranges {
	struct arena *arena;
	struct id_range *v;
	size_t n, cap;
};

static bool add_range(struct ranges *r, uint64_t first, uint64_t last)
{
	if (last < first || r->n >= RANGES_MAX)
		return false;
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 8;
		struct id_range *v = arena_array(r->arena, cap, sizeof *v);

		if (!v)
			return false;
		if (r->n)
			memcpy(v, r->v, r->n * sizeof *v);
		r->v = v;
		r->cap = cap;
	}
	r->v[r->n++] = (struct id_range){ first, last };
	return true;
}

/* The bytes that all following values begin with, pushed and popped by commands. */
struct common {
	uint8_t b[GLOBCNT_SIZE];
	unsigned n;
	unsigned sizes[GLOBCNT_SIZE], depth;
};

/* A value: the common bytes, then the rest from the reader; big-endian. */
static uint64_t value_of(const struct common *c, struct reader *r)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < GLOBCNT_SIZE; i++)
		v = v << 8 | (i < c->n ? c->b[i] : reader_u8(r));
	return v;
}

static bool push(struct common *c, unsigned n, struct reader *r, struct ranges *out)
{
	if (n > GLOBCNT_SIZE - c->n)
		return false;
	struct bytes b = reader_bytes(r, n);
	if (r->failed || !b.p)
		return false;
	memcpy(c->b + c->n, b.p, n);
	if (c->n + n == GLOBCNT_SIZE) {
		/* A whole value: a range of one, and nothing stays pushed. */
		struct common whole = *c;

		whole.n = GLOBCNT_SIZE;
		uint64_t v = value_of(&whole, r);
		return add_range(out, v, v);
	}
	c->sizes[c->depth++] = n;
	c->n += n;
	return true;
}

/* The first value, and for each bit set the value that many steps further. */
static bool bitmask(const struct common *c, struct reader *r, struct ranges *out)
{
	uint64_t first = value_of(c, r);
	unsigned mask = reader_u8(r);

	if (c->n != GLOBCNT_SIZE - 1 || r->failed || !add_range(out, first, first))
		return false;
	for (unsigned bit = 0; bit < 8; bit++)
		if (mask >> bit & 1 && !add_range(out, first + bit + 1, first + bit + 1))
			return false;
	return true;
}

static bool range(const struct common *c, struct reader *r, struct ranges *out)
{
	uint64_t first = value_of(c, r), last = value_of(c, r);

	return !r->failed && add_range(out, first, last);
}

/* GLOBSET [MS-OXCFXICS] 2.2.2.6, up to and with its end command. */
static bool decode_globset(struct reader *r, struct ranges *out)
{
	struct common c = { .n = 0 };

	while (!r->failed) {
		uint8_t command = reader_u8(r);
		bool ok;

		if (r->failed)
			return false;
		if (command == 0x00)
			return true;
		if (command <= GLOBCNT_SIZE)
			ok = push(&c, command, r, out);
		else if (command == 0x42)
			ok = bitmask(&c, r, out);
		else if (command == 0x52)
			ok = range(&c, r, out);
		else if (command == 0x50 && c.depth)
			ok = (c.n -= c.sizes[--c.depth], true);
		else
			ok = false;
		if (!ok)
			return false;
	}
	return false;
}

status id_set_decode(struct bytes data, struct arena *arena, struct id_set **sets, size_t *n, struct reason *why)
{
	struct id_set *v = arena_array(arena, SETS_MAX, sizeof *v);
	struct reader r = reader_of(data);
	size_t count = 0;

	if (!v)
		return reason_set(why, ecMemory, "out of memory");
	while (reader_left(&r)) {
		struct ranges out = { .arena = arena };
		struct bytes guid = reader_bytes(&r, sizeof v->replica.b);

		if (count == SETS_MAX || r.failed || !decode_globset(&r, &out))
			return reason_set(why, ecCorruptData, "a set of ids is damaged");
		memcpy(v[count].replica.b, guid.p, guid.n);
		v[count].ranges = out.v;
		v[count++].n = out.n;
	}
	*sets = v;
	*n = count;
	return ecNone;
}

#define STATE_MAGIC "F5FV"
#define STATE_PARTS 9
#define STATE_GIVEN 4

status ost_sync_decode(struct bytes blob, struct arena *arena, struct ost_sync *out, struct reason *why)
{
	const size_t header = 8 + 8 * STATE_PARTS;

	if (blob.n < header || memcmp(blob.p, STATE_MAGIC, 4) != 0 || le32(blob.p + 4) != 3)
		return reason_set(why, ecCorruptData, "the synchronisation state is of a kind that is not known");
	uint32_t at = le32(blob.p + 8 + 8 * STATE_GIVEN), n = le32(blob.p + 12 + 8 * STATE_GIVEN);
	if (at > blob.n || n > blob.n - at)
		return reason_set(why, ecCorruptData, "the synchronisation state points beyond its end");
	struct ost_sync sync = { .known = true };
	status s = id_set_decode(bytes_of(blob.p + at, n), arena, &sync.given, &sync.n_given, why);
	if (!s)
		*out = sync;
	return s;
}

bool ost_sync_has(const struct ost_sync *s, const struct guid *replica, uint64_t counter)
{
	for (size_t i = 0; i < s->n_given; i++) {
		const struct id_set *set = &s->given[i];

		if (!guid_equal(&set->replica, replica))
			continue;
		for (size_t k = 0; k < set->n; k++)
			if (counter >= set->ranges[k].first && counter <= set->ranges[k].last)
				return true;
	}
	return false;
}
