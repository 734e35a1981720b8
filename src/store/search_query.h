/*
 * What people type to find mail:
 *
 *   word            in subject, sender, recipients, body or the names of attachments; case and accents do not matter
 *   "two words"     next to each other;  begin*  words that begin so
 *   from: to: subject: body:   before a word or phrase: only there
 *   has:attachment has:flag  is:unread is:read is:flagged is:important is:draft
 *   before:2026-01-31  after:2026-01-31 (from that day on)  on:2026-01-31;  also today, yesterday and 2026-01
 *   size>1M size<10K  folder:"Inbox/Projects" (and what is below)
 *   a OR b  -not  ( )   everything else that stands side by side must hold together
 */
#ifndef STORE_SEARCH_QUERY_H
#define STORE_SEARCH_QUERY_H

#include "base/clock.h"
#include "mapi/restriction.h"
#include "store/fulltext.h"

#define SEARCH_QUERY_MAX 4096u /* bytes */
#define SEARCH_DEPTH_MAX 16u

enum search_kind {
	SEARCH_ALL_OF,
	SEARCH_ANY_OF,
	SEARCH_NOT, /* of one */
	SEARCH_TEXT,
	SEARCH_CONDITION,
	SEARCH_FOLDER,
};

struct search_node {
	enum search_kind kind;
	struct search_node **of;
	size_t n;
	struct fulltext_node text;           /* SEARCH_TEXT: a phrase */
	const struct restriction *condition; /* SEARCH_CONDITION */
	const char *folder;                  /* SEARCH_FOLDER: as it was typed */
};

/* Everything lives in `arena`. ecInvalidParam, ecTooBig, ecTooComplex: the words say where, and what would do. */
status search_parse(const char *text, const struct clock *clock, struct arena *arena, struct search_node **out, struct reason *why) MUST;

#endif
