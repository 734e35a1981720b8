/* What the check of the directory finds, and that it finds nothing where nothing is. */
#include "organisation.h"
#include "places.h"

#include "store/directory_check.h"

struct told {
	unsigned n;
	char words[20][600];
};

static status tell(void *context, const struct directory_finding *f)
{
	struct told *t = context;

	if (t->n < 20)
		(void)snprintf(t->words[t->n], sizeof t->words[0], "%llu %s: %s", (unsigned long long)f->object, f->name, f->words);
	t->n++;
	return ecNone;
}

static bool was_told(const struct told *t, const char *words)
{
	for (unsigned i = 0; i < t->n && i < 20; i++)
		if (strstr(t->words[i], words))
			return true;
	for (unsigned i = 0; i < t->n && i < 20; i++)
		print_message("told: %s\n", t->words[i]);
	return false;
}

static void fill(struct organisation *o)
{
	const char *staff[] = { "Alias", "staff", "EmailAddresses", "staff@contoso.example", "Members", "alice", NULL };
	const char *owa[] = { "ExternalUrl", "https://mail.contoso.example/owa", "FailbackUrl", "https://other.contoso.example/owa", NULL };

	mailbox(o, "alice");
	mailbox(o, "bob");
	create(o, "DistributionGroup", "Staff", 0, staff);
	create(o, "OwaVirtualDirectory", "owa (Default Web Site)", o->server, owa);
}

static const struct {
	const char *harm, *words;
} cases[] = {
	{ "UPDATE attribute_values SET body = 'not an alias' WHERE attribute = 'Alias' AND body = 'bob'", "is not an alias" },
	{ "UPDATE attribute_values SET body = 'robert' WHERE attribute = 'Alias' AND body = 'bob'", "cannot be found by it" },
	{ "UPDATE attribute_values SET body = 'alice', sole = NULL, folded = (SELECT folded FROM attribute_values WHERE attribute = 'Alias' AND"
	  " body = 'alice') WHERE attribute = 'Alias' AND body = 'bob'",
	  "belongs to the User \"alice\"" },
	{ "DELETE FROM attribute_values WHERE attribute = 'DomainName'", "not of an accepted domain" },
	{ "DELETE FROM attribute_values WHERE attribute = 'Default'", "default domain" },
	{ "DELETE FROM attribute_values WHERE attribute = 'Database' AND object IN (SELECT id FROM objects WHERE name = 'bob')", "Database" },
	{ "DELETE FROM attribute_values WHERE attribute = 'ServerRole'", "ServerRole" },
	{ "UPDATE attribute_values SET body = 'https://mail.contoso.example/owa' WHERE attribute = 'FailbackUrl'", "cannot be found by it" },
	{ "UPDATE attribute_values SET body = 'https://mail.contoso.example/owa', folded = (SELECT folded FROM attribute_values WHERE"
	  " attribute = 'ExternalUrl') WHERE attribute = 'FailbackUrl'",
	  "the same as ExternalUrl" },
	{ "UPDATE attribute_values SET attribute = 'Nonsense' WHERE attribute = 'Alias' AND body = 'bob'", "which nobody knows" },
	{ "UPDATE objects SET kind = 'Nonsense' WHERE name = 'bob'", "a kind that nobody knows" },
	{ "UPDATE objects SET name = 'a*b' WHERE name = 'bob'", "Name" },
	{ "UPDATE directory SET next_id = 2", "the next object would take the place" },
	{ "UPDATE directory SET change_number = 0", "later than the directory knows" },
	{ "UPDATE objects SET kind = 'User' WHERE kind = 'Organization'", "not exactly one organisation" },
	{ "INSERT INTO logons (object, failures, last_failure, closed_until, locked) SELECT id, 0, 0, 0, 0 FROM objects WHERE kind = 'Server'",
	  "passwords of nobody" },
};

static void found_on(enum sql_engine e)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct told t = { 0 };
		struct organisation o;
		struct sql *db;
		unsigned n = 99;

		organisation_begin(&o, e);
		fill(&o);
		if (directory_check(o.d, tell, &t, &n, &o.why))
			fail_msg("%s", o.why.text);
		if (n)
			fail_msg("%s", t.words[0]);
		directory_close(o.d);
		assert_int_equal(engine_open(e, DIRECTORY_NAME, false, &db, &o.why), 0);
		if (sql_execute(db, cases[i].harm))
			fail_msg("%s", sql_failure(db));
		sql_close(db);
		organisation_open(&o, e, false);
		assert_int_equal(directory_check(o.d, tell, &t, &n, &o.why), 0);
		assert_int_equal(n, t.n);
		if (!n || !was_told(&t, cases[i].words))
			fail_msg("%s: nothing of \"%s\"", cases[i].harm, cases[i].words);
		organisation_end(&o, e);
	}
}

