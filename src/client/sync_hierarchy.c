/* Folders from there ([MS-OXCFXICS] 2.2.4.3.12 hierarchySync). */
#include <stdio.h>
#include <string.h>

#include "client/sync_private.h"
#include "client/sync_stream.h"
#include "mapi/tag.h"
#include "store/folder.h"
#include "store/mailbox_copy.h"

#define ARENA_MOST   ((size_t)64 << 20)
#define STATE_RANGES IDSET_RANGES_MAX

struct incoming {
	struct sync *sync;
	struct arena arena; /* of the folder that is gathered */
	struct bag bag;
	bool in_folder, in_deletions, in_state;
	struct sync_state state, now; /* so far, and as the server says at the end */
	struct idset deleted;
	struct buf value; /* of a property that comes in pieces */
	uint32_t value_tag;
	uint64_t folders;
};

/* A folder ------------------------------------------------------------------------------------------------------------------------ */

/* What a folder's own columns say, and what is no property of it here. */
static bool is_own(uint32_t tag)
{
	static const uint32_t own[] = { PidTagDisplayName,  PidTagSourceKey,	    PidTagParentSourceKey,	 PidTagLastModificationTime,
					PidTagChangeKey,    PidTagPredecessorChangeList, PidTagFolderId,	 PidTagParentFolderId,
					PidTagChangeNumber, PidTagContainerClass,   PidTagContentCount,	 PidTagContentUnreadCount,
					PidTagSubfolders,   PidTagFolderType,	    PidTagCreationTime };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (tag_id(own[i]) == tag_id(tag))
			return true;
	return false;
}

/* Who has the name keeps it as a change of ours, and gets another for now. */
static status make_room(struct sync *s, uint64_t parent, const char *name)
{
	struct mailbox *m = cache_mailbox(s->cache);
	uint64_t other = 0;
	uint32_t refused = 0;
	char free_name[FOLDER_NAME_MAX];
	status st = folder_by_name(m, parent, name, &other);

	if (!st)
		st = folder_free_name(m, parent, name, free_name);
	if (!st)
		st = folder_rename(m, other, free_name);
	if (!st)
		st = cache_refused(s->cache, other, &refused);
	/* The server has nothing to do with one that it does not show. */
	if (!st && !refused)
		st = cache_pending_add_folder(s->cache, other);
	if (!st)
		sync_issue(s->issues, ISSUE_NOTE, 0, NULL, "the folder \"%s\" was made here and on the server; the one from here is called \"%s\" now", name, free_name);
	return st;
}

/* Each side moved one into the other: the server's move holds, and the other one comes to stand beside it. */
static status take_apart(struct sync *s, const struct import_folder *i)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(s->cache);
	char free_name[FOLDER_NAME_MAX];
	struct folder f, other = { .name = "" };
	status st = folder_get(m, i->id, &arena, &f);

	if (!st)
		st = folder_get(m, i->parent, &arena, &other);
	if (!st)
		st = folder_move(m, other.id, f.parent);
	if (st == ecDuplicateName) {
		st = folder_free_name(m, f.parent, other.name, free_name);
		if (!st)
			st = folder_move_as(m, other.id, f.parent, free_name);
	}
	if (!st)
		st = cache_pending_add_folder(s->cache, other.id);
	sync_issue(s->issues, ISSUE_NOTE, 0, NULL, "the folder \"%s\" was moved at the server into one that was moved into it here: the server's move holds", i->name);
	return st;
}

static status import_it(struct sync *s, const struct import_folder *i)
{
	struct sync_state unused = SYNC_STATE_MAX(STATE_RANGES);
	struct mailbox *m = cache_mailbox(s->cache);
	struct import_folder at_top = *i;
	status st = import_folder(m, i, &unused);

	/* What it stands in may not be seen. */
	at_top.parent = s->top;
	if (st == SYNC_E_NO_PARENT && remote_store(s->remote) != REMOTE_OWN)
		st = import_folder(m, &at_top, &unused);

	if (st == SYNC_E_CYCLE) {
		st = take_apart(s, i);
		if (!st)
			st = import_folder(m, i, &unused);
	}
	if (st == ecDuplicateName) {
		st = make_room(s, i->parent, i->name);
		if (!st)
			st = import_folder(m, i, &unused);
	}
	sync_state_free(&unused);
	return st;
}

