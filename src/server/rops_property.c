/* Properties of logons, folders, messages and attachments, and the names of named ones ([MS-OXCPRPT] 2.2.2 to 2.2.13). */
#include "rop/rops_property.h"

#include "mapi/string_kind.h"
#include "rop/property_row.h"
#include "server/message_object.h"
#include "server/rop_call.h"

/* A value that is longer is read as a stream. */
#define VALUE_MAX ((size_t)0x7E00)
/* With so much room the answer has the buffer for itself: asking again would not help. */
#define ROOM_WHOLE ((size_t)0x7000)

/* Values --------------------------------------------------------------------------------------------------------------- */

static const uint8_t too_large[4] = { 0x0E, 0x00, 0x07, 0x80 }; /* ecMemory */

static struct prop error_of(uint32_t tag, const uint8_t code[4])
{
	return (struct prop){ .tag = tag_make(tag_id(tag), PT_ERROR),
			      .count = 1,
			      .size = 4,
			      .value = bytes_of(code, 4) };
}

static size_t bytes_in(const struct prop *p)
{
	size_t n = 0;

	if (!prop_is_list(p->tag))
		return p->value.n;
	for (uint32_t i = 0; i < p->count; i++)
		n += 4 + p->values[i].n;
	return n;
}

struct asking {
	struct rop_call *c;
	unsigned codepage;
	bool unicode; /* what texts are that were asked for without a type */
};

/* PropertySizeLimit limits nothing, as in Exchange since 2010 ([MS-OXCPRPT] 3.2.5.1, <4>): what fits into the answer is given. */
static struct asking asking_of(struct rop_call *c, uint16_t want_unicode)
{
	return (struct asking){ c, object_codepage(c->object), want_unicode != 0 };
}

/* As the client asked for it; what is too large for an answer is an error in its place. */
static status shape(const struct asking *a, uint32_t asked, struct prop *p)
{
	uint16_t want = tag_type(asked);
	status s = ecNone;

	if (want == PT_UNSPECIFIED)
		want = prop_type(p) & MV_FLAG ? a->unicode ? PT_MV_UNICODE : PT_MV_STRING8
		       : a->unicode           ? PT_UNICODE
					      : PT_STRING8;
	if (!(p->flags & PROP_LARGE))
		s = string_kind_set(p, want, a->codepage, a->c->arena);
	if (s)
		return s;
	if (p->flags & PROP_LARGE || bytes_in(p) > VALUE_MAX || prop_type(p) == PT_OBJECT)
		*p = error_of(p->tag, too_large);
	return ecNone;
}

static size_t cost_of(const struct prop *p)
{
	return 8 + bytes_in(p);
}

/* The largest become errors until all fit. */
static status fit(struct rop_call *c, struct prop *v, size_t n, size_t head)
{
	size_t all = head;

	for (size_t i = 0; i < n; i++)
		all += cost_of(&v[i]);
	if (all > c->room && c->room < ROOM_WHOLE)
		return ecBufferTooSmall;
	while (all > c->room) {
		size_t most = 0;

		for (size_t i = 1; i < n; i++)
			if (cost_of(&v[i]) > cost_of(&v[most]))
				most = i;
		if (!n || bytes_in(&v[most]) <= 4)
			return ecBufferTooSmall;
		all -= cost_of(&v[most]) - 12;
		v[most] = error_of(v[most].tag, too_large);
	}
	return ecNone;
}

/* Reading -------------------------------------------------------------------------------------------------------------- */

static bool kinds_agree(uint32_t asked, uint32_t got)
{
	return tag_id(asked) == tag_id(got) &&
	       (tag_type(asked) == PT_UNSPECIFIED || tag_type(asked) == tag_type(got) ||
		(prop_type_fixed_size(tag_type(asked)) == 0 &&
		 prop_type_fixed_size(tag_type(got)) == 0));
}

static status get_specific(struct rop_call *c)
{
	static const uint8_t not_found[4] = { 0x0F, 0x01, 0x04, 0x80 };
	const struct rop_get_properties_specific_request *r = c->request;
	struct rop_get_properties_specific_response *answer = c->response;
	const struct asking a = asking_of(c, r->want_unicode);
	size_t n = r->property_tags.n, at = 0;
	struct prop *v = arena_array(c->arena, n + 1, sizeof *v);
	const struct prop **list = arena_array(c->arena, n + 1, sizeof(struct prop *));
	struct buf *row = rop_call_buffer(c);
	struct bag got;
	status s = v && list && row ? ecNone : ecMemory;

	bag_init(&got, c->arena);
	if (!s && n)
		s = c->object->class->get(c->object, r->property_tags.v, n, VALUE_MAX, &got);
	/* They come in the order that was asked for, without those that are not there. */
	for (size_t i = 0; !s && i < n; i++) {
		if (at < got.n && kinds_agree(r->property_tags.v[i], got.v[at].tag)) {
			v[i] = got.v[at++];
			s = shape(&a, r->property_tags.v[i], &v[i]);
		} else {
			at += at < got.n && tag_id(got.v[at].tag) == tag_id(r->property_tags.v[i]);
			v[i] = error_of(r->property_tags.v[i], not_found);
		}
		list[i] = &v[i];
	}
	if (!s)
		s = fit(c, v, n, 1);
	if (!s)
		s = property_row_put_values(row, r->property_tags.v, n, list, NULL);
	if (s)
		return s == ecTooBig ? ecBufferTooSmall : s;
	answer->row_data = buf_bytes(row);
	return ecNone;
}

