/*
 * The public folder store: a mailbox that belongs to nobody in particular, the only one of its kind in a site.  Its public folders
 * stand below one folder of its root ([MS-OXCSTOR] 2.2.1.1.4):
 *
 *     Public Root / IPM_SUBTREE / what people make
 *                 / NON_IPM_SUBTREE / EFORMS REGISTRY
 *
 * Everybody who has a mailbox may see the tree, read, write and make folders of their own; administrators may do everything.
 */
#ifndef STORE_PUBLIC_FOLDERS_H
#define STORE_PUBLIC_FOLDERS_H

#include "store/directory.h"
#include "store/mailbox.h"

/* What its mailbox is called in the directory. */
#define PUBLIC_FOLDERS_NAME "Public Folders"

enum public_place { PUBLIC_ROOT, PUBLIC_IPM_SUBTREE, PUBLIC_NON_IPM_SUBTREE, PUBLIC_EFORMS_REGISTRY, PUBLIC_PLACES };

/* Its mailbox (ExchangeGuid). ecNotFound: nobody needed it yet. */
status public_folders_mailbox(struct directory *d, struct guid *mailbox, struct reason *why) MUST;
/* What site_create_mailbox is to be given where there is none; the mailbox is PUBLIC_FOLDERS_NAME. */
const struct directory_setting *public_folders_settings(size_t *n);
/* Its folders, made when they are not there. */
status public_folders_places(struct mailbox *m, uint64_t id[static PUBLIC_PLACES]) MUST;

#endif
