/*
 * Two servers on one PostgreSQL serve the same mailboxes.  What one commits the clients of the other see, and are told of; when one is killed its clients
 * go to the other, and nothing that was acknowledged is lost or there twice.  POSTERN_TORTURE=1: 256 clients and ten
 * minutes with a kill in each instead of 8 clients and 3 kills; POSTERN_LOAD_CLIENTS and POSTERN_LOAD_MINUTES choose other numbers.
 */
#include "outside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "rop/rops_notification.h"
#include "rop/rops_table.h"
#include "torture.h"

#define CLIENTS_MOST 256u
#define MINUTES_MOST 1440u
#define MINE_MOST    100000u
/* A client that lost its server is at work again so soon; this machine may be busy, and the password of each is checked anew. */
#define AWAY_MS_MOST	  20000u
#define AWAY_MS_MOST_EACH 250u

static struct served other;
static struct served *const servers[] = { &served, &other };

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* libpq takes "host=..." too, but that it is PostgreSQL is seen by its URL. */
static const char *location(void)
{
	static char url[512];
	const char *socket = getenv("POSTERN_TEST_POSTGRES"), *host = socket ? strstr(socket, "host=") : NULL, *database = socket ? strstr(socket, "dbname=") : NULL;

	if (!host || !database)
		return NULL;
	(void)snprintf(url, sizeof url, "postgresql:///%.*s?host=%.*s&port=5499&user=postern", (int)strcspn(database + 7, " "), database + 7,
		       (int)strcspn(host + 5, " "), host + 5);
	return url;
}

static int two_begin(void **state)
{
	(void)state;
	if (!location()) {
		print_message("# no PostgreSQL here\n");
		exit(77);
	}
	if (served_make_at(&served, location(), people) || served_start(&served, NULL)) {
		print_message("# %s\n", served.why.text);
		return 1;
	}
	if (served_join(&other, &served) || served_start(&other, NULL)) {
		print_message("# %s\n", other.why.text);
		return 1;
	}
	return 0;
}

static int two_end(void **state)
{
	(void)state;
	assert_int_equal(served_stop(&other, SIGTERM), 0);
	served_free(&other);
	return outside_end(state);
}

/* One mailbox, both servers ---------------------------------------------------------------------------------------------------- */

