#include "client/sync_lanes.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "client/pieces.h"
#include "client/sync_stream.h"
#include "net/thread.h"

#define ARENA_MOST  ((size_t)16 << 20)
#define QUEUED_MOST ((size_t)192 << 10) /* of one lane, not read yet: what is behind it waits in the answer */
#define READY_LEAST ((size_t)128 << 10) /* and so much that what is begun comes to its end, but for large messages */
#define STATE_MOST  4u

struct lane {
	struct sync_lanes *all;
	pthread_t thread;
	bool started;
	/* Under the lock. */
	struct session *session;
	struct pieces pieces; /* of its parts, not read yet */
	pthread_cond_t room;  /* for more of them */
	bool part_over; /* all of its part is queued */
	bool ended;
	status outcome;
	struct reason why;
	/* The reader's. */
	struct ft_lexer lexer;
	struct arena arena;
	struct piece *now;
	bool held;     /* a message begins, and was not given yet */
	bool skipping; /* what is no message: before the first, and after the last one of a part */
};

struct sync_lanes {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* what the reader waits for */
	const struct remote *remote;
	struct sync_lanes_ask ask;
	size_t next_slice;
	bool stop;
	struct lane lanes[SYNC_LANES_MOST];
	unsigned n;
	/* The reader's. */
	struct lane *current;
	bool closed; /* the last message was told to be over */
	uint64_t bytes;
};

/* A lane, on its thread ----------------------------------------------------------------------------------------------------------- */

static bool put_piece(struct lane *l, struct bytes b, bool first)
{
	struct piece *p = piece_new(b, first);
	struct sync_lanes *all = l->all;

	if (!p)
		return false;
	(void)pthread_mutex_lock(&all->lock);
	while (!all->stop && l->pieces.queued > QUEUED_MOST)
		(void)pthread_cond_wait(&l->room, &all->lock);
	pieces_put(&l->pieces, p);
	l->part_over = false;
	(void)pthread_cond_signal(&all->changed);
	(void)pthread_mutex_unlock(&all->lock);
	return true;
}

static void end_of_part(struct lane *l)
{
	(void)pthread_mutex_lock(&l->all->lock);
	l->part_over = true;
	(void)pthread_cond_signal(&l->all->changed);
	(void)pthread_mutex_unlock(&l->all->lock);
}

static bool take_slice(struct sync_lanes *all, size_t *i)
{
	bool got;

	(void)pthread_mutex_lock(&all->lock);
	/* The newest changes first. */
	got = !all->stop && all->next_slice < all->ask.slices->n;
	*i = all->ask.slices->n - 1 - all->next_slice;
	all->next_slice += got;
	(void)pthread_mutex_unlock(&all->lock);
	return got;
}

static bool is_stopped(struct sync_lanes *all)
{
	bool stop;

	(void)pthread_mutex_lock(&all->lock);
	stop = all->stop;
	(void)pthread_mutex_unlock(&all->lock);
	return stop;
}

static status fetch(struct lane *l, struct remote *r, size_t slice, struct reason *why)
{
	struct sync_state state = SYNC_STATE_MAX(STATE_MOST);
	const struct sync_lanes_ask *of = &l->all->ask;
	struct sync_stream_ask ask = { .kind = STREAM_CONTENTS,
				       .folder = remote_id(r, of->folder),
				       .state = &state,
				       .restriction = of->restriction };
	struct sync_stream t;
	struct bytes piece = { NULL, 0 };
	bool first = true;
	status s = sync_slice_state(l->all->ask.slices, slice, &remote_mailbox(r)->replica, &state);

	if (!s) {
		s = sync_stream_begin(&t, r, &ask, why);
		while (!s && !(s = sync_stream_piece(&t, &piece, why)) && piece.n &&
		       !is_stopped(l->all)) {
			if (!put_piece(l, piece, first))
				s = reason_set(why, ecMemory, "out of memory");
			first = false;
		}
		end_of_part(l);
		sync_stream_end(&t);
	}
	sync_state_free(&state);
	return s;
}

/* Known to whoever ends it all, so that it can be interrupted. */
static status open_session(struct lane *l, struct session **out, struct reason *why)
{
	status s = session_beside(remote_session((struct remote *)(uintptr_t)l->all->remote), NULL,
				  out, why);

	if (s)
		return s;
	(void)pthread_mutex_lock(&l->all->lock);
	l->session = *out;
	if (l->all->stop)
		session_cancel(*out, true);
	(void)pthread_mutex_unlock(&l->all->lock);
	return ecNone;
}

