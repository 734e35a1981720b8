/* Messages of which only the headers are here. */
#include "client/cache_private.h"

#define COLUMNS "p.message, m.folder, p.cn, p.size, p.source, m.kind, p.wanted"

static void read_row(struct sql_statement *s, struct cache_partial *p)
{
	*p = (struct cache_partial){ .message = cache_u64(s, 0),
				     .folder = cache_u64(s, 1),
				     .cn = cache_u64(s, 2),
				     .size = cache_u64(s, 3),
				     .source = cache_u64(s, 4),
				     .associated = cache_u64(s, 5) & 1,
				     .wanted = cache_u64(s, 6) };
}

status cache_set_fullness(struct cache *c, uint64_t message, enum cache_fullness f)
{
	if (f == CACHE_HEADERS)
		return cache_set_partial(c, message, 0, 0);
	return cache_run(c, "DELETE FROM client_partial WHERE message = $1", &message, 1);
}

status cache_set_partial(struct cache *c, uint64_t message, uint64_t cn, uint64_t size)
{
	return cache_run(
		c,
		"INSERT INTO client_partial (message, cn, size) VALUES ($1, $2, $3)"
		" ON CONFLICT (message) DO UPDATE SET cn = excluded.cn, size = excluded.size",
		(const uint64_t[]){ message, cn, size }, 3);
}

status cache_fullness(struct cache *c, uint64_t message, enum cache_fullness *out)
{
	uint64_t id = 0;
	bool found = false;
	status s = cache_ask(c, "SELECT message FROM client_partial WHERE message = $1", &message,
			     1, &id, &found);

	*out = found ? CACHE_HEADERS : CACHE_FULL;
	return s;
}

status cache_partial(struct cache *c, uint64_t message, struct cache_partial *out, bool *partial)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		mailbox_sql(c->mailbox),
		"SELECT " COLUMNS
		" FROM client_partial p JOIN message m ON m.id = p.message WHERE p.message = $1");
	status st;

	*partial = false;
	sql_bind_i64(s, 1, (int64_t)message);
	st = sql_step(s, partial);
	if (!st && *partial)
		read_row(s, out);
	return st;
}

status cache_partial_count(struct cache *c, uint64_t *n)
{
	bool found = false;

	return cache_ask(
		c,
		"SELECT count(*) FROM client_partial p JOIN message m ON m.id = p.message WHERE m.deleted = 0",
		NULL, 0, n, &found);
}

status cache_want(struct cache *c, uint64_t message)
{
	c->announce = true;
	return cache_run(c, "UPDATE client_partial SET wanted = 1 WHERE message = $1", &message, 1);
}

status cache_partial_tried(struct cache *c, uint64_t message)
{
	return cache_run(c, "UPDATE client_partial SET tried = 1 WHERE message = $1", &message, 1);
}

status cache_partial_again(struct cache *c)
{
	return cache_run(c, "UPDATE client_partial SET tried = 0 WHERE tried <> 0", NULL, 0);
}

status cache_next_partial(struct cache *c, const struct cache_partial_ask *ask,
			  struct cache_partial *out, size_t room, size_t *n)
{
	/* A move of it that the server has not heard of (kind 3) comes first: it has another id there. */
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		mailbox_sql(c->mailbox),
		"SELECT " COLUMNS " FROM client_partial p JOIN message m ON m.id = p.message"
		" WHERE ($1 = 0 OR m.folder = $1) AND ($2 <> 0 OR p.wanted <> 0 OR m.kind = 1) AND ($3 = 0 OR p.size <= $3 OR p.wanted <> 0)"
		" AND p.tried = 0 AND p.source = 0 AND m.deleted = 0"
		" AND NOT EXISTS (SELECT 1 FROM client_journal j WHERE j.object = p.message AND (j.kind = 3 OR j.fresh <> 0))"
		" ORDER BY p.wanted DESC, m.kind DESC, m.received DESC LIMIT $4");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)ask->folder);
	sql_bind_i64(s, 2, ask->all);
	sql_bind_i64(s, 3, (int64_t)ask->most);
	sql_bind_i64(s, 4, (int64_t)room);
	for (*n = 0; !(st = sql_step(s, &row)) && row && *n < room; ++*n)
		read_row(s, &out[*n]);
	return st;
}

/* The journal --------------------------------------------------------------------------------------------------------------------- */

status cache_partial_moved(struct cache *c, uint64_t from, uint64_t to)
{
	/* The version it has there is the server's to choose. */
	status s = cache_run(c, "UPDATE client_partial SET message = $1, cn = 0 WHERE message = $2",
			     (const uint64_t[]){ to, from }, 2);

	return s ? s
		 : cache_run(c, "UPDATE client_partial SET source = $1 WHERE source = $2",
			     (const uint64_t[]){ to, from }, 2);
}

status cache_partial_copied(struct cache *c, uint64_t source, uint64_t copy)
{
	return cache_run(
		c,
		"INSERT INTO client_partial (message, size, source) SELECT $1, size, CASE source WHEN 0 THEN message ELSE source END"
		" FROM client_partial WHERE message = $2",
		(const uint64_t[]){ copy, source }, 2);
}
