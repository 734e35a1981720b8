/* Synchronisation in part: of a message that a client has, no more than what is another ([MS-OXCFXICS] 2.2.4.3.15). */
#include "sync_fixture.h"

#include "mapi/propset.h"
#include "rop/property_group.h"
#include "store/message_groups.h"

/* What a stream says of its last message: in part or whole, and in which group each property of it stands. */
struct told {
	unsigned full, partial;
	uint32_t head[16], mapping_number;
	size_t n_head;
	struct property_group_info mapping;
	uint32_t tag[64], group[64];
	size_t n;
	unsigned empty, del_recipients, del_attachments, recipients, attachments;
	uint32_t order[32]; /* markers, and what introduces groups */
	size_t n_order;
};

static struct arena mappings = ARENA_BUDGET(1 << 20);

static void note(struct told *t, uint32_t what)
{
	assert_true(t->n_order < 32);
	t->order[t->n_order++] = what;
}

static void on_told_marker(struct told *t, uint32_t marker, bool *in_head)
{
	if (marker == FT_INCR_SYNC_GROUP_INFO || marker == FT_INCR_SYNC_CHG)
		t->n = t->n_head = t->n_order = 0;
	t->full += marker == FT_INCR_SYNC_CHG;
	t->partial += marker == FT_INCR_SYNC_CHG_PARTIAL;
	t->recipients += marker == FT_START_RECIP;
	t->attachments += marker == FT_NEW_ATTACH;
	if (marker == FT_INCR_SYNC_CHG || marker == FT_INCR_SYNC_CHG_PARTIAL)
		*in_head = true;
	if (marker == FT_INCR_SYNC_MESSAGE)
		*in_head = false;
	note(t, marker);
}

static void on_told_prop(struct told *t, const struct prop *p, uint32_t *group, bool *in_head)
{
	struct reason why = { "" };

	if (p->tag == PROPERTY_GROUP_INFO_TAG) {
		const uint8_t *copy = arena_memdup(&mappings, p->value.p, p->value.n);

		if (property_group_decode(bytes_of(copy, p->value.n), &mappings, &t->mapping, &why))
			fail_msg("%s", why.text);
	} else if (p->tag == PROPERTY_GROUP_MAPPING_TAG) {
		t->mapping_number = le32(p->value.p);
		note(t, p->tag);
	} else if (p->tag == PROPERTY_GROUP_INDEX_TAG) {
		*in_head = false;
		*group = le32(p->value.p);
		note(t, p->tag);
	} else if (p->tag == 0x40160003) {
		t->del_recipients += le32(p->value.p) == PidTagMessageRecipients;
		t->del_attachments += le32(p->value.p) == PidTagMessageAttachments;
	} else if (*in_head) {
		assert_true(t->n_head < 16);
		t->head[t->n_head++] = p->tag;
	} else if (p->tag == PROPERTY_GROUP_EMPTY_TAG) {
		assert_int_equal(le32(p->value.p), 0);
		t->empty++;
	} else {
		assert_true(t->n < 64);
		t->tag[t->n] = p->tag;
		t->group[t->n++] = *group;
	}
}

static void read_told(struct bytes stream, struct told *t)
{
	struct stream_reader r;
	uint32_t group = 0;
	bool in_head = false;

	memset(t, 0, sizeof *t);
	reader_begin(&r, before_state(stream));
	while (reader_next(&r)) {
		if (r.e.kind == FT_MARKER)
			on_told_marker(t, r.e.marker, &in_head);
		else if (r.e.kind == FT_PROP && !r.lexer.depth)
			on_told_prop(t, &r.e.prop, &group, &in_head);
	}
	reader_end(&r);
}

/* What the client is given since that state, and how many bytes these are. */
static size_t given(struct rop_synchronization_configure_request *q, struct sync_state *state, struct told *t)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);

	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, q);
	upload_state(&f, 2, state, false);
	download(&f, 2, 0x7000, &b);
	read_told(buf_bytes(&b), t);
	state_of(buf_bytes(&b), state);
	fixture_release(&f, 2);
	return b.n;
}

static struct rop_synchronization_configure_request in_part(void)
{
	struct rop_synchronization_configure_request q = everything;

	q.send_options |= SEND_PARTIAL_ITEM;
	return q;
}

static bool says(const struct told *t, uint32_t tag, uint32_t group)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tag[i] == tag && t->group[i] == group)
			return true;
	return false;
}

