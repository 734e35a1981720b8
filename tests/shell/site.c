/* The cmdlets on the directory, on both engines: what administrators' handbooks write, and what can go wrong. */
#include "office.h"

#include "shell/cmdlets/directory_cmdlet.h"
#include "store/directory_logon.h"

#define LATER(name) "warning: " name ": kept, but not in force yet; the service that obeys it comes in a later release."
#define UNSAFE                                                                                                                     \
	"warning: The database 'Mailbox Database' has no verified backup: nobody knows whether it could be restored. 'postern backup' " \
	"makes one, 'postern backup verify' restores it for a test."

/* Line by line as they are written. */
static void handbook_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	quietly(&o, "New-Mailbox Alice -Alias alice -wa SilentlyContinue | Out-Null");
	shows(&o, "Get-CasMailbox alice | fl MapiBlockOutlookNonCachedMode", "MAPIBlockOutlookNonCachedMode : False");
	shows(&o, "Set-CasMailbox alice -MapiBlockOutlookNonCachedMode:$true", "");
	shows(&o, "Get-CasMailbox alice | fl MapiBlockOutlookNonCachedMode,NotYetInForce",
	      "MAPIBlockOutlookNonCachedMode : True\nNotYetInForce                 :");
	shows(&o, "Set-CasMailbox alice -ImapEnabled:$false", LATER("ImapEnabled"));
	shows(&o, "Get-CasMailbox alice | fl NotYetInForce", "NotYetInForce : {ImapEnabled}");
	shows(&o, "Set-CasMailbox alice -MapiBlockOutlookNonCachedMode:$false", "");
	shows(&o, "Get-CasMailbox alice | fl MapiBlockOutlookNonCachedMode", "MAPIBlockOutlookNonCachedMode : False");
	shows(&o, "Get-MailboxDatabase | fl RPCClientAccessServer", "RpcClientAccessServer : mail.contoso.example\n\n" UNSAFE);
	shows(&o, "Get-MailboxDatabase | Set-MailboxDatabase -RPCClientAccessServer cas.contoso.example", UNSAFE);
	shows(&o, "Get-MailboxDatabase | fl RPCClientAccessServer", "RpcClientAccessServer : cas.contoso.example\n\n" UNSAFE);
	shows(&o, "Set-owavirtualdirectory -identity \"owa (default web site)\" -ExternalUrl https://mail.contoso.example/owa", "");
	shows(&o, "Set-owavirtualdirectory -identity \"owa (default web site)\" -FailbackUrl \"https://failback.contoso.example/owa\"", "");
	says(&o, "Set-owavirtualdirectory -identity \"owa (default web site)\" -FailbackUrl \"https://mail.contoso.example/owa\"", ecInvalidParam,
	     "FailbackUrl: it is the same as ExternalUrl");
	shows(&o, "Get-OwaVirtualDirectory | fl FailbackUrl", "FailbackUrl : https://failback.contoso.example/owa");
	office_close(&o);
}

static void handbook(void **state)
{
	(void)state;
	on_each_engine(handbook_on);
}

