/*
 * Inside store: what an import has done so far, kept in the mailbox in the transactions of the messages themselves.  An
 * interrupted import so knows exactly which items are there, and an item that a person deleted since does not come back.
 *
 *   import_source     a file as it was then: an identity that changes when the file does
 *   import_item       its items, and the messages they became (or were found to be)
 *   import_reference  messages with ids of the source in them, to be written anew at the end
 */
#ifndef STORE_IMPORT_JOURNAL_H
#define STORE_IMPORT_JOURNAL_H

#include "store/mailbox.h"

struct import_journal {
	struct mailbox *m;
	int64_t source;
	uint64_t items; /* that an earlier run has done */
	bool finished;  /* an earlier run came to its end */
	bool lasting;   /* the source has an identity: the journal stays */
};

/*
 * Finds what is known of the source, or begins a journal for it: without an identity always, and with `anew` too.  The
 * mailbox must not be in a transaction.
 */
status import_journal_open(struct mailbox *m, struct bytes identity, const char *name, bool anew, struct import_journal *out,
			   struct reason *why) MUST;
/* The message that an item became; *message is 0 when it is not known. */
status import_journal_find(struct import_journal *j, uint64_t item, uint64_t *message) MUST;
/* Has an item of this source become that message, or been found to be it? */
status import_journal_has(struct import_journal *j, uint64_t message, bool *has) MUST;
/* These change something: within a transaction. */
status import_journal_add(struct import_journal *j, uint64_t item, uint64_t message) MUST;
status import_journal_add_reference(struct import_journal *j, uint64_t message) MUST;
/* The next message above `after` that holds ids of the source; *message is 0 at the end. */
status import_journal_reference(struct import_journal *j, uint64_t after, uint64_t *message) MUST;
/* It is done: no references are left, and the time is noted. */
status import_journal_finish(struct import_journal *j) MUST;

#endif
