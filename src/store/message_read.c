/* A message as item events, or its properties alone. */
#include "store/message_private.h"
#include "store/read_marks.h"

#include <stdlib.h>

/* The body and the lists in it. */
#define READ_BUDGET (2 * MESSAGE_BODY_MAX)
/* Above this much in one bag, values above SMALL come in chunks. */
#define SMALL 256u

enum place { IN_MESSAGE, IN_RECIPIENT, IN_ATTACHMENT };

struct frame {
	enum place place;
	bool begun; /* its event was sent */
};

struct emission {
	struct mailbox *m;
	struct item_sink *sink;
	struct item_result *result;
	message_place *place; /* NULL: large values are read */
	struct message_row row;
	struct content content;
	struct content_walk walk;
	struct arena arena;      /* of the content */
	struct arena bag_arena;  /* of the object that is gathered */
	struct bag bag;
	const struct content_large **large; /* for each property of the bag; NULL where it is in the body */
	struct bytes *inline_large;
	size_t cap, bytes;
	struct frame frames[FT_DEPTH_MAX + 1];
	unsigned depth, messages;
	bool begun; /* the sink has heard of the message */
};

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static status out_of_place(struct emission *e, uint32_t marker)
{
	return reason_set(&e->m->why, ecCorruptData, "message %llx: %s where none can be", (unsigned long long)e->row.info.id,
			  ft_marker_name(marker));
}

/* Gathering a bag ---------------------------------------------------------------------------------------------------- */

static status grow(struct emission *e)
{
	size_t cap = e->cap ? 2 * e->cap : 64;
	const struct content_large **large = reallocarray(e->large, cap, sizeof *large);

	if (!large)
		return no_memory(e->m);
	e->large = large;
	struct bytes *values = reallocarray(e->inline_large, cap, sizeof *values);
	if (!values)
		return no_memory(e->m);
	e->inline_large = values;
	e->cap = cap;
	return ecNone;
}

static void gather_begin(struct emission *e)
{
	arena_reset(&e->bag_arena);
	bag_init(&e->bag, &e->bag_arena);
	e->bytes = 0;
}

static status gather(struct emission *e, const struct ft_event *t, const struct content_large *large)
{
	struct prop p = t->prop;
	struct bytes aside = t->chunk;
	status s = e->bag.n < e->cap ? ecNone : grow(e);

	if (s)
		return s;
	if (!(p.flags & PROP_LARGE) && !prop_is_list(p.tag)) {
		e->bytes += p.value.n;
		if (p.value.n > ITEM_INLINE_MAX || (e->bytes > ITEM_BAG_MAX && p.value.n > SMALL)) {
			aside = p.value;
			p.flags |= PROP_LARGE;
			p.value = bytes_of(NULL, 0);
		}
	}
	e->large[e->bag.n] = large;
	e->inline_large[e->bag.n] = aside;
	return bag_append(&e->bag, &p) ? ecNone : no_memory(e->m);
}

/* Read or unread as the mailbox knows it now. */
static status patch_flags(struct emission *e)
{
	return message_patch_flags(e->m, &e->row.info, &e->bag);
}

static status emit_chunks(struct emission *e, struct bytes v)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < v.n; i += ITEM_CHUNK_MAX)
		s = item_value_chunk(e->sink, bytes_of(v.p + i, v.n - i < ITEM_CHUNK_MAX ? v.n - i : ITEM_CHUNK_MAX));
	return s;
}

static status emit_value(struct emission *e, size_t i)
{
	struct item_sink *sink = e->sink;
	const struct content_large *l = e->large[i];

	if (l && e->place)
		return e->place(sink, &e->bag.v[i],
				&(struct message_large){ e->content.id, l->seq, l->size, l->checksum });
	status s = item_value_begin(sink, &e->bag.v[i]);
	if (!s && e->large[i])
		s = content_stream(e->m, e->content.id, e->large[i], sink, NULL);
	else if (!s)
		s = emit_chunks(e, e->inline_large[i]);
	return s ? s : item_value_end(sink, true);
}

