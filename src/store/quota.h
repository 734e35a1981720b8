/*
 * How much a mailbox may hold ([MS-OXCSTOR] 2.2.2.1.1): a warning, no more sending, no more receiving; and apart from
 * that, how much may wait among the recoverable items.  What it holds is added up from its folders' counters
 * once, when it is first asked for, and then counted with every change.
 */
#ifndef STORE_QUOTA_H
#define STORE_QUOTA_H

#include "store/mailbox.h"

/* [MS-OXCDATA] 2.4.1 */
#define ecQuotaExceeded 0x000004D9u
#define ecShutoffQuotaExceeded 0x000004DDu

#define QUOTA_UNLIMITED UINT64_MAX

/* Bytes. */
struct quota {
	uint64_t warning, prohibit_send, prohibit_send_receive;
	uint64_t recoverable_warning, recoverable;
};

extern const struct quota quota_unlimited;

struct quota_usage {
	uint64_t items, associated, size;           /* what is there */
	uint64_t deleted_items, deleted_size;       /* what can be recovered */
};

status quota_usage(struct mailbox *m, struct quota_usage *out) MUST;

/* What Get-MailboxStatistics shows as StorageLimitStatus. */
enum quota_state {
	QUOTA_BELOW,
	QUOTA_WARNING,
	QUOTA_PROHIBIT_SEND,
	QUOTA_DISABLED, /* neither sends nor receives */
	QUOTA_NO_CHECKING,
};

enum quota_state quota_state(const struct quota *q, const struct quota_usage *u);
/* "BelowLimit", "IssueWarning", "ProhibitSend", "MailboxDisabled", "NoChecking" */
const char *quota_state_name(enum quota_state state);
/* Should the owner be warned that recoverable items fill up? */
bool quota_recoverable_warning(const struct quota *q, const struct quota_usage *u);

enum quota_action {
	QUOTA_SUBMIT,      /* a message is to be sent */
	QUOTA_DELIVER,     /* one of `bytes` comes in */
	QUOTA_SAVE,        /* one of `bytes` is made, or an old one grows by so much */
	QUOTA_DELETE_SOFT, /* one of `bytes` becomes recoverable */
};

/*
 * May it be done? ecQuotaExceeded: not sent, not delivered, or no room among the recoverable items;
 * ecShutoffQuotaExceeded: not saved.  The words say which limit, and what to do.  Deleting for good is always allowed.
 */
status quota_verdict(const struct quota *q, const struct quota_usage *u, enum quota_action action, uint64_t bytes,
		     struct reason *why) MUST;

/*
 * The limits as the properties of a store say them, in kilobytes, -1 for none: PidTagStorageQuotaLimit,
 * PidTagProhibitSendQuota, PidTagProhibitReceiveQuota.
 */
int32_t quota_kilobytes(uint64_t bytes);

#endif
