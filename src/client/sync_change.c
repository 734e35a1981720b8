#include "client/sync_change.h"

#include "client/sync_stream.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"
#include "rop/xid.h"
#include "store/message.h"
#include "store/message_groups.h"

#define ARENA_MOST  ((size_t)32 << 20)
#define VALUES_MOST ((size_t)12 << 10) /* of what is told: it has to fit into a request, and what is asked into an answer */
#define TAGS_MOST   200u
#define OPEN_READ   0x00u
#define OPEN_WRITE  0x01u
#define SAVE_KEEP   0x02u /* [MS-OXCMSG] 2.2.3.3.1: KeepOpenReadWrite */

struct change {
	struct sync *sync;
	uint64_t folder, message;
	struct arena arena;
	struct message_info info;
	struct message_version base; /* the version that was changed */
	struct bag told;             /* of each property that was changed, what it is now; PT_ERROR: it is gone */
	uint32_t *tags;              /* the server's, of those */
	bool subject;                /* one of them is a part of the subject */
};

/* What the server has. */
struct found {
	struct message_version version;
	uint64_t cn, modified;
	const struct prop *values; /* of change.told, in its order */
	const struct prop *parts;  /* of the subject, when it was changed */
};

/* What is asked for: what the version is, what was changed, and what the server makes of that by itself ([MS-OXCMSG] 2.2.1.9, 2.2.1.10). */
static const uint32_t subject_tags[] = { PidTagSubject, PidTagSubjectPrefix, PidTagNormalizedSubject };
#define SUBJECT_TAGS (sizeof subject_tags / sizeof *subject_tags)
static const uint32_t version_tags[] = { PidTagChangeKey, PidTagPredecessorChangeList, PidTagChangeNumber, PidTagLastModificationTime };
#define VERSION_TAGS (sizeof version_tags / sizeof *version_tags)

/* What was changed here ------------------------------------------------------------------------------------------------------------ */

static const struct prop_name *name_of(const struct change *c, uint16_t id)
{
	return id < NAMED_ID_FIRST ? NULL : name_map_name(mailbox_names(cache_mailbox(c->sync->cache)), id);
}

/* Bodies hang together, flags cannot be set on a message that was saved, and the rest is nobody's to set. */
static bool may_be_told(const struct change *c, uint32_t tag, const struct prop *now)
{
	uint16_t id = tag_id(tag);

	switch (message_group_of(tag, name_of(c, id))) {
	case GROUP_BODY:
	case GROUP_RECIPIENTS:
	case GROUP_ATTACHMENTS:
	case GROUP_NOT_SENT:
		return false;
	default:
		break;
	}
	if (tag_id(PidTagMessageFlags) == id || (id >= NAMED_ID_FIRST && !name_of(c, id)))
		return false;
	return !now || (!(now->flags & PROP_LARGE) && ft_can_say(now, mailbox_names(cache_mailbox(c->sync->cache))));
}

static size_t size_of(const struct prop *p)
{
	size_t n = p->value.n;

	for (uint32_t i = 0; prop_is_list(p->tag) && p->values && i < p->count; i++)
		n += p->values[i].n;
	return n + 16;
}

/* *can false: it cannot be told so. */
static status gather_values(struct change *c, const struct bag *base, bool *can)
{
	struct bag now;
	size_t size = 0;
	status s;

	bag_init(&now, &c->arena);
	bag_init(&c->told, &c->arena);
	s = message_props(cache_mailbox(c->sync->cache), c->message, &now);
	for (size_t i = 0; !s && *can && i < base->n; i++) {
		uint16_t id = prop_id(&base->v[i]);
		const struct prop *p = bag_find(&now, id);

		if (sync_is_of_any_change(id))
			continue;
		*can = may_be_told(c, p ? p->tag : base->v[i].tag, p);
		if (!*can)
			break;
		size += p ? size_of(p) : 16;
		c->subject = c->subject || message_group_of(tag_make(id, PT_UNSPECIFIED), NULL) == GROUP_SUBJECT;
		s = p ? bag_copy(&c->told, p) : bag_set_u32(&c->told, tag_make(id, PT_ERROR), ecNotFound);
	}
	*can = *can && c->told.n && c->told.n <= TAGS_MOST && size <= VALUES_MOST;
	return s;
}

