/* Session contexts: cookies, sequence, owners, limits, their end. */
#include "web_fixture.h"

#include "server/sessions.h"

#include <pthread.h>

static struct web_fixture f;

static int begin(void **state)
{
	const struct web_options options = { .sessions = { .idle_ms = 600000, .most_per_user = 3 } };

	(void)state;
	web_begin(&f, &options);
	return 0;
}

static int end(void **state)
{
	(void)state;
	web_end(&f);
	return 0;
}

static const struct guid mailbox = { { 1 } };

static struct context *make(uint64_t user)
{
	struct context *c = NULL;

	assert_int_equal(context_new(f.server.sessions, CONTEXT_MAILBOX, user, &mailbox, 100, &c), 0);
	return c;
}

static enum mapihttp_code take(const char *cookie, const char *sequence, uint64_t user, enum context_use use, struct context **out)
{
	return context_take(f.server.sessions, CONTEXT_MAILBOX, cookie, sequence, user, use, out);
}

static void over(struct context *c, enum context_use use)
{
	context_end(c);
	context_return(c, use);
}

static void sequence(void **state)
{
	char first[CONTEXT_SEQUENCE_SIZE], second[CONTEXT_SEQUENCE_SIZE];
	struct context *c = make(7), *got = NULL, *beside = NULL;

	(void)state;
	context_sequence(c, first);
	/* It is under way. */
	assert_int_equal(take(c->cookie, first, 7, CONTEXT_REQUEST, &got), MAPIHTTP_INVALID_SEQUENCE);
	assert_int_equal(take(c->cookie, NULL, 7, CONTEXT_BESIDE, &beside), MAPIHTTP_SUCCESS);
	context_return(c, CONTEXT_REQUEST);
	assert_int_equal(take(c->cookie, first, 7, CONTEXT_REQUEST, &got), MAPIHTTP_SUCCESS);
	assert_ptr_equal(got, c);
	context_sequence(c, second);
	assert_string_not_equal(first, second);
	context_return(c, CONTEXT_REQUEST);
	assert_int_equal(take(c->cookie, first, 7, CONTEXT_REQUEST, &got), MAPIHTTP_INVALID_SEQUENCE);
	assert_int_equal(take(c->cookie, NULL, 7, CONTEXT_REQUEST, &got), MAPIHTTP_MISSING_COOKIE);
	assert_int_equal(take(NULL, second, 7, CONTEXT_REQUEST, &got), MAPIHTTP_MISSING_COOKIE);
	assert_int_equal(take(c->cookie, second, 7, CONTEXT_REQUEST, &got), MAPIHTTP_SUCCESS);
	context_return(c, CONTEXT_REQUEST);
	over(beside, CONTEXT_BESIDE);
}

static void owners(void **state)
{
	char number[CONTEXT_SEQUENCE_SIZE], upper[CONTEXT_COOKIE_SIZE];
	struct context *c = make(7), *got = NULL;

	(void)state;
	context_sequence(c, number);
	context_return(c, CONTEXT_REQUEST);
	assert_int_equal(take(c->cookie, number, 8, CONTEXT_REQUEST, &got), MAPIHTTP_CONTEXT_NOT_FOUND);
	assert_int_equal(context_take(f.server.sessions, CONTEXT_ADDRESS_BOOK, c->cookie, number, 7, CONTEXT_REQUEST, &got), MAPIHTTP_CONTEXT_NOT_FOUND);
	assert_int_equal(take("", number, 7, CONTEXT_REQUEST, &got), MAPIHTTP_INVALID_CONTEXT_COOKIE);
	memset(upper, 'A', sizeof upper - 1);
	upper[sizeof upper - 1] = '\0';
	assert_int_equal(take(upper, number, 7, CONTEXT_REQUEST, &got), MAPIHTTP_INVALID_CONTEXT_COOKIE);
	assert_int_equal(take(c->cookie, number, 7, CONTEXT_REQUEST, &got), MAPIHTTP_SUCCESS);
	over(c, CONTEXT_REQUEST);
}

static void limits(void **state)
{
	struct context *c[3], *more = NULL, *other;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		c[i] = make(7);
	assert_int_equal(context_new(f.server.sessions, CONTEXT_MAILBOX, 7, &mailbox, 100, &more), ecTooBig);
	other = make(8);
	assert_int_equal(context_new(f.server.sessions, CONTEXT_MAILBOX, 9, &mailbox, 4, &more), ecTooBig);
	assert_null(more);
	over(c[0], CONTEXT_REQUEST);
	c[0] = make(7);
	for (unsigned i = 0; i < 3; i++)
		over(c[i], CONTEXT_REQUEST);
	over(other, CONTEXT_REQUEST);
	assert_int_equal(sessions_count(f.server.sessions), 0);
}

