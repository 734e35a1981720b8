/* Table contexts: where cells stand, rows of every number, cells of every place. [MS-PST] 2.3.4 */
#include "writing.h"

#include "pst/write_template.h"

#define NODE 0x6EEu

static struct prop single(uint32_t tag, const void *p, size_t n)
{
	return (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(p, n) };
}

static const uint32_t columns[] = { 0x66000003, 0x66010040, 0x6602000B, 0x6603001F, 0x66040002, 0x66050102,
				    0x66060048, 0x66071003, 0x6608101F, 0x66090014 };
enum { COLUMNS = sizeof columns / sizeof *columns };

static void begin(struct writing *w, struct tc_writer *t)
{
	writing_begin(w, 1);
	assert_int_equal(tc_writer_init(t, &w->file, columns, COLUMNS), 0);
}

static void finish(struct writing *w, struct tc_writer *t, struct tc *table)
{
	struct node_ref node;
	pst_bid data, sub;

	assert_int_equal(tc_writer_finish(t, &data, &sub), 0);
	tc_writer_free(t);
	writing_node(w, NODE, data, sub);
	writing_read(w);
	node = writing_find(w, NODE);
	assert_int_equal(tc_open(table, w->db, &w->arena, &node), 0);
}

static const struct tc_column *column_of(const struct tc *t, uint32_t tag)
{
	for (unsigned i = 0; i < t->n_columns; i++)
		if (t->columns[i].tag == tag)
			return &t->columns[i];
	return NULL;
}

/* Wide cells first, then two bytes, then one; no holes, no overlaps; row id and version lead. */
static void columns_are_laid_out(void **state)
{
	struct tc_writer writer;
	uint8_t covered[256] = { 0 };
	struct writing w;
	struct tc t;

	(void)state;
	begin(&w, &writer);
	finish(&w, &writer, &t);
	assert_int_equal(t.n_columns, COLUMNS + 2);
	assert_int_equal(t.n_rows, 0);
	assert_int_equal(t.rows, 0);
	assert_int_equal(column_of(&t, LTP_ROW_ID)->offset, 0);
	assert_int_equal(column_of(&t, LTP_ROW_ID)->bit, 0);
	assert_int_equal(column_of(&t, LTP_ROW_VER)->offset, 4);
	assert_int_equal(column_of(&t, LTP_ROW_VER)->bit, 1);
	for (unsigned i = 0; i < t.n_columns; i++) {
		const struct tc_column *c = &t.columns[i];

		assert_true(!i || t.columns[i - 1].tag < c->tag);
		for (unsigned k = 0; k < c->size; k++)
			assert_false(covered[c->offset + k]++);
	}
	for (unsigned i = 0; i < t.ceb_at; i++)
		assert_true(covered[i]);
	assert_int_equal(t.row_size, t.ceb_at + (COLUMNS + 2 + 7) / 8);
	assert_int_equal(column_of(&t, 0x6602000B)->offset, t.ceb_at - 1);
	assert_int_equal(column_of(&t, 0x66040002)->offset, t.ceb_at - 3);
	writing_end(&w);
}

