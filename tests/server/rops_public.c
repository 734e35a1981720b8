/* Public folders: each user has their own read and unread ([MS-OXCSTOR] 3.1.1, 3.2.5.12, 3.2.5.13, [MS-OXCMSG] 2.2.3.10, 2.2.3.11). */
#include "sync_fixture.h"

#include "rop/property_row.h"
#include "rop/rops_notification.h"
#include "rop/rops_property.h"
#include "rop/rops_table.h"
#include "server/notify.h"

enum { LOGON, FOLDER, SYNC, SUBTREE, MESSAGE, TABLE, COLLECTOR };

static struct session *alice, *bob;
static uint64_t folder; /* of the test */

/* What follows is done in the session, by whose user it is, in the folder of the test. */
static void as(struct session *s)
{
	struct rop_logon_request q = { .open_flags = LOGON_OPEN_PUBLIC };
	const struct rop_logon_response *a;

	fixture_use(&f, s);
	a = fixture_ok(&f, ROP_LOGON, LOGON, &q);
	fixture_open_folder(&f, LOGON, a->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE], SUBTREE);
	if (folder)
		fixture_open_folder(&f, LOGON, folder, FOLDER);
}

static void begin_as_alice(const char *name)
{
	alice = f.session;
	bob = fixture_session(&f, "bob");
	folder = 0;
	as(alice);
	folder = fixture_create_folder(&f, SUBTREE, name, FOLDER);
}

static void end(void)
{
	session_close(bob);
	fixture_use(&f, alice);
}

static void open_message(uint64_t id, uint8_t mode)
{
	struct rop_open_message_request q = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = folder, .open_mode_flags = mode, .message_id = id };

	(void)fixture_ok(&f, ROP_OPEN_MESSAGE, LOGON, &q);
}

static uint64_t save(void)
{
	struct rop_save_changes_message_request q = { .save_flags = 0x0C };
	const struct rop_save_changes_message_response *a = fixture_ok(&f, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &q);
	uint64_t id = a->message_id;

	fixture_release(&f, MESSAGE);
	return id;
}

static uint64_t post(void)
{
	struct rop_create_message_request q = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = folder };

	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &q);
	return save();
}

static void set_subject(const char *subject)
{
	struct tagged_value v = { .prop = { .tag = PidTagSubject, .count = 1, .value = fixture_text(&f, subject) } };
	struct rop_set_properties_request q = { .property_values = { .all = { .n = 1, .v = &v } } };

	(void)fixture_ok(&f, ROP_SET_PROPERTIES, MESSAGE, &q);
}

static uint64_t number(uint8_t index, uint32_t tag)
{
	struct rop_get_properties_specific_request q = { .want_unicode = 1, .property_tags = { 1, &tag } };
	struct bytes row = ((const struct rop_get_properties_specific_response *)fixture_ok(&f, ROP_GET_PROPERTIES_SPECIFIC, index, &q))->row_data;
	struct prop p;

	assert_int_equal(property_row_next(&row, &tag, 1, &f.arena, &p, NULL), 0);
	return p.value.n == 8 ? le64(p.value.p) : p.value.n == 4 ? le32(p.value.p) : p.value.p[0];
}

static bool is_read(uint64_t id)
{
	bool read;

	open_message(id, 0);
	read = number(MESSAGE, PidTagMessageFlags) & MSGFLAG_READ;
	assert_int_equal(number(MESSAGE, PidTagRead), read);
	fixture_release(&f, MESSAGE);
	return read;
}

static struct bytes unread_only(void)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 12);
	const struct restriction r = { .kind = RES_BITMASK,
				       .u = { .bitmask = { .relop = BITMAP_EQZ, .tag = PidTagMessageFlags, .mask = MSGFLAG_READ } } };

	assert_int_equal(restriction_encode(&r, WIRE_COUNTS_16, &b, NULL), 0);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

