/* Property contexts: every type, every place a value can stand. [MS-PST] 2.3.3 */
#include "writing.h"

#include "pst/write_pc.h"

#define NODE 0x200024u

static struct prop single(uint32_t tag, const void *p, size_t n)
{
	return (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(p, n) };
}

static struct pc write_and_read(struct writing *w, const struct bag *bag)
{
	struct pc_writer writer;
	struct node_ref node;
	struct pc pc;
	pst_bid data, sub;

	writing_begin(w, 1);
	assert_int_equal(pc_writer_init(&writer, &w->file), 0);
	assert_int_equal(pc_writer_add_bag(&writer, bag), 0);
	assert_int_equal(pc_writer_finish(&writer, &data, &sub), 0);
	pc_writer_free(&writer);
	writing_node(w, NODE, data, sub);
	writing_read(w);
	node = writing_find(w, NODE);
	assert_int_equal(pc_load(&pc, w->db, &w->arena, &node), 0);
	return pc;
}

/* Every property of the one is in the other, with the same value. */
static void expect_same(const struct bag *a, const struct bag *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct prop *p = bag_find(b, prop_id(&a->v[i]));

		if (!p || !prop_equal(&a->v[i], p))
			fail_msg("property 0x%08x is not the same", a->v[i].tag);
	}
	for (size_t i = 1; i < b->n; i++)
		assert_true(prop_id(&b->v[i - 1]) < prop_id(&b->v[i]));
}

static void every_type(void **state)
{
	static const uint16_t types[] = { PT_SHORT,   PT_LONG,	  PT_FLOAT,  PT_DOUBLE,	 PT_CURRENCY, PT_APPTIME, PT_ERROR,
					  PT_BOOLEAN, PT_I8,	  PT_SYSTIME, PT_CLSID,	 PT_STRING8,  PT_UNICODE, PT_BINARY,
					  PT_SVREID,  PT_SRESTRICTION, PT_ACTIONS };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t data[64];
	struct writing w;
	struct bag bag;

	(void)state;
	memset(data, 1, sizeof data);
	bag_init(&bag, &arena);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t fixed = prop_type_fixed_size(types[i]);
		struct prop one = single(tag_make((uint16_t)(0x6700 - i), types[i]), data, fixed ? fixed : 10);
		struct prop many = single(tag_make((uint16_t)(0x6600 - i), types[i] | MV_FLAG), data, 3 * fixed);

		assert_non_null(bag_append(&bag, &one));
		many.count = 3;
		if (fixed && prop_type_known(prop_type(&many)))
			assert_non_null(bag_append(&bag, &many));
	}
	struct pc pc = write_and_read(&w, &bag);
	expect_same(&bag, &pc.bag);
	writing_end(&w);
}

static void lists(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t *data = pattern_new(9000);
	const struct bytes values[] = { bytes_of(data, 4), bytes_of(data, 0), bytes_of(data + 7, 300), bytes_of(data, 2) };
	const struct bytes large[] = { bytes_of(data, 9000), bytes_of(data, 2000) };
	struct prop p[] = {
		{ .tag = 0x66001102, .count = 4, .values = values }, { .tag = 0x6601101F, .count = 4, .values = values },
		{ .tag = 0x6602101E, .count = 1, .values = values }, { .tag = 0x66031102, .count = 0, .values = values },
		{ .tag = 0x66041102, .count = 2, .values = large },
	};
	struct writing w;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	for (size_t i = 0; i < sizeof p / sizeof *p; i++)
		assert_non_null(bag_append(&bag, &p[i]));
	struct pc pc = write_and_read(&w, &bag);
	expect_same(&bag, &pc.bag);
	writing_end(&w);
	free(data);
}

/* In the record, in the heap, in a subnode, and too large for the bag. */
static void sizes_around_every_limit(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 3579, 3580, 3581, 8176, 8177, 65536, 65537, 200000 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t *data = pattern_new(200000);
	struct writing w;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	for (uint16_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct prop p = single(tag_make((uint16_t)(0x6600 + i), PT_BINARY), data, sizes[i]);

		assert_non_null(bag_append(&bag, &p));
	}
	struct pc pc = write_and_read(&w, &bag);
	struct node_ref node;
	unsigned in_subnodes = 0;
	for (uint64_t from = 0; !subnode_next(w.db, pc.sub, from, &node); from = (uint64_t)node.nid + 1)
		in_subnodes++;
	assert_int_equal(in_subnodes, 6); /* those above 3580 bytes */
	for (uint16_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct prop *p = bag_find(&pc.bag, (uint16_t)(0x6600 + i));

		assert_non_null(p);
		assert_int_equal(p->size, sizes[i]);
		assert_int_equal(!!(p->flags & PROP_LARGE), sizes[i] > 65536);
		if (!(p->flags & PROP_LARGE))
			assert_memory_equal(p->value.p ? p->value.p : data, data, sizes[i]);
	}
	writing_end(&w);
	free(data);
}

