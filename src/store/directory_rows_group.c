/* Groups, roles, and mailboxes that belong to nobody any more. */
#include "store/directory_rows.h"

#define BOTH (IN_GROUP | IN_RECIPIENT | IN_DYNAMIC)
#define EITHER (IN_GROUP | IN_DYNAMIC)

static const char *const group_types[] = { "MailUniversalDistributionGroup", "MailUniversalSecurityGroup", "RoomList", "DynamicDistributionGroup", NULL };
static const char *const included[] = { "AllRecipients", "MailboxUsers", "MailContacts", "MailGroups", "Resources", "None", NULL };
static const char *const join_rules[] = { "Open", "Closed", "ApprovalRequired", NULL };
static const char *const depart_rules[] = { "Open", "Closed", NULL };
static const char *const disconnect_reasons[] = { "Disabled", "SoftDeleted", NULL };

static const struct directory_attribute group[] = {
	ROW_NAME(BOTH, SYNTAX_NAME),
	ROW_TEXT("DisplayName", BOTH, F_KNOWN, NULL, SYNTAX_ANY, 256, "The name that address lists and messages show"),
	ROW_TEXT("Alias", BOTH, F_KNOWN | F_UNIQUE, NULL, SYNTAX_ALIAS, 64, "The short name; new addresses are made of it"),
	ROW_TEXT("SamAccountName", IN_GROUP | IN_RECIPIENT, F_KNOWN | F_UNIQUE, NULL, SYNTAX_ALIAS, 64, "The short name within its domain"),
	ROW_TEXT("EmailAddresses", BOTH, F_LIST | F_KNOWN | F_UNIQUE, NULL, SYNTAX_PROXY, 1123,
		 "All addresses; the one that begins with SMTP: in capitals is the primary one"),
	ROW_TEXT("PrimarySmtpAddress", BOTH, F_MAPPED, NULL, SYNTAX_SMTP, 320,
		 "The main address; setting it keeps the old one as another address"),
	ROW_TEXT("WindowsEmailAddress", EITHER, F_MADE, NULL, SYNTAX_SMTP, 320, "The same as PrimarySmtpAddress"),
	ROW_TEXT("LegacyExchangeDN", EITHER, F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024,
		 "The X.500 address that clients find the group by"),
	ROW_TEXT("RecipientType", BOTH, F_MADE, NULL, SYNTAX_ANY, 64, "The same as RecipientTypeDetails"),
	ROW_WORD("RecipientTypeDetails", BOTH, F_SHOWN, "MailUniversalDistributionGroup", group_types, "What the group is for"),
	ROW_REFERENCE("Members", IN_GROUP, F_LIST | F_SHOWN, "Recipient", "Who gets what is sent to the group"),
	ROW_WORD("IncludedRecipients", IN_DYNAMIC, 0, NULL, included, "Who gets what is sent to the group, whatever their names are"),
	ROW_TEXT("ConditionalDepartment", IN_DYNAMIC, F_LIST, NULL, SYNTAX_ANY, 64, "Only those of one of these departments"),
	ROW_TEXT("ConditionalCompany", IN_DYNAMIC, F_LIST, NULL, SYNTAX_ANY, 64, "Only those of one of these companies"),
	ROW_REFERENCE("ManagedBy", BOTH, F_LIST, "Recipient", "Who may change the group"),
	ROW_TEXT("Notes", BOTH, 0, NULL, SYNTAX_ANY, 1024, "What the group is for"),
	ROW_BOOL("HiddenFromAddressListsEnabled", BOTH, 0, "False", "Not shown in address lists"),
	ROW_WORD("MemberJoinRestriction", IN_GROUP, F_LATER, "Closed", join_rules, "Who may join"),
	ROW_WORD("MemberDepartRestriction", IN_GROUP, F_LATER, "Open", depart_rules, "Who may leave"),
	ROW_BOOL("RequireSenderAuthenticationEnabled", EITHER, 0, "True", "Only senders who logged on"),
	ROW_REFERENCE("AcceptMessagesOnlyFrom", EITHER, F_LIST, "Recipient", "Only these, or members of these, may send to the group"),
	ROW_REFERENCE("RejectMessagesFrom", EITHER, F_LIST, "Recipient", "These, and members of these, may not send to the group"),
	ROW_REFERENCE("GrantSendOnBehalfTo", IN_GROUP, F_LIST | F_LATER, "Recipient", "Who may send on behalf of the group"),
	ROW_BOOL("ModerationEnabled", IN_GROUP, F_LATER, "False", "Somebody approves messages first"),
	ROW_REFERENCE("ModeratedBy", IN_GROUP, F_LIST | F_LATER, "Recipient", "Who approves"),
	ROW_SIZE("MaxSendSize", IN_GROUP, F_OPEN | F_LATER, "Unlimited", "Largest message that may be sent"),
	ROW_SIZE("MaxReceiveSize", EITHER, F_OPEN, "Unlimited", "Largest message that is received"),
	ROW_BOOL("ReportToOriginatorEnabled", IN_GROUP, F_LATER, "True", "Senders hear of failures"),
	ROW_BOOL("ReportToManagerEnabled", IN_GROUP, F_LATER, "False", "Managers hear of failures"),
	ROW_BOOL("SendOofMessageToOriginatorEnabled", IN_GROUP, F_LATER, "False", "Senders get out-of-office replies of members"),
	ROW_TEXT("MailTip", IN_GROUP, F_LATER, NULL, SYNTAX_ANY, 175, "What senders are told while they write"),
	ROW_TEXT("SimpleDisplayName", EITHER, 0, NULL, SYNTAX_ANY, 256, "The name for systems that know only ASCII"),
	ROW_BOOL("EmailAddressPolicyEnabled", IN_GROUP, F_LATER, "False", "Addresses follow the organisation's policy"),
	ROWS_LAST(BOTH),
};

