/*
 * What properties were before they were changed here: what a merge starts from.  And what the server was told of them, while its answer was not heard: what it has of that
 * then is no change of somebody else.
 *
 * A row is a property; two are none: NOT_KNOWN says that all of the message was written anew, VERSION is the version that was changed, as the size of its change
 * key, that, and its predecessors.
 */
#include "client/cache_private.h"

#include "mapi/tag.h"
#include "rop/fasttransfer.h"
#include "rop/xid.h"
#include "store/message.h"

#define VALUES_MOST ((size_t)8 << 20)
#define NOT_KNOWN   0u
#define VERSION     (PidTagPredecessorChangeList >> 16)
#define INSERT	    "INSERT INTO client_base (message, property, value) VALUES ($1, $2, $3) ON CONFLICT (message, property) "
#define KEEP	    INSERT "DO NOTHING"
#define REPLACE	    INSERT "DO UPDATE SET value = excluded.value"
/* The row is there. Parameters count in the order in which they appear. */
#define TELL	    "INSERT INTO client_base (message, property, value, told) VALUES ($1, $2, x'', $3) ON CONFLICT (message, property) DO UPDATE SET told = excluded.told"

static status put(struct cache *c, const char *how, uint64_t message, uint16_t id, struct bytes value)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), how);

	sql_bind_i64(s, 1, (int64_t)message);
	sql_bind_i64(s, 2, id);
	sql_bind_blob(s, 3, value);
	return sql_run(s);
}

/* An empty value: it had none. */
static status put_value(struct cache *c, const char *how, uint64_t message, uint16_t id, const struct prop *p)
{
	CLEANUP_BUF struct buf b = BUF_MAX(VALUES_MOST);

	if (p)
		ft_put_prop(&b, p, mailbox_names(c->mailbox));
	return b.failed ? ecTooBig : put(c, how, message, id, buf_bytes(&b));
}

static status keep_value(struct cache *c, uint64_t message, uint16_t id, const struct bag *was)
{
	const struct prop *p = bag_find(was, id);

	return p && p->flags & PROP_LARGE ? put(c, KEEP, message, NOT_KNOWN, bytes_of(NULL, 0)) : put_value(c, KEEP, message, id, p);
}

/* The version ---------------------------------------------------------------------------------------------------------------------- */

status cache_version_of(struct cache *c, const struct message_info *i, struct arena *arena, struct message_version *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)64 << 10);
	struct xid x = xid_of_globcnt(mailbox_change_space(c->mailbox), i->cn);
	struct pcl list = { .n = 0 };
	size_t n;
	uint8_t *p;
	status s = ecNone;

	if (i->change_key.n)
		s = xid_decode(i->change_key, &x, NULL);
	if (!s && i->predecessors.n)
		s = pcl_decode(i->predecessors, arena, &list, NULL);
	if (!s)
		s = pcl_add(&list, &x, arena);
	if (s)
		return s;
	xid_encode(&x, &b);
	n = b.n;
	pcl_encode(&list, &b);
	p = b.failed ? NULL : arena_memdup(arena, b.p, b.n);
	if (!p)
		return ecMemory;
	*out = (struct message_version){ bytes_of(p, n), bytes_of(p + n, b.n - n) };
	return ecNone;
}

static status put_version(struct cache *c, const char *how, uint64_t message, const struct message_version *v)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)64 << 10);

	buf_add_u8(&b, (uint8_t)v->change_key.n);
	buf_add(&b, v->change_key.p, v->change_key.n);
	buf_add(&b, v->predecessors.p, v->predecessors.n);
	return b.failed ? ecTooBig : put(c, how, message, VERSION, buf_bytes(&b));
}

/* Before the first change only: afterwards it is a version that was made here. */
static status keep_version(struct cache *c, uint64_t message, struct arena *arena)
{
	struct message_version v;
	struct message_info info;
	uint64_t unused = 0;
	bool changed = false;
	status s = cache_ask(c, "SELECT message FROM client_base WHERE message = $1 LIMIT 1", &message, 1, &unused, &changed);

	if (s || changed)
		return s;
	s = message_info(c->mailbox, message, arena, &info);
	if (!s)
		s = cache_version_of(c, &info, arena, &v);
	return s ? s : put_version(c, KEEP, message, &v);
}

status cache_set_base_version(struct cache *c, uint64_t message, const struct message_version *v)
{
	status s = cache_base_untell(c, message);

	if (s)
		return s;
	return v ? put_version(c, REPLACE, message, v) : cache_run(c, "DELETE FROM client_base WHERE message = $1 AND property = $2", (const uint64_t[]){ message, VERSION }, 2);
}

