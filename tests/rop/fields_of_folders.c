/*
 * rop: what fields there are and how wide they are, by the numbered requirements of [MS-OXCROPS]
 * (logons, folders and tables).
 */
#include "rop_support.h"

#include "fields.h"

static void test_logon_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R32 */
	assert_int_equal(request_width(ROP_LOGON, "logon_flags"), 1);
	/* MS-OXCROPS_R34 */
	assert_int_equal(request_width(ROP_LOGON, "open_flags"), 4);
	/* MS-OXCROPS_R36 */
	assert_int_equal(request_width(ROP_LOGON, "store_state"), 4);
	/* MS-OXCROPS_R38 */
	assert_int_equal(request_count(ROP_LOGON, "essdn"), 2);
	/* MS-OXCROPS_R51 */
	assert_int_equal(response_width(ROP_LOGON, "logon_flags"), 1);
	/* MS-OXCROPS_R55 */
	assert_int_equal(response_width(ROP_LOGON, "response_flags"), 1);
	/* MS-OXCROPS_R57 */
	assert_int_equal(response_width(ROP_LOGON, "mailbox_guid"), 16);
	/* MS-OXCROPS_R59 */
	assert_int_equal(response_width(ROP_LOGON, "repl_id"), 2);
	/* MS-OXCROPS_R61 */
	assert_int_equal(response_width(ROP_LOGON, "repl_guid"), 16);
	/* MS-OXCROPS_R65 */
	assert_int_equal(response_width(ROP_LOGON, "gwart_time"), 8);
	/* MS-OXCROPS_R74 */
	assert_int_equal(response_width(ROP_LOGON, "store_state"), 4);
	/* MS-OXCROPS_R99 */
	assert_int_equal(response_width(ROP_LOGON, "logon_flags"), 1);
	/* MS-OXCROPS_R104 */
	assert_int_equal(response_width(ROP_LOGON, "repl_id"), 2);
	/* MS-OXCROPS_R156 */
	assert_int_equal(response_width(ROP_GET_RECEIVE_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R177 */
	assert_int_equal(request_width(ROP_SET_RECEIVE_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R260 */
	assert_int_equal(request_width(ROP_GET_OWNING_SERVERS, "folder_id"), 8);
	/* MS-OXCROPS_R270 */
	assert_int_equal(response_width(ROP_GET_OWNING_SERVERS, "owning_servers_count"), 2);
	/* MS-OXCROPS_R272 */
	assert_int_equal(response_width(ROP_GET_OWNING_SERVERS, "cheap_servers_count"), 2);
	/* MS-OXCROPS_R294 */
	assert_int_equal(request_width(ROP_PUBLIC_FOLDER_IS_GHOSTED, "folder_id"), 8);
	/* MS-OXCROPS_R304 */
	assert_int_equal(response_width(ROP_PUBLIC_FOLDER_IS_GHOSTED, "is_ghosted"), 1);
	/* MS-OXCROPS_R306 */
	assert_int_equal(response_width(ROP_PUBLIC_FOLDER_IS_GHOSTED, "servers_count"), 2);
	/* MS-OXCROPS_R311 */
	assert_int_equal(response_width(ROP_PUBLIC_FOLDER_IS_GHOSTED, "cheap_servers_count"), 2);
	/* MS-OXCROPS_R338 */
	assert_int_equal(request_width(ROP_LONG_TERM_ID_FROM_ID, "object_id"), 8);
	/* MS-OXCROPS_R348 */
	assert_int_equal(response_width(ROP_LONG_TERM_ID_FROM_ID, "long_term_id"), 24);
}

static void test_logon_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R368 */
	assert_int_equal(request_width(ROP_ID_FROM_LONG_TERM_ID, "long_term_id"), 24);
	/* MS-OXCROPS_R379 */
	assert_int_equal(response_width(ROP_ID_FROM_LONG_TERM_ID, "object_id"), 8);
	/* MS-OXCROPS_R398 */
	assert_int_equal(request_width(ROP_GET_PER_USER_LONG_TERM_IDS, "database_guid"), 16);
	/* MS-OXCROPS_R408 */
	assert_int_equal(response_count(ROP_GET_PER_USER_LONG_TERM_IDS, "long_term_ids"), 2);
	/* MS-OXCROPS_R432 */
	assert_int_equal(request_width(ROP_GET_PER_USER_GUID, "long_term_id"), 24);
	/* MS-OXCROPS_R443 */
	assert_int_equal(response_width(ROP_GET_PER_USER_GUID, "database_guid"), 16);
	/* MS-OXCROPS_R462 */
	assert_int_equal(request_width(ROP_READ_PER_USER_INFORMATION, "folder_id"), 24);
	/* MS-OXCROPS_R467 */
	assert_int_equal(request_width(ROP_READ_PER_USER_INFORMATION, "data_offset"), 4);
	/* MS-OXCROPS_R469 */
	assert_int_equal(request_width(ROP_READ_PER_USER_INFORMATION, "max_data_size"), 2);
	/* MS-OXCROPS_R484 */
	assert_int_equal(response_width(ROP_READ_PER_USER_INFORMATION, "has_finished"), 1);
	/* MS-OXCROPS_R486 */
	assert_int_equal(response_count(ROP_READ_PER_USER_INFORMATION, "data"), 2);
	/* MS-OXCROPS_R508 */
	assert_int_equal(request_width(ROP_WRITE_PER_USER_INFORMATION, "folder_id"), 24);
	/* MS-OXCROPS_R511 */
	assert_int_equal(request_width(ROP_WRITE_PER_USER_INFORMATION, "has_finished"), 1);
	/* MS-OXCROPS_R513 */
	assert_int_equal(request_width(ROP_WRITE_PER_USER_INFORMATION, "data_offset"), 4);
	/* MS-OXCROPS_R515 */
	assert_int_equal(request_count(ROP_WRITE_PER_USER_INFORMATION, "data"), 2);
}

static void test_folder_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R540 */
	assert_int_equal(request_width(ROP_OPEN_FOLDER, "output_handle_index"), 1);
	/* MS-OXCROPS_R542 */
	assert_int_equal(request_width(ROP_OPEN_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R544 */
	assert_int_equal(request_width(ROP_OPEN_FOLDER, "open_mode_flags"), 1);
	/* MS-OXCROPS_R555 */
	assert_int_equal(response_width(ROP_OPEN_FOLDER, "has_rules"), 1);
	/* MS-OXCROPS_R557 */
	assert_int_equal(response_width(ROP_OPEN_FOLDER, "is_ghosted"), 1);
	/* MS-OXCROPS_R559 */
	assert_int_equal(response_width(ROP_OPEN_FOLDER, "server_count"), 2);
	/* MS-OXCROPS_R563 */
	assert_int_equal(response_width(ROP_OPEN_FOLDER, "cheap_server_count"), 2);
	/* MS-OXCROPS_R590 */
	assert_int_equal(request_width(ROP_CREATE_FOLDER, "output_handle_index"), 1);
	/* MS-OXCROPS_R592 */
	assert_int_equal(request_width(ROP_CREATE_FOLDER, "folder_type"), 1);
	/* MS-OXCROPS_R595 */
	assert_int_equal(request_width(ROP_CREATE_FOLDER, "use_unicode_strings"), 1);
	/* MS-OXCROPS_R597 */
	assert_int_equal(request_width(ROP_CREATE_FOLDER, "open_existing"), 1);
	/* MS-OXCROPS_R617 */
	assert_int_equal(response_width(ROP_CREATE_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R619 */
	assert_int_equal(response_width(ROP_CREATE_FOLDER, "is_existing_folder"), 1);
	/* MS-OXCROPS_R662 */
	assert_int_equal(request_width(ROP_DELETE_FOLDER, "delete_folder_flags"), 1);
	/* MS-OXCROPS_R665 */
	assert_int_equal(request_width(ROP_DELETE_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R674 */
	assert_int_equal(response_width(ROP_DELETE_FOLDER, "partial_completion"), 1);
	/* MS-OXCROPS_R685 */
	assert_int_equal(request_count(ROP_SET_SEARCH_CRITERIA, "restriction_data"), 2);
	/* MS-OXCROPS_R691 */
	assert_int_equal(request_count(ROP_SET_SEARCH_CRITERIA, "folder_ids"), 2);
	/* MS-OXCROPS_R696 */
	assert_int_equal(request_width(ROP_SET_SEARCH_CRITERIA, "search_flags"), 4);
	/* MS-OXCROPS_R714 */
	assert_int_equal(request_width(ROP_GET_SEARCH_CRITERIA, "use_unicode"), 1);
	/* MS-OXCROPS_R716 */
	assert_int_equal(request_width(ROP_GET_SEARCH_CRITERIA, "include_restriction"), 1);
	/* MS-OXCROPS_R718 */
	assert_int_equal(request_width(ROP_GET_SEARCH_CRITERIA, "include_folders"), 1);
	/* MS-OXCROPS_R728 */
	assert_int_equal(response_count(ROP_GET_SEARCH_CRITERIA, "restriction_data"), 2);
	/* MS-OXCROPS_R734 */
	assert_int_equal(response_width(ROP_GET_SEARCH_CRITERIA, "logon_id"), 1);
}

static void test_folder_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R736 */
	assert_int_equal(response_count(ROP_GET_SEARCH_CRITERIA, "folder_ids"), 2);
	/* MS-OXCROPS_R741 */
	assert_int_equal(response_width(ROP_GET_SEARCH_CRITERIA, "search_flags"), 4);
	/* MS-OXCROPS_R760 */
	assert_int_equal(request_width(ROP_MOVE_COPY_MESSAGES, "dest_handle_index"), 1);
	/* MS-OXCROPS_R762 */
	assert_int_equal(request_count(ROP_MOVE_COPY_MESSAGES, "message_ids"), 2);
	/* MS-OXCROPS_R767 */
	assert_int_equal(request_width(ROP_MOVE_COPY_MESSAGES, "want_asynchronous"), 1);
	/* MS-OXCROPS_R769 */
	assert_int_equal(request_width(ROP_MOVE_COPY_MESSAGES, "want_copy"), 1);
	/* MS-OXCROPS_R779 */
	assert_int_equal(response_width(ROP_MOVE_COPY_MESSAGES, "partial_completion"), 1);
	/* MS-OXCROPS_R803 */
	assert_int_equal(request_width(ROP_MOVE_FOLDER, "dest_handle_index"), 1);
	/* MS-OXCROPS_R805 */
	assert_int_equal(request_width(ROP_MOVE_FOLDER, "want_asynchronous"), 1);
	/* MS-OXCROPS_R807 */
	assert_int_equal(request_width(ROP_MOVE_FOLDER, "use_unicode"), 1);
	/* MS-OXCROPS_R809 */
	assert_int_equal(request_width(ROP_MOVE_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R823 */
	assert_int_equal(response_width(ROP_MOVE_FOLDER, "partial_completion"), 1);
	/* MS-OXCROPS_R846 */
	assert_int_equal(request_width(ROP_COPY_FOLDER, "dest_handle_index"), 1);
	/* MS-OXCROPS_R848 */
	assert_int_equal(request_width(ROP_COPY_FOLDER, "want_asynchronous"), 1);
	/* MS-OXCROPS_R850 */
	assert_int_equal(request_width(ROP_COPY_FOLDER, "want_recursive"), 1);
	/* MS-OXCROPS_R852 */
	assert_int_equal(request_width(ROP_COPY_FOLDER, "use_unicode"), 1);
	/* MS-OXCROPS_R854 */
	assert_int_equal(request_width(ROP_COPY_FOLDER, "folder_id"), 8);
	/* MS-OXCROPS_R868 */
	assert_int_equal(response_width(ROP_COPY_FOLDER, "partial_completion"), 1);
	/* MS-OXCROPS_R891 */
	assert_int_equal(request_width(ROP_EMPTY_FOLDER, "want_asynchronous"), 1);
	/* MS-OXCROPS_R893 */
	assert_int_equal(request_width(ROP_EMPTY_FOLDER, "want_delete_associated"), 1);
	/* MS-OXCROPS_R902 */
	assert_int_equal(response_width(ROP_EMPTY_FOLDER, "partial_completion"), 1);
	/* MS-OXCROPS_R913 */
	assert_int_equal(
		request_width(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, "want_asynchronous"), 1);
	/* MS-OXCROPS_R915 */
	assert_int_equal(
		request_width(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, "want_delete_associated"),
		1);
	/* MS-OXCROPS_R924 */
	assert_int_equal(
		response_width(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, "partial_completion"), 1);
}

static void test_folder_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R935 */
	assert_int_equal(request_width(ROP_DELETE_MESSAGES, "want_asynchronous"), 1);
	/* MS-OXCROPS_R937 */
	assert_int_equal(request_width(ROP_DELETE_MESSAGES, "notify_non_read"), 1);
	/* MS-OXCROPS_R939 */
	assert_int_equal(request_count(ROP_DELETE_MESSAGES, "message_ids"), 2);
	/* MS-OXCROPS_R951 */
	assert_int_equal(response_width(ROP_DELETE_MESSAGES, "partial_completion"), 1);
	/* MS-OXCROPS_R962 */
	assert_int_equal(request_width(ROP_HARD_DELETE_MESSAGES, "want_asynchronous"), 1);
	/* MS-OXCROPS_R964 */
	assert_int_equal(request_width(ROP_HARD_DELETE_MESSAGES, "notify_non_read"), 1);
	/* MS-OXCROPS_R966 */
	assert_int_equal(request_count(ROP_HARD_DELETE_MESSAGES, "message_ids"), 2);
	/* MS-OXCROPS_R978 */
	assert_int_equal(response_width(ROP_HARD_DELETE_MESSAGES, "partial_completion"), 1);
	/* MS-OXCROPS_R989 */
	assert_int_equal(request_width(ROP_GET_HIERARCHY_TABLE, "output_handle_index"), 1);
	/* MS-OXCROPS_R991 */
	assert_int_equal(request_width(ROP_GET_HIERARCHY_TABLE, "table_flags"), 1);
	/* MS-OXCROPS_R1001 */
	assert_int_equal(response_width(ROP_GET_HIERARCHY_TABLE, "row_count"), 4);
	/* MS-OXCROPS_R1021 */
	assert_int_equal(request_width(ROP_GET_CONTENTS_TABLE, "output_handle_index"), 1);
	/* MS-OXCROPS_R1023 */
	assert_int_equal(request_width(ROP_GET_CONTENTS_TABLE, "table_flags"), 1);
	/* MS-OXCROPS_R1034 */
	assert_int_equal(response_width(ROP_GET_CONTENTS_TABLE, "row_count"), 4);
}

static void test_table_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1054 */
	assert_int_equal(request_width(ROP_SET_COLUMNS, "set_columns_flags"), 1);
	/* MS-OXCROPS_R1057 */
	assert_int_equal(request_count(ROP_SET_COLUMNS, "property_tags"), 2);
	/* MS-OXCROPS_R1071 */
	assert_int_equal(response_width(ROP_SET_COLUMNS, "table_status"), 1);
	/* MS-OXCROPS_R1091 */
	assert_int_equal(request_width(ROP_SORT_TABLE, "sort_table_flags"), 1);
	/* MS-OXCROPS_R1094 */
	assert_int_equal(request_width(ROP_SORT_TABLE, "sort_order_count"), 2);
	/* MS-OXCROPS_R1096 */
	assert_int_equal(request_width(ROP_SORT_TABLE, "category_count"), 2);
	/* MS-OXCROPS_R1098 */
	assert_int_equal(request_width(ROP_SORT_TABLE, "expanded_count"), 2);
	/* MS-OXCROPS_R1112 */
	assert_int_equal(response_width(ROP_SORT_TABLE, "table_status"), 1);
	/* MS-OXCROPS_R1132 */
	assert_int_equal(request_width(ROP_RESTRICT, "restrict_flags"), 1);
	/* MS-OXCROPS_R1135 */
	assert_int_equal(request_count(ROP_RESTRICT, "restriction_data"), 2);
	/* MS-OXCROPS_R1149 */
	assert_int_equal(response_width(ROP_RESTRICT, "table_status"), 1);
	/* MS-OXCROPS_R1169 */
	assert_int_equal(request_width(ROP_QUERY_ROWS, "query_rows_flags"), 1);
	/* MS-OXCROPS_R1172 */
	assert_int_equal(request_width(ROP_QUERY_ROWS, "forward_read"), 1);
	/* MS-OXCROPS_R1174 */
	assert_int_equal(request_width(ROP_QUERY_ROWS, "row_count"), 2);
	/* MS-OXCROPS_R1184 */
	assert_int_equal(response_width(ROP_QUERY_ROWS, "origin"), 1);
	/* MS-OXCROPS_R1218 */
	assert_int_equal(response_width(ROP_ABORT, "table_status"), 1);
	/* MS-OXCROPS_R1247 */
	assert_int_equal(response_width(ROP_GET_STATUS, "table_status"), 1);
	/* MS-OXCROPS_R1275 */
	assert_int_equal(response_width(ROP_QUERY_POSITION, "numerator"), 4);
	/* MS-OXCROPS_R1277 */
	assert_int_equal(response_width(ROP_QUERY_POSITION, "denominator"), 4);
	/* MS-OXCROPS_R1296 */
	assert_int_equal(request_width(ROP_SEEK_ROW, "origin"), 1);
	/* MS-OXCROPS_R1299 */
	assert_int_equal(request_width(ROP_SEEK_ROW, "row_count"), 4);
	/* MS-OXCROPS_R1301 */
	assert_int_equal(request_width(ROP_SEEK_ROW, "want_row_moved_count"), 1);
	/* MS-OXCROPS_R1311 */
	assert_int_equal(response_width(ROP_SEEK_ROW, "has_sought_less"), 1);
	/* MS-OXCROPS_R1313 */
	assert_int_equal(response_width(ROP_SEEK_ROW, "rows_sought"), 4);
}

static void test_table_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1332 */
	assert_int_equal(request_count(ROP_SEEK_ROW_BOOKMARK, "bookmark"), 2);
	/* MS-OXCROPS_R1337 */
	assert_int_equal(request_width(ROP_SEEK_ROW_BOOKMARK, "row_count"), 4);
	/* MS-OXCROPS_R1339 */
	assert_int_equal(request_width(ROP_SEEK_ROW_BOOKMARK, "want_row_moved_count"), 1);
	/* MS-OXCROPS_R1349 */
	assert_int_equal(response_width(ROP_SEEK_ROW_BOOKMARK, "row_no_longer_visible"), 1);
	/* MS-OXCROPS_R1351 */
	assert_int_equal(response_width(ROP_SEEK_ROW_BOOKMARK, "has_sought_less"), 1);
	/* MS-OXCROPS_R1353 */
	assert_int_equal(response_width(ROP_SEEK_ROW_BOOKMARK, "rows_sought"), 4);
	/* MS-OXCROPS_R1372 */
	assert_int_equal(request_width(ROP_SEEK_ROW_FRACTIONAL, "numerator"), 4);
	/* MS-OXCROPS_R1374 */
	assert_int_equal(request_width(ROP_SEEK_ROW_FRACTIONAL, "denominator"), 4);
	/* MS-OXCROPS_R1400 */
	assert_int_equal(response_count(ROP_CREATE_BOOKMARK, "bookmark"), 2);
	/* MS-OXCROPS_R1431 */
	assert_int_equal(response_count(ROP_QUERY_COLUMNS_ALL, "property_tags"), 2);
	/* MS-OXCROPS_R1454 */
	assert_int_equal(request_width(ROP_FIND_ROW, "find_row_flags"), 1);
	/* MS-OXCROPS_R1457 */
	assert_int_equal(request_count(ROP_FIND_ROW, "restriction_data"), 2);
	/* MS-OXCROPS_R1463 */
	assert_int_equal(request_width(ROP_FIND_ROW, "origin"), 1);
	/* MS-OXCROPS_R1466 */
	assert_int_equal(request_count(ROP_FIND_ROW, "bookmark"), 2);
	/* MS-OXCROPS_R1479 */
	assert_int_equal(response_width(ROP_FIND_ROW, "row_no_longer_visible"), 1);
	/* MS-OXCROPS_R1481 */
	assert_int_equal(response_width(ROP_FIND_ROW, "has_row_data"), 1);
	/* MS-OXCROPS_R1504 */
	assert_int_equal(request_count(ROP_FREE_BOOKMARK, "bookmark"), 2);
	/* MS-OXCROPS_R1541 */
	assert_int_equal(request_width(ROP_EXPAND_ROW, "max_row_count"), 2);
	/* MS-OXCROPS_R1543 */
	assert_int_equal(request_width(ROP_EXPAND_ROW, "category_id"), 8);
	/* MS-OXCROPS_R1553 */
	assert_int_equal(response_width(ROP_EXPAND_ROW, "expanded_row_count"), 4);
	/* MS-OXCROPS_R1578 */
	assert_int_equal(request_width(ROP_COLLAPSE_ROW, "category_id"), 8);
	/* MS-OXCROPS_R1588 */
	assert_int_equal(response_width(ROP_COLLAPSE_ROW, "collapsed_row_count"), 4);
	/* MS-OXCROPS_R1607 */
	assert_int_equal(request_width(ROP_GET_COLLAPSE_STATE, "row_id"), 8);
	/* MS-OXCROPS_R1610 */
	assert_int_equal(request_width(ROP_GET_COLLAPSE_STATE, "row_instance_number"), 4);
}

static void test_table_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1620 */
	assert_int_equal(response_count(ROP_GET_COLLAPSE_STATE, "collapse_state"), 2);
	/* MS-OXCROPS_R1642 */
	assert_int_equal(request_count(ROP_SET_COLLAPSE_STATE, "collapse_state"), 2);
	/* MS-OXCROPS_R1655 */
	assert_int_equal(response_count(ROP_SET_COLLAPSE_STATE, "bookmark"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_logon_1, forget),
		cmocka_unit_test_setup(test_logon_2, forget),
		cmocka_unit_test_setup(test_folder_1, forget),
		cmocka_unit_test_setup(test_folder_2, forget),
		cmocka_unit_test_setup(test_folder_3, forget),
		cmocka_unit_test_setup(test_table_1, forget),
		cmocka_unit_test_setup(test_table_2, forget),
		cmocka_unit_test_setup(test_table_3, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
