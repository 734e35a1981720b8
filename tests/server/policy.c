/* Which clients may connect: each row of what the administrator can set, and what old clients hear of it. */
#include "support.h"

#include "server/policy.h"

struct row {
	struct server_policy server;
	struct person who;
	struct client_info client;
};

/* Outlook 2016 in cached mode over TLS, and nothing set against it. */
static struct row plain(void)
{
	return (struct row){
		.server = { .encryption_required = true, .most_connections = 10, .polling_interval = 30000 },
		.who = { .id = 1, .name = "Alice", .alias = "alice", .mapi_enabled = true, .mapi_http_enabled = true },
		.client = { .version = { 16, 0, 4266, 1001 }, .mode = CLIENT_MODE_CACHED, .transport = TRANSPORT_MAPI_HTTP, .encrypted = true },
	};
}

static void version(struct row *r, uint16_t major, uint16_t build, uint16_t revision)
{
	r->client.version[0] = major;
	r->client.version[1] = 0;
	r->client.version[2] = build;
	r->client.version[3] = revision;
}

/* The answer at Connect, which is that at logon, and words that name the setting. */
static status ask(const struct row *r, const char *setting)
{
	struct reason why = { "" };
	status s = policy_connect(&r->server, &r->who, &r->client, &why);

	assert_int_equal(policy_logon(&r->server, &r->who, &r->who, &r->client, NULL), s);
	assert_int_equal(policy_logon(&r->server, &r->who, NULL, &r->client, NULL), s);
	if (s)
		assert_non_null(strstr(why.text, setting));
	return s;
}

static void nothing_set(void **state)
{
	struct row r = plain();

	(void)state;
	assert_int_equal(ask(&r, ""), 0);
	r.client.mode = CLIENT_MODE_ONLINE;
	assert_int_equal(ask(&r, ""), 0);
	r.client.mode = CLIENT_MODE_UNKNOWN;
	version(&r, 11, 5608, 0);
	assert_int_equal(ask(&r, ""), 0);
}

static void protocol_off(void **state)
{
	struct row r = plain();

	(void)state;
	r.who.mapi_enabled = false;
	/* MS-OXCRPC_R615 */
	assert_int_equal(ask(&r, "MAPIEnabled"), 2008);
	version(&r, 12, 0, 0);
	/* MS-OXCRPC_R1121 */
	assert_int_equal(ask(&r, "MAPIEnabled"), 2008);
	version(&r, 11, 65535, 65535);
	/* MS-OXCRPC_R1122 */
	assert_int_equal(ask(&r, "MAPIEnabled"), 1247);
}

static void transports_off(void **state)
{
	struct row r = plain();

	(void)state;
	r.who.mapi_http_enabled = false;
	assert_int_equal(ask(&r, "MapiHttpEnabled"), 2008);
	r.client.transport = TRANSPORT_RPC_HTTP;
	assert_int_equal(ask(&r, ""), 0);
	r.who.block_rpc_http = true;
	assert_int_equal(ask(&r, "MAPIBlockOutlookRpcHttp"), 1248);
	version(&r, 11, 8000, 0);
	assert_int_equal(ask(&r, "MAPIBlockOutlookRpcHttp"), 1247);
	r.client.transport = TRANSPORT_RPC_TCP;
	assert_int_equal(ask(&r, ""), 0);
}

static void versions_blocked(void **state)
{
	struct row r = plain();

	(void)state;
	r.who.block_versions = "-6.0.0;10.0.0-15.4737.999";
	assert_int_equal(ask(&r, ""), 0);
	version(&r, 15, 4737, 1000);
	assert_int_equal(ask(&r, ""), 0);
	version(&r, 15, 4737, 999);
	/* MS-OXCRPC_R595 */
	assert_int_equal(ask(&r, "MAPIBlockOutlookVersions"), 1247);
	version(&r, 6, 0, 0);
	assert_int_equal(ask(&r, "MAPIBlockOutlookVersions"), 1247);
	version(&r, 9, 0, 0);
	assert_int_equal(ask(&r, ""), 0);
	r.server.block_versions = "9.0.0";
	assert_int_equal(ask(&r, "BlockedClientVersions"), 1247);
	r.server.block_versions = "16.0.0-";
	version(&r, 16, 4266, 1001);
	assert_int_equal(ask(&r, "BlockedClientVersions"), 1247);
}

