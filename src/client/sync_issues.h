/*
 * What went wrong and what was decided, where people look for it: the folders Sync Issues, Conflicts, Local Failures and Server Failures of the cache
 * ([MS-OXOSFLD] 2.2.3), which are never sent to the server, and the counts of the run.
 */
#ifndef CLIENT_SYNC_ISSUES_H
#define CLIENT_SYNC_ISSUES_H

#include "client/cache.h"

struct sync_issues;

enum sync_issue {
	ISSUE_CONFLICT_MERGED, /* nothing was lost */
	ISSUE_CONFLICT_OURS,   /* the version from here won; the server's is in Conflicts */
	ISSUE_CONFLICT_THEIRS, /* the server's won; ours is in Conflicts */
	ISSUE_LOCAL_FAILURE,   /* it came and could not be written or read here */
	ISSUE_SERVER_FAILURE, /* the server refused what was made here: a copy is in Server Failures */
	ISSUE_NOTE,           /* worth knowing: a full resynchronisation, a folder out of reach */
};

status sync_issues_open(struct cache *c, struct sync_issues **out) MUST;
/* One line of the run's log: which item (0: none), what happened, why. Nothing is written before sync_issues_close. */
void sync_issue(struct sync_issues *i, enum sync_issue kind, uint64_t message, const char *subject,
		const char *format, ...) PRINTF(5, 6);
uint64_t sync_issues_count(const struct sync_issues *i, enum sync_issue kind);
/* In the transaction that decides: a copy of a message of the cache into the folder for this kind, with its class and a note. */
status sync_issues_keep(struct sync_issues *i, enum sync_issue kind, uint64_t message) MUST;
/* In a transaction: the folder for this kind (ISSUE_NOTE: Sync Issues itself), made when there is none. */
status sync_issues_folder(struct cache *c, enum sync_issue kind, uint64_t *id) MUST;
/* When there was anything: a message in Sync Issues with the log of the run. Frees. */
status sync_issues_close(struct sync_issues *i) MUST;

/* Is it one of those folders, or within one? They and what is in them stay here. */
bool sync_issues_is_local(struct cache *c, uint64_t folder);

#endif
