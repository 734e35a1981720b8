/* Who is it: credentials in all their forms, delays of addresses, what is remembered of a connection. */
#include "web_fixture.h"

#include "server/auth.h"
#include "store/directory_logon.h"

static struct web_fixture f;

static int begin(void **state)
{
	(void)state;
	web_begin(&f, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	web_end(&f);
	return 0;
}

static void reads(const char *text, const char *user, const char *password)
{
	struct auth_credentials c;

	assert_true(auth_basic(text, &c));
	assert_string_equal(c.user, user);
	assert_string_equal(c.password, password);
}

static void refuses(const char *text)
{
	struct auth_credentials c;

	assert_false(auth_basic(text, &c));
}

static void basic(void **state)
{
	(void)state;
	reads(" QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame");
	reads("  YTo=", "a", "");
	reads(" YTpiOmM=", "a", "b:c");
	reads(" XGFsaWNlOng=", "alice", "x");
	reads(" RE9NXGFsaWNlOng=", "DOM\\alice", "x");
	refuses(" YWxpY2U="); /* no colon */
	refuses(" OnB3"); /* no name */
	refuses(" XDpwdw=="); /* a backslash and no name */
	refuses(" YQBiOmM="); /* a NUL */
	refuses(" !!!!");
	refuses("");
}

static void addresses(void **state)
{
	struct address_delays *d;

	(void)state;
	assert_int_equal(address_delays_new(&d), 0);
	for (unsigned i = 1; i < ADDRESS_DELAY_AFTER; i++) {
		assert_int_equal(address_failed(d, "192.0.2.1", 100), i);
		assert_false(address_is_delayed(d, "192.0.2.1", 100));
	}
	assert_int_equal(address_failed(d, "192.0.2.1", 100), ADDRESS_DELAY_AFTER);
	assert_true(address_is_delayed(d, "192.0.2.1", 100));
	assert_false(address_is_delayed(d, "192.0.2.2", 100));
	assert_false(address_is_delayed(d, "192.0.2.1", 101));
	(void)address_failed(d, "192.0.2.1", 101);
	assert_true(address_is_delayed(d, "192.0.2.1", 102));
	assert_false(address_is_delayed(d, "192.0.2.1", 103));
	for (unsigned i = 0; i < 50; i++)
		(void)address_failed(d, "192.0.2.1", 200);
	assert_true(address_is_delayed(d, "192.0.2.1", 263));
	assert_false(address_is_delayed(d, "192.0.2.1", 264));
	/* One that logs on well is trusted more, at last. */
	for (unsigned i = 0; i < 6; i++)
		address_succeeded(d, "192.0.2.1");
	assert_false(address_is_delayed(d, "192.0.2.1", 200));
	/* All of one subscriber's IPv6. */
	for (unsigned i = 0; i < ADDRESS_DELAY_AFTER; i++)
		(void)address_failed(d, i & 1 ? "2001:db8:1:2::1" : "2001:db8:1:2:ffff::2", 500);
	assert_true(address_is_delayed(d, "2001:db8:1:2:3::4", 500));
	assert_false(address_is_delayed(d, "2001:db8:1:3::1", 500));
	/* Forgotten. */
	assert_int_equal(address_failed(d, "2001:db8:1:2::1", 1401), 1);
	address_delays_free(d);
}

static unsigned try(const char *user, const char *password)
{
	f.user = user;
	f.password = password;
	return web_ask(&f, "GET", "/metrics", "", bytes_of(NULL, 0));
}

static void forms(void **state)
{
	(void)state;
	/* Known, but no administrator. */
	assert_int_equal(try("alice", WEB_PASSWORD), 403);
	assert_int_equal(try("alice@contoso.example", WEB_PASSWORD), 403);
	assert_int_equal(try("\\alice", WEB_PASSWORD), 403);
	assert_int_equal(try("CONTOSO\\alice", WEB_PASSWORD), 403);
	assert_int_equal(try("alice", "wrong"), 401);
	assert_int_equal(try("nobody", WEB_PASSWORD), 401);
	assert_int_equal(try(NULL, NULL), 401);
	/* A good one forgets the failures. */
	assert_int_equal(try("alice", WEB_PASSWORD), 403);
}

/* Refusals tell nothing apart. */
static void one_answer(void **state)
{
	char first[4096];

	(void)state;
	assert_int_equal(try("alice", "wrong"), 401);
	(void)snprintf(first, sizeof first, "%s %s", answer_header(&f.answer, "WWW-Authenticate"), buf_cstr(&f.answer.body));
	const char *others[] = { "nobody", "bob@contoso.example", "", "alice@elsewhere.example" };
	for (size_t i = 0; i < 4; i++) {
		char again[4096];

		assert_int_equal(try(others[i], "wrong"), 401);
		(void)snprintf(again, sizeof again, "%s %s", answer_header(&f.answer, "WWW-Authenticate"), buf_cstr(&f.answer.body));
		assert_string_equal(again, first);
	}
	assert_int_equal(try("alice", WEB_PASSWORD), 403);
}

static void administrators(void **state)
{
	struct directory *d = NULL;
	uint64_t id = web_user(&f, "Administrator");

	(void)state;
	assert_int_equal(host_directory(f.server.host, &d, &f.why), 0);
	assert_int_equal(directory_set_password(d, id, WEB_PASSWORD, &f.why), 0);
	host_directory_return(f.server.host, d);
	assert_int_equal(try("Administrator", WEB_PASSWORD), 200);
	assert_non_null(strstr(buf_cstr(&f.answer.body), "\npostern_authentication_failed_logons_total "));
	assert_non_null(strstr(buf_cstr(&f.answer.body), "# TYPE postern_rpcclientaccess_user_count gauge\n"));
}

/* What was proved belongs to the connection, and to the header it was proved with. */
static void remembered(void **state)
{
	(void)state;
	web_reconnect(&f);
	assert_int_equal(try("alice", WEB_PASSWORD), 403);
	assert_int_equal(try("alice", WEB_PASSWORD), 403);
	assert_int_equal(try("alice", "wrong"), 401);
	assert_int_equal(try(NULL, NULL), 401);
	assert_int_equal(try("bob", WEB_PASSWORD), 403);
}

static void places(void **state)
{
	const uint64_t hash[2] = { 7, 8 }, other[2] = { 7, 9 }, same_place[2] = { 7 + RECENT_LOGONS, 8 };
	const struct recent_logon alice = { 42, 3, 100 };
	struct recent_logon found = { 0, 0, 0 };
	struct recent_logons *r;

	(void)state;
	assert_int_equal(recent_logons_new(&r), 0);
	assert_false(recent_logon_find(r, (const uint64_t[2]){ 0, 0 }, 0, &found));
	assert_false(recent_logon_find(r, hash, 0, &found));
	recent_logon_add(r, hash, &alice);
	assert_true(recent_logon_find(r, hash, 99, &found));
	assert_int_equal(found.user, 42);
	assert_int_equal(found.change_number, 3);
	assert_false(recent_logon_find(r, hash, 100, &found));
	assert_false(recent_logon_find(r, other, 99, &found));
	recent_logon_forget(r, other);
	assert_true(recent_logon_find(r, hash, 99, &found));
	recent_logon_forget(r, hash);
	assert_false(recent_logon_find(r, hash, 99, &found));
	/* No more of them than there are places. */
	recent_logon_add(r, hash, &alice);
	recent_logon_add(r, same_place, &alice);
	assert_false(recent_logon_find(r, hash, 99, &found));
	assert_true(recent_logon_find(r, same_place, 99, &found));
	recent_logons_free(r);
}

/* Over a new connection; was the password looked at? */
static unsigned anew(const char *user, const char *password, bool *verified)
{
	int64_t before = counter_get(&f.counters, COUNTER_LOGONS_VERIFIED);

	web_reconnect(&f);
	unsigned code = try(user, password);
	*verified = counter_get(&f.counters, COUNTER_LOGONS_VERIFIED) > before;
	return code;
}

#define REMEMBERED(user, password, code)                                \
	do {                                                            \
		bool verified_;                                         \
		assert_int_equal(anew(user, password, &verified_), code); \
		assert_false(verified_);                                \
	} while (0)
#define VERIFIED(user, password, code)                                  \
	do {                                                            \
		bool verified_;                                         \
		assert_int_equal(anew(user, password, &verified_), code); \
		assert_true(verified_);                                 \
	} while (0)

/* A good logon is good for other connections too, whatever changes of others. */
static void recent(void **state)
{
	int64_t before = counter_get(&f.counters, COUNTER_LOGONS_REMEMBERED);

	(void)state;
	/* What tests before this one proved. */
	web_set(&f, "Mailbox", "bob", "CustomAttribute1", "x");
	VERIFIED("bob", WEB_PASSWORD, 403);
	REMEMBERED("bob", WEB_PASSWORD, 403);
	web_set(&f, "Mailbox", "alice", "CustomAttribute1", "x");
	REMEMBERED("bob", WEB_PASSWORD, 403);
	/* Another form of the same name is another header. */
	VERIFIED("bob@contoso.example", WEB_PASSWORD, 403);
	REMEMBERED("bob@contoso.example", WEB_PASSWORD, 403);
	assert_int_equal(counter_get(&f.counters, COUNTER_LOGONS_REMEMBERED) - before, 3);
}

/* Until anything of the account changes, or somebody guesses. */
static void no_longer_recent(void **state)
{
	struct directory *d = NULL;
	uint64_t bob = web_user(&f, "bob");

	(void)state;
	assert_int_equal(host_directory(f.server.host, &d, &f.why), 0);
	(void)anew("bob", WEB_PASSWORD, &(bool){ false });
	REMEMBERED("bob", WEB_PASSWORD, 403);
	/* The password that was right a moment ago, once it was changed; and the one that is right now. */
	assert_int_equal(directory_set_password(d, bob, "another one now", &f.why), 0);
	VERIFIED("bob", WEB_PASSWORD, 401);
	VERIFIED("bob", "another one now", 403);
	/* Back again: what was remembered of it before does not come back. */
	assert_int_equal(directory_set_password(d, bob, WEB_PASSWORD, &f.why), 0);
	VERIFIED("bob", WEB_PASSWORD, 403);
	REMEMBERED("bob", WEB_PASSWORD, 403);
	/* A disabled account, and one that is enabled again. */
	web_set(&f, "User", "bob", "AccountDisabled", "True");
	VERIFIED("bob", WEB_PASSWORD, 401);
	web_set(&f, "User", "bob", "AccountDisabled", "False");
	VERIFIED("bob", WEB_PASSWORD, 403);
	REMEMBERED("bob", WEB_PASSWORD, 403);
	/* Failures are counted, and the next good logon is looked at, which forgives them. */
	VERIFIED("bob", "wrong", 401);
	VERIFIED("bob", WEB_PASSWORD, 403);
	REMEMBERED("bob", WEB_PASSWORD, 403);
	/* A lock holds for whoever was let in before it. */
	web_set(&f, "OrganizationConfig", NULL, "LockoutDelayAfter", "2");
	web_set(&f, "OrganizationConfig", NULL, "LockoutThreshold", "2");
	VERIFIED("bob", "wrong", 401);
	VERIFIED("bob", "wrong", 401);
	VERIFIED("bob", WEB_PASSWORD, 401);
	assert_int_equal(directory_unlock(d, bob, &f.why), 0);
	VERIFIED("bob", WEB_PASSWORD, 403);
	web_set(&f, "OrganizationConfig", NULL, "LockoutThreshold", NULL);
	web_set(&f, "OrganizationConfig", NULL, "LockoutDelayAfter", NULL);
	/* Somebody who is gone. */
	assert_int_equal(host_create_mailbox(f.server.host, "dave", NULL, 0, &f.why), 0);
	uint64_t dave = web_user(&f, "dave");
	assert_int_equal(directory_set_password(d, dave, WEB_PASSWORD, &f.why), 0);
	VERIFIED("dave", WEB_PASSWORD, 403);
	REMEMBERED("dave", WEB_PASSWORD, 403);
	assert_int_equal(directory_remove(d, dave, &f.why), 0);
	VERIFIED("dave", WEB_PASSWORD, 401);
	host_directory_return(f.server.host, d);
}

static void health(void **state)
{
	(void)state;
	f.user = NULL;
	assert_int_equal(web_ask(&f, "GET", "/HealthCheck", "", bytes_of(NULL, 0)), 200);
	assert_int_equal(web_ask(&f, "GET", "/mapi/healthcheck.htm", "", bytes_of(NULL, 0)), 200);
	assert_int_equal(web_ask(&f, "GET", "/nothing", "", bytes_of(NULL, 0)), 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(basic),	  cmocka_unit_test(addresses),	    cmocka_unit_test(forms),	 cmocka_unit_test(one_answer),
					    cmocka_unit_test(administrators), cmocka_unit_test(remembered), cmocka_unit_test(places),
					    cmocka_unit_test(recent), cmocka_unit_test(no_longer_recent), cmocka_unit_test(health) };

	return cmocka_run_group_tests(tests, begin, end);
}
