/*
 * A server of HTTP/1.1 on the loops (net/loop.h).  Each connection belongs to a loop; handlers are called on
 * its thread and must not block: what takes long goes to a strand (net/work.h) and answers from there.
 *
 * The life of a request.  When its head has come, the route's `head` is called, if it has one: it may answer at
 * once (a refusal costs little then), or make the request its own by http_body_stream or http_body_hold.  If it
 * does neither, and when there is none, the body is collected, up to the route's most, and `handle` is called
 * with the request as the application's own.  What the application owns it MUST end exactly once: by
 * http_respond, http_respond_buf, http_respond_text, http_stream_end or http_stream_abort, now or later, on any
 * thread, whatever has happened to the connection.  After that it is gone.  Until then everything read from it
 * (head, body, arena, slot of the connection) stays valid, even when the peer has closed.  One thread at a time
 * answers a request; what is sent after the peer has gone is dropped.
 *
 * Requests that were sent ahead (pipelining) wait for the answer to the one before.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/arena.h"
#include "base/buf.h"
#include "net/http_parse.h"
#include "net/loop.h"
#include "net/tls.h"

struct http_server;
struct http_request;

/* Routes and options ---------------------------------------------------------------------------------- */

struct http_route {
	/*
	 * "/mapi/emsmdb": that path; "/ews/": it and all below it, the longest that fits. Letters in any case.
	 * NULL ends the table.
	 */
	const char *path;
	size_t body_most; /* the longest body that is collected; a longer one is answered with 413 */
	void (*head)(struct http_request *r); /* may be NULL */
	void (*handle)(struct http_request *r);
	const void *data; /* of the route: http_route */
};

/*
 * One for every request that was answered, or refused by the server itself (404, 413, 400 ...: then method or
 * path may be ""). On the loop's thread.
 */
struct http_record {
	const char *method, *path;
	const char *peer;        /* its address in words */
	const char *why;         /* of a refusal by the server itself, else "" */
	unsigned code;           /* 0: the peer went before */
	uint64_t received, sent; /* bytes of bodies */
	uint64_t microseconds;   /* from the end of the head */
	bool tls;
};

struct http_options {
	const struct http_route *routes; /* no route: 404 */
	void *app;                       /* http_app */
	const char *product;             /* "Server:"; NULL: none */
	unsigned connections_most;       /* further ones are closed as they come */
	unsigned address_most;           /* of one address (of IPv6: of one /64); 0: no limit */
	unsigned strangers_most;         /* the same, of connections without a slot: nobody has proved who it is; 0: no limit */
	uint32_t head_ms;                /* handshake, and each head, from its first byte to its last */
	uint32_t idle_ms;                /* without a request */
	uint32_t body_ms;                /* without a byte of a body that is waited for; and as much as one that is collected may take beyond 1 ms a byte */
	uint32_t write_ms;               /* without progress in sending */
	void (*record)(void *app, const struct http_record *record); /* may be NULL */
};

/* Sensible ones: 20,000 connections, no limit per address, 30 s, 120 s, 60 s, 60 s. */
struct http_options http_options_default(void);

/*
 * Raises the limit of open files of the process to what so many connections need beside all else, as far as it may: how many there can be.
 */
unsigned http_files_for(unsigned connections);

/* The routes and strings of the options outlive the server, the loops too. */
status http_server_new(struct loops *loops, const struct http_options *options, struct http_server **out,
		       struct reason *why) MUST;

/*
 * Listens on an address: "127.0.0.1", "::" (IPv6 only), "0.0.0.0"; port 0: a free one, which *bound says.  TLS
 * with a context, plain without; the context outlives the server.  From any thread, not on a loop.
 */
status http_server_listen(struct http_server *s, const char *address, uint16_t port, struct tls_context *tls,
			  uint16_t *bound, struct reason *why) MUST;
/* On a socket that listens already, such as systemd's; the server closes it. */
status http_server_adopt(struct http_server *s, int fd, struct tls_context *tls, struct reason *why) MUST;
/*
 * The sockets that systemd handed over (LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES): the descriptor of number `i`
 * and its name ("" without); -1 when there are no more. It takes nothing away: to be asked by one.
 */
int http_inherited(unsigned i, char name[64]);

/*
 * Stops to listen, closes connections without a request, lets those with one end it (with "Connection: close"),
 * and after `ms` closes what is left.  Returns when none is left open; requests that are not ended by then
 * still have to be, before http_server_free.  Not on a loop.
 */
void http_server_drain(struct http_server *s, uint32_t ms);
/* After http_server_drain. Waits until all requests are ended. Not on a loop. NULL is fine. */
void http_server_free(struct http_server *s);

struct http_counters {
	uint64_t accepted, refused;             /* connections; refused because of a limit */
	uint64_t open, open_tls, requests_open; /* now */
	uint64_t handshakes, handshakes_failed;
	uint64_t requests, bad_requests; /* bad: the server itself refused the head or body */
	uint64_t timeouts;
	uint64_t bytes_in, bytes_out; /* of bodies */
};
void http_server_counters(const struct http_server *s, struct http_counters *out);

