/* postern import: files of mail into a mailbox. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/filter_options.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/transfer.h"
#include "store/folder.h"

struct import_command {
	struct common_options common;
	struct filter_choice choice;
	const char *data, *folder, *ledger, *mailbox;
	char **files;
	size_t n_files;
	bool create, dry_run, again, once, recover, undelete;
};

enum { KEY_DATA = 256, KEY_FOLDER, KEY_LEDGER, KEY_CREATE, KEY_AGAIN, KEY_ONCE, KEY_RECOVER, KEY_UNDELETE };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "LOCATION", 0, "Where mailboxes are: a folder or postgresql://...", 0 },
	{ "folder", KEY_FOLDER, "PATH", 0, "Put everything below this folder (\"Archive/2026\"), which is made", 0 },
	{ "create", KEY_CREATE, NULL, 0, "Make the mailbox, and the organisation, when they are not there", 0 },
	{ "recover", KEY_RECOVER, NULL, 0, "Search the whole file, as for a damaged one (which is done without being told)", 0 },
	{ "undelete", KEY_UNDELETE, NULL, 0, "With --recover: deleted items too", 0 },
	{ "again", KEY_AGAIN, NULL, 0, "Bring back what an earlier import brought and was deleted since", 0 },
	{ "once", KEY_ONCE, NULL, 0, "An item that is anywhere in the mailbox is not added again", 0 },
	{ "ledger", KEY_LEDGER, "FILE", 0, "Where the ledger is saved (else under LOCATION/ledgers)", 0 },
	{ "dry-run", 'n', NULL, 0, "Read every property of every item, and write nothing", 0 },
	{ 0 },
};

/* The last argument is the mailbox. */
static error_t take_arguments(struct import_command *o, struct argp_state *state)
{
	size_t n = (size_t)(state->argc - state->next);

	if (n < 2)
		common_missing(state, n ? "MAILBOX" : "FILE");
	o->files = state->argv + state->next;
	o->n_files = n - 1;
	o->mailbox = o->files[n - 1];
	if (place_notation(o->mailbox))
		o->mailbox = place_notation(o->mailbox);
	state->next = state->argc;
	return 0;
}