static void mailboxes_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	shows(&o, "New-Mailbox 'Alice Smith' -Alias alice -FirstName Alice -Title Engineer | fl Name,PrimarySmtpAddress",
	      "Name               : Alice Smith\nPrimarySmtpAddress : alice@contoso.example\n\n"
	      "warning: Alice Smith has no password: nobody can log on before Set-Mailbox -Password gives one.");
	shows(&o, "Get-User alice | fl FirstName,Title,RecipientType", "FirstName     : Alice\nTitle         : Engineer\nRecipientType : UserMailbox");
	says(&o, "New-Mailbox 'Alice Smith' -Alias alice2", ecDuplicateName, "error: New-Mailbox: ");
	shows(&o, "New-Mailbox Meeting -Room | fl RecipientTypeDetails", "RecipientTypeDetails : RoomMailbox");
	quietly(&o, "Set-Mailbox meeting -Type Equipment");
	shows(&o, "Get-Mailbox -RecipientTypeDetails Equip* | % Name", "Meeting");
	/* Lists are replaced, added to, taken from. */
	quietly(&o, "Set-Mailbox alice -EmailAddresses @{Add='smtp:a.smith@contoso.example','smtp:as@contoso.example'}");
	quietly(&o, "Set-Mailbox a.smith@contoso.example -EmailAddresses @{Remove='smtp:as@contoso.example'}");
	shows(&o, "Get-Mailbox alice | % EmailAddresses", "SMTP:alice@contoso.example\nsmtp:a.smith@contoso.example");
	says(&o, "Set-Mailbox alice -EmailAddresses @{Remove='smtp:nobody@contoso.example'}", ecNotFound, "EmailAddresses: there is no");
	/* Values and their absence. */
	quietly(&o, "Set-Mailbox alice -ProhibitSendReceiveQuota 6GB -ProhibitSendQuota 5GB -IssueWarningQuota '4.5 GB' -UseDatabaseQuotaDefaults $false");
	shows(&o, "Get-Mailbox alice | fl ProhibitSendQuota", "ProhibitSendQuota : 5 GB (5,368,709,120 bytes)");
	shows(&o, "Get-Mailbox | where ProhibitSendQuota -lt 10GB | % Alias", "alice");
	quietly(&o, "Set-Mailbox alice -IssueWarningQuota $null -ProhibitSendQuota Unlimited -ProhibitSendReceiveQuota Unlimited");
	shows(&o, "Get-Mailbox alice | fl ProhibitSendQuota", "ProhibitSendQuota : Unlimited");
	quietly(&o, "Set-Mailbox alice -RetainDeletedItemsFor 30");
	shows(&o, "Get-Mailbox alice | fl RetainDeletedItemsFor", "RetainDeletedItemsFor : 30.00:00:00");
	says(&o, "Set-Mailbox alice -Database Nope", ecNotFound, "Database: there is no MailboxDatabase \"Nope\"");
	says(&o, "Set-Mailbox nobody -Alias x", ecNotFound, "error: Set-Mailbox: there is no Mailbox \"nobody\"");
	says(&o, "Set-Mailbox alice -Identity2 x", ecInvalidParam, "Set-Mailbox has no parameter -Identity2; did you mean -Identity?");
	/* Filters, wildcards, limits. */
	shows(&o, "Get-Mailbox -Filter { Alias -like 'al*' } | % Name", "Alice Smith");
	shows(&o, "Get-Mailbox -Filter \"Alias -eq 'meeting' -or Alias -eq 'alice'\" | sort Name | % Name", "Alice Smith\nMeeting");
	shows(&o, "Get-Mailbox A*i* | % Name", "Administrator\nAlice Smith");
	shows(&o, "Get-Mailbox -Anr ali | % Name", "Alice Smith");
	shows(&o, "Get-Mailbox -ResultSize 1 | % Name", "Administrator\nwarning: There are more than 1; -ResultSize Unlimited shows all.");
	says(&o, "Get-Mailbox -ResultSize none", ecInvalidParam, "-ResultSize takes a number above 0, or Unlimited");
	shows(&o, "Get-Mailbox -Database 'Mailbox*' | measure | % Count", "3");
	/* By GUID through the pipe, whatever the name. */
	quietly(&o, "Get-User alice | Set-Mailbox -Name 'Alice Jones'");
	shows(&o, "Get-Recipient alice | % Name", "Alice Jones");
	/* Taken away and given back. */
	shows(&o, "Disable-Mailbox alice -WhatIf", "whatif: What if: Performing the operation \"Disable-Mailbox\" on target \"Mailbox 'Alice Jones'\".");
	says(&o, "Disable-Mailbox alice", ecAccessDenied, "wants a confirmation");
	quietly(&o, "Disable-Mailbox alice -Confirm:$false");
	says(&o, "Get-Mailbox alice", ecNotFound, "there is no Mailbox \"alice\"");
	shows(&o, "Get-DisconnectedMailbox | % DisplayName", "Alice Smith");
	quietly(&o, "Get-DisconnectedMailbox | Connect-Mailbox -User 'Alice Jones'");
	shows(&o, "Get-Mailbox 'Alice Jones' | measure | % Count", "1");
	quietly(&o, "Remove-Mailbox 'Alice Jones' -Confirm:$false; Get-DisconnectedMailbox | Remove-StoreMailbox -Confirm:$false");
	shows(&o, "Get-DisconnectedMailbox; Get-User alice*", "");
	office_close(&o);
}

