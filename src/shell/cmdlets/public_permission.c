/* Get-, Add- and Remove-PublicFolderClientPermission: who may do what in a public folder. */
#include "shell/cmdlets/folder_permission.h"
#include "shell/cmdlets/public_open.h"

static const char *const columns[] = { "Identity", "User", "AccessRights", NULL };
static const struct permission_noun noun = { .noun = "PublicFolderClientPermission", .type = { "PublicFolderClientPermission", columns } };

static status get_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	status rc = public_open_folder(c, "Identity", in, false, &p);

	return rc || !p.open.mailbox ? rc : folder_permissions_get(c, &noun, &p.open);
}

static status change(struct call *c, const struct value *in, enum permission_change what)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	uint32_t rights = 0;
	bool good = true;
	status rc = call_has(c, "AccessRights") ? folder_permission_rights(c, &rights, &good) : ecNone;

	if (rc || !good)
		return rc;
	rc = public_open_folder(c, "Identity", in, false, &p);
	return rc || !p.open.mailbox ? rc : folder_permission_change(c, &noun, what, rights, &p.open);
}

static status add_process(struct call *c, const struct value *in)
{
	return change(c, in, PERMISSION_ADD);
}

static status remove_process(struct call *c, const struct value *in)
{
	return change(c, in, PERMISSION_REMOVE);
}

#define FOLDER                                                                                                                                  \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_NAME | PARAMETER_BY_VALUE, \
	  .complete = public_complete, .help = PUBLIC_FOLDER_HELP }
#define USER(MORE) { .name = "User", .type = PARAMETER_TEXT, .position = 2, .flags = (MORE) | PARAMETER_BY_NAME, .help = "Who: anybody of the directory, Default or Anonymous." }
#define RIGHTS(MORE, WHAT)                                                                                \
	{ .name = "AccessRights", .type = PARAMETER_TEXT, .position = 3, .flags = (MORE) | PARAMETER_LIST, \
	  .help = "Roles (Owner, PublishingEditor, Editor, PublishingAuthor, Author, NonEditingAuthor, Reviewer, Contributor, None) or rights (CreateItems ...)" WHAT }

static const struct parameter get_parameters[] = { FOLDER, USER(0), { .name = NULL } };
static const struct parameter add_parameters[] = { FOLDER, USER(PARAMETER_MANDATORY), RIGHTS(PARAMETER_MANDATORY, "."), { .name = NULL } };
static const struct parameter remove_parameters[] = { FOLDER, USER(PARAMETER_MANDATORY), RIGHTS(0, "; all unless given."), { .name = NULL } };

static const struct cmdlet get_permission = {
	.name = "Get-PublicFolderClientPermission",
	.synopsis = "Shows who may do what in a public folder.",
	.parameters = get_parameters,
	.output = "PublicFolderClientPermission",
	.example = "Get-PublicFolderClientPermission \\Marketing\nGet-PublicFolder -Recurse | Get-PublicFolderClientPermission -User Default",
	.flags = CMDLET_INPUT,
	.process = get_process,
};
static const struct cmdlet add_permission = {
	.name = "Add-PublicFolderClientPermission",
	.synopsis = "Gives somebody rights in a public folder, beside those that they have.",
	.parameters = add_parameters,
	.output = "PublicFolderClientPermission",
	.example = "Add-PublicFolderClientPermission \\Marketing -User bob -AccessRights PublishingEditor\n"
		   "Add-PublicFolderClientPermission \\Marketing -User Anonymous -AccessRights CreateItems",
	.flags = CMDLET_WHAT_IF | CMDLET_INPUT,
	.process = add_process,
};
static const struct cmdlet remove_permission = {
	.name = "Remove-PublicFolderClientPermission",
	.synopsis = "Takes rights in a public folder from somebody; who has none of their own has those of Default.",
	.parameters = remove_parameters,
	.example = "Remove-PublicFolderClientPermission \\Marketing -User bob\n"
		   "Remove-PublicFolderClientPermission \\Marketing -User Default -AccessRights CreateItems",
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM | CMDLET_INPUT,
	.process = remove_process,
};

const struct cmdlet *const public_permission_cmdlets[] = { &get_permission, &add_permission, &remove_permission, NULL };
