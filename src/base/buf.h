/*
 * A growing buffer that cannot be made without its maximum.  Appending beyond it, or without memory,
 * sets `failed` and changes nothing; so a run of appends is checked once, at its end (buf_status).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/bytes.h"
#include "base/status.h"

struct buf {
	uint8_t *p;
	size_t n, cap, max;
	bool failed;
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* gives the memory back; usable again with the same maximum */
void buf_clear(struct buf *b); /* empties, keeps the memory, forgets a failure */
bool buf_reserve(struct buf *b, size_t more);
uint8_t *buf_extend(struct buf *b, size_t n); /* n bytes at the end to fill in, not cleared; NULL on failure */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, const char *s);
void buf_add_u8(struct buf *b, uint8_t v);
void buf_add_u16(struct buf *b, uint16_t v);
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);
void buf_add_zeros(struct buf *b, size_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);
void buf_truncate(struct buf *b, size_t n); /* back to n bytes (n <= b->n) */
/* A terminating NUL that does not count; "" when nothing could be had. */
const char *buf_cstr(struct buf *b);

static inline struct bytes buf_bytes(const struct buf *b)
{
	return bytes_of(b->p, b->n);
}

static inline status buf_status(const struct buf *b)
{
	return b->failed ? ecTooBig : ecNone;
}

/* For declarations: a buffer with a cleanup must never be uninitialised when a function returns early. */
#define BUF_MAX(most) { .max = (most) }

#define CLEANUP_BUF __attribute__((cleanup(buf_free)))

#endif
