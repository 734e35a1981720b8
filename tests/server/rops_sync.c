/* Synchronisation: what a client is given. */
#include "sync_fixture.h"

static void contents(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct mailbox *m;
	struct seen s;
	uint64_t inbox, ids[3];

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	for (size_t i = 0; i < 3; i++)
		ids[i] = put_mail(m, inbox, "subject");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	synchronise(&state, 0x7000, &s);
	/* MS-OXCFXICS_R2042 */
	assert_int_equal(s.changes, 3);
	assert_int_equal(s.messages, 3);
	buf_free(&s.order);
	/* Nothing changed: the state alone. */
	synchronise(&state, 0x7000, &s);
	assert_int_equal(s.changes + s.deleted + s.read + s.unread, 0);
	assert_int_equal(s.order.n, 0);
	buf_free(&s.order);
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_set_read(m, ids[0], true), 0);
	assert_int_equal(message_delete(m, ids[1], DELETE_SOFT), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	synchronise(&state, 0x7000, &s);
	assert_int_equal(s.changes, 0);
	/* MS-OXCFXICS_R2167 */
	assert_int_equal(s.deleted, 1);
	/* MS-OXCFXICS_R2170 */
	assert_int_equal(s.read + s.unread, 1);
	buf_free(&s.order);
}

/* The stream is the same whatever the size of the buffers, and each buffer ends where it may. */
static void buffers(void **unused)
{
	CLEANUP_BUF struct buf whole = BUF_MAX(64 << 20), pieces = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;
	struct mailbox *m;
	uint64_t inbox;

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	for (size_t i = 0; i < 5; i++)
		put_mail(m, inbox, "a longer subject, so that there is something to be cut within");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	download(&f, 2, 0x7000, &whole);
	for (uint16_t size = 300; size < 700; size += 37) {
		(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
		download(&f, 2, size, &pieces);
		assert_int_equal(pieces.n, whole.n);
		assert_memory_equal(pieces.p, whole.p, whole.n);
	}
}

static bool says_tag(struct bytes stream, uint32_t tag)
{
	uint8_t head[4];

	put_le16(head, tag_type(tag));
	put_le16(head + 2, tag_id(tag));
	return memmem(stream.p, stream.n, head, 4) != NULL;
}

static void hierarchy(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;
	struct seen s;
	size_t before;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_IPM_SUBTREE), 1);
	q.synchronization_type = SYNC_TYPE_HIERARCHY;
	q.synchronization_flags = SYNC_UNICODE;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	download(&f, 2, 0x7000, &b);
	look(buf_bytes(&b), &s);
	state_of(buf_bytes(&b), &state);
	before = s.changes;
	assert_true(before >= 5);
	assert_int_equal(s.messages, 0);
	buf_free(&s.order);
	(void)fixture_create_folder(&f, 1, "New", 3);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, &state, true);
	download(&f, 2, 0x7000, &b);
	look(buf_bytes(&b), &s);
	/* MS-OXCFXICS_R1128 */
	assert_int_equal(s.changes, 1);
	assert_int_equal(s.deleted, 0);
	buf_free(&s.order);
	/* MS-OXCFXICS_R1095 */
	assert_true(says_tag(buf_bytes(&b), PidTagFolderId));
	assert_false(says_tag(buf_bytes(&b), PidTagParentFolderId));
	q.synchronization_flags = SYNC_UNICODE | SYNC_NO_FOREIGN_IDENTIFIERS;
	q.synchronization_extra_flags = 0;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, &state, true);
	download(&f, 2, 0x7000, &b);
	/* MS-OXCFXICS_R1097 */
	assert_true(says_tag(buf_bytes(&b), PidTagParentFolderId));
	assert_false(says_tag(buf_bytes(&b), PidTagFolderId));
}

static void give(enum mailbox_role role, uint32_t rights)
{
	struct mailbox *m = fixture_lock(&f, 0);
	uint64_t id = 0;

	assert_int_equal(folder_by_role(m, role, &id), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, id, MEMBER_DEFAULT, rights), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
}

