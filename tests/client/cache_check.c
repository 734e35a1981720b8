/* client/cache_check: each kind of damage is found, said and mended; what is sound is left alone; what the server has comes again. */
#include "caches.h"

#include "client/cache_check.h"

static const struct cache_care care = { .clock = &clock_system, .patience_ms = 20 };

struct findings {
	unsigned n;
	char kinds[200], last[500];
};

static void note(void *context, const struct cache_finding *f)
{
	struct findings *all = context;

	all->n++;
	(void)snprintf(all->kinds + strlen(all->kinds), sizeof all->kinds - strlen(all->kinds), "%s ", f->kind);
	(void)snprintf(all->last, sizeof all->last, "%s", f->text);
}

static struct cache_check_summary look(bool repair, struct findings *found)
{
	struct cache_check_options o = { .repair = repair, .found = note, .context = found };
	struct cache_check_summary s;

	memset(found, 0, sizeof *found);
	well(cache_check(scene.folder, &care, &o, &s, &scene.why));
	return s;
}

static void expect_sound(const char *when)
{
	struct findings found;
	struct cache_check_summary s = look(false, &found);

	if (s.findings)
		fail_msg("%s: %s: %s", when, found.kinds, found.last);
}

/* Objects have ids of the server, far above all counters here: nothing is wrong with that, and repair keeps what was granted. */
static void test_sound(void **state)
{
	struct findings found;
	uint64_t left = 0, again = 0;

	(void)state;
	steps("change A x; read B; move C G; put N; copy B F; mkdir H; delete A");
	well(cache_ids_left(scene.cache, &left));
	scene_close();
	expect_sound("as it was made");
	assert_int_equal(look(true, &found).findings, 0);
	scene_open();
	well(cache_ids_left(scene.cache, &again));
	assert_int_equal(left, again);
	steps("put M");
	assert_in_range(message_of("M"), FIRST, FIRST + IDS);
}

static const struct {
	const char *sql, *kind, *words;
} damages[] = {
	{ "INSERT INTO client_state (folder, state, complete) VALUES (5000, NULL, 0)", "state", "not there" },
	{ "INSERT INTO client_state (folder, state, complete) SELECT id, x'0102', 0 FROM folder WHERE name = 'F'", "state", "cannot be read" },
	{ "INSERT INTO client_state (folder, state, complete) VALUES (0, x'0102', 0)", "state", "cannot be read" },
	{ "INSERT INTO client_partial (message) VALUES (5000)", "partial", "headers" },
	{ "INSERT INTO client_local (folder) VALUES (5000)", "local", "stays here" },
	{ "INSERT INTO client_outbox (message, state, not_before, queued, attempts, error) VALUES (5000, 0, 0, 0, 0, 0)", "outbox", "waits" },
	{ "INSERT INTO client_outbox (message, state, not_before, queued, attempts, error) SELECT id, 9, 0, 0, 0, 0 FROM message WHERE subject = 'A'", "outbox",
	  "asked" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " VALUES (9, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)",
	  "journal", "nobody knows" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " VALUES (0, 0, 0, 0, 5000, 5000, 0, 0, 0, 0, 0)",
	  "journal", "change of a folder" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " SELECT 1, 0, 1, 0, id, id, 0, 0, 0, 0, 0 FROM folder WHERE name = 'F'",
	  "journal", "folder was deleted" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " SELECT 2, 0, 0, 0, id, 5000, 0, 0, 0, 0, 0 FROM folder WHERE name = 'F'",
	  "journal", "change of a message" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " SELECT 5, 0, 0, 0, folder, id, 0, 0, 0, 0, 0 FROM message WHERE subject = 'A'",
	  "journal", "message was deleted which is there" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " VALUES (5, 0, 0, 0, 5000, 5001, 0, 0, 0, 0, 0)",
	  "journal", "folder that is not there" },
	{ "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
	  " SELECT 4, 0, 0, 0, 5000, id, 0, 0, 0, 0, 0 FROM message WHERE subject = 'A'",
	  "journal", "another folder" },
	{ "INSERT INTO client_base (message, property, value) VALUES (5000, 1, x'')", "base", "kept" },
	{ "DELETE FROM client_binding", "tables", "missing" },
	{ "DROP TABLE client_journal", "tables", "missing" },
	{ "UPDATE folder SET items = items + 1 WHERE name = 'F'", "counters", "says" },
	{ "UPDATE meta SET number = (SELECT MAX(id) FROM message) WHERE name = 'granted_next'", "ids", "set aside" },
	{ "UPDATE message SET cn = 9999999 WHERE subject = 'A'", "ids", "counter" },
	{ "DELETE FROM fts_doc WHERE message = (SELECT id FROM message WHERE subject = 'A')", "words", "does not know" },
	{ "UPDATE content SET checksum = checksum + 1 WHERE id = (SELECT content FROM message WHERE subject = 'A')", "content", "not what was written" },
	{ "UPDATE folder SET parent = 999999 WHERE name = 'F'", "orphan", "nowhere" },
	{ "DELETE FROM folder WHERE name = 'F'", "orphan", "folder of message" },
};

