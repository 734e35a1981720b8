/* The messages of a folder, asked for and brought: in one session, in several side by side, or asked for ahead. */
#include <stdlib.h>

#include "client/sync_ahead.h"
#include "client/sync_incoming.h"
#include "client/sync_lanes.h"
#include "client/sync_pump.h"
#include "mapi/tag.h"

#define ARENA_MOST   ((size_t)32 << 20)
#define STATE_RANGES IDSET_RANGES_MAX
#define PUMPED_MOST  ((size_t)4 << 20)

/* One stream ---------------------------------------------------------------------------------------------------------------------- */

static status read_all(struct incoming *in, struct sync_stream *t)
{
	struct ft_event e = { .kind = FT_PROP };
	uint64_t before = 0;
	status st = ecNone;

	while (!st && !(st = sync_stream_next(t, &e, in->sync->why)) && e.kind != FT_MORE) {
		st = incoming_take(in, &e);
		in->batch_bytes += t->bytes - before;
		in->sync->counts.bytes += t->bytes - before;
		before = t->bytes;
		if (in->fetched.slowed && in->stage == HEADER)
			return st;
	}
	if (!st && in->stage == MESSAGE)
		st = reason_set(in->sync->why, ecCorruptData, "the stream ends within a message");
	if (!st)
		st = sync_take_deletions(in->sync, in->folder, in->name, &in->deleted, &in->out_of_scope);
	if (!st)
		st = sync_take_reads(in->sync, in->folder, in->name, &in->read, true);
	return st ? st : sync_take_reads(in->sync, in->folder, in->name, &in->unread, false);
}

/* Side by side -------------------------------------------------------------------------------------------------------------------- */

/* *lost: not the cache but a lane failed. */
static status read_lanes(struct incoming *in, struct sync_lanes *l, bool *lost)
{
	struct sync *s = in->sync;
	struct ft_event e = { .kind = FT_PROP };
	uint64_t before = 0;
	status st = ecNone;

	while (!st) {
		st = sync_lanes_next(l, &e, s->why);
		*lost = st && st != ecServerBusy;
		if (!st && e.kind == FT_MORE)
			return ecNone;
		if (st == ecServerBusy)
			st = s->options->canceled && s->options->canceled(s->options->context) ? reason_set(s->why, ecUserCanceled, "canceled") : ecNone;
		else if (!st)
			st = incoming_take(in, &e);
		in->batch_bytes += sync_lanes_bytes(l) - before;
		s->counts.bytes += sync_lanes_bytes(l) - before;
		before = sync_lanes_bytes(l);
	}
	return st;
}

/* The last batch is given up, and all goes on from the one before. */
static status forget_batch(struct incoming *in)
{
	cache_apply_rollback(in->sync->cache);
	in->sync->counts = in->counts;
	in->stage = OUTSIDE;
	sync_state_free(&in->state);
	return sync_store(in->sync, cache_state(in->sync->cache, in->folder, &in->state), in->name);
}

static status apply_lanes(struct incoming *in, struct sync_lanes *l)
{
	bool lost = false;
	status st = message_in_init(&in->in, cache_mailbox(in->sync->cache));

	if (!st)
		st = incoming_begin_batch(in);
	if (!st)
		st = read_lanes(in, l, &lost);
	if (!st)
		st = incoming_end_batch(in, &in->state);
	incoming_drop_writer(in);
	if (st && cache_mailbox(in->sync->cache) && cache_is_applying(in->sync->cache))
		st = lost ? forget_batch(in) : (cache_apply_rollback(in->sync->cache), st);
	message_in_free(&in->in);
	return st;
}

/* The last change number that the server is known to have given out: it said so of the folders. */
static status last_change(struct sync *s, uint64_t *last)
{
	struct sync_state state = SYNC_STATE_MAX(STATE_RANGES);
	status st = sync_store(s, cache_state(s->cache, CACHE_HIERARCHY, &state), "folders");
	const struct globset *seen = st ? NULL : idset_find(&state.seen, &remote_mailbox(s->remote)->replica);

	*last = seen ? seen->v[seen->n - 1].last : 0;
	sync_state_free(&state);
	return st;
}

