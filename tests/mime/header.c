/* Header fields and addresses as they are written; names of files. */
#include "record.h"

#include <string.h>

#include "mime/addresses.h"
#include "mime/names.h"

static struct buf out;
static struct arena arena;
static struct emit e;

static status take(void *context, struct bytes piece)
{
	buf_add(context, piece.p, piece.n);
	return ecNone;
}

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	arena_init(&arena, 1 << 20);
	emit_init(&e, take, &out);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&out);
	arena_free(&arena);
	return 0;
}

static const char *written(void)
{
	assert_int_equal(emit_flush(&e), 0);
	return buf_cstr(&out);
}

static const char *text_field(const char *value)
{
	buf_clear(&out);
	header_text(&e, "Subject", value);
	return written();
}

static void texts(void **state)
{
	(void)state;
	assert_string_equal(text_field("hello world"), "Subject: hello world\r\n");
	assert_string_equal(text_field(""), "");
	assert_string_equal(text_field("Ônna"), "Subject: =?utf-8?B?w5RubmE=?=\r\n");
	assert_string_equal(text_field("a\r\nBcc: evil@example.org"), "Subject: =?utf-8?B?YSAgQmNjOiBldmlsQGV4YW1wbGUub3Jn?=\r\n");
	assert_string_equal(text_field("=?utf-8?q?x?="), "Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n");
	assert_string_equal(text_field(" x"), "Subject: =?utf-8?B?IHg=?=\r\n");
}

/* No line is longer than 78, and unfolding gives the value again. */
static void folding(void **state)
{
	struct buf value = BUF_MAX(10000);
	const char *s;
	size_t longest = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&value, "%sword%u", i ? " " : "", i);
	s = text_field(buf_cstr(&value));
	for (size_t i = 0, start = 0; s[i]; i++)
		if (s[i] == '\n') {
			longest = i - start > longest ? i - start : longest;
			start = i + 1;
		}
	assert_true(longest <= 78);
	assert_non_null(strstr(s, "\r\n "));
	buf_free(&value);
}

static void whole_characters_in_words(void **state)
{
	const char *s = text_field("ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää");

	(void)state;
	/* 45 bytes would cut the 23rd: 44 it is, and so each word decodes by itself. */
	assert_non_null(strstr(s, "?B?w6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6Q=?=\r\n ="));
}

static const char *address_field(const char *name, const char *type, const char *email)
{
	struct address a;
	struct header h;

	buf_clear(&out);
	if (!address_from(&arena, name, type, email, &a))
		return "none";
	header_begin(&h, &e, "To");
	header_address(&h, &a, true);
	header_end(&h);
	return written();
}

