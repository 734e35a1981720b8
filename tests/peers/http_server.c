/*
 * A server for other people's clients to talk to: http-server FOLDER.  Prints "PLAIN-PORT TLS-PORT", then serves until
 * its input ends; the root that signed its certificate is FOLDER/authority.pem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "net/authority.h"
#include "net/http_server.h"
#include "net/work.h"

static struct workers *workers;

static void echo(struct http_request *r)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)256 << 20);

	buf_printf(&out, "%s %s?%s\n", http_method(r), http_path(r), http_query(r));
	buf_add(&out, http_body(r).p, http_body(r).n);
	http_set(r, "Content-Type", "application/octet-stream");
	http_respond_buf(r, &out);
}

/* Ten lines, a tenth of a second apart, from a worker. */
struct lines {
	struct task task;
	struct http_request *r;
};

static void write_lines(struct task *t)
{
	struct lines *l = task_of(t, struct lines, task);
	char line[32];

	http_stream_begin(l->r, HTTP_CHUNKED);
	for (unsigned i = 0; i < 10 && !http_is_gone(l->r); i++) {
		int n = snprintf(line, sizeof line, "line %u\n", i);

		http_stream_write(l->r, bytes_of(line, (size_t)n));
		(void)usleep(100000);
	}
	http_stream_end(l->r);
}

static void lines(struct http_request *r)
{
	struct lines *l = arena_zalloc(http_arena(r), sizeof *l);

	if (!l) {
		http_respond_text(r, 503, "no memory\n");
		return;
	}
	*l = (struct lines){ .task = { .run = write_lines }, .r = r };
	work_post(workers, &l->task);
}

/* Who has said a password is known on this connection. */
static char known;

static void who(struct http_request *r)
{
	if (http_slot(r) || http_header(r, "Authorization")) {
		http_respond_text(r, 200, "known\n");
		return;
	}
	http_set(r, "WWW-Authenticate", "Basic realm=\"test\"");
	http_respond_text(r, 401, "who are you?\n");
}

static void who_head(struct http_request *r)
{
	if (http_header(r, "Authorization"))
		http_slot_set(r, &known, NULL);
}

static const struct http_route routes[] = {
	{ .path = "/echo", .body_most = (size_t)64 << 20, .handle = echo },
	{ .path = "/lines", .handle = lines },
	{ .path = "/who", .body_most = 4096, .head = who_head, .handle = who },
	{ .path = NULL },
};

int main(int argc, char **argv)
{
	static const char *const names[] = { "localhost", "127.0.0.1" };
	CLEANUP_BUF struct buf pem = BUF_MAX(65536);
	struct authority_wish w = { argc > 1 ? argv[1] : ".", names, 2, (int64_t)time(NULL) };
	struct http_options o = http_options_default();
	struct tls_context *tls = NULL;
	struct http_server *s = NULL;
	struct loops *loops = NULL;
	struct reason why = { "" };
	struct bytes identity;
	uint16_t plain = 0, secure = 0;
	bool made;
	char c;

	o.routes = routes;
	o.product = "Postern";
	if (authority_server(&w, &pem, &made, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	identity = buf_bytes(&pem);
	if (loops_start(2, &loops, &why) || workers_start(4, &workers, &why) || tls_context_server(&identity, 1, &tls, &why) ||
	    http_server_new(loops, &o, &s, &why) || http_server_listen(s, "127.0.0.1", 0, NULL, &plain, &why) ||
	    http_server_listen(s, "127.0.0.1", 0, tls, &secure, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	printf("%u %u\n", plain, secure);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	http_server_drain(s, 5000);
	http_server_free(s);
	workers_stop(workers);
	loops_stop(loops);
	tls_context_free(tls);
	return 0;
}
