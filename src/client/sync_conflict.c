/* Both changed it. */
#include <string.h>

#include "client/sync_private.h"
#include "mapi/tag.h"
#include "store/message.h"

#define ARENA_MOST (2 * MESSAGE_BODY_MAX)
#define NAMES_ROOM 400u

struct conflict {
	struct sync *sync;
	const struct import_message *import;
	const struct import_plan *plan;
	uint64_t theirs;
	struct arena arena;
	struct bag base, ours, other;
	struct bag told;      /* what the server may have heard of ours already */
	struct bag keep;      /* of ours, what only we changed */
	uint16_t *gone;       /* what only we removed */
	size_t n_gone;
	char names[NAMES_ROOM]; /* of the properties that both changed */
	const char *subject;
};

bool sync_is_of_any_change(uint16_t id)
{
	return id == tag_id(PidTagLastModificationTime) || id == tag_id(PidTagLastModifierName) || id == tag_id(PidTagChangeKey) ||
	       id == tag_id(PidTagPredecessorChangeList) || id == tag_id(PidTagMessageSize);
}

/* The value, or NULL where there is none. */
static const struct prop *value_of(const struct bag *b, uint16_t id)
{
	const struct prop *p = bag_find(b, id);

	return p && prop_type(p) != PT_ERROR ? p : NULL;
}

static bool same(const struct prop *a, const struct prop *b)
{
	return a == b || (a && b && !((a->flags | b->flags) & PROP_LARGE) && prop_equal(a, b));
}

static void add_name(struct conflict *c, uint16_t id)
{
	CLEANUP_BUF struct buf b = BUF_MAX(128);
	size_t n = strlen(c->names);
	const struct tag_info *info = tag_info(tag_make(id, PT_UNSPECIFIED));

	if (info)
		buf_printf(&b, "%s", info->name);
	else
		buf_printf(&b, "0x%04x", id);
	if (n + b.n + 3 < NAMES_ROOM) {
		memcpy(c->names + n, n ? ", " : "", n ? 2 : 0);
		memcpy(c->names + n + (n ? 2 : 0), buf_cstr(&b), b.n + 1);
	}
}

/* One property that we changed: did they too, and differently? */
static status weigh(struct conflict *c, uint16_t id, bool *both)
{
	const struct prop *base = value_of(&c->base, id), *ours = value_of(&c->ours, id), *theirs = value_of(&c->other, id);

	if (sync_is_of_any_change(id) || same(ours, theirs))
		return ecNone;
	/* What they have of us is no change of theirs. */
	if (!same(theirs, base) && !(bag_find(&c->told, id) && same(theirs, value_of(&c->told, id)))) {
		*both = true;
		add_name(c, id);
		return ecNone;
	}
	if (ours)
		return ours->flags & PROP_LARGE ? ecTooBig : bag_copy(&c->keep, ours);
	c->gone[c->n_gone++] = id;
	return ecNone;
}

/* *can: what we changed can be put upon what they have. */
static status try_merge(struct conflict *c, bool *can)
{
	struct mailbox *m = cache_mailbox(c->sync->cache);
	bool both = false;
	status s = cache_pending_base(c->sync->cache, c->import->id, &c->base);

	*can = false;
	if (!s)
		s = cache_base_told(c->sync->cache, c->import->id, &c->told);
	if (s || !c->base.n)
		return s;
	c->gone = arena_array(&c->arena, c->base.n, sizeof *c->gone);
	s = c->gone ? message_props(m, c->import->id, &c->ours) : ecMemory;
	if (!s)
		s = message_props(m, c->theirs, &c->other);
	for (size_t i = 0; !s && i < c->base.n; i++)
		s = weigh(c, prop_id(&c->base.v[i]), &both);
	*can = !s && !both;
	return s == ecTooBig ? ecNone : s;
}

/* What stands in `from` becomes what `o` says. */
static status rewrite(struct conflict *c, uint64_t from, uint64_t folder, const struct message_options *o)
{
	struct mailbox *m = cache_mailbox(c->sync->cache);
	struct message_writer *w = NULL;
	struct item_result result = { 0 };
	uint64_t id;
	status s = message_writer_new(m, folder, o, &w);

	if (!s)
		s = message_emit(m, from, message_writer_sink(w), &result);
	if (!s && result.outcome != OUTCOME_WRITTEN)
		s = ecCorruptData;
	if (!s)
		s = message_writer_finish(w, &id);
	message_writer_free(w);
	return s;
}

/* Theirs takes the place of ours, with both histories. */
static status take_theirs(struct conflict *c)
{
	struct message_options o = { .associated = c->import->associated, .replaces = c->import->id };
	struct sync_state unused = SYNC_STATE_MAX(16);
	status s = ecNone;

	if (c->plan->verdict == IMPORT_CONFLICT_THEIRS) {
		o.change_key = c->plan->options.change_key;
		o.predecessors = c->plan->options.predecessors;
	} else {
		s = import_message_done(cache_mailbox(c->sync->cache), c->import, c->plan, &unused);
	}
	sync_state_free(&unused);
	return s ? s : rewrite(c, c->theirs, c->import->folder, &o);
}

/* What is ours of it goes on as a change of their version; what both have alike is none any more. */
static status goes_on(struct conflict *c)
{
	const struct message_version theirs = { c->import->version.change_key, c->import->version.predecessors };
	struct cache *cache = c->sync->cache;
	uint64_t message = c->import->id;
	status s = cache_set_base_version(cache, message, &theirs);

	for (size_t i = 0; !s && i < c->base.n; i++) {
		uint16_t id = prop_id(&c->base.v[i]);
		bool ours = bag_find(&c->keep, id) != NULL;

		for (size_t k = 0; k < c->n_gone && !ours; k++)
			ours = c->gone[k] == id;
		if (!ours)
			s = cache_base_forget_value(cache, message, id);
	}
	return s;
}

