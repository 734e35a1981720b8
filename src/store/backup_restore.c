#include "store/backup_restore.h"

#include "store/backup_dump.h"
#include "store/backup_load.h"
#include "store/backup_place.h"
#include "store/directory.h"
#include "store/schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#define GLOBCNT_MAX (((uint64_t)1 << 48) - 1)

/* What makes a mailbox that one and no other. */
#define IDENTITIES 3
static const char *const identity_facts[IDENTITIES] = { "mailbox_guid", "replica_guid", "mapping_signature" };

struct restore {
	const struct backup_set *set;
	const struct backup_entry *e;
	const struct backup_restore_options *o;
	struct sql *sql; /* until `db` has it */
	struct backup_db db;
	struct backup_restored done;
	struct reason *why;
};

static status sql_failed(struct restore *r, status s)
{
	return s ? reason_set(r->why, s, "%s", sql_failure(r->db.db)) : ecNone;
}

/* Parts ------------------------------------------------------------------------------------------------------------------ */

static void tick(void *context, uint64_t rows)
{
	struct restore *r = context;

	if (r->o && r->o->progress)
		r->o->progress(r->o->context, r->e->name, 0, 0, r->done.rows + rows);
}

static status carry_out_part(struct restore *r, const struct backup_part *p)
{
	CLEANUP_BACKUP_READER struct backup_reader *reader = NULL;
	const struct backup_load_options o = { tick, r };
	struct backup_seal seal;
	status s = backup_set_open_part(r->set, p, r->e->directory ? NULL : &r->e->mailbox, &reader, r->why);

	if (!s)
		s = backup_load_part(&r->db, reader, &o, &seal, r->why);
	if (s)
		return s;
	if (!backup_digest_equal(&seal.digest, &p->seal.digest) || seal.size != p->seal.size)
		return reason_set(r->why, ecCorruptData, "%s is sound, but not the file that the backup was made of (byte %" PRIu64 ")",
				  backup_reader_name(reader), seal.size - sizeof seal.digest.b);
	r->done.rows += p->rows;
	r->done.parts++;
	return ecNone;
}

static status carry_out_parts(struct restore *r)
{
	status s = backup_load_begin(&r->db, r->why);

	for (uint32_t i = 0; !s && i < r->e->n; i++) {
		if (r->o && r->o->stop && r->o->stop(r->o->context))
			return reason_set(r->why, ecUserCanceled, "stopped; nothing was changed");
		s = carry_out_part(r, &r->e->parts[i]);
	}
	if (!s && !r->e->directory)
		s = backup_load_finish(&r->db, r->why);
	return s ? s : backup_load_end(&r->db, r->why);
}

/* Identity ---------------------------------------------------------------------------------------------------------------- */

static status read_identity(struct restore *r, struct guid identity[static IDENTITIES])
{
	bool found = true;
	status s = ecNone;

	for (size_t i = 0; !s && found && i < IDENTITIES; i++)
		s = meta_get_bytes(r->sql, identity_facts[i], identity[i].b, sizeof identity[i].b, &found);
	if (s)
		return reason_set(r->why, s, "%s", sql_failure(r->sql));
	return found ? ecNone : reason_set(r->why, ecCorruptData, "the mailbox that is to take the content has no identity");
}

/* From here on it is a mailbox of its own time. */
static status go_on(struct restore *r)
{
	struct guid lineage;
	int64_t next = 0;
	bool found = false;
	status s = ecNone;

	if (getrandom(lineage.b, sizeof lineage.b, 0) != (ssize_t)sizeof lineage.b)
		return reason_set(r->why, ecError, "no random numbers: %s", strerror(errno));
	s = meta_set_bytes(r->db.db, BACKUP_LINEAGE, bytes_of(lineage.b, sizeof lineage.b));
	if (!s)
		s = meta_get_i64(r->db.db, "next_id", &next, &found);
	if (!s && found && next > 0 && (uint64_t)next + BACKUP_ID_GAP < GLOBCNT_MAX)
		s = meta_set_i64(r->db.db, "next_id", next + (int64_t)BACKUP_ID_GAP);
	return sql_failed(r, s);
}

