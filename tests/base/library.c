#include "support.h"

#include "base/library.h"

#include <math.h>

#define MATHS(F) F(cos) F(hypot)
#define STRANGE(F) F(cos) F(postern_no_such_function)
double postern_no_such_function(double x);

LIBRARY_DECLARE(maths, MATHS)
LIBRARY_DECLARE(strange, STRANGE)

static const char *const maths_names[] = LIBRARY_NAMES(MATHS);

static void functions_are_called(void **state)
{
	struct maths m = { 0 };

	(void)state;
	assert_int_equal(library_load("libm.so.6", maths_names, &m, sizeof m, NULL), 0);
	assert_int_equal((int)m.hypot(3, 4), 5);
	assert_int_equal((int)m.cos(0), 1);
}

static void what_is_missing_is_said(void **state)
{
	static const char *const names[] = LIBRARY_NAMES(STRANGE);
	struct maths m = { 0 };
	struct strange s = { 0 };
	struct reason why;

	(void)state;
	assert_int_equal(library_load("libpostern-none.so.9", maths_names, &m, sizeof m, &why), ecNotFound);
	assert_non_null(strstr(why.text, "libpostern-none.so.9"));
	assert_null(m.cos);
	assert_int_equal(library_load("libm.so.6", names, &s, sizeof s, &why), ecNotFound);
	assert_non_null(strstr(why.text, "postern_no_such_function"));
	assert_null(s.cos);
	assert_int_equal(library_load("libm.so.6", maths_names, &m, sizeof m.cos, &why), ecInvalidParam);
	assert_null(m.cos);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_called),
		cmocka_unit_test(what_is_missing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