static void cells_of_every_type(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t *data = pattern_new(20000);
	const struct bytes texts[] = { bytes_of("a\0b\0", 4), bytes_of(NULL, 0) };
	struct prop cells[] = {
		single(0x66000003, "\1\2\3\4", 4),    single(0x66010040, "12345678", 8), single(0x6602000B, "\1", 1),
		single(0x6603001F, "x\0y\0", 4),      single(0x66040002, "\7\0", 2),	 single(0x66050102, data, 20000),
		single(0x66060048, data, 16),	      single(0x66071003, data, 12),	 { .tag = 0x6608101F, .count = 2, .values = texts },
		single(0x66090014, "abcdefgh", 8),
	};
	struct tc_writer writer;
	struct writing w;
	struct bag bag, got;
	unsigned flags = 0;
	struct tc t;

	(void)state;
	cells[7].count = 3;
	bag_init(&bag, &arena);
	for (size_t i = 0; i < COLUMNS; i++)
		assert_non_null(bag_append(&bag, &cells[i]));
	begin(&w, &writer);
	assert_int_equal(tc_writer_add(&writer, 77, &bag), 0);
	finish(&w, &writer, &t);
	assert_int_equal(t.n_rows, 1);
	bag_init(&got, &w.arena);
	assert_int_equal(tc_row_bag(&t, 0, &got, &flags), 0);
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct prop *p = bag_find(&got, prop_id(&cells[i]));

		if (!p || !prop_equal(p, &cells[i]))
			fail_msg("cell 0x%08x is not the same", cells[i].tag);
	}
	assert_int_equal(bag_u32(&got, tag_id(LTP_ROW_ID), 0), 77);
	assert_int_equal(bag_u32(&got, tag_id(LTP_ROW_VER), 0), 1);
	writing_end(&w);
	free(data);
}

/* A cell that is absent is not a cell that is zero; another type is no cell. */
static void absent_cells(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct prop other = single(0x6603001E, "text", 4), zero = single(0x66000003, "\0\0\0\0", 4);
	struct tc_writer writer;
	struct writing w;
	struct bag bag, got;
	unsigned flags = 0;
	struct tc t;

	(void)state;
	bag_init(&bag, &arena);
	assert_non_null(bag_append(&bag, &other));
	assert_non_null(bag_append(&bag, &zero));
	begin(&w, &writer);
	assert_int_equal(tc_writer_add(&writer, 1, &bag), 0);
	finish(&w, &writer, &t);
	bag_init(&got, &w.arena);
	assert_int_equal(tc_row_bag(&t, 0, &got, &flags), 0);
	assert_non_null(bag_find(&got, 0x6600));
	assert_null(bag_find(&got, 0x6601));
	assert_null(bag_find(&got, 0x6603));
	writing_end(&w);
}

struct row_check {
	struct tc *t;
	uint32_t n, last;
	uint8_t *seen;
	bool right;
};

static status check_row(void *context, uint32_t row_id, uint32_t row)
{
	struct row_check *k = context;

	k->right &= (!k->n || row_id > k->last) && row < k->t->n_rows && !k->seen[row]++;
	k->last = row_id;
	k->n++;
	return ecNone;
}

static void check_cells(struct tc *t, uint32_t i, uint32_t row_id, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	unsigned flags = 0;
	struct bag got;

	bag_init(&got, arena);
	assert_int_equal(tc_row_bag(t, i, &got, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(bag_u32(&got, tag_id(LTP_ROW_ID), 0), row_id);
	assert_int_equal(bag_u32(&got, 0x6600, 0), i);
	assert_int_equal(bag_bytes(&got, 0x6605).n, i % 90);
	arena_rewind(arena, mark);
}

static uint32_t row_id_of(uint32_t i, uint32_t n, bool ordered)
{
	return ordered ? 0x200024 + i * 0x20 : (uint32_t)((uint64_t)i * 7919 % n) * 0x20 + 0x24;
}

static void rows_of(uint32_t n, bool ordered)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t *data = pattern_new(100);
	struct row_check k = { .right = true };
	struct tc_writer writer;
	struct writing w;
	struct tc t;

	begin(&w, &writer);
	for (uint32_t i = 0; i < n; i++) {
		struct bag bag;

		arena_reset(&arena);
		bag_init(&bag, &arena);
		assert_int_equal(bag_set_u32(&bag, 0x66000003, i), 0);
		assert_int_equal(bag_set_bytes(&bag, 0x66050102, bytes_of(data, i % 90)), 0);
		assert_int_equal(tc_writer_add(&writer, row_id_of(i, n, ordered), &bag), 0);
	}
	finish(&w, &writer, &t);
	assert_int_equal(t.n_rows, n);
	k.t = &t;
	k.seen = calloc(n + 1, 1);
	assert_non_null(k.seen);
	assert_int_equal(tc_walk(&t, check_row, &k), 0);
	assert_int_equal(k.n, n);
	assert_true(k.right);
	for (uint32_t i = 0; i < n; i += n > 3000 ? 37 : 1)
		check_cells(&t, i, row_id_of(i, n, ordered), &w.arena);
	free(k.seen);
	writing_end(&w);
	free(data);
}

/* In the heap as long as they fit an item of 3580 bytes, then in blocks; an index of one and of more levels. */
static void rows_of_every_number(void **state)
{
	const uint32_t row = 8 + 4 + 8 + 4 + 4 + 4 + 4 + 4 + 8 + 2 + 1 + 2, in_heap = HEAP_ITEM_MAX / row, in_block = BLOCK_DATA_MAX / row;
	const uint32_t counts[] = { 1, 2, in_heap - 1, in_heap, in_heap + 1, in_block, in_block + 1, 2 * in_block, 447, 448, 40000 };

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		rows_of(counts[i], true);
		rows_of(counts[i], false);
	}
}

