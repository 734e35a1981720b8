/*
 * What the tests of the HTTP server share: one server, plain and TLS, on the same routes, and what its handlers
 * did.
 */
#ifndef TESTS_NET_HTTP_APP_H
#define TESTS_NET_HTTP_APP_H

#include "client.h"

#include <pthread.h>

#include "net/authority.h"
#include "net/http_server.h"
#include "net/work.h"

#define BODY_MOST ((size_t)1 << 20)

static struct fixture {
	struct loops *loops;
	struct workers *workers;
	struct tls_context *server_tls, *client_tls;
	struct http_server *server;
	uint16_t plain, tls;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct http_request *polls[8];
	unsigned n_polls, gone, freed, slots_freed, sunk, last_codes;
	bool sink_paused;
	struct http_request *paused;
	uint64_t sunk_bytes;
	char last_why[128];
	unsigned last_code;
} f = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void locked(void)
{
	(void)pthread_mutex_lock(&f.lock);
}

static void changed(void)
{
	(void)pthread_cond_broadcast(&f.changed);
	(void)pthread_mutex_unlock(&f.lock);
}

/* Waits until a counter has come to at least that. */
static void wait_for(const unsigned *counter, unsigned n)
{
	struct timespec end;
	int code = 0;

	(void)clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10;
	locked();
	while (*counter < n && !code)
		code = pthread_cond_timedwait(&f.changed, &f.lock, &end);
	(void)pthread_mutex_unlock(&f.lock);
	assert_int_equal(code, 0);
}

static unsigned value_of(const unsigned *counter)
{
	unsigned n;

	locked();
	n = *counter;
	(void)pthread_mutex_unlock(&f.lock);
	return n;
}

/* "METHOD path?query [X=value] body" */
static void echo(struct http_request *r)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)2 << 20);
	const char *x = http_header(r, "X");

	buf_printf(&out, "%s %s?%s [%s] ", http_method(r), http_path(r), http_query(r), x ? x : "");
	buf_add(&out, http_body(r).p, http_body(r).n);
	http_set(r, "X-Echo", "%s", x ? x : "none");
	http_respond_buf(r, &out);
}

static void fill(uint8_t *p, size_t n, size_t from)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((from + i) * 31 >> 3);
}

static inline void assert_filled(const struct buf *b, size_t n)
{
	uint8_t *wanted = malloc(n + 1);

	assert_non_null(wanted);
	fill(wanted, n, 0);
	assert_int_equal(b->n, n);
	assert_int_equal(memcmp(b->p, wanted, n), 0);
	free(wanted);
}

static size_t size_asked(struct http_request *r)
{
	char text[16];

	return http_query_get(http_query(r), "n", text, sizeof text) ? 0 : strtoul(text, NULL, 10);
}

static void big(struct http_request *r)
{
	size_t n = size_asked(r);
	struct buf out = BUF_MAX(n + 64);

	fill(buf_extend(&out, n), n, 0);
	http_respond_buf(r, &out);
	buf_free(&out);
}

/* Work on another thread, of which the request is a part. */
struct job {
	struct task task;
	struct http_request *r;
	void (*run)(struct http_request *r);
	size_t at;
};

static void job_run(struct task *t)
{
	struct job *j = task_of(t, struct job, task);

	j->run(j->r);
}

static void on_worker(struct http_request *r, void (*run)(struct http_request *r))
{
	struct job *j = http_data(r);

	if (!j) {
		j = arena_zalloc(http_arena(r), sizeof *j);
		http_set_data(r, j);
	}
	*j = (struct job){ .task = { .run = job_run }, .r = r, .run = run, .at = j->at };
	work_post(f.workers, &j->task);
}

static void echo_on_worker(struct http_request *r)
{
	on_worker(r, echo);
}

/* Written in pieces from a worker, as the peer takes them. */
static void write_some(struct http_request *r);

static void more_room(struct http_request *r)
{
	on_worker(r, write_some);
}

static void write_some(struct http_request *r)
{
	struct job *j = http_data(r);
	size_t n = size_asked(r);

	while (j->at < n && http_stream_queued(r) < 100000) {
		struct buf piece = BUF_MAX(70000);
		size_t take = n - j->at < 1000 + j->at % 60000 ? n - j->at : 1000 + j->at % 60000;

		fill(buf_extend(&piece, take), take, j->at);
		if (j->at % 2)
			http_stream_buf(r, &piece);
		else
			http_stream_write(r, buf_bytes(&piece));
		buf_free(&piece);
		j->at += take;
	}
	if (j->at < n && !http_is_gone(r))
		http_on_drained(r, 50000, more_room);
	else
		http_stream_end(r);
}

