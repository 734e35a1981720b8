/* What holds for all: the organisation, its domains, databases, address lists, and how mail is carried. */
#include "store/directory_rows.h"

static const char *const domain_types[] = { "Authoritative", "InternalRelay", "ExternalRelay", NULL };
static const char *const ews_policies[] = { "EnforceAllowList", "EnforceBlockList", NULL };
static const char *const included[] = { "AllRecipients", "MailboxUsers", "MailContacts", "MailGroups", "Resources", "None", NULL };
static const char *const dsn_modes[] = { "DoNotConvert", "PreserveDSNBody", "UseExchangeDSNs", NULL };

static const struct directory_attribute organization[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_TEXT("DisplayName", IN_ONE, 0, NULL, SYNTAX_ANY, 256, "The name that people see"),
	ROW_TEXT("LegacyExchangeDN", IN_ONE, F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024, "What all X.500 addresses begin with"),
	ROW_BOOL("MapiHttpEnabled", IN_ONE, 0, "True", "Outlook is offered MAPI over HTTP"),
	ROW_BOOL("EwsEnabled", IN_ONE, F_LATER, "True", "Exchange Web Services may be used"),
	ROW_BOOL("EwsAllowOutlook", IN_ONE, F_LATER, "True", "Outlook may use Exchange Web Services"),
	ROW_BOOL("EwsAllowMacOutlook", IN_ONE, F_LATER, "True", "Outlook for Mac may use Exchange Web Services"),
	ROW_BOOL("EwsAllowEntourage", IN_ONE, F_LATER, "True", "Entourage may use Exchange Web Services"),
	ROW_WORD("EwsApplicationAccessPolicy", IN_ONE, F_LATER, NULL, ews_policies, "Which of the two lists of applications holds"),
	ROW_TEXT("EwsAllowList", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_ANY, 255, "Applications (user agents, * at the end) that may connect"),
	ROW_TEXT("EwsBlockList", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_ANY, 255, "Applications (user agents, * at the end) that may not connect"),
	ROW_BOOL("MailTipsAllTipsEnabled", IN_ONE, F_LATER, "True", "Senders are told things while they write"),
	ROW_BOOL("MailTipsExternalRecipientsTipsEnabled", IN_ONE, F_LATER, "False", "Senders are told that a recipient is outside"),
	ROW_INTEGER("MailTipsLargeAudienceThreshold", IN_ONE, F_LATER, "25", 0, 1000, "Recipients from which senders are told how many there are"),
	ROW_BOOL("ReadTrackingEnabled", IN_ONE, F_LATER, "False", "Whether messages were read can be looked up"),
	ROW_BOOL("OAuth2ClientProfileEnabled", IN_ONE, F_LATER, "False", "Clients are offered modern authentication"),
	ROW_BOOL("ActivityBasedAuthenticationTimeoutEnabled", IN_ONE, F_LATER, "True", "Browsers are logged off after a time without use"),
	ROW_DURATION("ActivityBasedAuthenticationTimeoutInterval", IN_ONE, F_LATER, "06:00:00", 300, 8 * 3600, "That time"),
	ROW_INTEGER("MinPasswordLength", IN_ONE, 0, "8", 1, 128, "Characters that a password must have"),
	ROW_INTEGER("LockoutDelayAfter", IN_ONE, 0, "3", 1, 100, "Failures in a row from which each further one costs twice the time"),
	ROW_INTEGER("LockoutThreshold", IN_ONE, 0, "10", 0, 999, "Failures in a row that lock the account; 0: never"),
	ROW_DURATION("LockoutDuration", IN_ONE, 0, "00:15:00", 1, DAYS(99), "How long it stays locked"),
	ROW_DURATION("LockoutObservationWindow", IN_ONE, 0, "00:15:00", 1, DAYS(99), "Time without failures after which they are forgotten"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute domain[] = {
	ROW_NAME(IN_ONE, SYNTAX_ANY),
	ROW_TEXT("DomainName", IN_ONE, F_MUST | F_KNOWN | F_UNIQUE | F_NEW, NULL, SYNTAX_DOMAIN, 255, "The part behind the @"),
	ROW_WORD("DomainType", IN_ONE, 0, "Authoritative", domain_types, "Whether all its addresses are here"),
	ROW_BOOL("Default", IN_ONE, 0, "False", "New addresses are made with it; setting it here takes it from the one that had it"),
	ROW_BOOL("MatchSubDomains", IN_ONE, 0, "False", "Its subdomains are accepted too"),
	ROW_BOOL("AddressBookEnabled", IN_ONE, F_LATER, "True", "Mail to addresses that are not here is refused"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute database[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_REFERENCE("Server", IN_ONE, F_MUST | F_NEW, "ExchangeServer", "The server that it is on"),
	ROW_TEXT("RpcClientAccessServer", IN_ONE, 0, NULL, SYNTAX_HOST, 255, "The host that Outlook is sent to"),
	ROW_BOOL("Mounted", IN_ONE, F_SHOWN, "True", "Whether its mailboxes can be used: Mount-Database, Dismount-Database"),
	ROW_BOOL("MountAtStartup", IN_ONE, F_LATER, "True", "Mounted when the server starts"),
	ROW_TEXT("LegacyExchangeDN", IN_ONE, F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024, "Its X.500 address"),
	ROW_SIZE("IssueWarningQuota", IN_ONE, F_OPEN, "1.9GB", "Mailbox size from which the owner is warned"),
	ROW_SIZE("ProhibitSendQuota", IN_ONE, F_OPEN, "2GB", "Mailbox size from which nothing can be sent"),
	ROW_SIZE("ProhibitSendReceiveQuota", IN_ONE, F_OPEN, "2.3GB", "Mailbox size from which nothing is sent or received"),
	ROW_SIZE("RecoverableItemsWarningQuota", IN_ONE, F_OPEN, "20GB", "Size of deleted items kept from which a warning is logged"),
	ROW_SIZE("RecoverableItemsQuota", IN_ONE, F_OPEN, "30GB", "Most that deleted items kept may take"),
	ROW_SIZE("CalendarLoggingQuota", IN_ONE, F_OPEN | F_LATER, "6GB", "Most that the log of calendar changes may take"),
	ROW_DURATION("DeletedItemRetention", IN_ONE, 0, "14.00:00:00", 0, DAYS(24855), "How long deleted items can be recovered"),
	ROW_DURATION("MailboxRetention", IN_ONE, 0, "30.00:00:00", 0, DAYS(24855), "How long disconnected mailboxes are kept"),
	ROW_BOOL("RetainDeletedItemsUntilBackup", IN_ONE, F_LATER, "False", "Deleted items stay until the next backup"),
	ROW_BOOL("IndexEnabled", IN_ONE, F_LATER, "True", "Mailboxes are indexed for search"),
	ROW_BOOL("CircularLoggingEnabled", IN_ONE, F_LATER, "False", "Old logs are written over"),
	ROW_BOOL("AllowFileRestore", IN_ONE, F_LATER, "False", "It may be replaced by a restored one"),
	ROW_BOOL("IsExcludedFromProvisioning", IN_ONE, 0, "False", "New mailboxes are put elsewhere unless this database is named"),
	ROW_BOOL("IsSuspendedFromProvisioning", IN_ONE, 0, "False", "The same, for a while"),
	ROW_REFERENCE("JournalRecipient", IN_ONE, F_LATER, "Recipient", "Who gets a copy of everything"),
	ROW_TEXT("OfflineAddressBook", IN_ONE, F_LATER, NULL, SYNTAX_ANY, 64, "The address book that clients download"),
	ROW_TIME("LastFullBackup", IN_ONE, F_SHOWN, "When all of it was last backed up"),
	ROW_TIME("LastIncrementalBackup", IN_ONE, F_SHOWN, "When its changes were last backed up"),
	ROW_TIME("LastVerifiedBackup", IN_ONE, F_SHOWN, "When a backup was last restored for a test, and was whole"),
	ROW_TEXT("LastVerifiedBackupPlace", IN_ONE, F_SHOWN, NULL, SYNTAX_ANY, 4096, "Which one that was"),
	ROWS_LAST(IN_ONE),
};

static const char *const smart_host_tls[] = { "None", "Opportunistic", "Required", NULL };

static const struct directory_attribute transport[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_TEXT("SmartHost", IN_ONE, 0, NULL, SYNTAX_HOST, 255, "The mail server that takes what is for others; without one nothing leaves"),
	ROW_INTEGER("SmartHostPort", IN_ONE, 0, "25", 1, 65535, "Its port"),
	ROW_WORD("SmartHostTls", IN_ONE, 0, "Opportunistic", smart_host_tls, "Whether the connection to it is protected"),
	ROW_SIZE("MaxSendSize", IN_ONE, F_OPEN, "10MB", "Largest message that may be sent"),
	ROW_SIZE("MaxReceiveSize", IN_ONE, F_OPEN, "10MB", "Largest message that is received"),
	ROW_INTEGER("MaxRecipientEnvelopeLimit", IN_ONE, F_OPEN, "500", 0, INT32_MAX, "Most recipients of one message"),
	ROW_BOOL("ClearCategories", IN_ONE, F_LATER, "True", "Categories are taken from messages that come in"),
	ROW_WORD("DSNConversionMode", IN_ONE, F_LATER, "UseExchangeDSNs", dsn_modes, "What is done with reports of other systems"),
	ROW_TEXT("GenerateCopyOfDSNFor", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_TOKEN, 16, "Codes of reports that the postmaster gets too: 5.7.1"),
	ROW_TEXT("ExternalPostmasterAddress", IN_ONE, F_LATER, NULL, SYNTAX_SMTP, 320, "The sender of reports to the outside"),
	ROW_BOOL("ExternalDelayDsnEnabled", IN_ONE, F_LATER, "True", "Senders outside hear of delays"),
	ROW_BOOL("InternalDelayDsnEnabled", IN_ONE, F_LATER, "True", "Senders inside hear of delays"),
	ROW_SIZE("ExternalDsnMaxMessageAttachSize", IN_ONE, F_LATER, "10MB", "Largest message that is attached to a report to the outside"),
	ROW_SIZE("InternalDsnMaxMessageAttachSize", IN_ONE, F_LATER, "10MB", "Largest message that is attached to a report to the inside"),
	ROW_TEXT("InternalSMTPServers", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_ANY, 64, "Addresses of mail servers that are trusted"),
	ROW_TEXT("JournalingReportNdrTo", IN_ONE, F_LATER, NULL, SYNTAX_SMTP, 320, "Who gets journal reports that cannot be delivered"),
	ROW_DURATION("SafetyNetHoldTime", IN_ONE, F_LATER, "2.00:00:00", 15, DAYS(365), "How long delivered messages are kept to be sent again"),
	ROW_BOOL("ShadowRedundancyEnabled", IN_ONE, F_LATER, "True", "Messages on their way are kept twice"),
	ROW_BOOL("SmtpClientAuthenticationDisabled", IN_ONE, F_LATER, "False", "SMTP clients may not log on"),
	ROW_TEXT("TLSReceiveDomainSecureList", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_DOMAIN, 255, "Domains that must use certificates to send to us"),
	ROW_TEXT("TLSSendDomainSecureList", IN_ONE, F_LIST | F_LATER, NULL, SYNTAX_DOMAIN, 255, "Domains that must use certificates when we send"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute address_list[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_TEXT("DisplayName", IN_ONE, F_KNOWN, NULL, SYNTAX_ANY, 256, "The name that clients show"),
	ROW_WORD("IncludedRecipients", IN_ONE, 0, "AllRecipients", included, "Who is in it"),
	ROW_BOOL("IsGlobal", IN_ONE, F_SHOWN, "False", "A global address list"),
	ROW_TEXT("ConditionalDepartment", IN_ONE, F_LIST, NULL, SYNTAX_ANY, 64, "Only those of one of these departments"),
	ROW_TEXT("ConditionalCompany", IN_ONE, F_LIST, NULL, SYNTAX_ANY, 64, "Only those of one of these companies"),
	ROWS_LAST(IN_ONE),
};

#define ROWS(a) { a, sizeof a / sizeof *(a) }

const struct directory_rows directory_rows_organization = ROWS(organization);
const struct directory_rows directory_rows_domain = ROWS(domain);
const struct directory_rows directory_rows_database = ROWS(database);
const struct directory_rows directory_rows_transport = ROWS(transport);
const struct directory_rows directory_rows_address_list = ROWS(address_list);
