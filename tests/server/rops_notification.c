/* Notifications: who is told of what, in which form, and when. */
#include "rop_fixture.h"

#include "rop/property_row.h"
#include "rop/rops_notification.h"
#include "rop/rops_property.h"
#include "rop/rops_table.h"
#include "server/notify.h"
#include "server/notify_hub.h"
#include "server/table_object.h"
#include "store/search.h"

#include "../store/mailboxes.h"

static struct fixture f;
static uint64_t inbox;

/* handle 0 the logon, 1 the Inbox. */
static void begin(void)
{
	struct mailbox *m;

	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	fixture_unlock(&f, 0);
}

static void subscribe(uint16_t types, bool whole, uint64_t folder, uint64_t message, uint8_t into)
{
	struct rop_register_notification_request q = { .output_handle_index = into,
						       .notification_types = types,
						       .want_whole_store = whole,
						       .folder_id = folder,
						       .message_id = message };

	(void)fixture_ok(&f, ROP_REGISTER_NOTIFICATION, 0, &q);
}

/* Somebody else puts a message into the Inbox. */
static uint64_t deliver(const char *subject)
{
	struct mailbox *m = fixture_lock(&f, 0);
	uint64_t id;

	mailbox_ok(m, mailbox_begin(m));
	id = put_mail(m, inbox, subject);
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	return id;
}

#define TOLD_MOST 64u
static struct rop_notify_response told[TOLD_MOST];
static size_t n_told;
static bool told_pending;

/* What there is to be told, with the answers to these. */
static void fetch_with(struct rop_request *requests, size_t n)
{
	struct rop_output out;

	n_told = 0;
	told_pending = false;
	assert_int_equal(fixture_rops(&f, requests, n, &out), 0);
	for (uint32_t i = 0; i < out.n_responses; i++) {
		if (out.responses[i].id == ROP_NOTIFY && n_told < TOLD_MOST)
			told[n_told++] = *(struct rop_notify_response *)out.responses[i].body;
		told_pending = told_pending || out.responses[i].id == ROP_PENDING;
	}
}

/* An empty Execute. */
static void fetch(void)
{
	fetch_with(NULL, 0);
}

static const struct notification_data *told_of(uint16_t type, bool message)
{
	for (size_t i = 0; i < n_told; i++) {
		uint16_t flags = told[i].notification_data.notification_flags;

		if ((flags & NOTIFY_TYPE_MASK) == type && !!(flags & NOTIFY_MESSAGE) == message)
			return &told[i].notification_data;
	}
	fail_msg("nothing of type 0x%x was told", type);
	return NULL;
}

static uint32_t unread_of_inbox(void)
{
	uint32_t tag = PidTagContentUnreadCount;
	struct rop_get_properties_specific_request q = { .want_unicode = 1, .property_tags = { 1, &tag } };
	struct bytes row = ((const struct rop_get_properties_specific_response *)fixture_ok(&f, ROP_GET_PROPERTIES_SPECIFIC, 1, &q))->row_data;
	struct prop p;

	assert_int_equal(property_row_next(&row, &tag, 1, &f.arena, &p, NULL), 0);
	return le32(p.value.p);
}

