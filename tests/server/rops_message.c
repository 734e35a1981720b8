/* server/rops_message, rops_recipient: messages made, opened, changed and saved ([MS-OXCMSG]). */
#include "message_steps.h"

#include "rop/recipient_row.h"

/* New messages -------------------------------------------------------------------------------------------------------------- */

static void initial_properties(void **state)
{
	(void)state;
	create(MESSAGE);
	/* MS-OXCMSG_R341 */
	assert_int_equal(number(MESSAGE, PidTagImportance), 1);
	/* MS-OXCMSG_R342 */
	assert_string_equal(text(MESSAGE, PidTagMessageClass), "IPM.Note");
	/* MS-OXCMSG_R343 */
	assert_int_equal(number(MESSAGE, PidTagSensitivity), 0);
	/* MS-OXCMSG_R344 */
	assert_string_equal(text(MESSAGE, PidTagDisplayBcc), "");
	/* MS-OXCMSG_R345 */
	assert_string_equal(text(MESSAGE, PidTagDisplayCc), "");
	/* MS-OXCMSG_R346 */
	assert_string_equal(text(MESSAGE, PidTagDisplayTo), "");
	/* MS-OXCMSG_R349 */
	assert_int_equal(number(MESSAGE, PidTagHasAttachments), 0);
	/* MS-OXCMSG_R352 */
	assert_int_equal(number(MESSAGE, PidTagTrustSender), 1);
	/* MS-OXCMSG_R1914 */
	assert_int_equal(number(MESSAGE, PidTagAccess), 7);
	/* MS-OXCMSG_R354 */
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 1);
	/* MS-OXCMSG_R1480 */
	assert_int_equal(number(MESSAGE, PidTagMessageFlags), 0x409);
	/* MS-OXCMSG_R2034 */
	assert_int_equal(le64(value(MESSAGE, PidTagCreationTime).value.p), FIXTURE_NOW);
	/* MS-OXCMSG_R357 */
	assert_int_equal(le64(value(MESSAGE, PidTagLastModificationTime).value.p), FIXTURE_NOW);
	/* MS-OXCMSG_R358 */
	assert_int_equal(value(MESSAGE, PidTagSearchKey).value.n, 16);
	/* MS-OXCMSG_R359 */
	assert_int_equal(number(MESSAGE, PidTagMessageLocaleId), 0x409);
	/* MS-OXCMSG_R365 */
	assert_int_equal(number(MESSAGE, PidTagLocaleId), 0x409);
	/* MS-OXCMSG_R360 */
	assert_string_equal(text(MESSAGE, PidTagCreatorName), f.session->user.display_name);
	/* MS-OXCMSG_R362 */
	assert_string_equal(text(MESSAGE, PidTagLastModifierName), f.session->user.display_name);
	/* MS-OXCMSG_R363 */
	assert_true(bytes_equal(value(MESSAGE, PidTagLastModifierEntryId).value, value(MESSAGE, PidTagCreatorEntryId).value));
	/* MS-OXCMSG_R364 */
	assert_int_equal(number(MESSAGE, PidTagHasNamedProperties), 0);
	release(MESSAGE);
}

static uint64_t items(void)
{
	struct folder folder = { .id = 0 };
	uint64_t id;

	assert_true(id_to_counter(drafts, &id));
	assert_int_equal(folder_get(fixture_lock(&f, LOGON), id, &f.arena, &folder), 0);
	fixture_unlock(&f, LOGON);
	return folder.items;
}

