/* Input: from bytes to heads, bodies and calls of the application. */
#include <stdlib.h>

#include "net/http_conn.h"

#define BODY_STEP ((size_t)64 << 10) /* of a body, memory is had for what has come and this much more */

/* Requests -------------------------------------------------------------------------------------------- */

static void answer_without_route(struct http_request *r, unsigned code)
{
	r->owned = true;
	http_respond_text(r, code,
			  code == 404 ? "There is nothing here.\n" : "The body is longer than this takes.\n");
	http_request_look(r->conn);
}

/* All of it is there. */
static void body_whole(struct http_conn *c)
{
	struct http_request *r = c->current;

	c->body_done = true;
	__atomic_store_n(&r->unread, 0, __ATOMIC_RELAXED);
	ATOMIC_SET(r->expects, false);
	c->reading = READ_WAIT;
	c->read_due = 0;
	if (r->sink)
		return;
	r->owned = true;
	r->route->handle(r);
	http_request_look(c);
}

static void say_continue(struct http_conn *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct http_segment *s = http_segment_new(sizeof text - 1);

	ATOMIC_SET(c->current->expects, false);
	if (!s)
		return;
	memcpy(s->p, text, sizeof text - 1);
	http_queue_add(&c->out, s);
	(void)__atomic_add_fetch(&c->out_bytes, s->n, __ATOMIC_RELAXED);
}

/* The application wants the body. False: it is too long. */
static bool body_wanted(struct http_conn *c, bool some_is_here)
{
	struct http_request *r = c->current;

	c->body_asked = true;
	if (!r->sink && !c->body_chunked && c->body_left > r->route->body_most) {
		answer_without_route(r, 413);
		return false;
	}
	if (ATOMIC_GET(r->expects) && !some_is_here)
		say_continue(c);
	return true;
}

/* A head has come. */
static void request_begin(struct http_conn *c, struct http_head *head)
{
	struct http_request *r;

	c->body_chunked = head->chunked;
	c->body_left = head->chunked ? UINT64_MAX : head->length;
	c->body_done = !c->body_left;
	c->body_asked = false;
	c->body_began = 0;
	c->read_due = 0;
	http_chunked_init(&c->chunks);
	r = http_request_new(c, head);
	if (!r) {
		http_conn_refuse(c, 503, "there is no memory for the request");
		return;
	}
	c->reading = READ_BODY;
	if (!r->route) {
		answer_without_route(r, 404);
		return;
	}
	if (!r->route->head)
		return;
	r->owned = true;
	r->route->head(r);
	if (!r->held && !r->sink) {
		/* Unless it was ended, here or, which is not allowed, elsewhere, it is the server's again. */
		(void)pthread_mutex_lock(&r->lock);
		r->owned = r->ended;
		(void)pthread_mutex_unlock(&r->lock);
	}
	http_request_look(c);
}

/* Bodies ---------------------------------------------------------------------------------------------- */

static void keep_room(struct http_conn *c, struct http_request *r, size_t n)
{
	size_t left = c->body_chunked || c->body_left > BODY_STEP ? BODY_STEP : (size_t)c->body_left;

	/* The first memory is enough for most; a length is believed as far as it has come. */
	if (!r->body.cap && n + left <= r->body.max)
		(void)buf_reserve(&r->body, n + left);
}

static void body_piece(struct http_conn *c, struct bytes piece, bool last)
{
	struct http_request *r = c->current;

	if (c->reading == READ_DISCARD)
		return;
	r->received += piece.n;
	if (!r->sink) {
		keep_room(c, r, piece.n);
		buf_add(&r->body, piece.p, piece.n);
		if (r->body.failed)
			answer_without_route(r, 413);
		return;
	}
	if ((piece.n || last) && !r->sink(r, piece, last))
		c->paused = !last;
	if (!last)
		http_request_look(c);
}

static size_t feed_length(struct http_conn *c, struct bytes in)
{
	size_t n = c->body_left < in.n ? (size_t)c->body_left : in.n;

	c->body_left -= n;
	if (c->reading == READ_BODY)
		__atomic_store_n(&c->current->unread, c->body_left, __ATOMIC_RELAXED);
	c->body_done = !c->body_left;
	body_piece(c, bytes_of(in.p, n), c->body_done);
	return n;
}

static size_t feed_chunks(struct http_conn *c, struct bytes in)
{
	struct bytes piece;
	size_t used = 0;
	enum http_progress end = http_chunked_feed(&c->chunks, in, &used, &piece);

	if (end == HTTP_BAD) {
		http_conn_refuse(c, 400, c->chunks.why);
		return in.n;
	}
	c->body_done = end == HTTP_DONE;
	body_piece(c, piece, c->body_done);
	return used;
}

