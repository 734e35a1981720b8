/* server/host, server/person, server/object: the site shared by threads, people, handles. */
#include "rop_fixture.h"

#include "mapi/entryid.h"
#include "store/mailbox.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static struct fixture f;

/* Mailboxes ------------------------------------------------------------------------------------------------------------------ */

#define THREADS 4
#define ROUNDS 20

/* Each adds folders to one mailbox under its lock, and looks at the directory meanwhile. */
static void *work(void *arg)
{
	const struct guid *mailbox = arg;
	uintptr_t failures = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct shared_mailbox *s = NULL;
		struct directory *d = NULL;
		uint64_t inbox = 0, id = 0, number;
		char name[64];

		(void)snprintf(name, sizeof name, "%lx-%u", (unsigned long)pthread_self(), i);
		if (host_mailbox(f.host, mailbox, &s, NULL)) {
			failures++;
			continue;
		}
		struct mailbox *m = shared_mailbox_lock(s);
		failures += mailbox_begin(m) || folder_by_role(m, MAILBOX_INBOX, &inbox) || folder_create(m, inbox, name, NULL, &id) || mailbox_commit(m);
		shared_mailbox_unlock(s);
		host_mailbox_release(s);
		failures += host_directory(f.host, &d, NULL) || directory_change_number(d, &number, NULL);
		host_directory_return(f.host, d);
	}
	return (void *)failures;
}

static void threads(void **state)
{
	struct guid mailbox = fixture_person(&f, "alice").mailbox;
	struct shared_mailbox *s = NULL;
	pthread_t thread[THREADS];
	struct folder inbox;
	uint64_t id = 0;
	void *failures;

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, work, &mailbox), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], &failures), 0);
		assert_null(failures);
	}
	assert_int_equal(host_mailbox(f.host, &mailbox, &s, &f.why), 0);
	struct mailbox *m = shared_mailbox_lock(s);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &id), 0);
	assert_int_equal(folder_get(m, id, &f.arena, &inbox), 0);
	shared_mailbox_unlock(s);
	host_mailbox_release(s);
	assert_int_equal(inbox.children, THREADS * ROUNDS);
}

/* One object for all; what is left open is rolled back with the lock. */
static void sharing(void **state)
{
	struct guid alice = fixture_person(&f, "alice").mailbox, bob = fixture_person(&f, "bob").mailbox, none = { { 9 } };
	struct shared_mailbox *a = NULL, *again = NULL, *b = NULL;

	(void)state;
	assert_int_equal(host_mailbox(f.host, &alice, &a, &f.why), 0);
	assert_int_equal(host_mailbox(f.host, &alice, &again, &f.why), 0);
	assert_int_equal(host_mailbox(f.host, &bob, &b, &f.why), 0);
	assert_ptr_equal(a, again);
	assert_ptr_not_equal(a, b);
	assert_int_equal(host_mailbox(f.host, &none, &again, &f.why), ecNotFound);
	assert_int_equal(mailbox_begin(shared_mailbox_lock(a)), 0);
	shared_mailbox_unlock(a);
	assert_false(mailbox_in_transaction(shared_mailbox_lock(a)));
	shared_mailbox_unlock(a);
	shared_mailbox_lock_both(b, a);
	shared_mailbox_unlock_both(b, a);
	shared_mailbox_lock_both(a, a);
	shared_mailbox_unlock_both(a, a);
	host_mailbox_release(a);
	host_mailbox_release(a);
	host_mailbox_release(b);
}

/* What nobody uses any more a command may have. */
static void idle(void **state)
{
	struct guid mailbox = fixture_person(&f, "carol").mailbox;
	struct site_options o = { .clock = &f.clock };
	struct shared_mailbox *s = NULL;
	struct site *command = NULL;
	struct mailbox *m = NULL;

	(void)state;
	assert_int_equal(host_mailbox(f.host, &mailbox, &s, &f.why), 0);
	host_close_idle(f.host);
	assert_int_equal(site_open(place(f.engine), &o, NULL, &command, &f.why), 0);
	assert_int_equal(site_mailbox(command, &mailbox, &m, &f.why), ecBusy);
	host_mailbox_release(s);
	host_close_idle(f.host);
	assert_int_equal(site_mailbox(command, &mailbox, &m, &f.why), 0);
	site_release(command, m);
	site_close(command);
}

