/* store/message: what is written is read, changed, moved, deleted and found again, on both engines. */
#include "mailboxes.h"

#include "base/utf16.h"
#include "rop/xid.h"

static struct mailbox *begin(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, "message");

	mailbox_ok(m, mailbox_begin(m));
	return m;
}

static void end(enum sql_engine e, struct mailbox *m)
{
	mailbox_close(m);
	engine_drop(e, "message");
}

/* All events of a message as text, so that two can be held side by side. */
struct telling {
	struct item_sink sink;
	const struct name_map *names;
	struct buf out;
	uint64_t large;
	uint32_t sum;
};

static void tell_bag(struct telling *t, const struct bag *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct prop *p = &b->v[i];
		const struct prop_name *name = name_map_name(t->names, prop_id(p));

		if (name)
			buf_printf(&t->out, " %02x/%x:%04x=", name->set.b[0], name->lid, prop_type(p));
		else
			buf_printf(&t->out, " %08x=", p->tag);
		prop_format(p, 1252, &t->out);
	}
	buf_add_str(&t->out, "\n");
}

static status tell_message(struct item_sink *s, const struct message_event *e)
{
	buf_printf(&((struct telling *)s)->out, "message%s%s", e->associated ? " associated" : "", e->embedded ? " embedded" : "");
	tell_bag((struct telling *)s, e->props);
	return ecNone;
}

static status tell_end(struct item_sink *s, struct item_result *r)
{
	buf_add_str(&((struct telling *)s)->out, "end\n");
	r->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status tell_recipient(struct item_sink *s, const struct bag *b)
{
	buf_add_str(&((struct telling *)s)->out, "recipient");
	tell_bag((struct telling *)s, b);
	return ecNone;
}

static status tell_attachment(struct item_sink *s, const struct attachment_event *e)
{
	buf_add_str(&((struct telling *)s)->out, "attachment");
	tell_bag((struct telling *)s, e->props);
	return ecNone;
}

static status tell_attachment_end(struct item_sink *s)
{
	buf_add_str(&((struct telling *)s)->out, "attachment end\n");
	return ecNone;
}

static status tell_value(struct item_sink *s, const struct prop *p)
{
	struct telling *t = (struct telling *)s;

	t->large = t->sum = 0;
	buf_printf(&t->out, "value %08x", p->tag);
	return ecNone;
}

static status tell_chunk(struct item_sink *s, struct bytes chunk)
{
	struct telling *t = (struct telling *)s;

	t->large += chunk.n;
	for (size_t i = 0; i < chunk.n; i++)
		t->sum = t->sum * 31 + chunk.p[i];
	return ecNone;
}

static status tell_value_end(struct item_sink *s, bool complete)
{
	struct telling *t = (struct telling *)s;

	buf_printf(&t->out, " %llu %08x %d\n", (unsigned long long)t->large, t->sum, complete);
	return ecNone;
}

static const struct item_sink_ops telling_ops = {
	.message_begin = tell_message,
	.message_end = tell_end,
	.recipient = tell_recipient,
	.attachment_begin = tell_attachment,
	.attachment_end = tell_attachment_end,
	.value_begin = tell_value,
	.value_chunk = tell_chunk,
	.value_end = tell_value_end,
};

static void telling_begin(struct telling *t, const struct name_map *names)
{
	*t = (struct telling){ .sink = { .ops = &telling_ops }, .names = names };
	buf_init(&t->out, (size_t)1 << 20);
}

/* A message with everything: a large value before small ones, recipients, attachments, messages in messages. */

#define LARGE_BYTES 200001u

static void large(struct item_sink *s, uint32_t tag, size_t n, unsigned start)
{
	struct prop p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = n };
	static uint8_t chunk[10000];

	for (size_t i = 0; i < sizeof chunk; i++)
		chunk[i] = (uint8_t)(1 + (start + i) % 200);
	assert_int_equal(item_value_begin(s, &p), 0);
	for (size_t at = 0; at < n; at += sizeof chunk)
		assert_int_equal(item_value_chunk(s, bytes_of(chunk, n - at < sizeof chunk ? n - at : sizeof chunk)), 0);
	assert_int_equal(item_value_end(s, true), 0);
}

