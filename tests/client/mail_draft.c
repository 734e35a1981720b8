/* client/mail_draft*: a draft is written, opened again and changed: what was not changed in it stays as it was, and so does the message that it is. */
#include "caches.h"

#include "client/mail_draft.h"

static const struct mail_me me = { "Alice", "alice@contoso.example" };

static uint64_t drafts, work; /* the folder; the draft */
static struct arena arena;
static char file[300];

/* A file to attach. */
static const char *file_of(const char *name, const char *text)
{
	FILE *f;

	(void)snprintf(file, sizeof file, "%s/%s", scene.folder, name);
	f = fopen(file, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
	return arena_strdup(&arena, file);
}

static uint64_t save(const struct mail_draft *d, bool sending)
{
	uint64_t id = 0;

	well(mailbox_begin(scene_mailbox()));
	well(mail_draft_save(scene_mailbox(), d, &me, &clock_system, drafts, sending, &id, &scene.why));
	well(mailbox_commit(scene_mailbox()));
	return id;
}

/* What the server has, so that what is changed is told as a change. */
static void forget_journal(void)
{
	well(cache_apply_begin(scene.cache));
	run_sql("DELETE FROM client_journal; DELETE FROM client_base");
	well(cache_apply_commit(scene.cache));
}

static struct mail_draft open_draft(uint64_t id)
{
	struct mail_draft d;

	well(mail_draft_make(scene_mailbox(), MAIL_EDIT, id, &me, &arena, &d, &scene.why));
	return d;
}

static struct mail_view view(uint64_t id)
{
	struct mail_view v;

	well(mail_view(scene_mailbox(), id, &arena, &v, &scene.why));
	return v;
}

static int begin(void **state)
{
	struct mail_draft d;
	int failed = scene_begin(state);

	arena = (struct arena)ARENA_BUDGET((size_t)256 << 20);
	drafts = folder_of("F");
	well(mail_draft_make(scene_mailbox(), MAIL_NEW, 0, &me, &arena, &d, &scene.why));
	d.to = "Bob <bob@contoso.example>, carol@contoso.example";
	d.bcc = "dana@contoso.example";
	d.subject = "Budget \xC3\x9C";
	d.body = "One line.\nAnother.\n";
	d.files[d.n_files++] = file_of("one.txt", "the first");
	d.files[d.n_files++] = file_of("two.txt", "the second");
	work = save(&d, false);
	forget_journal();
	return failed;
}

static int end(void **state)
{
	arena_free(&arena);
	return scene_end(state);
}

static struct cache_pending only_pending(void)
{
	struct cache_pending p[8];
	size_t n = 0;

	well(cache_pending(scene.cache, 0, p, 8, &n));
	assert_int_equal(n, 1);
	return p[0];
}

static void assert_attached(uint64_t id, size_t at, const char *text)
{
	const char *path = NULL;
	char room[100] = "";
	FILE *f;

	well(mail_attachment_save(scene_mailbox(), id, at, scene.folder, &arena, &path, &scene.why));
	f = fopen(path, "r");
	assert_non_null(f);
	(void)!fread(room, 1, sizeof room - 1, f);
	(void)fclose(f);
	assert_string_equal(room, text);
}

/* ----------------------------------------------------------------------------------------------------------------------------------- */

static void test_opened(void **state)
{
	CLEANUP_BUF struct buf text = BUF_MAX(MAIL_DRAFT_TEXT_MAX);
	struct mail_draft d = open_draft(work);

	(void)state;
	well(mail_draft_write(&d, &text));
	assert_string_equal(buf_cstr(&text),
			    "To: Bob <bob@contoso.example>, carol@contoso.example\nCc: \nBcc: dana@contoso.example\nSubject: Budget \xC3\x9C\n"
			    "Attached: 1 one.txt\nAttached: 2 two.txt\n\nOne line.\nAnother.\n");
}

/* As an editor leaves it: with one attachment less, another name, and another text. */
static void test_changed(void **state)
{
	struct mail_draft d = open_draft(work);
	struct mail_view v;

	(void)state;
	well(mail_draft_read(&d, "To: carol@contoso.example\nCc: bob@contoso.example\nBcc:\nSubject: Plan\nAttached: 2 two.txt\n\nNew.\n", &arena, &scene.why));
	d.files[d.n_files++] = file_of("three.txt", "the third");
	assert_int_equal(save(&d, false), work);
	v = view(work);
	assert_string_equal(v.row.subject, "Plan");
	assert_string_equal(v.text, "New.\n");
	assert_true(v.row.unsent);
	assert_int_equal(v.n_people, 2);
	assert_string_equal(v.people[0].address, "carol@contoso.example");
	assert_int_equal(v.people[1].type, MAIL_CC);
	assert_int_equal(v.n_attachments, 2);
	assert_attached(work, 0, "the second");
	assert_attached(work, 1, "the third");
	assert_int_equal(only_pending().kind, PENDING_MESSAGE);
	assert_int_equal(only_pending().object, work);
	assert_false(only_pending().fresh);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message WHERE subject = 'Plan'"), 1);
	well(mail_draft_make(scene_mailbox(), MAIL_EDIT, work, &me, &arena, &d, &scene.why));
	assert_int_equal(d.n_attached, 2);
}

static void set_html(const char *html, const char *other)
{
	struct bag b;

	bag_init(&b, &arena);
	well(bag_set_bytes(&b, PidTagHtml, bytes_of(html, strlen(html))));
	well(bag_set_text(&b, PidTagOriginalSubject, other));
	well(mailbox_begin(scene_mailbox()));
	well(message_set(scene_mailbox(), work, &b, (const uint16_t[]){ PidTagBody >> 16 }, 1));
	well(mailbox_commit(scene_mailbox()));
	forget_journal();
}

static status html_of(uint64_t id, struct prop *p)
{
	return message_value(scene_mailbox(), id, PidTagHtml >> 16, &arena, p);
}

/* What was not changed keeps its form; a large one too. */
static void test_kept(void **state)
{
	static char large[200000];
	struct mail_draft d;
	struct prop p;
	struct bag b;

	(void)state;
	memset(large, 'x', sizeof large - 1);
	memcpy(large, "<html><p>", 9);
	set_html(large, "of it");
	d = open_draft(work);
	d.subject = "Another subject";
	assert_int_equal(save(&d, false), work);
	well(html_of(work, &p));
	assert_int_equal(p.value.n, sizeof large - 1);
	assert_memory_equal(p.value.p, large, sizeof large - 1);
	bag_init(&b, &arena);
	well(message_props(scene_mailbox(), work, &b));
	assert_string_equal(bag_text(&b, PidTagOriginalSubject >> 16, 1252, &arena), "of it");
	assert_int_equal(view(work).n_people, 3);
	assert_attached(work, 1, "the second");
	/* Another text is another form. */
	d = open_draft(work);
	assert_string_equal(d.subject, "Another subject");
	d.body = "Plain.";
	assert_int_equal(save(&d, false), work);
	assert_int_equal(html_of(work, &p), ecNotFound);
	assert_string_equal(view(work).text, "Plain.");
}

/* What an editor does at the end of a text is no change. */
static void test_unchanged(void **state)
{
	struct mail_draft d = open_draft(work);
	uint64_t cn = ask_sql("SELECT max(cn) FROM message"), n = 0;

	(void)state;
	d.body = "One line.\nAnother.\n\n";
	assert_int_equal(save(&d, false), work);
	assert_int_equal(ask_sql("SELECT max(cn) FROM message"), cn);
	well(cache_pending_count(scene.cache, &n));
	assert_int_equal(n, 0);
}

/* While it was in the editor it was changed elsewhere: both are kept. */
static void test_other(void **state)
{
	struct mail_draft mine = open_draft(work), theirs = open_draft(work);
	enum mail_draft_now now;
	uint64_t id;

	(void)state;
	theirs.subject = "Theirs";
	assert_int_equal(save(&theirs, false), work);
	well(mail_draft_look(scene_mailbox(), &mine, &arena, &now, &scene.why));
	assert_int_equal(now, MAIL_DRAFT_OTHER);
	mine.body = "Mine.";
	id = save(&mine, false);
	assert_int_not_equal(id, work);
	assert_string_equal(view(work).row.subject, "Theirs");
	assert_string_equal(view(work).text, "One line.\nAnother.\n");
	assert_string_equal(view(id).row.subject, "Budget \xC3\x9C");
	assert_string_equal(view(id).text, "Mine.");
	assert_attached(id, 0, "the first");
	/* Each is looked for by its own key. */
	assert_int_equal(ask_sql("SELECT COUNT(DISTINCT search_key) FROM message WHERE has_attachments = 1"), 2);
}

/* A flag is nothing that the editor showed. */
static void test_flagged(void **state)
{
	struct mail_draft d = open_draft(work);
	enum mail_draft_now now;
	struct bag b;

	(void)state;
	bag_init(&b, &arena);
	well(bag_set_u32(&b, PidTagFlagStatus, 2));
	well(mailbox_begin(scene_mailbox()));
	well(message_set(scene_mailbox(), work, &b, NULL, 0));
	well(mailbox_commit(scene_mailbox()));
	well(mail_draft_look(scene_mailbox(), &d, &arena, &now, &scene.why));
	assert_int_equal(now, MAIL_DRAFT_SAME);
	d.subject = "Flagged";
	assert_int_equal(save(&d, false), work);
	assert_int_equal(view(work).row.flag, MAIL_FLAGGED);
}

static void test_gone(void **state)
{
	struct mail_draft d = open_draft(work);
	enum mail_draft_now now;
	uint64_t id;

	(void)state;
	well(mailbox_begin(scene_mailbox()));
	well(message_delete(scene_mailbox(), work, DELETE_SOFT));
	well(mailbox_commit(scene_mailbox()));
	well(mail_draft_look(scene_mailbox(), &d, &arena, &now, &scene.why));
	assert_int_equal(now, MAIL_DRAFT_GONE);
	id = save(&d, false);
	assert_int_not_equal(id, work);
	assert_string_equal(view(id).text, "One line.\nAnother.\n");
	assert_int_equal(view(id).n_attachments, 0);
}

/* What somebody is called makes nobody else a recipient. */
static void test_quotes(void **state)
{
	struct mail_draft d = open_draft(work);
	struct mail_view v;

	(void)state;
	d.to = "\"Miller, Bob\" <bob@contoso.example>";
	assert_int_equal(save(&d, false), work);
	d = open_draft(work);
	assert_string_equal(d.to, "\"Miller, Bob\" <bob@contoso.example>");
	d.cc = "=?UTF-8?Q?x=22_=3Ceve=40contoso=2Eexample=3E=2C_=22y?= <dana@contoso.example>";
	assert_int_equal(save(&d, false), work);
	v = view(work);
	assert_int_equal(v.n_people, 3);
	assert_string_equal(v.people[1].name, "x\" <eve@contoso.example>, \"y");
	d = open_draft(work);
	assert_string_equal(d.cc, "\"x' <eve@contoso.example>, 'y\" <dana@contoso.example>");
}

static void refused(struct mail_draft *d, const char *text)
{
	scene.why.text[0] = '\0';
	assert_int_equal(mail_draft_read(d, text, &arena, &scene.why), ecInvalidParam);
	assert_non_null(strstr(scene.why.text, "attached already"));
}

static void test_refused(void **state)
{
	struct mail_draft d = open_draft(work);
	uint64_t id;

	(void)state;
	refused(&d, "To:\nAttached: 3 none.txt\n\n");
	refused(&d, "To:\nAttached: 0\n\n");
	refused(&d, "To:\nAttached: -1\n\n");
	refused(&d, "To:\nAttached: plan.pdf\n\n");
	/* What came in is no draft. */
	assert_int_equal(mail_draft_make(scene_mailbox(), MAIL_EDIT, message_of("A"), &me, &arena, &d, &scene.why), ecNotSupported);
	/* Nobody to send it to. */
	d = open_draft(work);
	d.to = d.cc = d.bcc = "";
	well(mailbox_begin(scene_mailbox()));
	assert_int_equal(mail_draft_save(scene_mailbox(), &d, &me, &clock_system, drafts, true, &id, &scene.why), ecInvalidParam);
	mailbox_rollback(scene_mailbox());
	assert_int_equal(view(work).n_people, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_opened, begin, end),    cmocka_unit_test_setup_teardown(test_changed, begin, end),
		cmocka_unit_test_setup_teardown(test_kept, begin, end),	     cmocka_unit_test_setup_teardown(test_unchanged, begin, end),
		cmocka_unit_test_setup_teardown(test_other, begin, end),     cmocka_unit_test_setup_teardown(test_flagged, begin, end),
		cmocka_unit_test_setup_teardown(test_gone, begin, end),	     cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_quotes, begin, end),
	};

	return cmocka_run_group_tests_name("mail_draft", tests, NULL, NULL);
}
