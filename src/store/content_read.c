#include "base/crc32.h"
#include "store/content.h"
#include "store/content_pack.h"

#include <stdlib.h>

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

#define damaged(m, id, ...) \
	(reason_write(&(m)->why, __VA_ARGS__), reason_prefix(&(m)->why, ecCorruptData, "content %llx", (unsigned long long)(id)))

/* Loading ------------------------------------------------------------------------------------------------------------ */

/* What says that it is larger than any message can be is damaged, and nothing of it can be read. */
static status unpack(struct mailbox *m, struct bytes stored, struct arena *arena, struct bytes *body, bool *whole)
{
	status s = content_unpack(stored, MESSAGE_BODY_MAX, arena, body, whole);

	if (s != ecTooBig)
		return s ? no_memory(m) : ecNone;
	*body = bytes_of(NULL, 0);
	*whole = false;
	return ecNone;
}

static status load_body(struct mailbox *m, uint64_t id, struct arena *arena, struct content *c, bool *as_written)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT checksum, body FROM content WHERE id = $1");
	bool row = false;

	bind_u64(s, 1, id);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (!row)
		return reason_set(&m->why, ecNotFound, "content %llx is not there", (unsigned long long)id);
	struct bytes stored = sql_blob(s, 1);
	bool whole = false;
	*as_written = crc32_pst(0, stored) == (uint64_t)sql_i64(s, 0);
	st = unpack(m, stored, arena, &c->body, &whole);
	*as_written = *as_written && whole;
	return st;
}

static status add_large(struct mailbox *m, struct content *c, size_t *cap, const struct content_large *l, struct arena *arena)
{
	if (c->n_large == *cap) {
		size_t more = *cap ? 2 * *cap : 8;
		struct content_large *v = arena_array(arena, more, sizeof *v);

		if (!v)
			return no_memory(m);
		if (c->n_large)
			memcpy(v, c->large, c->n_large * sizeof *v);
		c->large = v;
		*cap = more;
	}
	c->large[c->n_large++] = *l;
	return ecNone;
}

static status load_large(struct mailbox *m, struct arena *arena, struct content *c)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT seq, place, size, checksum FROM large WHERE content = $1 ORDER BY place, seq");
	bool row = false;
	size_t cap = 0;
	status st;

	bind_u64(s, 1, c->id);
	while (!(st = sql_step(s, &row)) && row) {
		struct content_large l = {
			.seq = (uint64_t)sql_i64(s, 0),
			.place = (uint64_t)sql_i64(s, 1),
			.size = (uint64_t)sql_i64(s, 2),
			.checksum = (uint32_t)sql_i64(s, 3),
		};

		st = add_large(m, c, &cap, &l, arena);
		if (st)
			return st;
	}
	return mailbox_error(m, st);
}

status content_load_any(struct mailbox *m, uint64_t id, struct arena *arena, struct content *out, bool *as_written)
{
	struct content c = { .id = id };
	status s = load_body(m, id, arena, &c, as_written);

	if (!s)
		s = load_large(m, arena, &c);
	if (!s)
		*out = c;
	return s;
}

status content_load(struct mailbox *m, uint64_t id, struct arena *arena, struct content *out)
{
	struct content c;
	bool as_written = false;
	status s = content_load_any(m, id, arena, &c, &as_written);

	if (s == ecNotFound)
		return reason_set(&m->why, ecCorruptData, "content %llx is not there", (unsigned long long)id);
	if (!s && !as_written)
		return damaged(m, id, "its checksum is another: it is not what was written");
	if (!s)
		*out = c;
	return s;
}

status content_from(struct mailbox *m, uint64_t id, struct bytes stored, uint64_t checksum, uint64_t size, struct arena *arena,
		    struct content *out)
{
	struct content c = { .id = id };
	bool whole = false;
	status s = unpack(m, stored, arena, &c.body, &whole);

	if (s)
		return s;
	if (!whole || crc32_pst(0, stored) != checksum)
		return damaged(m, id, "its checksum is another: it is not what was written");
	s = size == c.body.n ? ecNone : load_large(m, arena, &c);
	if (!s)
		*out = c;
	return s;
}

/* Large values ----------------------------------------------------------------------------------------------------------- */

struct streaming {
	struct item_sink *sink;
	struct buf *into;
	uint64_t got;
	uint32_t checksum;
};

static status take_piece(struct streaming *t, struct bytes data)
{
	t->got += data.n;
	t->checksum = crc32_pst(t->checksum, data);
	if (t->into)
		buf_add(t->into, data.p, data.n);
	return t->sink ? item_value_chunk(t->sink, data) : ecNone;
}

static status one_piece(struct mailbox *m, uint64_t content, uint64_t seq, uint64_t part, struct streaming *t, bool *row)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT data FROM piece WHERE content = $1 AND seq = $2 AND part = $3");

	bind_u64(s, 1, content);
	bind_u64(s, 2, seq);
	bind_u64(s, 3, part);
	status st = sql_step(s, row);
	if (st)
		return mailbox_error(m, st);
	if (*row && sql_blob(s, 0).n > PIECE_SIZE)
		return damaged(m, content, "a piece of a large value is too long");
	return *row ? take_piece(t, sql_blob(s, 0)) : ecNone;
}

status content_stream(struct mailbox *m, uint64_t content, const struct content_large *l, struct item_sink *sink,
		      struct buf *into)
{
	struct streaming t = { .sink = sink, .into = into };
	bool row = true;
	status s = ecNone;

	for (uint64_t part = 0; !s && row && t.got < l->size; part++)
		s = one_piece(m, content, l->seq, part, &t, &row);
	if (s)
		return s;
	if (into && into->failed)
		return no_memory(m);
	if (t.got != l->size)
		return damaged(m, content, "a large value has %llu bytes of %llu", (unsigned long long)t.got, (unsigned long long)l->size);
	return t.checksum == l->checksum ? ecNone : damaged(m, content, "the checksum of a large value is another");
}

