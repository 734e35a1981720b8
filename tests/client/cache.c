/* client/cache: one process at a time, each with patience; what was committed is there with its journal, or neither, when its writer is killed or the disk fails. */
#include "caches.h"

#include <poll.h>

#include "../store/faulty_vfs.h"
#include "client/cache_check.h"
#include "store/message_sums.h"

static const struct cache_care care = { .clock = &clock_system, .patience_ms = 2000 };

/* Two processes ------------------------------------------------------------------------------------------------------------------------ */

/* This program again: not a copy of the process, which would have what this one has open. */
static pid_t other(const char *what)
{
	pid_t child = fork();

	if (child == 0)
		_exit(execl("/proc/self/exe", "cache", scene.folder, what, (char *)NULL) ? 127 : 0);
	assert_true(child > 0);
	return child;
}

static void expect_well(pid_t child)
{
	int how = 0;

	assert_int_equal(waitpid(child, &how, 0), child);
	if (!WIFEXITED(how) || WEXITSTATUS(how))
		fail_msg("the other process ended with %x", (unsigned)how);
}

static int change_it(struct cache *c)
{
	uint64_t id = 0;
	status s = mailbox_begin(cache_mailbox(c));

	if (!s)
		s = folder_by_name(cache_mailbox(c), ROOT, "scene", &id);
	if (!s)
		s = folder_create(cache_mailbox(c), id, "made by another", NULL, &id);
	if (!s)
		s = mailbox_commit(cache_mailbox(c));
	return s ? 2 : 0;
}

/* Another mailbox than `number`; the caches of this test are told apart by that. */
static struct cache_binding binding_of(unsigned number)
{
	return (struct cache_binding){ .identity = { { { (uint8_t)number } }, { { 2 } }, { { 3 } } }, .address = "alice@contoso.example" };
}

static unsigned number_of(struct cache *c)
{
	return cache_binding(c)->identity.mailbox.b[0];
}

static const char *aside_of(const char *folder, unsigned number)
{
	static char path[400];

	(void)snprintf(path, sizeof path, "%s/old-%u", folder, number);
	return path;
}

static status replace(struct cache *c, const char *folder, unsigned number, struct reason *why)
{
	struct cache_binding b = binding_of(number);

	(void)mkdir(aside_of(folder, number), 0700);
	return cache_replace(c, aside_of(folder, number), &b, ROOT, why);
}

/* Opens it again and again until it is the one of this number: it is there each time, and never the old one behind the new one. */
static int look_for(const char *folder, unsigned number)
{
	struct reason why;
	unsigned seen = 0;

	while (seen != number) {
		struct cache *c = NULL;

		if (cache_open(folder, &clock_system, 10000, &c, &why))
			return 3;
		seen = number_of(c);
		cache_close(c);
		if (seen != number && seen != number - 1)
			return 4;
	}
	return 0;
}

/* What the other process does: "open" it with patience, "change" it, "replace" it, "hold" it until somebody else wants it, or "lookN" for the N-th. */
static int be_other(const char *folder, const char *what)
{
	struct cache *c = NULL;
	struct reason why;
	int code;

	if (strncmp(what, "look", 4) == 0)
		return look_for(folder, (unsigned)strtoul(what + 4, NULL, 10));
	code = cache_open(folder, &clock_system, 10000, &c, &why) ? 1 : 0;
	if (!code && strcmp(what, "replace") == 0)
		code = replace(c, folder, 2, &why) ? 5 : 0;
	if (!code && strcmp(what, "change") == 0)
		code = change_it(c);
	while (!code && strcmp(what, "hold") == 0 && !cache_is_wanted(c))
		(void)usleep(1000);
	cache_close(c);
	return code;
}

/* Who waits is seen, is let in, and what he did is there afterwards. */
static void test_pause(void **state)
{
	uint64_t id = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		pid_t child = other(i ? "open" : "change");

		while (!cache_is_wanted(scene.cache))
			(void)usleep(500);
		well(cache_pause(scene.cache, &scene.why));
		expect_well(child);
		assert_false(cache_is_wanted(scene.cache));
	}
	well(folder_by_name(scene_mailbox(), scene.id, "made by another", &id));
	steps("put N");
}

/* He who waits is announced also when somebody looked at that very moment. */
static void test_announced(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pid_t child = other("open");
		unsigned looks = 0;

		/* As often as can be: each look holds for a moment what he wants. */
		while (!cache_is_wanted(scene.cache))
			if (++looks > 5000000)
				fail_msg("nobody seems to wait");
		well(cache_pause(scene.cache, &scene.why));
		expect_well(child);
	}
}

