#include "store/fulltext.h"

#include "base/map.h"
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

#include <stdlib.h>

/* Another number: the index is of no use and made anew. */
#define FULLTEXT_VERSION 2
/* Messages of one commit that are remembered as indexed already. */
#define DONE_MAX ((size_t)1 << 24)
/* When many messages are indexed: so many are put into the order of their arrival. */
#define BATCH 8192u
/* A commit of fewer changes is indexed at once. */
#define LATER_LEAST 16u

const struct fulltext_engine *fulltext_engine(struct sql *db)
{
	return sql_engine(db) == SQL_SQLITE ? &fulltext_sqlite : &fulltext_postgres;
}

uint64_t fulltext_step(uint64_t received)
{
	uint64_t step = received / FILETIME_PER_SECOND >> FULLTEXT_STEP_SECONDS_LOG2;

	return step < FULLTEXT_STEPS ? step : FULLTEXT_STEPS - 1;
}

/* Keeping ------------------------------------------------------------------------------------------------------------------ */

struct waiting {
	uint64_t message, received;
};

struct keeping {
	struct mailbox *m;
	struct document d;
	bool later;      /* they are put down, and indexed by fulltext_catch_up */
	struct map done; /* messages that were indexed in this commit */
	struct waiting *waiting; /* those that will be at its end */
	size_t n_waiting, cap_waiting;
	uint64_t next, began;
	struct fulltext_renewal renewal;
};

/* `n` numbers are its parameters. */
static status run_with(struct mailbox *m, const char *text, uint64_t a, uint64_t b, unsigned n, uint64_t *changes)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, text);
	bool row = false;
	status st;

	if (n > 0)
		bind_u64(s, 1, a);
	if (n > 1)
		bind_u64(s, 2, b);
	st = sql_step(s, &row);
	if (!st && changes)
		*changes = sql_changes(s);
	return mailbox_error(m, st);
}

static status forget(struct keeping *k, uint64_t message)
{
	uint64_t dead = 0;
	status s = run_with(k->m, "DELETE FROM fts_doc WHERE message = $1", message, 0, 1, &dead);

	k->renewal.dead += dead;
	return s;
}

status fulltext_gather_known(struct mailbox *m, uint64_t message, struct document *d)
{
	status s = fulltext_gather(m, message, d);

	if (s != ecCorruptData && s != ecTooBig && s != ecTooComplex)
		return s;
	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		buf_clear(&d->words[i]);
	return ecNone;
}

/* As it is now; one that cannot be read is known, but not found by its words. */
static status index_message(struct keeping *k, uint64_t message)
{
	status s = fulltext_gather_known(k->m, message, &k->d);
	uint64_t number = fulltext_step(k->d.received) << FULLTEXT_STEP_BITS | k->next;

	if (s || !k->d.wanted)
		return s;
	k->next++;
	s = mailbox_error(k->m, fulltext_engine(k->m->db)->put(k->m->db, number, message, &k->d));
	return s ? s : renewal_put(k->m, &k->renewal, number, &k->d);
}

static status add_waiting(struct keeping *k, uint64_t message)
{
	if (k->n_waiting == k->cap_waiting) {
		size_t cap = k->cap_waiting ? 2 * k->cap_waiting : 16;
		struct waiting *v = reallocarray(k->waiting, cap, sizeof *v);

		if (!v)
			return reason_set(&k->m->why, ecMemory, "out of memory");
		k->waiting = v;
		k->cap_waiting = cap;
	}
	k->waiting[k->n_waiting++] = (struct waiting){ .message = message };
	return ecNone;
}

/* At the end of the commit, or later; what was known of it is not true any more now. `anew`: nothing can be known yet. */
static status index_later(struct keeping *k, uint64_t message, bool anew)
{
	status s;

	if (map_get_u64(&k->done, message))
		return ecNone;
	s = map_put_u64(&k->done, message, 1);
	if (!s && k->later)
		s = run_with(k->m, "INSERT INTO fts_late (message) VALUES ($1) ON CONFLICT DO NOTHING", message, 0, 1, NULL);
	else if (!s)
		s = add_waiting(k, message);
	return s || anew ? s : forget(k, message);
}

static status find_received(struct mailbox *m, struct waiting *w)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT received FROM message WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, w->message);
	st = sql_step(s, &row);
	w->received = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

static int by_arrival(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->received != y->received)
		return x->received < y->received ? -1 : 1;
	return (x->message > y->message) - (x->message < y->message);
}

