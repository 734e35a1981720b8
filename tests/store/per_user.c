/* store/per_user: what people have read in public folders. */
#include "steps.h"

#include "store/per_user.h"

#define NAME "per_user_test"

static void keeping(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct per_user p = { .folder = { 9, 8, 7 }, .replica = { { 5 } }, .data = bytes_of("first", 5) }, found, *list;
	struct guid ada = { { 1 } };
	size_t n = 0;

	mailbox_refused(m, per_user_set(m, NULL, &p), ecInvalidParam);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, per_user_set(m, NULL, &p));
	p.data = bytes_of("second", 6);
	mailbox_ok(m, per_user_set(m, NULL, &p));
	p.data = bytes_of("ada", 3);
	mailbox_ok(m, per_user_set(m, &ada, &p));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, per_user_get(m, NULL, p.folder, &arena, &found));
	assert_memory_equal(found.data.p, "second", 6);
	assert_true(guid_equal(&found.replica, &p.replica));
	mailbox_ok(m, per_user_get(m, &ada, p.folder, &arena, &found));
	assert_int_equal(found.data.n, 3);
	mailbox_ok(m, per_user_list(m, NULL, &p.replica, &arena, &list, &n));
	assert_int_equal(n, 1);
	assert_memory_equal(list[0].folder, p.folder, sizeof p.folder);
	mailbox_ok(m, per_user_list(m, NULL, &ada, &arena, &list, &n));
	assert_int_equal(n, 0);
	p.folder[0] = 1;
	mailbox_refused(m, per_user_get(m, NULL, p.folder, &arena, &found), ecNotFound);
	mailbox_close(m);
}

ON_EACH(keeping)

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keeping) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
