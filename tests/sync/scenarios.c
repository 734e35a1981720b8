/*
 * Two computers of one person, changed on either or both sides: synchronised, each ends as the other, a third that starts afresh too, and a further run moves
 * nothing.  Then the same with the connection broken at an answer, and with the program killed at a write: it always ends the same.
 *
 * With the name of a way to download (headers-then-full, headers) the first of the two downloads so, and what it does is done to messages of which only the headers may be there; what
 * comes of it is looked at when it has everything.
 *
 * By default some of the answers and writes of each scenario are tried, with POSTERN_TORTURE=1 every one.
 */
#include "support.h"

#include <signal.h>
#include <sys/wait.h>

#include "device.h"
#include "relay.h"
#include "steps.h"
#include "store/faulty_vfs.h"
#include "torture.h"

#define TELL_MOST     ((size_t)4 << 20)
#define SETTLE_MOST   4u
/* Sanitizers find what they find in the first, at ten times the price. */
#define CUTS_SAMPLED  (SANITIZED ? 1u : 2u)
#define KILLS_SAMPLED (SANITIZED ? 1u : 2u)
/* What the ways to download share is seen without one. */
#define SCENARIOS_SAMPLED (SANITIZED ? 3u : 1u)
#define KILL_SPACE    400u /* writes within which a sampled kill falls */

struct scenario {
	const char *name;
	const char *before;       /* on both sides */
	const char *here, *there; /* what each does, not knowing of the other */
	const char *holds; /* of the lines at the end, without ids; NULL: none in particular */
	const char *lacks;
};

