/*
 * The public folder store: a mailbox that belongs to nobody in particular, made when somebody first logs on to it.  Its public
 * folders stand below one folder of its root ([MS-OXCSTOR] 2.2.1.1.4):
 *
 *     Public Root / IPM_SUBTREE / what people make
 *                 / NON_IPM_SUBTREE / EFORMS REGISTRY
 *
 * Everybody who has a mailbox may see the tree, read, write and make folders of their own; administrators may do everything.
 */
#ifndef SERVER_PUBLIC_STORE_H
#define SERVER_PUBLIC_STORE_H

#include "rop/rops_logon.h"
#include "server/host.h"
#include "store/mailbox.h"

/* Its mailbox, made when there is none. */
status public_store_find(struct host *h, struct directory *d, struct guid *mailbox, struct reason *why) MUST;
/* Its folders, as ids on the wire, in the order of the logon's response; made when they are not there. */
status public_store_folders(struct mailbox *m, struct rop_folder_ids *out) MUST;

#endif
