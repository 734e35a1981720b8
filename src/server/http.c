#include "server/http.h"

#include "server/autodiscover.h"
#include "server/keepalive.h"
#include "server/mapihttp.h"
#include "server/monitor.h"
#include "server/notify.h"
#include "server/nspi.h"
#include "server/oab.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PENDING_MS 30000u
#define WAIT_MS 300000u
#define STRANGERS 2048u

struct web {
	struct server *server;
	struct auth *auth;
	struct keepalives *keepalives;
	struct nspi_book *book;
	struct oab *oab;
	struct http_server *http;
	struct web_options options;
	_Atomic bool draining;
};

/* Bodies are a little longer than heads allow, so that they are refused in the protocol's own words. */
static const struct http_route routes[] = {
	{ "/mapi/emsmdb", MAPIHTTP_BODY_MOST + 1, mapihttp_begin, mapihttp_handle, &mapihttp_emsmdb },
	{ "/mapi/emsmdb/", MAPIHTTP_BODY_MOST + 1, mapihttp_begin, mapihttp_handle, &mapihttp_emsmdb },
	{ "/mapi/nspi", MAPIHTTP_BODY_MOST + 1, mapihttp_begin, mapihttp_handle, &mapihttp_nspi },
	{ "/mapi/nspi/", MAPIHTTP_BODY_MOST + 1, mapihttp_begin, mapihttp_handle, &mapihttp_nspi },
	{ "/autodiscover/autodiscover.xml", AUTODISCOVER_BODY_MOST, NULL, autodiscover_pox, NULL },
	{ "/autodiscover/autodiscover.svc", AUTODISCOVER_BODY_MOST, NULL, autodiscover_soap, NULL },
	{ "/autodiscover/autodiscover.json", 0, NULL, autodiscover_json, NULL },
	{ "/autodiscover/autodiscover.json/", 0, NULL, autodiscover_json, NULL },
	{ "/oab/", 0, NULL, oab_handle, NULL },
	{ "/healthcheck", 0, NULL, monitor_health, NULL },
	{ "/mapi/healthcheck.htm", 0, NULL, monitor_health, NULL },
	{ "/autodiscover/healthcheck.htm", 0, NULL, monitor_health, NULL },
	{ "/metrics", 0, NULL, monitor_metrics, NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

/* What the HTTP server counts itself, where all counters are. */
static void count_connections(struct web *w)
{
	struct counters *c = w->server->counters;
	struct http_counters http;

	/* When it drains the server may be gone any time. */
	if (!c || !w->http || web_is_draining(w))
		return;
	http_server_counters(w->http, &http);
	atomic_store(&c->v[COUNTER_HTTP_CONNECTIONS], (int64_t)http.open);
	atomic_store(&c->v[COUNTER_HTTP_REQUESTS], (int64_t)http.requests);
	atomic_store(&c->v[COUNTER_HTTP_REFUSED], (int64_t)http.bad_requests);
}

/* Once a second. */
static void look_around(void *arg)
{
	struct web *w = arg;

	sessions_expire(w->server->sessions);
	count_connections(w);
}

status web_new(struct server *server, struct loops *loops, const struct web_options *o, struct web **out, struct reason *why)
{
	struct http_options http = http_options_default();
	struct web *w = calloc(1, sizeof *w);

	if (!w)
		return reason_set(why, ecMemory, "out of memory");
	w->server = server;
	if (o)
		w->options = *o;
	if (!w->options.pending_ms)
		w->options.pending_ms = PENDING_MS;
	if (!w->options.wait_ms)
		w->options.wait_ms = WAIT_MS;
	http.routes = routes;
	http.app = w;
	http.product = "Postern";
	if (w->options.connections_most)
		http.connections_most = w->options.connections_most;
	http.connections_most = http_files_for(http.connections_most);
	http.strangers_most = w->options.strangers_most ? w->options.strangers_most : STRANGERS;
	status s = auth_new(server, &w->auth);
	if (!s)
		s = nspi_book_new(server->host, server->fqdn, &w->book);
	if (!s)
		s = oab_new(&w->oab);
	if (!s)
		s = sessions_new(server, &w->options.sessions, &server->sessions);
	if (!s)
		s = keepalives_new(loops, w->options.pending_ms, look_around, w, &w->keepalives);
	if (!s)
		s = http_server_new(loops, &http, &w->http, why);
	if (s) {
		web_free(w);
		return s;
	}
	*out = w;
	return ecNone;
}

struct http_server *web_http(const struct web *w)
{
	return w->http;
}

static void interrupt(struct session *s, void *arg)
{
	(void)arg;
	notify_interrupt(s);
}

void web_drain(struct web *w, uint32_t ms)
{
	atomic_store(&w->draining, true);
	sessions_each(w->server->sessions, interrupt, NULL);
	http_server_drain(w->http, ms);
}

void web_free(struct web *w)
{
	if (!w)
		return;
	http_server_free(w->http);
	keepalives_free(w->keepalives);
	workers_settle(w->server->workers);
	sessions_free(w->server->sessions);
	w->server->sessions = NULL;
	oab_free(w->oab);
	nspi_book_free(w->book);
	auth_free(w->auth);
	free(w);
}

struct web *web_of(const struct http_request *r)
{
	return http_app(r);
}

struct server *web_server(const struct web *w)
{
	return w->server;
}

struct auth *web_auth(const struct web *w)
{
	return w->auth;
}

struct nspi_book *web_book(const struct web *w)
{
	return w->book;
}

struct oab *web_oab(const struct web *w)
{
	return w->oab;
}

struct keepalives *web_keepalives(const struct web *w)
{
	return w->keepalives;
}

const struct web_options *web_options(const struct web *w)
{
	return &w->options;
}

bool web_is_draining(const struct web *w)
{
	return atomic_load(&w->draining);
}

void web_answer(struct http_request *r, unsigned code, const char *type, const char *text)
{
	http_status(r, code);
	http_set(r, "Content-Type", "%s", type);
	http_respond(r, bytes_of(text, strlen(text)));
}
