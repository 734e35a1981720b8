/* Sets of ids as a real .ost holds them ([MS-OXCFXICS] 2.2.2.6). */
#include "support.h"

#include "pst/ost.h"

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	for (; hex[0] && hex[1]; hex += 2) {
		unsigned v;

		assert_int_equal(sscanf(hex, "%2x", &v), 1);
		out[n++] = (uint8_t)v;
	}
	return n;
}

static void expect_set(const char *hex, const uint64_t *members, size_t count)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct id_set *sets;
	uint8_t data[256];
	size_t n = 0, total = 0;

	assert_int_equal(id_set_decode(bytes_of(data, unhex(hex, data)), &arena, &sets, &n, NULL), 0);
	assert_int_equal(n, 1);
	for (size_t i = 0; i < sets[0].n; i++)
		total += (size_t)(sets[0].ranges[i].last - sets[0].ranges[i].first + 1);
	assert_int_equal(total, count);
	struct ost_sync sync = { true, sets, n };
	for (size_t i = 0; i < count; i++)
		assert_true(ost_sync_has(&sync, &sets[0].replica, members[i]));
	assert_false(ost_sync_has(&sync, &sets[0].replica, members[count - 1] + 1));
}

static void ranges_and_bitmask(void **state)
{
	static const uint64_t members[] = { 2554, 2555, 2556, 2557, 2558, 2559, 2560, 2561,  2562,  2563,  2564,
					    2565, 2566, 2568, 2569, 2570, 31651, 31652, 31653, 31654, 31656, 31661 };

	(void)state;
	expect_set("bc786fda8b4f1f4894a688de8df0c9fc04000000005209fa0a06520a080a0a017b42a31701ad505000", members,
		   sizeof members / sizeof *members);
}

static void one_range(void **state)
{
	uint64_t members[161];

	(void)state;
	for (unsigned i = 0; i < 161; i++)
		members[i] = 4574 + i;
	expect_set("bc786fda8b4f1f4894a688de8df0c9fc520000000011de00000000127e00", members, 161);
}

static void single_value(void **state)
{
	static const uint64_t member = 100757;

	(void)state;
	expect_set("bc786fda8b4f1f4894a688de8df0c9fc0600000001899500", &member, 1);
}

static void every_prefix_fails(void **state)
{
	static const char hex[] = "bc786fda8b4f1f4894a688de8df0c9fc04000000005209fa0a06520a080a0a017b42a31701ad505000";
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint8_t data[256];
	size_t n = unhex(hex, data);

	(void)state;
	for (size_t i = 1; i < n; i++) {
		struct id_set *sets;
		size_t count;

		assert_int_equal(id_set_decode(bytes_of(data, i), &arena, &sets, &count, NULL), ecCorruptData);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_and_bitmask),
		cmocka_unit_test(one_range),
		cmocka_unit_test(single_value),
		cmocka_unit_test(every_prefix_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