static bool mentions(const struct told *t, uint32_t tag)
{
	for (size_t i = 0; i < t->n; i++)
		if (tag_id(t->tag[i]) == tag_id(tag))
			return true;
	return false;
}

/* A message with a body, a recipient and an attachment, too large to be sent for nothing; `byte` is in the attachment. */
static uint64_t put_heavy(struct mailbox *m, uint64_t folder, const struct message_options *o, const char *who, uint8_t byte)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(16 << 20);
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	char *text = arena_alloc(&arena, 60001);
	uint8_t *data = arena_alloc(&arena, 300000);
	struct bag b = plain_mail(&arena, "heavy"), recipient, attachment;
	struct message_writer *w = NULL;
	uint64_t id = 0;

	assert_true(text && data);
	memset(text, 'b', 60000);
	text[60000] = '\0';
	memset(data, byte, 300000);
	assert_int_equal(bag_set_bytes(&b, PidTagHtml, bytes_of(text, 60000)), 0);
	bag_init(&recipient, &arena);
	bag_init(&attachment, &arena);
	assert_int_equal(bag_set_text(&recipient, PidTagDisplayName, who), 0);
	assert_int_equal(bag_set_u32(&attachment, PidTagAttachNumber, 0), 0);
	mailbox_ok(m, message_writer_new(m, folder, o, &w));
	struct item_sink *sink = message_writer_sink(w);
	mailbox_ok(m, item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100, .associated = o->associated }));
	mailbox_ok(m, item_recipient(sink, &recipient));
	mailbox_ok(m, item_attachment_begin(sink, &(struct attachment_event){ .props = &attachment }));
	const struct prop large = { .tag = PidTagAttachDataBinary, .count = 1, .flags = PROP_LARGE, .size = 300000 };
	mailbox_ok(m, item_value_begin(sink, &large));
	for (size_t at = 0; at < 300000; at += 50000)
		mailbox_ok(m, item_value_chunk(sink, bytes_of(data + at, 50000)));
	mailbox_ok(m, item_value_end(sink, true));
	mailbox_ok(m, item_attachment_end(sink));
	mailbox_ok(m, item_message_end(sink, &result));
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	return id;
}

/* A folder of its own, open in slot 1, with one message in it that the client has. */
static uint64_t one_heavy(const char *name, bool associated, struct sync_state *state)
{
	struct told t;
	struct mailbox *m;
	uint64_t inbox, folder, id;

	begin(&m, &inbox);
	fixture_unlock(&f, 0);
	assert_true(id_to_counter(fixture_create_folder(&f, 1, name, 1), &folder));
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	id = put_heavy(m, folder, &(struct message_options){ .associated = associated }, "Grace", 7);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	struct rop_synchronization_configure_request q = in_part();
	assert_true(given(&q, state, &t) > 360000);
	/* MS-OXCFXICS_R1136 */
	assert_true(t.full == 1 && t.partial == 0);
	return id;
}

static void set_and_remove(uint64_t id, uint32_t set, uint32_t remove)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fixture_lock(&f, 0);
	uint16_t gone = tag_id(remove);
	struct bag b;

	bag_init(&b, &arena);
	if (set && tag_type(set) == PT_UNICODE)
		assert_int_equal(bag_set_text(&b, set, "another"), 0);
	else if (set)
		assert_int_equal(bag_set_u32(&b, set, 2), 0);
	assert_int_equal(mailbox_begin(m), 0);
	mailbox_ok(m, message_set(m, id, &b, &gone, remove != 0));
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
}

