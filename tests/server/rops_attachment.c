/* server/rops_attachment: attachments and what is embedded in them ([MS-OXCMSG] 2.2.3.12 to 2.2.3.18). */
#include "message_steps.h"

/* Attachments ------------------------------------------------------------------------------------------------------------------- */

static uint32_t attach(uint8_t index, uint8_t into)
{
	struct rop_create_attachment_request r = { .output_handle_index = into };
	const struct rop_create_attachment_response *a =
		fixture_ok(&f, ROP_CREATE_ATTACHMENT, index, &r);

	return a->attachment_id;
}

static status save_attachment(uint8_t index, uint8_t flags)
{
	struct rop_save_changes_attachment_request r = { .save_flags = flags };

	return fixture_rop(&f, ROP_SAVE_CHANGES_ATTACHMENT, index, &r).return_value;
}

static status open_attachment(uint8_t index, uint32_t id, uint8_t flags, uint8_t into)
{
	struct rop_open_attachment_request r = { .output_handle_index = into,
						 .open_attachment_flags = flags,
						 .attachment_id = id };

	return fixture_rop(&f, ROP_OPEN_ATTACHMENT, index, &r).return_value;
}

static void attachments(void **state)
{
	static uint8_t big[200000];
	struct rop_delete_attachment_request gone = { .attachment_id = 77 };
	uint32_t first, second;
	uint64_t id;

	(void)state;
	memset(big, 'b', sizeof big);
	create(MESSAGE);
	first = attach(MESSAGE, ATTACHMENT);
	/* MS-OXCMSG_R451 */
	assert_int_equal(number(ATTACHMENT, PidTagRenderingPosition), UINT32_MAX);
	/* MS-OXCMSG_R448 */
	assert_int_equal(number(ATTACHMENT, PidTagAttachNumber), first);
	/* MS-OXCMSG_R2035 */
	assert_int_equal(le64(value(ATTACHMENT, PidTagCreationTime).value.p), FIXTURE_NOW);
	/* MS-OXCMSG_R1650 */
	assert_int_equal(number(ATTACHMENT, PidTagAccessLevel), 0);
	/* MS-OXCMSG_R1649 */
	assert_int_equal(number(ATTACHMENT, PidTagAttachSize), 0);
	/* MS-OXCMSG_R1651 */
	assert_int_equal(le64(value(ATTACHMENT, PidTagLastModificationTime).value.p), FIXTURE_NOW);
	/* MS-OXCMSG_R588 */
	assert_int_equal(number(ATTACHMENT, PidTagAttachMethod), 0);
	set_text(ATTACHMENT, PidTagAttachLongFilename, "plan.pdf");
	set_bytes(ATTACHMENT, PidTagAttachDataBinary, big, sizeof big);
	/* MS-OXCMSG_R446 */
	assert_int_equal(number(MESSAGE, PidTagHasAttachments), 0);
	assert_int_equal(save_attachment(ATTACHMENT, 0x02), 0);
	assert_int_equal(number(ATTACHMENT, PidTagAccessLevel), 1);
	assert_true(number(ATTACHMENT, PidTagAttachSize) > sizeof big);
	/* MS-OXCMSG_R498 */
	/* MS-OXCMSG_R16 */
	assert_int_equal(number(MESSAGE, PidTagHasAttachments), 1);
	/* MS-OXCMSG_R522 */
	assert_int_equal(number(MESSAGE, PidTagMessageFlags) & 0x10, 0x10);
	second = attach(MESSAGE, INNER);
	/* MS-OXCMSG_R1836 */
	assert_int_not_equal(first, second);
	release(INNER); /* was not saved */
	id = save(MESSAGE);
	(void)open_as(OTHER, id, 1);
	/* MS-OXCMSG_R853 */
	assert_int_equal(open_attachment(OTHER, first, 1, INNER), 0);
	/* MS-OXCMSG_R436 */
	/* MS-OXCMSG_R236 */
	assert_true(
		bytes_equal(value(INNER, PidTagAttachDataBinary).value, bytes_of(big, sizeof big)));
	assert_string_equal(text(INNER, PidTagAttachLongFilename), "plan.pdf");
	/* MS-OXCMSG_R231 */
	struct bag b;
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagAttachSize, 1), 0);
	assert_int_equal(set(INNER, &b), 1);
	assert_true(number(INNER, PidTagAttachSize) > sizeof big);
	/* MS-OXCMSG_R440 */
	assert_int_equal(open_attachment(OTHER, second, 1, EMBEDDED), ecNotFound);
	/* MS-OXCMSG_R1063 */
	fixture_refused(&f, ROP_DELETE_ATTACHMENT, OTHER, &gone, ecNotFound);
	/* A change that is not saved as far as the message is none. */
	set_text(INNER, PidTagAttachLongFilename, "other.pdf");
	assert_int_equal(save_attachment(INNER, 0x02), 0);
	release(INNER);
	release(OTHER);
	(void)open_as(OTHER, id, 1);
	assert_int_equal(open_attachment(OTHER, first, 3, INNER), 0);
	/* MS-OXCMSG_R1062 */
	assert_string_equal(text(INNER, PidTagAttachLongFilename), "plan.pdf");
	/* MS-OXCMSG_R466 */
	assert_int_equal(save_attachment(INNER, 0x03), ecNotSupported);
	/* MS-OXCMSG_R467 */
	assert_int_equal(save_attachment(OTHER, 0x02), ecNotSupported);
	release(INNER);
	gone.attachment_id = first;
	(void)fixture_ok(&f, ROP_DELETE_ATTACHMENT, OTHER, &gone);
	/* MS-OXCMSG_R469 */
	assert_int_equal(number(OTHER, PidTagHasAttachments), 0);
	/* MS-OXCMSG_R1523 */
	assert_int_equal(open_attachment(MESSAGE, first, 0, INNER), 0);
	(void)save(OTHER);
	release(INNER);
	release(MESSAGE);
	release(OTHER);
	(void)open_as(MESSAGE, id, 1);
	/* MS-OXCMSG_R868 */
	assert_int_equal(open_attachment(MESSAGE, first, 0, INNER), ecNotFound);
	release(MESSAGE);
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	/* MS-OXCMSG_R1620 */
	assert_int_equal(open_attachment(FOLDER, 0, 0, INNER), ecNullObject);
	/* MS-OXCMSG_R1524 */
	fixture_refused(&f, ROP_DELETE_ATTACHMENT, FOLDER, &gone, ecNullObject);
	struct rop_create_attachment_request r = { .output_handle_index = INNER };
	/* MS-OXCMSG_R1712 */
	fixture_refused(&f, ROP_CREATE_ATTACHMENT, FOLDER, &r, ecNullObject);
	release(FOLDER);
	release(ATTACHMENT);
}

