/* Mailboxes of people: made, given, taken away, given back; and passwords. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "store/directory_logon.h"

#define PASSWORD(HELP) { .name = "Password", .type = PARAMETER_SECRET, .help = HELP }

static const char *const types[] = { "Regular", "Shared", "Room", "Equipment", NULL };
static const char *const type_details[] = { "UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox" };

const struct parameter mailbox_get_parameters[] = {
	{ .name = "PublicFolder", .type = PARAMETER_SWITCH, .help = "The mailboxes that public folders are in, instead of people's." },
	{ .name = "Arbitration", .type = PARAMETER_SWITCH, .help = "The mailboxes of servers, such as those in which mail waits, instead of people's." },
	{ .name = NULL },
};

const struct parameter mailbox_new_parameters[] = {
	PASSWORD("The password: (Read-Host -AsSecureString). Without one nobody can log on."),
	{ .name = "Shared", .type = PARAMETER_SWITCH, .help = "A mailbox that several people use." },
	{ .name = "Room", .type = PARAMETER_SWITCH, .help = "The mailbox of a room." },
	{ .name = "Equipment", .type = PARAMETER_SWITCH, .help = "The mailbox of a thing that is lent." },
	{ .name = NULL },
};

const struct parameter mailbox_set_parameters[] = {
	PASSWORD("The new password: (Read-Host -AsSecureString). It also ends a lock-out."),
	{ .name = "Type", .type = PARAMETER_WORD, .words = types, .help = "Whose mailbox it is." },
	{ .name = NULL },
};

const struct parameter user_set_parameters[] = {
	PASSWORD("The new password: (Read-Host -AsSecureString). It also ends a lock-out."),
	{ .name = NULL },
};

const struct parameter mailbox_remove_parameters[] = {
	{ .name = "Permanent", .type = PARAMETER_BOOL, .help = "The mailbox goes at once and for good, instead of after the database's MailboxRetention." },
	{ .name = NULL },
};

const struct parameter mailbox_connect_parameters[] = {
	{ .name = "User", .type = PARAMETER_TEXT, .flags = PARAMETER_MANDATORY, .help = "Who gets it; a user without a mailbox." },
	{ .name = NULL },
};

static const char *kind_of_mailbox(const struct call *c)
{
	const char *type = call_text(c, "Type");

	for (size_t i = 0; type && types[i]; i++)
		if (strcmp(types[i], type) == 0)
			return type_details[i];
	return call_switch(c, "Shared")	     ? "SharedMailbox"
	       : call_switch(c, "Room")	     ? "RoomMailbox"
	       : call_switch(c, "Equipment") ? "EquipmentMailbox"
					     : NULL;
}

status mailbox_settle(struct call *c, const struct directory_object *o, struct settings *s)
{
	const char *kind = kind_of_mailbox(c);

	(void)o;
	return kind ? settings_add(c, directory_cmdlet_of(c)->as, "RecipientTypeDetails", kind, s, &c->why) : ecNone;
}

status password_apply(struct call *c, struct directory *d, const struct directory_object *o, struct reason *why)
{
	const char *password = call_secret(c, "Password");

	return password ? directory_set_password(d, o->id, password, why) : ecNone;
}

status mailbox_new(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const char *name = call_text(c, "Name"), *password = call_secret(c, "Password");
	struct settings s = { .n = 0 };
	struct reason why = { "" };
	struct site *site = NULL;
	uint64_t id = 0;
	bool go = false;
	status rc = call_site(c, &site);

	(void)in;
	if (rc)
		return rc;
	if (!name)
		return call_error(c, ecInvalidParam, "-Name is empty");
	rc = call_settings(c, &s, &why);
	if (!rc && kind_of_mailbox(c))
		rc = settings_add(c, row->as, "RecipientTypeDetails", kind_of_mailbox(c), &s, &why);
	if (rc)
		return call_report(c, rc, &why);
	rc = call_should_process(c, row->row->name, name, &go);
	if (rc || !go)
		return rc;
	rc = site_create_mailbox(site, name, s.items, s.n, password, &id, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, name);
	warn_later(c, row->as, &s);
	if (!password && !kind_of_mailbox(c))
		call_warning(c, "%s has no password: nobody can log on before Set-Mailbox -Password gives one.", name);
	return directory_emit(c, row->as, id);
}

/* The user, and the mailbox's attributes as settings. */
status mailbox_enable(struct call *c, const struct value *in)
{
	const struct directory_class *mailbox = directory_cmdlet_of(c)->as;
	const struct directory_object *o = NULL;
	struct settings s = { .n = 0 };
	struct reason why = { "" };
	struct site *site = NULL;
	bool go = false;
	status rc = call_object(c, directory_class("User"), "Identity", in, &o);

	if (rc || !o)
		return rc;
	rc = call_settings(c, &s, &why);
	if (rc)
		return call_report(c, rc, &why);
	rc = call_should_process(c, "Enable-Mailbox", call_target(c, o), &go);
	if (!rc && go)
		rc = call_site(c, &site);
	if (rc || !go)
		return rc;
	rc = site_enable_mailbox(site, o->id, s.items, s.n, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, call_target(c, o));
	return directory_emit(c, mailbox, o->id);
}

/* The three that take a mailbox away differ only in this. */
static status take_away(struct call *c, const struct value *in, status (*how)(struct call *, struct site *, uint64_t, struct reason *))
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *o = NULL;
	struct reason why = { "" };
	struct site *site = NULL;
	bool go = false;
	status rc = call_object(c, row->as, "Identity", in, &o);

	if (rc || !o)
		return rc;
	rc = call_should_process(c, row->row->name, call_target(c, o), &go);
	if (!rc && go)
		rc = call_site(c, &site);
	if (rc || !go)
		return rc;
	rc = how(c, site, o->id, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, call_target(c, o));
	return ecNone;
}

static status disable(struct call *c, struct site *site, uint64_t id, struct reason *why)
{
	(void)c;
	return site_disable_mailbox(site, id, why);
}

status mailbox_disable(struct call *c, const struct value *in)
{
	return take_away(c, in, disable);
}

static status delete(struct call *c, struct site *site, uint64_t id, struct reason *why)
{
	return site_delete_mailbox(site, id, call_switch(c, "Permanent"), why);
}

status mailbox_remove(struct call *c, const struct value *in)
{
	return take_away(c, in, delete);
}

static status purge(struct call *c, struct site *site, uint64_t id, struct reason *why)
{
	unsigned purged = 0;

	(void)c;
	return site_purge(site, id, &purged, why);
}

status store_mailbox_remove(struct call *c, const struct value *in)
{
	return take_away(c, in, purge);
}

status mailbox_connect(struct call *c, const struct value *in)
{
	const struct directory_object *mailbox = NULL, *user = NULL;
	struct reason why = { "" };
	struct site *site = NULL;
	bool go = false;
	status rc = call_object(c, directory_class("DisconnectedMailbox"), "Identity", in, &mailbox);

	if (rc || !mailbox)
		return rc;
	rc = call_object(c, directory_class("User"), "User", NULL, &user);
	if (rc || !user)
		return rc;
	rc = call_should_process(c, "Connect-Mailbox", call_target(c, user), &go);
	if (!rc && go)
		rc = call_site(c, &site);
	if (rc || !go)
		return rc;
	rc = site_connect_mailbox(site, mailbox->id, user->id, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, call_target(c, user));
	return ecNone;
}
