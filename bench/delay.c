/*
 * A way to a server that is as long as one likes: passes on what both sides of a connection say, so many milliseconds later, as fast as it comes.
 *
 *   delay PORT TO-PORT MILLISECONDS      of this machine; each way
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK  65536
#define CHUNKS 1024 /* on their way at most */

struct chunk {
	double due;
	size_t n;
	char bytes[CHUNK];
};

struct way {
	int from, to;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct chunk *v[CHUNKS];
	unsigned first, n;
	int ended;
};

static double delay;

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *hear(void *arg)
{
	struct way *w = arg;
	ssize_t got = 1;

	while (got > 0) {
		struct chunk *c = malloc(sizeof *c);

		got = c ? read(w->from, c->bytes, CHUNK) : -1;
		(void)pthread_mutex_lock(&w->lock);
		while (w->n == CHUNKS)
			(void)pthread_cond_wait(&w->changed, &w->lock);
		if (got > 0) {
			c->due = now() + delay;
			c->n = (size_t)got;
			w->v[(w->first + w->n++) % CHUNKS] = c;
		} else {
			free(c);
			w->ended = 1;
		}
		(void)pthread_cond_signal(&w->changed);
		(void)pthread_mutex_unlock(&w->lock);
	}
	return NULL;
}

static void pass_on(struct way *w, const struct chunk *c)
{
	double rest = c->due - now();

	if (rest > 0)
		(void)nanosleep(&(struct timespec){ (time_t)rest, (long)((rest - (double)(time_t)rest) * 1e9) }, NULL);
	for (size_t at = 0; at < c->n;) {
		ssize_t put = write(w->to, c->bytes + at, c->n - at);

		if (put <= 0)
			return;
		at += (size_t)put;
	}
}

static void *say(void *arg)
{
	struct way *w = arg;

	for (;;) {
		struct chunk *c = NULL;

		(void)pthread_mutex_lock(&w->lock);
		while (!w->n && !w->ended)
			(void)pthread_cond_wait(&w->changed, &w->lock);
		if (w->n) {
			c = w->v[w->first];
			w->first = (w->first + 1) % CHUNKS;
			w->n--;
		}
		(void)pthread_cond_signal(&w->changed);
		(void)pthread_mutex_unlock(&w->lock);
		if (!c)
			break;
		pass_on(w, c);
		free(c);
	}
	(void)shutdown(w->to, SHUT_WR);
	return NULL;
}

/* Sockets and threads of a connection stay until the end of the program: a benchmark has few. */
static void start(int from, int to)
{
	struct way *w = calloc(1, sizeof *w);
	pthread_t t;

	if (!w)
		exit(1);
	w->from = from;
	w->to = to;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->changed, NULL);
	if (pthread_create(&t, NULL, hear, w) || pthread_create(&t, NULL, say, w))
		exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } }, there = here;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 4)
		return 64;
	(void)signal(SIGPIPE, SIG_IGN);
	here.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	there.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	delay = strtod(argv[3], NULL) / 1000;
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 64))
		return 1;
	for (;;) {
		int a = accept(listener, NULL, NULL), b = socket(AF_INET, SOCK_STREAM, 0);

		if (a < 0 || b < 0 || connect(b, (struct sockaddr *)&there, sizeof there))
			return 1;
		(void)setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		(void)setsockopt(b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		start(a, b);
		start(b, a);
	}
}
