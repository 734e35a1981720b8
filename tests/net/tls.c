#include "client.h"

#include <pthread.h>

#include "net/certificate.h"
#include "net/http_server.h"

/* Certificates of names, each of which is its own root ------------------------------------------------------------------------ */

struct made {
	struct buf pem;
};

static void make(struct made *m, const char *const *names, size_t n, unsigned bits)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	struct certificate_wish w = { .subject = "CN=test", .names = names, .n_names = n, .bits = bits, .now = (int64_t)time(NULL) - 3600 };
	struct certificate says;
	struct reason why = { "" };

	m->pem = (struct buf)BUF_MAX(65536);
	if (certificate_make(&w, &a, &says, &m->pem, &why))
		fail_msg("%s", why.text);
}

static const char *const names_a[] = { "a.example", "localhost" };
static const char *const names_b[] = { "b.example", "*.wild.example" };
static struct made cert_a, cert_b, cert_rsa;

/* A server that answers with the name that was asked for, and whether the session was resumed ---------------------------------- */

static struct loops *loops;

static void say(struct http_request *r)
{
	struct http_peer p;
	char text[300];

	http_peer(r, &p);
	(void)snprintf(text, sizeof text, "%s %s %d", p.facts.version, p.facts.server_name, p.facts.resumed);
	http_respond_text(r, 200, text);
}

static const struct http_route routes[] = { { .path = "/", .handle = say }, { .path = NULL } };

struct served {
	struct tls_context *tls;
	struct http_server *server;
	uint16_t port;
};

static void serve(struct served *s, const struct bytes *pem, size_t n)
{
	struct http_options o = http_options_default();

	o.routes = routes;
	assert_int_equal(tls_context_server(pem, n, &s->tls, NULL), 0);
	assert_int_equal(http_server_new(loops, &o, &s->server, NULL), 0);
	assert_int_equal(http_server_listen(s->server, "127.0.0.1", 0, s->tls, &s->port, NULL), 0);
}

static void serve_end(struct served *s)
{
	http_server_free(s->server);
	tls_context_free(s->tls);
}

