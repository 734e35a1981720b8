/*
 * Every row of the policy, from outside: what the administrator sets holds for the next client, without a new start of the server.
 */
#include "outside.h"

#include "server_codes.h"

static struct mapi_client client;

static int free_client(void **state)
{
	(void)state;
	mapi_client_free(&client);
	return 0;
}

/* What Connect says to a client of alice's in this mode and of this version. */
static uint32_t connect_as(int mode, const char *application, bool tls)
{
	static struct mapi_account a;

	mapi_client_free(&client);
	a = served_account(&served, "alice");
	a.mode = mode;
	a.application = application;
	if (!tls)
		a.place = (struct link_place){ .port = served.plain };
	mapi_client_init(&client, &a);
	status st = mapi_client_connect(&client);
	/* Whatever the policy says is an answer of the protocol, not a failure of HTTP. */
	assert_int_equal(client.http_code, 200);
	assert_int_equal(client.response_code, 0);
	assert_int_equal(st, client.error_code);
	return client.error_code;
}

static void everybody_by_default(void **state)
{
	(void)state;
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), 0);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, OUTLOOK_16, true), 0);
	assert_int_equal(connect_as(MAPI_CLIENT_SILENT, OUTLOOK_16, true), 0);
	good(&client, mapi_client_logon(&client, 0));
}

static void cached_mode_only(void **state)
{
	(void)state;
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $true");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, OUTLOOK_16, true), ecCachedModeRequired);
	/* It has no session. */
	assert_int_not_equal(mapi_client_logon(&client, 0), 0);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), 0);
	good(&client, mapi_client_logon(&client, 0));
	/* Cached mode is a promise: one that says nothing has not made it. */
	assert_int_equal(connect_as(MAPI_CLIENT_SILENT, OUTLOOK_16, true), ecCachedModeRequired);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_UNKNOWN, OUTLOOK_16, true), ecCachedModeRequired);
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $false");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, OUTLOOK_16, true), 0);
}

/* Below 12.00.0000.000 a client does not know 1249. */
static void cached_mode_and_the_old(void **state)
{
	(void)state;
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $true");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, "Outlook/11.0.8000.0", true), ecClientVerDisallowed);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, "Outlook/11.99.9999.9999", true), ecClientVerDisallowed);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, "Outlook/12.0.0.0", true), ecCachedModeRequired);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/11.0.8000.0", true), 0);
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $false");
}

static void versions(void **state)
{
	(void)state;
	administrator("Set-CasMailbox alice -MAPIBlockOutlookVersions '-14.9999.9999;15.4400.0-15.4500.0'");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/14.0.7000.1000", true), ecClientVerDisallowed);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/15.0.4420.1017", true), ecClientVerDisallowed);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/15.0.4615.1000", true), 0);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), 0);
	administrator("Set-CasMailbox alice -MAPIBlockOutlookVersions $null");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/14.0.7000.1000", true), 0);
}

static void versions_of_the_server(void **state)
{
	(void)state;
	administrator("Set-RpcClientAccess -Server mail -BlockedClientVersions '-14.9999.9999'");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/14.0.7000.1000", true), ecClientVerDisallowed);
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), 0);
	administrator("Set-RpcClientAccess -Server mail -BlockedClientVersions $null");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, "Outlook/14.0.7000.1000", true), 0);
}

static void no_mapi(void **state)
{
	(void)state;
	administrator("Set-CasMailbox alice -MAPIEnabled $false");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), ecProtocolDisabled);
	administrator("Set-CasMailbox alice -MAPIEnabled $true");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, true), 0);
}

static void encryption(void **state)
{
	(void)state;
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, false), ecNotEncrypted);
	administrator("Set-RpcClientAccess -Server mail -EncryptionRequired $false");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, false), 0);
	good(&client, mapi_client_logon(&client, 0));
	administrator("Set-RpcClientAccess -Server mail -EncryptionRequired $true");
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CACHED, OUTLOOK_16, false), ecNotEncrypted);
}

/* A session that is there stays; its next logon is asked anew. */
static void at_the_next_logon(void **state)
{
	(void)state;
	assert_int_equal(connect_as(AUX_CLIENT_MODE_CLASSIC, OUTLOOK_16, true), 0);
	good(&client, mapi_client_logon(&client, 0));
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $true");
	assert_int_equal(mapi_client_logon(&client, 1), ecCachedModeRequired);
	administrator("Set-CasMailbox alice -MAPIBlockOutlookNonCachedMode $false; Set-CasMailbox alice -MAPIEnabled $false");
	assert_int_equal(mapi_client_logon(&client, 1), ecProtocolDisabled);
	administrator("Set-CasMailbox alice -MAPIEnabled $true; Set-CasMailbox alice -MAPIBlockOutlookVersions '-99.9999.0'");
	assert_int_equal(mapi_client_logon(&client, 1), ecClientVerDisallowed);
	administrator("Set-CasMailbox alice -MAPIBlockOutlookVersions $null");
	good(&client, mapi_client_logon(&client, 1));
}

/* Versions in settings are X.Y.Z and mean X.0.Y.Z, as Exchange has them. */

/* The administrator finds the reason in the event log: of the first refusal, since no client can fill the log. */
static void it_is_in_the_event_log(void **state)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)1 << 20);

	(void)state;
	if (served_shell(&served, "Get-EventLog -Newest 100 | Format-List", &out))
		fail_msg("%s", served.why.text);
	assert_non_null(strstr(buf_cstr(&out), "(1249): "));
	assert_non_null(strstr(buf_cstr(&out), " of alice was refused with "));
	assert_null(strstr(buf_cstr(&out), SERVED_PASSWORD));
}

/* Who it is, before anything else: a password that is wrong, nobody, another's mailbox. */
static void only_its_owner(void **state)
{
	struct mapi_account a = served_account(&served, "alice");

	(void)state;
	mapi_client_free(&client);
	a.password = "wrong horse battery";
	mapi_client_init(&client, &a);
	assert_int_not_equal(mapi_client_connect(&client), 0);
	assert_int_equal(client.http_code, 401);
	mapi_client_free(&client);
	a = served_account(&served, "alice");
	a.user = NULL;
	mapi_client_init(&client, &a);
	assert_int_not_equal(mapi_client_connect(&client), 0);
	assert_int_equal(client.http_code, 401);
	mapi_client_free(&client);
	a = served_account(&served, "bob");
	mapi_client_init(&client, &a);
	good(&client, mapi_client_connect(&client));
	assert_int_not_equal(mapi_client_logon_as(&client, 0, served_account(&served, "alice").dn, 0), 0);
	good(&client, mapi_client_logon(&client, 0));
	/* It uses an account that ends here. */
	mapi_client_free(&client);
	static struct mapi_account still;
	still = served_account(&served, "alice");
	mapi_client_init(&client, &still);
}

static int begin_group(void **state)
{
	static struct mapi_account a;

	mapi_client_init(&client, &a);
	return outside_begin(state);
}

static int end_group(void **state)
{
	return free_client(state) || outside_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_by_default), cmocka_unit_test(cached_mode_only),	  cmocka_unit_test(cached_mode_and_the_old),
		cmocka_unit_test(versions),		cmocka_unit_test(versions_of_the_server), cmocka_unit_test(no_mapi),
		cmocka_unit_test(encryption),		cmocka_unit_test(at_the_next_logon),	  cmocka_unit_test(it_is_in_the_event_log),
		cmocka_unit_test(only_its_owner),
	};

	return cmocka_run_group_tests(tests, begin_group, end_group);
}