static void found(void **state)
{
	(void)state;
	on_each_engine(found_on);
}

/* Only SQLite lets somebody do this: the other engine keeps references whole by itself. */
static void dangling(void **state)
{
	struct told t = { 0 };
	struct organisation o;
	struct sql *db;
	unsigned n;

	(void)state;
	organisation_begin(&o, SQL_SQLITE);
	fill(&o);
	directory_close(o.d);
	assert_int_equal(engine_open(SQL_SQLITE, DIRECTORY_NAME, false, &db, &o.why), 0);
	assert_int_equal(sql_execute(db, "PRAGMA foreign_keys = OFF; DELETE FROM objects WHERE name = 'DB1'"), 0);
	sql_close(db);
	organisation_open(&o, SQL_SQLITE, false);
	assert_int_equal(directory_check(o.d, tell, &t, &n, &o.why), 0);
	assert_true(was_told(&t, "references to what is not there"));
	assert_true(was_told(&t, "Database: the MailboxDatabase that it names is not there"));
	organisation_end(&o, SQL_SQLITE);
}

static status enough(void *context, const struct directory_finding *f)
{
	(void)f;
	++*(unsigned *)context;
	return ecUserCanceled;
}

static void stopped(void **state)
{
	struct organisation o;
	unsigned n = 99, told = 0;
	struct sql *db;

	(void)state;
	organisation_begin(&o, SQL_SQLITE);
	fill(&o);
	directory_close(o.d);
	assert_int_equal(engine_open(SQL_SQLITE, DIRECTORY_NAME, false, &db, &o.why), 0);
	assert_int_equal(sql_execute(db, "UPDATE attribute_values SET body = 'a b' WHERE attribute = 'Alias'"), 0);
	sql_close(db);
	organisation_open(&o, SQL_SQLITE, false);
	assert_int_equal(directory_check(o.d, enough, &told, &n, &o.why), ecUserCanceled);
	assert_int_equal(told, 1);
	assert_int_equal(n, 99);
	organisation_end(&o, SQL_SQLITE);
}

/* A site as it is made is sound; a store that goes, and one that nobody knows, are told of. */
static void stores_on(enum sql_engine e)
{
	struct clock clock = clock_fixed(133000000000000000u);
	struct site_options options = { .clock = &clock, .create = true, .domain = "contoso.example", .host = "cas.contoso.example" };
	struct arena arena;
	struct told t = { 0 };
	struct site_first first;
	struct reason why = { "" };
	struct site *s;
	struct guid lost = { { 0 } }, *orphans;
	unsigned n = 99;
	uint64_t id;
	size_t n_orphans;

	arena_init(&arena, (size_t)16 << 20);
	drop_place(e);
	assert_int_equal(site_open(place(e), &options, &first, &s, &why), 0);
	assert_int_equal(site_create_mailbox(s, "alice", NULL, 0, NULL, &id, &why), 0);
	if (site_check(s, tell, &t, &n, &why) || n)
		fail_msg("%s %s", why.text, t.words[0]);
	/* She loses hers: the directory is made to say that it was another one. */
	const struct directory_object *o;
	assert_int_equal(directory_get(site_directory(s), directory_class("User"), id, &arena, &o, &why), 0);
	assert_true(directory_guid(o, "ExchangeGuid", &lost));
	lost.b[15] ^= 1;
	struct directory_value v = { .guid = lost };
	assert_int_equal(directory_update(site_directory(s), directory_class("User"), id, &(struct directory_setting){ "ExchangeGuid", DIRECTORY_SET, &v, 1 },
					  1, NULL, &why), 0);
	assert_int_equal(site_check(s, tell, &t, &n, &why), 0);
	assert_int_equal(n, 2);
	assert_true(was_told(&t, "alice: the store of the mailbox is gone"));
	assert_true(was_told(&t, "a store of nobody"));
	assert_int_equal(site_orphans(s, &arena, &orphans, &n_orphans, &why), 0);
	assert_int_equal(n_orphans, 1);
	site_close(s);
	arena_free(&arena);
	drop_place(e);
}

static void stores(void **state)
{
	(void)state;
	on_each_engine(stores_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(dangling),
		cmocka_unit_test(stopped),
		cmocka_unit_test(stores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