static status emit_values(struct emission *e)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < e->bag.n; i++)
		if (e->bag.v[i].flags & PROP_LARGE)
			s = emit_value(e, i);
	return s;
}

/* The object that is open is begun, now that its properties are there. */
static status begin_object(struct emission *e)
{
	struct frame *f = &e->frames[e->depth - 1];
	status s = ecNone;

	if (f->begun)
		return ecNone;
	f->begun = true;
	if (f->place == IN_ATTACHMENT) {
		s = item_attachment_begin(e->sink, &(struct attachment_event){ .props = &e->bag });
		return s ? s : emit_values(e);
	}
	struct message_event event = {
		.id = e->messages ? 0 : e->row.info.id,
		.associated = !e->messages && e->row.info.associated,
		.embedded = e->messages > 0,
		.depth = e->messages,
		.confidence = 100,
		.props = &e->bag,
	};
	if (!e->messages)
		s = patch_flags(e);
	e->messages++;
	e->begun = true;
	if (!s)
		s = item_message_begin(e->sink, &event);
	return s ? s : emit_values(e);
}

/* Markers ---------------------------------------------------------------------------------------------------------------- */

static status push(struct emission *e, enum place place)
{
	if (e->depth > FT_DEPTH_MAX)
		return reason_set(&e->m->why, ecTooComplex, "objects nest too deep");
	e->frames[e->depth++] = (struct frame){ .place = place };
	gather_begin(e);
	return ecNone;
}

static status start(struct emission *e, uint32_t marker, enum place within, enum place place)
{
	if (e->frames[e->depth - 1].place != within)
		return out_of_place(e, marker);
	status s = begin_object(e);
	return s ? s : push(e, place);
}

static status end_message(struct emission *e)
{
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };
	status s = begin_object(e);

	if (s)
		return s;
	e->messages--;
	return item_message_end(e->sink, e->messages ? &unused : e->result);
}

static status end_recipient(struct emission *e)
{
	for (size_t i = 0; i < e->bag.n; i++)
		if (e->bag.v[i].flags & PROP_LARGE && !prop_is_list(e->bag.v[i].tag)) {
			/* Events have no place for large values of recipients: they go with the bag. */
			struct prop *p = &e->bag.v[i];
			CLEANUP_BUF struct buf b = BUF_MAX(READ_BUDGET);
			status s = e->large[i] ? content_stream(e->m, e->content.id, e->large[i], NULL, &b) : ecNone;
			struct bytes v = e->large[i] ? buf_bytes(&b) : e->inline_large[i];

			if (s)
				return s;
			p->value = bytes_of(arena_memdup(&e->bag_arena, v.p, v.n), v.n);
			if (!p->value.p)
				return no_memory(e->m);
			p->flags &= (uint16_t)~PROP_LARGE;
		}
	return item_recipient(e->sink, &e->bag);
}

static status end_object(struct emission *e, uint32_t marker, enum place place)
{
	status s = ecNone;

	if (e->depth < 2 || e->frames[e->depth - 1].place != place)
		return out_of_place(e, marker);
	if (place == IN_RECIPIENT)
		s = end_recipient(e);
	else if (place == IN_MESSAGE)
		s = end_message(e);
	else
		s = begin_object(e);
	if (!s && place == IN_ATTACHMENT)
		s = item_attachment_end(e->sink);
	e->depth--;
	return s;
}

static status on_marker(struct emission *e, uint32_t marker)
{
	switch (marker) {
	case FT_START_RECIP:
		return start(e, marker, IN_MESSAGE, IN_RECIPIENT);
	case FT_NEW_ATTACH:
		return start(e, marker, IN_MESSAGE, IN_ATTACHMENT);
	case FT_START_EMBED:
		return start(e, marker, IN_ATTACHMENT, IN_MESSAGE);
	case FT_END_TO_RECIP:
		return end_object(e, marker, IN_RECIPIENT);
	case FT_END_ATTACH:
		return end_object(e, marker, IN_ATTACHMENT);
	case FT_END_EMBED:
		return end_object(e, marker, IN_MESSAGE);
	default:
		return out_of_place(e, marker);
	}
}

