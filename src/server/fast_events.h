/*
 * Item events into a stream: messages and attachments that a client has open, with what it has changed and not saved
 * ([MS-OXCFXICS] 2.2.4.3.9 messageContent, 2.2.4.3.1 attachmentContent).
 */
#ifndef SERVER_FAST_EVENTS_H
#define SERVER_FAST_EVENTS_H

#include "mapi/item.h"
#include "server/fast_message.h"

struct fast_events {
	struct item_sink sink;
	struct fast_stream *stream;
	const struct name_map *names;
	const struct fast_message *how;
	/* Only the attachment of this number, its content alone; UINT32_MAX: the message. */
	uint32_t only_attachment;
	unsigned depth;          /* of messages */
	unsigned skipping;       /* objects that are left out, one within the other */
	bool in_attachment;      /* the one that is wanted */
	uint32_t numbers[ITEM_DEPTH_MAX + 1];
	bool recipients_begun, attachments_begun;
	struct prop value;       /* that comes in chunks */
	bool value_out;          /* it is left out */
};

void fast_events_init(struct fast_events *e, struct fast_stream *stream, const struct name_map *names, const struct fast_message *how,
		      uint32_t only_attachment);

#endif
