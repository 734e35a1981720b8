/*
 * Inside store: when are two items one?  Asked of an item that comes, about what the mailbox has.  In this order:
 *
 *   content     everything it holds is the same (the 128-bit fingerprint of mapi/fingerprint.h): it is there
 *   version     the same search key, and its change key and predecessor list ([MS-OXCFXICS] 2.2.1.2.7, 2.2.1.2.8) prove
 *               that one is an older version of the other: the newer one stays, under the id that is there.  The same
 *               version twice: the one modified last stays
 *   Message-ID  one of the two comes from a file of mail (it has no search key), and Message-ID, subject, sender and the
 *               second of submission are the same: what is there stays
 *
 * What only shares a search key or a Message-ID is kept beside the other: no two contents become one without proof.
 *
 * Only items of the same kind (associated or not) in the same folder can be one, unless `anywhere`.  Each message can be one
 * item of a source only, so two copies in a folder of the source are two in the mailbox.
 */
#ifndef STORE_IMPORT_MATCH_H
#define STORE_IMPORT_MATCH_H

#include "base/map.h"
#include "store/import_journal.h"
#include "store/sink.h"

enum import_finding {
	IMPORT_NEW,
	IMPORT_THERE,   /* the same content */
	IMPORT_OLDER,   /* an older version of what is there */
	IMPORT_NEWER,   /* a newer version of what is there */
	IMPORT_MAIL,    /* the same mail, from a file of mail */
};

struct import_matcher {
	struct import_journal *journal;
	bool anywhere;
	struct map taken; /* by content and folder: up to which id everything is some item of the source */
};

void import_matcher_init(struct import_matcher *w, struct import_journal *journal, bool anywhere);
void import_matcher_free(struct import_matcher *w);
/* *message is what it is, or is a version of. */
status import_match(struct import_matcher *w, const struct message_info *item, enum import_finding *finding, uint64_t *message) MUST;

#endif
