/*
 * store/message_groups: a client that is given no more of a message than the groups that it is said to need has all of it,
 * whatever happened between.
 */
#include "steps.h"

#include "mapi/propset.h"
#include "store/changes.h"
#include "store/changes_import.h"
#include "store/message_groups.h"

#define NAME "changes_groups_test"
#define MOST 2048
#define RANGES ((size_t)1 << 14)

static uint64_t random_state;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(random_state >> 33) % n;
}

/* Properties of every group, and of none; those that have no id before the mailbox gives one. */
static const uint32_t tags[] = { PidTagIconIndex, PidTagFlagStatus, PidTagImportance, PidTagConversationTopic, PidTagBody, PidTagDisplayCc,
				 PidTagInternetMessageId, PidTagSenderName, PidTagMessageStatus };
static const uint8_t keywords_text[] = { 'K', 0, 'e', 0, 'y', 0, 'w', 0, 'o', 0, 'r', 0, 'd', 0, 's', 0 };

#define PROPS (sizeof tags / sizeof *tags + 3)

static uint32_t tag_of(struct mailbox *m, unsigned i)
{
	struct prop_name names[] = { { .set = PSETID_Common, .lid = 0x8530 },
				     { .set = PS_PUBLIC_STRINGS, .by_string = true, .string = bytes_of(keywords_text, sizeof keywords_text) },
				     { .set = PSETID_Common, .lid = 0x8552 } };
	uint16_t id = 0;

	if (i < sizeof tags / sizeof *tags)
		return tags[i];
	mailbox_ok(m, mailbox_name_id(m, &names[i - sizeof tags / sizeof *tags], &id));
	return tag_make(id, PT_UNICODE);
}

static void some_value(struct bag *b, uint32_t tag)
{
	char text[32];

	(void)snprintf(text, sizeof text, "value %u", below(1000000));
	if (tag_type(tag) == PT_UNICODE)
		assert_int_equal(bag_set_text(b, tag, text), 0);
	else
		assert_int_equal(bag_set_u32(b, tag, below(1000000)), 0);
}

/* A client's copy ------------------------------------------------------------------------------------------------------ */

struct copy {
	uint64_t id;
	struct arena arena;
	struct bag bag;
};

struct client {
	struct sync_state state;
	struct copy v[MOST];
	size_t n;
	unsigned whole, partial; /* changes that came */
};

static struct copy *find_copy(struct client *k, uint64_t id)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].id == id)
			return &k->v[i];
	return NULL;
}

static void drop_copy(struct client *k, uint64_t id)
{
	struct copy *c = find_copy(k, id);

	if (!c)
		return;
	arena_free(&c->arena);
	*c = k->v[--k->n];
	/* Bags point at their arenas. */
	c->bag.arena = &c->arena;
}

static struct client *client_new(void)
{
	struct client *k = calloc(1, sizeof *k);

	assert_non_null(k);
	sync_state_init(&k->state, RANGES);
	return k;
}

static void client_free(struct client *k)
{
	while (k->n)
		drop_copy(k, k->v[0].id);
	sync_state_free(&k->state);
	free(k);
}

static enum message_group group_of(struct mailbox *m, uint32_t tag)
{
	uint16_t id = tag_id(tag);

	return message_group_of(tag, id >= NAMED_ID_FIRST ? name_map_name(mailbox_names(m), id) : NULL);
}

static void props_of(struct mailbox *m, uint64_t id, struct arena *arena, struct bag *out)
{
	bag_init(out, arena);
	mailbox_ok(m, message_props(m, id, out));
}

static void keep_prop(struct bag *b, const struct prop *p)
{
	bag_remove(b, prop_id(p));
	assert_int_equal(bag_copy(b, p), 0);
}

/* As a client takes a group: what is missing in it is gone, of what is in none nothing is known to be gone. */
static void take_groups(struct mailbox *m, struct copy *c, const struct bag *now, uint32_t groups)
{
	for (size_t i = c->bag.n; i-- > 0;) {
		enum message_group g = group_of(m, c->bag.v[i].tag);

		if (g < GROUPS_TOLD && groups & 1u << g && !bag_find(now, prop_id(&c->bag.v[i])))
			bag_remove(&c->bag, prop_id(&c->bag.v[i]));
	}
	for (size_t i = 0; i < now->n; i++) {
		enum message_group g = group_of(m, now->v[i].tag);

		if (g < GROUPS_ALL && groups & 1u << g)
			keep_prop(&c->bag, &now->v[i]);
	}
}

