/* A message in RFC 5322 and MIME as an item [MS-OXCMAIL] 2.2. */
#ifndef MIME_MAIL_IN_H
#define MIME_MAIL_IN_H

#include "mime/draft.h"
#include "mime/gmime_text.h"

/* What is known of a message from outside of it. */
struct mail_envelope {
	uint64_t id;
	uint64_t date; /* FILETIME of its "From " line; 0: none */
	const char *name; /* of the file, for problems; may be NULL */
	const char *flags; /* letters of a Maildir's file name, "FRS"; NULL: the header says it */
};

/* Emits message_begin to message_end; a message that cannot be read at all becomes a problem. `envelope` may be NULL. */
status mail_emit(struct reading *r, const struct extent *whole, unsigned depth, const struct mail_envelope *envelope) MUST;

/* Header fields to properties. */
void mail_header(struct draft *d, const struct part *p, const struct mail_envelope *envelope);

/* The bodies and attachments of a message, as found in its parts. */
struct mail_parts {
	const struct part *text, *html;
	const struct part *card;    /* the message is nothing but a vCard or calendar */
	const struct part *meeting; /* text/calendar that says what is to be done with it */
};
void mail_select(struct draft *d, const struct part *root, struct mail_parts *out);
/* PidTagBody and PidTagHtml. */
void mail_bodies(struct draft *d, const struct mail_parts *parts);

/* Of an item that is complete: does it have attachments? */
void mail_finish_flags(struct draft *d);

/* The whole content of a text part in the spool, its lines ended by CR LF: as UTF-8, as UTF-16LE. */
status part_text(struct reading *r, const struct part *p, struct extent *out) MUST;
status part_utf16(struct reading *r, const struct part *p, struct extent *out) MUST;

#endif
