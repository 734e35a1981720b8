/*
 * What was deleted stays in FTS5's lists (store/fulltext_engines.c).  When that is much, the index is made anew beside the old one, a few
 * messages in every commit, and takes its place in the end; until then the old one is searched.
 */
#include "store/fulltext_private.h"
#include "store/mailbox_private.h"

#include <stdlib.h>

/* As many dead entries as half of what is alive, and so many more. */
#define DEAD_LEAST 1000u
/* Messages of one commit, besides as many again as it changed. */
#define STEP_LEAST 32u

/* Rows of fts_state. */
#define STATE_BUILDING 3
#define STATE_DEAD 4

static status load_state(struct mailbox *m, int64_t id, bool *is, uint64_t *number)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT version, next FROM fts_state WHERE id = $1");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, id);
	st = sql_step(s, &row);
	*is = !st && row && sql_i64(s, 0);
	*number = !st && row ? (uint64_t)sql_i64(s, 1) : 0;
	return mailbox_error(m, st);
}

static status save_state(struct mailbox *m, int64_t id, bool is, uint64_t number)
{
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO fts_state (id, version, next) VALUES ($1, $2, $3)"
						     " ON CONFLICT (id) DO UPDATE SET version = excluded.version, next = excluded.next");

	sql_bind_i64(s, 1, id);
	sql_bind_i64(s, 2, is);
	bind_u64(s, 3, number);
	return mailbox_error(m, sql_run(s));
}

status renewal_load(struct mailbox *m, struct fulltext_renewal *r)
{
	bool unused = false;
	status s;

	*r = (struct fulltext_renewal){ .building = false };
	if (!fulltext_engine(m->db)->renew)
		return ecNone;
	s = load_state(m, STATE_BUILDING, &r->building, &r->done);
	if (!s)
		s = load_state(m, STATE_DEAD, &unused, &r->dead);
	r->was_done = r->done;
	r->was_dead = r->dead;
	r->was_building = r->building;
	return s;
}

status renewal_save(struct mailbox *m, const struct fulltext_renewal *r)
{
	status s = ecNone;

	if (!fulltext_engine(m->db)->renew)
		return ecNone;
	if (r->building != r->was_building || r->done != r->was_done)
		s = save_state(m, STATE_BUILDING, r->building, r->done);
	return s || r->dead == r->was_dead ? s : save_state(m, STATE_DEAD, false, r->dead);
}

status renewal_put(struct mailbox *m, const struct fulltext_renewal *r, uint64_t number, struct document *d)
{
	/* What is not that far yet comes in its turn. */
	if (!r->building || number > r->done)
		return ecNone;
	return mailbox_error(m, fulltext_engine(m->db)->renew->put(m->db, number, d));
}

static status is_due(struct mailbox *m, const struct fulltext_renewal *r, bool *due)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	bool row = false;
	status st;

	*due = false;
	if (r->dead < DEAD_LEAST)
		return ecNone;
	s = sql_prepare(m->db, "SELECT SUM(items + deleted_items) FROM folder WHERE is_search = 0");
	st = sql_step(s, &row);
	*due = !st && row && (uint64_t)sql_i64(s, 0) / 2 + DEAD_LEAST <= r->dead;
	return mailbox_error(m, st);
}

struct numbered {
	uint64_t number, message;
};

static status next_ones(struct mailbox *m, uint64_t done, size_t most, struct numbered *v, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, message FROM fts_doc WHERE id > $1 ORDER BY id LIMIT $2");
	bool row = false;
	status st;

	bind_u64(s, 1, done);
	bind_u64(s, 2, most);
	for (*n = 0; !(st = sql_step(s, &row)) && row && *n < most; ++*n)
		v[*n] = (struct numbered){ (uint64_t)sql_i64(s, 0), (uint64_t)sql_i64(s, 1) };
	return mailbox_error(m, st);
}

static status step(struct mailbox *m, struct fulltext_renewal *r, struct document *d, size_t most, bool *ended)
{
	struct numbered *v = calloc(most, sizeof *v);
	size_t n = 0;
	status s = v ? next_ones(m, r->done, most, v, &n) : reason_set(&m->why, ecMemory, "out of memory");

	for (size_t i = 0; !s && i < n; i++) {
		s = fulltext_gather_known(m, v[i].message, d);
		r->done = v[i].number;
		if (!s)
			s = renewal_put(m, r, v[i].number, d);
	}
	*ended = !s && n < most;
	free(v);
	return s;
}

status renewal_step(struct mailbox *m, struct fulltext_renewal *r, struct document *d, size_t changed)
{
	const struct fulltext_renew *how = fulltext_engine(m->db)->renew;
	bool begins = false, ended = false;
	/* Of the last step and the first; who reads in the middle of a commit lets them wait. */
	bool can_drop = sql_is_idle(m->db);
	status s = ecNone;

	if (!how)
		return ecNone;
	if (!r->building)
		s = is_due(m, r, &begins);
	if (!s && begins && can_drop) {
		s = mailbox_error(m, sql_execute(m->db, how->begin));
		*r = (struct fulltext_renewal){ .building = true, .was_dead = r->was_dead };
	}
	if (!s && r->building)
		s = step(m, r, d, STEP_LEAST + changed, &ended);
	if (s || !ended || !can_drop)
		return s;
	r->building = false;
	r->done = 0;
	return mailbox_error(m, sql_execute(m->db, how->end));
}
