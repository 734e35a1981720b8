/* Synchronisation: what a client brings. */
#include "sync_fixture.h"

/* Upload ----------------------------------------------------------------------------------------------------------------- */

static uint64_t reserve(uint32_t n)
{
	struct rop_get_local_replica_ids_request q = { .id_count = n };
	struct rop_get_local_replica_ids_response *r = fixture_ok(&f, ROP_GET_LOCAL_REPLICA_IDS, 0, &q);

	assert_memory_equal(&r->repl_guid, &((struct logon *)fixture_object(&f, 0))->replica, 16);
	return global_counter_get(r->global_count);
}

static struct prop bytes_prop(uint32_t tag, struct bytes v)
{
	return (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v };
}

static struct bytes kept(const struct buf *b)
{
	return bytes_of(arena_memdup(&f.arena, b->p, b->n), b->n);
}

/* A version that a client made: a change key of its own, after what it knew. */
struct version {
	struct bytes key, list;
};

static struct version client_version(uint8_t client, uint64_t number, const struct version *after)
{
	CLEANUP_BUF struct buf key = BUF_MAX(64), list = BUF_MAX(256);
	struct guid space = { { client, 0xCC } };
	struct xid x = xid_of_globcnt(&space, number);
	struct pcl l = { .n = 0 };

	if (after)
		assert_int_equal(pcl_decode(after->list, &f.arena, &l, NULL), 0);
	assert_int_equal(pcl_add(&l, &x, &f.arena), 0);
	xid_encode(&x, &key);
	pcl_encode(&l, &list);
	return (struct version){ kept(&key), kept(&list) };
}

static struct rop_response import_change(uint64_t id, const struct version *v, uint8_t flags, uint64_t modified)
{
	CLEANUP_BUF struct buf gid = BUF_MAX(64);
	struct xid x = xid_of_globcnt(&((struct logon *)fixture_object(&f, 0))->replica, id);
	uint8_t *time = arena_alloc(&f.arena, 8);
	struct tagged_value *values = arena_array(&f.arena, 4, sizeof *values);
	struct rop_synchronization_import_message_change_request q = {
		.output_handle_index = 4, .import_flag = flags, .property_values = { 4, values } };

	xid_encode(&x, &gid);
	put_le64(time, modified);
	values[0].prop = bytes_prop(PidTagSourceKey, kept(&gid));
	values[1].prop = bytes_prop(PidTagLastModificationTime, bytes_of(time, 8));
	values[2].prop = bytes_prop(PidTagChangeKey, v->key);
	values[3].prop = bytes_prop(PidTagPredecessorChangeList, v->list);
	return fixture_rop(&f, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, 3, &q);
}

static void send_subject(const char *subject)
{
	struct rop_fast_transfer_destination_configure_request d = { .output_handle_index = 5, .source_operation = 1 };
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct prop p = bytes_prop(PidTagSubject, fixture_text(&f, subject));
	struct rop_fast_transfer_destination_put_buffer_request q;

	ft_put_prop(&b, &p, NULL);
	q.transfer_data = buf_bytes(&b);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, 4, &d);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, 5, &q);
}

static void save_import(void)
{
	struct rop_save_changes_message_request q = { .save_flags = 0x0A };

	(void)fixture_ok(&f, ROP_SAVE_CHANGES_MESSAGE, 4, &q);
	fixture_release(&f, 5);
	fixture_release(&f, 4);
}

static void assert_subject(uint64_t id, const char *subject, struct bytes key)
{
	struct mailbox *m = fixture_lock(&f, 0);
	struct message_info i;

	assert_int_equal(message_info(m, id, &f.arena, &i), 0);
	fixture_unlock(&f, 0);
	assert_string_equal(i.subject, subject);
	if (key.n) {
		assert_int_equal(i.change_key.n, key.n);
		assert_memory_equal(i.change_key.p, key.p, key.n);
	}
}

static void assert_made_by_alice(uint64_t id)
{
	struct mailbox *m = fixture_lock(&f, 0);
	struct prop creator, modifier, made;

	mailbox_ok(m, message_value(m, id, tag_id(PidTagCreatorEntryId), &f.arena, &creator));
	mailbox_ok(m, message_value(m, id, tag_id(PidTagLastModifierEntryId), &f.arena, &modifier));
	mailbox_ok(m, message_value(m, id, tag_id(PidTagCreationTime), &f.arena, &made));
	fixture_unlock(&f, 0);
	assert_true(bytes_equal(creator.value, modifier.value));
	assert_true(creator.value.n > 20 && made.value.n == 8);
}

