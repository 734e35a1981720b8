/* The directory on both engines: what is kept, found, refused. */
#include "organisation.h"

#define ON_EACH(name)                             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		on_each_engine(name##_on);        \
	}

static void kept_on(enum sql_engine e)
{
	struct organisation o;
	const struct directory_object *m;
	uint64_t first, second, alice;
	size_t n;

	organisation_begin(&o, e);
	assert_int_equal(directory_change_number(o.d, &first, &o.why), 0);
	alice = mailbox(&o, "alice");
	assert_int_equal(directory_change_number(o.d, &second, &o.why), 0);
	assert_int_equal(second, first + 1);
	assert_int_equal(set(&o, "CASMailbox", alice, "mapiblockoutlooknoncachedmode", "$true"), 0);
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Alice Grün"), 0);
	directory_close(o.d);
	organisation_open(&o, e, false);

	m = get(&o, "Mailbox", alice);
	assert_string_equal(m->name, "alice");
	assert_string_equal(directory_text(m, "DisplayName"), "Alice Grün");
	assert_true(directory_is(m, "MAPIBlockOutlookNonCachedMode"));
	assert_true(directory_is_set(m, "MAPIBlockOutlookNonCachedMode"));
	/* Defaults, and what follows from other values. */
	assert_true(directory_is(m, "MAPIEnabled"));
	assert_false(directory_is_set(m, "MAPIEnabled"));
	assert_string_equal(directory_text(m, "PrimarySmtpAddress"), "alice@contoso.example");
	assert_string_equal(directory_text(m, "RecipientType"), "UserMailbox");
	assert_string_equal(directory_text(m, "ServerName"), "CAS");
	assert_string_equal(directory_text(m, "Database"), "DB1");
	assert_int_equal(directory_number(m, "Database", 0), o.database);
	assert_true(directory_number(m, "IssueWarningQuota", 0) == DIRECTORY_UNLIMITED_VALUE);
	assert_int_equal(directory_number(get(&o, "MailboxDatabase", o.database), "IssueWarningQuota", 0), 2040109465);
	assert_null(directory_values(m, "MapiHttpEnabled", &n));
	assert_int_equal(n, 0);
	/* The same is no change. */
	assert_int_equal(directory_change_number(o.d, &first, &o.why), 0);
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Alice Grün"), 0);
	assert_int_equal(directory_change_number(o.d, &second, &o.why), 0);
	assert_int_equal(first, second);
	/* Back to the default. */
	assert_int_equal(change(&o, "CASMailbox", alice, "MAPIBlockOutlookNonCachedMode", DIRECTORY_SET, NULL, 0), 0);
	assert_false(directory_is_set(get(&o, "CASMailbox", alice), "MAPIBlockOutlookNonCachedMode"));
	organisation_end(&o, e);
}
ON_EACH(kept)

static void found_on(enum sql_engine e)
{
	static const char *const ways[] = { "alice", "ALICE", "alice@contoso.example", "smtp:Alice@Contoso.Example", "Alice Grün", "ALICE GRÜN",
					    "a.gruen@contoso.example", "/O=CONTOSO/ou=Exchange/cn=Recipients/cn=alice", "agruen@contoso.example",
					    "contoso\\alice", "contoso.example\\alice", "/o=Old/cn=alice" };
	const char *more[] = { "a.gruen@contoso.example", "X500:/o=Old/cn=alice" };
	const struct directory_object *m;
	struct organisation o;
	char guid[GUID_TEXT_SIZE];
	uint64_t alice;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	mailbox(&o, "bob");
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Alice Grün"), 0);
	assert_int_equal(set(&o, "Mailbox", alice, "UserPrincipalName", "agruen@contoso.example"), 0);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, more, 2), 0);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		assert_int_equal(find(&o, "Mailbox", ways[i]), alice);
		assert_int_equal(find(&o, "CASMailbox", ways[i]), alice);
		assert_int_equal(find(&o, "Recipient", ways[i]), alice);
	}
	m = get(&o, "Mailbox", alice);
	guid_format(&m->guid, guid);
	assert_int_equal(find(&o, "Mailbox", guid), alice);
	assert_true(directory_guid(m, "ExchangeGuid", &(struct guid){ { 0 } }));
	assert_int_equal(find(&o, "OrganizationConfig", NULL), o.organisation);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "", &o.arena, &m, &o.why), ecInvalidParam);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "carol", &o.arena, &m, &o.why), ecNotFound);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "fabrikam\\alice", &o.arena, &m, &o.why), ecNotFound);
	assert_int_equal(directory_find(o.d, class_of("MailboxDatabase"), "alice", &o.arena, &m, &o.why), ecNotFound);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "\xff\xfe", &o.arena, &m, &o.why), ecNotFound);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "' OR 1=1 --", &o.arena, &m, &o.why), ecNotFound);
	organisation_end(&o, e);
}
ON_EACH(found)