static const struct scenario scenarios[] = {
	{ "new there", "", "", "put A", "| A |", NULL },
	{ "new here", "", "put A", "", "| A |", NULL },
	{ "new on both", "put A", "put B", "put C", "C |", NULL },
	{ "changed there", "put A", "", "change A other", "| other", "as it came" },
	{ "changed here", "put A", "change A mine", "", "| mine", "as it came" },
	{ "changed the same way on both", "put A", "flag A", "flag A", "flag 2", NULL },
	{ "changed in different properties", "put A", "flag A", "important A",
	  "importance 2, flag 2", NULL },
	{ "changed in the same property", "put A", "change A mine", "change A other", "A | ",
	  "as it came" },
	{ "changed here, read there", "put A", "change A mine", "read A",
	  "| read | importance 1, flag 0 | mine", NULL },
	{ "read here", "put A; put B", "read A", "", "A | IPM.Note | read", NULL },
	{ "read there", "put A; put B", "", "read B", "B | IPM.Note | read", NULL },
	{ "read here, unread there", "put A; read A", "unread A", "flag A", "flag 2", NULL },
	{ "read here, changed there", "put A; put B; read B", "read A; unread B", "change A other; change B other",
	  "A | IPM.Note | read | importance 1, flag 0 | other", "B | IPM.Note | read" },
	{ "read here, a flag there", "put A", "read A", "flag A", "| read | importance 1, flag 2", NULL },
	{ "changed and read here, changed there", "put A", "important A; read A", "flag A", "| read | importance 2, flag 2", NULL },
	{ "flagged on both, read here", "put A", "flag A; read A", "flag A",
	  "read | importance 1, flag 2", NULL },
	{ "deleted there", "put A; put B", "", "delete A", "B |", "| A |" },
	{ "deleted here", "put A; put B", "purge A", "", "B |", "| A |" },
	{ "deleted on both", "put A; put B", "delete A", "purge A", "B |", "| A |" },
	{ "deleted here, changed there", "put A; put B", "delete A", "change A other", "B |",
	  NULL },
	{ "changed here, deleted there", "put A; put B", "change A mine", "delete A", "| mine",
	  NULL },
	{ "read here, deleted there", "put A; put B", "read A", "purge A", "B |", "| A |" },
	{ "moved there", "mkdir F; put A", "", "move A F", "/F | A |", NULL },
	{ "moved here", "mkdir F; put A", "move A F", "", NULL, NULL },
	{ "moved here, moved there elsewhere", "mkdir F; mkdir G; put A", "move A F", "move A G",
	  "A |", NULL },
	{ "moved here, changed there", "mkdir F; put A", "move A F", "change A other", "A |",
	  NULL },
	{ "moved there, changed here", "mkdir F; put A", "change A mine", "move A F", "| mine",
	  NULL },
	{ "moved there and back", "mkdir F; put A", "", "move A F; move A F", "A |", NULL },
	{ "moved here, and changed", "mkdir F; put A", "move A F; change A mine", "", "| mine",
	  "as it came" },
	{ "copied here", "mkdir F; put A", "copy A F", "", "A |", NULL },
	{ "made and deleted here", "put B", "put A; delete A", "", "B |", "| A |" },
	{ "a folder made there, with mail", "", "", "mkdir F; put A F", "/F: IPF.Note", NULL },
	{ "a folder made here, with mail", "", "mkdir F; put A F; mkdir G F; put B G", "",
	  "/F/G: IPF.Note", NULL },
	{ "folders of one name made on both", "", "mkdir F; put A F", "mkdir F; put B F", "A |",
	  NULL },
	{ "a folder renamed there, mail put here", "mkdir F", "put A F", "namedir F G", "/G | A",
	  NULL },
	{ "a folder renamed here, mail put there", "mkdir F", "namedir F G", "put A F", "/G | A",
	  NULL },
	{ "a folder renamed on both", "mkdir F; put A F", "namedir F G", "namedir F H", "A |",
	  NULL },
	{ "a folder moved here", "mkdir F; mkdir G; put A G", "mvdir G F", "", "/F/G | A", NULL },
	{ "a folder moved there", "mkdir F; mkdir G; put A G", "", "mvdir G F", "/F/G | A", NULL },
	{ "a folder moved into the other on each side", "mkdir F; mkdir G", "mvdir G F",
	  "mvdir F G", NULL, NULL },
	{ "a folder deleted there", "mkdir F; put A F", "", "rmdir F", NULL, "/F:" },
	{ "a folder deleted here", "mkdir F; put A F", "rmdir F", "", NULL, "/F:" },
	{ "a folder deleted there, mail put here", "mkdir F", "put A F", "rmdir F", "A |", NULL },
	{ "a folder deleted here, mail put there", "mkdir F; put A F", "rmdir F", "put B F", NULL,
	  NULL },
	{ "a folder's class", "mkdir F", "class F IPF.Contact", "", "/F: IPF.Contact", NULL },
	{ "attachments on either side", "put A; put B", "attach A", "attach B", "B |", NULL },
	{ "an attachment here, a flag there", "put A", "attach A", "flag A", "A |", NULL },
	{ "recipients", "put A", "to A bob; to A carol", "", "A |", NULL },
	{ "embedded messages", "embed A", "embed B; flag A", "embed C", "C |", NULL },
	{ "large attachments", "big A", "big B", "flag A; big C", "C |", NULL },
	{ "odd properties", "odd A", "odd B; change A mine", "odd C", "C |", NULL },
	{ "odd names", "mkdir \xC3\x84\xE2\x82\xAC\xF0\x9F\x93\xAC",
	  "put \xC3\xBC<&>%s/\\ \xC3\x84\xE2\x82\xAC\xF0\x9F\x93\xAC",
	  "namedir \xC3\x84\xE2\x82\xAC\xF0\x9F\x93\xAC a/b\\c", "a/b\\c |", NULL },
	{ "associated messages", "associated A", "associated B", "associated C; change A other",
	  "C (associated)", NULL },
	{ "many", "many 40", "read M1; flag M2; delete M3; put N",
	  "read M4; flag M5; delete M6; delete M7", "M40 |", "M3 |" },
};

#define SCENARIOS (sizeof scenarios / sizeof *scenarios)

static const char *const people[] = { "alice", NULL };
static struct served served;
static struct relay *relay;
static struct device here, there;
static unsigned scenes;
static enum profile_download download;
static char last_scene[32]; /* not taken away yet */
static bool settled;        /* and nothing was done since */
static char moment[40];     /* at which the run was interrupted, for who reads of a failure */

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: 0x%x: %s", d->profile.name, what, s, d->why.text);
}

static void sync_well(struct device *d, const char *what)
{
	well(d, device_sync(d), what);
}

/* The scene, or 0. */
static uint64_t scene_of(struct device *d, const char *name)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	return folder_by_path(cache_mailbox(d->cache), name, &id) ? 0 : id;
}

static void act(struct device *d, const char *scene, const char *steps)
{
	uint64_t id = scene_of(d, scene);

	assert_int_not_equal(id, 0);
	if (*steps)
		well(d, steps_do(cache_mailbox(d->cache), id, steps, &d->why), steps);
}

static uint64_t came(const struct sync_counts *c)
{
	return c->folders_new + c->folders_changed + c->folders_deleted + c->messages_new + c->messages_changed + c->messages_deleted + c->messages_moved + c->read_states;
}

static uint64_t went(const struct sync_counts *c)
{
	return c->up_new_or_changed + c->up_deleted + c->up_moved + c->up_read + c->up_folders + c->sent;
}

