/* rop/xid: change keys and lists of predecessors, against the merge log of a real store. */
#include "support.h"

#include "rop/xid.h"

static struct arena arena = ARENA_BUDGET(1 << 20);

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Two namespaces: a server's, with GLOBCNTs, and a client's, with local ids of four bytes. */
static const uint8_t server[16] = { 0x6A, 0xA6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x94, 0x02 };
static const uint8_t client[16] = { 0x7D, 0x39, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xBE, 0x6F };

static void add_sized(struct buf *b, const uint8_t space[static 16], const char *local, uint8_t n)
{
	buf_add_u8(b, (uint8_t)(16 + n));
	buf_add(b, space, 16);
	buf_add(b, local, n);
}

static struct pcl decoded(const struct buf *b)
{
	struct reason why = { "" };
	struct pcl l = { 0 };

	if (pcl_decode(buf_bytes(b), &arena, &l, &why))
		fail_msg("%s", why.text);
	return l;
}

/* What Outlook called a conflict: the server has a newer change of its own, and lacks the client's. */
static void test_conflict(void **state)
{
	CLEANUP_BUF struct buf local = BUF_MAX(1000), remote = BUF_MAX(1000), back = BUF_MAX(1000);
	struct pcl a, b;

	(void)state;
	add_sized(&local, server, "\0\0\x77\xF5\xC8\x69", 6);
	add_sized(&local, client, "\0\0\x1C\x0D", 4);
	add_sized(&remote, server, "\0\0\x77\xF5\xD6\x6A", 6);
	a = decoded(&local);
	b = decoded(&remote);
	assert_int_equal(a.n, 2);
	assert_int_equal(b.n, 1);
	assert_int_equal(pcl_compare(&a, &b), PCL_CONFLICT);
	assert_int_equal(pcl_compare(&b, &a), PCL_CONFLICT);
	assert_int_equal(pcl_compare(&a, &a), PCL_SAME);
	pcl_encode(&a, &back);
	assert_true(bytes_equal(buf_bytes(&back), buf_bytes(&local)));

	/* Resolved: the version that has both. */
	assert_int_equal(pcl_merge(&b, &a, &arena), 0);
	assert_int_equal(b.n, 2);
	assert_int_equal(pcl_compare(&b, &a), PCL_INCLUDES);
	assert_int_equal(pcl_compare(&a, &b), PCL_INCLUDED);
	assert_true(pcl_contains(&b, &a.v[0]));
	assert_true(pcl_contains(&b, &a.v[1]));
	assert_false(pcl_contains(&a, &b.v[0]));
}

static void test_xid(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct guid replica;
	struct xid x, y;
	uint64_t id = 0;

	(void)state;
	memcpy(replica.b, server, 16);
	x = xid_of_globcnt(&replica, 0x77F5C869);
	xid_encode(&x, &b);
	assert_int_equal(b.n, 22);
	assert_memory_equal(b.p + 16, "\0\0\x77\xF5\xC8\x69", 6);
	assert_int_equal(xid_decode(buf_bytes(&b), &y, NULL), 0);
	assert_int_equal(xid_compare(&x, &y), 0);
	assert_true(xid_globcnt(&y, &id));
	assert_int_equal(id, 0x77F5C869);
	/* Numbers, whatever their length. */
	y.n = 5;
	memcpy(y.local, "\0\x77\xF5\xC8\x6A", 5);
	assert_true(xid_compare(&x, &y) < 0);
	assert_true(xid_compare(&y, &x) > 0);
	assert_false(xid_globcnt(&y, &id));
	for (size_t n = 0; n < 40; n++) {
		struct reason why = { "" };
		uint8_t data[40] = { 0 };
		bool good = n >= 17 && n <= 24;

		assert_int_equal(xid_decode(bytes_of(data, n), &y, &why), good ? ecNone : ecCorruptData);
		assert_true(good || strstr(why.text, "17 to 24"));
	}
}

/* Any order and duplicates are read; what is written is in order. */
static void test_sorted(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000), back = BUF_MAX(1000);
	struct pcl l;

	(void)state;
	add_sized(&b, client, "\0\0\0\5", 4);
	add_sized(&b, server, "\0\0\0\0\0\7", 6);
	add_sized(&b, client, "\0\0\0\x9", 4);
	add_sized(&b, client, "\0\0\0\x8", 4);
	l = decoded(&b);
	assert_int_equal(l.n, 2);
	pcl_encode(&l, &back);
	assert_int_equal(back.n, 23 + 21);
	assert_int_equal(back.p[0], 22);
	assert_memory_equal(back.p + 1, server, 16);
	assert_memory_equal(back.p + back.n - 4, "\0\0\0\x9", 4);
}

static void test_hostile(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);

	(void)state;
	add_sized(&b, server, "\0\0\x77\xF5\xC8\x69", 6);
	add_sized(&b, client, "\0\0\x1C\x0D", 4);
	for (size_t n = 0; n < b.n; n++) {
		struct pcl l = { .n = 99 };
		struct reason why = { "" };
		bool whole = n == 0 || n == 23;

		assert_int_equal(pcl_decode(bytes_of(b.p, n), &arena, &l, &why),
				 whole ? ecNone : ecCorruptData);
		assert_int_equal(l.n, n == 23 ? 1 : whole ? 0 : 99);
		assert_true(whole || why.text[0]);
	}
	for (size_t i = 0; i < b.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct pcl l;
			struct reason why = { "" };

			b.p[i] ^= (uint8_t)(1u << bit);
			if (pcl_decode(buf_bytes(&b), &arena, &l, &why))
				assert_true(why.text[0]);
			else
				assert_int_equal(pcl_compare(&l, &l), PCL_SAME);
			b.p[i] ^= (uint8_t)(1u << bit);
		}
}

static void test_no_memory(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	bool done = false;

	(void)state;
	add_sized(&b, client, "\0\0\0\5", 4);
	for (unsigned n = 1; !done; n++) {
		struct pcl l = { 0 }, other = { 0 };
		struct xid x = { .n = 6 };
		status st;

		arena_fail_after(n);
		st = pcl_decode(buf_bytes(&b), &arena, &other, NULL);
		for (uint8_t i = 0; !st && i < 6; i++) {
			x.space.b[0] = i;
			st = pcl_add(&l, &x, &arena);
		}
		if (!st)
			st = pcl_merge(&l, &other, &arena);
		arena_fail_after(0);
		done = !st;
		assert_true(done ? l.n == 7 : st == ecMemory);
		assert_true(n < 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_conflict, forget),
		cmocka_unit_test_teardown(test_xid, forget),
		cmocka_unit_test_teardown(test_sorted, forget),
		cmocka_unit_test_teardown(test_hostile, forget),
		cmocka_unit_test_teardown(test_no_memory, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
