/* mapi/string_kind: texts as UTF-16 or in a code page. */
#include "support.h"

#include "mapi/string_kind.h"

static void one_text(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	struct prop p = { .tag = PidTagSubject, .count = 1, .value = bytes_of("\xE9\0\x3F\x04", 4) }; /* "éп" */

	(void)state;
	p.size = p.value.n;
	assert_int_equal(string_kind_set(&p, PT_STRING8, 1252, &a), 0);
	assert_int_equal(p.tag, tag_make(0x0037, PT_STRING8));
	assert_int_equal(p.value.n, 2);
	assert_memory_equal(p.value.p, "\xE9?", 2);
	assert_int_equal(string_kind_set(&p, PT_UNICODE, 1252, &a), 0);
	assert_int_equal(p.tag, PidTagSubject);
	assert_memory_equal(p.value.p, "\xE9\0?\0", 4);
	/* What is no text, or already is so, stays. */
	assert_int_equal(string_kind_set(&p, PT_LONG, 1252, &a), 0);
	assert_int_equal(p.tag, PidTagSubject);
	p = (struct prop){ .tag = PidTagImportance, .count = 1, .value = bytes_of("\1\0\0\0", 4) };
	assert_int_equal(string_kind_set(&p, PT_UNICODE, 1252, &a), 0);
	assert_int_equal(p.tag, PidTagImportance);
	p = (struct prop){ .tag = PidTagSubject, .count = 1, .value = bytes_of("", 0) };
	assert_int_equal(string_kind_set(&p, PT_STRING8, 1252, &a), 0);
	assert_int_equal(p.value.n, 0);
}

static void lists(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	const struct bytes v[] = { bytes_of("a\0", 2), bytes_of("", 0) };
	struct prop p = { .tag = tag_make(0x8001, PT_MV_UNICODE), .count = 2, .values = v };

	(void)state;
	assert_int_equal(string_kind_set(&p, PT_MV_STRING8, 1252, &a), 0);
	assert_int_equal(p.tag, tag_make(0x8001, PT_MV_STRING8));
	assert_int_equal(p.values[0].n, 1);
	assert_int_equal(p.values[1].n, 0);
	assert_int_equal(string_kind_set(&p, PT_UNICODE, 1252, &a), 0);
	assert_int_equal(p.tag, tag_make(0x8001, PT_MV_UNICODE));
	assert_memory_equal(p.values[0].p, "a\0", 2);
}

static void without_memory(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(8);
	struct prop p = { .tag = PidTagSubject, .count = 1, .value = bytes_of("abcdefghijklmnopqrst", 20) }, was = p;

	(void)state;
	assert_int_equal(string_kind_set(&p, PT_STRING8, 1252, &a), ecMemory);
	assert_memory_equal(&p, &was, sizeof p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_text),
		cmocka_unit_test(lists),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
