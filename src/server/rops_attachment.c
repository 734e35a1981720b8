/* Attachments and the messages embedded in them ([MS-OXCMSG] 2.2.3.12 to 2.2.3.18). */
#include "rop/rops_message.h"
#include "server/message_header.h"
#include "server/message_part.h"
#include "server/rop_call.h"

#define CODEPAGE_OF_LOGON 0x0FFFu

enum { OPEN_READ_ONLY = 0, OPEN_READ_WRITE = 1, OPEN_CREATE = 2, OPEN_BEST_ACCESS = 3 };
enum { SAVE_KEEP_READ_ONLY = 1, SAVE_KEEP_READ_WRITE = 2, SAVE_FORCE = 4 };

static status open_attachment(struct rop_call *c)
{
	const struct rop_open_attachment_request *r = c->request;
	struct attachment_object *a;
	struct message_object *m;
	bool may;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	m = message_object_of(c->object);
	may = message_object_writable(m);
	if (!message_part_attachment(message_object_part(m), r->attachment_id))
		return ecNotFound;
	if (r->open_attachment_flags == OPEN_READ_WRITE && !may)
		return ecAccessDenied;
	s = attachment_object_open(m, r->attachment_id, may && r->open_attachment_flags != OPEN_READ_ONLY, &a);
	if (!s)
		rop_call_open(c, attachment_object_base(a));
	return s;
}

static status create_attachment(struct rop_call *c)
{
	struct rop_create_attachment_response *answer = c->response;
	struct attachment_object *a;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	s = attachment_object_new(message_object_of(c->object), &a, &answer->attachment_id);
	if (!s)
		rop_call_open(c, attachment_object_base(a));
	return s;
}

static status delete_attachment(struct rop_call *c)
{
	const struct rop_delete_attachment_request *r = c->request;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	return attachment_object_delete(message_object_of(c->object), r->attachment_id);
}

static status save_attachment(struct rop_call *c)
{
	const struct rop_save_changes_attachment_request *r = c->request;
	const uint8_t keep = SAVE_KEEP_READ_ONLY | SAVE_KEEP_READ_WRITE;
	struct attachment_object *a;
	status s;

	if (c->object->kind != OBJECT_ATTACHMENT || (r->save_flags & keep) == keep)
		return ecNotSupported;
	a = attachment_object_of(c->object);
	s = attachment_object_spoilt(a) ? ecError : attachment_object_save(a);
	if (!s && (r->save_flags & (keep | SAVE_FORCE)) == SAVE_KEEP_READ_ONLY)
		attachment_object_set_writable(a, false);
	return s;
}

static void answer_embedded(const struct rop_open_message_response *from, struct rop_open_embedded_message_response *to)
{
	to->has_named_properties = from->has_named_properties;
	to->subject_prefix = from->subject_prefix;
	to->normalized_subject = from->normalized_subject;
	to->recipient_count = from->recipient_count;
	to->recipient_columns.v = from->recipient_columns.v;
	to->recipient_columns.n = from->recipient_columns.n;
	to->recipient_rows.v = from->recipient_rows.v;
	to->recipient_rows.n = from->recipient_rows.n;
}

static status open_embedded(struct rop_call *c)
{
	const struct rop_open_embedded_message_request *r = c->request;
	struct rop_open_message_response header = { .has_named_properties = 0 };
	struct attachment_object *a;
	struct message_object *m;
	bool may;
	status s;

	if (c->object->kind != OBJECT_ATTACHMENT)
		return ecNullObject;
	a = attachment_object_of(c->object);
	may = attachment_object_writable(a);
	if (!may && (r->open_mode_flags == OPEN_READ_WRITE || r->open_mode_flags == OPEN_CREATE))
		return ecAccessDenied;
	/* Read-only is read/write, where the client may: [MS-OXCMSG] 2.2.3.16.1 <17>. */
	s = attachment_object_embedded(a, r->open_mode_flags == OPEN_CREATE, may, &m);
	if (s)
		return s;
	rop_call_open(c, message_object_base(m));
	s = r->code_page_id == CODEPAGE_OF_LOGON ? ecNone : message_object_set_codepage(m, r->code_page_id);
	if (!s)
		s = message_header_fill(c, m, &header);
	if (!s)
		answer_embedded(&header, c->response);
	return s;
}

static status valid_attachments(struct rop_call *c)
{
	struct rop_get_valid_attachments_response *answer = c->response;
	const struct message_part *p;
	uint32_t *v;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	p = message_object_part(message_object_of(c->object));
	if (4 + 4 * p->n_attachments > c->room)
		return ecBufferTooSmall;
	v = arena_array(c->arena, p->n_attachments + 1, sizeof *v);
	if (!v)
		return ecMemory;
	for (size_t i = 0; i < p->n_attachments; i++)
		v[i] = p->attachments[i]->number;
	answer->attachment_id_array.v = v;
	answer->attachment_id_array.n = (uint32_t)p->n_attachments;
	return ecNone;
}

const struct rop_entry rops_attachment[] = {
	{ ROP_OPEN_ATTACHMENT, OBJECT_ANY, open_attachment },
	{ ROP_CREATE_ATTACHMENT, OBJECT_ANY, create_attachment },
	{ ROP_DELETE_ATTACHMENT, OBJECT_ANY, delete_attachment },
	{ ROP_SAVE_CHANGES_ATTACHMENT, OBJECT_ANY, save_attachment },
	{ ROP_OPEN_EMBEDDED_MESSAGE, OBJECT_ANY, open_embedded },
	{ ROP_GET_VALID_ATTACHMENTS, OBJECT_ANY, valid_attachments },
	{ 0, 0, NULL },
};