static void a_flag(void **unused)
{
	static const uint32_t order[] = { FT_INCR_SYNC_GROUP_INFO, PROPERTY_GROUP_MAPPING_TAG, FT_INCR_SYNC_CHG_PARTIAL, PROPERTY_GROUP_INDEX_TAG,
					  PROPERTY_GROUP_INDEX_TAG };
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000), other = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part(), plain = everything;
	uint64_t id = one_heavy("Flag", false, &state);
	struct told t;

	(void)unused;
	set_and_remove(id, PidTagFlagStatus, 0);
	assert_int_equal(sync_state_copy(&state, &other), 0);
	/* MS-OXCFXICS_R1153 */
	assert_true(given(&q, &state, &t) < 3000);
	/* MS-OXCFXICS_R3305001 */
	assert_true(t.partial == 1 && t.full == 0);
	assert_int_equal(t.n_order, sizeof order / sizeof *order);
	assert_memory_equal(t.order, order, sizeof order);
	/* MS-OXCFXICS_R1120 */
	/* MS-OXCFXICS_R1122 */
	/* MS-OXCFXICS_R1117 */
	/* MS-OXCFXICS_R3306 */
	assert_int_equal(t.mapping.group_id, t.mapping_number);
	/* MS-OXCFXICS_R1352 */
	assert_int_equal(t.head[0], PidTagSourceKey);
	assert_int_equal(t.n_head, 8);
	/* MS-OXCFXICS_R1042 */
	assert_int_equal(property_group_find(&t.mapping, tag_id(PidTagFlagStatus), NULL), GROUP_FLAG);
	assert_true(says(&t, PidTagFlagStatus, GROUP_FLAG));
	assert_true(says(&t, PidTagMessageFlags, GROUP_STATE));
	/* MS-OXCFXICS_R1154 */
	assert_false(mentions(&t, PidTagHtml) || mentions(&t, PidTagSubject) || mentions(&t, PidTagBody));
	assert_int_equal(t.recipients + t.attachments + t.del_recipients + t.del_attachments, 0);
	assert_int_equal(t.empty, 0);
	/* Who does not ask is given all of it. */
	assert_true(given(&plain, &other, &t) > 360000);
	/* MS-OXCFXICS_R1135 */
	assert_true(t.partial == 0 && t.full == 1 && t.attachments == 1 && t.recipients == 1);
	/* Both have the same now. */
	given(&q, &state, &t);
	assert_int_equal(t.partial + t.full, 0);
	assert_true(sync_state_equal(&state, &other));
}

static void gone(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Gone", false, &state);
	struct told t;

	(void)unused;
	set_and_remove(id, PidTagFlagStatus, 0);
	set_and_remove(id, 0, PidTagFlagStatus);
	(void)given(&q, &state, &t);
	/* MS-OXCFXICS_R1370 */
	/* MS-OXCFXICS_R1371 */
	assert_true(t.partial == 1 && t.empty == 1);
	assert_false(mentions(&t, PidTagFlagStatus));
	/* What has no group can be told of, but not that it is gone. */
	set_and_remove(id, PidTagInternetReferences, 0);
	(void)given(&q, &state, &t);
	assert_int_equal(t.partial, 1);
	/* MS-OXCFXICS_R3310 */
	assert_true(says(&t, PidTagInternetReferences, PROPERTY_GROUP_NONE));
	assert_true(says(&t, PidTagSenderName, PROPERTY_GROUP_NONE));
	assert_false(mentions(&t, PidTagHtml));
	set_and_remove(id, 0, PidTagInternetReferences);
	(void)given(&q, &state, &t);
	assert_true(t.partial == 0 && t.full == 1);
}

static void body_alone(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Body", false, &state);
	uint32_t filter = PidTagHtml;
	struct told t;

	(void)unused;
	set_and_remove(id, PidTagBody, 0);
	q.property_tags.n = 1;
	q.property_tags.v = &filter;
	assert_true(given(&q, &state, &t) < 3000);
	assert_true(t.partial == 1 && t.attachments == 0);
	assert_true(says(&t, PidTagBody, GROUP_BODY));
	/* What the client does not want it is not given here either. */
	assert_false(mentions(&t, PidTagHtml));
}

static void write_anew(uint64_t id, const char *who, uint8_t byte)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fixture_lock(&f, 0);
	struct message_info info = look_at(m, id, &arena);

	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(put_heavy(m, info.folder, &(struct message_options){ .replaces = id }, who, byte), id);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
}

/* Recipients and attachments come after the groups, and replace what there is; those that are the same do not come. */
static void children(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Children", false, &state);
	struct told t;

	(void)unused;
	write_anew(id, "Edsger", 7);
	assert_true(given(&q, &state, &t) < 3000);
	assert_int_equal(t.partial, 1);
	assert_true(t.recipients == 1 && t.del_recipients == 1);
	assert_true(t.attachments == 0 && t.del_attachments == 0);
	write_anew(id, "Edsger", 8);
	size_t n = given(&q, &state, &t);
	assert_true(n > 300000 && n < 310000);
	assert_int_equal(t.partial, 1);
	assert_true(t.recipients == 0 && t.del_recipients == 0);
	assert_true(t.attachments == 1 && t.del_attachments == 1);
	assert_int_equal(t.order[t.n_order - 2], FT_NEW_ATTACH);
	write_anew(id, "Edsger", 8);
	/* Written anew, and nothing is another. */
	assert_true(given(&q, &state, &t) < 3000);
	assert_true(t.partial == 1 && t.recipients + t.attachments == 0);
}

