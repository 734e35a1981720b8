/* rop/idset, rop/globset: sets of ids against bytes of real stores, and against a plain model. */
#include "support.h"

#include "rop/idset.h"

#define MANY ((size_t)1 << 16)
#define BYTES(...) \
	bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct guid replica_a = { { 0xBC, 0x78, 0x6F, 0xDA, 0x8B, 0x4F, 0x1F, 0x48, 0x94, 0xA6,
					 0x88, 0xDE, 0x8D, 0xF0, 0xC9, 0xFC } };
static const struct guid replica_b = { { 0xBC, 0x78, 0x6F, 0xDB } };

static uint64_t random_state;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(random_state >> 33) % n;
}

static void assert_ranges(const struct globset *s, const struct globcnt_range *expected, size_t n)
{
	assert_non_null(s);
	assert_int_equal(s->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(s->v[i].first, expected[i].first);
		assert_int_equal(s->v[i].last, expected[i].last);
	}
}

static void decode_set(struct bytes data, struct globset *s)
{
	struct reader in = reader_of(data);
	struct reason why = { "" };

	if (globset_decode(&in, MANY, s, &why))
		fail_msg("%s", why.text);
	assert_true(reader_done(&in));
}

static void assert_refused(struct bytes data, const char *words)
{
	struct globset s = { .n = 77 };
	struct reader in = reader_of(data);
	struct reason why = { "" };

	assert_int_equal(globset_decode(&in, MANY, &s, &why), ecCorruptData);
	assert_int_equal(s.n, 77);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
}

