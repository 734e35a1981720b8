/* Autodiscover: what clients are told, in each of its forms, and what nobody is told. */
#include "web_fixture.h"

#include "server/autodiscover.h"

#define OUTLOOK "http://schemas.microsoft.com/exchange/autodiscover/outlook/"
#define MOBILE "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/"

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

static int each(void **state)
{
	(void)state;
	f.user = "alice";
	f.over_plain = false;
	web_reconnect(&f);
	return 0;
}

static const char *body(void)
{
	return buf_cstr(&f.answer.body);
}

static bool says(const char *text)
{
	return strstr(body(), text) != NULL;
}

/* A request of POX; the answer is in body(). */
static void ask_for(const char *address, const char *asks, const char *answer, const char *headers)
{
	char text[2048];

	(void)snprintf(text, sizeof text,
		       "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Autodiscover xmlns=\"%s\"><Request>%s<AcceptableResponseSchema>%s"
		       "</AcceptableResponseSchema></Request></Autodiscover>",
		       asks, address, answer);
	assert_int_equal(web_ask(&f, "POST", "/Autodiscover/Autodiscover.xml", headers, bytes_of(text, strlen(text))), 200);
	assert_string_equal(answer_header(&f.answer, "Content-Type"), "text/xml; charset=utf-8");
}

static void outlook(const char *address, const char *headers)
{
	ask_for(address, OUTLOOK "requestschema/2006", OUTLOOK "responseschema/2006a", headers);
}

#define ALICE "<EMailAddress>alice@contoso.example</EMailAddress>"
#define CAN_MAPI "X-MapiHttpCapability: 1\r\n"

static void settings(void **state)
{
	(void)state;
	outlook(ALICE, CAN_MAPI);
	assert_true(says("<Response xmlns=\"" OUTLOOK "responseschema/2006a\">"));
	assert_true(says("<DisplayName>alice</DisplayName>"));
	assert_true(says("<AutoDiscoverSMTPAddress>alice@contoso.example</AutoDiscoverSMTPAddress>"));
	assert_true(says("<Action>settings</Action>"));
	assert_true(says("<Type>EXCH</Type>"));
	assert_true(says("<Protocol Type=\"mapiHttp\" Version=\"1\">"));
	/* MS-OXCMAPIHTTP_R1436 */
	assert_true(says("<MailStore>\r\n<InternalUrl>https://cas.contoso.example/mapi/emsmdb/?MailboxId="));
	/* MS-OXCMAPIHTTP_R1437 */
	assert_true(says("<AddressBook>\r\n<InternalUrl>https://cas.contoso.example/mapi/nspi/?MailboxId="));
	assert_true(says("@contoso.example</InternalUrl>"));
	/* What this server does not have is not announced. */
	assert_false(says("EwsUrl"));
	assert_false(says("<Type>WEB</Type>"));
	assert_false(says("<Type>EXPR</Type>"));
	/* Clients that do not know it are not told. */
	outlook(ALICE, "");
	assert_false(says("mapiHttp"));
	assert_true(says("<Type>EXCH</Type>"));
}

static void urls(void **state)
{
	(void)state;
	web_set(&f, "MapiVirtualDirectory", "cas.contoso.example\\mapi (Default Web Site)", "ExternalUrl", "https://mail.contoso.example/mapi");
	web_set(&f, "OwaVirtualDirectory", "owa (Default Web Site)", "ExternalUrl", "https://mail.contoso.example/owa");
	web_set(&f, "OwaVirtualDirectory", "owa (Default Web Site)", "FailbackUrl", "https://failback.contoso.example/owa");
	web_set(&f, "WebServicesVirtualDirectory", "EWS (Default Web Site)", "ExternalUrl", "https://ews.contoso.example/EWS/Exchange.asmx");
	web_set(&f, "MailboxDatabase", "Mailbox Database", "RpcClientAccessServer", "outlook.contoso.example");
	outlook(ALICE, CAN_MAPI);
	assert_true(says("<ExternalUrl>https://mail.contoso.example/mapi/emsmdb/?MailboxId="));
	assert_true(says("<ExternalUrl>https://mail.contoso.example/mapi/nspi/?MailboxId="));
	assert_true(says(">https://mail.contoso.example/owa</OWAUrl>"));
	assert_true(says(">https://failback.contoso.example/owa</OWAUrl>"));
	assert_true(says("<ASUrl>https://ews.contoso.example/EWS/Exchange.asmx</ASUrl>"));
	assert_true(says("<Server>outlook.contoso.example</Server>"));
}

