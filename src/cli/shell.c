/* postern shell: the management shell, at a terminal, for one line, or for scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "cli/command.h"
#include "cli/shell_host.h"
#include "cli/shell_site.h"
#include "cli/shell_terminal.h"
#include "cli/text.h"
#include "shell/lexer.h"
#include "shell/shell.h"

struct shell_options {
	struct common_options common;
	const char *line;
	const char *const *files;
	int n;
	struct shell_site site;
};

enum { KEY_CREATE = 256, KEY_ORGANIZATION, KEY_DOMAIN, KEY_HOST };

static const struct argp_option options[] = {
	{ "command", 'c', "LINE", 0, "Run this line and end", 0 },
	{ "data", 'd', "LOCATION", 0, "Where the directory and the mailboxes are: a folder, or postgresql://...", 0 },
	{ "create", KEY_CREATE, NULL, 0, "Make an organisation where there is none", 1 },
	{ "organization", KEY_ORGANIZATION, "NAME", 0, "Its name, when one is made (default Postern)", 1 },
	{ "domain", KEY_DOMAIN, "DOMAIN", 0, "Its first accepted domain (default: that of the host)", 1 },
	{ "host", KEY_HOST, "NAME", 0, "The whole name of its first server (default: that of the host)", 1 },
	{ 0 },
};

static bool parse_site(struct shell_site *s, int key, const char *arg)
{
	switch (key) {
	case 'd':
		s->data = arg;
		return true;
	case KEY_CREATE:
		s->options.create = true;
		return true;
	case KEY_ORGANIZATION:
		s->options.organization = arg;
		return true;
	case KEY_DOMAIN:
		s->options.domain = arg;
		return true;
	case KEY_HOST:
		s->options.host = arg;
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct shell_options *o = state->input;

	if (parse_site(&o->site, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'c':
		if (o->line)
			argp_error(state, "-c is given twice; a ; separates lines: -c 'A; B'");
		o->line = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->files = (const char *const *)state->argv + state->next;
		o->n = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		if (o->line && o->n)
			argp_error(state, "-c and a script do not go together");
		if (!o->site.options.create && (o->site.options.organization || o->site.options.domain || o->site.options.host))
			argp_error(state, "--organization, --domain and --host are for --create");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"[SCRIPT...]",
	"Runs cmdlets as administrators of Exchange know them: from -c, from scripts, from the standard input, or at a prompt."
	"\vA script is a text file of such lines; - is the standard input. Get-Command lists the cmdlets, Get-Help explains one. "
	"Exit codes: 0 done, 1 done with warnings, 2 an error was reported, 64 wrong usage.",
	common_children,
	NULL,
	NULL,
};

/* Scripts ------------------------------------------------------------------------------------------------------- */

static status read_stream(FILE *from, const char *name, struct buf *out, struct reason *why)
{
	for (;;) {
		uint8_t piece[4096];
		size_t n = fread(piece, 1, sizeof piece, from);

		buf_add(out, piece, n);
		if (out->failed)
			return reason_set(why, ecTooBig, "%s is longer than a script may be (%zu bytes)", name, SCRIPT_MAX);
		if (n < sizeof piece)
			return ferror(from) ? reason_set(why, ecDiskError, "%s cannot be read", name) : ecNone;
	}
}

static status read_file(const char *path, struct buf *out, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	status rc = input_open_file(path, &in, why);
	uint8_t *to;

	if (rc)
		return rc;
	to = in->size <= SCRIPT_MAX ? buf_extend(out, (size_t)in->size) : NULL;
	if (in->size && !to)
		return reason_set(why, ecTooBig, "%s is longer than a script may be (%zu bytes)", path, SCRIPT_MAX);
	rc = in->size ? input_read(in, 0, to, (size_t)in->size) : ecNone;
	return rc ? reason_set(why, rc, "%s cannot be read", path) : ecNone;
}

static void run_text(struct shell *s, const void *text, size_t n)
{
	/* What went wrong has been said and counted. */
	(void)(shell_run(s, text ? text : "", n) == ecNone);
}

/* False when it could not be read. */
static bool run_script(struct shell *s, struct host *h, const char *path)
{
	CLEANUP_BUF struct buf text = BUF_MAX(SCRIPT_MAX);
	bool input = strcmp(path, "-") == 0;
	struct reason why = { "" };
	status rc = input ? read_stream(stdin, "the standard input", &text, &why) : read_file(path, &text, &why);

	if (rc) {
		complain("%s", why.text);
		h->errors++;
		return false;
	}
	h->script_is_input = input;
	h->source = input ? NULL : path;
	run_text(s, text.p, text.n);
	h->source = NULL;
	return true;
}

static bool is_prompt(const struct shell_options *o)
{
	return !o->line && !o->n && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void run_all(struct shell *s, struct host *h, const struct shell_options *o)
{
	struct reason why = { "" };

	if (o->line) {
		run_text(s, o->line, strlen(o->line));
	} else if (is_prompt(o)) {
		h->interactive = true;
		if (shell_terminal_run(s, h, &why)) {
			complain("%s", why.text);
			h->errors++;
		}
		/* A person has seen what went wrong. */
		h->errors = h->warnings = 0;
	} else if (!o->n) {
		(void)run_script(s, h, "-");
	}
	for (int i = 0; i < o->n && !shell_is_done(s); i++)
		if (!run_script(s, h, o->files[i]))
			return;
}

static int run_shell(struct shell_options *o, struct host *h)
{
	CLEANUP_SHELL struct shell *s = NULL;
	struct shell_host host = host_of(h);
	const struct cmdlet *const *const *tables;

	if (site_cmdlets(&o->site.arena, &tables) || shell_new(tables, &o->site, &host, &s)) {
		complain("too little memory");
		return EXIT_LOSS;
	}
	run_all(s, h, o);
	if (shell_finish(s))
		h->errors++;
	return host_exit_code(h);
}

static int run(const struct command *self, int argc, char **argv)
{
	struct shell_options o = { 0 };
	struct host h = { .options = &o.common };
	int code;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	shell_site_start(&o.site);
	code = run_shell(&o, &h);
	shell_site_end(&o.site);
	return code;
}

const struct command command_shell = {
	"shell", "[-c LINE|SCRIPT]", "manage mailboxes with the cmdlets of Exchange", run, &argp, NULL,
};