/* CnsetSeen, IdsetGiven and others, as Outlook keeps them in .ost files. */
static void test_real(void **state)
{
	static const struct globcnt_range ids[] = {
		{ 2554, 2566 }, { 2568, 2570 }, { 31651, 31654 }, { 31656, 31656 }, { 31661, 31661 },
	};
	struct bytes data = BYTES(0xBC, 0x78, 0x6F, 0xDA, 0x8B, 0x4F, 0x1F, 0x48, 0x94, 0xA6, 0x88,
				  0xDE, 0x8D, 0xF0, 0xC9, 0xFC, 0x04, 0x00, 0x00, 0x00, 0x00, 0x52,
				  0x09, 0xFA, 0x0A, 0x06, 0x52, 0x0A, 0x08, 0x0A, 0x0A, 0x01, 0x7B,
				  0x42, 0xA3, 0x17, 0x01, 0xAD, 0x50, 0x50, 0x00);
	CLEANUP_IDSET struct idset s = { .max = MANY };
	CLEANUP_BUF struct buf b = BUF_MAX(1000);

	(void)state;
	assert_int_equal(idset_decode(data, IDSET_REPLGUID, &s, NULL), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.ranges, COUNT(ids));
	assert_int_equal(idset_count(&s), 13 + 3 + 4 + 2);
	assert_ranges(idset_find(&s, &replica_a), ids, COUNT(ids));
	assert_true(idset_contains(&s, &replica_a, 2566));
	assert_false(idset_contains(&s, &replica_a, 2567));
	assert_false(idset_contains(&s, &replica_b, 2566));
	/* Byte by byte what the server that made it chose. */
	assert_int_equal(idset_encode(&s, IDSET_REPLGUID, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

static void test_real_single(void **state)
{
	const struct {
		struct globcnt_range ids;
		struct bytes data;
		size_t encoded; /* bytes of ours */
	} sets[] = {
		{ { 4574, 4734 },
		  { (const uint8_t[]){ 0x52, 0, 0, 0, 0, 0x11, 0xDE, 0, 0, 0, 0, 0x12, 0x7E, 0 }, 14 },
		  12 },
		{ { 100757, 100757 },
		  { (const uint8_t[]){ 0x06, 0, 0, 0, 0x01, 0x89, 0x95, 0 }, 8 },
		  8 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++) {
		CLEANUP_BUF struct buf b = BUF_MAX(1000);
		struct globset s, again;

		decode_set(sets[i].data, &s);
		assert_ranges(&s, &sets[i].ids, 1);
		globset_encode(&s, &b);
		assert_int_equal(b.n, sets[i].encoded);
		decode_set(buf_bytes(&b), &again);
		assert_true(globset_equal(&s, &again));
		globset_free(&s);
		globset_free(&again);
	}
}

/* [MS-OXCFXICS] 4.4: four message ids of two replicas, by REPLID. */
static void test_specification(void **state)
{
	struct bytes data = BYTES(0x01, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x52, 0x05, 0x06,
				  0x01, 0x10, 0x50, 0x00, 0x02, 0x00, 0x06, 0x00, 0x00, 0x00, 0x00,
				  0x00, 0x09, 0x00);
	CLEANUP_IDSET struct idset made = { .max = MANY }, read = { .max = MANY };
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct guid one = idset_replid(1), two = idset_replid(2);

	(void)state;
	assert_int_equal(idset_add(&made, &two, 9, 9), 0);
	assert_int_equal(idset_add(&made, &one, 0x10, 0x10), 0);
	assert_int_equal(idset_add(&made, &one, 6, 6), 0);
	assert_int_equal(idset_add(&made, &one, 5, 5), 0);
	assert_int_equal(idset_decode(data, IDSET_REPLID, &read, NULL), 0);
	assert_true(idset_equal(&made, &read));
	assert_int_equal(idset_encode(&made, IDSET_REPLID, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

/* REPLIDs are written in the order of the numbers, GUIDs in the order of the bytes. */
static void test_order(void **state)
{
	CLEANUP_IDSET struct idset s = { .max = MANY }, g = { .max = MANY };
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct guid low = idset_replid(0x00FF), high = idset_replid(0x0100);
	uint16_t replid = 7;

	(void)state;
	assert_int_equal(idset_add(&s, &high, 1, 1), 0);
	assert_int_equal(idset_add(&s, &low, 1, 1), 0);
	assert_int_equal(idset_encode(&s, IDSET_REPLID, &b), 0);
	assert_int_equal(le16(b.p), 0x00FF);
	assert_int_equal(le16(b.p + b.n / 2), 0x0100);
	assert_false(idset_replid_of(&replica_a, &replid));
	assert_int_equal(replid, 7);
	assert_int_equal(idset_add(&g, &replica_a, 1, 1), 0);
	buf_clear(&b);
	assert_int_equal(idset_encode(&g, IDSET_REPLID, &b), ecInvalidParam);
	assert_int_equal(b.n, 0);
}

/* Each command, and what [MS-OXCFXICS] 3.1.5.4.3.2 calls an error. */
static void test_commands(void **state)
{
	static const struct globcnt_range overlapping[] = { { 1, 9 }, { 0x20, 0x20 } };
	struct globset s;

	(void)state;
	/* One push after the other; a sixth byte goes by itself; ranges overlap and come in any order. */
	decode_set(BYTES(2, 0, 0, 3, 0, 0, 0, 1, 0x20, 0x52, 5, 9, 0x52, 1, 6, 0x50, 0x50, 0), &s);
	assert_ranges(&s, overlapping, 2);
	globset_free(&s);
	decode_set(BYTES(0), &s);
	assert_int_equal(s.n, 0);
	decode_set(BYTES(5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x42, 0xF7, 0xFF, 0x50, 0), &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].last, GLOBCNT_MAX);
	globset_free(&s);

	assert_refused(BYTES(0x50, 0), "byte 0: a pop without a push");
	assert_refused(BYTES(4, 0, 0, 0, 0, 3, 1, 2, 3, 0), "byte 5: a push beyond six bytes");
	assert_refused(BYTES(5, 0, 0, 0, 0, 0, 0x52, 9, 8, 0x50, 0), "ends before it begins");
	assert_refused(BYTES(4, 0, 0, 0, 0, 0x42, 9, 8, 0x50, 0), "not five bytes");
	assert_refused(BYTES(5, 0, 0, 0, 0, 0, 0x42, 0xF8, 0xFF, 0x50, 0), "beyond its byte");
	assert_refused(BYTES(1, 0, 0), "before everything is popped");
	assert_refused(BYTES(7, 0), "does not exist");
	assert_refused(BYTES(6, 0, 0, 0, 0, 0, 1), "byte 7: it ends without an End");
	assert_refused(BYTES(6, 0, 0), "ends without an End");
	assert_refused(bytes_of(NULL, 0), "ends without an End");
}

static void test_replicas_refused(void **state)
{
	CLEANUP_IDSET struct idset s = { .max = 1 };
	struct reason why = { "" };

	(void)state;
	assert_int_equal(idset_add(&s, &replica_a, 5, 5), 0);
	assert_int_equal(idset_decode(BYTES(1), IDSET_REPLID, &s, &why), ecCorruptData);
	assert_non_null(strstr(why.text, "within the id of a replica"));
	assert_int_equal(idset_decode(BYTES(1, 0, 6, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0), IDSET_REPLID, &s,
				      &why),
			 ecCorruptData);
	assert_non_null(strstr(why.text, "twice"));
	assert_int_equal(idset_decode(BYTES(1, 0, 6, 0, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 3, 0),
				      IDSET_REPLID, &s, &why),
			 ecTooBig);
	assert_non_null(strstr(why.text, "more than 1 ranges"));
	assert_true(idset_contains(&s, &replica_a, 5));
	assert_int_equal(idset_add(&s, &replica_a, 7, 7), ecTooBig);
	assert_int_equal(idset_add(&s, &replica_b, 7, 7), ecTooBig);
	assert_int_equal(s.n, 1);
	assert_int_equal(idset_add(&s, &replica_a, 6, 9), 0);
	assert_int_equal(idset_remove(&s, &replica_a, 7, 7), ecTooBig);
	assert_int_equal(idset_add(&s, &replica_a, 9, 8), ecInvalidParam);
	assert_int_equal(idset_add(&s, &replica_a, 9, GLOBCNT_MAX + 1), ecInvalidParam);
	assert_int_equal(idset_count(&s), 5);
	assert_int_equal(idset_remove(&s, &replica_a, 0, GLOBCNT_MAX), 0);
	assert_true(idset_is_empty(&s));
	assert_int_equal(s.ranges, 0);
}

/* Against one bit an id -------------------------------------------------------------------------- */

#define MODEL 4096u

struct model {
	bool has[MODEL];
};

/* Ids that fall into several bytes, so that groups nest. */
static uint64_t id_of(unsigned i)
{
	return (uint64_t)(i / 1024) << 40 | (uint64_t)(i / 512 % 2) << 17 | i % 512;
}

static void assert_as_model(const struct idset *s, const struct model *m)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < MODEL; i++) {
		assert_int_equal(idset_contains(s, &replica_a, id_of(i)), m->has[i]);
		n += m->has[i];
	}
	assert_int_equal(idset_count(s), n);
}

static void assert_sound(const struct idset *s)
{
	struct idset_at at = { 0 };
	struct globcnt_range r, before = { 0 };
	struct guid key, key_before = { { 0 } };
	size_t n = 0;

	for (; idset_next(s, &at, &key, &r); before = r, key_before = key, n++) {
		assert_true(r.first <= r.last);
		if (n && guid_equal(&key, &key_before))
			assert_true(r.first > before.last + 1);
		else if (n)
			assert_true(memcmp(key.b, key_before.b, sizeof key.b) > 0);
	}
	assert_int_equal(n, s->ranges);
}

static void change(struct idset *s, struct model *m)
{
	unsigned first = below(MODEL), n = 1 + below(below(8) ? 4 : 300);
	bool add = below(3);

	if (first / 512 != (first + n - 1) / 512)
		n = 512 - first % 512;
	if (add)
		assert_int_equal(idset_add(s, &replica_a, id_of(first), id_of(first + n - 1)), 0);
	else
		assert_int_equal(idset_remove(s, &replica_a, id_of(first), id_of(first + n - 1)), 0);
	for (unsigned i = first; i < first + n; i++)
		m->has[i] = add;
}

static void both_ways(const struct idset *s)
{
	CLEANUP_IDSET struct idset again = { .max = MANY };
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20), second = BUF_MAX(1 << 20);
	struct reason why = { "" };

	assert_int_equal(idset_encode(s, IDSET_REPLGUID, &b), 0);
	if (idset_decode(buf_bytes(&b), IDSET_REPLGUID, &again, &why))
		fail_msg("%s", why.text);
	assert_true(idset_equal(s, &again));
	assert_int_equal(idset_encode(&again, IDSET_REPLGUID, &second), 0);
	assert_true(bytes_equal(buf_bytes(&b), buf_bytes(&second)));
}

static void test_model(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		CLEANUP_IDSET struct idset s = { .max = MANY }, t = { .max = MANY };
		struct model m = { { false } }, n = { { false } };

		random_state = seed;
		for (unsigned i = 0; i < 40 * seed; i++) {
			change(&s, &m);
			change(&t, &n);
		}
		assert_as_model(&s, &m);
		assert_sound(&s);
		both_ways(&s);
		assert_int_equal(idset_subtract(&s, &t), 0);
		for (unsigned i = 0; i < MODEL; i++)
			m.has[i] = m.has[i] && !n.has[i];
		assert_as_model(&s, &m);
		assert_sound(&s);
		assert_int_equal(idset_union(&t, &s), 0);
		for (unsigned i = 0; i < MODEL; i++)
			n.has[i] = m.has[i] || n.has[i];
		assert_as_model(&t, &n);
		assert_sound(&t);
		both_ways(&t);
		assert_int_equal(idset_subtract(&t, &t), 0);
		assert_true(idset_is_empty(&t));
	}
}

/* All subsets of eleven neighbours: nothing is longer than naming each range. */
static void test_short(void **state)
{
	(void)state;
	for (unsigned set = 1; set < 1u << 11; set++) {
		CLEANUP_BUF struct buf b = BUF_MAX(1000);
		struct globset s = { 0 }, again;
		size_t plain = 6 + 1 + 1;

		for (unsigned i = 0; i < 11; i++)
			if (set >> i & 1)
				assert_int_equal(globset_add(&s, (struct globcnt_range){ 0x7000 + i, 0x7000 + i },
							     MANY), 0);
		for (size_t i = 0; i < s.n; i++)
			plain += s.v[i].first == s.v[i].last ? 2 : 3;
		globset_encode(&s, &b);
		assert_true(b.n <= plain);
		if (!(set >> 9) && set & 1)
			assert_true(b.n <= 6 + 3 + 2); /* one bitmask has them all */
		decode_set(buf_bytes(&b), &again);
		assert_true(globset_equal(&s, &again));
		globset_free(&s);
		globset_free(&again);
	}
}

static void test_several(void **state)
{
	CLEANUP_IDSET struct idset s = { .max = MANY }, t = { .max = MANY };

	(void)state;
	assert_int_equal(idset_add(&s, &replica_a, 1, 10), 0);
	assert_int_equal(idset_add(&t, &replica_b, 5, 6), 0);
	assert_int_equal(idset_add(&t, &replica_a, 11, 12), 0);
	assert_int_equal(idset_union(&s, &t), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.ranges, 2);
	assert_int_equal(idset_count(&s), 14);
	both_ways(&s);
	assert_int_equal(idset_remove(&t, &replica_a, 12, 12), 0);
	assert_int_equal(idset_subtract(&s, &t), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.ranges, 2);
	assert_int_equal(idset_subtract(&s, &s), 0);
	assert_true(idset_is_empty(&s));
}

static status to_one(void *context, const struct guid *from, struct guid *to)
{
	uint16_t replid;

	*to = replica_a;
	return idset_replid_of(from, &replid) && replid < *(uint16_t *)context ? ecNone : ecNotFound;
}

static void test_rename(void **state)
{
	CLEANUP_IDSET struct idset s = { .max = MANY }, t = { .max = MANY };
	struct guid one = idset_replid(1), two = idset_replid(2);
	uint16_t known = 2;

	(void)state;
	assert_int_equal(idset_add(&s, &one, 1, 4), 0);
	assert_int_equal(idset_add(&s, &two, 5, 6), 0);
	assert_int_equal(idset_rename(&s, to_one, &known, &t), ecNotFound);
	assert_true(idset_is_empty(&t));
	known = 3;
	assert_int_equal(idset_rename(&s, to_one, &known, &t), 0);
	assert_int_equal(t.ranges, 1);
	assert_int_equal(idset_count(&t), 6);
	assert_true(idset_contains(&t, &replica_a, 6));
}

/* A set of many ranges that come backwards, and a limit on replicas. */
static void test_large(void **state)
{
	CLEANUP_IDSET struct idset s = { .max = MANY };
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 22);
	struct reason why = { "" };

	(void)state;
	buf_add(&b, replica_a.b, 16);
	for (unsigned i = 20000; i-- > 0;) {
		uint8_t command[7] = { 6, 0, 0, 0, (uint8_t)(i >> 15), (uint8_t)(i >> 7), (uint8_t)(i << 1) };

		buf_add(&b, command, 7);
	}
	buf_add_u8(&b, 0);
	assert_int_equal(idset_decode(buf_bytes(&b), IDSET_REPLGUID, &s, NULL), 0);
	assert_int_equal(s.ranges, 20000);
	both_ways(&s);
	s.max = 19999;
	assert_int_equal(idset_decode(buf_bytes(&b), IDSET_REPLGUID, &s, &why), ecTooBig);
	idset_free(&s);
	s.max = MANY;
	buf_clear(&b);
	for (unsigned i = 0; i <= IDSET_REPLICAS_MAX; i++) {
		buf_add_u16(&b, (uint16_t)i);
		buf_add(&b, "\6\0\0\0\0\0\1\0", 8);
	}
	assert_int_equal(idset_decode(buf_bytes(&b), IDSET_REPLID, &s, &why), ecTooBig);
	assert_non_null(strstr(why.text, "replicas"));
	assert_true(idset_is_empty(&s));
}

/* Hostile input and failing memory --------------------------------------------------------------- */

static const uint8_t two_replicas[] = { 0x01, 0x00, 0x04, 0,    0,    0,    0,    0x52, 0x09, 0xFA, 0x0A,
					0x06, 0x01, 0x7B, 0x42, 0xA3, 0x17, 0x01, 0xAD, 0x50, 0x50, 0x00,
					0x02, 0x00, 0x06, 0,    0,    0,    0,    0,    9,    0 };

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof two_replicas; n++) {
		CLEANUP_IDSET struct idset s = { .max = MANY };
		struct reason why = { "" };
		uint8_t *copy = malloc(n ? n : 1);
		bool whole = n == 0 || n == 22;

		assert_non_null(copy);
		memcpy(copy, two_replicas, n);
		assert_int_equal(idset_decode(bytes_of(copy, n), IDSET_REPLID, &s, &why),
				 whole ? ecNone : ecCorruptData);
		assert_true(whole || why.text[0]);
		free(copy);
	}
}

