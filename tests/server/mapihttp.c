/* MAPI over HTTP, end to end: headers, cookies, response codes, meta-tags, and each row of policy. */
#include "web_fixture.h"

#include "rop/aux.h"
#include "rop/rpc_header.h"
#include "server/mapihttp.h"
#include "server/notify.h"

#include <ctype.h>

static struct web_fixture f;

static int begin(void **state)
{
	const struct web_options options = { .pending_ms = 1000, .wait_ms = 2500, .sessions = { .idle_ms = 3000 } };

	(void)state;
	web_begin(&f, &options);
	return 0;
}

static int end(void **state)
{
	(void)state;
	web_end(&f);
	return 0;
}

/* Each test begins with a connection and no cookies. */
static int each(void **state)
{
	(void)state;
	f.user = "alice";
	f.password = WEB_PASSWORD;
	f.cookies[0] = '\0';
	f.over_plain = false;
	web_reconnect(&f);
	return 0;
}

static const char *header(const char *name)
{
	return answer_header(&f.answer, name);
}

static struct bytes nothing(void)
{
	return bytes_of(NULL, 0);
}

static struct bytes execute_request(void)
{
	return web_logon_request(&f, 3);
}

/* ErrorCode of the last Connect. */
static status connect_error(void)
{
	const struct connect_response *r = web_mapi_response(&f, MAPIHTTP_CONNECT);

	return r->error_code;
}

/* Headers -------------------------------------------------------------------------------------------------------------- */

static bool looks_like_exchange(const char *v)
{
	/* "Exchange/15.xx.xxxx.xxx" */
	static const char form[] = "Exchange/15.dd.dddd.ddd";

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)v[i]) : form[i] != v[i])
			return false;
	return strlen(v) == sizeof form - 1;
}

