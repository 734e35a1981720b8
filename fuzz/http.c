/*
 * Requests of HTTP: any bytes, fed whole, byte by byte, and cut where the bytes themselves say.  What comes out must
 * be the same, and what is accepted must be what the server relies on.
 */
#include "base/buf.h"
#include "net/http_parse.h"

#include <stdlib.h>

#define INPUT_MOST ((size_t)256 << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How much is fed next: all, one byte, or as many as the next byte says. */
static size_t step(const uint8_t *at, size_t left, int how)
{
	size_t n = how == 0 ? left : how == 1 ? 1 : (size_t)*at % 29 + 1;

	return n < left ? n : left;
}

/* Of an accepted head: nothing that two readers could understand differently. */
static void expect_sound(const struct http_head *h)
{
	char value[64];

	if (h->chunked && h->has_length)
		abort();
	if (h->minor > 1 || (h->minor && !*h->host) || h->n_headers > HTTP_HEADERS_MOST)
		abort();
	if (strcmp(h->path, "*") != 0 && (h->path[0] != '/' || strstr(h->path, "/../") || strchr(h->path, '\\')))
		abort();
	for (size_t i = 0; i < h->n_headers; i++)
		if (!*h->headers[i].name || strpbrk(h->headers[i].name, " \t\r\n:") || strpbrk(h->headers[i].value, "\r\n"))
			abort();
	if (!http_query_get(h->query, "a", value, sizeof value) && strlen(value) >= sizeof value)
		abort();
}

static void write_head(const struct http_head *h, struct buf *out)
{
	expect_sound(h);
	buf_printf(out, "%s|%s|%s|%s|%u|%llu|%d%d%d%d", h->method, h->path, h->query, h->host, h->minor, (unsigned long long)h->length,
		   h->has_length, h->chunked, h->keep_alive, h->expect_continue);
	for (size_t i = 0; i < h->n_headers; i++)
		buf_printf(out, "|%s=%s", h->headers[i].name, h->headers[i].value);
}

static void read_body(struct bytes in, int how, struct buf *out)
{
	struct http_chunked c;
	enum http_progress end = HTTP_MORE;
	size_t at = 0, used = 0;
	struct bytes piece;

	http_chunked_init(&c);
	while (at < in.n && end == HTTP_MORE) {
		size_t n = step(in.p + at, in.n - at, how);

		end = http_chunked_feed(&c, bytes_of(in.p + at, n), &used, &piece);
		if (used > n || (end == HTTP_MORE && !used))
			abort();
		buf_add(out, piece.p, piece.n);
		at += used;
	}
	buf_printf(out, "#%d %zu", (int)end, end == HTTP_DONE ? at : 0);
	if (end == HTTP_BAD)
		buf_add_str(out, c.why);
}

/* Requests one after the other, as long as they are read to their ends. */
static void read_all(struct bytes in, int how, struct buf *out)
{
	struct http_parser p;
	struct http_head *h = NULL;
	enum http_progress end = HTTP_MORE;
	size_t at = 0, used = 0;

	http_parser_init(&p);
	while (at < in.n && end != HTTP_BAD) {
		size_t n = step(in.p + at, in.n - at, how);

		end = http_parser_feed(&p, bytes_of(in.p + at, n), &used, &h);
		if (used > n || (end == HTTP_MORE && used != n))
			abort();
		at += used;
		if (end != HTTP_DONE)
			continue;
		write_head(h, out);
		if (h->chunked) {
			read_body(bytes_of(in.p + at, in.n - at), how, out);
			at = in.n;
		} else {
			at = h->length < in.n - at ? at + (size_t)h->length : in.n;
		}
		free(h);
	}
	buf_printf(out, "#%d", (int)end);
	if (end == HTTP_BAD)
		buf_printf(out, "%u %s", p.code, p.why);
	http_parser_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf whole = BUF_MAX(4 * INPUT_MOST);

	if (size > INPUT_MOST)
		return 0;
	read_all(bytes_of(data, size), 0, &whole);
	read_body(bytes_of(data, size), 0, &whole);
	for (int how = 1; how < 3; how++) {
		CLEANUP_BUF struct buf other = BUF_MAX(4 * INPUT_MOST);

		read_all(bytes_of(data, size), how, &other);
		read_body(bytes_of(data, size), how, &other);
		if (!bytes_equal(buf_bytes(&whole), buf_bytes(&other)))
			abort();
	}
	return 0;
}