static void policies(void **state)
{
	(void)state;
	web_set(&f, "CASMailbox", "alice", "MapiHttpEnabled", "False");
	outlook(ALICE, CAN_MAPI);
	assert_false(says("mapiHttp"));
	web_set(&f, "CASMailbox", "alice", "MapiHttpEnabled", NULL);
	web_set(&f, "CASMailbox", "alice", "MAPIEnabled", "False");
	outlook(ALICE, CAN_MAPI);
	assert_false(says("mapiHttp"));
	assert_false(says("<Type>EXCH</Type>"));
	web_set(&f, "CASMailbox", "alice", "MAPIEnabled", NULL);
}

static void errors(void **state)
{
	char first[8192];

	(void)state;
	outlook("<EMailAddress>nobody@contoso.example</EMailAddress>", "");
	assert_true(says("<ErrorCode>500</ErrorCode>"));
	(void)snprintf(first, sizeof first, "%s", strstr(body(), "<ErrorCode>"));
	/* Who is hidden from the address lists is not found, and neither are strangers. */
	web_set(&f, "Mailbox", "bob", "HiddenFromAddressListsEnabled", "True");
	outlook("<EMailAddress>bob@contoso.example</EMailAddress>", "");
	assert_string_equal(strstr(body(), "<ErrorCode>"), first);
	outlook("<EMailAddress>bob@elsewhere.example</EMailAddress>", "");
	assert_string_equal(strstr(body(), "<ErrorCode>"), first);
	f.user = "bob";
	outlook("<EMailAddress>bob@contoso.example</EMailAddress>", "");
	assert_true(says("<DisplayName>bob</DisplayName>"));
	web_set(&f, "Mailbox", "bob", "HiddenFromAddressListsEnabled", NULL);

	ask_for(ALICE, OUTLOOK "requestschema/2006", "http://example.org/", "");
	assert_true(says("<ErrorCode>601</ErrorCode>"));
	ask_for("", OUTLOOK "requestschema/2006", OUTLOOK "responseschema/2006a", "");
	assert_true(says("<ErrorCode>600</ErrorCode>"));
	assert_int_equal(web_ask(&f, "POST", "/autodiscover/autodiscover.xml", "", bytes_of("<a>", 3)), 200);
	assert_true(says("<ErrorCode>600</ErrorCode>"));
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.xml", "", bytes_of(NULL, 0)), 200);
	assert_true(says("<ErrorCode>600</ErrorCode>"));
}

/* The DN counts when both are there. */
static void by_dn(void **state)
{
	char both[1024];

	(void)state;
	(void)snprintf(both, sizeof both, "<EMailAddress>nobody@contoso.example</EMailAddress><LegacyDN>%s</LegacyDN>", web_legacy_dn(&f, "bob"));
	outlook(both, "");
	assert_true(says("<DisplayName>bob</DisplayName>"));
}

static void mobile(void **state)
{
	(void)state;
	ask_for(ALICE, MOBILE "requestschema/2006", MOBILE "responseschema/2006", "");
	assert_true(says("<ErrorCode>601</ErrorCode>"));
	web_set(&f, "ActiveSyncVirtualDirectory", "Microsoft-Server-ActiveSync (Default Web Site)", "ExternalUrl",
		"https://mail.contoso.example/Microsoft-Server-ActiveSync");
	ask_for(ALICE, MOBILE "requestschema/2006", MOBILE "responseschema/2006", "");
	assert_true(says("<Type>MobileSync</Type>"));
	assert_true(says("<Url>https://mail.contoso.example/Microsoft-Server-ActiveSync</Url>"));
	assert_true(says("<EMailAddress>alice@contoso.example</EMailAddress>"));
}

