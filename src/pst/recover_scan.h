/*
 * Everything in a file that proves by its trailer that it is a page or a block, wherever it lies: a block ends on
 * a multiple of the block size with its length, a signature made of its place and id, and a checksum.
 */
#ifndef PST_RECOVER_SCAN_H
#define PST_RECOVER_SCAN_H

#include "base/input.h"
#include "pst/ndb.h"

/* 16 bytes for each block: there may be many millions. */
struct found_block {
	pst_bid bid;
	uint64_t place; /* offset / 64 in the high 48 bits, size in the low 16 */
};

static inline uint64_t found_at(const struct found_block *b)
{
	return b->place >> 16 << 6;
}

static inline uint32_t found_size(const struct found_block *b)
{
	return b->place & 0xFFFF;
}

struct found_page {
	uint64_t at;
	pst_bid bid;
};

struct found_pages {
	struct found_page *v;
	size_t n, cap;
};

struct scan {
	const struct pst_format *format;
	struct found_block *blocks; /* sorted by BID once the scan is over; one of each */
	size_t n_blocks, cap_blocks;
	struct found_pages nbt, bbt; /* leaf pages with a right checksum */
	uint64_t pages, bad_pages;
	uint64_t bytes;
};

typedef void scan_progress(void *context, uint64_t done, uint64_t total);

/* Scans `in` from the start to at most `limit` bytes. */
status scan_file(struct scan *s, struct input *in, const struct pst_format *f, uint64_t limit, scan_progress *progress,
		 void *context) MUST;
void scan_free(struct scan *s);
const struct found_block *scan_find(const struct scan *s, pst_bid bid);
/* Adds a block that the scan did not find, then sorts again. */
status scan_add(struct scan *s, const struct block_ref *ref) MUST;
void scan_sort(struct scan *s);

#endif
