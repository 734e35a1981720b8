/* What the address book says to calls that it cannot do, and that what is reserved changes nothing, by the requirements of [MS-OXNSPI]. */
#include "nspi_steps.h"

/* 2.2.1.2: all that may be returned. */
static bool is_return_value(uint32_t code)
{
	static const uint32_t values[] = {
		0,          1,          2,          0x00040380, 0x80004005, 0x80040102,
		0x80040108, 0x8004010E, 0x8004010F, 0x80040111, 0x80040117, 0x8004011E,
		0x8004011F, 0x80040403, 0x80040405, 0x80070005, 0x8007000E, 0x80070057,
	};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i] == code)
			return true;
	return false;
}

static const struct tagged_value *target_text(uint32_t tag, const char *utf8)
{
	struct tagged_value *v = arena_zalloc(&f.arena, sizeof *v);

	v->prop = text_prop(tag, utf8);
	return v;
}

/* A code page that texts of 8 bits cannot be in. */
static void unicode_is_no_code_page(void **state)
{
	const struct nspi_stat stat = stat_of(CP_UNICODE);
	uint32_t alice = mid_of("alice"), bob = mid_of("bob"), code;

	(void)state;
	const struct query_rows_response *rows =
		rows_of(stat, 0, 10, IDS(TEXT8(PidTagDisplayName)));
	/* MS-OXNSPI_R935 */
	assert_true(is_return_value(rows->error_code));
	assert_int_not_equal(rows->error_code, 0);
	assert_int_equal(rows->has_rows, 0);
	const struct get_props_response *props =
		props_of(alice, CP_UNICODE, 0, IDS(TEXT8(PidTagDisplayName)));
	/* MS-OXNSPI_R873 */
	assert_true(is_return_value(props->error_code));
	assert_int_equal(props->error_code, ecWarnWithErrors);
	assert_int_equal(TYPE(&props->values.all.v[0].prop), PT_ERROR);
	struct seek_entries_request seek = { .has_state = 0xFF, .state = stat, .has_target = 0xFF };
	seek.target = *target_text(PidTagDisplayName, "B");
	code = ((const struct seek_entries_response *)ask(MAPIHTTP_SEEK_ENTRIES, &seek))
		       ->error_code;
	/* MS-OXNSPI_R1016 */
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	code = matches(stat, NULL, 10)->error_code;
	/* MS-OXNSPI_R1101 */
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	struct resort_restriction_request resort = {
		.has_state = 0xFF, .state = stat, .has_mids = 0xFF, .mids = IDS(alice, bob)
	};
	code = ((const struct resort_restriction_response *)ask(MAPIHTTP_RESORT_RESTRICTION,
								&resort))
		       ->error_code;
	/* MS-OXNSPI_R1181 */
	/* MS-OXNSPI_R494 */
	assert_int_equal(code, 0);
	struct compare_mids_request compare = {
		.has_state = 0xFF, .state = stat, .mid1 = alice, .mid2 = bob
	};
	code = ((const struct compare_mids_response *)ask(MAPIHTTP_COMPARE_MIDS, &compare))
		       ->error_code;
	/* There is no text in it. */
	/* MS-OXNSPI_R1223 */
	assert_int_equal(code, 0);
	struct bytes name = fixture_text(&f, "Alice Adams");
	struct resolve_names_request resolve = {
		.has_state = 0xFF, .state = stat, .has_names = 0xFF, .names = { 1, &name }
	};
	const struct resolve_names_response *resolved = ask(MAPIHTTP_RESOLVE_NAMES, &resolve);
	/* MS-OXNSPI_R1359 */
	/* MS-OXNSPI_R1410 */
	assert_true(is_return_value(resolved->error_code));
	assert_int_not_equal(resolved->error_code, 0);
	/* MS-OXNSPI_R1367 */
	assert_int_equal(resolved->has_mids, 0);
	/* MS-OXNSPI_R1760 */
	assert_int_equal(resolved->has_rows, 0);
}

