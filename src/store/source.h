/*
 * A mailbox as a source: everything in it, from its root down, or from one folder down.  The same, in the same order,
 * each time it runs while nothing changes it.
 */
#ifndef STORE_SOURCE_H
#define STORE_SOURCE_H

#include "store/mailbox.h"

struct mailbox_source_options {
	uint64_t folder;       /* with what is below; 0: all */
	bool untouched;        /* special folders too that are empty and as every mailbox has them */
	bool deleted;          /* recoverable items too: in a folder of their own, of that name */
	bool no_associated;
};

struct mailbox_source;

/* The mailbox stays the caller's. `o` may be NULL. */
status mailbox_source_new(struct mailbox *m, const struct mailbox_source_options *o, struct mailbox_source **out,
			  struct reason *why) MUST;
struct item_source *mailbox_source_source(struct mailbox_source *s);
void mailbox_source_free(struct mailbox_source *s); /* NULL is fine */

#endif
