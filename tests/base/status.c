#include "support.h"

#include "base/status.h"

static void words_are_set_and_put_before(void **state)
{
	struct reason why;

	(void)state;
	assert_int_equal(reason_set(&why, ecNotFound, "no node 0x%x", 0x21), ecNotFound);
	assert_string_equal(why.text, "no node 0x21");
	assert_int_equal(reason_prefix(&why, ecNotFound, "%s", "mail.pst"), ecNotFound);
	assert_string_equal(why.text, "mail.pst: no node 0x21");
	assert_int_equal(reason_set(NULL, ecNotFound, "nobody asks"), ecNotFound);
}

/* A function that is given the reason of the object it works on passes on what is there already. */
static void old_words_may_be_an_argument(void **state)
{
	struct reason why;

	(void)state;
	(void)reason_set(&why, ecDiskError, "the disk is full");
	(void)reason_set(&why, ecDiskError, "%s", why.text);
	assert_string_equal(why.text, "the disk is full");
	(void)reason_set(&why, ecDiskError, "the mailbox: %s", why.text);
	assert_string_equal(why.text, "the mailbox: the disk is full");
}

static void long_words_are_cut(void **state)
{
	char text[1000];
	struct reason why;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	(void)reason_set(&why, ecError, "%s", text);
	assert_int_equal(strlen(why.text), sizeof why.text - 1);
	(void)reason_prefix(&why, ecError, "%s", text);
	assert_true(strlen(why.text) < sizeof why.text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_set_and_put_before),
		cmocka_unit_test(old_words_may_be_an_argument),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