static void ambiguous_on(enum sql_engine e)
{
	const struct directory_object *m = NULL;
	struct organisation o;
	uint64_t alice, bob;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	bob = mailbox(&o, "bob");
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Kim Jones"), 0);
	assert_int_equal(set(&o, "Mailbox", bob, "DisplayName", "Kim Jones"), 0);
	assert_int_equal(directory_find(o.d, class_of("Mailbox"), "kim jones", &o.arena, &m, &o.why), ecAmbiguousRecip);
	assert_non_null(strstr(o.why.text, "alice@contoso.example"));
	assert_non_null(strstr(o.why.text, "bob@contoso.example"));
	assert_null(m);
	/* A name that only one can have goes before one that many may have. */
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "bob"), 0);
	assert_int_equal(find(&o, "Mailbox", "bob"), bob);
	organisation_end(&o, e);
}
ON_EACH(ambiguous)

static void of_servers_on(enum sql_engine e)
{
	const struct directory_object *v;
	struct organisation o;
	uint64_t other, owa, owa2;
	const char *server[] = { "Fqdn", "cas2.contoso.example", "ServerRole", "ClientAccess", NULL };

	organisation_begin(&o, e);
	owa = create(&o, "OwaVirtualDirectory", "owa (Default Web Site)", o.server, NULL);
	assert_int_equal(find(&o, "OwaVirtualDirectory", "owa (default web site)"), owa);
	assert_int_equal(find(&o, "OwaVirtualDirectory", "CAS"), owa);
	other = create(&o, "ExchangeServer", "CAS2", 0, server);
	owa2 = create(&o, "OwaVirtualDirectory", "owa (Default Web Site)", other, NULL);
	assert_int_equal(try_create(&o, "OwaVirtualDirectory", "OWA (default web site)", other, NULL, NULL), ecDuplicateName);
	assert_int_equal(directory_find(o.d, class_of("OwaVirtualDirectory"), "owa (default web site)", &o.arena, &v, &o.why), ecAmbiguousRecip);
	assert_non_null(strstr(o.why.text, "CAS2\\owa (Default Web Site)"));
	assert_int_equal(find(&o, "OwaVirtualDirectory", "cas\\owa (default web site)"), owa);
	assert_int_equal(find(&o, "OwaVirtualDirectory", "cas2.contoso.example\\owa (default web site)"), owa2);
	v = get(&o, "OwaVirtualDirectory", owa2);
	assert_string_equal(directory_text(v, "Identity"), "CAS2\\owa (Default Web Site)");
	assert_string_equal(directory_text(v, "Server"), "CAS2");
	/* What belongs to a server goes with it. */
	assert_int_equal(directory_remove(o.d, other, &o.why), 0);
	assert_int_equal(directory_get(o.d, class_of("OwaVirtualDirectory"), owa2, &o.arena, &v, &o.why), ecNotFound);
	assert_int_equal(find(&o, "OwaVirtualDirectory", "owa (default web site)"), owa);
	organisation_end(&o, e);
}
ON_EACH(of_servers)

static void failback_on(enum sql_engine e)
{
	static const char *const same[] = { "https://mail.contoso.example/owa", "https://MAIL.contoso.example:443/owa/", "HTTPS://mail.contoso.example/OWA" };
	struct organisation o;
	uint64_t owa;

	organisation_begin(&o, e);
	owa = create(&o, "OwaVirtualDirectory", "owa (Default Web Site)", o.server, NULL);
	assert_int_equal(set(&o, "OwaVirtualDirectory", owa, "ExternalUrl", "https://mail.contoso.example/owa"), 0);
	assert_int_equal(set(&o, "OwaVirtualDirectory", owa, "FailbackUrl", "https://failback.contoso.example/owa"), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(set(&o, "OwaVirtualDirectory", owa, "FailbackUrl", same[i]), ecInvalidParam);
		assert_non_null(strstr(o.why.text, "ExternalUrl"));
	}
	/* From the other side too. */
	assert_int_equal(set(&o, "OwaVirtualDirectory", owa, "ExternalUrl", "https://failback.contoso.example/owa"), ecInvalidParam);
	assert_string_equal(directory_text(get(&o, "OwaVirtualDirectory", owa), "FailbackUrl"), "https://failback.contoso.example/owa");
	assert_int_equal(set(&o, "OwaVirtualDirectory", owa, "FailbackUrl", "http://mail.contoso.example/owa"), 0);
	organisation_end(&o, e);
}
ON_EACH(failback)

