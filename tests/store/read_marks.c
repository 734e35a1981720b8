/* store/read_marks: of public folders everybody has their own read and unread. */
#include "replica.h"

#include "store/check.h"
#include "store/mailbox_private.h"
#include "store/per_user.h"
#include "store/read_marks.h"
#include "store/table.h"

#define NAME	 "read_marks_test"
#define PEOPLE	 3u
#define MESSAGES 60u

static struct guid person(unsigned i)
{
	return (struct guid){ { 7, (uint8_t)(i + 1) } };
}

static void look_as(struct mailbox *m, unsigned i)
{
	struct guid g = person(i);

	mailbox_read_as(m, &g);
}

/* Random life of two folders ------------------------------------------------------------------------------------------------ */

struct posted {
	uint64_t id;
	unsigned folder;
	bool there, deleted, read[PEOPLE];
};

struct board {
	struct mailbox *m;
	uint64_t folders[2];
	struct posted v[MESSAGES];
	size_t n;
	struct table *unread[PEOPLE]; /* of folder 0 */
};

static bool seen(const struct posted *p, unsigned folder)
{
	return p->there && !p->deleted && p->folder == folder;
}

static struct posted *post(struct board *b, uint64_t id, unsigned folder)
{
	struct posted *p = &b->v[b->n++];

	*p = (struct posted){ .id = id, .folder = folder, .there = true };
	return p;
}

static void put_one(struct board *b, unsigned who)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	bool read = below(2);
	struct bag mail = plain_mail(&arena, "news");
	unsigned folder = below(2);
	uint64_t id = 0;

	assert_int_equal(bag_set_u32(&mail, PidTagMessageFlags, read ? MSGFLAG_READ : 0), 0);
	mailbox_ok(b->m, try_put(b->m, b->folders[folder], &mail, NULL, &id));
	post(b, id, folder)->read[who] = read;
}

/* Another version is as read as the last one was for who makes it, and unread for the others. */
static void only_for(struct posted *p, unsigned who)
{
	for (unsigned i = 0; i < PEOPLE; i++)
		p->read[i] = i == who && p->read[i];
}

static void change_one(struct board *b, struct posted *p, unsigned who)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag set;

	bag_init(&set, &arena);
	assert_int_equal(bag_set_text(&set, PidTagSubject, "other news"), 0);
	if (below(3) == 0) {
		/* What is no content makes no version. */
		mailbox_ok(b->m, message_set_aside(b->m, p->id, &set, NULL, 0));
		return;
	}
	mailbox_ok(b->m, message_set(b->m, p->id, &set, NULL, 0));
	only_for(p, who);
}

static void rewrite_one(struct board *b, struct posted *p, unsigned who)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_options o = { .replaces = p->id };
	struct bag mail = plain_mail(&arena, "written anew");
	uint64_t id;

	mailbox_ok(b->m, try_put(b->m, b->folders[p->folder], &mail, &o, &id));
	only_for(p, who);
}

static void mark_one(struct board *b, struct posted *p, unsigned who)
{
	bool read = below(2);

	mailbox_ok(b->m, message_set_read(b->m, p->id, read));
	p->read[who] = read;
}

static void relocate(struct board *b, struct posted *p, unsigned who, bool copy)
{
	unsigned folder = below(2);
	struct posted *to = p;
	uint64_t id = 0;

	mailbox_ok(b->m, copy ? message_copy(b->m, p->id, b->folders[folder], &id) : message_move(b->m, p->id, b->folders[folder], &id));
	if (copy) {
		to = post(b, id, folder);
		to->read[who] = p->read[who];
	}
	to->id = id;
	to->folder = folder;
	only_for(to, who);
}

static void delete_or_restore(struct board *b, struct posted *p, unsigned who)
{
	if (p->deleted) {
		mailbox_ok(b->m, message_restore(b->m, p->id, 0));
		only_for(p, who);
	} else {
		mailbox_ok(b->m, message_delete(b->m, p->id, DELETE_SOFT));
	}
	p->deleted = !p->deleted;
}

static void live(struct board *b, unsigned who)
{
	struct posted *p = b->n ? &b->v[below((uint32_t)b->n)] : NULL;
	unsigned what = p && p->there ? below(16) : 0;

	if (b->n + 1 >= MESSAGES && what < 3)
		what = 5;
	if (what < 2)
		put_one(b, who);
	else if (what == 2 && !p->deleted)
		relocate(b, p, who, true);
	else if (what == 3 && !p->deleted)
		relocate(b, p, who, false);
	else if (what == 4)
		delete_or_restore(b, p, who);
	else if (what == 5 && !p->deleted)
		change_one(b, p, who);
	else if (what == 6 && !p->deleted)
		rewrite_one(b, p, who);
	else if (p && p->there && !p->deleted)
		mark_one(b, p, who);
}

