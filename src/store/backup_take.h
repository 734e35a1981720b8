/* One database into one part, or none when nothing was changed. */
#ifndef STORE_BACKUP_TAKE_H
#define STORE_BACKUP_TAKE_H

#include "store/backup.h"
#include "store/backup_dump.h"
#include "store/backup_subject.h"

/* What all parts of one run share. */
struct backup_run {
	const struct backup_set *set;
	const struct backup_options *o;
	const char *location;
	struct guid id;
	uint64_t number, time;
	struct arena *arena; /* of the new manifest */
	struct backup_progress progress;
};

/*
 * `before`: how the backup before has it, or NULL.  Fills in *out and what was written; ecBusy when another process has
 * the mailbox.
 */
status backup_take_mailbox(struct backup_run *run, const struct backup_subject *subject, const struct backup_entry *before,
			   struct backup_entry *out, struct backup_done *done, struct reason *why) MUST;
status backup_take_directory(struct backup_run *run, const struct backup_entry *before, struct backup_entry *out, struct backup_done *done,
			     struct reason *why) MUST;

#endif
