/*
 * rop: what fields there are and how wide they are, by the numbered requirements of [MS-OXCROPS]
 * (messages, transport and properties).
 */
#include "rop_support.h"

#include "fields.h"

static void test_message_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1680 */
	assert_int_equal(request_width(ROP_OPEN_MESSAGE, "output_handle_index"), 1);
	/* MS-OXCROPS_R1683 */
	assert_int_equal(request_width(ROP_OPEN_MESSAGE, "code_page_id"), 2);
	/* MS-OXCROPS_R1685 */
	assert_int_equal(request_width(ROP_OPEN_MESSAGE, "folder_id"), 8);
	/* MS-OXCROPS_R1687 */
	assert_int_equal(request_width(ROP_OPEN_MESSAGE, "open_mode_flags"), 1);
	/* MS-OXCROPS_R1690 */
	assert_int_equal(request_width(ROP_OPEN_MESSAGE, "message_id"), 8);
	/* MS-OXCROPS_R1703 */
	assert_int_equal(response_width(ROP_OPEN_MESSAGE, "has_named_properties"), 1);
	/* MS-OXCROPS_R1711 */
	assert_int_equal(response_width(ROP_OPEN_MESSAGE, "recipient_count"), 2);
	/* MS-OXCROPS_R1755 */
	assert_int_equal(request_width(ROP_CREATE_MESSAGE, "output_handle_index"), 1);
	/* MS-OXCROPS_R1758 */
	assert_int_equal(request_width(ROP_CREATE_MESSAGE, "code_page_id"), 2);
	/* MS-OXCROPS_R1760 */
	assert_int_equal(request_width(ROP_CREATE_MESSAGE, "folder_id"), 8);
	/* MS-OXCROPS_R1762 */
	assert_int_equal(request_width(ROP_CREATE_MESSAGE, "associated_flag"), 1);
	/* MS-OXCROPS_R1773 */
	assert_int_equal(response_width(ROP_CREATE_MESSAGE, "has_message_id"), 1);
	/* MS-OXCROPS_R1775 */
	assert_int_equal(response_width(ROP_CREATE_MESSAGE, "message_id"), 8);
	/* MS-OXCROPS_R1803 */
	assert_int_equal(request_width(ROP_SAVE_CHANGES_MESSAGE, "save_flags"), 1);
	/* MS-OXCROPS_R1818 */
	assert_int_equal(response_width(ROP_SAVE_CHANGES_MESSAGE, "message_id"), 8);
	/* MS-OXCROPS_R1901 */
	assert_int_equal(request_width(ROP_READ_RECIPIENTS, "row_id"), 4);
	/* MS-OXCROPS_R1965 */
	assert_int_equal(response_width(ROP_RELOAD_CACHED_INFORMATION, "has_named_properties"), 1);
	/* MS-OXCROPS_R1973 */
	assert_int_equal(response_width(ROP_RELOAD_CACHED_INFORMATION, "recipient_count"), 2);
	/* MS-OXCROPS_R2006 */
	assert_int_equal(request_width(ROP_SET_MESSAGE_STATUS, "message_id"), 8);
	/* MS-OXCROPS_R2008 */
	assert_int_equal(request_width(ROP_SET_MESSAGE_STATUS, "message_status_flags"), 4);
	/* MS-OXCROPS_R2022 */
	assert_int_equal(response_width(ROP_SET_MESSAGE_STATUS, "message_status_flags"), 4);
	/* MS-OXCROPS_R2044 */
	assert_int_equal(request_width(ROP_GET_MESSAGE_STATUS, "message_id"), 8);
	/* MS-OXCROPS_R2057 */
	assert_int_equal(request_width(ROP_SET_READ_FLAGS, "want_asynchronous"), 1);
	/* MS-OXCROPS_R2059 */
	assert_int_equal(request_width(ROP_SET_READ_FLAGS, "read_flags"), 1);
}

