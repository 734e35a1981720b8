/*
 * mapi/value_wire: properties, their names, rule actions against bytes of the
 * specifications.
 */
#include "support.h"

#include "base/utf16.h"
#include "mapi/propset.h"
#include "mapi/restriction.h"
#include "mapi/value_wire.h"

#define BUDGET ((size_t)1 << 20)
#define BYTES(...) \
	bytes_of((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define B(text) bytes_of(text, sizeof(text) - 1)

static struct arena arena = ARENA_BUDGET(BUDGET);
static struct reason why;

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	why.text[0] = '\0';
	return 0;
}

static status decode(const struct wire_type *t, enum wire_counts counts, struct bytes data,
		     void *dst)
{
	struct wire_in in;

	wire_in_init(&in, data, &arena);
	in.counts = (uint8_t)counts;
	return wire_decode_all(&in, t, dst, &why);
}

static status encode(const struct wire_type *t, enum wire_counts counts, const void *src,
		     struct buf *b)
{
	struct wire_out out;
	status st;

	wire_out_init(&out, b);
	out.counts = (uint8_t)counts;
	st = wire_encode(&out, t, src);
	if (st)
		wire_error_reason(&out.error, &why);
	return st;
}

static void both_ways(const struct wire_type *t, enum wire_counts counts, struct bytes data,
		      void *dst)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);

	if (decode(t, counts, data, dst))
		fail_msg("%s", why.text);
	assert_int_equal(encode(t, counts, dst, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

/* [MS-OXCPRPT] 4.2.1: PropertyValues of RopSetProperties, from PropertyValueCount on. */
static void test_set_properties(void **state)
{
	struct bytes data =
		BYTES(0x02, 0x00, 0x1F, 0x00, 0x3D, 0x00, 0x00, 0x00, 0x1F, 0x00, 0x1D, 0x0E, 0x48,
		      0x00, 0x65, 0x00, 0x6C, 0x00, 0x6C, 0x00, 0x6F, 0x00, 0x20, 0x00, 0x57, 0x00,
		      0x6F, 0x00, 0x72, 0x00, 0x6C, 0x00, 0x64, 0x00, 0x00, 0x00);
	struct tagged_values v;

	(void)state;
	assert_int_equal(data.n, 0x24);
	both_ways(&tagged_values_wire, WIRE_COUNTS_16, data, &v);
	assert_int_equal(v.all.n, 2);
	assert_int_equal(v.all.v[0].prop.tag, PidTagSubjectPrefix);
	assert_int_equal(v.all.v[0].prop.value.n, 0);
	assert_int_equal(v.all.v[1].prop.tag, PidTagNormalizedSubject);
	assert_string_equal(utf16_text(&arena, v.all.v[1].prop.value), "Hello World");
	assert_int_equal(v.all.v[1].prop.size, 22);
	assert_int_equal(v.all.v[1].prop.count, 1);
}

/* clang-format off */
#define BYTES_OF(text) { (const uint8_t *)(text), sizeof(text) - 1 }
#define SAME(type, text) { type, BYTES_OF(text), BYTES_OF(text), BYTES_OF(text) }
#define THREE(type, a, b, c) { type, BYTES_OF(a), BYTES_OF(b), BYTES_OF(c) }
/* clang-format on */

/* What stands behind the type on the wire, and what the value of the property becomes. */
static const struct single {
	uint16_t type;
	struct bytes wire16, wire32, value;
} singles[] = {
	SAME(PT_NULL, ""),
	SAME(PT_UNSPECIFIED, ""),
	SAME(PT_SHORT, "\x01\x02"),
	SAME(PT_LONG, "\x01\x02\x03\x04"),
	SAME(PT_FLOAT, "\x00\x00\x80\x3F"),
	SAME(PT_DOUBLE, "\x01\x02\x03\x04\x05\x06\x07\x08"),
	SAME(PT_CURRENCY, "\x01\x02\x03\x04\x05\x06\x07\x08"),
	SAME(PT_APPTIME, "\x01\x02\x03\x04\x05\x06\x07\x08"),
	SAME(PT_ERROR, "\x0F\x01\x04\x80"),
	SAME(PT_BOOLEAN, "\x01"),
	SAME(PT_I8, "\x01\x02\x03\x04\x05\x06\x07\x08"),
	SAME(PT_SYSTIME, "\x01\x02\x03\x04\x05\x06\x07\x08"),
	SAME(PT_CLSID, "0123456789abcdef"),
	THREE(PT_STRING8, "abc\0", "abc\0", "abc"),
	THREE(PT_UNICODE, "a\0b\0\0\0", "a\0b\0\0\0", "a\0b\0"),
	THREE(PT_BINARY, "\2\0ab", "\2\0\0\0ab", "ab"),
	THREE(PT_OBJECT, "\1\0a", "\1\0\0\0a", "a"),
	/* [MS-OXCDATA] 2.11.1.4: ours, a folder, no message */
	THREE(PT_SVREID, "\x15\0\1\1\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0",
	      "\x15\0\1\1\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0",
	      "\1\1\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0"),
	/* an EXIST, which has no count that could be wider */
	THREE(PT_SRESTRICTION, "\x08\x1F\0\x37\0", "\x08\x1F\0\x37\0", "\x08\x1F\0\x37\0"),
};

static void one_single(const struct single *s, enum wire_counts counts)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct bytes wire = counts == WIRE_COUNTS_16 ? s->wire16 : s->wire32;
	struct tagged_value tagged;
	struct typed_value typed;

	buf_add_u16(&b, s->type);
	buf_add(&b, wire.p, wire.n);
	both_ways(&typed_value_wire, counts, buf_bytes(&b), &typed);
	assert_int_equal(typed.prop.tag, s->type);
	assert_true(bytes_equal(typed.prop.value, s->value));
	buf_clear(&b);
	buf_add_u32(&b, tag_make(0x8001, s->type));
	buf_add(&b, wire.p, wire.n);
	both_ways(&tagged_value_wire, counts, buf_bytes(&b), &tagged);
	assert_int_equal(prop_id(&tagged.prop), 0x8001);
	assert_int_equal(tagged.prop.count, 1);
	assert_int_equal(tagged.prop.size, s->value.n);
	assert_int_equal(tagged.prop.flags, 0);
	assert_true(bytes_equal(tagged.prop.value, s->value));
}

static void test_singles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
		one_single(&singles[i], WIRE_COUNTS_16);
		one_single(&singles[i], WIRE_COUNTS_32);
	}
}

