/* rop/fasttransfer: bytes of the specification, everything back as it was, in pieces of any size, and what is hostile. */
#include "support.h"

#include "base/utf16.h"
#include "rop/fasttransfer.h"

#define BYTES(...)                                                        \
	({                                                                \
		static const uint8_t bytes_[] = { __VA_ARGS__ };          \
		bytes_of(bytes_, sizeof bytes_);                          \
	})

static const struct guid set_a = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static struct name_map *some_names(void)
{
	struct name_map *m = name_map_new();
	struct prop_name number = { .set = set_a, .lid = 0x8205 };
	struct prop_name text = { .set = set_a, .by_string = true, .string = BYTES('K', 0, 'e', 0, 'y', 0) };
	struct prop_name ours = { .set = FT_ESCAPE_SET, .lid = 7 };

	assert_non_null(m);
	assert_int_equal(name_map_add(m, 0x8001, &number), 0);
	assert_int_equal(name_map_add(m, 0x8002, &text), 0);
	assert_int_equal(name_map_add(m, 0x8003, &ours), 0);
	return m;
}

static struct prop make(uint32_t tag, struct bytes v)
{
	return (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v };
}

/* What the stream of one property is. */
static void assert_stream(const struct prop *p, const struct name_map *names, struct bytes expected)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);

	ft_put_prop(&b, p, names);
	assert_int_equal(b.n, expected.n);
	assert_memory_equal(b.p, expected.p, expected.n);
}

/* [MS-OXCFXICS] 2.2.4.1: type, id, name, value. */
static void test_bytes(void **state)
{
	struct name_map *names = some_names();
	struct prop p;

	(void)state;
	p = make(PidTagImportance, BYTES(1, 0, 0, 0));
	assert_stream(&p, NULL, BYTES(0x03, 0x00, 0x17, 0x00, 1, 0, 0, 0));
	p = make(0x0E1B000B, BYTES(1)); /* a boolean has two bytes */
	assert_stream(&p, NULL, BYTES(0x0B, 0x00, 0x1B, 0x0E, 1, 0));
	p = make(PidTagSubject, BYTES('H', 0, 'i', 0)); /* with its terminator, which counts */
	assert_stream(&p, NULL, BYTES(0x1F, 0x00, 0x37, 0x00, 6, 0, 0, 0, 'H', 0, 'i', 0, 0, 0));
	p = make(0x0037001E, BYTES('H', 'i'));
	assert_stream(&p, NULL, BYTES(0x1E, 0x00, 0x37, 0x00, 3, 0, 0, 0, 'H', 'i', 0));
	p = make(PidTagSearchKey, BYTES(0xAB));
	assert_stream(&p, NULL, BYTES(0x02, 0x01, 0x0B, 0x30, 1, 0, 0, 0, 0xAB));
	p = make(0x80010003, BYTES(9, 0, 0, 0));
	assert_stream(&p, names, BYTES(0x03, 0x00, 0x01, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0x05, 0x82, 0, 0, 9, 0, 0, 0));
	p = make(0x80020102, BYTES(7));
	assert_stream(&p, names, BYTES(0x02, 0x01, 0x02, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 'K', 0, 'e', 0, 'y', 0, 0, 0,
				       1, 0, 0, 0, 7));
	struct bytes two[2] = { BYTES('a', 0), BYTES('b', 0, 'c', 0) };
	p = (struct prop){ .tag = 0x8001101F, .count = 2, .values = two };
	assert_stream(&p, names, BYTES(0x1F, 0x10, 0x01, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0x05, 0x82, 0, 0, 2, 0, 0, 0,
				       4, 0, 0, 0, 'a', 0, 0, 0, 6, 0, 0, 0, 'b', 0, 'c', 0, 0, 0));
	p = (struct prop){ .tag = 0x36011002, .count = 2, .size = 4, .value = BYTES(1, 0, 2, 0) };
	assert_stream(&p, NULL, BYTES(0x02, 0x10, 0x01, 0x36, 2, 0, 0, 0, 1, 0, 2, 0));
	name_map_free(names);
}

/* Everything back as it was --------------------------------------------------------------------------------------- */

static struct bytes listed[3], broken[1];

