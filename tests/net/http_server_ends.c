#include "http_app.h"

static void poll_goes_on(struct client *c)
{
	unsigned polls = value_of(&f.n_polls), freed = value_of(&f.freed);
	struct http_request *r;
	struct answer a;

	client_send(c, "GET /poll HTTP/1.1\r\n" HOST "\r\nGET /echo HTTP/1.1\r\n" HOST "\r\n");
	(void)client_until(c, "9\r\nPENDING\r\n\r\n");
	wait_for(&f.n_polls, polls + 1);
	locked();
	r = f.polls[polls % 8];
	f.polls[polls % 8] = NULL;
	changed();
	http_stream_write(r, bytes_of("DONE\r\n", 6));
	(void)client_until(c, "6\r\nDONE\r\n\r\n"); /* at once, not at the end */
	http_stream_end(r);
	client_answer(c, &a);
	assert_string_equal(buf_cstr(&a.body), "PENDING\r\nDONE\r\n");
	buf_free(&a.body);
	client_answer(c, &a); /* the one that waited behind it */
	assert_string_equal(buf_cstr(&a.body), "GET /echo? [] ");
	buf_free(&a.body);
	wait_for(&f.freed, freed + 1);
}

static void test_long_poll(void **state)
{
	(void)state;
	on_both(poll_goes_on);
}

/* The peer goes away with nothing to send to it: heard of at once, however it goes. */
static void poll_closed(struct client *c)
{
	unsigned polls = value_of(&f.n_polls), gone = value_of(&f.gone), freed = value_of(&f.freed);

	client_send(c, "GET /poll HTTP/1.1\r\n" HOST "\r\n");
	(void)client_until(c, "PENDING");
	wait_for(&f.n_polls, polls + 1);
	if (polls % 2)
		(void)shutdown(c->fd, SHUT_WR);
	else
		client_close(c);
	wait_for(&f.gone, gone + 1);
	wait_for(&f.freed, freed + 1);
}

static void test_closed_while_polling(void **state)
{
	(void)state;
	on_both(poll_closed);
	on_both(poll_closed);
}

