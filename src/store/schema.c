#include "store/schema.h"

#include "base/buf.h"

#include <string.h>

/*
 * Ids are GLOBCNTs of the mailbox's replica, times are FILETIMEs.
 *
 * folder     `key` is the name in lower case (ASCII letters only); counters are those of what is not deleted;
 *            change_key and predecessors are NULL while they follow from cn
 * message    what tables sort and filter by; kind: 0 a message, 1 an associated one, 2 and 3 the same, deleted softly;
 *            `content` names its content, which stays when the message moves
 * content    the message itself, as the FastTransfer stream that a client will ask for
 * large      a value that is left out of it: where it belongs, its size, its checksum
 * piece      the value, 64 KiB in each row
 * tombstone  what was deleted or moved away from a folder, for those who have it still
 * import_*   which files were imported, what each item of them became, and which ids in them are still to be written anew
 * permission who may do what in a folder (store/permission.c)
 * receive_folder  where messages of a class go; class_key is in capitals
 * rule       what is done with what is delivered to a folder (store/rule.c); since version 2
 * replica    other replicas that ids were asked about, and their short numbers (store/replid.c); since version 3
 * per_user   what people have read in public folders (store/per_user.c); since version 3
 * activity   what went on in a folder (store/activity.c); since version 3
 *
 * Since version 4 a message has `groups`: when which of its properties changed (store/message_groups.h); NULL: all of them
 * with the message.
 *
 * Since version 5 what people have read has `changed`, the change number of its last change, 0: none; the body of a content may be
 * packed (store/content_pack.h); and a message of a copy may have no fingerprint (0) until somebody asks for it (store/message_sums.h).
 */
