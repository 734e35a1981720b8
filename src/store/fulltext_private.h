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
/* What is indexed of a message. The buffers are emptied first. */
status fulltext_gather(struct mailbox *m, uint64_t message, struct document *d) MUST;
void document_init(struct document *d);
void document_free(struct document *d);

/* The same; of what cannot be read there are no words. */
status fulltext_gather_known(struct mailbox *m, uint64_t message, struct document *d) MUST;

/* An index that keeps what was deleted is made anew beside itself. */
struct fulltext_renew {
	const char *begin, *end; /* an empty new index; it takes the place of the old one */
	status (*put)(struct sql *db, uint64_t number, struct document *d); /* into the new one */
};

/* How far that is, in a commit (fulltext_renew.c). */
struct fulltext_renewal {
	bool building;
	uint64_t done; /* all that is there up to this number is in the new index */
	uint64_t dead; /* entries of the index that is searched; while it is made anew, of the new one */
	bool was_building;
	uint64_t was_done, was_dead;
};

status renewal_load(struct mailbox *m, struct fulltext_renewal *r) MUST;
status renewal_save(struct mailbox *m, const struct fulltext_renewal *r) MUST;
/* A new document. */
status renewal_put(struct mailbox *m, const struct fulltext_renewal *r, uint64_t number, struct document *d) MUST;
/* A little further, when it is due: `changed` messages of this commit. */
status renewal_step(struct mailbox *m, struct fulltext_renewal *r, struct document *d, size_t changed) MUST;

/* An engine: its tables, a document in, an expression out. */
struct fulltext_engine {
	const char *schema;
	const char *clear; /* all of it */
	bool ordered;      /* by number: finding the newest is less work; so is adding when numbers rise within a transaction */
	/* Of one with no words nothing but the number is kept. */
	status (*put)(struct sql *db, uint64_t number, uint64_t message, struct document *d);
	void (*expression)(const struct fulltext_node *n, struct buf *out);
	/* What makes it less work to find, of the same meaning. May be NULL. */
	status (*expand)(struct mailbox *m, const struct fulltext_node **what, struct arena *arena);
	const char *find; /* parameters: numbers from and below, the expression; gives numbers */
	const struct fulltext_renew *renew; /* NULL: nothing that was deleted stays */
	void (*window)(const struct fulltext_window *w, struct buf *out);
	const char *asked; /* fulltext_window_condition */
};

extern const struct fulltext_engine fulltext_sqlite, fulltext_postgres;
const struct fulltext_engine *fulltext_engine(struct sql *db);

/* fulltext_prefix.c: beginnings of words become the words that are there, so that SQLite need not merge all of them first. */
status fulltext_expand(struct mailbox *m, const struct fulltext_node **what, struct arena *arena) MUST;

#endif
