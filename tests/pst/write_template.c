/* The fixed nodes of a store, against what a store made by Outlook has. [MS-PST] 2.4, 2.7 */
#include "writing.h"

#include "pst/write_template.h"

#define EMPTY "df1b80-Empty.pst"

/* A template's columns as Outlook lays them out: tag, place, bit in the row. */
struct golden {
	uint32_t tag;
	unsigned offset, bit;
};

static struct tc table_of(struct writing *w, pst_nid nid)
{
	struct node_ref node = writing_find(w, nid);
	struct tc t;

	assert_int_equal(tc_open(&t, w->db, &w->arena, &node), 0);
	return t;
}

static void write_templates(struct writing *w)
{
	writing_begin(w, 1);
	templates_reserve(&w->nodes);
	assert_int_equal(templates_write(&w->file, &w->nodes), 0);
	writing_read(w);
}

static void expect_columns(struct writing *w, pst_nid nid, const struct golden *g, size_t n, unsigned row_size)
{
	struct tc t = table_of(w, nid);

	assert_int_equal(t.n_columns, n);
	assert_int_equal(t.row_size, row_size);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t.columns[i].tag, g[i].tag);
		assert_int_equal(t.columns[i].offset, g[i].offset);
		assert_int_equal(t.columns[i].bit, g[i].bit);
	}
}

static void hierarchy_and_recipients(void **state)
{
	static const struct golden hierarchy[] = {
		{ 0x0E300102, 20, 6 },	{ 0x0E330014, 24, 7 },	{ 0x0E340102, 32, 8 },	{ 0x0E380003, 36, 9 },	{ 0x3001001F, 8, 2 },
		{ 0x36020003, 12, 3 },	{ 0x36030003, 16, 4 },	{ 0x360A000B, 52, 5 },	{ 0x3613001F, 40, 10 }, { 0x66350003, 44, 11 },
		{ 0x66360003, 48, 12 }, { 0x67F20003, 0, 0 },	{ 0x67F30003, 4, 1 },
	};
	static const struct golden recipients[] = {
		{ 0x0C150003, 24, 7 },	{ 0x0E0F000B, 48, 2 },	{ 0x0FF90102, 32, 9 },	{ 0x0FFE0003, 36, 10 }, { 0x0FFF0102, 16, 5 },
		{ 0x3001001F, 20, 6 },	{ 0x3002001F, 8, 3 },	{ 0x3003001F, 12, 4 },	{ 0x300B0102, 28, 8 },	{ 0x39000003, 40, 11 },
		{ 0x39FF001F, 44, 13 }, { 0x3A40000B, 49, 12 }, { 0x67F20003, 0, 0 },	{ 0x67F30003, 4, 1 },
	};
	struct writing w;

	(void)state;
	write_templates(&w);
	expect_columns(&w, NID_HIERARCHY_TABLE_TEMPLATE, hierarchy, sizeof hierarchy / sizeof *hierarchy, 55);
	expect_columns(&w, NID_RECIPIENT_TABLE, recipients, sizeof recipients / sizeof *recipients, 52);
	writing_end(&w);
}

static void receive_folder_table(void **state)
{
	struct writing w;
	unsigned flags = 0;
	struct bag row;

	(void)state;
	write_templates(&w);
	struct tc t = table_of(&w, 0x62B);
	assert_int_equal(t.n_rows, 1);
	bag_init(&row, &w.arena);
	assert_int_equal(tc_row_bag(&t, 0, &row, &flags), 0);
	assert_int_equal(bag_u32(&row, 0x6605, 0), NID_ROOT_FOLDER);
	assert_non_null(bag_find(&row, 0x001A)); /* there, and empty: all classes */
	writing_end(&w);
}

static void open_outlooks(struct writing *w)
{
	struct reason why;

	*w = (struct writing){ .out = NULL };
	assert_int_equal(input_open_file(real_store(EMPTY), &w->in, &why), 0);
	assert_int_equal(pst_open(w->in, &w->pst, &why), 0);
	w->db = &w->pst->db;
	arena_init(&w->arena, (size_t)16 << 20);
}

static void same_table(struct writing *a, struct writing *b, pst_nid nid)
{
	struct tc x = table_of(a, nid), y = table_of(b, nid);

	assert_int_equal(x.n_columns, y.n_columns);
	assert_int_equal(x.row_size, y.row_size);
	assert_int_equal(x.ceb_at, y.ceb_at);
	assert_int_equal(x.n_rows, y.n_rows);
	for (unsigned i = 0; i < x.n_columns; i++)
		if (memcmp(&x.columns[i], &y.columns[i], sizeof x.columns[i]) != 0)
			fail_msg("table 0x%x: column 0x%08x differs from 0x%08x", nid, x.columns[i].tag, y.columns[i].tag);
}

/* Node by node: each one that both have is the same kind of thing, tables to the last bit of their layout. */
static void same_as_outlooks(void **state)
{
	struct writing ours, theirs;
	struct node_ref node, other;
	unsigned tables = 0;

	(void)state;
	open_outlooks(&theirs);
	write_templates(&ours);
	for (uint64_t from = 0; !ours.db->index->next_node(ours.db, from, &node); from = (uint64_t)node.nid + 1) {
		struct heap heap;

		if (theirs.db->index->node(theirs.db, node.nid, &other))
			fail_msg("Outlook's store has no node 0x%x", node.nid);
		assert_int_equal(node.parent, other.parent);
		if (node.data && !heap_open(&heap, ours.db, &ours.arena, node.data) && heap.client == HEAP_CLIENT_TC) {
			same_table(&ours, &theirs, node.nid);
			tables++;
		}
	}
	assert_int_equal(tables, 11);
	writing_end(&ours);
	writing_end(&theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(hierarchy_and_recipients), cmocka_unit_test(receive_folder_table) };
	const struct real_test real[] = { { EMPTY, cmocka_unit_test(same_as_outlooks) } };

	return run_with_real(tests, sizeof tests / sizeof *tests, real, sizeof real / sizeof *real);
}
