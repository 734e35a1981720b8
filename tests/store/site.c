/* A site on both engines: the first start, mailboxes that come and go, handles, and who may open what. */
#include "places.h"

#include "store/directory_logon.h"
#include "store/folder.h"

#define ON_EACH(name)                             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		on_each_engine(name##_on);        \
	}

struct scene {
	struct site *site;
	struct directory *d;
	struct clock clock;
	struct site_options options;
	struct site_first first;
	struct arena arena;
	struct reason why;
	enum sql_engine engine;
};

static void scene_open(struct scene *s)
{
	if (site_open(place(s->engine), &s->options, &s->first, &s->site, &s->why))
		fail_msg("%s: %s", engine_name(s->engine), s->why.text);
	s->d = site_directory(s->site);
}

static void scene_begin(struct scene *s, enum sql_engine e)
{
	memset(s, 0, sizeof *s);
	s->engine = e;
	s->clock = clock_fixed(133000000000000000u);
	s->options = (struct site_options){ .clock = &s->clock, .create = true, .organization = "Contoso", .domain = "contoso.example",
					    .host = "cas.contoso.example" };
	arena_init(&s->arena, (size_t)64 << 20);
	drop_place(e);
	scene_open(s);
}

static void scene_end(struct scene *s)
{
	site_close(s->site);
	arena_free(&s->arena);
	drop_place(s->engine);
}

static const struct directory_object *find(struct scene *s, const char *class, const char *identity)
{
	const struct directory_object *o = NULL;

	if (directory_find(s->d, directory_class(class), identity, &s->arena, &o, &s->why))
		fail_msg("%s", s->why.text);
	return o;
}

static status look(struct scene *s, const char *class, const char *identity)
{
	const struct directory_object *o;

	return directory_find(s->d, directory_class(class), identity, &s->arena, &o, &s->why);
}

static uint64_t person(struct scene *s, const char *name)
{
	uint64_t id = 0;

	if (site_create_mailbox(s->site, name, NULL, 0, NULL, &id, &s->why))
		fail_msg("%s", s->why.text);
	return id;
}

static struct guid guid_of(struct scene *s, const char *identity)
{
	struct guid g = { { 0 } };

	assert_true(directory_guid(find(s, "Mailbox", identity), "ExchangeGuid", &g));
	return g;
}

static uint64_t count(struct scene *s, const char *class)
{
	uint64_t n = 0;

	assert_int_equal(directory_count(s->d, &(struct directory_query){ .as = directory_class(class) }, &n, &s->why), 0);
	return n;
}

static size_t orphans(struct scene *s)
{
	struct guid *list;
	size_t n = 0;

	assert_int_equal(site_orphans(s->site, &s->arena, &list, &n, &s->why), 0);
	return n;
}

/* The first start -------------------------------------------------------------------------------------------------------- */

static void first_start_on(enum sql_engine e)
{
	struct scene s;
	const struct directory_object *o;
	struct logon_verdict v;
	struct mailbox *m;
	struct guid g;
	uint64_t inbox;

	scene_begin(&s, e);
	assert_true(s.first.made);
	assert_string_equal(s.first.address, "Administrator@contoso.example");
	assert_int_equal(strlen(s.first.password), 29);
	/* Everything that an administrator expects to find. */
	assert_string_equal(find(&s, "OrganizationConfig", NULL)->name, "Contoso");
	assert_true(directory_is(find(&s, "AcceptedDomain", "contoso.example"), "Default"));
	assert_string_equal(directory_text(find(&s, "ExchangeServer", "cas"), "Fqdn"), "cas.contoso.example");
	assert_string_equal(directory_text(find(&s, "OwaVirtualDirectory", "owa (default web site)"), "InternalUrl"), "https://cas.contoso.example/owa");
	assert_string_equal(directory_text(find(&s, "MailboxDatabase", "mailbox database"), "RPCClientAccessServer"), "cas.contoso.example");
	(void)find(&s, "RpcClientAccess", "cas");
	(void)find(&s, "AddressList", "Default Global Address List");
	(void)find(&s, "TransportConfig", NULL);
	o = find(&s, "RoleGroup", "Organization Management");
	assert_string_equal(directory_text(o, "Members"), "Administrator");
	/* The password works, for this one. */
	assert_int_equal(directory_verify(s.d, s.first.address, s.first.password, &s.arena, &o, &v, &s.why), 0);
	assert_string_equal(o->name, "Administrator");
	assert_string_equal(o->as->name, "Mailbox");
	assert_int_equal(directory_verify(s.d, s.first.address, "wrong", &s.arena, &o, &v, &s.why), ecLoginFailure);
	/* The mailbox is there. */
	g = guid_of(&s, "administrator");
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	assert_memory_equal(&mailbox_identity(m)->mailbox, &g, sizeof g);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	site_release(s.site, m);
	/* The second start finds it, and says no password. */
	site_close(s.site);
	scene_open(&s);
	assert_false(s.first.made);
	assert_string_equal(s.first.password, "");
	assert_int_equal(count(&s, "Mailbox"), 1);
	assert_int_equal(orphans(&s), 0);
	scene_end(&s);
}
ON_EACH(first_start)