static void begin_chunked(struct http_request *r)
{
	http_stream_begin(r, HTTP_CHUNKED);
	write_some(r);
}

static void begin_length(struct http_request *r)
{
	http_stream_begin(r, size_asked(r));
	write_some(r);
}

static void stream(struct http_request *r)
{
	on_worker(r, strcmp(http_path(r), "/stream") == 0 ? begin_chunked : begin_length);
}

static void writer_gone(struct http_request *r)
{
	(void)r;
	locked();
	f.gone++;
	changed();
	http_stream_end(r);
}

/* Long polls: they stay until the test or the peer ends them. */
static void poll_freed(void *data)
{
	(void)data;
	locked();
	f.freed++;
	changed();
}

static void poll_gone(struct http_request *r)
{
	locked();
	f.gone++;
	for (unsigned i = 0; i < 8; i++)
		if (f.polls[i] == r)
			f.polls[i] = NULL;
	changed();
	http_stream_end(r);
}

static void poll_begin(struct http_request *r)
{
	http_free_data_with(r, poll_freed);
	http_on_gone(r, poll_gone);
	http_stream_begin(r, HTTP_CHUNKED);
	http_stream_write(r, bytes_of("PENDING\r\n", 9));
	locked();
	f.polls[f.n_polls++ % 8] = r;
	changed();
}

/* Writes without end to somebody who does not read. */
static void flood(struct http_request *r)
{
	struct buf piece = BUF_MAX((size_t)64 << 20);

	http_on_gone(r, writer_gone);
	http_stream_begin(r, HTTP_CHUNKED);
	(void)buf_extend(&piece, (size_t)48 << 20);
	memset(piece.p, 'f', piece.n);
	http_stream_buf(r, &piece);
	buf_free(&piece);
}

/* Bodies piece by piece. */
static bool sink(struct http_request *r, struct bytes piece, bool last)
{
	bool pause;

	locked();
	f.sunk_bytes += piece.n;
	f.sunk++;
	pause = f.sink_paused;
	f.paused = pause ? r : NULL;
	changed();
	if (last) {
		char text[32];

		(void)snprintf(text, sizeof text, "%llu", (unsigned long long)f.sunk_bytes);
		http_respond_text(r, 200, text);
	}
	return !pause;
}

static void sink_gone(struct http_request *r)
{
	locked();
	f.gone++;
	changed();
	http_stream_abort(r);
}

static void sink_begin(struct http_request *r)
{
	locked();
	f.sunk_bytes = 0;
	changed();
	http_on_gone(r, sink_gone);
	http_body_stream(r, sink);
}

static void never(struct http_request *r)
{
	http_respond_text(r, 500, "handle was called");
}

/* Who asks is looked at before the body is read, on another thread. */
static void decide(struct http_request *r)
{
	if (http_header(r, "Authorization"))
		http_body_resume(r);
	else
		http_respond_text(r, 401, "who are you?");
}

static void hold_begin(struct http_request *r)
{
	http_body_hold(r);
	on_worker(r, decide);
}

/* Looks for so long that the client has gone, then gives the request back. */
static void look_long(struct http_request *r)
{
	while (!http_is_gone(r))
		(void)usleep(1000);
	http_body_resume(r);
}

static void hold_long_begin(struct http_request *r)
{
	http_free_data_with(r, poll_freed);
	http_body_hold(r);
	on_worker(r, look_long);
	locked();
	f.polls[f.n_polls++ % 8] = NULL;
	changed();
}

static void refuse(struct http_request *r)
{
	http_set(r, "WWW-Authenticate", "Basic realm=\"a\r\nX-Injected: b\"");
	http_respond_text(r, 401, "no");
}

/* Counts the requests of its connection. */
static void slot_free(void *state)
{
	free(state);
	locked();
	f.slots_freed++;
	changed();
}

