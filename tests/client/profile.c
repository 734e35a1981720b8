/* client/profile, client/profile_store: what is kept is what was there; what is damaged or others may look into is refused; stores by their names. */
#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/profile_store.h"

static char data[64];
static struct arena arena = ARENA_BUDGET((size_t)8 << 20);
static struct reason why;

static const struct profile_mailbox mailboxes[] = {
	{ "alice@contoso.example", "Alice", "/o=Contoso/cn=alice", "https://mail/mapi/emsmdb/?MailboxId=1" },
	{ "albert@contoso.example", "", "/o=Contoso/cn=albert", "https://mail/mapi/emsmdb/?MailboxId=2" },
};

static void make(struct profile *p)
{
	profile_init(p, "bob");
	p->address = "bob@contoso.example";
	p->mail_url = "https://mail/mapi/emsmdb/?MailboxId=3";
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(profile_mailbox_add(p, &mailboxes[i], &arena, &why), 0);
}

static void write_json(const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/profiles/bob/profile.json", data);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_kept(void **state)
{
	struct profile p, q;

	(void)state;
	make(&p);
	p.shared_folders = p.public_folders = true;
	p.keep_months = 12;
	assert_int_equal(profile_save(data, &p, &why), 0);
	assert_int_equal(profile_load(data, "bob", &arena, &q, &why), 0);
	assert_string_equal(q.address, p.address);
	assert_true(q.shared_folders && q.public_folders && q.cached && q.keep_months == 12);
	assert_int_equal(q.n_mailboxes, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(q.mailboxes[i].address, mailboxes[i].address);
		assert_string_equal(q.mailboxes[i].display_name, mailboxes[i].display_name);
		assert_string_equal(q.mailboxes[i].mailbox_dn, mailboxes[i].mailbox_dn);
		assert_string_equal(q.mailboxes[i].mail_url, mailboxes[i].mail_url);
	}
}

/* Nothing of a file that is not whole is taken for true, and a name in it leads nowhere else. */
static void test_damaged(void **state)
{
	static const char *const damages[] = {
		"",
		"{",
		"[]",
		"{\"address\":1}",
		"{\"cached\":\"yes\"}",
		"{\"keepMonths\":-1}",
		"{\"download\":\"everything\"}",
		"{\"mailboxes\":{}}",
		"{\"mailboxes\":[1]}",
		"{\"mailboxes\":[{\"address\":\"a@b\"}]}",
		"{\"mailboxes\":[{\"address\":\"../../x\",\"displayName\":\"\",\"mailboxDN\":\"\",\"mailUrl\":\"\"}]}",
		"{\"mailboxes\":[{\"address\":\"\",\"displayName\":\"\",\"mailboxDN\":\"\",\"mailUrl\":\"\"}]}",
	};
	struct profile p;

	(void)state;
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		write_json(damages[i]);
		p = (struct profile){ .name = "untouched" };
		if (profile_load(data, "bob", &arena, &p, &why) != ecCorruptData || !strstr(why.text, "profiles/bob/profile.json"))
			fail_msg("%s: %s", damages[i], why.text);
		assert_string_equal(p.name, "untouched");
	}
	write_json("{\"address\":\"bob@contoso.example\"}");
	assert_int_equal(profile_load(data, "bob", &arena, &p, &why), 0);
	assert_int_equal(p.n_mailboxes, 0);
	assert_true(p.cached && p.encrypt);
}

static void test_others_may_look(void **state)
{
	static const char *const folders[] = { "profiles", "profiles/bob" };
	char path[128];
	struct profile p;

	(void)state;
	make(&p);
	assert_int_equal(profile_save(data, &p, &why), 0);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", data, folders[i]);
		assert_int_equal(chmod(path, 0711), 0);
		assert_int_equal(profile_load(data, "bob", &arena, &p, &why), ecAccessDenied);
		assert_non_null(strstr(why.text, "chmod 700"));
		assert_int_equal(profile_save(data, &p, &why), ecAccessDenied);
		assert_int_equal(chmod(path, 0700), 0);
	}
	assert_int_equal(profile_load(data, "bob", &arena, &p, &why), 0);
}

