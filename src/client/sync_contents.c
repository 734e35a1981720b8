/* What a stream says of a folder's messages, brought into the cache ([MS-OXCFXICS] 2.2.4.3.5 contentsSync). */
#include <string.h>

#include "base/clock.h"
#include "client/sync_incoming.h"
#include "mapi/tag.h"
#include "rop/xid.h"
#include "store/mailbox_copy.h"
#include "store/message.h"

#define BATCH_MOST    500u
#define BATCH_BYTES   ((uint64_t)8 << 20)
/* The first time there is nothing to lose yet but time, and less of it with few large batches: so many times more, unless they take so long. */
#define FIRST_FACTOR  4u
#define FIRST_MOST_NS 1000000000u
#define FLUSH_BYTES   ((uint64_t)2 << 20)
#define FAILURES_MOST 1000u /* in one folder: then there is something wrong with all of it */

/* Batches ------------------------------------------------------------------------------------------------------------------------- */

status incoming_begin_batch(struct incoming *in)
{
	in->in_batch = 0;
	in->batch_bytes = in->flushed = 0;
	in->batch_began = clock_system.monotonic(&clock_system);
	in->counts = in->sync->counts;
	return sync_store(in->sync, cache_apply_begin(in->sync->cache), in->name);
}

void incoming_drop_writer(struct incoming *in)
{
	message_writer_free(in->writer);
	in->writer = NULL;
}

status incoming_end_batch(struct incoming *in, const struct sync_state *state)
{
	struct sync *s = in->sync;
	status st;

	incoming_drop_writer(in);
	st = sync_store(s, cache_set_state(s->cache, in->folder, state), in->name);
	if (!st)
		st = sync_store(s, cache_apply_commit(s->cache), in->name);
	return st;
}

static bool is_full(const struct incoming *in)
{
	unsigned factor = 1;

	if (cache_is_filling(in->sync->cache) && clock_system.monotonic(&clock_system) - in->batch_began < FIRST_MOST_NS)
		factor = FIRST_FACTOR;
	return in->in_batch >= factor * BATCH_MOST || in->batch_bytes >= factor * BATCH_BYTES;
}

/* The disk has something to do before the batch is at its end. */
static void flush_some(struct incoming *in)
{
	if (!cache_is_filling(in->sync->cache) || in->batch_bytes - in->flushed < FLUSH_BYTES)
		return;
	cache_fill_flush(in->sync->cache);
	in->flushed = in->batch_bytes;
}

/* The mailbox may be another one afterwards: who waits is let in. */
static status next_batch(struct incoming *in)
{
	struct sync *s = in->sync;
	status st = incoming_end_batch(in, &in->state);

	if (!st)
		st = sync_breathe(s);
	message_in_free(&in->in);
	if (!st)
		st = message_in_init(&in->in, cache_mailbox(s->cache));
	sync_tell(s, SYNC_DOWNLOADING, in->name, in->done, 0);
	return st ? st : incoming_begin_batch(in);
}

/* A message ----------------------------------------------------------------------------------------------------------------------- */

static void step_over(struct incoming *in, const char *why)
{
	in->wanted = false;
	in->failures++;
	in->sync->counts.local_failures++;
	sync_issue(in->sync->issues, ISSUE_LOCAL_FAILURE, in->header.id, "", "a message of \"%s\" cannot be taken over, and is tried again next time: %s", in->name, why);
}

/* It comes again, all of it. */
static void put_off(struct incoming *in)
{
	in->wanted = false;
	in->deferred = in->fetched.left = in->fetched.whole = true;
}

/* Is it a version that was made here? Then nobody changed it since, though our state may not know that the server has it. */
static bool is_made_here(const struct incoming *in)
{
	struct xid x;

	return !xid_decode(in->header.version.change_key, &x, NULL) && guid_equal(&x.space, mailbox_change_space(cache_mailbox(in->sync->cache)));
}

