/*
 * Backups of a site: the directory and mailboxes, while they are in use, into a folder of backups (store/backup_set.h).
 *
 * Each database is written as of one moment.  Of a mailbox that an earlier backup has, only what was changed since is
 * written.  The manifest is written last: until then the backups before it are all there are, and whatever an
 * interruption leaves is taken up by the next backup.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/backup_set.h"
#include "store/site.h"

/* What became of one mailbox, or of the directory. */
enum backup_outcome {
	BACKUP_TAKEN_FULL,    /* all of it was written */
	BACKUP_TAKEN_CHANGES, /* what was changed */
	BACKUP_UNCHANGED,     /* nothing was */
	BACKUP_BUSY,          /* another process has it: as it was in the backup before, or not at all */
	BACKUP_FAILED,        /* the same, because it cannot be read */
	BACKUP_OUTCOMES
};

struct backup_done {
	const struct backup_entry *entry; /* NULL: it is in no backup at all */
	const char *name;
	enum backup_outcome outcome;
	uint64_t messages, erased, size; /* written now: messages, those that are gone, bytes of the part */
	bool resumed;                    /* an interrupted backup had written a part of it */
	const char *text;                /* why it is busy or failed */
};

struct backup_progress {
	const char *name;
	uint64_t subject, of; /* the how manieth of how many */
	uint64_t messages, bytes; /* of this one, so far */
};

struct backup_options {
	const char *const *mailboxes; /* NULL-terminated identities; NULL: not chosen so */
	const char *const *databases; /* the same; with neither all there are */
	bool full;               /* everything again */
	unsigned wait_seconds;   /* for mailboxes that another process has */
	const char *version;     /* of the program */
	void (*progress)(void *context, const struct backup_progress *p); /* may be NULL */
	void (*done)(void *context, const struct backup_done *d);	  /* may be NULL */
	bool (*stop)(void *context); /* has a person asked to? May be NULL. Then: ecUserCanceled */
	void *context;
};

struct backup_result {
	uint64_t number, parent;
	bool whole;
	uint64_t outcomes[BACKUP_OUTCOMES]; /* mailboxes */
	uint64_t messages, size;            /* written now */
};

/*
 * 0 also when mailboxes were busy or failed: the outcomes say so.  Mailboxes that are open, here or in another process, are
 * read beside whoever writes to them, each as of one moment.
 */
status backup_run(struct site *site, const char *destination, const struct backup_options *o, struct backup_result *out,
		  struct reason *why) MUST;

#endif
