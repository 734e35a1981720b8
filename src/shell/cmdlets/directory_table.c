/* Which cmdlets there are on objects of the directory. */
#include "shell/cmdlets/directory_cmdlet.h"

static const char *const by_server[] = { "Server", NULL };
static const char *const of_mailbox[] = { "Database", "RecipientTypeDetails", NULL };
static const char *const of_recipient[] = { "RecipientType", "RecipientTypeDetails", "Database", NULL };
static const char *const of_user[] = { "RecipientTypeDetails", NULL };
static const char *const of_certificate[] = { "Services", NULL };
static const char *const of_disconnected[] = { "Database", NULL };

/* What Enable-Mailbox may be told. */
static const char *const enabled[] = { "Alias", "DisplayName", "Database", "PrimarySmtpAddress", "EmailAddresses", NULL };

static const char *const organization_names[] = { "Get-Organization", NULL };
static const char *const access_names[] = { "Get-ClientAccessService", NULL };
static const char *const set_access_names[] = { "Set-ClientAccessService", NULL };
static const char *const mount_names[] = { "Mount-Database", NULL };
static const char *const dismount_names[] = { "Dismount-Database", NULL };

#define GET(NAME, CLASS, ...) { .name = "Get-" NAME, .class_name = CLASS, .action = ACTION_GET, __VA_ARGS__ }
#define SET(NAME, CLASS, ...) { .name = "Set-" NAME, .class_name = CLASS, .action = ACTION_SET, __VA_ARGS__ }
#define NEW(NAME, CLASS, ...) { .name = "New-" NAME, .class_name = CLASS, .action = ACTION_NEW, __VA_ARGS__ }
#define REMOVE(NAME, CLASS, ...) { .name = "Remove-" NAME, .class_name = CLASS, .action = ACTION_REMOVE, __VA_ARGS__ }
/* A virtual directory is shown and set. */
#define VIRTUAL(NAME, WHAT)                                                                                                        \
	GET(NAME "VirtualDirectory", NAME "VirtualDirectory", .filters = by_server, .synopsis = "Shows where " WHAT " is found.",       \
	    .example = "Get-" NAME "VirtualDirectory | fl Identity,InternalUrl,ExternalUrl"),                                           \
		SET(NAME "VirtualDirectory", NAME "VirtualDirectory", .synopsis = "Sets where " WHAT " is found, and who may use it.",  \
		    .example = "Get-" NAME "VirtualDirectory | Set-" NAME "VirtualDirectory -ExternalUrl https://mail.contoso.example/")

