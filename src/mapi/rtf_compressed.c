#include "mapi/rtf_compressed.h"

#include "base/crc32.h"
#include "base/reader.h"

#include <stdlib.h>

#define HEADER_SIZE 16u
#define COMPRESSED 0x75465A4Cu   /* "LZFu" */
#define UNCOMPRESSED 0x414C454Du /* "MELA" */
#define WINDOW 4096u
#define MATCH_MIN 2u
#define MATCH_MAX 17u

/* What the dictionary begins with [MS-OXRTFCP] 2.1.3.1.2: 207 bytes. */
static const char initial[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
	"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
#define INITIAL_SIZE (sizeof initial - 1)
_Static_assert(INITIAL_SIZE == 207, "the dictionary's beginning is given by the specification");

/* Decoding -------------------------------------------------------------------------------------------------- */

struct window {
	uint8_t bytes[WINDOW];
	size_t at;
};

static void put(struct window *w, struct buf *out, uint8_t byte)
{
	buf_add_u8(out, byte);
	w->bytes[w->at] = byte;
	w->at = (w->at + 1) % WINDOW;
}

/* A reference: 12 bits of place, 4 of length less two. The place where writing goes on is the end. */
static bool copy_match(struct window *w, struct reader *r, struct buf *out)
{
	unsigned high = reader_u8(r), low = reader_u8(r);
	size_t from = high << 4 | low >> 4, n = (low & 15) + MATCH_MIN;

	if (r->failed || from == w->at)
		return false;
	while (n--) {
		put(w, out, w->bytes[from]);
		from = (from + 1) % WINDOW;
	}
	return true;
}

static void decode(struct reader *r, struct buf *out, size_t most)
{
	struct window w = { .at = INITIAL_SIZE };

	memcpy(w.bytes, initial, INITIAL_SIZE);
	while (reader_left(r) && !out->failed && out->n <= most) {
		unsigned control = reader_u8(r);

		for (unsigned bit = 0; bit < 8 && reader_left(r); bit++) {
			if (!(control >> bit & 1))
				put(&w, out, reader_u8(r));
			else if (!copy_match(&w, r, out))
				return;
		}
	}
}

status rtf_decompress(struct bytes in, size_t max, struct buf *out, unsigned *flags, struct reason *why)
{
	struct reader r = reader_of(in);
	uint32_t size = reader_u32(&r), raw = reader_u32(&r), type = reader_u32(&r), crc = reader_u32(&r);
	size_t before = out->n;

	*flags = 0;
	if (r.failed || (type != COMPRESSED && type != UNCOMPRESSED))
		return reason_set(why, ecCorruptData, "not compressed RTF: its header is missing or of an unknown kind");
	if (size < HEADER_SIZE - 4 || size - (HEADER_SIZE - 4) > reader_left(&r))
		*flags |= RTF_BAD_SIZE;
	else
		r.end = r.p + (size - (HEADER_SIZE - 4));
	struct bytes content = bytes_of(r.p, reader_left(&r));
	if (type == UNCOMPRESSED) {
		buf_add(out, content.p, content.n < raw ? content.n : raw);
	} else {
		if (crc32_pst(0, content) != crc)
			*flags |= RTF_BAD_CRC;
		decode(&r, out, before + max);
	}
	if (out->failed || out->n - before > max)
		return reason_set(why, ecTooBig, "the RTF is larger than %zu bytes", max);
	if (out->n - before > raw)
		buf_truncate(out, before + raw);
	if (out->n - before != raw)
		*flags |= RTF_BAD_SIZE;
	return ecNone;
}

/* Encoding ---------------------------------------------------------------------------------------------------- */

#define HASH_SIZE 4096u
#define CHAIN_MAX 32u

/* The text with the dictionary's beginning in front, and chains of places that begin with the same two bytes. */
struct matcher {
	const uint8_t *text;
	size_t n;
	int32_t head[HASH_SIZE];
	int32_t *previous;
};

static unsigned hash(const uint8_t *p)
{
	return (unsigned)(p[0] * 31u + p[1] * 17u) % HASH_SIZE;
}

static void enter(struct matcher *m, size_t at)
{
	if (at + 1 >= m->n)
		return;
	unsigned h = hash(m->text + at);
	m->previous[at] = m->head[h];
	m->head[h] = (int32_t)at;
}

/* The longest match for what stands at `at`, no further back than the window keeps. */
static size_t longest(const struct matcher *m, size_t at, size_t *from)
{
	size_t best = 0, most = m->n - at < MATCH_MAX ? m->n - at : MATCH_MAX;
	int32_t i = most < MATCH_MIN ? -1 : m->head[hash(m->text + at)];

	for (unsigned tries = 0; i >= 0 && tries < CHAIN_MAX && at - (size_t)i < WINDOW - MATCH_MAX; tries++, i = m->previous[i]) {
		size_t n = 0;

		while (n < most && m->text[(size_t)i + n] == m->text[at + n])
			n++;
		/* The oldest of equals, as the specification's encoder takes it. */
		if (n >= MATCH_MIN && n >= best) {
			best = n;
			*from = (size_t)i;
		}
	}
	return best;
}

struct run {
	uint8_t control, bytes[16];
	unsigned items, n;
};

static void flush(struct run *r, struct buf *out)
{
	if (!r->items)
		return;
	buf_add_u8(out, r->control);
	buf_add(out, r->bytes, r->n);
	*r = (struct run){ 0 };
}

static void add_reference(struct run *r, size_t place, size_t n, struct buf *out)
{
	unsigned v = (unsigned)(place % WINDOW << 4 | (n - MATCH_MIN));

	r->control |= (uint8_t)(1 << r->items++);
	r->bytes[r->n++] = (uint8_t)(v >> 8);
	r->bytes[r->n++] = (uint8_t)v;
	if (r->items == 8)
		flush(r, out);
}

static void add_literal(struct run *r, uint8_t byte, struct buf *out)
{
	r->items++;
	r->bytes[r->n++] = byte;
	if (r->items == 8)
		flush(r, out);
}

static void encode(struct matcher *m, struct buf *out)
{
	struct run run = { 0 };
	size_t at = 0;

	for (; at < INITIAL_SIZE; at++)
		enter(m, at);
	while (at < m->n) {
		size_t from = 0, n = longest(m, at, &from);

		if (n < MATCH_MIN) {
			n = 1;
			add_literal(&run, m->text[at], out);
		} else {
			add_reference(&run, from, n, out);
		}
		for (size_t end = at + n; at < end; at++)
			enter(m, at);
	}
	add_reference(&run, at, MATCH_MIN, out); /* the end */
	flush(&run, out);
}

status rtf_compress(struct bytes rtf, struct buf *out)
{
	size_t n = INITIAL_SIZE + rtf.n, header = out->n;
	struct matcher *m = malloc(sizeof *m);
	uint8_t *text = malloc(n);

	if (m)
		*m = (struct matcher){ .text = text, .n = n, .previous = malloc(n * sizeof(int32_t)) };
	if (!m || !text || !m->previous || n > INT32_MAX) {
		if (m)
			free(m->previous);
		free(m);
		free(text);
		return ecMemory;
	}
	memcpy(text, initial, INITIAL_SIZE);
	if (rtf.n)
		memcpy(text + INITIAL_SIZE, rtf.p, rtf.n);
	memset(m->head, 0xFF, sizeof m->head);
	buf_add_zeros(out, HEADER_SIZE);
	encode(m, out);
	free(m->previous);
	free(m);
	free(text);
	if (out->failed)
		return ecTooBig;
	put_le32(out->p + header, (uint32_t)(out->n - header - 4));
	put_le32(out->p + header + 4, (uint32_t)rtf.n);
	put_le32(out->p + header + 8, COMPRESSED);
	put_le32(out->p + header + 12, crc32_pst(0, bytes_of(out->p + header + HEADER_SIZE, out->n - header - HEADER_SIZE)));
	return ecNone;
}