static void a_session(void **state)
{
	char before[512];

	(void)state;
	web_connect(&f);
	/* MS-OXCMAPIHTTP_R2037 */
	assert_string_equal(header("Content-Type"), "application/mapi-http");
	/* MS-OXCMAPIHTTP_R133 */
	/* MS-OXCMAPIHTTP_R2226 */
	assert_string_equal(header("X-ResponseCode"), "0");
	/* MS-OXCMAPIHTTP_R2040 */
	assert_string_equal(header("X-RequestId"), "{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1");
	/* MS-OXCMAPIHTTP_R156 */
	assert_string_equal(header("X-ClientInfo"), "{2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123");
	/* MS-OXCMAPIHTTP_R164 */
	/* MS-OXCMAPIHTTP_R165 */
	assert_true(looks_like_exchange(header("X-ServerApplication")));
	/* MS-OXCMAPIHTTP_R167 */
	assert_string_equal(header("X-ExpirationInfo"), "3000");
	/* MS-OXCMAPIHTTP_R157 */
	/* MS-OXCMAPIHTTP_R1242 */
	assert_string_equal(header("X-PendingPeriod"), "1000");
	/* MS-OXCMAPIHTTP_R2050 */
	assert_null(header("X-DeviceInfo"));
	/* MS-OXCMAPIHTTP_R76 */
	assert_string_equal(header("Transfer-Encoding"), "chunked");
	/* MS-OXCMAPIHTTP_R62 */
	assert_null(header("Content-Length"));
	/* MS-OXCMAPIHTTP_R1219 */
	/* MS-OXCMAPIHTTP_R1221 */
	assert_non_null(strstr(f.cookies, "MapiContext="));
	assert_non_null(strstr(f.answer.head, "; secure"));

	const struct connect_response *r = web_mapi_response(&f, MAPIHTTP_CONNECT);
	/* MS-OXCMAPIHTTP_R1349 */
	assert_int_equal(r->status_code, 0);
	assert_int_equal(r->polls_max, 30000);
	assert_true(r->retry_count && r->retry_delay);
	/* MS-OXCMAPIHTTP_R216 */
	assert_memory_equal(r->display_name.p, "a\0l\0i\0c\0e\0", 10);
	/* MS-OXCRPC_R748 */
	assert_int_equal(le16(r->aux.p + 2) & RPC_HEADER_LAST, RPC_HEADER_LAST);

	memcpy(before, f.cookies, sizeof before);
	/* MS-OXCMAPIHTTP_R181 */
	/* MS-OXCMAPIHTTP_R226 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
	const struct execute_response *e = web_mapi_response(&f, MAPIHTTP_EXECUTE);
	/* MS-OXCMAPIHTTP_R1356 */
	assert_int_equal(e->status_code, 0);
	assert_int_equal(e->error_code, 0);
	/* MS-OXCMAPIHTTP_R1358 */
	assert_int_equal(e->flags, 0);
	assert_true(e->rops.n > RPC_HEADER_SIZE);
	/* MS-OXCMAPIHTTP_R1236 */
	assert_non_null(header("Set-Cookie"));
	assert_string_not_equal(f.cookies, before);
	assert_memory_equal(f.cookies, before, strcspn(before, ";"));
	/* MS-OXCMAPIHTTP_R304 */
	assert_int_equal(web_mapi(&f, "Disconnect", "", web_mapi_request(&f, MAPIHTTP_DISCONNECT, &(struct disconnect_request){ .aux = nothing() })), 0);
	/* MS-OXCMAPIHTTP_R1255 */
	assert_non_null(header("Set-Cookie"));
	/* MS-OXCMAPIHTTP_R1363 */
	assert_int_equal(((struct disconnect_response *)web_mapi_response(&f, MAPIHTTP_DISCONNECT))->status_code, 0);
	/* MS-OXCMAPIHTTP_R146 */
	/* MS-OXCMAPIHTTP_R1253 */
	/* MS-OXCMAPIHTTP_R2236 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
}

/* Clients may end a session without a word. */
static void silent_end(void **state)
{
	(void)state;
	web_connect(&f);
	/* MS-OXCMAPIHTTP_R1250 */
	/* MS-OXCMAPIHTTP_R2234 */
	assert_int_equal(web_mapi(&f, "Disconnect", "", nothing()), 0);
	assert_int_equal(((struct disconnect_response *)web_mapi_response(&f, MAPIHTTP_DISCONNECT))->error_code, 0);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
}

static void ping(void **state)
{
	(void)state;
	/* MS-OXCMAPIHTTP_R1124 */
	/* MS-OXCMAPIHTTP_R1127 */
	assert_int_equal(web_mapi(&f, "PING", "", nothing()), 0);
	web_connect(&f);
	assert_int_equal(web_mapi(&f, "PING", "", nothing()), 0);
	/* MS-OXCMAPIHTTP_R1460 */
	assert_int_equal(web_mapi_body(&f).n, 0);
	/* It stands beside requests: their sequence goes on. */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
}

/* Response codes ------------------------------------------------------------------------------------------------------------ */

static void anonymous(void **state)
{
	(void)state;
	f.user = NULL;
	/* MS-OXCMAPIHTTP_R36 */
	/* MS-OXCMAPIHTTP_R1331 */
	assert_int_equal(web_ask(&f, "POST", "/mapi/emsmdb/", "X-RequestType: PING\r\n", nothing()), 401);
	assert_non_null(strstr(header("WWW-Authenticate"), "Basic"));
	f.user = "alice";
	f.password = "wrong";
	web_reconnect(&f);
	assert_int_equal(web_ask(&f, "POST", "/mapi/emsmdb/", "X-RequestType: PING\r\n", nothing()), 401);
}

static void wrong_headers(void **state)
{
	static const char form[] = "Content-Type: application/mapi-http\r\nX-RequestId: {E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1\r\n";
	static const char bad_id[] = "Content-Type: application/mapi-http\r\nX-RequestType: PING\r\nX-RequestId: 1\r\n";
	static const char no_id[] = "Content-Type: application/mapi-http\r\nX-RequestType: PING\r\n";
	static const char bad_type[] = "Content-Type: text/plain\r\nX-RequestType: PING\r\nX-RequestId: {E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1\r\n";

	(void)state;
	/* MS-OXCMAPIHTTP_R49 */
	assert_int_equal(web_ask(&f, "GET", "/mapi/emsmdb/", form, nothing()), 200);
	/* MS-OXCMAPIHTTP_R138 */
	assert_string_equal(header("X-ResponseCode"), "2");
	/* MS-OXCMAPIHTTP_R143 */
	assert_int_equal(web_ask(&f, "POST", "/mapi/emsmdb", form, nothing()), 200);
	assert_string_equal(header("X-ResponseCode"), "7");
	/* MS-OXCMAPIHTTP_R2038 */
	assert_string_equal(header("Content-Type"), "text/html");
	(void)web_ask(&f, "POST", "/MAPI/EmsMdb/", no_id, nothing());
	assert_string_equal(header("X-ResponseCode"), "7");
	(void)web_ask(&f, "POST", "/mapi/emsmdb/", bad_id, nothing());
	/* MS-OXCMAPIHTTP_R140 */
	assert_string_equal(header("X-ResponseCode"), "4");
	(void)web_ask(&f, "POST", "/mapi/emsmdb/", bad_type, nothing());
	assert_string_equal(header("X-ResponseCode"), "4");
	/* MS-OXCMAPIHTTP_R141 */
	assert_int_equal(web_mapi(&f, "invalidValue", "", nothing()), 5);
	assert_int_equal(web_mapi(&f, "Bind", "", nothing()), 5);
}

static void wrong_cookies(void **state)
{
	char good[512];

	(void)state;
	/* MS-OXCMAPIHTTP_R149 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 13);
	web_connect(&f);
	memcpy(good, f.cookies, sizeof good);
	(void)snprintf(f.cookies, sizeof f.cookies, "MapiContext=Invalid cookie; MapiSequence=Invalid cookie");
	/* MS-OXCMAPIHTTP_R142 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 6);
	(void)snprintf(f.cookies, sizeof f.cookies, "MapiContext=00000000000000000000000000000000; MapiSequence=1");
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
	memcpy(f.cookies, good, sizeof good);
	*strchr(f.cookies, ';') = '\0';
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 13);
	memcpy(f.cookies, good, sizeof good);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
	/* The same number again: a replay. */
	memcpy(f.cookies, good, sizeof good);
	/* MS-OXCMAPIHTTP_R151 */
	/* MS-OXCMAPIHTTP_R1228 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 15);
	/* A refusal does not spoil the sequence. */
	memcpy(good, f.cookies, sizeof good);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 15);
}

