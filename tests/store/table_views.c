/* store/table: categories, what columns say, and the tables of folders, recipients and attachments. */
#include "tables.h"

/* Categories ---------------------------------------------------------------------------------------------------------------- */

static const uint32_t heading_columns[] = { PidTagRowType,	 PidTagDepth,	   PidTagImportance,	       PidTagSentRepresentingName,
					    PidTagContentCount, PidTagContentUnreadCount, PidTagInstID, PidTagSubject };

static void categories_on(enum sql_engine e)
{
	static const struct sort_order orders[] = { { PidTagImportance, SORT_DESCEND },
						    { PidTagSentRepresentingName, SORT_ASCEND },
						    { PidTagSubject, SORT_ASCEND } };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
	CLEANUP_BUF struct buf state = BUF_MAX(1 << 20);
	struct mailbox *m = filled(e, 90);
	struct table *t = inbox_table(m, 0);
	struct table_rows rows;
	uint32_t n = 0, mark = 0, total = 0, unread = 0;
	int64_t moved;
	bool gone;

	table_ok(t, table_set_columns(t, heading_columns, 8));
	sort_by(t, 3, orders, 2, 0);
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 3); /* one heading for each importance */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagRowType), 0), ROW_COLLAPSED);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagDepth), 9), 0);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagImportance), 9), 2 - i);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagContentCount), 0), 30);
		assert_int_equal(prop_type(&rows.v[i].v[3]), PT_ERROR); /* what makes the category below it */
		assert_int_equal(prop_type(&rows.v[i].v[7]), PT_ERROR);
		unread += bag_u32(&rows.v[i], tag_id(PidTagContentUnreadCount), 0);
	}
	assert_int_equal(unread, 23);
	uint64_t high = bag_u64(&rows.v[0], tag_id(PidTagInstID), 0), middle = bag_u64(&rows.v[1], tag_id(PidTagInstID), 0);
	table_ok(t, table_expand(t, high, &n));
	assert_int_equal(n, 5);
	assert_int_equal(table_expand(t, high, &n), ecNotCollapsed);
	/* The cursor stands at what appeared. */
	rows = rows_of(t, true, 5, true, &arena);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagDepth), 9), 1);
		total += bag_u32(&rows.v[i], tag_id(PidTagContentCount), 0);
	}
	assert_int_equal(total, 30);
	uint64_t ada = bag_u64(&rows.v[0], tag_id(PidTagInstID), 0);
	table_ok(t, table_expand(t, ada, &n));
	assert_int_equal(n, 6);
	rows = rows_of(t, true, 6, true, &arena);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagRowType), 0), ROW_LEAF);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagDepth), 9), 2);
	}
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 3 + 5 + 6);
	/* What is open is kept, put into another table, and comes back. */
	table_ok(t, table_seek(t, ORIGIN_BEGINNING, 2, &moved));
	table_ok(t, table_bookmark(t, &mark));
	table_ok(t, table_collapse_state(t, middle, 0, &state));
	struct table *other = inbox_table(m, 0);
	table_ok(other, table_set_columns(other, heading_columns, 8));
	sort_by(other, 3, orders, 2, 0);
	table_ok(other, table_set_collapse_state(other, buf_bytes(&state), &n));
	same_rows(all_rows(t, &arena), all_rows(other, &arena));
	table_ok(other, table_bookmark_seek(other, n, 0, &moved, &gone));
	assert_int_equal(bag_u64(&rows_of(other, true, 1, false, &arena).v[0], tag_id(PidTagInstID), 0), middle);
	for (size_t i = 0; i < state.n; i += 5)
		if (table_set_collapse_state(other, bytes_of(state.p, i), &n))
			assert_non_null(strstr(table_failure(other), "state"));
	table_free(other);
	/* A new message finds its place, and the headings count it. */
	mailbox_ok(m, mailbox_begin(m));
	uint64_t added = put(m, role_folder(m, MAILBOX_INBOX), 5); /* importance 2, Ada */
	mailbox_ok(m, mailbox_commit(m));
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 3 + 5 + 7);
	assert_int_equal(bag_u32(&rows.v[0], tag_id(PidTagContentCount), 0), 31);
	delete_now(m, added);
	assert_int_equal(all_rows(t, &arena).n, 3 + 5 + 6);
	/* Collapsed, a bookmarked row is out of sight. */
	table_ok(t, table_collapse(t, high, &n));
	assert_int_equal(n, 11);
	assert_int_equal(table_collapse(t, high, &n), ecNotExpanded);
	assert_int_equal(table_collapse(t, 12345, &n), ecNotFound);
	table_ok(t, table_bookmark_seek(t, mark, 0, &moved, &gone));
	assert_true(gone);
	assert_int_equal(bag_u64(&rows_of(t, true, 1, false, &arena).v[0], tag_id(PidTagInstID), 0), middle);
	sort_by(t, 3, orders, 2, 2);
	assert_int_equal(all_rows(t, &arena).n, 3 + 15 + 90);
	table_free(t);
	end(e, m);
}

