/* What a transfer says at its end: the ledger, to people or programs, and as a file beside the output. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/command.h"
#include "cli/json.h"
#include "mapi/ledger.h"

struct report {
	const char *command, *source, *destination; /* destination NULL: nothing was written */
	const struct ledger *ledger;
	const char *path;    /* of the file that the ledger is saved as; NULL: DESTINATION.ledger.json */
	const char *failure; /* the transfer stopped; NULL: it ran to its end */
	/* More members of the JSON object; may be NULL. */
	void (*extra)(void *context, struct json *j);
	void *context;
};

/* The short table, with -v every problem that is kept; or with --json the document. */
void report_print(const struct report *r, const struct common_options *o);
/* Writes the document to a file. */
status report_save(const struct report *r, struct reason *why) MUST;

#endif