static void add_large(struct bag *b, uint32_t tag, size_t n)
{
	assert_non_null(bag_append(b, &(struct prop){ .tag = tag, .flags = PROP_LARGE, .count = 1, .size = n }));
}

static void tell_story(struct item_sink *s, struct arena *arena, unsigned depth)
{
	struct item_result result = { .outcome = OUTCOME_FAILED };
	struct bag b = plain_mail(arena, depth ? "inner" : "outer"), r, a;

	bag_init(&r, arena);
	bag_init(&a, arena);
	assert_int_equal(bag_set_u32(&b, 0x81230003, 42), 0); /* named in the source's map */
	assert_int_equal(bag_set_u32(&b, 0x8FFF0003, 43), 0); /* not named */
	assert_non_null(bag_append(&b, &(struct prop){ .tag = 0x3FFF0003, .flags = PROP_ODD_SIZE, .count = 1, .value = bytes_of("ab", 2) }));
	/* At rest large values stand behind the others. */
	add_large(&b, 0x1013001F, LARGE_BYTES - 1);
	add_large(&b, 0x10090102, LARGE_BYTES);
	assert_int_equal(item_message_begin(s, &(struct message_event){ .props = &b, .embedded = depth > 0, .depth = depth }), 0);
	large(s, 0x1013001F, LARGE_BYTES - 1, depth);
	large(s, 0x10090102, LARGE_BYTES, depth + 1);
	assert_int_equal(bag_set_text(&r, PidTagDisplayName, "Grace"), 0);
	assert_int_equal(bag_set_u32(&r, 0x81230003, 44), 0);
	assert_int_equal(item_recipient(s, &r), 0);
	assert_int_equal(item_recipient(s, &r), 0);
	assert_int_equal(bag_set_text(&a, PidTagAttachLongFilename, "plan.pdf"), 0);
	add_large(&a, PidTagAttachDataBinary, LARGE_BYTES);
	assert_int_equal(item_attachment_begin(s, &(struct attachment_event){ .props = &a }), 0);
	large(s, PidTagAttachDataBinary, LARGE_BYTES, 99);
	assert_int_equal(item_attachment_end(s), 0);
	bag_init(&a, arena);
	assert_int_equal(bag_set_u32(&a, PidTagAttachNumber, 1), 0);
	assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE), 0);
	assert_int_equal(item_attachment_begin(s, &(struct attachment_event){ .props = &a }), 0);
	if (depth < 3)
		tell_story(s, arena, depth + 1);
	assert_int_equal(item_attachment_end(s), 0);
	assert_int_equal(item_message_end(s, &result), 0);
	assert_int_equal(result.outcome, OUTCOME_WRITTEN);
}

static struct name_map *source_names(void)
{
	struct name_map *names = name_map_new();
	struct prop_name name = { .set = { { 7 } }, .lid = 0x8205 };

	assert_non_null(names);
	assert_int_equal(name_map_add(names, 0x8123, &name), 0);
	return names;
}

static void everything_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct mailbox *m = begin(e);
	struct name_map *names = source_names();
	struct message_options options = { .names = names };
	struct prop_name other = { .set = { { 9 } }, .lid = 1 };
	struct message_writer *w = NULL;
	struct telling told, got;
	struct item_result result;
	uint64_t id = 0;

	/* The mailbox has another name under that id already. */
	mailbox_ok(m, mailbox_name_id(m, &other, &(uint16_t){ 0 }));
	telling_begin(&told, names);
	tell_story(&told.sink, &arena, 0);
	mailbox_ok(m, message_writer_new(m, role_folder(m, MAILBOX_INBOX), &options, &w));
	tell_story(message_writer_sink(w), &arena, 0);
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	m = open_mailbox(e, "message");
	telling_begin(&got, mailbox_names(m));
	mailbox_ok(m, message_emit(m, id, &got.sink, &result));
	/* The attachment's number comes first there; else the order is what it was. */
	assert_string_equal(buf_cstr(&got.out), buf_cstr(&told.out));
	struct message_info i = look_at(m, id, &arena);
	assert_true(i.has_attachments && !i.plain && !i.read);
	assert_true(i.size > 4 * 3 * LARGE_BYTES && i.size < 4 * 3 * LARGE_BYTES + 5000);
	buf_free(&told.out);
	buf_free(&got.out);
	name_map_free(names);
	end(e, m);
}

