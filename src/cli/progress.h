/*
 * One line on the terminal while something long runs: items, bytes, rate, time left.  Redrawn at most ten
 * times a second, erased at the end, and not there at all when standard error is no terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/input.h"
#include "mapi/ledger.h"

struct progress {
	bool shown;                /* is there a terminal, and is it wanted? */
	const struct input *input; /* how far it was read is how far we are; NULL: unknown */
	const char *stage;         /* "scanning"; may be NULL */
	uint64_t started, drawn;   /* nanoseconds */
};

void progress_start(struct progress *p, bool wanted, const struct input *input);
void progress_stage(struct progress *p, const char *stage);
/* `items` 0: not counted yet; `total` 0: unknown. */
void progress_draw(struct progress *p, uint64_t items, uint64_t done, uint64_t total);
/* For ledger_on_progress: context is the struct progress. */
void progress_ledger(void *context, const struct ledger_totals *so_far);
void progress_end(struct progress *p);
/* Erases a line that may be there; for signal handlers. */
void progress_abandon(void);

#endif
