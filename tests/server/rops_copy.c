/* server/rops_copy: properties, messages and what is in them copied and moved ([MS-OXCPRPT] 2.2.10, 2.2.11, [MS-OXCFOLD] 2.2.1.6). */
#include "message_steps.h"

#include "rop/rops_folder.h"
#include "rop/rops_property.h"
#include "server/message_part.h"

static struct rop_response copy_props(uint8_t from, uint8_t to, uint8_t flags, const uint32_t *tags,
				      uint32_t n)
{
	struct rop_copy_properties_request r = { .dest_handle_index = to,
						 .copy_flags = flags,
						 .property_tags = { .n = n } };

	r.property_tags.v = arena_memdup(&f.arena, tags, n * sizeof *tags);
	return fixture_rop(&f, ROP_COPY_PROPERTIES, from, &r);
}

static struct rop_response copy_to(uint8_t from, uint8_t to, uint8_t flags, uint8_t sub_objects,
				   const uint32_t *tags, uint32_t n)
{
	struct rop_copy_to_request r = { .dest_handle_index = to,
					 .want_sub_objects = sub_objects,
					 .copy_flags = flags,
					 .excluded_tags = { .n = n } };

	r.excluded_tags.v = arena_memdup(&f.arena, tags, n * sizeof *tags);
	return fixture_rop(&f, ROP_COPY_TO, from, &r);
}

static void some(void **state)
{
	const uint32_t tags[] = { PidTagSubject, 0x6502001F };
	const struct rop_copy_properties_response *a;
	struct rop_response r;

	(void)state;
	create(MESSAGE);
	create(OTHER);
	set_text(MESSAGE, PidTagSubject, "from");
	set_text(OTHER, PidTagSubject, "to");
	/* MS-OXCPRPT_R879 */
	/* MS-OXCPRPT_R264 */
	r = copy_props(MESSAGE, OTHER, 2, tags, 1);
	assert_int_equal(r.return_value, 0);
	assert_string_equal(text(OTHER, PidTagSubject), "to");
	r = copy_props(MESSAGE, OTHER, 0, tags, 2);
	assert_int_equal(r.return_value, 0);
	/* MS-OXCPRPT_R146 */
	/* MS-OXCPRPT_R265 */
	/* MS-OXCPRPT_R500 */
	assert_string_equal(text(OTHER, PidTagSubject), "from");
	/* MS-OXCPRPT_R50006 */
	a = r.body;
	assert_int_equal(a->property_problems.n, 1);
	assert_int_equal(a->property_problems.v[0].index, 1);
	assert_int_equal(a->property_problems.v[0].error_code, ecNotFound);
	/* MS-OXCPRPT_R88001 */
	/* MS-OXCPRPT_R880 */
	assert_int_equal(copy_props(MESSAGE, OTHER, 4, tags, 1).return_value, ecInvalidParam);
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	assert_int_equal(copy_props(MESSAGE, FOLDER, 0, tags, 1).return_value, ecNotSupported);
	/* MS-OXCPRPT_R881 */
	/* MS-OXCPRPT_R882 */
	assert_int_equal(copy_props(FOLDER, FOLDER, 1, tags, 1).return_value, ecNotSupported);
	assert_int_equal(copy_props(MESSAGE, 9, 0, tags, 1).return_value, 0x503);
	/* What is copied to itself is neither copied nor said to be. */
	/* MS-OXCROPS_R3058 */
	assert_int_equal(copy_props(FOLDER, FOLDER, 2, tags, 1).return_value, ecAccessDenied);
	assert_int_equal(copy_props(MESSAGE, MESSAGE, 2, tags, 1).return_value, ecAccessDenied);
	assert_int_equal(copy_props(MESSAGE, OTHER, 1, tags, 1).return_value, 0);
	/* MS-OXCPRPT_R50101 */
	assert_string_equal(text(MESSAGE, PidTagSubject), "from");
	/* MS-OXCPRPT_R86502 */
	assert_int_equal(copy_props(MESSAGE, OTHER, 3, tags, 1).return_value, 0x80070057);
	/* MS-OXCPRPT_R18402 */
	assert_int_equal(copy_to(MESSAGE, OTHER, 3, 0, NULL, 0).return_value, 0x80070057);
	for (uint8_t i = FOLDER; i <= OTHER; i++)
		release(i);
}

