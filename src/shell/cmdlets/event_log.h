/* What cmdlets leave in the log of events (store/event_log.h): what was changed, by whom, and what failed. */
#ifndef SHELL_CMDLETS_EVENT_LOG_H
#define SHELL_CMDLETS_EVENT_LOG_H

#include "shell/cmdlets/site.h"

/*
 * A change was made to `target`, with the parameters of the call (their names, not their values, which may be anybody's
 * business).  That it could not be written down is a warning: the change is made.
 */
void log_change(struct call *c, const char *target);
/* A change was refused or failed. */
void log_failure(struct call *c, const char *words);

extern const struct cmdlet *const event_log_cmdlets[];

#endif
