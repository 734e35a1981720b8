#include "store/rule.h"

#include "mapi/value_wire.h"
#include "store/mailbox_private.h"

/*
 * Table `rule`: `properties` is a list of TaggedPropertyValue with counts of 16 bits, as RopModifyRules brings them, so that
 * conditions and actions stay the bytes that they are.
 */
#define ROW_MEMORY_MAX (16 * RULE_SIZE_MAX)

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static status no_rule(struct mailbox *m, uint64_t id)
{
	return reason_set(&m->why, ecNotFound, "the folder has no rule %llx", (unsigned long long)id);
}

/* Properties ------------------------------------------------------------------------------------------------------ */

static status decode(struct mailbox *m, struct bytes stored, struct arena *arena, struct bag *out)
{
	struct tagged_values values;
	void *copy = arena_memdup(arena, stored.p, stored.n);
	struct wire_in in;

	if (!copy && stored.n)
		return no_memory(m);
	wire_in_init(&in, bytes_of(copy, stored.n), arena);
	if (wire_decode_all(&in, &tagged_values_wire, &values, NULL))
		return reason_set(&m->why, ecCorruptData, "a rule is damaged");
	bag_init(out, arena);
	for (uint32_t i = 0; i < values.all.n; i++)
		if (!bag_append(out, &values.all.v[i].prop))
			return no_memory(m);
	return ecNone;
}

static status encode(struct mailbox *m, const struct bag *props, struct arena *arena, struct buf *out)
{
	struct tagged_values values = { .all = { .v = arena_array(arena, props->n + 1, sizeof *values.all.v) } };
	struct wire_out wire;
	status s;

	if (!values.all.v)
		return no_memory(m);
	for (size_t i = 0; i < props->n; i++)
		if (prop_id(&props->v[i]) != tag_id(PidTagRuleId))
			values.all.v[values.all.n++].prop = props->v[i];
	wire_out_init(&wire, out);
	s = wire_encode(&wire, &tagged_values_wire, &values);
	return s ? reason_set(&m->why, s, s == ecTooBig ? "a rule is larger than %zu KB" : "a rule has values that cannot be kept",
			      RULE_SIZE_MAX >> 10) :
		   ecNone;
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

static status must_exist(struct mailbox *m, uint64_t folder)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	return st || row ? st : reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)folder);
}

status rule_count(struct mailbox *m, uint64_t folder, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT count(*) FROM rule WHERE folder = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st && row)
		*n = (size_t)sql_i64(s, 0);
	return st;
}

static status from_row(struct mailbox *m, const struct sql_statement *s, struct arena *arena, struct rule *out)
{
	*out = (struct rule){
		.id = (uint64_t)sql_i64(s, 0),
		.sequence = (uint32_t)sql_i64(s, 1),
		.state = (uint32_t)sql_i64(s, 2),
	};
	return decode(m, sql_blob(s, 3), arena, &out->props);
}

status rule_list(struct mailbox *m, uint64_t folder, struct arena *arena, struct rule **out, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	struct rule *v;
	size_t count = 0, have = 0;
	bool row = false;
	status st = rule_count(m, folder, &count);

	if (st)
		return st;
	v = arena_array(arena, count + 1, sizeof *v);
	if (!v)
		return no_memory(m);
	s = sql_prepare(m->db, "SELECT id, sequence, state, properties FROM rule WHERE folder = $1 ORDER BY sequence, id LIMIT $2");
	bind_u64(s, 1, folder);
	bind_u64(s, 2, count);
	while (!(st = mailbox_error(m, sql_step(s, &row))) && row && have < count) {
		st = from_row(m, s, arena, &v[have]);
		if (st)
			return st;
		have++;
	}
	if (st)
		return st;
	*out = v;
	*n = have;
	return ecNone;
}

