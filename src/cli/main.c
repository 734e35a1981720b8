/* postern: finds the subcommand and runs it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/text.h"

static void usage(FILE *to)
{
	fputs("Usage: postern COMMAND [OPTION...] ARGUMENT...\n"
	      "Rescues mail from Outlook .ost and .pst files: looks into them, checks, converts, recovers\n"
	      "and compares them, and proves that nothing was lost.\n\n",
	      to);
	for (size_t i = 0; commands[i]; i++)
		fprintf(to, "  %s%-11s%s %-24s %s\n", text_style(to, TEXT_BOLD), commands[i]->name,
			text_style(to, TEXT_PLAIN), commands[i]->arguments, commands[i]->summary);
	fputs("\nThe two commands most people need:\n"
	      "  postern convert mailbox.ost mailbox.pst    the file is sound\n"
	      "  postern recover mailbox.ost mailbox.pst    the file is damaged\n\n"
	      "postern COMMAND --help says more about one; postern --version names this program.\n"
	      "Exit codes: 0 complete, 1 with warnings, 2 something was lost or failed, 64 wrong usage.\n",
	      to);
}

static void print_version(FILE *to, struct argp_state *state)
{
	(void)state;
	fprintf(to, "postern %s\n", POSTERN_VERSION);
}

/*
 * Interrupted: no half-written file stays, and the terminal's line is cleared.  Only what is safe in a
 * signal handler happens here.
 */
static void stop(int sig)
{
	progress_abandon();
	output_abandon_all();
	_exit(128 + sig);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction stopping = { .sa_handler = stop }, ignore = { .sa_handler = SIG_IGN };

	sigfillset(&stopping.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction old;

		/* nohup's and a shell's background choice stands. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &stopping, NULL);
	}
	/* A file size limit is then an error of the write, with words. */
	sigaction(SIGXFSZ, &ignore, NULL);
}

static int run(const struct command *c, int argc, char **argv)
{
	char name[64];
	int code;

	snprintf(name, sizeof name, "postern %s", c->name);
	text_command(name);
	argv[0] = name;
	code = c->run(c, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("cannot write to standard output");
		return EXIT_LOSS;
	}
	return code;
}

static int unknown(const char *typed)
{
	const char *near = command_suggest(typed);

	complain("there is no command '%s'", typed);
	if (near)
		fprintf(stderr, "Did you mean 'postern %s'?\n", near);
	fputs("'postern --help' lists all commands.\n", stderr);
	return EXIT_USAGE;
}

static bool is(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

int main(int argc, char **argv)
{
	static char help[] = "--help";
	const struct command *c;

	argp_err_exit_status = EXIT_USAGE;
	argp_program_version_hook = print_version;
	catch_signals();
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (is(argv[1], "--version", "-V")) {
		print_version(stdout, NULL);
		return fflush(stdout) == 0 ? EXIT_COMPLETE : EXIT_LOSS;
	}
	if (is(argv[1], "help", "--help") || strcmp(argv[1], "-h") == 0) {
		if (argc == 2 || !(c = command_find(argv[2]))) {
			if (argc > 2)
				return unknown(argv[2]);
			usage(stdout);
			return fflush(stdout) == 0 ? EXIT_COMPLETE : EXIT_LOSS;
		}
		return run(c, 2, (char *[]){ argv[0], help, NULL });
	}
	c = command_find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	return run(c, argc - 1, argv + 1);
}