static void saved_and_opened(void **state)
{
	uint64_t before = items(), id;
	const struct rop_open_message_response *a;

	(void)state;
	create(MESSAGE);
	set_text(MESSAGE, PidTagSubject, "RE: Plan für Köln");
	/* MS-OXCMSG_R339 */
	assert_int_equal(items(), before);
	id = save(MESSAGE);
	/* MS-OXCMSG_R700 */
	assert_int_equal(items(), before + 1);
	assert_true(id != 0);
	/* MS-OXCMSG_R728 */
	assert_int_equal(le64(value(MESSAGE, PidTagMid).value.p), id);
	release(MESSAGE);
	a = open_as(MESSAGE, id, 0);
	/* MS-OXCMSG_R679 */
	assert_int_equal(a->recipient_count, 0);
	assert_int_equal(a->has_named_properties, 0);
	/* MS-OXCMSG_R661 */
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 0);
	/* MS-OXCMSG_R58 */
	assert_string_equal(text(MESSAGE, PidTagSubjectPrefix), "RE: ");
	/* MS-OXCMSG_R64 */
	assert_string_equal(text(MESSAGE, PidTagNormalizedSubject), "Plan für Köln");
	/* MS-OXCMSG_R1239 */
	assert_string_equal(text(MESSAGE, PidTagSubject), "RE: Plan für Köln");
	struct bytes prefix, normalized;
	assert_true(typed_string_get(&a->subject_prefix, 1252, &f.arena, &prefix));
	assert_true(typed_string_get(&a->normalized_subject, 1252, &f.arena, &normalized));
	/* MS-OXCMSG_R676 */
	assert_true(bytes_equal(prefix, fixture_text(&f, "RE: ")));
	/* MS-OXCMSG_R678 */
	assert_true(bytes_equal(normalized, fixture_text(&f, "Plan für Köln")));
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	/* MS-OXCMSG_R663 */
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 1);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 3);
	/* MS-OXCMSG_R665 */
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 1);
	release(MESSAGE);
}

static void subjects(void **state)
{
	(void)state;
	create(MESSAGE);
	set_text(MESSAGE, PidTagNormalizedSubject, "plan");
	/* MS-OXCMSG_R1801 */
	assert_string_equal(text(MESSAGE, PidTagSubject), "plan");
	set_text(MESSAGE, PidTagSubjectPrefix, "");
	/* MS-OXCMSG_R1802 */
	assert_string_equal(text(MESSAGE, PidTagSubject), text(MESSAGE, PidTagNormalizedSubject));
	set_text(MESSAGE, PidTagSubjectPrefix, "AW: ");
	assert_string_equal(text(MESSAGE, PidTagSubject), "AW: plan");
	set_text(MESSAGE, PidTagSubject, "Tokyo: plan");
	assert_string_equal(text(MESSAGE, PidTagSubjectPrefix), "");
	assert_string_equal(text(MESSAGE, PidTagNormalizedSubject), "Tokyo: plan");
	remove_prop(MESSAGE, PidTagSubject);
	assert_false(has(MESSAGE, PidTagSubject));
	assert_false(has(MESSAGE, PidTagNormalizedSubject));
	release(MESSAGE);
}

static void opened_in_vain(void **state)
{
	struct rop_open_message_request r = { .output_handle_index = OTHER, .code_page_id = 0x0FFF, .message_id = id_from_counter(0x123456) };
	uint64_t id;

	(void)state;
	r.folder_id = drafts;
	/* MS-OXCMSG_R323 */
	/* MS-OXCMSG_R333 */
	fixture_refused(&f, ROP_OPEN_MESSAGE, LOGON, &r, ecNotFound);
	assert_int_equal(f.handles[OTHER], ROP_HANDLE_NONE);
	create(MESSAGE);
	id = save(MESSAGE);
	r.message_id = id;
	r.folder_id = fixture_folder_id(&f, LOGON, MAILBOX_INBOX);
	/* MS-OXCMSG_R1477 */
	fixture_refused(&f, ROP_OPEN_MESSAGE, LOGON, &r, ecNotFound);
	r.folder_id = drafts;
	/* MS-OXCMSG_R1478 */
	fixture_refused(&f, ROP_OPEN_MESSAGE, MESSAGE, &r, ecNullObject);
	release(MESSAGE);
	uint64_t counter;
	assert_true(id_to_counter(id, &counter));
	struct mailbox *m = fixture_lock(&f, LOGON);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_delete(m, counter, DELETE_SOFT), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, LOGON);
	/* MS-OXCMSG_R326 */
	/* MS-OXCMSG_R335 */
	assert_int_equal(try_open(MESSAGE, id, 0).return_value, ecNotFound);
	/* MS-OXCMSG_R668 */
	(void)open_as(MESSAGE, id, 4);
	assert_int_equal(le64(value(MESSAGE, PidTagDeletedOn).value.p), FIXTURE_NOW);
	release(MESSAGE);
}

