/*
 * A letter, with the connection broken at each answer of the run that sends it and with the program killed at writes of it, and what its writer does next, before the next
 * run: it comes exactly once, or not at all where it was taken back, and nothing of it is left in the server's Outbox.  What somebody put there stays.
 */
#include "support.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "device.h"
#include "mapi/tag.h"
#include "relay.h"
#include "steps.h"
#include "store/faulty_vfs.h"
#include "torture.h"

#define TELL_MOST   ((size_t)4 << 20)
#define SETTLE_MOST 100u
#define REST_MS     20
#define KILLS       (SANITIZED ? 3u : 8u)
#define KILL_STEP   17u
#define LAST        (SANITIZED ? 4u : 9u)
#define KEPT        "unsent"
#define LETTER      "letter%u"
#define LETTERS_MOST 8192u

static const char *const people[] = { "alice", "bob", NULL };
static struct served served;
static struct relay *relay;
static struct device here, there, bob;
static char token[32];
static unsigned letters;
static unsigned expected_of[LETTERS_MOST]; /* how often each came */

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: %s: 0x%x: %s", token, d->profile.name, what, s, d->why.text);
}

static uint64_t role_of(struct device *d, enum mailbox_role role)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	well(d, folder_by_role(cache_mailbox(d->cache), role, &id), "a special folder");
	return id;
}

/* Of a letter: how often it shall have come; whether a flag that its writer set is on what was sent. */
struct expected {
	unsigned times;
	bool flagged;
};

/* What its writer does ---------------------------------------------------------------------------------------------------------- */

static void shall_be_sent(uint64_t id)
{
	struct mailbox *m = cache_mailbox(here.cache);

	well(&here, mailbox_begin(m), "begin");
	well(&here, outbox_add(here.cache, id, 0), "add");
	well(&here, mailbox_commit(m), "commit");
}

static uint64_t write_letter(void)
{
	uint64_t outbox = role_of(&here, MAILBOX_OUTBOX), id = 0;
	char step[80];

	letters++;
	assert_in_range(letters, 1, LETTERS_MOST - 1);
	(void)snprintf(token, sizeof token, LETTER, letters);
	(void)snprintf(step, sizeof step, "letter %s bob", token);
	well(&here, steps_do(cache_mailbox(here.cache), outbox, step, &here.why), "a letter");
	well(&here, steps_find(cache_mailbox(here.cache), outbox, token, &id), "the letter");
	shall_be_sent(id);
	return id;
}

enum then { THEN_NOTHING, THEN_DELETE, THEN_TAKE_BACK, THEN_SEND_AGAIN, THEN_FLAG, THENS };
static const char *const words[] = { "nothing", "deleted", "taken back", "taken back and sent again", "flagged" };

/* What the server was asked to send nobody takes back. */
static bool may_take_back(uint64_t id)
{
	enum outbox_state state = OUTBOX_WAITING;
	bool found = false;

	well(&here, outbox_state_of(here.cache, id, &state, &found), "the state");
	return found && state != OUTBOX_SUBMITTING && state != OUTBOX_HANDED_OVER;
}

static void take_back(uint64_t id, bool again)
{
	uint64_t drafts = role_of(&here, MAILBOX_DRAFTS), outbox = role_of(&here, MAILBOX_OUTBOX), moved = 0, copy = 0;
	struct mailbox *m = cache_mailbox(here.cache);

	well(&here, mailbox_begin(m), "begin");
	well(&here, message_move(m, id, drafts, &moved), "taking back");
	well(&here, mailbox_commit(m), "commit");
	if (!again)
		return;
	well(&here, mailbox_begin(m), "begin");
	well(&here, message_copy(m, moved, outbox, &copy), "a copy");
	well(&here, outbox_add(here.cache, copy, 0), "add");
	well(&here, message_delete(m, moved, DELETE_HARD), "the draft");
	well(&here, mailbox_commit(m), "commit");
}

static struct expected do_then(enum then what, uint64_t id)
{
	char step[80];

