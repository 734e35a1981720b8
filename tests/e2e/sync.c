/*
 * Cached mode from outside: what a client is given when it synchronises, what it brings, and how it hears that there is something new.
 */
#include "outside.h"

#include <time.h>

#include "rop/fasttransfer.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_message.h"
#include "rop/sync_state.h"
#include "rop/xid.h"

enum { LOGON, INBOX, SYNC, MESSAGE, SUBSCRIPTION };

#define SYNC_CONTENTS  1
#define SYNC_HIERARCHY 2
#define SYNC_FLAGS     0x003D /* Unicode, ReadState, FAI, Normal; see [MS-OXCFXICS] 2.2.3.2.1.1.1 */
#define EXTRA_FLAGS    0x0007 /* Eid, MessageSize, CN */

static struct mapi_account account;
static struct mapi_client c, other;

static void open_inbox(struct mapi_client *who)
{
	struct rop_open_folder_request q = { .output_handle_index = INBOX, .folder_id = who->logon.folder_ids.id[LOGON_FOLDER_INBOX] };

	(void)ok(who, ROP_OPEN_FOLDER, LOGON, &q);
}

static uint64_t put_message(struct mapi_client *who)
{
	struct rop_create_message_request q = { .output_handle_index = MESSAGE,
						.code_page_id = 0x0FFF,
						.folder_id = who->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };

	(void)ok(who, ROP_CREATE_MESSAGE, LOGON, &q);
	const struct rop_save_changes_message_response *r = ok(who, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &keep);
	uint64_t id = r->message_id;
	(void)ok(who, ROP_RELEASE, MESSAGE, NULL);
	return id;
}

/* Synchronisation ------------------------------------------------------------------------------------------------------------------ */

static void upload_set(uint32_t tag, const struct idset *set)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);

	assert_int_equal(idset_encode(set, IDSET_REPLGUID, &b), 0);
	struct rop_synchronization_upload_state_stream_begin_request begins = { .state_property = tag, .transfer_buffer_size = (uint32_t)b.n };
	struct rop_synchronization_upload_state_stream_continue_request goes_on = { .stream_data = buf_bytes(&b) };
	(void)ok(&c, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, SYNC, &begins);
	(void)ok(&c, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, SYNC, &goes_on);
	(void)ok(&c, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, SYNC, NULL);
}

static void upload_state(const struct sync_state *s, bool hierarchy)
{
	upload_set(MetaTagIdsetGiven, &s->given);
	upload_set(MetaTagCnsetSeen, &s->seen);
	if (hierarchy)
		return;
	upload_set(MetaTagCnsetSeenFAI, &s->seen_associated);
	upload_set(MetaTagCnsetRead, &s->read);
}

static void download(struct buf *out)
{
	struct rop_fast_transfer_source_get_buffer_request q = { .buffer_size = ROP_SIZE_AUTO, .maximum_buffer_size = 0x7000 };
	uint16_t how = TRANSFER_PARTIAL;

	while (how == TRANSFER_PARTIAL) {
		const struct rop_fast_transfer_source_get_buffer_response *r = ok(&c, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, SYNC, &q);

		buf_add(out, r->transfer_buffer.p, r->transfer_buffer.n);
		how = r->transfer_status;
	}
	assert_int_equal(how, TRANSFER_DONE);
}

static size_t state_at(struct bytes stream)
{
	uint8_t mark[4];
	size_t at = stream.n - 4;

	put_le32(mark, FT_INCR_SYNC_STATE_BEGIN);
	while (memcmp(stream.p + --at, mark, 4) != 0)
		assert_true(at > 0);
	return at;
}

struct seen {
	size_t changes, deleted, read, unread;
};

static size_t ids_in(struct bytes value)
{
	struct idset s;

	idset_init(&s, 100000);
	assert_int_equal(idset_decode(value, IDSET_REPLID, &s, NULL), 0);
	size_t n = (size_t)idset_count(&s);
	idset_free(&s);
	return n;
}