static void folders_seen(struct sync_state *state, struct seen *s)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;

	q.synchronization_type = SYNC_TYPE_HIERARCHY;
	q.synchronization_flags = SYNC_UNICODE;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, state, true);
	download(&f, 2, 0x7000, &b);
	look(buf_bytes(&b), s);
	state_of(buf_bytes(&b), state);
	fixture_release(&f, 2);
	buf_free(&s->order);
}

/* Somebody who may see a few folders is told of these, and of what changes about that, though no folder changes. */
static void folders_of_another(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	struct rop_synchronization_configure_request q = everything;
	struct rop_get_local_replica_ids_request ids = { .id_count = 10 };
	struct seen s;

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	give(MAILBOX_INBOX, RIGHT_VISIBLE | RIGHT_READ_ANY);
	fixture_use(&f, bob);
	(void)fixture_logon(&f, 0, "alice");
	(void)fixture_ok(&f, ROP_GET_LOCAL_REPLICA_IDS, 0, &ids);
	ids.id_count = 65537;
	fixture_refused(&f, ROP_GET_LOCAL_REPLICA_IDS, 0, &ids, ecInvalidParam);
	/* The root can be opened, and there is nothing to be had in it. */
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_ROOT), 1);
	fixture_refused(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q, ecAccessDenied);
	folders_seen(&state, &s);
	assert_true(s.changes == 1 && s.deleted == 0);
	folders_seen(&state, &s);
	assert_true(s.changes == 0 && s.deleted == 0);
	give(MAILBOX_CALENDAR, RIGHT_VISIBLE);
	folders_seen(&state, &s);
	assert_true(s.changes == 1 && s.deleted == 0);
	give(MAILBOX_INBOX, 0);
	folders_seen(&state, &s);
	assert_true(s.changes == 0 && s.deleted == 1);
	folders_seen(&state, &s);
	assert_true(s.changes == 0 && s.deleted == 0);
	give(MAILBOX_INBOX, RIGHT_VISIBLE | RIGHT_READ_ANY);
	folders_seen(&state, &s);
	assert_true(s.changes == 1 && s.deleted == 0);
	give(MAILBOX_CALENDAR, 0);
	session_close(bob);
	fixture_use(&f, alice);
}

static void refusals(void **unused)
{
	struct rop_synchronization_configure_request q = everything;
	struct rop_synchronization_upload_state_stream_begin_request b = { .state_property = PidTagSubject };

	(void)unused;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	q.synchronization_type = 4;
	/* MS-OXCFXICS_R2695 */
	fixture_refused(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q, ecInvalidParam);
	q.synchronization_type = SYNC_TYPE_CONTENTS;
	q.synchronization_flags |= SYNC_RESERVED;
	/* MS-OXCFXICS_R2180 */
	fixture_refused(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q, 0x4B6);
	q = everything;
	fixture_refused(&f, ROP_SYNCHRONIZATION_CONFIGURE, 0, &q, 0x80040102);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	fixture_refused(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, 2, &b, ecInvalidParam);
	fixture_refused(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, 2, NULL, ecError);
}

/* What a stream says of a message ---------------------------------------------------------------------------------------------- */

/* Tags of the header of the first change, and of what is after it. */
struct message_tags {
	uint32_t head[16], body[256];
	size_t n_head, n_body;
	unsigned progress, per_message, fai_flags, normals;
};

static bool has_tag(const uint32_t *v, size_t n, uint32_t tag)
{
	for (size_t i = 0; i < n; i++)
		if (tag_id(v[i]) == tag_id(tag))
			return true;
	return false;
}