/* On PostgreSQL several servers have a mailbox, each in its turn, and hear what the others did. */
struct other_side {
	struct host *host;
	struct guid mailbox;
	const char *prefix;
	unsigned failures;
};

static atomic_uint heard;

static void count_changes(void *context, const struct guid *mailbox, const struct mailbox_change *changes, size_t n)
{
	(void)context;
	(void)mailbox;
	(void)changes;
	atomic_fetch_add(&heard, (unsigned)n);
}

#define EACH_SIDE 25u

static void *make_folders(void *arg)
{
	struct other_side *o = arg;
	struct shared_mailbox *s;

	if (host_mailbox(o->host, &o->mailbox, &s, NULL)) {
		print_message("# %s gets no mailbox\n", o->prefix);
		o->failures++;
		return NULL;
	}
	for (unsigned i = 0; i < EACH_SIDE; i++) {
		struct mailbox *m = shared_mailbox_lock(s);
		uint64_t inbox = 0, id;
		char name[32];
		status st = shared_mailbox_ready(s);

		(void)snprintf(name, sizeof name, "%s %u", o->prefix, i);
		if (!st)
			st = mailbox_begin(m);
		if (!st)
			st = folder_by_role(m, MAILBOX_INBOX, &inbox);
		if (!st)
			st = folder_create(m, inbox, name, NULL, &id);
		if (!st)
			st = mailbox_commit(m);
		if (st)
			print_message("# %s: 0x%x: %s\n", name, st, mailbox_failure(m));
		o->failures += st != 0;
		shared_mailbox_unlock(s);
	}
	host_mailbox_release(s);
	return NULL;
}

static void another_server(void **state)
{
	const struct host_options o = { .clock = &f.clock, .changes = count_changes };
	struct shared_mailbox *here = NULL, *there = NULL;
	struct other_side sides[2] = { { .prefix = "here" }, { .prefix = "there" } };
	struct guid mailbox = fixture_person(&f, "carol").mailbox;
	struct host *hosts[2];
	pthread_t threads[2];
	uint64_t inbox = 0, id, child = 0;
	unsigned n = 0;

	(void)state;
	if (f.engine != SQL_POSTGRES)
		return;
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(host_open(place(f.engine), &o, NULL, &hosts[i], &f.why), 0);
	assert_int_equal(host_mailbox(hosts[0], &mailbox, &here, &f.why), 0);
	assert_int_equal(host_mailbox(hosts[1], &mailbox, &there, &f.why), 0);
	/* Ids and change numbers go up from one to the other. */
	for (unsigned i = 0; i < 6; i++) {
		static uint64_t last_cn;
		struct shared_mailbox *s = i % 2 ? there : here;
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
		struct mailbox *m = shared_mailbox_lock(s);
		struct folder row;
		char name[32];

		assert_int_equal(shared_mailbox_ready(s), 0);
		assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
		(void)snprintf(name, sizeof name, "turn %u", i);
		assert_int_equal(mailbox_begin(m), 0);
		assert_int_equal(folder_create(m, inbox, name, NULL, &id), 0);
		assert_int_equal(mailbox_commit(m), 0);
		assert_int_equal(folder_get(m, id, &arena, &row), 0);
		assert_true(row.cn > last_cn);
		assert_true(i == 0 || row.cn < last_cn + 1024);
		last_cn = row.cn;
		shared_mailbox_unlock(s);
	}
	/* Both at once. */
	for (unsigned i = 0; i < 2; i++) {
		sides[i].host = hosts[i];
		sides[i].mailbox = mailbox;
		assert_int_equal(pthread_create(&threads[i], NULL, make_folders, &sides[i]), 0);
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(sides[i].failures, 0);
	}
	struct mailbox *m = shared_mailbox_lock(here);
	for (uint64_t at = 0; !folder_next_child(m, inbox, at, &child) && child; at = child)
		n++;
	shared_mailbox_unlock(here);
	assert_int_equal(n, 6 + 2 * EACH_SIDE);
	/* Each hears of all of them, its own and the other's. */
	for (unsigned i = 0; i < 200 && atomic_load(&heard) < 2 * n; i++)
		(void)usleep(20000);
	assert_int_equal(atomic_load(&heard), 2 * n);
	host_mailbox_release(here);
	host_mailbox_release(there);
	/* A command has it alone, and so has a server that asks for it so. */
	assert_int_equal(host_mailbox_alone(hosts[0], &mailbox, &here, &f.why), 0);
	assert_int_equal(host_mailbox(hosts[1], &mailbox, &there, &f.why), ecBusy);
	assert_int_equal(host_mailbox_alone(hosts[1], &mailbox, &there, &f.why), ecBusy);
	host_mailbox_release(here);
	host_close(hosts[0]);
	host_close(hosts[1]);
}

