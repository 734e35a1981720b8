/* postern mail: what is done to messages that are there. */
#include <stdio.h>
#include <string.h>

#include "cli/mail.h"
#include "cli/text.h"
#include "store/folder.h"
#include "store/message.h"

/* One message, in the transaction. */
typedef status act(struct mail_at_work *w, uint64_t id, uint64_t folder);

/* All of them, or none: the last word may be a folder. */
static int each(struct mail_at_work *w, act *what, bool has_folder)
{
	size_t last = has_folder ? w->o->n - 1 : w->o->n;
	struct mail_folder f = { .id = 0 };
	struct mail_row r;
	uint64_t id;
	status s = has_folder ? mail_folder_find(w->mailbox, w->o->words[last], w->arena, &f, &w->why) : ecNone;

	if (s)
		return EXIT_LOSS;
	s = mailbox_begin(w->mailbox);
	for (size_t i = 1; !s && i < last; i++) {
		s = mail_id_of(w->o->words[i], &id, &w->why);
		if (!s)
			s = mail_row(w->mailbox, id, w->arena, &r, &w->why);
		if (s)
			break;
		s = what(w, id, f.id);
		if (s && !*w->why.text)
			(void)reason_set(&w->why, s, "%s: %s", w->o->words[i], mailbox_failure(w->mailbox));
	}
	if (!s && (s = mailbox_commit(w->mailbox)))
		(void)reason_set(&w->why, s, "%s", mailbox_failure(w->mailbox));
	if (s)
		mailbox_rollback(w->mailbox);
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}

static status move_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	uint64_t moved;
	status s = message_move(w->mailbox, id, folder, &moved);

	if (!s && !w->o->common.quiet)
		printf("%llx\n", (unsigned long long)moved);
	return s;
}

static status copy_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	uint64_t copy;
	status s = message_copy(w->mailbox, id, folder, &copy);

	if (!s && !w->o->common.quiet)
		printf("%llx\n", (unsigned long long)copy);
	return s;
}

static status set_flag(struct mail_at_work *w, uint64_t id, uint32_t flag)
{
	static const uint16_t remove[] = { PidTagFlagStatus >> 16 };
	struct bag b;
	status s;

	bag_init(&b, w->arena);
	if (!flag)
		return message_set(w->mailbox, id, &b, remove, 1);
	s = bag_set_u32(&b, PidTagFlagStatus, flag);
	return s ? s : message_set(w->mailbox, id, &b, NULL, 0);
}

static status flag_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	(void)folder;
	return set_flag(w, id, MAIL_FLAGGED);
}

static status unflag_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	(void)folder;
	return set_flag(w, id, MAIL_UNFLAGGED);
}

static status done_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	(void)folder;
	return set_flag(w, id, MAIL_FLAG_DONE);
}

static status read_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	(void)folder;
	return message_set_read(w->mailbox, id, true);
}

static status unread_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	(void)folder;
	return message_set_read(w->mailbox, id, false);
}

/* Into Deleted Items; what is there already, or shall not go there, is deleted. */
static status delete_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	uint64_t basket = 0, moved;
	struct mail_row r;
	status s = mail_row(w->mailbox, id, w->arena, &r, &w->why);

	(void)folder;
	if (!s && !w->o->for_good && !folder_by_role(w->mailbox, MAILBOX_DELETED_ITEMS, &basket) && r.folder != basket)
		return message_move(w->mailbox, id, basket, &moved);
	return s ? s : message_delete(w->mailbox, id, DELETE_SOFT);
}