static void test_patience(void **state)
{
	struct cache *c = NULL;
	char own[40];
	pid_t child;

	(void)state;
	assert_int_equal(cache_open(scene.folder, &clock_system, 20, &c, &scene.why), ecBusy);
	assert_non_null(strstr(scene.why.text, "this program itself"));
	scene_close();
	child = other("hold");
	(void)snprintf(own, sizeof own, "(process %ld)", (long)child);
	/* Until it has it, and has said so. */
	for (int i = 0; cache_open(scene.folder, &clock_system, 0, &scene.cache, &scene.why) != ecBusy || !strstr(scene.why.text, own); i++) {
		scene_close();
		assert_true(i < 10000);
		(void)usleep(1000);
	}
	/* It makes room for who says that he wants it. */
	well(cache_open(scene.folder, &clock_system, 5000, &scene.cache, &scene.why));
	expect_well(child);
}

/* Another takes its place: whoever opens it at that moment has the one or the other, whole. */
static void test_replaced(void **state)
{
	char what[20];

	(void)state;
	scene_close();
	for (unsigned i = 2; i < 30; i++) {
		pid_t child;

		(void)snprintf(what, sizeof what, "look%u", i);
		child = other(what);
		(void)usleep(i % 4 * 1000);
		well(cache_open(scene.folder, &clock_system, 10000, &scene.cache, &scene.why));
		(void)usleep(i % 3 * 1000);
		well(replace(scene.cache, scene.folder, i, &scene.why));
		assert_int_equal(number_of(scene.cache), i);
		assert_true(cache_is_set_aside(scene.folder, aside_of(scene.folder, i)));
		scene_close();
		expect_well(child);
	}
	/* All of the old one is aside, and nothing of it in the new one. */
	scene_open();
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message"), 0);
	scene_close();
	well(cache_open(aside_of(scene.folder, 2), &clock_system, 0, &scene.cache, &scene.why));
	assert_int_equal(number_of(scene.cache), 1);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message"), 3);
}

/* Killed between the two names, it is the old one still, and is brought to its end. */
static void test_replaced_again(void **state)
{
	char here[400], there[500];

	(void)state;
	(void)snprintf(here, sizeof here, "%s/cache.db", scene.folder);
	(void)snprintf(there, sizeof there, "%s/cache.db", aside_of(scene.folder, 2));
	scene_close();
	assert_int_equal(mkdir(aside_of(scene.folder, 2), 0700), 0);
	assert_false(cache_is_set_aside(scene.folder, aside_of(scene.folder, 2)));
	assert_int_equal(link(here, there), 0);
	assert_false(cache_is_set_aside(scene.folder, aside_of(scene.folder, 2)));
	scene_open();
	assert_int_equal(number_of(scene.cache), 1);
	well(replace(scene.cache, scene.folder, 2, &scene.why));
	assert_int_equal(number_of(scene.cache), 2);
	assert_true(cache_is_set_aside(scene.folder, aside_of(scene.folder, 2)));
	/* What stands there already is not written over. */
	assert_int_equal(replace(scene.cache, scene.folder, 2, &scene.why), ecDiskError);
	scene_close();
	scene_open();
	assert_int_equal(number_of(scene.cache), 2);
}

/* Who made room for that does not go on with the other one. */
static void test_replaced_meanwhile(void **state)
{
	pid_t child = other("replace");

	(void)state;
	while (!cache_is_wanted(scene.cache))
		(void)usleep(500);
	assert_int_equal(cache_pause(scene.cache, &scene.why), ecBusy);
	assert_null(scene_mailbox());
	expect_well(child);
}

static bool is_told(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	bool told = poll(&p, 1, 0) == 1;

	cache_watch_drain(fd);
	return told;
}

/* What is to be uploaded is told when there is room to do it; what came from the server and what stays here is not. */
static void test_watch(void **state)
{
	int fd = -1;

	(void)state;
	scene_close();
	well(cache_watch(scene.folder, &fd, &scene.why));
	assert_false(is_told(fd));
	scene_open();
	well(cache_apply_begin(scene.cache));
	well(message_set_read(scene_mailbox(), message_of("A"), true));
	well(cache_set_local(scene.cache, folder_of("G")));
	well(cache_apply_commit(scene.cache));
	steps("put L G");
	scene_close();
	assert_false(is_told(fd));
	scene_open();
	steps("change A x");
	assert_false(is_told(fd));
	well(cache_pause(scene.cache, &scene.why));
	assert_true(is_told(fd));
	scene_close();
	assert_false(is_told(fd));
	/* By another process; a letter too, which the journal does not tell of. */
	expect_well(other("change"));
	assert_true(is_told(fd));
	scene_open();
	steps("letter S bob");
	well(cache_pause(scene.cache, &scene.why));
	(void)is_told(fd);
	well(mailbox_begin(scene_mailbox()));
	well(outbox_add(scene.cache, message_of("S"), 0));
	well(mailbox_commit(scene_mailbox()));
	scene_close();
	assert_true(is_told(fd));
	(void)close(fd);
}

