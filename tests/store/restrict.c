/* store/restrict: every kind of condition against a bag, texts of many languages, what is refused; keys that sort. */
#include "restrictions.h"

#include "store/restrict.h"
#include "store/restrict_sql.h"
#include "store/restrict_text.h"

#include <math.h>

#define NAMED_LIST tag_make(0x8001, PT_MV_UNICODE)
#define NAMED_LONGS tag_make(0x8002, PT_MV_LONG)
#define ABSENT tag_make(0x6001, PT_LONG)

static struct bag bag, recipients[2];

static struct prop texts(uint32_t tag, const char *const *v, uint32_t n)
{
	struct bytes *list = arena_array(&restrictions, n, sizeof *list);

	for (uint32_t i = 0; i < n; i++)
		list[i] = utf16_bytes(&restrictions, v[i]);
	return (struct prop){ .tag = tag, .count = n, .values = list };
}

static int fill(void **state)
{
	static const char *const words[] = { "Blue", "Grün", "red" };
	static const uint8_t longs[] = { 1, 0, 0, 0, 7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
	struct prop list;

	(void)state;
	arena_reset(&restrictions);
	list = texts(NAMED_LIST, words, 3);
	bag_init(&bag, &restrictions);
	assert_int_equal(bag_set_text(&bag, PidTagSubject, "Re: Ärger mit der Straße in Łódź"), 0);
	assert_int_equal(bag_set_text(&bag, PidTagBody, "one two three"), 0);
	assert_int_equal(bag_set_bytes(&bag, tag_make(tag_id(PidTagSenderName), PT_STRING8), bytes_of("Andr\xE9", 5)), 0);
	assert_int_equal(bag_set_u32(&bag, PidTagImportance, 2), 0);
	assert_int_equal(bag_set_u32(&bag, PidTagMessageFlags, 0x11), 0);
	assert_int_equal(bag_set_u32(&bag, PidTagPriority, (uint32_t)-1), 0);
	assert_int_equal(bag_set_u64(&bag, PidTagMessageDeliveryTime, 1000), 0);
	assert_int_equal(bag_set_u64(&bag, PidTagClientSubmitTime, UINT64_MAX), 0);
	assert_int_equal(bag_set_bool(&bag, PidTagRead, true), 0);
	assert_int_equal(bag_set_bytes(&bag, PidTagSearchKey, bytes_of("\1\2\3\4", 4)), 0);
	assert_int_equal(bag_set_u32(&bag, tag_make(0x6002, PT_ERROR), 0x8004010F), 0);
	assert_int_equal(bag_set(&bag, &list), 0);
	assert_int_equal(bag_set_bytes(&bag, NAMED_LONGS, bytes_of(longs, sizeof longs)), 0);
	bag.v[bag.n - 1].count = 3;
	for (size_t i = 0; i < 2; i++) {
		bag_init(&recipients[i], &restrictions);
		assert_int_equal(bag_set_text(&recipients[i], PidTagDisplayName, i ? "Bob" : "Alice"), 0);
		assert_int_equal(bag_set_u32(&recipients[i], PidTagRecipientType, (uint32_t)i + 1), 0);
	}
	return 0;
}

static status object(struct restrict_row *row, uint32_t subobject, size_t i, const struct bag **out)
{
	(void)row;
	*out = tag_id(subobject) == tag_id(PidTagMessageRecipients) && i < 2 ? &recipients[i] : NULL;
	return ecNone;
}

static struct restrict_node *ready(const struct restriction *r)
{
	struct restrict_node *n = NULL;
	struct reason why = { "" };

	if (restrict_compile(r, 1252, &restrictions, &n, &why))
		fail_msg("%s", why.text);
	return n;
}

static bool asked(struct restrict_node *n)
{
	struct restrict_bag_row row = restrict_bag(&bag, 1252);
	bool out = false;

	row.row.object = object;
	assert_int_equal(restrict_matches(n, &row.row, &out), 0);
	return out;
}

#define YES(r) assert_true(asked(ready(r)))
#define NO(r) assert_false(asked(ready(r)))

static void texts_match(void **state)
{
	(void)state;
	YES(r_content(PidTagSubject, "Re: Ärger mit der Straße in Łódź", FUZZY_FULL_STRING, 0));
	NO(r_content(PidTagSubject, "Re: Ärger", FUZZY_FULL_STRING, 0));
	YES(r_content(PidTagSubject, "Re: Ärger", FUZZY_PREFIX, 0));
	NO(r_content(PidTagSubject, "RE: Ärger", FUZZY_PREFIX, 0));
	YES(r_content(PidTagSubject, "RE: ÄRGER", FUZZY_PREFIX, FUZZY_IGNORE_CASE));
	NO(r_content(PidTagSubject, "Re: Arger", FUZZY_PREFIX, FUZZY_IGNORE_CASE));
	YES(r_content(PidTagSubject, "Re: Arger", FUZZY_PREFIX, FUZZY_IGNORE_NONSPACE));
	NO(r_content(PidTagSubject, "re: arger", FUZZY_PREFIX, FUZZY_IGNORE_NONSPACE));
	YES(r_content(PidTagSubject, "re: ARGER", FUZZY_PREFIX, FUZZY_LOOSE));
	YES(r_content(PidTagSubject, "lodz", FUZZY_SUBSTRING, FUZZY_LOOSE));
	YES(r_content(PidTagSubject, "A\xCC\x88rger", FUZZY_SUBSTRING, FUZZY_IGNORE_NONSPACE)); /* decomposed */
	NO(r_content(PidTagSubject, "strasse", FUZZY_SUBSTRING, FUZZY_LOOSE)); /* simple folding keeps the ß */
	YES(r_content(PidTagSubject, "", FUZZY_SUBSTRING, 0));
	NO(r_content(PidTagDisplayTo, "", FUZZY_SUBSTRING, 0)); /* not there */
	YES(r_content(PidTagSenderName, "ANDRÉ", FUZZY_FULL_STRING, FUZZY_IGNORE_CASE)); /* 8-bit text */
	YES(r_content(NAMED_LIST, "grun", FUZZY_FULL_STRING, FUZZY_LOOSE));		      /* one of many */
	NO(r_content(NAMED_LIST, "gru", FUZZY_FULL_STRING, FUZZY_LOOSE));
	YES(r_content(NAMED_LIST | MV_INSTANCE, "blu", FUZZY_PREFIX, FUZZY_LOOSE));
	YES(r_text(PidTagBody, RELOP_EQ, "ONE two Three"));
	YES(r_text(PidTagBody, RELOP_GT, "one"));
	YES(r_text(PidTagBody, RELOP_LT, "one twó three"));
	NO(r_text(PidTagBody, RELOP_NE, "ONE TWO THREE"));
	YES(r_text(PidTagSenderName, RELOP_EQ, "andré"));
	NO(r_text(PidTagSenderName, RELOP_EQ, "andre"));
}

static void bytes_match(void **state)
{
	struct restriction *r = r_content(PidTagSubject, "", FUZZY_SUBSTRING, 0);

	(void)state;
	r->u.content.tag = PidTagSearchKey;
	r->u.content.value.prop = r_value(PidTagSearchKey, "\2\3", 2);
	YES(r);
	r->u.content.fuzzy_low = FUZZY_PREFIX;
	NO(r);
	r->u.content.fuzzy_low = FUZZY_FULL_STRING;
	NO(r);
	YES(r_prop(PidTagSearchKey, RELOP_EQ, r_value(PidTagSearchKey, "\1\2\3\4", 4)));
	YES(r_prop(PidTagSearchKey, RELOP_LT, r_value(PidTagSearchKey, "\1\2\3\4\0", 5)));
	NO(r_prop(PidTagSearchKey, RELOP_GT, r_value(PidTagSearchKey, "\2", 1)));
}

static void numbers_match(void **state)
{
	static const uint8_t two_and_a_half[] = { 0, 0, 0, 0, 0, 0, 4, 0x40 };

	(void)state;
	for (unsigned v = 1; v <= 3; v++) {
		bool const holds[] = { 2 < v, 2 <= v, 2 > v, 2 >= v, 2 == v, 2 != v };

		for (unsigned relop = RELOP_LT; relop <= RELOP_NE; relop++)
			assert_int_equal(asked(ready(r_number(PidTagImportance, relop, v))), holds[relop]);
	}
	YES(r_number(PidTagPriority, RELOP_LT, 0)); /* 32 bits are signed */
	YES(r_number(PidTagPriority, RELOP_EQ, UINT32_MAX));
	YES(r_number(PidTagMessageDeliveryTime, RELOP_LE, 1000));
	YES(r_number(PidTagClientSubmitTime, RELOP_GT, (uint64_t)1 << 63)); /* times are not */
	YES(r_number(PidTagRead, RELOP_EQ, 1));
	NO(r_number(PidTagRead, RELOP_EQ, 0));
	YES(r_prop(PidTagImportance, RELOP_LT, r_value(tag_make(tag_id(PidTagImportance), PT_DOUBLE), two_and_a_half, 8)));
	YES(r_prop(PidTagImportance, RELOP_EQ, r_value(tag_make(tag_id(PidTagImportance), PT_I8), "\2\0\0\0\0\0\0", 8)));
	YES(r_prop(NAMED_LONGS, RELOP_EQ, r_value(tag_make(0x8002, PT_LONG), "\7\0\0", 4)));
	YES(r_prop(NAMED_LONGS, RELOP_LT, r_value(tag_make(0x8002, PT_LONG), "\0\0\0", 4)));
	NO(r_prop(NAMED_LONGS, RELOP_EQ, r_value(tag_make(0x8002, PT_LONG), "\2\0\0", 4)));
	/* What is not there is not equal, and nothing else. */
	YES(r_number(ABSENT, RELOP_NE, 5));
	NO(r_number(ABSENT, RELOP_EQ, 0));
	NO(r_number(ABSENT, RELOP_LT, 5));
	NO(r_number(tag_make(0x6002, PT_LONG), RELOP_EQ, 0x8004010F)); /* an error in its place */
	YES(r_bits(PidTagMessageFlags, BITMAP_NEZ, 0x01));
	YES(r_bits(PidTagMessageFlags, BITMAP_EQZ, 0x02));
	NO(r_bits(PidTagMessageFlags, BITMAP_EQZ, 0x12));
	NO(r_bits(ABSENT, BITMAP_EQZ, 1));
}

static void the_other_kinds(void **state)
{
	struct restrict_node *n;

	(void)state;
	YES(r_list(RES_AND, 0, NULL));
	NO(r_list(RES_OR, 0, NULL));
	YES(r_and(r_has(PidTagSubject), r_not(r_has(ABSENT))));
	YES(r_or(r_has(ABSENT), r_has(PidTagSubject)));
	NO(r_and(r_has(PidTagSubject), r_has(ABSENT)));
	NO(r_has(tag_make(0x6002, PT_LONG)));
	YES(r_compare(PidTagMessageDeliveryTime, RELOP_LT, PidTagClientSubmitTime));
	NO(r_compare(PidTagMessageDeliveryTime, RELOP_EQ, PidTagClientSubmitTime));
	YES(r_compare(PidTagImportance, RELOP_NE, ABSENT));
	NO(r_compare(PidTagImportance, RELOP_GT, ABSENT));
	YES(r_size(PidTagSearchKey, RELOP_EQ, 4));
	YES(r_size(PidTagBody, RELOP_GT, 25));
	NO(r_size(ABSENT, RELOP_LT, 100));
	YES(r_sub(PidTagMessageRecipients, r_content(PidTagDisplayName, "bob", FUZZY_FULL_STRING, FUZZY_IGNORE_CASE)));
	NO(r_sub(PidTagMessageRecipients, r_and(r_content(PidTagDisplayName, "Bob", FUZZY_FULL_STRING, 0),
						r_number(PidTagRecipientType, RELOP_EQ, 1)))); /* one object must fulfil all */
	NO(r_sub(PidTagMessageAttachments, r_list(RES_AND, 0, NULL)));
	YES(r_comment(NULL));
	NO(r_comment(r_has(ABSENT)));
	n = ready(r_first(2, r_has(PidTagSubject)));
	assert_true(asked(n) && asked(n));
	assert_false(asked(n));
	restrict_restart(n);
	assert_true(asked(n));
	assert_true(asked(NULL));
}

static void refuses(const struct restriction *r, const char *words)
{
	struct restrict_node *n = NULL;
	struct reason why = { "" };

	assert_int_equal(restrict_compile(r, 1252, &restrictions, &n, &why), ecTooComplex);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
	assert_null(n);
}

static void what_is_refused(void **state)
{
	struct restriction *deep = r_has(PidTagSubject), *many;

	(void)state;
	refuses(r_prop(PidTagImportance, RELOP_EQ, r_text_value(PidTagSubject, "high")), "different types");
	refuses(r_prop(PidTagImportance, RELOP_MEMBER_OF_DL, r_value(PidTagImportance, "\0\0\0", 4)), "distribution list");
	refuses(r_number(PidTagImportance, 9, 0), "operator");
	refuses(r_content(PidTagSubject, "x", 9, 0), "kind of match");
	refuses(r_content(PidTagImportance, "x", 0, 0), "another type");
	refuses(r_compare(PidTagImportance, RELOP_EQ, PidTagSubject), "different types");
	refuses(r_bits(PidTagSubject, BITMAP_EQZ, 1), "32-bit");
	refuses(r_bits(PidTagImportance, 7, 1), "operator");
	refuses(r_size(PidTagSubject, 77, 1), "operator");
	refuses(r_sub(PidTagSubject, r_has(PidTagSubject)), "recipients");
	refuses(r_new(0x77), "does not exist");
	refuses(r_not(NULL), "without content");
	for (unsigned i = 0; i < RESTRICT_DEPTH_MAX; i++)
		deep = r_not(deep);
	YES(deep);
	refuses(r_not(deep), "nests more than");
	many = r_list(RES_AND, 0, NULL);
	many->u.list.all.n = RESTRICT_NODES_MAX + 1;
	many->u.list.all.v = arena_array(&restrictions, RESTRICT_NODES_MAX + 1, sizeof *many);
	refuses(many, "more than");
}

static void without_memory(void **state)
{
	struct restriction *r = r_and(r_content(PidTagSubject, "x", FUZZY_PREFIX, 0), r_not(r_text(PidTagBody, RELOP_EQ, "y")));
	struct restrict_node *n = NULL;
	unsigned i = 0;
	status s;

	(void)state;
	do {
		arena_fail_after(++i);
		s = restrict_compile(r, 1252, &restrictions, &n, NULL);
		arena_fail_after(0);
		assert_true(!s || (s == ecMemory && !n));
	} while (s);
	assert_true(i > 4);
}

/* Keys ------------------------------------------------------------------------------------------------------------------- */

static int key_order(const struct prop *a, const struct prop *b, bool descending)
{
	CLEANUP_BUF struct buf x = BUF_MAX(4096), y = BUF_MAX(4096);
	size_t n;
	int order;

	restrict_sort_key(a, 1252, descending, 255, &x);
	restrict_sort_key(b, 1252, descending, 255, &y);
	assert_false(x.failed || y.failed);
	n = x.n < y.n ? x.n : y.n;
	order = memcmp(x.p, y.p, n);
	/* No key is the beginning of another one: what follows a key must not decide. */
	if (!order)
		assert_int_equal(x.n, y.n);
	return (order > 0) - (order < 0);
}

static void in_order(const struct prop *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int order = 9, wanted = (i > j) - (i < j);

			assert_true(restrict_compare(&v[i], &v[j], 1252, &order));
			assert_int_equal((order > 0) - (order < 0), wanted);
			assert_int_equal(key_order(&v[i], &v[j], false), wanted);
			assert_int_equal(key_order(&v[i], &v[j], true), -wanted);
			assert_int_equal(key_order(NULL, &v[i], false), -1);
			assert_int_equal(key_order(NULL, &v[i], true), 1);
		}
}