static void agrees(struct board *b, unsigned who)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t unread[2] = { 0 }, rows = 0, n = 0;

	look_as(b->m, who);
	for (size_t i = 0; i < b->n; i++) {
		const struct posted *p = &b->v[i];
		struct message_info info = look_at(b->m, p->id, &arena);

		assert_int_equal(info.read, p->read[who]);
		assert_int_equal(!!(info.flags & MSGFLAG_READ), p->read[who]);
		unread[p->folder] += seen(p, p->folder) && !p->read[who];
		arena_reset(&arena);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct folder f = look_at_folder(b->m, b->folders[i], &arena);

		mailbox_ok(b->m, folder_unread(b->m, &f, &n));
		assert_int_equal(n, unread[i]);
	}
	assert_int_equal(table_count(b->unread[who], &rows), 0);
	assert_int_equal(rows, unread[0]);
}

static void open_tables(struct board *b)
{
	struct restriction unread = { .kind = RES_BITMASK,
				      .u = { .bitmask = { .relop = BITMAP_EQZ, .tag = PidTagMessageFlags, .mask = MSGFLAG_READ } } };

	for (unsigned i = 0; i < PEOPLE; i++) {
		look_as(b->m, i);
		assert_int_equal(table_open(b->m, TABLE_CONTENTS, b->folders[0], 0, &b->unread[i]), 0);
		assert_int_equal(table_restrict(b->unread[i], &unread), 0);
	}
}

static void close_all(struct board *b)
{
	for (unsigned i = 0; i < PEOPLE; i++)
		table_free(b->unread[i]);
	mailbox_close(b->m);
}

static bool is_sound(struct mailbox *m)
{
	struct mailbox_check_summary summary = { .folders = 0 };
	struct reason why = { "" };

	if (mailbox_check(m, NULL, &summary, &why))
		fail_msg("%s", why.text);
	return mailbox_sound(&summary);
}

static void lives(enum sql_engine e)
{
	static struct board b, before;

	b = (struct board){ .m = fresh_mailbox(e, NAME) };
	b.folders[0] = role_folder(b.m, MAILBOX_INBOX);
	b.folders[1] = new_folder(b.m, b.folders[0], "Other");
	open_tables(&b);
	random_state = 20261127;
	for (unsigned round = 0; round < 120; round++) {
		unsigned who = below(PEOPLE);

		look_as(b.m, who);
		before = b;
		mailbox_ok(b.m, mailbox_begin(b.m));
		for (unsigned steps = 1 + below(6); steps; steps--)
			live(&b, who);
		if (below(6)) {
			mailbox_ok(b.m, mailbox_commit(b.m));
		} else {
			mailbox_rollback(b.m);
			b = before;
		}
		for (unsigned i = 0; i < PEOPLE; i++)
			agrees(&b, i);
		if (round % 40 == 39) {
			close_all(&b);
			b.m = open_mailbox(e, NAME);
			open_tables(&b);
		}
	}
	mailbox_read_as(b.m, NULL);
	assert_true(is_sound(b.m));
	close_all(&b);
}

ON_EACH(lives)

/* The sets ------------------------------------------------------------------------------------------------------------------ */

static void put_many(struct mailbox *m, uint64_t folder, uint64_t other, uint64_t *ids, size_t n)
{
	mailbox_read_as(m, NULL);
	mailbox_ok(m, mailbox_begin(m));
	for (size_t i = 0; i < n; i++) {
		ids[i] = put_mail(m, folder, "one");
		(void)put_mail(m, other, "elsewhere");
	}
	mailbox_ok(m, mailbox_commit(m));
}

static void set_one(struct mailbox *m, uint64_t id, bool read)
{
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, id, read));
	mailbox_ok(m, mailbox_commit(m));
}

static struct per_user kept(struct mailbox *m, unsigned who, uint64_t folder, struct arena *arena)
{
	struct guid g = person(who);
	uint8_t key[PER_USER_FOLDER_SIZE];
	struct per_user p = { .changed = 0 };

	per_user_key(m, folder, key);
	mailbox_ok(m, per_user_get(m, &g, key, arena, &p));
	return p;
}

static size_t ranges(struct bytes data)
{
	CLEANUP_IDSET struct idset set = { .max = 1000 };

	assert_int_equal(idset_decode(data, IDSET_REPLGUID, &set, NULL), 0);
	return set.ranges;
}

