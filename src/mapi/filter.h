/*
 * A sink that passes on only what is wanted.  What is left out answers OUTCOME_FILTERED, so the ledger in front
 * of it knows; folders are always passed on when something in them may be wanted.
 */
#ifndef MAPI_FILTER_H
#define MAPI_FILTER_H

#include "mapi/item.h"

struct filter_options {
	/* NULL-terminated lists of UTF-8; NULL: everything. The case of ASCII letters does not matter. */
	const char *const *folders; /* "Top of Personal Folders/Inbox", or its last parts: "Inbox"; with what is below */
	const char *const *classes; /* "IPM.Note" means itself and "IPM.Note.*" */
	uint64_t since, before;     /* FILETIMEs; 0: no limit. since <= time < before */
	bool no_deleted;            /* without Deleted Items and what is below */
	bool no_associated;
	unsigned min_confidence;    /* percent; of undeleted items */
};

struct filter;

/* The options and `next` stay the caller's and must outlive the filter. */
status filter_new(const struct filter_options *options, struct item_sink *next, struct filter **out) MUST;
struct item_sink *filter_sink(struct filter *f);
void filter_free(struct filter *f);

#endif
