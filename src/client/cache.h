/*
 * The cache: a complete local copy of a mailbox, which is itself a mailbox (store/mailbox.h): what reads, searches and exports a mailbox does so with a
 * cache.  Beside it stand
 *
 *   the binding     whose copy it is: the identity of the mailbox, by which a mailbox that was made again is told from it
 *   states          of synchronisation, one for the hierarchy and one for each folder
 *   the journal     what was changed here and is not at the server yet, in its order
 *   the outbox      what is to be sent, and how far it has come
 *
 * Objects have the ids that they have at the server; what is made here gets one of those that the server has set aside for us.  A version
 * that was made here has a change key in the cache's own namespace, so it is never taken for one of the server's.
 *
 * Whatever is changed between mailbox_begin and mailbox_commit is written into the journal, by whomever; what comes from the server is
 * changed between cache_apply_begin and cache_apply_commit and is not.
 *
 * A cache is open in one process at a time, for as short as can be: who wants it waits its turn (cache_open), who has it long looks whether
 * somebody waits (cache_is_wanted) and makes room (cache_pause).
 */
#ifndef CLIENT_CACHE_H
#define CLIENT_CACHE_H

#include "rop/sync_state.h"
#include "store/mailbox.h"
#include "store/message.h"

struct cache;

struct cache_binding {
	struct mailbox_identity identity;
	char address[320];
	char mailbox_dn[512];
	char server[256]; /* where it was made */
	uint64_t made;    /* FILETIME */
};

/* Opening --------------------------------------------------------------------------------------------------------- */

/*
 * A new one in this folder, empty but for its root, whose id is that of the server: the folders come from there, and get their roles by
 * mailbox_set_role (store/mailbox_copy.h).  ecDuplicateName when there is one.
 */
status cache_make(const char *folder, const struct clock *clock, const struct cache_binding *b, uint64_t root, struct cache **out,
		  struct reason *why) MUST;
/* ecNotFound: there is none.  ecBusy: another process has had it for all of `patience_ms`.  ecVersion: it is of a later version. */
status cache_open(const char *folder, const struct clock *clock, unsigned patience_ms,
		  struct cache **out, struct reason *why) MUST;
/*
 * What is open is set aside, as the cache of the folder `aside` (which is there, beside it), and an empty one takes its place, open: cache_replace.c.  The lock is held all
 * the while, and there is a cache in the folder at any moment: whoever opens it has the old one before, or the new one afterwards.  Interrupted, the old one is under
 * both names, or under the new name alone: done again, it is brought to its end (cache_is_set_aside).
 */
status cache_replace(struct cache *c, const char *aside, const struct cache_binding *b, uint64_t root, struct reason *why) MUST;
/* There is a cache in `aside`, and it is not the one that the folder has too. */
bool cache_is_set_aside(const char *folder, const char *aside);
bool cache_exists(const char *folder);
/* Where its file is: in the folder, or where it was moved to (client/cache_care.h). */
const char *cache_place(const char *folder, struct arena *arena);
void cache_close(struct cache *c); /* NULL is fine */

struct mailbox *cache_mailbox(struct cache *c);
const struct cache_binding *cache_binding(const struct cache *c);
/* The server's mapping signature is another one: what was remembered about ids of named properties is forgotten, the new one is noted. */
status cache_remap(struct cache *c, const struct guid *mapping_signature) MUST;

/* Does another process wait for it? Costs a system call. Outside of transactions: lets it in, and waits until it has gone. */
bool cache_is_wanted(const struct cache *c);
/* Closes and opens: mailbox handles of before are void. ecBusy, and it is closed: whoever was let in has put another cache in its place (cache_replace). */
status cache_pause(struct cache *c, struct reason *why) MUST;
/*
 * Something was changed that the server is to hear of, and whoever did it has made room: a descriptor to wait on (inotify).  What comes from the server is
 * not told, nor what stays here.
 */
status cache_watch(const char *folder, int *fd, struct reason *why) MUST;
void cache_watch_drain(int fd);
/* For who shows it: another number when something in it was changed, by whomever, who has made room since; 0: it is not there. Costs a system call. */
uint64_t cache_stamp(const char *folder);

/*
 * Until it is told otherwise the cache is filled for the first time (store/sql.h sql_fill), also after a pause.  Outside of transactions.  The second: some of what was
 * written may go to the disk now.
 */
void cache_fill(struct cache *c, bool fill);
void cache_fill_flush(struct cache *c);
bool cache_is_filling(const struct cache *c);

/* Coming from the server --------------------------------------------------------------------------------------------- */

