/* What store/mailbox.c does for those who take turns. */
#ifndef STORE_TURNS_PRIVATE_H
#define STORE_TURNS_PRIVATE_H

#include "store/turns.h"

struct turns {
	bool mine;
	bool others;      /* have it open, or had: what is committed is told */
	int64_t process;
	int64_t number;   /* of the turn that was the last one of this handle */
	int64_t told;     /* the last of what is told that was read or written */
	int64_t told_committed;
};

/* Before anything else is read: takes the first turn. Nothing happens on a database that has none. */
status turns_begin(struct mailbox *m) MUST;
/* Within the transaction that makes these changes. */
status turns_tell(struct mailbox *m, const struct mailbox_change *changes, size_t n) MUST;
/* It was committed. */
void turns_told(struct mailbox *m);

#endif
