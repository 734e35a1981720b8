/*
 * A walk through the operations on folders and messages, from outside: what one session does, another one sees.
 */
#include "outside.h"

#include "base/utf16.h"
#include "mapi/restriction.h"
#include "rop/property_row.h"
#include "rop/recipient_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "rop/rops_permission.h"
#include "rop/rops_property.h"
#include "rop/rops_rule.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"

enum { LOGON, INBOX, FOLDER, TABLE, MESSAGE, ATTACHMENT, STREAM, SEARCH, OTHER };

#define ATTACHED ((size_t)100000)

static struct mapi_account alice;
static struct mapi_client c;
static uint64_t folder, message;

static uint64_t inbox_id(void)
{
	return c.logon.folder_ids.id[LOGON_FOLDER_INBOX];
}

static void open_folder(uint64_t id, uint8_t into)
{
	struct rop_open_folder_request q = { .output_handle_index = into, .folder_id = id };

	(void)ok(&c, ROP_OPEN_FOLDER, LOGON, &q);
}

static uint64_t create_folder(uint8_t parent, const char *name, uint8_t type, uint8_t into)
{
	struct rop_create_folder_request q = { .output_handle_index = into,
					       .folder_type = type,
					       .use_unicode_strings = 1,
					       .display_name = mapi_client_text(&c, name),
					       .comment = mapi_client_text(&c, "") };
	const struct rop_create_folder_response *r = ok(&c, ROP_CREATE_FOLDER, parent, &q);

	assert_int_equal(r->is_existing_folder, 0);
	return r->folder_id;
}

static void set_text(uint8_t index, uint32_t tag, const char *text)
{
	struct bag b;

	bag_init(&b, &c.arena);
	assert_int_equal(bag_set_text(&b, tag, text), 0);
	good(&c, mapi_client_set(&c, index, &b));
}

static const char *text_of(uint8_t index, uint32_t tag)
{
	struct prop *v = NULL;

	good(&c, mapi_client_get(&c, index, &tag, 1, &v));
	assert_int_equal(v[0].tag, tag);
	return prop_text(&v[0], 1252, &c.arena);
}

static uint64_t save(uint8_t index)
{
	struct rop_save_changes_message_request q = { .save_flags = 0x02 };
	const struct rop_save_changes_message_response *r = ok(&c, ROP_SAVE_CHANGES_MESSAGE, index, &q);

	assert_int_not_equal(r->message_id, 0);
	return r->message_id;
}

static void create_message(uint64_t in, uint8_t into)
{
	struct rop_create_message_request q = { .output_handle_index = into, .code_page_id = 0x0FFF, .folder_id = in };

	(void)ok(&c, ROP_CREATE_MESSAGE, LOGON, &q);
}

static const struct rop_open_message_response *open_message(uint64_t in, uint64_t id, uint8_t mode, uint8_t into)
{
	struct rop_open_message_request q = {
		.output_handle_index = into, .code_page_id = 0x0FFF, .folder_id = in, .open_mode_flags = mode, .message_id = id
	};

	return ok(&c, ROP_OPEN_MESSAGE, LOGON, &q);
}

