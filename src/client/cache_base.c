/* What properties were before they were changed here: what a merge starts from. */
#include "client/cache_private.h"

#include "rop/fasttransfer.h"
#include "store/message.h"

#define VALUES_MOST ((size_t)8 << 20)
#define NOT_KNOWN   0u

static status put(struct cache *c, uint64_t message, uint16_t id, struct bytes value)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "INSERT INTO client_base (message, property, value) VALUES ($1, $2, $3)"
								       " ON CONFLICT (message, property) DO NOTHING");

	sql_bind_i64(s, 1, (int64_t)message);
	sql_bind_i64(s, 2, id);
	sql_bind_blob(s, 3, value);
	return sql_run(s);
}

/* An empty value: it had none. */
static status put_value(struct cache *c, uint64_t message, uint16_t id, const struct bag *was)
{
	CLEANUP_BUF struct buf b = BUF_MAX(VALUES_MOST);
	const struct prop *p = bag_find(was, id);

	if (p && p->flags & PROP_LARGE)
		return put(c, message, NOT_KNOWN, bytes_of(NULL, 0));
	if (p)
		ft_put_prop(&b, p, mailbox_names(c->mailbox));
	return b.failed ? ecTooBig : put(c, message, id, buf_bytes(&b));
}

static status before(void *context, struct mailbox *m, uint64_t message, const struct bag *set, const uint16_t *remove, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	struct cache *c = context;
	struct bag was;
	status s;

	if (c->applying)
		return ecNone;
	if (!set)
		return put(c, message, NOT_KNOWN, bytes_of(NULL, 0));
	bag_init(&was, &arena);
	s = message_props(m, message, &was);
	for (size_t i = 0; !s && i < set->n; i++)
		s = put_value(c, message, prop_id(&set->v[i]), &was);
	for (size_t i = 0; !s && i < n; i++)
		s = put_value(c, message, remove[i], &was);
	return s;
}

void cache_keep_base(struct cache *c)
{
	mailbox_watch_changes(c->mailbox, before, c);
}

status cache_base_forget(struct cache *c, uint64_t message)
{
	return cache_run(c, "DELETE FROM client_base WHERE message = $1", &message, 1);
}

status cache_base_rename(struct cache *c, uint64_t from, uint64_t to)
{
	return cache_run(c, "UPDATE client_base SET message = $1 WHERE message = $2", (const uint64_t[]){ to, from }, 2);
}

/* Reading ------------------------------------------------------------------------------------------------------------------------- */

static status take_absent(struct bag *out, uint16_t id)
{
	return bag_set_u32(out, tag_make(id, PT_ERROR), ecNotFound);
}

/* A single property as it was written; its id is the mailbox's, whatever the name says. */
static status take_value(struct bag *out, uint16_t id, struct bytes value)
{
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e;
	status s;

	ft_lexer_init(&l, &ft_limits_rest);
	ft_lexer_feed(&l, value);
	s = ft_lexer_next(&l, out->arena, &e);
	if (s || e.kind != FT_PROP || e.prop.flags & PROP_LARGE)
		return s ? s : ecCorruptData;
	e.prop.tag = tag_make(id, prop_type(&e.prop));
	return bag_copy(out, &e.prop);
}

status cache_pending_base(struct cache *c, uint64_t object, struct bag *out)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT property, value FROM client_base WHERE message = $1 ORDER BY property");
	bool row = false;
	status s;

	sql_bind_i64(q, 1, (int64_t)object);
	while (!(s = sql_step(q, &row)) && row && !s) {
		uint16_t id = (uint16_t)cache_u64(q, 0);

		if (id == NOT_KNOWN) {
			out->n = 0;
			return ecNone;
		}
		s = sql_blob(q, 1).n ? take_value(out, id, sql_blob(q, 1)) : take_absent(out, id);
		if (s)
			return s;
	}
	return s;
}

status cache_is_rewritten(struct cache *c, uint64_t object, bool *rewritten)
{
	uint64_t id = 0;

	return cache_ask(c, "SELECT message FROM client_base WHERE message = $1 AND property = 0", &object, 1, &id, rewritten);
}