static void everything_comes_back(void **state)
{
	(void)state;
	on_each_engine(everything_on);
}

/* Columns -------------------------------------------------------------------------------------------------------------- */

static void columns_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	struct bag b = plain_mail(&arena, "\001\005RE: report");
	uint8_t index[30];
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof index; i++)
		index[i] = (uint8_t)(i + 1);
	assert_int_equal(bag_set_bool(&b, PidTagConversationIndexTracking, true), 0);
	assert_int_equal(bag_set_text(&b, PidTagInternetMessageId, "<a@b>"), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagSearchKey, bytes_of("key", 3)), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagConversationIndex, bytes_of(index, sizeof index)), 0);
	assert_int_equal(bag_set_u32(&b, PidTagImportance, 2), 0);
	assert_int_equal(bag_set_u64(&b, PidTagClientSubmitTime, UINT64_MAX), 0); /* later than anything can be */
	mailbox_ok(m, try_put(m, role_folder(m, MAILBOX_INBOX), &b, NULL, &id));
	struct message_info i = look_at(m, id, &arena);
	assert_string_equal(i.subject, "RE: report");
	assert_string_equal(i.topic, "report");
	assert_string_equal(i.sender, "Ada");
	assert_string_equal(i.to, "Grace");
	assert_string_equal(i.class_name, "IPM.Note");
	assert_string_equal(i.message_id, "<a@b>");
	assert_int_equal(i.importance, 2);
	assert_int_equal(i.received, TEST_NOW - 1000);
	assert_int_equal(i.submitted, INT64_MAX);
	assert_int_equal(i.modified, TEST_NOW);
	assert_true(bytes_equal(i.conversation, bytes_of(index + 6, 16)));
	assert_true(i.plain && !i.has_attachments && !i.read);
	/* Who has it? */
	uint64_t found = 0;
	mailbox_ok(m, message_by_search_key(m, bytes_of("key", 3), 0, &found));
	assert_int_equal(found, id);
	mailbox_ok(m, message_by_message_id(m, "<a@b>", id, &found));
	assert_int_equal(found, 0);
	mailbox_ok(m, message_by_fingerprint(m, i.fingerprint, 0, &found));
	assert_int_equal(found, id);
	i.fingerprint.hi++;
	mailbox_ok(m, message_by_fingerprint(m, i.fingerprint, 0, &found));
	assert_int_equal(found, 0);
	end(e, m);
}

/* PidTagConversationId of a message with that topic (NULL: none, nor a subject) and index. */
static struct bytes conversation(struct mailbox *m, const char *topic, bool tracking, struct bytes index, struct arena *arena)
{
	struct bag b;
	uint64_t id = 0;

	bag_init(&b, arena);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	if (topic)
		assert_int_equal(bag_set_text(&b, PidTagConversationTopic, topic), 0);
	assert_int_equal(bag_set_bool(&b, PidTagConversationIndexTracking, tracking), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagConversationIndex, index), 0);
	mailbox_ok(m, try_put(m, role_folder(m, MAILBOX_INBOX), &b, NULL, &id));
	return look_at(m, id, arena).conversation;
}

