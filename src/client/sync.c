#include "client/sync.h"

#include <stdio.h>
#include <string.h>

#include "client/sync_change.h"
#include "client/sync_private.h"
#include "mapi/tag.h"
#include "rop/xid.h"
#include "store/fulltext.h"
#include "store/mailbox_copy.h"
#include "store/message.h"

#define IDS_LEAST   4096u /* fewer left, and the server is asked for more */
#define IDS_AT_ONCE 65536u

status sync_store(struct sync *s, status st, const char *what)
{
	return st ? reason_set(s->why, st, "%s: %s", what, mailbox_failure(cache_mailbox(s->cache))) : ecNone;
}

status sync_breathe(struct sync *s)
{
	if (s->options->canceled && s->options->canceled(s->options->context))
		return reason_set(s->why, ecUserCanceled, "canceled");
	return cache_is_wanted(s->cache) ? cache_pause(s->cache, s->why) : ecNone;
}

void sync_tell(struct sync *s, enum sync_phase phase, const char *folder, uint64_t done, uint64_t total)
{
	struct sync_progress p = { phase, folder, done, total, &s->counts };

	if (s->options->progress)
		s->options->progress(s->options->context, &p);
}

/* Headers ------------------------------------------------------------------------------------------------------------------------- */

status sync_id_of_key(struct sync *s, struct bytes key, bool make, uint64_t *id)
{
	uint64_t globcnt = 0;
	struct xid x;

	if (xid_decode(key, &x, s->why) || !xid_globcnt(&x, &globcnt) || !globcnt)
		return reason_set(s->why, ecCorruptData, "a source key that is none");
	return cache_foreign_id(s->cache, &x.space, globcnt, make, id);
}

status sync_read_header(struct sync *s, const struct bag *props, struct sync_header *out)
{
	struct sync_header h = { .cn = remote_globcnt(s->remote, bag_u64(props, tag_id(PidTagChangeNumber), 0)),
				 .associated = bag_bool(props, tag_id(PidTagAssociated), false) };
	struct bytes parent = bag_bytes(props, tag_id(PidTagParentSourceKey));
	status st;

	h.size = bag_u32(props, tag_id(PidTagMessageSize), 0);
	h.version.change_key = bag_bytes(props, tag_id(PidTagChangeKey));
	h.version.predecessors = bag_bytes(props, tag_id(PidTagPredecessorChangeList));
	h.version.modified = bag_u64(props, tag_id(PidTagLastModificationTime), 0);
	if (!h.version.change_key.n || !h.version.predecessors.n)
		return reason_set(s->why, ecCorruptData, "an object without a version");
	st = sync_id_of_key(s, bag_bytes(props, tag_id(PidTagSourceKey)), true, &h.id);
	if (!st && parent.n)
		st = sync_id_of_key(s, parent, true, &h.parent);
	if (!st)
		*out = h;
	return st;
}

static status to_guid(void *context, const struct guid *from, struct guid *to)
{
	const struct remote_mailbox *m = remote_mailbox(((struct sync *)context)->remote);
	uint16_t replid = 0;

	if (!idset_replid_of(from, &replid) || replid != m->replid)
		return ecNotFound;
	*to = m->replica;
	return ecNone;
}

/* Ids of replicas that this session does not know can be those of nothing here. */
status sync_read_ids(struct sync *s, struct bytes data, struct idset *out)
{
	CLEANUP_IDSET struct idset raw = { .max = IDSET_RANGES_MAX };
	status st = idset_decode(data, IDSET_REPLID, &raw, s->why);

	if (!st)
		st = idset_rename(&raw, to_guid, s, out);
	return st == ecNotFound ? reason_set(s->why, ecNotSupported, "the server speaks of ids of a replica that it did not introduce") : st;
}

status sync_add_seen(struct sync *s, struct sync_state *state, const struct sync_header *h)
{
	const struct guid *replica = &remote_mailbox(s->remote)->replica;
	status st = ecNone;

	/* A version of another replica is told again, should the run be cut short: that costs time, nothing else. */
	if (!h->cn || h->id >= (uint64_t)1 << 47)
		return ecNone;
	st = idset_add(&state->given, replica, h->id, h->id);
	if (!st)
		st = idset_add(h->associated ? &state->seen_associated : &state->seen, replica, h->cn, h->cn);
	return st ? reason_set(s->why, st, "the state of the synchronisation is too large") : ecNone;
}

/* A run --------------------------------------------------------------------------------------------------------------------------- */

static status ask_for_ids(struct sync *s)
{
	uint64_t left = 0, first = 0;
	status st = cache_ids_left(s->cache, &left);

	if (st || left >= IDS_LEAST)
		return sync_store(s, st, "ids");
	st = remote_reserve_ids(s->remote, IDS_AT_ONCE, &first, s->why);
	if (st)
		return st;
	st = cache_apply_begin(s->cache);
	if (!st)
		st = cache_grant_ids(s->cache, first, IDS_AT_ONCE);
	return sync_store(s, cache_apply_end(s->cache, st), "ids");
}

