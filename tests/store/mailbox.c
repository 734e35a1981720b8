/* store/mailbox: identity, names, transactions, listeners, what may be opened; and every step and allocation fails once. */
#include "mailboxes.h"

#include "mapi/propset.h"
#include "mapi/tag.h"
#include "store/check.h"
#include "store/schema.h"

#define NAME "mailbox"

/* Identity --------------------------------------------------------------------------------------------------------- */

static void identity_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct mailbox_identity first = *mailbox_identity(m), again;

	assert_false(guid_is_zero(&first.mailbox));
	assert_false(guid_equal(&first.mailbox, &first.replica));
	assert_false(guid_equal(&first.replica, &first.mapping_signature));
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	again = *mailbox_identity(m);
	assert_memory_equal(&first, &again, sizeof first);
	mailbox_close(m);
	/* Made again under the same name it is another one. */
	m = fresh_mailbox(e, NAME);
	assert_false(guid_equal(&first.mailbox, &mailbox_identity(m)->mailbox));
	assert_false(guid_equal(&first.replica, &mailbox_identity(m)->replica));
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void identity(void **state)
{
	(void)state;
	on_each_engine(identity_on);
}

static void names_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct prop_name number = { .set = { { 1 } }, .lid = 5 };
	struct prop_name text = { .set = { { 1 } }, .by_string = true, .string = bytes_of("K\0e\0y\0", 6) };
	uint16_t a = 0, b = 0, c = 0;

	/* A new mailbox has some already. */
	assert_int_not_equal(name_map_id(mailbox_names(m), &(struct prop_name){ .set = PSETID_Common, .lid = PidLidReminderSet }), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_name_id(m, &number, &a));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_name_id(m, &text, &b));
	mailbox_rollback(m);
	assert_int_equal(name_map_id(mailbox_names(m), &text), 0);
	assert_int_equal(name_map_id(mailbox_names(m), &number), a);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_name_id(m, &text, &c));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(b, c);
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	assert_int_equal(name_map_id(mailbox_names(m), &number), a);
	assert_int_equal(name_map_id(mailbox_names(m), &text), c);
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void names(void **state)
{
	(void)state;
	on_each_engine(names_on);
}

static void store_properties_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const uint16_t gone[] = { tag_id(PidTagComment) };
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct bag set, got;

	bag_init(&set, &arena);
	bag_init(&got, &arena);
	assert_int_equal(mailbox_set(m, &set, NULL, 0), ecInvalidParam);
	assert_int_equal(bag_set_text(&set, PidTagDisplayName, "Ada"), 0);
	assert_int_equal(bag_set_text(&set, PidTagComment, "x"), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_set(m, &set, NULL, 0));
	bag_init(&set, &arena);
	mailbox_ok(m, mailbox_set(m, &set, gone, 1));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	mailbox_ok(m, mailbox_props(m, &got));
	assert_int_equal(got.n, 1);
	assert_string_equal(bag_text(&got, tag_id(PidTagDisplayName), 1252, &arena), "Ada");
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void store_properties(void **state)
{
	(void)state;
	on_each_engine(store_properties_on);
}

/* Listeners ----------------------------------------------------------------------------------------------------------- */

struct heard {
	unsigned calls;
	size_t n;
	struct mailbox_change v[32];
	status answer;
};

static void hear(void *context, const struct mailbox_change *changes, size_t n)
{
	struct heard *h = context;

	h->calls++;
	for (size_t i = 0; i < n && h->n < 32; i++)
		h->v[h->n++] = changes[i];
}

static status keep(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	(void)m;
	hear(context, changes, n);
	return ((struct heard *)context)->answer;
}

static void listening_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS), a, b = 0;
	struct heard heard = { .calls = 0 }, kept = { .calls = 0 };

	mailbox_ok(m, mailbox_listen(m, hear, &heard));
	mailbox_ok(m, mailbox_keep(m, keep, &kept));
	mailbox_ok(m, mailbox_begin(m));
	a = put_mail(m, inbox, "a");
	mailbox_ok(m, message_set_read(m, a, true));
	mailbox_ok(m, message_move(m, a, drafts, &b));
	mailbox_ok(m, message_delete(m, b, DELETE_SOFT));
	assert_int_equal(heard.calls, 0);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(heard.calls, 1);
	assert_int_equal(heard.n, 4);
	assert_int_equal(kept.n, 4);
	assert_int_equal(heard.v[0].kind, CHANGE_MESSAGE_CREATED);
	assert_int_equal(heard.v[0].folder, inbox);
	assert_int_equal(heard.v[0].object, a);
	assert_int_equal(heard.v[1].kind, CHANGE_MESSAGE_READ);
	assert_int_equal(heard.v[2].kind, CHANGE_MESSAGE_MOVED);
	assert_int_equal(heard.v[2].object, b);
	assert_int_equal(heard.v[2].old_folder, inbox);
	assert_int_equal(heard.v[2].old_object, a);
	assert_int_equal(heard.v[3].kind, CHANGE_MESSAGE_DELETED);
	/* Nothing of what was rolled back; nothing of nothing. */
	mailbox_ok(m, mailbox_begin(m));
	(void)put_mail(m, inbox, "b");
	mailbox_rollback(m);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(heard.calls, 1);
	/* A keeper that fails fails the commit. */
	kept.answer = ecDiskError;
	mailbox_ok(m, mailbox_begin(m));
	(void)put_mail(m, inbox, "c");
	assert_int_equal(mailbox_commit(m), ecDiskError);
	assert_int_equal(heard.calls, 1);
	assert_int_equal(look_at_folder(m, inbox, &arena).items, 0);
	kept.answer = ecNone;
	mailbox_unlisten(m, hear, &heard);
	mailbox_ok(m, mailbox_begin(m));
	(void)put_mail(m, inbox, "d");
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(heard.calls, 1);
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void listening(void **state)
{
	(void)state;
	on_each_engine(listening_on);
}