/* A writer that dies -------------------------------------------------------------------------------------------------------------------- */

static void expect_sound(const char *when, uint64_t n)
{
	struct cache_check_options o = { .repair = false };
	struct cache_check_summary s;

	if (cache_check(scene.folder, &care, &o, &s, &scene.why))
		fail_msg("%s %d: %s", when, (int)n, scene.why.text);
	if (s.findings)
		fail_msg("%s %d: %d findings", when, (int)n, (int)s.findings);
}

/*
 * What the journal says is what was done: everything below is new, or changed, or moved here exactly when a row says so.  Messages that are new have ids that
 * were granted after the scene was made.
 */
static void expect_journal_of_content(uint64_t first_new, const char *when, uint64_t n)
{
	static const char *const wrong[] = {
		"SELECT COUNT(*) FROM message m WHERE m.kind = 0 AND m.id >= $1 AND m.id NOT IN (SELECT object FROM client_journal WHERE kind IN (2, 3))",
		"SELECT COUNT(*) FROM client_journal j WHERE j.kind IN (2, 3, 4) AND j.object >= $1 AND j.object NOT IN (SELECT id FROM message)",
		"SELECT COUNT(*) FROM message m WHERE m.id < $1 AND m.flag_status = 2 AND m.id NOT IN (SELECT object FROM client_journal WHERE kind = 2)",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct sql_statement *q = sql_prepare(mailbox_sql(scene_mailbox()), wrong[i]);
		bool row = false;

		sql_bind_i64(q, 1, (int64_t)first_new);
		assert_int_equal(sql_step(q, &row), 0);
		if (sql_i64(q, 0))
			fail_msg("%s %d: the journal is not of what is there: %s", when, (int)n, wrong[i]);
		sql_done(q);
	}
}

static const char *const works[] = { "put N; flag A; read B", "move N F; change N x; mkdir H", "put M H; flag N; copy B G", "move A G; flag B",
				     "delete N; rmdir H; put O" };

#define WORKS (sizeof works / sizeof *works)

static void write_and_die(enum fault fault, uint64_t n, bool fill)
{
	struct cache *c = NULL;

	faulty_vfs_arm(fault, n, true);
	if (!cache_open(scene.folder, &clock_system, 0, &c, &scene.why)) {
		cache_fill(c, fill);
		for (size_t i = 0; i < WORKS && !steps_do(cache_mailbox(c), scene.id, works[i], &scene.why); i++)
			;
		cache_close(c);
	}
	_exit(faulty_vfs_struck() ? 1 : 0);
}

/* Killed at each write: what was written is whole, and the journal is of it. */
static void killed(void **state, bool fill)
{
	uint64_t first_new = ask_sql("SELECT number FROM meta WHERE name = 'granted_next'");
	bool died = true;
	uint64_t n;

	scene_close();
	for (n = 1; died; n += 3) {
		pid_t child = fork();
		int how = 0;

		if (child == 0)
			write_and_die(FAULT_KILL, n, fill);
		assert_int_equal(waitpid(child, &how, 0), child);
		died = WIFSIGNALED(how);
		expect_sound("killed at write", n);
		scene_open();
		expect_journal_of_content(first_new, "killed at write", n);
		assert_int_equal(scene_end(state), 0);
		assert_int_equal(scene_begin(state), 0);
		scene_close();
	}
	print_message("# killed at %u places\n", (unsigned)(n / 3));
	assert_true(n > 20);
}

static void test_killed(void **state)
{
	killed(state, false);
}

/* The same while it is filled: without a log. */
static void test_killed_filling(void **state)
{
	killed(state, true);
}

