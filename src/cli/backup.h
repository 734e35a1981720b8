/* What the files of "postern backup" share. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#include "cli/command.h"
#include "store/backup_set.h"

enum backup_verb { BACKUP_MAKE, BACKUP_LIST, BACKUP_VERIFY, BACKUP_PRUNE };

#define BACKUP_NAMES_MAX 64

struct backup_command {
	enum backup_verb verb;
	const char *destination;
	const char *data;    /* --data */
	const char *at;      /* --at */
	const char *scratch; /* --scratch */
	const char *mailboxes[BACKUP_NAMES_MAX + 1], *databases[BACKUP_NAMES_MAX + 1];
	size_t n_mailboxes, n_databases;
	uint64_t keep, wait;
	bool full, dry_run;
	struct common_options common;
};

/* Each returns the exit code. */
int backup_make(const struct backup_command *o);
int backup_list(const struct backup_command *o);
int backup_check(const struct backup_command *o);
int backup_drop(const struct backup_command *o);

#endif
