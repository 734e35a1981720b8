/* The cmdlets on public folders, on both engines: made, listed, renamed, removed; permissions; addresses. */
#include "office.h"

#include "store/folder.h"
#include "store/message.h"
#include "store/public_folders.h"
#include "store/public_mail.h"

#include <sys/wait.h>
#include <unistd.h>

#define ON_EACH(name)                      \
	static void name(void **state)     \
	{                                  \
		(void)state;               \
		on_each_engine(name##_on); \
	}

static void begin(struct office *o, enum sql_engine e)
{
	office_open(o, e);
	quietly(o, "New-Mailbox Alice -Alias alice -wa SilentlyContinue | Out-Null");
	quietly(o, "New-Mailbox Bob -Alias bob -wa SilentlyContinue | Out-Null");
	quietly(o, "New-PublicFolder Marketing | Out-Null");
	quietly(o, "New-PublicFolder -Name Reports -Path \\Marketing | Out-Null");
}

static struct mailbox *store_of(struct office *o)
{
	struct reason why = { "" };
	struct mailbox *m = NULL;
	struct guid guid;

	if (public_folders_mailbox(site_directory(o->context.site), &guid, &why) || site_mailbox(o->context.site, &guid, &m, &why))
		fail_msg("%s", why.text);
	return m;
}

/* A folder by its name below the top. */
static uint64_t folder_of(struct mailbox *m, const char *name)
{
	uint64_t places[PUBLIC_PLACES], id = 0;

	assert_int_equal(public_folders_places(m, places), 0);
	assert_int_equal(folder_by_name(m, places[PUBLIC_IPM_SUBTREE], name, &id), 0);
	return id;
}

static void post(struct office *o, const char *folder, const char *subject, uint64_t received)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = store_of(o);
	struct item_result result;
	struct message_writer *w;
	uint64_t id;
	struct bag b;

	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Post"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, received), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_writer_new(m, folder_of(m, folder), NULL, &w), 0);
	assert_int_equal(item_message_begin(message_writer_sink(w), &(struct message_event){ .props = &b, .confidence = 100 }), 0);
	assert_int_equal(item_message_end(message_writer_sink(w), &result), 0);
	assert_int_equal(message_writer_finish(w, &id), 0);
	message_writer_free(w);
	assert_int_equal(mailbox_commit(m), 0);
	site_release(o->context.site, m);
}

/* Folders ---------------------------------------------------------------------------------------------------------------- */

static void first_on(enum sql_engine e)
{
	struct office o;

	office_open(&o, e);
	says(&o, "Get-PublicFolder", ecNotFound, "there are no public folders yet; New-PublicFolder makes the first");
	says(&o, "New-PublicFolder Marketing -WhatIf", ecNone, "What if: Performing the operation \"New-PublicFolder\" on target \"\\Marketing\".");
	shows(&o, "New-PublicFolder Marketing | fl Name,Identity,ParentPath,HasSubFolders,MailEnabled",
	      "Name          : Marketing\nIdentity      : \\Marketing\nParentPath    : \\\nHasSubFolders : False\nMailEnabled   : False");
	says(&o, "New-PublicFolder marketing", ecDuplicateName, "there is a public folder '\\marketing' already");
	says(&o, "New-PublicFolder Reports -Path \\Sales", ecNotFound, "there is no public folder '\\Sales'; Get-PublicFolder -Recurse lists them");
	says(&o, "New-PublicFolder 'A\\B'", ecInvalidParam, "-Name must not be empty, and have no backslash");
	/* The mailbox that they are in is nobody's. */
	shows(&o, "Get-Mailbox | where RecipientTypeDetails -eq PublicFolderMailbox", "");
	shows(&o, "Get-Recipient Public* | % Name", "");
	shows(&o, "Get-Mailbox -PublicFolder | % Name", "Public Folders");
	shows(&o, "Get-Mailbox -RecipientTypeDetails PublicFolderMailbox | % Name", "Public Folders");
	shows(&o, "Get-Mailbox 'Public Folders' | % RecipientTypeDetails", "PublicFolderMailbox");
	shows(&o, "Get-Mailbox -Arbitration", "");
	office_close(&o);
}

