#include "rop/lz77.h"

#define WINDOW     8192u /* 13 bits of distance */
#define MATCH_MIN  3u
#define MATCH_MAX  65535u /* behind the first MATCH_MIN */
#define LENGTH3    7u   /* in the three bits of the metadata: more follows */
#define LENGTH4    15u  /* in the shared half of a byte */
#define LENGTH8    255u /* in a byte of its own: the whole length follows in 16 bits */
#define HASH_BITS  13
#define MASK_BYTES 4
#define MASK_BITS  32

/* Compression ---------------------------------------------------------------------------------- */

struct packer {
	uint8_t *out;
	size_t n, room;
	size_t mask_at; /* where the bitmask goes that is being filled */
	uint32_t mask;  /* its bits so far, the oldest highest */
	unsigned bits;  /* how many */
	size_t shared_at; /* the byte whose upper half is free; 0 when there is none (a bitmask is there) */
	bool full;
};

static inline bool has_room(struct packer *p, size_t n)
{
	if (n > p->room - p->n)
		p->full = true;
	return !p->full;
}

static void begin_mask(struct packer *p)
{
	if (!has_room(p, MASK_BYTES))
		return;
	p->mask_at = p->n;
	p->n += MASK_BYTES;
	p->mask = 0;
	p->bits = 0;
}

static inline void put_bit(struct packer *p, uint32_t bit)
{
	p->mask = p->mask << 1 | bit;
	if (++p->bits < MASK_BITS || p->full)
		return;
	put_le32(p->out + p->mask_at, p->mask);
	begin_mask(p);
}

static inline void put_literal(struct packer *p, uint8_t byte)
{
	if (!has_room(p, 1))
		return;
	p->out[p->n++] = byte;
	put_bit(p, 0);
}

/* What the three bits of the metadata cannot say. */
static void put_length(struct packer *p, uint32_t length)
{
	uint32_t more = length - MATCH_MIN - LENGTH3;
	uint8_t half = (uint8_t)(more < LENGTH4 ? more : LENGTH4);

	if (p->shared_at) {
		p->out[p->shared_at] |= (uint8_t)(half << 4);
		p->shared_at = 0;
	} else {
		p->shared_at = p->n;
		p->out[p->n++] = half;
	}
	if (more < LENGTH4)
		return;
	more -= LENGTH4;
	p->out[p->n++] = (uint8_t)(more < LENGTH8 ? more : LENGTH8);
	if (more < LENGTH8)
		return;
	put_le16(p->out + p->n, (uint16_t)(length - MATCH_MIN));
	p->n += 2;
}

static void put_match(struct packer *p, uint32_t distance, uint32_t length)
{
	uint32_t inl = length - MATCH_MIN < LENGTH3 ? length - MATCH_MIN : LENGTH3;

	if (!has_room(p, 6)) /* two of metadata, one shared, three of length */
		return;
	put_le16(p->out + p->n, (uint16_t)((distance - 1) << 3 | inl));
	p->n += 2;
	if (inl == LENGTH3)
		put_length(p, length);
	put_bit(p, 1);
}

/* Bits after the last element are 1. */
static void end_mask(struct packer *p)
{
	if (!p->full)
		put_le32(p->out + p->mask_at,
			 (p->mask << (MASK_BITS - 1 - p->bits) << 1) | (UINT32_MAX >> p->bits));
}

/* MATCH_MIN bytes, in the upper ones of the number; the fourth is read, too. */
static inline uint32_t three(const uint8_t *p)
{
	return le32(p) << 8;
}

static inline uint32_t hash(uint32_t now)
{
	return now * 0x9E3779B1u >> (32 - HASH_BITS);
}

/* How many bytes are the same, up to `end` of the later ones. */
static inline uint32_t match_length(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
	const uint8_t *start = b;
	uint64_t differ;

	if ((size_t)(end - b) > MATCH_MAX)
		end = b + MATCH_MAX;
	for (; end - b >= 8; a += 8, b += 8) {
		differ = le64(a) ^ le64(b);
		if (differ)
			return (uint32_t)(b - start) + (uint32_t)__builtin_ctzll(differ) / 8;
	}
	while (b < end && *a == *b) {
		a++;
		b++;
	}
	return (uint32_t)(b - start);
}

/* Takes the newest place with the same hash, if it has the same three bytes, which are `now`. The length; 0: nothing matches. */
static inline uint32_t take_match(struct packer *p, uint32_t *last, const uint8_t *in, size_t at, size_t n, uint32_t now)
{
	uint32_t *place = &last[hash(now)], before = *place, length;

	*place = (uint32_t)at + 1;
	if (!before || at + 1 - before > WINDOW || three(in + before - 1) != now)
		return 0;
	length = MATCH_MIN + match_length(in + before - 1 + MATCH_MIN, in + at + MATCH_MIN, in + n);
	put_match(p, (uint32_t)(at + 1 - before), length);
	return length;
}

static inline void remember(uint32_t *last, const uint8_t *in, size_t at)
{
	last[hash(three(in + at))] = (uint32_t)at + 1;
}

/* Of UTF-16 a whole character. */
static inline size_t step_of(uint32_t now)
{
	return !(now & 0xFF0000) && now & 0xFF00 ? 2 : 1;
}

