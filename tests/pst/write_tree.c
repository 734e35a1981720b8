/* Values of any size, and lists of subnodes. [MS-PST] 2.2.2.8.3 */
#include "writing.h"

#include "pst/write_tree.h"

#define FULL ((uint64_t)BLOCK_DATA_MAX)

struct expecting {
	uint64_t at;
	bool right;
};

static status compare_chunk(void *context, struct bytes chunk)
{
	struct expecting *e = context;

	for (size_t i = 0; i < chunk.n; i++)
		e->right &= chunk.p[i] == pattern(e->at + i);
	e->at += chunk.n;
	return ecNone;
}

/* Fed in pieces of changing size. */
static pst_bid write_value(struct writing *w, const uint8_t *data, uint64_t size)
{
	static struct tree_writer t;
	uint64_t at = 0, stated = 0;
	pst_bid root = 0;
	uint32_t random = 1;

	tree_writer_init(&t, &w->file);
	while (at < size) {
		size_t part = next_random(&random) % 30000;

		if (part > size - at)
			part = (size_t)(size - at);
		assert_int_equal(tree_writer_add(&t, bytes_of(data + at, part)), 0);
		at += part;
	}
	assert_int_equal(tree_writer_finish(&t, &root, &stated), 0);
	assert_int_equal(stated, size);
	tree_writer_free(&t);
	return root;
}

