/* rop/sync_state: the four sets of a client's state, as bytes and back. */
#include "support.h"

#include "mapi/tag.h"
#include "rop/sync_state.h"

#define MANY ((size_t)1 << 12)
#define GUID_BYTES 0xBC, 0x78, 0x6F, 0xDA, 0x8B, 0x4F, 0x1F, 0x48, 0x94, 0xA6, 0x88, 0xDE, 0x8D, 0xF0, 0xC9, 0xFC
/* From an .ost of Outlook: {2554..2566, 2568..2570, 31651..31654, 31656, 31661}; {4574..4734}; {100757}. */
#define GIVEN                                                                                                       \
	GUID_BYTES, 0x04, 0, 0, 0, 0, 0x52, 0x09, 0xFA, 0x0A, 0x06, 0x52, 0x0A, 0x08, 0x0A, 0x0A, 0x01, 0x7B, 0x42, \
		0xA3, 0x17, 0x01, 0xAD, 0x50, 0x50, 0x00
#define SEEN GUID_BYTES, 0x52, 0, 0, 0, 0, 0x11, 0xDE, 0, 0, 0, 0, 0x12, 0x7E, 0x00
#define ONE GUID_BYTES, 0x06, 0, 0, 0, 0x01, 0x89, 0x95, 0x00
#define BEGIN 0x03, 0x00, 0x3A, 0x40
#define END 0x03, 0x00, 0x3B, 0x40

static const struct guid replica = { { GUID_BYTES } };

static const uint8_t whole[] = {
	BEGIN, 0x03, 0x00, 0x17, 0x40, 41, 0, 0, 0, GIVEN, /* MetaTagIdsetGiven, of PtypInteger32 by name */
	0x02,  0x01, 0x96, 0x67, 30,   0,  0, 0, SEEN,	   /* MetaTagCnsetSeen */
	0x02,  0x01, 0xDA, 0x67, 0,    0,  0, 0,	   /* MetaTagCnsetSeenFAI */
	0x02,  0x01, 0xD2, 0x67, 24,   0,  0, 0, ONE,	   /* MetaTagCnsetRead */
	END,
};

static struct bytes whole_bytes(void)
{
	return bytes_of(whole, sizeof whole);
}

static void test_real(void **state)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(MANY), copy = SYNC_STATE_MAX(MANY);
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct reason why = { "" };

	(void)state;
	if (sync_state_decode(whole_bytes(), &s, &why))
		fail_msg("%s", why.text);
	assert_int_equal(idset_count(&s.given), 22);
	assert_true(idset_contains(&s.given, &replica, 31661));
	assert_int_equal(idset_count(&s.seen), 4734 - 4574 + 1);
	assert_true(idset_is_empty(&s.seen_associated));
	assert_int_equal(idset_count(&s.read), 1);
	assert_true(idset_contains(&s.read, &replica, 100757));
	/* Ours say the same, in fewer bytes where that server did not look for them. */
	assert_int_equal(sync_state_encode(&s, false, &b), 0);
	assert_memory_equal(b.p, whole, 4 + 8 + 41);
	assert_true(b.n <= sizeof whole);
	assert_int_equal(sync_state_decode(buf_bytes(&b), &copy, &why), 0);
	assert_true(sync_state_equal(&s, &copy));
	sync_state_free(&copy);
	assert_int_equal(sync_state_copy(&s, &copy), 0);
	assert_true(sync_state_equal(&s, &copy));
	assert_int_equal(idset_add(&copy.seen_associated, &replica, 1, 1), 0);
	assert_false(sync_state_equal(&s, &copy));
	/* A hierarchy has no more than two. */
	buf_clear(&b);
	assert_int_equal(sync_state_encode(&s, true, &b), 0);
	assert_memory_equal(b.p, whole, 4 + 8 + 41);
	assert_int_equal(le32(b.p + 4 + 8 + 41), MetaTagCnsetSeen);
	assert_int_equal(le32(b.p + b.n - 4), 0x403B0003);
	assert_int_equal(sync_state_decode(buf_bytes(&b), &copy, NULL), 0);
	assert_true(idset_equal(&copy.given, &s.given) && idset_equal(&copy.seen, &s.seen));
	assert_true(idset_is_empty(&copy.seen_associated) && idset_is_empty(&copy.read));
	/* No room: as if nothing was appended. */
	struct buf small = BUF_MAX(b.n - 1);
	assert_int_equal(sync_state_encode(&s, true, &small), ecTooBig);
	assert_int_equal(small.n, 0);
	buf_free(&small);
}

