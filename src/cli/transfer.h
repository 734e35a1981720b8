/* One join of a source and a destination, with filters, ledger, progress, and nothing half done at the end. */
#ifndef CLI_TRANSFER_H
#define CLI_TRANSFER_H

#include "cli/command.h"
#include "cli/report.h"
#include "cli/source.h"
#include "mapi/filter.h"
#include "pst/writer.h"
#include "store/import.h"

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
	struct mailbox *from;    /* what `items` come from, when that is a mailbox: its ids become those of a .pst */
	struct mailbox *mailbox; /* DESTINATION_MAILBOX */
	const struct import_options *import; /* likewise */
	const char *ledger;      /* the file it is saved as; NULL: beside the destination */
	const struct common_options *common;
	const struct item_problem *doubt; /* what is known to be wrong with the source as a whole; may be NULL */
	/* After the source ran: more for the report (struct report), may be NULL. */
	void (*extra)(void *context, struct json *j);
	void (*after)(void *context, const struct ledger *l); /* said after the ledger, to people */
	void *context;
	/* What came out of it, for whoever sums up; may be NULL. Called before anything is freed. */
	void (*summed)(void *context, const struct ledger *l, const struct import_counts *counts, const struct reason *failure);
	bool silent; /* nothing is printed */
};

/* Prints the ledger, saves it, and returns the exit code. */
int transfer_run(const struct transfer *t);
/* The same into a mailbox: `t` is completed with where it goes and where the ledger is kept, the import with what `s` is. */
int transfer_into(const struct transfer *t, const struct source *s, const struct place *to, const struct import_options *import);

#endif
