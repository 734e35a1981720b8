/*
 * A heap-on-node being written ([MS-PST] 2.3.1): items are placed as they come, blocks go out as they fill; block 0
 * and those that carry fill levels are reserved and written when all is known.  And B-trees on it (2.3.2).
 */
#ifndef PST_WRITE_HEAP_H
#define PST_WRITE_HEAP_H

#include "pst/write_tree.h"

#define HEAP_ITEM_MAX 3580u

struct heap_block {
	uint8_t data[BLOCK_DATA_MAX];
	uint16_t ends[2048]; /* where each item ends */
	unsigned items;
	size_t used;
	struct block_place place; /* once reserved */
};

struct heap_writer {
	struct file_writer *file;
	struct block_list list;
	uint8_t client;
	uint32_t number;             /* of the block in the making */
	struct heap_block *current;  /* always there */
	struct heap_block *first;    /* block 0 once it is full; it is current until then */
	struct heap_block *bitmap;   /* the last block with fill levels, held back */
};

status heap_writer_init(struct heap_writer *h, struct file_writer *file, uint8_t client) MUST;
void heap_writer_free(struct heap_writer *h);
/* At most HEAP_ITEM_MAX bytes; an empty item is HID 0. */
status heap_writer_add(struct heap_writer *h, struct bytes item, uint32_t *hid) MUST;
/* Changes an item of block 0 that was added before, to the same size. */
void heap_writer_replace(struct heap_writer *h, uint32_t hid, struct bytes item);
status heap_writer_finish(struct heap_writer *h, uint32_t user_root, pst_bid *data) MUST;

/* Records in the order of their keys. */
#define BTH_WRITE_LEVELS 4

struct bth_writer {
	struct heap_writer *heap;
	unsigned key_size, value_size;
	uint32_t header; /* HID; in block 0, filled in at the end */
	struct bth_level {
		uint8_t data[HEAP_ITEM_MAX];
		size_t n;
		unsigned emitted;
	} level[BTH_WRITE_LEVELS];
};

/* Room for the header, to be had while the heap is in block 0. */
status bth_header_add(struct heap_writer *heap, uint32_t *hid) MUST;
void bth_writer_init(struct bth_writer *b, struct heap_writer *heap, uint32_t header, unsigned key_size, unsigned value_size);
status bth_writer_add(struct bth_writer *b, const void *key, const void *value) MUST;
status bth_writer_finish(struct bth_writer *b) MUST;

#endif
