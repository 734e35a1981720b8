/* Open folders, and their properties ([MS-OXCFOLD] 2.2.2). */
#include "server/folder_object.h"
#include "server/object_ids.h"

#include "mapi/string_kind.h"
#include "server/object_props.h"
#include "server/session.h"
#include "store/folder.h"
#include "store/folder_limits.h"
#include "store/folder_row.h"
#include "store/rule.h"

#include <stdlib.h>

struct folder_object {
	struct object object;
	uint64_t id;
	const struct folder *now; /* while its properties are read */
};

static struct folder_object *of(struct object *o)
{
	return (struct folder_object *)o;
}

uint64_t folder_object_id(const struct object *o)
{
	return ((const struct folder_object *)o)->id;
}

/* Computed ------------------------------------------------------------------------------------------------------------ */

static status make_row(struct object *o, uint32_t tag, struct bag *out)
{
	struct prop p;
	status s = folder_row_value(logon_mailbox(o->logon), of(o)->now, out->arena, tag, &p);

	return s ? s : bag_append(out, &p) ? ecNone : ecMemory;
}

/* PidTagAccess [MS-OXCPRPT] 2.2.1.1 */
enum access {
	ACCESS_MODIFY = 0x01,
	ACCESS_READ = 0x02,
	ACCESS_DELETE = 0x04,
	ACCESS_CREATE_HIERARCHY = 0x08,
	ACCESS_CREATE_CONTENTS = 0x10,
	ACCESS_CREATE_ASSOCIATED = 0x20,
};

static uint32_t access_of(uint32_t rights, const struct folder *f)
{
	uint32_t access = rights & (RIGHT_VISIBLE | RIGHT_READ_ANY) ? ACCESS_READ : 0;

	if (rights & RIGHT_OWNER)
		access |= ACCESS_MODIFY | ACCESS_DELETE | ACCESS_CREATE_ASSOCIATED;
	if (rights & RIGHT_CREATE_SUBFOLDER && !f->is_search)
		access |= ACCESS_CREATE_HIERARCHY;
	if (rights & RIGHT_CREATE && !f->is_search)
		access |= ACCESS_CREATE_CONTENTS;
	return access;
}

static status make_rights(struct object *o, uint32_t tag, struct bag *out)
{
	uint32_t rights = 0;
	status s = logon_rights(o->logon, of(o)->id, &rights);

	if (s)
		return s;
	switch (tag) {
	case PidTagAccess:
		return bag_set_u32(out, tag, access_of(rights, of(o)->now));
	case PidTagAccessLevel:
		return bag_set_u32(out, tag, (rights & RIGHT_OWNER) != 0);
	default:
		/* [MS-OXCFOLD] 2.2.2.2.2.8: the flags of free/busy times do not apply. */
		return bag_set_u32(
			out, tag,
			rights & ~(uint32_t)(RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED));
	}
}

/* PidTagFolderFlags [MS-OXCFOLD] 2.2.2.2.1.5 */
enum { FLAG_IPM = 1, FLAG_SEARCH = 2, FLAG_NORMAL = 4, FLAG_RULES = 8 };

static status is_in_ipm(struct mailbox *m, const struct folder *f, bool *yes)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)4 << 20);
	struct folder at = *f;
	status s = ecNone;

	for (unsigned depth = 0; !s && depth < FOLDER_DEPTH_MAX && at.role != MAILBOX_ROOT;
	     depth++) {
		*yes = at.role == MAILBOX_IPM_SUBTREE;
		if (*yes)
			break;
		s = folder_get(m, at.parent, &scratch, &at);
	}
	return s;
}

static status make_flags(struct object *o, uint32_t tag, struct bag *out)
{
	struct mailbox *m = logon_mailbox(o->logon);
	const struct folder *f = of(o)->now;
	size_t rules = 0;
	bool ipm = false;
	status s = rule_count(m, f->id, &rules);

	if (!s && tag == PidTagHasRules)
		return bag_set_bool(out, tag, rules > 0);
	if (!s)
		s = is_in_ipm(m, f, &ipm);
	return s ? s
		 : bag_set_u32(out, tag,
			       (uint32_t)((ipm ? FLAG_IPM : 0) |
					  (f->is_search ? FLAG_SEARCH : FLAG_NORMAL) |
					  (rules ? FLAG_RULES : 0)));
}

static status make_hidden(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	return bag_set_bool(out, tag, false);
}

static status make_store(struct object *o, uint32_t tag, struct bag *out)
{
	const struct mailbox_identity *i = mailbox_identity(logon_mailbox(o->logon));
	const struct guid *g = tag == PidTagMappingSignature ? &i->mapping_signature : &i->mailbox;

	return bag_set_bytes(out, tag, bytes_of(g->b, sizeof g->b));
}