static void listed_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	quietly(&o, "New-PublicFolder Reports | Out-Null; New-PublicFolder Old -Path \\Marketing\\Reports | Out-Null; New-PublicFolder New -Path marketing | Out-Null");
	/* Each before those below it. */
	shows(&o, "Get-PublicFolder -Recurse | % Identity", "\\\n\\Marketing\n\\Marketing\\Reports\n\\Marketing\\Reports\\Old\n\\Marketing\\New\n\\Reports");
	shows(&o, "Get-PublicFolder | fl Name,ParentPath,HasSubFolders", "Name          : IPM_SUBTREE\nParentPath    :\nHasSubFolders : True");
	shows(&o, "Get-PublicFolder \\MARKETING -GetChildren | % Name", "Reports\nNew");
	shows(&o, "Get-PublicFolder \\Marketing\\Reports -Recurse | % Identity", "\\Marketing\\Reports\n\\Marketing\\Reports\\Old");
	says(&o, "Get-PublicFolder -Recurse -ResultSize 2 | % Name", ecNone, "IPM_SUBTREE\nMarketing\nwarning: There are more than 2; -ResultSize Unlimited shows all.");
	says(&o, "Get-PublicFolder -ResultSize none", ecInvalidParam, "-ResultSize takes a number above 0, or Unlimited");
	shows(&o, "Get-PublicFolder \\NON_IPM_SUBTREE -Recurse | % Identity", "\\NON_IPM_SUBTREE\n\\NON_IPM_SUBTREE\\EFORMS REGISTRY");
	/* What came through the pipe is that folder. */
	shows(&o, "Get-PublicFolder \\ -GetChildren | where Name -eq Reports | Get-PublicFolder | % Identity", "\\Reports");
	office_close(&o);
}

static void changed_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	quietly(&o, "Set-PublicFolder \\Marketing\\Reports -Name Figures");
	shows(&o, "Get-PublicFolder -Recurse | % Identity", "\\\n\\Marketing\n\\Marketing\\Figures");
	quietly(&o, "Set-PublicFolder \\Marketing\\Figures -Path \\ -Name Numbers");
	shows(&o, "Get-PublicFolder -Recurse | % Identity", "\\\n\\Marketing\n\\Numbers");
	says(&o, "Set-PublicFolder \\Numbers -Name Marketing", ecDuplicateName, "there is a public folder of that name already");
	says(&o, "Set-PublicFolder \\Numbers", ecInvalidParam, "nothing is to be changed");
	says(&o, "Set-PublicFolder \\Marketing -Path \\Marketing", ecInvalidParam, "\\Marketing: ");
	says(&o, "Set-PublicFolder \\ -Name Top", ecAccessDenied, "every store has this folder; it cannot be changed");
	says(&o, "Remove-PublicFolder \\NON_IPM_SUBTREE -Recurse -Confirm:$false", ecAccessDenied, "it cannot be removed");
	shows(&o, "Get-PublicFolder \\Numbers | fl ProhibitPostQuota,MaxItemSize", "ProhibitPostQuota : Unlimited\nMaxItemSize       : Unlimited");
	/* In whole kilobytes. */
	quietly(&o, "Set-PublicFolder \\Numbers -ProhibitPostQuota 1MB -MaxItemSize 1500B");
	quietly(&o, "Set-PublicFolder \\Numbers -ProhibitPostQuota 2MB");
	shows(&o, "Get-PublicFolder \\Numbers | fl ProhibitPostQuota,MaxItemSize", "ProhibitPostQuota : 2 MB (2,097,152 bytes)\nMaxItemSize       : 2 KB (2,048 bytes)");
	quietly(&o, "Set-PublicFolder \\Numbers -ProhibitPostQuota Unlimited -MaxItemSize $null");
	shows(&o, "Get-PublicFolder \\Numbers | fl ProhibitPostQuota,MaxItemSize", "ProhibitPostQuota : Unlimited\nMaxItemSize       : Unlimited");
	quietly(&o, "Set-PublicFolder \\Numbers -Path \\Marketing");
	says(&o, "Remove-PublicFolder \\Marketing -Confirm:$false", 0x80040609u, "\\Marketing has folders below it; -Recurse removes them too");
	says(&o, "Remove-PublicFolder \\Marketing -Recurse -WhatIf", ecNone, "What if");
	quietly(&o, "Remove-PublicFolder \\Marketing -Recurse -Confirm:$false");
	shows(&o, "Get-PublicFolder -Recurse | % Identity", "\\");
	says(&o, "Get-EventLog Application -Newest 1 | % Message", ecNone, "Remove-PublicFolder on \\Marketing by ");
	office_close(&o);
}

