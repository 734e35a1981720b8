/*
 * store/search: search folders follow every change, and say what they are.  After each of many random changes the links are
 * those that a search over the scope would make anew, and the counters count them.
 */
#include "tables.h"

#include "store/check.h"
#include "store/search.h"

static uint64_t random_state = 3;

static uint64_t below(uint64_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % n;
}

static uint64_t make_search(struct mailbox *m, const char *name)
{
	uint64_t id = 0;

	mailbox_ok(m, folder_create(m, role_folder(m, MAILBOX_FINDER), name, &(struct folder_options){ .is_search = true }, &id));
	return id;
}

static void set(struct mailbox *m, uint64_t id, const struct restriction *r, const uint64_t *folders, size_t n, uint32_t flags)
{
	struct reason why = { "" };

	if (search_set(m, id, r, folders, n, flags, &why))
		fail_msg("%s", why.text);
}

/* The ids in a table, in its order. */
static size_t ids_in(struct mailbox *m, uint64_t folder, const struct restriction *r, uint64_t *ids)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
	struct table *t = opened(m, TABLE_CONTENTS, folder, 0);
	struct table_rows rows;

	table_ok(t, table_restrict(t, r));
	rows = all_rows(t, &arena);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = id_of(&rows.v[i]);
	table_free(t);
	return rows.n;
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void is_as_searched(struct mailbox *m, uint64_t search, const struct restriction *r, const uint64_t *scope, size_t n)
{
	static uint64_t wanted[4096], has[4096];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct restriction *unread = r_and((struct restriction *)(uintptr_t)r, r_number(PidTagRead, RELOP_EQ, 0));
	size_t n_wanted = 0, n_has, n_unread = 0;
	struct folder f;

	for (size_t i = 0; i < n; i++) {
		n_wanted += ids_in(m, scope[i], r, wanted + n_wanted);
		n_unread += ids_in(m, scope[i], unread, has);
	}
	n_has = ids_in(m, search, NULL, has);
	assert_int_equal(n_has, n_wanted);
	qsort(wanted, n_wanted, sizeof *wanted, by_id);
	qsort(has, n_has, sizeof *has, by_id);
	if (n_has)
		assert_memory_equal(has, wanted, n_has * sizeof *has);
	f = look_at_folder(m, search, &arena);
	assert_int_equal(f.items, n_wanted);
	assert_int_equal(f.unread, n_unread);
}

static void change(struct mailbox *m, const uint64_t *folders, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t folder = folders[below(n)], id = 0, other = 0;
	struct bag bag;

	bag_init(&bag, &arena);
	mailbox_ok(m, message_next(m, folder, false, false, below(400), &id));
	switch (id ? below(7) : 0) {
	case 0:
		(void)put(m, folder, (unsigned)below(1000));
		break;
	case 1:
		mailbox_ok(m, message_delete(m, id, below(2) ? DELETE_SOFT : DELETE_HARD));
		break;
	case 2:
		mailbox_ok(m, message_move(m, id, folders[below(n)], &other));
		break;
	case 3:
		mailbox_ok(m, message_copy(m, id, folders[below(n)], &other));
		break;
	case 4:
		mailbox_ok(m, message_set_read(m, id, below(2)));
		break;
	case 5:
		mailbox_ok(m, message_next(m, folder, false, true, 0, &id));
		if (id)
			mailbox_ok(m, message_restore(m, id, 0));
		break;
	default:
		assert_int_equal(bag_set_u32(&bag, PidTagImportance, (uint32_t)below(3)), 0);
		assert_int_equal(bag_set_u64(&bag, PidTagMessageDeliveryTime, TEST_NOW - below(60) * HOUR), 0);
		mailbox_ok(m, message_set(m, id, &bag, NULL, 0));
	}
}

static void sound(struct mailbox *m)
{
	struct mailbox_check_options o = { .repair = false };
	struct mailbox_check_summary summary;
	struct reason why = { "" };

	if (mailbox_check(m, &o, &summary, &why))
		fail_msg("%s", why.text);
	assert_true(mailbox_sound(&summary));
}

