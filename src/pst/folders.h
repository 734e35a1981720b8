/*
 * The folders of a store as a tree, and how many messages each should hold according to the node B-tree.
 * Built in one pass over the nodes; memory grows with the folders, not with the messages.
 */
#ifndef PST_FOLDERS_H
#define PST_FOLDERS_H

#include "base/map.h"
#include "pst/ndb.h"

#define FOLDERS_MAX 1000000u
#define FOLDER_NONE UINT32_MAX

/* Messages of a folder as one source counts them. Equal counts and sums mean equal sets, but for malice. */
struct nid_tally {
	uint64_t count, sum;
};

struct pst_folder {
	struct node_ref node;
	bool exists;      /* it has a folder node (the root always counts as having one); else only messages name it */
	bool placed;      /* reachable from the root */
	uint32_t parent, first_child, last_child, next; /* indices; FOLDER_NONE */
	struct nid_tally messages, associated; /* nodes whose parent it is */
};

struct pst_folders {
	struct pst_folder *v;
	uint32_t n, cap;
	struct map by_nid;
	uint32_t root;
	uint64_t nodes;       /* all nodes seen */
	uint64_t lost_messages; /* message nodes whose folder does not exist or cannot be reached */
};

status pst_folders_load(struct pst_folders *f, struct ndb *db) MUST;
void pst_folders_free(struct pst_folders *f);
uint32_t pst_folders_find(const struct pst_folders *f, pst_nid nid);
void nid_tally_add(struct nid_tally *t, pst_nid nid);

#endif
