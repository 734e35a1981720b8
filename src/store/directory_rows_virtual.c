/* Virtual directories: the places under which a server's web services are found, and who may use each. */
#include "store/directory_rows.h"

static const char *const methods[] = { "Basic", "Digest", "Ntlm", "Fba", "WindowsIntegrated", "WSSecurity", "Certificate", "NegoEx", "OAuth",
				       "Adfs", "Kerberos", "Negotiate", NULL };
static const char *const protection[] = { "None", "Allow", "Require", NULL };
static const char *const file_actions[] = { "Allow", "ForceSave", "Block", NULL };
static const char *const logon_formats[] = { "FullDomain", "PrincipalName", "UserName", NULL };
static const char *const gzip_levels[] = { "Off", "Low", "High", "Error", NULL };
static const char *const redirects[] = { "Silent", "Manual", NULL };
static const char *const client_certificates[] = { "Ignore", "Accepted", "Required", NULL };
static const char *const offline[] = { "PrivateComputersOnly", "NoComputers", "AllComputers", NULL };
static const char *const charsets[] = { "AlwaysUTF8", "AutoDetect", "UserLanguageChoice", NULL };

#define L F_LATER

/* What all of them have. */
#define ROWS_PLACE \
	ROW_NAME(IN_ONE, SYNTAX_ANY), ROW_TEXT("Server", IN_ONE, F_MADE, NULL, SYNTAX_HOST, 255, "The server that it is on")
#define ROWS_FIRST                                                                                                       \
	ROWS_PLACE,                                                                                                      \
		ROW_TEXT("InternalUrl", IN_ONE, 0, NULL, SYNTAX_URL, 2048, "Where clients in the network find it"),      \
		ROW_TEXT("ExternalUrl", IN_ONE, 0, NULL, SYNTAX_URL, 2048, "Where clients outside of the network find it")
#define ROWS_METHODS                                                                                                               \
	ROW_WORD("InternalAuthenticationMethods", IN_ONE, F_LIST | L, NULL, methods, "How clients in the network may log on"),    \
		ROW_WORD("ExternalAuthenticationMethods", IN_ONE, F_LIST | L, NULL, methods, "How clients outside may log on")
#define ROWS_PROTECTION                                                                                                            \
	ROW_WORD("ExtendedProtectionTokenChecking", IN_ONE, L, "None", protection, "Whether logons are bound to the TLS channel"), \
		ROW_TEXT("ExtendedProtectionSPNList", IN_ONE, F_LIST | L, NULL, SYNTAX_ANY, 255, "Service names that are accepted then")
#define SWITCH(n, o, h) ROW_BOOL(n, IN_ONE, L, o, h)

/* Ways to log on that several of them have, each on or off at first. */
#define BASIC(on) SWITCH("BasicAuthentication", on, "Name and password in each request")
#define FORMS SWITCH("FormsAuthentication", "True", "A page to log on")
#define WINDOWS(on) SWITCH("WindowsAuthentication", on, "NTLM and Kerberos")
#define DIGEST SWITCH("DigestAuthentication", "False", "Digest")
#define OAUTH(on) SWITCH("OAuthAuthentication", on, "Tokens")
#define ADFS SWITCH("AdfsAuthentication", "False", "Federation")
#define WSSECURITY SWITCH("WSSecurityAuthentication", "True", "WS-Security")
#define TLS_ONLY SWITCH("RequireSSL", "True", "Only over TLS")
#define GZIP(level, what) ROW_WORD("GzipLevel", IN_ONE, L, level, gzip_levels, "How much " what " are compressed")
#define IIS_METHODS(help) ROW_WORD("IISAuthenticationMethods", IN_ONE, F_LIST | L, NULL, methods, help)
#define ROWS_END ROWS_PROTECTION, ROWS_LAST(IN_ONE)

