/* The body in chunks. */
#include "net/http_chars.h"
#include "base/hex.h"
#include "net/http_parse.h"

#define SIZE_DIGITS 16 /* more would not fit, even as zeros */

enum {
	SIZE,
	EXTENSION,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER, /* at the beginning of a line */
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF,
	END_LF,
	END,
};

void http_chunked_init(struct http_chunked *c)
{
	*c = (struct http_chunked){ .state = SIZE };
}

static enum http_progress bad(struct http_chunked *c, const char *why)
{
	c->why = why;
	return HTTP_BAD;
}

static enum http_progress size_byte(struct http_chunked *c, uint8_t b)
{
	int v = hex_digit((char)b);

	if (v >= 0) {
		if (c->digits++ >= SIZE_DIGITS || c->left >> 59)
			return bad(c, "the size of a chunk is beyond measure");
		c->left = c->left << 4 | (unsigned)v;
		return HTTP_MORE;
	}
	if (!c->digits)
		return bad(c, "a chunk without a size");
	c->digits = 0;
	c->state = b == '\r' ? SIZE_LF : EXTENSION;
	return b == '\r' || b == ';' ? HTTP_MORE : bad(c, "the size of a chunk is not a number");
}

static enum http_progress size_end(struct http_chunked *c, uint8_t b)
{
	if (b != '\n')
		return bad(c, "a CR without LF after the size of a chunk");
	if (!c->left)
		c->spent = 0;
	c->state = c->left ? DATA : TRAILER;
	return HTTP_MORE;
}

static enum http_progress trailer_byte(struct http_chunked *c, uint8_t b)
{
	if (c->state == TRAILER && b == '\r') {
		c->state = END_LF;
		return HTTP_MORE;
	}
	if (++c->spent > HTTP_TRAILERS_MOST)
		return bad(c, "the trailers are too long");
	if (c->state == TRAILER_VALUE) {
		c->state = b == '\r' ? TRAILER_LF : TRAILER_VALUE;
		return b == '\r' || http_is((char)b, HTTP_TEXT) ? HTTP_MORE
								: bad(c, "a control character in a trailer");
	}
	if (b == ':' && c->state == TRAILER_NAME) {
		c->state = TRAILER_VALUE;
		return HTTP_MORE;
	}
	c->state = TRAILER_NAME;
	return http_is((char)b, HTTP_TOKEN) ? HTTP_MORE : bad(c, "a trailer that is not a header");
}

static enum http_progress extension_byte(struct http_chunked *c, uint8_t b)
{
	if (b == '\r') {
		c->state = SIZE_LF;
		return HTTP_MORE;
	}
	if (++c->spent > HTTP_EXTENSIONS_MOST)
		return bad(c, "the extensions of the chunks are too long");
	return http_is((char)b, HTTP_TEXT) ? HTTP_MORE
					   : bad(c, "a control character in the extension of a chunk");
}

static enum http_progress expected(struct http_chunked *c, uint8_t b, uint8_t want, uint8_t then)
{
	c->state = then;
	return b == want ? HTTP_MORE : bad(c, "a chunk that does not end where it should");
}

static enum http_progress one_byte(struct http_chunked *c, uint8_t b)
{
	switch (c->state) {
	case SIZE:
		return size_byte(c, b);
	case EXTENSION:
		return extension_byte(c, b);
	case SIZE_LF:
		return size_end(c, b);
	case DATA_CR:
		return expected(c, b, '\r', DATA_LF);
	case DATA_LF:
		return expected(c, b, '\n', SIZE);
	case TRAILER_LF:
		return expected(c, b, '\n', TRAILER);
	case END_LF:
		return expected(c, b, '\n', END) == HTTP_BAD ? HTTP_BAD : HTTP_DONE;
	default:
		return trailer_byte(c, b);
	}
}

enum http_progress http_chunked_feed(struct http_chunked *c, struct bytes in, size_t *used, struct bytes *piece)
{
	enum http_progress end = HTTP_MORE;
	size_t i = 0;

	*piece = bytes_of(NULL, 0);
	while (i < in.n && end == HTTP_MORE && c->state != DATA)
		end = one_byte(c, in.p[i++]);
	if (end == HTTP_MORE && c->state == DATA && i < in.n) {
		*piece = bytes_of(in.p + i, c->left < in.n - i ? (size_t)c->left : in.n - i);
		i += piece->n;
		c->left -= piece->n;
		if (!c->left)
			c->state = DATA_CR;
	}
	*used = i;
	return end;
}
