/* Folders that a client made, changed, moved and deleted. */
#include "store/changes_import_private.h"
#include "store/folder_private.h"

#define FOLDER_BUDGET ((size_t)4 << 20)

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

static status exists(struct mailbox *m, uint64_t id, bool *found)
{
	return import_look_for(m, "SELECT id FROM folder WHERE id = $1 AND id <> $2", id, 0, found);
}

static status check_parent(struct mailbox *m, const struct import_folder *i)
{
	bool found = false;
	status s = exists(m, i->parent, &found);

	return s || found ? s :
			    reason_set(&m->why, SYNC_E_NO_PARENT, "there is no folder %llx to hold \"%.80s\"",
				       (unsigned long long)i->parent, i->name);
}

static status set_props(struct mailbox *m, const struct import_folder *i)
{
	return i->props && i->props->n ? folder_set(m, i->id, i->props, NULL, 0) : ecNone;
}

static status set_version(struct mailbox *m, uint64_t id, struct bytes change_key, struct bytes predecessors, uint64_t modified)
{
	struct sql_statement *s =
		sql_prepare(m->db, "UPDATE folder SET change_key = $1, predecessors = $2, modified = $3 WHERE id = $4");

	sql_bind_blob(s, 1, change_key);
	sql_bind_blob(s, 2, predecessors);
	bind_u64(s, 3, modified);
	bind_u64(s, 4, id);
	return mailbox_error(m, sql_run(s));
}

/* Properties make it another version: that the client's is its version is said at last. */
static status create(struct mailbox *m, const struct import_folder *i, const struct known_version *theirs, struct arena *arena)
{
	struct folder_options o = { .class_name = i->class_name, .id = i->id };
	bool tombstone = false;
	uint64_t id = 0;
	status s = import_look_for(m, "SELECT cn FROM tombstone WHERE folder = $1 AND id = $2", FOLDER_TOMBSTONES, i->id, &tombstone);

	if (!s && tombstone)
		return reason_set(&m->why, SYNC_E_OBJECT_DELETED, "folder %llx is not there any more", (unsigned long long)i->id);
	if (!s)
		s = import_encode(m, theirs, &theirs->list, arena, &o.change_key, &o.predecessors);
	if (!s)
		s = folder_create(m, i->parent, i->name, &o, &id);
	if (!s)
		s = set_props(m, i);
	return s ? s : set_version(m, id, o.change_key, o.predecessors, theirs->modified);
}

static status take_theirs(struct mailbox *m, const struct import_folder *i, const struct folder *now)
{
	bool within = false;
	status s = i->parent != now->parent ? folder_is_within(m, i->parent, i->id, &within) : ecNone;

	if (!s && within)
		return reason_set(&m->why, SYNC_E_CYCLE, "the folder \"%.80s\" would come to stand within itself", i->name);
	if (!s)
		s = folder_move_as(m, i->id, i->parent, i->name);
	return s ? s : set_props(m, i);
}

static status change(struct mailbox *m, const struct import_folder *i, const struct folder *now, struct known_version *theirs,
		     struct arena *arena, bool *conflict)
{
	struct known_version ours;
	struct bytes key, list;
	status s = import_known_version(m, now->change_key, now->predecessors, now->cn, now->modified, arena, &ours);

	if (s)
		return s;
	enum pcl_relation relation = pcl_compare(&ours.list, &theirs->list);
	if (relation == PCL_SAME || relation == PCL_INCLUDES)
		return reason_set(&m->why, SYNC_E_IGNORE, "the mailbox has that version of the folder, or a newer one");
	*conflict = relation == PCL_CONFLICT;
	/* Of two at the same time the mailbox's stays. */
	bool take = !*conflict || theirs->modified > ours.modified;
	if (pcl_merge(&theirs->list, &ours.list, arena))
		return no_memory(m);
	s = import_encode(m, take ? theirs : &ours, &theirs->list, arena, &key, &list);
	if (!s)
		s = take ? take_theirs(m, i, now) : ecNone;
	/* It has another version in any case, and with it a change number that the others have not seen. */
	if (!s)
		s = folder_changed(m, now, CHANGE_FOLDER_MODIFIED, now->parent);
	return s ? s : set_version(m, i->id, key, list, take ? theirs->modified : ours.modified);
}

status import_folder(struct mailbox *m, const struct import_folder *i, struct sync_state *state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(FOLDER_BUDGET);
	uint64_t before = mailbox_last_cn(m);
	struct known_version theirs;
	struct folder now;
	bool found = false, conflict = false;
	status s = mailbox_must_write(m);

	if (!s)
		s = import_read_version(m, &i->version, &arena, &theirs);
	if (!s)
		s = check_parent(m, i);
	if (!s)
		s = exists(m, i->id, &found);
	if (!s && found)
		s = folder_get(m, i->id, &arena, &now);
	if (!s)
		s = found ? change(m, i, &now, &theirs, &arena, &conflict) : create(m, i, &theirs, &arena);
	if (s)
		return s;
	if (idset_add(&state->given, &m->identity.replica, i->id, i->id))
		return no_memory(m);
	return conflict ? ecNone : import_own(m, before, &state->seen);
}

status import_folder_deletions(struct mailbox *m, const uint64_t *ids, size_t n, struct sync_state *state)
{
	uint64_t before = mailbox_last_cn(m);
	status s = mailbox_must_write(m);

	for (size_t i = 0; !s && i < n; i++) {
		bool found = false;

		s = exists(m, ids[i], &found);
		if (!s)
			s = found ? folder_delete(m, ids[i]) : import_never_was(m, FOLDER_TOMBSTONES, ids[i]);
	}
	for (size_t i = 0; !s && i < n; i++)
		s = import_take_away(m, state, ids[i]);
	return s ? s : import_own(m, before, &state->seen);
}