static status gather(struct change *c, bool *can)
{
	struct cache *cache = c->sync->cache;
	bool rewritten = false;
	struct bag base;
	status s = cache_is_rewritten(cache, c->message, &rewritten);

	bag_init(&base, &c->arena);
	if (!s)
		s = cache_base_version(cache, c->message, &c->arena, &c->base);
	if (!s)
		s = cache_pending_base(cache, c->message, &base);
	*can = !rewritten && c->base.change_key.n && base.n;
	if (!s && *can)
		s = message_info(cache_mailbox(cache), c->message, &c->arena, &c->info);
	if (!s && *can)
		s = gather_values(c, &base, can);
	return s == ecNotFound ? ecNone : sync_store(c->sync, s, "a message that was changed here");
}

/* The server's own ids of named properties. */
static status find_tags(struct change *c, bool *can)
{
	struct prop_name *names = arena_array(&c->arena, c->told.n, sizeof *names);
	size_t *where = arena_array(&c->arena, c->told.n, sizeof *where), n = 0;
	uint16_t *ids = arena_array(&c->arena, c->told.n, sizeof *ids);
	status s;

	c->tags = arena_array(&c->arena, c->told.n, sizeof *c->tags);
	if (!names || !where || !ids || !c->tags)
		return reason_set(c->sync->why, ecMemory, "out of memory");
	for (size_t i = 0; i < c->told.n; i++) {
		const struct prop_name *name = name_of(c, prop_id(&c->told.v[i]));

		c->tags[i] = prop_type(&c->told.v[i]) == PT_ERROR ? tag_make(prop_id(&c->told.v[i]), PT_UNSPECIFIED) : c->told.v[i].tag;
		*can = *can && (name || prop_id(&c->told.v[i]) < NAMED_ID_FIRST);
		if (name) {
			names[n] = *name;
			where[n++] = i;
		}
	}
	s = n && *can ? remote_name_ids(c->sync->remote, names, n, true, ids, c->sync->why) : ecNone;
	for (size_t i = 0; !s && *can && i < n; i++) {
		*can = ids[i] >= NAMED_ID_FIRST;
		c->tags[where[i]] = tag_make(ids[i], tag_type(c->tags[where[i]]));
	}
	return s;
}

/* At the server -------------------------------------------------------------------------------------------------------------------- */

static unsigned add_open(struct change *c, struct remote_batch *b, uint8_t mode)
{
	struct remote *r = c->sync->remote;
	struct rop_open_message_request *q = arena_zalloc(remote_arena(b), sizeof *q);

	if (!q)
		return REMOTE_NO_SLOT;
	q->code_page_id = 0x0FFF;
	q->folder_id = remote_id(r, c->folder);
	q->message_id = remote_id(r, c->message);
	q->open_mode_flags = mode;
	return remote_add(b, ROP_OPEN_MESSAGE, remote_logon_handle(r), q);
}

static uint32_t *tags_to_get(struct change *c, size_t *n)
{
	uint32_t *tags = arena_array(&c->arena, VERSION_TAGS + c->told.n + SUBJECT_TAGS, sizeof *tags);

	*n = VERSION_TAGS + c->told.n + (c->subject ? SUBJECT_TAGS : 0);
	if (tags) {
		memcpy(tags, version_tags, sizeof version_tags);
		memcpy(tags + VERSION_TAGS, c->tags, c->told.n * sizeof *tags);
		memcpy(tags + VERSION_TAGS + c->told.n, subject_tags, sizeof subject_tags);
	}
	return tags;
}

static status add_get(struct change *c, struct remote_batch *b, unsigned slot)
{
	struct rop_get_properties_specific_request *q = arena_zalloc(remote_arena(b), sizeof *q);
	size_t n = 0;
	uint32_t *tags = tags_to_get(c, &n);

	if (!q || !tags)
		return reason_set(c->sync->why, ecMemory, "out of memory");
	q->want_unicode = 1;
	q->property_tags.n = (uint32_t)n;
	q->property_tags.v = tags;
	(void)remote_add(b, ROP_GET_PROPERTIES_SPECIFIC, slot, q);
	return ecNone;
}

