/* What the files about messages share. */
#ifndef STORE_MESSAGE_PRIVATE_H
#define STORE_MESSAGE_PRIVATE_H

#include "store/content.h"
#include "store/folder_private.h"

/* Texts in columns are cut at so many bytes. */
#define COLUMN_TEXT_MAX 1024u

enum message_kind {
	KIND_MESSAGE = 0,
	KIND_ASSOCIATED = 1,
	KIND_DELETED = 2, /* a bit */
};

/* A row of `message`. */
struct message_row {
	struct message_info info;
	uint64_t content;
	const char *normalized, *sender_name, *topic; /* what the columns are chosen from */
	struct bytes conversation_index;
	struct bytes own_change_key, own_predecessors; /* those in its properties */
	bool tracks_index; /* PidTagConversationIndexTracking */
	bool has_flags; /* there was a PidTagMessageFlags */
};

/* Takes what a top-level property says. Texts go into `arena`; without memory: ecMemory. */
status message_columns_take(struct message_row *r, const struct prop *p, unsigned codepage, struct arena *arena) MUST;
/* What follows from all of them; `now` where the message has no time of its own. */
status message_columns_end(struct message_row *r, uint64_t now, struct arena *arena) MUST;

status message_row_get(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *out) MUST;
/* The same with its content, checked. `content` has its large values' places, not the values. */
status message_load(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *row, struct content *content) MUST;
status message_row_insert(struct mailbox *m, const struct message_row *r) MUST;
/* The same, and that it may be changed at all. */
status message_to_change(struct mailbox *m, uint64_t id, struct arena *arena, struct message_row *out) MUST;
/* ecNotFound when there is no such folder. */
status message_folder_exists(struct mailbox *m, uint64_t folder) MUST;
/*
 * message_groups_compare.c: which groups (bits, store/message_groups.h) are another in `new`.  A failure that is not the
 * database's says that nobody knows.
 */
status message_groups_compare(struct mailbox *m, const struct content *old, const struct content *new, uint32_t *touched) MUST;
/* out->groups, in `arena`: that of `old`, after a change of these groups that made the version `cn`; 0: one that made none. */
status message_groups_next(struct mailbox *m, const struct message_info *old, uint32_t touched, uint64_t cn, struct arena *arena,
			   struct message_info *out) MUST;
/* The counters of its folder: +1 when it comes, -1 when it goes. */
status message_count(struct mailbox *m, const struct message_row *r, int sign) MUST;
status message_row_delete(struct mailbox *m, uint64_t id) MUST;
/* Before message_writer_finish: it becomes that message. */
void message_writer_replace(struct message_writer *w, uint64_t id);
/* As message_emit; *begun says that the sink has heard of it when it fails. */
status message_tell(struct mailbox *m, uint64_t id, struct item_sink *sink, struct item_result *result, bool *begun) MUST;
/* PidTagMessageFlags in a bag of the message becomes what it is now. */
status message_patch_flags(struct mailbox *m, const struct message_info *info, struct bag *bag) MUST;
/* The same as message_move, for a client that chose the id it has there; 0: any. */
status message_move_as(struct mailbox *m, uint64_t id, uint64_t folder, uint64_t wanted, uint64_t *moved) MUST;
status message_tombstone(struct mailbox *m, uint64_t folder, uint64_t id, uint64_t cn) MUST;

#endif
