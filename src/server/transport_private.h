/* Inside the transport: what its parts share. */
#ifndef SERVER_TRANSPORT_PRIVATE_H
#define SERVER_TRANSPORT_PRIVATE_H

#include "server/transport.h"
#include "server/transport_person.h"
#include "server/transport_queue.h"
#include "store/permission.h"

#include <pthread.h>

struct transport {
	struct server *server;
	struct transport *of;    /* that works this queue off beside its own; NULL: it is that one */
	struct transport_queue *queue;
	uint64_t hold;           /* FILETIME units */
	pthread_mutex_t running; /* one delivery at a time */
	uint64_t out_again;      /* before then the smart host is not tried: it did not answer; with `running` */
	pthread_mutex_t lock;    /* of what follows */
	pthread_cond_t wake;
	pthread_t thread;
	bool threaded, stop, poked;
};

#define FILETIME_MILLISECOND 10000u
#define TRANSPORT_WORK ((size_t)64 << 20)

uint64_t transport_now(const struct transport *t);
status transport_random(struct guid *out) MUST;
/* What waits in the queues of servers that are gone, as transport_run. */
status transport_run_abandoned(struct transport *t) MUST;
/* There is something in the queue. */
void transport_poke(struct transport *t);

/* One recipient, resolved. */
enum target_kind { TARGET_LOCAL, TARGET_FOLDER, TARGET_OUTSIDE, TARGET_UNKNOWN, TARGET_REFUSED };
/* Why a group or a public folder does not take a message (TARGET_REFUSED). */
enum target_refusal { NOT_REFUSED, REFUSED_NOT_LOGGED_ON, REFUSED_SENDER, REFUSED_SIZE };

struct target {
	enum target_kind kind;
	struct guid key;       /* the mailbox; of a public folder its object in the directory; a digest of the address */
	uint32_t row;          /* of the recipient that led to it */
	uint32_t type;         /* PidTagRecipientType of that one: 1 to, 2 cc, 3 bcc */
	bool by_name;          /* named itself, not as a member of a group, or by a mailbox that forwards */
	bool passed_on;        /* its mailbox forwards, and keeps nothing */
	bool passing;          /* while it is found out to whom */
	struct guid passed_to; /* the key of that one; of a group: zero */
	uint64_t to_group;
	enum target_refusal refusal;
	bool folder;           /* TARGET_REFUSED: by a public folder, not by a group */
	struct person person;  /* TARGET_LOCAL; TARGET_FOLDER: the folder by its names, with the limits of the store */
	struct guid store;     /* TARGET_FOLDER: the public folder store, */
	const char *entryid;   /* which folder of it (store/public_mail.h), */
	struct principal sender; /* and who must have the right to create items there */
	const char *address;   /* the others */
	const char *name;
};

#define TARGETS_MAX 100000u

/* transport_resolve.c: groups are expanded, nobody is there twice.  In `arena`. */
status transport_resolve(struct transport *t, const struct message_part *part, struct arena *arena, struct target **out, size_t *n) MUST;

/* transport_limits.c: what groups and public folders want to know of who sends. */
struct transport_sender {
	struct person person; /* in whose name; id 0: nobody of the directory. Of a group that sends, the id alone */
	bool logged_on;       /* it was sent from a mailbox here */
	bool is_report;       /* of the system, which nobody refuses */
	uint64_t size;
};
status transport_sender_read(struct directory *d, const struct message_part *part, struct arena *arena, struct transport_sender *out) MUST;
/* `to`: a group or a public folder. */
status transport_refuses(struct directory *d, const struct directory_object *to, const struct transport_sender *from, enum target_refusal *out) MUST;

/* What rules and failures make: to be sent when the delivery is done. */
struct outgoing {
	struct outgoing *next;
	struct message_part *part;
	bool target_names; /* its named properties are those of the mailbox that it was made in */
};

/*
 * Mailboxes whose rules sent the message on already, so that it does not go in circles: GUIDs.  On its way only, like the
 * queue's own properties (server/transport_queue.c).
 */
#define TRANSPORT_VISITED 0x67EA0102u

/* transport_deliver.c */
struct delivery {
	struct transport *t;
	const struct queue_message *message;
	const struct target *target;
	struct mailbox *m;       /* of the recipient, locked, in a transaction */
	struct arena *arena;
	uint64_t folder, id;     /* where the message is, and which; id 0: it is gone */
	struct outgoing *made;
	bool bounced;            /* refused after all, and gone */
	uint32_t bounce_code;    /* [MS-OXORULE] 2.2.5.1.2.5 */
	bool oof;                /* PidTagOutOfOfficeState */
};
/* ecQuotaExceeded, ecNotFound...: it cannot be; others: later.  What was made is in the queue, held. */
status transport_deliver(struct transport *t, const struct queue_message *message, const struct target *to) MUST;
/* Takes over the part. */
status delivery_send(struct delivery *d, struct message_part *part, bool target_names) MUST;
/* A new message of the mailbox, as the writer takes it. */
status transport_write(struct mailbox *m, uint64_t folder, bool associated, const struct message_part *part, const struct name_map *names, uint64_t *id) MUST;

/* transport_rules.c: the rules of d->folder, for the message d->id. */
status transport_rules(struct delivery *d) MUST;

/* transport_report.c: a report of what could not be delivered, to the sender of `of`; ecNotFound: nobody would get it. */
struct failure {
	const struct target *target;
	status code;
	const char *text;
};
status transport_report(struct transport *t, const struct message_part *of, const struct failure *f, size_t n, struct message_part **out) MUST;
status transport_receipt(struct logon *l, uint64_t folder, uint64_t message) MUST;
/* Nothing answers what answers: reports, and what says that it was sent by a program. */
bool transport_is_automatic(const struct message_part *p);

/* A new message part with what every message has. */
status transport_part_new(struct transport *t, const char *class_name, const char *subject, struct message_part **out) MUST;
/* A recipient like another one. */
status transport_add_recipient(struct message_part *p, uint32_t type, const struct property_set *from, const struct person_tags *was) MUST;

#endif