/* Reset, and with so much sent ahead that the server does not read any more. */
static void test_reset_while_polling(void **state)
{
	unsigned polls = value_of(&f.n_polls), gone = value_of(&f.gone);
	struct linger hard = { 1, 0 };
	struct client c;
	char ahead[1000];

	(void)state;
	client_open(&c, f.plain, NULL);
	client_send(&c, "GET /poll HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&f.n_polls, polls + 1);
	memset(ahead, 'a', sizeof ahead);
	for (unsigned i = 0; i < 200; i++)
		assert_true(client_send_bytes(&c, bytes_of(ahead, sizeof ahead)));
	assert_int_equal(setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
	client_close(&c);
	wait_for(&f.gone, gone + 1);
}

/* It sends all and closes its half: what is ready is still sent. */
static void test_half_open(void **state)
{
	struct client c;
	struct answer a;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_send(&c, "GET /big?n=8000000 HTTP/1.1\r\n" HOST "\r\n");
	(void)client_until(&c, "HTTP/1.1 200");
	(void)shutdown(c.fd, SHUT_WR);
	client_answer(&c, &a);
	assert_filled(&a.body, 8000000);
	buf_free(&a.body);
	client_expect_end(&c);
	client_close(&c);
}

/* The body waits while the sink wants none, and the sender is slowed down, not the memory filled. */
static void back_pressure(struct client *c)
{
	static uint8_t piece[65536];
	struct http_request *r;
	uint64_t before, sent = 0;
	unsigned sunk;
	int small = 65536;
	struct answer a;

	locked();
	f.sink_paused = true;
	sunk = f.sunk;
	changed();
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	client_send(c, "POST /sink HTTP/1.1\r\n" HOST "Content-Length: 20000000\r\n\r\n");
	assert_true(client_send_bytes(c, bytes_of(piece, 10000)));
	wait_for(&f.sunk, sunk + 1);
	locked();
	r = f.paused;
	before = f.sunk_bytes;
	f.sink_paused = false;
	changed();
	assert_non_null(r);
	/* It stays paused: what is sent now is not seen. */
	assert_true(client_send_bytes(c, bytes_of(piece, 10000)));
	(void)usleep(50000);
	assert_int_equal(f.sunk_bytes, before);
	http_body_resume(r);
	for (sent = 20000; sent < 20000000; sent += a.code) {
		a.code = sent + sizeof piece < 20000000 ? sizeof piece : (unsigned)(20000000 - sent);
		assert_true(client_send_bytes(c, bytes_of(piece, a.code)));
	}
	client_answer(c, &a);
	assert_string_equal(buf_cstr(&a.body), "20000000");
	buf_free(&a.body);
}

static void test_back_pressure(void **state)
{
	(void)state;
	on_both(back_pressure);
}

/* Closed in the middle of a body. */
static void test_closed_in_the_body(void **state)
{
	unsigned gone = value_of(&f.gone), sunk = value_of(&f.sunk);
	struct client c;

	(void)state;
	client_open(&c, f.tls, f.client_tls);
	client_send(&c, "POST /sink HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc");
	wait_for(&f.sunk, sunk + 1);
	client_close(&c);
	wait_for(&f.gone, gone + 1);
	/* One that the application has not seen yet. */
	client_open(&c, f.tls, f.client_tls);
	client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc");
	client_close(&c);
}

/* While somebody looks who asks: the request is given back to a connection that is no more. */
static void test_closed_while_held(void **state)
{
	unsigned freed = value_of(&f.freed), polls = value_of(&f.n_polls);
	struct client c;

	(void)state;
	client_open(&c, f.tls, f.client_tls);
	client_send(&c, "POST /hold-long HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc");
	wait_for(&f.n_polls, polls + 1);
	client_close(&c);
	wait_for(&f.freed, freed + 1);
}

/* A reader that stops: what waits is bounded by what was written, and it is noticed when it closes. */
static void slow_reader(struct client *c)
{
	unsigned gone = value_of(&f.gone);

	client_send(c, "GET /flood HTTP/1.1\r\n" HOST "\r\n");
	(void)client_until(c, "ffff");
	client_close(c);
	wait_for(&f.gone, gone + 1);
}

static void test_slow_reader(void **state)
{
	(void)state;
	on_both(slow_reader);
}

static void test_promised_length(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_send(&c, "GET /broken HTTP/1.1\r\n" HOST "\r\n");
	while (client_more(&c))
		;
	assert_true(c.in.n < 300); /* whatever came, the connection has ended before those 100 bytes */
	if (c.in.n)
		assert_non_null(strstr(buf_cstr(&c.in), "Content-Length: 100"));
	client_close(&c);
}

/* Servers of their own -------------------------------------------------------------------------------- */

struct own {
	struct http_server *server;
	uint16_t port, tls;
};

static void own_start(struct own *o, const struct http_options *options)
{
	*o = (struct own){ NULL, 0, 0 };
	assert_int_equal(http_server_new(f.loops, options, &o->server, NULL), 0);
	assert_int_equal(http_server_listen(o->server, "127.0.0.1", 0, NULL, &o->port, NULL), 0);
	assert_int_equal(http_server_listen(o->server, "127.0.0.1", 0, f.server_tls, &o->tls, NULL), 0);
}

static struct http_counters counters(const struct own *o)
{
	struct http_counters n;

	http_server_counters(o->server, &n);
	return n;
}

static void test_timeouts(void **state)
{
	struct http_options o = options();
	struct own own;
	struct client c[5];
	struct answer a;

	(void)state;
	o.head_ms = 100;
	o.idle_ms = 150;
	o.body_ms = 100;
	o.write_ms = 200;
	own_start(&own, &o);
	for (unsigned i = 0; i < 5; i++)
		client_open(&c[i], own.port, NULL);
	client_send(&c[0], "GET /echo HT"); /* a head that does not end */
	client_send(&c[1], "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nabc");
	client_ask(&c[2], "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL); /* then idle */
	client_send(&c[3], "GET /flood HTTP/1.1\r\n" HOST "\r\n");          /* never read */
	client_answer(&c[0], &a);
	assert_int_equal(a.code, 408);
	buf_free(&a.body);
	client_answer(&c[1], &a);
	assert_int_equal(a.code, 408);
	buf_free(&a.body);
	client_expect_end(&c[0]);
	client_expect_end(&c[1]);
	client_expect_end(&c[2]);
	wait_for(&f.gone, value_of(&f.gone) + (counters(&own).requests_open ? 1 : 0));
	client_expect_end(&c[4]); /* said nothing at all */
	for (unsigned i = 0; i < 5; i++)
		client_close(&c[i]);
	/* A handshake that does not go on. */
	client_open(&c[0], own.tls, NULL);
	client_send(&c[0], "\x16\x03\x01");
	client_expect_end(&c[0]);
	client_close(&c[0]);
	assert_true(counters(&own).timeouts >= 4);
	http_server_free(own.server);
}

static void test_limits(void **state)
{
	struct http_options o = options();
	struct own own;
	struct client c[4];

	(void)state;
	o.connections_most = 5;
	o.address_most = 2;
	own_start(&own, &o);
	for (unsigned i = 0; i < 2; i++) {
		client_open(&c[i], own.port, NULL);
		client_ask(&c[i], "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	}
	client_open(&c[2], own.port, NULL);
	client_expect_end(&c[2]);
	client_close(&c[2]);
	assert_int_equal(counters(&own).refused, 1);
	client_close(&c[0]);
	while (counters(&own).open > 1)
		(void)usleep(1000);
	client_open(&c[0], own.port, NULL);
	client_ask(&c[0], "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	for (unsigned i = 0; i < 2; i++)
		client_close(&c[i]);
	http_server_free(own.server);
}

/* Connections of which nobody has proved who it is: no more than that of one address; those of somebody who is known do not count. */
static void test_strangers(void **state)
{
	struct http_options o = options();
	struct own own;
	struct client c[4];

	(void)state;
	o.strangers_most = 2;
	own_start(&own, &o);
	client_open(&c[0], own.port, NULL);
	client_ask(&c[0], "GET /counted HTTP/1.1\r\n" HOST "\r\n", 200, NULL); /* is known from now on */
	for (unsigned i = 1; i < 3; i++) {
		client_open(&c[i], own.port, NULL);
		client_ask(&c[i], "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	}
	client_open(&c[3], own.port, NULL);
	client_expect_end(&c[3]);
	client_close(&c[3]);
	assert_int_equal(counters(&own).refused, 1);
	client_close(&c[1]);
	while (counters(&own).open > 2)
		(void)usleep(1000);
	client_open(&c[1], own.port, NULL);
	client_ask(&c[1], "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	for (unsigned i = 0; i < 3; i++)
		client_close(&c[i]);
	http_server_free(own.server);
}

/* A byte now and then is no body. */
static void test_trickle(void **state)
{
	struct http_options o = options();
	struct own own;
	struct client c;
	struct answer a;
	unsigned sent = 0;

	(void)state;
	o.body_ms = 200;
	own_start(&own, &o);
	client_open(&c, own.port, NULL);
	client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n");
	for (; sent < 100 && poll(&(struct pollfd){ .fd = c.fd, .events = POLLIN }, 1, 50) == 0; sent++)
		client_send(&c, "x");
	assert_in_range(sent, 2, 40);
	client_answer(&c, &a);
	assert_int_equal(a.code, 408);
	buf_free(&a.body);
	client_close(&c);
	http_server_free(own.server);
}

struct draining {
	pthread_t thread;
	struct http_server *server;
	uint32_t ms;
};

static void *drain(void *arg)
{
	struct draining *d = arg;

	http_server_drain(d->server, d->ms);
	return NULL;
}

/* The idle are closed, what runs goes on to its end, new ones are not let in; then, after a time, all ends. */
static void test_drain(void **state)
{
	unsigned polls = value_of(&f.n_polls), gone = value_of(&f.gone);
	struct http_options o = options();
	struct draining d = { .ms = 10000 };
	struct http_request *r;
	struct client idle, busy, late = { .fd = -1 };
	struct answer a;
	struct own own;

	(void)state;
	own_start(&own, &o);
	d.server = own.server;
	client_open(&idle, own.tls, f.client_tls);
	client_ask(&idle, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	client_open(&busy, own.tls, f.client_tls);
	client_send(&busy, "GET /poll HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&f.n_polls, polls + 1);
	assert_int_equal(pthread_create(&d.thread, NULL, drain, &d), 0);
	client_expect_end(&idle);
	late.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(
		connect(late.fd,
			(struct sockaddr *)&(struct sockaddr_in){ .sin_family = AF_INET,
								  .sin_port = htons(own.port),
								  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
			sizeof(struct sockaddr_in)),
		0);
	locked();
	r = f.polls[polls % 8];
	changed();
	http_stream_end(r);
	client_answer(&busy, &a);
	assert_string_equal(buf_cstr(&a.body), "PENDING\r\n");
	buf_free(&a.body);
	client_expect_end(&busy);
	client_close(&busy);
	(void)pthread_join(d.thread, NULL);
	assert_int_equal(counters(&own).open, 0);
	assert_int_equal(value_of(&f.gone), gone);
	http_server_free(own.server);
	/* With somebody who does not end. */
	own_start(&own, &o);
	client_open(&busy, own.port, NULL);
	client_send(&busy, "GET /poll HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&f.n_polls, polls + 2);
	http_server_drain(own.server, 10);
	wait_for(&f.gone, gone + 1);
	http_server_free(own.server);
	client_close(&busy);
	client_close(&idle);
	client_close(&late);
}

static void test_inherited(void **state)
{
	struct http_options o = options();
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	struct http_server *s = NULL;
	struct reason why;
	struct client c;
	char name[64], pid[16];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(http_server_new(f.loops, &o, &s, NULL), 0);
	assert_int_equal(http_server_adopt(s, fd, NULL, &why), ecInvalidParam); /* it does not listen yet */
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	assert_int_equal(http_server_adopt(s, fd, NULL, &why), 0);
	client_open(&c, ntohs(at.sin_port), NULL);
	client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	client_close(&c);
	http_server_free(s);
	(void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
	assert_int_equal(http_inherited(0, name), -1);
	assert_int_equal(setenv("LISTEN_FDS", "2", 1) | setenv("LISTEN_PID", pid, 1) |
				 setenv("LISTEN_FDNAMES", "https:http", 1),
			 0);
	assert_int_equal(http_inherited(0, name), 3);
	assert_string_equal(name, "https");
	assert_int_equal(http_inherited(1, name), 4);
	assert_string_equal(name, "http");
	assert_int_equal(http_inherited(2, name), -1);
	assert_int_equal(setenv("LISTEN_PID", "1", 1), 0);
	assert_int_equal(http_inherited(0, name), -1);
}

static void test_addresses_that_are_none(void **state)
{
	struct reason why;

	(void)state;
	assert_int_equal(http_server_listen(f.server, "localhost", 0, NULL, NULL, &why), ecInvalidParam);
	assert_non_null(strstr(why.text, "localhost is not an address"));
	assert_int_not_equal(http_server_listen(f.server, "127.0.0.1", f.plain, NULL, NULL, &why), 0);
	assert_non_null(strstr(why.text, "cannot be listened on"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed_while_held),
		cmocka_unit_test(test_long_poll),
		cmocka_unit_test(test_closed_while_polling),
		cmocka_unit_test(test_reset_while_polling),
		cmocka_unit_test(test_half_open),
		cmocka_unit_test(test_back_pressure),
		cmocka_unit_test(test_closed_in_the_body),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_promised_length),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_addresses_that_are_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
