/*
 * The public folder store (store/public_folders.h) as clients log on to it: made when somebody first does.
 */
#ifndef SERVER_PUBLIC_STORE_H
#define SERVER_PUBLIC_STORE_H

#include "rop/rops_logon.h"
#include "server/host.h"
#include "store/mailbox.h"

struct logon;

/* Its mailbox, made when there is none. */
status public_store_find(struct host *h, struct directory *d, struct guid *mailbox, struct reason *why) MUST;
/* Its folders, as ids on the wire, in the order of the logon's response; made when they are not there. */
status public_store_folders(struct mailbox *m, struct rop_folder_ids *out) MUST;

/* Folders of the logon's store were deleted; public ones that had addresses have none any more. The mailbox is locked, nothing uncommitted. */
void public_store_deleted(struct logon *l);

#endif
