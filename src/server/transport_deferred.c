/* What rules leave to the client, and what went wrong with them: messages in the Deferred Action folder ([MS-OXORULE] 2.2.6, 2.2.7). */
#include "server/transport_rules.h"

#include "mapi/entryid.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/rule.h"

#include <string.h>

#define DAM_CLASS "IPC.Microsoft Exchange 4.0.Deferred Action"
#define DEM_CLASS "IPC.Microsoft Exchange 4.0.Deferred Error"
#define BLOCKS_MOST ((size_t)1 << 20)
#define ACTIONS_MOST UINT16_MAX

/* Ids --------------------------------------------------------------------------------------------------------------------- */

static struct long_term_id long_id(struct mailbox *m, uint64_t counter)
{
	struct long_term_id id = { .id = { .replica = mailbox_identity(m)->replica } };

	global_counter_set(id.id.counter, counter);
	return id;
}

static status put_message_entryid(struct property_set *to, uint32_t tag, struct mailbox *m, uint64_t folder, uint64_t message)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct entryid id = { .kind = ENTRYID_MESSAGE };
	status s;

	id.message = (struct message_entryid){ .provider = mailbox_identity(m)->mailbox,
					       .object = EITLT_PRIVATE_MESSAGE,
					       .folder = long_id(m, folder),
					       .message = long_id(m, message) };
	s = entryid_encode(&id, &b, NULL);
	return s ? s : property_set_put_bytes(to, tag, buf_bytes(&b));
}

static status put_folder_entryid(struct property_set *to, uint32_t tag, struct mailbox *m, uint64_t folder)
{
	CLEANUP_BUF struct buf b = BUF_MAX(256);
	struct entryid id = { .kind = ENTRYID_FOLDER };
	status s;

	id.folder = (struct folder_entryid){ .provider = mailbox_identity(m)->mailbox, .object = EITLT_PRIVATE_FOLDER, .folder = long_id(m, folder) };
	s = entryid_encode(&id, &b, NULL);
	return s ? s : property_set_put_bytes(to, tag, buf_bytes(&b));
}

/* PtypServerId [MS-OXCDATA] 2.11.1.4: ours, folder, message, no instance. */
static status put_server_id(struct property_set *to, uint32_t tag, uint64_t folder, uint64_t message)
{
	uint8_t id[21] = { 1 };

	put_le64(id + 1, id_from_counter(folder));
	put_le64(id + 9, id_from_counter(message));
	return property_set_put_bytes(to, tag, bytes_of(id, sizeof id));
}

static status write_to_folder(struct delivery *d, const struct message_part *p)
{
	uint64_t folder, id;
	status s = folder_by_role(d->m, MAILBOX_DEFERRED_ACTION, &folder);

	return s ? s : transport_write(d->m, folder, false, p, mailbox_names(d->m), &id);
}

/* Actions for the client ------------------------------------------------------------------------------------------------------------ */

static struct deferred *of_provider(struct rule_run *r)
{
	struct deferred **at = &r->deferred, *d;

	while (*at && strcmp((*at)->provider, r->rule->provider) != 0)
		at = &(*at)->next;
	d = *at;
	if (d)
		return d;
	d = arena_zalloc(r->d->arena, sizeof *d);
	if (!d)
		return NULL;
	*d = (struct deferred){ .provider = r->rule->provider, .rule = r->rule->id, .blocks = BUF_MAX(BLOCKS_MOST) };
	return *at = d;
}

status rule_defer(struct rule_run *r, const struct rule_action *a)
{
	struct deferred *d = of_provider(r);

	if (!d)
		return ecMemory;
	if (a->data.n > UINT16_MAX - 9 || d->n == ACTIONS_MOST)
		return ecNone;
	/* RuleAction of a standard rule: counts of 16 bits. */
	buf_add_u16(&d->blocks, (uint16_t)(9 + a->data.n));
	buf_add_u8(&d->blocks, a->type);
	buf_add_u32(&d->blocks, a->flavor);
	buf_add_u32(&d->blocks, a->flags);
	buf_add(&d->blocks, a->data.p, a->data.n);
	d->n++;
	/* 2.2.6.7: once for each rule, however many actions it has. */
	d->rules += d->last != r->rule;
	d->last = r->rule;
	return buf_status(&d->blocks);
}