static size_t every_kind(struct prop *v)
{
	size_t n = 0;

	listed[0] = BYTES('a', 0);
	listed[1] = bytes_of("", 0);
	listed[2] = BYTES('b', 0, 0, 0);
	v[n++] = make(PidTagImportance, BYTES(1, 0, 0, 0));
	v[n++] = make(0x0E1B000B, BYTES(0));
	v[n++] = make(PidTagSubject, BYTES('H', 0, 'i', 0));
	v[n++] = make(PidTagSubject, bytes_of("", 0));
	v[n++] = make(0x0037001E, BYTES('H', 'i'));
	v[n++] = make(PidTagMessageDeliveryTime, BYTES(1, 2, 3, 4, 5, 6, 7, 8));
	v[n++] = make(PidTagSearchKey, BYTES(0, 0, 0));
	v[n++] = make(0x80010003, BYTES(9, 0, 0, 0));
	v[n++] = make(0x8002001F, BYTES('x', 0));
	v[n++] = make(0x3001000D, BYTES(5, 6));
	v[n++] = make(0x30010048, BYTES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
	v[n++] = (struct prop){ .tag = 0x3601101F, .count = 3, .values = listed };
	v[n++] = (struct prop){ .tag = 0x36011102, .count = 2, .values = listed };
	v[n++] = (struct prop){ .tag = 0x36011002, .count = 2, .value = BYTES(1, 0, 2, 0) };
	v[n++] = (struct prop){ .tag = 0x36011003, .count = 0, .value = bytes_of("", 0) };
	/* What the stream cannot say. */
	v[n++] = make(PidTagSubject, BYTES('H', 0, 0, 0, 'i', 0)); /* a NUL within */
	v[n++] = make(PidTagSubject, BYTES('H', 0, 'i'));          /* half a letter */
	v[n++] = make(PidTagImportance, BYTES(1, 0));              /* too short */
	v[n++] = make(0x0E1B000B, BYTES(7));                       /* neither true nor false */
	v[n++] = (struct prop){ .tag = 0x30010077, .flags = PROP_UNKNOWN_TYPE, .count = 1, .value = BYTES(1, 2, 3) };
	v[n++] = make(0x80770003, BYTES(1, 0, 0, 0));              /* no name */
	v[n++] = make(FT_START_EMBED, BYTES(1, 0, 0, 0));          /* reads as a marker */
	v[n++] = make(0x80030102, BYTES(1));                       /* a name of the private form itself */
	v[n++] = (struct prop){ .tag = 0x80021002, .flags = PROP_ODD_SIZE, .count = 1, .value = BYTES(1, 0, 2) };
	broken[0] = BYTES('c', 0, 0, 0, 'd', 0);
	v[n++] = (struct prop){ .tag = 0x8002101F, .count = 1, .values = broken };
	return n;
}

static void assert_same(const struct prop *a, const struct prop *b)
{
	assert_int_equal(prop_type(a), prop_type(b));
	assert_int_equal(prop_id(a), prop_id(b));
	assert_true(prop_equal(a, b));
}

/* Fed in pieces of `step` bytes. */
static void read_back(struct bytes data, const struct prop *v, size_t n, size_t step)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e;
	size_t at = 0;

	ft_lexer_init(&l, &ft_limits_rest);
	for (size_t i = 0; i < n;) {
		if (ft_lexer_next(&l, &arena, &e))
			fail_msg("property %zu, pieces of %zu: %s", i, step, l.why.text);
		if (e.kind == FT_MORE) {
			size_t more = data.n - at < step ? data.n - at : step;

			assert_true(more > 0);
			ft_lexer_feed(&l, bytes_of(data.p + at, more));
			at += more;
			continue;
		}
		assert_int_equal(e.kind, FT_PROP);
		assert_same(&v[i], &e.prop);
		assert_int_equal(e.escaped, i >= 15);
		i++;
	}
	assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
	assert_int_equal(e.kind, FT_MORE);
	assert_int_equal(ft_lexer_finish(&l), 0);
	assert_int_equal(l.used, data.n);
}