static const char *address_at(struct organisation *o, uint64_t id, size_t i)
{
	size_t n;
	const struct directory_value *v = directory_values(get(o, "Mailbox", id), "EmailAddresses", &n);

	return i < n ? v[i].text : "";
}

static void addresses_on(enum sql_engine e)
{
	struct organisation o;
	uint64_t alice, bob;
	const char *two[] = { "SMTP:one@contoso.example", "SMTP:two@contoso.example" }, *plain[] = { "one@contoso.example", "two@contoso.example" };
	const char *of_bob[] = { "BOB@contoso.example" }, *first = "one@contoso.example", *outside = "alice@fabrikam.example";
	const char *promoted = "SMTP:two@contoso.example";

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	bob = mailbox(&o, "bob");
	/* The primary one is the first unless another says that it is; there are never two. */
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_SET, two, 2), ecInvalidParam);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_SET, plain, 2), 0);
	assert_string_equal(address_at(&o, alice, 0), "SMTP:one@contoso.example");
	assert_string_equal(address_at(&o, alice, 1), "smtp:two@contoso.example");
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, &promoted, 1), 0);
	assert_string_equal(address_at(&o, alice, 0), "smtp:one@contoso.example");
	assert_string_equal(address_at(&o, alice, 1), "SMTP:two@contoso.example");
	assert_int_equal(set(&o, "Mailbox", alice, "PrimarySmtpAddress", "three@contoso.example"), 0);
	assert_string_equal(directory_text(get(&o, "Mailbox", alice), "PrimarySmtpAddress"), "three@contoso.example");
	assert_string_equal(address_at(&o, alice, 1), "smtp:two@contoso.example");
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_REMOVE, &first, 1), 0);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_REMOVE, &first, 1), ecNotFound);
	first = "three@contoso.example";
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_REMOVE, &first, 1), ecInvalidParam);
	assert_non_null(strstr(o.why.text, "PrimarySmtpAddress"));
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_SET, NULL, 0), ecInvalidParam);
	/* Others have theirs; domains must be ours. */
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, of_bob, 1), ecDuplicateName);
	assert_non_null(strstr(o.why.text, "bob"));
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, &outside, 1), ecInvalidParam);
	assert_non_null(strstr(o.why.text, "New-AcceptedDomain fabrikam.example"));
	assert_int_equal(set(&o, "Mailbox", alice, "UserPrincipalName", "bob@contoso.example"), ecDuplicateName);
	assert_int_equal(set(&o, "Mailbox", alice, "UserPrincipalName", "ali@contoso.example"), 0);
	assert_int_equal(set(&o, "Mailbox", bob, "PrimarySmtpAddress", "ALI@contoso.example"), ecDuplicateName);
	/* What bob gives up may be alice's in the same breath. */
	assert_int_equal(set(&o, "Mailbox", bob, "EmailAddresses", "SMTP:robert@contoso.example"), 0);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, of_bob, 1), 0);
	organisation_end(&o, e);
}
ON_EACH(addresses)

static void domains_on(enum sql_engine e)
{
	const char *fabrikam[] = { "DomainName", "fabrikam.example", NULL }, *more = "alice@mail.fabrikam.example";
	const char *again[] = { "DomainName", "FABRIKAM.example", NULL };
	struct organisation o;
	uint64_t alice, second;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	assert_true(directory_is(get(&o, "AcceptedDomain", find(&o, "AcceptedDomain", "contoso.example")), "Default"));
	second = create(&o, "AcceptedDomain", "Fabrikam", 0, fabrikam);
	assert_false(directory_is(get(&o, "AcceptedDomain", second), "Default"));
	assert_int_equal(try_create(&o, "AcceptedDomain", "Again", 0, again, NULL), ecDuplicateName);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, &more, 1), ecInvalidParam);
	assert_int_equal(set(&o, "AcceptedDomain", second, "MatchSubDomains", "True"), 0);
	assert_int_equal(change(&o, "Mailbox", alice, "EmailAddresses", DIRECTORY_ADD, &more, 1), 0);
	/* There is one default, always. */
	assert_int_equal(set(&o, "AcceptedDomain", find(&o, "AcceptedDomain", "contoso.example"), "Default", "False"), ecInvalidParam);
	assert_int_equal(set(&o, "AcceptedDomain", second, "Default", "True"), 0);
	assert_false(directory_is(get(&o, "AcceptedDomain", find(&o, "AcceptedDomain", "contoso.example")), "Default"));
	assert_true(directory_is(get(&o, "AcceptedDomain", second), "Default"));
	assert_int_equal(directory_remove(o.d, second, &o.why), ecAccessDenied);
	assert_int_equal(directory_remove(o.d, find(&o, "AcceptedDomain", "contoso.example"), &o.why), ecBusy);
	assert_non_null(strstr(o.why.text, "alice"));
	assert_int_equal(set(&o, "AcceptedDomain", second, "DomainName", "other.example"), ecInvalidParam);
	organisation_end(&o, e);
}
ON_EACH(domains)

