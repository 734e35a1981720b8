/* The rest of a message whose headers are here, under what was changed here meanwhile. */
#include "client/sync_private.h"
#include "mapi/tag.h"
#include "store/message.h"

/* What was set or removed here, as it is now. */
static status gather_edits(struct sync *s, uint64_t message, const struct bag *base,
			   struct arena *arena, struct sync_refill *out)
{
	struct mailbox *m = cache_mailbox(s->cache);
	struct bag ours;
	status st;

	bag_init(&ours, arena);
	st = message_props(m, message, &ours);
	out->gone = st ? NULL : arena_array(arena, base->n, sizeof *out->gone);
	if (!st && !out->gone)
		st = ecMemory;
	for (size_t i = 0; !st && i < base->n; i++) {
		uint16_t id = prop_id(&base->v[i]);
		const struct prop *p = bag_find(&ours, id);
		struct prop large;

		if (!p) {
			out->gone[out->n_gone++] = id;
			continue;
		}
		if (p->flags & PROP_LARGE) {
			st = message_value(m, message, id, arena, &large);
			p = &large;
		}
		if (!st)
			st = bag_copy(&out->keep, p);
	}
	return st;
}

/* All of it was written anew, of which nobody knows what it was to change: ours is kept, and the server's is what holds. */
static status give_way(struct sync *s, uint64_t message, const char *subject)
{
	status st = sync_issues_keep(s->issues, ISSUE_CONFLICT_THEIRS, message);

	if (!st)
		st = cache_pending_forget_change(s->cache, message);
	s->counts.conflicts++;
	sync_issue(
		s->issues, ISSUE_CONFLICT_THEIRS, message, subject,
		"it was written anew while only its headers were here: the server's holds, ours is in Conflicts");
	return st;
}

status sync_refill_plan(struct sync *s, uint64_t message, const struct import_version *theirs,
			struct arena *arena, struct message_options *o, struct sync_refill *out)
{
	struct mailbox *m = cache_mailbox(s->cache);
	struct message_version version;
	struct message_info info;
	struct bag base;
	bool rewritten = false;
	status st = message_info(m, message, arena, &info);

	*out = (struct sync_refill){ .on = true, .read = info.read };
	bag_init(&out->keep, arena);
	bag_init(&base, arena);
	*o = (struct message_options){ .associated = info.associated,
				       .deleted = info.deleted,
				       .replaces = message };
	if (!st)
		st = cache_is_changed(s->cache, message, &out->edited);
	if (!st && out->edited)
		st = cache_is_rewritten(s->cache, message, &rewritten);
	/* A copy that was written anew is what it was made, and nothing of its source. */
	if (!st && rewritten && !theirs)
		return ecNotFound;
	if (!st && out->edited)
		st = cache_pending_base(s->cache, message, &base);
	if (!st && out->edited && !base.n && theirs) {
		out->edited = false;
		o->change_key = theirs->change_key;
		o->predecessors = theirs->predecessors;
		return give_way(s, message, info.subject);
	}
	/* It stays the version it is, which the server may have heard of. */
	if (!st)
		st = cache_version_of(s->cache, &info, arena, &version);
	if (!st) {
		o->change_key = version.change_key;
		o->predecessors = version.predecessors;
	}
	out->edited = out->edited && base.n;
	if (!st && out->edited) {
		out->modified = info.modified;
		st = gather_edits(s, message, &base, arena, out);
	}
	return st;
}

status sync_refill_done(struct sync *s, uint64_t message, const struct sync_refill *r)
{
	struct mailbox *m = cache_mailbox(s->cache);
	status st = ecNone;

	if (r->edited)
		st = message_set_aside(m, message, &r->keep, r->gone, r->n_gone);
	if (!st)
		st = message_set_read(m, message, r->read);
	if (!st)
		st = cache_set_fullness(s->cache, message, CACHE_FULL);
	s->counts.completed += !st;
	return st;
}