static status emit_tokens(struct emission *e)
{
	const struct content_large *large;
	struct ft_event t = { .kind = FT_PROP };
	status s = push(e, IN_MESSAGE);

	while (!s && t.kind != FT_MORE) {
		s = content_walk_next(&e->walk, &e->bag_arena, &t, &large);
		if (s || t.kind == FT_MORE)
			break;
		if (t.kind == FT_MARKER)
			s = on_marker(e, t.marker);
		else if (e->frames[e->depth - 1].begun)
			s = reason_set(&e->m->why, ecCorruptData, "message %llx: a property after what belongs behind it",
				       (unsigned long long)e->row.info.id);
		else
			s = gather(e, &t, large);
	}
	return s ? s : end_message(e);
}

static status tell(struct emission *e, uint64_t id, bool *begun)
{
	status s = message_load(e->m, id, &e->arena, &e->row, &e->content);

	if (s)
		return s;
	content_walk_begin(&e->walk, e->m, &e->content);
	s = emit_tokens(e);
	content_walk_end(&e->walk);
	*begun = e->begun;
	return s;
}

static status tell_with(struct mailbox *m, uint64_t id, struct item_sink *sink, message_place *place,
			struct item_result *result, bool *begun)
{
	struct emission *e = calloc(1, sizeof *e);

	*begun = false;
	if (!e)
		return no_memory(m);
	e->m = m;
	e->sink = sink;
	e->result = result;
	e->place = place;
	arena_init(&e->arena, READ_BUDGET);
	arena_init(&e->bag_arena, READ_BUDGET);
	sink->why.text[0] = '\0';
	status s = tell(e, id, begun);
	if (s && sink->why.text[0])
		m->why = sink->why;
	free(e->large);
	free(e->inline_large);
	arena_free(&e->arena);
	arena_free(&e->bag_arena);
	free(e);
	return s;
}

status message_tell(struct mailbox *m, uint64_t id, struct item_sink *sink, struct item_result *result, bool *begun)
{
	return tell_with(m, id, sink, NULL, result, begun);
}

status message_emit(struct mailbox *m, uint64_t id, struct item_sink *sink, struct item_result *result)
{
	bool begun;

	return tell_with(m, id, sink, NULL, result, &begun);
}

status message_outline(struct mailbox *m, uint64_t id, struct item_sink *sink, message_place *place, struct item_result *result)
{
	bool begun;

	return tell_with(m, id, sink, place, result, &begun);
}

static status read_piece(struct mailbox *m, struct sql_statement *s, const struct message_large *l, uint64_t at, void *to,
			 size_t n, size_t *got)
{
	bool row = false;

	bind_u64(s, 1, l->content);
	bind_u64(s, 2, l->seq);
	bind_u64(s, 3, at / PIECE_SIZE);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	struct bytes data = row ? sql_blob(s, 0) : bytes_of(NULL, 0);
	size_t from = (size_t)(at % PIECE_SIZE);
	if (from >= data.n)
		return reason_set(&m->why, ecNotFound, "a piece of a value is not there any more");
	*got = data.n - from < n ? data.n - from : n;
	memcpy(to, data.p + from, *got);
	return ecNone;
}