/* mailbox_begin, but what is changed until the commit is not the user's doing. Ids of new objects are chosen by the server. */
status cache_apply_begin(struct cache *c) MUST;
status cache_apply_commit(struct cache *c) MUST;
void cache_apply_rollback(struct cache *c); /* fine without a transaction */
/* The end of it either way: after ecNone it is committed, else, or when that fails, rolled back.  What failed comes back. */
status cache_apply_end(struct cache *c, status s) MUST;
bool cache_is_applying(const struct cache *c);

/* CACHE_HIERARCHY, or a folder. An unknown one is empty. In a transaction it is kept with what it is the state of. */
#define CACHE_HIERARCHY 0u
status cache_state(struct cache *c, uint64_t folder, struct sync_state *out) MUST;
status cache_set_state(struct cache *c, uint64_t folder, const struct sync_state *state) MUST;
/* When the folder was last known to be complete, FILETIME; 0: never. Of CACHE_HIERARCHY: when all of it was, the end of a run. */
status cache_folder_time(struct cache *c, uint64_t folder, uint64_t *time) MUST;
status cache_set_folder_time(struct cache *c, uint64_t folder, uint64_t time) MUST;

/*
 * In a transaction: the message comes again with the next contents of its folder, as the server has it, in the place of what is or was here.  The folder is looked
 * through for it, which costs as much as at the first time.
 */
status cache_bring_again(struct cache *c, uint64_t folder, uint64_t message) MUST;
/* The same of a folder, which comes with the next hierarchy; one that was deleted here, with all that was in it. */
status cache_bring_folder_again(struct cache *c, uint64_t folder) MUST;

/* The folder is gone. */
status cache_forget_folder(struct cache *c, uint64_t folder) MUST;

/* The server does not show this folder, or not any more, and says this instead; 0: it does. What was here of it stays. To set: in a transaction. */
status cache_set_refused(struct cache *c, uint64_t folder, uint32_t error) MUST;
status cache_refused(struct cache *c, uint64_t folder, uint32_t *error) MUST;

/*
 * How far back the folder is here: everything delivered since then, FILETIME, and what was never delivered; 0: all.  *known false: nothing was ever said of
 * this folder.  To set: in a transaction.
 */
status cache_kept_from(struct cache *c, uint64_t folder, uint64_t *from, bool *known) MUST;
status cache_set_kept_from(struct cache *c, uint64_t folder, uint64_t from) MUST;
/* Messages of the folder, by rising id above `after`, of a time before `than`; *n 0 at the end. */
status cache_older(struct cache *c, uint64_t folder, uint64_t than, uint64_t after, uint64_t *ids, size_t room, size_t *n) MUST;
/* The message is not to be here any more, though the server has it: as if it had never come. In a transaction of cache_apply_begin. */
status cache_drop_message(struct cache *c, uint64_t message) MUST;
/* The time of the newest message that is here; 0: there is none. */
status cache_newest(struct cache *c, uint64_t *received) MUST;

/*
 * Messages of which only the headers are here: recipients and properties, but neither bodies nor attachments (cache_partial.c).  It goes with the message when that is
 * moved; a copy is one too, and has its rest from the `source` it was copied from.  To change: in a transaction.
 */
enum cache_fullness { CACHE_FULL, CACHE_HEADERS };
struct cache_partial {
	uint64_t message, folder;
	uint64_t cn;     /* of the version of the server that the headers are of; 0: not known */
	uint64_t size;   /* of all of it at the server, about; 0: not known */
	uint64_t source; /* a copy that was made here, of this message; 0: it is none */
	bool associated, wanted;
};
status cache_set_fullness(struct cache *c, uint64_t message, enum cache_fullness f) MUST;
status cache_fullness(struct cache *c, uint64_t message, enum cache_fullness *out) MUST;
/* The same, with what is known of the server's. What was wanted stays so. */
status cache_set_partial(struct cache *c, uint64_t message, uint64_t cn, uint64_t size) MUST;
/* *partial false: it is here whole. */
status cache_partial(struct cache *c, uint64_t message, struct cache_partial *out, bool *partial) MUST;
status cache_partial_count(struct cache *c, uint64_t *n) MUST;
/* Somebody wants to read it: its rest is to come before others, whatever the profile says. Whoever watches is told. */
status cache_want(struct cache *c, uint64_t message) MUST;
/* Its rest did not come, and is not asked for again before cache_partial_again. */
status cache_partial_tried(struct cache *c, uint64_t message) MUST;
status cache_partial_again(struct cache *c) MUST;
/*
 * The next ones, what is wanted first, then what is associated, then the newest: of those that were not tried, are no copies, and are where the server has them.
 */