/* [MS-OXOMSG] 2.2.1.2 */
static void conversations_on(enum sql_engine e)
{
	/* MD5 of what is named, in UTF-16LE */
	static const uint8_t report[16] = { 0x50, 0xB3, 0x47, 0x85, 0xD7, 0x6F, 0x33, 0xFC, 0x6E, 0xA1, 0x2A, 0x42, 0xA9, 0x30, 0xAF, 0xEE }; /* REPORT */
	static const uint8_t summer[16] = { 0x92, 0x4A, 0x3F, 0xA1, 0xCB, 0xA1, 0xF8, 0xAB, 0xAB, 0x47, 0xDD, 0xB5, 0x19, 0x91, 0x70, 0xEB }; /* \u00C9T\u00C9 \u0416I */
	static const uint8_t nothing[16] = { 0xD4, 0x1D, 0x8C, 0xD9, 0x8F, 0x00, 0xB2, 0x04, 0xE9, 0x80, 0x09, 0x98, 0xEC, 0xF8, 0x42, 0x7E };
	static const uint8_t index[22] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 };
	static const uint8_t other[22] = { 2 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	char long_topic[301];

	assert_memory_equal(conversation(m, "report", true, bytes_of(index, sizeof index), &arena).p, index + 6, 16);
	assert_memory_equal(conversation(m, "report", false, bytes_of(index, sizeof index), &arena).p, report, 16);
	assert_memory_equal(conversation(m, "Report", true, bytes_of(index, sizeof index - 1), &arena).p, report, 16);
	assert_memory_equal(conversation(m, "REPORT", true, bytes_of(other, sizeof other), &arena).p, report, 16);
	assert_memory_equal(conversation(m, "\u00e9t\u00e9 \u0436i", false, bytes_of("", 0), &arena).p, summer, 16);
	assert_memory_equal(conversation(m, NULL, true, bytes_of("", 0), &arena).p, nothing, 16);
	/* The 255 first characters of it. */
	memset(long_topic, 'a', 300);
	long_topic[300] = '\0';
	struct bytes whole = conversation(m, long_topic, false, bytes_of("", 0), &arena);
	long_topic[255] = '\0';
	assert_true(bytes_equal(conversation(m, long_topic, false, bytes_of("", 0), &arena), whole));
	long_topic[254] = '\0';
	assert_false(bytes_equal(conversation(m, long_topic, false, bytes_of("", 0), &arena), whole));
	end(e, m);
}

static void conversations(void **state)
{
	(void)state;
	on_each_engine(conversations_on);
}

static void columns(void **state)
{
	(void)state;
	on_each_engine(columns_on);
}

/* Changing ------------------------------------------------------------------------------------------------------------- */

static uint64_t put_story(struct mailbox *m, struct arena *arena)
{
	struct name_map *names = source_names();
	struct message_options options = { .names = names };
	struct message_writer *w = NULL;
	uint64_t id = 0;

	mailbox_ok(m, message_writer_new(m, role_folder(m, MAILBOX_INBOX), &options, &w));
	tell_story(message_writer_sink(w), arena, 0);
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	name_map_free(names);
	return id;
}

static void tell_now(struct mailbox *m, uint64_t id, struct telling *t)
{
	struct item_result result;

	telling_begin(t, mailbox_names(m));
	mailbox_ok(m, message_emit(m, id, &t->sink, &result));
}

static void setting_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	static uint8_t big[100000];
	const uint16_t gone[] = { 0x1013, tag_id(PidTagBody) };
	struct mailbox *m = begin(e);
	uint64_t id = put_story(m, &arena), cn = look_at(m, id, &arena).cn, size = look_at(m, id, &arena).size;
	struct bag set, got;
	struct telling t;
	struct prop value;

	memset(big, 'b', sizeof big);
	bag_init(&set, &arena);
	bag_init(&got, &arena);
	assert_int_equal(bag_set_text(&set, PidTagSubject, "new"), 0);
	assert_int_equal(bag_set_bytes(&set, 0x3FFE0102, bytes_of(big, sizeof big)), 0);
	mailbox_ok(m, message_set(m, id, &set, gone, 2));
	struct message_info i = look_at(m, id, &arena);
	assert_string_equal(i.subject, "new");
	assert_true(i.cn > cn);
	assert_int_equal(i.modified, TEST_NOW);
	assert_in_range(i.size, size - LARGE_BYTES + sizeof big - 100, size - LARGE_BYTES + sizeof big + 200);
	mailbox_ok(m, message_props(m, id, &got));
	assert_null(bag_find(&got, 0x1013));
	assert_null(bag_find(&got, tag_id(PidTagBody)));
	assert_int_equal(bag_find(&got, 0x1009)->size, LARGE_BYTES);
	assert_int_equal(bag_find(&got, 0x1009)->flags & PROP_LARGE, PROP_LARGE);
	mailbox_ok(m, message_value(m, id, 0x3FFE, &arena, &value));
	assert_true(bytes_equal(value.value, bytes_of(big, sizeof big)));
	assert_int_equal(message_value(m, id, 0x1013, &arena, &value), ecNotFound);
	/* Recipients, attachments and what is in them are as they were. */
	tell_now(m, id, &t);
	assert_non_null(strstr(buf_cstr(&t.out), "plan.pdf"));
	const char *inner = strstr(buf_cstr(&t.out), "message embedded");
	assert_non_null(inner);
	assert_non_null(strstr(inner, "value 10090102 200001"));
	buf_free(&t.out);
	mailbox_ok(m, mailbox_commit(m));
	/* Again, over the large value that was set: nothing is left of it. */
	mailbox_ok(m, mailbox_begin(m));
	bag_init(&set, &arena);
	assert_int_equal(bag_set_bytes(&set, 0x3FFE0102, bytes_of("x", 1)), 0);
	mailbox_ok(m, message_set(m, id, &set, NULL, 0));
	mailbox_ok(m, message_value(m, id, 0x3FFE, &arena, &value));
	assert_int_equal(value.value.n, 1);
	assert_in_range(look_at(m, id, &arena).size, size - LARGE_BYTES - 100, size - LARGE_BYTES + 200);
	end(e, m);
}