static void test_many_packed(void **state)
{
	struct bytes shorts = BYTES(0x02, 0x10, 2, 0, 0, 0, 1, 0, 2, 0);
	struct bytes guids = BYTES(0x48, 0x10, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
				   13, 14, 15, 16);
	struct bytes none = BYTES(0x14, 0x10, 0, 0, 0, 0);
	struct typed_value v;

	(void)state;
	both_ways(&typed_value_wire, WIRE_COUNTS_16, shorts, &v);
	assert_int_equal(v.prop.count, 2);
	assert_int_equal(v.prop.size, 4);
	assert_ptr_equal(v.prop.value.p, shorts.p + 6);
	both_ways(&typed_value_wire, WIRE_COUNTS_32, guids, &v);
	assert_int_equal(v.prop.value.n, 16);
	both_ways(&typed_value_wire, WIRE_COUNTS_16, none, &v);
	assert_int_equal(v.prop.count, 0);
}

static void test_many_lists(void **state)
{
	struct bytes binary16 = BYTES(0x02, 0x11, 2, 0, 0, 0, 1, 0, 0xAA, 0, 0);
	struct bytes binary32 = BYTES(0x02, 0x11, 2, 0, 0, 0, 1, 0, 0, 0, 0xAA, 0, 0, 0, 0);
	struct bytes texts = BYTES(0x1F, 0x10, 2, 0, 0, 0, 'a', 0, 0, 0, 0, 0);
	struct bytes narrow = BYTES(0x1E, 0x10, 3, 0, 0, 0, 'a', 0, 0, 'b', 0);
	struct typed_value v;

	(void)state;
	both_ways(&typed_value_wire, WIRE_COUNTS_16, binary16, &v);
	assert_int_equal(v.prop.count, 2);
	assert_true(bytes_equal(v.prop.values[0], B("\xAA")));
	assert_int_equal(v.prop.values[1].n, 0);
	assert_int_equal(v.prop.size, 1);
	both_ways(&typed_value_wire, WIRE_COUNTS_32, binary32, &v);
	assert_true(bytes_equal(v.prop.values[0], B("\xAA")));
	both_ways(&typed_value_wire, WIRE_COUNTS_16, texts, &v);
	assert_true(bytes_equal(v.prop.values[0], B("a\0")));
	both_ways(&typed_value_wire, WIRE_COUNTS_16, narrow, &v);
	assert_true(bytes_equal(v.prop.values[2], B("b")));
}