static void addresses(void **state)
{
	static const struct {
		const char *name, *type, *email, *expected;
	} rows[] = {
		{ "Anna", "SMTP", "a@example.org", "To: Anna <a@example.org>\r\n" },
		{ "a@example.org", "SMTP", "a@example.org", "To: a@example.org\r\n" },
		{ NULL, NULL, "a@example.org", "To: a@example.org\r\n" },
		{ "Doe, J. \"Jo\"", "SMTP", "j@example.org", "To: \"Doe, J. \\\"Jo\\\"\" <j@example.org>\r\n" },
		{ "Ônna", "SMTP", "o@example.org", "To: =?utf-8?B?w5RubmE=?= <o@example.org>\r\n" },
		{ "Anna", "EX", "/O=ORG/CN=ANNA B", "To: Anna <IMCEAEX-_O=ORG_CN=ANNA+20B@invalid>\r\n" },
		{ "anna@example.org", "EX", "/O=ORG/CN=ANNA", "To: anna@example.org\r\n" },
		{ "Fax", "FAX", "+1 555", "To: Fax <IMCEAFAX-+2B1+20555@invalid>\r\n" },
		{ "Bert", NULL, NULL, "To: Bert <\"Bert\"@invalid>\r\n" },
		{ "x", "SMTP", "two words@example.org", "To: x <\"two words\"@example.org>\r\n" },
		{ "x", "SMTP", "a@b>, <evil@example.org", "To: x <\"a@b>, <evil\"@example.org>\r\n" },
		{ "x", "SMTP", "'a@example.org'", "To: x <a@example.org>\r\n" },
		{ "x", "SMTP", "mailto:a@example.org", "To: x <a@example.org>\r\n" },
		{ "x", "SMTP", "no-at", "To: x <IMCEASMTP-no-at@invalid>\r\n" },
		{ "x", "SMTP", "a\r\nb@example.org", "To: x <IMCEASMTP-a+0D+0Ab+40example+2Eorg@invalid>\r\n" },
		{ NULL, NULL, NULL, "none" },
		{ "", "SMTP", "", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(address_field(rows[i].name, rows[i].type, rows[i].email), rows[i].expected);
}

static void encapsulated_addresses_come_back(void **state)
{
	const char *type, *email;
	struct address a;

	(void)state;
	assert_true(address_from(&arena, "Anna", "EX", "/O=ÖRG/CN=A_B+C", &a));
	assert_true(address_decapsulate(&arena, a.address, &type, &email));
	assert_string_equal(type, "EX");
	assert_string_equal(email, "/O=ÖRG/CN=A_B+C");
	assert_false(address_decapsulate(&arena, "imceanothing@example.org", &type, &email));
	assert_false(address_decapsulate(&arena, "a@example.org", &type, &email));
}

static const char *parameter(const char *value)
{
	struct header h;

	buf_clear(&out);
	header_begin(&h, &e, "X");
	header_token(&h, "t");
	header_parameter(&h, "name", value);
	header_end(&h);
	return written();
}

static void parameters(void **state)
{
	(void)state;
	assert_string_equal(parameter("a.txt"), "X: t; name=\"a.txt\"\r\n");
	assert_string_equal(parameter("a\"b\\.txt"), "X: t; name=\"a\\\"b\\\\.txt\"\r\n");
	assert_string_equal(parameter("€.pdf"), "X: t; name*=utf-8''%E2%82%AC.pdf\r\n");
	assert_non_null(strstr(parameter("a very long name of a file, so that it does not fit into one line at all.txt"), "name*1*="));
}

static void dates(void **state)
{
	char text[MAIL_DATE_SIZE];

	(void)state;
	mail_date(116444736000000000ull, text);
	assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 +0000");
	mail_date(UINT64_MAX, text);
	assert_int_equal(strlen(text), 31);
	mail_date(0, text);
	assert_string_equal(text, "Mon, 01 Jan 1601 00:00:00 +0000");
}

static void names_of_files(void **state)
{
	static const struct {
		const char *name, *expected;
	} rows[] = {
		{ "plain", "plain" },
		{ "../../etc/passwd", "_.._etc_passwd" },
		{ "..", "item" },
		{ "", "item" },
		{ ". . .", "item" },
		{ "a\nb\x1b[31m", "a_b_[31m" },
		{ "RE: what?", "RE_ what_" },
		{ "con", "_con" },
		{ "NUL.txt", "_NUL.txt" },
		{ "trailing. ", "trailing" },
		{ "\xE2\x80\xAEgnp.exe", "_gnp.exe" },
		{ "bad \xff byte", "bad _ byte" },
		{ "日本", "日本" },
		{ "0123456789012345678901234567890ä", "0123456789012345678901234567890" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[NAME_SIZE];

		safe_name(rows[i].name, "item", 32, name);
		assert_string_equal(name, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(folding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(whole_characters_in_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(encapsulated_addresses_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(parameters, set_up, tear_down),
		cmocka_unit_test(dates),
		cmocka_unit_test(names_of_files),
	};

	return cmocka_run_group_tests(tests, record_setup, NULL);
}
