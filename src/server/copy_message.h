/* Messages moved and copied, within a mailbox and from one to another ([MS-OXCFOLD] 3.2.5.6). */
#ifndef SERVER_COPY_MESSAGE_H
#define SERVER_COPY_MESSAGE_H

#include "server/logon.h"

/*
 * Ids as on the wire.  What is not there or may not be copied stays, and *partial becomes true.  Both mailboxes are locked.  A message
 * that goes to another mailbox is written there before it is deleted here.  ecShutoffQuotaExceeded; ecAccessDenied: nothing may be
 * put into the destination.
 */
status copy_messages(struct logon *from, uint64_t from_folder, struct logon *to, uint64_t to_folder, const uint64_t *wire_ids, size_t n,
		     bool copy, bool *partial) MUST;
/* One, in the transactions that are open. */
status copy_message(struct logon *from, struct logon *to, uint64_t to_folder, uint64_t id) MUST;

#endif
