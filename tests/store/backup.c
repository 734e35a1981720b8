/* Backups of a site on both engines: made, verified, restored into the other engine; one mailbox back, and beside. */
#include "backups.h"

/* Made, verified, restored -------------------------------------------------------------------------------------------------- */

static void round_trip_on(enum sql_engine e)
{
	begin(e);
	change(live, "alice", 20, 3000, 0);
	change(live, "bob", 3, 300000, 0);
	struct backup_result r = backup(false);
	assert_int_equal(r.number, 1);
	assert_int_equal(r.parent, 0);
	assert_true(r.whole);
	assert_int_equal(r.messages, 23);
	assert_int_equal(r.outcomes[BACKUP_TAKEN_FULL], 3); /* the administrator has a mailbox too */
	assert_true(is_set("LastFullBackup"));
	assert_false(is_set("LastIncrementalBackup"));

	change(live, "alice", 5, 100, 4);
	r = backup(false);
	assert_int_equal(r.number, 2);
	assert_int_equal(r.outcomes[BACKUP_TAKEN_CHANGES], 1);
	assert_int_equal(r.outcomes[BACKUP_UNCHANGED], 2);
	assert_true(r.messages < 10);
	assert_true(is_set("LastIncrementalBackup"));
	r = backup(false);
	assert_int_equal(r.outcomes[BACKUP_UNCHANGED], 3);
	assert_int_equal(r.messages, 0);

	assert_false(is_set("LastVerifiedBackup"));
	struct backup_verdict v = verify();
	if (!v.good)
		fail_msg("%s", last_finding);
	assert_int_equal(v.number, 3);
	assert_int_equal(v.mailboxes, 3);
	assert_int_equal(v.compared, v.messages);
	assert_true(v.noted);
	assert_true(is_set("LastVerifiedBackup"));
	/* What changes afterwards is no finding. */
	change(live, "alice", 2, 100, 3);
	v = verify();
	if (!v.good || findings_told)
		fail_msg("%s", last_finding);
	assert_true(v.compared < v.messages);
	finish(e);
}

/* Into the other engine, and back into this one. */
static void other_engine_on(enum sql_engine e)
{
	enum sql_engine into = e == SQL_SQLITE && engine_here(SQL_POSTGRES) ? SQL_POSTGRES : SQL_SQLITE;
	char target[600];

	begin(e);
	change(live, "alice", 12, 2000, 0);
	change(live, "bob", 2, 200000, 0);
	(void)backup(false);
	change(live, "bob", 1, 70000, 1);
	(void)backup(false);
	struct guid alice = guid_at(live, "alice");
	if (into == e)
		(void)snprintf(target, sizeof target, "%s", other);
	else
		(void)snprintf(target, sizeof target, "%s", into == SQL_SQLITE ? other : place(into));
	if (into == SQL_POSTGRES)
		drop_place(into);
	ok(try_restore(NULL, NULL, target, NULL, false, NULL));
	assert_int_equal(items(target, "alice"), 12);
	assert_int_equal(items(target, "bob"), 2);
	struct guid again = guid_at(target, "alice");
	assert_true(guid_equal(&alice, &again));
	/* It is in use from here on: ids are far above those that were given away before. */
	change(target, "alice", 1, 10, 0);
	/* Not again over it. */
	assert_int_equal(try_restore(NULL, NULL, target, NULL, false, NULL), ecDuplicateName);
	if (into == SQL_POSTGRES)
		drop_place(into);
	/* As of the first one. */
	drop(other);
	ok(try_restore(NULL, "1", other, NULL, false, NULL));
	assert_int_equal(items(other, "bob"), 2);
	finish(e);
}

ON_EACH(round_trip)
ON_EACH(other_engine)

/* One mailbox ------------------------------------------------------------------------------------------------------------------ */

static struct mailbox_identity identity(const char *location, const char *name)
{
	struct guid g = guid_at(location, name);
	struct site *s = open_at(location, false);
	struct mailbox *m;