static void tags_of(struct bytes stream, struct message_tags *out)
{
	struct stream_reader r;
	unsigned changes = 0;
	bool in_head = false, in_progress = false;

	memset(out, 0, sizeof *out);
	reader_begin(&r, before_state(stream));
	while (reader_next(&r)) {
		if (r.e.kind == FT_MARKER) {
			in_head = r.e.marker == FT_INCR_SYNC_CHG;
			changes += in_head;
			out->progress += r.e.marker == FT_INCR_SYNC_PROGRESS_MODE;
			in_progress = r.e.marker == FT_INCR_SYNC_PROGRESS_PER_MESSAGE;
			out->per_message += in_progress;
		} else if (r.e.kind == FT_PROP && in_progress && r.e.prop.tag == 0x0000000B) {
			out->fai_flags += r.e.prop.value.p[0] != 0;
			out->normals += r.e.prop.value.p[0] == 0;
		} else if (r.e.kind == FT_PROP && changes == 1 && in_head && out->n_head < 16) {
			out->head[out->n_head++] = r.e.prop.tag;
		} else if (r.e.kind == FT_PROP && changes == 1 && r.lexer.depth <= 1 && out->n_body < 256) {
			out->body[out->n_body++] = r.e.prop.tag;
		}
	}
	reader_end(&r);
}

static void tags_with(uint16_t flags, uint32_t extra, struct message_tags *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;

	q.synchronization_flags = flags;
	q.synchronization_extra_flags = extra;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	download(&f, 2, 0x7000, &b);
	tags_of(buf_bytes(&b), out);
	fixture_release(&f, 2);
}

static void headers(void **unused)
{
	static const uint32_t fixed[] = { PidTagSourceKey, PidTagLastModificationTime, PidTagChangeKey, PidTagPredecessorChangeList, PidTagAssociated };
	const uint16_t plain = SYNC_UNICODE | SYNC_NORMAL;
	struct message_tags t, other;
	struct mailbox *m;
	uint64_t inbox;

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	(void)put_told(m, inbox, false);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	tags_with(plain, 0, &t);
	/* MS-OXCFXICS_R1352 */
	/* MS-OXCFXICS_R1353 */
	assert_int_equal(t.head[0], fixed[0]);
	/* MS-OXCFXICS_R1354 */
	/* MS-OXCFXICS_R1355 */
	assert_int_equal(t.head[1], fixed[1]);
	/* MS-OXCFXICS_R1356 */
	/* MS-OXCFXICS_R1357 */
	assert_int_equal(t.head[2], fixed[2]);
	/* MS-OXCFXICS_R1358 */
	/* MS-OXCFXICS_R1359 */
	assert_int_equal(t.head[3], fixed[3]);
	/* MS-OXCFXICS_R1360 */
	/* MS-OXCFXICS_R1361 */
	assert_int_equal(t.head[4], fixed[4]);
	/* MS-OXCFXICS_R716002 */
	/* MS-OXCFXICS_R718001 */
	/* MS-OXCFXICS_R2197 */
	assert_int_equal(t.n_head, 5);
	for (size_t i = 0; i < t.n_body; i++)
		/* MS-OXCFXICS_R3786 */
		assert_false(tag_id(t.body[i]) >= 0x6600 && tag_id(t.body[i]) <= 0x67FF);
	for (size_t i = 0; i < 4; i++)
		assert_false(has_tag(t.body, t.n_body, fixed[i]));
	assert_false(has_tag(t.body, t.n_body, PidTagOriginalEntryId));
	assert_true(has_tag(t.body, t.n_body, PidTagNormalizedSubject) || has_tag(t.body, t.n_body, PidTagSubject));
	/* Bits that nobody knows change nothing. */
	tags_with(plain, 0x10, &other);
	/* MS-OXCFXICS_R2730 */
	assert_memory_equal(&t, &other, sizeof t);
	tags_with(plain, SYNC_EID, &t);
	/* MS-OXCFXICS_R1363 */
	/* MS-OXCFXICS_R2761 */
	assert_true(t.n_head == 6 && t.head[5] == PidTagMid);
	tags_with(plain, SYNC_MESSAGE_SIZE, &t);
	/* MS-OXCFXICS_R1365 */
	/* MS-OXCFXICS_R2195 */
	assert_true(t.n_head == 6 && t.head[5] == PidTagMessageSize);
	tags_with(plain, SYNC_CN, &t);
	/* MS-OXCFXICS_R1367 */
	/* MS-OXCFXICS_R2196 */
	assert_true(t.n_head == 6 && t.head[5] == PidTagChangeNumber);
	/* MS-OXCFXICS_R1180 */
	/* MS-OXCFXICS_R2188 */
	assert_int_equal(t.progress, 0);
	/* MS-OXCFXICS_R1172 */
	assert_int_equal(t.per_message, 0);
}

