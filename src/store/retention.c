#include "store/retention.h"

#include "store/mailbox_private.h"
#include "store/message.h"
#include "store/quota.h"

#include <stdlib.h>

struct batch {
	uint64_t *ids;
	size_t n;
	uint64_t bytes;
	bool more;
};

/*
 * Whether the oldest one goes: too old, or too much with all those that were deleted after it.  `size` is of all that are
 * left.
 */
static bool goes(const struct retention *r, uint64_t now, uint64_t deleted, uint64_t size)
{
	bool old = r->keep_for != UINT64_MAX && now > r->keep_for && deleted < now - r->keep_for;

	return old || size > r->keep_bytes;
}

static status find_oldest(struct mailbox *m, const struct retention *r, uint64_t size, size_t room, struct batch *b)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id, size, deleted FROM message WHERE deleted <> 0 ORDER BY deleted, id LIMIT $1");
	uint64_t now = mailbox_now(m);
	bool row = false;
	status st;

	bind_u64(s, 1, room);
	while (!(st = mailbox_error(m, sql_step(s, &row))) && row && b->n < room) {
		uint64_t bytes = (uint64_t)sql_i64(s, 1);

		if (!goes(r, now, (uint64_t)sql_i64(s, 2), size))
			return ecNone;
		b->ids[b->n++] = (uint64_t)sql_i64(s, 0);
		b->bytes += bytes;
		size -= bytes < size ? bytes : size;
	}
	b->more = b->n == room;
	return st;
}

static status purge(struct mailbox *m, const struct batch *b)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < b->n; i++)
		s = message_delete(m, b->ids[i], DELETE_HARD);
	return s;
}

static status in_transaction(struct mailbox *m, const struct retention *r, size_t room, struct batch *b)
{
	struct quota_usage usage = { .size = 0 };
	status s = quota_usage(m, &usage);

	if (!s)
		s = find_oldest(m, r, usage.deleted_size, room, b);
	return s ? s : purge(m, b);
}

status retention_step(struct mailbox *m, const struct retention *r, struct retention_result *out, bool *more)
{
	size_t room = r->batch && r->batch <= MAILBOX_RESERVE_MAX ? (size_t)r->batch : RETENTION_BATCH;
	struct batch b = { .ids = calloc(room, sizeof *b.ids) };
	status s = b.ids ? mailbox_begin(m) : reason_set(&m->why, ecMemory, "out of memory");

	if (!s) {
		s = in_transaction(m, r, room, &b);
		if (!s)
			s = mailbox_commit(m);
		else
			mailbox_rollback(m);
	}
	free(b.ids);
	if (s)
		return s;
	out->messages += b.n;
	out->bytes += b.bytes;
	*more = b.more;
	return ecNone;
}

status retention_run(struct mailbox *m, const struct retention *r, struct retention_result *out)
{
	bool more = true;
	status s = ecNone;

	while (!s && more)
		s = retention_step(m, r, out, &more);
	return s;
}