static void look(struct bytes stream, struct seen *out)
{
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e;

	*out = (struct seen){ 0 };
	ft_lexer_init(&l, &ft_limits_wire);
	ft_lexer_feed(&l, stream);
	for (;;) {
		if (ft_lexer_next(&l, &c.arena, &e))
			fail_msg("%s", l.why.text);
		if (e.kind == FT_MORE)
			break;
		out->changes += e.kind == FT_MARKER && e.marker == FT_INCR_SYNC_CHG;
		if (e.kind != FT_PROP)
			continue;
		out->deleted += e.prop.tag == MetaTagIdsetDeleted ? ids_in(e.prop.value) : 0;
		out->read += e.prop.tag == MetaTagIdsetRead ? ids_in(e.prop.value) : 0;
		out->unread += e.prop.tag == MetaTagIdsetUnread ? ids_in(e.prop.value) : 0;
	}
	assert_int_equal(ft_lexer_finish(&l), 0);
}

/* One synchronisation: what is new since `state`, which it brings up to date. */
static void synchronise(uint8_t type, struct sync_state *state, struct seen *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = { .output_handle_index = SYNC,
							   .synchronization_type = type,
							   .send_options = 1,
							   .synchronization_flags = type == SYNC_CONTENTS ? SYNC_FLAGS : 1,
							   .synchronization_extra_flags = EXTRA_FLAGS };

	(void)ok(&c, ROP_SYNCHRONIZATION_CONFIGURE, type == SYNC_CONTENTS ? INBOX : LOGON + INBOX, &q);
	upload_state(state, type == SYNC_HIERARCHY);
	download(&b);
	size_t at = state_at(buf_bytes(&b));
	look(bytes_of(b.p, at), out);
	good(&c, sync_state_decode(bytes_of(b.p + at, b.n - 4 - at), state, &c.why));
	(void)ok(&c, ROP_RELEASE, SYNC, NULL);
}

static void contents(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct seen s;

	(void)unused;
	open_inbox(&c);
	open_inbox(&other);
	uint64_t first = put_message(&other);
	(void)put_message(&other);
	synchronise(SYNC_CONTENTS, &state, &s);
	assert_int_equal(s.changes, 2);
	synchronise(SYNC_CONTENTS, &state, &s);
	assert_int_equal(s.changes + s.deleted + s.read + s.unread, 0);
	(void)put_message(&other);
	uint64_t ids[] = { first };
	struct rop_delete_messages_request drop = { .message_ids = { 1, ids } };
	(void)ok(&other, ROP_DELETE_MESSAGES, INBOX, &drop);
	synchronise(SYNC_CONTENTS, &state, &s);
	assert_int_equal(s.changes, 1);
	assert_int_equal(s.deleted, 1);
}

static void hierarchy(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_open_folder_request q = { .output_handle_index = INBOX, .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_IPM_SUBTREE] };
	struct rop_create_folder_request create = { .output_handle_index = MESSAGE, .folder_type = 1, .use_unicode_strings = 1 };
	struct seen s;

	(void)unused;
	(void)ok(&c, ROP_OPEN_FOLDER, LOGON, &q);
	synchronise(SYNC_HIERARCHY, &state, &s);
	assert_true(s.changes >= 5);
	create.display_name = mapi_client_text(&other, "New one");
	create.comment = mapi_client_text(&other, "");
	(void)ok(&other, ROP_CREATE_FOLDER, INBOX, &create);
	synchronise(SYNC_HIERARCHY, &state, &s);
	assert_true(s.changes >= 1 && s.changes <= 2);
	synchronise(SYNC_HIERARCHY, &state, &s);
	assert_int_equal(s.changes, 0);
}

