#include "client/sync_message_in.h"

#include <stdlib.h>

#include "mapi/tag.h"

/* Of one object, apart from its large values. */
#define BAG_MOST (ITEM_BAG_MAX * 8)

enum place { IN_MESSAGE, IN_RECIPIENT, IN_ATTACHMENT };

status message_in_init(struct message_in *i, struct mailbox *m)
{
	*i = (struct message_in){ .mailbox = m };
	arena_init(&i->arena, BAG_MOST);
	return spool_new(SPOOL_MEMORY, &i->spool);
}

void message_in_free(struct message_in *i)
{
	spool_free(i->spool);
	arena_free(&i->arena);
	free(i->values);
	i->spool = NULL;
	i->values = NULL;
}

static void gather_begin(struct message_in *i)
{
	arena_reset(&i->arena);
	bag_init(&i->bag, &i->arena);
	spool_rewind(i->spool, 0);
	i->n_values = 0;
	i->bytes = 0;
}

void message_in_begin(struct message_in *i, struct item_sink *sink, bool associated)
{
	i->sink = sink;
	i->associated = associated;
	i->depth = 1;
	i->messages = 0;
	i->in_value = false;
	i->frames[0].place = IN_MESSAGE;
	i->frames[0].begun = false;
	gather_begin(i);
}

/* Gathering ----------------------------------------------------------------------------------------------------------------------- */

static status begin_value(struct message_in *i)
{
	if (i->n_values == i->cap_values) {
		size_t cap = i->cap_values ? 2 * i->cap_values : 16;
		struct message_in_value *v = reallocarray(i->values, cap, sizeof *v);

		if (!v)
			return ecMemory;
		i->values = v;
		i->cap_values = cap;
	}
	i->values[i->n_values++] = (struct message_in_value){ i->bag.n - 1, spool_end(i->spool), 0 };
	return ecNone;
}

/* What is too much for a bag waits beside it. */
static status set_aside(struct message_in *i, const struct prop *p)
{
	struct prop large = *p;
	status s;

	large.flags |= PROP_LARGE;
	large.size = p->value.n;
	large.value = bytes_of(NULL, 0);
	if (!bag_append(&i->bag, &large))
		return ecMemory;
	s = begin_value(i);
	if (!s)
		s = spool_add(i->spool, p->value);
	if (!s)
		i->values[i->n_values - 1].n = p->value.n;
	return s;
}

status message_in_put(struct message_in *i, const struct prop *p)
{
	bool single = !prop_is_list(p->tag);

	size_t at = 0;

	while (at < i->bag.n && prop_id(&i->bag.v[at]) != prop_id(p))
		at++;
	/* What is said again holds; places of large values do not move. */
	if (at < i->bag.n) {
		status s = i->bag.v[at].flags & PROP_LARGE ? ecCorruptData : bag_copy(&i->bag, p);

		if (!s)
			i->bag.v[at] = i->bag.v[--i->bag.n];
		return s;
	}
	if (single && !(p->flags & PROP_LARGE) && (p->value.n > ITEM_INLINE_MAX || (i->bytes > ITEM_BAG_MAX && p->value.n > 256)))
		return set_aside(i, p);
	i->bytes += single ? p->value.n : 0;
	return bag_copy(&i->bag, p);
}

/* Directives of the stream are no properties ([MS-OXCFXICS] 2.2.4.1.5). */
static bool is_directive(const struct prop *p)
{
	return prop_id(p) >= 0x4000 && prop_id(p) <= 0x40FF;
}

static status take_prop(struct message_in *i, const struct ft_event *e, struct reason *why)
{
	struct prop p = e->prop;
	status s = ecNone;

	if (is_directive(&p) || e->escaped) {
		i->in_value = false;
		return ecNone;
	}
	if (e->named && i->mailbox) {
		uint16_t id = 0;

		s = mailbox_name_id(i->mailbox, &e->name, &id);
		if (s)
			return reason_set(why, s, "a name of a property: %s", mailbox_failure(i->mailbox));
		p.tag = tag_make(id, prop_type(&p));
	}
	if (!(p.flags & PROP_LARGE))
		s = message_in_put(i, &p);
	else if (bag_find(&i->bag, prop_id(&p)))
		return reason_set(why, ecCorruptData, "a large value comes twice");
	else if (!bag_append(&i->bag, &p))
		s = ecMemory;
	else
		s = begin_value(i);
	i->in_value = p.flags & PROP_LARGE;
	return s ? reason_set(why, s, "too much for one object") : ecNone;
}

/* Sending on ---------------------------------------------------------------------------------------------------------------------- */

static status send_piece(void *context, struct bytes b)
{
	return item_value_chunk(context, b);
}