static void messages(void **unused)
{
	const struct notification_data *d;
	struct mailbox *m;
	uint64_t id, other;

	(void)unused;
	begin();
	subscribe(NOTIFY_OBJECT_CREATED | NOTIFY_OBJECT_DELETED | NOTIFY_OBJECT_MODIFIED |
			  NOTIFY_OBJECT_MOVED | NOTIFY_OBJECT_COPIED,
		  true, 0, 0, 2);
	id = deliver("one");
	assert_true(notify_pending(f.session));
	fetch();
	d = told_of(NOTIFY_OBJECT_CREATED, true);
	/* MS-OXCNOTIF_R13 */
	/* MS-OXCNOTIF_R42 */
	assert_int_equal(d->folder_id, id_from_counter(inbox));
	assert_int_equal(d->message_id, id_from_counter(id));
	/* MS-OXCNOTIF_R96 */
	assert_int_equal(told[0].notification_handle, f.handles[2]);
	/* MS-OXCNOTIF_R97001 */
	assert_int_equal(told[0].logon_id, 0);
	d = told_of(NOTIFY_OBJECT_MODIFIED, false);
	/* MS-OXCNOTIF_R114 */
	assert_true(d->notification_flags & NOTIFY_TOTAL_CHANGED &&
		    d->notification_flags & NOTIFY_UNREAD_CHANGED);
	struct rop_get_contents_table_request table = { .output_handle_index = 4 };
	const struct rop_get_contents_table_response *rows = fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &table);
	/* MS-OXCNOTIF_R206 */
	assert_int_equal(d->total_message_count, rows->row_count);
	/* MS-OXCNOTIF_R210 */
	assert_int_equal(d->unread_message_count, unread_of_inbox());
	fixture_release(&f, 4);
	assert_false(notify_pending(f.session));
	fetch();
	assert_int_equal(n_told, 0);

	m = fixture_lock(&f, 0);
	uint64_t drafts = role_folder(m, MAILBOX_DRAFTS);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_copy(m, id, drafts, &other));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	d = told_of(NOTIFY_OBJECT_COPIED, true);
	/* MS-OXCNOTIF_R12 */
	assert_true(d->folder_id == id_from_counter(drafts) &&
		    d->old_folder_id == id_from_counter(inbox) &&
		    d->old_message_id == id_from_counter(id));

	m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_move(m, id, drafts, &other));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	d = told_of(NOTIFY_OBJECT_MOVED, true);
	/* MS-OXCNOTIF_R16 */
	/* MS-OXCNOTIF_R174 */
	assert_int_equal(d->message_id, id_from_counter(other));
	/* MS-OXCNOTIF_R186 */
	/* MS-OXCNOTIF_R18701 */
	assert_int_equal(d->old_message_id, id_from_counter(id));

	m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, other, DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	/* MS-OXCNOTIF_R14 */
	assert_int_equal(told_of(NOTIFY_OBJECT_DELETED, true)->message_id, id_from_counter(other));
	fixture_release(&f, 2);
	(void)deliver("two");
	fetch();
	assert_int_equal(n_told, 0);
}

static void scope(void **unused)
{
	uint64_t id;

	(void)unused;
	begin();
	id = deliver("watched");
	subscribe(NOTIFY_OBJECT_MODIFIED, false, id_from_counter(inbox), id_from_counter(id), 2);
	subscribe(NOTIFY_OBJECT_CREATED, false, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 0, 3);
	(void)deliver("not watched");
	fetch();
	/* MS-OXCNOTIF_R53 */
	assert_int_equal(n_told, 0);
	struct mailbox *m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, id, true));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	assert_int_equal(n_told, 1);
	/* MS-OXCNOTIF_R15 */
	/* MS-OXCNOTIF_R44 */
	/* MS-OXCNOTIF_R106 */
	assert_int_equal(told_of(NOTIFY_OBJECT_MODIFIED, true)->message_id, id_from_counter(id));
	/* MS-OXCNOTIF_R194 */
	/* MS-OXCNOTIF_R199 */
	assert_int_equal(told_of(NOTIFY_OBJECT_MODIFIED, true)->tag_count, 0);
}

/* Who watches a message hears of it, once, when it goes with its folder. */
static void a_message_that_goes_with_its_folder(void **unused)
{
	const struct notification_data *d;
	uint64_t made, id;

	(void)unused;
	begin();
	struct mailbox *m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "Goes", NULL, &made));
	id = put_mail(m, made, "watched");
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	subscribe(NOTIFY_OBJECT_DELETED, false, id_from_counter(made), id_from_counter(id), 2);
	subscribe(NOTIFY_OBJECT_MODIFIED, false, id_from_counter(made), id_from_counter(id), 3);
	m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, made));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	assert_int_equal(n_told, 1);
	/* MS-OXCNOTIF_R43 */
	d = told_of(NOTIFY_OBJECT_DELETED, true);
	assert_int_equal(d->folder_id, id_from_counter(made));
	assert_int_equal(d->message_id, id_from_counter(id));
}

