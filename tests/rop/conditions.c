/* rop: fields that are there only under a condition, by bytes of both kinds; and texts of two kinds. */
#include "rop_support.h"

#include "base/utf16.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "rop/rops_transport.h"

/* A response of that ROP, with these bytes after ReturnValue 0. */
static const void *answer(uint8_t id, const char *text)
{
	CLEANUP_BUF struct buf b = BUF_MAX(512);
	struct rop_request asked = plain_request(id);
	struct bytes body = hex(text);

	buf_add_u8(&b, id);
	buf_add_u8(&b, asked.response_handle_index);
	buf_add_u32(&b, 0);
	buf_add(&b, body.p, body.n);
	return response_of(&asked, bytes_of(arena_memdup(&arena, b.p, b.n), b.n)).body;
}

static void test_open_folder(void **state)
{
	const struct rop_open_folder_response *r = answer(ROP_OPEN_FOLDER, "01 01 02 00 01 00 "
									   "61 00 62 00");

	(void)state;
	/* MS-OXCROPS_R560 */
	assert_int_equal(r->server_count, 2);
	/* MS-OXCROPS_R564 */
	assert_int_equal(r->cheap_server_count, 1);
	/* MS-OXCROPS_R568 */
	assert_memory_equal(r->servers.v[1].name.p, "b", 1);
	r = answer(ROP_OPEN_FOLDER, "00 00");
	/* MS-OXCROPS_R569 */
	assert_int_equal(r->servers.n, 0);
}

static void test_create_folder(void **state)
{
	const struct rop_create_folder_response *r =
		answer(ROP_CREATE_FOLDER, "01 00 00 00 00 00 00 0A 01 01 01 01 00 00 00 61 00");

	(void)state;
	/* MS-OXCROPS_R622 */
	assert_int_equal(r->existing.has_rules, 1);
	/* MS-OXCROPS_R626 */
	assert_int_equal(r->existing.is_ghosted, 1);
	/* MS-OXCROPS_R630 */
	assert_int_equal(r->existing.server_count, 1);
	/* MS-OXCROPS_R634 */
	assert_int_equal(r->existing.cheap_server_count, 0);
	/* MS-OXCROPS_R638 */
	assert_int_equal(r->existing.servers.n, 1);
	r = answer(ROP_CREATE_FOLDER, "01 00 00 00 00 00 00 0A 01 00 00");
	/* MS-OXCROPS_R644 */
	assert_int_equal(r->existing.servers.n, 0);
	r = answer(ROP_CREATE_FOLDER, "01 00 00 00 00 00 00 0A 00");
	/* MS-OXCROPS_R4613 */
	assert_int_equal(r->existing.has_rules, 0);
}

static void test_ghosted(void **state)
{
	const struct rop_public_folder_is_ghosted_response *r =
		answer(ROP_PUBLIC_FOLDER_IS_GHOSTED, "01 01 00 01 00 61 00");

	(void)state;
	/* MS-OXCROPS_R307 */
	assert_int_equal(r->servers_count, 1);
	/* MS-OXCROPS_R312 */
	assert_int_equal(r->cheap_servers_count, 1);
	/* MS-OXCROPS_R316 */
	assert_int_equal(r->servers.n, 1);
	r = answer(ROP_PUBLIC_FOLDER_IS_GHOSTED, "00");
	/* MS-OXCROPS_R4631 */
	assert_int_equal(r->servers.n, 0);
}

static void test_find_row(void **state)
{
	const struct rop_find_row_response *r = answer(ROP_FIND_ROW, "00 00");

	(void)state;
	/* MS-OXCROPS_R1484 */
	assert_int_equal(r->row_data.n, 0);
}

