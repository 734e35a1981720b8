/* store/permission: lists of members, their rights and what follows from them. */
#include "steps.h"

#include "store/permission.h"

#define NAME "permission_test"

static const struct guid alice = { { 0xA1, 1 } }, bob = { { 0xB0, 2 } }, staff = { { 0x57, 3 } }, board = { { 0xBD, 4 } };

/* Words ------------------------------------------------------------------------------------------------------------ */

/* [MS-OXCPERM] 2.2.7, and the roles of Add-MailboxFolderPermission. */
static void test_roles(void **state)
{
	static const struct {
		const char *name;
		uint32_t rights;
	} roles[] = {
		{ "Owner", 0x7FB },	     { "PublishingEditor", 0x4FB }, { "Editor", 0x47B },
		{ "PublishingAuthor", 0x49B }, { "Author", 0x41B },	    { "NonEditingAuthor", 0x413 },
		{ "Reviewer", 0x401 },	     { "Contributor", 0x402 },	    { "LimitedDetails", 0x1800 },
		{ "AvailabilityOnly", 0x800 }, { "None", 0 },
	};
	uint32_t rights = 1;

	(void)state;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		assert_true(rights_parse(roles[i].name, &rights));
		assert_int_equal(rights, roles[i].rights);
		assert_string_equal(rights_role(rights), roles[i].name);
		assert_string_equal(rights_name(i), roles[i].name);
	}
	assert_true(rights_parse("pubLISHINGeditor", &rights));
	assert_int_equal(rights, 0x4FB);
	assert_false(rights_parse("Admiral", &rights));
	assert_false(rights_parse("", &rights));
	assert_int_equal(rights, 0x4FB);
	/* A calendar's list says the times too. */
	assert_string_equal(rights_role(0x1C01), "Reviewer");
	assert_null(rights_role(0x400));
}

static void assert_words(uint32_t rights, const char *words)
{
	CLEANUP_BUF struct buf b = BUF_MAX(400);

	rights_format(rights, &b);
	assert_string_equal(buf_cstr(&b), words);
}

static void test_words(void **state)
{
	size_t i = 0;
	uint32_t rights;

	(void)state;
	assert_words(0x47B, "Editor");
	assert_words(0, "None");
	assert_words(RIGHT_VISIBLE, "FolderVisible");
	assert_words(RIGHT_READ_ANY | RIGHT_CREATE, "ReadItems, CreateItems");
	assert_words(RIGHT_VISIBLE | RIGHT_EDIT_ANY | RIGHT_EDIT_OWNED, "EditOwnedItems, EditAllItems, FolderVisible");
	assert_words(RIGHT_VISIBLE | RIGHT_FREE_BUSY_SIMPLE, "AvailabilityOnly, FolderVisible");
	assert_words(RIGHT_VISIBLE | RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED, "LimitedDetails, FolderVisible");
	for (uint32_t all = 0; rights_name(i); i++) {
		assert_true(rights_parse(rights_name(i), &rights));
		all |= rights;
		assert_true(rights_name(i + 1) || all == RIGHTS_ALL);
	}
	assert_int_equal(rights_complete(RIGHT_EDIT_ANY | RIGHT_DELETE_ANY | RIGHT_FREE_BUSY_DETAILED), 0x1878);
}

/* Lists ------------------------------------------------------------------------------------------------------------ */

static uint64_t add(struct mailbox *m, uint64_t folder, const struct guid *who, const char *name, uint32_t rights)
{
	struct permission p = { .person = *who, .entryid = bytes_of("entry", 5), .name = name, .rights = rights };
	uint64_t member = 0;

	mailbox_ok(m, permission_add(m, folder, &p, &member));
	assert_true(member > 0 && member < MEMBER_ANONYMOUS);
	return member;
}

