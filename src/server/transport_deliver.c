/* Into the mailbox of one recipient ([MS-OXOMSG] 3.2.5.1: delivery). */
#include "server/transport_private.h"

#include "server/notify_hub.h"
#include "store/folder.h"
#include "store/folder_limits.h"
#include "store/message.h"
#include "store/public_mail.h"
#include "store/quota.h"
#include "store/receive.h"

#include <stdlib.h>

/* What the mailbox was given last, so that nothing is given twice: keys of submissions, the newest last. */
#define LEDGER 0x67E00102u
#define LEDGER_KEYS 32u

/* The ledger ---------------------------------------------------------------------------------------------------------------- */

static bool in_ledger(const struct bag *store, const struct guid *key)
{
	struct bytes v = bag_bytes(store, tag_id(LEDGER));

	for (size_t at = 0; at + sizeof *key <= v.n; at += sizeof *key)
		if (memcmp(v.p + at, key, sizeof *key) == 0)
			return true;
	return false;
}

static status note(struct mailbox *m, const struct bag *store, const struct guid *key, struct arena *arena)
{
	CLEANUP_BUF struct buf b = BUF_MAX((LEDGER_KEYS + 1) * sizeof *key);
	struct bytes v = bag_bytes(store, tag_id(LEDGER));
	size_t keep = (LEDGER_KEYS - 1) * sizeof *key, drop = v.n > keep ? v.n - keep : 0;
	struct bag set;
	status s;

	if (v.n)
		buf_add(&b, v.p + drop, v.n - drop);
	buf_add(&b, key, sizeof *key);
	bag_init(&set, arena);
	s = buf_status(&b);
	if (!s)
		s = bag_set_bytes(&set, LEDGER, buf_bytes(&b));
	return s ? s : mailbox_set(m, &set, NULL, 0);
}

/* The copy -------------------------------------------------------------------------------------------------------------------- */

/* Of the sender's mailbox or of the way; the recipient's has its own. */
static const uint32_t left_behind[] = {
	PidTagSentMailSvrEID, PidTagSentMailEntryId, PidTagDeleteAfterSubmit, PidTagMessageSubmissionId, PidTagDeferredSendTime,
	PidTagDeferredSendNumber, PidTagDeferredSendUnits, PidTagTargetEntryId, PidTagChangeKey, PidTagPredecessorChangeList,
	PidTagSourceKey, PidTagParentSourceKey, PidTagEntryId, PidTagRecordKey, PidTagParentEntryId, PidTagLocalCommitTime, PidTagCreatorName,
	PidTagCreatorEntryId, PidTagLastModifierName, PidTagLastModifierEntryId, PidTagFlagStatus, PidTagFlagCompleteTime,
	PidTagHasDeferredActionMessages, PidTagLastVerbExecuted, PidTagLastVerbExecutionTime, PidTagIconIndex, TRANSPORT_VISITED,
};

static status put_addressing(struct property_set *p, const struct target *to)
{
	bool me = to->by_name && to->type == 1, cc = to->by_name && to->type == 2;
	status s = property_set_put_bool(p, PidTagMessageToMe, me);

	if (!s)
		s = property_set_put_bool(p, PidTagMessageCcMe, cc);
	return s ? s : property_set_put_bool(p, PidTagMessageRecipientMe, me || cc);
}

static uint32_t flags_of(const struct property_set *p)
{
	uint32_t flags = MSGFLAG_UNMODIFIED;

	flags |= property_set_bool(p, tag_id(PidTagReadReceiptRequested), false) ? MSGFLAG_NOTIFY_READ : 0;
	return flags | (property_set_bool(p, tag_id(PidTagNonReceiptNotificationRequested), false) ? MSGFLAG_NOTIFY_UNREAD : 0);
}

static status put_times(struct property_set *p, uint64_t now)
{
	static const uint32_t times[] = { PidTagMessageDeliveryTime, PidTagCreationTime, PidTagLastModificationTime };
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof times / sizeof *times; i++)
		s = property_set_put_u64(p, times[i], now);
	return s;
}

static status put_receiver(struct property_set *p, const struct target *to)
{
	status s = person_put(p, &person_received_by, &to->person);

	/* What a rule of another mailbox sent on says whose mail it is ([MS-OXORULE] 3.2.5.1 OP_DELEGATE). */
	if (!s && !property_set_bool(p, tag_id(PidTagDelegatedByRule), false))
		s = person_put(p, &person_received_representing, &to->person);
	return s;
}

