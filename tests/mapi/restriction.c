/*
 * mapi/restriction: every kind against bytes by [MS-OXCDATA] 2.12, and what they look like to
 * people.
 */
#include "support.h"

#include "mapi/restriction.h"

#define BUDGET  ((size_t)1 << 20)
#define B(text) bytes_of(text, sizeof(text) - 1)

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

/* Decodes, encodes to the same, prints as said. */
static void reads(struct bytes data, enum wire_counts counts, const char *text,
		  struct restriction *r)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096), shown = BUF_MAX(4096);

	if (restriction_decode(data, counts, &arena, r, &why))
		fail_msg("%s", why.text);
	assert_true(restriction_equal(r, r));
	assert_int_equal(restriction_encode(r, counts, &b, &why), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
	restriction_print(r, 1252, &shown);
	assert_string_equal(buf_cstr(&shown), text);
}

/* clang-format off */
#define ONE(bytes, text) { { (const uint8_t *)(bytes), sizeof(bytes) - 1 }, text }
/* clang-format on */

static const struct one {
	struct bytes data;
	const char *text;
} kinds[] = {
	ONE("\0\0\0", "(all)"),
	ONE("\1\0\0", "(none)"),
	/* 2.12.1 AND of 2.12.9 EXIST and 2.12.3 NOT */
	ONE("\0\2\0\x08\x1F\0\x37\0\2\x08\x03\0\x17\0",
	    "(has(PidTagSubject) and not has(PidTagImportance))"),
	ONE("\1\2\0\x08\x1F\0\x37\0\x08\x03\0\x17\0",
	    "(has(PidTagSubject) or has(PidTagImportance))"),
	/* 2.12.4 CONTENT: a prefix, any case */
	ONE("\3\2\0\1\0\x1F\0\x37\0\x1F\0\x37\0R\0e\0:\0\0\0",
	    "PidTagSubject starts with \"Re:\" (any case)"),
	ONE("\3\1\0\2\0\x1E\0\x37\0\x1E\0\x37\0a\0", "PidTagSubject contains \"a\" (any accents)"),
	ONE("\3\0\0\0\0\x1F\0\x1A\0\x1F\0\x1A\0\0\0", "PidTagMessageClass is \"\""),
	ONE("\3\7\0\0\0\x1F\0\x1A\0\x1F\0\x1A\0\0\0", "PidTagMessageClass matches(0x7) \"\""),
	/* 2.12.5 PROPERTY */
	ONE("\4\3\3\0\x17\0\3\0\x17\0\2\0\0\0", "PidTagImportance >= 2"),
	ONE("\4\x64\x1F\0\x37\0\x02\1\x37\0\0\0", "PidTagSubject member of 0 bytes"),
	/* 2.12.6 COMPARE */
	ONE("\5\5\x40\0\x39\0\x40\0\x06\x0E",
	    "PidTagClientSubmitTime != PidTagMessageDeliveryTime"),
	/* 2.12.7 BITMASK */
	ONE("\6\0\3\0\7\x0E\1\0\0\0", "PidTagMessageFlags & 0x1 = 0"),
	ONE("\6\1\3\0\7\x0E\1\0\0\0", "PidTagMessageFlags & 0x1 != 0"),
	/* 2.12.8 SIZE */
	ONE("\7\2\x1F\0\x37\0\x64\0\0\0", "size(PidTagSubject) > 100"),
	/* 2.12.10 SUB */
	ONE("\x09\x0D\0\x12\x0E\x08\x1F\0\x01\x30",
	    "any of PidTagMessageRecipients with has(PidTagDisplayName)"),
	/* 2.12.11 COMMENT, with and without a restriction */
	ONE("\x0A\1\3\0\x17\0\2\0\0\0\0", "comment(1)"),
	ONE("\x0A\0\1\x08\x1F\0\x37\0", "comment(0) has(PidTagSubject)"),
	/* 2.12.12 COUNT */
	ONE("\x0B\5\0\0\0\x08\x1F\0\x37\0", "first 5 of has(PidTagSubject)"),
	/* a named property: its id means nothing without the store */
	ONE("\x08\x1F\0\1\x80", "has(0x8001001f)"),
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct restriction r;

		reads(kinds[i].data, WIRE_COUNTS_16, kinds[i].text, &r);
		for (size_t k = 0; k < i; k++) {
			struct restriction other;

			assert_int_equal(restriction_decode(kinds[k].data, WIRE_COUNTS_16, &arena,
							    &other, &why),
					 0);
			assert_false(restriction_equal(&r, &other));
		}
	}
}