void rule_forget_deferred(struct rule_run *r)
{
	for (struct deferred *d = r->deferred; d; d = d->next)
		buf_free(&d->blocks);
	r->deferred = NULL;
}

static status put_actions(struct property_set *to, const struct deferred *d)
{
	CLEANUP_BUF struct buf actions = BUF_MAX(BLOCKS_MOST + 2), ids = BUF_MAX(BLOCKS_MOST);
	status s;

	buf_add_u16(&actions, d->n);
	buf_add(&actions, d->blocks.p, d->blocks.n);
	for (unsigned i = 0; i < d->rules; i++)
		buf_add_u64(&ids, id_from_counter(d->rule));
	s = buf_status(&actions);
	if (!s)
		s = buf_status(&ids);
	if (!s)
		s = property_set_put_bytes(to, PidTagClientActions, buf_bytes(&actions));
	return s ? s : property_set_put_bytes(to, PidTagRuleIds, buf_bytes(&ids));
}

static status write_dam(struct rule_run *r, const struct deferred *f)
{
	struct delivery *d = r->d;
	struct message_part *p = NULL;
	status s = transport_part_new(d->t, DAM_CLASS, "", &p);

	if (s)
		return s;
	s = property_set_put_bool(&p->props, PidTagDamBackPatched, false);
	if (!s)
		s = put_message_entryid(&p->props, PidTagDamOriginalEntryId, d->m, d->folder, d->id);
	if (!s)
		s = held_put_text(&p->props, PidTagRuleProvider, f->provider);
	if (!s)
		s = put_folder_entryid(&p->props, PidTagRuleFolderEntryId, d->m, r->folder);
	if (!s)
		s = put_actions(&p->props, f);
	if (!s)
		s = put_server_id(&p->props, PidTagDeferredActionMessageOriginalEntryId, d->folder, d->id);
	if (!s)
		s = write_to_folder(d, p);
	message_part_unref(p);
	return s;
}

status rule_write_deferred(struct rule_run *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct bag set;
	status s = ecNone;

	for (const struct deferred *f = r->deferred; !s && f; f = f->next)
		s = write_dam(r, f);
	if (s || !r->deferred)
		return s;
	bag_init(&set, &arena);
	s = bag_set_bool(&set, PidTagHasDeferredActionMessages, true);
	return s ? s : message_set_aside(r->d->m, r->d->id, &set, NULL, 0);
}

/* Errors ------------------------------------------------------------------------------------------------------------------------------ */

static status mark_error(struct rule_run *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct bag set;
	status s;

	bag_init(&set, &arena);
	s = bag_set_u32(&set, PidTagRuleState, r->rule->state | RULE_ERROR);
	return s ? s : rule_modify(r->d->m, r->folder, r->rule->id, &set);
}

static status write_dem(struct rule_run *r, uint32_t error, uint32_t type, uint32_t number)
{
	struct delivery *d = r->d;
	struct message_part *p = NULL;
	status s = transport_part_new(d->t, DEM_CLASS, "", &p);

	if (s)
		return s;
	s = property_set_put_u32(&p->props, PidTagRuleError, error);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagRuleActionType, type);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagRuleActionNumber, number);
	if (!s)
		s = held_put_text(&p->props, PidTagRuleProvider, r->rule->provider);
	if (!s)
		s = put_message_entryid(&p->props, PidTagDamOriginalEntryId, d->m, d->folder, d->id);
	if (!s)
		s = put_folder_entryid(&p->props, PidTagRuleFolderEntryId, d->m, r->folder);
	if (!s)
		s = property_set_put_u64(&p->props, PidTagRuleId, id_from_counter(r->rule->id));
	if (!s)
		s = write_to_folder(d, p);
	message_part_unref(p);
	return s;
}

/* Extended rules have no such messages ([MS-OXORULE] 2.2.7). */
status rule_write_error(struct rule_run *r, uint32_t error, uint32_t action_type, uint32_t action_number)
{
	status s;

	if (r->rule->message || r->rule->state & RULE_ERROR)
		return ecNone;
	s = write_dem(r, error, action_type, action_number);
	return s ? s : mark_error(r);
}
