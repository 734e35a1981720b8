/* Tables of comma-separated values, as [RFC 4180] and spreadsheets have them. */
#include "support.h"

#include "base/csv.h"

/* The rows of a text, fields by "|", rows by "\n"; or "error CODE WORDS". */
static const char *read_all(const char *text, size_t n, char *out, size_t size)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)8 << 20);
	struct reason why = { "" };
	struct csv_row row;
	struct csv csv;
	bool more = true;
	size_t at = 0;

	csv_init(&csv, bytes_of(text, n));
	out[0] = '\0';
	while (more) {
		status st = csv_next(&csv, &a, &row, &more, &why);

		if (st) {
			(void)snprintf(out, size, "error %08x %s", st, why.text);
			return out;
		}
		for (size_t i = 0; more && i < row.n; i++)
			at += (size_t)snprintf(out + at, size - at, "%s%s", i ? "|" : at ? "\n" : "", row.v[i]);
	}
	return out;
}

static void rows(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "" },
		{ "\r\n\n\r\n", "" },
		{ "a,b\r\nc,d\r\n", "a|b\nc|d" },
		{ "a,b\nc,d", "a|b\nc|d" },
		{ "a,,c\n,\n", "a||c\n|" },
		{ "\xEF\xBB\xBF" "a;b\n1,5;2\n", "a|b\n1,5|2" },
		{ "a\tb\nc d\te\n", "a|b\nc d|e" },
		{ "\"a,b\",\"say \"\"hi\"\"\"\n", "a,b|say \"hi\"" },
		{ "\"two\r\nlines\",x\n", "two\r\nlines|x" },
		{ "\"\",\"\"\n", "|" },
		{ "a \"quoted\" word,b\n", "a \"quoted\" word|b" },
		{ "a,b\rc,d\n", "a|b\rc|d" },
		{ "\"open", "error 8004011b line 1: a quote is opened and never closed" },
		{ "a,b\n\"x\"y,z\n", "error 8004011b line 2: text behind a closing quote; a quote within quotes is written twice" },
	};
	char out[1024];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(read_all(cases[i].text, strlen(cases[i].text), out, sizeof out), cases[i].wanted);
	assert_string_equal(read_all("a,b\nc\0d,e\n", 10, out, sizeof out), "error 8004011b line 2: a NUL; is this a text file?");
}

static void limits(void **state)
{
	char out[256], *text = malloc(CSV_FIELD_MAX + 16);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', CSV_FIELD_MAX + 16);
	assert_memory_equal(read_all(text, CSV_FIELD_MAX + 1, out, sizeof out), "error 80040305", 14);
	memset(text, ',', CSV_FIELDS_MAX);
	assert_memory_equal(read_all(text, CSV_FIELDS_MAX, out, sizeof out), "error 80040305", 14);
	memset(text, ',', CSV_FIELDS_MAX);
	assert_memory_not_equal(read_all(text, CSV_FIELDS_MAX - 1, out, sizeof out), "error", 5);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