struct cache_partial_ask {
	uint64_t folder; /* 0: of all */
	bool all;        /* else those that are wanted or associated only */
	uint64_t most;   /* no larger than this; 0: whatever their size */
};
status cache_next_partial(struct cache *c, const struct cache_partial_ask *ask, struct cache_partial *out, size_t room, size_t *n) MUST;

/* Ids that the server set aside for what is made here. */
status cache_grant_ids(struct cache *c, uint64_t first, uint64_t n) MUST; /* in a transaction */
status cache_ids_left(struct cache *c, uint64_t *n) MUST;

/* Objects whose source key is of another replica than the mailbox's ([MS-OXCFXICS] 2.2.1.2.5): their id here. In a transaction when `make`. */
status cache_foreign_id(struct cache *c, const struct guid *replica, uint64_t globcnt, bool make,
			uint64_t *id) MUST; /* ecNotFound */
/* The source key of an object, 22 bytes: GUID and GLOBCNT. */
status cache_source_key(struct cache *c, uint64_t id, uint8_t out[22]) MUST;

/* The journal ------------------------------------------------------------------------------------------------------- */

enum cache_pending_kind {
	PENDING_FOLDER, /* new, renamed, moved, or properties: as it is now */
	PENDING_FOLDER_DELETED,
	PENDING_MESSAGE,         /* new or changed: as it is now */
	PENDING_MESSAGE_MOVED,   /* `object` in `folder` was `old_object` in `old_folder` */
	PENDING_MESSAGE_READ,    /* the read state alone, as it is now */
	PENDING_MESSAGE_DELETED, /* `object`, which was in `folder` */
};

struct cache_pending {
	uint64_t seq; /* its place in the order, and as how often changed it was read: for the functions below */
	enum cache_pending_kind kind;
	bool associated;
	bool hard;  /* a deletion: for good */
	bool fresh; /* it was made here, and the server has never heard of it */
	uint64_t folder, object, old_folder, old_object;
	uint64_t made;            /* FILETIME */
	uint32_t attempts, error; /* how often the server refused it, and with what */
};

/*
 * In their order, behind `after` (the `seq` of the last one); *n 0 at the end.  One row for each object and kind at most: what is changed twice is sent once, as it is then; what
 * was made and deleted before the server knew it leaves no row.
 */
status cache_pending(struct cache *c, uint64_t after, struct cache_pending *out, size_t room,
		     size_t *n) MUST;
status cache_pending_count(struct cache *c, uint64_t *n) MUST;
/* That of an object, of a kind. */
status cache_pending_of(struct cache *c, uint64_t object, enum cache_pending_kind kind, struct cache_pending *out, bool *found) MUST;
/* Is this object changed here and not at the server yet? */
status cache_is_pending(struct cache *c, uint64_t object, bool *pending) MUST;
/* More than its read state: was it changed, moved or made here? */
status cache_is_edited(struct cache *c, uint64_t object, bool *edited) MUST;
/* Apart from being moved. */
status cache_is_changed(struct cache *c, uint64_t object, bool *changed) MUST;
/* Its read state. */
status cache_is_read_here(struct cache *c, uint64_t object, bool *read_here) MUST;
/* Is there another message of the same version? */
status cache_has_twin(struct cache *c, uint64_t message, bool *twin) MUST;
/* Was it made here, and has the server never heard of it? */
status cache_is_fresh(struct cache *c, uint64_t object, bool *fresh) MUST;
/*
 * In a transaction of cache_apply_begin: the server has it as of version `cn` (of the object here; 0 where that says nothing: deletions, moves, read states): the
 * row goes, unless there was more of it since it was read, in which case it stays and this is ecNone too.
 */
status cache_pending_done(struct cache *c, uint64_t told, uint64_t cn) MUST;
/*
 * The values that a pending message's properties had before they were first changed here (message_set); PT_ERROR: it had none.  An empty bag: not known, as
 * when all of it was written anew.
 */
status cache_pending_base(struct cache *c, uint64_t object, struct bag *out) MUST;
/* Was all of it written anew since the server had it? Then there is no base. */
status cache_is_rewritten(struct cache *c, uint64_t object, bool *rewritten) MUST;
/*
 * The version that was changed, in `arena`; an empty change key: it is not known.  To set, in a transaction: the server's version is this one now, upon which what was changed
 * here was put; NULL: not known.  What the server was told of another is forgotten.
 */
