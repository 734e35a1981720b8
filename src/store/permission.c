#include "store/permission.h"

#include "store/mailbox_private.h"

#include <string.h>

/*
 * Table `permission`: a row for each member of each folder.  Default has no row, and Anonymous none, until they are set.
 * Ids of members are signed in the database: Anonymous is -1 there.
 */
#define COLUMNS "member, person, entryid, name, rights"

static const char anonymous_name[] = "Anonymous";

static bool is_built_in(uint64_t member)
{
	return member == MEMBER_DEFAULT || member == MEMBER_ANONYMOUS;
}

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static status no_member(struct mailbox *m)
{
	return reason_set(&m->why, ecNotFound, "nobody like that is in the folder's list of permissions");
}

/* Folders --------------------------------------------------------------------------------------------------------- */

/* The rights that Default has while nobody has set them. */
static status default_rights(struct mailbox *m, uint64_t folder, uint32_t *rights)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT role FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st && !row)
		return reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)folder);
	if (!st)
		*rights = sql_i64(s, 0) == MAILBOX_CALENDAR ? RIGHT_FREE_BUSY_SIMPLE : 0;
	return st;
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

static status from_row(struct mailbox *m, const struct sql_statement *s, struct arena *arena, struct permission *out)
{
	struct bytes person = sql_blob(s, 1), entryid = sql_blob(s, 2);

	*out = (struct permission){ .member = (uint64_t)sql_i64(s, 0), .rights = (uint32_t)sql_i64(s, 4) };
	if (person.n != sizeof out->person.b)
		return reason_set(&m->why, ecCorruptData, "a list of permissions is damaged");
	memcpy(out->person.b, person.p, sizeof out->person.b);
	out->name = arena_strdup(arena, sql_text(s, 3));
	out->entryid = bytes_of(entryid.n ? arena_memdup(arena, entryid.p, entryid.n) : NULL, entryid.n);
	return out->name && (out->entryid.p || !entryid.n) ? ecNone : no_memory(m);
}

/* Default and Anonymous as they are before they are set. */
static status built_in(struct mailbox *m, uint64_t folder, struct permission two[2])
{
	uint32_t rights = 0;
	status s = default_rights(m, folder, &rights);

	if (s)
		return s;
	two[0] = (struct permission){ .member = MEMBER_DEFAULT, .name = "", .rights = rights };
	two[1] = (struct permission){ .member = MEMBER_ANONYMOUS, .name = anonymous_name };
	return ecNone;
}

static status count_rows(struct mailbox *m, uint64_t folder, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT COUNT(*) FROM permission WHERE folder = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	*n = !st && row ? (size_t)sql_i64(s, 0) : 0;
	return st;
}

static status read_rows(struct mailbox *m, uint64_t folder, struct arena *arena, struct permission *v, size_t room, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT " COLUMNS " FROM permission WHERE folder = $1 ORDER BY member LIMIT $2");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	bind_u64(s, 2, room);
	while (!(st = mailbox_error(m, sql_step(s, &row))) && row && *n < room) {
		struct permission p;

		st = from_row(m, s, arena, &p);
		if (st)
			return st;
		if (is_built_in(p.member))
			v[p.member == MEMBER_DEFAULT ? 0 : 1].rights = p.rights;
		else
			v[(*n)++] = p;
	}
	return st;
}

status permission_list(struct mailbox *m, uint64_t folder, struct arena *arena, struct permission **out, size_t *n)
{
	struct permission two[2], *v;
	size_t rows = 0, count = 2;
	status s = built_in(m, folder, two);

	if (!s)
		s = count_rows(m, folder, &rows);
	if (s)
		return s;
	v = arena_array(arena, rows + 2, sizeof *v);
	if (!v)
		return no_memory(m);
	memcpy(v, two, sizeof two);
	s = read_rows(m, folder, arena, v, rows + 2, &count);
	if (s)
		return s;
	*out = v;
	*n = count;
	return ecNone;
}

/* The row of the statement, bound as it is; *found says whether there was one. */
static status one_row(struct mailbox *m, struct sql_statement *s, struct arena *arena, struct permission *out, bool *found)
{
	status st = mailbox_error(m, sql_step(s, found));

	return !st && *found ? from_row(m, s, arena, out) : st;
}

