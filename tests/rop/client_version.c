/* rop/client_version: the normalization of [MS-OXCRPC] 3.1.4.1.3.1, comparison, texts. */
#include "support.h"

#include "rop/client_version.h"

static void check(struct product_version v, uint16_t major, uint16_t minor, uint16_t build,
		  uint16_t revision)
{
	assert_int_equal(v.major, major);
	assert_int_equal(v.minor, minor);
	assert_int_equal(v.build, build);
	assert_int_equal(v.revision, revision);
}

static void test_from_words(void **state)
{
	const uint16_t exchange[3] = { 0x0801, 0x80D7, 0x0000 }; /* 08.01.0215.000 */
	const uint16_t outlook[3] = { 0x0C00, 0x9972, 0x1388 };  /* 12.00.6514.5000 */
	const uint16_t old[3] = { 11, 8161, 1 }, none[3] = { 0, 0, 0 };
	const uint16_t most[3] = { 0xFFFF, 0xFFFF, 0xFFFF };

	(void)state;
	/* MS-OXCRPC_R1102 */
	/* MS-OXCRPC_R1104 */
	check(product_version_from_words(exchange), 8, 1, 215, 0);
	check(product_version_from_words(outlook), 12, 0, 6514, 5000);
	check(product_version_from_words(most), 255, 255, 32767, 65535);
	/* MS-OXCRPC_R1105 */
	check(product_version_from_words(old), 11, 0, 8161, 1);
	check(product_version_from_words(none), 0, 0, 0, 0);
}

static void test_to_words(void **state)
{
	struct product_version v = { 8, 1, 215, 3 };
	uint16_t words[3] = { 7, 7, 7 };

	(void)state;
	/* MS-OXCRPC_R1085 */
	assert_int_equal(product_version_to_words(v, words), 0);
	assert_int_equal(words[0], 0x0801);
	assert_int_equal(words[1], 0x80D7);
	assert_int_equal(words[2], 3);
	assert_int_equal(product_version_compare(product_version_from_words(words), v), 0);
	v.build = 32768;
	assert_int_equal(product_version_to_words(v, words), ecInvalidParam);
	v = (struct product_version){ 256, 0, 0, 0 };
	assert_int_equal(product_version_to_words(v, words), ecInvalidParam);
	v = (struct product_version){ 1, 256, 0, 0 };
	assert_int_equal(product_version_to_words(v, words), ecInvalidParam);
	assert_int_equal(words[0], 0x0801);
}

/* In ascending order. */
static const struct product_version ordered[] = {
	{ 0, 0, 0, 0 },          { 0, 0, 0, 65535 },    { 11, 0, 0, 4920 }, { 11, 0, 8161, 0 },
	{ 11, 65535, 65535, 9 }, { 12, 0, 0, 0 },       { 12, 0, 0, 1 },    { 12, 0, 3730, 1 },
	{ 12, 1, 0, 0 },         { 14, 0, 4760, 1000 },
};

static void test_compare(void **state)
{
	int n = (int)(sizeof ordered / sizeof *ordered);

	(void)state;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++)
			assert_int_equal(product_version_compare(ordered[i], ordered[k]),
					 (i > k) - (i < k));
	assert_int_equal(product_version_compare(ordered[4], CLIENT_VERSION_12), -1);
	assert_int_equal(product_version_compare(ordered[5], CLIENT_VERSION_12), 0);
}

static void test_text(void **state)
{
	static const char *const bad[] = {
		"",    ".",   "12.", "12..1", "1.2.3.4.5",         "12a",
		" 12", "12 ", "-1",  "65536", "1.2.3.99999999999", "1.2.3.4.",
		"+1"
	};
	char text[PRODUCT_VERSION_TEXT];
	struct product_version v = { 1, 2, 3, 4 };

	(void)state;
	/* MS-OXCRPC_R1093 */
	/* MS-OXCRPC_R1094 */
	product_version_print((struct product_version){ 8, 1, 215, 0 }, text);
	assert_string_equal(text, "08.01.0215.000");
	product_version_print((struct product_version){ 65535, 65535, 65535, 65535 }, text);
	assert_string_equal(text, "65535.65535.65535.65535");
	product_version_print_header((struct product_version){ 15, 0, 4615, 1000 }, text);
	assert_string_equal(text, "15.0.4615.1000");

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(product_version_parse(bad[i], &v), ecInvalidParam);
	check(v, 1, 2, 3, 4);
	assert_int_equal(product_version_parse("12", &v), 0);
	check(v, 12, 0, 0, 0);
	assert_int_equal(product_version_parse("08.01.0215.000", &v), 0);
	check(v, 8, 1, 215, 0);
	assert_int_equal(product_version_parse("65535.0.1", &v), 0);
	check(v, 65535, 0, 1, 0);
}

static void test_application(void **state)
{
	static const char *const bad[] = { "",
					   "Outlook",
					   "Outlook/",
					   "/15.0",
					   "Outlook/x",
					   "Outlook/15.0.1.2.3",
					   "Outlook/15.0;" };
	char name[PRODUCT_NAME_SIZE] = "untouched", longest[200];
	struct product_version v = { 1, 2, 3, 4 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(product_application_parse(bad[i], name, &v), ecInvalidParam);
	assert_string_equal(name, "untouched");
	check(v, 1, 2, 3, 4);
	assert_int_equal(product_application_parse("Outlook/15.0.4615.1000", name, &v), 0);
	assert_string_equal(name, "Outlook");
	check(v, 15, 0, 4615, 1000);
	assert_int_equal(product_application_parse("Exchange/15.00.0847.032 (x/1)", name, &v), 0);
	assert_string_equal(name, "Exchange");
	check(v, 15, 0, 847, 32);
	memset(longest, 'n', sizeof longest);
	memcpy(longest + sizeof longest - 4, "/16", 4);
	assert_int_equal(product_application_parse(longest, name, &v), 0);
	assert_int_equal(strlen(name), PRODUCT_NAME_SIZE - 1);
	check(v, 16, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_words),  cmocka_unit_test(test_to_words),
		cmocka_unit_test(test_compare),     cmocka_unit_test(test_text),
		cmocka_unit_test(test_application),
	};

	return cmocka_run_group_tests_name("client_version", tests, NULL, NULL);
}
