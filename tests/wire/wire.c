/* wire: each kind of field against bytes written by hand; what is refused, and how that is told. */
#include "support.h"

#include "samples.h"

#define BUDGET ((size_t)1 << 16)
#define BYTES(...) \
	bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static struct arena arena = ARENA_BUDGET(BUDGET);
static struct reason why;

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	arena_init(&arena, BUDGET);
	why.text[0] = '\0';
	return 0;
}

static status decode(const struct wire_type *t, struct bytes data, void *dst)
{
	struct wire_in in;

	wire_in_init(&in, data, &arena);
	return wire_decode_all(&in, t, dst, &why);
}

static void encodes_to(const struct wire_type *t, const void *src, struct bytes expected)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct wire_out out;

	wire_out_init(&out, &b);
	assert_int_equal(wire_encode(&out, t, src), 0);
	assert_int_equal(b.n, expected.n);
	assert_memory_equal(b.p, expected.p, b.n);
}

static status encode(const struct wire_type *t, const void *src)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 18);
	struct wire_out out;
	status st;

	wire_out_init(&out, &b);
	st = wire_encode(&out, t, src);
	assert_true(st == 0 || b.n == 0);
	if (st)
		wire_error_reason(&out.error, &why);
	return st;
}

/* Kinds ---------------------------------------------------------------------------------------- */

static void test_scalars(void **state)
{
	struct bytes data =
		BYTES(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 1, 2, 3, 4, 5, 6, 7, 8, 0x00, 0x20,
		      0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46, 9, 8, 7);
	struct scalars s;
	char guid[GUID_TEXT_SIZE];

	(void)state;
	assert_int_equal(decode(&scalars_wire, data, &s), 0);
	assert_int_equal(s.a, 0x11);
	assert_int_equal(s.b, 0x3322);
	assert_int_equal(s.c, 0x77665544);
	assert_true(s.d == 0x0807060504030201ull);
	guid_format(&s.e, guid);
	assert_string_equal(guid, "00062000-0000-0000-c000-000000000046");
	assert_memory_equal(s.f, "\x09\x08\x07", 3);
	encodes_to(&scalars_wire, &s, data);
	assert_int_equal(scalars_wire.wire_min, 34);
}

static void test_texts(void **state)
{
	struct bytes data = BYTES('a', 'b', 0, 'x', 0, 0, 1, 0, 0, 1, 0xAA, 2, 0, 0xBB, 0xCC, 0, 0,
				  0, 0, 1, 0, 0xDD);
	struct texts t;

	(void)state;
	assert_int_equal(decode(&texts_wire, data, &t), 0);
	assert_true(bytes_equal(t.narrow, bytes_of("ab", 2)));
	assert_true(bytes_equal(t.wide, bytes_of("x\0\0\x01", 4)));
	assert_true(bytes_equal(t.one, bytes_of("\xAA", 1)));
	assert_true(bytes_equal(t.two, bytes_of("\xBB\xCC", 2)));
	assert_int_equal(t.four.n, 0);
	assert_true(bytes_equal(t.any, bytes_of("\xDD", 1)));
	assert_ptr_equal(t.narrow.p, data.p);
	encodes_to(&texts_wire, &t, data);
}

