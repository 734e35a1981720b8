/* Sessions, tables, positions, and what is looked for in them, by the requirements of [MS-OXNSPI]. */
#include "nspi_steps.h"

/* Sessions -------------------------------------------------------------------------------------------------------------- */

static void bind_and_unbind(void **state)
{
	struct bind_request q = { .has_state = 0xFF, .state = stat_of(CP_TELETEX) };
	struct unbind_request u = { .reserved = 0 };
	struct guid server;

	(void)state;
	const struct bind_response *r = ask(MAPIHTTP_BIND, &q);
	/* MS-OXNSPI_R700 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R697 */
	assert_false(guid_is_zero(&r->server));
	server = r->server;
	q.flags = 0xFFFFFFDF;
	r = ask(MAPIHTTP_BIND, &q);
	/* MS-OXNSPI_R1668 */
	assert_int_equal(r->error_code, 0);
	assert_true(guid_equal(&server, &r->server));
	q.flags = NSPI_ANONYMOUS_LOGIN;
	r = ask(MAPIHTTP_BIND, &q);
	/* MS-OXNSPI_R1613 */
	assert_int_equal(r->error_code, ecNotSupported);
	q.flags = 0;
	q.state.code_page = CP_UNICODE;
	r = ask(MAPIHTTP_BIND, &q);
	/* MS-OXNSPI_R680 */
	assert_int_equal(r->error_code, 0x8004011E);
	q.state.code_page = 0xFF;
	r = ask(MAPIHTTP_BIND, &q);
	/* MS-OXNSPI_R696 */
	assert_int_equal(r->error_code, 0x8004011E);
	for (u.reserved = 0; u.reserved < 2; u.reserved++) {
		const struct unbind_response *ended = ask(MAPIHTTP_UNBIND, &u);
		/* MS-OXNSPI_R712 */
		/* MS-OXNSPI_R1673 */
		assert_int_equal(ended->error_code, 1);
	}
}

/* Tables ---------------------------------------------------------------------------------------------------------------- */

static void rows_in_order(void **state)
{
	(void)state;
	const struct query_rows_response *r = rows_of(stat_of(1252), 0, 100, IDS(TEXT8(PidTagDisplayName), PidTagDisplayType, PidTagEntryId));

	/* MS-OXNSPI_R997 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R962 */
	assert_true(r->rows.n >= 4);
	for (uint32_t i = 0; i + 1 < r->rows.n; i++)
		/* MS-OXNSPI_R93 */
		/* MS-OXNSPI_R967 */
		assert_true(strcasecmp(text(&r->rows.v[i].values[0]), text(&r->rows.v[i + 1].values[0])) <= 0);
	/* MS-OXNSPI_R332 */
	assert_int_equal(r->state.total_recs, r->rows.n);
	/* MS-OXNSPI_R81 */
	assert_int_equal(r->state.current_rec, NSPI_MID_END_OF_TABLE);
	for (uint32_t i = 0; i < r->rows.n; i++) {
		struct nspi_entryid id;

		/* MS-OXNSPI_R901 */
		assert_int_equal(nspi_entryid_decode(r->rows.v[i].values[2].value, &id, NULL), 0);
		assert_int_equal(id.kind, NSPI_ENTRYID_PERMANENT);
		/* MS-OXNSPI_R1999 */
		assert_int_not_equal(id.permanent.type, NSPI_DT_CONTAINER);
		/* MS-OXNSPI_R48 */
		/* MS-OXNSPI_R49 */
		assert_int_equal(number(&r->rows.v[i].values[1]),
				 strcmp(text(&r->rows.v[i].values[0]), "crew") == 0 ? NSPI_DT_DISTLIST : NSPI_DT_MAILUSER);
	}
	r = rows_of(stat_of(1252), NSPI_EPHEMERAL_IDS, 1, IDS(PidTagEntryId));
	assert_int_equal(r->rows.n, 1);
	struct nspi_entryid id;
	/* MS-OXNSPI_R105 */
	assert_int_equal(nspi_entryid_decode(r->rows.v[0].values[0].value, &id, NULL), 0);
	assert_int_equal(id.kind, NSPI_ENTRYID_EPHEMERAL);
	assert_true(id.ephemeral.mid >= NSPI_MID_FIRST);
}

