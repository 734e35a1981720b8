/* Numbers, sizes, order and text of values. */
#include "support.h"

#include "base/buf.h"
#include "base/filetime.h"
#include "shell/object.h"
#include "shell/wildcard.h"

static const char *printed(struct value v)
{
	static char shown[400];
	CLEANUP_BUF struct buf out = BUF_MAX(sizeof shown - 1);

	value_print(&v, &out);
	(void)snprintf(shown, sizeof shown, "%s", buf_cstr(&out));
	return shown;
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		enum value_kind kind; /* NULL: no number */
		int64_t integer;
		double real;
	} rows[] = {
		{ "0", VALUE_INTEGER, 0, 0 },
		{ "-3", VALUE_INTEGER, -3, 0 },
		{ "+7", VALUE_INTEGER, 7, 0 },
		{ "0x1F", VALUE_INTEGER, 31, 0 },
		{ "-0xFF", VALUE_INTEGER, -255, 0 },
		{ "10kb", VALUE_INTEGER, 10240, 0 },
		{ "1.5MB", VALUE_INTEGER, 1572864, 0 },
		{ "2GB", VALUE_INTEGER, 2147483648, 0 },
		{ "1PB", VALUE_INTEGER, 1125899906842624, 0 },
		{ "9223372036854775807", VALUE_INTEGER, INT64_MAX, 0 },
		{ "1.5", VALUE_REAL, 0, 1.5 },
		{ ".5", VALUE_REAL, 0, .5 },
		{ "-2e3", VALUE_REAL, 0, -2000 },
		{ "9223372036854775808", VALUE_NULL, 0, 0 },
		{ "9223372036854775807KB", VALUE_NULL, 0, 0 },
		{ "1e400", VALUE_NULL, 0, 0 },
		{ "0x", VALUE_NULL, 0, 0 },
		{ "0x8000000000000000", VALUE_NULL, 0, 0 },
		{ "1.", VALUE_NULL, 0, 0 },
		{ "1 MB", VALUE_NULL, 0, 0 },
		{ "1MBx", VALUE_NULL, 0, 0 },
		{ "", VALUE_NULL, 0, 0 },
		{ "-", VALUE_NULL, 0, 0 },
		{ "nan", VALUE_NULL, 0, 0 },
		{ "inf", VALUE_NULL, 0, 0 },
		{ " 1", VALUE_NULL, 0, 0 },
		{ "--1", VALUE_NULL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct value v = value_null();

		assert_int_equal(number_parse(rows[i].text, &v), rows[i].kind != VALUE_NULL);
		assert_int_equal(v.kind, rows[i].kind);
		if (v.kind == VALUE_INTEGER)
			assert_int_equal(v.integer, rows[i].integer);
		if (v.kind == VALUE_REAL)
			assert_true(v.real >= rows[i].real && v.real <= rows[i].real);
	}
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
		bool good;
	} rows[] = {
		{ "0", 0, true },
		{ "1572864", 1572864, true },
		{ "1,572,864", 1572864, true },
		{ "1.5MB", 1572864, true },
		{ "1.5 MB", 1572864, true },
		{ "512 B", 512, true },
		{ "2 GB (2,147,483,649 bytes)", 2147483649, true }, /* exact wins over rounded */
		{ "Unlimited", SIZE_UNLIMITED, true },
		{ "UNLIMITED", SIZE_UNLIMITED, true },
		{ "-1", 0, false },
		{ "1 MB (", 0, false },
		{ "1 MB (12 bytes", 0, false },
		{ "MB", 0, false },
		{ "1 XB", 0, false },
		{ "", 0, false },
		{ "1234567890123456789012345678901234567890123456789012345678901234567890", 0, false },
	};
	static const struct {
		uint64_t bytes;
		const char *text;
	} prints[] = {
		{ 0, "0 B (0 bytes)" },
		{ 1023, "1023 B (1,023 bytes)" },
		{ 1536, "1.5 KB (1,536 bytes)" },
		{ 1572864, "1.5 MB (1,572,864 bytes)" },
		{ (uint64_t)50 << 30, "50 GB (53,687,091,200 bytes)" },
		{ SIZE_UNLIMITED - 1, "8192 PB (9,223,372,036,854,775,806 bytes)" },
		{ SIZE_UNLIMITED, "Unlimited" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t bytes = 77;

		assert_int_equal(size_parse(rows[i].text, &bytes), rows[i].good);
		if (rows[i].good)
			assert_int_equal(bytes, rows[i].bytes);
	}
	for (size_t i = 0; i < sizeof prints / sizeof *prints; i++)
		assert_string_equal(printed(value_size(prints[i].bytes)), prints[i].text);
}

