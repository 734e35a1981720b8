#include "support.h"

#include "base/map.h"

/* The vectors of the SipHash paper: key 00..0f, message 00..n-1. */
static void siphash_vectors(void **state)
{
	static const uint64_t wanted[] = { 0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
					   0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
					   0x93f5f5799a932462 };
	uint8_t bytes[16];
	uint64_t key[2];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		bytes[i] = i;
	key[0] = le64(bytes);
	key[1] = le64(bytes + 8);
	for (size_t n = 0; n < sizeof wanted / sizeof *wanted; n++) {
		const uint64_t other[2] = { key[1], n };
		uint64_t pair[2];

		assert_true(siphash24(key, bytes_of(bytes, n)) == wanted[n]);
		siphash24_pair(other, key, bytes_of(bytes, n), pair);
		assert_true(pair[0] == siphash24(other, bytes_of(bytes, n)) && pair[1] == wanted[n]);
	}
}

static void finds_what_was_put(void **state)
{
	CLEANUP_MAP struct map m;

	(void)state;
	map_init(&m, 100000);
	for (uint64_t i = 0; i < 20000; i++)
		assert_int_equal(map_put_u64(&m, i * 7919, i), 0);
	for (uint64_t i = 0; i < 20000; i++)
		assert_true(*map_get_u64(&m, i * 7919) == i);
	assert_null(map_get_u64(&m, 1));
	assert_int_equal(map_put_u64(&m, 0, 5), 0);
	assert_true(*map_get_u64(&m, 0) == 5);
	assert_int_equal(m.n, 20000);
}

static void long_keys_and_steps(void **state)
{
	static const char key[] = "a key that is much longer than what stands in a slot of the map";
	CLEANUP_MAP struct map m;
	struct bytes k;
	uint64_t v;
	size_t at = 0, n = 0;

	(void)state;
	map_init(&m, 10);
	assert_int_equal(map_put(&m, bytes_of(key, sizeof key), 1), 0);
	assert_int_equal(map_put(&m, bytes_of(key, 3), 2), 0);
	assert_int_equal(map_put(&m, bytes_of(NULL, 0), 3), 0);
	while (map_next(&m, &at, &k, &v))
		n++;
	assert_int_equal(n, 3);
	assert_true(*map_get(&m, bytes_of(key, sizeof key)) == 1);
	assert_true(*map_get(&m, bytes_of(NULL, 0)) == 3);
}

static void is_bounded(void **state)
{
	CLEANUP_MAP struct map m;

	(void)state;
	map_init(&m, 2);
	assert_int_equal(map_put_u64(&m, 1, 1), 0);
	assert_int_equal(map_put_u64(&m, 2, 1), 0);
	assert_int_equal(map_put_u64(&m, 3, 1), ecTooBig);
	assert_int_equal(map_put_u64(&m, 2, 9), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_vectors),
		cmocka_unit_test(finds_what_was_put),
		cmocka_unit_test(long_keys_and_steps),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
