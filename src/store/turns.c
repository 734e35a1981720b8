#include "store/turns_private.h"

#include "base/buf.h"
#include "store/mailbox_private.h"
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>

/* The tables need not survive a crash of the server of databases: no process has anything open after that. */
static const char tables[] = "CREATE UNLOGGED TABLE IF NOT EXISTS turn (one INTEGER PRIMARY KEY, number INTEGER NOT NULL, given INTEGER NOT NULL,"
			     " ids_next INTEGER NOT NULL, ids_end INTEGER NOT NULL, changes_next INTEGER NOT NULL, changes_end INTEGER NOT NULL);"
			     "CREATE UNLOGGED TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, changes BLOB NOT NULL);"
			     "INSERT INTO turn VALUES (1, 0, -1, 0, 0, 0, 0) ON CONFLICT DO NOTHING";

#define LOCK_KEY "hashtextextended(current_schema() || '/turn', 0)"
/* So many hold an advisory lock on this key, of this database. */
#define HOLDERS(key)                                                                                                    \
	"SELECT COUNT(*) FROM pg_locks, " key " h WHERE locktype = 'advisory' AND objsubid = 1 AND granted"               \
	" AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"                                \
	" AND classid = ((h >> 32) & 4294967295)::oid AND objid = (h & 4294967295)::oid"
/* A mailbox that is opened is asked for again by who opens it. */
#define FIRST_PATIENCE_MS 100u
#define SLICE_MS 100u
/* What is told is kept for so many commits, and looked through now and then. */
#define TOLD_KEPT 4096
#define TOLD_GLANCE 256
#define CHANGE_BYTES 72u
#define TOLD_MOST ((size_t)256 << 20)

static status failed(struct mailbox *m, status s)
{
	return mailbox_error(m, s);
}

/* One number as the only cell of a query. */
static status ask(struct mailbox *m, const char *query, int64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, query);
	bool row = false;
	status st = sql_step(s, &row);

	if (!st && row)
		*out = sql_i64(s, 0);
	return failed(m, st);
}

/*
 * All that notify wait for each other while they commit, whatever mailbox it is about: so it is a transaction of its own, which waits for no disk.
 */
#define SAY(kind)                                                                                                        \
	"BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_notify('" TURNS_CHANNEL "', '" kind "' || current_schema()); COMMIT"

static status say(struct mailbox *m, char kind)
{
	return failed(m, sql_execute(m->db, kind == TURNS_WANTED ? SAY("w") : SAY("c")));
}

/* The lock ---------------------------------------------------------------------------------------------------------- */

static void unlock(struct mailbox *m)
{
	int64_t ignored;

	m->turns->mine = false;
	/* What fails here is a connection that is gone, and the lock with it. */
	(void)!ask(m, "SELECT CASE WHEN pg_advisory_unlock(" LOCK_KEY ") THEN 1 ELSE 0 END", &ignored);
}

static status set_patience(struct mailbox *m, unsigned ms)
{
	char text[64];

	(void)snprintf(text, sizeof text, "SET lock_timeout = %u", ms);
	return failed(m, sql_execute(m->db, text));
}

/* A lock that is given in the moment in which the time is up is ours, though PostgreSQL says that it is not: it belongs to the connection, which does not lose it with the statement. */
static status is_ours_after_all(struct mailbox *m, bool *ours)
{
	int64_t n = 0;
	status s = ask(m, HOLDERS(LOCK_KEY) " AND pid = pg_backend_pid()", &n);

	*ours = n > 0;
	return s;
}

/* Stands in the queue for a while. ecBusy: in vain. */
static status queue_for_lock(struct mailbox *m)
{
	int64_t ignored = 0;
	bool ours = false;
	status s = say(m, TURNS_WANTED), st;

	if (!s)
		s = ask(m, "SELECT 1 FROM pg_advisory_lock(" LOCK_KEY ")", &ignored);
	if (s != ecBusy)
		return s;
	st = is_ours_after_all(m, &ours);
	if (st)
		return st;
	return ours ? ecNone : s;
}

/*
 * Whoever has it may give it away, and take it again, before we stand in the queue: so it is asked for again and again.
 */
static status wait_for_lock(struct mailbox *m, unsigned patience_ms)
{
	status s = set_patience(m, SLICE_MS), st;

	for (unsigned waited = 0; !s && waited < patience_ms; waited += SLICE_MS) {
		s = queue_for_lock(m);
		if (s != ecBusy)
			break;
		s = waited + SLICE_MS < patience_ms ? ecNone : s;
	}
	/* Other locks are waited for as ever. */
	st = set_patience(m, 0);
	if (!s && st)
		unlock(m);
	s = s ? s : st;
	if (s == ecBusy)
		return reason_set(&m->why, ecBusy, "another server has the mailbox and does not give it away");
	return s;
}