static void rows_of_default_columns(void **state)
{
	static const uint32_t wanted[] = { PidTagAddressBookContainerId, PidTagObjectType, PidTagDisplayType, TEXT8(PidTagDisplayName),
					   TEXT8(PidTagPrimaryTelephoneNumber), TEXT8(PidTagDepartmentName), TEXT8(PidTagOfficeLocation) };

	(void)state;
	const struct query_rows_response *r = rows_of(stat_of(1252), 0, 1, (struct nspi_ids){ 0, NULL });
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1627 */
	assert_int_equal(r->rows.columns.n, 7);
	for (uint32_t i = 0; i < 7; i++)
		assert_int_equal(tag_id(r->rows.columns.v[i]), tag_id(wanted[i]));
	assert_memory_equal(r->rows.columns.v, wanted, 4 * sizeof *wanted);
	assert_string_equal(text(&r->rows.v[0].values[3]), "Administrator");
	/* No telephone: that value alone is an error, and the call succeeds. */
	assert_int_equal(TYPE(&r->rows.v[0].values[4]), PT_ERROR);
	assert_int_equal(number(&r->rows.v[0].values[4]), ecNotFound);
	/* The first column names the object itself: what it says can be asked for. */
	struct query_rows_request q = { .has_state = 0xFF, .state = stat_of(1252), .row_count = 1, .has_columns = 0xFF };
	q.explicit_table = IDS(number(&r->rows.v[0].values[0]));
	q.columns = IDS(PidTagDisplayName);
	r = ask(MAPIHTTP_QUERY_ROWS, &q);
	assert_string_equal(text(&r->rows.v[0].values[0]), "Administrator");
}

/* A column whose value nobody has is one of errors; one that somebody has is what it was asked for. */
static void columns_without_values(void **state)
{
	const struct nspi_ids columns = IDS(PidTagDisplayName, PidTagUserX509Certificate, TEXT8(PidTagTitle));
	const struct query_rows_response *r = rows_of(stat_of(1252), NSPI_EPHEMERAL_IDS, 10, columns);

	(void)state;
	/* MS-OXNSPI_R986 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->rows.n, 5);
	assert_int_equal(r->rows.columns.v[0], PidTagDisplayName);
	assert_int_equal(r->rows.columns.v[1], tag_make(tag_id(PidTagUserX509Certificate), PT_ERROR));
	for (uint32_t i = 0; i < r->rows.n; i++)
		/* MS-OXNSPI_R985 */
		assert_int_equal(r->rows.v[i].values[1].tag, tag_make(tag_id(PidTagUserX509Certificate), PT_ERROR));
	/* Alice has a title. */
	assert_int_equal(r->rows.columns.v[2], TEXT8(PidTagTitle));
	assert_int_equal(TYPE(&r->rows.v[0].values[2]), PT_ERROR);
	assert_int_equal(TYPE(&r->rows.v[1].values[2]), PT_STRING8);
}

static void rows_of_an_explicit_table(void **state)
{
	struct query_rows_request q = { .has_state = 0xFF, .state = stat_of(1252), .row_count = 3, .has_columns = 0xFF };

	(void)state;
	q.columns = IDS(PidTagDisplayName);
	q.explicit_table = IDS(mid_of("bob"), MID_UNKNOWN, mid_of("alice"), mid_of("carol"));
	q.state.container_id = 1; /* not looked at */
	const struct query_rows_response *r = ask(MAPIHTTP_QUERY_ROWS, &q);
	/* MS-OXNSPI_R958 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R927 */
	assert_int_equal(r->rows.n, 3);
	/* MS-OXNSPI_R975 */
	assert_string_equal(text(&r->rows.v[0].values[0]), "Bob Brown");
	assert_string_equal(text(&r->rows.v[2].values[0]), "Alice Adams");
	assert_int_equal(TYPE(&r->rows.v[1].values[0]), PT_ERROR);
	q.explicit_table = IDS(MID_UNKNOWN);
	r = ask(MAPIHTTP_QUERY_ROWS, &q);
	/* MS-OXNSPI_R985 */
	/* MS-OXNSPI_R986 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(TYPE(&r->rows.v[0].values[0]), PT_ERROR);
}

static void rows_refused(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	const struct query_rows_response *r;

	(void)state;
	stat.container_id = 1;
	r = rows_of(stat, 0, 1, IDS(PidTagEntryId));
	/* MS-OXNSPI_R948 */
	assert_int_equal(r->error_code, 0x80040405);
	/* MS-OXNSPI_R943 */
	assert_false(r->has_rows);
	/* MS-OXNSPI_R1762 */
	assert_false(r->has_state);
	r = rows_of(stat_of(0xFF), 0, 1, IDS(PidTagEntryId));
	/* MS-OXNSPI_R982 */
	assert_int_equal(r->error_code, props_of(0, 0xFF, 0, IDS(PidTagEntryId))->error_code);
	assert_int_equal(rows_of(stat_of(1252), 0, 0, IDS(PidTagEntryId))->error_code, ecInvalidParam);
	assert_int_equal(rows_of(stat_of(CP_UNICODE), 0, 1, IDS(PidTagEntryId))->error_code, ecUnknownCpid);
}

