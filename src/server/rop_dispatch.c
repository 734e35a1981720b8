/* One ROP buffer: its requests in order, each handed to its handler, the answers in one buffer ([MS-OXCROPS] 3.2.5). */
#include "server/rop_call.h"

#include "rop/rop_buffer.h"
#include "server/notify_hub.h"
#include "server/rop_chain.h"
#include "server/server.h"

#define ecInvalidObject 0x80040108u /* [MS-OXCROPS] 3.2.5.4: a handle that was released */

/* Decoded requests and all that the handlers of one buffer allocate. */
#define BUFFER_MEMORY_MOST ((size_t)64 << 20)
/* RopId, handle index, ReturnValue, and what most answers have beside that. */
#define ANSWER_HEAD 6u
#define ANSWER_LEAST 32u
/* Of RopLogon. */
#define ANSWER_LOGON 192u
/* What a client is asked to have room for when nobody knows how much it takes. */
#define SIZE_NEEDED_USUAL 0x8000u

static const struct rop_entry *const groups[] = {
	rops_message, rops_recipient, rops_attachment, rops_property, rops_name, rops_stream, rops_copy,
	rops_logon, rops_store, rops_receive, rops_public, rops_refused,
	rops_folder, rops_permission,
	rops_table, rops_category, rops_search, rops_rule,
	rops_notification, rops_transport,
	rops_fast_copy, rops_fast_destination, rops_sync_message, rops_fast_source, rops_sync_download, rops_sync_state, rops_sync_upload, rops_replica,
};

static const struct rop_entry *entry_of(uint8_t id)
{
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct rop_entry *e = groups[g]; e->handle; e++)
			if (e->id == id)
				return e;
	return NULL;
}

/* Handles ------------------------------------------------------------------------------------------------------------ */

void rop_call_open(struct rop_call *c, struct object *o)
{
	c->made = o;
}

static status object_at(const struct session *s, const uint32_t *handles, size_t n_handles, uint8_t index, struct object **out)
{
	if (index >= n_handles)
		return ecNullObject;
	*out = object_table_find(&s->objects, handles[index]);
	if (*out)
		return ecNone;
	return object_table_had(&s->objects, handles[index]) ? ecInvalidObject : ecNullObject;
}

status rop_call_refused(struct rop_call *c, status s, size_t size, size_t partial)
{
	uint8_t *body;

	if (s != ecAccessDenied)
		return s;
	body = arena_zalloc(c->arena, size);
	if (!body)
		return ecMemory;
	body[partial] = 1;
	c->answer->body = body;
	return s;
}

status rop_call_other(struct rop_call *c, uint8_t handle_index, unsigned objects, struct object **out)
{
	struct object *o = NULL;
	status s = object_at(c->session, c->handles, c->n_handles, handle_index, &o);

	if (s)
		return s;
	if (!(o->kind & objects))
		return ecNotSupported;
	*out = o;
	return ecNone;
}

static struct logon *logon_of(struct object *o)
{
	return !o ? NULL : o->kind == OBJECT_LOGON ? (struct logon *)o : o->logon;
}

/* One call ------------------------------------------------------------------------------------------------------------ */

struct execution {
	struct session *session;
	struct arena *arena;
	struct rop_input input;
	struct rop_writer writer;
	struct rop_next *next; /* what the last operation leaves to be done; NULL: nobody wants to know */
	struct reason *why;
};

/* A bookmark goes with its table, whose handle is none then ([MS-OXCTABL] 2.2.2.15, 3.2.5.15). */
static bool uses_bookmark(uint8_t id)
{
	return id == ROP_SEEK_ROW_BOOKMARK || id == ROP_FREE_BOOKMARK;
}

/* The input object, and what the operation may be asked of. */
static status resolve(struct execution *x, const struct rop_entry *e, struct rop_call *c)
{
	uint8_t output = 0;
	status s;

	if (e->objects) {
		s = object_at(x->session, x->input.handles, x->input.n_handles, c->asked->input_handle_index, &c->object);
		if (s == ecInvalidObject && uses_bookmark(c->asked->id))
			s = ecNullObject;
		if (s)
			return s;
		c->logon = logon_of(c->object);
		/* A handle is good with the LogonId it was made under only ([MS-OXCROPS] 3.2.5.4). */
		if (!c->logon || c->logon->id != c->asked->logon_id)
			return ecAccessDenied;
		if (!(c->object->kind & e->objects))
			return ecNotSupported;
	}
	return rop_request_output(c->asked, &output) && output >= x->input.n_handles ? ecNullObject : ecNone;
}

