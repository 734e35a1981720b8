#include "mime/words.h"

#include "base/hex.h"
#include "mime/convert.h"

#include <strings.h>

#define CHARSET_MAX 64

struct word {
	const char *charset, *text, *end; /* `end` is behind "?=" */
	size_t charset_n, text_n;
	char encoding; /* 'B' or 'Q' */
};

/* "=?charset*language?B?text?=" at s. */
static bool word_at(const char *s, struct word *w)
{
	const char *p;

	if (s[0] != '=' || s[1] != '?')
		return false;
	w->charset = s + 2;
	w->charset_n = strcspn(w->charset, "?* \t\r\n");
	p = w->charset + w->charset_n;
	p += strcspn(p, "? \t\r\n");
	if (*p != '?' || !w->charset_n || w->charset_n >= CHARSET_MAX || !p[1] || p[2] != '?')
		return false;
	w->encoding = (char)(p[1] & ~32);
	if (w->encoding != 'B' && w->encoding != 'Q')
		return false;
	w->text = p + 3;
	p = strstr(w->text, "?=");
	if (!p)
		return false;
	w->text_n = (size_t)(p - w->text);
	w->end = p + 2;
	return true;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void decode_b(const struct word *w, struct buf *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < w->text_n; i++) {
		int digit = base64_digit(w->text[i]);

		if (digit < 0)
			continue;
		bits = (bits << 6 | (uint32_t)digit) & 0xFFFFFF;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_u8(out, (uint8_t)(bits >> n));
		}
	}
}

static void decode_q(const struct word *w, struct buf *out)
{
	for (size_t i = 0; i < w->text_n; i++) {
		char c = w->text[i];
		int byte = c == '=' && i + 2 < w->text_n ? hex_byte(w->text + i + 1) : -1;

		if (byte >= 0) {
			buf_add_u8(out, (uint8_t)byte);
			i += 2;
		} else {
			buf_add_u8(out, c == '_' ? ' ' : (uint8_t)c);
		}
	}
}

static status add(void *context, struct bytes piece)
{
	buf_add(context, piece.p, piece.n);
	return ecNone;
}

static void convert(const char *charset, struct bytes text, struct buf *out)
{
	struct converter c;

	if (!converter_open(&c, charset, "utf-8", (struct converted){ add, out }) &&
	    (converter_add(&c, text) || converter_end(&c)))
		out->failed = true;
	converter_close(&c);
}

/* A run of words, as UTF-8; returns what follows it. */
static const char *decode_run(const char *s, struct buf *out)
{
	CLEANUP_BUF struct buf joined = BUF_MAX(out->max);
	char charset[CHARSET_MAX] = "";
	struct word w;

	while (word_at(s, &w)) {
		const char *next;

		if (strlen(charset) != w.charset_n || strncasecmp(charset, w.charset, w.charset_n) != 0) {
			if (joined.n)
				convert(charset, buf_bytes(&joined), out);
			buf_clear(&joined);
			memcpy(charset, w.charset, w.charset_n);
			charset[w.charset_n] = '\0';
		}
		if (w.encoding == 'B')
			decode_b(&w, &joined);
		else
			decode_q(&w, &joined);
		/* The space between two words belongs to neither. */
		s = w.end;
		next = s + strspn(s, " \t\r\n");
		if (next > s && next[0] == '=' && next[1] == '?' && word_at(next, &w))
			s = next;
	}
	if (joined.n)
		convert(charset, buf_bytes(&joined), out);
	out->failed = out->failed || joined.failed;
	return s;
}

static void plain(const char *s, size_t n, struct buf *out)
{
	unsigned state = 0;
	bool valid = utf8_plausible(bytes_of(s, n), &state) && !state;

	convert(valid ? "utf-8" : "windows-1252", bytes_of(s, n), out);
}

static size_t plain_length(const char *s)
{
	struct word w;
	size_t n = 0;

	while (s[n] && !word_at(s + n, &w))
		n++;
	return n;
}

void words_decode(const char *value, struct buf *out)
{
	while (*value) {
		size_t n = plain_length(value);

		if (n)
			plain(value, n, out);
		value += n;
		if (*value)
			value = decode_run(value, out);
	}
}

static void put_base64(struct bytes text, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < text.n; i += 3) {
		uint32_t v = (uint32_t)text.p[i] << 16 | (uint32_t)(i + 1 < text.n ? text.p[i + 1] : 0) << 8 |
			     (i + 2 < text.n ? text.p[i + 2] : 0);

		buf_add_u8(out, (uint8_t)digits[v >> 18]);
		buf_add_u8(out, (uint8_t)digits[v >> 12 & 63]);
		buf_add_u8(out, (uint8_t)(i + 1 < text.n ? digits[v >> 6 & 63] : '='));
		buf_add_u8(out, (uint8_t)(i + 2 < text.n ? digits[v & 63] : '='));
	}
}

void words_join(const char *value, struct buf *out)
{
	while (*value) {
		CLEANUP_BUF struct buf run = BUF_MAX(out->max);
		size_t n = plain_length(value);

		buf_add(out, value, n);
		value += n;
		if (!*value)
			break;
		value = decode_run(value, &run);
		buf_add_str(out, "=?utf-8?B?");
		put_base64(buf_bytes(&run), out);
		buf_add_str(out, "?=");
		out->failed = out->failed || run.failed;
	}
}
