/* A request: what is asked of it, and how the loop takes over what was answered. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

#include "net/http_conn.h"

#define ARENA_MOST ((size_t)64 << 20)

/* Its life -------------------------------------------------------------------------------------------- */

size_t http_route_fits(const char *route, const char *path)
{
	size_t n = strlen(route);

	if (n && route[n - 1] == '/')
		return strncasecmp(route, path, n) == 0 ? n : 0;
	return strcasecmp(route, path) == 0 ? n + 1 : 0;
}

static const struct http_route *route_of(const struct http_route *routes, const char *path)
{
	const struct http_route *best = NULL;
	size_t most = 0;

	for (; routes->path; routes++) {
		size_t fits = http_route_fits(routes->path, path);

		if (fits > most) {
			most = fits;
			best = routes;
		}
	}
	return best;
}

static uint64_t microseconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct http_request *http_request_new(struct http_conn *c, struct http_head *head)
{
	struct http_request *r = calloc(1, sizeof *r);

	if (!r) {
		free(head);
		return NULL;
	}
	r->conn = c;
	r->head = head;
	r->route = route_of(c->server->o.routes, head->path);
	r->body.max = r->route ? r->route->body_most : 0;
	r->arena.budget = ARENA_MOST;
	r->headers.max = HTTP_HEADERS_ROOM;
	r->code = 200;
	r->is_head = strcmp(head->method, "HEAD") == 0;
	r->expects = head->expect_continue;
	r->unread = head->chunked ? UINT64_MAX : head->length;
	r->began = microseconds();
	r->task.run = http_request_run;
	(void)pthread_mutex_init(&r->lock, NULL);
	c->current = r;
	http_conn_hold(c);
	COUNT(c->server, requests, 1);
	COUNT(c->server, requests_open, 1);
	return r;
}

void http_request_free(struct http_request *r)
{
	struct http_conn *c = r->conn;

	if (r->data_free)
		r->data_free(r->data);
	COUNT(c->server, bytes_in, r->received);
	COUNT(c->server, bytes_out, r->sent);
	COUNT(c->server, requests_open, -1);
	if (c->current == r)
		c->current = NULL;
	http_queue_free(&r->staged);
	buf_free(&r->body);
	buf_free(&r->headers);
	arena_free(&r->arena);
	(void)pthread_mutex_destroy(&r->lock);
	free(r->head);
	free(r);
	http_conn_drop(c);
}

void http_record(const struct http_conn *c, const struct http_request *r, unsigned code, const char *why)
{
	struct http_record record = {
		.method = "", .path = "", .why = why, .code = code, .tls = c->context != NULL
	};
	char peer[INET6_ADDRSTRLEN] = "";

	if (!c->server->o.record)
		return;
	(void)inet_ntop(c->peer.any.sa_family,
			c->peer.any.sa_family == AF_INET ? (const void *)&c->peer.v4.sin_addr
							 : &c->peer.v6.sin6_addr,
			peer, sizeof peer);
	record.peer = peer;
	if (r) {
		record.method = r->head->method;
		record.path = r->head->path;
		record.received = r->received;
		record.sent = r->sent;
		record.microseconds = microseconds() - r->began;
	}
	c->server->o.record(c->server->o.app, &record);
}

void http_request_gone(struct http_request *r)
{
	void (*tell)(struct http_request * r) = NULL;
	bool owned = r->owned;

	(void)pthread_mutex_lock(&r->lock);
	if (!r->ended) {
		ATOMIC_SET(r->gone, true);
		/* One that was given back hears nothing: it is not the application's to end. */
		if (owned && !(r->held && r->resumed)) {
			tell = r->on_gone;
			r->on_gone = NULL;
		}
	}
	(void)pthread_mutex_unlock(&r->lock);
	if (tell)
		tell(r);
	if (!owned)
		http_request_free(r); /* nobody else has heard of it */
}

/* What was answered ----------------------------------------------------------------------------------- */

struct taken {
	struct http_queue staged;
	size_t bytes;
	bool ended, aborted, resumed, gone;
	void (*on_gone)(struct http_request *r);
};

/* With the lock. */
static struct taken take(struct http_request *r)
{
	struct taken t;

	t = (struct taken){ r->staged, r->staged_bytes, r->ended, r->aborted, r->resumed, r->gone, NULL };
	r->staged = (struct http_queue){ NULL, NULL };
	__atomic_store_n(&r->staged_bytes, 0, __ATOMIC_RELAXED);
	if (t.gone && !t.ended && !(t.resumed && r->held)) {
		t.on_gone = r->on_gone;
		r->on_gone = NULL;
	}
	r->posted = r->noted = r->resumed = r->aborted = false;
	return t;
}

static void move_out(struct http_conn *c, struct taken *t)
{
	if (!t->staged.first)
		return;
	(void)__atomic_add_fetch(&c->out_bytes, t->bytes, __ATOMIC_RELAXED);
	if (c->out.first)
		c->out.last->next = t->staged.first;
	else
		c->out.first = t->staged.first;
	c->out.last = t->staged.last;
}

/* The answer has ended: whether the connection can go on is known. */
static void finish(struct http_conn *c, struct http_request *r, const struct taken *t)
{
	bool close = r->close || !ATOMIC_GET(r->begun);

	http_record(c, r, t->gone ? 0 : r->code, "");
	c->current = NULL;
	http_request_free(r);
	if (t->gone || c->dead)
		return;
	c->paused = false;
	if (t->aborted)
		http_conn_fail(c);
	else if (close || c->eof || (!c->body_done && c->body_left > HTTP_DISCARD_MOST))
		http_conn_end(c);
	else if (c->body_done)
		http_conn_next(c);
	else
		c->reading = READ_DISCARD;
}

