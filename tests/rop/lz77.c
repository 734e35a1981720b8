/* rop/lz77: the examples of [MS-XCA] 3.1 and [MS-OXCRPC] 3.1.4.1.1.2, round trips, damaged data. */
#include "support.h"

#include "rop/lz77.h"

#define MOST 70000

static uint8_t packed[2 * MOST], plain[MOST + 1];

#define BYTES(...) \
	bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static struct bytes pack(struct bytes data)
{
	return bytes_of(packed, lz77_compress(data, packed, sizeof packed));
}

/* The data unpack to exactly this. */
static void unpacks(struct bytes data, struct bytes expected)
{
	struct reason why = { "" };

	if (lz77_decompress(data, plain, expected.n, &why))
		fail_msg("%s", why.text);
	assert_memory_equal(plain, expected.p, expected.n);
}

static void refused(struct bytes data, size_t n, const char *words)
{
	struct reason why = { "" };

	assert_int_equal(lz77_decompress(data, plain, n, &why), ecCorruptData);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" instead of \"%s\"", why.text, words);
}

static void test_xca_examples(void **state)
{
	struct bytes letters = bytes_of("abcdefghijklmnopqrstuvwxyz", 26);
	struct bytes three =
		BYTES(0xFF, 0xFF, 0xFF, 0x1F, 'a', 'b', 'c', 0x17, 0, 0x0F, 0xFF, 0x26, 0x01);
	uint8_t expected[30] = { 0x3F, 0, 0, 0 }, many[300];

	(void)state;
	memcpy(expected + 4, letters.p, letters.n);
	assert_true(bytes_equal(pack(letters), bytes_of(expected, sizeof expected)));
	unpacks(bytes_of(expected, sizeof expected), letters);

	for (size_t i = 0; i < sizeof many; i++)
		many[i] = (uint8_t)('a' + i % 3);
	assert_true(bytes_equal(pack(bytes_of(many, sizeof many)), three));
	unpacks(three, bytes_of(many, sizeof many));
}

/* [MS-OXCRPC] 3.1.4.1.1.2.2.1, in bitmasks of 32 bits rather than 8. */
static void test_bitmask(void **state)
{
	struct bytes text = bytes_of("ABCABCDEF", 9);
	uint8_t letters[32];

	(void)state;
	pack(text);
	/* MS-OXCRPC_R885 */
	/* MS-OXCRPC_R886 */
	/* MS-OXCRPC_R1873 */
	/* MS-OXCRPC_R1875 */
	assert_int_equal(le32(packed),
			 0x11FFFFFF); /* three of data, a match, three more, the end */
	assert_memory_equal(packed + 4,
			    "ABC\x10\x00"
			    "DEF",
			    8); /* back 3, length 3 */
	/* MS-OXCRPC_R892 */
	unpacks(pack(text), text);

	/* A bitmask that is used up is followed by another, if only for the bit that ends it. */
	for (size_t i = 0; i < sizeof letters; i++)
		letters[i] = (uint8_t)(i * 7);
	/* MS-OXCRPC_R1877 */
	/* MS-OXCRPC_R891 */
	assert_int_equal(pack(bytes_of(letters, 32)).n, 4 + 32 + 4);
	assert_int_equal(le32(packed), 0);
	assert_int_equal(le32(packed + 36), 0xFFFFFFFF);
	unpacks(pack(bytes_of(letters, 32)), bytes_of(letters, 32));
	/* Without it, the end is plain all the same. */
	unpacks(bytes_of(packed, 36), bytes_of(letters, 32));
}

static void test_metadata(void **state)
{
	(void)state;
	/* MS-OXCRPC_R901 */
	/* MS-OXCRPC_R904 */
	/* MS-OXCRPC_R905 */
	unpacks(BYTES(0xFF, 0xFF, 0xFF, 0x0F, 'a', 'b', 'c', 'd', 0x18, 0x00),
		bytes_of("abcdabc", 7));
	/* The farthest: 8192 back; one farther is not to be had. */
	memset(plain, 'x', sizeof plain);
	assert_int_equal(
		lz77_decompress(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0xFF, 0xFF), plain, 10, NULL),
		ecCorruptData);
}

/* 'a', then a match one back whose length is written like this. */
static void length_is(struct bytes length, size_t n)
{
	uint8_t data[16] = { 0xFF, 0xFF, 0xFF, 0x7F, 'a' }, expected[300];

	memset(expected, 'a', sizeof expected);
	memcpy(data + 5, length.p, length.n);
	unpacks(bytes_of(data, 5 + length.n), bytes_of(expected, n + 1));
	/* What is written here is the same. */
	assert_true(bytes_equal(pack(bytes_of(expected, n + 1)), bytes_of(data, 5 + length.n)));
}