/* Nobody hears of blind copies. */
static status hide_bcc(struct message_part *p)
{
	for (size_t i = p->n_recipients; i-- > 0;)
		if ((property_set_u32(&p->recipients[i].props, tag_id(PidTagRecipientType), 1) & 0x0Fu) == 3)
			message_part_remove_recipient(p, p->recipients[i].row_id);
	return property_set_put_text(&p->props, PidTagDisplayBcc, bytes_of("", 0));
}

static status make_copy(const struct delivery *d, struct message_part **out)
{
	struct message_part *p = message_part_ref(d->message->part);
	status s = message_part_own(&p);

	for (size_t i = 0; !s && i < sizeof left_behind / sizeof *left_behind; i++)
		(void)property_set_remove(&p->props, tag_id(left_behind[i]));
	if (!s)
		s = hide_bcc(p);
	if (!s)
		s = put_times(&p->props, transport_now(d->t));
	if (!s)
		s = put_addressing(&p->props, d->target);
	if (!s)
		s = put_receiver(&p->props, d->target);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagMessageFlags, flags_of(&p->props));
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

/* Writing ------------------------------------------------------------------------------------------------------------------------- */

status transport_write(struct mailbox *m, uint64_t folder, bool associated, const struct message_part *part, const struct name_map *names, uint64_t *id)
{
	struct message_options o = { .names = names, .associated = associated };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w;
	status s = message_writer_new(m, folder, &o, &w);

	if (s)
		return s;
	s = message_part_emit(part, m, 0, associated, 0, message_writer_sink(w), &result);
	if (!s && result.outcome != OUTCOME_WRITTEN)
		s = ecError;
	if (!s)
		s = message_writer_finish(w, id);
	message_writer_free(w);
	return s;
}

/* Who sends must have the right to create items there: a person by name, by groups or as Default; others as Anonymous. */
static status find_public(const struct delivery *d, uint64_t *folder)
{
	const struct target *to = d->target;
	uint32_t rights = 0;
	status s;

	if (!public_mail_folder(d->m, to->entryid, folder))
		return ecNotFound;
	s = permission_effective(d->m, *folder, &to->sender, &rights);
	if (s || to->sender.owner)
		return s;
	return rights & RIGHT_CREATE ? ecNone : ecAccessDenied;
}

static status find_folder(const struct delivery *d, uint64_t *folder)
{
	const char *class = held_text(&d->message->part->props, PidTagMessageClass, d->arena);
	struct receive_folder f;
	status s = class ? receive_folder_find(d->m, class, d->arena, &f) : ecInvalidParam;

	if (s == ecInvalidParam)
		s = receive_folder_find(d->m, "", d->arena, &f);
	if (!s)
		*folder = f.folder;
	return s;
}

static status put_in(struct delivery *d)
{
	struct message_part *copy = NULL;
	struct quota_usage usage;
	status s = quota_usage(d->m, &usage);

	if (!s)
		s = quota_verdict(&d->target->person.quota, &usage, QUOTA_DELIVER, message_part_size(d->message->part), NULL);
	if (!s)
		s = d->target->kind == TARGET_FOLDER ? find_public(d, &d->folder) : find_folder(d, &d->folder);
	if (!s && d->target->kind == TARGET_FOLDER)
		s = folder_limits_verdict(d->m, d->folder, 0, message_part_size(d->message->part));
	if (!s)
		s = make_copy(d, &copy);
	if (!s)
		s = transport_write(d->m, d->folder, false, copy, d->message->names, &d->id);
	message_part_unref(copy);
	return s;
}

/* What goes out because of it ---------------------------------------------------------------------------------------------------- */

status delivery_send(struct delivery *d, struct message_part *part, bool target_names)
{
	struct outgoing *o = arena_zalloc(d->arena, sizeof *o);

	if (!o) {
		message_part_unref(part);
		return ecMemory;
	}
	o->part = part;
	o->target_names = target_names;
	o->next = d->made;
	d->made = o;
	return ecNone;
}

static void forget_made(struct delivery *d)
{
	for (struct outgoing *o = d->made; o; o = o->next)
		message_part_unref(o->part);
	d->made = NULL;
}

