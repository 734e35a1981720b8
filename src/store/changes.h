/*
 * What changed in a folder since a client's state ([MS-OXCFXICS] 3.2.5.3): messages that are new or another version,
 * messages that are gone, read states.  The work is in proportion to what changed: change numbers, also of what is gone,
 * stand in indexes, and a client that has seen 1 to n is asked for what is above n.
 *
 * Changes are those up to the moment of changes_open.  What happens meanwhile is told next time: a message that is changed
 * again drops out of the pages that are still to come, one that was handed out may be gone when it is opened (ecNotFound:
 * the caller leaves it out).  Nothing is locked; the mailbox must not be rolled back behind changes_open.
 *
 * A state from the future, of a mailbox that was restored, and options.compare, say nothing of what was seen: then all
 * messages are changes, and what the client was given is compared with what is there.
 */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "rop/sync_state.h"
#include "store/mailbox.h"

enum changes_order {
	CHANGES_OLDEST_FIRST, /* by change number, associated messages before others */
	CHANGES_NEWEST_FIRST, /* by delivery time, associated messages among the others ([MS-OXCFXICS] 3.2.5.9.1.1) */
};

struct changes_options {
	bool normal, associated, read_state; /* what the client wants */
	/* Nothing that is gone is told, and the new state leaves it to be told another time. */
	bool no_deletions;
	bool compare;
	enum changes_order order;
	/*
	 * Is a message within what the client wants of the folder? NULL: all are.  One that is not any more is told as
	 * no longer in scope when the client has it, else not at all.
	 */
	status (*in_scope)(void *context, struct mailbox *m, uint64_t id, bool *in_scope);
	void *context;
};

struct change {
	uint64_t id, cn;
	uint64_t size;     /* PidTagMessageSize */
	uint64_t received; /* FILETIME */
	bool associated;
	bool is_new; /* the client was not given it before */
};

/* For progress: at most so much will be handed out. */
struct changes_total {
	uint64_t normal, associated;
	uint64_t normal_bytes, associated_bytes;
};

struct changes;

/* `client` is copied. ecNotFound: no such folder. */
status changes_open(struct mailbox *m, uint64_t folder, const struct sync_state *client, const struct changes_options *o,
		    struct changes **out) MUST;
void changes_free(struct changes *c); /* NULL is fine */
const struct changes_total *changes_total(const struct changes *c);
/* The next ones, at most `room`; *n is 0 at the end only. After a failure: only changes_free. */
status changes_next(struct changes *c, struct change *page, size_t room, size_t *n) MUST;

/*
 * Which groups of a message's properties the client needs (bits of enum message_group, store/message_groups.h); 0: all of the
 * message, as of what is new to it, of associated messages, and when it is not known what it has ([MS-OXCFXICS] 2.2.4.3.11).
 * `i` is the message as it is now: not older than what will be read of it.
 */
struct message_info;
uint32_t changes_groups(const struct changes *c, const struct change *change, const struct message_info *i);

/*
 * After the last page.  Ids of the messages that the client has and shall delete; that it shall forget because they are
 * out of its scope; whose read state changed and nothing else.  The sets must be initialised; they are added to.  In public folders (mailbox_read_as)
 * read states are all those that the client may know otherwise.
 */
status changes_deleted(struct changes *c, struct idset *deleted, struct idset *out_of_scope) MUST;
status changes_read(struct changes *c, struct idset *read, struct idset *unread) MUST;
/* After the last page: the state that the client has then. `out` must be initialised. */
status changes_state(struct changes *c, struct sync_state *out) MUST;

/* Folders ---------------------------------------------------------------------------------------------------------- */

struct folder_change {
	uint64_t id, parent, cn;
	bool is_new;
};

struct hierarchy_changes {
	struct folder_change *v; /* parents before their children; in the arena */
	size_t n;
	struct idset deleted;    /* or not below the root any more */
	struct sync_state state; /* given and seen: what the client has then */
};

void hierarchy_changes_init(struct hierarchy_changes *h, size_t max_ranges);
void hierarchy_changes_free(struct hierarchy_changes *h);
/*
 * What changed among the folders below `root`, which is not one of them.  `out` must be initialised and empty; it is as it
 * was after a failure.
 */
status hierarchy_changes(struct mailbox *m, uint64_t root, const struct sync_state *client, struct arena *arena,
			 struct hierarchy_changes *out) MUST;

/* Is the folder one that whoever asks may see? */
struct hierarchy_view {
	status (*sees)(void *context, struct mailbox *m, uint64_t id, bool *yes);
	void *context;
};

/*
 * The same for somebody who does not see all of them.  What they may not see, or not any more, is not there; what they may see now is new, though it is no other
 * version.  A folder within one that is not seen is said to stand in the next above that is, or in `root` (folder_change.parent).
 */
status hierarchy_changes_seen_by(struct mailbox *m, uint64_t root, const struct hierarchy_view *view, const struct sync_state *client,
				 struct arena *arena, struct hierarchy_changes *out) MUST;

#define CLEANUP_HIERARCHY_CHANGES __attribute__((cleanup(hierarchy_changes_free)))

#endif