/* Saving -------------------------------------------------------------------------------------------------------------------- */

static void transactions(void **state)
{
	uint64_t id;

	(void)state;
	create(MESSAGE);
	set_text(MESSAGE, PidTagSubject, "one");
	id = save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	(void)open_as(OTHER, id, 1);
	/* MS-OXCMSG_R703 */
	assert_int_not_equal(f.handles[MESSAGE], f.handles[OTHER]);
	set_text(MESSAGE, PidTagSubject, "two");
	/* MS-OXCMSG_R704 */
	assert_string_equal(text(OTHER, PidTagSubject), "one");
	(void)save(MESSAGE);
	set_text(OTHER, PidTagSubject, "three");
	/* MS-OXCMSG_R705 */
	/* MS-OXCMSG_R1053 */
	assert_int_equal(save_as(OTHER, 0x02).return_value, 0x80040109);
	/* MS-OXCMSG_R718 */
	assert_int_equal(number(OTHER, PidTagAccessLevel), 1);
	/* MS-OXCMSG_R724 */
	assert_int_equal(save_as(OTHER, 0x04).return_value, 0);
	/* MS-OXCMSG_R723 */
	assert_int_equal(number(OTHER, PidTagAccessLevel), 1);
	release(MESSAGE);
	release(OTHER);
	(void)open_as(MESSAGE, id, 0);
	assert_string_equal(text(MESSAGE, PidTagSubject), "three");
	/* MS-OXCMSG_R1699 */
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, ecError);
	release(MESSAGE);
}

/* The properties of the folder's other messages, of recipients and attachments stay whatever way a message is written. */
static void save_flags(void **state)
{
	(void)state;
	create(MESSAGE);
	/* MS-OXCMSG_R719 */
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, 0);
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 1);
	/* MS-OXCMSG_R2192 */
	assert_int_equal(save_as(MESSAGE, 0x01).return_value, 0);
	assert_int_equal(number(MESSAGE, PidTagAccessLevel), 1);
	release(MESSAGE);
}

static void flags_of_clients(void **state)
{
	struct bag b;
	uint64_t id;

	(void)state;
	create(MESSAGE);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 0x08), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	assert_int_equal(number(MESSAGE, PidTagMessageFlags), 0x08);
	id = save(MESSAGE);
	/* MS-OXCMSG_R31 */
	assert_int_equal(set(MESSAGE, &b), 1);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	assert_int_equal(number(MESSAGE, PidTagMessageFlags) & 1, 0);
	/* MS-OXCMSG_R2045 */
	assert_int_equal(number(MESSAGE, PidTagRead), 0);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagMessageSize, 7), 0);
	assert_int_equal(bag_set_bool(&b, PidTagHasAttachments, true), 0);
	assert_int_equal(bag_set_u32(&b, PidTagAccess, 7), 0);
	assert_int_equal(set(MESSAGE, &b), 3);
	/* MS-OXCMSG_R47 */
	assert_int_not_equal(number(MESSAGE, PidTagMessageSize), 7);
	/* MS-OXCMSG_R15 */
	assert_int_equal(number(MESSAGE, PidTagHasAttachments), 0);
	release(MESSAGE);
}

/* Recipients -------------------------------------------------------------------------------------------------------------------- */

static struct rop_response recipients_from(uint8_t index, uint32_t row)
{
	struct rop_read_recipients_request r = { .row_id = row };

	return fixture_rop(&f, ROP_READ_RECIPIENTS, index, &r);
}

