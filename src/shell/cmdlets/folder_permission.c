/* Who may do what in a folder, whosever it is: what cmdlets on permissions of folders share. */
#include "shell/cmdlets/folder_permission.h"

#include "mapi/entryid.h"
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "store/permission.h"

#include <strings.h>

static const char *user_name(const struct permission *p)
{
	return p->member == MEMBER_DEFAULT ? "Default" : p->member == MEMBER_ANONYMOUS ? "Anonymous" : p->name;
}

/* "Editor", or one name for each right. */
static struct value rights_value(struct call *c, uint32_t rights)
{
	CLEANUP_BUF struct buf text = BUF_MAX(1024);
	struct value *items = arena_array(c->item, 16, sizeof *items);
	size_t n = 0;

	rights_format(rights, &text);
	char *all = arena_strdup(c->item, buf_cstr(&text));
	for (char *at = all; items && at && *at && n < 16;) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma = '\0';
		items[n++] = value_text(at + strspn(at, " "));
		at = comma ? comma + 1 : at + strlen(at);
	}
	return value_list(items, items ? n : 0);
}

static status emit_permission(struct call *c, const struct permission_noun *noun, const struct open_mailbox *o, const struct permission *p)
{
	struct object *s = object_new(c->item, &noun->type);
	const char *name = strrchr(o->path, '\\');

	object_set(s, "FolderName", value_text(name && name[1] ? name + 1 : "Top of Information Store"));
	object_set(s, "User", value_text(user_name(p)));
	object_set(s, "AccessRights", rights_value(c, p->rights));
	object_set(s, "Identity", value_text(o->where));
	return call_emit_object(c, s);
}

/* Who is meant: one of the two that are in every list, or somebody of the directory. */
struct user {
	uint64_t member; /* MEMBER_DEFAULT or MEMBER_ANONYMOUS, when `person` is NULL */
	const struct directory_object *person;
};

static status find_user(struct call *c, struct open_mailbox *o, struct user *out, bool *found)
{
	const char *text = call_text(c, "User");
	struct reason why = { "" };
	status rc;

	*out = (struct user){ .member = MEMBER_DEFAULT };
	*found = true;
	if (text && strcasecmp(text, "Default") == 0)
		return ecNone;
	if (text && strcasecmp(text, "Anonymous") == 0) {
		out->member = MEMBER_ANONYMOUS;
		return ecNone;
	}
	*found = false;
	if (!text)
		return call_error(c, ecInvalidParam, "-User is empty");
	rc = directory_find(site_directory(o->site), directory_class("Recipient"), text, &o->arena, &out->person, &why);
	if (rc)
		return call_report(c, rc, &why);
	*found = true;
	return ecNone;
}

static status entry_of(struct open_mailbox *o, const struct user *u, struct permission *out)
{
	return u->person ? permission_of(o->mailbox, o->folder, &u->person->guid, &o->arena, out) :
			   permission_get(o->mailbox, o->folder, u->member, &o->arena, out);
}

static const char *shown_name(const struct directory_object *o)
{
	const char *name = directory_text(o, "DisplayName");

	return name ? name : o->name;
}

/* Get ------------------------------------------------------------------------------------------------------------------- */

static status get_one(struct call *c, const struct permission_noun *noun, struct open_mailbox *o)
{
	struct permission p;
	struct user u;
	bool found = false;
	status rc = find_user(c, o, &u, &found);

	if (rc || !found)
		return rc;
	rc = entry_of(o, &u, &p);
	if (rc == ecNotFound)
		return call_error(c, rc, "%s has no rights of their own in %s; those of Default hold", call_text(c, "User"), o->where);
	return rc ? mailbox_report(c, o, rc) : emit_permission(c, noun, o, &p);
}

status folder_permissions_get(struct call *c, const struct permission_noun *n, struct open_mailbox *o)
{
	struct permission *list = NULL;
	size_t count = 0;
	status rc;

	if (call_has(c, "User"))
		return get_one(c, n, o);
	rc = permission_list(o->mailbox, o->folder, &o->arena, &list, &count);
	if (rc)
		return mailbox_report(c, o, rc);
	for (size_t i = 0; !rc && i < count; i++)
		rc = emit_permission(c, n, o, &list[i]);
	return rc;
}

/* Changes --------------------------------------------------------------------------------------------------------------- */