status permission_get(struct mailbox *m, uint64_t folder, uint64_t member, struct arena *arena, struct permission *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT " COLUMNS " FROM permission WHERE folder = $1 AND member = $2");
	struct permission two[2], found = { .member = member };
	bool there = false;
	status st = built_in(m, folder, two);

	if (st)
		return st;
	bind_u64(s, 1, folder);
	sql_bind_i64(s, 2, (int64_t)member);
	st = one_row(m, s, arena, &found, &there);
	if (!st && !there && !is_built_in(member))
		return no_member(m);
	if (st)
		return st;
	*out = there && !is_built_in(member) ? found : two[member == MEMBER_DEFAULT ? 0 : 1];
	if (there)
		out->rights = found.rights;
	return ecNone;
}

static status find_person(struct mailbox *m, uint64_t folder, const struct guid *person, struct arena *arena,
			  struct permission *out, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT " COLUMNS " FROM permission WHERE folder = $1 AND person = $2 AND member > 0");

	*found = false;
	if (guid_is_zero(person))
		return ecNone;
	bind_u64(s, 1, folder);
	sql_bind_blob(s, 2, bytes_of(person->b, sizeof person->b));
	return one_row(m, s, arena, out, found);
}

status permission_of(struct mailbox *m, uint64_t folder, const struct guid *person, struct arena *arena, struct permission *out)
{
	struct permission found;
	uint32_t rights = 0;
	bool there = false;
	status s = default_rights(m, folder, &rights);

	if (!s)
		s = find_person(m, folder, person, arena, &found, &there);
	if (s || !there)
		return s ? s : no_member(m);
	*out = found;
	return ecNone;
}

/* Changing -------------------------------------------------------------------------------------------------------- */

static status check_rights(struct mailbox *m, uint32_t rights)
{
	return rights & ~(uint32_t)RIGHTS_ALL ? reason_set(&m->why, ecInvalidParam, "there are no such rights: 0x%x", rights) : ecNone;
}

static status check_new(struct mailbox *m, const struct permission *p)
{
	if (guid_is_zero(&p->person))
		return reason_set(&m->why, ecInvalidParam, "a member of a list of permissions must be somebody in the directory");
	if (p->entryid.n > MEMBER_ENTRYID_MAX || strnlen(p->name, MEMBER_NAME_MAX + 1) > MEMBER_NAME_MAX)
		return reason_set(&m->why, ecTooBig, "the name or entry id of a member is longer than %u bytes", MEMBER_NAME_MAX);
	return check_rights(m, p->rights);
}

static status may_change(struct mailbox *m, uint64_t folder)
{
	uint32_t rights;
	status s = mailbox_must_write(m);

	return s ? s : default_rights(m, folder, &rights);
}

static status next_member(struct mailbox *m, uint64_t folder, uint64_t *member)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT COALESCE(MAX(member), 0) FROM permission WHERE folder = $1 AND member > 0");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st)
		*member = (row ? (uint64_t)sql_i64(s, 0) : 0) + 1;
	return st;
}

static status write_row(struct mailbox *m, uint64_t folder, const struct permission *p)
{
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO permission (folder, " COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)"
						     " ON CONFLICT (folder, member) DO UPDATE SET rights = excluded.rights");

	bind_u64(s, 1, folder);
	sql_bind_i64(s, 2, (int64_t)p->member);
	sql_bind_blob(s, 3, bytes_of(p->person.b, sizeof p->person.b));
	sql_bind_blob(s, 4, p->entryid);
	sql_bind_text(s, 5, p->name);
	sql_bind_i64(s, 6, rights_complete(p->rights));
	return mailbox_error(m, sql_run(s));
}

status permission_add(struct mailbox *m, uint64_t folder, const struct permission *p, uint64_t *member)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 10);
	struct permission row = *p, there;
	bool found = false;
	size_t n = 0;
	status s = may_change(m, folder);

	if (!s)
		s = check_new(m, p);
	if (!s)
		s = find_person(m, folder, &p->person, &arena, &there, &found);
	if (!s && found)
		return reason_set(&m->why, ecDuplicateName, "%.80s is in the folder's list of permissions already", there.name);
	if (!s)
		s = count_rows(m, folder, &n);
	if (!s && n >= MEMBERS_MAX)
		return reason_set(&m->why, ecTooBig, "more than %u members in a folder's list of permissions", MEMBERS_MAX);
	if (!s)
		s = next_member(m, folder, &row.member);
	if (!s)
		s = write_row(m, folder, &row);
	if (!s)
		*member = row.member;
	return s;
}

