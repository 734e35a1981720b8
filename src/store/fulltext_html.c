/* The text of HTML, for the index: tags are gaps, scripts and styles are nothing, entities are letters. */
#include "base/utf16.h"
#include "store/fulltext_private.h"

#include <stdlib.h>
#include <strings.h>

static const struct {
	const char *name;
	uint16_t letter;
} entities[] = {
	{ "amp", '&' },	    { "lt", '<' },	 { "gt", '>' },	     { "quot", '"' },	 { "nbsp", ' ' },    { "auml", 0xE4 },
	{ "ouml", 0xF6 },   { "uuml", 0xFC },	 { "Auml", 0xC4 },   { "Ouml", 0xD6 },	 { "Uuml", 0xDC },   { "szlig", 0xDF },
	{ "eacute", 0xE9 }, { "egrave", 0xE8 },	 { "ecirc", 0xEA },  { "euml", 0xEB },	 { "agrave", 0xE0 }, { "aacute", 0xE1 },
	{ "acirc", 0xE2 },  { "atilde", 0xE3 },	 { "aring", 0xE5 },  { "aelig", 0xE6 },	 { "ccedil", 0xE7 }, { "iacute", 0xED },
	{ "icirc", 0xEE },  { "iuml", 0xEF },	 { "ntilde", 0xF1 }, { "oacute", 0xF3 }, { "ocirc", 0xF4 },  { "otilde", 0xF5 },
	{ "oslash", 0xF8 }, { "uacute", 0xFA },	 { "ugrave", 0xF9 }, { "ucirc", 0xFB },	 { "Eacute", 0xC9 }, { "Aring", 0xC5 },
	{ "Oslash", 0xD8 }, { "AElig", 0xC6 },
};

/* "&name;" or "&#123;" at p: its letter as UTF-8 into `out`, and how long it is; 0 when it is none. */
static size_t entity(const char *p, size_t n, struct buf *out)
{
	char name[12];
	size_t length = 1;
	unsigned long code = 0;

	while (length < n && length < sizeof name && p[length] != ';')
		length++;
	if (length >= n || length >= sizeof name || length < 2)
		return 0;
	memcpy(name, p + 1, length - 1);
	name[length - 1] = '\0';
	if (name[0] == '#')
		code = strtoul(name + (name[1] == 'x' || name[1] == 'X' ? 2 : 1), NULL, name[1] == 'x' || name[1] == 'X' ? 16 : 10);
	for (size_t i = 0; !code && i < sizeof entities / sizeof *entities; i++)
		if (strcmp(entities[i].name, name) == 0)
			code = entities[i].letter;
	if (!code || code > 0xFFFF || (code & 0xF800) == 0xD800)
		return 0;
	uint8_t unit[2];
	put_le16(unit, (uint16_t)code);
	utf16_to_utf8(bytes_of(unit, 2), out);
	return length + 1;
}

static bool begins(const char *p, size_t n, const char *with)
{
	size_t k = strlen(with);

	return n >= k && strncasecmp(p, with, k) == 0;
}

/* Behind the first `what` from p on, or at the end. */
static size_t behind(const char *p, size_t n, const char *what)
{
	size_t k = strlen(what);

	for (size_t i = 0; i + k <= n; i++)
		if (strncasecmp(p + i, what, k) == 0)
			return i + k;
	return n;
}

/* How long the tag at p is, with what it hides. */
static size_t tag_length(const char *p, size_t n)
{
	if (begins(p, n, "<!--"))
		return behind(p, n, "-->");
	if (begins(p, n, "<script"))
		return behind(p, n, "</script>");
	if (begins(p, n, "<style"))
		return behind(p, n, "</style>");
	return behind(p, n, ">");
}

/* Tags within a line do not part words. */
static bool parts_words(const char *p, size_t n)
{
	static const char *const within[] = { "<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "<span", "</span", "<font", "</font", "<em>", "</em>",
					      "<strong", "</strong", "<a ", "</a>" };

	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		if (begins(p, n, within[i]))
			return false;
	return true;
}

void fulltext_html_text(struct bytes html, unsigned codepage, struct buf *utf16)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(html.n * 4 + 16), text = BUF_MAX(html.n * 4 + 16);

	codepage_to_utf8(codepage, html, &utf8);
	const char *p = (const char *)utf8.p, *end = p ? p + utf8.n : p;
	while (p < end) {
		size_t left = (size_t)(end - p), used = 1;

		if (*p == '<') {
			used = tag_length(p, left);
			if (parts_words(p, left))
				buf_add_u8(&text, ' ');
		} else if (*p == '&' && (used = entity(p, left, &text)) != 0) {
			p += used;
			continue;
		} else {
			used = 1;
			buf_add_u8(&text, (uint8_t)*p);
		}
		p += used;
	}
	utf16_from_utf8(buf_bytes(&text), utf16);
}
