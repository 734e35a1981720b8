/* A small organisation to test with, on each engine. */
#ifndef TESTS_STORE_ORGANISATION_H
#define TESTS_STORE_ORGANISATION_H

#include "engines.h"

#include "store/directory.h"

#define DIRECTORY_NAME "directorytest"
#define MOST_SETTINGS 16

struct organisation {
	struct directory *d;
	struct arena arena;
	struct reason why;
	struct clock clock;
	uint64_t organisation, server, database;
};

static inline const struct directory_class *class_of(const char *name)
{
	const struct directory_class *c = directory_class(name);

	assert_non_null(c);
	return c;
}

/* Pairs of attribute and text, NULL at the end: what is set. */
static inline size_t settings_of(struct organisation *o, const char *class, const char *const *pairs, struct directory_setting *out)
{
	size_t n = 0;

	for (; pairs && pairs[2 * n]; n++) {
		assert_true(n < MOST_SETTINGS);
		if (directory_setting(o->d, class_of(class), pairs[2 * n], DIRECTORY_SET, &pairs[2 * n + 1], 1, &o->arena, &out[n], &o->why))
			fail_msg("%s", o->why.text);
	}
	return n;
}

static inline status try_create(struct organisation *o, const char *class, const char *name, uint64_t parent, const char *const *pairs, uint64_t *id)
{
	struct directory_setting s[MOST_SETTINGS];
	size_t n = settings_of(o, class, pairs, s);

	return directory_create(o->d, class_of(class), name, parent, s, n, id, &o->why);
}

static inline uint64_t create(struct organisation *o, const char *class, const char *name, uint64_t parent, const char *const *pairs)
{
	uint64_t id = 0;

	if (try_create(o, class, name, parent, pairs, &id))
		fail_msg("%s %s: %s", class, name, o->why.text);
	return id;
}

/* One attribute from texts; also what parsing it says. */
static inline status change(struct organisation *o, const char *class, uint64_t id, const char *attribute, enum directory_change how,
			    const char *const *texts, size_t n)
{
	struct directory_setting s;
	status st = directory_setting(o->d, class_of(class), attribute, how, texts, n, &o->arena, &s, &o->why);

	return st ? st : directory_update(o->d, class_of(class), id, &s, 1, NULL, &o->why);
}

static inline status set(struct organisation *o, const char *class, uint64_t id, const char *attribute, const char *text)
{
	return change(o, class, id, attribute, DIRECTORY_SET, &text, 1);
}

static inline const struct directory_object *get(struct organisation *o, const char *class, uint64_t id)
{
	const struct directory_object *found = NULL;

	if (directory_get(o->d, class_of(class), id, &o->arena, &found, &o->why))
		fail_msg("%s", o->why.text);
	return found;
}

static inline uint64_t find(struct organisation *o, const char *class, const char *identity)
{
	const struct directory_object *found = NULL;

	if (directory_find(o->d, class_of(class), identity, &o->arena, &found, &o->why))
		fail_msg("%s", o->why.text);
	return found->id;
}

/* A mailbox for a name that is an alias too. */
static inline status try_mailbox(struct organisation *o, const char *alias, uint64_t *id)
{
	static unsigned made;
	const char *address = arena_printf(&o->arena, "SMTP:%s@contoso.example", alias);
	const char *guid = arena_printf(&o->arena, "%08x-0000-4000-8000-000000000000", ++made);
	const char *dn = arena_printf(&o->arena, "/o=Contoso/ou=Exchange/cn=Recipients/cn=%s", alias);
	const char *pairs[] = { "Alias", alias, "EmailAddresses", address, "ExchangeGuid", guid, "LegacyExchangeDN", dn, "Database", "DB1",
				"RecipientTypeDetails", "UserMailbox", NULL };

	return try_create(o, "Mailbox", alias, 0, pairs, id);
}

static inline uint64_t mailbox(struct organisation *o, const char *alias)
{
	uint64_t id = 0;

	if (try_mailbox(o, alias, &id))
		fail_msg("%s: %s", alias, o->why.text);
	return id;
}

static inline void organisation_open(struct organisation *o, enum sql_engine e, bool make)
{
	struct sql *db = NULL;
	status s = e == SQL_SQLITE ? sql_open_sqlite(scratch_path(DIRECTORY_NAME), SQL_SHARED | SQL_CREATE, &db, &o->why) :
				     sql_open_postgres(getenv("POSTERN_TEST_POSTGRES"), DIRECTORY_NAME, SQL_SHARED | SQL_CREATE, &db, &o->why);

	if (!s)
		s = directory_open(db, &o->clock, make, &o->d, &o->why);
	if (s)
		fail_msg("%s: %s", engine_name(e), o->why.text);
}

static inline void organisation_begin(struct organisation *o, enum sql_engine e)
{
	const char *server[] = { "Fqdn", "cas.contoso.example", "ServerRole", "Mailbox", NULL };
	const char *domain[] = { "DomainName", "contoso.example", NULL };
	const char *database[] = { "Server", "CAS", NULL };

	memset(o, 0, sizeof *o);
	o->clock = clock_fixed(133000000000000000u);
	arena_init(&o->arena, (size_t)256 << 20);
	engine_drop(e, DIRECTORY_NAME);
	organisation_open(o, e, true);
	o->organisation = create(o, "OrganizationConfig", "Contoso", 0, NULL);
	create(o, "AcceptedDomain", "contoso.example", 0, domain);
	o->server = create(o, "ExchangeServer", "CAS", 0, server);
	o->database = create(o, "MailboxDatabase", "DB1", 0, database);
}

static inline void organisation_end(struct organisation *o, enum sql_engine e)
{
	directory_close(o->d);
	arena_free(&o->arena);
	engine_drop(e, DIRECTORY_NAME);
}

#endif