/* What is not done changes nothing. */
static void not_modified(void **state)
{
	struct mod_props_request q = { .has_state = 0xFF,
				       .state = stat_of(CP_UNICODE),
				       .has_tags = 0xFF,
				       .tags = IDS(PidTagUserX509Certificate) };
	uint32_t alice = mid_of("alice");
	const struct get_props_response *before = props_of(
		alice, 1252, 0, IDS(PidTagDisplayName, PidTagTitle, PidTagUserX509Certificate));

	(void)state;
	q.state.current_rec = alice;
	uint32_t code =
		((const struct mod_props_response *)ask(MAPIHTTP_MOD_PROPS, &q))->error_code;
	/* MS-OXNSPI_R1280 */
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	const struct get_props_response *after = props_of(
		alice, 1252, 0, IDS(PidTagDisplayName, PidTagTitle, PidTagUserX509Certificate));
	/* MS-OXNSPI_R1284 */
	assert_int_equal(after->error_code, before->error_code);
	assert_int_equal(after->values.all.n, before->values.all.n);
	for (uint32_t i = 0; i < after->values.all.n; i++)
		assert_true(bytes_equal(after->values.all.v[i].prop.value,
					before->values.all.v[i].prop.value));
}

static void what_cannot_be_asked(void **state)
{
	struct nspi_stat sorted = stat_of(1252);
	uint32_t alice = mid_of("alice"), code;
	const struct restriction all = { .kind = RES_EXIST, .u.exist = { PidTagDisplayName } };

	(void)state;
	/* MS-OXNSPI_R939 */
	code = rows_of(stat_of(1252), 0, 0, IDS(PidTagDisplayName))->error_code;
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	sorted.sort_type = 4;
	code = matches(sorted, &all, 10)->error_code;
	/* MS-OXNSPI_R1105 */
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	sorted.sort_type = NSPI_SORT_DISPLAY_NAME_RO;
	struct resort_restriction_request resort = {
		.has_state = 0xFF, .state = sorted, .has_mids = 0xFF, .mids = IDS(alice)
	};
	code = ((const struct resort_restriction_response *)ask(MAPIHTTP_RESORT_RESTRICTION,
								&resort))
		       ->error_code;
	/* MS-OXNSPI_R1185 */
	assert_true(is_return_value(code));
	assert_int_not_equal(code, 0);
	struct seek_entries_request seek = {
		.reserved = 1, .has_state = 0xFF, .state = stat_of(1252), .has_target = 0xFF
	};
	seek.target = *target_text(PidTagDisplayName, "B");
	code = ((const struct seek_entries_response *)ask(MAPIHTTP_SEEK_ENTRIES, &seek))
		       ->error_code;
	/* MS-OXNSPI_R1024 */
	assert_true(is_return_value(code));
	seek.reserved = 0;
	seek.has_explicit_table = 0xFF;
	seek.explicit_table = IDS(MID_UNKNOWN, 5);
	code = ((const struct seek_entries_response *)ask(MAPIHTTP_SEEK_ENTRIES, &seek))
		       ->error_code;
	/* MS-OXNSPI_R1020 */
	assert_true(is_return_value(code));
	struct get_matches_request get = {
		.reserved = 1, .has_state = 0xFF, .state = stat_of(1252), .row_count = 10
	};
	code = ((const struct get_matches_response *)ask(MAPIHTTP_GET_MATCHES, &get))->error_code;
	/* MS-OXNSPI_R1109 */
	assert_true(is_return_value(code));
}

/* The orders of tables of references are taken with a filter too. */
static void every_order_with_a_filter(void **state)
{
	static const uint32_t orders[] = { NSPI_SORT_DISPLAY_NAME_RO, NSPI_SORT_DISPLAY_NAME_W };
	const struct restriction all = { .kind = RES_EXIST, .u.exist = { PidTagEntryId } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nspi_stat stat = stat_of(1252);

		stat.sort_type = orders[i];
		const struct get_matches_response *r = matches(stat, &all, 100);
		/* MS-OXNSPI_R99 */
		/* MS-OXNSPI_R101 */
		assert_int_equal(r->error_code, 0);
		assert_true(r->rows.n > 2);
		/* MS-OXNSPI_R98 */
		/* MS-OXNSPI_R100 */
		for (uint32_t k = 1; k < r->rows.n; k++)
			assert_true(strcasecmp(text(&r->rows.v[k - 1].values[1]), text(&r->rows.v[k].values[1])) <= 0);
	}
}

