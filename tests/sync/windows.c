/*
 * What a computer keeps of a mailbox: headers first or no more than headers, and only so many months back; what is done to messages of which only the headers are
 * there; and that nothing of it is ever missed at the server.
 */
#include "support.h"

#include <signal.h>
#include <sys/wait.h>

#include "device.h"
#include "mapi/tag.h"
#include "relay.h"
#include "steps.h"
#include "store/faulty_vfs.h"
#include "torture.h"

#define TELL_MOST ((size_t)4 << 20)
#define CUTS      (SANITIZED ? 2u : 6u)
#define DAY       ((uint64_t)864000000000u)

static const char *const people[] = { "alice", NULL };
static struct served served;
static struct relay *relay;
static struct device here, there;
static char scene[32];
static unsigned scenes;

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: 0x%x: %s", d->profile.name, what, s, d->why.text);
}

static void sync_well(struct device *d)
{
	well(d, device_sync(d), "a run");
}

static uint64_t scene_of(struct device *d)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	return folder_by_path(cache_mailbox(d->cache), scene, &id) ? 0 : id;
}

static void act(struct device *d, const char *steps)
{
	well(d, steps_do(cache_mailbox(d->cache), scene_of(d), steps, &d->why), steps);
}

/* A new scene, known to both, with this in it. */
static void begin_scene(const char *before)
{
	uint64_t top = 0, id = 0;
	struct mailbox *m;

	(void)snprintf(scene, sizeof scene, "window%u", ++scenes);
	here.profile.download = PROFILE_FULL;
	here.profile.keep_months = 0;
	here.clock = &clock_system;
	here.link = (struct sync_link){ 0 };
	here.hurry = NULL;
	well(&there, device_open(&there), "open");
	m = cache_mailbox(there.cache);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &top), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_create(m, top, scene, NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	sync_well(&there);
	sync_well(&here);
	act(&there, before);
	sync_well(&there);
}

static uint64_t find(struct device *d, const char *subject)
{
	uint64_t id = 0;

	return steps_find(cache_mailbox(d->cache), scene_of(d), subject, &id) ? 0 : id;
}

static enum cache_fullness fullness(const char *subject)
{
	enum cache_fullness f = CACHE_FULL;

	assert_int_equal(cache_fullness(here.cache, find(&here, subject), &f), 0);
	return f;
}

/* The body; "": none. */
static const char *body(const char *subject)
{
	static char text[80];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct prop p;

	text[0] = '\0';
	if (!message_value(cache_mailbox(here.cache), find(&here, subject), tag_id(PidTagBody),
			   &arena, &p))
		(void)snprintf(text, sizeof text, "%s", prop_text(&p, 1252, &arena));
	return text;
}

static uint64_t size_of(const char *subject)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info i;

	assert_int_equal(message_info(cache_mailbox(here.cache), find(&here, subject), &arena, &i),
			 0);
	return i.size;
}

static uint64_t partial(void)
{
	uint64_t n = 0;

	assert_int_equal(cache_partial_count(here.cache, &n), 0);
	return n;
}

static uint64_t items(struct device *d)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;

	assert_int_equal(folder_get(cache_mailbox(d->cache), scene_of(d), &arena, &f), 0);
	return f.items;
}

/* Both have all of it, and the same; a further run has nothing to do. */
static void assert_all_the_same(void)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST),
			       d = BUF_MAX(TELL_MOST);

	here.profile.download = PROFILE_HEADERS_THEN_FULL;
	here.profile.keep_months = 0;
	here.clock = &clock_system;
	here.hurry = NULL;
	for (unsigned i = 0; i < 3; i++) {
		sync_well(&here);
		sync_well(&there);
	}
	assert_int_equal(partial(), 0);
	assert_int_equal(here.counts.messages_new + here.counts.messages_changed +
				 here.counts.completed + here.counts.up_new_or_changed,
			 0);
	well(&here, device_tell(&here, scene_of(&here), true, &a), "tell");
	well(&there, device_tell(&there, scene_of(&there), true, &b), "tell");
	device_difference(buf_cstr(&a), buf_cstr(&b), &d);
	if (d.n)
		fail_msg("the two differ:\n%.1500s", buf_cstr(&d));
}