status cache_base_version(struct cache *c, uint64_t message, struct arena *arena, struct message_version *out) MUST;
status cache_set_base_version(struct cache *c, uint64_t message, const struct message_version *v) MUST;
/* In a transaction: that property is as the server has it. */
status cache_base_forget_value(struct cache *c, uint64_t message, uint16_t id) MUST;
/*
 * What the server is told of properties of the message that were changed here (PT_ERROR: that they are gone), before it is; as long as it is not known whether it heard.  To
 * change: in a transaction.
 */
status cache_base_tell(struct cache *c, uint64_t message, const struct bag *told) MUST;
status cache_base_told(struct cache *c, uint64_t message, struct bag *out) MUST; /* empty: nothing */
status cache_base_untell(struct cache *c, uint64_t message) MUST;
/* The next message above `after` of which that is not known. */
status cache_next_told(struct cache *c, uint64_t after, uint64_t *message, bool *found) MUST;
/* The version of a message, or a folder, said or made of its change number; in `arena`. */
status cache_version_of(struct cache *c, const struct message_info *i, struct arena *arena, struct message_version *out) MUST;
/* All in a transaction. Its read state shall be told; that it was deleted. */
status cache_pending_add_read(struct cache *c, uint64_t folder, uint64_t message) MUST;
status cache_pending_add_deleted(struct cache *c, uint64_t folder, uint64_t message, bool associated) MUST;
/* The server speaks of it, under this id: it is not new there, nor is its move to be told, though the answer that said so was never heard. */
status cache_pending_seen(struct cache *c, uint64_t object) MUST;
/* It is not to be told that it was moved: it goes as new. */
status cache_pending_forget_move(struct cache *c, uint64_t object) MUST;
/* A change of it is not to be told any more; that it was read is. */
status cache_pending_forget_change(struct cache *c, uint64_t object) MUST;
/* Nothing of it is to be told any more. */
status cache_pending_forget(struct cache *c, uint64_t object) MUST;
/* The message shall be told, though not the user changed it. */
status cache_pending_add(struct cache *c, uint64_t folder, uint64_t message, bool associated, bool fresh) MUST;
/*
 * What is pending of a message whose folder, or which itself, the server has no more, goes on under another id in another folder: as a new message, or as one that
 * was moved there.
 */
status cache_pending_carry(struct cache *c, uint64_t object, uint64_t folder, uint64_t as, bool associated) MUST;
/* The same of a folder that was changed, or is new; nothing of a folder, nor of what was in it. */
status cache_pending_add_folder(struct cache *c, uint64_t folder) MUST;
status cache_pending_new_folder(struct cache *c, uint64_t folder) MUST;
status cache_pending_forget_folder(struct cache *c, uint64_t folder) MUST;
/* The server refused it, with this code. It stays. */
status cache_pending_failed(struct cache *c, uint64_t told, uint32_t error) MUST;

/* Folders of which nothing is told to the server, nor of what is in them; in a transaction. What is moved out of them is new. */
status cache_set_local(struct cache *c, uint64_t folder) MUST;
bool cache_is_local(struct cache *c, uint64_t folder);

/* The outbox ---------------------------------------------------------------------------------------------------------- */

enum outbox_state {
	OUTBOX_WAITING,    /* to be sent */
	OUTBOX_UPLOADED,   /* the server has it in its Outbox, and was not asked to send it yet */
	OUTBOX_SUBMITTING, /* it was asked; whether it heard is not known */
	OUTBOX_FAILED,     /* the server refused it: with `error` */
	OUTBOX_HANDED_OVER, /* the server sends it; it stays here until it has left the server's Outbox */
};

struct outbox_item {
	uint64_t message; /* here, in the Outbox */
	enum outbox_state state;
	uint64_t not_before; /* FILETIME: deferred sending; 0: at once */
	uint64_t queued;
	uint32_t attempts, error;
};

/*
 * In a transaction of the user's: the message (in the Outbox) shall be sent.  It is told to the server as a part of sending, not by the journal.  Moved or deleted
 * by the user it is taken back: its row goes, and the journal tells of it.
 */
status outbox_add(struct cache *c, uint64_t message, uint64_t not_before) MUST;
/* *found: it is in the outbox. */
status outbox_state_of(struct cache *c, uint64_t message, enum outbox_state *state, bool *found) MUST;
status outbox_list(struct cache *c, struct arena *arena, struct outbox_item **out, size_t *n) MUST;
status outbox_set(struct cache *c, uint64_t message, enum outbox_state state, uint32_t error) MUST;
status outbox_remove(struct cache *c, uint64_t message) MUST;

#endif