/* Tables of the version that the rows are of, empty when that is an earlier one. */
static status make_tables(struct restore *r)
{
	status s = r->e->directory || r->e->schema == SCHEMA_VERSION ? ecNone : schema_make_anew(r->sql, r->e->schema, r->why);

	if (s)
		return s;
	struct sql *db = r->sql;
	r->sql = NULL;
	return backup_db_open(db, &r->db, r->why);
}

static status restore_rows(struct restore *r, enum backup_restore_how how)
{
	struct guid identity[IDENTITIES];
	bool keep = how == BACKUP_RESTORE_COPY && !r->e->directory;
	status s = keep ? read_identity(r, identity) : ecNone;

	if (!s)
		s = make_tables(r);
	if (!s)
		s = carry_out_parts(r);
	if (!s && !r->e->directory)
		s = schema_bring_up(r->db.db, r->why);
	for (size_t i = 0; !s && keep && i < IDENTITIES; i++)
		s = sql_failed(r, meta_set_bytes(r->db.db, identity_facts[i], bytes_of(identity[i].b, sizeof identity[i].b)));
	return s || how == BACKUP_RESTORE_EXACT || r->e->directory ? s : go_on(r);
}

/* Databases ---------------------------------------------------------------------------------------------------------------- */

static status check_schema(const struct backup_entry *e, struct reason *why)
{
	if (e->directory || (e->schema && e->schema <= SCHEMA_VERSION))
		return ecNone;
	return reason_set(why, ecVersion, "%s was backed up by a later version of Postern (schema %" PRIu64 "; this one has %d): restore it with that one",
			  e->name, e->schema, SCHEMA_VERSION);
}

status backup_restore_database(const struct backup_set *set, const struct backup_entry *e, struct sql *db, enum backup_restore_how how,
			       const struct backup_restore_options *o, struct backup_restored *out, struct reason *why)
{
	struct restore r = { .set = set, .e = e, .o = o, .why = why, .sql = db, .done = { .name = e->name } };
	status s = check_schema(e, why);

	/* What is thrown away again need not be on the disk. */
	if (!s && how == BACKUP_RESTORE_EXACT && sql_engine(db) == SQL_SQLITE && sql_execute(db, "PRAGMA synchronous = OFF"))
		s = reason_set(why, ecDiskError, "%s", sql_failure(db));
	if (!s && !e->directory)
		s = schema_prepare(db, why);
	if (!s && sql_begin(db))
		s = reason_set(why, ecDiskError, "%s", sql_failure(db));
	if (!s)
		s = restore_rows(&r, how);
	if (!s)
		s = sql_failed(&r, sql_commit(r.db.db));
	/* Rolls back. */
	sql_close(r.sql);
	if (r.db.db)
		backup_db_close(&r.db);
	if (!s)
		*out = r.done;
	return s ? reason_prefix(why, s, "%s", e->name) : ecNone;
}

/* The tables of a directory that has no object yet. */
static status open_directory(const char *location, struct sql **out, struct reason *why)
{
	struct directory *d = NULL;
	struct sql *db;
	status s = backup_place_open(location, NULL, SQL_CREATE, &db, why);

	if (!s)
		s = directory_open(db, &clock_system, true, &d, why);
	directory_close(d);
	return s ? s : backup_place_open(location, NULL, 0, out, why);
}

status backup_restore_place(const struct backup_set *set, const struct backup_entry *e, const char *location, enum backup_restore_how how,
			    const struct backup_restore_options *o, struct backup_restored *out, struct reason *why)
{
	const struct guid *mailbox = e->directory ? NULL : &e->mailbox;
	struct sql *db = NULL;
	bool there = false;
	status s = backup_place_exists(location, mailbox, &there, why);

	if (!s && there && !(o && o->replace))
		return reason_set(why, ecDuplicateName, "%s is there already in %s", e->name, location);
	if (!s)
		s = mailbox ? backup_place_open(location, mailbox, SQL_CREATE, &db, why) : open_directory(location, &db, why);
	if (!s)
		s = backup_restore_database(set, e, db, how, o, out, why);
	/* Nothing that looks like a mailbox stays where there was none. */
	if (s && !there) {
		struct reason ignored;

		(void)!backup_place_remove(location, mailbox, &ignored);
	}
	return s;
}