/* A column of instances has one value ([MS-OXCDATA] 2.11.1.3). */
static void test_instance(void **state)
{
	struct bytes data = BYTES(0x1F, 0x30, 'a', 0, 0, 0);
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct typed_value v;

	(void)state;
	both_ways(&typed_value_wire, WIRE_COUNTS_16, data, &v);
	assert_true(bytes_equal(v.prop.value, B("a\0")));
	wire_print(&typed_value_wire, &v, &b);
	assert_string_equal(buf_cstr(&b), "typed_value{prop=PtypMultipleString \"a\"}");
}

static void refused(enum wire_counts counts, struct bytes data, const char *reason)
{
	struct typed_value v;

	assert_int_equal(decode(&typed_value_wire, counts, data, &v), ecCorruptData);
	if (!strstr(why.text, reason))
		fail_msg("%s, not: %s", why.text, reason);
	assert_true(arena.used < 4096);
}

static void test_refused(void **state)
{
	(void)state;
	refused(WIRE_COUNTS_16, BYTES(0x05, 0x70, 1, 2, 3, 4),
		"a property type that does not exist");
	refused(WIRE_COUNTS_16, BYTES(0x0B, 0x10, 1, 0, 0, 0, 1),
		"a property type that does not exist"); /* many booleans */
	refused(WIRE_COUNTS_16, BYTES(0x03, 0x20, 1, 2, 3, 4),
		"a property type that does not exist");
	refused(WIRE_COUNTS_16, BYTES(0x03, 0, 1, 2, 3), "too early");
	refused(WIRE_COUNTS_16, BYTES(0x02, 0x01, 3, 0, 1, 2), "too early");
	refused(WIRE_COUNTS_16, BYTES(0x03, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4),
		"a count beyond");
	refused(WIRE_COUNTS_16, BYTES(0x1F, 0x10, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 0, 0),
		"a count beyond");
	refused(WIRE_COUNTS_16, BYTES(0x1F, 0x10, 2, 0, 0, 0, 'a', 0, 0, 0, 'b', 0), "prop[1]");
	refused(WIRE_COUNTS_16, BYTES(0xFD, 0, 0, 1, 0), "prop.u.list.all");
	refused(WIRE_COUNTS_16, BYTES(0xFD, 0, 0x0C), "of an unknown kind");
	refused(WIRE_COUNTS_16, BYTES(0xFE, 0, 1, 0, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		"prop.all[0].action.flavor");
}

static status push(const struct prop *p)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	struct tagged_value v = { *p };

	return encode(&tagged_value_wire, WIRE_COUNTS_16, &v, &b);
}

static void test_cannot_be_said(void **state)
{
	static uint8_t large[70000];
	struct bytes list[] = { B("a\0"), B("b") };

	(void)state;
	assert_int_equal(push(&(struct prop){ .tag = 0x3D0003, .count = 1, .value = B("abc") }),
			 ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D001F, .count = 1, .value = B("abc") }),
			 ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D001E, .count = 1, .value = B("a\0b") }),
			 ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D0001, .count = 1, .value = B("a") }),
			 ecInvalidParam);
	assert_int_equal(
		push(&(struct prop){ .tag = 0x3D0102, .count = 1, .flags = PROP_LARGE, .size = 9 }),
		ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D7000, .count = 1, .value = B("a") }),
			 ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D1003, .count = 2, .value = B("abcd") }),
			 ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D101F, .count = 2, .values = list }),
			 ecInvalidParam);
	assert_non_null(strstr(why.text, "tagged_value.prop[1] at byte"));
	assert_int_equal(push(&(struct prop){
				 .tag = 0x3D0102, .count = 1, .value = bytes_of(large, 65535) }),
			 0);
	assert_int_equal(push(&(struct prop){
				 .tag = 0x3D0102, .count = 1, .value = bytes_of(large, 65536) }),
			 ecInvalidParam);
	/* A restriction with something behind it, and one of the other context. */
	assert_int_equal(push(&(struct prop){ .tag = 0x3D00FD, .count = 1, .value = B("\0\0\0") }),
			 0);
	assert_int_equal(
		push(&(struct prop){ .tag = 0x3D00FD, .count = 1, .value = B("\0\0\0\0") }),
		ecInvalidParam);
	assert_int_equal(
		push(&(struct prop){ .tag = 0x3D00FD, .count = 1, .value = B("\0\0\0\0\0") }),
		ecInvalidParam);
	assert_int_equal(push(&(struct prop){ .tag = 0x3D00FD, .count = 1 }), ecInvalidParam);
}