static int set_up(void **state)
{
	(void)state;
	make(&cert_a, names_a, 2, 0);
	make(&cert_b, names_b, 2, 0);
	make(&cert_rsa, names_a, 2, 2048);
	return (int)loops_start(1, &loops, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	loops_stop(loops);
	buf_free(&cert_a.pem);
	buf_free(&cert_b.pem);
	buf_free(&cert_rsa.pem);
	return 0;
}

/* Whether a client that trusts that certificate alone gets in under that name. */
static bool is_let_in(uint16_t port, const struct made *trusted, const char *name, const char *answer)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct tls_context *c = NULL;
	struct client client = { .fd = socket(AF_INET, SOCK_STREAM, 0), .in = BUF_MAX(65536) };
	enum tls_result end;

	assert_int_equal(tls_context_client(buf_bytes(&trusted->pem), &c, NULL), 0);
	assert_int_equal(connect(client.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(tls_client(c, client.fd, name, &client.tls, NULL), 0);
	tls_context_free(c); /* the stream keeps what it needs */
	end = tls_handshake(client.tls);
	if (end == TLS_OK)
		client_ask(&client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, answer);
	else
		assert_true(*tls_why(client.tls));
	client_close(&client);
	return end == TLS_OK;
}

static void test_names_choose_certificates(void **state)
{
	struct bytes both[] = { buf_bytes(&cert_a.pem), buf_bytes(&cert_b.pem) };
	struct served s;

	(void)state;
	serve(&s, both, 2);
	assert_true(is_let_in(s.port, &cert_a, "a.example", "TLS1.3 a.example 0"));
	assert_true(is_let_in(s.port, &cert_b, "b.example", "TLS1.3 b.example 0"));
	assert_true(is_let_in(s.port, &cert_b, "mail.wild.example", "TLS1.3 mail.wild.example 0"));
	assert_true(is_let_in(s.port, &cert_a, "localhost", NULL));
	assert_false(is_let_in(s.port, &cert_b, "a.example", NULL)); /* signed by somebody else */
	assert_false(is_let_in(s.port, &cert_a, "other.example", NULL)); /* the first is used, and has not that name */
	serve_end(&s);
}

/* New ones for new connections; the old connection goes on, and so does the server when the new ones are no good. */
static void test_replaced_at_run_time(void **state)
{
	struct bytes a = buf_bytes(&cert_a.pem), b = buf_bytes(&cert_b.pem), bad = bytes_of("-----BEGIN CERTIFICATE-----", 27);
	struct tls_context *trust = NULL;
	struct client old;
	struct reason why;
	struct served s;

	(void)state;
	serve(&s, &a, 1);
	assert_int_equal(tls_context_client(a, &trust, NULL), 0);
	client_open(&old, s.port, trust);
	client_ask(&old, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "TLS1.3 localhost 0");
	assert_int_equal(tls_context_replace(s.tls, &b, 1, NULL), 0);
	assert_true(is_let_in(s.port, &cert_b, "b.example", NULL));
	assert_false(is_let_in(s.port, &cert_a, "a.example", NULL));
	client_ask(&old, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "TLS1.3 localhost 0");
	assert_int_equal(tls_context_replace(s.tls, &bad, 1, &why), ecCorruptData);
	assert_int_equal(tls_context_replace(s.tls, &b, 0, &why), ecInvalidParam);
	assert_true(is_let_in(s.port, &cert_b, "b.example", NULL));
	client_close(&old);
	tls_context_free(trust);
	serve_end(&s);
}

static void test_what_is_refused(void **state)
{
	CLEANUP_BUF struct buf mixed = BUF_MAX(65536);
	struct tls_context *c = NULL;
	struct reason why;
	struct bytes pem;
	const char *end;

	(void)state;
	/* The key of one with the certificate of another. */
	end = strstr(buf_cstr(&cert_a.pem), "-----BEGIN CERTIFICATE-----");
	assert_non_null(end);
	buf_add(&mixed, cert_a.pem.p, (size_t)(end - (const char *)cert_a.pem.p));
	buf_add_str(&mixed, strstr(buf_cstr(&cert_b.pem), "-----BEGIN CERTIFICATE-----"));
	pem = buf_bytes(&mixed);
	assert_int_equal(tls_context_server(&pem, 1, &c, &why), ecCorruptData);
	pem = bytes_of("nothing", 7);
	assert_int_equal(tls_context_server(&pem, 1, &c, &why), ecCorruptData);
	assert_int_equal(tls_context_client(pem, &c, &why), ecCorruptData);
	assert_null(c);
}

/* Another program's view: openssl speaks what it is told to. */
static int openssl(uint16_t port, const char *arguments, char *out, size_t room)
{
	char command[512];
	size_t n;
	FILE *f;

	(void)snprintf(command, sizeof command, "openssl s_client -connect 127.0.0.1:%u %s </dev/null 2>&1", port, arguments);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(out, 1, room - 1, f);
	out[n] = 0;
	return pclose(f);
}

static void test_versions(void **state)
{
	static char out[65536];
	struct bytes a = buf_bytes(&cert_rsa.pem);
	struct served s;

	(void)state;
	if (system("command -v openssl >/dev/null"))
		skip();
	serve(&s, &a, 1);
	assert_int_equal(openssl(s.port, "-tls1_2 -alpn h2,http/1.1", out, sizeof out), 0);
	assert_non_null(strstr(out, "ALPN protocol: http/1.1"));
	assert_non_null(strstr(out, "Secure Renegotiation IS supported"));
	assert_int_equal(openssl(s.port, "-tls1_3", out, sizeof out), 0);
	assert_int_not_equal(openssl(s.port, "-tls1_1 -cipher ALL:@SECLEVEL=0", out, sizeof out), 0);
	assert_int_not_equal(openssl(s.port, "-tls1_2 -cipher AES128-SHA:AES256-GCM-SHA384", out, sizeof out), 0); /* without forward secrecy */
	serve_end(&s);
}

/* Tickets make the second handshake short, also after the certificate was replaced. */
static void test_tickets(void **state)
{
	static char out[65536];
	char arguments[700];
	struct bytes a = buf_bytes(&cert_a.pem);
	struct served s;

	(void)state;
	if (system("command -v openssl >/dev/null"))
		skip();
	serve(&s, &a, 1);
	(void)snprintf(arguments, sizeof arguments, "-tls1_2 -sess_out %s", scratch_path("tls-session"));
	assert_int_equal(openssl(s.port, arguments, out, sizeof out), 0);
	assert_non_null(strstr(out, "New, TLSv1.2"));
	assert_int_equal(tls_context_replace(s.tls, &a, 1, NULL), 0);
	(void)snprintf(arguments, sizeof arguments, "-tls1_2 -sess_in %s", scratch_path("tls-session"));
	assert_int_equal(openssl(s.port, arguments, out, sizeof out), 0);
	assert_non_null(strstr(out, "Reused, TLSv1.2"));
	(void)unlink(scratch_path("tls-session"));
	serve_end(&s);
}

/* The value that authentication may be bound to is the hash of the certificate. */
struct handshaking {
	struct tls *t;
	enum tls_result end;
};

static void *shake(void *arg)
{
	struct handshaking *h = arg;

	h->end = tls_handshake(h->t);
	return NULL;
}

static void test_end_point(void **state)
{
	struct bytes a = buf_bytes(&cert_a.pem);
	struct tls_context *server = NULL, *client = NULL;
	struct handshaking h = { NULL, TLS_FAILED };
	struct tls *t = NULL;
	uint8_t hash[64], zeros[32] = { 0 };
	pthread_t thread;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(tls_context_server(&a, 1, &server, NULL), 0);
	assert_int_equal(tls_context_client(a, &client, NULL), 0);
	assert_int_equal(tls_server(server, pair[0], &t), 0);
	assert_int_equal(tls_client(client, pair[1], "a.example", &h.t, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, shake, &h), 0);
	assert_int_equal(tls_handshake(t), TLS_OK);
	(void)pthread_join(thread, NULL);
	assert_int_equal(h.end, TLS_OK);
	assert_int_equal(tls_server_end_point(t, hash), 32);
	assert_memory_not_equal(hash, zeros, 32);
	assert_int_equal(tls_server_end_point(h.t, hash), 0);
	assert_int_equal(tls_close(t), TLS_OK);
	tls_free(t);
	tls_free(h.t);
	(void)close(pair[0]);
	(void)close(pair[1]);
	tls_context_free(server);
	tls_context_free(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_choose_certificates), cmocka_unit_test(test_replaced_at_run_time),
		cmocka_unit_test(test_what_is_refused),		  cmocka_unit_test(test_versions),
		cmocka_unit_test(test_tickets),			  cmocka_unit_test(test_end_point),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