static void test_everything_back(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 16);
	struct name_map *names = some_names();
	struct prop v[40];
	size_t n = every_kind(v);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ft_can_say(&v[i], names), i < 15);
		ft_put_prop(&b, &v[i], names);
	}
	assert_int_equal(buf_status(&b), 0);
	for (size_t step = 1; step < 40; step++)
		read_back(buf_bytes(&b), v, n, step);
	read_back(buf_bytes(&b), v, n, b.n);
	name_map_free(names);
}

/* Large values ------------------------------------------------------------------------------------------------------ */

static void test_large(void **state)
{
	static uint8_t value[200001];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20), got = BUF_MAX(1 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct prop p = { .tag = 0x1000001E, .count = 1, .size = sizeof value };
	struct ft_event e = { .kind = FT_MORE };

	(void)state;
	for (size_t i = 0; i < sizeof value; i++)
		value[i] = (uint8_t)(1 + i % 250);
	ft_put_large_begin(&b, &p, NULL, false);
	buf_add(&b, value, sizeof value);
	ft_put_large_end(&b, &p, false);
	ft_lexer_init(&l, &ft_limits_wire);
	for (size_t at = 0; e.kind != FT_VALUE_END;) {
		assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
		if (e.kind == FT_MORE) {
			size_t n = b.n - at < 777 ? b.n - at : 777;

			assert_true(n > 0);
			ft_lexer_feed(&l, bytes_of(b.p + at, n));
			at += n;
		} else if (e.kind == FT_PROP) {
			assert_int_equal(e.prop.flags & PROP_LARGE, PROP_LARGE);
			assert_int_equal(e.prop.size, sizeof value);
		} else if (e.kind == FT_CHUNK) {
			buf_add(&got, e.chunk.p, e.chunk.n);
		}
	}
	assert_int_equal(got.n, sizeof value);
	assert_memory_equal(got.p, value, sizeof value);
	assert_int_equal(ft_lexer_finish(&l), 0);
}

/* A value that stands elsewhere: its place is found, what follows is read. */
static void test_elsewhere(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct prop large = { .tag = 0x1000001F, .count = 1, .size = 1000000 }, small = make(PidTagImportance, BYTES(2, 0, 0, 0));
	struct ft_event e;

	(void)state;
	for (unsigned escape = 0; escape < 2; escape++) {
		buf_clear(&b);
		ft_put_large_begin(&b, &large, NULL, escape);
		uint64_t place = b.n;
		ft_put_large_end(&b, &large, escape);
		ft_put_prop(&b, &small, NULL);
		ft_lexer_init(&l, &ft_limits_rest);
		ft_lexer_feed(&l, buf_bytes(&b));
		ft_lexer_elsewhere(&l, place);
		assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
		assert_true(e.elsewhere);
		assert_int_equal(e.prop.tag, large.tag);
		assert_int_equal(e.prop.size, large.size);
		assert_int_equal(e.escaped, escape);
		assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
		assert_int_equal(e.kind, FT_VALUE_END);
		assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
		assert_same(&small, &e.prop);
		assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
		assert_int_equal(ft_lexer_finish(&l), 0);
		if (!escape)
			ft_lexer_free(&l);
	}
}

static void test_broken_text(void **state)
{
	bool ended = false;

	(void)state;
	assert_false(ft_text_broken(PT_UNICODE, BYTES('a', 0, 0, 0), &ended));
	assert_true(ended);
	assert_false(ft_text_broken(PT_UNICODE, BYTES(0, 0), &ended));
	assert_true(ft_text_broken(PT_UNICODE, BYTES('a', 0), &ended));
	ended = false;
	assert_true(ft_text_broken(PT_STRING8, BYTES('a', 0, 'b'), &ended));
	assert_false(ft_text_broken(PT_BINARY, BYTES(0, 0, 1), &ended));
}

/* Hostile bytes ------------------------------------------------------------------------------------------------------ */

static status read_all(struct bytes data, const struct ft_limits *limits, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e = { .kind = FT_PROP };
	status s = ecNone;

	ft_lexer_init(&l, limits);
	ft_lexer_feed(&l, data);
	while (!s && e.kind != FT_MORE)
		s = ft_lexer_next(&l, &arena, &e);
	if (!s)
		s = ft_lexer_finish(&l);
	*why = l.why;
	return s;
}

