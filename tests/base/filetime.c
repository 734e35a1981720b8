#include "support.h"

#include "base/clock.h"

static void known_times(void **state)
{
	char text[FILETIME_TEXT_SIZE];

	(void)state;
	assert_true(filetime_from_unix(0) == FILETIME_UNIX_EPOCH);
	assert_true(filetime_to_unix(FILETIME_UNIX_EPOCH + 5 * FILETIME_PER_SECOND) == 5);
	filetime_format(FILETIME_UNIX_EPOCH, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	filetime_format(FILETIME_UNIX_EPOCH + 1, text);
	assert_string_equal(text, "1970-01-01T00:00:00.0000001Z");
	filetime_format(0, text);
	assert_string_equal(text, "1601-01-01T00:00:00Z");
}

static void extremes_are_held(void **state)
{
	char text[FILETIME_TEXT_SIZE];

	(void)state;
	filetime_format(UINT64_MAX, text);
	assert_memory_equal(text, "9999-12-31T23:59:59", 19);
	assert_true(filetime_from_unix(INT64_MAX) > 0);
	assert_true(filetime_from_unix(INT64_MIN) == 0);
}

static void parses_what_it_prints(void **state)
{
	uint64_t t = 7;

	(void)state;
	assert_true(filetime_parse("2026-11-24", &t));
	assert_true(filetime_to_unix(t) == 1795478400);
	assert_true(filetime_parse("2026-11-24T10:00:01Z", &t));
	assert_true(filetime_to_unix(t) == 1795514401);
	assert_true(filetime_parse("2026-11-24T10:00:01.1451829Z", &t));
	assert_true(t % FILETIME_PER_SECOND == 1451829 && filetime_to_unix(t) == 1795514401);
	assert_true(filetime_parse("2026-11-24T10:00:01.5", &t));
	assert_true(t % FILETIME_PER_SECOND == 5000000);
	t = 7;
	assert_false(filetime_parse("2026-11-24T10:00:01.Z", &t));
	assert_false(filetime_parse("2026-11-24T10:00:01.12345678Z", &t));
	assert_false(filetime_parse("2026-11-24.5", &t));
	assert_false(filetime_parse("24.11.2026", &t));
	assert_false(filetime_parse("2026-11-24T10", &t));
	assert_true(t == 7);
}

static void clocks(void **state)
{
	struct clock still = clock_fixed(123);

	(void)state;
	assert_true(still.now(&still) == 123);
	assert_true(clock_system.now(&clock_system) > FILETIME_UNIX_EPOCH);
	uint64_t a = clock_system.monotonic(&clock_system), b = clock_system.monotonic(&clock_system);
	assert_true(b >= a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_times),
		cmocka_unit_test(extremes_are_held),
		cmocka_unit_test(parses_what_it_prints),
		cmocka_unit_test(clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