	ok(site_mailbox(s, &g, &m, &why));
	struct mailbox_identity i = *mailbox_identity(m);
	site_release(s, m);
	site_close(s);
	return i;
}

static void one_mailbox_on(enum sql_engine e)
{
	struct backup_restored_mailbox r;

	begin(e);
	change(live, "alice", 6, 500, 0);
	(void)backup(false);
	change(live, "alice", 4, 500, 0);
	(void)backup(false);
	struct mailbox_identity before = identity(live, "alice");

	/* It is there: only with --replace, and then it is the same one. */
	assert_int_equal(try_restore("alice", NULL, live, NULL, false, &r), ecDuplicateName);
	assert_non_null(strstr(why.text, "--replace"));
	assert_int_equal(items(live, "alice"), 10);
	ok(try_restore("alice", "1", live, NULL, true, &r));
	assert_true(r.replaced && !r.disconnected && !r.made);
	assert_int_equal(items(live, "alice"), 6);
	struct mailbox_identity after = identity(live, "alice");
	assert_memory_equal(&before, &after, sizeof before);

	/* A copy has an identity of its own; who has a mailbox keeps it. */
	ok(try_restore("alice@contoso.example", NULL, live, "alice-old", false, &r));
	assert_true(r.made);
	assert_int_equal(items(live, "alice-old"), 10);
	after = identity(live, "alice-old");
	assert_false(guid_equal(&before.mailbox, &after.mailbox));
	assert_false(guid_equal(&before.replica, &after.replica));
	assert_int_equal(try_restore("alice", NULL, live, "bob", false, &r), ecDuplicateName);
	assert_int_equal(items(live, "bob"), 0);
	ok(try_restore("alice", NULL, live, "bob", true, &r));
	assert_int_equal(items(live, "bob"), 10);

	/* After a restore changes are not told by change numbers of before: all of it is written. */
	struct backup_result b = backup(false);
	assert_int_equal(b.outcomes[BACKUP_TAKEN_FULL], 3);
	struct backup_verdict v = verify();
	if (!v.good)
		fail_msg("%s", last_finding);
	assert_int_equal(try_restore("nobody", NULL, live, NULL, false, &r), ecNotFound);
	finish(e);
}

/* The person and the mailbox are gone: it comes back as one of nobody. */
static void gone_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct backup_restored_mailbox r;
	const struct directory_object *o;

	begin(e);
	change(live, "alice", 6, 500, 0);
	(void)backup(false);
	struct guid alice = guid_at(live, "alice");
	struct site *s = open_at(live, false);
	ok(directory_find(site_directory(s), directory_class("Mailbox"), "alice", &arena, &o, &why));
	ok(site_delete_mailbox(s, o->id, true, &why));
	site_close(s);
	(void)backup(false);
	assert_int_equal(try_restore("alice", NULL, live, NULL, false, &r), ecNotFound);
	ok(try_restore("alice", "1", live, NULL, false, &r));
	assert_true(r.disconnected && !r.replaced);
	s = open_at(live, false);
	char text[GUID_TEXT_SIZE];
	guid_format(&alice, text);
	ok(directory_find(site_directory(s), directory_class("DisconnectedMailbox"), text, &arena, &o, &why));
	uint64_t id = o->id, user = 0;
	/* ... and to somebody. */
	ok(directory_create(site_directory(s), directory_class("User"), "alice", 0, NULL, 0, &user, &why));
	ok(site_connect_mailbox(s, id, user, &why));
	site_close(s);
	assert_int_equal(items(live, "alice"), 6);
	finish(e);
}

ON_EACH(one_mailbox)
ON_EACH(gone)

/* Whose it is ---------------------------------------------------------------------------------------------------------------------- */