static void quotas_on(enum sql_engine e)
{
	struct organisation o;
	struct directory_setting s[2];
	const char *low = "1GB", *high = "2GB";
	uint64_t alice;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	assert_int_equal(set(&o, "Mailbox", alice, "ProhibitSendQuota", "1GB"), ecInvalidParam); /* the warning is Unlimited */
	assert_non_null(strstr(o.why.text, "IssueWarningQuota"));
	assert_int_equal(directory_setting(o.d, class_of("Mailbox"), "ProhibitSendQuota", DIRECTORY_SET, &high, 1, &o.arena, &s[0], &o.why), 0);
	assert_int_equal(directory_setting(o.d, class_of("Mailbox"), "IssueWarningQuota", DIRECTORY_SET, &low, 1, &o.arena, &s[1], &o.why), 0);
	assert_int_equal(directory_update(o.d, class_of("Mailbox"), alice, s, 2, NULL, &o.why), 0);
	assert_int_equal(directory_number(get(&o, "Mailbox", alice), "ProhibitSendQuota", 0), 2147483648);
	assert_int_equal(set(&o, "MailboxDatabase", o.database, "ProhibitSendQuota", "1.5 GB"), ecInvalidParam);
	assert_int_equal(set(&o, "MailboxDatabase", o.database, "ProhibitSendReceiveQuota", "unlimited"), 0);
	assert_int_equal(set(&o, "MailboxDatabase", o.database, "MailboxRetention", "Unlimited"), ecInvalidParam);
	assert_int_equal(set(&o, "MailboxDatabase", o.database, "MailboxRetention", "7"), 0);
	assert_int_equal(directory_number(get(&o, "MailboxDatabase", o.database), "MailboxRetention", 0), 7 * 86400);
	organisation_end(&o, e);
}
ON_EACH(quotas)

static void groups_on(enum sql_engine e)
{
	struct organisation o;
	uint64_t alice, bob, staff, *ids;
	const char *pairs[] = { "Alias", "staff", "EmailAddresses", "staff@contoso.example", NULL };
	const char *members[] = { "alice", "bob@contoso.example" }, *itself[] = { "staff" };
	const struct directory_value *v;
	struct directory_value who = { 0 };
	size_t n;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	bob = mailbox(&o, "bob");
	staff = create(&o, "DistributionGroup", "Staff", 0, pairs);
	assert_int_equal(change(&o, "DistributionGroup", staff, "Members", DIRECTORY_ADD, members, 2), 0);
	assert_int_equal(change(&o, "DistributionGroup", staff, "Members", DIRECTORY_ADD, members, 1), 0); /* is in it already */
	assert_int_equal(change(&o, "DistributionGroup", staff, "Members", DIRECTORY_ADD, itself, 1), ecInvalidParam);
	v = directory_values(get(&o, "DistributionGroup", staff), "Members", &n);
	assert_int_equal(n, 2);
	assert_string_equal(v[0].text, "alice");
	assert_int_equal(v[1].number, bob);
	/* Whose member is she? */
	who.number = (int64_t)alice;
	assert_int_equal(directory_list(o.d, &(struct directory_query){ .as = class_of("DistributionGroup"), .attribute = "Members", .value = &who },
					&o.arena, &ids, &n, &o.why), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], staff);
	/* One who goes leaves the group. */
	assert_int_equal(directory_remove(o.d, alice, &o.why), 0);
	v = directory_values(get(&o, "DistributionGroup", staff), "Members", &n);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].text, "bob");
	/* Names and addresses are of users and groups together. */
	assert_int_equal(try_create(&o, "User", "STAFF", 0, NULL, NULL), ecDuplicateName);
	assert_int_equal(set(&o, "Mailbox", bob, "Alias", "Staff"), ecDuplicateName);
	assert_int_equal(set(&o, "Mailbox", bob, "PrimarySmtpAddress", "staff@contoso.example"), ecDuplicateName);
	organisation_end(&o, e);
}
ON_EACH(groups)

