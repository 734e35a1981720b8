/* rop/notification_data: every kind of event, by [MS-OXCNOTIF] 2.2.1.4.1.2. */
#include "rop_support.h"

#include "rop/rops_notification.h"

/* RopNotify of handle 5, logon 0, with these bytes as its data. */
static struct notification_data data_of(const char *text)
{
	CLEANUP_BUF struct buf b = BUF_MAX(512);
	struct bytes data = hex(text);
	struct rop_response r;

	buf_add(&b, "\x2A\5\0\0\0\0", 6);
	buf_add(&b, data.p, data.n);
	r = response_of(NULL, bytes_of(arena_memdup(&arena, b.p, b.n), b.n));
	assert_int_equal(((struct rop_notify_response *)r.body)->notification_handle, 5);
	return ((struct rop_notify_response *)r.body)->notification_data;
}

#define FOLDER  "01 00 00 00 00 00 00 0A "
#define MESSAGE "01 00 00 00 00 00 00 0B "
#define PARENT  "01 00 00 00 00 00 00 0C "
#define OLD     "01 00 00 00 00 00 00 0D "

#define ID(last) (1 | (uint64_t)(last) << 56)

static void test_new_mail(void **state)
{
	struct notification_data n = data_of("02 80 " FOLDER MESSAGE "09 00 00 00 00 49 50 4D 00");

	(void)state;
	/* MS-OXCNOTIF_R17103 */
	assert_int_equal(n.folder_id, ID(0x0A));
	/* MS-OXCNOTIF_R17501 */
	assert_int_equal(n.message_id, ID(0x0B));
	/* MS-OXCNOTIF_R21501 */
	assert_int_equal(n.message_flags, 9);
	/* MS-OXCNOTIF_R225 */
	assert_memory_equal(n.message_class.p, "IPM", 3);
	/* MS-OXCNOTIF_R12402 */
	assert_false(notification_has(&n, NOTIFICATION_TABLE_EVENT_TYPE));
	/* MS-OXCNOTIF_R17905 */
	assert_false(notification_has(&n, NOTIFICATION_PARENT_FOLDER_ID));
	/* MS-OXCNOTIF_R19503 */
	assert_false(notification_has(&n, NOTIFICATION_TAGS));
	n = data_of("02 80 " FOLDER MESSAGE "09 00 00 00 01 49 00 50 00 4D 00 00 00");
	/* MS-OXCNOTIF_R224 */
	assert_memory_equal(n.message_class.p, "I\0P\0M\0", 6);
}

static void test_created(void **state)
{
	/* a folder; a message in a folder; one in a search folder */
	struct notification_data n = data_of("04 00 " FOLDER PARENT "00 00");

	(void)state;
	/* MS-OXCNOTIF_R17901 */
	assert_int_equal(n.parent_folder_id, ID(0x0C));
	/* MS-OXCNOTIF_R21502 */
	assert_false(notification_has(&n, NOTIFICATION_MESSAGE_FLAGS));
	/* MS-OXCNOTIF_R22102 */
	assert_false(notification_has(&n, NOTIFICATION_UNICODE_FLAG));
	n = data_of("04 80 " FOLDER MESSAGE "01 00 03 00 17 00");
	/* MS-OXCNOTIF_R19501 */
	assert_int_equal(n.tag_count, 1);
	/* MS-OXCNOTIF_R20301 */
	assert_int_equal(n.tags[0], PidTagImportance);
	assert_false(notification_has(&n, NOTIFICATION_PARENT_FOLDER_ID));
	n = data_of("04 C0 " FOLDER MESSAGE PARENT "FF FF");
	/* MS-OXCNOTIF_R20303 */
	assert_null(n.tags);
	assert_int_equal(n.parent_folder_id, ID(0x0C));
}

static void test_deleted(void **state)
{
	struct notification_data n = data_of("08 00 " FOLDER PARENT);

	(void)state;
	/* MS-OXCNOTIF_R17902 */
	assert_int_equal(n.parent_folder_id, ID(0x0C));
	(void)data_of("08 80 " FOLDER MESSAGE);
}

static void test_modified(void **state)
{
	struct notification_data n = data_of("10 30 " FOLDER "00 00 07 00 00 00 03 00 00 00");

	(void)state;
	/* MS-OXCNOTIF_R19502 */
	assert_int_equal(n.tag_count, 0);
	/* MS-OXCNOTIF_R20701 */
	assert_int_equal(n.total_message_count, 7);
	/* MS-OXCNOTIF_R21101 */
	assert_int_equal(n.unread_message_count, 3);
	n = data_of("10 00 " FOLDER "00 00");
	/* MS-OXCNOTIF_R20702 */
	assert_false(notification_has(&n, NOTIFICATION_TOTAL_MESSAGE_COUNT));
	/* MS-OXCNOTIF_R21102 */
	assert_false(notification_has(&n, NOTIFICATION_UNREAD_MESSAGE_COUNT));
	/* MS-OXCNOTIF_R20302 */
	assert_null(n.tags);
}