static void setting(void **state)
{
	(void)state;
	on_each_engine(setting_on);
}

/* What is no content of the message: its version and the time stay. */
static void setting_aside_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct mailbox *m = begin(e);
	uint64_t id = put_story(m, &arena);
	struct message_info was = look_at(m, id, &arena), now;
	struct bag set, got;

	bag_init(&set, &arena);
	bag_init(&got, &arena);
	assert_int_equal(bag_set_u32(&set, PidTagMessageStatus, 0x1000), 0);
	mailbox_ok(m, message_set_aside(m, id, &set, NULL, 0));
	now = look_at(m, id, &arena);
	assert_int_equal(now.cn, was.cn);
	assert_int_equal(now.modified, was.modified);
	mailbox_ok(m, message_props(m, id, &got));
	assert_int_equal(bag_u32(&got, tag_id(PidTagMessageStatus), 0), 0x1000);
	/* Once it was read, it was read once, whatever is set. */
	mailbox_ok(m, message_set_read(m, id, true));
	mailbox_ok(m, message_set_read(m, id, false));
	mailbox_ok(m, message_set(m, id, &set, NULL, 0));
	now = look_at(m, id, &arena);
	assert_int_equal(now.flags & (MSGFLAG_READ | MSGFLAG_EVER_READ), MSGFLAG_EVER_READ);
	bag_init(&got, &arena);
	mailbox_ok(m, message_props(m, id, &got));
	assert_int_equal(bag_u32(&got, tag_id(PidTagMessageFlags), 0) & MSGFLAG_EVER_READ, MSGFLAG_EVER_READ);
	end(e, m);
}

static void setting_aside(void **state)
{
	(void)state;
	on_each_engine(setting_aside_on);
}

/* Large values where they stand, read from anywhere. */
struct places {
	struct item_sink sink;
	struct message_large v[64];
	size_t n, chunks;
};

static status on_place(struct item_sink *s, const struct prop *p, const struct message_large *where)
{
	struct places *t = (struct places *)s;

	assert_int_equal(p->size, where->size);
	assert_true(t->n < 64);
	t->v[t->n++] = *where;
	return ecNone;
}

static status on_piece(struct item_sink *s, struct bytes chunk)
{
	((struct places *)s)->chunks += chunk.n;
	return ecNone;
}

