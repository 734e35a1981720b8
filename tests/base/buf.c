#include "support.h"

#include "base/buf.h"

static void grows_to_the_maximum(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(10);

	(void)state;
	buf_add(&b, "12345678", 8);
	assert_int_equal(buf_status(&b), ecNone);
	buf_add(&b, "abc", 3);
	assert_true(b.failed);
	assert_int_equal(b.n, 8);
	buf_add(&b, "a", 1); /* a failure sticks */
	assert_int_equal(b.n, 8);
	buf_clear(&b);
	buf_add(&b, "0123456789", 10);
	assert_int_equal(buf_status(&b), ecNone);
}

static void writes_little_endian(void **state)
{
	static const uint8_t wanted[] = { 1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	CLEANUP_BUF struct buf b = BUF_MAX(100);

	(void)state;
	buf_add_u8(&b, 1);
	buf_add_u16(&b, 2);
	buf_add_u32(&b, 3);
	buf_add_u64(&b, 4);
	buf_add_zeros(&b, 2);
	assert_int_equal(b.n, sizeof wanted);
	assert_memory_equal(b.p, wanted, sizeof wanted);
}

static void prints_and_terminates(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(100);

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	buf_printf(&b, "%d-%s", 42, "x");
	buf_add_str(&b, "y");
	assert_string_equal(buf_cstr(&b), "42-xy");
	assert_int_equal(b.n, 5);
	buf_truncate(&b, 2);
	assert_string_equal(buf_cstr(&b), "42");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_to_the_maximum),
		cmocka_unit_test(writes_little_endian),
		cmocka_unit_test(prints_and_terminates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
