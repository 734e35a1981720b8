#include "support.h"

#include "base/arena.h"

static void gives_until_the_budget(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1000);

	(void)state;
	assert_non_null(arena_alloc(&a, 600));
	assert_null(arena_alloc(&a, 401));
	assert_non_null(arena_alloc(&a, 400));
	assert_null(arena_alloc(&a, 1));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 1000));
}

static void refuses_products_that_overflow(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(SIZE_MAX);

	(void)state;
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
}

static void rewinds(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	char *kept = arena_strdup(&a, "kept");
	struct arena_mark mark = arena_mark(&a);

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_non_null(arena_alloc(&a, 500));
	arena_rewind(&a, mark);
	assert_string_equal(kept, "kept");
	assert_int_equal(a.used, 5);
	assert_string_equal(arena_printf(&a, "%d %s", 7, "x"), "7 x");
}

static void aligned_and_cleared(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);

	(void)state;
	for (size_t n = 1; n < 100; n++) {
		uint8_t *p = arena_zalloc(&a, n);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xAA, n);
	}
}

static void fails_when_told(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);

	(void)state;
	arena_fail_after(2);
	assert_non_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, 1));
	assert_non_null(arena_alloc(&a, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_until_the_budget), cmocka_unit_test(refuses_products_that_overflow), cmocka_unit_test(rewinds),
		cmocka_unit_test(aligned_and_cleared),	  cmocka_unit_test(fails_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
