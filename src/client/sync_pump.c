#include "client/sync_pump.h"

#include <pthread.h>
#include <stdlib.h>

#include "client/pieces.h"
#include "net/thread.h"

struct sync_pump {
	struct sync_stream *stream;
	size_t most;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock. */
	bool stop, over;
	struct pieces pieces;
	struct session_traffic traffic;
	status outcome;
	struct reason why;
	/* The reader's. */
	struct piece *now;
	struct session_traffic seen;
};

/* The thread ---------------------------------------------------------------------------------------------------------------------- */

/* False: nobody wants more. */
static bool put(struct sync_pump *p, struct piece *piece)
{
	bool stop;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop && p->pieces.queued >= p->most)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	stop = p->stop;
	pieces_put(&p->pieces, piece);
	p->traffic = *session_traffic(remote_session(p->stream->remote));
	(void)pthread_cond_signal(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	return !stop;
}

static status fetch(struct sync_pump *p, struct reason *why)
{
	struct bytes piece = { NULL, 0 };
	status s;

	while (!(s = sync_stream_piece(p->stream, &piece, why)) && piece.n) {
		struct piece *copy = piece_new(piece, false);

		if (!copy)
			return reason_set(why, ecMemory, "out of memory");
		if (!put(p, copy))
			return ecNone;
	}
	return s;
}

static void *run(void *arg)
{
	struct sync_pump *p = arg;
	struct reason why = { "" };
	status s = fetch(p, &why);

	(void)pthread_mutex_lock(&p->lock);
	p->over = true;
	p->outcome = s;
	p->why = why;
	(void)pthread_cond_signal(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* The reader ---------------------------------------------------------------------------------------------------------------------- */

status sync_pump_piece(struct sync_pump *p, struct bytes *piece, struct reason *why)
{
	const struct timespec until = thread_time(1000);
	struct piece *next;
	int code = 0;
	status s = ecNone;

	*piece = bytes_of(NULL, 0);
	(void)pthread_mutex_lock(&p->lock);
	while (!p->pieces.head && !p->over && !code)
		code = pthread_cond_timedwait(&p->changed, &p->lock, &until);
	next = pieces_take(&p->pieces);
	if (next)
		(void)pthread_cond_signal(&p->changed);
	else if (!p->over)
		s = ecServerBusy;
	else if (p->outcome)
		s = reason_set(why, p->outcome, "%s", p->why.text);
	p->seen = p->traffic;
	(void)pthread_mutex_unlock(&p->lock);
	free(p->now);
	p->now = next;
	if (next)
		*piece = bytes_of(next->bytes, next->n);
	return s;
}

const struct session_traffic *sync_pump_traffic(const struct sync_pump *p)
{
	return &p->seen;
}

/* Beginning and end --------------------------------------------------------------------------------------------------------------- */

static void free_pump(struct sync_pump *p)
{
	pieces_free(&p->pieces);
	free(p->now);
	(void)pthread_cond_destroy(&p->changed);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

status sync_pump_begin(struct sync_stream *stream, size_t most, struct sync_pump **out,
		       struct reason *why)
{
	struct sync_pump *p = calloc(1, sizeof *p);

	if (!p)
		return reason_set(why, ecMemory, "out of memory");
	p->stream = stream;
	p->most = most;
	p->traffic = p->seen = *session_traffic(remote_session(stream->remote));
	(void)pthread_mutex_init(&p->lock, NULL);
	thread_cond_init(&p->changed);
	if (!thread_start(&p->thread, run, p)) {
		free_pump(p);
		return reason_set(why, ecMemory, "no thread can be started");
	}
	*out = p;
	return ecNone;
}

void sync_pump_end(struct sync_pump *p)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_signal(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	free_pump(p);
}
