/* rop/rop: heads of requests and responses, forms of failures, what depends on the logon. */
#include "rop_support.h"

#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_notification.h"
#include "rop/rops_property.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "rop/rops_transport.h"

/* Ids ------------------------------------------------------------------------------------------ */

static const uint8_t reserved[] = {
	0x00, 0x28, 0x3C, 0x3D, 0x62, 0x65, 0x6A, 0x71, 0x7C, 0x7D, 0x83, 0x84, 0x85, 0x87, 0x88,
	0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C,
	0x9E, 0x9F, 0xA0, 0xA1, 0xA2, 0xA4, 0xA5, 0xC0, 0xE0, 0xF0, 0xF8, 0xFA, 0xFB, 0xFC, 0xFD,
};

static void test_reserved(void **state)
{
	char scratch[ROP_NAME_SCRATCH];
	unsigned known = 0;

	(void)state;
	for (size_t i = 0; i < sizeof reserved; i++) {
		const uint8_t data[] = { reserved[i], 0, 0, 0, 0, 0 };
		struct rop_request r;
		struct wire_in in;

		/* MS-OXCROPS_R16 */
		assert_null(rop_info(reserved[i]));
		wire_in_init(&in, bytes_of(data, sizeof data), &arena);
		assert_int_equal(rop_request_decode(&in, &context, &r), ecRpcFormat);
		assert_non_null(strstr(rop_name(reserved[i], scratch), "reserved"));
	}
	for (unsigned id = 0; id < 256; id++)
		known += rop_info((uint8_t)id) != NULL;
	assert_int_equal(known, 132);
}

static void test_names(void **state)
{
	(void)state;
	assert_ptr_equal(rop_info_by_name("RopOpenFolder"), rop_info(ROP_OPEN_FOLDER));
	assert_ptr_equal(rop_info_by_name("queryrows"), rop_info(ROP_QUERY_ROWS));
	assert_ptr_equal(rop_info_by_name("ropLOGON"), rop_info(ROP_LOGON));
	assert_null(rop_info_by_name("RopNothing"));
	assert_null(rop_info_by_name(""));
	for (unsigned id = 0; id < 256; id++) {
		const struct rop_info *info = rop_info((uint8_t)id);

		if (info) {
			assert_int_equal(info->id, id);
			assert_ptr_equal(rop_info_by_name(info->name), info);
		}
	}
}

/* What only the server says cannot be asked for. */
static void test_no_request(void **state)
{
	static const uint8_t ids[] = { ROP_NOTIFY, ROP_PENDING, ROP_BACKOFF, ROP_BUFFER_TOO_SMALL };

	(void)state;
	for (size_t i = 0; i < sizeof ids; i++) {
		CLEANUP_BUF struct buf b = BUF_MAX(64);
		const uint8_t data[8] = { ids[i] };
		struct rop_request r = { .id = ids[i] };
		struct wire_out out;
		struct wire_in in;

		wire_in_init(&in, bytes_of(data, sizeof data), &arena);
		assert_int_equal(rop_request_decode(&in, &context, &r), ecRpcFormat);
		wire_out_init(&out, &b);
		assert_int_equal(rop_request_encode(&out, &r), ecInvalidParam);
		assert_int_equal(b.n, 0);
	}
}

/* Heads ---------------------------------------------------------------------------------------- */

static void test_input(void **state)
{
	struct rop_request r = request_of(hex("15 07 09 00 01 32 00"));
	const struct rop_query_rows_request *rows = r.body;
	uint8_t index;

	(void)state;
	assert_int_equal(r.id, ROP_QUERY_ROWS);
	assert_int_equal(r.logon_id, 7);
	assert_int_equal(r.input_handle_index, 9);
	assert_int_equal(r.response_handle_index, 9);
	assert_int_equal(rows->row_count, 50);
	assert_false(rop_request_output(&r, &index));
	assert_false(rop_request_dest(&r, &index));
}

