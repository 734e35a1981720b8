#include "pst/write_tc.h"

#include "pst/ltp.h"

#include <stdlib.h>

#define TC_HEADER 22u
/* What cells may take up; the rest of the heap is for the row index, that of the subnodes for the rows. */
#define CELL_HEAP_BLOCKS 0xE000u
#define CELL_SUBNODES 150000u
#define ROWS_MAX 7000000u /* whose index still fits */

static unsigned cell_size(uint32_t tag)
{
	size_t size = tag & MV_FLAG ? 0 : prop_type_fixed_size(tag_type(tag));

	return size && size <= 8 ? (unsigned)size : 4; /* else a HNID */
}

static int by_tag(const void *a, const void *b)
{
	const struct tc_write_column *x = a, *y = b;

	return x->tag < y->tag ? -1 : x->tag > y->tag;
}

/*
 * Bits in the order in which columns were given; places by size: 8 and 4 bytes first, then 2, then 1, then the
 * existence bits.  Row id and version lead.  [MS-PST] 2.3.4.4; Outlook's own tables follow the same rule.
 */
static void lay_out(struct tc_writer *t)
{
	static const struct {
		unsigned least, most;
	} sizes[] = { { 4, 8 }, { 2, 2 }, { 1, 1 } };
	unsigned at = 8, ends[3];

	t->columns[0] = (struct tc_write_column){ LTP_ROW_ID, 0, 4, 0 };
	t->columns[1] = (struct tc_write_column){ LTP_ROW_VER, 4, 4, 1 };
	for (unsigned k = 0; k < 3; k++) {
		for (unsigned i = 2; i < t->n_columns; i++) {
			struct tc_write_column *c = &t->columns[i];
			unsigned size = cell_size(c->tag);

			if (size < sizes[k].least || size > sizes[k].most)
				continue;
			c->size = (uint8_t)size;
			c->offset = (uint16_t)at;
			c->bit = (uint8_t)i;
			at += size;
		}
		ends[k] = at;
	}
	t->end_4 = ends[0];
	t->end_2 = ends[1];
	t->end_1 = ends[2];
	t->row_size = t->end_1 + (t->n_columns + 7) / 8;
	qsort(t->columns, t->n_columns, sizeof *t->columns, by_tag);
}

static bool has_column(const struct tc_writer *t, uint32_t tag)
{
	for (unsigned i = 0; i < t->n_columns; i++)
		if (t->columns[i].tag == tag)
			return true;
	return false;
}

status tc_writer_init(struct tc_writer *t, struct file_writer *file, const uint32_t *tags, unsigned n)
{
	static const uint8_t zeros[TC_HEADER + 8 * TC_WRITE_COLUMNS];

	*t = (struct tc_writer){ .file = file, .n_columns = 2, .next_value = 0x401 };
	buf_init(&t->scratch, (size_t)64 << 20);
	for (unsigned i = 0; i < n && t->n_columns < TC_WRITE_COLUMNS; i++)
		if (tags[i] != LTP_ROW_ID && tags[i] != LTP_ROW_VER && !has_column(t, tags[i]))
			t->columns[t->n_columns++].tag = tags[i];
	lay_out(t);
	t->small = malloc(HEAP_ITEM_MAX);
	status s = heap_writer_init(&t->heap, file, 0x7C);
	if (!s)
		s = t->small ? bth_header_add(&t->heap, &t->index) : ecMemory; /* some readers look for it at HID 0x20 only */
	if (!s)
		s = heap_writer_add(&t->heap, bytes_of(zeros, TC_HEADER + 8 * (size_t)t->n_columns), &t->info);
	if (s)
		tc_writer_free(t);
	return s;
}

void tc_writer_free(struct tc_writer *t)
{
	heap_writer_free(&t->heap);
	subnode_list_free(&t->subs);
	if (t->matrix)
		tree_writer_free(t->matrix);
	free(t->matrix);
	free(t->small);
	free(t->row_ids);
	buf_free(&t->scratch);
	*t = (struct tc_writer){ 0 };
}

/* Rows -------------------------------------------------------------------------------------------------- */

