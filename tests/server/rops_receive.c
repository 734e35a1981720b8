/* server/rops_receive: receive folders ([MS-OXCSTOR] 2.2.1.2 to 2.2.1.4). */
#include "rop_fixture.h"

#include "rop/property_row.h"

static struct fixture f;

static struct rop_get_receive_folder_response *get(const char *class_name)
{
	struct rop_get_receive_folder_request r = { .message_class = bytes_of(class_name, strlen(class_name)) };

	return fixture_ok(&f, ROP_GET_RECEIVE_FOLDER, 0, &r);
}

static status set(const char *class_name, uint64_t folder)
{
	struct rop_set_receive_folder_request r = { .folder_id = folder, .message_class = bytes_of(class_name, strlen(class_name)) };

	return fixture_rop(&f, ROP_SET_RECEIVE_FOLDER, 0, &r).return_value;
}

static void assert_receives(const char *class_name, uint64_t folder, const char *configured)
{
	struct rop_get_receive_folder_response *a = get(class_name);

	assert_int_equal(a->folder_id, folder);
	assert_int_equal(a->explicit_message_class.n, strlen(configured));
	assert_memory_equal(a->explicit_message_class.p, configured, strlen(configured));
}

static void finding(void **state)
{
	uint64_t inbox, drafts;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	inbox = fixture_folder_id(&f, 0, MAILBOX_INBOX);
	drafts = fixture_folder_id(&f, 0, MAILBOX_DRAFTS);
	/* MS-OXCSTOR_R3119 */
	assert_receives("MY.Class", inbox, "");
	assert_receives("", inbox, "");
	/* MS-OXCSTOR_R3120 */
	assert_receives("IPM.MY.Class", inbox, "IPM");
	/* MS-OXCSTOR_R201 */
	assert_receives("ipm.note", inbox, "IPM");
	assert_int_equal(set("MY.Class", drafts), 0);
	/* MS-OXCSTOR_R3122 */
	assert_receives("MY.Class.SOMETHING", drafts, "MY.Class");
	/* MS-OXCSTOR_R1235 */
	assert_int_equal(set("my.class", inbox), 0);
	assert_receives("MY.Class", inbox, "my.class");
	/* MS-OXCSTOR_R864 */
	assert_int_equal(set("MY.Class", 0), 0);
	assert_receives("MY.Class", inbox, "");
	fixture_release(&f, 0);
}

static void refusals(void **state)
{
	static const char *const bad[] = { ".IPM", "IPM.", "IPM..Note", "IPM\x1F" };
	uint64_t drafts;
	char long_class[256];

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	drafts = fixture_folder_id(&f, 0, MAILBOX_DRAFTS);
	memset(long_class, 'x', 255);
	long_class[255] = '\0';
	for (size_t i = 0; i < 5; i++) {
		const char *c = i < 4 ? bad[i] : long_class;
		struct rop_get_receive_folder_request r = { .message_class = bytes_of(c, strlen(c)) };

		/* MS-OXCSTOR_R59785 */
		fixture_refused(&f, ROP_GET_RECEIVE_FOLDER, 0, &r, ecInvalidParam);
		/* MS-OXCSTOR_R858 */
		assert_int_equal(set(c, drafts), ecInvalidParam);
	}
	/* MS-OXCSTOR_R859 */
	assert_int_equal(set("ipm", drafts), ecAccessDenied);
	/* MS-OXCSTOR_R272 */
	assert_int_equal(set("Report.IPM", drafts), ecAccessDenied);
	/* MS-OXCSTOR_R860 */
	assert_int_equal(set("", 0), ecError);
	assert_int_equal(set("X", id_from_counter(0xFFFFFF)), ecNotFound);
	fixture_release(&f, 0);
}

static void table(void **state)
{
	static const uint32_t columns[] = { PidTagFolderId, 0x001A001E, PidTagLastModificationTime };
	struct rop_get_receive_folder_table_response *a;
	struct prop row[3];
	struct bytes rest;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	assert_int_equal(set("Z.Class", fixture_folder_id(&f, 0, MAILBOX_DRAFTS)), 0);
	a = fixture_ok(&f, ROP_GET_RECEIVE_FOLDER_TABLE, 0, NULL);
	/* MS-OXCSTOR_R876 */
	assert_int_equal(a->rows.count, 5);
	rest = a->rows.data;
	for (unsigned i = 0; i < a->rows.count; i++) {
		/* MS-OXCSTOR_R299 */
		assert_int_equal(rest.p[0], 0);
		assert_int_equal(property_row_next(&rest, columns, 3, &f.arena, row, &f.why), 0);
		assert_int_equal(row[0].tag, PidTagFolderId);
		assert_true(le64(row[2].value.p) > 0);
	}
	assert_int_equal(rest.n, 0);
	assert_memory_equal(row[1].value.p, "Z.Class", 7);
	/* MS-OXCSTOR_R1030 */
	assert_int_equal(le64(row[2].value.p), FIXTURE_NOW);
	fixture_release(&f, 0);
}

static void public_folders(void **state)
{
	struct rop_logon_request r = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_get_receive_folder_request get = { .message_class = bytes_of("IPM", 3) };
	struct rop_set_receive_folder_request set = { .message_class = bytes_of("IPM.X", 5), .folder_id = 1 };

	(void)state;
	(void)fixture_ok(&f, ROP_LOGON, 0, &r);
	/* MS-OXCSTOR_R59783 */
	fixture_refused(&f, ROP_GET_RECEIVE_FOLDER, 0, &get, ecNotSupported);
	/* MS-OXCSTOR_R856 */
	fixture_refused(&f, ROP_SET_RECEIVE_FOLDER, 0, &set, ecNotSupported);
	/* MS-OXCSTOR_R875 */
	fixture_refused(&f, ROP_GET_RECEIVE_FOLDER_TABLE, 0, NULL, ecNotSupported);
	fixture_release(&f, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finding),
		cmocka_unit_test(refusals),
		cmocka_unit_test(table),
		cmocka_unit_test(public_folders),
	};

	return FIXTURE_RUN(&f, tests);
}