/* A copy of it, which says nothing of an earlier attempt. */
status mail_into_outbox(struct mail_at_work *w, uint64_t *id)
{
	static const uint16_t remove[] = { PidTagMessageSubmissionId >> 16, PidTagClientSubmitTime >> 16 };
	struct bag b;
	uint64_t outbox = 0, copy = 0, was = *id;
	status s = folder_by_role(w->mailbox, MAILBOX_OUTBOX, &outbox);

	bag_init(&b, w->arena);
	if (!s)
		s = bag_set_u32(&b, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_UNSENT);
	if (!s)
		s = message_copy(w->mailbox, was, outbox, &copy);
	if (!s)
		s = message_set(w->mailbox, copy, &b, remove, sizeof remove / sizeof *remove);
	if (!s)
		s = outbox_add(w->cache, copy, 0);
	*id = copy;
	return s ? s : message_delete(w->mailbox, was, DELETE_HARD);
}

static status send_one(struct mail_at_work *w, uint64_t id, uint64_t folder)
{
	enum outbox_state state;
	struct mail_view v;
	bool waits = false;
	status s = outbox_state_of(w->cache, id, &state, &waits);

	(void)folder;
	if (!s)
		s = mail_view(w->mailbox, id, w->arena, &v, &w->why);
	if (s)
		return s;
	if (waits && state != OUTBOX_FAILED)
		return reason_set(&w->why, ecInvalidParam, "%llx is on its way already: postern mail outbox says how far", (unsigned long long)id);
	if (!v.n_people)
		return reason_set(&w->why, ecInvalidParam, "%llx is for nobody", (unsigned long long)id);
	return mail_into_outbox(w, &id);
}

int mail_act_move(struct mail_at_work *w)
{
	return each(w, move_one, true);
}

int mail_act_copy(struct mail_at_work *w)
{
	return each(w, copy_one, true);
}

int mail_act_flag(struct mail_at_work *w)
{
	return each(w, flag_one, false);
}

int mail_act_unflag(struct mail_at_work *w)
{
	return each(w, unflag_one, false);
}

int mail_act_done(struct mail_at_work *w)
{
	return each(w, done_one, false);
}

int mail_act_read(struct mail_at_work *w)
{
	return each(w, read_one, false);
}

int mail_act_unread(struct mail_at_work *w)
{
	return each(w, unread_one, false);
}

int mail_act_send(struct mail_at_work *w)
{
	return each(w, send_one, false);
}

int mail_act_delete(struct mail_at_work *w)
{
	return each(w, delete_one, false);
}

status mail_save_attachments(struct mail_at_work *w, uint64_t id, uint64_t number, const char *folder, mail_saved *saved, void *context)
{
	struct mail_view v = { .n_attachments = 0 };
	const char *path;
	status s = mail_rest(w, id);

	if (!s)
		s = mail_view(w->mailbox, id, w->arena, &v, &w->why);
	if (!s && number > v.n_attachments)
		s = reason_set(&w->why, ecInvalidParam, "the message has attachments 1 to %zu", v.n_attachments);
	for (size_t i = 0; !s && i < v.n_attachments; i++) {
		if (number ? i + 1 != number : v.attachments[i].is_message)
			continue;
		s = mail_attachment_save(w->mailbox, id, i, folder, w->arena, &path, &w->why);
		if (!s)
			saved(context, path);
	}
	return s;
}

static void print_saved(void *context, const char *path)
{
	size_t *n = context;

	printf("%s\n", path);
	*n += 1;
}

int mail_act_save(struct mail_at_work *w)
{
	uint64_t id, number = 0;
	size_t n = 0;

	if (mail_id_of(w->o->words[1], &id, &w->why))
		return EXIT_LOSS;
	if (w->o->n > 2 && (!text_parse_number(w->o->words[2], &number) || !number)) {
		(void)reason_set(&w->why, ecInvalidParam, "%s is no number of an attachment: they are counted from 1", w->o->words[2]);
		return EXIT_LOSS;
	}
	if (mail_save_attachments(w, id, number, w->o->folder ? w->o->folder : ".", print_saved, &n))
		return EXIT_LOSS;
	if (!n)
		note("the message has no attachments");
	return EXIT_COMPLETE;
}