static void statistics_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	post(&o, "Marketing", "News", 133700000000000000u);
	post(&o, "Marketing", "More news", 150000000000000000u);
	shows(&o, "Get-PublicFolderStatistics \\Marketing | fl Name,FolderPath,ItemCount,AssociatedItemCount,DeletedItemCount,OwnerCount,LastModificationTime",
	      "Name                 : Marketing\nFolderPath           : \\Marketing\nItemCount            : 2\nAssociatedItemCount  : 0\nDeletedItemCount     : 0\n"
	      "OwnerCount           : 0\nLastModificationTime : 2076-05-01T02:40:00Z");
	shows(&o, "Get-PublicFolderStatistics | % Name", "IPM_SUBTREE\nMarketing\nReports");
	shows(&o, "Get-PublicFolderStatistics | where TotalItemSize -gt 0 | % Name", "Marketing");
	quietly(&o, "Add-PublicFolderClientPermission \\Marketing alice Owner | Out-Null");
	shows(&o, "Get-PublicFolderStatistics \\Marketing | fl OwnerCount,ContactCount", "OwnerCount   : 1\nContactCount : 1");
	office_close(&o);
}

/* Permissions ------------------------------------------------------------------------------------------------------------- */

static void permissions_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	/* Of the folder that it was made in. */
	shows(&o, "Get-PublicFolderClientPermission \\Marketing\\Reports | ft -HideTableHeaders",
	      "\\Marketing\\Reports Default   {PublishingAuthor}\n\\Marketing\\Reports Anonymous {None}");
	shows(&o, "Add-PublicFolderClientPermission \\Marketing -User bob -AccessRights Reviewer | fl Identity,User,AccessRights",
	      "Identity     : \\Marketing\nUser         : Bob\nAccessRights : {Reviewer}");
	/* Beside those that somebody has. */
	shows(&o, "Add-PublicFolderClientPermission \\Marketing bob CreateItems,EditOwnedItems,DeleteOwnedItems | % AccessRights", "Author");
	quietly(&o, "Remove-PublicFolderClientPermission \\Marketing bob -AccessRights EditOwnedItems -Confirm:$false");
	shows(&o, "Get-PublicFolderClientPermission \\Marketing -User bob | % AccessRights", "NonEditingAuthor");
	quietly(&o, "Remove-PublicFolderClientPermission \\Marketing bob -Confirm:$false");
	says(&o, "Get-PublicFolderClientPermission \\Marketing -User bob", ecNotFound, "bob has no rights of their own in \\Marketing; those of Default hold");
	quietly(&o, "Add-PublicFolderClientPermission \\Marketing Anonymous CreateItems | Out-Null");
	shows(&o, "Get-PublicFolderClientPermission \\Marketing Anonymous | % AccessRights", "CreateItems");
	quietly(&o, "Remove-PublicFolderClientPermission \\Marketing Default PublishingAuthor -Confirm:$false; Add-PublicFolderClientPermission \\Marketing Default Author | Out-Null");
	shows(&o, "Get-PublicFolderClientPermission \\Marketing Default | % AccessRights", "Author");
	says(&o, "Add-PublicFolderClientPermission \\Marketing bob Everything", ecInvalidParam, "no right and no role; those are Owner, PublishingEditor, ");
	says(&o, "Add-PublicFolderClientPermission \\Marketing nobody Owner", ecNotFound, "nobody");
	says(&o, "Remove-PublicFolderClientPermission \\Marketing alice -Confirm:$false", ecNotFound, "Add-PublicFolderClientPermission gives some");
	/* All of them at once. */
	quietly(&o, "Get-PublicFolder \\ -Recurse | Add-PublicFolderClientPermission -User alice -AccessRights Editor | Out-Null");
	shows(&o, "Get-PublicFolderClientPermission \\Marketing\\Reports -User alice | % AccessRights", "Editor");
	office_close(&o);
}

