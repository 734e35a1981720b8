/* store/rule: the rules of a folder. */
#include "steps.h"

#include "store/rule.h"

#define NAME "rule_test"

static void fill(struct bag *b, struct arena *arena, uint32_t sequence, uint32_t state, const char *name)
{
	bag_init(b, arena);
	assert_int_equal(bag_set_u32(b, PidTagRuleSequence, sequence), 0);
	assert_int_equal(bag_set_u32(b, PidTagRuleState, state), 0);
	assert_int_equal(bag_set_text(b, PidTagRuleName, name), 0);
}

static uint64_t add(struct mailbox *m, uint64_t folder, uint32_t sequence, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct bag b;
	uint64_t id = 0;

	fill(&b, &arena, sequence, RULE_ENABLED, name);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, rule_add(m, folder, &b, &id));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_not_equal(id, 0);
	return id;
}

static void assert_names(struct mailbox *m, uint64_t folder, size_t n, const char *const *names)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct rule *v;
	size_t have = 99;

	mailbox_ok(m, rule_list(m, folder, &arena, &v, &have));
	assert_int_equal(have, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(bag_text(&v[i].props, tag_id(PidTagRuleName), 1252, &arena), names[i]);
}

static void lifetime(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other");
	uint64_t second = add(m, inbox, 20, "second"), first = add(m, inbox, 10, "first");
	struct rule *v;
	struct bag change;
	size_t n;

	add(m, inbox, 20, "third");
	add(m, other, 1, "elsewhere");
	assert_names(m, inbox, 3, (const char *const[]){ "first", "second", "third" });
	/* What is modified is changed, the rest stays; the order follows. */
	bag_init(&change, &arena);
	assert_int_equal(bag_set_u32(&change, PidTagRuleSequence, 30), 0);
	assert_int_equal(bag_set_u64(&change, PidTagRuleId, 12345), 0);
	mailbox_refused(m, rule_modify(m, inbox, first, &change), ecInvalidParam);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, rule_modify(m, inbox, first, &change));
	mailbox_refused(m, rule_modify(m, other, first, &change), ecNotFound);
	mailbox_ok(m, mailbox_commit(m));
	assert_names(m, inbox, 3, (const char *const[]){ "second", "third", "first" });
	mailbox_ok(m, rule_list(m, inbox, &arena, &v, &n));
	assert_int_equal(v[2].id, first);
	assert_int_equal(v[2].sequence, 30);
	assert_int_equal(v[2].state, RULE_ENABLED);
	assert_null(bag_find(&v[2].props, tag_id(PidTagRuleId)));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, rule_remove(m, inbox, second));
	mailbox_refused(m, rule_remove(m, inbox, second), ecNotFound);
	mailbox_rollback(m);
	assert_names(m, inbox, 3, (const char *const[]){ "second", "third", "first" });
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, rule_clear(m, inbox));
	mailbox_ok(m, folder_delete(m, other));
	mailbox_ok(m, mailbox_commit(m));
	assert_names(m, inbox, 0, NULL);
	assert_names(m, other, 0, NULL);
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void limits(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id;
	struct bag b;
	void *big = arena_zalloc(&arena, RULE_SIZE_MAX);

	fill(&b, &arena, 1, RULE_ENABLED, "big");
	for (uint16_t i = 0; i < 5; i++)
		assert_int_equal(bag_set_bytes(&b, tag_make((uint16_t)(0x6684 + i), PT_BINARY), bytes_of(big, 60000)), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_refused(m, rule_add(m, inbox, &b, &id), ecTooBig);
	mailbox_rollback(m);
	fill(&b, &arena, 1, RULE_ENABLED, "nowhere");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_refused(m, rule_add(m, 0x7FFFFF, &b, &id), ecNotFound);
	mailbox_rollback(m);
	mailbox_close(m);
	engine_drop(e, NAME);
}

ON_EACH(lifetime)
ON_EACH(limits)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
