/* store/quota: what a mailbox holds, and what it may. */
#include "steps.h"

#include "store/mailbox_private.h"
#include "store/quota.h"

#define NAME "quota_test"

static const struct quota limits = {
	.warning = 1000,
	.prohibit_send = 2000,
	.prohibit_send_receive = 3000,
	.recoverable_warning = 400,
	.recoverable = 500,
};

static void assert_verdict(const struct quota *q, uint64_t size, enum quota_action action, uint64_t bytes, status expected)
{
	struct quota_usage u = { .size = size, .deleted_size = size };
	struct reason why = { "" };

	assert_int_equal(quota_verdict(q, &u, action, bytes, &why), expected);
	assert_true(!expected == !why.text[0]);
}

static void test_verdicts(void **state)
{
	(void)state;
	assert_verdict(&limits, 1999, QUOTA_SUBMIT, 0, ecNone);
	assert_verdict(&limits, 2000, QUOTA_SUBMIT, 0, ecQuotaExceeded);
	assert_verdict(&limits, 2000, QUOTA_DELIVER, 1000, ecNone);
	assert_verdict(&limits, 2000, QUOTA_DELIVER, 1001, ecQuotaExceeded);
	assert_verdict(&limits, 3000, QUOTA_DELIVER, 0, ecQuotaExceeded);
	assert_verdict(&limits, 2000, QUOTA_SAVE, 1000, ecNone);
	assert_verdict(&limits, 2999, QUOTA_SAVE, 2, ecShutoffQuotaExceeded);
	assert_verdict(&limits, 2999, QUOTA_SAVE, UINT64_MAX, ecShutoffQuotaExceeded);
	assert_verdict(&limits, 300, QUOTA_DELETE_SOFT, 200, ecNone);
	assert_verdict(&limits, 300, QUOTA_DELETE_SOFT, 201, ecQuotaExceeded);
	for (enum quota_action a = QUOTA_SUBMIT; a <= QUOTA_DELETE_SOFT; a++) {
		assert_verdict(&quota_unlimited, UINT64_MAX, a, UINT64_MAX, ecNone);
		assert_verdict(&limits, 0, a, 0, ecNone);
		assert_verdict(&(struct quota){ 0 }, 0, a, 1, a == QUOTA_SAVE ? ecShutoffQuotaExceeded : ecQuotaExceeded);
	}
	/* Who may not receive may not send either, whatever the other limit says. */
	assert_verdict(&(struct quota){ .prohibit_send = QUOTA_UNLIMITED, .prohibit_send_receive = 10 }, 10, QUOTA_SUBMIT, 0,
		       ecQuotaExceeded);
}

static void assert_state(const struct quota *q, uint64_t size, const char *name)
{
	struct quota_usage u = { .size = size, .deleted_size = size };

	assert_string_equal(quota_state_name(quota_state(q, &u)), name);
}

static void test_states(void **state)
{
	(void)state;
	assert_state(&limits, 999, "BelowLimit");
	assert_state(&limits, 1000, "IssueWarning");
	assert_state(&limits, 2000, "ProhibitSend");
	assert_state(&limits, 3000, "MailboxDisabled");
	assert_state(&quota_unlimited, 1ull << 40, "NoChecking");
	assert_false(quota_recoverable_warning(&limits, &(struct quota_usage){ .size = 9999, .deleted_size = 399 }));
	assert_true(quota_recoverable_warning(&limits, &(struct quota_usage){ .deleted_size = 400 }));
	assert_int_equal(quota_kilobytes(QUOTA_UNLIMITED), -1);
	assert_int_equal(quota_kilobytes(2047), 1);
	assert_int_equal(quota_kilobytes(1ull << 50), INT32_MAX);
}

static void assert_usage(struct mailbox *m, uint64_t items, uint64_t size, uint64_t deleted_size)
{
	struct quota_usage u = { .size = 77 };

	mailbox_ok(m, quota_usage(m, &u));
	assert_int_equal(u.items, items);
	assert_int_equal(u.size, size);
	assert_int_equal(u.deleted_size, deleted_size);
}

static void usage(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS);

	assert_usage(m, 0, 0, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_count(m, &(struct folder_delta){ .folder = inbox, .items = 2, .size = 5000000000 }));
	mailbox_ok(m, folder_count(m, &(struct folder_delta){ .folder = drafts, .items = 1, .size = 70, .deleted_size = 6 }));
	assert_usage(m, 3, 5000000070, 6);
	mailbox_ok(m, mailbox_commit(m));
	assert_usage(m, 3, 5000000070, 6);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_count(m, &(struct folder_delta){ .folder = inbox, .items = -1, .size = -30 }));
	mailbox_rollback(m);
	assert_usage(m, 3, 5000000070, 6);
	mailbox_close(m);
}

/* What is counted along is what a mailbox that is opened again adds up, whatever happens. */
static void counted_along(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), folder = new_folder(m, inbox, "Folder"), a, moved = 0;
	struct quota_usage along, anew;

	assert_usage(m, 0, 0, 0);
	for (unsigned step = 0; step < 7; step++) {
		mailbox_ok(m, mailbox_begin(m));
		a = put_mail(m, step % 2 ? inbox : folder, "mail");
		if (step == 1)
			mailbox_ok(m, message_delete(m, a, DELETE_SOFT));
		if (step == 2)
			mailbox_ok(m, message_delete(m, a, DELETE_HARD));
		if (step == 3)
			mailbox_ok(m, message_move(m, a, folder, &moved));
		if (step == 4)
			mailbox_ok(m, message_copy(m, a, inbox, &moved));
		if (step == 5)
			mailbox_ok(m, folder_delete(m, folder));
		if (step == 6)
			mailbox_rollback(m);
		else
			mailbox_ok(m, mailbox_commit(m));
		folder = step == 5 ? inbox : folder;
		mailbox_ok(m, quota_usage(m, &along));
		m->total_known = false;
		mailbox_ok(m, quota_usage(m, &anew));
		assert_memory_equal(&along, &anew, sizeof along);
	}
	assert_true(along.items > 0 && along.deleted_items == 1);
	mailbox_close(m);
}

ON_EACH(usage)
ON_EACH(counted_along)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_counted_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
