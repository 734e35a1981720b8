/* rop/property_row: both forms, errors, columns without a type, instances of many values. */
#include "rop_support.h"

#include "rop/property_row.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct prop value(uint32_t tag, const char *bytes, size_t n)
{
	return (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(bytes, n) };
}

static struct bag bag_with_two(void)
{
	struct bag bag;

	bag_init(&bag, &arena);
	assert_int_equal(bag_set_u32(&bag, PidTagImportance, 1), ecNone);
	assert_int_equal(bag_set_text(&bag, PidTagSubject, "A"), ecNone);
	return bag;
}

static void puts_row(const uint32_t *tags, size_t n, const struct bag *bag, const char *expected)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1024);
	struct prop back[8];
	struct bytes rest;

	assert_int_equal(property_row_put(&b, tags, n, bag, &why), ecNone);
	same_bytes(buf_bytes(&b), hex(expected));
	buf_add_u8(&b, 0x99);
	rest = buf_bytes(&b);
	assert_int_equal(property_row_next(&rest, tags, n, &arena, back, &why), ecNone);
	assert_int_equal(rest.n, 1);
}

static void test_standard(void **state)
{
	static const uint32_t tags[] = { PidTagImportance, PidTagSubject };
	struct bag bag = bag_with_two();

	(void)state;
	puts_row(tags, 2, &bag, "00 01 00 00 00 41 00 00 00");
	puts_row(tags, 1, &bag, "00 01 00 00 00");
	puts_row(tags, 0, &bag, "00");
}

static void test_flagged(void **state)
{
	static const uint32_t tags[] = { PidTagImportance, PidTagBody, PidTagSubject };
	struct bag bag = bag_with_two();

	(void)state;
	/* MS-OXCDATA 2.8.1.2, 2.11.5: ecNotFound */
	puts_row(tags, 3, &bag, "01 00 01 00 00 00 0A 0F 01 04 80 00 41 00 00 00");
}

static void test_errors(void **state)
{
	static const uint32_t tags[] = { PidTagBody, PidTagHtml, PidTagImportance };
	struct prop denied = value(tag_make(0x1000, PT_ERROR), "\x05\x00\x07\x80", 4);
	struct prop absent = value(tag_make(0x1013, PT_NULL), "", 0);
	struct prop number = value(PidTagImportance, "\2\0\0\0", 4);
	const struct prop *values[] = { &denied, &absent, &number };
	CLEANUP_BUF struct buf b = BUF_MAX(1024);
	struct prop back[3];
	struct bytes data;

	(void)state;
	assert_int_equal(property_row_put_values(&b, tags, 3, values, &why), ecNone);
	same_bytes(buf_bytes(&b), hex("01 0A 05 00 07 80 01 00 02 00 00 00"));
	data = buf_bytes(&b);
	assert_int_equal(property_row_next(&data, tags, 3, &arena, back, &why), ecNone);
	assert_int_equal(back[0].tag, tag_make(tag_id(PidTagBody), PT_ERROR));
	assert_int_equal(le32(back[0].value.p), ecAccessDenied);
	assert_int_equal(back[1].tag, tag_make(tag_id(PidTagHtml), PT_NULL));
	assert_int_equal(back[2].tag, PidTagImportance);
	assert_int_equal(data.n, 0);
}

/* Such a column says what it has: [MS-OXCDATA] 2.11.3, 2.11.6. */
static void test_unspecified(void **state)
{
	static const uint32_t tags[] = { 0x00370000, 0x00170000 },
			      more[] = { 0x00370000, 0x10000000 };
	struct bag bag = bag_with_two();

	(void)state;
	puts_row(tags, 2, &bag, "00 1F 00 41 00 00 00 03 00 01 00 00 00");
	puts_row(more, 2, &bag, "01 1F 00 00 41 00 00 00 0A 00 0A 0F 01 04 80");
}

static void test_other_type(void **state)
{
	static const uint32_t tags[] = { 0x0037001E };
	struct bag bag = bag_with_two();

	(void)state;
	puts_row(tags, 1, &bag, "01 0A 0F 01 04 80");
}