static void import_messages(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_synchronization_open_collector_request open = { .output_handle_index = 3, .is_contents_collector = 1 };
	struct version one, two, other;
	struct seen s;
	uint64_t id;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 1);
	id = reserve(10);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, 1, &open);
	upload_state(&f, 3, &state, false);
	one = client_version(1, 1, NULL);
	assert_int_equal(import_change(id, &one, 0, FIXTURE_NOW).return_value, 0);
	send_subject("made offline");
	save_import();
	assert_subject(id, "made offline", one.key);
	/* The same again, and an older one: the mailbox has it. */
	assert_int_equal(import_change(id, &one, 0, FIXTURE_NOW).return_value, SYNC_E_IGNORE);
	two = client_version(1, 2, &one);
	assert_int_equal(import_change(id, &two, 0, FIXTURE_NOW + 10).return_value, 0);
	send_subject("changed offline");
	save_import();
	assert_subject(id, "changed offline", two.key);
	/* All of it came anew, but for who made it, and when. */
	assert_made_by_alice(id);
	/* Another client, which did not know of the second. */
	other = client_version(2, 1, &one);
	assert_int_equal(import_change(id, &other, 0x40, FIXTURE_NOW + 20).return_value, SYNC_E_CONFLICT);
	assert_int_equal(import_change(id, &other, 0, FIXTURE_NOW + 5).return_value, 0);
	send_subject("too late");
	save_import();
	assert_subject(id, "changed offline", bytes_of(NULL, 0));
	other = client_version(2, 2, &other);
	assert_int_equal(import_change(id, &other, 0, FIXTURE_NOW + 30).return_value, 0);
	send_subject("won");
	save_import();
	assert_subject(id, "won", bytes_of(NULL, 0));
	assert_int_equal(import_change(id + 1, &one, 0x01, FIXTURE_NOW).return_value, ecInvalidParam);
	fixture_release(&f, 3);
	/* Who synchronises afterwards is given what is there. */
	synchronise(&state, 0x7000, &s);
	assert_int_equal(s.changes, 1);
	buf_free(&s.order);
}

/* Deletions ---------------------------------------------------------------------------------------------------------------- */

static struct prop ids_prop(const uint64_t *ids, size_t n)
{
	struct bytes *values = arena_array(&f.arena, n, sizeof *values);
	const struct prop p = { .tag = PT_MV_BINARY, .count = (uint32_t)n, .values = values };

	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf gid = BUF_MAX(64);
		struct xid x = xid_of_globcnt(&((struct logon *)fixture_object(&f, 0))->replica, ids[i]);

		xid_encode(&x, &gid);
		values[i] = kept(&gid);
	}
	return p;
}

static status import_deletes(uint8_t flags, const uint64_t *ids, size_t n)
{
	struct tagged_value v = { .prop = ids_prop(ids, n) };
	struct rop_synchronization_import_deletes_request q = { .import_delete_flags = flags, .property_values = { 1, &v } };

	return fixture_rop(&f, ROP_SYNCHRONIZATION_IMPORT_DELETES, 3, &q).return_value;
}

static void open_collector(uint8_t contents)
{
	struct rop_synchronization_open_collector_request open = { .output_handle_index = 3, .is_contents_collector = contents };

	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, 1, &open);
}

static void deletions(void **unused)
{
	struct version one = client_version(7, 1, NULL);
	struct mailbox *m;
	struct message_info i;
	uint64_t inbox, id, mine;

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	mine = put_mail(m, inbox, "to go");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	id = reserve(10);
	open_collector(1);
	/* MS-OXCFXICS_R2254001 */
	assert_int_equal(import_deletes(0x10, &mine, 1), ecInvalidParam);
	assert_int_equal(import_deletes(0x01, &mine, 1), ecNotSupported);
	const uint64_t both[] = { mine, id + 5 };
	/* MS-OXCFXICS_R884 */
	assert_int_equal(import_deletes(0, both, 2), 0);
	m = fixture_lock(&f, 0);
	assert_int_equal(message_info(m, mine, &f.arena, &i), 0);
	fixture_unlock(&f, 0);
	assert_true(i.deleted);
	/* It was never here, and is not to come any more. */
	/* MS-OXCFXICS_R2652 */
	assert_int_equal(import_change(id + 5, &one, 0, FIXTURE_NOW).return_value, SYNC_E_OBJECT_DELETED);
	/* MS-OXCFXICS_R2451 */
	assert_int_equal(import_change(mine, &one, 0, FIXTURE_NOW).return_value, SYNC_E_OBJECT_DELETED);
	assert_int_equal(import_deletes(0, both, 2), 0);
	assert_int_equal(import_change(id + 6, &one, 0, FIXTURE_NOW).return_value, 0);
	fixture_release(&f, 4);
	fixture_release(&f, 3);
}