/* A folder of which nothing is here yet, from a server that is far away. Whatever is not brought by it comes after it. */
static status side_by_side(struct incoming *in, unsigned lanes)
{
	struct sync *s = in->sync;
	const struct sync_fetch *how = in->how;
	struct sync_slices slices = { .n = 0 };
	struct sync_lanes *l = NULL;
	uint64_t failed = s->counts.local_failures, last = 0;
	status st = last_change(s, &last);

	if (!st)
		st = sync_slices_find(s->remote, in->folder, last, &slices, s->why);
	if (st || slices.n < 2)
		return st;
	st = sync_lanes_begin(s->remote, &(struct sync_lanes_ask){ in->folder, how->restriction, &slices, lanes }, &l, s->why);
	if (!st)
		st = apply_lanes(in, l);
	sync_lanes_end(l);
	/* What could not be taken over comes once more. */
	s->counts.local_failures = failed;
	in->failures = 0;
	return st;
}

/* A folder ------------------------------------------------------------------------------------------------------------------------ */

/* With what failed left out of it, the server's state would be a lie: then what was put together here is kept. */
static status finish(struct incoming *in)
{
	struct sync *s = in->sync;
	/* What is further back is added to what there was, and the rest of what is left comes next. */
	bool all = !in->failures && !in->fetched.left && !in->fetched.slowed && !in->how->further_back;
	status st = incoming_end_batch(in, all ? &in->now : &in->state);

	if (st || !all)
		return st;
	st = cache_apply_begin(s->cache);
	if (!st)
		st = cache_set_folder_time(s->cache, in->folder, s->options->clock->now(s->options->clock));
	return sync_store(s, st ? st : cache_apply_commit(s->cache), in->name);
}

static status apply(struct incoming *in, struct sync_stream *t)
{
	status st = message_in_init(&in->in, cache_mailbox(in->sync->cache));

	if (!st)
		st = incoming_begin_batch(in);
	if (!st)
		st = read_all(in, t);
	if (!st)
		st = finish(in);
	if (st) {
		incoming_drop_writer(in);
		if (cache_mailbox(in->sync->cache))
			cache_apply_rollback(in->sync->cache);
	}
	message_in_free(&in->in);
	return st;
}

static void incoming_free(struct incoming *in)
{
	sync_state_free(&in->state);
	sync_state_free(&in->now);
	sync_partial_free(&in->part);
	idset_free(&in->deleted);
	idset_free(&in->out_of_scope);
	idset_free(&in->read);
	idset_free(&in->unread);
	buf_free(&in->value);
	arena_free(&in->arena);
	arena_free(&in->plan_arena);
	free(in);
}

/* Bodies, by whatever property they come, and attachments. */
static const uint32_t rest_of_a_message[] = { PidTagBody, PidTagHtml, PidTagRtfCompressed, PidTagMessageAttachments };

/* The state as if the versions had never been seen that are to come again. */
static status forget_seen(struct incoming *in)
{
	const struct guid *replica = &remote_mailbox(in->sync->remote)->replica;
	status st = ecNone;

	for (size_t i = 0; i < in->how->n_again && !st; i++) {
		const struct cache_partial *p = &in->how->again[i];

		if (p->cn)
			st = idset_remove(p->associated ? &in->state.seen_associated : &in->state.seen, replica, p->cn, p->cn);
	}
	return st ? reason_set(in->sync->why, st, "the state of the synchronisation is too large") : ecNone;
}

/* Where a stream comes from. */
struct source {
	struct sync *sync;
	struct sync_ahead_job *job; /* NULL: our own session */
	struct sync_stream own, stream; /* of our own session; of pieces that another thread fetches */
	struct sync_pump *pump;         /* has `own`; NULL: nobody */
	struct sync_stream *now;        /* of the two, the one to be read */
};

/* Of whoever fetches; ecServerBusy: there is nothing yet. */
static status take_piece(struct source *f, struct bytes *piece, struct reason *why)
{
	return f->job ? sync_ahead_piece(f->job, piece, why) : sync_pump_piece(f->pump, piece, why);
}

static status next_piece(void *context, struct bytes *piece, struct reason *why)
{
	struct source *f = context;
	const struct sync_options *o = f->sync->options;
	status st;

	while ((st = take_piece(f, piece, why)) == ecServerBusy)
		if (o->canceled && o->canceled(o->context))
			return reason_set(why, ecUserCanceled, "canceled");
	return st;
}

