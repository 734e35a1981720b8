/* The subcommands: help, usage errors, completion and the check of the man pages come from this table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>

enum exit_code { EXIT_COMPLETE = 0, EXIT_WARNINGS = 1, EXIT_LOSS = 2, EXIT_USAGE = 64 };

struct command {
	const char *name;
	const char *arguments; /* "SRC DST.pst" */
	const char *summary;   /* one line */
	/* argv[0] is "postern NAME", for messages; the return value is the exit code */
	int (*run)(const struct command *self, int argc, char **argv);
	const struct argp *argp;
	/* Words an argument may be, for completion: calls `add` for each. NULL: files. */
	void (*words)(void (*add)(void *context, const char *word), void *context);
};

/* NULL-terminated. */
extern const struct command *const commands[];
/* NULL when there is none. */
const struct command *command_find(const char *name);
/* The known name that is nearest to what was typed; NULL when none is near. */
const char *command_suggest(const char *typed);

extern const struct command command_backup, command_cache, command_mail, command_profile, command_restore, command_sync;
extern const struct command command_check, command_completion, command_convert, command_diff,
	command_explain, command_export, command_import, command_inspect, command_recover, command_rescue, command_sample,
	command_serve, command_shell;

/*
 * The options every command has. A child parser of each command's argp; its input is a
 * struct common_options, which the command's parser hands over at ARGP_KEY_INIT (common_init).
 */
struct common_options {
	bool json;
	bool quiet; /* no progress, no notes */
	unsigned verbose;
};

extern const struct argp common_argp;
extern const struct argp_child common_children[];
/* For ARGP_KEY_INIT. */
void common_init(struct argp_state *state, struct common_options *options);
/* For ARGP_KEY_END: exactly `least` or more arguments were needed and are missing. Ends the program. */
void common_missing(struct argp_state *state, const char *what);

#endif