/* What a damaged or foreign store holds is kept: types nobody knows, sizes that do not fit. */
static void odd_values_are_kept(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct prop odd[] = {
		single(0x66000000, "abcd", 4),	     /* PT_UNSPECIFIED */
		single(0x66010099, "whatever it is", 14), /* no type */
		single(0x66020040, "1234", 4),	     /* half a time */
		single(0x6603001F, "a\0b", 3),	     /* half a letter */
		single(0x6604001F, "a\0\0\0", 4),    /* a terminator */
	};
	struct writing w;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_non_null(bag_append(&bag, &odd[i]));
	struct pc pc = write_and_read(&w, &bag);
	expect_same(&bag, &pc.bag);
	writing_end(&w);
}

static void an_id_occurs_once(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct prop first = single(0x66000003, "\1\0\0\0", 4), second = single(0x6600001F, "a\0", 2);
	struct writing w;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	assert_non_null(bag_append(&bag, &first));
	assert_non_null(bag_append(&bag, &second));
	struct pc pc = write_and_read(&w, &bag);
	assert_int_equal(pc.bag.n, 1);
	assert_int_equal(pc.bag.v[0].tag, 0x66000003);
	writing_end(&w);
}

/* More than a page of records, and of heap blocks. */
static void thousands_of_properties(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	uint8_t *data = pattern_new(1000);
	struct writing w;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	for (uint32_t i = 0; i < 5000; i++) {
		struct prop p = single(tag_make((uint16_t)(0x1000 + i * 3 % 5000), PT_BINARY), data + i % 500, i % 400);

		assert_non_null(bag_append(&bag, &p));
	}
	struct pc pc = write_and_read(&w, &bag);
	expect_same(&bag, &pc.bag);
	writing_end(&w);
	free(data);
}

/* [MS-PST] 2.3.3.5: a subnode and its size stand in the heap. */
static void objects(void **state)
{
	uint8_t *data = pattern_new(10000);
	const struct prop small = single(0x3701000D, data, 20), empty = single(0x3702000D, data, 0);
	struct pc_writer writer;
	struct node_ref node;
	struct writing w;
	struct bytes got;
	unsigned flags = 0;
	pst_bid bid, sub;
	struct pc pc;

	(void)state;
	writing_begin(&w, 1);
	assert_int_equal(pc_writer_init(&writer, &w.file), 0);
	assert_int_equal(pc_writer_add(&writer, &small), 0);
	assert_int_equal(pc_writer_add(&writer, &empty), 0);
	assert_int_equal(file_block(&w.file, data + 5, 300, false, &bid), 0);
	assert_int_equal(pc_writer_add_tree(&writer, 0x3703000D, bid, 300), 0);
	assert_int_equal(pc_writer_finish(&writer, &bid, &sub), 0);
	pc_writer_free(&writer);
	writing_node(&w, NODE, bid, sub);
	writing_read(&w);
	node = writing_find(&w, NODE);
	assert_int_equal(pc_load(&pc, w.db, &w.arena, &node), 0);
	assert_int_equal(pc.bag.n, 3);
	assert_int_equal(pc_object(&pc, 0x3701000D, &node), 0);
	assert_int_equal(ndb_block(w.db, node.data, &got, &flags), 0);
	assert_int_equal(got.n, 20);
	assert_memory_equal(got.p, data, 20);
	assert_int_equal(pc_object(&pc, 0x3703000D, &node), 0);
	assert_int_equal(ndb_block(w.db, node.data, &got, &flags), 0);
	assert_int_equal(got.n, 300);
	assert_int_equal(pc_object(&pc, 0x3702000D, &node), ecNotFound);
	writing_end(&w);
	free(data);
}

/* An embedded message takes the place of whatever the bag had under that id. */
static void an_object_replaces(void **state)
{
	const struct prop before = single(0x37010102, "abc", 3);
	struct pc_writer writer;
	struct node_ref node;
	struct writing w;
	pst_bid bid, sub;
	struct pc pc;

	(void)state;
	writing_begin(&w, 1);
	assert_int_equal(pc_writer_init(&writer, &w.file), 0);
	assert_int_equal(pc_writer_add(&writer, &before), 0);
	assert_int_equal(file_block(&w.file, "x", 1, false, &bid), 0);
	assert_int_equal(subnode_list_add(&writer.subs, 0x8024, bid, 0), 0);
	assert_int_equal(pc_writer_set_object(&writer, 0x3701000D, 0x8024, 1), 0);
	assert_int_equal(pc_writer_finish(&writer, &bid, &sub), 0);
	pc_writer_free(&writer);
	writing_node(&w, NODE, bid, sub);
	writing_read(&w);
	node = writing_find(&w, NODE);
	assert_int_equal(pc_load(&pc, w.db, &w.arena, &node), 0);
	assert_int_equal(pc.bag.n, 1);
	assert_int_equal(pc_object(&pc, 0x3701000D, &node), 0);
	assert_int_equal(node.nid, 0x8024);
	writing_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),	      cmocka_unit_test(lists),
		cmocka_unit_test(sizes_around_every_limit), cmocka_unit_test(odd_values_are_kept),
		cmocka_unit_test(an_id_occurs_once),  cmocka_unit_test(thousands_of_properties),
		cmocka_unit_test(objects),	      cmocka_unit_test(an_object_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
