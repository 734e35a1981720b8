/*
 * Who may open all of a mailbox (Get-, Add- and Remove-MailboxPermission), and who may send as it (the same of ADPermission): lists of the mailbox
 * in the directory, one right each.
 */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"

#include <strings.h>

#define ARENA_MOST ((size_t)16 << 20)

struct right {
	const char *noun;      /* "MailboxPermission" */
	const char *parameter; /* that names the right, and the column that shows it */
	const char *name;      /* of the right as it is shown */
	const char *attribute; /* of the mailbox */
	struct object_type type;
};

static const char *const access_columns[] = { "Identity", "User", "AccessRights", "IsInherited", "Deny", NULL };
static const char *const extended_columns[] = { "Identity", "User", "ExtendedRights", "IsInherited", "Deny", NULL };
static const struct right full_access = { "MailboxPermission", "AccessRights", "FullAccess", "FullAccess", { "MailboxPermission", access_columns } };
static const struct right send_as = { "ADPermission", "ExtendedRights", "Send-As", "SendAs", { "ADPermission", extended_columns } };

static status emit(struct call *c, const struct right *r, const char *mailbox, const char *user)
{
	struct object *o = object_new(c->item, &r->type);
	struct value *rights = arena_array(c->item, 1, sizeof *rights);

	if (!o || !rights)
		return call_fail(c, ecMemory, "a permission needs too much memory");
	*rights = value_text(r->name);
	object_set(o, "Identity", value_text(mailbox));
	object_set(o, "User", value_text(user));
	object_set(o, r->parameter, value_list(rights, 1));
	object_set(o, "IsInherited", value_bool(false));
	object_set(o, "Deny", value_bool(false));
	return call_emit_object(c, o);
}

/* Get ------------------------------------------------------------------------------------------------------------------- */

/* What was read goes with the first that is emitted. */
static status get_all(struct call *c, const struct right *r, const struct directory_object *mailbox, uint64_t only)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const char *name = arena_strdup(&arena, mailbox->name);
	const struct directory_object *user;
	const struct directory_value *v;
	struct directory *d = NULL;
	size_t n = 0;
	status rc = call_directory(c, &d);

	v = directory_values(mailbox, r->attribute, &n);
	uint64_t *ids = arena_array(&arena, n, sizeof *ids);
	if (!name || !ids)
		return call_fail(c, ecMemory, "the permissions need too much memory");
	for (size_t i = 0; i < n; i++)
		ids[i] = (uint64_t)v[i].number;
	for (size_t i = 0; !rc && i < n; i++) {
		if (only && ids[i] != only)
			continue;
		rc = directory_get(d, directory_class("Recipient"), ids[i], &arena, &user, &c->why);
		if (!rc)
			rc = emit(c, r, name, user->name);
	}
	return rc;
}

static status get(struct call *c, const struct value *in, const struct right *r)
{
	const struct directory_object *mailbox = NULL, *user = NULL;
	status rc = call_object(c, directory_class("Mailbox"), "Identity", in, &mailbox);

	if (rc || !mailbox)
		return rc;
	if (call_has(c, "User")) {
		rc = call_object(c, directory_class("Recipient"), "User", NULL, &user);
		if (rc || !user)
			return rc;
	}
	return get_all(c, r, mailbox, user ? user->id : 0);
}

/* Changes --------------------------------------------------------------------------------------------------------------- */

/* "Send As", "Send-As" and "SendAs" are one. */
static bool same_right(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " -");
		b += strspn(b, " -");
		if (!*a || !*b)
			return *a == *b;
		if (strncasecmp(a, b, 1) != 0)
			return false;
	}
}

static status check_rights(struct call *c, const struct right *r, bool *good)
{
	struct value_list names = call_list(c, r->parameter);

	*good = false;
	for (size_t i = 0; i < names.n; i++)
		if (!names.items[i].text || !same_right(names.items[i].text, r->name))
			return call_error(c, ecInvalidParam, "'%.80s' is no right that can be given here; %s is", names.items[i].text ? names.items[i].text : "",
					  r->name);
	*good = true;
	return ecNone;
}

static status change_now(struct call *c, const struct right *r, enum directory_change change, const struct directory_object *mailbox,
			 const struct directory_object *user)
{
	struct directory_value v = { .number = (int64_t)user->id, .text = user->name };
	struct directory_setting s = { r->attribute, change, &v, 1 };
	struct reason why = { "" };
	struct directory *d = NULL;
	bool changed = true;
	status rc = call_directory(c, &d);

	if (rc)
		return rc;
	rc = directory_update(d, directory_class("Mailbox"), mailbox->id, &s, 1, &changed, &why);
	if (!rc && !changed && change == DIRECTORY_ADD)
		return call_error(c, ecDuplicateName, "'%s' has %s of '%s' already", user->name, r->name, mailbox->name);
	if (rc == ecNotFound)
		return call_error(c, rc, "'%s' has no %s of '%s' of their own; Get-%s shows who has", user->name, r->name, mailbox->name, r->noun);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, arena_printf(c->item, "'%s', for '%s'", mailbox->name, user->name));
	return change == DIRECTORY_ADD ? emit(c, r, mailbox->name, user->name) : ecNone;
}

