/*
 * What the files of the HTTP server share.  All of a connection is touched on its loop alone, but for what
 * stands under the lock of the request: what was answered and not taken by the loop yet.
 */
#ifndef NET_HTTP_CONN_H
#define NET_HTTP_CONN_H

#include <netinet/in.h>
#include <pthread.h>

#include "base/map.h"
#include "net/http_address.h"
#include "net/http_server.h"

#define HTTP_REST_MOST ((size_t)64 << 10) /* sent ahead of the answer */
#define HTTP_OUT_HIGH \
	((size_t)256 << 10) /* no further request is begun while more than that waits to be sent */
#define HTTP_DISCARD_MOST \
	((uint64_t)64 << 10) /* a body that nobody wants is read up to that, else the connection ends */
#define HTTP_LINGER_MS    2000u
#define HTTP_LINGER_MOST  ((uint64_t)64 << 20) /* a peer that goes on sending does not hear the end */
#define HTTP_HEADERS_ROOM ((size_t)64 << 10) /* of an answer */
#define HTTP_COPY_MOST    ((size_t)16 << 10) /* below, a copy costs less than another piece */

/* A piece of output. Its bytes stand behind it, or are its own to free. */
struct http_segment {
	struct http_segment *next;
	uint8_t *p, *own;
	size_t n;
};

struct http_queue {
	struct http_segment *first, *last;
};

enum http_reading {
	READ_HEAD,    /* a request, or nothing yet */
	READ_BODY,    /* for the sink, or to collect */
	READ_WAIT,    /* the answer has to end first */
	READ_DISCARD, /* a body that nobody wants */
	READ_NOTHING, /* the connection ends: whatever comes is dropped */
};

/* What of the server belongs to one loop. */
struct http_place {
	struct http_server *server;
	struct loop *loop;
	struct http_conn *conns; /* open ones */
	struct task drain, kill;
	uint8_t gather[TLS_RECORD];
};

struct http_conn {
	struct http_place *place;
	struct http_server *server;
	struct http_conn *next, **self; /* in the list of the place */
	struct task task;               /* brings it to its loop */
	struct tls_context *context;
	struct tls *tls;
	struct loop_watch *watch;
	struct loop_timer *timer;
	struct http_request *current;
	int fd;
	unsigned holds; /* its socket, and its request */
	bool dead;
	bool handshaking, eof, head_began, paused;
	bool closing, shut; /* it ends when all is sent; our side has ended */
	bool pumping;       /* somebody will look at what is noted */
	bool want_write;    /* TLS cannot read before it has written */
	bool wrote;         /* since the deadline was set */
	bool body_chunked, body_asked, body_done;
	uint8_t reading;
	uint64_t read_due, write_due; /* 0: not */
	uint64_t body_began;
	uint64_t body_left;
	uint64_t dropped; /* since the connection ends */
	struct http_chunked chunks;
	struct http_parser parser;
	struct buf rest; /* read and not yet taken, from rest_at on */
	size_t rest_at;
	struct http_queue out;
	size_t out_bytes; /* atomic: asked for by those that answer */
	void *slot;
	void (*slot_free)(void *slot);
	bool stranger; /* counted as one; under the lock of the server */
	struct tls_facts *tls_facts;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} peer;
	uint16_t local_port;
};

struct http_request {
	struct http_conn *conn;
	struct http_head *head;
	const struct http_route *route;
	struct buf body;
	http_sink *sink;
	struct arena arena;
	void *data;
	void (*data_free)(void *data);
	bool owned; /* by the application: it will end it */
	bool held, is_head;
	bool expects; /* atomic: 100-continue, and it was not said */
	uint64_t received, began;
	/* Of the one who answers. */
	unsigned code;
	struct buf headers;
	bool close, chunked, bodiless;
	bool begun; /* atomic */
	uint64_t stream_left, sent;
	/* Under the lock. */
	pthread_mutex_t lock;
	struct task task;
	struct http_queue staged;
	size_t staged_bytes; /* atomic to read */
	bool posted;         /* its task is with the loop */
	bool noted;          /* something is staged, and the loop will look by itself */
	bool ended, aborted, resumed;
	bool gone; /* atomic to read */
	void (*on_gone)(struct http_request *r);
	void (*on_drained)(struct http_request *r);
	size_t low;
	/*
	 * Atomic: of the body, how much was not read; the one who answers decides by it whether the connection
	 * stays.
	 */
	uint64_t unread;
};