static struct prop real(double d)
{
	return r_value(tag_make(0x6003, PT_DOUBLE), &d, sizeof d);
}

static struct prop number(uint32_t tag, int64_t v)
{
	uint8_t le[8];

	put_le64(le, (uint64_t)v);
	return r_value(tag, le, prop_type_fixed_size(tag_type(tag)));
}

static void keys_sort(void **state)
{
	const char *const words[] = { "", " ", "a", "à", "ab", "Äb", "abc", "b", "Zebra", "Ω", "東京" };
	struct prop v[16];

	(void)state;
	for (size_t i = 0; i < 11; i++)
		v[i] = r_text_value(PidTagSubject, words[i]);
	in_order(v, 11);
	for (size_t i = 0; i < 7; i++)
		v[i] = number(PidTagImportance, ((int64_t[]){ INT32_MIN, -2, -1, 0, 1, 2, INT32_MAX })[i]);
	in_order(v, 7);
	for (size_t i = 0; i < 4; i++)
		v[i] = number(PidTagMessageDeliveryTime, ((int64_t[]){ 0, 1, INT64_MAX, -1 })[i]);
	in_order(v, 4);
	for (size_t i = 0; i < 7; i++)
		v[i] = real(((double[]){ -INFINITY, -2.5, -1e-9, 0, 1e-9, 7, INFINITY })[i]);
	in_order(v, 7);
	v[0] = r_value(PidTagSearchKey, "", 0);
	v[1] = r_value(PidTagSearchKey, "\0", 1);
	v[2] = r_value(PidTagSearchKey, "\0\0", 2);
	v[3] = r_value(PidTagSearchKey, "\0\1", 2);
	v[4] = r_value(PidTagSearchKey, "\1", 1);
	v[5] = r_value(PidTagSearchKey, "\xFF\xFF", 2);
	in_order(v, 6);
}

