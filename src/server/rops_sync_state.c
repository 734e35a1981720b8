/* The state that a client brings along, and takes away ([MS-OXCFXICS] 3.2.5.9.1, 3.2.5.9.3). */
#include "rop/rops_ics.h"
#include "server/fast_source.h"

#include <stdlib.h>

/* What is no set of ids ([MS-OXCFXICS] 3.1.5.4.3). */
#define ecRpcFormat 0x000004B6u

static status begin(struct rop_call *c)
{
	const struct rop_synchronization_upload_state_stream_begin_request *q = c->request;
	struct sync_context *x;
	status s = sync_context_of(c->object, &x);

	if (s)
		return s;
	if (x->begun || x->uploading)
		return ecError;
	if (!sync_state_find(&x->state, q->state_property))
		return ecInvalidParam;
	buf_clear(&x->uploaded);
	x->uploading = q->state_property;
	return ecNone;
}

static status go_on(struct rop_call *c)
{
	const struct rop_synchronization_upload_state_stream_continue_request *q = c->request;
	struct sync_context *x;
	status s = sync_context_of(c->object, &x);

	if (s)
		return s;
	if (!x->uploading)
		return ecError;
	buf_add(&x->uploaded, q->stream_data.p, q->stream_data.n);
	return x->uploaded.failed ? ecTooBig : ecNone;
}

static status end(struct rop_call *c)
{
	struct sync_context *x;
	status s = sync_context_of(c->object, &x);
	uint32_t tag;

	if (s)
		return s;
	if (!x->uploading)
		return ecError;
	tag = x->uploading;
	x->uploading = 0;
	s = sync_state_set(&x->state, tag, buf_bytes(&x->uploaded), NULL);
	buf_free(&x->uploaded);
	return s == ecCorruptData ? ecRpcFormat : s;
}

/* The state alone, as a stream ------------------------------------------------------------------------------------------- */

struct state_stream {
	struct buf bytes;
	bool given;
};

static void free_stream(void *context)
{
	struct state_stream *t = context;

	buf_free(&t->bytes);
	free(t);
}

static status give(void *context, struct mailbox *m, struct fast_stream *s)
{
	struct state_stream *t = context;

	(void)m;
	s->ended = true;
	return fast_put(s, buf_bytes(&t->bytes), 4);
}

static status get_transfer_state(struct rop_call *c)
{
	struct sync_context *x;
	struct fast_source *source;
	struct state_stream *t;
	status s = sync_context_of(c->object, &x);

	if (s)
		return s;
	t = calloc(1, sizeof *t);
	if (!t)
		return ecMemory;
	buf_init(&t->bytes, 4 * SYNC_STATE_PROPERTY_MAX);
	s = sync_state_encode(&x->state, !x->contents, &t->bytes);
	if (s) {
		free_stream(t);
		return s;
	}
	s = fast_source_new(c->object, give, t, free_stream, &source);
	if (!s)
		rop_call_open(c, &source->object);
	return s;
}

const struct rop_entry rops_sync_state[] = {
	{ ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, OBJECT_FAST_SOURCE | OBJECT_COLLECTOR, begin },
	{ ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, OBJECT_FAST_SOURCE | OBJECT_COLLECTOR, go_on },
	{ ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, OBJECT_FAST_SOURCE | OBJECT_COLLECTOR, end },
	{ ROP_SYNCHRONIZATION_GET_TRANSFER_STATE, OBJECT_FAST_SOURCE | OBJECT_COLLECTOR, get_transfer_state },
	{ 0, 0, NULL },
};
