#include "store/restrict_text.h"

#include "base/utf16.h"

struct fold_range {
	uint32_t first, last;
	int32_t change;
	uint8_t step;
};

struct fold_base {
	uint32_t letter, base;
};

struct fold_marks {
	uint32_t first, last;
};

static const struct fold_range ranges[] = {
#define FOLD(first, last, step, change) { first, last, change, step },
#include "store/restrict_fold.def"
};

static const struct fold_base bases[] = {
#define BASE(letter, base) { letter, base },
#include "store/restrict_fold.def"
};

static const struct fold_marks marks[] = {
#define MARK(first, last) { first, last },
#include "store/restrict_fold.def"
};

static uint32_t fold_case(uint32_t c)
{
	size_t lo = 0, hi = sizeof ranges / sizeof *ranges;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct fold_range *r = &ranges[mid];

		if (c < r->first)
			hi = mid;
		else if (c > r->last)
			lo = mid + 1;
		else
			return (c - r->first) % r->step ? c : (uint32_t)((int32_t)c + r->change);
	}
	return c;
}

/* Folded into a letter whose capital is another one: micro, iota below, capital sharp s. */
static bool is_no_capital(uint32_t c)
{
	return c == 0xB5 || c == 0x345 || c == 0x1E9E;
}

uint32_t text_capital(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	/* The first of several: digraphs and sigmas have their capital there. */
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		const struct fold_range *r = &ranges[i];
		uint32_t from = (uint32_t)((int32_t)c - r->change);

		if (from >= r->first && from <= r->last && (from - r->first) % r->step == 0 && !is_no_capital(from))
			return from;
	}
	return c;
}

static bool is_mark(uint32_t c)
{
	size_t lo = 0, hi = sizeof marks / sizeof *marks;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c < marks[mid].first)
			hi = mid;
		else if (c > marks[mid].last)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

static uint32_t base_of(uint32_t c)
{
	size_t lo = 0, hi = sizeof bases / sizeof *bases;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c == bases[mid].letter)
			return bases[mid].base;
		if (c < bases[mid].letter)
			hi = mid;
		else
			lo = mid + 1;
	}
	return c;
}

uint32_t text_fold_letter(uint32_t c, unsigned folding)
{
	if (folding & FOLD_MARKS && c >= 0x80)
		c = is_mark(c) ? 0 : base_of(c);
	return folding & FOLD_LETTER_CASE ? fold_case(c) : c;
}

static uint32_t next_utf16(const uint8_t **at, const uint8_t *end)
{
	uint32_t c = le16(*at);

	*at += 2;
	if ((c & 0xF800) != 0xD800)
		return c;
	if (c >= 0xDC00 || end - *at < 2 || (le16(*at) & 0xFC00) != 0xDC00)
		return 0xFFFD;
	c = 0x10000 + ((c & 0x3FF) << 10) + (le16(*at) & 0x3FFu);
	*at += 2;
	return c;
}

static uint8_t *put_utf8(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (uint8_t)c;
	} else if (c < 0x800) {
		*to++ = (uint8_t)(0xC0 | c >> 6);
		*to++ = (uint8_t)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*to++ = (uint8_t)(0xE0 | c >> 12);
		*to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		*to++ = (uint8_t)(0x80 | (c & 0x3F));
	} else {
		*to++ = (uint8_t)(0xF0 | c >> 18);
		*to++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
		*to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		*to++ = (uint8_t)(0x80 | (c & 0x3F));
	}
	return to;
}

void text_fold(struct bytes text, unsigned folding, struct buf *out)
{
	const uint8_t *p = text.p, *end = text.n ? text.p + (text.n & ~(size_t)1) : text.p;
	size_t was = out->n;
	/* A code unit becomes three bytes at most. */
	uint8_t *to = buf_extend(out, text.n / 2 * 3), *begin = to;

	if (!to)
		return;
	while (p < end) {
		uint32_t c = text_fold_letter(next_utf16(&p, end), folding);

		if (c)
			to = put_utf8(to, c);
	}
	buf_truncate(out, was + (size_t)(to - begin));
}

void text_fold_value(uint16_t type, struct bytes value, unsigned codepage, unsigned folding, struct buf *out)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(value.n * 4 + 16);
	CLEANUP_BUF struct buf wide = BUF_MAX(value.n * 8 + 16);

	if (type == PT_UNICODE) {
		text_fold(value, folding, out);
		return;
	}
	codepage_to_utf8(codepage, value, &utf8);
	utf16_from_utf8(buf_bytes(&utf8), &wide);
	if (utf8.failed || wide.failed)
		out->failed = true;
	else
		text_fold(buf_bytes(&wide), folding, out);
}

/* The key of a text of letters without accents, by far the most; false when it is another one. */
static bool plain_key(struct bytes value, struct buf *out)
{
	size_t was = out->n, n = value.n / 2;
	uint8_t *to = buf_extend(out, n + 2);

	for (size_t i = 0; to && i < n; i++) {
		uint16_t c = le16(value.p + 2 * i);

		if (!c || c >= 0x80) {
			buf_truncate(out, was);
			return false;
		}
		to[i] = (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	if (to)
		to[n] = to[n + 1] = 0;
	return true;
}

void text_sort_key(uint16_t type, struct bytes value, unsigned codepage, struct buf *out)
{
	size_t start = out->n, middle, end;

	if (type == PT_UNICODE && plain_key(value, out))
		return;
	text_fold_value(type, value, codepage, FOLD_LETTER_CASE | FOLD_MARKS, out);
	middle = out->n;
	text_fold_value(type, value, codepage, FOLD_LETTER_CASE, out);
	end = out->n;
	if (out->failed)
		return;
	/* Most texts have no accents: then nothing stands between the two zeros. */
	if (end - middle == middle - start && (middle == start || memcmp(out->p + start, out->p + middle, end - middle) == 0)) {
		buf_truncate(out, middle);
		buf_add(out, "\0", 2);
		return;
	}
	buf_add(out, "\0", 2);
	if (!out->failed) {
		memmove(out->p + middle + 1, out->p + middle, end - middle);
		out->p[middle] = 0;
		out->p[end + 1] = 0;
	}
}
