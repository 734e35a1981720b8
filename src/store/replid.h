/*
 * Short numbers of replicas (REPLIDs, [MS-OXCSTOR] 3.2.5.8, 3.2.5.9): that of the mailbox itself, and those of others that somebody
 * asked about.  Once given a number stays.
 */
#ifndef STORE_REPLID_H
#define STORE_REPLID_H

#include "store/mailbox.h"

#define ecParameterOverflow 0x00000450u

#define REPLID_OWN 1u
#define REPLID_MAX 32768u

/* Zeros are ecInvalidParam. A new one gets a number, in the open transaction; ecParameterOverflow when there is none left. */
status replid_of(struct mailbox *m, const struct guid *replica, uint16_t *replid) MUST;
/* ecNotFound: nobody has that number. */
status replid_guid(struct mailbox *m, uint16_t replid, struct guid *out) MUST;
/* All, by number. */
struct replid {
	uint16_t replid;
	struct guid guid;
};
status replid_list(struct mailbox *m, struct arena *arena, struct replid **out, size_t *n) MUST;

#endif