static void cached_mode_only(void **state)
{
	struct row r = plain();

	(void)state;
	r.who.block_non_cached = true;
	assert_int_equal(ask(&r, ""), 0);
	r.client.mode = CLIENT_MODE_ONLINE;
	/* MS-OXCRPC_R609 */
	assert_int_equal(ask(&r, "MAPIBlockOutlookNonCachedMode"), 1249);
	r.client.mode = CLIENT_MODE_UNKNOWN;
	assert_int_equal(ask(&r, "MAPIBlockOutlookNonCachedMode"), 1249);
	version(&r, 11, 8000, 0);
	assert_int_equal(ask(&r, "MAPIBlockOutlookNonCachedMode"), 1247);
	version(&r, 0, 0, 0);
	assert_int_equal(ask(&r, "MAPIBlockOutlookNonCachedMode"), 1249);
	r.client.mode = CLIENT_MODE_CACHED;
	assert_int_equal(ask(&r, ""), 0);
}

static void encryption(void **state)
{
	struct row r = plain();

	(void)state;
	r.client.encrypted = false;
	/* MS-OXCRPC_R1126 */
	assert_int_equal(ask(&r, "EncryptionRequired"), 2416);
	version(&r, 12, 3619, 0);
	/* MS-OXCRPC_R1124 */
	assert_int_equal(ask(&r, "EncryptionRequired"), 2416);
	version(&r, 12, 3618, 65535);
	/* MS-OXCRPC_R1125 */
	assert_int_equal(ask(&r, "EncryptionRequired"), 1247);
	r.server.encryption_required = false;
	assert_int_equal(ask(&r, ""), 0);
}

/* What is said first when several hold: the transport, the protocol, the version, the mode. */
static void order(void **state)
{
	struct row r = plain();

	(void)state;
	r.client.encrypted = false;
	r.client.mode = CLIENT_MODE_ONLINE;
	r.who.mapi_enabled = false;
	r.who.block_non_cached = true;
	r.who.block_versions = "16.0.0-";
	assert_int_equal(ask(&r, "EncryptionRequired"), 2416);
	r.client.encrypted = true;
	assert_int_equal(ask(&r, "MAPIEnabled"), 2008);
	r.who.mapi_enabled = true;
	assert_int_equal(ask(&r, "MAPIBlockOutlookVersions"), 1247);
	r.who.block_versions = NULL;
	assert_int_equal(ask(&r, "MAPIBlockOutlookNonCachedMode"), 1249);
}

/* A mailbox that may be opened in cached mode only is not opened online by others either. */
static void mailboxes_of_others(void **state)
{
	struct row r = plain();
	struct person owner = r.who;

	(void)state;
	owner.id = 2;
	owner.name = "Bob";
	r.client.mode = CLIENT_MODE_ONLINE;
	assert_int_equal(policy_logon(&r.server, &r.who, &owner, &r.client, NULL), 0);
	owner.block_non_cached = true;
	assert_int_equal(policy_logon(&r.server, &r.who, &owner, &r.client, NULL), 1249);
	r.client.mode = CLIENT_MODE_CACHED;
	assert_int_equal(policy_logon(&r.server, &r.who, &owner, &r.client, NULL), 0);
	owner.mapi_enabled = false;
	assert_int_equal(policy_logon(&r.server, &r.who, &owner, &r.client, NULL), 2008);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set),	    cmocka_unit_test(protocol_off),    cmocka_unit_test(transports_off),
		cmocka_unit_test(versions_blocked), cmocka_unit_test(cached_mode_only), cmocka_unit_test(encryption),
		cmocka_unit_test(order),	    cmocka_unit_test(mailboxes_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
