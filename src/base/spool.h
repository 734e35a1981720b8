/*
 * Scratch space for what is too large to hold: the first part stands in memory, the rest in an unnamed file under
 * $TMPDIR (/var/tmp), made when it is first needed.
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include "base/input.h"

/* Bytes that stand somewhere: in a spool, or in the file that is read. */
struct extent {
	struct input *in;
	uint64_t at, n;
};

struct spool;

/* What stands in memory unless one knows better. */
#define SPOOL_MEMORY ((size_t)1 << 20)

/* `memory`: as many bytes as are kept in memory before there is a file. */
status spool_new(size_t memory, struct spool **out) MUST;
void spool_free(struct spool *s); /* NULL is fine */
status spool_add(struct spool *s, struct bytes data) MUST;
uint64_t spool_end(const struct spool *s);
/* Over what stands there, and beyond the end; a gap before it is filled with zeros. */
status spool_write_at(struct spool *s, uint64_t at, struct bytes data) MUST;
/* Longer with zeros, or shorter. */
status spool_resize(struct spool *s, uint64_t end) MUST;
/* Up to n bytes from `at`; *got < n only at the end. */
status spool_read_at(struct spool *s, uint64_t at, void *to, size_t n, size_t *got) MUST;
/* Forgets what stands at or beyond `end`. */
void spool_rewind(struct spool *s, uint64_t end);
/* What was added since `from`. Valid until it is rewound. */
struct extent spool_since(struct spool *s, uint64_t from);

/* Up to n bytes from `offset` within the extent; *got < n only at its end. */
status extent_read(const struct extent *e, uint64_t offset, void *to, size_t n, size_t *got) MUST;
/* Cuts off the beginning and bounds the rest; beyond the end it is empty. */
struct extent extent_part(const struct extent *e, uint64_t from, uint64_t n);
/* All of it, in pieces of at most 32 KiB. Stops at the first error. */
status extent_each(const struct extent *e, status (*piece)(void *context, struct bytes b), void *context) MUST;

#endif
