/* What the cache knows of its synchronisation. */
#include "client/cache_private.h"

#include "rop/globset.h"
#include "rop/xid.h"
#include "store/message.h"

#include <stdio.h>

#define STATE_MOST   ((size_t)64 << 20)
/* Ids of objects of other replicas are made up here: above all that a server gives out in a lifetime. */
#define FOREIGN_FIRST ((uint64_t)1 << 47)

status cache_state(struct cache *c, uint64_t folder, struct sync_state *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "SELECT state FROM client_state WHERE folder = $1 AND state IS NOT NULL");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)folder);
	st = sql_step(s, &row);
	return st || !row ? st : sync_state_decode(sql_blob(s, 0), out, NULL);
}

status cache_set_state(struct cache *c, uint64_t folder, const struct sync_state *state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(STATE_MOST);
	status st = sync_state_encode(state, folder == CACHE_HIERARCHY, &b);
	struct sql_statement *s;

	if (st)
		return st;
	s = sql_prepare(mailbox_sql(c->mailbox), "INSERT INTO client_state (folder, state, complete) VALUES ($1, $2, 0)"
						 " ON CONFLICT (folder) DO UPDATE SET state = excluded.state");
	sql_bind_i64(s, 1, (int64_t)folder);
	sql_bind_blob(s, 2, buf_bytes(&b));
	return sql_run(s);
}

status cache_folder_time(struct cache *c, uint64_t folder, uint64_t *time)
{
	bool found = false;

	*time = 0;
	return cache_ask(c, "SELECT complete FROM client_state WHERE folder = $1", &folder, 1, time, &found);
}

status cache_set_folder_time(struct cache *c, uint64_t folder, uint64_t time)
{
	return cache_run(c, "INSERT INTO client_state (folder, state, complete) VALUES ($1, NULL, $2) ON CONFLICT (folder) DO UPDATE SET complete = excluded.complete",
			 (const uint64_t[]){ folder, time }, 2);
}

status cache_kept_from(struct cache *c, uint64_t folder, uint64_t *from, bool *known)
{
	*from = 0;
	return cache_ask(c, "SELECT kept_from FROM client_state WHERE folder = $1", &folder, 1, from, known);
}

status cache_set_kept_from(struct cache *c, uint64_t folder, uint64_t from)
{
	return cache_run(c, "INSERT INTO client_state (folder, state, complete, kept_from) VALUES ($1, NULL, 0, $2)"
			    " ON CONFLICT (folder) DO UPDATE SET kept_from = excluded.kept_from",
			 (const uint64_t[]){ folder, from }, 2);
}

status cache_older(struct cache *c, uint64_t folder, uint64_t than, uint64_t after, uint64_t *ids, size_t room, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT id FROM message WHERE folder = $1 AND kind = 0 AND received < $2 AND id > $3 ORDER BY id LIMIT $4");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)folder);
	sql_bind_i64(s, 2, (int64_t)than);
	sql_bind_i64(s, 3, (int64_t)after);
	sql_bind_i64(s, 4, (int64_t)room);
	for (*n = 0; !(st = sql_step(s, &row)) && row && *n < room; ++*n)
		ids[*n] = cache_u64(s, 0);
	return st;
}

status cache_drop_message(struct cache *c, uint64_t message)
{
	status s = message_delete(c->mailbox, message, DELETE_HARD);

	if (!s)
		s = cache_set_fullness(c, message, CACHE_FULL);
	/* Else it would be taken for one that was deleted here when it comes again. */
	return s ? s : cache_run(c, "DELETE FROM tombstone WHERE id = $1", &message, 1);
}

status cache_newest(struct cache *c, uint64_t *received)
{
	bool found = false;

	*received = 0;
	return cache_ask(c, "SELECT coalesce(max(received), 0) FROM message WHERE kind = 0", NULL, 0, received, &found);
}

status cache_forget_folder(struct cache *c, uint64_t folder)
{
	status st = cache_run(c, "DELETE FROM client_state WHERE folder = $1", &folder, 1);

	return st ? st : cache_set_refused(c, folder, 0);
}

