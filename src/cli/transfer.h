/* One join of a source and a destination, with filters, ledger, progress, and nothing half done at the end. */
#ifndef CLI_TRANSFER_H
#define CLI_TRANSFER_H

#include "cli/command.h"
#include "cli/report.h"
#include "cli/source.h"
#include "mapi/filter.h"
#include "pst/writer.h"

struct transfer {
	const char *command;     /* "convert", for the ledger */
	const char *source;      /* as it was named */
	const char *destination; /* NULL: everything is read and nothing written */
	enum destination_kind kind;
	bool replace; /* what is there under that name */
	struct item_source *items;
	struct input *input; /* how far we are, and whether it changed; may be NULL */
	const struct filter_options *filter; /* NULL: everything */
	struct pst_writer_options writer;
	const struct common_options *common;
	const struct item_problem *doubt; /* what is known to be wrong with the source as a whole; may be NULL */
	/* After the source ran: more for the report (struct report), may be NULL. */
	void (*extra)(void *context, struct json *j);
	void (*after)(void *context, const struct ledger *l); /* said after the ledger, to people */
	void *context;
};

/* Prints the ledger, saves it beside the output, and returns the exit code. */
int transfer_run(const struct transfer *t);

#endif
