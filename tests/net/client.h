/* A raw client, plain or TLS, that says exactly what it is told; it gives up after ten seconds of silence. */
#ifndef TESTS_NET_CLIENT_H
#define TESTS_NET_CLIENT_H

#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/buf.h"
#include "net/tls.h"

struct client {
	int fd;
	struct tls *tls;
	struct buf in; /* read and not yet asked for */
	bool ended;
};

static inline void client_open_as(struct client *c, uint16_t port, struct tls_context *tls, const char *name)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { 10, 0 };

	*c = (struct client){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
			      .in = BUF_MAX((size_t)256 << 20) };
	assert_true(c->fd >= 0);
	assert_int_equal(setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)&at, sizeof at), 0);
	if (tls) {
		assert_int_equal(tls_client(tls, c->fd, name, &c->tls, NULL), 0);
		assert_int_equal(tls_handshake(c->tls), TLS_OK);
	}
}

static inline void client_open(struct client *c, uint16_t port, struct tls_context *tls)
{
	client_open_as(c, port, tls, "localhost");
}

static inline void client_close(struct client *c)
{
	tls_free(c->tls);
	if (c->fd >= 0)
		(void)close(c->fd);
	buf_free(&c->in);
	*c = (struct client){ .fd = -1 };
}

/* False when the server has closed. */
static inline bool client_send_bytes(struct client *c, struct bytes b)
{
	while (b.n) {
		size_t n = b.n < TLS_RECORD ? b.n : TLS_RECORD;

		if (c->tls) {
			if (tls_write(c->tls, b.p, n) != TLS_OK)
				return false;
		} else {
			ssize_t sent = send(c->fd, b.p, n, MSG_NOSIGNAL);

			if (sent <= 0)
				return false;
			n = (size_t)sent;
		}
		b = bytes_of(b.p + n, b.n - n);
	}
	return true;
}

static inline void client_send(struct client *c, const char *text)
{
	assert_true(client_send_bytes(c, bytes_of(text, strlen(text))));
}

/* Some more; false at the end. */
static inline bool client_more(struct client *c)
{
	uint8_t room[65536];
	size_t got = 0;

	if (c->ended)
		return false;
	if (c->tls) {
		enum tls_result end;

		/* Session tickets come first, and are not what is asked for. */
		while ((end = tls_read(c->tls, room, sizeof room, &got)) == TLS_WANT_READ)
			if (poll(&(struct pollfd){ .fd = c->fd, .events = POLLIN }, 1, 10000) != 1)
				fail_msg("the server is silent");
		c->ended = end != TLS_OK;
	} else {
		ssize_t n = recv(c->fd, room, sizeof room, 0);

		if (n < 0 && errno == EAGAIN)
			fail_msg("the server is silent");
		got = n > 0 ? (size_t)n : 0;
		c->ended = n <= 0;
	}
	buf_add(&c->in, room, got);
	return !c->ended;
}

/* Reads until it is there; where it ends. */
static inline size_t client_until(struct client *c, const char *marker)
{
	const uint8_t *at;

	while (!(at = c->in.n ? memmem(c->in.p, c->in.n, marker, strlen(marker)) : NULL))
		if (!client_more(c))
			fail_msg("the server closed before \"%s\": %s", marker, buf_cstr(&c->in));
	return (size_t)(at - c->in.p) + strlen(marker);
}

static inline void client_drop(struct client *c, size_t n)
{
	memmove(c->in.p, c->in.p + n, c->in.n - n);
	buf_truncate(&c->in, c->in.n - n);
}

/* Nothing more comes, and the server closes. */
static inline void client_expect_end(struct client *c)
{
	while (client_more(c))
		;
	assert_string_equal(buf_cstr(&c->in), "");
}

struct answer {
	unsigned code;
	char head[4096];
	struct buf body;
};

static inline const char *answer_header(const struct answer *a, const char *name)
{
	static char value[512];
	char wanted[128];
	const char *at;

	(void)snprintf(wanted, sizeof wanted, "\r\n%s: ", name);
	at = strcasestr(a->head, wanted);
	if (!at)
		return NULL;
	at += strlen(wanted);
	(void)snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}

static inline void read_chunked(struct client *c, struct buf *body)
{
	for (;;) {
		size_t line = client_until(c, "\r\n"), n = strtoul(buf_cstr(&c->in), NULL, 16);

		client_drop(c, line);
		while (c->in.n < n + 2)
			assert_true(client_more(c));
		buf_add(body, c->in.p, n);
		assert_memory_equal(c->in.p + n, "\r\n", 2);
		client_drop(c, n + 2);
		if (!n)
			return;
	}
}

/* One answer; of HEAD, without a body. */
static inline void client_answer_to(struct client *c, const char *method, struct answer *a)
{
	size_t head = client_until(c, "\r\n\r\n"), n;

	*a = (struct answer){ .body = BUF_MAX((size_t)256 << 20) };
	assert_true(head < sizeof a->head);
	memcpy(a->head, c->in.p, head);
	client_drop(c, head);
	assert_memory_equal(a->head, "HTTP/1.1 ", 9);
	a->code = (unsigned)strtoul(a->head + 9, NULL, 10);
	if (strcmp(method, "HEAD") == 0 || a->code < 200)
		return;
	if (answer_header(a, "Transfer-Encoding")) {
		read_chunked(c, &a->body);
		return;
	}
	n = answer_header(a, "Content-Length") ? strtoul(answer_header(a, "Content-Length"), NULL, 10)
					       : SIZE_MAX;
	while (c->in.n < n)
		if (!client_more(c)) {
			assert_true(n == SIZE_MAX);
			n = c->in.n;
		}
	buf_add(&a->body, c->in.p, n);
	client_drop(c, n);
}

static inline void client_answer(struct client *c, struct answer *a)
{
	client_answer_to(c, "GET", a);
}

/* Says it, and wants that code; the body is compared when there is one to compare with. */
static inline void client_ask(struct client *c, const char *request, unsigned code, const char *body)
{
	struct answer a;

	client_send(c, request);
	client_answer(c, &a);
	assert_int_equal(a.code, code);
	if (body)
		assert_string_equal(buf_cstr(&a.body), body);
	buf_free(&a.body);
}

#endif