static void read_value(struct writing *w, pst_bid root, uint64_t size, unsigned level)
{
	struct expecting e = { .right = true };
	struct data_tree tree;
	unsigned flags = 0;

	assert_int_equal(data_tree_open(&tree, w->db, &w->arena, root), 0);
	assert_int_equal(tree.size, size);
	assert_int_equal(tree.level, level);
	assert_int_equal(value_stream(w->db, &w->arena, root, compare_chunk, &e, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(e.at, size);
	assert_true(e.right);
	/* Each list of a list says how much is below it. */
	for (uint32_t i = 0; level == 2 && i < tree.n_lists; i++) {
		uint64_t below = size - i * 1021 * FULL;
		struct bytes list;

		assert_int_equal(ndb_block(w->db, tree.lists[i], &list, &flags), 0);
		assert_int_equal(list.p[1], 1);
		assert_int_equal(le32(list.p + 4), below < 1021 * FULL ? below : 1021 * FULL);
	}
	/* Every block but the last is full: readers and Outlook count on it. */
	for (uint32_t i = 0; (i + 1) * FULL < size; i++) {
		struct block_ref ref;
		pst_bid bid = 0;

		assert_int_equal(data_tree_block(&tree, i, &bid), 0);
		assert_int_equal(w->db->index->block(w->db, bid, &ref), 0);
		assert_int_equal(ref.size, BLOCK_DATA_MAX);
	}
}

static void values_around_every_limit(void **state)
{
	static const struct {
		uint64_t size;
		unsigned level;
	} cases[] = {
		{ 0, 0 },		 { 1, 0 },	       { FULL - 1, 0 },		  { FULL, 0 },
		{ FULL + 1, 1 },	 { 2 * FULL, 1 },      { 1021 * FULL - 1, 1 },	  { 1021 * FULL, 1 },
		{ 1021 * FULL + 1, 2 },	 { 1022 * FULL, 2 },   { 2042 * FULL, 2 },	  { 2042 * FULL + 5, 2 },
	};
	enum { CASES = sizeof cases / sizeof *cases };
	uint8_t *data = pattern_new((size_t)cases[CASES - 1].size);
	pst_bid roots[CASES];
	struct writing w;

	(void)state;
	writing_begin(&w, 1);
	for (size_t i = 0; i < CASES; i++)
		roots[i] = write_value(&w, data, cases[i].size);
	writing_read(&w);
	assert_int_equal(roots[0], 0);
	for (size_t i = 0; i < CASES; i++) {
		struct arena_mark mark = arena_mark(&w.arena);

		read_value(&w, roots[i], cases[i].size, cases[i].level);
		arena_rewind(&w.arena, mark);
	}
	writing_end(&w);
	free(data);
}

/* lcbTotal has 32 bits. */
static void a_value_of_4_gib_is_refused(void **state)
{
	struct block_list list;
	struct writing w;
	status s = ecNone;
	uint64_t blocks = 0;

	(void)state;
	writing_begin(&w, 1);
	block_list_init(&list, &w.file);
	while (!s) {
		s = block_list_add(&list, 4 + blocks * 4, BLOCK_DATA_MAX);
		blocks += !s;
	}
	assert_int_equal(s, ecTooBig);
	assert_true(w.file.why.text[0]);
	assert_int_equal(blocks, UINT32_MAX / BLOCK_DATA_MAX);
	/* What there is still fits. */
	assert_int_equal(block_list_add(&list, 4, UINT32_MAX - blocks * BLOCK_DATA_MAX), 0);
	assert_int_equal(list.total, UINT32_MAX);
	block_list_free(&list);
	writing_read(&w);
	writing_end(&w);
}

/* In any order; found again, and each once. */
static pst_bid write_subnodes(struct writing *w, uint32_t n)
{
	struct subnode_list list = { 0 };
	pst_bid root = 1;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t k = i * 7919 % n;

		assert_int_equal(subnode_list_add(&list, nid_make(NID_TYPE_ATTACHMENT, (uint32_t)k + 1), 4 * k + 4, k % 3), 0);
	}
	assert_int_equal(subnode_list_write(&list, &w->file, &root), 0);
	subnode_list_free(&list);
	return root;
}

static void read_subnodes(struct writing *w, pst_bid root, uint32_t n)
{
	struct node_ref node;
	uint32_t seen = 0;

	assert_true(root || !n);
	if (!root)
		return;
	for (uint64_t from = 0; !subnode_next(w->db, root, from, &node); from = (uint64_t)node.nid + 1) {
		assert_int_equal(nid_index(node.nid), seen + 1);
		assert_int_equal(node.data, 4 * (uint64_t)seen + 4);
		assert_int_equal(node.sub, seen % 3);
		seen++;
	}
	assert_int_equal(seen, n);
	for (uint32_t i = 0; i < n; i += 1 + n / 50)
		assert_int_equal(subnode_find(w->db, root, nid_make(NID_TYPE_ATTACHMENT, i + 1), &node), 0);
}

static void subnodes_around_every_limit(void **state)
{
	static const uint32_t counts[] = { 0, 1, 339, 340, 341, 680, 681, 20000 };
	enum { CASES = sizeof counts / sizeof *counts };
	pst_bid roots[CASES];
	struct writing w;

	(void)state;
	writing_begin(&w, 1);
	for (size_t i = 0; i < CASES; i++)
		roots[i] = write_subnodes(&w, counts[i]);
	writing_read(&w);
	for (size_t i = 0; i < CASES; i++)
		read_subnodes(&w, roots[i], counts[i]);
	writing_end(&w);
}

static void too_many_subnodes_are_refused(void **state)
{
	struct subnode_list list = { 0 };
	struct writing w;
	pst_bid root;

	(void)state;
	writing_begin(&w, 1);
	for (uint32_t i = 0; i <= 340 * 510; i++)
		assert_int_equal(subnode_list_add(&list, nid_make(NID_TYPE_ATTACHMENT, i), 4, 0), 0);
	assert_int_equal(subnode_list_write(&list, &w.file, &root), ecTooBig);
	assert_true(w.file.why.text[0]);
	list.n--;
	assert_int_equal(subnode_list_write(&list, &w.file, &root), 0);
	subnode_list_free(&list);
	writing_read(&w);
	writing_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_around_every_limit),
		cmocka_unit_test(a_value_of_4_gib_is_refused),
		cmocka_unit_test(subnodes_around_every_limit),
		cmocka_unit_test(too_many_subnodes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