static status merge(struct conflict *c)
{
	struct mailbox *m = cache_mailbox(c->sync->cache);
	status s = take_theirs(c);

	if (!s)
		s = goes_on(c);

	if (!s && (c->keep.n || c->n_gone))
		s = message_set(m, c->import->id, &c->keep, c->gone, c->n_gone);
	if (!s)
		s = message_delete(m, c->theirs, DELETE_HARD);
	if (!s && !c->keep.n && !c->n_gone && c->plan->verdict == IMPORT_CONFLICT_THEIRS)
		s = cache_pending_forget_change(c->sync->cache, c->import->id);
	c->sync->counts.merged++;
	sync_issue(c->sync->issues, ISSUE_CONFLICT_MERGED, c->import->id, c->subject, "changed here and at the server, in different properties: both changes hold");
	return s;
}

/* The server's was written last: ours goes into Conflicts in its place. */
static status theirs_wins(struct conflict *c)
{
	struct mailbox *m = cache_mailbox(c->sync->cache);
	uint64_t folder = 0, copy = 0;
	status s = sync_issues_folder(c->sync->cache, ISSUE_CONFLICT_THEIRS, &folder);

	if (!s)
		s = message_copy(m, c->import->id, folder, &copy);
	if (!s)
		s = take_theirs(c);
	if (!s)
		s = message_delete(m, c->theirs, DELETE_HARD);
	if (!s)
		s = cache_pending_forget_change(c->sync->cache, c->import->id);
	sync_issue(c->sync->issues, ISSUE_CONFLICT_THEIRS, c->import->id, c->subject, "changed here and at the server (%s): the server's was written later and holds, ours is in Conflicts",
		   *c->names ? c->names : "it cannot be told which properties");
	return s;
}

static status ours_wins(struct conflict *c)
{
	struct sync_state unused = SYNC_STATE_MAX(16);
	status s = import_message_done(cache_mailbox(c->sync->cache), c->import, c->plan, &unused);

	sync_state_free(&unused);
	sync_issue(c->sync->issues, ISSUE_CONFLICT_OURS, c->import->id, c->subject, "changed here and at the server (%s): ours was written later and holds, the server's is in Conflicts",
		   *c->names ? c->names : "it cannot be told which properties");
	return s;
}

/*
 * Of ours only the headers are here: what we changed is put upon theirs, and theirs stays in Conflicts as it came.  It cannot be done the other way round, for there is no
 * more of ours.
 */
static status lay_over(struct conflict *c)
{
	struct mailbox *m = cache_mailbox(c->sync->cache);
	status s = ecNone;

	c->keep.n = 0;
	c->n_gone = 0;
	for (size_t i = 0; !s && i < c->base.n; i++) {
		uint16_t id = prop_id(&c->base.v[i]);
		const struct prop *ours = value_of(&c->ours, id);
		struct prop large;

		if (sync_is_of_any_change(id))
			continue;
		if (!ours) {
			c->gone[c->n_gone++] = id;
			continue;
		}
		if (ours->flags & PROP_LARGE) {
			s = message_value(m, c->import->id, id, &c->arena, &large);
			ours = &large;
		}
		if (!s)
			s = bag_copy(&c->keep, ours);
	}
	if (!s)
		s = take_theirs(c);
	if (!s)
		s = message_set(m, c->import->id, &c->keep, c->gone, c->n_gone);
	sync_issue(c->sync->issues, ISSUE_CONFLICT_OURS, c->import->id, c->subject, "changed here and at the server (%s): ours was written later and holds, the server's is in Conflicts",
		   *c->names ? c->names : "the same properties");
	return s;
}

static status decide(struct conflict *c, bool can)
{
	enum cache_fullness fullness = CACHE_FULL;
	status s = cache_fullness(c->sync->cache, c->import->id, &fullness);

	if (s)
		return s;
	if (can)
		s = merge(c);
	else if (c->plan->verdict == IMPORT_CONFLICT_THEIRS || (fullness == CACHE_HEADERS && !c->base.n))
		s = theirs_wins(c);
	else
		s = fullness == CACHE_HEADERS ? lay_over(c) : ours_wins(c);
	/* What is here then is no change of a version of theirs that could be told by itself. */
	if (!s && !can)
		s = cache_set_base_version(c->sync->cache, c->import->id, NULL);
	/* Theirs is here whole, whatever was put upon it. */
	return s ? s : cache_set_fullness(c->sync->cache, c->import->id, CACHE_FULL);
}

status sync_conflict(struct sync *sync, const struct import_message *i, const struct import_plan *plan, uint64_t theirs)
{
	struct conflict c = { .sync = sync, .import = i, .plan = plan, .theirs = theirs, .arena = ARENA_BUDGET(ARENA_MOST), .subject = "" };
	struct message_info info;
	bool can = false;
	status s;

	bag_init(&c.base, &c.arena);
	bag_init(&c.ours, &c.arena);
	bag_init(&c.other, &c.arena);
	bag_init(&c.keep, &c.arena);
	bag_init(&c.told, &c.arena);
	s = message_info(cache_mailbox(sync->cache), i->id, &c.arena, &info);
	if (!s) {
		c.subject = info.subject;
		s = try_merge(&c, &can);
	}
	if (!s)
		s = decide(&c, can);
	if (!s)
		sync->counts.conflicts++;
	arena_free(&c.arena);
	return s;
}
