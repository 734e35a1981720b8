/*
 * Clients that make messages while the server is killed again and again: what was acknowledged is there.  POSTERN_TORTURE=1: 256 clients, ten minutes and a
 * kill every minute instead of 8 and some seconds; POSTERN_LOAD_CLIENTS and POSTERN_LOAD_MINUTES choose other numbers.
 */
#include "outside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "rop/rops_message.h"
#include "torture.h"

#define CLIENTS_MOST 256u
#define MINUTES_MOST 1440u
#define MINE_MOST    50000u
#define RESIDENT_KB_MOST (512 * 1024)

struct worker {
	pthread_t thread;
	struct mapi_account account;
	uint64_t *acknowledged;
	size_t n;
	unsigned failures;
	struct reason last;
};

static struct worker workers[CLIENTS_MOST];
static atomic_bool stop;
static atomic_uint made;

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load(&stop)) {
		struct mapi_client c;

		mapi_client_init(&c, &w->account);
		status st = mapi_client_connect(&c);
		if (!st)
			st = mapi_client_logon(&c, 0);
		while (!st && !atomic_load(&stop) && w->n < MINE_MOST) {
			uint64_t id = 0;

			st = make_one(&c, &id);
			if (id) {
				w->acknowledged[w->n++] = id;
				(void)atomic_fetch_add(&made, 1);
			}
			mapi_client_forget(&c);
		}
		w->failures += st != 0;
		if (st && w->failures == 1)
			w->last = c.why;
		mapi_client_free(&c);
		if (st)
			pause_ms(100);
	}
	return NULL;
}

static void nothing_acknowledged_is_lost(void **state)
{
	bool torture = torture_all();
	unsigned n = torture_setting("POSTERN_LOAD_CLIENTS", torture ? CLIENTS_MOST : 8, CLIENTS_MOST);
	unsigned minutes = torture_setting("POSTERN_LOAD_MINUTES", torture ? 10 : 0, MINUTES_MOST);
	unsigned kills = minutes ? minutes - 1 : 3, between_ms = minutes ? 60000 : 1000, failures = 0;
	size_t acknowledged = 0, lost = 0;
	long resident = 0;
	struct mapi_client c;

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		workers[i].account = served_account(&served, people[i % 3]);
		workers[i].acknowledged = calloc(MINE_MOST, sizeof *workers[i].acknowledged);
		assert_non_null(workers[i].acknowledged);
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < kills; i++) {
		/* On a busy machine no server would live long enough to do anything: some messages first. */
		unsigned before = atomic_load(&made);
		for (unsigned turn = 0; turn < 200 && atomic_load(&made) < before + n; turn++)
			pause_ms(100);
		pause_ms(between_ms);
		resident = served_resident_kb(&served) > resident ? served_resident_kb(&served) : resident;
		assert_true(resident < RESIDENT_KB_MOST);
		(void)served_stop(&served, SIGKILL);
		if (served_start(&served, NULL))
			fail_msg("it does not start again: %s", served.why.text);
	}
	pause_ms(between_ms);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (unsigned i = 0; i < n; i++) {
		begin(&c, &workers[i].account);
		for (size_t k = 0; k < workers[i].n; k++) {
			struct rop_open_message_request open = { .output_handle_index = 1,
								 .code_page_id = 0x0FFF,
								 .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_INBOX],
								 .message_id = workers[i].acknowledged[k] };

			lost += mapi_client_rop(&c, ROP_OPEN_MESSAGE, 0, &open, NULL) != 0;
			good(&c, mapi_client_rop(&c, ROP_RELEASE, 1, NULL, NULL));
			mapi_client_forget(&c);
		}
		acknowledged += workers[i].n;
		failures += workers[i].failures;
		free(workers[i].acknowledged);
		end(&c);
	}
	print_message("# %zu messages acknowledged to %u clients, %zu lost, %u kills, %ld MB at most, %u times a client had to come again; the first failure of one: %s\n", acknowledged, n,
		      lost, kills, resident / 1024, failures, workers[0].last.text);
	assert_true(acknowledged > n);
	assert_int_equal(lost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost),
	};

	return cmocka_run_group_tests(tests, outside_begin, outside_end);
}
