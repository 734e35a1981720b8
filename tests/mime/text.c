/* Character sets, encoded words, line ends, scratch space. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "mime/convert.h"
#include "mime/emit.h"
#include "mime/gmime_text.h"
#include "mime/line_reader.h"
#include "mime/words.h"

static struct buf out;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 1 << 24);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&out);
	return 0;
}

static status take(void *context, struct bytes piece)
{
	buf_add(context, piece.p, piece.n);
	return ecNone;
}

/* In pieces of `step` bytes. */
static const char *converted(const char *charset, const char *data, size_t n, size_t step)
{
	struct converter c;

	buf_clear(&out);
	assert_int_equal(converter_open(&c, charset, "utf-8", (struct converted){ take, &out }), 0);
	for (size_t i = 0; i < n; i += step)
		assert_int_equal(converter_add(&c, bytes_of(data + i, n - i < step ? n - i : step)), 0);
	assert_int_equal(converter_end(&c), 0);
	converter_close(&c);
	return buf_cstr(&out);
}

static void any_cut_gives_the_same(void **state)
{
	static const char utf16[] = "G\0r\0\xfc\0\xdf\0e\0 \0\xac\x20=\xd8\x00\xde";

	(void)state;
	for (size_t step = 1; step < 20; step++) {
		assert_string_equal(converted("utf-16le", utf16, sizeof utf16 - 1, step), "Grüße €😀");
		assert_string_equal(converted("utf-8", "Grüße €😀", strlen("Grüße €😀"), step), "Grüße €😀");
		assert_string_equal(converted("windows-1252", "Gr\xfc\xdf" "e \x80", 7, step), "Grüße €");
		assert_string_equal(converted("shift_jis", "\x93\xfa\x96\x7b", 4, step), "日本");
		assert_string_equal(converted("iso-2022-jp", "\x1b$BF|K\\\x1b(B", 10, step), "日本");
	}
}

