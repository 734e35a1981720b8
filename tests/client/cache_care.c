/* client/cache_care: a cache that is moved or made smaller is whole wherever that is killed, and nothing of another one is left. */
#include "caches.h"

#include <dirent.h>

#include "client/cache_care.h"
#include "client/cache_check.h"

static struct cache_care care = { .clock = &clock_system, .patience_ms = 20 };
static char elsewhere[300];

static int begin(void **state)
{
	int code = scene_begin(state);

	(void)snprintf(elsewhere, sizeof elsewhere, "%s.elsewhere", scene.folder);
	care.progress = NULL;
	return code;
}

static void expect_whole(const char *when)
{
	struct cache_check_options o = { .repair = false };
	struct cache_check_summary s;

	if (cache_check(scene.folder, &care, &o, &s, &scene.why))
		fail_msg("%s: %s", when, scene.why.text);
	if (s.findings || s.messages != 23)
		fail_msg("%s: %d findings, %d messages", when, (int)s.findings, (int)s.messages);
}

/* 23 messages, and much that is free. */
static void fill(void)
{
	steps("many 20");
	steps("big X; big Y");
	steps("purge X; purge Y");
	scene_close();
}

static bool is_there(const char *folder, const char *name)
{
	char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static const char *place(void)
{
	static char text[600];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 16);

	(void)snprintf(text, sizeof text, "%s", cache_place(scene.folder, &arena));
	return text;
}

/* Only these files begin in "cache.db": one cache, no log. */
static unsigned caches_in(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		n += strncmp(e->d_name, "cache.db", 8) == 0 || strcmp(e->d_name, "cache.part") == 0;
	if (d)
		(void)closedir(d);
	return n;
}

static void test_move(void **state)
{
	struct cache_care_result r;
	struct cache *c = NULL;
	char link[600], third[600];

	(void)state;
	fill();
	well(cache_move(scene.folder, elsewhere, &care, &r, &scene.why));
	assert_int_equal(r.before, r.after);
	assert_non_null(strstr(place(), ".elsewhere/cache.db"));
	assert_int_equal(caches_in(elsewhere), 1);
	assert_int_equal(caches_in(scene.folder), 1);
	assert_false(is_there(elsewhere, "cache.moving"));
	expect_whole("elsewhere");
	/* It works there, and one process has it at a time. */
	scene_open();
	assert_int_equal(cache_open(scene.folder, &clock_system, 10, &c, &scene.why), ecBusy);
	assert_int_equal(cache_move(scene.folder, scene.folder, &care, &r, &scene.why), ecBusy);
	steps("put Z; purge Z");
	scene_close();
	assert_int_equal(cache_move(scene.folder, elsewhere, &care, &r, &scene.why), ecDuplicateName);
	/* On, and home. */
	(void)snprintf(third, sizeof third, "%s/third", elsewhere);
	well(cache_move(scene.folder, third, &care, &r, &scene.why));
	assert_int_equal(caches_in(elsewhere), 0);
	expect_whole("in a third folder");
	well(cache_move(scene.folder, scene.folder, &care, &r, &scene.why));
	assert_int_equal(caches_in(third), 0);
	(void)snprintf(link, sizeof link, "%s/cache.db", scene.folder);
	assert_string_equal(place(), link);
	expect_whole("at home");
	assert_int_equal(cache_move(scene.folder, scene.folder, &care, &r, &scene.why), ecDuplicateName);
}

