/*
 * What people have read in public folders ([MS-OXCSTOR] 3.1.1, 3.2.5.10 to 3.2.5.13): for each folder a set of change numbers, a row of
 * the per-user data table.  In a private mailbox they are its owner's, as a client has left them there; in the store of the public folders they are
 * everybody's, and say what of its messages is read (store/read_marks.h).
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
	uint64_t changed;    /* of a folder of the mailbox's own: the change number of its last change; else 0 */
};

/* The name of a folder of the mailbox's own. */
void per_user_key(const struct mailbox *m, uint64_t folder, uint8_t key[PER_USER_FOLDER_SIZE]);

/* `person` NULL: the owner of the mailbox. ecNotFound: nothing is known. */
status per_user_get(struct mailbox *m, const struct guid *person, const uint8_t folder[PER_USER_FOLDER_SIZE], struct arena *arena,
		    struct per_user *out) MUST;
/* In a transaction. */
status per_user_set(struct mailbox *m, const struct guid *person, const struct per_user *p) MUST;
/* In a transaction: nobody has read anything in a folder of the mailbox's own, which goes. */
status per_user_forget(struct mailbox *m, uint64_t folder) MUST;
/* The folders of one store, without their data. */
status per_user_list(struct mailbox *m, const struct guid *person, const struct guid *replica, struct arena *arena,
		     struct per_user **out, size_t *n) MUST;

#endif