/* The Inbox and the root say which folders these are ([MS-OXOSFLD] 2.2.3). */
static const struct {
	uint32_t tag;
	enum mailbox_role role;
} specials[] = {
	{ PidTagIpmAppointmentEntryId, MAILBOX_CALENDAR },
	{ PidTagIpmContactEntryId, MAILBOX_CONTACTS },
	{ PidTagIpmJournalEntryId, MAILBOX_JOURNAL },
	{ PidTagIpmNoteEntryId, MAILBOX_NOTES },
	{ PidTagIpmTaskEntryId, MAILBOX_TASKS },
	{ PidTagIpmDraftsEntryId, MAILBOX_DRAFTS },
};

static status make_special(struct object *o, uint32_t tag, struct bag *out)
{
	enum mailbox_role here = of(o)->now->role;
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof specials / sizeof *specials &&
			   (here == MAILBOX_INBOX || here == MAILBOX_ROOT);
	     i++)
		if (specials[i].tag == tag && !o->logon->public_store &&
		    !folder_by_role(logon_mailbox(o->logon), specials[i].role, &id))
			return object_put_folder_entryid(o->logon, id, tag, out);
	return ecNotFound;
}

static const struct computed_property computed[] = {
	{ PidTagIpmAppointmentEntryId, make_special, true, true },
	{ PidTagIpmContactEntryId, make_special, true, true },
	{ PidTagIpmJournalEntryId, make_special, true, true },
	{ PidTagIpmNoteEntryId, make_special, true, true },
	{ PidTagIpmTaskEntryId, make_special, true, true },
	{ PidTagIpmDraftsEntryId, make_special, true, true },
	{ PidTagFolderId, make_row, false, false },
	{ PidTagParentFolderId, make_row, false, false },
	{ PidTagEntryId, make_row, false, false },
	{ PidTagParentEntryId, make_row, false, false },
	{ PidTagRecordKey, make_row, false, false },
	{ PidTagSourceKey, make_row, false, false },
	{ PidTagParentSourceKey, make_row, false, false },
	{ PidTagChangeNumber, make_row, false, false },
	{ PidTagChangeKey, make_row, false, false },
	{ PidTagPredecessorChangeList, make_row, false, false },
	{ PidTagObjectType, make_row, false, false },
	{ PidTagFolderType, make_row, false, false },
	{ PidTagSubfolders, make_row, false, false },
	{ PidTagContentCount, make_row, false, false },
	{ PidTagContentUnreadCount, make_row, false, false },
	{ PidTagAssociatedContentCount, make_row, false, false },
	{ PidTagDeletedCountTotal, make_row, false, false },
	{ PidTagMessageSize, make_row, false, false },
	{ PidTagMessageSizeExtended, make_row, false, false },
	{ PidTagCreationTime, make_row, false, false },
	{ PidTagLastModificationTime, make_row, false, false },
	{ PidTagHierarchyChangeNumber, make_row, false, false },
	{ PidTagLocalCommitTime, make_row, false, false },
	{ PidTagLocalCommitTimeMax, make_row, false, false },
	{ PidTagHierRev, make_row, false, false },
	{ PidTagRights, make_rights, false, false },
	{ PidTagAccess, make_rights, false, false },
	{ PidTagAccessLevel, make_rights, false, false },
	{ PidTagFolderFlags, make_flags, false, false },
	{ PidTagHasRules, make_flags, false, false },
	{ PidTagStoreRecordKey, make_store, false, true },
	{ PidTagMappingSignature, make_store, false, true },
	{ PidTagAttributeHidden, make_hidden, true, false },
	{ PidTagDeletedOn, NULL, false, true },
	{ FOLDER_POST_QUOTA, NULL, false, true },
	{ FOLDER_ITEM_LIMIT, NULL, false, true },
};

#define COMPUTED (sizeof computed / sizeof *computed)

/* Reading -------------------------------------------------------------------------------------------------------------- */

struct reading {
	struct object_props props;
	struct folder folder;
	struct bag stored;
};

static status begin(struct object *o, struct arena *arena, struct reading *r)
{
	struct mailbox *m = logon_mailbox(o->logon);
	status s = folder_get(m, of(o)->id, arena, &r->folder);

	bag_init(&r->stored, arena);
	if (!s)
		s = folder_props(m, of(o)->id, &r->stored);
	r->props = (struct object_props){ o, computed, COMPUTED, &r->stored };
	of(o)->now = &r->folder;
	return s;
}

static status folder_obj_get(struct object *o, const uint32_t *tags, size_t n, size_t most,
			     struct bag *out)
{
	struct reading r;
	status s = begin(o, out->arena, &r);

	if (!s)
		s = object_props_get(&r.props, tags, n, most, out);
	of(o)->now = NULL;
	return s;
}

static status folder_obj_list(struct object *o, struct arena *arena, uint32_t **tags, size_t *n)
{
	struct reading r;
	status s = begin(o, arena, &r);

	if (!s)
		s = object_props_list(&r.props, arena, tags, n);
	of(o)->now = NULL;
	return s;
}

