#include "store/per_user.h"

#include "mapi/entryid.h"
#include "store/mailbox_private.h"

#define FOLDERS_MAX 100000u

static struct bytes person_key(const struct guid *person)
{
	static const struct guid owner;

	return bytes_of(person ? person->b : owner.b, sizeof owner.b);
}

void per_user_key(const struct mailbox *m, uint64_t folder, uint8_t key[PER_USER_FOLDER_SIZE])
{
	memcpy(key, m->identity.replica.b, sizeof m->identity.replica.b);
	global_counter_set(key + sizeof m->identity.replica.b, folder);
}

status per_user_get(struct mailbox *m, const struct guid *person, const uint8_t folder[PER_USER_FOLDER_SIZE], struct arena *arena,
		    struct per_user *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT replica, data, changed FROM per_user WHERE person = $1 AND folder = $2");
	bool row = false;
	status st;

	sql_bind_blob(s, 1, person_key(person));
	sql_bind_blob(s, 2, bytes_of(folder, PER_USER_FOLDER_SIZE));
	st = mailbox_error(m, sql_step(s, &row));
	if (st)
		return st;
	if (!row)
		return reason_set(&m->why, ecNotFound, "nothing is known of what was read there");
	struct bytes replica = sql_blob(s, 0), data = sql_blob(s, 1);
	const void *copy = arena_memdup(arena, data.p, data.n);
	if (replica.n != sizeof out->replica.b)
		return reason_set(&m->why, ecCorruptData, "what was read in public folders is damaged");
	if (!copy && data.n)
		return reason_set(&m->why, ecMemory, "out of memory");
	memcpy(out->replica.b, replica.p, sizeof out->replica.b);
	memcpy(out->folder, folder, PER_USER_FOLDER_SIZE);
	out->data = bytes_of(copy, data.n);
	out->changed = (uint64_t)sql_i64(s, 2);
	return ecNone;
}

status per_user_set(struct mailbox *m, const struct guid *person, const struct per_user *p)
{
	status st = mailbox_must_write(m);
	struct sql_statement *s;

	if (st)
		return st;
	if (p->data.n > PER_USER_DATA_MAX)
		return reason_set(&m->why, ecTooBig, "more than %zu KB of what was read", PER_USER_DATA_MAX >> 10);
	s = sql_prepare(m->db, "INSERT INTO per_user (person, folder, replica, data, changed) VALUES ($1, $2, $3, $4, $5)"
			       " ON CONFLICT (person, folder) DO UPDATE SET replica = excluded.replica, data = excluded.data, changed = excluded.changed");
	sql_bind_blob(s, 1, person_key(person));
	sql_bind_blob(s, 2, bytes_of(p->folder, sizeof p->folder));
	sql_bind_blob(s, 3, bytes_of(p->replica.b, sizeof p->replica.b));
	sql_bind_blob(s, 4, p->data);
	bind_u64(s, 5, p->changed);
	return mailbox_error(m, sql_run(s));
}

status per_user_forget(struct mailbox *m, uint64_t folder)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM per_user WHERE folder = $1");
	uint8_t key[PER_USER_FOLDER_SIZE];

	read_marks_forget_folder(m, folder);
	per_user_key(m, folder, key);
	sql_bind_blob(s, 1, bytes_of(key, sizeof key));
	return mailbox_error(m, sql_run(s));
}

static status count(struct mailbox *m, const struct guid *person, const struct guid *replica, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT count(*) FROM per_user WHERE person = $1 AND replica = $2");
	bool row = false;
	status st;

	sql_bind_blob(s, 1, person_key(person));
	sql_bind_blob(s, 2, bytes_of(replica->b, sizeof replica->b));
	st = mailbox_error(m, sql_step(s, &row));
	*n = !st && row ? (size_t)sql_i64(s, 0) : 0;
	return st || *n <= FOLDERS_MAX ? st : ecTooBig;
}

status per_user_list(struct mailbox *m, const struct guid *person, const struct guid *replica, struct arena *arena,
		     struct per_user **out, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = NULL;
	struct per_user *v;
	size_t all = 0, i = 0;
	bool row = true;
	status st = count(m, person, replica, &all);

	if (st)
		return st;
	v = arena_array(arena, all + 1, sizeof *v);
	if (!v)
		return reason_set(&m->why, ecMemory, "out of memory");
	s = sql_prepare(m->db, "SELECT folder FROM per_user WHERE person = $1 AND replica = $2 ORDER BY folder");
	sql_bind_blob(s, 1, person_key(person));
	sql_bind_blob(s, 2, bytes_of(replica->b, sizeof replica->b));
	while (i < all && !(st = mailbox_error(m, sql_step(s, &row))) && row) {
		if (sql_blob(s, 0).n != PER_USER_FOLDER_SIZE)
			continue;
		memcpy(v[i].folder, sql_blob(s, 0).p, PER_USER_FOLDER_SIZE);
		v[i++].replica = *replica;
	}
	if (st)
		return st;
	*out = v;
	*n = i;
	return ecNone;
}