static void test_message_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2062 */
	assert_int_equal(request_count(ROP_SET_READ_FLAGS, "message_ids"), 2);
	/* MS-OXCROPS_R2075 */
	assert_int_equal(response_width(ROP_SET_READ_FLAGS, "partial_completion"), 1);
	/* MS-OXCROPS_R2091 */
	assert_int_equal(request_width(ROP_SET_MESSAGE_READ_FLAG, "read_flags"), 1);
	/* MS-OXCROPS_R2106 */
	assert_int_equal(response_width(ROP_SET_MESSAGE_READ_FLAG, "read_status_changed"), 1);
	/* MS-OXCROPS_R2108 */
	assert_int_equal(response_width(ROP_SET_MESSAGE_READ_FLAG, "logon_id"), 1);
	/* MS-OXCROPS_R2112 */
	assert_int_equal(response_width(ROP_SET_MESSAGE_READ_FLAG, "client_data"), 24);
	/* MS-OXCROPS_R2135 */
	assert_int_equal(request_width(ROP_OPEN_ATTACHMENT, "output_handle_index"), 1);
	/* MS-OXCROPS_R2138 */
	assert_int_equal(request_width(ROP_OPEN_ATTACHMENT, "open_attachment_flags"), 1);
	/* MS-OXCROPS_R2140 */
	assert_int_equal(request_width(ROP_OPEN_ATTACHMENT, "attachment_id"), 4);
	/* MS-OXCROPS_R2161 */
	assert_int_equal(request_width(ROP_CREATE_ATTACHMENT, "output_handle_index"), 1);
	/* MS-OXCROPS_R2173 */
	assert_int_equal(response_width(ROP_CREATE_ATTACHMENT, "attachment_id"), 4);
	/* MS-OXCROPS_R2195 */
	assert_int_equal(request_width(ROP_DELETE_ATTACHMENT, "attachment_id"), 4);
	/* MS-OXCROPS_R2219 */
	assert_int_equal(request_width(ROP_SAVE_CHANGES_ATTACHMENT, "save_flags"), 1);
	/* MS-OXCROPS_R2240 */
	assert_int_equal(request_width(ROP_OPEN_EMBEDDED_MESSAGE, "output_handle_index"), 1);
	/* MS-OXCROPS_R2243 */
	assert_int_equal(request_width(ROP_OPEN_EMBEDDED_MESSAGE, "code_page_id"), 2);
	/* MS-OXCROPS_R2245 */
	assert_int_equal(request_width(ROP_OPEN_EMBEDDED_MESSAGE, "open_mode_flags"), 1);
	/* MS-OXCROPS_R2259 */
	assert_int_equal(response_width(ROP_OPEN_EMBEDDED_MESSAGE, "message_id"), 8);
	/* MS-OXCROPS_R2261 */
	assert_int_equal(response_width(ROP_OPEN_EMBEDDED_MESSAGE, "has_named_properties"), 1);
	/* MS-OXCROPS_R2269 */
	assert_int_equal(response_width(ROP_OPEN_EMBEDDED_MESSAGE, "recipient_count"), 2);
	/* MS-OXCROPS_R2302 */
	assert_int_equal(request_width(ROP_GET_ATTACHMENT_TABLE, "output_handle_index"), 1);
	/* MS-OXCROPS_R2334 */
	assert_int_equal(response_count(ROP_GET_VALID_ATTACHMENTS, "attachment_id_array"), 4);
}

