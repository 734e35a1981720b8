#include "support.h"

#include "base/reader.h"

static void reads_and_consumes(void **state)
{
	static const uint8_t data[] = { 1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 9 };
	struct reader r = reader_of(bytes_of(data, sizeof data));

	(void)state;
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_u16(&r), 2);
	assert_int_equal(reader_u32(&r), 3);
	assert_int_equal(reader_u64(&r), 4);
	assert_false(reader_done(&r));
	assert_int_equal(reader_rest(&r).n, 2);
	assert_true(reader_done(&r));
}

static void stays_failed(void **state)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct reader r = reader_of(bytes_of(data, sizeof data));

	(void)state;
	assert_int_equal(reader_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(reader_u8(&r), 0);
	assert_null(reader_bytes(&r, 0).p);
	assert_false(reader_done(&r));
}

static void windows_never_widen(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4 };
	struct reader r = reader_of(bytes_of(data, sizeof data)), w = reader_window(&r, 2), none;

	(void)state;
	assert_int_equal(reader_u16(&w), 0x0201);
	assert_int_equal(reader_u8(&w), 0);
	assert_true(w.failed);
	assert_int_equal(reader_u8(&r), 3);
	none = reader_window(&r, 5);
	assert_true(none.failed);
	assert_true(r.failed);
}

static void texts_end(void **state)
{
	static const uint8_t data[] = { 'a', 'b', 0, 0, 'c' };
	struct reader r = reader_of(bytes_of(data, sizeof data));

	(void)state;
	assert_string_equal(reader_text(&r), "ab");
	assert_string_equal(reader_text(&r), "");
	assert_false(r.failed);
	assert_string_equal(reader_text(&r), "");
	assert_true(r.failed);
	assert_string_equal(reader_text(&r), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_consumes),
		cmocka_unit_test(stays_failed),
		cmocka_unit_test(windows_never_widen),
		cmocka_unit_test(texts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