static void test_members(void **state)
{
	struct restriction r;

	(void)state;
	reads(B("\x0B\5\0\0\0\3\2\0\1\0\x1F\0\x37\0\x1F\0\x37\0R\0e\0\0\0"), WIRE_COUNTS_16,
	      "first 5 of PidTagSubject starts with \"Re\" (any case)", &r);
	assert_int_equal(r.kind, RES_COUNT);
	assert_int_equal(r.u.count.count, 5);
	assert_int_equal(r.u.count.restriction->kind, RES_CONTENT);
	assert_int_equal(r.u.count.restriction->u.content.fuzzy_low, FUZZY_PREFIX);
	assert_int_equal(r.u.count.restriction->u.content.fuzzy_high, FUZZY_IGNORE_CASE);
	assert_int_equal(r.u.count.restriction->u.content.value.prop.value.n, 4);
}

/*
 * In extended rules the counts of AND and OR, and of binaries, have 32 bits; those of COMMENT have
 * 8.
 */
static void test_extended_rules(void **state)
{
	struct restriction r;

	(void)state;
	reads(B("\0\1\0\0\0\x0A\1\2\1\x37\0\3\0\0\0abc\0"), WIRE_COUNTS_32, "(comment(1))", &r);
	assert_int_equal(r.u.list.all.v[0].u.comment.values.v[0].prop.value.n, 3);
	assert_int_equal(
		restriction_decode(B("\0\1\0\x08\x1F\0\x37\0"), WIRE_COUNTS_32, &arena, &r, &why),
		ecCorruptData);
	assert_int_equal(restriction_decode(B("\0\1\0\0\0\x08\x1F\0\x37\0"), WIRE_COUNTS_16, &arena,
					    &r, &why),
			 ecCorruptData);
}

/* In address books a byte before what is compared with says whether it is there; it may be left out. */
static void test_address_book(void **state)
{
	static const char text[] = "\3\2\0\1\0\x1E\0\1\x30"
				   "\x1E\0\1\x30\xFFRe\0",
			  number[] = "\4\4\3\0\0\x39\3\0\0\x39\1\0\0";
	struct restriction r;

	(void)state;
	reads(B("\1\1\0\0\0\3\2\0\1\0\x1E\0\1\x30\xFF\x1E\0\1\x30\xFFRe\0"), WIRE_COUNTS_ADDRESS_BOOK,
	      "(PidTagDisplayName starts with \"Re\" (any case))", &r);
	reads(B("\4\4\3\0\0\x39\xFF\3\0\0\x39\1\0\0\0"), WIRE_COUNTS_ADDRESS_BOOK, "PidTagDisplayType = 1", &r);
	assert_int_equal(restriction_decode(bytes_of(text, sizeof text - 1), WIRE_COUNTS_ADDRESS_BOOK, &arena, &r, &why), 0);
	assert_int_equal(r.u.content.value.prop.value.n, 2);
	assert_int_equal(restriction_decode(bytes_of(number, sizeof number), WIRE_COUNTS_ADDRESS_BOOK, &arena, &r, &why), 0);
	assert_int_equal(r.u.property.value.prop.value.n, 4);
	assert_int_equal(restriction_decode(B("\4\4\x1E\0\1\x30\0"), WIRE_COUNTS_ADDRESS_BOOK, &arena, &r, &why), 0);
	assert_int_equal(r.u.property.value.prop.tag, PT_NULL);
	assert_int_equal(restriction_decode(B("\4\4\x1E\0\1\x30"), WIRE_COUNTS_ADDRESS_BOOK, &arena, &r, &why), ecCorruptData);
}

static void test_refused(void **state)
{
	struct restriction r = { .kind = 77 };

	(void)state;
	assert_int_equal(restriction_decode(B(""), WIRE_COUNTS_16, &arena, &r, &why),
			 ecCorruptData);
	assert_int_equal(restriction_decode(B("\x0C\0\0"), WIRE_COUNTS_16, &arena, &r, &why),
			 ecCorruptData);
	assert_string_equal(why.text, "restriction.u at byte 1: of an unknown kind");
	assert_int_equal(restriction_decode(B("\0\xFF\xFF\x08\x1F\0\x37\0"), WIRE_COUNTS_16, &arena,
					    &r, &why),
			 ecCorruptData);
	assert_string_equal(why.text, "restriction.u.list.all at byte 3: a count beyond the data");
	assert_int_equal(
		restriction_decode(B("\0\2\0\x08\x1F\0\x37\0\3\0\0\0\0\x1F\0\x37\0\x1F\0\x37\0R"),
				   WIRE_COUNTS_16, &arena, &r, &why),
		ecCorruptData);
	assert_string_equal(why.text, "restriction.u.list.all[1].u.content.value.prop at byte 21: "
				      "text without its terminator");
	assert_int_equal(r.kind, 77);
}

