#include "support.h"

#include "base/buf.h"
#include "net/http_parse.h"

/*
 * A head that was fed in two pieces, cut at `cut`, or byte by byte (cut 0). What it became is written down, to
 * be compared.
 */
static void read_head(const char *text, size_t n, size_t cut, struct buf *out)
{
	struct http_parser p;
	struct http_head *h = NULL;
	enum http_progress end = HTTP_MORE;
	size_t at = 0, used = 0;

	http_parser_init(&p);
	while (at < n && end == HTTP_MORE) {
		size_t piece = !cut ? 1 : at < cut ? cut - at : n - at;

		end = http_parser_feed(&p, bytes_of(text + at, piece), &used, &h);
		assert_true(used <= piece);
		assert_true(end != HTTP_MORE || used == piece);
		at += used;
	}
	buf_printf(out, "%d", (int)end);
	if (end == HTTP_BAD) {
		assert_non_null(p.why);
		buf_printf(out, " %u %s", p.code, p.why);
	}
	if (end == HTTP_DONE) {
		buf_printf(out, " rest %zu %s %s ?%s @%s 1.%u length %d %llu chunked %d keep %d expect %d",
			   n - at, h->method, h->path, h->query, h->host, h->minor, h->has_length,
			   (unsigned long long)h->length, h->chunked, h->keep_alive, h->expect_continue);
		for (size_t i = 0; i < h->n_headers; i++)
			buf_printf(out, " [%s=%s]", h->headers[i].name, h->headers[i].value);
	}
	free(h);
	http_parser_free(&p);
}

/* The code it is refused with (0: not), the same however it is cut; `out` says the rest. */
static unsigned code_of_bytes(const char *text, size_t n, struct buf *out)
{
	buf_clear(out);
	read_head(text, n, n, out);
	for (size_t cut = 0; cut < n; cut++) {
		CLEANUP_BUF struct buf other = BUF_MAX((size_t)1 << 20);

		read_head(text, n, cut, &other);
		assert_string_equal(buf_cstr(out), buf_cstr(&other));
	}
	return buf_cstr(out)[0] == '2' ? (unsigned)strtoul(buf_cstr(out) + 2, NULL, 10) : 0;
}

static unsigned code_of(const char *text)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)1 << 20);
	unsigned code = code_of_bytes(text, strlen(text), &out);

	if (!code && buf_cstr(&out)[0] != '1')
		return 1; /* not at its end */
	return code;
}

static void assert_head(const char *text, const char *wanted)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)1 << 20);

	(void)code_of_bytes(text, strlen(text), &out);
	assert_string_equal(buf_cstr(&out), wanted);
}

#define HOST "Host: a\r\n"

static void test_good_heads(void **state)
{
	(void)state;
	assert_head("GET / HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET / ? @a 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_head(
		"\r\nRPC_IN_DATA /rpc/rpcproxy.dll?a:6002 HTTP/1.1\r\nHost:\t b:443 \t\r\nX:\r\ncontent-LENGTH: 12\r\n\r\nGET",
		"1 rest 3 RPC_IN_DATA /rpc/rpcproxy.dll ?a:6002 @b:443 1.1 length 1 12 chunked 0 keep 1 expect 0 [Host=b:443] [X=] [content-LENGTH=12]");
	assert_head(
		"POST /a%20b%C3%A9/?x=%20 HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: Chunked\r\nExpect: 100-Continue\r\nConnection: x, Close\r\n\r\n",
		"1 rest 0 POST /a b\xC3\xA9/ ?x=%20 @[::1]:80 1.1 length 0 0 chunked 1 keep 0 expect 1 [Host=[::1]:80] [Transfer-Encoding=Chunked] "
		"[Expect=100-Continue] [Connection=x, Close]");
	assert_head("GET / HTTP/1.0\r\n\r\n", "1 rest 0 GET / ? @ 1.0 length 0 0 chunked 0 keep 0 expect 0");
	assert_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
		    "1 rest 0 GET / ? @ 1.0 length 0 0 chunked 0 keep 1 expect 0 [Connection=Keep-Alive]");
	assert_head("GET / HTTP/1.7\r\n" HOST "\r\n",
		    "1 rest 0 GET / ? @a 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
}

