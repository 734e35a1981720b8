/* store/activity: what went on in folders. */
#include "steps.h"

#include "store/activity.h"

#define NAME "activity_test"

static struct activity of(struct mailbox *m, uint64_t folder)
{
	struct activity a = { 0 };

	mailbox_ok(m, activity_get(m, folder, &a));
	return a;
}

static void hierarchy(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS), a, b;

	assert_int_equal(of(m, inbox).hierarchy, 0);
	a = new_folder(m, inbox, "A");
	b = new_folder(m, inbox, "B");
	assert_int_equal(of(m, inbox).hierarchy, 2);
	assert_int_equal(of(m, inbox).changed, TEST_NOW);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, a, drafts));
	mailbox_ok(m, folder_delete(m, b));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(of(m, inbox).hierarchy, 4);
	assert_int_equal(of(m, drafts).hierarchy, 1);
	assert_int_equal(of(m, b).hierarchy, 0);
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	assert_int_equal(of(m, inbox).hierarchy, 4);
	mailbox_close(m);
}

static void messages(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS), one, two, three, moved;

	mailbox_ok(m, mailbox_begin(m));
	one = put_mail(m, inbox, "one");
	two = put_mail(m, inbox, "two");
	three = put_mail(m, inbox, "three");
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(of(m, inbox).deleted, 0);
	assert_int_equal(of(m, inbox).changed, TEST_NOW);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, one, DELETE_SOFT));
	mailbox_ok(m, message_delete(m, two, DELETE_HARD));
	mailbox_ok(m, message_move(m, three, drafts, &moved));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(of(m, inbox).deleted, 3);
	assert_int_equal(of(m, drafts).deleted, 0);
	/* What was deleted softly was deleted once. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, one, DELETE_HARD));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(of(m, inbox).deleted, 3);
	mailbox_close(m);
}

ON_EACH(hierarchy)
ON_EACH(messages)

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_hierarchy), cmocka_unit_test(test_messages) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
