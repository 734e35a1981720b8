/*
 * Every layout in the registry, filled at random: encode, decode, compare, encode again; every
 * prefix of it must be refused, every allocation may fail.
 */
#include "support.h"

#include "registry.h"

#define SEEDS    300
#define PREFIXES 700 /* of so many bytes at the most, all are tried */
#define BUDGET   ((size_t)4 << 20)

struct subject {
	const struct wire_type *type;
	enum wire_counts counts;
	struct arena arena;
	struct buf bytes;
	void *value;
};

static bool fill(struct subject *s, uint64_t seed)
{
	struct wire_random r;
	struct wire_out out;

	wire_random_init(&r, seed, &s->arena);
	r.counts = (uint8_t)s->counts;
	s->value = arena_zalloc(&s->arena, s->type->size);
	if (!s->value || !wire_random_fill(&r, s->type, s->value))
		return false;
	wire_out_init(&out, &s->bytes);
	out.counts = (uint8_t)s->counts;
	if (wire_encode(&out, s->type, s->value)) {
		print_error("%s, seed %llu: %s: %s\n", s->type->name, (unsigned long long)seed,
			    out.error.path, out.error.what);
		return false;
	}
	return true;
}

static status decode(struct subject *s, struct bytes data, void *value, struct reason *why)
{
	struct wire_in in;

	wire_in_init(&in, data, &s->arena);
	in.counts = (uint8_t)s->counts;
	return wire_decode_all(&in, s->type, value, why);
}

static void round_trip(struct subject *s)
{
	CLEANUP_BUF struct buf again = BUF_MAX(BUDGET), text = BUF_MAX(BUDGET);
	void *value = arena_zalloc(&s->arena, s->type->size);
	struct reason why = { "" };
	struct wire_out out;

	assert_true(s->bytes.n >= s->type->wire_min);
	if (decode(s, buf_bytes(&s->bytes), value, &why))
		fail_msg("%s: %s", s->type->name, why.text);
	assert_true(wire_equal(s->type, s->value, value));
	wire_out_init(&out, &again);
	out.counts = (uint8_t)s->counts;
	assert_int_equal(wire_encode(&out, s->type, value), 0);
	assert_true(bytes_equal(buf_bytes(&s->bytes), buf_bytes(&again)));
	wire_print(s->type, value, &text);
	assert_true(!text.failed && text.n > strlen(s->type->name));
}

/* The bytes are copied so that reading beyond them is noticed by a sanitizer. */
static void prefixes(struct subject *s)
{
	bool open = wire_open_ended(s->type);
	size_t n = s->bytes.n;

	for (size_t i = n > PREFIXES ? n - PREFIXES : 0; i < n; i++) {
		CLEANUP_BUF struct buf part = BUF_MAX(n);
		struct arena_mark mark = arena_mark(&s->arena);
		void *value = arena_zalloc(&s->arena, s->type->size);
		struct reason why = { "" };
		const char *wrong;

		buf_add(&part, s->bytes.p, i);
		if (!decode(s, buf_bytes(&part), value, &why) && !open)
			fail_msg("%s: %zu of %zu bytes were enough", s->type->name, i, n);
		if (!open)
			assert_int_equal(strncmp(why.text, s->type->name, strlen(s->type->name)),
					 0);
		wrong = wire_registry_check(s->type, s->counts, buf_bytes(&part));
		if (wrong)
			fail_msg("%s, %zu of %zu bytes: %s", s->type->name, i, n, wrong);
		arena_rewind(&s->arena, mark);
	}
}

static void trailing_bytes(struct subject *s)
{
	void *value = arena_zalloc(&s->arena, s->type->size);
	struct reason why = { "" };

	if (wire_open_ended(s->type))
		return;
	buf_add_u8(&s->bytes, 0);
	assert_int_equal(decode(s, buf_bytes(&s->bytes), value, &why), ecCorruptData);
	assert_non_null(strstr(why.text, "left over"));
	buf_truncate(&s->bytes, s->bytes.n - 1);
}