/* Until a run here moves nothing, after one there that told nothing.  That there is nothing to come there either is seen at its next run (begin_scene). */
static void settle(const char *name)
{
	for (unsigned i = 0; i < SETTLE_MOST; i++) {
		sync_well(&there, name);
		uint64_t n = went(&there.counts);
		sync_well(&here, name);
		if (!n && !came(&here.counts) && !went(&here.counts)) {
			settled = true;
			return;
		}
	}
	fail_msg("%s: there is always something to move", name);
}

static void tell(struct device *d, const char *scene, bool ids, struct buf *out)
{
	well(d, device_tell(d, scene_of(d, scene), ids, out), "tell");
}

static void assert_same(const char *name, const char *what, struct buf *a, struct buf *b)
{
	CLEANUP_BUF struct buf d = BUF_MAX(TELL_MOST);

	device_difference(buf_cstr(a), buf_cstr(b), &d);
	if (d.n || a->n != b->n)
		fail_msg("%s, %s: %s:\n%.1500s", name, moment, what, buf_cstr(&d));
}

/* The scene before this one goes, on the way. */
static void new_scene(const char *scene)
{
	struct mailbox *m;
	uint64_t top = 0, id = 0, gone = *last_scene ? scene_of(&there, last_scene) : 0;

	well(&there, device_open(&there), "open");
	m = cache_mailbox(there.cache);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &top), 0);
	assert_int_equal(mailbox_begin(m), 0);
	if (gone)
		assert_int_equal(folder_delete(m, gone), 0);
	assert_int_equal(folder_create(m, top, scene, NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
}

static void begin_scene(const struct scenario *s, char *scene, size_t room)
{
	(void)snprintf(scene, room, "scene%u", ++scenes);
	new_scene(scene);
	act(&there, scene, s->before);
	sync_well(&there, "the beginning");
	if (settled && came(&there.counts))
		fail_msg("%s: there was something to move after all", s->name);
	sync_well(&here, "the beginning");
	if (*last_scene)
		assert_int_equal(scene_of(&here, last_scene), 0);
	(void)snprintf(last_scene, sizeof last_scene, "%s", scene);
	settled = false;
	act(&there, scene, s->there);
	if (*s->there)
		sync_well(&there, "what was done there");
	act(&here, scene, s->here);
}

static void have_everything(const char *name)
{
	uint64_t partial = 1;

	if (download == PROFILE_FULL)
		return;
	here.profile.download = PROFILE_HEADERS_THEN_FULL;
	sync_well(&here, name);
	here.profile.download = download;
	assert_int_equal(cache_partial_count(here.cache, &partial), 0);
	assert_int_equal(partial, 0);
	settle(name);
}

/* Both are the same; what people see is in `out`, with the name of the scene taken away. */
static void end_scene(const struct scenario *s, const char *scene, struct buf *out)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST),
			       seen = BUF_MAX(TELL_MOST);

	settle(s->name);
	have_everything(s->name);
	tell(&here, scene, true, &a);
	tell(&there, scene, true, &b);
	assert_same(s->name, "the two differ", &a, &b);
	tell(&here, scene, false, &seen);
	for (const char *at = buf_cstr(&seen); *at; at++)
		if (strncmp(at, scene, strlen(scene)) == 0)
			at += strlen(scene) - 1;
		else
			buf_add(out, at, 1);
}

/* Answers of the connection in a run that nothing disturbs. */
static uint64_t undisturbed(const struct scenario *s, struct buf *out)
{
	char scene[32];

	(void)snprintf(moment, sizeof moment, "undisturbed");
	begin_scene(s, scene, sizeof scene);
	device_close(&here);
	relay_cut(relay, 0);
	sync_well(&here, s->name);
	uint64_t n = relay_answers(relay);
	end_scene(s, scene, out);
	if (s->holds && !strstr(buf_cstr(out), s->holds))
		fail_msg("%s: not there: \"%s\"\n%s", s->name, s->holds, buf_cstr(out));
	if (s->lacks && strstr(buf_cstr(out), s->lacks))
		fail_msg("%s: still there: \"%s\"\n%s", s->name, s->lacks, buf_cstr(out));
	return n;
}

static void with_a_cut(const struct scenario *s, uint64_t at, struct buf *as_before)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
	char scene[32];

	(void)snprintf(moment, sizeof moment, "cut at answer %u", (unsigned)at);
	begin_scene(s, scene, sizeof scene);
	device_close(&here);
	relay_cut(relay, at);
	status st = device_sync(&here);
	if (st && !relay_was_cut(relay))
		fail_msg("%s: 0x%x: %s", s->name, st, here.why.text);
	device_close(&here);
	relay_cut(relay, 0);
	sync_well(&here, s->name);
	end_scene(s, scene, &seen);
	assert_same(s->name, "after a broken connection", as_before, &seen);
}

