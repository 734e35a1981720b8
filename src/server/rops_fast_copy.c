/* RopFastTransferSourceCopyTo, CopyProperties, CopyMessages, CopyFolder ([MS-OXCFXICS] 3.2.5.8.1.1 to 3.2.5.8.1.4). */
#include "rop/rops_fasttransfer.h"
#include "server/fast_events.h"
#include "server/fast_folder.h"
#include "server/fast_source.h"
#include "server/folder_object.h"
#include "server/message_object.h"

#include <stdlib.h>

/* CopyFlags 2.2.3.1.1.1.1, 2.2.3.1.1.3.1, 2.2.3.1.1.4.1 */
#define COPY_MOVE 0x01u
/* Nothing is moved by CopyTo, CopyProperties and CopyFolder. */
#define COPY_TO_KNOWN 0x0000260Eu          /* Unused1 to 5, BestBody */
#define COPY_PROPERTIES_KNOWN 0x0Fu
#define COPY_MESSAGES_KNOWN 0x37u          /* Move, Unused1, Unused2, BestBody, SendEntryId */
#define COPY_FOLDER_KNOWN 0x1Eu            /* Unused1 to 3, CopySubfolders */
#define COPY_SEND_ENTRY_ID 0x20u
#define COPY_SUBFOLDERS 0x10u

/* Messages and attachments that are open ------------------------------------------------------------------------------------------- */

struct object_copy {
	struct object *object; /* counted */
	struct fast_filter filter;
	struct fast_message how;
	struct arena arena;
};

static void free_copy(void *context)
{
	struct object_copy *k = context;

	object_unref(k->object);
	arena_free(&k->arena);
	free(k);
}

/* All at once: the client may go on changing it. */
static status copy_more(void *context, struct mailbox *m, struct fast_stream *s)
{
	struct object_copy *k = context;
	bool attachment = k->object->kind == OBJECT_ATTACHMENT;
	struct message_object *message = message_object_of(attachment ? k->object->parent : k->object);
	struct fast_events e;

	fast_events_init(&e, s, mailbox_names(m), &k->how, attachment ? attachment_object_number(attachment_object_of(k->object)) : UINT32_MAX);
	s->ended = true;
	return message_object_emit(message, &e.sink);
}

static status new_object_copy(struct rop_call *c, const struct fast_message *how, bool only, const uint32_t *tags, size_t n,
			      struct fast_source **out)
{
	struct object_copy *k = calloc(1, sizeof *k);
	status s;

	if (!k)
		return ecMemory;
	k->object = object_ref(c->object);
	k->how = *how;
	arena_init(&k->arena, (size_t)4 << 20);
	s = fast_filter_set(&k->filter, only, tags, n, mailbox_names(logon_mailbox(c->logon)), &k->arena);
	if (s) {
		free_copy(k);
		return s;
	}
	k->how.filter = &k->filter;
	k->how.no_recipients = how->no_recipients || !fast_filter_passes(&k->filter, PidTagMessageRecipients, NULL);
	k->how.no_attachments = how->no_attachments || !fast_filter_passes(&k->filter, PidTagMessageAttachments, NULL);
	k->how.no_embedded = how->no_embedded || !fast_filter_passes(&k->filter, PidTagAttachDataObject, NULL);
	return fast_source_new(c->object, copy_more, k, free_copy, out);
}

/* Folders -------------------------------------------------------------------------------------------------------------------------- */

static status new_folder_copy(struct rop_call *c, const struct fast_folder_options *o, bool only, const uint32_t *tags, size_t n,
			      struct fast_source **out)
{
	struct fast_filter *filter = arena_alloc(c->arena, sizeof *filter);
	struct fast_folder *f;
	status s;

	if (!filter)
		return ecMemory;
	s = fast_filter_set(filter, only, tags, n, mailbox_names(logon_mailbox(c->logon)), c->arena);
	if (!s)
		s = fast_folder_new(c->logon, o, filter, &f);
	return s ? s : fast_source_new(c->object, fast_folder_more, f, fast_folder_free, out);
}

static struct fast_folder_options folder_options(const struct rop_call *c, uint8_t send)
{
	return (struct fast_folder_options){
		.folder = folder_object_id(c->object),
		.text = fast_text_of(send),
		.codepage = c->session->client.codepage,
	};
}