static void act_on(struct http_conn *c, struct http_request *r, struct taken t)
{
	if (t.gone || c->dead)
		http_queue_free(&t.staged);
	else
		move_out(c, &t);
	if (t.on_gone)
		t.on_gone(r);
	if (t.ended) {
		finish(c, r, &t);
	} else if (t.aborted && !t.gone) {
		http_conn_fail(c); /* which tells the owner, who still ends it */
	} else if (t.resumed && r->held) {
		r->held = r->owned = c->paused = false; /* given back */
		if (t.gone) {
			c->current = NULL;
			http_request_free(r);
		}
	} else if (t.resumed && !t.gone) {
		c->paused = false;
	}
}

bool http_request_refused(struct http_request *r)
{
	void (*tell)(struct http_request * r);
	bool begun;

	(void)pthread_mutex_lock(&r->lock);
	begun = ATOMIC_GET(r->begun) || r->ended;
	if (!begun)
		ATOMIC_SET(r->gone, true); /* from here on, what it says is dropped */
	tell = begun ? NULL : r->on_gone;
	r->on_gone = begun ? r->on_gone : NULL;
	(void)pthread_mutex_unlock(&r->lock);
	if (tell)
		tell(r);
	return !begun;
}

bool http_request_has_ended(struct http_request *r)
{
	bool ended;

	(void)pthread_mutex_lock(&r->lock);
	ended = r->ended;
	(void)pthread_mutex_unlock(&r->lock);
	return ended;
}

void http_request_drained(struct http_conn *c)
{
	struct http_request *r = c->current;
	void (*tell)(struct http_request * r) = NULL;

	if (!r || !r->owned)
		return;
	(void)pthread_mutex_lock(&r->lock);
	if (r->on_drained && !r->ended && !r->gone && http_stream_queued(r) <= r->low) {
		tell = r->on_drained;
		r->on_drained = NULL;
	}
	(void)pthread_mutex_unlock(&r->lock);
	if (!tell)
		return;
	c->pumping = true;
	tell(r);
	http_request_look(c);
	c->pumping = false;
}

void http_request_look(struct http_conn *c)
{
	bool mine = true;

	/*
	 * When its task is on the way, that will find everything, and must find the request.  One look and one hand: another thread that ends the request
	 * between the two would send the task after a request that is gone.
	 */
	while (c->current && mine) {
		struct http_request *r = c->current;
		struct taken t;

		(void)pthread_mutex_lock(&r->lock);
		mine = r->noted && !r->posted;
		if (mine)
			t = take(r);
		(void)pthread_mutex_unlock(&r->lock);
		if (mine)
			act_on(c, r, t);
	}
}

void http_request_run(struct task *t)
{
	struct http_request *r = task_of(t, struct http_request, task);
	struct http_conn *c = r->conn;
	struct taken what;

	(void)pthread_mutex_lock(&r->lock);
	what = take(r);
	(void)pthread_mutex_unlock(&r->lock);
	act_on(c, r, what);
	http_conn_pump(c);
	http_conn_settle(c);
}

/* What is asked of it --------------------------------------------------------------------------------- */

const struct http_head *http_request_head(const struct http_request *r)
{
	return r->head;
}

const char *http_method(const struct http_request *r)
{
	return r->head->method;
}

const char *http_path(const struct http_request *r)
{
	return r->head->path;
}

const char *http_query(const struct http_request *r)
{
	return r->head->query;
}

const char *http_header(const struct http_request *r, const char *name)
{
	return http_head_get(r->head, name);
}

struct bytes http_body(const struct http_request *r)
{
	return buf_bytes(&r->body);
}

const struct http_route *http_route(const struct http_request *r)
{
	return r->route;
}

void *http_app(const struct http_request *r)
{
	return r->conn->server->o.app;
}

struct arena *http_arena(struct http_request *r)
{
	return &r->arena;
}

struct loop *http_loop(const struct http_request *r)
{
	return r->conn->place->loop;
}

void http_set_data(struct http_request *r, void *data)
{
	r->data = data;
}

void http_free_data_with(struct http_request *r, void (*free_data)(void *data))
{
	r->data_free = free_data;
}

void *http_data(const struct http_request *r)
{
	return r->data;
}

void http_peer(const struct http_request *r, struct http_peer *out)
{
	const struct http_conn *c = r->conn;
	bool v4 = c->peer.any.sa_family == AF_INET;

	*out = (struct http_peer){ .tls = c->context != NULL, .local_port = c->local_port };
	out->port = ntohs(v4 ? c->peer.v4.sin_port : c->peer.v6.sin6_port);
	(void)inet_ntop(c->peer.any.sa_family, v4 ? (const void *)&c->peer.v4.sin_addr : &c->peer.v6.sin6_addr,
			out->address, sizeof out->address);
	if (c->tls_facts)
		out->facts = *c->tls_facts;
}

void *http_slot(const struct http_request *r)
{
	return r->conn->slot;
}

void http_slot_set(struct http_request *r, void *state, void (*free_state)(void *state))
{
	struct http_conn *c = r->conn;

	if (c->slot && c->slot_free && c->slot != state)
		c->slot_free(c->slot);
	c->slot = state;
	c->slot_free = free_state;
	if (!state)
		return;
	(void)pthread_mutex_lock(&c->server->lock);
	http_conn_known(c);
	(void)pthread_mutex_unlock(&c->server->lock);
}

void http_body_stream(struct http_request *r, http_sink *sink)
{
	r->sink = sink;
}

void http_body_hold(struct http_request *r)
{
	r->held = true;
	r->conn->paused = true;
}
