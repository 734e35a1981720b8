#include "client/pieces.h"

#include <stdlib.h>
#include <string.h>

struct piece *piece_new(struct bytes b, bool first)
{
	struct piece *p = malloc(sizeof *p + b.n);

	if (!p)
		return NULL;
	*p = (struct piece){ .first = first, .n = b.n };
	memcpy(p->bytes, b.p, b.n);
	return p;
}

void pieces_put(struct pieces *q, struct piece *p)
{
	*(q->tail ? &q->tail->next : &q->head) = p;
	q->tail = p;
	q->queued += p->n;
}

struct piece *pieces_take(struct pieces *q)
{
	struct piece *p = q->head;

	if (!p)
		return NULL;
	q->head = p->next;
	q->tail = q->head ? q->tail : NULL;
	q->queued -= p->n;
	return p;
}

void pieces_free(struct pieces *q)
{
	struct piece *p;

	while ((p = pieces_take(q)))
		free(p);
}