/* The logons whose mailboxes the operation works on: its own, and that of its destination, which may be the same. NULL: none. */
static void logons_at_work(struct execution *x, const struct rop_call *c, struct logon *logons[static 2])
{
	struct object *other = NULL;
	uint8_t index;

	logons[0] = c->logon && c->logon->store ? c->logon : NULL;
	logons[1] = logons[0];
	if (logons[0] && rop_request_dest(c->asked, &index) && !object_at(x->session, x->input.handles, x->input.n_handles, index, &other)) {
		struct logon *l = logon_of(other);

		if (l && l->store)
			logons[1] = l;
	}
}

/* The new object gets its handle, where the client wants it. */
static status hand_over(struct execution *x, struct rop_call *c)
{
	uint8_t output = 0;
	struct object *o = c->made;

	c->made = NULL;
	if (!o)
		return ecNone;
	if (!rop_request_output(c->asked, &output) || output >= x->input.n_handles) {
		object_unref(o);
		return ecNullObject;
	}
	return object_table_add(&x->session->objects, o, &x->input.handles[output]);
}

/* Another server may have it and not give it away: the client is to come again. */
static status ready(struct logon *const logons[static 2])
{
	status s = shared_mailbox_ready(logons[0]->store);

	if (!s)
		s = shared_mailbox_ready(logons[1]->store);
	return s == ecBusy ? ecServerBusy : s;
}

static status run(struct execution *x, const struct rop_entry *e, struct rop_call *c)
{
	struct logon *logons[2];
	struct shared_mailbox *stores[2] = { NULL, NULL };
	status s = ecNone;

	logons_at_work(x, c, logons);
	if (logons[0]) {
		stores[0] = logons[0]->store;
		stores[1] = logons[1]->store;
		shared_mailbox_lock_both(stores[0], stores[1]);
		/* Of a store that is both its own and its destination, the own logon looks. */
		logon_look(logons[1]);
		logon_look(logons[0]);
		s = ready(logons);
	}
	if (!s)
		s = e->handle(c);
	if (!s)
		s = hand_over(x, c);
	else
		object_unref(c->made);
	if (stores[0])
		shared_mailbox_unlock_both(stores[0], stores[1]);
	return s;
}

static status make_response(struct rop_call *c)
{
	const struct wire_type *t = c->asked->info->response;

	if (!t)
		return ecNone;
	c->response = arena_zalloc(c->arena, t->size);
	c->answer->body = c->response;
	return c->response ? ecNone : ecMemory;
}

static struct counters *counters_of(const struct session *s)
{
	return s->server ? s->server->counters : NULL;
}

/* The answer to one request. ecBufferTooSmall: it was not executed, for there is no room for what it would say. */
static status answer(struct execution *x, uint32_t i, struct rop_response *out)
{
	struct rop_request *asked = &x->input.requests[i];
	const struct rop_entry *e = entry_of(asked->id);
	size_t room = rop_writer_room(&x->writer);
	struct rop_call c = { .session = x->session,
			      .arena = x->arena,
			      .asked = asked,
			      .request = asked->body,
			      .room = room > ANSWER_HEAD ? room - ANSWER_HEAD : 0,
			      .last = i + 1 == x->input.n_requests,
			      .answer = out,
			      .handles = x->input.handles,
			      .n_handles = x->input.n_handles };
	uint8_t output;
	status s;

	rop_response_begin(asked, out);
	if (!e)
		counter_add(counters_of(x->session), COUNTER_ROP_UNSUPPORTED, 1);
	s = e ? resolve(x, e, &c) : ecNotSupported;
	if (!s)
		s = make_response(&c);
	if (!s)
		s = run(x, e, &c);
	if (s == ecBufferTooSmall)
		return s;
	if (s) {
		/* A failing form that is not all zeros is the handler's. */
		void *body = out->body == c.response ? NULL : out->body;

		rop_response_fail(asked, s, out);
		out->body = body ? body : out->body;
		if (rop_request_output(asked, &output) && output < x->input.n_handles)
			x->input.handles[output] = HANDLE_NONE;
	}
	return ecNone;
}

/* The buffer ------------------------------------------------------------------------------------------------------------ */

static struct bytes rest_from(const struct rop_input *in, uint32_t i)
{
	const struct bytes *first = &in->requests[i].raw, *last = &in->requests[in->n_requests - 1].raw;

