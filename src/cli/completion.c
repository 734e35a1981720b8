/* postern completion: a completion script for bash, made from the command table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/text.h"

struct completion_options {
	struct common_options common;
	const char *shell;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct completion_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		o->shell = "bash";
		return 0;
	case ARGP_KEY_ARG:
		if (strcmp(arg, "bash") != 0)
			argp_error(state, "there is no completion for '%s', only for bash", arg);
		o->shell = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	NULL,
	parse,
	"[bash]",
	"Prints a script that completes commands, options, error names and recipients in bash."
	"\vTo use it now: source <(postern completion). For always: postern completion > "
	"~/.local/share/bash-completion/completions/postern. With --json: all commands and options.",
	common_children,
	NULL,
	NULL,
};

/* Calls `each` for every option of a command, those of its child parsers too. */
static void each_option(const struct argp *a, void (*each)(void *, const struct argp_option *),
			void *context)
{
	for (const struct argp_option *o = a->options; o && (o->name || o->key || o->doc); o++)
		if (o->name && !(o->flags & (OPTION_HIDDEN | OPTION_DOC)))
			each(context, o);
	for (const struct argp_child *c = a->children; c && c->argp; c++)
		each_option(c->argp, each, context);
}

static void print_option(void *context, const struct argp_option *o)
{
	(void)context;
	printf(" --%s%s", o->name, o->arg ? "=" : "");
}

static void print_word(void *context, const char *word)
{
	(void)context;
	printf(" %s", word);
}

static void print_case(const struct command *c)
{
	printf("\t%s)\n\t\toptions=\"", c->name);
	each_option(c->argp, print_option, NULL);
	fputs(" --help --usage --version\"\n", stdout);
	if (c->words) {
		fputs("\t\twords=\"", stdout);
		c->words(print_word, NULL);
		fputs("\"\n", stdout);
	}
	fputs("\t\t;;\n", stdout);
}

static void print_bash(void)
{
	fputs("# bash completion for postern, printed by 'postern completion'\n"
	      /* What bash takes for several words ("ada@contoso", "--to=ada") is one recipient; what it has already stays out of the answer. */
	      "_postern_people()\n{\n"
	      "\tlocal text=${COMP_LINE:0:COMP_POINT} before typed i whose=()\n"
	      "\ttyped=${text##*[[:space:]]}\n"
	      "\tbefore=${text%\"$typed\"}\n"
	      "\tcase $typed in\n"
	      "\t--to=* | --cc=* | --bcc=*) typed=${typed#*=} ;;\n"
	      "\t*) [[ $before =~ --(to|cc|bcc)[[:space:]]*$ ]] || return 1 ;;\n"
	      "\tesac\n"
	      "\t[[ $before =~ [[:space:]](-p|--profile)[[:space:]=]+([^[:space:]]+) ]] && whose=(--profile \"${BASH_REMATCH[2]}\")\n"
	      "\tlocal done= query=${typed##*,}\n"
	      "\t[[ $typed == *,* ]] && done=${typed%,*},\n"
	      "\tmapfile -t COMPREPLY < <(postern mail address \"${whose[@]}\" --addresses --limit 40 -- \"$query\" 2>/dev/null)\n"
	      "\tfor i in \"${!COMPREPLY[@]}\"; do COMPREPLY[i]=$done${COMPREPLY[i]}; done\n"
	      "\tif [[ $typed == *@* && $COMP_WORDBREAKS == *@* ]]; then\n"
	      "\t\tlocal kept=${typed%@*}@\n"
	      "\t\tfor i in \"${!COMPREPLY[@]}\"; do\n"
	      "\t\t\t[[ ${COMPREPLY[i],,} == \"${kept,,}\"* ]] && COMPREPLY[i]=${COMPREPLY[i]:${#kept}} || unset \"COMPREPLY[i]\"\n"
	      "\t\tdone\n"
	      "\t\tCOMPREPLY=(\"${COMPREPLY[@]}\")\n"
	      "\tfi\n"
	      "\tcompopt -o nospace\n"
	      "}\n"
	      "_postern()\n{\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} options= words=\n"
	      "\tCOMPREPLY=()\n"
	      "\t[[ ${COMP_WORDS[1]} == mail ]] && _postern_people && return 0\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"",
	      stdout);
	for (size_t i = 0; commands[i]; i++)
		printf("%s ", commands[i]->name);
	fputs("--help --version\" -- \"$current\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n",
	      stdout);
	for (size_t i = 0; commands[i]; i++)
		print_case(commands[i]);
	fputs("\tesac\n"
	      "\tcase $current in\n"
	      "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")) ;;\n"
	      "\t*) if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	      "\t   else COMPREPLY=($(compgen -f -- \"$current\")); fi ;;\n"
	      "\tesac\n"
	      "\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	      "\t[ -d \"${COMPREPLY[0]}\" ] && compopt -o filenames\n"
	      "\treturn 0\n"
	      "}\n"
	      "complete -F _postern postern\n",
	      stdout);
}

static void json_option(void *context, const struct argp_option *o)
{
	struct json *j = context;
	char letter[2] = { o->key > ' ' && o->key < 127 ? (char)o->key : 0, 0 };

	json_object(j, NULL);
	json_text(j, "option", o->name);
	json_text(j, "letter", *letter ? letter : NULL);
	json_text(j, "argument", o->arg);
	json_text(j, "summary", o->doc);
	json_end_object(j);
}

static void print_json(void)
{
	struct json j;

	json_start(&j, stdout);
	json_array(&j, NULL);
	for (size_t i = 0; commands[i]; i++) {
		json_object(&j, NULL);
		json_text(&j, "command", commands[i]->name);
		json_text(&j, "arguments", commands[i]->arguments);
		json_text(&j, "summary", commands[i]->summary);
		json_array(&j, "options");
		each_option(commands[i]->argp, json_option, &j);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_finish(&j);
}

static int run(const struct command *self, int argc, char **argv)
{
	struct completion_options o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.common.json)
		print_json();
	else
		print_bash();
	return EXIT_COMPLETE;
}

static void words(void (*add)(void *context, const char *word), void *context)
{
	add(context, "bash");
}

const struct command command_completion = {
	"completion", "[bash]", "print a completion script", run, &argp, words,
};