static void recipients(void **state)
{
	struct modify_recipient_row rows[] = { { .row_id = 0, .recipient_type = 1, .recipient_row = row_of("Bob", "bob@contoso.example") },
					       { .row_id = 1, .recipient_type = 2, .recipient_row = row_of("Carol", "carol@contoso.example") },
					       { .row_id = 5, .recipient_type = 3, .recipient_row = row_of("Dora", "dora@else.example") } };
	struct rop_remove_all_recipients_request all = { .reserved = 7 };
	const struct rop_read_recipients_response *a;
	const struct rop_open_message_response *o;
	struct rop_response r;
	uint64_t id;

	(void)state;
	create(MESSAGE);
	/* MS-OXCMSG_R403 */
	assert_int_equal(recipients_from(MESSAGE, 0).return_value, ecNotFound);
	/* MS-OXCMSG_R389 */
	put_recipients(MESSAGE, rows, 3);
	r = recipients_from(MESSAGE, 0);
	assert_int_equal(r.return_value, 0);
	a = r.body;
	/* MS-OXCMSG_R400 */
	/* MS-OXCMSG_R1495 */
	assert_int_equal(a->recipient_rows.n, 3);
	assert_int_equal(a->recipient_rows.v[2].row_id, 5);
	/* MS-OXCMSG_R979 */
	assert_int_equal(a->recipient_rows.v[2].recipient_type, 3);
	r = recipients_from(MESSAGE, 1);
	a = r.body;
	assert_int_equal(a->recipient_rows.n, 2);
	/* MS-OXCMSG_R1055 */
	assert_int_equal(recipients_from(MESSAGE, 3).return_value, ecNotFound);
	assert_string_equal(text(MESSAGE, PidTagDisplayTo), "Bob");
	assert_string_equal(text(MESSAGE, PidTagDisplayCc), "Carol");
	assert_string_equal(text(MESSAGE, PidTagDisplayBcc), "Dora");
	id = save(MESSAGE);
	o = open_as(OTHER, id, 1);
	assert_int_equal(o->recipient_count, 3);
	assert_int_equal(o->recipient_rows.n, 3);
	/* MS-OXCMSG_R977 */
	assert_int_equal(o->recipient_rows.v[0].recipient_type, 1);
	/* MS-OXCMSG_R978 */
	assert_int_equal(o->recipient_rows.v[1].recipient_type, 2);
	/* Replaced, and deleted. */
	rows[0].recipient_row = row_of("Robert", "bob@contoso.example");
	rows[1].recipient_row = bytes_of(NULL, 0);
	put_recipients(OTHER, rows, 2);
	r = recipients_from(OTHER, 0);
	a = r.body;
	/* MS-OXCMSG_R391 */
	/* MS-OXCMSG_R393 */
	assert_int_equal(a->recipient_rows.n, 2);
	/* MS-OXCMSG_R390 */
	/* MS-OXCMSG_R394 */
	assert_string_equal(text(OTHER, PidTagDisplayTo), "Robert");
	r = recipients_from(MESSAGE, 0);
	/* MS-OXCMSG_R395 */
	assert_int_equal(((const struct rop_read_recipients_response *)r.body)->recipient_rows.n, 3);
	(void)fixture_ok(&f, ROP_REMOVE_ALL_RECIPIENTS, OTHER, &all);
	/* MS-OXCMSG_R729 */
	/* MS-OXCMSG_R381 */
	assert_int_equal(recipients_from(OTHER, 0).return_value, ecNotFound);
	/* MS-OXCMSG_R382 */
	assert_int_equal(recipients_from(MESSAGE, 0).return_value, 0);
	/* MS-OXCMSG_R1491 */
	(void)fixture_ok(&f, ROP_REMOVE_ALL_RECIPIENTS, OTHER, &all);
	(void)save(OTHER);
	release(OTHER);
	release(MESSAGE);
	o = open_as(MESSAGE, id, 0);
	assert_int_equal(o->recipient_count, 0);
	release(MESSAGE);
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	/* MS-OXCMSG_R1493 */
	fixture_refused(&f, ROP_REMOVE_ALL_RECIPIENTS, FOLDER, &all, ecNullObject);
	/* MS-OXCMSG_R1057 */
	assert_int_equal(recipients_from(FOLDER, 0).return_value, ecNullObject);
	/* MS-OXCMSG_R1982 */
	struct rop_modify_recipients_request none = { .recipient_rows = { .n = 0 } };
	fixture_refused(&f, ROP_MODIFY_RECIPIENTS, FOLDER, &none, ecNullObject);
	release(FOLDER);
}