/* What was asked -------------------------------------------------------------------------------------- */

const struct http_head *http_request_head(const struct http_request *r);
const char *http_method(const struct http_request *r);
const char *http_path(const struct http_request *r);
const char *http_query(const struct http_request *r);
/* NULL when there is none; http_head_next for more of one name */
const char *http_header(const struct http_request *r, const char *name);
struct bytes http_body(const struct http_request *r); /* in `handle` and after */
const struct http_route *http_route(const struct http_request *r);
void *http_app(const struct http_request *r);
/* For what is decoded and kept as long as the request; made when it is first asked for. */
struct arena *http_arena(struct http_request *r);
struct loop *http_loop(const struct http_request *r);
/* A place for the application's own pointer; NULL at first. */
void http_set_data(struct http_request *r, void *data);
void *http_data(const struct http_request *r);
/* Called with it, on the loop, when the request is over and the last call for it was made. */
void http_free_data_with(struct http_request *r, void (*free)(void *data));

struct http_peer {
	char address[64]; /* "192.0.2.1", "2001:db8::1" */
	uint16_t port, local_port;
	bool tls;
	struct tls_facts facts; /* with tls */
};
void http_peer(const struct http_request *r, struct http_peer *out);

/*
 * What is kept with the connection: who has proved to be whom.  `free` is called, on the loop, when the
 * connection is over and no request of it is left, or when the slot is set anew.  To be used by whoever holds a
 * request of the connection.
 */
void *http_slot(const struct http_request *r);
void http_slot_set(struct http_request *r, void *state, void (*free)(void *state));

/* The body piece by piece ----------------------------------------------------------------------------- */

/*
 * In `head` only: instead of collecting, `sink` is called on the loop with each piece, the last one may be
 * empty.  When it returns false, nothing more is read until http_body_resume, from any thread.  `handle` is not
 * called.  There is no limit but Content-Length's.  When the peer goes, or the body is malformed, the sink is
 * not called again: http_on_gone tells.
 */
typedef bool http_sink(struct http_request *r, struct bytes piece, bool last);
void http_body_stream(struct http_request *r, http_sink *sink);
void http_body_resume(struct http_request *r);
/*
 * In `head` only: no body is read for now, so that somebody can look who asks (a password takes long to check).
 * The request is the application's until it answers, or calls http_body_resume; then the body is collected as
 * usual, and `handle` called.
 */
void http_body_hold(struct http_request *r);

/* The answer ------------------------------------------------------------------------------------------ */

/*
 * Before the answer begins. Content-Length, Transfer-Encoding, Connection, Date and Server are added by the
 * server. CR and LF cannot get into a header.
 */
void http_status(struct http_request *r, unsigned code); /* 200 unless it is said */
void http_set(struct http_request *r, const char *name, const char *format, ...) PRINTF(3, 4);
void http_close_after(struct http_request *r); /* the connection ends with this answer */

/* Ends the request with a whole body. To HEAD, and with 204 and 304, the body is not sent. */
void http_respond(struct http_request *r, struct bytes body);
/* The same with a body that the server takes over, without copying it; `body` is left empty. */
void http_respond_buf(struct http_request *r, struct buf *body);
/* Ends the request with a line of text for people. */
void http_respond_text(struct http_request *r, unsigned code, const char *text);

/*
 * An answer over time: begin, write as often as wished (each goes out at once), end.  With a length exactly
 * that much is written, else it is chunked (to HTTP/1.0: until the connection closes).  http_stream_queued says
 * how many bytes wait for the peer: whoever writes much waits for http_on_drained when there are too many.  A
 * length that was not met closes the connection, so that the peer sees it.
 */
#define HTTP_CHUNKED UINT64_MAX
void http_stream_begin(struct http_request *r, uint64_t length);
void http_stream_write(struct http_request *r, struct bytes piece);
void http_stream_buf(struct http_request *r, struct buf *piece); /* taken over */
void http_stream_end(struct http_request *r);
/* Instead of http_stream_end: closes the connection at once, so that nobody takes the answer for whole. */
void http_stream_abort(struct http_request *r);
size_t http_stream_queued(const struct http_request *r);

/*
 * Calls, on the loop, when the peer has gone (closed, failed, timed out, or the server drains no longer) before
 * the request was ended: once, and at once when it has gone already.  The request still has to be ended, in the
 * callback or later.  When it is ended at that very moment by another thread, the callback may still run; the
 * request lives until it returns, so what it touches must live as long as that: in the arena, or freed by
 * http_free_data_with.
 */
void http_on_gone(struct http_request *r, void (*gone)(struct http_request *r));
/* Calls once, on the loop, when no more than `low` bytes wait; not when the peer has gone. */
void http_on_drained(struct http_request *r, size_t low, void (*drained)(struct http_request *r));
/* The peer has gone. */
bool http_is_gone(const struct http_request *r);

#endif
