#include "support.h"

#include "mapi/propset.h"

static struct prop_name by_lid(uint32_t lid)
{
	return (struct prop_name){ .set = PSETID_Appointment, .lid = lid };
}

static struct prop_name by_string(const char *utf16, size_t n)
{
	return (struct prop_name){ .set = PS_PUBLIC_STRINGS, .by_string = true, .string = bytes_of(utf16, n) };
}

static void both_ways(void **state)
{
	struct name_map *m = name_map_new();
	struct prop_name a = by_lid(0x8205), b = by_string("K\0", 2);
	uint16_t id;

	(void)state;
	assert_int_equal(name_map_add(m, 0x8005, &a), 0);
	assert_int_equal(name_map_add(m, 0x8000, &b), 0);
	assert_int_equal(name_map_id(m, &a), 0x8005);
	assert_int_equal(name_map_name(m, 0x8000)->string.n, 2);
	assert_null(name_map_name(m, 0x8001));
	assert_null(name_map_name(m, 0x1234));
	assert_int_equal(name_map_count(m), 2);
	assert_int_equal(name_map_next(m, 0), 0x8000);
	assert_int_equal(name_map_next(m, 0x8001), 0x8005);
	assert_int_equal(name_map_next(m, 0x8006), 0);
	a.lid = 1;
	assert_int_equal(name_map_assign(m, &a, &id), 0);
	assert_int_equal(id, 0x8001);
	assert_int_equal(name_map_assign(m, &b, &id), 0);
	assert_int_equal(id, 0x8000);
	name_map_free(m);
}

static void no_name_and_no_id_twice(void **state)
{
	struct name_map *m = name_map_new();
	struct prop_name a = by_lid(1), b = by_lid(2);

	(void)state;
	assert_int_equal(name_map_add(m, 0x8000, &a), 0);
	assert_int_equal(name_map_add(m, 0x8000, &b), ecDuplicateName);
	assert_int_equal(name_map_add(m, 0x8001, &a), ecDuplicateName);
	assert_int_equal(name_map_add(m, 0x7FFF, &b), ecInvalidParam);
	assert_int_equal(name_map_add(m, 0xFFFF, &b), ecInvalidParam);
	name_map_free(m);
}

static void ends_when_all_are_taken(void **state)
{
	struct name_map *m = name_map_new();
	uint16_t id = 0;

	(void)state;
	for (uint32_t i = NAMED_ID_FIRST; i <= NAMED_ID_LAST; i++) {
		struct prop_name n = by_lid(i);

		assert_int_equal(name_map_assign(m, &n, &id), 0);
	}
	assert_int_equal(id, NAMED_ID_LAST);
	struct prop_name more = by_lid(1);
	assert_int_equal(name_map_assign(m, &more, &id), ecTooBig);
	name_map_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(no_name_and_no_id_twice),
		cmocka_unit_test(ends_when_all_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