static void attach(uint8_t index, const char *name)
{
	struct rop_create_attachment_request r = { .output_handle_index = ATTACHMENT };
	struct rop_save_changes_attachment_request s = { .save_flags = 2 };
	static uint8_t big[100000];

	(void)fixture_ok(&f, ROP_CREATE_ATTACHMENT, index, &r);
	set_text(ATTACHMENT, PidTagAttachLongFilename, name);
	memset(big, 'b', sizeof big);
	set_bytes(ATTACHMENT, PidTagAttachDataBinary, big, sizeof big);
	(void)fixture_ok(&f, ROP_SAVE_CHANGES_ATTACHMENT, ATTACHMENT, &s);
	release(ATTACHMENT);
}

static void all(void **state)
{
	const uint32_t without[] = { PidTagBody };
	uint64_t id;

	(void)state;
	create(MESSAGE);
	set_text(MESSAGE, PidTagSubject, "from");
	set_text(MESSAGE, PidTagBody, "body");
	set_text(MESSAGE, 0x6501001F, "more");
	attach(MESSAGE, "plan.pdf");
	create(OTHER);
	assert_int_equal(copy_to(MESSAGE, OTHER, 0, 0, without, 1).return_value, 0);
	/* MS-OXCPRPT_R5070501 */
	assert_string_equal(text(OTHER, PidTagSubject), "from");
	assert_string_equal(text(OTHER, 0x6501001F), "more");
	/* MS-OXCPRPT_R191 */
	assert_false(has(OTHER, PidTagBody));
	/* MS-OXCPRPT_R182 */
	assert_int_equal(number(OTHER, PidTagHasAttachments), 0);
	assert_int_equal(copy_to(MESSAGE, OTHER, 0, 1, NULL, 0).return_value, 0);
	/* MS-OXCPRPT_R181 */
	assert_int_equal(number(OTHER, PidTagHasAttachments), 1);
	/* MS-OXCPRPT_R5070507 */
	id = save(OTHER);
	release(OTHER);
	(void)open_as(OTHER, id, 0);
	assert_string_equal(text(OTHER, PidTagBody), "body");
	assert_int_equal(number(OTHER, PidTagHasAttachments), 1);
	/* MS-OXCPRPT_R5070506 */
	assert_int_equal(copy_to(MESSAGE, OTHER, 8, 1, NULL, 0).return_value, ecInvalidParam);
	/* MS-OXCPRPT_R508 */
	/* MS-OXCPRPT_R821 */
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	assert_int_equal(copy_to(MESSAGE, FOLDER, 0, 1, NULL, 0).return_value, ecNotSupported);
	for (uint8_t i = FOLDER; i <= OTHER; i++)
		release(i);
}

/* Properties of folders, and what is in them. */
static void folders(void **state)
{
	const uint32_t comment[] = { PidTagComment };
	const uint32_t own_name[] = { PidTagDisplayName };

	(void)state;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	(void)fixture_create_folder(&f, FOLDER, "One", MESSAGE);
	(void)fixture_create_folder(&f, FOLDER, "Two", OTHER);
	set_text(MESSAGE, PidTagComment, "of one");
	set_text(OTHER, PidTagComment, "of two");
	/* MS-OXCPRPT_R5070504 */
	assert_int_equal(copy_to(MESSAGE, OTHER, 2, 0, own_name, 1).return_value, 0);
	assert_string_equal(text(OTHER, PidTagComment), "of two");
	assert_int_equal(copy_props(MESSAGE, OTHER, 0, comment, 1).return_value, 0);
	/* MS-OXCPRPT_R503 */
	assert_string_equal(text(OTHER, PidTagComment), "of one");
	set_text(MESSAGE, PidTagComment, "of one again");
	/* MS-OXCPRPT_R5070511 */
	assert_int_equal(copy_to(MESSAGE, OTHER, 1, 0, own_name, 1).return_value, 0);
	/* MS-OXCPRPT_R5070509 */
	assert_string_equal(text(OTHER, PidTagComment), "of one again");
	/* Into what is in it, and to where the same name is. */
	(void)fixture_create_folder(&f, MESSAGE, "Inner", ATTACHMENT);
	assert_int_equal(copy_to(MESSAGE, ATTACHMENT, 0, 1, own_name, 1).return_value, 0x8004060B);
	release(ATTACHMENT);
	(void)fixture_create_folder(&f, OTHER, "Inner", ATTACHMENT);
	/* MS-OXCPRPT_R899 */
	assert_int_equal(copy_to(MESSAGE, OTHER, 0, 1, own_name, 1).return_value, 0x80040604);
	for (uint8_t i = FOLDER; i <= OTHER; i++)
		release(i);
	release(ATTACHMENT);
}

