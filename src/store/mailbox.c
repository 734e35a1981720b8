#include "store/mailbox.h"

#include "rop/globset.h"
#include "rop/xid.h"
#include "store/activity.h"
#include "store/fulltext.h"
#include "store/mailbox_private.h"
#include "store/schema.h"
#include "store/search.h"
#include "store/turns_private.h"

#include <stdlib.h>
#include <sys/random.h>

#define RUN 1024u

static uint64_t take_run(struct mailbox *m, uint64_t n)
{
	uint64_t first = m->counters.next_id;

	m->counters.next_id += n;
	return first;
}

static uint64_t next_of(struct mailbox *m, struct globcnt_run *run)
{
	if (run->next == run->end) {
		run->next = take_run(m, RUN);
		run->end = run->next + RUN;
	}
	return run->next++;
}

uint64_t mailbox_next_content(struct mailbox *m)
{
	return next_of(m, &m->counters.ids);
}

uint64_t mailbox_next_cn(struct mailbox *m)
{
	return next_of(m, &m->counters.changes);
}

uint64_t mailbox_last_cn(const struct mailbox *m)
{
	const struct globcnt_run *run = &m->counters.changes;

	return (run->next ? run->next : m->counters.next_id) - 1;
}

status mailbox_reserve_ids(struct mailbox *m, uint64_t n, uint64_t *first)
{
	status s = mailbox_must_write(m);

	if (!s && (n == 0 || n > MAILBOX_RESERVE_MAX))
		s = reason_set(&m->why, ecInvalidParam, "%llu ids cannot be reserved at once: 1 to %llu", (unsigned long long)n,
			       (unsigned long long)MAILBOX_RESERVE_MAX);
	if (!s)
		*first = take_run(m, n);
	return s;
}

static status look_for(struct mailbox *m, const char *query, uint64_t id, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, query);

	bind_u64(s, 1, id);
	return mailbox_error(m, sql_step(s, found));
}

status mailbox_choose_id(struct mailbox *m, uint64_t wanted, uint64_t *id)
{
	bool message = false, folder = false;
	status s = ecNone;

	if (!wanted && m->is_copy)
		return copy_next_id(m, id);
	if (!wanted) {
		*id = mailbox_next_content(m);
		return ecNone;
	}
	/* An id that was not given out yet would be given to somebody else later; those of a copy are the server's. */
	if (!m->is_copy && (wanted >= m->counters.next_id || (wanted >= m->counters.ids.next && wanted < m->counters.ids.end)))
		return reason_set(&m->why, ecInvalidParam, "id %llx was not reserved", (unsigned long long)wanted);
	s = look_for(m, "SELECT id FROM message WHERE id = $1", wanted, &message);
	if (!s)
		s = look_for(m, "SELECT id FROM folder WHERE id = $1", wanted, &folder);
	if (!s && (message || folder))
		return reason_set(&m->why, ecInvalidParam, "id %llx is taken", (unsigned long long)wanted);
	if (!s)
		*id = wanted;
	return s;
}

uint64_t mailbox_now(const struct mailbox *m)
{
	return m->clock.now(&m->clock);
}

const struct mailbox_identity *mailbox_identity(const struct mailbox *m)
{
	return &m->identity;
}

struct sql *mailbox_sql(struct mailbox *m)
{
	return m->db;
}

const struct clock *mailbox_clock(const struct mailbox *m)
{
	return &m->clock;
}

const char *mailbox_failure(const struct mailbox *m)
{
	return m->why.text;
}

bool mailbox_in_transaction(const struct mailbox *m)
{
	return m->in_transaction;
}

status mailbox_must_write(struct mailbox *m)
{
	return m->in_transaction ? ecNone : reason_set(&m->why, ecInvalidParam, "nothing changes outside of a transaction");
}

/* Versions ------------------------------------------------------------------------------------------------------ */

status mailbox_predecessors(struct mailbox *m, struct bytes old_change_key, struct bytes old_predecessors, uint64_t old_cn,
			    uint64_t new_cn, struct arena *arena, struct bytes *out)
{
	struct xid x = xid_of_globcnt(mailbox_change_space(m), new_cn), was = xid_of_globcnt(mailbox_change_space(m), old_cn);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20);
	struct pcl list = { .n = 0 };
	status s = ecNone;

	/* What nobody can read is no version that could be lost. */
	if (old_predecessors.n && pcl_decode(old_predecessors, arena, &list, NULL))
		list = (struct pcl){ .n = 0 };
	if (old_change_key.n && xid_decode(old_change_key, &was, NULL))
		was = x;
	s = pcl_add(&list, &was, arena);
	if (!s)
		s = pcl_add(&list, &x, arena);
	*out = bytes_of(NULL, 0);
	if (s || list.n == 1)
		return s ? reason_set(&m->why, s, "out of memory") : ecNone;
	pcl_encode(&list, &b);
	const void *p = buf_status(&b) ? NULL : arena_memdup(arena, b.p, b.n);
	if (!p)
		return reason_set(&m->why, ecMemory, "out of memory");
	*out = bytes_of(p, b.n);
	return ecNone;
}

