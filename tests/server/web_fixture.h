/*
 * A server that really listens, on a small organisation: alice and bob with mailboxes and passwords, an administrator; and a client that speaks
 * HTTP to it by hand, with TLS or without.
 */
#ifndef TESTS_SERVER_WEB_FIXTURE_H
#define TESTS_SERVER_WEB_FIXTURE_H

#include "../net/client.h"

#include "net/work.h"
#include "rop/mapihttp.h"
#include "server/http.h"

#define WEB_PASSWORD "correct horse battery"

struct web_fixture {
	struct arena arena;
	struct reason why;
	char folder[256];
	struct counters counters;
	struct server server;
	struct loops *loops;
	struct web *web;
	struct tls_context *tls, *trust;
	uint16_t port, plain;
	struct client client; /* the connection that is used; one is made when there is none */
	bool over_plain;
	const char *user;     /* whose Authorization is sent; NULL: none */
	const char *password;
	char cookies[512];    /* as the last answer of MAPI over HTTP set them */
	unsigned counter;     /* of X-RequestId */
	const char *endpoint; /* of MAPI over HTTP; NULL: /mapi/emsmdb/ */
	struct answer answer; /* the last one */
};

/* `options` NULL: the usual ones. The EncryptionRequired of the server is turned off. */
void web_begin(struct web_fixture *f, const struct web_options *options);
void web_end(struct web_fixture *f);
/* What an administrator sets. `value` NULL: back to the default. */
void web_set(struct web_fixture *f, const char *class, const char *identity, const char *attribute, const char *value);
const char *web_legacy_dn(struct web_fixture *f, const char *name);
uint64_t web_user(struct web_fixture *f, const char *name);

/* A new connection for what follows. */
void web_reconnect(struct web_fixture *f);
/* Sends a request, reads its answer into f->answer; headers are whole lines with CRLF, or "". */
unsigned web_ask(struct web_fixture *f, const char *method, const char *target, const char *headers, struct bytes body);

/* MAPI over HTTP ------------------------------------------------------------------------------------------------------- */

/* X-ResponseCode; the cookies of the answer are kept. `further` are lines of headers, or "". */
unsigned web_mapi(struct web_fixture *f, const char *type, const char *further, struct bytes body);
/* Only the request. */
void web_mapi_send(struct web_fixture *f, const char *type, const char *further, struct bytes body);
unsigned web_mapi_answer(struct web_fixture *f);
/* The body behind the meta-tags and additional headers of the last answer; asserts their form. */
struct bytes web_mapi_body(struct web_fixture *f);
/* A body of a request in the fixture's arena. */
struct bytes web_mapi_request(struct web_fixture *f, enum mapihttp_request type, const void *request);
/* The success response that came last, decoded. */
void *web_mapi_response(struct web_fixture *f, enum mapihttp_request type);
/* Connect as alice (user) in cached mode; asserts that it was done. */
void web_connect(struct web_fixture *f);
/* The request of Connect for a user in a mode (enum aux_client_mode). */
struct bytes web_connect_request(struct web_fixture *f, const char *dn, unsigned mode, uint32_t flags);
/* An Execute of RopLogon. */
struct bytes web_logon_request(struct web_fixture *f, uint32_t flags);

#endif
