/*
 * What the tests of abuse share: a witness that works meanwhile, in a session that is open and in new ones, and measures how long the server takes; links of an
 * attacker; the server's counters.  POSTERN_TORTURE=1: ten times as much of everything.
 */
#ifndef TESTS_E2E_ABUSE_H
#define TESTS_E2E_ABUSE_H

#include "outside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "rop/rops_folder.h"
#include "torture.h"

#define ANSWER_MS_MOST  (SANITIZED ? 20000.0 : 3000.0)
#define CONNECT_MS_MOST (SANITIZED ? 60000.0 : 8000.0)
#define MEMORY_MB_MOST  (SANITIZED ? 4096 : 512)
#define WITNESS_ANSWERS_LEAST 5u

enum { FROM_ATTACKER = 66, FROM_GUESSER = 67, FROM_VICTIM = 68 };

static inline double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline unsigned scaled(unsigned n)
{
	return torture_all() ? 10 * n : n;
}

static inline struct mapi_account from(const char *person, uint8_t address)
{
	struct mapi_account a = served_account(&served, person);

	a.place.from = address;
	return a;
}

static inline long long counter(const char *path)
{
	CLEANUP_BUF struct buf said = BUF_MAX(65536);
	char command[200];

	(void)snprintf(command, sizeof command, "Get-Counter '%s' | %% CookedValue", path);
	if (served_shell(&served, command, &said))
		fail_msg("%s", served.why.text);
	return strtoll(buf_cstr(&said), NULL, 10);
}

/* The witness ------------------------------------------------------------------------------------------------------------------- */

static struct witness {
	pthread_t thread;
	atomic_bool stop;
	double slowest_answer, slowest_connect;
	atomic_uint answers;
	unsigned connects, failures;
	struct reason why;
} witness;

static inline void connect_anew(const struct mapi_account *a)
{
	double began = now();
	struct mapi_client c;

	mapi_client_init(&c, a);
	status st = mapi_client_connect(&c);
	if (!st)
		st = mapi_client_logon(&c, 0);
	if (!st)
		st = mapi_client_disconnect(&c);
	if (st) {
		witness.failures++;
		witness.why = c.why;
	}
	mapi_client_free(&c);
	double took = (now() - began) * 1000;
	witness.slowest_connect = took > witness.slowest_connect ? took : witness.slowest_connect;
	witness.connects++;
}

static inline void *watch(void *arg)
{
	struct mapi_account a = served_account(&served, "carol");
	struct mapi_client c;

	(void)arg;
	mapi_client_init(&c, &a);
	status st = mapi_client_connect(&c);
	if (!st)
		st = mapi_client_logon(&c, 0);
	for (unsigned i = 0; !st && !atomic_load(&witness.stop); i++) {
		struct rop_open_folder_request open = { .output_handle_index = 1, .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_INBOX] };
		double began = now();

		st = mapi_client_rop(&c, ROP_OPEN_FOLDER, 0, &open, NULL);
		double took = (now() - began) * 1000;
		witness.slowest_answer = took > witness.slowest_answer ? took : witness.slowest_answer;
		witness.answers++;
		mapi_client_forget(&c);
		if (i % 25 == 0)
			connect_anew(&a);
		pause_ms(10);
	}
	if (st) {
		witness.failures++;
		witness.why = c.why;
	}
	mapi_client_free(&c);
	return NULL;
}

static inline void witness_begin(void)
{
	memset(&witness, 0, sizeof witness);
	assert_int_equal(pthread_create(&witness.thread, NULL, watch, NULL), 0);
	pause_ms(100);
}

static inline void witness_end(const char *what)
{
	long mb = served_resident_kb(&served) / 1024;

	/* An attack that was over at once tells nothing of how others fare, until they have asked something. */
	for (unsigned i = 0; i < 1000 && atomic_load(&witness.answers) <= WITNESS_ANSWERS_LEAST; i++)
		pause_ms(10);
	atomic_store(&witness.stop, true);
	assert_int_equal(pthread_join(witness.thread, NULL), 0);
	print_message("# %s: the slowest of %u answers %.0f ms, of %u new clients %.0f ms; %ld MB\n", what, atomic_load(&witness.answers), witness.slowest_answer, witness.connects,
		      witness.slowest_connect, mb);
	if (witness.failures)
		fail_msg("%s: the witness: %s", what, witness.why.text);
	assert_true(witness.answers > WITNESS_ANSWERS_LEAST);
	assert_true(witness.slowest_answer < ANSWER_MS_MOST);
	assert_true(witness.slowest_connect < CONNECT_MS_MOST);
	assert_true(mb < MEMORY_MB_MOST);
}

/* Links of an attacker ------------------------------------------------------------------------------------------------------------ */

static inline struct link *open_links(unsigned n, bool tls, uint8_t address)
{
	struct link_place place = served_account(&served, "bob").place;
	struct link *l = calloc(n, sizeof *l);
	struct reason why;

	assert_non_null(l);
	place.from = address;
	place.trust = tls ? place.trust : NULL;
	for (unsigned i = 0; i < n; i++) {
		link_init(&l[i]);
		(void)!link_open(&l[i], &place, &why);
	}
	return l;
}

static inline void close_links(struct link *l, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		link_close(&l[i]);
	free(l);
}

static inline bool say(struct link *l, const char *text)
{
	return l->fd >= 0 && !link_send(l, bytes_of(text, strlen(text)), &(struct reason){ "" });
}

/* The server has closed it, or answers and will. */
static inline bool is_closed(struct link *l)
{
	char c;

	return l->fd < 0 || recv(l->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && !l->tls);
}

#define HEAD_BEGIN "POST /mapi/emsmdb/?MailboxId=x HTTP/1.1\r\nHost: mail.contoso.example\r\n"

/* A request's head as bob's client says it, up to the headers of its framing. */
static inline const char *head_of_bob(const char *request_type)
{
	static char text[1024];
	struct buf b = BUF_MAX(sizeof text - 1);

	buf_printf(&b,
		   HEAD_BEGIN "Content-Type: application/mapi-http\r\nX-RequestType: %s\r\n"
			      "X-RequestId: {5B3C0C52-7E0E-4E54-A9A4-0D5D6A1F8E11}:1\r\n",
		   request_type);
	http_add_basic(&b, "bob", SERVED_PASSWORD);
	(void)snprintf(text, sizeof text, "%s", buf_cstr(&b));
	buf_free(&b);
	return text;
}


#endif