static void folders(void **unused)
{
	const struct notification_data *d;
	uint64_t id;

	(void)unused;
	begin();
	subscribe(NOTIFY_OBJECT_CREATED | NOTIFY_OBJECT_DELETED | NOTIFY_OBJECT_MODIFIED, true, 0,
		  0, 2);
	struct mailbox *m = fixture_lock(&f, 0);
	uint64_t made;

	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "Told", NULL, &made));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	id = id_from_counter(made);
	fetch();
	d = told_of(NOTIFY_OBJECT_CREATED, false);
	/* MS-OXCNOTIF_R104 */
	/* MS-OXCNOTIF_R170 */
	assert_int_equal(d->folder_id, id);
	/* MS-OXCNOTIF_R178 */
	assert_int_equal(d->parent_folder_id, id_from_counter(inbox));
	fixture_release(&f, 2);
	subscribe(NOTIFY_OBJECT_MOVED | NOTIFY_OBJECT_DELETED, true, 0, 0, 2);
	m = fixture_lock(&f, 0);
	uint64_t drafts = role_folder(m, MAILBOX_DRAFTS);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, made, drafts));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	d = told_of(NOTIFY_OBJECT_MOVED, false);
	/* MS-OXCNOTIF_R45 */
	/* MS-OXCNOTIF_R107 */
	assert_int_equal(d->parent_folder_id, id_from_counter(drafts));
	/* MS-OXCNOTIF_R182 */
	assert_int_equal(d->old_folder_id, id);
	/* MS-OXCNOTIF_R190 */
	assert_int_equal(d->old_parent_folder_id, id_from_counter(inbox));
	m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, made));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	/* MS-OXCNOTIF_R43 */
	/* MS-OXCNOTIF_R105 */
	assert_int_equal(told_of(NOTIFY_OBJECT_DELETED, false)->folder_id, id);
}

/* A search that is done is told to who subscribed to that. */
static void searches(void **unused)
{
	static const uint8_t has_class[] = { RES_EXIST, 0x1F, 0x00, 0x1A, 0x00 };
	struct rop_create_folder_request make = { .output_handle_index = 3,
						  .folder_type = 2,
						  .use_unicode_strings = 1 };
	uint64_t where, id;
	struct rop_set_search_criteria_request q = {
		.restriction_data = { has_class, sizeof has_class }, .folder_ids = { 1, &where }
	};
	struct rop_request r = { .id = ROP_SET_SEARCH_CRITERIA, .input_handle_index = 3, .body = &q };

	(void)unused;
	begin();
	where = id_from_counter(inbox);
	make.display_name = fixture_text(&f, "Search that is told");
	make.comment = fixture_text(&f, "");
	id = ((struct rop_create_folder_response *)fixture_ok(&f, ROP_CREATE_FOLDER, 1, &make))
		     ->folder_id;
	subscribe(NOTIFY_SEARCH_COMPLETE, true, 0, 0, 2);
	q.search_flags = RESTART_SEARCH;
	fetch_with(&r, 1);
	/* MS-OXCNOTIF_R17 */
	/* MS-OXCNOTIF_R47 */
	/* MS-OXCNOTIF_R109 */
	assert_int_equal(n_told, 1);
	assert_int_equal(told_of(NOTIFY_SEARCH_COMPLETE, false)->folder_id, id);
	q.search_flags = STOP_SEARCH;
	fetch_with(&r, 1);
	assert_int_equal(n_told, 0);
}

/* A client that does not fetch them is told that there is more. */
static void more_than_fits(void **unused)
{
	size_t sum = 0;

	(void)unused;
	begin();
	subscribe(NOTIFY_OBJECT_CREATED, true, 0, 0, 2);
	for (size_t i = 0; i < 20; i++)
		(void)deliver("many");
	f.most = 200;
	for (size_t i = 0; i < 20 && sum < 20; i++) {
		fetch();
		sum += n_told;
		/* MS-OXCNOTIF_R335 */
		assert_int_equal(told_pending, sum < 20);
	}
	f.most = 32 << 10;
	/* MS-OXCNOTIF_R346 */
	/* MS-OXCNOTIF_R348 */
	assert_int_equal(sum, 20);
}

