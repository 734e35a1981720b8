/*
 * rop: what fields there are and how wide they are, by the numbered requirements of [MS-OXCROPS]
 * (streams, permissions, rules, fast transfer, changes, notifications).
 */
#include "rop_support.h"

#include "fields.h"

static void test_stream_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3166 */
	assert_int_equal(request_width(ROP_OPEN_STREAM, "output_handle_index"), 1);
	/* MS-OXCROPS_R3169 */
	assert_int_equal(request_width(ROP_OPEN_STREAM, "property_tag"), 4);
	/* MS-OXCROPS_R3172 */
	assert_int_equal(request_width(ROP_OPEN_STREAM, "open_mode_flags"), 1);
	/* MS-OXCROPS_R3184 */
	assert_int_equal(response_width(ROP_OPEN_STREAM, "stream_size"), 4);
	/* MS-OXCROPS_R3205 */
	assert_int_equal(request_width(ROP_READ_STREAM, "byte_count"), 2);
	/* MS-OXCROPS_R3211 */
	assert_int_equal(request_width(ROP_READ_STREAM, "maximum_byte_count"), 4);
	/* MS-OXCROPS_R3224 */
	assert_int_equal(response_count(ROP_READ_STREAM, "data"), 2);
	/* MS-OXCROPS_R3242 */
	assert_int_equal(request_count(ROP_WRITE_STREAM, "data"), 2);
	/* MS-OXCROPS_R3255 */
	assert_int_equal(response_width(ROP_WRITE_STREAM, "written_size"), 2);
	/* MS-OXCROPS_R3256012 */
	assert_int_equal(request_count(ROP_WRITE_STREAM_EXTENDED, "data"), 2);
	/* MS-OXCROPS_R3256025 */
	assert_int_equal(response_width(ROP_WRITE_STREAM_EXTENDED, "written_size"), 4);
	/* MS-OXCROPS_R3294 */
	assert_int_equal(response_width(ROP_GET_STREAM_SIZE, "stream_size"), 4);
	/* MS-OXCROPS_R3315 */
	assert_int_equal(request_width(ROP_SET_STREAM_SIZE, "stream_size"), 8);
	/* MS-OXCROPS_R3339 */
	assert_int_equal(request_width(ROP_SEEK_STREAM, "origin"), 1);
	/* MS-OXCROPS_R3342 */
	assert_int_equal(request_width(ROP_SEEK_STREAM, "offset"), 8);
	/* MS-OXCROPS_R3353 */
	assert_int_equal(response_width(ROP_SEEK_STREAM, "new_position"), 8);
	/* MS-OXCROPS_R3374 */
	assert_int_equal(request_width(ROP_COPY_TO_STREAM, "dest_handle_index"), 1);
	/* MS-OXCROPS_R3377 */
	assert_int_equal(request_width(ROP_COPY_TO_STREAM, "byte_count"), 8);
	/* MS-OXCROPS_R3388 */
	assert_int_equal(response_width(ROP_COPY_TO_STREAM, "read_byte_count"), 8);
	/* MS-OXCROPS_R3390 */
	assert_int_equal(response_width(ROP_COPY_TO_STREAM, "written_byte_count"), 8);
	/* MS-OXCROPS_R3426 */
	assert_int_equal(request_width(ROP_LOCK_REGION_STREAM, "region_offset"), 8);
	/* MS-OXCROPS_R3428 */
	assert_int_equal(request_width(ROP_LOCK_REGION_STREAM, "region_size"), 8);
	/* MS-OXCROPS_R3430 */
	assert_int_equal(request_width(ROP_LOCK_REGION_STREAM, "lock_flags"), 4);
	/* MS-OXCROPS_R3451 */
	assert_int_equal(request_width(ROP_UNLOCK_REGION_STREAM, "region_offset"), 8);
}

static void test_stream_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3453 */
	assert_int_equal(request_width(ROP_UNLOCK_REGION_STREAM, "region_size"), 8);
	/* MS-OXCROPS_R3455 */
	assert_int_equal(request_width(ROP_UNLOCK_REGION_STREAM, "lock_flags"), 4);
	/* MS-OXCROPS_R3476 */
	assert_int_equal(request_count(ROP_WRITE_AND_COMMIT_STREAM, "data"), 2);
	/* MS-OXCROPS_R3492 */
	assert_int_equal(request_width(ROP_CLONE_STREAM, "output_handle_index"), 1);
}

static void test_permission(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3513 */
	assert_int_equal(request_width(ROP_MODIFY_PERMISSIONS, "modify_flags"), 1);
	/* MS-OXCROPS_R3548 */
	assert_int_equal(request_width(ROP_GET_PERMISSIONS_TABLE, "output_handle_index"), 1);
	/* MS-OXCROPS_R3551 */
	assert_int_equal(request_width(ROP_GET_PERMISSIONS_TABLE, "table_flags"), 1);
}

