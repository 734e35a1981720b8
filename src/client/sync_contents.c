/* What is in folders, from there ([MS-OXCFXICS] 2.2.4.3.5 contentsSync). */
#include <stdlib.h>
#include <string.h>

#include "client/sync_lanes.h"
#include "client/sync_message_in.h"
#include "client/sync_private.h"
#include "client/sync_stream.h"
#include "mapi/tag.h"
#include "store/folder.h"
#include "store/message.h"

#define ARENA_MOST    ((size_t)32 << 20)
#define STATE_RANGES  IDSET_RANGES_MAX
#define BATCH_MOST    500u
#define BATCH_BYTES   ((uint64_t)8 << 20)
#define FAILURES_MOST 1000u /* in one folder: then there is something wrong with all of it */

enum stage { OUTSIDE, HEADER, MESSAGE, DELETIONS, READ_STATES, STATE };

struct incoming {
	struct sync *sync;
	const struct sync_fetch *how;
	uint64_t folder;
	const char *name;
	enum stage stage;
	struct arena arena; /* of the message's header */
	struct bag header_bag;
	struct sync_header header;
	struct arena plan_arena;
	struct import_plan plan;
	struct message_in in;
	struct message_writer *writer;
	bool wanted;        /* the message is taken; else stepped over */
	bool conflict;      /* it goes into Conflicts first */
	bool revived;       /* it was deleted here, and changed there */
	bool is_new;
	bool deferred;      /* it is to come whole */
	struct sync_refill refill;
	struct sync_fetched fetched;
	struct sync_state state, now; /* so far, and as the server says at the end */
	struct idset deleted, out_of_scope, read, unread;
	struct buf value;
	uint32_t value_tag;
	unsigned in_batch;
	uint64_t batch_bytes, done, failures;
	struct sync_counts counts; /* of the run, when the batch began */
};

/* Batches ------------------------------------------------------------------------------------------------------------------------- */

static status begin_batch(struct incoming *in)
{
	in->in_batch = 0;
	in->batch_bytes = 0;
	in->counts = in->sync->counts;
	return sync_store(in->sync, cache_apply_begin(in->sync->cache), in->name);
}

static void drop_writer(struct incoming *in)
{
	message_writer_free(in->writer);
	in->writer = NULL;
}

static status end_batch(struct incoming *in, const struct sync_state *state)
{
	struct sync *s = in->sync;
	status st;

	drop_writer(in);
	st = sync_store(s, cache_set_state(s->cache, in->folder, state), in->name);
	if (!st)
		st = sync_store(s, cache_apply_commit(s->cache), in->name);
	return st;
}

/* The mailbox may be another one afterwards: who waits is let in. */
static status next_batch(struct incoming *in)
{
	struct sync *s = in->sync;
	status st = end_batch(in, &in->state);

	if (!st)
		st = sync_breathe(s);
	message_in_free(&in->in);
	if (!st)
		st = message_in_init(&in->in, cache_mailbox(s->cache));
	sync_tell(s, SYNC_DOWNLOADING, in->name, in->done, 0);
	return st ? st : begin_batch(in);
}

/* A message ----------------------------------------------------------------------------------------------------------------------- */

static void step_over(struct incoming *in, const char *why)
{
	in->wanted = false;
	in->failures++;
	in->sync->counts.local_failures++;
	sync_issue(in->sync->issues, ISSUE_LOCAL_FAILURE, in->header.id, "", "a message of \"%s\" cannot be taken over, and is tried again next time: %s", in->name, why);
}

/* It was deleted here, but is another version there than the one that was: that is kept. */
static status revive(struct incoming *in)
{
	struct mailbox *m = cache_mailbox(in->sync->cache);
	struct cache *c = in->sync->cache;
	struct message_info info;
	bool pending = false;
	status s = cache_is_pending(c, in->header.id, &pending);

	if (s || !pending) {
		in->wanted = false;
		/* It was deleted before the answer came that the server has it: that is still to be told. */
		return s ? s : cache_pending_add_deleted(c, in->folder, in->header.id, in->header.associated);
	}
	s = cache_pending_forget(c, in->header.id);
	in->plan = (struct import_plan){ .verdict = IMPORT_NEW,
					 .options = { .associated = in->header.associated,
						      .id = in->header.id,
						      .change_key = in->header.version.change_key,
						      .predecessors = in->header.version.predecessors } };
	if (!s && !message_info(m, in->header.id, &in->plan_arena, &info)) {
		s = message_restore(m, in->header.id, in->folder);
		in->plan.options.replaces = in->header.id;
		in->plan.options.id = 0;
	}
	sync_issue(in->sync->issues, ISSUE_NOTE, in->header.id, "", "it was deleted here and changed at the server, and is kept");
	return s;
}