/* "2:401 bob, ..." in the order of the list, with the ids of members after the first two. */
static const char *listed(struct mailbox *m, uint64_t folder)
{
	static char text[1000];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX(sizeof text);
	struct permission *v = NULL;
	size_t n = 0;

	mailbox_ok(m, permission_list(m, folder, &arena, &v, &n));
	assert_true(n >= 2 && v[0].member == MEMBER_DEFAULT && v[1].member == MEMBER_ANONYMOUS);
	assert_string_equal(v[0].name, "");
	assert_string_equal(v[1].name, "Anonymous");
	buf_printf(&b, "%x %x", v[0].rights, v[1].rights);
	for (size_t i = 2; i < n; i++) {
		assert_true(bytes_equal(v[i].entryid, bytes_of("entry", 5)));
		buf_printf(&b, ", %llu:%x %s", (unsigned long long)v[i].member, v[i].rights, v[i].name);
	}
	(void)snprintf(text, sizeof text, "%s", buf_cstr(&b));
	return text;
}

static void lists(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), calendar = role_folder(m, MAILBOX_CALENDAR), a, b;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct permission p = { .member = 77 };

	assert_string_equal(listed(m, inbox), "0 0");
	assert_string_equal(listed(m, calendar), "800 0");
	mailbox_ok(m, mailbox_begin(m));
	a = add(m, inbox, &alice, "Alice", RIGHT_READ_ANY);
	b = add(m, inbox, &bob, "Bob", RIGHT_EDIT_ANY);
	assert_true(a != b);
	assert_string_equal(listed(m, inbox), "0 0, 1:1 Alice, 2:28 Bob");
	mailbox_refused(m, permission_add(m, inbox, &(struct permission){ .person = alice, .name = "Again" }, &a), ecDuplicateName);
	mailbox_ok(m, permission_set(m, inbox, b, 0x401));
	mailbox_ok(m, permission_set(m, inbox, MEMBER_DEFAULT, 0x400));
	mailbox_ok(m, permission_set(m, inbox, MEMBER_ANONYMOUS, 2));
	mailbox_ok(m, permission_set(m, calendar, MEMBER_DEFAULT, 0));
	mailbox_ok(m, mailbox_commit(m));
	assert_string_equal(listed(m, inbox), "400 2, 1:1 Alice, 2:401 Bob");
	assert_string_equal(listed(m, calendar), "0 0");

	mailbox_ok(m, permission_get(m, inbox, b, &arena, &p));
	assert_true(guid_equal(&p.person, &bob) && p.rights == 0x401 && p.member == b);
	mailbox_ok(m, permission_get(m, inbox, MEMBER_ANONYMOUS, &arena, &p));
	assert_int_equal(p.rights, 2);
	assert_string_equal(p.name, "Anonymous");
	mailbox_ok(m, permission_of(m, inbox, &alice, &arena, &p));
	assert_int_equal(p.member, a);
	mailbox_refused(m, permission_of(m, calendar, &alice, &arena, &p), ecNotFound);
	mailbox_refused(m, permission_of(m, inbox, &(struct guid){ { 0 } }, &arena, &p), ecNotFound);
	mailbox_refused(m, permission_get(m, inbox, 99, &arena, &p), ecNotFound);

	mailbox_close(m);
	m = open_mailbox(e, NAME);
	assert_string_equal(listed(m, inbox), "400 2, 1:1 Alice, 2:401 Bob");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, permission_remove(m, inbox, a));
	mailbox_refused(m, permission_remove(m, inbox, a), ecNotFound);
	mailbox_ok(m, permission_remove(m, inbox, MEMBER_DEFAULT));
	assert_string_equal(listed(m, inbox), "0 2, 2:401 Bob");
	(void)add(m, calendar, &bob, "Bob", 1);
	(void)add(m, calendar, &alice, "Alice", 1);
	mailbox_ok(m, permission_forget(m, &bob));
	assert_string_equal(listed(m, inbox), "0 2");
	assert_string_equal(listed(m, calendar), "0 0, 2:1 Alice");
	mailbox_ok(m, permission_clear(m, calendar));
	assert_string_equal(listed(m, calendar), "800 0");
	mailbox_rollback(m);
	assert_string_equal(listed(m, inbox), "400 2, 1:1 Alice, 2:401 Bob");
	mailbox_close(m);
}

