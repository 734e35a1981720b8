#include "store/replid.h"

#include "store/mailbox_private.h"

static status find(struct mailbox *m, const struct guid *replica, uint16_t *replid)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM replica WHERE replica = $1");
	bool row = false;
	status st;

	sql_bind_blob(s, 1, bytes_of(replica->b, sizeof replica->b));
	st = mailbox_error(m, sql_step(s, &row));
	*replid = !st && row ? (uint16_t)sql_i64(s, 0) : 0;
	return st;
}

static status next_number(struct mailbox *m, uint16_t *replid)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT max(id) FROM replica");
	bool row = false;
	status st = mailbox_error(m, sql_step(s, &row));
	int64_t last = REPLID_OWN;

	if (st)
		return st;
	if (row && !sql_is_null(s, 0))
		last = sql_i64(s, 0);
	if (last >= REPLID_MAX)
		return reason_set(&m->why, ecParameterOverflow, "no more than %u replicas can have numbers", REPLID_MAX);
	*replid = (uint16_t)(last + 1);
	return ecNone;
}

static status add(struct mailbox *m, const struct guid *replica, uint16_t replid)
{
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO replica (id, replica) VALUES ($1, $2)");

	sql_bind_i64(s, 1, replid);
	sql_bind_blob(s, 2, bytes_of(replica->b, sizeof replica->b));
	return mailbox_error(m, sql_run(s));
}

status replid_of(struct mailbox *m, const struct guid *replica, uint16_t *replid)
{
	uint16_t found = REPLID_OWN;
	status s = ecNone;

	if (guid_is_zero(replica))
		return reason_set(&m->why, ecInvalidParam, "no replica has only zeros");
	if (!guid_equal(replica, &m->identity.replica))
		s = find(m, replica, &found);
	if (!s && !found) {
		s = mailbox_must_write(m);
		if (!s)
			s = next_number(m, &found);
		if (!s)
			s = add(m, replica, found);
	}
	if (!s)
		*replid = found;
	return s;
}

status replid_guid(struct mailbox *m, uint16_t replid, struct guid *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	bool row = false;
	status st;

	if (replid == REPLID_OWN) {
		*out = m->identity.replica;
		return ecNone;
	}
	s = sql_prepare(m->db, "SELECT replica FROM replica WHERE id = $1");
	sql_bind_i64(s, 1, replid);
	st = mailbox_error(m, sql_step(s, &row));
	if (st)
		return st;
	if (!row)
		return reason_set(&m->why, ecNotFound, "no replica has the number %u", replid);
	if (sql_blob(s, 0).n != sizeof out->b)
		return reason_set(&m->why, ecCorruptData, "the list of replicas is damaged");
	memcpy(out->b, sql_blob(s, 0).p, sizeof out->b);
	return ecNone;
}

status replid_list(struct mailbox *m, struct arena *arena, struct replid **out, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, replica FROM replica ORDER BY id");
	size_t cap = 16, count = 1;
	struct replid *v = arena_array(arena, cap, sizeof *v);
	bool row = true;
	status st = v ? ecNone : ecMemory;

	if (v)
		v[0] = (struct replid){ REPLID_OWN, m->identity.replica };
	while (!st && !(st = mailbox_error(m, sql_step(s, &row))) && row) {
		if (count == cap) {
			struct replid *more = arena_array(arena, 2 * cap, sizeof *more);

			if (!more)
				return reason_set(&m->why, ecMemory, "out of memory");
			memcpy(more, v, count * sizeof *v);
			v = more;
			cap *= 2;
		}
		v[count].replid = (uint16_t)sql_i64(s, 0);
		if (sql_blob(s, 1).n == sizeof v[count].guid.b)
			memcpy(v[count++].guid.b, sql_blob(s, 1).p, sizeof v[0].guid.b);
	}
	if (st)
		return st;
	*out = v;
	*n = count;
	return ecNone;
}