static void counted(struct http_request *r)
{
	unsigned *n = http_slot(r);
	char text[16];

	if (!n) {
		n = calloc(1, sizeof *n);
		http_slot_set(r, n, slot_free);
	}
	(void)snprintf(text, sizeof text, "%u", n ? ++*n : 0);
	http_respond_text(r, 200, text);
}

static void facts(struct http_request *r)
{
	struct http_peer p;
	char text[512];

	http_peer(r, &p);
	(void)snprintf(text, sizeof text, "%s %d %s %s %s", p.address, p.tls, p.tls ? p.facts.version : "",
		       p.tls ? p.facts.cipher : "", p.tls ? p.facts.server_name : "");
	http_respond_text(r, 200, text);
}

static void broken(struct http_request *r)
{
	http_stream_begin(r, 100);
	http_stream_write(r, bytes_of("only this", 9));
	http_stream_end(r);
}

static void nothing(struct http_request *r)
{
	http_status(r, 204);
	http_respond(r, bytes_of("not sent", 8));
}

static const struct http_route routes[] = {
	{ .path = "/echo", .body_most = BODY_MOST, .handle = echo },
	{ .path = "/below/", .body_most = BODY_MOST, .handle = echo },
	{ .path = "/below/worker/", .body_most = BODY_MOST, .handle = echo_on_worker },
	{ .path = "/big", .handle = big },
	{ .path = "/stream", .handle = stream },
	{ .path = "/stream-length", .handle = stream },
	{ .path = "/poll", .handle = poll_begin },
	{ .path = "/flood", .handle = flood },
	{ .path = "/sink", .head = sink_begin, .handle = never },
	{ .path = "/hold", .body_most = BODY_MOST, .head = hold_begin, .handle = echo },
	{ .path = "/hold-long", .body_most = BODY_MOST, .head = hold_long_begin, .handle = never },
	{ .path = "/refuse", .body_most = BODY_MOST, .head = refuse, .handle = never },
	{ .path = "/counted", .body_most = BODY_MOST, .handle = counted },
	{ .path = "/facts", .handle = facts },
	{ .path = "/broken", .handle = broken },
	{ .path = "/nothing", .handle = nothing },
	{ .path = NULL },
};

static void recorded(void *app, const struct http_record *record)
{
	(void)app;
	locked();
	f.last_code = record->code;
	(void)snprintf(f.last_why, sizeof f.last_why, "%s", record->why);
	f.last_codes++;
	changed();
}

static struct http_options options(void)
{
	struct http_options o = http_options_default();

	o.routes = routes;
	o.product = "Test/1";
	o.record = recorded;
	return o;
}

static const char *const own_names[] = { "localhost", "127.0.0.1" };

static int set_up(void **state)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(65536), root = BUF_MAX(65536);
	struct authority_wish w = { scratch_path("http-authority"), own_names, 2, (int64_t)time(NULL) };
	struct http_options o = options();
	struct bytes identity;
	bool made;

	(void)state;
	assert_int_equal(authority_server(&w, &pem, &made, NULL), 0);
	assert_int_equal(authority_root(w.folder, w.now, &root, NULL), 0);
	identity = buf_bytes(&pem);
	assert_int_equal(tls_context_server(&identity, 1, &f.server_tls, NULL), 0);
	assert_int_equal(tls_context_client(buf_bytes(&root), &f.client_tls, NULL), 0);
	assert_int_equal(loops_start(2, &f.loops, NULL), 0);
	assert_int_equal(workers_start(3, &f.workers, NULL), 0);
	assert_int_equal(http_server_new(f.loops, &o, &f.server, NULL), 0);
	assert_int_equal(http_server_listen(f.server, "127.0.0.1", 0, NULL, &f.plain, NULL), 0);
	assert_int_equal(http_server_listen(f.server, "127.0.0.1", 0, f.server_tls, &f.tls, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	http_server_drain(f.server, 5000);
	http_server_free(f.server);
	workers_stop(f.workers);
	loops_stop(f.loops);
	tls_context_free(f.server_tls);
	tls_context_free(f.client_tls);
	return 0;
}

/* Runs a test over both. */
static void on_both(void (*test)(struct client *c))
{
	struct client c;

	client_open(&c, f.plain, NULL);
	test(&c);
	client_close(&c);
	client_open(&c, f.tls, f.client_tls);
	test(&c);
	client_close(&c);
}

#define HOST "Host: localhost\r\n"

#endif
