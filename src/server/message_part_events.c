/* A message part as item events, and out of them. */
#include "server/message_part.h"

#include "store/message.h"

#include <stdlib.h>

#define BAG_BUDGET ((size_t)64 << 20)

/* Out ------------------------------------------------------------------------------------------------------------------ */

static status emit_recipient(const struct recipient *r, struct mailbox *m, struct arena *arena, struct item_sink *sink)
{
	struct bag bag;
	status s = ecNone;

	bag_init(&bag, arena);
	/* Events have no place for large values of recipients: they go with the bag. */
	for (size_t i = 0; !s && i < r->props.n; i++) {
		struct prop p;

		s = property_set_value(&r->props, prop_id(&r->props.v[i].p), m, arena, &p);
		if (!s && !bag_append(&bag, &p))
			s = ecMemory;
	}
	if (!s)
		s = bag_set_u32(&bag, PidTagRowid, r->row_id);
	return s ? s : item_recipient(sink, &bag);
}

static status emit_attachment(const struct attachment_part *a, struct mailbox *m, unsigned depth, struct item_sink *sink)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BAG_BUDGET);
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };
	struct bag bag;

	bag_init(&bag, &arena);
	status s = bag_set_u32(&bag, PidTagAttachNumber, a->number);
	for (size_t i = 0; !s && i < a->props.n; i++)
		if (prop_id(&a->props.v[i].p) != tag_id(PidTagAttachNumber) && !bag_append(&bag, &a->props.v[i].p))
			s = ecMemory;
	if (!s)
		s = item_attachment_begin(sink, &(struct attachment_event){ .props = &bag });
	if (!s)
		s = property_set_emit_large(&a->props, m, sink);
	if (!s && a->embedded)
		s = message_part_emit(a->embedded, m, 0, false, depth + 1, sink, &unused);
	return s ? s : item_attachment_end(sink);
}

status message_part_emit(const struct message_part *p, struct mailbox *m, uint64_t id, bool associated, unsigned depth,
			 struct item_sink *sink, struct item_result *result)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BAG_BUDGET);
	struct bag bag;
	struct message_event e = {
		.id = depth ? 0 : id,
		.associated = !depth && associated,
		.embedded = depth > 0,
		.depth = depth,
		.confidence = 100,
		.props = &bag,
	};

	if (depth > ITEM_DEPTH_MAX)
		return ecTooComplex;
	bag_init(&bag, &arena);
	status s = property_set_bag(&p->props, &bag);
	if (!s)
		s = item_message_begin(sink, &e);
	if (!s)
		s = property_set_emit_large(&p->props, m, sink);
	arena_reset(&arena);
	for (size_t i = 0; !s && i < p->n_recipients; i++) {
		s = emit_recipient(&p->recipients[i], m, &arena, sink);
		arena_reset(&arena);
	}
	for (size_t i = 0; !s && i < p->n_attachments; i++)
		s = emit_attachment(p->attachments[i], m, depth, sink);
	return s ? s : item_message_end(sink, result);
}

/* In ------------------------------------------------------------------------------------------------------------------- */

struct part_frame {
	struct message_part *message;
	struct attachment_part *attachment; /* that is open in it */
};

struct part_builder {
	struct item_sink sink;
	struct part_frame frames[ITEM_DEPTH_MAX + 1];
	unsigned depth;
	struct message_part *built;
	uint32_t value_tag;
	struct big_value *value;
};

static struct part_builder *builder_of(struct item_sink *s)
{
	return (struct part_builder *)s;
}

/* The innermost; the caller knows that there is one. */
static struct part_frame *top(struct part_builder *b)
{
	return &b->frames[b->depth ? b->depth - 1 : 0];
}

static status misplaced(struct part_builder *b, const char *what)
{
	return reason_set(&b->sink.why, ecInvalidParam, "%s of a message where there can be none", what);
}

static status take_bag(struct property_set *to, const struct bag *props)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < props->n; i++)
		if (!(props->v[i].flags & PROP_LARGE))
			s = property_set_put(to, &props->v[i]);
	return s;
}

