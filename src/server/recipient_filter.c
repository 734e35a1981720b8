#include "server/recipient_filter.h"

#include <string.h>
#include <strings.h>

void recipient_traits(const struct directory_object *o, struct recipient_traits *out)
{
	const char *details = directory_text(o, "RecipientTypeDetails");

	*out = (struct recipient_traits){ .group = o->kind == KIND_GROUP,
					  .folder = o->kind == KIND_PUBLIC_FOLDER,
					  .mailbox = o->kind != KIND_GROUP && directory_is_set(o, "ExchangeGuid"),
					  .department = directory_text(o, "Department"),
					  .company = directory_text(o, "Company") };
	out->resource = !out->group && details && (strcmp(details, "RoomMailbox") == 0 || strcmp(details, "EquipmentMailbox") == 0);
}

static bool is_one_of(const struct directory_object *filter, const char *attribute, const char *text)
{
	size_t n = 0;
	const struct directory_value *v = directory_values(filter, attribute, &n);

	for (size_t i = 0; i < n; i++)
		if (text && strcasecmp(v[i].text, text) == 0)
			return true;
	return n == 0;
}

static bool is_of_kind(const char *included, const struct recipient_traits *t)
{
	if (strcasecmp(included, "AllRecipients") == 0)
		return true;
	if (strcasecmp(included, "MailGroups") == 0)
		return t->group;
	if (strcasecmp(included, "Resources") == 0)
		return t->resource;
	if (strcasecmp(included, "MailboxUsers") == 0)
		return t->mailbox && !t->resource;
	/* Those known by an address only. */
	return strcasecmp(included, "MailContacts") == 0 && !t->group && !t->mailbox && !t->folder;
}

bool recipient_included(const struct directory_object *filter, const struct recipient_traits *t)
{
	const char *included = directory_text(filter, "IncludedRecipients");

	return is_of_kind(included ? included : "AllRecipients", t) && is_one_of(filter, "ConditionalDepartment", t->department) &&
	       is_one_of(filter, "ConditionalCompany", t->company);
}