static void table_events(void **unused)
{
	struct rop_get_contents_table_request q = { .output_handle_index = 2 };
	uint32_t columns[] = { PidTagSubject, PidTagMid };
	struct rop_set_columns_request set = { .property_tags = { 2, columns } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 5 };
	const struct notification_data *d;
	struct prop values[2];
	uint64_t id;

	(void)unused;
	begin();
	(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &q);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 2, &set);
	(void)deliver("before there is a view");
	fetch();
	/* MS-OXCNOTIF_R245 */
	assert_int_equal(n_told, 0);
	(void)fixture_ok(&f, ROP_QUERY_ROWS, 2, &rows);
	id = deliver("added");
	fetch();
	/* MS-OXCNOTIF_R257 */
	assert_int_equal(n_told, 1);
	/* MS-OXCNOTIF_R18 */
	/* MS-OXCNOTIF_R110 */
	d = told_of(NOTIFY_TABLE_MODIFIED, true);
	/* MS-OXCNOTIF_R23 */
	/* MS-OXCNOTIF_R129 */
	assert_int_equal(d->table_event_type, TABLE_ROW_ADDED);
	/* MS-OXCNOTIF_R97 */
	assert_int_equal(told[0].notification_handle, f.handles[2]);
	/* MS-OXCNOTIF_R141 */
	assert_int_equal(d->table_row_folder_id, id_from_counter(inbox));
	/* MS-OXCNOTIF_R145 */
	assert_int_equal(d->table_row_message_id, id_from_counter(id));
	struct bytes data = d->table_row_data;
	assert_int_equal(property_row_next(&data, columns, 2, &f.arena, values, NULL), 0);
	/* MS-OXCNOTIF_R166 */
	/* MS-OXCNOTIF_R166001 */
	/* MS-OXCNOTIF_R261 */
	assert_string_equal(prop_text(&values[0], 1252, &f.arena), "added");
	/* MS-OXCNOTIF_R163 */
	assert_int_equal(data.n, 0);
	struct mailbox *m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, id, true));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	/* MS-OXCNOTIF_R25 */
	/* MS-OXCNOTIF_R131 */
	assert_int_equal(told_of(NOTIFY_TABLE_MODIFIED, true)->table_event_type,
			 TABLE_ROW_MODIFIED);
	m = fixture_lock(&f, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, id, DELETE_HARD));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	d = told_of(NOTIFY_TABLE_MODIFIED, true);
	/* MS-OXCNOTIF_R24 */
	/* MS-OXCNOTIF_R130 */
	assert_int_equal(d->table_event_type, TABLE_ROW_DELETED);
	/* MS-OXCNOTIF_R262 */
	assert_int_equal(d->table_row_folder_id, id_from_counter(inbox));
	assert_int_equal(d->table_row_message_id, id_from_counter(id));
	(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
	(void)deliver("after the reset");
	fetch();
	/* MS-OXCNOTIF_R281 */
	assert_int_equal(n_told, 0);
	q.output_handle_index = 3;
	q.table_flags = TABLE_FLAG_NO_NOTIFICATIONS;
	(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &q);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 3, &set);
	(void)fixture_ok(&f, ROP_QUERY_ROWS, 3, &rows);
	(void)deliver("unwanted");
	fetch();
	/* MS-OXCNOTIF_R258 */
	assert_int_equal(n_told, 0);
}

/* What asks for rows makes a view of the table 2, one after the other. */
static const uint8_t makers[] = { ROP_FIND_ROW,  ROP_QUERY_COLUMNS_ALL,   ROP_QUERY_POSITION,    ROP_QUERY_ROWS,
				  ROP_SEEK_ROW, ROP_SEEK_ROW_FRACTIONAL, ROP_SEEK_ROW_BOOKMARK };

static void make_view(uint8_t id)
{
	static const uint8_t has_class[] = { RES_EXIST, 0x1F, 0x00, 0x1A, 0x00 };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 5 };
	struct rop_seek_row_request seek = { .row_count = 1 };
	struct rop_seek_row_fractional_request part = { .denominator = 1 };
	struct rop_find_row_request find = { .restriction_data = { has_class, sizeof has_class } };
	struct rop_seek_row_bookmark_request mark = { .row_count = 1 };
	void *bodies[UINT8_MAX + 1] = { [ROP_QUERY_ROWS] = &rows, [ROP_SEEK_ROW] = &seek, [ROP_SEEK_ROW_FRACTIONAL] = &part,
					[ROP_FIND_ROW] = &find,   [ROP_SEEK_ROW_BOOKMARK] = &mark };

	if (id == ROP_SEEK_ROW_BOOKMARK)
		mark.bookmark = ((const struct rop_create_bookmark_response *)fixture_ok(&f, ROP_CREATE_BOOKMARK, 2, NULL))->bookmark;
	(void)fixture_ok(&f, id, 2, bodies[id]);
}

