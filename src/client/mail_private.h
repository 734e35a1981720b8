/* What the files of the model of mail share. */
#ifndef CLIENT_MAIL_PRIVATE_H
#define CLIENT_MAIL_PRIVATE_H

#include "client/mail_draft.h"
#include "client/mail_list.h"

struct message_info;

/* `code`, with the mailbox's words behind what did not work. */
status mail_failed(struct mailbox *m, status code, struct reason *why, const char *what) MUST;
/* The row of what is in the columns; its texts are those of `info`. */
struct mail_row mail_row_of(const struct message_info *info);
/* A name that is a name, and nothing else, on any system; it is cut to the room. */
void mail_harmless_name(const char *name, char *out, size_t room);
/* "Name <address>", behind what is there already. */
void mail_put_person(struct buf *b, const struct mail_person *p);
/* mail_draft_edit.c: mail_draft_make and mail_draft_save of MAIL_EDIT. */
status mail_draft_open(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_draft *out, struct reason *why) MUST;
status mail_draft_update(struct mailbox *m, const struct mail_draft *d, const struct mail_me *me, const struct clock *clock, uint64_t folder, bool sending,
			 uint64_t *id, struct reason *why) MUST;

/* What is taken of the draft as it was written now; all else stays as it was. */
enum mail_draft_part { DRAFT_SUBJECT = 1, DRAFT_TEXT = 2, DRAFT_PEOPLE = 4, DRAFT_FILES = 8, DRAFT_IDENTITY = 16, DRAFT_TIME = 32 };
/*
 * mail_draft_merge.c, in a transaction: the message `id` becomes what it was, with these parts of the message `written`, which is gone then.  `attached`: which of its
 * attachments stay, NULL: all.
 */
struct mail_draft_merge {
	uint64_t id, folder, written;
	unsigned parts;
	const struct mail_draft_attached *attached;
	size_t n_attached;
};
status mail_draft_merge(struct mailbox *m, const struct mail_draft_merge *what, struct reason *why) MUST;

#endif
