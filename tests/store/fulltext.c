/* store/fulltext: words of messages on both engines, and that the index follows every change. */
#include "mailboxes.h"

#include "mapi/rtf_compressed.h"
#include "store/fulltext.h"
#include "store/fulltext_private.h"

#define FULLTEXT_NAME "fulltexttest"

static size_t found_node(struct mailbox *m, const struct fulltext_node *n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	const char *expression = NULL;
	struct reason why = { "" };
	uint64_t *hits = NULL;
	size_t n_hits = 9;

	if (fulltext_say(m, n, &arena, &expression, &why))
		fail_msg("%s", why.text);
	mailbox_ok(m, fulltext_find(m, expression, 0, INT64_MAX, &arena, &hits, &n_hits));
	for (size_t i = 1; i < n_hits; i++)
		assert_true(hits[i - 1] < hits[i]);
	return n_hits;
}

static size_t found(struct mailbox *m, unsigned fields, const char *text, bool prefix)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct fulltext_node n = { .kind = FULLTEXT_PHRASE, .fields = fields, .prefix = prefix };
	const char **words = NULL;

	assert_int_equal(fulltext_split(text, &arena, &words, &n.n), 0);
	n.words = words;
	return found_node(m, &n);
}

#define FINDS(n, text) assert_int_equal(found(m, FULLTEXT_ALL, text, false), n)

static uint64_t put_text(struct mailbox *m, uint64_t folder, const char *subject, const char *body)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct bag b = plain_mail(&arena, subject);
	uint64_t id = 0;

	assert_int_equal(bag_set_text(&b, PidTagBody, body), 0);
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

static void words_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);

	mailbox_ok(m, mailbox_begin(m));
	(void)put_text(m, inbox, "Ärger in der Straße", "The quick brown fox, it's over 1000 lazy dogs.");
	(void)put_text(m, inbox, "quick answer", "東京タワー と café; foo_bar@example.com 'quoted' \"double\" a'b\\c");
	mailbox_ok(m, mailbox_commit(m));
	FINDS(2, "quick");
	FINDS(1, "QUICK BROWN");
	FINDS(0, "brown quick");
	FINDS(0, "straße the"); /* not over the end of a field */
	FINDS(1, "arger");
	FINDS(0, "strasse"); /* the ß is a letter of its own */
	FINDS(1, "it's");
	FINDS(1, "1000");
	FINDS(1, "東京");
	FINDS(0, "京東");
	FINDS(1, "タワー");
	FINDS(1, "cafe");
	FINDS(1, "foo_bar@example.com");
	FINDS(1, "a'b\\c");
	FINDS(2, "ada"); /* the sender */
	assert_int_equal(found(m, FULLTEXT_ALL, "qui", false), 0);
	assert_int_equal(found(m, FULLTEXT_ALL, "qui", true), 2);
	assert_int_equal(found(m, FULLTEXT_ALL, "the quick bro", true), 1);
	assert_int_equal(found(m, FULLTEXT_SUBJECT, "quick", false), 1);
	assert_int_equal(found(m, FULLTEXT_BODY, "quick", false), 1);
	assert_int_equal(found(m, FULLTEXT_SUBJECT | FULLTEXT_BODY, "quick", false), 2);
	assert_int_equal(found(m, FULLTEXT_SENDER, "quick", false), 0);
	assert_int_equal(found(m, FULLTEXT_SENDER, "AD", true), 2);
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void words(void **state)
{
	(void)state;
	on_each_engine(words_on);
}

