/* The mailbox's map of named properties, and what of it is kept. */
#include "store/mailbox_private.h"

#include "mapi/propset.h"

#include <stdlib.h>

/* Ids in the order they were assigned; the first `kept` of them are committed, the first `saved` are in the database. */
struct names_pending {
	uint16_t *ids;
	size_t n, cap, kept, saved;
};

const struct name_map *mailbox_names(const struct mailbox *m)
{
	return m->names;
}

static status list_id(struct mailbox *m, uint16_t id)
{
	struct names_pending *p = m->pending_names;

	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 256;
		uint16_t *ids = reallocarray(p->ids, cap, sizeof *ids);

		if (!ids)
			return ecMemory;
		p->ids = ids;
		p->cap = cap;
	}
	p->ids[p->n++] = id;
	return ecNone;
}

static status add_row(struct mailbox *m, const struct sql_statement *s)
{
	struct prop_name name = { .by_string = sql_is_null(s, 2), .lid = (uint32_t)sql_i64(s, 2), .string = sql_blob(s, 3) };
	int64_t id = sql_i64(s, 0);

	if (sql_blob(s, 1).n != sizeof name.set.b || id < NAMED_ID_FIRST || id > NAMED_ID_LAST)
		return reason_set(&m->why, ecCorruptData, "the list of named properties is damaged at id %lld", (long long)id);
	memcpy(name.set.b, sql_blob(s, 1).p, sizeof name.set.b);
	status st = name_map_add(m->names, (uint16_t)id, &name);
	if (!st)
		st = list_id(m, (uint16_t)id);
	if (st)
		return reason_set(&m->why, st == ecMemory ? ecMemory : ecCorruptData,
				  st == ecMemory ? "out of memory" : "the list of named properties has a name twice (id %lld)",
				  (long long)id);
	return ecNone;
}

/* An id that is given is greater than 0x8000. [MS-OXCPRPT] 3.2.5.10 */
static struct name_map *new_map(void)
{
	struct name_map *map = name_map_new();

	if (map)
		name_map_begin_at(map, NAMED_ID_FIRST + 1);
	return map;
}

status mailbox_names_load(struct mailbox *m)
{
	bool row = false;
	status st = ecNone;

	m->names = new_map();
	m->pending_names = calloc(1, sizeof *m->pending_names);
	if (!m->names || !m->pending_names)
		return reason_set(&m->why, ecMemory, "out of memory");
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, space, lid, string FROM name ORDER BY id");
	while (!(st = sql_step(s, &row)) && row) {
		st = add_row(m, s);
		if (st)
			return st;
	}
	mailbox_names_committed(m);
	return mailbox_error(m, st);
}

status mailbox_names_more(struct mailbox *m)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, space, lid, string FROM name ORDER BY id");
	bool row = false;
	status st = ecNone;

	mailbox_names_forget(m);
	while (!st && !(st = mailbox_error(m, sql_step(s, &row))) && row)
		if (!name_map_name(m->names, (uint16_t)sql_i64(s, 0)))
			st = add_row(m, s);
	if (!st)
		mailbox_names_committed(m);
	return st;
}

status mailbox_names_save(struct mailbox *m)
{
	struct names_pending *p = m->pending_names;
	status s = ecNone;

	for (; !s && p->saved < p->n; p->saved += !s) {
		const struct prop_name *name = name_map_name(m->names, p->ids[p->saved]);
		struct sql_statement *st = sql_prepare(m->db, "INSERT INTO name (id, space, lid, string) VALUES ($1, $2, $3, $4)");

		sql_bind_i64(st, 1, p->ids[p->saved]);
		sql_bind_blob(st, 2, bytes_of(name->set.b, sizeof name->set.b));
		if (name->by_string) {
			sql_bind_null(st, 3);
			sql_bind_blob(st, 4, name->string);
		} else {
			sql_bind_i64(st, 3, name->lid);
			sql_bind_null(st, 4);
		}
		s = sql_run(st);
	}
	return mailbox_error(m, s);
}

void mailbox_names_committed(struct mailbox *m)
{
	m->pending_names->kept = m->pending_names->saved = m->pending_names->n;
}

void mailbox_names_forget(struct mailbox *m)
{
	struct names_pending *p = m->pending_names;
	struct name_map *fresh;
	status s = ecNone;

	if (!p || p->n == p->kept)
		return;
	fresh = new_map();
	for (size_t i = 0; fresh && !s && i < p->kept; i++)
		s = name_map_add(fresh, p->ids[i], name_map_name(m->names, p->ids[i]));
	if (!fresh || s) {
		/* Without memory the names stay: they are saved with the next commit, which does no harm. */
		name_map_free(fresh);
		p->saved = p->kept;
		return;
	}
	name_map_free(m->names);
	m->names = fresh;
	m->names_generation++;
	p->n = p->saved = p->kept;
}

void mailbox_names_free(struct mailbox *m)
{
	name_map_free(m->names);
	if (m->pending_names)
		free(m->pending_names->ids);
	free(m->pending_names);
}

status mailbox_name_as(struct mailbox *m, const struct prop_name *name, uint16_t wanted, uint16_t *id)
{
	uint16_t known = name_map_id(m->names, name);
	status s = ecNone;

	if (known) {
		*id = known;
		return ecNone;
	}
	known = wanted;
	if (wanted < NAMED_ID_FIRST || name_map_name(m->names, wanted))
		s = name_map_assign(m->names, name, &known);
	else
		s = name_map_add(m->names, wanted, name);
	if (!s)
		s = list_id(m, known);
	if (s)
		return reason_set(&m->why, s, s == ecTooBig ? "more named properties than a mailbox can have" : "out of memory");
	*id = known;
	return ecNone;
}

status mailbox_name_id(struct mailbox *m, const struct prop_name *name, uint16_t *id)
{
	return mailbox_name_as(m, name, 0, id);
}

/* What nearly every client asks for; who looks through the names of a mailbox finds that there are some. */
status mailbox_names_make(struct mailbox *m)
{
	const uint32_t common[] = { PidLidReminderSet, PidLidPrivate, PidLidSideEffects, PidLidSmartNoAttach, PidLidCommonStart, PidLidCommonEnd };
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof common / sizeof *common; i++) {
		struct prop_name name = { .set = PSETID_Common, .lid = common[i] };
		uint16_t id;

		s = mailbox_name_id(m, &name, &id);
	}
	return s;
}
