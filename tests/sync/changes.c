/*
 * A message that is changed here goes to the server as what was changed, and not whole: with the server's version changed by another computer before, at each answer of the
 * run and after it, with the connection broken at each answer and the program killed at writes.  Both computers end the same, no change is lost, and nothing that only
 * one of them changed counts as a conflict.
 */
#include "support.h"

#include <signal.h>
#include <sys/wait.h>

#include "client/sync_issues.h"
#include "device.h"
#include "relay.h"
#include "steps.h"
#include "store/faulty_vfs.h"
#include "torture.h"

#define TELL_MOST   ((size_t)4 << 20)
#define SETTLE_MOST 5u
/* Of a message of 3 MB (`big`). */
#define LITTLE      ((uint64_t)64 << 10)
#define KILLS       (SANITIZED ? 3u : 8u)
#define KILL_STEP   11u

static const char *const people[] = { "alice", NULL };
static struct served served;
static struct relay *relay;
static struct device here, there;
static char scene[32];
static unsigned scenes;
static uint64_t losers; /* of conflicts, which are kept in Conflicts */

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: %s: 0x%x: %s", scene, d->profile.name, what, s, d->why.text);
}

static void sync_well(struct device *d)
{
	well(d, device_sync(d), "a run");
	losers += d->counts.conflicts - d->counts.merged;
}

static uint64_t scene_of(struct device *d)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	return folder_by_path(cache_mailbox(d->cache), scene, &id) ? 0 : id;
}

static void act(struct device *d, const char *steps)
{
	if (!*steps)
		return;
	uint64_t folder = scene_of(d); /* which opens the cache */
	well(d, steps_do(cache_mailbox(d->cache), folder, steps, &d->why), steps);
}

/* A new scene with this in it, which both have. */
static void begin_scene(const char *before)
{
	uint64_t top = 0, id = 0;
	struct mailbox *m;

	(void)snprintf(scene, sizeof scene, "changes%u", ++scenes);
	losers = 0;
	well(&there, device_open(&there), "open");
	m = cache_mailbox(there.cache);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &top), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_create(m, top, scene, NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	act(&there, before);
	sync_well(&there);
	sync_well(&here);
}

static uint64_t moved(const struct sync_counts *c)
{
	return c->messages_new + c->messages_changed + c->messages_deleted + c->read_states + c->up_new_or_changed + c->up_deleted + c->up_moved + c->up_read;
}

static void settle(void)
{
	for (unsigned i = 0; i < SETTLE_MOST; i++) {
		sync_well(&there);
		uint64_t n = moved(&there.counts);
		sync_well(&here);
		if (!n && !moved(&here.counts) && !here.counts.pending)
			return;
	}
	fail_msg("%s: there is always something to move", scene);
}

static void assert_same(const char *what)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST), d = BUF_MAX(TELL_MOST);

	well(&here, device_tell(&here, scene_of(&here), true, &a), "tell");
	well(&there, device_tell(&there, scene_of(&there), true, &b), "tell");
	device_difference(buf_cstr(&a), buf_cstr(&b), &d);
	if (d.n || a.n != b.n)
		fail_msg("%s: %s: the two differ:\n%.1500s", scene, what, buf_cstr(&d));
	assert_true(a.n > 0);
}

static void assert_says(const char *what, const char *words)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST);

	well(&here, device_tell(&here, scene_of(&here), false, &a), "tell");
	if (!strstr(buf_cstr(&a), words))
		fail_msg("%s: %s: not there: \"%s\"\n%.1000s", scene, what, words, buf_cstr(&a));
}

/* Little ------------------------------------------------------------------------------------------------------------------------- */

static void test_little(void **state)
{
	static const char *const steps[] = { "flag A",	   "unflag A",	     "category A Red",	"category A Blue",
					     "category A", "important A",    "rename A B",	"rename B A",
					     "read A; flag A", "unread A; unflag A", "flag A; category A Red; rename A B" };

	(void)state;
	begin_scene("big A");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		relay_cut(relay, 0);
		act(&here, steps[i]);
		sync_well(&here);
		if (relay_bytes(relay) > LITTLE)
			fail_msg("%s: %llu bytes went", steps[i], (unsigned long long)relay_bytes(relay));
		if (!here.counts.up_new_or_changed || here.counts.pending)
			fail_msg("%s: nothing was told", steps[i]);
		/* Our own change does not come back. */
		sync_well(&here);
		assert_int_equal(moved(&here.counts), 0);
		sync_well(&there);
		assert_same(steps[i]);
		sync_well(&there);
		assert_int_equal(moved(&there.counts), 0);
	}
	assert_says("little", "flag 2");
	assert_int_equal(losers, 0);
}

