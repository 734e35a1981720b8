#include "server/public_store.h"

#include "server/logon.h"
#include "store/folder.h"
#include "store/permission.h"

#define KIND "PublicFolderMailbox"
#define NAME "Public Folders"
#define WORK_MOST ((size_t)1 << 20)

/* The mailbox ------------------------------------------------------------------------------------------------------------ */

static status find(struct directory *d, struct guid *mailbox, struct reason *why)
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
	return directory_guid(o, "ExchangeGuid", mailbox) ? ecNone : ecNotFound;
}

static status make(struct host *h, struct reason *why)
{
	struct directory_value kind = { .text = KIND }, yes = { .number = 1 }, no = { .number = 0 };
	const struct directory_setting settings[] = {
		{ "RecipientTypeDetails", DIRECTORY_SET, &kind, 1 },
		{ "HiddenFromAddressListsEnabled", DIRECTORY_SET, &yes, 1 },
		{ "AccountDisabled", DIRECTORY_SET, &yes, 1 },
		{ "UseDatabaseQuotaDefaults", DIRECTORY_SET, &no, 1 },
	};

	return host_create_mailbox(h, NAME, settings, sizeof settings / sizeof *settings, why);
}

status public_store_find(struct host *h, struct directory *d, struct guid *mailbox, struct reason *why)
{
	status s = find(d, mailbox, why);

	if (s != ecNotFound)
		return s;
	s = make(h, why);
	/* Two that were the first at once. */
	return s && s != ecDuplicateName ? s : find(d, mailbox, why);
}

/* Its folders -------------------------------------------------------------------------------------------------------------- */

static const struct public_folder {
	const char *name;
	int parent;		  /* in this table; -1: the root of the mailbox */
	uint32_t rights;	  /* of everybody */
	enum rop_public_logon_folder place;
} folders[] = {
	{ "Public Root", -1, RIGHT_VISIBLE, PUBLIC_LOGON_FOLDER_ROOT },
	{ "IPM_SUBTREE", 0, RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_CREATE | RIGHT_EDIT_OWNED | RIGHT_DELETE_OWNED | RIGHT_CREATE_SUBFOLDER,
	  PUBLIC_LOGON_FOLDER_IPM_SUBTREE },
	{ "NON_IPM_SUBTREE", 0, RIGHT_VISIBLE | RIGHT_READ_ANY, PUBLIC_LOGON_FOLDER_NON_IPM_SUBTREE },
	{ "EFORMS REGISTRY", 2, RIGHT_VISIBLE | RIGHT_READ_ANY, PUBLIC_LOGON_FOLDER_EFORMS_REGISTRY },
};

#define FOLDERS (sizeof folders / sizeof *folders)

static status find_all(struct mailbox *m, uint64_t id[static FOLDERS])
{
	uint64_t root = 0;
	status s = folder_by_role(m, MAILBOX_ROOT, &root);

	for (size_t i = 0; i < FOLDERS && !s; i++)
		s = folder_by_name(m, folders[i].parent < 0 ? root : id[folders[i].parent], folders[i].name, &id[i]);
	return s;
}

static status make_one(struct mailbox *m, const struct public_folder *f, uint64_t parent, uint64_t *id)
{
	status s = folder_by_name(m, parent, f->name, id);

	if (s != ecNotFound)
		return s;
	s = folder_create(m, parent, f->name, &(struct folder_options){ .class_name = "IPF.Note" }, id);
	return s ? s : permission_set(m, *id, MEMBER_DEFAULT, f->rights);
}

static status make_all(struct mailbox *m, uint64_t id[static FOLDERS])
{
	uint64_t root = 0;
	status s = mailbox_begin(m);

	if (!s)
		s = folder_by_role(m, MAILBOX_ROOT, &root);
	for (size_t i = 0; i < FOLDERS && !s; i++)
		s = make_one(m, &folders[i], folders[i].parent < 0 ? root : id[folders[i].parent], &id[i]);
	return s ? s : mailbox_commit(m);
}

status public_store_folders(struct mailbox *m, struct rop_folder_ids *out)
{
	struct rop_folder_ids ids = { { 0 } };
	uint64_t id[FOLDERS];
	status s = find_all(m, id);

	if (s == ecNotFound)
		s = make_all(m, id);
	for (size_t i = 0; i < FOLDERS && !s; i++)
		ids.id[folders[i].place] = id_from_counter(id[i]);
	if (!s)
		*out = ids;
	return s;
}