	return bytes_of(first->p, (size_t)(last->p + last->n - first->p));
}

/* [MS-OXCROPS] 3.2.4.3: what was not executed goes back; when that is all there was, the client cannot help it. */
static status too_small(struct execution *x, uint32_t i, size_t needed)
{
	if (i == 0 && x->input.n_requests == 1)
		return reason_set(x->why, ecBufferTooSmall, "the answer has no room in the buffer that the client gave");
	return rop_writer_too_small(&x->writer, needed, rest_from(&x->input, i));
}

static size_t least_room(uint8_t id)
{
	return id == ROP_LOGON ? ANSWER_LOGON : ANSWER_LEAST;
}

/* False: this was the last one. */
static status step(struct execution *x, uint32_t i, bool *more)
{
	struct rop_response r;
	status s;

	*more = true;
	if (x->input.requests[i].id == ROP_RELEASE) {
		uint8_t index = x->input.requests[i].input_handle_index;

		if (index < x->input.n_handles)
			object_table_release(&x->session->objects, x->input.handles[index]);
		return ecNone;
	}
	*more = false;
	if (rop_writer_room(&x->writer) < least_room(x->input.requests[i].id))
		return too_small(x, i, SIZE_NEEDED_USUAL);
	s = answer(x, i, &r);
	if (s)
		return too_small(x, i, SIZE_NEEDED_USUAL);
	s = rop_writer_put(&x->writer, &r, x->why);
	if (s == ecTooBig)
		return too_small(x, i, SIZE_NEEDED_USUAL);
	if (s) {
		/* What a handler said cannot be expressed. */
		rop_response_fail(&x->input.requests[i], s, &r);
		s = rop_writer_put(&x->writer, &r, x->why);
	}
	*more = !s;
	if (!s && x->next && i + 1 == x->input.n_requests && rop_chain(&x->input.requests[i], &r, &x->next->rops))
		x->next->id = r.id;
	return s;
}

/* What goes on is a buffer like any other, with the handles as they are now. */
static status wrap_next(struct execution *x)
{
	struct buf *b = &x->next->rops;
	size_t n = b->n;

	if (!n)
		return ecNone;
	if (!buf_extend(b, 2))
		return ecTooBig;
	memmove(b->p + 2, b->p, n);
	put_le16(b->p, (uint16_t)(n + 2));
	for (uint32_t i = 0; i < x->input.n_handles; i++)
		buf_add_u32(b, x->input.handles[i]);
	return buf_status(b);
}

static void logons_of(const struct session *s, struct rop_context *out)
{
	for (unsigned i = 0; i < ROP_LOGONS; i++)
		rop_context_set_public(out, (uint8_t)i, session_logon(s, (uint8_t)i) && session_logon(s, (uint8_t)i)->public_store);
}

static status execute_all(struct execution *x)
{
	bool more = true;
	status s = ecNone;

	for (uint32_t i = 0; i < x->input.n_requests && more && !s; i++)
		s = step(x, i, &more);
	if (s)
		return s;
	/* What nobody asked for comes last. */
	if (more)
		s = notify_put(x->session, x->arena, &x->writer);
	return s ? s : rop_writer_end(&x->writer, x->input.handles);
}

status rop_execute(struct session *s, struct bytes ropsbuffer, size_t most, struct buf *out, struct reason *why)
{
	return rop_execute_next(s, ropsbuffer, most, out, NULL, why);
}

status rop_execute_next(struct session *s, struct bytes ropsbuffer, size_t most, struct buf *out, struct rop_next *next, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BUFFER_MEMORY_MOST);
	const struct clock *clock = host_clock(s->host);
	uint64_t since = clock->monotonic(clock);
	struct execution x = { .session = s, .arena = &arena, .next = next, .why = why };
	struct rop_context context = { .user = NULL };
	size_t start = out->n;
	status st;

	logons_of(s, &context);
	st = rop_input_decode(ropsbuffer, &context, &arena, &x.input, why);
	if (!st)
		st = rop_writer_begin(&x.writer, out, most, x.input.n_handles);
	if (st)
		return st;
	st = execute_all(&x);
	if (!st && next)
		st = wrap_next(&x);
	if (st)
		buf_truncate(out, start);
	counter_add(counters_of(s), COUNTER_RPC_OPERATIONS, x.input.n_requests);
	counter_add(counters_of(s), COUNTER_ROP_MICROSECONDS, (int64_t)((clock->monotonic(clock) - since) / 1000));
	return st;
}
