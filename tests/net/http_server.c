#include "http_app.h"

static void keep_alive(struct client *c)
{
	struct answer a;

	for (unsigned i = 0; i < 3; i++) {
		client_send(c, "POST /echo?a=b HTTP/1.1\r\n" HOST "X: y\r\nContent-Length: 5\r\n\r\nhello");
		client_answer(c, &a);
		assert_int_equal(a.code, 200);
		assert_string_equal(buf_cstr(&a.body), "POST /echo?a=b [y] hello");
		assert_string_equal(answer_header(&a, "X-Echo"), "y");
		assert_string_equal(answer_header(&a, "Server"), "Test/1");
		assert_non_null(strstr(answer_header(&a, "Date"), " GMT"));
		assert_null(answer_header(&a, "Connection"));
		buf_free(&a.body);
	}
	client_ask(c, "GET /ECHO HTTP/1.1\r\n" HOST "\r\n", 200, "GET /ECHO? [] ");
	client_ask(c, "GET /below/x HTTP/1.1\r\n" HOST "\r\n", 200, "GET /below/x? [] ");
	client_ask(c, "GET /below/worker/x HTTP/1.1\r\n" HOST "\r\n", 200, "GET /below/worker/x? [] ");
	client_ask(c, "GET /below HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	client_ask(c, "GET /none HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", 404, NULL);
	client_expect_end(c);
}

static void test_keep_alive(void **state)
{
	(void)state;
	on_both(keep_alive);
}

/* Ten requests in one piece, then one byte by byte: the answers come in order, slow ones too. */
static void pipelining(struct client *c)
{
	CLEANUP_BUF struct buf out = BUF_MAX(65536);
	struct answer a;
	char wanted[64];

	for (unsigned i = 0; i < 10; i++)
		buf_printf(&out, "POST %s%u HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n%s",
			   i % 2 ? "/below/worker/" : "/below/", i, i % 3 ? 4 : 0, i % 3 ? "body" : "");
	assert_true(client_send_bytes(c, buf_bytes(&out)));
	for (unsigned i = 0; i < 10; i++) {
		client_answer(c, &a);
		(void)snprintf(wanted, sizeof wanted, "POST %s%u? [] %s", i % 2 ? "/below/worker/" : "/below/",
			       i, i % 3 ? "body" : "");
		assert_string_equal(buf_cstr(&a.body), wanted);
		buf_free(&a.body);
	}
	for (size_t i = 0; i < out.n; i++)
		assert_true(client_send_bytes(c, bytes_of(out.p + i, 1)));
	for (unsigned i = 0; i < 10; i++) {
		client_answer(c, &a);
		assert_int_equal(a.code, 200);
		buf_free(&a.body);
	}
}

static void test_pipelining(void **state)
{
	(void)state;
	on_both(pipelining);
}

/* More is sent ahead than the server holds: nothing is lost. */
static void deep_pipelining(struct client *c)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)16 << 20);
	struct answer a;

	for (unsigned i = 0; i < 400; i++)
		buf_add_str(
			&out,
			"GET /big?n=3000 HTTP/1.1\r\n" HOST
			"X: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n");
	assert_true(client_send_bytes(c, buf_bytes(&out)));
	for (unsigned i = 0; i < 400; i++) {
		client_answer(c, &a);
		assert_int_equal(a.body.n, 3000);
		buf_free(&a.body);
	}
}

static void test_deep_pipelining(void **state)
{
	(void)state;
	on_both(deep_pipelining);
}

static void bodies_out(struct client *c)
{
	static const char *const requests[] = {
		"GET /big?n=5000000 HTTP/1.1\r\n" HOST "\r\n",
		"GET /stream?n=5000000 HTTP/1.1\r\n" HOST "\r\n",
		"GET /stream-length?n=5000000 HTTP/1.1\r\n" HOST "\r\n",
		"GET /stream?n=5000000 HTTP/1.0\r\n\r\n",
	};
	struct answer a;

	for (size_t i = 0; i < 4; i++) {
		client_send(c, requests[i]);
		client_answer(c, &a);
		assert_int_equal(a.code, 200);
		assert_true((answer_header(&a, "Transfer-Encoding") != NULL) == (i == 1));
		assert_filled(&a.body, 5000000);
		buf_free(&a.body);
	}
	client_expect_end(c); /* HTTP/1.0 has no other end */
}