static const char version_1[] =
	"CREATE TABLE name (id INTEGER PRIMARY KEY, space BLOB NOT NULL, lid INTEGER, string BLOB) STRICT;"

	"CREATE TABLE folder ("
	" id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, role INTEGER NOT NULL, is_search INTEGER NOT NULL,"
	" touched INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, class TEXT NOT NULL,"
	" cn INTEGER NOT NULL, change_key BLOB, predecessors BLOB, created INTEGER NOT NULL, modified INTEGER NOT NULL,"
	" items INTEGER NOT NULL, unread INTEGER NOT NULL, associated INTEGER NOT NULL, size INTEGER NOT NULL,"
	" deleted_items INTEGER NOT NULL, deleted_size INTEGER NOT NULL,"
	" properties BLOB NOT NULL, criteria BLOB NOT NULL) STRICT;"
	"CREATE INDEX folder_parent ON folder (parent, id);"
	"CREATE UNIQUE INDEX folder_name ON folder (parent, key);"
	"CREATE UNIQUE INDEX folder_role ON folder (role) WHERE role <> 0;"
	"CREATE INDEX folder_cn ON folder (cn);"

	"CREATE TABLE message ("
	" id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, kind INTEGER NOT NULL, content INTEGER NOT NULL,"
	" cn INTEGER NOT NULL, read_cn INTEGER NOT NULL, flags INTEGER NOT NULL, size INTEGER NOT NULL,"
	" deleted INTEGER NOT NULL, received INTEGER NOT NULL, submitted INTEGER NOT NULL, created INTEGER NOT NULL,"
	" modified INTEGER NOT NULL, importance INTEGER NOT NULL, sensitivity INTEGER NOT NULL,"
	" flag_status INTEGER NOT NULL, has_attachments INTEGER NOT NULL, plain INTEGER NOT NULL, class TEXT NOT NULL,"
	" subject TEXT NOT NULL, topic TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,"
	" message_id TEXT, search_key BLOB, conversation BLOB, fingerprint INTEGER NOT NULL,"
	" fingerprint_high INTEGER NOT NULL, change_key BLOB, predecessors BLOB) STRICT;"
	"CREATE INDEX message_folder ON message (folder, kind, id);"
	"CREATE INDEX message_received ON message (folder, kind, received, id);"
	"CREATE INDEX message_cn ON message (folder, kind, cn, size);"
	"CREATE INDEX message_deleted ON message (deleted, id) WHERE deleted <> 0;"
	"CREATE INDEX message_read_cn ON message (folder, read_cn) WHERE read_cn <> 0;"
	"CREATE INDEX message_content ON message (content) WHERE content <> id;"
	"CREATE INDEX message_fingerprint ON message (fingerprint);"
	"CREATE INDEX message_search_key ON message (search_key) WHERE search_key IS NOT NULL;"
	"CREATE INDEX message_message_id ON message (message_id) WHERE message_id IS NOT NULL;"

	"CREATE TABLE content (id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
	"CREATE TABLE large (content INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, size INTEGER NOT NULL,"
	" checksum INTEGER NOT NULL, PRIMARY KEY (content, seq)) STRICT;"
	"CREATE TABLE piece (content INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY (content, seq, part)) STRICT;"

	"CREATE TABLE tombstone (folder INTEGER NOT NULL, id INTEGER NOT NULL, cn INTEGER NOT NULL, PRIMARY KEY (folder, id)) STRICT;"
	"CREATE INDEX tombstone_cn ON tombstone (folder, cn);"

	"CREATE TABLE permission ("
	" folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE, member INTEGER NOT NULL, person BLOB NOT NULL,"
	" entryid BLOB NOT NULL, name TEXT NOT NULL, rights INTEGER NOT NULL, PRIMARY KEY (folder, member)) STRICT;"
	"CREATE INDEX permission_person ON permission (person, folder);"

	"CREATE TABLE receive_folder ("
	" class_key TEXT PRIMARY KEY, class TEXT NOT NULL, folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,"
	" modified INTEGER NOT NULL) STRICT;"
	"CREATE INDEX receive_folder_folder ON receive_folder (folder);"

	"CREATE TABLE import_source (id INTEGER PRIMARY KEY, identity BLOB NOT NULL, name TEXT NOT NULL,"
	" started INTEGER NOT NULL, finished INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX import_identity ON import_source (identity);"
	"CREATE TABLE import_item (source INTEGER NOT NULL, item INTEGER NOT NULL, message INTEGER NOT NULL,"
	" PRIMARY KEY (source, item)) STRICT;"
	"CREATE INDEX import_message ON import_item (message);"
	"CREATE TABLE import_reference (source INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (source, message)) STRICT";

static const char version_2[] =
	"CREATE TABLE rule ("
	" folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE, id INTEGER NOT NULL, sequence INTEGER NOT NULL,"
	" state INTEGER NOT NULL, properties BLOB NOT NULL, PRIMARY KEY (folder, id)) STRICT";

static const char version_3[] =
	"CREATE TABLE replica (id INTEGER PRIMARY KEY, replica BLOB NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX replica_guid ON replica (replica);"

	"CREATE TABLE per_user (person BLOB NOT NULL, folder BLOB NOT NULL, replica BLOB NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY (person, folder)) STRICT;"

	"CREATE TABLE activity ("
	" folder INTEGER PRIMARY KEY REFERENCES folder (id) ON DELETE CASCADE, hierarchy INTEGER NOT NULL,"
	" deleted INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT";

static const char version_4[] = "ALTER TABLE message ADD COLUMN groups BLOB";

static const char version_5[] = "ALTER TABLE per_user ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;"
				"CREATE INDEX per_user_folder ON per_user (folder);"
				"DROP INDEX message_fingerprint;"
				"CREATE INDEX message_fingerprint ON message (fingerprint) WHERE fingerprint <> 0";

static const char *const versions[SCHEMA_VERSION] = { version_1, version_2, version_3, version_4, version_5 };

/* Facts ------------------------------------------------------------------------------------------------------- */

static status find(struct sql *db, const char *key, struct sql_statement **out, bool *found)
{
	struct sql_statement *s = sql_prepare(db, "SELECT number, bytes FROM meta WHERE name = $1");

	sql_bind_text(s, 1, key);
	*out = s;
	return sql_step(s, found);
}