static void outline_on(enum sql_engine e)
{
	static const struct item_sink_ops ops = { .value_chunk = on_piece };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct mailbox *m = begin(e);
	uint64_t id = put_story(m, &arena);
	struct places t = { .sink = { .ops = &ops } };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	static uint8_t whole[LARGE_BYTES], part[70000];
	size_t got = 0;

	mailbox_ok(m, message_outline(m, id, &t.sink, on_place, &result));
	assert_true(t.n > 3);
	assert_int_equal(t.chunks, 0);
	mailbox_ok(m, message_large_read(m, &t.v[0], 0, whole, sizeof whole, &got));
	assert_int_equal(got, t.v[0].size);
	mailbox_ok(m, message_large_read(m, &t.v[0], 65500, part, sizeof part, &got));
	assert_int_equal(got, sizeof part);
	assert_memory_equal(part, whole + 65500, sizeof part);
	mailbox_ok(m, message_large_read(m, &t.v[0], t.v[0].size - 3, part, sizeof part, &got));
	assert_int_equal(got, 3);
	mailbox_ok(m, message_large_read(m, &t.v[0], t.v[0].size, part, sizeof part, &got));
	assert_int_equal(got, 0);
	mailbox_ok(m, message_delete(m, id, DELETE_HARD));
	assert_int_equal(message_large_read(m, &t.v[0], 0, part, sizeof part, &got), ecNotFound);
	end(e, m);
}

static void outline(void **state)
{
	(void)state;
	on_each_engine(outline_on);
}

/* Versions [MS-OXCFXICS] 3.1.5.3: kept when given, raised by a change, and the one before is among the predecessors. */
static void versions_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	struct xid foreign = { .space = { { 5 } }, .n = 6, .local = { 0, 0, 0, 0, 0, 9 } };
	CLEANUP_BUF struct buf key = BUF_MAX(100), list = BUF_MAX(1000);
	struct pcl pcl = { .n = 0 };
	struct bag b = plain_mail(&arena, "a"), set;
	uint64_t id = 0, moved = 0;

	xid_encode(&foreign, &key);
	assert_int_equal(pcl_add(&pcl, &foreign, &arena), 0);
	pcl_encode(&pcl, &list);
	struct message_options options = { .change_key = buf_bytes(&key), .predecessors = buf_bytes(&list) };
	mailbox_ok(m, try_put(m, role_folder(m, MAILBOX_INBOX), &b, &options, &id));
	assert_true(bytes_equal(look_at(m, id, &arena).change_key, buf_bytes(&key)));
	mailbox_ok(m, message_move(m, id, role_folder(m, MAILBOX_DRAFTS), &moved));
	assert_true(moved != id);
	assert_true(bytes_equal(look_at(m, moved, &arena).change_key, buf_bytes(&key)));
	bag_init(&set, &arena);
	assert_int_equal(bag_set_u32(&set, PidTagImportance, 0), 0);
	mailbox_ok(m, message_set(m, moved, &set, NULL, 0));
	struct message_info i = look_at(m, moved, &arena);
	assert_int_equal(i.change_key.n, 0);
	assert_int_equal(pcl_decode(i.predecessors, &arena, &pcl, NULL), 0);
	assert_int_equal(pcl.n, 2);
	assert_true(pcl_contains(&pcl, &foreign));
	struct xid ours = xid_of_globcnt(&mailbox_identity(m)->replica, i.cn);
	assert_true(pcl_contains(&pcl, &ours));
	/* One that was only ever changed here says nothing of its own: it follows from the change number. */
	id = put_mail(m, role_folder(m, MAILBOX_INBOX), "b");
	mailbox_ok(m, message_set(m, id, &set, NULL, 0));
	i = look_at(m, id, &arena);
	assert_int_equal(i.change_key.n + i.predecessors.n, 0);
	end(e, m);
}

static void versions(void **state)
{
	(void)state;
	on_each_engine(versions_on);
}

static void read_state_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	uint64_t id = put_mail(m, role_folder(m, MAILBOX_INBOX), "a"), cn = look_at(m, id, &arena).cn;
	struct bag got;

	mailbox_ok(m, message_set_read(m, id, false));
	assert_int_equal(look_at(m, id, &arena).read_cn, 0);
	mailbox_ok(m, message_set_read(m, id, true));
	struct message_info i = look_at(m, id, &arena);
	assert_true(i.read && i.read_cn > cn);
	assert_int_equal(i.cn, cn);
	bag_init(&got, &arena);
	mailbox_ok(m, message_props(m, id, &got));
	assert_int_equal(bag_u32(&got, tag_id(PidTagMessageFlags), 0) & MSGFLAG_READ, MSGFLAG_READ);
	end(e, m);
}