static void test_absolute_targets(void **state)
{
	(void)state;
	assert_head("GET http://b.example:8080/c?d HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET /c ?d @b.example:8080 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_head("GET HTTPS://b HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET / ? @b 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_head("GET https://b?c=d/e?f HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET / ?c=d/e?f @b 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_head("OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 OPTIONS * ? @a 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_int_equal(code_of("GET http:///c HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(code_of("GET http://u@b/c HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(code_of("GET ftp://b/c HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(code_of("GET * HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(code_of("GET b/c HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(code_of("CONNECT b:443 HTTP/1.1\r\n" HOST "\r\n"), 501);
}

/* What two programs could understand differently: each row is refused, wherever it is cut. */
static const struct {
	const char *text;
	unsigned code;
} smuggling[] = {
	/* Lengths */
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3,4\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: -3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3 4\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3.0\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: \"3\"\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1e3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n", 413 },
	/* Codings */
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n", 501 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 501 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \"chunked\"\r\n\r\n", 501 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", 501 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
	  "chunked\r\n\r\n",
	  400 },
	{ "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 400 },
	/* Names */
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding\t: chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content Length: 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST ": 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "X\x80: 3\r\n\r\n", 400 },
	/* Lines */
	{ "POST / HTTP/1.1\n" HOST "\r\n", 400 },
	{ "POST / HTTP/1.1\r\nHost: a\nContent-Length: 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\nHost: a\r\n\n", 400 },
	{ "POST / HTTP/1.1\r\nHost: a\rContent-Length: 3\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\rHost: a\r\r", 400 },
	{ "POST / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "X: a\x01"
	  "b\r\n\r\n",
	  400 },
	{ "POST / HTTP/1.1\r\n" HOST "X: a\x7f"
	  "b\r\n\r\n",
	  400 },
	{ "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n", 400 },
	{ " GET / HTTP/1.1\r\n" HOST "\r\n", 400 },
	/* Hosts */
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400 },
	{ "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n", 400 },
	/* Request lines */
	{ "GET / HTTP/2.0\r\n" HOST "\r\n", 505 },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
	{ "GET / HTTP/0.9\r\n\r\n", 505 },
	{ "GET /\r\n\r\n", 400 },
	{ "GET / http/1.1\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/1.1 \r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/11\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/1.10\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/+1.1\r\n" HOST "\r\n", 400 },
	{ "GET  / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /  HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET\t/ HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /\tHTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "G@T / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /#a HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /\xC3\xA9 HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /a\\b HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%00 HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%0d%0a HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%2f HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%5C HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%4 HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%g0 HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /a/../b HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /%2e%2E/b HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /a/. HTTP/1.1\r\n" HOST "\r\n", 400 },
	/* Expectations */
	{ "POST / HTTP/1.1\r\n" HOST "Expect: 200-ok\r\n\r\n", 417 },
	{ "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 400 },
};

static void test_smuggling(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof smuggling / sizeof *smuggling; i++) {
		unsigned code = code_of(smuggling[i].text);

		if (code != smuggling[i].code)
			fail_msg("%u, not %u: %s", code, smuggling[i].code, smuggling[i].text);
	}
	/* A NUL, which no string can have. */
	CLEANUP_BUF struct buf out = BUF_MAX(4096);

	assert_int_equal(code_of_bytes("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29, &out), 400);
}

static void test_decoded_once(void **state)
{
	(void)state;
	assert_head("GET /%252e%252e/%2541 HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET /%2e%2e/%41 ? @a 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
	assert_head("GET /...//.a HTTP/1.1\r\n" HOST "\r\n",
		    "1 rest 0 GET /...//.a ? @a 1.1 length 0 0 chunked 0 keep 1 expect 0 [Host=a]");
}

/* "GET / HTTP/1.1" with a target, or a header, of that length; fed in pieces. */
static unsigned long_head(size_t target, size_t value, unsigned headers)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20), out = BUF_MAX((size_t)1 << 20);
	unsigned code;

	buf_add_str(&b, "GET /");
	memset(buf_extend(&b, target), 'a', target);
	buf_add_str(&b, " HTTP/1.1\r\n" HOST "V: ");
	memset(buf_extend(&b, value), 'b', value);
	buf_add_str(&b, "\r\n");
	for (unsigned i = 0; i < headers; i++)
		buf_add_str(&b, "H:\r\n");
	buf_add_str(&b, "\r\n");
	read_head((const char *)b.p, b.n, b.n, &out);
	code = buf_cstr(&out)[0] == '2' ? (unsigned)strtoul(buf_cstr(&out) + 2, NULL, 10) : 0;
	buf_clear(&out);
	read_head((const char *)b.p, b.n, 0, &out);
	assert_int_equal(buf_cstr(&out)[0] == '2' ? (unsigned)strtoul(buf_cstr(&out) + 2, NULL, 10) : 0, code);
	return code;
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(long_head(1, 48 * 1024, 0), 0);
	assert_int_equal(long_head(1, 127 * 1024, 0), 0);
	assert_int_equal(long_head(1, 128 * 1024, 0), 431);
	assert_int_equal(long_head(16000, 1, 0), 0);
	assert_int_equal(long_head(16384, 1, 0), 414);
	assert_int_equal(long_head(1, 1, 98), 0);
	assert_int_equal(long_head(1, 1, 99), 431);
}

static void test_lookup(void **state)
{
	const char *text = "GET /?Name=a+b%41&flag&x=%4&long=12345678&name=c HTTP/1.1\r\n" HOST
			   "Cookie: 1\r\ncookie: 2\r\n\r\n";
	struct http_parser p;
	struct http_head *h = NULL;
	size_t used, at = 0;
	char value[8];

	(void)state;
	http_parser_init(&p);
	assert_int_equal(http_parser_feed(&p, bytes_of(text, strlen(text)), &used, &h), HTTP_DONE);
	assert_false(http_parser_started(&p));
	assert_string_equal(http_head_get(h, "COOKIE"), "1");
	assert_null(http_head_get(h, "Cook"));
	assert_string_equal(http_head_next(h, "cookie", &at), "1");
	assert_string_equal(http_head_next(h, "cookie", &at), "2");
	assert_null(http_head_next(h, "cookie", &at));
	assert_int_equal(http_query_get(h->query, "name", value, sizeof value), 0);
	assert_string_equal(value, "a bA");
	assert_int_equal(http_query_get(h->query, "Flag", value, sizeof value), 0);
	assert_string_equal(value, "");
	assert_int_equal(http_query_get(h->query, "x", value, sizeof value), ecCorruptData);
	assert_int_equal(http_query_get(h->query, "long", value, sizeof value), ecTooBig);
	assert_int_equal(http_query_get(h->query, "nam", value, sizeof value), ecNotFound);
	assert_int_equal(http_query_get("", "name", value, sizeof value), ecNotFound);
	free(h);
	http_parser_free(&p);
}

/* Chunks ---------------------------------------------------------------------------------------------- */

static void read_chunks(const char *text, size_t n, size_t cut, struct buf *out)
{
	struct http_chunked c;
	enum http_progress end = HTTP_MORE;
	size_t at = 0, used = 0;
	struct bytes piece;

	http_chunked_init(&c);
	while (at < n && end == HTTP_MORE) {
		size_t most = !cut ? 1 : at < cut ? cut - at : n - at;

		end = http_chunked_feed(&c, bytes_of(text + at, most), &used, &piece);
		assert_true(used > 0 && used <= most);
		buf_add(out, piece.p, piece.n);
		at += used;
	}
	buf_printf(out, "|%d rest %zu %s", (int)end, end == HTTP_DONE ? n - at : 0,
		   end == HTTP_BAD ? c.why : "");
}

static void assert_chunks(const char *text, const char *wanted)
{
	size_t n = strlen(text);

	for (size_t cut = 0; cut <= n; cut++) {
		CLEANUP_BUF struct buf out = BUF_MAX((size_t)1 << 20);

		read_chunks(text, n, cut, &out);
		if (strncmp(buf_cstr(&out), wanted, strlen(wanted)) != 0)
			fail_msg("%s became %s, not %s (cut at %zu)", text, buf_cstr(&out), wanted, cut);
	}
}

static void test_chunks(void **state)
{
	(void)state;
	assert_chunks("0\r\n\r\n", "|1 rest 0");
	assert_chunks("3\r\nabc\r\n0\r\n\r\nGET", "abc|1 rest 3");
	assert_chunks("00a\r\n0123456789\r\n1;x=\"y z\"\r\n!\r\n0;q\r\nT: r\r\nU:\r\n\r\n",
		      "0123456789!|1 rest 0");
	assert_chunks("3\r\nabc\r\n0\r\n", "abc|0");
	assert_chunks("3\r\nab", "ab|0");
}

static void test_bad_chunks(void **state)
{
	static const char *const bad[] = {
		"\r\n\r\n",
		";\r\n",
		"g\r\n",
		"+3\r\nabc\r\n",
		"-1\r\n",
		"0x3\r\nabc\r\n",
		" 3\r\nabc\r\n",
		"3 \r\nabc\r\n",
		"3\nabc\n0\n\n",
		"3\r\rabc",
		"10000000000000000\r\n",
		"8000000000000000\r\n",
		"00000000000000001\r\n",
		"3;\x01\r\n",
		"3;a\nabc",
		"0\r\n\n",
		"0\r\n\rx",
		"0\r\n T: a\r\n\r\n",
		"0\r\nT\r\n\r\n",
		"0\r\nT : a\r\n\r\n",
		"0\r\n: a\r\n\r\n",
		"0\r\nT: \x02\r\n\r\n",
		"0\r\nT: a\n\r\n",
		"0\r\nT: a\rb\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_chunks(bad[i], "|2");
	assert_chunks("3\r\nabcd\r\n", "abc|2");
	assert_chunks("3\r\nabc\n0\r\n", "abc|2");
	assert_chunks("3\r\nabc0\r\n", "abc|2");
}

/* Many small chunks, each with much beside it, are no way to keep a server busy. */
static void test_chunk_limits(void **state)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20), out = BUF_MAX((size_t)1 << 20);

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		buf_add_str(&text, "1;extension\r\na\r\n");
	read_chunks((const char *)text.p, text.n, text.n, &out);
	assert_non_null(strstr(buf_cstr(&out), "|2"));
	buf_clear(&text);
	buf_clear(&out);
	buf_add_str(&text, "0\r\n");
	for (unsigned i = 0; i < 1000; i++)
		buf_add_str(&text, "Trailer: long\r\n");
	read_chunks((const char *)text.p, text.n, text.n, &out);
	assert_non_null(strstr(buf_cstr(&out), "|2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_heads),   cmocka_unit_test(test_absolute_targets),
		cmocka_unit_test(test_smuggling),    cmocka_unit_test(test_decoded_once),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_chunks),       cmocka_unit_test(test_bad_chunks),
		cmocka_unit_test(test_chunk_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
