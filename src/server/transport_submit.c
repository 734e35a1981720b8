/* From a client into the queue ([MS-OXOMSG] 3.2.5.1, 3.2.5.2). */
#include "server/message_private.h"
#include "server/session.h"
#include "server/transport_private.h"
#include "store/message.h"

#include <stdio.h>

/* Who sends ----------------------------------------------------------------------------------------------------------------- */

/* ecAccessDenied unless `who` may send on behalf of `as`, or as that one: *same. */
static status may_represent(struct directory *d, const struct person *who, const struct person *as, bool *same)
{
	bool on_behalf = false;
	status s;

	*same = who->id == as->id;
	if (*same)
		return ecNone;
	s = person_is_listed(d, who, as, "SendAs", same, NULL);
	if (!s && !*same)
		s = person_is_listed(d, who, as, "GrantSendOnBehalfTo", &on_behalf, NULL);
	return s || *same || on_behalf ? s : ecAccessDenied;
}

static status represented(struct directory *d, struct logon *l, const struct property_set *p, struct arena *arena, struct person *out)
{
	bool smtp = false;
	const char *identity = person_identity(p, &person_representing, arena, &smtp);
	status s;

	if (!identity) {
		*out = l->person;
		return ecNone;
	}
	s = person_find(d, identity, arena, out, NULL);
	return s == ecNotFound || s == ecAmbiguousRecip ? ecAccessDenied : s;
}

static status put_sender(struct logon *l, struct property_set *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	const struct person *who = &l->object.session->user;
	struct directory *d = NULL;
	struct person as = { .id = 0 };
	bool same = false;
	status s = host_directory(l->object.session->host, &d, NULL);

	if (s)
		return s;
	s = represented(d, l, p, &arena, &as);
	if (!s)
		s = may_represent(d, who, &as, &same);
	if (!s)
		s = person_put(p, &person_sender, same ? &as : who);
	if (!s)
		s = person_put(p, &person_representing, &as);
	host_directory_return(l->object.session->host, d);
	return s;
}

/* What is set ------------------------------------------------------------------------------------------------------------------ */

static status put_message_id(const struct transport *t, struct property_set *p, const struct guid *key)
{
	char text[512], hex[GUID_TEXT_SIZE];

	if (property_set_find(p, tag_id(PidTagInternetMessageId)))
		return ecNone;
	guid_format(key, hex);
	(void)snprintf(text, sizeof text, "<%s@%s>", hex, t->server->fqdn ? t->server->fqdn : "localhost");
	return held_put_text(p, PidTagInternetMessageId, text);
}

/* PidTagDeferredSendTime, or so many minutes, hours, days, weeks from now. */
static uint64_t due_of(const struct transport *t, const struct property_set *p, uint64_t now)
{
	static const uint32_t minutes[] = { 1, 60, 24 * 60, 7 * 24 * 60 };
	uint64_t at = property_set_u64(p, tag_id(PidTagDeferredSendTime), 0);
	uint32_t n = property_set_u32(p, tag_id(PidTagDeferredSendNumber), 0), unit = property_set_u32(p, tag_id(PidTagDeferredSendUnits), 4);

	if (unit < sizeof minutes / sizeof *minutes && n <= 999)
		at = now + (uint64_t)n * minutes[unit] * 60000u * FILETIME_MILLISECOND;
	return at > now + t->hold ? at : now + t->hold;
}

static status stamp(struct transport *t, struct message_object *m, struct message_part *p, const struct guid *key)
{
	static const uint32_t touched[] = {
		PidTagSenderName, PidTagSenderAddressType, PidTagSenderEmailAddress, PidTagSenderEntryId, PidTagSenderSearchKey, PidTagSenderSmtpAddress,
		PidTagSentRepresentingName, PidTagSentRepresentingAddressType, PidTagSentRepresentingEmailAddress, PidTagSentRepresentingEntryId,
		PidTagSentRepresentingSearchKey, PidTagSentRepresentingSmtpAddress, PidTagClientSubmitTime, PidTagInternetMessageId,
		PidTagMessageSubmissionId, PidTagMessageFlags, PidTagContentFilterSpamConfidenceLevel,
	};
	struct property_set *set = &p->props;
	uint32_t flags = property_set_u32(set, tag_id(PidTagMessageFlags), MSGFLAG_READ);
	status s = put_sender(message_object_base(m)->logon, set);

	if (!s)
		s = property_set_put_u64(set, PidTagClientSubmitTime, transport_now(t));
	if (!s)
		s = put_message_id(t, set, key);
	if (!s)
		s = property_set_put_bytes(set, PidTagMessageSubmissionId, bytes_of(key, sizeof *key));
	if (!s)
		s = property_set_put_u32(set, PidTagContentFilterSpamConfidenceLevel, UINT32_MAX);
	if (!s)
		s = property_set_put_u32(set, PidTagMessageFlags, (flags | MSGFLAG_SUBMIT | MSGFLAG_READ) & ~MSGFLAG_UNSENT);
	for (size_t i = 0; !s && i < sizeof touched / sizeof *touched; i++)
		s = message_touch(m, tag_id(touched[i]));
	return s ? s : message_object_changed(m);
}

