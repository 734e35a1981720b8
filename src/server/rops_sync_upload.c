/* RopSynchronizationOpenCollector and what is brought to it, but for messages themselves (rops_sync_message.c). */
#include "rop/rops_ics.h"
#include "rop/xid.h"
#include "server/collector.h"
#include "server/folder_object.h"
#include "server/message_rights.h"
#include "server/public_store.h"

#include <stdlib.h>

/* ImportDeleteFlags [MS-OXCFXICS] 2.2.3.2.4.5.1 */
enum import_delete_flag { DELETE_HIERARCHY = 0x01, DELETE_HARD_FLAG = 0x02 };

static void free_collector(struct object *o)
{
	struct collector *c = (struct collector *)o;

	sync_context_free(&c->context);
	free(c);
}

static const struct object_class class = { .name = "collector", .free = free_collector };

struct sync_context *collector_context(struct object *o)
{
	return &((struct collector *)o)->context;
}

static status open_collector(struct rop_call *c)
{
	const struct rop_synchronization_open_collector_request *q = c->request;
	struct collector *k = calloc(1, sizeof *k);
	status s;

	if (!k)
		return ecMemory;
	object_init(&k->object, OBJECT_COLLECTOR, &class, c->logon, c->object);
	sync_context_init(&k->context, folder_object_id(c->object), q->is_contents_collector);
	s = object_charge(&k->object, sizeof *k);
	if (s)
		object_unref(&k->object);
	else
		rop_call_open(c, &k->object);
	return s;
}

/* What requests say ----------------------------------------------------------------------------------------------------------- */

status collector_id(const struct collector *c, struct bytes gid, uint64_t *id)
{
	struct xid x;

	if (xid_decode(gid, &x, NULL) || x.n != GLOBAL_COUNTER_SIZE || !xid_globcnt(&x, id))
		return ecInvalidParam;
	return guid_equal(&x.space, &c->object.logon->replica) ? ecNone : SYNC_E_OBJECT_DELETED;
}

status collector_version(const struct bag *props, struct import_version *out)
{
	*out = (struct import_version){
		.change_key = bag_bytes(props, tag_id(PidTagChangeKey)),
		.predecessors = bag_bytes(props, tag_id(PidTagPredecessorChangeList)),
		.modified = bag_u64(props, tag_id(PidTagLastModificationTime), 0),
	};
	return out->change_key.n && out->predecessors.n && bag_find(props, tag_id(PidTagLastModificationTime)) ? ecNone : ecInvalidParam;
}

status collector_bag(struct rop_call *c, const struct tagged_value *v, uint32_t n, struct bag *out)
{
	bag_init(out, c->arena);
	for (uint32_t i = 0; i < n; i++)
		if (bag_set(out, &v[i].prop))
			return ecMemory;
	return ecNone;
}

/* In a transaction; warnings are successes. */
static status finish(struct mailbox *m, status s)
{
	if (!s || s == SYNC_W_CLIENT_CHANGE_NEWER) {
		status committed = mailbox_commit(m);

		return committed ? committed : s;
	}
	mailbox_rollback(m);
	return s;
}

static struct collector *of_call(struct rop_call *c)
{
	return (struct collector *)c->object;
}

/* Folders ---------------------------------------------------------------------------------------------------------------------- */

static bool is_head(uint32_t tag)
{
	static const uint32_t head[] = { PidTagParentSourceKey, PidTagSourceKey, PidTagLastModificationTime, PidTagChangeKey,
					 PidTagPredecessorChangeList, PidTagDisplayName };

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		if (tag_id(head[i]) == tag_id(tag))
			return true;
	return false;
}

static status folder_of_request(struct rop_call *c, struct import_folder *i)
{
	const struct rop_synchronization_import_hierarchy_change_request *q = c->request;
	struct bag head, props, *others = arena_zalloc(c->arena, sizeof *others);
	struct bytes parent;
	status s = others ? collector_bag(c, q->hierarchy_values.v, q->hierarchy_values.n, &head) : ecMemory;

	if (!s)
		s = collector_bag(c, q->property_values.v, q->property_values.n, &props);
	if (s)
		return s;
	*i = (struct import_folder){ .parent = of_call(c)->context.folder, .props = others };
	parent = bag_bytes(&head, tag_id(PidTagParentSourceKey));
	if (parent.n)
		s = collector_id(of_call(c), parent, &i->parent);
	if (s == SYNC_E_OBJECT_DELETED)
		s = SYNC_E_NO_PARENT;
	if (!s)
		s = collector_id(of_call(c), bag_bytes(&head, tag_id(PidTagSourceKey)), &i->id);
	if (!s)
		s = collector_version(&head, &i->version);
	i->name = bag_text(&head, tag_id(PidTagDisplayName), c->session->client.codepage, c->arena);
	i->class_name = bag_text(&props, tag_id(PidTagContainerClass), c->session->client.codepage, c->arena);
	if (!s && !i->name)
		s = ecInvalidParam;
	bag_init(others, c->arena);
	for (size_t k = 0; !s && k < props.n; k++)
		if (!is_head(props.v[k].tag))
			s = bag_set(others, &props.v[k]);
	return s;
}

