/* Steps that several tests of mailboxes take, and the wrapper that runs a test on each engine. */
#ifndef TESTS_STORE_STEPS_H
#define TESTS_STORE_STEPS_H

#include "mailboxes.h"

#define ON_EACH(name)                         \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		on_each_engine(name);         \
	}

/* It fails so, and says why. */
#define mailbox_refused(m, call, code)                       \
	do {                                                 \
		assert_int_equal((call), (code));            \
		assert_true(mailbox_failure(m)[0] != '\0');  \
	} while (0)

/* In the transaction that is open, or in one of its own. */
static inline uint64_t new_folder(struct mailbox *m, uint64_t parent, const char *name)
{
	bool alone = !mailbox_in_transaction(m);
	uint64_t id = 0;

	if (alone)
		mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, parent, name, NULL, &id));
	if (alone)
		mailbox_ok(m, mailbox_commit(m));
	return id;
}

#endif