static void kinds(void **unused)
{
	struct message_tags t;
	struct mailbox *m;
	uint64_t inbox, folder;

	(void)unused;
	begin(&m, &inbox);
	fixture_unlock(&f, 0);
	assert_true(id_to_counter(fixture_create_folder(&f, 1, "Kinds", 1), &folder));
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	(void)put_told(m, folder, false);
	(void)put_told(m, folder, false);
	(void)put_told(m, folder, true);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	tags_with(SYNC_UNICODE | SYNC_NORMAL | SYNC_FAI | SYNC_PROGRESS, 0, &t);
	/* MS-OXCFXICS_R1179 */
	assert_int_equal(t.progress, 1);
	/* MS-OXCFXICS_R1171 */
	assert_int_equal(t.per_message, 3);
	/* MS-OXCFXICS_R1382 */
	assert_int_equal(t.fai_flags, 1);
	/* MS-OXCFXICS_R1383 */
	assert_int_equal(t.normals, 2);
	tags_with(SYNC_UNICODE | SYNC_NORMAL | SYNC_PROGRESS, 0, &t);
	/* MS-OXCFXICS_R2173 */
	assert_int_equal(t.fai_flags, 0);
	/* MS-OXCFXICS_R2174 */
	assert_int_equal(t.normals, 2);
	tags_with(SYNC_UNICODE | SYNC_FAI | SYNC_PROGRESS, 0, &t);
	/* MS-OXCFXICS_R2172 */
	assert_int_equal(t.fai_flags, 1);
	/* MS-OXCFXICS_R2175 */
	assert_int_equal(t.normals, 0);
}

/* What the first message is given as, of what is listed or but for it. */
static void tags_filtered(uint16_t flags, uint32_t *tag, struct message_tags *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;

	q.synchronization_flags = flags;
	q.property_tags.n = 1;
	q.property_tags.v = tag;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	download(&f, 2, 0x7000, &b);
	tags_of(buf_bytes(&b), out);
	fixture_release(&f, 2);
}

static void specified(void **unused)
{
	const uint16_t normal = SYNC_UNICODE | SYNC_NORMAL, fai = SYNC_UNICODE | SYNC_FAI;
	uint32_t tag = PidTagMessageClass;
	struct message_tags t, other;
	struct mailbox *m;
	uint64_t inbox, folder;

	(void)unused;
	begin(&m, &inbox);
	fixture_unlock(&f, 0);
	assert_true(id_to_counter(fixture_create_folder(&f, 1, "Specified", 1), &folder));
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	(void)put_told(m, folder, false);
	(void)put_told(m, folder, true);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	tags_filtered(normal | SYNC_ONLY_SPECIFIED_PROPERTIES | SYNC_IGNORE_SPECIFIED_ON_FAI, &tag, &t);
	/* MS-OXCFXICS_R2646 */
	/* MS-OXCFXICS_R2183005 */
	assert_true(t.n_body == 1 && t.body[0] == PidTagMessageClass);
	tags_filtered(fai | SYNC_ONLY_SPECIFIED_PROPERTIES | SYNC_IGNORE_SPECIFIED_ON_FAI, &tag, &t);
	/* MS-OXCFXICS_R2183006 */
	assert_true(t.n_body > 3);
	tags_filtered(fai, &tag, &t);
	assert_false(has_tag(t.body, t.n_body, PidTagMessageClass));
	tags_filtered(fai | SYNC_IGNORE_SPECIFIED_ON_FAI, &tag, &other);
	/* MS-OXCFXICS_R218300301 */
	assert_memory_equal(&t, &other, sizeof t);
}