/* Where nothing matches for long, only every second, third, ... byte is tried, so that what cannot be compressed costs little. */
static void pack(struct packer *p, const uint8_t *in, size_t n)
{
	uint32_t last[1u << HASH_BITS]; /* of each hash: its last position and one */
	uint32_t misses = 0, now, length;
	size_t at = 0;

	memset(last, 0, sizeof last);
	while (n - at > MATCH_MIN && !p->full) {
		now = three(in + at);
		length = take_match(p, last, in, at, n, now);
		if (!length) {
			for (size_t step = step_of(now) + (misses++ >> 5); step-- && at < n; at++)
				put_literal(p, in[at]);
			continue;
		}
		at += length;
		misses = 0;
		if (n - at >= MATCH_MIN) {
			remember(last, in, at - 2);
			remember(last, in, at - 1);
		}
	}
	if (n - at == MATCH_MIN)
		at += take_match(p, last, in, at, n, (uint32_t)in[at] << 8 | (uint32_t)in[at + 1] << 16 | (uint32_t)in[at + 2] << 24);
	while (at < n && !p->full)
		put_literal(p, in[at++]);
}

size_t lz77_compress(struct bytes plain, uint8_t *out, size_t room)
{
	struct packer p = { .out = out, .room = room };

	if (!plain.n || plain.n >= UINT32_MAX)
		return 0;
	begin_mask(&p);
	if (!p.full)
		pack(&p, plain.p, plain.n);
	end_mask(&p);
	return p.full ? 0 : p.n;
}

/* Decompression -------------------------------------------------------------------------------- */

struct unpacker {
	const uint8_t *in, *in_end;
	uint8_t *start, *out, *out_end;
	const uint8_t *shared; /* its upper half has not been used; NULL when there is none */
	uint32_t mask;
	unsigned bits; /* left in the mask */
};

static inline size_t in_left(const struct unpacker *u)
{
	return (size_t)(u->in_end - u->in);
}

/* The length behind metadata whose three bits are full. */
static bool get_length(struct unpacker *u, uint32_t *length)
{
	uint32_t more;

	if (u->shared) {
		more = *u->shared >> 4;
		u->shared = NULL;
	} else {
		if (!in_left(u))
			return false;
		u->shared = u->in++;
		more = *u->shared & 0x0F;
	}
	if (more == LENGTH4) {
		if (!in_left(u))
			return false;
		more = *u->in++;
		if (more == LENGTH8) {
			if (in_left(u) < 2)
				return false;
			*length = le16(u->in) + MATCH_MIN;
			u->in += 2;
			return *length >= MATCH_MIN + LENGTH3 + LENGTH4;
		}
		more += LENGTH4;
	}
	*length = more + MATCH_MIN + LENGTH3;
	return true;
}

static inline void copy(uint8_t *to, size_t distance, size_t n)
{
	const uint8_t *from = to - distance;
	size_t i = 0;

	if (distance >= n) {
		memcpy(to, from, n);
		return;
	}
	/* Each byte may be one that was just written. */
	for (; distance >= 8 && n - i >= 8; i += 8)
		memcpy(to + i, from + i, 8);
	for (; i < n; i++)
		to[i] = from[i];
}

static const char *get_match(struct unpacker *u)
{
	uint32_t metadata, length, distance;

	if (in_left(u) < 2)
		return "the compressed data end too early";
	metadata = le16(u->in);
	u->in += 2;
	distance = (metadata >> 3) + 1;
	length = (metadata & LENGTH3) + MATCH_MIN;
	if ((metadata & LENGTH3) == LENGTH3 && !get_length(u, &length))
		return "the length of a match is cut off or wrong";
	if (distance > (size_t)(u->out - u->start))
		return "a match from before the beginning";
	if (length > (size_t)(u->out_end - u->out))
		return "more data than announced";
	copy(u->out, distance, length);
	u->out += length;
	return NULL;
}

/* The next element; *done after the last. NULL, or what is wrong. */
static const char *get_element(struct unpacker *u, bool *done)
{
	bool match;

	if (!u->bits) {
		/* An end that is not marked: all bits are used and all bytes. */
		if (!in_left(u) && u->out == u->out_end) {
			*done = true;
			return NULL;
		}
		if (in_left(u) < MASK_BYTES)
			return "the compressed data end too early";
		u->mask = le32(u->in);
		u->in += MASK_BYTES;
		u->bits = MASK_BITS;
	}
	match = u->mask >> 31;
	u->mask <<= 1;
	u->bits--;
	if (!in_left(u)) {
		*done = true;
		return NULL;
	}
	if (match)
		return get_match(u);
	if (u->out == u->out_end)
		return "more data than announced";
	*u->out++ = *u->in++;
	return NULL;
}

status lz77_decompress(struct bytes packed, uint8_t *out, size_t n, struct reason *why)
{
	struct unpacker u = { .in = packed.p, .start = out, .out = out };
	const char *wrong = NULL;
	bool done = false;

	if (!packed.n)
		return n ? reason_set(why, ecCorruptData, "no compressed data") : ecNone;
	u.in_end = packed.p + packed.n;
	u.out_end = n ? out + n : out;
	while (!done && !wrong)
		wrong = get_element(&u, &done);
	if (!wrong && u.out != u.out_end)
		wrong = "less data than announced";
	return wrong ? reason_set(why, ecCorruptData, "%s (byte %zu of %zu)", wrong,
				  (size_t)(u.in - packed.p), packed.n)
		     : ecNone;
}