static void references_on(enum sql_engine e)
{
	struct directory_value nobody = { .number = 4711 };
	struct directory_setting s = { "Database", DIRECTORY_SET, &nobody, 1 };
	struct organisation o;
	uint64_t alice;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	assert_int_equal(directory_update(o.d, class_of("Mailbox"), alice, &s, 1, NULL, &o.why), ecNotFound);
	nobody.number = (int64_t)o.server; /* something, but no database */
	assert_int_equal(directory_update(o.d, class_of("Mailbox"), alice, &s, 1, NULL, &o.why), ecNotFound);
	assert_int_equal(set(&o, "Mailbox", alice, "Database", "DB2"), ecNotFound);
	assert_non_null(strstr(o.why.text, "Database"));
	assert_int_equal(change(&o, "Mailbox", alice, "Database", DIRECTORY_SET, NULL, 0), ecInvalidParam);
	assert_int_equal(directory_remove(o.d, o.database, &o.why), ecBusy);
	assert_non_null(strstr(o.why.text, "alice"));
	assert_int_equal(directory_remove(o.d, o.organisation, &o.why), ecAccessDenied);
	assert_int_equal(try_create(&o, "OrganizationConfig", "Second", 0, NULL, NULL), ecDuplicateName);
	assert_int_equal(set(&o, "Mailbox", alice, "ForwardingAddress", "alice"), ecInvalidParam);
	assert_int_equal(try_create(&o, "OwaVirtualDirectory", "owa (x)", 4711, NULL, NULL), ecNotFound);
	organisation_end(&o, e);
}
ON_EACH(references)

struct bad {
	const char *class, *attribute, *text;
	status want;
};

static void hostile_on(enum sql_engine e)
{
	static char large[70000];
	static const struct bad bad[] = {
		{ "Mailbox", "DisplayName", "a\xffz", ecInvalidParam },
		{ "Mailbox", "DisplayName", "a\xc0\x80z", ecInvalidParam },
		{ "Mailbox", "DisplayName", "a\xed\xa0\x80z", ecInvalidParam },
		{ "Mailbox", "DisplayName", "a\x1b[2Jz", ecInvalidParam },
		{ "Mailbox", "DisplayName", "a\nz", ecInvalidParam },
		{ "Mailbox", "DisplayName", "a\xe2\x80\xaez", ecInvalidParam }, /* turns the direction of what follows */
		{ "Mailbox", "DisplayName", "", ecInvalidParam },
		{ "Mailbox", "DisplayName", large, ecTooBig },
		{ "Mailbox", "Name", large, ecTooBig },
		{ "Mailbox", "Name", "a*", ecInvalidParam },
		{ "Mailbox", "Name", " alice", ecInvalidParam },
		{ "Mailbox", "Name", "CONTOSO\\alice", ecInvalidParam },
		{ "Mailbox", "Alias", "a b", ecInvalidParam },
		{ "Mailbox", "Alias", ".a", ecInvalidParam },
		{ "Mailbox", "Alias", "a..b", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddress", "alice", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddress", "@contoso.example", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddress", "alice@contoso", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddress", "alice@-contoso.example", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddress", "a\r\nRCPT TO:<b@contoso.example>@contoso.example", ecInvalidParam },
		{ "Mailbox", "EmailAddresses", ":x", ecInvalidParam },
		{ "Mailbox", "EmailAddresses", "X500:", ecInvalidParam },
		{ "Mailbox", "EmailAddresses", "smtp:", ecInvalidParam },
		{ "Mailbox", "IssueWarningQuota", "9999999999999999999999GB", ecInvalidParam },
		{ "Mailbox", "IssueWarningQuota", "-1", ecInvalidParam },
		{ "Mailbox", "IssueWarningQuota", "1.5 XB", ecInvalidParam },
		{ "Mailbox", "RetainDeletedItemsFor", "25:00:00", ecInvalidParam },
		{ "Mailbox", "RetainDeletedItemsFor", "-3", ecInvalidParam },
		{ "Mailbox", "RetainDeletedItemsFor", "99999999999999999999", ecInvalidParam },
		{ "Mailbox", "ExternalOofOptions", "Perhaps", ecInvalidParam },
		{ "Mailbox", "PrimarySmtpAddres", "x", ecInvalidParam },
		{ "Mailbox", "WhenChanged", "2026-01-01", ecInvalidParam },
		{ "CASMailbox", "MAPIEnabled", "maybe", ecInvalidParam },
		{ "CASMailbox", "MAPIBlockOutlookVersions", "11", ecInvalidParam },
		{ "CASMailbox", "MAPIBlockOutlookVersions", "12.0.0-11.0.0", ecInvalidParam },
		{ "CASMailbox", "MAPIBlockOutlookVersions", "1.0.0;;2.0.0-x", ecInvalidParam },
		{ "CASMailbox", "ActiveSyncAllowedDeviceIDs", "a b", ecInvalidParam },
	};
	struct organisation o;
	uint64_t alice;

	memset(large, 'x', sizeof large - 1);
	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		o.why.text[0] = '\0';
		status s = set(&o, bad[i].class, alice, bad[i].attribute, bad[i].text);
		if (s != bad[i].want)
			fail_msg("%s = \"%.40s\": 0x%x (%s)", bad[i].attribute, bad[i].text, (unsigned)s, o.why.text);
		/* The words name what it was, and carry nothing that a terminal obeys. */
		assert_non_null(strstr(o.why.text, bad[i].attribute));
		for (const char *c = o.why.text; *c; c++)
			assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
	}
	assert_string_equal(get(&o, "Mailbox", alice)->name, "alice");
	assert_int_equal(set(&o, "CASMailbox", alice, "MAPIBlockOutlookVersions", "-6.0.0;10.0.0-11.5603.0"), 0);
	assert_int_equal(set(&o, "Mailbox", alice, "externaloofoptions", "internalonly"), 0);
	assert_string_equal(directory_text(get(&o, "Mailbox", alice), "ExternalOofOptions"), "InternalOnly");
	organisation_end(&o, e);
}
ON_EACH(hostile)

