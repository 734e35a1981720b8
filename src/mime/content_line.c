#include "mime/content_line.h"

#include "base/filetime.h"

#include <stdio.h>

#define OCTETS 75

/* One octet; a line is folded before a character that would not fit. */
static void put(struct content_line *l, uint8_t c)
{
	size_t length = c < 0x80 ? 1 : c < 0xC0 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	if (length && l->column + length > OCTETS) {
		emit_str(l->e, "\r\n ");
		l->column = 1;
	}
	emit_bytes(l->e, bytes_of(&c, 1));
	l->column++;
}

void line_begin(struct content_line *l, struct emit *e, const char *name)
{
	*l = (struct content_line){ .e = e };
	line_raw(l, name);
}

void line_parameter(struct content_line *l, const char *name, const char *value)
{
	bool quote = strpbrk(value, ":;,") != NULL;

	line_raw(l, ";");
	line_raw(l, name);
	line_raw(l, quote ? "=\"" : "=");
	for (; *value; value++)
		put(l, *value == '"' ? '\'' : (unsigned char)*value < 32 || *value == 127 ? ' ' : (uint8_t)*value);
	if (quote)
		line_raw(l, "\"");
}

void line_value(struct content_line *l)
{
	line_raw(l, ":");
}

void line_raw(struct content_line *l, const char *text)
{
	for (; *text; text++)
		put(l, (unsigned char)*text < 32 ? ' ' : (uint8_t)*text);
}

static void put_escaped(struct content_line *l, uint8_t c)
{
	bool skip = c == '\n' && l->after_cr;

	l->after_cr = c == '\r';
	if (c == '\r' || c == '\n') {
		if (!skip)
			line_raw(l, "\\n");
		return;
	}
	if (c == '\\' || c == ',' || c == ';')
		put(l, '\\');
	if (c >= 32 || c == '\t')
		put(l, c);
}

void line_text(struct content_line *l, const char *text)
{
	for (; *text; text++)
		put_escaped(l, (uint8_t)*text);
}

static status text_piece(void *context, struct bytes piece)
{
	struct content_line *l = context;

	for (size_t i = 0; i < piece.n; i++)
		put_escaped(l, piece.p[i]);
	return l->e->failed;
}

void line_text_extent(struct content_line *l, const struct extent *text)
{
	status st = l->e->failed ? l->e->failed : extent_each(text, text_piece, l);

	if (st && !l->e->failed)
		l->e->failed = st;
}

void line_base64(struct content_line *l, const struct extent *data)
{
	emit_str(l->e, "\r\n ");
	emit_base64_folded(l->e, data, 1);
}

void line_end(struct content_line *l)
{
	emit_str(l->e, "\r\n");
}

void put_line_text(struct emit *e, const char *name, const char *text)
{
	struct content_line l;

	if (!text || !*text)
		return;
	line_begin(&l, e, name);
	line_value(&l);
	line_text(&l, text);
	line_end(&l);
}

void put_line_raw(struct emit *e, const char *name, const char *value)
{
	struct content_line l;

	if (!value || !*value)
		return;
	line_begin(&l, e, name);
	line_value(&l);
	line_raw(&l, value);
	line_end(&l);
}

void utc_stamp(uint64_t filetime, char out[static UTC_STAMP_SIZE])
{
	time_t t = (time_t)filetime_to_unix(filetime);
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };

	if (!gmtime_r(&t, &tm) || tm.tm_year < -299 || tm.tm_year > 8099)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
	snprintf(out, UTC_STAMP_SIZE, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
		 (unsigned)(tm.tm_mon + 1) % 13, (unsigned)tm.tm_mday % 32, (unsigned)tm.tm_hour % 24, (unsigned)tm.tm_min % 60,
		 (unsigned)tm.tm_sec % 61);
}

void put_line_time(struct emit *e, const char *name, uint64_t filetime)
{
	char text[UTC_STAMP_SIZE];

	if (!filetime)
		return;
	utc_stamp(filetime, text);
	put_line_raw(e, name, text);
}
