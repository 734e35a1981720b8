/* Who may log on: passwords, delays, locks, and that guessing gains nothing. */
#include "organisation.h"

#include "store/directory_logon.h"

#define ON_EACH(name)                             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		on_each_engine(name##_on);        \
	}

#define GOOD "correct horse"

struct people {
	struct organisation o;
	uint64_t alice;
	enum sql_engine engine;
};

static void people_begin(struct people *p, enum sql_engine e)
{
	p->engine = e;
	organisation_begin(&p->o, e);
	p->alice = mailbox(&p->o, "alice");
	assert_int_equal(directory_set_password(p->o.d, p->alice, GOOD, &p->o.why), 0);
}

static void people_end(struct people *p)
{
	organisation_end(&p->o, p->engine);
}

/* What comes of a logon; the words for a peer are the same whatever was wrong. */
static struct logon_verdict logon(struct people *p, const char *who, const char *password)
{
	struct logon_verdict v = { LOGON_UNKNOWN, 1, 99, 98 };
	const struct directory_object *o = NULL;
	status s = directory_verify(p->o.d, who, password, &p->o.arena, &o, &v, &p->o.why);

	assert_int_equal(s, v.result == LOGON_GOOD ? 0 : ecLoginFailure);
	assert_true((o != NULL) == (v.result == LOGON_GOOD));
	if (o)
		assert_int_equal(o->id, p->alice);
	else
		assert_string_equal(p->o.why.text, "the name or the password is wrong, or the account is closed for now");
	return v;
}

static void wait_seconds(struct people *p, unsigned n)
{
	p->o.clock.fixed += n * FILETIME_PER_SECOND;
}

static void who_on(enum sql_engine e)
{
	struct people p;

	people_begin(&p, e);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	assert_int_equal(logon(&p, "ALICE@contoso.example", GOOD).result, LOGON_GOOD);
	assert_int_equal(logon(&p, "contoso\\alice", GOOD).result, LOGON_GOOD);
	assert_int_equal(logon(&p, "alice", "Correct horse").result, LOGON_WRONG);
	assert_int_equal(logon(&p, "nobody", GOOD).result, LOGON_UNKNOWN);
	assert_int_equal(logon(&p, "", GOOD).result, LOGON_UNKNOWN);
	assert_int_equal(logon(&p, "a\xff", GOOD).result, LOGON_UNKNOWN);
	assert_int_equal(logon(&p, "alice", "").result, LOGON_WRONG);
	/* What is said of the account is the same, right or wrong, until something of it changes; failures are nothing of it. */
	struct logon_verdict before = logon(&p, "alice", GOOD), state;
	assert_true(before.change_number != 0);
	assert_true(logon(&p, "alice", "wrong").change_number == before.change_number);
	assert_true(logon(&p, "alice", GOOD).change_number == before.change_number);
	assert_int_equal(logon(&p, "nobody", GOOD).change_number, 0);
	assert_int_equal(set(&p.o, "Mailbox", mailbox(&p.o, "carol"), "DisplayName", "Carol"), 0);
	assert_int_equal(directory_logon_state(p.o.d, p.alice, &state, &p.o.why), 0);
	assert_true(state.change_number == before.change_number);
	assert_int_equal(directory_set_password(p.o.d, p.alice, GOOD, &p.o.why), 0);
	assert_int_equal(directory_logon_state(p.o.d, p.alice, &state, &p.o.why), 0);
	assert_true(state.change_number > before.change_number);
	assert_true(logon(&p, "alice", GOOD).change_number == state.change_number);
	/* Nobody logs on with a name that others may have too. */
	assert_int_equal(set(&p.o, "Mailbox", p.alice, "DisplayName", "Alice Smith"), 0);
	assert_int_equal(logon(&p, "Alice Smith", GOOD).result, LOGON_UNKNOWN);
	people_end(&p);
}
ON_EACH(who)

