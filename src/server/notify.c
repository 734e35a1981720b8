/* Waiting for notifications: one waiter a session, told once. */
#include "server/notify.h"

#include "server/server.h"

#include <pthread.h>
#include <stdlib.h>

struct notify_queue {
	pthread_mutex_t lock;
	notify_done *done; /* NULL: nobody waits */
	void *arg;
	bool pending;
};

/* Two may ask for it at the same time. */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static struct notify_queue *queue_of(struct session *s)
{
	pthread_mutex_lock(&making);
	if (!s->notify) {
		struct notify_queue *q = calloc(1, sizeof *q);

		if (q)
			pthread_mutex_init(&q->lock, NULL);
		s->notify = q;
	}
	struct notify_queue *q = s->notify;
	pthread_mutex_unlock(&making);
	return q;
}

/* Takes the waiter out; the caller tells it without the lock. */
static notify_done *take(struct notify_queue *q, void **arg)
{
	notify_done *done = q->done;

	*arg = q->arg;
	q->done = NULL;
	q->arg = NULL;
	return done;
}

status notify_wait(struct session *s, notify_done *done, void *arg)
{
	struct notify_queue *q = queue_of(s);
	void *before_arg;

	if (!q)
		return ecMemory;
	pthread_mutex_lock(&q->lock);
	notify_done *before = take(q, &before_arg);
	bool pending = q->pending;
	if (!pending) {
		q->done = done;
		q->arg = arg;
		counter_add(s->server->counters, COUNTER_RPC_WAITING, 1);
	}
	pthread_mutex_unlock(&q->lock);
	if (before) {
		counter_add(s->server->counters, COUNTER_RPC_WAITING, -1);
		before(before_arg, NOTIFY_SECOND);
	}
	if (pending)
		done(arg, NOTIFY_PENDING);
	return ecNone;
}

bool notify_cancel(struct session *s, const void *arg)
{
	struct notify_queue *q = queue_of(s);
	bool mine = false;

	if (!q)
		return false;
	pthread_mutex_lock(&q->lock);
	if (q->done && q->arg == arg) {
		q->done = NULL;
		q->arg = NULL;
		mine = true;
	}
	pthread_mutex_unlock(&q->lock);
	if (mine)
		counter_add(s->server->counters, COUNTER_RPC_WAITING, -1);
	return mine;
}

static void tell(struct session *s, bool pending)
{
	struct notify_queue *q = queue_of(s);
	void *arg;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->pending = q->pending || pending;
	notify_done *done = take(q, &arg);
	pthread_mutex_unlock(&q->lock);
	if (!done)
		return;
	counter_add(s->server->counters, COUNTER_RPC_WAITING, -1);
	done(arg, pending ? NOTIFY_PENDING : NOTIFY_NOTHING);
}

void notify_wake(struct session *s)
{
	tell(s, true);
}

void notify_interrupt(struct session *s)
{
	tell(s, false);
}

void notify_clear(struct session *s)
{
	struct notify_queue *q = queue_of(s);

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->pending = false;
	pthread_mutex_unlock(&q->lock);
}

bool notify_pending(struct session *s)
{
	struct notify_queue *q = queue_of(s);

	if (!q)
		return false;
	pthread_mutex_lock(&q->lock);
	bool pending = q->pending;
	pthread_mutex_unlock(&q->lock);
	return pending;
}

void notify_queue_free(struct notify_queue *q)
{
	if (!q)
		return;
	if (q->done)
		q->done(q->arg, false);
	pthread_mutex_destroy(&q->lock);
	free(q);
}
