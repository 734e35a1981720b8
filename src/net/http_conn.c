/* A connection from its first byte to its last: sockets, TLS, deadlines, and what happens when it ends. */
#include "net/http_conn.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READS_AT_ONCE 4 /* others wait too */
#define LARGE_READ    ((size_t)8 << 10)

void http_conn_hold(struct http_conn *c)
{
	c->holds++;
}

static void conn_free(struct task *t)
{
	struct http_conn *c = task_of(t, struct http_conn, task);
	struct http_server *s = c->server;

	if (c->slot && c->slot_free)
		c->slot_free(c->slot);
	free(c->tls_facts);
	free(c);
	/* The last thing: somebody may wait to free the server. */
	(void)pthread_mutex_lock(&s->lock);
	s->alive--;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

/* Not before the loop's next turn: whoever is at work on it need not ask whether it is still there. */
void http_conn_drop(struct http_conn *c)
{
	if (--c->holds)
		return;
	c->task.run = conn_free;
	loop_post(c->place->loop, &c->task);
}

/* Its end --------------------------------------------------------------------------------------------- */

static void close_socket(struct http_conn *c)
{
	loop_watch_free(c->watch);
	loop_timer_free(c->timer);
	c->watch = NULL;
	c->timer = NULL;
	if (c->tls && !c->handshaking)
		COUNT(c->server, open_tls, -1);
	tls_free(c->tls);
	c->tls = NULL;
	(void)close(c->fd);
	c->fd = -1;
	http_parser_free(&c->parser);
	buf_free(&c->rest);
	c->rest_at = 0;
	http_queue_free(&c->out);
	__atomic_store_n(&c->out_bytes, 0, __ATOMIC_RELAXED);
}

void http_conn_known(struct http_conn *c)
{
	if (c->stranger)
		http_address_remove(&c->server->strangers, &c->peer.any);
	c->stranger = false;
}

void http_conn_fail(struct http_conn *c)
{
	struct http_server *s = c->server;

	if (c->dead)
		return;
	c->dead = true;
	close_socket(c);
	if (c->self) {
		*c->self = c->next;
		if (c->next)
			c->next->self = c->self;
	}
	COUNT(s, open, -1);
	(void)pthread_mutex_lock(&s->lock);
	s->open--;
	if (s->o.address_most)
		http_address_remove(&s->addresses, &c->peer.any);
	http_conn_known(c);
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	if (c->current)
		http_request_gone(c->current);
	http_conn_drop(c);
}

void http_conn_end(struct http_conn *c)
{
	c->closing = true;
	c->reading = READ_NOTHING;
	c->paused = false;
	c->read_due = 0;
}

void http_conn_next(struct http_conn *c)
{
	if (ATOMIC_GET(c->server->draining)) {
		http_conn_end(c);
		return;
	}
	c->reading = READ_HEAD;
	c->head_began = false;
	c->read_due = loop_now() + c->server->o.idle_ms;
}

void http_conn_refuse(struct http_conn *c, unsigned code, const char *why)
{
	struct http_request *r = c->current;
	struct http_segment *s;
	char date[30], text[512];
	int n;

	COUNT(c->server, bad_requests, 1);
	http_record(c, r, code, why);
	if (r && !http_request_refused(r)) {
		http_conn_fail(c);
		return;
	}
	if (r && !r->owned)
		http_request_free(r);
	http_date(date);
	n = snprintf(
		text, sizeof text,
		"HTTP/1.1 %u %s\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
		code, http_reason(code), date, strlen(why) + 1, why);
	s = n > 0 && (size_t)n < sizeof text ? http_segment_new((size_t)n) : NULL;
	if (!s) {
		http_conn_fail(c);
		return;
	}
	memcpy(s->p, text, (size_t)n);
	http_queue_add(&c->out, s);
	(void)__atomic_add_fetch(&c->out_bytes, s->n, __ATOMIC_RELAXED);
	http_conn_end(c);
}

/* The peer will send no more: whoever still works for it may stop, but what has ended is sent. */
static void at_end(struct http_conn *c)
{
	c->eof = true;
	if (c->current && !http_request_has_ended(c->current))
		http_conn_fail(c);
	else if (c->current)
		return;
	else if (c->out.first)
		http_conn_end(c);
	else
		http_conn_fail(c);
}

/* Reading --------------------------------------------------------------------------------------------- */

static bool may_read(const struct http_conn *c)
{
	return !c->dead && !c->eof && !c->paused && c->rest.n - c->rest_at < HTTP_REST_MOST;
}

static bool read_plain(struct http_conn *c, uint8_t *into, size_t *got)
{
	ssize_t n;

	do
		n = recv(c->fd, into, LOOP_SCRATCH, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (n == 0)
		at_end(c);
	else if (n < 0)
		http_conn_fail(c);
	*got = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool read_tls(struct http_conn *c, uint8_t *into, size_t *got)
{
	switch (tls_read(c->tls, into, LOOP_SCRATCH, got)) {
	case TLS_OK:
		return true;
	case TLS_WANT_WRITE:
		c->want_write = true;
		return false;
	case TLS_WANT_READ:
		return false;
	case TLS_END:
		at_end(c);
		return false;
	default:
		http_conn_fail(c);
		return false;
	}
}

static void conn_read(struct http_conn *c)
{
	uint8_t *into = loop_scratch(c->place->loop);

	c->want_write = false;
	for (unsigned i = 0; may_read(c); i++) {
		size_t got = 0;
		bool more = c->tls ? read_tls(c, into, &got) : read_plain(c, into, &got);

		if (!more)
			return;
		http_conn_input(c, bytes_of(into, got));
		/* A short read has emptied the socket. What TLS has decoded already is not seen by the loop. */
		if (c->dead || ((i >= READS_AT_ONCE || got < LARGE_READ) && !(c->tls && tls_has_more(c->tls))))
			return;
	}
}

static void handshake(struct http_conn *c)
{
	enum tls_result end = tls_handshake(c->tls);

	c->want_write = end == TLS_WANT_WRITE;
	if (end == TLS_WANT_READ || end == TLS_WANT_WRITE)
		return;
	if (end != TLS_OK) {
		COUNT(c->server, handshakes_failed, 1);
		http_record(c, NULL, 0, end == TLS_END ? "closed in the TLS handshake" : tls_why(c->tls));
		http_conn_fail(c);
		return;
	}
	c->handshaking = false;
	COUNT(c->server, handshakes, 1);
	COUNT(c->server, open_tls, 1);
	c->tls_facts = calloc(1, sizeof *c->tls_facts);
	if (c->tls_facts)
		tls_facts(c->tls, c->tls_facts);
	conn_read(c);
}

/* What has to come ------------------------------------------------------------------------------------ */

/*
 * All is said: the peer hears it, and what it still sends is dropped until it closes, lest it loses the answer
 * to a reset.
 */
static void shut(struct http_conn *c)
{
	c->shut = true;
	if (c->tls)
		(void)tls_close(c->tls);
	(void)shutdown(c->fd, SHUT_WR);
	if (c->eof)
		http_conn_fail(c);
	else
		c->read_due = loop_now() + HTTP_LINGER_MS;
}

static enum http_sent send_all(struct http_conn *c)
{
	enum http_sent end;
	bool again;

	do {
		end = c->handshaking ? HTTP_SENT : http_conn_flush(c);
		if (end == HTTP_BROKEN)
			return end;
		http_request_drained(c);
		/* Requests that waited for room. */
		again = !c->dead && c->reading == READ_HEAD && c->rest.n > c->rest_at &&
			c->out_bytes <= HTTP_OUT_HIGH;
		if (again)
			http_conn_pump(c);
		again = again || (!c->dead && end == HTTP_SENT && c->out.first);
	} while (again && !c->dead);
	return end;
}

static void set_deadline(struct http_conn *c, bool sending)
{
	uint64_t now = loop_now(), due;

	if (!sending)
		c->write_due = 0;
	else if (c->wrote || !c->write_due)
		c->write_due = now + c->server->o.write_ms;
	c->wrote = false;
	if (c->reading == READ_BODY || c->reading == READ_DISCARD)
		c->read_due = c->paused ? 0 : c->read_due ? c->read_due : now + c->server->o.body_ms;
	due = !c->write_due || (c->read_due && c->read_due < c->write_due) ? c->read_due : c->write_due;
	if (due)
		loop_timer_set(c->timer, due > now ? due - now : 0);
	else
		loop_timer_clear(c->timer);
}

void http_conn_settle(struct http_conn *c)
{
	enum http_sent end = HTTP_SENT;
	unsigned what;

	if (c->dead)
		return;
	end = send_all(c);
	if (end == HTTP_BROKEN)
		http_conn_fail(c);
	/* Decoded already, but held back until now: the loop would not call for it. */
	if (!c->dead && c->tls && !c->handshaking && may_read(c) && tls_has_more(c->tls)) {
		conn_read(c);
		end = c->dead ? end : send_all(c);
		if (end == HTTP_BROKEN)
			http_conn_fail(c);
	}
	if (!c->dead && c->closing && !c->shut && end == HTTP_SENT)
		shut(c);
	if (c->dead)
		return;
	what = may_read(c) ? LOOP_READ : c->eof ? 0 : LOOP_CLOSED;
	if (end == HTTP_SENDING || c->want_write)
		what |= LOOP_WRITE;
	if (c->handshaking && c->want_write)
		what = LOOP_WRITE;
	loop_watch_for(c->watch, what);
	set_deadline(c, end == HTTP_SENDING);
}

static void conn_ready(void *arg, unsigned what)
{
	struct http_conn *c = arg;

	if (c->handshaking)
		handshake(c);
	else if (what & LOOP_CLOSED)
		at_end(c);
	else if ((what & LOOP_READ) || c->want_write)
		conn_read(c);
	http_conn_settle(c);
}

static void conn_late(void *arg)
{
	struct http_conn *c = arg;
	uint64_t now = loop_now();
	bool writing = c->write_due && now >= c->write_due, reading = c->read_due && now >= c->read_due;
	bool idle = c->reading == READ_HEAD && !c->head_began && !c->handshaking;

	if ((writing || reading) && !idle && !c->shut)
		COUNT(c->server, timeouts, 1);
	if (reading && !writing && !c->handshaking &&
	    ((c->reading == READ_HEAD && c->head_began) || c->reading == READ_BODY))
		http_conn_refuse(c, 408, "the request did not come to its end in time");
	else if (writing || reading)
		http_conn_fail(c);
	http_conn_settle(c);
}

void http_conn_start(struct task *t)
{
	struct http_conn *c = task_of(t, struct http_conn, task);
	int one = 1;

	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c->next = c->place->conns;
	c->self = &c->place->conns;
	if (c->next)
		c->next->self = &c->next;
	c->place->conns = c;
	c->handshaking = c->context != NULL;
	c->read_due = loop_now() + c->server->o.head_ms;
	if (ATOMIC_GET(c->server->draining) ||
	    loop_watch_new(c->place->loop, c->fd, conn_ready, c, &c->watch) ||
	    loop_timer_new(c->place->loop, conn_late, c, &c->timer) ||
	    (c->context && tls_server(c->context, c->fd, &c->tls)))
		http_conn_fail(c);
	else
		http_conn_settle(c);
}
