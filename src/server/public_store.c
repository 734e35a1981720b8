#include "server/public_store.h"

#include "server/logon.h"
#include "server/session.h"
#include "store/public_folders.h"
#include "store/public_mail.h"

status public_store_find(struct host *h, struct directory *d, struct guid *mailbox, struct reason *why)
{
	const struct directory_setting *settings;
	size_t n;
	status s = public_folders_mailbox(d, mailbox, why);

	if (s != ecNotFound)
		return s;
	settings = public_folders_settings(&n);
	s = host_create_mailbox(h, PUBLIC_FOLDERS_NAME, settings, n, why);
	/* Two that were the first at once. */
	return s && s != ecDuplicateName ? s : public_folders_mailbox(d, mailbox, why);
}

status public_store_folders(struct mailbox *m, struct rop_folder_ids *out)
{
	static const enum rop_public_logon_folder order[PUBLIC_PLACES] = {
		[PUBLIC_ROOT] = PUBLIC_LOGON_FOLDER_ROOT,
		[PUBLIC_IPM_SUBTREE] = PUBLIC_LOGON_FOLDER_IPM_SUBTREE,
		[PUBLIC_NON_IPM_SUBTREE] = PUBLIC_LOGON_FOLDER_NON_IPM_SUBTREE,
		[PUBLIC_EFORMS_REGISTRY] = PUBLIC_LOGON_FOLDER_EFORMS_REGISTRY,
	};
	struct rop_folder_ids ids = { { 0 } };
	uint64_t id[PUBLIC_PLACES];
	status s = public_folders_places(m, id);

	for (size_t i = 0; i < PUBLIC_PLACES && !s; i++)
		ids.id[order[i]] = id_from_counter(id[i]);
	if (!s)
		*out = ids;
	return s;
}

void public_store_deleted(struct logon *l)
{
	struct host *h = l->object.session->host;
	struct directory *d = NULL;

	if (!l->public_store)
		return;
	/* What cannot be removed now is removed by the next sweep; meanwhile what is sent there comes back. */
	if (!host_directory(h, &d, NULL))
		(void)!public_mail_sweep(d, logon_mailbox(l), NULL);
	host_directory_return(h, d);
}