static const struct directory_attribute owa[] = {
	ROWS_FIRST,
	ROW_TEXT("FailbackUrl", IN_ONE, 0, NULL, SYNTAX_URL, 2048, "Where browsers are sent while a site fails back; never the ExternalUrl"),
	ROWS_METHODS,
	BASIC("True"),
	FORMS,
	WINDOWS("False"),
	DIGEST,
	OAUTH("False"),
	ADFS,
	ROWS_PROTECTION,
	ROW_WORD("LogonFormat", IN_ONE, L, "FullDomain", logon_formats, "How people write their name on the page"),
	ROW_TEXT("DefaultDomain", IN_ONE, L, NULL, SYNTAX_DOMAIN, 255, "The domain when they write only a name"),
	SWITCH("LogonPagePublicPrivateSelectionEnabled", "False", "The page asks whether the computer is shared"),
	SWITCH("LogonPageLightSelectionEnabled", "True", "The page offers the light version"),
	GZIP("Low", "pages"),
	ROW_INTEGER("UserContextTimeout", IN_ONE, L, "60", 1, 2147483, "Minutes without use after which a session ends"),
	ROW_INTEGER("NotificationInterval", IN_ONE, L, "120", 30, 86400, "Seconds between looks for new mail"),
	ROW_INTEGER("LogonAndErrorLanguage", IN_ONE, L, "0", 0, 65535, "Language of the page, a Windows number; 0: as the browser asks"),
	ROW_INTEGER("DefaultClientLanguage", IN_ONE, L, "0", 0, 65535, "Language of mailboxes that have none"),
	ROW_WORD("OutboundCharset", IN_ONE, L, "AutoDetect", charsets, "In what characters messages are sent"),
	ROW_WORD("CrossSiteRedirectType", IN_ONE, L, "Silent", redirects, "How people are sent to another site"),
	ROW_WORD("ActionForUnknownFileAndMIMETypes", IN_ONE, L, "Allow", file_actions, "What is done with attachments of no list"),
	ROW_TEXT("AllowedFileTypes", IN_ONE, F_LIST | L, NULL, SYNTAX_TOKEN, 32, "Attachments that may be opened"),
	ROW_TEXT("BlockedFileTypes", IN_ONE, F_LIST | L, NULL, SYNTAX_TOKEN, 32, "Attachments that may not"),
	ROW_TEXT("ForceSaveFileTypes", IN_ONE, F_LIST | L, NULL, SYNTAX_TOKEN, 32, "Attachments that must be saved first"),
	ROW_WORD("AllowOfflineOn", IN_ONE, L, "AllComputers", offline, "Where mail may be kept offline"),
	SWITCH("DirectFileAccessOnPublicComputersEnabled", "True", "Attachments on shared computers"),
	SWITCH("DirectFileAccessOnPrivateComputersEnabled", "True", "Attachments on computers of one's own"),
	SWITCH("ActiveSyncIntegrationEnabled", "True", "Mobile devices in the options"),
	SWITCH("AllAddressListsEnabled", "True", "All address lists, not only the global one"),
	SWITCH("GlobalAddressListEnabled", "True", "The global address list"),
	SWITCH("CalendarEnabled", "True", "Calendar"),
	SWITCH("CalendarPublishingEnabled", "True", "Publishing of calendars"),
	SWITCH("ContactsEnabled", "True", "Contacts"),
	SWITCH("TasksEnabled", "True", "Tasks"),
	SWITCH("NotesEnabled", "True", "Notes"),
	SWITCH("JournalEnabled", "True", "Journal"),
	SWITCH("JunkEmailEnabled", "True", "Junk mail settings"),
	SWITCH("ChangePasswordEnabled", "True", "Changing the password"),
	SWITCH("DelegateAccessEnabled", "True", "Folders of others"),
	SWITCH("ExplicitLogonEnabled", "True", "Mailboxes of others"),
	SWITCH("RecoverDeletedItemsEnabled", "True", "Recovering deleted items"),
	SWITCH("RulesEnabled", "True", "Rules"),
	SWITCH("SearchFoldersEnabled", "True", "Search folders"),
	SWITCH("SignaturesEnabled", "True", "Signatures"),
	SWITCH("SpellCheckerEnabled", "True", "Spelling"),
	SWITCH("RemindersAndNotificationsEnabled", "True", "Reminders and notifications"),
	SWITCH("PublicFoldersEnabled", "True", "Public folders"),
	SWITCH("ThemeSelectionEnabled", "True", "Choosing a theme"),
	SWITCH("SMimeEnabled", "True", "S/MIME"),
	SWITCH("IRMEnabled", "True", "Rights management"),
	SWITCH("PremiumClientEnabled", "True", "The whole version"),
	SWITCH("OWALightEnabled", "True", "The light version"),
	SWITCH("RedirectToOptimalOWAServer", "True", "People are sent to the server of their mailbox"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute ecp[] = {
	ROWS_FIRST,
	ROWS_METHODS,
	BASIC("True"),
	FORMS,
	WINDOWS("False"),
	DIGEST,
	ADFS,
	SWITCH("AdminEnabled", "True", "Administrators may use it"),
	SWITCH("OwaOptionsEnabled", "True", "People may use it for their own settings"),
	GZIP("Low", "pages"),
	ROWS_END,
};

static const struct directory_attribute ews[] = {
	ROWS_FIRST,
	ROW_TEXT("InternalNLBBypassUrl", IN_ONE, L, NULL, SYNTAX_URL, 2048, "This server itself, past a load balancer"),
	ROWS_METHODS,
	BASIC("False"),
	WINDOWS("True"),
	DIGEST,
	WSSECURITY,
	OAUTH("True"),
	SWITCH("MRSProxyEnabled", "False", "Mailboxes may be moved through it"),
	GZIP("High", "answers"),
	ROWS_END,
};

static const struct directory_attribute activesync[] = {
	ROWS_FIRST,
	ROW_TEXT("ActiveSyncServer", IN_ONE, L, NULL, SYNTAX_URL, 2048, "The server that devices are told of"),
	ROWS_METHODS,
	SWITCH("BasicAuthEnabled", "True", "Name and password in each request"),
	SWITCH("WindowsAuthEnabled", "False", "NTLM and Kerberos"),
	ROW_WORD("ClientCertAuth", IN_ONE, L, "Ignore", client_certificates, "Certificates of devices"),
	SWITCH("CompressionEnabled", "True", "Answers are compressed"),
	SWITCH("BadItemReportingEnabled", "True", "People hear of items that cannot be sent to a device"),
	SWITCH("SendWatsonReport", "True", "Failures are reported"),
	SWITCH("MobileClientCertificateProvisioningEnabled", "False", "Devices may get certificates"),
	ROW_TEXT("MobileClientCertificateAuthorityURL", IN_ONE, L, NULL, SYNTAX_URL, 2048, "Where from"),
	ROW_WORD("RemoteDocumentsActionForUnknownServers", IN_ONE, L, "Allow", file_actions, "Documents on servers of no list"),
	ROW_TEXT("RemoteDocumentsAllowedServers", IN_ONE, F_LIST | L, NULL, SYNTAX_HOST, 255, "Servers whose documents may be opened"),
	ROW_TEXT("RemoteDocumentsBlockedServers", IN_ONE, F_LIST | L, NULL, SYNTAX_HOST, 255, "Servers whose documents may not be opened"),
	ROWS_END,
};

static const struct directory_attribute oab[] = {
	ROWS_FIRST,
	ROWS_METHODS,
	BASIC("False"),
	WINDOWS("True"),
	OAUTH("True"),
	TLS_ONLY,
	ROW_INTEGER("PollInterval", IN_ONE, L, "480", 0, INT32_MAX, "Minutes between looks for a new address book"),
	ROWS_END,
};

static const struct directory_attribute mapi[] = {
	ROWS_FIRST,
	IIS_METHODS("How Outlook may log on; setting it sets both lists below"),
	ROWS_METHODS,
	ROWS_END,
};

static const struct directory_attribute autodiscover[] = {
	ROWS_FIRST,
	ROWS_METHODS,
	BASIC("True"),
	WINDOWS("True"),
	DIGEST,
	WSSECURITY,
	OAUTH("True"),
	ROWS_END,
};

static const struct directory_attribute powershell[] = {
	ROWS_FIRST,
	ROWS_METHODS,
	BASIC("False"),
	WINDOWS("False"),
	SWITCH("CertificateAuthentication", "False", "Certificates of clients"),
	TLS_ONLY,
	ROWS_END,
};

static const struct directory_attribute anywhere[] = {
	ROWS_PLACE,
	ROW_TEXT("InternalHostname", IN_ONE, L, NULL, SYNTAX_HOST, 255, "The host for Outlook in the network"),
	ROW_TEXT("ExternalHostname", IN_ONE, 0, NULL, SYNTAX_HOST, 255, "The host for Outlook outside"),
	ROW_WORD("InternalClientAuthenticationMethod", IN_ONE, L, "Ntlm", methods, "How Outlook in the network logs on"),
	ROW_WORD("ExternalClientAuthenticationMethod", IN_ONE, L, "Negotiate", methods, "How Outlook outside logs on"),
	IIS_METHODS("What the server accepts"),
	SWITCH("InternalClientsRequireSsl", "True", "Only over TLS, in the network"),
	SWITCH("ExternalClientsRequireSsl", "True", "Only over TLS, from outside"),
	SWITCH("SSLOffloading", "True", "Another host does TLS for this one"),
	ROWS_END,
};

#define ROWS(a) { a, sizeof a / sizeof *(a) }

const struct directory_rows directory_rows_owa = ROWS(owa);
const struct directory_rows directory_rows_ecp = ROWS(ecp);
const struct directory_rows directory_rows_ews = ROWS(ews);
const struct directory_rows directory_rows_activesync = ROWS(activesync);
const struct directory_rows directory_rows_oab = ROWS(oab);
const struct directory_rows directory_rows_mapi = ROWS(mapi);
const struct directory_rows directory_rows_autodiscover = ROWS(autodiscover);
const struct directory_rows directory_rows_powershell = ROWS(powershell);
const struct directory_rows directory_rows_anywhere = ROWS(anywhere);
