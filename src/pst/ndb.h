/*
 * The node database: pages, blocks, and the two B-trees that find them ([MS-PST] 2.2).
 *
 * How a block or a node is found is an index with two implementations: the file's own B-trees
 * (ndb_btree.c), or what a scan of the file found (recover).  All above it is the same code.
 *
 * Every function that fails leaves the reason in `why` of the ndb.
 */
#ifndef PST_NDB_H
#define PST_NDB_H

#include "base/arena.h"
#include "base/input.h"
#include "pst/format.h"

struct libdeflate_decompressor;

struct block_ref {
	pst_bid bid;
	uint64_t at;       /* in the file */
	uint32_t size;     /* bytes of data as stored */
	uint16_t refs;     /* cRef */
};

struct node_ref {
	pst_nid nid, parent;
	pst_bid data, sub;
};

struct ndb;

struct ndb_index {
	status (*block)(struct ndb *db, pst_bid bid, struct block_ref *out);
	status (*node)(struct ndb *db, pst_nid nid, struct node_ref *out);
	/* The first node with nid >= from; ecNotFound at the end. */
	status (*next_node)(struct ndb *db, uint64_t from, struct node_ref *out);
};

/* What was odd about a block or page that was still used. */
enum ndb_flag {
	NDB_BAD_CRC = 1,
	NDB_BAD_SIGNATURE = 2,
	NDB_BAD_ID = 4,
	NDB_BAD_SIZE = 8,
	NDB_BAD_ZLIB = 16,
};

struct page_slot;
struct block_slot;

struct ndb {
	struct input *in;
	const struct pst_format *format;
	struct pst_header header;
	const struct ndb_index *index;
	void *index_context;
	struct page_slot *pages;   /* cache of B-tree pages */
	struct block_slot *blocks; /* cache of decoded blocks that are read in place */
	uint64_t ticks;
	uint8_t *raw; /* one block as it lies in the file */
	struct libdeflate_decompressor *inflater;
	uint64_t page_warnings; /* pages used in spite of a wrong CRC, signature or id */
	struct reason why;
};

/* Prepares for reading with the format of `header`; the index is the B-trees until it is replaced. */
status ndb_init(struct ndb *db, struct input *in, const struct pst_header *header) MUST;
void ndb_free(struct ndb *db);

/* Pages ------------------------------------------------------------------------------------------- */

/* A B-tree page, as far as its own counters can be believed. */
struct btree_page {
	const uint8_t *p; /* entries start here */
	unsigned count, entry_size, level;
	unsigned flags; /* enum ndb_flag */
	pst_bid bid;    /* as its trailer says */
};

/*
 * Looks at one page in memory: type and counters must make sense (else ecCorruptData), the rest is flags.
 * `expect_bid` 0: not compared.
 */
status btree_page_parse(const struct pst_format *f, const uint8_t *page, uint64_t at, unsigned type, pst_bid expect_bid,
			struct btree_page *out) MUST;
struct block_ref bbt_entry(const struct pst_format *f, const uint8_t *entry);
struct node_ref nbt_entry(const struct pst_format *f, const uint8_t *entry);

/* Through the cache; valid until 16 further pages were read. */
status ndb_btree_page(struct ndb *db, uint64_t at, unsigned type, pst_bid expect_bid, struct btree_page *out) MUST;

extern const struct ndb_index ndb_btree_index;

/* Blocks ------------------------------------------------------------------------------------------ */

/*
 * Reads, verifies, decodes and inflates one block into `to` (PST_BLOCK_MAX bytes).  A wrong checksum or signature
 * is told in `flags` and the bytes are given; ecCorruptData when there is nothing to give.
 */
status ndb_read_block(struct ndb *db, const struct block_ref *ref, uint8_t *to, size_t *n, unsigned *flags) MUST;
/* Found by id and read through the cache; valid until the next call of any ndb, heap or table function. */
status ndb_block(struct ndb *db, pst_bid bid, struct bytes *out, unsigned *flags) MUST;

/* Data trees: XBLOCK and XXBLOCK ------------------------------------------------------------------ */

#define DATA_TREE_BLOCKS_MAX (1u << 21) /* 16 GiB in 8 KiB blocks: beyond what lcbTotal can say */

struct data_tree {
	struct ndb *db;
	struct arena *arena;
	pst_bid root;
	uint64_t size;      /* bytes, as the XBLOCK or the one block says */
	unsigned level;     /* 0: one block, 1: XBLOCK, 2: XXBLOCK */
	uint32_t n_lists;   /* XBLOCKs (level 1: one) */
	pst_bid *lists;
	uint32_t *first;    /* number of the first block of each list, as far as known */
	uint32_t known;     /* lists whose `first` is known */
	uint32_t list_at;   /* the list in `bids` */
	uint32_t n_bids;
	pst_bid *bids;
};

/* `bid` 0 is an empty tree. Memory from the arena. */
status data_tree_open(struct data_tree *t, struct ndb *db, struct arena *arena, pst_bid bid) MUST;
/* The id of the i-th block; ecNotFound beyond the last. */
status data_tree_block(struct data_tree *t, uint32_t i, pst_bid *out) MUST;

/* Subnodes: SLBLOCK and SIBLOCK ------------------------------------------------------------------- */

#define SUBNODES_MAX 1000000u

status subnode_find(struct ndb *db, pst_bid sub, pst_nid nid, struct node_ref *out) MUST;
/* The first subnode with nid >= from; ecNotFound at the end (parent is 0 in what comes out). */
status subnode_next(struct ndb *db, pst_bid sub, uint64_t from, struct node_ref *out) MUST;

#endif
