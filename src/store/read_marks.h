/*
 * What one person has read in public folders ([MS-OXCSTOR] 3.1.1): while mailbox_read_as says whose eyes look, a message is read
 * when the change number of its version is among that person's marks of the folder.  So another version of it is unread for all,
 * but for who made it; and marking takes no row of a message.  Associated messages have no marks: what their row says holds.
 *
 * The marks of a person in a folder are one set of change numbers, in the form in which clients get it (store/per_user.h).  Change numbers of
 * no message of the folder that stand between two that are read are marked too: a folder of which all was read is one range, and the set
 * grows with how often read and unread alternate, not with the messages.
 *
 * Sets of the folders that were asked for last stay in memory; what was marked is written when the transaction is committed.
 */
#ifndef STORE_READ_MARKS_H
#define STORE_READ_MARKS_H

#include "rop/idset.h"
#include "store/message.h"

/* Of one person in one folder; their bytes are less than PER_USER_DATA_MAX. */
#define READ_MARKS_RANGES_MAX 65536u

/* Does somebody look whose marks count? */
bool read_marks_on(const struct mailbox *m);
const struct guid *read_marks_person(const struct mailbox *m); /* NULL: nobody */
/* `read` and `flags` of a message become what that person sees, which has no "ever read" of its own.  Without anybody they stay. */
status read_marks_see(struct mailbox *m, struct message_info *i) MUST;
/* The same of PidTagMessageFlags alone, of a message that is not associated. */
status read_marks_flags(struct mailbox *m, uint64_t folder, uint64_t cn, uint64_t *flags) MUST;
/* The messages of a folder, neither associated nor deleted, that the person has not read. */
status read_marks_unread(struct mailbox *m, uint64_t folder, uint64_t *n) MUST;
/* The marks in this replica, NULL when there are none, and the change number of their last change, 0 when there was none; until the next call. */
status read_marks_of(struct mailbox *m, uint64_t folder, const struct globset **marks, uint64_t *changed) MUST;

/* In a transaction. ecTooBig: more than READ_MARKS_RANGES_MAX ranges. */
status read_marks_set(struct mailbox *m, const struct message_info *i, bool read) MUST;
/*
 * A version of a message is there that the person made: it is read when the one that it was made of is, `was`, or, when that is NULL, when it says so
 * itself.  `tell`: a client that knows it as unread is to be told.  Where there is no room for another range it is unread.
 */
status read_marks_follow(struct mailbox *m, const struct message_info *now, const struct message_info *was, bool tell) MUST;
/* All marks of a folder become these ([MS-OXCSTOR] 3.2.5.13), a serialized IDSET with REPLGUIDs. ecCorruptData: it is none. */
status read_marks_replace(struct mailbox *m, uint64_t folder, struct bytes data) MUST;

#endif
