/*
 * What changed there since a state, as it comes: a stream of FastTransfer elements that is asked for piece by piece ([MS-OXCFXICS] 2.2.4.3.5,
 * 2.2.4.3.12), and a message's content likewise.
 */
#ifndef CLIENT_SYNC_STREAM_H
#define CLIENT_SYNC_STREAM_H

#include "client/remote.h"
#include "rop/fasttransfer.h"
#include "rop/rops_fasttransfer.h"
#include "rop/sync_state.h"

enum sync_stream_kind { STREAM_CONTENTS = 0x01, STREAM_HIERARCHY = 0x02 };

struct sync_stream_ask {
	enum sync_stream_kind kind;
	uint64_t folder; /* a FID, as the server says it */
	const struct sync_state *state;
	const uint32_t *left_out; /* properties that shall not come */
	size_t n_left_out;
	struct bytes restriction; /* empty: everything */
	bool partial;             /* messages that are known may come in part ([MS-OXCFXICS] 2.2.4.3.15) */
};

/* Pieces from elsewhere: the next one, which stands until the next call; empty at the end. */
typedef status sync_stream_source(void *context, struct bytes *piece, struct reason *why);

struct sync_stream {
	struct remote *remote;
	sync_stream_source *elsewhere; /* NULL: it is asked for by this stream */
	void *context;
	struct ft_lexer lexer;
	struct arena arena; /* of the lists of the element that came last */
	unsigned folder, source; /* slots */
	const void *first; /* the piece that came first, while it is not used */
	size_t next_piece; /* of those that came behind it */
	struct rop_fast_transfer_source_get_buffer_request get; /* of the piece that was asked for last */
	struct remote_batch *ahead; /* asks for the next ones, while these are used; NULL: they are the last, or there was a failure */
	unsigned empty;    /* pieces without anything, one after the other */
	bool ended;
	uint64_t bytes; /* that came */
};

/* Opens the folder, configures, brings the state, asks for the first pieces: one round trip, unless the state is large. */
status sync_stream_begin(struct sync_stream *t, struct remote *r, const struct sync_stream_ask *ask, struct reason *why) MUST;
/* The content of one message: propList, messageChildren. */
status sync_stream_message(struct sync_stream *t, struct remote *r, uint64_t folder, uint64_t message, struct reason *why) MUST;
/* What an operation on an object opens: the state of a collector. */
status sync_stream_of(struct sync_stream *t, struct remote *r, uint8_t rop, unsigned slot, void *request, struct reason *why) MUST;
/* Of pieces that somebody else asked for. */
void sync_stream_from(struct sync_stream *t, sync_stream_source *next, void *context);
/* The next element; FT_MORE at the end only. Values stand until the next call. */
status sync_stream_next(struct sync_stream *t, struct ft_event *e, struct reason *why) MUST;
/* Instead of elements, the next piece of the stream as it came, which stands until the next call; empty at the end. */
status sync_stream_piece(struct sync_stream *t, struct bytes *piece, struct reason *why) MUST;
/* Is there more than what came with the last answer? */
bool sync_stream_has_more(const struct sync_stream *t);
/* Gives back what it has at the server. */
void sync_stream_end(struct sync_stream *t);

/*
 * Adds the upload of a state to a batch; when it is large, what is in the batch is run (and must succeed) before.  The batch is still to be run.
 */
status sync_put_state(struct remote *r, struct remote_batch *b, unsigned context, const struct sync_state *state, bool hierarchy,
		      struct reason *why) MUST;
/* The operation's answer, or words for why there is none. */
status sync_expect(struct remote_batch *b, size_t i, uint8_t rop, void *body, struct reason *why) MUST;

#endif
