/*
 * A busy writer is killed at random moments, again and again, on the same mailbox.  Whatever it had acknowledged is there
 * afterwards, whole; what it had begun is there whole or not at all; the mailbox is sound.
 *
 *   POSTERN_TORTURE=1        as often with sanitizers
 *   POSTERN_TORTURE_ROUNDS   how often (500, an eighth of that with sanitizers; of PostgreSQL a tenth)
 *   POSTERN_TORTURE_SEED     to choose other moments, or the same ones again
 */
#include "busy.h"
#include "faulty_vfs.h"
#include "torture.h"

#include "store/check.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 500
#define SLOWER (SANITIZED ? 8 : 1)

/* What the writer says through its pipe: less than PIPE_BUF bytes, so it comes whole or not at all. */
enum what { INTENDED = 1, COMMITTED, FAILED };

struct record {
	enum what what;
	unsigned n;
	struct busy_op ops[BUSY_OPS_MOST];
	char words[400];
};

struct torture {
	enum sql_engine engine;
	const char *name;
	uint64_t random;
	struct busy known, maybe; /* what must be there; what may be, when `pending` */
	bool pending;
	struct record failure;
	bool fill;                /* SQLite: the writer has no log (sql_fill) */
	size_t size;              /* messages that the writer tends to */
	unsigned commits, opened, found_done, found_undone;
};

static unsigned rounds(unsigned part)
{
	const char *text = getenv("POSTERN_TORTURE_ROUNDS");
	unsigned n = text ? (unsigned)strtoul(text, NULL, 10) : (unsigned)(torture_all() ? ROUNDS : ROUNDS / SLOWER);

	return n / part ? n / part : 1;
}

static uint64_t seed(void)
{
	const char *text = getenv("POSTERN_TORTURE_SEED");
	uint64_t n = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL) * 1000003 + (uint64_t)getpid();

	print_message("# POSTERN_TORTURE_SEED=%llu\n", (unsigned long long)n);
	return n;
}

/* The writer ---------------------------------------------------------------------------------------------------- */

static void say(int fd, const struct record *r)
{
	if (write(fd, r, sizeof *r) != (ssize_t)sizeof *r)
		_exit(2);
}

static status one_transaction(struct mailbox *m, struct torture *t, uint64_t *random, int fd)
{
	struct record r = { .what = INTENDED, .n = 1 + (unsigned)(busy_random(random) % BUSY_OPS_MOST) };
	status s = mailbox_begin(m);

	t->maybe = t->known;
	for (unsigned i = 0; !s && i < r.n; i++) {
		r.ops[i] = busy_choose(&t->maybe, random, t->size);
		s = busy_do(m, &r.ops[i]);
		if (!s)
			busy_apply(&t->maybe, &r.ops[i]);
	}
	if (s)
		return s;
	/* Some change their mind. */
	if (busy_random(random) % 16 == 0) {
		mailbox_rollback(m);
		return ecNone;
	}
	say(fd, &r);
	s = mailbox_commit(m);
	if (s)
		return s;
	r.what = COMMITTED;
	say(fd, &r);
	t->known = t->maybe;
	return ecNone;
}

/* Until it is killed. */
static void be_busy(struct torture *t, int fd)
{
	struct record r = { .what = FAILED };
	struct reason why = { "" };
	struct mailbox *m = NULL;
	uint64_t random = t->random;
	status s = try_mailbox(t->engine, t->name, &m, &why);

	if (!s && t->fill)
		sql_fill(mailbox_sql(m), true);
	while (!s)
		s = one_transaction(m, t, &random, fd);
	(void)snprintf(r.words, sizeof r.words, "0x%08x: %s", s, m ? mailbox_failure(m) : why.text);
	say(fd, &r);
	_exit(1);
}

/* Whoever watches ------------------------------------------------------------------------------------------------- */

static void learn(struct torture *t, const struct record *r)
{
	if (r->what == FAILED) {
		t->failure = *r;
	} else if (r->what == COMMITTED) {
		t->known = t->maybe;
		t->pending = false;
		t->commits++;
	} else {
		t->maybe = t->known;
		t->pending = true;
		for (unsigned i = 0; i < r->n; i++)
			busy_apply(&t->maybe, &r->ops[i]);
	}
}

