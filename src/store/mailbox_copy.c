#include "store/mailbox_copy.h"

#include "rop/globset.h"
#include "store/folder_private.h"
#include "store/schema.h"

#include <string.h>

static const char grants[] = "CREATE TABLE granted_id (first INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT";

bool mailbox_is_copy(const struct mailbox *m)
{
	return m->is_copy;
}

const struct guid *mailbox_change_space(const struct mailbox *m)
{
	return m->is_copy ? &m->change_space : &m->identity.replica;
}

/* Making and opening -------------------------------------------------------------------------------------------------------------- */

status copy_make(struct mailbox *m, const struct mailbox_identity *of, uint64_t root)
{
	status s = mailbox_error(m, sql_execute(m->db, grants));

	m->identity = *of;
	m->is_copy = true;
	m->roles[MAILBOX_ROOT] = root;
	if (!s)
		s = mailbox_new_guid(m, &m->change_space);
	if (!s)
		s = mailbox_error(m, meta_set_bytes(m->db, "change_space", bytes_of(m->change_space.b, sizeof m->change_space.b)));
	return s ? s : folder_insert(m, &(struct folder_row){ .id = root, .parent = root, .role = MAILBOX_ROOT, .name = "", .class_name = "" });
}

status copy_load(struct mailbox *m)
{
	int64_t next = 0, end = 0;
	bool found = false;
	status s = meta_get_bytes(m->db, "change_space", m->change_space.b, sizeof m->change_space.b, &m->is_copy);

	if (!s && m->is_copy)
		s = meta_get_i64(m->db, "granted_next", &next, &found);
	if (!s && m->is_copy)
		s = meta_get_i64(m->db, "granted_end", &end, &found);
	if (s)
		return mailbox_error(m, s);
	if (next < 0 || end < next)
		return reason_set(&m->why, ecCorruptData, "the ids that were granted are damaged");
	m->counters.granted = m->saved.granted = (struct globcnt_run){ (uint64_t)next, (uint64_t)end };
	return ecNone;
}

status copy_save(struct mailbox *m)
{
	const struct globcnt_run *now = &m->counters.granted, *was = &m->saved.granted;
	status s = ecNone;

	if (now->next != was->next)
		s = meta_set_i64(m->db, "granted_next", (int64_t)now->next);
	if (!s && now->end != was->end)
		s = meta_set_i64(m->db, "granted_end", (int64_t)now->end);
	return mailbox_error(m, s);
}

/* Ids ----------------------------------------------------------------------------------------------------------------------------- */

status mailbox_grant_ids(struct mailbox *m, uint64_t first, uint64_t n)
{
	struct sql_statement *st;
	status s = mailbox_must_write(m);

	if (s || !first || !n || first > GLOBCNT_MAX || n > GLOBCNT_MAX - first)
		return s ? s : reason_set(&m->why, ecInvalidParam, "ids %llx to %llx are none", (unsigned long long)first, (unsigned long long)(first + n));
	st = sql_prepare(m->db, "INSERT INTO granted_id (first, last) VALUES ($1, $2)");
	bind_u64(st, 1, first);
	bind_u64(st, 2, first + n - 1);
	return mailbox_error(m, sql_run(st));
}

static status next_grant(struct mailbox *m, struct globcnt_run *run)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(m->db, "SELECT first, last FROM granted_id ORDER BY first LIMIT 1");
	bool row = false;
	status s = sql_step(q, &row);

	if (s || !row)
		return s ? mailbox_error(m, s) : reason_set(&m->why, ecTooBig, "no more can be made here before the server was asked for ids: connect once");
	*run = (struct globcnt_run){ (uint64_t)sql_i64(q, 0), (uint64_t)sql_i64(q, 1) + 1 };
	struct sql_statement *st = sql_prepare(m->db, "DELETE FROM granted_id WHERE first = $1");
	bind_u64(st, 1, run->next);
	return mailbox_error(m, sql_run(st));
}

status copy_next_id(struct mailbox *m, uint64_t *id)
{
	struct globcnt_run *run = &m->counters.granted;
	status s = run->next == run->end ? next_grant(m, run) : ecNone;

	if (!s)
		*id = run->next++;
	return s;
}

status mailbox_ids_left(struct mailbox *m, uint64_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(m->db, "SELECT CAST(coalesce(sum(last - first + 1), 0) AS INTEGER) FROM granted_id");
	bool row = false;
	status s = sql_step(q, &row);

	if (!s)
		*n = (uint64_t)sql_i64(q, 0) + m->counters.granted.end - m->counters.granted.next;
	return mailbox_error(m, s);
}

/* Roles --------------------------------------------------------------------------------------------------------------------------- */

static status put_role(struct mailbox *m, const char *text, uint64_t folder, enum mailbox_role role)
{
	struct sql_statement *st = sql_prepare(m->db, text);

	sql_bind_i64(st, 1, (int64_t)role);
	bind_u64(st, 2, folder);
	return mailbox_error(m, sql_run(st));
}

status mailbox_set_role(struct mailbox *m, uint64_t folder, enum mailbox_role role)
{
	status s = mailbox_must_write(m);

	if (s || m->roles[role] == folder)
		return s;
	s = put_role(m, "UPDATE folder SET role = 0 WHERE role = $1 AND id <> $2", folder, role);
	if (!s)
		s = put_role(m, "UPDATE folder SET role = $1 WHERE id = $2", folder, role);
	if (!s)
		m->roles[role] = folder;
	return s;
}

status mailbox_set_mapping_signature(struct mailbox *m, const struct guid *signature)
{
	status s = mailbox_must_write(m);

	if (!s)
		s = mailbox_error(m, meta_set_bytes(m->db, "mapping_signature", bytes_of(signature->b, sizeof signature->b)));
	if (!s)
		m->identity.mapping_signature = *signature;
	return s;
}

/* Roles and the mapping signature are in memory too. */
void copy_begun(struct mailbox *m)
{
	m->begun.mapping_signature = m->identity.mapping_signature;
	memcpy(m->begun.roles, m->roles, sizeof m->roles);
}

void copy_rolled_back(struct mailbox *m)
{
	m->identity.mapping_signature = m->begun.mapping_signature;
	memcpy(m->roles, m->begun.roles, sizeof m->roles);
}

/* Before a change ----------------------------------------------------------------------------------------------------------------- */

void mailbox_watch_changes(struct mailbox *m, mailbox_before_change *before, void *context)
{
	m->before = before;
	m->before_context = context;
}

status mailbox_about_to_change(struct mailbox *m, uint64_t message, const struct bag *set, const uint16_t *remove, size_t n)
{
	return m->before ? m->before(m->before_context, m, message, set, remove, n) : ecNone;
}
