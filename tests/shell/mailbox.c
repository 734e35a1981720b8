/* The cmdlets on what is in mailboxes, on both engines: counted, permitted, searched, deleted and restored, carried in and out. */
#include "office.h"

#include "store/folder.h"
#include "store/message.h"

#define ON_EACH(name)                             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		on_each_engine(name##_on);        \
	}

static struct mailbox *mailbox_of(struct office *o, const char *name)
{
	const struct directory_object *person;
	struct reason why = { "" };
	struct mailbox *m = NULL;
	struct guid guid;

	assert_int_equal(directory_find(site_directory(o->context.site), directory_class("Mailbox"), name, &o->arena, &person, &why), 0);
	assert_true(directory_guid(person, "ExchangeGuid", &guid));
	if (site_mailbox(o->context.site, &guid, &m, &why))
		fail_msg("%s", why.text);
	return m;
}

/* A mail in the Inbox that came at a time. */
static void deliver(struct office *o, const char *name, const char *subject, uint64_t received)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = mailbox_of(o, name);
	struct item_result result;
	struct message_writer *w;
	uint64_t inbox, id;
	struct bag b;

	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_text(&b, PidTagBody, "Please read this, which has more than four hundred letters so that a few of its kind make a kilobyte together: "
						      "there are people who read mail, people who write mail, and people who keep mail, and these are not the same "
						      "people; the first want it short, the second want it read, and the third want it back one day"), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, received), 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_writer_new(m, inbox, NULL, &w), 0);
	assert_int_equal(item_message_begin(message_writer_sink(w), &(struct message_event){ .props = &b, .confidence = 100 }), 0);
	assert_int_equal(item_message_end(message_writer_sink(w), &result), 0);
	assert_int_equal(message_writer_finish(w, &id), 0);
	message_writer_free(w);
	assert_int_equal(mailbox_commit(m), 0);
	site_release(o->context.site, m);
}

static void begin(struct office *o, enum sql_engine e)
{
	office_open(o, e);
	quietly(o, "New-Mailbox Alice -Alias alice -wa SilentlyContinue | Out-Null");
	quietly(o, "New-Mailbox Bob -Alias bob -wa SilentlyContinue | Out-Null");
	deliver(o, "alice", "Invoice 1", 133700000000000000u);
	deliver(o, "alice", "Invoice 2", 133710000000000000u);
	deliver(o, "alice", "Lunch", 133720000000000000u);
}

static void statistics_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	shows(&o, "Get-MailboxStatistics alice | fl DisplayName,ItemCount,DeletedItemCount,StorageLimitStatus",
	      "DisplayName        : Alice\nItemCount          : 3\nDeletedItemCount   : 0\nStorageLimitStatus : BelowLimit");
	shows(&o, "Get-Mailbox alice | Get-MailboxStatistics | % ItemCount", "3");
	shows(&o, "Get-MailboxStatistics -Database 'Mailbox Database' | sort ItemCount -Descending | select -First 1 | % DisplayName", "Alice");
	quietly(&o, "Set-Mailbox alice -UseDatabaseQuotaDefaults $false -IssueWarningQuota 1KB -ProhibitSendQuota 1GB -ProhibitSendReceiveQuota 2GB");
	deliver(&o, "alice", "A longer one, so that there is more than a kilobyte in the mailbox", 133730000000000000u);
	deliver(&o, "alice", "And another one", 133730000000000000u);
	shows(&o, "Get-MailboxStatistics alice | % StorageLimitStatus", "IssueWarning");
	says(&o, "Get-MailboxStatistics", ecInvalidParam, "-Identity or -Database is needed");
	says(&o, "Get-MailboxStatistics nobody", ecNotFound, "nobody");

	shows(&o, "Get-MailboxFolderStatistics alice -FolderScope Inbox | fl Identity,FolderPath,FolderType,ItemsInFolder,UnreadItemsInFolder",
	      "Identity            : Alice\\Inbox\nFolderPath          : /Inbox\nFolderType          : Inbox\nItemsInFolder       : 5\n"
	      "UnreadItemsInFolder : 0");
	shows(&o, "Get-MailboxFolderStatistics alice -FolderScope Inbox -IncludeOldestAndNewestItems | % OldestItemReceivedDate", "2024-09-05T08:53:20Z");
	shows(&o, "Get-MailboxFolderStatistics alice | where FolderType -eq IpmSubtree | % ItemsInFolderAndSubfolders", "5");
	shows(&o, "Get-MailboxFolderStatistics alice -FolderScope NonIpmRoot | where Name -eq 'Recoverable Items' | % FolderType", "RecoverableItemsRoot");
	office_close(&o);
}