status permission_set(struct mailbox *m, uint64_t folder, uint64_t member, uint32_t rights)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 10);
	struct permission p;
	status s = may_change(m, folder);

	if (!s)
		s = check_rights(m, rights);
	if (!s)
		s = permission_get(m, folder, member, &arena, &p);
	if (s)
		return s;
	p.rights = rights;
	return write_row(m, folder, &p);
}

status permission_remove(struct mailbox *m, uint64_t folder, uint64_t member)
{
	struct sql_statement *s;
	status st;

	if (is_built_in(member))
		return permission_set(m, folder, member, 0);
	st = may_change(m, folder);
	if (st)
		return st;
	s = sql_prepare(m->db, "DELETE FROM permission WHERE folder = $1 AND member = $2 RETURNING member");
	bind_u64(s, 1, folder);
	sql_bind_i64(s, 2, (int64_t)member);
	bool row = false;
	st = mailbox_error(m, sql_step(s, &row));
	if (!st)
		st = mailbox_error(m, sql_run(s));
	else
		sql_done(s);
	return st || row ? st : no_member(m);
}

status permission_clear(struct mailbox *m, uint64_t folder)
{
	status st = may_change(m, folder);

	if (st)
		return st;
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM permission WHERE folder = $1");
	bind_u64(s, 1, folder);
	return mailbox_error(m, sql_run(s));
}

status permission_forget(struct mailbox *m, const struct guid *person)
{
	status st = mailbox_must_write(m);

	if (st)
		return st;
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM permission WHERE person = $1 AND member > 0");
	sql_bind_blob(s, 1, bytes_of(person->b, sizeof person->b));
	return mailbox_error(m, sql_run(s));
}

/* New folders ------------------------------------------------------------------------------------------------------- */

status permission_inherit(struct mailbox *m, uint64_t folder, uint64_t parent)
{
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO permission (folder, " COLUMNS ")"
						     " SELECT f.id, p.member, p.person, p.entryid, p.name, p.rights"
						     " FROM folder f, permission p WHERE f.id = $1 AND p.folder = $2");

	bind_u64(s, 1, folder);
	bind_u64(s, 2, parent);
	return mailbox_error(m, sql_run(s));
}

/* What somebody may do ---------------------------------------------------------------------------------------------- */

/* The rights of Anonymous or Default. */
static status built_in_rights(struct mailbox *m, uint64_t folder, uint64_t member, uint32_t *rights)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 10);
	struct permission p;
	status s = permission_get(m, folder, member, &arena, &p);

	if (!s)
		*rights = p.rights;
	return s;
}

static status add_rights(struct mailbox *m, uint64_t folder, const struct guid *who, uint32_t *rights, bool *found)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 10);
	struct permission p;
	bool there = false;
	status s = find_person(m, folder, who, &arena, &p, &there);

	if (!s && there) {
		*rights |= p.rights;
		*found = true;
	}
	return s;
}

status permission_effective(struct mailbox *m, uint64_t folder, const struct principal *who, uint32_t *rights)
{
	uint32_t all = 0, other = 0;
	bool found = false;
	status s = default_rights(m, folder, &other);

	if (!s && who->owner)
		all = RIGHTS_ALL, found = true;
	if (!s && !who->person && !found)
		s = built_in_rights(m, folder, MEMBER_ANONYMOUS, &all), found = true;
	if (!s && !found)
		s = add_rights(m, folder, who->person, &all, &found);
	for (size_t i = 0, own = found; !s && !own && i < who->n_groups; i++)
		s = add_rights(m, folder, &who->groups[i], &all, &found);
	if (!s && !found)
		s = built_in_rights(m, folder, MEMBER_DEFAULT, &all);
	if (s)
		return s;
	/* Whoever may read the messages of a calendar may see its times. */
	*rights = all & RIGHT_READ_ANY ? all | RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED : all;
	return ecNone;
}
