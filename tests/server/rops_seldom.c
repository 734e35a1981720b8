/* Operations that hardly any client sends, and those that are refused: what one of them does is looked at all the same. */
#include "message_steps.h"

#include "rop/property_row.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_notification.h"
#include "rop/rops_property.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "rop/rops_transport.h"
#include "mapi/tag.h"

enum { STREAM = 7, TABLE = 8, SOURCE = 9 };

static uint64_t message_id;

/* With two attachments, saved; open as MESSAGE. */
static void make_message(const char *subject)
{
	create(MESSAGE);
	set_text(MESSAGE, PidTagSubject, subject);
	for (unsigned i = 0; i < 2; i++) {
		struct rop_create_attachment_request r = { .output_handle_index = ATTACHMENT };
		struct rop_save_changes_attachment_request keep = { .save_flags = 0x02 };

		(void)fixture_ok(&f, ROP_CREATE_ATTACHMENT, MESSAGE, &r);
		set_text(ATTACHMENT, PidTagAttachLongFilename, i ? "second.txt" : "first.txt");
		(void)fixture_ok(&f, ROP_SAVE_CHANGES_ATTACHMENT, ATTACHMENT, &keep);
		release(ATTACHMENT);
	}
	message_id = save(MESSAGE);
}

/* [MS-OXCMSG] 3.2.5.16 */
static void attachments_as_a_table(void **state)
{
	static uint32_t tags[] = { PidTagAttachNumber, PidTagAttachLongFilename };
	struct rop_get_attachment_table_request open = { .output_handle_index = TABLE };
	struct rop_set_columns_request columns = { .property_tags = { 2, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 50 };
	const struct rop_query_rows_response *a;
	const char *const names[] = { "first.txt", "second.txt" };

	(void)state;
	make_message("with two attachments");
	(void)fixture_ok(&f, ROP_GET_ATTACHMENT_TABLE, MESSAGE, &open);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, TABLE, &columns);
	a = fixture_ok(&f, ROP_QUERY_ROWS, TABLE, &rows);
	assert_int_equal(a->rows.count, 2);
	struct bytes row = a->rows.data;
	for (unsigned i = 0; i < 2; i++) {
		struct prop v[2];

		assert_int_equal(property_row_next(&row, tags, 2, &f.arena, v, &f.why), 0);
		assert_int_equal(le32(v[0].value.p), i);
		assert_string_equal(prop_text(&v[1], 1252, &f.arena), names[i]);
	}
	fixture_refused(&f, ROP_GET_ATTACHMENT_TABLE, LOGON, &open, ecNotSupported);
	release(TABLE);
}

static void attachments_that_are_valid(void **state)
{
	const struct rop_get_valid_attachments_response *a = fixture_ok(&f, ROP_GET_VALID_ATTACHMENTS, MESSAGE, NULL);

	(void)state;
	assert_int_equal(a->attachment_id_array.n, 2);
	assert_int_equal(a->attachment_id_array.v[0], 0);
	assert_int_equal(a->attachment_id_array.v[1], 1);
	fixture_refused(&f, ROP_GET_VALID_ATTACHMENTS, LOGON, NULL, ecNullObject);
}

/* [MS-OXCMSG] 2.2.3.2: what RopOpenMessage said, as it is now. */
static void header_again(void **state)
{
	struct rop_reload_cached_information_request r = { .reserved = 0 };
	const struct rop_reload_cached_information_response *a;

	(void)state;
	set_text(MESSAGE, PidTagSubject, "RE: another subject");
	a = fixture_ok(&f, ROP_RELOAD_CACHED_INFORMATION, MESSAGE, &r);
	assert_int_equal(a->recipient_count, 0);
	assert_int_equal(a->recipient_rows.n, 0);
	fixture_refused(&f, ROP_RELOAD_CACHED_INFORMATION, LOGON, &r, ecNullObject);
}

/* [MS-OXCPRPT] 3.2.5.14: more than one buffer has room for, in pieces that say how much was taken. */
static void long_writing(void **state)
{
	struct rop_open_stream_request open = { .output_handle_index = STREAM, .property_tag = PidTagHtml, .open_mode_flags = 2 };
	struct rop_write_stream_extended_request write = { .data = bytes_of("<p>one</p>", 10) };
	const struct rop_write_stream_extended_response *a;

	(void)state;
	(void)fixture_ok(&f, ROP_OPEN_STREAM, MESSAGE, &open);
	a = fixture_ok(&f, ROP_WRITE_STREAM_EXTENDED, STREAM, &write);
	assert_int_equal(a->written_size, 10);
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	assert_int_equal(value(MESSAGE, PidTagHtml).value.n, 10);
	fixture_refused(&f, ROP_WRITE_STREAM_EXTENDED, MESSAGE, &write, ecNotSupported);
}

/* No part of a stream is locked: nobody but its owner has it. */
static void regions(void **state)
{
	struct rop_lock_region_stream_request lock = { .region_size = 4, .lock_flags = 1 };
	struct rop_unlock_region_stream_request unlock = { .region_size = 4, .lock_flags = 1 };

	(void)state;
	fixture_refused(&f, ROP_LOCK_REGION_STREAM, STREAM, &lock, ecNotSupported);
	fixture_refused(&f, ROP_UNLOCK_REGION_STREAM, STREAM, &unlock, ecNotSupported);
	release(STREAM);
}

/* All is done when it is asked for: nothing is ever in progress. */
static void no_progress(void **state)
{
	struct rop_progress_request r = { .want_cancel = 0 };

	(void)state;
	fixture_refused(&f, ROP_PROGRESS, MESSAGE, &r, ecNotSupported);
}

/* [MS-OXCFXICS] 2.2.3.1.1.6: the version of another server makes no difference to the stream. */
static void versions(void **state)
{
	struct rop_fast_transfer_source_copy_to_request copy = { .output_handle_index = SOURCE };
	struct rop_tell_version_request r = { .version = { 0, 0, 15, 0, 20, 17 } };

	(void)state;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, MESSAGE, &copy);
	(void)fixture_ok(&f, ROP_TELL_VERSION, SOURCE, &r);
	fixture_refused(&f, ROP_TELL_VERSION, MESSAGE, &r, ecNotSupported);
	release(SOURCE);
}

/* [MS-OXOMSG] 2.2.3.8: who waits for new mail of the folder is told. */
static void new_mail(void **state)
{
	struct rop_transport_new_mail_request r = { .message_id = message_id, .folder_id = drafts, .message_class = bytes_of("IPM.Note", 8), .message_flags = 1 };

	(void)state;
	(void)fixture_ok(&f, ROP_TRANSPORT_NEW_MAIL, LOGON, &r);
	r.folder_id = fixture_folder_id(&f, LOGON, MAILBOX_INBOX);
	fixture_refused(&f, ROP_TRANSPORT_NEW_MAIL, LOGON, &r, ecNotFound);
	release(MESSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attachments_as_a_table),
		cmocka_unit_test(attachments_that_are_valid),
		cmocka_unit_test(header_again),
		cmocka_unit_test(long_writing),
		cmocka_unit_test(regions),
		cmocka_unit_test(no_progress),
		cmocka_unit_test(versions),
		cmocka_unit_test(new_mail),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
