/* The address book endpoint ([MS-OXCMAPIHTTP] 2.2.5): a session is who calls; what is done is in server/nspi.h. */
#include "server/mapihttp.h"
#include "server/nspi.h"

/* As fillers of the response; NULL when it could not be had, and the form for failure is in the body. */
static void *call(struct mapihttp_call *c)
{
	struct nspi_caller caller = { web_book(c->web), c->user };
	struct arena *arena = http_arena(c->http);
	void *response = arena_zalloc(arena, c->type->response_body->size);
	struct reason why;
	status s = response ? nspi_call(&caller, (enum mapihttp_request)c->type->request, c->request, arena, response, &why) : ecMemory;

	if (!s)
		return response;
	mapihttp_failure(c, s);
	return NULL;
}

static bool handle_call(struct mapihttp_call *c)
{
	const void *response = call(c);

	if (response)
		mapihttp_success(c, response);
	return MAPIHTTP_ANSWER;
}

static bool handle_bind(struct mapihttp_call *c)
{
	struct context *context = NULL;
	struct guid asker = { { 0 } };
	struct bind_response *response = call(c);

	if (!response)
		return MAPIHTTP_ANSWER;
	memcpy(asker.b, &c->user, sizeof c->user);
	if (!response->error_code && context_new(web_server(c->web)->sessions, CONTEXT_ADDRESS_BOOK, c->user, &asker, UINT32_MAX, &context)) {
		mapihttp_failure(c, ecMemory);
		return MAPIHTTP_ANSWER;
	}
	if (context)
		mapihttp_made(c, context);
	mapihttp_success(c, response);
	return MAPIHTTP_ANSWER;
}

static bool handle_unbind(struct mapihttp_call *c)
{
	context_end(c->context);
	return handle_call(c);
}

#define PLAIN(request) { request, CONTEXT_REQUEST, false, handle_call }

static const struct mapihttp_operation operations[] = {
	{ MAPIHTTP_BIND, CONTEXT_REQUEST, true, handle_bind },
	{ MAPIHTTP_UNBIND, CONTEXT_REQUEST, false, handle_unbind },
	{ MAPIHTTP_PING, CONTEXT_BESIDE, false, NULL },
	PLAIN(MAPIHTTP_COMPARE_MIDS),
	PLAIN(MAPIHTTP_DN_TO_MID),
	PLAIN(MAPIHTTP_GET_MATCHES),
	PLAIN(MAPIHTTP_GET_PROP_LIST),
	PLAIN(MAPIHTTP_GET_PROPS),
	PLAIN(MAPIHTTP_GET_SPECIAL_TABLE),
	PLAIN(MAPIHTTP_GET_TEMPLATE_INFO),
	PLAIN(MAPIHTTP_MOD_LINK_ATT),
	PLAIN(MAPIHTTP_MOD_PROPS),
	PLAIN(MAPIHTTP_QUERY_COLUMNS),
	PLAIN(MAPIHTTP_QUERY_ROWS),
	PLAIN(MAPIHTTP_RESOLVE_NAMES),
	PLAIN(MAPIHTTP_RESORT_RESTRICTION),
	PLAIN(MAPIHTTP_SEEK_ENTRIES),
	PLAIN(MAPIHTTP_UPDATE_STAT),
	/* They ask nothing of the session, and as with Exchange the client goes on with the cookies that it had before them. */
	{ MAPIHTTP_GET_MAILBOX_URL, CONTEXT_BESIDE, false, handle_call },
	{ MAPIHTTP_GET_ADDRESS_BOOK_URL, CONTEXT_BESIDE, false, handle_call },
};

const struct mapihttp_head mapihttp_nspi = {
	.kind = CONTEXT_ADDRESS_BOOK,
	.path = "/mapi/nspi",
	.cookie = "MapiContext",
	.sequence_cookie = "MapiSequence",
	.operations = operations,
	.n_operations = sizeof operations / sizeof *operations,
};
