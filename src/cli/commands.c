/* The table of subcommands and the options they share. */
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

const struct command *const commands[] = {
	&command_inspect, &command_check,  &command_convert, &command_recover,	  &command_diff,
	&command_import,  &command_export, &command_rescue,  &command_backup,	  &command_restore,
	&command_profile, &command_sync, &command_mail, &command_cache,
	&command_serve,   &command_shell,	  &command_sample, &command_explain, &command_completion, NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const char *command_suggest(const char *typed)
{
	const char *best = NULL;
	unsigned best_distance = 4;

	for (size_t i = 0; commands[i]; i++) {
		unsigned d = text_distance(typed, commands[i]->name);

		if (d < best_distance || strncmp(typed, commands[i]->name, strlen(typed)) == 0) {
			best = commands[i]->name;
			best_distance = d;
		}
	}
	return best;
}

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON for programs", 90 },
	{ "quiet", 'q', NULL, 0, "No progress and no notes; only results and errors", 90 },
	{ "verbose", 'v', NULL, 0, "Say more", 90 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct common_options *o = state->input;

	(void)arg;
	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp common_argp = { .options = options, .parser = parse };

const struct argp_child common_children[] = {
	{ &common_argp, 0, "Common options:", 90 },
	{ 0 },
};

void common_init(struct argp_state *state, struct common_options *o)
{
	*o = (struct common_options){ 0 };
	state->child_inputs[0] = o;
}

void common_missing(struct argp_state *state, const char *what)
{
	argp_error(state, "%s is missing", what);
	exit(EXIT_USAGE);
}