static status opened(struct rop_call *c, status s, struct fast_source *source)
{
	if (!s)
		rop_call_open(c, &source->object);
	return s;
}

static status copy_object(struct rop_call *c, uint8_t level, uint8_t send, bool only, const uint32_t *tags, size_t n)
{
	struct fast_source *source = NULL;
	status s;

	if (send & ~SEND_KNOWN)
		return ecInvalidParam;
	if (c->object->kind == OBJECT_FOLDER) {
		struct fast_folder_options o = folder_options(c, send);

		o.what = FAST_FOLDER_CONTENT;
		o.level = level;
		o.object = c->object;
		s = logon_may(c->logon, o.folder, RIGHT_READ_ANY);
		if (!s)
			s = new_folder_copy(c, &o, only, tags, n, &source);
		return opened(c, s, source);
	}
	const struct fast_message how = {
		.text = fast_text_of(send),
		.codepage = c->session->client.codepage,
		.del_props = true,
		.no_embedded = level,
		.no_recipients = level && c->object->kind == OBJECT_MESSAGE,
		.no_attachments = level && c->object->kind == OBJECT_MESSAGE,
	};
	s = new_object_copy(c, &how, only, tags, n, &source);
	return opened(c, s, source);
}

static status copy_to(struct rop_call *c)
{
	const struct rop_fast_transfer_source_copy_to_request *q = c->request;

	if (q->copy_flags & ~COPY_TO_KNOWN)
		return ecInvalidParam;
	return copy_object(c, q->level, q->send_options, false, q->property_tags.v, q->property_tags.n);
}

static status copy_properties(struct rop_call *c)
{
	const struct rop_fast_transfer_source_copy_properties_request *q = c->request;

	if (q->copy_flags & ~COPY_PROPERTIES_KNOWN || q->send_options & ~SEND_KNOWN)
		return ecInvalidParam;
	if (q->copy_flags & COPY_MOVE)
		return ecNotImplemented;
	return copy_object(c, q->level, q->send_options, true, q->property_tags.v, q->property_tags.n);
}

static status copy_messages(struct rop_call *c)
{
	const struct rop_fast_transfer_source_copy_messages_request *q = c->request;
	struct fast_folder_options o = folder_options(c, q->send_options);
	uint64_t *ids = arena_array(c->arena, (size_t)q->message_ids.n + 1, sizeof *ids);
	struct fast_source *source = NULL;
	status s;

	if (q->copy_flags & ~COPY_MESSAGES_KNOWN || q->send_options & ~SEND_KNOWN)
		return ecInvalidParam;
	if (!ids)
		return ecMemory;
	for (uint32_t i = 0; i < q->message_ids.n; i++)
		if (id_to_counter(q->message_ids.v[i], &ids[o.n_ids]))
			o.n_ids++;
	o.what = FAST_MESSAGES;
	o.ids = ids;
	o.entry_ids = q->copy_flags & COPY_SEND_ENTRY_ID;
	o.move = q->copy_flags & COPY_MOVE;
	/* What cannot be read is said in the stream, message by message. */
	s = new_folder_copy(c, &o, false, NULL, 0, &source);
	return opened(c, s, source);
}

static status copy_folder(struct rop_call *c)
{
	const struct rop_fast_transfer_source_copy_folder_request *q = c->request;
	struct fast_folder_options o = folder_options(c, q->send_options);
	struct fast_source *source = NULL;
	status s;

	if (q->copy_flags & ~COPY_FOLDER_KNOWN || q->send_options & ~SEND_KNOWN)
		return ecInvalidParam;
	o.what = FAST_TOP_FOLDER;
	o.subfolders = q->copy_flags & COPY_SUBFOLDERS;
	s = logon_may(c->logon, o.folder, RIGHT_READ_ANY);
	if (!s)
		s = new_folder_copy(c, &o, false, NULL, 0, &source);
	return opened(c, s, source);
}

const struct rop_entry rops_fast_copy[] = {
	{ ROP_FAST_TRANSFER_SOURCE_COPY_TO, OBJECT_FOLDER | OBJECT_MESSAGE | OBJECT_ATTACHMENT, copy_to },
	{ ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, OBJECT_FOLDER | OBJECT_MESSAGE | OBJECT_ATTACHMENT, copy_properties },
	{ ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, OBJECT_FOLDER, copy_messages },
	{ ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, OBJECT_FOLDER, copy_folder },
	{ 0, 0, NULL },
};