status cache_set_refused(struct cache *c, uint64_t folder, uint32_t error)
{
	if (!error)
		return cache_run(c, "DELETE FROM client_refused WHERE folder = $1", &folder, 1);
	return cache_run(c, "INSERT INTO client_refused (folder, error) VALUES ($1, $2) ON CONFLICT (folder) DO UPDATE SET error = excluded.error",
			 (const uint64_t[]){ folder, error }, 2);
}

status cache_refused(struct cache *c, uint64_t folder, uint32_t *error)
{
	uint64_t said = 0;
	bool found = false;
	status st = cache_ask(c, "SELECT error FROM client_refused WHERE folder = $1", &folder, 1, &said, &found);

	*error = (uint32_t)said;
	return st;
}

/* Ids ----------------------------------------------------------------------------------------------------------------------------- */

status cache_grant_ids(struct cache *c, uint64_t first, uint64_t n)
{
	return mailbox_grant_ids(c->mailbox, first, n);
}

status cache_ids_left(struct cache *c, uint64_t *n)
{
	return mailbox_ids_left(c->mailbox, n);
}

static status find_foreign(struct cache *c, const struct guid *replica, uint64_t globcnt, uint64_t *id, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "SELECT id FROM client_foreign WHERE replica = $1 AND globcnt = $2");
	status st;

	sql_bind_blob(s, 1, bytes_of(replica->b, sizeof replica->b));
	sql_bind_i64(s, 2, (int64_t)globcnt);
	st = sql_step(s, found);
	if (!st && *found)
		*id = cache_u64(s, 0);
	return st;
}

status cache_foreign_id(struct cache *c, const struct guid *replica, uint64_t globcnt, bool make, uint64_t *id)
{
	uint64_t last = 0;
	bool found = false;
	struct sql_statement *s;
	status st;

	if (guid_equal(replica, &mailbox_identity(c->mailbox)->replica)) {
		*id = globcnt;
		return ecNone;
	}
	st = find_foreign(c, replica, globcnt, id, &found);
	if (st || found)
		return st;
	if (!make)
		return ecNotFound;
	st = cache_ask(c, "SELECT coalesce(max(id), 0) FROM client_foreign", NULL, 0, &last, &found);
	if (st)
		return st;
	*id = last < FOREIGN_FIRST ? FOREIGN_FIRST : last + 1;
	s = sql_prepare(mailbox_sql(c->mailbox), "INSERT INTO client_foreign (id, replica, globcnt) VALUES ($1, $2, $3)");
	sql_bind_i64(s, 1, (int64_t)*id);
	sql_bind_blob(s, 2, bytes_of(replica->b, sizeof replica->b));
	sql_bind_i64(s, 3, (int64_t)globcnt);
	return sql_run(s);
}

static status key_of_foreign(struct cache *c, uint64_t id, struct xid *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "SELECT replica, globcnt FROM client_foreign WHERE id = $1");
	struct guid replica;
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)id);
	st = sql_step(s, &row);
	if (st || !row || sql_blob(s, 0).n != sizeof replica.b)
		return st ? st : row ? ecCorruptData : ecNotFound;
	memcpy(replica.b, sql_blob(s, 0).p, sizeof replica.b);
	*out = xid_of_globcnt(&replica, cache_u64(s, 1));
	return ecNone;
}

status cache_source_key(struct cache *c, uint64_t id, uint8_t out[22])
{
	CLEANUP_BUF struct buf b = BUF_MAX(XID_SIZE_MAX);
	struct xid x = xid_of_globcnt(&mailbox_identity(c->mailbox)->replica, id);
	status s = id >= FOREIGN_FIRST ? key_of_foreign(c, id, &x) : ecNone;

	if (s)
		return s;
	xid_encode(&x, &b);
	if (b.n != 22)
		return ecCorruptData;
	memcpy(out, b.p, 22);
	return ecNone;
}