/* What is read is in the columns that were written, in their order: the answer to RopReadRecipients does not tell them. */
static void columns_of_recipients(void **state)
{
	static const uint32_t columns[] = { PidTagObjectType, PidTag7BitDisplayName, PidTagSmtpAddress, PidTagDisplayTypeEx };
	enum { N = sizeof columns / sizeof *columns };
	struct rop_modify_recipients_request q = { .recipient_columns = { .n = N, .v = arena_memdup(&f.arena, columns, sizeof columns) } };
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct recipient_row row;
	struct bag bag;

	(void)state;
	bag_init(&bag, &f.arena);
	assert_int_equal(bag_set_u32(&bag, PidTagDisplayTypeEx, 0x40000000), 0);
	assert_int_equal(bag_set_text(&bag, PidTagSmtpAddress, "bob@contoso.example"), 0);
	assert_int_equal(bag_set_text(&bag, PidTag7BitDisplayName, "Bob"), 0);
	assert_int_equal(bag_set_u32(&bag, PidTagObjectType, 6), 0);
	assert_int_equal(recipient_row_from_bag(&bag, columns, N, &f.arena, &row), 0);
	assert_int_equal(recipient_row_encode(&row, columns, N, &b, NULL), 0);
	struct modify_recipient_row one = { .recipient_type = 1, .recipient_row = bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n) };
	q.recipient_rows.v = &one;
	q.recipient_rows.n = 1;
	create(MESSAGE);
	(void)fixture_ok(&f, ROP_MODIFY_RECIPIENTS, MESSAGE, &q);
	(void)save(MESSAGE);
	struct rop_response r = recipients_from(MESSAGE, 0);
	assert_int_equal(r.return_value, 0);
	const struct rop_read_recipients_response *a = r.body;
	assert_int_equal(recipient_row_decode(a->recipient_rows.v[0].recipient_row, columns, N, &f.arena, &row, NULL), 0);
	/* MS-OXCDATA_R177 */
	assert_int_equal(row.column_count, N);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(row.properties[i].tag, columns[i]);
	assert_int_equal(le32(row.properties[3].value.p), 0x40000000);
	release(MESSAGE);
}

/* More than fit into one answer. */
static void many_recipients(void **state)
{
	struct modify_recipient_row rows[100];
	const struct rop_open_message_response *o;
	uint32_t seen = 0;
	uint64_t id;

	(void)state;
	create(MESSAGE);
	for (uint32_t i = 0; i < 600; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "Somebody with a rather long name, number %u", i);
		rows[i % 100] = (struct modify_recipient_row){ .row_id = i, .recipient_type = 1, .recipient_row = row_of(name, "x@contoso.example") };
		if (i % 100 == 99)
			put_recipients(MESSAGE, rows, 100);
	}
	id = save(MESSAGE);
	release(MESSAGE);
	o = open_as(MESSAGE, id, 0);
	/* MS-OXCMSG_R328 */
	assert_int_equal(o->recipient_count, 600);
	assert_in_range(o->recipient_rows.n, 50, 255);
	while (seen < 600) {
		struct rop_response r = recipients_from(MESSAGE, seen);
		const struct rop_read_recipients_response *a = r.body;

		assert_int_equal(r.return_value, 0);
		assert_int_equal(a->recipient_rows.v[0].row_id, seen);
		seen += a->recipient_rows.n;
	}
	assert_int_equal(seen, 600);
	release(MESSAGE);
}

/* States ------------------------------------------------------------------------------------------------------------------------ */

