#include "server/rop_call.h"

struct buf *rop_call_buffer(struct rop_call *c)
{
	struct buf *b = arena_alloc(c->arena, sizeof *b);
	uint8_t *room = arena_alloc(c->arena, c->room ? c->room : 1);

	if (!b || !room)
		return NULL;
	*b = (struct buf){ .p = room, .cap = c->room, .max = c->room };
	return b;
}
