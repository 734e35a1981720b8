#include "base/utf16.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT 0xFFFDu
#define REPLACEMENT_UTF8 "\xEF\xBF\xBD"

static void add_utf8(struct buf *out, uint32_t c)
{
	uint8_t b[4];
	size_t n;

	if (c < 0x80) {
		b[0] = (uint8_t)c;
		n = 1;
	} else if (c < 0x800) {
		b[0] = (uint8_t)(0xC0 | c >> 6);
		b[1] = (uint8_t)(0x80 | (c & 0x3F));
		n = 2;
	} else if (c < 0x10000) {
		b[0] = (uint8_t)(0xE0 | c >> 12);
		b[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		b[2] = (uint8_t)(0x80 | (c & 0x3F));
		n = 3;
	} else {
		b[0] = (uint8_t)(0xF0 | c >> 18);
		b[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
		b[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		b[3] = (uint8_t)(0x80 | (c & 0x3F));
		n = 4;
	}
	buf_add(out, b, n);
}

void utf16_to_utf8(struct bytes text, struct buf *out)
{
	const uint8_t *p = text.p, *end = text.n ? text.p + (text.n & ~(size_t)1) : text.p;

	while (p < end) {
		uint32_t c = le16(p);

		p += 2;
		if (c >= 0xD800 && c < 0xDC00 && p < end && (le16(p) & 0xFC00) == 0xDC00) {
			c = 0x10000 + ((c & 0x3FF) << 10) + (le16(p) & 0x3FFu);
			p += 2;
		} else if ((c & 0xF800) == 0xD800) {
			c = REPLACEMENT;
		}
		add_utf8(out, c);
	}
}

/* One character; a byte that starts none is consumed alone as U+FFFD. */
static uint32_t next_utf8(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = *at;
	unsigned n = *p < 0x80 ? 1 : (*p & 0xE0) == 0xC0 ? 2 : (*p & 0xF0) == 0xE0 ? 3 : (*p & 0xF8) == 0xF0 ? 4 : 0;

	*at = p + 1;
	if (n <= 1)
		return n ? *p : REPLACEMENT;
	if ((size_t)(end - p) < n)
		return REPLACEMENT;
	uint32_t c = *p & (0x7Fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least[n] || c > 0x10FFFF || (c & 0xFFFFF800) == 0xD800)
		return REPLACEMENT;
	*at = p + n;
	return c;
}

void utf16_from_utf8(struct bytes text, struct buf *out)
{
	const uint8_t *p = text.p, *end = text.n ? text.p + text.n : text.p;

	while (p < end) {
		uint32_t c = next_utf8(&p, end);

		if (c >= 0x10000) {
			buf_add_u16(out, (uint16_t)(0xD800 + ((c - 0x10000) >> 10)));
			buf_add_u16(out, (uint16_t)(0xDC00 + (c & 0x3FF)));
		} else {
			buf_add_u16(out, (uint16_t)c);
		}
	}
}

char *utf16_text(struct arena *a, struct bytes text)
{
	CLEANUP_BUF struct buf out = BUF_MAX(text.n * 2 + 16);

	utf16_to_utf8(text, &out);
	return out.failed ? NULL : arena_strndup(a, (const char *)(out.p ? out.p : (const uint8_t *)""), out.n);
}

struct bytes utf16_bytes(struct arena *a, const char *utf8)
{
	size_t n = strlen(utf8);
	CLEANUP_BUF struct buf out = BUF_MAX(n * 2 + 16);

	utf16_from_utf8(bytes_of(utf8, n), &out);
	if (out.failed)
		return bytes_of(NULL, 0);
	return bytes_of(arena_memdup(a, out.p, out.n), out.n);
}

struct bytes utf16_trim(struct bytes text)
{
	text.n &= ~(size_t)1;
	while (text.n && le16(text.p + text.n - 2) == 0)
		text.n -= 2;
	return text;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool utf16_equal_ascii_nocase(struct bytes text, const char *ascii)
{
	size_t n = strlen(ascii);

	if (text.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text.p[2 * i + 1] || lower((char)text.p[2 * i]) != lower(ascii[i]))
			return false;
	return true;
}

/* Windows code pages whose iconv name is not simply "CPnnn". */
static const struct {
	unsigned codepage;
	const char *name;
} codepages[] = {
	{ 874, "windows-874" },    { 932, "shift_jis" },     { 936, "gb2312" },       { 949, "ks_c_5601-1987" },
	{ 950, "big5" },           { 1200, "utf-16le" },     { 1250, "windows-1250" }, { 1251, "windows-1251" },
	{ 1252, "windows-1252" },  { 1253, "windows-1253" }, { 1254, "windows-1254" }, { 1255, "windows-1255" },
	{ 1256, "windows-1256" },  { 1257, "windows-1257" }, { 1258, "windows-1258" }, { 20127, "us-ascii" },
	{ 20866, "koi8-r" },       { 21866, "koi8-u" },      { 28591, "iso-8859-1" },  { 28592, "iso-8859-2" },
	{ 28593, "iso-8859-3" },   { 28594, "iso-8859-4" },  { 28595, "iso-8859-5" },  { 28596, "iso-8859-6" },
	{ 28597, "iso-8859-7" },   { 28598, "iso-8859-8" },  { 28599, "iso-8859-9" },  { 28605, "iso-8859-15" },
	{ 50220, "iso-2022-jp" },  { 50221, "iso-2022-jp" }, { 50225, "iso-2022-kr" }, { 51932, "euc-jp" },
	{ 51949, "euc-kr" },       { 52936, "hz-gb-2312" },  { 54936, "gb18030" },     { 65000, "utf-7" },
	{ 65001, "utf-8" },
};

const char *codepage_name(unsigned codepage)
{
	for (size_t i = 0; i < sizeof codepages / sizeof *codepages; i++)
		if (codepages[i].codepage == codepage)
			return codepages[i].name;
	return NULL;
}

/* Converts as far as it goes; a byte that means nothing becomes U+FFFD and is stepped over. */
/* Converts as far as it goes; what means nothing there becomes `instead`, and `skip` says how long it is. */
static void convert(iconv_t cd, struct bytes text, size_t (*skip)(const char *at, size_t left), const char *instead, struct buf *out)
{
	char *in = (char *)(uintptr_t)text.p, chunk[1024];
	size_t left = text.n;

	while (left && !out->failed) {
		char *to = chunk;
		size_t room = sizeof chunk;
		size_t r = iconv(cd, &in, &left, &to, &room);

		buf_add(out, chunk, sizeof chunk - room);
		if (r == (size_t)-1 && errno != E2BIG && left) {
			size_t n = skip(in, left);

			buf_add(out, instead, strlen(instead));
			in += n;
			left -= n;
		}
	}
}

static size_t skip_byte(const char *at, size_t left)
{
	(void)at;
	(void)left;
	return 1;
}

static size_t skip_character(const char *at, size_t left)
{
	size_t n = 1;

	while (n < left && ((uint8_t)at[n] & 0xC0) == 0x80)
		n++;
	return n;
}

static void ascii_to_utf8(struct bytes text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++)
		add_utf8(out, text.p[i] < 0x80 ? text.p[i] : REPLACEMENT);
}

void codepage_to_utf8(unsigned codepage, struct bytes text, struct buf *out)
{
	const char *name = codepage_name(codepage);
	iconv_t cd = iconv_open("UTF-8", name ? name : "windows-1252");

	if (cd == (iconv_t)-1) {
		ascii_to_utf8(text, out);
		return;
	}
	convert(cd, text, skip_byte, REPLACEMENT_UTF8, out);
	(void)iconv_close(cd);
}

static void ascii_from_utf8(struct bytes utf8, struct buf *out)
{
	for (size_t i = 0; i < utf8.n; i += skip_character((const char *)utf8.p + i, utf8.n - i))
		buf_add_u8(out, utf8.p[i] < 0x80 ? utf8.p[i] : '?');
}

void codepage_from_utf8(unsigned codepage, struct bytes utf8, struct buf *out)
{
	const char *name = codepage_name(codepage);
	iconv_t cd = iconv_open(name ? name : "windows-1252", "UTF-8");

	if (cd == (iconv_t)-1) {
		ascii_from_utf8(utf8, out);
		return;
	}
	convert(cd, utf8, skip_character, "?", out);
	(void)iconv_close(cd);
}

size_t utf8_length(const char *utf8)
{
	size_t n = 0;

	for (; *utf8; utf8++)
		n += (*utf8 & 0xC0) != 0x80;
	return n;
}
