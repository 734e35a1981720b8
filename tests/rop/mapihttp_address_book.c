/* rop/mapihttp_address_book, rop/nspi: bodies of the address book endpoint, rows, entry ids. */
#include "mapihttp_bodies.h"

static union any body, again;

/* The address book endpoint -------------------------------------------------------------------- */

#define STAT               \
	"\0\0\0\0"         \
	"\1\0\0\0"         \
	"\2\0\0\0"         \
	"\xFF\xFF\xFF\xFF" \
	"\3\0\0\0"         \
	"\4\0\0\0"         \
	"\xE4\4\0\0"       \
	"\x09\4\0\0"       \
	"\x07\4\0\0"

static const struct nspi_stat stat = { 0, 1, 2, UINT32_MAX, 3, 4, 1252, 0x409, 0x407 };

static void test_bind(void **state)
{
	struct bind_request r;
	struct bind_response ok = { .server = { "0123456789abcde" } };

	(void)state;
	/* MS-OXCMAPIHTTP_R331 */
	/* MS-OXCMAPIHTTP_R333 */
	/* MS-OXCMAPIHTTP_R334 */
	request(MAPIHTTP_BIND,
		B("\0\0\0\0"
		  "\xFF" STAT "\0\0\0\0"),
		&r);
	assert_memory_equal(&r.state, &stat, sizeof stat);
	/* MS-OXCMAPIHTTP_R336 */
	request(MAPIHTTP_BIND,
		B("\x20\0\0\0"
		  "\0"
		  "\0\0\0\0"),
		&r);
	assert_int_equal(r.flags, NSPI_ANONYMOUS_LOGIN);
	/* A boolean of 1 is as good as 0xFF. */
	request(MAPIHTTP_BIND,
		B("\0\0\0\0"
		  "\1" STAT "\0\0\0\0"),
		&r);
	assert_int_equal(r.has_state, 1);
	/* MS-OXCMAPIHTTP_R340 */
	/* MS-OXCMAPIHTTP_R347 */
	/* MS-OXCMAPIHTTP_R349 */
	response(MAPIHTTP_BIND, &ok,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "0123456789abcde\0"
		   "\0\0\0\0"),
		 &again);
}

