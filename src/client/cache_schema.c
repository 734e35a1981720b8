/* The tables of a cache beside those of its mailbox, and how older ones become newer ones. */
#include "client/cache_private.h"

#include "store/schema.h"

/*
 * binding   whose copy it is
 * state     of synchronisation, and when the folder was last complete; folder 0: of the hierarchy
 * partial   messages of which only the headers are here
 * foreign   objects whose ids are of another replica than the mailbox's
 * journal   what is to be told to the server; `generation` rises when it changes again, since version 2
 * base      what properties were before they were changed here; property 0: that is not known of all; `told`, since version 5: what the server was told of it, when it is
 *           not known whether it heard
 * outbox    what is to be sent
 * local     folders that stay here
 * refused   folders that the server does not show, or not any more, and what it says; since version 3
 */
static const char version_1[] =
	"CREATE TABLE IF NOT EXISTS client_binding (address TEXT NOT NULL, mailbox_dn TEXT NOT NULL, server TEXT NOT NULL, made INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS client_state (folder INTEGER PRIMARY KEY, state BLOB, complete INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS client_partial (message INTEGER PRIMARY KEY) STRICT;"
	"CREATE TABLE IF NOT EXISTS client_foreign (id INTEGER PRIMARY KEY, replica BLOB NOT NULL, globcnt INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX IF NOT EXISTS client_foreign_key ON client_foreign (replica, globcnt);"
	"CREATE TABLE IF NOT EXISTS client_journal ("
	" seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, associated INTEGER NOT NULL, hard INTEGER NOT NULL, fresh INTEGER NOT NULL,"
	" folder INTEGER NOT NULL, object INTEGER NOT NULL, old_folder INTEGER NOT NULL, old_object INTEGER NOT NULL,"
	" made INTEGER NOT NULL, attempts INTEGER NOT NULL, error INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX IF NOT EXISTS client_journal_object ON client_journal (object, kind);"
	"CREATE TABLE IF NOT EXISTS client_base (message INTEGER NOT NULL, property INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (message, property)) STRICT;"
	"CREATE TABLE IF NOT EXISTS client_outbox (message INTEGER PRIMARY KEY, state INTEGER NOT NULL, not_before INTEGER NOT NULL, queued INTEGER NOT NULL,"
	" attempts INTEGER NOT NULL, error INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS client_local (folder INTEGER PRIMARY KEY) STRICT";

/* With what earlier programs put there and never took away: search folders of this machine, and rows for what stays here or is gone. */
static const char version_2[] =
	"ALTER TABLE client_journal ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX client_journal_folder ON client_journal (folder);"
	"INSERT INTO client_local (folder) SELECT j.object FROM client_journal j JOIN folder f ON f.id = j.object"
	" WHERE j.kind = 0 AND j.fresh <> 0 AND f.is_search <> 0 ON CONFLICT (folder) DO NOTHING;"
	"DELETE FROM client_journal WHERE kind = 0 AND EXISTS (SELECT 1 FROM folder f WHERE f.id = client_journal.object AND f.is_search <> 0);"
	"DELETE FROM client_journal WHERE kind IN (2, 4, 5) AND NOT EXISTS (SELECT 1 FROM folder f WHERE f.id = client_journal.folder);"
	"DELETE FROM client_base WHERE NOT EXISTS (SELECT 1 FROM client_journal j WHERE j.object = client_base.message AND j.kind = 2)";

static const char version_3[] = "CREATE TABLE IF NOT EXISTS client_refused (folder INTEGER PRIMARY KEY, error INTEGER NOT NULL) STRICT";

/* What is known of messages of which only the headers are here, and how far back folders go. */
#define VERSION_4_PARTIAL \
	"ALTER TABLE client_partial ADD COLUMN cn INTEGER NOT NULL DEFAULT 0; ALTER TABLE client_partial ADD COLUMN size INTEGER NOT NULL DEFAULT 0;" \
	"ALTER TABLE client_partial ADD COLUMN source INTEGER NOT NULL DEFAULT 0; ALTER TABLE client_partial ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;" \
	"ALTER TABLE client_partial ADD COLUMN tried INTEGER NOT NULL DEFAULT 0"
