/* Servers, and what is set for all that connects to one of them. */
#include "store/directory_rows.h"

#define BOTH (IN_SERVER | IN_CAS_SERVER)

static const char *const roles[] = { "Mailbox", "ClientAccess", NULL };
static const char *const editions[] = { "Standard", "Enterprise", "StandardEvaluation", NULL };
static const char *const services[] = { "None", "IMAP", "POP", "IIS", "SMTP", NULL };
static const char *const certificate_states[] = { "Valid", "Invalid", "PendingRequest", "DateInvalid", "Untrusted", "Revoked",
						  "RevocationCheckFailure", "Unknown", NULL };

static const struct directory_attribute server[] = {
	ROW_NAME(BOTH, SYNTAX_HOST),
	ROW_TEXT("Fqdn", BOTH, F_KNOWN | F_UNIQUE, NULL, SYNTAX_HOST, 255, "The whole name of the host"),
	ROW_WORD("ServerRole", BOTH, F_LIST | F_MUST, NULL, roles, "What it does"),
	ROW_WORD("Edition", IN_SERVER, F_SHOWN, "Enterprise", editions, "Edition; there is only one"),
	ROW_TEXT("AdminDisplayVersion", IN_SERVER, F_SHOWN, NULL, SYNTAX_ANY, 64, "The version that made it"),
	ROW_TEXT("ExchangeLegacyDN", IN_SERVER, F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024, "Its X.500 address"),
	ROW_TEXT("Site", BOTH, 0, "Default-First-Site-Name", SYNTAX_ANY, 64, "The site of the network that it is in"),
	ROW_TEXT("AutoDiscoverServiceCN", IN_CAS_SERVER, F_LATER, NULL, SYNTAX_HOST, 255, "The name under which Autodiscover is announced"),
	ROW_TEXT("AutoDiscoverServiceInternalUri", IN_CAS_SERVER, F_LATER, NULL, SYNTAX_URL, 2048, "Where clients in the network find Autodiscover"),
	ROW_TEXT("AutoDiscoverSiteScope", IN_CAS_SERVER, F_LIST | F_LATER, "Default-First-Site-Name", SYNTAX_ANY, 64, "Sites that Autodiscover here is for"),
	ROW_BOOL("OutlookAnywhereEnabled", IN_CAS_SERVER, F_LATER, "True", "Outlook may use RPC over HTTP"),
	ROWS_LAST(BOTH),
};

static const struct directory_attribute rpc[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_TEXT("Server", IN_ONE, F_MADE | F_KNOWN, NULL, SYNTAX_HOST, 255, "The server that it is for"),
	ROW_BOOL("EncryptionRequired", IN_ONE, 0, "True", "Outlook must encrypt, else it is refused"),
	ROW_TEXT("BlockedClientVersions", IN_ONE, 0, NULL, SYNTAX_VERSIONS, 1024, "Versions of Outlook that may not connect: \"-14.0.0;15.0.0-15.4737.999\""),
	ROW_INTEGER("MaximumConnections", IN_ONE, 0, "65536", 1, 65536, "Most connections at a time"),
	ROW_INTEGER("PollingInterval", IN_ONE, 0, "30", 1, 3600,
		    "Seconds between the questions of clients that poll for notifications; each client costs a request at every interval"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute certificate[] = {
	ROW_NAME(IN_ONE, SYNTAX_ANY),
	ROW_TEXT("Thumbprint", IN_ONE, F_MUST | F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_THUMBPRINT, 40, "SHA-1 of the certificate"),
	ROW_TEXT("FriendlyName", IN_ONE, F_KNOWN, NULL, SYNTAX_ANY, 256, "The name that people know it by"),
	ROW_TEXT("Subject", IN_ONE, F_SHOWN, NULL, SYNTAX_ANY, 1024, "Whose it is"),
	ROW_TEXT("Issuer", IN_ONE, F_SHOWN, NULL, SYNTAX_ANY, 1024, "Who signed it"),
	ROW_TEXT("SerialNumber", IN_ONE, F_SHOWN, NULL, SYNTAX_TOKEN, 64, "The number that the issuer gave it"),
	ROW_TEXT("CertificateDomains", IN_ONE, F_LIST | F_SHOWN, NULL, SYNTAX_ANY, 255, "Names of hosts that it is good for"),
	ROW_TIME("NotBefore", IN_ONE, F_SHOWN, "From when it is valid"),
	ROW_TIME("NotAfter", IN_ONE, F_SHOWN, "Until when it is valid"),
	ROW_WORD("Services", IN_ONE, F_LIST, "None", services, "What uses it: Enable-ExchangeCertificate"),
	ROW_BOOL("HasPrivateKey", IN_ONE, F_SHOWN, "False", "Whether its key is here"),
	ROW_BOOL("IsSelfSigned", IN_ONE, F_SHOWN, "False", "Whether it signed itself"),
	ROW_INTEGER("PublicKeySize", IN_ONE, F_SHOWN, NULL, 0, 65536, "Bits of its key"),
	ROW_WORD("Status", IN_ONE, F_SHOWN, "Unknown", certificate_states, "Whether it can be used"),
	ROW_TEXT("Path", IN_ONE, F_SHOWN, NULL, SYNTAX_ANY, 4096, "The file that it is in"),
	ROWS_LAST(IN_ONE),
};

#define ROWS(a) { a, sizeof a / sizeof *(a) }

const struct directory_rows directory_rows_server = ROWS(server);
const struct directory_rows directory_rows_rpc = ROWS(rpc);
const struct directory_rows directory_rows_certificate = ROWS(certificate);