static void test_stores(void **state)
{
	struct profile_store one, *v = NULL;
	struct profile p, q;
	size_t n = 0;

	(void)state;
	make(&p);
	assert_int_equal(profile_stores(data, &p, &arena, &v, &n, &why), 0);
	assert_int_equal(n, 1);
	p.shared_folders = p.public_folders = true;
	assert_int_equal(profile_stores(data, &p, &arena, &v, &n, &why), 0);
	assert_int_equal(n, 4);
	assert_true(v[0].kind == REMOTE_OWN && v[1].kind == REMOTE_OTHER && v[3].kind == REMOTE_PUBLIC);
	assert_string_equal(v[1].title, "Alice");
	assert_string_equal(v[2].title, "albert@contoso.example");
	assert_string_equal(v[1].profile.mailbox_dn, "/o=Contoso/cn=alice");
	assert_string_equal(v[3].profile.mail_url, p.mail_url);
	assert_non_null(strstr(v[1].folder, "/profiles/bob/stores/alice@contoso.example"));
	/* By name. */
	assert_int_equal(profile_store_find(data, &p, NULL, &arena, &one, &why), 0);
	assert_int_equal(one.kind, REMOTE_OWN);
	assert_int_equal(profile_store_find(data, &p, "BOB@contoso.example", &arena, &one, &why), 0);
	assert_int_equal(one.kind, REMOTE_OWN);
	assert_int_equal(profile_store_find(data, &p, "Public", &arena, &one, &why), 0);
	assert_int_equal(one.kind, REMOTE_PUBLIC);
	assert_int_equal(profile_store_find(data, &p, "ali", &arena, &one, &why), 0);
	assert_string_equal(one.name, "alice@contoso.example");
	assert_int_equal(profile_store_find(data, &p, "al", &arena, &one, &why), ecInvalidParam);
	assert_int_equal(profile_store_find(data, &p, "carol", &arena, &one, &why), ecNotFound);
	assert_non_null(strstr(why.text, "albert@contoso.example, public"));
	/* Of a profile that is named with it. */
	assert_int_equal(profile_save(data, &p, &why), 0);
	assert_int_equal(profile_store_named(data, "bob/alice", &arena, &q, &one, &why), 0);
	assert_string_equal(one.name, "alice@contoso.example");
	assert_int_equal(profile_store_named(data, "bob", &arena, &q, &one, &why), 0);
	assert_int_equal(one.kind, REMOTE_OWN);
	assert_int_equal(profile_store_named(data, "/public", &arena, &q, &one, &why), 0);
	assert_int_equal(one.kind, REMOTE_PUBLIC);
	assert_int_equal(profile_store_named(data, "bob/../../x", &arena, &q, &one, &why), ecNotFound);
	assert_int_equal(profile_store_prepare(&one, data, &why), 0);
}

static void test_added_and_removed(void **state)
{
	const struct profile_mailbox again = { "ALICE@contoso.example", "Alice B.", "/o=Contoso/cn=alice2", "" }, own = { "bob@contoso.example", "", "", "" },
				     strange = { "a/b@contoso.example", "", "", "" }, public = { "public", "", "", "" };
	struct profile p;

	(void)state;
	make(&p);
	/* Known better, in the folder that it has. */
	assert_int_equal(profile_mailbox_add(&p, &again, &arena, &why), 0);
	assert_int_equal(p.n_mailboxes, 2);
	assert_string_equal(p.mailboxes[0].address, "alice@contoso.example");
	assert_string_equal(p.mailboxes[0].mailbox_dn, "/o=Contoso/cn=alice2");
	assert_int_equal(profile_mailbox_add(&p, &own, &arena, &why), ecDuplicateName);
	assert_int_equal(profile_mailbox_add(&p, &strange, &arena, &why), ecInvalidParam);
	assert_int_equal(profile_mailbox_add(&p, &public, &arena, &why), ecInvalidParam);
	assert_int_equal(profile_mailbox_remove(&p, "carol", &arena, &why), ecNotFound);
	assert_int_equal(profile_mailbox_remove(&p, "ALICE@contoso.example", &arena, &why), 0);
	assert_int_equal(p.n_mailboxes, 1);
	assert_string_equal(p.mailboxes[0].address, "albert@contoso.example");
}

static void test_secret(void **state)
{
	char password[SECRET_ROOM], longest[SECRET_ROOM], longer[SECRET_ROOM + 1], command[200];
	struct profile p;

	(void)state;
	assert_int_equal(unsetenv("DBUS_SESSION_BUS_ADDRESS"), 0);
	make(&p);
	assert_int_equal(profile_save(data, &p, &why), 0);
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(secret_set(data, &p, longest, &why), 0);
	assert_int_equal(p.secret, PROFILE_SECRET_FILE);
	assert_int_equal(secret_get(data, &p, password, sizeof password, &why), 0);
	assert_string_equal(password, longest);
	assert_int_equal(secret_set(data, &p, longer, &why), ecTooBig);
	assert_int_equal(secret_get(data, &p, password, 8, &why), ecTooBig);
	p.secret = PROFILE_SECRET_COMMAND;
	p.password_command = "printf 'one\\ntwo\\n'; yes | head -c 300000";
	assert_int_equal(secret_get(data, &p, password, sizeof password, &why), 0);
	assert_string_equal(password, "one");
	(void)snprintf(command, sizeof command, "head -c %u /dev/zero | tr '\\0' x", SECRET_ROOM);
	p.password_command = command;
	assert_int_equal(secret_get(data, &p, password, sizeof password, &why), ecTooBig);
	p.password_command = "printf 'a\\0b\\n'";
	assert_int_equal(secret_get(data, &p, password, sizeof password, &why), ecInvalidParam);
	p.password_command = "printf 'a\\n'; exit 1";
	assert_int_equal(secret_get(data, &p, password, sizeof password, &why), ecNotFound);
}

static int drop(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static int begin(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char pattern[64];

	(void)state;
	(void)snprintf(pattern, sizeof pattern, "%.30s/postern-profile-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(pattern))
		return 1;
	memcpy(data, pattern, sizeof data);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)nftw(data, drop, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),   cmocka_unit_test(test_damaged),		 cmocka_unit_test(test_others_may_look),
		cmocka_unit_test(test_stores), cmocka_unit_test(test_added_and_removed), cmocka_unit_test(test_secret),
	};

	return cmocka_run_group_tests_name("profile", tests, begin, end);
}
