/* Open attachments: what is in the message, and in front of it what the client changed and did not save yet. */
#include "server/message_private.h"

#define OBJECT_TYPE_ATTACHMENT 7u
#define NOT_RENDERED           UINT32_MAX /* PidTagRenderingPosition [MS-OXCMSG] 2.2.2.16 */

#include <stdlib.h>

static struct attachment_object *of(struct object *o)
{
	return (struct attachment_object *)o;
}

struct attachment_object *attachment_object_of(struct object *o)
{
	return of(o);
}

struct object *attachment_object_base(struct attachment_object *a)
{
	return &a->object;
}

uint32_t attachment_object_number(const struct attachment_object *a)
{
	return a->part->number;
}

bool attachment_object_writable(const struct attachment_object *a)
{
	return a->writable;
}

void attachment_object_set_writable(struct attachment_object *a, bool writable)
{
	a->writable = writable;
}

bool attachment_object_spoil(struct attachment_object *a)
{
	a->spoilt = a->spoilt || a->kept;
	return a->spoilt;
}

bool attachment_object_spoilt(const struct attachment_object *a)
{
	return a->spoilt;
}

const struct attachment_part *attachment_object_part(const struct attachment_object *a)
{
	return a->part;
}

status attachment_object_change(struct attachment_object *a, struct attachment_part **out)
{
	status s = a->writable ? attachment_part_own(&a->part) : ecAccessDenied;

	if (!s)
		*out = a->part;
	return s;
}

status attachment_object_changed(struct attachment_object *a)
{
	return object_charge_all(&a->object, sizeof *a + attachment_part_cost(a->part));
}

static void attachment_free(struct object *o)
{
	attachment_part_unref(of(o)->part);
	free(o);
}

/* Takes over the reference. */
static status make(struct message_object *m, struct attachment_part *part, bool writable,
		   struct attachment_object **out)
{
	struct attachment_object *a = calloc(1, sizeof *a);

	if (!a) {
		attachment_part_unref(part);
		return ecMemory;
	}
	object_init(&a->object, OBJECT_ATTACHMENT, &attachment_class, m->object.logon, &m->object);
	a->part = part;
	a->writable = writable;
	status s = attachment_object_changed(a);
	if (s)
		object_unref(&a->object);
	else
		*out = a;
	return s;
}

status attachment_object_open(struct message_object *m, uint32_t number, bool writable,
			      struct attachment_object **out)
{
	struct attachment_part *part = message_part_attachment(m->part, number);

	if (!part)
		return ecNotFound;
	part->references++;
	status s = make(m, part, writable, out);
	if (!s)
		(*out)->kept = true;
	return s;
}

/* [MS-OXCMSG] 3.2.5.13 */
static status begin_new(const struct message_object *m, struct attachment_part *part)
{
	const struct clock *c = mailbox_clock(logon_mailbox(m->object.logon));
	uint64_t now = c->now(c);
	status s = property_set_put_u32(&part->props, PidTagRenderingPosition, NOT_RENDERED);

	if (!s)
		s = property_set_put_u32(&part->props, PidTagAttachMethod, ATTACH_NONE);
	if (!s)
		s = property_set_put_u64(&part->props, PidTagCreationTime, now);
	return s ? s : property_set_put_u64(&part->props, PidTagLastModificationTime, now);
}

status attachment_object_new(struct message_object *m, struct attachment_object **out,
			     uint32_t *number)
{
	struct attachment_part *part;
	struct message_part *message;
	status s;

	if (m->part->n_attachments >= MESSAGE_ATTACHMENTS_MAX || m->part->next_number == UINT32_MAX)
		return ecMaxAttachmentExceeded;
	/* The number is taken, also while the attachment is not in the message. */
	s = message_object_change(m, false, &message);
	if (!s)
		s = attachment_part_new(message->next_number, &part);
	if (s)
		return s;
	s = begin_new(m, part);
	if (s) {
		attachment_part_unref(part);
		return s;
	}
	message->next_number++;
	s = make(m, part, true, out);
	if (!s)
		*number = part->number;
	return s;
}

status attachment_object_save(struct attachment_object *a)
{
	struct message_object *m = (struct message_object *)a->object.parent;
	const struct clock *c = mailbox_clock(logon_mailbox(m->object.logon));
	struct attachment_part *part;
	struct message_part *message;
	status s = attachment_object_change(a, &part);

	if (!s)
		s = property_set_put_u64(&part->props, PidTagLastModificationTime, c->now(c));
	if (!s)
		s = message_object_change(m, true, &message);
	if (!s)
		s = message_part_put_attachment(message, part);
	a->kept = a->kept || !s;
	return s ? s : message_object_changed(m);
}

status attachment_object_delete(struct message_object *m, uint32_t number)
{
	struct message_part *message;
	status s;

	if (!m->writable)
		return ecAccessDenied;
	if (!message_part_attachment(m->part, number))
		return ecNotFound;
	s = message_object_change(m, true, &message);
	if (s)
		return s;
	(void)message_part_remove_attachment(message, number);
	return message_object_changed(m);
}

