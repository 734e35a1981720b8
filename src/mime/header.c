#include "mime/header.h"

#include "base/filetime.h"

#include <stdio.h>

#define COLUMNS 76
/* UTF-8 bytes of one encoded word: 12 + 60 characters then. */
#define WORD_BYTES 45
/* Longer words cannot stand in a line as they are [RFC 5322] 2.1.1. */
#define PLAIN_WORD_MAX 900

void header_begin(struct header *h, struct emit *e, const char *name)
{
	h->e = e;
	h->column = strlen(name) + 1;
	h->empty = true;
	emit_str(e, name);
	emit_str(e, ":");
}

void header_end(struct header *h)
{
	emit_str(h->e, h->empty ? " \r\n" : "\r\n");
}

/* `spaces` stand before the token, at least one. */
static void put_token(struct header *h, size_t spaces, struct bytes token)
{
	if (!h->empty && h->column + spaces + token.n > COLUMNS) {
		emit_str(h->e, "\r\n");
		h->column = 0;
	}
	for (size_t i = 0; i < spaces; i++)
		emit_str(h->e, " ");
	emit_bytes(h->e, token);
	h->column += spaces + token.n;
	h->empty = false;
}

void header_token(struct header *h, const char *token)
{
	put_token(h, 1, bytes_of(token, strlen(token)));
}

/* Can it stand as it is: ASCII, no encoded words to confuse it with, no spaces that folding would lose? */
static bool is_plain(const char *s)
{
	size_t word = 0, n = strlen(s);

	if (n && (s[0] == ' ' || s[n - 1] == ' '))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		word = c == ' ' ? 0 : word + 1;
		if (c < 32 || c >= 127 || word > PLAIN_WORD_MAX || (c == '=' && s[i + 1] == '?'))
			return false;
		if (c == ' ' && s[i + 1] == ' ')
			return false;
	}
	return true;
}

static void plain_words(struct header *h, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, " ");

		if (n)
			put_token(h, 1, bytes_of(s, n));
		s += n;
		s += *s == ' ';
	}
}

/* How many bytes of s, at most `max`, end with a whole character. */
static size_t whole_characters(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n <= max)
		return n;
	for (n = max; n > max - 4 && ((unsigned char)s[n] & 0xC0) == 0x80; n--)
		;
	return n;
}

static size_t base64_word(const char *s, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = 0;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++) {
			unsigned char c = i + k < n ? (unsigned char)s[i + k] : 0;

			v = v << 8 | (c < 32 || c == 127 ? (i + k < n ? ' ' : 0u) : c);
		}
		out[at++] = digits[v >> 18];
		out[at++] = digits[v >> 12 & 63];
		out[at++] = i + 1 < n ? digits[v >> 6 & 63] : '=';
		out[at++] = i + 2 < n ? digits[v & 63] : '=';
	}
	return at;
}

static void encoded_words(struct header *h, const char *s)
{
	while (*s) {
		char word[12 + (WORD_BYTES + 2) / 3 * 4 + 1] = "=?utf-8?B?";
		size_t n = whole_characters(s, WORD_BYTES), at = 10;

		at += base64_word(s, n, word + at);
		word[at++] = '?';
		word[at++] = '=';
		put_token(h, 1, bytes_of(word, at));
		s += n;
	}
}

void header_words(struct header *h, const char *utf8)
{
	if (is_plain(utf8))
		plain_words(h, utf8);
	else
		encoded_words(h, utf8);
}

static bool is_atoms(const char *s)
{
	for (; *s; s++)
		if (!(*s == ' ' || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
		      strchr("!#$%&'*+-/=?^_`{|}~", *s)))
			return false;
	return true;
}

