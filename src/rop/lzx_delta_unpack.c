/* LZX DELTA, unpacked: every bit is a stranger's. */
#include "rop/lzx_delta_private.h"

#include <stdlib.h>

/* Words of 16 bits, the upper bit first. Beyond the end there are zeros, as long as nobody takes them. */
struct bits {
	struct bytes in;
	size_t at; /* of the next word */
	uint64_t hold;
	unsigned n, beyond; /* bits in `hold`, and those of them that are none */
	bool failed;
};

/* Codes of each length are numbers that follow each other. */
struct tree {
	uint16_t symbols[LZX_MAIN_MOST];   /* by length, then by symbol */
	uint32_t limit[LZX_CODE_MOST + 1]; /* codes of this length, as 16 bits, are below it */
	uint16_t first[LZX_CODE_MOST + 1]; /* in `symbols`, */
	uint32_t base[LZX_CODE_MOST + 1];  /* of the code that is this one */
	bool empty;
};

struct unpacking {
	struct bits bits;
	struct bytes reference;
	struct buf *out;
	size_t begun, end; /* in `out` */
	uint32_t last[LZX_REPEATED];
	uint32_t translated; /* the size that jumps were translated with; 0: they were not */
	enum lzx_block block;
	size_t block_length, block_left;
	unsigned main_symbols;
	uint8_t main_lengths[LZX_MAIN_MOST], length_lengths[LZX_LENGTHS];
	struct tree main, lengths, aligned;
};

/* Bits ----------------------------------------------------------------------------------------------------------------- */

static void need(struct bits *b, unsigned n)
{
	while (b->n < n) {
		bool there = b->in.n - b->at >= 2;

		b->hold = b->hold << 16 | (there ? le16(b->in.p + b->at) : 0);
		b->beyond += there ? 0 : 16;
		b->at += there ? 2 : 0;
		b->n += 16;
	}
}

static uint32_t peek(struct bits *b, unsigned n)
{
	need(b, n);
	return (uint32_t)(b->hold >> (b->n - n)) & (((uint32_t)1 << n) - 1);
}

static void drop(struct bits *b, unsigned n)
{
	b->n -= n;
	b->failed = b->failed || b->n < b->beyond;
}

static uint32_t take(struct bits *b, unsigned n)
{
	uint32_t v = n ? peek(b, n) : 0;

	drop(b, n);
	return v;
}

/* To a byte, 1 to 16 bits on; words that were read ahead are given back. */
static void to_bytes(struct bits *b)
{
	need(b, 1);
	drop(b, b->n % 16 ? b->n % 16 : 16);
	if (!b->failed)
		b->at -= (b->n - b->beyond) / 8;
	b->n = b->beyond = 0;
}

static uint32_t take_u32(struct bits *b)
{
	if (b->in.n - b->at < 4) {
		b->failed = true;
		return 0;
	}
	b->at += 4;
	return le32(b->in.p + b->at - 4);
}

/* Trees ---------------------------------------------------------------------------------------------------------------- */

/* False: its codes are too many, or not all there are. */
static bool make_tree(struct tree *t, const uint8_t *lengths, unsigned n)
{
	uint16_t count[LZX_CODE_MOST + 1] = { 0 }, next[LZX_CODE_MOST + 1];
	uint32_t code = 0;
	uint16_t at = 0;

	for (unsigned i = 0; i < n; i++)
		count[lengths[i]]++;
	t->empty = count[0] == n;
	for (unsigned l = 1; l <= LZX_CODE_MOST; l++) {
		t->base[l] = code >> (LZX_CODE_MOST - l);
		t->first[l] = next[l] = at;
		at = (uint16_t)(at + count[l]);
		code += (uint32_t)count[l] << (LZX_CODE_MOST - l);
		t->limit[l] = code;
	}
	for (unsigned i = 0; i < n; i++)
		if (lengths[i])
			t->symbols[next[lengths[i]]++] = (uint16_t)i;
	return t->empty || code == (uint32_t)1 << LZX_CODE_MOST;
}

static unsigned symbol(struct bits *b, const struct tree *t)
{
	uint32_t v = peek(b, LZX_CODE_MOST);

	if (t->empty) {
		b->failed = true;
		return 0;
	}
	/* The last limit is above all there is. */
	for (unsigned l = 1;; l++)
		if (v < t->limit[l]) {
			drop(b, l);
			return t->symbols[t->first[l] + (v >> (LZX_CODE_MOST - l)) - t->base[l]];
		}
}