/* Whatever step of a first start fails, the next one makes a whole organisation. */
static void first_start_interrupted_on(enum sql_engine e)
{
	struct scene s;
	bool made = false;
	unsigned n = 1, failures = 0;

	scene_begin(&s, e);
	site_close(s.site);
	/* Steps grow, so that all kinds of them fail and the test ends. */
	for (; !made; n += 1 + n / 2) {
		struct site_first first;

		assert_true(n < 100000);
		drop_place(e);
		sql_fail_after(n);
		status st = site_open(place(e), &s.options, &first, &s.site, &s.why);
		sql_fail_after(0);
		made = !st;
		failures += !made;
		if (!made) {
			assert_false(first.made);
			scene_open(&s);
			assert_true(s.first.made);
		}
		s.d = site_directory(s.site);
		assert_int_equal(count(&s, "Mailbox"), 1);
		assert_int_equal(count(&s, "AddressList"), 4);
		assert_int_equal(orphans(&s), 0);
		struct guid g = guid_of(&s, "administrator");
		struct mailbox *m;
		assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
		site_release(s.site, m);
		site_close(s.site);
	}
	assert_true(failures > 10);
	scene_open(&s);
	scene_end(&s);
}
ON_EACH(first_start_interrupted)

static void not_there_on(enum sql_engine e)
{
	struct site_options options = { .create = false };
	struct site_first first;
	struct reason why = { "" };
	struct site *site = NULL;
	struct scene s;

	drop_place(e);
	assert_int_equal(site_open(place(e), &options, &first, &site, &why), ecNotFound);
	assert_non_null(strstr(why.text, "--data"));
	options.create = true;
	assert_int_equal(site_open(place(e), &options, NULL, &site, &why), ecInvalidParam); /* nobody would hear the password */
	options.domain = "not a domain";
	assert_int_equal(site_open(place(e), &options, &first, &site, &why), ecInvalidParam);
	options.domain = NULL;
	options.create = false;
	assert_int_equal(site_open(place(e), &options, &first, &site, &why), ecNotFound); /* tables alone are no site */
	assert_null(site);
	site_close(NULL);
	scene_begin(&s, e);
	scene_end(&s);
}
ON_EACH(not_there)

/* Mailboxes ----------------------------------------------------------------------------------------------------------------- */

static void made_up_on(enum sql_engine e)
{
	static const char *const names[][2] = { { "Jürgen K. Groß", "Juergen.K.Gross" }, { "alice", "alice" }, { "Alice", "Alice2" }, { "Ωμέγα", "user" },
						{ "日本", "user2" }, { "a b  c", "a.b.c" }, { "O'Brien, Pat", "OBrien.Pat" } };
	struct scene s;

	scene_begin(&s, e);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *name = i == 2 ? "Alice B" : names[i][0];
		uint64_t id;

		if (i == 2) { /* the name of alice is taken; its alias too */
			assert_int_equal(site_create_mailbox(s.site, "ALICE", NULL, 0, NULL, &id, &s.why), ecDuplicateName);
			continue;
		}
		id = person(&s, name);
		const struct directory_object *o = find(&s, "Mailbox", name);
		assert_int_equal(o->id, id);
		assert_string_equal(directory_text(o, "Alias"), names[i][1]);
		assert_string_equal(directory_text(o, "DisplayName"), name);
		assert_non_null(strstr(directory_text(o, "LegacyExchangeDN"), "/o=Contoso/ou=Exchange Administrative Group"));
		assert_string_equal(directory_text(o, "Database"), "Mailbox Database");
		assert_string_equal(directory_text(o, "RecipientTypeDetails"), "UserMailbox");
	}
	assert_int_equal(orphans(&s), 0);
	scene_end(&s);
}
ON_EACH(made_up)

