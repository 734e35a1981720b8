/*
 * Recoverable items do not stay for ever: what was deleted longer ago than RetainDeletedItemsFor goes for good, and the
 * oldest before that when they are more than may be.  In batches, so that nobody waits long for the mailbox.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/mailbox.h"

#define RETENTION_BATCH 500u

struct retention {
	uint64_t keep_for;   /* FILETIME units; UINT64_MAX: for ever */
	uint64_t keep_bytes; /* of all recoverable items together; UINT64_MAX: any number */
	uint64_t batch;      /* messages in a transaction; 0: RETENTION_BATCH */
};

struct retention_result {
	uint64_t messages, bytes;
};

/*
 * One batch; *more says whether there may be another.  The mailbox must not be in a transaction.  What was done is added to
 * `out`, also by the batches before one that fails.
 */
status retention_step(struct mailbox *m, const struct retention *r, struct retention_result *out, bool *more) MUST;
/* All of them. */
status retention_run(struct mailbox *m, const struct retention *r, struct retention_result *out) MUST;

#endif
