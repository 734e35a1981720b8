/* What Autodiscover answers, as XML. */
#include "server/autodiscover.h"

#include "base/filetime.h"
#include "net/xml.h"

#include <stdio.h>
#include <strings.h>

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
#define ANSWER "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">"
#define OUTLOOK "<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">"
#define MOBILE "<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006\">"

/* 15.20.1 in the form of [MS-OXDSCLI] ServerVersion: 4 bits of form, 6 major, 6 minor, 1, 15 of the build. */
#define SERVER_VERSION "73D48001"

static void line(struct buf *out, const char *name, const char *text)
{
	xml_element(out, name, text);
	if (text)
		buf_add_str(out, "\r\n");
}

/* Outlook ------------------------------------------------------------------------------------------------------------------- */

/* The web services, as those inside (EXCH) or outside (EXPR) find them. */
static void write_services(const struct autodiscover_settings *s, bool outside, struct buf *out)
{
	const char *ews = outside ? s->ews.outside : s->ews.inside, *oab = outside ? s->oab.outside : s->oab.inside;

	line(out, "ASUrl", ews);
	line(out, "EwsUrl", ews);
	line(out, "EmwsUrl", ews);
	line(out, "OOFUrl", ews);
	line(out, "UMUrl", ews);
	line(out, "OABUrl", oab);
	line(out, "EcpUrl", outside ? s->ecp.outside : s->ecp.inside);
}

static void write_exch(const struct autodiscover_settings *s, struct buf *out)
{
	buf_add_str(out, "<Protocol>\r\n");
	line(out, "Type", "EXCH");
	line(out, "Server", s->server);
	line(out, "ServerDN", s->server_dn);
	line(out, "ServerVersion", SERVER_VERSION);
	line(out, "MdbDN", s->database_dn);
	line(out, "AuthPackage", "Basic");
	write_services(s, false, out);
	buf_add_str(out, "</Protocol>\r\n");
}

static void write_expr(const struct autodiscover_settings *s, struct buf *out)
{
	buf_add_str(out, "<Protocol>\r\n");
	line(out, "Type", "EXPR");
	line(out, "Server", s->outlook_anywhere);
	line(out, "SSL", "On");
	line(out, "AuthPackage", "Basic");
	write_services(s, true, out);
	buf_add_str(out, "</Protocol>\r\n");
}

static void write_owa_url(const char *methods, const char *url, struct buf *out)
{
	buf_add_str(out, "<OWAUrl AuthenticationMethod=\"");
	xml_text(out, methods ? methods : "Basic");
	buf_add_str(out, "\">");
	xml_text(out, url);
	buf_add_str(out, "</OWAUrl>\r\n");
}

/* The further URL is where browsers are sent while a site fails back. */
static void write_web_side(const struct autodiscover_settings *s, bool outside, struct buf *out)
{
	const char *url = outside ? s->owa.outside : s->owa.inside, *ews = outside ? s->ews.outside : s->ews.inside;
	const char *further = outside ? s->failback : NULL, *side = outside ? "External" : "Internal";

	if (!url && !ews && !further)
		return;
	buf_printf(out, "<%s>\r\n", side);
	if (url)
		write_owa_url(s->owa.methods, url, out);
	if (further)
		write_owa_url(s->owa.methods, further, out);
	if (ews) {
		buf_add_str(out, "<Protocol>");
		xml_element(out, "Type", outside ? "EXPR" : "EXCH");
		xml_element(out, "ASUrl", ews);
		buf_add_str(out, "</Protocol>\r\n");
	}
	buf_printf(out, "</%s>\r\n", side);
}

static void write_web(const struct autodiscover_settings *s, struct buf *out)
{
	if (!s->owa.inside && !s->owa.outside && !s->ews.inside && !s->ews.outside && !s->failback)
		return;
	buf_add_str(out, "<Protocol>\r\n");
	line(out, "Type", "WEB");
	write_web_side(s, false, out);
	write_web_side(s, true, out);
	buf_add_str(out, "</Protocol>\r\n");
}

static void write_endpoint(const char *name, const struct autodiscover_url *url, struct buf *out)
{
	buf_printf(out, "<%s>\r\n", name);
	line(out, "InternalUrl", url->inside);
	line(out, "ExternalUrl", url->outside);
	buf_printf(out, "</%s>\r\n", name);
}