/* Filled, and not any more: the log is back, nothing of the journal is left, and a pause changes nothing of it. */
static void test_filling(void **state)
{
	struct sql_statement *q;
	char path[300];
	struct stat st;
	bool row = false;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/cache.db-journal", scene.folder);
	cache_fill(scene.cache, true);
	assert_true(cache_is_filling(scene.cache));
	steps("put N; flag A");
	assert_int_equal(stat(path, &st), 0);
	well(cache_pause(scene.cache, &scene.why));
	assert_true(cache_is_filling(scene.cache));
	cache_fill_flush(scene.cache);
	steps("put O");
	cache_fill(scene.cache, false);
	assert_int_not_equal(stat(path, &st), 0);
	q = sql_prepare(mailbox_sql(scene_mailbox()), "PRAGMA journal_mode");
	assert_int_equal(sql_step(q, &row), 0);
	assert_string_equal(sql_text(q, 0), "wal");
	sql_done(q);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message WHERE kind = 0"), 5);
	scene_close();
	expect_sound("filled", 0);
}

/* What comes from the server has no fingerprint until somebody asks for all of them; then it is the one that it would have had. */
static void test_sums(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info info;
	struct fingerprint f = { 0, 0 };
	uint64_t id = ask_sql("SELECT MIN(id) FROM message"), found = 0;

	(void)state;
	well(message_info(scene_mailbox(), id, &arena, &info));
	assert_true(info.fingerprint.lo && info.fingerprint.hi);
	/* As if it had been brought. */
	run_sql("UPDATE message SET fingerprint = 0, fingerprint_high = 0");
	well(message_by_fingerprint(scene_mailbox(), f, 0, &found));
	assert_int_equal(found, 0);
	well(cache_apply_begin(scene.cache));
	well(message_sum(scene_mailbox(), id, &f));
	well(cache_apply_commit(scene.cache));
	assert_true(fingerprint_equal(f, info.fingerprint));
	well(message_sum_all(scene_mailbox()));
	well(message_by_fingerprint(scene_mailbox(), f, 0, &found));
	assert_int_equal(found, id);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM message WHERE fingerprint = 0"), 0);
}

/* The n-th write fails: the step fails, and is as if it had not been; the next one goes on. */
static void test_failing(void **state)
{
	static const enum fault faults[] = { FAULT_WRITE, FAULT_SYNC, FAULT_FULL };
	uint64_t first_new = ask_sql("SELECT number FROM meta WHERE name = 'granted_next'");

	for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
		bool struck = true;

		for (uint64_t n = faults[f] == FAULT_FULL ? 0 : 1; struck; n += faults[f] == FAULT_FULL ? 40000 : faults[f] == FAULT_SYNC ? 1 : 5) {
			size_t worked = 0;

			faulty_vfs_arm(faults[f], n, true);
			while (worked < WORKS && !steps_do(scene_mailbox(), scene.id, works[worked], &scene.why))
				worked++;
			struck = faulty_vfs_struck();
			faulty_vfs_heal();
			expect_journal_of_content(first_new, "after a failure at", n);
			/* On the same handle. */
			while (worked < WORKS)
				steps(works[worked++]);
			expect_journal_of_content(first_new, "healed at", n);
			scene_close();
			expect_sound("failed at", n);
			assert_int_equal(scene_end(state), 0);
			assert_int_equal(scene_begin(state), 0);
		}
	}
}

/* The n-th statement fails, while it is opened, made, worked with: no way leads to half of something. */
static void test_failing_statements(void **state)
{
	struct cache_binding b = *cache_binding(scene.cache);
	char path[300];
	status s = ecError;

	(void)state;
	scene_close();
	(void)snprintf(path, sizeof path, "%s/cache.db", scene.folder);
	for (unsigned n = 1; s; n++) {
		sql_fail_after(n);
		s = cache_open(scene.folder, &clock_system, 0, &scene.cache, &scene.why);
		sql_fail_after(0);
		scene_close();
	}
	assert_int_equal(unlink(path), 0);
	s = ecError;
	for (unsigned n = 1; s; n++) {
		sql_fail_after(n);
		s = cache_make(scene.folder, &clock_system, &b, ROOT, &scene.cache, &scene.why);
		sql_fail_after(0);
		scene_close();
		/* Made, and only the opening of it failed. */
		if (s && cache_exists(scene.folder)) {
			scene_open();
			assert_string_equal(cache_binding(scene.cache)->address, b.address);
			scene_close();
			assert_int_equal(unlink(path), 0);
		}
	}
	expect_sound("made at last", 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		scene_test(test_pause),  scene_test(test_announced), scene_test(test_patience),           scene_test(test_watch),
		scene_test(test_replaced), scene_test(test_replaced_again), scene_test(test_replaced_meanwhile),
		scene_test(test_killed), scene_test(test_failing),   scene_test(test_failing_statements),
		scene_test(test_killed_filling), scene_test(test_filling), scene_test(test_sums),
	};

	if (argc > 2)
		return be_other(argv[1], argv[2]);
	faulty_vfs_install();
	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
