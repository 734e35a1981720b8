/*
 * A backup that was never restored is a hope.  This restores it, into a scratch place, and looks: every file against its
 * checksums, every mailbox with mailbox_check, the directory object by object, counts against the manifest, and each
 * message against the one in the live mailbox, as far as that has not changed since.  Each mailbox is removed from the
 * scratch place before the next one comes.
 */
#ifndef STORE_BACKUP_VERIFY_H
#define STORE_BACKUP_VERIFY_H

#include "store/backup_set.h"
#include "store/site.h"

enum backup_finding_kind {
	BACKUP_FINDING_FILE,	/* a file is missing, damaged or another one's */
	BACKUP_FINDING_RESTORE, /* it cannot be restored */
	BACKUP_FINDING_CHECK,	/* the restored mailbox is not sound */
	BACKUP_FINDING_COUNT,	/* there is more or less than the manifest says */
	BACKUP_FINDING_CONTENT, /* a message is not what the live mailbox has */
	BACKUP_FINDING_MISSING, /* a message of the live mailbox that should be in the backup */
	BACKUP_FINDING_LOST,	/* a message of the backup that the live mailbox lacks, though nobody deleted it: the backup is sound */
	BACKUP_FINDINGS
};

struct backup_finding {
	enum backup_finding_kind kind;
	const char *name; /* of the mailbox, "directory", or the file */
	const char *text;
};

struct backup_verified {
	const char *name;
	bool good, directory;
	uint64_t messages;	     /* in it; rows of the directory */
	uint64_t compared, changed; /* equal to the live ones; changed there since */
	const char *not_compared;	      /* why there was nothing to compare with; NULL: there was */
};

struct backup_verify_options {
	const char *scratch; /* an empty or new folder, or a PostgreSQL database without a site */
	bool every_file;     /* those of older backups too */
	void (*progress)(void *context, const char *name, uint64_t nth, uint64_t of); /* may be NULL */
	void (*found)(void *context, const struct backup_finding *f);		       /* may be NULL */
	void (*done)(void *context, const struct backup_verified *v);		       /* may be NULL */
	bool (*stop)(void *context);						       /* may be NULL */
	void *context;
};

struct backup_verdict {
	uint64_t number;
	bool good; /* all of it can be restored, and is what it should be */
	uint64_t files, mailboxes, messages, compared;
	uint64_t findings[BACKUP_FINDINGS];
	bool noted; /* the databases in the directory know of it now */
};

/*
 * Findings are no error.  `site` is the live one, to compare with and to be told the verdict; NULL: there is none.  The
 * scratch place is made when it is not there, and left empty.
 */
status backup_verify(const struct backup_set *set, const struct backup_manifest *m, struct site *site,
		     const struct backup_verify_options *o, struct backup_verdict *out, struct reason *why) MUST;

#endif
