/* What the management shell shows and asks: standard output, messages, confirmations, passwords. */
#ifndef CLI_SHELL_HOST_H
#define CLI_SHELL_HOST_H

#include "cli/command.h"
#include "shell/shell.h"

struct host {
	const struct common_options *options;
	const char *source;   /* of the script that runs, for messages; NULL: none */
	bool script_is_input; /* standard input is the script: nothing else can be read from it */
	bool interactive;     /* a person at a prompt: messages without the program's name */
	unsigned errors, warnings;
};

/* The host for shell_new; `h` must outlive the shell. */
struct shell_host host_of(struct host *h);
/* Columns of the terminal that standard output is; 0 when it is none. */
unsigned host_width(void);
/* EXIT_COMPLETE, EXIT_WARNINGS or EXIT_LOSS by what has been said. */
int host_exit_code(const struct host *h);

#endif