/* The counter of the user's unread messages, and what a table restricted to them has. */
static void unread_is(uint32_t n)
{
	struct rop_get_contents_table_request open = { .output_handle_index = TABLE };
	struct rop_restrict_request only = { .restriction_data = unread_only() };
	uint32_t tags[] = { PidTagMid, PidTagMessageFlags, PidTagRead };
	struct rop_set_columns_request columns = { .property_tags = { 3, tags } };
	struct rop_query_rows_request query = { .forward_read = 1, .row_count = 100 };
	struct rop_rows rows;

	assert_int_equal(number(FOLDER, PidTagContentUnreadCount), n);
	(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, FOLDER, &open);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, TABLE, &columns);
	(void)fixture_ok(&f, ROP_RESTRICT, TABLE, &only);
	rows = ((const struct rop_query_rows_response *)fixture_ok(&f, ROP_QUERY_ROWS, TABLE, &query))->rows;
	assert_int_equal(rows.count, n);
	for (uint32_t i = 0; i < rows.count; i++) {
		struct prop v[3];

		assert_int_equal(property_row_next(&rows.data, tags, 3, &f.arena, v, NULL), 0);
		assert_int_equal(le32(v[1].value.p) & MSGFLAG_READ, 0);
		assert_int_equal(v[2].value.p[0], 0);
	}
	fixture_release(&f, TABLE);
}

static bool set_flag(uint64_t id, uint8_t flags)
{
	struct rop_set_message_read_flag_request q = { .read_flags = flags, .client_data = { .present = true, .value = { 1, 2, 3 } } };
	const struct rop_set_message_read_flag_response *a;

	open_message(id, 0);
	a = fixture_ok(&f, ROP_SET_MESSAGE_READ_FLAG, MESSAGE, &q);
	if (a->read_status_changed) {
		/* MS-OXCMSG_R848 */
		assert_int_equal(a->logon_id, 0);
		/* MS-OXCMSG_R851 */
		assert_memory_equal(a->client_data, q.client_data.value, sizeof a->client_data);
	}
	fixture_release(&f, MESSAGE);
	return a->read_status_changed;
}

static void set_flags(uint64_t *ids, uint16_t n, uint8_t flags)
{
	struct rop_set_read_flags_request q = { .read_flags = flags, .message_ids = { n, ids } };
	const struct rop_set_read_flags_response *a = fixture_ok(&f, ROP_SET_READ_FLAGS, FOLDER, &q);

	assert_int_equal(a->partial_completion, 0);
}

/* Each their own ----------------------------------------------------------------------------------------------------------------- */

static void own_state(void **unused)
{
	uint64_t ids[3];

	(void)unused;
	begin_as_alice("Own state");
	for (size_t i = 0; i < 3; i++)
		ids[i] = post();
	unread_is(0);
	as(bob);
	unread_is(3);
	assert_false(is_read(ids[0]));
	/* MS-OXCMSG_R921 */
	assert_true(set_flag(ids[0], 0));
	/* MS-OXCMSG_R920 */
	assert_false(set_flag(ids[0], 0));
	unread_is(2);
	set_flags(ids + 1, 1, 0x01);
	unread_is(1);
	as(alice);
	unread_is(0);
	assert_true(set_flag(ids[0], 0x05));
	unread_is(1);
	as(bob);
	assert_true(is_read(ids[0]));
	unread_is(1);
	/* All of the folder. */
	set_flags(NULL, 0, 0x01);
	unread_is(0);
	set_flags(NULL, 0, 0x05);
	unread_is(3);
	as(alice);
	unread_is(1);
	end();
}

/* Another version is unread for all but who made it. */
static void changed_by_another(void **unused)
{
	uint64_t id;

	(void)unused;
	begin_as_alice("Changed");
	id = post();
	as(bob);
	(void)set_flag(id, 0);
	unread_is(0);
	as(alice);
	open_message(id, 1);
	set_subject("other news");
	assert_int_equal(save(), id);
	assert_true(is_read(id));
	unread_is(0);
	as(bob);
	assert_false(is_read(id));
	unread_is(1);
	end();
}

/* Nobody is sent a receipt for a message that is there for all to read; who asked for one stays in it. */
static unsigned receipts;

