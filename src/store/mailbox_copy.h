/*
 * A copy of a mailbox of another server: it has that mailbox's identity, and its objects have the ids that they have there.  What is made here takes ids
 * that were granted by the server; a version that is made here has a change key in a namespace of the copy's own, so that nobody takes
 * it for one of the server's.  Special folders are those of the server and get their roles from whoever brings them.
 */
#ifndef STORE_MAILBOX_COPY_H
#define STORE_MAILBOX_COPY_H

#include "store/mailbox.h"

/* In an empty database, which is taken over, also when it fails; from then on mailbox_open opens it. Without any folder but the root, whose id is `root`. */
status mailbox_make_copy(struct sql *db, const struct clock *clock, const struct mailbox_identity *of, uint64_t root, struct mailbox **out,
			 struct reason *why) MUST;
bool mailbox_is_copy(const struct mailbox *m);
/* The namespace of change keys of versions that are made here; of a mailbox that is no copy, its replica. */
const struct guid *mailbox_change_space(const struct mailbox *m);

/* In a transaction. Ids first, first + 1 ... for what is made here; when none is left, nothing can be (ecTooBig). */
status mailbox_grant_ids(struct mailbox *m, uint64_t first, uint64_t n) MUST;
status mailbox_ids_left(struct mailbox *m, uint64_t *n) MUST;
/* In a transaction: the folder is the one of this role, and no other is. */
status mailbox_set_role(struct mailbox *m, uint64_t folder, enum mailbox_role role) MUST;
/* In a transaction: another mapping signature, that of the server now. */
status mailbox_set_mapping_signature(struct mailbox *m, const struct guid *signature) MUST;

/*
 * Called before a message is changed by message_set (`set`, `remove`) or written anew (`set` NULL), within the transaction; for who wants to know what it was.
 * One at a time.
 */
typedef status mailbox_before_change(void *context, struct mailbox *m, uint64_t message, const struct bag *set, const uint16_t *remove, size_t n);
void mailbox_watch_changes(struct mailbox *m, mailbox_before_change *before, void *context);

#endif
