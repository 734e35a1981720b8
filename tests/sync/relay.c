#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS_MAX 32u

/* One connection: what comes from [0], the client, goes to [1], the server, and the other way round. */
struct pair {
	int end[2];
	bool asked; /* the client was the last to say something */
};

struct relay {
	int listener, wake[2];
	uint16_t port, to;
	pthread_t thread;
	struct pair pairs[PAIRS_MAX];
	unsigned n;
	_Atomic uint64_t cut_at, answers, bytes;
	atomic_bool was_cut;
	void (*_Atomic todo)(void *context); /* before the answer todo_at */
	void *context;
	uint64_t todo_at;
};

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void accept_one(struct relay *r)
{
	struct sockaddr_in to = loopback(r->to);
	int from = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC), server;

	if (from < 0)
		return;
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (r->n == PAIRS_MAX || server < 0 || connect(server, (struct sockaddr *)&to, sizeof to)) {
		(void)close(from);
		if (server >= 0)
			(void)close(server);
		return;
	}
	/* Nothing is to wait for more to come. */
	(void)setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	(void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	r->pairs[r->n++] = (struct pair){ { from, server }, false };
}

static bool pass_all(int to, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(to, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* Is this answer the one that shall not arrive? */
static bool is_cut(struct relay *r, struct pair *p, unsigned side)
{
	bool begins = side == 1 && p->asked;

	p->asked = side == 0 || (p->asked && !begins);
	if (!begins)
		return false;
	uint64_t n = atomic_fetch_add(&r->answers, 1) + 1;
	void (*todo)(void *) = atomic_load(&r->todo);
	if (todo && n == r->todo_at) {
		atomic_store(&r->todo, NULL);
		todo(r->context);
	}
	if (n != atomic_load(&r->cut_at))
		return false;
	atomic_store(&r->was_cut, true);
	return true;
}

/* False: the connection is over. */
static bool pass(struct relay *r, struct pair *p, unsigned side)
{
	char room[65536];
	ssize_t n = recv(p->end[side], room, sizeof room, 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n > 0)
		atomic_fetch_add(&r->bytes, (uint64_t)n);
	return n > 0 && !is_cut(r, p, side) && pass_all(p->end[!side], room, (size_t)n);
}

static void drop(struct relay *r, unsigned i)
{
	(void)close(r->pairs[i].end[0]);
	(void)close(r->pairs[i].end[1]);
	r->pairs[i] = r->pairs[--r->n];
}

static void *run(void *context)
{
	struct relay *r = context;

	for (;;) {
		struct pollfd v[2 + 2 * PAIRS_MAX] = { { r->wake[0], POLLIN, 0 },
						       { r->listener, POLLIN, 0 } };
		unsigned n = r->n;

		for (unsigned i = 0; i < n; i++)
			for (unsigned side = 0; side < 2; side++)
				v[2 + 2 * i + side] =
					(struct pollfd){ r->pairs[i].end[side], POLLIN, 0 };
		if (poll(v, 2 + 2 * n, -1) < 0 && errno != EINTR)
			return NULL;
		if (v[0].revents)
			return NULL;
		/* From the last on: dropping one puts the last in its place. */
		for (unsigned i = n; i-- > 0;)
			if ((v[2 + 2 * i].revents && !pass(r, &r->pairs[i], 0)) ||
			    (v[3 + 2 * i].revents && !pass(r, &r->pairs[i], 1)))
				drop(r, i);
		if (v[1].revents)
			accept_one(r);
	}
}

status relay_start(uint16_t to, struct relay **out, struct reason *why)
{
	struct relay *r = calloc(1, sizeof *r);
	struct sockaddr_in at = loopback(0);
	socklen_t size = sizeof at;

	if (!r)
		return reason_set(why, ecMemory, "out of memory");
	r->to = to;
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (r->listener < 0 || bind(r->listener, (struct sockaddr *)&at, sizeof at) ||
	    listen(r->listener, 16) || getsockname(r->listener, (struct sockaddr *)&at, &size) ||
	    pipe(r->wake) || pthread_create(&r->thread, NULL, run, r)) {
		free(r);
		return reason_set(why, ecError, "no relay: %s", strerror(errno));
	}
	r->port = ntohs(at.sin_port);
	*out = r;
	return ecNone;
}

uint16_t relay_port(const struct relay *r)
{
	return r->port;
}

void relay_cut(struct relay *r, uint64_t n)
{
	atomic_store(&r->was_cut, false);
	atomic_store(&r->answers, 0);
	atomic_store(&r->bytes, 0);
	atomic_store(&r->cut_at, n);
}

uint64_t relay_answers(const struct relay *r)
{
	return atomic_load(&r->answers);
}

uint64_t relay_bytes(const struct relay *r)
{
	return atomic_load(&r->bytes);
}

void relay_before(struct relay *r, uint64_t n, void (*todo)(void *context), void *context)
{
	atomic_store(&r->todo, NULL);
	r->context = context;
	r->todo_at = n;
	atomic_store(&r->todo, n ? todo : NULL);
}

bool relay_was_cut(const struct relay *r)
{
	return atomic_load(&r->was_cut);
}

void relay_stop(struct relay *r)
{
	if (!r)
		return;
	(void)!write(r->wake[1], "", 1);
	(void)pthread_join(r->thread, NULL);
	while (r->n)
		drop(r, 0);
	(void)close(r->listener);
	(void)close(r->wake[0]);
	(void)close(r->wake[1]);
	free(r);
}
