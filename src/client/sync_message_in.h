/*
 * A message as it comes in a stream (propList, messageChildren [MS-OXCFXICS] 2.2.4.3.9), as item events: properties are gathered until the object
 * they belong to has all of them, large values wait in a spool.  Names of properties get the mailbox's ids.
 */
#ifndef CLIENT_SYNC_MESSAGE_IN_H
#define CLIENT_SYNC_MESSAGE_IN_H

#include "base/spool.h"
#include "rop/fasttransfer.h"
#include "store/mailbox.h"

#define MESSAGE_IN_DEPTH (2u * ITEM_DEPTH_MAX + 4u)

struct message_in_value {
	size_t property; /* of the bag */
	uint64_t at, n;  /* in the spool */
};

struct message_in {
	struct mailbox *mailbox;
	struct item_sink *sink;
	struct spool *spool;
	struct arena arena; /* of the bag */
	struct bag bag;
	size_t bytes;
	struct message_in_value *values;
	size_t n_values, cap_values;
	struct {
		uint8_t place;
		bool begun;
	} frames[MESSAGE_IN_DEPTH];
	unsigned depth, messages;
	bool associated, in_value;
};

/* `m` NULL: names stay what they are in the stream, for looking at one without a mailbox. */
status message_in_init(struct message_in *i, struct mailbox *m) MUST;
void message_in_free(struct message_in *i);
/* A new message for this sink. */
void message_in_begin(struct message_in *i, struct item_sink *sink, bool associated);
/* A property of the message that is not in its stream. */
status message_in_put(struct message_in *i, const struct prop *p) MUST;
/* Any event of its stream; markers that do not belong into a message are ecCorruptData. */
status message_in_take(struct message_in *i, const struct ft_event *e, struct reason *why) MUST;
/* All of it was there. */
status message_in_end(struct message_in *i, struct item_result *result, struct reason *why) MUST;

#endif
