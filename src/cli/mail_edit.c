/* postern mail edit: a draft is written again, and what waits to be sent is one again. */
#include <inttypes.h>

#include "cli/mail.h"
#include "store/folder.h"
#include "store/message.h"

/* In the transaction. Who sends it has the cache meanwhile, or finds nothing to be sent: both go by what is written there. */
static status into_drafts(struct mail_at_work *w, uint64_t *id)
{
	uint64_t drafts = 0, moved = 0;
	status s = folder_by_role(w->mailbox, MAILBOX_DRAFTS, &drafts);

	if (!s)
		s = message_move(w->mailbox, *id, drafts, &moved);
	if (!s)
		*id = moved;
	return s;
}

status mail_take_back(struct mail_at_work *w, uint64_t *id)
{
	enum outbox_state state = OUTBOX_WAITING;
	bool waits = false;
	uint64_t moved = *id;
	status s = outbox_state_of(w->cache, *id, &state, &waits);

	if (s || !waits)
		return s ? reason_set(&w->why, s, "%s", mailbox_failure(w->mailbox)) : ecNone;
	if (state == OUTBOX_SUBMITTING || state == OUTBOX_HANDED_OVER)
		return reason_set(&w->why, ecInvalidParam, "%" PRIx64 " cannot be taken back: the server was asked to send it", *id);
	s = mailbox_begin(w->mailbox);
	if (!s)
		s = into_drafts(w, &moved);
	if (!s)
		s = mailbox_commit(w->mailbox);
	if (s) {
		mailbox_rollback(w->mailbox);
		return reason_set(&w->why, s, "%s", mailbox_failure(w->mailbox));
	}
	*id = moved;
	(void)reason_set(&w->aside, ecNone, "it is not sent for now: it is in Drafts, as %" PRIx64, moved);
	return ecNone;
}

status mail_note_others(struct mail_at_work *w, const struct mail_draft *d)
{
	enum mail_draft_now now = MAIL_DRAFT_SAME;
	status s = mail_draft_look(w->mailbox, d, w->arena, &now, &w->why);

	if (!s && now == MAIL_DRAFT_OTHER)
		(void)reason_set(&w->aside, ecNone, "the draft was changed by somebody else meanwhile: what they made of it is kept beside this one");
	else if (!s && now == MAIL_DRAFT_GONE)
		(void)reason_set(&w->aside, ecNone, "the draft is gone meanwhile: what was written is a new one%s", d->n_attached ? ", without what was attached before" : "");
	return s;
}
