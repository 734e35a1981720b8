/* The folders of a mailbox as people see them: from the top of what is theirs down. */
#ifndef CLIENT_MAIL_FOLDER_H
#define CLIENT_MAIL_FOLDER_H

#include "store/mailbox.h"

struct mail_folder {
	uint64_t id, parent;
	unsigned depth; /* 0: at the top */
	enum mailbox_role role;
	bool is_search, has_children;
	const char *name, *path; /* path: "Inbox/Projects", a "/" within a name as "\/" */
	const char *class_name;  /* "IPF.Note" */
	uint64_t items, unread, size;
};

/*
 * All of them, parents before children; the Inbox, Drafts, Sent Items, Deleted Items and the Outbox before the others, which are
 * in the order of their names.
 */
status mail_folders(struct mailbox *m, struct arena *arena, struct mail_folder **out, size_t *n,
		    struct reason *why) MUST;
/*
 * By its path, its name wherever it stands, or the beginning of either when only one begins so; case does not matter, and
 * "sent" and "trash" are understood.  ecNotFound: the words name what is near; ecInvalidParam: there are several, and which.
 */
status mail_folder_find(struct mailbox *m, const char *text, struct arena *arena,
			struct mail_folder *out, struct reason *why) MUST;
/* The same among these. */
status mail_folder_among(const struct mail_folder *all, size_t n, const char *text, const struct mail_folder **out, struct reason *why) MUST;
/* Are its messages one's own, so that a list says to whom they are rather than from whom? */
bool mail_folder_is_outgoing(enum mailbox_role role);

#endif