static void test_output(void **state)
{
	struct rop_request r = request_of(hex("02 00 01 05 01 00 00 00 00 00 00 0D 00"));
	const struct rop_open_folder_request *open = r.body;
	uint8_t index = 0;

	(void)state;
	assert_int_equal(r.input_handle_index, 1);
	assert_int_equal(r.response_handle_index, 5);
	assert_int_equal(open->folder_id, 0x0D00000000000001);
	assert_true(rop_request_output(&r, &index));
	assert_int_equal(index, 5);
}

static void test_dest(void **state)
{
	struct rop_request r = request_of(hex("33 00 01 06 01 00 02 00 00 00 00 00 00 01 00 01"));
	const struct rop_move_copy_messages_request *move = r.body;
	uint8_t index = 0;

	(void)state;
	assert_int_equal(r.response_handle_index, 1);
	assert_true(rop_request_dest(&r, &index));
	assert_int_equal(index, 6);
	assert_int_equal(move->message_ids.n, 1);
	assert_int_equal(move->want_copy, 1);
}

/* ResponseHandleIndex stands before InputHandleIndex. */
static void test_response_input(void **state)
{
	struct rop_request r = request_of(hex("0C 00 04 08 0A"));
	const struct rop_save_changes_message_request *save = r.body;
	struct rop_response answer;

	(void)state;
	assert_int_equal(r.response_handle_index, 4);
	assert_int_equal(r.input_handle_index, 8);
	assert_int_equal(save->save_flags, 0x0A);
	rop_response_begin(&r, &answer);
	assert_int_equal(answer.handle_index, 4);
	answer = response_of(&r, hex("0C 04 00 00 00 00 08 01 00 00 00 00 00 00 77"));
	assert_int_equal(((struct rop_save_changes_message_response *)answer.body)->message_id,
			 0x7700000000000001);
}

static void test_logon_head(void **state)
{
	struct rop_request r = request_of(hex("FE 02 03 01 0C 04 00 01 00 00 00 00 02 00 2F 00"));
	const struct rop_logon_request *logon = r.body;
	uint8_t index = 0;

	(void)state;
	assert_true(rop_request_output(&r, &index));
	assert_int_equal(index, 3);
	assert_int_equal(r.response_handle_index, 3);
	assert_int_equal(logon->open_flags, 0x0100040C);
	assert_int_equal(logon->essdn.n, 2);
	assert_false(rop_context_is_public(&context, 2));
	(void)request_of(hex("FE 02 03 00 0C 04 00 01 00 00 00 00 00 00"));
	assert_true(rop_context_is_public(&context, 2));
	assert_false(rop_context_is_public(&context, 3));
}

/* Every ROP: its failures ---------------------------------------------------------------------- */

/* Their response has one form for success and failure. */
static bool answers_in_full(uint8_t id)
{
	static const uint8_t ids[] = {
		ROP_DELETE_FOLDER,
		ROP_DELETE_MESSAGES,
		ROP_HARD_DELETE_MESSAGES,
		ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS,
		ROP_EMPTY_FOLDER,
		ROP_MOVE_COPY_MESSAGES,
		ROP_MOVE_FOLDER,
		ROP_COPY_FOLDER,
		ROP_SET_READ_FLAGS,
		ROP_READ_STREAM,
		ROP_WRITE_STREAM,
		ROP_WRITE_STREAM_EXTENDED,
		ROP_WRITE_AND_COMMIT_STREAM,
		ROP_COPY_TO_STREAM,
		ROP_FAST_TRANSFER_SOURCE_GET_BUFFER,
		ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER,
		ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED,
	};

	return memchr(ids, id, sizeof ids) != NULL;
}

