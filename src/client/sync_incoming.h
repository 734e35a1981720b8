/* A folder's messages on their way into the cache: what the files that fetch and apply them share (client/sync_contents.c, client/sync_fetch.c). */
#ifndef CLIENT_SYNC_INCOMING_H
#define CLIENT_SYNC_INCOMING_H

#include "client/sync_message_in.h"
#include "client/sync_partial.h"
#include "client/sync_private.h"
#include "client/sync_stream.h"

enum stage { OUTSIDE, MAPPING, HEADER, MESSAGE, DELETIONS, READ_STATES, STATE };

struct incoming {
	struct sync *sync;
	const struct sync_fetch *how;
	uint64_t folder;
	const char *name;
	enum stage stage;
	struct arena arena; /* of the message's header */
	struct bag header_bag;
	struct sync_header header;
	struct arena plan_arena;
	struct import_plan plan;
	struct message_in in;
	struct message_writer *writer;
	bool partial;       /* the message comes in part: to `part`, and not to the writer */
	struct sync_partial part;
	bool wanted;        /* the message is taken; else stepped over */
	bool conflict;      /* it goes into Conflicts first */
	bool revived;       /* it was deleted here, and changed there */
	bool is_new;
	bool read_here, was_read; /* that it is read or unread was changed here, and the server was not told yet */
	bool deferred;      /* it is to come whole */
	struct sync_refill refill;
	struct sync_fetched fetched;
	struct sync_state state, now; /* so far, and as the server says at the end */
	struct idset deleted, out_of_scope, read, unread;
	struct buf value;
	uint32_t value_tag;
	unsigned in_batch;
	uint64_t batch_bytes, flushed, batch_began, done, failures;
	struct sync_counts counts; /* of the run, when the batch began */
};

/* A transaction with what comes next, and its end: with the state that says what is here. */
status incoming_begin_batch(struct incoming *in) MUST;
status incoming_end_batch(struct incoming *in, const struct sync_state *state) MUST;
/* The next element of the stream. */
status incoming_take(struct incoming *in, const struct ft_event *e) MUST;
void incoming_drop_writer(struct incoming *in);

#endif
