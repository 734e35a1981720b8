/*
 * From a database into a part of a backup.  Of a mailbox, what was changed after a change number (0: everything); of
 * the directory, everything.  What is written is the database as of one moment.
 */
#ifndef STORE_BACKUP_DUMP_H
#define STORE_BACKUP_DUMP_H

#include "store/backup_db.h"

/* What a part holds. */
struct backup_counts {
	uint64_t folders; /* there are */
	uint64_t messages, erased, bytes; /* written down: messages, those that are gone, bytes of their contents */
	uint64_t rows;
	struct backup_digest tables; /* of those that are written whole */
};

/* What a mailbox says of itself, at the moment of the snapshot. */
struct backup_facts {
	struct guid mailbox, lineage; /* lineage: another one after each restore; change numbers before it say nothing */
	uint64_t upto;                /* no change number is above it */
	uint64_t schema;
	uint64_t messages, bytes;     /* in its folders, recoverable ones too */
};

struct backup_dump_options {
	uint64_t since;
	void (*progress)(void *context, uint64_t messages, uint64_t bytes); /* so far, of this database; may be NULL */
	void *context;
};

/* A fact of a mailbox (store/schema.h): 16 random bytes, made by each restore. */
#define BACKUP_LINEAGE "backup_lineage"

/* Within a snapshot. */
status backup_mailbox_facts(struct backup_db *b, struct backup_facts *out, struct reason *why) MUST;
status backup_dump_mailbox(struct backup_db *b, const struct backup_dump_options *o, struct backup_writer *w,
			   struct backup_counts *counts, struct reason *why) MUST;
/* Every table whole. */
status backup_dump_whole(struct backup_db *b, struct backup_writer *w, struct backup_counts *counts, struct reason *why) MUST;

#endif