static struct rop_response open_embedded(uint8_t index, uint8_t mode, uint16_t codepage,
					 uint8_t into)
{
	struct rop_open_embedded_message_request r = { .output_handle_index = into,
						       .code_page_id = codepage,
						       .open_mode_flags = mode };

	return fixture_rop(&f, ROP_OPEN_EMBEDDED_MESSAGE, index, &r);
}

static void embedded(void **state)
{
	struct rop_response r;
	uint32_t number_of;
	uint64_t id;

	(void)state;
	create(MESSAGE);
	number_of = attach(MESSAGE, ATTACHMENT);
	assert_int_equal(open_embedded(ATTACHMENT, 1, 0x0FFF, EMBEDDED).return_value, ecNotFound);
	/* MS-OXCMSG_R1068 */
	assert_int_equal(open_embedded(ATTACHMENT, 2, 0xFFEE, EMBEDDED).return_value, 0x3EF);
	/* MS-OXCMSG_R913 */
	assert_int_equal(open_embedded(ATTACHMENT, 2, 0x0FFF, EMBEDDED).return_value, 0);
	set_text(EMBEDDED, PidTagSubject, "within");
	/* MS-OXCMSG_R481 */
	assert_false(has(ATTACHMENT, PidTagAttachDataObject));
	(void)save(EMBEDDED);
	assert_true(has(ATTACHMENT, PidTagAttachDataObject));
	/* MS-OXCMSG_R596 */
	assert_int_equal(number(ATTACHMENT, PidTagAttachMethod), 5);
	assert_int_equal(save_attachment(ATTACHMENT, 0x02), 0);
	release(EMBEDDED);
	release(ATTACHMENT);
	id = save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	assert_int_equal(open_attachment(MESSAGE, number_of, 1, ATTACHMENT), 0);
	/* MS-OXCMSG_R912 */
	/* MS-OXCMSG_R881 */
	r = open_embedded(ATTACHMENT, 1, 0x0FFF, EMBEDDED);
	assert_int_equal(r.return_value, 0);
	struct bytes subject;
	const struct rop_open_embedded_message_response *a = r.body;
	assert_true(typed_string_get(&a->normalized_subject, 1252, &f.arena, &subject));
	assert_true(bytes_equal(subject, fixture_text(&f, "within")));
	/* One deeper, and all the way out again. */
	number_of = attach(EMBEDDED, INNER);
	assert_int_equal(open_embedded(INNER, 2, 0x0FFF, OTHER).return_value, 0);
	set_text(OTHER, PidTagSubject, "innermost");
	(void)save(OTHER);
	assert_int_equal(save_attachment(INNER, 0x02), 0);
	(void)save(EMBEDDED);
	assert_int_equal(save_attachment(ATTACHMENT, 0x02), 0);
	(void)save(MESSAGE);
	for (uint8_t i = MESSAGE; i <= INNER; i++)
		release(i);
	(void)open_as(MESSAGE, id, 0);
	assert_int_equal(open_attachment(MESSAGE, 0, 0, ATTACHMENT), 0);
	assert_int_equal(open_embedded(ATTACHMENT, 0, 0x0FFF, EMBEDDED).return_value, 0);
	assert_int_equal(open_attachment(EMBEDDED, number_of, 0, INNER), 0);
	assert_int_equal(open_embedded(INNER, 0, 0x0FFF, OTHER).return_value, 0);
	assert_string_equal(text(OTHER, PidTagSubject), "innermost");
	/* MS-OXCMSG_R1525 */
	assert_int_equal(open_embedded(MESSAGE, 0, 0x0FFF, FOLDER).return_value, ecNullObject);
	for (uint8_t i = MESSAGE; i <= INNER; i++)
		release(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attachments),
		cmocka_unit_test(embedded),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
