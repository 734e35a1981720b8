/* Rows of folders: what a folder's own row in the store says. */
#include "store/folder_row.h"

#include "store/activity.h"
#include "store/table_private.h"

/* PidTagFolderType [MS-OXCFOLD] 2.2.2.2.2.3 */
enum { TYPE_ROOT = 0, TYPE_GENERIC = 1, TYPE_SEARCH = 2 };

static const uint32_t tags[] = {
	PidTagFolderId, PidTagParentFolderId, PidTagEntryId, PidTagParentEntryId, PidTagRecordKey, PidTagSourceKey,
	PidTagParentSourceKey, PidTagChangeNumber, PidTagChangeKey, PidTagPredecessorChangeList, PidTagObjectType,
	PidTagFolderType, PidTagDisplayName, PidTagContainerClass, PidTagSubfolders,
	PidTagContentCount, PidTagContentUnreadCount, PidTagAssociatedContentCount, PidTagDeletedCountTotal,
	PidTagMessageSize, PidTagMessageSizeExtended, PidTagCreationTime, PidTagLastModificationTime,
	PidTagHierarchyChangeNumber, PidTagLocalCommitTime, PidTagLocalCommitTimeMax, PidTagHierRev,
};

uint32_t folder_row_tag(size_t i)
{
	return i < sizeof tags / sizeof *tags ? tags[i] : 0;
}

static uint32_t clipped(uint64_t v)
{
	return v > INT32_MAX ? INT32_MAX : (uint32_t)v;
}

static struct bytes text_of(const char *s)
{
	return bytes_of(s, strlen(s));
}

static bool make_identity(struct table_row *r, uint32_t tag, struct prop *out, bool *made)
{
	const struct folder *f = r->folder;

	switch (tag) {
	case PidTagFolderId:
		return row_long64(r->arena, tag, row_short_id(f->id), out);
	case PidTagParentFolderId:
		return row_long64(r->arena, tag, row_short_id(f->parent), out);
	case PidTagEntryId:
	case PidTagRecordKey:
		return row_entryid(r->arena, tag, r->m, f->id, 0, out);
	case PidTagParentEntryId:
		return row_entryid(r->arena, tag, r->m, f->parent, 0, out);
	case PidTagSourceKey:
		return row_source_key(r->arena, tag, r->m, f->id, out);
	case PidTagParentSourceKey:
		return row_source_key(r->arena, tag, r->m, f->parent, out);
	case PidTagChangeNumber:
		return row_long64(r->arena, tag, row_short_id(f->cn), out);
	case PidTagChangeKey:
		return row_change_key(r->arena, tag, r->m, f->change_key, f->cn, out);
	case PidTagPredecessorChangeList:
		return row_predecessors(r->arena, tag, r->m, f->predecessors, f->change_key, f->cn, out);
	default:
		*made = false;
		return true;
	}
}

static bool make_state(struct table_row *r, uint32_t tag, struct prop *out, bool *made)
{
	const struct folder *f = r->folder;

	switch (tag) {
	case PidTagObjectType:
		return row_long(r->arena, tag, 3 /* MAPI_FOLDER [MS-OXCPRPT] 2.2.1.7 */, out);
	case PidTagFolderType:
		return row_long(r->arena, tag, f->role == MAILBOX_ROOT ? TYPE_ROOT : f->is_search ? TYPE_SEARCH : TYPE_GENERIC, out);
	case PidTagDisplayName:
		return row_text(r->arena, tag, text_of(f->name), out);
	case PidTagContainerClass:
		return row_text(r->arena, tag, text_of(f->class_name), out);
	case PidTagSubfolders:
		return row_bool(r->arena, tag, f->children != 0, out);
	case PidTagContentCount:
		return row_long(r->arena, tag, clipped(f->items), out);
	case PidTagAssociatedContentCount:
		return row_long(r->arena, tag, clipped(f->associated), out);
	case PidTagMessageSize:
		return row_long(r->arena, tag, clipped(f->size), out);
	case PidTagMessageSizeExtended:
		return row_long64(r->arena, tag, f->size, out);
	case PidTagCreationTime:
		return row_long64(r->arena, tag, f->created, out);
	case PidTagLastModificationTime:
	case PidTagLocalCommitTime:
	case PidTagHierRev:
		return row_long64(r->arena, tag, f->modified, out);
	default:
		*made = false;
		return true;
	}
}

static status make_unread(struct table_row *r, uint32_t tag, struct prop *out, bool *good)
{
	uint64_t n = 0;
	status s = folder_unread(r->m, r->folder, &n);

	*good = !s && row_long(r->arena, tag, clipped(n), out);
	return s;
}

/* What went on in it. */
static status make_activity(struct table_row *r, uint32_t tag, struct prop *out, bool *good)
{
	struct activity a = { 0 };
	status s = activity_get(r->m, r->folder->id, &a);

	if (s)
		return s;
	switch (tag) {
	case PidTagHierarchyChangeNumber:
		*good = row_long(r->arena, tag, clipped(a.hierarchy), out);
		break;
	case PidTagDeletedCountTotal:
		*good = row_long(r->arena, tag, clipped(a.deleted), out);
		break;
	default:
		*good = row_long64(r->arena, tag, a.changed ? a.changed : r->folder->created, out);
		break;
	}
	return ecNone;
}

status folder_row_made(struct table_row *r, uint32_t tag, struct prop *out, bool *made, bool *there)
{
	bool good = true;
	status s = ecNone;

	(void)there;
	for (size_t i = 0; i < sizeof tags / sizeof *tags && !*made && !s; i++) {
		if (tag_id(tags[i]) != tag_id(tag))
			continue;
		/* Two sizes have the same id. */
		if (tag_id(tag) == tag_id(PidTagMessageSize) && tag_type(tag) == PT_I8 && tags[i] != PidTagMessageSizeExtended)
			continue;
		*made = true;
		good = make_identity(r, tags[i], out, made);
		if (!*made) {
			*made = true;
			good = make_state(r, tags[i], out, made);
		}
		if (!*made) {
			*made = true;
			s = tags[i] == PidTagContentUnreadCount ? make_unread(r, tags[i], out, &good) : make_activity(r, tags[i], out, &good);
		}
	}
	return s ? s : good ? ecNone : ecMemory;
}

status folder_row_value(struct mailbox *m, const struct folder *f, struct arena *arena, uint32_t tag, struct prop *out)
{
	struct table_row r;
	bool made = false, there = true;
	struct prop p;
	status s;

	table_row_init(&r, m, arena);
	r.folder = f;
	r.id = f->id;
	s = folder_row_made(&r, tag, &p, &made, &there);
	if (s)
		return s;
	if (!made)
		return ecNotFound;
	*out = p;
	return ecNone;
}