static void test_bodies_out(void **state)
{
	(void)state;
	on_both(bodies_out);
}

static void bodies_in(struct client *c)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)4 << 20);
	struct answer a;

	client_ask(c,
		   "POST /echo HTTP/1.1\r\n" HOST
		   "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n",
		   200, "POST /echo? [] abcde");
	buf_printf(&out, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", BODY_MOST);
	memset(buf_extend(&out, BODY_MOST), 'b', BODY_MOST);
	assert_true(client_send_bytes(c, buf_bytes(&out)));
	client_answer(c, &a);
	assert_int_equal(a.body.n, BODY_MOST + strlen("POST /echo? [] "));
	buf_free(&a.body);
	buf_clear(&out);
	buf_printf(&out, "POST /sink HTTP/1.1\r\n" HOST "Content-Length: 3000000\r\n\r\n");
	memset(buf_extend(&out, 3000000), 's', 3000000);
	assert_true(client_send_bytes(c, buf_bytes(&out)));
	client_answer(c, &a);
	assert_string_equal(buf_cstr(&a.body), "3000000");
	buf_free(&a.body);
	client_ask(c, "POST /sink HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, "0");
	client_ask(c, "POST /sink HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
		   200, "4");
}

static void test_bodies_in(void **state)
{
	(void)state;
	on_both(bodies_in);
}

/* Too long: said before it is read, or as soon as it is seen. */
static void test_bodies_too_long(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_ask(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n", 413, NULL);
	client_expect_end(&c);
	client_close(&c);
	client_open(&c, f.plain, NULL);
	client_ask(&c, "POST /facts HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", 413,
		   NULL);
	client_expect_end(&c);
	client_close(&c);
	/* A short one that nobody wants is read over. */
	client_open(&c, f.plain, NULL);
	client_ask(&c, "POST /none HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 404, NULL);
	client_ask(&c, "POST /facts HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 413, NULL);
	client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	client_close(&c);
}

static void test_expect(void **state)
{
	struct client c;
	struct answer a;

	(void)state;
	client_open(&c, f.tls, f.client_tls);
	client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	client_answer(&c, &a);
	assert_int_equal(a.code, 100);
	client_ask(&c, "hi", 200, "POST /echo? [] hi");
	/* Who does not wait is not told. */
	client_ask(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nhi",
		   200, NULL);
	/* Held, then wanted. */
	client_send(&c, "POST /hold HTTP/1.1\r\n" HOST
			"Authorization: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	client_answer(&c, &a);
	assert_int_equal(a.code, 100);
	client_ask(&c, "ho", 200, "POST /hold? [] ho");
	/* Refused without it: whether the body comes is not known, so the connection ends. */
	client_ask(&c, "POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
		   401, NULL);
	client_expect_end(&c);
	client_close(&c);
}

static void held(struct client *c)
{
	client_ask(c, "POST /hold HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 401, "who are you?");
	client_ask(c, "POST /hold HTTP/1.1\r\n" HOST "Authorization: me\r\nContent-Length: 2\r\n\r\nhi", 200,
		   "POST /hold? [] hi");
	client_ask(c, "GET /hold HTTP/1.1\r\n" HOST "Authorization: me\r\n\r\n", 200, "GET /hold? [] ");
	client_ask(c, "POST /hold HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 401, NULL);
}

static void test_held_bodies(void **state)
{
	(void)state;
	on_both(held);
}

static void test_refused_at_the_head(void **state)
{
	struct client c;
	struct answer a;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_send(&c, "POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc");
	client_answer(&c, &a);
	assert_int_equal(a.code, 401);
	assert_string_equal(answer_header(&a, "WWW-Authenticate"), "Basic realm=\"a  X-Injected: b\"");
	assert_null(answer_header(&a, "X-Injected"));
	buf_free(&a.body);
	client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL); /* the connection stays */
	client_send(&c, "POST /refuse HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n");
	client_answer(&c, &a);
	assert_string_equal(answer_header(&a, "Connection"), "close"); /* that much is not read for nothing */
	buf_free(&a.body);
	client_expect_end(&c);
	client_close(&c);
}

static void test_no_bodies(void **state)
{
	struct client c;
	struct answer a;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_send(&c, "HEAD /big?n=100000 HTTP/1.1\r\n" HOST "\r\nHEAD /stream?n=500 HTTP/1.1\r\n" HOST
			"\r\nGET /nothing HTTP/1.1\r\n" HOST "\r\n");
	client_answer_to(&c, "HEAD", &a);
	assert_string_equal(answer_header(&a, "Content-Length"), "100000");
	client_answer_to(&c, "HEAD", &a);
	assert_string_equal(answer_header(&a, "Transfer-Encoding"), "chunked");
	client_answer_to(&c, "HEAD", &a);
	assert_int_equal(a.code, 204);
	assert_null(answer_header(&a, "Content-Length"));
	client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 200, "GET /echo? [] ");
	/* HTTP/1.0 closes, unless it is asked not to. */
	client_send(&c, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	client_answer(&c, &a);
	assert_string_equal(answer_header(&a, "Connection"), "keep-alive");
	buf_free(&a.body);
	client_ask(&c, "GET /echo HTTP/1.0\r\n\r\n", 200, NULL);
	client_expect_end(&c);
	client_close(&c);
}

static void test_bad_requests_end_the_connection(void **state)
{
	static const struct {
		const char *request;
		unsigned code;
	} bad[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "POST /echo HTTP/1.1\r\n" HOST
		  "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabcGET /echo HTTP/1.1\r\n" HOST
		  "\r\n",
		  400 },
		{ "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400 },
		{ "POST /sink HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400 },
		{ "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n", 501 },
		{ "GET /echo HTTP/3.0\r\n" HOST "\r\n", 505 },
		{ "\x16\x03\x01\x02", 400 }, /* TLS where plain is spoken */
	};
	unsigned gone = value_of(&f.gone);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct client c;
		struct answer a;

		client_open(&c, f.plain, NULL);
		client_send(&c, bad[i].request);
		client_answer(&c, &a);
		assert_int_equal(a.code, bad[i].code);
		assert_string_equal(answer_header(&a, "Connection"), "close");
		buf_free(&a.body);
		client_expect_end(&c);
		client_close(&c);
	}
	assert_int_equal(value_of(&f.gone), gone + 1); /* the sink's owner has heard */
}

static void test_slot_of_the_connection(void **state)
{
	unsigned freed = value_of(&f.slots_freed);
	struct client a, b;

	(void)state;
	client_open(&a, f.tls, f.client_tls);
	client_open(&b, f.plain, NULL);
	client_ask(&a, "GET /counted HTTP/1.1\r\n" HOST "\r\n", 200, "1");
	client_ask(&a, "GET /counted HTTP/1.1\r\n" HOST "\r\n", 200, "2");
	client_ask(&b, "GET /counted HTTP/1.1\r\n" HOST "\r\n", 200, "1");
	client_ask(&a, "GET /counted HTTP/1.1\r\n" HOST "\r\n", 200, "3");
	assert_int_equal(value_of(&f.slots_freed), freed);
	client_close(&a);
	wait_for(&f.slots_freed, freed + 1);
	client_close(&b);
	wait_for(&f.slots_freed, freed + 2);
}

static void test_facts(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, f.plain, NULL);
	client_ask(&c, "GET /facts HTTP/1.1\r\n" HOST "\r\n", 200, "127.0.0.1 0   ");
	client_close(&c);
	client_open(&c, f.tls, f.client_tls);
	client_ask(&c, "GET /facts HTTP/1.1\r\n" HOST "\r\n", 200, "127.0.0.1 1 TLS1.3 AES-256-GCM localhost");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_deep_pipelining),
		cmocka_unit_test(test_bodies_out),
		cmocka_unit_test(test_bodies_in),
		cmocka_unit_test(test_bodies_too_long),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_held_bodies),
		cmocka_unit_test(test_refused_at_the_head),
		cmocka_unit_test(test_no_bodies),
		cmocka_unit_test(test_bad_requests_end_the_connection),
		cmocka_unit_test(test_slot_of_the_connection),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