/* What the i-th operation, one of add_get, was answered: in the change's arena.  An answer that says nothing of the version is an empty one. */
static status read_found(struct change *c, struct remote_batch *b, size_t i, struct found *out)
{
	struct rop_get_properties_specific_response *a = NULL;
	size_t n = 0;
	uint32_t *tags = tags_to_get(c, &n);
	struct prop *v = arena_array(&c->arena, n, sizeof *v);
	struct bytes row;
	status s;

	*out = (struct found){ .cn = 0 };
	if (!tags || !v)
		return reason_set(c->sync->why, ecMemory, "out of memory");
	if (remote_answer(b, i, &a) || !a || !a->row_data.n)
		return ecNone;
	row = bytes_of(arena_memdup(&c->arena, a->row_data.p, a->row_data.n), a->row_data.n);
	s = row.p ? property_row_next(&row, tags, n, &c->arena, v, c->sync->why) : reason_set(c->sync->why, ecMemory, "out of memory");
	if (s)
		return s;
	if (v[0].tag == PidTagChangeKey && v[1].tag == PidTagPredecessorChangeList && v[2].tag == PidTagChangeNumber && v[3].tag == PidTagLastModificationTime &&
	    v[2].value.n == 8 && v[3].value.n == 8)
		*out = (struct found){ .version = { v[0].value, v[1].value },
				       .cn = remote_globcnt(c->sync->remote, le64(v[2].value.p)),
				       .modified = le64(v[3].value.p),
				       .values = v + VERSION_TAGS,
				       .parts = c->subject ? v + VERSION_TAGS + c->told.n : NULL };
	return ecNone;
}

/* Does it have what it was told? */
static bool has_all(const struct change *c, const struct found *f)
{
	for (size_t i = 0; i < c->told.n; i++) {
		const struct prop *told = &c->told.v[i];
		struct prop has = f->values[i];
		bool none = prop_type(&has) == PT_ERROR || prop_type(&has) == PT_NULL;

		has.tag = told->tag;
		if ((prop_type(told) == PT_ERROR) != none || (!none && (tag_type(f->values[i].tag) != prop_type(told) || !prop_equal(&has, told))))
			return false;
	}
	return true;
}

/* The predecessors of `now`: are they those of the version that was changed, and `more` (an empty one: none)? */
static bool follows(struct change *c, const struct message_version *now, struct bytes more)
{
	struct pcl was, is;
	struct xid x;

	if (!now->change_key.n || pcl_decode(c->base.predecessors, &c->arena, &was, NULL) || pcl_decode(now->predecessors, &c->arena, &is, NULL))
		return false;
	if (more.n && (xid_decode(more, &x, NULL) || pcl_contains(&was, &x) || pcl_add(&was, &x, &c->arena)))
		return false;
	return pcl_compare(&was, &is) == PCL_SAME;
}

static status add_changes(struct change *c, struct remote_batch *b, unsigned slot)
{
	struct rop_set_properties_request *set = arena_zalloc(remote_arena(b), sizeof *set);
	struct rop_delete_properties_request *gone = arena_zalloc(remote_arena(b), sizeof *gone);
	struct tagged_value *v = arena_array(remote_arena(b), c->told.n, sizeof *v);
	uint32_t *tags = arena_array(remote_arena(b), c->told.n, sizeof *tags);

	if (!set || !gone || !v || !tags)
		return reason_set(c->sync->why, ecMemory, "out of memory");
	set->property_values.all.v = v;
	gone->property_tags.v = tags;
	for (size_t i = 0; i < c->told.n; i++)
		if (prop_type(&c->told.v[i]) == PT_ERROR) {
			tags[gone->property_tags.n++] = c->tags[i];
		} else {
			v[set->property_values.all.n].prop = c->told.v[i];
			v[set->property_values.all.n++].prop.tag = c->tags[i];
		}
	if (set->property_values.all.n)
		(void)remote_add(b, ROP_SET_PROPERTIES, slot, set);
	if (gone->property_tags.n)
		(void)remote_add(b, ROP_DELETE_PROPERTIES, slot, gone);
	return ecNone;
}

