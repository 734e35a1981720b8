/* store/replid: short numbers of replicas. */
#include "steps.h"

#include "store/replid.h"

#define NAME "replid_test"

static void numbers(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct guid a = { { 1 } }, b = { { 2 } }, none = { { 0 } }, found;
	struct replid *list;
	uint16_t id = 0;
	size_t n = 0;

	mailbox_ok(m, replid_of(m, &mailbox_identity(m)->replica, &id));
	assert_int_equal(id, REPLID_OWN);
	mailbox_refused(m, replid_of(m, &none, &id), ecInvalidParam);
	mailbox_refused(m, replid_of(m, &a, &id), ecInvalidParam); /* a new one outside of a transaction */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, replid_of(m, &a, &id));
	assert_int_equal(id, 2);
	mailbox_ok(m, replid_of(m, &b, &id));
	assert_int_equal(id, 3);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	mailbox_ok(m, replid_of(m, &a, &id));
	assert_int_equal(id, 2);
	mailbox_ok(m, replid_guid(m, 3, &found));
	assert_true(guid_equal(&found, &b));
	mailbox_ok(m, replid_guid(m, REPLID_OWN, &found));
	assert_true(guid_equal(&found, &mailbox_identity(m)->replica));
	mailbox_refused(m, replid_guid(m, 4, &found), ecNotFound);
	mailbox_refused(m, replid_guid(m, 0, &found), ecNotFound);
	mailbox_ok(m, replid_list(m, &arena, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[2].replid, 3);
	mailbox_close(m);
}

ON_EACH(numbers)

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
