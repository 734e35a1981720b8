/*
 * All that the server answers over HTTP: the routes, and what their heads share.  One of it serves any number of addresses (net/http_server.h).
 *
 * A head is a `handle` of a route; it asks who it is (auth_request), does short things where it is and long ones on a strand, and answers.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "net/http_server.h"
#include "server/auth.h"
#include "server/server.h"
#include "server/sessions.h"

struct keepalives; /* server/keepalive.h */
struct nspi_book;  /* server/nspi.h */
struct oab;        /* server/oab.h */
struct web;

struct web_options {
	struct sessions_options sessions;
	uint32_t pending_ms; /* between PENDING lines of a request that takes long; 0: 30 s */
	uint32_t wait_ms;    /* that NotificationWait lasts at most; 0: 5 min */
	unsigned connections_most; /* 0: 20,000, or as many as there can be files open */
	unsigned strangers_most;   /* of one address, connections of nobody who has logged on; 0: 2,048 */
};

/* Fills server->sessions. The server, its workers and the loops outlive it. */
status web_new(struct server *server, struct loops *loops, const struct web_options *o, struct web **out, struct reason *why) MUST;
struct http_server *web_http(const struct web *w);
/* Ends what waits, refuses new sessions (X-ResponseCode 18), and lets requests end for `ms`. Not on a loop. */
void web_drain(struct web *w, uint32_t ms);
/* After web_drain. NULL is fine. */
void web_free(struct web *w);

/* For heads. */
struct web *web_of(const struct http_request *r);
struct server *web_server(const struct web *w);
struct auth *web_auth(const struct web *w);
struct nspi_book *web_book(const struct web *w);
struct oab *web_oab(const struct web *w);
struct keepalives *web_keepalives(const struct web *w);
const struct web_options *web_options(const struct web *w); /* with what 0 means filled in */
bool web_is_draining(const struct web *w);
/* A text with a type, and no more: for small answers. */
void web_answer(struct http_request *r, unsigned code, const char *type, const char *text);

#endif
