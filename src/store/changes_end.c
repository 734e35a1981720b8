/* The end of a synchronisation: what is gone, read states, and the state that the client has then. */
#include "store/changes_private.h"
#include "store/message_private.h"
#include "store/read_marks.h"

/* What is gone --------------------------------------------------------------------------------------------------------- */

static status must_have_ended(struct changes *c)
{
	return c->ended ? ecNone : reason_set(&c->m->why, ecInvalidParam, "not all changes have been handed out");
}

struct tombs {
	struct changes *c;
	struct gather gather;
};

static int bind_tombs(struct sql_statement *s, void *context)
{
	bind_u64(s, 3, ((struct tombs *)context)->c->folder);
	return 4;
}

static status take_tomb(struct sql_statement *s, void *context)
{
	struct tombs *t = context;
	uint64_t id = (uint64_t)sql_i64(s, 1);

	return changes_given(t->c, id) ? changes_failed(t->c, gather_add(&t->gather, id, &t->c->deleted, &t->c->replica)) : ecNone;
}

/* A message that came back has left its tombstone only where it is not. */
static const char tombs_query[] = "SELECT cn, id FROM tombstone WHERE cn >= $1 AND cn <= $2 AND folder = $3"
				  " AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = tombstone.id"
				  " AND message.folder = tombstone.folder AND message.deleted = 0) ORDER BY cn LIMIT $4";

/* A tombstone does not say of which kind the message was: it has been seen when both kinds are that far. */
static status seen_of_both(struct changes *c, struct idset *out)
{
	CLEANUP_IDSET struct idset only = { .max = out->max };
	status s = idset_union(out, c->o.normal ? &c->client.seen : &c->client.seen_associated);

	if (s || !c->o.normal || !c->o.associated)
		return s;
	s = idset_union(&only, &c->client.seen);
	if (!s)
		s = idset_subtract(&only, &c->client.seen_associated);
	return s ? s : idset_subtract(out, &only);
}

static status read_tombs(struct changes *c)
{
	CLEANUP_IDSET struct idset seen = { .max = 2 * c->client.seen.max };
	struct tombs t = { .c = c };
	struct window_walk walk = { .m = c->m, .query = tombs_query, .bind = bind_tombs, .row = take_tomb, .context = &t };
	status s = changes_failed(c, seen_of_both(c, &seen));

	if (s)
		return s;
	windows_of(&c->windows, idset_find(&seen, &c->replica), c->upto);
	s = windows_walk(&c->windows, &walk);
	if (!s)
		s = changes_failed(c, gather_flush(&t.gather, &c->deleted, &c->replica));
	changes_gather_free(&t.gather);
	return s;
}

/* All that is there of what the client was given goes into `there`. */
static status look_through(struct changes *c, int kind, struct idset *there)
{
	CLEANUP_GATHER struct gather g = { .n = 0 };
	uint64_t after = 0, rows = CHANGES_PAGE;
	status st = ecNone;

	while (!st && rows == CHANGES_PAGE) {
		CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
			c->m->db, "SELECT id FROM message WHERE folder = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4");
		bool row = false;

		bind_u64(s, 1, c->folder);
		sql_bind_i64(s, 2, kind);
		bind_u64(s, 3, after);
		bind_u64(s, 4, CHANGES_PAGE);
		for (rows = 0; !(st = mailbox_error(c->m, sql_step(s, &row))) && row; rows++) {
			after = (uint64_t)sql_i64(s, 0);
			if (changes_given(c, after))
				st = changes_failed(c, gather_add(&g, after, there, &c->replica));
			if (st)
				return st;
		}
	}
	return st ? st : changes_failed(c, gather_flush(&g, there, &c->replica));
}

static status compare_given(struct changes *c)
{
	CLEANUP_IDSET struct idset there = { .max = c->client.given.max };
	status s = look_through(c, KIND_MESSAGE, &there);

	if (!s)
		s = look_through(c, KIND_ASSOCIATED, &there);
	if (!s)
		s = changes_failed(c, idset_union(&c->deleted, &c->client.given));
	return s ? s : changes_failed(c, idset_subtract(&c->deleted, &there));
}

static status find_deleted(struct changes *c)
{
	status s = must_have_ended(c);

	if (s || c->deleted_known || c->o.no_deletions)
		return s;
	if (c->compare)
		s = compare_given(c);
	else if (idset_find(&c->client.given, &c->replica))
		s = read_tombs(c);
	c->deleted_known = !s;
	return s;
}

status changes_deleted(struct changes *c, struct idset *deleted, struct idset *out_of_scope)
{
	status s = find_deleted(c);

	if (s || c->o.no_deletions)
		return s;
	s = idset_union(deleted, &c->deleted);
	if (!s)
		s = idset_union(out_of_scope, &c->out_of_scope);
	return changes_failed(c, s);
}

/* Read states ----------------------------------------------------------------------------------------------------------- */

struct reads {
	struct changes *c;
	const struct globset *seen;
	struct idset *read, *unread;
	struct gather gather_read, gather_unread;
};

