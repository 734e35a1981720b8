/*
 * The lowest layer of a .pst being written: space, blocks, pages, allocation maps, header.  [MS-PST] 2.2, 2.6.1
 *
 * Space is given out upward only.  BIDs are given out upward too, so that entries of the block B-tree come in order
 * and its pages go out as they fill.  A block may be reserved (id, place and size) before its bytes are known.
 */
#ifndef PST_WRITE_FILE_H
#define PST_WRITE_FILE_H

#include "base/output.h"
#include "pst/format.h"

#define BLOCK_DATA_MAX 8176u
#define AMAP_BYTES 496u
#define BTREE_LEVELS 12

/* A B-tree written from sorted entries: one page in the making for each level. */
struct btree_writer {
	struct file_writer *file;
	unsigned type; /* PAGE_BBT, PAGE_NBT */
	unsigned leaf_size;
	struct btree_level {
		uint8_t page[512];
		unsigned count;
		uint64_t emitted; /* pages of this level written so far */
	} level[BTREE_LEVELS];
};

struct file_writer {
	struct output *out;
	unsigned encryption;
	uint64_t at;           /* where free space begins */
	uint64_t region;       /* number of the allocation map in the making */
	uint8_t amap[AMAP_BYTES];
	uint64_t free_bytes;   /* in maps that are finished */
	pst_bid next_bid, next_page;
	struct btree_writer bbt;
	uint64_t blocks;
	uint64_t digest;       /* of the blocks so far, the same for the same content */
	struct reason why;
};

struct block_place {
	pst_bid bid;
	uint64_t at;
	uint32_t size;
};

status file_writer_init(struct file_writer *w, struct output *out, unsigned encryption) MUST;
/* An id and a place for n bytes (1 .. BLOCK_DATA_MAX), entered into the block B-tree. */
status file_reserve(struct file_writer *w, size_t n, bool internal, struct block_place *out) MUST;
/* Fills in a reserved block. */
status file_fill(struct file_writer *w, const struct block_place *place, const void *data) MUST;
/* Both at once. */
status file_block(struct file_writer *w, const void *data, size_t n, bool internal, pst_bid *bid) MUST;
/* A page of 512 bytes, all but its trailer filled in. */
status file_page(struct file_writer *w, uint8_t page[512], unsigned type, pst_bid *bid, uint64_t *at) MUST;

struct file_root {
	pst_bid bid;
	uint64_t at;
};

/* Entries must come in the order of their keys (the first 8 bytes of each). */
void btree_writer_init(struct btree_writer *b, struct file_writer *file, unsigned type, unsigned leaf_size);
status btree_writer_add(struct btree_writer *b, const uint8_t *entry) MUST;
status btree_writer_finish(struct btree_writer *b, struct file_root *root) MUST;

/* Ends the block B-tree and the maps, then writes the header. next_nid: rgnid, by type. */
status file_writer_finish(struct file_writer *w, const struct file_root *nbt, const uint32_t next_nid[32], bool as_ost) MUST;

#endif
