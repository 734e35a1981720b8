/* postern export: a mailbox into files. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/filter_options.h"
#include "cli/option_slots.h"
#include "cli/text.h"
#include "cli/transfer.h"
#include "store/folder.h"

struct export_command {
	struct common_options common;
	struct filter_choice choice;
	const char *data, *ledger, *mailbox, *destination;
	bool deleted, maildir, dry_run, force;
};

enum { KEY_DATA = 256, KEY_FOLDER, KEY_LEDGER, KEY_DELETED, KEY_MAILDIR };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "LOCATION", 0, "Where mailboxes are: a folder or postgresql://...", 0 },
	{ "folder", KEY_FOLDER, "PATH", 0, "Only this folder and those below it (may be repeated)", 0 },
	{ "recoverable", KEY_DELETED, NULL, 0, "Recoverable items too: what was deleted and can be restored", 0 },
	{ "maildir", KEY_MAILDIR, NULL, 0, "Write DST as a Maildir", 0 },
	{ "ledger", KEY_LEDGER, "FILE", 0, "Where the ledger is saved (else beside DST)", 0 },
	{ "dry-run", 'n', NULL, 0, "Read every property of every item, and write nothing", 0 },
	{ "force", 'f', NULL, 0, "Replace DST", 0 },
	{ 0 },
};

static error_t take_argument(struct export_command *o, char *arg, struct argp_state *state)
{
	if (state->arg_num == 0)
		o->mailbox = place_notation(arg) ? place_notation(arg) : arg;
	else if (state->arg_num == 1)
		o->destination = arg;
	else
		argp_error(state, "one mailbox and one destination, no more");
	return 0;
}

static const struct option_slot slots[] = {
	{ KEY_DATA, OPTION_TEXT, offsetof(struct export_command, data) },
	{ KEY_LEDGER, OPTION_TEXT, offsetof(struct export_command, ledger) },
	{ KEY_DELETED, OPTION_FLAG, offsetof(struct export_command, deleted) },
	{ KEY_MAILDIR, OPTION_FLAG, offsetof(struct export_command, maildir) },
	{ 'n', OPTION_FLAG, offsetof(struct export_command, dry_run) },
	{ 'f', OPTION_FLAG, offsetof(struct export_command, force) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_command *o = state->input;

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
		return take_argument(o, arg, state);
	case ARGP_KEY_END:
		if (!o->mailbox)
			common_missing(state, "MAILBOX");
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
	"MAILBOX DST\nMAILBOX --dry-run",
	"Writes a mailbox as a .pst (DST ends in .pst), an .mbox (DST ends in .mbox), a Maildir (--maildir) or a folder of "
	".eml, .vcf and .ics files (any other DST). MAILBOX is a name, an alias, an address or a GUID."
	"\vThe mailbox is not changed. The ledger at the end says what was expected, emitted and written; it is saved as "
	"DST.ledger.json. Exit code: 0 nothing is missing, 1 remarks, 2 something is missing or it failed.",
	children,
	NULL,
	NULL,
};

static int transfer(struct export_command *o, const struct place *from, enum destination_kind kind, struct item_source *items)
{
	char source[400];
	struct transfer t = {
		.command = "export",
		.source = source,
		.destination = o->dry_run ? NULL : o->destination,
		.kind = kind,
		.replace = o->force,
		.items = items,
		.filter = filter_chosen(&o->choice),
		.writer = { PST_ENCRYPT_PERMUTE, from->name, true, false },
		.from = from->mailbox,
		.common = &o->common,
		.ledger = o->ledger,
	};

	(void)snprintf(source, sizeof source, "mailbox:%s", from->name);
	return transfer_run(&t);
}

static int export(struct export_command *o, enum destination_kind kind)
{
	struct place from = { .site = NULL };
	struct mailbox_source *source = NULL;
	struct mailbox_source_options how = { .deleted = o->deleted };
	struct reason why = { "" };
	status st = place_open_mailbox(o->data, o->mailbox, false, &from, &why);
	int code = EXIT_LOSS;

	if (!st && !o->dry_run)
		st = destination_check(o->destination, NULL, o->force, kind == DESTINATION_EML || kind == DESTINATION_MAILDIR, &why);
	if (!st)
		st = mailbox_source_new(from.mailbox, &how, &source, &why);
	if (st)
		complain_status(st, &why);
	else
		code = transfer(o, &from, kind, mailbox_source_source(source));
	mailbox_source_free(source);
	place_close(&from);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct export_command o = { 0 };
	enum destination_kind kind;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	kind = o.dry_run ? DESTINATION_PST : o.maildir ? DESTINATION_MAILDIR : destination_guess(o.destination);
	if (kind == DESTINATION_MAILBOX) {
		complain("%s is a mailbox; postern convert mailbox:%s %s copies one mailbox into another", o.destination, o.mailbox,
			 o.destination);
		return EXIT_USAGE;
	}
	return export(&o, kind);
}

const struct command command_export = {
	"export", "MAILBOX DST", "a mailbox into a .pst, an .mbox, a Maildir or files", run, &argp, NULL,
};