static status send_receipt(struct logon *l, uint64_t where, uint64_t message)
{
	(void)l;
	(void)where;
	(void)message;
	receipts++;
	return ecNone;
}

static void no_receipts(void **unused)
{
	struct tagged_value v = { .prop = { .tag = PidTagReadReceiptRequested, .count = 1, .value = bytes_of("\1", 1) } };
	struct rop_create_message_request make = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF };
	struct rop_set_properties_request set = { .property_values = { .all = { .n = 1, .v = &v } } };
	uint64_t id;

	(void)unused;
	begin_as_alice("Receipts");
	f.server.read_receipt = send_receipt;
	make.folder_id = folder;
	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &make);
	(void)fixture_ok(&f, ROP_SET_PROPERTIES, MESSAGE, &set);
	id = save();
	as(bob);
	(void)set_flag(id, 0);
	open_message(id, 0);
	assert_true(number(MESSAGE, PidTagMessageFlags) & MSGFLAG_NOTIFY_READ);
	assert_int_equal(receipts, 0);
	f.server.read_receipt = NULL;
	end();
}

/* The data ----------------------------------------------------------------------------------------------------------------------- */

static struct long_term_id long_id(void)
{
	struct rop_long_term_id_from_id_request q = { .object_id = folder };
	const struct rop_long_term_id_from_id_response *a = fixture_ok(&f, ROP_LONG_TERM_ID_FROM_ID, LOGON, &q);

	return a->long_term_id;
}

static struct bytes read_from(uint32_t offset, uint16_t most, bool *finished)
{
	struct rop_read_per_user_information_request q = { .folder_id = long_id(), .data_offset = offset, .max_data_size = most };
	const struct rop_read_per_user_information_response *a = fixture_ok(&f, ROP_READ_PER_USER_INFORMATION, LOGON, &q);

	*finished = a->has_finished;
	return a->data;
}

static struct bytes read_all(void)
{
	bool finished;
	struct bytes data = read_from(0, 0, &finished);

	/* MS-OXCSTOR_R1011 */
	assert_true(finished);
	return data;
}

static status replace(struct long_term_id id, struct bytes data)
{
	struct rop_write_per_user_information_request q = { .folder_id = id, .has_finished = 1, .data = data };

	return fixture_rop(&f, ROP_WRITE_PER_USER_INFORMATION, LOGON, &q).return_value;
}

static bool says(struct bytes data, uint64_t cn)
{
	CLEANUP_IDSET struct idset set = { .max = 100 };
	uint64_t counter = 0;

	/* MS-OXCSTOR_R59729 */
	assert_int_equal(idset_decode(data, IDSET_REPLGUID, &set, NULL), 0);
	assert_true(id_to_counter(cn, &counter));
	return idset_contains(&set, &((struct logon *)fixture_object(&f, LOGON))->replica, counter);
}

static uint64_t version_of(uint64_t id)
{
	uint64_t cn;

	open_message(id, 0);
	cn = number(MESSAGE, PidTagChangeNumber);
	fixture_release(&f, MESSAGE);
	return cn;
}

static void reading_the_data(void **unused)
{
	uint64_t ids[3];
	struct bytes data, part;
	bool finished;

	(void)unused;
	begin_as_alice("Data");
	/* MS-OXCSTOR_R1257 */
	assert_int_equal(read_all().n, 0);
	ids[0] = post();
	/* MS-OXCSTOR_R517 */
	assert_true(says(read_all(), version_of(ids[0])));
	for (size_t i = 1; i < 3; i++)
		ids[i] = post();
	as(bob);
	/* MS-OXCSTOR_R971 */
	assert_int_equal(read_all().n, 0);
	(void)set_flag(ids[1], 0);
	data = read_all();
	/* MS-OXCSTOR_R502 */
	assert_true(says(data, version_of(ids[1])));
	assert_false(says(data, version_of(ids[0])) || says(data, version_of(ids[2])));
	part = read_from(0, 5, &finished);
	/* MS-OXCSTOR_R1284 */
	assert_false(finished);
	/* MS-OXCSTOR_R543 */
	assert_int_equal(part.n, 5);
	part = read_from(5, 0, &finished);
	/* MS-OXCSTOR_R540 */
	assert_true(finished);
	/* MS-OXCSTOR_R1002 */
	assert_int_equal(part.n, data.n - 5);
	assert_memory_equal(part.p, data.p + 5, part.n);
	set_flags(ids + 1, 1, 0x05);
	assert_false(says(read_all(), version_of(ids[1])));
	end();
}

