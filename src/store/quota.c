#include "store/quota.h"

#include "store/mailbox_private.h"

const struct quota quota_unlimited = {
	.warning = QUOTA_UNLIMITED,
	.prohibit_send = QUOTA_UNLIMITED,
	.prohibit_send_receive = QUOTA_UNLIMITED,
	.recoverable_warning = QUOTA_UNLIMITED,
	.recoverable = QUOTA_UNLIMITED,
};

enum quota_state quota_state(const struct quota *q, const struct quota_usage *u)
{
	if (q->warning == QUOTA_UNLIMITED && q->prohibit_send == QUOTA_UNLIMITED && q->prohibit_send_receive == QUOTA_UNLIMITED)
		return QUOTA_NO_CHECKING;
	if (u->size >= q->prohibit_send_receive)
		return QUOTA_DISABLED;
	if (u->size >= q->prohibit_send)
		return QUOTA_PROHIBIT_SEND;
	return u->size >= q->warning ? QUOTA_WARNING : QUOTA_BELOW;
}

const char *quota_state_name(enum quota_state state)
{
	static const char *const names[] = {
		[QUOTA_BELOW] = "BelowLimit",
		[QUOTA_WARNING] = "IssueWarning",
		[QUOTA_PROHIBIT_SEND] = "ProhibitSend",
		[QUOTA_DISABLED] = "MailboxDisabled",
		[QUOTA_NO_CHECKING] = "NoChecking",
	};

	return names[state];
}

bool quota_recoverable_warning(const struct quota *q, const struct quota_usage *u)
{
	return u->deleted_size >= q->recoverable_warning;
}

/* Is there no room for so much more below the limit? */
static bool is_beyond(uint64_t limit, uint64_t size, uint64_t more)
{
	return limit != QUOTA_UNLIMITED && (size >= limit || more > limit - size);
}

#define MEGABYTES(bytes) ((double)(bytes) / (1 << 20))

status quota_verdict(const struct quota *q, const struct quota_usage *u, enum quota_action action, uint64_t bytes,
		     struct reason *why)
{
	uint64_t sending = q->prohibit_send < q->prohibit_send_receive ? q->prohibit_send : q->prohibit_send_receive;
	uint64_t all = q->prohibit_send_receive;

	switch (action) {
	case QUOTA_SUBMIT:
		if (is_beyond(sending, u->size, 0))
			return reason_set(why, ecQuotaExceeded,
					  "the mailbox holds %.1f MB and may not send from %.1f MB on: delete or archive messages, or raise"
					  " ProhibitSendQuota",
					  MEGABYTES(u->size), MEGABYTES(sending));
		return ecNone;
	case QUOTA_DELIVER:
		if (is_beyond(all, u->size, bytes))
			return reason_set(why, ecQuotaExceeded,
					  "the mailbox holds %.1f MB of %.1f MB and has no room for the message: delete or archive messages, or"
					  " raise ProhibitSendReceiveQuota",
					  MEGABYTES(u->size), MEGABYTES(all));
		return ecNone;
	case QUOTA_SAVE:
		if (is_beyond(all, u->size, bytes))
			return reason_set(why, ecShutoffQuotaExceeded,
					  "the mailbox holds %.1f MB of %.1f MB and nothing can be added: delete or archive messages, or raise"
					  " ProhibitSendReceiveQuota",
					  MEGABYTES(u->size), MEGABYTES(all));
		return ecNone;
	case QUOTA_DELETE_SOFT:
		if (is_beyond(q->recoverable, u->deleted_size, bytes))
			return reason_set(why, ecQuotaExceeded,
					  "recoverable items hold %.1f MB of %.1f MB: empty them, delete for good, or raise RecoverableItemsQuota",
					  MEGABYTES(u->deleted_size), MEGABYTES(q->recoverable));
		return ecNone;
	}
	return ecInvalidParam;
}

int32_t quota_kilobytes(uint64_t bytes)
{
	if (bytes == QUOTA_UNLIMITED)
		return -1;
	return bytes >> 10 > INT32_MAX ? INT32_MAX : (int32_t)(bytes >> 10);
}

/* What all folders' counters say together: added up once, and from then on counted with every change. */
static status add_up(struct mailbox *m)
{
	bool row = false;
	status st = folder_counts_flush(m);

	if (st)
		return st;
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT CAST(SUM(items) AS BIGINT), CAST(SUM(associated) AS BIGINT), CAST(SUM(size) AS BIGINT),"
				   " CAST(SUM(deleted_items) AS BIGINT), CAST(SUM(deleted_size) AS BIGINT) FROM folder");
	st = mailbox_error(m, sql_step(s, &row));
	if (st || !row)
		return st;
	m->total = (struct folder_delta){ .items = sql_i64(s, 0),
					  .associated = sql_i64(s, 1),
					  .size = sql_i64(s, 2),
					  .deleted_items = sql_i64(s, 3),
					  .deleted_size = sql_i64(s, 4) };
	m->total_known = true;
	return ecNone;
}

status quota_usage(struct mailbox *m, struct quota_usage *out)
{
	status s = m->total_known ? ecNone : add_up(m);

	if (!s)
		*out = (struct quota_usage){ .items = (uint64_t)m->total.items,
					     .associated = (uint64_t)m->total.associated,
					     .size = (uint64_t)m->total.size,
					     .deleted_items = (uint64_t)m->total.deleted_items,
					     .deleted_size = (uint64_t)m->total.deleted_size };
	return s;
}
