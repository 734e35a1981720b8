/* What the files of the model of mail share. */
#ifndef CLIENT_MAIL_PRIVATE_H
#define CLIENT_MAIL_PRIVATE_H

#include "client/mail_list.h"

struct message_info;

/* `code`, with the mailbox's words behind what did not work. */
status mail_failed(struct mailbox *m, status code, struct reason *why, const char *what) MUST;
/* The row of what is in the columns; its texts are those of `info`. */
struct mail_row mail_row_of(const struct message_info *info);
/*
 * Runs `what` in a transaction of its own, which is committed when it succeeds; the words of a failure are the mailbox's unless it
 * left some.
 */
status mail_change(struct mailbox *m, status (*what)(struct mailbox *m, void *context, struct reason *why),
		   void *context, struct reason *why) MUST;

#endif
