/*
 * The bounded reader: the only way bytes from outside become numbers.  Every get checks what is left and
 * consumes; after the first failure the reader stays failed and every get returns false (and zero), so a
 * run of gets may be checked once at its end.  Windows narrow and never widen.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/bytes.h"

struct reader {
	const uint8_t *p, *end;
	bool failed;
};

static inline struct reader reader_of(struct bytes b)
{
	return (struct reader){ b.p, b.n ? b.p + b.n : b.p, false };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->p);
}

static inline bool reader_fail(struct reader *r)
{
	r->failed = true;
	r->p = r->end;
	return false;
}

static inline bool reader_need(struct reader *r, size_t n)
{
	return !r->failed && n <= reader_left(r) ? true : reader_fail(r);
}

static inline uint8_t reader_u8(struct reader *r)
{
	return reader_need(r, 1) ? *r->p++ : 0;
}

static inline uint16_t reader_u16(struct reader *r)
{
	if (!reader_need(r, 2))
		return 0;
	r->p += 2;
	return le16(r->p - 2);
}

static inline uint32_t reader_u32(struct reader *r)
{
	if (!reader_need(r, 4))
		return 0;
	r->p += 4;
	return le32(r->p - 4);
}

static inline uint64_t reader_u64(struct reader *r)
{
	if (!reader_need(r, 8))
		return 0;
	r->p += 8;
	return le64(r->p - 8);
}

/* n bytes in place (not copied); empty after a failure. */
static inline struct bytes reader_bytes(struct reader *r, size_t n)
{
	if (!reader_need(r, n))
		return bytes_of(NULL, 0);
	const uint8_t *p = r->p;
	if (n) /* an empty reader may be of nothing at all, and that has no place behind it */
		r->p += n;
	return bytes_of(p, n);
}

/* A text up to its NUL, in place; "" after a failure, as when there is no NUL. */
static inline const char *reader_text(struct reader *r)
{
	const uint8_t *end = reader_left(r) ? memchr(r->p, '\0', reader_left(r)) : NULL;
	const char *text = (const char *)r->p;

	if (!end) {
		(void)reader_fail(r);
		return "";
	}
	r->p = end + 1;
	return text;
}

/* All that is left. */
static inline struct bytes reader_rest(struct reader *r)
{
	return reader_bytes(r, reader_left(r));
}

/* A window of n bytes as a reader of its own; an empty, failed one when they are not there. */
static inline struct reader reader_window(struct reader *r, size_t n)
{
	struct reader window = reader_of(reader_bytes(r, n));

	window.failed = r->failed;
	return window;
}

/* True when nothing failed and nothing is left over: trailing bytes are an error unless the format says otherwise. */
static inline bool reader_done(const struct reader *r)
{
	return !r->failed && r->p == r->end;
}

#endif
