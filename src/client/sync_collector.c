#include "client/sync_collector.h"

#include "client/sync_message_out.h"
#include "client/sync_stream.h"
#include "mapi/tag.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_message.h"
#include "store/message.h"

#define ARENA_MOST   ((size_t)4 << 20)
#define STATE_RANGES IDSET_RANGES_MAX

/* [MS-OXCFXICS] 2.2.3.2.4.2.1 */
enum { IMPORT_ASSOCIATED = 0x10, IMPORT_FAIL_ON_CONFLICT = 0x40 };
enum { SOURCE_COPY_TO = 1, SAVE_KEEP_OPEN_NOT = 0x00, SAVE_FORCE = 0x04 };

void sync_collector_init(struct sync_collector *c, struct sync *s)
{
	*c = (struct sync_collector){ .sync = s, .slot = REMOTE_NO_SLOT, .folder_slot = REMOTE_NO_SLOT };
	idset_init(&c->saved, STATE_RANGES);
}

status sync_verdict(struct sync *s, status st, status *verdict)
{
	*verdict = st;
	return session_failure(remote_session(s->remote)) == SESSION_FINE ? ecNone : st;
}

/* Opening ------------------------------------------------------------------------------------------------------------------------- */

static status open_at(struct sync_collector *c, uint64_t folder)
{
	struct sync *s = c->sync;
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_open_folder_request *open = arena_zalloc(remote_arena(b), sizeof *open);
	struct rop_synchronization_open_collector_request *q = arena_zalloc(remote_arena(b), sizeof *q);
	struct sync_state state = SYNC_STATE_MAX(STATE_RANGES);
	status st = sync_store(s, cache_state(s->cache, folder, &state), "the state of a folder");

	if (!st && (!open || !q))
		st = reason_set(s->why, ecMemory, "out of memory");
	if (!st) {
		open->folder_id = remote_id(s->remote, folder == CACHE_HIERARCHY ? s->top : folder);
		q->is_contents_collector = folder != CACHE_HIERARCHY;
		c->folder_slot = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(s->remote), open);
		c->slot = remote_add(b, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, c->folder_slot, q);
		st = sync_put_state(s->remote, b, c->slot, &state, folder == CACHE_HIERARCHY, s->why);
	}
	if (!st)
		st = remote_run(b, false, s->why);
	for (size_t i = 0; !st && i < remote_count(b); i++)
		st = sync_expect(b, i, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, NULL, s->why);
	sync_state_free(&state);
	c->folder = folder;
	c->used = false;
	return st;
}

status sync_collector_of(struct sync_collector *c, uint64_t folder)
{
	status st;

	if (c->slot != REMOTE_NO_SLOT && c->folder == folder)
		return ecNone;
	st = sync_collector_end(c);
	if (!st)
		st = open_at(c, folder);
	if (st)
		sync_collector_drop(c);
	return st;
}

void sync_collector_drop(struct sync_collector *c)
{
	if (c->slot != REMOTE_NO_SLOT)
		remote_release(c->sync->remote, c->slot);
	if (c->folder_slot != REMOTE_NO_SLOT)
		remote_release(c->sync->remote, c->folder_slot);
	c->slot = c->folder_slot = REMOTE_NO_SLOT;
	c->used = false;
	idset_free(&c->saved);
}

status sync_collector_saved(struct sync_collector *c, uint64_t cn)
{
	struct sync *s = c->sync;
	status st = idset_add(&c->saved, &remote_mailbox(s->remote)->replica, cn, cn);

	c->used = true;
	return st ? reason_set(s->why, st, "the state of the synchronisation is too large") : ecNone;
}

/* The state ----------------------------------------------------------------------------------------------------------------------- */

static status read_state(struct sync_collector *c, struct sync_state *out)
{
	struct sync *s = c->sync;
	CLEANUP_BUF struct buf bytes = BUF_MAX((size_t)16 << 20);
	struct sync_stream t;
	struct rop_synchronization_get_transfer_state_request q = { 0 };
	struct ft_event e = { .kind = FT_PROP };
	uint32_t tag = 0;
	status st = sync_stream_of(&t, s->remote, ROP_SYNCHRONIZATION_GET_TRANSFER_STATE, c->slot, &q, s->why);

	while (!st && !(st = sync_stream_next(&t, &e, s->why)) && e.kind != FT_MORE) {
		if (e.kind == FT_PROP && !(e.prop.flags & PROP_LARGE) && sync_state_find(out, e.prop.tag))
			st = sync_state_set(out, e.prop.tag, e.prop.value, s->why);
		else if (e.kind == FT_PROP) {
			buf_clear(&bytes);
			tag = e.prop.tag;
		} else if (e.kind == FT_CHUNK)
			buf_add(&bytes, e.chunk.p, e.chunk.n);
		else if (e.kind == FT_VALUE_END && sync_state_find(out, tag))
			st = bytes.failed ? ecTooBig : sync_state_set(out, tag, buf_bytes(&bytes), s->why);
	}
	sync_stream_end(&t);
	return st;
}

status sync_collector_end(struct sync_collector *c)
{
	struct sync *s = c->sync;
	struct sync_state state = SYNC_STATE_MAX(STATE_RANGES);
	status st = ecNone;

	if (c->slot != REMOTE_NO_SLOT && c->used) {
		st = read_state(c, &state);
		if (!st)
			st = idset_union(&state.seen, &c->saved);
		if (!st)
			st = sync_store(s, cache_apply_begin(s->cache), "the state of a folder");
		if (!st)
			st = sync_store(s, cache_set_state(s->cache, c->folder, &state), "the state of a folder");
		if (!st)
			st = sync_store(s, cache_apply_commit(s->cache), "the state of a folder");
		if (st)
			cache_apply_rollback(s->cache);
	}
	sync_state_free(&state);
	sync_collector_drop(c);
	return st;
}

