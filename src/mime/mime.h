/*
 * RFC 5322 mail, MIME, mbox, vCard and iCalendar, to and from items ([MS-OXCMAIL], [MS-OXVCARD], [MS-OXCICAL]).
 *
 * What goes out: a mail becomes an .eml, a contact or distribution list a .vcf, an appointment or task an .ics; every
 * other class (notes, journal, posts ...) is written as mail that names its class in X-Message-Class.  In an mbox,
 * vCards and calendars travel as the body of a mail.  Nothing an item holds for people is left out in
 * silence: a recipient without an Internet address gets one under "invalid" (RFC 2606), an attachment without data a
 * few words that say where it is.  Associated items (views, rules) are left out: OUTCOME_FILTERED.
 *
 * What comes in: one message or one tree of files; broken MIME is read as far as it goes, and what cannot be
 * told apart stays as an attachment.
 *
 * Memory does not grow with a message: what is large stands in an unnamed file under $TMPDIR (/var/tmp).
 */
#ifndef MIME_MIME_H
#define MIME_MIME_H

#include "base/input.h"
#include "mapi/item.h"

/* Limits of what is read; beyond them the rest is taken as one opaque part, and a problem is reported. */
#define MIME_PARTS_MAX 10000         /* parts of one message, embedded messages included */
#define MIME_HEADER_MAX ((size_t)4 << 20)    /* bytes of the header of one part */
#define MIME_FIELDS_MAX 4096         /* fields of one header */
#define MIME_RECIPIENTS_MAX 100000   /* of one message */

/* Sinks ----------------------------------------------------------------------------------------------- */

enum mime_kind { MIME_MAIL, MIME_CARD, MIME_CALENDAR };

/* One item as it is about to be written. */
struct mime_entry {
	enum mime_kind kind;
	const char *name;      /* subject, or name of the contact; UTF-8, as found; may be "" */
	const char *folder;    /* "Inbox/Projects", UTF-8, as found but for "/" within a name; without what holds all */
	const char *sender;    /* address alone, for the "From " line of an mbox; may be "" */
	uint64_t date;         /* FILETIME of delivery, or the next best; 0: unknown */
	const char *flags;     /* of the item, as a Maildir has them: some of "DFPRST" */
};

/*
 * Where finished items go: a tree of files, an mbox, a connection.  Lines end in CRLF.  An error stops the
 * transfer.  `free` is always called; without `finish` before, nothing may remain.  Members may be NULL.
 */
struct mime_destination {
	bool mail_only; /* cards and calendars come as the body of a mail */
	bool no_folders; /* every mail says its folder in "X-Folder:" */
	status (*folder_begin)(struct mime_destination *d, const char *name, struct reason *why);
	status (*folder_end)(struct mime_destination *d, struct reason *why);
	status (*entry_begin)(struct mime_destination *d, const struct mime_entry *e, struct reason *why);
	status (*write)(struct mime_destination *d, struct bytes piece, struct reason *why);
	status (*entry_end)(struct mime_destination *d, bool whole, struct reason *why);
	status (*finish)(struct mime_destination *d, struct reason *why);
	void (*free)(struct mime_destination *d);
};

struct mime_sink;

enum mime_form {
	MIME_FORM_TREE,	   /* a folder per mail folder and a file per item, "000001-subject.eml" */
	MIME_FORM_MBOX,	   /* one file, mboxrd quoting; "X-Folder:" says where each message was */
	MIME_FORM_MAILDIR, /* Maildir++: the Inbox at the top, ".Projects.2026" beside it, flags in the names of files */
};

/*
 * Writes under `path`.  Nothing stands under that name before mime_sink_finish: an mbox is PATH.part-XXXXXX until then
 * (base/output.h), a tree or Maildir is a folder of such a name.  `replace` concerns an mbox; the others never replace
 * or join a folder that holds anything.
 */
status mime_sink_new(const char *path, enum mime_form form, bool replace, struct mime_sink **out, struct reason *why) MUST;
/* The same into any destination, which the sink frees (also when this fails). */
status mime_sink_to(struct mime_destination *d, struct mime_sink **out, struct reason *why) MUST;
struct item_sink *mime_sink_sink(struct mime_sink *s);
/* After store_end: everything is flushed to the disk and gets its name. */
status mime_sink_finish(struct mime_sink *s, struct reason *why) MUST;
void mime_sink_free(struct mime_sink *s); /* NULL is fine; removes what was not finished */

/* Sources --------------------------------------------------------------------------------------------- */

struct mime_source;

/*
 * An .eml, .mbox, .vcf or .ics (told by its beginning, then by its name), or a folder: its sub-folders are
 * folders, its .eml, .mbox, .vcf and .ics files items; other files are reported and passed over.  A folder that holds
 * "cur" and "new" is a Maildir, with those of Maildir++ (".Projects.2026") below it.  Links are not followed out of it.  It can run more than once, and emits the same each time while the files stay the same.
 */
status mime_source_open(const char *path, struct mime_source **out, struct reason *why) MUST;
/* Bytes that have no file, read by their beginning; the input stays the caller's. */
status mime_source_open_input(struct input *in, struct mime_source **out, struct reason *why) MUST;
struct item_source *mime_source_items(struct mime_source *s);
const char *mime_source_format(const struct mime_source *s); /* "mbox", "folder of mail files", for people */
void mime_source_close(struct mime_source *s); /* NULL is fine */

#endif