static status to_matrix(struct tc_writer *t, const uint8_t *row)
{
	static const uint8_t zeros[BLOCK_DATA_MAX];
	unsigned per_block = BLOCK_DATA_MAX / t->row_size;
	status s = ecNone;

	/* Rows never cross a block: what is left of a full one is padding. */
	if (t->in_block == per_block) {
		s = tree_writer_add(t->matrix, bytes_of(zeros, BLOCK_DATA_MAX - (size_t)per_block * t->row_size));
		t->in_block = 0;
	}
	t->in_block++;
	return s ? s : tree_writer_add(t->matrix, bytes_of(row, t->row_size));
}

static status begin_matrix(struct tc_writer *t)
{
	status s = ecNone;

	t->matrix = malloc(sizeof *t->matrix);
	if (!t->matrix)
		return ecMemory;
	tree_writer_init(t->matrix, t->file);
	for (size_t i = 0; !s && i < t->n_small; i += t->row_size)
		s = to_matrix(t, t->small + i);
	return s;
}

static status add_row(struct tc_writer *t, const uint8_t *row)
{
	if (!t->matrix && t->n_small + t->row_size <= HEAP_ITEM_MAX) {
		memcpy(t->small + t->n_small, row, t->row_size);
		t->n_small += t->row_size;
		return ecNone;
	}
	status s = t->matrix ? ecNone : begin_matrix(t);
	return s ? s : to_matrix(t, row);
}

static status room_for_row(struct tc_writer *t)
{
	uint32_t cap = t->cap_rows ? t->cap_rows + t->cap_rows / 2 : 16;

	if (t->n_rows == ROWS_MAX)
		return reason_set(&t->file->why, ecTooBig, "a table of more than %u rows", ROWS_MAX);
	if (t->n_rows < t->cap_rows)
		return ecNone;
	void *v = realloc(t->row_ids, cap * sizeof *t->row_ids);
	if (!v)
		return ecMemory;
	t->row_ids = v;
	t->cap_rows = cap;
	return ecNone;
}

/* A value that is not in the row; `*there` false when it was left out. */
static status outside_cell(struct tc_writer *t, const struct prop *p, uint32_t *hnid, bool *there)
{
	pst_bid root;

	buf_clear(&t->scratch);
	status s = value_encode(p, &t->scratch);
	if (s)
		return s;
	bool heap = t->scratch.n <= HEAP_ITEM_MAX;
	*there = !t->copies || !t->scratch.n || (heap ? t->heap.number < CELL_HEAP_BLOCKS : t->subs.n < CELL_SUBNODES);
	if (!*there)
		return ecNone;
	if (heap)
		return heap_writer_add(&t->heap, buf_bytes(&t->scratch), hnid);
	*hnid = nid_make(NID_TYPE_LTP, t->next_value++);
	s = tree_write(t->file, buf_bytes(&t->scratch), &root);
	return s ? s : subnode_list_add(&t->subs, *hnid, root, 0);
}

static status put_cell(struct tc_writer *t, const struct tc_write_column *c, const struct prop *p, uint8_t *row)
{
	size_t fixed = c->tag & MV_FLAG ? 0 : prop_type_fixed_size(tag_type(c->tag));
	uint32_t hnid = 0;
	bool there = true;

	if (p->tag != c->tag || p->flags & PROP_LARGE)
		return ecNone;
	if (fixed && fixed <= 8) {
		memcpy(row + c->offset, p->value.p, p->value.n < fixed ? p->value.n : fixed);
	} else {
		status s = outside_cell(t, p, &hnid, &there);
		if (s || !there)
			return s;
		put_le32(row + c->offset, hnid);
	}
	row[t->end_1 + c->bit / 8] |= (uint8_t)(0x80 >> c->bit % 8);
	return ecNone;
}