static void test_failures(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned id = 0; id < 256; id++) {
		const struct rop_info *info = rop_info((uint8_t)id);
		struct rop_request asked;
		struct rop_response r, back;
		struct bytes data;

		if (!info || info->kind != ROP_KIND_NORMAL)
			continue;
		asked = plain_request((uint8_t)id);
		rop_response_fail(&asked, 0x80040115, &r);
		data = encoded(&r);
		assert_int_equal(data.p[0], id == ROP_GET_MESSAGE_STATUS ? 0x20 : id);
		assert_int_equal(data.p[1], asked.response_handle_index);
		assert_int_equal(le32(data.p + 2), 0x80040115);
		assert_int_equal(
			data.n, 6u + (answers_in_full((uint8_t)id) ? info->response->wire_min : 0));
		back = response_of(&asked, data);
		assert_int_equal(back.return_value, 0x80040115);
		n++;
	}
	assert_int_equal(n, 132 - 5);
}

static const struct {
	uint8_t id;
	const char *bytes;
} null_destinations[] = {
	/* MS-OXCROPS 2.2.4.6.3, 2.2.4.7.3, 2.2.4.8.3, 2.2.8.11.3, 2.2.8.12.3, 2.2.9.9.3 */
	{ ROP_MOVE_COPY_MESSAGES, "33 01 03 05 00 00 02 00 00 00 00" },
	{ ROP_MOVE_FOLDER, "35 01 03 05 00 00 02 00 00 00 00" },
	{ ROP_COPY_FOLDER, "36 01 03 05 00 00 02 00 00 00 00" },
	{ ROP_COPY_PROPERTIES, "67 01 03 05 00 00 02 00 00 00" },
	{ ROP_COPY_TO, "39 01 03 05 00 00 02 00 00 00" },
	{ ROP_COPY_TO_STREAM,
	  "3A 01 03 05 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00" },
};

static void test_null_destination(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof null_destinations / sizeof *null_destinations; i++) {
		struct rop_request asked = plain_request(null_destinations[i].id);
		struct bytes expected = hex(null_destinations[i].bytes);
		struct rop_response r;

		rop_response_fail(&asked, ecDstNullObject, &r);
		same_bytes(encoded(&r), expected);
		r = response_of(&asked, expected);
		assert_int_equal(*(uint32_t *)r.body, 2);
		assert_int_equal(r.dest_handle_index, 2);
	}
}

/* MS-OXCROPS 2.2.8.11.4: other failures of RopCopyTo and RopCopyProperties have nothing behind. */
static void test_copy_failures(void **state)
{
	struct rop_request asked = plain_request(ROP_COPY_TO);
	struct rop_response r;

	(void)state;
	rop_response_fail(&asked, ecNotFound, &r);
	same_bytes(encoded(&r), hex("39 01 0F 01 04 80"));
}

static void test_redirect(void **state)
{
	struct rop_request asked = plain_request(ROP_LOGON);
	struct rop_response r = response_of(&asked, hex("FE 01 78 04 00 00 01 05 2F 6F 3D 58 00"));
	const struct rop_logon_redirect *redirect = r.body;

	(void)state;
	assert_int_equal(r.return_value, ecWrongServer);
	assert_int_equal(redirect->logon_flags, 1);
	assert_string_equal((const char *)redirect->server_name.p, "/o=X");
}

static void test_backoff_of_download(void **state)
{
	struct rop_request asked = plain_request(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER);
	struct rop_response r = response_of(
		&asked, hex("4E 01 80 04 00 00 01 00 02 00 03 00 00 00 00 E8 03 00 00"));
	const struct rop_fast_transfer_source_get_buffer_backoff *backoff = r.body;

	(void)state;
	assert_int_equal(backoff->backoff_time, 1000);
	assert_int_equal(backoff->total_step_count, 3);
	r = response_of(&asked, hex("4E 01 00 00 00 00 03 00 02 00 02 00 00 02 00 AA BB"));
	assert_int_equal(
		((struct rop_fast_transfer_source_get_buffer_response *)r.body)->transfer_buffer.n,
		2);
}

/* Special responses ---------------------------------------------------------------------------- */

