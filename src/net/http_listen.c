/* Sockets that listen, and how what comes on them finds its loop. */
#include <fcntl.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_conn.h"
#include "net/http_listen.h"

#define ACCEPTS_AT_ONCE 64
#define BACKLOG         4096
#define PAUSE_MS        100u /* when there are no descriptors left */
#define FIRST_INHERITED 3

/* Coming ---------------------------------------------------------------------------------------------- */

/* Room for one more, of that address. */
static bool admit(struct http_server *s, const struct sockaddr *peer)
{
	bool room;

	(void)pthread_mutex_lock(&s->lock);
	room = s->open < s->o.connections_most &&
	       (!s->o.address_most || http_address_add(&s->addresses, peer, s->o.address_most));
	if (room && s->o.strangers_most && !http_address_add(&s->strangers, peer, s->o.strangers_most)) {
		if (s->o.address_most)
			http_address_remove(&s->addresses, peer);
		room = false;
	}
	if (room) {
		s->open++;
		s->alive++;
	}
	(void)pthread_mutex_unlock(&s->lock);
	COUNT(s, accepted, room);
	COUNT(s, refused, !room);
	COUNT(s, open, room);
	return room;
}

static void come(struct http_listener *l, int fd, const struct sockaddr_in6 *peer)
{
	struct http_server *s = l->server;
	struct http_conn *c;

	if (!admit(s, (const void *)peer)) {
		(void)close(fd);
		return;
	}
	c = calloc(1, sizeof *c);
	if (!c) {
		(void)close(fd);
		(void)pthread_mutex_lock(&s->lock);
		s->open--;
		s->alive--;
		if (s->o.address_most)
			http_address_remove(&s->addresses, (const void *)peer);
		if (s->o.strangers_most)
			http_address_remove(&s->strangers, (const void *)peer);
		(void)pthread_mutex_unlock(&s->lock);
		COUNT(s, open, -1);
		return;
	}
	c->place = &s->places[__atomic_fetch_add(&s->next, 1, __ATOMIC_RELAXED) % s->n];
	c->server = s;
	c->context = l->context;
	c->fd = fd;
	c->local_port = l->port;
	c->holds = 1;
	c->rest.max = HTTP_REST_MOST + LOOP_SCRATCH;
	c->peer.v6 = *peer;
	c->stranger = s->o.strangers_most != 0;
	http_parser_init(&c->parser);
	c->task.run = http_conn_start;
	loop_post(c->place->loop, &c->task);
}

static void accept_some(void *arg, unsigned what)
{
	struct http_listener *l = arg;

	(void)what;
	for (unsigned i = 0; i < ACCEPTS_AT_ONCE; i++) {
		struct sockaddr_in6 peer = { .sin6_family = AF_INET };
		socklen_t n = sizeof peer;
		int fd = accept4(l->fd, (struct sockaddr *)&peer, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			come(l, fd, &peer);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			loop_watch_for(l->watch, 0);
			loop_timer_set(l->pause, PAUSE_MS);
			return;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			return;
		}
	}
}

static void pause_over(void *arg)
{
	struct http_listener *l = arg;

	loop_watch_for(l->watch, LOOP_READ);
}

static void listener_start(struct task *t)
{
	struct http_listener *l = task_of(t, struct http_listener, task);

	if (loop_watch_new(l->loop, l->fd, accept_some, l, &l->watch) == 0 &&
	    loop_timer_new(l->loop, pause_over, l, &l->pause) == 0)
		loop_watch_for(l->watch, LOOP_READ);
	http_task_done(l->server);
}

static void listener_stop(struct task *t)
{
	struct http_listener *l = task_of(t, struct http_listener, task);

	loop_watch_free(l->watch);
	loop_timer_free(l->pause);
	(void)close(l->fd);
	http_task_done(l->server);
}

/* Listening ------------------------------------------------------------------------------------------- */

void http_tasks_wait(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	while (s->pending)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
}

void http_task_begin(struct http_server *s, struct loop *loop, struct task *t)
{
	(void)pthread_mutex_lock(&s->lock);
	s->pending++;
	(void)pthread_mutex_unlock(&s->lock);
	loop_post(loop, t);
}

void http_task_done(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->pending--;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

void http_listeners_stop(struct http_server *s)
{
	while (s->listeners) {
		struct http_listener *l = s->listeners;

		l->task.run = listener_stop;
		http_task_begin(s, l->loop, &l->task);
		http_tasks_wait(s);
		s->listeners = l->next;
		free(l);
	}
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in6 own = { .sin6_family = AF_INET };
	socklen_t n = sizeof own;

	return getsockname(fd, (struct sockaddr *)&own, &n)
		       ? 0
		       : ntohs(own.sin6_port); /* at the same place in both families */
}

status http_server_adopt(struct http_server *s, int fd, struct tls_context *tls, struct reason *why)
{
	struct http_listener *l;
	int listens = 0;
	socklen_t n = sizeof listens;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) || !listens)
		return reason_set(why, ecInvalidParam, "descriptor %d is not a socket that listens", fd);
	/* Those that systemd hands over block, and are closed by no exec. */
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return reason_set(why, ecError, "descriptor %d cannot be made not to block", fd);
	l = calloc(1, sizeof *l);
	if (!l)
		return reason_set(why, ecMemory, "a listener needs too much memory");
	*l = (struct http_listener){ .next = s->listeners,
				     .server = s,
				     .loop = loops_next(s->loops),
				     .context = tls,
				     .fd = fd,
				     .port = port_of(fd) };
	l->task.run = listener_start;
	s->listeners = l;
	http_task_begin(s, l->loop, &l->task);
	http_tasks_wait(s);
	return ecNone;
}

static int open_socket(const char *address, uint16_t port, struct reason *why)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = { .v4 = { .sin_family = AF_INET, .sin_port = htons(port) } };
	socklen_t n = sizeof at.v4;
	int fd, one = 1;

	if (inet_pton(AF_INET, address, &at.v4.sin_addr) != 1) {
		at.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
		n = sizeof at.v6;
		if (inet_pton(AF_INET6, address, &at.v6.sin6_addr) != 1) {
			reason_write(why, "%s is not an address: give one such as 127.0.0.1 or ::", address);
			return -1;
		}
	}
	fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		reason_write(why, "a socket cannot be had: %m");
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (at.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (bind(fd, &at.any, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	reason_write(why, "%s port %u cannot be listened on: %m", address, port);
	(void)close(fd);
	return -1;
}

status http_server_listen(struct http_server *s, const char *address, uint16_t port, struct tls_context *tls,
			  uint16_t *bound, struct reason *why)
{
	int fd = open_socket(address, port, why);
	status rc;

	if (fd < 0)
		return errno == EACCES ? ecAccessDenied : ecInvalidParam;
	rc = http_server_adopt(s, fd, tls, why);
	if (rc)
		(void)close(fd);
	else if (bound)
		*bound = port_of(fd);
	return rc;
}

int http_inherited(unsigned i, char name[64])
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID"), *names = getenv("LISTEN_FDNAMES");
	unsigned long n = fds ? strtoul(fds, NULL, 10) : 0;

	name[0] = 0;
	if (!pid || strtol(pid, NULL, 10) != (long)getpid() || i >= n || n > 1024)
		return -1;
	for (unsigned at = 0; names && at < i; at++) {
		names = strchr(names, ':');
		names = names ? names + 1 : NULL;
	}
	if (names)
		(void)snprintf(name, 64, "%.*s", (int)strcspn(names, ":"), names);
	return FIRST_INHERITED + (int)i;
}
