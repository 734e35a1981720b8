#include "support.h"

#include "base/buf.h"

static struct arena arena;
static struct bag bag;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	bag_init(&bag, &arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void sets_and_gets(void **state)
{
	(void)state;
	assert_int_equal(bag_set_u32(&bag, PidTagImportance, 2), 0);
	assert_int_equal(bag_set_u64(&bag, PidTagCreationTime, 77), 0);
	assert_int_equal(bag_set_bool(&bag, PidTagHasAttachments, true), 0);
	assert_int_equal(bag_set_text(&bag, PidTagSubject, "Grüße"), 0);
	assert_int_equal(bag_set_text(&bag, PidTagSubject, "anders"), 0);
	assert_int_equal(bag.n, 4);
	assert_int_equal(bag_u32(&bag, tag_id(PidTagImportance), 9), 2);
	assert_true(bag_u64(&bag, tag_id(PidTagCreationTime), 9) == 77);
	assert_true(bag_bool(&bag, tag_id(PidTagHasAttachments), false));
	assert_string_equal(bag_text(&bag, tag_id(PidTagSubject), 1252, &arena), "anders");
	assert_int_equal(bag_u32(&bag, tag_id(PidTagBody), 9), 9);
	assert_int_equal(bag_u32(&bag, tag_id(PidTagSubject), 9), 9); /* a string is no number */
	assert_null(bag_text(&bag, tag_id(PidTagImportance), 1252, &arena));
	bag_remove(&bag, tag_id(PidTagSubject));
	assert_null(bag_find(&bag, tag_id(PidTagSubject)));
}

static void text_of_either_kind(void **state)
{
	struct prop p = { .tag = 0x0037001E, .count = 1, .value = bytes_of("caf\xE9\0\0", 6) };

	(void)state;
	assert_non_null(bag_append(&bag, &p));
	assert_string_equal(bag_text(&bag, 0x0037, 1252, &arena), "café"); /* and without its terminators */
}

static void expect_format(const struct prop *p, const char *wanted)
{
	CLEANUP_BUF struct buf out = BUF_MAX(1000);

	prop_format(p, 1252, &out);
	assert_string_equal(buf_cstr(&out), wanted);
}

static void formats_every_shape(void **state)
{
	static const struct bytes list[] = { { (const uint8_t *)"a\0", 2 }, { (const uint8_t *)"\n\0", 2 } };

	(void)state;
	expect_format(&(struct prop){ .tag = 0x00170003, .count = 1, .value = bytes_of("\xFF\xFF\xFF\xFF", 4) }, "-1");
	expect_format(&(struct prop){ .tag = 0x0017000B, .count = 1, .value = bytes_of("\1", 1) }, "true");
	expect_format(&(struct prop){ .tag = 0x00170003, .count = 1, .value = bytes_of("\1", 1) }, "1 byte 01"); /* odd size */
	expect_format(&(struct prop){ .tag = 0x0017101F, .count = 2, .values = list }, "[\"a\", \"\\x0a\"]");
	expect_format(&(struct prop){ .tag = 0x00171003, .count = 2, .value = bytes_of("\1\0\0\0\2\0\0\0", 8) }, "[1, 2]");
	expect_format(&(struct prop){ .tag = 0x37010102, .flags = PROP_LARGE, .size = 5000000 }, "5000000 bytes");
}

static void copies_are_deep(void **state)
{
	char text[] = "x";
	struct bytes list[] = { bytes_of(text, 1) };
	struct prop p = { .tag = 0x00171102, .count = 1, .values = list };

	(void)state;
	assert_int_equal(bag_copy(&bag, &p), 0);
	assert_true(prop_equal(&bag.v[0], &p));
	text[0] = 'y';
	assert_false(prop_equal(&bag.v[0], &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sets_and_gets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(text_of_either_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(formats_every_shape, set_up, tear_down),
		cmocka_unit_test_setup_teardown(copies_are_deep, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
