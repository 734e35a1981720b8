#include "support.h"

#include "base/guid.h"

static void text_and_back(void **state)
{
	static const struct guid g = { { 0x08, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 } };
	char text[GUID_TEXT_SIZE];
	struct guid back;

	(void)state;
	guid_format(&g, text);
	assert_string_equal(text, "00062008-0000-0000-c000-000000000046");
	assert_true(guid_parse("{00062008-0000-0000-C000-000000000046}", &back));
	assert_true(guid_equal(&g, &back));
	assert_false(guid_is_zero(&g));
}

static void refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "", "00062008", "{00062008-0000-0000-C000-000000000046", "00062008-0000-0000-C000-00000000004g",
					   "00062008-0000-0000-C000-0000000000467", "000620080-000-0000-C000-000000000046" };
	struct guid g = { { 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(guid_parse(bad[i], &g));
	assert_int_equal(g.b[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_back),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
