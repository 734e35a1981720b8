/* Properties copied from one object to another, and messages from one folder to another ([MS-OXCPRPT] 2.2.10, 2.2.11, [MS-OXCFOLD] 2.2.1.6). */
#include "rop/rops_folder.h"
#include "rop/rops_property.h"

#include "server/copy_message.h"
#include "server/copy_parts.h"
#include "server/folder_object.h"
#include "server/message_part.h"
#include "server/rop_call.h"

/* CopyFlags [MS-OXCPRPT] 2.2.10.1.  What is moved stays where it was too, as in Exchange since 2013 (3.2.5.7, <6>; 3.2.5.8, <8>). */
enum { COPY_MOVE = 1, COPY_NO_OVERWRITE = 2 };

#define COPIES (OBJECT_FOLDER | OBJECT_MESSAGE | OBJECT_ATTACHMENT)

static bool is_same(const struct object *a, const struct object *b)
{
	if (a->kind == OBJECT_FOLDER && b->kind == OBJECT_FOLDER)
		return a->logon->store == b->logon->store && folder_object_id(a) == folder_object_id(b);
	return a == b;
}

/* What both check: the flags, and that the two are of a kind, and two. */
static status destination(struct rop_call *c, uint8_t index, uint8_t flags, struct object **to)
{
	status s = rop_call_other(c, index, ~0u, to);

	if (s)
		return s == ecNullObject ? ecDstNullObject : s;
	if (flags & ~(COPY_MOVE | COPY_NO_OVERWRITE) || flags == (COPY_MOVE | COPY_NO_OVERWRITE))
		return ecInvalidParam;
	if (c->object->kind != (*to)->kind || !(c->object->kind & COPIES))
		return ecNotSupported;
	if (c->object->kind == OBJECT_FOLDER) {
		/* Moved are properties of a folder by RopCopyTo only ([MS-OXCPRPT] 3.2.5.7). */
		if ((flags & COPY_MOVE && c->asked->id == ROP_COPY_PROPERTIES) ||
		    c->logon->public_store || (*to)->logon->public_store)
			return ecNotSupported;
		s = logon_may(c->logon, folder_object_id(c->object), RIGHT_READ_ANY);
		if (!s)
			s = logon_may((*to)->logon, folder_object_id(*to), RIGHT_OWNER);
	}
	/* As IMAPIProp::CopyProps says it: nothing is copied to itself. */
	return !s && is_same(c->object, *to) ? ecAccessDenied : s;
}

static bool has_value(struct object *o, uint32_t tag, struct arena *arena)
{
	struct bag got;

	bag_init(&got, arena);
	tag = tag_make(tag_id(tag), PT_UNSPECIFIED);
	return !o->class->get(o, &tag, 1, SIZE_MAX, &got) && got.n;
}

/* One value; `index` is what a problem says. */
static status copy_one(struct rop_call *c, struct object *to, uint32_t tag, size_t index,
		       uint8_t flags, struct property_problems *problems)
{
	struct property_problems of_one = { .arena = c->arena };
	struct prop p;
	struct bag set = { .arena = c->arena, .v = &p, .n = 1, .cap = 1 };
	status s;

	if (flags & COPY_NO_OVERWRITE && has_value(to, tag, c->arena))
		return ecNone;
	s = copy_named_tag(c->logon, to->logon, tag);
	if (!s)
		s = c->object->class->value(c->object, tag, c->arena, &p);
	if (!s)
		s = copy_named(c->logon, to->logon, &p);
	if (s == ecNotFound || s == ecNotSupported)
		return property_problems_add(problems, index, tag, s);
	if (!s)
		s = to->class->set(to, &set, &of_one);
	return !s && of_one.n ? property_problems_add(problems, index, tag, of_one.v[0].error_code)
			      : s;
}

static status copy_properties(struct rop_call *c)
{
	const struct rop_copy_properties_request *r = c->request;
	struct rop_copy_properties_response *answer = c->response;
	struct property_problems problems = { .arena = c->arena };
	struct object *to = NULL;
	status s = destination(c, r->dest_handle_index, r->copy_flags, &to);

	for (uint32_t i = 0; !s && i < r->property_tags.n; i++) {
		uint32_t tag = r->property_tags.v[i];

		if (tag_id(tag) == tag_id(PidTagMessageRecipients) && to->kind == OBJECT_MESSAGE)
			s = copy_recipients_of(c->object, to);
		else if (tag_id(tag) == tag_id(PidTagMessageAttachments) &&
			 to->kind == OBJECT_MESSAGE)
			s = copy_attachments_of(c->object, to);
		else
			s = copy_one(c, to, tag, i, r->copy_flags, &problems);
	}
	answer->property_problems.v = problems.v;
	answer->property_problems.n = (uint32_t)problems.n;
	return s;
}