static void assert_refused(struct bytes data, status code, const char *words)
{
	struct reason why = { "" };

	assert_int_equal(read_all(data, &ft_limits_wire, &why), code);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
	assert_non_null(strstr(why.text, "at byte "));
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused(BYTES(0x77, 0, 0x37, 0, 1, 0), ecCorruptData, "a type that the stream does not have");
	assert_refused(BYTES(0x03, 0, 0x17, 0, 1, 0), ecCorruptData, "ends within a property");
	assert_refused(BYTES(0x02, 0, 0x04, 0x40, 1, 0, 0x03, 0, 0x04, 0x40), ecCorruptData, "EndToRecip where nothing is open");
	assert_refused(BYTES(0x03, 0, 0x03, 0x40), ecCorruptData, "before EndToRecip");
	assert_refused(BYTES(0x03, 0, 0x03, 0x40, 0x03, 0, 0x0E, 0x40), ecCorruptData, "EndAttach where EndToRecip");
	assert_refused(BYTES(0x1F, 0, 0x37, 0, 3, 0, 0, 0, 'a', 0, 'b'), ecCorruptData, "UTF-16 with 3 bytes");
	assert_refused(BYTES(0x1F, 0, 0x37, 0, 0xFF, 0xFF, 0xFF, 0x7F), ecCorruptData, "2147483647");
	assert_refused(BYTES(0x02, 0x11, 0x37, 0, 0xFF, 0xFF, 0xFF, 0xFF), ecTooBig, "4294967295 values");
	assert_refused(BYTES(0x02, 0x11, 0x37, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF), ecTooBig, "a list of values of more than");
	assert_refused(BYTES(0x02, 0x10, 0x37, 0, 0xFF, 0xFF, 0xFF, 0xFF), ecTooBig, "4294967295 values");
	assert_refused(BYTES(0x03, 0, 0x01, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 9), ecCorruptData, "unknown kind 9");
}

static void test_deep(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 16);
	struct reason why = { "" };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		ft_put_marker(&b, FT_START_EMBED);
	assert_int_equal(read_all(buf_bytes(&b), &ft_limits_wire, &why), ecTooComplex);
}

/* To a client the private form is a binary property like any other; at rest its parts must be right. */
static void test_private_form(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 16);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct prop p = make(PidTagImportance, BYTES(1, 0));
	struct ft_event e;
	struct reason why;

	(void)state;
	ft_put_prop(&b, &p, NULL);
	ft_lexer_init(&l, &ft_limits_wire);
	ft_lexer_feed(&l, buf_bytes(&b));
	assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
	assert_int_equal(prop_type(&e.prop), PT_BINARY);
	assert_true(e.named && !e.escaped);
	assert_true(guid_equal(&e.name.set, &FT_ESCAPE_SET));
	assert_int_equal(e.name.lid, PidTagImportance);
	/* Each byte of it in turn: read, or refused. */
	for (size_t i = 0; i < b.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			b.p[i] ^= (uint8_t)(1u << bit);
			status s = read_all(buf_bytes(&b), &ft_limits_rest, &why);
			assert_true(!s || s == ecCorruptData || s == ecTooBig);
			b.p[i] ^= (uint8_t)(1u << bit);
		}
}

/* A type may say its code page; 1200 is UTF-16. */
static void test_codepage_types(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e;

	(void)state;
	ft_lexer_init(&l, &ft_limits_wire);
	ft_lexer_feed(&l, BYTES(0xE4, 0x84, 0x37, 0, 2, 0, 0, 0, 'a', 0, 0xB0, 0x84, 0x37, 0, 4, 0, 0, 0, 'b', 0, 0, 0));
	assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
	assert_int_equal(e.prop.tag, 0x0037001E);
	assert_int_equal(e.codepage, 1252);
	assert_int_equal(e.prop.value.n, 1);
	assert_int_equal(ft_lexer_next(&l, &arena, &e), 0);
	assert_int_equal(e.prop.tag, PidTagSubject);
	assert_int_equal(e.prop.value.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),	      cmocka_unit_test(test_everything_back), cmocka_unit_test(test_large),
		cmocka_unit_test(test_elsewhere),     cmocka_unit_test(test_broken_text),     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_deep),	      cmocka_unit_test(test_private_form),    cmocka_unit_test(test_codepage_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