/* People --------------------------------------------------------------------------------------------------------------------- */

static void people(void **state)
{
	CLEANUP_BUF struct buf id = BUF_MAX(4096), key = BUF_MAX(4096);
	struct person p = fixture_person(&f, "alice@contoso.example"), same;
	struct entryid e;

	(void)state;
	assert_string_equal(p.name, "alice");
	assert_string_equal(p.smtp, "alice@contoso.example");
	assert_string_equal(p.database, "Mailbox Database");
	assert_string_equal(p.rpc_server, "cas.contoso.example");
	assert_true(p.mapi_enabled && p.mapi_http_enabled);
	assert_false(p.administrator || p.block_non_cached || p.block_versions);
	assert_int_equal(p.quota.prohibit_send, (uint64_t)2 << 30);
	assert_true(fixture_person(&f, "Administrator").administrator);
	same = fixture_person(&f, p.legacy_dn);
	assert_int_equal(same.id, p.id);
	assert_int_equal(person_entryid(&p, &id), 0);
	assert_int_equal(entryid_decode(buf_bytes(&id), &e, &f.why), 0);
	assert_int_equal(e.kind, ENTRYID_ADDRESS_BOOK);
	assert_int_equal(person_search_key(&p, &key), 0);
	assert_memory_equal(key.p, "EX:/O=CONTOSO/", 14);
	assert_int_equal(key.p[key.n - 1], 0);
	fixture_set(&f, "CASMailbox", "alice", "MAPIBlockOutlookVersions", "-12.0.0");
	fixture_set(&f, "Mailbox", "alice", "UseDatabaseQuotaDefaults", "False");
	fixture_set(&f, "Mailbox", "alice", "IssueWarningQuota", "4MB");
	fixture_set(&f, "Mailbox", "alice", "ProhibitSendQuota", "5MB");
	fixture_set(&f, "OrganizationConfig", NULL, "MapiHttpEnabled", "False");
	p = fixture_person(&f, "alice");
	assert_string_equal(p.block_versions, "-12.0.0");
	assert_int_equal(p.quota.prohibit_send, 5 << 20);
	assert_false(p.mapi_http_enabled);
}

/* Members of members, and full access by way of a group. */
static void groups(void **state)
{
	struct directory *d = NULL;
	struct person who, owner;
	bool yes = false;

	(void)state;
	fixture_group(&f, "inner", (const char *const[]){ "bob" }, 1);
	fixture_group(&f, "outer", (const char *const[]){ "inner" }, 1);
	who = fixture_person(&f, "bob");
	owner = fixture_person(&f, "alice");
	assert_int_equal(who.n_groups, 2);
	assert_int_equal(host_directory(f.host, &d, &f.why), 0);
	assert_int_equal(person_full_access(d, &who, &owner, &yes, &f.why), 0);
	assert_false(yes);
	host_directory_return(f.host, d);
	fixture_set(&f, "Mailbox", "alice", "FullAccess", "outer");
	assert_int_equal(host_directory(f.host, &d, &f.why), 0);
	assert_int_equal(person_full_access(d, &who, &owner, &yes, &f.why), 0);
	assert_true(yes);
	assert_int_equal(person_by_mailbox(d, &owner.mailbox, &f.arena, &who, &f.why), 0);
	assert_string_equal(who.name, "alice");
	assert_int_equal(person_find(d, "nobody", &f.arena, &who, &f.why), ecNotFound);
	assert_int_equal(person_find(d, "", &f.arena, &who, &f.why), ecNotFound);
	host_directory_return(f.host, d);
}