static void *run(void *arg)
{
	struct lane *l = arg;
	struct session *session = NULL;
	struct remote *r = NULL;
	struct reason why = { "" }, unused;
	size_t i;
	status s = open_session(l, &session, &why);

	/* A server that has enough sessions of one person refuses the next one: then there are fewer lanes. */
	bool open = !s && !remote_beside(l->all->remote, session, &r, &why);
	while (!s && open && take_slice(l->all, &i))
		s = fetch(l, r, i, &why);
	if (session && session_connected(session))
		(void)!session_disconnect(session, &unused);
	remote_close(r);
	(void)pthread_mutex_lock(&l->all->lock);
	l->session = NULL;
	l->ended = true;
	l->outcome = s;
	l->why = why;
	(void)pthread_cond_signal(&l->all->changed);
	(void)pthread_mutex_unlock(&l->all->lock);
	session_free(session);
	return NULL;
}

/* Reading ------------------------------------------------------------------------------------------------------------------------- */

/*
 * Has it something to give? Whoever begins a message waits until it is whole, and all others with it: so it is not begun before most of it is there.
 */
static bool is_ready(const struct lane *l)
{
	if (l->ended || l->part_over)
		return l->pieces.head || l->held;
	return l->pieces.queued >= READY_LEAST;
}

static status wait_a_second(struct sync_lanes *all)
{
	const struct timespec until = thread_time(1000);

	return pthread_cond_timedwait(&all->changed, &all->lock, &until) == ETIMEDOUT ? ecServerBusy
										      : ecNone;
}

/* Under the lock: the first failure, or the next that is ready, after `from`; *out NULL when all have ended. */
static status look_for_lane(struct sync_lanes *all, size_t from, struct lane **out, bool *wait,
			    struct reason *why)
{
	*out = NULL;
	*wait = false;
	for (unsigned i = 0; i < all->n; i++) {
		struct lane *l = &all->lanes[(from + i) % all->n];

		if (l->ended && l->outcome)
			return reason_set(why, l->outcome, "%s", l->why.text);
		if (!*out && is_ready(l))
			*out = l;
		*wait = *wait || !l->ended || l->pieces.head;
	}
	return ecNone;
}

static status choose(struct sync_lanes *all, size_t from, struct reason *why)
{
	bool wait = true;
	status s = ecNone;

	(void)pthread_mutex_lock(&all->lock);
	while (!s && !(s = look_for_lane(all, from, &all->current, &wait, why)) && !all->current &&
	       wait)
		s = wait_a_second(all);
	(void)pthread_mutex_unlock(&all->lock);
	return s;
}

/* A part that ends has told its state behind the messages. */
static status finish_part(struct lane *l, struct reason *why)
{
	status s = ft_lexer_finish(&l->lexer);

	if (s)
		return reason_set(why, s, "what the server sends cannot be understood: %s",
				  l->lexer.why.text);
	return l->skipping ? ecNone
			   : reason_set(why, ecCorruptData, "the stream ends within a message");
}

/* The next piece of a lane; *over: there is none, and will be none. ecServerBusy: nothing came for a second. */
static status take_piece(struct lane *l, struct piece **out, bool *over)
{
	struct sync_lanes *all = l->all;
	struct piece *p;
	status s = ecNone;

	(void)pthread_mutex_lock(&all->lock);
	if (!l->pieces.head && !l->ended)
		s = wait_a_second(all);
	p = pieces_take(&l->pieces);
	*over = !p && l->ended;
	if (p) {
		s = ecNone;
		(void)pthread_cond_signal(&l->room);
	}
	(void)pthread_mutex_unlock(&all->lock);
	*out = p;
	return s;
}

static status feed(struct lane *l, bool *over, struct reason *why)
{
	struct piece *p = NULL;
	status s = take_piece(l, &p, over);

	if (!s && (*over || (p && p->first)))
		s = finish_part(l, why);
	if (!p)
		return s;
	free(l->now);
	l->now = p;
	if (p->first) {
		ft_lexer_free(&l->lexer);
		ft_lexer_init(&l->lexer, &ft_limits_wire);
	}
	l->all->bytes += p->n;
	ft_lexer_feed(&l->lexer, bytes_of(p->bytes, p->n));
	return s;
}

static bool ends_messages(const struct ft_event *e)
{
	return e->kind == FT_MARKER &&
	       (e->marker == FT_INCR_SYNC_DEL || e->marker == FT_INCR_SYNC_READ ||
		e->marker == FT_INCR_SYNC_STATE_BEGIN || e->marker == FT_INCR_SYNC_END ||
		e->marker == FT_INCR_SYNC_PROGRESS_MODE ||
		e->marker == FT_INCR_SYNC_PROGRESS_PER_MESSAGE);
}

static bool begins_message(const struct ft_event *e)
{
	return e->kind == FT_MARKER && e->marker == FT_INCR_SYNC_CHG;
}

