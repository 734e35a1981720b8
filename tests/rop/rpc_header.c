/* rop/rpc_header: extended buffers, the example of [MS-OXCRPC] 4.2, chains, what contradicts itself. */
#include "support.h"

#include "rop/rpc_header.h"

#define BYTES(...) \
	bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static struct arena arena = ARENA_BUDGET(1 << 20);

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct rpc_payloads all_of(struct bytes data)
{
	struct rpc_payloads all = { 0 };
	struct reason why = { "" };

	if (rpc_payloads_read(data, RPC_PAYLOADS_MAX, &arena, &all, &why))
		fail_msg("%s", why.text);
	return all;
}

static void refused(struct bytes data, status code, const char *words)
{
	struct rpc_payloads all = { 77, NULL };
	struct reason why = { "" };

	assert_int_equal(rpc_payloads_read(data, 3, &arena, &all, &why), code);
	assert_int_equal(all.n, 77);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" instead of \"%s\"", why.text, words);
}

/* [MS-OXCRPC] 4.2: 0x0152 bytes of ROPs, neither compressed nor obfuscated. */
static void test_plain(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(0x15A);
	uint8_t rops[0x152];

	(void)state;
	for (size_t i = 0; i < sizeof rops; i++)
		rops[i] = (uint8_t)i;
	assert_int_equal(rpc_payload_write(&b, bytes_of(rops, sizeof rops), RPC_HEADER_LAST), 0);
	assert_int_equal(b.n, 0x15A);
	/* MS-OXCRPC_R33 */
	/* MS-OXCRPC_R38 */
	/* MS-OXCRPC_R43 */
	/* MS-OXCRPC_R46 */
	assert_memory_equal(b.p, "\0\0\4\0\x52\1\x52\1", RPC_HEADER_SIZE);
	struct rpc_payloads all = all_of(buf_bytes(&b));

	assert_int_equal(all.n, 1);
	assert_true(bytes_equal(all.v[0].bytes, bytes_of(rops, sizeof rops)));
	assert_ptr_equal(all.v[0].bytes.p, b.p + RPC_HEADER_SIZE); /* not copied */
}

static void packs(size_t n, uint16_t asked, uint16_t done)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 17);
	uint8_t data[4096];
	struct rpc_payloads all;

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(i % 7 + i / 100);
	buf_add(&b, "before", 6);
	assert_int_equal(rpc_payload_write(&b, bytes_of(data, n), asked), 0);
	assert_memory_equal(b.p, "before", 6);
	assert_int_equal(le16(b.p + 8), done);
	assert_int_equal(le16(b.p + 10), b.n - 6 - RPC_HEADER_SIZE);
	assert_int_equal(le16(b.p + 12), n);
	if (done & RPC_HEADER_COMPRESSED)
		/* MS-OXCRPC_R4794 */
		assert_true(le16(b.p + 10) < le16(b.p + 12));
	all = all_of(bytes_of(b.p + 6, b.n - 6));
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].flags, done);
	assert_true(bytes_equal(all.v[0].bytes, bytes_of(data, n)));
}

static void test_compressed_and_obfuscated(void **state)
{
	(void)state;
	packs(4096, RPC_HEADER_COMPRESSED | RPC_HEADER_LAST,
	      RPC_HEADER_COMPRESSED | RPC_HEADER_LAST);
	packs(4096, RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST, RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST);
	/* MS-OXCRPC_R4841 */
	/* MS-OXCRPC_R4842 */
	packs(4096, RPC_HEADER_COMPRESSED | RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST,
	      RPC_HEADER_COMPRESSED | RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST);
	/* What does not get smaller stays as it is. */
	/* MS-OXCRPC_R1479 */
	packs(5, RPC_HEADER_COMPRESSED | RPC_HEADER_LAST, RPC_HEADER_LAST);
	packs(0, RPC_HEADER_COMPRESSED | RPC_HEADER_LAST, RPC_HEADER_LAST);
}

static void test_magic(void **state)
{
	struct rpc_payloads all = all_of(BYTES(0, 0, 6, 0, 3, 0, 3, 0, 0xA5 ^ 'a', 0xA5 ^ 0xFF, 0));

	(void)state;
	/* MS-OXCRPC_R956 */
	assert_true(bytes_equal(all.v[0].bytes, BYTES('a', 0xFF, 0xA5)));
}

