#include "server/fast_folder.h"

#include "server/message_rights.h"
#include "server/object_ids.h"
#include "server/sync_download.h"
#include "store/folder.h"

#include <stdlib.h>
#include <string.h>

#define MetaTagFXDelProp 0x40160003u
#define MetaTagEcWarning 0x400F0003u
#define STEP ((size_t)128 << 10)

enum stage { AT_FOLDER, AT_ASSOCIATED, AT_MESSAGES, AT_CHILDREN, AT_END };

struct frame {
	uint64_t folder;
	enum stage stage;
	uint64_t last; /* the message or child before the next one */
	bool begun;    /* MetaTagFXDelProp before what is listed was put */
};

struct fast_folder {
	struct fast_folder_options o;
	struct logon *logon;
	struct fast_filter filter;
	struct fast_message how;
	struct arena arena;
	uint64_t *ids;
	size_t at;
	struct frame frames[FOLDER_DEPTH_MAX + 1];
	unsigned depth;
};

status fast_folder_new(struct logon *l, const struct fast_folder_options *o, const struct fast_filter *filter, struct fast_folder **out)
{
	struct fast_folder *f = calloc(1, sizeof *f);

	if (!f)
		return ecMemory;
	f->o = *o;
	f->logon = l;
	f->filter = *filter;
	f->how = (struct fast_message){ .text = o->text, .codepage = o->codepage, .no_identity = true };
	arena_init(&f->arena, (size_t)16 << 20);
	f->ids = arena_memdup(&f->arena, o->ids, o->n_ids * sizeof *f->ids);
	if (!f->ids && o->n_ids) {
		fast_folder_free(f);
		return ecMemory;
	}
	f->frames[0] = (struct frame){ .folder = o->folder };
	f->depth = 1;
	*out = f;
	return ecNone;
}

void fast_folder_free(void *context)
{
	struct fast_folder *f = context;

	arena_free(&f->arena);
	free(f);
}

/* Messages ---------------------------------------------------------------------------------------------------------------- */

/* SendEntryId 2.2.3.1.1.3.1. */
static status put_identity(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, const struct message_info *i)
{
	struct bag entryid;
	status st = sync_put_source_key(s, m, PidTagSourceKey, i->id);

	bag_init(&entryid, &s->arena);
	if (!st)
		st = fast_put_u64(s, PidTagLastModificationTime, i->modified);
	if (!st)
		st = sync_put_version(s, m, i->change_key, i->predecessors, i->cn);
	if (!st)
		st = object_put_message_entryid(f->logon, i->folder, i->id, PidTagOriginalEntryId, &entryid);
	return st ? st : fast_put_bytes(s, PidTagOriginalEntryId, bag_bytes(&entryid, tag_id(PidTagOriginalEntryId)));
}

static status put_message(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, uint64_t id)
{
	struct message_info info;
	status st = message_info(m, id, &s->arena, &info);

	/* It went meanwhile. */
	if (st)
		return st == ecNotFound ? ecNone : st;
	st = fast_put_marker(s, info.associated ? FT_START_FAI_MESSAGE : FT_START_MESSAGE);
	if (!st)
		st = fast_put_u64(s, PidTagMid, id_from_counter(id));
	if (!st && f->o.entry_ids)
		st = put_identity(f, m, s, &info);
	if (!st)
		st = fast_put_message(s, m, id, &f->how, &info);
	return st ? st : fast_put_marker(s, FT_END_MESSAGE);
}

/* 3.2.5.8.1: of what the client has no right to, a warning says that it is left out. */
static status may_have(const struct fast_folder *f, uint64_t id)
{
	bool writable;
	status st = message_may_open(f->logon, f->o.folder, id, 0, &writable);

	return st || !f->o.move ? st : message_may_delete(f->logon, f->o.folder, id);
}

static status put_one_listed(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, uint64_t id)
{
	struct message_info info;
	status st = message_info(m, id, &s->arena, &info);

	if (st || info.folder != f->o.folder || info.deleted)
		return st == ecNotFound ? ecNone : st;
	st = may_have(f, id);
	if (st == ecAccessDenied)
		return fast_put_u32(s, MetaTagEcWarning, ecAccessDenied);
	return st ? st : put_message(f, m, s, id);
}

