/* Get-, Add-, Set- and Remove-MailboxFolderPermission: who may do what in a folder. */
#include "mapi/entryid.h"
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/mailbox_open.h"
#include "store/permission.h"

#include <strings.h>

static const char *const columns[] = { "FolderName", "User", "AccessRights", NULL };
static const struct object_type type = { "MailboxFolderPermission", columns };

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

static status emit_permission(struct call *c, const struct open_mailbox *o, const struct permission *p)
{
	struct object *s = object_new(c->item, &type);
	const char *name = strrchr(o->path, '\\');

	object_set(s, "FolderName", value_text(name && name[1] ? name + 1 : "Top of Information Store"));
	object_set(s, "User", value_text(user_name(p)));
	object_set(s, "AccessRights", rights_value(c, p->rights));
	object_set(s, "Identity", value_text(arena_printf(c->item, "%s:%s", o->name, o->path)));
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

static status get_one(struct call *c, struct open_mailbox *o)
{
	struct permission p;
	struct user u;
	bool found = false;
	status rc = find_user(c, o, &u, &found);

	if (rc || !found)
		return rc;
	rc = entry_of(o, &u, &p);
	if (rc == ecNotFound)
		return call_error(c, rc, "%s has no rights of their own in %s:%s; those of Default hold", call_text(c, "User"), o->name, o->path);
	return rc ? mailbox_report(c, o, rc) : emit_permission(c, o, &p);
}

static status get_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	struct permission *list = NULL;
	size_t n = 0;
	status rc = mailbox_open_folder(c, "Identity", &o);

	(void)in;
	if (rc || !o.mailbox)
		return rc;
	if (call_has(c, "User"))
		return get_one(c, &o);
	rc = permission_list(o.mailbox, o.folder, &o.arena, &list, &n);
	if (rc)
		return mailbox_report(c, &o, rc);
	for (size_t i = 0; !rc && i < n; i++)
		rc = emit_permission(c, &o, &list[i]);
	return rc;
}

/* Changes --------------------------------------------------------------------------------------------------------------- */

static status read_rights(struct call *c, uint32_t *out, bool *good)
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

enum what { WHAT_ADD, WHAT_SET, WHAT_REMOVE };

static status carry_out(struct call *c, struct open_mailbox *o, enum what what, const struct user *u, uint32_t rights)
{
	struct permission p = { .rights = rights }, old;
	uint64_t member = 0;
	status rc = ecNone;

	if (what == WHAT_ADD && u->person) {
		p.person = u->person->guid;
		p.name = shown_name(u->person);
		rc = entryid_of(c, u->person, &o->arena, &p.entryid);
		return rc ? rc : permission_add(o->mailbox, o->folder, &p, &member);
	}
	rc = entry_of(o, u, &old);
	if (rc)
		return rc;
	return what == WHAT_REMOVE ? permission_remove(o->mailbox, o->folder, old.member) :
				     permission_set(o->mailbox, o->folder, old.member, rights);
}

static status change_now(struct call *c, struct open_mailbox *o, enum what what, const struct user *u, uint32_t rights)
{
	status rc = mailbox_begin(o->mailbox);

	if (!rc)
		rc = carry_out(c, o, what, u, rights);
	if (!rc)
		rc = mailbox_commit(o->mailbox);
	else
		mailbox_rollback(o->mailbox);
	if (rc == ecDuplicateName)
		return call_error(c, rc, "%s has rights in %s:%s already; Set-MailboxFolderPermission changes them", call_text(c, "User"), o->name,
				  o->path);
	if (rc == ecNotFound)
		return call_error(c, rc, "%s has no rights of their own in %s:%s; Add-MailboxFolderPermission gives some", call_text(c, "User"),
				  o->name, o->path);
	return rc ? mailbox_report(c, o, rc) : ecNone;
}

