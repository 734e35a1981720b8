#include "net/loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "net/event_library.h"
#include "net/thread.h"

struct loop {
	struct event_base *base;
	struct event wake;
	int wake_fd;
	pthread_t thread;
	bool running;
	uint8_t *scratch;
	struct loop_signals *signals;
	pthread_mutex_t lock; /* of what follows */
	struct task *first, *last;
	bool stop;
};

struct loops {
	unsigned n;
	unsigned next;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool finished;
	struct loop at[];
};

static _Thread_local struct loop *here;

uint64_t loop_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool loop_is_here(const struct loop *l)
{
	return here == l;
}

uint8_t *loop_scratch(struct loop *l)
{
	return l->scratch;
}

/* What is posted -------------------------------------------------------------------------------------- */

static void wake_up(const struct loop *l)
{
	uint64_t one = 1;

	/* It can only fail when the counter is full, and then the loop wakes anyway. */
	while (write(l->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

void loop_post(struct loop *l, struct task *t)
{
	bool was_empty;

	t->next = NULL;
	(void)pthread_mutex_lock(&l->lock);
	was_empty = !l->first;
	if (was_empty)
		l->first = t;
	else
		l->last->next = t;
	l->last = t;
	(void)pthread_mutex_unlock(&l->lock);
	if (was_empty)
		wake_up(l);
}

static struct task *take_all(struct loop *l, bool *stop)
{
	struct task *first;

	(void)pthread_mutex_lock(&l->lock);
	first = l->first;
	l->first = l->last = NULL;
	*stop = l->stop;
	(void)pthread_mutex_unlock(&l->lock);
	return first;
}

static void woken(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	uint64_t count;
	bool stop;
	struct task *t, *next;

	(void)what;
	(void)!read(fd, &count, sizeof count);
	t = take_all(l, &stop);
	for (; t; t = next) {
		next = t->next; /* it may be gone, or elsewhere, when it has run */
		t->run(t);
	}
	if (!stop)
		return;
	/* What those tasks posted still runs: its post has woken the loop again. */
	(void)pthread_mutex_lock(&l->lock);
	stop = !l->first;
	(void)pthread_mutex_unlock(&l->lock);
	if (stop)
		(void)ev.event_base_loopbreak(l->base);
}

static void *loop_run(void *arg)
{
	struct loop *l = arg;

	here = l;
	(void)ev.event_base_dispatch(l->base);
	return NULL;
}

/* All of them ----------------------------------------------------------------------------------------- */

static void signals_free(struct loop *l);

static void loop_close(struct loop *l)
{
	if (l->base) {
		signals_free(l);
		(void)ev.event_del(&l->wake);
		ev.event_base_free(l->base);
	}
	if (l->wake_fd >= 0)
		(void)close(l->wake_fd);
	free(l->scratch);
	(void)pthread_mutex_destroy(&l->lock);
}

static status loop_open(struct loop *l, struct reason *why)
{
	l->scratch = malloc(LOOP_SCRATCH);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!l->scratch || l->wake_fd < 0)
		return reason_set(why, ecMemory, "an event loop cannot be made: %s", strerror(errno));
	l->base = ev.event_base_new();
	if (!l->base)
		return reason_set(why, ecMemory, "an event loop cannot be made: %s", strerror(errno));
	if (ev.event_assign(&l->wake, l->base, l->wake_fd, EV_READ | EV_PERSIST, woken, l) ||
	    ev.event_add(&l->wake, NULL))
		return reason_set(why, ecMemory, "an event loop cannot be made");
	l->running = thread_start(&l->thread, loop_run, l);
	return l->running ? ecNone
			  : reason_set(why, ecMemory, "a thread cannot be started: %s", strerror(errno));
}

status loops_start(unsigned n, struct loops **out, struct reason *why)
{
	struct loops *l;
	status rc = event_load(why);

	if (rc)
		return rc;
	n = n ? n : thread_cores();
	l = calloc(1, sizeof *l + n * sizeof *l->at);
	if (!l)
		return reason_set(why, ecMemory, "the event loops need too much memory");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_cond_init(&l->changed, NULL);
	for (unsigned i = 0; i < n && !rc; i++) {
		(void)pthread_mutex_init(&l->at[i].lock, NULL);
		l->at[i].wake_fd = -1;
		l->n++;
		rc = loop_open(&l->at[i], why);
	}
	if (rc)
		loops_stop(l);
	else
		*out = l;
	return rc;
}

void loops_stop(struct loops *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < l->n; i++) {
		(void)pthread_mutex_lock(&l->at[i].lock);
		l->at[i].stop = true;
		(void)pthread_mutex_unlock(&l->at[i].lock);
		if (l->at[i].running)
			wake_up(&l->at[i]);
	}
	for (unsigned i = 0; i < l->n; i++)
		if (l->at[i].running)
			(void)pthread_join(l->at[i].thread, NULL);
	for (unsigned i = 0; i < l->n; i++)
		loop_close(&l->at[i]);
	(void)pthread_cond_destroy(&l->changed);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

unsigned loops_count(const struct loops *l)
{
	return l->n;
}

struct loop *loops_at(struct loops *l, unsigned i)
{
	return &l->at[i];
}

struct loop *loops_next(struct loops *l)
{
	return &l->at[__atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED) % l->n];
}

void loops_wait(struct loops *l)
{
	(void)pthread_mutex_lock(&l->lock);
	while (!l->finished)
		(void)pthread_cond_wait(&l->changed, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
}

void loops_finish(struct loops *l)
{
	(void)pthread_mutex_lock(&l->lock);
	l->finished = true;
	(void)pthread_cond_broadcast(&l->changed);
	(void)pthread_mutex_unlock(&l->lock);
}

/* Timers ---------------------------------------------------------------------------------------------- */

/*
 * A timer that is moved further away is left where it is: it fires, sees that it is too early, and goes to
 * sleep again.  So moving it with every request costs nothing.
 */
struct loop_timer {
	struct event event;
	void (*run)(void *arg);
	void *arg;
	uint64_t due, armed; /* 0: not */
};

static void timer_arm(struct loop_timer *t, uint64_t now)
{
	uint64_t ms = t->due > now ? t->due - now : 1;
	struct timeval in = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	t->armed = ev.event_add(&t->event, &in) == 0 ? t->due : 0;
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;
	uint64_t now = loop_now();

	(void)fd;
	(void)what;
	t->armed = 0;
	if (!t->due)
		return;
	if (t->due > now) {
		timer_arm(t, now);
		return;
	}
	t->due = 0;
	t->run(t->arg);
}

status loop_timer_new(struct loop *l, void (*run)(void *arg), void *arg, struct loop_timer **out)
{
	struct loop_timer *t = calloc(1, sizeof *t);

	if (!t)
		return ecMemory;
	t->run = run;
	t->arg = arg;
	if (ev.event_assign(&t->event, l->base, -1, 0, timer_fired, t)) {
		free(t);
		return ecError;
	}
	*out = t;
	return ecNone;
}

void loop_timer_set(struct loop_timer *t, uint64_t ms)
{
	uint64_t now = loop_now();

	t->due = now + ms;
	if (!t->armed || t->armed > t->due)
		timer_arm(t, now);
}

void loop_timer_clear(struct loop_timer *t)
{
	t->due = 0;
}

void loop_timer_free(struct loop_timer *t)
{
	if (t)
		(void)ev.event_del(&t->event);
	free(t);
}

/* Descriptors ----------------------------------------------------------------------------------------- */

struct loop_watch {
	struct event event;
	struct event_base *base;
	int fd;
	unsigned what;
	void (*ready)(void *arg, unsigned what);
	void *arg;
};

static void watch_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_watch *w = arg;
	unsigned seen = (what & EV_READ ? LOOP_READ : 0) | (what & EV_WRITE ? LOOP_WRITE : 0) |
			(what & EV_CLOSED ? LOOP_CLOSED : 0);
	struct pollfd now = { .fd = (int)fd, .events = POLLRDHUP };

	/* A reset is shown as something to read. */
	if ((w->what & LOOP_CLOSED) && (seen & LOOP_READ) && poll(&now, 1, 0) == 1)
		seen |= LOOP_CLOSED;
	seen &= w->what;
	if (seen)
		w->ready(w->arg, seen);
}

status loop_watch_new(struct loop *l, int fd, void (*ready)(void *arg, unsigned what), void *arg,
		      struct loop_watch **out)
{
	struct loop_watch *w = calloc(1, sizeof *w);

	if (!w)
		return ecMemory;
	*w = (struct loop_watch){ .base = l->base, .fd = fd, .ready = ready, .arg = arg };
	*out = w;
	return ecNone;
}

void loop_watch_for(struct loop_watch *w, unsigned what)
{
	unsigned events = EV_PERSIST | (what & LOOP_READ ? EV_READ : 0u) | (what & LOOP_WRITE ? EV_WRITE : 0u);

	/* What lies unread must not wake the loop again and again, only what is new. */
	if (what & LOOP_CLOSED)
		events |= EV_CLOSED | EV_READ | EV_ET;
	if (what == w->what)
		return;
	if (w->what)
		(void)ev.event_del(&w->event);
	w->what = 0;
	if (what && ev.event_assign(&w->event, w->base, w->fd, (short)events, watch_ready, w) == 0 &&
	    ev.event_add(&w->event, NULL) == 0)
		w->what = what;
}

void loop_watch_free(struct loop_watch *w)
{
	if (w)
		loop_watch_for(w, 0);
	free(w);
}

/* Signals --------------------------------------------------------------------------------------------- */

struct loop_signals {
	struct task task;
	struct loop *loop;
	struct loop_signals *next;
	void (*run)(void *arg, int signal);
	void *arg;
	size_t n;
	bool watched; /* under the lock of the loop */
	pthread_cond_t changed;
	int numbers[LOOP_SIGNALS_MOST];
	struct event events[LOOP_SIGNALS_MOST];
};

static void signal_came(evutil_socket_t number, short what, void *arg)
{
	struct loop_signals *s = arg;

	(void)what;
	s->run(s->arg, (int)number);
}

static void signals_watch(struct task *t)
{
	struct loop_signals *s = task_of(t, struct loop_signals, task);

	s->next = s->loop->signals;
	s->loop->signals = s;
	for (size_t i = 0; i < s->n; i++)
		if (ev.event_assign(&s->events[i], s->loop->base, s->numbers[i], EV_SIGNAL | EV_PERSIST,
				    signal_came, s) == 0)
			(void)ev.event_add(&s->events[i], NULL);
	(void)pthread_mutex_lock(&s->loop->lock);
	s->watched = true;
	(void)pthread_cond_signal(&s->changed);
	(void)pthread_mutex_unlock(&s->loop->lock);
}

static void signals_free(struct loop *l)
{
	while (l->signals) {
		struct loop_signals *s = l->signals;

		l->signals = s->next;
		for (size_t i = 0; i < s->n; i++)
			(void)ev.event_del(&s->events[i]);
		(void)pthread_cond_destroy(&s->changed);
		free(s);
	}
}

status loop_signals(struct loop *l, const int *signals, size_t n, void (*run)(void *arg, int signal), void *arg,
		    struct reason *why)
{
	struct loop_signals *s = n <= LOOP_SIGNALS_MOST ? calloc(1, sizeof *s) : NULL;

	if (!s)
		return reason_set(why, n > LOOP_SIGNALS_MOST ? ecTooBig : ecMemory,
				  "%zu signals cannot be watched", n);
	*s = (struct loop_signals){
		.task = { .run = signals_watch }, .loop = l, .run = run, .arg = arg, .n = n
	};
	memcpy(s->numbers, signals, n * sizeof *signals);
	(void)pthread_cond_init(&s->changed, NULL);
	if (loop_is_here(l)) {
		signals_watch(&s->task);
		return ecNone;
	}
	loop_post(l, &s->task);
	(void)pthread_mutex_lock(&l->lock);
	while (!s->watched)
		(void)pthread_cond_wait(&s->changed, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
	return ecNone;
}