static void categories(void **state)
{
	(void)state;
	on_each_engine(categories_on);
}

static void put_of(struct mailbox *m, const char *sender, const char *subject, unsigned hour)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b = plain_mail(&arena, subject);
	uint64_t id = 0;

	assert_int_equal(bag_set_text(&b, PidTagSentRepresentingName, sender), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW + hour * HOUR), 0);
	mailbox_ok(m, try_put(m, role_folder(m, MAILBOX_INBOX), &b, NULL, &id));
}

static void assert_texts(const struct table_rows *rows, uint32_t tag, const char *const *texts, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);

	assert_int_equal(rows->n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(bag_text(&rows->v[i], tag_id(tag), 1252, &arena), texts[i]);
}

/* Groups in the order of the latest message in each; within one, by what comes after that. */
static void greatest_of_categories_on(enum sql_engine e)
{
	static const char *const rising[] = { "Bob", "Ada", "Cy" }, *const falling[] = { "Cy", "Ada", "Bob" };
	static const char *const opened[] = { "Ada", "Bob" }, *const later[] = { "Ada", "Cy" };
	static const char *const letters[] = { "a", "b", "z" };
	struct sort_order orders[] = { { PidTagSentRepresentingName, SORT_ASCEND },
				       { PidTagMessageDeliveryTime, SORT_MAXIMUM_CATEGORY },
				       { PidTagSubject, SORT_ASCEND } };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
	CLEANUP_BUF struct buf state = BUF_MAX(1 << 20);
	struct mailbox *m = filled(e, 0);
	struct table *t, *other;
	struct table_rows rows;
	uint32_t n = 0, mark = 0;
	int64_t moved;
	bool gone;

	mailbox_ok(m, mailbox_begin(m));
	put_of(m, "Ada", "c", 5);
	put_of(m, "Cy", "b", 2);
	put_of(m, "Bob", "b", 3);
	put_of(m, "Ada", "d", 1);
	put_of(m, "Cy", "a", 9);
	mailbox_ok(m, mailbox_commit(m));
	t = inbox_table(m, 0);
	table_ok(t, table_set_columns(t, heading_columns, 8));
	sort_by(t, 3, orders, 1, 0);
	rows = all_rows(t, &arena);
	/* MS-OXCTABL_R81 */
	assert_texts(&rows, PidTagSentRepresentingName, rising, 3);
	orders[0].direction = SORT_DESCEND;
	sort_by(t, 3, orders, 1, 0);
	rows = all_rows(t, &arena);
	assert_texts(&rows, PidTagSentRepresentingName, falling, 3);
	orders[0].direction = SORT_ASCEND;
	sort_by(t, 3, orders, 1, 0);
	rows = all_rows(t, &arena);
	uint64_t bob = bag_u64(&rows.v[0], tag_id(PidTagInstID), 0);
	table_ok(t, table_expand(t, bob, &n));
	assert_int_equal(n, 1);
	table_ok(t, table_bookmark(t, &mark));
	/* Bob has something later than Ada has, then the latest of all: he goes there as he is, open. */
	mailbox_ok(m, mailbox_begin(m));
	put_of(m, "Bob", "z", 6);
	mailbox_ok(m, mailbox_commit(m));
	table_ok(t, table_seek(t, ORIGIN_BEGINNING, 0, &moved));
	rows = rows_of(t, true, 2, true, &arena);
	assert_texts(&rows, PidTagSentRepresentingName, opened, 2);
	assert_int_equal(all_rows(t, &arena).n, 5);
	table_ok(t, table_collapse(t, bob, &n));
	table_ok(t, table_expand(t, bob, &n));
	assert_int_equal(n, 2);
	mailbox_ok(m, mailbox_begin(m));
	put_of(m, "Bob", "a", 12);
	mailbox_ok(m, mailbox_commit(m));
	table_ok(t, table_seek(t, ORIGIN_BEGINNING, 0, &moved));
	rows = rows_of(t, true, 2, true, &arena);
	assert_texts(&rows, PidTagSentRepresentingName, later, 2);
	rows = rows_of(t, true, 1, true, &arena);
	assert_int_equal(bag_u64(&rows.v[0], tag_id(PidTagInstID), 0), bob);
	rows = rows_of(t, true, 9, true, &arena);
	/* MS-OXCTABL_R82 */
	assert_texts(&rows, PidTagSubject, letters, 3);
	/* The bookmark went along with its row. */
	table_ok(t, table_bookmark_seek(t, mark, 0, &moved, &gone));
	assert_false(gone);
	assert_string_equal(bag_text(&rows_of(t, true, 1, false, &arena).v[0], tag_id(PidTagSubject), 1252, &arena), "b");
	/* What was open is open in another table, though the greatest values are others meanwhile. */
	table_ok(t, table_collapse_state(t, bob, 0, &state));
	mailbox_ok(m, mailbox_begin(m));
	put_of(m, "Ada", "e", 20);
	mailbox_ok(m, mailbox_commit(m));
	other = inbox_table(m, 0);
	table_ok(other, table_set_columns(other, heading_columns, 8));
	sort_by(other, 3, orders, 1, 0);
	table_ok(other, table_set_collapse_state(other, buf_bytes(&state), &n));
	rows = all_rows(other, &arena);
	assert_int_equal(rows.n, 3 + 3);
	assert_int_equal(bag_u32(&rows.v[1], tag_id(PidTagRowType), 0), ROW_EXPANDED);
	assert_string_equal(bag_text(&rows.v[1], tag_id(PidTagSentRepresentingName), 1252, &arena), "Bob");
	rows = (struct table_rows){ rows.v + 2, 3 };
	assert_texts(&rows, PidTagSubject, letters, 3);
	table_free(other);
	/* Below another category: by importance first. */
	struct sort_order deep[] = { { PidTagImportance, SORT_ASCEND }, orders[0], orders[1], orders[2] };
	sort_by(t, 4, deep, 2, 2);
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 1 + 3 + 8);
	table_free(t);
	end(e, m);
}