/* What is as it can be is no damage: a letter that the server is about to send. */
static void test_handed_over(void **state)
{
	(void)state;
	run_sql("INSERT INTO client_outbox (message, state, not_before, queued, attempts, error) SELECT id, 4, 0, 0, 0, 0 FROM message WHERE subject = 'A'");
	scene_close();
	expect_sound("a letter that was handed over");
	scene_open();
}

static void test_damage(void **state)
{
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct cache_check_summary s;
		struct findings found;

		run_sql(damages[i].sql);
		scene_close();
		s = look(false, &found);
		if (!s.findings || !strstr(found.kinds, damages[i].kind) || (s.findings == 1 && !strstr(found.last, damages[i].words)))
			fail_msg("%s: \"%s\" %s", damages[i].sql, found.kinds, found.last);
		assert_int_equal(s.repaired, 0);
		s = look(true, &found);
		if (s.repaired != s.findings)
			fail_msg("%s: of %d %d are mended", damages[i].sql, (int)s.findings, (int)s.repaired);
		expect_sound(damages[i].sql);
		scene_open();
		well(cache_apply_begin(scene.cache));
		well(cache_grant_ids(scene.cache, 90000, 10));
		well(cache_apply_commit(scene.cache));
		steps("put N");
		assert_int_equal(scene_end(state), 0);
		assert_int_equal(scene_begin(state), 0);
	}
}

static struct sync_state state_of(uint64_t folder)
{
	struct sync_state s = SYNC_STATE_MAX(100);

	well(cache_state(scene.cache, folder, &s));
	return s;
}

static void set_state(uint64_t folder)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(100);

	well(idset_add(&s.given, &(struct guid){ { 2 } }, 1, 5000));
	well(idset_add(&s.seen, &(struct guid){ { 2 } }, 1, 5000));
	well(cache_apply_begin(scene.cache));
	well(cache_set_state(scene.cache, folder, &s));
	well(cache_apply_commit(scene.cache));
}

/* What the server has whole is told by it again: it has not been seen, and what is here is the oldest version there can be. */
static void test_again(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct cache_check_summary s;
	struct findings found;
	struct message_info info;
	uint64_t id = message_of("A"), pending = 1;

	(void)state;
	set_state(scene.id);
	run_sql("UPDATE content SET checksum = checksum + 1 WHERE id = (SELECT content FROM message WHERE subject = 'A')");
	scene_close();
	s = look(true, &found);
	assert_int_equal(s.again, 1);
	assert_int_equal(s.kept, 0);
	scene_open();
	CLEANUP_SYNC_STATE struct sync_state now = state_of(scene.id);
	assert_true(idset_is_empty(&now.seen));
	assert_false(idset_is_empty(&now.given));
	well(message_info(scene_mailbox(), id, &arena, &info));
	assert_int_equal(info.change_key.n, 22);
	assert_memory_equal(info.change_key.p + 16, "\0\0\0\0\0\1", 6);
	well(cache_pending_count(scene.cache, &pending));
	assert_int_equal(pending, 0);
}

