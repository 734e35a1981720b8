/* store/retention: recoverable items that are too old, or too many. */
#include "steps.h"

#include "store/mailbox_private.h"
#include "store/quota.h"
#include "store/retention.h"

#define NAME "retention_test"
#define DAY (86400 * FILETIME_PER_SECOND)

/* Deleted so many days ago. */
static uint64_t deleted_mail(struct mailbox *m, uint64_t folder, unsigned days)
{
	uint64_t id = put_mail(m, folder, "mail");

	m->clock.fixed = TEST_NOW - days * DAY;
	mailbox_ok(m, message_delete(m, id, DELETE_SOFT));
	m->clock.fixed = TEST_NOW;
	return id;
}

static bool is_there(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct message_info info;

	return message_info(m, id, &arena, &info) == ecNone;
}

static void age(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS), ids[6];
	struct retention r = { .keep_for = 14 * DAY, .keep_bytes = UINT64_MAX, .batch = 2 };
	struct retention_result done = { .messages = 0 };
	struct quota_usage u;
	bool more = false;

	mailbox_ok(m, mailbox_begin(m));
	ids[0] = deleted_mail(m, inbox, 20);
	ids[1] = deleted_mail(m, drafts, 15);
	ids[2] = deleted_mail(m, inbox, 14);
	ids[3] = deleted_mail(m, inbox, 1);
	ids[4] = put_mail(m, inbox, "not deleted");
	ids[5] = deleted_mail(m, inbox, 30);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, retention_step(m, &r, &done, &more));
	assert_int_equal(done.messages, 2);
	assert_true(more);
	assert_false(is_there(m, ids[5]) || is_there(m, ids[0]));
	assert_true(is_there(m, ids[1]));
	mailbox_ok(m, retention_run(m, &r, &done));
	assert_int_equal(done.messages, 3);
	assert_true(done.bytes > 3);
	assert_false(is_there(m, ids[1]));
	assert_true(is_there(m, ids[2]) && is_there(m, ids[3]) && is_there(m, ids[4]));
	mailbox_ok(m, quota_usage(m, &u));
	assert_int_equal(u.deleted_items, 2);
	assert_int_equal(u.items, 1);
	/* Once more: nothing. For ever: nothing. */
	mailbox_ok(m, retention_run(m, &r, &done));
	r.keep_for = UINT64_MAX;
	mailbox_ok(m, retention_run(m, &r, &done));
	assert_int_equal(done.messages, 3);
	r.keep_for = 0;
	mailbox_ok(m, retention_run(m, &r, &done));
	assert_int_equal(done.messages, 5);
	assert_true(is_there(m, ids[4]));
	mailbox_close(m);
}

static void too_many(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), ids[5];
	struct retention r = { .keep_for = UINT64_MAX, .keep_bytes = UINT64_MAX, .batch = 3 };
	struct retention_result done = { .messages = 0 };
	struct quota_usage u;

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 5; i++)
		ids[i] = deleted_mail(m, inbox, 10 - i);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, quota_usage(m, &u));
	/* Room for two of five: the newest stay. */
	r.keep_bytes = 2 * u.deleted_size / 5;
	mailbox_ok(m, retention_run(m, &r, &done));
	assert_int_equal(done.messages, 3);
	assert_false(is_there(m, ids[2]));
	assert_true(is_there(m, ids[3]) && is_there(m, ids[4]));
	mailbox_ok(m, quota_usage(m, &u));
	assert_int_equal(u.deleted_size, r.keep_bytes);
	r.keep_bytes = 0;
	mailbox_ok(m, retention_run(m, &r, &done));
	assert_int_equal(done.messages, 5);
	mailbox_close(m);
}

static void refused(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct retention r = { .keep_for = 0, .keep_bytes = 0 };
	struct retention_result done = { .messages = 0 };
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id;
	bool ended = false;
	unsigned n;

	mailbox_ok(m, mailbox_begin(m));
	id = deleted_mail(m, inbox, 3);
	mailbox_refused(m, retention_run(m, &r, &done), ecInvalidParam);
	mailbox_ok(m, mailbox_commit(m));
	/* A full disk at each step: the message is there as long as it was not said to be gone. */
	for (n = 1; !ended; n++) {
		sql_fail_after(n);
		status s = retention_run(m, &r, &done);
		sql_fail_after(0);
		ended = !s;
		assert_true(ended || s == ecDiskError);
		assert_int_equal(is_there(m, id), done.messages == 0);
		assert_true(n < 60);
	}
	assert_true(n > 5);
	assert_int_equal(done.messages, 1);
	mailbox_close(m);
}

ON_EACH(age)
ON_EACH(too_many)
ON_EACH(refused)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
