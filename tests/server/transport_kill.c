/* The server ends again and again while it delivers, each time a step later: in the end everybody has everything once. */
#include "transport_steps.h"

#include "store/rule.h"

#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 3u
#define STEPS_MOST 2000u
/* What a process says that was not killed. */
#define FINISHED 42

/* Bob's rule sends everything on to carol. */
static void add_forward(void)
{
	static const char address[] = "carol@contoso.example";
	CLEANUP_BUF struct buf data = BUF_MAX(4096), all = BUF_MAX(4096);
	struct bytes t = fixture_text(&f, address), type = fixture_text(&f, "SMTP");
	struct shared_mailbox *s = fixture_mailbox(&f, "bob");
	struct mailbox *m = shared_mailbox_lock(s);
	uint64_t inbox = 0, id = 0;
	struct bag b;

	buf_add_u16(&data, 1);
	buf_add_u8(&data, 1);
	buf_add_u16(&data, 2);
	buf_add_u32(&data, PidTagAddressType);
	buf_add(&data, type.p, type.n);
	buf_add_u16(&data, 0);
	buf_add_u32(&data, PidTagEmailAddress);
	buf_add(&data, t.p, t.n);
	buf_add_u16(&data, 0);
	buf_add_u16(&all, 1);
	buf_add_u16(&all, (uint16_t)(9 + data.n));
	buf_add_u8(&all, 7);
	buf_add_u64(&all, 0);
	buf_add(&all, data.p, data.n);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_u32(&b, PidTagRuleSequence, 1), 0);
	assert_int_equal(bag_set_u32(&b, PidTagRuleState, RULE_ENABLED), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagRuleActions, buf_bytes(&all)), 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(rule_add(m, inbox, &b, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
}

static void go_down(void)
{
	transport_close(&f.server);
	session_close(f.session);
	f.session = NULL;
	host_close(f.host);
	f.host = NULL;
}

static void come_up(void)
{
	assert_int_equal(host_open(place(f.engine), &(struct host_options){ .clock = &f.clock }, NULL, &f.host, &f.why), 0);
	f.server.host = f.host;
	fixture_use(&f, fixture_session(&f, "alice"));
	fixture_logon(&f, LOGON, "alice");
	open_transport();
}

/* Everything asks what time it is, within transactions and between them: there the process ends, as by a kill. */
static unsigned steps_left;

static uint64_t now_or_never(const struct clock *c)
{
	(void)c;
	if (!steps_left--)
		_exit(0);
	return FIXTURE_NOW;
}

static void deliver_until_the_end(const char *where, unsigned steps)
{
	struct clock clock = f.clock;
	struct host *h = NULL;
	struct server server = { .fqdn = "cas.contoso.example" };

	clock.now = now_or_never;
	steps_left = UINT32_MAX;
	if (host_open(where, &(struct host_options){ .clock = &clock }, NULL, &h, NULL))
		_exit(1);
	server.host = h;
	if (transport_open(&server, &(struct transport_options){ .inline_only = true }, NULL))
		_exit(2);
	steps_left = steps;
	if (transport_run(server.transport))
		_exit(3);
	_exit(FINISHED);
}

/* *finished: there was nothing left to do. */
static void let_it_run_for(unsigned steps, bool *finished)
{
	/* The name of the place has the number of the process in it. */
	const char *where = place(f.engine);
	pid_t child = fork();
	int how = 0;

	assert_true(child >= 0);
	if (!child)
		deliver_until_the_end(where, steps);
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFEXITED(how));
	if (WEXITSTATUS(how) != 0 && WEXITSTATUS(how) != FINISHED)
		fail_msg("%u steps: it ended with %d", steps, WEXITSTATUS(how));
	*finished = WEXITSTATUS(how) == FINISHED;
}

static void a_kill_neither_loses_nor_doubles(void **state)
{
	bool finished = false;

	(void)state;
	add_forward();
	for (unsigned i = 0; i < MESSAGES; i++) {
		draft("Kill", "bob@contoso.example", NULL);
		submit(MESSAGE);
		release(MESSAGE);
	}
	go_down();
	for (unsigned i = 0; !finished && i < STEPS_MOST; i++)
		let_it_run_for(i, &finished);
	assert_true(finished);
	come_up();
	assert_int_equal(queued(), 0);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), MESSAGES);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), MESSAGES);
	assert_int_equal(count_in("alice", MAILBOX_SENT_ITEMS), MESSAGES);
	assert_int_equal(count_in("alice", MAILBOX_INBOX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(transport_begins), cmocka_unit_test(a_kill_neither_loses_nor_doubles), cmocka_unit_test(transport_ends) };

	return FIXTURE_RUN(&f, tests);
}
