/* postern explain: what an error means, how to check it, what to do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/text.h"
#include "mapi/error.h"

#define PAGE_WIDTH 96

struct explain_options {
	struct common_options common;
	bool list;
	char **names;
	int n;
};

static const struct argp_option options[] = {
	{ "list", 'l', NULL, 0, "List all codes, or those whose name or meaning has the PATTERN in it",
	  0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explain_options *o = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'l':
		o->list = true;
		return 0;
	case ARGP_KEY_ARGS:
		o->names = state->argv + state->next;
		o->n = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		if (o->n == 0 && !o->list)
			common_missing(state, "CODE or NAME");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"CODE|NAME...\n--list [PATTERN...]",
	"Explains a MAPI error: what it means, how to check it, what to do."
	"\vA code may be written in decimal (1249) or hexadecimal (0x4E1); a name as Outlook and "
	"Exchange print it (ecCachedModeRequired, MAPI_E_NOT_FOUND); case does not matter.",
	common_children,
	NULL,
	NULL,
};

static void section(const char *title, const char *text)
{
	if (!text || !*text)
		return;
	printf("\n%s%s%s\n", text_style(stdout, TEXT_BOLD), title, text_style(stdout, TEXT_PLAIN));
	text_wrap(stdout, text, 2, PAGE_WIDTH);
}

static void print_page(const struct mapi_error *e)
{
	printf("%s%s%s  0x%08" PRIX32 "  %" PRIu32, text_style(stdout, TEXT_BOLD), e->name,
	       text_style(stdout, TEXT_PLAIN), e->code, e->code);
	if (e->code > INT32_MAX)
		printf(" (%" PRId32 ")", (int32_t)e->code);
	printf("  %s\n", mapi_error_kind_name(e->kind));
	if (e->aliases && *e->aliases)
		printf("also: %s\n", e->aliases);
	section("What it means", e->meaning);
	section("How to check it", e->check);
	section("What to do", e->remedy);
	section("Source", e->source);
}

static void json_page(struct json *j, const struct mapi_error *e)
{
	json_object(j, NULL);
	json_text(j, "name", e->name);
	json_number(j, "code", e->code);
	json_hex(j, "hex", e->code);
	json_text(j, "kind", mapi_error_kind_name(e->kind));
	json_text(j, "aliases", e->aliases);
	json_text(j, "meaning", e->meaning);
	json_text(j, "check", e->check);
	json_text(j, "remedy", e->remedy);
	json_text(j, "source", e->source);
	json_end_object(j);
}

static bool matches(const struct mapi_error *e, const char *pattern)
{
	return strcasestr(e->name, pattern) || (e->aliases && strcasestr(e->aliases, pattern)) || strcasestr(e->meaning, pattern);
}

static bool wanted(const struct explain_options *o, const struct mapi_error *e)
{
	for (int i = 0; i < o->n; i++)
		if (matches(e, o->names[i]))
			return true;
	return o->n == 0;
}

static int list(const struct explain_options *o)
{
	const struct mapi_error *e;
	struct json j;
	size_t n = 0;

	if (o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
	}
	for (size_t i = 0; (e = mapi_error_at(i)) != NULL; i++) {
		if (!wanted(o, e))
			continue;
		n++;
		if (o->common.json)
			json_page(&j, e);
		else
			printf("0x%08" PRIX32 "  %-36s %s\n", e->code, e->name, e->meaning);
	}
	if (o->common.json)
		json_finish(&j);
	if (n)
		return EXIT_COMPLETE;
	complain("no code has that in its name or meaning");
	return EXIT_LOSS;
}

static void suggest(const char *word)
{
	const struct mapi_error *near[3];
	size_t n = mapi_error_suggest(word, near, 3);

	complain("%s is not a code or name that is known", word);
	if (!n)
		return;
	fprintf(stderr, "Did you mean");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s %s", i == 0 ? "" : i + 1 == n ? " or" : ",", near[i]->name);
	fprintf(stderr, "?\n");
}

static int pages(const struct explain_options *o)
{
	int code = EXIT_COMPLETE;
	struct json j;

	if (o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
	}
	for (int i = 0; i < o->n; i++) {
		const struct mapi_error *e = mapi_error_lookup(o->names[i]);

		if (!e) {
			suggest(o->names[i]);
			code = EXIT_LOSS;
		} else if (o->common.json) {
			json_page(&j, e);
		} else {
			if (i)
				printf("\n");
			print_page(e);
		}
	}
	if (o->common.json)
		json_finish(&j);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct explain_options o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	return o.list ? list(&o) : pages(&o);
}

static void words(void (*add)(void *context, const char *word), void *context)
{
	const struct mapi_error *e;

	for (size_t i = 0; (e = mapi_error_at(i)) != NULL; i++)
		add(context, e->name);
}

const struct command command_explain = {
	"explain", "CODE|NAME", "what an error means, how to check it, what to do", run, &argp, words,
};
