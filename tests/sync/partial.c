/*
 * A message that is here, and is changed there by another computer: what comes of it is what is another, and afterwards it is what
 * it would be had it come whole.
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
/* Of a message of 3 MB (`big`). */
#define LITTLE    ((uint64_t)64 << 10)
#define CUTS      (SANITIZED ? 3u : 8u)

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

/* A new scene with this in it, which both have. */
static void begin_scene(const char *before)
{
	uint64_t top = 0, id = 0;
	struct mailbox *m;

	(void)snprintf(scene, sizeof scene, "partial%u", ++scenes);
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
	sync_well(&here);
}

/* Bytes of the streams of folders that came. */
static uint64_t brought(const char *steps)
{
	act(&there, steps);
	sync_well(&there);
	sync_well(&here);
	return here.counts.bytes;
}

static void assert_same(void)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST), d = BUF_MAX(TELL_MOST);

	well(&here, device_tell(&here, scene_of(&here), true, &a), "tell");
	well(&there, device_tell(&there, scene_of(&there), true, &b), "tell");
	device_difference(buf_cstr(&a), buf_cstr(&b), &d);
	if (d.n || a.n != b.n)
		fail_msg("the two differ:\n%.1500s", buf_cstr(&d));
	assert_true(a.n > 0);
}

static void assert_says(const char *words, bool yes)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST);

	well(&here, device_tell(&here, scene_of(&here), false, &a), "tell");
	assert_int_equal(strstr(buf_cstr(&a), words) != NULL, yes);
}

static void test_little(void **state)
{
	static const char *const steps[] = { "flag A", "unflag A", "category A Red", "category A Blue", "category A", "important A",
					     "rename A B", "change B another", "flag B; read B", "unread B; important B" };

	(void)state;
	begin_scene("big A; put C");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		uint64_t n = brought(steps[i]);

		if (n > LITTLE)
			fail_msg("%s: %llu bytes came", steps[i], (unsigned long long)n);
		assert_same();
		/* Nothing is left to be told. */
		sync_well(&here);
		assert_int_equal(here.counts.messages_changed + here.counts.up_new_or_changed, 0);
	}
	assert_says("another", true);
	assert_says("as it came", true);
	assert_int_equal(here.counts.conflicts, 0);
}

/* Parts that are put upon nothing here: the message comes whole. */
static void test_parts(void **state)
{
	(void)state;
	begin_scene("put A; big B; embed C");
	assert_true(brought("attach A; attach C") > 0);
	assert_int_equal(here.counts.messages_changed, 2);
	assert_same();
	(void)brought("to A bob; flag A; flag B");
	assert_int_equal(here.counts.messages_changed, 2);
	assert_same();
	/* And from there on no more than needed again. */
	assert_true(brought("unflag A; unflag B; category C Red") < LITTLE);
	assert_int_equal(here.counts.messages_changed, 3);
	assert_same();
}

/* What was changed here too is no version that a part could be put upon. */
static void test_both(void **state)
{
	(void)state;
	begin_scene("big A; big B");
	act(&there, "flag A; flag B");
	sync_well(&there);
	act(&here, "change A mine; important A; change B mine");
	sync_well(&here);
	sync_well(&there);
	sync_well(&here);
	assert_same();
	assert_says("mine", true);
	assert_says("importance 2, flag 2", true);
	assert_true(brought("unflag A; category B Red") < LITTLE);
	assert_same();
}

/* Headers alone are no message that a part could be put upon. */
static void test_headers(void **state)
{
	uint64_t n = 1;

	(void)state;
	begin_scene("put X");
	act(&there, "big A");
	sync_well(&there);
	here.profile.download = PROFILE_HEADERS;
	sync_well(&here);
	act(&there, "flag A; category A Red");
	sync_well(&there);
	here.profile.download = PROFILE_FULL;
	sync_well(&here);
	sync_well(&here);
	assert_int_equal(cache_partial_count(here.cache, &n), 0);
	assert_int_equal(n, 0);
	assert_same();
}

static void test_cuts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CUTS; i++) {
		begin_scene("big A; put B; put C");
		act(&there, "flag A; category B Red; change C another; attach C");
		sync_well(&there);
		device_close(&here);
		relay_cut(relay, 2 + i);
		if (device_sync(&here) && !relay_was_cut(relay))
			fail_msg("%s", here.why.text);
		device_close(&here);
		relay_cut(relay, 0);
		sync_well(&here);
		assert_same();
	}
}

static void test_kills(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CUTS; i++) {
		int how = 0;

		begin_scene("big A; put B; put C");
		act(&there, "flag A; category B Red; change C another; attach C");
		sync_well(&there);
		device_close(&here);
		pid_t child = fork();
		if (child == 0) {
			faulty_vfs_arm(FAULT_KILL, 1 + 11 * i, true);
			_exit(device_sync(&here) ? 1 : 0);
		}
		assert_int_equal(waitpid(child, &how, 0), child);
		sync_well(&here);
		assert_same();
	}
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
		cmocka_unit_test(test_little),  cmocka_unit_test(test_parts), cmocka_unit_test(test_both),
		cmocka_unit_test(test_headers), cmocka_unit_test(test_cuts),  cmocka_unit_test(test_kills),
	};

	return cmocka_run_group_tests_name("partial", tests, begin, end);
}
