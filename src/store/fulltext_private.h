/* What the files of store/fulltext.h share. */
#ifndef STORE_FULLTEXT_PRIVATE_H
#define STORE_FULLTEXT_PRIVATE_H

#include "base/buf.h"
#include "store/fulltext.h"

enum document_field { IN_SUBJECT, IN_SENDER, IN_RECIPIENTS, IN_BODY, IN_ATTACHMENTS, DOCUMENT_FIELDS };

/* Folded words with a space after each. */
struct document {
	struct buf words[DOCUMENT_FIELDS];
	uint64_t received;
	bool wanted; /* it is there, and is not an associated one */
};

/* Appends the words of UTF-16 text (folded, split), each with a space after it. */
void fulltext_add_words(struct bytes utf16le, struct buf *out);
/* Appends what people read of HTML, as UTF-16. `codepage`: of the bytes, where they do not say. */
void fulltext_html_text(struct bytes html, unsigned codepage, struct buf *utf16);
/* What is indexed of a message. The buffers are emptied first. */
status fulltext_gather(struct mailbox *m, uint64_t message, struct document *d) MUST;
void document_init(struct document *d);
void document_free(struct document *d);

/* An engine: its tables, a document in, an expression out. */
struct fulltext_engine {
	const char *schema;
	const char *clear; /* all of it */
	status (*put)(struct sql *db, uint64_t doc, struct document *d);
	void (*expression)(const struct fulltext_node *n, struct buf *out);
	const char *find; /* parameter: the expression; gives message and time */
};

extern const struct fulltext_engine fulltext_sqlite, fulltext_postgres;

#endif