static const struct directory_attribute role_group[] = {
	ROW_NAME(IN_ONE, SYNTAX_NAME),
	ROW_TEXT("Description", IN_ONE, 0, NULL, SYNTAX_ANY, 1024, "What its members may do"),
	ROW_REFERENCE("Members", IN_ONE, F_LIST, "Recipient", "Who has the role"),
	ROWS_LAST(IN_ONE),
};

static const struct directory_attribute disconnected[] = {
	ROW_NAME(IN_ONE, SYNTAX_ANY),
	ROW_TEXT("DisplayName", IN_ONE, F_KNOWN | F_SHOWN, NULL, SYNTAX_ANY, 256, "Whose mailbox it was"),
	ROW_GUID("MailboxGuid", IN_ONE, F_MUST | F_KNOWN | F_UNIQUE | F_SHOWN, "The mailbox; Connect-Mailbox gives it to a user"),
	ROW_REFERENCE("Database", IN_ONE, F_MUST | F_SHOWN, "MailboxDatabase", "The database whose MailboxRetention holds"),
	ROW_TEXT("LegacyExchangeDN", IN_ONE, F_KNOWN | F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024, "The X.500 address that it had"),
	ROW_TEXT("EmailAddresses", IN_ONE, F_LIST | F_SHOWN, NULL, SYNTAX_PROXY, 1123, "The addresses that it had; others may have them now"),
	ROW_TEXT("Alias", IN_ONE, F_KNOWN | F_SHOWN, NULL, SYNTAX_ALIAS, 64, "The alias that it had"),
	ROW_TIME("DisconnectDate", IN_ONE, F_MUST | F_SHOWN, "Since when it belongs to nobody"),
	ROW_WORD("DisconnectReason", IN_ONE, F_SHOWN, "Disabled", disconnect_reasons, "Disable-Mailbox or Remove-Mailbox"),
	ROWS_LAST(IN_ONE),
};

const struct directory_rows directory_rows_group = { group, sizeof group / sizeof *group };
const struct directory_rows directory_rows_role_group = { role_group, sizeof role_group / sizeof *role_group };
const struct directory_rows directory_rows_disconnected = { disconnected, sizeof disconnected / sizeof *disconnected };
