/* Heaps of one block and of hundreds, and B-trees on them. [MS-PST] 2.3.1, 2.3.2 */
#include "writing.h"

#include "pst/write_heap.h"

struct kept_item {
	uint32_t hid;
	size_t at, n;
};

static unsigned level_of(size_t free_bytes)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8, 0 };
	unsigned level = 0;

	while (free_bytes < least[level])
		level++;
	return level;
}

static size_t head_of(uint32_t block)
{
	return !block ? 12 : block >= 8 && (block - 8) % 128 == 0 ? 66 : 2;
}

/* Page maps on even places that begin behind the header, and fill levels that are true: Outlook writes by them. */
static void check_heap(struct writing *w, pst_bid data)
{
	uint8_t levels[4096] = { 0 };
	struct data_tree tree;
	uint32_t n = 0;
	pst_bid bid;

	assert_int_equal(data_tree_open(&tree, w->db, &w->arena, data), 0);
	for (; !data_tree_block(&tree, n, &bid); n++) {
		struct bytes b;
		unsigned flags = 0, at;

		assert_true(n < sizeof levels);
		assert_int_equal(ndb_block(w->db, bid, &b, &flags), 0);
		at = le16(b.p);
		unsigned count = le16(b.p + at);
		assert_int_equal(at % 2, 0);
		assert_int_equal(le16(b.p + at + 2), 0);
		assert_int_equal(le16(b.p + at + 4), head_of(n));
		assert_true(count <= 2047);
		assert_true(at + 4 + 2 * (count + 1) <= b.n);
		if (head_of(n) == 12)
			for (unsigned i = 0; i < 8; i++)
				levels[i] = b.p[8 + i / 2] >> (i % 2 ? 4 : 0) & 15;
		if (head_of(n) == 66)
			for (unsigned i = 0; i < 128; i++)
				levels[n + i] = b.p[2 + i / 2] >> (i % 2 ? 4 : 0) & 15;
		assert_int_equal(levels[n], level_of(BLOCK_DATA_MAX - (at + 4 + 2 * (count + 1))));
	}
	for (; n < sizeof levels; n++)
		assert_int_equal(levels[n], 0);
}

/* Items of sizes up to `most`; every one is there afterwards. */
static void items_of(size_t count, size_t most)
{
	struct kept_item *items = calloc(count, sizeof *items);
	uint8_t *data = pattern_new(HEAP_ITEM_MAX + 251);
	struct heap_writer h;
	struct writing w;
	struct heap heap;
	uint32_t random = 5, root = 0;
	pst_bid bid;

	assert_non_null(items);
	writing_begin(&w, 1);
	assert_int_equal(heap_writer_init(&h, &w.file, HEAP_CLIENT_BTH), 0);
	for (size_t i = 0; i < count; i++) {
		items[i].n = 1 + next_random(&random) % most;
		items[i].at = i % 251;
		assert_int_equal(heap_writer_add(&h, bytes_of(data + items[i].at, items[i].n), &items[i].hid), 0);
		assert_int_equal(items[i].hid & 0x1F, 0);
		root = items[i].hid;
	}
	assert_int_equal(heap_writer_finish(&h, root, &bid), 0);
	heap_writer_free(&h);
	writing_read(&w);
	check_heap(&w, bid);
	assert_int_equal(heap_open(&heap, w.db, &w.arena, bid), 0);
	assert_int_equal(heap.client, HEAP_CLIENT_BTH);
	assert_int_equal(heap.user_root, root);
	for (size_t i = 0; i < count; i++) {
		struct bytes got;

		assert_int_equal(heap_item(&heap, items[i].hid, &got), 0);
		assert_int_equal(got.n, items[i].n);
		assert_memory_equal(got.p, data + items[i].at, got.n);
	}
	writing_end(&w);
	free(items);
	free(data);
}

static void heaps_of_every_size(void **state)
{
	(void)state;
	items_of(1, 1);
	items_of(3, HEAP_ITEM_MAX);
	items_of(5, HEAP_ITEM_MAX);
	items_of(31, HEAP_ITEM_MAX); /* around 8 blocks, where fill levels leave block 0 */
	items_of(35, HEAP_ITEM_MAX);
	items_of(600, HEAP_ITEM_MAX); /* around 136, the second block with fill levels */
	items_of(1500, HEAP_ITEM_MAX);
	items_of(20000, 3); /* more than 2047 items would fit a block */
	items_of(40000, 60);
}

