/* Where the mailbox is, and who is told the password on the way there. */
#include "support.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "client/discover.h"
#include "client/session.h"
#include "net/authority.h"
#include "net/http_server.h"

enum mode { MAILBOX, REDIRECT, REDIRECT_URL, REDIRECT_ADDRESS };

static struct {
	char folder[256], roots[300], other[300];
	struct loops *loops;
	struct http_server *server;
	struct tls_context *tls;
	uint16_t plain, secure;
	/* What the handlers do and did, one request after the other. */
	enum mode mode;
	char to[300];
	unsigned asked, there, passwords, in_clear;
	char last_host[100];
} f;

static struct arena arena = ARENA_BUDGET((size_t)16 << 20);
static struct reason why;

static void say(struct http_request *r, const char *inner)
{
	CLEANUP_BUF struct buf out = BUF_MAX(8192);

	buf_printf(&out,
		   "<?xml version=\"1.0\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">"
		   "<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">%s</Response></Autodiscover>",
		   inner);
	http_set(r, "Content-Type", "text/xml");
	http_respond_buf(r, &out);
}

static void say_mailbox(struct http_request *r)
{
	say(r, "<User><DisplayName>Alice</DisplayName><LegacyDN>/o=C/cn=alice</LegacyDN></User><Account><AccountType>email</AccountType><Action>settings</Action>"
	       "<Protocol Type=\"mapiHttp\"><MailStore><InternalUrl>https://localhost/mapi/emsmdb</InternalUrl></MailStore></Protocol></Account>");
}

static void count_password(struct http_request *r)
{
	f.passwords += http_header(r, "Authorization") != NULL;
}

static void first(struct http_request *r)
{
	char inner[600];

	f.asked++;
	count_password(r);
	switch (f.mode) {
	case REDIRECT:
		http_status(r, 302);
		http_set(r, "Location", "%s", f.to);
		http_respond_text(r, 302, "There.");
		return;
	case REDIRECT_URL:
		(void)snprintf(inner, sizeof inner, "<Account><AccountType>email</AccountType><Action>redirectUrl</Action><RedirectUrl>%s</RedirectUrl></Account>", f.to);
		say(r, inner);
		return;
	case REDIRECT_ADDRESS:
		if (memmem(http_body(r).p, http_body(r).n, f.to, strlen(f.to)))
			break;
		(void)snprintf(inner, sizeof inner, "<Account><AccountType>email</AccountType><Action>redirectAddr</Action><RedirectAddr>%s</RedirectAddr></Account>", f.to);
		say(r, inner);
		return;
	default:
		break;
	}
	say_mailbox(r);
}

static void there(struct http_request *r)
{
	f.there++;
	count_password(r);
	say_mailbox(r);
}

