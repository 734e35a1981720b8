/* What the parts of a check share. */
#ifndef CLIENT_CACHE_CHECK_PRIVATE_H
#define CLIENT_CACHE_CHECK_PRIVATE_H

#include "client/cache_check.h"
#include "client/cache_private.h"

#define CHECK_AGAIN_MOST 100000u

/* Something that the store has mended, of which the server has a whole one. */
struct check_again {
	enum mailbox_check_kind kind;
	uint64_t folder, message;
};

struct cache_checking {
	struct cache *c;
	const struct cache_check_options *options;
	struct cache_check_summary *summary;
	struct check_again *again;
	size_t n_again, cap_again;
	bool failed; /* no memory for one more */
};

/* Counts and tells; true when it is to be repaired now. */
bool cache_found(struct cache_checking *k, const struct cache_finding *f, bool fixable, const char *format, ...) PRINTF(4, 5);

/* cache_check_rows.c: the tables of the cache; in a transaction when it is a repair. */
status check_rows(struct cache_checking *k) MUST;
/* cache_check_again.c; in a transaction: messages without a folder, before the store gives them one. */
status check_homeless(struct cache_checking *k) MUST;
/* The same: what was mended comes anew. */
status check_bring_again(struct cache_checking *k) MUST;
/* The server tells of all in this folder again (CACHE_HIERARCHY: of all folders); what is here as it is there is passed over. */
status check_unsee(struct cache *c, uint64_t folder) MUST;
/* Folders that every mailbox has: when one is missing, all are looked for again. */
status check_special_folders(struct cache_checking *k) MUST;

#endif