/*
 * A byte now and then does not keep a connection for ever: a body that is collected comes at 1 ms a byte at least, once its first minute is over, and one that
 * nobody wants gets that time in all.
 */
static uint64_t body_due(struct http_conn *c)
{
	uint64_t now = loop_now(), due = now + c->server->o.body_ms, last;

	if (c->reading == READ_DISCARD)
		return c->read_due ? c->read_due : due;
	if (!c->current || c->current->sink)
		return due;
	if (!c->body_began)
		c->body_began = now;
	last = c->body_began + c->server->o.body_ms + c->current->received;
	return due < last ? due : last;
}

/* What follows the end of a body depends on whether its request is still there. */
static size_t feed_body(struct http_conn *c, struct bytes in)
{
	bool wanted = c->reading == READ_BODY;
	size_t used = 0;

	if (wanted && !c->body_done && !c->body_asked && !body_wanted(c, in.n > 0))
		return 0;
	c->read_due = body_due(c);
	if (!c->body_done && in.n)
		used = c->body_chunked ? feed_chunks(c, in) : feed_length(c, in);
	else if (c->body_done && wanted && c->current->sink)
		body_piece(c, bytes_of(NULL, 0), true);
	if (!c->body_done)
		return used;
	if (c->reading == READ_BODY) {
		body_whole(c);
		http_request_look(c);
	} else if (c->reading == READ_DISCARD) {
		http_conn_next(c);
	}
	return used;
}

/* Bytes ----------------------------------------------------------------------------------------------- */

static size_t feed_head(struct http_conn *c, struct bytes in)
{
	struct http_head *head = NULL;
	size_t used = 0;
	enum http_progress end = http_parser_feed(&c->parser, in, &used, &head);

	if (end == HTTP_DONE) {
		request_begin(c, head);
	} else if (end == HTTP_BAD) {
		http_conn_refuse(c, c->parser.code, c->parser.why);
		used = in.n;
	} else if (!c->head_began && http_parser_started(&c->parser)) {
		c->head_began = true;
		c->read_due = loop_now() + c->server->o.head_ms;
	}
	return used;
}

/* Nothing moves while the application holds the body back, an answer is due, or too much waits to be sent. */
static bool is_stuck(const struct http_conn *c, size_t n)
{
	switch (c->reading) {
	case READ_HEAD:
		return !n || c->out_bytes > HTTP_OUT_HIGH;
	case READ_BODY:
		return c->paused || (!n && !c->body_done && c->body_asked);
	case READ_DISCARD:
		return !n && !c->body_done;
	case READ_WAIT:
		return true;
	default:
		return !n;
	}
}

/* It is all said; a peer that sends without end is not listened to until its time is up. */
static size_t drop(struct http_conn *c, size_t n)
{
	c->dropped += n;
	if (c->dropped > HTTP_LINGER_MOST)
		http_conn_fail(c);
	return n;
}

static size_t feed(struct http_conn *c, struct bytes in)
{
	size_t used = 0;

	while (!c->dead && !is_stuck(c, in.n - used)) {
		struct bytes left = used ? bytes_of(in.p + used, in.n - used) : in;

		if (c->reading == READ_HEAD)
			used += feed_head(c, left);
		else if (c->reading == READ_NOTHING)
			used += drop(c, left.n);
		else
			used += feed_body(c, left);
	}
	return c->dead ? in.n : used;
}

void http_conn_pump(struct http_conn *c)
{
	if (c->pumping || c->dead)
		return;
	c->pumping = true;
	c->rest_at += feed(c, c->rest.n ? bytes_of(c->rest.p + c->rest_at, c->rest.n - c->rest_at)
					: bytes_of(NULL, 0));
	if (c->rest_at >= c->rest.n) {
		buf_free(&c->rest);
		c->rest_at = 0;
	}
	http_request_look(c);
	c->pumping = false;
}

void http_conn_input(struct http_conn *c, struct bytes in)
{
	size_t used = 0;

	if (!c->rest.n) {
		c->pumping = true;
		used = feed(c, in);
		http_request_look(c);
		c->pumping = false;
	}
	if (c->dead || used == in.n)
		return;
	buf_add(&c->rest, in.p + used, in.n - used);
	if (c->rest.failed)
		http_conn_fail(c);
	else
		http_conn_pump(c);
}