/* How many rows a table of the folder in `index` has, by its rows. */
static unsigned rows_of(uint8_t id, uint8_t index, const char *wanted)
{
	struct rop_get_contents_table_request q = { .output_handle_index = TABLE };
	uint32_t tags[] = { PidTagMid, PidTagSubject };
	struct rop_set_columns_request columns = { .property_tags = { 2, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 100 };
	unsigned n = 0;

	if (id == ROP_GET_HIERARCHY_TABLE)
		tags[1] = PidTagDisplayName;
	if (id == ROP_GET_HIERARCHY_TABLE)
		tags[0] = PidTagFolderId;
	(void)ok(&c, id, index, &q);
	(void)ok(&c, ROP_SET_COLUMNS, TABLE, &columns);
	const struct rop_query_rows_response *r = ok(&c, ROP_QUERY_ROWS, TABLE, &rows);
	struct bytes data = r->rows.data;
	for (uint16_t i = 0; i < r->rows.count; i++) {
		struct prop v[2];

		good(&c, property_row_next(&data, tags, 2, &c.arena, v, &c.why));
		const char *text = prop_text(&v[1], 1252, &c.arena);
		if (!wanted || (text && strcmp(text, wanted) == 0))
			n++;
	}
	(void)ok(&c, ROP_RELEASE, TABLE, NULL);
	return n;
}

/* Folders and messages ---------------------------------------------------------------------------------------------------------- */

static void folders(void **state)
{
	struct rop_get_hierarchy_table_request q = { .output_handle_index = TABLE };

	(void)state;
	assert_int_equal(c.logon.response_flags & (LOGON_RESPONSE_OWNER_RIGHT | LOGON_RESPONSE_SEND_AS_RIGHT),
			 LOGON_RESPONSE_OWNER_RIGHT | LOGON_RESPONSE_SEND_AS_RIGHT);
	open_folder(inbox_id(), INBOX);
	folder = create_folder(INBOX, "Letters", 1, FOLDER);
	(void)ok(&c, ROP_GET_HIERARCHY_TABLE, INBOX, &q);
	(void)ok(&c, ROP_RELEASE, TABLE, NULL);
	assert_int_equal(rows_of(ROP_GET_HIERARCHY_TABLE, INBOX, "Letters"), 1);
	/* Another of the same name is refused. */
	struct rop_create_folder_request again = { .output_handle_index = OTHER,
						   .folder_type = 1,
						   .use_unicode_strings = 1,
						   .display_name = mapi_client_text(&c, "Letters"),
						   .comment = mapi_client_text(&c, "") };
	assert_int_equal(mapi_client_rop(&c, ROP_CREATE_FOLDER, INBOX, &again, NULL), ecDuplicateName);
}

static void add_recipient(void)
{
	static uint32_t none[1];
	CLEANUP_BUF struct buf row = BUF_MAX(4096);
	struct recipient_row r = { .flags = RECIPIENT_TYPE_SMTP | RECIPIENT_EMAIL | RECIPIENT_DISPLAY | RECIPIENT_UNICODE,
				   .email_address = mapi_client_text(&c, "bob@contoso.example"),
				   .display_name = mapi_client_text(&c, "Bob") };

	good(&c, recipient_row_encode(&r, none, 0, &row, &c.why));
	struct modify_recipient_row m = { .row_id = 0, .recipient_type = 1, .recipient_row = buf_bytes(&row) };
	struct rop_modify_recipients_request q = { .recipient_columns = { 0, none }, .recipient_rows = { 1, &m } };
	(void)ok(&c, ROP_MODIFY_RECIPIENTS, MESSAGE, &q);
}

static void a_message(void **state)
{
	(void)state;
	open_folder(folder, FOLDER);
	create_message(folder, MESSAGE);
	add_recipient();
	message = save(MESSAGE);
	(void)ok(&c, ROP_RELEASE, MESSAGE, NULL);
	const struct rop_open_message_response *r = open_message(folder, message, 0, MESSAGE);
	assert_int_equal(r->recipient_count, 1);
	assert_int_equal(r->recipient_rows.n, 1);
	struct recipient_row row;
	good(&c, recipient_row_decode(r->recipient_rows.v[0].recipient_row, r->recipient_columns.v, r->recipient_columns.n, &c.arena, &row, &c.why));
	assert_string_equal(utf16_text(&c.arena, row.email_address), "bob@contoso.example");
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL), 1);
}

static void properties(void **state)
{
	struct rop_reload_cached_information_request reload = { .reserved = 0 };

	(void)state;
	(void)open_message(folder, message, 1, MESSAGE);
	set_text(MESSAGE, PidTagSubject, "Re: the weather");
	set_text(MESSAGE, PidTagBody, "It rains.\r\nStill.");
	(void)save(MESSAGE);
	(void)ok(&c, ROP_RELEASE, MESSAGE, NULL);
	const struct rop_open_message_response *r = open_message(folder, message, 0, MESSAGE);
	struct bytes prefix;
	assert_true(typed_string_get(&r->subject_prefix, 1252, &c.arena, &prefix));
	assert_string_equal(utf16_text(&c.arena, prefix), "Re: ");
	assert_string_equal(text_of(MESSAGE, PidTagSubject), "Re: the weather");
	assert_string_equal(text_of(MESSAGE, PidTagNormalizedSubject), "the weather");
	assert_string_equal(text_of(MESSAGE, PidTagBody), "It rains.\r\nStill.");
	(void)ok(&c, ROP_RELOAD_CACHED_INFORMATION, MESSAGE, &reload);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, "Re: the weather"), 1);
}

