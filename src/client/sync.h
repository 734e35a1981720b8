/*
 * Brings a cache and its mailbox to the same state: what changed there comes here, what changed here goes there, in both directions by ICS
 * ([MS-OXCFXICS]); what is in the outbox is sent.
 *
 * Every batch and the state that says so are one transaction of the cache: whatever cuts a run short, the next one goes on where it was, and repeats and
 * loses nothing.  What cannot be read or is refused is written down (Sync Issues) and left where it is: nothing is ever deleted on either side because
 * something failed.
 */
#ifndef CLIENT_SYNC_H
#define CLIENT_SYNC_H

#include "client/cache.h"
#include "client/profile.h"
#include "client/remote.h"

enum sync_phase {
	SYNC_CONNECTING,
	SYNC_HIERARCHY,
	SYNC_DOWNLOADING,
	SYNC_UPLOADING,
	SYNC_SENDING,
	SYNC_INDEXING,
	SYNC_DONE,
};

struct sync_counts {
	uint64_t folders; /* looked at */
	uint64_t folders_new, folders_changed, folders_deleted;
	uint64_t messages_new, messages_changed, messages_deleted, messages_moved,
		read_states; /* came here */
	uint64_t headers;    /* messages of which only the headers are here, at the end */
	uint64_t completed;  /* whose rest came */
	bool hurried;        /* more of them can be had, and is for the next run */
	uint64_t dropped;    /* older than what is kept here: the server has them still */
	uint64_t bytes;      /* of messages that came */
	uint64_t up_new_or_changed, up_deleted, up_moved, up_read, up_folders; /* went there */
	uint64_t sent;
	uint64_t conflicts, merged; /* of these, merged without a loser */
	uint64_t local_failures, server_failures;
	uint64_t pending; /* left for the next time */
	uint64_t took;    /* nanoseconds, until both sides were equal */
};

struct sync_progress {
	enum sync_phase phase;
	const char *folder;   /* NULL: none in particular */
	uint64_t done, total; /* messages; total 0: not known */
	const struct sync_counts *counts;
};

/*
 * How fast the link is, as measured while messages come (sync_link.c): zeros at first, and kept by who runs again and again.  On a slow one headers come first,
 * whatever the profile says.
 */
struct sync_link {
	uint64_t bytes, us; /* of the last seconds */
	bool slow;
};

struct sync_options {
	const struct profile *profile;
	const struct clock *clock;
	/* Now and then, on the caller's thread. */
	void (*progress)(void *context, const struct sync_progress *p);
	void *context;
	bool (*canceled)(void *context); /* between round trips; NULL: never */
	/* There is something new: the rest of older messages can wait, and the run ends with some of them left (counts.headers). NULL: never. */
	bool (*hurry)(void *context);
	struct sync_link *link; /* NULL: nothing is known of it */
	uint64_t only_folder;            /* 0: all */
	uint64_t at_once_max;            /* sessions side by side; 0: what is right */
};

/*
 * One run, on a remote that is open and a cache that belongs to it (sync_check_binding).  ecNone: both sides were equal at some moment of it, apart
 * from what `counts` says has failed or is left.  Else the run was cut short; session_failure of the remote says what to do.
 */
status sync_run(struct cache *c, struct remote *r, const struct sync_options *o,
		struct sync_counts *counts, struct reason *why) MUST;

/*
 * The words, for searching, of what came in large batches: the mail was to be here first.  Needs no connection.  What is cut short goes on the next time, or when
 * something is searched.
 */
status sync_index(struct cache *c, const struct sync_options *o, struct reason *why) MUST;

/*
 * The rest of a message of which only the headers are here, now.  ecNotFound: the server has it no more, or it was moved here and the server was not told
 * yet; what is here stays as it is.
 */
status sync_complete(struct cache *c, struct remote *r, const struct sync_options *o, uint64_t message, struct reason *why) MUST;

/* The binding: is this cache a copy of that mailbox? */
enum sync_binding {
	SYNC_SAME,
	SYNC_REMAPPED,      /* the same, with another mapping signature */
	SYNC_OTHER_MAILBOX, /* another mailbox, even if its name is the same: never synchronise */
	SYNC_OTHER_REPLICA, /* it was restored or moved so that its ids mean something else: the same */
};
enum sync_binding sync_compare_binding(const struct mailbox_identity *cache,
				       const struct remote_mailbox *server);
/* A cache for this mailbox: cache_make with the binding of `r`. */
status sync_make_cache(const char *folder, const struct profile *p, struct remote *r,
		       const struct clock *clock, struct cache **out, struct reason *why) MUST;
/* In the place of one that is open, which is set aside (cache_replace). */
status sync_replace_cache(struct cache *c, const char *aside, const struct profile *p, struct remote *r, const struct clock *clock, struct reason *why) MUST;

/* The parts, in the order in which sync_run calls them ------------------------------------------------------------------ */

struct sync; /* client/sync_private.h: one run */

status sync_hierarchy(struct sync *s) MUST;       /* folders from there: sync_hierarchy.c */
status sync_upload_folders(struct sync *s) MUST;  /* sync_upload_folders.c */
status sync_contents(struct sync *s) MUST;        /* all folders, by importance: sync_order.c */
status sync_upload_messages(struct sync *s) MUST; /* sync_upload.c */
status sync_delete_folders(struct sync *s) MUST;  /* sync_upload_folders.c, when what was moved out of them is there */
status sync_send(struct sync *s) MUST;            /* the outbox: sync_send.c */
status sync_fill(struct sync *s) MUST;            /* what is to follow the headers: sync_fill.c */

#endif
