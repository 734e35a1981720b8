/*
 * Two computers of one person change the same folders and send letters all the time; server and computers are killed at random.  At the end both are the
 * same, a third that starts afresh too, nothing that was sent came twice, and all that was said to be sent came.
 *
 * 12 kills (6 under sanitizers), or 300 with POSTERN_TORTURE=1.
 */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "device.h"
#include "steps.h"
#include "torture.h"

#define TELL_MOST   ((size_t)64 << 20)
#define ROUNDS_MOST 60u
#define NAMES       12u /* messages and folders are few, so that they meet */

static const char *const people[] = { "alice", "bob", NULL };
static struct served served;
static struct device devices[2];
static pid_t at_work[2];
static uint64_t chance;

static unsigned pick(unsigned n)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(chance >> 33) % n;
}

static void well(struct device *d, status s, const char *what)
{
	if (s)
		fail_msg("%s: %s: 0x%x: %s", d->profile.name, what, s, d->why.text);
}

static uint64_t folder_of(struct device *d, const char *path)
{
	uint64_t id = 0;

	well(d, device_open(d), "open");
	return folder_by_path(cache_mailbox(d->cache), path, &id) ? 0 : id;
}

/* What somebody does ------------------------------------------------------------------------------------------------------------ */

static void some_step(char *out, size_t room)
{
	static const char *const forms[] = { "put m%u",         "put m%u f%u",   "change m%u v%u",
					     "flag m%u",        "read m%u",      "unread m%u",
					     "move m%u f%u",    "copy m%u f%u",  "delete m%u",
					     "purge m%u",       "attach m%u",    "mkdir f%u",
					     "namedir f%u f%u", "mvdir f%u f%u", "important m%u" };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(out, room, forms[pick(sizeof forms / sizeof *forms)], pick(NAMES),
		       pick(NAMES));
#pragma GCC diagnostic pop
}

/* In one transaction with that it shall be sent; then it is written down that it will be. */
static void send_letter(struct device *d, unsigned who, unsigned number, int said)
{
	char step[64], token[32];
	uint64_t outbox = 0, id = 0;
	struct mailbox *m = cache_mailbox(d->cache);

	(void)snprintf(token, sizeof token, "t%u.%u.%d", who, number, (int)getpid());
	(void)snprintf(step, sizeof step, "letter %s bob", token);
	if (folder_by_role(m, MAILBOX_OUTBOX, &outbox) || steps_do(m, outbox, step, &d->why) ||
	    steps_find(m, outbox, token, &id) || mailbox_begin(m))
		return;
	if (outbox_add(d->cache, id, 0) || mailbox_commit(m)) {
		mailbox_rollback(m);
		return;
	}
	(void)snprintf(step, sizeof step, "%s\n", token);
	(void)!write(said, step, strlen(step));
}

static void work(unsigned who)
{
	struct device *d = &devices[who];
	char path[400], step[80];
	int said, done;

	chance ^= (uint64_t)getpid() << 20 ^ who;
	(void)snprintf(path, sizeof path, "%s/said", served.folder);
	said = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	/* For who looks into what went wrong (POSTERN_KEEP). */
	(void)snprintf(path, sizeof path, "%s/steps", served.folder);
	done = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	for (unsigned i = 0;; i++) {
		if (!device_open(d)) {
			uint64_t scene = folder_of(d, "storm");

			for (unsigned k = pick(6); scene && k; k--) {
				some_step(step, sizeof step);
				(void)dprintf(done, "%llu %d %u %s\n", (unsigned long long)clock_system.now(&clock_system), (int)getpid(), who, step);
				(void)!steps_do(cache_mailbox(d->cache), scene, step, &d->why);
			}
			if (pick(3) == 0)
				send_letter(d, who, i, said);
		}
		/* A server that is gone is what it is about. */
		if (device_sync(d))
			device_close(d);
	}
}

static void start(unsigned who)
{
	at_work[who] = fork();
	if (at_work[who] == 0) {
		work(who);
		_exit(0);
	}
}

static void stop(unsigned who)
{
	(void)kill(at_work[who], SIGKILL);
	(void)waitpid(at_work[who], NULL, 0);
}

static void rest(unsigned ms)
{
	(void)nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

static void storm(unsigned kills)
{
	for (unsigned i = 0; i < kills; i++) {
		unsigned victim = pick(4);

		rest(50 + pick(700));
		if (victim == 2 || victim == 3) {
			assert_int_equal(served_stop(&served, SIGKILL), 0);
			if (victim == 3)
				stop(0);
			assert_int_equal(served_start(&served, NULL), 0);
			if (victim == 3)
				start(0);
		} else {
			stop(victim);
			start(victim);
		}
	}
	stop(0);
	stop(1);
}

/* Afterwards -------------------------------------------------------------------------------------------------------------------- */

static uint64_t moved(const struct sync_counts *c)
{
	return c->folders_new + c->folders_changed + c->folders_deleted + c->messages_new +
	       c->messages_changed + c->messages_deleted + c->read_states + c->up_new_or_changed +
	       c->up_deleted + c->up_moved + c->up_read + c->up_folders + c->sent;
}

/* Those that wait to be sent, or to leave the server's Outbox. */
static uint64_t letters_of(struct device *d)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct outbox_item *v;
	size_t n = 0;

	well(d, outbox_list(d->cache, &arena, &v, &n), "the outbox");
	return n;
}