status tc_writer_add(struct tc_writer *t, uint32_t row_id, const struct bag *cells)
{
	uint8_t row[TC_WRITE_COLUMNS * 9] = { 0 };
	status s = room_for_row(t);

	put_le32(row, row_id);
	put_le32(row + 4, 1); /* the version: dwUnique of the one writing */
	row[t->end_1] = 0xC0;
	for (unsigned i = 0; !s && i < t->n_columns; i++) {
		const struct prop *p = bag_find(cells, tag_id(t->columns[i].tag));

		if (p && t->columns[i].bit > 1)
			s = put_cell(t, &t->columns[i], p, row);
	}
	if (!s)
		s = add_row(t, row);
	if (s)
		return s;
	t->unordered |= t->n_rows && row_id < t->row_ids[t->n_rows - 1];
	t->row_ids[t->n_rows++] = row_id;
	return ecNone;
}

/* The end -------------------------------------------------------------------------------------------------- */

struct row_order {
	uint32_t id, row;
};

static int by_row_id(const void *a, const void *b)
{
	const struct row_order *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static status add_index(struct bth_writer *b, uint32_t id, uint32_t row)
{
	uint8_t key[4], value[4];

	put_le32(key, id);
	put_le32(value, row);
	return bth_writer_add(b, key, value);
}

static status index_sorted(struct tc_writer *t, struct bth_writer *b)
{
	struct row_order *order = malloc(t->n_rows * sizeof *order);
	status s = order ? ecNone : ecMemory;

	for (uint32_t i = 0; !s && i < t->n_rows; i++)
		order[i] = (struct row_order){ t->row_ids[i], i };
	if (!s)
		qsort(order, t->n_rows, sizeof *order, by_row_id);
	for (uint32_t i = 0; !s && i < t->n_rows; i++)
		s = add_index(b, order[i].id, order[i].row);
	free(order);
	return s;
}

static status write_index(struct tc_writer *t)
{
	struct bth_writer *b = malloc(sizeof *b);
	status s = ecNone;

	if (!b)
		return ecMemory;
	bth_writer_init(b, &t->heap, t->index, 4, 4);
	if (t->unordered)
		s = index_sorted(t, b);
	for (uint32_t i = 0; !s && !t->unordered && i < t->n_rows; i++)
		s = add_index(b, t->row_ids[i], i);
	if (!s)
		s = bth_writer_finish(b);
	free(b);
	return s;
}

static status write_rows(struct tc_writer *t, uint32_t *hnid)
{
	uint64_t size;
	pst_bid root;

	if (!t->matrix)
		return heap_writer_add(&t->heap, bytes_of(t->small, t->n_small), hnid);
	*hnid = nid_make(NID_TYPE_LTP, t->next_value++);
	status s = tree_writer_finish(t->matrix, &root, &size);
	return s ? s : subnode_list_add(&t->subs, *hnid, root, 0);
}

static void put_info(struct tc_writer *t, uint32_t rows)
{
	uint8_t info[TC_HEADER + 8 * TC_WRITE_COLUMNS] = { 0x7C, (uint8_t)t->n_columns };

	put_le16(info + 2, (uint16_t)t->end_4);
	put_le16(info + 4, (uint16_t)t->end_2);
	put_le16(info + 6, (uint16_t)t->end_1);
	put_le16(info + 8, (uint16_t)t->row_size);
	put_le32(info + 10, t->index);
	put_le32(info + 14, rows);
	for (unsigned i = 0; i < t->n_columns; i++) {
		uint8_t *d = info + TC_HEADER + 8 * (size_t)i;

		put_le32(d, t->columns[i].tag);
		put_le16(d + 4, t->columns[i].offset);
		d[6] = t->columns[i].size;
		d[7] = t->columns[i].bit;
	}
	heap_writer_replace(&t->heap, t->info, bytes_of(info, TC_HEADER + 8 * (size_t)t->n_columns));
}

status tc_writer_finish(struct tc_writer *t, pst_bid *data, pst_bid *sub)
{
	uint32_t rows = 0;
	status s = write_index(t);

	if (!s)
		s = write_rows(t, &rows);
	if (s)
		return s;
	put_info(t, rows);
	s = heap_writer_finish(&t->heap, t->info, data);
	return s ? s : subnode_list_write(&t->subs, t->file, sub);
}