static void mailboxes(void **state)
{
	(void)state;
	on_each_engine(mailboxes_on);
}

static void passwords_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	const struct directory_object *who;
	struct logon_verdict verdict;
	struct reason why = { "" };
	struct office o;

	office_open(&o, e);
	o.session.typed = "correct horse battery";
	quietly(&o, "New-Mailbox Bob -Password (Read-Host -AsSecureString) | Out-Null");
	assert_int_equal(directory_verify(site_directory(o.context.site), "bob", "correct horse battery", &arena, &who, &verdict, &why), ecNone);
	o.session.typed = "another one of these";
	quietly(&o, "Set-Mailbox bob -Password (Read-Host -AsSecureString) -DisplayName Robert");
	assert_int_equal(directory_verify(site_directory(o.context.site), "bob", "another one of these", &arena, &who, &verdict, &why), ecNone);
	says(&o, "Set-Mailbox bob -Password hunter2hunter2", ecInvalidParam, "must not stand on the line");
	/* A password that is refused takes the other changes with it. */
	o.session.typed = "short";
	says(&o, "Set-User bob -Password (Read-Host -AsSecureString) -Title Boss", ecInvalidParam, "error: Set-User: ");
	shows(&o, "Get-User bob | fl Title,DisplayName", "Title       :\nDisplayName : Robert");
	office_close(&o);
}

static void passwords(void **state)
{
	(void)state;
	on_each_engine(passwords_on);
}

static void groups_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	quietly(&o, "'Alice','Bob','Carol' | New-Mailbox -wa SilentlyContinue | Out-Null");
	shows(&o, "New-DistributionGroup 'Sales Team' -Members alice,bob | fl Name,DisplayName,Alias,PrimarySmtpAddress",
	      "Name               : Sales Team\nDisplayName        : Sales Team\nAlias              : SalesTeam\nPrimarySmtpAddress : SalesTeam@contoso.example");
	shows(&o, "Get-DistributionGroupMember salesteam | % Name", "Alice\nBob");
	quietly(&o, "Get-Mailbox carol | Add-DistributionGroupMember 'sales team'");
	says(&o, "Add-DistributionGroupMember salesteam -Member carol", ecDuplicateName, "'Carol' is a member of 'Sales Team' already");
	quietly(&o, "Remove-DistributionGroupMember salesteam alice -Confirm:$false");
	says(&o, "Remove-DistributionGroupMember salesteam alice -Confirm:$false", ecNotFound, "'Alice' is no member of 'Sales Team'");
	shows(&o, "Get-DistributionGroupMember salesteam | % Name", "Bob\nCarol");
	quietly(&o, "Set-DistributionGroup salesteam -ManagedBy bob -HiddenFromAddressListsEnabled $true");
	shows(&o, "Get-DistributionGroup | fl ManagedBy,Hidden*", "ManagedBy                     : {Bob}\nHiddenFromAddressListsEnabled : True");
	says(&o, "New-DistributionGroup '\xE5\x90\x8D'", ecInvalidParam, "Alias: none can be made of the name");
	says(&o, "New-DistributionGroup salesteam", ecDuplicateName, "error: New-DistributionGroup: ");
	quietly(&o, "Add-RoleGroupMember 'Organization Management' alice");
	shows(&o, "Get-RoleGroupMember 'Organization Management' | sort Name | % Name", "Administrator\nAlice");
	shows(&o, "Get-Recipient | sort Name | % Name", "Administrator\nAlice\nBob\nCarol\nSales Team");
	quietly(&o, "Remove-DistributionGroup salesteam -Confirm:$false");
	says(&o, "Get-DistributionGroup salesteam", ecNotFound, "there is no DistributionGroup");
	office_close(&o);
}

