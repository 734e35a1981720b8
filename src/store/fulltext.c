#include "store/fulltext.h"

#include "base/map.h"
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

#include <stdlib.h>

/* Another number: the index is of no use and made anew. */
#define FULLTEXT_VERSION 1
#define EXPRESSION_MAX ((size_t)256 << 10)
/* Messages of one commit that are remembered as indexed already. */
#define DONE_MAX ((size_t)1 << 24)

static const struct fulltext_engine *engine(struct sql *db)
{
	return sql_engine(db) == SQL_SQLITE ? &fulltext_sqlite : &fulltext_postgres;
}

/* Keeping ------------------------------------------------------------------------------------------------------------------ */

struct keeping {
	struct mailbox *m;
	struct document d;
	struct map done; /* messages that were indexed in this commit */
	int64_t next, began;
};

static status run_with(struct mailbox *m, const char *text, uint64_t a, uint64_t b, unsigned n, uint64_t *changes)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, text);
	bool row = false;
	status st;

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
	return run_with(k->m, "DELETE FROM fts_doc WHERE message = $1", message, 0, 1, NULL);
}

static status insert_doc(struct keeping *k, uint64_t message, int64_t doc)
{
	struct sql_statement *s = sql_prepare(k->m->db, "INSERT INTO fts_doc (id, message, received) VALUES ($1, $2, $3)");

	sql_bind_i64(s, 1, doc);
	bind_u64(s, 2, message);
	bind_u64(s, 3, k->d.received);
	return sql_run(s);
}

/* As it is now; a message that is not there any more, or cannot be read, is not found by its words. */
static status index_message(struct keeping *k, uint64_t message)
{
	status s;

	if (map_get_u64(&k->done, message))
		return ecNone;
	s = map_put_u64(&k->done, message, 1);
	if (!s)
		s = forget(k, message);
	if (!s)
		s = fulltext_gather(k->m, message, &k->d);
	if (s == ecCorruptData || s == ecTooBig || s == ecTooComplex)
		return ecNone;
	if (s || !k->d.wanted)
		return s;
	s = insert_doc(k, message, k->next);
	if (!s)
		s = engine(k->m->db)->put(k->m->db, (uint64_t)k->next, &k->d);
	k->next++;
	return mailbox_error(k->m, s);
}

static status move_message(struct keeping *k, uint64_t from, uint64_t to)
{
	uint64_t changed = 0;
	status s = run_with(k->m, "UPDATE fts_doc SET message = $1 WHERE message = $2", to, from, 2, &changed);

	return s || changed ? s : index_message(k, to);
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
	case CHANGE_MESSAGE_MODIFIED:
	case CHANGE_MESSAGE_COPIED:
		return index_message(k, c->object);
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
	k->began = k->next = !st && row ? sql_i64(s, 0) : 1;
	return mailbox_error(m, st);
}

static status finish(struct keeping *k, status s)
{
	document_free(&k->d);
	map_free(&k->done);
	return s || k->next == k->began ? s : run_with(k->m, "UPDATE fts_state SET next = $1 WHERE id = 1", (uint64_t)k->next, 0, 1, NULL);
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
	bool sweep = false;
	status s;

	(void)context;
	if (!of_messages(changes, n))
		return ecNone;
	s = begin(&k, m);
	for (size_t i = 0; !s && i < n; i++)
		s = keep_change(&k, &changes[i], &sweep);
	/* What was in a folder that is gone is not told one by one. */
	if (!s && sweep)
		s = mailbox_error(m, sql_execute(m->db, "DELETE FROM fts_doc WHERE message NOT IN (SELECT id FROM message)"));
	return finish(&k, s);
}

/* Making ------------------------------------------------------------------------------------------------------------------- */

static status index_all(struct keeping *k)
{
	uint64_t id = 0;
	bool row = true;
	status s = ecNone;

	while (!s && row) {
		CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(
			k->m->db, "SELECT id FROM message WHERE id > $1 AND (kind = 0 OR kind = 2) ORDER BY id LIMIT 1");

		bind_u64(st, 1, id);
		s = mailbox_error(k->m, sql_step(st, &row));
		id = !s && row ? (uint64_t)sql_i64(st, 0) : id;
		if (!s && row)
			s = index_message(k, id);
	}
	return s;
}