static void take_change(struct mailbox *m, struct client *k, const struct changes *changes, const struct change *change)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_info info;
	struct copy *c = find_copy(k, change->id);
	struct bag now;
	uint32_t groups;

	if (message_info(m, change->id, &arena, &info))
		return;
	groups = changes_groups(changes, change, &info);
	props_of(m, change->id, &arena, &now);
	if (groups) {
		assert_non_null(c);
		k->partial++;
		take_groups(m, c, &now, groups);
		return;
	}
	k->whole++;
	drop_copy(k, change->id);
	assert_true(k->n < MOST);
	c = &k->v[k->n++];
	*c = (struct copy){ .id = change->id, .arena = ARENA_BUDGET(1 << 24) };
	bag_init(&c->bag, &c->arena);
	for (size_t i = 0; i < now.n; i++)
		keep_prop(&c->bag, &now.v[i]);
}

static void set_flags(struct client *k, uint64_t id, bool read)
{
	struct copy *c = find_copy(k, id);
	const struct prop *p = c ? bag_find(&c->bag, tag_id(PidTagMessageFlags)) : NULL;

	assert_non_null(p);
	assert_int_equal(bag_set_u32(&c->bag, PidTagMessageFlags,
				     read ? le32(p->value.p) | MSGFLAG_READ | MSGFLAG_EVER_READ : le32(p->value.p) & ~MSGFLAG_READ),
			 0);
}

#define for_each_id(m, set, id)                                                                                \
	for (const struct globset *ids_ = idset_find((set), &mailbox_identity(m)->replica); ids_; ids_ = NULL)  \
		for (size_t range_ = 0; range_ < ids_->n; range_++)                                             \
			for (uint64_t id = ids_->v[range_].first; id <= ids_->v[range_].last; id++)

static void end_sync(struct mailbox *m, struct client *k, struct changes *c)
{
	CLEANUP_IDSET struct idset deleted = { .max = RANGES }, gone = { .max = RANGES }, read = { .max = RANGES }, unread = { .max = RANGES };

	mailbox_ok(m, changes_deleted(c, &deleted, &gone));
	mailbox_ok(m, changes_read(c, &read, &unread));
	mailbox_ok(m, changes_state(c, &k->state));
	for_each_id(m, &deleted, id)
		drop_copy(k, id);
	for_each_id(m, &read, id)
		set_flags(k, id, true);
	for_each_id(m, &unread, id)
		set_flags(k, id, false);
}

/* `break_off`: after some messages, which the client's state has one by one. */
static void synchronise(struct mailbox *m, uint64_t folder, struct client *k, bool break_off)
{
	const struct changes_options o = { .normal = true, .associated = true, .read_state = true };
	const struct guid *replica = &mailbox_identity(m)->replica;
	struct changes *c = NULL;
	struct change one;
	size_t n = 0;

	mailbox_ok(m, changes_open(m, folder, &k->state, &o, &c));
	for (;;) {
		mailbox_ok(m, changes_next(c, &one, 1, &n));
		if (!n)
			break;
		take_change(m, k, c, &one);
		if (!break_off)
			continue;
		assert_int_equal(idset_add(&k->state.given, replica, one.id, one.id), 0);
		assert_int_equal(idset_add(one.associated ? &k->state.seen_associated : &k->state.seen, replica, one.cn, one.cn), 0);
		if (!below(4))
			break;
	}
	if (!n)
		end_sync(m, k, c);
	changes_free(c);
}

static void same_bags(struct mailbox *m, const struct bag *is, const struct bag *was)
{
	for (size_t i = 0; i < is->n; i++) {
		const struct prop *p = bag_find(was, prop_id(&is->v[i]));

		if (group_of(m, is->v[i].tag) == GROUP_NOT_SENT)
			continue;
		/* Nobody is told that it was read once and is not now. */
		if (is->v[i].tag == PidTagMessageFlags && p) {
			assert_int_equal(le32(p->value.p) & ~MSGFLAG_EVER_READ, le32(is->v[i].value.p) & ~MSGFLAG_EVER_READ);
			continue;
		}
		if (!p || !prop_equal(p, &is->v[i]))
			fail_msg("property %08x of the message is %s", is->v[i].tag, p ? "another" : "not there");
	}
}