static void groups(void **state)
{
	(void)state;
	on_each_engine(groups_on);
}

static void contacts_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	quietly(&o, "New-Mailbox Alice -wa SilentlyContinue | Out-Null");
	shows(&o, "New-MailContact 'Dora Dale' -ExternalEmailAddress dora@fabrikam.example -FirstName Dora | fl Name,Alias,PrimarySmtpAddress,RecipientType,FirstName",
	      "Name               : Dora Dale\nAlias              : DoraDale\nPrimarySmtpAddress : dora@fabrikam.example\nRecipientType      : MailContact\n"
	      "FirstName          : Dora");
	says(&o, "New-MailContact Emil", ecInvalidParam, "ExternalEmailAddress: say where");
	quietly(&o, "Set-Contact doradale -Company Fabrikam -Phone 12 -OtherTelephone 13,14 -PhoneticDisplayName doh-rah -AssistantName Emil");
	shows(&o, "Get-Contact | fl Company,OtherTelephone", "Company        : Fabrikam\nOtherTelephone : {13, 14}");
	/* Nobody who could log on: no user. */
	says(&o, "Get-User doradale", ecNotFound, "there is no User");
	shows(&o, "Get-Recipient | sort Name | % RecipientType", "UserMailbox\nUserMailbox\nMailContact");
	says(&o, "Set-MailContact doradale -ExternalEmailAddress $null", ecInvalidParam, "ExternalEmailAddress: a MailContact must have one");
	says(&o, "New-MailContact Dora -ExternalEmailAddress dora@fabrikam.example", ecDuplicateName, "error: New-MailContact: ");
	/* A certificate is DER: a sequence of three bytes here. */
	quietly(&o, "Set-Mailbox alice -UserCertificate 'MAMCAQE='");
	shows(&o, "Get-Mailbox alice | fl UserCertificate", "UserCertificate : {MAMCAQE=}");
	says(&o, "Set-Mailbox alice -UserCertificate 'MAMCAQEB'", ecInvalidParam, "UserCertificate");
	says(&o, "Set-Mailbox alice -UserSMimeCertificate 'no certificate'", ecInvalidParam, "UserSMimeCertificate");
	shows(&o, "New-DynamicDistributionGroup Everybody -IncludedRecipients AllRecipients | fl PrimarySmtpAddress,RecipientType",
	      "PrimarySmtpAddress : Everybody@contoso.example\nRecipientType      : DynamicDistributionGroup");
	says(&o, "New-DynamicDistributionGroup Nobody", ecInvalidParam, "IncludedRecipients: say who");
	says(&o, "Set-DynamicDistributionGroup everybody -IncludedRecipients $null", ecInvalidParam, "IncludedRecipients: a DynamicDistributionGroup must have one");
	quietly(&o, "Set-DynamicDistributionGroup everybody -ConditionalDepartment Sales,Kitchen");
	shows(&o, "Get-DynamicDistributionGroup | fl Conditional*", "ConditionalDepartment : {Sales, Kitchen}\nConditionalCompany    : {}");
	/* It has no list of members. */
	says(&o, "Get-DistributionGroup everybody", ecNotFound, "there is no DistributionGroup");
	says(&o, "Add-DistributionGroupMember everybody alice", ecNotFound, "there is no DistributionGroup");
	quietly(&o, "Remove-DynamicDistributionGroup everybody -Confirm:$false; Remove-MailContact doradale -Confirm:$false");
	shows(&o, "Get-Recipient | sort Name | % Name", "Administrator\nAlice");
	office_close(&o);
}

static void contacts(void **state)
{
	(void)state;
	on_each_engine(contacts_on);
}

