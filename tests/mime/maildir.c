/* Names of folders and states of messages in a Maildir. */
#include "support.h"

#include "mime/maildir_names.h"

static void names(void **state)
{
	/* [RFC 3501] 5.1.3 */
	static const struct {
		const char *utf8, *encoded;
	} cases[] = {
		{ "Inbox", "Inbox" },
		{ "R&D", "R&-D" },
		{ "Entw\xC3\xBCrfe", "Entw&APw-rfe" },
		{ "\xE5\x8F\xB0\xE5\x8C\x97", "&U,BTFw-" },
		{ "~peter/mail", "~peter&IhU-mail" },
		{ "v1.2", "v1&ICQ-2" },
		{ "\xF0\x9F\x93\xA7 mail", "&2D3c5w- mail" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP_BUF struct buf encoded = BUF_MAX(256), back = BUF_MAX(256);

		maildir_name_encode(cases[i].utf8, &encoded);
		assert_string_equal(buf_cstr(&encoded), cases[i].encoded);
		maildir_name_decode(cases[i].encoded, strlen(cases[i].encoded), &back);
		assert_string_equal(buf_cstr(&back), cases[i].utf8);
	}
}

static void what_is_none_stays(void **state)
{
	static const char *const odd[] = { "a&b", "&", "&*-", "&AA-x&", "50&%-" };

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		CLEANUP_BUF struct buf back = BUF_MAX(256);

		maildir_name_decode(odd[i], strlen(odd[i]), &back);
		assert_false(back.failed);
		assert_true(back.n > 0);
	}
}

static void flags(void **state)
{
	(void)state;
	assert_string_equal(maildir_flags("1700000000.M1P2.host,S=5:2,RS"), "RS");
	assert_string_equal(maildir_flags("1700000000.M1P2.host:2,"), "");
	assert_null(maildir_flags("1700000000.M1P2.host"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(what_is_none_stays),
		cmocka_unit_test(flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