static struct session *attach(struct context *c)
{
	struct session *s = calloc(1, sizeof *s);

	assert_non_null(s);
	object_table_init(&s->objects);
	context_attach(c, s);
	return s;
}

/* What the sessions of one account have is counted together, and apart from others'. */
static void accounts(void **state)
{
	struct context *first = make(7), *second = make(7), *other = make(8);
	_Atomic size_t *account = attach(first)->account;

	(void)state;
	assert_non_null(account);
	assert_ptr_equal(attach(second)->account, account);
	assert_ptr_not_equal(attach(other)->account, account);
	over(first, CONTEXT_REQUEST);
	over(second, CONTEXT_REQUEST);
	first = make(7);
	assert_ptr_equal(attach(first)->account, account);
	over(first, CONTEXT_REQUEST);
	over(other, CONTEXT_REQUEST);
}

static void replaced(void **state)
{
	struct context *c = make(7), *got = NULL;
	char cookie[CONTEXT_COOKIE_SIZE];

	(void)state;
	memcpy(cookie, c->cookie, sizeof cookie);
	context_return(c, CONTEXT_REQUEST);
	context_replace(f.server.sessions, CONTEXT_MAILBOX, cookie, 8);
	context_replace(f.server.sessions, CONTEXT_MAILBOX, "nonsense", 7);
	context_replace(f.server.sessions, CONTEXT_MAILBOX, NULL, 7);
	assert_int_equal(sessions_count(f.server.sessions), 1);
	context_replace(f.server.sessions, CONTEXT_MAILBOX, cookie, 7);
	assert_int_equal(sessions_count(f.server.sessions), 0);
	assert_int_equal(take(cookie, "1", 7, CONTEXT_REQUEST, &got), MAPIHTTP_CONTEXT_NOT_FOUND);
}

/* Nobody sweeps here: whose time is over is not found all the same. */
static void over_in_time(void **state)
{
	struct sessions_options o = { .idle_ms = 60 };
	char number[CONTEXT_SEQUENCE_SIZE], cookie[CONTEXT_COOKIE_SIZE];
	struct context *c = NULL, *got = NULL;
	struct sessions *s = NULL;

	(void)state;
	assert_int_equal(sessions_new(&f.server, &o, &s), 0);
	assert_int_equal(context_new(s, CONTEXT_MAILBOX, 7, &mailbox, 100, &c), 0);
	memcpy(cookie, c->cookie, sizeof cookie);
	context_sequence(c, number);
	(void)usleep(80000);
	/* A request that runs long keeps it. */
	assert_int_equal(context_take(s, CONTEXT_MAILBOX, cookie, NULL, 7, CONTEXT_BESIDE, &got), MAPIHTTP_SUCCESS);
	context_return(c, CONTEXT_BESIDE);
	context_return(c, CONTEXT_REQUEST);
	(void)usleep(80000);
	/* MS-OXCMAPIHTTP_R1283 */
	/* MS-OXCMAPIHTTP_R167 */
	assert_int_equal(context_take(s, CONTEXT_MAILBOX, cookie, number, 7, CONTEXT_REQUEST, &got), MAPIHTTP_CONTEXT_NOT_FOUND);
	assert_int_equal(sessions_count(s), 0);
	sessions_free(s);
}

/* Many at once, from several threads, each with its own contexts. */
static void *hammer(void *arg)
{
	uint64_t user = *(uint64_t *)arg;

	for (unsigned i = 0; i < 2000; i++) {
		struct context *c = NULL, *again = NULL;
		char number[CONTEXT_SEQUENCE_SIZE], cookie[CONTEXT_COOKIE_SIZE];

		if (context_new(f.server.sessions, CONTEXT_MAILBOX, user, &mailbox, 100, &c))
			return arg;
		memcpy(cookie, c->cookie, sizeof cookie);
		context_sequence(c, number);
		context_return(c, CONTEXT_REQUEST);
		if (context_take(f.server.sessions, CONTEXT_MAILBOX, cookie, number, user, CONTEXT_REQUEST, &again) || again != c)
			return arg;
		over(again, CONTEXT_REQUEST);
	}
	return NULL;
}

static void threads(void **state)
{
	pthread_t t[4];
	uint64_t users[4] = { 11, 12, 13, 14 };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, hammer, &users[i]), 0);
	for (unsigned i = 0; i < 4; i++) {
		void *failed;

		assert_int_equal(pthread_join(t[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(sessions_count(f.server.sessions), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sequence), cmocka_unit_test(owners), cmocka_unit_test(limits), cmocka_unit_test(accounts), cmocka_unit_test(replaced),
					    cmocka_unit_test(over_in_time), cmocka_unit_test(threads) };

	return cmocka_run_group_tests(tests, begin, end);
}
