/* What is damaged here and whole at the server. */
#include <string.h>

#include "client/cache_check_private.h"
#include "client/sync_issues.h"
#include "rop/xid.h"
#include "store/folder.h"
#include "store/message.h"

#define ARENA_MOST ((size_t)1 << 20)
#define PAGE       64u

/* Made to come again ------------------------------------------------------------------------------------------------------------------ */

/* By whom a version was made that the server has too: whoever made this one, or, of one that was made here, somebody before. */
static struct guid line_of(const struct cache *c, struct bytes change_key, struct bytes predecessors, struct arena *arena)
{
	const struct guid *own = mailbox_change_space(c->mailbox);
	struct pcl list = { .n = 0 };
	struct xid x;

	if (change_key.n && !xid_decode(change_key, &x, NULL) && !guid_equal(&x.space, own))
		return x.space;
	if (predecessors.n && pcl_decode(predecessors, arena, &list, NULL))
		return *own;
	for (size_t i = 0; i < list.n; i++)
		if (!guid_equal(&list.v[i].space, own))
			return list.v[i].space;
	return *own;
}

/* The first version of that line: what the server has is a later one, and takes its place. */
static status make_older(struct cache *c, const char *text, struct bytes change_key, struct bytes predecessors, uint64_t id)
{
	CLEANUP_BUF struct buf key = BUF_MAX(XID_SIZE_MAX), list = BUF_MAX(2 * XID_SIZE_MAX);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const struct guid line = line_of(c, change_key, predecessors, &arena);
	struct xid x = xid_of_globcnt(&line, 1);
	struct pcl one = { .n = 0 };
	struct sql_statement *q;
	status s = pcl_add(&one, &x, &arena);

	if (s)
		return s;
	xid_encode(&x, &key);
	pcl_encode(&one, &list);
	if (buf_status(&key) || buf_status(&list))
		return ecMemory;
	q = sql_prepare(mailbox_sql(c->mailbox), text);
	sql_bind_blob(q, 1, buf_bytes(&key));
	sql_bind_blob(q, 2, buf_bytes(&list));
	sql_bind_i64(q, 3, (int64_t)id);
	return sql_run(q);
}

/* What was given stays: it tells of what is gone. */
status check_unsee(struct cache *c, uint64_t folder)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(IDSET_RANGES_MAX);
	status s = cache_state(c, folder, &state);

	/* check_rows sees to it. */
	if (s)
		return s == ecCorruptData ? ecNone : s;
	if (idset_is_empty(&state.given) && idset_is_empty(&state.seen))
		return ecNone;
	idset_free(&state.seen);
	idset_free(&state.seen_associated);
	state.seen.max = state.seen_associated.max = IDSET_RANGES_MAX;
	return cache_set_state(c, folder, &state);
}

static status forget_tombstone(struct cache *c, uint64_t message)
{
	return cache_run(c, "DELETE FROM tombstone WHERE id = $1", &message, 1);
}

status cache_bring_again(struct cache *c, uint64_t folder, uint64_t message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct message_info info;
	status s = message_info(c->mailbox, message, &arena, &info);

	if (!s && !info.deleted)
		s = make_older(c, "UPDATE message SET change_key = $1, predecessors = $2 WHERE id = $3", info.change_key, info.predecessors, message);
	else if (!s)
		s = message_delete(c->mailbox, message, DELETE_HARD);
	if (!s || s == ecNotFound)
		s = forget_tombstone(c, message);
	return s ? s : check_unsee(c, folder);
}

/* Of one that was deleted here, with what was in it: its folders too. */
static status forget_folder_tombstones(struct cache *c)
{
	return cache_run(c, "DELETE FROM tombstone WHERE folder = 0 OR folder NOT IN (SELECT id FROM folder)", NULL, 0);
}

status cache_bring_folder_again(struct cache *c, uint64_t folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct folder f;
	status s = folder_get(c->mailbox, folder, &arena, &f);

	if (!s)
		s = make_older(c, "UPDATE folder SET change_key = $1, predecessors = $2 WHERE id = $3", f.change_key, f.predecessors, folder);
	else if (s == ecNotFound)
		s = forget_folder_tombstones(c);
	return s ? s : check_unsee(c, CACHE_HIERARCHY);
}

/* Messages ---------------------------------------------------------------------------------------------------------------------------- */

/* What was changed here: a copy where people look. The server's comes again in its place. */
static status keep_copy(struct cache_checking *k, uint64_t message)
{
	uint64_t folder = 0, copy;
	status s = sync_issues_folder(k->c, ISSUE_LOCAL_FAILURE, &folder);

	if (!s)
		s = message_copy(k->c->mailbox, message, folder, &copy);
	if (!s)
		s = cache_pending_forget(k->c, message);
	k->summary->kept += !s;
	return s;
}