static status lock(struct mailbox *m, unsigned patience_ms)
{
	int64_t got = 0;
	status s = ask(m, "SELECT CASE WHEN pg_try_advisory_lock(" LOCK_KEY ") THEN 1 ELSE 0 END", &got);

	if (s || got)
		return s;
	m->turns->others = true;
	return wait_for_lock(m, patience_ms);
}

/* What is told ------------------------------------------------------------------------------------------------------ */

static status encode(struct mailbox *m, const struct mailbox_change *changes, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct mailbox_change *c = &changes[i];
		const uint64_t v[] = { (uint64_t)c->kind | (uint64_t)c->associated << 32, c->folder, c->object, c->old_folder, c->old_object, c->parent, c->cn };
		uint8_t row[CHANGE_BYTES];

		for (size_t k = 0; k < sizeof v / sizeof *v; k++)
			put_le64(row + 8 * k, v[k]);
		memcpy(row + sizeof v, c->reader.b, sizeof c->reader.b);
		buf_add(out, row, sizeof row);
	}
	return buf_status(out) ? reason_set(&m->why, ecTooBig, "more changes than can be told to other servers at once") : ecNone;
}

static void decode(const uint8_t *p, struct mailbox_change *c)
{
	uint64_t kind = le64(p);

	*c = (struct mailbox_change){ .kind = (enum mailbox_change_kind)(kind & UINT32_MAX),
				      .associated = kind >> 32 & 1,
				      .folder = le64(p + 8),
				      .object = le64(p + 16),
				      .old_folder = le64(p + 24),
				      .old_object = le64(p + 32),
				      .parent = le64(p + 40),
				      .cn = le64(p + 48) };
	memcpy(c->reader.b, p + 56, sizeof c->reader.b);
}

static status forget_old(struct mailbox *m, int64_t before)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM told WHERE number <= $1");

	sql_bind_i64(s, 1, before);
	return failed(m, sql_run(s));
}

status turns_tell(struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	struct turns *t = m->turns;
	CLEANUP_BUF struct buf b = BUF_MAX(TOLD_MOST);

	if (!t || !t->others || !n)
		return ecNone;
	status s = encode(m, changes, n, &b);
	if (s)
		return s;
	struct sql_statement *q = sql_prepare(m->db, "INSERT INTO told (number, changes) VALUES ($1, $2)");
	sql_bind_i64(q, 1, ++t->told);
	sql_bind_blob(q, 2, buf_bytes(&b));
	s = failed(m, sql_run(q));
	if (!s && t->told % TOLD_GLANCE == 0)
		s = forget_old(m, t->told - TOLD_KEPT);
	return s;
}

void turns_told(struct mailbox *m)
{
	struct turns *t = m->turns;

	/* Whoever is not told now hears of it with the next change, or its next turn. */
	if (t && t->told != t->told_committed)
		(void)!say(m, TURNS_CHANGED);
	if (t)
		t->told_committed = t->told;
}

static void tell(struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	for (size_t i = 0; n && i < m->n_ears; i++)
		if (m->ears[i].listener)
			m->ears[i].listener(m->ears[i].context, changes, n);
}

/* More was told than is kept: whoever listens has to look at everything again. */
static void tell_all(struct mailbox *m)
{
	tell(m, &(struct mailbox_change){ .kind = CHANGE_UNKNOWN }, 1);
}

static status tell_row(struct mailbox *m, int64_t number, struct bytes data)
{
	size_t n = data.n / CHANGE_BYTES;
	struct mailbox_change *v = calloc(n ? n : 1, sizeof *v);

	if (!v)
		return reason_set(&m->why, ecMemory, "out of memory");
	for (size_t i = 0; i < n; i++)
		decode(data.p + i * CHANGE_BYTES, &v[i]);
	if (number != m->turns->told + 1)
		tell_all(m);
	m->turns->told = m->turns->told_committed = number;
	tell(m, v, n);
	free(v);
	return ecNone;
}

#define TOLD_AT_ONCE 16u

status mailbox_catch_up(struct mailbox *m)
{
	size_t n = TOLD_AT_ONCE;
	status s = ecNone;

	if (!m->turns)
		return ecNone;
	while (!s && n == TOLD_AT_ONCE) {
		CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(m->db, "SELECT number, changes FROM told WHERE number > $1 ORDER BY number LIMIT 16");
		bool row = true;

		sql_bind_i64(q, 1, m->turns->told);
		for (n = 0; !s && !(s = failed(m, sql_step(q, &row))) && row; n++)
			s = tell_row(m, sql_i64(q, 0), sql_blob(q, 1));
	}
	return s;
}

/* Whose turn it is ---------------------------------------------------------------------------------------------------- */