/* Blocks of rows are all full but the last, whatever is left behind the last row of each. */
static void blocks_of_rows_are_full(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct tc_writer writer;
	struct block_ref ref;
	struct writing w;
	struct bag none;
	struct tc t;
	pst_bid bid;

	(void)state;
	bag_init(&none, &arena);
	begin(&w, &writer);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(tc_writer_add(&writer, i + 1, &none), 0);
	finish(&w, &writer, &t);
	for (uint32_t i = 0; !data_tree_block(&t.matrix, i, &bid); i++) {
		assert_int_equal(w.db->index->block(w.db, bid, &ref), 0);
		if ((i + 1) * t.rows_per_block < 1000)
			assert_int_equal(ref.size, BLOCK_DATA_MAX);
		else
			assert_int_equal(ref.size, 1000 % t.rows_per_block * t.row_size);
	}
	writing_end(&w);
}

/* The same id may have two types in the recipients of one message. */
static void an_id_of_two_types(void **state)
{
	static const uint32_t tags[] = { 0x6600001F, 0x6600001E, 0x6600001F };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct prop wide = single(0x6600001F, "a\0", 2), narrow = single(0x6600001E, "b", 1);
	struct tc_writer writer;
	struct node_ref node;
	struct writing w;
	unsigned flags = 0;
	pst_bid data, sub;
	struct bag bag;
	struct tc t;

	(void)state;
	writing_begin(&w, 1);
	assert_int_equal(tc_writer_init(&writer, &w.file, tags, 3), 0);
	assert_int_equal(writer.n_columns, 4);
	bag_init(&bag, &arena);
	assert_non_null(bag_append(&bag, &wide));
	assert_int_equal(tc_writer_add(&writer, 1, &bag), 0);
	bag.n = 0;
	assert_non_null(bag_append(&bag, &narrow));
	assert_int_equal(tc_writer_add(&writer, 2, &bag), 0);
	assert_int_equal(tc_writer_finish(&writer, &data, &sub), 0);
	tc_writer_free(&writer);
	writing_node(&w, NODE, data, sub);
	writing_read(&w);
	node = writing_find(&w, NODE);
	assert_int_equal(tc_open(&t, w.db, &w.arena, &node), 0);
	bag_init(&bag, &w.arena);
	assert_int_equal(tc_row_bag(&t, 0, &bag, &flags), 0);
	assert_int_equal(bag_find(&bag, 0x6600)->tag, 0x6600001F);
	bag_init(&bag, &w.arena);
	assert_int_equal(tc_row_bag(&t, 1, &bag, &flags), 0);
	assert_int_equal(bag_find(&bag, 0x6600)->tag, 0x6600001E);
	writing_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_laid_out), cmocka_unit_test(cells_of_every_type),	 cmocka_unit_test(absent_cells),
		cmocka_unit_test(rows_of_every_number), cmocka_unit_test(blocks_of_rows_are_full), cmocka_unit_test(an_id_of_two_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