status folder_permission_rights(struct call *c, uint32_t *out, bool *good)
{
	struct value_list names = call_list(c, "AccessRights");
	uint32_t all = 0, one;

	*good = false;
	for (size_t i = 0; i < names.n; i++) {
		if (!rights_parse(names.items[i].text, &one)) {
			CLEANUP_BUF struct buf known = BUF_MAX(1024);

			for (size_t k = 0; rights_name(k); k++)
				buf_printf(&known, "%s%s", k ? ", " : "", rights_name(k));
			return call_error(c, ecInvalidParam, "'%.80s' is no right and no role; those are %s", names.items[i].text, buf_cstr(&known));
		}
		all |= one;
	}
	*out = all;
	*good = true;
	return ecNone;
}

/* PidTagEntryId of the address book, as clients will ask for it. */
static status entryid_of(struct call *c, const struct directory_object *person, struct arena *arena, struct bytes *out)
{
	const char *dn = directory_text(person, "LegacyExchangeDN");
	struct entryid id = { .kind = ENTRYID_ADDRESS_BOOK };
	CLEANUP_BUF struct buf b = BUF_MAX(MEMBER_ENTRYID_MAX);
	status rc;

	id.address_book.provider = entryid_uid_address_book;
	id.address_book.version = 1;
	id.address_book.dn = bytes_of(dn ? dn : "", dn ? strlen(dn) : 0);
	rc = entryid_encode(&id, &b, &c->why);
	if (rc)
		return rc;
	const void *p = arena_memdup(arena, b.p, b.n);
	if (!p)
		return call_fail(c, ecMemory, "an entry id needs too much memory");
	*out = bytes_of(p, b.n);
	return ecNone;
}

/* Some go, or all. */
static status take_rights(struct open_mailbox *o, const struct permission *old, uint32_t rights)
{
	uint32_t left = rights ? old->rights & ~rights : 0;

	return left ? permission_set(o->mailbox, o->folder, old->member, left) : permission_remove(o->mailbox, o->folder, old->member);
}

static status carry_out(struct call *c, const struct permission_noun *noun, struct open_mailbox *o, enum permission_change what,
			const struct user *u, uint32_t rights)
{
	struct permission p = { .rights = rights }, old;
	uint64_t member = 0;
	status rc = ecNone;

	if (what == PERMISSION_ADD && u->person) {
		p.person = u->person->guid;
		p.name = shown_name(u->person);
		rc = entryid_of(c, u->person, &o->arena, &p.entryid);
		if (!rc)
			rc = permission_add(o->mailbox, o->folder, &p, &member);
		if (rc != ecDuplicateName || noun->has_set)
			return rc;
	}
	rc = entry_of(o, u, &old);
	if (rc)
		return rc;
	if (what == PERMISSION_REMOVE)
		return take_rights(o, &old, rights);
	return permission_set(o->mailbox, o->folder, old.member, what == PERMISSION_ADD && !noun->has_set ? old.rights | rights : rights);
}

static status change_now(struct call *c, const struct permission_noun *noun, struct open_mailbox *o, enum permission_change what, const struct user *u,
			 uint32_t rights)
{
	status rc = mailbox_begin(o->mailbox);

	if (!rc)
		rc = carry_out(c, noun, o, what, u, rights);
	if (!rc)
		rc = mailbox_commit(o->mailbox);
	else
		mailbox_rollback(o->mailbox);
	if (rc == ecDuplicateName)
		return call_error(c, rc, "%s has rights in %s already; Set-%s changes them", call_text(c, "User"), o->where, noun->noun);
	if (rc == ecNotFound)
		return call_error(c, rc, "%s has no rights of their own in %s; Add-%s gives some", call_text(c, "User"), o->where, noun->noun);
	if (rc)
		return mailbox_report(c, o, rc);
	log_change(c, arena_printf(c->item, "%s for %s", o->where, call_text(c, "User")));
	return ecNone;
}

status folder_permission_change(struct call *c, const struct permission_noun *noun, enum permission_change what, uint32_t rights, struct open_mailbox *o)
{
	static const char *const verbs[] = { [PERMISSION_ADD] = "Add", [PERMISSION_SET] = "Set", [PERMISSION_REMOVE] = "Remove" };
	struct user u = { .member = MEMBER_DEFAULT };
	struct permission p;
	bool found = false, go = false;
	status rc = find_user(c, o, &u, &found);

	if (rc || !found)
		return rc;
	rc = call_should_process(c, arena_printf(c->item, "%s-%s", verbs[what], noun->noun),
				 arena_printf(c->item, "%s for %s", o->where, call_text(c, "User")), &go);
	if (rc || !go)
		return rc;
	rc = change_now(c, noun, o, what, &u, rights);
	return rc || what != PERMISSION_ADD || entry_of(o, &u, &p) ? rc : emit_permission(c, noun, o, &p);
}
