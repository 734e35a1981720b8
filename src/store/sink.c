#include "store/sink.h"

#include "mapi/own_ids.h"
#include "store/sink_private.h"

#include <stdlib.h>

#define BATCH_MESSAGES 4000u
#define BATCH_BYTES ((uint64_t)64 << 20)
#define FOLDERS_MAX ((size_t)1 << 20)

static struct mailbox_sink *sink_of(struct item_sink *s)
{
	return (struct mailbox_sink *)s;
}

/* The words of the mailbox are the sink's. */
static status settle(struct mailbox_sink *s, status st)
{
	if (st)
		s->sink.why = s->m->why;
	return st;
}

/* Batches ------------------------------------------------------------------------------------------------------------ */

static status commit(struct mailbox_sink *s)
{
	status st = mailbox_commit(s->m);

	s->messages = s->bytes = 0;
	if (!st && s->options.committed)
		s->options.committed(s->options.context);
	return st;
}

static status end_batch(struct mailbox_sink *s)
{
	status st;

	if (s->messages < s->options.batch_messages && s->bytes < s->options.batch_bytes)
		return ecNone;
	st = commit(s);
	return st ? st : mailbox_begin(s->m);
}

/* The store and its folders ------------------------------------------------------------------------------------------- */

static status on_store_begin(struct item_sink *sink, const struct store_event *e)
{
	struct mailbox_sink *s = sink_of(sink);
	status st = mailbox_begin(s->m);

	s->names = e->names;
	s->codepage = e->codepage;
	s->has_key = own_ids_key(e->props, &s->key);
	content_begin(&s->translator, 0, e->names);
	return settle(s, st ? st : sink_take_store(s, e->props));
}

static status on_store_end(struct item_sink *sink)
{
	return settle(sink_of(sink), commit(sink_of(sink)));
}

static status on_folder_begin(struct item_sink *sink, const struct folder_event *e)
{
	struct mailbox_sink *s = sink_of(sink);

	return settle(s, sink_enter_folder(s, e));
}

static status on_folder_end(struct item_sink *sink)
{
	struct mailbox_sink *s = sink_of(sink);

	s->depth -= s->depth > 0;
	return ecNone;
}

/* Messages ------------------------------------------------------------------------------------------------------------ */

static status begin_message(struct mailbox_sink *s, const struct message_event *e)
{
	uint64_t folder = s->depth ? s->stack[s->depth - 1].id : 0;

	if (!folder)
		return reason_set(&s->m->why, ecInvalidParam, "a message outside of every folder");
	s->event = *e;
	s->message_options = (struct message_options){
		.associated = e->associated,
		.keep_versions = s->options.keep_versions,
		.names = s->names,
		.codepage = s->codepage,
		.store_key = s->has_key ? &s->key : NULL,
	};
	if (!s->writer)
		return message_writer_new(s->m, folder, &s->message_options, &s->writer);
	message_writer_again(s->writer, folder, &s->message_options);
	return ecNone;
}

static status on_message_begin(struct item_sink *sink, const struct message_event *e)
{
	struct mailbox_sink *s = sink_of(sink);
	status st = s->in_item++ ? ecNone : begin_message(s, e);

	if (st)
		return settle(s, st);
	st = item_message_begin(message_writer_sink(s->writer), e);
	return settle(s, st);
}

static status choose(struct mailbox_sink *s, struct sink_message *message, enum item_outcome *outcome, uint64_t *id)
{
	enum sink_choice choice = SINK_TAKE;
	uint64_t replaces = 0;
	status st = ecNone;

	if (s->options.accept)
		st = s->options.accept(s->options.context, message, &choice, &replaces);
	if (st)
		return st;
	if (choice == SINK_DUPLICATE || choice == SINK_LEAVE) {
		*outcome = choice == SINK_DUPLICATE ? OUTCOME_DUPLICATE : OUTCOME_FILTERED;
		return ecNone;
	}
	if (choice == SINK_REPLACE)
		message_writer_replace(s->writer, replaces);
	s->bytes += message->info->size;
	return message_writer_finish(s->writer, id);
}