/* Of a message of which only the headers are here a change goes up without the rest, which comes later, as the version that it is then. */
static void test_headers(void **state)
{
	uint64_t partial = 0;

	(void)state;
	begin_scene("put X");
	act(&there, "big A; read A");
	sync_well(&there);
	here.profile.download = PROFILE_HEADERS;
	sync_well(&here);
	relay_cut(relay, 0);
	act(&here, "flag A; category A Red; rename A B");
	sync_well(&here);
	assert_true(relay_bytes(relay) < LITTLE);
	assert_int_equal(here.counts.pending, 0);
	well(&here, cache_partial_count(here.cache, &partial), "headers");
	assert_int_equal(partial, 1);
	sync_well(&here);
	assert_int_equal(moved(&here.counts), 0);
	sync_well(&there);
	act(&there, "important B");
	sync_well(&there);
	act(&here, "unflag B");
	sync_well(&here);
	here.profile.download = PROFILE_HEADERS_THEN_FULL;
	settle();
	here.profile.download = PROFILE_FULL;
	well(&here, cache_partial_count(here.cache, &partial), "headers");
	assert_int_equal(partial, 0);
	assert_same("headers");
	assert_says("headers", "B | IPM.Note | read | importance 2, flag 0");
	assert_int_equal(losers, 0);
}

/* What cannot be told by itself goes with the whole message. */
static void test_whole(void **state)
{
	static const char *const steps[] = { "change A mine", "attach A", "to A bob; flag A", "flag A; change A again" };

	(void)state;
	begin_scene("big A");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		act(&here, steps[i]);
		settle();
		assert_same(steps[i]);
	}
	assert_says("whole", "again");
	/* And from there on no more than needed again. */
	relay_cut(relay, 0);
	act(&here, "unflag A");
	sync_well(&here);
	assert_true(relay_bytes(relay) < LITTLE);
	settle();
	assert_same("after the whole");
	assert_int_equal(losers, 0);
}

/* Both --------------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *here, *there, *says;
	unsigned losers; /* at most: the same property was changed, or all was written anew */
} both[] = {
	{ "flag A", "important A", "importance 2, flag 2", 0 },
	{ "flag A", "flag A", "flag 2", 0 },
	{ "flag A; category A Red", "category A Red; important A", "importance 2, flag 2", 0 },
	{ "flag A; rename A B", "important A", "B | IPM.Note | unread | importance 2, flag 2", 0 },
	{ "flag A", "change A other", "flag 2 | other", 0 },
	{ "flag A", "attach A", "A |", 1 },
	{ "flag A", "read A", "| read | importance 1, flag 2", 0 },
	{ "rename A B", "rename A C", "| IPM.Note", 1 },
};
#define BOTH (sizeof both / sizeof *both)

static void test_both(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * BOTH; i++) {
		const char *name = both[i / 2].here;

		begin_scene("put A");
		act(&here, both[i / 2].here);
		act(&there, both[i / 2].there);
		/* Either may be the first. */
		sync_well(i % 2 ? &here : &there);
		settle();
		assert_same(name);
		assert_says(name, both[i / 2].says);
		if (losers > both[i / 2].losers)
			fail_msg("%s and %s: %u conflicts", name, both[i / 2].there, (unsigned)losers);
	}
}

struct meanwhile {
	const char *steps;
	bool was;
};

/* On the relay's thread, while the other computer waits for its answer. */
static void do_meanwhile(void *context)
{
	struct meanwhile *m = context;
	uint64_t id = 0;

	m->was = !device_open(&there) && !folder_by_path(cache_mailbox(there.cache), scene, &id) &&
		 !steps_do(cache_mailbox(there.cache), id, m->steps, &there.why) && !device_sync(&there);
}

/* Answers of a run that tells this. */
static uint64_t answers_of(const char *steps)
{
	begin_scene("put A");
	act(&here, steps);
	device_close(&here);
	relay_cut(relay, 0);
	sync_well(&here);
	return relay_answers(relay);
}

/* By default the last ones, which are those of the upload. */
static uint64_t first_of(uint64_t answers)
{
	uint64_t last = SANITIZED ? 3 : 6;

	return torture_all() || answers <= last ? 1 : answers - last;
}

