/* The outbox: each item goes exactly once, whatever breaks in between. */
#include <string.h>

#include "client/sync_collector.h"
#include "client/sync_stream.h"
#include "mapi/error.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"
#include "rop/rops_transport.h"
#include "store/folder.h"
#include "store/message.h"

struct sending {
	struct sync *sync;
	struct sync_collector collector;
	uint64_t outbox;
};

static status set_state(struct sync *s, const struct outbox_item *i, enum outbox_state state, status error)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = outbox_set(s->cache, i->message, state, error);
	return sync_store(s, cache_apply_end(s->cache, st), "the outbox");
}

/* Nothing is to be sent any more. */
static status let_go(struct sync *s, const struct outbox_item *i)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = outbox_remove(s->cache, i->message);
	if (!st)
		st = cache_pending_forget(s->cache, i->message);
	if (!st)
		st = message_delete(cache_mailbox(s->cache), i->message, DELETE_HARD);
	if (st == ecNotFound)
		st = ecNone;
	return sync_store(s, cache_apply_end(s->cache, st), "the outbox");
}

/*
 * It is the server's now.  It stays here too until it has left the server's Outbox: what is not here any more when the server speaks of it counts as deleted
 * here, and would be deleted there.
 */
static status handed_over(struct sync *s, const struct outbox_item *i)
{
	status st = set_state(s, i, OUTBOX_HANDED_OVER, 0);

	s->counts.sent += !st;
	return st;
}

static status failed(struct sync *s, const struct outbox_item *i, status verdict)
{
	const struct mapi_error *e = mapi_error_by_code(verdict);

	s->counts.server_failures++;
	sync_issue(s->issues, ISSUE_SERVER_FAILURE, i->message, "", "it could not be sent: %s", e ? e->name : "the server refused it");
	return set_state(s, i, OUTBOX_FAILED, verdict);
}

/* At the server ------------------------------------------------------------------------------------------------------------------- */

/* Is it in the server's Outbox, and was it handed over to be sent? The slot of the message, when it is there. */
static status look(struct sending *k, const struct outbox_item *i, unsigned *slot, bool *there, bool *submitted)
{
	static uint32_t tag = PidTagMessageFlags;
	struct sync *s = k->sync;
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_open_message_request open = {
		.code_page_id = 0x0FFF, .folder_id = remote_id(s->remote, k->outbox), .open_mode_flags = 0x03, .message_id = remote_id(s->remote, i->message)
	};
	struct rop_get_properties_specific_request q = { .want_unicode = 1, .property_tags = { 1, &tag } };
	struct rop_get_properties_specific_response *a = NULL;
	struct prop p = { 0 };
	status st, verdict;

	*slot = remote_add(b, ROP_OPEN_MESSAGE, remote_logon_handle(s->remote), &open);
	(void)remote_add(b, ROP_GET_PROPERTIES_SPECIFIC, *slot, &q);
	st = remote_run(b, false, s->why);
	if (st)
		return st;
	verdict = remote_answer(b, 0, NULL);
	*there = !verdict;
	*submitted = false;
	if (verdict == ecNotFound || verdict == SYNC_E_OBJECT_DELETED)
		return ecNone;
	if (verdict) {
		remote_explain(ROP_OPEN_MESSAGE, verdict, s->why);
		return verdict;
	}
	st = sync_expect(b, 1, ROP_GET_PROPERTIES_SPECIFIC, &a, s->why);
	struct bytes row = st ? bytes_of(NULL, 0) : a->row_data;
	if (!st)
		st = property_row_next(&row, &tag, 1, remote_arena(b), &p, s->why);
	*submitted = !st && prop_type(&p) == PT_LONG && p.value.n == 4 && le32(p.value.p) & MSGFLAG_SUBMIT;
	return st;
}