static void test_transport(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2358 */
	assert_int_equal(request_width(ROP_SUBMIT_MESSAGE, "submit_flags"), 1);
	/* MS-OXCROPS_R2379 */
	assert_int_equal(request_width(ROP_ABORT_SUBMIT, "folder_id"), 8);
	/* MS-OXCROPS_R2381 */
	assert_int_equal(request_width(ROP_ABORT_SUBMIT, "message_id"), 8);
	/* MS-OXCROPS_R2410 */
	assert_int_equal(response_width(ROP_GET_ADDRESS_TYPES, "address_type_count"), 2);
	/* MS-OXCROPS_R2412 */
	assert_int_equal(response_count(ROP_GET_ADDRESS_TYPES, "address_types"), 2);
	/* MS-OXCROPS_R2454 */
	assert_int_equal(request_width(ROP_SPOOLER_LOCK_MESSAGE, "message_id"), 8);
	/* MS-OXCROPS_R2456 */
	assert_int_equal(request_width(ROP_SPOOLER_LOCK_MESSAGE, "lock_state"), 1);
	/* MS-OXCROPS_R2484 */
	assert_int_equal(response_width(ROP_TRANSPORT_SEND, "no_properties_returned"), 1);
	/* MS-OXCROPS_R2486 */
	assert_int_equal(response_count(ROP_TRANSPORT_SEND, "property_values"), 2);
	/* MS-OXCROPS_R2502 */
	assert_int_equal(request_width(ROP_TRANSPORT_NEW_MAIL, "message_id"), 8);
	/* MS-OXCROPS_R2504 */
	assert_int_equal(request_width(ROP_TRANSPORT_NEW_MAIL, "folder_id"), 8);
	/* MS-OXCROPS_R2508 */
	assert_int_equal(request_width(ROP_TRANSPORT_NEW_MAIL, "message_flags"), 4);
	/* MS-OXCROPS_R2560 */
	assert_int_equal(request_width(ROP_OPTIONS_DATA, "want_win32"), 1);
	/* MS-OXCROPS_R2572 */
	assert_int_equal(response_count(ROP_OPTIONS_DATA, "options_info"), 2);
}

static void test_property_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2600 */
	assert_int_equal(request_width(ROP_GET_PROPERTY_IDS_FROM_NAMES, "flags"), 1);
	/* MS-OXCROPS_R2603 */
	assert_int_equal(request_count(ROP_GET_PROPERTY_IDS_FROM_NAMES, "property_names"), 2);
	/* MS-OXCROPS_R2618 */
	assert_int_equal(response_count(ROP_GET_PROPERTY_IDS_FROM_NAMES, "property_ids"), 2);
	/* MS-OXCROPS_R2643 */
	assert_int_equal(request_count(ROP_GET_NAMES_FROM_PROPERTY_IDS, "property_ids"), 2);
	/* MS-OXCROPS_R2658 */
	assert_int_equal(response_count(ROP_GET_NAMES_FROM_PROPERTY_IDS, "property_names"), 2);
	/* MS-OXCROPS_R2683 */
	assert_int_equal(request_width(ROP_GET_PROPERTIES_SPECIFIC, "property_size_limit"), 2);
	/* MS-OXCROPS_R2685 */
	assert_int_equal(request_width(ROP_GET_PROPERTIES_SPECIFIC, "want_unicode"), 2);
	/* MS-OXCROPS_R2687 */
	assert_int_equal(request_count(ROP_GET_PROPERTIES_SPECIFIC, "property_tags"), 2);
	/* MS-OXCROPS_R2724 */
	assert_int_equal(request_width(ROP_GET_PROPERTIES_ALL, "property_size_limit"), 2);
	/* MS-OXCROPS_R2726 */
	assert_int_equal(request_width(ROP_GET_PROPERTIES_ALL, "want_unicode"), 2);
	/* MS-OXCROPS_R2737 */
	assert_int_equal(response_count(ROP_GET_PROPERTIES_ALL, "property_values"), 2);
	/* MS-OXCROPS_R2771 */
	assert_int_equal(response_count(ROP_GET_PROPERTIES_LIST, "property_tags"), 2);
	/* MS-OXCROPS_R2796 */
	assert_int_equal(request_count(ROP_SET_PROPERTIES, "property_values"), 2);
	/* MS-OXCROPS_R2798 */
	assert_int_equal(request_count(ROP_SET_PROPERTIES, "property_values"), 2);
	/* MS-OXCROPS_R2814 */
	assert_int_equal(response_count(ROP_SET_PROPERTIES, "property_problems"), 2);
	/* MS-OXCROPS_R2838 */
	assert_int_equal(request_count(ROP_SET_PROPERTIES_NO_REPLICATE, "property_values"), 2);
	/* MS-OXCROPS_R2840 */
	assert_int_equal(request_count(ROP_SET_PROPERTIES_NO_REPLICATE, "property_values"), 2);
	/* MS-OXCROPS_R2856 */
	assert_int_equal(response_count(ROP_SET_PROPERTIES_NO_REPLICATE, "property_problems"), 2);
	/* MS-OXCROPS_R2880 */
	assert_int_equal(request_count(ROP_DELETE_PROPERTIES, "property_tags"), 2);
	/* MS-OXCROPS_R2895 */
	assert_int_equal(response_count(ROP_DELETE_PROPERTIES, "property_problems"), 2);
	/* MS-OXCROPS_R2919 */
	assert_int_equal(request_count(ROP_DELETE_PROPERTIES_NO_REPLICATE, "property_tags"), 2);
	/* MS-OXCROPS_R2939 */
	assert_int_equal(response_count(ROP_DELETE_PROPERTIES_NO_REPLICATE, "property_problems"),
			 2);
	/* MS-OXCROPS_R2963 */
	assert_int_equal(request_width(ROP_QUERY_NAMED_PROPERTIES, "query_flags"), 1);
	/* MS-OXCROPS_R2966 */
	assert_int_equal(request_width(ROP_QUERY_NAMED_PROPERTIES, "has_guid"), 1);
}

