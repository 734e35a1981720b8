/* Rules of a folder: the table of them, and changes ([MS-OXORULE] 3.2.5.2 to 3.2.5.4). */
#include "rop/rops_rule.h"
#include "mapi/value_wire.h"
#include "server/folder_object.h"
#include "server/rop_call.h"
#include "server/table_object.h"
#include "server/transport_rules.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/rule.h"

#define MODIFY_RULES_REPLACE 0x01u

/* [MS-OXORULE] 2.2.1.3 */
enum rule_data_flag { ROW_ADD = 0x01, ROW_MODIFY = 0x02, ROW_REMOVE = 0x04 };

/* Set by the server when a rule cannot be run; what a client says of them is not listened to. */
#define RULE_STATE_OURS ((uint32_t)(RULE_ERROR | RULE_PARSE_ERROR))

/* Changes ---------------------------------------------------------------------------------------------------------------- */

static status check_condition(struct rop_call *c, const struct prop *p)
{
	struct restriction r;

	return prop_type(p) != PT_SRESTRICTION ||
			       restriction_decode(p->value, WIRE_COUNTS_16, c->arena, &r, NULL)
		       ? ecInvalidParam
		       : ecNone;
}

/* 2.2.5.1: what a rule of a public folder must not do. */
static bool is_private(const struct rule_action *a)
{
	return a->type == OP_MOVE || a->type == OP_COPY || a->type == OP_DEFER_ACTION;
}

/*
 * Reserved of every recipient is 0x00 in what is kept, whatever the client wrote there (2.2.5.1.2.4.1, <8>).  What cannot be read
 * stays as it is: the rule shows that when it is run.  `data` lies in `kept`.
 */
static void clear_reserved(struct bytes data, uint8_t *kept, struct arena *arena)
{
	struct tagged_values who;
	struct wire_in in;

	wire_in_init(&in, data, arena);
	for (uint32_t n = reader_u16(&in.r); n; n--) {
		size_t at = (size_t)(in.r.p - kept);

		(void)reader_u8(&in.r);
		if (!wire_decode(&in, &tagged_values_wire, &who))
			return;
		kept[at] = 0;
	}
}

/* *p becomes what is kept of it, in the arena of the call. */
static status check_actions(struct rop_call *c, struct prop *p)
{
	uint8_t *kept = arena_memdup(c->arena, p->value.p, p->value.n);
	struct rule_actions actions;
	struct wire_in in;

	if (prop_type(p) != PT_ACTIONS)
		return ecInvalidParam;
	if (!kept)
		return ecMemory;
	p->value.p = kept;
	wire_in_init(&in, p->value, c->arena);
	if (wire_decode_all(&in, &rule_actions_wire, &actions, NULL))
		return ecInvalidParam;
	for (uint32_t i = 0; i < actions.all.n; i++) {
		const struct rule_action *a = &actions.all.v[i].action;

		if (c->logon->public_store && is_private(a))
			return ecNotSupported;
		if (a->type == OP_FORWARD || a->type == OP_DELEGATE)
			clear_reserved(a->data, kept, c->arena);
	}
	return ecNone;
}

/* The properties of a rule as they are kept; *id is PidTagRuleId, 0 when it is not among them. */
static status gather(struct rop_call *c, const struct rule_data *d, struct bag *props, uint64_t *id)
{
	status s = ecNone;

	*id = 0;
	bag_init(props, c->arena);
	for (uint32_t i = 0; !s && i < d->property_values.n; i++) {
		struct prop p = d->property_values.v[i].prop;

		if (prop_id(&p) == tag_id(PidTagRuleId) && p.value.n == 8)
			s = id_to_counter(le64(p.value.p), id) ? ecNone : ecNotFound;
		else if (prop_id(&p) == tag_id(PidTagRuleState) && p.value.n == 4)
			s = bag_set_u32(props, PidTagRuleState,
					le32(p.value.p) & ~RULE_STATE_OURS);
		else if (prop_id(&p) == tag_id(PidTagRuleCondition))
			s = check_condition(c, &p);
		else if (prop_id(&p) == tag_id(PidTagRuleActions))
			s = check_actions(c, &p);
		if (!s && prop_id(&p) != tag_id(PidTagRuleId) &&
		    prop_id(&p) != tag_id(PidTagRuleState))
			s = bag_set(props, &p);
	}
	return s;
}

