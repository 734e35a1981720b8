/* The subcommands: help, usage errors, completion and man pages come from this table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>

enum exit_code { EXIT_COMPLETE = 0, EXIT_WARNINGS = 1, EXIT_LOSS = 2, EXIT_USAGE = 64 };

struct command {
	const char *name;
	const char *arguments; /* "SRC DST.pst" */
	const char *summary;   /* one line */
	int (*run)(const struct command *self, int argc, char **argv); /* argv[0] is the command's name */
	const struct argp *argp;
};

/* NULL-terminated. */
extern const struct command *const commands[];
const struct command *command_find(const char *name);

extern const struct command command_check, command_completion, command_convert, command_diff, command_explain,
	command_inspect, command_recover, command_sample;

#endif
