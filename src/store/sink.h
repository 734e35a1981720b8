/*
 * A whole store goes into a mailbox.
 *
 * Folders find their place by role, then by what the source says its special folders are, then by name below the folder
 * that their parent found; what is not there is made.  A special folder that nobody has touched takes over name and
 * properties; one that somebody has keeps its own and gets what it lacks.  The sink opens transactions itself and
 * commits after so many messages or bytes, and at the end: what message_end has answered is kept once `committed` was
 * called after it.
 */
#ifndef STORE_SINK_H
#define STORE_SINK_H

#include "store/message.h"

enum sink_choice {
	SINK_TAKE,
	SINK_DUPLICATE, /* it is there: OUTCOME_DUPLICATE */
	SINK_LEAVE,     /* not wanted: OUTCOME_FILTERED */
	SINK_REPLACE,   /* it becomes the message *replaces */
};

struct sink_message {
	const struct message_info *info; /* what it will be; its id is 0, `folder` is where it goes */
	uint64_t source_id;              /* of the event */
	enum item_origin origin;
	unsigned confidence;
};

struct mailbox_sink_options {
	uint64_t folder;         /* everything goes below it; 0: the mailbox itself */
	uint64_t batch_messages; /* 0: 4000 */
	uint64_t batch_bytes;    /* 0: 64 MiB */
	bool keep_versions;      /* change keys and predecessors of the source hold (the same mailbox, restored) */
	/* Asked for every message once it is read whole; NULL: all are taken. An error stops the transfer. */
	status (*accept)(void *context, const struct sink_message *message, enum sink_choice *choice,
			 uint64_t *replaces);
	/* Told of every message, and the id it has (0: none). */
	void (*done)(void *context, const struct sink_message *message, enum item_outcome outcome, uint64_t id);
	/* Told of every folder: where the source's folder went. */
	void (*folder_found)(void *context, uint64_t source_id, uint64_t folder);
	/* After every commit: what was done so far is kept. */
	void (*committed)(void *context);
	void *context;
};

struct mailbox_sink;

/* The mailbox must not be in a transaction. It stays the caller's. */
status mailbox_sink_new(struct mailbox *m, const struct mailbox_sink_options *o, struct mailbox_sink **out,
			struct reason *why) MUST;
struct item_sink *mailbox_sink_sink(struct mailbox_sink *s);
/* What is not committed is rolled back; NULL is fine. */
void mailbox_sink_free(struct mailbox_sink *s);

#endif