/*
 * Of a version that is here nothing is to be lost: only of what is new, or of which there is no more here, and nothing was changed, the headers alone are taken.
 * Versions of other replicas cannot be asked for again.
 */
static status is_to_come_whole(struct incoming *in, status verdict, bool *whole)
{
	enum cache_fullness fullness = CACHE_FULL;
	bool edited = false;
	status s = ecNone;

	*whole = false;
	if (verdict == SYNC_E_IGNORE)
		return ecNone;
	*whole = verdict == SYNC_E_OBJECT_DELETED || !in->header.cn || (!verdict && in->plan.verdict != IMPORT_NEW);
	if (verdict || !in->header.cn || in->plan.verdict != IMPORT_NEWER)
		return ecNone;
	s = cache_fullness(in->sync->cache, in->header.id, &fullness);
	if (!s)
		s = cache_is_edited(in->sync->cache, in->header.id, &edited);
	*whole = fullness == CACHE_FULL || edited;
	return s;
}

/* The version is here. Its rest may not be. */
static status judge_known(struct incoming *in)
{
	enum cache_fullness fullness = CACHE_FULL;
	status s = in->how->headers ? ecNone : cache_fullness(in->sync->cache, in->header.id, &fullness);

	in->wanted = fullness == CACHE_HEADERS;
	if (s || !in->wanted)
		return s;
	return sync_refill_plan(in->sync, in->header.id, &in->header.version, &in->plan_arena, &in->plan.options, &in->refill);
}

static status judge(struct incoming *in)
{
	struct mailbox *m = cache_mailbox(in->sync->cache);
	struct import_message i = { .folder = in->folder, .id = in->header.id, .associated = in->header.associated, .version = in->header.version };
	status s;

	arena_reset(&in->plan_arena);
	in->wanted = true;
	in->conflict = in->is_new = in->deferred = false;
	in->refill = (struct sync_refill){ .on = false };
	s = import_message(m, &i, &in->plan_arena, &in->plan);
	if (in->how->headers) {
		status st = is_to_come_whole(in, s, &in->deferred);

		in->fetched.left = in->fetched.left || in->deferred;
		in->wanted = !in->deferred;
		if (st || in->deferred)
			return st;
	}
	if (s == SYNC_E_OBJECT_DELETED)
		return revive(in);
	if (s == SYNC_E_IGNORE)
		s = judge_known(in);
	if (s || !in->wanted || in->refill.on)
		return s;
	in->is_new = in->wanted && in->plan.verdict == IMPORT_NEW;
	in->conflict = in->wanted && (in->plan.verdict == IMPORT_CONFLICT_OURS || in->plan.verdict == IMPORT_CONFLICT_THEIRS);
	return in->is_new ? ecNone : cache_pending_seen(in->sync->cache, in->header.id);
}

static status open_writer(struct incoming *in)
{
	struct mailbox *m = cache_mailbox(in->sync->cache);
	struct message_options o = in->plan.options;
	uint64_t folder = in->folder;
	status s = ecNone;

	if (in->conflict) {
		o = (struct message_options){ .associated = false };
		s = sync_issues_folder(in->sync->cache, ISSUE_CONFLICT_OURS, &folder);
	}
	if (s)
		return s;
	if (in->writer) {
		message_writer_again(in->writer, folder, &o);
		return ecNone;
	}
	return message_writer_new(m, folder, &o, &in->writer);
}

/* The header is whole, the message's own properties follow. */
static status begin_message(struct incoming *in)
{
	struct prop modified;
	uint8_t bytes[8];
	status s = sync_read_header(in->sync, &in->header_bag, &in->header);

	if (s)
		return s;
	s = judge(in);
	if (!s && in->wanted)
		s = open_writer(in);
	if (s)
		return sync_store(in->sync, s, in->name);
	if (!in->wanted)
		return ecNone;
	message_in_begin(&in->in, message_writer_sink(in->writer), in->header.associated && !in->conflict);
	put_le64(bytes, in->refill.modified ? in->refill.modified : in->header.version.modified);
	modified = (struct prop){ .tag = PidTagLastModificationTime, .count = 1, .size = 8, .value = bytes_of(bytes, 8) };
	return message_in_put(&in->in, &modified);
}

