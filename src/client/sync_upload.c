/* What was done to messages here, told there in its order ([MS-OXCFXICS] 3.3.4.3.3). */
#include <string.h>

#include "client/sync_change.h"
#include "client/sync_collector.h"
#include "client/sync_stream.h"
#include "mapi/error.h"
#include "mapi/tag.h"
#include "rop/rops_ics.h"
#include "rop/rops_message.h"
#include "rop/xid.h"
#include "store/mailbox_copy.h"
#include "store/message.h"

#define PAGE        64u
#define KEY_SIZE    22u
#define KEPT_ROUNDS 3u /* what is kept under a new id is told in the next round */
#define DELETE_HARD_FLAG 0x02u

static bool is_quota(status verdict)
{
	return verdict == 0x000004D9u /* ecQuotaExceeded */ || verdict == 0x000004DDu /* ecShutoffQuotaExceeded */;
}

/* The server does not want it: a copy where people look, once; it stays pending and is tried again. */
static status refused(struct sync *s, const struct cache_pending *p, status verdict)
{
	const struct mapi_error *e = mapi_error_by_code(verdict);
	status st = sync_store(s, cache_apply_begin(s->cache), "what the server refused");

	if (st)
		return st;
	if (!p->attempts && p->kind == PENDING_MESSAGE)
		st = sync_issues_keep(s->issues, ISSUE_SERVER_FAILURE, p->object);
	if (!st)
		st = cache_pending_failed(s->cache, p->seq, verdict);
	st = cache_apply_end(s->cache, st);
	s->counts.server_failures++;
	sync_issue(s->issues, ISSUE_SERVER_FAILURE, p->object, "", "%s%s", e ? e->name : "the server refused it", is_quota(verdict) ? ": the mailbox is full" : "");
	return sync_store(s, st, "what the server refused");
}

/* Nothing to wait for: who may not change it today has to have what its owner has. */
static status not_done(struct sync_collector *c, const struct cache_pending *p, status verdict)
{
	status st;

	if (!sync_is_not_ours(c->sync, p, verdict))
		return refused(c->sync, p, verdict);
	/* Its state says that we have what is to come again: it is kept before that, not after. */
	st = sync_collector_end(c);
	return st ? st : sync_give_back(c->sync, p, NULL);
}

static status done(struct sync *s, const struct cache_pending *v, size_t n, uint64_t cn)
{
	status st = cache_apply_begin(s->cache);

	for (size_t i = 0; !st && i < n; i++)
		st = cache_pending_done(s->cache, v[i].seq, cn);
	/* The read state of something new was no change of its own so far, and is no part of its content. */
	if (!st && v[0].kind == PENDING_MESSAGE && v[0].fresh && !v[0].associated && cn)
		st = cache_pending_add_read(s->cache, v[0].folder, v[0].object);
	return sync_store(s, cache_apply_end(s->cache, st), "what was told to the server");
}

/* In a transaction of its own: deleted there, changed here. */
static status keep_edited(struct sync *s, const struct cache_pending *p)
{
	uint64_t kept;
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_pending_forget_move(s->cache, p->object);
	if (!st)
		st = sync_keep_edited(s, p->folder, p->object, p->associated, &kept);
	st = cache_apply_end(s->cache, st);
	s->kept = true;
	return sync_store(s, st, "a message that was deleted at the server");
}

/* Messages ------------------------------------------------------------------------------------------------------------------------ */

/* Nothing of it is at the server, or will be: what is here is what is left of it. */
static status is_all_there_is(struct sync *s, uint64_t message)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_set_fullness(s->cache, message, CACHE_FULL);
	st = cache_apply_end(s->cache, st);
	sync_issue(s->issues, ISSUE_NOTE, message, "", "only its headers were here when the server lost the rest of it: they are kept");
	return sync_store(s, st, "a message of which only the headers are here");
}

/*
 * What is here in part only must not take the place of the whole: its rest comes first.  *go_on false: then there is nothing more to tell of it.
 */