static void named_properties(void **state)
{
	static const struct guid set = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
	struct property_name name = { .kind = PROPERTY_NAME_STRING, .set = set };
	struct rop_get_property_ids_from_names_request q = { .flags = 2, .property_names = { 1, &name } };

	(void)state;
	name.u.string.name.text = mapi_client_text(&c, "Colour");
	const struct rop_get_property_ids_from_names_response *r = ok(&c, ROP_GET_PROPERTY_IDS_FROM_NAMES, LOGON, &q);
	assert_int_equal(r->property_ids.n, 1);
	uint16_t id = r->property_ids.v[0];
	assert_true(id >= 0x8000);
	struct rop_get_names_from_property_ids_request back = { .property_ids = { 1, &id } };
	const struct rop_get_names_from_property_ids_response *n = ok(&c, ROP_GET_NAMES_FROM_PROPERTY_IDS, LOGON, &back);
	assert_int_equal(n->property_names.n, 1);
	assert_int_equal(n->property_names.v[0].kind, PROPERTY_NAME_STRING);
	assert_string_equal(utf16_text(&c.arena, n->property_names.v[0].u.string.name.text), "Colour");
	(void)open_message(folder, message, 1, MESSAGE);
	set_text(MESSAGE, (uint32_t)id << 16 | PT_UNICODE, "green");
	(void)save(MESSAGE);
	(void)open_message(folder, message, 0, OTHER);
	assert_string_equal(text_of(OTHER, (uint32_t)id << 16 | PT_UNICODE), "green");
}

/* Attachments and streams ------------------------------------------------------------------------------------------------------- */

static void attachment(void **state)
{
	struct rop_create_attachment_request create = { .output_handle_index = ATTACHMENT };
	struct rop_open_stream_request open = { .output_handle_index = STREAM, .property_tag = PidTagAttachDataBinary, .open_mode_flags = 2 };
	struct rop_save_changes_attachment_request keep = { .save_flags = 0x02 };
	uint8_t *bytes = arena_alloc(&c.arena, ATTACHED);
	struct bag b;

	(void)state;
	for (size_t i = 0; i < ATTACHED; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 251);
	(void)open_message(folder, message, 1, MESSAGE);
	const struct rop_create_attachment_response *a = ok(&c, ROP_CREATE_ATTACHMENT, MESSAGE, &create);
	assert_int_equal(a->attachment_id, 0);
	bag_init(&b, &c.arena);
	assert_int_equal(bag_set_u32(&b, PidTagAttachMethod, 1), 0);
	assert_int_equal(bag_set_text(&b, PidTagAttachLongFilename, "picture.bin"), 0);
	good(&c, mapi_client_set(&c, ATTACHMENT, &b));
	(void)ok(&c, ROP_OPEN_STREAM, ATTACHMENT, &open);
	for (size_t at = 0; at < ATTACHED;) {
		size_t n = ATTACHED - at < 30000 ? ATTACHED - at : 30000;
		struct rop_write_stream_request w = { .data = bytes_of(bytes + at, n) };
		const struct rop_write_stream_response *written = ok(&c, ROP_WRITE_STREAM, STREAM, &w);

		assert_int_equal(written->written_size, n);
		at += n;
	}
	(void)ok(&c, ROP_COMMIT_STREAM, STREAM, NULL);
	(void)ok(&c, ROP_SAVE_CHANGES_ATTACHMENT, ATTACHMENT, &keep);
	(void)save(MESSAGE);
	for (uint8_t i = MESSAGE; i <= STREAM; i++)
		(void)ok(&c, ROP_RELEASE, i, NULL);
	/* Anew, and read back. */
	struct rop_open_attachment_request again = { .output_handle_index = ATTACHMENT, .attachment_id = 0 };
	(void)open_message(folder, message, 0, MESSAGE);
	(void)ok(&c, ROP_OPEN_ATTACHMENT, MESSAGE, &again);
	open.open_mode_flags = 0;
	const struct rop_open_stream_response *s = ok(&c, ROP_OPEN_STREAM, ATTACHMENT, &open);
	assert_int_equal(s->stream_size, ATTACHED);
	CLEANUP_BUF struct buf back = BUF_MAX(2 * ATTACHED);
	for (;;) {
		struct rop_read_stream_request r = { .byte_count = 20000 };
		const struct rop_read_stream_response *d = ok(&c, ROP_READ_STREAM, STREAM, &r);

		buf_add(&back, d->data.p, d->data.n);
		if (!d->data.n)
			break;
	}
	assert_int_equal(back.n, ATTACHED);
	assert_memory_equal(back.p, bytes, ATTACHED);
}

/* Copying, moving, deleting -------------------------------------------------------------------------------------------------------- */