static void follows_on(enum sql_engine e)
{
	struct mailbox *m = filled(e, 60);
	struct restriction *r = r_and(r_number(PidTagImportance, RELOP_GE, 1), r_content(PidTagSubject, "report", FUZZY_PREFIX, FUZZY_LOOSE));
	struct restriction *other_r = r_number(PidTagRead, RELOP_EQ, 0);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), below_inbox = 0, folders[3], a, b;

	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "below", NULL, &below_inbox));
	folders[0] = inbox;
	folders[1] = role_folder(m, MAILBOX_DRAFTS);
	folders[2] = below_inbox;
	a = make_search(m, "important reports");
	b = make_search(m, "unread, everywhere");
	set(m, a, r, folders, 1, 0);
	set(m, b, other_r, (uint64_t[]){ inbox, folders[1] }, 2, RECURSIVE_SEARCH);
	mailbox_ok(m, mailbox_commit(m));
	is_as_searched(m, a, r, folders, 1);
	is_as_searched(m, b, other_r, folders, 3);
	for (unsigned i = 0; i < 60; i++) {
		mailbox_ok(m, mailbox_begin(m));
		for (unsigned k = 0; k < 1 + below(4); k++)
			change(m, folders, 3);
		if (below(5)) {
			mailbox_ok(m, mailbox_commit(m));
		} else {
			mailbox_rollback(m);
		}
		is_as_searched(m, a, r, folders, 1);
		is_as_searched(m, b, other_r, folders, 3);
	}
	sound(m);
	/* It is all there after reopening, and goes on. */
	mailbox_close(m);
	m = open_mailbox(e, TABLES_NAME);
	is_as_searched(m, b, other_r, folders, 3);
	/* A folder that moves out takes its messages along; one that is deleted, too. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, below_inbox, role_folder(m, MAILBOX_NOTES)));
	mailbox_ok(m, mailbox_commit(m));
	is_as_searched(m, b, other_r, folders, 2);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, below_inbox, inbox));
	mailbox_ok(m, mailbox_commit(m));
	is_as_searched(m, b, other_r, folders, 3);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, below_inbox));
	mailbox_ok(m, folder_delete(m, a));
	mailbox_ok(m, mailbox_commit(m));
	is_as_searched(m, b, other_r, folders, 2);
	sound(m);
	end(e, m);
}

static void follows(void **state)
{
	(void)state;
	on_each_engine(follows_on);
}

static bool row_has(const struct bag *row, uint32_t tag)
{
	const struct prop *p = bag_find(row, tag_id(tag));

	return p && prop_type(p) != PT_ERROR;
}

static bool holds(const uint64_t ids[static 10], uint64_t id)
{
	for (size_t i = 0; i < 10; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Of what was found, the first was deleted for good, the second is `moved` now, the third was deleted. */
static void static_keeps(struct mailbox *m, uint64_t fixed, const uint64_t *found, uint64_t moved)
{
	static const uint32_t wanted[] = { PidTagMid, PidTagInstID, PidTagMessageDeliveryTime, PidTagRead, PidTagSubject, PidTagEntryId, PidTagBody };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct table *t = opened(m, TABLE_CONTENTS, fixed, 0);
	struct table_rows rows;
	uint64_t n = 0, known[64];

	assert_int_equal(ids_in(m, fixed, NULL, known), 10);
	for (size_t i = 0; i < 10; i++)
		assert_true(i == 1 || holds(known, found[i]));
	assert_true(holds(known, moved));
	table_ok(t, table_count(t, &n));
	assert_int_equal(n, 10);
	table_ok(t, table_set_columns(t, wanted, sizeof wanted / sizeof *wanted));
	rows = rows_of(t, true, 10, true, &arena);
	assert_int_equal(rows.n, 10);
	for (size_t i = 0; i < 10; i++) {
		const struct bag *r = &rows.v[i];
		bool gone = id_of(r) == found[0];

		assert_true(row_has(r, PidTagMid) && row_has(r, PidTagInstID) && row_has(r, PidTagMessageDeliveryTime));
		/* Of what is gone there is nothing but that it was found. */
		assert_true(row_has(r, PidTagSubject) == !gone && row_has(r, PidTagEntryId) == !gone);
		assert_true(!gone || (bag_bool(r, tag_id(PidTagRead), false) && !row_has(r, PidTagBody)));
	}
	/* Sorted by what it has not, it is a row all the same. */
	sort_by(t, 1, &(struct sort_order){ .tag = PidTagSubject }, 0, 0);
	rows = all_rows(t, &arena);
	assert_int_equal(rows.n, 10);
	table_free(t);
}