/* A message ----------------------------------------------------------------------------------------------------------------------- */

struct uploading {
	struct sync_collector *collector;
	uint64_t message;
	bool associated;
	uint8_t source_key[22];
	struct message_info info;
	struct arena arena;
	unsigned slot, target; /* of the message, of its upload */
	bool begun;            /* the server has the head */
	status verdict;        /* not 0: the server does not want it */
};

static struct tagged_value value_of(uint32_t tag, struct bytes bytes)
{
	return (struct tagged_value){ .prop = { .tag = tag, .count = 1, .size = bytes.n, .value = bytes } };
}

static status add_import(struct uploading *u, struct remote_batch *b)
{
	struct rop_synchronization_import_message_change_request *q = arena_zalloc(remote_arena(b), sizeof *q);
	struct rop_fast_transfer_destination_configure_request *to = arena_zalloc(remote_arena(b), sizeof *to);
	struct tagged_value *v = arena_array(remote_arena(b), 4, sizeof *v);
	struct message_version version;
	uint8_t *modified = arena_alloc(remote_arena(b), 8);
	status s = !q || !to || !v || !modified ? ecMemory : cache_version_of(u->collector->sync->cache, &u->info, &u->arena, &version);

	if (s)
		return s;
	put_le64(modified, u->info.modified);
	v[0] = value_of(PidTagSourceKey, bytes_of(u->source_key, sizeof u->source_key));
	v[1] = value_of(PidTagLastModificationTime, bytes_of(modified, 8));
	v[2] = value_of(PidTagChangeKey, version.change_key);
	v[3] = value_of(PidTagPredecessorChangeList, version.predecessors);
	q->import_flag = (uint8_t)(IMPORT_FAIL_ON_CONFLICT | (u->associated ? IMPORT_ASSOCIATED : 0));
	q->property_values.n = 4;
	q->property_values.v = v;
	to->source_operation = SOURCE_COPY_TO;
	u->slot = remote_add(b, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, u->collector->slot, q);
	u->target = remote_add(b, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, u->slot, to);
	return ecNone;
}

/* The next operations of this message; the first of them, when it is to be looked at. */
static status run(struct uploading *u, struct remote_batch *b)
{
	struct sync *s = u->collector->sync;
	status st = remote_run(b, false, s->why);

	if (st)
		return st;
	for (size_t i = 0; i < remote_count(b) && !u->verdict; i++)
		u->verdict = remote_answer(b, i, NULL);
	return u->verdict;
}

static status begin(struct uploading *u, struct remote_batch *b)
{
	if (u->begun)
		return ecNone;
	u->begun = true;
	return add_import(u, b);
}

static status add_piece(struct remote_batch *b, unsigned target, struct bytes piece)
{
	struct rop_fast_transfer_destination_put_buffer_request *q = arena_zalloc(remote_arena(b), sizeof *q);

	if (!q)
		return ecMemory;
	q->transfer_data = piece;
	(void)remote_add(b, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, target, q);
	return ecNone;
}

/* A piece that is not the last, of a message that is larger than one request takes. */
static status on_piece(void *context, struct bytes piece)
{
	struct uploading *u = context;
	struct remote_batch *b = remote_batch(u->collector->sync->remote);
	status st = begin(u, b);

	if (!st && remote_bytes(b) + piece.n > MESSAGE_OUT_PIECE + 2048) {
		st = run(u, b);
		b = remote_batch(u->collector->sync->remote);
	}
	if (!st)
		st = add_piece(b, u->target, piece);
	return st ? st : run(u, b);
}

static status finish(struct uploading *u, struct message_out *o)
{
	struct remote_batch *b = remote_batch(u->collector->sync->remote);
	struct rop_save_changes_message_request save = { .save_flags = SAVE_KEEP_OPEN_NOT };
	status st = begin(u, b);

	if (!st && o->buf.n && remote_bytes(b) + o->buf.n > MESSAGE_OUT_PIECE + 2048) {
		st = run(u, b);
		b = remote_batch(u->collector->sync->remote);
	}
	if (!st && o->buf.n)
		st = add_piece(b, u->target, buf_bytes(&o->buf));
	if (st)
		return st;
	(void)remote_add(b, ROP_SAVE_CHANGES_MESSAGE, u->slot, &save);
	return run(u, b);
}

status sync_upload_message(struct sync_collector *c, uint64_t message, bool associated, status *verdict)
{
	struct sync *s = c->sync;
	struct mailbox *m = cache_mailbox(s->cache);
	struct uploading u = { .collector = c,
			       .message = message,
			       .associated = associated,
			       .arena = ARENA_BUDGET(ARENA_MOST),
			       .slot = REMOTE_NO_SLOT,
			       .target = REMOTE_NO_SLOT };
	struct item_result result = { 0 };
	struct message_out o;
	status st = message_info(m, message, &u.arena, &u.info);

	if (!st)
		st = cache_source_key(s->cache, message, u.source_key);
	message_out_init(&o, mailbox_names(m), on_piece, &u);
	if (st)
		st = sync_store(s, st, "a message that was changed here");
	else
		st = message_emit(m, message, &o.sink, &result);
	if (!st)
		st = finish(&u, &o);
	c->used = true;
	remote_release(s->remote, u.target == REMOTE_NO_SLOT ? 0 : u.target);
	remote_release(s->remote, u.slot == REMOTE_NO_SLOT ? 0 : u.slot);
	message_out_free(&o);
	arena_free(&u.arena);
	*verdict = u.verdict;
	/* What the server said of the message is no failure of the run. */
	return u.verdict && session_failure(remote_session(s->remote)) == SESSION_FINE ? ecNone : st;
}
