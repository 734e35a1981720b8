/*
 * Table contexts ([MS-PST] 2.3.4) written row by row: cells go into the heap, rows into blocks, as they come.
 */
#ifndef PST_WRITE_TC_H
#define PST_WRITE_TC_H

#include "mapi/prop.h"
#include "pst/write_pc.h"

#define TC_WRITE_COLUMNS 255u

struct tc_write_column {
	uint32_t tag;
	uint16_t offset;
	uint8_t size, bit;
};

struct tc_writer {
	struct file_writer *file;
	struct heap_writer heap;
	struct subnode_list subs;
	struct tc_write_column columns[TC_WRITE_COLUMNS]; /* sorted by tag */
	unsigned n_columns;
	unsigned end_4, end_2, end_1, row_size;
	uint32_t info, index; /* HIDs of TCINFO and of the row index */
	uint32_t *row_ids;    /* by row number */
	uint32_t n_rows, cap_rows;
	bool unordered;       /* the ids did not come in their order */
	bool copies;          /* cells repeat what the nodes of the rows hold: see tc_writer_add */
	uint8_t *small;       /* the first rows, while they fit one heap item */
	size_t n_small;
	struct tree_writer *matrix; /* once they do not */
	unsigned in_block;
	uint32_t next_value;
	struct buf scratch;
};

/* Columns in any order, each tag once; row id and row version are added. */
status tc_writer_init(struct tc_writer *t, struct file_writer *file, const uint32_t *tags, unsigned n) MUST;
void tc_writer_free(struct tc_writer *t);
/*
 * Cells come from the bag; a property of another type than the column's is left out.  When the heap (65,536 blocks) or
 * the list of subnodes is nearly full, a table of copies leaves out the cells that would stand there and goes on with
 * its rows; any other gives ecTooBig.  After an error the table is as it was, but for bytes that nothing refers to.
 */
status tc_writer_add(struct tc_writer *t, uint32_t row_id, const struct bag *cells) MUST;
status tc_writer_finish(struct tc_writer *t, pst_bid *data, pst_bid *sub) MUST;

#endif