/* Changes --------------------------------------------------------------------------------------------------------- */

status mailbox_note(struct mailbox *m, const struct mailbox_change *change)
{
	if (!m->n_ears)
		return ecNone;
	if (m->n_changes == m->cap_changes) {
		size_t cap = m->cap_changes ? 2 * m->cap_changes : 64;
		struct mailbox_change *v = reallocarray(m->changes, cap, sizeof *v);

		if (!v)
			return reason_set(&m->why, ecMemory, "out of memory");
		m->changes = v;
		m->cap_changes = cap;
	}
	m->changes[m->n_changes++] = *change;
	return ecNone;
}

static status add_ear(struct mailbox *m, const struct mailbox_ear *ear)
{
	struct mailbox_ear *v = reallocarray(m->ears, m->n_ears + 1, sizeof *v);

	if (!v)
		return reason_set(&m->why, ecMemory, "out of memory");
	m->ears = v;
	m->ears[m->n_ears++] = *ear;
	return ecNone;
}

status mailbox_listen(struct mailbox *m, mailbox_listener *changes, void *context)
{
	return add_ear(m, &(struct mailbox_ear){ .listener = changes, .context = context });
}

status mailbox_keep(struct mailbox *m, mailbox_keeper *changes, void *context)
{
	return add_ear(m, &(struct mailbox_ear){ .keeper = changes, .context = context });
}

void mailbox_unlisten(struct mailbox *m, mailbox_listener *changes, void *context)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n_ears; i++)
		if (m->ears[i].listener != changes || m->ears[i].context != context)
			m->ears[kept++] = m->ears[i];
	m->n_ears = kept;
}

static status tell_keepers(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && m->n_changes && i < m->n_ears; i++)
		if (m->ears[i].keeper)
			s = m->ears[i].keeper(m->ears[i].context, m, m->changes, m->n_changes);
	return s;
}

static void tell_listeners(struct mailbox *m)
{
	size_t n = m->n_changes;

	m->n_changes = 0;
	for (size_t i = 0; n && i < m->n_ears; i++)
		if (m->ears[i].listener)
			m->ears[i].listener(m->ears[i].context, m->changes, n);
}

/* Transactions ------------------------------------------------------------------------------------------------------ */

status mailbox_begin(struct mailbox *m)
{
	status s = mailbox_has_turn(m) ? mailbox_error(m, sql_begin(m->db)) : reason_set(&m->why, ecBusy, "another server has the mailbox");

	if (!s) {
		m->in_transaction = true;
		copy_begun(m);
	}
	return s;
}

/* All that was gathered in memory goes into the transaction. */
static status write_gathered(struct mailbox *m)
{
	status s = folder_counts_flush(m);

	if (!s)
		s = mailbox_names_save(m);
	if (!s && m->counters.next_id > GLOBCNT_MAX)
		return reason_set(&m->why, ecTooBig, "the mailbox has no ids left");
	if (!s && m->counters.next_id != m->saved.next_id)
		s = mailbox_error(m, meta_set_i64(m->db, "next_id", (int64_t)m->counters.next_id));
	return s || !m->is_copy ? s : copy_save(m);
}

status mailbox_commit(struct mailbox *m)
{
	status s = mailbox_must_write(m);

	if (s)
		return s;
	s = folder_counts_flush(m);
	if (!s)
		s = read_marks_flush(m);
	if (!s)
		s = tell_keepers(m);
	if (!s)
		s = write_gathered(m);
	if (!s)
		s = turns_tell(m, m->changes, m->n_changes);
	if (!s)
		s = mailbox_error(m, sql_commit(m->db));
	if (s) {
		mailbox_rollback(m);
		return s;
	}
	m->in_transaction = false;
	m->saved = m->counters;
	turns_told(m);
	mailbox_names_committed(m);
	tell_listeners(m);
	return ecNone;
}

void mailbox_rollback(struct mailbox *m)
{
	sql_rollback(m->db);
	if (m->in_transaction && m->is_copy)
		copy_rolled_back(m);
	if (m->in_transaction)
		read_marks_forget(m);
	m->in_transaction = false;
	m->counters = m->saved;
	if (m->turns)
		m->turns->told = m->turns->told_committed;
	m->n_deltas = 0;
	m->total_known = false;
	m->n_changes = 0;
	mailbox_names_forget(m);
}

