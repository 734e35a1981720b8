#include "server/fast_events.h"

#include "mapi/string_kind.h"

#define MetaTagFXDelProp 0x40160003u

static struct fast_events *of(struct item_sink *s)
{
	return (struct fast_events *)s;
}

/* The message itself or the one attachment that is wanted: what the filter is for. */
static bool at_top(const struct fast_events *e, bool of_attachment)
{
	return e->only_attachment == UINT32_MAX ? e->depth == 1 && !of_attachment : e->depth == 1 && of_attachment;
}

static bool is_wanted(const struct fast_events *e, const struct prop *p, bool top)
{
	const struct prop_name *name = prop_id(p) >= NAMED_ID_FIRST ? name_map_name(e->names, prop_id(p)) : NULL;

	if (message_tag_is_internal(p->tag))
		return false;
	return !top || !e->how->filter || fast_filter_passes(e->how->filter, p->tag, name);
}

static status put_bag(struct fast_events *e, const struct bag *b, bool top, uint32_t but)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < b->n; i++) {
		const struct prop *p = &b->v[i];

		if (!(p->flags & PROP_LARGE) && p->tag != but && is_wanted(e, p, top))
			s = fast_put_as(e->stream, p, e->names, e->how->text, e->how->codepage);
	}
	return s;
}

/* The message within the one attachment that is wanted, and it shall go without. */
static bool is_left_out(const struct fast_events *e)
{
	return e->depth == 2 && e->in_attachment && e->how->no_embedded;
}

/* Messages -------------------------------------------------------------------------------------------------------------- */

static status on_message(struct item_sink *sink, const struct message_event *m)
{
	struct fast_events *e = of(sink);
	status s = ecNone;

	e->numbers[e->depth < ITEM_DEPTH_MAX ? e->depth : ITEM_DEPTH_MAX] = 0;
	e->depth++;
	if (is_left_out(e))
		e->skipping++;
	if (e->skipping || (e->depth == 1 && e->only_attachment != UINT32_MAX))
		return ecNone;
	if (e->depth > 1)
		s = fast_put_marker(e->stream, FT_START_EMBED);
	return s ? s : put_bag(e, m->props, at_top(e, false), 0);
}

static status begin_children(struct fast_events *e, bool attachments)
{
	bool *begun = attachments ? &e->attachments_begun : &e->recipients_begun;
	bool left_out = attachments ? e->how->no_attachments : e->how->no_recipients;

	if (e->depth != 1 || *begun || e->only_attachment != UINT32_MAX)
		return ecNone;
	*begun = true;
	if (!e->how->del_props || left_out)
		return ecNone;
	return fast_put_u32(e->stream, MetaTagFXDelProp, attachments ? PidTagMessageAttachments : PidTagMessageRecipients);
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	struct fast_events *e = of(sink);
	status s = ecNone;

	*result = (struct item_result){ .outcome = OUTCOME_WRITTEN };
	if (is_left_out(e)) {
		e->skipping--;
		e->depth--;
		return ecNone;
	}
	if (!e->skipping && e->depth == 1) {
		s = begin_children(e, false);
		if (!s)
			s = begin_children(e, true);
	} else if (!e->skipping) {
		s = fast_put_marker(e->stream, FT_END_EMBED);
	}
	e->depth--;
	return s;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct fast_events *e = of(sink);
	status s;

	if (e->skipping || (e->depth == 1 && (e->how->no_recipients || e->only_attachment != UINT32_MAX)))
		return ecNone;
	s = begin_children(e, false);
	if (!s)
		s = fast_put_marker(e->stream, FT_START_RECIP);
	if (!s)
		s = put_bag(e, props, false, 0);
	return s ? s : fast_put_marker(e->stream, FT_END_TO_RECIP);
}

/* Attachments ------------------------------------------------------------------------------------------------------------ */

static status on_attachment(struct item_sink *sink, const struct attachment_event *a)
{
	struct fast_events *e = of(sink);
	uint32_t *next = &e->numbers[e->depth ? e->depth - 1 : 0], number = bag_u32(a->props, tag_id(PidTagAttachNumber), *next);
	bool only = e->only_attachment != UINT32_MAX && e->depth == 1;
	status s = ecNone;

	*next = number + 1;
	if (e->skipping || (only ? number != e->only_attachment : e->depth == 1 && e->how->no_attachments)) {
		e->skipping++;
		return ecNone;
	}
	e->in_attachment = only;
	if (!only) {
		s = begin_children(e, false);
		if (!s)
			s = begin_children(e, true);
		if (!s)
			s = fast_put_marker(e->stream, FT_NEW_ATTACH);
	}
	if (!s && !only)
		s = fast_put_u32(e->stream, PidTagAttachNumber, number);
	return s ? s : put_bag(e, a->props, at_top(e, true), only ? 0 : PidTagAttachNumber);
}

static status on_attachment_end(struct item_sink *sink)
{
	struct fast_events *e = of(sink);

	if (e->skipping) {
		e->skipping--;
		return ecNone;
	}
	if (e->in_attachment && e->depth == 1) {
		e->in_attachment = false;
		return ecNone;
	}
	return fast_put_marker(e->stream, FT_END_ATTACH);
}

/* Large values ------------------------------------------------------------------------------------------------------------- */

static status put_copy(struct fast_events *e, struct bytes v, size_t firm)
{
	const uint8_t *copy = arena_memdup(&e->stream->arena, v.p, v.n);

	return copy || !v.n ? fast_put(e->stream, bytes_of(copy, v.n), firm) : ecMemory;
}

static status on_value(struct item_sink *sink, const struct prop *p)
{
	struct fast_events *e = of(sink);
	CLEANUP_BUF struct buf head = BUF_MAX((size_t)64 << 10);

	e->value = *p;
	e->value_out = e->skipping || (e->depth == 1 && e->only_attachment != UINT32_MAX && !e->in_attachment) ||
		       !is_wanted(e, p, at_top(e, e->in_attachment)) || !ft_large_fits(p, e->names);
	if (e->value_out)
		return ecNone;
	ft_put_large_begin(&head, p, e->names, false);
	return head.failed ? ecMemory : put_copy(e, buf_bytes(&head), head.n);
}

static status on_chunk(struct item_sink *sink, struct bytes chunk)
{
	return of(sink)->value_out ? ecNone : put_copy(of(sink), chunk, 0);
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct fast_events *e = of(sink);
	CLEANUP_BUF struct buf tail = BUF_MAX(64);

	if (!complete)
		return ecCorruptData;
	if (e->value_out)
		return ecNone;
	ft_put_large_end(&tail, &e->value, false);
	return put_copy(e, buf_bytes(&tail), tail.n);
}

static const struct item_sink_ops ops = {
	.message_begin = on_message,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment,
	.attachment_end = on_attachment_end,
	.value_begin = on_value,
	.value_chunk = on_chunk,
	.value_end = on_value_end,
};

void fast_events_init(struct fast_events *e, struct fast_stream *stream, const struct name_map *names, const struct fast_message *how,
		      uint32_t only_attachment)
{
	*e = (struct fast_events){ .sink = { .ops = &ops }, .stream = stream, .names = names, .how = how, .only_attachment = only_attachment };
}