static void other_user(void **state)
{
	(void)state;
	web_connect(&f);
	f.user = "bob";
	/* MS-OXCMAPIHTTP_R1225 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
	f.user = "alice";
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
}

static void wrong_body(void **state)
{
	static const uint8_t short_one[] = { 3, 0, 0, 0, 100, 0, 0, 0, 1, 2, 3 };

	(void)state;
	web_connect(&f);
	/* MS-OXCMAPIHTTP_R148 */
	assert_int_equal(web_mapi(&f, "Execute", "", bytes_of(short_one, sizeof short_one)), 12);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
}

/* The ErrorCode of an Execute; what failed has no answers and no auxiliary blocks. */
static status execute_error(const struct execute_request *q)
{
	assert_int_equal(web_mapi(&f, "Execute", "", web_mapi_request(&f, MAPIHTTP_EXECUTE, q)), 0);
	const struct execute_response *r = web_mapi_response(&f, MAPIHTTP_EXECUTE);

	assert_int_equal(r->flags, 0);
	assert_true(!r->error_code || !r->rops.n);
	return r->error_code;
}

static void wrong_sizes(void **state)
{
	static uint8_t junk[0x40001];
	/* Version 0, the last, two bytes: RopSize and nothing. */
	uint8_t empty[] = { 0, 0, 4, 0, 2, 0, 2, 0, 2, 0 };
	struct execute_request q = { .flags = 3, .rops = bytes_of(empty, sizeof empty), .max_rops = 0x10008 };

	(void)state;
	web_connect(&f);
	assert_int_equal(execute_error(&q), 0);
	q.rops.n = 7;
	/* MS-OXCRPC_R1379 */
	assert_int_equal(execute_error(&q), 0x80040115);
	q.rops = bytes_of(junk, 0x8008);
	/* MS-OXCRPC_R2001 */
	assert_int_equal(execute_error(&q), 0x80040115);
	q.rops.n = sizeof junk;
	/* MS-OXCRPC_R1373 */
	assert_int_equal(execute_error(&q), 0x6F7);
	q.rops.n = 64;
	memset(junk, 0xff, sizeof junk);
	/* MS-OXCRPC_R698 */
	assert_int_equal(execute_error(&q), 0x4b6);
	q = (struct execute_request){ .flags = 3, .rops = bytes_of(empty, sizeof empty), .max_rops = 7 };
	/* MS-OXCRPC_R663 */
	assert_int_equal(execute_error(&q), 0x80040115);
	q.max_rops = 0x40000;
	assert_int_equal(execute_error(&q), 0);
	q.max_rops = 0x40001;
	/* MS-OXCRPC_R666 */
	assert_int_equal(execute_error(&q), 0x6F7);
	q = (struct execute_request){ .flags = 3, .rops = bytes_of(empty, sizeof empty), .max_rops = 0x10008, .aux = bytes_of(junk, 7) };
	/* MS-OXCRPC_R1940 */
	assert_int_equal(execute_error(&q), 0x80040115);
	q.aux.n = 0x1009;
	/* MS-OXCRPC_R4877 */
	assert_int_equal(execute_error(&q), 0x6F7);
}

