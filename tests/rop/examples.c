/* rop: the bytes that the specifications give as examples. */
#include "rop_support.h"

#include "rop/property_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_property.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"

/* [MS-OXCTABL] 4.5.3.1 */
static void test_query_rows(void **state)
{
	struct rop_request r = request_of(hex("15 00 00 00 01 32 00"));
	const struct rop_query_rows_request *body = r.body;

	(void)state;
	assert_int_equal(r.id, ROP_QUERY_ROWS);
	assert_int_equal(r.logon_id, 0);
	assert_int_equal(r.input_handle_index, 0);
	assert_int_equal(body->query_rows_flags, 0);
	assert_int_equal(body->forward_read, 1);
	assert_int_equal(body->row_count, 50);
}

/* [MS-OXCTABL] 4.3.2 */
static void test_sort_table(void **state)
{
	struct rop_request asked = plain_request(ROP_SORT_TABLE);
	struct rop_response r = response_of(&asked, hex("13 01 00 00 00 00 00"));

	(void)state;
	assert_int_equal(r.handle_index, 1);
	assert_int_equal(r.return_value, 0);
	assert_int_equal(((struct rop_sort_table_response *)r.body)->table_status, 0);
}

/* [MS-OXCFOLD] 4.5.1 */
static void test_move_folder(void **state)
{
	struct rop_request r = request_of(hex("35 00 01 02 01 01 01 00-00 00 0E 8E DF 36 46 00"
					      "6F 00 6C 00 64 00 65 00-72 00 31 00 00 00"));
	const struct rop_move_folder_request *body = r.body;

	(void)state;
	assert_int_equal(r.input_handle_index, 1);
	assert_int_equal(body->dest_handle_index, 2);
	assert_int_equal(body->want_asynchronous, 1);
	assert_int_equal(body->use_unicode, 1);
	assert_int_equal(body->folder_id, 0x36DF8E0E00000001);
	assert_int_equal(body->new_folder_name.n, 14);
	assert_memory_equal(body->new_folder_name.p, "F\0o\0l\0d\0e\0r\0001\0", 14);
}

/* [MS-OXCPRPT] 4.2 */
static void test_set_properties(void **state)
{
	struct rop_request r = request_of(hex("0A 00 00 24 00 02 00 1F-00 3D 00 00 00 1F 00 1D"
					      "0E 48 00 65 00 6C 00 6C-00 6F 00 20 00 57 00 6F"
					      "00 72 00 6C 00 64 00 00-00"));
	const struct rop_set_properties_request *body = r.body;
	const struct tagged_values *values = &body->property_values;

	(void)state;
	assert_int_equal(values->all.n, 2);
	assert_int_equal(values->all.v[0].prop.tag, PidTagSubjectPrefix);
	assert_int_equal(values->all.v[0].prop.value.n, 0);
	assert_int_equal(values->all.v[1].prop.tag, PidTagNormalizedSubject);
	assert_string_equal(prop_text(&values->all.v[1].prop, 1252, &arena), "Hello World");
}

/* [MS-OXCPERM] 4.1 */
static void test_open_stream(void **state)
{
	struct rop_request asked = request_of(hex("2B 00 01 02 1F 00 6A 0E-00"));
	const struct rop_open_stream_request *body = asked.body;
	struct rop_response r = response_of(&asked, hex("2B 02 02 01 04 80"));
	uint8_t index = 0;

	(void)state;
	assert_int_equal(asked.input_handle_index, 1);
	assert_true(rop_request_output(&asked, &index));
	assert_int_equal(index, 2);
	assert_int_equal(body->property_tag, 0x0E6A001F);
	assert_int_equal(r.handle_index, 2);
	assert_int_equal(r.return_value, ecNotSupported);
	assert_null(r.body);
}

static const uint32_t rule_columns[] = { PidTagRuleId, PidTagRuleProviderData, PidTagRuleName };

static bool columns_of_rules(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	(void)user;
	(void)asked;
	*out = (struct rop_columns){ 3, rule_columns };
	return true;
}

/* [MS-OXORULE] 4.2.2: three responses, of which the last has a row. */
static void test_rules(void **state)
{
	struct rop_request asked = plain_request(ROP_GET_RULES_TABLE);
	struct rop_query_rows_response *body;
	struct prop values[3];
	struct rop_response r;

	(void)state;
	r = response_of(&asked, hex("3f 01 00 00 00 00"));
	assert_int_equal(r.return_value, 0);
	asked = plain_request(ROP_SET_COLUMNS);
	r = response_of(&asked, hex("12 01 00 00 00 00 00"));
	assert_int_equal(((struct rop_set_columns_response *)r.body)->table_status, 0);
	asked = plain_request(ROP_QUERY_ROWS);
	context.columns = columns_of_rules;
	r = response_of(&asked, hex("15 01 00 00 00 00 02 01-00 00 01 00 00 00 01 3f"
				    "f8 56 10 00 01 00 00 00-01 00 00 00 55 55 55 55"
				    "d1 44 e3 40 50 00 72 00-6f 00 6a 00 65 00 63 00"
				    "74 00 20 00 58 00 00 00"));
	body = r.body;
	assert_int_equal(body->origin, 2);
	assert_int_equal(body->rows.count, 1);
	assert_int_equal(property_row_next(&body->rows.data, rule_columns, 3, &arena, values, &why),
			 ecNone);
	assert_int_equal(le64(values[0].value.p), 0x56F83F0100000001);
	assert_int_equal(values[1].value.n, 16);
	assert_string_equal(prop_text(&values[2], 1252, &arena), "Project X");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_query_rows, forget),
		cmocka_unit_test_setup(test_sort_table, forget),
		cmocka_unit_test_setup(test_move_folder, forget),
		cmocka_unit_test_setup(test_set_properties, forget),
		cmocka_unit_test_setup(test_open_stream, forget),
		cmocka_unit_test_setup(test_rules, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
