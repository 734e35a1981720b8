/*
 * Who is to be told of what ([MS-OXCNOTIF] 3.1.4): subscriptions and tables watch a mailbox, what is committed in it is matched
 * with all of them, and waits in the queue of each session until its next Execute (notify_put).
 *
 * notify_hub_changes and notify_hub_announce are called from any thread; they take no lock but the hub's, and wake the sessions
 * they have something for (server/notify.h).  A queue holds NOTIFY_QUEUE_MAX events: of a session that does not fetch them, each
 * table is told once that it changed, and the rest of its events is gone.
 */
#ifndef SERVER_NOTIFY_HUB_H
#define SERVER_NOTIFY_HUB_H

#include "rop/rop_buffer.h"
#include "rop/rops_notification.h"
#include "server/session.h"
#include "store/mailbox.h"

#define NOTIFY_QUEUE_MAX 8192u
#define NOTIFY_CLASS_MAX 255u

struct notify_hub;
struct notify_feed; /* of a session */
struct watch;

struct notify_event {
	uint16_t type;      /* enum notification_type, one of them */
	bool message;       /* about a message, else about a folder */
	bool associated;
	bool counts;        /* a folder: what is in it, not the folder itself */
	uint64_t folder;    /* of the message; the folder itself */
	uint64_t object;    /* the message */
	uint64_t parent;    /* of a folder */
	uint64_t old_folder, old_object, old_parent; /* moved, copied */
	uint32_t message_flags;                      /* new mail */
	char message_class[NOTIFY_CLASS_MAX + 1];
};

enum watch_kind { WATCH_SUBSCRIPTION, WATCH_HIERARCHY, WATCH_CONTENTS };

struct watch_scope {
	enum watch_kind kind;
	uint16_t types;       /* of a subscription */
	bool whole_store;     /* a subscription; a search folder's or deep table: anything may change it */
	bool associated;      /* a table of such messages */
	uint64_t folder;      /* 0 with whole_store */
	uint64_t message;     /* a subscription to one message; else 0 */
};

struct notify_hub *notify_hub_new(void); /* NULL without memory */
void notify_hub_free(struct notify_hub *h); /* nobody watches any more; NULL is fine */

/* What was committed. */
void notify_hub_changes(void *hub, const struct guid *mailbox, const struct mailbox_change *changes, size_t n);
/* What commits do not tell: new mail, the end of a search. NULL is fine. */
void notify_hub_announce(struct notify_hub *h, const struct guid *mailbox, const struct notify_event *e);

/* Watches the mailbox of the object's logon until notify_unwatch, which is before the object is gone. A server without a hub: *out is NULL. */
status notify_watch(struct object *o, const struct watch_scope *scope, struct watch **out) MUST;
void notify_unwatch(struct watch *w); /* what it was not told yet is forgotten; NULL is fine */

/*
 * The next event of a session that fits nothing else yet: what is it, and whose.  False: there is none.  It stays the next one until
 * notify_feed_drop.  For the thread of the session only.
 */
bool notify_feed_next(struct session *s, struct object **whose, struct notify_event *e, bool *overflow);
void notify_feed_drop(struct session *s);
/* With the session, when its objects are gone. */
void notify_feed_free(struct notify_feed *f);

/*
 * RopNotify for what waits, as many as fit, and RopPending when there are more; no mailbox is locked.
 */
status notify_put(struct session *s, struct arena *arena, struct rop_writer *w) MUST;

#endif