status meta_get_i64(struct sql *db, const char *key, int64_t *value, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	status st = find(db, key, &s, found);

	*value = !st && *found ? sql_i64(s, 0) : 0;
	return st;
}

status meta_get_bytes(struct sql *db, const char *key, uint8_t *out, size_t n, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	status st = find(db, key, &s, found);

	memset(out, 0, n);
	if (st || !*found)
		return st;
	if (sql_blob(s, 1).n != n)
		return ecCorruptData;
	memcpy(out, sql_blob(s, 1).p, n);
	return ecNone;
}

static status set(struct sql *db, const char *key, int64_t number, struct bytes bytes)
{
	struct sql_statement *s = sql_prepare(db, "INSERT INTO meta (name, number, bytes) VALUES ($1, $2, $3)"
						  " ON CONFLICT (name) DO UPDATE SET number = excluded.number, bytes = excluded.bytes");

	sql_bind_text(s, 1, key);
	sql_bind_i64(s, 2, number);
	sql_bind_blob(s, 3, bytes);
	return sql_run(s);
}

status meta_set_i64(struct sql *db, const char *key, int64_t value)
{
	return set(db, key, value, bytes_of(NULL, 0));
}

status meta_set_bytes(struct sql *db, const char *key, struct bytes value)
{
	return set(db, key, 0, value);
}

/* Versions ------------------------------------------------------------------------------------------------------ */

static status bring_up_to(struct sql *db, int64_t last, struct reason *why)
{
	int64_t was = 0, version;
	bool found = false;
	status s = sql_execute(db, "CREATE TABLE IF NOT EXISTS meta"
				   " (name TEXT PRIMARY KEY, number INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT");

	if (!s)
		s = meta_get_i64(db, "schema", &was, &found);
	if (!s && (was < 0 || was > SCHEMA_VERSION))
		return reason_set(why, ecVersion, "made by a later version of Postern (schema %lld; this one knows %d)", (long long)was,
				  SCHEMA_VERSION);
	for (version = was; !s && version < last; version++)
		s = sql_execute(db, versions[version]);
	/* Nothing is written, and flushed, when it was up to date. */
	return s || version == was ? s : meta_set_i64(db, "schema", version);
}

static status failed(struct sql *db, status s, struct reason *why)
{
	return s && s != ecVersion ? reason_set(why, s, "%s", sql_failure(db)) : s;
}

status schema_bring_up(struct sql *db, struct reason *why)
{
	return failed(db, bring_up_to(db, SCHEMA_VERSION, why), why);
}

/* What stands behind virtual tables goes with them. */
static status drop_tables(struct sql *db)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20);
	struct sql_statement *q = sql_prepare(
		db, sql_engine(db) == SQL_SQLITE ?
			    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%'" :
			    "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()");
	bool row = false;
	status s;

	while (!(s = sql_step(q, &row)) && row)
		buf_printf(&text, "DROP TABLE \"%s\"%s;", sql_text(q, 0), sql_engine(db) == SQL_SQLITE ? "" : " CASCADE");
	sql_done(q);
	if (!s)
		s = buf_status(&text);
	return s || !text.n ? s : sql_execute(db, buf_cstr(&text));
}

status schema_make_anew(struct sql *db, uint64_t version, struct reason *why)
{
	status s = version < 1 || version > SCHEMA_VERSION ? reason_set(why, ecVersion, "there is no schema %llu", (unsigned long long)version) :
							     failed(db, drop_tables(db), why);

	return s ? s : failed(db, bring_up_to(db, (int64_t)version, why), why);
}

status schema_prepare(struct sql *db, struct reason *why)
{
	status s = sql_begin(db);

	if (!s)
		s = bring_up_to(db, SCHEMA_VERSION, why);
	if (s == ecVersion) {
		sql_rollback(db);
		return s;
	}
	if (!s)
		s = sql_commit(db);
	else
		sql_rollback(db);
	return s ? reason_set(why, s, "%s", sql_failure(db)) : ecNone;
}
