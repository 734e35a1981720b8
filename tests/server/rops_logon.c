/* server/rops_logon: RopLogon ([MS-OXCSTOR] 2.2.1.1, 3.2.5.1). */
#include "rop_fixture.h"

static struct fixture f;

static struct rop_logon_request request_for(const char *name)
{
	const char *dn = fixture_legacy_dn(&f, name);

	return (struct rop_logon_request){ .logon_flags = LOGON_PRIVATE, .open_flags = LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING, .essdn = bytes_of(dn, strlen(dn) + 1) };
}

static void private_mailbox(void **state)
{
	struct rop_logon_response *a = fixture_logon(&f, 0, "alice");
	struct logon *l = (struct logon *)fixture_object(&f, 0);

	(void)state;
	assert_int_equal(a->logon_flags, LOGON_PRIVATE);
	/* MS-OXCSTOR_R123 */
	assert_true(a->response_flags & LOGON_RESPONSE_RESERVED);
	/* MS-OXCSTOR_R125 */
	assert_true(a->response_flags & LOGON_RESPONSE_OWNER_RIGHT);
	/* MS-OXCSTOR_R127 */
	assert_true(a->response_flags & LOGON_RESPONSE_SEND_AS_RIGHT);
	assert_false(a->response_flags & LOGON_RESPONSE_OOF);
	/* MS-OXCSTOR_R131 */
	assert_int_equal(a->repl_id, 1);
	assert_memory_equal(&a->repl_guid, &l->replica, sizeof l->replica);
	assert_memory_equal(&a->mailbox_guid, shared_mailbox_guid(l->store), sizeof a->mailbox_guid);
	assert_int_equal(a->logon_time.year, 2024);
	assert_int_equal(a->store_state, 0);
	assert_int_equal(a->folder_ids.id[LOGON_FOLDER_INBOX], fixture_folder_id(&f, 0, MAILBOX_INBOX));
	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		assert_int_equal(a->folder_ids.id[i] & 0xFFFF, 1);
	fixture_release(&f, 0);
	assert_null(session_logon(f.session, 0));
}

static void flags_come_back(void **state)
{
	struct rop_logon_request r = request_for("alice");
	struct rop_logon_response *a;

	(void)state;
	r.logon_flags |= LOGON_UNDERCOVER;
	a = fixture_ok(&f, ROP_LOGON, 0, &r);
	/* MS-OXCSTOR_R1062 */
	assert_int_equal(a->logon_flags, LOGON_PRIVATE | LOGON_UNDERCOVER);
	fixture_release(&f, 0);
}

static void undefined_flags(void **state)
{
	struct rop_logon_request r = request_for("alice");

	(void)state;
	r.logon_flags |= 0x40;
	/* MS-OXCSTOR_R1202 */
	fixture_refused(&f, ROP_LOGON, 0, &r, ecError);
	assert_int_equal(f.handles[0], ROP_HANDLE_NONE);
	r = request_for("alice");
	r.open_flags |= 0x00010000;
	fixture_refused(&f, ROP_LOGON, 0, &r, ecError);
}

static void nobody(void **state)
{
	struct rop_logon_request r = request_for("alice");

	(void)state;
	r.essdn = bytes_of("/o=Contoso/cn=nobody", 21);
	/* MS-OXCSTOR_R788 */
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x3EB);
	r.essdn = bytes_of(NULL, 0);
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x3EB);
}

/* Somebody else's mailbox: by full access, as a delegate, as an administrator, or not at all. */
static void others(void **state)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob"), *administrator = fixture_session(&f, "Administrator");
	struct rop_logon_request r = request_for("alice");
	struct rop_logon_response *a;

	(void)state;
	fixture_use(&f, bob);
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x3F2);
	fixture_set(&f, "Mailbox", "alice", "FullAccess", "bob");
	a = fixture_ok(&f, ROP_LOGON, 0, &r);
	assert_true(a->response_flags & LOGON_RESPONSE_OWNER_RIGHT);
	assert_false(a->response_flags & LOGON_RESPONSE_SEND_AS_RIGHT);
	fixture_release(&f, 0);
	fixture_set(&f, "Mailbox", "alice", "FullAccess", NULL);
	fixture_use(&f, administrator);
	r.open_flags |= LOGON_OPEN_USE_ADMIN_PRIVILEGE;
	/* MS-OXCSTOR_R72 */
	(void)fixture_ok(&f, ROP_LOGON, 0, &r);
	fixture_use(&f, bob);
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x3F2);
	session_close(bob);
	session_close(administrator);
	fixture_use(&f, alice);
}

static void mapping_of_a_second_mailbox(void **state)
{
	struct session *alice = f.session, *administrator = fixture_session(&f, "Administrator");
	struct rop_logon_request r = request_for("alice");

	(void)state;
	fixture_use(&f, administrator);
	r.open_flags = 0;
	/* MS-OXCSTOR_R1046 */
	(void)fixture_ok(&f, ROP_LOGON, 0, &r);
	r = request_for("bob");
	r.open_flags = 0;
	/* MS-OXCSTOR_R803 */
	fixture_refused(&f, ROP_LOGON, 1, &r, ecInvalidParam);
	r.open_flags = LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING;
	(void)fixture_ok(&f, ROP_LOGON, 1, &r);
	session_close(administrator);
	fixture_use(&f, alice);
}

/* A LogonId in use is that of the new logon, and what hung on the old one is gone. */
static void same_logon_id(void **state)
{
	uint32_t inbox;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	inbox = f.handles[1];
	(void)fixture_logon(&f, 2, "alice");
	assert_null(object_table_find(&f.session->objects, inbox));
	assert_null(fixture_object(&f, 0));
	assert_non_null(fixture_object(&f, 2));
	fixture_release(&f, 2);
}