static void settle(void)
{
	unsigned quiet = 0;

	for (unsigned i = 0; i < ROUNDS_MOST && quiet < 2; i++) {
		uint64_t n = 0;

		for (unsigned k = 0; k < 2; k++) {
			well(&devices[k], device_sync(&devices[k]), "at the end");
			n += moved(&devices[k].counts) + letters_of(&devices[k]);
		}
		quiet = n ? 0 : quiet + 1;
		/* What was handed over is on its way. */
		rest(200);
	}
	assert_true(quiet == 2);
}

static void tell(struct device *d, struct buf *out)
{
	well(d, device_tell(d, 0, true, out), "tell");
}

static void assert_same(struct buf *a, struct buf *b, const char *what)
{
	CLEANUP_BUF struct buf d = BUF_MAX(TELL_MOST);

	device_difference(buf_cstr(a), buf_cstr(b), &d);
	if (d.n)
		fail_msg("%s:\n%.1500s", what, buf_cstr(&d));
}

static unsigned times_in(const char *text, const char *token)
{
	char line[80];
	unsigned n = 0;

	(void)snprintf(line, sizeof line, "| %s |", token);
	for (const char *at = text; (at = strstr(at, line)); at++)
		n++;
	return n;
}

/* With where its sender has it now. */
static void fail_letter(const char *token, unsigned times)
{
	CLEANUP_BUF struct buf all = BUF_MAX(TELL_MOST), where = BUF_MAX(4096);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct device *d = &devices[token[1] == '1'];
	struct outbox_item *v;
	size_t n = 0;

	tell(d, &all);
	for (const char *at = buf_cstr(&all); *at; at += strcspn(at, "\n") + 1)
		if (memmem(at, strcspn(at, "\n"), token, strlen(token)))
			buf_printf(&where, "%.*s\n", (int)strcspn(at, "\n"), at);
	if (!outbox_list(d->cache, &arena, &v, &n))
		for (size_t i = 0; i < n; i++)
			buf_printf(&where, "outbox %llx: state %d, error 0x%x\n", (unsigned long long)v[i].message, (int)v[i].state, v[i].error);
	fail_msg("%s came %u times; with its sender:\n%s", token, times, buf_cstr(&where));
}

static void check_letters(void)
{
	CLEANUP_BUF struct buf seen = BUF_MAX(TELL_MOST);
	char path[400], token[64];
	struct device bob;
	unsigned said = 0;
	FILE *f;

	device_init(&bob, &served, "bob", 1, served.port);
	well(&bob, device_sync(&bob), "bob");
	well(&bob, device_tell(&bob, folder_of(&bob, "Inbox"), false, &seen), "tell");
	device_close(&bob);
	(void)snprintf(path, sizeof path, "%s/said", served.folder);
	f = fopen(path, "r");
	while (f && fgets(token, sizeof token, f)) {
		token[strcspn(token, "\n")] = '\0';
		said++;
		if (times_in(buf_cstr(&seen), token) != 1)
			fail_letter(token, times_in(buf_cstr(&seen), token));
	}
	if (f)
		(void)fclose(f);
	print_message("# %u letters, each of them once\n", said);
	/* Those that nobody wrote down either. */
	for (const char *at = buf_cstr(&seen); (at = strstr(at, "| t")); at += 3) {
		(void)snprintf(token, sizeof token, "%.*s", (int)strcspn(at + 2, " "), at + 2);
		assert_int_equal(times_in(buf_cstr(&seen), token), 1);
	}
}

static void test_storm(void **state)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST),
			       c = BUF_MAX(TELL_MOST);
	unsigned kills = torture_all() ? 300 : SANITIZED ? 6 : 12;
	struct device fresh;

	(void)state;
	start(0);
	start(1);
	storm(kills);
	settle();
	tell(&devices[0], &a);
	tell(&devices[1], &b);
	device_init(&fresh, &served, "fresh", 0, served.port);
	well(&fresh, device_sync(&fresh), "afresh");
	tell(&fresh, &c);
	device_close(&fresh);
	assert_same(&c, &a, "a new cache differs from the laptop's");
	assert_same(&c, &b, "a new cache differs from the desk's");
	check_letters();
	print_message("# %u kills\n", kills);
}

static int begin(void **state)
{
	struct mailbox *m;
	uint64_t top = 0, id = 0;

	(void)state;
	chance = (uint64_t)time(NULL);
	print_message("# seed %llu\n", (unsigned long long)chance);
	if (served_make(&served, people) || served_start(&served, NULL)) {
		print_message("# %s\n", served.why.text);
		return 1;
	}
	for (unsigned i = 0; i < 2; i++)
		device_init(&devices[i], &served, i ? "desk" : "laptop", 0, served.port);
	well(&devices[0], device_sync(&devices[0]), "the first time");
	m = cache_mailbox(devices[0].cache);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &top), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_create(m, top, "storm", NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	for (unsigned i = 0; i < 2; i++) {
		well(&devices[i], device_sync(&devices[i]), "the first time");
		device_close(&devices[i]);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&devices[0]);
	device_close(&devices[1]);
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	served_free(&served);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests_name("storm", tests, begin, end);
}