/* Between two parts nothing is owed: others are read until the next part comes. */
static bool is_between_parts(struct lane *l)
{
	bool more;

	(void)pthread_mutex_lock(&l->all->lock);
	more = l->pieces.head || l->ended;
	(void)pthread_mutex_unlock(&l->all->lock);
	return l->skipping && !more;
}

/* From the current lane; *given false: it has nothing now, or another is to be looked for. */
static status read_lane(struct sync_lanes *all, struct ft_event *e, bool *given, struct reason *why)
{
	struct lane *l = all->current;
	bool over = false;
	status s;

	*given = false;
	arena_reset(&l->arena);
	s = ft_lexer_next(&l->lexer, &l->arena, e);
	if (s)
		return reason_set(why, s, "what the server sends cannot be understood: %s",
				  l->lexer.why.text);
	if (e->kind == FT_MORE) {
		over = is_between_parts(l);
		s = over ? ecNone : feed(l, &over, why);
		all->current = over ? NULL : l;
		return s;
	}
	if (begins_message(e)) {
		l->held = true;
		l->skipping = false;
		all->current = NULL;
		return ecNone;
	}
	l->skipping = l->skipping || ends_messages(e);
	*given = !l->skipping;
	return ecNone;
}

/* With a message that begins, another lane may take its turn; the one that was read goes on when it has more. */
static status next_lane(struct sync_lanes *all, size_t from, struct ft_event *e, bool *given,
			struct reason *why)
{
	status s = choose(all, from, why);

	*given = !s && (!all->current || all->current->held);
	if (s || !*given)
		return s;
	if (all->current) {
		all->current->held = false;
		*e = (struct ft_event){ .kind = FT_MARKER, .marker = FT_INCR_SYNC_CHG };
		return ecNone;
	}
	*e = (struct ft_event){ .kind = all->closed ? FT_MORE : FT_MARKER,
				.marker = FT_INCR_SYNC_PROGRESS_PER_MESSAGE };
	all->closed = true;
	return ecNone;
}

status sync_lanes_next(struct sync_lanes *all, struct ft_event *e, struct reason *why)
{
	bool given = false;
	status s = ecNone;

	while (!s && !given) {
		size_t last = all->current ? (size_t)(all->current - all->lanes) : 0;

		if (all->current)
			s = read_lane(all, e, &given, why);
		if (!s && !given && !all->current)
			s = next_lane(all, last, e, &given, why);
	}
	return s;
}

uint64_t sync_lanes_bytes(const struct sync_lanes *l)
{
	return l->bytes;
}

/* Beginning and end --------------------------------------------------------------------------------------------------------------- */

status sync_lanes_begin(const struct remote *r, const struct sync_lanes_ask *ask,
			struct sync_lanes **out, struct reason *why)
{
	struct sync_lanes *all = calloc(1, sizeof *all);

	if (!all)
		return reason_set(why, ecMemory, "out of memory");
	(void)pthread_mutex_init(&all->lock, NULL);
	thread_cond_init(&all->changed);
	all->remote = r;
	all->ask = *ask;
	all->n = ask->lanes < SYNC_LANES_MOST ? ask->lanes : SYNC_LANES_MOST;
	for (unsigned i = 0; i < all->n; i++) {
		struct lane *l = &all->lanes[i];

		l->all = all;
		(void)pthread_cond_init(&l->room, NULL);
		arena_init(&l->arena, ARENA_MOST);
		ft_lexer_init(&l->lexer, &ft_limits_wire);
		l->skipping = true;
		l->started = thread_start(&l->thread, run, l);
		l->ended = !l->started;
	}
	*out = all;
	return ecNone;
}

static void free_lane(struct lane *l)
{
	if (l->started)
		(void)pthread_join(l->thread, NULL);
	pieces_free(&l->pieces);
	free(l->now);
	ft_lexer_free(&l->lexer);
	arena_free(&l->arena);
	(void)pthread_cond_destroy(&l->room);
}

void sync_lanes_end(struct sync_lanes *all)
{
	if (!all)
		return;
	(void)pthread_mutex_lock(&all->lock);
	all->stop = true;
	for (unsigned i = 0; i < all->n; i++) {
		if (all->lanes[i].session)
			session_cancel(all->lanes[i].session, true);
		(void)pthread_cond_signal(&all->lanes[i].room);
	}
	(void)pthread_mutex_unlock(&all->lock);
	for (unsigned i = 0; i < all->n; i++)
		free_lane(&all->lanes[i]);
	(void)pthread_cond_destroy(&all->changed);
	(void)pthread_mutex_destroy(&all->lock);
	free(all);
}