status fulltext_rebuild(struct mailbox *m)
{
	const struct fulltext_engine *e = engine(m->db);
	struct keeping k;
	status s = mailbox_must_write(m);

	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "DELETE FROM fts_doc"));
	if (!s && *e->clear)
		s = mailbox_error(m, sql_execute(m->db, e->clear));
	if (s)
		return s;
	s = begin(&k, m);
	return finish(&k, s ? s : index_all(&k));
}

/* The index is left out of backups: where there is no state of it, it is made from the messages. */
static const char state_table[] = "CREATE TABLE IF NOT EXISTS fts_state (id INTEGER PRIMARY KEY, version INTEGER NOT NULL,"
				  " next INTEGER NOT NULL) STRICT";

static status make(struct mailbox *m)
{
	status s = mailbox_begin(m);

	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "DROP TABLE IF EXISTS fts_word; DROP TABLE IF EXISTS fts_doc; DELETE FROM fts_state"));
	if (!s)
		s = mailbox_error(m, sql_execute(m->db, engine(m->db)->schema));
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
	status s = mailbox_error(m, sql_execute(m->db, state_table));

	if (!s)
		s = is_made(m, &made);
	if (!s && !made)
		s = make(m);
	if (!s)
		s = mailbox_keep(m, on_changes, NULL);
	return s ? reason_set(why, s, "%s", mailbox_failure(m)) : ecNone;
}

/* Finding ------------------------------------------------------------------------------------------------------------------- */

static status check(const struct fulltext_node *n, unsigned depth, unsigned *nodes, bool *empty, struct reason *why)
{
	status s = ecNone;

	if (depth > FULLTEXT_DEPTH_MAX || ++*nodes > FULLTEXT_NODES_MAX)
		return reason_set(why, ecTooComplex, "the search has too many words, or nests too deep");
	*empty = *empty || !n->n;
	for (size_t i = 0; !s && n->kind != FULLTEXT_PHRASE && i < n->n; i++)
		s = check(n->nodes[i], depth + 1, nodes, empty, why);
	*nodes += n->kind == FULLTEXT_PHRASE ? (unsigned)(n->n > FULLTEXT_NODES_MAX ? FULLTEXT_NODES_MAX : n->n) : 0;
	return s;
}

static int by_message(const void *a, const void *b)
{
	uint64_t x = ((const struct fulltext_hit *)a)->message, y = ((const struct fulltext_hit *)b)->message;

	return (x > y) - (x < y);
}

struct hits {
	struct fulltext_hit *v;
	size_t n, cap;
};

static bool add_hit(struct hits *h, const struct fulltext_hit *hit)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 1024;
		void *v = reallocarray(h->v, cap, sizeof *h->v);

		if (!v)
			return false;
		h->v = v;
		h->cap = cap;
	}
	h->v[h->n++] = *hit;
	return true;
}

static status collect(struct mailbox *m, const char *expression, struct hits *h)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, engine(m->db)->find);
	bool row = false;
	status st;

	sql_bind_text(s, 1, expression);
	while (!(st = sql_step(s, &row)) && row) {
		struct fulltext_hit hit = { (uint64_t)sql_i64(s, 0), (uint64_t)sql_i64(s, 1) };

		if (!add_hit(h, &hit))
			return ecMemory;
	}
	return mailbox_error(m, st);
}

status fulltext_find(struct mailbox *m, const struct fulltext_node *what, struct arena *arena, struct fulltext_hit **hits, size_t *n,
		     struct reason *why)
{
	CLEANUP_BUF struct buf expression = BUF_MAX(EXPRESSION_MAX);
	struct hits h = { .n = 0 };
	unsigned nodes = 0;
	bool empty = false;
	status s = check(what, 0, &nodes, &empty, why);

	if (s)
		return s;
	engine(m->db)->expression(what, &expression);
	if (expression.failed)
		return reason_set(why, ecTooComplex, "the search is too long");
	s = empty ? ecNone : collect(m, buf_cstr(&expression), &h);
	if (!s && h.n)
		qsort(h.v, h.n, sizeof *h.v, by_message);
	struct fulltext_hit *copy = s ? NULL : arena_memdup(arena, h.n ? h.v : (void *)"", h.n * sizeof *h.v);
	free(h.v);
	if (s || !copy)
		return reason_set(why, s ? s : ecMemory, "%s", s ? mailbox_failure(m) : "out of memory");
	*hits = copy;
	*n = h.n;
	return ecNone;
}
