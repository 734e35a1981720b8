/*
 * A FastTransfer stream on its way to a client: what is asked for next is made when the buffer before it is used up, and is cut
 * only where the format allows it ([MS-OXCFXICS] 2.2.4.1): between two elements, or within a value of variable size.
 *
 * The mailbox of the object's logon is locked while it is read.
 */
#ifndef SERVER_FAST_STREAM_H
#define SERVER_FAST_STREAM_H

#include "rop/fasttransfer.h"
#include "store/message_tokens.h"

struct fast_stream;

/* Puts the next part of the stream, or sets `ended`. */
typedef status fast_producer(void *context, struct mailbox *m, struct fast_stream *s);

struct fast_segment {
	struct bytes bytes;
	size_t firm;
	bool is_large; /* the value is in the store; bytes is empty */
	struct message_large large;
};

struct fast_stream {
	struct arena arena; /* of what waits; forgotten when all of it is gone */
	struct fast_segment *v;
	size_t n, cap;
	size_t at;          /* the segment that is given out, */
	uint64_t offset;    /* from here on */
	fast_producer *more;
	void *context;
	bool ended;
	bool cut;           /* the client always asks for so little: what does not fit is cut, wherever that is */
	status failed;
	uint64_t given;     /* bytes */
};

void fast_stream_init(struct fast_stream *s, fast_producer *more, void *context);
void fast_stream_free(struct fast_stream *s);

/*
 * Appends at most `room` bytes, as many as there are but for what cannot be cut.  *done: that was the end.  Failures stick.
 * ecBufferTooSmall: nothing fits into so little room.
 */
status fast_stream_read(struct fast_stream *s, struct mailbox *m, struct buf *out, size_t room, bool *done) MUST;

/* For producers. Bytes must stand in s->arena, or as long as the stream. */
status fast_put(struct fast_stream *s, struct bytes bytes, size_t firm) MUST;
status fast_put_large(struct fast_stream *s, const struct message_large *large) MUST;
status fast_put_marker(struct fast_stream *s, uint32_t marker) MUST;
/* A property that is at hand; `names` of ids from 0x8000. What the stream has no words for is left out. */
status fast_put_prop(struct fast_stream *s, const struct prop *p, const struct name_map *names) MUST;
status fast_put_u32(struct fast_stream *s, uint32_t tag, uint32_t v) MUST;
status fast_put_u64(struct fast_stream *s, uint32_t tag, uint64_t v) MUST;
status fast_put_bool(struct fast_stream *s, uint32_t tag, bool v) MUST;
status fast_put_bytes(struct fast_stream *s, uint32_t tag, struct bytes v) MUST;
status fast_put_text(struct fast_stream *s, uint32_t tag, const char *utf8) MUST;

#endif