static void test_properties(void **state)
{
	static const uint8_t seen[] = { SEEN };
	static const uint32_t tags[] = { MetaTagIdsetGiven, 0x40170102, MetaTagCnsetSeen, MetaTagCnsetSeenFAI, MetaTagCnsetRead };
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(MANY);
	const struct idset *sets[] = { &s.given, &s.given, &s.seen, &s.seen_associated, &s.read };
	struct reason why = { "" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_ptr_equal(sync_state_find(&s, tags[i]), sets[i]);
		assert_int_equal(sync_state_set(&s, tags[i], bytes_of(seen, sizeof seen), &why), 0);
		assert_int_equal(idset_count(sets[i]), 161);
		assert_int_equal(sync_state_set(&s, tags[i], bytes_of(NULL, 0), &why), 0);
		assert_true(idset_is_empty(sets[i]));
	}
	assert_int_equal(sync_state_set(&s, PidTagSubject, bytes_of(seen, sizeof seen), &why), ecInvalidParam);
	assert_true(why.text[0]);
	assert_int_equal(sync_state_set(&s, MetaTagCnsetSeen, bytes_of(seen, 20), &why), ecCorruptData);
}

static void assert_refused(struct bytes data, const char *words)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(MANY);
	struct reason why = { "" };

	assert_int_equal(idset_add(&s.read, &replica, 5, 5), 0);
	assert_int_equal(sync_state_decode(data, &s, &why), ecCorruptData);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
	assert_int_equal(idset_count(&s.read), 1);
	assert_true(idset_is_empty(&s.seen));
}

#define BYTES(...) bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void test_refused(void **state)
{
	(void)state;
	assert_refused(BYTES(0), "does not begin");
	assert_refused(BYTES(END), "does not begin");
	assert_refused(BYTES(BEGIN), "without its end");
	assert_refused(BYTES(BEGIN, END, 0), "1 bytes after");
	assert_refused(BYTES(BEGIN, 0x02, 0x01, 0x96, 0x67, 5, 0, 0, 0, END), "ends within property 0x67960102");
	assert_refused(BYTES(BEGIN, 0x02, 0x01, 0x97, 0x67, 0, 0, 0, 0, END), "none of it");
	assert_refused(BYTES(BEGIN, 0x02, 0x01, 0x96, 0x67, 0, 0, 0, 0, 0x02, 0x01, 0x96, 0x67, 0, 0, 0, 0, END), "twice");
	assert_refused(BYTES(BEGIN, 0x03, 0x00, 0x17, 0x40, 0, 0, 0, 0, 0x02, 0x01, 0x17, 0x40, 0, 0, 0, 0, END), "twice");
	assert_refused(BYTES(BEGIN, 0x02, 0x01, 0x96, 0x67, 24, 0, 0, 0, ONE, 0x02, 0x01, 0xD2, 0x67, 1, 0, 0, 0, 9, END), "ends within");
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		uint8_t *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, whole, n);
		assert_refused(bytes_of(copy, n), "");
		free(copy);
	}
}

static void test_no_memory(void **state)
{
	bool done = false;
	unsigned n;

	(void)state;
	for (n = 1; !done; n++) {
		CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(MANY), copy = SYNC_STATE_MAX(MANY);
		status st;

		globset_fail_after(n);
		st = sync_state_decode(whole_bytes(), &s, NULL);
		assert_true(!st || idset_is_empty(&s.seen));
		if (!st) {
			st = sync_state_copy(&s, &copy);
			assert_true(!st || idset_is_empty(&copy.seen));
		}
		globset_fail_after(0);
		done = !st;
		assert_true(done || st == ecMemory);
		assert_true(n < 100);
	}
	assert_true(n > 5);
}

/* The limit on ranges is the set's. */
static void test_limit(void **state)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(4);
	struct reason why = { "" };

	(void)state;
	assert_int_equal(sync_state_decode(whole_bytes(), &s, &why), ecTooBig);
	assert_true(idset_is_empty(&s.seen));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),	 cmocka_unit_test(test_properties), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_prefixes), cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
