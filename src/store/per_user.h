/*
 * What people have read in public folders ([MS-OXCSTOR] 3.1.1.4, 3.2.5.10 to 3.2.5.13): for each folder a set of change numbers,
 * as the client keeps it.  In a private mailbox they are its owner's.
 */
#ifndef STORE_PER_USER_H
#define STORE_PER_USER_H

#include "store/mailbox.h"

#define PER_USER_FOLDER_SIZE 22u /* REPLGUID and counter: a LongTermID without its padding */
#define PER_USER_DATA_MAX ((size_t)1 << 20)

struct per_user {
	uint8_t folder[PER_USER_FOLDER_SIZE];
	struct guid replica; /* of the store that the folder is in */
	struct bytes data;   /* serialized IDSET with REPLGUIDs */
};

/* `person` NULL: the owner of the mailbox. ecNotFound: nothing is known. */
status per_user_get(struct mailbox *m, const struct guid *person, const uint8_t folder[PER_USER_FOLDER_SIZE], struct arena *arena,
		    struct per_user *out) MUST;
/* In a transaction. */
status per_user_set(struct mailbox *m, const struct guid *person, const struct per_user *p) MUST;
/* The folders of one store, without their data. */
status per_user_list(struct mailbox *m, const struct guid *person, const struct guid *replica, struct arena *arena,
		     struct per_user **out, size_t *n) MUST;

#endif