static uint32_t rows_of(struct mapi_client *c)
{
	struct rop_open_folder_request open = { .output_handle_index = 2, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_get_contents_table_request table = { .output_handle_index = 3 };
	struct rop_get_contents_table_response *r;

	(void)ok(c, ROP_OPEN_FOLDER, 0, &open);
	r = ok(c, ROP_GET_CONTENTS_TABLE, 2, &table);
	return r->row_count;
}

/* A table that stays open sees what the other server does, and whoever waits is told. */
static void a_mailbox_at_both(void **state)
{
	struct mapi_account at_one = served_account(&served, "alice"), at_other = served_account(&other, "alice");
	struct mapi_client a, b;
	uint32_t before;
	bool event = false;
	uint64_t id = 0, last = 0;

	(void)state;
	begin(&a, &at_one);
	begin(&b, &at_other);
	before = rows_of(&a);
	const uint32_t columns[] = { 0x674A0014 };
	struct rop_set_columns_request set = { .property_tags = { .n = 1, .v = (uint32_t *)(uintptr_t)columns } };
	struct rop_query_rows_request query = { .forward_read = 1, .row_count = 100 };
	(void)ok(&a, ROP_SET_COLUMNS, 3, &set);
	(void)ok(&a, ROP_QUERY_ROWS, 3, &query);
	good(&a, mapi_client_wait_begin(&a));
	good(&b, make_one(&b, &id));
	good(&a, mapi_client_wait_end(&a, &event));
	assert_true(event);
	/* The event itself comes with the next request. */
	struct rop_query_position_response *position = ok(&a, ROP_QUERY_POSITION, 3, NULL);
	assert_int_equal(position->denominator, before + 1);
	assert_true(a.notified > 0);
	/* To and fro: none is lost, all ids differ. */
	for (unsigned i = 0; i < 20; i++) {
		struct mapi_client *c = i % 2 ? &a : &b;

		good(c, make_one(c, &id));
		assert_int_not_equal(id, last);
		last = id;
	}
	assert_int_equal(rows_of(&b), before + 21);
	assert_int_equal(rows_of(&a), before + 21);
	end(&a);
	end(&b);
}

/* Kills -------------------------------------------------------------------------------------------------------------------------- */

struct worker {
	pthread_t thread;
	unsigned number;
	const char *person;
	atomic_uint at;      /* which server */
	uint64_t *acknowledged;
	size_t n;
	unsigned unknown;    /* saves whose answer was lost */
	unsigned failures;   /* on a server that lived */
	unsigned retries, away_most;
	struct reason last;
};

static struct worker workers[CLIENTS_MOST];
static atomic_bool stop;
static atomic_uint made;
static atomic_uint deaths[2]; /* of each server, counted when it is about to die and when it is there again: odd is dead */

/* A session at one server until it fails, or the worker is to be at the other. */
static status session(struct worker *w, unsigned at, uint64_t *lost_at, struct reason *why)
{
	struct mapi_account account = served_account(servers[at], w->person);
	struct mapi_client c;
	uint64_t id;

	mapi_client_init(&c, &account);
	status st = mapi_client_connect(&c);
	if (!st)
		st = mapi_client_logon(&c, 0);
	while (!st && !atomic_load(&stop) && atomic_load(&w->at) == at && w->n < MINE_MOST) {
		id = 0;
		st = make_one(&c, &id);
		if (id) {
			w->acknowledged[w->n++] = id;
			(void)atomic_fetch_add(&made, 1);
			if (*lost_at && now_ms() - *lost_at > w->away_most)
				w->away_most = (unsigned)(now_ms() - *lost_at);
			*lost_at = 0;
		}
		w->unknown += st && !id;
		mapi_client_forget(&c);
	}
	if (st)
		*why = c.why;
	else
		(void)!mapi_client_disconnect(&c);
	mapi_client_free(&c);
	return st;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t lost_at = 0;
	struct reason why = { "" };

	while (!atomic_load(&stop)) {
		unsigned at = atomic_load(&w->at), before = atomic_load(&deaths[at]);

		if (!session(w, at, &lost_at, &why))
			continue;
		if (!lost_at)
			lost_at = now_ms();
		w->retries++;
		if (!(before & 1) && atomic_load(&deaths[at]) == before) {
			w->failures++;
			w->last = why;
			pause_ms(20);
		}
		atomic_store(&w->at, !at);
	}
	return NULL;
}

static void some_messages(unsigned n)
{
	unsigned before = atomic_load(&made);

	for (unsigned turn = 0; turn < 300 && atomic_load(&made) < before + n; turn++)
		pause_ms(100);
	assert_true(atomic_load(&made) >= before + n);
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* All that the clients of one person were told is there, each once. */
static size_t check_person(const char *person, unsigned clients, uint32_t before, size_t *lost)
{
	struct mapi_account account = served_account(&other, person);
	struct mapi_client c;
	uint64_t *ids = calloc((size_t)clients * MINE_MOST, sizeof *ids);
	size_t n = 0, unknown = 0;

	assert_non_null(ids);
	for (unsigned i = 0; i < clients; i++) {
		if (strcmp(workers[i].person, person) != 0)
			continue;
		memcpy(ids + n, workers[i].acknowledged, workers[i].n * sizeof *ids);
		n += workers[i].n;
		unknown += workers[i].unknown;
	}
	qsort(ids, n, sizeof *ids, by_id);
	for (size_t i = 1; i < n; i++)
		assert_true(ids[i] != ids[i - 1]);
	begin(&c, &account);
	for (size_t i = 0; i < n; i++) {
		struct rop_open_message_request open = { .output_handle_index = 1,
							 .code_page_id = 0x0FFF,
							 .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_INBOX],
							 .message_id = ids[i] };

		*lost += mapi_client_rop(&c, ROP_OPEN_MESSAGE, 0, &open, NULL) != 0;
		good(&c, mapi_client_rop(&c, ROP_RELEASE, 1, NULL, NULL));
		mapi_client_forget(&c);
	}
	uint32_t there = rows_of(&c) - before;
	end(&c);
	free(ids);
	assert_true(there >= n);
	assert_true(there <= n + unknown);
	return n;
}

static uint32_t rows_now(const char *person)
{
	struct mapi_account account = served_account(&served, person);
	struct mapi_client c;

	begin(&c, &account);
	uint32_t n = rows_of(&c);
	end(&c);
	return n;
}

static void kill_one(unsigned which, unsigned n, unsigned after_ms)
{
	struct served *s = servers[which];

	pause_ms(after_ms);
	some_messages(n);
	(void)atomic_fetch_add(&deaths[which], 1);
	(void)served_stop(s, SIGKILL);
	/* The other one goes on alone, with everybody's mailbox. */
	some_messages(n);
	if (served_start(s, NULL))
		fail_msg("it does not start again: %s", s->why.text);
	(void)atomic_fetch_add(&deaths[which], 1);
	for (unsigned i = 0; i < n; i++)
		atomic_store(&workers[i].at, (i / 3 + which) % 2);
	some_messages(n);
}

static void one_is_killed(void **state)
{
	unsigned n = torture_setting("POSTERN_LOAD_CLIENTS", torture_all() ? CLIENTS_MOST : 8, CLIENTS_MOST);
	unsigned minutes = torture_setting("POSTERN_LOAD_MINUTES", torture_all() ? 10 : 0, MINUTES_MOST);
	unsigned kills = minutes ? minutes : 3, failures = 0, retries = 0, away = 0;
	size_t acknowledged = 0, lost = 0;
	uint32_t before[3];
	const char *words = "";

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		before[i] = rows_now(people[i]);
	for (unsigned i = 0; i < n; i++) {
		workers[i].number = i;
		workers[i].person = people[i % 3];
		atomic_store(&workers[i].at, i / 3 % 2);
		workers[i].acknowledged = calloc(MINE_MOST, sizeof *workers[i].acknowledged);
		assert_non_null(workers[i].acknowledged);
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < kills; i++)
		kill_one(i % 2, n, minutes ? 60000 : 0);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		failures += workers[i].failures;
		words = workers[i].failures ? workers[i].last.text : words;
		retries += workers[i].retries;
		away = workers[i].away_most > away ? workers[i].away_most : away;
	}
	for (unsigned i = 0; i < 3; i++)
		acknowledged += check_person(people[i], n, before[i], &lost);
	print_message("# %zu messages acknowledged to %u clients, %zu lost, %u kills, %u retries, away %u ms at most, %u failures at a server that lived%s%s\n",
		      acknowledged, n, lost, kills, retries, away, failures, *words ? ": " : "", words);
	for (unsigned i = 0; i < n; i++)
		free(workers[i].acknowledged);
	assert_true(acknowledged > n);
	assert_int_equal(lost, 0);
	assert_int_equal(failures, 0);
	assert_true(away < AWAY_MS_MOST + n * AWAY_MS_MOST_EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mailbox_at_both),
		cmocka_unit_test(one_is_killed),
	};

	return cmocka_run_group_tests(tests, two_begin, two_end);
}