static void test_property_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R2968 */
	assert_int_equal(request_width(ROP_QUERY_NAMED_PROPERTIES, "property_guid"), 16);
	/* MS-OXCROPS_R3010 */
	assert_int_equal(request_width(ROP_COPY_PROPERTIES, "dest_handle_index"), 1);
	/* MS-OXCROPS_R3013 */
	assert_int_equal(request_width(ROP_COPY_PROPERTIES, "want_asynchronous"), 1);
	/* MS-OXCROPS_R3015 */
	assert_int_equal(request_width(ROP_COPY_PROPERTIES, "copy_flags"), 1);
	/* MS-OXCROPS_R3018 */
	assert_int_equal(request_count(ROP_COPY_PROPERTIES, "property_tags"), 2);
	/* MS-OXCROPS_R3033 */
	assert_int_equal(response_count(ROP_COPY_PROPERTIES, "property_problems"), 2);
	/* MS-OXCROPS_R3069 */
	assert_int_equal(request_width(ROP_COPY_TO, "dest_handle_index"), 1);
	/* MS-OXCROPS_R3072 */
	assert_int_equal(request_width(ROP_COPY_TO, "want_asynchronous"), 1);
	/* MS-OXCROPS_R3074 */
	assert_int_equal(request_width(ROP_COPY_TO, "want_sub_objects"), 1);
	/* MS-OXCROPS_R3076 */
	assert_int_equal(request_width(ROP_COPY_TO, "copy_flags"), 1);
	/* MS-OXCROPS_R3079 */
	assert_int_equal(request_count(ROP_COPY_TO, "excluded_tags"), 2);
	/* MS-OXCROPS_R3094 */
	assert_int_equal(response_count(ROP_COPY_TO, "property_problems"), 2);
	/* MS-OXCROPS_R3130 */
	assert_int_equal(request_width(ROP_PROGRESS, "want_cancel"), 1);
	/* MS-OXCROPS_R3141 */
	assert_int_equal(response_width(ROP_PROGRESS, "logon_id"), 1);
	/* MS-OXCROPS_R3143 */
	assert_int_equal(response_width(ROP_PROGRESS, "completed_task_count"), 4);
	/* MS-OXCROPS_R3145 */
	assert_int_equal(response_width(ROP_PROGRESS, "total_task_count"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_message_1, forget),
		cmocka_unit_test_setup(test_message_2, forget),
		cmocka_unit_test_setup(test_transport, forget),
		cmocka_unit_test_setup(test_property_1, forget),
		cmocka_unit_test_setup(test_property_2, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
