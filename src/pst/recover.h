/*
 * What can be had of a store whose header, B-trees, maps or pages are gone, wrong or cut off: pages and
 * blocks are found by their trailers, the newest consistent version wins, nodes are rebuilt from what is
 * there, stale pages fill gaps, items whose folder is lost go into "Recovered", and deleted items come
 * back with a stated confidence.  All four formats.
 */
#ifndef PST_RECOVER_H
#define PST_RECOVER_H

#include "base/input.h"
#include "mapi/item.h"
#include "pst/pst.h"

struct recover_options {
	bool undelete; /* also items that only stale pages or orphan blocks know */
	void (*progress)(void *context, const char *stage, uint64_t done, uint64_t total); /* may be NULL */
	void *context;
};

struct recover_summary {
	bool header_used, nbt_used, bbt_used; /* what of the file's own index could be trusted */
	unsigned version;
	unsigned encryption;
	uint64_t pages, stale_pages, bad_pages;
	uint64_t blocks, bad_blocks; /* bad: named by the B-tree, but without a right trailer and checksum */
	uint64_t nodes, stale_nodes, rebuilt_nodes;
};

struct pst_recovery;

/* Scans; the input stays the caller's and must outlive it. Fails only when no page and no block is found. */
status pst_recover_open(struct input *in, const struct recover_options *options, struct pst_recovery **out,
			struct reason *why) MUST;
struct item_source *pst_recovery_source(struct pst_recovery *r);
const struct pst_info *pst_recovery_info(const struct pst_recovery *r);
const struct recover_summary *pst_recovery_summary(const struct pst_recovery *r);
void pst_recovery_close(struct pst_recovery *r);

#endif
