/* Mailboxes for tests: new ones on each engine, opened again, and told what to hold. */
#ifndef TESTS_STORE_MAILBOXES_H
#define TESTS_STORE_MAILBOXES_H

#include "engines.h"

#include "base/utf16.h"
#include "store/folder.h"
#include "store/mailbox.h"
#include "store/message.h"

#define TEST_NOW 133700000000000000ull

static inline status try_mailbox(enum sql_engine e, const char *name, struct mailbox **m, struct reason *why)
{
	struct clock clock = clock_fixed(TEST_NOW);
	struct sql *db = NULL;
	status s = engine_open(e, name, true, &db, why);

	return s ? s : mailbox_open(db, &clock, m, why);
}

static inline struct mailbox *open_mailbox(enum sql_engine e, const char *name)
{
	struct reason why = { "" };
	struct mailbox *m = NULL;

	if (try_mailbox(e, name, &m, &why))
		fail_msg("%s: %s", engine_name(e), why.text);
	return m;
}

static inline struct mailbox *fresh_mailbox(enum sql_engine e, const char *name)
{
	engine_drop(e, name);
	return open_mailbox(e, name);
}

#define mailbox_ok(m, call)                                                      \
	do {                                                                     \
		status ok_status_ = (call);                                      \
		if (ok_status_)                                                  \
			fail_msg("0x%08x: %s", ok_status_, mailbox_failure(m));  \
	} while (0)

static inline uint64_t role_folder(struct mailbox *m, enum mailbox_role role)
{
	uint64_t id = 0;

	mailbox_ok(m, folder_by_role(m, role, &id));
	return id;
}

/* The bag of a mail; its values live in the arena. */
static inline struct bag plain_mail(struct arena *arena, const char *subject)
{
	struct bag b;

	bag_init(&b, arena);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_text(&b, PidTagBody, "Hello"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSenderName, "Ada"), 0);
	assert_int_equal(bag_set_text(&b, PidTagDisplayTo, "Grace"), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW - 1000), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 0), 0);
	return b;
}

static inline status try_put(struct mailbox *m, uint64_t folder, const struct bag *props, const struct message_options *o, uint64_t *id)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w = NULL;
	status s = message_writer_new(m, folder, o, &w);

	if (s)
		return s;
	struct item_sink *sink = message_writer_sink(w);
	s = item_message_begin(sink, &(struct message_event){ .props = props, .confidence = 100, .associated = o && o->associated });
	if (!s)
		s = item_message_end(sink, &result);
	if (!s)
		s = message_writer_finish(w, id);
	message_writer_free(w);
	return s;
}

/* In the transaction that is open. */
static inline uint64_t put_mail(struct mailbox *m, uint64_t folder, const char *subject)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b = plain_mail(&arena, subject);
	uint64_t id = 0;

	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

static inline struct folder look_at_folder(struct mailbox *m, uint64_t id, struct arena *arena)
{
	struct folder f = { .id = 0 };

	mailbox_ok(m, folder_get(m, id, arena, &f));
	return f;
}

static inline struct message_info look_at(struct mailbox *m, uint64_t id, struct arena *arena)
{
	struct message_info i = { .id = 0 };

	mailbox_ok(m, message_info(m, id, arena, &i));
	return i;
}

#endif
