#include "net/http_server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "net/http_conn.h"
#include "net/http_listen.h"
#include "net/thread.h"

struct http_options http_options_default(void)
{
	return (struct http_options){ .connections_most = 20000,
				      .head_ms = 30000,
				      .idle_ms = 120000,
				      .body_ms = 60000,
				      .write_ms = 60000 };
}

/* Of databases, logs, what is sent and received beside. */
#define OTHER_FILES 512u

unsigned http_files_for(unsigned connections)
{
	rlim_t wanted = (rlim_t)connections + OTHER_FILES;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return connections;
	if (files.rlim_cur < wanted) {
		files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
		(void)setrlimit(RLIMIT_NOFILE, &files);
		(void)getrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur >= wanted)
		return connections;
	return files.rlim_cur > 2 * OTHER_FILES ? (unsigned)files.rlim_cur - OTHER_FILES : (unsigned)files.rlim_cur / 2;
}

/* Ends ------------------------------------------------------------------------------------------------ */

/* Those without a request end now; the others when theirs has ended. */
static void place_drain(struct task *t)
{
	struct http_place *p = task_of(t, struct http_place, drain);
	struct http_conn *c, *next;

	for (c = p->conns; c; c = next) {
		next = c->next;
		if (c->current || c->closing || c->reading != READ_HEAD || c->out.first)
			continue;
		c->eof = true; /* nothing is lost by not waiting for the peer */
		if (c->handshaking || c->head_began)
			http_conn_fail(c);
		else
			http_conn_end(c);
		http_conn_settle(c);
	}
	http_task_done(p->server);
}

static void place_kill(struct task *t)
{
	struct http_place *p = task_of(t, struct http_place, kill);

	while (p->conns)
		http_conn_fail(p->conns);
	http_task_done(p->server);
}

/* True: no socket is open. */
static bool wait_until(struct http_server *s, const struct timespec *end)
{
	bool none;
	int code = 0;

	(void)pthread_mutex_lock(&s->lock);
	while (s->open && code != ETIMEDOUT)
		code = pthread_cond_timedwait(&s->changed, &s->lock, end);
	none = !s->open;
	(void)pthread_mutex_unlock(&s->lock);
	return none;
}

void http_server_drain(struct http_server *s, uint32_t ms)
{
	const struct timespec end = thread_time(ms);

	http_listeners_stop(s);
	ATOMIC_SET(s->draining, true);
	for (unsigned i = 0; i < s->n; i++)
		http_task_begin(s, s->places[i].loop, &s->places[i].drain);
	http_tasks_wait(s);
	if (wait_until(s, &end))
		return;
	for (unsigned i = 0; i < s->n; i++)
		http_task_begin(s, s->places[i].loop, &s->places[i].kill);
	http_tasks_wait(s);
}

static void server_free(struct http_server *s)
{
	http_addresses_free(&s->addresses);
	http_addresses_free(&s->strangers);
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->places);
	free(s);
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	http_server_drain(s, 0);
	(void)pthread_mutex_lock(&s->lock);
	while (s->alive)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
	server_free(s);
}

/* Beginning ------------------------------------------------------------------------------------------- */

status http_server_new(struct loops *loops, const struct http_options *options, struct http_server **out,
		       struct reason *why)
{
	struct http_server *s = calloc(1, sizeof *s);

	if (!s)
		return reason_set(why, ecMemory, "the server needs too much memory");
	s->o = *options;
	s->loops = loops;
	s->n = loops_count(loops);
	s->places = calloc(s->n, sizeof *s->places);
	(void)pthread_mutex_init(&s->lock, NULL);
	thread_cond_init(&s->changed);
	if (!s->places || http_addresses_init(&s->addresses) || http_addresses_init(&s->strangers)) {
		server_free(s);
		return reason_set(why, ecMemory, "the server needs too much memory");
	}
	for (unsigned i = 0; i < s->n; i++) {
		s->places[i].server = s;
		s->places[i].loop = loops_at(loops, i);
		s->places[i].drain.run = place_drain;
		s->places[i].kill.run = place_kill;
	}
	*out = s;
	return ecNone;
}

void http_server_counters(const struct http_server *s, struct http_counters *out)
{
	const uint64_t *from = (const void *)&s->count;
	uint64_t *to = (void *)out;

	for (size_t i = 0; i < sizeof *out / sizeof *to; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}
