/*
 * Messages of which no more comes than the groups of properties that are another ([MS-OXCFXICS] 2.2.4.3.15
 * messageChangePartial): what a group does not have any more is gone, what is in none of the groups that come stays.
 *
 * Small changes are put upon the message as it is here.  What needs more than that (recipients or attachments that are
 * others, values that are large, a mapping that was never told) is for the caller to ask for whole.
 */
#ifndef CLIENT_SYNC_PARTIAL_H
#define CLIENT_SYNC_PARTIAL_H

#include "rop/property_group.h"
#include "store/message.h"

/* Mappings of one stream that are kept; servers use few ([MS-OXCFXICS] 3.2.5.7). */
#define PARTIAL_MAPPINGS 8u

struct partial_mapping {
	uint32_t id;
	struct buf bytes; /* serialized */
};

struct sync_partial {
	struct item_sink sink;
	struct partial_mapping mappings[PARTIAL_MAPPINGS];
	size_t n_mappings, next;
	uint32_t current;
	bool chosen;
	/* The message that is coming. */
	struct arena arena;
	struct property_group_info info;
	bool *given;       /* by index: the group has come */
	bool cannot;
	struct bag bag;
	struct prop large; /* the value that comes in pieces, */
	struct buf value;  /* and what there is of it */
};

void sync_partial_init(struct sync_partial *p);
void sync_partial_free(struct sync_partial *p);
/* groupInfo: a mapping. ecCorruptData: it is none. */
status sync_partial_mapping(struct sync_partial *p, struct bytes data, struct reason *why) MUST;
/* The number of the mapping that holds from here on. */
void sync_partial_choose(struct sync_partial *p, uint32_t id);

/* A message begins: it goes through message_in (client/sync_message_in.h) to this sink. */
struct item_sink *sync_partial_begin(struct sync_partial *p);
/* The group of what follows. */
void sync_partial_group(struct sync_partial *p, uint32_t index);
/* There is something of its recipients or attachments. */
void sync_partial_children(struct sync_partial *p);

/* All of it came. False: it must come whole. */
bool sync_partial_is_enough(const struct sync_partial *p);
/* In a transaction: the message becomes that version. */
status sync_partial_apply(struct sync_partial *p, struct mailbox *m, uint64_t id, const struct message_version *version) MUST;

#endif
