/* What the CUSTOM fields of rop/rops_*.h need to know: wire_in.context while rop.c decodes. */
#ifndef ROP_CONTEXT_PRIVATE_H
#define ROP_CONTEXT_PRIVATE_H

#include "rop/rop.h"

struct rop_wire_context {
	bool public_logon;
	bool columns_known;
	struct rop_columns columns;
};

/* Without a context: a private logon, and rows without columns. */
static inline bool rop_wire_is_public(const struct wire_in *in)
{
	const struct rop_wire_context *c = in->context;

	return c && c->public_logon;
}

#endif