/* What was read is kept as a set in as few pieces as there are runs of read messages, whatever stands between them elsewhere. */
static void pieces(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other"), ids[50], n = 0, changed;

	put_many(m, inbox, other, ids, 50);
	look_as(m, 0);
	for (size_t i = 0; i < 50; i += 2)
		set_one(m, ids[i], true);
	assert_int_equal(ranges(kept(m, 0, inbox, &arena).data), 25);
	for (size_t i = 1; i < 50; i += 2)
		set_one(m, ids[i], true);
	assert_int_equal(ranges(kept(m, 0, inbox, &arena).data), 1);
	assert_true(kept(m, 0, inbox, &arena).data.n < 64);
	changed = kept(m, 0, inbox, &arena).changed;
	set_one(m, ids[7], true);
	assert_int_equal(kept(m, 0, inbox, &arena).changed, changed);
	set_one(m, ids[7], false);
	assert_int_equal(ranges(kept(m, 0, inbox, &arena).data), 2);
	assert_true(kept(m, 0, inbox, &arena).changed > changed);
	mailbox_ok(m, read_marks_unread(m, inbox, &n));
	assert_int_equal(n, 1);
	/* What is deleted and may come back is no gap: it is as unread as it was. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, ids[7], DELETE_SOFT));
	mailbox_ok(m, message_set_read(m, ids[6], false));
	mailbox_ok(m, message_set_read(m, ids[6], true));
	mailbox_ok(m, message_restore(m, ids[7], 0));
	mailbox_ok(m, mailbox_commit(m));
	assert_false(look_at(m, ids[7], &arena).read);
	/* Of nobody in particular the column holds. */
	mailbox_read_as(m, NULL);
	assert_false(look_at(m, ids[0], &arena).read);
	mailbox_close(m);
}

ON_EACH(pieces)

static size_t n_told, n_unknown;

static void listen(void *context, const struct mailbox_change *changes, size_t n)
{
	struct guid g = person(0);

	(void)context;
	for (size_t i = 0; i < n; i++) {
		assert_true(guid_equal(&changes[i].reader, &g));
		n_told += changes[i].kind == CHANGE_MESSAGE_READ;
		n_unknown += changes[i].kind == CHANGE_UNKNOWN;
	}
}

static void replace(struct mailbox *m, uint64_t folder, struct bytes data)
{
	n_told = n_unknown = 0;
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, read_marks_replace(m, folder, data));
	mailbox_ok(m, mailbox_commit(m));
}

/* [MS-OXCSTOR] 3.2.5.13: all of a folder at once, of which those are told that it makes another. */
static void replacing(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other"), ids[20], n = 0;
	struct bytes data;

	put_many(m, inbox, other, ids, 20);
	mailbox_ok(m, mailbox_listen(m, listen, NULL));
	look_as(m, 0);
	for (size_t i = 0; i < 5; i++)
		set_one(m, ids[i], true);
	data = kept(m, 0, inbox, &arena).data;
	for (size_t i = 3; i < 9; i++)
		set_one(m, ids[i], i != 3);
	replace(m, inbox, data);
	/* 3 is read again, 5 to 8 are not. */
	assert_int_equal(n_told, 5);
	mailbox_ok(m, read_marks_unread(m, inbox, &n));
	assert_int_equal(n, 15);
	assert_true(bytes_equal(kept(m, 0, inbox, &arena).data, data));
	replace(m, inbox, bytes_of(NULL, 0));
	assert_int_equal(n_told, 5);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_refused(m, read_marks_replace(m, inbox, bytes_of("nonsense", 8)), ecCorruptData);
	mailbox_rollback(m);
	mailbox_refused(m, read_marks_replace(m, inbox, data), ecInvalidParam);
	mailbox_unlisten(m, listen, NULL);
	mailbox_close(m);
}

ON_EACH(replacing)

/* So many that nobody is told of each, and more pieces than are kept. */
static void too_many(enum sql_engine e)
{
	CLEANUP_IDSET struct idset set = { .max = 1 << 18 };
	CLEANUP_BUF struct buf b = BUF_MAX(8 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), n = 0;
	const struct guid *replica = &mailbox_identity(m)->replica;

	mailbox_ok(m, mailbox_begin(m));
	for (size_t i = 0; i < 1100; i++)
		(void)put_mail(m, inbox, "one of many");
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, mailbox_listen(m, listen, NULL));
	look_as(m, 0);
	assert_int_equal(idset_add(&set, replica, 1, mailbox_last_cn(m)), 0);
	assert_int_equal(idset_encode(&set, IDSET_REPLGUID, &b), 0);
	replace(m, inbox, buf_bytes(&b));
	assert_int_equal(n_unknown, 1);
	mailbox_ok(m, read_marks_unread(m, inbox, &n));
	assert_int_equal(n, 0);
	for (uint64_t i = 0; i < READ_MARKS_RANGES_MAX; i++)
		assert_int_equal(idset_add(&set, replica, (1 << 20) + 3 * i, (1 << 20) + 3 * i), 0);
	buf_clear(&b);
	assert_int_equal(idset_encode(&set, IDSET_REPLGUID, &b), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_refused(m, read_marks_replace(m, inbox, buf_bytes(&b)), ecTooBig);
	mailbox_rollback(m);
	mailbox_unlisten(m, listen, NULL);
	mailbox_close(m);
}