static status end_message(struct mailbox_sink *s, struct item_result *result)
{
	struct message_info info = { .id = 0 };
	struct sink_message message = {
		.info = &info,
		.source_id = s->event.id,
		.origin = s->event.origin,
		.confidence = s->event.confidence,
	};
	uint64_t id = 0;
	status st = item_message_end(message_writer_sink(s->writer), result);

	if (!st && result->outcome == OUTCOME_WRITTEN) {
		st = message_writer_info(s->writer, &info);
		if (!st)
			st = choose(s, &message, &result->outcome, &id);
	}
	if (st)
		return st;
	s->messages++;
	if (s->options.done)
		s->options.done(s->options.context, &message, result->outcome, id);
	return end_batch(s);
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	struct mailbox_sink *s = sink_of(sink);
	status st;

	if (!s->in_item)
		return settle(s, reason_set(&s->m->why, ecInvalidParam, "the end of a message that did not begin"));
	if (--s->in_item)
		st = item_message_end(message_writer_sink(s->writer), result);
	else
		st = end_message(s, result);
	return settle(s, st);
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct mailbox_sink *s = sink_of(sink);

	return s->in_item ? settle(s, item_recipient(message_writer_sink(s->writer), props)) : ecNone;
}

static status on_attachment_begin(struct item_sink *sink, const struct attachment_event *e)
{
	struct mailbox_sink *s = sink_of(sink);

	return s->in_item ? settle(s, item_attachment_begin(message_writer_sink(s->writer), e)) : ecNone;
}

static status on_attachment_end(struct item_sink *sink)
{
	struct mailbox_sink *s = sink_of(sink);

	return s->in_item ? settle(s, item_attachment_end(message_writer_sink(s->writer))) : ecNone;
}

/* Large values: of a message its writer's, of a folder or the store gathered here. ------------------------------------- */

static status on_value_begin(struct item_sink *sink, const struct prop *p)
{
	struct mailbox_sink *s = sink_of(sink);

	if (s->in_item)
		return settle(s, item_value_begin(message_writer_sink(s->writer), p));
	s->value = *p;
	buf_clear(&s->gathered);
	return ecNone;
}

static status on_value_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct mailbox_sink *s = sink_of(sink);

	if (s->in_item)
		return settle(s, item_value_chunk(message_writer_sink(s->writer), chunk));
	buf_add(&s->gathered, chunk.p, chunk.n);
	return s->gathered.failed ? settle(s, reason_set(&s->m->why, ecTooBig, "a folder with more than %zu bytes of properties",
							 FOLDER_PROPERTIES_MAX)) :
				    ecNone;
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct mailbox_sink *s = sink_of(sink);
	struct prop p = s->value;

	if (s->in_item)
		return settle(s, item_value_end(message_writer_sink(s->writer), complete));
	/* A list that comes as raw bytes cannot be told as one. */
	if (prop_is_list(p.tag))
		return ecNone;
	p.flags &= (uint16_t)~PROP_LARGE;
	p.value = buf_bytes(&s->gathered);
	p.size = p.value.n;
	return settle(s, sink_add_property(s, &p));
}

static const struct item_sink_ops ops = {
	.store_begin = on_store_begin,
	.store_end = on_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = on_attachment_end,
	.value_begin = on_value_begin,
	.value_chunk = on_value_chunk,
	.value_end = on_value_end,
};

status mailbox_sink_new(struct mailbox *m, const struct mailbox_sink_options *o, struct mailbox_sink **out, struct reason *why)
{
	struct mailbox_sink *s;

	if (m->in_transaction)
		return reason_set(why, ecInvalidParam, "the mailbox is in a transaction");
	s = calloc(1, sizeof *s);
	if (!s)
		return reason_set(why, ecMemory, "out of memory");
	s->sink.ops = &ops;
	s->m = m;
	s->codepage = 1252;
	if (o)
		s->options = *o;
	if (!s->options.batch_messages)
		s->options.batch_messages = BATCH_MESSAGES;
	if (!s->options.batch_bytes)
		s->options.batch_bytes = BATCH_BYTES;
	map_init(&s->used, FOLDERS_MAX);
	buf_init(&s->gathered, FOLDER_PROPERTIES_MAX);
	if (content_writer_init(&s->translator, m)) {
		mailbox_sink_free(s);
		return reason_set(why, ecMemory, "out of memory");
	}
	sql_bulk(m->db, true);
	*out = s;
	return ecNone;
}

struct item_sink *mailbox_sink_sink(struct mailbox_sink *s)
{
	return &s->sink;
}

void mailbox_sink_free(struct mailbox_sink *s)
{
	if (!s)
		return;
	message_writer_free(s->writer);
	if (s->m->in_transaction)
		mailbox_rollback(s->m);
	sql_bulk(s->m->db, false);
	content_writer_free(&s->translator);
	map_free(&s->used);
	buf_free(&s->gathered);
	free(s);
}
