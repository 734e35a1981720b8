#include "mime/line_reader.h"

void line_reader_init(struct line_reader *r, const struct extent *from)
{
	r->from = *from;
	r->at = r->next = r->length = 0;
	r->n = 0;
	r->failed = ecNone;
	r->buffer_at = 0;
	r->buffer_n = 0;
}

/* What is in the buffer from `offset` on, filling it when there is nothing. */
static struct bytes available(struct line_reader *r, uint64_t offset)
{
	if (offset < r->buffer_at || offset >= r->buffer_at + r->buffer_n) {
		r->buffer_at = offset;
		r->failed = extent_read(&r->from, offset, r->buffer, sizeof r->buffer, &r->buffer_n);
		if (r->failed)
			r->buffer_n = 0;
	}
	if (r->buffer_n == 0)
		return bytes_of(NULL, 0);
	size_t skip = (size_t)(offset - r->buffer_at);
	return bytes_of(r->buffer + skip, r->buffer_n - skip);
}

static void see(struct line_reader *r, struct bytes b)
{
	size_t part = b.n < LINE_SEEN - r->n ? b.n : LINE_SEEN - r->n;

	if (part)
		memcpy(r->seen + r->n, b.p, part);
	r->n += part;
}

/* The CR of a line end is no part of the line. */
static void drop_cr(struct line_reader *r, uint8_t last)
{
	if (!r->length || last != '\r')
		return;
	r->length--;
	if (r->n > r->length)
		r->n = (size_t)r->length;
}

bool line_reader_next(struct line_reader *r)
{
	uint64_t offset = r->next;
	struct bytes b = available(r, offset);
	uint8_t last = 0;

	if (!b.n)
		return false;
	r->at = offset;
	r->n = 0;
	for (; b.n; b = available(r, offset)) {
		const uint8_t *end = memchr(b.p, '\n', b.n);
		size_t n = end ? (size_t)(end - b.p) : b.n;

		see(r, bytes_of(b.p, n));
		if (n)
			last = b.p[n - 1];
		offset += n;
		if (end) {
			r->length = offset - r->at;
			r->next = offset + 1;
			drop_cr(r, last);
			return true;
		}
	}
	r->length = offset - r->at;
	r->next = offset;
	return !r->failed;
}