/* For people: when both sides were last the same. */
static status note_time(struct sync *s)
{
	status st = s->options->only_folder ? ecNone : cache_apply_begin(s->cache);

	if (st || s->options->only_folder)
		return sync_store(s, st, "the time of the synchronisation");
	st = cache_set_folder_time(s->cache, CACHE_HIERARCHY, s->options->clock->now(s->options->clock));
	return sync_store(s, cache_apply_end(s->cache, st), "the time of the synchronisation");
}

static status contents(struct sync *s)
{
	status st = sync_settle_changes(s);

	return st ? st : sync_contents(s);
}

static status run(struct sync *s)
{
	status st = ask_for_ids(s);

	if (!st)
		st = sync_hierarchy(s);
	if (!st)
		st = sync_upload_folders(s);
	if (!st)
		st = contents(s);
	if (!st)
		st = sync_upload_messages(s);
	if (!st && s->found_newer)
		st = contents(s);
	/* What was merged or kept goes there in the same run. */
	if (!st && s->found_newer)
		st = sync_upload_messages(s);
	if (!st)
		st = sync_delete_folders(s);
	/* Who sends in the name of another does so from their own Outbox. */
	if (!st && remote_store(s->remote) == REMOTE_OWN)
		st = sync_send(s);
	if (!st)
		st = sync_fill(s);
	return st ? st : note_time(s);
}

/* Nobody has seen all of it yet. */
static status is_first(struct sync *s, bool *first)
{
	uint64_t time = 0;
	status st = cache_folder_time(s->cache, CACHE_HIERARCHY, &time);

	*first = !st && !time && !s->options->only_folder;
	return sync_store(s, st, "the time of the synchronisation");
}

static status check_binding(struct sync *s)
{
	switch (sync_compare_binding(mailbox_identity(cache_mailbox(s->cache)), remote_mailbox(s->remote))) {
	case SYNC_SAME:
	case SYNC_REMAPPED:
		return ecNone;
	default:
		return reason_set(s->why, ecVersion, "the cache is that of another mailbox");
	}
}

status sync_run(struct cache *c, struct remote *r, const struct sync_options *o, struct sync_counts *counts, struct reason *why)
{
	struct sync s = { .cache = c, .remote = r, .options = o, .why = why };
	uint64_t began = o->clock->monotonic(o->clock);
	status st = check_binding(&s), closed;
	bool first = false;

	s.link = o->link ? o->link : &s.own_link;
	if (!st)
		st = is_first(&s, &first);
	if (!st)
		st = sync_issues_open(c, &s.issues);
	if (st)
		return st;
	cache_fill(c, first);
	sync_tell(&s, SYNC_HIERARCHY, NULL, 0, 0);
	st = run(&s);
	cache_fill(c, false);
	if (cache_mailbox(c)) {
		closed = sync_issues_close(s.issues);
		if (!st && closed)
			st = sync_store(&s, closed, "the log of the synchronisation");
		if (!st)
			st = cache_pending_count(c, &s.counts.pending);
		if (!st)
			st = cache_partial_count(c, &s.counts.headers);
	}
	s.counts.took = o->clock->monotonic(o->clock) - began;
	*counts = s.counts;
	sync_tell(&s, SYNC_DONE, NULL, 0, 0);
	return st;
}

status sync_index(struct cache *c, const struct sync_options *o, struct reason *why)
{
	struct sync s = { .cache = c, .options = o, .why = why };
	uint64_t left = 1, total = 0;
	status st = ecNone;

	while (!st && left) {
		st = sync_store(&s, fulltext_catch_up(cache_mailbox(c), &left), "the index of words");
		total = total ? total : left;
		if (!st && left) {
			sync_tell(&s, SYNC_INDEXING, NULL, total - left, total);
			st = sync_breathe(&s);
		}
	}
	return st;
}

static status binding_of(const struct profile *p, struct remote *r, const struct clock *clock, struct cache_binding *b, struct reason *why)
{
	const struct remote_mailbox *m = remote_mailbox(r);

	*b = (struct cache_binding){ .identity = { m->mailbox, m->replica, m->mapping_signature }, .made = clock->now(clock) };
	(void)snprintf(b->address, sizeof b->address, "%s", p->address);
	(void)snprintf(b->mailbox_dn, sizeof b->mailbox_dn, "%s", p->mailbox_dn);
	(void)snprintf(b->server, sizeof b->server, "%s", p->mail_url);
	if (!m->folder_ids[LOGON_FOLDER_ROOT])
		return reason_set(why, ecCorruptData, "the server does not say which folder is the root of the mailbox");
	return ecNone;
}

status sync_make_cache(const char *folder, const struct profile *p, struct remote *r, const struct clock *clock, struct cache **out, struct reason *why)
{
	struct cache_binding b;
	status s = binding_of(p, r, clock, &b, why);

	return s ? s : cache_make(folder, clock, &b, remote_mailbox(r)->folder_ids[LOGON_FOLDER_ROOT], out, why);
}

status sync_replace_cache(struct cache *c, const char *aside, const struct profile *p, struct remote *r, const struct clock *clock, struct reason *why)
{
	struct cache_binding b;
	status s = binding_of(p, r, clock, &b, why);

	return s ? s : cache_replace(c, aside, &b, remote_mailbox(r)->folder_ids[LOGON_FOLDER_ROOT], why);
}
