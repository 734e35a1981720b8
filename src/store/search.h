/*
 * Searching a mailbox, once (search_run) and all the time: search folders, whose messages are links that follow every
 * change in the transaction that makes it ([MS-OXCFOLD] 2.2.1.4, 2.2.1.5, 3.2.5.4).
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "mapi/restriction.h"
#include "store/search_query.h"

/* Behind a message in the order in which messages are found, which may have gone since. */
struct search_place {
	uint64_t received, message;
};

struct search_options {
	uint64_t folder; /* only there and below; 0: everywhere */
	const struct search_place *after; /* only what comes after it: `last` of the search before; NULL: from the newest on */
	size_t skip, limit; /* limit 0: all */
};

struct search_result {
	uint64_t *ids; /* the newest first */
	size_t n;
	bool more;     /* there are others beyond the limit */
	struct search_place last; /* of `ids`, when there are any */
};

/*
 * `o` may be NULL.  Neither associated messages nor what was deleted.  What a search with a limit costs grows with what must be
 * looked at until there are enough, from the newest on; to go on, `after` costs less than `skip`.
 */
status search_run(struct mailbox *m, const struct search_node *what, const struct search_options *o, struct arena *arena,
		  struct search_result *out, struct reason *why) MUST;

/* Search folders ---------------------------------------------------------------------------------------------------------- */

#define ecNotSearchFolder 0x00000461u
#define ecSearchFolderScopeViolation 0x00000490u
#define ecSearchNotInitialized 0x80040605u

/* SearchFlags of RopSetSearchCriteria [MS-OXCFOLD] 2.2.1.4.1 */
enum search_set_flag {
	STOP_SEARCH = 0x00000001,
	RESTART_SEARCH = 0x00000002,
	RECURSIVE_SEARCH = 0x00000004,
	SHALLOW_SEARCH = 0x00000008,
	CONTENT_INDEXED_SEARCH = 0x00010000,
	NON_CONTENT_INDEXED_SEARCH = 0x00020000,
	STATIC_SEARCH = 0x00040000,
};

/* SearchFlags of RopGetSearchCriteria [MS-OXCFOLD] 2.2.1.5.2 */
enum search_state_flag {
	SEARCH_RUNNING = 0x00000001,
	SEARCH_REBUILD = 0x00000002,
	SEARCH_RECURSIVE = 0x00000004,
	SEARCH_COMPLETE = 0x00001000,
	SEARCH_STATIC = 0x00010000,
	TWIR_TOTALLY = 0x08000000, /* no index of words was used */
};

#define SEARCH_FOLDERS_MAX 512u /* in the scope of one */

/*
 * In a transaction.  `r` NULL, `n` 0: as they were.  New criteria, or RESTART_SEARCH, fill the folder anew, before this
 * returns.  STOP_SEARCH: it keeps what it has, and follows no more changes.  STATIC_SEARCH: it is filled once, and keeps what it found
 * until it is started anew: a message that moves is followed, the row of one that is gone has no more than its id, when it came and
 * that it is read, and opens no longer.  ecNotSearchFolder; ecSearchNotInitialized:
 * there are none to keep; ecSearchFolderScopeViolation: a search folder in the scope.
 */
status search_set(struct mailbox *m, uint64_t folder, const struct restriction *r, const uint64_t *folders, size_t n, uint32_t flags,
		  struct reason *why) MUST;

struct search_criteria {
	struct restriction *restriction; /* the caller's own */
	uint64_t *folders;
	size_t n;
	uint32_t state; /* enum search_state_flag */
};
/* Lives in `arena`. ecSearchNotInitialized: it has none. */
status search_get(struct mailbox *m, uint64_t folder, struct arena *arena, struct search_criteria *out, struct reason *why) MUST;

/* Called by mailbox_open: makes the table of links where there is none, and keeps it from then on. */
status search_attach(struct mailbox *m, struct reason *why) MUST;

#endif