static void permissions_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	shows(&o, "Get-MailboxFolderPermission alice:\\Calendar | % User", "Default\nAnonymous");
	shows(&o, "Get-MailboxFolderPermission alice:\\Calendar | % AccessRights", "AvailabilityOnly\nNone");
	quietly(&o, "Add-MailboxFolderPermission alice:\\Calendar -User bob -AccessRights Reviewer | Out-Null");
	says(&o, "Add-MailboxFolderPermission alice:\\Calendar -User bob -AccessRights Reviewer", ecDuplicateName, "Set-MailboxFolderPermission changes them");
	shows(&o, "Get-MailboxFolderPermission alice:\\Calendar -User Bob | fl User,AccessRights", "User         : Bob\nAccessRights : {Reviewer}");
	quietly(&o, "Set-MailboxFolderPermission alice\\Calendar bob ReadItems,CreateItems");
	shows(&o, "Get-MailboxFolderPermission alice:\\Calendar bob | % AccessRights", "ReadItems\nCreateItems");
	quietly(&o, "Set-MailboxFolderPermission alice:\\Calendar -User Default -AccessRights LimitedDetails");
	shows(&o, "Get-MailboxFolderPermission alice:\\Calendar Default | % AccessRights", "LimitedDetails");
	says(&o, "Remove-MailboxFolderPermission alice:\\Calendar bob -WhatIf", ecNone, "What if");
	quietly(&o, "Remove-MailboxFolderPermission alice:\\Calendar bob -Confirm:$false");
	says(&o, "Get-MailboxFolderPermission alice:\\Calendar bob", ecNotFound, "those of Default hold");
	says(&o, "Remove-MailboxFolderPermission alice:\\Calendar bob -Confirm:$false", ecNotFound, "Add-MailboxFolderPermission");
	says(&o, "Add-MailboxFolderPermission alice:\\Calendar bob Everything", ecInvalidParam, "no right and no role; those are Owner, ");
	says(&o, "Get-MailboxFolderPermission alice:\\Calender", ecNotFound, "Alice has no folder '\\Calender'");
	says(&o, "Get-MailboxFolderPermission nobody:\\Calendar", ecNotFound, "nobody");
	says(&o, "Add-MailboxFolderPermission alice nobody Owner", ecNotFound, "nobody");
	office_close(&o);
}

/* All of a mailbox, and its name. */
static void whole_mailbox_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	shows(&o, "Get-MailboxPermission alice", "");
	quietly(&o, "Add-MailboxPermission alice -User bob -AccessRights FullAccess | Out-Null");
	shows(&o, "Get-Mailbox alice | Get-MailboxPermission | fl User,AccessRights", "User         : Bob\nAccessRights : {FullAccess}");
	shows(&o, "Get-Mailbox alice | % FullAccess", "Bob");
	says(&o, "Add-MailboxPermission alice bob FullAccess", ecDuplicateName, "has FullAccess of 'Alice' already");
	says(&o, "Add-MailboxPermission alice bob Everything", ecInvalidParam, "'Everything' is no right that can be given here; FullAccess is");
	quietly(&o, "Remove-MailboxPermission alice bob FullAccess -Confirm:$false");
	says(&o, "Remove-MailboxPermission alice bob FullAccess -Confirm:$false", ecNotFound, "Get-MailboxPermission shows who has");
	says(&o, "Add-ADPermission alice -User bob -ExtendedRights 'Send As' -WhatIf", ecNone, "What if");
	shows(&o, "Get-ADPermission alice", "");
	shows(&o, "Add-ADPermission alice -User bob -ExtendedRights 'Send As' | fl Identity,User,ExtendedRights",
	      "Identity       : Alice\nUser           : Bob\nExtendedRights : {Send-As}");
	shows(&o, "Get-ADPermission alice -User bob | % ExtendedRights", "Send-As");
	says(&o, "Add-ADPermission alice nobody Send-As", ecNotFound, "nobody");
	quietly(&o, "Remove-ADPermission alice bob SendAs -Confirm:$false");
	shows(&o, "Get-ADPermission alice", "");
	office_close(&o);
}

