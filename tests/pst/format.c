/* Headers, formats by version, ids and signatures. [MS-PST] 2.2.2 */
#include "pst/stores.h"

#include "pst/format.h"

static uint8_t *store(size_t *n)
{
	const char *source = getenv("POSTERN_SOURCE");
	char path[1024];

	(void)snprintf(path, sizeof path, "%s/fuzz/corpus/inspect/notes.pst", source ? source : ".");
	return read_whole(path, n);
}

static void versions(void **state)
{
	(void)state;
	assert_ptr_equal(pst_format_of_version(14), &pst_format_ansi);
	assert_ptr_equal(pst_format_of_version(15), &pst_format_ansi);
	assert_ptr_equal(pst_format_of_version(23), &pst_format_unicode);
	assert_ptr_equal(pst_format_of_version(36), &pst_format_4k);
	assert_null(pst_format_of_version(0));
	assert_null(pst_format_of_version(24));
	assert_null(pst_format_of_version(65535));
}

/* [MS-PST] 2.2.2.7.2: an allocation map governs 496 bytes * 8 bits * 64; 5.5: the signature of a block. */
static void numbers(void **state)
{
	(void)state;
	assert_int_equal(amap_span(&pst_format_unicode), 253952);
	assert_int_equal(amap_span(&pst_format_4k), 4072ull * 8 * 512);
	assert_int_equal(block_disk_size(&pst_format_unicode, 1), 64);
	assert_int_equal(block_disk_size(&pst_format_unicode, 48), 64);
	assert_int_equal(block_disk_size(&pst_format_unicode, 49), 128);
	assert_int_equal(block_disk_size(&pst_format_unicode, 8176), 8192);
	assert_int_equal(block_disk_size(&pst_format_ansi, 8180), 8192);
	assert_int_equal(block_disk_size(&pst_format_4k, 65512), 65536);
	assert_int_equal(pst_signature(0x4600, 0x12), 0x4612);
	assert_int_equal(pst_signature(0x124600, 0x12), 0x4612 ^ 0x12);
	assert_int_equal(nid_type(0x2223), NID_TYPE_SEARCH_FOLDER);
	assert_int_equal(nid_sibling(0x8022, NID_TYPE_CONTENTS_TABLE), 0x802E);
	assert_true(bid_internal(6));
	assert_int_equal(bid_key(5), 4);
}

static void a_whole_header(void **state)
{
	struct pst_header h;
	size_t n;
	uint8_t *p = store(&n);

	(void)state;
	assert_int_equal(pst_header_decode(bytes_of(p, PST_HEADER_SIZE), &h, NULL), 0);
	assert_int_equal(h.version, 23);
	assert_true(h.magic_ok && h.crc_partial_ok && h.crc_full_ok && h.sentinel_ok);
	assert_int_equal(h.root.file_eof, n);
	assert_int_equal(h.encryption, PST_ENCRYPT_PERMUTE);
	free(p);
}

/* Of the 516 bytes that a checksum covers, none can change unseen; nor can the checksums. */
static void every_byte_counts(void **state)
{
	struct pst_header h;
	size_t n;
	uint8_t *p = store(&n);

	(void)state;
	for (size_t i = 0; i < 528; i++) {
		p[i] ^= 0x40;
		status s = pst_header_decode(bytes_of(p, PST_HEADER_SIZE), &h, NULL);

		assert_true(s == ecVersion || !h.magic_ok || !h.crc_partial_ok || !h.crc_full_ok);
		assert_int_equal(!s && !h.magic_ok, i < 4);
		p[i] ^= 0x40;
	}
	free(p);
}

static void not_a_header(void **state)
{
	struct pst_header h = { .version = 7 };
	struct reason why = { "" };
	size_t n;
	uint8_t *p = store(&n);

	(void)state;
	for (size_t i = 0; i < PST_HEADER_SIZE; i++)
		assert_int_equal(pst_header_decode(bytes_of(p, i), &h, &why), ecCorruptData);
	assert_string_equal(why.text, "too short for a store header (563 bytes)");
	p[10] = 99;
	assert_int_equal(pst_header_decode(bytes_of(p, n), &h, &why), ecVersion);
	assert_non_null(strstr(why.text, "version 99"));
	assert_int_equal(h.version, 7); /* untouched on failure */
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),	    cmocka_unit_test(numbers),	    cmocka_unit_test(a_whole_header),
		cmocka_unit_test(every_byte_counts), cmocka_unit_test(not_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