static void writing_the_data(void **unused)
{
	CLEANUP_BUF struct buf kept = BUF_MAX(4096);
	struct long_term_id id, other;
	uint64_t ids[3];

	(void)unused;
	begin_as_alice("Written");
	for (size_t i = 0; i < 3; i++)
		ids[i] = post();
	as(bob);
	id = other = long_id();
	set_flags(ids, 2, 0x01);
	buf_add(&kept, read_all().p, read_all().n);
	set_flags(NULL, 0, 0x05);
	unread_is(3);
	/* MS-OXCSTOR_R570 */
	assert_int_equal(replace(id, buf_bytes(&kept)), 0);
	/* MS-OXCSTOR_R1027 */
	assert_true(bytes_equal(read_all(), buf_bytes(&kept)));
	/* MS-OXCSTOR_R518 */
	assert_true(is_read(ids[0]) && is_read(ids[1]) && !is_read(ids[2]));
	unread_is(1);
	/* MS-OXCSTOR_R1021 */
	assert_int_equal(replace(id, bytes_of("nonsense", 8)), ecCorruptData);
	unread_is(1);
	/* Of folders that are not here nothing is kept. */
	other.id.counter[0]++;
	assert_int_equal(replace(other, buf_bytes(&kept)), ecNotFound);
	other = id;
	other.id.replica.b[0]++;
	assert_int_equal(replace(other, buf_bytes(&kept)), ecNotFound);
	as(alice);
	/* MS-OXCSTOR_R1026 */
	unread_is(0);
	assert_int_equal(replace(id, bytes_of(NULL, 0)), 0);
	unread_is(3);
	as(bob);
	unread_is(1);
	end();
}

/* Of a user who has read nothing there yet. */
static void writing_the_first(void **unused)
{
	CLEANUP_BUF struct buf hers = BUF_MAX(4096);
	uint64_t id;

	(void)unused;
	begin_as_alice("First");
	id = post();
	buf_add(&hers, read_all().p, read_all().n);
	as(bob);
	/* MS-OXCSTOR_R1028 */
	assert_int_equal(replace(long_id(), buf_bytes(&hers)), 0);
	assert_true(bytes_equal(read_all(), buf_bytes(&hers)));
	assert_true(is_read(id));
	end();
}

/* Synchronisation ------------------------------------------------------------------------------------------------------------------ */

static void bring(uint64_t id, bool read, const struct sync_state *state)
{
	struct rop_synchronization_open_collector_request open = { .output_handle_index = COLLECTOR, .is_contents_collector = 1 };
	CLEANUP_BUF struct buf gid = BUF_MAX(64);
	uint64_t counter = 0;
	struct message_read_state v = { .mark_as_read = read };
	struct rop_synchronization_import_read_state_changes_request q = { .message_read_states = { 1, &v } };
	struct xid x;

	assert_true(id_to_counter(id, &counter));
	x = xid_of_globcnt(&((struct logon *)fixture_object(&f, LOGON))->replica, counter);
	xid_encode(&x, &gid);
	v.message_id = buf_bytes(&gid);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, FOLDER, &open);
	upload_state(&f, COLLECTOR, state, false);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES, COLLECTOR, &q);
	fixture_release(&f, COLLECTOR);
}

/* In the stream of all of the folder. */
static size_t sent_as_read(void)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	struct rop_synchronization_configure_request q = everything;
	struct stream_reader r;
	size_t n = 0;

	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, FOLDER, &q);
	download(&f, SYNC, 0x7000, &b);
	fixture_release(&f, SYNC);
	reader_begin(&r, before_state(buf_bytes(&b)));
	while (reader_next(&r))
		n += r.e.kind == FT_PROP && r.e.prop.tag == PidTagMessageFlags && le32(r.e.prop.value.p) & MSGFLAG_READ;
	reader_end(&r);
	return n;
}

