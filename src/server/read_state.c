#include "server/read_state.h"

#include "server/server.h"
#include "server/session.h"
#include "store/message.h"

#define ONE_BUDGET ((size_t)4 << 20)

/* Who waits for a receipt is forgotten. */
static status clear_pending(struct mailbox *m, const struct message_info *i, uint32_t bits, struct arena *arena)
{
	struct bag set;
	status s;

	if (!(i->flags & bits))
		return ecNone;
	bag_init(&set, arena);
	s = bag_set_u32(&set, PidTagMessageFlags, i->flags & ~bits);
	if (!s && bits & MSGFLAG_NOTIFY_READ)
		s = bag_set_bool(&set, PidTagReadReceiptRequested, false);
	if (!s && bits & MSGFLAG_NOTIFY_UNREAD)
		s = bag_set_bool(&set, PidTagNonReceiptNotificationRequested, false);
	return s ? s : message_set_aside(m, i->id, &set, NULL, 0);
}

/* Without transport nothing is sent, and what waits goes on waiting. */
static status send_receipt(struct logon *l, const struct message_info *i, struct arena *arena)
{
	const struct server *server = l->object.session->server;
	status s;

	if (!(i->flags & MSGFLAG_NOTIFY_READ) || !server || !server->read_receipt)
		return ecNone;
	s = server->read_receipt(l, i->folder, i->id);
	return s ? s : clear_pending(logon_mailbox(l), i, MSGFLAG_NOTIFY_READ, arena);
}

static bool marks_read(unsigned flags)
{
	return !(flags & (READ_RECEIPT_ONLY | READ_CLEAR_READ)) &&
	       (flags & READ_SUPPRESS_RECEIPT || !(flags & (READ_CLEAR_NOTIFY_READ | READ_CLEAR_NOTIFY_UNREAD)));
}

static status set_pending(struct logon *l, const struct message_info *i, unsigned flags, struct arena *arena)
{
	uint32_t bits = (flags & (READ_CLEAR_NOTIFY_READ | READ_SUPPRESS_RECEIPT) ? MSGFLAG_NOTIFY_READ : 0) |
			(flags & READ_CLEAR_NOTIFY_UNREAD ? MSGFLAG_NOTIFY_UNREAD : 0);

	if (bits)
		return clear_pending(logon_mailbox(l), i, bits, arena);
	return flags & READ_CLEAR_READ ? ecNone : send_receipt(l, i, arena);
}

/* Within a transaction. */
static status set_within(struct logon *l, uint64_t folder, uint64_t id, unsigned flags, bool *changed)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ONE_BUDGET);
	struct mailbox *m = logon_mailbox(l);
	struct message_info i;
	status s = message_info(m, id, &arena, &i);

	if (!s && ((folder && i.folder != folder) || i.deleted))
		s = ecNotFound;
	if (s)
		return s;
	if (marks_read(flags) && !i.read) {
		s = message_set_read(m, id, true);
		*changed = true;
	} else if (flags & READ_CLEAR_READ && !(flags & READ_RECEIPT_ONLY) && i.read) {
		s = message_set_read(m, id, false);
		*changed = true;
	}
	/* Who waits for a receipt stands in the message, which in public folders is everybody's. */
	if (s || l->public_store)
		return s;
	s = message_info(m, id, &arena, &i);
	return s ? s : set_pending(l, &i, flags, &arena);
}

static status set_all(struct logon *l, uint64_t folder, unsigned flags)
{
	struct mailbox *m = logon_mailbox(l);
	uint64_t id = 0;
	bool changed = false;
	status s;

	while (!(s = message_next(m, folder, false, false, id, &id)) && id) {
		s = set_within(l, folder, id, flags, &changed);
		if (s)
			break;
	}
	return s;
}

static status commit(struct mailbox *m, status s)
{
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

status read_state_set(struct logon *l, uint64_t folder, const uint64_t *wire_ids, size_t n, unsigned flags, bool *partial)
{
	struct mailbox *m = logon_mailbox(l);
	status s = logon_may(l, folder, RIGHT_READ_ANY);

	if (!s)
		s = mailbox_begin(m);
	if (s)
		return s;
	if (!n)
		s = set_all(l, folder, flags);
	for (size_t i = 0; !s && i < n; i++) {
		bool changed = false;
		uint64_t id;

		s = id_to_counter(wire_ids[i], &id) ? set_within(l, folder, id, flags, &changed) : ecNotFound;
		/* One that is not there keeps none of the others. */
		if (s == ecNotFound || s == ecAccessDenied) {
			*partial = true;
			s = ecNone;
		}
	}
	return commit(m, s);
}

status read_state_set_one(struct logon *l, uint64_t id, unsigned flags, bool *changed)
{
	struct mailbox *m = logon_mailbox(l);
	status s = mailbox_begin(m);

	return s ? s : commit(m, set_within(l, 0, id, flags, changed));
}