/* Headers ------------------------------------------------------------------------------------------------------------------------- */

static void test_headers(void **state)
{
	struct sync_options o = { .profile = &here.profile, .clock = &clock_system };

	(void)state;
	begin_scene("put A; big B; embed C; to A bob");
	here.profile.download = PROFILE_HEADERS;
	sync_well(&here);
	assert_int_equal(here.counts.messages_new, 3);
	assert_int_equal(here.counts.headers, 3);
	assert_string_equal(body("A"), "");
	assert_true(size_of("B") < 20000);
	assert_true(here.counts.bytes < 200000);
	/* One is asked for, another is wanted. */
	well(&here, sync_complete(here.cache, here.remote, &o, find(&here, "A"), &here.why),
	     "complete");
	assert_string_equal(body("A"), "as it came");
	assert_int_equal(mailbox_begin(cache_mailbox(here.cache)), 0);
	assert_int_equal(cache_want(here.cache, find(&here, "B")), 0);
	assert_int_equal(mailbox_commit(cache_mailbox(here.cache)), 0);
	sync_well(&here);
	assert_int_equal(here.counts.completed, 1);
	assert_int_equal(fullness("B"), CACHE_FULL);
	assert_true(size_of("B") > 3000000);
	assert_int_equal(fullness("C"), CACHE_HEADERS);
	/* Nothing comes twice. */
	sync_well(&here);
	assert_int_equal(
		here.counts.completed + here.counts.messages_new + here.counts.messages_changed, 0);
	/* Whole ones stay whole when they change there. */
	act(&there, "change A other; flag C");
	sync_well(&there);
	sync_well(&here);
	assert_string_equal(body("A"), "other");
	assert_int_equal(fullness("C"), CACHE_HEADERS);
	assert_all_the_same();
}

/* What is done to headers is done to the message, whose rest nobody overwrites. */
static void test_edits(void **state)
{
	(void)state;
	begin_scene("put A; put B; big C; put D; put E; put G; put H; mkdir F");
	here.profile.download = PROFILE_HEADERS;
	sync_well(&here);
	assert_int_equal(partial(), 7);
	act(&here,
	    "flag A; change B mine; move C F; flag C; copy D F; delete E; read G; rename H I");
	act(&there, "important A; change B other; flag G; change H other");
	sync_well(&there);
	sync_well(&here);
	assert_int_equal(here.counts.pending, 0);
	assert_string_equal(body("A"), "as it came");
	/* A flag needs no rest to be told of. */
	assert_int_equal(fullness("C"), CACHE_HEADERS);
	assert_all_the_same();
	assert_true(size_of("C") > 3000000);
	assert_string_equal(body("D"), "as it came");
	assert_string_equal(body("I"), "other");
	assert_int_equal(find(&here, "E"), 0);
}

/* Deleted there, with no more than headers here: what was changed here is kept, as it is. */
static void test_lost(void **state)
{
	(void)state;
	begin_scene("put A; put B; mkdir F");
	here.profile.download = PROFILE_HEADERS;
	sync_well(&here);
	act(&here, "flag A; copy B F; delete B");
	act(&there, "purge A; purge B");
	sync_well(&there);
	sync_well(&here);
	assert_all_the_same();
	assert_int_not_equal(find(&there, "A"), 0);
}

static bool at_once(void *context)
{
	(void)context;
	return true;
}

/* On a slow link headers come first by themselves; and what is new does not wait for the rest of the old. */
static void test_slow(void **state)
{
	(void)state;
	begin_scene("many 30");
	here.link.slow = true;
	here.hurry = at_once;
	sync_well(&here);
	assert_int_equal(here.counts.messages_new, 30);
	assert_int_equal(here.counts.headers, 30);
	here.hurry = NULL;
	sync_well(&here);
	assert_int_equal(here.counts.completed, 30);
	here.link.slow = false;
	act(&there, "put A");
	sync_well(&there);
	sync_well(&here);
	assert_int_equal(here.counts.completed, 0);
	assert_string_equal(body("A"), "as it came");
	assert_all_the_same();
}

/* The window ---------------------------------------------------------------------------------------------------------------------- */

