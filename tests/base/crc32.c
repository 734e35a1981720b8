#include "support.h"

#include "base/crc32.h"

static void fast_is_plain(void **state)
{
	uint8_t data[4096];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof data; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
	for (size_t n = 0; n < sizeof data; n += n < 300 ? 1 : 131)
		assert_int_equal(crc32_pst(0, bytes_of(data, n)), crc32_pst_plain(0, bytes_of(data, n)));
	assert_int_equal(crc32_pst(crc32_pst(0, bytes_of(data, 1000)), bytes_of(data + 1000, 3096)), crc32_pst(0, bytes_of(data, 4096)));
}

/* [MS-OXRTFCP] 4.1.1 carries this one in its header. */
static void known_value(void **state)
{
	static const uint8_t content[] = { 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20,
					   0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0 };

	(void)state;
	assert_int_equal(crc32_pst(0, bytes_of(content, sizeof content)), 0xA7C7C5F1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_is_plain),
		cmocka_unit_test(known_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
