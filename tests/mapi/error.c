#include "support.h"

#include "mapi/error.h"

static void three_spellings_one_page(void **state)
{
	const struct mapi_error *e = mapi_error_lookup("ecCachedModeRequired");

	(void)state;
	assert_non_null(e);
	assert_ptr_equal(mapi_error_lookup("1249"), e);
	assert_ptr_equal(mapi_error_lookup("0x4E1"), e);
	assert_ptr_equal(mapi_error_lookup("0x000004e1"), e);
	assert_ptr_equal(mapi_error_lookup("eccachedmoderequired"), e);
	assert_int_equal(e->kind, ERROR_KIND_POLICY);
	assert_non_null(strstr(e->meaning, "not necessarily a problem"));
	assert_non_null(strstr(e->check, "Get-CasMailbox NAME | fl MapiBlockOutlookNonCachedMode"));
	assert_non_null(strstr(e->remedy, "Set-CasMailbox NAME -MapiBlockOutlookNonCachedMode:$false"));
	assert_non_null(strstr(e->remedy, "Use Cached Exchange Mode"));
}

static void codes_as_logs_print_them(void **state)
{
	const struct mapi_error *e = mapi_error_lookup("MAPI_E_NOT_FOUND");

	(void)state;
	assert_non_null(e);
	assert_string_equal(e->name, "ecNotFound");
	assert_ptr_equal(mapi_error_lookup("-2147221233"), e);
	assert_ptr_equal(mapi_error_lookup("2147746063"), e);
	assert_ptr_equal(mapi_error_lookup("8004010F"), e);
	assert_null(mapi_error_lookup("0x12345678"));
	assert_null(mapi_error_lookup(""));
	assert_null(mapi_error_lookup("99999999999"));
}

static void ordered_and_complete(void **state)
{
	const struct mapi_error *e;
	uint32_t last = 0;

	(void)state;
	/* [MS-OXCDATA] 2.4 to 2.4.3: 69 + 517 + 45 + 9, less the codes that stand in two of the lists. */
	assert_true(mapi_error_count() >= 630);
	for (size_t i = 0; (e = mapi_error_at(i)) != NULL; i++) {
		assert_true(!i || e->code > last);
		last = e->code;
		assert_true(e->name[0] && e->meaning[0] && e->remedy[0] && e->source[0]);
		assert_ptr_equal(mapi_error_by_code(e->code), e);
		assert_ptr_equal(mapi_error_by_name(e->name), e);
	}
}

static void near_misses(void **state)
{
	const struct mapi_error *near[3];

	(void)state;
	assert_true(mapi_error_suggest("ecCachedModeRequird", near, 3) >= 1);
	assert_string_equal(near[0]->name, "ecCachedModeRequired");
	assert_true(mapi_error_suggest("CachedMode", near, 3) >= 1);
	assert_string_equal(near[0]->name, "ecCachedModeRequired");
	assert_int_equal(mapi_error_suggest("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", near, 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_spellings_one_page),
		cmocka_unit_test(codes_as_logs_print_them),
		cmocka_unit_test(ordered_and_complete),
		cmocka_unit_test(near_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
