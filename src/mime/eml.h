/* Inside mime: a gathered item as mail. Each function of a part writes its header fields, an empty line, and its content. */
#ifndef MIME_EML_H
#define MIME_EML_H

#include "mime/addresses.h"
#include "mime/gather.h"

/* What a mail is being written with. */
struct eml {
	struct emit *e;
	struct gather *g;
	const struct mail *m;
	unsigned boundaries; /* made so far */
};


/* The whole message. `extra` fields come first; may be "". */
void eml_write(struct emit *e, struct gather *g, const struct mail *m, const char *extra);
/* All header fields but those about MIME. */
void eml_headers(struct eml *w);
/* The same of the header text that came with the mail; notes in `seen` (bits of enum eml_field) what it has. */
uint64_t eml_transport_headers(struct eml *w);

enum eml_field {
	FIELD_FROM, FIELD_SENDER, FIELD_TO, FIELD_CC, FIELD_BCC, FIELD_REPLY_TO, FIELD_SUBJECT, FIELD_DATE,
	FIELD_MESSAGE_ID, FIELD_IN_REPLY_TO, FIELD_REFERENCES, FIELD_IMPORTANCE, FIELD_SENSITIVITY, FIELD_RECEIPT_TO,
	FIELD_THREAD_INDEX, FIELD_THREAD_TOPIC, FIELD_KEYWORDS, FIELD_CLASS, FIELD_FLAG, FIELD_STATUS, FIELD_COUNT
};
/* FIELD_COUNT when it is none of them. */
enum eml_field eml_field_of(const char *name, size_t n);

/* Bodies ---------------------------------------------------------------------------------------------- */

enum body_kind { BODY_TEXT, BODY_HTML, BODY_RTF };

struct body {
	bool present;
	const char *charset;
	struct extent data;
};

struct bodies {
	struct body part[BODY_RTF + 1]; /* BODY_RTF: only when nothing else says the same */
	const char *rtf_name; /* "body.rtf", or what it is called while still compressed */
};

void eml_bodies(struct gather *g, const struct kept_object *o, struct bodies *out);

/* Parts ----------------------------------------------------------------------------------------------- */

#define BOUNDARY_SIZE 40
void eml_boundary(struct eml *w, char out[static BOUNDARY_SIZE]);
void eml_multipart(struct eml *w, const char *subtype, const char *boundary);
void eml_next_part(struct eml *w, const char *boundary);
void eml_last_part(struct eml *w, const char *boundary);

/* Is it shown within the HTML, at the place its content id or location names? */
bool attachment_is_inline(struct gather *g, const struct mail_attachment *a);
void eml_attachment(struct eml *w, const struct mail_attachment *a);
/* Signed or encrypted content is the mail's own: the only attachment of an S/MIME message. NULL when it is none. */
const struct mail_attachment *eml_secure_content(struct gather *g, const struct mail *m);
void eml_secure(struct eml *w, const struct mail_attachment *a);
/* The name of the file, never NULL. */
const char *attachment_name(struct gather *g, const struct mail_attachment *a);
const char *attachment_mime_type(struct gather *g, const struct mail_attachment *a);

#endif