static void begin_ages(void)
{
	begin_scene(
		"put A; put B; put C; put D; put E; age B 2; age C 6; age D 14; age E 40; mkdir F; put X F; age X 20");
}

static void keep(unsigned months, uint64_t expected)
{
	here.profile.keep_months = months;
	sync_well(&here);
	assert_int_equal(items(&here), expected);
}

static void test_window(void **state)
{
	(void)state;
	begin_ages();
	keep(3, 2);
	keep(12, 3);
	keep(12, 3);
	assert_int_equal(here.counts.messages_new, 0);
	keep(0, 5);
	keep(24, 4);
	assert_int_equal(here.counts.dropped, 1);
	keep(3, 2);
	assert_int_equal(here.counts.dropped, 3);
	/* The server was told of nothing. */
	sync_well(&there);
	assert_int_equal(items(&there), 5);
	/* What is older may be changed and deleted there. */
	act(&there, "flag C; delete D; read E");
	sync_well(&there);
	sync_well(&here);
	assert_int_equal(items(&here), 2);
	keep(12, 3);
	assert_all_the_same();
	assert_int_equal(items(&here), 4);
}

/* What the server does not have as it is here does not go. */
static void test_window_unsent(void **state)
{
	(void)state;
	begin_ages();
	sync_well(&here);
	act(&here, "flag C; change D mine; read E; put G; age G 50; delete X");
	here.profile.keep_months = 3;
	sync_well(&here);
	assert_int_equal(here.counts.pending, 0);
	sync_well(&here);
	sync_well(&there);
	assert_int_equal(items(&there), 6);
	assert_all_the_same();
	assert_string_equal(body("D"), "mine");
}

/* A clock that jumps does not empty the cache. */
static void test_window_clock(void **state)
{
	struct clock later = clock_fixed(clock_system.now(&clock_system) + 3000 * DAY),
		     earlier = clock_fixed(1000 * DAY);

	(void)state;
	begin_ages();
	keep(12, 3);
	here.clock = &later;
	keep(12, 3);
	here.clock = &earlier;
	keep(12, 3);
	assert_all_the_same();
}

/* Cut short at answers and writes, it always ends the same. */
static void narrow_and_widen(unsigned at)
{
	begin_ages();
	act(&there, "big L; age L 8");
	sync_well(&there);
	here.profile.download = at % 2 ? PROFILE_HEADERS : PROFILE_HEADERS_THEN_FULL;
	keep(at % 3 ? 3 : 0, at % 3 ? 2 : 6);
	here.profile.keep_months = at % 3 ? 24 : 4;
}

static void test_cuts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CUTS; i++) {
		narrow_and_widen(i);
		device_close(&here);
		relay_cut(relay, 3 + 4 * i);
		if (device_sync(&here) && !relay_was_cut(relay))
			fail_msg("%s", here.why.text);
		device_close(&here);
		relay_cut(relay, 0);
		sync_well(&here);
		assert_int_equal(items(&here), i % 3 ? 5 : 2);
		assert_all_the_same();
	}
}

static void test_kills(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CUTS; i++) {
		int how = 0;

		narrow_and_widen(i);
		device_close(&here);
		pid_t child = fork();
		if (child == 0) {
			faulty_vfs_arm(FAULT_KILL, 1 + 23 * i, true);
			_exit(device_sync(&here) ? 1 : 0);
		}
		assert_int_equal(waitpid(child, &how, 0), child);
		sync_well(&here);
		assert_int_equal(items(&here), i % 3 ? 5 : 2);
		assert_all_the_same();
	}
}

static int begin(void **state)
{
	struct reason why;

	(void)state;
	faulty_vfs_install();
	if (served_make(&served, people) || served_start(&served, NULL) ||
	    relay_start(served.port, &relay, &why)) {
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
		cmocka_unit_test(test_headers),      cmocka_unit_test(test_edits),
		cmocka_unit_test(test_lost),         cmocka_unit_test(test_slow),
		cmocka_unit_test(test_window),       cmocka_unit_test(test_window_unsent),
		cmocka_unit_test(test_window_clock), cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_kills),
	};

	return cmocka_run_group_tests_name("windows", tests, begin, end);
}
