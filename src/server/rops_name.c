/* Named properties: from names to ids and back ([MS-OXCPRPT] 2.2.9, 2.2.12, 2.2.13). */
#include "rop/rops_property.h"

#include "mapi/propset.h"
#include "server/rop_call.h"

/* QueryFlags [MS-OXCPRPT] 2.2.9.1, Flags 2.2.12.1 */
enum { QUERY_NO_STRINGS = 1, QUERY_NO_IDS = 2 };
enum { NAMES_CREATE = 2 };

static const struct name_map *names_of(const struct rop_call *c)
{
	return mailbox_names(logon_mailbox(c->logon));
}

static size_t count_of(const struct rop_call *c)
{
	return name_map_count(names_of(c));
}

/* All ids, rising. */
static uint16_t *all_ids(struct rop_call *c, uint32_t *n)
{
	const struct name_map *names = names_of(c);
	uint16_t *v = arena_array(c->arena, count_of(c) + 1, sizeof *v);

	*n = 0;
	for (uint16_t id = name_map_next(names, NAMED_ID_FIRST); v && id; id = name_map_next(names, id + 1u))
		v[(*n)++] = id;
	return v;
}

static status query(struct rop_call *c)
{
	const struct rop_query_named_properties_request *r = c->request;
	struct rop_query_named_properties_response *answer = c->response;
	struct property_name *names = arena_array(c->arena, count_of(c) + 1, sizeof *names);
	size_t bytes = 2;
	uint32_t n = 0, kept = 0;
	uint16_t *ids = all_ids(c, &n);

	if (!names || !ids)
		return ecMemory;
	for (uint32_t i = 0; i < n; i++) {
		const struct prop_name *name = name_map_name(names_of(c), ids[i]);

		if ((name->by_string && r->query_flags & QUERY_NO_STRINGS) || (!name->by_string && r->query_flags & QUERY_NO_IDS) ||
		    (r->has_guid && !guid_equal(&name->set, &r->property_guid)) || !property_name_set(name, &names[kept]))
			continue;
		bytes += 2 + 17 + (name->by_string ? 3 + name->string.n : 4);
		ids[kept++] = ids[i];
	}
	if (bytes > c->room)
		return ecBufferTooSmall;
	answer->property_ids.v = ids;
	answer->property_ids.n = kept;
	answer->property_names.v = names;
	answer->property_names.n = kept;
	return ecNone;
}

/* One name; 0 when it has no id and gets none. */
static status map_name(struct rop_call *c, const struct property_name *from, bool create, uint16_t *id)
{
	struct prop_name name;
	status s;

	*id = 0;
	if (!property_name_get(from, &name))
		return ecNone;
	if (guid_equal(&name.set, &PS_MAPI)) {
		/* They are the ids of properties without names. */
		if (!name.by_string && name.lid < NAMED_ID_FIRST)
			*id = (uint16_t)name.lid;
		return ecNone;
	}
	*id = name_map_id(names_of(c), &name);
	if (*id || !create)
		return ecNone;
	s = mailbox_name_id(logon_mailbox(c->logon), &name, id);
	return s == ecTooBig ? ecMemory : s;
}

/* New ones are kept, or none of them. */
static status map_all(struct rop_call *c, const struct property_name *names, size_t n, bool create, uint16_t *ids)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = create ? mailbox_begin(m) : ecNone;

	if (s)
		return s;
	for (size_t i = 0; !s && i < n; i++)
		s = map_name(c, &names[i], create, &ids[i]);
	if (!create)
		return s;
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status ids_from_names(struct rop_call *c)
{
	const struct rop_get_property_ids_from_names_request *r = c->request;
	struct rop_get_property_ids_from_names_response *answer = c->response;
	uint32_t n = r->property_names.n;
	uint16_t *ids = arena_array(c->arena, n + 1, sizeof *ids);
	status s = ids ? ecNone : ecMemory;

	if (!n && c->object->kind == OBJECT_LOGON) {
		ids = all_ids(c, &n);
		s = ids ? ecNone : ecMemory;
	} else if (!s) {
		s = map_all(c, r->property_names.v, n, r->flags == NAMES_CREATE, ids);
	}
	if (!s && 2 + 2 * (size_t)n > c->room)
		s = ecBufferTooSmall;
	if (s)
		return s;
	answer->property_ids.v = ids;
	answer->property_ids.n = n;
	return ecNone;
}

static status names_from_ids(struct rop_call *c)
{
	const struct rop_get_names_from_property_ids_request *r = c->request;
	struct rop_get_names_from_property_ids_response *answer = c->response;
	struct property_name *names = arena_array(c->arena, r->property_ids.n + 1, sizeof *names);
	size_t bytes = 2;

	if (!names)
		return ecMemory;
	for (uint32_t i = 0; i < r->property_ids.n; i++) {
		uint16_t id = r->property_ids.v[i];
		const struct prop_name plain = { .set = PS_MAPI, .lid = id };
		const struct prop_name *name = id < NAMED_ID_FIRST ? &plain : name_map_name(names_of(c), id);

		if (!property_name_set(name, &names[i]))
			(void)property_name_set(NULL, &names[i]);
		bytes += 17 + (name && name->by_string ? 3 + name->string.n : 4);
	}
	if (bytes > c->room)
		return ecBufferTooSmall;
	answer->property_names.v = names;
	answer->property_names.n = r->property_ids.n;
	return ecNone;
}

const struct rop_entry rops_name[] = {
	{ ROP_QUERY_NAMED_PROPERTIES, OBJECT_WITH_PROPERTIES, query },
	{ ROP_GET_PROPERTY_IDS_FROM_NAMES, OBJECT_WITH_PROPERTIES, ids_from_names },
	{ ROP_GET_NAMES_FROM_PROPERTY_IDS, OBJECT_WITH_PROPERTIES, names_from_ids },
	{ 0, 0, NULL },
};
