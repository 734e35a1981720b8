/* The messages of a restored mailbox beside those of the live one, by their ids, without reading their content again. */
#ifndef STORE_BACKUP_COMPARE_H
#define STORE_BACKUP_COMPARE_H

#include "store/sql.h"

enum backup_difference {
	BACKUP_DIFFERS,	 /* the same version with another content */
	BACKUP_NOT_HERE, /* the live mailbox had it at that time, the backup lacks it */
	BACKUP_NOT_LIVE, /* the backup has it, the live mailbox neither has it nor knows that it went */
};

struct backup_comparison {
	uint64_t upto; /* the change number of the backup */
	void (*found)(void *context, enum backup_difference d, uint64_t id);
	void *context;
	uint64_t messages, equal, changed; /* of the restored one; out */
};

/* Both are read only. The live one should stand still (backup_snapshot_begin). */
status backup_compare(struct sql *restored, struct sql *live, struct backup_comparison *c, struct reason *why) MUST;

#endif
