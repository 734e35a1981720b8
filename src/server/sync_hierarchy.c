/* hierarchySync: folders that changed, parents before children, those that are gone, the state ([MS-OXCFXICS] 2.2.4.3.12). */
#include "server/logon.h"
#include "server/sync_download.h"
#include "store/folder.h"

#include <stdlib.h>

#define STEP ((size_t)64 << 10)

struct sync_hierarchy {
	struct sync_download d;
	struct hierarchy_changes found;
	struct arena arena; /* of `found` */
	bool looked;
	bool all; /* whoever asks sees every folder */
	size_t at;
};

struct sync_hierarchy *sync_hierarchy_new(void)
{
	struct sync_hierarchy *h = calloc(1, sizeof *h);

	if (h) {
		arena_init(&h->arena, (size_t)64 << 20);
		hierarchy_changes_init(&h->found, IDSET_RANGES_MAX);
	}
	return h;
}

void sync_hierarchy_free(void *context)
{
	struct sync_hierarchy *h = context;

	hierarchy_changes_free(&h->found);
	arena_free(&h->arena);
	arena_free(&h->d.arena);
	free(h);
}

/* Is it one of those that are said before the others, or made of something else? */
static bool is_said(uint32_t tag)
{
	static const uint32_t said[] = { PidTagDisplayName,	 PidTagSourceKey,  PidTagParentSourceKey, PidTagLastModificationTime,
					 PidTagChangeKey,	 PidTagPredecessorChangeList, PidTagFolderId, PidTagParentFolderId,
					 PidTagChangeNumber,	 PidTagContainerClass };

	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (tag_id(said[i]) == tag_id(tag))
			return true;
	return false;
}

static bool passes(const struct sync_hierarchy *h, const struct name_map *names, uint32_t tag)
{
	const struct prop_name *name = tag_id(tag) >= NAMED_ID_FIRST ? name_map_name(names, tag_id(tag)) : NULL;

	return !h->d.filter.any || fast_filter_passes(&h->d.filter, tag, name);
}

/* 2.2.4.3.4 folderChange: what has to be there, in this order. */
static status put_head(struct sync_hierarchy *h, struct mailbox *m, struct fast_stream *s, const struct folder *f, uint64_t parent)
{
	bool below_root = parent == h->d.folder;
	status st = fast_put_marker(s, FT_INCR_SYNC_CHG);

	if (!st)
		st = below_root ? fast_put_bytes(s, PidTagParentSourceKey, bytes_of("", 0)) :
				  sync_put_source_key(s, m, PidTagParentSourceKey, parent);
	if (!st)
		st = sync_put_source_key(s, m, PidTagSourceKey, f->id);
	if (!st)
		st = fast_put_u64(s, PidTagLastModificationTime, f->modified);
	if (!st)
		st = sync_put_version(s, m, f->change_key, f->predecessors, f->cn);
	if (!st)
		st = fast_put_text(s, PidTagDisplayName, f->name);
	if (!st && (h->d.extra & SYNC_EID))
		st = fast_put_u64(s, PidTagFolderId, id_from_counter(f->id));
	if (!st && (h->d.flags & SYNC_NO_FOREIGN_IDENTIFIERS))
		st = fast_put_u64(s, PidTagParentFolderId, id_from_counter(parent));
	if (!st && (h->d.extra & SYNC_CN))
		st = fast_put_u64(s, PidTagChangeNumber, id_from_counter(f->cn));
	return st;
}

static status put_rest(struct sync_hierarchy *h, struct mailbox *m, struct fast_stream *s, const struct folder *f)
{
	struct bag props;
	status st;

	bag_init(&props, &s->arena);
	st = folder_props(m, f->id, &props);
	if (!st && f->class_name[0] && passes(h, mailbox_names(m), PidTagContainerClass))
		st = fast_put_text(s, PidTagContainerClass, f->class_name);
	for (size_t i = 0; !st && i < props.n; i++)
		if (!is_said(props.v[i].tag) && passes(h, mailbox_names(m), props.v[i].tag))
			st = fast_put_prop(s, &props.v[i], mailbox_names(m));
	if (!st && !bag_find(&props, tag_id(PidTagCreationTime)) && passes(h, mailbox_names(m), PidTagCreationTime))
		st = fast_put_u64(s, PidTagCreationTime, f->created);
	return st;
}

static status put_folder(struct sync_hierarchy *h, struct mailbox *m, struct fast_stream *s, const struct folder_change *change)
{
	struct folder f;
	status st = folder_get(m, change->id, &s->arena, &f);

	/* It went meanwhile: the client is told next time. */
	if (st == ecNotFound)
		return ecNone;
	if (!st)
		st = put_head(h, m, s, &f, h->all ? f.parent : change->parent);
	return st ? st : put_rest(h, m, s, &f);
}

static status put_end(struct sync_hierarchy *h, struct mailbox *m, struct fast_stream *s)
{
	status st = ecNone;

	if (!idset_is_empty(&h->found.deleted) && !(h->d.flags & SYNC_NO_DELETIONS)) {
		st = fast_put_marker(s, FT_INCR_SYNC_DEL);
		if (!st)
			st = sync_put_idset(s, MetaTagIdsetDeleted, &h->found.deleted, &mailbox_identity(m)->replica);
	}
	if (!st)
		st = sync_put_end(s, &h->found.state, true);
	if (!st)
		st = sync_state_copy(&h->found.state, &h->d.source->sync->state);
	s->ended = true;
	h->d.source->steps = h->d.source->total;
	return st;
}

/* By the rights that they have now ([MS-OXCPERM] 2.2.7), as RopOpenFolder goes. */
static status may_see(void *context, struct mailbox *m, uint64_t id, bool *yes)
{
	struct sync_hierarchy *h = context;
	uint32_t rights = 0;
	status st = logon_rights(h->d.source->object.logon, id, &rights);

	(void)m;
	*yes = rights & (RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_OWNER);
	return st;
}

static status look(struct sync_hierarchy *h, struct mailbox *m)
{
	const struct hierarchy_view view = { may_see, h };

	h->all = h->d.source->object.logon->owner;
	return hierarchy_changes_seen_by(m, h->d.folder, h->all ? NULL : &view, &h->d.source->sync->state, &h->arena, &h->found);
}

status sync_hierarchy_more(void *context, struct mailbox *m, struct fast_stream *s)
{
	struct sync_hierarchy *h = context;
	status st = ecNone;

	if (!h->looked) {
		st = look(h, m);
		h->looked = true;
		h->d.source->total = (uint32_t)h->found.n + 1;
	}
	while (!st && h->at < h->found.n && s->arena.used < STEP) {
		st = put_folder(h, m, s, &h->found.v[h->at++]);
		h->d.source->steps++;
	}
	return st || h->at < h->found.n ? st : put_end(h, m, s);
}