/* What the client wrote while it was away. */
static void upload(void **unused)
{
	struct rop_synchronization_open_collector_request collector = { .output_handle_index = SYNC, .is_contents_collector = 1 };
	struct rop_get_local_replica_ids_request ask = { .id_count = 100 };
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_BUF struct buf source = BUF_MAX(64), change = BUF_MAX(64), list = BUF_MAX(64);
	struct tagged_value v[4];
	uint8_t when[8];

	(void)unused;
	open_inbox(&c);
	const struct rop_get_local_replica_ids_response *ids = ok(&c, ROP_GET_LOCAL_REPLICA_IDS, LOGON, &ask);
	(void)ok(&c, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, INBOX, &collector);
	upload_state(&state, false);
	struct xid key = xid_of_globcnt(&ids->repl_guid, global_counter_get(ids->global_count));
	struct xid version = xid_of_globcnt(&ids->repl_guid, global_counter_get(ids->global_count) + 1);
	struct pcl history = { 0 };
	xid_encode(&key, &source);
	xid_encode(&version, &change);
	assert_int_equal(pcl_add(&history, &version, &c.arena), 0);
	pcl_encode(&history, &list);
	put_le64(when, 133700000000000000u);
	v[0].prop = (struct prop){ .tag = PidTagSourceKey, .count = 1, .value = buf_bytes(&source) };
	v[1].prop = (struct prop){ .tag = PidTagLastModificationTime, .count = 1, .value = bytes_of(when, 8) };
	v[2].prop = (struct prop){ .tag = PidTagChangeKey, .count = 1, .value = buf_bytes(&change) };
	v[3].prop = (struct prop){ .tag = PidTagPredecessorChangeList, .count = 1, .value = buf_bytes(&list) };
	struct rop_synchronization_import_message_change_request q = { .output_handle_index = MESSAGE, .property_values = { 4, v } };
	(void)ok(&c, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, SYNC, &q);
	struct rop_save_changes_message_request keep = { .save_flags = 0x0C };
	const struct rop_save_changes_message_response *r = ok(&c, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &keep);
	uint64_t id = r->message_id;
	/* The server has it, by the id that the client gave it, and another session opens it. */
	open_inbox(&other);
	struct rop_open_message_request open = { .output_handle_index = MESSAGE,
						 .code_page_id = 0x0FFF,
						 .folder_id = other.logon.folder_ids.id[LOGON_FOLDER_INBOX],
						 .message_id = id };
	(void)ok(&other, ROP_OPEN_MESSAGE, LOGON, &open);
	struct rop_long_term_id_from_id_request longer = { .object_id = id };
	const struct rop_long_term_id_from_id_response *l = ok(&other, ROP_LONG_TERM_ID_FROM_ID, LOGON, &longer);
	assert_memory_equal(l->long_term_id.id.counter, ids->global_count, GLOBAL_COUNTER_SIZE);
	assert_true(guid_equal(&l->long_term_id.id.replica, &ids->repl_guid));
}

/* Notifications ------------------------------------------------------------------------------------------------------------------------ */

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A client that waits hears of another session's change; what it is, its next Execute says. */
static void waiting(void **unused)
{
	struct rop_register_notification_request q = { .output_handle_index = SUBSCRIPTION,
						       .notification_types = NOTIFY_OBJECT_CREATED,
						       .want_whole_store = 0,
						       .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_output *out = NULL;
	bool event = false;

	(void)unused;
	(void)ok(&c, ROP_REGISTER_NOTIFICATION, LOGON, &q);
	good(&c, mapi_client_wait_begin(&c));
	/* Nothing has happened, so nothing comes; and requests go on beside it. */
	open_inbox(&c);

	assert_true(link_ready(&c.wait_link, 5000)); /* PROCESSING */

	unsigned before = c.notified;
	double began = seconds();
	(void)put_message(&other);
	good(&c, mapi_client_wait_end(&c, &event));
	print_message("# the event came %.3f s after the change began\n", seconds() - began);
	assert_true(event);
	/* Far less than the time between two PENDINGs, or than any polling: it was pushed. */
	assert_true(seconds() - began < 10);
	good(&c, mapi_client_execute(&c, NULL, 0, &out));
	assert_int_equal(c.notified, before + 1);
	assert_int_equal(c.last_notify.notification_data.notification_flags & NOTIFY_TYPE_MASK, NOTIFY_OBJECT_CREATED);
	assert_true(c.last_notify.notification_data.notification_flags & NOTIFY_MESSAGE);
}

/* Once a session is over, its cookies are worth nothing. */
static void after_disconnect(void **unused)
{
	struct mapi_client third;

	(void)unused;
	begin(&third, &account);
	good(&third, mapi_client_disconnect(&third));
	assert_int_not_equal(mapi_client_logon(&third, 1), 0);
	assert_int_equal(third.response_code, MAPIHTTP_CONTEXT_NOT_FOUND);
	mapi_client_free(&third);
}

static int begin_group(void **state)
{
	if (outside_begin(state))
		return 1;
	account = served_account(&served, "alice");
	begin(&c, &account);
	begin(&other, &account);
	return 0;
}

static int end_group(void **state)
{
	end(&c);
	end(&other);
	return outside_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents), cmocka_unit_test(hierarchy), cmocka_unit_test(upload),
		cmocka_unit_test(waiting),  cmocka_unit_test(after_disconnect),
	};

	return cmocka_run_group_tests(tests, begin_group, end_group);
}
