/*
 * The ledger of a transfer: per folder and in total, what the source promised, what it emitted, what the
 * sink took, what was left out on purpose, and what failed and why.  It is a sink that passes everything
 * on to the sink behind it, so source and sink need not know of it and cannot forget it.
 * A difference is an error exit, never silence.
 */
#ifndef MAPI_LEDGER_H
#define MAPI_LEDGER_H

#include "mapi/item.h"

enum ledger_verdict { LEDGER_COMPLETE = 0, LEDGER_WARNINGS = 1, LEDGER_LOSS = 2 }; /* = the exit code */

/* Messages, associated items, or both, of one folder or of all. */
struct ledger_counts {
	uint64_t expected, emitted, written, filtered, duplicate, failed;
};

struct ledger_row {
	const char *path; /* "Top of Personal Folders/Inbox", owned by the ledger */
	enum folder_role role;
	struct folder_expect expect_messages, expect_associated;
	struct ledger_counts messages, associated;
	uint64_t attachments, embedded, recipients; /* emitted */
	uint64_t partial;                           /* messages that arrived without some part */
	uint64_t local_only, server_known;          /* of the emitted messages, where it is known */
};

struct ledger_problem {
	struct ledger_problem *next;
	enum problem_kind kind;
	uint64_t id;
	uint32_t tag;
	uint64_t count;
	status code;
	const char *folder, *text;
};

/* Problems beyond this many are counted, but their text is not kept. */
#define LEDGER_PROBLEMS_KEPT 1000

struct ledger_totals {
	struct ledger_row sum; /* path NULL */
	uint64_t folders, bytes; /* bytes: of property values that were handed over */
	uint64_t problems[PROBLEM_FOLDER + 1];
	uint64_t missing; /* expected but never emitted */
};

struct ledger;

/* Passes on to `next` (which stays the caller's; NULL: counts only). NULL without memory. */
struct ledger *ledger_new(struct item_sink *next);
void ledger_free(struct ledger *l);
struct item_sink *ledger_sink(struct ledger *l);

/* Called at every message end and now and then during large values, for progress; may be NULL. */
void ledger_on_progress(struct ledger *l, void (*tick)(void *context, const struct ledger_totals *so_far), void *context);

const struct ledger_totals *ledger_totals(const struct ledger *l);
size_t ledger_row_count(const struct ledger *l);
const struct ledger_row *ledger_row(const struct ledger *l, size_t i);
const struct ledger_problem *ledger_problems(const struct ledger *l);
/* By message class (UTF-8, as found), how many messages (embedded ones too); false at the end; start with *at = 0. */
bool ledger_next_class(const struct ledger *l, size_t *at, const char **class_name, uint64_t *count);

/* A stopped transfer (`ended` false) is never complete. */
enum ledger_verdict ledger_verdict(const struct ledger *l);
/* The short table for people; and the whole ledger as JSON. */
void ledger_format(const struct ledger *l, struct buf *out);
void ledger_json(const struct ledger *l, struct buf *out);

#endif
