/*
 * An item as its events bring it, kept until its end, when it can be written: small values in an arena, larger ones in
 * a spool, texts there already as UTF-8.  An embedded message is complete before what holds it, so it is written
 * into a spool of its own and becomes the content of its attachment.
 */
#ifndef MIME_GATHER_H
#define MIME_GATHER_H

#include "mapi/item.h"
#include "mime/text_spool.h"
#include "mime/view.h"

/* Of an item and all that is embedded in it, without what stands in the spool. */
#define MIME_GATHER_MEMORY ((size_t)24 << 20)

struct kept_value {
	struct kept_value *next;
	uint32_t tag;
	struct extent data;
	bool complete;
};

struct kept_object {
	struct bag props; /* without what is in `large` */
	struct kept_value *large;
};

/* A value wherever it stands. Texts are UTF-8 when spooled. */
struct value {
	bool present, complete;
	uint16_t type;
	struct extent data;
};

struct mail_recipient {
	struct mail_recipient *next;
	struct bag props;
};

struct mail_attachment {
	struct mail_attachment *next;
	struct kept_object o;
	struct extent message; /* the embedded message, as mail */
	const char *subject;   /* of the embedded message; NULL when there is none */
	bool has_message, exception;
};

struct mail {
	struct mail *parent;
	struct arena_mark mark;
	unsigned depth;
	bool associated;
	struct kept_object o;
	struct mail_recipient *recipients, **last_recipient;
	struct mail_attachment *attachments, **last_attachment, *newest;
	struct view view;   /* of o.props */
	const char *class_name; /* never NULL */
	uint64_t digest;    /* of all it holds, for boundaries that occur nowhere in it */
	status failed;
};

struct gather {
	struct arena arena;
	struct spool *spool;    /* values */
	struct spool *mails;    /* embedded messages, written */
	struct spool *scratch;  /* what one writer makes for itself */
	struct mail *mail; /* the innermost that is open; NULL outside of messages */
	struct kept_object *object; /* the innermost that is open: a mail's or an attachment's */
	unsigned skipped; /* messages that are open inside a mail that failed */
	const struct name_map *names;
	unsigned codepage;
	/* The large value at hand. */
	struct kept_value *value;
	struct text_spool text;
	uint64_t value_from; /* where it stands in the spool */
	bool value_is_text;
};

status gather_init(struct gather *g) MUST;
void gather_free(struct gather *g);

/*
 * What goes wrong with one message sticks to it (mail.failed) and is no error here; only a disk that is full is.
 * gather_message_begin fails likewise only when nothing can be kept at all.
 */
status gather_message_begin(struct gather *g, const struct message_event *e) MUST;
status gather_recipient(struct gather *g, const struct bag *props) MUST;
status gather_attachment_begin(struct gather *g, const struct attachment_event *e) MUST;
void gather_attachment_end(struct gather *g);
status gather_value_begin(struct gather *g, const struct prop *p) MUST;
status gather_value_chunk(struct gather *g, struct bytes chunk) MUST;
status gather_value_end(struct gather *g, bool complete) MUST;
/*
 * The innermost message is over and written: forgets it.  `content` (in `mails`; NULL: there is none) becomes the
 * attachment that holds it.
 */
void gather_message_end(struct gather *g, const struct extent *content);
/* Has the arena been too small for what was asked of it? Then texts may be missing from what was written. */
bool gather_exhausted(const struct gather *g);

struct value kept_value(struct gather *g, const struct kept_object *o, uint32_t tag);
struct view kept_view(struct gather *g, const struct kept_object *o);

#endif
