#include "base/crc32.h"
#include "store/content.h"
#include "store/content_pack.h"

#include <stdlib.h>

/* Ids of a source: those without a name there, and those that were not met yet. */
#define REMAP_NAMELESS 1u
#define NAMED_IDS (NAMED_ID_LAST - NAMED_ID_FIRST + 1)

static status no_memory(struct content_writer *w)
{
	return reason_set(&w->m->why, ecMemory, "out of memory");
}

static status body_status(struct content_writer *w)
{
	if (!w->body.failed)
		return ecNone;
	return reason_set(&w->m->why, ecTooBig, "a message of more than %zu bytes without its large values, or no memory",
			  MESSAGE_BODY_MAX);
}

status content_writer_init(struct content_writer *w, struct mailbox *m)
{
	*w = (struct content_writer){ .m = m, .plain = true };
	buf_init(&w->body, MESSAGE_BODY_MAX);
	buf_init(&w->packed, MESSAGE_BODY_MAX);
	buf_init(&w->piece, PIECE_SIZE);
	w->remap = calloc(NAMED_IDS, sizeof *w->remap);
	return w->remap ? ecNone : no_memory(w);
}

void content_writer_free(struct content_writer *w)
{
	buf_free(&w->body);
	buf_free(&w->packed);
	buf_free(&w->piece);
	free(w->large);
	free(w->remap);
	w->large = NULL;
	w->remap = NULL;
}

void content_begin(struct content_writer *w, uint64_t id, const struct name_map *names)
{
	names = names ? names : w->m->names;
	if (names != w->names || w->generation != w->m->names_generation)
		memset(w->remap, 0, NAMED_IDS * sizeof *w->remap);
	w->names = names;
	w->generation = w->m->names_generation;
	w->id = id;
	w->plain = true;
	w->n_large = 0;
	w->large_bytes = 0;
	w->next_seq = 0;
	w->parts = 0;
	buf_clear(&w->body);
	buf_clear(&w->piece);
}

/* Properties -------------------------------------------------------------------------------------------------------- */

status content_translate(struct content_writer *w, const struct prop *p, struct prop *as, const struct name_map **known)
{
	uint16_t id = prop_id(p), *mapped;

	*as = *p;
	*known = w->m->names;
	if (id < NAMED_ID_FIRST)
		return ecNone;
	if (id > NAMED_ID_LAST) {
		*known = NULL;
		return ecNone;
	}
	mapped = &w->remap[id - NAMED_ID_FIRST];
	if (!*mapped) {
		const struct prop_name *name = name_map_name(w->names, id);
		uint16_t ours = REMAP_NAMELESS;
		status s = !name ? ecNone : w->names == w->m->names ? (ours = id, ecNone) : mailbox_name_as(w->m, name, id, &ours);

		if (s)
			return s;
		*mapped = ours;
	}
	if (*mapped == REMAP_NAMELESS)
		*known = NULL;
	else
		as->tag = tag_make(*mapped, prop_type(p));
	return ecNone;
}

status content_put_prop(struct content_writer *w, const struct prop *p)
{
	const struct name_map *known;
	struct prop as;
	status s = ecNone;

	if (p->flags & PROP_LARGE)
		return ecNone;
	s = content_translate(w, p, &as, &known);
	if (s)
		return s;
	/* One value may be as large as a list gets; bodies stay small because others are in pieces. */
	if (!prop_is_list(p->tag) && p->value.n > CONTENT_INLINE_MAX)
		return content_put_large(w, p);
	w->plain = w->plain && ft_can_say(&as, known);
	ft_put_prop(&w->body, &as, known);
	return body_status(w);
}

void content_put_marker(struct content_writer *w, enum ft_marker marker)
{
	ft_put_marker(&w->body, marker);
}

/* Large values ------------------------------------------------------------------------------------------------------- */

static status insert_piece(struct content_writer *w)
{
	struct bytes data = buf_bytes(&w->piece);
	struct sql_statement *s = sql_prepare(w->m->db, "INSERT INTO piece (content, seq, part, data) VALUES ($1, $2, $3, $4)");

	w->broken = ft_text_broken(prop_type(&w->value), data, &w->ended) || w->broken;
	w->open.checksum = crc32_pst(w->open.checksum, data);
	w->open.size += data.n;
	bind_u64(s, 1, w->id);
	bind_u64(s, 2, w->open.seq);
	bind_u64(s, 3, w->parts++);
	sql_bind_blob(s, 4, data);
	status st = mailbox_error(w->m, sql_run(s));
	buf_clear(&w->piece);
	return st;
}

status content_value_begin(struct content_writer *w, const struct prop *p)
{
	w->value = *p;
	w->open = (struct content_large){ .seq = w->next_seq };
	w->parts = 0;
	w->broken = w->ended = false;
	buf_clear(&w->piece);
	return ecNone;
}

status content_value_chunk(struct content_writer *w, struct bytes chunk)
{
	status s = ecNone;

	while (!s && chunk.n) {
		size_t room = PIECE_SIZE - w->piece.n, n = chunk.n < room ? chunk.n : room;

		if (!room) {
			s = insert_piece(w);
			continue;
		}
		buf_add(&w->piece, chunk.p, n);
		if (w->piece.failed)
			return no_memory(w);
		chunk = bytes_of(chunk.p + n, chunk.n - n);
	}
	return s;
}