static void write_mapi_http(const struct autodiscover_settings *s, struct buf *out)
{
	buf_add_str(out, "<Protocol Type=\"mapiHttp\" Version=\"1\">\r\n");
	write_endpoint("MailStore", &s->mailstore, out);
	write_endpoint("AddressBook", &s->address_book, out);
	buf_add_str(out, "</Protocol>\r\n");
}

void autodiscover_write_outlook(const struct autodiscover_settings *s, struct buf *out)
{
	buf_add_str(out, XML_HEAD ANSWER "\r\n" OUTLOOK "\r\n<User>\r\n");
	line(out, "DisplayName", s->person.display_name ? s->person.display_name : s->person.name);
	line(out, "LegacyDN", s->person.legacy_dn);
	line(out, "AutoDiscoverSMTPAddress", s->person.smtp);
	line(out, "DeploymentId", s->deployment);
	buf_add_str(out, "</User>\r\n<Account>\r\n");
	line(out, "AccountType", "email");
	line(out, "Action", "settings");
	line(out, "MicrosoftOnline", "False");
	if (s->mapi_http)
		write_mapi_http(s, out);
	if (s->mapi) {
		write_exch(s, out);
		if (s->outlook_anywhere && !s->person.block_rpc_http)
			write_expr(s, out);
	}
	write_web(s, out);
	buf_add_str(out, "</Account>\r\n</Response>\r\n</Autodiscover>\r\n");
}

/* Mobile devices -------------------------------------------------------------------------------------------------------------- */

void autodiscover_write_mobile(const struct autodiscover_settings *s, struct buf *out)
{
	const char *url = s->activesync.outside ? s->activesync.outside : s->activesync.inside;

	buf_add_str(out, XML_HEAD ANSWER "\r\n" MOBILE "\r\n<Culture>en:us</Culture>\r\n<User>\r\n");
	line(out, "DisplayName", s->person.display_name ? s->person.display_name : s->person.name);
	line(out, "EMailAddress", s->person.smtp);
	buf_add_str(out, "</User>\r\n<Action>\r\n<Settings>\r\n<Server>\r\n");
	line(out, "Type", "MobileSync");
	line(out, "Url", url);
	line(out, "Name", url);
	buf_add_str(out, "</Server>\r\n</Settings>\r\n</Action>\r\n</Response>\r\n</Autodiscover>\r\n");
}

/* Errors ---------------------------------------------------------------------------------------------------------------------- */

static const char *words_of(unsigned code)
{
	switch (code) {
	case 500:
		return "The email address can't be found.";
	case 600:
		return "Invalid Request";
	case 601:
		return "Provider is not available";
	default:
		return "The Autodiscover server threw an internal error.";
	}
}

void autodiscover_write_error(unsigned code, uint64_t filetime, struct buf *out)
{
	uint64_t steps = filetime % (86400 * FILETIME_PER_SECOND), second = steps / FILETIME_PER_SECOND;

	buf_add_str(out, XML_HEAD ANSWER "\r\n<Response>\r\n");
	buf_printf(out, "<Error Time=\"%02u:%02u:%02u.%07u\" Id=\"%u\">\r\n", (unsigned)(second / 3600), (unsigned)(second / 60 % 60),
		   (unsigned)(second % 60), (unsigned)(steps % FILETIME_PER_SECOND), (unsigned)(filetime / FILETIME_PER_SECOND & INT32_MAX));
	buf_printf(out, "<ErrorCode>%u</ErrorCode>\r\n", code);
	line(out, "Message", words_of(code));
	buf_add_str(out, "<DebugData />\r\n</Error>\r\n</Response>\r\n</Autodiscover>\r\n");
}

/* SOAP ------------------------------------------------------------------------------------------------------------------------- */

