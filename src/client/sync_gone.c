/* What the server says of messages beside their content: that they are gone, out of what is to be here, read or unread. */
#include "client/sync_private.h"
#include "store/message.h"

#define INFO_BUDGET ((size_t)1 << 20)

/* The server has it no more, but what was changed here is kept, as something new. */
status sync_keep_edited(struct sync *s, uint64_t folder, uint64_t message, bool associated, uint64_t *kept)
{
	enum cache_fullness fullness = CACHE_FULL;
	status st = cache_fullness(s->cache, message, &fullness);

	if (!st)
		st = message_move(cache_mailbox(s->cache), message, folder, kept);
	if (!st)
		st = cache_pending_carry(s->cache, message, folder, *kept, associated);
	if (st)
		return st;
	sync_issue(s->issues, ISSUE_NOTE, *kept, "", "it was deleted at the server and changed here, and is kept%s",
		   fullness == CACHE_HEADERS ? ": its headers, since no more of it was here" : "");
	return ecNone;
}

static status take_away(struct sync *s, uint64_t folder, uint64_t id, bool associated)
{
	bool edited = false;
	uint64_t kept;
	status st = cache_is_edited(s->cache, id, &edited);

	if (!st && edited)
		return sync_keep_edited(s, folder, id, associated, &kept);
	if (!st)
		st = cache_pending_forget(s->cache, id);
	if (!st)
		st = message_delete(cache_mailbox(s->cache), id, DELETE_HARD);
	if (!st)
		st = cache_set_fullness(s->cache, id, CACHE_FULL);
	s->counts.messages_deleted += !st;
	return st;
}

/* The server has it, it is only older than what is to be here: what it was not told of stays until it was. */
static status take_out_of_scope(struct sync *s, uint64_t id)
{
	bool pending = false;
	status st = cache_is_pending(s->cache, id, &pending);

	if (st || pending)
		return st;
	s->counts.dropped++;
	return cache_drop_message(s->cache, id);
}

/* What is there is looked through, not what is said to be gone: that may be anything. */
status sync_take_deletions(struct sync *s, uint64_t folder, const char *name, const struct idset *deleted, const struct idset *out_of_scope)
{
	const struct guid *replica = &remote_mailbox(s->remote)->replica;
	struct mailbox *m = cache_mailbox(s->cache);
	status st = ecNone;

	for (unsigned kind = 0; kind < 4 && !st && !(idset_is_empty(deleted) && idset_is_empty(out_of_scope)); kind++) {
		uint64_t id = 0;

		while (!(st = message_next(m, folder, kind & 1, kind & 2, id, &id)) && id) {
			if (idset_contains(deleted, replica, id))
				st = take_away(s, folder, id, kind & 1);
			else if (idset_contains(out_of_scope, replica, id))
				st = take_out_of_scope(s, id);
			if (st)
				break;
		}
	}
	return sync_store(s, st, name);
}

/* Of public folders the server tells of all messages when one was read: most are so here already. What was said here and it was not told of stays. */
static status take_read(struct sync *s, uint64_t id, bool read)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct mailbox *m = cache_mailbox(s->cache);
	struct message_info info;
	bool ours = false;
	status st = message_info(m, id, &arena, &info);

	if (st || info.read == read)
		return st;
	st = cache_is_read_here(s->cache, id, &ours);
	if (!st && !ours)
		st = message_set_read(m, id, read);
	s->counts.read_states += !st && !ours;
	return st;
}

status sync_take_reads(struct sync *s, uint64_t folder, const char *name, const struct idset *ids, bool read)
{
	const struct guid *replica = &remote_mailbox(s->remote)->replica;
	struct mailbox *m = cache_mailbox(s->cache);
	uint64_t id = 0;
	status st = ecNone;

	while (!idset_is_empty(ids) && !(st = message_next(m, folder, false, false, id, &id)) && id) {
		if (!idset_contains(ids, replica, id))
			continue;
		st = take_read(s, id, read);
		if (st)
			break;
	}
	return sync_store(s, st, name);
}