/* Both kinds of answer look the same. */
static bool all_taken(struct remote_batch *b, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct rop_set_properties_response *a = NULL;

		if (remote_answer(b, i, &a) || a->property_problems.n)
			return false;
	}
	return true;
}

/*
 * Opens it and says there what is to be; nothing is saved yet.  *go_on: the server's version is the one that was changed, it takes all of it, and makes nothing else of it (of a
 * subject with a mark before it, of a text that is too long for it).
 */
static status propose(struct change *c, unsigned *slot, bool *go_on)
{
	struct remote_batch *b = remote_batch(c->sync->remote);
	struct found found;
	size_t last;
	status s;

	*slot = add_open(c, b, OPEN_WRITE);
	s = add_changes(c, b, *slot);
	last = remote_count(b);
	if (!s)
		s = add_get(c, b, *slot);
	if (!s)
		s = remote_run(b, false, c->sync->why);
	if (!s)
		s = read_found(c, b, last, &found);
	*go_on = !s && follows(c, &found.version, bytes_of(NULL, 0)) && all_taken(b, 1, last) && has_all(c, &found);
	return s;
}

/* *saved: the server made a version of it; *ours: it is this one, and nobody made another one meanwhile. */
static status save(struct change *c, unsigned slot, bool *saved, bool *ours, struct found *now)
{
	struct rop_save_changes_message_request q = { .save_flags = SAVE_KEEP };
	struct remote_batch *b = remote_batch(c->sync->remote);
	struct found kept = { .cn = 0 };
	unsigned again;
	status s;

	(void)remote_add(b, ROP_SAVE_CHANGES_MESSAGE, slot, &q);
	s = add_get(c, b, slot);
	again = add_open(c, b, OPEN_READ);
	if (!s)
		s = add_get(c, b, again);
	if (!s)
		s = remote_run(b, false, c->sync->why);
	*saved = !s && !remote_answer(b, 0, NULL);
	if (!s)
		s = read_found(c, b, 1, &kept);
	if (!s)
		s = read_found(c, b, 3, now);
	if (again != REMOTE_NO_SLOT)
		remote_release(c->sync->remote, again);
	*ours = !s && *saved && now->cn && bytes_equal(kept.version.change_key, now->version.change_key) &&
		follows(c, &now->version, now->version.change_key) && has_all(c, now);
	return s;
}

/* Here ----------------------------------------------------------------------------------------------------------------------------- */

static status note(struct change *c, bool telling)
{
	struct cache *cache = c->sync->cache;
	status s = cache_apply_begin(cache);

	if (!s)
		s = telling ? cache_base_tell(cache, c->message, &c->told) : cache_base_untell(cache, c->message);
	return sync_store(c->sync, cache_apply_end(cache, s), "what is told to the server");
}

/* What the server made of the subject by itself. */
static status take_subject(const struct found *f, struct bag *set)
{
	status s = ecNone;

	for (size_t i = 0; f->parts && !s && i < SUBJECT_TAGS; i++)
		if (f->parts[i].tag == subject_tags[i])
			s = bag_copy(set, &f->parts[i]);
	return s;
}

/* Of a message of which only the headers are here: they are of that version now. */
static status headers_are_of(struct change *c, const struct found *f)
{
	struct cache_partial partial = { .message = 0 };
	bool is = false;
	status s = cache_partial(c->sync->cache, c->message, &partial, &is);

	return s || !is ? s : cache_set_partial(c->sync->cache, c->message, f->cn, partial.size);
}

/* Nothing is pending any more, and what is here is that version: as the server has it, or (`f` NULL) as it is. */
static status is_version(struct change *c, uint64_t told, const struct message_version *v, const struct found *f)
{
	struct cache *cache = c->sync->cache;
	struct bag set;
	status s = cache_apply_begin(cache);

	bag_init(&set, &c->arena);
	if (!s)
		s = cache_pending_done(cache, told, c->info.cn);
	if (!s)
		s = bag_set_u64(&set, PidTagLastModificationTime, f ? f->modified : c->info.modified);
	if (!s && f)
		s = take_subject(f, &set);
	if (!s)
		s = message_set_version(cache_mailbox(cache), c->message, &set, NULL, 0, v);
	if (!s && f)
		s = headers_are_of(c, f);
	return sync_store(c->sync, cache_apply_end(cache, s), "what was told to the server");
}

