/* Generations of the offline address book: numbered without gaps, the same for all who have the directory open, and no change of it. */
#include "organisation.h"

#include "store/directory_generation.h"

static uint32_t number_of(struct directory *d, const char *hash, uint32_t first)
{
	struct reason why = { "" };
	uint32_t n = 0;

	if (directory_generation(d, bytes_of(hash, strlen(hash)), first, &n, &why))
		fail_msg("%s", why.text);
	return n;
}

static void numbers_on(enum sql_engine e)
{
	struct organisation o;
	uint64_t before = 0, after = 0;
	char hash[16];

	organisation_begin(&o, e);
	assert_int_equal(directory_change_number(o.d, &before, &o.why), 0);
	assert_int_equal(number_of(o.d, "one", 70), 70);
	assert_int_equal(number_of(o.d, "one", 80), 70);
	assert_int_equal(number_of(o.d, "two", 90), 71);
	assert_int_equal(number_of(o.d, "two", 90), 71);
	/* What it was once is another generation, not that one. */
	assert_int_equal(number_of(o.d, "one", 90), 72);
	for (unsigned i = 0; i < DIRECTORY_GENERATIONS + 20; i++) {
		(void)snprintf(hash, sizeof hash, "many %u", i);
		assert_int_equal(number_of(o.d, hash, 1), 73 + i);
	}
	assert_int_equal(directory_change_number(o.d, &after, &o.why), 0);
	assert_true(before == after);
	/* Within a transaction it stands or falls with it. */
	assert_int_equal(directory_begin(o.d, &o.why), 0);
	assert_int_equal(number_of(o.d, "never", 1), 73 + DIRECTORY_GENERATIONS + 20);
	directory_rollback(o.d);
	assert_int_equal(number_of(o.d, hash, 1), 72 + DIRECTORY_GENERATIONS + 20);
	organisation_end(&o, e);
}

static void numbers(void **state)
{
	(void)state;
	on_each_engine(numbers_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
