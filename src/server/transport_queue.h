/*
 * The queue of messages on their way: each is a message of the Outbox of a mailbox of the queue's own, with what is known of
 * its way in properties beside it (none of them ever leaves the queue).
 */
#ifndef SERVER_TRANSPORT_QUEUE_H
#define SERVER_TRANSPORT_QUEUE_H

#include "server/message_part.h"
#include "server/host.h"

struct transport_queue;

enum queue_state {
	QUEUE_TENTATIVE, /* the sender's mailbox may not say yet that it was sent: `sender` and `source` tell */
	QUEUE_HELD,      /* made while `parent` was delivered to `target`; it goes when that is done */
	QUEUE_READY,
};

/* A key of 16 bytes names each recipient: the GUID of a mailbox, or a digest of an address. */
struct queue_item {
	uint64_t id;         /* in the queue; of a new one: 0 */
	struct guid key;     /* of the submission */
	enum queue_state state;
	struct guid sender;  /* mailbox of the sender; zeros: sent by the server */
	uint64_t source;     /* the message there; 0: it needs nothing more */
	uint64_t parent;
	struct guid target;
	uint64_t since, due; /* FILETIME */
	uint32_t tries;
	struct bytes done;   /* keys of recipients that need nothing more */
};

/* What was read, whole. */
struct queue_message {
	struct arena arena;
	struct queue_item item;
	struct message_part *part;
	struct name_map *names;
};

/* In a mailbox of the queue, which is made when there is none: "Transport Queue", or "Transport Queue 2" when another server has that one, and so on. */
status transport_queue_open(struct host *h, struct transport_queue **out, struct reason *why) MUST;
/*
 * The next after the `*number`th (0: the first of all) that no server has any more; `own` is not among them.  *out is NULL after the last.
 */
status transport_queue_adopt(struct host *h, const struct transport_queue *own, unsigned *number, struct transport_queue **out) MUST;
void transport_queue_close(struct transport_queue *q); /* NULL is fine */

/* `from`: whose large values and names (NULL: `names` instead) the message has; that mailbox is locked. */
status queue_put(struct transport_queue *q, const struct queue_item *item, const struct message_part *part, struct mailbox *from,
		 const struct name_map *names, uint64_t *id) MUST;
/* The first after `after`, claimed until the next call; *out is 0 after the last. */
status queue_claim(struct transport_queue *q, uint64_t after, struct queue_item *out, struct arena *arena) MUST;
status queue_read(struct transport_queue *q, uint64_t id, struct queue_message *out) MUST;
void queue_message_free(struct queue_message *m);
status queue_ready(struct transport_queue *q, uint64_t id) MUST;
/* These need nothing more, and what was made for them goes. */
status queue_done(struct transport_queue *q, uint64_t id, const struct guid *keys, size_t n) MUST;
status queue_later(struct transport_queue *q, uint64_t id, uint64_t due, uint32_t tries) MUST;
status queue_remove(struct transport_queue *q, uint64_t id) MUST;
/* What was made for a delivery that has not happened. */
status queue_forget_children(struct transport_queue *q, uint64_t parent, const struct guid *target) MUST;
/* ecNotInQueue, ecUnableToAbort (server/transport.h) */
status queue_cancel(struct transport_queue *q, const struct guid *key) MUST;
status queue_count(struct transport_queue *q, uint64_t *n) MUST;

#endif
