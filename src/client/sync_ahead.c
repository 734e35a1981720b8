#include "client/sync_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "client/pieces.h"
#include "net/thread.h"

#define AHEAD_MOST   ((size_t)8 << 20)   /* of all that is fetched and not read yet; then nothing new is begun */
#define QUEUED_MOST  ((size_t)512 << 10) /* of one stream; then it waits */
#define RANGES_MOST  IDSET_RANGES_MAX
#define PATIENCE_SECONDS 3u

enum phase { WAITING, FETCHING, OVER };

struct sync_ahead_job {
	struct sync_ahead_job *next;
	struct sync_ahead *all;
	struct sync_stream_ask ask;
	struct sync_state state;
	struct buf restriction;
	/* Under the lock. */
	enum phase phase;
	bool taken, dropped;
	bool has_more;
	struct pieces pieces; /* fetched, not read yet */
	status outcome;
	struct reason why;
	/* The reader's. */
	struct piece *now;
};

struct helper {
	struct sync_ahead *all;
	struct session *session;
	pthread_t thread;
	bool started;
	bool busy; /* under the lock: it may be waiting for the server */
};

struct sync_ahead {
	const struct remote *remote;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop;
	size_t queued;
	struct sync_ahead_job *first, **last;
	struct helper helpers[SYNC_AHEAD_SESSIONS];
	unsigned n;
};

/* Jobs ---------------------------------------------------------------------------------------------------------------------------- */

static void free_job(struct sync_ahead_job *j)
{
	pieces_free(&j->pieces);
	free(j->now);
	sync_state_free(&j->state);
	buf_free(&j->restriction);
	free(j);
}

/* Under the lock; out of the list, and gone unless a helper has it, which lets it go then. */
static void let_go(struct sync_ahead_job *j)
{
	struct sync_ahead *a = j->all;
	struct sync_ahead_job **at = &a->first;

	while (*at && *at != j)
		at = &(*at)->next;
	if (*at) {
		*at = j->next;
		if (a->last == &j->next)
			a->last = at;
	}
	a->queued -= j->pieces.queued;
	j->dropped = true;
	if (j->phase != FETCHING)
		free_job(j);
	(void)pthread_cond_broadcast(&a->changed);
}

status sync_ahead_add(struct sync_ahead *a, const struct sync_stream_ask *ask)
{
	struct sync_ahead_job *j = calloc(1, sizeof *j);

	if (!j)
		return ecMemory;
	j->all = a;
	j->ask = *ask;
	sync_state_init(&j->state, RANGES_MOST);
	buf_init(&j->restriction, ask->restriction.n + 1);
	buf_add(&j->restriction, ask->restriction.p, ask->restriction.n);
	if (j->restriction.failed || sync_state_copy(ask->state, &j->state)) {
		free_job(j);
		return ecMemory;
	}
	j->ask.state = &j->state;
	j->ask.restriction = buf_bytes(&j->restriction);
	(void)pthread_mutex_lock(&a->lock);
	*a->last = j;
	a->last = &j->next;
	(void)pthread_cond_broadcast(&a->changed);
	(void)pthread_mutex_unlock(&a->lock);
	return ecNone;
}

/* A helper, on its thread --------------------------------------------------------------------------------------------------------- */

/* The first that nobody has begun, when there is room for it. */
static struct sync_ahead_job *next_job(struct helper *h)
{
	struct sync_ahead *a = h->all;
	struct sync_ahead_job *j = NULL;

	(void)pthread_mutex_lock(&a->lock);
	h->busy = false;
	while (!a->stop && !j) {
		for (j = a->queued < AHEAD_MOST ? a->first : NULL; j && j->phase != WAITING;)
			j = j->next;
		if (!j)
			(void)pthread_cond_wait(&a->changed, &a->lock);
	}
	if (j && a->stop)
		j = NULL;
	h->busy = j;
	if (j)
		j->phase = FETCHING;
	(void)pthread_mutex_unlock(&a->lock);
	return j;
}

/* False: nobody wants it any more, or there is no memory. */
static bool put_piece(struct sync_ahead_job *j, struct bytes b, bool has_more)
{
	struct sync_ahead *a = j->all;
	struct piece *p = piece_new(b, false);
	bool wanted;

	if (!p)
		return false;
	(void)pthread_mutex_lock(&a->lock);
	while (!a->stop && !j->dropped && j->pieces.queued > QUEUED_MOST)
		(void)pthread_cond_wait(&a->changed, &a->lock);
	wanted = !a->stop && !j->dropped;
	if (wanted) {
		pieces_put(&j->pieces, p);
		a->queued += b.n;
		j->has_more = j->has_more || has_more;
		(void)pthread_cond_broadcast(&a->changed);
	}
	(void)pthread_mutex_unlock(&a->lock);
	if (!wanted)
		free(p);
	return wanted;
}

static status fetch(struct sync_ahead_job *j, struct remote *r, struct reason *why)
{
	struct sync_stream t;
	struct bytes piece = { NULL, 0 };
	status s = sync_stream_begin(&t, r, &j->ask, why);

	while (!s && !(s = sync_stream_piece(&t, &piece, why)) && piece.n)
		if (!put_piece(j, piece, sync_stream_has_more(&t)))
			break;
	sync_stream_end(&t);
	return s;
}

static void end_job(struct sync_ahead_job *j, status outcome, const struct reason *why)
{
	struct sync_ahead *a = j->all;

	(void)pthread_mutex_lock(&a->lock);
	j->phase = OVER;
	j->outcome = outcome;
	j->why = *why;
	if (j->dropped)
		free_job(j);
	(void)pthread_cond_broadcast(&a->changed);
	(void)pthread_mutex_unlock(&a->lock);
}

