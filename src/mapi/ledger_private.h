/* The ledger's state, shared by counting (ledger.c) and reporting (ledger_report.c). */
#ifndef MAPI_LEDGER_PRIVATE_H
#define MAPI_LEDGER_PRIVATE_H

#include "base/map.h"
#include "mapi/forward.h"
#include "mapi/ledger.h"

struct ledger {
	struct forward forward;
	struct arena arena; /* paths, problems */
	struct ledger_row *rows;
	size_t n_rows, cap_rows;
	size_t open[ITEM_FOLDER_DEPTH_MAX + 4]; /* rows of the folders that have begun */
	unsigned depth;
	unsigned message_depth;
	bool associated; /* the message of the folder at hand */
	bool harmed;     /* it lost some part */
	bool ended;
	unsigned codepage;
	uint64_t disagreements;
	struct map classes;
	struct ledger_totals totals;
	struct ledger_problem *problems, **last_problem;
	size_t n_problems;
	void (*tick)(void *context, const struct ledger_totals *so_far);
	void *tick_context;
};

#endif