/* False: it came to its end before that write. */
static bool with_a_kill(const struct scenario *s, uint64_t at, struct buf *as_before)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
	char scene[32];
	int how = 0;

	(void)snprintf(moment, sizeof moment, "killed at write %u", (unsigned)at);
	begin_scene(s, scene, sizeof scene);
	device_close(&here);
	pid_t child = fork();
	if (child == 0) {
		faulty_vfs_arm(FAULT_KILL, at, true);
		_exit(device_sync(&here) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true((WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL) ||
		    (WIFEXITED(how) && WEXITSTATUS(how) == 0));
	sync_well(&here, s->name);
	end_scene(s, scene, &seen);
	assert_same(s->name, "after a kill", as_before, &seen);
	return WIFSIGNALED(how);
}

static void every_cut(const struct scenario *s, uint64_t answers, struct buf *as_before)
{
	uint64_t step = torture_all() || answers <= CUTS_SAMPLED ? 1 : answers / CUTS_SAMPLED;

	for (uint64_t at = 1 + (torture_all() ? 0 : scenes % step); at <= answers; at += step)
		with_a_cut(s, at, as_before);
}

/* Writes of a run. */
static uint64_t every_kill(const struct scenario *s, struct buf *as_before)
{
	uint64_t at = 1;

	while (torture_all() && with_a_kill(s, at, as_before))
		at++;
	for (uint64_t i = 0; !torture_all() && i < KILLS_SAMPLED; i++)
		(void)with_a_kill(s, 1 + (scenes * 2654435761u) % KILL_SPACE, as_before);
	return at - 1;
}

static void assert_fresh(void)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST);
	struct device fresh;
	char name[32];

	(void)snprintf(name, sizeof name, "fresh%u", scenes);
	device_init(&fresh, &served, name, 0, served.port);
	sync_well(&fresh, "afresh");
	sync_well(&here, "here");
	have_everything("here");
	well(&fresh, device_tell(&fresh, 0, true, &a), "tell");
	well(&here, device_tell(&here, 0, true, &b), "tell");
	assert_same(name, "a new cache differs from an old one", &a, &b);
	device_close(&fresh);
}

static bool is_left_out(size_t i)
{
	const char *only = getenv("POSTERN_SCENARIO");

	if (only)
		return !strstr(scenarios[i].name, only);
	return !torture_all() && download != PROFILE_FULL && i % SCENARIOS_SAMPLED;
}

static void test_scenario(void **state)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
	const struct scenario *s = *state;
	uint64_t answers = undisturbed(s, &seen), writes;

	every_cut(s, answers, &seen);
	writes = every_kill(s, &seen);
	if (torture_all())
		print_message("# %s: each of %llu answers, each of %llu writes\n", s->name, (unsigned long long)answers, (unsigned long long)writes);
	assert_fresh();
}

static int begin(void **state)
{
	struct reason why;

	(void)state;
	*last_scene = '\0';
	settled = false;
	if (served_make(&served, people) || served_start(&served, NULL)) {
		print_message("# %s\n", served.why.text);
		return 1;
	}
	if (relay_start(served.port, &relay, &why)) {
		print_message("# %s\n", why.text);
		return 1;
	}
	device_init(&here, &served, "here", 0, relay_port(relay));
	here.profile.download = download;
	device_init(&there, &served, "there", 0, served.port);
	sync_well(&there, "the first time");
	sync_well(&here, "the first time");
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

/* All that a scene leaves behind makes the next one slower: where there are hundreds of each scenario, each has a site of its own. */
int main(int argc, char **argv)
{
	struct CMUnitTest tests[SCENARIOS];
	size_t n = 0;

	if (argc > 1)
		download = strcmp(argv[1], "headers") == 0 ? PROFILE_HEADERS : PROFILE_HEADERS_THEN_FULL;
	faulty_vfs_install();
	for (size_t i = 0; i < SCENARIOS; i++)
		if (!is_left_out(i))
			tests[n++] = (struct CMUnitTest){ .name = scenarios[i].name,
							  .test_func = test_scenario,
							  .setup_func = torture_all() ? begin : NULL,
							  .teardown_func = torture_all() ? end : NULL,
							  .initial_state = (void *)(uintptr_t)&scenarios[i] };
	return _cmocka_run_group_tests("scenarios", tests, n, torture_all() ? NULL : begin, torture_all() ? NULL : end);
}