static status queue_made(struct delivery *d)
{
	struct queue_item child = { .state = QUEUE_HELD, .parent = d->message->item.id, .target = d->target->key };
	status s = ecNone;

	child.since = child.due = transport_now(d->t);
	for (struct outgoing *o = d->made; !s && o; o = o->next) {
		uint64_t id;

		s = transport_random(&child.key);
		if (!s)
			s = queue_put(d->t->queue, &child, o->part, d->m, o->target_names ? NULL : d->message->names, &id);
		if (!s)
			counter_add(d->t->server->counters, COUNTER_QUEUED, 1);
	}
	return s;
}

static status bounce(struct delivery *d)
{
	const char *text = d->bounce_code == 0x0Du ? "The message is larger than the recipient accepts." :
			   d->bounce_code == 0x1Fu ? "The message cannot be shown to the recipient." :
						     "The recipient does not accept this message.";
	struct failure f = { d->target, ecAccessDenied, text };
	struct message_part *part;
	status s = transport_report(d->t, d->message->part, &f, 1, &part);

	return s == ecNotFound ? ecNone : s ? s : delivery_send(d, part, false);
}

/* One mailbox ------------------------------------------------------------------------------------------------------------------- */

/* What the ledger knows the message by: public folders share theirs. */
static void ledger_key(const struct delivery *d, struct guid *out)
{
	*out = d->message->item.key;
	for (size_t i = 0; d->target->kind == TARGET_FOLDER && i < sizeof out->b; i++)
		out->b[i] ^= d->target->key.b[i];
}

static status deliver_within(struct delivery *d, const struct bag *store)
{
	struct guid key;
	status s = put_in(d);

	ledger_key(d, &key);

	if (!s)
		s = transport_rules(d);
	if (!s && d->bounced)
		s = bounce(d);
	if (!s)
		s = note(d->m, store, &key, d->arena);
	if (!s && d->made)
		s = queue_made(d);
	return s ? s : mailbox_commit(d->m);
}

/* The flags of new mail are 0, as in Exchange since 2013 ([MS-OXCNOTIF] 2.2.1.4.1.2, <10>): the client asks for those of the message. */
static void announce(struct delivery *d, struct notify_event *e)
{
	struct message_info i;

	*e = (struct notify_event){ .type = NOTIFY_NEW_MAIL, .message = true, .folder = d->folder, .object = d->id };
	if (!d->id || message_info(d->m, d->id, d->arena, &i))
		return;
	for (size_t k = 0; k < NOTIFY_CLASS_MAX && i.class_name[k]; k++)
		e->message_class[k] = i.class_name[k];
}

/* The mailbox is locked. *given: it had it already. */
static status deliver_locked(struct delivery *d, bool *given)
{
	struct bag store;
	struct guid key;
	status s;

	ledger_key(d, &key);
	bag_init(&store, d->arena);
	s = mailbox_props(d->m, &store);
	*given = !s && in_ledger(&store, &key);
	if (s || *given)
		return s;
	/* Of an attempt that came to nothing. */
	s = queue_forget_children(d->t->queue, d->message->item.id, &d->target->key);
	d->oof = bag_bool(&store, tag_id(PidTagOutOfOfficeState), false);
	if (!s)
		s = mailbox_begin(d->m);
	if (s)
		return s;
	s = deliver_within(d, &store);
	if (s)
		mailbox_rollback(d->m);
	return s;
}

status transport_deliver(struct transport *t, const struct queue_message *message, const struct target *to)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)256 << 20);
	struct delivery d = { .t = t, .message = message, .target = to, .arena = &arena };
	const struct guid *mailbox = to->kind == TARGET_FOLDER ? &to->store : &to->key;
	struct notify_event e = { .type = 0 };
	struct shared_mailbox *store;
	bool given = false;
	status s = host_mailbox(t->server->host, mailbox, &store, NULL);

	if (s)
		return s;
	d.m = shared_mailbox_lock(store);
	s = shared_mailbox_ready(store);
	if (!s)
		s = deliver_locked(&d, &given);
	if (!s && !given)
		announce(&d, &e);
	shared_mailbox_unlock(store);
	if (!s && !given && e.object) {
		notify_hub_announce(t->server->notify, mailbox, &e);
		counter_add(t->server->counters, COUNTER_DELIVERED, 1);
	}
	forget_made(&d);
	host_mailbox_release(store);
	return s;
}
