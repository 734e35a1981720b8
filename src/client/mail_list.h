/* Lists of messages: of a folder, or what a search finds; the newest first unless another order is asked for. */
#ifndef CLIENT_MAIL_LIST_H
#define CLIENT_MAIL_LIST_H

#include "base/clock.h"
#include "store/mailbox.h"

/* PidTagFlagStatus [MS-OXOFLAG] 2.2.1.1 */
enum mail_flag { MAIL_UNFLAGGED = 0, MAIL_FLAG_DONE = 1, MAIL_FLAGGED = 2 };

struct mail_row {
	uint64_t id, folder;
	const char *sender, *to; /* names; "" when there are none */
	const char *subject, *class_name;
	uint64_t date; /* FILETIME: delivered, else sent, else made; 0: none */
	uint64_t size;
	uint32_t importance; /* 0 low, 1, 2 high */
	enum mail_flag flag;
	bool read, has_attachments, unsent;
	/* In a list of conversations: messages of it that were found; 0 in its rows behind the first. Else 1. */
	size_t conversation;
};

enum mail_order { MAIL_BY_DATE, MAIL_BY_SENDER, MAIL_BY_SUBJECT, MAIL_BY_SIZE };

/* How many messages are looked at, the newest of the folder or the search, to find its conversations. */
#define MAIL_CONVERSATIONS_AMONG 2000u

struct mail_query {
	uint64_t folder;    /* of a search: there and below; 0: everywhere */
	const char *search; /* store/search_query.h; NULL: all messages of the folder */
	bool unread;        /* only those that were not read */
	bool conversations; /* each as its newest message, the others of it behind it, older ones later */
	enum mail_order order; /* of a folder; searches and conversations are by date */
	bool ascending;
	size_t skip, limit; /* rows; limit at least 1 */
};

struct mail_page {
	struct mail_row *rows;
	size_t n;
	uint64_t total; /* rows of all pages; of searches: as far as it is known */
	bool more;
};

/* `clock`: what "today" in a search means. ecInvalidParam: the search cannot be understood, and where. */
status mail_list(struct mailbox *m, const struct mail_query *q, const struct clock *clock,
		 struct arena *arena, struct mail_page *out, struct reason *why) MUST;
/* One message, as in a list. ecNotFound: it is gone, or was deleted. */
status mail_row(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_row *out,
		struct reason *why) MUST;

#endif