/* A setting by name; NULL: this server has none such, or nothing for it. */
static const char *setting(const struct autodiscover_settings *s, const char *name)
{
	const struct {
		const char *name, *value;
	} all[] = {
		{ "UserDisplayName", s->person.display_name ? s->person.display_name : s->person.name },
		{ "UserDN", s->person.legacy_dn },
		{ "UserDeploymentId", s->deployment },
		{ "UserMSOnline", "False" },
		{ "AutoDiscoverSMTPAddress", s->person.smtp },
		{ "InternalMailboxServer", s->server },
		{ "InternalRpcClientServer", s->server },
		{ "InternalMailboxServerDN", s->server_dn },
		{ "MailboxDN", s->database_dn },
		{ "MailboxVersion", "15.20.1.0" },
		{ "CasVersion", "15.20.1.0" },
		{ "EwsSupportedSchemas", s->ews.inside || s->ews.outside ? "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, Exchange2013" : NULL },
		{ "InternalEwsUrl", s->ews.inside },
		{ "ExternalEwsUrl", s->ews.outside },
		{ "InternalEcpUrl", s->ecp.inside },
		{ "ExternalEcpUrl", s->ecp.outside },
		{ "InternalOABUrl", s->oab.inside },
		{ "ExternalOABUrl", s->oab.outside },
		{ "ExternalMailboxServer", s->outlook_anywhere },
		{ "ExternalMailboxServerRequiresSSL", s->outlook_anywhere ? "True" : NULL },
		{ "MapiHttpEnabled", s->mapi && s->person.mapi_http_enabled ? "True" : "False" },
		{ "AccessLocation", "Internal" },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	return NULL;
}

/* Settings that are lists of URLs. */
static bool write_web_urls(const struct autodiscover_settings *s, const char *name, struct buf *out)
{
	bool inside = strcmp(name, "InternalWebClientUrls") == 0;
	const char *url = inside ? s->owa.inside : s->owa.outside;

	if (!url || (!inside && strcmp(name, "ExternalWebClientUrls") != 0))
		return false;
	buf_add_str(out, "<UserSetting i:type=\"WebClientUrlCollectionSetting\">");
	xml_element(out, "Name", name);
	buf_add_str(out, "<WebClientUrls><WebClientUrl>");
	xml_element(out, "AuthenticationMethods", s->owa.methods ? s->owa.methods : "Basic");
	xml_element(out, "Url", url);
	buf_add_str(out, "</WebClientUrl></WebClientUrls></UserSetting>");
	return true;
}

static bool has(const struct autodiscover_settings *s, const char *name)
{
	return setting(s, name) || (s->owa.inside && strcmp(name, "InternalWebClientUrls") == 0) ||
	       (s->owa.outside && strcmp(name, "ExternalWebClientUrls") == 0);
}

static void write_missing(const struct autodiscover_request *q, const struct autodiscover_settings *s, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < q->n_settings; i++) {
		if (has(s, q->settings[i]))
			continue;
		buf_add_str(out, any ? "" : "<UserSettingErrors>");
		any = true;
		buf_add_str(out, "<UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode><ErrorMessage>The setting is not available.</ErrorMessage>");
		xml_element(out, "SettingName", q->settings[i]);
		buf_add_str(out, "</UserSettingError>");
	}
	buf_add_str(out, any ? "</UserSettingErrors>" : "<UserSettingErrors />");
}

void autodiscover_write_user(const struct autodiscover_request *q, const struct autodiscover_settings *s, struct buf *out)
{
	if (!s) {
		buf_add_str(out, "<UserResponse><ErrorCode>InvalidUser</ErrorCode><ErrorMessage>The user was not found.</ErrorMessage>"
				 "<RedirectTarget i:nil=\"true\" /><UserSettingErrors /><UserSettings /></UserResponse>");
		return;
	}
	buf_add_str(out, "<UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage><RedirectTarget i:nil=\"true\" />");
	write_missing(q, s, out);
	buf_add_str(out, "<UserSettings>");
	for (size_t i = 0; i < q->n_settings; i++) {
		const char *value = setting(s, q->settings[i]);

		if (!value) {
			(void)write_web_urls(s, q->settings[i], out);
			continue;
		}
		buf_add_str(out, "<UserSetting i:type=\"StringSetting\">");
		xml_element(out, "Name", q->settings[i]);
		xml_element(out, "Value", value);
		buf_add_str(out, "</UserSetting>");
	}
	buf_add_str(out, "</UserSettings></UserResponse>");
}