static void test_lengths(void **state)
{
	(void)state;
	/* MS-OXCRPC_R908 */
	/* MS-OXCRPC_R909 */
	/* MS-OXCRPC_R911 */
	length_is(BYTES(0x00, 0), 3);
	length_is(BYTES(0x06, 0), 9);
	/* MS-OXCRPC_R912 */
	/* MS-OXCRPC_R913 */
	length_is(BYTES(0x07, 0, 0x00), 10);
	/* MS-OXCRPC_R922 */
	/* MS-OXCRPC_R924 */
	/* MS-OXCRPC_R937 */
	length_is(BYTES(0x07, 0, 0x0E), 24);
	/* MS-OXCRPC_R921 */
	/* MS-OXCRPC_R925 */
	/* MS-OXCRPC_R926 */
	/* MS-OXCRPC_R938 */
	length_is(BYTES(0x07, 0, 0x0F, 0x00), 25);
	/* MS-OXCRPC_R939 */
	length_is(BYTES(0x07, 0, 0x0F, 0x01), 26);
	/* MS-OXCRPC_R929 */
	/* MS-OXCRPC_R940 */
	length_is(BYTES(0x07, 0, 0x0F, 0xFE), 279);
	/* MS-OXCRPC_R930 */
	/* MS-OXCRPC_R932 */
	/* MS-OXCRPC_R933 */
	/* MS-OXCRPC_R941 */
	/* MS-OXCRPC_R942 */
	length_is(BYTES(0x07, 0, 0x0F, 0xFF, 0x15, 0x01), 280);
	/* MS-OXCRPC_R944 */
	/* MS-OXCRPC_R945 */
	length_is(BYTES(0x07, 0, 0x0F, 0xFF, 0x16, 0x01), 281);
}

/* The byte that two lengths share stands behind the metadata of the first. */
static void test_shared_half(void **state)
{
	struct bytes data =
		BYTES(0xFF, 0xFF, 0xFF, 0x3F, 'a', 'b', /* then four matches, two back */
		      0x0F, 0, 0x21,                    /* 11 and, in the upper half, 12 */
		      0x0F, 0, 0x0F, 0, 0x43, 0x0F, 0);
	size_t n = 2 + 11 + 12 + 13 + 14;
	uint8_t expected[64];

	(void)state;
	for (size_t i = 0; i < n; i++)
		expected[i] = (uint8_t)('a' + i % 2);
	/* MS-OXCRPC_R914 */
	/* MS-OXCRPC_R915 */
	/* MS-OXCRPC_R917 */
	/* MS-OXCRPC_R919 */
	/* MS-OXCRPC_R920 */
	unpacks(data, bytes_of(expected, n));
}

static void test_longest_match(void **state)
{
	(void)state;
	memset(plain, 0, sizeof plain);
	/* MS-OXCRPC_R934 */
	assert_int_equal(lz77_compress(bytes_of(plain, MOST), packed, sizeof packed), 16);
	assert_int_equal(le16(packed + 4 + 1 + 2 + 2), 65535);
	memset(plain, 1, sizeof plain);
	assert_int_equal(lz77_decompress(bytes_of(packed, 16), plain, MOST, NULL), 0);
	for (size_t i = 0; i < MOST; i++)
		assert_int_equal(plain[i], 0);
	assert_int_equal(plain[MOST], 1);
}

/* Of each kind of data and of many sizes: back to the same, and never beyond the room. */
static void round_trip(size_t n, uint32_t kinds)
{
	static uint8_t data[MOST];
	uint32_t x = (uint32_t)n * 2654435761u + kinds;
	size_t size;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)((x >> 24) % kinds);
	}
	size = lz77_compress(bytes_of(data, n), packed, sizeof packed);
	assert_in_range(size, 1, n + n / 32 * 4 + 8);
	unpacks(bytes_of(packed, size), bytes_of(data, n));
	packed[size - 1] = 0x5A;
	assert_int_equal(lz77_compress(bytes_of(data, n), packed, size - 1), 0);
	assert_int_equal(packed[size - 1], 0x5A);
}

static void test_round_trips(void **state)
{
	static const uint32_t kinds[] = { 1, 2, 3, 17, 256 };

	(void)state;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t n = 1; n < 300; n++)
			round_trip(n, kinds[k]);
		for (size_t n = 301; n < MOST; n = n * 3 + 1)
			round_trip(n, kinds[k]);
	}
}

static void test_damaged(void **state)
{
	uint8_t many[300];
	struct bytes data;
	uint8_t copy[64];

	(void)state;
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = (uint8_t)('a' + i % 3 + (i > 200) * i % 5);
	data = pack(bytes_of(many, sizeof many));
	assert_in_range(data.n, 10, sizeof copy);
	memcpy(copy, data.p, data.n);
	for (size_t n = 0; n < data.n; n++)
		assert_int_equal(lz77_decompress(bytes_of(copy, n), plain, sizeof many, NULL),
				 ecCorruptData);
	refused(bytes_of(copy, data.n), sizeof many - 1, "more data than announced");
	refused(bytes_of(copy, data.n), sizeof many + 1, "less data than announced");
	refused(BYTES(0xFF, 0xFF, 0xFF, 0xFF, 0, 0), 3, "before the beginning");
	refused(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0x08, 0), 4, "before the beginning");
	refused(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0x07, 0), 11, "cut off");
	refused(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0x07, 0, 0x0F), 40, "cut off");
	refused(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0x07, 0, 0x0F, 0xFF, 0), 40, "cut off");
	/* 16 bits for a length that has a shorter form below. */
	refused(BYTES(0xFF, 0xFF, 0xFF, 0x7F, 'a', 0x07, 0, 0x0F, 0xFF, 2, 0), 6, "wrong");
	refused(bytes_of(NULL, 0), 1, "no compressed data");
	refused(BYTES(0, 0), 1, "too early");
	assert_int_equal(lz77_decompress(bytes_of(NULL, 0), plain, 0, NULL), 0);
	assert_int_equal(lz77_compress(bytes_of(NULL, 0), packed, sizeof packed), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xca_examples), cmocka_unit_test(test_bitmask),
		cmocka_unit_test(test_metadata),     cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_shared_half),  cmocka_unit_test(test_longest_match),
		cmocka_unit_test(test_round_trips),  cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests_name("lz77", tests, NULL, NULL);
}
