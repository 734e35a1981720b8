#include "server/copy_message.h"

#include "server/message_rights.h"
#include "store/folder.h"
#include "store/folder_limits.h"
#include "store/message.h"

#define ecSearchFolder 0x00000460u

/* As item events: the names of its properties become those of the other mailbox. */
static status copy_across(struct mailbox *from, struct mailbox *to, uint64_t folder, const struct message_info *i, uint64_t id)
{
	const struct message_options o = { .associated = i->associated, .names = mailbox_names(from) };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w;
	uint64_t copy = 0;
	status s = message_writer_new(to, folder, &o, &w);

	if (s)
		return s;
	s = message_emit(from, id, message_writer_sink(w), &result);
	if (!s)
		s = message_writer_finish(w, &copy);
	message_writer_free(w);
	return s;
}

status copy_message(struct logon *from, struct logon *to, uint64_t to_folder, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *source = logon_mailbox(from), *target = logon_mailbox(to);
	struct message_info i;
	struct quota_usage usage;
	uint64_t copy;
	status s = message_info(source, id, &arena, &i);

	if (!s && to->public_store)
		s = folder_limits_verdict(target, to_folder, 0, i.size);
	if (!s && !to->public_store)
		s = quota_usage(target, &usage);
	if (!s && !to->public_store)
		s = quota_verdict(&to->person.quota, &usage, QUOTA_SAVE, i.size, NULL);
	if (s)
		return s;
	return source == target ? message_copy(source, id, to_folder, &copy) : copy_across(source, target, to_folder, &i, id);
}

static status move_message(struct logon *from, struct logon *to, uint64_t to_folder, uint64_t id)
{
	struct mailbox *source = logon_mailbox(from);
	uint64_t moved;
	status s;

	if (source == logon_mailbox(to))
		return message_move(source, id, to_folder, &moved);
	s = copy_message(from, to, to_folder, id);
	return s ? s : message_delete(source, id, DELETE_HARD);
}

/* Whoever asks found it in this folder, or it was found for them. */
static status one(struct logon *from, const struct folder *f, struct logon *to, uint64_t to_folder, uint64_t id, bool copy)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct message_info i;
	bool writable;
	status s = message_info(logon_mailbox(from), id, &arena, &i);

	if (!s && ((i.folder != f->id && !f->is_search) || i.deleted))
		s = ecNotFound;
	if (!s)
		s = copy ? message_may_open(from, i.folder, id, 0, &writable) : message_may_delete(from, i.folder, id);
	if (s)
		return s;
	return copy ? copy_message(from, to, to_folder, id) : move_message(from, to, to_folder, id);
}

static status begin_both(struct mailbox *a, struct mailbox *b)
{
	status s = mailbox_begin(a);

	if (!s && b != a) {
		s = mailbox_begin(b);
		if (s)
			mailbox_rollback(a);
	}
	return s;
}

/* The destination first: what is there twice is better than what is nowhere. */
static status end_both(struct mailbox *from, struct mailbox *to, status s)
{
	if (!s && to != from)
		s = mailbox_commit(to);
	if (!s)
		return mailbox_commit(from);
	mailbox_rollback(from);
	if (to != from)
		mailbox_rollback(to);
	return s;
}

status copy_messages(struct logon *from, uint64_t from_folder, struct logon *to, uint64_t to_folder, const uint64_t *wire_ids, size_t n,
		     bool copy, bool *partial)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct mailbox *source = logon_mailbox(from), *target = logon_mailbox(to);
	struct folder f, t;
	status s = folder_get(source, from_folder, &arena, &f);

	if (!s)
		s = folder_get(target, to_folder, &arena, &t);
	if (!s && t.is_search)
		s = ecSearchFolder;
	if (!s)
		s = logon_may(to, to_folder, RIGHT_CREATE);
	if (!s)
		s = begin_both(source, target);
	if (s)
		return s;
	for (size_t i = 0; !s && i < n; i++) {
		uint64_t id;

		s = id_to_counter(wire_ids[i], &id) ? one(from, &f, to, to_folder, id, copy) : ecNotFound;
		if (s == ecNotFound || s == ecAccessDenied) {
			*partial = true;
			s = ecNone;
		}
	}
	return end_both(source, target, s);
}