static void test_races(void **state)
{
	(void)state;
	for (size_t i = 0; i < (torture_all() ? BOTH : 3); i++) {
		uint64_t answers = answers_of(both[i].here);

		for (uint64_t at = first_of(answers); at <= answers; at++) {
			struct meanwhile m = { both[i].there, false };

			begin_scene("put A");
			act(&here, both[i].here);
			device_close(&here);
			relay_cut(relay, 0);
			relay_before(relay, at, do_meanwhile, &m);
			sync_well(&here);
			relay_before(relay, 0, NULL, NULL);
			if (!m.was)
				act(&there, both[i].there);
			settle();
			assert_same(both[i].here);
			assert_says(both[i].here, both[i].says);
			if (losers > both[i].losers)
				fail_msg("%s and %s at answer %u: a conflict", both[i].here, both[i].there, (unsigned)at);
		}
	}
}

/* Interrupted -------------------------------------------------------------------------------------------------------------------- */

/* What is done after a run that was cut short, and before the next. */
static const struct {
	const char *here, *then_here, *then_there, *says;
} interrupted[] = {
	{ "flag A; category A Red", "", "", "flag 2" },
	{ "flag A; category A Red", "", "important A", "importance 2, flag 2" },
	{ "flag A; rename A B", "unflag B; rename B C", "", "C | IPM.Note | unread | importance 1, flag 0" },
	{ "flag A", "important A", "category A Red", "importance 2, flag 2" },
	{ "flag A", "change A mine", "important A", "importance 2, flag 2 | mine" },
};
#define INTERRUPTED (sizeof interrupted / sizeof *interrupted)

static void go_on(size_t i, const char *what)
{
	act(&there, interrupted[i].then_there);
	sync_well(&there);
	act(&here, interrupted[i].then_here);
	settle();
	assert_same(what);
	assert_says(what, interrupted[i].says);
	if (losers)
		fail_msg("%s: %s, then %s and %s: a conflict", what, interrupted[i].here, interrupted[i].then_here, interrupted[i].then_there);
}

static void test_cuts(void **state)
{
	char what[40];

	(void)state;
	for (size_t i = 0; i < INTERRUPTED; i++) {
		uint64_t answers = answers_of(interrupted[i].here);

		for (uint64_t at = first_of(answers); at <= answers; at++) {
			begin_scene("put A; put D");
			act(&here, interrupted[i].here);
			device_close(&here);
			relay_cut(relay, at);
			if (device_sync(&here) && !relay_was_cut(relay))
				fail_msg("%s", here.why.text);
			device_close(&here);
			relay_cut(relay, 0);
			(void)snprintf(what, sizeof what, "cut at answer %u", (unsigned)at);
			go_on(i, what);
		}
	}
}

/* False: the run came to its end. */
static bool with_a_kill(size_t i, uint64_t at)
{
	char what[40];
	int how = 0;

	begin_scene("put A; put D");
	act(&here, interrupted[i].here);
	device_close(&here);
	pid_t child = fork();
	if (child == 0) {
		faulty_vfs_arm(FAULT_KILL, at, true);
		_exit(device_sync(&here) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	(void)snprintf(what, sizeof what, "killed at write %u", (unsigned)at);
	go_on(i, what);
	return WIFSIGNALED(how);
}

static void test_kills(void **state)
{
	(void)state;
	for (size_t i = 0; torture_all() && i < INTERRUPTED; i++)
		for (uint64_t at = 1; with_a_kill(i, at); at++)
			;
	for (unsigned i = 0; !torture_all() && i < KILLS; i++)
		(void)with_a_kill(i % INTERRUPTED, 1 + i * KILL_STEP);
}

static int begin(void **state)
{
	struct reason why;

	(void)state;
	faulty_vfs_install();
	if (served_make(&served, people) || served_start(&served, NULL) || relay_start(served.port, &relay, &why)) {
		print_message("# %s\n", served.why.text);
		return 1;
	}
	device_init(&here, &served, "here", 0, relay_port(relay));
	device_init(&there, &served, "there", 0, served.port);
	sync_well(&there);
	sync_well(&here);
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&here);
	device_close(&there);
	relay_stop(relay);
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	served_free(&served);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_little), cmocka_unit_test(test_headers), cmocka_unit_test(test_whole), cmocka_unit_test(test_both),
		cmocka_unit_test(test_races),  cmocka_unit_test(test_cuts),  cmocka_unit_test(test_kills),
	};

	return cmocka_run_group_tests_name("changes", tests, begin, end);
}
