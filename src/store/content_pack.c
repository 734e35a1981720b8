#include "store/content_pack.h"

#include <string.h>

#include "base/reader.h"

#define HEAD_SIZE   8u
#define RUN_HEAD    8u  /* two lengths */
#define PAIRS_LEAST 64u /* a shorter run is not worth its lengths */
#define STEP        16u /* bytes that are looked at together */

static bool is_packed(struct bytes stored)
{
	return stored.n >= HEAD_SIZE && !le32(stored.p);
}

/* Packing ---------------------------------------------------------------------------------------------------------------- */

/* Is every second byte zero, and no other: of so many as one step looks at. */
static bool is_text(const uint8_t *p)
{
	const uint64_t a = le64(p), b = le64(p + 8);

	return !((a | b) & 0xFF00FF00FF00FF00u);
}

/* How many pairs stand here one after the other. */
static size_t count_pairs(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *from = p;

	while ((size_t)(end - p) >= STEP && is_text(p))
		p += STEP;
	while (end - p >= 2 && !p[1])
		p += 2;
	return (size_t)(p - from) / 2;
}

/* The next run that is worth it, or the end. */
static const uint8_t *next_run(const uint8_t *p, const uint8_t *end, size_t *pairs)
{
	const uint8_t *zero = p;

	while (zero < end && (zero = memchr(zero, 0, (size_t)(end - zero)))) {
		/* Of the zeros of a run the first is one behind its beginning. */
		const uint8_t *from = zero > p ? zero - 1 : zero;

		if ((size_t)(end - from) < 2 * PAIRS_LEAST)
			break;
		*pairs = is_text(from) ? count_pairs(from, end) : 0;
		if (*pairs >= PAIRS_LEAST)
			return from;
		zero = from + 2 * *pairs > zero ? from + 2 * *pairs : zero + 1;
	}
	*pairs = 0;
	return end;
}

static void put_halves(uint8_t *restrict to, const uint8_t *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[2 * i];
}

static bool put_run(struct buf *out, struct bytes plain, const uint8_t *run, size_t pairs)
{
	uint8_t *p = buf_extend(out, RUN_HEAD + plain.n + pairs);

	if (!p)
		return false;
	put_le32(p, (uint32_t)plain.n);
	memcpy(p + 4, plain.p, plain.n);
	p += 4 + plain.n;
	put_le32(p, (uint32_t)pairs);
	put_halves(p + 4, run, pairs);
	return true;
}

struct bytes content_pack(struct bytes body, struct buf *room)
{
	const uint8_t *p = body.p, *end = body.p + body.n;
	size_t pairs;

	buf_clear(room);
	if ((body.n < 4 * PAIRS_LEAST && !is_packed(body)) || body.n > UINT32_MAX || !buf_reserve(room, body.n))
		return body;
	buf_add_u32(room, 0);
	buf_add_u32(room, (uint32_t)body.n);
	while (p < end) {
		const uint8_t *run = next_run(p, end, &pairs);

		if (!put_run(room, bytes_of(p, (size_t)(run - p)), run, pairs))
			return body;
		p = run + 2 * pairs;
	}
	/* No stream begins so; what does would be taken for packed. */
	return room->n < body.n - body.n / 8 || is_packed(body) ? buf_bytes(room) : body;
}

/* Unpacking -------------------------------------------------------------------------------------------------------------- */

static void put_pairs(uint8_t *restrict to, const uint8_t *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_le16(to + 2 * i, from[i]);
}

/* What is there of a run whose length says more. */
static struct bytes take_run(struct reader *r, size_t most, bool *whole)
{
	size_t n = reader_u32(r), there = reader_left(r);

	*whole = *whole && !r->failed && n <= there && n <= most;
	if (r->failed)
		return bytes_of(NULL, 0);
	n = n < there ? n : there;
	return reader_bytes(r, n < most ? n : most);
}

status content_unpack(struct bytes stored, size_t most, struct arena *arena, struct bytes *body,
		      bool *whole)
{
	struct reader r = reader_of(stored);
	size_t size, at = 0;
	uint8_t *p;

	*whole = true;
	if (!is_packed(stored)) {
		p = arena_memdup(arena, stored.p, stored.n);
		*body = bytes_of(p, stored.n);
		return p ? ecNone : ecMemory;
	}
	(void)reader_u32(&r);
	size = reader_u32(&r);
	if (size > most)
		return ecTooBig;
	p = arena_alloc(arena, size);
	if (!p)
		return ecMemory;
	while (*whole && reader_left(&r)) {
		struct bytes plain = take_run(&r, size - at, whole), half;

		if (plain.n)
			memcpy(p + at, plain.p, plain.n);
		at += plain.n;
		half = *whole ? take_run(&r, (size - at) / 2, whole) : bytes_of(NULL, 0);
		put_pairs(p + at, half.p, half.n);
		at += 2 * half.n;
	}
	*whole = *whole && at == size;
	*body = bytes_of(p, at);
	return ecNone;
}