static void given_up(void **unused)
{
	struct version one = client_version(7, 1, NULL);
	struct long_term_id_range range = { .min_long_term_id.id.replica = { { 0 } } };
	struct rop_set_local_replica_midset_deleted_request q = { .long_term_id_ranges.all = { 1, &range } };
	struct mailbox *m;
	uint64_t inbox, id;

	(void)unused;
	begin(&m, &inbox);
	fixture_unlock(&f, 0);
	id = reserve(10);
	range.min_long_term_id.id.replica = range.max_long_term_id.id.replica = ((struct logon *)fixture_object(&f, 0))->replica;
	global_counter_set(range.min_long_term_id.id.counter, id);
	global_counter_set(range.max_long_term_id.id.counter, id + 3);
	(void)fixture_ok(&f, ROP_SET_LOCAL_REPLICA_MIDSET_DELETED, 1, &q);
	open_collector(1);
	/* MS-OXCFXICS_R2269 */
	assert_int_equal(import_change(id + 3, &one, 0, FIXTURE_NOW).return_value, SYNC_E_OBJECT_DELETED);
	assert_int_equal(import_change(id + 4, &one, 0, FIXTURE_NOW).return_value, 0);
	fixture_release(&f, 4);
	fixture_release(&f, 3);
	global_counter_set(range.min_long_term_id.id.counter, id + 9);
	fixture_refused(&f, ROP_SET_LOCAL_REPLICA_MIDSET_DELETED, 1, &q, ecInvalidParam);
}

/* Who counts a little past the end of what was set aside still has an id that nobody else will get; far from it there is none. */
static void past_the_end(void **unused)
{
	struct version one = client_version(8, 1, NULL);
	uint64_t id, next;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 1);
	id = reserve(3);
	open_collector(1);
	assert_int_equal(import_change(id + 3, &one, 0, FIXTURE_NOW).return_value, 0);
	save_import();
	assert_int_equal(import_change(id + 255, &one, 0, FIXTURE_NOW).return_value, 0);
	save_import();
	next = reserve(1);
	assert_true(next > id + 255);
	assert_int_equal(import_change(next + 100000, &one, 0, FIXTURE_NOW).return_value, 0);
	fixture_refused(&f, ROP_SAVE_CHANGES_MESSAGE, 4, &(struct rop_save_changes_message_request){ .save_flags = 0x0C }, ecInvalidParam);
	fixture_release(&f, 4);
	fixture_release(&f, 3);
}

/* One that stays keeps the others too. */
static void folder_deletions(void **unused)
{
	struct folder folder;
	struct mailbox *m;
	uint64_t ids[2], wire;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_IPM_SUBTREE), 1);
	wire = fixture_create_folder(&f, 1, "Going", 5);
	assert_true(id_to_counter(wire, &ids[0]));
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &ids[1]), 0);
	fixture_unlock(&f, 0);
	open_collector(0);
	assert_int_equal(import_deletes(0x01, ids, 2), ecAccessDenied);
	m = fixture_lock(&f, 0);
	/* MS-OXCFXICS_R35121 */
	assert_int_equal(folder_get(m, ids[0], &f.arena, &folder), 0);
	fixture_unlock(&f, 0);
	assert_int_equal(import_deletes(0x01, ids, 1), 0);
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_get(m, ids[0], &f.arena, &folder), ecNotFound);
	fixture_unlock(&f, 0);
	fixture_release(&f, 3);
	fixture_release(&f, 5);
}

/* Moves, read states, folders, states ------------------------------------------------------------------------------------------ */

static struct bytes gid_of(uint64_t id)
{
	CLEANUP_BUF struct buf gid = BUF_MAX(64);
	struct xid x = xid_of_globcnt(&((struct logon *)fixture_object(&f, 0))->replica, id);

	xid_encode(&x, &gid);
	return kept(&gid);
}

/* The version after or before what the mailbox has, as clients count them. */
static struct version neighbour(uint64_t id, int step)
{
	CLEANUP_BUF struct buf key = BUF_MAX(64), list = BUF_MAX(256);
	struct mailbox *m = fixture_lock(&f, 0);
	struct message_info i;