static void test_small_bodies(void **state)
{
	struct compare_mids_response compared = { .result = (uint32_t)-1 };
	struct dn_to_mid_response mids = { .has_mids = MAPIHTTP_HAS,
					   .mids = { 2, (uint32_t[]){ 0x10, 0 } } };
	struct update_stat_response moved = { .has_state = MAPIHTTP_HAS,
					      .state = stat,
					      .has_delta = MAPIHTTP_HAS,
					      .delta = (uint32_t)-2 };
	struct get_mailbox_url_response url = { .url = B("h\0") };
	struct dn_to_mid_request dns;

	(void)state;
	/* MS-OXCMAPIHTTP_R358 */
	request(MAPIHTTP_UNBIND,
		B("\0\0\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R388 */
	/* MS-OXCMAPIHTTP_R389 */
	request(MAPIHTTP_COMPARE_MIDS,
		B("\0\0\0\0"
		  "\xFF" STAT "\x10\0\0\0"
		  "\x11\0\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R401 */
	response(MAPIHTTP_COMPARE_MIDS, &compared,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\xFF\xFF\xFF\xFF"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R414 */
	/* MS-OXCMAPIHTTP_R415 */
	request(MAPIHTTP_DN_TO_MID,
		B("\0\0\0\0"
		  "\xFF"
		  "\2\0\0\0"
		  "/o=X\0"
		  "\0"
		  "\0\0\0\0"),
		&dns);
	assert_int_equal(dns.names.n, 2);
	assert_true(bytes_equal(dns.names.v[0], B("/o=X")));
	assert_int_equal(dns.names.v[1].n, 0);
	/* MS-OXCMAPIHTTP_R431 */
	/* MS-OXCMAPIHTTP_R432 */
	/* MS-OXCMAPIHTTP_R433 */
	/* MS-OXCMAPIHTTP_R1288 */
	response(MAPIHTTP_DN_TO_MID, &mids,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\xFF"
		   "\2\0\0\0"
		   "\x10\0\0\0"
		   "\0\0\0\0"
		   "\0\0\0\0"),
		 &again);
	mids = (struct dn_to_mid_response){ .error_code = 4 };
	/* MS-OXCMAPIHTTP_R1447 */
	/* MS-OXCMAPIHTTP_R1289 */
	response(MAPIHTTP_DN_TO_MID, &mids,
		 B("\0\0\0\0"
		   "\4\0\0\0"
		   "\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R1068 */
	request(MAPIHTTP_UPDATE_STAT,
		B("\0\0\0\0"
		  "\xFF" STAT "\xFF"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R1077 */
	/* MS-OXCMAPIHTTP_R1080 */
	/* MS-OXCMAPIHTTP_R1082 */
	/* MS-OXCMAPIHTTP_R1084 */
	response(MAPIHTTP_UPDATE_STAT, &moved,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\xFF" STAT "\xFF"
		   "\xFE\xFF\xFF\xFF"
		   "\0\0\0\0"),
		 &again);
	moved = (struct update_stat_response){ .error_code = 1 };
	/* MS-OXCMAPIHTTP_R1081 */
	/* MS-OXCMAPIHTTP_R1085 */
	response(MAPIHTTP_UPDATE_STAT, &moved,
		 B("\0\0\0\0"
		   "\1\0\0\0"
		   "\0"
		   "\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R1094 */
	request(MAPIHTTP_GET_MAILBOX_URL,
		B("\0\0\0\0"
		  "/\0\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R1102 */
	response(MAPIHTTP_GET_MAILBOX_URL, &url,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "h\0\0\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R1111 */
	request(MAPIHTTP_GET_ADDRESS_BOOK_URL,
		B("\0\0\0\0"
		  "/\0\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R1120 */
	response(MAPIHTTP_GET_ADDRESS_BOOK_URL, &url,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "h\0\0\0"
		   "\0\0\0\0"),
		 &again);
}

/* A filter as clients send it: the value of ambiguous name resolution behind its byte. */
static void test_get_matches(void **state)
{
	struct get_matches_request *r = &body.matches;

	(void)state;
	/* MS-OXCMAPIHTTP_R481 */
	/* MS-OXCMAPIHTTP_R487 */
	/* MS-OXCMAPIHTTP_R488 */
	/* MS-OXCMAPIHTTP_R493 */
	/* MS-OXCMAPIHTTP_R495 */
	/* MS-OXCMAPIHTTP_R496 */
	/* MS-OXCMAPIHTTP_R497 */
	/* MS-OXCMAPIHTTP_R502 */
	request(MAPIHTTP_GET_MATCHES,
		B("\0\0\0\0"
		  "\xFF" STAT "\xFF"
		  "\1\0\0\0"
		  "\x10\0\0\0"
		  "\0\0\0\0"
		  "\xFF"
		  "\4\4"
		  "\x1F\0\xFD\x3A"
		  "\xFF"
		  "\x1F\0\xFD\x3A"
		  "\xFF"
		  "a\0l\0\0\0"
		  "\xFF"
		  "0123456789abcde\0"
		  "\7\0\0\0"
		  "\x32\0\0\0"
		  "\xFF"
		  "\2\0\0\0"
		  "\x1F\0\1\x30"
		  "\x02\1\xFF\x0F"
		  "\0\0\0\0"),
		r);
	assert_int_equal(r->mids.n, 1);
	assert_int_equal(r->filter->kind, RES_PROPERTY);
	assert_int_equal(r->filter->u.property.relop, RELOP_EQ);
	assert_true(bytes_equal(r->filter->u.property.value.prop.value, B("a\0l\0")));
	/* MS-OXCMAPIHTTP_R498 */
	/* MS-OXCMAPIHTTP_R499 */
	assert_memory_equal(&r->property_set, "0123456789abcde", 16);
	/* MS-OXCMAPIHTTP_R500 */
	/* MS-OXCMAPIHTTP_R501 */
	assert_int_equal(r->property_id, 7);
	assert_int_equal(r->row_count, 50);
	/* MS-OXCMAPIHTTP_R503 */
	/* MS-OXCMAPIHTTP_R504 */
	/* MS-OXCMAPIHTTP_R24 */
	/* MS-OXCMAPIHTTP_R26 */
	assert_int_equal(r->columns.n, 2);
	assert_int_equal(r->columns.v[0], 0x3001001F);
	assert_int_equal(r->columns.v[1], 0x0FFF0102);
	/* MS-OXCMAPIHTTP_R486 */
	/* MS-OXCMAPIHTTP_R489 */
	/* MS-OXCMAPIHTTP_R492 */
	/* MS-OXCMAPIHTTP_R505 */
	request(MAPIHTTP_GET_MATCHES,
		B("\0\0\0\0"
		  "\0"
		  "\0"
		  "\0\0\0\0"
		  "\0"
		  "\0"
		  "\x32\0\0\0"
		  "\0"
		  "\0\0\0\0"),
		r);
	assert_null(r->filter);
	assert_int_equal(r->columns.n, 0);
}

static struct prop of_text(uint32_t tag, struct bytes text)
{
	return (struct prop){ .tag = tag, .count = 1, .size = text.n, .value = text };
}

/* Rows of a text, a number and a column whose type nobody knows before. */
static void test_rows(void **state)
{
	uint32_t columns[] = { 0x3001001F, 0x39000003, 0x66000000 };
	struct prop whole[] = { of_text(0x3001001F, B("A\0")), of_text(0x39000003, B("\1\0\0\0")),
				of_text(0x66000102, B("xyz")) };
	struct prop gaps[] = { of_text(0x3001000A, B("\x0F\1\4\x80")),
			       { .tag = 0x39000001, .count = 1 },
			       of_text(0x6600000A, B("\5\x40\0\x80")) };
	struct query_rows_response r = {
		.has_state = MAPIHTTP_HAS,
		.state = stat,
		.has_rows = MAPIHTTP_HAS,
		.rows = { { 3, columns }, 2, (struct nspi_row[]){ { whole }, { gaps } } },
	};

	(void)state;
	/* MS-OXCMAPIHTTP_R852 */
	/* MS-OXCMAPIHTTP_R853 */
	/* MS-OXCMAPIHTTP_R17 */
	/* MS-OXCMAPIHTTP_R18 */
	/* MS-OXCMAPIHTTP_R450 */
	/* MS-OXCMAPIHTTP_R1298 */
	/* MS-OXCMAPIHTTP_R453 */
	/* MS-OXCMAPIHTTP_R1299 */
	/* MS-OXCMAPIHTTP_R2001 */
	/* MS-OXCMAPIHTTP_R2003 */
	/* MS-OXCMAPIHTTP_R2006 */
	/* MS-OXCMAPIHTTP_R2010 */
	/* MS-OXCMAPIHTTP_R2021 */
	/* MS-OXCMAPIHTTP_R2023 */
	/* MS-OXCMAPIHTTP_R2024 */
	/* MS-OXCMAPIHTTP_R2029 */
	/* MS-OXCMAPIHTTP_R2031 */
	response(MAPIHTTP_QUERY_ROWS, &r,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\xFF" STAT "\xFF"
		   "\3\0\0\0"
		   "\x1F\0\1\x30"
		   "\3\0\0\x39"
		   "\0\0\0\x66"
		   "\2\0\0\0"
		   "\0"
		   "\xFF"
		   "A\0\0\0"
		   "\1\0\0\0"
		   "\2\1"
		   "\xFF"
		   "\3\0\0\0"
		   "xyz"
		   "\1"
		   "\x0A"
		   "\x0F\1\4\x80"
		   "\1"
		   "\x0A\0"
		   "\x0A"
		   "\5\x40\0\x80"
		   "\0\0\0\0"),
		 &again);
	/* A flagged row may have all its values. */
	struct query_rows_response *back = (void *)&again;
	uint32_t code;
	/* MS-OXCMAPIHTTP_R2022 */
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_QUERY_ROWS),
						B("\0\0\0\0"
						  "\0\0\0\0"
						  "\0"
						  "\xFF"
						  "\1\0\0\0"
						  "\3\0\0\x39"
						  "\1\0\0\0"
						  "\1"
						  "\0"
						  "\7\0\0\0"
						  "\0\0\0\0"),
						&arena, &code, back, NULL),
			 0);
	assert_int_equal(le32(back->rows.v[0].values[0].value.p), 7);
	/* MS-OXCMAPIHTTP_R851 */
	r = (struct query_rows_response){ .error_code = 2 };
	response(MAPIHTTP_QUERY_ROWS, &r,
		 B("\0\0\0\0"
		   "\2\0\0\0"
		   "\0"
		   "\0"
		   "\0\0\0\0"),
		 &again);
}

/* A column of errors: rows without flags say that there is none. */
static void test_rows_of_errors(void **state)
{
	uint32_t columns[] = { 0x3001000A };
	struct prop error = of_text(0x3001000A, B("\x0F\1\4\x80"));
	struct query_rows_response r = {
		.has_rows = MAPIHTTP_HAS,
		.rows = { { 1, columns }, 1, &(struct nspi_row){ &error } }
	};

	(void)state;
	/* MS-OXCMAPIHTTP_R2024 */
	response(MAPIHTTP_QUERY_ROWS, &r,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\0"
		   "\xFF"
		   "\1\0\0\0"
		   "\x0A\0\1\x30"
		   "\1\0\0\0"
		   "\1"
		   "\x0A"
		   "\x0F\1\4\x80"
		   "\0\0\0\0"),
		 &again);
}

static void test_rows_refused(void **state)
{
	uint32_t columns[] = { 0x3001001F };
	struct prop wrong = of_text(0x3001001E, B("A"));
	struct query_rows_response r = {
		.has_rows = MAPIHTTP_HAS,
		.rows = { { 1, columns }, 1, &(struct nspi_row){ &wrong } }
	};
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct reason why = { "" };
	uint32_t code;

	(void)state;
	assert_int_equal(mapihttp_response_write(type_of(MAPIHTTP_QUERY_ROWS), &r, &b, &why),
			 ecInvalidParam);
	assert_non_null(strstr(why.text, "query_rows_response.rows[0][0]"));
	assert_int_equal(b.n, 0);
	/* Flags of a row, a flag of a value that do not exist. */
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_QUERY_ROWS),
						B("\0\0\0\0"
						  "\0\0\0\0"
						  "\0"
						  "\xFF"
						  "\0\0\0\0"
						  "\1\0\0\0"
						  "\2"
						  "\0\0\0\0"),
						&arena, &code, &again, &why),
			 ecCorruptData);
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_QUERY_ROWS),
						B("\0\0\0\0"
						  "\0\0\0\0"
						  "\0"
						  "\xFF"
						  "\1\0\0\0"
						  "\3\0\0\x39"
						  "\1\0\0\0"
						  "\1"
						  "\2"
						  "\7\0\0\0"
						  "\0\0\0\0"),
						&arena, &code, &again, &why),
			 ecCorruptData);
	assert_non_null(strstr(why.text, "flag that does not exist"));
}

static void test_values(void **state)
{
	struct prop list = { .tag = 0x800F101F, .count = 2 };
	struct tagged_value values[] = { { of_text(0x3001001F, B("A\0")) },
					 { of_text(0x39000003, B("\1\0\0\0")) },
					 { list } };
	struct get_props_response r = { .error_code = 0x40380,
					.code_page = 1200,
					.has_values = MAPIHTTP_HAS,
					.values = { 3, { 3, values } } };
	struct get_special_table_response t = {
		.code_page = 1252,
		.has_version = MAPIHTTP_HAS,
		.version = 9,
		.has_rows = MAPIHTTP_HAS,
		.rows = { 1, { 1, &(struct nspi_values){ 1, { 1, values } } } },
	};
	struct get_template_info_response i = { .has_row = MAPIHTTP_HAS,
						.row = { 1, { 1, values + 1 } } };

	(void)state;
	values[2].prop.values = (struct bytes[]){ B("x\0"), B("") };
	/* MS-OXCMAPIHTTP_R11 */
	/* MS-OXCMAPIHTTP_R14 */
	/* MS-OXCMAPIHTTP_R622 */
	/* MS-OXCMAPIHTTP_R623 */
	/* MS-OXCMAPIHTTP_R624 */
	/* MS-OXCMAPIHTTP_R2012 */
	/* MS-OXCMAPIHTTP_R2013 */
	/* MS-OXCMAPIHTTP_R2014 */
	/* MS-OXCMAPIHTTP_R2257 */
	response(MAPIHTTP_GET_PROPS, &r,
		 B("\0\0\0\0"
		   "\x80\3\4\0"
		   "\xB0\4\0\0"
		   "\xFF"
		   "\3\0\0\0"
		   "\x1F\0\1\x30"
		   "\xFF"
		   "A\0\0\0"
		   "\3\0\0\x39"
		   "\1\0\0\0"
		   "\x1F\x10\x0F\x80"
		   "\xFF"
		   "\2\0\0\0"
		   "\xFF"
		   "x\0\0\0"
		   "\xFF"
		   "\0\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R667 */
	/* MS-OXCMAPIHTTP_R668 */
	/* MS-OXCMAPIHTTP_R672 */
	/* MS-OXCMAPIHTTP_R673 */
	/* MS-OXCMAPIHTTP_R677 */
	response(MAPIHTTP_GET_SPECIAL_TABLE, &t,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\xE4\4\0\0"
		   "\xFF"
		   "\x09\0\0\0"
		   "\xFF"
		   "\1\0\0\0"
		   "\1\0\0\0"
		   "\x1F\0\1\x30"
		   "\xFF"
		   "A\0\0\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R717 */
	/* MS-OXCMAPIHTTP_R718 */
	response(MAPIHTTP_GET_TEMPLATE_INFO, &i,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\0\0\0\0"
		   "\xFF"
		   "\1\0\0\0"
		   "\3\0\0\x39"
		   "\1\0\0\0"
		   "\0\0\0\0"),
		 &again);
}

/* A value that is not there is read as an empty one. */
static void test_absent_values(void **state)
{
	struct get_props_response *r = (void *)&again;
	uint32_t code;

	(void)state;
	/* MS-OXCMAPIHTTP_R2005 */
	/* MS-OXCMAPIHTTP_R2007 */
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_GET_PROPS),
						B("\0\0\0\0"
						  "\0\0\0\0"
						  "\0\0\0\0"
						  "\xFF"
						  "\3\0\0\0"
						  "\x1F\0\1\x30"
						  "\0"
						  "\x1F\x10\x0F\x80"
						  "\0"
						  "\2\x11\x0F\x81"
						  "\xFF"
						  "\2\0\0\0"
						  "\0"
						  "\xFF"
						  "\1\0\0\0"
						  "b"
						  "\0\0\0\0"),
						&arena, &code, r, NULL),
			 0);
	assert_int_equal(r->values.all.v[0].prop.value.n, 0);
	assert_int_equal(r->values.all.v[1].prop.count, 0);
	assert_int_equal(r->values.all.v[2].prop.count, 2);
	assert_int_equal(r->values.all.v[2].prop.values[0].n, 0);
	assert_true(bytes_equal(r->values.all.v[2].prop.values[1], B("b")));
}

static void test_requests_with_values(void **state)
{
	struct seek_entries_request *seek = &body.seek;
	struct mod_link_att_request *link = &body.link;
	struct resolve_names_request *names = &body.resolve;
	struct mod_props_request *mod = (void *)&body;

	(void)state;
	/* MS-OXCMAPIHTTP_R1022 */
	/* MS-OXCMAPIHTTP_R1025 */
	/* MS-OXCMAPIHTTP_R1026 */
	/* MS-OXCMAPIHTTP_R1031 */
	request(MAPIHTTP_SEEK_ENTRIES,
		B("\0\0\0\0"
		  "\xFF" STAT "\xFF"
		  "\x1F\0\1\x30"
		  "\xFF"
		  "M\0\0\0"
		  "\xFF"
		  "\1\0\0\0"
		  "\x10\0\0\0"
		  "\0"
		  "\0\0\0\0"),
		seek);
	assert_true(bytes_equal(seek->target.prop.value, B("M\0")));
	assert_int_equal(seek->explicit_table.v[0], 0x10);
	/* MS-OXCMAPIHTTP_R741 */
	/* MS-OXCMAPIHTTP_R742 */
	/* MS-OXCMAPIHTTP_R745 */
	request(MAPIHTTP_MOD_LINK_ATT,
		B("\1\0\0\0"
		  "\x0D\0\x09\x80"
		  "\x10\0\0\0"
		  "\xFF"
		  "\2\0\0\0"
		  "\3\0\0\0"
		  "abc"
		  "\0\0\0\0"
		  "\0\0\0\0"),
		link);
	assert_int_equal(link->entryids.all.n, 2);
	assert_true(bytes_equal(link->entryids.all.v[0].data, B("abc")));
	/* MS-OXCMAPIHTTP_R915 */
	/* MS-OXCMAPIHTTP_R2183 */
	/* MS-OXCMAPIHTTP_R2185 */
	request(MAPIHTTP_RESOLVE_NAMES,
		B("\0\0\0\0"
		  "\xFF" STAT "\xFF"
		  "\1\0\0\0"
		  "\x1F\0\1\x30"
		  "\xFF"
		  "\1\0\0\0"
		  "b\0o\0\0\0"
		  "\0\0\0\0"),
		names);
	assert_true(bytes_equal(names->names.v[0], B("b\0o\0")));
	/* MS-OXCMAPIHTTP_R782 */
	/* MS-OXCMAPIHTTP_R785 */
	request(MAPIHTTP_MOD_PROPS,
		B("\0\0\0\0"
		  "\0"
		  "\xFF"
		  "\1\0\0\0"
		  "\x1F\0\1\x30"
		  "\xFF"
		  "\1\0\0\0"
		  "\3\0\0\x39"
		  "\1\0\0\0"
		  "\0\0\0\0"),
		mod);
	assert_int_equal(mod->tags.v[0], 0x3001001F);
	assert_int_equal(mod->values.all.v[0].prop.tag, 0x39000003);
	/* MS-OXCMAPIHTTP_R822 */
	/* MS-OXCMAPIHTTP_R824 */
	request(MAPIHTTP_QUERY_ROWS,
		B("\0\0\0\0"
		  "\0"
		  "\1\0\0\0"
		  "\x10\0\0\0"
		  "\x32\0\0\0"
		  "\0"
		  "\0\0\0\0"),
		&body.rows);
	assert_int_equal(body.rows.explicit_table.v[0], 0x10);
	/* MS-OXCMAPIHTTP_R697 */
	/* MS-OXCMAPIHTTP_R698 */
	request(MAPIHTTP_GET_TEMPLATE_INFO,
		B("\1\0\0\0"
		  "\0\0\0\0"
		  "\xFF"
		  "/o\0"
		  "\xE4\4\0\0"
		  "\x09\4\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R647 */
	/* MS-OXCMAPIHTTP_R649 */
	request(MAPIHTTP_GET_SPECIAL_TABLE,
		B("\4\0\0\0"
		  "\0"
		  "\xFF"
		  "\1\0\0\0"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R873 */
	request(MAPIHTTP_QUERY_COLUMNS,
		B("\0\0\0\0"
		  "\0\0\0\x80"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R565 */
	/* MS-OXCMAPIHTTP_R567 */
	/* MS-OXCMAPIHTTP_R568 */
	request(MAPIHTTP_GET_PROP_LIST,
		B("\1\0\0\0"
		  "\x10\0\0\0"
		  "\xE4\4\0\0"
		  "\0\0\0\0"),
		&body);
}

/* Entry ids ------------------------------------------------------------------------------------ */

static void test_entryids(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct guid server = { "server's own id" };
	struct nspi_entryid id;
	struct reason why = { "" };

	(void)state;
	assert_int_equal(nspi_ephemeral_encode(&server, NSPI_DT_DISTLIST, 0x1234, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), B("\x87\0\0\0"
						 "server's own id\0"
						 "\1\0\0\0"
						 "\1\0\0\0"
						 "\x34\x12\0\0")));
	assert_int_equal(nspi_entryid_decode(buf_bytes(&b), &id, &why), 0);
	assert_int_equal(id.kind, NSPI_ENTRYID_EPHEMERAL);
	assert_int_equal(id.ephemeral.mid, 0x1234);
	assert_int_equal(nspi_entryid_decode(bytes_of(b.p, 31), &id, &why), ecInvalidParam);

	buf_clear(&b);
	assert_int_equal(nspi_permanent_encode(NSPI_DT_MAILUSER, "/o=X/cn=a", &b), 0);
	assert_true(bytes_equal(buf_bytes(&b),
				B("\0\0\0\0"
				  "\xDC\xA7\x40\xC8\xC0\x42\x10\x1A\xB4\xB9\x08\0\x2B\x2F\xE1\x82"
				  "\1\0\0\0"
				  "\0\0\0\0"
				  "/o=X/cn=a\0")));
	assert_int_equal(nspi_entryid_decode(buf_bytes(&b), &id, &why), 0);
	assert_int_equal(id.kind, NSPI_ENTRYID_PERMANENT);
	assert_true(bytes_equal(id.permanent.dn, B("/o=X/cn=a")));
	b.p[4]++;
	assert_int_equal(nspi_entryid_decode(buf_bytes(&b), &id, &why), ecInvalidParam);
	assert_non_null(strstr(why.text, "another provider"));
	b.p[0] = 1;
	assert_int_equal(nspi_entryid_decode(buf_bytes(&b), &id, &why), ecInvalidParam);
	assert_int_equal(nspi_entryid_decode(bytes_of(NULL, 0), &id, &why), ecInvalidParam);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bind),          cmocka_unit_test(test_small_bodies),
		cmocka_unit_test(test_get_matches),   cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rows_of_errors), cmocka_unit_test(test_rows_refused),  cmocka_unit_test(test_values),
		cmocka_unit_test(test_absent_values), cmocka_unit_test(test_requests_with_values),
		cmocka_unit_test(test_entryids),
	};

	return cmocka_run_group_tests_name("mapihttp_address_book", tests, NULL, forget);
}