static const struct option_slot slots[] = {
	{ KEY_DATA, OPTION_TEXT, offsetof(struct import_command, data) },
	{ KEY_FOLDER, OPTION_TEXT, offsetof(struct import_command, folder) },
	{ KEY_LEDGER, OPTION_TEXT, offsetof(struct import_command, ledger) },
	{ KEY_CREATE, OPTION_FLAG, offsetof(struct import_command, create) },
	{ KEY_AGAIN, OPTION_FLAG, offsetof(struct import_command, again) },
	{ KEY_ONCE, OPTION_FLAG, offsetof(struct import_command, once) },
	{ KEY_RECOVER, OPTION_FLAG, offsetof(struct import_command, recover) },
	{ KEY_UNDELETE, OPTION_FLAG, offsetof(struct import_command, undelete) },
	{ 'n', OPTION_FLAG, offsetof(struct import_command, dry_run) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct import_command *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		state->child_inputs[1] = &o->choice;
		return 0;
	case ARGP_KEY_ARGS:
		return take_arguments(o, state);
	case ARGP_KEY_NO_ARGS:
		common_missing(state, "FILE");
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
	"FILE... MAILBOX",
	"Brings mail into a mailbox: .pst and .ost files (damaged ones too), .eml, .mbox, Maildirs, folders of mail. The "
	"files are only read. MAILBOX is a name, an alias, an address or a GUID."
	"\vThe same file twice adds nothing, several caches of one person become their union, and what was interrupted goes on "
	"when it is run again. The ledger says what was expected, emitted and written. Exit code: 0 nothing is missing, 1 "
	"remarks, 2 something is missing or it failed.",
	children,
	NULL,
	NULL,
};

/* --- the folder --- */

/* "a/b" with "\/" for a slash within a name: the next name into `out`; false at the end. */
static bool next_name(const char **path, char *out, size_t size)
{
	size_t n = 0;

	while (**path == '/')
		++*path;
	if (!**path)
		return false;
	for (; **path && **path != '/'; ++*path) {
		if (**path == '\\' && (*path)[1] == '/')
			++*path;
		if (n + 1 < size)
			out[n++] = **path;
	}
	out[n] = '\0';
	return true;
}

static status find_or_make(struct mailbox *m, uint64_t parent, const char *name, uint64_t *id)
{
	status st = folder_by_name(m, parent, name, id);

	if (st != ecNotFound)
		return st;
	st = mailbox_begin(m);
	if (!st)
		st = folder_create(m, parent, name, NULL, id);
	if (!st)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return st;
}

static status find_folder(struct mailbox *m, const char *path, uint64_t *id, struct reason *why)
{
	char name[FOLDER_NAME_MAX + 1];
	status st = folder_by_role(m, MAILBOX_IPM_SUBTREE, id);

	while (!st && next_name(&path, name, sizeof name))
		st = find_or_make(m, *id, name, id);
	return st ? reason_set(why, st, "the folder cannot be made: %s", mailbox_failure(m)) : ecNone;
}

/* --- one file --- */

struct importing {
	struct import_command *options;
	struct progress progress;
	struct place to;
	uint64_t folder;
};

static void on_progress(void *context, const char *stage, uint64_t done, uint64_t total)
{
	struct importing *i = context;

	progress_stage(&i->progress, stage);
	progress_draw(&i->progress, 0, done, total);
}

static status open_source(struct importing *i, const char *file, struct source *s, struct reason *why)
{
	const struct import_command *o = i->options;
	struct source_options how = {
		.data = o->data,
		.rescue = o->recover ? RESCUE_ALWAYS : RESCUE_DAMAGED,
		.undelete = o->undelete,
		.progress = on_progress,
		.context = i,
	};
	status st;

	progress_start(&i->progress, !o->common.quiet, NULL);
	st = source_open(file, &how, s, why);
	progress_end(&i->progress);
	if (!st && s->recovery && !o->recover && !o->common.quiet)
		note("%s is damaged: everything that is in it is searched for", file);
	return st;
}

static int import_one(struct importing *i, const char *file)
{
	struct import_command *o = i->options;
	struct transfer t = { .command = "import", .source = file, .common = &o->common, .ledger = o->ledger };
	struct import_options how = { .folder = i->folder, .again = o->again, .anywhere = o->once };
	struct source s = { 0 };
	struct reason why = { "" };
	status st = open_source(i, file, &s, &why);
	int code;

	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	if (o->n_files > 1 && !o->common.json && !o->common.quiet)
		printf("%s\n", file);
	t.items = s.items;
	t.input = s.input;
	t.filter = filter_chosen(&o->choice);
	code = o->dry_run ? transfer_run(&t) : transfer_into(&t, &s, &i->to, &how);
	source_close(&s);
	return code;
}

/* --- all of them --- */

static int import_all(struct importing *i)
{
	const struct import_command *o = i->options;
	bool list = o->common.json && o->n_files > 1;
	int worst = EXIT_COMPLETE;

	if (list)
		puts("[");
	for (size_t n = 0; n < o->n_files; n++) {
		int code;

		if (list && n)
			puts(",");
		code = import_one(i, o->files[n]);
		worst = code > worst ? code : worst;
	}
	if (list)
		puts("]");
	return worst;
}

static status open_mailbox(struct importing *i, struct reason *why)
{
	const struct import_command *o = i->options;
	status st;

	if (o->dry_run)
		return ecNone;
	st = place_open_mailbox(o->data, o->mailbox, o->create, &i->to, why);
	if (!st && o->folder)
		st = find_folder(i->to.mailbox, o->folder, &i->folder, why);
	return st;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct import_command o = { 0 };
	struct importing i = { .options = &o };
	struct reason why = { "" };
	status st;
	int code = EXIT_LOSS;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.ledger && o.n_files > 1) {
		complain("--ledger is for one file; %zu were named", o.n_files);
		return EXIT_USAGE;
	}
	st = open_mailbox(&i, &why);
	if (st)
		complain_status(st, &why);
	else
		code = import_all(&i);
	place_close(&i.to);
	return code;
}

const struct command command_import = {
	"import", "FILE... MAILBOX", "mail from files into a mailbox", run, &argp, NULL,
};
