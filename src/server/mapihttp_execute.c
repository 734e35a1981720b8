/* Execute ([MS-OXCMAPIHTTP] 2.2.4.2, [MS-OXCRPC] 3.1.4.2): remote operations in extended buffers. */
#include "server/mapihttp_emsmdb.h"

#include "rop/rpc_header.h"
#include "server/events.h"
#include "server/rop_call.h"
#include "server/rop_chain.h"

/* Shorter payloads are not worth being compressed. */
#define COMPRESS_LEAST 256u

static void answer(struct mapihttp_call *c, status error, struct bytes rops)
{
	struct execute_response r = { .status_code = 0, .error_code = error, .rops = rops };

	mapihttp_success(c, &r);
}

static uint16_t flags_of(const struct execute_request *q, size_t n)
{
	return q->flags & MAPIHTTP_EXECUTE_NO_COMPRESSION || n < COMPRESS_LEAST ? 0 : RPC_HEADER_COMPRESSED;
}

/* One payload, marked as the last. */
static status execute_one(struct mapihttp_call *c, const struct execute_request *q, struct bytes rops, struct buf *out, struct rop_next *next,
			  struct reason *why)
{
	size_t left = q->max_rops > out->n + RPC_HEADER_SIZE ? q->max_rops - out->n - RPC_HEADER_SIZE : 0;
	size_t at = rpc_payload_begin(out), start = out->n;
	status s = rop_execute_next(c->context->session, rops, left < RPC_PAYLOAD_MAX ? left : RPC_PAYLOAD_MAX, out, next, why);

	if (s) {
		buf_truncate(out, at);
		return s;
	}
	return rpc_payload_end(out, at, flags_of(q, out->n - start) | RPC_HEADER_LAST);
}

/* What fails of what nobody asked for has not happened: the client will ask. */
static void execute_more(struct mapihttp_call *c, const struct execute_request *q, size_t at, struct rop_next *next, struct buf *out)
{
	struct rop_next now = { .rops = BUF_MAX(RPC_PAYLOAD_MAX) };

	for (unsigned n = 1; n < RPC_PAYLOADS_MAX && next->rops.n && q->max_rops - out->n >= rop_chain_least(next->id); n++) {
		size_t before = at;

		buf_clear(&now.rops);
		buf_add(&now.rops, next->rops.p, next->rops.n);
		buf_clear(&next->rops);
		at = out->n;
		if (execute_one(c, q, buf_bytes(&now.rops), out, next, NULL))
			break;
		rpc_payload_continue(out, before);
	}
	buf_free(&now.rops);
}

static status execute(struct mapihttp_call *c, const struct execute_request *q, struct buf *out, struct reason *why)
{
	struct rop_next next = { .rops = BUF_MAX(RPC_PAYLOAD_MAX) };
	bool chain = q->flags & MAPIHTTP_EXECUTE_CHAIN;
	struct rpc_payloads in;

	if (rpc_payloads_read(q->rops, RPC_PAYLOADS_MAX, http_arena(c->http), &in, why))
		return ecRpcFormat;
	if (in.n != 1)
		return reason_set(why, ecRpcFormat, "several buffers in one request, which was not offered");
	status s = execute_one(c, q, in.v[0].bytes, out, chain ? &next : NULL, why);
	if (!s && chain)
		execute_more(c, q, 0, &next, out);
	buf_free(&next.rops);
	return s;
}

bool mapihttp_execute(struct mapihttp_call *c)
{
	const struct execute_request *q = c->request;
	struct server *server = web_server(c->web);
	CLEANUP_BUF struct buf out = BUF_MAX(MAPIHTTP_ROPS_MAX + RPC_HEADER_SIZE);
	struct reason why = { "" };
	struct bytes ignored;
	status s = mapihttp_auxiliary(q->aux, http_arena(c->http), &ignored, &why);

	/* Larger answers are of servers that say so in AUX_SERVER_CAPABILITIES, which this one does not send. */
	if (!s && (q->rops.n > MAPIHTTP_ROPS_MAX || q->max_rops > MAPIHTTP_ROPS_MAX))
		s = RPC_X_BAD_STUB_DATA;
	/* More than one payload, compressed or not, is what no client may send: several in a request are not offered. */
	if (!s && (q->rops.n < RPC_HEADER_SIZE || q->rops.n > RPC_HEADER_SIZE + RPC_PAYLOAD_MAX || q->max_rops < RPC_HEADER_SIZE))
		s = ecRpcFailed;
	if (s) {
		answer(c, s, bytes_of(NULL, 0));
		return MAPIHTTP_ANSWER;
	}
	/* A chain is as long as there is room: it does not grow step by step. */
	if (q->flags & MAPIHTTP_EXECUTE_CHAIN)
		(void)buf_reserve(&out, q->max_rops);
	counter_add(server->counters, COUNTER_RPC_REQUESTS, 1);
	s = execute(c, q, &out, &why);
	counter_add(server->counters, COUNTER_RPC_REQUESTS, -1);
	answer(c, s, s ? bytes_of(NULL, 0) : buf_bytes(&out));
	return MAPIHTTP_ANSWER;
}