static void synchronising(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state hers = SYNC_STATE_MAX(1000), his = SYNC_STATE_MAX(1000);
	struct seen s;
	uint64_t ids[3];

	(void)unused;
	begin_as_alice("Synchronised");
	for (size_t i = 0; i < 3; i++)
		ids[i] = post();
	synchronise(&hers, 0x7000, &s);
	assert_int_equal(s.changes, 3);
	buf_free(&s.order);
	as(bob);
	synchronise(&his, 0x7000, &s);
	assert_int_equal(s.changes, 3);
	buf_free(&s.order);
	assert_int_equal(sent_as_read(), 0);
	bring(ids[0], true, &his);
	unread_is(2);
	assert_int_equal(sent_as_read(), 1);
	as(alice);
	assert_int_equal(sent_as_read(), 3);
	unread_is(0);
	/* His reading is no change to her. */
	synchronise(&hers, 0x7000, &s);
	assert_int_equal(s.changes + s.read + s.unread, 0);
	buf_free(&s.order);
	set_flags(ids + 1, 1, 0x05);
	synchronise(&hers, 0x7000, &s);
	assert_int_equal(s.changes, 0);
	/* MS-OXCFXICS_R3315 */
	assert_int_equal(s.read + s.unread, 3);
	assert_int_equal(s.unread, 1);
	buf_free(&s.order);
	synchronise(&hers, 0x7000, &s);
	assert_int_equal(s.read + s.unread, 0);
	buf_free(&s.order);
	end();
}

/* Who is told ---------------------------------------------------------------------------------------------------------------------- */

static void subscribe(void)
{
	struct rop_register_notification_request q = { .output_handle_index = TABLE, .notification_types = NOTIFY_OBJECT_MODIFIED, .want_whole_store = 1 };

	(void)fixture_ok(&f, ROP_REGISTER_NOTIFICATION, LOGON, &q);
}

/* *unread: what the folder's counter was said to be. */
static size_t told(uint32_t *unread)
{
	struct rop_output out;
	size_t n = 0;

	assert_int_equal(fixture_rops(&f, NULL, 0, &out), 0);
	for (uint32_t i = 0; i < out.n_responses; i++) {
		const struct notification_data *d = &((struct rop_notify_response *)out.responses[i].body)->notification_data;

		assert_int_equal(out.responses[i].id, ROP_NOTIFY);
		if (d->notification_flags & NOTIFY_UNREAD_CHANGED)
			*unread = d->unread_message_count;
		n++;
	}
	return n;
}

static void notifications(void **unused)
{
	struct session *again;
	uint32_t unread = 99;
	uint64_t id;

	(void)unused;
	begin_as_alice("Told");
	again = fixture_session(&f, "bob");
	id = post();
	subscribe();
	as(again);
	subscribe();
	as(bob);
	(void)set_flag(id, 0);
	assert_false(notify_pending(alice));
	assert_true(notify_pending(again));
	fixture_use(&f, again);
	/* The message, and its folder with a counter that is his. */
	assert_int_equal(told(&unread), 2);
	assert_int_equal(unread, 0);
	/* A new version is told to all, with what each has read. */
	as(alice);
	open_message(id, 1);
	set_subject("other news");
	(void)save();
	fixture_use(&f, again);
	assert_int_equal(told(&unread), 2);
	assert_int_equal(unread, 1);
	session_close(again);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_state),	    cmocka_unit_test(changed_by_another), cmocka_unit_test(no_receipts),
		cmocka_unit_test(reading_the_data), cmocka_unit_test(writing_the_data),	  cmocka_unit_test(writing_the_first),
		cmocka_unit_test(synchronising),    cmocka_unit_test(notifications),
	};

	return FIXTURE_RUN(&f, tests);
}
