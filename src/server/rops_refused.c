/* Operations that servers do not implement any more, with the error that the specification has for them. */
#include "server/rop_call.h"
#include "server/server.h"

static status not_implemented(struct rop_call *c)
{
	if (c->session->server)
		counter_add(c->session->server->counters, COUNTER_ROP_UNSUPPORTED, 1);
	return ecNotImplemented;
}

/* [MS-OXCSTOR] 3.2.5.5 */
static status get_store_state(struct rop_call *c)
{
	status s = not_implemented(c);

	return c->logon->public_store ? ecNotSupported : s;
}

/*
 * Nothing is done to a table asynchronously ([MS-OXCTABL] 2.2.2.1.4), so that there is nothing to abort and no state to
 * ask for: Exchange 2010 and later have neither operation, whatever the object (3.2.5.6, 3.2.5.7).
 */
const struct rop_entry rops_refused[] = {
	{ ROP_GET_STORE_STATE, OBJECT_LOGON, get_store_state },
	{ ROP_ABORT, OBJECT_ANY, not_implemented },
	{ ROP_GET_STATUS, OBJECT_ANY, not_implemented },
	{ 0, 0, NULL },
};