static void test_flips(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof two_replicas; i++)
		for (unsigned value = 0; value < 256; value++) {
			CLEANUP_IDSET struct idset s = { .max = MANY };
			struct reason why = { "" };
			uint8_t copy[sizeof two_replicas];

			memcpy(copy, two_replicas, sizeof copy);
			copy[i] = (uint8_t)value;
			if (idset_decode(bytes_of(copy, sizeof copy), IDSET_REPLID, &s, &why)) {
				assert_true(why.text[0]);
				assert_true(idset_is_empty(&s));
			} else {
				assert_sound(&s);
			}
		}
}

static status all_operations(struct idset *s, struct idset *t)
{
	status st = idset_decode(bytes_of(two_replicas, sizeof two_replicas), IDSET_REPLID, t, NULL);
	struct guid two = idset_replid(2), three = idset_replid(3);
	uint16_t known = 4;

	for (unsigned i = 0; !st && i < 20; i++)
		st = idset_add(s, &two, 100 * i, 100 * i + 50);
	if (!st)
		st = idset_add(s, &three, 7, 9);
	if (!st)
		st = idset_remove(s, &three, 8, 8);
	if (!st)
		st = idset_union(s, t);
	if (!st)
		st = idset_subtract(t, s);
	return st ? st : idset_rename(s, to_one, &known, t);
}

static void test_no_memory(void **state)
{
	bool done = false;
	unsigned n;

	(void)state;
	for (n = 1; !done; n++) {
		CLEANUP_IDSET struct idset s = { .max = MANY }, t = { .max = MANY };

		globset_fail_after(n);
		status st = all_operations(&s, &t);

		globset_fail_after(0);
		done = !st;
		assert_true(done || st == ecMemory);
		assert_sound(&s);
		assert_sound(&t);
		assert_true(n < 200);
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_real_single),
		cmocka_unit_test(test_specification),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_replicas_refused),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_rename),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