static void order(void **state)
{
	static const struct value none = { .kind = VALUE_NULL };
	const struct value one = value_integer(1), text = value_text("abc"), upper = value_text("ABC"), two = value_text("2");
	const struct value size = value_size(1048576), unlimited = value_size(SIZE_UNLIMITED), yes = value_bool(true);
	const struct value secret = value_secret("abc");
	const struct value when = value_time(filetime_from_unix(1795514400)); /* 2026-11-24T10:00:00Z */
	struct value v;
	int o = 9;

	(void)state;
	assert_true(value_equal(&text, &upper, false));
	assert_false(value_equal(&text, &upper, true));
	assert_true(value_compare(&one, &two, false, &o) && o < 0);
	v = value_text("1MB");
	assert_true(value_equal(&size, &v, false));
	v = value_integer(-1);
	assert_true(value_compare(&size, &v, false, &o) && o > 0);
	assert_true(value_compare(&unlimited, &size, false, &o) && o > 0);
	v = value_text("unlimited");
	assert_true(value_equal(&unlimited, &v, false));
	v = value_text("True");
	assert_true(value_equal(&yes, &v, false));
	v = value_text("2026-11-24");
	assert_true(value_compare(&when, &v, false, &o) && o > 0);
	v = value_text("2026-11-24T10:00:00Z");
	assert_true(value_equal(&when, &v, false));
	assert_true(value_compare(&none, &one, false, &o) && o < 0);
	assert_true(value_equal(&none, &none, false));
	/* No order at all. */
	assert_false(value_compare(&one, &text, false, &o));
	assert_false(value_compare(&when, &text, false, &o));
	/* Large integers are not compared as doubles. */
	v = value_integer(INT64_MAX);
	assert_false(value_equal(&v, &(struct value){ .kind = VALUE_INTEGER, .integer = INT64_MAX - 1 }, false));
	/* A password equals nothing that could be guessed. */
	assert_false(value_equal(&secret, &text, false));
	assert_string_equal(printed(secret), "System.Security.SecureString");
}

static void copies(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20), b = ARENA_BUDGET((size_t)1 << 20);
	CLEANUP_ARENA struct arena small = ARENA_BUDGET(256);
	struct value items[] = { value_integer(1), value_text("x"), value_null() }, deep = value_list(items, 3), copy = value_null();
	struct object *o = object_new(&a, NULL), *again;

	(void)state;
	object_set(o, "Name", value_text("n"));
	object_set(o, "List", deep);
	object_set(o, "NAME", value_text("m")); /* the same property */
	assert_int_equal(o->n, 2);
	assert_string_equal(object_get(o, "name")->text, "m");
	again = object_copy(&b, o);
	arena_reset(&a);
	assert_string_equal(object_get(again, "name")->text, "m");
	assert_string_equal(printed(*object_get(again, "List")), "{1, x, }");
	assert_string_equal(printed(value_object(again)), "m");
	for (unsigned i = 0; i <= VALUE_DEPTH_MAX; i++) {
		struct value *one = arena_alloc(&a, sizeof *one);

		*one = deep;
		deep = value_list(one, 1);
	}
	assert_int_equal(value_copy(&b, &deep, &copy), ecTooComplex);
	assert_int_equal(copy.kind, VALUE_NULL);
	/* Without memory the object says so when it is asked for. */
	o = object_new(&small, NULL);
	for (unsigned i = 0; i < 100; i++)
		object_set(o, i % 2 ? "A" : "B", value_text("a text that is long enough to need some of the memory"));
	assert_true(o->failed);
	object_set(NULL, "A", value_null());
}

static void wildcards(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} rows[] = {
		{ "*", "", true },	  { "a*", "Abc", true },	 { "*c", "abc", true },	     { "a?c", "aXc", true },   { "a?c", "ac", false },
		{ "[a-c]x", "Bx", true }, { "[a-c]x", "dx", false },	 { "`*", "*", true },	     { "`*", "a", false },     { "*b*d*", "abcd", true },
		{ "?", "\xC3\xBC", true }, { "", "a", false },		 { "[", "[", true },	     { "a[", "a[", true },     { "[]", "[]", true },
		{ "*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(wildcard_match(rows[i].pattern, rows[i].text, false), rows[i].match);
	assert_false(wildcard_match("a*", "Abc", true));
	assert_true(wildcard_has("a?") && wildcard_has("[a]") && !wildcard_has("a.b"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(sizes), cmocka_unit_test(order), cmocka_unit_test(copies), cmocka_unit_test(wildcards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
