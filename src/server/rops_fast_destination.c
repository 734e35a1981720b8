/* Uploads of FastTransfer streams ([MS-OXCFXICS] 3.2.5.8.2). */
#include "rop/rops_fasttransfer.h"
#include "server/fast_upload.h"
#include "server/folder_object.h"
#include "server/message_object.h"
#include "server/rop_call.h"

#include <stdlib.h>

/* SourceOperation 2.2.3.1.2.1.1 */
enum source_operation { FROM_COPY_TO = 1, FROM_COPY_PROPERTIES = 2, FROM_COPY_MESSAGES = 3, FROM_COPY_FOLDER = 4 };
#define COPY_MOVE 0x01u

struct fast_destination {
	struct object object;
	struct fast_upload *upload;
};

static void free_destination(struct object *o)
{
	fast_upload_free(((struct fast_destination *)o)->upload);
	free(o);
}

static const struct object_class class = { .name = "fast transfer destination", .free = free_destination };

static status root_of(uint8_t operation, enum fast_upload_root *root)
{
	switch (operation) {
	case FROM_COPY_TO:
	case FROM_COPY_PROPERTIES:
		*root = UPLOAD_CONTENT;
		return ecNone;
	case FROM_COPY_MESSAGES:
		*root = UPLOAD_MESSAGE_LIST;
		return ecNone;
	case FROM_COPY_FOLDER:
		*root = UPLOAD_TOP_FOLDER;
		return ecNone;
	default:
		return ecInvalidParam;
	}
}

static status may_upload(struct rop_call *c, uint8_t operation)
{
	if (c->object->kind == OBJECT_MESSAGE)
		return message_object_writable(message_object_of(c->object)) ? ecNone : ecAccessDenied;
	if (c->object->kind == OBJECT_ATTACHMENT)
		return attachment_object_writable(attachment_object_of(c->object)) ? ecNone : ecAccessDenied;
	return logon_may(c->logon, folder_object_id(c->object), operation == FROM_COPY_MESSAGES ? RIGHT_CREATE : RIGHT_CREATE_SUBFOLDER);
}

static status configure(struct rop_call *c)
{
	const struct rop_fast_transfer_destination_configure_request *q = c->request;
	struct fast_destination *d;
	enum fast_upload_root root;
	status s = root_of(q->source_operation, &root);

	if (!s && (q->copy_flags & ~COPY_MOVE))
		s = ecInvalidParam;
	if (!s)
		s = may_upload(c, q->source_operation);
	if (s)
		return s;
	d = calloc(1, sizeof *d);
	if (!d)
		return ecMemory;
	object_init(&d->object, OBJECT_FAST_DESTINATION, &class, c->logon, c->object);
	s = object_charge(&d->object, sizeof *d);
	if (!s)
		s = fast_upload_new(c->object, root, &d->upload);
	if (s)
		object_unref(&d->object);
	else
		rop_call_open(c, &d->object);
	return s;
}

/* In a transaction: what a piece completes is stored with it. */
static status put(struct rop_call *c, struct bytes data)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = mailbox_begin(m);

	if (s)
		return s;
	s = fast_upload_put(((struct fast_destination *)c->object)->upload, data, NULL);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status put_buffer(struct rop_call *c)
{
	const struct rop_fast_transfer_destination_put_buffer_request *q = c->request;
	struct rop_fast_transfer_destination_put_buffer_response *r = c->response;
	status s = put(c, q->transfer_data);

	r->transfer_status = s ? TRANSFER_ERROR : TRANSFER_PARTIAL;
	r->buffer_used_size = s ? 0 : (uint16_t)q->transfer_data.n;
	r->total_step_count = 1;
	return s;
}

static status put_buffer_extended(struct rop_call *c)
{
	const struct rop_fast_transfer_destination_put_buffer_extended_request *q = c->request;
	struct rop_fast_transfer_destination_put_buffer_extended_response *r = c->response;
	status s = put(c, q->transfer_data);

	r->transfer_status = s ? TRANSFER_ERROR : TRANSFER_PARTIAL;
	r->buffer_used_size = s ? 0 : (uint16_t)q->transfer_data.n;
	r->total_step_count = 1;
	return s;
}

/* What the other server is makes no difference to the stream. */
static status tell_version(struct rop_call *c)
{
	(void)c;
	return ecNone;
}

const struct rop_entry rops_fast_destination[] = {
	{ ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, OBJECT_FOLDER | OBJECT_MESSAGE | OBJECT_ATTACHMENT, configure },
	{ ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, OBJECT_FAST_DESTINATION, put_buffer },
	{ ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED, OBJECT_FAST_DESTINATION, put_buffer_extended },
	{ ROP_TELL_VERSION, OBJECT_FAST_SOURCE | OBJECT_FAST_DESTINATION, tell_version },
	{ 0, 0, NULL },
};
