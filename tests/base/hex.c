#include "base/hex.h"

#include "support.h"

static void test_digit(void **state)
{
	static const char lower[] = HEX_LOWER, upper[] = HEX_UPPER;
	int digits = 0;

	(void)state;
	for (int i = 0; i < 16; i++) {
		assert_int_equal(hex_digit(lower[i]), i);
		assert_int_equal(hex_digit(upper[i]), i);
	}
	for (int c = -128; c < 128; c++)
		digits += hex_digit((char)c) >= 0;
	assert_int_equal(digits, 22);
}

/* Every byte there and back; and what ends too soon. */
static void test_byte(void **state)
{
	char two[3] = "";

	(void)state;
	for (int b = 0; b < 256; b++) {
		assert_ptr_equal(hex_put(two, HEX_LOWER, (uint8_t)b), two + 2);
		assert_int_equal(hex_byte(two), b);
		(void)hex_put(two, HEX_UPPER, (uint8_t)b);
		assert_int_equal(hex_byte(two), b);
	}
	assert_int_equal(hex_byte(""), -1);
	assert_int_equal(hex_byte("f"), -1);
	assert_int_equal(hex_byte("g0"), -1);
	assert_int_equal(hex_byte("0g"), -1);
	assert_int_equal(hex_byte("@0"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_digit), cmocka_unit_test(test_byte) };

	return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
