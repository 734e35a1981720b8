/* The table of classes and attributes: each row is complete and true; values from text and back. */
#include "support.h"

#include "store/directory_class.h"

#include <strings.h>

static void rows(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct directory_class *c; (c = directory_class_at(n)) != NULL; n++) {
		const struct directory_attribute *a, *other;

		assert_ptr_equal(directory_class(c->name), c);
		assert_true(c->help[0]);
		assert_true(c->kinds & (1u << c->kind));
		/* What store/directory_list.c asks for. */
		assert_true(__builtin_popcount(c->kinds) <= 3);
		assert_non_null(directory_attribute(c, "name"));
		assert_non_null(directory_attribute(c, "GUID"));
		assert_non_null(directory_attribute(c, "Identity"));
		for (size_t i = 0; (a = directory_attribute_at(c, i)) != NULL; i++) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(65536);
			CLEANUP_BUF struct buf shown = BUF_MAX(4096);
			struct directory_value v, again;
			struct reason why = { "" };
			char type[64];

			assert_ptr_equal(directory_attribute(c, a->name), a);
			for (size_t k = 0; k < i; k++) {
				other = directory_attribute_at(c, k);
				if (strcasecmp(a->name, other->name) == 0)
					fail_msg("%s has %s twice", c->name, a->name);
			}
			assert_true(a->help && a->help[0] && !strchr(a->help, '\n'));
			assert_true(a->most >= a->least && a->most > 0);
			assert_true((a->type == DIRECTORY_WORD) == (a->words != NULL));
			assert_true((a->type == DIRECTORY_REFERENCE) == (a->refers != NULL));
			if (a->refers)
				assert_non_null(directory_class(a->refers));
			assert_true(directory_type_name(a, type, sizeof type)[0]);
			if (!a->otherwise)
				continue;
			/* Defaults hold, and what is shown of them is read as the same. */
			if (directory_parse(a, a->otherwise, &arena, &v, &why))
				fail_msg("%s %s: %s", c->name, a->name, why.text);
			directory_print(a, &v, &shown);
			if (directory_parse(a, buf_cstr(&shown), &arena, &again, &why))
				fail_msg("%s %s: %s", c->name, a->name, why.text);
			assert_true(v.number == again.number);
		}
	}
	assert_true(n > 20);
	assert_null(directory_class("Nothing"));
	assert_null(directory_attribute(directory_class("Mailbox"), "Nothing"));
	assert_null(directory_attribute(directory_class("Mailbox"), "MAPIEnabled")); /* seen as CASMailbox */
}

/* What administrators' handbooks name. */
static void handbooks(void **state)
{
	static const char *const names[][2] = {
		{ "CASMailbox", "MapiBlockOutlookNonCachedMode" }, { "CASMailbox", "MAPIBlockOutlookRpcHttp" }, { "CASMailbox", "MAPIBlockOutlookVersions" },
		{ "CASMailbox", "EwsEnabled" }, { "CASMailbox", "ActiveSyncEnabled" }, { "CASMailbox", "OWAEnabled" }, { "CASMailbox", "ImapEnabled" },
		{ "CASMailbox", "PopEnabled" }, { "CASMailbox", "MAPIEnabled" }, { "CASMailbox", "MapiHttpEnabled" }, { "CASMailbox", "ECPEnabled" },
		{ "MailboxDatabase", "RPCClientAccessServer" }, { "MailboxDatabase", "MailboxRetention" }, { "OwaVirtualDirectory", "FailbackUrl" },
		{ "OwaVirtualDirectory", "ExternalUrl" }, { "ClientAccessServer", "AutoDiscoverServiceInternalUri" },
		{ "ClientAccessServer", "AutoDiscoverSiteScope" }, { "RpcClientAccess", "EncryptionRequired" }, { "RpcClientAccess", "BlockedClientVersions" },
		{ "TransportConfig", "MaxReceiveSize" }, { "Mailbox", "ProhibitSendReceiveQuota" }, { "Mailbox", "RetainDeletedItemsFor" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!directory_attribute(directory_class(names[i][0]), names[i][1]))
			fail_msg("%s has no %s", names[i][0], names[i][1]);
}

static void from_text(void **state)
{
	static const struct {
		const char *class, *attribute, *text, *shown;
	} cases[] = {
		{ "CASMailbox", "MAPIEnabled", "$false", "False" },
		{ "CASMailbox", "MAPIEnabled", "TRUE", "True" },
		{ "Mailbox", "IssueWarningQuota", "unlimited", "Unlimited" },
		{ "Mailbox", "IssueWarningQuota", "1.5GB", "1.5 GB (1,610,612,736 bytes)" },
		{ "Mailbox", "IssueWarningQuota", "1.5 GB (1,610,612,737 bytes)", "1.5 GB (1,610,612,737 bytes)" },
		{ "Mailbox", "IssueWarningQuota", "1572864", "1.5 MB (1,572,864 bytes)" },
		{ "Mailbox", "RecipientLimits", "500", "500" },
		{ "Mailbox", "RecipientLimits", "Unlimited", "Unlimited" },
		{ "Mailbox", "RetainDeletedItemsFor", "14.00:00:00", "14.00:00:00" },
		{ "Mailbox", "RetainDeletedItemsFor", "7", "7.00:00:00" },
		{ "Mailbox", "RetainDeletedItemsFor", "15:00:00", "15:00:00" },
		{ "Mailbox", "ExchangeGuid", "{01234567-89AB-CDEF-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef" },
		{ "Mailbox", "WhenMailboxCreated", "2026-11-24", "2026-11-24T00:00:00Z" },
		{ "Mailbox", "EmailAddresses", "alice@contoso.example", "smtp:alice@contoso.example" },
		{ "Mailbox", "EmailAddresses", "X500:/o=Contoso/cn=alice", "X500:/o=Contoso/cn=alice" },
		{ "Mailbox", "RecipientTypeDetails", "sharedmailbox", "SharedMailbox" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(65536);
		CLEANUP_BUF struct buf shown = BUF_MAX(4096);
		const struct directory_attribute *a = directory_attribute(directory_class(cases[i].class), cases[i].attribute);
		struct directory_value v;
		struct reason why = { "" };

		if (directory_parse(a, cases[i].text, &arena, &v, &why))
			fail_msg("%s", why.text);
		directory_print(a, &v, &shown);
		assert_string_equal(buf_cstr(&shown), cases[i].shown);
	}
}

/* Typed values are checked like texts. */
static void typed(void **state)
{
	const struct directory_class *c = directory_class("Mailbox");
	struct reason why = { "" };

	(void)state;
	assert_int_equal(directory_check_value(directory_attribute(c, "IssueWarningQuota"), &(struct directory_value){ .number = -1 }, &why), ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "HiddenFromAddressListsEnabled"), &(struct directory_value){ .number = 2 }, &why),
			 ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "DisplayName"), &(struct directory_value){ 0 }, &why), ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "ExchangeGuid"), &(struct directory_value){ 0 }, &why), ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "Database"), &(struct directory_value){ 0 }, &why), ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "RecipientTypeDetails"), &(struct directory_value){ 0 }, &why), ecInvalidParam);
	assert_int_equal(directory_check_value(directory_attribute(c, "IssueWarningQuota"), &(struct directory_value){ .number = DIRECTORY_UNLIMITED_VALUE },
					       &why), 0);
	assert_int_equal(directory_check_value(directory_attribute(c, "ResourceCapacity"), &(struct directory_value){ .number = DIRECTORY_UNLIMITED_VALUE },
					       &why), ecInvalidParam);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(handbooks),
		cmocka_unit_test(from_text),
		cmocka_unit_test(typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
