/* store/search: what people type, what it means, and what it finds. */
#include "mailboxes.h"

#include "store/search.h"

#define SEARCH_NAME "searchtest"
#define HOUR (3600 * FILETIME_PER_SECOND)

static void refused(const char *text, const char *words)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct clock clock = clock_fixed(TEST_NOW);
	struct search_node *n = NULL;
	struct reason why = { "" };

	assert_int_not_equal(search_parse(text, &clock, &arena, &n, &why), 0);
	if (!strstr(why.text, words))
		fail_msg("\"%s\": \"%s\" does not say \"%s\"", text, why.text, words);
	assert_null(n);
}

static void what_is_refused(void **state)
{
	char deep[200], many[1000] = "";
	static char long_one[SEARCH_QUERY_MAX + 2];

	(void)state;
	refused("", "nothing to search for");
	refused("   ", "nothing to search for");
	refused("(a", "a ) is missing");
	refused("a)", "a ) too many");
	refused("()", "nothing stands before )");
	refused("a OR", "ends where a word should follow");
	refused("-", "ends where a word should follow");
	refused("\"open", "a \" is missing");
	refused("!!!", "no letters or digits");
	refused("form:ada", "there are from, to, subject");
	refused("is:blue", "is:unread");
	refused("has:nothing", "has:attachment");
	refused("before:soon", "before:2026-01-31");
	refused("on:2026-13", "is no day");
	refused("size>big", "size>1M");
	refused("size>1X", "size>1M");
	refused("size:", "size>1M");
	refused("folder:", "name of a folder");
	memset(deep, '(', sizeof deep);
	memcpy(deep + 100, "a", 2);
	refused(deep, "nest more than");
	for (unsigned i = 0; i < 300; i++)
		memcpy(many + 2 * i, "a ", 3);
	refused(many, "more than");
	memset(long_one, 'a', sizeof long_one - 1);
	refused(long_one, "at most");
}

struct mail {
	const char *subject, *sender, *body;
	uint32_t flags, importance;
	unsigned hours; /* old */
	unsigned size;
};

static const struct mail mails[] = {
	{ "Budget for 2027", "Ada Lovelace", "The numbers are attached, see the plan.", 0, 2, 1, 0 },
	{ "Re: Budget", "Grace Hopper", "Thanks, looks fine.", MSGFLAG_READ, 1, 2, 0 },
	{ "Lunch", "Ada Lovelace", "Soup or salad? The plan is noon.", MSGFLAG_READ, 1, 30, 0 },
	{ "Plan of the house", "Emil", "With a garden.", 0, 1, 24 * 40, 300000 },
	{ "Draft", "me", "budget idea", MSGFLAG_UNSENT | MSGFLAG_READ, 1, 3, 0 },
};
#define MAILS_N (sizeof mails / sizeof *mails)

static uint64_t put(struct mailbox *m, uint64_t folder, const struct mail *a)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 << 20);
	struct bag b = plain_mail(&arena, a->subject);
	uint64_t id = 0;

	assert_int_equal(bag_set_text(&b, PidTagSenderName, a->sender), 0);
	assert_int_equal(bag_set_text(&b, PidTagBody, a->body), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, a->flags), 0);
	assert_int_equal(bag_set_u32(&b, PidTagImportance, a->importance), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW - a->hours * HOUR), 0);
	for (unsigned i = 0; i < a->size; i += 50000)
		assert_int_equal(bag_set_bytes(&b, tag_make((uint16_t)(0x6100 + i / 50000), PT_BINARY),
					       bytes_of(arena_zalloc(&arena, 50000), 50000)), 0);
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

static struct search_result run(struct mailbox *m, const char *text, const struct search_options *o, struct arena *arena)
{
	struct clock clock = clock_fixed(TEST_NOW);
	struct search_node *n = NULL;
	struct search_result out = { .n = 0 };
	struct reason why = { "" };

	if (search_parse(text, &clock, arena, &n, &why) || search_run(m, n, o, arena, &out, &why))
		fail_msg("%s: %s", text, why.text);
	return out;
}