static status complete(struct sync_collector *c, const struct cache_pending *p, bool *go_on)
{
	struct sync *s = c->sync;
	enum cache_fullness fullness = CACHE_FULL;
	status verdict = ecNone, st = sync_store(s, cache_fullness(s->cache, p->object, &fullness), "a message");

	*go_on = true;
	if (st || fullness == CACHE_FULL)
		return st;
	/* The state that both sides have is the collector's so far. */
	st = sync_collector_end(c);
	if (!st)
		st = sync_fill_one(s, p->object, &verdict);
	if (!st && verdict && p->fresh)
		st = is_all_there_is(s, p->object);
	else if (!st && verdict) {
		*go_on = false;
		return keep_edited(s, p);
	}
	if (!st)
		st = sync_store(s, cache_is_changed(s->cache, p->object, go_on), "a message");
	return st || !*go_on ? st : sync_collector_of(c, p->folder);
}

static status upload(struct sync_collector *c, const struct cache_pending *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct sync *s = c->sync;
	struct message_info info;
	enum sync_change_outcome outcome = CHANGE_NOT_SO;
	bool go_on = true;
	status verdict = ecNone, st = sync_change(c, p, &outcome);

	if (st)
		return st;
	s->counts.up_new_or_changed += outcome == CHANGE_TOLD;
	s->found_newer = s->found_newer || outcome == CHANGE_RACED;
	if (outcome != CHANGE_NOT_SO)
		return ecNone;
	st = complete(c, p, &go_on);
	if (st || !go_on)
		return st;
	st = message_info(cache_mailbox(s->cache), p->object, &arena, &info);
	/* It went without a word: there is nothing to be told. */
	if (st == ecNotFound)
		return done(s, p, 1, 0);
	if (!st)
		st = sync_upload_message(c, p->object, p->associated, &verdict);
	if (st)
		return st;
	switch (verdict) {
	case SYNC_E_CONFLICT:
		s->found_newer = true;
		return ecNone;
	case SYNC_E_OBJECT_DELETED:
		return keep_edited(s, p);
	case ecNone:
	case SYNC_E_IGNORE:
		s->counts.up_new_or_changed++;
		return done(s, p, 1, info.cn);
	default:
		return not_done(c, p, verdict);
	}
}

/* Moves --------------------------------------------------------------------------------------------------------------------------- */

static void *copy_of(struct remote_batch *b, struct bytes v)
{
	return arena_memdup(remote_arena(b), v.p, v.n);
}

static status move_request(struct sync *s, const struct cache_pending *p, struct remote_batch *b, struct rop_synchronization_import_message_move_request *q)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	uint8_t *keys = arena_alloc(remote_arena(b), 3 * KEY_SIZE);
	CLEANUP_BUF struct buf key = BUF_MAX(XID_SIZE_MAX);
	struct message_info info;
	struct xid x;
	struct bytes list;
	status st = keys ? message_info(cache_mailbox(s->cache), p->object, &arena, &info) : ecMemory;

	if (!st)
		st = cache_source_key(s->cache, p->old_folder, keys);
	if (!st)
		st = cache_source_key(s->cache, p->old_object, keys + KEY_SIZE);
	if (!st)
		st = cache_source_key(s->cache, p->object, keys + 2 * KEY_SIZE);
	if (st)
		return st;
	q->source_folder_id = bytes_of(keys, KEY_SIZE);
	q->source_message_id = bytes_of(keys + KEY_SIZE, KEY_SIZE);
	q->destination_message_id = bytes_of(keys + 2 * KEY_SIZE, KEY_SIZE);
	if (!info.change_key.n) {
		x = xid_of_globcnt(mailbox_change_space(cache_mailbox(s->cache)), info.cn);
		xid_encode(&x, &key);
		info.change_key = buf_bytes(&key);
	}
	q->change_number = bytes_of(copy_of(b, info.change_key), info.change_key.n);
	list = info.predecessors;
	if (!list.n) {
		uint8_t size = (uint8_t)info.change_key.n, *all = arena_alloc(remote_arena(b), 1u + size);

		if (!all)
			return ecMemory;
		all[0] = size;
		memcpy(all + 1, info.change_key.p, size);
		list = bytes_of(all, 1u + size);
	} else {
		list.p = copy_of(b, list);
	}
	q->predecessor_change_list = list;
	return q->change_number.p && list.p ? ecNone : ecMemory;
}