/* The terminators that some stores keep are not sent twice. */
static void test_trailing_nuls(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct typed_value v = { { .tag = PT_UNICODE, .count = 1, .value = B("a\0\0\0\0\0") } };

	(void)state;
	assert_int_equal(encode(&typed_value_wire, WIRE_COUNTS_16, &v, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), B("\x1F\0a\0\0\0")));
	buf_clear(&b);
	v.prop = (struct prop){ .tag = PT_STRING8, .count = 1, .value = B("a\0\0") };
	assert_int_equal(encode(&typed_value_wire, WIRE_COUNTS_16, &v, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), B("\x1E\0a\0")));
}

static void test_print(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct tagged_value v = { { .tag = PidTagSubject, .count = 1, .value = B("H\0i\0") } };

	(void)state;
	wire_print(&tagged_value_wire, &v, &b);
	assert_string_equal(buf_cstr(&b), "tagged_value{prop=PidTagSubject \"Hi\"}");
	buf_clear(&b);
	v.prop = (struct prop){ .tag = 0x81230003, .count = 1, .value = B("\2\0\0\0") };
	wire_print(&tagged_value_wire, &v, &b);
	assert_string_equal(buf_cstr(&b), "tagged_value{prop=0x81230003 2}");
}

/* A restriction in a value in a restriction ... costs depth like any nesting. */
static void test_depth(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct typed_value v;

	(void)state;
	buf_add_u16(&b, PT_SRESTRICTION);
	for (unsigned i = 0; i < 31; i++)
		buf_add(&b, "\x04\x04\xFD\0\x79\x66\xFD\0\x79\x66",
			10); /* PidTagRuleCondition = a restriction: */
	buf_add(&b, "\x08\x1F\0\x37\0", 5);
	both_ways(&typed_value_wire, WIRE_COUNTS_16, buf_bytes(&b), &v);
	buf_clear(&b);
	buf_add_u16(&b, PT_SRESTRICTION);
	for (unsigned i = 0; i < 32; i++)
		buf_add(&b, "\x04\x04\xFD\0\x79\x66\xFD\0\x79\x66", 10);
	buf_add(&b, "\x08\x1F\0\x37\0", 5);
	assert_int_equal(decode(&typed_value_wire, WIRE_COUNTS_16, buf_bytes(&b), &v),
			 ecTooComplex);
}

/* What is only looked through, to find its end, stays in no memory. */
static void test_raw_takes_no_memory(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct typed_value v;

	(void)state;
	buf_add(&b, "\xFD\0\0\xE8\3", 5); /* 1000 */
	for (unsigned i = 0; i < 1000; i++)
		buf_add(&b, "\0\0\0", 3);
	both_ways(&typed_value_wire, WIRE_COUNTS_16, buf_bytes(&b), &v);
	assert_int_equal(v.prop.value.n, 3003);
	assert_true(arena.used <= sizeof v);
}

/* The depth of the structure around a value counts for the value, on the way out as well. */
static void test_depth_of_encoding(void **state)
{
	struct restriction chain[30];
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct prop condition = { .tag = PidTagRuleCondition, .count = 1 };

	(void)state;
	for (unsigned i = 0; i < 29; i++)
		chain[i] = (struct restriction){ .kind = RES_NOT, .u.negated = { &chain[i + 1] } };
	condition.value = B("\2\2\x08\x1F\0\x37\0");
	chain[29] =
		(struct restriction){ .kind = RES_PROPERTY, .u.property.tag = PidTagRuleCondition };
	chain[29].u.property.value.prop = condition;
	assert_int_equal(encode(&restriction_wire, WIRE_COUNTS_16, chain, &b), 0);
	chain[29].u.property.value.prop.value = B("\2\2\2\x08\x1F\0\x37\0");
	assert_int_equal(encode(&restriction_wire, WIRE_COUNTS_16, chain, &b), ecTooComplex);
}

/* Names ---------------------------------------------------------------------------------------- */