static void test_chain(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 17);
	size_t at[3];
	struct rpc_payloads all;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		at[i] = rpc_payload_begin(&b);
		for (unsigned k = 0; k < 100 * i; k++)
			buf_add_u8(&b, (uint8_t)i);
		if (i)
			rpc_payload_continue(&b, at[i - 1]);
		/* Each as it likes. */
		/* MS-OXCRPC_R786 */
		assert_int_equal(rpc_payload_end(&b, at[i],
						 (uint16_t)(RPC_HEADER_LAST |
							    (i == 1 ? RPC_HEADER_COMPRESSED : 0))),
				 0);
	}
	/* MS-OXCRPC_R778 */
	assert_int_equal(le16(b.p + at[0] + 2), 0);
	assert_int_equal(le16(b.p + at[1] + 2), RPC_HEADER_COMPRESSED);
	/* MS-OXCRPC_R779 */
	assert_int_equal(le16(b.p + at[2] + 2), RPC_HEADER_LAST);
	all = all_of(buf_bytes(&b));
	assert_int_equal(all.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(all.v[i].bytes.n, 100 * i);
		for (size_t k = 0; k < all.v[i].bytes.n; k++)
			assert_int_equal(all.v[i].bytes.p[k], i);
	}
	assert_int_equal(all_of(bytes_of(NULL, 0)).n, 0);
}

static void test_refused(void **state)
{
	uint8_t four[32] = { 0 };

	(void)state;
	refused(BYTES(0, 0, 4, 0, 0, 0, 0), ecCorruptData, "header of an extended buffer is cut");
	refused(BYTES(1, 0, 4, 0, 0, 0, 0, 0), ecCorruptData, "of version 1");
	refused(BYTES(0, 0, 4, 0, 2, 0, 2, 0, 'a'), ecCorruptData, "2 bytes where 1");
	refused(BYTES(0, 0, 4, 0, 1, 0, 2, 0, 'a'), ecCorruptData, "is not compressed and says 2");
	refused(BYTES(0, 0, 5, 0, 1, 0, 2, 0, 'a'), ecCorruptData, "too early");
	refused(BYTES(0, 0, 4, 0, 1, 0, 1, 0, 'a', 0), ecCorruptData, "1 bytes after the last");
	refused(BYTES(0, 0, 0, 0, 1, 0, 1, 0, 'a'), ecCorruptData,
		"cut off"); /* none is the last */
	refused(bytes_of(four, sizeof four), ecTooBig, "more than 3");
}

/* 65535 bytes fit a header; one more does not. */
static void test_limits(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 17), full = BUF_MAX(20);
	size_t at = rpc_payload_begin(&b);

	(void)state;
	buf_add_zeros(&b, 65536);
	assert_int_equal(rpc_payload_end(&b, at, RPC_HEADER_LAST), ecTooBig);
	buf_truncate(&b, b.n - 1);
	assert_int_equal(rpc_payload_end(&b, at, RPC_HEADER_LAST | RPC_HEADER_COMPRESSED), 0);
	assert_in_range(b.n, 8, 40);
	assert_int_equal(all_of(buf_bytes(&b)).v[0].bytes.n, 65535);
	assert_int_equal(rpc_payload_write(&full, bytes_of(b.p, 13), RPC_HEADER_LAST), ecTooBig);
}

static void test_without_memory(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 17);
	struct rpc_payloads all;
	status s = ecMemory;

	(void)state;
	assert_int_equal(
		rpc_payload_write(&b, bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40),
				  RPC_HEADER_COMPRESSED | RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST),
		0);
	for (unsigned n = 1; n < 10 && s; n++) {
		arena_fail_after(n);
		s = rpc_payloads_read(buf_bytes(&b), 1, &arena, &all, NULL);
		arena_fail_after(0);
		assert_true(!s || s == ecMemory);
	}
	assert_int_equal(s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_compressed_and_obfuscated),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests_name("rpc_header", tests, NULL, forget);
}
