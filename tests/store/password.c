/* Passwords at rest: what verifies, what does not, and what is generated. */
#include "support.h"

#include "store/password.h"

static void round_trip(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(65536);
	const char *one, *other;
	bool good;

	(void)state;
	assert_int_equal(password_hash("Grüße €", &a, &one, NULL), 0);
	assert_int_equal(password_hash("Grüße €", &a, &other, NULL), 0);
	assert_int_equal(strncmp(one, "$y$", 3), 0);
	assert_string_not_equal(one, other); /* each has a salt of its own */
	assert_null(strstr(one, "Gr"));
	assert_int_equal(password_verify("Grüße €", one, &good, NULL), 0);
	assert_true(good);
	assert_int_equal(password_verify("Grüße €", other, &good, NULL), 0);
	assert_true(good);
	assert_int_equal(password_verify("grüße €", one, &good, NULL), 0);
	assert_false(good);
	assert_int_equal(password_verify("Grüße € ", one, &good, NULL), 0);
	assert_false(good);
	assert_int_equal(password_verify("", one, &good, NULL), 0);
	assert_false(good);
}

/* Whatever stands where a hash should: nobody gets in, and nothing fails. */
static void no_hash(void **state)
{
	static const char *const bad[] = { NULL, "", "x", "*0", "$y$", "$y$j9T$", "$1$salt$hash", "password", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$" };
	bool good = true;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(password_verify("password", bad[i], &good, NULL), 0);
		assert_false(good);
	}
}

static void limits(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(65536);
	struct reason why = { "" };
	char longest[PASSWORD_MOST + 2];
	const char *hash;
	bool good;

	(void)state;
	memset(longest, 'x', sizeof longest);
	longest[PASSWORD_MOST + 1] = '\0';
	assert_int_equal(password_hash("", &a, &hash, &why), ecInvalidParam);
	assert_int_equal(password_hash(longest, &a, &hash, &why), ecInvalidParam);
	assert_true(why.text[0]);
	longest[PASSWORD_MOST] = '\0';
	assert_int_equal(password_hash(longest, &a, &hash, &why), 0);
	assert_int_equal(password_verify(longest, hash, &good, NULL), 0);
	assert_true(good);
	/* All of it counts, to the last byte. */
	longest[PASSWORD_MOST - 1] = 'y';
	assert_int_equal(password_verify(longest, hash, &good, NULL), 0);
	assert_false(good);
}

static void generated(void **state)
{
	char some[64][PASSWORD_GENERATED_SIZE];

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(password_generate(some[i], NULL), 0);
		assert_int_equal(strlen(some[i]), 29);
		assert_int_equal(strspn(some[i], "abcdefghjkmnpqrstuvwxyz23456789A-"), 29);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(some[i], some[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(no_hash),
		cmocka_unit_test(limits),
		cmocka_unit_test(generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
