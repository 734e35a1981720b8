#include "mime/emit.h"

#include "mime/line_ends.h"

#include <stdio.h>

#define LINE_MAX_7BIT 900

void emit_init(struct emit *e, status (*write)(void *context, struct bytes piece), void *context)
{
	e->write = write;
	e->context = context;
	e->failed = ecNone;
	e->n = 0;
}

status emit_flush(struct emit *e)
{
	if (!e->failed && e->n)
		e->failed = e->write(e->context, bytes_of(e->buffer, e->n));
	e->n = 0;
	return e->failed;
}

void emit_bytes(struct emit *e, struct bytes b)
{
	while (b.n && !e->failed) {
		size_t room = sizeof e->buffer - e->n, part = b.n < room ? b.n : room;

		memcpy(e->buffer + e->n, b.p, part);
		e->n += part;
		b = bytes_of(b.p + part, b.n - part);
		if (e->n == sizeof e->buffer && emit_flush(e))
			return;
	}
}

void emit_str(struct emit *e, const char *s)
{
	emit_bytes(e, bytes_of(s, strlen(s)));
}

void emit_printf(struct emit *e, const char *format, ...)
{
	char text[1001];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	emit_str(e, text);
}

static status put_piece(void *context, struct bytes piece)
{
	struct emit *e = context;

	emit_bytes(e, piece);
	return e->failed;
}

/* Reading failed: what is written is not whole, and that is an error like any other. */
static void each(struct emit *e, const struct extent *x, status (*piece)(void *context, struct bytes b), void *context)
{
	status st = e->failed ? e->failed : extent_each(x, piece, context);

	if (st && !e->failed)
		e->failed = st;
}

void emit_extent(struct emit *e, const struct extent *x)
{
	each(e, x, put_piece, e);
}

/* Base64 ---------------------------------------------------------------------------------------------- */

struct base64 {
	struct emit *e;
	bool folded; /* lines end in CRLF SPACE and no line end follows */
	uint8_t held[3];
	size_t n, column;
};

static void put_group(struct base64 *b, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v = (uint32_t)b->held[0] << 16 | (uint32_t)b->held[1] << 8 | b->held[2];
	uint8_t out[4] = { (uint8_t)digits[v >> 18], (uint8_t)digits[v >> 12 & 63],
			   (uint8_t)(n > 1 ? digits[v >> 6 & 63] : '='), (uint8_t)(n > 2 ? digits[v & 63] : '=') };

	if (b->column + 4 > (b->folded ? 75u : 76u)) {
		emit_str(b->e, b->folded ? "\r\n " : "\r\n");
		b->column = b->folded;
	}
	emit_bytes(b->e, bytes_of(out, 4));
	b->column += 4;
	b->n = 0;
	memset(b->held, 0, sizeof b->held);
}

static status base64_piece(void *context, struct bytes piece)
{
	struct base64 *b = context;

	for (size_t i = 0; i < piece.n; i++) {
		b->held[b->n++] = piece.p[i];
		if (b->n == 3)
			put_group(b, 3);
	}
	return b->e->failed;
}

static void base64_end(struct base64 *b)
{
	if (b->n)
		put_group(b, b->n);
	if (b->column && !b->folded)
		emit_str(b->e, "\r\n");
}

void emit_base64(struct emit *e, const struct extent *x)
{
	struct base64 b = { .e = e };

	each(e, x, base64_piece, &b);
	base64_end(&b);
}

void emit_base64_folded(struct emit *e, const struct extent *x, size_t prefix)
{
	struct base64 b = { .e = e, .folded = true, .column = prefix };

	each(e, x, base64_piece, &b);
	base64_end(&b);
}

/* Quoted-printable [RFC 2045] 6.7 --------------------------------------------------------------------- */

struct quoted {
	struct emit *e;
	size_t column;
	bool space_due; /* a space or tab that must be encoded if the line ends now */
	uint8_t space;
};

static void put_quoted(struct quoted *q, uint8_t c, bool plain)
{
	if (q->column + (plain ? 1 : 3) > 75) {
		emit_str(q->e, "=\r\n");
		q->column = 0;
	}
	if (plain)
		emit_bytes(q->e, bytes_of(&c, 1));
	else
		emit_printf(q->e, "=%02X", c);
	q->column += plain ? 1 : 3;
}

static void put_space(struct quoted *q, bool at_end)
{
	if (q->space_due)
		put_quoted(q, q->space, !at_end);
	q->space_due = false;
}

/* From line_ends: a line end is a piece of its own. */
static status quoted_piece(void *context, struct bytes piece)
{
	struct quoted *q = context;

	if (piece.n == 2 && piece.p[0] == '\r') {
		put_space(q, true);
		emit_str(q->e, "\r\n");
		q->column = 0;
		return q->e->failed;
	}
	for (size_t i = 0; i < piece.n; i++) {
		uint8_t c = piece.p[i];

		put_space(q, false);
		if (c == ' ' || c == '\t') {
			q->space_due = true;
			q->space = c;
		} else {
			put_quoted(q, c, c > 32 && c < 127 && c != '=');
		}
	}
	return q->e->failed;
}

/* Which encoding ---------------------------------------------------------------------------------------- */

struct measure {
	uint64_t bytes, special;
	size_t line, longest;
};

static status measure_piece(void *context, struct bytes piece)
{
	struct measure *m = context;

	for (size_t i = 0; i < piece.n; i++) {
		uint8_t c = piece.p[i];

		m->line = c == '\n' || c == '\r' ? 0 : m->line + 1;
		if (m->line > m->longest)
			m->longest = m->line;
		m->special += c >= 0x7F || (c < 0x20 && c != '\n' && c != '\r' && c != '\t');
	}
	m->bytes += piece.n;
	return ecNone;
}

enum text_encoding text_encoding_of(const struct extent *x)
{
	struct measure m = { 0 };

	if (extent_each(x, measure_piece, &m))
		return TEXT_BASE64;
	if (!m.special && m.longest <= LINE_MAX_7BIT)
		return TEXT_7BIT;
	return m.special <= m.bytes / 6 ? TEXT_QUOTED : TEXT_BASE64;
}

const char *text_encoding_name(enum text_encoding encoding)
{
	return encoding == TEXT_7BIT ? "7bit" : encoding == TEXT_QUOTED ? "quoted-printable" : "base64";
}

void emit_text(struct emit *e, const struct extent *x, enum text_encoding encoding)
{
	struct quoted q = { .e = e };
	struct base64 b = { .e = e };
	struct line_ends l = { put_piece, e, false };

	if (encoding == TEXT_QUOTED) {
		l.next = quoted_piece;
		l.context = &q;
	} else if (encoding == TEXT_BASE64) {
		l.next = base64_piece;
		l.context = &b;
	}
	each(e, x, line_ends_piece, &l);
	put_space(&q, true);
	base64_end(&b);
}