/* Nothing more comes: false. */
static bool listen_once(struct torture *t, int fd)
{
	struct record r;
	ssize_t n;

	do {
		n = read(fd, &r, sizeof r);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		assert_int_equal(n, sizeof r);
		learn(t, &r);
	}
	return n > 0;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* At most so many microseconds. */
static void listen_for(struct torture *t, int fd, int64_t us)
{
	int64_t end = now_us() + us, left;

	while ((left = end - now_us()) > 0) {
		struct timespec wait = { .tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000 };
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (ppoll(&p, 1, &wait, NULL) > 0 && !listen_once(t, fd))
			return;
	}
}

struct writer {
	pid_t pid;
	int fd;
};

static struct writer start_writer(struct torture *t, uint64_t kill_at)
{
	int ends[2];
	struct writer w;

	assert_int_equal(pipe(ends), 0);
	t->random = busy_random(&t->random);
	t->pending = false;
	t->failure.words[0] = '\0';
	(void)fflush(NULL);
	w.pid = fork();
	assert_true(w.pid >= 0);
	if (w.pid == 0) {
		(void)close(ends[0]);
		if (kill_at)
			faulty_vfs_arm(FAULT_KILL, kill_at, true);
		be_busy(t, ends[1]);
	}
	(void)close(ends[1]);
	w.fd = ends[0];
	return w;
}

static void end_writer(struct torture *t, struct writer w, bool may_fail)
{
	int state;

	(void)kill(w.pid, SIGKILL);
	while (listen_once(t, w.fd))
		;
	(void)close(w.fd);
	assert_int_equal(waitpid(w.pid, &state, 0), w.pid);
	if (!may_fail && t->failure.words[0])
		fail_msg("%s: the writer failed: %s", engine_name(t->engine), t->failure.words);
	if (!may_fail && !WIFSIGNALED(state))
		fail_msg("%s: the writer ended with %d", engine_name(t->engine), WEXITSTATUS(state));
}

/* PostgreSQL notices after a moment that a client is gone. */
static struct mailbox *open_again(struct torture *t)
{
	int64_t end = now_us() + 20000000;
	struct mailbox *m = NULL;
	struct reason why = { "" };
	status s;

	while ((s = try_mailbox(t->engine, t->name, &m, &why)) && t->engine == SQL_POSTGRES && now_us() < end)
		(void)usleep(2000);
	if (s)
		fail_msg("%s does not open: 0x%08x %s", engine_name(t->engine), s, why.text);
	t->opened++;
	return m;
}

static void tell_finding(void *context, const struct mailbox_finding *f)
{
	(void)context;
	print_message("# %s\n", f->text);
}

static void expect_sound(struct torture *t, struct mailbox *m, bool full)
{
	struct mailbox_check_options o = { .quick = !full, .found = tell_finding };
	struct mailbox_check_summary sum;
	struct reason why = { "" };

	if (mailbox_check(m, &o, &sum, &why))
		fail_msg("%s: check fails: %s", engine_name(t->engine), why.text);
	if (!mailbox_sound(&sum))
		fail_msg("%s: check finds something", engine_name(t->engine));
}

/* What was acknowledged is there; what was not is there whole or not at all. */
static void expect_kept(struct torture *t, bool full)
{
	struct reason why = { "" }, otherwise = { "" };
	struct mailbox *m = open_again(t);

	expect_sound(t, m, full);
	if (busy_same(m, &t->known, &why)) {
		t->found_undone += t->pending;
	} else if (t->pending && busy_same(m, &t->maybe, &otherwise)) {
		t->known = t->maybe;
		t->found_done++;
	} else {
		fail_msg("%s, opened for the %uth time: %s%s%s", engine_name(t->engine), t->opened, why.text,
			 t->pending ? "; with the last transaction: " : "", otherwise.text);
	}
	mailbox_close(m);
}

static void begin(struct torture *t, enum sql_engine e, const char *name)
{
	struct mailbox *m = fresh_mailbox(e, name);

	*t = (struct torture){ .engine = e, .name = name, .random = seed(), .size = 200 };
	busy_begin(&t->known, m);
	mailbox_close(m);
}

static void end(struct torture *t, unsigned n)
{
	print_message("# %s: killed %u times, %u transactions acknowledged, %u more were there, %u were not; %zu messages left\n",
		      engine_name(t->engine), n, t->commits, t->found_done, t->found_undone, t->known.n_messages);
	/* Else nobody was busy. */
	assert_true(t->commits > n / 4);
	engine_drop(t->engine, t->name);
}

/* It grows and shrinks. */
static size_t size_of_round(unsigned round)
{
	return (round / 40) % 2 ? 30 : 160;
}

/* Dies within a write, at times while it still opens the mailbox; else at any moment. */
static void live_and_die(struct torture *t, unsigned round)
{
	bool at_write = t->engine == SQL_SQLITE && round % 2;
	uint64_t r = busy_random(&t->random);
	struct writer w = start_writer(t, at_write ? 1 + r % 400 : 0);

	/* Mostly it has begun something, and often committed it, however slow the machine is. */
	for (unsigned n = round % 8 && !at_write ? 1 + (unsigned)(r >> 40) % 4 : 0; n && listen_once(t, w.fd); n--)
		;
	listen_for(t, w.fd, at_write ? 60000000 : (int64_t)(r % (t->engine == SQL_POSTGRES ? 60000 : 30000)) * SLOWER);
	end_writer(t, w, false);
}

static void kill_often(enum sql_engine e)
{
	unsigned n = rounds(e == SQL_POSTGRES ? 10 : 1);
	struct torture *t = test_malloc(sizeof *t);

	begin(t, e, "kill");
	for (unsigned i = 0; i < n; i++) {
		faulty_vfs_flush(i % 16 == 0);
		t->size = size_of_round(i);
		t->fill = e == SQL_SQLITE && i % 3 == 2;
		live_and_die(t, i);
		expect_kept(t, i % 10 == 9);
	}
	end(t, n);
	test_free(t);
}

static void killed_writers(void **state)
{
	(void)state;
	on_each_engine(kill_often);
}

/* While a mailbox is made, there is none or a whole one. */
static void killed_makers(void **state)
{
	(void)state;
	for (uint64_t n = 1, died = 1; died; n++) {
		struct reason why = { "" };
		struct mailbox *m = NULL;
		int ended;

		engine_drop(SQL_SQLITE, "make");
		(void)fflush(NULL);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			faulty_vfs_arm(FAULT_KILL, n, true);
			_exit(try_mailbox(SQL_SQLITE, "make", &m, &why) != 0);
		}
		assert_int_equal(waitpid(pid, &ended, 0), pid);
		died = WIFSIGNALED(ended);
		if (!died)
			assert_int_equal(WEXITSTATUS(ended), 0);
		struct torture t = { .engine = SQL_SQLITE, .name = "make" };
		m = open_again(&t);
		expect_sound(&t, m, true);
		assert_true(role_folder(m, MAILBOX_INBOX) != 0);
		mailbox_close(m);
	}
	engine_drop(SQL_SQLITE, "make");
}

/* The server ------------------------------------------------------------------------------------------------------ */

/* with_postgres.sh says how: stopped at once as by a crash, and started again. */
static void crash_server(void)
{
	assert_int_equal(system(getenv("POSTERN_TEST_POSTGRES_CRASH")), 0);
}

static void crashed_server(void **state)
{
	unsigned n = SLOWER > 1 ? 3 : 8;
	struct torture *t;

	(void)state;
	if (!engine_here(SQL_POSTGRES) || !getenv("POSTERN_TEST_POSTGRES_CRASH"))
		skip();
	t = test_malloc(sizeof *t);
	begin(t, SQL_POSTGRES, "crash");
	for (unsigned i = 0; i < n; i++) {
		struct writer w = start_writer(t, 0);

		(void)listen_once(t, w.fd);
		listen_for(t, w.fd, (int64_t)(busy_random(&t->random) % 300000) * SLOWER);
		crash_server();
		end_writer(t, w, true);
		/* It was told, in words, and did not go on as if nothing had been. */
		assert_string_not_equal(t->failure.words, "");
		expect_kept(t, true);
	}
	end(t, n);
	test_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_makers),
		cmocka_unit_test(killed_writers),
		cmocka_unit_test(crashed_server),
	};

	faulty_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