/* Properties ------------------------------------------------------------------------------------------------------------ */

static status make_number(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_u32(out, tag, of(o)->part->number);
}

/* Not in the message yet, it has no size and no access, as in Exchange since 2013 ([MS-OXCMSG] 3.2.5.13). */
static bool unborn(const struct attachment_object *a)
{
	return !message_part_attachment(
		message_object_part((const struct message_object *)a->object.parent),
		a->part->number);
}

static status make_size(struct object *o, uint32_t tag, struct bag *out)
{
	uint64_t n = unborn(of(o)) ? 0 : attachment_part_size(of(o)->part);

	return bag_set_u32(out, tag, n > INT32_MAX ? INT32_MAX : (uint32_t)n);
}

static status make_access(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_u32(out, tag, of(o)->writable ? 3 : 2);
}

static status make_access_level(struct object *o, uint32_t tag, struct bag *out)
{
	return bag_set_u32(out, tag, of(o)->writable && !unborn(of(o)));
}

static status make_type(struct object *o, uint32_t tag, struct bag *out)
{
	(void)o;
	return bag_set_u32(out, tag, OBJECT_TYPE_ATTACHMENT);
}

/* Unique within the message, and no more is asked for. */
static status make_record_key(struct object *o, uint32_t tag, struct bag *out)
{
	uint8_t key[4];

	put_le32(key, of(o)->part->number);
	return bag_set_bytes(out, tag, bytes_of(key, sizeof key));
}

/* Its type says that it is opened, not read. */
static status make_object(struct object *o, uint32_t tag, struct bag *out)
{
	struct prop p = { .tag = tag, .count = 1 };

	if (!of(o)->part->embedded)
		return ecNotFound;
	return bag_append(out, &p) ? ecNone : ecMemory;
}

static const struct computed_property computed[] = {
	{ PidTagAttachNumber, make_number, false, false },
	{ PidTagAttachSize, make_size, false, false },
	{ PidTagAccess, make_access, false, true },
	{ PidTagAccessLevel, make_access_level, false, false },
	{ PidTagObjectType, make_type, false, false },
	{ PidTagRecordKey, make_record_key, false, false },
	{ PidTagAttachDataObject, make_object, true, true },
};
#define COMPUTED (sizeof computed / sizeof *computed)

static status props_of(struct object *o, struct bag *stored, struct object_props *out)
{
	*out = (struct object_props){ o, computed, COMPUTED, stored };
	return property_set_bag(&of(o)->part->props, stored);
}

static status attachment_get(struct object *o, const uint32_t *tags, size_t n, size_t most,
			     struct bag *out)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, out->arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_get(&p, tags, n, most, out);
}

static status attachment_list(struct object *o, struct arena *arena, uint32_t **tags, size_t *n)
{
	struct object_props p;
	struct bag stored;
	status s;

	bag_init(&stored, arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_list(&p, arena, tags, n);
}

static status attachment_value(struct object *o, uint32_t tag, struct arena *arena,
			       struct prop *out)
{
	struct object_props p;
	struct bag stored;
	status s;

	if (property_set_find(&of(o)->part->props, tag_id(tag)) &&
	    !computed_read_only(computed, COMPUTED, tag))
		return property_set_value(&of(o)->part->props, tag_id(tag), logon_mailbox(o->logon),
					  arena, out);
	bag_init(&stored, arena);
	s = props_of(o, &stored, &p);
	return s ? s : object_props_value(&p, tag, arena, out);
}

static status attachment_set(struct object *o, const struct bag *set,
			     struct property_problems *problems)
{
	struct attachment_part *part;
	status s = attachment_object_change(of(o), &part);

	for (size_t i = 0; !s && i < set->n; i++) {
		const struct prop *v = &set->v[i];

		if (computed_read_only(computed, COMPUTED, v->tag))
			s = property_problems_add(problems, i, v->tag, ecComputed);
		else if (!prop_type_known(prop_type(v)) || prop_type(v) == PT_ERROR ||
			 prop_type(v) == PT_NULL)
			s = property_problems_add(problems, i, v->tag, ecInvalidParam);
		else
			s = property_set_put(&part->props, v);
	}
	return s ? s : attachment_object_changed(of(o));
}

static status attachment_remove(struct object *o, const uint32_t *tags, size_t n,
				struct property_problems *problems)
{
	struct attachment_part *part;
	status s = attachment_object_change(of(o), &part);

	for (size_t i = 0; !s && i < n; i++) {
		if (computed_read_only(computed, COMPUTED, tags[i]))
			s = property_problems_add(problems, i, tags[i], ecComputed);
		else
			(void)property_set_remove(&part->props, tag_id(tags[i]));
	}
	return s ? s : attachment_object_changed(of(o));
}

const struct object_class attachment_class = {
	.name = "attachment",
	.free = attachment_free,
	.get = attachment_get,
	.list = attachment_list,
	.value = attachment_value,
	.set = attachment_set,
	.remove = attachment_remove,
};
