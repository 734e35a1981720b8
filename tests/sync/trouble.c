/*
 * Servers that misbehave: whatever they say, the client gives a clear reason, in time, and knows what to do next.
 */
#include "support.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "client/session.h"

#define ANSWER_SECONDS 1u
#define HEAD(code)     "HTTP/1.1 " code "\r\nContent-Type: application/mapi-http\r\n"
#define GOOD           HEAD("200 OK") "X-ResponseCode: 0\r\nConnection: close\r\n"

/* One that answers each request with the same bytes, and then does as it is told. */
struct bad_server {
	int listener;
	uint16_t port;
	pthread_t thread;
	const char *answer;
	size_t size;
	bool endless; /* goes on saying PENDING */
	bool silent;  /* keeps the connection, and says nothing more */
	atomic_bool stop;
};

static void *serve(void *context)
{
	struct bad_server *b = context;
	char room[65536];

	while (!atomic_load(&b->stop)) {
		int c = accept(b->listener, NULL, NULL);

		if (c < 0)
			return NULL;
		(void)!recv(c, room, sizeof room, 0);
		(void)!send(c, b->answer, b->size, MSG_NOSIGNAL);
		while (b->endless && !atomic_load(&b->stop) &&
		       send(c, "9\r\nPENDING\r\n\r\n", 14, MSG_NOSIGNAL) > 0)
			(void)usleep(50000);
		while (b->silent && !atomic_load(&b->stop) &&
		       recv(c, room, sizeof room, MSG_DONTWAIT) != 0)
			(void)usleep(20000);
		(void)close(c);
	}
	return NULL;
}

static void start(struct bad_server *b, const char *answer, size_t size)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;

	b->answer = answer;
	b->size = size;
	b->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(b->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(b->listener, 8), 0);
	assert_int_equal(getsockname(b->listener, (struct sockaddr *)&at, &n), 0);
	b->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&b->thread, NULL, serve, b), 0);
}

static void stop(struct bad_server *b)
{
	atomic_store(&b->stop, true);
	(void)shutdown(b->listener, SHUT_RDWR);
	(void)pthread_join(b->thread, NULL);
	(void)close(b->listener);
}

static struct session *session_to(uint16_t port)
{
	char url[64];
	struct session_options o = { .url = url,
				     .user = "alice",
				     .password = "x",
				     .user_dn = "/o=x",
				     .cached = true,
				     .answer_seconds = ANSWER_SECONDS };
	struct session *s = NULL;
	struct reason why;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/mapi/emsmdb/", port);
	assert_int_equal(session_new(&o, &s, &why), 0);
	return s;
}

static const struct {
	const char *what, *answer;
	enum session_failure failure;
	const char *words;
} answers[] = {
	{ "nothing", "", SESSION_UNREACHABLE, "cannot be reached" },
	{ "no HTTP", "220 mail.example ESMTP\r\n", SESSION_NONSENSE, "does not speak HTTP" },
	{ "a web page",
	  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
	  SESSION_NONSENSE, "not as a mailbox does" },
	{ "401", HEAD("401 Unauthorized") "Content-Length: 0\r\n\r\n", SESSION_PASSWORD,
	  "does not accept" },
	{ "403", HEAD("403 Forbidden") "Content-Length: 0\r\n\r\n", SESSION_REFUSED, "forbids" },
	{ "404", HEAD("404 Not Found") "Content-Length: 0\r\n\r\n", SESSION_NONSENSE, "HTTP 404" },
	{ "500", HEAD("500 Internal Server Error") "Content-Length: 0\r\n\r\n", SESSION_UNREACHABLE,
	  "HTTP 500" },
	{ "503 with a time",
	  HEAD("503 Service Unavailable") "Retry-After: 7\r\nContent-Length: 0\r\n\r\n",
	  SESSION_UNREACHABLE, "HTTP 503" },
	{ "a circle",
	  "HTTP/1.1 302 Found\r\nLocation: /mapi/emsmdb/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	  SESSION_NONSENSE, "from one address to the next" },
	{ "a redirect to nowhere",
	  "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", SESSION_NONSENSE,
	  "HTTP 302" },
	{ "no code", HEAD("200 OK") "Content-Length: 0\r\n\r\n", SESSION_NONSENSE,
	  "no X-ResponseCode" },
	{ "a code that is none",
	  HEAD("200 OK") "X-ResponseCode: banana\r\nContent-Length: 0\r\n\r\n", SESSION_NONSENSE,
	  "no X-ResponseCode" },
	{ "a context that is not there",
	  HEAD("200 OK") "X-ResponseCode: 10\r\nContent-Length: 0\r\n\r\n", SESSION_LOST,
	  "Context Not Found" },
	{ "a session of before a restart, told in words",
	  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-ResponseCode: 6\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
	  SESSION_LOST, "Invalid Context Cookie" },
	{ "words, and a code that says that all is well",
	  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-ResponseCode: 0\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
	  SESSION_NONSENSE, "not as a mailbox does" },
	{ "an endpoint that is turned off",
	  HEAD("200 OK") "X-ResponseCode: 16\r\nContent-Length: 0\r\n\r\n", SESSION_REFUSED,
	  "Endpoint Disabled" },
	{ "no body", GOOD "Content-Length: 0\r\n\r\n", SESSION_NONSENSE, "before it says DONE" },
	{ "a body without DONE", GOOD "Content-Length: 12\r\n\r\nPROCESSING\r\n", SESSION_NONSENSE,
	  "before it says DONE" },
	{ "a body of something else", GOOD "Content-Length: 7\r\n\r\nhello\r\n", SESSION_NONSENSE,
	  "neither PENDING nor DONE" },
	{ "a response that is cut off", GOOD "Content-Length: 12\r\n\r\nDONE\r\n\r\n\0\0\0\0",
	  SESSION_NONSENSE, "Connect" },
	{ "a failure in the body's head",
	  GOOD "Content-Length: 28\r\n\r\nDONE\r\nX-ResponseCode: 18\r\n\r\n", SESSION_UNREACHABLE,
	  "X-ResponseCode 18" },
	{ "fewer bytes than it said", GOOD "Content-Length: 4000\r\n\r\nDONE\r\n",
	  SESSION_UNREACHABLE, "cannot be reached" },
	{ "more cookies than a session has",
	  GOOD
	  "Set-Cookie: a=1\r\nSet-Cookie: b=1\r\nSet-Cookie: c=1\r\nSet-Cookie: d=1\r\nSet-Cookie: e=1\r\nSet-Cookie: f=1\r\nSet-Cookie: g=1\r\nSet-Cookie: h=1\r\n"
	  "Set-Cookie: i=1\r\nSet-Cookie: j=1\r\nSet-Cookie: k=1\r\nSet-Cookie: l=1\r\nSet-Cookie: m=1\r\nSet-Cookie: n=1\r\nSet-Cookie: o=1\r\nSet-Cookie: p=1\r\n"
	  "Set-Cookie: q=1\r\nContent-Length: 0\r\n\r\n",
	  SESSION_NONSENSE, "more cookies" },
};

static void fails(struct session *s, const char *what, enum session_failure failure,
		  const char *words)
{
	struct reason why = { "" };
	status st = session_connect(s, &why);

	if (!st || session_failure(s) != failure || !strstr(why.text, words))
		fail_msg("%s: 0x%x, failure %d, \"%s\"", what, st, (int)session_failure(s),
			 why.text);
	assert_false(session_connected(s));
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct bad_server b = { .listener = -1 };
		size_t n = strlen(answers[i].answer);
		struct session *s;

		/* The one with zeros in it. */
		if (strstr(answers[i].what, "cut off"))
			n += 4;
		start(&b, answers[i].answer, n);
		s = session_to(b.port);
		fails(s, answers[i].what, answers[i].failure, answers[i].words);
		if (strstr(answers[i].what, "time"))
			assert_int_equal(session_retry_after_ms(s), 7000);
		session_free(s);
		stop(&b);
	}
}

