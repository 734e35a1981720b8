#include "server/keepalive.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define LISTS 64u
#define GLANCE_MS 1000u

struct keepalive_list {
	pthread_mutex_t lock;
	struct keepalive *first, *last;
	uint64_t interval;
};

struct keepalives {
	struct keepalive_list lists[LISTS];
	_Atomic unsigned next;
	struct loop *loop;
	struct loop_timer *timer;
	struct task start, stop;
	void (*also)(void *arg);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool is_stopped;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* With the lock of the list. */
static void append(struct keepalive_list *l, struct keepalive *k)
{
	k->linked = true;
	k->next = NULL;
	k->before = l->last;
	*(l->last ? &l->last->next : &l->first) = k;
	l->last = k;
}

static void unlink_from(struct keepalive_list *l, struct keepalive *k)
{
	*(k->before ? &k->before->next : &l->first) = k->next;
	*(k->next ? &k->next->before : &l->last) = k->before;
	k->linked = false;
}

static void glance_at(struct keepalive_list *l, uint64_t now)
{
	pthread_mutex_lock(&l->lock);
	while (l->first && l->first->at <= now) {
		struct keepalive *k = l->first;

		unlink_from(l, k);
		if (!k->due(k))
			continue;
		k->at = now + l->interval;
		append(l, k);
	}
	pthread_mutex_unlock(&l->lock);
}

static void glance(void *arg)
{
	struct keepalives *all = arg;
	uint64_t now = now_ms();

	for (unsigned i = 0; i < LISTS; i++)
		glance_at(&all->lists[i], now);
	if (all->also)
		all->also(all->arg);
	loop_timer_set(all->timer, GLANCE_MS);
}

static void start(struct task *t)
{
	struct keepalives *all = task_of(t, struct keepalives, start);

	if (!loop_timer_new(all->loop, glance, all, &all->timer))
		loop_timer_set(all->timer, GLANCE_MS);
}

static void stop(struct task *t)
{
	struct keepalives *all = task_of(t, struct keepalives, stop);

	loop_timer_free(all->timer);
	pthread_mutex_lock(&all->lock);
	all->is_stopped = true;
	pthread_cond_signal(&all->stopped);
	pthread_mutex_unlock(&all->lock);
}

status keepalives_new(struct loops *loops, uint32_t interval_ms, void (*also)(void *arg), void *arg, struct keepalives **out)
{
	struct keepalives *all = calloc(1, sizeof *all);

	if (!all)
		return ecMemory;
	for (unsigned i = 0; i < LISTS; i++) {
		pthread_mutex_init(&all->lists[i].lock, NULL);
		all->lists[i].interval = interval_ms;
	}
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->stopped, NULL);
	all->also = also;
	all->arg = arg;
	all->loop = loops_at(loops, 0);
	all->start = (struct task){ start, NULL };
	all->stop = (struct task){ stop, NULL };
	loop_post(all->loop, &all->start);
	*out = all;
	return ecNone;
}

void keepalives_free(struct keepalives *all)
{
	if (!all)
		return;
	loop_post(all->loop, &all->stop);
	pthread_mutex_lock(&all->lock);
	while (!all->is_stopped)
		pthread_cond_wait(&all->stopped, &all->lock);
	pthread_mutex_unlock(&all->lock);
	for (unsigned i = 0; i < LISTS; i++)
		pthread_mutex_destroy(&all->lists[i].lock);
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->stopped);
	free(all);
}

void keepalive_add(struct keepalives *all, struct keepalive *k)
{
	struct keepalive_list *l = &all->lists[atomic_fetch_add_explicit(&all->next, 1, memory_order_relaxed) % LISTS];

	k->list = l;
	k->at = now_ms() + l->interval;
	pthread_mutex_lock(&l->lock);
	append(l, k);
	pthread_mutex_unlock(&l->lock);
}

void keepalive_remove(struct keepalive *k)
{
	struct keepalive_list *l = k->list;

	pthread_mutex_lock(&l->lock);
	if (k->linked)
		unlink_from(l, k);
	pthread_mutex_unlock(&l->lock);
}