/* A server that has enough sessions of one person refuses the next one: then there are fewer helpers, or none. */
static void *run(void *arg)
{
	struct helper *h = arg;
	struct remote *r = NULL;
	struct sync_ahead_job *j;
	struct reason why = { "" };
	status s = remote_beside(h->all->remote, h->session, &r, &why);

	while (!s && (j = next_job(h))) {
		s = fetch(j, r, &why);
		end_job(j, s, &why);
		/* It is said of the folder; the session goes on. */
		if (s && session_failure(h->session) == SESSION_FINE)
			s = ecNone;
	}
	/* One that was interrupted has no word for the server either. */
	if (session_connected(h->session))
		(void)!session_disconnect(h->session, &why);
	remote_close(r);
	return NULL;
}

/* The reader ---------------------------------------------------------------------------------------------------------------------- */

static bool is_same(const struct sync_stream_ask *a, const struct sync_stream_ask *b)
{
	return a->kind == b->kind && a->folder == b->folder && a->n_left_out == b->n_left_out && a->partial == b->partial && a->restriction.n == b->restriction.n &&
	       (!a->restriction.n || memcmp(a->restriction.p, b->restriction.p, a->restriction.n) == 0) && sync_state_equal(a->state, b->state);
}

/* Under the lock. ecServerBusy: nothing came for a second. */
static status wait_for_piece(struct sync_ahead_job *j)
{
	const struct timespec until = thread_time(1000);
	int code = 0;

	while (!j->pieces.head && j->phase == FETCHING && !code)
		code = pthread_cond_timedwait(&j->all->changed, &j->all->lock, &until);
	return j->pieces.head || j->phase == OVER ? ecNone : ecServerBusy;
}

/* Under the lock: until it has said something. False: it has failed, or it takes too long. */
static bool wait_for_word(struct sync_ahead_job *j)
{
	for (unsigned i = 0; i < PATIENCE_SECONDS && wait_for_piece(j); i++)
		;
	return j->pieces.head || (j->phase == OVER && !j->outcome);
}

struct sync_ahead_job *sync_ahead_take(struct sync_ahead *a, const struct sync_stream_ask *ask)
{
	struct sync_ahead_job *j;

	if (!a)
		return NULL;
	(void)pthread_mutex_lock(&a->lock);
	for (j = a->first; j && (j->taken || j->ask.kind != ask->kind || j->ask.folder != ask->folder);)
		j = j->next;
	if (j && (j->phase == WAITING || !is_same(&j->ask, ask) || !wait_for_word(j))) {
		let_go(j);
		j = NULL;
	}
	if (j)
		j->taken = true;
	(void)pthread_mutex_unlock(&a->lock);
	return j;
}

bool sync_ahead_has_more(struct sync_ahead_job *j)
{
	bool more;

	(void)pthread_mutex_lock(&j->all->lock);
	more = j->has_more;
	(void)pthread_mutex_unlock(&j->all->lock);
	return more;
}

status sync_ahead_piece(struct sync_ahead_job *j, struct bytes *piece, struct reason *why)
{
	struct sync_ahead *a = j->all;
	struct piece *p;
	status s;

	*piece = bytes_of(NULL, 0);
	(void)pthread_mutex_lock(&a->lock);
	s = wait_for_piece(j);
	p = s ? NULL : pieces_take(&j->pieces);
	if (p) {
		a->queued -= p->n;
		(void)pthread_cond_broadcast(&a->changed);
	} else if (!s && j->outcome) {
		s = reason_set(why, j->outcome, "%s", j->why.text);
	}
	(void)pthread_mutex_unlock(&a->lock);
	if (!p)
		return s;
	free(j->now);
	j->now = p;
	*piece = bytes_of(p->bytes, p->n);
	return ecNone;
}

void sync_ahead_drop(struct sync_ahead_job *j)
{
	struct sync_ahead *a = j ? j->all : NULL;

	if (!a)
		return;
	(void)pthread_mutex_lock(&a->lock);
	let_go(j);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Beginning and end --------------------------------------------------------------------------------------------------------------- */

status sync_ahead_begin(const struct remote *r, unsigned sessions, struct sync_ahead **out, struct reason *why)
{
	struct sync_ahead *a = calloc(1, sizeof *a);
	status s = ecNone;

	if (!a)
		return reason_set(why, ecMemory, "out of memory");
	(void)pthread_mutex_init(&a->lock, NULL);
	thread_cond_init(&a->changed);
	a->remote = r;
	a->last = &a->first;
	for (unsigned i = 0; !s && i < sessions && i < SYNC_AHEAD_SESSIONS; i++) {
		struct helper *h = &a->helpers[i];

		h->all = a;
		h->busy = true;
		s = session_beside(remote_session((struct remote *)(uintptr_t)r), NULL, &h->session, why);
		h->started = !s && thread_start(&h->thread, run, h);
		a->n += !s;
	}
	if (s) {
		sync_ahead_end(a);
		return s;
	}
	*out = a;
	return ecNone;
}

void sync_ahead_end(struct sync_ahead *a)
{
	if (!a)
		return;
	(void)pthread_mutex_lock(&a->lock);
	a->stop = true;
	for (unsigned i = 0; i < a->n; i++)
		if (a->helpers[i].busy)
			session_cancel(a->helpers[i].session, true);
	(void)pthread_cond_broadcast(&a->changed);
	(void)pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->n; i++) {
		if (a->helpers[i].started)
			(void)pthread_join(a->helpers[i].thread, NULL);
		session_free(a->helpers[i].session);
	}
	while (a->first) {
		struct sync_ahead_job *j = a->first;

		a->first = j->next;
		free_job(j);
	}
	(void)pthread_cond_destroy(&a->changed);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}