static void bad_bytes_are_marked(void **state)
{
	(void)state;
	for (size_t step = 1; step < 5; step++) {
		assert_string_equal(converted("utf-8", "a\xff" "b\xe2\x82", 5, step), "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
		assert_string_equal(converted("utf-16le", "a\0\x00\xd8" "b\0", 6, step), "a\xEF\xBF\xBD" "b");
	}
}

static void unknown_names_are_western(void **state)
{
	(void)state;
	assert_string_equal(converted("no-such-thing", "\x80", 1, 1), "€");
	assert_string_equal(converted("utf-8//IGNORE", "\x80", 1, 1), "€"); /* no suffixes from peers */
	assert_string_equal(converted("iso-8859-1", "\x80", 1, 1), "€");    /* what is meant by it */
	assert_false(converter_knows("no-such-thing"));
	assert_true(converter_knows("koi8-r"));
}

static const char *words(const char *value)
{
	buf_clear(&out);
	words_decode(value, &out);
	return buf_cstr(&out);
}

static void encoded_words(void **state)
{
	(void)state;
	assert_string_equal(words("plain"), "plain");
	assert_string_equal(words("=?utf-8?B?w5RubmE=?= x"), "Ônna x");
	assert_string_equal(words("=?utf-8?B?w5RubmE=?=\t =?utf-8?B?w5RubmE=?="), "ÔnnaÔnna"); /* padding in the middle */
	assert_string_equal(words("=?iso-8859-1?q?gr=FC=DFe_=3d?="), "grüße =");
	assert_string_equal(words("=?utf-8?B?w5Q=?= =?iso-8859-1?Q?=D4?="), "ÔÔ");
	assert_string_equal(words("=?utf-8?Q?=C3?= =?utf-8?Q?=94?="), "Ô"); /* a character cut in two */
	assert_string_equal(words("=?utf-8*en?Q?a?="), "a");
	assert_string_equal(words("a =?broken"), "a =?broken");
	assert_string_equal(words("=?utf-8?X?a?="), "=?utf-8?X?a?=");
	assert_string_equal(words("8-bit: gr\xfc\xdf"), "8-bit: grüß");
	assert_string_equal(words("8-bit: grüß"), "8-bit: grüß");
	assert_string_equal(words("(=?utf-8?q?x?=)=?utf-8?q?y?="), "(x)y");
	assert_string_equal(words("=?utf-8?B?" "?= =?utf-8?Q?" "?="), "");
}

static void runs_become_one_word(void **state)
{
	(void)state;
	words_join("\"=?utf-8?B?w5RubmE=?= =?iso-8859-1?Q?=D4?=\" <a@b>", &out);
	assert_string_equal(buf_cstr(&out), "\"=?utf-8?B?w5RubmHDlA==?=\" <a@b>");
}

struct addresses {
	char text[1000];
};

static bool add_address(void *context, const char *name, const char *address)
{
	struct addresses *a = context;
	size_t n = strlen(a->text);

	snprintf(a->text + n, sizeof a->text - n, "[%s|%s]", name ? name : "", address ? address : "");
	return true;
}

static void address_lists(void **state)
{
	static const struct {
		const char *value, *expected;
	} rows[] = {
		{ "a@b", "[|a@b]" },
		{ "Anna <a@b>, \"C, D\" <c@d>", "[Anna|a@b][C, D|c@d]" },
		{ "Friends: a@b, <c@d>;, e@f", "[|a@b][|c@d][|e@f]" },
		{ "=?utf-8?B?w5RubmE=?= =?utf-8?B?w5RubmE=?= <a@b>", "[ÔnnaÔnna|a@b]" },
		{ "undisclosed-recipients:;", "" },
		{ "", "" },
		{ "Anna (comment) <a@b>", "[Anna|a@b]" },
		{ "a@b (Anna)", "[Anna|a@b]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct addresses a = { "" };

		header_each_address(rows[i].value, add_address, &a);
		assert_string_equal(a.text, rows[i].expected);
	}
}

static bool count_address(void *context, const char *name, const char *address)
{
	(void)name;
	assert_non_null(strchr(address, '@'));
	++*(size_t *)context;
	return true;
}

/* Cut into pieces on the way, and none is lost. */
static void long_address_lists(void **state)
{
	struct buf value = BUF_MAX(1 << 22);
	size_t count = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&value, "%s\"Name, %u\" <user%u@example.org>", i ? ", " : "", i, i);
	header_each_address(buf_cstr(&value), count_address, &count);
	assert_int_equal(count, 20000);
	buf_free(&value);
}

static struct extent memory(const char *text, struct input **in)
{
	assert_int_equal(input_open_memory(bytes_of(text, strlen(text)), "test", in), 0);
	return (struct extent){ *in, 0, strlen(text) };
}

static void lines(void **state)
{
	struct line_reader *r = malloc(sizeof *r);
	struct input *in;
	struct extent x = memory("one\r\n\ntwo\n\r\nthree", &in);
	static const struct {
		const char *text;
		uint64_t at;
	} rows[] = { { "one", 0 }, { "", 5 }, { "two", 6 }, { "", 10 }, { "three", 12 } };

	(void)state;
	line_reader_init(r, &x);
	for (size_t i = 0; i < 5; i++) {
		assert_true(line_reader_next(r));
		assert_int_equal(r->at, rows[i].at);
		assert_int_equal(r->length, strlen(rows[i].text));
		assert_memory_equal(r->seen, rows[i].text, strlen(rows[i].text));
	}
	assert_false(line_reader_next(r));
	free(r);
	input_close(in);
}

static const char *encoded(const char *text, enum text_encoding encoding)
{
	struct input *in;
	struct extent x = memory(text, &in);
	struct emit e;

	buf_clear(&out);
	emit_init(&e, take, &out);
	emit_text(&e, &x, encoding);
	assert_int_equal(emit_flush(&e), 0);
	input_close(in);
	return buf_cstr(&out);
}

static void transfer_encodings(void **state)
{
	char long_line[200];

	(void)state;
	assert_string_equal(encoded("a\nb\rc\r\nd", TEXT_7BIT), "a\r\nb\r\nc\r\nd");
	assert_string_equal(encoded("ä = \nx\t", TEXT_QUOTED), "=C3=A4 =3D=20\r\nx=09");
	assert_string_equal(encoded("a\n", TEXT_BASE64), "YQ0K\r\n");
	assert_string_equal(encoded("", TEXT_BASE64), "");
	memset(long_line, 'x', 199);
	long_line[199] = '\0';
	for (const char *s = encoded(long_line, TEXT_QUOTED); *s; s += strcspn(s, "\n") + (strchr(s, '\n') != NULL))
		assert_true(strcspn(s, "\r") <= 76);
}

static void the_right_encoding(void **state)
{
	struct input *in;
	struct extent x = memory("plain\n", &in);

	(void)state;
	assert_int_equal(text_encoding_of(&x), TEXT_7BIT);
	input_close(in);
	x = memory("mostly plain, but one ä\n", &in);
	assert_int_equal(text_encoding_of(&x), TEXT_QUOTED);
	input_close(in);
	x = memory("日本日本日本\n", &in);
	assert_int_equal(text_encoding_of(&x), TEXT_BASE64);
	input_close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_cut_gives_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_bytes_are_marked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown_names_are_western, set_up, tear_down),
		cmocka_unit_test_setup_teardown(encoded_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(runs_become_one_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(address_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_address_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(transfer_encodings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_right_encoding, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, record_setup, NULL);
}