static void soap(void **state)
{
	static const char question[] =
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:a=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\">"
		"<s:Header><a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion></s:Header><s:Body>"
		"<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>alice@contoso.example</a:Mailbox></a:User>"
		"<a:User><a:Mailbox>nobody@contoso.example</a:Mailbox></a:User></a:Users><a:RequestedSettings>"
		"<a:Setting>UserDisplayName</a:Setting><a:Setting>MapiHttpEnabled</a:Setting><a:Setting>Nonsense</a:Setting></a:RequestedSettings>"
		"</a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>";

	(void)state;
	assert_int_equal(web_ask(&f, "POST", "/autodiscover/autodiscover.svc", "", bytes_of(question, sizeof question - 1)), 200);
	assert_true(says("<Name>UserDisplayName</Name><Value>alice</Value>"));
	assert_true(says("<Name>MapiHttpEnabled</Name><Value>True</Value>"));
	assert_true(says("<ErrorCode>SettingIsNotAvailable</ErrorCode>"));
	assert_true(says("<SettingName>Nonsense</SettingName>"));
	assert_true(says("<ErrorCode>InvalidUser</ErrorCode>"));
	assert_int_equal(web_ask(&f, "POST", "/autodiscover/autodiscover.svc", "", bytes_of("<a/>", 4)), 500);
	assert_true(says("<s:Fault>"));
	f.user = NULL;
	assert_int_equal(web_ask(&f, "POST", "/autodiscover/autodiscover.svc", "", bytes_of(question, sizeof question - 1)), 401);
	assert_string_equal(answer_header(&f.answer, "X-SOAP-Enabled"), "True");
}

static void json(void **state)
{
	(void)state;
	f.user = NULL;
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.json?Email=a@b&Protocol=AutodiscoverV1", "", bytes_of(NULL, 0)), 200);
	assert_string_equal(body(), "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://cas.contoso.example/Autodiscover/Autodiscover.xml\"}");
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.json/v1.0/x@y?protocol=autodiscoverv1", "", bytes_of(NULL, 0)), 200);
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.json?Email=a@b&Protocol=EWS", "", bytes_of(NULL, 0)), 400);
	assert_true(says("InvalidProtocol"));
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.json?Email=a@b", "", bytes_of(NULL, 0)), 400);
	assert_true(says("MandatoryParameterMissing"));
}

static void redirect(void **state)
{
	(void)state;
	f.user = NULL;
	f.over_plain = true;
	web_reconnect(&f);
	assert_int_equal(web_ask(&f, "GET", "/autodiscover/autodiscover.xml", "", bytes_of(NULL, 0)), 302);
	assert_string_equal(answer_header(&f.answer, "Location"), "https://cas.contoso.example/autodiscover/autodiscover.xml");
}

/* Documents that want more than to be read. */
static void hostile(void **state)
{
	static const char *const bad[] = {
		"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Autodiscover>&x;</Autodiscover>",
		"<!DOCTYPE a SYSTEM \"http://127.0.0.1/x.dtd\"><Autodiscover/>",
		"<Autodiscover>&unknown;</Autodiscover>",
		"",
		"\xff\xfe<",
	};
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf deep = BUF_MAX(1 << 20);
	struct autodiscover_request q;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_not_equal(autodiscover_read(bytes_of(bad[i], strlen(bad[i])), false, &arena, &q, NULL), 0);
		assert_int_not_equal(autodiscover_read(bytes_of(bad[i], strlen(bad[i])), true, &arena, &q, NULL), 0);
	}
	buf_add_str(&deep, "<Autodiscover>");
	for (unsigned i = 0; i < 1000; i++)
		buf_add_str(&deep, "<a>");
	assert_int_equal(autodiscover_read(buf_bytes(&deep), false, &arena, &q, NULL), ecTooComplex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(settings, each), cmocka_unit_test_setup(urls, each),  cmocka_unit_test_setup(policies, each),
		cmocka_unit_test_setup(errors, each),	cmocka_unit_test_setup(by_dn, each), cmocka_unit_test_setup(mobile, each),
		cmocka_unit_test_setup(soap, each),	cmocka_unit_test_setup(json, each),  cmocka_unit_test_setup(redirect, each),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