static void test_instance(void **state)
{
	static const uint32_t tags[] = { 0x8001301F };
	struct prop one = value(0x8001001F, "A\0", 2), whole = value(0x8001101F, "", 0);
	const struct prop *values[] = { &one };
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct prop back;
	struct bytes data;

	(void)state;
	assert_int_equal(property_row_put_values(&b, tags, 1, values, &why), ecNone);
	same_bytes(buf_bytes(&b), hex("00 41 00 00 00"));
	data = buf_bytes(&b);
	assert_int_equal(property_row_next(&data, tags, 1, &arena, &back, &why), ecNone);
	assert_int_equal(back.tag, 0x8001301F);
	buf_clear(&b);
	/* All of them are not one of them. */
	values[0] = &whole;
	assert_int_equal(property_row_put_values(&b, tags, 1, values, &why), ecNone);
	assert_int_equal(b.p[0], 1);
}

static void test_large(void **state)
{
	static const uint32_t tags[] = { PidTagBody };
	struct prop body = { .tag = PidTagBody, .flags = PROP_LARGE, .count = 1, .size = 1 << 20 };
	const struct prop *values[] = { &body };
	CLEANUP_BUF struct buf b = BUF_MAX(64);

	(void)state;
	assert_int_equal(property_row_put_values(&b, tags, 1, values, &why), ecNone);
	same_bytes(buf_bytes(&b), hex("01 0A 0F 01 04 80"));
}

static void test_nothing_left_behind(void **state)
{
	static const uint32_t tags[] = { PidTagImportance, PidTagSubject };
	struct prop odd = value(PidTagImportance, "\1\0", 2);
	const struct prop *values[] = { NULL, &odd };
	struct bag bag = bag_with_two();

	(void)state;
	for (size_t max = 2; max < 11; max++) {
		CLEANUP_BUF struct buf b = BUF_MAX(max);

		buf_add(&b, "ab", 2);
		assert_int_equal(property_row_put(&b, tags, 2, &bag, &why),
				 max < 11 ? ecTooBig : ecNone);
		assert_int_equal(b.n, 2);
		assert_false(b.failed);
		buf_truncate(&b, 1);
		/* A value of a size that its type does not have. */
		assert_int_not_equal(property_row_put_values(&b, tags + 0, 1, values + 1, &why), 0);
		assert_int_equal(b.n, 1);
	}
}

static void test_broken(void **state)
{
	static const uint32_t tags[] = { PidTagImportance, PidTagSubject };
	static const char *const bad[] = { "",
					   "02 01 00 00 00 41 00 00 00",
					   "00 01 00 00",
					   "00 01 00 00 00 41 00",
					   "01 02 01 00 00 00 00 00 00",
					   "01 0A 01 00" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct bytes data = hex(bad[i]);
		size_t n = data.n;
		struct prop back[2];

		assert_int_equal(property_row_next(&data, tags, 2, &arena, back, &why),
				 ecCorruptData);
		assert_memory_equal(why.text, "row", 3);
		assert_int_equal(data.n, n);
	}
}

static void test_skip(void **state)
{
	static const uint32_t tags[] = { 0x8001101F, PidTagImportance };
	struct wire_in in;
	size_t used;

	(void)state;
	wire_in_init(&in, hex("00 02 00 00 00 41 00 00 00 42 00 00 00 01 00 00 00 77"), &arena);
	used = arena.used;
	assert_true(property_row_skip(&in, tags, 2));
	assert_int_equal(reader_left(&in.r), 1);
	assert_int_equal(arena.used, used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_standard, forget),
		cmocka_unit_test_setup(test_flagged, forget),
		cmocka_unit_test_setup(test_errors, forget),
		cmocka_unit_test_setup(test_unspecified, forget),
		cmocka_unit_test_setup(test_other_type, forget),
		cmocka_unit_test_setup(test_instance, forget),
		cmocka_unit_test_setup(test_large, forget),
		cmocka_unit_test_setup(test_nothing_left_behind, forget),
		cmocka_unit_test_setup(test_broken, forget),
		cmocka_unit_test_setup(test_skip, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
