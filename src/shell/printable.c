#include "shell/printable.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* The length of the valid UTF-8 sequence at p and its character; 0 when there is none. */
static unsigned sequence(const uint8_t *p, uint32_t *c)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned n = *p < 0x80 ? 1 : (*p & 0xE0) == 0xC0 ? 2 : (*p & 0xF0) == 0xE0 ? 3 : (*p & 0xF8) == 0xF0 ? 4 : 0;

	if (n <= 1) {
		*c = *p;
		return n;
	}
	*c = *p & (0x7Fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3Fu);
	}
	return *c < least[n] || *c > 0x10FFFF || (*c & 0xFFFFF800) == 0xD800 ? 0 : n;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* Embeddings, overrides and isolates of the bidirectional algorithm, and the separators of lines. */
static bool turns_writing(uint32_t c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

void printable_add(struct buf *out, const char *utf8, bool lines)
{
	const uint8_t *p = (const uint8_t *)utf8;

	while (*p && !out->failed) {
		uint32_t c;
		unsigned n = sequence(p, &c);

		if (n == 0 || turns_writing(c))
			buf_add_str(out, REPLACEMENT);
		else if (lines && (c == '\n' || c == '\t'))
			buf_add_u8(out, (uint8_t)c);
		else if (is_control(c))
			buf_add_u8(out, ' ');
		else
			buf_add(out, p, n);
		p += n ? n : 1;
	}
}

void printable_add_utf8(struct buf *out, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	while (*p && !out->failed) {
		uint32_t c;
		unsigned n = sequence(p, &c);

		if (n == 0)
			buf_add_str(out, REPLACEMENT);
		else
			buf_add(out, p, n);
		p += n ? n : 1;
	}
}