static status change(struct call *c, const struct value *in, const struct right *r, enum directory_change how)
{
	const struct directory_object *mailbox = NULL, *user = NULL;
	bool good = false, go = false;
	status rc = check_rights(c, r, &good);

	if (rc || !good)
		return rc;
	rc = call_object(c, directory_class("Mailbox"), "Identity", in, &mailbox);
	if (rc || !mailbox)
		return rc;
	rc = call_object(c, directory_class("Recipient"), "User", NULL, &user);
	if (rc || !user)
		return rc;
	rc = call_should_process(c, c->cmdlet->name, arena_printf(c->item, "'%s', for '%s'", mailbox->name, user->name), &go);
	return rc || !go ? rc : change_now(c, r, how, mailbox, user);
}

/* The cmdlets ------------------------------------------------------------------------------------------------------------ */

static status get_full_access(struct call *c, const struct value *in)
{
	return get(c, in, &full_access);
}

static status add_full_access(struct call *c, const struct value *in)
{
	return change(c, in, &full_access, DIRECTORY_ADD);
}

static status remove_full_access(struct call *c, const struct value *in)
{
	return change(c, in, &full_access, DIRECTORY_REMOVE);
}

static status get_send_as(struct call *c, const struct value *in)
{
	return get(c, in, &send_as);
}

static status add_send_as(struct call *c, const struct value *in)
{
	return change(c, in, &send_as, DIRECTORY_ADD);
}

static status remove_send_as(struct call *c, const struct value *in)
{
	return change(c, in, &send_as, DIRECTORY_REMOVE);
}

#define MAILBOX                                                                                                            \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_NAME | PARAMETER_BY_VALUE, \
	  .help = "The mailbox." }
#define USER(MORE) { .name = "User", .type = PARAMETER_TEXT, .position = 2, .flags = (MORE), .help = "Who: a person, or a group for all of its members." }
#define RIGHTS(NAME, WORDS) { .name = NAME, .type = PARAMETER_TEXT, .position = 3, .flags = PARAMETER_MANDATORY | PARAMETER_LIST, .help = WORDS }

static const struct parameter get_parameters[] = { MAILBOX, USER(0), { .name = NULL } };
static const struct parameter access_parameters[] = { MAILBOX, USER(PARAMETER_MANDATORY), RIGHTS("AccessRights", "FullAccess."), { .name = NULL } };
static const struct parameter extended_parameters[] = { MAILBOX, USER(PARAMETER_MANDATORY), RIGHTS("ExtendedRights", "Send-As, or \"Send As\"."), { .name = NULL } };

static const struct cmdlet get_mailbox_permission = {
	.name = "Get-MailboxPermission",
	.synopsis = "Shows who may open all of a mailbox, beside its owner.",
	.parameters = get_parameters,
	.output = "MailboxPermission",
	.example = "Get-MailboxPermission alice\nGet-Mailbox | Get-MailboxPermission",
	.process = get_full_access,
};
static const struct cmdlet add_mailbox_permission = {
	.name = "Add-MailboxPermission",
	.synopsis = "Lets somebody open all of a mailbox.",
	.parameters = access_parameters,
	.output = "MailboxPermission",
	.example = "Add-MailboxPermission alice -User bob -AccessRights FullAccess",
	.flags = CMDLET_WHAT_IF,
	.process = add_full_access,
};
static const struct cmdlet remove_mailbox_permission = {
	.name = "Remove-MailboxPermission",
	.synopsis = "Takes the right to open all of a mailbox from somebody.",
	.parameters = access_parameters,
	.example = "Remove-MailboxPermission alice -User bob -AccessRights FullAccess",
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM,
	.process = remove_full_access,
};
static const struct cmdlet get_ad_permission = {
	.name = "Get-ADPermission",
	.synopsis = "Shows who may send as a mailbox.",
	.parameters = get_parameters,
	.output = "ADPermission",
	.example = "Get-ADPermission alice",
	.process = get_send_as,
};
static const struct cmdlet add_ad_permission = {
	.name = "Add-ADPermission",
	.synopsis = "Lets somebody send as a mailbox: nobody sees who it was. Set-Mailbox -GrantSendOnBehalfTo is for those who are to be seen.",
	.parameters = extended_parameters,
	.output = "ADPermission",
	.example = "Add-ADPermission alice -User bob -ExtendedRights \"Send As\"",
	.flags = CMDLET_WHAT_IF,
	.process = add_send_as,
};
static const struct cmdlet remove_ad_permission = {
	.name = "Remove-ADPermission",
	.synopsis = "Takes the right to send as a mailbox from somebody.",
	.parameters = extended_parameters,
	.example = "Remove-ADPermission alice -User bob -ExtendedRights \"Send As\"",
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM,
	.process = remove_send_as,
};

const struct cmdlet *const access_permission_cmdlets[] = { &get_mailbox_permission, &add_mailbox_permission, &remove_mailbox_permission,
							    &get_ad_permission,	      &add_ad_permission,      &remove_ad_permission,
							    NULL };