static void test_rule(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3572 */
	assert_int_equal(request_width(ROP_MODIFY_RULES, "modify_rules_flags"), 1);
	/* MS-OXCROPS_R3575 */
	assert_int_equal(request_count(ROP_MODIFY_RULES, "rules_data"), 2);
	/* MS-OXCROPS_R3606 */
	assert_int_equal(request_width(ROP_GET_RULES_TABLE, "output_handle_index"), 1);
	/* MS-OXCROPS_R3609 */
	assert_int_equal(request_width(ROP_GET_RULES_TABLE, "table_flags"), 1);
	/* MS-OXCROPS_R3630 */
	assert_int_equal(request_count(ROP_UPDATE_DEFERRED_ACTION_MESSAGES, "server_entry_id"), 2);
	/* MS-OXCROPS_R3635 */
	assert_int_equal(request_count(ROP_UPDATE_DEFERRED_ACTION_MESSAGES, "client_entry_id"), 2);
}

static void test_fast_transfer_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3658 */
	assert_int_equal(
		request_width(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, "output_handle_index"), 1);
	/* MS-OXCROPS_R3661 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, "source_operation"),
			 1);
	/* MS-OXCROPS_R3664 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, "copy_flags"), 1);
	/* MS-OXCROPS_R3685 */
	assert_int_equal(request_count(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "transfer_data"),
			 2);
	/* MS-OXCROPS_R3698 */
	assert_int_equal(
		response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "transfer_status"), 2);
	/* MS-OXCROPS_R3701 */
	assert_int_equal(
		response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "in_progress_count"), 2);
	/* MS-OXCROPS_R3703 */
	assert_int_equal(
		response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "total_step_count"), 2);
	/* MS-OXCROPS_R3707 */
	assert_int_equal(
		response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, "buffer_used_size"), 2);
	/* MS-OXCROPS_R3708012 */
	assert_int_equal(
		request_count(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED, "transfer_data"),
		2);
	/* MS-OXCROPS_R3708025 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED,
					"transfer_status"),
			 2);
	/* MS-OXCROPS_R3708028 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED,
					"in_progress_count"),
			 4);
	/* MS-OXCROPS_R3708030 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED,
					"total_step_count"),
			 4);
	/* MS-OXCROPS_R3708034 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED,
					"buffer_used_size"),
			 2);
	/* MS-OXCROPS_R3719 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "buffer_size"), 2);
	/* MS-OXCROPS_R3721 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "maximum_buffer_size"),
			 2);
	/* MS-OXCROPS_R3732 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "transfer_status"), 2);
	/* MS-OXCROPS_R3736 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "in_progress_count"),
			 2);
	/* MS-OXCROPS_R3738 */
	assert_int_equal(response_width(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "total_step_count"),
			 2);
	/* MS-OXCROPS_R3742 */
	assert_int_equal(response_count(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, "transfer_buffer"), 2);
	/* MS-OXCROPS_R3760 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, "output_handle_index"),
			 1);
	/* MS-OXCROPS_R3763 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, "copy_flags"), 1);
	/* MS-OXCROPS_R3766 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, "send_options"), 1);
	/* MS-OXCROPS_R3787 */
	assert_int_equal(
		request_width(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, "output_handle_index"), 1);
	/* MS-OXCROPS_R3790 */
	assert_int_equal(request_count(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, "message_ids"), 2);
}

static void test_fast_transfer_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3795 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, "copy_flags"), 1);
	/* MS-OXCROPS_R3798 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, "send_options"), 1);
	/* MS-OXCROPS_R3819 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_TO, "output_handle_index"), 1);
	/* MS-OXCROPS_R3822 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_TO, "level"), 1);
	/* MS-OXCROPS_R3824 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_TO, "copy_flags"), 4);
	/* MS-OXCROPS_R3827 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_TO, "send_options"), 1);
	/* MS-OXCROPS_R3830 */
	assert_int_equal(request_count(ROP_FAST_TRANSFER_SOURCE_COPY_TO, "property_tags"), 2);
	/* MS-OXCROPS_R3854 */
	assert_int_equal(
		request_width(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, "output_handle_index"), 1);
	/* MS-OXCROPS_R3857 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, "level"), 1);
	/* MS-OXCROPS_R3859 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, "copy_flags"), 1);
	/* MS-OXCROPS_R3862 */
	assert_int_equal(request_width(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, "send_options"),
			 1);
	/* MS-OXCROPS_R3865 */
	assert_int_equal(request_count(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, "property_tags"),
			 2);
	/* MS-OXCROPS_R3889 */
	assert_int_equal(request_width(ROP_TELL_VERSION, "version"), 6);
}

