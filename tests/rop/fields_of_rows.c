/*
 * rop/rop: the width of the fields of structures inside of responses, and of responses without a destination, by the numbered
 * requirements of [MS-OXCROPS].
 */
#include "rop_support.h"

#include "fields.h"

#include "rop/rops_folder.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"
#include "rop/rops_stream.h"

static void test_structures(void **state)
{
	(void)state;
	/* MS-OXCROPS_R77 */
	assert_int_equal(width_of(&logon_time_wire, "seconds"), 1);
	/* MS-OXCROPS_R79 */
	assert_int_equal(width_of(&logon_time_wire, "minutes"), 1);
	/* MS-OXCROPS_R81 */
	assert_int_equal(width_of(&logon_time_wire, "hour"), 1);
	/* MS-OXCROPS_R83 */
	assert_int_equal(width_of(&logon_time_wire, "day_of_week"), 1);
	/* MS-OXCROPS_R85 */
	assert_int_equal(width_of(&logon_time_wire, "day"), 1);
	/* MS-OXCROPS_R87 */
	assert_int_equal(width_of(&logon_time_wire, "month"), 1);
	/* MS-OXCROPS_R89 */
	assert_int_equal(width_of(&logon_time_wire, "year"), 2);
	/* MS-OXCROPS_R1724 */
	assert_int_equal(width_of(&open_recipient_row_wire, "recipient_type"), 1);
	/* MS-OXCROPS_R1727 */
	assert_int_equal(width_of(&open_recipient_row_wire, "code_page_id"), 2);
	/* MS-OXCROPS_R1729 */
	assert_int_equal(width_of(&open_recipient_row_wire, "reserved"), 2);
	/* MS-OXCROPS_R1731 */
	assert_int_equal(count_of(&open_recipient_row_wire, "recipient_row"), 2);
	/* MS-OXCROPS_R1920 */
	assert_int_equal(width_of(&read_recipient_row_wire, "row_id"), 4);
	/* MS-OXCROPS_R1922 */
	assert_int_equal(width_of(&read_recipient_row_wire, "recipient_type"), 1);
	/* MS-OXCROPS_R1925 */
	assert_int_equal(width_of(&read_recipient_row_wire, "code_page_id"), 2);
	/* MS-OXCROPS_R1927 */
	assert_int_equal(width_of(&read_recipient_row_wire, "reserved"), 2);
	/* MS-OXCROPS_R1929 */
	assert_int_equal(count_of(&read_recipient_row_wire, "recipient_row"), 2);
}

static void test_responses(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1713 */
	assert_int_equal(response_count(ROP_OPEN_MESSAGE, "recipient_columns"), 2);
	/* MS-OXCROPS_R1719 */
	assert_int_equal(response_count(ROP_OPEN_MESSAGE, "recipient_rows"), 1);
	/* MS-OXCROPS_R1975 */
	assert_int_equal(response_count(ROP_RELOAD_CACHED_INFORMATION, "recipient_columns"), 2);
	/* MS-OXCROPS_R1981 */
	assert_int_equal(response_count(ROP_RELOAD_CACHED_INFORMATION, "recipient_rows"), 1);
	/* MS-OXCROPS_R2271 */
	assert_int_equal(response_count(ROP_OPEN_EMBEDDED_MESSAGE, "recipient_columns"), 2);
	/* MS-OXCROPS_R2277 */
	assert_int_equal(response_count(ROP_OPEN_EMBEDDED_MESSAGE, "recipient_rows"), 1);
	/* MS-OXCROPS_R2257 */
	assert_int_equal(response_width(ROP_OPEN_EMBEDDED_MESSAGE, "reserved"), 1);
	/* MS-OXCROPS_R1915 */
	assert_int_equal(response_count(ROP_READ_RECIPIENTS, "recipient_rows"), 1);
	/* MS-OXCROPS_R2537 */
	assert_int_equal(response_width(ROP_GET_TRANSPORT_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R2570 */
	assert_int_equal(response_width(ROP_OPTIONS_DATA, "reserved"), 1);
	/* MS-OXCROPS_R4306 */
	assert_int_equal(response_width(ROP_GET_LOCAL_REPLICA_IDS, "repl_guid"), 16);
	/* MS-OXCROPS_R4426 */
	assert_int_equal(response_width(ROP_NOTIFY, "notification_handle"), 4);
	/* MS-OXCROPS_R3705 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "reserved"), 1);
	/* MS-OXCROPS_R3708032 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED, "reserved"), 1);
	/* MS-OXCROPS_R3740 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "reserved"), 1);
}

static void test_no_destination(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3047 */
	assert_int_equal(width_of(&rop_copy_properties_null_destination_wire, "dest_handle_index"), 4);
	/* MS-OXCROPS_R3108 */
	assert_int_equal(width_of(&rop_copy_to_null_destination_wire, "dest_handle_index"), 4);
	/* MS-OXCROPS_R3401 */
	assert_int_equal(width_of(&rop_copy_to_stream_null_destination_wire, "dest_handle_index"), 4);
	/* MS-OXCROPS_R3404 */
	assert_int_equal(width_of(&rop_copy_to_stream_null_destination_wire, "read_byte_count"), 8);
	/* MS-OXCROPS_R3412 */
	assert_int_equal(width_of(&rop_copy_to_stream_null_destination_wire, "written_byte_count"), 8);
	/* MS-OXCROPS_R790 */
	assert_int_equal(width_of(&rop_move_copy_messages_null_destination_wire, "dest_handle_index"), 4);
	/* MS-OXCROPS_R792 */
	assert_int_equal(width_of(&rop_move_copy_messages_null_destination_wire, "partial_completion"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_structures, forget),
		cmocka_unit_test_setup(test_responses, forget),
		cmocka_unit_test_setup(test_no_destination, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