static void reconnect(void **state)
{
	char old[512];

	(void)state;
	web_connect(&f);
	memcpy(old, f.cookies, sizeof old);
	/* MS-OXCMAPIHTTP_R1280 */
	web_connect(&f);
	/* MS-OXCMAPIHTTP_R1278 */
	assert_string_not_equal(f.cookies, old);
	*strchr(f.cookies, ';') = '\0';
	/* MS-OXCMAPIHTTP_R1329 */
	web_connect(&f);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
	/* MS-OXCMAPIHTTP_R1277 */
	memcpy(f.cookies, old, sizeof old);
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
}

/* Waiting -------------------------------------------------------------------------------------------------------------------- */

static void wake(struct session *s, void *arg)
{
	(void)arg;
	notify_wake(s);
}

static void waiting(void **state)
{
	struct bytes q = web_mapi_request(&f, MAPIHTTP_NOTIFICATION_WAIT, &(struct notification_wait_request){ .aux = nothing() });
	struct client waiter;

	(void)state;
	web_connect(&f);
	/* It ends by itself. */
	assert_int_equal(web_mapi(&f, "NotificationWait", "", q), 0);
	/* MS-OXCMAPIHTTP_R1135 */
	/* MS-OXCMAPIHTTP_R1241 */
	assert_non_null(strstr(buf_cstr(&f.answer.body), "PENDING\r\n"));
	const struct notification_wait_response *r = web_mapi_response(&f, MAPIHTTP_NOTIFICATION_WAIT);
	/* MS-OXCMAPIHTTP_R1372 */
	assert_int_equal(r->event_pending, 0);
	/* MS-OXCMAPIHTTP_R1369 */
	assert_int_equal(r->status_code, 0);

	/* An Execute may come meanwhile, over another connection. */
	web_mapi_send(&f, "NotificationWait", "", q);
	(void)client_until(&f.client, "PROCESSING\r\n");
	waiter = f.client;
	f.client = (struct client){ .fd = -1 };
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 0);
	client_close(&f.client);
	f.client = waiter;
	sessions_each(f.server.sessions, wake, NULL);
	assert_int_equal(web_mapi_answer(&f), 0);
	/* MS-OXCMAPIHTTP_R1371 */
	assert_int_equal(((struct notification_wait_response *)web_mapi_response(&f, MAPIHTTP_NOTIFICATION_WAIT))->event_pending, 1);
}

/* Two wait with one session: the first is told that there is another, so that both do not end each other for ever. */
static void two_wait(void **state)
{
	struct bytes q = web_mapi_request(&f, MAPIHTTP_NOTIFICATION_WAIT, &(struct notification_wait_request){ .aux = nothing() });
	struct client first, second;

	(void)state;
	web_connect(&f);
	web_mapi_send(&f, "NotificationWait", "", q);
	(void)client_until(&f.client, "PROCESSING\r\n");
	for (unsigned i = 0; i < 500 && !counter_get(&f.counters, COUNTER_RPC_WAITING); i++)
		(void)usleep(10000);
	first = f.client;
	f.client = (struct client){ .fd = -1 };
	web_mapi_send(&f, "NotificationWait", "", q);
	(void)client_until(&f.client, "PROCESSING\r\n");
	second = f.client;
	f.client = first;
	assert_int_equal(web_mapi_answer(&f), 0);
	const struct notification_wait_response *r = web_mapi_response(&f, MAPIHTTP_NOTIFICATION_WAIT);
	/* MS-OXCRPC_R1343 */
	assert_int_equal(r->error_code, 0x7EE);
	assert_int_equal(r->event_pending, 0);
	client_close(&f.client);
	f.client = second;
	assert_int_equal(web_mapi_answer(&f), 0);
	r = web_mapi_response(&f, MAPIHTTP_NOTIFICATION_WAIT);
	assert_int_equal(r->error_code, 0);
}

static void peer_goes(void **state)
{
	struct bytes q = web_mapi_request(&f, MAPIHTTP_NOTIFICATION_WAIT, &(struct notification_wait_request){ .aux = nothing() });

	(void)state;
	web_connect(&f);
	web_mapi_send(&f, "NotificationWait", "", q);
	(void)client_until(&f.client, "PROCESSING\r\n");
	client_close(&f.client);
	for (unsigned i = 0; i < 500 && counter_get(&f.counters, COUNTER_RPC_WAITING); i++)
		(void)usleep(10000);
	assert_int_equal(counter_get(&f.counters, COUNTER_RPC_WAITING), 0);
}