static void items_that_cannot_be(void **state)
{
	uint8_t *data = pattern_new(HEAP_ITEM_MAX + 1);
	struct heap_writer h;
	struct writing w;
	uint32_t hid = 7;
	pst_bid bid;

	(void)state;
	writing_begin(&w, 1);
	assert_int_equal(heap_writer_init(&h, &w.file, HEAP_CLIENT_BTH), 0);
	assert_int_equal(heap_writer_add(&h, bytes_of(data, HEAP_ITEM_MAX + 1), &hid), ecInvalidParam);
	assert_int_equal(heap_writer_add(&h, bytes_of(NULL, 0), &hid), 0);
	assert_int_equal(hid, 0);
	assert_int_equal(heap_writer_finish(&h, 0, &bid), 0);
	heap_writer_free(&h);
	writing_read(&w);
	check_heap(&w, bid);
	writing_end(&w);
	free(data);
}

struct walked {
	uint32_t n, step;
	bool right;
};

static status each_record(void *context, const uint8_t *key, const uint8_t *value)
{
	struct walked *k = context;

	k->right &= le32(key) == k->n * k->step + 1 && le32(value) == (k->n ^ 0x5A5A5A5A);
	k->n++;
	return ecNone;
}

/* Index entries must carry the first key of the page below, or Outlook's repair tool complains. */
static void check_index(struct heap *heap, uint32_t hid, unsigned level, uint32_t first)
{
	struct bytes item;

	assert_int_equal(heap_item_kept(heap, hid, &item), 0);
	assert_int_equal(item.n % 8, 0);
	assert_true(item.n);
	assert_int_equal(le32(item.p), first);
	for (size_t i = 0; level && i < item.n; i += 8)
		check_index(heap, le32(item.p + i + 4), level - 1, le32(item.p + i));
}

static void records_of(uint32_t n, unsigned levels)
{
	struct walked k = { .step = 3, .right = true };
	static struct bth_writer b;
	struct heap_writer h;
	struct writing w;
	struct heap heap;
	struct bth bth;
	uint32_t header;
	uint8_t key[4], value[4];
	pst_bid bid;

	writing_begin(&w, 1);
	assert_int_equal(heap_writer_init(&h, &w.file, HEAP_CLIENT_BTH), 0);
	assert_int_equal(bth_header_add(&h, &header), 0);
	bth_writer_init(&b, &h, header, 4, 4);
	for (uint32_t i = 0; i < n; i++) {
		put_le32(key, i * k.step + 1);
		put_le32(value, i ^ 0x5A5A5A5A);
		assert_int_equal(bth_writer_add(&b, key, value), 0);
	}
	assert_int_equal(bth_writer_finish(&b), 0);
	assert_int_equal(heap_writer_finish(&h, header, &bid), 0);
	heap_writer_free(&h);
	writing_read(&w);
	assert_int_equal(heap_open(&heap, w.db, &w.arena, bid), 0);
	assert_int_equal(bth_open(&bth, &heap, heap.user_root), 0);
	assert_int_equal(bth.levels, levels);
	assert_int_equal(bth_walk(&bth, each_record, &k), 0);
	assert_int_equal(k.n, n);
	assert_true(k.right);
	assert_int_equal(bth_find(&bth, 2, value), ecNotFound);
	if (n) {
		assert_int_equal(bth_find(&bth, (uint64_t)(n - 1) * k.step + 1, value), 0);
		check_index(&heap, bth.root, levels, 1);
	}
	writing_end(&w);
}

static void trees_of_every_height(void **state)
{
	const uint32_t leaf = HEAP_ITEM_MAX / 8;

	(void)state;
	records_of(0, 0);
	records_of(1, 0);
	records_of(leaf, 0);
	records_of(leaf + 1, 1);
	records_of(leaf * leaf, 1);
	records_of(leaf * leaf + 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heaps_of_every_size),
		cmocka_unit_test(items_that_cannot_be),
		cmocka_unit_test(trees_of_every_height),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