ON_EACH(too_many)

/* With the folder goes what was read there; other replicas' are not its. */
static void folder_gone(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other"), ids[2];
	struct per_user foreign = { .folder = { 9 }, .replica = { { 9 } }, .data = bytes_of("x", 1) }, found;
	uint8_t key[PER_USER_FOLDER_SIZE];
	struct guid g = person(0);

	put_many(m, other, inbox, ids, 2);
	look_as(m, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, per_user_set(m, &g, &foreign));
	mailbox_ok(m, message_set_read(m, ids[0], true));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, ids[1], true));
	mailbox_ok(m, folder_delete(m, other));
	mailbox_ok(m, mailbox_commit(m));
	per_user_key(m, other, key);
	assert_int_equal(per_user_get(m, &g, key, &arena, &found), ecNotFound);
	mailbox_ok(m, per_user_get(m, &g, foreign.folder, &arena, &found));
	mailbox_close(m);
}

ON_EACH(folder_gone)

static struct mailbox_check_summary repaired(struct mailbox *m)
{
	const struct mailbox_check_options repair = { .repair = true };
	struct mailbox_check_summary summary = { .folders = 0 };
	struct reason why = { "" };

	if (mailbox_check(m, &repair, &summary, &why))
		fail_msg("%s", why.text);
	return summary;
}

/* What cannot be read is found and dropped, and so is what is of a folder that is not there. */
static void damaged(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other"), ids[4];
	struct per_user p = { .data = bytes_of("nonsense", 8) };
	struct mailbox_check_summary found;

	put_many(m, inbox, other, ids, 4);
	look_as(m, 0);
	set_one(m, ids[0], true);
	set_one(m, ids[2], true);
	assert_true(is_sound(m));
	for (unsigned i = 0; i < 70; i++) {
		struct guid g = person(i);

		per_user_key(m, i < 69 ? inbox : 999999, p.folder);
		mailbox_ok(m, mailbox_begin(m));
		mailbox_ok(m, per_user_set(m, &g, &p));
		mailbox_ok(m, mailbox_commit(m));
	}
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	look_as(m, 0);
	{
		struct message_info info;

		mailbox_refused(m, message_info(m, ids[0], &arena, &info), ecCorruptData);
	}
	found = repaired(m);
	assert_int_equal(found.findings[MAILBOX_CHECK_CONTENT], 69);
	assert_int_equal(found.findings[MAILBOX_CHECK_ORPHAN], 1);
	assert_true(is_sound(m));
	assert_false(look_at(m, ids[0], &arena).read);
	mailbox_close(m);
}

ON_EACH(damaged)

/* Folders that are asked for in turn are more than stay in memory. */
static void many_folders(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t folders[20], ids[20];

	for (size_t i = 0; i < 20; i++) {
		char name[8];

		(void)snprintf(name, sizeof name, "F%zu", i);
		folders[i] = new_folder(m, role_folder(m, MAILBOX_INBOX), name);
		mailbox_ok(m, mailbox_begin(m));
		ids[i] = put_mail(m, folders[i], "one");
		mailbox_ok(m, mailbox_commit(m));
	}
	look_as(m, 0);
	mailbox_ok(m, mailbox_begin(m));
	for (size_t i = 0; i < 20; i++)
		mailbox_ok(m, message_set_read(m, ids[i], i % 3 != 0));
	mailbox_ok(m, mailbox_commit(m));
	look_as(m, 1);
	for (size_t i = 0; i < 20; i++)
		assert_false(look_at(m, ids[i], &arena).read);
	look_as(m, 0);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(look_at(m, ids[i], &arena).read, i % 3 != 0);
	mailbox_close(m);
}

ON_EACH(many_folders)

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lives),    cmocka_unit_test(test_pieces),	   cmocka_unit_test(test_replacing),
					    cmocka_unit_test(test_too_many), cmocka_unit_test(test_folder_gone), cmocka_unit_test(test_many_folders),
					    cmocka_unit_test(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
