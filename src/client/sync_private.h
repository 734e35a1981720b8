/* One run of a synchronisation: what its parts (client/sync_*.c) share. */
#ifndef CLIENT_SYNC_PRIVATE_H
#define CLIENT_SYNC_PRIVATE_H

#include "client/sync.h"
#include "client/sync_issues.h"
#include "store/changes_import.h"
#include "store/folder.h"

struct sync {
	struct cache *cache;
	struct remote *remote;
	const struct sync_options *options;
	struct sync_counts counts;
	struct sync_issues *issues;
	struct reason *why;
	uint64_t top;     /* below which the folders are: the root, or what may be seen instead */
	bool kept;        /* something is kept under a new id, and to be told again */
	struct sync_link *link, own_link;
	uint64_t link_received, link_busy; /* when it was looked at last */
	const struct session_traffic *traffic; /* while the session is another thread's; NULL: ask it */
	struct sync_ahead *ahead; /* the folders that come next; NULL: nobody asks for them before */
	bool found_newer; /* an upload found a newer version at the server: there is something to download again */
};

/* ecUserCanceled, or makes room for another process when one waits (then handles of the mailbox are void). Between transactions. */
status sync_breathe(struct sync *s) MUST;
void sync_tell(struct sync *s, enum sync_phase phase, const char *folder, uint64_t done, uint64_t total);
/* A failure of the mailbox, with its words. */
status sync_store(struct sync *s, status st, const char *what);

/* What objects of a stream say of themselves ([MS-OXCFXICS] 2.2.4.3.3, 2.2.4.3.11). */
struct sync_header {
	uint64_t id;      /* here; 0: it says none */
	uint64_t parent;  /* of folders; 0: the root */
	uint64_t cn;      /* of the mailbox's own replica; 0: of another */
	uint64_t size;    /* about */
	bool associated;
	struct import_version version; /* in the bag's arena */
};

/* The id here of a source key, made when `make` (in a transaction). ecCorruptData: it is none. */
status sync_id_of_key(struct sync *s, struct bytes key, bool make, uint64_t *id) MUST;
/* Of the properties that came. ecCorruptData: those that must be there are not. */
status sync_read_header(struct sync *s, const struct bag *props, struct sync_header *out) MUST;
/* A set of ids of this session (2.2.2.4.1), as those of the cache. */
status sync_read_ids(struct sync *s, struct bytes data, struct idset *out) MUST;
/* Is this a version that the cache has? Adds it to what the client has been given and has seen. */
status sync_add_seen(struct sync *s, struct sync_state *state, const struct sync_header *h) MUST;

/* The message's pending changes keep it, though the server has it no more: in a transaction, it becomes a new one. */
status sync_keep_edited(struct sync *s, uint64_t folder, uint64_t message, bool associated, uint64_t *kept) MUST;

/* In a transaction, of a folder: messages that are gone there, those that stand out of the window, and read states. `name` is for people. */
status sync_take_deletions(struct sync *s, uint64_t folder, const char *name, const struct idset *deleted, const struct idset *out_of_scope) MUST;
status sync_take_reads(struct sync *s, uint64_t folder, const char *name, const struct idset *ids, bool read) MUST;

/*
 * What the server does not show, or not any more (sync_refused.c): it is passed over, and what is here of it stays.  It is written down when it becomes so, not at
 * every run.  `verdict` 0: it is shown.  Outside of transactions.
 */
status sync_set_refused(struct sync *s, uint64_t folder, const char *name, status verdict) MUST;
/* Of a store that is not one's own, in a transaction: a folder that is said to be gone may be one that we may not see any more. */
status sync_folder_withdrawn(struct sync *s, uint64_t folder, const char *name) MUST;

/* Gives special folders their roles, where they are not known yet (sync_special.c). */
status sync_find_special(struct sync *s) MUST;
/* Where the folders begin that we may see: s->top (sync_top.c). */
status sync_find_top(struct sync *s) MUST;
/* In the transaction that brings folders, before they come: of somebody else's mailbox there is a top, of our own when theirs is not shown. */
status sync_make_top(struct sync *s) MUST;
/* In the transaction, of somebody else's mailbox: what may be seen of it while its top may not comes to stand below a top of our own. `now`: what may be seen. */
status sync_gather_below_top(struct sync *s, const struct sync_state *now) MUST;