/* Addresses ---------------------------------------------------------------------------------------------------------------- */

static void addresses_on(enum sql_engine e)
{
	struct office o;

	begin(&o, e);
	says(&o, "Enable-MailPublicFolder \\Marketing -WhatIf", ecNone, "What if");
	says(&o, "Get-MailPublicFolder \\Marketing", ecNotFound, "there is no MailPublicFolder");
	quietly(&o, "Enable-MailPublicFolder \\Marketing");
	shows(&o, "Get-PublicFolder -Recurse | where MailEnabled | % Identity", "\\Marketing");
	shows(&o, "Get-MailPublicFolder \\Marketing | fl Name,Alias,PrimarySmtpAddress,RecipientType,HiddenFromAddressListsEnabled",
	      "Name                          : Marketing\nAlias                         : Marketing\n"
	      "PrimarySmtpAddress            : Marketing@contoso.example\nRecipientType                 : PublicFolder\n"
	      "HiddenFromAddressListsEnabled : False");
	says(&o, "Enable-MailPublicFolder \\Marketing", ecDuplicateName, "\\Marketing: the public folder has the address Marketing@contoso.example already");
	says(&o, "Enable-MailPublicFolder \\", ecAccessDenied, "it cannot have addresses");
	says(&o, "Enable-MailPublicFolder \\Sales", ecNotFound, "there is no public folder '\\Sales'");
	/* Of two that are called alike. */
	quietly(&o, "New-PublicFolder Reports | Enable-MailPublicFolder; Enable-MailPublicFolder \\Marketing\\Reports -HiddenFromAddressListsEnabled $true");
	shows(&o, "Get-MailPublicFolder \\Marketing\\Reports | fl Name,DisplayName,PrimarySmtpAddress,HiddenFromAddressListsEnabled",
	      "Name                          : Reports 2\nDisplayName                   : Reports\nPrimarySmtpAddress            : Reports2@contoso.example\n"
	      "HiddenFromAddressListsEnabled : True");
	shows(&o, "Get-MailPublicFolder | Get-PublicFolder | % Identity", "\\Marketing\n\\Reports\n\\Marketing\\Reports");
	/* Unique with everybody else's; of our domains. */
	says(&o, "Set-MailPublicFolder \\Marketing -PrimarySmtpAddress bob@contoso.example", ecDuplicateName, "belongs to the User \"Bob\" already");
	says(&o, "Set-Mailbox bob -EmailAddresses @{Add='smtp:marketing@contoso.example'}", ecDuplicateName, "belongs to the PublicFolder \"Marketing\" already");
	says(&o, "New-DistributionGroup Marketing", ecDuplicateName, "Marketing");
	says(&o, "Set-MailPublicFolder \\Marketing -PrimarySmtpAddress m@elsewhere.example", ecInvalidParam, "is not of an accepted domain");
	says(&o, "Set-MailPublicFolder \\Marketing -EmailAddresses $null", ecInvalidParam, "must have an SMTP address");
	quietly(&o, "Set-MailPublicFolder Marketing -PrimarySmtpAddress ads@contoso.example -Alias ads -AcceptMessagesOnlyFrom alice -MaxReceiveSize 1MB");
	shows(&o, "Get-MailPublicFolder ads | % EmailAddresses", "smtp:Marketing@contoso.example\nSMTP:ads@contoso.example");
	shows(&o, "Get-Recipient ads@contoso.example | % RecipientTypeDetails", "PublicFolder");
	says(&o, "Get-User ads", ecNotFound, "there is no User");
	quietly(&o, "New-DistributionGroup Crew -Members alice,ads | Out-Null");
	shows(&o, "Get-DistributionGroupMember crew | % Name", "Alice\nMarketing");
	/* The folder goes, its address with it. */
	quietly(&o, "Set-PublicFolder \\Marketing -Name Sales");
	shows(&o, "Get-MailPublicFolder \\Sales | % PrimarySmtpAddress", "ads@contoso.example");
	quietly(&o, "Remove-PublicFolder \\Sales -Recurse -Confirm:$false");
	shows(&o, "Get-MailPublicFolder | % Name", "Reports");
	shows(&o, "Get-DistributionGroupMember crew | % Name", "Alice");
	/* Or the address alone. */
	says(&o, "Disable-MailPublicFolder \\Reports -WhatIf", ecNone, "What if");
	quietly(&o, "Disable-MailPublicFolder \\Reports -Confirm:$false");
	shows(&o, "Get-MailPublicFolder", "");
	shows(&o, "Get-PublicFolder \\Reports | % MailEnabled", "False");
	says(&o, "Disable-MailPublicFolder \\Reports -Confirm:$false", ecNotFound, "there is no MailPublicFolder");
	office_close(&o);
}