static status send_values(struct message_in *i)
{
	status s = ecNone;

	for (size_t v = 0; !s && v < i->n_values; v++) {
		struct extent all = spool_since(i->spool, i->values[v].at), e = extent_part(&all, 0, i->values[v].n);
		struct prop p = i->bag.v[i->values[v].property];

		p.size = i->values[v].n;
		s = item_value_begin(i->sink, &p);
		if (!s)
			s = extent_each(&e, send_piece, i->sink);
		if (!s)
			s = item_value_end(i->sink, true);
	}
	return s;
}

static status begin_object(struct message_in *i)
{
	struct message_event event = {
		.associated = i->associated && !i->messages, .embedded = i->messages > 0, .depth = i->messages, .confidence = 100, .props = &i->bag
	};
	status s;

	if (i->frames[i->depth - 1].begun)
		return ecNone;
	i->frames[i->depth - 1].begun = true;
	for (size_t v = 0; v < i->n_values; v++)
		i->bag.v[i->values[v].property].size = i->values[v].n;
	if (i->frames[i->depth - 1].place == IN_ATTACHMENT) {
		s = item_attachment_begin(i->sink, &(struct attachment_event){ .props = &i->bag });
		return s ? s : send_values(i);
	}
	i->messages++;
	s = item_message_begin(i->sink, &event);
	return s ? s : send_values(i);
}

static status start(struct message_in *i, enum place within, enum place place, struct reason *why)
{
	status s;

	if (i->frames[i->depth - 1].place != within)
		return reason_set(why, ecCorruptData, "an object within one that cannot have it");
	if (i->depth == MESSAGE_IN_DEPTH)
		return reason_set(why, ecTooComplex, "objects nest too deep");
	s = begin_object(i);
	if (s)
		return reason_set(why, s, "%s", i->sink->why.text);
	i->frames[i->depth].place = (uint8_t)place;
	i->frames[i->depth++].begun = false;
	gather_begin(i);
	return ecNone;
}

static status end_recipient(struct message_in *i)
{
	/* Events have no place for large values of recipients: what is that large is no recipient's. */
	for (size_t v = i->n_values; v-- > 0;)
		bag_remove(&i->bag, prop_id(&i->bag.v[i->values[v].property]));
	return item_recipient(i->sink, &i->bag);
}

static status end(struct message_in *i, enum place place, struct reason *why)
{
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };
	status s = ecNone;

	if (i->depth < 2 || i->frames[i->depth - 1].place != place)
		return reason_set(why, ecCorruptData, "an end of what was not begun");
	s = place == IN_RECIPIENT ? end_recipient(i) : begin_object(i);
	if (!s && place == IN_MESSAGE) {
		i->messages--;
		s = item_message_end(i->sink, &unused);
	}
	if (!s && place == IN_ATTACHMENT)
		s = item_attachment_end(i->sink);
	i->depth--;
	gather_begin(i);
	return s ? reason_set(why, s, "%s", i->sink->why.text) : ecNone;
}

static status take_marker(struct message_in *i, uint32_t marker, struct reason *why)
{
	switch (marker) {
	case FT_START_RECIP:
		return start(i, IN_MESSAGE, IN_RECIPIENT, why);
	case FT_NEW_ATTACH:
		return start(i, IN_MESSAGE, IN_ATTACHMENT, why);
	case FT_START_EMBED:
		return start(i, IN_ATTACHMENT, IN_MESSAGE, why);
	case FT_END_TO_RECIP:
		return end(i, IN_RECIPIENT, why);
	case FT_END_ATTACH:
		return end(i, IN_ATTACHMENT, why);
	case FT_END_EMBED:
		return end(i, IN_MESSAGE, why);
	default:
		return reason_set(why, ecCorruptData, "%s within a message", ft_marker_name(marker) ? ft_marker_name(marker) : "an unknown marker");
	}
}

status message_in_take(struct message_in *i, const struct ft_event *e, struct reason *why)
{
	status s = ecNone;

	switch (e->kind) {
	case FT_PROP:
		return take_prop(i, e, why);
	case FT_CHUNK:
		if (!i->in_value)
			return ecNone;
		s = spool_add(i->spool, e->chunk);
		i->values[i->n_values - 1].n += e->chunk.n;
		return s ? reason_set(why, s, "no room to put a large value aside") : ecNone;
	case FT_VALUE_END:
		i->in_value = false;
		return ecNone;
	case FT_MARKER:
		return take_marker(i, e->marker, why);
	default:
		return reason_set(why, ecCorruptData, "the stream ends within a message");
	}
}

status message_in_end(struct message_in *i, struct item_result *result, struct reason *why)
{
	status s;

	if (i->depth != 1)
		return reason_set(why, ecCorruptData, "a message that is not at its end");
	s = begin_object(i);
	if (!s)
		s = item_message_end(i->sink, result);
	return s ? reason_set(why, s, "%s", i->sink->why.text) : ecNone;
}