/* What was given is taken; what is refused leaves no store behind. */
static void given_on(enum sql_engine e)
{
	struct scene s;
	struct directory_setting set[3];
	const char *alias = "bob", *address = "robert@contoso.example", *outside = "robert@fabrikam.example";
	const struct directory_class *c = directory_class("Mailbox");
	const struct directory_object *o;
	struct logon_verdict v;
	uint64_t id = 0;

	scene_begin(&s, e);
	assert_int_equal(directory_setting(s.d, c, "Alias", DIRECTORY_SET, &alias, 1, &s.arena, &set[0], &s.why), 0);
	assert_int_equal(directory_setting(s.d, c, "PrimarySmtpAddress", DIRECTORY_SET, &outside, 1, &s.arena, &set[1], &s.why), 0);
	assert_int_equal(site_create_mailbox(s.site, "Robert", set, 2, "long enough", &id, &s.why), ecInvalidParam);
	assert_int_equal(look(&s, "User", "Robert"), ecNotFound);
	assert_int_equal(directory_setting(s.d, c, "PrimarySmtpAddress", DIRECTORY_SET, &address, 1, &s.arena, &set[1], &s.why), 0);
	assert_int_equal(site_create_mailbox(s.site, "Robert", set, 2, "short", &id, &s.why), ecInvalidParam);
	assert_non_null(strstr(s.why.text, "MinPasswordLength"));
	assert_int_equal(look(&s, "User", "Robert"), ecNotFound);
	assert_int_equal(id, 0);
	assert_int_equal(site_create_mailbox(s.site, "Robert", set, 2, "long enough", &id, &s.why), 0);
	o = find(&s, "Mailbox", "Robert");
	assert_string_equal(directory_text(o, "Alias"), "bob");
	assert_string_equal(directory_text(o, "PrimarySmtpAddress"), "robert@contoso.example");
	assert_int_equal(directory_verify(s.d, "robert@contoso.example", "long enough", &s.arena, &o, &v, &s.why), 0);
	assert_int_equal(directory_verify(s.d, "CONTOSO\\bob", "long enough", &s.arena, &o, &v, &s.why), 0);
	assert_int_equal(orphans(&s), 0);
	scene_end(&s);
}
ON_EACH(given)

/* Disable, connect to somebody else, with the mail that was in it. */
static void disconnect_and_connect_on(enum sql_engine e)
{
	struct scene s;
	const struct directory_object *gone;
	struct guid g, other;
	struct mailbox *m;
	uint64_t alice, carol, folder, id;
	const char *old;

	scene_begin(&s, e);
	alice = person(&s, "alice");
	g = guid_of(&s, "alice");
	old = directory_text(find(&s, "Mailbox", "alice"), "LegacyExchangeDN");
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(folder_by_role(m, MAILBOX_IPM_SUBTREE, &folder), 0);
	assert_int_equal(folder_create(m, folder, "Kept", NULL, &id), 0);
	assert_int_equal(mailbox_commit(m), 0);
	assert_int_equal(site_disable_mailbox(s.site, alice, &s.why), ecBusy); /* somebody is in it */
	site_release(s.site, m);

	assert_int_equal(site_disable_mailbox(s.site, alice, &s.why), 0);
	assert_int_equal(look(&s, "Mailbox", "alice"), ecNotFound);
	assert_string_equal(directory_text(find(&s, "User", "alice"), "RecipientType"), "User");
	gone = find(&s, "DisconnectedMailbox", "alice");
	assert_string_equal(directory_text(gone, "DisplayName"), "alice");
	assert_int_equal(site_disable_mailbox(s.site, alice, &s.why), ecNotFound);
	assert_int_equal(orphans(&s), 0);

	/* alice gets a new one, another one; carol gets the old. */
	assert_int_equal(site_enable_mailbox(s.site, alice, NULL, 0, &s.why), 0);
	assert_int_equal(site_enable_mailbox(s.site, alice, NULL, 0, &s.why), ecDuplicateName);
	other = guid_of(&s, "alice");
	assert_memory_not_equal(&g, &other, sizeof g);
	assert_string_not_equal(directory_text(find(&s, "Mailbox", "alice"), "LegacyExchangeDN"), old);
	assert_int_equal(site_connect_mailbox(s.site, gone->id, alice, &s.why), ecDuplicateName);
	assert_int_equal(count(&s, "DisconnectedMailbox"), 1);
	assert_int_equal(directory_create(s.d, directory_class("User"), "carol", 0, NULL, 0, &carol, &s.why), 0);
	assert_int_equal(site_connect_mailbox(s.site, gone->id, carol, &s.why), 0);
	other = guid_of(&s, "carol");
	assert_memory_equal(&g, &other, sizeof g);
	assert_int_equal(count(&s, "DisconnectedMailbox"), 0);
	/* What is sent to the old X.500 address arrives in the mailbox that had it. */
	assert_string_equal(find(&s, "Mailbox", old)->name, "carol");
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	assert_int_equal(folder_by_name(m, folder, "kept", &id), 0);
	site_release(s.site, m);
	scene_end(&s);
}
ON_EACH(disconnect_and_connect)

