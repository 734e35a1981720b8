/*
 * What a client changed while it was away comes to the mailbox ([MS-OXCFXICS] 3.2.5.9.4): messages, moves, deletions, read
 * states, folders.  Versions are compared by their lists of predecessors (3.1.5.6.1); of two that know nothing of each
 * other the one that was written last wins, and knows both from then on (3.1.5.6.2.2).
 *
 * Everything needs a transaction.  `state` is the client's: what it has by its own doing is added to it, so that it is not
 * told of it.  A version that both sides made is told to the client as the others are.  After an error of the database or
 * of memory the state is worth as little as the transaction: the client's earlier one holds.
 *
 * Ids are GLOBCNTs that the client took from mailbox_reserve_ids, or was given.
 */
#ifndef STORE_CHANGES_IMPORT_H
#define STORE_CHANGES_IMPORT_H

#include "rop/sync_state.h"
#include "store/folder.h"
#include "store/message.h"

/* [MS-OXCFXICS] 2.2.3.2.4, [MS-OXCDATA] 2.4 */
#define SYNC_W_CLIENT_CHANGE_NEWER 0x00040821u
#define SYNC_E_OBJECT_DELETED 0x80040800u
#define SYNC_E_IGNORE 0x80040801u
#define SYNC_E_CONFLICT 0x80040802u
#define SYNC_E_NO_PARENT 0x80040803u
#define SYNC_E_CYCLE 0x80040804u

struct import_version {
	struct bytes change_key;   /* PidTagChangeKey: an XID */
	struct bytes predecessors; /* PidTagPredecessorChangeList */
	uint64_t modified;         /* PidTagLastModificationTime */
};

enum import_verdict {
	IMPORT_NEW,
	IMPORT_NEWER,           /* than what the mailbox has */
	IMPORT_CONFLICT_THEIRS, /* the client's version wins */
	IMPORT_CONFLICT_OURS,   /* the mailbox's wins: what the client sends is not kept */
};

/* Messages -------------------------------------------------------------------------------------------------------------- */

struct import_message {
	uint64_t folder, id;
	bool associated;
	bool fail_on_conflict; /* ImportFlag [MS-OXCFXICS] 2.2.3.2.4.2.1 */
	struct import_version version;
};

struct import_plan {
	enum import_verdict verdict;
	struct message_options options; /* for the message_writer of all verdicts but IMPORT_CONFLICT_OURS */
};

/*
 * What is to become of a message; bytes of the plan live in `arena`.  SYNC_E_IGNORE: the mailbox has it, or a newer
 * version; SYNC_E_CONFLICT: both changed it, and that shall not be; SYNC_E_OBJECT_DELETED; SYNC_E_NO_PARENT: no such
 * folder; ecInvalidParam: versions or an id that are none.
 */
status import_message(struct mailbox *m, const struct import_message *i, struct arena *arena, struct import_plan *out) MUST;
/* After the message was written with the plan's options (or not, by its verdict). */
status import_message_done(struct mailbox *m, const struct import_message *i, const struct import_plan *plan,
			   struct sync_state *state) MUST;

/*
 * What is gone already, or is in another folder, is left out; what never was here cannot be brought any more ([MS-OXCFXICS]
 * 3.2.5.9.4.5).  All or nothing: the state learns of it when all of it is done.
 */
status import_deletions(struct mailbox *m, uint64_t folder, const uint64_t *ids, size_t n, enum message_deletion how,
			struct sync_state *state) MUST;
/* Ids, first to last, that are those of no message of the folder and shall never be ([MS-OXCFXICS] 3.2.5.9.4.8). */
status import_given_up(struct mailbox *m, uint64_t folder, uint64_t first, uint64_t last) MUST;

struct import_read {
	uint64_t id;
	bool read;
};

/* So are associated messages, which have no read state. */
status import_reads(struct mailbox *m, uint64_t folder, const struct import_read *v, size_t n, struct sync_state *state) MUST;

struct import_move {
	uint64_t from, id; /* where it is, and what */
	uint64_t to, as;   /* where it goes, and its id there */
	struct import_version version;
};

/*
 * `state` is that of the destination.  *newer: it was moved, and the client has a newer version that it shall send
 * (SYNC_W_CLIENT_CHANGE_NEWER).  SYNC_E_OBJECT_DELETED: it is not there; SYNC_E_NO_PARENT: no such destination.
 */
status import_move(struct mailbox *m, const struct import_move *i, struct sync_state *state, bool *newer) MUST;

/* Folders --------------------------------------------------------------------------------------------------------------- */

struct import_folder {
	uint64_t id, parent;
	const char *name;        /* UTF-8 */
	const char *class_name;  /* of a new one; NULL: that of the parent */
	const struct bag *props; /* others; may be NULL */
	struct import_version version;
};

/*
 * New, renamed, moved, changed.  SYNC_E_IGNORE, SYNC_E_OBJECT_DELETED, SYNC_E_NO_PARENT; SYNC_E_CYCLE: it would come to
 * stand within itself; ecDuplicateName; ecAccessDenied: the mailbox needs it where it is.
 */
status import_folder(struct mailbox *m, const struct import_folder *i, struct sync_state *state) MUST;
/* With what is in them and below them; those that are gone already, or never were, as with messages. */
status import_folder_deletions(struct mailbox *m, const uint64_t *ids, size_t n, struct sync_state *state) MUST;

#endif