static void copies_and_moves(void **state)
{
	uint64_t ids[] = { message };
	struct rop_move_copy_messages_request q = { .dest_handle_index = OTHER, .message_ids = { 1, ids }, .want_copy = 1 };

	(void)state;
	open_folder(folder, FOLDER);
	open_folder(inbox_id(), INBOX);
	(void)create_folder(INBOX, "Old letters", 1, OTHER);
	unsigned before = rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL);
	const struct rop_move_copy_messages_response *r = ok(&c, ROP_MOVE_COPY_MESSAGES, FOLDER, &q);
	assert_int_equal(r->partial_completion, 0);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL), before);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, OTHER, NULL), 1);
	q.want_copy = 0;
	(void)ok(&c, ROP_MOVE_COPY_MESSAGES, FOLDER, &q);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL), before - 1);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, OTHER, NULL), 2);
}

static void deletions(void **state)
{
	(void)state;
	open_folder(folder, FOLDER);
	create_message(folder, MESSAGE);
	uint64_t id = save(MESSAGE), ids[] = { id };
	struct rop_delete_messages_request q = { .message_ids = { 1, ids } };
	unsigned before = rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL);
	(void)ok(&c, ROP_DELETE_MESSAGES, FOLDER, &q);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL), before - 1);
	struct rop_open_message_request open = { .output_handle_index = OTHER, .code_page_id = 0x0FFF, .folder_id = folder, .message_id = id };
	assert_int_equal(mapi_client_rop(&c, ROP_OPEN_MESSAGE, LOGON, &open, NULL), ecNotFound);
	/* A folder with what is in it. */
	(void)create_folder(FOLDER, "Inner", 1, OTHER);
	uint64_t inner = create_folder(FOLDER, "Inner 2", 1, OTHER);
	struct rop_delete_folder_request drop = { .delete_folder_flags = 0x05, .folder_id = inner };
	const struct rop_delete_folder_response *r = ok(&c, ROP_DELETE_FOLDER, FOLDER, &drop);
	assert_int_equal(r->partial_completion, 0);
	assert_int_equal(rows_of(ROP_GET_HIERARCHY_TABLE, FOLDER, NULL), 1);
}

/* Searches, rules, rights ---------------------------------------------------------------------------------------------------------------- */

static void search_folder(void **state)
{
	struct restriction class = { .kind = RES_CONTENT };
	uint64_t scope[] = { folder };
	CLEANUP_BUF struct buf data = BUF_MAX(4096);

	(void)state;
	open_folder(folder, FOLDER);
	create_message(folder, MESSAGE);
	(void)save(MESSAGE);
	open_folder(c.logon.folder_ids.id[LOGON_FOLDER_SEARCH], OTHER);
	(void)create_folder(OTHER, "All notes", 2, SEARCH);
	class.u.content = (struct restriction_content){ .fuzzy_low = FUZZY_PREFIX,
							 .fuzzy_high = FUZZY_IGNORE_CASE,
							 .tag = PidTagMessageClass,
							 .value.prop = { .tag = PidTagMessageClass, .count = 1, .value = mapi_client_text(&c, "ipm.note") } };
	good(&c, restriction_encode(&class, WIRE_COUNTS_16, &data, &c.why));
	struct rop_set_search_criteria_request q = { .restriction_data = buf_bytes(&data), .folder_ids = { 1, scope }, .search_flags = 0x00000002 };
	(void)ok(&c, ROP_SET_SEARCH_CRITERIA, SEARCH, &q);
	assert_int_equal(rows_of(ROP_GET_CONTENTS_TABLE, SEARCH, NULL), rows_of(ROP_GET_CONTENTS_TABLE, FOLDER, NULL));
}