/* Another cache is not written over; a folder that others may write to is none for mail. */
static void test_refused(void **state)
{
	struct cache_care_result r;
	char path[600];
	FILE *f;

	(void)state;
	fill();
	assert_int_equal(mkdir(elsewhere, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/cache.db", elsewhere);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fclose(f);
	assert_int_equal(cache_move(scene.folder, elsewhere, &care, &r, &scene.why), ecDuplicateName);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(chmod(elsewhere, 0777), 0);
	assert_int_equal(cache_move(scene.folder, elsewhere, &care, &r, &scene.why), ecAccessDenied);
	expect_whole("where it was");
}

/* The disk that it was moved to is away: that is said, and nobody makes a new one. */
static void test_away(void **state)
{
	struct cache_binding b = { .address = "x" };
	struct cache_care_result r;
	struct cache *c = NULL;

	(void)state;
	fill();
	well(cache_move(scene.folder, elsewhere, &care, &r, &scene.why));
	char away[600];
	(void)snprintf(away, sizeof away, "%s.away", elsewhere);
	assert_int_equal(rename(elsewhere, away), 0);
	assert_true(cache_exists(scene.folder));
	assert_int_equal(cache_open(scene.folder, &clock_system, 0, &c, &scene.why), ecDiskError);
	assert_non_null(strstr(scene.why.text, "Is the disk there?"));
	assert_int_equal(cache_make(scene.folder, &clock_system, &b, ROOT, &c, &scene.why), ecDuplicateName);
	assert_int_equal(rename(away, elsewhere), 0);
	expect_whole("back");
	/* Taken away with the profile, wherever it is. */
	well(cache_remove(scene.folder, 0, &scene.why));
	assert_false(cache_exists(scene.folder));
	assert_int_equal(caches_in(elsewhere), 0);
}

static void test_compact(void **state)
{
	struct cache_care_result r;
	struct cache_room room;
	struct stat st;

	(void)state;
	fill();
	well(cache_compact_room(scene.folder, &care, &room, &scene.why));
	assert_true(room.needed < room.size && room.there > room.needed);
	well(cache_compact(scene.folder, &care, &r, &scene.why));
	assert_int_equal(r.before, room.size);
	assert_true(r.after + ((uint64_t)4 << 20) < r.before);
	assert_int_equal(stat(place(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect_whole("compacted");
	/* Elsewhere too. */
	well(cache_move(scene.folder, elsewhere, &care, &r, &scene.why));
	well(cache_compact(scene.folder, &care, &r, &scene.why));
	assert_int_equal(caches_in(elsewhere), 1);
	expect_whole("compacted elsewhere");
}

/* Killed ---------------------------------------------------------------------------------------------------------------------------- */

static unsigned die_at;

static void die(void *context, const char *stage, uint64_t done, uint64_t of)
{
	(void)context;
	(void)stage;
	(void)done;
	(void)of;
	if (!--die_at)
		(void)raise(SIGKILL);
}

enum doing { MOVE_THERE, MOVE_ON, MOVE_HOME, COMPACT };

static status do_it(enum doing what, const char *to)
{
	struct cache_care_result r;

	return what == COMPACT ? cache_compact(scene.folder, &care, &r, &scene.why) : cache_move(scene.folder, to, &care, &r, &scene.why);
}

/* False: it came to its end. */
static bool killed_at(enum doing what, const char *to, unsigned n)
{
	pid_t child = fork();
	int how = 0;

	if (child == 0) {
		care.progress = die;
		die_at = n;
		_exit(do_it(what, to) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	if (WIFEXITED(how))
		assert_int_equal(WEXITSTATUS(how), 0);
	return WIFSIGNALED(how);
}

static void each_step(enum doing what)
{
	char third[600];
	const char *to = what == MOVE_HOME ? scene.folder : what == MOVE_ON ? third : elsewhere;
	bool killed = true;
	unsigned n;

	(void)snprintf(third, sizeof third, "%s/third", elsewhere);
	fill();
	for (n = 1; killed; n++) {
		char when[64];

		care.progress = NULL;
		if (what != COMPACT && strstr(place(), what == MOVE_THERE ? ".elsewhere/cache" : what == MOVE_ON ? "third" : "none"))
			well(do_it(MOVE_HOME, scene.folder));
		if ((what == MOVE_ON || what == MOVE_HOME) && !strstr(place(), ".elsewhere/cache"))
			well(do_it(MOVE_THERE, elsewhere));
		killed = killed_at(what, to, n);
		(void)snprintf(when, sizeof when, "%d killed at %u", (int)what, n);
		expect_whole(when);
	}
	assert_true(n > 5);
	if (what == COMPACT || what == MOVE_HOME)
		assert_int_equal(caches_in(scene.folder), 1);
	/* Nothing is left of what was, nor of what was not to be. */
	if (what == MOVE_HOME || what == MOVE_ON)
		assert_int_equal(caches_in(elsewhere), 0);
	assert_int_equal(caches_in(scene.folder), 1);
}

static void test_killed_there(void **state)
{
	(void)state;
	each_step(MOVE_THERE);
}

static void test_killed_on(void **state)
{
	(void)state;
	each_step(MOVE_ON);
}

static void test_killed_home(void **state)
{
	(void)state;
	each_step(MOVE_HOME);
}

static void test_killed_compacting(void **state)
{
	(void)state;
	each_step(COMPACT);
}

#define care_test(f) cmocka_unit_test_setup_teardown(f, begin, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		care_test(test_move),         care_test(test_refused),   care_test(test_away),        care_test(test_compact),
		care_test(test_killed_there), care_test(test_killed_on), care_test(test_killed_home), care_test(test_killed_compacting),
	};

	return cmocka_run_group_tests_name("cache_care", tests, NULL, NULL);
}
