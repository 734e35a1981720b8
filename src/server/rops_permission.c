/* Who may do what in a folder ([MS-OXCPERM] 2.2, 3.2.5). */
#include "rop/rops_permission.h"

#include "mapi/entryid.h"
#include "server/folder_object.h"
#include "server/rop_call.h"
#include "server/table_object.h"
#include "store/permission.h"

enum { INCLUDE_FREE_BUSY = 0x02, REPLACE_ROWS = 0x01 };
enum { ROW_ADD = 0x01, ROW_MODIFY = 0x02, ROW_REMOVE = 0x04 };

#define FREE_BUSY_RIGHTS ((uint32_t)(RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED))

/* The table ------------------------------------------------------------------------------------------------------------ */

static status make_row(struct rop_call *c, const struct permission *p, bool free_busy,
		       struct bag *row)
{
	status s;

	bag_init(row, c->arena);
	s = bag_set_bytes(row, PidTagEntryId, p->entryid);
	if (!s)
		s = bag_set_u64(row, PidTagMemberId, p->member);
	if (!s)
		s = bag_set_text(row, PidTagMemberName, p->name);
	return s ? s
		 : bag_set_u32(row, PidTagMemberRights,
			       free_busy ? p->rights : p->rights & ~FREE_BUSY_RIGHTS);
}

static status get_permissions_table(struct rop_call *c)
{
	const struct rop_get_permissions_table_request *r = c->request;
	uint64_t folder = folder_object_id(c->object);
	struct table_object *table = NULL;
	struct permission *list = NULL;
	uint32_t rights = 0;
	struct bag *rows;
	size_t n = 0;
	status s = logon_rights(c->logon, folder, &rights);

	if (!s)
		s = permission_list(logon_mailbox(c->logon), folder, c->arena, &list, &n);
	if (s)
		return s;
	rows = arena_array(c->arena, n + 1, sizeof *rows);
	if (!rows)
		return ecMemory;
	for (size_t i = 0; i < n && !s; i++)
		s = make_row(c, &list[i], r->table_flags & INCLUDE_FREE_BUSY, &rows[i]);
	if (!s)
		s = table_object_of_rows(c->object, TABLE_OF_PERMISSIONS, rows, n,
					 TABLE_FLAG_USE_UNICODE, &table);
	if (s)
		return s;
	/* It is its rows that are refused ([MS-OXCPERM] 3.2.5.1). */
	table->refused = !(rights & (RIGHT_VISIBLE | RIGHT_OWNER));
	rop_call_open(c, &table->object);
	return ecNone;
}

/* Changes -------------------------------------------------------------------------------------------------------------- */

struct change {
	struct rop_call *c;
	uint64_t folder;
	bool free_busy;
	struct bag props;
};

/* Without IncludeFreeBusy those two bits of a client mean nothing: they stay as they are. */
static uint32_t rights_of(const struct change *ch, uint32_t old)
{
	uint32_t rights = bag_u32(&ch->props, tag_id(PidTagMemberRights), 0);

	return ch->free_busy ? rights : (rights & ~FREE_BUSY_RIGHTS) | (old & FREE_BUSY_RIGHTS);
}

/* Somebody of the directory, by the entry id of the address book. */
static status find_person(const struct change *ch, struct permission *out)
{
	struct bytes entryid = bag_bytes(&ch->props, tag_id(PidTagEntryId));
	const struct directory_object *o;
	struct directory *d = NULL;
	struct entryid id;
	const char *dn, *shown;
	status s;

	if (entryid_decode(entryid, &id, NULL) || id.kind != ENTRYID_ADDRESS_BOOK)
		return ecInvalidParam;
	dn = arena_strndup(ch->c->arena, (const char *)id.address_book.dn.p, id.address_book.dn.n);
	if (!dn || !*dn)
		return dn ? ecInvalidParam : ecMemory;
	s = host_directory(ch->c->session->host, &d, NULL);
	if (!s)
		s = directory_find(d, directory_class("Recipient"), dn, ch->c->arena, &o, NULL);
	host_directory_return(ch->c->session->host, d);
	if (s)
		return s;
	shown = directory_text(o, "DisplayName");
	*out = (struct permission){ .person = o->guid,
				    .entryid = entryid,
				    .name = shown ? shown : o->name };
	return ecNone;
}