static void long_keys_are_cut(void **state)
{
	char text[2000];
	struct prop a, b;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	a = r_text_value(PidTagSubject, text);
	text[1500] = 'y';
	b = r_text_value(PidTagSubject, text);
	assert_int_equal(key_order(&a, &b, false), 0);
	text[200] = 'y';
	b = r_text_value(PidTagSubject, text);
	assert_int_equal(key_order(&a, &b, false), -1);
}

static void letters_fold(void **state)
{
	(void)state;
	assert_int_equal(text_fold_letter('A', FOLD_LETTER_CASE), 'a');
	assert_int_equal(text_capital('i'), 'I');
	assert_int_equal(text_capital(0xE9), 0xC9);     /* é */
	assert_int_equal(text_capital(0x0436), 0x0416); /* ж */
	assert_int_equal(text_capital(0x03BC), 0x039C); /* not the micro sign */
	assert_int_equal(text_capital(0xDF), 0xDF);
	assert_int_equal(text_capital(0x01C6), 0x01C4);
	assert_int_equal(text_capital(0x4E00), 0x4E00);
	assert_int_equal(text_fold_letter(0x0416, FOLD_LETTER_CASE), 0x0436); /* Ж */
	assert_int_equal(text_fold_letter(0x1E9E, FOLD_NOTHING), 0x1E9E);
	assert_int_equal(text_fold_letter(0x10400, FOLD_LETTER_CASE), 0x10428);
	assert_int_equal(text_fold_letter(0x0301, FOLD_MARKS), 0);
	assert_int_equal(text_fold_letter(0x1EA4, FOLD_MARKS), 'A');			    /* two marks */
	assert_int_equal(text_fold_letter(0x1EA4, FOLD_MARKS | FOLD_LETTER_CASE), 'a');
	assert_int_equal(text_fold_letter(0x4E2D, FOLD_MARKS | FOLD_LETTER_CASE), 0x4E2D);
	assert_int_equal(text_fold_letter(0x100, FOLD_LETTER_CASE), 0x101);
	assert_int_equal(text_fold_letter(0x101, FOLD_LETTER_CASE), 0x101);
}

