/* What may not be done in a store that is somebody else's. */
#include "client/sync_private.h"
#include "store/message.h"

static status change(struct sync *s, const struct cache_pending *p)
{
	status st = sync_issues_keep(s->issues, ISSUE_SERVER_FAILURE, p->object);

	if (!st)
		st = cache_pending_forget(s->cache, p->object);
	return st ? st : cache_bring_again(s->cache, p->folder, p->object);
}

static status deletion(struct sync *s, const struct cache_pending *p)
{
	status st = cache_pending_done(s->cache, p->seq, 0);

	return st ? st : cache_bring_again(s->cache, p->folder, p->object);
}

/* It is where it was; what it became on the way is in the copy. */
static status move(struct sync *s, const struct cache_pending *p)
{
	status st = sync_issues_keep(s->issues, ISSUE_SERVER_FAILURE, p->object);

	if (!st)
		st = cache_pending_forget(s->cache, p->object);
	if (!st)
		st = message_delete(cache_mailbox(s->cache), p->object, DELETE_HARD);
	return st ? st : cache_bring_again(s->cache, p->old_folder, p->old_object);
}

static status folder_change(struct sync *s, const struct cache_pending *p)
{
	status st = cache_pending_done(s->cache, p->seq, 0);

	return st ? st : cache_bring_folder_again(s->cache, p->object);
}

/* Below it others may have been deleted with it, which the server has as well. */
static status folder_deletion(struct sync *s, const struct cache_pending *p)
{
	status st = cache_pending_done(s->cache, p->seq, 0);

	if (!st)
		st = cache_forget_folder(s->cache, p->object);
	return st ? st : cache_bring_folder_again(s->cache, p->object);
}

static status give_back(struct sync *s, const struct cache_pending *p)
{
	switch (p->kind) {
	case PENDING_MESSAGE:
		return change(s, p);
	case PENDING_MESSAGE_DELETED:
		return deletion(s, p);
	case PENDING_MESSAGE_MOVED:
		return move(s, p);
	case PENDING_FOLDER:
		return folder_change(s, p);
	case PENDING_FOLDER_DELETED:
		return folder_deletion(s, p);
	case PENDING_MESSAGE_READ:
		break;
	}
	return cache_pending_done(s->cache, p->seq, 0);
}

bool sync_is_not_ours(const struct sync *s, const struct cache_pending *p, status verdict)
{
	return verdict == ecAccessDenied && remote_store(s->remote) != REMOTE_OWN && !p->fresh &&
	       p->kind != PENDING_MESSAGE_READ;
}

/* What it is called, and what was done to it. */
static void say(struct sync *s, const struct cache_pending *p, const char *name)
{
	static const char *const did[] = {
		[PENDING_FOLDER] = "changed",    [PENDING_FOLDER_DELETED] = "deleted",
		[PENDING_MESSAGE] = "changed",   [PENDING_MESSAGE_MOVED] = "moved",
		[PENDING_MESSAGE_READ] = "read", [PENDING_MESSAGE_DELETED] = "deleted"
	};
	bool folder = p->kind == PENDING_FOLDER || p->kind == PENDING_FOLDER_DELETED,
	     copied = p->kind == PENDING_MESSAGE || p->kind == PENDING_MESSAGE_MOVED;

	sync_issue(s->issues, ISSUE_SERVER_FAILURE, folder ? 0 : p->object, name,
		   "%s%s%sit may not be %s by you: it is as before%s",
		   folder ? "the folder \"" : "", folder ? name : "", folder ? "\": " : "",
		   did[p->kind], copied ? ", and what you made of it is in Server Failures" : "");
}

status sync_give_back(struct sync *s, const struct cache_pending *p, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info info;
	status st = cache_apply_begin(s->cache);

	if (!name)
		name = message_info(cache_mailbox(s->cache), p->object, &arena, &info)
			       ? ""
			       : info.subject;
	if (!st)
		st = give_back(s, p);
	st = cache_apply_end(s->cache, st);
	s->counts.server_failures++;
	/* There is something to come. */
	s->found_newer = true;
	say(s, p, name);
	return sync_store(s, st, "what the server refused");
}