/*
 * We may not do that in somebody else's store (sync_give_back.c): what was made of a message (`name` NULL) or a folder here goes to Server Failures, the server's version comes back in its
 * place in the same run, and nothing of it is left to be told.
 */
status sync_give_back(struct sync *s, const struct cache_pending *p, const char *name) MUST;
/* Is that what the verdict says? New ones may be brought when there is permission, and wait. */
bool sync_is_not_ours(const struct sync *s, const struct cache_pending *p, status verdict);

/* Contents ------------------------------------------------------------------------------------------------------------------------- */

/* One stream of a folder's messages: sync_contents.c. */
struct sync_fetch {
	uint64_t folder;
	const char *name;
	bool headers;             /* without bodies and attachments; what was here whole, or changed here, is left to be fetched otherwise */
	bool whole;               /* each message that changed whole, also where less would do */
	bool may_slow;            /* ends when the link turns out to be slow */
	bool further_back;        /* what stands before what is here, by the restriction; else what changed */
	struct bytes restriction; /* empty: all */
	const struct cache_partial *again; /* as if these versions had never been seen */
	size_t n_again;
};
struct sync_fetched {
	bool left;   /* something is to be fetched whole, */
	bool whole;  /* and must be asked for so (sync_fetch.whole) */
	bool slowed; /* it ended before its time: may_slow */
};
status sync_fetch(struct sync *s, const struct sync_fetch *how, struct sync_fetched *out) MUST;

/* All of a folder's, as the profile and the link want them: sync_window.c. */
status sync_folder_contents(struct sync *s, uint64_t folder, const char *name) MUST;
/* For each folder that has contents, the important ones first; makes room between two: sync_order.c. */
typedef status sync_folder_do(struct sync *s, uint64_t folder, const char *name);
status sync_each_folder(struct sync *s, sync_folder_do *f) MUST;

/* What sync_folder_contents would ask first, for whoever asks ahead of it (sync_ahead.h); the restriction is in `room`. */
status sync_folder_plan(struct sync *s, uint64_t folder, const char *name, struct buf *room, struct sync_fetch *how) MUST;
status sync_fetch_ahead(struct sync *s, const struct sync_fetch *how) MUST;

/* Sessions beside the one there is that are worth having; 0: none, the server is near. */
unsigned sync_sessions_wanted(const struct sync *s);
/* The link: a stream begins; some of it came. */
void sync_link_begin(struct sync *s);
void sync_link_look(struct sync *s);

/*
 * The version of a message that is here comes again, whole (sync_refill.c): in the transaction, before it is written, then after it.  What was changed here is put upon
 * it; of what cannot be told (cache_pending_base) a copy goes into Conflicts, and `theirs` holds.  `theirs` NULL: a copy, that is not at the server; ecNotFound: it was
 * written anew.
 */
struct sync_refill {
	bool on, read, edited;
	uint64_t modified; /* to be kept; 0: that of the stream */
	struct bag keep;   /* in the arena of sync_refill_plan */
	uint16_t *gone;
	size_t n_gone;
};
status sync_refill_plan(struct sync *s, uint64_t message, const struct import_version *theirs, struct arena *arena, struct message_options *o,
			struct sync_refill *out) MUST;
status sync_refill_done(struct sync *s, uint64_t message, const struct sync_refill *r) MUST;

/* The rest of one message. ecNone, and *verdict: 0 it is whole, ecNotFound the server does not have it. In no transaction. */
status sync_fill_one(struct sync *s, uint64_t message, status *verdict) MUST;

/* Conflicts (sync_conflict.c) ------------------------------------------------------------------------------------------------------ */

/*
 * A message came that was changed here too, and neither version knows the other ([MS-OXCFXICS] 3.1.5.6.1): `i->id` is ours, the server's version was written
 * as a message of its own, `theirs`, into Conflicts.  In the transaction: merges properties that only one side changed, where what both started
 * from can be told (cache_pending_base); else the one written last wins ([MS-OXCFXICS] 3.1.5.6.2.2).  The loser is what stays in Conflicts; nothing does after
 * a merge.  Afterwards ours has both histories, and is pending if it differs from the server's.
 */
status sync_conflict(struct sync *s, const struct import_message *i, const struct import_plan *plan, uint64_t theirs) MUST;

/* What every change changes: no property that was changed. */
bool sync_is_of_any_change(uint16_t id);

#endif