	assert_int_equal(message_info(m, id, &f.arena, &i), 0);
	fixture_unlock(&f, 0);
	struct xid x = xid_of_globcnt(&((struct logon *)fixture_object(&f, 0))->replica, i.cn + (uint64_t)step);
	xid_encode(&x, &key);
	buf_add_u8(&list, (uint8_t)key.n);
	buf_add(&list, key.p, key.n);
	return (struct version){ kept(&key), kept(&list) };
}

static void moves(void **unused)
{
	struct rop_synchronization_import_message_move_request q;
	struct mailbox *m;
	struct message_info i;
	uint64_t inbox, ids[2], as;

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	ids[0] = put_mail(m, inbox, "moves");
	ids[1] = put_mail(m, inbox, "moves, and is newer there");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	as = reserve(4);
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 1);
	open_collector(1);
	for (unsigned k = 0; k < 2; k++) {
		struct version v = neighbour(ids[k], k ? 1 : -1);

		q = (struct rop_synchronization_import_message_move_request){ .source_folder_id = gid_of(inbox),
									      .source_message_id = gid_of(ids[k]),
									      .predecessor_change_list = v.list,
									      .destination_message_id = gid_of(as + k),
									      .change_number = v.key };
		/* MS-OXCFXICS_R875 */
		/* MS-OXCFXICS_R876 */
		assert_int_equal(fixture_rop(&f, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, 3, &q).return_value, k ? SYNC_W_CLIENT_CHANGE_NEWER : 0);
		m = fixture_lock(&f, 0);
		assert_int_equal(message_info(m, as + k, &f.arena, &i), 0);
		fixture_unlock(&f, 0);
		assert_true(i.folder != inbox && !i.deleted);
	}
	/* It is there no more. */
	assert_int_equal(fixture_rop(&f, ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, 3, &q).return_value, SYNC_E_OBJECT_DELETED);
	fixture_release(&f, 3);
}

static void read_states(void **unused)
{
	struct message_read_state v[2] = { { .mark_as_read = 1 }, { .mark_as_read = 1 } };
	struct rop_synchronization_import_read_state_changes_request q = { .message_read_states = { 2, v } };
	struct mailbox *m;
	struct message_info i;
	uint64_t inbox, ids[2];

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	ids[0] = put_mail(m, inbox, "to be read");
	ids[1] = put_told(m, inbox, true);
	assert_int_equal(message_set_read(m, ids[0], false), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	v[0].message_id = gid_of(ids[0]);
	v[1].message_id = gid_of(ids[1]);
	open_collector(1);
	/* MS-OXCFXICS_R2256 */
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES, 3, &q);
	m = fixture_lock(&f, 0);
	assert_int_equal(message_info(m, ids[0], &f.arena, &i), 0);
	fixture_unlock(&f, 0);
	/* MS-OXCFXICS_R905 */
	assert_true(i.read);
	/* MS-OXCFXICS_R2260 */
	assert_false(idset_is_empty(&collector_context(fixture_object(&f, 3))->state.read));
	fixture_release(&f, 3);
}

static struct rop_response import_hierarchy(uint64_t parent, bool foreign, uint64_t id, const struct version *v, const char *name, uint64_t modified)
{
	struct tagged_value *values = arena_array(&f.arena, 6, sizeof *values);
	struct rop_synchronization_import_hierarchy_change_request q = { .hierarchy_values = { 6, values } };
	struct bytes parent_key = gid_of(parent), text = fixture_text(&f, name);
	uint8_t *key = arena_memdup(&f.arena, parent_key.p, parent_key.n), *time = arena_alloc(&f.arena, 8);

	if (foreign)
		key[10]--;
	put_le64(time, modified);
	values[0].prop = bytes_prop(PidTagParentSourceKey, bytes_of(key, parent_key.n));
	values[1].prop = bytes_prop(PidTagSourceKey, gid_of(id));
	values[2].prop = bytes_prop(PidTagLastModificationTime, bytes_of(time, 8));
	values[3].prop = bytes_prop(PidTagChangeKey, v->key);
	values[4].prop = bytes_prop(PidTagPredecessorChangeList, v->list);
	values[5].prop = bytes_prop(PidTagDisplayName, text);
	return fixture_rop(&f, ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, 3, &q);
}

static void assert_folder_name(uint64_t id, const char *name)
{
	struct mailbox *m = fixture_lock(&f, 0);
	struct folder folder;

	assert_int_equal(folder_get(m, id, &f.arena, &folder), 0);
	fixture_unlock(&f, 0);
	assert_string_equal(folder.name, name);
}