static uint8_t move_copy(uint8_t from, uint8_t to, const uint64_t *ids, uint32_t n, uint8_t copy)
{
	struct rop_move_copy_messages_request r = { .dest_handle_index = to,
						    .want_copy = copy,
						    .message_ids = { .n = n } };

	r.message_ids.v = arena_memdup(&f.arena, ids, n * sizeof *ids);
	return ((const struct rop_move_copy_messages_response *)fixture_ok(
			&f, ROP_MOVE_COPY_MESSAGES, from, &r))
		->partial_completion;
}

static uint64_t count(uint64_t folder)
{
	struct folder here = { .id = 0 };
	uint64_t id;

	assert_true(id_to_counter(folder, &id));
	assert_int_equal(folder_get(fixture_lock(&f, LOGON), id, &f.arena, &here), 0);
	fixture_unlock(&f, LOGON);
	return here.items;
}

static void of_folders(void **state)
{
	uint64_t ids[2] = { 0, id_from_counter(0x998877) }, before, target;
	struct rop_move_copy_messages_request nowhere = { .dest_handle_index = 9 };

	(void)state;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	target = fixture_create_folder(&f, FOLDER, "Copies", OTHER);
	create(MESSAGE);
	ids[0] = save(MESSAGE);
	release(MESSAGE);
	before = count(drafts);
	assert_int_equal(move_copy(FOLDER, OTHER, ids, 1, 1), 0);
	assert_int_equal(count(drafts), before);
	assert_int_equal(count(target), 1);
	assert_int_equal(move_copy(FOLDER, OTHER, ids, 2, 0), 1);
	assert_int_equal(count(drafts), before - 1);
	assert_int_equal(count(target), 2);
	assert_int_equal(fixture_rop(&f, ROP_MOVE_COPY_MESSAGES, FOLDER, &nowhere).return_value,
			 0x503);
	release(OTHER);
	release(FOLDER);
}

/* To the mailbox of somebody else, with names of properties that it does not have yet. */
static void across(void **state)
{
	struct prop_name name = { .set = { { 7 } }, .lid = 42 };
	uint16_t id = 0;
	uint64_t ids[1];

	(void)state;
	struct mailbox *m = fixture_lock(&f, LOGON);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(mailbox_name_id(m, &name, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, LOGON);
	create(MESSAGE);
	set_text(MESSAGE, tag_make(id, PT_UNICODE), "named");
	ids[0] = save(MESSAGE);
	release(MESSAGE);
	/* Bob's drafts are open to all. */
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint32_t saved[FIXTURE_HANDLES];
	memcpy(saved, f.handles, sizeof saved);
	fixture_use(&f, bob);
	fixture_logon(&f, LOGON, "bob");
	uint64_t his = fixture_folder_id(&f, LOGON, MAILBOX_DRAFTS), counter = 0;
	assert_true(id_to_counter(his, &counter));
	m = fixture_lock(&f, LOGON);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, counter, MEMBER_DEFAULT, RIGHTS_ALL), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, LOGON);
	session_close(bob);
	fixture_use(&f, alice);
	memcpy(f.handles, saved, sizeof saved);
	f.logon_id = 1;
	fixture_logon(&f, 10, "bob");
	fixture_open_folder(&f, 10, his, OTHER);
	f.logon_id = 0;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	assert_int_equal(move_copy(FOLDER, OTHER, ids, 1, 0), 0);
	assert_int_equal(try_open(MESSAGE, ids[0], 0).return_value, ecNotFound);
	m = fixture_lock(&f, 10);
	uint64_t copy = 0;
	uint16_t there = name_map_id(mailbox_names(m), &name);
	struct prop got;
	assert_int_equal(message_next(m, counter, false, false, 0, &copy), 0);
	assert_true(copy && there);
	assert_int_equal(message_value(m, copy, there, &f.arena, &got), 0);
	assert_true(bytes_equal(got.value, fixture_text(&f, "named")));
	fixture_unlock(&f, 10);
	release(FOLDER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some),       cmocka_unit_test(all),    cmocka_unit_test(folders),
		cmocka_unit_test(of_folders), cmocka_unit_test(across),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