/* Numbers rise, because each that falls makes FTS5 write what it has gathered. */
static status index_waiting(struct keeping *k)
{
	bool sorted = fulltext_engine(k->m->db)->ordered && k->n_waiting > 1;
	status s = ecNone;

	for (size_t i = 0; !s && sorted && i < k->n_waiting; i++)
		s = find_received(k->m, &k->waiting[i]);
	if (!s && sorted)
		qsort(k->waiting, k->n_waiting, sizeof *k->waiting, by_arrival);
	for (size_t i = 0; !s && i < k->n_waiting; i++)
		s = index_message(k, k->waiting[i].message);
	k->n_waiting = 0;
	return s;
}

static status move_message(struct keeping *k, uint64_t from, uint64_t to)
{
	uint64_t changed = 0;
	status s = run_with(k->m, "UPDATE fts_doc SET message = $1 WHERE message = $2", to, from, 2, &changed);

	return s || changed ? s : index_later(k, to, true);
}

static status is_gone(struct mailbox *m, uint64_t message, bool *gone)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT 1 FROM message WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, message);
	st = sql_step(s, &row);
	*gone = !st && !row;
	return mailbox_error(m, st);
}

static status keep_change(struct keeping *k, const struct mailbox_change *c, bool *sweep)
{
	bool gone = false;
	status s;

	if (c->kind == CHANGE_FOLDER_DELETED)
		*sweep = true;
	if (c->associated)
		return ecNone;
	switch (c->kind) {
	case CHANGE_MESSAGE_CREATED:
	case CHANGE_MESSAGE_COPIED:
		return index_later(k, c->object, true);
	case CHANGE_MESSAGE_MODIFIED:
		return index_later(k, c->object, false);
	case CHANGE_MESSAGE_MOVED:
		return move_message(k, c->old_object, c->object);
	case CHANGE_MESSAGE_DELETED:
	case CHANGE_MESSAGE_PURGED:
		s = is_gone(k->m, c->object, &gone);
		return s || !gone ? s : forget(k, c->object);
	default:
		return ecNone;
	}
}

static status begin(struct keeping *k, struct mailbox *m)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT next FROM fts_state WHERE id = 1");
	bool row = false;
	status st;

	*k = (struct keeping){ .m = m };
	document_init(&k->d);
	map_init(&k->done, DONE_MAX);
	st = sql_step(s, &row);
	k->began = k->next = !st && row ? (uint64_t)sql_i64(s, 0) : 1;
	st = mailbox_error(m, st);
	return st ? st : renewal_load(m, &k->renewal);
}

static status finish(struct keeping *k, status s)
{
	document_free(&k->d);
	map_free(&k->done);
	free(k->waiting);
	s = s ? s : renewal_save(k->m, &k->renewal);
	return s || k->next == k->began ? s : run_with(k->m, "UPDATE fts_state SET next = $1 WHERE id = 1", k->next, 0, 1, NULL);
}

static bool of_messages(const struct mailbox_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].kind >= CHANGE_FOLDER_DELETED && changes[i].kind != CHANGE_MESSAGE_READ)
			return true;
	return false;
}

static status on_changes(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	struct keeping k;
	uint64_t dead = 0;
	bool sweep = false;
	status s;

	(void)context;
	if (!of_messages(changes, n))
		return ecNone;
	s = begin(&k, m);
	k.later = m->index_later && n >= LATER_LEAST;
	/* Numbers that were all given out: from the first on again. */
	if (!s && k.next > FULLTEXT_NUMBER_MAX - n)
		return finish(&k, fulltext_rebuild(m));
	for (size_t i = 0; !s && i < n; i++)
		s = keep_change(&k, &changes[i], &sweep);
	if (!s)
		s = index_waiting(&k);
	/* What was in a folder that is gone is not told one by one. */
	if (!s && sweep)
		s = run_with(m, "DELETE FROM fts_doc WHERE message NOT IN (SELECT id FROM message)", 0, 0, 0, &dead);
	k.renewal.dead += dead;
	if (!s)
		s = renewal_step(m, &k.renewal, &k.d, n);
	return finish(&k, s);
}

/* Later -------------------------------------------------------------------------------------------------------------------- */

void fulltext_set_later(struct mailbox *m, bool later)
{
	m->index_later = later;
}

static status late_messages(struct keeping *k, uint64_t *last)
{
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(k->m->db, "SELECT message FROM fts_late ORDER BY message LIMIT $1");
	bool row = false;
	status s;

	sql_bind_i64(st, 1, BATCH);
	while (!(s = mailbox_error(k->m, sql_step(st, &row))) && row) {
		*last = (uint64_t)sql_i64(st, 0);
		s = add_waiting(k, *last);
		if (s)
			break;
	}
	return s;
}