static void greatest_of_categories(void **state)
{
	(void)state;
	on_each_engine(greatest_of_categories_on);
}

/* Columns, other tables ------------------------------------------------------------------------------------------------------- */

static void columns_on(enum sql_engine e)
{
	static uint8_t large[200000];
	uint32_t const tags[] = { PidTagSubject, PidTagSearchKey, tag_make(0x6022, PT_BINARY), tag_make(0x6023, PT_BINARY),
				  tag_make(0x6024, PT_LONG), tag_make(tag_id(PidTagSubject), PT_LONG), tag_make(tag_id(PidTagSubject), PT_UNSPECIFIED),
				  tag_make(tag_id(PidTagSubject), PT_STRING8), PidTagEntryId, PidTagSourceKey, PidTagParentSourceKey,
				  PidTagChangeKey, PidTagPredecessorChangeList, PidTagFolderId, PidTagInstID };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct mailbox *m = fresh_mailbox(e, TABLES_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id = 0;
	char subject[1000];
	struct entryid entry;

	memset(subject, 'a', sizeof subject - 1);
	subject[sizeof subject - 1] = '\0';
	memcpy(subject + 254, "\xF0\x9F\x98\x80", 4); /* the cut would go through it */
	struct bag b = plain_mail(&arena, subject);
	assert_int_equal(bag_set_bytes(&b, tags[2], bytes_of(large, 1000)), 0);
	assert_int_equal(bag_set(&b, &(struct prop){ .tag = tags[3], .count = 1, .size = 60000, .value = bytes_of(large, 60000) }), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, try_put(m, inbox, &b, NULL, &id));
	mailbox_ok(m, mailbox_commit(m));
	for (unsigned whole = 0; whole < 2; whole++) {
		struct table *t = inbox_table(m, whole ? TABLE_WHOLE : 0);
		struct table_rows rows;

		table_ok(t, table_set_columns(t, tags, 15));
		rows = rows_of(t, true, 5, true, &arena);
		assert_int_equal(rows.n, 1);
		const struct bag *row = &rows.v[0];
		assert_int_equal(row->n, 15);
		assert_int_equal(row->v[0].value.n, whole ? 2 * 997 : 508);
		assert_int_equal(row->v[2].value.n, whole ? 1000 : 510);
		assert_int_equal(row->v[3].value.n, whole ? 60000 : 510);
		assert_int_equal(row->v[4].tag, tag_make(0x6024, PT_ERROR));
		assert_int_equal(le32(row->v[4].value.p), ecNotFound);
		assert_int_equal(prop_type(&row->v[5]), PT_ERROR);
		assert_int_equal(row->v[6].tag, PidTagSubject);
		assert_int_equal(row->v[7].tag, PidTagSubject);
		assert_int_equal(entryid_decode(row->v[8].value, &entry, NULL), 0);
		assert_int_equal(entry.kind, ENTRYID_MESSAGE);
		assert_int_equal(global_counter_get(entry.message.message.id.counter), id);
		assert_int_equal(row->v[9].value.n, 22);
		assert_memory_equal(row->v[9].value.p, mailbox_identity(m)->replica.b, 16);
		assert_int_equal(row->v[11].value.n, 22);
		assert_int_equal(row->v[12].value.n, 23);
		table_free(t);
	}
	struct table *t = inbox_table(m, 0);
	uint32_t *all = NULL;
	size_t n = 0, found = 0;
	table_ok(t, table_query_columns(t, &arena, &all, &n));
	for (size_t i = 0; i < n; i++)
		found += all[i] == PidTagSubject || all[i] == PidTagBody || all[i] == tags[3] || all[i] == PidTagInstID;
	assert_int_equal(found, 4);
	/* An answer ends where its memory does. */
	CLEANUP_ARENA struct arena little = ARENA_BUDGET(200);
	struct table_rows rows;
	assert_int_equal(table_query_rows(t, true, 5, true, &little, &rows), ecTooBig);
	assert_int_equal(position(t), 0);
	table_reset(t);
	assert_int_equal(table_query_rows(t, true, 5, true, &arena, &rows), ecNullObject);
	table_free(t);
	end(e, m);
}

static void columns_as_they_are(void **state)
{
	(void)state;
	on_each_engine(columns_on);
}

static void folders_on(enum sql_engine e)
{
	static const uint32_t tags[] = { PidTagDisplayName, PidTagDepth, PidTagSubfolders, PidTagContentCount, PidTagFolderId };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct mailbox *m = fresh_mailbox(e, TABLES_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), b = 0, a = 0, below_a = 0;
	static const char *const names[] = { "Ähre", "below", "bread" };
	struct table_rows rows;
	struct table *t;

	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "bread", NULL, &b));
	mailbox_ok(m, folder_create(m, inbox, "Ähre", NULL, &a));
	mailbox_ok(m, folder_create(m, a, "below", NULL, &below_a));
	(void)put_mail(m, below_a, "one");
	mailbox_ok(m, mailbox_commit(m));
	t = opened(m, TABLE_HIERARCHY, inbox, TABLE_DEEP);
	table_ok(t, table_set_columns(t, tags, 5));
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(prop_text(&rows.v[i].v[0], 1252, &arena), names[i]);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagDepth), 0), i == 1 ? 2 : 1);
		assert_int_equal(bag_bool(&rows.v[i], tag_id(PidTagSubfolders), false), i == 0);
		assert_int_equal(bag_u32(&rows.v[i], tag_id(PidTagContentCount), 9), i == 1);
	}
	/* A folder that is renamed finds its new place. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_rename(m, b, "Aal"));
	mailbox_ok(m, mailbox_commit(m));
	assert_string_equal(prop_text(&all_rows(t, &arena).v[0].v[0], 1252, &arena), "Aal");
	table_ok(t, table_restrict(t, r_number(PidTagContentCount, RELOP_GT, 0)));
	assert_int_equal(all_rows(t, &arena).n, 1);
	struct sort_order order = { PidTagContentCount, SORT_DESCEND };
	table_ok(t, table_restrict(t, NULL));
	sort_by(t, 1, &order, 0, 0);
	assert_string_equal(prop_text(&all_rows(t, &arena).v[0].v[0], 1252, &arena), "below");
	table_free(t);
	t = opened(m, TABLE_HIERARCHY, inbox, 0);
	assert_int_equal(all_rows(t, &arena).n, 2);
	table_free(t);
	end(e, m);
}

static void folders(void **state)
{
	(void)state;
	on_each_engine(folders_on);
}

static void deleted_and_associated_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct mailbox *m = fresh_mailbox(e, TABLES_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id, other = 0;
	struct bag b = plain_mail(&arena, "settings");
	static const enum table_kind kinds[] = { TABLE_CONTENTS, TABLE_ASSOCIATED, TABLE_DELETED, TABLE_DELETED_ASSOCIATED };
	static const size_t expected[] = { 2, 1, 1, 0 };

	mailbox_ok(m, mailbox_begin(m));
	id = put_mail(m, inbox, "goes");
	(void)put_mail(m, inbox, "stays");
	(void)put_mail(m, inbox, "stays too");
	mailbox_ok(m, try_put(m, inbox, &b, &(struct message_options){ .associated = true }, &other));
	mailbox_ok(m, message_delete(m, id, DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	for (size_t i = 0; i < 4; i++) {
		struct table *t = opened(m, kinds[i], inbox, 0);

		assert_int_equal(all_rows(t, &arena).n, expected[i]);
		assert_int_equal(position(t), expected[i]);
		table_free(t);
	}
	end(e, m);
}

static void deleted_and_associated(void **state)
{
	(void)state;
	on_each_engine(deleted_and_associated_on);
}

static uint64_t put_with_objects(struct mailbox *m, uint64_t folder, struct arena *arena)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w = NULL;
	struct bag b = plain_mail(arena, "with objects"), r, a;
	uint64_t id = 0;

	mailbox_ok(m, message_writer_new(m, folder, NULL, &w));
	struct item_sink *sink = message_writer_sink(w);
	assert_int_equal(item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100 }), 0);
	for (unsigned i = 0; i < 3; i++) {
		bag_init(&r, arena);
		assert_int_equal(bag_set_text(&r, PidTagDisplayName, ((const char *[]){ "Zoe", "Ada", "Bob" })[i]), 0);
		assert_int_equal(bag_set_u32(&r, PidTagRecipientType, 1 + i / 2), 0);
		assert_int_equal(item_recipient(sink, &r), 0);
	}
	bag_init(&a, arena);
	assert_int_equal(bag_set_text(&a, PidTagAttachLongFilename, "plan.pdf"), 0);
	assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, ATTACH_BY_VALUE), 0);
	assert_int_equal(bag_set_bytes(&a, tag_make(tag_id(PidTagAttachDataBinary), PT_BINARY), bytes_of("%PDF", 4)), 0);
	assert_int_equal(item_attachment_begin(sink, &(struct attachment_event){ .props = &a }), 0);
	assert_int_equal(item_attachment_end(sink), 0);
	assert_int_equal(item_message_end(sink, &result), 0);
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	return id;
}

static void objects_on(enum sql_engine e)
{
	static const uint32_t tags[] = { PidTagDisplayName, PidTagAttachLongFilename, PidTagRowid };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(32 << 20);
	struct mailbox *m = fresh_mailbox(e, TABLES_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id;
	struct sort_order order = { PidTagDisplayName, SORT_ASCEND };

	mailbox_ok(m, mailbox_begin(m));
	id = put_with_objects(m, inbox, &arena);
	(void)put_mail(m, inbox, "without");
	mailbox_ok(m, mailbox_commit(m));
	struct table *t = opened(m, TABLE_RECIPIENTS, id, 0);
	table_ok(t, table_set_columns(t, tags, 3));
	assert_string_equal(prop_text(&all_rows(t, &arena).v[0].v[0], 1252, &arena), "Zoe");
	sort_by(t, 1, &order, 0, 0);
	assert_string_equal(prop_text(&all_rows(t, &arena).v[0].v[0], 1252, &arena), "Ada");
	table_ok(t, table_restrict(t, r_number(PidTagRecipientType, RELOP_EQ, 2)));
	assert_int_equal(all_rows(t, &arena).n, 1);
	table_free(t);
	t = opened(m, TABLE_ATTACHMENTS, id, 0);
	table_ok(t, table_set_columns(t, tags, 3));
	assert_int_equal(all_rows(t, &arena).n, 1);
	assert_string_equal(prop_text(&all_rows(t, &arena).v[0].v[1], 1252, &arena), "plan.pdf");
	table_free(t);
	t = inbox_table(m, 0);
	table_ok(t, table_restrict(t, r_sub(PidTagMessageRecipients, r_content(PidTagDisplayName, "ada", FUZZY_FULL_STRING, FUZZY_IGNORE_CASE))));
	assert_int_equal(all_rows(t, &arena).n, 1);
	table_ok(t, table_restrict(t, r_sub(PidTagMessageAttachments, r_content(PidTagAttachLongFilename, ".PDF", FUZZY_SUBSTRING, FUZZY_IGNORE_CASE))));
	assert_int_equal(all_rows(t, &arena).n, 1);
	table_free(t);
	assert_int_equal(table_open(m, TABLE_ATTACHMENTS, 999999, 0, &t), ecNotFound);
	end(e, m);
}

static void recipients_and_attachments(void **state)
{
	(void)state;
	on_each_engine(objects_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(categories), cmocka_unit_test(greatest_of_categories),	 cmocka_unit_test(columns_as_they_are),	     cmocka_unit_test(folders),
		cmocka_unit_test(deleted_and_associated), cmocka_unit_test(recipients_and_attachments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
