/* The management shell with a person at a terminal. */
#ifndef CLI_SHELL_TERMINAL_H
#define CLI_SHELL_TERMINAL_H

#include "cli/shell_host.h"

/* Reads and runs lines until `exit` or the end of the input. Fails when readline is not there. */
status shell_terminal_run(struct shell *s, struct host *h, struct reason *why) MUST;

#endif