/* SQL --------------------------------------------------------------------------------------------------------------------- */

static const struct restrict_column columns[] = {
	{ PidTagImportance, COLUMN_NUMBER, "i" },
	{ PidTagMessageDeliveryTime, COLUMN_TIME, "t" },
	{ PidTagFlagStatus, COLUMN_OPTIONAL, "f" },
	{ PidTagSearchKey, COLUMN_BYTES, "k" },
	{ 0, COLUMN_NUMBER, NULL },
};

static void says(const struct restriction *r, const char *text, bool complete)
{
	struct restrict_sql sql;

	restrict_sql(ready(r), columns, 3, &sql);
	assert_string_equal(buf_cstr(&sql.text), text);
	assert_int_equal(sql.complete, complete);
	restrict_sql_free(&sql);
}

static void what_sql_decides(void **state)
{
	struct restriction *subject = r_has(PidTagSubject), *high = r_number(PidTagImportance, RELOP_EQ, 2), *v[30];

	(void)state;
	says(high, "(i = $3)", true);
	says(subject, "", false);
	says(r_number(PidTagMessageDeliveryTime, RELOP_GE, 9), "(t <> 0 AND t >= $3)", true);
	says(r_number(PidTagMessageDeliveryTime, RELOP_NE, 9), "(t = 0 OR t <> $3)", true);
	says(r_number(PidTagMessageDeliveryTime, RELOP_GE, UINT64_MAX), "", false);
	says(r_bits(PidTagFlagStatus, BITMAP_EQZ, 2), "(f <> 0 AND (f & 2) = 0)", true);
	says(r_prop(PidTagSearchKey, RELOP_EQ, r_value(PidTagSearchKey, "a", 1)), "(k IS NOT NULL AND k = $3)", true);
	says(r_prop(PidTagSearchKey, RELOP_LT, r_value(PidTagSearchKey, "a", 1)), "", false);
	/* An AND leaves out what it cannot say; an OR, and what is negated, must be said whole. */
	says(r_and(high, subject, r_has(PidTagSearchKey)), "((i = $3) AND (k IS NOT NULL))", false);
	says(r_or(high, subject), "", false);
	says(r_or(high, r_has(PidTagFlagStatus)), "((i = $3) OR (f <> 0))", true);
	says(r_not(r_and(high, subject)), "", false);
	says(r_not(high), "(NOT (i = $3))", true);
	says(r_and(subject, subject), "", false);
	says(r_and(r_or(subject, high), r_not(high)), "((NOT (i = $3)))", false);
	for (size_t i = 0; i < 30; i++)
		v[i] = high;
	struct restrict_sql sql;
	restrict_sql(ready(r_list(RES_AND, 30, v)), columns, 3, &sql);
	assert_int_equal(sql.n, RESTRICT_SQL_VALUES);
	assert_false(sql.complete);
	restrict_sql_free(&sql);
	restrict_sql(ready(r_list(RES_OR, 30, v)), columns, 3, &sql);
	assert_int_equal(sql.n + sql.text.n, 0);
	restrict_sql_free(&sql);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(texts_match, fill),     cmocka_unit_test_setup(bytes_match, fill),
		cmocka_unit_test_setup(numbers_match, fill),   cmocka_unit_test_setup(the_other_kinds, fill),
		cmocka_unit_test_setup(what_is_refused, fill), cmocka_unit_test_setup(without_memory, fill),
		cmocka_unit_test_setup(keys_sort, fill),       cmocka_unit_test_setup(long_keys_are_cut, fill),
		cmocka_unit_test_setup(letters_fold, fill),    cmocka_unit_test_setup(what_sql_decides, fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