static const struct http_route routes[] = {
	{ "/autodiscover/autodiscover.xml", 65536, NULL, first, NULL },
	{ "/there/autodiscover.xml", 65536, NULL, there, NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

static void write_root(const char *folder, char *path, size_t room)
{
	CLEANUP_BUF struct buf root = BUF_MAX(65536);
	FILE *file;

	assert_int_equal(authority_root(folder, (int64_t)time(NULL), &root, NULL), 0);
	(void)snprintf(path, room, "%s/authority.pem", folder);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(root.p, 1, root.n, file), root.n);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	static const char *const names[] = { "localhost", "mail.localhost", "127.0.0.1" };
	CLEANUP_BUF struct buf pem = BUF_MAX(65536);
	struct http_options o = http_options_default();
	char folder[300], other[300];
	struct authority_wish w = { .folder = folder, .names = names, .n_names = 3, .now = (int64_t)time(NULL) };
	struct bytes identity;
	bool made;

	(void)state;
	(void)snprintf(f.folder, sizeof f.folder, "%s/postern-discover-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f.folder));
	(void)snprintf(folder, sizeof folder, "%s/ours", f.folder);
	(void)snprintf(other, sizeof other, "%s/other", f.folder);
	assert_int_equal(authority_server(&w, &pem, &made, NULL), 0);
	write_root(folder, f.roots, sizeof f.roots);
	write_root(other, f.other, sizeof f.other);
	identity = buf_bytes(&pem);
	assert_int_equal(tls_context_server(&identity, 1, &f.tls, NULL), 0);
	assert_int_equal(loops_start(1, &f.loops, NULL), 0);
	o.routes = routes;
	assert_int_equal(http_server_new(f.loops, &o, &f.server, NULL), 0);
	assert_int_equal(http_server_listen(f.server, "127.0.0.1", 0, NULL, &f.plain, NULL), 0);
	assert_int_equal(http_server_listen(f.server, "127.0.0.1", 0, f.tls, &f.secure, NULL), 0);
	return 0;
}

static int end(void **state)
{
	char command[400];

	(void)state;
	http_server_drain(f.server, 1000);
	http_server_free(f.server);
	loops_stop(f.loops);
	tls_context_free(f.tls);
	arena_free(&arena);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", f.folder);
	return system(command);
}

/* Asking -------------------------------------------------------------------------------------------------------------------------- */

static struct discovered d;

static struct discover_options options(bool secure)
{
	return (struct discover_options){ .address = "alice@localhost",
					  .user = "alice@localhost",
					  .password = "correct horse",
					  .server = arena_printf(&arena, "%s://localhost:%u", secure ? "https" : "http", secure ? f.secure : f.plain),
					  .roots_file = f.roots,
					  .seconds = 10 };
}

static status ask(const struct discover_options *o, enum mode mode, const char *host, const char *path)
{
	f.mode = mode;
	f.asked = f.there = f.passwords = 0;
	(void)snprintf(f.to, sizeof f.to, "https://%s:%u%s", host, f.secure, path);
	return discover(o, &arena, &d, &why);
}

static const char *last_outcome(void)
{
	return d.tries[d.n_tries - 1].outcome;
}

static void straight(void **state)
{
	struct discover_options o = options(true);

	(void)state;
	assert_int_equal(ask(&o, MAILBOX, "", ""), 0);
	assert_string_equal(d.mailbox_dn, "/o=C/cn=alice");
	assert_string_equal(d.mail_url, "https://localhost/mapi/emsmdb");
	assert_int_equal(f.passwords, 1);
	o.address = "nonsense";
	assert_int_equal(ask(&o, MAILBOX, "", ""), ecInvalidParam);
}

static void redirected_within(void **state)
{
	struct discover_options o = options(true);

	(void)state;
	assert_int_equal(ask(&o, REDIRECT, "localhost", "/there/autodiscover.xml"), 0);
	assert_int_equal(f.there, 1);
	assert_int_equal(ask(&o, REDIRECT, "mail.localhost", "/there/autodiscover.xml"), 0);
	assert_int_equal(ask(&o, REDIRECT_URL, "mail.localhost", "/there/autodiscover.xml"), 0);
	assert_string_equal(d.autodiscover_url, f.to);
	/* Round and round: each is asked once. */
	assert_int_equal(ask(&o, REDIRECT, "localhost", "/autodiscover/autodiscover.xml"), ecNotFound);
	assert_int_equal(f.asked, 1);
}

static bool refuse(void *context, const char *host)
{
	(void)snprintf(f.last_host, sizeof f.last_host, "%s", host);
	++*(unsigned *)context;
	return false;
}

static bool allow(void *context, const char *host)
{
	(void)refuse(context, host);
	return true;
}

static void redirected_elsewhere(void **state)
{
	static const enum mode modes[] = { REDIRECT, REDIRECT_URL };
	struct discover_options o = options(true);
	unsigned questions = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		o = options(true);
		assert_int_equal(ask(&o, modes[i], "127.0.0.1", "/there/autodiscover.xml"), ecNotFound);
		assert_int_equal(f.there, 0);
		assert_non_null(strstr(last_outcome(), "another domain"));
		/* A host that only looks like ours. */
		assert_int_equal(ask(&o, modes[i], "localhost:1@127.0.0.1", "/there/autodiscover.xml"), ecNotFound);
		assert_int_equal(f.there, 0);
		o.also = "27.0.0.1";
		assert_int_equal(ask(&o, modes[i], "127.0.0.1", "/there/autodiscover.xml"), ecNotFound);
		assert_int_equal(f.there, 0);
		o.also = "127.0.0.1";
		assert_int_equal(ask(&o, modes[i], "127.0.0.1", "/there/autodiscover.xml"), 0);
		assert_int_equal(f.there, 1);
		o.also = NULL;
		o.may_have = refuse;
		o.context = &questions;
		questions = 0;
		assert_int_equal(ask(&o, modes[i], "127.0.0.1", "/there/autodiscover.xml"), ecNotFound);
		assert_int_equal(f.there, 0);
		o.may_have = allow;
		assert_int_equal(ask(&o, modes[i], "127.0.0.1", "/there/autodiscover.xml"), 0);
		assert_int_equal(f.there, 1);
		assert_int_equal(questions, 2);
		assert_string_equal(f.last_host, "127.0.0.1");
	}
}

/* Over http anybody can answer: nothing secret is said, and where it leads is not believed. */
static void redirected_in_clear(void **state)
{
	struct discover_options o = options(false);

	(void)state;
	assert_int_equal(ask(&o, REDIRECT, "127.0.0.1", "/there/autodiscover.xml"), ecNotFound);
	assert_int_equal(f.asked, 1);
	assert_int_equal(f.there, 0);
	assert_int_equal(f.passwords, 0);
	assert_int_equal(ask(&o, REDIRECT, "mail.localhost", "/there/autodiscover.xml"), 0);
	assert_int_equal(f.passwords, 1);
	assert_int_equal(ask(&o, MAILBOX, "", ""), ecNotFound);
	assert_int_equal(f.passwords, 0);
}

static void another_address(void **state)
{
	struct discover_options o = options(true);

	(void)state;
	f.mode = REDIRECT_ADDRESS;
	f.asked = 0;
	(void)snprintf(f.to, sizeof f.to, "bob@localhost");
	assert_int_equal(discover(&o, &arena, &d, &why), 0);
	assert_int_equal(f.asked, 2); /* the same url, about another address */
	assert_string_equal(d.mailbox_dn, "/o=C/cn=alice");
	/* The same one, which leads nowhere. */
	(void)snprintf(f.to, sizeof f.to, "ALICE@localhost");
	f.asked = 0;
	assert_int_equal(discover(&o, &arena, &d, &why), ecNotFound);
	assert_int_equal(f.asked, 1);
}

/* Authorities of a file stand beside those of the system, and not in their place. */
static void believed(void **state)
{
	struct discover_options o = options(true);
	char folder[300];

	(void)state;
	o.roots_file = f.other;
	assert_int_equal(ask(&o, MAILBOX, "", ""), ecNotFound);
	assert_int_equal(f.passwords, 0);
	(void)snprintf(folder, sizeof folder, "%s/system", f.folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	(void)snprintf(folder, sizeof folder, "%s/system/root.pem", f.folder);
	assert_int_equal(symlink(f.roots, folder), 0);
	*strrchr(folder, '/') = '\0';
	assert_int_equal(setenv("SSL_CERT_DIR", folder, 1), 0);
	assert_int_equal(ask(&o, MAILBOX, "", ""), 0);
	o.roots_file = NULL;
	assert_int_equal(ask(&o, MAILBOX, "", ""), 0);
	assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
}

/* How a session with this server fails, which answers, though there is no mailbox. */
static enum session_failure session_with(const char *roots_file, const char *system_folder)
{
	char url[100];
	struct session_options o = { .url = url, .user = "alice", .password = "x", .roots_file = roots_file, .cached = true, .encrypt = true };
	struct session *s;
	enum session_failure failure;

	(void)snprintf(url, sizeof url, "https://localhost:%u/mapi/emsmdb/", f.secure);
	assert_int_equal(setenv("SSL_CERT_DIR", system_folder, 1), 0);
	assert_int_equal(session_new(&o, &s, &why), 0);
	assert_int_not_equal(session_connect(s, &why), 0);
	failure = session_failure(s);
	session_free(s);
	assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
	return failure;
}

/* A session looks into the system's only when those of the file do not suffice. */
static void believed_by_a_session(void **state)
{
	char theirs[300], none[300], root[320];

	(void)state;
	(void)snprintf(theirs, sizeof theirs, "%s/system-too", f.folder);
	(void)snprintf(none, sizeof none, "%s/none", f.folder);
	assert_int_equal(mkdir(theirs, 0700), 0);
	assert_int_equal(mkdir(none, 0700), 0);
	assert_int_equal(session_with(f.roots, none), SESSION_NONSENSE);
	assert_int_equal(session_with(f.other, none), SESSION_REFUSED);
	assert_non_null(strstr(why.text, "not trusted"));
	assert_int_equal(session_with("", none), SESSION_REFUSED);
	(void)snprintf(root, sizeof root, "%s/root.pem", theirs);
	assert_int_equal(symlink(f.roots, root), 0);
	assert_int_equal(session_with(f.other, theirs), SESSION_NONSENSE);
	assert_int_equal(session_with("", theirs), SESSION_NONSENSE);
}

/* DNS ----------------------------------------------------------------------------------------------------------------------------- */

/* From a seed of the fuzzer, which begins with its kind. */
static struct bytes seed(const char *name)
{
	char path[1024];
	uint8_t *data = arena_alloc(&arena, 4096);
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof path, "%s/fuzz/corpus/client_answer/%s", getenv("POSTERN_SOURCE"), name);
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(data, 1, 4096, file);
	(void)fclose(file);
	assert_true(n > 12);
	return bytes_of(data + 1, n - 1);
}

static void service_records(void **state)
{
	struct bytes good = seed("srv");
	struct discover_srv srv;

	(void)state;
	assert_int_equal(discover_srv_read(good, &srv, &why), 0);
	/* Of the lowest priority the one with the greatest weight, whose name is in two pieces. */
	assert_string_equal(srv.host, "mail.contoso.example");
	assert_int_equal(srv.port, 8443);
	for (size_t n = 0; n < good.n; n++) {
		uint8_t *cut = malloc(n ? n : 1);
		assert_non_null(cut);
		memcpy(cut, good.p, n);
		assert_int_not_equal(discover_srv_read(bytes_of(cut, n), &srv, &why), 0);
		free(cut);
	}
	assert_int_equal(discover_srv_read(seed("srv-circle"), &srv, &why), ecCorruptData);
	assert_int_equal(discover_srv_read(seed("srv-none"), &srv, &why), ecNotFound);
	/* A letter that would make another address of it. */
	uint8_t *bad = arena_memdup(&arena, good.p, good.n);
	uint8_t *at = memmem(bad, good.n, "mail", 4);
	assert_non_null(at);
	at[2] = '/';
	assert_int_equal(discover_srv_read(bytes_of(bad, good.n), &srv, &why), ecCorruptData);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(straight),	       cmocka_unit_test(redirected_within), cmocka_unit_test(redirected_elsewhere),
		cmocka_unit_test(redirected_in_clear), cmocka_unit_test(another_address),   cmocka_unit_test(believed), cmocka_unit_test(believed_by_a_session),
		cmocka_unit_test(service_records),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