/* What may be opened ---------------------------------------------------------------------------------------------------- */

static void newer_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct reason why = { "" };

	mailbox_ok(m, meta_set_i64(mailbox_sql(m), "schema", SCHEMA_VERSION + 1));
	mailbox_close(m);
	assert_int_equal(try_mailbox(e, NAME, &m, &why), ecVersion);
	assert_non_null(strstr(why.text, "later version"));
	engine_drop(e, NAME);
}

static void newer_schema(void **state)
{
	(void)state;
	on_each_engine(newer_on);
}

static void lost_identity_on(enum sql_engine e)
{
	static const char *const damages[] = {
		"DELETE FROM meta WHERE name = 'replica_guid'",
		"UPDATE meta SET number = -1 WHERE name = 'next_id'",
		"DELETE FROM folder WHERE role = 5",
		"UPDATE folder SET role = 77 WHERE role = 5",
		"UPDATE name SET id = 5 WHERE id = 32769",
	};

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct prop_name name = { .lid = 1 };
		struct reason why = { "" };
		struct mailbox *m = fresh_mailbox(e, NAME);

		mailbox_ok(m, mailbox_begin(m));
		mailbox_ok(m, mailbox_name_id(m, &name, &(uint16_t){ 0 }));
		mailbox_ok(m, mailbox_commit(m));
		mailbox_ok(m, sql_execute(mailbox_sql(m), damages[i]));
		mailbox_close(m);
		assert_int_equal(try_mailbox(e, NAME, &m, &why), ecCorruptData);
		assert_true(why.text[0]);
	}
	engine_drop(e, NAME);
}

static void damaged_mailbox(void **state)
{
	(void)state;
	on_each_engine(lost_identity_on);
}

static void busy_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME), *second = NULL;
	struct reason why = { "" };

	assert_int_equal(try_mailbox(e, NAME, &second, &why), ecBusy);
	assert_non_null(strstr(why.text, "another process"));
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void opened_twice(void **state)
{
	(void)state;
	on_each_engine(busy_on);
}

/* Torture ----------------------------------------------------------------------------------------------------------------- */

/* What is acknowledged: set when a commit has returned 0. */
struct acknowledged {
	uint64_t first, copy, moved, large;
	bool folder;
};

static status large_message(struct mailbox *m, uint64_t folder, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	static const uint8_t chunk[60000] = { 9 };
	struct bag b;
	struct prop p = { .tag = 0x10130102, .flags = PROP_LARGE, .count = 1, .size = 3 * sizeof chunk };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w = NULL;

	bag_init(&b, &arena);
	if (bag_set_text(&b, PidTagSubject, "large") || !bag_append(&b, &p))
		return ecMemory;
	status s = message_writer_new(m, folder, NULL, &w);
	if (s)
		return s;
	struct item_sink *sink = message_writer_sink(w);
	s = item_message_begin(sink, &(struct message_event){ .props = &b });
	if (!s)
		s = item_value_begin(sink, &p);
	for (unsigned i = 0; !s && i < 3; i++)
		s = item_value_chunk(sink, bytes_of(chunk, sizeof chunk));
	if (!s)
		s = item_value_end(sink, true);
	if (!s)
		s = item_message_end(sink, &result);
	if (!s)
		s = message_writer_finish(w, id);
	message_writer_free(w);
	return s;
}

static status first_part(struct mailbox *m, struct acknowledged *ack)
{
	uint64_t inbox, folder = 0, first = 0, large = 0;
	status s = folder_by_role(m, MAILBOX_INBOX, &inbox);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct prop_name name = { .lid = 3 };
	uint16_t id = 0;

	if (!s)
		s = mailbox_begin(m);
	if (!s)
		s = folder_create(m, inbox, "torture", NULL, &folder);
	if (!s)
		s = mailbox_name_id(m, &name, &id);
	struct bag b;
	bag_init(&b, &arena);
	if (!s && (bag_set_text(&b, PidTagSubject, "first") || bag_set_u32(&b, tag_make(id, PT_LONG), 1)))
		s = ecMemory;
	if (!s)
		s = try_put(m, folder, &b, NULL, &first);
	if (!s)
		s = large_message(m, folder, &large);
	if (!s)
		s = mailbox_commit(m);
	if (s)
		return s;
	ack->folder = true;
	ack->first = first;
	ack->large = large;
	return ecNone;
}