static void listed_on(enum sql_engine e)
{
	struct organisation o;
	struct directory_value database = { 0 };
	uint64_t *ids, count;
	size_t n;

	organisation_begin(&o, e);
	mailbox(&o, "carol");
	mailbox(&o, "Bob");
	mailbox(&o, "alice");
	create(&o, "User", "dave", 0, NULL);
	assert_int_equal(directory_list(o.d, &(struct directory_query){ .as = class_of("Mailbox") }, &o.arena, &ids, &n, &o.why), 0);
	assert_int_equal(n, 3);
	assert_string_equal(get(&o, "Mailbox", ids[0])->name, "alice");
	assert_string_equal(get(&o, "Mailbox", ids[1])->name, "Bob");
	assert_string_equal(get(&o, "Mailbox", ids[2])->name, "carol");
	assert_int_equal(directory_count(o.d, &(struct directory_query){ .as = class_of("User") }, &count, &o.why), 0);
	assert_int_equal(count, 4);
	database.number = (int64_t)o.database;
	assert_int_equal(directory_count(o.d, &(struct directory_query){ .as = class_of("Mailbox"), .attribute = "Database", .value = &database },
					 &count, &o.why), 0);
	assert_int_equal(count, 3);
	assert_int_equal(set(&o, "Mailbox", find(&o, "Mailbox", "carol"), "DisplayName", "Bobby %_ Ö"), 0);
	assert_int_equal(directory_list(o.d, &(struct directory_query){ .as = class_of("Recipient"), .starts = "bob" }, &o.arena, &ids, &n, &o.why), 0);
	assert_int_equal(n, 2);
	assert_int_equal(directory_list(o.d, &(struct directory_query){ .as = class_of("Recipient"), .starts = "BOBBY %_ ö" }, &o.arena, &ids, &n, &o.why), 0);
	assert_int_equal(n, 1);
	assert_int_equal(directory_list(o.d, &(struct directory_query){ .as = class_of("Recipient"), .starts = "x" }, &o.arena, &ids, &n, &o.why), 0);
	assert_int_equal(n, 0);
	assert_int_equal(directory_count(o.d, &(struct directory_query){ .as = class_of("Mailbox"), .attribute = "Nothing", .value = &database },
					 &count, &o.why), ecInvalidParam);
	organisation_end(&o, e);
}
ON_EACH(listed)

