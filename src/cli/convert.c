/* postern convert: from one kind of store into another. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/filter_options.h"
#include "cli/option_slots.h"
#include "cli/text.h"
#include "cli/transfer.h"

struct convert_options {
	struct common_options common;
	struct filter_choice choice;
	bool dry_run, force, maildir;
	enum destination_kind kind;
	const char *data;
	const char *source, *destination;
};

enum { KEY_FOLDER = 256, KEY_DATA, KEY_MAILDIR };

static const struct argp_option options[] = {
	{ "folder", KEY_FOLDER, "PATH", 0, "Only this folder and those below it (may be repeated)", 0 },
	{ "data", KEY_DATA, "LOCATION", 0, "Where mailboxes are: a folder or postgresql://...", 0 },
	{ "maildir", KEY_MAILDIR, NULL, 0, "Write DST as a Maildir", 0 },
	{ "dry-run", 'n', NULL, 0, "Read every property of every item, and write nothing", 0 },
	{ "force", 'f', NULL, 0, "Replace DST", 0 },
	{ 0 },
};

static void take_argument(struct convert_options *o, char *arg, struct argp_state *state)
{
	if (!o->source)
		o->source = arg;
	else if (!o->destination)
		o->destination = arg;
	else
		argp_error(state, "too many arguments: %s", arg);
}

static const struct option_slot slots[] = {
	{ KEY_MAILDIR, OPTION_FLAG, offsetof(struct convert_options, maildir) },
	{ KEY_DATA, OPTION_TEXT, offsetof(struct convert_options, data) },
	{ 'n', OPTION_FLAG, offsetof(struct convert_options, dry_run) },
	{ 'f', OPTION_FLAG, offsetof(struct convert_options, force) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct convert_options *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		state->child_inputs[1] = &o->choice;
		return 0;
	case KEY_FOLDER:
		filter_add_folder(&o->choice, arg, state);
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
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ &common_argp, 0, "Common options:", 90 },
	{ &filter_argp, 0, "What is taken:", 1 },
	{ 0 },
};

static const struct argp argp = {
	options,
	parse,
	"SRC DST\nSRC --dry-run",
	"Converts a store into another: an .ost or .pst, an .eml, an .mbox, a Maildir, a folder of them or a mailbox "
	"(mailbox:alice) into a .pst (DST ends in .pst), an .mbox (DST ends in .mbox), a mailbox, or a folder of .eml, .vcf and "
	".ics files (any other DST). The source is never changed."
	"\vThe ledger at the end says what was expected, emitted and written; it is saved as DST.ledger.json. "
	"Exit code: 0 nothing is missing, 1 remarks, 2 something is missing or it failed.",
	children,
	NULL,
	NULL,
};

static int transfer(struct convert_options *o, struct source *s, struct place *to)
{
	struct transfer t = {
		.command = "convert",
		.source = o->source,
		.destination = o->dry_run ? NULL : o->destination,
		.kind = o->kind,
		.replace = o->force,
		.items = s->items,
		.input = s->input,
		.filter = filter_chosen(&o->choice),
		.writer = { PST_ENCRYPT_PERMUTE, NULL, true, false },
		.common = &o->common,
		.from = source_mailbox(s),
	};

	return to->mailbox ? transfer_into(&t, s, to, &(struct import_options){ .name = o->source }) : transfer_run(&t);
}

static status open_destination(const struct convert_options *o, struct place *to, struct reason *why)
{
	if (o->dry_run)
		return ecNone;
	if (o->kind == DESTINATION_MAILBOX)
		return place_open_mailbox(o->data, place_notation(o->destination), false, to, why);
	return destination_check(o->destination, place_notation(o->source) ? NULL : o->source, o->force,
				 o->kind == DESTINATION_EML || o->kind == DESTINATION_MAILDIR, why);
}

static int convert(struct convert_options *o)
{
	struct source s = { 0 };
	struct place to = { .site = NULL };
	struct reason why = { "" };
	status st = source_open(o->source, &(struct source_options){ .data = o->data }, &s, &why);
	int code = EXIT_LOSS;

	if (!st)
		st = open_destination(o, &to, &why);
	if (st) {
		complain_status(st, &why);
	} else {
		if (s.pst && pst_info(s.pst)->password && !o->common.quiet)
			note("%s has a password; it is only a checksum that protects nothing, and the result has none", o->source);
		code = transfer(o, &s, &to);
	}
	source_close(&s);
	place_close(&to);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct convert_options o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	o.kind = o.dry_run ? DESTINATION_PST : o.maildir ? DESTINATION_MAILDIR : destination_guess(o.destination);
	return convert(&o);
}

const struct command command_convert = {
	"convert", "SRC DST", "one kind of store into another", run, &argp, NULL,
};