static status may_import_folder(struct rop_call *c, const struct import_folder *i)
{
	struct mailbox *m = logon_mailbox(c->logon);
	struct folder f;
	status s = folder_get(m, i->id, c->arena, &f);

	if (s == ecNotFound)
		return logon_may(c->logon, i->parent, RIGHT_CREATE_SUBFOLDER);
	if (!s)
		s = logon_may(c->logon, i->id, RIGHT_OWNER);
	return s || f.parent == i->parent ? s : logon_may(c->logon, i->parent, RIGHT_CREATE_SUBFOLDER);
}

/*
 * Another folder may have got the name meanwhile.  That is no error ([MS-OXCFXICS] 2.2.3.2.4.3 has none for it): the folder comes under a name
 * that is free, which makes it another version than the client's, so that the client is told.
 */
static status import_beside(struct mailbox *m, const struct import_folder *i, struct sync_state *state)
{
	char name[FOLDER_NAME_MAX];
	struct import_folder other = *i;
	status s = folder_free_name(m, i->parent, i->name, name);

	other.name = name;
	if (!s)
		s = import_folder(m, &other, state);
	return s ? s : folder_rename(m, i->id, name);
}

static status import_it(struct mailbox *m, const struct import_folder *i, struct sync_state *state)
{
	status s = import_folder(m, i, state);

	return s == ecDuplicateName ? import_beside(m, i, state) : s;
}

static status import_hierarchy_change(struct rop_call *c)
{
	struct collector *k = of_call(c);
	struct mailbox *m = logon_mailbox(c->logon);
	struct import_folder i;
	status s;

	if (k->context.contents)
		return ecNotSupported;
	k->context.begun = true;
	s = folder_of_request(c, &i);
	if (!s)
		s = may_import_folder(c, &i);
	if (s == ecNotFound)
		s = SYNC_E_NO_PARENT;
	if (!s)
		s = mailbox_begin(m);
	return s ? s : finish(m, import_it(m, &i, &k->context.state));
}

/* Deletions -------------------------------------------------------------------------------------------------------------------- */

static status add_ids(struct rop_call *c, const struct prop *p, uint64_t *v, size_t *n)
{
	for (uint32_t i = 0; i < p->count; i++) {
		status s = collector_id(of_call(c), p->values[i], &v[*n]);

		/* What there cannot be here is gone already. */
		if (s && s != SYNC_E_OBJECT_DELETED)
			return s;
		*n += !s;
	}
	return ecNone;
}

/* Lists of ids, one or several; what their property is called matters to nobody. */
static status ids_of(struct rop_call *c, const struct rop_synchronization_import_deletes_request *q, uint64_t **out, size_t *n)
{
	size_t total = 0;
	status s = ecNone;

	for (uint32_t i = 0; i < q->property_values.n; i++) {
		if (prop_type(&q->property_values.v[i].prop) != PT_MV_BINARY)
			return ecInvalidParam;
		total += q->property_values.v[i].prop.count;
	}
	*out = arena_array(c->arena, total + 1, sizeof **out);
	*n = 0;
	if (!*out)
		return ecMemory;
	for (uint32_t i = 0; !s && i < q->property_values.n; i++)
		s = add_ids(c, &q->property_values.v[i].prop, *out, n);
	return s;
}

/* Nothing is deleted when one of them may not be. */
static status may_delete_messages(struct rop_call *c, const uint64_t *ids, size_t n)
{
	uint64_t folder = of_call(c)->context.folder;
	status s = logon_may(c->logon, folder, RIGHT_DELETE_ANY);

	if (s != ecAccessDenied)
		return s;
	s = ecNone;
	for (size_t i = 0; !s && i < n; i++) {
		struct message_info info;

		s = message_info(logon_mailbox(c->logon), ids[i], c->arena, &info);
		if (!s && info.folder == folder && !info.deleted)
			s = message_may_delete(c->logon, folder, ids[i]);
		else if (s == ecNotFound)
			s = ecNone;
	}
	return s;
}