/* Submitting --------------------------------------------------------------------------------------------------------------------- */

static status may_submit(struct message_object *m)
{
	struct logon *l = message_object_base(m)->logon;
	const struct message_part *p = message_object_part(m);
	struct quota_usage usage;
	status s;

	if (l->public_store || message_object_embedded(m) || message_object_associated(m))
		return ecNotSupported;
	if (property_set_u32(&p->props, tag_id(PidTagMessageFlags), 0) & MSGFLAG_SUBMIT)
		return ecSubmitted;
	if (!p->n_recipients)
		return ecNoRecipients;
	if (p->n_recipients > l->person.max_recipients)
		return ecTooManyRecips;
	if (message_part_size(p) > l->person.max_send)
		return ecMaxSubmissionExceeded;
	s = quota_usage(logon_mailbox(l), &usage);
	return s ? s : quota_verdict(&l->person.quota, &usage, QUOTA_SUBMIT, message_part_size(p), NULL);
}

static status submit_within(struct transport *t, struct message_object *m, const struct guid *key, uint64_t *queued)
{
	struct logon *l = message_object_base(m)->logon;
	uint64_t now = transport_now(t);
	struct queue_item item = { .key = *key, .state = QUEUE_TENTATIVE, .sender = *shared_mailbox_guid(l->store), .since = now };
	struct message_part *p;
	status s = message_object_change(m, false, &p);

	if (!s)
		s = stamp(t, m, p, key);
	if (!s)
		s = message_object_save(m, &(struct message_save){ .force = true });
	if (s)
		return s;
	item.source = message_object_id(m);
	item.due = due_of(t, &message_object_part(m)->props, now);
	return queue_put(t->queue, &item, message_object_part(m), logon_mailbox(l), NULL, queued);
}

status transport_submit(struct transport *t, struct message_object *m)
{
	struct mailbox *mb = logon_mailbox(message_object_base(m)->logon);
	struct guid key;
	uint64_t queued = 0;
	status s = may_submit(m);

	if (!s)
		s = transport_random(&key);
	if (!s)
		s = mailbox_begin(mb);
	if (s)
		return s;
	s = submit_within(t, m, &key, &queued);
	if (!s)
		s = mailbox_commit(mb);
	if (s) {
		mailbox_rollback(mb);
		if (queued)
			(void)!queue_remove(t->queue, queued);
		return s;
	}
	/* When this fails, whoever takes it out of the queue asks the mailbox. */
	(void)!queue_ready(t->queue, queued);
	counter_add(t->server->counters, COUNTER_SUBMITTED, 1);
	counter_add(t->server->counters, COUNTER_QUEUED, 1);
	transport_poke(t);
	return ecNone;
}

static status make_draft(struct mailbox *mb, const struct message_info *i, struct arena *arena)
{
	static const uint16_t gone[] = { PidTagMessageSubmissionId >> 16, PidTagClientSubmitTime >> 16 };
	struct bag set;
	status s = mailbox_begin(mb);

	bag_init(&set, arena);
	if (!s)
		s = bag_set_u32(&set, PidTagMessageFlags, (i->flags | MSGFLAG_UNSENT) & ~MSGFLAG_SUBMIT);
	if (!s)
		s = message_set(mb, i->id, &set, gone, sizeof gone / sizeof *gone);
	if (!s)
		return mailbox_commit(mb);
	mailbox_rollback(mb);
	return s;
}

status transport_abort(struct transport *t, struct logon *l, uint64_t message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	struct mailbox *mb = logon_mailbox(l);
	struct message_info i;
	struct guid key;
	struct bag props;
	struct bytes id;
	status s = message_info(mb, message, &arena, &i);

	bag_init(&props, &arena);
	if (!s)
		s = message_props(mb, message, &props);
	if (s)
		return s == ecNotFound ? ecNotInQueue : s;
	id = bag_bytes(&props, tag_id(PidTagMessageSubmissionId));
	if (!(i.flags & MSGFLAG_SUBMIT) || id.n != sizeof key)
		return ecNotInQueue;
	memcpy(&key, id.p, sizeof key);
	s = logon_may(l, i.folder, RIGHT_EDIT_ANY);
	if (!s)
		s = queue_cancel(t->queue, &key);
	if (s)
		return s;
	counter_add(t->server->counters, COUNTER_QUEUED, -1);
	return make_draft(mb, &i, &arena);
}