static void passwords_on(enum sql_engine e)
{
	struct people p;
	struct logon_verdict v;
	uint64_t bob, before, after;
	char longest[300];

	people_begin(&p, e);
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(directory_set_password(p.o.d, p.alice, "1234567", &p.o.why), ecInvalidParam);
	assert_int_equal(directory_set_password(p.o.d, p.alice, "1234567\xff", &p.o.why), ecInvalidParam);
	assert_int_equal(directory_set_password(p.o.d, p.alice, longest, &p.o.why), ecInvalidParam);
	assert_int_equal(directory_set_password(p.o.d, p.o.server, "12345678", &p.o.why), ecNotFound);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	/* Who keeps a verified password hears that it was changed. */
	assert_int_equal(directory_change_number(p.o.d, &before, &p.o.why), 0);
	assert_int_equal(directory_set_password(p.o.d, p.alice, "ÄÖÜäöüß€", &p.o.why), 0); /* eight characters */
	assert_int_equal(directory_change_number(p.o.d, &after, &p.o.why), 0);
	assert_int_equal(after, before + 1);
	assert_int_equal(get(&p.o, "Mailbox", p.alice)->change_number, after);
	assert_int_equal(logon(&p, "alice", "ÄÖÜäöüß€").result, LOGON_GOOD);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_WRONG);
	assert_int_equal(set(&p.o, "Mailbox", p.alice, "AccountDisabled", "True"), 0);
	assert_int_equal(logon(&p, "alice", "ÄÖÜäöüß€").result, LOGON_DISABLED);
	assert_int_equal(directory_logon_state(p.o.d, p.alice, &v, &p.o.why), 0);
	assert_int_equal(v.result, LOGON_DISABLED);
	bob = mailbox(&p.o, "bob");
	assert_int_equal(logon(&p, "bob", "").result, LOGON_NONE_SET);
	assert_int_equal(directory_set_password(p.o.d, bob, NULL, &p.o.why), 0);
	assert_int_equal(directory_logon_state(p.o.d, bob, &v, &p.o.why), 0);
	assert_int_equal(v.result, LOGON_NONE_SET);
	people_end(&p);
}
ON_EACH(passwords)

/* The hash is nowhere among what can be asked for. */
static void hidden_on(enum sql_engine e)
{
	struct people p;
	const struct directory_object *o;

	people_begin(&p, e);
	o = get(&p.o, "User", p.alice);
	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < o->entries[i].n; k++)
			if (o->entries[i].values[k].text)
				assert_null(strstr(o->entries[i].values[k].text, "$y$"));
	people_end(&p);
}
ON_EACH(hidden)

static void delays_on(enum sql_engine e)
{
	static const unsigned delays[] = { 0, 0, 1, 2, 4, 8, 16, 32, 64 };
	struct logon_verdict v;
	struct people p;

	people_begin(&p, e);
	for (unsigned i = 0; i < sizeof delays / sizeof *delays; i++) {
		v = logon(&p, "alice", "wrong");
		assert_int_equal(v.result, LOGON_WRONG);
		assert_int_equal(v.failures, i + 1);
		assert_true(v.retry_at == (delays[i] ? p.o.clock.fixed + delays[i] * FILETIME_PER_SECOND : 0));
		if (!delays[i])
			continue;
		/* Before its time is over nothing is looked at: not the right password either, and it does not count. */
		v = logon(&p, "alice", GOOD);
		assert_int_equal(v.result, LOGON_DELAYED);
		assert_int_equal(v.failures, i + 1);
		p.o.clock.fixed = v.retry_at - 1;
		assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_DELAYED);
		p.o.clock.fixed = v.retry_at;
	}
	/* It outlives a restart. */
	directory_close(p.o.d);
	organisation_open(&p.o, e, false);
	v = logon(&p, "alice", "wrong");
	assert_int_equal(v.failures, 10);
	assert_true(v.retry_at == p.o.clock.fixed + 900 * FILETIME_PER_SECOND);
	directory_close(p.o.d);
	organisation_open(&p.o, e, false);
	v = logon(&p, "alice", GOOD);
	assert_int_equal(v.result, LOGON_LOCKED);
	assert_int_equal(directory_logon_state(p.o.d, p.alice, &v, &p.o.why), 0);
	assert_int_equal(v.result, LOGON_LOCKED);
	wait_seconds(&p, 899);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_LOCKED);
	wait_seconds(&p, 1);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	/* All is forgotten. */
	assert_int_equal(directory_logon_state(p.o.d, p.alice, &v, &p.o.why), 0);
	assert_int_equal(v.failures, 0);
	assert_int_equal(logon(&p, "alice", "wrong").failures, 1);
	people_end(&p);
}
ON_EACH(delays)