static status begin_source(struct source *f, struct sync *s, const struct sync_stream_ask *ask)
{
	*f = (struct source){ .sync = s, .job = sync_ahead_take(s->ahead, ask) };
	f->now = f->job ? &f->stream : &f->own;
	if (!f->job)
		return sync_stream_begin(&f->own, s->remote, ask, s->why);
	sync_stream_from(&f->stream, next_piece, f);
	return ecNone;
}

static bool has_more(struct source *f)
{
	return f->job ? sync_ahead_has_more(f->job) : sync_stream_has_more(&f->own);
}

/* What is more than one answer is fetched by another thread; without one we do it ourselves. */
static void pump_source(struct source *f)
{
	struct reason unused;

	if (f->job || !has_more(f) || sync_pump_begin(&f->own, PUMPED_MOST, &f->pump, &unused))
		return;
	f->sync->traffic = sync_pump_traffic(f->pump);
	sync_stream_from(&f->stream, next_piece, f);
	f->now = &f->stream;
}

static void end_source(struct source *f)
{
	f->sync->traffic = NULL;
	sync_pump_end(f->pump);
	if (f->now == &f->stream)
		sync_stream_end(&f->stream);
	if (!f->job)
		sync_stream_end(&f->own);
	sync_ahead_drop(f->job);
}

/* Headers are little, and what comes again is here in part only: nothing is to be put upon it. */
static struct sync_stream_ask ask_of(struct sync *s, const struct sync_fetch *how, const struct sync_state *state)
{
	return (struct sync_stream_ask){ .kind = STREAM_CONTENTS,
					 .folder = remote_id(s->remote, how->folder),
					 .state = state,
					 .left_out = rest_of_a_message,
					 .n_left_out = how->headers ? sizeof rest_of_a_message / sizeof *rest_of_a_message : 0,
					 .restriction = how->restriction,
					 .partial = !how->headers && !how->whole && !how->n_again && !how->further_back };
}

static status fetch(struct incoming *in)
{
	const struct sync_fetch *how = in->how;
	struct sync_state nothing = SYNC_STATE_MAX(STATE_RANGES);
	struct sync_stream_ask ask = ask_of(in->sync, how, how->further_back ? &nothing : &in->state);
	unsigned lanes = !how->headers && !how->further_back && idset_is_empty(&in->state.seen) ? sync_sessions_wanted(in->sync) : 0;
	struct source f;
	status st = forget_seen(in);

	if (st)
		return st;
	st = begin_source(&f, in->sync, &ask);
	/* More than one answer brings: others help, and the one session takes what is left. */
	if (!st && lanes && has_more(&f)) {
		end_source(&f);
		st = side_by_side(in, lanes);
		if (st)
			return st;
		st = begin_source(&f, in->sync, &ask);
	}
	sync_link_begin(in->sync);
	if (!st) {
		pump_source(&f);
		st = apply(in, f.now);
	}
	end_source(&f);
	sync_state_free(&nothing);
	return st;
}

status sync_fetch_ahead(struct sync *s, const struct sync_fetch *how)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(STATE_RANGES);
	struct sync_stream_ask ask = ask_of(s, how, &state);
	status st = cache_state(s->cache, how->folder, &state);

	return st ? sync_store(s, st, how->name) : sync_ahead_add(s->ahead, &ask);
}

status sync_fetch(struct sync *s, const struct sync_fetch *how, struct sync_fetched *out)
{
	struct incoming *in = calloc(1, sizeof *in);
	status st;

	if (!in)
		return reason_set(s->why, ecMemory, "out of memory");
	in->sync = s;
	in->how = how;
	in->folder = how->folder;
	in->name = how->name;
	arena_init(&in->arena, ARENA_MOST);
	arena_init(&in->plan_arena, ARENA_MOST);
	buf_init(&in->value, ARENA_MOST);
	sync_state_init(&in->state, STATE_RANGES);
	sync_state_init(&in->now, STATE_RANGES);
	sync_partial_init(&in->part);
	idset_init(&in->deleted, STATE_RANGES);
	idset_init(&in->out_of_scope, STATE_RANGES);
	idset_init(&in->read, STATE_RANGES);
	idset_init(&in->unread, STATE_RANGES);
	st = sync_store(s, cache_state(s->cache, how->folder, &in->state), how->name);
	if (!st)
		st = fetch(in);
	*out = in->fetched;
	incoming_free(in);
	return st;
}