/* Whatever step fails: all of it, or nothing. */
static void failing_steps_on(enum sql_engine e)
{
	struct organisation o;
	uint64_t alice, before, after;
	bool whole = false;
	unsigned n = 0;
	size_t had;

	organisation_begin(&o, e);
	alice = mailbox(&o, "alice");
	(void)directory_values(get(&o, "Mailbox", alice), "EmailAddresses", &had);
	while (!whole) {
		struct directory_value v = { .text = "smtp:second@contoso.example" }, name = { .text = "alicia" };
		struct directory_setting s[] = { { "EmailAddresses", DIRECTORY_ADD, &v, 1 }, { "Name", DIRECTORY_SET, &name, 1 } };

		assert_true(++n < 200);
		assert_int_equal(directory_change_number(o.d, &before, &o.why), 0);
		sql_fail_after(n);
		status st = directory_update(o.d, class_of("Mailbox"), alice, s, 2, NULL, &o.why);
		sql_fail_after(0);
		whole = !st;
		assert_int_equal(directory_change_number(o.d, &after, &o.why), 0);
		assert_int_equal(after, before + whole);
		size_t addresses;
		(void)directory_values(get(&o, "Mailbox", alice), "EmailAddresses", &addresses);
		assert_int_equal(addresses, had + whole);
		assert_string_equal(get(&o, "Mailbox", alice)->name, whole ? "alicia" : "alice");
	}
	assert_true(n > 5);
	organisation_end(&o, e);
}
ON_EACH(failing_steps)

static void transactions_on(enum sql_engine e)
{
	struct organisation o;
	uint64_t before, after, id;

	organisation_begin(&o, e);
	assert_int_equal(directory_change_number(o.d, &before, &o.why), 0);
	assert_int_equal(directory_begin(o.d, &o.why), 0);
	assert_int_equal(directory_begin(o.d, &o.why), ecInvalidParam);
	id = mailbox(&o, "alice");
	mailbox(&o, "bob");
	/* What is refused does not spoil what was done before. */
	assert_int_equal(try_create(&o, "User", "alice", 0, NULL, NULL), ecDuplicateName);
	assert_int_equal(directory_commit(o.d, &o.why), 0);
	assert_int_equal(directory_change_number(o.d, &after, &o.why), 0);
	assert_int_equal(after, before + 1);
	assert_int_equal(directory_begin(o.d, &o.why), 0);
	assert_int_equal(directory_remove(o.d, id, &o.why), 0);
	directory_rollback(o.d);
	assert_int_equal(find(&o, "Mailbox", "alice"), id);
	assert_int_equal(directory_commit(o.d, &o.why), ecInvalidParam);
	organisation_end(&o, e);
}
ON_EACH(transactions)

/* Two have it open; each sees what the other did, and both may change it. */
static void shared_on(enum sql_engine e)
{
	struct organisation o, other;
	uint64_t n;

	organisation_begin(&o, e);
	memset(&other, 0, sizeof other);
	other.clock = o.clock;
	arena_init(&other.arena, (size_t)16 << 20);
	organisation_open(&other, e, false);
	uint64_t alice = mailbox(&o, "alice");
	assert_int_equal(find(&other, "Mailbox", "alice"), alice);
	mailbox(&other, "bob");
	assert_int_equal(try_mailbox(&o, "bob", NULL), ecDuplicateName);
	assert_int_equal(set(&other, "Mailbox", alice, "DisplayName", "Other"), 0);
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Mine"), 0);
	assert_string_equal(directory_text(get(&other, "Mailbox", alice), "DisplayName"), "Mine");
	/* Who only reads sees what was there when it began (on SQLite, where that costs nothing), cannot change anything, and holds nobody up. */
	assert_int_equal(directory_begin_reading(other.d, &other.why), 0);
	assert_string_equal(directory_text(get(&other, "Mailbox", alice), "DisplayName"), "Mine");
	assert_int_equal(set(&o, "Mailbox", alice, "DisplayName", "Meanwhile"), 0);
	assert_string_equal(directory_text(get(&other, "Mailbox", alice), "DisplayName"), e == SQL_SQLITE ? "Mine" : "Meanwhile");
	if (e == SQL_SQLITE)
		assert_int_not_equal(set(&other, "Mailbox", alice, "DisplayName", "Other"), 0);
	directory_rollback(other.d);
	assert_string_equal(directory_text(get(&other, "Mailbox", alice), "DisplayName"), "Meanwhile");
	assert_int_equal(directory_begin(other.d, &other.why), 0);
	assert_int_equal(directory_begin_reading(other.d, &other.why), ecInvalidParam);
	directory_rollback(other.d);
	assert_int_equal(directory_count(other.d, &(struct directory_query){ .as = class_of("Mailbox") }, &n, &other.why), 0);
	assert_int_equal(n, 2);
	directory_close(other.d);
	arena_free(&other.arena);
	organisation_end(&o, e);
}
ON_EACH(shared)