static void flags_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct mailbox *m = filled(e, 30);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a, fixed, id = 0, moved = 0, goes = 0, found[64];
	struct restriction *r = r_number(PidTagImportance, RELOP_EQ, 2);
	struct search_criteria c = { .n = 0 };
	struct reason why = { "" };

	mailbox_ok(m, mailbox_begin(m));
	a = make_search(m, "dynamic");
	fixed = make_search(m, "static");
	assert_int_equal(search_get(m, a, &arena, &c, &why), ecSearchNotInitialized);
	assert_int_equal(search_set(m, a, NULL, &inbox, 1, 0, &why), ecSearchNotInitialized);
	assert_int_equal(search_set(m, a, r, NULL, 0, 0, &why), ecSearchNotInitialized);
	assert_int_equal(search_set(m, inbox, r, &inbox, 1, 0, &why), ecNotSearchFolder);
	assert_int_equal(search_set(m, a, r, &fixed, 1, 0, &why), ecSearchFolderScopeViolation);
	assert_int_equal(search_set(m, a, r_number(PidTagImportance, 9, 2), &inbox, 1, 0, &why), ecTooComplex);
	set(m, a, r, &inbox, 1, 0);
	set(m, fixed, r, &inbox, 1, STATIC_SEARCH);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(search_set(m, a, r, &inbox, 1, 0, &why), ecInvalidParam); /* no transaction */
	assert_int_equal(search_get(m, a, &arena, &c, &why), 0);
	assert_true(restriction_equal(c.restriction, r));
	assert_int_equal(c.n, 1);
	assert_true(c.folders[0] == inbox);
	assert_int_equal(c.state, SEARCH_RUNNING | SEARCH_COMPLETE | TWIR_TOTALLY);
	assert_int_equal(search_get(m, fixed, &arena, &c, &why), 0);
	assert_int_equal(c.state, SEARCH_STATIC | SEARCH_COMPLETE | TWIR_TOTALLY);
	assert_int_equal(ids_in(m, a, NULL, found), 10);
	assert_int_equal(ids_in(m, fixed, NULL, found), 10);
	/* A static one takes nothing new, and keeps what is gone and what is elsewhere now. */
	mailbox_ok(m, mailbox_begin(m));
	id = put(m, inbox, 2);
	mailbox_ok(m, message_delete(m, found[0], DELETE_HARD));
	mailbox_ok(m, message_move(m, found[1], role_folder(m, MAILBOX_NOTES), &moved));
	mailbox_ok(m, message_delete(m, found[2], DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, a, NULL, (uint64_t[64]){ 0 }), 8);
	static_keeps(m, fixed, found, moved);
	sound(m);
	/* Stopped, the other one too; started again, it is as it should be. */
	mailbox_ok(m, mailbox_begin(m));
	set(m, a, NULL, NULL, 0, STOP_SEARCH);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, mailbox_begin(m));
	(void)put(m, inbox, 2);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, a, NULL, found), 8);
	assert_int_equal(search_get(m, a, &arena, &c, &why), 0);
	assert_int_equal(c.state & SEARCH_RUNNING, 0);
	mailbox_ok(m, mailbox_begin(m));
	set(m, a, NULL, NULL, 0, RESTART_SEARCH);
	set(m, fixed, NULL, NULL, 0, RESTART_SEARCH | STATIC_SEARCH);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, a, NULL, found), 9);
	assert_int_equal(ids_in(m, fixed, NULL, found), 9);
	/* What a folder that is deleted takes along stays found, too; one that is static no more is filled anew. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "goes", NULL, &goes));
	(void)put(m, goes, 2);
	set(m, fixed, NULL, NULL, 0, RESTART_SEARCH | STATIC_SEARCH | RECURSIVE_SEARCH);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, goes));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, fixed, NULL, found), 10);
	sound(m);
	mailbox_ok(m, mailbox_begin(m));
	set(m, fixed, NULL, NULL, 0, 0);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, fixed, NULL, found), 9);
	/* Other criteria, other contents. */
	mailbox_ok(m, mailbox_begin(m));
	set(m, a, r_number(PidTagImportance, RELOP_EQ, 0), NULL, 0, 0);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(ids_in(m, a, NULL, found), 10);
	assert_true(id != 0);
	end(e, m);
}

static void flags(void **state)
{
	(void)state;
	on_each_engine(flags_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(follows), cmocka_unit_test(flags) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
