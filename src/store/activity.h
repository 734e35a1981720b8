/*
 * What went on in a folder since it was made, beside what is in it now: properties of folders that only ever grow
 * ([MS-OXCFOLD] 2.2.2.2.1).  Kept with every commit, whoever makes it.
 */
#ifndef STORE_ACTIVITY_H
#define STORE_ACTIVITY_H

#include "store/mailbox.h"

struct activity {
	uint64_t hierarchy; /* subfolders that were added, moved or deleted */
	uint64_t deleted;   /* messages that were deleted from it */
	uint64_t changed;   /* FILETIME of the last change of a message or subfolder directly in it; 0: none */
};

/* Of a folder in which nothing happened all are 0. */
status activity_get(struct mailbox *m, uint64_t folder, struct activity *out) MUST;
/* For mailbox_open. */
status activity_attach(struct mailbox *m) MUST;

#endif