static void message_status(void **state)
{
	struct rop_set_message_status_request r = { .message_status_flags = 0x3000, .message_status_mask = 0x1000 };
	struct rop_get_message_status_request g = { .message_id = 0 };
	uint64_t id, time;
	struct bytes key;

	(void)state;
	create(MESSAGE);
	id = save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 0);
	key = value(MESSAGE, PidTagChangeKey).value;
	time = le64(value(MESSAGE, PidTagLastModificationTime).value.p);
	release(MESSAGE);
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	r.message_id = g.message_id = id;
	const struct rop_set_message_status_response *a = fixture_ok(&f, ROP_SET_MESSAGE_STATUS, FOLDER, &r);
	/* MS-OXCMSG_R784 */
	assert_int_equal(a->message_status_flags, 0);
	const struct rop_get_message_status_response *b = fixture_ok(&f, ROP_GET_MESSAGE_STATUS, FOLDER, &g);
	/* MS-OXCMSG_R773 */
	/* MS-OXCMSG_R786 */
	/* MS-OXCMSG_R416 */
	/* MS-OXCMSG_R421 */
	assert_int_equal(b->message_status_flags, 0x1000);
	r = (struct rop_set_message_status_request){ .message_id = id, .message_status_flags = 0, .message_status_mask = 0x1000 };
	a = fixture_ok(&f, ROP_SET_MESSAGE_STATUS, FOLDER, &r);
	assert_int_equal(a->message_status_flags, 0x1000);
	b = fixture_ok(&f, ROP_GET_MESSAGE_STATUS, FOLDER, &g);
	/* MS-OXCMSG_R1500 */
	assert_int_equal(b->message_status_flags, 0);
	r = (struct rop_set_message_status_request){ .message_id = id, .message_status_flags = 0x800, .message_status_mask = 0x800 };
	(void)fixture_ok(&f, ROP_SET_MESSAGE_STATUS, FOLDER, &r);
	b = fixture_ok(&f, ROP_GET_MESSAGE_STATUS, FOLDER, &g);
	/* The mask says which bits, and it is the client that says that versions are in conflict too. */
	assert_int_equal(b->message_status_flags, 0x800);
	(void)open_as(MESSAGE, id, 0);
	/* MS-OXCMSG_R1501 */
	assert_true(bytes_equal(key, value(MESSAGE, PidTagChangeKey).value));
	assert_int_equal(le64(value(MESSAGE, PidTagLastModificationTime).value.p), time);
	/* MS-OXCMSG_R1505 */
	fixture_refused(&f, ROP_SET_MESSAGE_STATUS, MESSAGE, &r, ecNullObject);
	/* MS-OXCMSG_R1507 */
	fixture_refused(&f, ROP_GET_MESSAGE_STATUS, MESSAGE, &g, ecNullObject);
	release(MESSAGE);
	release(FOLDER);
}

static unsigned receipts;

static uint32_t on_receipt(struct logon *l, uint64_t folder, uint64_t message)
{
	(void)l;
	(void)folder;
	(void)message;
	receipts++;
	return 0;
}

static uint8_t set_read(const uint64_t *ids, uint32_t n, uint8_t flags)
{
	struct rop_set_read_flags_request r = { .read_flags = flags, .message_ids = { .n = n } };

	r.message_ids.v = arena_memdup(&f.arena, ids, n * sizeof *ids);
	return ((const struct rop_set_read_flags_response *)fixture_ok(&f, ROP_SET_READ_FLAGS, FOLDER, &r))->partial_completion;
}

static uint32_t flags_of(uint64_t id)
{
	uint32_t flags;

	(void)open_as(MESSAGE, id, 0);
	flags = number(MESSAGE, PidTagMessageFlags);
	release(MESSAGE);
	return flags;
}

static uint64_t unread_message(void)
{
	struct bag b;
	uint64_t id;

	create(MESSAGE);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 0), 0);
	assert_int_equal(bag_set_bool(&b, PidTagReadReceiptRequested, true), 0);
	assert_int_equal(bag_set_bool(&b, PidTagNonReceiptNotificationRequested, true), 0);
	assert_int_equal(set(MESSAGE, &b), 0);
	id = save(MESSAGE);
	release(MESSAGE);
	return id;
}