static void refused(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), member = 55;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct permission good = { .person = bob, .name = "Bob", .rights = 1 }, bad = good, *v = NULL;
	char name[MEMBER_NAME_MAX + 2];
	uint32_t rights = 9;
	size_t n = 0;

	mailbox_refused(m, permission_add(m, inbox, &good, &member), ecInvalidParam);
	mailbox_refused(m, permission_set(m, inbox, MEMBER_DEFAULT, 1), ecInvalidParam);
	mailbox_refused(m, permission_remove(m, inbox, 1), ecInvalidParam);
	mailbox_refused(m, permission_clear(m, inbox), ecInvalidParam);
	mailbox_refused(m, permission_forget(m, &bob), ecInvalidParam);
	mailbox_ok(m, mailbox_begin(m));
	bad.rights = 4;
	mailbox_refused(m, permission_add(m, inbox, &bad, &member), ecInvalidParam);
	mailbox_refused(m, permission_set(m, inbox, MEMBER_DEFAULT, 0x2000), ecInvalidParam);
	bad = good;
	bad.person = (struct guid){ { 0 } };
	mailbox_refused(m, permission_add(m, inbox, &bad, &member), ecInvalidParam);
	bad = good;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	bad.name = name;
	mailbox_refused(m, permission_add(m, inbox, &bad, &member), ecTooBig);
	mailbox_refused(m, permission_add(m, 999999, &good, &member), ecNotFound);
	mailbox_refused(m, permission_set(m, 999999, MEMBER_DEFAULT, 1), ecNotFound);
	mailbox_refused(m, permission_list(m, 999999, &arena, &v, &n), ecNotFound);
	mailbox_refused(m, permission_effective(m, 999999, &(struct principal){ .owner = true }, &rights), ecNotFound);
	assert_int_equal(member, 55);
	assert_int_equal(rights, 9);
	assert_null(v);
	mailbox_ok(m, mailbox_commit(m));
	assert_string_equal(listed(m, inbox), "0 0");
	mailbox_close(m);
}

/* Inheritance -------------------------------------------------------------------------------------------------------- */

static void inheritance(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), above, below, other;

	above = new_folder(m, inbox, "Above");
	assert_string_equal(listed(m, above), "0 0");
	mailbox_ok(m, mailbox_begin(m));
	(void)add(m, above, &alice, "Alice", 0x401);
	mailbox_ok(m, permission_set(m, above, MEMBER_DEFAULT, 0x402));
	mailbox_ok(m, mailbox_commit(m));
	below = new_folder(m, above, "Below");
	assert_string_equal(listed(m, below), "402 0, 1:401 Alice");
	/* All in one transaction. */
	mailbox_ok(m, mailbox_begin(m));
	other = new_folder(m, above, "Other");
	mailbox_ok(m, permission_set(m, other, MEMBER_DEFAULT, 1));
	uint64_t deepest = new_folder(m, other, "Deepest");
	mailbox_ok(m, mailbox_commit(m));
	assert_string_equal(listed(m, other), "1 0, 1:401 Alice");
	assert_string_equal(listed(m, deepest), "1 0, 1:401 Alice");
	/* A list goes its own way afterwards. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, permission_clear(m, above));
	mailbox_ok(m, mailbox_commit(m));
	assert_string_equal(listed(m, below), "402 0, 1:401 Alice");
	/* And goes with its folder. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, above));
	mailbox_ok(m, mailbox_commit(m));
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(mailbox_sql(m), "SELECT COUNT(*) FROM permission");
	bool row = false;
	assert_int_equal(sql_step(s, &row), 0);
	assert_int_equal(sql_i64(s, 0), 0);
	sql_done(s);
	s = NULL;
	mailbox_close(m);
}

/* Who may what ------------------------------------------------------------------------------------------------------- */

