/* Block encodings: every variant the processor has gives the same bytes, and decoding undoes encoding. */
#include "support.h"

#include "pst/crypt.h"

static void fill(uint8_t *p, size_t n)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (uint8_t)(x >> 24);
	}
}

static void variants_agree(void **state)
{
	uint8_t table[256], a[1000], b[1000];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		table[i] = (uint8_t)(i * 7 + 3);
	for (unsigned v = 1; v < PST_TRANSLATE_VARIANTS; v++) {
		if (!pst_translate_variant(v))
			continue;
		for (size_t n = 0; n < sizeof a; n += n < 200 ? 1 : 37) {
			fill(a, sizeof a);
			memcpy(b, a, sizeof b);
			pst_translate_variant(0)(a, n, table);
			pst_translate_variant(v)(b, n, table);
			assert_memory_equal(a, b, sizeof a);
		}
	}
}

static void permute_round_trip(void **state)
{
	uint8_t a[300], b[300];

	(void)state;
	fill(a, sizeof a);
	memcpy(b, a, sizeof b);
	pst_permute_encode(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	pst_permute_decode(b, sizeof b);
	assert_memory_equal(a, b, sizeof a);
}

/* [MS-PST] 5.1: mpbbCrypt begins 0x41 (R) and its last part 0x47 (I). */
static void known_values(void **state)
{
	uint8_t zero = 0;

	(void)state;
	pst_permute_encode(&zero, 1);
	assert_int_equal(zero, 0x41);
	zero = 0;
	pst_permute_decode(&zero, 1);
	assert_int_equal(zero, 0x47);
}

static void cyclic_is_its_own_inverse(void **state)
{
	uint8_t a[1000], b[1000];

	(void)state;
	fill(a, sizeof a);
	memcpy(b, a, sizeof b);
	pst_cyclic(b, sizeof b, 0x1234F678);
	assert_memory_not_equal(a, b, sizeof a);
	pst_cyclic(b, sizeof b, 0x1234F678);
	assert_memory_equal(a, b, sizeof a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variants_agree),
		cmocka_unit_test(permute_round_trip),
		cmocka_unit_test(known_values),
		cmocka_unit_test(cyclic_is_its_own_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