static void client_has_all(struct mailbox *m, uint64_t folder, struct client *k)
{
	size_t there = 0;

	for (int associated = 0; associated < 2; associated++) {
		uint64_t id = 0;

		for (;;) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
			struct bag now;

			mailbox_ok(m, message_next(m, folder, associated, false, id, &id));
			if (!id)
				break;
			there++;
			props_of(m, id, &arena, &now);
			assert_non_null(find_copy(k, id));
			same_bags(m, &now, &find_copy(k, id)->bag);
			same_bags(m, &find_copy(k, id)->bag, &now);
		}
	}
	assert_int_equal(there, k->n);
}

/* Life of a folder ------------------------------------------------------------------------------------------------------- */

struct life {
	struct mailbox *m;
	uint64_t folder, other, ids[MOST];
	size_t n;
};

static void set_some(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint16_t gone[PROPS];
	size_t n = 0;
	struct bag b;

	bag_init(&b, &arena);
	for (unsigned i = 0, many = 1 + below(2); i < many; i++) {
		uint32_t tag = tag_of(m, below(PROPS));

		if (below(3))
			some_value(&b, tag);
		else
			gone[n++] = tag_id(tag);
	}
	for (size_t i = 0; i < n; i++)
		bag_remove(&b, gone[i]);
	status s = message_set(m, id, &b, gone, n);
	assert_true(!s || s == ecNotFound);
}

/*
 * A change that makes no version: nobody is told of it before there is another.  What was set so is looked for after that
 * only, so the next version is made at once.
 */
static void set_aside(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint16_t gone = tag_id(tag_of(m, below(PROPS)));
	struct bag b, flag;
	status s;

	bag_init(&b, &arena);
	bag_init(&flag, &arena);
	some_value(&b, tag_of(m, below(PROPS)));
	bag_remove(&b, gone);
	some_value(&flag, PidTagFlagStatus);
	s = message_set_aside(m, id, &b, &gone, below(2));
	if (!s && below(2))
		s = message_set_aside(m, id, &flag, NULL, 0);
	if (!s)
		s = message_set(m, id, &flag, NULL, 0);
	assert_true(!s || s == ecNotFound);
}

static uint64_t write_whole(struct mailbox *m, uint64_t folder, uint64_t replaces, bool associated)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct message_options o = { .associated = associated, .replaces = replaces };
	struct bag b = plain_mail(&arena, "written whole");
	uint64_t id = 0;

	for (unsigned i = below(4); i; i--)
		some_value(&b, tag_of(m, below(PROPS)));
	mailbox_ok(m, try_put(m, folder, &b, &o, &id));
	return id;
}

static void write_anew(struct life *l, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_info info;

	if (!message_info(l->m, id, &arena, &info) && !info.deleted)
		(void)write_whole(l->m, info.folder, id, info.associated);
}

/* Associated messages have no read state. */
static status mark_read(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_info info;
	status s = message_info(m, id, &arena, &info);

	return s || info.associated ? s : message_set_read(m, id, below(2));
}

static void live(struct life *l)
{
	struct mailbox *m = l->m;
	uint64_t id = l->n ? l->ids[below((uint32_t)l->n)] : 0, made = 0, where = below(3) ? l->folder : l->other;
	unsigned what = id ? below(20) : 0;
	status s = ecNone;

	if (what == 0)
		made = write_whole(m, l->folder, 0, below(6) == 0);
	else if (what < 11)
		set_some(m, id);
	else if (what == 11)
		set_aside(m, id);
	else if (what == 12)
		write_anew(l, id);
	else if (what == 13)
		s = message_move(m, id, where, &made);
	else if (what == 14)
		s = message_copy(m, id, where, &made);
	else if (what == 15)
		s = message_delete(m, id, DELETE_SOFT);
	else if (what == 16)
		s = message_restore(m, id, 0);
	else
		s = mark_read(m, id);
	assert_true(!s || s == ecNotFound);
	assert_true(l->n < MOST);
	if (made)
		l->ids[l->n++] = made;
}