/* All --------------------------------------------------------------------------------------------------------------------- */

static bool excluded(const struct rop_copy_to_request *r, uint32_t tag)
{
	for (uint32_t i = 0; i < r->excluded_tags.n; i++)
		if (tag_id(r->excluded_tags.v[i]) == tag_id(tag))
			return true;
	return false;
}

static status copy_all(struct rop_call *c, const struct rop_copy_to_request *r, struct object *to,
		       struct property_problems *problems)
{
	struct property_problems quiet = { .arena = c->arena };
	uint32_t *tags = NULL;
	size_t n = 0;
	status s = c->object->class->list(c->object, c->arena, &tags, &n);

	(void)problems;
	/* What cannot be written is not among what is to be copied (R5070501), and so no problem. */
	for (size_t i = 0; !s && i < n; i++)
		if (!excluded(r, tags[i]) && !copy_is_identity(tags[i]))
			s = copy_one(c, to, tags[i], i, r->copy_flags, &quiet);
	return s;
}

static status copy_parts(struct rop_call *c, const struct rop_copy_to_request *r, struct object *to)
{
	status s = ecNone;

	switch (to->kind) {
	case OBJECT_MESSAGE:
		if (!excluded(r, PidTagMessageRecipients))
			s = copy_recipients_of(c->object, to);
		if (!s && !excluded(r, PidTagMessageAttachments))
			s = copy_attachments_of(c->object, to);
		return s;
	case OBJECT_ATTACHMENT:
		return excluded(r, PidTagAttachDataObject) ? ecNone
							   : copy_embedded_of(c->object, to);
	default:
		return copy_folder_contents(c->object, to, !excluded(r, PidTagContainerContents),
					    !excluded(r, PidTagFolderAssociatedContents),
					    !excluded(r, PidTagContainerHierarchy));
	}
}

static status copy_to(struct rop_call *c)
{
	const struct rop_copy_to_request *r = c->request;
	struct rop_copy_to_response *answer = c->response;
	struct property_problems problems = { .arena = c->arena };
	struct object *to = NULL;
	status s = destination(c, r->dest_handle_index, r->copy_flags, &to);

	if (!s)
		s = copy_no_cycle(c->object, to);
	if (!s)
		s = copy_all(c, r, to, &problems);
	if (!s && r->want_sub_objects)
		s = copy_parts(c, r, to);
	answer->property_problems.v = problems.v;
	answer->property_problems.n = (uint32_t)problems.n;
	return s;
}

/* Messages ------------------------------------------------------------------------------------------------------------------- */

static status move_copy_messages(struct rop_call *c)
{
	const struct rop_move_copy_messages_request *r = c->request;
	struct rop_move_copy_messages_response *answer = c->response;
	struct object *to = NULL;
	bool partial = false;
	status s = rop_call_other(c, r->dest_handle_index, OBJECT_FOLDER, &to);

	if (s)
		return s == ecNullObject ? ecDstNullObject : s;
	s = copy_messages(c->logon, folder_object_id(c->object), to->logon, folder_object_id(to),
			  r->message_ids.v, r->message_ids.n, r->want_copy != 0, &partial);
	answer->partial_completion = partial;
	return rop_call_refused(c, s, sizeof *answer, offsetof(struct rop_move_copy_messages_response, partial_completion));
}

/* All is done when it is asked for: nothing is ever in progress. */
static status progress(struct rop_call *c)
{
	(void)c;
	return ecNotSupported;
}

const struct rop_entry rops_copy[] = {
	{ ROP_COPY_PROPERTIES, OBJECT_WITH_PROPERTIES, copy_properties },
	{ ROP_COPY_TO, OBJECT_WITH_PROPERTIES, copy_to },
	{ ROP_MOVE_COPY_MESSAGES, OBJECT_FOLDER, move_copy_messages },
	{ ROP_PROGRESS, OBJECT_WITH_PROPERTIES, progress },
	{ 0, 0, NULL },
};