static int bind_reads(struct sql_statement *s, void *context)
{
	bind_u64(s, 3, ((struct reads *)context)->c->folder);
	return 4;
}

/* Of messages that the client has as they are: the others come whole, with their read state. */
static status take_read(struct sql_statement *s, void *context)
{
	struct reads *r = context;
	uint64_t id = (uint64_t)sql_i64(s, 1), cn = (uint64_t)sql_i64(s, 2), flags = (uint64_t)sql_i64(s, 3);
	status st;

	if (!r->seen || !globset_contains(r->seen, cn) || !changes_given(r->c, id))
		return ecNone;
	st = read_marks_flags(r->c->m, r->c->folder, cn, &flags);
	if (st)
		return st;
	st = flags & MSGFLAG_READ ? gather_add(&r->gather_read, id, r->read, &r->c->replica) :
					    gather_add(&r->gather_unread, id, r->unread, &r->c->replica);
	return changes_failed(r->c, st);
}

/*
 * What one person has read has one change number for all of the folder: who has not seen it is told of all messages, of which a client
 * changes those that it knows otherwise.
 */
static status all_of_one(struct changes *c, struct window_walk *walk)
{
	const struct globset *marks;
	uint64_t changed = 0;
	status s = read_marks_of(c->m, c->folder, &marks, &changed);

	if (s || !changed || idset_contains(&c->client.read, &c->replica, changed))
		return s;
	walk->query = "SELECT cn, id, cn, flags FROM message WHERE cn >= $1 AND cn <= $2 AND folder = $3 AND kind = 0 ORDER BY cn LIMIT $4";
	windows_of(&c->windows, NULL, c->upto);
	return windows_walk(&c->windows, walk);
}

static status those_that_changed(struct changes *c, struct window_walk *walk)
{
	windows_of(&c->windows, changes_seen(c, &c->client.read), c->upto);
	return windows_walk(&c->windows, walk);
}

status changes_read(struct changes *c, struct idset *read, struct idset *unread)
{
	struct reads r = { .c = c, .seen = changes_seen(c, &c->client.seen), .read = read, .unread = unread };
	struct window_walk walk = {
		.m = c->m,
		.query = "SELECT read_cn, id, cn, flags FROM message WHERE read_cn >= $1 AND read_cn <= $2 AND folder = $3"
			 " AND read_cn <> 0 AND kind = 0 ORDER BY read_cn LIMIT $4",
		.bind = bind_reads,
		.row = take_read,
		.context = &r,
	};
	status s = must_have_ended(c);

	if (s || !c->o.read_state || !r.seen || !idset_find(&c->client.given, &c->replica))
		return s;
	s = read_marks_on(c->m) ? all_of_one(c, &walk) : those_that_changed(c, &walk);
	if (!s)
		s = changes_failed(c, gather_flush(&r.gather_read, read, &c->replica));
	if (!s)
		s = changes_failed(c, gather_flush(&r.gather_unread, unread, &c->replica));
	changes_gather_free(&r.gather_read);
	changes_gather_free(&r.gather_unread);
	return s;
}

/* The new state --------------------------------------------------------------------------------------------------------- */

/* What was seen before, and all up to the moment this began; or what was sent alone. */
static status new_seen(struct changes *c, bool wanted, const struct idset *before, const struct idset *sent, struct idset *out)
{
	CLEANUP_IDSET struct idset set = { .max = out->max };
	status s = c->compare ? ecNone : idset_union(&set, before);

	if (!s && wanted)
		s = changes_all_seen(c->m, &set, c->upto);
	if (!s)
		s = idset_union(&set, sent);
	return s ? s : idset_union(out, &set);
}

static status flush_sent(struct changes *c)
{
	status s = gather_flush(&c->sent, &c->given, &c->replica);

	if (!s)
		s = gather_flush(&c->sent_normal, &c->seen, &c->replica);
	return s ? s : gather_flush(&c->sent_associated, &c->seen_associated, &c->replica);
}

status changes_state(struct changes *c, struct sync_state *out)
{
	/* Deletions have change numbers too: who was not told of them has not seen all.  Read states are told in any case. */
	bool told = !c->o.no_deletions;
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(out->given.max);
	const struct idset none = { .max = 0 };
	status s = find_deleted(c);

	if (s)
		return s;
	s = flush_sent(c);
	if (!s)
		s = idset_union(&state.given, &c->given);
	if (!s)
		s = idset_subtract(&state.given, &c->deleted);
	if (!s && !c->o.no_deletions)
		s = idset_subtract(&state.given, &c->out_of_scope);
	if (!s)
		s = new_seen(c, c->o.normal && told, &c->client.seen, &c->seen, &state.seen);
	if (!s)
		s = new_seen(c, c->o.associated && told, &c->client.seen_associated, &c->seen_associated, &state.seen_associated);
	if (!s)
		s = new_seen(c, c->o.read_state, &c->client.read, &none, &state.read);
	if (!s)
		s = sync_state_copy(&state, out);
	return changes_failed(c, s);
}