static struct bytes nots(struct buf *b, unsigned n)
{
	buf_clear(b);
	for (unsigned i = 0; i < n; i++)
		buf_add_u8(b, RES_NOT);
	buf_add(b, "\x08\x1F\0\x37\0", 5);
	return buf_bytes(b);
}

static void test_depth(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20), out = BUF_MAX(4096);
	struct restriction r, chain[WIRE_DEPTH_MAX + 3];

	(void)state;
	assert_int_equal(
		restriction_decode(nots(&b, WIRE_DEPTH_MAX), WIRE_COUNTS_16, &arena, &r, &why), 0);
	restriction_print(&r, 1252, &out);
	assert_null(strstr(buf_cstr(&out), "..."));
	assert_int_equal(
		restriction_decode(nots(&b, WIRE_DEPTH_MAX + 1), WIRE_COUNTS_16, &arena, &r, &why),
		ecTooComplex);
	assert_int_equal(restriction_decode(nots(&b, 100000), WIRE_COUNTS_16, &arena, &r, &why),
			 ecTooComplex);
	/* One that a program made. */
	for (unsigned i = 0; i < WIRE_DEPTH_MAX + 3; i++)
		chain[i] = (struct restriction){
			.kind = RES_NOT, .u.negated = { &chain[(i + 1) % (WIRE_DEPTH_MAX + 3)] }
		};
	buf_clear(&out);
	assert_int_equal(restriction_encode(chain, WIRE_COUNTS_16, &out, &why), ecTooComplex);
	assert_int_equal(out.n, 0);
	restriction_print(chain, 1252, &out);
	assert_non_null(strstr(buf_cstr(&out), "not ..."));
}

static void test_made(void **state)
{
	CLEANUP_BUF struct buf out = BUF_MAX(4096);
	struct restriction parts[] = {
		{ .kind = RES_EXIST, .u.exist = { PidTagSubject } },
		{ .kind = RES_PROPERTY,
		  .u.property = { RELOP_EQ,
				  PidTagImportance,
				  { { .tag = PidTagImportance,
				      .count = 1,
				      .value = B("\2\0\0\0") } } } },
	};
	struct restriction both = { .kind = RES_AND, .u.list = { { 2, parts } } };

	(void)state;
	assert_int_equal(restriction_encode(&both, WIRE_COUNTS_16, &out, &why), 0);
	assert_true(bytes_equal(buf_bytes(&out),
				B("\0\2\0\x08\x1F\0\x37\0\4\4\3\0\x17\0\3\0\x17\0\2\0\0\0")));
	buf_clear(&out);
	parts[0] = (struct restriction){ .kind = RES_NOT };
	assert_int_equal(restriction_encode(&both, WIRE_COUNTS_16, &out, &why), ecInvalidParam);
	assert_string_equal(why.text,
			    "restriction.u.list.all[0].u.negated.restriction at byte 4: missing");
	restriction_print(&both, 1252, &out);
	assert_string_equal(buf_cstr(&out), "(not ... and PidTagImportance = 2)");
}

/* [MS-OXCTABL] 4.3.1: the SortOrders of RopSortTable, with its three counts. */
static void test_sort_orders(void **state)
{
	struct bytes data = B("\x01\x00\x00\x00\x00\x00\x40\x00\x06\x0E\x01");
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct sort_order_set s;
	struct wire_out out;
	struct wire_in in;

	(void)state;
	wire_in_init(&in, data, &arena);
	assert_int_equal(wire_decode_all(&in, &sort_order_set_wire, &s, &why), 0);
	assert_int_equal(s.orders.n, 1);
	assert_int_equal(s.orders.v[0].tag, PidTagMessageDeliveryTime);
	assert_int_equal(s.orders.v[0].direction, SORT_DESCEND);
	wire_out_init(&out, &b);
	assert_int_equal(wire_encode(&out, &sort_order_set_wire, &s), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kinds, forget),
		cmocka_unit_test_setup(test_members, forget),
		cmocka_unit_test_setup(test_extended_rules, forget),
		cmocka_unit_test_setup(test_address_book, forget),
		cmocka_unit_test_setup(test_refused, forget),
		cmocka_unit_test_setup(test_depth, forget),
		cmocka_unit_test_setup(test_made, forget),
		cmocka_unit_test_setup(test_sort_orders, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
