#include "store/activity.h"

#include "store/mailbox_private.h"

status activity_get(struct mailbox *m, uint64_t folder, struct activity *out)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT hierarchy, deleted, changed FROM activity WHERE folder = $1");
	struct activity a = { 0 };
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	if (st)
		return st;
	if (row)
		a = (struct activity){ (uint64_t)sql_i64(s, 0), (uint64_t)sql_i64(s, 1), (uint64_t)sql_i64(s, 2) };
	*out = a;
	return ecNone;
}

static status parent_of(struct mailbox *m, uint64_t folder, uint64_t *parent)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT parent FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	*parent = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return st;
}

/* The folders in which a change happened: that of a message and where it was, the parent of a folder and where it was. */
static status places(struct mailbox *m, const struct mailbox_change *c, uint64_t out[static 2])
{
	out[0] = c->folder;
	out[1] = 0;
	switch (c->kind) {
	case CHANGE_FOLDER_CREATED:
	case CHANGE_FOLDER_DELETED:
		out[0] = c->old_folder;
		return ecNone;
	case CHANGE_FOLDER_MOVED:
		out[1] = c->old_folder;
		return parent_of(m, c->folder, &out[0]);
	case CHANGE_FOLDER_MODIFIED:
		return parent_of(m, c->folder, &out[0]);
	case CHANGE_MESSAGE_MOVED:
		out[1] = c->old_folder;
		return ecNone;
	default:
		return ecNone;
	}
}

/* What it means for the folder that it came to (side 0), or went from (1). */
static void count(const struct mailbox_change *c, unsigned side, struct activity *a)
{
	switch (c->kind) {
	case CHANGE_FOLDER_CREATED:
	case CHANGE_FOLDER_MOVED:
	case CHANGE_FOLDER_DELETED:
		a->hierarchy++;
		break;
	case CHANGE_MESSAGE_DELETED:
		a->deleted++;
		break;
	case CHANGE_MESSAGE_MOVED:
		a->deleted += side;
		break;
	default:
		break;
	}
}

static status write(struct mailbox *m, uint64_t folder, const struct activity *a)
{
	/* A folder that went in the same transaction has none. */
	struct sql_statement *s = sql_prepare(
		m->db, "INSERT INTO activity (folder, hierarchy, deleted, changed) SELECT id, CAST($1 AS INTEGER), CAST($2 AS INTEGER), CAST($3 AS INTEGER) FROM folder WHERE id = $4"
		       " ON CONFLICT (folder) DO UPDATE SET hierarchy = activity.hierarchy + excluded.hierarchy,"
		       " deleted = activity.deleted + excluded.deleted, changed = excluded.changed");

	bind_u64(s, 1, a->hierarchy);
	bind_u64(s, 2, a->deleted);
	bind_u64(s, 3, a->changed);
	bind_u64(s, 4, folder);
	return mailbox_error(m, sql_run(s));
}

struct run {
	uint64_t folder; /* 0: none */
	struct activity a;
};

static status end_run(struct mailbox *m, struct run *r)
{
	status s = r->folder ? write(m, r->folder, &r->a) : ecNone;

	r->folder = 0;
	return s;
}

/* Changes come in runs of one folder: each run is one row. */
static status keep(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	struct run runs[2] = { { .folder = 0 }, { .folder = 0 } };
	status s = ecNone;

	(void)context;
	for (size_t i = 0; i < n && !s; i++) {
		uint64_t at[2];

		if (!guid_is_zero(&changes[i].reader))
			continue; /* nothing went on but that somebody read */
		s = places(m, &changes[i], at);
		for (unsigned side = 0; side < 2 && !s; side++) {
			if (runs[side].folder != at[side]) {
				s = end_run(m, &runs[side]);
				runs[side] = (struct run){ .folder = at[side], .a.changed = mailbox_now(m) };
			}
			count(&changes[i], side, &runs[side].a);
		}
	}
	for (unsigned side = 0; side < 2 && !s; side++)
		s = end_run(m, &runs[side]);
	return s;
}

status activity_attach(struct mailbox *m)
{
	return mailbox_keep(m, keep, NULL);
}