/* Objects ---------------------------------------------------------------------------------------------------------------------- */

static unsigned freed;

static void thing_free(struct object *o)
{
	freed++;
	free(o);
}

static const struct object_class things = { .name = "thing", .free = thing_free };

static struct object *thing(struct object *parent)
{
	struct object *o = calloc(1, sizeof *o);

	assert_non_null(o);
	object_init(o, OBJECT_STREAM, &things, NULL, parent);
	o->session = f.session;
	return o;
}

static void objects(void **state)
{
	struct object *parent = thing(NULL), *child = thing(parent);
	struct object_table t;
	uint32_t a = 0, b = 0, c = 0;

	(void)state;
	freed = 0;
	object_table_init(&t);
	assert_int_equal(object_table_add(&t, parent, &a), 0);
	assert_int_equal(object_table_add(&t, child, &b), 0);
	assert_int_equal(object_charge(child, 1000), 0);
	assert_int_equal(object_charge(child, SESSION_MEMORY_MAX), ecMemory);
	assert_ptr_equal(object_table_find(&t, b), child);
	assert_null(object_table_find(&t, HANDLE_NONE));
	/* A child keeps its parent. */
	object_table_release(&t, a);
	assert_int_equal(freed, 0);
	assert_true(object_table_had(&t, a));
	object_table_release(&t, b);
	assert_int_equal(freed, 2);
	assert_int_equal(f.session->memory, 0);
	/* A handle is not given out again at once. */
	assert_int_equal(object_table_add(&t, thing(NULL), &c), 0);
	assert_true(c != a && c != b);
	for (uint32_t i = 1; i < SESSION_OBJECTS_MAX; i++)
		assert_int_equal(object_table_add(&t, thing(NULL), &c), 0);
	assert_int_equal(object_table_add(&t, thing(NULL), &c), ecMemory);
	object_table_release(&t, 77);
	assert_int_equal(object_table_add(&t, thing(NULL), &c), 0);
	assert_int_equal(c, 77);
	object_table_free(&t);
	assert_int_equal(freed, SESSION_OBJECTS_MAX + 4);
}

/* What all sessions of an account have is bounded too, and each handle counts. */
static void objects_of_one_account(void **state)
{
	_Atomic size_t account = 0;
	struct object_table t;
	uint32_t handle = 0;

	(void)state;
	f.session->account = &account;
	object_table_init(&t);
	assert_int_equal(object_table_add(&t, thing(NULL), &handle), 0);
	size_t one = account;
	assert_true(one > 0);
	/* Its other sessions have the rest. */
	account = ACCOUNT_MEMORY_MAX - 1;
	assert_int_equal(object_table_add(&t, thing(NULL), &handle), ecMemory);
	assert_int_equal(object_charge(object_table_find(&t, handle), 2), ecMemory);
	assert_int_equal(account, ACCOUNT_MEMORY_MAX - 1);
	assert_int_equal(f.session->memory, one);
	account = one;
	assert_int_equal(object_charge(object_table_find(&t, handle), 1000), 0);
	assert_int_equal(account, one + 1000);
	object_table_free(&t);
	assert_int_equal(account, 0);
	assert_int_equal(f.session->memory, 0);
	f.session->account = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sharing), cmocka_unit_test(threads), cmocka_unit_test(idle), cmocka_unit_test(another_server), cmocka_unit_test(people),
		cmocka_unit_test(groups),  cmocka_unit_test(objects), cmocka_unit_test(objects_of_one_account),
	};

	return FIXTURE_RUN(&f, tests);
}