static status open_again(enum sql_engine e, bool make, struct reason *why)
{
	static struct clock clock;
	struct directory *d = NULL;
	struct sql *db;
	status s = engine_open(e, DIRECTORY_NAME, true, &db, why);

	clock = clock_system;
	if (!s)
		s = directory_open(db, &clock, make, &d, why);
	directory_close(d);
	return s;
}

static void versions_on(enum sql_engine e)
{
	struct organisation o;
	struct reason why = { "" };
	struct sql *db;

	engine_drop(e, DIRECTORY_NAME);
	assert_int_equal(open_again(e, false, &why), ecNotFound);
	organisation_begin(&o, e);
	directory_close(o.d);
	assert_int_equal(open_again(e, false, &why), 0);
	assert_int_equal(engine_open(e, DIRECTORY_NAME, false, &db, &why), 0);
	assert_int_equal(sql_execute(db, "UPDATE directory SET version = 99"), 0);
	sql_close(db);
	assert_int_equal(open_again(e, true, &why), ecVersion);
	assert_non_null(strstr(why.text, "update postern"));
	assert_int_equal(engine_open(e, DIRECTORY_NAME, false, &db, &why), 0);
	assert_int_equal(sql_execute(db, "DELETE FROM directory"), 0);
	sql_close(db);
	assert_int_equal(open_again(e, true, &why), ecCorruptData);
	arena_free(&o.arena);
	engine_drop(e, DIRECTORY_NAME);
}
ON_EACH(versions)

/* Values that nobody could have set through the door: each has a clear outcome. */
static void damaged_on(enum sql_engine e)
{
	static const char *const harm[] = {
		"UPDATE objects SET kind = 'Nothing' WHERE name = 'alice'",
		"UPDATE attribute_values SET body = 'no guid' WHERE attribute = 'ExchangeGuid'",
	};
	const struct directory_object *m;

	for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
		struct organisation o;
		struct sql *db;
		uint64_t alice;

		organisation_begin(&o, e);
		alice = mailbox(&o, "alice");
		directory_close(o.d);
		assert_int_equal(engine_open(e, DIRECTORY_NAME, false, &db, &o.why), 0);
		assert_int_equal(sql_execute(db, harm[i]), 0);
		sql_close(db);
		organisation_open(&o, e, false);
		assert_int_equal(directory_get(o.d, class_of("Mailbox"), alice, &o.arena, &m, &o.why), ecCorruptData);
		assert_non_null(strstr(o.why.text, "damaged"));
		organisation_end(&o, e);
	}
}
ON_EACH(damaged)

/* A file of which each page but the first was written over: opening or using it says so, and nothing else happens. */
static void corrupt_file(void **state)
{
	struct organisation o;
	struct reason why = { "" };
	struct directory *d = NULL;
	struct sql *db = NULL;
	struct clock clock = clock_fixed(1);
	uint64_t *ids;
	size_t n;
	status s;

	(void)state;
	organisation_begin(&o, SQL_SQLITE);
	for (unsigned i = 0; i < 50; i++)
		mailbox(&o, arena_printf(&o.arena, "user%u", i));
	directory_close(o.d);
	FILE *f = fopen(scratch_path(DIRECTORY_NAME), "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	long size = ftell(f);
	assert_int_equal(fseek(f, 8192, SEEK_SET), 0);
	for (long at = 8192; at < size; at++)
		assert_int_not_equal(fputc(0xA5, f), EOF);
	assert_int_equal(fclose(f), 0);
	s = sql_open_sqlite(scratch_path(DIRECTORY_NAME), SQL_SHARED, &db, &why);
	if (!s)
		s = directory_open(db, &clock, false, &d, &why);
	if (!s)
		s = directory_list(d, &(struct directory_query){ .as = class_of("Mailbox") }, &o.arena, &ids, &n, &why);
	assert_int_equal(s, ecCorruptData);
	assert_non_null(strstr(why.text, "restore"));
	directory_close(d);
	arena_free(&o.arena);
	engine_drop(SQL_SQLITE, DIRECTORY_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),	   cmocka_unit_test(found),	    cmocka_unit_test(ambiguous),     cmocka_unit_test(of_servers),
		cmocka_unit_test(failback), cmocka_unit_test(addresses),    cmocka_unit_test(domains),	     cmocka_unit_test(quotas),
		cmocka_unit_test(groups),   cmocka_unit_test(references),   cmocka_unit_test(hostile),	     cmocka_unit_test(listed),
		cmocka_unit_test(failing_steps), cmocka_unit_test(transactions), cmocka_unit_test(shared),   cmocka_unit_test(versions),
		cmocka_unit_test(damaged),  cmocka_unit_test(corrupt_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
