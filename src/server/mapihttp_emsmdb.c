/* The mailbox endpoint: which operations there are. */
#include "server/mapihttp_emsmdb.h"

#include "rop/rpc_header.h"
#include "server/notify.h"

static const struct mapihttp_operation operations[] = {
	{ MAPIHTTP_CONNECT, CONTEXT_REQUEST, true, mapihttp_connect },
	{ MAPIHTTP_EXECUTE, CONTEXT_REQUEST, false, mapihttp_execute },
	{ MAPIHTTP_DISCONNECT, CONTEXT_REQUEST, false, mapihttp_disconnect },
	{ MAPIHTTP_NOTIFICATION_WAIT, CONTEXT_BESIDE, false, mapihttp_wait },
	{ MAPIHTTP_PING, CONTEXT_BESIDE, false, NULL },
};

const struct mapihttp_head mapihttp_emsmdb = {
	.kind = CONTEXT_MAILBOX,
	.path = "/mapi/emsmdb",
	.cookie = "MapiContext",
	.sequence_cookie = "MapiSequence",
	.operations = operations,
	.n_operations = sizeof operations / sizeof *operations,
};

status mapihttp_auxiliary(struct bytes aux, struct arena *arena, struct bytes *blocks, struct reason *why)
{
	struct rpc_payloads payloads;

	if (!aux.n) {
		*blocks = bytes_of(NULL, 0);
		return ecNone;
	}
	if (aux.n > MAPIHTTP_AUX_MAX)
		return reason_set(why, RPC_X_BAD_STUB_DATA, "the auxiliary buffer is longer than 0x1008 bytes");
	if (aux.n < RPC_HEADER_SIZE)
		return reason_set(why, ecRpcFailed, "the auxiliary buffer is shorter than its header");
	if (rpc_payloads_read(aux, 1, arena, &payloads, why) || payloads.n != 1)
		return ecRpcFormat;
	*blocks = payloads.v[0].bytes;
	return ecNone;
}

bool mapihttp_disconnect(struct mapihttp_call *c)
{
	struct disconnect_response response = { .status_code = 0 };

	context_end(c->context);
	notify_interrupt(c->context->session);
	mapihttp_success(c, &response);
	return MAPIHTTP_ANSWER;
}
