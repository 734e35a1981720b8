/*
 * Read or not, and the receipts that wait for it ([MS-OXCMSG] 3.2.5.10, 3.2.5.11).  What is set is committed at once; the version of a
 * message and the time it was modified stay.
 *
 * In public folders it is the user's own state that is set (store/read_marks.h); the message stays as it is for all others, and so does who waits for
 * a receipt: none is sent.
 */
#ifndef SERVER_READ_STATE_H
#define SERVER_READ_STATE_H

#include "server/logon.h"

/* ReadFlags [MS-OXCMSG] 2.2.3.10.1; others are not looked at. */
enum read_flags {
	READ_SUPPRESS_RECEIPT = 0x01,
	READ_CLEAR_READ = 0x04,
	READ_RECEIPT_ONLY = 0x10,
	READ_CLEAR_NOTIFY_READ = 0x20,
	READ_CLEAR_NOTIFY_UNREAD = 0x40,
};

/*
 * These of the folder, ids as on the wire; none: all that are not associated.  *partial: some could not be changed.
 */
status read_state_set(struct logon *l, uint64_t folder, const uint64_t *wire_ids, size_t n, unsigned flags, bool *partial) MUST;
/* *changed: it was read before and is not now, or the other way. */
status read_state_set_one(struct logon *l, uint64_t id, unsigned flags, bool *changed) MUST;

#endif