static void test_ics_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3910 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_CONFIGURE, "output_handle_index"), 1);
	/* MS-OXCROPS_R3913 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_CONFIGURE, "synchronization_type"), 1);
	/* MS-OXCROPS_R3916 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_CONFIGURE, "send_options"), 1);
	/* MS-OXCROPS_R3919 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_CONFIGURE, "synchronization_flags"), 2);
	/* MS-OXCROPS_R3922 */
	assert_int_equal(request_count(ROP_SYNCHRONIZATION_CONFIGURE, "restriction_data"), 2);
	/* MS-OXCROPS_R3928 */
	assert_int_equal(
		request_width(ROP_SYNCHRONIZATION_CONFIGURE, "synchronization_extra_flags"), 4);
	/* MS-OXCROPS_R3931 */
	assert_int_equal(request_count(ROP_SYNCHRONIZATION_CONFIGURE, "property_tags"), 2);
	/* MS-OXCROPS_R3955 */
	assert_int_equal(
		request_width(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, "output_handle_index"), 1);
	/* MS-OXCROPS_R3960 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, "import_flag"),
			 1);
	/* MS-OXCROPS_R3963 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, "property_values"), 2);
	/* MS-OXCROPS_R3978 */
	assert_int_equal(response_width(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, "message_id"),
			 8);
	/* MS-OXCROPS_R4031 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, "hierarchy_values"), 2);
	/* MS-OXCROPS_R4037 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, "property_values"), 2);
	/* MS-OXCROPS_R4052 */
	assert_int_equal(response_width(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, "folder_id"),
			 8);
	/* MS-OXCROPS_R407401 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_IMPORT_DELETES, "import_delete_flags"),
			 1);
	/* MS-OXCROPS_R4075 */
	assert_int_equal(request_count(ROP_SYNCHRONIZATION_IMPORT_DELETES, "property_values"), 2);
	/* MS-OXCROPS_R4101 */
	assert_int_equal(request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "source_folder_id"),
			 4);
	/* MS-OXCROPS_R4106 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "source_message_id"), 4);
	/* MS-OXCROPS_R4111 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "predecessor_change_list"),
		4);
	/* MS-OXCROPS_R4115 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "destination_message_id"),
		4);
	/* MS-OXCROPS_R4120 */
	assert_int_equal(request_count(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "change_number"),
			 4);
	/* MS-OXCROPS_R4134 */
	assert_int_equal(response_width(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, "message_id"), 8);
	/* MS-OXCROPS_R4155 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_OPEN_COLLECTOR, "output_handle_index"),
			 1);
	/* MS-OXCROPS_R4158 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_OPEN_COLLECTOR, "is_contents_collector"),
			 1);
}

static void test_ics_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4178 */
	assert_int_equal(
		request_width(ROP_SYNCHRONIZATION_GET_TRANSFER_STATE, "output_handle_index"), 1);
	/* MS-OXCROPS_R4199 */
	assert_int_equal(
		request_width(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, "state_property"), 4);
	/* MS-OXCROPS_R4201 */
	assert_int_equal(request_width(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN,
				       "transfer_buffer_size"),
			 4);
	/* MS-OXCROPS_R4221 */
	assert_int_equal(
		request_count(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, "stream_data"), 4);
	/* MS-OXCROPS_R4294 */
	assert_int_equal(request_width(ROP_GET_LOCAL_REPLICA_IDS, "id_count"), 4);
	/* MS-OXCROPS_R4309 */
	assert_int_equal(response_width(ROP_GET_LOCAL_REPLICA_IDS, "global_count"), 6);
}

static void test_notification(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4330 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "output_handle_index"), 1);
	/* MS-OXCROPS_R4333 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "notification_types"), 2);
	/* MS-OXCROPS_R4336 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "reserved"), 1);
	/* MS-OXCROPS_R4338 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "want_whole_store"), 1);
	/* MS-OXCROPS_R4340 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "folder_id"), 8);
	/* MS-OXCROPS_R4343 */
	assert_int_equal(request_width(ROP_REGISTER_NOTIFICATION, "message_id"), 8);
	/* MS-OXCROPS_R4428 */
	assert_int_equal(response_width(ROP_NOTIFY, "logon_id"), 1);
	/* MS-OXCROPS_R4437 */
	assert_int_equal(response_width(ROP_PENDING, "session_index"), 2);
}

static void test_protocol(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4443 */
	assert_int_equal(response_width(ROP_BUFFER_TOO_SMALL, "size_needed"), 2);
	/* MS-OXCROPS_R4454 */
	assert_int_equal(response_width(ROP_BACKOFF, "logon_id"), 1);
	/* MS-OXCROPS_R4456 */
	assert_int_equal(response_width(ROP_BACKOFF, "duration"), 4);
	/* MS-OXCROPS_R4458 */
	assert_int_equal(response_count(ROP_BACKOFF, "backoff_rop_data"), 1);
	/* MS-OXCROPS_R4463 */
	assert_int_equal(response_count(ROP_BACKOFF, "additional_data"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stream_1, forget),
		cmocka_unit_test_setup(test_stream_2, forget),
		cmocka_unit_test_setup(test_permission, forget),
		cmocka_unit_test_setup(test_rule, forget),
		cmocka_unit_test_setup(test_fast_transfer_1, forget),
		cmocka_unit_test_setup(test_fast_transfer_2, forget),
		cmocka_unit_test_setup(test_ics_1, forget),
		cmocka_unit_test_setup(test_ics_2, forget),
		cmocka_unit_test_setup(test_notification, forget),
		cmocka_unit_test_setup(test_protocol, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
