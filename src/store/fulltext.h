/*
 * Words of messages, and which messages have them: FTS5 where the mailbox is in SQLite, tsvector and GIN where it is in
 * PostgreSQL.  Both are given words that were split and folded here (fulltext_words.h), so both find the same.
 *
 * Indexed are subject, sender, recipients, the text of the body (PidTagBody, else of the HTML, else of the RTF; the first
 * FULLTEXT_BODY_MAX bytes) and the names of attachments, of messages that are not associated.  The index changes in the transaction
 * that changes the message, or (fulltext_set_later) that transaction puts down that it is to change.
 */
#ifndef STORE_FULLTEXT_H
#define STORE_FULLTEXT_H

#include "base/buf.h"
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

/* FULLTEXT_BUT: what the first has, and none of the others. */
enum fulltext_kind { FULLTEXT_AND, FULLTEXT_OR, FULLTEXT_BUT, FULLTEXT_PHRASE };

/* What is looked for. A phrase is one word, or several that stand next to each other in one field. */
struct fulltext_node {
	enum fulltext_kind kind;
	unsigned fields;          /* FULLTEXT_PHRASE */
	const char *const *words; /* as fulltext_split gives them */
	bool prefix;              /* of the last word its beginning is enough */
	const struct fulltext_node *const *nodes;
	size_t n;                 /* words or nodes; an AND or OR of none finds nothing */
};

/*
 * Each message that is not associated has a number in the index, also one whose words cannot be read.  Its upper part is when it
 * came, in steps of four and a half hours, so the newest are found first; within a step numbers say nothing.
 */
#define FULLTEXT_STEP_SECONDS_LOG2 14
#define FULLTEXT_STEP_BITS 32
#define FULLTEXT_STEPS ((uint64_t)1 << 30)
#define FULLTEXT_NUMBER_MAX ((uint64_t)UINT32_MAX) /* of the lower part */
uint64_t fulltext_step(uint64_t received);

/*
 * Called by mailbox_open: makes the index where there is none (a backup leaves it out: tables whose names begin in fts_ or
 * search_result follow from the others), and keeps it from then on.
 */
status fulltext_attach(struct mailbox *m, struct reason *why) MUST;
/*
 * What is looked for in the words of the engine, for fulltext_find and store/search_page.c; it lives in `arena`.  NULL: nothing can be
 * found.  ecTooComplex beyond the limits above.
 */
status fulltext_say(struct mailbox *m, const struct fulltext_node *what, struct arena *arena, const char **expression,
		    struct reason *why) MUST;
/* The numbers of all messages that have it, deleted ones too, from `from` on and below `below`, rising. */
status fulltext_find(struct mailbox *m, const char *expression, uint64_t from, uint64_t below, struct arena *arena, uint64_t **numbers,
		     size_t *n) MUST;
/* A part of a query (store/search_page.c): the newest messages of a range of numbers, as a table `w` of id (the number) and message. */
enum fulltext_how {
	FULLTEXT_BY_WORDS,     /* those that have what the expression, parameter $1, says */
	FULLTEXT_ASK_MESSAGES, /* all, for whom fulltext_window_condition says so, with $1 */
	FULLTEXT_ALL_MESSAGES,
};

struct fulltext_window {
	enum fulltext_how how;
	uint64_t from, below;
	size_t most;
};

void fulltext_window(struct sql *db, const struct fulltext_window *w, struct buf *out);
/* Begins with " AND "; or is empty. */
const char *fulltext_window_condition(struct sql *db, const struct fulltext_window *w);
/* FULLTEXT_BY_WORDS takes as long as there are rows in the window; else as there are messages that have the words. */
bool fulltext_is_ordered(struct sql *db);

/*
 * While this is set, the words of a commit of many messages are not gathered in it, only put down as late: a copy that is filled has the mail there in a
 * third of the time, and indexing many at once takes less.  A search catches up first.
 */
void fulltext_set_later(struct mailbox *m, bool later);
/* Some of what is late, in a transaction of its own unless one is open; *left are still to come. */
status fulltext_catch_up(struct mailbox *m, uint64_t *left) MUST;
status fulltext_catch_up_all(struct mailbox *m) MUST;

/* The words of a text, folded, in an arena. */
status fulltext_split(const char *utf8, struct arena *arena, const char ***words, size_t *n) MUST;
/* The index anew, from all messages; in a transaction. */
status fulltext_rebuild(struct mailbox *m) MUST;

/* Appends what people read of HTML, as UTF-16: for the index, and for bodies. `codepage`: of the bytes, where they do not say. */
void fulltext_html_text(struct bytes html, unsigned codepage, struct buf *utf16);

#endif
