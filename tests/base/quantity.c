/* Sizes and lengths of time as people write them. */
#include "support.h"

#include "base/quantity.h"

static void sizes(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} good[] = {
		{ "0", 0 },
		{ "1572864", 1572864 },
		{ "1,572,864", 1572864 },
		{ "10MB", 10485760 },
		{ "10 mb", 10485760 },
		{ "12B", 12 },
		{ "1.9GB", 2040109465 },
		{ "2.3 GB", 2469606195 },
		{ "1.5 MB (1,572,865 bytes)", 1572865 },
		{ "8191PB", 9222246136947933184 },
		{ "0.5KB", 512 },
	};
	static const char *const bad[] = { "", " ", "MB", "-1", "1.5XB", "1 2", "1MBx", "8192PB", "99999999999999999999", "1.5 MB (x bytes)", "1.5 MB (1 bytes",
					   "Unlimited", ",1", "0x10", "1e3", "1 MB  (5 bytes)" };
	int64_t n = 42;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!size_from_text(good[i].text, &n) || n != good[i].bytes)
			fail_msg("\"%s\": %lld", good[i].text, (long long)n);
	}
	n = 42;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (size_from_text(bad[i], &n) || n != 42)
			fail_msg("\"%s\" is taken", bad[i]);
}

static void shown(void **state)
{
	static const struct {
		int64_t n;
		const char *size, *duration;
	} cases[] = {
		{ 0, "0 B (0 bytes)", "00:00:00" },
		{ 59, "59 B (59 bytes)", "00:00:59" },
		{ 86399, "84.37 KB (86,399 bytes)", "23:59:59" },
		{ 1209600, "1.154 MB (1,209,600 bytes)", "14.00:00:00" },
		{ QUANTITY_UNLIMITED, "Unlimited", "Unlimited" },
		{ INT64_MAX - 1, "8192 PB (9,223,372,036,854,775,806 bytes)", "106751991167300.15:30:06" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP_BUF struct buf size = BUF_MAX(200), duration = BUF_MAX(200);
		int64_t again;

		size_to_text(cases[i].n, &size);
		duration_to_text(cases[i].n, &duration);
		assert_string_equal(buf_cstr(&size), cases[i].size);
		assert_string_equal(buf_cstr(&duration), cases[i].duration);
		if (cases[i].n < INT64_MAX - 1) {
			assert_true(size_from_text(buf_cstr(&size), &again));
			assert_true(again == cases[i].n);
			assert_true(duration_from_text(buf_cstr(&duration), &again));
			assert_true(again == cases[i].n);
		}
	}
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = { { "30", 30 * 86400 },  { "14.00:00:00", 1209600 }, { "00:15:00", 900 }, { "15:00", 54000 },
		     { "1.12:30", 131400 }, { "0", 0 },			{ "00:00:00", 0 } };
	static const char *const bad[] = { "", "-1", "24:00:00", "00:60:00", "00:00:60", "1.", "1.5", "x", "1:2:3", "1.2.3", "1:00", "00:00:00:00",
					   "99999999999999999", "00:00:00 ", ":", ".", "1.:" };
	int64_t n = 42;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!duration_from_text(good[i].text, &n) || n != good[i].seconds)
			fail_msg("\"%s\": %lld", good[i].text, (long long)n);
	}
	n = 42;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (duration_from_text(bad[i], &n) || n != 42)
			fail_msg("\"%s\" is taken", bad[i]);
}

static void words_in_the_plural(void **state)
{
	(void)state;
	assert_string_equal(plural(1), "");
	assert_string_equal(plural(0), "s");
	assert_string_equal(plural(UINT64_MAX), "s");
	assert_string_equal(plural_es(1), "");
	assert_string_equal(plural_es(2), "es");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_in_the_plural), cmocka_unit_test(sizes), cmocka_unit_test(shown), cmocka_unit_test(durations) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
