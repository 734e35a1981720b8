/*
 * A message of the cache as the stream that is uploaded (messageContent [MS-OXCFXICS] 2.2.4.3.9): a sink of item events, which hands the stream on in
 * pieces of at most MESSAGE_OUT_PIECE bytes.
 */
#ifndef CLIENT_SYNC_MESSAGE_OUT_H
#define CLIENT_SYNC_MESSAGE_OUT_H

#include "mapi/item.h"

#define MESSAGE_OUT_PIECE ((size_t)28 << 10) /* with its head it fits into one request of any server */

typedef status message_out_piece(void *context, struct bytes piece);

struct message_out {
	struct item_sink sink;
	const struct name_map *names;
	message_out_piece *piece;
	void *context;
	struct buf buf; /* not handed on yet */
	unsigned messages;
	struct prop large;
};

void message_out_init(struct message_out *o, const struct name_map *names, message_out_piece *piece, void *context);
void message_out_free(struct message_out *o);
/* What is left. */
status message_out_flush(struct message_out *o) MUST;

#endif