const struct directory_row directory_cmdlet_rows[] = {
	/* Mailboxes and people. */
	GET("Mailbox", "Mailbox", .filters = of_mailbox, .extra = mailbox_get_parameters, .synopsis = "Shows mailboxes.", .example = "Get-Mailbox alice | fl\nGet-Mailbox -Database DB1 | ft Name,Alias"),
	SET("Mailbox", "Mailbox", .extra = mailbox_set_parameters, .settle = mailbox_settle, .apply = password_apply, .synopsis = "Changes a mailbox.",
	    .example = "Set-Mailbox alice -EmailAddresses @{Add='smtp:a.smith@contoso.example'}\nSet-Mailbox alice -Password (Read-Host -AsSecureString)"),
	NEW("Mailbox", "Mailbox", .also = "User", .extra = mailbox_new_parameters, .process = mailbox_new, .synopsis = "Makes a user with a mailbox.",
	    .example = "New-Mailbox 'Alice Smith' -Alias alice -Password (Read-Host -AsSecureString)\nImport-Csv people.csv | New-Mailbox"),
	{ .name = "Enable-Mailbox", .class_name = "Mailbox", .of = "User", .action = ACTION_CHANGE, .attributes = enabled, .process = mailbox_enable,
	  .synopsis = "Gives a mailbox to a user who has none.", .example = "Enable-Mailbox alice" },
	{ .name = "Disable-Mailbox", .class_name = "Mailbox", .action = ACTION_REMOVE, .process = mailbox_disable,
	  .synopsis = "Takes the mailbox from its user; it can be connected again until the database's MailboxRetention is over.",
	  .example = "Disable-Mailbox alice" },
	REMOVE("Mailbox", "Mailbox", .extra = mailbox_remove_parameters, .process = mailbox_remove, .synopsis = "Removes a user with the mailbox.",
	       .example = "Remove-Mailbox alice"),
	{ .name = "Connect-Mailbox", .class_name = "DisconnectedMailbox", .action = ACTION_CHANGE, .extra = mailbox_connect_parameters,
	  .process = mailbox_connect, .synopsis = "Gives a mailbox that belongs to nobody to a user who has none.",
	  .example = "Get-DisconnectedMailbox | where DisplayName -eq 'Alice Smith' | Connect-Mailbox -User alice" },
	GET("DisconnectedMailbox", "DisconnectedMailbox", .filters = of_disconnected, .synopsis = "Shows mailboxes that belong to nobody.",
	    .example = "Get-DisconnectedMailbox -Database DB1"),
	{ .name = "Remove-StoreMailbox", .class_name = "DisconnectedMailbox", .action = ACTION_REMOVE, .process = store_mailbox_remove,
	  .synopsis = "Removes a mailbox that belongs to nobody, at once and for good.", .example = "Get-DisconnectedMailbox old | Remove-StoreMailbox" },
	GET("CASMailbox", "CASMailbox", .synopsis = "Shows how clients may use mailboxes.",
	    .example = "Get-CASMailbox alice | fl MAPIBlockOutlookNonCachedMode"),
	SET("CASMailbox", "CASMailbox", .synopsis = "Sets how clients may use a mailbox.",
	    .example = "Set-CASMailbox alice -MAPIBlockOutlookNonCachedMode:$true -ImapEnabled:$false"),
	GET("User", "User", .filters = of_user, .synopsis = "Shows people, with or without a mailbox.", .example = "Get-User -Filter { Department -eq 'Sales' }"),
	SET("User", "User", .extra = user_set_parameters, .apply = password_apply, .synopsis = "Changes what is known of a person.",
	    .example = "Set-User alice -Title Engineer -Manager bob"),
	GET("MailContact", "MailContact", .synopsis = "Shows people elsewhere who stand in address lists.", .example = "Get-MailContact | ft Name,ExternalEmailAddress"),
	SET("MailContact", "MailContact", .synopsis = "Changes somebody elsewhere who stands in address lists.",
	    .example = "Set-MailContact dora -ExternalEmailAddress dora@fabrikam.example"),
	NEW("MailContact", "MailContact", .settle = contact_settle, .synopsis = "Shows somebody elsewhere in address lists.",
	    .example = "New-MailContact 'Dora Dale' -ExternalEmailAddress dora@fabrikam.example"),
	REMOVE("MailContact", "MailContact", .synopsis = "Removes somebody elsewhere from address lists.", .example = "Remove-MailContact dora"),
	GET("Contact", "Contact", .synopsis = "Shows people elsewhere: telephone, company and the like.", .example = "Get-Contact dora | fl"),
	SET("Contact", "Contact", .synopsis = "Changes what is known of somebody elsewhere.", .example = "Set-Contact dora -Company Fabrikam"),
	GET("Recipient", "Recipient", .filters = of_recipient, .synopsis = "Shows all that has an address: people, groups and contacts.",
	    .example = "Get-Recipient -Anr ali"),

	/* Groups. */
	GET("DistributionGroup", "DistributionGroup", .synopsis = "Shows distribution groups.", .example = "Get-DistributionGroup | ft Name,PrimarySmtpAddress"),
	SET("DistributionGroup", "DistributionGroup", .synopsis = "Changes a distribution group.",
	    .example = "Set-DistributionGroup sales -ManagedBy alice"),
	NEW("DistributionGroup", "DistributionGroup", .extra = group_new_parameters, .settle = group_settle, .synopsis = "Makes a distribution group.",
	    .example = "New-DistributionGroup Sales -Members alice,bob"),
	REMOVE("DistributionGroup", "DistributionGroup", .synopsis = "Removes a distribution group; its members stay.", .example = "Remove-DistributionGroup sales"),
	{ .name = "Get-DistributionGroupMember", .class_name = "Recipient", .of = "DistributionGroup", .action = ACTION_SHOW, .process = member_list,
	  .synopsis = "Shows who is in a distribution group.", .example = "Get-DistributionGroupMember sales" },
	{ .name = "Add-DistributionGroupMember", .class_name = "DistributionGroup", .action = ACTION_CHANGE, .extra = group_member_parameters,
	  .process = member_add, .synopsis = "Adds somebody to a distribution group.", .example = "Add-DistributionGroupMember sales -Member alice" },
	{ .name = "Remove-DistributionGroupMember", .class_name = "DistributionGroup", .action = ACTION_REMOVE, .extra = group_member_parameters,
	  .process = member_remove, .synopsis = "Takes somebody out of a distribution group.",
	  .example = "Remove-DistributionGroupMember sales -Member alice -Confirm:$false" },
	GET("DynamicDistributionGroup", "DynamicDistributionGroup", .synopsis = "Shows groups of all that fit what they say.",
	    .example = "Get-DynamicDistributionGroup | fl Name,IncludedRecipients,Conditional*"),
	SET("DynamicDistributionGroup", "DynamicDistributionGroup", .synopsis = "Changes a group of all that fit what it says.",
	    .example = "Set-DynamicDistributionGroup everybody -ConditionalDepartment Sales"),
	NEW("DynamicDistributionGroup", "DynamicDistributionGroup", .settle = dynamic_group_settle,
	    .synopsis = "Makes a group of all that fit what it says, whenever a message comes.",
	    .example = "New-DynamicDistributionGroup Everybody -IncludedRecipients MailboxUsers"),
	REMOVE("DynamicDistributionGroup", "DynamicDistributionGroup", .synopsis = "Removes a group of all that fit what it says; they stay.",
	       .example = "Remove-DynamicDistributionGroup everybody"),
	GET("MailPublicFolder", "MailPublicFolder", .synopsis = "Shows public folders that have addresses.",
	    .example = "Get-MailPublicFolder | ft Name,PrimarySmtpAddress\nGet-MailPublicFolder \\Marketing | fl"),
	SET("MailPublicFolder", "MailPublicFolder", .synopsis = "Changes the addresses of a public folder, and who may send to it.",
	    .example = "Set-MailPublicFolder \\Marketing -PrimarySmtpAddress marketing@contoso.example"),
	{ .name = "Disable-MailPublicFolder", .class_name = "MailPublicFolder", .action = ACTION_REMOVE, .process = mail_public_folder_disable,
	  .synopsis = "Takes all addresses from a public folder; what is in it stays.", .example = "Disable-MailPublicFolder \\Marketing" },
	GET("RoleGroup", "RoleGroup", .synopsis = "Shows who may administer.", .example = "Get-RoleGroup | fl Name,Members"),
	{ .name = "Get-RoleGroupMember", .class_name = "Recipient", .of = "RoleGroup", .action = ACTION_SHOW, .process = member_list,
	  .synopsis = "Shows who has a role.", .example = "Get-RoleGroupMember 'Organization Management'" },
	{ .name = "Add-RoleGroupMember", .class_name = "RoleGroup", .action = ACTION_CHANGE, .extra = group_member_parameters, .process = member_add,
	  .synopsis = "Gives somebody a role.", .example = "Add-RoleGroupMember 'Organization Management' -Member alice" },
	{ .name = "Remove-RoleGroupMember", .class_name = "RoleGroup", .action = ACTION_REMOVE, .extra = group_member_parameters,
	  .process = member_remove, .synopsis = "Takes a role from somebody.", .example = "Remove-RoleGroupMember 'Organization Management' -Member alice" },

	/* Databases. */
	GET("MailboxDatabase", "MailboxDatabase", .filters = by_server, .show = database_show,
	    .synopsis = "Shows mailbox databases, and warns of those without a verified backup.", .example = "Get-MailboxDatabase | fl RpcClientAccessServer"),
	SET("MailboxDatabase", "MailboxDatabase", .synopsis = "Changes what holds for the mailboxes of a database.",
	    .example = "Get-MailboxDatabase | Set-MailboxDatabase -RpcClientAccessServer cas.contoso.example"),
	NEW("MailboxDatabase", "MailboxDatabase", .settle = database_settle, .synopsis = "Makes a mailbox database.", .example = "New-MailboxDatabase DB2"),
	REMOVE("MailboxDatabase", "MailboxDatabase", .synopsis = "Removes a mailbox database that has no mailboxes.", .example = "Remove-MailboxDatabase DB2"),
	{ .name = "Mount-MailboxDatabase", .class_name = "MailboxDatabase", .action = ACTION_CHANGE, .aliases = mount_names, .process = database_mount,
	  .synopsis = "Lets the mailboxes of a database be used.", .example = "Mount-Database DB1" },
	{ .name = "Dismount-MailboxDatabase", .class_name = "MailboxDatabase", .action = ACTION_REMOVE, .aliases = dismount_names,
	  .process = database_dismount, .synopsis = "Closes the mailboxes of a database until it is mounted again.",
	  .example = "Dismount-Database DB1 -Confirm:$false" },

	/* The organisation. */
	GET("OrganizationConfig", "OrganizationConfig", .aliases = organization_names, .synopsis = "Shows what holds for the whole organisation.",
	    .example = "Get-OrganizationConfig | fl Name,Lockout*"),
	SET("OrganizationConfig", "OrganizationConfig", .synopsis = "Changes what holds for the whole organisation.",
	    .example = "Set-OrganizationConfig -MinPasswordLength 12"),
	GET("AcceptedDomain", "AcceptedDomain", .synopsis = "Shows the domains whose mail is ours.", .example = "Get-AcceptedDomain"),
	SET("AcceptedDomain", "AcceptedDomain", .synopsis = "Changes an accepted domain.", .example = "Set-AcceptedDomain contoso -MakeDefault $true"),
	NEW("AcceptedDomain", "AcceptedDomain", .synopsis = "Adds a domain whose mail is ours.",
	    .example = "New-AcceptedDomain Fabrikam -DomainName fabrikam.example -DomainType Authoritative"),
	REMOVE("AcceptedDomain", "AcceptedDomain", .synopsis = "Removes an accepted domain that no address uses.", .example = "Remove-AcceptedDomain Fabrikam"),
	GET("AddressList", "AddressList", .synopsis = "Shows the lists of recipients that clients show.", .example = "Get-AddressList"),
	SET("AddressList", "AddressList", .synopsis = "Changes an address list.", .example = "Set-AddressList Sales -ConditionalDepartment Sales"),
	NEW("AddressList", "AddressList", .synopsis = "Makes an address list.",
	    .example = "New-AddressList Sales -IncludedRecipients MailboxUsers -ConditionalDepartment Sales"),
	REMOVE("AddressList", "AddressList", .synopsis = "Removes an address list; who is in it stays.", .example = "Remove-AddressList Sales"),
	GET("TransportConfig", "TransportConfig", .synopsis = "Shows how mail is carried.", .example = "Get-TransportConfig | fl Max*"),
	SET("TransportConfig", "TransportConfig", .synopsis = "Changes how mail is carried.", .example = "Set-TransportConfig -MaxSendSize 25MB"),

	/* Servers and what is found on them. */
	GET("ExchangeServer", "ExchangeServer", .synopsis = "Shows the servers and what they do.", .example = "Get-ExchangeServer | fl"),
	GET("ClientAccessServer", "ClientAccessServer", .aliases = access_names, .synopsis = "Shows the servers that clients connect to.",
	    .example = "Get-ClientAccessServer | fl Name,AutoDiscoverServiceInternalUri"),
	SET("ClientAccessServer", "ClientAccessServer", .aliases = set_access_names, .synopsis = "Changes a server that clients connect to.",
	    .example = "Set-ClientAccessServer cas1 -AutoDiscoverServiceInternalUri https://autodiscover.contoso.example/Autodiscover/Autodiscover.xml"),
	GET("RpcClientAccess", "RpcClientAccess", .identity = "Server", .synopsis = "Shows how Outlook connects to a server.", .example = "Get-RpcClientAccess | fl"),
	SET("RpcClientAccess", "RpcClientAccess", .identity = "Server", .synopsis = "Changes how Outlook connects to a server.",
	    .example = "Set-RpcClientAccess -Server cas1 -BlockedClientVersions '-14.0.0'"),
	GET("OutlookAnywhere", "OutlookAnywhere", .filters = by_server, .synopsis = "Shows where Outlook finds RPC over HTTP.", .example = "Get-OutlookAnywhere | fl"),
	SET("OutlookAnywhere", "OutlookAnywhere", .synopsis = "Sets where Outlook finds RPC over HTTP.",
	    .example = "Get-OutlookAnywhere | Set-OutlookAnywhere -ExternalHostname mail.contoso.example"),
	GET("ExchangeCertificate", "ExchangeCertificate", .identity = "Thumbprint", .show = certificate_show, .synopsis = "Shows certificates and what uses them.",
	    .example = "Get-ExchangeCertificate | fl Subject,CertificateDomains,NotAfter,Services"),
	{ .name = "New-ExchangeCertificate", .class_name = "ExchangeCertificate", .action = ACTION_MAKE, .extra = certificate_new_parameters,
	  .process = certificate_new, .synopsis = "Makes a certificate that signs itself.",
	  .example = "New-ExchangeCertificate -DomainName mail.contoso.example,autodiscover.contoso.example -FriendlyName Mail" },
	{ .name = "Import-ExchangeCertificate", .class_name = "ExchangeCertificate", .action = ACTION_MAKE, .extra = certificate_import_parameters,
	  .process = certificate_import, .synopsis = "Takes a certificate with its private key from a file.",
	  .example = "Import-ExchangeCertificate mail.pfx -Password (Read-Host -AsSecureString)" },
	{ .name = "Enable-ExchangeCertificate", .class_name = "ExchangeCertificate", .action = ACTION_CHANGE, .identity = "Thumbprint",
	  .attributes = of_certificate, .process = directory_set_process, .synopsis = "Says which services use a certificate: these and no others.",
	  .example = "Get-ExchangeCertificate | Enable-ExchangeCertificate -Services IIS,SMTP" },
	REMOVE("ExchangeCertificate", "ExchangeCertificate", .identity = "Thumbprint", .process = certificate_remove,
	       .synopsis = "Removes a certificate and its private key.", .example = "Remove-ExchangeCertificate 0123456789ABCDEF0123456789ABCDEF01234567"),
	VIRTUAL("Owa", "mail in the browser"),
	VIRTUAL("Ecp", "the page of settings in the browser"),
	VIRTUAL("WebServices", "Exchange Web Services"),
	VIRTUAL("ActiveSync", "ActiveSync"),
	VIRTUAL("Oab", "the offline address book"),
	VIRTUAL("Mapi", "MAPI over HTTP"),
	VIRTUAL("Autodiscover", "Autodiscover"),
	VIRTUAL("PowerShell", "remote administration"),
	{ .name = NULL },
};