/* In buffers of any size it is the same. */
static void cut_anywhere(void **unused)
{
	CLEANUP_BUF struct buf all = BUF_MAX(1 << 20), pieces = BUF_MAX(1 << 20);
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Cut", false, &state);

	(void)unused;
	set_and_remove(id, PidTagFlagStatus, 0);
	write_anew(id, "Edsger", 7);
	for (uint16_t size = 0x7000; size > 300; size = (uint16_t)(size / 3 + 101)) {
		(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
		upload_state(&f, 2, &state, false);
		download(&f, 2, size, all.n ? &pieces : &all);
		fixture_release(&f, 2);
		if (!pieces.n)
			continue;
		assert_int_equal(pieces.n, all.n);
		assert_memory_equal(pieces.p, all.p, all.n);
		if (size < 400)
			return;
	}
}

/* Read and another at once: the message is among those that changed, and says that it was read. */
static void read_too(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Read", false, &state);
	struct mailbox *m;
	struct stream_reader r;
	uint32_t flags = 0;

	(void)unused;
	set_and_remove(id, PidTagFlagStatus, 0);
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_set_read(m, id, true), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, &state, false);
	download(&f, 2, 0x7000, &b);
	reader_begin(&r, before_state(buf_bytes(&b)));
	while (reader_next(&r))
		if (r.e.kind == FT_PROP && r.e.prop.tag == PidTagMessageFlags)
			flags = le32(r.e.prop.value.p);
	reader_end(&r);
	assert_true(flags & MSGFLAG_READ);
}

static void whole(void **unused)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000), none = SYNC_STATE_MAX(1000);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Associated", true, &state);
	struct told t;

	(void)unused;
	set_and_remove(id, PidTagFlagStatus, 0);
	(void)given(&q, &state, &t);
	/* MS-OXCFXICS_R1137 */
	assert_true(t.partial == 0 && t.full == 1);
	id = one_heavy("Whole", false, &state);
	set_and_remove(id, PidTagFlagStatus, 0);
	/* A client that has nothing. */
	(void)given(&q, &none, &t);
	assert_true(t.partial == 0 && t.full == 1);
}

/* Through the ROPs that an online client uses: categories, by their name. */
static void categories(void **unused)
{
	static const uint8_t keywords[] = { 'K', 0, 'e', 0, 'y', 0, 'w', 0, 'o', 0, 'r', 0, 'd', 0, 's', 0 };
	static const uint8_t red[] = { 'R', 0, 'e', 0, 'd', 0 };
	const struct prop_name name = { .set = PS_PUBLIC_STRINGS, .by_string = true, .string = bytes_of(keywords, sizeof keywords) };
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(1000);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct rop_synchronization_configure_request q = in_part();
	uint64_t id = one_heavy("Categories", false, &state);
	struct mailbox *m = fixture_lock(&f, 0);
	struct bytes value = bytes_of(red, sizeof red);
	uint16_t named = 0;
	struct told t;
	struct bag b;

	(void)unused;
	bag_init(&b, &arena);
	assert_int_equal(mailbox_begin(m), 0);
	mailbox_ok(m, mailbox_name_id(m, &name, &named));
	const struct prop p = { .tag = tag_make(named, PT_MV_UNICODE), .count = 1, .values = &value };
	assert_int_equal(bag_copy(&b, &p), 0);
	mailbox_ok(m, message_set(m, id, &b, NULL, 0));
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	(void)given(&q, &state, &t);
	assert_int_equal(t.partial, 1);
	assert_int_equal(property_group_find(&t.mapping, named, &name), GROUP_CATEGORIES);
	assert_true(says(&t, p.tag, GROUP_CATEGORIES));
	assert_false(mentions(&t, PidTagHtml));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flag),   cmocka_unit_test(gone),  cmocka_unit_test(body_alone),
		cmocka_unit_test(read_too), cmocka_unit_test(whole), cmocka_unit_test(categories),
		cmocka_unit_test(children), cmocka_unit_test(cut_anywhere),
	};

	int failed = FIXTURE_RUN(&f, tests);

	arena_free(&mappings);
	return failed;
}
