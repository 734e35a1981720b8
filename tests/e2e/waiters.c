/*
 * Very many clients that wait (NotificationWait): they cost memory and no more, others are answered as before, and when something happens each of them is
 * told.  300 of them, POSTERN_TORTURE=1: 10,000; POSTERN_WAITERS says another number.
 */
#include "outside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "torture.h"

#define THREADS 4u
/* What 10,000 may take is 200 MB; a few hundred do not show it well. */
#define KB_EACH_MOST      20.0
#define KB_EACH_MOST_FEW  64.0
#define MANY              2000u
#define TOLD_SECONDS_MOST 30.0
#define ANSWER_MS_MOST    2000.0

enum { LOGON, MESSAGE = 1, SUBSCRIPTION = 2 };

static struct mapi_client *waiters;
static unsigned n_waiters;
static struct mapi_account account;
static atomic_uint next_waiter, failures;
static struct reason failure;

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static status start_one(struct mapi_client *c)
{
	struct rop_register_notification_request q = { .output_handle_index = SUBSCRIPTION,
						       .notification_types = NOTIFY_OBJECT_CREATED,
						       .want_whole_store = 1 };

	mapi_client_init(c, &account);
	c->one_link = true;
	c->link.patience_ms = 600000;
	status st = mapi_client_connect(c);
	if (!st)
		st = mapi_client_logon(c, LOGON);
	if (!st)
		st = mapi_client_rop(c, ROP_REGISTER_NOTIFICATION, LOGON, &q, NULL);
	if (!st)
		st = mapi_client_wait_begin(c);
	/* What the client itself has is not to be measured, nor to fill the machine. */
	mapi_client_forget(c);
	arena_free(&c->arena);
	return st;
}

static void *start_some(void *arg)
{
	unsigned i;

	(void)arg;
	while ((i = atomic_fetch_add(&next_waiter, 1)) < n_waiters)
		if (start_one(&waiters[i]) && atomic_fetch_add(&failures, 1) == 0)
			failure = waiters[i].why;
	return NULL;
}

static void start_all(void)
{
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, start_some, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	if (atomic_load(&failures))
		fail_msg("%u cannot wait; the first: %s", atomic_load(&failures), failure.text);
}

/* How long others wait for an answer meanwhile: the slowest of some. */
static double slowest_answer(struct mapi_client *c)
{
	struct rop_open_folder_request open = { .output_handle_index = MESSAGE, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	double slowest = 0;

	for (unsigned i = 0; i < 100; i++) {
		double began = now();

		(void)ok(c, ROP_OPEN_FOLDER, LOGON, &open);
		slowest = now() - began > slowest ? now() - began : slowest;
		mapi_client_forget(c);
	}
	return slowest * 1000;
}

static void happen(struct mapi_client *c)
{
	struct rop_create_message_request create = { .output_handle_index = MESSAGE,
						     .code_page_id = 0x0FFF,
						     .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };

	(void)ok(c, ROP_CREATE_MESSAGE, LOGON, &create);
	(void)ok(c, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &keep);
}

/* All of them are told; how many were. */
static unsigned hear_all(void)
{
	unsigned heard = 0;

	for (unsigned i = 0; i < n_waiters; i++) {
		bool event = false;

		good(&waiters[i], mapi_client_wait_end(&waiters[i], &event));
		heard += event;
		arena_free(&waiters[i].arena);
	}
	return heard;
}

static void nobody_is_left_out(void **state)
{
	const char *text = getenv("POSTERN_WAITERS");
	struct mapi_client alice;
	struct mapi_account of_alice = served_account(&served, "alice");

	(void)state;
	n_waiters = text ? (unsigned)strtoul(text, NULL, 10) : torture_all() ? 10000 : 300;
	account = served_account(&served, "bob");
	waiters = calloc(n_waiters, sizeof *waiters);
	assert_non_null(waiters);
	struct mapi_client bob;
	begin(&bob, &account);
	begin(&alice, &of_alice);
	double alone = slowest_answer(&alice), cpu = served_cpu_seconds(&served), began = now();
	long before = served_resident_kb(&served);
	start_all();
	double each = (double)(served_resident_kb(&served) - before) / n_waiters;
	print_message("# %u waiters in %.1f s, %.2f ms of CPU and %.1f KB each\n", n_waiters, now() - began, (served_cpu_seconds(&served) - cpu) * 1000 / n_waiters, each);
	assert_true(each < (n_waiters < MANY || SANITIZED ? KB_EACH_MOST_FEW : KB_EACH_MOST) || SANITIZED);
	double beside = slowest_answer(&alice);
	print_message("# the slowest of 100 answers to somebody else: %.1f ms alone, %.1f ms beside them\n", alone, beside);
	assert_true(beside < ANSWER_MS_MOST);
	cpu = served_cpu_seconds(&served);
	began = now();
	happen(&bob);
	assert_int_equal(hear_all(), n_waiters);
	double took = now() - began;
	print_message("# all told in %.2f s, %.0f us of CPU each\n", took, (served_cpu_seconds(&served) - cpu) * 1e6 / n_waiters);
	assert_true(took < TOLD_SECONDS_MOST);
	/* Again, of those whose notifications were not fetched: at once. */
	for (unsigned i = 0; i < n_waiters; i++)
		good(&waiters[i], mapi_client_wait_begin(&waiters[i]));
	assert_int_equal(hear_all(), n_waiters);
	for (unsigned i = 0; i < n_waiters; i++)
		mapi_client_free(&waiters[i]);
	free(waiters);
	end(&alice);
	end(&bob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_left_out),
	};

	return cmocka_run_group_tests(tests, outside_begin_with_files, outside_end);
}