static void without_memory(struct subject *s)
{
	void *value = arena_zalloc(&s->arena, s->type->size);
	status st = ecMemory;

	for (unsigned n = 1; n < 500 && st; n++) {
		arena_fail_after(n);
		st = decode(s, buf_bytes(&s->bytes), value, NULL);
		arena_fail_after(0);
		assert_true(st == 0 || st == ecMemory);
	}
	assert_int_equal(st, 0);
	assert_true(wire_equal(s->type, s->value, value));
}

/* Room for one byte less than it needs: nothing is left behind. */
static void without_room(struct subject *s)
{
	CLEANUP_BUF struct buf small = BUF_MAX(s->bytes.n + 1);
	struct wire_out out;

	if (!s->bytes.n)
		return;
	buf_add(&small, "ab", 2);
	wire_out_init(&out, &small);
	out.counts = (uint8_t)s->counts;
	assert_int_equal(wire_encode(&out, s->type, s->value), ecTooBig);
	assert_int_equal(small.n, 2);
	assert_false(small.failed);
	buf_truncate(&small, 1);
	assert_int_equal(wire_encode(&out, s->type, s->value), 0);
	assert_true(bytes_equal(bytes_of(small.p + 1, small.n - 1), buf_bytes(&s->bytes)));
}

static void test_one(void **state)
{
	struct subject s = { .bytes = BUF_MAX(BUDGET) };

	s.type = wire_registry_at((size_t)(uintptr_t)*state, &s.counts);
	arena_init(&s.arena, BUDGET);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		assert_true(fill(&s, seed));
		round_trip(&s);
		without_room(&s);
		trailing_bytes(&s);
		if (seed <= SEEDS / 10) {
			prefixes(&s);
			without_memory(&s);
		}
		buf_clear(&s.bytes);
		arena_reset(&s.arena);
	}
	buf_free(&s.bytes);
	arena_free(&s.arena);
}

/* Flips in what was valid get past the first checks more often than noise does. */
static const char *mutate(struct subject *s, uint64_t seed)
{
	struct wire_random r;

	assert_true(fill(s, seed));
	wire_random_init(&r, seed, &s->arena);
	for (unsigned k = 0; k < 3 && s->bytes.n; k++)
		s->bytes.p[wire_random_below(&r, (uint32_t)s->bytes.n)] ^=
			(uint8_t)(1u << wire_random_below(&r, 8));
	return wire_registry_check(s->type, s->counts, buf_bytes(&s->bytes));
}

static void test_mutations(void **state)
{
	size_t n = wire_registry_size(), accepted = 0;

	(void)state;
	for (size_t i = 0; i < n * 100; i++) {
		struct subject s = { .bytes = BUF_MAX(BUDGET) };
		const char *wrong;

		s.type = wire_registry_at(i % n, &s.counts);
		arena_init(&s.arena, BUDGET);
		wrong = mutate(&s, i);
		if (wrong)
			fail_msg("%s, %zu: %s", s.type->name, i, wrong);
		accepted += decode(&s, buf_bytes(&s.bytes), arena_alloc(&s.arena, s.type->size),
				   NULL) == 0;
		buf_free(&s.bytes);
		arena_free(&s.arena);
	}
	/* Neither is everything let through nor nothing. */
	assert_in_range(accepted, n * 10, n * 90);
}

#define TESTS_MAX 1000

int main(void)
{
	static struct CMUnitTest tests[TESTS_MAX];
	static char names[TESTS_MAX][64];
	static const char *const contexts[] = { "16-bit counts", "32-bit counts", "address book" };
	size_t n = wire_registry_size();

	for (size_t i = 0; i < n && i + 1 < TESTS_MAX; i++) {
		enum wire_counts counts;
		const struct wire_type *t = wire_registry_at(i, &counts);

		(void)snprintf(names[i], sizeof names[i], "%s, %s", t->name, contexts[counts]);
		tests[i] =
			(struct CMUnitTest){ names[i], test_one, NULL, NULL, (void *)(uintptr_t)i };
	}
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_mutations);
	return _cmocka_run_group_tests("layouts", tests, n + 1, NULL, NULL);
}