static status written(struct incoming *in, uint64_t id)
{
	struct sync *s = in->sync;
	struct import_message i = { .folder = in->folder, .id = in->header.id, .associated = in->header.associated, .version = in->header.version };

	if (in->conflict)
		return sync_store(s, sync_conflict(s, &i, &in->plan, id), "a conflict");
	if (in->refill.on)
		return sync_store(s, sync_refill_done(s, id, &in->refill), in->name);
	*(in->is_new ? &s->counts.messages_new : &s->counts.messages_changed) += 1;
	if (sync_reads_alone(s) && !in->header.associated && message_set_read(cache_mailbox(s->cache), id, false))
		return sync_store(s, ecError, in->name);
	if (in->how->headers)
		return sync_store(s, cache_set_partial(s->cache, id, in->header.cn, in->header.size), in->name);
	return sync_store(s, cache_set_fullness(s->cache, id, CACHE_FULL), in->name);
}

/* What was stepped over for a failure is not seen, nor what is to come whole: it comes again. */
static status add_seen(struct incoming *in, bool failed)
{
	const struct guid *replica = &remote_mailbox(in->sync->remote)->replica;
	struct idset *seen = in->header.associated ? &in->state.seen_associated : &in->state.seen;
	status st = failed || in->deferred ? ecNone : sync_add_seen(in->sync, &in->state, &in->header);

	/* The state says of what is further back that it was seen, though it never came. */
	if ((failed || in->deferred) && in->header.cn && idset_contains(seen, replica, in->header.cn))
		st = idset_remove(seen, replica, in->header.cn, in->header.cn);
	return st ? reason_set(in->sync->why, st, "the state of the synchronisation is too large") : ecNone;
}

static status end_message(struct incoming *in)
{
	struct sync *s = in->sync;
	struct item_result result = { 0 };
	bool wanted = in->wanted;
	uint64_t id = 0;
	status st;

	if (wanted) {
		st = message_in_end(&in->in, &result, s->why);
		if (st)
			return st;
		if (result.outcome != OUTCOME_WRITTEN)
			step_over(in, result.why.text);
	}
	if (in->wanted) {
		st = sync_store(s, message_writer_finish(in->writer, &id), in->name);
		if (!st)
			st = written(in, id);
		if (st)
			return st;
	}
	in->stage = OUTSIDE;
	in->in_batch++;
	in->done++;
	st = add_seen(in, wanted && !in->wanted);
	sync_link_look(s);
	in->fetched.slowed = in->how->may_slow && s->link->slow;
	if (!st && in->failures > FAILURES_MOST)
		st = reason_set(s->why, ecCorruptData, "more than %u messages of \"%s\" cannot be taken over", FAILURES_MOST, in->name);
	return st;
}

/* The stream ---------------------------------------------------------------------------------------------------------------------- */

static status on_marker(struct incoming *in, const struct ft_event *e)
{
	status st = ecNone;
	bool ends = e->marker == FT_INCR_SYNC_CHG || e->marker == FT_INCR_SYNC_DEL || e->marker == FT_INCR_SYNC_READ ||
		    e->marker == FT_INCR_SYNC_STATE_BEGIN || e->marker == FT_INCR_SYNC_END || e->marker == FT_INCR_SYNC_PROGRESS_PER_MESSAGE;

	if (in->stage == MESSAGE && !ends)
		return in->wanted ? message_in_take(&in->in, e, in->sync->why) : ecNone;
	if (in->stage == MESSAGE)
		st = end_message(in);
	if (!st && (in->in_batch >= BATCH_MOST || in->batch_bytes >= BATCH_BYTES))
		st = next_batch(in);
	switch (e->marker) {
	case FT_INCR_SYNC_CHG:
		arena_reset(&in->arena);
		bag_init(&in->header_bag, &in->arena);
		in->stage = HEADER;
		return st;
	case FT_INCR_SYNC_MESSAGE:
		if (in->stage != HEADER)
			return reason_set(in->sync->why, ecCorruptData, "a message without a header");
		in->stage = MESSAGE;
		return st ? st : begin_message(in);
	case FT_INCR_SYNC_DEL:
		in->stage = DELETIONS;
		return st;
	case FT_INCR_SYNC_READ:
		in->stage = READ_STATES;
		return st;
	case FT_INCR_SYNC_STATE_BEGIN:
		in->stage = STATE;
		return st;
	default:
		in->stage = OUTSIDE;
		return st;
	}
}