static status take_folder(struct incoming *in)
{
	struct sync *s = in->sync;
	struct mailbox *m = cache_mailbox(s->cache);
	struct sync_header h;
	struct bag others;
	struct folder f;
	bool pending = false;
	status st = sync_read_header(s, &in->bag, &h);
	char *name = bag_text(&in->bag, tag_id(PidTagDisplayName), 1252, &in->arena);
	char *class_name = bag_text(&in->bag, tag_id(PidTagContainerClass), 1252, &in->arena);
	bool is_new;

	if (st)
		return st;
	if (!name || !*name)
		return reason_set(s->why, ecCorruptData, "a folder without a name");
	bag_init(&others, &in->arena);
	for (size_t i = 0; !st && i < in->bag.n; i++)
		if (!is_own(in->bag.v[i].tag))
			st = bag_copy(&others, &in->bag.v[i]);
	if (class_name && *class_name && !st)
		st = bag_set_text(&others, PidTagContainerClass, class_name);
	is_new = folder_get(m, h.id, &in->arena, &f) == ecNotFound;
	if (!st)
		st = cache_is_pending(s->cache, h.id, &pending);
	if (!st)
		st = import_it(s, &(struct import_folder){ .id = h.id,
							    .parent = h.parent ? h.parent : s->top,
							    .name = name,
							    .class_name = class_name,
							    .props = &others,
							    .version = h.version });
	if (st == SYNC_E_CYCLE || st == ecAccessDenied || st == SYNC_E_NO_PARENT) {
		sync_issue(s->issues, ISSUE_NOTE, 0, NULL, "the folder \"%s\" cannot be here as it is at the server: %s", name, mailbox_failure(m));
		st = ecNone;
	} else if (st == SYNC_E_IGNORE || st == SYNC_E_OBJECT_DELETED) {
		st = ecNone;
	} else if (!st) {
		*(is_new ? &s->counts.folders_new : &s->counts.folders_changed) += 1;
	}
	in->folders++;
	return st ? sync_store(s, st, name) : sync_add_seen(s, &in->state, &h);
}

/* Deletions ----------------------------------------------------------------------------------------------------------------------- */

/* A folder of the same name, in which what was changed here and is not at the server goes on. */
static status save_edited(struct sync *s, const struct folder *f)
{
	struct mailbox *m = cache_mailbox(s->cache);
	struct cache_pending p[64];
	uint64_t after = 0, into = 0, moved;
	size_t n = 0;
	status st;

	while (!(st = cache_pending(s->cache, after, p, 64, &n)) && n)
		for (size_t i = 0; i < n; i++) {
			after = p[i].seq;
			if (p[i].folder != f->id || (p[i].kind != PENDING_MESSAGE && p[i].kind != PENDING_MESSAGE_MOVED))
				continue;
			if (!into) {
				char name[FOLDER_NAME_MAX];

				(void)snprintf(name, sizeof name, "%s", f->name);
				st = folder_rename(m, f->id, "~ deleted at the server");
				if (!st)
					st = folder_create(m, f->parent, name, &(struct folder_options){ .class_name = f->class_name }, &into);
				if (!st)
					st = cache_pending_new_folder(s->cache, into);
				sync_issue(s->issues, ISSUE_NOTE, 0, NULL, "the folder \"%s\" was deleted at the server, and what was changed in it here is kept", name);
			}
			if (!st)
				st = message_move(m, p[i].object, into, &moved);
			if (!st)
				st = cache_pending_carry(s->cache, p[i].object, into, moved, p[i].associated);
			if (st)
				return st;
		}
	return st;
}

static status delete_folder(struct sync *s, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(s->cache);
	struct folder f;
	uint64_t child = 0;
	status st = folder_get(m, id, &arena, &f);

	if (st == ecNotFound)
		return ecNone;
	if (!st && remote_store(s->remote) != REMOTE_OWN)
		return sync_folder_withdrawn(s, id, f.name);
	if (!st && f.role != MAILBOX_PLAIN)
		return ecNone;
	while (!st && !(st = folder_next_child(m, id, 0, &child)) && child)
		st = delete_folder(s, child);
	if (!st)
		st = save_edited(s, &f);
	if (!st)
		st = folder_delete(m, id);
	if (!st)
		st = cache_forget_folder(s->cache, id);
	if (!st)
		st = cache_pending_forget_folder(s->cache, id);
	if (!st)
		s->counts.folders_deleted++;
	return sync_store(s, st, f.name);
}

static status take_deletions(struct incoming *in)
{
	const struct guid *replica = &remote_mailbox(in->sync->remote)->replica;
	struct mailbox *m = cache_mailbox(in->sync->cache);
	uint64_t id = 0;
	status st = ecNone;

	if (idset_is_empty(&in->deleted))
		return ecNone;
	/* What is there is looked through, not what is said to be gone: that may be anything. */
	while (!st && !(st = folder_next(m, id, &id)) && id)
		if (idset_contains(&in->deleted, replica, id)) {
			st = delete_folder(in->sync, id);
			if (!st && idset_contains(&in->state.given, replica, id))
				st = idset_remove(&in->state.given, replica, id, id);
		}
	return st;
}

