/*
 * What all heads of the server stand on: the site, opened once and used by many threads.
 *
 * The directory is borrowed: each borrower has a connection of its own until it gives it back.  A mailbox is shared: one
 * handle for all sessions, and whoever holds its lock may use it.  Locks are held for one request at most, never while
 * waiting for a peer.  Two mailboxes at once are locked with shared_mailbox_lock_both only.
 */
#ifndef SERVER_HOST_H
#define SERVER_HOST_H

#include "store/mailbox.h"
#include "store/site.h"

struct host;
struct shared_mailbox;

struct host_options {
	const struct clock *clock; /* NULL: the system's */
	struct site_options site;
	/* What was committed in a mailbox that is shared; on the thread that did it, with the mailbox locked. NULL: nobody is told. */
	void (*changes)(void *context, const struct guid *mailbox, const struct mailbox_change *changes, size_t n);
	void *context;
};

status host_open(const char *location, const struct host_options *o, struct site_first *first, struct host **out,
		 struct reason *why) MUST;
/* Everything must have been given back. NULL is fine. */
void host_close(struct host *h);
const struct clock *host_clock(const struct host *h);
const char *host_location(const struct host *h);

/* Directory ----------------------------------------------------------------------------------------------------- */

/* A connection for this thread; at most 64 at a time, beyond that it waits. */
status host_directory(struct host *h, struct directory **out, struct reason *why) MUST;
/* The same for somebody who reads several things and changes nothing (directory_begin_reading). */
status host_directory_reading(struct host *h, struct directory **out, struct reason *why) MUST;
void host_directory_return(struct host *h, struct directory *d); /* rolls back what is open; NULL is fine */

/* A mailbox for a new user, as site_create_mailbox; nobody logs on with it. ecDuplicateName. */
status host_create_mailbox(struct host *h, const char *name, const struct directory_setting *settings, size_t n, struct reason *why) MUST;

/* Disconnected mailboxes whose time is over go, as with site_purge; how many those were. */
status host_purge(struct host *h, unsigned *purged, struct reason *why) MUST;

/* Mailboxes ----------------------------------------------------------------------------------------------------- */

/*
 * By ExchangeGuid; the same object for all who ask.  Errors as of site_mailbox; on PostgreSQL several servers may have it, and one that a
 * command has alone is waited for up to five seconds (ecBusy).
 */
status host_mailbox(struct host *h, const struct guid *mailbox, struct shared_mailbox **out, struct reason *why) MUST;
/*
 * Once for each host_mailbox, without holding the lock.  The handle may stay open for the next one.  NULL is fine.
 */
void host_mailbox_release(struct shared_mailbox *s);
/*
 * Closes the mailboxes that nobody here uses, so that commands and other servers can have them; to be called every minute or so.
 * In PostgreSQL that happens at once when one is released.
 */
void host_close_idle(struct host *h);
const struct guid *shared_mailbox_guid(const struct shared_mailbox *s);
struct host *shared_mailbox_host(struct shared_mailbox *s);

/*
 * The same, of one that no other server may have meanwhile: not with host_mailbox at the same time.  ecBusy: one has it, or two of this
 * server ask at once.
 */
status host_mailbox_alone(struct host *h, const struct guid *mailbox, struct shared_mailbox **out, struct reason *why) MUST;

/*
 * For the time of one operation. A transaction left open is rolled back by unlock.  Other servers on the same PostgreSQL may have it in
 * between (store/turns.h): one that is asked for it gives it away when its operation is over.
 */
struct mailbox *shared_mailbox_lock(struct shared_mailbox *s);
/* Of a locked one: ecBusy when another server did not give it away. Then nothing can be changed, and what is read may be old. */
status shared_mailbox_ready(const struct shared_mailbox *s) MUST;
/* The same for what is only to be taken apart: whoever has it. */
void shared_mailbox_hold(struct shared_mailbox *s);
void shared_mailbox_unlock(struct shared_mailbox *s);
/* Two that may be the same one; without deadlock, also between servers. */
void shared_mailbox_lock_both(struct shared_mailbox *a, struct shared_mailbox *b);
void shared_mailbox_unlock_both(struct shared_mailbox *a, struct shared_mailbox *b);
/* Of a locked one. */
struct mailbox *shared_mailbox_get(struct shared_mailbox *s);

#endif