status message_large_read(struct mailbox *m, const struct message_large *l, uint64_t at, void *to, size_t n, size_t *got)
{
	size_t done = 0;
	status st = ecNone;

	if (at >= l->size)
		n = 0;
	else if (n > l->size - at)
		n = (size_t)(l->size - at);
	while (!st && done < n) {
		CLEANUP_STATEMENT struct sql_statement *s =
			sql_prepare(m->db, "SELECT data FROM piece WHERE content = $1 AND seq = $2 AND part = $3");
		size_t some = 0;

		st = read_piece(m, s, l, at + done, (uint8_t *)to + done, n - done, &some);
		done += some;
	}
	if (!st)
		*got = done;
	return st;
}

/* Properties alone ------------------------------------------------------------------------------------------------------ */

status message_patch_flags(struct mailbox *m, const struct message_info *info, struct bag *bag)
{
	const struct prop *p = bag_find(bag, tag_id(PidTagMessageFlags));
	bool said = p && p->tag == PidTagMessageFlags && p->value.n == 4;
	uint32_t flags = said ? le32(p->value.p) : MSGFLAG_READ;
	const uint32_t kept = MSGFLAG_READ | MSGFLAG_EVER_READ; /* in the columns, or the marks of who looks */
	struct message_info seen = *info;
	status s = read_marks_see(m, &seen);

	if (s || (p && !said) || ((flags ^ seen.flags) & kept) == 0)
		return s;
	flags = said ? (flags & ~kept) | (seen.flags & kept) : seen.flags;
	return bag_set_u32(bag, PidTagMessageFlags, flags) ? no_memory(m) : ecNone;
}

/* Steps through the properties of the message itself. */
struct top_walk {
	struct content content;
	struct content_walk walk;
	struct message_row row;
};

static status top_begin(struct top_walk *t, struct mailbox *m, uint64_t id, struct arena *arena)
{
	status s = message_load(m, id, arena, &t->row, &t->content);

	if (!s)
		content_walk_begin(&t->walk, m, &t->content);
	return s;
}

status message_props(struct mailbox *m, uint64_t id, struct bag *out)
{
	const struct content_large *large;
	struct ft_event e = { .kind = FT_PROP };
	struct top_walk t;
	status s = top_begin(&t, m, id, out->arena);

	if (s)
		return s;
	while (!s) {
		s = content_walk_next(&t.walk, out->arena, &e, &large);
		if (s || e.kind != FT_PROP)
			break;
		s = bag_append(out, &e.prop) ? ecNone : no_memory(m);
	}
	content_walk_end(&t.walk);
	return s ? s : message_patch_flags(m, &t.row.info, out);
}

static status whole_value(struct mailbox *m, const struct ft_event *e, uint64_t content, const struct content_large *large,
			  struct arena *arena, struct prop *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 31);
	struct prop p = e->prop;
	status s = large ? content_stream(m, content, large, NULL, &b) : ecNone;

	if (s)
		return s;
	if (p.flags & PROP_LARGE) {
		struct bytes v = large ? buf_bytes(&b) : e->chunk;

		/* In place where it can be; a list that is raw bytes stays marked. */
		p.value = bytes_of(large ? arena_memdup(arena, v.p, v.n) : v.p, v.n);
		if (v.n && !p.value.p)
			return no_memory(m);
		if (!prop_is_list(p.tag))
			p.flags &= (uint16_t)~PROP_LARGE;
	}
	*out = p;
	return ecNone;
}

status message_value(struct mailbox *m, uint64_t id, uint16_t prop, struct arena *arena, struct prop *out)
{
	const struct content_large *large = NULL;
	struct ft_event e = { .kind = FT_PROP };
	struct top_walk t;
	status s = top_begin(&t, m, id, arena);

	if (s)
		return s;
	do {
		s = content_walk_next(&t.walk, arena, &e, &large);
	} while (!s && e.kind == FT_PROP && prop_id(&e.prop) != prop);
	content_walk_end(&t.walk);
	if (!s && e.kind != FT_PROP)
		return reason_set(&m->why, ecNotFound, "message %llx has no property 0x%04x", (unsigned long long)id, prop);
	return s ? s : whole_value(m, &e, t.content.id, large, arena, out);
}