static void test_lists(void **state)
{
	struct bytes data =
		BYTES(2, 9, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0x34, 0x12, 1, 0, 4, 3, 2, 1, 1, 0, 8, 7, 6,
		      5, 4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	struct lists l;

	(void)state;
	assert_int_equal(decode(&lists_wire, data, &l), 0);
	assert_int_equal(l.counted.n, 2);
	assert_int_equal(l.counted.v[1].tag, 2);
	assert_int_equal(l.halves.v[0], 0x1234);
	assert_int_equal(l.words.v[0], 0x01020304);
	assert_true(l.longs.v[0] == 0x0102030405060708ull);
	assert_int_equal(l.texts.n, 1);
	encodes_to(&lists_wire, &l, data);
	l.how_many = 3;
	assert_int_equal(encode(&lists_wire, &l), ecInvalidParam);
	assert_string_equal(why.text, "lists.counted at byte 2: not as many as the count says");
}

/* The width of WIRE_COUNT is the context's. */
static void test_wide_counts(void **state)
{
	struct bytes data = BYTES(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xDD);
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct wire_out out;
	struct wire_in in;
	struct texts t;

	(void)state;
	wire_in_init(&in, data, &arena);
	in.counts = WIRE_COUNTS_32;
	assert_int_equal(wire_decode_all(&in, &texts_wire, &t, &why), 0);
	assert_int_equal(t.any.n, 1);
	wire_out_init(&out, &b);
	out.counts = WIRE_COUNTS_32;
	assert_int_equal(wire_encode(&out, &texts_wire, &t), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

static void test_windows(void **state)
{
	struct bytes data = BYTES(4, 1, 0, 'x', 'y', 0, 0, 5, 0, 0, 0, 2, 0, 7, 0);
	struct windows w;

	(void)state;
	assert_int_equal(decode(&windows_wire, data, &w), 0);
	assert_int_equal(w.first.head, 1);
	assert_true(bytes_equal(w.first.tail, bytes_of("xy", 2)));
	assert_null(w.second);
	assert_int_equal(w.in_place.tag, 5);
	assert_int_equal(w.third.head, 7);
	assert_int_equal(w.third.tail.n, 0);
	encodes_to(&windows_wire, &w, data);
}

static void test_window_limits(void **state)
{
	static uint8_t long_tail[300];
	struct windows w = { .first = { .tail = bytes_of(long_tail, 253) } };
	struct scalars s = { 0 };

	(void)state;
	/* A structure shorter than its window, and one longer. */
	assert_int_equal(decode(&windows_wire,
				BYTES(2, 1, 0, 35, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
				      15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
				      30, 31, 32, 33, 34, 35, 0, 0, 0, 0, 2, 0, 7, 0),
				&w),
			 ecCorruptData);
	assert_string_equal(why.text,
			    "windows.second at byte 39: more bytes than the structure has");
	assert_int_equal(decode(&windows_wire, BYTES(1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 7, 0), &w),
			 ecCorruptData);
	assert_string_equal(why.text, "windows.first.head at byte 1: the data ends too early");
	assert_int_equal(encode(&windows_wire, &w), 0);
	w.first.tail.n = 254;
	assert_int_equal(encode(&windows_wire, &w), ecInvalidParam);
	w.first.tail.n = 0;
	w.second = &s;
	assert_int_equal(encode(&windows_wire, &w), 0);
}

static void test_choices(void **state)
{
	struct bytes number = BYTES(1, 1, 0, 4, 3, 2, 1, 9, 9, 3, 0, 0, 0);
	struct bytes name = BYTES(2, 2, 0, 'n', 0, 1, 7, 0, 0, 0, 3, 0, 0, 0);
	struct choices c;

	(void)state;
	assert_int_equal(decode(&choices_wire, number, &c), 0);
	assert_int_equal(c.number, 0x01020304);
	assert_int_equal(c.some, 0x0909);
	assert_int_equal(c.name.n, 0);
	assert_int_equal(c.others.n, 0);
	encodes_to(&choices_wire, &c, number);
	assert_int_equal(decode(&choices_wire, name, &c), 0);
	assert_int_equal(c.number, 0);
	assert_true(bytes_equal(c.name, bytes_of("n", 1)));
	assert_int_equal(c.others.v[0].tag, 7);
	encodes_to(&choices_wire, &c, name);
	assert_int_equal(decode(&choices_wire, BYTES(0, 1, 0, 9, 9, 4, 0, 0, 0), &c),
			 ecCorruptData);
	assert_string_equal(why.text, "choices.of at byte 9: of an unknown kind");
	c.shape = 4;
	assert_int_equal(encode(&choices_wire, &c), ecInvalidParam);
}

static void test_arms(void **state)
{
	struct bytes data =
		BYTES(0, 1, 0, 9, 9, 0, 0, 1, 0, 0, 0, 0, 1, 0xAA, 0, 0, 0, 0, 0, 0, 0, 0);
	struct choices c;

	(void)state;
	assert_int_equal(decode(&choices_wire, data, &c), 0);
	assert_int_equal(c.of.texts.one.p[0], 0xAA);
	encodes_to(&choices_wire, &c, data);
	assert_int_equal(decode(&choices_wire, BYTES(0, 1, 0, 9, 9, 2, 0, 0, 0, 1), &c),
			 ecCorruptData);
	assert_string_equal(why.text, "choices.of.scalars.b at byte 10: the data ends too early");
}

static void test_custom(void **state)
{
	struct customs c = { .has = 1, .v = 300 };

	(void)state;
	encodes_to(&customs_wire, &c, BYTES(1, 0xAC, 0x02));
	assert_int_equal(decode(&customs_wire, BYTES(1, 0xFF, 0xFF, 0x03), &c), 0);
	assert_int_equal(c.v, 0xFFFF);
	assert_int_equal(decode(&customs_wire, BYTES(1, 0x80, 0x80, 0x80, 0x80), &c),
			 ecCorruptData);
	assert_string_equal(why.text, "customs.v at byte 5: a number without end");
}

/* Refusals ------------------------------------------------------------------------------------- */

static void test_count_beyond_data(void **state)
{
	struct set_columns s = { .flags = 77 };

	(void)state;
	assert_int_equal(decode(&set_columns_wire, BYTES(0, 2, 0, 1, 0, 0, 0, 2, 0, 0), &s),
			 ecCorruptData);
	assert_string_equal(why.text, "set_columns.columns at byte 3: a count beyond the data");
	assert_int_equal(s.flags, 77);
	assert_true(arena.used < 100);
}

static void test_path(void **state)
{
	struct lists l;

	(void)state;
	assert_int_equal(decode(&lists_wire,
				BYTES(0, 9, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				      0, 0, 'a', 0, 'b', 0, 'c', 0, 'd', 0, 'e', 0, 'f', 0),
				&l),
			 ecCorruptData);
	assert_string_equal(why.text,
			    "lists.texts[1].wide at byte 25: text without its terminator");
}

static void test_left_over(void **state)
{
	struct open_folder o;
	struct wire_in in;

	(void)state;
	assert_int_equal(decode(&open_folder_wire, BYTES(1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4), &o),
			 ecCorruptData);
	assert_string_equal(why.text, "open_folder at byte 10: bytes are left over");
	wire_in_init(&in, BYTES(1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4), &arena);
	assert_true(wire_decode(&in, &open_folder_wire, &o));
	assert_int_equal(reader_left(&in.r), 1);
	assert_false(wire_decode(&in, &open_folder_wire, &o));
	/* The first error stays. */
	assert_false(wire_decode(&in, &set_columns_wire, &o));
	assert_int_equal(wire_error_reason(&in.error, &why), ecCorruptData);
	assert_string_equal(why.text, "open_folder.folder at byte 11: the data ends too early");
}

static void test_budget(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 18);
	struct set_columns s;

	(void)state;
	buf_add_u8(&b, 0);
	buf_add_u16(&b, UINT16_MAX);
	buf_add_zeros(&b, (size_t)UINT16_MAX * 4);
	assert_int_equal(decode(&set_columns_wire, buf_bytes(&b), &s), ecMemory);
	assert_non_null(strstr(why.text, "set_columns.columns"));
	arena.budget = (size_t)1 << 20;
	assert_int_equal(decode(&set_columns_wire, buf_bytes(&b), &s), 0);
	assert_int_equal(s.columns.n, UINT16_MAX);
}

/* n branches within each other, then a leaf. */
static struct bytes nested(struct buf *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_add(b, "\x02\x01", 2);
	buf_add(b, "\x00\x05\x00", 3);
	return buf_bytes(b);
}

static void test_depth(void **state)
{
	CLEANUP_BUF struct buf deep = BUF_MAX(4096), deeper = BUF_MAX(4096),
			       huge = BUF_MAX(1 << 20), text = BUF_MAX(4096);
	struct tree t, chain[WIRE_DEPTH_MAX + 2];

	(void)state;
	assert_int_equal(decode(&tree_wire, nested(&deep, WIRE_DEPTH_MAX), &t), 0);
	encodes_to(&tree_wire, &t, buf_bytes(&deep));
	assert_true(wire_equal(&tree_wire, &t, &t));
	wire_print(&tree_wire, &t, &text);
	assert_null(strstr(buf_cstr(&text), "..."));
	/* The deepest may have an array, if nothing is in it. */
	buf_truncate(&deep, deep.n - 3);
	buf_add(&deep, "\x02\x00", 2);
	assert_int_equal(decode(&tree_wire, buf_bytes(&deep), &t), 0);
	encodes_to(&tree_wire, &t, buf_bytes(&deep));
	assert_true(wire_equal(&tree_wire, &t, &t));
	assert_int_equal(decode(&tree_wire, nested(&deeper, WIRE_DEPTH_MAX + 1), &t), ecTooComplex);
	assert_int_equal(decode(&tree_wire, nested(&huge, 100000), &t), ecTooComplex);
	assert_memory_equal(why.text, "...", 3);
	assert_non_null(strstr(why.text, "all[0].u.branch.all at byte 66: nested too deeply"));
	for (unsigned i = 0; i < WIRE_DEPTH_MAX + 2; i++)
		chain[i] = (struct tree){ .kind = 2,
					  .u.branch.all = { i <= WIRE_DEPTH_MAX, chain + i + 1 } };
	assert_int_equal(encode(&tree_wire, &chain[0]), ecTooComplex);
	assert_int_equal(encode(&tree_wire, &chain[1]), 0);
	assert_false(wire_equal(&tree_wire, &chain[0], &chain[0]));
	wire_print(&tree_wire, &chain[0], &text);
	assert_non_null(strstr(buf_cstr(&text), "..."));
}

static void test_cannot_be_said(void **state)
{
	static uint8_t many[256];
	struct texts t = { 0 };
	struct tree pair = { .kind = 1 };
	struct customs c = { .has = 1, .v = UINT32_MAX };

	(void)state;
	t.narrow = bytes_of("a\0b", 3);
	assert_int_equal(encode(&texts_wire, &t), ecInvalidParam);
	assert_string_equal(why.text, "texts.narrow at byte 0: text with a NUL inside");
	t.narrow = bytes_of("a", 1);
	t.wide = bytes_of("a\0\0\0b\0", 6);
	assert_int_equal(encode(&texts_wire, &t), ecInvalidParam);
	t.wide = bytes_of("a\0b", 3);
	assert_int_equal(encode(&texts_wire, &t), ecInvalidParam);
	assert_string_equal(why.text, "texts.wide at byte 2: half a character");
	t.wide = bytes_of("\0a\0b", 4); /* U+6100 U+6200 */
	t.one = bytes_of(many, 255);
	assert_int_equal(encode(&texts_wire, &t), 0);
	t.one.n = 256;
	assert_int_equal(encode(&texts_wire, &t), ecInvalidParam);
	assert_int_equal(encode(&tree_wire, &pair), ecInvalidParam);
	assert_string_equal(why.text, "tree.u.pair.left at byte 1: missing");
	assert_int_equal(encode(&customs_wire, &c), ecInvalidParam);
}

/* Transactions --------------------------------------------------------------------------------- */

static void test_roll_back(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(16);
	struct open_folder o = { 1, 2, 3 };
	struct texts bad = { .narrow = bytes_of("a\0b", 3) };
	struct wire_out out;

	(void)state;
	wire_out_init(&out, &b);
	assert_int_equal(wire_encode(&out, &open_folder_wire, &o), 0);
	assert_int_equal(wire_encode(&out, &open_folder_wire, &o), ecTooBig);
	assert_int_equal(b.n, 10);
	assert_false(b.failed);
	assert_int_equal(wire_encode(&out, &texts_wire, &bad), ecInvalidParam);
	assert_int_equal(b.n, 10);
	buf_truncate(&b, 0);
	assert_int_equal(wire_encode(&out, &open_folder_wire, &o), 0);
	assert_int_equal(out.error.code, 0);
	buf_add_zeros(&b, 100);
	assert_true(b.failed);
	buf_truncate(&b, 0);
	assert_int_equal(wire_encode(&out, &open_folder_wire, &o), ecTooBig);
	assert_int_equal(b.n, 0);
}

static void test_equal(void **state)
{
	struct column one[] = { { 1 }, { 2 } }, other[] = { { 1 }, { 3 } };
	struct set_columns a = { .columns = { 2, one } }, b = { .columns = { 2, other } };
	struct choices c = { .kind = 1, .flags = 1, .shape = 3 }, d = c;

	(void)state;
	assert_false(wire_equal(&set_columns_wire, &a, &b));
	other[1].tag = 2;
	assert_true(wire_equal(&set_columns_wire, &a, &b));
	b.columns.n = 1;
	assert_false(wire_equal(&set_columns_wire, &a, &b));
	d.name = bytes_of("not there", 9);
	assert_true(wire_equal(&choices_wire, &c, &d));
	d.number = 1;
	assert_false(wire_equal(&choices_wire, &c, &d));
	d.number = 0;
	c.shape = d.shape = 1;
	memset(&c.of, 0, sizeof c.of);
	memset(&d.of, 0, sizeof d.of);
	assert_true(wire_equal(&choices_wire, &c, &d));
	d.of.scalars.f[2] = 1;
	assert_false(wire_equal(&choices_wire, &c, &d));
}

static void test_random_repeats(void **state)
{
	struct wire_random r;
	struct tree a, b, c;

	(void)state;
	wire_random_init(&r, 42, &arena);
	assert_true(wire_random_fill(&r, &tree_wire, &a));
	assert_true(wire_random_fill(&r, &tree_wire, &c));
	wire_random_init(&r, 42, &arena);
	assert_true(wire_random_fill(&r, &tree_wire, &b));
	assert_true(wire_equal(&tree_wire, &a, &b));
	assert_false(wire_equal(&tree_wire, &a, &c));
	arena_fail_after(1);
	assert_false(wire_random_fill(&r, &lists_wire, &(struct lists){ 0 }));
	arena_fail_after(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_scalars, forget),
		cmocka_unit_test_setup(test_texts, forget),
		cmocka_unit_test_setup(test_lists, forget),
		cmocka_unit_test_setup(test_wide_counts, forget),
		cmocka_unit_test_setup(test_windows, forget),
		cmocka_unit_test_setup(test_window_limits, forget),
		cmocka_unit_test_setup(test_choices, forget),
		cmocka_unit_test_setup(test_arms, forget),
		cmocka_unit_test_setup(test_custom, forget),
		cmocka_unit_test_setup(test_count_beyond_data, forget),
		cmocka_unit_test_setup(test_path, forget),
		cmocka_unit_test_setup(test_left_over, forget),
		cmocka_unit_test_setup(test_budget, forget),
		cmocka_unit_test_setup(test_depth, forget),
		cmocka_unit_test_setup(test_cannot_be_said, forget),
		cmocka_unit_test_setup(test_roll_back, forget),
		cmocka_unit_test_setup(test_equal, forget),
		cmocka_unit_test_setup(test_random_repeats, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