static void read_flags(void **state)
{
	uint64_t ids[3] = { unread_message(), id_from_counter(0x987654), unread_message() };
	struct bytes key;

	(void)state;
	f.server.read_receipt = on_receipt;
	receipts = 0;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	/* MS-OXCMSG_R529 */
	/* MS-OXCMSG_R531 */
	assert_int_equal(flags_of(ids[0]) & 0x701, 0x300);
	(void)open_as(MESSAGE, ids[0], 0);
	key = value(MESSAGE, PidTagChangeKey).value;
	release(MESSAGE);
	/* MS-OXCMSG_R825 */
	assert_int_equal(set_read(ids, 1, 0x10), 0);
	assert_int_equal(flags_of(ids[0]) & 0x101, 0);
	assert_int_equal(receipts, 1);
	/* MS-OXCMSG_R1514 */
	assert_int_equal(set_read(ids, 3, 0x01), 1);
	/* MS-OXCMSG_R818 */
	/* MS-OXCMSG_R510 */
	/* MS-OXCMSG_R1140 */
	/* MS-OXCMSG_R3006 */
	assert_int_equal(flags_of(ids[2]) & 0x501, 0x401);
	assert_int_equal(receipts, 1);
	/* MS-OXCMSG_R822 */
	/* MS-OXCMSG_R795 */
	/* MS-OXCMSG_R1145 */
	assert_int_equal(set_read(ids, 1, 0x04), 0);
	assert_int_equal(flags_of(ids[0]) & 0x401, 0x400);
	(void)open_as(MESSAGE, ids[0], 0);
	/* MS-OXCMSG_R1703 */
	assert_true(bytes_equal(key, value(MESSAGE, PidTagChangeKey).value));
	release(MESSAGE);
	ids[0] = unread_message();
	/* MS-OXCMSG_R815 */
	assert_int_equal(set_read(ids, 1, 0x00), 0);
	assert_int_equal(receipts, 2);
	assert_int_equal(flags_of(ids[0]) & 0x01, 1);
	ids[0] = unread_message();
	/* MS-OXCMSG_R827 */
	assert_int_equal(set_read(ids, 1, 0x20), 0);
	assert_int_equal(flags_of(ids[0]) & 0x301, 0x200);
	/* MS-OXCMSG_R829 */
	assert_int_equal(set_read(ids, 1, 0x40), 0);
	assert_int_equal(flags_of(ids[0]) & 0x301, 0);
	assert_int_equal(receipts, 2);
	/* All of the folder. */
	(void)set_read(ids, 0, 0x01);
	assert_int_equal(flags_of(ids[0]) & 0x01, 1);
	struct rop_set_message_read_flag_request one = { .read_flags = 0x04 };
	(void)open_as(MESSAGE, ids[0], 1);
	const struct rop_set_message_read_flag_response *a = fixture_ok(&f, ROP_SET_MESSAGE_READ_FLAG, MESSAGE, &one);
	/* MS-OXCMSG_R920 */
	/* MS-OXCMSG_R1841 */
	assert_int_equal(a->read_status_changed, 0);
	/* MS-OXCMSG_R835 */
	/* MS-OXCMSG_R537 */
	assert_int_equal(number(MESSAGE, PidTagMessageFlags) & 1, 0);
	struct rop_set_read_flags_request wrong = { .read_flags = 0 };
	/* MS-OXCMSG_R1516 */
	fixture_refused(&f, ROP_SET_READ_FLAGS, MESSAGE, &wrong, ecNullObject);
	/* MS-OXCMSG_R1521 */
	fixture_refused(&f, ROP_SET_MESSAGE_READ_FLAG, FOLDER, &one, ecNullObject);
	release(MESSAGE);
	release(FOLDER);
	f.server.read_receipt = NULL;
}

/* Bodies ------------------------------------------------------------------------------------------------------------------------- */