static void read_state(void **state)
{
	(void)state;
	on_each_engine(read_state_on);
}

/* Deleting --------------------------------------------------------------------------------------------------------------- */

static void deleting_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct mailbox *m = begin(e);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id = put_story(m, &arena), next = 0, moved = 0;
	struct telling before, after;

	tell_now(m, id, &before);
	mailbox_ok(m, message_delete(m, id, DELETE_SOFT));
	assert_int_equal(message_delete(m, id, DELETE_SOFT), ecNotFound);
	assert_int_equal(message_move(m, id, inbox, &moved), ecNotFound);
	mailbox_ok(m, message_next(m, inbox, false, false, 0, &next));
	assert_int_equal(next, 0);
	mailbox_ok(m, message_next(m, inbox, false, true, 0, &next));
	assert_int_equal(next, id);
	mailbox_ok(m, message_restore(m, id, role_folder(m, MAILBOX_DRAFTS)));
	assert_int_equal(message_restore(m, id, 0), ecNotFound);
	assert_int_equal(look_at(m, id, &arena).folder, role_folder(m, MAILBOX_DRAFTS));
	tell_now(m, id, &after);
	assert_string_equal(buf_cstr(&before.out), buf_cstr(&after.out));
	mailbox_ok(m, message_delete(m, id, DELETE_HARD));
	assert_int_equal(message_info(m, id, &arena, &(struct message_info){ .id = 0 }), ecNotFound);
	assert_int_equal(message_delete(m, id, DELETE_HARD), ecNotFound);
	assert_int_equal(message_restore(m, id, 0), ecNotFound);
	mailbox_ok(m, mailbox_commit(m));
	buf_free(&before.out);
	buf_free(&after.out);
	end(e, m);
}

static void deleting(void **state)
{
	(void)state;
	on_each_engine(deleting_on);
}

/* What cannot be ---------------------------------------------------------------------------------------------------------- */

static void misplaced_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = begin(e);
	struct bag b = plain_mail(&arena, "a"), none;
	struct item_result result;
	struct message_writer *w = NULL;
	uint64_t id = 0;

	bag_init(&none, &arena);
	assert_int_equal(try_put(m, 4711, &b, NULL, &id), ecNotFound);
	mailbox_ok(m, message_writer_new(m, role_folder(m, MAILBOX_INBOX), NULL, &w));
	struct item_sink *s = message_writer_sink(w);
	assert_int_equal(message_writer_finish(w, &id), ecInvalidParam);
	mailbox_ok(m, item_message_begin(s, &(struct message_event){ .props = &b }));
	mailbox_ok(m, item_message_begin(s, &(struct message_event){ .props = &b, .embedded = true }));
	mailbox_ok(m, item_message_end(s, &result));
	mailbox_ok(m, item_message_end(s, &result));
	assert_int_equal(result.outcome, OUTCOME_FAILED);
	assert_non_null(strstr(result.why.text, "embedded message"));
	assert_int_equal(message_writer_finish(w, &id), ecInvalidParam);
	/* The writer is as good as new for the next. */
	message_writer_again(w, role_folder(m, MAILBOX_INBOX), &(struct message_options){ .associated = true });
	mailbox_ok(m, item_message_begin(s, &(struct message_event){ .props = &b, .associated = true }));
	mailbox_ok(m, item_message_end(s, &result));
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	assert_true(look_at(m, id, &arena).associated);
	assert_int_equal(look_at_folder(m, role_folder(m, MAILBOX_INBOX), &arena).associated, 1);
	end(e, m);
}

static void misplaced(void **state)
{
	(void)state;
	on_each_engine(misplaced_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back), cmocka_unit_test(columns),   cmocka_unit_test(setting),
		cmocka_unit_test(conversations),
		cmocka_unit_test(versions),		 cmocka_unit_test(read_state), cmocka_unit_test(deleting),
		cmocka_unit_test(misplaced),		 cmocka_unit_test(setting_aside), cmocka_unit_test(outline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
