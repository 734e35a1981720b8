#include "base/map.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

/* Short keys (numbers, GUID and id) stand in the slot; longer ones in memory of their own. */
#define INLINE_KEY 24

struct map_slot {
	uint64_t hash, value;
	size_t n; /* bytes of the key */
	union {
		uint8_t here[INLINE_KEY];
		uint8_t *apart;
	} key;
	bool used;
};

#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = ROTL(v[1], 13) ^ v[0];
	v[0] = ROTL(v[0], 32);
	v[2] += v[3];
	v[3] = ROTL(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ROTL(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ROTL(v[1], 17) ^ v[2];
	v[2] = ROTL(v[2], 32);
}

static inline void sip_begin(const uint64_t key[2], uint64_t v[4])
{
	v[0] = key[0] ^ 0x736f6d6570736575;
	v[1] = key[1] ^ 0x646f72616e646f6d;
	v[2] = key[0] ^ 0x6c7967656e657261;
	v[3] = key[1] ^ 0x7465646279746573;
}

static inline void sip_take(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	sip_round(v);
	v[0] ^= m;
}

static inline uint64_t sip_end(uint64_t v[4])
{
	v[2] ^= 0xFF;
	for (unsigned r = 0; r < 4; r++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* What is left behind the last eight bytes, and the length. */
static inline uint64_t sip_last(struct bytes data)
{
	uint64_t last = (uint64_t)data.n << 56;
	unsigned shift = 0;

	for (size_t i = data.n & ~(size_t)7; i < data.n; i++, shift += 8)
		last |= (uint64_t)data.p[i] << shift;
	return last;
}

uint64_t siphash24(const uint64_t key[2], struct bytes data)
{
	uint64_t v[4];

	sip_begin(key, v);
	for (size_t i = 0; i + 8 <= data.n; i += 8)
		sip_take(v, le64(data.p + i));
	sip_take(v, sip_last(data));
	return sip_end(v);
}

void siphash24_pair(const uint64_t first[2], const uint64_t second[2], struct bytes data, uint64_t out[2])
{
	uint64_t v[4], w[4], last = sip_last(data);

	sip_begin(first, v);
	sip_begin(second, w);
	for (size_t i = 0; i + 8 <= data.n; i += 8) {
		uint64_t m = le64(data.p + i);

		sip_take(v, m);
		sip_take(w, m);
	}
	sip_take(v, last);
	sip_take(w, last);
	out[0] = sip_end(v);
	out[1] = sip_end(w);
}

void map_init(struct map *m, size_t max)
{
	*m = (struct map){ .max = max };
	/* Early in boot there may be no randomness yet; addresses and time still differ per process. */
	if (getrandom(m->key, sizeof m->key, GRND_NONBLOCK) != (ssize_t)sizeof m->key) {
		m->key[0] = (uint64_t)time(NULL) ^ (uint64_t)(uintptr_t)m;
		m->key[1] = (uint64_t)clock() ^ (uint64_t)(uintptr_t)&map_init;
	}
}

static const uint8_t *slot_key(const struct map_slot *s)
{
	return s->n <= INLINE_KEY ? s->key.here : s->key.apart;
}

void map_free(struct map *m)
{
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].used && m->slots[i].n > INLINE_KEY)
			free(m->slots[i].key.apart);
	free(m->slots);
	m->slots = NULL;
	m->n = m->cap = 0;
}

/* The slot of the key, or the free one where it belongs; cap is a power of two and never full. */
static struct map_slot *find(const struct map *m, uint64_t hash, struct bytes key)
{
	size_t mask = m->cap - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct map_slot *s = &m->slots[i];

		if (!s->used || (s->hash == hash && bytes_equal(bytes_of(slot_key(s), s->n), key)))
			return s;
	}
}

static bool grow(struct map *m)
{
	size_t cap = m->cap ? m->cap * 2 : 16, old_cap = m->cap;
	struct map_slot *old = m->slots, *slots = calloc(cap, sizeof *slots);

	if (!slots)
		return false;
	m->slots = slots;
	m->cap = cap;
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].used)
			*find(m, old[i].hash, bytes_of(slot_key(&old[i]), old[i].n)) = old[i];
	free(old);
	return true;
}

static bool set_key(struct map_slot *s, struct bytes key)
{
	uint8_t *to = s->key.here;

	if (key.n > INLINE_KEY && !(to = s->key.apart = malloc(key.n)))
		return false;
	if (key.n)
		memcpy(to, key.p, key.n);
	s->n = key.n;
	return true;
}

status map_put(struct map *m, struct bytes key, uint64_t value)
{
	uint64_t hash = siphash24(m->key, key);

	if ((m->n + 1) * 4 > m->cap * 3 && !grow(m))
		return ecMemory;
	struct map_slot *s = find(m, hash, key);
	if (!s->used) {
		if (m->n >= m->max)
			return ecTooBig;
		if (!set_key(s, key))
			return ecMemory;
		s->hash = hash;
		s->used = true;
		m->n++;
	}
	s->value = value;
	return ecNone;
}

uint64_t *map_get(const struct map *m, struct bytes key)
{
	if (!m->n)
		return NULL;
	struct map_slot *s = find(m, siphash24(m->key, key), key);
	return s->used ? &s->value : NULL;
}

status map_put_u64(struct map *m, uint64_t key, uint64_t value)
{
	uint8_t b[8];

	put_le64(b, key);
	return map_put(m, bytes_of(b, sizeof b), value);
}

uint64_t *map_get_u64(const struct map *m, uint64_t key)
{
	uint8_t b[8];

	put_le64(b, key);
	return map_get(m, bytes_of(b, sizeof b));
}

bool map_next(const struct map *m, size_t *at, struct bytes *key, uint64_t *value)
{
	for (; *at < m->cap; (*at)++) {
		const struct map_slot *s = &m->slots[*at];

		if (!s->used)
			continue;
		*key = bytes_of(slot_key(s), s->n);
		*value = s->value;
		(*at)++;
		return true;
	}
	return false;
}
