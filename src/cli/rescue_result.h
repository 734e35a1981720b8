/* What became of each file of a rescue: a table for people, JSON for programs and for the records. */
#ifndef CLI_RESCUE_RESULT_H
#define CLI_RESCUE_RESULT_H

#include "cli/command.h"
#include "cli/json.h"
#include "mapi/ledger.h"
#include "store/import.h"

struct rescue_result {
	const char *file;     /* below the folder */
	const char *address;  /* NULL: nobody's */
	char mailbox[320];    /* that it went into */
	bool made, damaged, done;
	struct reason failure; /* not done */
	int code;
	struct ledger_row sum;
	uint64_t missing, unsent;
	struct import_counts counts;
};

void rescue_table(const struct rescue_result *v, size_t n);
/* One JSON document. */
void rescue_json(FILE *to, const char *from, const struct rescue_result *v, size_t n);
/* The same as a file. */
status rescue_report(const char *path, const char *from, const struct rescue_result *v, size_t n, struct reason *why) MUST;

#endif
