/* Recipients and attachments of a message as bags, without large values: what tables of them are made of. */
#ifndef STORE_TABLE_OBJECTS_H
#define STORE_TABLE_OBJECTS_H

#include "mapi/item.h"
#include "store/message.h"

struct table_objects {
	struct bag *recipients, *attachments;
	size_t n_recipients, n_attachments;
};

/* A sink for the events of one message; embedded messages are passed over. `found` lives in the arena. */
struct table_gather {
	struct item_sink sink;
	struct arena *arena;
	struct table_objects found;
	size_t cap_recipients, cap_attachments;
	unsigned depth; /* of messages */
};

void table_gather_init(struct table_gather *g, struct arena *arena);
/* Of a stored message. */
status table_objects(struct mailbox *m, uint64_t message, struct arena *arena, struct table_objects *out) MUST;

#endif
