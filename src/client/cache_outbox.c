/* What is to be sent, and how far it has come. */
#include "client/cache_private.h"

status outbox_add(struct cache *c, uint64_t message, uint64_t not_before)
{
	status s = cache_run(c,
			     "INSERT INTO client_outbox (message, state, not_before, queued, attempts, error) VALUES ($1, 0, $2, $3, 0, 0)"
			     " ON CONFLICT (message) DO UPDATE SET state = 0, not_before = excluded.not_before, error = 0",
			     (const uint64_t[]){ message, not_before, c->clock.now(&c->clock) }, 3);

	c->announce = true;
	/* It may have been told already that there is a message: sending says so itself. */
	return s ? s : cache_pending_forget(c, message);
}

status outbox_list(struct cache *c, struct arena *arena, struct outbox_item **out, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT message, state, not_before, queued, attempts, error FROM client_outbox ORDER BY queued, message");
	uint64_t count = 0;
	bool row = false, found;
	status s = cache_ask(c, "SELECT count(*) FROM client_outbox", NULL, 0, &count, &found);
	struct outbox_item *v = s ? NULL : arena_array(arena, count + 1, sizeof *v);

	if (s || !v)
		return s ? s : ecMemory;
	for (*n = 0; !(s = sql_step(q, &row)) && row && *n < count; ++*n)
		v[*n] = (struct outbox_item){ .message = cache_u64(q, 0),
					      .state = (enum outbox_state)cache_u64(q, 1),
					      .not_before = cache_u64(q, 2),
					      .queued = cache_u64(q, 3),
					      .attempts = (uint32_t)cache_u64(q, 4),
					      .error = (uint32_t)cache_u64(q, 5) };
	*out = v;
	return s;
}

status outbox_set(struct cache *c, uint64_t message, enum outbox_state state, uint32_t error)
{
	return cache_run(c, "UPDATE client_outbox SET state = $1, error = $2, attempts = attempts + $3 WHERE message = $4",
			 (const uint64_t[]){ state, error, error != 0, message }, 4);
}

status outbox_remove(struct cache *c, uint64_t message)
{
	return cache_run(c, "DELETE FROM client_outbox WHERE message = $1", &message, 1);
}

status outbox_state_of(struct cache *c, uint64_t message, enum outbox_state *state, bool *found)
{
	uint64_t n = 0;
	status s = cache_ask(c, "SELECT state FROM client_outbox WHERE message = $1", &message, 1, &n, found);

	*state = (enum outbox_state)n;
	return s;
}
