/*
 * Is a mailbox sound, and what can be done when it is not?  Of the database (SQLite's own check), every message (its
 * checksum, its stream, its columns against it), counters against a recount, orphans, the map of names, what was read in public folders, the index of words.
 */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/mailbox.h"

enum mailbox_check_kind {
	MAILBOX_CHECK_DATABASE, /* the engine says that its file is damaged */
	MAILBOX_CHECK_CONTENT,  /* a message cannot be read, or is not what was written */
	MAILBOX_CHECK_COLUMNS,  /* columns that say something else than the message */
	MAILBOX_CHECK_COUNTERS,
	MAILBOX_CHECK_ORPHAN,   /* a message without folder, content without message, a folder without parent */
	MAILBOX_CHECK_NAMES,    /* a named property that the map does not know, or knows otherwise */
	MAILBOX_CHECK_IDS,      /* an id or change number above the counter */
	MAILBOX_CHECK_WORDS,    /* the index of words is damaged, or does not know a message */
	MAILBOX_CHECK_KINDS
};

struct mailbox_finding {
	enum mailbox_check_kind kind;
	uint64_t folder, message; /* 0: not about one */
	bool repairable;          /* nothing is lost by it */
	bool repaired;            /* it is as sound as it can be made */
	const char *text;         /* what, where, and what repair does or would do */
};

struct mailbox_check_options {
	bool repair; /* in one transaction; everything is as it was when it fails */
	bool quick;  /* without reading the messages: counters, orphans, ids */
	void (*found)(void *context, const struct mailbox_finding *f); /* may be NULL */
	void (*progress)(void *context, uint64_t done, uint64_t of);   /* messages; may be NULL */
	void *context;
};

struct mailbox_check_summary {
	uint64_t folders, messages, bytes;
	uint64_t findings[MAILBOX_CHECK_KINDS];
	uint64_t repairable, repaired;
	uint64_t incomplete; /* messages that have lost something, for good */
};

/* The mailbox must not be in a transaction. Findings are no error. */
status mailbox_check(struct mailbox *m, const struct mailbox_check_options *o, struct mailbox_check_summary *out,
		     struct reason *why) MUST;
bool mailbox_sound(const struct mailbox_check_summary *s);

#endif
