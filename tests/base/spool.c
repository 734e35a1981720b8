#include "support.h"

#include "base/spool.h"

static void spool_holds_and_gives_back(void **state)
{
	static uint8_t block[100000], back[100000];
	struct extent first, second;
	struct spool *s;
	size_t got;

	(void)state;
	assert_int_equal(spool_new(SPOOL_MEMORY, &s), 0);
	for (unsigned i = 0; i < 40; i++) { /* beyond what stands in memory */
		memset(block, (int)i, sizeof block);
		assert_int_equal(spool_add(s, bytes_of(block, sizeof block)), 0);
	}
	assert_int_equal(spool_end(s), 4000000);
	first = spool_since(s, 0);
	for (unsigned i = 0; i < 40; i++) {
		memset(block, (int)i, sizeof block);
		assert_int_equal(extent_read(&first, i * sizeof block, back, sizeof back, &got), 0);
		assert_int_equal(got, sizeof back);
		assert_memory_equal(back, block, sizeof block);
	}
	spool_rewind(s, 150000);
	assert_int_equal(spool_add(s, bytes_of("xyz", 3)), 0);
	second = spool_since(s, 149999);
	assert_int_equal(extent_read(&second, 0, back, 10, &got), 0);
	assert_int_equal(got, 4);
	assert_memory_equal(back, "\1xyz", 4);
	assert_int_equal(extent_read(&second, 9, back, 10, &got), 0);
	assert_int_equal(got, 0);
	spool_free(s);
}

/* Anywhere, in memory and in the file, as an array of the same size would be. */
static void writes_go_anywhere(void **state)
{
	static uint8_t model[30000], back[30000];
	uint32_t random = 12345;
	size_t end = 0, got;
	struct spool *s;

	(void)state;
	assert_int_equal(spool_new(4096, &s), 0);
	for (unsigned i = 0; i < 3000; i++) {
		random = random * 1664525u + 1013904223u;
		size_t at = (random >> 8) % 20000, n = (random >> 20) % 3000;
		uint8_t piece[3000];

		if (i % 17 == 0) {
			if (at > end)
				memset(model + end, 0, at - end);
			end = at;
			assert_int_equal(spool_resize(s, at), 0);
		} else {
			memset(piece, (int)i, sizeof piece);
			if (at > end)
				memset(model + end, 0, at - end);
			memcpy(model + at, piece, n);
			end = at + n > end ? at + n : end;
			assert_int_equal(spool_write_at(s, at, bytes_of(piece, n)), 0);
		}
		assert_int_equal(spool_end(s), end);
	}
	assert_int_equal(spool_read_at(s, 0, back, sizeof back, &got), 0);
	assert_int_equal(got, end);
	assert_memory_equal(back, model, end);
	spool_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spool_holds_and_gives_back),
		cmocka_unit_test(writes_go_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
