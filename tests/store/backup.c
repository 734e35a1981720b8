/* Backups of a site on both engines: made, verified, restored into the other engine; one mailbox back, and beside. */
#include "backups.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

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

/* Writes two mails in each transaction until the other end of the pipe is closed. */
static void keep_writing(int fd, const struct guid *g)
{
	struct pollfd p = { .fd = fd };
	struct site *s = open_at(live, false);
	uint64_t inbox = 0;
	struct mailbox *m;

	ok(site_mailbox(s, g, &m, &why));
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	for (bool told = false; poll(&p, 1, 0) == 0; told = true) {
		assert_int_equal(mailbox_begin(m), 0);
		add_mail(m, inbox, "one", 100, 0);
		add_mail(m, inbox, "two", 100, 0);
		assert_int_equal(mailbox_commit(m), 0);
		if (!told)
			assert_int_equal(write(fd, "x", 1), 1);
	}
	site_release(s, m);
	site_close(s);
}

/* Another process has the mailbox open, and writes: each backup has what was committed at one moment. */
static void written_on(enum sql_engine e)
{
	int ends[2], ended;
	char byte;

	begin(e);
	change(live, "alice", 2, 100, 0);
	(void)backup(false);
	struct guid g = guid_at(live, "alice");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		keep_writing(ends[1], &g);
		_exit(0);
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	uint64_t before = 2;
	for (unsigned i = 0; i < 3; i++) {
		struct backup_result r = backup(false);

		assert_true(r.whole);
		assert_int_equal(r.outcomes[BACKUP_BUSY], 0);
		drop(other);
		ok(try_restore(NULL, NULL, other, NULL, false, NULL));
		uint64_t n = items(other, "alice");
		assert_true(n >= before && n % 2 == 0);
		before = n;
		assert_true(verify().good);
	}
	assert_true(before > 2);
	/* It is still there, and nobody else may write. */
	struct site *s = open_at(live, false);
	struct mailbox *m;
	assert_int_equal(site_mailbox(s, &g, &m, &why), ecBusy);
	site_close(s);
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &ended, 0), pid);
	assert_int_equal(ended, 0);
	assert_true(items(live, "alice") >= before);
	finish(e);
}

/* As version 1 of the schema was: what came later is not there. */
static void make_old(const char *name)
{
	struct guid g = guid_at(live, name);
	struct sql *db;

	ok(backup_place_open(live, &g, 0, &db, &why));
	assert_int_equal(sql_execute(db, "DROP TABLE activity; DROP TABLE per_user; DROP TABLE replica; DROP TABLE rule;"
					 "ALTER TABLE message DROP COLUMN groups;"
					 "UPDATE meta SET number = 1 WHERE name = 'schema'"), 0);
	sql_close(db);
}

static const struct guid reader = { { 8 } };

/* Bob's Inbox as public folders are, with what somebody has read there; then as version 4 of the schema was. */
static void make_read(void)
{
	struct guid g = guid_at(live, "bob");
	struct site *s = open_at(live, false);
	uint64_t inbox, id = 0;
	struct mailbox *m;
	struct sql *db;

	ok(site_mailbox(s, &g, &m, &why));
	mailbox_read_as(m, &reader);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(message_next(m, inbox, false, false, 0, &id), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(message_set_read(m, id, true), 0);
	assert_int_equal(mailbox_commit(m), 0);
	site_release(s, m);
	site_close(s);
	ok(backup_place_open(live, &g, 0, &db, &why));
	assert_int_equal(sql_execute(db, "DROP INDEX per_user_folder; ALTER TABLE per_user DROP COLUMN changed; UPDATE meta SET number = 4 WHERE name = 'schema'"), 0);
	sql_close(db);
}

/* Of the first two messages. */
static unsigned read_at(const char *location, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct guid g = guid_at(location, name);
	struct site *s = open_at(location, false);
	struct message_info info;
	uint64_t inbox, id = 0;
	struct mailbox *m;
	unsigned n = 0;

	ok(site_mailbox(s, &g, &m, &why));
	mailbox_read_as(m, &reader);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(message_next(m, inbox, false, false, id, &id), 0);
		assert_int_equal(message_info(m, id, &arena, &info), 0);
		n = 10 * n + info.read;
	}
	mailbox_read_as(m, NULL);
	site_release(s, m);
	site_close(s);
	return n;
}

/* What was backed up before an upgrade is good after it, wherever it is restored to. */
static void older_on(enum sql_engine e)
{
	struct backup_restored_mailbox r;

	begin(e);
	change(live, "alice", 4, 100, 1);
	make_old("alice");
	change(live, "bob", 2, 100, 0);
	make_read();
	(void)backup(false);
	if (!verify().good)
		fail_msg("%s", last_finding);
	ok(try_restore(NULL, NULL, other, NULL, false, NULL));
	assert_int_equal(items(other, "alice"), 3);
	assert_int_equal(read_at(other, "bob"), 10);
	change(live, "alice", 5, 100, 0);
	ok(try_restore("alice", NULL, live, NULL, true, &r));
	assert_int_equal(items(live, "alice"), 3);
	ok(try_restore("alice", NULL, live, "bob", true, &r));
	assert_int_equal(items(live, "bob"), 3);
	/* From here on it is one of today. */
	change(live, "alice", 1, 100, 0);
	(void)backup(false);
	assert_true(verify().good);
	assert_int_equal(items(live, "alice"), 4);
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
ON_EACH(written)
ON_EACH(older)
ON_EACH(pruned)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(other_engine), cmocka_unit_test(one_mailbox), cmocka_unit_test(gone),
		cmocka_unit_test(chosen),     cmocka_unit_test(written),    cmocka_unit_test(older),     cmocka_unit_test(pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
