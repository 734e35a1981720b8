/*
 * A mailbox: folders (store/folder.h) and messages (store/message.h) in one database, with what synchronisation needs
 * of them.
 *
 * Ids of folders and messages and change numbers are GLOBCNTs of one counter, unique within the mailbox's replica
 * ([MS-OXCFXICS] 2.2.2.1), each in runs of their own.  Every change gets a new change number; a change key and
 * predecessor list that came with an object are kept until it changes here.  Counters (items, unread, size) change in the transaction of what they count.
 *
 * One mailbox is used by one thread at a time.  Changes happen between mailbox_begin and mailbox_commit; what is not
 * committed has not happened.
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "base/clock.h"
#include "base/guid.h"
#include "mapi/item.h"
#include "store/sql.h"

struct mailbox;

/* What tells this mailbox from one that is made again under the same name. */
struct mailbox_identity {
	struct guid mailbox, replica; /* REPLGUID */
	struct guid mapping_signature;
};

/*
 * Takes over the connection, also when it fails. A database without a mailbox gets one, with its special folders.
 * What it costs does not depend on how much is in it.  A later schema is ecVersion, damage ecCorruptData.
 */
status mailbox_open(struct sql *db, const struct clock *clock, struct mailbox **out, struct reason *why) MUST;
void mailbox_close(struct mailbox *m); /* what is not committed is gone; NULL is fine */
const struct mailbox_identity *mailbox_identity(const struct mailbox *m);
/* The connection, for the rooms' other tables in the same transaction (search, tables, directory of the store). */
struct sql *mailbox_sql(struct mailbox *m);
const struct clock *mailbox_clock(const struct mailbox *m);
/* Why the last failure was. */
const char *mailbox_failure(const struct mailbox *m);

/* Everything that changes something needs an open transaction: else it is ecInvalidParam. They do not nest. */
status mailbox_begin(struct mailbox *m) MUST;
/* What was changed is on the disk when this returns 0; else nothing of it has happened. */
status mailbox_commit(struct mailbox *m) MUST;
void mailbox_rollback(struct mailbox *m); /* fine without a transaction */
bool mailbox_in_transaction(const struct mailbox *m);

/*
 * Public folders: until the next call, who works in the mailbox is this person, and read is what this person has read
 * (store/read_marks.h).  NULL, as at first: messages are read or unread for all alike.  Not within a transaction.
 */
void mailbox_read_as(struct mailbox *m, const struct guid *person);

/*
 * n ids in a row for a client to give to what it makes while it is away ([MS-OXCFXICS] 2.2.3.2.4.7); in a transaction.
 * ecInvalidParam: none, or more than MAILBOX_RESERVE_MAX.
 */
#define MAILBOX_RESERVE_MAX ((uint64_t)1 << 24)
status mailbox_reserve_ids(struct mailbox *m, uint64_t n, uint64_t *first) MUST;

/* Properties of the store itself, as they were imported or set; the values live in the bag's arena. */
status mailbox_props(struct mailbox *m, struct bag *out) MUST;
status mailbox_set(struct mailbox *m, const struct bag *set, const uint16_t *remove, size_t n) MUST;

/* The mailbox's own map of named properties; ids that are new are kept at the next commit. */
const struct name_map *mailbox_names(const struct mailbox *m);
status mailbox_name_id(struct mailbox *m, const struct prop_name *name, uint16_t *id) MUST;

/* The folders every mailbox has: [MS-OXOSFLD] 2.2.1, 2.2.3 and [MS-OXCSTOR] 2.2.1.1.3. */
enum mailbox_role {
	MAILBOX_PLAIN,
	MAILBOX_ROOT,
	MAILBOX_DEFERRED_ACTION,
	MAILBOX_SPOOLER_QUEUE,
	MAILBOX_IPM_SUBTREE,
	MAILBOX_INBOX,
	MAILBOX_OUTBOX,
	MAILBOX_SENT_ITEMS,
	MAILBOX_DELETED_ITEMS,
	MAILBOX_COMMON_VIEWS,
	MAILBOX_SCHEDULE,
	MAILBOX_FINDER,
	MAILBOX_VIEWS,
	MAILBOX_SHORTCUTS,
	MAILBOX_CALENDAR,
	MAILBOX_CONTACTS,
	MAILBOX_DRAFTS,
	MAILBOX_JOURNAL,
	MAILBOX_NOTES,
	MAILBOX_TASKS,
	MAILBOX_JUNK_EMAIL,
	MAILBOX_RECOVERABLE_ITEMS,
	MAILBOX_ROLES
};

/* Changes ------------------------------------------------------------------------------------------------------- */

enum mailbox_change_kind {
	CHANGE_FOLDER_CREATED, /* of folders: object and folder are the folder; `old_folder` the parent it had (has) */
	CHANGE_FOLDER_MODIFIED,
	CHANGE_FOLDER_MOVED,
	CHANGE_FOLDER_DELETED,
	CHANGE_MESSAGE_CREATED, /* also: moved or copied here, restored */
	CHANGE_MESSAGE_MODIFIED,
	CHANGE_MESSAGE_READ,    /* read or unread, nothing else */
	CHANGE_MESSAGE_MOVED,   /* folder, object: where and what it is now; old_folder, old_object: was */
	CHANGE_MESSAGE_COPIED,  /* the same */
	CHANGE_MESSAGE_DELETED, /* soft or hard */
	CHANGE_MESSAGE_RESTORED,
	CHANGE_MESSAGE_PURGED,  /* was deleted softly, is gone now */
	CHANGE_UNKNOWN,         /* another process changed more than it could tell: anything may be different */
};

struct mailbox_change {
	enum mailbox_change_kind kind;
	bool associated; /* an associated message */
	uint64_t folder, object;
	uint64_t old_folder, old_object;
	uint64_t parent; /* of a folder, the one it has now; else 0 */
	uint64_t cn; /* change number; 0 when there is none */
	struct guid reader; /* who alone sees a difference, of what was read in public folders; zeros: all do */
};

static inline bool mailbox_change_is_for(const struct mailbox_change *c, const struct guid *person)
{
	return guid_is_zero(&c->reader) || guid_equal(&c->reader, person);
}

/*
 * `changes` is called once after every commit that changed something, with all changes in their order; what is rolled
 * back is never told.  It may read the mailbox; it may not change it, nor listeners.
 */
typedef void mailbox_listener(void *context, const struct mailbox_change *changes, size_t n);
status mailbox_listen(struct mailbox *m, mailbox_listener *changes, void *context) MUST;
void mailbox_unlisten(struct mailbox *m, mailbox_listener *changes, void *context);

/*
 * The same within the transaction, just before it is committed: what keeps tables of its own (search folders, full
 * text) brings them up to date here.  A failure fails the commit.
 */
typedef status mailbox_keeper(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n);
status mailbox_keep(struct mailbox *m, mailbox_keeper *changes, void *context) MUST;

#endif
