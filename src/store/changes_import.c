#include "store/changes_import.h"

#include "store/changes_import_private.h"
#include "store/message_private.h"
#include "store/read_marks.h"

#define INFO_BUDGET ((size_t)1 << 20)

/* Versions -------------------------------------------------------------------------------------------------------------- */

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

status import_read_version(struct mailbox *m, const struct import_version *v, struct arena *arena, struct known_version *out)
{
	struct reason why = { "" };
	status s = xid_decode(v->change_key, &out->key, &why);

	if (!s)
		s = pcl_decode(v->predecessors, arena, &out->list, &why);
	/* The version itself is one of those that are in it. */
	if (!s && pcl_add(&out->list, &out->key, arena))
		return no_memory(m);
	out->modified = v->modified;
	return s ? reason_set(&m->why, s == ecMemory ? s : ecInvalidParam, "a version that is none: %.200s", why.text) : ecNone;
}

status import_known_version(struct mailbox *m, struct bytes key, struct bytes list, uint64_t cn, uint64_t modified,
			    struct arena *arena, struct known_version *out)
{
	*out = (struct known_version){ .key = xid_of_globcnt(mailbox_change_space(m), cn), .modified = modified };
	/* What nobody can read is no version that could be lost. */
	if (key.n && xid_decode(key, &out->key, NULL))
		out->key = xid_of_globcnt(mailbox_change_space(m), cn);
	if (list.n && pcl_decode(list, arena, &out->list, NULL))
		out->list = (struct pcl){ .n = 0 };
	return pcl_add(&out->list, &out->key, arena) ? no_memory(m) : ecNone;
}

/* [MS-OXCFXICS] 3.1.5.6.2.2: the later one; of two at the same time that of the larger namespace. */
static bool theirs_is_last(const struct known_version *ours, const struct known_version *theirs)
{
	if (ours->modified != theirs->modified)
		return theirs->modified > ours->modified;
	return memcmp(theirs->key.space.b, ours->key.space.b, sizeof ours->key.space.b) >= 0;
}

status import_encode(struct mailbox *m, const struct known_version *key, const struct pcl *list, struct arena *arena,
		     struct bytes *change_key, struct bytes *predecessors)
{
	CLEANUP_BUF struct buf b = BUF_MAX(INFO_BUDGET);
	const uint8_t *p;
	size_t n;

	xid_encode(&key->key, &b);
	n = b.n;
	pcl_encode(list, &b);
	p = buf_status(&b) ? NULL : arena_memdup(arena, b.p, b.n);
	if (!p)
		return no_memory(m);
	*change_key = bytes_of(p, n);
	*predecessors = bytes_of(p + n, b.n - n);
	return ecNone;
}

/* States: all change numbers that were taken since `before` are of what the client did itself. */
status import_own(struct mailbox *m, uint64_t before, struct idset *seen)
{
	uint64_t last = mailbox_last_cn(m);
	status s = last > before ? idset_add(seen, &m->identity.replica, before + 1, last) : ecNone;

	return s ? no_memory(m) : ecNone;
}

static status own_messages(struct mailbox *m, uint64_t before, struct sync_state *state)
{
	status s = import_own(m, before, &state->seen);

	return s ? s : import_own(m, before, &state->seen_associated);
}

static status give(struct mailbox *m, struct sync_state *state, uint64_t id)
{
	return idset_add(&state->given, &m->identity.replica, id, id) ? no_memory(m) : ecNone;
}

status import_take_away(struct mailbox *m, struct sync_state *state, uint64_t id)
{
	return idset_remove(&state->given, &m->identity.replica, id, id) ? no_memory(m) : ecNone;
}

/* Messages -------------------------------------------------------------------------------------------------------------- */

status import_look_for(struct mailbox *m, const char *query, uint64_t a, uint64_t b, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, query);

	bind_u64(s, 1, a);
	bind_u64(s, 2, b);
	return mailbox_error(m, sql_step(s, found));
}

static status must_have_folder(struct mailbox *m, uint64_t folder)
{
	status s = message_folder_exists(m, folder);

	return s == ecNotFound ? reason_set(&m->why, SYNC_E_NO_PARENT, "there is no folder %llx", (unsigned long long)folder) : s;
}

static status is_gone(struct mailbox *m, uint64_t id)
{
	return reason_set(&m->why, SYNC_E_OBJECT_DELETED, "message %llx is not there any more", (unsigned long long)id);
}