static status bring_message(struct cache_checking *k, uint64_t message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct message_info info;
	bool fresh = false, edited = false, sending = false;
	enum outbox_state state;
	status s = message_info(k->c->mailbox, message, &arena, &info);

	if (s)
		return s == ecNotFound ? ecNone : s;
	s = cache_is_fresh(k->c, message, &fresh);
	if (!s)
		s = cache_is_edited(k->c, message, &edited);
	if (!s)
		s = outbox_state_of(k->c, message, &state, &sending);
	/* It is nowhere else. */
	if (s || fresh || sending || cache_is_local(k->c, info.folder))
		return s;
	if (edited)
		s = keep_copy(k, message);
	if (!s)
		s = cache_bring_again(k->c, info.folder, message);
	k->summary->again += !s;
	return s;
}

static status bring_folder(struct cache_checking *k, uint64_t folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	bool edited = false;
	struct folder f;
	status s = folder_get(k->c->mailbox, folder, &arena, &f);

	if (s)
		return s == ecNotFound ? ecNone : s;
	s = cache_is_changed(k->c, folder, &edited);
	if (!s && !edited)
		s = cache_is_pending(k->c, folder, &edited);
	if (s || edited || cache_is_local(k->c, folder))
		return s;
	s = cache_bring_folder_again(k->c, folder);
	k->summary->again += !s;
	return s;
}

status check_bring_again(struct cache_checking *k)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < k->n_again; i++)
		s = k->again[i].message ? bring_message(k, k->again[i].message) : bring_folder(k, k->again[i].folder);
	return s;
}

/* Without a folder -------------------------------------------------------------------------------------------------------------------- */

static status page_of(struct cache *c, uint64_t ids[static PAGE], size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		mailbox_sql(c->mailbox), "SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM folder WHERE folder.id = message.folder) LIMIT 64");
	bool row = false;
	status s;

	for (*n = 0; !(s = sql_step(q, &row)) && row && *n < PAGE; ++*n)
		ids[*n] = cache_u64(q, 0);
	return s;
}

/* What is only here goes where people look; the rest comes again with its folder. */
static status rehome(struct cache_checking *k, uint64_t message)
{
	uint64_t home = 0, now;
	bool edited = false, sending = false;
	enum outbox_state state;
	status s = cache_is_edited(k->c, message, &edited);

	if (!s)
		s = outbox_state_of(k->c, message, &state, &sending);
	if (!s && (edited || sending))
		s = sync_issues_folder(k->c, ISSUE_LOCAL_FAILURE, &home);
	if (!s)
		s = edited || sending ? message_move(k->c->mailbox, message, home, &now) : message_delete(k->c->mailbox, message, DELETE_HARD);
	if (!s)
		s = forget_tombstone(k->c, message);
	if (!s)
		s = cache_pending_forget(k->c, message);
	if (!s)
		s = outbox_remove(k->c, message);
	*(edited || sending ? &k->summary->kept : &k->summary->again) += !s;
	return s ? s : check_unsee(k->c, CACHE_HIERARCHY);
}

status check_homeless(struct cache_checking *k)
{
	uint64_t ids[PAGE];
	size_t n = PAGE;
	status s = ecNone;

	while (!s && n == PAGE) {
		s = page_of(k->c, ids, &n);
		for (size_t i = 0; !s && i < n; i++) {
			const struct cache_finding f = { .kind = "orphan", .message = ids[i], .repairable = true };

			(void)cache_found(k, &f, true,
					  "the folder of message %llx is gone; what was changed here goes to Sync Issues, the rest comes again from the server",
					  (unsigned long long)ids[i]);
			s = rehome(k, ids[i]);
		}
	}
	return s;
}

/* Special folders ---------------------------------------------------------------------------------------------------------------------- */

/* The next run looks for them all when it does not know Drafts. One that was never synchronised does not know it either. */
status check_special_folders(struct cache_checking *k)
{
	static const enum mailbox_role roles[] = { MAILBOX_IPM_SUBTREE, MAILBOX_INBOX, MAILBOX_OUTBOX, MAILBOX_SENT_ITEMS, MAILBOX_DELETED_ITEMS };
	const struct cache_finding f = { .kind = "special", .repairable = true };
	const uint64_t drafts = MAILBOX_DRAFTS;
	uint64_t id = 0;
	bool missing = false;

	if (folder_by_role(k->c->mailbox, MAILBOX_DRAFTS, &id))
		return ecNone;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		missing = missing || folder_by_role(k->c->mailbox, roles[i], &id) != ecNone;
	if (!missing || !cache_found(k, &f, true, "a folder that every mailbox has is not here, or is not known as the one; all are looked for again"))
		return ecNone;
	status s = cache_run(k->c, "UPDATE folder SET role = 0 WHERE role = $1", &drafts, 1);
	return s ? s : check_unsee(k->c, CACHE_HIERARCHY);
}
