/* The state of one check, shared by its parts. */
#ifndef PST_CHECK_PRIVATE_H
#define PST_CHECK_PRIVATE_H

#include "pst/check.h"
#include "pst/folders.h"
#include "pst/ltp.h"

struct checker {
	struct ndb db;
	const struct check_options *options;
	struct check_summary *summary;
	struct arena arena;
	uint64_t done; /* bytes, for progress */
	/* The blocks in BID order, counted by number: how often each is referred to. */
	uint64_t n_blocks;
	uint8_t *references;     /* saturates at 255 */
	struct leaf_key {
		pst_bid first;
		uint64_t number; /* of its first block */
		uint64_t at;     /* of the page */
	} *leaves;
	size_t n_leaves, cap_leaves;
};

/* One finding; `expected` and `found` are printf-made by the caller. */
void check_report(struct checker *c, const struct check_finding *f);
#define CHECK_TEXT 96

/* The number of a block in BID order and its entry; false when the B-tree has none. */
bool check_block_number(struct checker *c, pst_bid bid, uint64_t *number);
void check_progress(struct checker *c, uint64_t bytes);

/* Pages and blocks: every page of both B-trees, every block's trailer and checksum. */
status check_btrees(struct checker *c) MUST;
/* Allocation maps against what is allocated. */
status check_maps(struct checker *c) MUST;
/* Nodes: heaps, properties, tables, references, counts. */
status check_nodes(struct checker *c) MUST;

#endif