/* The message, when it is in the folder and not deleted; *found says whether there is one at all. */
static status find_message(struct mailbox *m, uint64_t folder, uint64_t id, struct arena *arena, struct message_info *out,
			   bool *found)
{
	status s = message_info(m, id, arena, out);
	bool tombstone = false;

	*found = !s;
	if (!s)
		return out->folder != folder || out->deleted ? is_gone(m, id) : ecNone;
	if (s != ecNotFound)
		return s;
	s = import_look_for(m, "SELECT cn FROM tombstone WHERE folder = $1 AND id = $2", folder, id, &tombstone);
	return !s && tombstone ? is_gone(m, id) : s;
}

static status judge(struct mailbox *m, const struct import_message *i, const struct message_info *info, struct arena *arena,
		    struct import_plan *plan)
{
	struct known_version ours, theirs;
	status s = import_known_version(m, info->change_key, info->predecessors, info->cn, info->modified, arena, &ours);

	if (!s)
		s = import_read_version(m, &i->version, arena, &theirs);
	if (s)
		return s;
	enum pcl_relation relation = pcl_compare(&ours.list, &theirs.list);
	if (relation == PCL_SAME || relation == PCL_INCLUDES)
		return reason_set(&m->why, SYNC_E_IGNORE, "the mailbox has that version of the message, or a newer one");
	if (relation == PCL_CONFLICT && i->fail_on_conflict)
		return reason_set(&m->why, SYNC_E_CONFLICT, "the message was changed in the mailbox too");
	plan->options.replaces = i->id;
	plan->verdict = relation != PCL_CONFLICT         ? IMPORT_NEWER :
			theirs_is_last(&ours, &theirs) ? IMPORT_CONFLICT_THEIRS :
							 IMPORT_CONFLICT_OURS;
	if (pcl_merge(&theirs.list, &ours.list, arena))
		return no_memory(m);
	return import_encode(m, plan->verdict == IMPORT_CONFLICT_OURS ? &ours : &theirs, &theirs.list, arena, &plan->options.change_key,
			     &plan->options.predecessors);
}

static status plan_new(struct mailbox *m, const struct import_message *i, struct arena *arena, struct import_plan *plan)
{
	struct known_version theirs;
	status s = import_read_version(m, &i->version, arena, &theirs);

	plan->verdict = IMPORT_NEW;
	plan->options.id = i->id;
	return s ? s : import_encode(m, &theirs, &theirs.list, arena, &plan->options.change_key, &plan->options.predecessors);
}

status import_message(struct mailbox *m, const struct import_message *i, struct arena *arena, struct import_plan *out)
{
	struct import_plan plan = { .options = { .associated = i->associated } };
	struct message_info info = { .id = 0 };
	bool found = false;
	status s = mailbox_must_write(m);

	if (!s)
		s = must_have_folder(m, i->folder);
	if (!s)
		s = find_message(m, i->folder, i->id, arena, &info, &found);
	if (!s && found && info.associated != i->associated)
		s = reason_set(&m->why, ecInvalidParam, "message %llx is of the other kind", (unsigned long long)i->id);
	if (!s)
		s = found ? judge(m, i, &info, arena, &plan) : plan_new(m, i, arena, &plan);
	if (!s)
		*out = plan;
	return s;
}

/* The mailbox's version stays, and knows the other one from now on. Whoever has the other one needs all of it. */
static status keep_ours(struct mailbox *m, const struct import_message *i, const struct import_plan *plan)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	uint64_t cn = mailbox_next_cn(m);
	struct message_info was, now;
	status st = message_info(m, i->id, &arena, &was);

	if (st)
		return st;
	now = was;
	now.cn = cn;
	struct sql_statement *s = sql_prepare(m->db, "UPDATE message SET cn = $1, change_key = $2, predecessors = $3, groups = NULL WHERE id = $4");
	bind_u64(s, 1, cn);
	sql_bind_blob(s, 2, plan->options.change_key);
	sql_bind_blob(s, 3, plan->options.predecessors);
	bind_u64(s, 4, i->id);
	st = mailbox_error(m, sql_run(s));
	if (!st)
		st = read_marks_follow(m, &now, &was, false);
	return st ? st :
		    mailbox_note(m, &(struct mailbox_change){ .kind = CHANGE_MESSAGE_MODIFIED,
							      .associated = i->associated,
							      .folder = i->folder,
							      .object = i->id,
							      .cn = cn });
}