static void test_silence(void **state)
{
	struct bad_server b = { .listener = -1, .silent = true };
	struct session *s;

	(void)state;
	start(&b, "", 0);
	s = session_to(b.port);
	fails(s, "silence", SESSION_UNREACHABLE, "did not answer in time");
	session_free(s);
	stop(&b);
}

static void test_nobody(void **state)
{
	struct bad_server b = { .listener = -1 };
	struct session *s;

	(void)state;
	start(&b, "", 0);
	stop(&b);
	s = session_to(b.port);
	fails(s, "nobody", SESSION_UNREACHABLE, "cannot be reached");
	session_free(s);
}

static void test_too_much(void **state)
{
	size_t n = SESSION_ANSWER_MAX + ((size_t)1 << 20), head;
	char *all = calloc(1, n + 300);
	struct bad_server b = { .listener = -1 };
	struct session *s;

	(void)state;
	assert_non_null(all);
	head = (size_t)snprintf(all, 300, GOOD "Content-Length: %zu\r\n\r\n", n);
	memset(all + head, 'x', n);
	start(&b, all, head + n);
	s = session_to(b.port);
	fails(s, "too much", SESSION_NONSENSE, "more than");
	session_free(s);
	stop(&b);
	free(all);
}

static void *cancel_soon(void *session)
{
	(void)usleep(200000);
	session_cancel(session, true);
	return NULL;
}

/* PENDING keeps an answer alive; only who asked can end it. */
static void test_endless(void **state)
{
	static const char head[] = HEAD(
		"200 OK") "X-ResponseCode: 0\r\nTransfer-Encoding: chunked\r\n\r\nC\r\nPROCESSING\r\n\r\n";
	struct bad_server b = { .listener = -1, .endless = true };
	pthread_t thread;
	struct session *s;

	(void)state;
	start(&b, head, sizeof head - 1);
	s = session_to(b.port);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, s), 0);
	fails(s, "endless", SESSION_CANCELED, "canceled");
	(void)pthread_join(thread, NULL);
	session_free(s);
	stop(&b);
}

/* A connection that must be encrypted is not made in the clear. */
static void test_not_encrypted(void **state)
{
	struct session_options o = { .url = "http://127.0.0.1:9/mapi/emsmdb/",
				     .user = "alice",
				     .password = "x",
				     .cached = true,
				     .encrypt = true };
	struct session *s = NULL;
	struct reason why;

	(void)state;
	assert_int_equal(session_new(&o, &s, &why), 0);
	fails(s, "in the clear", SESSION_REFUSED, "not https");
	session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers), cmocka_unit_test(test_silence),
		cmocka_unit_test(test_nobody),  cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_endless), cmocka_unit_test(test_not_encrypted),
	};

	return cmocka_run_group_tests_name("trouble", tests, NULL, NULL);
}