static void expiry(void **state)
{
	(void)state;
	web_connect(&f);
	for (unsigned i = 0; i < 1000 && sessions_count(f.server.sessions); i++)
		(void)usleep(10000);
	/* MS-OXCMAPIHTTP_R1283 */
	/* MS-OXCMAPIHTTP_R1285 */
	assert_int_equal(web_mapi(&f, "Execute", "", execute_request()), 10);
}

/* Policy ------------------------------------------------------------------------------------------------------------------------ */

static status connect_as(const char *dn, unsigned mode, uint32_t flags)
{
	f.cookies[0] = '\0';
	assert_int_equal(web_mapi(&f, "Connect", "", web_connect_request(&f, dn, mode, flags)), 0);
	/* A refused Connect makes no session. */
	status s = connect_error();
	assert_true(!s == !!*f.cookies);
	return s;
}

static void names(void **state)
{
	const char *alice = web_legacy_dn(&f, "alice"), *bob = web_legacy_dn(&f, "bob");

	(void)state;
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 0);
	/* MS-OXCRPC_R600 */
	assert_int_equal(connect_as("/o=Contoso/cn=Recipients/cn=nobody", AUX_CLIENT_MODE_CACHED, 0), 1003);
	assert_int_equal(connect_as("", AUX_CLIENT_MODE_CACHED, 0), 0x80070005);
	assert_int_equal(connect_as(bob, AUX_CLIENT_MODE_CACHED, 0), 0x80070005);
	/* Who asks for the behaviour of administrators and is none connects without it. */
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 1), 0);
}

static void cached_mode(void **state)
{
	const char *alice = web_legacy_dn(&f, "alice");

	(void)state;
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CLASSIC, 0), 0);
	web_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookNonCachedMode", "True");
	/* MS-OXCRPC_R609 */
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CLASSIC, 0), 1249);
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_UNKNOWN, 0), 1249);
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 0);
	web_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookNonCachedMode", NULL);
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CLASSIC, 0), 0);
}

static void other_rows(void **state)
{
	const char *alice = web_legacy_dn(&f, "alice");

	(void)state;
	web_set(&f, "CASMailbox", "alice", "MAPIEnabled", "False");
	/* MS-OXCRPC_R615 */
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 2008);
	web_set(&f, "CASMailbox", "alice", "MAPIEnabled", NULL);
	web_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookVersions", "-15.4420.1017");
	/* MS-OXCRPC_R595 */
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 1247);
	web_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookVersions", "-15.4420.1016");
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 0);
	web_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookVersions", NULL);
	web_set(&f, "RpcClientAccess", f.server.fqdn, "EncryptionRequired", "True");
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 0);
	f.over_plain = true;
	web_reconnect(&f);
	/* MS-OXCRPC_R1126 */
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 2416);
	web_set(&f, "RpcClientAccess", f.server.fqdn, "EncryptionRequired", "False");
	assert_int_equal(connect_as(alice, AUX_CLIENT_MODE_CACHED, 0), 0);
	assert_null(strstr(f.answer.head, "; secure"));
}

/* The parts ------------------------------------------------------------------------------------------------------------------- */

static void ids(void **state)
{
	(void)state;
	assert_true(mapihttp_is_id("E2EA6C1C-E61B-49E9-9CFB-38184F907552:123456"));
	assert_true(mapihttp_is_id("{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1"));
	assert_false(mapihttp_is_id("E2EA6C1C-E61B-49E9-9CFB-38184F907552"));
	assert_false(mapihttp_is_id("E2EA6C1C-E61B-49E9-9CFB-38184F907552:"));
	assert_false(mapihttp_is_id("E2EA6C1C-E61B-49E9-9CFB-38184F907552:1x"));
	assert_false(mapihttp_is_id("E2EA6C1C:1"));
	assert_false(mapihttp_is_id(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_session, each),     cmocka_unit_test_setup(ping, each),	   cmocka_unit_test_setup(anonymous, each),
		cmocka_unit_test_setup(wrong_headers, each), cmocka_unit_test_setup(wrong_cookies, each), cmocka_unit_test_setup(other_user, each),
		cmocka_unit_test_setup(wrong_body, each),    cmocka_unit_test_setup(wrong_sizes, each),   cmocka_unit_test_setup(reconnect, each),
		cmocka_unit_test_setup(waiting, each),	     cmocka_unit_test_setup(two_wait, each),	   cmocka_unit_test_setup(peer_goes, each),
		cmocka_unit_test_setup(expiry, each),
		cmocka_unit_test_setup(names, each),	     cmocka_unit_test_setup(cached_mode, each),   cmocka_unit_test_setup(other_rows, each),
		cmocka_unit_test_setup(ids, each),	     cmocka_unit_test_setup(silent_end, each),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