static void searched_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	shows(&o, "Search-Mailbox alice -SearchQuery 'subject:invoice' -EstimateResultOnly | fl ResultItemsCount,ItemsDeleted",
	      "ResultItemsCount : 2\nItemsDeleted     : 0");
	says(&o, "Search-Mailbox alice invoice", ecInvalidParam, "-EstimateResultOnly counts");
	says(&o, "Search-Mailbox alice invoice -EstimateResultOnly -DeleteContent", ecInvalidParam, "stands alone");
	says(&o, "Search-Mailbox alice '(invoice' -EstimateResultOnly", ecInvalidParam, "-SearchQuery");
	says(&o, "Search-Mailbox alice invoice -TargetMailbox alice", ecInvalidParam, "the mailbox that is searched");
	/* Nothing happens with -WhatIf, or when nobody can be asked. */
	says(&o, "Search-Mailbox alice invoice -TargetMailbox bob -WhatIf", ecNone, "What if");
	says(&o, "Search-Mailbox alice invoice -DeleteContent", ecAccessDenied, "wants a confirmation");
	shows(&o, "Get-MailboxStatistics alice | % ItemCount", "3");
	shows(&o, "Get-MailboxStatistics bob | % ItemCount", "0");
	shows(&o, "Search-Mailbox alice invoice -TargetMailbox bob -TargetFolder Found\\Today | fl Success,ItemsCopied,ItemsDeleted",
	      "Success      : True\nItemsCopied  : 2\nItemsDeleted : 0");
	shows(&o, "Get-MailboxFolderStatistics bob | where ItemsInFolder -gt 0 | % FolderPath", "/Found/Today/Alice");
	shows(&o, "Search-Mailbox alice invoice -DeleteContent -Confirm:$false | fl Success,ItemsDeleted", "Success      : True\nItemsDeleted : 2");
	shows(&o, "Get-MailboxStatistics alice | fl ItemCount,DeletedItemCount", "ItemCount        : 1\nDeletedItemCount : 2");
	/* And back. */
	shows(&o, "Get-RecoverableItems alice -SubjectContains 2 | fl Subject,ItemClass,LastParentPath",
	      "Subject        : Invoice 2\nItemClass      : IPM.Note\nLastParentPath : \\Inbox");
	shows(&o, "Get-RecoverableItems alice -FilterEndTime 2001-01-01", "");
	shows(&o, "Get-RecoverableItems alice -ResultSize 1 | % ItemClass", "IPM.Note");
	says(&o, "Restore-RecoverableItems alice -WhatIf", ecNone, "What if");
	shows(&o, "Restore-RecoverableItems alice -SubjectContains 'invoice 2' | fl Subject,RestoredToFolderPath,WasRestoredSuccessfully",
	      "Subject                 : Invoice 2\nRestoredToFolderPath    : \\Inbox\nWasRestoredSuccessfully : True");
	quietly(&o, "Restore-RecoverableItems alice -NoOutput");
	shows(&o, "Get-MailboxStatistics alice | fl ItemCount,DeletedItemCount", "ItemCount        : 3\nDeletedItemCount : 0");
	office_close(&o);
}

