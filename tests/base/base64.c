/* Base64 as RFC 4648 has it, and what is no base64. */
#include "support.h"

#include "base/base64.h"

static void reads(const char *text, const char *wanted)
{
	uint8_t out[32];
	size_t n;

	assert_true(base64_decode(text, strlen(text), out, sizeof out, &n));
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(out, wanted, n);
}

static void refuses(const char *text, size_t room)
{
	uint8_t out[32];
	size_t n;

	assert_false(base64_decode(text, strlen(text), out, room, &n));
}

static void vectors(void **state)
{
	(void)state;
	reads("", "");
	reads("Zg==", "f");
	reads("Zm8=", "fo");
	reads("Zm9v", "foo");
	reads("Zm9vYg==", "foob");
	reads("Zm9vYmFy", "foobar");
	reads("+/+/", "\xfb\xff\xbf");
}

static void wrong(void **state)
{
	(void)state;
	refuses("Zg", 32);
	refuses("Zg=", 32);
	refuses("Zh==", 32); /* bits that count for nothing */
	refuses("Z===", 32);
	refuses("====", 32);
	refuses("Zm 9v", 32);
	refuses("Zm9v\n", 32);
	refuses("Zg==Zg==", 32);
	refuses("Zm9-", 32);
	refuses("Zm9vYmFy", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors), cmocka_unit_test(wrong) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