static status put_listed(struct fast_folder *f, struct mailbox *m, struct fast_stream *s)
{
	status st = ecNone;

	while (!st && f->at < f->o.n_ids && s->arena.used < STEP)
		st = put_one_listed(f, m, s, f->ids[f->at++]);
	s->ended = f->at == f->o.n_ids;
	return st;
}

/* Folders ------------------------------------------------------------------------------------------------------------------ */

static bool is_root(const struct fast_folder *f)
{
	return f->depth == 1;
}

/* Of the folder itself the filter decides; what is below it goes along. */
static bool includes(const struct fast_folder *f, uint32_t tag)
{
	return !is_root(f) || fast_filter_passes(&f->filter, tag, NULL);
}

static status put_props(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, const struct folder *folder)
{
	const struct name_map *names = mailbox_names(m);
	struct bag props;
	status st;

	bag_init(&props, &s->arena);
	st = folder_props(m, folder->id, &props);
	for (size_t i = 0; !st && i < props.n; i++) {
		const struct prop *p = &props.v[i];
		const struct prop_name *name = prop_id(p) >= NAMED_ID_FIRST ? name_map_name(names, prop_id(p)) : NULL;

		if (p->tag == PidTagDisplayName || p->tag == PidTagComment || message_tag_is_internal(p->tag) || (is_root(f) && !fast_filter_passes(&f->filter, p->tag, name)))
			continue;
		st = fast_put_as(s, p, names, f->o.text, f->o.codepage);
	}
	return st;
}

static status put_text(struct fast_folder *f, struct fast_stream *s, uint32_t tag, struct bytes utf16)
{
	const struct prop p = { .tag = tag, .count = 1, .size = utf16.n, .value = utf16 };

	return fast_put_as(s, &p, NULL, f->o.text, f->o.codepage);
}

/*
 * 2.2.4.3.6: these three stand first, but in what follows StartTopFld.  An id only tells folders of a list from each other: the folder that
 * was asked for has no marker, and none of its internal properties goes (3.2.5.12).
 */
static status put_head(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, const struct folder *folder)
{
	struct bag props;
	struct bytes name;
	status st;

	bag_init(&props, &s->arena);
	st = folder_props(m, folder->id, &props);
	name = bag_bytes(&props, tag_id(PidTagDisplayName));
	if (!st && !is_root(f))
		st = fast_put_u64(s, PidTagFolderId, id_from_counter(folder->id));
	if (!st && includes(f, PidTagDisplayName))
		st = put_text(f, s, PidTagDisplayName, name);
	return st || !includes(f, PidTagComment) ? st : put_text(f, s, PidTagComment, bag_bytes(&props, tag_id(PidTagComment)));
}

/* What the client may do is stored nowhere, and goes only when it was asked for by name. */
static status put_access(struct fast_folder *f, struct fast_stream *s)
{
	static const uint32_t those[] = { PidTagAccess, PidTagAccessLevel };
	uint32_t asked[2];
	size_t n = 0;
	struct bag got;
	status st;

	for (size_t i = 0; is_root(f) && f->o.object && f->filter.only && i < 2; i++)
		if (fast_filter_passes(&f->filter, those[i], NULL))
			asked[n++] = those[i];
	if (!n)
		return ecNone;
	bag_init(&got, &s->arena);
	st = f->o.object->class->get(f->o.object, asked, n, sizeof(uint32_t), &got);
	for (size_t i = 0; !st && i < got.n; i++)
		st = fast_put_prop(s, &got.v[i], NULL);
	return st;
}