/* Recipients, attachments, a body that is HTML or RTF, and one that stands in pieces. */
static void parts_on(enum sql_engine e)
{
	static const char html[] = "<html><head><style>p { hidden: 1 }</style></head><body><p>Gr&uuml;&szlig;e an <b>Wal</b>ter</p>"
				   "<script>secret()</script>tail&#33; &amp; more</body>";
	static const char rtf[] = "{\\rtf1\\ansi{\\fonttbl{\\f0 Invisible;}}\\f0 rich words here\\par}";
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(16 << 20);
	CLEANUP_BUF struct buf packed = BUF_MAX(1 << 20);
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id = 0;
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w = NULL;
	struct bag b = plain_mail(&arena, "parts"), r, a;

	mailbox_ok(m, mailbox_begin(m));
	bag_remove(&b, tag_id(PidTagBody));
	assert_int_equal(bag_set_bytes(&b, PidTagHtml, bytes_of(html, sizeof html - 1)), 0);
	mailbox_ok(m, message_writer_new(m, inbox, NULL, &w));
	struct item_sink *sink = message_writer_sink(w);
	assert_int_equal(item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100 }), 0);
	bag_init(&r, &arena);
	assert_int_equal(bag_set_text(&r, PidTagDisplayName, "Niño Pérez"), 0);
	assert_int_equal(bag_set_text(&r, PidTagSmtpAddress, "perez@contoso.example"), 0);
	assert_int_equal(item_recipient(sink, &r), 0);
	bag_init(&a, &arena);
	assert_int_equal(bag_set_text(&a, PidTagAttachLongFilename, "budget 2027.xlsx"), 0);
	assert_int_equal(item_attachment_begin(sink, &(struct attachment_event){ .props = &a }), 0);
	assert_int_equal(item_attachment_end(sink), 0);
	assert_int_equal(item_message_end(sink, &result), 0);
	mailbox_ok(m, message_writer_finish(w, &id));
	message_writer_free(w);
	b = plain_mail(&arena, "rich");
	bag_remove(&b, tag_id(PidTagBody));
	assert_int_equal(rtf_compress(bytes_of(rtf, sizeof rtf - 1), &packed), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagRtfCompressed, buf_bytes(&packed)), 0);
	mailbox_ok(m, try_put(m, inbox, &b, NULL, &id));
	char *large = arena_alloc(&arena, 200001);
	for (size_t i = 0; i < 200000; i++)
		large[i] = i % 8 ? 'x' : ' ';
	memcpy(large + 199990, " lastword ", 10);
	large[200000] = '\0';
	uint64_t long_one = put_text(m, inbox, "long", large);
	CLEANUP_ARENA struct arena room = ARENA_BUDGET(4 << 20);
	struct bag set;
	bag_init(&set, &room);
	assert_int_equal(bag_set_text(&set, PidTagSubject, "longer"), 0);
	mailbox_ok(m, message_set(m, long_one, &set, NULL, 0));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(1, "Grüße");
	FINDS(1, "walter");
	FINDS(1, "tail");
	FINDS(0, "hidden");
	FINDS(0, "secret");
	FINDS(1, "rich words here");
	FINDS(0, "invisible");
	FINDS(1, "lastword");
	FINDS(1, "longer");
	FINDS(0, "long");
	FINDS(1, "budget 2027");
	assert_int_equal(found(m, FULLTEXT_RECIPIENTS, "nino", false), 1);
	assert_int_equal(found(m, FULLTEXT_RECIPIENTS, "perez@contoso.example", false), 1);
	assert_int_equal(found(m, FULLTEXT_BODY, "budget", false), 1);
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void parts(void **state)
{
	(void)state;
	on_each_engine(parts_on);
}

static void changes_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), folder = 0, id, other = 0, copy = 0;
	struct bag set, b;

	mailbox_ok(m, mailbox_begin(m));
	id = put_text(m, inbox, "first", "walrus");
	mailbox_ok(m, mailbox_commit(m));
	/* What was not committed is not found. */
	mailbox_ok(m, mailbox_begin(m));
	(void)put_text(m, inbox, "second", "walrus");
	mailbox_rollback(m);
	FINDS(1, "walrus");
	mailbox_ok(m, mailbox_begin(m));
	bag_init(&set, &arena);
	assert_int_equal(bag_set_text(&set, PidTagBody, "penguin"), 0);
	mailbox_ok(m, message_set(m, id, &set, NULL, 0));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(0, "walrus");
	FINDS(1, "penguin");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_create(m, inbox, "zoo", NULL, &folder));
	mailbox_ok(m, message_move(m, id, folder, &other));
	mailbox_ok(m, message_copy(m, other, inbox, &copy));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(2, "penguin");
	/* Deleted softly it is in the index still; deleted for good it is not. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, copy, DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(2, "penguin");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, copy, DELETE_HARD));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(1, "penguin");
	/* With the folder goes what is in it. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, folder));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(0, "penguin");
	/* Made and moved at once; associated ones are not indexed. */
	mailbox_ok(m, mailbox_begin(m));
	id = put_text(m, inbox, "third", "ostrich");
	mailbox_ok(m, message_move(m, id, role_folder(m, MAILBOX_DRAFTS), &other));
	b = plain_mail(&arena, "ostrich settings");
	mailbox_ok(m, try_put(m, inbox, &b, &(struct message_options){ .associated = true }, &id));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(1, "ostrich");
	mailbox_close(m);
	m = open_mailbox(e, FULLTEXT_NAME);
	FINDS(1, "ostrich");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, fulltext_rebuild(m));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(1, "ostrich");
	FINDS(0, "penguin");
	assert_int_equal(fulltext_rebuild(m), ecInvalidParam);
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void changes(void **state)
{
	(void)state;
	on_each_engine(changes_on);
}

