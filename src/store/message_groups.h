/*
 * When which properties of a message changed last ([MS-OXCFXICS] 3.2.5.7): it has a change number for each group of
 * properties, so that a client that has an earlier version is given only the groups that are another since.
 *
 * The record stands beside the message.  Empty, it says that all groups are as old as the message's change number: so it is
 * after each event that says nothing of groups (it is new, was written anew, moved, copied, restored, kept in a conflict).
 * What cannot be read says the same, and costs a client no more than the whole message.
 *
 * A client that has seen the change number of a group has the group as it is: it was given the message then, or a later
 * version of it, under the same id and in the same folder.
 */
#ifndef STORE_MESSAGE_GROUPS_H
#define STORE_MESSAGE_GROUPS_H

#include "rop/idset.h"
#include "rop/property_group.h"

/* The groups that clients are told of, by their index; what stands in them is in message_groups.c. */
enum message_group {
	GROUP_STATE, /* goes with every change: whether it was read is in it */
	GROUP_FLAG,
	GROUP_CATEGORIES,
	GROUP_IMPORTANCE,
	GROUP_SUBJECT,
	GROUP_BODY,
	GROUP_RECIPIENTS,  /* and the recipients themselves */
	GROUP_ATTACHMENTS, /* and the attachments themselves */
	GROUPS_TOLD,
	GROUP_OTHER = GROUPS_TOLD, /* of all the rest: something was set, */
	GROUP_OTHER_GONE,          /* or is gone, which a client cannot be told of a property without a group */
	GROUPS_ALL,
	GROUP_NOT_SENT = GROUPS_ALL, /* properties that no client is given among those of a message */
};

/* The number of this mapping: another one when groups become others. */
#define MESSAGE_GROUPS_MAPPING 1u

/* `name`: of an id from 0x8000, NULL where it has none. */
enum message_group message_group_of(uint32_t tag, const struct prop_name *name);
/* The bit of what becomes another when the property is set, or goes; 0: no group's. */
uint32_t message_group_bit(uint32_t tag, const struct prop_name *name, bool gone);
/* Internal to a store: no stream has them but where its grammar names them (3.2.5.12). */
bool message_tag_is_internal(uint32_t tag);
/* A tag that tells which message it is, or which version: what messageChangeHeader says of it (2.2.4.3.11). */
bool message_tag_is_identity(uint32_t tag);
/* The mapping, serialized: in `out`. */
status message_groups_mapping(struct buf *out) MUST;

/* Change numbers by group; 0: it changed after the message's version was made, and belongs to the next one. */
struct message_groups {
	uint64_t cn[GROUPS_ALL];
};

/* `cn` is the message's. */
void message_groups_read(struct bytes record, uint64_t cn, struct message_groups *out);
/* Empty when all are `cn`. */
void message_groups_write(const struct message_groups *g, uint64_t cn, struct buf *out);

/* What it is after a change of these groups (bits) that made the version `cn`; 0: one that made none. */
void message_groups_touch(struct message_groups *g, uint32_t touched, uint64_t cn);

/*
 * Which groups a client needs that has seen these change numbers, as bits.  *whole: nothing less than the message will do,
 * or would be less.
 */
uint32_t message_groups_unseen(const struct message_groups *g, const struct globset *seen, bool *whole);

#endif