/* Which of the mails, as digits in the order in which they are found. */
static void finds(struct mailbox *m, const uint64_t *ids, const char *text, const char *which)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct search_result found = run(m, text, NULL, &arena);
	char got[32] = "";

	for (size_t i = 0; i < found.n; i++)
		for (size_t k = 0; k < MAILS_N; k++)
			if (ids[k] == found.ids[i])
				got[i] = (char)('0' + k);
	if (strcmp(got, which) != 0)
		fail_msg("%s finds %s, not %s", text, got, which);
}

static void searches_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct mailbox *m = fresh_mailbox(e, SEARCH_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), project = 0, ids[MAILS_N], gone = 0;
	char day[FILETIME_TEXT_SIZE], query[100];

	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "Projects", NULL, &project));
	for (size_t i = 0; i < MAILS_N; i++)
		ids[i] = put(m, i == 3 ? project : i == 4 ? role_folder(m, MAILBOX_DRAFTS) : inbox, &mails[i]);
	gone = put(m, inbox, &mails[0]);
	mailbox_ok(m, message_delete(m, gone, DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	finds(m, ids, "budget", "014");
	finds(m, ids, "BUDGET -2027", "14");
	finds(m, ids, "budget NOT 2027", "14");
	finds(m, ids, "\"the plan\"", "02");
	finds(m, ids, "pla*", "023");
	finds(m, ids, "from:ada", "02");
	finds(m, ids, "from:\"ada lovelace\" plan", "02");
	finds(m, ids, "subject:plan", "3");
	finds(m, ids, "body:budget", "4");
	finds(m, ids, "to:grace lunch", "2");
	finds(m, ids, "subject:lunch OR subject:draft", "42");
	finds(m, ids, "(lunch OR draft) from:ada", "2");
	finds(m, ids, "is:unread", "03");
	finds(m, ids, "is:read budget", "14");
	finds(m, ids, "is:important OR from:emil", "03");
	finds(m, ids, "-is:important -from:emil", "142");
	finds(m, ids, "is:draft", "4");
	finds(m, ids, "has:attachment", "");
	finds(m, ids, "size>100K", "3");
	finds(m, ids, "size:<100K budget", "014");
	finds(m, ids, "folder:Projects", "3");
	finds(m, ids, "folder:Inbox plan", "023");
	finds(m, ids, "folder:Inbox/Projects", "3");
	finds(m, ids, "-folder:inbox", "4");
	filetime_format(TEST_NOW - 24 * 40 * HOUR, day);
	(void)snprintf(query, sizeof query, "on:%.10s", day);
	finds(m, ids, query, "3");
	(void)snprintf(query, sizeof query, "before:%.10s", day);
	finds(m, ids, query, "");
	(void)snprintf(query, sizeof query, "after:%.10s plan", day);
	finds(m, ids, query, "023");
	(void)snprintf(query, sizeof query, "on:%.7s", day);
	finds(m, ids, query, "3");
	finds(m, ids, "before:yesterday plan -lunch", "3");
	finds(m, ids, "nothinglikethis", "");
	/* Windows of what is found. */
	struct search_result all = run(m, "budget", NULL, &arena);
	struct search_result part = run(m, "budget", &(struct search_options){ .skip = 1, .limit = 1 }, &arena);
	assert_int_equal(part.n, 1);
	assert_true(part.more);
	assert_int_equal(part.ids[0], all.ids[1]);
	part = run(m, "budget", &(struct search_options){ .skip = 2, .limit = 1 }, &arena);
	assert_int_equal(part.n, 1);
	assert_false(part.more);
	assert_int_equal(run(m, "plan", &(struct search_options){ .folder = project }, &arena).n, 1);
	struct clock clock = clock_fixed(TEST_NOW);
	struct search_node *n = NULL;
	struct reason why = { "" };
	assert_int_equal(search_parse("folder:Nowhere", &clock, &arena, &n, &why), 0);
	assert_int_equal(search_run(m, n, NULL, &arena, &part, &why), ecNotFound);
	assert_non_null(strstr(why.text, "Nowhere"));
	mailbox_close(m);
	engine_drop(e, SEARCH_NAME);
}

static void searches(void **state)
{
	(void)state;
	on_each_engine(searches_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_refused), cmocka_unit_test(searches) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
