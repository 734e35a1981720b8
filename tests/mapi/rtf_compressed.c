/* Compressed RTF: the specification's examples, round trips, damage. */
#include "support.h"

#include "mapi/rtf_compressed.h"

static const char hello[] = "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
/* [MS-OXRTFCP] 4.1.1 */
static const uint8_t hello_compressed[] = { 0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03,
					    0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65,
					    0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0 };

static void decodes_the_example(void **state)
{
	CLEANUP_BUF struct buf out = BUF_MAX(1000);
	unsigned flags;

	(void)state;
	assert_int_equal(rtf_decompress(bytes_of(hello_compressed, sizeof hello_compressed), 1000, &out, &flags, NULL), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(out.n, strlen(hello));
	assert_memory_equal(out.p, hello, out.n);
}

static void encodes_the_example(void **state)
{
	CLEANUP_BUF struct buf out = BUF_MAX(1000);

	(void)state;
	assert_int_equal(rtf_compress(bytes_of(hello, strlen(hello)), &out), 0);
	assert_int_equal(out.n, sizeof hello_compressed);
	assert_memory_equal(out.p, hello_compressed, out.n);
}

/* [MS-OXRTFCP] 4.1.2: a match that crosses the end of what is written. */
static void decodes_a_crossing_match(void **state)
{
	static const uint8_t in[] = { 0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51,
				      0x41, 0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0 };
	static const char rtf[] = "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}";
	CLEANUP_BUF struct buf out = BUF_MAX(1000);
	unsigned flags;

	(void)state;
	assert_int_equal(rtf_decompress(bytes_of(in, sizeof in), 1000, &out, &flags, NULL), 0);
	assert_int_equal(flags, 0);
	assert_memory_equal(out.p, rtf, strlen(rtf));
}

static void round_trips(void **state)
{
	CLEANUP_BUF struct buf text = BUF_MAX(1 << 20);

	(void)state;
	for (unsigned i = 0; i < 6000; i++)
		buf_printf(&text, "\\par line %u %x ", i, i * 2654435761u);
	for (size_t n = 0; n < text.n; n += n < 300 ? 1 : 9973) {
		CLEANUP_BUF struct buf packed = BUF_MAX(1 << 21);
		CLEANUP_BUF struct buf back = BUF_MAX(1 << 21);
		unsigned flags;

		assert_int_equal(rtf_compress(bytes_of(text.p, n), &packed), 0);
		assert_int_equal(rtf_decompress(buf_bytes(&packed), 1 << 21, &back, &flags, NULL), 0);
		assert_int_equal(flags, 0);
		assert_int_equal(back.n, n);
		if (n)
			assert_memory_equal(back.p, text.p, n);
	}
}

static void gives_what_there_is(void **state)
{
	uint8_t in[sizeof hello_compressed];
	unsigned flags;

	(void)state;
	memcpy(in, hello_compressed, sizeof in);
	in[12] ^= 1;
	CLEANUP_BUF struct buf out = BUF_MAX(1000);
	assert_int_equal(rtf_decompress(bytes_of(in, sizeof in), 1000, &out, &flags, NULL), 0);
	assert_true(flags & RTF_BAD_CRC);
	assert_int_equal(out.n, strlen(hello));
	for (size_t n = 16; n < sizeof in; n++) {
		CLEANUP_BUF struct buf part = BUF_MAX(1000);

		assert_int_equal(rtf_decompress(bytes_of(hello_compressed, n), 1000, &part, &flags, NULL), 0);
		assert_true(flags & RTF_BAD_SIZE);
		assert_memory_equal(part.p ? part.p : (const uint8_t *)"", hello, part.n);
	}
}

static void is_bounded(void **state)
{
	CLEANUP_BUF struct buf out = BUF_MAX(100000);
	struct reason why = { "" };
	unsigned flags;

	(void)state;
	assert_int_equal(rtf_decompress(bytes_of(hello_compressed, sizeof hello_compressed), 10, &out, &flags, &why), ecTooBig);
	assert_true(why.text[0]);
	assert_int_equal(rtf_decompress(bytes_of("abc", 3), 10, &out, &flags, &why), ecCorruptData);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_the_example), cmocka_unit_test(encodes_the_example), cmocka_unit_test(decodes_a_crossing_match),
		cmocka_unit_test(round_trips),	       cmocka_unit_test(gives_what_there_is),	 cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
