/* store/fulltext: words of messages on both engines, and that the index follows every change. */
#include "mailboxes.h"

#include "mapi/rtf_compressed.h"
#include "store/fulltext.h"
#include "store/fulltext_private.h"

#define FULLTEXT_NAME "fulltexttest"

static size_t found(struct mailbox *m, unsigned fields, const char *text, bool prefix)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 << 20);
	struct fulltext_node n = { .kind = FULLTEXT_PHRASE, .fields = fields, .prefix = prefix };
	struct fulltext_hit *hits = NULL;
	struct reason why = { "" };
	const char **words = NULL;
	size_t n_hits = 0;

	assert_int_equal(fulltext_split(text, &arena, &words, &n.n), 0);
	n.words = words;
	if (fulltext_find(m, &n, &arena, &hits, &n_hits, &why))
		fail_msg("%s", why.text);
	for (size_t i = 1; i < n_hits; i++)
		assert_true(hits[i - 1].message < hits[i].message);
	return n_hits;
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
	struct fulltext_node deep[FULLTEXT_DEPTH_MAX + 2];
	const struct fulltext_node *chain[FULLTEXT_DEPTH_MAX + 2];
	struct fulltext_hit *hits = NULL;
	struct reason why = { "" };
	size_t n = 9;

	mailbox_ok(m, mailbox_begin(m));
	(void)put_text(m, inbox, "red", "blue");
	(void)put_text(m, inbox, "blue", "red");
	(void)put_text(m, inbox, "green", "red");
	(void)put_text(m, inbox, "green", "blue");
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(fulltext_find(m, &all, &arena, &hits, &n, &why), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fulltext_find(m, &none, &arena, &hits, &n, &why), 0);
	assert_int_equal(n, 0);
	for (size_t i = 0; i < FULLTEXT_DEPTH_MAX + 2; i++) {
		chain[i] = i ? &deep[i - 1] : &r;
		deep[i] = (struct fulltext_node){ .kind = FULLTEXT_AND, .nodes = &chain[i], .n = 1 };
	}
	assert_int_equal(fulltext_find(m, &deep[FULLTEXT_DEPTH_MAX + 1], &arena, &hits, &n, &why), ecTooComplex);
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
		cmocka_unit_test(combined), cmocka_unit_test(hostile_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
