/* What the parts of a check share. */
#ifndef STORE_CHECK_PRIVATE_H
#define STORE_CHECK_PRIVATE_H

#include "store/check.h"
#include "store/message_private.h"

struct checking {
	struct mailbox *m;
	const struct mailbox_check_options *options;
	struct mailbox_check_summary *summary;
	uint64_t last_id; /* the highest id or change number that was met */
};

struct found {
	enum mailbox_check_kind kind;
	uint64_t folder, message;
	bool lossless; /* what repair does loses nothing */
	bool fixable;  /* repair can do something */
};

/* Counts and tells; true when it is to be repaired now. */
bool check_found(struct checking *c, const struct found *f, const char *format, ...) PRINTF(3, 4);

/* Every message against its content, with what repair can make of it. */
status check_messages(struct checking *c) MUST;
/* Folders, their counters, what nobody refers to. */
status check_tree(struct checking *c) MUST;
status check_orphans(struct checking *c) MUST;
status check_counters(struct checking *c) MUST;
/* check_marks.c */
status check_marks(struct checking *c) MUST;
/* check_words.c; outside of a transaction. *anew: the index is to be made anew, in the repair's. */
status check_words(struct checking *c, bool *anew) MUST;

#endif