static void test_moved(void **state)
{
	struct notification_data n = data_of("20 00 " FOLDER PARENT OLD PARENT);

	(void)state;
	/* MS-OXCNOTIF_R18301 */
	assert_int_equal(n.old_folder_id, ID(0x0D));
	/* MS-OXCNOTIF_R19101 */
	assert_int_equal(n.old_parent_folder_id, ID(0x0C));
	assert_false(notification_has(&n, NOTIFICATION_OLD_MESSAGE_ID));
	n = data_of("40 80 " FOLDER MESSAGE OLD MESSAGE);
	/* MS-OXCNOTIF_R18302 */
	assert_int_equal(n.old_folder_id, ID(0x0D));
	/* MS-OXCNOTIF_R18702 */
	assert_int_equal(n.old_message_id, ID(0x0B));
	assert_false(notification_has(&n, NOTIFICATION_OLD_PARENT_FOLDER_ID));
	n = data_of("20 C0 " FOLDER MESSAGE PARENT OLD MESSAGE);
	/* MS-OXCNOTIF_R17903 */
	assert_int_equal(n.parent_folder_id, ID(0x0C));
	n = data_of("40 C0 " FOLDER MESSAGE PARENT OLD MESSAGE);
	/* MS-OXCNOTIF_R17904 */
	assert_int_equal(n.parent_folder_id, ID(0x0C));
	n.notification_flags = NOTIFY_NEW_MAIL;
	/* MS-OXCNOTIF_R18303 */
	assert_false(notification_has(&n, NOTIFICATION_OLD_FOLDER_ID));
}

static void test_search(void **state)
{
	struct notification_data n = data_of("80 00 " FOLDER);

	(void)state;
	assert_int_equal(n.folder_id, ID(0x0A));
}

static void test_table(void **state)
{
	struct notification_data n = data_of("00 01 01 00");

	(void)state;
	/* MS-OXCNOTIF_R12401 */
	assert_int_equal(n.table_event_type, TABLE_CHANGED);
	/* MS-OXCNOTIF_R17101 */
	assert_false(notification_has(&n, NOTIFICATION_FOLDER_ID));
	/* MS-OXCNOTIF_R17502 */
	assert_false(notification_has(&n, NOTIFICATION_MESSAGE_ID));
	/* MS-OXCNOTIF_R14204 */
	assert_false(notification_has(&n, NOTIFICATION_TABLE_ROW_FOLDER_ID));
	/* MS-OXCNOTIF_R14604 */
	assert_false(notification_has(&n, NOTIFICATION_TABLE_ROW_MESSAGE_ID));
	/* MS-OXCNOTIF_R15004 */
	assert_false(notification_has(&n, NOTIFICATION_TABLE_ROW_INSTANCE));
	/* MS-OXCNOTIF_R15403 */
	assert_false(notification_has(&n, NOTIFICATION_INSERT_AFTER_TABLE_ROW_FOLDER_ID));
	/* MS-OXCNOTIF_R15803 */
	assert_false(notification_has(&n, NOTIFICATION_INSERT_AFTER_TABLE_ROW_ID));
	/* MS-OXCNOTIF_R16403 */
	assert_false(notification_has(&n, NOTIFICATION_TABLE_ROW_DATA));
	(void)data_of("00 01 07 00");
}

static void test_rows_of_messages(void **state)
{
	struct notification_data n =
		data_of("00 81 03 00 " FOLDER MESSAGE "02 00 00 00 " OLD PARENT "03 00 00 00 "
			"02 00 00 AA");

	(void)state;
	/* MS-OXCNOTIF_R14201 */
	assert_int_equal(n.table_row_folder_id, ID(0x0A));
	/* MS-OXCNOTIF_R14601 */
	assert_int_equal(n.table_row_message_id, ID(0x0B));
	/* MS-OXCNOTIF_R15001 */
	assert_int_equal(n.table_row_instance, 2);
	/* MS-OXCNOTIF_R15401 */
	assert_int_equal(n.insert_after_table_row_folder_id, ID(0x0D));
	/* MS-OXCNOTIF_R15801 */
	assert_int_equal(n.insert_after_table_row_id, ID(0x0C));
	/* MS-OXCNOTIF_R161002 */
	assert_int_equal(n.insert_after_table_row_instance, 3);
	/* MS-OXCNOTIF_R16701 */
	assert_int_equal(n.table_row_data.n, 2);
	n = data_of("00 81 05 00 " FOLDER MESSAGE "02 00 00 00 " OLD PARENT "03 00 00 00 00 00");
	/* MS-OXCNOTIF_R14203 */
	assert_int_equal(n.table_row_folder_id, ID(0x0A));
	/* MS-OXCNOTIF_R15802 */
	assert_int_equal(n.insert_after_table_row_id, ID(0x0C));
	/* MS-OXCNOTIF_R16402 */
	assert_true(notification_has(&n, NOTIFICATION_TABLE_ROW_DATA));
	n = data_of("00 81 04 00 " FOLDER MESSAGE "02 00 00 00");
	/* MS-OXCNOTIF_R14602 */
	assert_int_equal(n.table_row_message_id, ID(0x0B));
	/* MS-OXCNOTIF_R15002 */
	assert_int_equal(n.table_row_instance, 2);
}