static void bodies(void **state)
{
	static const char html[] = "<html><body><p>Hello <b>world</b> &amp; all</p><p>two</p></body></html>";
	uint64_t id;

	(void)state;
	create(MESSAGE);
	assert_int_equal(number(MESSAGE, PidTagNativeBody), 0);
	set_text(MESSAGE, PidTagBody, "a < b\r\nsecond");
	/* MS-OXCMSG_R2059 */
	assert_int_equal(number(MESSAGE, PidTagNativeBody), 1);
	/* MS-OXCMSG_R1463 */
	assert_non_null(strstr((const char *)arena_strndup(&f.arena, (const char *)value(MESSAGE, PidTagHtml).value.p, value(MESSAGE, PidTagHtml).value.n), "a &lt; b"));
	assert_true(value(MESSAGE, PidTagRtfCompressed).value.n > 16);
	id = save(MESSAGE);
	release(MESSAGE);
	/* Another form takes the place of what was there before. */
	(void)open_as(MESSAGE, id, 1);
	set_bytes(MESSAGE, PidTagHtml, html, sizeof html - 1);
	/* MS-OXCMSG_R2061 */
	assert_int_equal(number(MESSAGE, PidTagNativeBody), 3);
	assert_string_equal(text(MESSAGE, PidTagBody), "Hello world & all\r\ntwo\r\n");
	assert_non_null(strstr(text(MESSAGE, PidTagBodyHtml), "<b>world</b>"));
	(void)save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 0);
	assert_string_equal(text(MESSAGE, PidTagBody), "Hello world & all\r\ntwo\r\n");
	release(MESSAGE);
}

/* Rights ------------------------------------------------------------------------------------------------------------------------- */

static void grant(uint32_t rights)
{
	struct mailbox *m = fixture_lock(&f, LOGON);
	uint64_t id;

	assert_true(id_to_counter(drafts, &id));
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, id, MEMBER_DEFAULT, rights), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, LOGON);
}

static void rights(void **state)
{
	struct rop_create_message_request r = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF };
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint32_t saved[FIXTURE_HANDLES];
	uint64_t id;

	(void)state;
	create(MESSAGE);
	id = save(MESSAGE);
	release(MESSAGE);
	grant(RIGHT_VISIBLE);
	memcpy(saved, f.handles, sizeof saved);
	fixture_use(&f, bob);
	fixture_logon(&f, LOGON, "alice");
	/* MS-OXCMSG_R324 */
	/* MS-OXCMSG_R2184 */
	assert_int_equal(try_open(MESSAGE, id, 0).return_value, ecAccessDenied);
	r.folder_id = drafts;
	/* MS-OXCMSG_R369 */
	fixture_refused(&f, ROP_CREATE_MESSAGE, LOGON, &r, ecAccessDenied);
	grant(RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_CREATE | RIGHT_EDIT_OWNED);
	assert_int_equal(try_open(MESSAGE, id, 1).return_value, ecAccessDenied);
	(void)open_as(MESSAGE, id, 3);
	/* Best access can be written to, and not be saved. */
	/* MS-OXCMSG_R3009 */
	set_text(MESSAGE, PidTagSubject, "not mine");
	assert_int_equal(save_as(MESSAGE, 0x02).return_value, ecError);
	release(MESSAGE);
	create(MESSAGE);
	id = save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	release(MESSAGE);
	session_close(bob);
	fixture_use(&f, alice);
	memcpy(f.handles, saved, sizeof saved);
	grant(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(initial_properties), cmocka_unit_test(saved_and_opened), cmocka_unit_test(subjects),
		cmocka_unit_test(opened_in_vain),     cmocka_unit_test(transactions),	   cmocka_unit_test(save_flags),
		cmocka_unit_test(flags_of_clients),   cmocka_unit_test(recipients),	   cmocka_unit_test(columns_of_recipients),
		cmocka_unit_test(many_recipients),
		cmocka_unit_test(message_status),     cmocka_unit_test(read_flags),	   cmocka_unit_test(bodies),
		cmocka_unit_test(rights),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
