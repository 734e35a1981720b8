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

static const struct mapi_error *find(const char *word)
{
	const struct mapi_error *e = mapi_error_by_name(word);
	char *end;
	long long n;

	if (e)
		return e;
	n = strtoll(word, &end, 0);
	/* Event logs print codes as negative numbers too. */
	if (end == word || *end || n < INT32_MIN || n > UINT32_MAX)
		return NULL;
	return mapi_error_lookup((status)n);
}

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