static void the_next_rows(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	char seen[512] = "";

	(void)state;
	for (unsigned i = 0; stat.current_rec != NSPI_MID_END_OF_TABLE; i++) {
		const struct query_rows_response *r = rows_of(stat, 0, 2, IDS(PidTagDisplayName));

		assert_int_equal(r->error_code, 0);
		assert_true(i < 100);
		for (uint32_t k = 0; k < r->rows.n; k++) {
			strncat(seen, text(&r->rows.v[k].values[0]), sizeof seen - strlen(seen) - 1);
			strncat(seen, ";", sizeof seen - strlen(seen) - 1);
		}
		/* MS-OXNSPI_R988 */
		assert_memory_not_equal(&stat, &r->state, sizeof stat);
		stat = r->state;
	}
	assert_string_equal(seen, "Administrator;Alice Adams;Bob Brown;Carol Clark;crew;");
}

/* Positions ------------------------------------------------------------------------------------------------------------- */

static const struct update_stat_response *moved(struct nspi_stat stat, bool delta)
{
	struct update_stat_request q = { .has_state = 0xFF, .state = stat, .delta_requested = delta };

	return ask(MAPIHTTP_UPDATE_STAT, &q);
}

static void absolute_positions(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	const struct update_stat_response *r;

	(void)state;
	stat.num_pos = 77;
	stat.total_recs = 99;
	stat.delta = 1;
	r = moved(stat, true);
	/* MS-OXNSPI_R800 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R549 */
	/* MS-OXNSPI_R326001 */
	/* MS-OXNSPI_R328 */
	assert_int_equal(r->state.num_pos, 1);
	/* MS-OXNSPI_R556 */
	assert_int_equal(r->state.current_rec, mid_of("alice"));
	/* MS-OXNSPI_R333 */
	/* MS-OXNSPI_R331001 */
	assert_int_equal(r->state.total_recs, 5);
	/* MS-OXNSPI_R795 */
	assert_int_equal(r->delta, 1);
	stat.current_rec = mid_of("bob");
	stat.delta = (uint32_t)-1;
	r = moved(stat, true);
	/* MS-OXNSPI_R548 */
	assert_int_equal(r->state.current_rec, mid_of("alice"));
	assert_int_equal((int32_t)r->delta, -1);
	stat.delta = 0;
	/* MS-OXNSPI_R550 */
	assert_int_equal(moved(stat, true)->state.current_rec, mid_of("bob"));
	stat.delta = (uint32_t)-100;
	r = moved(stat, false);
	/* MS-OXNSPI_R1743 */
	assert_int_equal(r->state.num_pos, 0);
	/* MS-OXNSPI_R1868 */
	assert_false(r->has_delta);
	stat.delta = 100;
	r = moved(stat, true);
	/* MS-OXNSPI_R554 */
	assert_int_equal(r->state.num_pos, 5);
	/* MS-OXNSPI_R1704 */
	assert_int_equal(r->state.current_rec, NSPI_MID_END_OF_TABLE);
	stat.current_rec = NSPI_MID_END_OF_TABLE;
	stat.delta = (uint32_t)-1;
	r = moved(stat, true);
	/* MS-OXNSPI_R1758 */
	assert_int_equal(r->state.num_pos, 4);
}

static void fractional_positions(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	const struct update_stat_response *r;

	(void)state;
	stat.current_rec = NSPI_MID_CURRENT;
	stat.num_pos = 50;
	stat.total_recs = 100;
	r = moved(stat, true);
	/* MS-OXNSPI_R1742 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R577 */
	/* MS-OXNSPI_R578 */
	assert_int_equal(r->state.num_pos, 2);
	/* MS-OXNSPI_R595 */
	assert_int_equal(r->state.current_rec, mid_of("bob"));
	stat.num_pos = 500;
	r = moved(stat, true);
	/* MS-OXNSPI_R580 */
	assert_int_equal(r->state.num_pos, 5);
	stat.num_pos = 50;
	stat.delta = 50;
	/* MS-OXNSPI_R1748 */
	assert_int_equal(moved(stat, true)->state.current_rec, NSPI_MID_END_OF_TABLE);
	stat.total_recs = 0;
	stat.delta = 0;
	assert_int_equal(moved(stat, true)->state.num_pos, 0);
}

