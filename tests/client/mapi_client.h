/*
 * A client of MAPI over HTTP ([MS-OXCMAPIHTTP]) and of remote operations, for tests from outside: it stands on `rop`, and knows nothing of the server.
 *
 *     struct mapi_client c;
 *     mapi_client_init(&c, &account);
 *     mapi_client_connect(&c)                      Connect: 0, or what it was refused with
 *     mapi_client_logon(&c, 0)                     RopLogon: its handle is c.handles[0]
 *     mapi_client_rop(&c, ROP_OPEN_FOLDER, 0, &request, &answer)
 *     mapi_client_disconnect(&c); mapi_client_free(&c);
 *
 * What was decoded is in c.arena, until mapi_client_forget.  Functions return 0 or: what the server said (an error code of Connect, of a logon, of an
 * operation); ecNetwork, ecTimeout, ecCorruptData when it said nothing or nonsense; c.why says it in words.  The numbers that the server gave are in
 * http_code, response_code, status_code, error_code.
 */
#ifndef TESTS_CLIENT_MAPI_CLIENT_H
#define TESTS_CLIENT_MAPI_CLIENT_H

#include "link.h"

#include "rop/aux.h"
#include "rop/mapihttp.h"
#include "rop/rop_buffer.h"
#include "rop/rops_common.h"
#include "rop/rops_logon.h"
#include "rop/rops_notification.h"

#define MAPI_CLIENT_HANDLES 64u
#define MAPI_CLIENT_SILENT (-1) /* a mode: nothing is said of it */

struct mapi_account {
	struct link_place place;
	const char *user, *password;
	const char *dn;          /* "/o=.../cn=alice": whose mailbox */
	int mode;                /* enum aux_client_mode, or MAPI_CLIENT_SILENT */
	const char *application; /* "Outlook/16.0.5000.1000" */
	uint32_t flags;          /* of Connect */
};

struct mapi_client {
	const struct mapi_account *account;
	struct arena arena;
	struct reason why;
	struct link link, wait_link; /* for requests; for NotificationWait beside them */
	bool one_link;               /* NotificationWait goes over `link` too, and nothing can be asked beside it */
	char cookies[512];
	unsigned counter;
	struct http_answer answer;
	unsigned http_code, response_code;
	uint32_t status_code, error_code;
	uint32_t execute_flags; /* enum mapihttp_execute_flag */
	uint32_t max_rops;      /* room for the answer of Execute */

	/* The objects, and the columns of those that are tables, as the last RopSetColumns said. */
	uint32_t handles[MAPI_CLIENT_HANDLES];
	struct rop_columns columns[MAPI_CLIENT_HANDLES];
	uint8_t logon_id;
	struct rop_context context;
	struct rop_logon_response logon; /* the last one */
	/* Of all RopNotify so far. */
	unsigned notified;
	struct rop_notify_response last_notify;
	bool pending; /* RopPending was there */
	/* Of the last Execute: all answers, also those that nobody asked for. */
	struct rop_output *outputs;
	size_t n_outputs;
};

void mapi_client_init(struct mapi_client *c, const struct mapi_account *account);
void mapi_client_free(struct mapi_client *c); /* without Disconnect */
void mapi_client_forget(struct mapi_client *c);

/* One request of any type of an endpoint ("/mapi/emsmdb", "/mapi/nspi"); *response is of the type's form for success. */
status mapi_client_ask(struct mapi_client *c, const char *endpoint, enum mapihttp_request type, const void *request, void **response) MUST;
status mapi_client_connect(struct mapi_client *c) MUST;
status mapi_client_disconnect(struct mapi_client *c) MUST;
/* Of the mailbox of account->dn; `index` is where its handle goes. */
status mapi_client_logon(struct mapi_client *c, uint8_t index) MUST;
status mapi_client_logon_as(struct mapi_client *c, uint8_t index, const char *dn, uint32_t open_flags) MUST;

/*
 * Operations in one buffer.  Of each only id, input_handle_index, response_handle_index and body are needed.  ecNone: there are answers (which may be
 * failures), in *out, decoded from the first payload; c->outputs has those of all.
 */
status mapi_client_execute(struct mapi_client *c, struct rop_request *requests, size_t n, struct rop_output **out) MUST;
/* The same in two steps, so that many clients can have one under way; the requests must stand until the end. */
status mapi_client_execute_begin(struct mapi_client *c, struct rop_request *requests, size_t n) MUST;
status mapi_client_execute_end(struct mapi_client *c, struct rop_request *requests, size_t n, struct rop_output **out) MUST;
/* One operation on c->handles[index]: its ReturnValue; *body (may be NULL) is its response when that is 0. */
status mapi_client_rop(struct mapi_client *c, uint8_t id, uint8_t index, void *request, void *body) MUST;
/* The same whatever the ReturnValue is, and the response as it was, in the arena. */
status mapi_client_rop_raw(struct mapi_client *c, uint8_t id, uint8_t index, void *request, struct rop_response *out) MUST;

/* NotificationWait over a connection of its own: it begins, and ends, perhaps much later, with whether there is an event. */
status mapi_client_wait_begin(struct mapi_client *c) MUST;
status mapi_client_wait_end(struct mapi_client *c, bool *event) MUST;

/* UTF-16LE in the arena. */
struct bytes mapi_client_text(struct mapi_client *c, const char *utf8);
/* A message's or attachment's properties in one RopSetProperties; the number of problems is an error too (ecWarnWithErrors). */
status mapi_client_set(struct mapi_client *c, uint8_t index, const struct bag *values) MUST;
/* Some properties of an object, by RopGetPropertiesSpecific: values[i] of tags[i], as property_row_pull gives them. */
status mapi_client_get(struct mapi_client *c, uint8_t index, const uint32_t *tags, size_t n, struct prop **values) MUST;

#endif
