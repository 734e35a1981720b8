/* Public folders that have addresses: what the directory knows of them; the folders themselves are in the public folder store. */
#include "store/directory_rows.h"

#define BOTH (IN_ONE | IN_RECIPIENT)
#define CUSTOM(n) ROW_TEXT("CustomAttribute" #n, BOTH, 0, NULL, SYNTAX_ANY, 1024, "For the organisation's own use")

static const char *const folder_types[] = { "PublicFolder", NULL };

static const struct directory_attribute rows[] = {
	ROW_NAME(BOTH, SYNTAX_NAME),
	ROW_TEXT("DisplayName", BOTH, F_KNOWN, NULL, SYNTAX_ANY, 256, "The name that address lists and messages show"),
	ROW_TEXT("Alias", BOTH, F_KNOWN | F_UNIQUE, NULL, SYNTAX_ALIAS, 64, "The short name; new addresses are made of it"),
	ROW_TEXT("EmailAddresses", BOTH, F_LIST | F_KNOWN | F_UNIQUE, NULL, SYNTAX_PROXY, 1123,
		 "All addresses; the one that begins with SMTP: in capitals is the primary one"),
	ROW_TEXT("PrimarySmtpAddress", BOTH, F_MAPPED, NULL, SYNTAX_SMTP, 320,
		 "The main address; setting it keeps the old one as another address"),
	ROW_TEXT("WindowsEmailAddress", IN_ONE, F_MADE, NULL, SYNTAX_SMTP, 320, "The same as PrimarySmtpAddress"),
	ROW_TEXT("LegacyExchangeDN", IN_ONE, F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_LEGACY_DN, 1024,
		 "The X.500 address that clients find the folder by"),
	ROW_TEXT("RecipientType", BOTH, F_MADE, NULL, SYNTAX_ANY, 64, "PublicFolder"),
	ROW_WORD("RecipientTypeDetails", BOTH, F_SHOWN, "PublicFolder", folder_types, "PublicFolder"),
	ROW_TEXT("EntryId", IN_ONE, F_MUST | F_KNOWN | F_UNIQUE | F_SHOWN, NULL, SYNTAX_TOKEN, 92,
		 "The folder itself, wherever it is moved and whatever it is called"),
	ROW_BOOL("HiddenFromAddressListsEnabled", BOTH, 0, "False", "Not shown in address lists"),
	ROW_BOOL("RequireSenderAuthenticationEnabled", IN_ONE, 0, "False", "Only senders who logged on"),
	ROW_REFERENCE("AcceptMessagesOnlyFrom", IN_ONE, F_LIST, "Recipient", "Only these, or members of these, may send to the folder"),
	ROW_REFERENCE("RejectMessagesFrom", IN_ONE, F_LIST, "Recipient", "These, and members of these, may not send to the folder"),
	ROW_REFERENCE("GrantSendOnBehalfTo", IN_ONE, F_LIST | F_LATER, "Recipient", "Who may send on behalf of the folder"),
	ROW_REFERENCE("Contacts", IN_ONE, F_LIST | F_LATER, "Recipient", "Whom to ask about the folder"),
	ROW_SIZE("MaxSendSize", IN_ONE, F_OPEN | F_LATER, "Unlimited", "Largest message that may be sent in the folder's name"),
	ROW_SIZE("MaxReceiveSize", IN_ONE, F_OPEN, "Unlimited", "Largest message that is received"),
	ROW_TEXT("MailTip", IN_ONE, F_LATER, NULL, SYNTAX_ANY, 175, "What senders are told while they write"),
	ROW_BOOL("EmailAddressPolicyEnabled", IN_ONE, F_LATER, "False", "Addresses follow the organisation's policy"),
	ROW_TEXT("SimpleDisplayName", IN_ONE, 0, NULL, SYNTAX_ANY, 256, "The name for systems that know only ASCII"),
	ROW_TEXT("PhoneticDisplayName", IN_ONE, 0, NULL, SYNTAX_ANY, 256, "How the name is spoken, by which address lists can be put in order"),
	CUSTOM(1), CUSTOM(2), CUSTOM(3), CUSTOM(4), CUSTOM(5), CUSTOM(6), CUSTOM(7), CUSTOM(8), CUSTOM(9), CUSTOM(10), CUSTOM(11),
	CUSTOM(12), CUSTOM(13), CUSTOM(14), CUSTOM(15),
	ROWS_LAST(BOTH),
};

const struct directory_rows directory_rows_public_folder = { rows, sizeof rows / sizeof *rows };
