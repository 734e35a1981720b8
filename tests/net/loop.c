#include "support.h"

#include "net/loop.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

/* What a loop did, for the test to wait for. */
struct seen {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned n;
};

#define SEEN                                                           \
	{                                                              \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 \
	}

static void saw(struct seen *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->n++;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

static void wait_for(struct seen *s, unsigned n)
{
	(void)pthread_mutex_lock(&s->lock);
	while (s->n < n)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
}

struct errand {
	struct task task;
	struct loop *loop;
	struct seen *seen;
	unsigned number;
	unsigned *next;
	bool ok;
};

static void errand_run(struct task *t)
{
	struct errand *e = task_of(t, struct errand, task);

	e->ok = loop_is_here(e->loop) && *e->next == e->number;
	++*e->next;
	saw(e->seen);
}

static void test_posts_keep_their_order(void **state)
{
	static struct errand errands[1000];
	struct loops *l = NULL;
	struct seen seen = SEEN;
	unsigned next[2] = { 0, 0 };

	(void)state;
	assert_int_equal(loops_start(2, &l, NULL), 0);
	assert_int_equal(loops_count(l), 2);
	assert_false(loop_is_here(loops_at(l, 0)));
	for (unsigned i = 0; i < 1000; i++) {
		struct loop *at = loops_at(l, i % 2);

		errands[i] = (struct errand){ .task = { .run = errand_run },
					      .loop = at,
					      .seen = &seen,
					      .number = i / 2,
					      .next = &next[i % 2] };
		loop_post(at, &errands[i].task);
	}
	loops_stop(l); /* what was posted has run */
	assert_int_equal(seen.n, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(errands[i].ok);
}

/* Timers: the one that is moved away does not fire, the one that is set twice fires once, at the later time. */
struct timers {
	struct task task;
	struct loop *loop;
	struct seen seen;
	struct loop_timer *cleared, *moved, *last;
	unsigned cleared_fired, moved_fired;
	uint64_t started;
	bool early;
};

static void cleared_fired(void *arg)
{
	((struct timers *)arg)->cleared_fired++;
}

static void moved_fired(void *arg)
{
	struct timers *t = arg;

	t->moved_fired++;
	t->early |= loop_now() < t->started + 60;
}

static void last_fired(void *arg)
{
	struct timers *t = arg;

	loop_timer_free(t->cleared);
	loop_timer_free(t->moved);
	loop_timer_free(t->last); /* in its own call */
	saw(&t->seen);
}

static void timers_start(struct task *task)
{
	struct timers *t = task_of(task, struct timers, task);

	t->started = loop_now();
	if (loop_timer_new(t->loop, cleared_fired, t, &t->cleared) ||
	    loop_timer_new(t->loop, moved_fired, t, &t->moved) ||
	    loop_timer_new(t->loop, last_fired, t, &t->last))
		return;
	loop_timer_set(t->cleared, 10);
	loop_timer_clear(t->cleared);
	loop_timer_set(t->moved, 5);
	loop_timer_set(t->moved, 60);
	loop_timer_set(t->last, 500);
	loop_timer_set(t->last, 120);
}

static void test_timers(void **state)
{
	struct timers t = { .task = { .run = timers_start }, .seen = SEEN };
	struct loops *l = NULL;

	(void)state;
	assert_int_equal(loops_start(1, &l, NULL), 0);
	t.loop = loops_at(l, 0);
	loop_post(t.loop, &t.task);
	wait_for(&t.seen, 1);
	loops_stop(l);
	assert_int_equal(t.cleared_fired, 0);
	assert_int_equal(t.moved_fired, 1);
	assert_false(t.early);
}

/* Descriptors: readable, then closed by the peer while something lies unread. */
struct watching {
	struct task task;
	struct loop *loop;
	struct seen readable, closed;
	struct loop_watch *watch;
	int fd;
};

static void watched(void *arg, unsigned what)
{
	struct watching *w = arg;

	if (what & LOOP_CLOSED) {
		loop_watch_free(w->watch);
		saw(&w->closed);
		return;
	}
	loop_watch_for(w->watch, LOOP_CLOSED); /* it is not read, and must not be called for that again */
	saw(&w->readable);
}

static void watch_start(struct task *t)
{
	struct watching *w = task_of(t, struct watching, task);

	if (loop_watch_new(w->loop, w->fd, watched, w, &w->watch) == 0)
		loop_watch_for(w->watch, LOOP_READ);
}

static void test_watches(void **state)
{
	struct watching w = { .task = { .run = watch_start }, .readable = SEEN, .closed = SEEN };
	struct loops *l = NULL;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(loops_start(1, &l, NULL), 0);
	w.loop = loops_at(l, 0);
	w.fd = pair[0];
	loop_post(w.loop, &w.task);
	assert_int_equal(write(pair[1], "x", 1), 1);
	wait_for(&w.readable, 1);
	(void)close(pair[1]);
	wait_for(&w.closed, 1);
	loops_stop(l);
	(void)close(pair[0]);
	assert_int_equal(w.readable.n, 1);
}

static void on_signal(void *arg, int number)
{
	struct loops *l = arg;

	if (number == SIGUSR1)
		loops_finish(l);
}

static void test_signals_end_the_wait(void **state)
{
	static const int numbers[] = { SIGUSR1, SIGUSR2 };
	struct loops *l = NULL;

	(void)state;
	assert_int_equal(loops_start(2, &l, NULL), 0);
	assert_int_equal(loop_signals(loops_at(l, 1), numbers, 2, on_signal, l, NULL), 0);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	loops_wait(l);
	loops_stop(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_posts_keep_their_order),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_watches),
		cmocka_unit_test(test_signals_end_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