#define VERSION_4_STATE "ALTER TABLE client_state ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0"
static const char version_4[] = VERSION_4_PARTIAL ";" VERSION_4_STATE;

static const char version_5[] = "ALTER TABLE client_base ADD COLUMN told BLOB";

static const char *const versions[] = { version_1, version_2, version_3, version_4, version_5 };

#define VERSIONS ((int64_t)(sizeof versions / sizeof *versions))
#define TABLES   9u
#define NAME     "client_schema"

static status bring_up(struct cache *c, int64_t was)
{
	struct sql *db = mailbox_sql(c->mailbox);
	status s = sql_begin(db);

	for (int64_t v = was; !s && v < VERSIONS; v++)
		s = sql_execute(db, versions[v]);
	if (!s)
		s = meta_set_i64(db, NAME, VERSIONS);
	if (!s)
		return sql_commit(db);
	sql_rollback(db);
	return s;
}

/* Those of the first version did not say which they are. */
static status version_of(struct cache *c, int64_t *version)
{
	uint64_t tables = 0;
	bool found = false;
	status s = meta_get_i64(mailbox_sql(c->mailbox), NAME, version, &found);

	if (s || found)
		return s;
	s = cache_ask(c, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'client_journal'", NULL, 0, &tables, &found);
	*version = tables ? 1 : 0;
	return s;
}

static status look_for_tables(struct cache *c)
{
	static const char those[] = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('client_binding', 'client_state', 'client_partial',"
				    " 'client_foreign', 'client_journal', 'client_base', 'client_outbox', 'client_local', 'client_refused')";
	uint64_t n = 0;
	bool found = false;
	status s = cache_ask(c, those, NULL, 0, &n, &found);

	return s || n == TABLES ? s : ecCorruptData;
}

status cache_schema_prepare(struct cache *c, bool make, struct reason *why)
{
	int64_t version = 0;
	status s = version_of(c, &version);

	if (!s && (version < 0 || version > VERSIONS))
		return reason_set(why, ecVersion, "the cache was made by a later version of Postern (its schema is %lld, this one knows %lld)",
				  (long long)version, (long long)VERSIONS);
	if (!s && !version && !make)
		s = ecCorruptData;
	if (!s && version < VERSIONS)
		s = bring_up(c, version);
	return s ? s : look_for_tables(c);
}

static status has_column(struct cache *c, const char *query, bool *has)
{
	uint64_t n = 0;
	bool found = false;
	status s = cache_ask(c, query, NULL, 0, &n, &found);

	*has = n > 0;
	return s;
}

/* Tables that are missing, as they were made first, then what later versions added to them. */
status cache_schema_mend(struct cache *c)
{
	struct sql *db = mailbox_sql(c->mailbox);
	bool journal = false, partial = false, state = false, base = false;
	status s = has_column(c, "SELECT COUNT(*) FROM pragma_table_info('client_journal') WHERE name = 'generation'", &journal);

	if (!s)
		s = has_column(c, "SELECT COUNT(*) FROM pragma_table_info('client_partial') WHERE name = 'cn'", &partial);
	if (!s)
		s = has_column(c, "SELECT COUNT(*) FROM pragma_table_info('client_state') WHERE name = 'kept_from'", &state);
	if (!s)
		s = has_column(c, "SELECT COUNT(*) FROM pragma_table_info('client_base') WHERE name = 'told'", &base);
	if (!s)
		s = sql_execute(db, version_1);
	if (!s && !journal)
		s = sql_execute(db, version_2);
	if (!s)
		s = sql_execute(db, version_3);
	if (!s && !partial)
		s = sql_execute(db, VERSION_4_PARTIAL);
	if (!s && !state)
		s = sql_execute(db, VERSION_4_STATE);
	if (!s && !base)
		s = sql_execute(db, version_5);
	return s ? s : meta_set_i64(db, NAME, VERSIONS);
}