static status get_all(struct rop_call *c)
{
	const struct rop_get_properties_all_request *r = c->request;
	struct rop_get_properties_all_response *answer = c->response;
	const struct asking a = asking_of(c, r->want_unicode);
	struct tagged_value *v;
	struct bag got;
	status s;

	bag_init(&got, c->arena);
	s = c->object->class->get(c->object, NULL, 0, VALUE_MAX, &got);
	for (size_t i = 0; !s && i < got.n; i++)
		s = shape(&a, tag_make(prop_id(&got.v[i]), PT_UNSPECIFIED), &got.v[i]);
	if (!s)
		s = fit(c, got.v, got.n, 2);
	v = s ? NULL : arena_array(c->arena, got.n + 1, sizeof *v);
	if (!v)
		return s ? s : ecMemory;
	for (size_t i = 0; i < got.n; i++)
		v[i].prop = got.v[i];
	answer->property_values.v = v;
	answer->property_values.n = (uint32_t)got.n;
	return ecNone;
}

static status get_list(struct rop_call *c)
{
	struct rop_get_properties_list_response *answer = c->response;
	uint32_t *tags = NULL;
	size_t n = 0;
	status s = c->object->class->list(c->object, c->arena, &tags, &n);

	if (!s && 2 + 4 * n > c->room)
		s = ecBufferTooSmall;
	if (s)
		return s;
	answer->property_tags.v = tags;
	answer->property_tags.n = (uint32_t)n;
	return ecNone;
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

/* An id from 0x8000 must have a name. */
static bool has_meaning(const struct rop_call *c, uint32_t tag)
{
	return tag_id(tag) < NAMED_ID_FIRST ||
	       name_map_name(mailbox_names(logon_mailbox(c->logon)), tag_id(tag));
}

/*
 * [MS-OXCMSG] 3.2.5.3, <26>: when one of these was set, it is not RopSetProperties that fails but saving, as in Exchange since 2010.
 * The same of an attachment (2.2.3.15, <16>).
 */
static bool spoils(uint32_t tag)
{
	static const uint32_t those[] = { PidTagHasAttachments, PidTagMessageSize,  PidTagAccess,
					  PidTagAccessLevel,    PidTagObjectType,   PidTagRecordKey,
					  PidTagMessageStatus,  PidTagMessageFlags, PidTagChangeKey,
					  PidTagSearchKey };

	for (size_t i = 0; i < sizeof those / sizeof *those; i++)
		if (tag_id(those[i]) == tag_id(tag))
			return true;
	return false;
}

/* What the object says about the property, unless saving it will say so. */
static bool spoil(struct object *o, const struct property_problem *problem)
{
	if (problem->error_code != ecComputed)
		return false;
	if (o->kind == OBJECT_ATTACHMENT)
		return tag_id(problem->property_tag) == tag_id(PidTagAttachSize) &&
		       attachment_object_spoil(attachment_object_of(o));
	return o->kind == OBJECT_MESSAGE && spoils(problem->property_tag) &&
	       message_object_spoil(message_object_of(o));
}

static status set_properties(struct rop_call *c)
{
	const struct rop_set_properties_request *r = c->request;
	struct rop_set_properties_response *answer = c->response;
	struct property_problems problems = { .arena = c->arena }, of_set = { .arena = c->arena };
	size_t n = r->property_values.all.n;
	size_t *index = arena_array(c->arena, n + 1, sizeof *index);
	struct bag set;
	status s = index ? ecNone : ecMemory;

	bag_init(&set, c->arena);
	for (size_t i = 0; !s && i < n; i++) {
		const struct prop *p = &r->property_values.all.v[i].prop;

		if (!has_meaning(c, p->tag)) {
			s = property_problems_add(&problems, i, p->tag, ecInvalidParam);
			continue;
		}
		index[set.n] = i;
		s = bag_append(&set, p) ? ecNone : ecMemory;
	}
	if (!s && set.n)
		s = c->object->class->set ? c->object->class->set(c->object, &set, &of_set)
					  : ecNotSupported;
	for (size_t i = 0; !s && i < of_set.n; i++)
		if (!spoil(c->object, &of_set.v[i]))
			s = property_problems_add(&problems, index[of_set.v[i].index],
						  of_set.v[i].property_tag, of_set.v[i].error_code);
	answer->property_problems.v = problems.v;
	answer->property_problems.n = (uint32_t)problems.n;
	return s;
}

static status delete_properties(struct rop_call *c)
{
	const struct rop_delete_properties_request *r = c->request;
	struct rop_delete_properties_response *answer = c->response;
	struct property_problems problems = { .arena = c->arena };
	status s = ecNone;

	if (!c->object->class->remove)
		return ecNotSupported;
	if (r->property_tags.n)
		s = c->object->class->remove(c->object, r->property_tags.v, r->property_tags.n,
					     &problems);
	answer->property_problems.v = problems.v;
	answer->property_problems.n = (uint32_t)problems.n;
	return s;
}

/* Without copies of folders elsewhere there is no replication that could be left out. */
#define ANY_OBJECT OBJECT_WITH_PROPERTIES

const struct rop_entry rops_property[] = {
	{ ROP_GET_PROPERTIES_SPECIFIC, ANY_OBJECT, get_specific },
	{ ROP_GET_PROPERTIES_ALL, ANY_OBJECT, get_all },
	{ ROP_GET_PROPERTIES_LIST, ANY_OBJECT, get_list },
	{ ROP_SET_PROPERTIES, ANY_OBJECT, set_properties },
	{ ROP_SET_PROPERTIES_NO_REPLICATE, ANY_OBJECT, set_properties },
	{ ROP_DELETE_PROPERTIES, ANY_OBJECT, delete_properties },
	{ ROP_DELETE_PROPERTIES_NO_REPLICATE, ANY_OBJECT, delete_properties },
	{ 0, 0, NULL },
};
