/*
 * Which nodes are there, when the node B-tree may be damaged or gone: leaf pages found by the scan, old versions
 * too, merged so that the newest page that covers an id decides.
 */
#ifndef PST_RECOVER_NODES_H
#define PST_RECOVER_NODES_H

#include "pst/recover_scan.h"

struct found_node {
	pst_nid nid, parent;
	pst_bid data, sub;
	bool stale; /* only pages that have been superseded know it: it was deleted, or moved */
	bool tree;  /* the file's own tree leads to it */
};

struct found_nodes {
	struct found_node *v; /* sorted by NID; one of each */
	size_t n, cap;
	uint64_t stale_pages;
	bool tree_whole; /* the file's own tree could be walked from end to end */
};

/* `db` has the header whose NBT root is tried first; its index is not used. */
status nodes_load(struct found_nodes *nodes, struct ndb *db, const struct scan *scan) MUST;
void nodes_free(struct found_nodes *nodes);
/* The first node with NID >= nid; NULL at the end. */
const struct found_node *nodes_from(const struct found_nodes *nodes, uint64_t nid);

#endif
