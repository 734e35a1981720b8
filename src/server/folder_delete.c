#include "server/folder_delete.h"

#include "server/message_rights.h"
#include "store/folder.h"

#define SCRATCH_MOST ((size_t)512 << 20)

/* What is expected of a single message or folder, and is no reason to stop. */
static bool is_partial(status s)
{
	return s == ecNotFound || s == ecAccessDenied;
}

static status delete_one(struct logon *l, uint64_t folder, uint64_t message, bool hard)
{
	status s = message_may_delete(l, folder, message);

	return s ? s : message_delete(logon_mailbox(l), message, hard ? DELETE_HARD : DELETE_SOFT);
}

status folder_delete_message(struct logon *l, uint64_t folder, uint64_t message, bool hard, bool *partial)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	struct mailbox *m = logon_mailbox(l);
	struct message_info info = { .id = 0 };
	struct folder f;
	status s = folder_get(m, folder, &scratch, &f);

	if (!s)
		s = message_info(m, message, &scratch, &info);
	if (!s && info.folder != folder && !f.is_search)
		s = ecNotFound;
	if (!s)
		s = delete_one(l, info.folder, message, hard);
	*partial |= is_partial(s);
	return is_partial(s) ? ecNone : s;
}

/* All of one kind. */
static status delete_messages(struct logon *l, uint64_t folder, bool hard, bool associated, bool *partial)
{
	status s = ecNone;

	for (uint64_t id = 0; !s;) {
		s = message_next(logon_mailbox(l), folder, associated, false, id, &id);
		if (s || !id)
			break;
		s = delete_one(l, folder, id, hard);
		*partial |= is_partial(s);
		s = is_partial(s) ? ecNone : s;
	}
	return s;
}

/* Out of a folder that is about to go, to where they can be found again. */
static status rescue_messages(struct logon *l, uint64_t folder, bool *partial)
{
	struct mailbox *m = logon_mailbox(l);
	uint64_t recoverable = 0;
	status s = folder_by_role(m, MAILBOX_RECOVERABLE_ITEMS, &recoverable);

	for (uint64_t id = 0; !s;) {
		uint64_t moved = 0;

		s = message_next(m, folder, false, false, id, &id);
		if (s || !id)
			break;
		s = message_may_delete(l, folder, id);
		if (!s)
			s = message_move(m, id, recoverable, &moved);
		if (!s)
			s = message_delete(m, moved, DELETE_SOFT);
		*partial |= is_partial(s);
		s = is_partial(s) ? ecNone : s;
	}
	return s;
}

/* The first child above `after`, if there is one. */
static status delete_children(struct logon *l, uint64_t id, bool hard, bool *partial)
{
	status s = ecNone;

	for (uint64_t child = 0; !s;) {
		bool left = false;

		s = folder_next_child(logon_mailbox(l), id, child, &child);
		if (s || !child)
			break;
		s = folder_delete_tree(l, child, hard, &left);
		*partial |= left;
	}
	return s;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as folders are, FOLDER_DEPTH_MAX */
status folder_delete_tree(struct logon *l, uint64_t id, bool hard, bool *partial)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = logon_mailbox(l);
	bool left = false;
	struct folder f;
	status s = folder_get(m, id, &scratch, &f);

	if (!s && f.role != MAILBOX_PLAIN)
		s = ecAccessDenied;
	if (!s)
		s = logon_may(l, id, RIGHT_OWNER);
	if (is_partial(s)) {
		*partial = true;
		return ecNone;
	}
	if (!s)
		s = delete_children(l, id, hard, &left);
	if (!s && !f.is_search)
		s = hard ? delete_messages(l, id, true, false, &left) : rescue_messages(l, id, &left);
	if (!s && !left)
		s = folder_delete(m, id);
	*partial |= left;
	return s;
}

status folder_delete_contents(struct logon *l, uint64_t id, bool hard, bool associated, bool *partial)
{
	status s = delete_messages(l, id, hard, false, partial);

	if (!s && associated)
		s = delete_messages(l, id, hard, true, partial);
	return s ? s : delete_children(l, id, hard, partial);
}