static void forgotten_on(enum sql_engine e)
{
	struct logon_verdict v;
	struct people p;

	people_begin(&p, e);
	for (unsigned i = 0; i < 2; i++)
		(void)logon(&p, "alice", "wrong");
	wait_seconds(&p, 901);
	assert_int_equal(logon(&p, "alice", "wrong").failures, 1);
	for (unsigned i = 0; i < 9; i++) {
		v = logon(&p, "alice", "wrong");
		p.o.clock.fixed = v.retry_at > p.o.clock.fixed ? v.retry_at : p.o.clock.fixed;
	}
	assert_int_equal(v.failures, 10);
	/* A lock that is over was paid for: counting starts again. */
	assert_int_equal(logon(&p, "alice", "wrong").failures, 1);
	(void)logon(&p, "alice", "wrong");
	assert_int_equal(logon(&p, "alice", "wrong").result, LOGON_WRONG);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_DELAYED);
	assert_int_equal(directory_unlock(p.o.d, p.alice, &p.o.why), 0);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	/* An administrator who sets a password opens the account too. */
	for (unsigned i = 0; i < 3; i++)
		(void)logon(&p, "alice", "wrong");
	assert_int_equal(directory_set_password(p.o.d, p.alice, GOOD, &p.o.why), 0);
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	people_end(&p);
}
ON_EACH(forgotten)

static void rules_on(enum sql_engine e)
{
	struct people p;
	struct logon_verdict v = { 0 };

	people_begin(&p, e);
	assert_int_equal(set(&p.o, "OrganizationConfig", p.o.organisation, "LockoutThreshold", "2"), ecInvalidParam); /* below the delay */
	assert_int_equal(set(&p.o, "OrganizationConfig", p.o.organisation, "LockoutDelayAfter", "2"), 0);
	assert_int_equal(set(&p.o, "OrganizationConfig", p.o.organisation, "LockoutThreshold", "2"), 0);
	assert_int_equal(set(&p.o, "OrganizationConfig", p.o.organisation, "LockoutDuration", "01:00:00"), 0);
	for (unsigned i = 0; i < 2; i++)
		v = logon(&p, "alice", "wrong");
	assert_true(v.retry_at == p.o.clock.fixed + 3600 * FILETIME_PER_SECOND);
	/* Never locked: delays stay, and end at five minutes. */
	assert_int_equal(directory_unlock(p.o.d, p.alice, &p.o.why), 0);
	assert_int_equal(set(&p.o, "OrganizationConfig", p.o.organisation, "LockoutThreshold", "0"), 0);
	for (unsigned i = 0; i < 30; i++) {
		v = logon(&p, "alice", "wrong");
		p.o.clock.fixed = v.retry_at > p.o.clock.fixed ? v.retry_at : p.o.clock.fixed;
	}
	assert_int_equal(v.failures, 30);
	p.o.clock.fixed -= FILETIME_PER_SECOND;
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_DELAYED);
	p.o.clock.fixed += FILETIME_PER_SECOND;
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	/* A clock that went back by years locks nobody out for years. */
	for (unsigned i = 0; i < 5; i++) {
		v = logon(&p, "alice", "wrong");
		p.o.clock.fixed = v.retry_at > p.o.clock.fixed ? v.retry_at : p.o.clock.fixed;
	}
	p.o.clock.fixed -= 3 * 365 * 86400 * FILETIME_PER_SECOND;
	assert_int_equal(logon(&p, "alice", GOOD).result, LOGON_GOOD);
	people_end(&p);
}
ON_EACH(rules)

/* A failure that cannot be written down lets nobody in, and guesses nothing for free. */
static void failing_steps_on(enum sql_engine e)
{
	const struct directory_object *o = NULL;
	struct logon_verdict v;
	struct people p;
	unsigned n = 0;
	status s;

	people_begin(&p, e);
	do {
		assert_true(++n < 100);
		sql_fail_after(n);
		s = directory_verify(p.o.d, "alice", "wrong", &p.o.arena, &o, &v, &p.o.why);
		sql_fail_after(0);
		assert_int_not_equal(s, 0);
		assert_null(o);
		struct logon_verdict state;
		assert_int_equal(directory_logon_state(p.o.d, p.alice, &state, &p.o.why), 0);
		assert_int_equal(state.failures, s == ecLoginFailure);
	} while (s != ecLoginFailure);
	assert_true(n > 5);
	people_end(&p);
}
ON_EACH(failing_steps)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who),	     cmocka_unit_test(passwords), cmocka_unit_test(hidden), cmocka_unit_test(delays),
		cmocka_unit_test(forgotten), cmocka_unit_test(rules),	  cmocka_unit_test(failing_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
