/*
 * What one public folder may hold (Set-PublicFolder): with the folder's properties, in kilobytes as Exchange has them there.  Clients
 * neither see nor set them.
 */
#ifndef STORE_FOLDER_LIMITS_H
#define STORE_FOLDER_LIMITS_H

#include "store/quota.h"

#define FOLDER_POST_QUOTA 0x67210003u /* PR_PF_OVER_HARD_QUOTA_LIMIT */
#define FOLDER_ITEM_LIMIT 0x67220003u /* PR_PF_MSG_SIZE_LIMIT */

/* Bytes; QUOTA_UNLIMITED. */
struct folder_limits {
	uint64_t post_quota; /* nothing comes into a folder that holds more than this */
	uint64_t item;       /* no item is larger */
};

status folder_limits_get(struct mailbox *m, uint64_t folder, struct folder_limits *out) MUST;
/* Whole kilobytes, rounded up. Needs a transaction. */
status folder_limits_set(struct mailbox *m, uint64_t folder, const struct folder_limits *limits) MUST;
/*
 * May an item come in (`before` 0), or grow from so many bytes to so many?  ecTooBig: the item; ecQuotaExceeded: there is no room in
 * the folder.  What shrinks always may.
 */
status folder_limits_verdict(struct mailbox *m, uint64_t folder, uint64_t before, uint64_t now) MUST;

#endif
