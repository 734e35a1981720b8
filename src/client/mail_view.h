/* One message, to be read. */
#ifndef CLIENT_MAIL_VIEW_H
#define CLIENT_MAIL_VIEW_H

#include "client/mail_list.h"

/* Longer texts are cut; the whole message can be saved. */
#define MAIL_TEXT_MAX    ((size_t)16 << 20)
#define MAIL_PEOPLE_MAX  5000u

enum mail_person_type { MAIL_FROM = 0, MAIL_TO = 1, MAIL_CC = 2, MAIL_BCC = 3 };

struct mail_person {
	enum mail_person_type type;
	const char *name, *address; /* never NULL; the address is "" when there is none */
};

struct mail_attachment {
	const char *name; /* as it came: mail_attachment_save makes it harmless */
	uint64_t size;
	bool is_message; /* another message */
};

struct mail_view {
	struct mail_row row;
	struct mail_person from;
	struct mail_person *people; /* to, cc, bcc, in their order */
	size_t n_people;
	const char *text; /* lines end in LF */
	bool text_cut;
	struct mail_attachment *attachments;
	size_t n_attachments;
	const char *message_id, *references; /* "" when there is none */
};

/* ecNotFound: it is gone. */
status mail_view(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_view *out, struct reason *why) MUST;
/*
 * Writes an attachment (counted from 0) into `folder`, under its own name made harmless, with " (2)" and so on where a file of that name is: nothing is
 * ever replaced.  A message is not written (ecNotSupported: the whole message can be exported).  `written` gets where it is.
 */
status mail_attachment_save(struct mailbox *m, uint64_t id, size_t index, const char *folder, struct arena *arena, const char **written,
			    struct reason *why) MUST;

#endif