static void organisation_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	quietly(&o, "New-AcceptedDomain Fabrikam -DomainName fabrikam.example | Out-Null; Set-AcceptedDomain fabrikam -MakeDefault $true");
	shows(&o, "Get-AcceptedDomain | where Default | % DomainName", "fabrikam.example");
	says(&o, "New-AcceptedDomain Bad -DomainName 'not a domain'", ecInvalidParam, "DomainName: ");
	says(&o, "New-AcceptedDomain Bad", ecInvalidParam, "New-AcceptedDomain needs -DomainName (text).");
	says(&o, "Remove-AcceptedDomain contoso.example -Confirm:$false", ecBusy, "error: Remove-AcceptedDomain: ");
	quietly(&o, "New-MailboxDatabase DB2 | Out-Null");
	quietly(&o, "Dismount-Database db2 -Confirm:$false");
	shows(&o, "Dismount-MailboxDatabase db2 -Confirm:$false", "warning: The database 'DB2' is dismounted already.");
	shows(&o, "Test-ServiceHealth | select -First 1 | % { $_.ServicesNotRunning }", "MailboxDatabase 'DB2'");
	quietly(&o, "Mount-Database db2; Remove-MailboxDatabase db2 -Confirm:$false");
	says(&o, "Remove-MailboxDatabase 'Mailbox Database' -Confirm:$false", ecBusy, "error: Remove-MailboxDatabase: ");
	quietly(&o, "Set-OrganizationConfig -MinPasswordLength 12");
	shows(&o, "Get-OrganizationConfig | % MinPasswordLength", "12");
	says(&o, "Set-OrganizationConfig -MinPasswordLength 0", ecInvalidParam, "MinPasswordLength: 0 is not between 1 and 128");
	quietly(&o, "Set-TransportConfig -MaxSendSize 25MB");
	shows(&o, "Get-TransportConfig | % MaxSendSize", "25 MB (26,214,400 bytes)");
	quietly(&o, "New-AddressList Sales -IncludedRecipients MailboxUsers -ConditionalDepartment Sales | Out-Null");
	quietly(&o, "Set-AddressList sales -ConditionalDepartment $null; Remove-AddressList sales -Confirm:$false");
	says(&o, "Set-RpcClientAccess -Server mail -MaximumConnections 70000", ecInvalidParam, "MaximumConnections: 70000");
	shows(&o, "Set-ClientAccessServer mail -AutoDiscoverServiceInternalUri https://a.contoso.example/x", LATER("AutoDiscoverServiceInternalUri"));
	shows(&o, "Get-Counter *\\Mailboxes | % CookedValue", "1");
	says(&o, "Get-Counter nothing", ecNotFound, "there is no such counter");
	office_close(&o);
}

static void organisation(void **state)
{
	(void)state;
	on_each_engine(organisation_on);
}

/* What was changed, by whom, and what failed; never the values. */
static void events_on(enum sql_engine e)
{
	struct office o;

	(void)setenv("XDG_STATE_HOME", scratch_path("state"), 1);
	office_open(&o, e);
	/* A site in PostgreSQL has its log with the host, which root keeps in /var/log. */
	if (e == SQL_POSTGRES && geteuid() == 0) {
		office_close(&o);
		return;
	}
	quietly(&o, "New-Mailbox Ann -wa SilentlyContinue | Out-Null; Set-User ann -Title Boss -Office 7; Set-User ann -Title Boss; Get-User ann | Out-Null");
	o.session.typed = "hunter2hunter2";
	quietly(&o, "Set-Mailbox ann -Password (Read-Host -AsSecureString)");
	says(&o, "Remove-MailboxDatabase 'Mailbox Database' -Confirm:$false", ecBusy, "error:");
	shows(&o, "Get-EventLog Application | % InstanceId", "6\n1\n1\n1");
	says(&o, "Get-EventLog -Newest 1 | fl", ecNone, "EntryType     : Warning");
	says(&o, "Get-EventLog -Message '*Set-User*' | % Message", ecNone, "Set-User on User 'Ann' by ");
	says(&o, "Get-EventLog -Message '*Set-User*' | % Message", ecNone, ", with -Identity -Title -Office");
	says(&o, "Get-EventLog -Message '*Set-Mailbox*' | % Message", ecNone, ", with -Identity -Password");
	shows(&o, "Get-EventLog | where Message -like '*hunter2*' | measure | % Count", "0");
	shows(&o, "Get-EventLog -EntryType Error,Warning -Source Postern* -After 2020-01-01 | measure | % Count", "1");
	shows(&o, "Get-EventLog -Before 2020-01-01 | measure | % Count", "0");
	says(&o, "Get-EventLog -Newest 0", ecInvalidParam, "-Newest is above 0");
	office_close(&o);
}