struct http_listener {
	struct http_listener *next;
	struct http_server *server;
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_timer *pause;
	struct tls_context *context;
	struct task task;
	int fd;
	uint16_t port;
};

struct http_server {
	struct http_options o;
	struct loops *loops;
	struct http_place *places;
	unsigned n;
	bool draining;              /* atomic */
	struct http_counters count; /* atomic, each */
	pthread_mutex_t lock;       /* of what follows */
	pthread_cond_t changed;
	struct http_listener *listeners;
	struct http_addresses addresses, strangers;
	uint64_t open;  /* sockets */
	uint64_t alive; /* connections that are not freed: a request may keep one after its socket is closed */
	unsigned next;  /* place for a connection */
	unsigned pending; /* tasks that somebody waits for */
};

#define COUNT(server, what, by) \
	((void)__atomic_add_fetch(&(server)->count.what, (uint64_t)(by), __ATOMIC_RELAXED))
#define ATOMIC_GET(what)     __atomic_load_n(&(what), __ATOMIC_ACQUIRE)
#define ATOMIC_SET(what, to) __atomic_store_n(&(what), (to), __ATOMIC_RELEASE)

/* http_conn.c: the life of a connection. */
void http_conn_start(struct task *t);
/* It is over: whatever waits is dropped, and the request's owner hears of it. */
void http_conn_fail(struct http_conn *c);
/* After what is queued has been sent, nothing more is said or listened to. */
void http_conn_end(struct http_conn *c);
/* It is no stranger any more; with the lock of the server. */
void http_conn_known(struct http_conn *c);
void http_conn_hold(struct http_conn *c);
void http_conn_drop(struct http_conn *c);
/* Sends what can be sent, then waits for what has to come: the last thing in every call from the loop. */
void http_conn_settle(struct http_conn *c);
/* For the next request, or for a client that has no more. */
void http_conn_next(struct http_conn *c);
/* Refuses what came, in words, and ends the connection. */
void http_conn_refuse(struct http_conn *c, unsigned code, const char *why);

/* http_read.c: from bytes to requests. */
void http_conn_input(struct http_conn *c, struct bytes in);
void http_conn_pump(struct http_conn *c); /* goes on with what was read before */

/* http_write.c */
enum http_sent {
	HTTP_SENT,
	HTTP_SENDING, /* the socket is full */
	HTTP_BROKEN,
};
enum http_sent http_conn_flush(struct http_conn *c);
struct http_segment *http_segment_new(size_t n);       /* with room for n bytes; NULL without memory */
struct http_segment *http_segment_take(struct buf *b); /* its bytes; NULL without memory */
void http_queue_add(struct http_queue *q, struct http_segment *s);
void http_queue_free(struct http_queue *q);

/* http_request.c */
struct http_request *http_request_new(struct http_conn *c, struct http_head *head);
void http_request_free(struct http_request *r);
/* Its connection is over: its owner hears of it; without an owner it is freed. */
void http_request_gone(struct http_request *r);
/* The server itself will answer: true unless the owner has begun to. Its owner hears that it is gone. */
bool http_request_refused(struct http_request *r);
bool http_request_has_ended(struct http_request *r);
/* Calls those that wait for room to write. */
void http_request_drained(struct http_conn *c);
/*
 * Takes over what was answered on this loop while the connection was being worked on; the request may be gone
 * then.
 */
void http_request_look(struct http_conn *c);
void http_request_run(struct task *t); /* the same for what was answered at any other time */
void http_record(const struct http_conn *c, const struct http_request *r, unsigned code, const char *why);

/* http_head_out.c */
const char *http_reason(unsigned code);
void http_date(char out[30]);
/* The head of an answer, all but the empty line's body: status, headers, framing. */
void http_head_write(struct http_request *r, uint64_t length, struct buf *out);

/* Whether a route is for that path, and how well: the longer the better; 0: not. */
size_t http_route_fits(const char *route, const char *path);

#endif