static void positions_refused(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	const struct update_stat_response *r;

	(void)state;
	stat.container_id = 1;
	r = moved(stat, true);
	/* MS-OXNSPI_R789 */
	assert_int_equal(r->error_code, 0x80040405);
	/* MS-OXNSPI_R784 */
	assert_false(r->has_state);
	stat.container_id = 0;
	stat.current_rec = MID_UNKNOWN;
	/* MS-OXNSPI_R792 */
	assert_int_equal(moved(stat, true)->error_code, 0x8004010F);
	stat = stat_of(CP_UNICODE);
	stat.delta = 2;
	r = moved(stat, true);
	/* There is no text in it. */
	/* MS-OXNSPI_R780 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R324 */
	assert_int_equal(r->state.delta, 0);
	assert_int_equal(moved(stat_of(0xFF), true)->error_code, ecUnknownCpid);
}

static void compared(void **state)
{
	struct compare_mids_request q = { .has_state = 0xFF, .state = stat_of(1252), .mid1 = mid_of("alice"), .mid2 = mid_of("bob") };
	const struct compare_mids_response *r = ask(MAPIHTTP_COMPARE_MIDS, &q);

	(void)state;
	/* MS-OXNSPI_R1242 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1236 */
	assert_true((int32_t)r->result < 0);
	q.mid1 = mid_of("carol");
	r = ask(MAPIHTTP_COMPARE_MIDS, &q);
	/* MS-OXNSPI_R1238 */
	assert_true((int32_t)r->result > 0);
	q.mid1 = q.mid2;
	r = ask(MAPIHTTP_COMPARE_MIDS, &q);
	/* MS-OXNSPI_R1240 */
	assert_int_equal(r->result, 0);
	q.mid1 = 0;
	r = ask(MAPIHTTP_COMPARE_MIDS, &q);
	/* MS-OXNSPI_R1234 */
	assert_int_equal(r->error_code, ecError);
	q.state.container_id = 1;
	r = ask(MAPIHTTP_COMPARE_MIDS, &q);
	/* MS-OXNSPI_R1230 */
	assert_int_equal(r->error_code, 0x80040405);
}

static void sorted_anew(void **state)
{
	struct resort_restriction_request q = { .has_state = 0xFF, .state = stat_of(1252), .has_mids = 0xFF };

	(void)state;
	q.mids = IDS(mid_of("carol"), MID_UNKNOWN, mid_of("alice"), mid_of("bob"));
	q.state.current_rec = mid_of("bob");
	const struct resort_restriction_response *r = ask(MAPIHTTP_RESORT_RESTRICTION, &q);
	/* MS-OXNSPI_R1209 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1197 */
	assert_int_equal(r->mids.n, 3);
	assert_int_equal(r->mids.v[0], mid_of("alice"));
	assert_int_equal(r->mids.v[2], mid_of("carol"));
	/* MS-OXNSPI_R1204 */
	assert_int_equal(r->state.total_recs, 3);
	assert_int_equal(r->state.num_pos, 1);
	q.state.current_rec = mid_of("Administrator");
	r = ask(MAPIHTTP_RESORT_RESTRICTION, &q);
	/* MS-OXNSPI_R1205 */
	assert_int_equal(r->state.num_pos, 0);
	/* MS-OXNSPI_R1759 */
	assert_int_equal(r->state.current_rec, NSPI_MID_BEGINNING_OF_TABLE);
	q.state.sort_type = NSPI_SORT_DISPLAY_NAME_RO;
	r = ask(MAPIHTTP_RESORT_RESTRICTION, &q);
	/* MS-OXNSPI_R1189 */
	assert_true(r->error_code && !r->has_mids);
	/* MS-OXNSPI_R1757 */
	assert_false(r->has_state);
}

/* Seeking and matching ---------------------------------------------------------------------------------------------------- */

static const struct seek_entries_response *sought(struct nspi_stat stat, const struct prop *target)
{
	struct seek_entries_request q = { .has_state = 0xFF, .state = stat, .has_target = 0xFF, .target = { *target }, .has_columns = 0xFF };

	q.columns = IDS(PidTagDisplayName, PidTagEntryId);
	return ask(MAPIHTTP_SEEK_ENTRIES, &q);
}

