/* Enable- and Disable-MailPublicFolder: addresses of public folders. Get- and Set- are of the directory alone (directory_table.c). */
#include "store/public_mail.h"

#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "shell/cmdlets/public_open.h"

static status enable_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	struct directory_value hidden = { .number = call_switch(c, "HiddenFromAddressListsEnabled") };
	const struct directory_setting setting = { "HiddenFromAddressListsEnabled", DIRECTORY_SET, &hidden, 1 };
	struct reason why = { "" };
	bool go = false;
	uint64_t id = 0;
	status rc = public_open_folder(c, "Identity", in, false, &p);

	if (rc || !p.open.mailbox)
		return rc;
	if (public_is_place(&p, p.open.folder))
		return call_error(c, ecAccessDenied, "%s: every store has this folder; it cannot have addresses", p.open.where);
	rc = call_should_process(c, "Enable-MailPublicFolder", p.open.where, &go);
	if (rc || !go)
		return rc;
	rc = public_mail_enable(site_directory(p.open.site), p.open.mailbox, p.open.folder, &setting, hidden.number ? 1 : 0, &id, &why);
	if (rc) {
		(void)reason_prefix(&why, rc, "%s", p.open.where);
		return call_report(c, rc, &why);
	}
	log_change(c, p.open.where);
	return ecNone;
}

/* Where there is no store any more the address goes alone. */
static status disable_now(struct call *c, const struct directory_object *o)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	struct reason why = { "" };
	struct directory *d = NULL;
	struct guid store;
	status rc = call_directory(c, &d);

	if (rc)
		return rc;
	if (public_folders_mailbox(d, &store, NULL) == ecNotFound) {
		rc = directory_remove(d, o->id, &why);
	} else {
		rc = public_open(c, false, &p);
		if (rc || !p.open.mailbox)
			return rc;
		rc = public_mail_disable(d, p.open.mailbox, o, &why);
	}
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, call_target(c, o));
	return ecNone;
}

status mail_public_folder_disable(struct call *c, const struct value *in)
{
	const struct directory_object *o = NULL;
	bool go = false;
	status rc = call_object(c, directory_cmdlet_of(c)->as, "Identity", in, &o);

	if (rc || !o)
		return rc;
	rc = call_should_process(c, "Disable-MailPublicFolder", call_target(c, o), &go);
	return rc || !go ? rc : disable_now(c, o);
}

static const struct parameter enable_parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE | PARAMETER_BY_NAME,
	  .complete = public_complete, .help = PUBLIC_FOLDER_HELP },
	{ .name = "HiddenFromAddressListsEnabled", .type = PARAMETER_BOOL, .help = "Not shown in address lists." },
	{ .name = NULL },
};

static const struct cmdlet enable = {
	.name = "Enable-MailPublicFolder",
	.synopsis = "Gives addresses to a public folder: what is sent there comes into it, of whoever may create items in it.",
	.parameters = enable_parameters,
	.example = "Enable-MailPublicFolder \\Marketing\nGet-PublicFolder \\Marketing -GetChildren | Enable-MailPublicFolder",
	.flags = CMDLET_WHAT_IF | CMDLET_INPUT,
	.process = enable_process,
};

const struct cmdlet *const public_mail_cmdlets[] = { &enable, NULL };