static void test_message_ids(void **state)
{
	const struct rop_create_message_response *r =
		answer(ROP_CREATE_MESSAGE, "01 01 00 00 00 00 00 00 0A");
	const struct rop_set_message_read_flag_response *read;

	(void)state;
	/* MS-OXCROPS_R1777 */
	assert_int_equal(r->message_id, 0x0A00000000000001);
	r = answer(ROP_CREATE_MESSAGE, "00");
	/* MS-OXCROPS_R1778 */
	assert_int_equal(r->message_id, 0);
	read = answer(ROP_SET_MESSAGE_READ_FLAG, "01 05 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D "
						 "0E 0F 10 11 12 13 14 15 16 17");
	/* MS-OXCROPS_R2109 */
	assert_int_equal(read->logon_id, 5);
	/* MS-OXCROPS_R2113 */
	assert_int_equal(read->client_data[23], 0x17);
	read = answer(ROP_SET_MESSAGE_READ_FLAG, "00");
	/* MS-OXCROPS_R2110 */
	assert_int_equal(read->logon_id, 0);
}

static void test_modify_recipients(void **state)
{
	struct rop_request r = request_of(hex("0E 00 01 00 00 02 00 01 00 00 00 01 05 00 00 00 00 "
					      "00 00 02 00 00 00 00 00 00"));
	const struct rop_modify_recipients_request *body = r.body;

	(void)state;
	/* MS-OXCROPS_R1879 */
	assert_int_equal(body->recipient_rows.v[0].recipient_row.n, 5);
	/* MS-OXCROPS_R1880 */
	assert_int_equal(body->recipient_rows.v[1].recipient_row.n, 0);
}

static void test_options_data(void **state)
{
	const struct rop_options_data_response *r =
		answer(ROP_OPTIONS_DATA, "00 01 00 AA 02 00 BB CC 68 00");

	(void)state;
	/* MS-OXCROPS_R4688 */
	assert_int_equal(r->help_file.data.n, 2);
	/* MS-OXCROPS_R2588 */
	assert_memory_equal(r->help_file.name.p, "h", 1);
	r = answer(ROP_OPTIONS_DATA, "00 00 00 00 00");
	/* MS-OXCROPS_R2589 */
	assert_int_equal(r->help_file.name.n, 0);
}

static void test_named(void **state)
{
	struct rop_request r = request_of(hex("5F 00 01 01 01 00 01 02 03 04 05 06 07 08 09 0A 0B "
					      "0C 0D 0E 0F"));

	(void)state;
	/* MS-OXCROPS_R2969 */
	assert_int_equal(((struct rop_query_named_properties_request *)r.body)->property_guid.b[15],
			 0x0F);
	r = request_of(hex("5F 00 01 01 00"));
	/* MS-OXCROPS_R2970 */
	assert_int_equal(((struct rop_query_named_properties_request *)r.body)->has_guid, 0);
}

static void test_sizes(void **state)
{
	struct rop_request r = request_of(hex("2C 00 01 BE BA 00 00 01 00"));
	struct rop_fast_transfer_source_get_buffer_request *get;

	(void)state;
	/* MS-OXCROPS_R3213 */
	assert_int_equal(((struct rop_read_stream_request *)r.body)->maximum_byte_count, 0x10000);
	r = request_of(hex("2C 00 01 BE BB"));
	/* MS-OXCROPS_R3214 */
	assert_int_equal(((struct rop_read_stream_request *)r.body)->maximum_byte_count, 0);
	r = request_of(hex("4E 00 01 BE BA FF 7F"));
	get = r.body;
	/* MS-OXCROPS_R3722 */
	assert_int_equal(get->maximum_buffer_size, 0x7FFF);
	(void)request_of(hex("4E 00 01 00 10"));
}

/* Names in UTF-16 and in 8 bits. */
static void test_names(void **state)
{
	struct rop_request r =
		request_of(hex("1C 00 01 02 01 01 00 00 41 00 42 00 00 00 43 00 00 00"));
	const struct rop_create_folder_request *body = r.body;

	(void)state;
	assert_int_equal(body->display_name.n, 4);
	assert_int_equal(body->comment.n, 2);
	assert_int_equal(body->display_name_8.n, 0);
	r = request_of(hex("1C 00 01 02 01 00 00 00 41 42 00 00"));
	body = r.body;
	assert_int_equal(body->display_name.n, 0);
	assert_int_equal(body->display_name_8.n, 2);
	assert_int_equal(body->comment_8.n, 0);
	r = request_of(hex("36 00 01 02 00 01 00 01 00 00 00 00 00 00 0A 41 00"));
	assert_int_equal(((struct rop_copy_folder_request *)r.body)->new_folder_name_8.n, 1);
}