/* The request is answered under the id of another ROP. */
static void test_message_status(void **state)
{
	struct rop_request asked = plain_request(ROP_GET_MESSAGE_STATUS);
	struct rop_response r;
	struct rop_get_message_status_response body = { .message_status_flags = 0x10 };

	(void)state;
	rop_response_begin(&asked, &r);
	r.body = &body;
	/* MS-OXCROPS_R20004 */
	same_bytes(encoded(&r), hex("20 01 00 00 00 00 10 00 00 00"));
	r = response_of(&asked, hex("20 01 00 00 00 00 10 00 00 00"));
	assert_int_equal(((struct rop_set_message_status_response *)r.body)->message_status_flags,
			 0x10);
}

static void test_progress_instead(void **state)
{
	struct rop_request asked = plain_request(ROP_MOVE_FOLDER);
	struct rop_response r =
		response_of(&asked, hex("50 01 00 00 00 00 00 0A 00 00 00 64 00 00 00"));
	const struct rop_progress_response *progress = r.body;

	(void)state;
	assert_int_equal(r.id, ROP_PROGRESS);
	assert_int_equal(progress->completed_task_count, 10);
	assert_int_equal(progress->total_task_count, 100);
}

static void test_unasked(void **state)
{
	struct rop_response r = response_of(NULL, hex("6E 02 00"));

	(void)state;
	assert_int_equal(((struct rop_pending_response *)r.body)->session_index, 2);
	r = response_of(NULL, hex("FF 00 80 15 00 00 00 01 32 00"));
	assert_int_equal(((struct rop_buffer_too_small_response *)r.body)->size_needed, 0x8000);
	assert_int_equal(((struct rop_buffer_too_small_response *)r.body)->request_buffers.n, 7);
	r = response_of(NULL, hex("F9 01 10 27 00 00 01 15 E8 03 00 00 02 00 AB CD"));
	assert_int_equal(((struct rop_backoff_response *)r.body)->duration, 10000);
	assert_int_equal(((struct rop_backoff_response *)r.body)->backoff_rop_data.v[0].duration,
			 1000);
	assert_int_equal(((struct rop_backoff_response *)r.body)->additional_data.n, 2);
}

static void test_wrong_response(void **state)
{
	struct rop_request asked = plain_request(ROP_OPEN_FOLDER);
	struct bytes data = hex("15 01 00 00 00 00");
	struct rop_response r = { .id = 0x77 };
	struct wire_in in;

	(void)state;
	wire_in_init(&in, data, &arena);
	assert_int_equal(rop_response_decode(&in, &context, &asked, &r), ecCorruptData);
	assert_int_equal(r.id, 0x77);
	wire_in_init(&in, hex("01 00 00 00 00 00"), &arena);
	assert_int_equal(rop_response_decode(&in, &context, NULL, &r), ecCorruptData);
}

/* A text that a client needs not get, RopTransportSend 2.2.7.6.2. */
static void test_no_properties(void **state)
{
	struct rop_request asked = plain_request(ROP_TRANSPORT_SEND);

	(void)state;
	(void)response_of(&asked, hex("4A 01 00 00 00 00 01"));
	(void)response_of(&asked, hex("4A 01 00 00 00 00 00 01 00 03 00 17 00 02 00 00 00"));
}

/* What depends on more than the bytes ---------------------------------------------------------- */

static void test_public_logon(void **state)
{
	static const char marked[] = "11 05 01 02 01 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E "
				     "0F 10 11 12 13 14 15 16 17";
	struct rop_request r = request_of(hex("11 05 01 02 01"));

	(void)state;
	/* MS-OXCROPS_R2095 */
	assert_false(((struct rop_set_message_read_flag_request *)r.body)->client_data.present);
	rop_context_set_public(&context, 5, true);
	r = request_of(hex(marked));
	/* MS-OXCROPS_R2094 */
	assert_true(((struct rop_set_message_read_flag_request *)r.body)->client_data.present);
	assert_int_equal(
		((struct rop_set_message_read_flag_request *)r.body)->client_data.value[23], 0x17);
}

