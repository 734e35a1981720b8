/* Versions of Outlook that may not connect. */
#include "support.h"

#include "store/version_range.h"

static bool contains(const char *ranges, uint16_t major, uint16_t minor, uint16_t build)
{
	return version_ranges_contain(ranges, (struct client_version){ major, minor, build });
}

static void ranges(void **state)
{
	static const char handbook[] = "-6.0.0;10.0.0-11.5603.0";

	(void)state;
	assert_int_equal(version_ranges_check(handbook, NULL), 0);
	assert_true(contains(handbook, 0, 0, 0));
	assert_true(contains(handbook, 6, 0, 0));
	assert_false(contains(handbook, 6, 0, 1));
	assert_false(contains(handbook, 9, 32767, 65535));
	assert_true(contains(handbook, 10, 0, 0));
	assert_true(contains(handbook, 11, 5603, 0));
	assert_false(contains(handbook, 11, 5603, 1));
	assert_false(contains(handbook, 16, 0, 0));
	/* One, and all from one on. */
	assert_true(contains("15.4737.1000", 15, 4737, 1000));
	assert_false(contains("15.4737.1000", 15, 4737, 999));
	assert_true(contains("15.0.0-", 16, 32767, 65535));
	assert_false(contains("15.0.0-", 14, 32767, 65535));
	assert_true(contains(" 1.0.0 ; 2.0.0 - 3.0.0 ", 2, 5, 0));
	assert_false(contains(NULL, 1, 0, 0));
	assert_false(contains("", 1, 0, 0));
}

/* Refused when they are set; when they are damaged later, nobody gets in. */
static void unreadable(void **state)
{
	static const char *const bad[] = { "11",	"11.0",	    "11.0.0.0", "x",	    "-",	"--1.0.0",	"1.0.0-2.0.0-3.0.0", "2.0.0-1.0.0",
					   "1.32768.0", "1.0.65536", "65536.0.0", "1.0.0,2.0.0", "1..0",	"1.0.0-x",	";",		     "1.0.0;;2.0.0",
					   "99999999999999999999.0.0", "1.0.-1", "\xff" };
	struct reason why = { "" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (version_ranges_check(bad[i], &why) != ecInvalidParam)
			fail_msg("\"%s\" is taken", bad[i]);
		assert_non_null(strstr(why.text, "range"));
	}
	assert_true(contains("nonsense", 16, 0, 0));
	assert_true(contains("1.0.0;nonsense", 16, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ranges), cmocka_unit_test(unreadable) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
