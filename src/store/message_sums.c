#include "store/message_sums.h"

#include "store/message_private.h"

#define PAGE 500u /* in one transaction */

void message_sum_later(struct mailbox *m, bool later)
{
	m->sum_later = later && m->is_copy;
}

/* Its events are those that it came with, and nothing is written. */
static status sum_with(struct mailbox *m, struct message_writer *w, uint64_t id,
		       struct fingerprint *out)
{
	struct item_result result = { .outcome = OUTCOME_FAILED };
	struct message_info info = { 0 };
	status s = message_emit(m, id, message_writer_sink(w), &result);

	if (!s && result.outcome != OUTCOME_WRITTEN)
		return reason_set(&m->why, ecCorruptData, "%s", result.why.text);
	if (!s)
		s = message_writer_info(w, &info);
	if (!s)
		*out = info.fingerprint;
	return s;
}

static status writer_for(struct mailbox *m, uint64_t id, struct message_writer **out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info info;
	status s = message_info(m, id, &arena, &info);

	return s ? s
		 : message_writer_new(m, info.folder,
				      &(struct message_options){ .associated = info.associated },
				      out);
}

status message_sum(struct mailbox *m, uint64_t id, struct fingerprint *out)
{
	struct message_writer *w = NULL;
	bool later = m->sum_later;
	status s;

	m->sum_later = false;
	s = writer_for(m, id, &w);
	if (!s)
		s = sum_with(m, w, id, out);
	message_writer_free(w);
	m->sum_later = later;
	return s;
}

static status keep(struct mailbox *m, uint64_t id, struct fingerprint f)
{
	struct sql_statement *s = sql_prepare(
		m->db, "UPDATE message SET fingerprint = $1, fingerprint_high = $2 WHERE id = $3");

	sql_bind_i64(s, 1, (int64_t)f.lo);
	sql_bind_i64(s, 2, (int64_t)f.hi);
	bind_u64(s, 3, id);
	return mailbox_error(m, sql_run(s));
}

static status next_unsummed(struct mailbox *m, uint64_t *id)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db,
		"SELECT id FROM message WHERE fingerprint = 0 AND fingerprint_high = 0 AND id > $1 ORDER BY id LIMIT 1");
	bool row = false;
	status st;

	bind_u64(s, 1, *id);
	st = sql_step(s, &row);
	*id = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

static status some(struct mailbox *m, uint64_t *id)
{
	status s = ecNone;

	for (unsigned n = 0; !s && n < PAGE; n++) {
		struct fingerprint f;

		s = next_unsummed(m, id);
		if (s || !*id)
			return s;
		s = message_sum(m, *id, &f);
		if (!s)
			s = keep(m, *id, f);
		/* What cannot be read is like nothing else. */
		if (s == ecCorruptData || s == ecTooBig || s == ecTooComplex)
			s = ecNone;
	}
	return s;
}

status message_sum_all(struct mailbox *m)
{
	uint64_t id = 0;
	status s = ecNone;

	if (!m->is_copy)
		return ecNone;
	do {
		s = mailbox_begin(m);
		if (!s)
			s = some(m, &id);
		if (!s)
			s = mailbox_commit(m);
		else if (m->in_transaction)
			mailbox_rollback(m);
	} while (!s && id);
	return s;
}