/* In a transaction. One that was changed since may be known already. */
static status index_late(struct mailbox *m, size_t *n)
{
	struct keeping k;
	uint64_t last = 0;
	status s = begin(&k, m);

	if (!s)
		s = late_messages(&k, &last);
	*n = k.n_waiting;
	for (size_t i = 0; !s && i < k.n_waiting; i++)
		s = forget(&k, k.waiting[i].message);
	if (!s && k.next > FULLTEXT_NUMBER_MAX - k.n_waiting)
		return finish(&k, fulltext_rebuild(m));
	if (!s)
		s = index_waiting(&k);
	if (!s)
		s = run_with(m, "DELETE FROM fts_late WHERE message <= $1", last, 0, 1, NULL);
	return finish(&k, s);
}

static status count_late(struct mailbox *m, uint64_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT COUNT(*) FROM fts_late");
	bool row = false;
	status st = sql_step(s, &row);

	*n = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

status fulltext_catch_up(struct mailbox *m, uint64_t *left)
{
	bool inside = mailbox_in_transaction(m);
	size_t done = 0;
	status s = count_late(m, left);

	if (s || !*left)
		return s;
	s = inside ? ecNone : mailbox_begin(m);
	if (!s)
		s = index_late(m, &done);
	if (!s && !inside)
		s = mailbox_commit(m);
	else if (s && !inside)
		mailbox_rollback(m);
	*left -= done;
	return s;
}

status fulltext_catch_up_all(struct mailbox *m)
{
	uint64_t left = 1;
	status s = ecNone;

	while (!s && left)
		s = fulltext_catch_up(m, &left);
	return s;
}

/* Making ------------------------------------------------------------------------------------------------------------------- */

static status next_messages(struct keeping *k, uint64_t *id)
{
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(
		k->m->db, "SELECT id FROM message WHERE id > $1 AND (kind = 0 OR kind = 2) ORDER BY id LIMIT $2");
	bool row = false;
	status s;

	bind_u64(st, 1, *id);
	sql_bind_i64(st, 2, BATCH);
	while (!(s = mailbox_error(k->m, sql_step(st, &row))) && row) {
		*id = (uint64_t)sql_i64(st, 0);
		s = index_later(k, *id, true);
		if (s)
			break;
	}
	return s;
}

static status index_all(struct keeping *k)
{
	uint64_t id = 0;
	size_t n = BATCH;
	status s = ecNone;

	while (!s && n == BATCH) {
		s = next_messages(k, &id);
		n = k->n_waiting;
		map_free(&k->done);
		map_init(&k->done, DONE_MAX);
		if (!s)
			s = index_waiting(k);
	}
	return s;
}

status fulltext_rebuild(struct mailbox *m)
{
	const struct fulltext_engine *e = fulltext_engine(m->db);
	struct keeping k;
	status s = mailbox_must_write(m);

	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "DELETE FROM fts_doc; DELETE FROM fts_late; UPDATE fts_state SET next = 1 WHERE id = 1;"
							" UPDATE fts_state SET version = 0, next = 0 WHERE id > 2"));
	if (!s && *e->clear)
		s = mailbox_error(m, sql_execute(m->db, e->clear));
	if (s)
		return s;
	s = begin(&k, m);
	return finish(&k, s ? s : index_all(&k));
}

/* The index is left out of backups: where there is no state of it, it is made from the messages. */
static const char state_tables[] = "CREATE TABLE IF NOT EXISTS fts_state (id INTEGER PRIMARY KEY, version INTEGER NOT NULL,"
				  " next INTEGER NOT NULL) STRICT;"
				  "CREATE TABLE IF NOT EXISTS fts_late (message INTEGER PRIMARY KEY) STRICT";

static status make(struct mailbox *m)
{
	status s = mailbox_begin(m);

	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "DROP TABLE IF EXISTS fts_term; DROP TABLE IF EXISTS fts_fresh; DROP TABLE IF EXISTS fts_word; DROP TABLE IF EXISTS fts_doc; DELETE FROM fts_state"));
	if (!s)
		s = mailbox_error(m, sql_execute(m->db, fulltext_engine(m->db)->schema));
	if (!s)
		s = run_with(m, "INSERT INTO fts_state (id, version, next) VALUES (1, $1, $2)", FULLTEXT_VERSION, 1, 2, NULL);
	if (!s)
		s = fulltext_rebuild(m);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status is_made(struct mailbox *m, bool *made)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT version FROM fts_state WHERE id = 1");
	bool row = false;
	status st = sql_step(s, &row);

	*made = !st && row && sql_i64(s, 0) == FULLTEXT_VERSION;
	return mailbox_error(m, st);
}

status fulltext_attach(struct mailbox *m, struct reason *why)
{
	bool made = false;
	status s = mailbox_error(m, sql_execute(m->db, state_tables));

	if (!s)
		s = is_made(m, &made);
	if (!s && !made)
		s = make(m);
	if (!s)
		s = mailbox_keep(m, on_changes, NULL);
	return s ? reason_set(why, s, "%s", mailbox_failure(m)) : ecNone;
}