static status submit(struct sending *k, unsigned slot, status *verdict)
{
	struct sync *s = k->sync;
	struct rop_submit_message_request q = { .submit_flags = 0 };
	struct remote_batch *b = remote_batch(s->remote);
	status st;

	(void)remote_add(b, ROP_SUBMIT_MESSAGE, slot, &q);
	st = remote_run(b, false, s->why);
	*verdict = st ? ecNone : remote_answer(b, 0, NULL);
	remote_release(s->remote, slot);
	return st;
}

/* An item ------------------------------------------------------------------------------------------------------------------------- */

/* The server has it in its Outbox; that it shall be asked is written down before it is asked. */
static status hand_over(struct sending *k, const struct outbox_item *i)
{
	struct sync *s = k->sync;
	unsigned slot = REMOTE_NO_SLOT;
	bool there = false, submitted = false;
	status verdict = ecNone, st = look(k, i, &slot, &there, &submitted);

	if (st)
		return st;
	if (!there)
		return failed(s, i, ecNotFound);
	st = set_state(s, i, OUTBOX_SUBMITTING, 0);
	if (!st)
		st = submit(k, slot, &verdict);
	if (st)
		return st;
	return verdict ? failed(s, i, verdict) : handed_over(s, i);
}

static status upload(struct sending *k, const struct outbox_item *i)
{
	struct sync *s = k->sync;
	status verdict = ecNone, st = sync_collector_of(&k->collector, k->outbox);

	if (!st)
		st = sync_upload_message(&k->collector, i->message, false, &verdict);
	if (st)
		return st;
	if (verdict && verdict != SYNC_E_IGNORE)
		return failed(s, i, verdict);
	st = set_state(s, i, OUTBOX_UPLOADED, 0);
	return st ? st : hand_over(k, i);
}

/* Whether the server heard is not known: it is asked what it has. */
static status ask_again(struct sending *k, const struct outbox_item *i)
{
	unsigned slot = REMOTE_NO_SLOT;
	bool there = false, submitted = false;
	status verdict = ecNone, st = look(k, i, &slot, &there, &submitted);

	if (st)
		return st;
	if (there && !submitted) {
		st = submit(k, slot, &verdict);
		if (st || verdict)
			return st ? st : failed(k->sync, i, verdict);
	} else {
		remote_release(k->sync->remote, slot);
	}
	return handed_over(k->sync, i);
}

static status see_off(struct sending *k, const struct outbox_item *i)
{
	unsigned slot = REMOTE_NO_SLOT;
	bool there = false, submitted = false;
	status st = look(k, i, &slot, &there, &submitted);

	if (st)
		return st;
	remote_release(k->sync->remote, slot);
	return there ? ecNone : let_go(k->sync, i);
}

static status send_one(struct sending *k, const struct outbox_item *i)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct message_info info;

	/* A row without its message holds up none of those behind it. */
	if (message_info(cache_mailbox(k->sync->cache), i->message, &arena, &info) == ecNotFound)
		return let_go(k->sync, i);
	switch (i->state) {
	case OUTBOX_WAITING:
		return i->not_before > k->sync->options->clock->now(k->sync->options->clock) ? ecNone : upload(k, i);
	case OUTBOX_UPLOADED:
		return hand_over(k, i);
	case OUTBOX_SUBMITTING:
		return ask_again(k, i);
	case OUTBOX_HANDED_OVER:
		return see_off(k, i);
	default:
		return ecNone;
	}
}

status sync_send(struct sync *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct sending k = { .sync = s };
	struct outbox_item *v = NULL;
	size_t n = 0;
	status st = sync_store(s, outbox_list(s->cache, &arena, &v, &n), "the outbox");

	if (st || !n)
		return st;
	st = sync_store(s, folder_by_role(cache_mailbox(s->cache), MAILBOX_OUTBOX, &k.outbox), "the outbox");
	sync_collector_init(&k.collector, s);
	for (size_t i = 0; i < n && !st; i++) {
		sync_tell(s, SYNC_SENDING, NULL, i, n);
		st = send_one(&k, &v[i]);
	}
	/* What was there for a moment is nothing that both sides have. */
	sync_collector_drop(&k.collector);
	return st;
}