static status begin_folder(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, struct frame *at)
{
	bool top = f->o.what == FAST_TOP_FOLDER && is_root(f);
	struct folder folder;
	status st = folder_get(m, at->folder, &s->arena, &folder);

	if (!st && !is_root(f))
		st = fast_put_marker(s, FT_START_SUB_FOLDER);
	else if (!st && top)
		st = fast_put_marker(s, FT_START_TOP_FOLDER);
	if (!st && !top)
		st = put_head(f, m, s, &folder);
	if (!st)
		st = put_props(f, m, s, &folder);
	if (!st)
		st = put_access(f, s);
	at->stage = f->o.level && is_root(f) ? AT_END : AT_ASSOCIATED;
	return st;
}

/* In topFolder nothing replaces anything. */
static status begin_list(struct fast_folder *f, struct fast_stream *s, struct frame *at, uint32_t tag)
{
	if (at->begun)
		return ecNone;
	at->begun = true;
	return f->o.what == FAST_TOP_FOLDER ? ecNone : fast_put_u32(s, MetaTagFXDelProp, tag);
}

static void next_stage(struct frame *at, enum stage stage)
{
	at->stage = stage;
	at->last = 0;
	at->begun = false;
}

static status put_messages(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, struct frame *at, bool associated)
{
	uint32_t tag = associated ? PidTagFolderAssociatedContents : PidTagContainerContents;
	status st = ecNone;

	if (!includes(f, tag)) {
		next_stage(at, associated ? AT_MESSAGES : AT_CHILDREN);
		return ecNone;
	}
	st = logon_may(f->logon, at->folder, RIGHT_READ_ANY);
	if (st == ecAccessDenied) {
		/* Once for both kinds. */
		next_stage(at, AT_CHILDREN);
		return fast_put_u32(s, MetaTagEcWarning, ecAccessDenied);
	}
	if (!st) {
		st = begin_list(f, s, at, tag);
		while (!st && s->arena.used < STEP) {
			st = message_next(m, at->folder, associated, false, at->last, &at->last);
			if (st || !at->last)
				break;
			st = put_message(f, m, s, at->last);
		}
		if (st || at->last)
			return st;
	}
	next_stage(at, associated ? AT_MESSAGES : AT_CHILDREN);
	return ecNone;
}

static status put_child(struct fast_folder *f, struct mailbox *m, struct fast_stream *s, struct frame *at)
{
	bool wanted = f->o.what == FAST_TOP_FOLDER ? f->o.subfolders : includes(f, PidTagContainerHierarchy);
	status st = ecNone;

	if (wanted && f->depth <= FOLDER_DEPTH_MAX) {
		st = begin_list(f, s, at, PidTagContainerHierarchy);
		if (!st)
			st = folder_next_child(m, at->folder, at->last, &at->last);
		while (!st && at->last && logon_may(f->logon, at->last, RIGHT_VISIBLE))
			st = folder_next_child(m, at->folder, at->last, &at->last);
		if (!st && at->last) {
			f->frames[f->depth++] = (struct frame){ .folder = at->last };
			return ecNone;
		}
	}
	next_stage(at, AT_END);
	return st;
}

static status end_folder(struct fast_folder *f, struct fast_stream *s)
{
	bool marked = f->o.what == FAST_TOP_FOLDER || !is_root(f);

	f->depth--;
	s->ended = f->depth == 0;
	return marked ? fast_put_marker(s, FT_END_FOLDER) : ecNone;
}

static status step(struct fast_folder *f, struct mailbox *m, struct fast_stream *s)
{
	struct frame *at = &f->frames[f->depth - 1];

	switch (at->stage) {
	case AT_FOLDER:
		return begin_folder(f, m, s, at);
	case AT_ASSOCIATED:
		return put_messages(f, m, s, at, true);
	case AT_MESSAGES:
		return put_messages(f, m, s, at, false);
	case AT_CHILDREN:
		return put_child(f, m, s, at);
	case AT_END:
		break;
	}
	return end_folder(f, s);
}

status fast_folder_more(void *context, struct mailbox *m, struct fast_stream *s)
{
	struct fast_folder *f = context;
	status st = ecNone;

	if (f->o.what == FAST_MESSAGES)
		return put_listed(f, m, s);
	while (!st && f->depth && s->arena.used < STEP)
		st = step(f, m, s);
	return st;
}
