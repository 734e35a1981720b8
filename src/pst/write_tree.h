/* Values of any size as trees of blocks, and lists of subnodes. [MS-PST] 2.2.2.8.3 */
#ifndef PST_WRITE_TREE_H
#define PST_WRITE_TREE_H

#include "pst/write_file.h"

#define LIST_BIDS 1021u

/* The ids of the blocks of one value, gathered into XBLOCKs as they fill. */
struct block_list {
	struct file_writer *file;
	uint64_t total, list_total; /* bytes of data: of the value, and below the XBLOCK in the making */
	pst_bid *ids, *lists;       /* LIST_BIDS each; made when needed */
	unsigned n_ids, n_lists;
	pst_bid single;             /* the first block, while it is the only one */
	uint64_t blocks;
};

void block_list_init(struct block_list *l, struct file_writer *file);
void block_list_free(struct block_list *l);
status block_list_add(struct block_list *l, pst_bid bid, size_t n) MUST;
/* What a node or a property refers to; 0 for a value without bytes. */
status block_list_finish(struct block_list *l, pst_bid *root) MUST;

/* A value that arrives in pieces of any size. Every block but the last is full. */
struct tree_writer {
	struct block_list list;
	uint8_t block[BLOCK_DATA_MAX];
	size_t n;
};

void tree_writer_init(struct tree_writer *t, struct file_writer *file);
void tree_writer_free(struct tree_writer *t);
status tree_writer_add(struct tree_writer *t, struct bytes data) MUST;
status tree_writer_finish(struct tree_writer *t, pst_bid *root, uint64_t *size) MUST;
/* The same for a value at hand. */
status tree_write(struct file_writer *file, struct bytes data, pst_bid *root) MUST;

/* Subnodes of one node, in any order; written sorted. */
struct subnode_list {
	struct node_ref_out {
		pst_nid nid;
		pst_bid data, sub;
	} *v;
	size_t n, cap;
};

void subnode_list_free(struct subnode_list *l);
status subnode_list_add(struct subnode_list *l, pst_nid nid, pst_bid data, pst_bid sub) MUST;
bool subnode_list_has(const struct subnode_list *l, pst_nid nid);
/* 0 when there are none. */
status subnode_list_write(struct subnode_list *l, struct file_writer *file, pst_bid *root) MUST;

#endif