static void events(void **state)
{
	(void)state;
	on_each_engine(events_on);
}

static void certificates_on(enum sql_engine e)
{
	CLEANUP_BUF struct buf line = BUF_MAX(2000);
	char path[512];
	struct office o;
	FILE *f;

	(void)setenv("XDG_STATE_HOME", scratch_path("state"), 1);
	office_open(&o, e);
	if (e == SQL_POSTGRES && geteuid() == 0) {
		office_close(&o);
		return;
	}
	shows(&o, "New-ExchangeCertificate -DomainName mail.contoso.example,autodiscover.contoso.example -FriendlyName Mail | fl Subject,CertificateDomains,IsSelf*,Status",
	      "Subject            : CN=mail.contoso.example\nCertificateDomains : {mail.contoso.example, autodiscover.contoso.example}\n"
	      "IsSelfSigned       : True\nStatus             : Valid");
	quietly(&o, "Get-ExchangeCertificate mail | Enable-ExchangeCertificate -Services IIS,SMTP");
	shows(&o, "Get-ExchangeCertificate | % Services", "IIS\nSMTP");
	says(&o, "Get-ExchangeCertificate | Enable-ExchangeCertificate -Services Nothing", ecInvalidParam, "-Services of Enable-ExchangeCertificate takes None, IMAP");
	/* The file that it wrote can be taken again, once the certificate is gone. */
	(void)session_run(&o.session, "Get-ExchangeCertificate | % Path");
	(void)snprintf(path, sizeof path, "%s", scratch_path("copy.pem"));
	(void)buf_cstr(&o.session.out);
	o.session.out.p[strcspn((char *)o.session.out.p, "\n")] = '\0';
	assert_int_equal(rename((char *)o.session.out.p, path), 0);
	says(&o, "Remove-ExchangeCertificate mail -Confirm:$false", ecNone, "could not be removed");
	buf_printf(&line, "Import-ExchangeCertificate '%s' | %% CertificateDomains", path);
	shows(&o, buf_cstr(&line), "mail.contoso.example\nautodiscover.contoso.example");
	says(&o, buf_cstr(&line), ecDuplicateName, "is here already");
	quietly(&o, "Get-ExchangeCertificate | Remove-ExchangeCertificate -Confirm:$false");
	/* A key without its certificate, and what is neither. */
	f = fopen(path, "w");
	assert_true(f && fputs("-----BEGIN NOTHING-----\n", f) >= 0 && fclose(f) == 0);
	says(&o, buf_cstr(&line), ecCorruptData, "there is no certificate in it");
	f = fopen(path, "w");
	assert_true(f && fputs("\x30\x82junk", f) >= 0 && fclose(f) == 0);
	says(&o, buf_cstr(&line), ecCorruptData, "neither PEM nor a PKCS #12 file");
	(void)unlink(path);
	says(&o, buf_cstr(&line), ecNotFound, "error: Import-ExchangeCertificate: ");
	office_close(&o);
}

static void certificates(void **state)
{
	(void)state;
	on_each_engine(certificates_on);
}