status import_message_done(struct mailbox *m, const struct import_message *i, const struct import_plan *plan,
			   struct sync_state *state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_info info = { .id = 0 };
	status s = mailbox_must_write(m);

	if (!s && plan->verdict == IMPORT_CONFLICT_OURS)
		s = keep_ours(m, i, plan);
	if (!s)
		s = message_info(m, i->id, &arena, &info);
	/* A version that is not just the client's is told to the client too. */
	if (!s && (plan->verdict == IMPORT_NEW || plan->verdict == IMPORT_NEWER)) {
		struct idset *seen = i->associated ? &state->seen_associated : &state->seen;

		s = idset_add(seen, &m->identity.replica, info.cn, info.cn) ? no_memory(m) : give(m, state, i->id);
	}
	return s;
}

/* An id that the mailbox never gave to a client is not remembered: it will be that of something else one day. */
status import_never_was(struct mailbox *m, uint64_t folder, uint64_t id)
{
	bool found = false;
	uint64_t chosen;
	status s;

	s = id ? mailbox_choose_id(m, id, &chosen) : ecInvalidParam;
	if (s)
		return s == ecInvalidParam ? ecNone : s;
	s = import_look_for(m, "SELECT cn FROM tombstone WHERE folder = $1 AND id = $2", folder, id, &found);
	return s || found ? s : message_tombstone(m, folder, id, mailbox_next_cn(m));
}

status import_given_up(struct mailbox *m, uint64_t folder, uint64_t first, uint64_t last)
{
	status s = mailbox_must_write(m);

	for (uint64_t id = first; !s && id <= last; id++)
		s = import_never_was(m, folder, id);
	return s;
}

status import_deletions(struct mailbox *m, uint64_t folder, const uint64_t *ids, size_t n, enum message_deletion how,
			struct sync_state *state)
{
	uint64_t before = mailbox_last_cn(m);
	status s = mailbox_must_write(m);

	for (size_t i = 0; !s && i < n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
		struct message_info info;

		s = message_info(m, ids[i], &arena, &info);
		if (!s && info.folder == folder && !info.deleted)
			s = message_delete(m, ids[i], how);
		else if (s == ecNotFound)
			s = import_never_was(m, folder, ids[i]);
	}
	for (size_t i = 0; !s && i < n; i++)
		s = import_take_away(m, state, ids[i]);
	return s ? s : own_messages(m, before, state);
}

/*
 * Marks of one person have one change number for all of a folder: a client that has not been told of the last one stays to be told
 * (changes_read), whatever it brings.
 */
static status knows_marks(struct mailbox *m, uint64_t folder, const struct sync_state *state, bool *yes)
{
	const struct globset *marks;
	uint64_t changed = 0;
	status s = read_marks_on(m) ? read_marks_of(m, folder, &marks, &changed) : ecNone;

	*yes = !changed || idset_contains(&state->read, &m->identity.replica, changed);
	return s;
}

status import_reads(struct mailbox *m, uint64_t folder, const struct import_read *v, size_t n, struct sync_state *state)
{
	uint64_t before = mailbox_last_cn(m);
	bool known = true;
	status s = mailbox_must_write(m);

	if (!s)
		s = knows_marks(m, folder, state, &known);
	for (size_t i = 0; !s && i < n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
		struct message_info info;

		s = message_info(m, v[i].id, &arena, &info);
		if (!s && info.folder == folder && !info.deleted && !info.associated)
			s = message_set_read(m, v[i].id, v[i].read);
		if (s == ecNotFound)
			s = ecNone;
	}
	return s || !known ? s : import_own(m, before, &state->read);
}

status import_move(struct mailbox *m, const struct import_move *i, struct sync_state *state, bool *newer)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * INFO_BUDGET);
	struct known_version ours, theirs;
	struct message_info info = { .id = 0 };
	uint64_t before = mailbox_last_cn(m), moved = 0;
	bool found = false;
	status s = mailbox_must_write(m);

	if (!s)
		s = must_have_folder(m, i->to);
	if (!s)
		s = find_message(m, i->from, i->id, &arena, &info, &found);
	if (!s && !found)
		s = is_gone(m, i->id);
	if (!s)
		s = import_read_version(m, &i->version, &arena, &theirs);
	if (!s)
		s = import_known_version(m, info.change_key, info.predecessors, info.cn, info.modified, &arena, &ours);
	if (!s)
		s = message_move_as(m, i->id, i->to, i->as, &moved);
	if (s)
		return s;
	enum pcl_relation relation = pcl_compare(&ours.list, &theirs.list);
	if (relation == PCL_SAME || relation == PCL_INCLUDED)
		s = import_own(m, before, info.associated ? &state->seen_associated : &state->seen);
	if (!s)
		s = give(m, state, moved);
	if (!s)
		*newer = relation == PCL_INCLUDED;
	return s;
}