static status tell(struct sync_collector *collector, struct change *c, const struct cache_pending *p, enum sync_change_outcome *out)
{
	unsigned slot = REMOTE_NO_SLOT;
	bool go_on = false, saved = false, ours = false;
	struct found now;
	status s = propose(c, &slot, &go_on);

	if (!s && go_on)
		s = note(c, true);
	if (!s && go_on)
		s = save(c, slot, &saved, &ours, &now);
	if (slot != REMOTE_NO_SLOT)
		remote_release(c->sync->remote, slot);
	if (s || !go_on)
		return s;
	if (!saved)
		return note(c, false);
	*out = ours ? CHANGE_TOLD : CHANGE_RACED;
	if (!ours)
		return ecNone;
	s = is_version(c, p->seq, &now.version, &now);
	return s ? s : sync_collector_saved(collector, now.cn);
}

status sync_change(struct sync_collector *collector, const struct cache_pending *p, enum sync_change_outcome *out)
{
	struct change c = { .sync = collector->sync, .folder = p->folder, .message = p->object, .arena = ARENA_BUDGET(ARENA_MOST) };
	bool can = false;
	status s = ecNone;

	*out = CHANGE_NOT_SO;
	if (!p->fresh && !p->associated)
		s = gather(&c, &can);
	if (!s && can)
		s = find_tags(&c, &can);
	if (!s && can)
		s = tell(collector, &c, p, out);
	arena_free(&c.arena);
	return s;
}

/* Settling ------------------------------------------------------------------------------------------------------------------------- */

/* Is what was changed here what the server was told, and no more? */
static status is_what_was_told(struct change *c, bool *same)
{
	struct bag told;
	status s;

	bag_init(&told, &c->arena);
	s = cache_base_told(c->sync->cache, c->message, &told);
	*same = !s && told.n == c->told.n;
	for (size_t i = 0; *same && i < told.n; i++) {
		const struct prop *now = bag_find(&c->told, prop_id(&told.v[i]));

		*same = now && now->tag == told.v[i].tag && (prop_type(now) == PT_ERROR || prop_equal(now, &told.v[i]));
	}
	return sync_store(c->sync, s, "what was told to the server");
}

static status look(struct change *c, struct found *out)
{
	struct remote_batch *b = remote_batch(c->sync->remote);
	unsigned slot = add_open(c, b, OPEN_READ);
	status s = add_get(c, b, slot);

	if (!s)
		s = remote_run(b, false, c->sync->why);
	if (!s)
		s = read_found(c, b, 1, out);
	if (slot != REMOTE_NO_SLOT)
		remote_release(c->sync->remote, slot);
	return s;
}

static status settle(struct change *c, const struct cache_pending *p)
{
	struct found now = { .cn = 0 };
	bool can = true, same = false;
	status s = gather(c, &can);

	if (!s && can)
		s = is_what_was_told(c, &same);
	if (!s && same)
		s = find_tags(c, &can);
	if (!s && same && can)
		s = look(c, &now);
	if (s || !same || !can || !now.version.change_key.n)
		return s;
	if (follows(c, &now.version, bytes_of(NULL, 0)))
		return note(c, false);
	/* Whoever made that version: it has what was changed here, and comes down as one that follows on what was here before. */
	return has_all(c, &now) ? is_version(c, p->seq, &c->base, NULL) : ecNone;
}

status sync_settle_changes(struct sync *s)
{
	struct cache_pending p;
	uint64_t message = 0;
	bool found = false, pending = false;
	status st;

	while (!(st = sync_store(s, cache_next_told(s->cache, message, &message, &found), "what was told to the server")) && found) {
		struct change c = { .sync = s, .message = message, .arena = ARENA_BUDGET(ARENA_MOST) };

		st = sync_store(s, cache_pending_of(s->cache, message, PENDING_MESSAGE, &p, &pending), "what was changed here");
		c.folder = p.folder;
		if (!st && pending)
			st = settle(&c, &p);
		arena_free(&c.arena);
		if (st)
			break;
	}
	return st;
}