static status set_rights(const struct change *ch, const struct permission *old)
{
	return permission_set(logon_mailbox(ch->c->logon), ch->folder, old->member,
			      rights_of(ch, old->rights));
}

/* The one that PidTagMemberId says. */
static status find_member(const struct change *ch, struct permission *old)
{
	const struct prop *id = bag_find(&ch->props, tag_id(PidTagMemberId));

	if (!id || prop_type(id) != PT_I8)
		return ecNotFound;
	return permission_get(logon_mailbox(ch->c->logon), ch->folder,
			      bag_u64(&ch->props, tag_id(PidTagMemberId), 0), ch->c->arena, old);
}

static status add_row(const struct change *ch)
{
	struct mailbox *m = logon_mailbox(ch->c->logon);
	struct permission p, old;
	uint64_t member;
	status s;

	/* The two that are in every list have no entry id: adding them is setting their rights. */
	if (!bag_bytes(&ch->props, tag_id(PidTagEntryId)).n) {
		s = find_member(ch, &old);
		return s ? ecInvalidParam : set_rights(ch, &old);
	}
	s = find_person(ch, &p);
	if (s)
		return s;
	s = permission_of(m, ch->folder, &p.person, ch->c->arena, &old);
	if (!s)
		return set_rights(ch, &old);
	p.rights = rights_of(ch, 0);
	return s == ecNotFound ? permission_add(m, ch->folder, &p, &member) : s;
}

/* Of somebody who is not in the list nothing is changed or removed, and that is no error ([MS-OXCPERM] 3.2.5.2). */
static status change_row(const struct change *ch, bool remove)
{
	struct permission old;
	status s = find_member(ch, &old);

	if (s)
		return s == ecNotFound ? ecNone : s;
	return remove ? permission_remove(logon_mailbox(ch->c->logon), ch->folder, old.member)
		      : set_rights(ch, &old);
}

static status apply(struct change *ch, const struct permission_data *d, bool replace)
{
	bag_init(&ch->props, ch->c->arena);
	for (uint32_t i = 0; i < d->property_values.n; i++)
		if (!bag_append(&ch->props, &d->property_values.v[i].prop))
			return ecMemory;
	switch (d->permission_data_flags) {
	case ROW_ADD:
		return add_row(ch);
	case ROW_MODIFY:
	case ROW_REMOVE:
		return replace ? ecInvalidParam
			       : change_row(ch, d->permission_data_flags == ROW_REMOVE);
	default:
		return ecInvalidParam;
	}
}

/* All but Default ([MS-OXCPERM] 2.2.2.1). */
static status clear(struct rop_call *c, uint64_t folder)
{
	struct mailbox *m = logon_mailbox(c->logon);
	struct permission everybody;
	status s = permission_get(m, folder, MEMBER_DEFAULT, c->arena, &everybody);

	if (!s)
		s = permission_clear(m, folder);
	return s ? s : permission_set(m, folder, MEMBER_DEFAULT, everybody.rights);
}

static status modify_permissions(struct rop_call *c)
{
	const struct rop_modify_permissions_request *r = c->request;
	struct change ch = { .c = c,
			     .folder = folder_object_id(c->object),
			     .free_busy = r->modify_flags & INCLUDE_FREE_BUSY };
	struct mailbox *m = logon_mailbox(c->logon);
	status s = logon_may(c->logon, ch.folder, RIGHT_OWNER);

	if (s)
		return s;
	if (r->modify_flags & ~(REPLACE_ROWS | INCLUDE_FREE_BUSY))
		return ecInvalidParam;
	s = mailbox_begin(m);
	if (!s && r->modify_flags & REPLACE_ROWS)
		s = clear(c, ch.folder);
	for (uint32_t i = 0; i < r->permissions_data.n && !s; i++)
		s = apply(&ch, &r->permissions_data.v[i], r->modify_flags & REPLACE_ROWS);
	return s ? s : mailbox_commit(m);
}

const struct rop_entry rops_permission[] = {
	{ ROP_GET_PERMISSIONS_TABLE, OBJECT_FOLDER, get_permissions_table },
	{ ROP_MODIFY_PERMISSIONS, OBJECT_FOLDER, modify_permissions },
	{ 0, 0, NULL },
};
