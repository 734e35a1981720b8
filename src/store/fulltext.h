/*
 * Words of messages, and which messages have them: FTS5 where the mailbox is in SQLite, tsvector and GIN where it is in
 * PostgreSQL.  Both are given words that were split and folded here (fulltext_words.h), so both find the same.
 *
 * Indexed are subject, sender, recipients, the text of the body (PidTagBody, else of the HTML, else of the RTF; the first
 * FULLTEXT_BODY_MAX bytes) and the names of attachments, of messages that are not associated.  The index changes in the transaction
 * that changes the message.
 */
#ifndef STORE_FULLTEXT_H
#define STORE_FULLTEXT_H

#include "store/mailbox.h"

#define FULLTEXT_BODY_MAX ((size_t)1 << 20)
/* Longer words count as far as this, in bytes. */
#define FULLTEXT_WORD_MAX 64u
#define FULLTEXT_NODES_MAX 256u
#define FULLTEXT_DEPTH_MAX 32u

enum fulltext_field {
	FULLTEXT_SUBJECT = 1,
	FULLTEXT_SENDER = 2,
	FULLTEXT_RECIPIENTS = 4,
	FULLTEXT_BODY = 8, /* and the names of attachments */
	FULLTEXT_ALL = 15,
};

enum fulltext_kind { FULLTEXT_AND, FULLTEXT_OR, FULLTEXT_PHRASE };

/* What is looked for. A phrase is one word, or several that stand next to each other in one field. */
struct fulltext_node {
	enum fulltext_kind kind;
	unsigned fields;          /* FULLTEXT_PHRASE */
	const char *const *words; /* as fulltext_split gives them */
	bool prefix;              /* of the last word its beginning is enough */
	const struct fulltext_node *const *nodes;
	size_t n;                 /* words or nodes; an AND or OR of none finds nothing */
};

struct fulltext_hit {
	uint64_t message;
	uint64_t received;
};

/*
 * Called by mailbox_open: makes the index where there is none (a backup leaves it out: tables whose names begin in fts_ or
 * search_result follow from the others), and keeps it from then on.
 */
status fulltext_attach(struct mailbox *m, struct reason *why) MUST;
/* All messages that have it, deleted ones too, by rising id. ecTooComplex beyond the limits above. */
status fulltext_find(struct mailbox *m, const struct fulltext_node *what, struct arena *arena, struct fulltext_hit **hits, size_t *n,
		     struct reason *why) MUST;
/* The words of a text, folded, in an arena. */
status fulltext_split(const char *utf8, struct arena *arena, const char ***words, size_t *n) MUST;
/* The index anew, from all messages; in a transaction. */
status fulltext_rebuild(struct mailbox *m) MUST;

#endif
