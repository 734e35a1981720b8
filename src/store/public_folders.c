#include "store/public_folders.h"

#include "store/folder.h"
#include "store/permission.h"

#define KIND "PublicFolderMailbox"
#define WORK_MOST ((size_t)1 << 20)

/* The mailbox ------------------------------------------------------------------------------------------------------------ */

status public_folders_mailbox(struct directory *d, struct guid *mailbox, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(WORK_MOST);
	struct directory_value kind = { .text = KIND };
	struct directory_query q = { .as = directory_class("Mailbox"), .attribute = "RecipientTypeDetails", .value = &kind };
	const struct directory_object *o;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &q, &scratch, &ids, &n, why);

	if (!s && !n)
		return reason_set(why, ecNotFound, "there are no public folders yet");
	if (!s)
		s = directory_get(d, q.as, ids[0], &scratch, &o, why);
	if (s)
		return s;
	return directory_guid(o, "ExchangeGuid", mailbox) ? ecNone : reason_set(why, ecNotFound, "there are no public folders yet");
}

const struct directory_setting *public_folders_settings(size_t *n)
{
	static const struct directory_value kind = { .text = KIND }, yes = { .number = 1 }, no = { .number = 0 };
	static const struct directory_setting settings[] = {
		{ "RecipientTypeDetails", DIRECTORY_SET, &kind, 1 },
		{ "HiddenFromAddressListsEnabled", DIRECTORY_SET, &yes, 1 },
		{ "AccountDisabled", DIRECTORY_SET, &yes, 1 },
		{ "UseDatabaseQuotaDefaults", DIRECTORY_SET, &no, 1 },
	};

	*n = sizeof settings / sizeof *settings;
	return settings;
}

/* Its folders -------------------------------------------------------------------------------------------------------------- */

static const struct place {
	const char *name;
	int parent;      /* in this table; -1: the root of the mailbox */
	uint32_t rights; /* of everybody */
} places[PUBLIC_PLACES] = {
	[PUBLIC_ROOT] = { "Public Root", -1, RIGHT_VISIBLE },
	[PUBLIC_IPM_SUBTREE] = { "IPM_SUBTREE", PUBLIC_ROOT,
				 RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_CREATE | RIGHT_EDIT_OWNED | RIGHT_DELETE_OWNED | RIGHT_CREATE_SUBFOLDER },
	[PUBLIC_NON_IPM_SUBTREE] = { "NON_IPM_SUBTREE", PUBLIC_ROOT, RIGHT_VISIBLE | RIGHT_READ_ANY },
	[PUBLIC_EFORMS_REGISTRY] = { "EFORMS REGISTRY", PUBLIC_NON_IPM_SUBTREE, RIGHT_VISIBLE | RIGHT_READ_ANY },
};

static status find_all(struct mailbox *m, uint64_t id[static PUBLIC_PLACES])
{
	uint64_t root = 0;
	status s = folder_by_role(m, MAILBOX_ROOT, &root);

	for (size_t i = 0; i < PUBLIC_PLACES && !s; i++)
		s = folder_by_name(m, places[i].parent < 0 ? root : id[places[i].parent], places[i].name, &id[i]);
	return s;
}

static status make_one(struct mailbox *m, const struct place *p, uint64_t parent, uint64_t *id)
{
	status s = folder_by_name(m, parent, p->name, id);

	if (s != ecNotFound)
		return s;
	s = folder_create(m, parent, p->name, &(struct folder_options){ .class_name = "IPF.Note" }, id);
	return s ? s : permission_set(m, *id, MEMBER_DEFAULT, p->rights);
}

static status make_all(struct mailbox *m, uint64_t id[static PUBLIC_PLACES])
{
	uint64_t root = 0;
	status s = mailbox_begin(m);

	if (s)
		return s;
	s = folder_by_role(m, MAILBOX_ROOT, &root);
	for (size_t i = 0; i < PUBLIC_PLACES && !s; i++)
		s = make_one(m, &places[i], places[i].parent < 0 ? root : id[places[i].parent], &id[i]);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

status public_folders_places(struct mailbox *m, uint64_t id[static PUBLIC_PLACES])
{
	status s = find_all(m, id);

	return s == ecNotFound ? make_all(m, id) : s;
}
