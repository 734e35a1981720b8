#include "cli/rescue_outbox.h"

#include "store/folder.h"
#include "store/message_sums.h"

#define ARENA_MOST ((size_t)64 << 20)

struct carrying {
	struct cache *from, *to;
	struct arena arena;
	uint64_t outbox;
	struct rescued_outbox counts;
};

static status next_like(struct mailbox *m, const struct message_info *old, uint64_t after, uint64_t *out)
{
	return old->search_key.n ? message_by_search_key(m, old->search_key, after, out) : message_by_fingerprint(m, old->fingerprint, after, out);
}

/* What came to the old cache from the server, and has no search key, was never summed up. */
static status sum_old(struct carrying *c, struct message_info *old)
{
	struct mailbox *m = cache_mailbox(c->from);
	status s;

	if (old->search_key.n || old->fingerprint.lo || old->fingerprint.hi)
		return ecNone;
	s = mailbox_begin(m);
	if (!s)
		s = message_sum(m, old->id, &old->fingerprint);
	if (mailbox_in_transaction(m))
		mailbox_rollback(m);
	return s;
}

/* The import has brought it into the Outbox; there may be others like it elsewhere. *id is 0 when there is none. */
static status find(struct carrying *c, const struct message_info *old, uint64_t *id)
{
	struct mailbox *m = cache_mailbox(c->to);
	struct message_info now;
	status s;

	*id = 0;
	while (!(s = next_like(m, old, *id, id)) && *id) {
		s = message_info(m, *id, &c->arena, &now);
		if (s || (now.folder == c->outbox && !now.deleted))
			break;
	}
	return s;
}

static status put(struct carrying *c, const struct outbox_item *i, uint64_t id)
{
	enum outbox_state state;
	bool has = false;
	status s = outbox_state_of(c->to, id, &state, &has);

	if (s || has)
		return s;
	s = outbox_add(c->to, id, i->not_before);
	return !s && i->state == OUTBOX_FAILED ? outbox_set(c->to, id, OUTBOX_FAILED, i->error) : s;
}

static status carry(struct carrying *c, const struct outbox_item *i)
{
	struct message_info old;
	uint64_t id;
	status s = message_info(cache_mailbox(c->from), i->message, &c->arena, &old);

	if (s == ecNotFound)
		return ecNone;
	if (!s)
		s = sum_old(c, &old);
	if (!s)
		s = find(c, &old, &id);
	if (s)
		return s;
	if (!id) {
		c->counts.missing++;
		return ecNone;
	}
	if (i->state == OUTBOX_SUBMITTING || i->state == OUTBOX_HANDED_OVER) {
		c->counts.doubtful++;
		return ecNone;
	}
	*(i->state == OUTBOX_FAILED ? &c->counts.refused : &c->counts.waiting) += 1;
	return put(c, i, id);
}

static status carry_all(struct carrying *c)
{
	struct mailbox *to = cache_mailbox(c->to);
	struct outbox_item *v = NULL;
	size_t n = 0;
	status s = outbox_list(c->from, &c->arena, &v, &n);

	if (!s)
		s = folder_by_role(to, MAILBOX_OUTBOX, &c->outbox);
	if (!s)
		s = mailbox_begin(to);
	if (s)
		return s;
	for (size_t i = 0; !s && i < n; i++)
		s = carry(c, &v[i]);
	if (!s)
		return mailbox_commit(to);
	mailbox_rollback(to);
	return s;
}

status rescue_outbox(struct cache *from, struct cache *to, struct rescued_outbox *out, struct reason *why)
{
	struct carrying c = { .from = from, .to = to, .arena = ARENA_BUDGET(ARENA_MOST) };
	status s = carry_all(&c);

	arena_free(&c.arena);
	*out = c.counts;
	return s ? reason_set(why, s, "what waits to be sent: %s", mailbox_failure(cache_mailbox(to))) : ecNone;
}
