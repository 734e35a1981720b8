/* Ids with which objects of a store point at each other, wherever they stand. */
#include "support.h"

#include "mapi/own_ids.h"

static const struct guid key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
static const struct guid other = { { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 } };

static void put_id(struct buf *b, const struct guid *of, uint32_t nid)
{
	buf_add_u32(b, 0);
	buf_add(b, of->b, 16);
	buf_add_u32(b, nid);
}

/* "<122>": longer and shorter than an id, so that lengths have to follow. */
static bool as_text(void *context, struct bytes id, struct buf *out)
{
	uint32_t nid = le32(id.p + 20);

	++*(unsigned *)context;
	if (nid == 0xDEAD)
		return false;
	buf_printf(out, nid == 0x122 ? "<%x>" : "<%x and a good deal more of text than was there>", nid);
	return true;
}

static unsigned rewrite(uint32_t tag, const struct buf *value, struct arena *a, struct prop *out)
{
	struct prop p = { .tag = tag, .count = 1, .size = value->n, .value = buf_bytes(value) };
	unsigned n = 0, told = 0;

	assert_int_equal(own_ids_rewrite(&p, &key, as_text, &told, a, out, &n), 0);
	assert_true(told >= n);
	if (!n)
		assert_true(bytes_equal(out->value, p.value));
	return n;
}

static void expect(const struct prop *p, const struct buf *wanted)
{
	assert_int_equal(p->value.n, wanted->n);
	assert_memory_equal(p->value.p, wanted->p, wanted->n);
}

static void alone(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf v = BUF_MAX(4096), wanted = BUF_MAX(4096);
	struct prop p;

	(void)state;
	put_id(&v, &key, 0x122);
	buf_add_str(&wanted, "<122>");
	assert_int_equal(rewrite(PidTagIpmDraftsEntryId, &v, &a, &p), 1);
	expect(&p, &wanted);
	/* Not the key of the store itself, not of another store, not when the writer has nothing. */
	assert_int_equal(rewrite(PidTagRecordKey, &v, &a, &p), 0);
	buf_clear(&v);
	put_id(&v, &other, 0x122);
	assert_int_equal(rewrite(PidTagIpmDraftsEntryId, &v, &a, &p), 0);
	buf_clear(&v);
	put_id(&v, &key, 0xDEAD);
	assert_int_equal(rewrite(PidTagIpmDraftsEntryId, &v, &a, &p), 0);
}

static void in_a_list(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf mine = BUF_MAX(256), foreign = BUF_MAX(256);
	struct bytes values[4] = { { NULL, 0 } };
	struct prop p = { .tag = PidTagAdditionalRenEntryIds, .count = 4, .values = values }, out;
	unsigned n, told = 0;

	(void)state;
	put_id(&mine, &key, 0x122);
	put_id(&foreign, &other, 0x122);
	values[1] = buf_bytes(&mine);
	values[2] = buf_bytes(&foreign);
	values[3] = buf_bytes(&mine);
	assert_int_equal(own_ids_rewrite(&p, &key, as_text, &told, &a, &out, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(out.values[0].n, 0);
	assert_memory_equal(out.values[1].p, "<122>", 5);
	assert_true(bytes_equal(out.values[2], values[2]));
	assert_int_equal(out.values[3].n, 5);
}

/* [MS-OXOCNTC] 2.2.2.4.1 */
static void wrapped_in_a_member(void **state)
{
	static const uint8_t wrapper[21] = { 0, 0, 0, 0, 0xC0, 0x91, 0xAD, 0xD3, 0x51, 0x9D, 0xCF, 0x11, 0xA4, 0xA9, 0x00, 0xAA, 0x00,
					     0x47, 0xFA, 0xA4, 0xC3 };
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf v = BUF_MAX(256), wanted = BUF_MAX(256);
	struct prop p;

	(void)state;
	buf_add(&v, wrapper, sizeof wrapper);
	buf_add(&wanted, wrapper, sizeof wrapper);
	put_id(&v, &key, 0x200024);
	buf_add_str(&wanted, "<200024 and a good deal more of text than was there>");
	assert_int_equal(rewrite(0x80550102, &v, &a, &p), 1);
	expect(&p, &wanted);
}

static void put_block(struct buf *b, uint16_t block, const char *text, const struct guid *of)
{
	size_t n = text ? strlen(text) : 24;

	buf_add_u16(b, block);
	buf_add_u16(b, (uint16_t)(4 + n));
	buf_add_u16(b, 1);
	buf_add_u16(b, (uint16_t)n);
	if (text)
		buf_add_str(b, text);
	else
		put_id(b, of, 0x122);
}

/* [MS-OXOSFLD] 2.2.4 */
static void in_blocks(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf v = BUF_MAX(1024), wanted = BUF_MAX(1024);
	struct prop p;

	(void)state;
	put_block(&v, 0x8001, NULL, &key);
	put_block(&v, 0x8002, NULL, &other);
	put_block(&v, 0x8003, NULL, &key);
	buf_add_u32(&v, 0);
	put_block(&wanted, 0x8001, "<122>", NULL);
	put_block(&wanted, 0x8002, NULL, &other);
	put_block(&wanted, 0x8003, "<122>", NULL);
	buf_add_u32(&wanted, 0);
	assert_int_equal(rewrite(PidTagAdditionalRenEntryIdsEx, &v, &a, &p), 2);
	expect(&p, &wanted);
	/* Cut anywhere it stays as it is, or what is whole of it is written. */
	for (size_t n = 0; n < v.n; n++) {
		struct buf cut = v;

		cut.n = n;
		(void)rewrite(PidTagAdditionalRenEntryIdsEx, &cut, &a, &p);
	}
}

/* [MS-OXCDATA] 2.3.3 */
static void in_a_flat_list(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf v = BUF_MAX(1024), wanted = BUF_MAX(1024);
	struct prop p;

	(void)state;
	buf_add_u32(&v, 2);
	buf_add_u32(&v, 2 * 28);
	for (unsigned i = 0; i < 2; i++) {
		buf_add_u32(&v, 24);
		put_id(&v, i ? &other : &key, 0x122);
	}
	buf_add_u32(&wanted, 2);
	buf_add_u32(&wanted, 12 + 28);
	buf_add_u32(&wanted, 5);
	buf_add_str(&wanted, "<122>");
	buf_add_zeros(&wanted, 3);
	buf_add_u32(&wanted, 24);
	put_id(&wanted, &other, 0x122);
	assert_int_equal(rewrite(0x66050102, &v, &a, &p), 1);
	expect(&p, &wanted);
	v.p[0] = 200;
	assert_int_equal(rewrite(0x66050102, &v, &a, &p), 0);
}

static void keys(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	struct bag b;
	struct guid g;

	(void)state;
	bag_init(&b, &a);
	assert_false(own_ids_key(&b, &g));
	assert_int_equal(bag_set_bytes(&b, PidTagRecordKey, bytes_of("", 0)), 0);
	assert_false(own_ids_key(&b, &g));
	assert_int_equal(bag_set_bytes(&b, PidTagRecordKey, bytes_of(key.b, 16)), 0);
	assert_true(own_ids_key(&b, &g));
	assert_true(guid_equal(&g, &key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone),     cmocka_unit_test(in_a_list),      cmocka_unit_test(wrapped_in_a_member),
		cmocka_unit_test(in_blocks), cmocka_unit_test(in_a_flat_list), cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