static struct bytes per_user(uint8_t offset, bool guid)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);

	buf_add(&b, "\x64\5\1", 3);
	buf_add_zeros(&b, 24);
	buf_add_u8(&b, 1);
	buf_add_u32(&b, offset);
	buf_add_u16(&b, 1);
	buf_add_u8(&b, 0xAA);
	if (guid)
		buf_add(&b, "0123456789abcdef", 16);
	return bytes_of(arena_memdup(&arena, b.p, b.n), b.n);
}

static void test_per_user_guid(void **state)
{
	struct rop_request r = request_of(per_user(0, true));

	(void)state;
	assert_true(((struct rop_write_per_user_information_request *)r.body)->repl_guid.present);
	r = request_of(per_user(9, false));
	assert_false(((struct rop_write_per_user_information_request *)r.body)->repl_guid.present);
	rop_context_set_public(&context, 5, true);
	r = request_of(per_user(0, false));
	assert_false(((struct rop_write_per_user_information_request *)r.body)->repl_guid.present);
}

static const uint32_t two_columns[] = { 0x00170003, 0x0037001F };

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	(void)user;
	*out = (struct rop_columns){ 2, two_columns };
	return asked->input_handle_index == 1;
}

static void test_rows(void **state)
{
	static const char rows[] = "15 01 00 00 00 00 02 02 00 00 01 00 00 00 41 00 00 00 "
				   "01 00 02 00 00 00 0A 0F 01 04 80";
	struct rop_request asked = plain_request(ROP_QUERY_ROWS);
	struct rop_response r;
	struct wire_in in;

	(void)state;
	wire_in_init(&in, hex(rows), &arena);
	assert_int_equal(rop_response_decode(&in, &context, &asked, &r), ecCorruptData);
	assert_non_null(strstr(in.error.what, "columns are not known"));
	context.columns = columns_of;
	r = response_of(&asked, hex(rows));
	assert_int_equal(((struct rop_query_rows_response *)r.body)->rows.count, 2);
	assert_int_equal(((struct rop_query_rows_response *)r.body)->rows.data.n, 20);
	asked.input_handle_index = 2;
	wire_in_init(&in, hex(rows), &arena);
	assert_int_equal(rop_response_decode(&in, &context, &asked, &r), ecCorruptData);
	/* No rows have no columns. */
	(void)response_of(&asked, hex("15 01 00 00 00 00 02 00 00"));
}

/* The columns are those of the request. */
static void test_properties_specific(void **state)
{
	struct rop_request asked = request_of(hex("07 00 01 00 00 01 00 02 00 03 00 17 00 1F 00 37 "
						  "00"));
	struct rop_response r =
		response_of(&asked, hex("07 01 00 00 00 00 00 01 00 00 00 41 00 00 00"));

	(void)state;
	assert_int_equal(((struct rop_get_properties_specific_response *)r.body)->row_data.n, 9);
}

static void test_receive_folders(void **state)
{
	struct rop_request asked = plain_request(ROP_GET_RECEIVE_FOLDER_TABLE);
	struct rop_response r =
		response_of(&asked, hex("68 01 00 00 00 00 01 00 00 00 00 01 00 00 00 00 00 00 0E "
					"49 50 4D 00 00 11 22 33 44 55 66 77"));

	(void)state;
	assert_int_equal(((struct rop_get_receive_folder_table_response *)r.body)->rows.count, 1);
}

/* Broken ones ---------------------------------------------------------------------------------- */

static void test_broken(void **state)
{
	static const char *const bad[] = {
		"",
		"02",
		"02 00",
		"02 00 01",
		"02 00 01 05 01 00",
		"12 00 01 00 02 00 03 00 17 00",
		"0A 00 01 04 00 00 00 00 00",
		"27 00 01 49 50 4D",
		"0A 00 01 02 00 01 00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rop_request r = { .id = 0x55 };
		struct wire_in in;

		wire_in_init(&in, hex(bad[i]), &arena);
		assert_int_equal(rop_request_decode(&in, &context, &r), ecRpcFormat);
		assert_int_equal(r.id, 0x55);
	}
}