static void seek(void **state)
{
	struct prop target = text_prop(PidTagDisplayName, "bo");
	struct nspi_stat stat = stat_of(1252);
	const struct seek_entries_response *r = sought(stat, &target);

	(void)state;
	/* MS-OXNSPI_R1076 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1051 */
	assert_int_equal(r->state.current_rec, mid_of("bob"));
	assert_int_equal(r->state.num_pos, 2);
	/* MS-OXNSPI_R1054 */
	assert_int_equal(r->state.total_recs, 5);
	/* MS-OXNSPI_R1058 */
	assert_string_equal(text(&r->rows.v[0].values[0]), "Bob Brown");
	/* MS-OXNSPI_R1695 */
	assert_int_equal(r->rows.v[0].values[1].value.p[0], 0x87);
	target = text_prop(TEXT8(PidTagDisplayName), "\xFF\xFF\xFF\xFF");
	r = sought(stat, &target);
	/* MS-OXNSPI_R1048 */
	assert_int_equal(r->error_code, 0x8004010F);
	/* MS-OXNSPI_R1630 */
	/* MS-OXNSPI_R1631 */
	assert_false(r->has_rows || r->has_state);
	target = text_prop(PidTagSurname, "A");
	/* MS-OXNSPI_R1043 */
	assert_int_equal(sought(stat, &target)->error_code, 0x80004005);
	target = text_prop(PidTagDisplayName, "A");
	stat.sort_type = NSPI_SORT_PHONETIC_DISPLAY_NAME;
	/* MS-OXNSPI_R1039 */
	assert_int_equal(sought(stat, &target)->error_code, 0x80004005);
	stat = stat_of(1252);
	/* A table of the client's with nothing in it is none. */
	struct seek_entries_request q = { .has_state = 0xFF, .state = stat, .has_target = 0xFF, .target = { target }, .has_explicit_table = 0xFF };
	r = ask(MAPIHTTP_SEEK_ENTRIES, &q);
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->state.total_recs, 5);
	stat.container_id = 1;
	/* MS-OXNSPI_R1033 */
	assert_int_equal(sought(stat, &target)->error_code, 0x80040405);
}

static struct restriction equals(uint32_t tag, const char *value)
{
	return (struct restriction){ .kind = RES_PROPERTY, .u.property = { RELOP_EQ, tag, { text_prop(tag, value) } } };
}

static void filtered(void **state)
{
	struct restriction both[2] = { equals(PidTagDisplayName, "carol clark"), equals(TEXT8(PidTagDisplayName), "Bob Brown") };
	struct restriction either = { .kind = RES_OR, .u.list = { { 2, both } } }, all = { .kind = RES_AND, .u.list = { { 2, both } } };
	struct restriction exist = { .kind = RES_EXIST, .u.exist = { PidTagTitle } };
	struct restriction content = { .kind = RES_CONTENT,
				       .u.content = { FUZZY_PREFIX, FUZZY_IGNORE_CASE, PidTagDisplayName, { text_prop(PidTagDisplayName, "al") } } };
	struct restriction anr = equals(PidTagAnr, "brow");
	struct nspi_stat stat = stat_of(1252);
	const struct get_matches_response *r = matches(stat, &either, 5000);

	(void)state;
	/* MS-OXNSPI_R1167 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1909 */
	assert_int_equal(r->mids.n, 2);
	assert_int_equal(r->mids.v[0], mid_of("bob"));
	assert_int_equal(r->mids.v[1], mid_of("carol"));
	/* MS-OXNSPI_R1155 */
	assert_int_equal(r->rows.n, 2);
	assert_string_equal(text(&r->rows.v[1].values[1]), "Carol Clark");
	/* MS-OXNSPI_R1696 */
	assert_int_equal(r->rows.v[0].values[0].value.p[0], 0x87);
	/* MS-OXNSPI_R1908 */
	assert_int_equal(matches(stat, &all, 5000)->mids.n, 0);
	/* MS-OXNSPI_R1914 */
	assert_int_equal(matches(stat, &exist, 5000)->mids.n, 1);
	/* MS-OXNSPI_R1911 */
	assert_int_equal(matches(stat, &content, 5000)->mids.n, 1);
	/* MS-OXNSPI_R1912 */
	assert_int_equal(matches(stat, &both[0], 5000)->mids.v[0], mid_of("carol"));
	fixture_set(&f, "User", "bob", "LastName", "Brown");
	assert_int_equal(matches(stat, &anr, 5000)->mids.n, 1);
	r = matches(stat, &either, 1);
	/* MS-OXNSPI_R1149 */
	assert_int_equal(r->error_code, 0x80040403);
	/* MS-OXNSPI_R1635 */
	assert_false(r->has_mids);
	/* MS-OXNSPI_R1756 */
	assert_false(r->has_rows);
	/* MS-OXNSPI_R1636 */
	assert_false(r->has_state);
	stat.container_id = 1;
	/* MS-OXNSPI_R1122 */
	assert_int_equal(matches(stat, &either, 10)->error_code, 0x80040405);
}

