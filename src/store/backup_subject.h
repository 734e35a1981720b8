/* What there is to back up: the mailboxes of a site, as its directory has them. */
#ifndef STORE_BACKUP_SUBJECT_H
#define STORE_BACKUP_SUBJECT_H

#include "store/directory.h"

struct backup_subject {
	struct guid mailbox;
	const char *name, *address; /* address "" when there is none */
	const char *database;       /* its name */
	struct guid database_guid;
	uint64_t database_id;
	bool chosen;
};

struct backup_subjects {
	struct backup_subject *v;
	size_t n;
	bool all_chosen;
};

/* Both lists NULL: all are chosen. ecNotFound, ecAmbiguousRecip: who is named. Everything lives in `arena`. */
status backup_subjects_list(struct directory *d, const char *const *mailboxes, const char *const *databases, struct arena *arena,
			    struct backup_subjects *out, struct reason *why) MUST;
/* The organisation: what tells one site's backups from another's. */
status backup_site_identity(struct directory *d, struct arena *arena, struct guid *guid, const char **name, struct reason *why) MUST;

#endif
