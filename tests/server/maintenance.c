/* server/maintenance: what is past its time goes, a little at a time, and nothing else. */
#include "rop_fixture.h"

#include "server/maintenance.h"
#include "store/message.h"

#define DAY (86400 * FILETIME_PER_SECOND)

static struct fixture f;

static struct mailbox *begin_in(const char *name, struct shared_mailbox **s)
{
	struct mailbox *m;

	*s = fixture_mailbox(&f, name);
	m = shared_mailbox_lock(*s);
	assert_int_equal(shared_mailbox_ready(*s), 0);
	return m;
}

static void end_in(struct shared_mailbox *s)
{
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
}

/* In the Inbox of somebody, deleted now unless `deleted` is false. */
static uint64_t put_mail(const char *name, bool deleted)
{
	struct shared_mailbox *s;
	struct mailbox *m = begin_in(name, &s);
	uint64_t inbox = 0, id = 0;

	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	id = fixture_mail(&f, m, inbox, false);
	if (deleted)
		assert_int_equal(message_delete(m, id, DELETE_SOFT), 0);
	assert_int_equal(mailbox_commit(m), 0);
	end_in(s);
	return id;
}

static bool is_there(const char *name, uint64_t id)
{
	struct shared_mailbox *s;
	struct mailbox *m = begin_in(name, &s);
	struct message_info info;
	status st = message_info(m, id, &f.arena, &info);

	end_in(s);
	assert_true(!st || st == ecNotFound);
	return !st;
}

/* A mailbox has the clock of when it was opened. */
static void time_passes(uint64_t units)
{
	f.clock.fixed += units;
	host_close_idle(f.host);
}

static void days_pass(unsigned days)
{
	time_passes(days * DAY);
}

/* Each mailbox by its own setting; what nobody deleted stays whatever its age. */
static void test_age(void **state)
{
	struct maintenance *m = NULL;
	uint64_t old, kept, alive, hers;

	(void)state;
	fixture_set(&f, "Mailbox", "bob", "RetainDeletedItemsFor", "30.00:00:00");
	assert_int_equal(fixture_person(&f, "alice").keep_deleted, 14 * DAY);
	assert_int_equal(fixture_person(&f, "bob").keep_deleted, 30 * DAY);
	assert_int_equal(maintenance_new(&f.server, &m), 0);
	old = put_mail("alice", true);
	alive = put_mail("alice", false);
	hers = put_mail("bob", true);
	days_pass(10);
	kept = put_mail("alice", true);
	maintenance_look(m);
	assert_true(is_there("alice", old));
	/* The next day of work is not before a day is over. */
	time_passes(DAY - 1);
	days_pass(4);
	maintenance_look(m);
	assert_false(is_there("alice", old));
	assert_true(is_there("alice", kept) && is_there("alice", alive) && is_there("bob", hers));
	time_passes(DAY / 2);
	fixture_set(&f, "Mailbox", "bob", "RetainDeletedItemsFor", "1.00:00:00");
	maintenance_look(m);
	assert_true(is_there("bob", hers));
	time_passes(DAY / 2);
	maintenance_look(m);
	assert_false(is_there("bob", hers));
	assert_true(is_there("alice", kept) && is_there("alice", alive));
	maintenance_free(m);
}

/* At the start nothing is done that could wait. */
static void test_begins_late(void **state)
{
	struct maintenance *m = NULL;
	uint64_t old = put_mail("alice", true);

	(void)state;
	days_pass(100);
	assert_int_equal(maintenance_new(&f.server, &m), 0);
	maintenance_look(m);
	assert_true(is_there("alice", old));
	time_passes(MAINTENANCE_FIRST_SECONDS * FILETIME_PER_SECOND);
	maintenance_look(m);
	assert_false(is_there("alice", old));
	maintenance_free(m);
}

/* More than may be recovered: the oldest goes before its time. */
static void test_quota(void **state)
{
	struct maintenance *m = NULL;
	uint64_t first, second;

	(void)state;
	fixture_set(&f, "Mailbox", "carol", "UseDatabaseQuotaDefaults", "False");
	first = put_mail("carol", true);
	time_passes(FILETIME_PER_SECOND);
	second = put_mail("carol", true);
	assert_int_equal(maintenance_new(&f.server, &m), 0);
	days_pass(1);
	maintenance_look(m);
	assert_true(is_there("carol", first) && is_there("carol", second));
	fixture_set(&f, "Mailbox", "carol", "RecoverableItemsWarningQuota", "1B");
	fixture_set(&f, "Mailbox", "carol", "RecoverableItemsQuota", "1B");
	days_pass(1);
	maintenance_look(m);
	assert_false(is_there("carol", first) || is_there("carol", second));
	maintenance_free(m);
}

/* A mailbox that somebody else has alone waits, and the others do not. */
static void test_in_use(void **state)
{
	struct person bob = fixture_person(&f, "bob");
	struct shared_mailbox *alone = NULL;
	struct maintenance *m = NULL;
	uint64_t his = put_mail("bob", true), hers = put_mail("carol", true);

	(void)state;
	fixture_set(&f, "Mailbox", "carol", "RecoverableItemsQuota", "Unlimited");
	assert_int_equal(maintenance_new(&f.server, &m), 0);
	assert_int_equal(host_mailbox_alone(f.host, &bob.mailbox, &alone, &f.why), 0);
	days_pass(40);
	maintenance_look(m);
	host_mailbox_release(alone);
	assert_false(is_there("carol", hers));
	days_pass(1);
	maintenance_look(m);
	assert_false(is_there("bob", his));
	maintenance_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_age), cmocka_unit_test(test_begins_late), cmocka_unit_test(test_quota),
					    cmocka_unit_test(test_in_use) };

	return FIXTURE_RUN(&f, tests);
}