static void add_word(void *to, const char *word)
{
	buf_printf(to, "%s ", word);
}

static void completed_on(enum sql_engine e)
{
	CLEANUP_BUF struct buf words = BUF_MAX(4000);
	struct office o;
	size_t start;

	begin(&o, e);
	shell_complete(o.session.shell, "Get-PublicFolder \\Mark", 22, &start, add_word, &words);
	assert_string_equal(buf_cstr(&words), "\\Marketing \\Marketing\\Reports ");
	buf_clear(&words);
	quietly(&o, "Enable-MailPublicFolder \\Marketing");
	shell_complete(o.session.shell, "Set-MailPublicFolder ma", 23, &start, add_word, &words);
	assert_string_equal(buf_cstr(&words), "Marketing ");
	office_close(&o);
}

/* While another process has the store: words, and nothing is done. */
static void in_use_on(enum sql_engine e)
{
	int ready[2], done[2];
	struct office o;
	char c = 0;
	pid_t child;

	if (e != SQL_SQLITE)
		return;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	begin(&o, e);
	quietly(&o, "Enable-MailPublicFolder \\Marketing");
	site_close(o.context.site);
	o.context.site = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct site_context x = { .open = NULL };
		struct site_options options = { .create = false };
		struct mailbox *m = NULL;
		struct guid guid;
		char wait;
		bool ok = !site_open(place(e), &options, NULL, &x.site, NULL) && !public_folders_mailbox(site_directory(x.site), &guid, NULL) &&
			  !site_mailbox(x.site, &guid, &m, NULL);

		(void)close(done[1]);
		(void)!write(ready[1], ok ? "y" : "n", 1);
		(void)!read(done[0], &wait, 1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	says(&o, "Get-PublicFolder", ecBusy, "the public folders are in use");
	says(&o, "Remove-PublicFolder \\Marketing -Confirm:$false", ecBusy, "another process has it open");
	/* What the directory knows can be asked and changed. */
	shows(&o, "Get-MailPublicFolder marketing | % PrimarySmtpAddress", "Marketing@contoso.example");
	quietly(&o, "Set-MailPublicFolder marketing -DisplayName Ads");
	says(&o, "Disable-MailPublicFolder marketing -Confirm:$false", ecBusy, "the public folders are in use");
	assert_int_equal(write(done[1], "x", 1), 1);
	assert_int_equal(waitpid(child, NULL, 0), child);
	shows(&o, "Get-PublicFolder \\Marketing | % MailEnabled", "True");
	for (unsigned i = 0; i < 2; i++) {
		(void)close(ready[i]);
		(void)close(done[i]);
	}
	office_close(&o);
}

ON_EACH(first)
ON_EACH(listed)
ON_EACH(changed)
ON_EACH(statistics)
ON_EACH(permissions)
ON_EACH(addresses)
ON_EACH(completed)
ON_EACH(in_use)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first),       cmocka_unit_test(listed),    cmocka_unit_test(changed), cmocka_unit_test(statistics),
		cmocka_unit_test(permissions), cmocka_unit_test(addresses), cmocka_unit_test(completed),
		cmocka_unit_test(in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
