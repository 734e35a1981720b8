/*
 * MAPI over HTTP ([MS-OXCMAPIHTTP]): what both endpoints have in common.  Headers and cookies of a request, its context, the answer that begins at once and
 * says PENDING until it is DONE.  An endpoint is a table of handlers, one for each request type.
 *
 * What is wrong with a request is found in this order, and the first thing found is answered: who it is (HTTP 401), the method (2), X-RequestType missing (7) or
 * not of this endpoint (5), other required headers missing (7), their form (4), the size (9), the cookies (13, 6, 10, 15), the body (12).
 */
#ifndef SERVER_MAPIHTTP_H
#define SERVER_MAPIHTTP_H

#include "rop/mapihttp.h"
#include "server/http.h"
#include "server/keepalive.h"

/* Longer bodies are answered with 9 (Too Large). */
#define MAPIHTTP_BODY_MOST ((size_t)2 << 20)
/* "Exchange/15.xx.xxxx.xxx" is what the header must look like (2.2.3.3.7). */
#define MAPIHTTP_SERVER_APPLICATION "Exchange/15.20.0001.000"

struct mapihttp_call;

/* What a handler left behind: `body` is the response, or `late` says why there is none; or mapihttp_finish will be called, by anybody, once. */
#define MAPIHTTP_ANSWER true
#define MAPIHTTP_LATER false
typedef bool mapihttp_handler(struct mapihttp_call *c);

/* One request under way. */
struct mapihttp_call {
	struct http_request *http;
	struct web *web;
	const struct mapihttp_head *head;
	const struct mapihttp_type *type;
	uint64_t user;            /* who authenticated */
	struct context *context;  /* NULL: the request type has none, or it is made by the handler (mapihttp_made) */
	enum context_use use;
	void *request;            /* decoded, of type->request_body; NULL without a body */
	struct buf body;          /* of the response: what the handler writes */
	enum mapihttp_code late;  /* a failure after the answer began */
	/* For mapihttp.c. */
	mapihttp_handler *handle;
	struct task task;
	struct keepalive keepalive;
	uint64_t started, started_ns;
	bool begun;
};

struct mapihttp_operation {
	uint8_t request; /* enum mapihttp_request */
	enum context_use use;
	bool creates;    /* Connect, Bind: takes no context, and answers when all is done, because the cookie is made then */
	mapihttp_handler *handle; /* on the strand of the context, or of the user */
};

struct mapihttp_head {
	enum context_kind kind;
	const char *path;     /* of the cookies: "/mapi/emsmdb" */
	const char *cookie, *sequence_cookie; /* their names */
	const struct mapihttp_operation *operations;
	size_t n_operations;
};

extern const struct mapihttp_head mapihttp_emsmdb, mapihttp_nspi;

/* `head` and `handle` of a route whose data is a struct mapihttp_head. */
void mapihttp_begin(struct http_request *r);
void mapihttp_handle(struct http_request *r);

/* For handlers ------------------------------------------------------------------------------------------------------------ */

/* The response's body of the type's form for success or for failure, in c->body. */
void mapihttp_success(struct mapihttp_call *c, const void *response);
void mapihttp_failure(struct mapihttp_call *c, uint32_t status_code);
/* Of operations that create: the context that was made, taken. */
void mapihttp_made(struct mapihttp_call *c, struct context *context);
/* After MAPIHTTP_LATER: sends what c->body holds, and gives everything back. On any thread that holds no lock. */
void mapihttp_finish(struct mapihttp_call *c);

/* The parts, for tests ------------------------------------------------------------------------------------------------ */

/* The value of a cookie in "Cookie" headers, in `out`; false when there is none, or it does not fit. */
bool mapihttp_cookie(const struct http_head *h, const char *name, char *out, size_t room);
/* "E2EA6C1C-E61B-49E9-9CFB-38184F907552:123456", braces allowed: X-RequestId (2.2.3.3.2), X-ClientInfo. */
bool mapihttp_is_id(const char *value);

#endif