static void policy_holds(void **state)
{
	struct rop_logon_request r = request_for("alice");

	(void)state;
	fixture_set(&f, "CASMailbox", "alice", "MAPIEnabled", "False");
	fixture_refused(&f, ROP_LOGON, 0, &r, 2008);
	assert_int_equal(counter_get(&f.counters, COUNTER_RPC_REFUSED), 1);
	fixture_set(&f, "CASMailbox", "alice", "MAPIEnabled", "True");
	fixture_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookNonCachedMode", "True");
	f.session->client.mode = CLIENT_MODE_ONLINE;
	fixture_refused(&f, ROP_LOGON, 0, &r, 1249);
	f.session->client.mode = CLIENT_MODE_CACHED;
	fixture_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookNonCachedMode", "False");
	(void)fixture_ok(&f, ROP_LOGON, 0, &r);
	fixture_release(&f, 0);
}

static void codepage(void **state)
{
	struct rop_logon_request r = request_for("alice");

	(void)state;
	f.session->client.codepage = 4;
	/* MS-OXCSTOR_R3102 */
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x3EF);
	f.session->client.codepage = 0;
}

static void public_folders(void **state)
{
	struct rop_logon_request r = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_logon_response *a = fixture_ok(&f, ROP_LOGON, 0, &r);
	struct logon *l = (struct logon *)fixture_object(&f, 0);
	static const struct guid none;

	(void)state;
	assert_int_equal(a->logon_flags, 0);
	/* MS-OXCSTOR_R148 */
	assert_int_equal(a->repl_id, 1);
	assert_memory_equal(&a->repl_guid, &l->replica, sizeof l->replica);
	/* MS-OXCSTOR_R163 */
	assert_memory_equal(&a->per_user_guid, &none, sizeof none);
	assert_true(a->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE] && a->folder_ids.id[PUBLIC_LOGON_FOLDER_NON_IPM_SUBTREE]);
	assert_int_equal(a->folder_ids.id[PUBLIC_LOGON_FOLDER_FREE_BUSY], 0);
	assert_true(l->public_store);
	r.logon_flags = LOGON_GHOSTED;
	a = fixture_ok(&f, ROP_LOGON, 0, &r);
	/* MS-OXCSTOR_R1071 */
	assert_int_equal(a->logon_flags, LOGON_GHOSTED);
	/* MS-OXCSTOR_R835 */
	r.open_flags |= LOGON_OPEN_ALTERNATE_SERVER;
	fixture_refused(&f, ROP_LOGON, 1, &r, 0x80040111);
	/* MS-OXCSTOR_R3110001 */
	r.open_flags = 0;
	fixture_refused(&f, ROP_LOGON, 1, &r, 0x80040111);
	fixture_release(&f, 0);
}

/* The database says that its clients go to another server, which the directory knows. */
static void wrong_server(void **state)
{
	struct rop_logon_request r = request_for("alice");
	struct directory_value role = { .text = "Mailbox" }, fqdn = { .text = "other.contoso.example" };
	struct directory_value dn = { .text = "/o=Contoso/ou=Exchange/cn=Configuration/cn=Servers/cn=other" };
	const struct directory_setting settings[] = { { "ServerRole", DIRECTORY_SET, &role, 1 },
						      { "Fqdn", DIRECTORY_SET, &fqdn, 1 },
						      { "ExchangeLegacyDN", DIRECTORY_SET, &dn, 1 } };
	struct rop_logon_redirect *redirect;
	struct rop_response a;
	struct directory *d = NULL;
	uint64_t id;

	(void)state;
	assert_int_equal(host_directory(f.host, &d, NULL), 0);
	assert_int_equal(directory_create(d, directory_class("ExchangeServer"), "other", 0, settings, 3, &id, &f.why), 0);
	host_directory_return(f.host, d);
	fixture_set(&f, "MailboxDatabase", "Mailbox Database", "RpcClientAccessServer", "other.contoso.example");
	a = fixture_rop(&f, ROP_LOGON, 0, &r);
	assert_int_equal(a.return_value, 0x478);
	redirect = a.body;
	/* MS-OXCSTOR_R1061 */
	assert_int_equal(redirect->logon_flags, LOGON_PRIVATE);
	/* MS-OXCSTOR_R114 */
	assert_int_equal(redirect->server_name.n, strlen(dn.text) + 1);
	/* MS-OXCSTOR_R115 */
	assert_string_equal(redirect->server_name.p, dn.text);
	for (unsigned i = 0; i < 4; i++)
		fixture_refused(&f, ROP_LOGON, 0, &r, 0x478);
	/* MS-OXCSTOR_R3103 */
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x47F);
	f.clock.fixed += 11 * FILETIME_PER_SECOND;
	fixture_refused(&f, ROP_LOGON, 0, &r, 0x478);
	fixture_set(&f, "MailboxDatabase", "Mailbox Database", "RpcClientAccessServer", "cas.contoso.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_mailbox), cmocka_unit_test(flags_come_back), cmocka_unit_test(undefined_flags),
		cmocka_unit_test(nobody), cmocka_unit_test(others), cmocka_unit_test(mapping_of_a_second_mailbox),
		cmocka_unit_test(same_logon_id), cmocka_unit_test(policy_holds), cmocka_unit_test(codepage),
		cmocka_unit_test(public_folders), cmocka_unit_test(wrong_server),
	};

	return FIXTURE_RUN(&f, tests);
}