	well(&here, device_open(&here), "open");
	if (what == THEN_NOTHING || !may_take_back(id))
		return (struct expected){ 1, false };
	if (what == THEN_TAKE_BACK || what == THEN_SEND_AGAIN) {
		take_back(id, what == THEN_SEND_AGAIN);
		return (struct expected){ what == THEN_SEND_AGAIN, false };
	}
	(void)snprintf(step, sizeof step, what == THEN_DELETE ? "delete %s" : "flag %s", token);
	well(&here, steps_do(cache_mailbox(here.cache), role_of(&here, MAILBOX_OUTBOX), step, &here.why), step);
	return (struct expected){ what != THEN_DELETE, what != THEN_DELETE };
}

/* What came of it --------------------------------------------------------------------------------------------------------------- */

static uint64_t waiting(void)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct outbox_item *v;
	size_t n = 0;

	well(&here, outbox_list(here.cache, &arena, &v, &n), "the outbox");
	return n + here.counts.pending;
}

static void settle(void)
{
	for (unsigned i = 0; i < SETTLE_MOST; i++) {
		well(&here, device_sync(&here), "at the end");
		if (!waiting()) {
			/* What the server put into Sent Items meanwhile. */
			well(&here, device_sync(&here), "at the end");
			return;
		}
		(void)nanosleep(&(struct timespec){ 0, REST_MS * 1000000L }, NULL);
	}
	fail_msg("%s: it is always on its way", token);
}

/* How often a letter is among what device_tell says; of those with a flag only. */
static unsigned times_told(const char *all, const char *name, bool flagged)
{
	char line[64];
	unsigned n = 0;

	(void)snprintf(line, sizeof line, "| %s |", name);
	for (const char *at = all; (at = strstr(at, line)); at++)
		n += !flagged || memmem(at, strcspn(at, "\n"), "flag 2", 6);
	return n;
}

/* How often a letter is in a folder, or (0) in those below the IPM subtree; of those with a flag only. */
static unsigned times_of(struct device *d, uint64_t folder, const char *name, bool flagged)
{
	CLEANUP_BUF struct buf all = BUF_MAX(TELL_MOST);

	well(d, device_tell(d, folder, false, &all), "tell");
	return times_told(buf_cstr(&all), name, flagged);
}

static unsigned times_in(struct device *d, uint64_t folder)
{
	return times_of(d, folder, token, false);
}

/* The server delivers what it took when its turn has come. */
static unsigned times_at_bob(unsigned expected)
{
	unsigned came = 0;

	for (unsigned i = 0; i < SETTLE_MOST; i++) {
		well(&bob, device_sync(&bob), "bob");
		came = times_in(&bob, role_of(&bob, MAILBOX_INBOX));
		if (came >= expected)
			break;
		(void)nanosleep(&(struct timespec){ 0, REST_MS * 1000000L }, NULL);
	}
	return came;
}

static void check(const char *what, struct expected e)
{
	unsigned came, left, here_too, others;

	settle();
	well(&there, device_sync(&there), "the other computer");
	came = times_at_bob(e.times);
	expected_of[letters] = e.times;
	left = times_in(&there, role_of(&there, MAILBOX_OUTBOX));
	here_too = times_in(&here, role_of(&here, MAILBOX_OUTBOX));
	others = times_in(&there, 0);
	if (came != e.times)
		fail_msg("%s, %s: it came %u times", token, what, came);
	if (left || here_too)
		fail_msg("%s, %s: it came %u times, and is in the Outbox %u times here, %u times there", token, what, came, here_too, left);
	/* In Sent Items, in Drafts, or deleted. */
	if (others > 1 || times_in(&here, 0) != others)
		fail_msg("%s, %s: its writer has it %u times here, %u times there", token, what, times_in(&here, 0), others);
	if (e.flagged && times_of(&there, 0, token, true) != 1)
		fail_msg("%s, %s: it was sent as it was before it was flagged", token, what);
	/* What somebody put there, and did not send. */
	assert_int_equal(times_of(&there, role_of(&there, MAILBOX_OUTBOX), KEPT, false), 1);
	assert_int_equal(times_of(&here, role_of(&here, MAILBOX_OUTBOX), KEPT, false), 1);
}