static void nothing_is_lost(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX), .other = role_folder(m, MAILBOX_DELETED_ITEMS) };
	struct client *k = client_new();

	random_state = 20261126;
	for (unsigned round = 0; round < 400; round++) {
		mailbox_ok(m, mailbox_begin(m));
		for (unsigned i = below(8); i; i--)
			live(&l);
		mailbox_ok(m, mailbox_commit(m));
		if (!below(3))
			synchronise(m, l.folder, k, true);
		if (!below(3))
			continue;
		synchronise(m, l.folder, k, false);
		client_has_all(m, l.folder, k);
	}
	/* It was worth it. */
	assert_true(k->partial > 100);
	assert_true(k->whole > 50);
	client_free(k);
	mailbox_close(m);
}

/* What one change says ----------------------------------------------------------------------------------------------------- */

/* Of the one message that changed since `k` was up to date: 0 is all of it. */
static uint32_t groups_now(struct mailbox *m, uint64_t folder, struct client *k)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct changes_options o = { .normal = true, .associated = true };
	struct message_info info;
	struct changes *c = NULL;
	struct change one;
	uint32_t groups;
	size_t n = 0;

	mailbox_ok(m, changes_open(m, folder, &k->state, &o, &c));
	mailbox_ok(m, changes_next(c, &one, 1, &n));
	assert_int_equal(n, 1);
	info = look_at(m, one.id, &arena);
	groups = changes_groups(c, &one, &info);
	changes_free(c);
	return groups;
}

static void change(struct mailbox *m, uint64_t id, uint32_t set, uint32_t remove)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint16_t gone = tag_id(remove);
	struct bag b;

	bag_init(&b, &arena);
	if (set)
		some_value(&b, set);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set(m, id, &b, &gone, remove != 0));
	mailbox_ok(m, mailbox_commit(m));
}

static void change_aside(struct mailbox *m, uint64_t id, uint32_t set)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b;

	bag_init(&b, &arena);
	some_value(&b, set);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_aside(m, id, &b, NULL, 0));
	mailbox_ok(m, mailbox_commit(m));
}

static void what_is_needed(enum sql_engine e)
{
	const uint32_t state = 1u << GROUP_STATE;
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t folder = role_folder(m, MAILBOX_INBOX), id;
	struct client *k = client_new();
	struct guid replica = mailbox_identity(m)->replica;

	mailbox_ok(m, mailbox_begin(m));
	id = put_mail(m, folder, "one");
	mailbox_ok(m, mailbox_commit(m));
	/* MS-OXCFXICS_R1136 */
	assert_int_equal(groups_now(m, folder, k), 0);
	synchronise(m, folder, k, false);
	change(m, id, PidTagFlagStatus, 0);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_FLAG);
	/* Two changes, and the client has heard of neither. */
	change(m, id, PidTagBody, PidTagFlagStatus);
	/* MS-OXCFXICS_R1921 */
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_FLAG | 1u << GROUP_BODY);
	synchronise(m, folder, k, false);
	change(m, id, PidTagSenderName, 0);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_OTHER);
	synchronise(m, folder, k, false);
	/* What is not there does not go. */
	change(m, id, PidTagImportance, PidTagInternetReferences);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_IMPORTANCE);
	/* Of a property without a group nobody can say that it is gone. */
	change(m, id, 0, PidTagSenderName);
	assert_int_equal(groups_now(m, folder, k), 0);
	synchronise(m, folder, k, false);
	change(m, id, PidTagFlagStatus, 0);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_FLAG);
	synchronise(m, folder, k, false);
	/* What made no version goes with the next one, and with no other. */
	change_aside(m, id, PidTagImportance);
	change(m, id, PidTagFlagStatus, 0);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_FLAG | 1u << GROUP_IMPORTANCE);
	synchronise(m, folder, k, false);
	change(m, id, PidTagFlagStatus, 0);
	assert_int_equal(groups_now(m, folder, k), state | 1u << GROUP_FLAG);
	/* MS-OXCFXICS_R2070 */
	assert_int_equal(idset_remove(&k->state.given, &replica, id, id), 0);
	assert_int_equal(groups_now(m, folder, k), 0);
	client_free(k);
	mailbox_close(m);
}

/* A message with all that one can have, written whole; what is another in it than in the one before. */
struct variant {
	const char *body, *recipient, *keyword;
	uint32_t flag;
	uint8_t inline_byte, large_byte;
};