/* A position that GetMatches answered is one to ask it with again; and one of nothing cannot be asked for. */
static void filtered_again(void **state)
{
	struct restriction exist = { .kind = RES_EXIST, .u.exist = { PidTagEntryId } }, none = { .kind = RES_EXIST, .u.exist = { 0 } };
	struct restriction not_none = { .kind = RES_NOT, .u.negated = { &none } }, list = { .kind = RES_AND, .u.list = { { 1, &not_none } } };
	struct nspi_stat stat = stat_of(1252);

	(void)state;
	stat.current_rec = mid_of("bob");
	const struct get_matches_response *r = matches(stat, &exist, 100);
	/* MS-OXNSPI_R1146 */
	assert_int_equal(r->state.container_id, stat.current_rec);
	struct get_matches_request q = { .has_state = 0xFF, .state = r->state, .has_filter = 0xFF, .filter = &exist, .row_count = 100,
					 .interface_options = 1 };
	const struct get_matches_response *again = ask(MAPIHTTP_GET_MATCHES, &q);
	/* MS-OXNSPI_R1899 */
	assert_int_equal(again->error_code, 0);
	assert_int_equal(again->mids.n, r->mids.n);
	assert_memory_equal(again->mids.v, r->mids.v, r->mids.n * sizeof *r->mids.v);
	stat = stat_of(1252);
	r = matches(stat, &none, 100);
	/* MS-OXCDATA_R966 */
	assert_int_equal(r->error_code, 0x80040117);
	assert_false(r->has_mids || r->has_rows || r->has_state);
	assert_int_equal(matches(stat, &list, 100)->error_code, 0x80040117);
}

static void members_matched(void **state)
{
	struct nspi_stat stat = stat_of(1252);
	const struct get_matches_response *r;

	(void)state;
	stat.current_rec = mid_of("crew");
	stat.container_id = PidTagAddressBookMember;
	stat.sort_type = NSPI_SORT_DISPLAY_NAME_RO;
	r = matches(stat, NULL, 100);
	/* MS-OXNSPI_R99 */
	assert_int_equal(r->error_code, 0);
	/* MS-OXNSPI_R1144 */
	assert_int_equal(r->mids.n, 2);
	assert_int_equal(r->mids.v[0], mid_of("alice"));
	assert_int_equal(r->mids.v[1], mid_of("bob"));
	/* MS-OXNSPI_R1146 */
	assert_int_equal(r->state.container_id, stat.current_rec);
	stat.container_id = PidTagAddressBookManager;
	stat.current_rec = mid_of("alice");
	r = matches(stat, NULL, 100);
	assert_int_equal(r->mids.v[0], mid_of("carol"));
	stat.container_id = PidTagAddressBookReports;
	stat.current_rec = mid_of("carol");
	r = matches(stat, NULL, 100);
	assert_int_equal(r->mids.n, 1);
	stat.current_rec = MID_UNKNOWN;
	/* MS-OXNSPI_R1138 */
	assert_int_equal(matches(stat, NULL, 100)->error_code, ecError);
	stat = stat_of(1252);
	stat.current_rec = mid_of("bob");
	stat.delta = 2;
	stat.container_id = PidTagDisplayName;
	r = matches(stat, NULL, 1);
	/* MS-OXNSPI_R1131 */
	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->mids.n, 1);
	assert_int_equal(r->mids.v[0], stat.current_rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bind_and_unbind), TEST(rows_in_order), TEST(rows_of_default_columns), TEST(columns_without_values), TEST(rows_of_an_explicit_table), TEST(rows_refused),
		TEST(the_next_rows), TEST(absolute_positions), TEST(fractional_positions), TEST(positions_refused), TEST(compared),
		TEST(sorted_anew), TEST(seek), TEST(filtered), TEST(filtered_again), TEST(members_matched),
	};

	return FIXTURE_RUN(&f, tests);
}