/* [MS-OXCDATA] 2.6.1. */
static void test_names(void **state)
{
	/* PidLidBusyStatus, and PidNameKeywords */
	struct bytes by_lid =
		BYTES(0x00, 0x02, 0x20, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x00,
		      0x00, 0x00, 0x00, 0x46, 0x05, 0x82, 0x00, 0x00);
	struct bytes by_string =
		BYTES(0x01, 0x29, 0x03, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x00,
		      0x00, 0x00, 0x00, 0x46, 0x06, 'K', 0, 'y', 0, 0, 0);
	struct bytes none = BYTES(0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	struct property_name n, back;
	struct prop_name name;

	(void)state;
	both_ways(&property_name_wire, WIRE_COUNTS_16, by_lid, &n);
	assert_true(property_name_get(&n, &name));
	assert_false(name.by_string);
	assert_int_equal(name.lid, PidLidBusyStatus);
	assert_true(guid_equal(&name.set, &PSETID_Appointment));
	assert_true(property_name_set(&name, &back));
	assert_true(wire_equal(&property_name_wire, &n, &back));

	both_ways(&property_name_wire, WIRE_COUNTS_16, by_string, &n);
	assert_true(property_name_get(&n, &name));
	assert_true(name.by_string);
	assert_true(guid_equal(&name.set, &PS_PUBLIC_STRINGS));
	assert_true(bytes_equal(name.string, B("K\0y\0")));
	assert_true(property_name_set(&name, &back));
	assert_true(wire_equal(&property_name_wire, &n, &back));

	both_ways(&property_name_wire, WIRE_COUNTS_16, none, &n);
	assert_false(property_name_get(&n, &name));
	assert_true(property_name_set(NULL, &back));
	assert_true(wire_equal(&property_name_wire, &n, &back));
}

static void test_odd_names(void **state)
{
	static uint8_t text[300];
	struct prop_name name = { .by_string = true, .string = B("K\0\0\0") };
	struct bytes kind = BYTES(0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4);
	struct bytes open = BYTES(0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 'K', 0);
	struct bytes more = BYTES(0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 'K', 0,
				  0, 0, 'x', 0);
	CLEANUP_BUF struct buf b = BUF_MAX(512);
	struct property_name n;

	(void)state;
	assert_int_equal(decode(&property_name_wire, WIRE_COUNTS_16, kind, &n), ecCorruptData);
	assert_int_equal(decode(&property_name_wire, WIRE_COUNTS_16, open, &n), ecCorruptData);
	assert_int_equal(decode(&property_name_wire, WIRE_COUNTS_16, more, &n), ecCorruptData);
	assert_true(property_name_set(&name, &n));
	assert_int_equal(n.u.string.name.text.n, 2);
	memset(text, 'x', sizeof text);
	name.string = bytes_of(text, PROPERTY_NAME_MAX);
	assert_true(property_name_set(&name, &n));
	assert_int_equal(encode(&property_name_wire, WIRE_COUNTS_16, &n, &b), 0);
	name.string.n += 2;
	assert_false(property_name_set(&name, &n));
}

/* [MS-OXORULE] 2.2.5: OP_DELETE, alone; the counts and lengths of extended rules are wider. */
static void test_rule_actions(void **state)
{
	struct bytes standard = BYTES(0xFE, 0, 1, 0, 9, 0, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0);
	struct bytes extended =
		BYTES(1, 0, 0, 0, 11, 0, 0, 0, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0, 'x', 'y');
	struct typed_value v;
	struct rule_actions a;

	(void)state;
	both_ways(&typed_value_wire, WIRE_COUNTS_16, standard, &v);
	assert_int_equal(v.prop.value.n, 13);
	assert_int_equal(decode(&rule_actions_wire, WIRE_COUNTS_16, v.prop.value, &a), 0);
	assert_int_equal(a.all.v[0].action.type, 0x0A);
	both_ways(&rule_actions_wire, WIRE_COUNTS_32, extended, &a);
	assert_true(bytes_equal(a.all.v[0].action.data, B("xy")));
	assert_int_equal(push(&(struct prop){ .tag = 0x668000FE, .count = 1, .value = extended }),
			 ecInvalidParam);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_set_properties, forget),
		cmocka_unit_test_setup(test_singles, forget),
		cmocka_unit_test_setup(test_many_packed, forget),
		cmocka_unit_test_setup(test_many_lists, forget),
		cmocka_unit_test_setup(test_instance, forget),
		cmocka_unit_test_setup(test_refused, forget),
		cmocka_unit_test_setup(test_cannot_be_said, forget),
		cmocka_unit_test_setup(test_trailing_nuls, forget),
		cmocka_unit_test_setup(test_print, forget),
		cmocka_unit_test_setup(test_depth, forget),
		cmocka_unit_test_setup(test_raw_takes_no_memory, forget),
		cmocka_unit_test_setup(test_depth_of_encoding, forget),
		cmocka_unit_test_setup(test_names, forget),
		cmocka_unit_test_setup(test_odd_names, forget),
		cmocka_unit_test_setup(test_rule_actions, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