static void put_large(struct mailbox *m, struct item_sink *sink, uint8_t byte)
{
	const struct prop large = { .tag = PidTagAttachDataBinary, .count = 1, .flags = PROP_LARGE, .size = 200000 };
	uint8_t data[50000];

	memset(data, 3, sizeof data);
	mailbox_ok(m, item_value_begin(sink, &large));
	for (unsigned i = 0; i < 4; i++) {
		data[777] = i == 3 ? byte : 0;
		mailbox_ok(m, item_value_chunk(sink, bytes_of(data, sizeof data)));
	}
	mailbox_ok(m, item_value_end(sink, true));
}

static uint64_t put_variant(struct mailbox *m, uint64_t folder, uint64_t replaces, const struct variant *v)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct message_options o = { .replaces = replaces };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct bag b = plain_mail(&arena, "whole"), recipient, attachment;
	struct message_writer *w = NULL;
	uint64_t id = 0;

	mailbox_ok(m, mailbox_begin(m));
	bag_remove(&b, tag_id(PidTagBody));
	assert_int_equal(bag_set_u32(&b, PidTagFlagStatus, v->flag), 0);
	assert_int_equal(bag_set_text(&b, PidTagBody, v->body), 0);
	if (v->keyword)
		assert_int_equal(bag_set_text(&b, tag_of(m, PROPS - 1), v->keyword), 0);
	bag_init(&recipient, &arena);
	bag_init(&attachment, &arena);
	assert_int_equal(bag_set_text(&recipient, PidTagDisplayName, v->recipient), 0);
	assert_int_equal(bag_set_u32(&attachment, PidTagAttachNumber, 0), 0);
	assert_int_equal(bag_set_bytes(&attachment, PidTagAttachTag, bytes_of(&v->inline_byte, 1)), 0);
	mailbox_ok(m, message_writer_new(m, folder, &o, &w));
	struct item_sink *sink = message_writer_sink(w);
	mailbox_ok(m, item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100 }));
	mailbox_ok(m, item_recipient(sink, &recipient));
	mailbox_ok(m, item_attachment_begin(sink, &(struct attachment_event){ .props = &attachment }));
	put_large(m, sink, v->large_byte);
	mailbox_ok(m, item_attachment_end(sink));
	mailbox_ok(m, item_message_end(sink, &result));
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	mailbox_ok(m, mailbox_commit(m));
	return id;
}

static void written_anew(enum sql_engine e)
{
	static const struct {
		struct variant v;
		uint32_t groups; /* beside GROUP_STATE; 0: the message is asked for whole */
	} steps[] = {
		{ { "body", "Grace", NULL, 2, 1, 1 }, 1u << GROUP_FLAG },
		{ { "another", "Grace", NULL, 2, 1, 1 }, 1u << GROUP_BODY },
		{ { "another", "Edsger", NULL, 2, 1, 1 }, 1u << GROUP_RECIPIENTS },
		{ { "another", "Edsger", NULL, 2, 9, 1 }, 1u << GROUP_ATTACHMENTS },
		/* A byte of a value that stands in pieces. */
		{ { "another", "Edsger", NULL, 2, 9, 2 }, 1u << GROUP_ATTACHMENTS },
		{ { "another", "Edsger", "x", 2, 9, 2 }, 1u << GROUP_OTHER },
		{ { "another", "Edsger", NULL, 2, 9, 2 }, 0 },
		{ { "body", "Grace", NULL, 2, 9, 2 }, 1u << GROUP_BODY | 1u << GROUP_RECIPIENTS },
		{ { "another", "Grace", NULL, 2, 8, 2 }, 0 },
	};
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t folder = role_folder(m, MAILBOX_INBOX), id;
	struct client *k = client_new();

	id = put_variant(m, folder, 0, &(struct variant){ "body", "Grace", NULL, 0, 1, 1 });
	synchronise(m, folder, k, false);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_int_equal(put_variant(m, folder, id, &steps[i].v), id);
		assert_int_equal(groups_now(m, folder, k), steps[i].groups ? steps[i].groups | 1u << GROUP_STATE : 0);
		synchronise(m, folder, k, false);
		client_has_all(m, folder, k);
	}
	client_free(k);
	mailbox_close(m);
}

