/* Downloads are fetched piece by piece ([MS-OXCFXICS] 3.2.5.8.1.1 RopFastTransferSourceGetBuffer). */
#include "server/fast_source.h"

#include "rop/rops_fasttransfer.h"
#include "server/server.h"
#include "store/sql.h"

#include <stdlib.h>

/* TransferStatus to TransferBufferSize. */
#define HEAD_SIZE 9u
#define BUFFER_MIN 64u

static void free_source(struct object *o)
{
	struct fast_source *s = (struct fast_source *)o;

	fast_stream_free(&s->stream);
	s->free(s->producer);
	if (s->sync) {
		sync_context_free(s->sync);
		free(s->sync);
	}
	free(s);
}

static const struct object_class class = { .name = "fast transfer source", .free = free_source };

status fast_source_new(struct object *parent, fast_producer *more, void *producer, void (*free_producer)(void *), struct fast_source **out)
{
	struct fast_source *s = calloc(1, sizeof *s);
	struct logon *l = parent->kind == OBJECT_LOGON ? (struct logon *)parent : parent->logon;

	if (!s) {
		free_producer(producer);
		return ecMemory;
	}
	object_init(&s->object, OBJECT_FAST_SOURCE, &class, l, parent->kind == OBJECT_LOGON ? NULL : parent);
	fast_stream_init(&s->stream, more, producer);
	s->producer = producer;
	s->free = free_producer;
	s->total = 1;
	*out = s;
	return ecNone;
}

/* Of more steps than the field has room for: the share of them. */
static void put_progress(const struct fast_source *s, struct rop_fast_transfer_source_get_buffer_response *r)
{
	uint32_t total = s->total > UINT16_MAX ? UINT16_MAX : s->total;

	r->total_step_count = (uint16_t)total;
	r->in_progress_count = (uint16_t)(s->total ? (uint64_t)s->steps * total / s->total : 0);
}

static size_t room_for(const struct rop_call *c, const struct rop_fast_transfer_source_get_buffer_request *q)
{
	size_t room = c->room > HEAD_SIZE ? c->room - HEAD_SIZE : 0;
	size_t wanted = q->buffer_size == ROP_SIZE_AUTO ? q->maximum_buffer_size : q->buffer_size;

	if (q->buffer_size == ROP_SIZE_AUTO && !wanted)
		wanted = UINT16_MAX;
	return wanted < room ? wanted : room;
}

/* Several messages, and several questions for each: they are read in one. */
static status read_stream(struct fast_source *s, struct mailbox *m, struct buf *out, size_t room, bool *done)
{
	bool reading = !sql_begin_reading(mailbox_sql(m));
	status st = fast_stream_read(&s->stream, m, out, room, done);

	if (reading)
		sql_rollback(mailbox_sql(m));
	return st;
}

static status get_buffer(struct rop_call *c)
{
	const struct rop_fast_transfer_source_get_buffer_request *q = c->request;
	struct rop_fast_transfer_source_get_buffer_response *r = c->response;
	struct fast_source *s = (struct fast_source *)c->object;
	struct buf *out = rop_call_buffer(c);
	size_t room = room_for(c, q);
	bool done = false;
	status st;

	if (!out)
		return ecMemory;
	s->stream.cut = q->buffer_size != ROP_SIZE_AUTO;
	/* 3.2.5.8.1.5: so much has to have room, whether there is as much or not. */
	if (s->stream.cut ? !q->buffer_size || q->buffer_size > room : room < BUFFER_MIN)
		return ecBufferTooSmall;
	if (s->sync)
		s->sync->begun = true;
	st = read_stream(s, logon_mailbox(c->logon), out, room, &done);
	if (st)
		return st;
	r->transfer_status = done ? TRANSFER_DONE : TRANSFER_PARTIAL;
	r->transfer_buffer = buf_bytes(out);
	put_progress(s, r);
	counter_add(c->session->server->counters, COUNTER_ICS_BYTES, (int64_t)out->n);
	return ecNone;
}

const struct rop_entry rops_fast_source[] = {
	{ ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, OBJECT_FAST_SOURCE, get_buffer },
	{ 0, 0, NULL },
};
