/*
 * Mail comes into a mailbox from somewhere else: a file of Outlook's, a folder of mail, another mailbox.  More than
 * store/sink.h does:
 *
 *   the same file twice adds nothing; several caches of one person become their union   (store/import_match.h)
 *   an import that was interrupted goes on where it was, when it is run again           (store/import_journal.h)
 *   ids with which objects of the source point at each other are written anew           (mapi/own_ids.h)
 *
 * An item that an earlier run of the same source brought and that was changed, moved or deleted since stays as it is.
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "store/sink.h"

struct import_options {
	const char *name;      /* of the source, for people */
	struct bytes identity; /* tells it from all others, and from itself when it has changed; empty: nothing does */
	uint64_t folder;       /* everything goes below it; 0: the mailbox itself */
	bool again;            /* forget what earlier runs did: only what is there now counts */
	bool anywhere;         /* what is in any folder is not added again */
	uint64_t batch;        /* messages between two commits; 0: what store/sink.h finds right */
};

struct import_counts {
	uint64_t added;
	uint64_t known;	   /* an earlier run of this source has brought them */
	uint64_t there;	   /* the same content was there */
	uint64_t older;	   /* a newer version is there */
	uint64_t replaced; /* they were newer than what was there */
	uint64_t mail;	   /* the same mail was there, from another kind of source */
	uint64_t ids;	   /* written anew */
	uint64_t dangling; /* ids that point to nothing that came over; left as they are */
	bool resumed;	   /* an earlier run had not come to its end */
};

struct import;

/* The mailbox stays the caller's, and must not be in a transaction. Texts and identity are copied. */
status import_new(struct mailbox *m, const struct import_options *o, struct import **out, struct reason *why) MUST;
struct item_sink *import_sink(struct import *i);
/* After the source came to its end. */
status import_finish(struct import *i, struct reason *why) MUST;
const struct import_counts *import_counts(const struct import *i);
void import_free(struct import *i); /* what is not committed is rolled back; NULL is fine */

#endif
