/* The nodes of a .pst being written: which ids are taken, and the node B-tree, sorted at the end in bounded memory. */
#ifndef PST_WRITE_NODES_H
#define PST_WRITE_NODES_H

#include "pst/write_file.h"

struct nid_set;

struct node_writer {
	struct file_writer *file;
	const char *scratch_path;  /* where sorted runs go when there are too many nodes */
	uint8_t *entries;          /* of the run in the making */
	size_t n;
	struct output *scratch;
	uint64_t *runs;            /* number of entries in each run on disk */
	size_t n_runs;
	struct nid_set *used;
	uint32_t next_index[32];   /* by NID type */
};

status node_writer_init(struct node_writer *n, struct file_writer *file, const char *scratch_path) MUST;
void node_writer_free(struct node_writer *n);
/* `wanted` when its type fits and it is free; else a new one of the type. Marks it taken. */
status node_writer_take(struct node_writer *n, unsigned type, pst_nid wanted, pst_nid *nid) MUST;
/* Marks an id as taken; false when it was. */
bool node_writer_reserve(struct node_writer *n, pst_nid nid);
status node_writer_add(struct node_writer *n, pst_nid nid, pst_bid data, pst_bid sub, pst_nid parent) MUST;
/* Takes back the node added last; its id stays taken. */
void node_writer_undo(struct node_writer *n);
/* Writes the node B-tree; next_nid gets rgnid of the header. */
status node_writer_finish(struct node_writer *n, struct file_root *root, uint32_t next_nid[32]) MUST;

#endif