static void logon_of(bool is_private)
{
	CLEANUP_BUF struct buf b = BUF_MAX(512);
	struct rop_request asked = plain_request(ROP_LOGON);
	const struct rop_logon_response *r;

	buf_add(&b, "\xFE\1\0\0\0\0", 6);
	buf_add_u8(&b, is_private);
	for (unsigned i = 0; i < ROP_LOGON_FOLDERS; i++)
		buf_add_u64(&b, i);
	if (is_private)
		buf_add(&b, "\7MAILBOX_MAILBOX_", 17);
	buf_add(&b, "\1\0REPLICA_REPLICA_", 18);
	buf_add(&b, is_private ? "\1\2\3\4\5\6\xEA\7GWARTGWA\0\0\0\0" : "PERUSER_PERUSER_",
		is_private ? 20 : 16);
	r = response_of(&asked, bytes_of(arena_memdup(&arena, b.p, b.n), b.n)).body;
	assert_int_equal(r->folder_ids.id[LOGON_FOLDER_INBOX], 4);
	assert_int_equal(r->repl_id, 1);
	assert_int_equal(r->logon_time.year, is_private ? 2026 : 0);
	assert_int_equal(r->per_user_guid.b[0], is_private ? 0 : 'P');
}

static void test_logon(void **state)
{
	(void)state;
	logon_of(true);
	logon_of(false);
}

static void test_typed_strings(void **state)
{
	static const struct {
		const char *text;
		uint8_t type;
	} all[] = { { "", TYPED_STRING_EMPTY },
		    { "Re: ", TYPED_STRING_REDUCED },
		    { "\xC3\xA4", TYPED_STRING_REDUCED },
		    { "\xE2\x82\xAC", TYPED_STRING_UNICODE } };

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct bytes wide = utf16_bytes(&arena, all[i].text), back;
		struct typed_string s;

		assert_true(typed_string_set(&s, wide, &arena));
		assert_int_equal(s.string_type, all[i].type);
		assert_true(typed_string_get(&s, 1252, &arena, &back));
		same_bytes(back, wide);
	}
}

static void test_typed_8(void **state)
{
	struct typed_string s = { .string_type = TYPED_STRING_8,
				  .u.narrow.text = bytes_of("\xE4", 1) };
	struct bytes wide;

	(void)state;
	assert_true(typed_string_get(&s, 1252, &arena, &wide));
	assert_memory_equal(wide.p, "\xE4\0", 2);
	s.string_type = TYPED_STRING_NONE;
	assert_true(typed_string_get(&s, 1252, &arena, &wide));
	assert_int_equal(wide.n, 0);
	arena_fail_after(1);
	assert_false(typed_string_set(&s, bytes_of("A\0", 2), &arena));
	arena_fail_after(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_open_folder, forget),
		cmocka_unit_test_setup(test_create_folder, forget),
		cmocka_unit_test_setup(test_ghosted, forget),
		cmocka_unit_test_setup(test_find_row, forget),
		cmocka_unit_test_setup(test_message_ids, forget),
		cmocka_unit_test_setup(test_modify_recipients, forget),
		cmocka_unit_test_setup(test_options_data, forget),
		cmocka_unit_test_setup(test_named, forget),
		cmocka_unit_test_setup(test_sizes, forget),
		cmocka_unit_test_setup(test_names, forget),
		cmocka_unit_test_setup(test_logon, forget),
		cmocka_unit_test_setup(test_typed_strings, forget),
		cmocka_unit_test_setup(test_typed_8, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