/* Some lengths, of which there are n left. */
static bool take_run(struct unpacking *u, const struct tree *pre, uint8_t *lengths, unsigned n,
		     unsigned *run)
{
	struct bits *b = &u->bits;
	unsigned z = symbol(b, pre);
	uint8_t v;

	*run = z == 17 ? take(b, 4) + 4 : z == 18 ? take(b, 5) + 20 : z == 19 ? take(b, 1) + 4 : 1;
	if (z == 19)
		z = symbol(b, pre);
	else if (z > 16)
		z = lengths[0]; /* which makes it 0 */
	if (z > 16 || *run > n)
		return false;
	v = (uint8_t)((lengths[0] + 17u - z) % 17);
	memset(lengths, v, *run);
	return true;
}

/* Lengths of codes of a part of a tree, as what changed since the block before it ([MS-PATCH] 2.5). */
static bool take_lengths(struct unpacking *u, uint8_t *lengths, unsigned n)
{
	uint8_t pre_lengths[LZX_PRETREE];
	struct bits *b = &u->bits;
	struct tree pre;

	for (unsigned i = 0; i < LZX_PRETREE; i++)
		pre_lengths[i] = (uint8_t)take(b, 4);
	if (!make_tree(&pre, pre_lengths, LZX_PRETREE))
		return false;
	for (unsigned i = 0, run; i < n && !b->failed; i += run)
		if (!take_run(u, &pre, lengths + i, n - i, &run))
			return false;
	return !b->failed;
}

static bool take_trees(struct unpacking *u)
{
	uint8_t aligned[8];

	if (u->block == LZX_ALIGNED) {
		for (unsigned i = 0; i < 8; i++)
			aligned[i] = (uint8_t)take(&u->bits, 3);
		if (!make_tree(&u->aligned, aligned, 8))
			return false;
	}
	return take_lengths(u, u->main_lengths, LZX_LITERALS) &&
	       take_lengths(u, u->main_lengths + LZX_LITERALS, u->main_symbols - LZX_LITERALS) &&
	       make_tree(&u->main, u->main_lengths, u->main_symbols) && !u->main.empty &&
	       take_lengths(u, u->length_lengths, LZX_LENGTHS) &&
	       make_tree(&u->lengths, u->length_lengths, LZX_LENGTHS);
}

/* Matches -------------------------------------------------------------------------------------------------------------- */

static uint32_t take_offset(struct unpacking *u, unsigned slot)
{
	unsigned bits = lzx_slot_bits(slot);
	uint32_t offset;

	if (slot < LZX_REPEATED) {
		offset = u->last[slot];
		u->last[slot] = u->last[0];
		u->last[0] = offset;
		return offset;
	}
	offset = lzx_slot_base(slot) - 2;
	if (u->block == LZX_ALIGNED && bits >= 3)
		offset += (take(&u->bits, bits - 3) << 3) + symbol(&u->bits, &u->aligned);
	else
		offset += take(&u->bits, bits);
	u->last[2] = u->last[1];
	u->last[1] = u->last[0];
	u->last[0] = offset;
	return offset;
}

/* Of a match of 257 bytes and more. */
static uint32_t take_more(struct bits *b)
{
	if (!take(b, 1))
		return take(b, 8);
	if (!take(b, 1))
		return take(b, 10) + 0x100;
	return take(b, 1) ? take(b, 15) : take(b, 12) + 0x500;
}

static bool copy(struct unpacking *u, uint32_t offset, size_t length, size_t frame_end)
{
	size_t made = u->out->n - u->begun;

	if (!offset || length > frame_end - u->out->n || length > u->block_left ||
	    (offset > made && offset - made > u->reference.n))
		return false;
	/* What is copied may be what this very match makes. */
	uint8_t *p = u->out->p + u->out->n;
	for (size_t i = 0; i < length; i++)
		p[i] = offset > made + i ? u->reference.p[u->reference.n - (offset - made - i)]
					 : *(p + i - offset);
	u->out->n += length;
	u->block_left -= length;
	return true;
}

static bool take_match(struct unpacking *u, unsigned element, size_t frame_end)
{
	size_t length = (element & 7u) + LZX_MATCH_LEAST;
	uint32_t offset;

	if ((element & 7u) == LZX_LENGTH_IN_MAIN)
		length += symbol(&u->bits, &u->lengths);
	offset = take_offset(u, element >> 3);
	if (length == LZX_MATCH_LONG)
		length += take_more(&u->bits);
	return !u->bits.failed && copy(u, offset, length, frame_end);
}

/* Blocks --------------------------------------------------------------------------------------------------------------- */