static void repaired_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	shows(&o, "New-MailboxRepairRequest alice -DetectOnly -CorruptionType AggregateCounts,FolderView | fl JobState,CorruptionsDetected,CorruptionsFixed",
	      "JobState            : Succeeded\nCorruptionsDetected : 0\nCorruptionsFixed    : 0");
	struct mailbox *m = mailbox_of(&o, "alice");
	assert_int_equal(sql_execute(mailbox_sql(m), "UPDATE folder SET items = items + 7 WHERE role = 5"), 0);
	site_release(o.context.site, m);
	shows(&o, "New-MailboxRepairRequest alice -DetectOnly | fl CorruptionsDetected,CorruptionsFixed", "CorruptionsDetected : 1\nCorruptionsFixed    : 0");
	says(&o, "New-MailboxRepairRequest -Mailbox alice -DetectOnly | % Corruptions", ecNone, "AggregateCounts: ");
	shows(&o, "Get-Mailbox alice | New-MailboxRepairRequest | fl CorruptionsDetected,CorruptionsFixed", "CorruptionsDetected : 1\nCorruptionsFixed    : 1");
	shows(&o, "New-MailboxRepairRequest alice -DetectOnly | % CorruptionsDetected", "0");
	office_close(&o);
}

static void requests_on(enum sql_engine e)
{
	struct office o;
	char line[900], file[600];

	begin(&o, e);
	(void)snprintf(file, sizeof file, "%s", scratch_path("request.pst"));
	(void)unlink(file);
	(void)snprintf(line, sizeof line, "New-MailboxExportRequest alice -FilePath %s -SourceRootFolder Inbox | fl Name,Status,ItemsTransferred", file);
	shows(&o, line, "Name             : MailboxExport\nStatus           : Completed\nItemsTransferred : 3");
	(void)snprintf(line, sizeof line, "New-MailboxExportRequest alice -FilePath %s", file);
	says(&o, line, ecDuplicateName, "exists already");
	shows(&o, "Get-MailboxExportRequest | fl Name,Status", "Name   : MailboxExport\nStatus : Completed\n\nName   : MailboxExport1\nStatus : Failed");
	/* In, and in again: nothing is added. */
	(void)snprintf(line, sizeof line, "New-MailboxImportRequest bob %s -TargetRootFolder Old\\Mail | fl Name,Status,ItemsTransferred,ItemsThere", file);
	shows(&o, line, "Name             : MailboxImport\nStatus           : Completed\nItemsTransferred : 3\nItemsThere       : 0");
	shows(&o, line, "Name             : MailboxImport1\nStatus           : Completed\nItemsTransferred : 0\nItemsThere       : 3");
	shows(&o, "Resume-MailboxImportRequest bob\\MailboxImport | % ItemsThere", "3");
	shows(&o, "Get-MailboxStatistics bob | % ItemCount", "3");
	says(&o, "Get-MailboxImportRequest bob\\mailboximport -IncludeReport | % Report", ecNone, "\"verdict\"");
	(void)snprintf(line, sizeof line, "New-MailboxImportRequest bob %s -Name mailboximport", file);
	says(&o, line, ecDuplicateName, "there is a request named");
	says(&o, "New-MailboxImportRequest bob /nowhere/at/all.pst -Name missing", ecNotFound, "/nowhere/at/all.pst");
	shows(&o, "Get-MailboxImportRequest bob\\missing | % Status", "Failed");
	says(&o, "Get-MailboxImportRequest bob\\other", ecNotFound, "has no request named 'other'");
	quietly(&o, "Get-MailboxImportRequest -Mailbox bob | Remove-MailboxImportRequest -Confirm:$false");
	quietly(&o, "Get-MailboxImportRequest");
	(void)unlink(file);
	office_close(&o);
}

ON_EACH(statistics)
ON_EACH(permissions)
ON_EACH(whole_mailbox)
ON_EACH(searched)
ON_EACH(repaired)
ON_EACH(requests)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statistics), cmocka_unit_test(permissions), cmocka_unit_test(whole_mailbox), cmocka_unit_test(searched),
		cmocka_unit_test(repaired),   cmocka_unit_test(requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
