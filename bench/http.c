/*
 * The HTTP server under the clock, over TLS on one core: a server in a process of its own with one loop, which says
 * what it has used, and a client that asks from N connections in turn.
 *
 *     bench-http FOLDER [IDLE-CONNECTIONS]
 *
 * Prints lines of NAME VALUE UNIT.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/authority.h"
#include "net/http_server.h"

#define ROUND_SECONDS 3.0
#define BULK ((size_t)256 << 10)

static const char *const names[] = { "localhost" };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The server ---------------------------------------------------------------------------------------------------- */

static void answer_small(struct http_request *r)
{
	static const char body[200];

	http_set(r, "Content-Type", "application/mapi-http");
	http_respond(r, bytes_of(body, sizeof body));
}

static void answer_bulk(struct http_request *r)
{
	struct buf body = BUF_MAX(BULK);

	if (buf_extend(&body, BULK))
		http_respond_buf(r, &body);
	else
		http_stream_abort(r);
}

static long resident_kb(void)
{
	char line[128] = "", *second;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && !fgets(line, sizeof line, f))
		line[0] = 0;
	if (f)
		(void)fclose(f);
	second = strchr(line, ' ');
	return second ? strtol(second, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

/* Seconds of processor time and KiB in memory, so far. */
static void answer_usage(struct http_request *r)
{
	struct rusage u;
	char text[64];

	(void)getrusage(RUSAGE_SELF, &u);
	(void)snprintf(text, sizeof text, "%.6f %ld",
		       (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6, resident_kb());
	http_respond(r, bytes_of(text, strlen(text)));
}

static const struct http_route routes[] = {
	{ .path = "/small", .body_most = 4096, .handle = answer_small },
	{ .path = "/bulk", .body_most = 4096, .handle = answer_bulk },
	{ .path = "/usage", .handle = answer_usage },
	{ .path = NULL },
};

static void serve(const struct bytes *pem, int tell)
{
	struct http_options o = http_options_default();
	struct tls_context *tls = NULL;
	struct http_server *s = NULL;
	struct loops *loops = NULL;
	struct reason why = { "" };
	uint16_t port = 0;

	o.routes = routes;
	o.idle_ms = 3600000;
	o.head_ms = 3600000;
	if (loops_start(1, &loops, &why) || tls_context_server(pem, 1, &tls, &why) || http_server_new(loops, &o, &s, &why) ||
	    http_server_listen(s, "127.0.0.1", 0, tls, &port, &why)) {
		fprintf(stderr, "%s\n", why.text);
		exit(1);
	}
	if (write(tell, &port, sizeof port) != (ssize_t)sizeof port)
		exit(1);
	loops_wait(loops); /* until it is killed */
}

/* The client ---------------------------------------------------------------------------------------------------- */

struct client {
	int fd;
	struct tls *tls;
	double asked;
};

static struct tls_context *trust;
static uint16_t port;

static void client_open(struct client *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof at))
		die("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (tls_client(trust, c->fd, "localhost", &c->tls, NULL) || tls_handshake(c->tls) != TLS_OK)
		die("handshake");
}

static void client_close(struct client *c)
{
	tls_free(c->tls);
	(void)close(c->fd);
}

static void ask(struct client *c, const char *path)
{
	char text[512];
	int n = snprintf(text, sizeof text,
			 "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/mapi-http\r\nX-RequestType: Execute\r\nContent-Length: 256\r\n\r\n%256s",
			 path, "");

	c->asked = now();
	if (tls_write(c->tls, text, (size_t)n) != TLS_OK)
		die("write");
}

/* The length of the answer's body; its beginning is left in `text`. */
static size_t read_answer(struct client *c, char *text, size_t room)
{
	static char rest[65536];
	size_t got = 0, have = 0, length;
	const char *end, *says;
	enum tls_result result;

	do {
		while ((result = tls_read(c->tls, text + have, room - 1 - have, &got)) == TLS_WANT_READ)
			(void)poll(&(struct pollfd){ .fd = c->fd, .events = POLLIN }, 1, -1);
		if (result != TLS_OK)
			die("read");
		have += got;
		text[have] = 0;
		end = strstr(text, "\r\n\r\n");
	} while (!end);
	says = strcasestr(text, "Content-Length: ");
	length = says ? strtoul(says + 16, NULL, 10) : 0;
	have -= (size_t)(end + 4 - text);
	memmove(text, end + 4, have);
	text[have] = 0;
	while (have < length) {
		while ((result = tls_read(c->tls, rest, sizeof rest, &got)) == TLS_WANT_READ)
			(void)poll(&(struct pollfd){ .fd = c->fd, .events = POLLIN }, 1, -1);
		if (result != TLS_OK)
			die("read");
		have += got;
	}
	return length;
}

struct usage {
	double cpu;
	long kb;
};

static struct usage usage(void)
{
	struct usage u = { 0, 0 };
	struct client c;
	char text[65536], *end;

	client_open(&c);
	if (tls_write(c.tls, "GET /usage HTTP/1.1\r\nHost: localhost\r\n\r\n", 41) != TLS_OK)
		die("write");
	(void)read_answer(&c, text, sizeof text);
	u.cpu = strtod(text, &end);
	u.kb = strtol(end, NULL, 10);
	client_close(&c);
	return u;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* All of them ask, then all of them are answered, and so on. */
static void round_trips(unsigned n)
{
	static double times[2000000];
	static char text[65536];
	struct client *c = calloc(n, sizeof *c);
	struct usage before, after;
	double began, took;
	size_t done = 0;

	if (!c)
		die("memory");
	for (unsigned i = 0; i < n; i++)
		client_open(&c[i]);
	before = usage();
	began = now();
	while (now() - began < ROUND_SECONDS && done + n < sizeof times / sizeof *times) {
		for (unsigned i = 0; i < n; i++)
			ask(&c[i], "/small");
		for (unsigned i = 0; i < n; i++) {
			(void)read_answer(&c[i], text, sizeof text);
			times[done++] = now() - c[i].asked;
		}
	}
	took = now() - began;
	after = usage();
	qsort(times, done, sizeof *times, by_size);
	printf("round_trips_%u %.0f /s\n", n, (double)done / took);
	printf("round_trips_%u_cpu %.1f us\n", n, (after.cpu - before.cpu) / (double)done * 1e6);
	printf("round_trips_%u_p50 %.3f ms\n", n, times[done / 2] * 1e3);
	printf("round_trips_%u_p99 %.3f ms\n", n, times[done * 99 / 100] * 1e3);
	for (unsigned i = 0; i < n; i++)
		client_close(&c[i]);
	free(c);
}

static void bulk(void)
{
	static char text[65536];
	struct client c[4];
	struct usage before, after;
	double began, took, bytes = 0;

	for (unsigned i = 0; i < 4; i++)
		client_open(&c[i]);
	before = usage();
	began = now();
	while (now() - began < ROUND_SECONDS) {
		for (unsigned i = 0; i < 4; i++)
			ask(&c[i], "/bulk");
		for (unsigned i = 0; i < 4; i++)
			bytes += (double)read_answer(&c[i], text, sizeof text);
	}
	took = now() - began;
	after = usage();
	printf("bulk %.0f MB/s\n", bytes / took / 1e6);
	printf("bulk_core %.0f MB/s\n", bytes / (after.cpu - before.cpu) / 1e6);
	for (unsigned i = 0; i < 4; i++)
		client_close(&c[i]);
}

static void idle(unsigned n)
{
	static char text[65536];
	struct client *c = calloc(n, sizeof *c);
	struct usage before = usage(), after;
	double began = now();

	if (!c)
		die("memory");
	for (unsigned i = 0; i < n; i++) {
		client_open(&c[i]);
		ask(&c[i], "/small");
		(void)read_answer(&c[i], text, sizeof text);
	}
	after = usage();
	printf("idle_%u %.1f KB/connection\n", n, (double)(after.kb - before.kb) * 1.024 / n);
	printf("idle_%u_open %.0f us\n", n, (after.cpu - before.cpu) / n * 1e6);
	printf("idle_%u_wall %.1f s\n", n, now() - began);
	for (unsigned i = 0; i < n; i++)
		client_close(&c[i]);
	free(c);
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(65536), root = BUF_MAX(65536);
	struct authority_wish w = { argc > 1 ? argv[1] : NULL, names, 1, (int64_t)time(NULL) };
	struct rlimit files;
	struct bytes identity;
	struct reason why = { "" };
	int tell[2];
	bool made;
	pid_t server;

	if (argc < 2) {
		fprintf(stderr, "usage: bench-http FOLDER [IDLE-CONNECTIONS]\n");
		return 64;
	}
	(void)getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (authority_server(&w, &pem, &made, &why) || authority_root(w.folder, w.now, &root, &why) || pipe(tell)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	identity = buf_bytes(&pem);
	server = fork();
	if (server == 0)
		serve(&identity, tell[1]);
	if (server < 0 || read(tell[0], &port, sizeof port) != (ssize_t)sizeof port || tls_context_client(buf_bytes(&root), &trust, &why))
		die("server");
	bulk();
	round_trips(1);
	round_trips(16);
	round_trips(256);
	idle(argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10000);
	(void)kill(server, SIGTERM);
	(void)waitpid(server, NULL, 0);
	tls_context_free(trust);
	return 0;
}