static void test_rows_of_folders(void **state)
{
	struct notification_data n = data_of("00 01 05 00 " FOLDER OLD "01 00 00");

	(void)state;
	/* MS-OXCNOTIF_R161004 */
	assert_false(notification_has(&n, NOTIFICATION_INSERT_AFTER_TABLE_ROW_INSTANCE));
	/* MS-OXCNOTIF_R15402 */
	assert_int_equal(n.insert_after_table_row_folder_id, ID(0x0D));
	n = data_of("00 01 04 00 " FOLDER);
	/* MS-OXCNOTIF_R14202 */
	assert_int_equal(n.table_row_folder_id, ID(0x0A));
}

static void test_extended(void **state)
{
	struct notification_data n = data_of("00 84");

	(void)state;
	/* MS-OXCNOTIF_R17102 */
	assert_false(notification_has(&n, NOTIFICATION_FOLDER_ID));
	/* MS-OXCNOTIF_R17503 */
	assert_false(notification_has(&n, NOTIFICATION_MESSAGE_ID));
}

/* Written: RopId, then the fields one after the other, each as wide as it is said to be. */
static void is_written_as(const struct notification_data *n, const char *text)
{
	struct rop_notify_response body = { .notification_handle = 0x05040302, .logon_id = 6, .notification_data = *n };
	struct bytes made = encoded(&(struct rop_response){ .id = ROP_NOTIFY, .body = &body }), wanted = hex(text);

	assert_int_equal(made.n, wanted.n);
	assert_memory_equal(made.p, wanted.p, made.n);
}

#define HEAD "2A 02 03 04 05 06 "

static void test_widths_of_rows(void **state)
{
	static const uint8_t row[] = { 0xAA, 0xBB };
	struct notification_data n = { .notification_flags = NOTIFY_TABLE_MODIFIED | NOTIFY_MESSAGE,
				       .table_event_type = TABLE_ROW_MODIFIED,
				       .table_row_folder_id = ID(0x0A),
				       .table_row_message_id = ID(0x0B),
				       .table_row_instance = 0x44332211,
				       .insert_after_table_row_folder_id = ID(0x0D),
				       .insert_after_table_row_id = ID(0x0C),
				       .insert_after_table_row_instance = 0x88776655,
				       .table_row_data = bytes_of(row, sizeof row) };

	(void)state;
	/* MS-OXCNOTIF_R97002 */
	/* MS-OXCNOTIF_R136 */
	/* MS-OXCNOTIF_R137 */
	/* MS-OXCNOTIF_R139 */
	/* MS-OXCNOTIF_R140 */
	/* MS-OXCNOTIF_R144 */
	/* MS-OXCNOTIF_R148 */
	/* MS-OXCNOTIF_R152 */
	/* MS-OXCNOTIF_R156 */
	/* MS-OXCNOTIF_R160 */
	/* MS-OXCNOTIF_R162 */
	is_written_as(&n, HEAD "00 81 05 00 " FOLDER MESSAGE "11 22 33 44 " OLD PARENT "55 66 77 88 02 00 AA BB");
	/* MS-OXCNOTIF_R14603 */
	assert_true(notification_has(&n, NOTIFICATION_TABLE_ROW_MESSAGE_ID));
	/* MS-OXCNOTIF_R15003 */
	assert_true(notification_has(&n, NOTIFICATION_TABLE_ROW_INSTANCE));
	/* MS-OXCNOTIF_R16702 */
	assert_true(notification_has(&n, NOTIFICATION_TABLE_ROW_DATA));
	/* MS-OXCNOTIF_R161003 */
	assert_true(notification_has(&n, NOTIFICATION_INSERT_AFTER_TABLE_ROW_INSTANCE));
	n.table_event_type = TABLE_ROW_ADDED;
	/* MS-OXCNOTIF_R16401 */
	assert_true(notification_has(&n, NOTIFICATION_TABLE_ROW_DATA));
}