static void views(void **unused)
{
	struct rop_get_contents_table_request q = { .output_handle_index = 2 };
	uint32_t columns[] = { PidTagSubject, PidTagMid };
	struct rop_set_columns_request set = { .property_tags = { 2, columns } };

	(void)unused;
	begin();
	(void)deliver("one to find");
	for (size_t i = 0; i < sizeof makers; i++) {
		(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &q);
		(void)fixture_ok(&f, ROP_SET_COLUMNS, 2, &set);
		(void)deliver("without a view");
		fetch();
		assert_int_equal(n_told, 0);
		make_view(makers[i]);
		(void)deliver("with one");
		fetch();
		/* MS-OXCNOTIF_R249 */
		/* MS-OXCNOTIF_R250 */
		/* MS-OXCNOTIF_R251 */
		/* MS-OXCNOTIF_R252 */
		/* MS-OXCNOTIF_R253 */
		/* MS-OXCNOTIF_R254 */
		/* MS-OXCNOTIF_R255 */
		assert_int_equal(told_of(NOTIFY_TABLE_MODIFIED, true)->table_event_type, TABLE_ROW_ADDED);
		(void)fixture_ok(&f, ROP_RESET_TABLE, 2, NULL);
		(void)deliver("after the reset");
		fetch();
		assert_int_equal(n_told, 0);
		(void)fixture_ok(&f, ROP_SET_COLUMNS, 2, &set);
		make_view(makers[i]);
		(void)deliver("with another");
		fetch();
		/* MS-OXCNOTIF_R275 */
		/* MS-OXCNOTIF_R277 */
		/* MS-OXCNOTIF_R279 */
		/* MS-OXCNOTIF_R283 */
		/* MS-OXCNOTIF_R286 */
		assert_int_equal(n_told, 1);
		fixture_release(&f, 2);
	}
}

/* Each has its own scope, and is told for itself. */
static void several_subscriptions(void **unused)
{
	uint64_t id;

	(void)unused;
	begin();
	subscribe(NOTIFY_OBJECT_CREATED, true, 0, 0, 2);
	subscribe(NOTIFY_OBJECT_CREATED, false, id_from_counter(inbox), 0, 3);
	subscribe(NOTIFY_OBJECT_COPIED, true, 0, 0, 4);
	id = deliver("told twice");
	fetch();
	/* MS-OXCNOTIF_R292 */
	assert_int_equal(n_told, 2);
	/* MS-OXCNOTIF_R35 */
	assert_true(f.handles[2] != f.handles[3] && f.handles[3] != f.handles[4]);
	for (size_t i = 0; i < n_told; i++) {
		assert_true(told[i].notification_handle == f.handles[2] || told[i].notification_handle == f.handles[3]);
		assert_int_equal(told[i].notification_data.message_id, id_from_counter(id));
	}
	struct mailbox *m = fixture_lock(&f, 0);
	uint64_t drafts = role_folder(m, MAILBOX_DRAFTS), copy;
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_copy(m, id, drafts, &copy));
	mailbox_ok(m, mailbox_commit(m));
	fixture_unlock(&f, 0);
	fetch();
	/* MS-OXCNOTIF_R46 */
	/* MS-OXCNOTIF_R52 */
	/* MS-OXCNOTIF_R108 */
	assert_int_equal(told_of(NOTIFY_OBJECT_COPIED, true)->message_id, id_from_counter(copy));
	/* MS-OXCNOTIF_R290 */
	for (size_t i = 0; i < n_told; i++)
		if ((told[i].notification_data.notification_flags & NOTIFY_TYPE_MASK) == NOTIFY_OBJECT_COPIED)
			assert_int_equal(told[i].notification_handle, f.handles[4]);
}

static bool was_told;

static void on_done(void *arg, enum notify_end end)
{
	(void)arg;
	was_told = end == NOTIFY_PENDING;
}

static void waiting(void **unused)
{
	(void)unused;
	begin();
	was_told = false;
	subscribe(NOTIFY_NEW_MAIL, true, 0, 0, 2);
	assert_int_equal(notify_wait(f.session, on_done, NULL), 0);
	(void)deliver("no new mail by itself");
	assert_false(was_told);
	struct notify_event e = { .type = NOTIFY_NEW_MAIL,
				  .message = true,
				  .folder = inbox,
				  .object = 7,
				  .message_class = "IPM.Note" };
	notify_hub_announce(
		f.hub, shared_mailbox_guid(((struct logon *)fixture_object(&f, 0))->store), &e);
	assert_true(was_told);
	fetch();
	/* MS-OXCNOTIF_R11 */
	/* MS-OXCNOTIF_R41 */
	/* MS-OXCNOTIF_R103 */
	assert_int_equal(told_of(NOTIFY_NEW_MAIL, true)->folder_id, id_from_counter(inbox));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),       cmocka_unit_test(scope), cmocka_unit_test(a_message_that_goes_with_its_folder),
		cmocka_unit_test(folders),        cmocka_unit_test(searches),
		cmocka_unit_test(more_than_fits), cmocka_unit_test(table_events),
		cmocka_unit_test(waiting),        cmocka_unit_test(views),
		cmocka_unit_test(several_subscriptions),
	};

	return FIXTURE_RUN(&f, tests);
}