/* It was moved or deleted there too.  Where it was moved there it came down as another message, which is the one that is kept. */
static status moved_there_too(struct sync *s, const struct cache_pending *p)
{
	bool elsewhere = false, edited = false;
	status st = cache_has_twin(s->cache, p->object, &elsewhere);

	if (!st)
		st = cache_is_changed(s->cache, p->object, &edited);
	if (st || edited || !elsewhere)
		return st ? sync_store(s, st, "a message that was moved") : keep_edited(s, p);
	st = cache_apply_begin(s->cache);
	if (!st)
		st = cache_pending_forget(s->cache, p->object);
	if (!st)
		st = message_delete(cache_mailbox(s->cache), p->object, DELETE_HARD);
	st = cache_apply_end(s->cache, st);
	sync_issue(s->issues, ISSUE_NOTE, p->object, "", "it was moved here and at the server: it is where the server has it");
	return sync_store(s, st, "a message that was moved");
}

/* The answer to the same request may have been lost: then what is gone from where it was is where it was to go. */
static status was_moved_before(struct sync *s, const struct cache_pending *p, bool *moved)
{
	struct rop_open_message_request open = {
		.code_page_id = 0x0FFF, .folder_id = remote_id(s->remote, p->folder), .message_id = remote_id(s->remote, p->object)
	};
	struct remote_batch *b = remote_batch(s->remote);
	unsigned slot = remote_add(b, ROP_OPEN_MESSAGE, remote_logon_handle(s->remote), &open);
	status st = remote_run(b, false, s->why);

	*moved = !st && !remote_answer(b, 0, NULL);
	if (slot != REMOTE_NO_SLOT)
		remote_release(s->remote, slot);
	return st;
}

static status not_where_it_was(struct sync *s, const struct cache_pending *p)
{
	bool moved = false;
	status st = was_moved_before(s, p, &moved);

	if (st)
		return st;
	if (!moved)
		return moved_there_too(s, p);
	s->counts.up_moved++;
	return done(s, p, 1, 0);
}

static status move(struct sync_collector *c, const struct cache_pending *p)
{
	struct sync *s = c->sync;
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_synchronization_import_message_move_request q = { .source_folder_id = { NULL, 0 } };
	status verdict = move_request(s, p, b, &q), st;

	if (verdict == ecNotFound)
		return done(s, p, 1, 0);
	if (verdict)
		return sync_store(s, verdict, "a message that was moved");
	(void)remote_add(b, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, c->slot, &q);
	st = remote_run(b, false, s->why);
	if (st)
		return st;
	c->used = true;
	verdict = remote_answer(b, 0, NULL);
	switch (verdict) {
	case ecNone:
	case SYNC_W_CLIENT_CHANGE_NEWER:
		s->counts.up_moved++;
		return done(s, p, 1, 0);
	case SYNC_E_IGNORE:
		return done(s, p, 1, 0);
	case SYNC_E_OBJECT_DELETED:
	case ecNotFound:
		return not_where_it_was(s, p);
	default:
		return not_done(c, p, verdict);
	}
}

/* Read states, deletions ---------------------------------------------------------------------------------------------------------- */

/* Rows of one kind and folder that follow each other go in one request. */
static size_t run_of(const struct cache_pending *v, size_t n)
{
	size_t i = 1;

	while (i < n && v[i].kind == v[0].kind && v[i].folder == v[0].folder && v[i].hard == v[0].hard)
		i++;
	return i;
}

static status reads(struct sync_collector *c, const struct cache_pending *v, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct sync *s = c->sync;
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_synchronization_import_read_state_changes_request q = { .message_read_states = { .n = 0 } };
	struct message_read_state one[PAGE];
	uint8_t keys[PAGE][KEY_SIZE];
	struct message_info info;
	status st = ecNone, verdict;

	for (size_t i = 0; i < n && !st; i++) {
		st = message_info(cache_mailbox(s->cache), v[i].object, &arena, &info);
		if (st == ecNotFound) {
			st = ecNone;
			continue;
		}
		if (!st)
			st = cache_source_key(s->cache, v[i].object, keys[i]);
		one[q.message_read_states.n++] = (struct message_read_state){ .message_id = bytes_of(keys[i], KEY_SIZE), .mark_as_read = info.read };
	}
	if (st)
		return sync_store(s, st, "a read state");
	q.message_read_states.v = one;
	if (q.message_read_states.n) {
		(void)remote_add(b, ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES, c->slot, &q);
		st = remote_run(b, false, s->why);
		verdict = st ? ecNone : remote_answer(b, 0, NULL);
		if (verdict)
			return refused(s, &v[0], verdict);
		c->used = true;
	}
	s->counts.up_read += st ? 0 : n;
	return st ? st : done(s, v, n, 0);
}

