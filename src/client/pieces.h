/*
 * Pieces of a stream on their way from the thread that fetches them to the one that reads them: a queue, under the lock of whoever has it.
 */
#ifndef CLIENT_PIECES_H
#define CLIENT_PIECES_H

#include <stdbool.h>

#include "base/bytes.h"

struct piece {
	struct piece *next;
	bool first; /* a stream begins */
	size_t n;
	uint8_t bytes[];
};

/* Begins as zeros. */
struct pieces {
	struct piece *head, *tail;
	size_t queued; /* bytes */
};

/* A copy, to be freed with free(); NULL without memory. */
struct piece *piece_new(struct bytes b, bool first);
void pieces_put(struct pieces *q, struct piece *p); /* takes it over */
struct piece *pieces_take(struct pieces *q);        /* NULL: there is none; the caller's to free */
void pieces_free(struct pieces *q);

#endif