static int64_t number_of(struct mailbox *m, const char *query)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(m), query);
	bool row = false;
	int64_t n;

	assert_int_equal(sql_step(s, &row), 0);
	n = row ? sql_i64(s, 0) : 0;
	sql_done(s);
	return n;
}

static void set_body(struct mailbox *m, uint64_t id, const char *body)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag set;

	bag_init(&set, &arena);
	assert_int_equal(bag_set_text(&set, PidTagBody, body), 0);
	mailbox_ok(m, message_set(m, id, &set, NULL, 0));
}

/* What came while words were put off is found all the same, whatever became of it meanwhile. */
static void later_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), ids[40], other = 0, left = 0;

	fulltext_set_later(m, true);
	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 40; i++)
		ids[i] = put_text(m, inbox, i ? "many" : "first", "walrus");
	mailbox_ok(m, mailbox_commit(m));
	FINDS(0, "walrus");
	/* Few are indexed at once; one that was put off is then told twice, and known once. */
	mailbox_ok(m, mailbox_begin(m));
	set_body(m, ids[1], "penguin");
	mailbox_ok(m, message_delete(m, ids[2], DELETE_HARD));
	mailbox_ok(m, message_move(m, ids[3], role_folder(m, MAILBOX_DRAFTS), &other));
	mailbox_ok(m, mailbox_commit(m));
	FINDS(1, "penguin");
	fulltext_set_later(m, false);
	mailbox_close(m);
	m = open_mailbox(e, FULLTEXT_NAME);
	assert_int_equal(number_of(m, "SELECT COUNT(*) FROM fts_late"), 40);
	/* Undone with the transaction that asked for it. */
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, fulltext_catch_up_all(m));
	FINDS(38, "walrus");
	mailbox_rollback(m);
	FINDS(1, "walrus");
	mailbox_ok(m, fulltext_catch_up(m, &left));
	assert_int_equal(left, 0);
	FINDS(38, "walrus");
	FINDS(1, "penguin");
	FINDS(1, "first");
	assert_int_equal(number_of(m, "SELECT COUNT(*) FROM fts_late"), 0);
	assert_int_equal(number_of(m, "SELECT COUNT(*) FROM fts_doc"), 39);
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void later(void **state)
{
	(void)state;
	on_each_engine(later_on);
}

#define RENEWED 200u

static uint64_t put_at(struct mailbox *m, uint64_t folder, uint64_t received)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b = plain_mail(&arena, "walrus");
	uint64_t id = 0;

	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, received), 0);
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

/* What FTS5 keeps of what is gone goes away by and by, and nothing else does. */
static void renewal_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), ids[RENEWED], all = RENEWED;
	unsigned building = 0, commits;
	static const char is_building[] = "SELECT version FROM fts_state WHERE id = 3";

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < RENEWED; i++)
		ids[i] = put_at(m, inbox, TEST_NOW - i * 3600 * FILETIME_PER_SECOND);
	mailbox_ok(m, mailbox_commit(m));
	for (commits = 0; commits < 50 && !number_of(m, is_building); commits++) {
		mailbox_ok(m, mailbox_begin(m));
		for (unsigned i = 0; i < (commits < 5 ? RENEWED : 10); i++)
			set_body(m, ids[i], commits < 4 ? "ghost" : "alive");
		mailbox_ok(m, mailbox_commit(m));
	}
	for (commits = 0; commits < 100 && number_of(m, is_building); commits++) {
		mailbox_ok(m, mailbox_begin(m));
		set_body(m, ids[commits], "alive again");
		/* Behind what is in the new index already, or before it; one goes. */
		(void)put_at(m, inbox, commits % 2 ? TEST_NOW : TEST_NOW - 5000 * 3600 * FILETIME_PER_SECOND);
		mailbox_ok(m, message_delete(m, ids[100 + commits], DELETE_HARD));
		mailbox_ok(m, mailbox_commit(m));
		building++;
		FINDS(all, "walrus");
	}
	assert_false(number_of(m, is_building));
	FINDS(all, "walrus");
	FINDS(0, "ghost");
	if (e == SQL_SQLITE) {
		assert_true(building > 2);
		assert_int_equal(number_of(m, "SELECT COUNT(*) FROM fts_term WHERE term = 'ghost'"), 0);
		assert_true(number_of(m, "SELECT next FROM fts_state WHERE id = 4") < 400);
		assert_int_equal(sql_execute(mailbox_sql(m), "INSERT INTO fts_word (fts_word) VALUES ('integrity-check')"), 0);
	}
	mailbox_close(m);
	m = open_mailbox(e, FULLTEXT_NAME);
	FINDS(all, "walrus");
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void renewal(void **state)
{
	(void)state;
	on_each_engine(renewal_on);
}