static void removed_on(enum sql_engine e)
{
	struct scene s;
	struct guid g, first;
	struct mailbox *m;
	unsigned purged = 99;
	uint64_t alice, bob;

	scene_begin(&s, e);
	alice = person(&s, "alice");
	bob = person(&s, "bob");
	first = guid_of(&s, "alice");
	assert_int_equal(site_delete_mailbox(s.site, alice, false, &s.why), 0);
	assert_int_equal(look(&s, "User", "alice"), ecNotFound);
	assert_int_equal(count(&s, "DisconnectedMailbox"), 1);
	/* It can be read until its time is over. */
	assert_int_equal(site_mailbox(s.site, &first, &m, &s.why), 0);
	assert_int_equal(site_purge(s.site, find(&s, "DisconnectedMailbox", "alice")->id, &purged, &s.why), ecBusy);
	site_release(s.site, m);
	assert_int_equal(site_purge(s.site, 0, &purged, &s.why), 0);
	assert_int_equal(purged, 0);
	s.clock.fixed += 30 * 86400 * FILETIME_PER_SECOND - 1;
	assert_int_equal(site_purge(s.site, 0, &purged, &s.why), 0);
	assert_int_equal(purged, 0);
	s.clock.fixed += 1;
	assert_int_equal(site_purge(s.site, 0, &purged, &s.why), 0);
	assert_int_equal(purged, 1);
	assert_int_equal(count(&s, "DisconnectedMailbox"), 0);
	assert_int_equal(site_mailbox(s.site, &first, &m, &s.why), ecNotFound);
	/* For good at once. */
	g = guid_of(&s, "bob");
	assert_int_equal(site_delete_mailbox(s.site, bob, true, &s.why), 0);
	assert_int_equal(count(&s, "DisconnectedMailbox"), 0);
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), ecNotFound);
	assert_int_equal(orphans(&s), 0);
	assert_int_equal(site_delete_mailbox(s.site, bob, true, &s.why), ecNotFound);
	scene_end(&s);
}
ON_EACH(removed)

/* Each step of making and of removing fails in turn: afterwards everybody has what the directory says. */
static void failing_steps_on(enum sql_engine e)
{
	struct scene s;
	struct mailbox *m;
	unsigned purged, failures = 0;

	scene_begin(&s, e);
	for (unsigned made = 0, n = 1; !made; n += 1 + n / 8) {
		uint64_t id = 0;

		sql_fail_after(n);
		status st = site_create_mailbox(s.site, "alice", NULL, 0, NULL, &id, &s.why);
		sql_fail_after(0);
		made = !st;
		failures += !made;
		assert_int_equal(look(&s, "Mailbox", "alice"), made ? 0 : ecNotFound);
		assert_int_equal(site_purge(s.site, 0, &purged, &s.why), 0);
		assert_int_equal(orphans(&s), 0);
	}
	struct guid g = guid_of(&s, "alice");
	uint64_t alice = find(&s, "Mailbox", "alice")->id;
	for (unsigned gone = 0, n = 1; !gone; n++) {
		sql_fail_after(n);
		status st = site_delete_mailbox(s.site, alice, true, &s.why);
		sql_fail_after(0);
		gone = !st;
		failures += !gone;
		assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), gone ? ecNotFound : 0);
		if (!gone)
			site_release(s.site, m);
		assert_int_equal(orphans(&s), 0);
	}
	assert_true(failures > 20);
	scene_end(&s);
}
ON_EACH(failing_steps)

/* Handles -------------------------------------------------------------------------------------------------------------------- */