static void import_folders(void **unused)
{
	struct version one = client_version(3, 1, NULL), two = client_version(3, 2, &one), other = client_version(4, 1, &one);
	struct mailbox *m;
	uint64_t root, id;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_IPM_SUBTREE), 1);
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &root), 0);
	fixture_unlock(&f, 0);
	id = reserve(4);
	open_collector(0);
	/* MS-OXCFXICS_R2450 */
	assert_int_equal(import_hierarchy(root, true, id, &one, "Nowhere", FIXTURE_NOW).return_value, SYNC_E_NO_PARENT);
	/* MS-OXCFXICS_R2234 */
	assert_int_equal(import_hierarchy(root, false, id, &one, "Made offline", FIXTURE_NOW).return_value, 0);
	assert_folder_name(id, "Made offline");
	/* MS-OXCFXICS_R2235 */
	assert_false(idset_is_empty(&collector_context(fixture_object(&f, 3))->state.seen));
	/* MS-OXCFXICS_R2452 */
	assert_int_equal(import_hierarchy(root, false, id, &one, "Made offline", FIXTURE_NOW).return_value, SYNC_E_IGNORE);
	assert_int_equal(import_hierarchy(root, false, id, &two, "Renamed", FIXTURE_NOW + 10).return_value, 0);
	/* Another client did not know of that, and was earlier; then it was later. */
	/* MS-OXCFXICS_R2237 */
	/* MS-OXCFXICS_R2242 */
	assert_int_equal(import_hierarchy(root, false, id, &other, "Lost", FIXTURE_NOW + 5).return_value, 0);
	assert_folder_name(id, "Renamed");
	other = client_version(4, 2, &other);
	assert_int_equal(import_hierarchy(root, false, id, &other, "Won", FIXTURE_NOW + 50).return_value, 0);
	assert_folder_name(id, "Won");
	/* Within itself there is no place. */
	two = client_version(4, 3, &other);
	assert_int_equal(import_hierarchy(id, false, id, &two, "Ring", FIXTURE_NOW + 60).return_value, SYNC_E_CYCLE);
	/* Deleted before it came. */
	const uint64_t never = id + 1;
	assert_int_equal(import_deletes(0x01, &never, 1), 0);
	assert_int_equal(import_hierarchy(root, false, never, &one, "Too late", FIXTURE_NOW).return_value, SYNC_E_OBJECT_DELETED);
	fixture_release(&f, 3);
}

/* Two clients make folders of one name: the second comes under another, and is told so. */
static void folder_of_a_name_that_is_taken(void **unused)
{
	struct version one = client_version(5, 1, NULL), two = client_version(6, 1, NULL), three = client_version(6, 2, &two);
	struct folder folder;
	struct mailbox *m;
	uint64_t root, id;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_IPM_SUBTREE), 1);
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &root), 0);
	fixture_unlock(&f, 0);
	id = reserve(3);
	open_collector(0);
	assert_int_equal(import_hierarchy(root, false, id, &one, "Project", FIXTURE_NOW).return_value, 0);
	assert_int_equal(import_hierarchy(root, false, id + 1, &two, "project", FIXTURE_NOW).return_value, 0);
	assert_folder_name(id, "Project");
	assert_folder_name(id + 1, "project (2)");
	assert_int_equal(import_hierarchy(root, false, id + 2, &two, "Project (2)", FIXTURE_NOW).return_value, 0);
	assert_folder_name(id + 2, "Project (3)");
	/* It is a version of the server's that knows of the client's, which has not seen it. */
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_get(m, id + 1, &f.arena, &folder), 0);
	fixture_unlock(&f, 0);
	const struct sync_state *state = &collector_context(fixture_object(&f, 3))->state;
	const struct guid *replica = &((struct logon *)fixture_object(&f, 0))->replica;
	assert_false(idset_contains(&state->seen, replica, folder.cn));
	assert_true(idset_contains(&state->given, replica, id + 1));
	assert_int_equal(import_hierarchy(root, false, id + 1, &two, "project", FIXTURE_NOW).return_value, SYNC_E_IGNORE);
	/* Renamed to what another has. */
	assert_int_equal(import_hierarchy(root, false, id + 1, &three, "Project", FIXTURE_NOW + 100).return_value, 0);
	assert_folder_name(id + 1, "Project (4)");
	fixture_release(&f, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(import_messages),
		cmocka_unit_test(deletions),
		cmocka_unit_test(given_up),
		cmocka_unit_test(past_the_end),
		cmocka_unit_test(folder_deletions),
		cmocka_unit_test(moves),
		cmocka_unit_test(read_states),
		cmocka_unit_test(import_folders),
		cmocka_unit_test(folder_of_a_name_that_is_taken),
	};

	return FIXTURE_RUN(&f, tests);
}