void header_phrase(struct header *h, const char *utf8)
{
	char quoted[2 * 70 + 3];
	size_t at = 0;

	if (!is_plain(utf8) || strlen(utf8) > 70) {
		encoded_words(h, utf8);
		return;
	}
	if (is_atoms(utf8)) {
		plain_words(h, utf8);
		return;
	}
	quoted[at++] = '"';
	for (; *utf8; utf8++) {
		if (*utf8 == '"' || *utf8 == '\\')
			quoted[at++] = '\\';
		quoted[at++] = *utf8;
	}
	quoted[at++] = '"';
	put_token(h, 1, bytes_of(quoted, at));
}

/* Parameters ------------------------------------------------------------------------------------------ */

static bool attribute_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$&+-.^_`{|}~", c));
}

static void quoted_parameter(struct header *h, const char *name, const char *value)
{
	char text[2 * 64 + 40];
	int at = snprintf(text, sizeof text, "%s=\"", name);
	size_t n = (size_t)at;

	for (; *value && n < sizeof text - 4; value++) {
		if (*value == '"' || *value == '\\')
			text[n++] = '\\';
		text[n++] = *value;
	}
	text[n++] = '"';
	emit_str(h->e, ";");
	put_token(h, 1, bytes_of(text, n));
}

/* [RFC 2231] 3 and 4: "name*0*=utf-8''%C3%A4...", in sections that fit a line. */
static void extended_parameter(struct header *h, const char *name, const char *value)
{
	bool several = strlen(value) > 18;

	for (unsigned section = 0; *value || section == 0; section++) {
		char text[160];
		size_t n = (size_t)(several ? snprintf(text, sizeof text, "%s*%u*=%s", name, section, section ? "" : "utf-8''") :
					      snprintf(text, sizeof text, "%s*=utf-8''", name));

		for (; *value && n < 68; value++) {
			unsigned char c = (unsigned char)*value;

			if (attribute_char(c))
				text[n++] = (char)c;
			else
				n += (size_t)snprintf(text + n, 4, "%%%02X", c < 32 || c == 127 ? ' ' : c);
		}
		emit_str(h->e, ";");
		put_token(h, 1, bytes_of(text, n));
	}
}

void header_parameter(struct header *h, const char *name, const char *value)
{
	if (is_plain(value) && strlen(value) <= 60)
		quoted_parameter(h, name, value);
	else
		extended_parameter(h, name, value);
}

/* Whole fields ---------------------------------------------------------------------------------------- */

void header_text(struct emit *e, const char *name, const char *utf8)
{
	struct header h;

	if (!utf8 || !*utf8)
		return;
	header_begin(&h, e, name);
	header_words(&h, utf8);
	header_end(&h);
}

void header_tokens(struct emit *e, const char *name, const char *ascii)
{
	struct header h;

	if (!ascii || !*ascii)
		return;
	header_begin(&h, e, name);
	while (*ascii) {
		size_t n = strcspn(ascii, " \t\r\n");
		char token[PLAIN_WORD_MAX];
		size_t used = n < sizeof token ? n : sizeof token;

		for (size_t i = 0; i < used; i++)
			token[i] = ascii[i] < 33 || ascii[i] == 127 ? '_' : ascii[i];
		if (used)
			put_token(&h, 1, bytes_of(token, used));
		ascii += used;
		ascii += strspn(ascii, " \t\r\n");
	}
	header_end(&h);
}

void mail_date(uint64_t filetime, char out[static MAIL_DATE_SIZE])
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)filetime_to_unix(filetime);
	struct tm tm = { .tm_mday = 1 };

	if (!gmtime_r(&t, &tm) || tm.tm_year < -299 || tm.tm_year > 8099)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	snprintf(out, MAIL_DATE_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u +0000", days[tm.tm_wday % 7], (unsigned)tm.tm_mday % 32,
		 months[tm.tm_mon % 12], (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 24,
		 (unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 61);
}

void header_date(struct emit *e, const char *name, uint64_t filetime)
{
	char text[MAIL_DATE_SIZE];

	if (!filetime)
		return;
	mail_date(filetime, text);
	header_tokens(e, name, text);
}