/* The mailbox's version won: whoever sent the other one needs all of it, though nothing of it changed. */
static void kept_in_a_conflict(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct import_message i = { .folder = role_folder(m, MAILBOX_INBOX) };
	struct client *k = client_new();
	struct import_plan plan = { .verdict = IMPORT_CONFLICT_OURS };
	uint8_t key[20] = { 9 }, list[21] = { 20, 9 };

	mailbox_ok(m, mailbox_begin(m));
	i.id = put_mail(m, i.folder, "one");
	mailbox_ok(m, mailbox_commit(m));
	change(m, i.id, PidTagFlagStatus, 0);
	synchronise(m, i.folder, k, false);
	change(m, i.id, PidTagFlagStatus, 0);
	assert_true(groups_now(m, i.folder, k) != 0);
	i.version = (struct import_version){ bytes_of(key, sizeof key), bytes_of(list, sizeof list), 1 };
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, import_message(m, &i, &arena, &plan));
	assert_int_equal(plan.verdict, IMPORT_CONFLICT_OURS);
	mailbox_ok(m, import_message_done(m, &i, &plan, &k->state));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(groups_now(m, i.folder, k), 0);
	client_free(k);
	mailbox_close(m);
}

/* The record ----------------------------------------------------------------------------------------------------------------- */

static void record(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct message_groups g, back;

	(void)state;
	message_groups_read(bytes_of(NULL, 0), 77, &g);
	for (unsigned i = 0; i < GROUPS_ALL; i++)
		assert_int_equal(g.cn[i], 77);
	message_groups_write(&g, 77, &b);
	assert_int_equal(b.n, 0);
	g.cn[GROUP_FLAG] = 80;
	g.cn[GROUP_OTHER] = 0;
	message_groups_write(&g, 80, &b);
	assert_int_equal(b.n, 9 + 2 * 9);
	message_groups_read(buf_bytes(&b), 80, &back);
	assert_memory_equal(&g, &back, sizeof g);
	/* What cannot be read is as old as the message. */
	for (size_t n = 1; n < b.n; n++) {
		message_groups_read(bytes_of(b.p, n), 80, &back);
		assert_true(n % 9 == 0 || back.cn[GROUP_BODY] == 80);
	}
	b.p[9] = GROUPS_ALL;
	message_groups_read(buf_bytes(&b), 80, &back);
	assert_int_equal(back.cn[GROUP_BODY], 80);
	b.p[0]++;
	message_groups_read(buf_bytes(&b), 81, &back);
	assert_int_equal(back.cn[GROUP_BODY], 81);
}

/* The mapping that clients are told has each property in the group that it is counted in. */
static void mapping(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 16);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct property_group_info info;
	struct reason why = { "" };

	(void)state;
	assert_int_equal(message_groups_mapping(&b), 0);
	if (property_group_decode(buf_bytes(&b), &arena, &info, &why))
		fail_msg("%s", why.text);
	assert_int_equal(info.group_id, MESSAGE_GROUPS_MAPPING);
	/* MS-OXCFXICS_R242 */
	assert_int_equal(info.reserved, 0);
	/* MS-OXCFXICS_R245 */
	assert_int_equal(info.groups.n, GROUPS_TOLD);
	for (uint32_t g = 0; g < info.groups.n; g++)
		/* MS-OXCFXICS_R250 */
		assert_true(info.groups.v[g].tags.n > 0);
	for (uint32_t g = 0; g < info.groups.n; g++)
		for (uint32_t t = 0; t < info.groups.v[g].tags.n; t++) {
			const struct group_tag *tag = &info.groups.v[g].tags.v[t];
			const struct prop_name name = { .set = tag->name.set, .by_string = tag->name.kind, .lid = tag->name.lid, .string = tag->name.name };

			assert_int_equal(message_group_of(tag_make(tag->id, tag->type), tag->id >= NAMED_ID_FIRST ? &name : NULL), g);
			assert_int_equal(property_group_find(&info, tag->id, &name), g);
		}
}

ON_EACH(nothing_is_lost)
ON_EACH(what_is_needed)
ON_EACH(kept_in_a_conflict)
ON_EACH(written_anew)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record),
		cmocka_unit_test(mapping),
		cmocka_unit_test(test_what_is_needed),
		cmocka_unit_test(test_kept_in_a_conflict),
		cmocka_unit_test(test_written_anew),
		cmocka_unit_test(test_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
