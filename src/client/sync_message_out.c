#include "client/sync_message_out.h"

#include "mapi/tag.h"
#include "rop/fasttransfer.h"

#define BUFFER_MOST ((size_t)160 << 20)

/* Of the version, and of the store it stands in: said elsewhere, or the server's own to say. */
static bool is_not_sent(uint32_t tag)
{
	static const uint32_t own[] = { PidTagChangeKey,     PidTagPredecessorChangeList, PidTagLastModificationTime, PidTagSourceKey,
					PidTagMessageSize,   PidTagHasAttachments,	  PidTagEntryId,	      PidTagParentEntryId,
					PidTagChangeNumber,  PidTagMid,			  PidTagParentSourceKey,      PidTagRecordKey,
					PidTagAccess,	     PidTagAccessLevel };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (tag_id(own[i]) == tag_id(tag))
			return true;
	return false;
}

/* Whole pieces are handed on. */
static status drain(struct message_out *o, size_t least)
{
	size_t at = 0;
	status s = o->buf.failed ? ecTooBig : ecNone;

	while (!s && o->buf.n - at >= least && o->buf.n > at) {
		size_t n = o->buf.n - at < MESSAGE_OUT_PIECE ? o->buf.n - at : MESSAGE_OUT_PIECE;

		s = o->piece(o->context, bytes_of(o->buf.p + at, n));
		at += n;
	}
	memmove(o->buf.p, o->buf.p + at, o->buf.n - at);
	buf_truncate(&o->buf, o->buf.n - at);
	return s;
}

static status put_bag(struct message_out *o, const struct bag *b, bool message)
{
	for (size_t i = 0; i < b->n; i++)
		if (!(b->v[i].flags & PROP_LARGE) && !(message && is_not_sent(b->v[i].tag)) && ft_can_say(&b->v[i], o->names))
			ft_put_prop(&o->buf, &b->v[i], o->names);
	return o->buf.failed ? ecTooBig : ecNone;
}

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	struct message_out *o = (struct message_out *)sink;

	if (o->messages++)
		ft_put_marker(&o->buf, FT_START_EMBED);
	return put_bag(o, e->props, true);
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	struct message_out *o = (struct message_out *)sink;

	result->outcome = OUTCOME_WRITTEN;
	if (--o->messages)
		ft_put_marker(&o->buf, FT_END_EMBED);
	return drain(o, MESSAGE_OUT_PIECE);
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct message_out *o = (struct message_out *)sink;
	status s;

	ft_put_marker(&o->buf, FT_START_RECIP);
	s = put_bag(o, props, false);
	ft_put_marker(&o->buf, FT_END_TO_RECIP);
	return s ? s : drain(o, MESSAGE_OUT_PIECE);
}

static status on_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	struct message_out *o = (struct message_out *)sink;

	ft_put_marker(&o->buf, FT_NEW_ATTACH);
	return put_bag(o, e->props, false);
}

static status on_attachment_end(struct item_sink *sink)
{
	struct message_out *o = (struct message_out *)sink;

	ft_put_marker(&o->buf, FT_END_ATTACH);
	return drain(o, MESSAGE_OUT_PIECE);
}

/* What the stream has no words for stays here. */
static status on_value(struct item_sink *sink, const struct prop *p)
{
	struct message_out *o = (struct message_out *)sink;

	o->large = *p;
	if (!ft_large_fits(p, o->names))
		o->large.tag = 0;
	else
		ft_put_large_begin(&o->buf, p, o->names, false);
	return ecNone;
}

static status on_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct message_out *o = (struct message_out *)sink;

	if (o->large.tag)
		buf_add(&o->buf, chunk.p, chunk.n);
	return drain(o, MESSAGE_OUT_PIECE);
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct message_out *o = (struct message_out *)sink;

	if (o->large.tag)
		ft_put_large_end(&o->buf, &o->large, false);
	return complete ? drain(o, MESSAGE_OUT_PIECE) : ecCorruptData;
}

static const struct item_sink_ops ops = { .message_begin = on_message,
					  .message_end = on_message_end,
					  .recipient = on_recipient,
					  .attachment_begin = on_attachment,
					  .attachment_end = on_attachment_end,
					  .value_begin = on_value,
					  .value_chunk = on_chunk,
					  .value_end = on_value_end };

void message_out_init(struct message_out *o, const struct name_map *names, message_out_piece *piece, void *context)
{
	*o = (struct message_out){ .sink.ops = &ops, .names = names, .piece = piece, .context = context, .buf = BUF_MAX(BUFFER_MOST) };
}

void message_out_free(struct message_out *o)
{
	buf_free(&o->buf);
}

status message_out_flush(struct message_out *o)
{
	return drain(o, 1);
}