static void combined_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct mailbox *m = fresh_mailbox(e, FULLTEXT_NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	static const char *const red[] = { "red" }, *const blue[] = { "blue" }, *const green[] = { "green" };
	const struct fulltext_node r = { .kind = FULLTEXT_PHRASE, .fields = FULLTEXT_ALL, .words = red, .n = 1 },
				   b = { .kind = FULLTEXT_PHRASE, .fields = FULLTEXT_BODY, .words = blue, .n = 1 },
				   g = { .kind = FULLTEXT_PHRASE, .fields = FULLTEXT_ALL, .words = green, .n = 1 };
	const struct fulltext_node *pair[] = { &b, &g };
	const struct fulltext_node any = { .kind = FULLTEXT_OR, .nodes = pair, .n = 2 };
	const struct fulltext_node *two[] = { &r, &any };
	const struct fulltext_node all = { .kind = FULLTEXT_AND, .nodes = two, .n = 2 }, none = { .kind = FULLTEXT_AND };
	const struct fulltext_node *no_green[] = { &r, &g, &b };
	const struct fulltext_node but = { .kind = FULLTEXT_BUT, .nodes = no_green, .n = 2 }, alone = { .kind = FULLTEXT_BUT, .nodes = no_green, .n = 3 };
	struct fulltext_node deep[FULLTEXT_DEPTH_MAX + 2];
	const struct fulltext_node *chain[FULLTEXT_DEPTH_MAX + 2];
	const char *expression = NULL;
	struct reason why = { "" };

	mailbox_ok(m, mailbox_begin(m));
	(void)put_text(m, inbox, "red", "blue");
	(void)put_text(m, inbox, "blue", "red");
	(void)put_text(m, inbox, "green", "red");
	(void)put_text(m, inbox, "green", "blue");
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(found_node(m, &all), 2);
	assert_int_equal(found_node(m, &but), 2);
	assert_int_equal(found_node(m, &alone), 1);
	assert_int_equal(found_node(m, &none), 0);
	for (size_t i = 0; i < FULLTEXT_DEPTH_MAX + 2; i++) {
		chain[i] = i ? &deep[i - 1] : &r;
		deep[i] = (struct fulltext_node){ .kind = FULLTEXT_AND, .nodes = &chain[i], .n = 1 };
	}
	assert_int_equal(fulltext_say(m, &deep[FULLTEXT_DEPTH_MAX + 1], &arena, &expression, &why), ecTooComplex);
	mailbox_close(m);
	engine_drop(e, FULLTEXT_NAME);
}

static void combined(void **state)
{
	(void)state;
	on_each_engine(combined_on);
}

static void hostile_html(void **state)
{
	static const char *const odd[] = { "", "<", "&", "&;", "&#;", "&#xD800;", "<!--", "<script", "<style>", "a<b", "&toolongentityname;", "<<>>", "&#99999999999;" };

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		CLEANUP_BUF struct buf out = BUF_MAX(1 << 16);

		fulltext_html_text(bytes_of(odd[i], strlen(odd[i])), 65001, &out);
		assert_false(out.failed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),    cmocka_unit_test(parts),	   cmocka_unit_test(changes),
		cmocka_unit_test(renewal), cmocka_unit_test(later),  cmocka_unit_test(combined), cmocka_unit_test(hostile_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