status cache_base_version(struct cache *c, uint64_t message, struct arena *arena, struct message_version *out)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT value FROM client_base WHERE message = $1 AND property = $2");
	struct bytes v = { NULL, 0 };
	bool row = false;
	status s;

	*out = (struct message_version){ .change_key = { NULL, 0 } };
	sql_bind_i64(q, 1, (int64_t)message);
	sql_bind_i64(q, 2, VERSION);
	s = sql_step(q, &row);
	if (s || !row)
		return s;
	v = sql_blob(q, 0);
	/* What cannot be read is no version that anything could be compared with. */
	if (v.n < 1 || v.p[0] >= v.n)
		return ecNone;
	const uint8_t *p = arena_memdup(arena, v.p, v.n);
	if (!p)
		return ecMemory;
	*out = (struct message_version){ bytes_of(p + 1, p[0]), bytes_of(p + 1 + p[0], v.n - 1 - p[0]) };
	return ecNone;
}

/* Before a change ------------------------------------------------------------------------------------------------------------------- */

static status before(void *context, struct mailbox *m, uint64_t message, const struct bag *set, const uint16_t *remove, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	struct cache *c = context;
	struct bag was;
	status s;

	if (c->applying)
		return ecNone;
	s = keep_version(c, message, &arena);
	if (s || !set)
		return s ? s : put(c, KEEP, message, NOT_KNOWN, bytes_of(NULL, 0));
	bag_init(&was, &arena);
	s = message_props(m, message, &was);
	for (size_t i = 0; !s && i < set->n; i++)
		s = keep_value(c, message, prop_id(&set->v[i]), &was);
	for (size_t i = 0; !s && i < n; i++)
		s = keep_value(c, message, remove[i], &was);
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

status cache_base_forget_value(struct cache *c, uint64_t message, uint16_t id)
{
	return cache_run(c, "DELETE FROM client_base WHERE message = $1 AND property = $2", (const uint64_t[]){ message, id }, 2);
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

/* A column of the rows of properties; NULL is passed over. */
static status take_values(struct cache *c, const char *query, uint64_t message, struct bag *out)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(mailbox_sql(c->mailbox), query);
	bool row = false;
	status s;

	sql_bind_i64(q, 1, (int64_t)message);
	while (!(s = sql_step(q, &row)) && row && !s) {
		uint16_t id = (uint16_t)cache_u64(q, 0);

		if (id == NOT_KNOWN) {
			out->n = 0;
			return ecNone;
		}
		if (id == VERSION)
			continue;
		s = sql_blob(q, 1).n ? take_value(out, id, sql_blob(q, 1)) : take_absent(out, id);
		if (s)
			return s;
	}
	return s;
}

status cache_pending_base(struct cache *c, uint64_t object, struct bag *out)
{
	return take_values(c, "SELECT property, value FROM client_base WHERE message = $1 ORDER BY property", object, out);
}

status cache_is_rewritten(struct cache *c, uint64_t object, bool *rewritten)
{
	uint64_t id = 0;

	return cache_ask(c, "SELECT message FROM client_base WHERE message = $1 AND property = 0", &object, 1, &id, rewritten);
}

/* What the server was told ---------------------------------------------------------------------------------------------------------- */

status cache_base_tell(struct cache *c, uint64_t message, const struct bag *told)
{
	status s = cache_base_untell(c, message);

	if (!s)
		s = put(c, TELL, message, VERSION, bytes_of(NULL, 0));
	for (size_t i = 0; !s && i < told->n; i++)
		s = put_value(c, TELL, message, prop_id(&told->v[i]), prop_type(&told->v[i]) == PT_ERROR ? NULL : &told->v[i]);
	return s;
}

status cache_base_told(struct cache *c, uint64_t message, struct bag *out)
{
	return take_values(c, "SELECT property, told FROM client_base WHERE message = $1 AND told IS NOT NULL ORDER BY property", message, out);
}

status cache_base_untell(struct cache *c, uint64_t message)
{
	return cache_run(c, "UPDATE client_base SET told = NULL WHERE message = $1 AND told IS NOT NULL", &message, 1);
}

status cache_next_told(struct cache *c, uint64_t after, uint64_t *message, bool *found)
{
	return cache_ask(c, "SELECT message FROM client_base WHERE property = $1 AND told IS NOT NULL AND message > $2 ORDER BY message LIMIT 1",
			 (const uint64_t[]){ VERSION, after }, 2, message, found);
}