/* Opening ----------------------------------------------------------------------------------------------------------- */

/* Of random bits [RFC 4122] 4.4. */
status mailbox_new_guid(struct mailbox *m, struct guid *g)
{
	if (getrandom(g->b, sizeof g->b, 0) != (ssize_t)sizeof g->b)
		return reason_set(&m->why, ecError, "no random numbers to be had");
	g->b[7] = (uint8_t)((g->b[7] & 0x0F) | 0x40);
	g->b[8] = (uint8_t)((g->b[8] & 0x3F) | 0x80);
	return ecNone;
}

static const struct {
	const char *key;
	size_t offset;
} identity_facts[] = {
	{ "mailbox_guid", offsetof(struct mailbox_identity, mailbox) },
	{ "replica_guid", offsetof(struct mailbox_identity, replica) },
	{ "mapping_signature", offsetof(struct mailbox_identity, mapping_signature) },
};

static struct guid *identity_fact(struct mailbox *m, size_t i)
{
	return (struct guid *)((char *)&m->identity + identity_facts[i].offset);
}

static status make_identity(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < 3; i++)
		s = mailbox_new_guid(m, identity_fact(m, i));
	return s;
}

static status save_identity(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < 3; i++)
		s = mailbox_error(m, meta_set_bytes(m->db, identity_facts[i].key, bytes_of(identity_fact(m, i)->b, sizeof(struct guid))));
	return s;
}

static status make(struct mailbox *m)
{
	status s = mailbox_begin(m);

	m->counters.next_id = 1;
	if (!s)
		s = m->copy_of ? copy_make(m, m->copy_of, m->copy_root) : make_identity(m);
	if (!s)
		s = save_identity(m);
	if (!s && !m->copy_of)
		s = folders_make(m);
	if (!s && !m->copy_of)
		s = mailbox_names_make(m);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status load(struct mailbox *m, bool *found)
{
	int64_t next = 0;
	status s = meta_get_i64(m->db, "next_id", &next, found);

	if (s || !*found)
		return mailbox_error(m, s);
	for (size_t i = 0; !s && i < 3; i++) {
		bool there = false;

		s = meta_get_bytes(m->db, identity_facts[i].key, identity_fact(m, i)->b, sizeof(struct guid), &there);
		if (!s && !there)
			s = ecCorruptData;
	}
	if (s == ecCorruptData || next < 1 || (uint64_t)next > GLOBCNT_MAX)
		return reason_set(&m->why, ecCorruptData, "what identifies the mailbox is damaged");
	m->counters.next_id = m->saved.next_id = (uint64_t)next;
	s = s ? mailbox_error(m, s) : copy_load(m);
	return s ? s : folders_load(m);
}

static status open_mailbox(struct mailbox *m)
{
	bool found = false;
	status s = turns_begin(m);

	if (!s)
		s = schema_prepare(m->db, &m->why);
	if (!s)
		s = mailbox_names_load(m);
	if (!s)
		s = load(m, &found);
	if (!s && found && m->copy_of)
		s = reason_set(&m->why, ecDuplicateName, "there is a mailbox already");
	if (!s && !found)
		s = make(m);
	if (!s)
		s = activity_attach(m);
	if (!s)
		s = fulltext_attach(m, &m->why);
	if (!s)
		s = search_attach(m, &m->why);
	return s;
}

static status open_or_make(struct sql *db, const struct clock *clock, const struct mailbox_identity *of, uint64_t root, struct mailbox **out,
			   struct reason *why)
{
	struct mailbox *m = calloc(1, sizeof *m);
	status s = ecMemory;

	if (m) {
		m->db = db;
		m->copy_of = of;
		m->copy_root = root;
		m->clock = *clock;
		s = open_mailbox(m);
	} else {
		sql_close(db);
	}
	if (s) {
		(void)reason_set(why, s, "%s", m && m->why.text[0] ? m->why.text : "out of memory");
		mailbox_close(m);
		return s;
	}
	m->copy_of = NULL;
	*out = m;
	return ecNone;
}

status mailbox_open(struct sql *db, const struct clock *clock, struct mailbox **out, struct reason *why)
{
	return open_or_make(db, clock, NULL, 0, out, why);
}

status mailbox_make_copy(struct sql *db, const struct clock *clock, const struct mailbox_identity *of, uint64_t root, struct mailbox **out,
			 struct reason *why)
{
	return open_or_make(db, clock, of, root, out, why);
}

void mailbox_close(struct mailbox *m)
{
	if (!m)
		return;
	mailbox_give_turn(m);
	sql_close(m->db);
	read_marks_forget(m);
	mailbox_names_free(m);
	free(m->deltas);
	free(m->changes);
	free(m->ears);
	free(m->turns);
	free(m);
}