/* Breaking it ------------------------------------------------------------------------------------------------------------------- */

static uint64_t undisturbed(void)
{
	(void)write_letter();
	device_close(&here);
	relay_cut(relay, 0);
	well(&here, device_sync(&here), "a run");
	uint64_t n = relay_answers(relay);
	check("undisturbed", (struct expected){ 1, false });
	return n;
}

static void with_a_cut(uint64_t at, enum then then)
{
	struct expected e;
	uint64_t id = write_letter();
	char what[80];

	device_close(&here);
	relay_cut(relay, at);
	if (device_sync(&here) && !relay_was_cut(relay))
		fail_msg("%s: %s", token, here.why.text);
	device_close(&here);
	relay_cut(relay, 0);
	e = do_then(then, id);
	(void)snprintf(what, sizeof what, "cut at answer %u, then %s", (unsigned)at, words[then]);
	check(what, e);
}

/* False: the run came to its end. */
static bool with_a_kill(uint64_t at, enum then then)
{
	struct expected e;
	uint64_t id = write_letter();
	char what[80];
	int how = 0;

	device_close(&here);
	pid_t child = fork();
	if (child == 0) {
		faulty_vfs_arm(FAULT_KILL, at, true);
		_exit(device_sync(&here) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	e = do_then(then, id);
	(void)snprintf(what, sizeof what, "killed at write %u, then %s", (unsigned)at, words[then]);
	check(what, e);
	return WIFSIGNALED(how);
}

/* All of them, or no more than those at the end of a run, which are those of the outbox. */
static void every_cut(enum then then, bool all)
{
	uint64_t answers = undisturbed();

	for (uint64_t at = all || answers <= LAST ? 1 : answers - LAST; at <= answers; at++)
		with_a_cut(at, then);
}

static void test_cuts(void **state)
{
	(void)state;
	every_cut(THEN_NOTHING, true);
}

static void test_cuts_then(void **state)
{
	(void)state;
	for (enum then then = THEN_DELETE; then < THENS; then++)
		every_cut(then, torture_all());
}

static void test_kills(void **state)
{
	(void)state;
	if (torture_all()) {
		for (enum then then = THEN_NOTHING; then < THENS; then++)
			for (uint64_t at = 1; with_a_kill(at, then); at++)
				;
		return;
	}
	for (unsigned i = 0; i < KILLS; i++)
		(void)with_a_kill(1 + i * KILL_STEP, (enum then)(i % THENS));
}

/* Nothing comes later either. */
static void test_none_late(void **state)
{
	CLEANUP_BUF struct buf all = BUF_MAX(TELL_MOST);
	char name[32];

	(void)state;
	well(&bob, device_sync(&bob), "bob");
	well(&bob, device_tell(&bob, role_of(&bob, MAILBOX_INBOX), false, &all), "tell");
	for (unsigned i = 1; i <= letters; i++) {
		unsigned came;

		(void)snprintf(name, sizeof name, LETTER, i);
		came = times_told(buf_cstr(&all), name, false);
		if (came != expected_of[i])
			fail_msg("letter%u: it came %u times, and %u in the end", i, expected_of[i], came);
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
	device_init(&bob, &served, "bob", 1, served.port);
	well(&here, device_sync(&here), "the first time");
	well(&there, device_sync(&there), "the first time");
	well(&bob, device_sync(&bob), "the first time");
	well(&there, steps_do(cache_mailbox(there.cache), role_of(&there, MAILBOX_OUTBOX), "letter " KEPT " bob", &there.why), "what stays");
	well(&there, device_sync(&there), "what stays");
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&here);
	device_close(&there);
	device_close(&bob);
	relay_stop(relay);
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	served_free(&served);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_cuts_then),
		cmocka_unit_test(test_kills), cmocka_unit_test(test_none_late),
	};

	return cmocka_run_group_tests_name("outbox", tests, begin, end);
}