/* It was deleted here, but is another version there than the one that was: that is kept. */
static status revive(struct incoming *in)
{
	struct mailbox *m = cache_mailbox(in->sync->cache);
	struct cache *c = in->sync->cache;
	struct message_info info;
	bool pending = false;
	status s = cache_is_pending(c, in->header.id, &pending);

	if (!s && pending && is_made_here(in)) {
		in->wanted = false;
		return ecNone;
	}
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

/* What comes in part is put upon the version that it follows on, if that is here whole; else it is to come whole. */
static status judge_partial(struct incoming *in, status verdict)
{
	enum cache_fullness fullness = CACHE_HEADERS;
	status s = cache_fullness(in->sync->cache, in->header.id, &fullness);

	in->wanted = !s && !verdict && in->plan.verdict == IMPORT_NEWER && fullness == CACHE_FULL;
	/* What is known already need not come at all. */
	if (!s && !in->wanted && !(verdict == SYNC_E_IGNORE && fullness == CACHE_FULL))
		put_off(in);
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
	if (in->partial && (!s || s == SYNC_E_IGNORE || s == SYNC_E_OBJECT_DELETED))
		return judge_partial(in, s);
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

/* What was read here, and the server has not heard of it, stays so: a version says no more of it than what the server knew. */
static status look_at_read(struct incoming *in)
{
	struct message_info info;
	status s = cache_is_read_here(in->sync->cache, in->header.id, &in->read_here);

	if (s || !in->read_here)
		return s;
	s = message_info(cache_mailbox(in->sync->cache), in->header.id, &in->plan_arena, &info);
	in->was_read = !s && info.read;
	return s;
}

static status keep_read(struct incoming *in)
{
	return in->read_here ? message_set_read(cache_mailbox(in->sync->cache), in->header.id, in->was_read) : ecNone;
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
	in->read_here = false;
	if (!s && in->wanted && !in->is_new && !in->refill.on)
		s = look_at_read(in);
	if (!s && in->wanted && !in->partial)
		s = open_writer(in);
	if (s)
		return sync_store(in->sync, s, in->name);
	if (!in->wanted)
		return ecNone;
	message_in_begin(&in->in, in->partial ? sync_partial_begin(&in->part) : message_writer_sink(in->writer),
			 in->header.associated && !in->conflict);
	put_le64(bytes, in->refill.modified ? in->refill.modified : in->header.version.modified);
	modified = (struct prop){ .tag = PidTagLastModificationTime, .count = 1, .size = 8, .value = bytes_of(bytes, 8) };
	return message_in_put(&in->in, &modified);
}

static status written(struct incoming *in, uint64_t id)
{
	struct sync *s = in->sync;
	struct import_message i = { .folder = in->folder, .id = in->header.id, .associated = in->header.associated, .version = in->header.version };

	if (in->conflict) {
		status st = sync_conflict(s, &i, &in->plan, id);

		return sync_store(s, st ? st : keep_read(in), "a conflict");
	}
	if (in->refill.on)
		return sync_store(s, sync_refill_done(s, id, &in->refill), in->name);
	*(in->is_new ? &s->counts.messages_new : &s->counts.messages_changed) += 1;
	status kept = keep_read(in);
	if (kept)
		return sync_store(s, kept, in->name);
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

/* The writer's message is there, or the changes are put upon the one that is. */
static status write_message(struct incoming *in)
{
	const struct message_version version = { in->plan.options.change_key, in->plan.options.predecessors };
	struct sync *s = in->sync;
	uint64_t id = in->header.id;
	status st;

	if (in->partial) {
		st = sync_partial_apply(&in->part, cache_mailbox(s->cache), id, &version);
		if (!st)
			st = cache_pending_seen(s->cache, id);
	} else {
		st = message_writer_finish(in->writer, &id);
	}
	st = sync_store(s, st, in->name);
	return st ? st : written(in, id);
}

static status end_message(struct incoming *in)
{
	struct sync *s = in->sync;
	struct item_result result = { 0 };
	bool wanted = in->wanted;
	status st;

	if (wanted) {
		st = message_in_end(&in->in, &result, s->why);
		if (st)
			return st;
		if (result.outcome != OUTCOME_WRITTEN)
			step_over(in, result.why.text);
		else if (in->partial && !sync_partial_is_enough(&in->part))
			put_off(in);
	}
	if (in->wanted) {
		st = write_message(in);
		if (st)
			return st;
	}
	in->stage = OUTSIDE;
	in->in_batch++;
	in->done++;
	st = add_seen(in, wanted && !in->wanted && !in->deferred);
	sync_link_look(s);
	in->fetched.slowed = in->how->may_slow && s->link->slow;
	if (!st && in->failures > FAILURES_MOST)
		st = reason_set(s->why, ecCorruptData, "more than %u messages of \"%s\" cannot be taken over", FAILURES_MOST, in->name);
	return st;
}

/* The stream ---------------------------------------------------------------------------------------------------------------------- */

/* In part, nothing says that the header is over but what comes after it. */
static status end_header(struct incoming *in)
{
	if (in->stage != HEADER || !in->partial)
		return ecNone;
	in->stage = MESSAGE;
	return begin_message(in);
}

/* A change of a message begins, in part or whole; its header comes first. */
static void begin_header(struct incoming *in, bool partial)
{
	arena_reset(&in->arena);
	bag_init(&in->header_bag, &in->arena);
	in->partial = partial;
	in->stage = HEADER;
}

static bool ends_message(uint32_t marker)
{
	return marker == FT_INCR_SYNC_CHG || marker == FT_INCR_SYNC_CHG_PARTIAL || marker == FT_INCR_SYNC_GROUP_INFO ||
	       marker == FT_INCR_SYNC_DEL || marker == FT_INCR_SYNC_READ || marker == FT_INCR_SYNC_STATE_BEGIN ||
	       marker == FT_INCR_SYNC_END || marker == FT_INCR_SYNC_PROGRESS_PER_MESSAGE;
}

static status on_marker(struct incoming *in, const struct ft_event *e)
{
	status st = e->marker == FT_INCR_SYNC_MESSAGE ? ecNone : end_header(in);

	if (st)
		return st;
	if (in->stage == MESSAGE && !ends_message(e->marker))
		return in->wanted ? message_in_take(&in->in, e, in->sync->why) : ecNone;
	if (in->stage == MESSAGE)
		st = end_message(in);
	if (!st && in->stage == MESSAGE)
		flush_some(in);
	if (!st && is_full(in))
		st = next_batch(in);
	switch (e->marker) {
	case FT_INCR_SYNC_CHG:
	case FT_INCR_SYNC_CHG_PARTIAL:
		begin_header(in, e->marker == FT_INCR_SYNC_CHG_PARTIAL);
		return st;
	case FT_INCR_SYNC_GROUP_INFO:
		in->stage = MAPPING;
		return st;
	case FT_INCR_SYNC_MESSAGE:
		if (in->stage != HEADER || in->partial)
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
	case MAPPING:
		return tag == PROPERTY_GROUP_INFO_TAG ? sync_partial_mapping(&in->part, value, s->why) : ecNone;
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

#define MetaTagFXDelProp 0x40160003u

/* Of what comes in part, what is said of the groups themselves ([MS-OXCFXICS] 2.2.4.1.5); *taken: it is that. */
static status on_group(struct incoming *in, const struct prop *p, bool *taken)
{
	uint32_t value = p->value.n == 4 && !prop_is_list(p->tag) ? le32(p->value.p) : 0;
	bool inside = in->partial && (in->stage == HEADER || in->stage == MESSAGE);
	status st = ecNone;

	*taken = true;
	if (p->tag == PROPERTY_GROUP_MAPPING_TAG) {
		sync_partial_choose(&in->part, value);
	} else if (inside && p->tag == PROPERTY_GROUP_INDEX_TAG) {
		st = end_header(in);
		sync_partial_group(&in->part, value);
	} else if (inside && p->tag == MetaTagFXDelProp) {
		st = end_header(in);
		sync_partial_children(&in->part);
	} else {
		/* An empty group is told by a property without an id (2.2.4.3.15). */
		*taken = inside && p->tag == PROPERTY_GROUP_EMPTY_TAG;
	}
	return st;
}

status incoming_take(struct incoming *in, const struct ft_event *e)
{
	bool taken = false;
	status st = e->kind == FT_PROP ? on_group(in, &e->prop, &taken) : ecNone;

	if (st || taken)
		return st;
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