/* What is reserved, and flags that nobody knows. */
static void reserved_is_ignored(void **state)
{
	struct query_columns_request columns = { .reserved = 0 };
	struct get_prop_list_request list = { .mid = mid_of("alice"), .code_page = 1252 };
	struct resort_restriction_request resort = { .has_state = 0xFF,
						     .state = stat_of(1252),
						     .has_mids = 0xFF };
	struct get_special_table_request special = { .has_state = 0xFF, .state = stat_of(1252) };

	(void)state;
	const struct query_columns_response *c0 = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	columns.reserved = 7;
	const struct query_columns_response *c1 = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	columns.flags = 0x7FFFFFFF;
	const struct query_columns_response *c2 = ask(MAPIHTTP_QUERY_COLUMNS, &columns);
	/* MS-OXNSPI_R1922 */
	assert_int_equal(c0->error_code, c1->error_code);
	assert_int_equal(c0->columns.n, c1->columns.n);
	assert_memory_equal(c0->columns.v, c1->columns.v, c0->columns.n * sizeof *c0->columns.v);
	/* MS-OXNSPI_R1923 */
	assert_int_equal(c2->error_code, c0->error_code);
	assert_int_equal(c2->columns.n, c0->columns.n);
	const struct get_prop_list_response *l0 = ask(MAPIHTTP_GET_PROP_LIST, &list);
	list.flags = 0x7FFFFFFE & ~1u;
	const struct get_prop_list_response *l1 = ask(MAPIHTTP_GET_PROP_LIST, &list);
	/* MS-OXNSPI_R1924 */
	assert_int_equal(l0->error_code, l1->error_code);
	assert_int_equal(l0->tags.n, l1->tags.n);
	assert_memory_equal(l0->tags.v, l1->tags.v, l0->tags.n * sizeof *l0->tags.v);
	resort.mids = IDS(mid_of("bob"), mid_of("alice"));
	const struct resort_restriction_response *r0 = ask(MAPIHTTP_RESORT_RESTRICTION, &resort);
	resort.reserved = 9;
	const struct resort_restriction_response *r1 = ask(MAPIHTTP_RESORT_RESTRICTION, &resort);
	/* MS-OXNSPI_R1915 */
	assert_int_equal(r0->error_code, 0);
	assert_int_equal(r0->error_code, r1->error_code);
	assert_int_equal(r0->mids.n, 2);
	assert_memory_equal(r0->mids.v, r1->mids.v, 2 * sizeof *r0->mids.v);
	const struct get_special_table_response *s0 = ask(MAPIHTTP_GET_SPECIAL_TABLE, &special);
	special.flags = 0xFFFFFFF0 & ~6u;
	const struct get_special_table_response *s1 = ask(MAPIHTTP_GET_SPECIAL_TABLE, &special);
	/* MS-OXNSPI_R1740 */
	assert_int_equal(s0->error_code, s1->error_code);
	assert_int_equal(s0->rows.all.n, s1->rows.all.n);
}

static struct bytes entry_id_of(uint32_t mid, uint32_t flags)
{
	const struct get_props_response *r = props_of(mid, 1252, flags, IDS(PidTagEntryId));

	assert_int_equal(r->error_code, 0);
	return r->values.all.v[0].prop.value;
}

/* Who somebody is does not change. */
static void identity(void **state)
{
	uint32_t alice = mid_of("alice");
	struct bytes brief = entry_id_of(alice, NSPI_EPHEMERAL_IDS),
		     lasting = entry_id_of(alice, 0);

	(void)state;
	/* MS-OXNSPI_R1706 */
	assert_int_equal(mid_of("alice"), alice);
	/* MS-OXNSPI_R1994 */
	/* MS-OXNSPI_R1995 */
	assert_true(bytes_equal(entry_id_of(alice, NSPI_EPHEMERAL_IDS), brief));
	/* An ephemeral identifier of 32 bytes, of which the last four are the Minimal Entry ID. */
	assert_int_equal(brief.n, 32);
	assert_int_equal(le32(brief.p + 28), alice);
	/* Another session, of a server that was started anew. */
	nspi_book_free(book);
	assert_int_equal(nspi_book_new(f.host, "cas.contoso.example", &book), 0);
	/* MS-OXNSPI_R2001 */
	assert_true(bytes_equal(entry_id_of(mid_of("alice"), 0), lasting));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unicode_is_no_code_page), TEST(not_modified), TEST(what_cannot_be_asked), TEST(every_order_with_a_filter),
		TEST(reserved_is_ignored),     TEST(identity),
	};

	return FIXTURE_RUN(&f, tests);
}