static void handles_on(enum sql_engine e)
{
	struct scene s;
	struct guid g[4];
	struct mailbox *m[4], *again;
	static const char *const names[] = { "a", "b", "c", "d" };

	scene_begin(&s, e);
	for (size_t i = 0; i < 4; i++) {
		person(&s, names[i]);
		g[i] = guid_of(&s, names[i]);
	}
	site_close(s.site);
	s.options.handles = 2;
	scene_open(&s);
	/* In use they stay, however many there are. */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(site_mailbox(s.site, &g[i], &m[i], &s.why), 0);
	assert_int_equal(site_mailbox(s.site, &g[0], &again, &s.why), 0);
	assert_ptr_equal(again, m[0]);
	/* An uncommitted change of one who leaves is gone; of one who is still in it not. */
	assert_int_equal(mailbox_begin(m[0]), 0);
	site_release(s.site, again);
	assert_true(mailbox_in_transaction(m[0]));
	for (size_t i = 0; i < 4; i++)
		site_release(s.site, m[i]);
	site_release(s.site, NULL);
	/* Those asked for last are still open: another process cannot have them, but the oldest it can. */
	struct site *other;
	struct site_options options = { .clock = &s.clock, .create = false };
	assert_int_equal(site_open(place(e), &options, NULL, &other, &s.why), 0);
	assert_int_equal(site_mailbox(other, &g[3], &again, &s.why), ecBusy);
	assert_non_null(strstr(s.why.text, "another process"));
	assert_int_equal(site_mailbox(other, &g[1], &again, &s.why), 0);
	site_close(other);
	scene_end(&s);
}
ON_EACH(handles)

static void dismounted_on(enum sql_engine e)
{
	struct directory_value no = { 0 };
	struct directory_setting set = { "Mounted", DIRECTORY_SET, &no, 1 };
	const struct directory_class *c = directory_class("MailboxDatabase");
	struct mailbox *m;
	struct scene s;
	struct guid g;

	scene_begin(&s, e);
	person(&s, "alice");
	g = guid_of(&s, "alice");
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	site_release(s.site, m);
	assert_int_equal(directory_update(s.d, c, find(&s, c->name, "Mailbox Database")->id, &set, 1, NULL, &s.why), 0);
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), ecNotInitialized);
	assert_non_null(strstr(s.why.text, "Mount-Database"));
	uint64_t id;
	assert_int_equal(site_create_mailbox(s.site, "bob", NULL, 0, NULL, &id, &s.why), ecNotFound);
	no.number = 1;
	assert_int_equal(directory_update(s.d, c, find(&s, c->name, "Mailbox Database")->id, &set, 1, NULL, &s.why), 0);
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	site_release(s.site, m);
	scene_end(&s);
}
ON_EACH(dismounted)

/* Folders of others ------------------------------------------------------------------------------------------------------------ */

static void open_folder(void **state)
{
	struct scene s;
	struct site *site;

	(void)state;
	scene_begin(&s, SQL_SQLITE);
	site_close(s.site);
	assert_int_equal(chmod(place(SQL_SQLITE), 0755), 0);
	assert_int_equal(site_open(place(SQL_SQLITE), &s.options, &s.first, &site, &s.why), ecAccessDenied);
	assert_non_null(strstr(s.why.text, "chmod 700"));
	assert_int_equal(chmod(place(SQL_SQLITE), 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(place(SQL_SQLITE), 12345, (gid_t)-1), 0);
		assert_int_equal(site_open(place(SQL_SQLITE), &s.options, &s.first, &site, &s.why), ecAccessDenied);
		assert_non_null(strstr(s.why.text, "another user"));
		assert_int_equal(chown(place(SQL_SQLITE), 0, (gid_t)-1), 0);
	}
	assert_int_equal(site_open("", &s.options, &s.first, &site, &s.why), ecInvalidParam);
	assert_int_equal(site_open("/dev/null", &s.options, &s.first, &site, &s.why), ecInvalidParam);
	assert_int_equal(site_open("/dev/null/x", &s.options, &s.first, &site, &s.why), ecDiskError);
	assert_int_equal(site_open("postgresql://nobody@/x?host=/nowhere", &s.options, &s.first, &site, &s.why), ecNotFound);
	scene_open(&s);
	scene_end(&s);
}

/* Nobody's mail is taken for an empty place. */
static void lost_directory(void **state)
{
	struct scene s;
	struct site *site;
	char path[600];

	(void)state;
	scene_begin(&s, SQL_SQLITE);
	site_close(s.site);
	(void)snprintf(path, sizeof path, "%s/directory.db", place(SQL_SQLITE));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(site_open(place(SQL_SQLITE), &s.options, &s.first, &site, &s.why), ecCorruptData);
	assert_non_null(strstr(s.why.text, "backup"));
	arena_free(&s.arena);
	drop_place(SQL_SQLITE);
}

