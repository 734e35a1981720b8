/* Searching a mailbox. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "mapi/restriction.h"
#include "store/search_query.h"

struct search_options {
	uint64_t folder; /* only there and below; 0: everywhere */
	size_t skip, limit; /* limit 0: all */
};

struct search_result {
	uint64_t *ids; /* the newest first */
	size_t n;
	bool more;     /* there are others beyond the limit */
};

/* `o` may be NULL. Neither associated messages nor what was deleted. */
status search_run(struct mailbox *m, const struct search_node *what, const struct search_options *o, struct arena *arena,
		  struct search_result *out, struct reason *why) MUST;

#endif
