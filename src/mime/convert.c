#include "mime/convert.h"

#include <errno.h>
#include <strings.h>

#define ROOM 4096

static const char *known_as(const char *from)
{
	static const char *const latin[] = { "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "x-unknown", "" };

	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (strcasecmp(from, latin[i]) == 0)
			return "windows-1252";
	if (strcasecmp(from, "ks_c_5601-1987") == 0)
		return "cp949";
	if (strcasecmp(from, "gb2312") == 0)
		return "gb18030";
	return strcasecmp(from, "shift_jis") == 0 ? "cp932" : from;
}

/* Names are chosen by peers, and iconv takes a suffix such as "//TRANSLIT" that is none of their business. */
static bool decent_name(const char *name)
{
	size_t n = strlen(name);

	return n < 64 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+") == n;
}

status converter_open(struct converter *c, const char *from, const char *target, struct converted to)
{
	const char *name = known_as(from);

	*c = (struct converter){ .cd = (iconv_t)-1, .to = to };
	c->to_utf16 = strcasecmp(target, "utf-16le") == 0;
	c->from_utf16 = strncasecmp(name, "utf-16", 6) == 0;
	if (decent_name(name))
		c->cd = iconv_open(target, name);
	if (c->cd == (iconv_t)-1)
		c->cd = iconv_open(target, "windows-1252");
	return c->cd == (iconv_t)-1 ? ecNotSupported : ecNone;
}

bool converter_knows(const char *charset)
{
	const char *name = known_as(charset);
	iconv_t cd = decent_name(name) ? iconv_open("utf-8", name) : (iconv_t)-1;

	if (cd == (iconv_t)-1)
		return false;
	(void)iconv_close(cd);
	return true;
}

static status take(struct converter *c, const void *p, size_t n)
{
	return n ? c->to.take(c->to.context, bytes_of(p, n)) : ecNone;
}

static status take_replacement(struct converter *c)
{
	return c->to_utf16 ? take(c, "\xFD\xFF", 2) : take(c, "\xEF\xBF\xBD", 3);
}

/* Converts until all is used, or the rest is the beginning of a character. */
static status run(struct converter *c, char **at, size_t *left)
{
	char room[ROOM];

	while (*left) {
		char *to = room;
		size_t free_room = sizeof room;
		size_t r = iconv(c->cd, at, left, &to, &free_room);
		int error = errno;
		status st = take(c, room, sizeof room - free_room);

		if (st || (r == (size_t)-1 && error == EINVAL))
			return st;
		if (r == (size_t)-1 && error != E2BIG) {
			size_t unit = c->from_utf16 && *left >= 2 ? 2 : 1;

			*at += unit;
			*left -= unit;
			st = take_replacement(c);
		}
		if (st)
			return st;
	}
	return ecNone;
}

/* Completes the held beginning with bytes of the piece, as many as it needs. */
static status run_held(struct converter *c, struct bytes *piece)
{
	while (c->n && piece->n) {
		char *at = (char *)c->held;
		size_t left;
		status st;

		if (c->n == sizeof c->held) {
			/* No character is as long: what iconv waits for never comes. */
			memmove(c->held, c->held + 1, --c->n);
			st = take_replacement(c);
			if (st)
				return st;
		}
		c->held[c->n++] = *piece->p;
		*piece = bytes_of(piece->p + 1, piece->n - 1);
		left = c->n;
		st = run(c, &at, &left);
		memmove(c->held, at, left);
		c->n = left;
		if (st)
			return st;
	}
	return ecNone;
}

status converter_add(struct converter *c, struct bytes piece)
{
	status st = run_held(c, &piece);
	char *at = (char *)(uintptr_t)piece.p;
	size_t left = piece.n;

	if (st || !left)
		return st;
	st = run(c, &at, &left);
	if (st)
		return st;
	while (left > sizeof c->held) {
		at++;
		left--;
		st = take_replacement(c);
		if (st)
			return st;
	}
	memcpy(c->held, at, left);
	c->n = left;
	return ecNone;
}

status converter_end(struct converter *c)
{
	status st = ecNone;

	if (c->n)
		st = take_replacement(c);
	c->n = 0;
	return st;
}

void converter_close(struct converter *c)
{
	if (c->cd != (iconv_t)-1)
		(void)iconv_close(c->cd);
	c->cd = (iconv_t)-1;
}

bool utf8_plausible(struct bytes text, unsigned *state)
{
	/* The state is how many continuation bytes are due. Overlong forms count as valid: this only guesses. */
	for (size_t i = 0; i < text.n; i++) {
		uint8_t b = text.p[i];

		if (*state) {
			if ((b & 0xC0) != 0x80)
				return false;
			--*state;
		} else if (b >= 0x80) {
			if (b < 0xC2 || b > 0xF4)
				return false;
			*state = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
		}
	}
	return true;
}
