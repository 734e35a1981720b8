/*
 * Out of a backup: one database, one mailbox, or a whole site.  What is there afterwards is all of it, or what was there
 * before: a damaged part is found before anything is in force.
 *
 * A mailbox that is restored is the same one: its GUID and REPLGUID are kept, so caches of it go on.  Ids and change
 * numbers go on far above those of the backup: what was given away after it, and lost, means nothing else later.
 */
#ifndef STORE_BACKUP_RESTORE_H
#define STORE_BACKUP_RESTORE_H

#include "store/backup_set.h"
#include "store/sql.h"

/* So many ids are left out after a restore, of 2^48. */
#define BACKUP_ID_GAP ((uint64_t)1 << 24)

enum backup_restore_how {
	BACKUP_RESTORE_EXACT,  /* every row as it was: to compare */
	BACKUP_RESTORE_SELF,   /* the mailbox itself, which goes on from here */
	BACKUP_RESTORE_COPY,   /* another mailbox, whose identity stays what it is, with that content */
};

struct backup_restored {
	const char *name;
	uint64_t rows, parts;
};

struct backup_restore_options {
	bool replace; /* what is there already */
	void (*progress)(void *context, const char *name, uint64_t nth, uint64_t of, uint64_t rows); /* may be NULL */
	void (*done)(void *context, const struct backup_restored *r);				     /* may be NULL */
	bool (*stop)(void *context); /* may be NULL */
	void *context;
};

/*
 * Into a database that is open for nobody else; takes it over.  In one transaction: what was in it is gone, or all is as
 * it was.  `e` may be the directory (then `how` does not count).
 */
status backup_restore_database(const struct backup_set *set, const struct backup_entry *e, struct sql *db, enum backup_restore_how how,
			       const struct backup_restore_options *o, struct backup_restored *out, struct reason *why) MUST;
/* Makes the database at a place where none is, or replaces it. A new one that fails is removed again. */
status backup_restore_place(const struct backup_set *set, const struct backup_entry *e, const char *location, enum backup_restore_how how,
			    const struct backup_restore_options *o, struct backup_restored *out, struct reason *why) MUST;

/*
 * A whole site where there is none: ecDuplicateName otherwise.  A folder is complete when it appears under its name; on
 * PostgreSQL the directory, without which there is no site, comes last.
 */
status backup_restore_site(const struct backup_set *set, const struct backup_manifest *m, const char *location,
			   const struct backup_restore_options *o, struct reason *why) MUST;

struct backup_restored_mailbox {
	bool replaced;	   /* it was there */
	bool disconnected; /* nobody has it: Connect-Mailbox gives it to somebody */
	bool made;	   /* the person `as` was made for it */
};

/*
 * One mailbox into the site at `location`.  `as` NULL: itself; ecDuplicateName when it is there, unless o->replace; a
 * mailbox that nobody has becomes a disconnected one.  Else into the mailbox of that person, who is made, or given one,
 * when there is none; one that is there is replaced only with o->replace.
 */
status backup_restore_mailbox(const struct backup_set *set, const struct backup_entry *e, const char *location, const char *as,
			      const struct backup_restore_options *o, struct backup_restored_mailbox *out, struct reason *why) MUST;

#endif
