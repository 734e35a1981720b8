/*
 * What was brought into a mailbox and taken out of it on an administrator's request, and how that went: kept in the
 * mailbox, with the ledger, until somebody removes it.
 */
#ifndef STORE_REQUEST_H
#define STORE_REQUEST_H

#include "store/mailbox.h"

enum request_kind { REQUEST_IMPORT, REQUEST_EXPORT };

enum request_state {
	REQUEST_RUNNING, /* or it was when the program ended */
	REQUEST_COMPLETE,
	REQUEST_WARNINGS,
	REQUEST_LOSS,   /* something is missing: the ledger says what */
	REQUEST_FAILED, /* it did not come to its end */
	REQUEST_STATES
};

struct request {
	uint64_t id;
	enum request_kind kind;
	enum request_state state;
	const char *name, *file; /* the name is unique among those of its kind, the case of ASCII letters aside */
	const char *folder;      /* that everything goes below, or comes from; "" for all */
	uint64_t started, finished; /* FILETIMEs; finished 0: not */
	uint64_t emitted, written, duplicate, filtered, failed; /* items */
	const char *why;    /* why it failed; "" */
	const char *ledger; /* JSON; "" */
};

#define REQUEST_NAME_MAX 255u /* bytes */

/* In a transaction of its own, as all of these that change something. ecDuplicateName: there is one of that name. */
status request_begin(struct mailbox *m, const struct request *r, uint64_t *id, struct reason *why) MUST;
/* How it went. */
status request_end(struct mailbox *m, const struct request *r, struct reason *why) MUST;
/* That with the lowest id above `after`; *found is false when there is none. Texts live in `arena`. */
status request_next(struct mailbox *m, enum request_kind kind, uint64_t after, struct arena *arena, struct request *out, bool *found) MUST;
status request_remove(struct mailbox *m, uint64_t id, struct reason *why) MUST;

#endif