static void chosen_on(enum sql_engine e)
{
	const char *const only_bob[] = { "bob", NULL }, *const nobody[] = { "nobody", NULL };
	struct backup_options o = { .mailboxes = only_bob };
	struct backup_result r;

	begin(e);
	change(live, "alice", 2, 100, 0);
	struct site *s = open_at(live, false);
	ok(backup_run(s, dest, &o, &r, &why));
	assert_false(r.whole);
	assert_int_equal(r.outcomes[BACKUP_TAKEN_FULL], 1);
	o.mailboxes = NULL;
	ok(backup_run(s, dest, &o, &r, &why));
	assert_true(r.whole);
	assert_int_equal(r.outcomes[BACKUP_TAKEN_FULL], 2);
	o.mailboxes = only_bob;
	/* The others stay in it as they were. */
	ok(backup_run(s, dest, &o, &r, &why));
	assert_true(r.whole);
	o.mailboxes = nobody;
	assert_int_equal(backup_run(s, dest, &o, &r, &why), ecNotFound);
	assert_non_null(strstr(why.text, "nobody"));
	site_close(s);
	assert_true(verify().good);
	/* A folder of another organisation. */
	drop_place(e);
	person("alice");
	assert_int_equal(try_backup(false, &r), ecDuplicateName);
	assert_non_null(strstr(why.text, "another organisation"));
	finish(e);
}

/* A mailbox in a file belongs to one process at a time: one that is in use stays as it was, and that is said. */
static void busy_on(enum sql_engine e)
{
	struct backup_result r;
	struct mailbox *m;

	begin(e);
	change(live, "alice", 2, 100, 0);
	(void)backup(false);
	change(live, "alice", 2, 100, 0);
	struct guid g = guid_at(live, "alice");
	struct site *holder = open_at(live, false);
	ok(site_mailbox(holder, &g, &m, &why));
	r = backup(false);
	assert_true(r.whole);
	if (e == SQL_SQLITE) {
		assert_int_equal(r.outcomes[BACKUP_BUSY], 1);
	} else {
		assert_int_equal(r.outcomes[BACKUP_BUSY], 0);
		assert_int_equal(r.outcomes[BACKUP_TAKEN_CHANGES], 1);
	}
	site_release(holder, m);
	site_close(holder);
	r = backup(false);
	assert_int_equal(r.outcomes[BACKUP_TAKEN_CHANGES], e == SQL_SQLITE ? 1 : 0);
	assert_true(verify().good);
	finish(e);
}

static void pruned_on(enum sql_engine e)
{

	begin(e);
	for (unsigned i = 0; i < 5; i++) {
		change(live, "alice", 3, 3000, 1);
		(void)backup(i == 2);
	}
	{
		CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
		struct backup_pruned p = { 0 };

		ok(backup_set_open(dest, BACKUP_SET_CHANGE, &set, &why));
		ok(backup_set_prune(&set, 2, true, &p, &why));
		assert_int_equal(p.backups, 3);
		assert_int_equal(set.n, 5);
		ok(backup_set_prune(&set, 2, false, &p, &why));
		assert_int_equal(p.backups, 3);
		assert_true(p.parts >= 2);
		assert_int_equal(set.n, 2);
		assert_int_equal(backup_set_prune(&set, 0, false, &p, NULL), ecInvalidParam);
		/* Held by us. */
		struct backup_set second;
		assert_int_equal(backup_set_open(dest, BACKUP_SET_CHANGE, &second, &why), ecBusy);
	}
	assert_true(verify().good);
	ok(try_restore(NULL, "4", other, NULL, false, NULL));
	assert_int_equal(items(other, "alice"), 8);
	assert_int_equal(try_restore(NULL, "2", other, NULL, false, NULL), ecNotFound);
	(void)backup(false);
	assert_true(verify().good);
	finish(e);
}

ON_EACH(chosen)
ON_EACH(busy)
ON_EACH(pruned)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(other_engine), cmocka_unit_test(one_mailbox), cmocka_unit_test(gone),
		cmocka_unit_test(chosen),     cmocka_unit_test(busy),	      cmocka_unit_test(pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
