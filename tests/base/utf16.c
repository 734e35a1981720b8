#include "support.h"

#include "base/utf16.h"

static void both_ways(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	static const char *const texts[] = { "", "plain", "Größe", "日本語", "\xF0\x9F\x98\x80 smile" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_string_equal(utf16_text(&a, utf16_bytes(&a, texts[i])), texts[i]);
}

static void what_is_wrong_becomes_a_mark(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);

	(void)state;
	assert_string_equal(utf16_text(&a, bytes_of("\x00\xD8x\0", 4)), "\xEF\xBF\xBDx"); /* a surrogate alone */
	assert_string_equal(utf16_text(&a, bytes_of("x\0y", 3)), "x");			    /* half a unit */
	assert_int_equal(utf16_bytes(&a, "\xFF\xC0\x80").n % 2, 0);
	assert_int_equal(le16(utf16_bytes(&a, "\xED\xA0\x80").p), 0xFFFD); /* a surrogate in UTF-8 */
}

static void code_pages(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(100);

	(void)state;
	codepage_to_utf8(1252, bytes_of("caf\xE9 \x80", 6), &b);
	assert_string_equal(buf_cstr(&b), "café €");
	buf_clear(&b);
	codepage_to_utf8(1251, bytes_of("\xEF", 1), &b);
	assert_string_equal(buf_cstr(&b), "п");
	buf_clear(&b);
	codepage_to_utf8(932, bytes_of("\x93\xFA\xFF", 3), &b);
	assert_string_equal(buf_cstr(&b), "日\xEF\xBF\xBD");
	assert_null(codepage_name(12345));
}

static void to_code_pages(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(100);

	(void)state;
	codepage_from_utf8(1252, bytes_of("café € п.", strlen("café € п.")), &b);
	assert_string_equal(buf_cstr(&b), "caf\xE9 \x80 ?.");
	buf_clear(&b);
	codepage_from_utf8(932, bytes_of("日", 3), &b);
	assert_string_equal(buf_cstr(&b), "\x93\xFA");
	buf_clear(&b);
	codepage_from_utf8(1252, bytes_of("x\xE2\x82", 3), &b); /* a character that ends too early */
	assert_string_equal(buf_cstr(&b), "x?");
}

static void trims_and_compares(void **state)
{
	(void)state;
	assert_int_equal(utf16_trim(bytes_of("a\0\0\0\0\0", 6)).n, 2);
	assert_true(utf16_equal_ascii_nocase(bytes_of("I\0p\0M\0", 6), "ipm"));
	assert_false(utf16_equal_ascii_nocase(bytes_of("I\0p\1M\0", 6), "ipm"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(what_is_wrong_becomes_a_mark),
		cmocka_unit_test(code_pages), cmocka_unit_test(to_code_pages),
		cmocka_unit_test(trims_and_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