/* A damaged message that was changed here does not go to the server in the place of the one there; a copy of it is kept. */
static void test_edited(void **state)
{
	struct cache_check_summary s;
	struct findings found;
	uint64_t pending = 1;

	(void)state;
	set_state(scene.id);
	steps("change A x; put N");
	run_sql("UPDATE content SET checksum = checksum + 1 WHERE id IN (SELECT content FROM message WHERE subject IN ('A', 'N'))");
	scene_close();
	s = look(true, &found);
	assert_int_equal(s.findings, 2);
	assert_int_equal(s.again, 1);
	assert_int_equal(s.kept, 1);
	expect_sound("after the repair");
	scene_open();
	well(cache_pending_count(scene.cache, &pending));
	assert_int_equal(pending, 1); /* N, which is nowhere else */
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message m JOIN client_local l ON l.folder = m.folder WHERE m.subject = 'A'"), 1);
}

/* The folder of messages is gone: what was changed here is kept, nothing is told to the server, all else comes again. */
static void test_homeless(void **state)
{
	struct cache_check_summary s;
	struct findings found;
	uint64_t pending = 1;

	(void)state;
	set_state(CACHE_HIERARCHY);
	from_server("put D F");
	steps("change C x; flag D; read D");
	run_sql("DELETE FROM client_journal WHERE object = (SELECT id FROM message WHERE subject = 'D'); DELETE FROM folder WHERE name = 'F'");
	scene_close();
	s = look(true, &found);
	assert_int_equal(s.kept, 1);
	assert_int_equal(s.again, 1);
	expect_sound("after the repair");
	scene_open();
	well(cache_pending_count(scene.cache, &pending));
	assert_int_equal(pending, 0);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message m JOIN client_local l ON l.folder = m.folder WHERE m.subject = 'C'"), 1);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message WHERE subject = 'D'"), 0);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM tombstone"), 0);
	CLEANUP_SYNC_STATE struct sync_state now = state_of(CACHE_HIERARCHY);
	assert_true(idset_is_empty(&now.seen));
}

/* A special folder is gone, which had nothing in it: folders are told of again, and those that every mailbox has are looked for. */
static void test_special(void **state)
{
	static const enum mailbox_role roles[] = { MAILBOX_INBOX, MAILBOX_OUTBOX, MAILBOX_SENT_ITEMS, MAILBOX_DELETED_ITEMS, MAILBOX_DRAFTS };
	struct findings found;
	uint64_t id = 0;

	(void)state;
	well(cache_apply_begin(scene.cache));
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		well(folder_create(scene_mailbox(), scene.id, (char[]){ 's', (char)('0' + i), 0 }, NULL, &id));
		well(mailbox_set_role(scene_mailbox(), id, roles[i]));
	}
	well(cache_apply_commit(scene.cache));
	set_state(CACHE_HIERARCHY);
	set_state(folder_of("s0"));
	run_sql("DELETE FROM folder WHERE role = 5");
	scene_close();
	assert_int_equal(look(true, &found).findings, 2);
	expect_sound("after the repair");
	scene_open();
	CLEANUP_SYNC_STATE struct sync_state now = state_of(CACHE_HIERARCHY);
	assert_true(idset_is_empty(&now.seen));
	assert_int_equal(folder_by_role(scene_mailbox(), MAILBOX_DRAFTS, &id), ecNotFound);
	well(folder_by_role(scene_mailbox(), MAILBOX_OUTBOX, &id));
}

/* No file that SQLite would read, none at all, one that is no cache: each is told, none is changed. */
static void test_no_cache(void **state)
{
	struct cache_check_options o = { .found = note };
	struct cache_check_summary s;
	struct findings found;
	char path[300];
	FILE *f;

	(void)state;
	scene_close();
	(void)snprintf(path, sizeof path, "%s/cache.db", scene.folder);
	f = fopen(path, "r+b");
	assert_non_null(f);
	for (int i = 0; i < 3000; i++)
		(void)fputc('x', f);
	assert_int_equal(fclose(f), 0);
	s = look(true, &found);
	assert_int_equal(s.findings, 1);
	assert_int_equal(s.repaired, 0);
	assert_non_null(strstr(found.last, "cannot be opened"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cache_check(scene.folder, &care, &o, &s, &scene.why), ecNotFound);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(test_sound),    scene_test(test_damage),  scene_test(test_again),    scene_test(test_edited),
		scene_test(test_homeless), scene_test(test_special), scene_test(test_no_cache), scene_test(test_handed_over),
	};

	return cmocka_run_group_tests_name("cache_check", tests, NULL, NULL);
}
