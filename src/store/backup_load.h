/*
 * From the parts of a backup into a database.  Everything happens in the transaction that the caller has open, so what
 * is there afterwards is all of it, or what was there before.
 */
#ifndef STORE_BACKUP_LOAD_H
#define STORE_BACKUP_LOAD_H

#include "store/backup_db.h"

struct backup_load_options {
	void (*progress)(void *context, uint64_t rows); /* so far, of this part; may be NULL */
	void *context;
};

/*
 * The first thing in the transaction, and the last before it is committed: in between rows may refer to others that are
 * not there yet.
 */
status backup_load_begin(struct backup_db *b, struct reason *why) MUST;
status backup_load_end(struct backup_db *b, struct reason *why) MUST;
/*
 * One part, the parts of a chain in their order.  The tables are those of the program as it is: ecVersion when the part
 * speaks of one, or of a column, that is not there.  `seal`: what the part was read as, to be compared with the manifest.
 */
status backup_load_part(struct backup_db *b, struct backup_reader *r, const struct backup_load_options *o, struct backup_seal *seal,
			struct reason *why) MUST;
/* After the last part of a mailbox: content that no message has any more goes, and messages that no folder has. */
status backup_load_finish(struct backup_db *b, struct reason *why) MUST;

#endif