static bool begin_block(struct unpacking *u)
{
	struct bits *b = &u->bits;

	/* A run of bytes ends at an even place. */
	if (u->block == LZX_UNCOMPRESSED && u->block_length % 2)
		b->at += b->at < b->in.n;
	u->block = (enum lzx_block)take(b, 3);
	u->block_length = take(b, 16) << 8;
	u->block_length |= take(b, 8);
	u->block_left = u->block_length;
	if (b->failed || !u->block_length)
		return false;
	switch (u->block) {
	case LZX_VERBATIM:
	case LZX_ALIGNED:
		return take_trees(u);
	case LZX_UNCOMPRESSED:
		to_bytes(b);
		for (unsigned i = 0; i < LZX_REPEATED; i++)
			u->last[i] = take_u32(b);
		return !b->failed;
	default:
		return false;
	}
}

static bool take_bytes(struct unpacking *u, size_t frame_end)
{
	size_t n = frame_end - u->out->n < u->block_left ? frame_end - u->out->n : u->block_left;
	struct bits *b = &u->bits;

	if (b->in.n - b->at < n)
		return false;
	memcpy(u->out->p + u->out->n, b->in.p + b->at, n);
	b->at += n;
	u->out->n += n;
	u->block_left -= n;
	return true;
}

/* A frame is at most 32 KB of what is made; nothing that is copied goes over its end. */
static bool take_frame(struct unpacking *u)
{
	size_t left = u->end - u->out->n,
	       frame_end = u->out->n + (left < LZX_FRAME ? left : LZX_FRAME);
	bool first = u->out->n == u->begun, good = true;

	(void)take(&u->bits, 16); /* its size */
	if (first && take(&u->bits, 1)) {
		u->translated = take(&u->bits, 16) << 16;
		u->translated |= take(&u->bits, 16);
	}
	while (good && u->out->n < frame_end) {
		if (!u->block_left && !begin_block(u))
			return false;
		if (u->block == LZX_UNCOMPRESSED) {
			good = take_bytes(u, frame_end);
			continue;
		}
		unsigned element = symbol(&u->bits, &u->main);
		if (element >= LZX_LITERALS) {
			good = take_match(u, element - LZX_LITERALS, frame_end);
		} else {
			u->out->p[u->out->n++] = (uint8_t)element;
			u->block_left--;
		}
		good = good && !u->bits.failed;
	}
	drop(&u->bits, u->bits.n % 16);
	return good && !u->bits.failed;
}

/*
 * Encoders may write where jumps of x86 programs go in place of how far, whatever it is that they pack: a byte E8, and four behind it, but for the end of each frame.
 * What is copied is what was written, so this comes last.
 */
static void translate_frame(uint8_t *p, size_t n, uint32_t at, uint32_t size)
{
	for (size_t i = 0; i + 10 < n; i++) {
		uint32_t here = at + (uint32_t)i, to = p[i] == 0xE8 ? le32(p + i + 1) : 0;

		if (p[i] != 0xE8)
			continue;
		if (to < size && to < 0x80000000u)
			put_le32(p + i + 1, to - here);
		else if (to >= 0x80000000u && 0u - to <= here)
			put_le32(p + i + 1, to + size);
		i += 4;
	}
}

static void translate(const struct unpacking *u)
{
	size_t n = u->end - u->begun;

	for (size_t at = 0; at < n; at += LZX_FRAME)
		translate_frame(u->out->p + u->begun + at, n - at < LZX_FRAME ? n - at : LZX_FRAME,
				(uint32_t)at, u->translated);
}

status lzx_delta_unpack(struct bytes packed, struct bytes reference, size_t n, struct buf *out,
			struct reason *why)
{
	unsigned slots = lzx_slots(reference.n, n);
	struct unpacking *u;
	bool good = true;

	if (!slots || !buf_reserve(out, n))
		return reason_set(why, ecTooBig, "a packed block of %zu bytes is too large", n);
	u = calloc(1, sizeof *u);
	if (!u)
		return reason_set(why, ecMemory, "out of memory");
	*u = (struct unpacking){ .bits = { .in = packed },
				 .reference = reference,
				 .out = out,
				 .begun = out->n,
				 .end = out->n + n,
				 .last = { 1, 1, 1 },
				 .main_symbols = LZX_LITERALS + 8 * slots };
	while (good && out->n < u->end)
		good = take_frame(u);
	if (!good)
		buf_truncate(out, u->begun);
	else if (u->translated)
		translate(u);
	free(u);
	return good ? ecNone : reason_set(why, ecCorruptData, "a packed block is damaged");
}