static void test_widths_of_events(void **state)
{
	struct notification_data n = { .notification_flags = NOTIFY_OBJECT_MODIFIED | NOTIFY_TOTAL_CHANGED | NOTIFY_UNREAD_CHANGED,
				       .folder_id = ID(0x0A),
				       .total_message_count = 0x04030201,
				       .unread_message_count = 0x08070605 };

	(void)state;
	/* MS-OXCNOTIF_R112 */
	/* MS-OXCNOTIF_R115 */
	/* MS-OXCNOTIF_R169 */
	/* MS-OXCNOTIF_R193 */
	/* MS-OXCNOTIF_R205 */
	/* MS-OXCNOTIF_R209 */
	is_written_as(&n, HEAD "10 30 " FOLDER "00 00 01 02 03 04 05 06 07 08");
	n = (struct notification_data){ .notification_flags = NOTIFY_OBJECT_MOVED | NOTIFY_MESSAGE,
					.folder_id = ID(0x0A),
					.message_id = ID(0x0B),
					.old_folder_id = ID(0x0D),
					.old_message_id = ID(0x0C) };
	/* MS-OXCNOTIF_R121 */
	/* MS-OXCNOTIF_R173 */
	/* MS-OXCNOTIF_R181 */
	/* MS-OXCNOTIF_R185 */
	is_written_as(&n, HEAD "20 80 " FOLDER MESSAGE OLD PARENT);
	n = (struct notification_data){ .notification_flags = NOTIFY_OBJECT_MOVED,
					.folder_id = ID(0x0A),
					.parent_folder_id = ID(0x0C),
					.old_folder_id = ID(0x0D),
					.old_parent_folder_id = ID(0x0B) };
	/* MS-OXCNOTIF_R177 */
	/* MS-OXCNOTIF_R189 */
	is_written_as(&n, HEAD "20 00 " FOLDER PARENT OLD MESSAGE);
	n = (struct notification_data){ .notification_flags = NOTIFY_NEW_MAIL | NOTIFY_MESSAGE,
					.folder_id = ID(0x0A),
					.message_id = ID(0x0B),
					.message_flags = 0x04030201,
					.message_class = bytes_of("IPM", 3) };
	/* MS-OXCNOTIF_R213 */
	/* MS-OXCNOTIF_R217 */
	is_written_as(&n, HEAD "02 80 " FOLDER MESSAGE "01 02 03 04 00 49 50 4D 00");
	/* MS-OXCNOTIF_R18703 */
	assert_false(notification_has(&n, NOTIFICATION_OLD_MESSAGE_ID));
	/* MS-OXCNOTIF_R19103 */
	assert_false(notification_has(&n, NOTIFICATION_OLD_PARENT_FOLDER_ID));
	/* MS-OXCNOTIF_R22101 */
	assert_true(notification_has(&n, NOTIFICATION_UNICODE_FLAG));
	/* MS-OXCNOTIF_R22601 */
	assert_true(notification_has(&n, NOTIFICATION_MESSAGE_CLASS));
	n.notification_flags = NOTIFY_OBJECT_CREATED | NOTIFY_MESSAGE;
	/* MS-OXCNOTIF_R22602 */
	assert_false(notification_has(&n, NOTIFICATION_MESSAGE_CLASS));
	/* MS-OXCNOTIF_R138 */
	assert_int_equal(n.notification_flags & NOTIFY_TYPE_MASK, 0x0004);
}

/* RopRegisterNotification has a reserved byte with the Extended flag only. */
static void test_register(void **state)
{
	struct rop_request r = request_of(hex("29 00 01 02 7E 01 01"));
	const struct rop_register_notification_request *body = r.body;

	(void)state;
	assert_int_equal(body->notification_types, 0x017E);
	assert_int_equal(body->want_whole_store, 1);
	r = request_of(hex("29 00 01 02 00 05 00 00 " FOLDER MESSAGE));
	body = r.body;
	/* MS-OXCROPS_R20005 */
	assert_int_equal(body->reserved, 0);
	/* MS-OXCROPS_R4341 */
	assert_int_equal(body->folder_id, ID(0x0A));
	/* MS-OXCROPS_R4344 */
	assert_int_equal(body->message_id, ID(0x0B));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_new_mail, forget),
		cmocka_unit_test_setup(test_created, forget),
		cmocka_unit_test_setup(test_deleted, forget),
		cmocka_unit_test_setup(test_modified, forget),
		cmocka_unit_test_setup(test_moved, forget),
		cmocka_unit_test_setup(test_search, forget),
		cmocka_unit_test_setup(test_table, forget),
		cmocka_unit_test_setup(test_rows_of_messages, forget),
		cmocka_unit_test_setup(test_rows_of_folders, forget),
		cmocka_unit_test_setup(test_extended, forget),
		cmocka_unit_test_setup(test_widths_of_rows, forget),
		cmocka_unit_test_setup(test_widths_of_events, forget),
		cmocka_unit_test_setup(test_register, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