static void test_without_room(void **state)
{
	struct rop_query_position_response body = { 1, 2 };
	struct rop_request asked = plain_request(ROP_QUERY_POSITION);
	struct rop_response r;

	(void)state;
	rop_response_begin(&asked, &r);
	r.body = &body;
	for (size_t max = 1; max < 16; max++) {
		CLEANUP_BUF struct buf b = BUF_MAX(max);
		struct wire_out out;

		buf_add_u8(&b, 0x99);
		wire_out_init(&out, &b);
		assert_int_equal(rop_response_encode(&out, &r), max < 15 ? ecTooBig : ecNone);
		assert_int_equal(b.n, max < 15 ? 1 : 15);
		assert_false(b.failed);
	}
}

static void test_without_body(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64);
	struct rop_request r = { .id = ROP_OPEN_FOLDER };
	struct rop_response answer = { .id = ROP_GET_PROPERTIES_SPECIFIC };
	struct wire_out out;

	(void)state;
	wire_out_init(&out, &b);
	assert_int_equal(rop_request_encode(&out, &r), ecInvalidParam);
	assert_int_equal(rop_response_encode(&out, &answer), ecInvalidParam);
	answer.id = ROP_RELEASE;
	assert_int_equal(rop_response_encode(&out, &answer), ecInvalidParam);
	answer.id = 0x28;
	assert_int_equal(rop_response_encode(&out, &answer), ecInvalidParam);
	assert_null(rop_response_type(&answer));
	assert_int_equal(b.n, 0);
}

static void test_print(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1024);
	struct rop_request r = request_of(hex("15 00 01 00 01 32 00"));
	struct rop_response answer;

	(void)state;
	rop_request_print(&r, &b);
	assert_string_equal(buf_cstr(&b),
			    "RopQueryRows logon=0 handle=1 rop_query_rows_request{query_rows_flags="
			    "0 forward_read=1 row_count=0x32}");
	buf_clear(&b);
	rop_response_fail(&r, ecNotSupported, &answer);
	rop_response_print(&answer, &b);
	assert_non_null(strstr(buf_cstr(&b), "RopQueryRows handle=1 failed="));
	buf_clear(&b);
	answer.return_value = 0x12345;
	rop_response_print(&answer, &b);
	assert_string_equal(buf_cstr(&b), "RopQueryRows handle=1 failed=0x12345");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reserved, forget),
		cmocka_unit_test_setup(test_names, forget),
		cmocka_unit_test_setup(test_no_request, forget),
		cmocka_unit_test_setup(test_input, forget),
		cmocka_unit_test_setup(test_output, forget),
		cmocka_unit_test_setup(test_dest, forget),
		cmocka_unit_test_setup(test_response_input, forget),
		cmocka_unit_test_setup(test_logon_head, forget),
		cmocka_unit_test_setup(test_failures, forget),
		cmocka_unit_test_setup(test_null_destination, forget),
		cmocka_unit_test_setup(test_copy_failures, forget),
		cmocka_unit_test_setup(test_redirect, forget),
		cmocka_unit_test_setup(test_backoff_of_download, forget),
		cmocka_unit_test_setup(test_message_status, forget),
		cmocka_unit_test_setup(test_progress_instead, forget),
		cmocka_unit_test_setup(test_unasked, forget),
		cmocka_unit_test_setup(test_wrong_response, forget),
		cmocka_unit_test_setup(test_no_properties, forget),
		cmocka_unit_test_setup(test_public_logon, forget),
		cmocka_unit_test_setup(test_per_user_guid, forget),
		cmocka_unit_test_setup(test_rows, forget),
		cmocka_unit_test_setup(test_properties_specific, forget),
		cmocka_unit_test_setup(test_receive_folders, forget),
		cmocka_unit_test_setup(test_broken, forget),
		cmocka_unit_test_setup(test_without_room, forget),
		cmocka_unit_test_setup(test_without_body, forget),
		cmocka_unit_test_setup(test_print, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