static status on_value(struct incoming *in, uint32_t tag, const struct prop *p, struct bytes value)
{
	struct sync *s = in->sync;

	switch (in->stage) {
	case HEADER:
		return p ? bag_copy(&in->header_bag, p) : reason_set(s->why, ecCorruptData, "a header with a large value");
	case DELETIONS:
		if (tag == MetaTagIdsetNoLongerInScope)
			return sync_read_ids(s, value, &in->out_of_scope);
		return tag == MetaTagIdsetDeleted || tag == MetaTagIdsetExpired ? sync_read_ids(s, value, &in->deleted) : ecNone;
	case READ_STATES:
		if (tag != MetaTagIdsetRead && tag != MetaTagIdsetUnread)
			return ecNone;
		return sync_read_ids(s, value, tag == MetaTagIdsetRead ? &in->read : &in->unread);
	case STATE:
		return sync_state_find(&in->now, tag) ? sync_state_set(&in->now, tag, value, s->why) : ecNone;
	default:
		return ecNone;
	}
}

static status on_event(struct incoming *in, const struct ft_event *e)
{
	if (e->kind == FT_MARKER)
		return on_marker(in, e);
	if (in->stage == MESSAGE)
		return in->wanted ? message_in_take(&in->in, e, in->sync->why) : ecNone;
	if (e->kind == FT_CHUNK) {
		buf_add(&in->value, e->chunk.p, e->chunk.n);
		return in->value.failed ? reason_set(in->sync->why, ecTooBig, "a value that is too large") : ecNone;
	}
	if (e->kind == FT_VALUE_END)
		return on_value(in, in->value_tag, NULL, buf_bytes(&in->value));
	if (e->kind != FT_PROP)
		return ecNone;
	if (e->prop.flags & PROP_LARGE) {
		buf_clear(&in->value);
		in->value_tag = e->prop.tag;
		return ecNone;
	}
	return on_value(in, e->prop.tag, &e->prop, prop_is_list(e->prop.tag) ? bytes_of(NULL, 0) : e->prop.value);
}

static status read_all(struct incoming *in, struct sync_stream *t)
{
	struct ft_event e = { .kind = FT_PROP };
	uint64_t before = 0;
	status st = ecNone;

	while (!st && !(st = sync_stream_next(t, &e, in->sync->why)) && e.kind != FT_MORE) {
		st = on_event(in, &e);
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
	if (st || sync_reads_alone(in->sync))
		return st;
	st = sync_take_reads(in->sync, in->folder, in->name, &in->read, true);
	return st ? st : sync_take_reads(in->sync, in->folder, in->name, &in->unread, false);
}

/* Side by side -------------------------------------------------------------------------------------------------------------------- */

/* How many sessions. Of public folders each session may be with another server. */
static unsigned lanes_wanted(const struct sync *s)
{
	uint64_t most = s->options->at_once_max;

	if (remote_store(s->remote) == REMOTE_PUBLIC || most == 1)
		return 0;
	if (!most)
		most = session_traffic(remote_session(s->remote))->least_us >= SESSION_FAR_US ? SYNC_LANES_MOST : 0;
	return (unsigned)(most < SYNC_LANES_MOST ? most : SYNC_LANES_MOST);
}

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
			st = on_event(in, &e);
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
		st = begin_batch(in);
	if (!st)
		st = read_lanes(in, l, &lost);
	if (!st)
		st = end_batch(in, &in->state);
	drop_writer(in);
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
	status st = end_batch(in, all ? &in->now : &in->state);

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
		st = begin_batch(in);
	if (!st)
		st = read_all(in, t);
	if (!st)
		st = finish(in);
	if (st) {
		drop_writer(in);
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

static status fetch(struct incoming *in)
{
	const struct sync_fetch *how = in->how;
	struct sync_state nothing = SYNC_STATE_MAX(STATE_RANGES);
	struct sync_stream_ask ask = { .kind = STREAM_CONTENTS,
				       .folder = remote_id(in->sync->remote, how->folder),
				       .state = how->further_back ? &nothing : &in->state,
				       .left_out = rest_of_a_message,
				       .n_left_out = how->headers ? sizeof rest_of_a_message / sizeof *rest_of_a_message : 0,
				       .restriction = how->restriction };
	unsigned lanes = !how->headers && !how->further_back && idset_is_empty(&in->state.seen) ? lanes_wanted(in->sync) : 0;
	struct sync_stream t;
	status st = forget_seen(in);

	if (st)
		return st;
	st = sync_stream_begin(&t, in->sync->remote, &ask, in->sync->why);
	/* More than one answer brings: others help, and the one session takes what is left. */
	if (!st && lanes && sync_stream_has_more(&t)) {
		sync_stream_end(&t);
		st = side_by_side(in, lanes);
		if (st)
			return st;
		st = sync_stream_begin(&t, in->sync->remote, &ask, in->sync->why);
	}
	sync_link_begin(in->sync);
	if (!st)
		st = apply(in, &t);
	sync_stream_end(&t);
	sync_state_free(&nothing);
	return st;
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
