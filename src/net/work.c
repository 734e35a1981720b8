#include "net/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "net/thread.h"

#define WORKERS_A_CORE 4
#define WORKERS_LEAST  8

/*
 * One lock for the queue of strands and for the tasks of each: it is held for a few instructions, between
 * pieces of work that take thousands.  Tasks without a strand are in `loose`, a list that takes its turn like a
 * strand but may be worked on by many.
 */
struct workers {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_cond_t idle;         /* nothing waits and nothing runs */
	struct strand *first, *last; /* with tasks, and none of them running */
	struct task *loose, *loose_last;
	size_t waiting;
	bool stop, loose_turn;
	unsigned busy, n;
	pthread_t threads[];
};

static _Thread_local struct strand *running; /* on this worker */

static void strand_queue(struct workers *w, struct strand *s)
{
	s->next = NULL;
	if (w->first)
		w->last->next = s;
	else
		w->first = s;
	w->last = s;
}

static struct task *pop(struct task **first, struct task **last)
{
	struct task *t = *first;

	*first = t->next;
	if (!*first)
		*last = NULL;
	return t;
}

static void push(struct task **first, struct task **last, struct task *t)
{
	t->next = NULL;
	if (*first)
		(*last)->next = t;
	else
		*first = t;
	*last = t;
}

/* With the lock. What is to be done next, and of which strand. */
static struct task *take(struct workers *w, struct strand **of)
{
	*of = NULL;
	if (w->loose && (w->loose_turn || !w->first)) {
		w->loose_turn = false;
		w->waiting--;
		return pop(&w->loose, &w->loose_last);
	}
	if (!w->first)
		return NULL;
	w->loose_turn = true;
	*of = w->first;
	w->first = w->first->next;
	if (!w->first)
		w->last = NULL;
	w->waiting--;
	return pop(&(*of)->first, &(*of)->last);
}

static void *worker_run(void *arg)
{
	struct workers *w = arg;
	struct strand *s;
	struct task *t;

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		t = take(w, &s);
		if (!t && w->stop && !w->busy)
			break;
		if (!t) {
			(void)pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		w->busy++;
		(void)pthread_mutex_unlock(&w->lock);
		running = s;
		t->run(t);
		s = running; /* unless it has ended */
		(void)pthread_mutex_lock(&w->lock);
		w->busy--;
		if (s && s->first)
			strand_queue(w, s); /* this worker goes on, so nobody need be woken */
		else if (s)
			s->queued = false;
		if (w->stop && !w->busy)
			(void)pthread_cond_broadcast(&w->changed);
		if (!w->busy && !w->waiting)
			(void)pthread_cond_broadcast(&w->idle);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

status workers_start(unsigned n, struct workers **out, struct reason *why)
{
	struct workers *w;

	if (!n)
		n = WORKERS_A_CORE * thread_cores() > WORKERS_LEAST ? WORKERS_A_CORE * thread_cores()
								    : WORKERS_LEAST;
	w = calloc(1, sizeof *w + n * sizeof *w->threads);
	if (!w)
		return reason_set(why, ecMemory, "the workers need too much memory");
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->changed, NULL);
	(void)pthread_cond_init(&w->idle, NULL);
	for (; w->n < n; w->n++)
		if (!thread_start(&w->threads[w->n], worker_run, w)) {
			workers_stop(w);
			return reason_set(why, ecMemory, "a worker cannot be started: %s", strerror(errno));
		}
	*out = w;
	return ecNone;
}

void workers_stop(struct workers *w)
{
	if (!w)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_broadcast(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->n; i++)
		(void)pthread_join(w->threads[i], NULL);
	(void)pthread_cond_destroy(&w->changed);
	(void)pthread_cond_destroy(&w->idle);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

void workers_settle(struct workers *w)
{
	(void)pthread_mutex_lock(&w->lock);
	while (w->busy || w->waiting)
		(void)pthread_cond_wait(&w->idle, &w->lock);
	(void)pthread_mutex_unlock(&w->lock);
}

size_t workers_waiting(const struct workers *w)
{
	struct workers *own = (struct workers *)(uintptr_t)w; /* only to lock it */
	size_t n;

	(void)pthread_mutex_lock(&own->lock);
	n = w->waiting;
	(void)pthread_mutex_unlock(&own->lock);
	return n;
}

void work_post(struct workers *w, struct task *t)
{
	(void)pthread_mutex_lock(&w->lock);
	push(&w->loose, &w->loose_last, t);
	w->waiting++;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
}

void strand_init(struct strand *s, struct workers *w)
{
	*s = (struct strand){ .workers = w };
}

void strand_post(struct strand *s, struct task *t)
{
	struct workers *w = s->workers;

	(void)pthread_mutex_lock(&w->lock);
	push(&s->first, &s->last, t);
	w->waiting++;
	if (!s->queued) {
		s->queued = true;
		strand_queue(w, s);
		(void)pthread_cond_signal(&w->changed);
	}
	(void)pthread_mutex_unlock(&w->lock);
}

void strand_end(struct strand *s)
{
	if (running == s)
		running = NULL;
}

bool strand_is_idle(struct strand *s)
{
	bool idle;

	(void)pthread_mutex_lock(&s->workers->lock);
	idle = !s->queued;
	(void)pthread_mutex_unlock(&s->workers->lock);
	return idle;
}
