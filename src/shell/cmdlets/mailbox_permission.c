/* Get-, Add-, Set- and Remove-MailboxFolderPermission: who may do what in a folder. */
#include "shell/cmdlets/folder_permission.h"

static const char *const columns[] = { "FolderName", "User", "AccessRights", NULL };
static const struct permission_noun noun = { .noun = "MailboxFolderPermission", .type = { "MailboxFolderPermission", columns }, .has_set = true };

static status get_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	status rc = mailbox_open_folder(c, "Identity", &o);

	(void)in;
	return rc || !o.mailbox ? rc : folder_permissions_get(c, &noun, &o);
}

static status change(struct call *c, enum permission_change what)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	uint32_t rights = 0;
	bool good = true;
	status rc = what == PERMISSION_REMOVE ? ecNone : folder_permission_rights(c, &rights, &good);

	if (rc || !good)
		return rc;
	rc = mailbox_open_folder(c, "Identity", &o);
	return rc || !o.mailbox ? rc : folder_permission_change(c, &noun, what, rights, &o);
}

static status add_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, PERMISSION_ADD);
}

static status set_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, PERMISSION_SET);
}

static status remove_process(struct call *c, const struct value *in)
{
	(void)in;
	return change(c, PERMISSION_REMOVE);
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