/* Every row of the table: a class that exists, help, names that are not ambiguous; every Get- of the table runs. */
static void every_row_on(enum sql_engine e)
{
	CLEANUP_BUF struct buf line = BUF_MAX(200);
	const struct cmdlet *c;
	unsigned lists = 0;
	struct office o;

	office_open(&o, e);
	for (size_t i = 0; (c = shell_cmdlet(o.session.shell, i)) != NULL; i++) {
		assert_non_null(c->process);
		assert_non_null(c->synopsis);
		for (const struct parameter *p = c->parameters; p && p->name; p++) {
			assert_non_null(p->help);
			for (const struct parameter *q = c->parameters; q < p; q++) {
				assert_int_not_equal(strcasecmp(p->name, q->name), 0);
				assert_true(!p->alias || strcasecmp(p->alias, q->name) != 0);
			}
		}
		if (c->process != directory_get_process)
			continue;
		lists++;
		buf_clear(&line);
		buf_printf(&line, "%s | Out-Null", c->name);
		assert_int_equal(session_run(&o.session, buf_cstr(&line)), ecNone);
	}
	assert_true(lists > 20);
	office_close(&o);
}

static void every_row(void **state)
{
	(void)state;
	on_each_engine(every_row_on);
}

static void add_word(void *to, const char *word)
{
	buf_printf(to, "%s ", word);
}

static void identities_on(enum sql_engine e)
{
	CLEANUP_BUF struct buf words = BUF_MAX(4000);
	struct office o;
	size_t start;

	office_open(&o, e);
	quietly(&o, "'Alice','Al Gore' | New-Mailbox -wa SilentlyContinue | Out-Null");
	shell_complete(o.session.shell, "Get-Mailbox al", 14, &start, add_word, &words);
	assert_string_equal(buf_cstr(&words), "'Al Gore' Alice ");
	buf_clear(&words);
	shell_complete(o.session.shell, "Set-Mailbox alice -Database ", 28, &start, add_word, &words);
	assert_string_equal(buf_cstr(&words), "'Mailbox Database' ");
	office_close(&o);
}

static void identities(void **state)
{
	(void)state;
	on_each_engine(identities_on);
}

/* A line that a CSV file feeds. */
static void from_csv_on(enum sql_engine e)
{
	CLEANUP_BUF struct buf line = BUF_MAX(2000);
	char path[512];
	struct office o;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s", scratch_path("people.csv"));
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs("Name,Alias,Department,Title\n\"Jones, Ann\",ann,Sales,\nBen,ben,,Boss\n,nobody,,\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	office_open(&o, e);
	buf_printf(&line, "Import-Csv '%s' | New-Mailbox -wa SilentlyContinue | %% Alias", path);
	says(&o, buf_cstr(&line), ecInvalidParam, "ann\nben\nerror: New-Mailbox needs -Name");
	shows(&o, "Get-User ann | fl Department,Title", "Department : Sales\nTitle      :");
	(void)unlink(path);
	office_close(&o);
}

static void from_csv(void **state)
{
	(void)state;
	on_each_engine(from_csv_on);
}

/* There is no site, and cmdlets that need none do not care. */
static status no_site(struct site_context *x, struct reason *why)
{
	(void)x;
	return reason_set(why, ecNotFound, "there is no organisation; make one");
}

static void without_site(void **state)
{
	struct office o;

	(void)state;
	office_open(&o, SQL_SQLITE);
	o.context.open = no_site;
	says(&o, "Get-Mailbox; 'on'", ecNotFound, "on\nerror: Get-Mailbox: there is no organisation; make one");
	says(&o, "Set-Mailbox a -Alias b", ecNotFound, "error: Set-Mailbox: there is no organisation");
	says(&o, "Test-ServiceHealth", ecNotFound, "error: Test-ServiceHealth: there is no organisation");
	says(&o, "Get-Help Set-Mailbox", ecNone, "-EmailAddresses <Text[]>");
	office_close(&o);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(handbook),  cmocka_unit_test(mailboxes),  cmocka_unit_test(passwords), cmocka_unit_test(groups), cmocka_unit_test(contacts),	cmocka_unit_test(organisation), cmocka_unit_test(events), cmocka_unit_test(certificates),
		cmocka_unit_test(every_row), cmocka_unit_test(identities), cmocka_unit_test(from_csv),  cmocka_unit_test(without_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
