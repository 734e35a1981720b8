/* Inside store: an import's state, shared by what lets items through (import.c) and what writes ids anew (import_ids.c). */
#ifndef STORE_IMPORT_PRIVATE_H
#define STORE_IMPORT_PRIVATE_H

#include "base/map.h"
#include "mapi/forward.h"
#include "store/folder.h"
#include "store/import.h"
#include "store/import_match.h"

struct import {
	struct forward forward; /* it holds back the open message when that is known */
	struct mailbox *m;
	struct import_options options;
	char *name;
	struct import_journal journal;
	struct import_matcher matcher;
	struct mailbox_sink *to;
	struct guid key; /* of the source, in ids of its own objects */
	bool has_key;
	struct map folders; /* by the source's id */
	unsigned depth;     /* messages and attachments that are open */
	bool points;        /* it holds ids of the source */
	bool harmed;        /* something of it is missing */
	uint64_t item;      /* its number in the journal */
	uint64_t items, extras; /* how many without an id, how many that only a rescue knows */
	uint64_t found;     /* what it was found to be */
	enum import_finding finding;
	status failed; /* of a callback that cannot say so */
	struct import_counts counts;
};

/* Writes the ids anew in all that came over. No transaction may be open. */
status import_write_ids(struct import *i) MUST;

#endif