static status on_message_begin(struct item_sink *sink, const struct message_event *e)
{
	struct part_builder *b = builder_of(sink);
	struct message_part *p;

	if (b->depth > ITEM_DEPTH_MAX)
		return reason_set(&sink->why, ecTooComplex, "messages nest deeper than %d", ITEM_DEPTH_MAX);
	if (b->built || (b->depth && (!top(b)->attachment || top(b)->attachment->embedded)))
		return misplaced(b, "a beginning");
	status s = message_part_new(&p);
	if (s)
		return s;
	if (b->depth)
		top(b)->attachment->embedded = message_part_ref(p);
	b->frames[b->depth++] = (struct part_frame){ .message = p };
	return take_bag(&p->props, e->props);
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	struct part_builder *b = builder_of(sink);

	if (!b->depth || top(b)->attachment || b->value)
		return misplaced(b, "an end");
	*result = (struct item_result){ .outcome = OUTCOME_WRITTEN };
	b->depth--;
	if (b->depth)
		message_part_unref(b->frames[b->depth].message);
	else
		b->built = b->frames[0].message;
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct part_builder *b = builder_of(sink);
	struct message_part *p = top(b)->message;
	struct recipient *r;

	if (!b->depth || top(b)->attachment)
		return misplaced(b, "a recipient");
	uint32_t last = p->n_recipients ? p->recipients[p->n_recipients - 1].row_id + 1 : 0;
	uint32_t row_id = bag_u32(props, tag_id(PidTagRowid), last);
	/* What came twice is two recipients all the same. */
	if (message_part_recipient(p, row_id))
		row_id = last;
	status s = message_part_set_recipient(p, row_id, &r);
	if (!s)
		s = take_bag(&r->props, props);
	return s ? s : property_set_put_u32(&r->props, PidTagRowid, row_id);
}

static status on_attachment_begin(struct item_sink *sink, const struct attachment_event *e)
{
	struct part_builder *b = builder_of(sink);
	struct message_part *p = top(b)->message;
	struct attachment_part *a;

	if (!b->depth || top(b)->attachment)
		return misplaced(b, "an attachment");
	uint32_t number = bag_u32(e->props, tag_id(PidTagAttachNumber), p->next_number);
	if (message_part_attachment(p, number))
		number = p->next_number;
	status s = attachment_part_new(number, &a);
	if (s)
		return s;
	s = take_bag(&a->props, e->props);
	if (!s)
		s = message_part_put_attachment(p, a);
	if (!s)
		top(b)->attachment = a;
	attachment_part_unref(a);
	return s;
}

static status on_attachment_end(struct item_sink *sink)
{
	struct part_builder *b = builder_of(sink);

	if (!b->depth || !top(b)->attachment)
		return misplaced(b, "the end of an attachment");
	top(b)->attachment = NULL;
	return ecNone;
}

static struct property_set *open_set(struct part_builder *b)
{
	return top(b)->attachment ? &top(b)->attachment->props : &top(b)->message->props;
}

static status on_value_begin(struct item_sink *sink, const struct prop *p)
{
	struct part_builder *b = builder_of(sink);

	if (!b->depth || b->value)
		return misplaced(b, "a value");
	b->value_tag = p->tag;
	return big_value_new(&b->value);
}

static status on_value_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct part_builder *b = builder_of(sink);

	return b->value ? big_value_write(b->value, big_value_size(b->value), chunk) : misplaced(b, "a piece of a value");
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct part_builder *b = builder_of(sink);
	struct big_value *v = b->value;

	(void)complete;
	if (!v || !b->depth)
		return misplaced(b, "the end of a value");
	b->value = NULL;
	return property_set_put_big(open_set(b), b->value_tag, v);
}

status part_builder_place(struct item_sink *sink, const struct prop *p, const struct message_large *where)
{
	struct part_builder *b = builder_of(sink);
	struct big_value *v;
	status s = b->depth ? big_value_stored(where, &v) : misplaced(b, "a value");

	return s ? s : property_set_put_big(open_set(b), p->tag, v);
}

static const struct item_sink_ops builder_ops = {
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = on_attachment_end,
	.value_begin = on_value_begin,
	.value_chunk = on_value_chunk,
	.value_end = on_value_end,
};

status part_builder_new(struct part_builder **out)
{
	struct part_builder *b = calloc(1, sizeof *b);

	if (!b)
		return ecMemory;
	b->sink.ops = &builder_ops;
	*out = b;
	return ecNone;
}

struct item_sink *part_builder_sink(struct part_builder *b)
{
	return &b->sink;
}

struct message_part *part_builder_take(struct part_builder *b)
{
	struct message_part *p = b->built;

	b->built = NULL;
	return p;
}

void part_builder_reset(struct part_builder *b)
{
	while (b->depth)
		message_part_unref(b->frames[--b->depth].message);
	message_part_unref(b->built);
	b->built = NULL;
	big_value_unref(b->value);
	b->value = NULL;
}

void part_builder_free(struct part_builder *b)
{
	if (!b)
		return;
	part_builder_reset(b);
	free(b);
}

status message_part_read(struct mailbox *m, uint64_t id, struct message_part **out)
{
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };
	struct part_builder *b;
	status s = part_builder_new(&b);

	if (s)
		return s;
	s = message_emit(m, id, part_builder_sink(b), &unused);
	if (!s)
		*out = part_builder_take(b);
	part_builder_free(b);
	return s;
}