static status note_large(struct content_writer *w)
{
	if (w->n_large == w->cap_large) {
		size_t cap = w->cap_large ? 2 * w->cap_large : 8;
		struct content_large *v = reallocarray(w->large, cap, sizeof *v);

		if (!v)
			return no_memory(w);
		w->large = v;
		w->cap_large = cap;
	}
	w->large[w->n_large++] = w->open;
	w->next_seq++;
	w->large_bytes += w->open.size;
	return ecNone;
}

/* A list that came as raw bytes stays so: PROP_LARGE tells it from one that is a list. */
static bool must_escape(const struct prop *p, const struct name_map *known, bool broken)
{
	return broken || !ft_large_fits(p, known);
}

static status end_small(struct content_writer *w, struct prop *p, const struct name_map *known)
{
	bool raw;

	p->size = w->piece.n;
	p->value = buf_bytes(&w->piece);
	p->flags &= (uint16_t)~PROP_LARGE;
	raw = prop_is_list(p->tag) || !ft_can_say(p, known);
	w->plain = w->plain && !raw;
	if (!prop_is_list(p->tag)) {
		ft_put_prop(&w->body, p, known);
	} else {
		p->flags |= PROP_LARGE;
		ft_put_large_begin(&w->body, p, known, true);
		buf_add(&w->body, p->value.p, p->value.n);
	}
	return body_status(w);
}

status content_value_end(struct content_writer *w)
{
	const struct name_map *known;
	struct prop p;
	status s = content_translate(w, &w->value, &p, &known);

	if (s)
		return s;
	p.count = p.count ? p.count : 1;
	p.flags &= PROP_DAMAGED | PROP_UNKNOWN_TYPE | PROP_ODD_SIZE | PROP_LARGE;
	if (!w->parts)
		return end_small(w, &p, known);
	s = insert_piece(w);
	if (s)
		return s;
	p.size = w->open.size;
	bool escape = must_escape(&p, known, w->broken);
	w->plain = w->plain && !escape;
	p.flags = prop_is_list(p.tag) ? p.flags | PROP_LARGE : p.flags & (uint16_t)~PROP_LARGE;
	ft_put_large_begin(&w->body, &p, known, escape);
	w->open.place = w->body.n;
	ft_put_large_end(&w->body, &p, escape);
	s = body_status(w);
	return s ? s : note_large(w);
}

status content_put_large(struct content_writer *w, const struct prop *p)
{
	status s = content_value_begin(w, p);

	if (!s)
		s = content_value_chunk(w, p->value);
	return s ? s : content_value_end(w);
}

/* Rows ------------------------------------------------------------------------------------------------------------------ */

uint64_t content_size(const struct content_writer *w)
{
	return w->body.n + w->large_bytes;
}

static status insert_large(struct content_writer *w, const struct content_large *l)
{
	struct sql_statement *s =
		sql_prepare(w->m->db, "INSERT INTO large (content, seq, place, size, checksum) VALUES ($1, $2, $3, $4, $5)");

	bind_u64(s, 1, w->id);
	bind_u64(s, 2, l->seq);
	bind_u64(s, 3, l->place);
	bind_u64(s, 4, l->size);
	bind_u64(s, 5, l->checksum);
	return mailbox_error(w->m, sql_run(s));
}

status content_write(struct content_writer *w)
{
	status st = body_status(w);
	struct sql_statement *s;
	struct bytes stored;

	if (st)
		return st;
	stored = content_pack(buf_bytes(&w->body), &w->packed);
	s = sql_prepare(w->m->db, "INSERT INTO content (id, checksum, body) VALUES ($1, $2, $3)");
	bind_u64(s, 1, w->id);
	sql_bind_i64(s, 2, crc32_pst(0, stored));
	sql_bind_blob(s, 3, stored);
	st = mailbox_error(w->m, sql_run(s));
	for (size_t i = 0; !st && i < w->n_large; i++)
		st = insert_large(w, &w->large[i]);
	return st;
}

status content_abandon(struct content_writer *w)
{
	struct sql_statement *s;

	if (!w->n_large && !w->parts)
		return ecNone;
	s = sql_prepare(w->m->db, "DELETE FROM piece WHERE content = $1");
	bind_u64(s, 1, w->id);
	return mailbox_error(w->m, sql_run(s));
}

status content_delete(struct mailbox *m, uint64_t id)
{
	static const char *const texts[] = {
		"DELETE FROM content WHERE id = $1",
		"DELETE FROM large WHERE content = $1",
		"DELETE FROM piece WHERE content = $1",
	};
	status st = ecNone;

	for (size_t i = 0; !st && i < 3; i++) {
		struct sql_statement *s = sql_prepare(m->db, texts[i]);

		bind_u64(s, 1, id);
		st = mailbox_error(m, sql_run(s));
	}
	return st;
}

status content_copy(struct mailbox *m, uint64_t id, uint64_t copy)
{
	static const char *const texts[] = {
		"INSERT INTO content (id, checksum, body) SELECT $1, checksum, body FROM content WHERE id = $2",
		"INSERT INTO large (content, seq, place, size, checksum) SELECT $1, seq, place, size, checksum FROM large WHERE content = $2",
		"INSERT INTO piece (content, seq, part, data) SELECT $1, seq, part, data FROM piece WHERE content = $2",
	};
	status st = ecNone;

	for (size_t i = 0; !st && i < 3; i++) {
		struct sql_statement *s = sql_prepare(m->db, texts[i]);

		bind_u64(s, 1, copy);
		bind_u64(s, 2, id);
		st = mailbox_error(m, sql_run(s));
	}
	return st;
}
