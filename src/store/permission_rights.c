/* Rights by the names that administrators know. */
#include "store/permission.h"

#include <strings.h>

#define FREE_BUSY (RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED)

#define REVIEWER (RIGHT_READ_ANY | RIGHT_VISIBLE)
#define NON_EDITING_AUTHOR (REVIEWER | RIGHT_CREATE | RIGHT_DELETE_OWNED)
#define AUTHOR (NON_EDITING_AUTHOR | RIGHT_EDIT_OWNED)
#define EDITOR (AUTHOR | RIGHT_EDIT_ANY | RIGHT_DELETE_ANY)

static const struct named_rights {
	const char *name;
	uint32_t rights;
	bool role;
} names[] = {
	{ "Owner", EDITOR | RIGHT_CREATE_SUBFOLDER | RIGHT_OWNER | RIGHT_CONTACT, true },
	{ "PublishingEditor", EDITOR | RIGHT_CREATE_SUBFOLDER, true },
	{ "Editor", EDITOR, true },
	{ "PublishingAuthor", AUTHOR | RIGHT_CREATE_SUBFOLDER, true },
	{ "Author", AUTHOR, true },
	{ "NonEditingAuthor", NON_EDITING_AUTHOR, true },
	{ "Reviewer", REVIEWER, true },
	{ "Contributor", RIGHT_CREATE | RIGHT_VISIBLE, true },
	{ "LimitedDetails", FREE_BUSY, true },
	{ "AvailabilityOnly", RIGHT_FREE_BUSY_SIMPLE, true },
	{ "None", 0, true },
	{ "ReadItems", RIGHT_READ_ANY, false },
	{ "CreateItems", RIGHT_CREATE, false },
	{ "EditOwnedItems", RIGHT_EDIT_OWNED, false },
	{ "DeleteOwnedItems", RIGHT_DELETE_OWNED, false },
	{ "EditAllItems", RIGHT_EDIT_ANY | RIGHT_EDIT_OWNED, false },
	{ "DeleteAllItems", RIGHT_DELETE_ANY | RIGHT_DELETE_OWNED, false },
	{ "CreateSubfolders", RIGHT_CREATE_SUBFOLDER, false },
	{ "FolderOwner", RIGHT_OWNER, false },
	{ "FolderContact", RIGHT_CONTACT, false },
	{ "FolderVisible", RIGHT_VISIBLE, false },
};

static const size_t n_names = sizeof names / sizeof *names;

bool rights_parse(const char *name, uint32_t *rights)
{
	for (size_t i = 0; i < n_names; i++)
		if (strcasecmp(names[i].name, name) == 0) {
			*rights = names[i].rights;
			return true;
		}
	return false;
}

const char *rights_name(size_t i)
{
	return i < n_names ? names[i].name : NULL;
}

/* Whoever may read sees the times too: those bits say nothing more then. */
static uint32_t telling(uint32_t rights)
{
	return rights & RIGHT_READ_ANY ? rights & ~(uint32_t)FREE_BUSY : rights;
}

const char *rights_role(uint32_t rights)
{
	for (size_t i = 0; i < n_names && names[i].role; i++)
		if (names[i].rights == telling(rights))
			return names[i].name;
	return NULL;
}

/* Is it a name for one right (or the two of a calendar), not for a collection? */
static bool is_single(const struct named_rights *n)
{
	return !n->role || !(n->rights & ~(uint32_t)FREE_BUSY);
}

void rights_format(uint32_t rights, struct buf *out)
{
	const char *role = rights_role(rights), *between = "";
	uint32_t unsaid = telling(rights);

	if (role) {
		buf_add_str(out, role);
		return;
	}
	for (size_t i = 0; i < n_names; i++) {
		if (!is_single(&names[i]) || (rights & names[i].rights) != names[i].rights || !(unsaid & names[i].rights))
			continue;
		buf_printf(out, "%s%s", between, names[i].name);
		between = ", ";
		unsaid &= ~names[i].rights;
	}
}

uint32_t rights_complete(uint32_t rights)
{
	if (rights & RIGHT_EDIT_ANY)
		rights |= RIGHT_EDIT_OWNED;
	if (rights & RIGHT_DELETE_ANY)
		rights |= RIGHT_DELETE_OWNED;
	if (rights & RIGHT_FREE_BUSY_DETAILED)
		rights |= RIGHT_FREE_BUSY_SIMPLE;
	return rights;
}