static status change(struct call *c, enum what what, const char *name)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	struct permission p;
	uint32_t rights = 0;
	struct user u = { .member = MEMBER_DEFAULT };
	bool good = true, found = false, go = false;
	status rc = what == WHAT_REMOVE ? ecNone : read_rights(c, &rights, &good);

	if (rc || !good)
		return rc;
	rc = mailbox_open_folder(c, "Identity", &o);
	if (rc || !o.mailbox)
		return rc;
	rc = find_user(c, &o, &u, &found);
	if (rc || !found)
		return rc;
	rc = call_should_process(c, name, arena_printf(c->item, "%s:%s for %s", o.name, o.path, call_text(c, "User")), &go);
	if (rc || !go)
		return rc;
	rc = change_now(c, &o, what, &u, rights);
	return rc || what != WHAT_ADD || entry_of(&o, &u, &p) ? rc : emit_permission(c, &o, &p);
}

static status add_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, WHAT_ADD, "Add-MailboxFolderPermission");
}

static status set_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, WHAT_SET, "Set-MailboxFolderPermission");
}

static status remove_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, WHAT_REMOVE, "Remove-MailboxFolderPermission");
}

#define FOLDER                                                                                                             \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_NAME | PARAMETER_BY_VALUE, \
	  .help = "The folder: alice:\\Calendar, alice:\\Inbox\\Projects; alice alone is the top." }
#define USER(MORE) { .name = "User", .type = PARAMETER_TEXT, .position = 2, .flags = (MORE) | PARAMETER_BY_NAME, .help = "Who: anybody of the directory, Default or Anonymous." }
#define RIGHTS                                                                                                 \
	{ .name = "AccessRights", .type = PARAMETER_TEXT, .position = 3, .flags = PARAMETER_MANDATORY | PARAMETER_LIST, \
	  .help = "A role (Reviewer, Editor, AvailabilityOnly ...) or rights (ReadItems, CreateItems ...)." }

static const struct parameter get_parameters[] = { FOLDER, USER(0), { .name = NULL } };
static const struct parameter change_parameters[] = { FOLDER, USER(PARAMETER_MANDATORY), RIGHTS, { .name = NULL } };
static const struct parameter remove_parameters[] = { FOLDER, USER(PARAMETER_MANDATORY), { .name = NULL } };

static const struct cmdlet get_permission = {
	.name = "Get-MailboxFolderPermission",
	.synopsis = "Shows who may do what in a folder.",
	.parameters = get_parameters,
	.output = "MailboxFolderPermission",
	.example = "Get-MailboxFolderPermission alice:\\Calendar\nGet-MailboxFolderPermission alice:\\Calendar -User bob",
	.process = get_process,
};
static const struct cmdlet add_permission = {
	.name = "Add-MailboxFolderPermission",
	.synopsis = "Gives somebody rights in a folder.",
	.parameters = change_parameters,
	.output = "MailboxFolderPermission",
	.example = "Add-MailboxFolderPermission alice:\\Calendar -User bob -AccessRights Reviewer",
	.flags = CMDLET_WHAT_IF,
	.process = add_process,
};
static const struct cmdlet set_permission = {
	.name = "Set-MailboxFolderPermission",
	.synopsis = "Gives somebody other rights in a folder.",
	.parameters = change_parameters,
	.example = "Set-MailboxFolderPermission alice:\\Calendar -User Default -AccessRights LimitedDetails",
	.flags = CMDLET_WHAT_IF,
	.process = set_process,
};
static const struct cmdlet remove_permission = {
	.name = "Remove-MailboxFolderPermission",
	.synopsis = "Takes all rights in a folder from somebody; those of Default hold for them then.",
	.parameters = remove_parameters,
	.example = "Remove-MailboxFolderPermission alice:\\Calendar -User bob",
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM,
	.process = remove_process,
};

const struct cmdlet *const mailbox_permission_cmdlets[] = { &get_permission, &add_permission, &set_permission, &remove_permission, NULL };