static status may_delete_folders(struct rop_call *c, const uint64_t *ids, size_t n)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < n; i++) {
		s = logon_may(c->logon, ids[i], RIGHT_OWNER);
		if (s == ecNotFound)
			s = ecNone;
	}
	return s;
}

static status import_deletes(struct rop_call *c)
{
	const struct rop_synchronization_import_deletes_request *q = c->request;
	struct collector *k = of_call(c);
	struct mailbox *m = logon_mailbox(c->logon);
	bool folders = q->import_delete_flags & DELETE_HIERARCHY;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s;

	if (!q->property_values.n || (q->import_delete_flags & ~(DELETE_HIERARCHY | DELETE_HARD_FLAG)))
		return ecInvalidParam;
	if (folders == k->context.contents)
		return ecNotSupported;
	k->context.begun = true;
	s = ids_of(c, q, &ids, &n);
	if (!s)
		s = folders ? may_delete_folders(c, ids, n) : may_delete_messages(c, ids, n);
	if (!s)
		s = mailbox_begin(m);
	if (s)
		return s;
	if (folders)
		s = import_folder_deletions(m, ids, n, &k->context.state);
	else
		s = import_deletions(m, k->context.folder, ids, n, q->import_delete_flags & DELETE_HARD_FLAG ? DELETE_HARD : DELETE_SOFT,
				     &k->context.state);
	s = finish(m, s);
	if (!s && folders)
		public_store_deleted(c->logon);
	return s;
}

/* Read states, moves ----------------------------------------------------------------------------------------------------------- */

static status import_read_state_changes(struct rop_call *c)
{
	const struct rop_synchronization_import_read_state_changes_request *q = c->request;
	struct collector *k = of_call(c);
	struct mailbox *m = logon_mailbox(c->logon);
	struct import_read *v = arena_array(c->arena, (size_t)q->message_read_states.n + 1, sizeof *v);
	size_t n = 0;
	status s;

	if (!k->context.contents)
		return ecNotSupported;
	k->context.begun = true;
	s = v ? logon_may(c->logon, k->context.folder, RIGHT_READ_ANY) : ecMemory;
	for (uint32_t i = 0; !s && i < q->message_read_states.n; i++) {
		s = collector_id(k, q->message_read_states.v[i].message_id, &v[n].id);
		v[n].read = q->message_read_states.v[i].mark_as_read;
		n += !s;
		if (s == SYNC_E_OBJECT_DELETED)
			s = ecNone;
	}
	if (!s)
		s = mailbox_begin(m);
	return s ? s : finish(m, import_reads(m, k->context.folder, v, n, &k->context.state));
}

static status import_message_move(struct rop_call *c)
{
	const struct rop_synchronization_import_message_move_request *q = c->request;
	struct collector *k = of_call(c);
	struct mailbox *m = logon_mailbox(c->logon);
	struct import_move i = { .to = k->context.folder, .version = { .change_key = q->change_number, .predecessors = q->predecessor_change_list } };
	bool newer = false;
	status s;

	if (!k->context.contents)
		return ecNotSupported;
	k->context.begun = true;
	s = collector_id(k, q->source_folder_id, &i.from);
	if (!s)
		s = collector_id(k, q->source_message_id, &i.id);
	if (!s)
		s = collector_id(k, q->destination_message_id, &i.as);
	if (!s)
		s = message_may_delete(c->logon, i.from, i.id);
	if (!s)
		s = logon_may(c->logon, i.to, RIGHT_CREATE);
	if (s == ecNotFound)
		s = SYNC_E_OBJECT_DELETED;
	if (!s)
		s = mailbox_begin(m);
	if (s)
		return s;
	s = import_move(m, &i, &k->context.state, &newer);
	return finish(m, !s && newer ? SYNC_W_CLIENT_CHANGE_NEWER : s);
}

const struct rop_entry rops_sync_upload[] = {
	{ ROP_SYNCHRONIZATION_OPEN_COLLECTOR, OBJECT_FOLDER, open_collector },
	{ ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, OBJECT_COLLECTOR, import_hierarchy_change },
	{ ROP_SYNCHRONIZATION_IMPORT_DELETES, OBJECT_COLLECTOR, import_deletes },
	{ ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES, OBJECT_COLLECTOR, import_read_state_changes },
	{ ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE, OBJECT_COLLECTOR, import_message_move },
	{ 0, 0, NULL },
};