static void rules(void **state)
{
	struct rop_get_rules_table_request q = { .output_handle_index = TABLE };
	CLEANUP_BUF struct buf condition = BUF_MAX(4096);
	struct restriction any = { .kind = RES_EXIST, .u.exist = { PidTagMessageClass } };
	/* One action: OP_MARK_AS_READ. */
	static const uint8_t actions[] = { 1, 0, 9, 0, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t number[] = { 1, 0, 0, 0 };
	struct tagged_value v[5];

	(void)state;
	good(&c, restriction_encode(&any, WIRE_COUNTS_16, &condition, &c.why));
	v[0].prop = (struct prop){ .tag = PidTagRuleSequence, .count = 1, .value = bytes_of(number, 4) };
	v[1].prop = (struct prop){ .tag = PidTagRuleState, .count = 1, .value = bytes_of(number, 4) };
	v[2].prop = (struct prop){ .tag = PidTagRuleCondition, .count = 1, .value = buf_bytes(&condition) };
	v[3].prop = (struct prop){ .tag = PidTagRuleActions, .count = 1, .value = bytes_of(actions, sizeof actions) };
	v[4].prop = (struct prop){ .tag = PidTagRuleProvider, .count = 1, .value = mapi_client_text(&c, "RuleOrganizer") };
	struct rule_data rule = { .rule_data_flags = 1, .property_values = { 5, v } };
	struct rop_modify_rules_request m = { .rules_data = { 1, &rule } };
	open_folder(inbox_id(), INBOX);
	(void)ok(&c, ROP_MODIFY_RULES, INBOX, &m);
	(void)ok(&c, ROP_GET_RULES_TABLE, INBOX, &q);
	uint32_t tags[] = { PidTagRuleId, PidTagRuleProvider };
	struct rop_set_columns_request columns = { .property_tags = { 2, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 10 };
	(void)ok(&c, ROP_SET_COLUMNS, TABLE, &columns);
	const struct rop_query_rows_response *r = ok(&c, ROP_QUERY_ROWS, TABLE, &rows);
	assert_int_equal(r->rows.count, 1);
	struct prop got[2];
	struct bytes data = r->rows.data;
	good(&c, property_row_next(&data, tags, 2, &c.arena, got, &c.why));
	assert_string_equal(prop_text(&got[1], 1252, &c.arena), "RuleOrganizer");
	struct rule_data none = { .rule_data_flags = 1, .property_values = { 0, v } };
	(void)none;
	struct rop_modify_rules_request all_away = { .modify_rules_flags = 1 };
	(void)ok(&c, ROP_MODIFY_RULES, INBOX, &all_away);
}

/* Bob sees nothing of alice's Inbox until she lets him. */
static void permissions(void **state)
{
	static struct mapi_account a;
	struct mapi_client bob;
	struct rop_open_folder_request open = { .output_handle_index = 1, .folder_id = inbox_id() };
	struct rop_get_contents_table_request table = { .output_handle_index = 2 };
	static const uint8_t everybody[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t reviewer[] = { 0x01, 0x04, 0, 0 };
	struct tagged_value v[2];

	(void)state;
	open_folder(inbox_id(), INBOX);
	a = served_account(&served, "bob");
	mapi_client_init(&bob, &a);
	good(&bob, mapi_client_connect(&bob));
	v[0].prop = (struct prop){ .tag = PidTagMemberId, .count = 1, .value = bytes_of(everybody, 8) };
	v[1].prop = (struct prop){ .tag = PidTagMemberRights, .count = 1, .value = bytes_of(reviewer, 4) };
	struct permission_data change = { .permission_data_flags = 2, .property_values = { 2, v } };
	struct rop_modify_permissions_request m = { .permissions_data = { 1, &change } };
	status before = mapi_client_logon_as(&bob, 0, alice.dn, 0);
	if (!before)
		before = mapi_client_rop(&bob, ROP_OPEN_FOLDER, 0, &open, NULL);
	if (!before)
		before = mapi_client_rop(&bob, ROP_GET_CONTENTS_TABLE, 1, &table, NULL);
	assert_int_not_equal(before, 0);
	(void)ok(&c, ROP_MODIFY_PERMISSIONS, INBOX, &m);
	good(&bob, mapi_client_logon_as(&bob, 0, alice.dn, 0));
	(void)ok(&bob, ROP_OPEN_FOLDER, 0, &open);
	(void)ok(&bob, ROP_GET_CONTENTS_TABLE, 1, &table);
	struct rop_create_message_request create = { .output_handle_index = 3, .code_page_id = 0x0FFF, .folder_id = inbox_id() };
	status st = mapi_client_rop(&bob, ROP_CREATE_MESSAGE, 0, &create, NULL);
	if (!st) {
		struct rop_save_changes_message_request keep = { .save_flags = 2 };

		st = mapi_client_rop(&bob, ROP_SAVE_CHANGES_MESSAGE, 3, &keep, NULL);
	}
	assert_int_equal(st, ecAccessDenied);
	end(&bob);
}

static int begin_group(void **state)
{
	if (outside_begin(state))
		return 1;
	alice = served_account(&served, "alice");
	begin(&c, &alice);
	return 0;
}

static int end_group(void **state)
{
	end(&c);
	return outside_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders),	    cmocka_unit_test(a_message),     cmocka_unit_test(properties), cmocka_unit_test(named_properties),
		cmocka_unit_test(attachment),	    cmocka_unit_test(search_folder), cmocka_unit_test(rules),	   cmocka_unit_test(permissions),
		cmocka_unit_test(copies_and_moves), cmocka_unit_test(deletions),
	};

	return cmocka_run_group_tests(tests, begin_group, end_group);
}