/* Tokens ------------------------------------------------------------------------------------------------------------------- */

static void set_place(struct content_walk *w)
{
	ft_lexer_elsewhere(&w->lexer, w->next_large < w->c->n_large ? w->c->large[w->next_large].place : UINT64_MAX);
}

void content_walk_begin(struct content_walk *w, struct mailbox *m, const struct content *c)
{
	struct ft_limits limits = ft_limits_rest;

	limits.value_max = MESSAGE_BODY_MAX;
	*w = (struct content_walk){ .m = m, .c = c };
	ft_lexer_init(&w->lexer, &limits);
	ft_lexer_feed(&w->lexer, c->body);
	set_place(w);
}

void content_walk_end(struct content_walk *w)
{
	ft_lexer_free(&w->lexer);
}

/* An id from 0x8000 that nobody has named: its own, or the next one that is free where another name took that. */
static uint16_t nameless_id(const struct mailbox *m, uint16_t id)
{
	for (uint32_t i = id; i <= NAMED_ID_LAST; i++)
		if (!name_map_name(m->names, (uint16_t)i))
			return (uint16_t)i;
	return id;
}

static bool same_name(const struct prop_name *a, const struct prop_name *b)
{
	if (!a || a->by_string != b->by_string || !guid_equal(&a->set, &b->set))
		return false;
	return a->by_string ? bytes_equal(a->string, b->string) : a->lid == b->lid;
}

/* The id at rest is the mailbox's, unless its map was lost: the name decides. */
static status resolve(struct content_walk *w, struct ft_event *e)
{
	uint16_t id = prop_id(&e->prop);

	if (e->named && !same_name(name_map_name(w->m->names, id), &e->name)) {
		id = name_map_id(w->m->names, &e->name);
		w->unknown_names += !id;
		if (!id && w->any_name)
			id = prop_id(&e->prop);
		if (!id)
			return damaged(w->m, w->c->id, "a named property is not in the mailbox's list");
	} else if (!e->named && e->escaped && id >= NAMED_ID_FIRST) {
		id = nameless_id(w->m, id);
	}
	e->prop.tag = tag_make(id, prop_type(&e->prop));
	return ecNone;
}

static status end_of_walk(struct content_walk *w)
{
	if (ft_lexer_finish(&w->lexer))
		return damaged(w->m, w->c->id, "%s", w->lexer.why.text);
	if (w->next_large < w->c->n_large)
		return damaged(w->m, w->c->id, "a large value has no place in it");
	return ecNone;
}

status content_walk_next(struct content_walk *w, struct arena *arena, struct ft_event *e, const struct content_large **large)
{
	status s;

	*large = NULL;
	do {
		s = ft_lexer_next(&w->lexer, arena, e);
		if (s)
			return s == ecMemory ? no_memory(w->m) : damaged(w->m, w->c->id, "%s", w->lexer.why.text);
	} while (e->kind == FT_VALUE_END || e->kind == FT_CHUNK);
	if (e->kind == FT_MORE)
		return end_of_walk(w);
	if (e->kind != FT_PROP)
		return ecNone;
	if (e->elsewhere) {
		*large = &w->c->large[w->next_large++];
		set_place(w);
		if ((*large)->size != e->prop.size)
			return damaged(w->m, w->c->id, "a large value has another size than it says");
	} else if (e->prop.flags & PROP_LARGE) {
		if (e->prop.size > w->c->body.n - w->lexer.used)
			return damaged(w->m, w->c->id, "a value is cut off");
		e->chunk = bytes_of(w->c->body.p + w->lexer.used, (size_t)e->prop.size);
	}
	return resolve(w, e);
}

/* Lists of properties ----------------------------------------------------------------------------------------------------- */

status content_encode_bag(struct mailbox *m, const struct bag *bag, struct buf *out)
{
	for (size_t i = 0; i < bag->n; i++) {
		const struct prop *p = &bag->v[i];
		bool known = prop_id(p) < NAMED_ID_FIRST || name_map_name(m->names, prop_id(p));

		if (p->flags & PROP_LARGE)
			return reason_set(&m->why, ecInvalidParam, "a value that is not at hand");
		ft_put_prop(out, p, known ? m->names : NULL);
	}
	return out->failed ? reason_set(&m->why, ecTooBig, "more than %zu bytes of properties", out->max) : ecNone;
}

status content_decode_bag(struct mailbox *m, struct bytes data, struct bag *out)
{
	const void *copy = data.n ? arena_memdup(out->arena, data.p, data.n) : NULL;
	struct content c = { .body = bytes_of(copy, copy ? data.n : 0) };
	CLEANUP_CONTENT_WALK struct content_walk w;
	const struct content_large *large;
	struct ft_event e = { .kind = FT_PROP };
	status s = ecNone;

	content_walk_begin(&w, m, &c);
	if (data.n && !copy)
		return no_memory(m);
	while (!s && e.kind != FT_MORE) {
		s = content_walk_next(&w, out->arena, &e, &large);
		if (!s && e.kind == FT_MARKER)
			s = damaged(m, 0, "a list of properties has something else in it");
		if (!s && e.kind == FT_PROP && !bag_append(out, &e.prop))
			s = no_memory(m);
	}
	return s;
}

status content_change_bag(struct bag *bag, const struct bag *set, const uint16_t *remove, size_t n)
{
	status s = ecNone;

	for (size_t i = 0; i < n; i++)
		bag_remove(bag, remove[i]);
	for (size_t i = 0; !s && i < set->n; i++)
		s = bag_set(bag, &set->v[i]);
	return s;
}
