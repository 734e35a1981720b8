#include "cli/columns.h"

#include <langinfo.h>
#include <stdint.h>
#include <string.h>

#define COMBINING_MOST 4u /* with one character: more is only there to smear */

size_t columns_encode(wchar_t c, char out[static COLUMNS_UTF8_MAX])
{
	uint32_t u = (uint32_t)c;
	size_t n = u < 0x80 ? 1 : u < 0x800 ? 2 : u < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)u;
		return 1;
	}
	for (size_t i = n - 1; i; i--, u >>= 6)
		out[i] = (char)(0x80 | (u & 0x3F));
	out[0] = (char)((0xF00u >> n & 0xFFu) | u);
	return n;
}

/* One character, U+FFFD for bytes that are none; always moves on. */
static uint32_t decode(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	unsigned more = s[0] < 0x80 ? 0 : s[0] >= 0xC2 && s[0] < 0xE0 ? 1 : s[0] >= 0xE0 && s[0] < 0xF0 ? 2 : s[0] >= 0xF0 && s[0] < 0xF5 ? 3 : 4;
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t c = more < 4 ? s[0] & (0x7Fu >> more >> (more ? 1 : 0)) : 0;

	*p += 1;
	if (more == 4)
		return 0xFFFD;
	for (unsigned i = 1; i <= more; i++, *p += 1) {
		if ((s[i] & 0xC0) != 0x80)
			return 0xFFFD;
		c = c << 6 | (s[i] & 0x3F);
	}
	return c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? 0xFFFD : c;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

/* Directions, joiners, variants: terminals do not agree on what they take. */
static bool is_unseen(uint32_t c)
{
	return c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) ||
	       c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool columns_next(const char **p, wchar_t *c, unsigned *width)
{
	uint32_t u;
	int w;

	if (!**p)
		return false;
	u = decode(p);
	*width = 1;
	*c = is_control(u) ? L' ' : (wchar_t)u;
	if (is_unseen(u)) {
		*width = 0;
		*c = L'\0';
		return true;
	}
	w = wcwidth(*c);
	if (w < 0)
		*c = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? (wchar_t)0xFFFD : L'?';
	else
		*width = w > 2 ? 2 : (unsigned)w;
	return true;
}

unsigned columns_fit(const char *utf8, size_t bytes, unsigned width, wchar_t *out, size_t room, size_t *n)
{
	const char *p = utf8, *end = utf8 + bytes;
	unsigned used = 0, w, combining = 0, before = 0;
	size_t last = 0; /* where the last character that takes columns begins */
	wchar_t c;

	*n = 0;
	while (p < end && columns_next(&p, &c, &w)) {
		/* What combines needs something to combine with. */
		if (!w && (!c || !*n || ++combining > COMBINING_MOST))
			continue;
		if (used + w > width || *n == room) {
			if (!width || !room)
				break;
			/* The mark takes the place of the last one when there is no other. */
			if (used == width || *n == room) {
				used = before;
				*n = last;
			}
			out[(*n)++] = L'~';
			return used + 1;
		}
		if (w) {
			last = *n;
			before = used;
			combining = 0;
		}
		out[(*n)++] = c;
		used += w;
	}
	return used;
}

unsigned columns_width(const char *utf8)
{
	unsigned used = 0, w;
	wchar_t c;

	while (columns_next(&utf8, &c, &w))
		used += w;
	return used;
}

size_t columns_line(const char *utf8, unsigned width, size_t *next)
{
	const char *p = utf8, *blank = NULL, *at = utf8;
	unsigned used = 0, w;
	wchar_t c;

	while (*at && *at != '\n') {
		if (!columns_next(&p, &c, &w))
			break;
		if (used + w > width && at > utf8) {
			const char *end = *at == ' ' ? at : blank && blank > utf8 ? blank : at;

			*next = (size_t)(end - utf8) + (*end == ' ');
			return (size_t)(end - utf8);
		}
		if (*at == ' ')
			blank = at;
		used += w;
		at = p;
	}
	*next = (size_t)(at - utf8) + (*at == '\n');
	return (size_t)(at - utf8);
}