static status deletes(struct sync_collector *c, const struct cache_pending *v, size_t n);

/* All of them are refused for one. */
static status one_by_one(struct sync_collector *c, const struct cache_pending *v, size_t n)
{
	status st = ecNone;

	for (size_t i = 0; !st && i < n; i++) {
		st = sync_collector_of(c, v[i].folder);
		if (!st)
			st = deletes(c, &v[i], 1);
	}
	return st;
}

static status deletes(struct sync_collector *c, const struct cache_pending *v, size_t n)
{
	struct sync *s = c->sync;
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_synchronization_import_deletes_request q = { .import_delete_flags = v[0].hard ? DELETE_HARD_FLAG : 0, .property_values = { .n = 1 } };
	struct tagged_value all = { .prop = { .tag = tag_make(0, PT_MV_BINARY), .count = (uint32_t)n } };
	struct bytes list[PAGE];
	uint8_t keys[PAGE][KEY_SIZE];
	status st = ecNone, verdict;

	for (size_t i = 0; i < n && !st; i++) {
		st = cache_source_key(s->cache, v[i].object, keys[i]);
		list[i] = bytes_of(keys[i], KEY_SIZE);
	}
	if (st)
		return sync_store(s, st, "a deletion");
	all.prop.values = list;
	q.property_values.v = &all;
	(void)remote_add(b, ROP_SYNCHRONIZATION_IMPORT_DELETES, c->slot, &q);
	st = remote_run(b, false, s->why);
	if (st)
		return st;
	c->used = true;
	verdict = remote_answer(b, 0, NULL);
	if (verdict && verdict != ecNotFound && verdict != SYNC_E_OBJECT_DELETED)
		return n == 1 ? not_done(c, &v[0], verdict) : one_by_one(c, v, n);
	s->counts.up_deleted += n;
	return done(s, v, n, 0);
}

/* All of them --------------------------------------------------------------------------------------------------------------------- */

/* *used: so many rows were told of. */
static status tell(struct sync_collector *c, const struct cache_pending *v, size_t n, size_t *used)
{
	struct sync *s = c->sync;
	status st = sync_collector_of(c, v[0].folder), verdict;

	*used = 1;
	/* The folder is not there, or may not be written to: what is in it has to wait. */
	if (st) {
		st = sync_verdict(s, st, &verdict);
		return st ? st : refused(s, &v[0], verdict);
	}
	switch (v[0].kind) {
	case PENDING_MESSAGE:
		return upload(c, v);
	case PENDING_MESSAGE_MOVED:
		return move(c, v);
	case PENDING_MESSAGE_READ:
		*used = run_of(v, n);
		return reads(c, v, *used);
	default:
		*used = run_of(v, n);
		return deletes(c, v, *used);
	}
}

static bool is_of_folders(const struct cache_pending *p)
{
	return p->kind == PENDING_FOLDER || p->kind == PENDING_FOLDER_DELETED;
}

static status tell_all(struct sync *s)
{
	struct cache_pending v[PAGE];
	struct sync_collector c;
	uint64_t after = 0;
	size_t n = 0;
	status st;

	sync_collector_init(&c, s);
	while (!(st = sync_store(s, cache_pending(s->cache, after, v, PAGE, &n), "what was changed here")) && n) {
		for (size_t i = 0, used = 1; i < n && !st; i += used) {
			used = 1;
			if (!is_of_folders(&v[i]))
				st = tell(&c, &v[i], n - i, &used);
			after = v[i + used - 1].seq;
			if (!st && s->options->canceled && s->options->canceled(s->options->context))
				st = reason_set(s->why, ecUserCanceled, "canceled");
		}
		sync_tell(s, SYNC_UPLOADING, NULL, s->counts.up_new_or_changed, 0);
		if (st)
			break;
	}
	if (!st)
		return sync_collector_end(&c);
	sync_collector_drop(&c);
	return st;
}

status sync_upload_messages(struct sync *s)
{
	status st = ecNone;

	s->kept = true;
	for (unsigned i = 0; i < KEPT_ROUNDS && s->kept && !st; i++) {
		s->kept = false;
		st = tell_all(s);
	}
	return st;
}
