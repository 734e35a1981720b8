/* client/cache_schema: a cache of the first version becomes one of this version, with nothing lost; one of a later version is refused and left as it is. */
#include "caches.h"

/* As the first version was, which did not say so. */
static void make_old(void)
{
	run_sql("ALTER TABLE client_base DROP COLUMN told; ALTER TABLE client_partial DROP COLUMN cn; ALTER TABLE client_partial DROP COLUMN size; ALTER TABLE client_partial DROP COLUMN source;"
		"ALTER TABLE client_partial DROP COLUMN wanted; ALTER TABLE client_partial DROP COLUMN tried; ALTER TABLE client_state DROP COLUMN kept_from;"
		"DROP TABLE client_refused; DROP INDEX client_journal_folder; ALTER TABLE client_journal DROP COLUMN generation; DELETE FROM meta WHERE name = 'client_schema'");
}

static void test_old(void **state)
{
	const struct folder_options o = { .is_search = true };
	uint64_t id = 0, n = 0;
	struct cache_pending p[8];
	size_t got = 0;

	(void)state;
	steps("change A x; put N; read B");
	well(mailbox_begin(scene_mailbox()));
	well(folder_create(scene_mailbox(), scene.id, "found", &o, &id));
	well(mailbox_commit(scene_mailbox()));
	/* What that version wrote and this one does not. */
	run_sql("DELETE FROM client_local");
	run_sql("INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
		" SELECT 0, 0, 0, 1, id, id, 0, 0, 0, 0, 0 FROM folder WHERE name = 'found';"
		"INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
		" VALUES (5, 0, 0, 0, 5000, 5001, 0, 0, 0, 0, 0);"
		"INSERT INTO client_base (message, property, value) VALUES (5002, 1, x'')");
	make_old();
	scene_close();
	scene_open();
	well(cache_pending_count(scene.cache, &n));
	assert_int_equal(n, 3);
	assert_true(cache_is_local(scene.cache, id));
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_base WHERE message = 5002"), 0);
	assert_true(ask_sql("SELECT COUNT(*) FROM client_base") > 0);
	/* It is one of this version from then on. */
	steps("unread B; flag A");
	scene_close();
	scene_open();
	well(cache_pending(scene.cache, 0, p, 8, &got));
	assert_int_equal(got, 3);
	assert_int_equal(ask_sql("SELECT number FROM meta WHERE name = 'client_schema'"), 5);
}

static void test_later(void **state)
{
	(void)state;
	run_sql("UPDATE meta SET number = 6 WHERE name = 'client_schema'");
	scene_close();
	assert_int_equal(cache_open(scene.folder, &clock_system, 0, &scene.cache, &scene.why), ecVersion);
	assert_non_null(strstr(scene.why.text, "made by a later version of Postern"));
	assert_non_null(strstr(scene.why.text, "schema is 6, this one knows 5"));
}

/* A mailbox that is no copy, tables that are gone: no cache, which is said. */
static void test_damaged(void **state)
{
	static const char *const damages[] = { "DROP TABLE client_journal", "DROP TABLE client_base", "DELETE FROM client_binding",
					       "DELETE FROM meta WHERE name = 'change_space'" };

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		run_sql(damages[i]);
		scene_close();
		if (!cache_open(scene.folder, &clock_system, 0, &scene.cache, &scene.why))
			fail_msg("%s: it opens", damages[i]);
		if (!strstr(scene.why.text, "postern cache check"))
			fail_msg("%s: %s", damages[i], scene.why.text);
		assert_int_equal(scene_end(state), 0);
		assert_int_equal(scene_begin(state), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { scene_test(test_old), scene_test(test_later), scene_test(test_damaged) };

	return cmocka_run_group_tests_name("cache_schema", tests, NULL, NULL);
}
