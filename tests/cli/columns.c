#include "support.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"

#define FIT_ROOM 64u

/* What is left of a text in so many columns, as UTF-8. */
static unsigned fit(const char *text, unsigned width, char out[static COLUMNS_UTF8_MAX * FIT_ROOM + 1])
{
	wchar_t wide[FIT_ROOM];
	size_t n, used = 0;
	unsigned columns = columns_fit(text, strlen(text), width, wide, FIT_ROOM, &n);

	for (size_t i = 0; i < n; i++)
		used += columns_encode(wide[i], out + used);
	out[used] = '\0';
	return columns;
}

static void check(const char *text, unsigned width, const char *wanted, unsigned columns)
{
	char out[COLUMNS_UTF8_MAX * FIT_ROOM + 1];

	assert_int_equal(fit(text, width, out), columns);
	assert_string_equal(out, wanted);
}

static void what_fits_stays(void **state)
{
	(void)state;
	check("", 5, "", 0);
	check("abc", 5, "abc", 3);
	check("abcde", 5, "abcde", 5);
	check("Größe", 5, "Größe", 5);
	check("日本", 4, "日本", 4);
	check("e\xCC\x81t\xC3\xA9", 3, "e\xCC\x81t\xC3\xA9", 3);
}

static void what_does_not_fit_ends_in_a_mark(void **state)
{
	(void)state;
	check("abcdef", 5, "abcd~", 5);
	check("ab", 1, "~", 1);
	check("ab", 0, "", 0);
	/* Half a wide character is none. */
	check("日本語", 4, "日~", 3);
	check("日本語", 5, "日本~", 5);
	check("日本語", 1, "~", 1);
	/* What combines goes with what it combines with. */
	check("abe\xCC\x81z", 3, "ab~", 3);
}

static void nothing_drives_the_terminal(void **state)
{
	(void)state;
	check("a\033[2Jb", 9, "a [2Jb", 6);
	check("\a\b\r\n\t\x7F|", 9, "      |", 7);
	check("\xC2\x9B"
	      "1m",
	      9, " 1m", 3);                  /* CSI of eight bits */
	check("\xE2\x80\xA8|", 9, " |", 2);  /* U+2028 */
	check("a\xE2\x80\xAEz", 9, "az", 2); /* turns the line round */
	check("a\xE2\x80\x8Dz\xEF\xBB\xBF", 9, "az", 2);
}

static void bad_bytes_are_marked(void **state)
{
	static const char *const bad[] = { "\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x98", "\xC3" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *p = bad[i];
		unsigned width;
		wchar_t c;

		assert_true(columns_next(&p, &c, &width));
		assert_int_equal(c, 0xFFFD);
		assert_int_equal(width, 1);
		assert_true(p > bad[i]);
	}
}

static void only_so_many_characters_combine(void **state)
{
	char text[1 + 2 * 1000 + 1] = "a", out[COLUMNS_UTF8_MAX * FIT_ROOM + 1];

	(void)state;
	for (size_t i = 1; i < sizeof text - 1; i++)
		text[i] = i % 2 ? '\xCC' : '\x81';
	assert_int_equal(fit(text, 5, out), 1);
	assert_true(strlen(out) < 12);
	/* ... and none at the beginning, where it would combine with what stands before. */
	check("\xCC\x81z", 5, "z", 1);
}

static void without_more_than_ascii_a_question_mark_stands(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	check("Größe", 9, "Gr??e", 5);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

/* The lines of a text, with "/" between them. */
static const char *lines(const char *text, unsigned width, char out[static 200])
{
	size_t used = 0, n, next;

	do {
		n = columns_line(text, width, &next);
		memcpy(out + used, text, n);
		used += n;
		out[used++] = '/';
		text += next;
	} while (*text);
	out[used - 1] = '\0';
	return out;
}

static void lines_are_broken_at_blanks(void **state)
{
	char out[200];

	(void)state;
	assert_string_equal(lines("", 5, out), "");
	assert_string_equal(lines("one two three", 20, out), "one two three");
	assert_string_equal(lines("one two three", 7, out), "one two/three");
	assert_string_equal(lines("one two three", 6, out), "one/two/three");
	assert_string_equal(lines("one\n\ntwo\n", 6, out), "one//two");
	assert_string_equal(lines("abcdefgh", 3, out), "abc/def/gh");
	assert_string_equal(lines("日本語です", 5, out), "日本/語で/す");
	/* A character that is wider than the line still stands on one. */
	assert_string_equal(lines("日本", 1, out), "日/本");
}

/* Of any bytes: it moves on, nothing is wider than it may be, and no control character is left. */
static void any_bytes(void **state)
{
	char text[41], out[COLUMNS_UTF8_MAX * FIT_ROOM + 1];

	(void)state;
	srandom(1);
	for (unsigned round = 0; round < 20000; round++) {
		size_t n = (size_t)random() % sizeof text, next, at = 0;
		unsigned width = 1 + (unsigned)random() % 20;

		for (size_t i = 0; i < n; i++)
			text[i] = (char)(1 + random() % 255);
		text[n] = '\0';
		assert_true(fit(text, width, out) <= width);
		for (const unsigned char *p = (const unsigned char *)out; *p; p++)
			assert_true(*p >= ' ' && *p != 0x7F && !(*p == 0xC2 && p[1] < 0xA0));
		for (; text[at]; at += next) {
			size_t bytes = columns_line(text + at, width, &next);

			assert_true(next > 0 && bytes <= next && next - bytes <= 1);
		}
		assert_int_equal(at, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays),
		cmocka_unit_test(what_does_not_fit_ends_in_a_mark),
		cmocka_unit_test(nothing_drives_the_terminal),
		cmocka_unit_test(bad_bytes_are_marked),
		cmocka_unit_test(only_so_many_characters_combine),
		cmocka_unit_test(without_more_than_ascii_a_question_mark_stands),
		cmocka_unit_test(lines_are_broken_at_blanks),
		cmocka_unit_test(any_bytes),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		print_message("1..0 # SKIP there is no locale C.UTF-8\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