/* Another process had it: what is remembered may not be so any more. */
static status read_again(struct mailbox *m, const struct mailbox_counters *runs)
{
	int64_t next = 0;
	bool found = false;
	status s = failed(m, meta_get_i64(m->db, "next_id", &next, &found));

	if (s)
		return s;
	if (!found || next < 1)
		return reason_set(&m->why, ecCorruptData, "what identifies the mailbox is damaged");
	m->counters = *runs;
	m->counters.next_id = (uint64_t)next;
	m->saved = m->counters;
	m->total_known = false;
	read_marks_forget(m);
	s = mailbox_names_more(m);
	return s ? s : mailbox_catch_up(m);
}

/* Numbers this turn; *again: another process had one since the last of ours. Runs of ids go on where it left them, if it could say so. */
static status count_turn(struct mailbox *m, bool *again, struct mailbox_counters *runs)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(m->db, "UPDATE turn SET number = number + 1 WHERE one = 1"
								       " RETURNING number, given, ids_next, ids_end, changes_next, changes_end");
	bool row = false;
	status s = failed(m, sql_step(q, &row));

	if (s)
		return s;
	if (!row)
		return reason_set(&m->why, ecDiskError, "the server of databases has lost who has the mailbox; it is to be opened again");
	*again = sql_i64(q, 0) != m->turns->number + 1;
	m->turns->number = sql_i64(q, 0);
	*runs = (struct mailbox_counters){ .next_id = 0 };
	if (sql_i64(q, 1) == m->turns->number - 1) {
		runs->ids = (struct globcnt_run){ (uint64_t)sql_i64(q, 2), (uint64_t)sql_i64(q, 3) };
		runs->changes = (struct globcnt_run){ (uint64_t)sql_i64(q, 4), (uint64_t)sql_i64(q, 5) };
	}
	return ecNone;
}

status mailbox_take_turn(struct mailbox *m, unsigned patience_ms)
{
	struct mailbox_counters runs;
	bool again = false;

	if (mailbox_has_turn(m))
		return ecNone;
	status s = lock(m, patience_ms);
	if (s)
		return s;
	s = count_turn(m, &again, &runs);
	if (!s && again) {
		m->turns->others = true;
		s = read_again(m, &runs);
	}
	if (s) {
		unlock(m);
		return s;
	}
	m->turns->mine = true;
	return ecNone;
}

bool mailbox_has_turn(const struct mailbox *m)
{
	return !m->turns || m->turns->mine;
}

static status leave_word(struct mailbox *m)
{
	struct sql_statement *q = sql_prepare(m->db, "UPDATE turn SET given = number, ids_next = $1, ids_end = $2, changes_next = $3, changes_end = $4 WHERE one = 1");

	sql_bind_i64(q, 1, (int64_t)m->saved.ids.next);
	sql_bind_i64(q, 2, (int64_t)m->saved.ids.end);
	sql_bind_i64(q, 3, (int64_t)m->saved.changes.next);
	sql_bind_i64(q, 4, (int64_t)m->saved.changes.end);
	return sql_run(q);
}

void mailbox_give_turn(struct mailbox *m)
{
	if (!m->turns || !m->turns->mine || m->in_transaction)
		return;
	m->turns->others = true;
	/* Without it the next one begins runs of its own. */
	(void)!leave_word(m);
	unlock(m);
}

int64_t mailbox_turn_process(const struct mailbox *m)
{
	return m->turns ? m->turns->process : 0;
}

/* The beginning ----------------------------------------------------------------------------------------------------------- */

static status look_for_others(struct mailbox *m)
{
	int64_t n = 0;
	/* Who has it open holds the lock on the name of the schema, shared. */
	status s = ask(m, HOLDERS("hashtextextended(current_schema(), 0)") " AND mode = 'ShareLock'", &n);

	m->turns->others = m->turns->others || n > 1;
	return s;
}

status turns_begin(struct mailbox *m)
{
	struct mailbox_counters runs = { .ids = 0 };
	bool again;

	if (!sql_takes_turns(m->db))
		return ecNone;
	m->turns = calloc(1, sizeof *m->turns);
	if (!m->turns)
		return reason_set(&m->why, ecMemory, "out of memory");
	status s = lock(m, FIRST_PATIENCE_MS);
	if (!s)
		s = failed(m, sql_execute(m->db, tables));
	if (!s)
		s = ask(m, "SELECT pg_backend_pid()", &m->turns->process);
	if (!s)
		s = look_for_others(m);
	if (!s)
		s = count_turn(m, &again, &runs);
	if (!s)
		s = ask(m, "SELECT COALESCE(MAX(number), 0) FROM told", &m->turns->told);
	m->turns->told_committed = m->turns->told;
	m->turns->mine = !s;
	/* load() reads the counter; the runs are those that were left. */
	m->counters.ids = m->saved.ids = runs.ids;
	m->counters.changes = m->saved.changes = runs.changes;
	return s;
}
