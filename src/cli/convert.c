/* postern convert: from one kind of store into another. */
#include <stdio.h>
#include <stdlib.h>

#include "base/filetime.h"
#include "cli/command.h"
#include "cli/text.h"
#include "cli/transfer.h"

#define FOLDERS_MAX 64
#define CLASSES_MAX 64

struct convert_options {
	struct common_options common;
	struct filter_options filter;
	const char *folders[FOLDERS_MAX + 1], *classes[CLASSES_MAX + 1];
	size_t folder_count, class_count;
	bool filtering, dry_run, force;
	const char *source, *destination;
};

enum { KEY_FOLDER = 256, KEY_SINCE, KEY_BEFORE, KEY_CLASS, KEY_NO_DELETED, KEY_NO_ASSOCIATED };

static const struct argp_option options[] = {
	{ "folder", KEY_FOLDER, "PATH", 0, "Only this folder and those below it (may be repeated)", 0 },
	{ "since", KEY_SINCE, "DATE", 0, "Only items of this day (2026-01-31) or later", 0 },
	{ "before", KEY_BEFORE, "DATE", 0, "Only items before this day", 0 },
	{ "class", KEY_CLASS, "CLASS", 0,
	  "Only items of this message class and those below it (may be repeated)", 0 },
	{ "no-deleted", KEY_NO_DELETED, NULL, 0, "Leave out the Deleted Items folder", 0 },
	{ "no-associated", KEY_NO_ASSOCIATED, NULL, 0, "Leave out associated items (views, rules)", 0 },
	{ "dry-run", 'n', NULL, 0, "Read every property of every item, and write nothing", 0 },
	{ "force", 'f', NULL, 0, "Replace DST", 0 },
	{ 0 },
};

static void add_name(struct argp_state *state, const char **list, size_t *n, size_t max, const char *arg)
{
	if (*n == max)
		argp_error(state, "too many of one filter (at most %zu)", max);
	list[(*n)++] = arg;
}

static void set_date(struct argp_state *state, const char *arg, uint64_t *out)
{
	if (!filetime_parse(arg, out))
		argp_error(state, "'%s' is not a date like 2026-01-31", arg);
}

static error_t parse_filter(struct convert_options *o, int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case KEY_FOLDER:
		add_name(state, o->folders, &o->folder_count, FOLDERS_MAX, arg);
		break;
	case KEY_CLASS:
		add_name(state, o->classes, &o->class_count, CLASSES_MAX, arg);
		break;
	case KEY_SINCE:
		set_date(state, arg, &o->filter.since);
		break;
	case KEY_BEFORE:
		set_date(state, arg, &o->filter.before);
		break;
	case KEY_NO_DELETED:
		o->filter.no_deleted = true;
		break;
	case KEY_NO_ASSOCIATED:
		o->filter.no_associated = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	o->filtering = true;
	return 0;
}

static void take_argument(struct convert_options *o, char *arg, struct argp_state *state)
{
	if (!o->source)
		o->source = arg;
	else if (!o->destination)
		o->destination = arg;
	else
		argp_error(state, "too many arguments: %s", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct convert_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'n':
		o->dry_run = true;
		return 0;
	case 'f':
		o->force = true;
		return 0;
	case ARGP_KEY_ARG:
		take_argument(o, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->source)
			common_missing(state, "SRC");
		if (!o->destination && !o->dry_run)
			common_missing(state, "DST (or --dry-run)");
		return 0;
	default:
		return parse_filter(o, key, arg, state);
	}
}

static const struct argp argp = {
	options,
	parse,
	"SRC DST\nSRC --dry-run",
	"Converts a store into another: an .ost or .pst, an .eml, an .mbox or a folder of them into a .pst (DST ends in .pst), "
	"an .mbox (DST ends in .mbox) or a folder of .eml, .vcf and .ics files (any other DST). The source is never changed."
	"\vThe ledger at the end says what was expected, emitted and written; it is saved as DST.ledger.json. "
	"Exit code: 0 nothing is missing, 1 remarks, 2 something is missing or it failed.",
	common_children,
	NULL,
	NULL,
};

static int transfer(const struct convert_options *o, struct source *s)
{
	struct transfer t = {
		.command = "convert",
		.source = o->source,
		.destination = o->dry_run ? NULL : o->destination,
		.kind = o->dry_run ? DESTINATION_PST : destination_guess(o->destination),
		.replace = o->force,
		.items = s->items,
		.input = s->input,
		.filter = o->filtering ? &o->filter : NULL,
		.writer = { PST_ENCRYPT_PERMUTE, NULL, true, false },
		.common = &o->common,
	};

	return transfer_run(&t);
}

static int convert(const struct convert_options *o)
{
	struct source s = { 0 };
	struct reason why = { "" };
	status st = source_open(o->source, &s, &why);

	if (!st && !o->dry_run)
		st = destination_check(o->destination, o->source, o->force,
				       destination_guess(o->destination) == DESTINATION_EML, &why);
	if (st) {
		complain_status(st, &why);
		source_close(&s);
		return EXIT_LOSS;
	}
	if (s.pst && pst_info(s.pst)->password && !o->common.quiet)
		note("%s has a password; it is only a checksum that protects nothing, and the result has none", o->source);
	int code = transfer(o, &s);
	source_close(&s);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct convert_options o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	o.filter.folders = o.folder_count ? o.folders : NULL;
	o.filter.classes = o.class_count ? o.classes : NULL;
	return convert(&o);
}

const struct command command_convert = {
	"convert", "SRC DST", "one kind of store into another", run, &argp, NULL,
};
