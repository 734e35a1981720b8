/*
 * Fingerprints of messages that came without one: what a synchronisation brings to a copy is not summed up, which takes a tenth of the time, until somebody looks for
 * messages by what they hold.
 */
#ifndef STORE_MESSAGE_SUMS_H
#define STORE_MESSAGE_SUMS_H

#include "store/message.h"

/* While this is set, new messages of the copy get none. */
void message_sum_later(struct mailbox *m, bool later);
/* That of a message as it is now.  In a transaction. */
status message_sum(struct mailbox *m, uint64_t id, struct fingerprint *out) MUST;
/* All messages have one afterwards, but for those that cannot be read. Of a mailbox that is no copy there is nothing to do. In no transaction. */
status message_sum_all(struct mailbox *m) MUST;

#endif