static status modify_one(struct rop_call *c, uint64_t folder, const struct rule_data *d,
			 bool replace)
{
	struct mailbox *m = logon_mailbox(c->logon);
	struct bag props;
	uint64_t id = 0, made;
	status s = gather(c, d, &props, &id);

	if (s)
		return s;
	switch (d->rule_data_flags) {
	case ROW_ADD:
		return id ? ecInvalidParam : rule_add(m, folder, &props, &made);
	case ROW_MODIFY:
		return replace || !id ? ecInvalidParam : rule_modify(m, folder, id, &props);
	case ROW_REMOVE:
		return replace || !id ? ecInvalidParam : rule_remove(m, folder, id);
	default:
		return ecInvalidParam;
	}
}

/* All of them or none. */
static status modify_rules(struct rop_call *c)
{
	const struct rop_modify_rules_request *q = c->request;
	struct mailbox *m = logon_mailbox(c->logon);
	uint64_t folder = folder_object_id(c->object);
	bool replace = q->modify_rules_flags & MODIFY_RULES_REPLACE;
	status s = logon_may(c->logon, folder, RIGHT_OWNER);

	if (!s && (q->modify_rules_flags & ~MODIFY_RULES_REPLACE))
		s = ecInvalidParam;
	if (!s)
		s = mailbox_begin(m);
	if (s)
		return s;
	if (replace)
		s = rule_clear(m, folder);
	for (uint32_t i = 0; !s && i < q->rules_data.n; i++)
		s = modify_one(c, folder, &q->rules_data.v[i], replace);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s == ecTooBig ? ecMemory : s;
}

/* The table -------------------------------------------------------------------------------------------------------------- */

static status rule_rows(struct rop_call *c, uint64_t folder, struct bag **out, size_t *n)
{
	struct rule *rules = NULL;
	struct bag *rows;
	status s = rule_list(logon_mailbox(c->logon), folder, c->arena, &rules, n);

	if (s)
		return s;
	rows = arena_array(c->arena, *n + 1, sizeof *rows);
	if (!rows)
		return ecMemory;
	for (size_t i = 0; !s && i < *n; i++) {
		rows[i] = rules[i].props;
		s = bag_set_u64(&rows[i], PidTagRuleId, id_from_counter(rules[i].id));
	}
	*out = rows;
	return s;
}

static status get_rules_table(struct rop_call *c)
{
	const struct rop_get_rules_table_request *q = c->request;
	uint64_t folder = folder_object_id(c->object);
	struct bag *rows;
	struct table_object *t;
	size_t n = 0;
	status s;

	if (q->table_flags & ~TABLE_FLAG_USE_UNICODE)
		return ecNotSupported;
	s = logon_may(c->logon, folder, RIGHT_VISIBLE);
	if (!s)
		s = rule_rows(c, folder, &rows, &n);
	if (!s)
		s = table_object_of_rows(c->object, TABLE_OF_RULES, rows, n, q->table_flags, &t);
	if (!s)
		rop_call_open(c, &t->object);
	return s;
}

/* Deferred actions --------------------------------------------------------------------------------------------------------- */

static status update_one(struct rop_call *c, uint64_t id,
			 const struct rop_update_deferred_action_messages_request *q)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	struct mailbox *m = logon_mailbox(c->logon);
	struct bag props, set;
	struct bytes original;
	status s;

	bag_init(&props, &arena);
	bag_init(&set, &arena);
	s = message_props(m, id, &props);
	original = bag_bytes(&props, tag_id(PidTagDeferredActionMessageOriginalEntryId));
	if (s || !bytes_equal(original, q->server_entry_id))
		return s;
	s = bag_set_bytes(&set, PidTagDeferredActionMessageOriginalEntryId, q->client_entry_id);
	if (!s)
		s = bag_set_bool(&set, PidTagDamBackPatched, true);
	return s ? s : message_set(m, id, &set, NULL, 0);
}

static status update_all(struct rop_call *c,
			 const struct rop_update_deferred_action_messages_request *q)
{
	struct mailbox *m = logon_mailbox(c->logon);
	uint64_t folder, id = 0;
	status s = folder_by_role(m, MAILBOX_DEFERRED_ACTION, &folder);

	while (!s && !(s = message_next(m, folder, false, false, id, &id)) && id)
		s = update_one(c, id, q);
	return s;
}

static status update_deferred_action_messages(struct rop_call *c)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = c->logon->owner ? mailbox_begin(m) : ecAccessDenied;

	if (s)
		return s;
	s = update_all(c, c->request);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

const struct rop_entry rops_rule[] = {
	{ ROP_MODIFY_RULES, OBJECT_FOLDER, modify_rules },
	{ ROP_GET_RULES_TABLE, OBJECT_FOLDER, get_rules_table },
	{ ROP_UPDATE_DEFERRED_ACTION_MESSAGES, OBJECT_LOGON, update_deferred_action_messages },
	{ 0, 0, NULL },
};
