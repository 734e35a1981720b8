/* Of somebody else's mailbox often a few folders may be seen, and nothing above them. */
#include "client/sync_private.h"
#include "client/sync_stream.h"
#include "rop/rops_folder.h"
#include "rop/xid.h"

#define TOP_NAME "Top of Information Store"

/* Can it be opened? */
static status look_at(struct sync *s, uint64_t folder, status *verdict)
{
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_open_folder_request open = { .folder_id = remote_id(s->remote, folder) };
	unsigned slot = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(s->remote), &open);
	status st = remote_run(b, false, s->why);

	if (st)
		return st;
	*verdict = remote_answer(b, 0, NULL);
	if (!*verdict)
		remote_release(s->remote, slot);
	return ecNone;
}

status sync_find_top(struct sync *s)
{
	const struct remote_mailbox *m = remote_mailbox(s->remote);
	status verdict = ecNone, st = ecNone;

	s->top = m->folder_ids[LOGON_FOLDER_ROOT];
	if (remote_store(s->remote) != REMOTE_OTHER)
		return ecNone;
	st = look_at(s, s->top, &verdict);
	/* Servers that do not show the root may show what people call the top. */
	if (!st && verdict && m->folder_ids[LOGON_FOLDER_IPM_SUBTREE]) {
		s->top = m->folder_ids[LOGON_FOLDER_IPM_SUBTREE];
		st = look_at(s, s->top, &verdict);
	}
	if (!st && verdict)
		return reason_set(
			s->why, verdict,
			"the folders of this mailbox cannot be seen: its owner has to give the permission FolderVisible on the top of it");
	return st;
}

/* As old as can be: the server's own, should it be shown, is newer. */
static status make_top(struct sync *s, uint64_t top)
{
	CLEANUP_BUF struct buf key = BUF_MAX(XID_SIZE_MAX), list = BUF_MAX(2 * XID_SIZE_MAX);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 10);
	struct sync_state unused = SYNC_STATE_MAX(16);
	const struct remote_mailbox *m = remote_mailbox(s->remote);
	struct xid x = xid_of_globcnt(&m->replica, 1);
	struct pcl one = { .n = 0 };
	status st = pcl_add(&one, &x, &arena);

	if (st)
		return st;
	xid_encode(&x, &key);
	pcl_encode(&one, &list);
	if (buf_status(&key) || buf_status(&list))
		return ecMemory;
	st = import_folder(
		cache_mailbox(s->cache),
		&(struct import_folder){ .id = top,
					 .parent = m->folder_ids[LOGON_FOLDER_ROOT],
					 .name = TOP_NAME,
					 .class_name = "IPF.Note",
					 .version = { buf_bytes(&key), buf_bytes(&list), 1 } },
		&unused);
	sync_state_free(&unused);
	return st;
}

status sync_make_top(struct sync *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	uint64_t top = remote_mailbox(s->remote)->folder_ids[LOGON_FOLDER_IPM_SUBTREE];
	struct folder f;
	status st = top && remote_store(s->remote) == REMOTE_OTHER
			    ? folder_get(cache_mailbox(s->cache), top, &arena, &f)
			    : ecNone;

	if (st == ecNotFound)
		st = make_top(s, top);
	return sync_store(s, st, TOP_NAME);
}

/* What stands beside the top in every mailbox, and people do not see. */
static bool is_beside_top(const struct remote_mailbox *m, uint64_t id)
{
	static const enum rop_logon_folder beside[] = {
		LOGON_FOLDER_ROOT,        LOGON_FOLDER_DEFERRED_ACTION, LOGON_FOLDER_SPOOLER_QUEUE,
		LOGON_FOLDER_IPM_SUBTREE, LOGON_FOLDER_COMMON_VIEWS,    LOGON_FOLDER_SCHEDULE,
		LOGON_FOLDER_SEARCH,      LOGON_FOLDER_VIEWS,           LOGON_FOLDER_SHORTCUTS
	};

	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		if (m->folder_ids[beside[i]] == id)
			return true;
	return false;
}

static status move_below(struct sync *s, uint64_t id, uint64_t top)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(s->cache);
	char name[FOLDER_NAME_MAX];
	struct folder f;
	status st = folder_get(m, id, &arena, &f);

	if (!st)
		st = folder_move(m, id, top);
	if (st != ecDuplicateName)
		return st;
	st = folder_free_name(m, top, f.name, name);
	return st ? st : folder_move_as(m, id, top, name);
}

status sync_gather_below_top(struct sync *s, const struct sync_state *now)
{
	const struct remote_mailbox *r = remote_mailbox(s->remote);
	struct mailbox *m = cache_mailbox(s->cache);
	uint64_t root = r->folder_ids[LOGON_FOLDER_ROOT],
		 top = r->folder_ids[LOGON_FOLDER_IPM_SUBTREE], child = 0;
	status st = ecNone;

	if (!top || s->top == top || idset_contains(&now->given, &r->replica, top))
		return ecNone;
	while (!st && !(st = folder_next_child(m, root, child, &child)) && child)
		if (!is_beside_top(r, child))
			st = move_below(s, child, top);
	return sync_store(s, st, TOP_NAME);
}
