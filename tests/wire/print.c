/* wire: what structures look like to people. */
#include "support.h"

#include "samples.h"

static char shown[8192];

static const char *print(const struct wire_type *t, const void *src, size_t max)
{
	CLEANUP_BUF struct buf b = BUF_MAX(max);

	wire_print(t, src, &b);
	(void)snprintf(shown, sizeof shown, "%s", buf_cstr(&b));
	return shown;
}

static void test_numbers(void **state)
{
	struct scalars s = { 1, 10, 0x7FFF, 0, { { 0 } }, { 1, 2, 0xFF } };
	struct column columns[] = { { 0x0037001F }, { 5 } };
	struct set_columns c = { .flags = 0, .columns = { 2, columns } };

	(void)state;
	assert_string_equal(print(&scalars_wire, &s, 4096),
			    "scalars{a=1 b=0xa c=0x7fff d=0 e=00000000-0000-0000-0000-000000000000 "
			    "f=3 bytes 01 02 ff}");
	assert_string_equal(print(&set_columns_wire, &c, 4096),
			    "set_columns{flags=0 columns=[{tag=0x37001f} {tag=5}]}");
	assert_string_equal(print(&nothing_wire, "", 4096), "nothing{}");
}

static void test_text(void **state)
{
	struct texts t = { .narrow = bytes_of("a\"\\\n\xE4", 5),
			   .wide = bytes_of("\xE4\0\x9B\0\x1B\0", 6) };

	(void)state;
	/* Nothing that a terminal would obey. */
	assert_string_equal(
		print(&texts_wire, &t, 4096),
		"texts{narrow=\"a\\\"\\\\\\x0a\\xe4\" wide=\"\xC3\xA4\\u009b\\x1b\" one=0 bytes "
		"two=0 bytes four=0 bytes any=0 bytes}");
}

static void test_choices(void **state)
{
	struct choices c = {
		.kind = 2, .flags = 1, .name = bytes_of("n", 1), .some = 3, .shape = 3
	};
	struct tree leaf = { .kind = 0, .u.leaf.value = 7 };
	struct tree pair = { .kind = 1, .u.pair = { &leaf, NULL } };

	(void)state;
	assert_string_equal(print(&choices_wire, &c, 4096),
			    "choices{kind=2 flags=1 name=\"n\" some=3 shape=3 of=none}");
	assert_string_equal(print(&tree_wire, &pair, 4096),
			    "tree{kind=1 u=pair{left={kind=0 u=leaf{value=7}} right=none}}");
	c.shape = 99;
	assert_non_null(strstr(print(&choices_wire, &c, 4096), "of=unknown}"));
}

static void test_long(void **state)
{
	static uint8_t bytes[1000];
	static uint32_t words[1000];
	struct texts t = { .four = bytes_of(bytes, sizeof bytes) };
	struct lists l = { .words = { 1000, words } };

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	assert_non_null(strstr(print(&texts_wire, &t, 4096), "four=1000 bytes 78 78"));
	assert_true(strlen(shown) < 400);
	assert_non_null(strstr(shown, "78 ... any="));
	assert_non_null(strstr(print(&lists_wire, &l, 4096), "0 0 ... 1000]"));
	t.narrow = t.four;
	assert_non_null(strstr(print(&texts_wire, &t, 4096), "xxx\"... wide"));
	t.wide = t.four;
	assert_non_null(strstr(print(&texts_wire, &t, 4096), "\"... one"));
	/* A buffer that is too small ends it, no more. */
	assert_true(strlen(print(&texts_wire, &t, 100)) <= 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
