/* Search folders: what they look for ([MS-OXCFOLD] 3.2.5.4, 3.2.5.5). */
#include "rop/rops_folder.h"

#include "mapi/string_kind.h"
#include "server/folder_object.h"
#include "server/notify_hub.h"
#include "server/rop_call.h"
#include "server/server.h"
#include "store/search.h"

#define CODEPAGE_USUAL 1252u

/* FOREGROUND_SEARCH and BACKGROUND_SEARCH of MAPI: a search is done when it is asked for. */
#define SEARCH_PRIORITY 0x00000030u
#define SEARCH_KNOWN                                                                  \
	(uint32_t)(STOP_SEARCH | RESTART_SEARCH | RECURSIVE_SEARCH | SHALLOW_SEARCH | \
		   CONTENT_INDEXED_SEARCH | NON_CONTENT_INDEXED_SEARCH | STATIC_SEARCH | SEARCH_PRIORITY)

static bool both(uint32_t flags, uint32_t a, uint32_t b)
{
	return (flags & a) && (flags & b);
}

static bool flags_are_valid(uint32_t flags)
{
	return !(flags & ~SEARCH_KNOWN) && !both(flags, STOP_SEARCH, RESTART_SEARCH) &&
	       !both(flags, RECURSIVE_SEARCH, SHALLOW_SEARCH) &&
	       !both(flags, CONTENT_INDEXED_SEARCH, NON_CONTENT_INDEXED_SEARCH);
}

static status decode_scope(struct rop_call *c, const struct rop_set_search_criteria_request *q,
			   uint64_t **out)
{
	uint64_t *v = arena_array(c->arena, (size_t)q->folder_ids.n + 1, sizeof *v);

	if (!v)
		return ecMemory;
	for (uint32_t i = 0; i < q->folder_ids.n; i++)
		if (!id_to_counter(q->folder_ids.v[i], &v[i]))
			return ecNotFound;
	*out = v;
	return ecNone;
}

/* It is filled before the answer: who waits for the search to be done hears of it with the next Execute ([MS-OXCNOTIF] 2.2.1.1). */
static void announce(struct rop_call *c)
{
	const struct notify_event e = { .type = NOTIFY_SEARCH_COMPLETE,
					.folder = folder_object_id(c->object) };

	if (c->session->server)
		notify_hub_announce(c->session->server->notify,
				    shared_mailbox_guid(c->logon->store), &e);
}

static status set_criteria(struct rop_call *c, const struct rop_set_search_criteria_request *q,
			   const struct restriction *r)
{
	struct mailbox *m = logon_mailbox(c->logon);
	uint64_t *scope;
	status s = decode_scope(c, q, &scope);

	if (!s)
		s = mailbox_begin(m);
	if (s)
		return s;
	s = search_set(m, folder_object_id(c->object), r, scope, q->folder_ids.n, q->search_flags,
		       NULL);
	if (!s)
		s = mailbox_commit(m);
	else
		mailbox_rollback(m);
	if (!s && !(q->search_flags & STOP_SEARCH))
		announce(c);
	return s;
}

static status set_search_criteria(struct rop_call *c)
{
	const struct rop_set_search_criteria_request *q = c->request;
	struct restriction r;
	status s = logon_may(c->logon, folder_object_id(c->object), RIGHT_OWNER);

	if (!s && !flags_are_valid(q->search_flags))
		s = ecInvalidParam;
	if (!s && q->restriction_data.n)
		s = restriction_decode(q->restriction_data, WIRE_COUNTS_16, c->arena, &r, NULL);
	if (s == ecCorruptData)
		s = ecInvalidParam;
	return s ? s : set_criteria(c, q, q->restriction_data.n ? &r : NULL);
}

/* Texts of the kind that the client wants: of the tag, and of the value that it is compared with. */
static status value_as(uint32_t *tag, struct prop *value, uint16_t type, unsigned codepage,
		       struct arena *a)
{
	status s = string_kind_set(value, type, codepage, a);

	if (tag_type(*tag) == PT_STRING8 || tag_type(*tag) == PT_UNICODE)
		*tag = tag_make(tag_id(*tag), type);
	return s;
}

static status texts_as(struct restriction *r, uint16_t type, unsigned codepage, struct arena *a);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as restrictions are, WIRE_DEPTH_MAX */
static status all_as(struct restriction_list *list, uint16_t type, unsigned codepage,
		     struct arena *a)
{
	status s = ecNone;

	for (uint32_t i = 0; !s && i < list->all.n; i++)
		s = texts_as(&list->all.v[i], type, codepage, a);
	return s;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as restrictions are, WIRE_DEPTH_MAX */
static status texts_as(struct restriction *r, uint16_t type, unsigned codepage, struct arena *a)
{
	switch (r->kind) {
	case RES_AND:
	case RES_OR:
		return all_as(&r->u.list, type, codepage, a);
	case RES_NOT:
		return texts_as(r->u.negated.restriction, type, codepage, a);
	case RES_CONTENT:
		return value_as(&r->u.content.tag, &r->u.content.value.prop, type, codepage, a);
	case RES_PROPERTY:
		return value_as(&r->u.property.tag, &r->u.property.value.prop, type, codepage, a);
	case RES_SUB:
		return texts_as(r->u.sub.restriction, type, codepage, a);
	case RES_COMMENT:
		return r->u.comment.present ? texts_as(r->u.comment.restriction, type, codepage, a)
					    : ecNone;
	case RES_COUNT:
		return texts_as(r->u.count.restriction, type, codepage, a);
	default:
		return ecNone;
	}
}

static status put_restriction(struct rop_call *c, struct restriction *r, bool unicode,
			      struct buf *out)
{
	unsigned codepage = c->session->client.codepage;
	status s = texts_as(r, unicode ? PT_UNICODE : PT_STRING8,
			    codepage ? codepage : CODEPAGE_USUAL, c->arena);

	return s ? s : restriction_encode(r, WIRE_COUNTS_16, out, NULL);
}

static status put_scope(struct rop_call *c, const struct search_criteria *found,
			struct rop_get_search_criteria_response *r)
{
	uint64_t *v = arena_array(c->arena, found->n + 1, sizeof *v);

	if (!v)
		return ecMemory;
	for (size_t i = 0; i < found->n; i++)
		v[i] = id_from_counter(found->folders[i]);
	r->folder_ids.v = v;
	r->folder_ids.n = (uint32_t)found->n;
	return ecNone;
}

static status get_search_criteria(struct rop_call *c)
{
	const struct rop_get_search_criteria_request *q = c->request;
	struct rop_get_search_criteria_response *r = c->response;
	struct search_criteria found;
	struct buf *out = rop_call_buffer(c);
	status s = logon_may(c->logon, folder_object_id(c->object), RIGHT_VISIBLE);

	if (!out)
		return ecMemory;
	if (!s)
		s = search_get(logon_mailbox(c->logon), folder_object_id(c->object), c->arena,
			       &found, NULL);
	if (!s && q->include_restriction)
		s = put_restriction(c, found.restriction, q->use_unicode, out);
	if (!s && q->include_folders)
		s = put_scope(c, &found, r);
	if (s)
		return s;
	r->restriction_data = buf_bytes(out);
	r->logon_id = c->logon->id;
	r->search_flags = found.state;
	return ecNone;
}

const struct rop_entry rops_search[] = {
	{ ROP_SET_SEARCH_CRITERIA, OBJECT_FOLDER, set_search_criteria },
	{ ROP_GET_SEARCH_CRITERIA, OBJECT_FOLDER, get_search_criteria },
	{ 0, 0, NULL },
};