/* Killed between the directory and the store: whoever comes next puts it right. */
static void interrupted(void **state)
{
	struct scene s;
	struct guid g, stray = { { 1, 2, 3 } };
	char settled[700], pending[700], text[GUID_TEXT_SIZE], dir[600];
	struct mailbox *m;
	unsigned purged;

	(void)state;
	scene_begin(&s, SQL_SQLITE);
	(void)snprintf(dir, sizeof dir, "%s/mailboxes", place(SQL_SQLITE));
	person(&s, "alice");
	g = guid_of(&s, "alice");
	guid_format(&g, text);
	(void)snprintf(settled, sizeof settled, "%s/%s.db", dir, text);
	(void)snprintf(pending, sizeof pending, "%s/%s.new", dir, text);
	assert_string_equal(site_mailbox_place(s.site, &g, &s.arena), settled);
	assert_int_equal(rename(settled, pending), 0);
	assert_int_equal(site_mailbox(s.site, &g, &m, &s.why), 0);
	site_release(s.site, m);
	assert_int_equal(access(settled, R_OK), 0);
	/* Nobody refers to it: it goes. A settled one that nobody refers to is told of, and stays. */
	guid_format(&stray, text);
	(void)snprintf(pending, sizeof pending, "%s/%s.new", dir, text);
	(void)snprintf(settled, sizeof settled, "%s/%s.db", dir, text);
	struct sql *db;
	assert_int_equal(sql_open_sqlite(pending, SQL_CREATE, &db, &s.why), 0);
	sql_close(db);
	assert_int_equal(sql_open_sqlite(settled, SQL_CREATE, &db, &s.why), 0);
	sql_close(db);
	assert_int_equal(site_purge(s.site, 0, &purged, &s.why), 0);
	assert_int_not_equal(access(pending, F_OK), 0);
	assert_int_equal(orphans(&s), 1);
	assert_int_equal(site_mailbox(s.site, &stray, &m, &s.why), ecNotFound);
	scene_end(&s);
}

/* A store in the place of another is not taken for it. */
static void exchanged(void **state)
{
	struct scene s;
	struct guid a, b;
	char one[700], two[700];
	struct mailbox *m;

	(void)state;
	scene_begin(&s, SQL_SQLITE);
	person(&s, "alice");
	person(&s, "bob");
	a = guid_of(&s, "alice");
	b = guid_of(&s, "bob");
	(void)snprintf(one, sizeof one, "%s", site_mailbox_place(s.site, &a, &s.arena));
	(void)snprintf(two, sizeof two, "%s", site_mailbox_place(s.site, &b, &s.arena));
	site_close(s.site);
	assert_int_equal(rename(one, two), 0);
	scene_open(&s);
	assert_int_equal(site_mailbox(s.site, &b, &m, &s.why), ecCorruptData);
	assert_int_equal(site_mailbox(s.site, &a, &m, &s.why), ecNotFound);
	scene_end(&s);
}

static void default_location(void **state)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(65536);

	(void)state;
	assert_string_equal(site_default_location("/there", &a), "/there");
	assert_int_equal(setenv("POSTERN_DATA", "/env", 1), 0);
	assert_string_equal(site_default_location("/there", &a), "/there");
	assert_string_equal(site_default_location(NULL, &a), "/env");
	assert_int_equal(unsetenv("POSTERN_DATA"), 0);
	assert_int_equal(setenv("XDG_DATA_HOME", "/home/x/data", 1), 0);
	assert_string_equal(site_default_location(NULL, &a), geteuid() == 0 ? "/var/lib/postern" : "/home/x/data/postern");
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	assert_true(site_is_postgres("postgresql://x"));
	assert_true(site_is_postgres("postgres://x"));
	assert_false(site_is_postgres("/postgresql://x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_start),	cmocka_unit_test(first_start_interrupted),
		cmocka_unit_test(not_there),	cmocka_unit_test(made_up),
		cmocka_unit_test(given),	cmocka_unit_test(disconnect_and_connect),
		cmocka_unit_test(removed),	cmocka_unit_test(failing_steps),
		cmocka_unit_test(handles),	cmocka_unit_test(dismounted),
		cmocka_unit_test(open_folder),	cmocka_unit_test(lost_directory),
		cmocka_unit_test(interrupted),	cmocka_unit_test(exchanged),
		cmocka_unit_test(default_location),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