static status second_part(struct mailbox *m, struct acknowledged *ack)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t drafts, copy = 0, moved = 0;
	struct bag set;
	status s = folder_by_role(m, MAILBOX_DRAFTS, &drafts);

	bag_init(&set, &arena);
	if (!s && bag_set_text(&set, PidTagSubject, "changed"))
		s = ecMemory;
	if (!s)
		s = mailbox_begin(m);
	if (!s)
		s = message_copy(m, ack->large, drafts, &copy);
	if (!s)
		s = message_set(m, copy, &set, NULL, 0);
	if (!s)
		s = message_set_read(m, ack->large, true);
	if (!s)
		s = message_move(m, ack->first, drafts, &moved);
	if (!s)
		s = message_delete(m, ack->large, DELETE_SOFT);
	if (!s)
		s = mailbox_commit(m);
	if (s)
		return s;
	ack->copy = copy;
	ack->moved = moved;
	return ecNone;
}

static status script(struct mailbox *m, struct acknowledged *ack)
{
	status s = first_part(m, ack);

	if (!s)
		s = second_part(m, ack);
	if (s)
		mailbox_rollback(m);
	return s;
}

static void expect_message(struct mailbox *m, uint64_t id, const char *subject, bool deleted)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct message_info i = look_at(m, id, &arena);
	struct bag got;

	assert_string_equal(i.subject, subject);
	assert_int_equal(i.deleted != 0, deleted);
	bag_init(&got, &arena);
	mailbox_ok(m, message_props(m, id, &got));
}

static void expect_kept(struct mailbox *m, const struct acknowledged *ack)
{
	struct mailbox_check_summary s = { .folders = 0 };
	struct reason why = { "" };

	assert_int_equal(mailbox_check(m, NULL, &s, &why), 0);
	assert_true(mailbox_sound(&s));
	assert_int_equal(s.messages, (ack->first ? 2 : 0) + (ack->copy ? 1 : 0));
	if (!ack->first)
		return;
	expect_message(m, ack->large, "large", ack->copy != 0);
	if (ack->copy) {
		expect_message(m, ack->copy, "changed", false);
		expect_message(m, ack->moved, "first", false);
	} else {
		expect_message(m, ack->first, "first", false);
	}
}

static void torture(enum sql_engine e, void (*fail_after)(unsigned), unsigned most)
{
	unsigned failures = 0;
	status s = ecError;

	/* A mailbox of PostgreSQL takes long to make: every seventh step fails there. */
	for (unsigned n = 1; s && n <= most; n += e == SQL_SQLITE ? 1 : 7) {
		struct acknowledged ack = { .first = 0 };
		struct mailbox *m = fresh_mailbox(e, NAME);

		fail_after(n);
		s = script(m, &ack);
		fail_after(0);
		failures += s != 0;
		/* The same connection goes on, and one that is opened anew. */
		expect_kept(m, &ack);
		mailbox_close(m);
		m = open_mailbox(e, NAME);
		expect_kept(m, &ack);
		mailbox_close(m);
	}
	assert_int_equal(s, 0); /* at last nothing was left to fail */
	assert_true(failures > 5);
	engine_drop(e, NAME);
}

static void torture_steps(enum sql_engine e)
{
	torture(e, sql_fail_after, 1000);
}

static void every_step_fails(void **state)
{
	(void)state;
	on_each_engine(torture_steps);
}

static void every_allocation_fails(void **state)
{
	(void)state;
	torture(SQL_SQLITE, arena_fail_after, 1000);
}

/* Making a mailbox fails at every step: the next try makes it whole. */
static void opening_on(enum sql_engine e)
{
	status s = ecError;

	for (unsigned n = 1; s && n < 300; n += e == SQL_SQLITE ? 1 : 11) {
		struct mailbox *m = NULL;
		struct reason why = { "" };
		struct acknowledged none = { .first = 0 };

		engine_drop(e, NAME);
		sql_fail_after(n);
		s = try_mailbox(e, NAME, &m, &why);
		sql_fail_after(0);
		assert_true(!s || why.text[0]);
		if (s)
			m = open_mailbox(e, NAME);
		expect_kept(m, &none);
		mailbox_close(m);
	}
	assert_int_equal(s, 0);
	engine_drop(e, NAME);
}

static void opening_fails(void **state)
{
	(void)state;
	on_each_engine(opening_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity),	    cmocka_unit_test(names),		   cmocka_unit_test(store_properties),
		cmocka_unit_test(listening),	    cmocka_unit_test(newer_schema),	   cmocka_unit_test(damaged_mailbox),
		cmocka_unit_test(opened_twice),	    cmocka_unit_test(every_step_fails),	   cmocka_unit_test(every_allocation_fails),
		cmocka_unit_test(opening_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