static void transfer_state(uint8_t from, struct buf *out)
{
	struct rop_synchronization_get_transfer_state_request q = { .output_handle_index = 8 };

	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_GET_TRANSFER_STATE, from, &q);
	download(&f, 8, 0x7000, out);
	fixture_release(&f, 8);
}

/* Until all is downloaded it is what the client brought. */
static void states(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20), before = BUF_MAX(1 << 20), during = BUF_MAX(1 << 20), after = BUF_MAX(1 << 20);
	struct rop_fast_transfer_source_get_buffer_request part = { .buffer_size = 300 };
	struct rop_synchronization_configure_request q = everything;
	struct rop_synchronization_upload_state_stream_begin_request begins = { .state_property = MetaTagIdsetGiven };
	struct rop_synchronization_upload_state_stream_continue_request wrong = { .stream_data = bytes_of("not a set of ids", 16) };
	struct mailbox *m;
	uint64_t inbox;

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	(void)put_mail(m, inbox, "something to be downloaded");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, &state, false);
	transfer_state(2, &before);
	/* MS-OXCFXICS_R3323 */
	assert_int_equal(le32(before.p), FT_INCR_SYNC_STATE_BEGIN);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, 2, &part);
	transfer_state(2, &during);
	/* MS-OXCFXICS_R3503 */
	assert_int_equal(during.n, before.n);
	assert_memory_equal(during.p, before.p, before.n);
	fixture_refused(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, 2, &begins, ecError);
	download(&f, 2, 0x7000, &b);
	transfer_state(2, &after);
	assert_true(after.n > before.n);
	/* MS-OXCFXICS_R2656 */
	assert_true(says_tag(buf_bytes(&after), 0x40170003));
	q.synchronization_type = SYNC_TYPE_HIERARCHY;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	/* MS-OXCFXICS_R2658 */
	begins.state_property = tag_make(tag_id(MetaTagIdsetGiven), PT_BINARY);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, 2, &begins);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, 2, &wrong);
	/* MS-OXCFXICS_R3391 */
	fixture_refused(&f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, 2, NULL, 0x4B6);
	download(&f, 2, 0x7000, &b);
	/* MS-OXCFXICS_R1209 */
	assert_false(says_tag(buf_bytes(&b), MetaTagCnsetSeenFAI));
	/* MS-OXCFXICS_R1211 */
	assert_false(says_tag(buf_bytes(&b), MetaTagCnsetRead));
}

static void left_out(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;
	struct mailbox *m;
	struct seen s;
	uint64_t inbox, ids[2];

	(void)unused;
	begin(&m, &inbox);
	assert_int_equal(mailbox_begin(m), 0);
	ids[0] = put_mail(m, inbox, "gone soon");
	ids[1] = put_mail(m, inbox, "read soon");
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	synchronise(&state, 0x7000, &s);
	buf_free(&s.order);
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_delete(m, ids[0], DELETE_SOFT), 0);
	assert_int_equal(message_set_read(m, ids[1], true), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	q.synchronization_flags = SYNC_UNICODE | SYNC_NORMAL | SYNC_NO_DELETIONS;
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, &state, false);
	download(&f, 2, 0x7000, &b);
	look(buf_bytes(&b), &s);
	/* MS-OXCFXICS_R1062 */
	/* MS-OXCFXICS_R2165 */
	assert_int_equal(s.deleted, 0);
	/* MS-OXCFXICS_R2166 */
	assert_int_equal(s.out_of_scope, 0);
	/* MS-OXCFXICS_R1193 */
	/* MS-OXCFXICS_R2171 */
	assert_int_equal(s.read + s.unread, 0);
	buf_free(&s.order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents),
		cmocka_unit_test(buffers),
		cmocka_unit_test(hierarchy),
		cmocka_unit_test(folders_of_another),
		cmocka_unit_test(refusals),
		cmocka_unit_test(headers),
		cmocka_unit_test(kinds),
		cmocka_unit_test(specified),
		cmocka_unit_test(states),
		cmocka_unit_test(left_out),
	};

	return FIXTURE_RUN(&f, tests);
}
