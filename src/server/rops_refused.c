/* Operations that servers do not implement any more, with the error that the specification has for them. */
#include "server/rop_call.h"
#include "server/server.h"

/* [MS-OXCSTOR] 3.2.5.5 */
static status get_store_state(struct rop_call *c)
{
	if (c->session->server)
		counter_add(c->session->server->counters, COUNTER_ROP_UNSUPPORTED, 1);
	return c->logon->public_store ? ecNotSupported : ecNotImplemented;
}

const struct rop_entry rops_refused[] = {
	{ ROP_GET_STORE_STATE, OBJECT_LOGON, get_store_state },
	{ 0, 0, NULL },
};