/* The stream ---------------------------------------------------------------------------------------------------------------------- */

static status end_folder(struct incoming *in)
{
	bool was = in->in_folder;
	status st;

	in->in_folder = false;
	st = was ? take_folder(in) : ecNone;
	arena_reset(&in->arena);
	bag_init(&in->bag, &in->arena);
	return st;
}

static status on_marker(struct incoming *in, uint32_t marker)
{
	status st = end_folder(in);

	in->in_folder = marker == FT_INCR_SYNC_CHG;
	in->in_deletions = marker == FT_INCR_SYNC_DEL;
	in->in_state = marker == FT_INCR_SYNC_STATE_BEGIN;
	return st;
}

static status on_value(struct incoming *in, uint32_t tag, const struct prop *p, struct bytes value)
{
	if (in->in_state)
		return sync_state_find(&in->now, tag) ? sync_state_set(&in->now, tag, value, in->sync->why) : ecNone;
	if (in->in_deletions)
		return tag == MetaTagIdsetDeleted || tag == MetaTagIdsetNoLongerInScope ? sync_read_ids(in->sync, value, &in->deleted) : ecNone;
	if (in->in_folder && p)
		return bag_copy(&in->bag, p);
	return ecNone;
}

static status on_event(struct incoming *in, const struct ft_event *e)
{
	struct prop p = e->prop;
	uint16_t id = 0;

	switch (e->kind) {
	case FT_MARKER:
		return on_marker(in, e->marker);
	case FT_CHUNK:
		buf_add(&in->value, e->chunk.p, e->chunk.n);
		return buf_status(&in->value);
	case FT_VALUE_END:
		return on_value(in, in->value_tag, NULL, buf_bytes(&in->value));
	case FT_PROP:
		break;
	default:
		return ecNone;
	}
	if (e->prop.flags & PROP_LARGE) {
		buf_clear(&in->value);
		in->value_tag = e->prop.tag;
		return ecNone;
	}
	if (e->named) {
		if (mailbox_name_id(cache_mailbox(in->sync->cache), &e->name, &id))
			return ecNone;
		p.tag = tag_make(id, prop_type(&p));
	}
	return on_value(in, p.tag, &p, prop_is_list(p.tag) ? bytes_of(NULL, 0) : p.value);
}

static status read_all(struct incoming *in, struct sync_stream *t)
{
	struct ft_event e = { .kind = FT_PROP };
	status st = ecNone;

	while (!st && !(st = sync_stream_next(t, &e, in->sync->why)) && e.kind != FT_MORE) {
		st = on_event(in, &e);
		if (st)
			(void)(in->sync->why && !*in->sync->why->text ? reason_set(in->sync->why, st, "folders of the server") : st);
	}
	if (!st)
		st = end_folder(in);
	if (!st)
		st = take_deletions(in);
	return st || remote_store(in->sync->remote) != REMOTE_OTHER ? st : sync_gather_below_top(in->sync, &in->now);
}

/* A run --------------------------------------------------------------------------------------------------------------------------- */

static status apply(struct incoming *in, struct sync_stream *t)
{
	struct sync *s = in->sync;
	status st = cache_apply_begin(s->cache);

	if (st)
		return sync_store(s, st, "folders");
	st = sync_make_top(s);
	if (!st)
		st = read_all(in, t);
	if (!st)
		st = sync_store(s, cache_set_state(s->cache, CACHE_HIERARCHY, &in->now), "the state of the folders");
	if (!st)
		return sync_store(s, cache_apply_commit(s->cache), "folders");
	cache_apply_rollback(s->cache);
	return st;
}

status sync_hierarchy(struct sync *s)
{
	struct incoming in = { .sync = s,
			       .arena = ARENA_BUDGET(ARENA_MOST),
			       .state = SYNC_STATE_MAX(STATE_RANGES),
			       .now = SYNC_STATE_MAX(STATE_RANGES),
			       .deleted = { .max = STATE_RANGES },
			       .value = BUF_MAX(ARENA_MOST) };
	struct sync_stream t;
	status st = sync_store(s, cache_state(s->cache, CACHE_HIERARCHY, &in.state), "the state of the folders");

	bag_init(&in.bag, &in.arena);
	if (!st)
		st = sync_find_top(s);
	if (!st) {
		st = sync_stream_begin(&t, s->remote, &(struct sync_stream_ask){ .kind = STREAM_HIERARCHY, .folder = remote_id(s->remote, s->top), .state = &in.state }, s->why);
		if (!st)
			st = apply(&in, &t);
		sync_stream_end(&t);
	}
	sync_state_free(&in.state);
	sync_state_free(&in.now);
	idset_free(&in.deleted);
	buf_free(&in.value);
	arena_free(&in.arena);
	return st ? st : sync_find_special(s);
}