static uint32_t effective(struct mailbox *m, uint64_t folder, const struct principal *who)
{
	uint32_t rights = 0xDEAD;

	mailbox_ok(m, permission_effective(m, folder, who, &rights));
	return rights;
}

static void effects(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), calendar = role_folder(m, MAILBOX_CALENDAR);
	struct guid both[] = { staff, board };
	struct principal owner = { .owner = true }, nobody = { .person = NULL };
	struct principal as_alice = { .person = &alice, .groups = both, .n_groups = 2 };
	struct principal as_bob = { .person = &bob, .groups = both, .n_groups = 1 };
	const uint32_t times = RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED;

	assert_int_equal(effective(m, inbox, &owner), RIGHTS_ALL);
	assert_int_equal(effective(m, inbox, &nobody), 0);
	assert_int_equal(effective(m, inbox, &as_alice), 0);
	assert_int_equal(effective(m, calendar, &as_alice), RIGHT_FREE_BUSY_SIMPLE);
	assert_int_equal(effective(m, calendar, &nobody), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, permission_set(m, inbox, MEMBER_DEFAULT, RIGHT_VISIBLE));
	mailbox_ok(m, permission_set(m, inbox, MEMBER_ANONYMOUS, RIGHT_CREATE));
	(void)add(m, inbox, &staff, "Staff", RIGHT_READ_ANY);
	(void)add(m, inbox, &board, "Board", RIGHT_CREATE | RIGHT_EDIT_OWNED);
	assert_int_equal(effective(m, inbox, &nobody), RIGHT_CREATE);
	/* All groups together, and Default no more. */
	assert_int_equal(effective(m, inbox, &as_alice), RIGHT_READ_ANY | RIGHT_CREATE | RIGHT_EDIT_OWNED | times);
	assert_int_equal(effective(m, inbox, &as_bob), RIGHT_READ_ANY | times);
	as_bob.n_groups = 0;
	assert_int_equal(effective(m, inbox, &as_bob), RIGHT_VISIBLE);
	/* An entry of one's own decides alone, also when it says less. */
	(void)add(m, inbox, &alice, "Alice", 0);
	assert_int_equal(effective(m, inbox, &as_alice), 0);
	assert_int_equal(effective(m, inbox, &owner), RIGHTS_ALL);
	mailbox_ok(m, mailbox_commit(m));
	assert_true(rights_may_read(RIGHT_READ_ANY, false) && rights_may_read(0, true) && !rights_may_read(RIGHT_CREATE, false));
	assert_true(rights_may_edit(RIGHT_EDIT_OWNED, true) && !rights_may_edit(RIGHT_EDIT_OWNED, false));
	assert_true(rights_may_delete(RIGHT_DELETE_ANY, true) && !rights_may_delete(RIGHT_EDIT_ANY, true));
	mailbox_close(m);
}

/* A full disk at each step: nothing of it, and the mailbox goes on. */
static void failing_steps(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), member = 0;
	struct permission p = { .person = bob, .name = "Bob", .rights = 1 };
	bool done = false;
	unsigned n;

	for (n = 1; !done; n++) {
		mailbox_ok(m, mailbox_begin(m));
		sql_fail_after(n);
		status s = permission_add(m, inbox, &p, &member);
		if (!s)
			s = permission_set(m, inbox, member, 2);
		if (!s)
			s = mailbox_commit(m);
		sql_fail_after(0);
		done = !s;
		if (s) {
			assert_int_equal(s, ecDiskError);
			mailbox_rollback(m);
			assert_string_equal(listed(m, inbox), "0 0");
		}
		assert_true(n < 50);
	}
	assert_true(n > 5);
	mailbox_close(m);
}

ON_EACH(lists)
ON_EACH(refused)
ON_EACH(inheritance)
ON_EACH(effects)
ON_EACH(failing_steps)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),	    cmocka_unit_test(test_words),   cmocka_unit_test(test_lists), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_inheritance), cmocka_unit_test(test_effects), cmocka_unit_test(test_failing_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