static status write_row(struct mailbox *m, uint64_t folder, uint64_t id, const struct bag *props, struct arena *arena)
{
	CLEANUP_BUF struct buf encoded;
	struct sql_statement *s;
	status st;

	buf_init(&encoded, RULE_SIZE_MAX);
	st = encode(m, props, arena, &encoded);
	if (st)
		return st;
	s = sql_prepare(m->db, "INSERT INTO rule (folder, id, sequence, state, properties) VALUES ($1, $2, $3, $4, $5)"
			       " ON CONFLICT (folder, id) DO UPDATE SET sequence = excluded.sequence, state = excluded.state,"
			       " properties = excluded.properties");
	bind_u64(s, 1, folder);
	bind_u64(s, 2, id);
	sql_bind_i64(s, 3, (int64_t)bag_u32(props, tag_id(PidTagRuleSequence), 0));
	sql_bind_i64(s, 4, (int64_t)bag_u32(props, tag_id(PidTagRuleState), 0));
	sql_bind_blob(s, 5, buf_bytes(&encoded));
	return mailbox_error(m, sql_run(s));
}

/* Changes --------------------------------------------------------------------------------------------------------- */

status rule_add(struct mailbox *m, uint64_t folder, const struct bag *props, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	size_t n = 0;
	uint64_t new_id;
	status s = mailbox_must_write(m);

	if (!s)
		s = must_exist(m, folder);
	if (!s)
		s = rule_count(m, folder, &n);
	if (!s && n >= RULES_MAX)
		s = reason_set(&m->why, ecTooBig, "more than %u rules in a folder", RULES_MAX);
	if (s)
		return s;
	new_id = mailbox_next_content(m);
	s = write_row(m, folder, new_id, props, &arena);
	if (!s)
		*id = new_id;
	return s;
}

static status read_one(struct mailbox *m, uint64_t folder, uint64_t id, struct arena *arena, struct rule *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id, sequence, state, properties FROM rule WHERE folder = $1 AND id = $2");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	bind_u64(s, 2, id);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st && !row)
		return no_rule(m, id);
	return st ? st : from_row(m, s, arena, out);
}

status rule_modify(struct mailbox *m, uint64_t folder, uint64_t id, const struct bag *set)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	struct rule rule;
	status s = mailbox_must_write(m);

	if (!s)
		s = read_one(m, folder, id, &arena, &rule);
	for (size_t i = 0; !s && i < set->n; i++)
		s = bag_set(&rule.props, &set->v[i]);
	return s ? s : write_row(m, folder, id, &rule.props, &arena);
}

status rule_remove(struct mailbox *m, uint64_t folder, uint64_t id)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	bool row = false;
	status st = mailbox_must_write(m);

	if (st)
		return st;
	s = sql_prepare(m->db, "DELETE FROM rule WHERE folder = $1 AND id = $2 RETURNING id");
	bind_u64(s, 1, folder);
	bind_u64(s, 2, id);
	st = mailbox_error(m, sql_step(s, &row));
	return st || row ? st : no_rule(m, id);
}

status rule_clear(struct mailbox *m, uint64_t folder)
{
	struct sql_statement *s;
	status st = mailbox_must_write(m);

	if (st)
		return st;
	s = sql_prepare(m->db, "DELETE FROM rule WHERE folder = $1");
	bind_u64(s, 1, folder);
	return mailbox_error(m, sql_run(s));
}

/* The first behind *folder, *id that keeps a history; *id is 0: there is none. */
static status next_with_history(struct mailbox *m, uint64_t *folder, uint64_t *id)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT folder, id FROM rule WHERE (state & $1) <> 0 AND (folder > $2 OR (folder = $2 AND id > $3))"
				   " ORDER BY folder, id LIMIT 1");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, RULE_KEEP_OOF_HISTORY);
	bind_u64(s, 2, *folder);
	bind_u64(s, 3, *id);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st) {
		*folder = row ? (uint64_t)sql_i64(s, 0) : 0;
		*id = row ? (uint64_t)sql_i64(s, 1) : 0;
	}
	return st;
}

status rule_forget_told(struct mailbox *m)
{
	uint64_t folder = 0, id = 0;
	status s = mailbox_must_write(m);

	while (!s && !(s = next_with_history(m, &folder, &id)) && id) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
		struct rule rule;

		s = read_one(m, folder, id, &arena, &rule);
		if (s || !bag_find(&rule.props, tag_id(RULE_TOLD)))
			continue;
		bag_remove(&rule.props, tag_id(RULE_TOLD));
		s = write_row(m, folder, id, &rule.props, &arena);
	}
	return s;
}