/*
 * [MS-OXCPERM] 3.1.4.1: clients ask for rights as XML first, and go on to the table of permissions when there is no such thing.  What the
 * text calls ecNotImplemented is, of Exchange, the code of ecNotSupported.
 */
#define ID_SECURITY_DESCRIPTOR_AS_XML 0x0E6Au

static status folder_obj_value(struct object *o, uint32_t tag, struct arena *arena,
			       struct prop *out)
{
	struct reading r;
	status s;

	if (tag_id(tag) == ID_SECURITY_DESCRIPTOR_AS_XML)
		return ecNotSupported;
	s = begin(o, arena, &r);
	if (!s)
		s = object_props_value(&r.props, tag, arena, out);
	of(o)->now = NULL;
	return s;
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

static status change(struct object *o, const struct bag *set, const uint16_t *remove, size_t n)
{
	struct mailbox *m = logon_mailbox(o->logon);
	status s = mailbox_begin(m);

	if (!s)
		s = folder_set(m, of(o)->id, set, remove, n);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static bool settable(uint32_t tag)
{
	uint16_t type = tag_type(tag);

	return type != PT_UNSPECIFIED && type != PT_NULL && type != PT_ERROR && type != PT_OBJECT &&
	       prop_type_known(type);
}

/* A name that a sibling has is the failure of that one property. */
static status rename_it(struct object *o, const struct prop *name, size_t index,
			struct property_problems *problems, struct arena *scratch)
{
	struct bag one;
	status s;

	bag_init(&one, scratch);
	if (!bag_append(&one, name))
		return ecMemory;
	s = change(o, &one, NULL, 0);
	return s == ecDuplicateName || s == ecInvalidParam || s == ecAccessDenied
		       ? property_problems_add(problems, index, name->tag, s)
		       : s;
}

static status set_one(struct object *o, struct prop p, size_t index, struct bag *good,
		      struct property_problems *problems, struct arena *scratch)
{
	unsigned codepage = o->session->client.codepage;
	status s;

	if (computed_read_only(computed, COMPUTED, p.tag))
		return property_problems_add(problems, index, p.tag, ecComputed);
	if (!settable(p.tag))
		return property_problems_add(problems, index, p.tag, ecInvalidParam);
	s = tag_type(p.tag) == PT_STRING8
		    ? string_kind_set(&p, PT_UNICODE, codepage ? codepage : 1252, scratch)
		    : ecNone;
	if (s)
		return s;
	if (tag_id(p.tag) == tag_id(PidTagDisplayName))
		return rename_it(o, &p, index, problems, scratch);
	return bag_append(good, &p) ? ecNone : ecMemory;
}

#define SET_MEMORY_MOST ((size_t)64 << 20)

static status folder_obj_set(struct object *o, const struct bag *set,
			     struct property_problems *problems)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SET_MEMORY_MOST);
	struct bag good;
	status s = logon_may(o->logon, of(o)->id, RIGHT_OWNER);

	bag_init(&good, &scratch);
	for (size_t i = 0; i < set->n && !s; i++)
		s = set_one(o, set->v[i], i, &good, problems, &scratch);
	return s || !good.n ? s : change(o, &good, NULL, 0);
}

static status folder_obj_remove(struct object *o, const uint32_t *tags, size_t n,
				struct property_problems *problems)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SET_MEMORY_MOST);
	uint16_t *ids = arena_array(&scratch, n + 1, sizeof *ids);
	size_t count = 0;
	struct bag none;
	status s = ids ? logon_may(o->logon, of(o)->id, RIGHT_OWNER) : ecMemory;

	bag_init(&none, &scratch);
	for (size_t i = 0; i < n && !s; i++) {
		/* Every folder has a name. */
		if (computed_read_only(computed, COMPUTED, tags[i]) ||
		    tag_id(tags[i]) == tag_id(PidTagDisplayName))
			s = property_problems_add(problems, i, tags[i], ecComputed);
		else
			ids[count++] = tag_id(tags[i]);
	}
	return s || !count ? s : change(o, &none, ids, count);
}

static void folder_obj_free(struct object *o)
{
	free(of(o));
}

static const struct object_class class = {
	.name = "folder",
	.free = folder_obj_free,
	.get = folder_obj_get,
	.list = folder_obj_list,
	.value = folder_obj_value,
	.set = folder_obj_set,
	.remove = folder_obj_remove,
};

status folder_object_new(struct logon *l, uint64_t id, struct object **out)
{
	struct folder_object *f = calloc(1, sizeof *f);

	if (!f)
		return ecMemory;
	object_init(&f->object, OBJECT_FOLDER, &class, l, NULL);
	f->id = id;
	*out = &f->object;
	return ecNone;
}
