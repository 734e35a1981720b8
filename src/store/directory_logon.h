/*
 * Who may log on: passwords, and what happens to those who guess.  For every protocol the same.
 *
 * From the LockoutDelayAfter-th failure in a row on (settings of the organisation) an account is closed for a second, then for
 * two, four and so on; from the LockoutThreshold-th for LockoutDuration.  After LockoutObservationWindow without a failure they are
 * forgotten.  All of it stands in the directory and outlives a restart.  An account that there is not, or that is closed, takes as long
 * to refuse as any other.  What is asked while an account is closed is not looked at and does not count.
 */
#ifndef STORE_DIRECTORY_LOGON_H
#define STORE_DIRECTORY_LOGON_H

#include "store/directory.h"

enum logon_result {
	LOGON_GOOD,
	LOGON_UNKNOWN,	/* no such account, or several */
	LOGON_WRONG,	/* password */
	LOGON_NONE_SET, /* the account has no password */
	LOGON_DELAYED,	/* asked again too soon after failures: not looked at */
	LOGON_LOCKED,	/* too many failures */
	LOGON_DISABLED, /* AccountDisabled */
};

/* For the event log and the administrator; a peer hears only that it failed. */
struct logon_verdict {
	enum logon_result result;
	uint64_t retry_at; /* FILETIME before which nothing will be answered; 0: at once */
	unsigned failures; /* in a row, with this one */
	/*
	 * Of the account as it was before its password was looked at; 0: there is no such account.  Whatever changes of it, its password too,
	 * makes it another one: for those who remember that somebody may log on.
	 */
	uint64_t change_number;
};

/* 0 with the user in *out (as Mailbox when it has one, else User), or ecLoginFailure, or what failed underneath. */
status directory_verify(struct directory *d, const char *identity, const char *password, struct arena *arena,
			const struct directory_object **out, struct logon_verdict *verdict, struct reason *why) MUST;
/* ecInvalidParam: too short for MinPasswordLength, too long, or not UTF-8. Unlocks. NULL: nobody can log on. */
status directory_set_password(struct directory *d, uint64_t user, const char *password, struct reason *why) MUST;
/* Forgets failures and the lock. */
status directory_unlock(struct directory *d, uint64_t user, struct reason *why) MUST;
/* What stands against the account; result is LOGON_GOOD when nothing does. */
status directory_logon_state(struct directory *d, uint64_t user, struct logon_verdict *out, struct reason *why) MUST;
const char *logon_result_name(enum logon_result r);

#endif
