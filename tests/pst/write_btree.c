/* The block and the node B-tree written from sorted entries. [MS-PST] 2.2.2.7.7 */
#include "writing.h"

static void blocks_are_found(unsigned n)
{
	struct block_place place = { 0 };
	struct writing w;
	pst_bid last = 0;

	writing_begin(&w, 0);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(file_reserve(&w.file, 1 + i % 40, i % 5 == 0, &place), 0);
		assert_true(place.bid > last);
		last = place.bid;
	}
	writing_read(&w);
	assert_true(w.db->header.next_block > last);
	for (unsigned i = 0; i < n; i++) {
		struct block_ref ref;

		assert_int_equal(w.db->index->block(w.db, 4 + (uint64_t)i * 4 + (i % 5 == 0 ? 2 : 0), &ref), 0);
		assert_int_equal(ref.size, 1 + i % 40);
		assert_int_equal(ref.refs, 2);
	}
	struct block_ref ref;
	assert_int_equal(w.db->index->block(w.db, 4 + (uint64_t)n * 4, &ref), ecNotFound);
	writing_end(&w);
}

/* Around a full leaf (20), a full branch page of full leaves (400), and one level more (8000). */
static void every_number_of_levels(void **state)
{
	static const unsigned counts[] = { 0, 1, 19, 20, 21, 39, 40, 41, 399, 400, 401, 420, 421, 7999, 8000, 8001, 30000 };

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		blocks_are_found(counts[i]);
}

/* Fan-out, counters, levels and first keys of every page below one. */
static uint64_t walk(struct writing *w, uint64_t at, pst_bid bid, unsigned type, int level, uint64_t *last)
{
	unsigned leaf = type == PAGE_NBT ? 32 : 24;
	uint64_t entries = 0;
	uint8_t page[512];

	assert_int_equal(input_read(w->in, at, page, sizeof page), 0);
	assert_int_equal(at % 512, 0);
	assert_int_equal(page[496], type);
	assert_int_equal(le64(page + 504), bid);
	assert_int_equal(le16(page + 498), pst_signature(at, bid));
	unsigned count = page[488], size = page[490];
	assert_int_equal(size, page[491] ? 24 : leaf);
	assert_int_equal(page[489], 488 / size);
	assert_true(count <= page[489]);
	assert_true(level < 0 || (count && page[491] == (unsigned)level));
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *e = page + (size_t)i * size;

		if (page[491]) {
			uint64_t before = *last;

			entries += walk(w, le64(e + 16), le64(e + 8), type, page[491] - 1, last);
			assert_true(le64(e) > before);
			continue;
		}
		assert_true(le64(e) > *last);
		*last = le64(e);
		entries++;
	}
	return entries;
}

/* In no order, and in more than one run of the sort. */
static void nodes_are_sorted(void **state)
{
	enum { NODES = 300007 };
	struct writing w;
	uint64_t last = 0;
	struct node_ref node;

	(void)state;
	writing_begin(&w, 0);
	for (uint64_t i = 0; i < NODES; i++) {
		pst_nid nid = nid_make(NID_TYPE_MESSAGE, (uint32_t)(i * 7919 % NODES) + 0x10000);

		assert_int_equal(node_writer_add(&w.nodes, nid, 0, 0, (pst_nid)i), 0);
	}
	assert_true(w.nodes.n_runs > 1);
	writing_read(&w);
	assert_int_equal(walk(&w, w.db->header.root.nbt_at, w.db->header.root.nbt_bid, PAGE_NBT, -1, &last), NODES);
	for (uint64_t i = 0; i < NODES; i += 997) {
		assert_int_equal(w.db->index->node(w.db, nid_make(NID_TYPE_MESSAGE, (uint32_t)(i * 7919 % NODES) + 0x10000), &node), 0);
		assert_int_equal(node.parent, i);
	}
	assert_true(w.db->header.next_nid[NID_TYPE_MESSAGE] >= 0x10000 + NODES);
	writing_end(&w);
}

static void block_tree_pages(void **state)
{
	struct block_place place;
	struct writing w;
	uint64_t last = 0;

	(void)state;
	writing_begin(&w, 0);
	for (unsigned i = 0; i < 9000; i++)
		assert_int_equal(file_reserve(&w.file, 1, false, &place), 0);
	writing_read(&w);
	assert_int_equal(walk(&w, w.db->header.root.bbt_at, w.db->header.root.bbt_bid, PAGE_BBT, -1, &last), 9000);
	assert_int_equal(last, 9000 * 4);
	writing_end(&w);
}

static void ids_are_given_once(void **state)
{
	struct writing w;
	pst_nid a, b, c;

	(void)state;
	writing_begin(&w, 0);
	/* A source's id where its type fits and it is free. */
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_MESSAGE, 0x200024, &a), 0);
	assert_int_equal(a, 0x200024);
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_MESSAGE, 0x200024, &b), 0);
	assert_int_not_equal(b, a);
	assert_int_equal(nid_type(b), NID_TYPE_MESSAGE);
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_MESSAGE, 0x8022, &c), 0);
	assert_int_equal(nid_type(c), NID_TYPE_MESSAGE);
	assert_true(c != a && c != b);
	/* Folders, search folders and their tables share one space of indexes. */
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_FOLDER, 0x8022, &a), 0);
	assert_int_equal(a, 0x8022);
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_SEARCH_FOLDER, 0x8023, &b), 0);
	assert_int_not_equal(nid_index(b), nid_index(a));
	/* The highest id of a source must not end the numbering. */
	assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_MESSAGE, 0xFFFFFFE4, &a), 0);
	assert_int_not_equal(a, 0xFFFFFFE4);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(node_writer_take(&w.nodes, NID_TYPE_MESSAGE, 0xFFFFFFC4 - i * 0x20, &b), 0);
	writing_read(&w);
	writing_end(&w);
}

static void a_node_is_taken_back(void **state)
{
	struct node_ref node;
	struct writing w;

	(void)state;
	writing_begin(&w, 0);
	writing_node(&w, 0x200024, 0, 0);
	writing_node(&w, 0x200044, 0, 0);
	node_writer_undo(&w.nodes);
	writing_node(&w, 0x200064, 0, 0);
	writing_read(&w);
	(void)writing_find(&w, 0x200024);
	(void)writing_find(&w, 0x200064);
	assert_int_equal(w.db->index->node(w.db, 0x200044, &node), ecNotFound);
	writing_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_levels), cmocka_unit_test(block_tree_pages),	cmocka_unit_test(nodes_are_sorted),
		cmocka_unit_test(ids_are_given_once),	  cmocka_unit_test(a_node_is_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
