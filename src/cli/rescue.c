/* postern rescue: a whole company's .ost and .pst files into mailboxes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/census.h"
#include "cli/command.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/rescue_profile.h"
#include "cli/rescue_files.h"
#include "cli/rescue_map.h"
#include "cli/rescue_propose.h"
#include "cli/rescue_result.h"
#include "cli/text.h"
#include "cli/transfer.h"

struct rescue_command {
	struct common_options common;
	const char *from, *map, *data, *report;
	const char *profile, *to;
	bool undelete, into_new;
};

enum { KEY_FROM = 256, KEY_MAP, KEY_DATA, KEY_REPORT, KEY_UNDELETE, KEY_TO, KEY_INTO_NEW };

static const struct argp_option options[] = {
	{ "from", KEY_FROM, "DIR", 0, "The folder with the .ost and .pst files, in it and below it", 0 },
	{ "map", KEY_MAP, "FILE", 0, "Whose they are: a table with the columns file, address, name (.csv)", 0 },
	{ "data", KEY_DATA, "LOCATION", 0, "Where mailboxes are, or will be: a folder or postgresql://...", 0 },
	{ "report", KEY_REPORT, "FILE", 0, "Where the report is saved (else under LOCATION/ledgers)", 0 },
	{ "to", KEY_TO, "FILE.pst", 0, "PROFILE: everything in its cache as this file", 0 },
	{ "into-new", KEY_INTO_NEW, NULL, 0, "PROFILE: everything in its cache into the mailbox that is there now", 0 },
	{ "undelete", KEY_UNDELETE, NULL, 0, "From damaged files deleted items too", 0 },
	{ 0 },
};

static const struct option_slot slots[] = {
	{ KEY_FROM, OPTION_TEXT, offsetof(struct rescue_command, from) },
	{ KEY_MAP, OPTION_TEXT, offsetof(struct rescue_command, map) },
	{ KEY_DATA, OPTION_TEXT, offsetof(struct rescue_command, data) },
	{ KEY_REPORT, OPTION_TEXT, offsetof(struct rescue_command, report) },
	{ KEY_UNDELETE, OPTION_FLAG, offsetof(struct rescue_command, undelete) },
	{ KEY_TO, OPTION_TEXT, offsetof(struct rescue_command, to) },
	{ KEY_INTO_NEW, OPTION_FLAG, offsetof(struct rescue_command, into_new) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rescue_command *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (o->profile)
			argp_error(state, "'%s': one profile, no more; files are named by --from and --map", arg);
		o->profile = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->profile && !o->to == !o->into_new)
			argp_error(state, "a profile is rescued --to FILE.pst or --into-new");
		if (!o->profile && !o->from)
			common_missing(state, "PROFILE, or --from DIR");
		if (o->profile && o->from)
			argp_error(state, "either a profile or --from DIR");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"--from DIR --map FILE\n--from DIR > FILE\nPROFILE --to FILE.pst\nPROFILE --into-new",
	"Brings all .ost and .pst files of a folder into the mailboxes of their owners, and makes the mailboxes that are not "
	"there. Damaged files are searched for everything that is in them. The files are only read. Or brings what the cache of a profile holds, whose "
	"mailbox is gone, into a file or into the mailbox that was made in its place."
	"\vWithout --map nothing is written: a map is proposed, on standard output, from what the files say of their owners. With it, "
	"each file is reported: items that the server knew, that were only ever here, that were waiting to be sent, that "
	"arrived in part. One bad file does not stop the others; a second run goes on where the first one was, and adds "
	"nothing twice. Exit code: 0 all is in mailboxes, 1 with remarks or with files of nobody, 2 something is missing or failed.",
	common_children,
	NULL,
	NULL,
};

struct rescuing {
	const struct rescue_command *options;
	struct rescue_files files;
	struct rescue_map map;
	struct site *site;
	struct progress progress;
	struct rescue_result *results;
	struct rescue_result *now; /* of the file at hand */
	char stage[80];
};

static void on_progress(void *context, const char *stage, uint64_t done, uint64_t total)
{
	struct rescuing *r = context;

	progress_stage(&r->progress, stage);
	progress_draw(&r->progress, 0, done, total);
}

/* --- one file --- */

static void summed(void *context, const struct ledger *l, const struct import_counts *counts, const struct reason *failure)
{
	struct rescue_result *now = ((struct rescuing *)context)->now;

	if (l) {
		now->sum = ledger_totals(l)->sum;
		now->missing = ledger_totals(l)->missing;
	}
	if (counts)
		now->counts = *counts;
	now->done = !failure;
	if (failure)
		now->failure = *failure;
}

static void transfer(struct rescuing *r, struct source *s, const struct place *to)
{
	const struct rescue_command *o = r->options;
	struct census census;
	struct transfer t = {
		.command = "rescue",
		.source = s->path,
		.items = &census.source,
		.input = s->input,
		.common = &o->common,
		.summed = summed,
		.context = r,
		.silent = true,
	};

	census_init(&census, s->items, 0);
	r->now->code = transfer_into(&t, s, to, &(struct import_options){ .name = s->path });
	r->now->unsent = census.unsent;
	census_free(&census);
}

static status open_source(struct rescuing *r, const char *path, struct source *s, struct reason *why)
{
	struct source_options how = {
		.rescue = RESCUE_DAMAGED,
		.undelete = r->options->undelete,
		.progress = on_progress,
		.context = r,
	};
	status st;

	progress_start(&r->progress, !r->options->common.quiet, NULL);
	st = source_open(path, &how, s, why);
	progress_end(&r->progress);
	return st;
}

static void rescue_file(struct rescuing *r, const char *path, const struct rescue_owner *owner)
{
	struct place to = { .site = NULL };
	struct source s = { 0 };
	status st = open_source(r, path, &s, &r->now->failure);

	if (!st)
		st = place_mailbox(r->site, owner->address, owner->name, true, &to, &r->now->failure);
	if (st) {
		r->now->code = EXIT_LOSS;
	} else {
		r->now->made = to.made;
		r->now->damaged = s.recovery != NULL;
		(void)snprintf(r->now->mailbox, sizeof r->now->mailbox, "%s", to.name);
		transfer(r, &s, &to);
	}
	place_release(&to);
	source_close(&s);
}

/* --- all of them --- */

static int exit_code(const struct rescuing *r)
{
	int worst = EXIT_COMPLETE;

	for (size_t i = 0; i < r->files.n; i++) {
		int code = r->results[i].address ? r->results[i].code : EXIT_WARNINGS;

		worst = code > worst ? code : worst;
	}
	return worst;
}

static void rescue_files(struct rescuing *r)
{
	for (size_t i = 0; i < r->files.n; i++) {
		const char *path = r->files.v[i];
		struct rescue_owner *owner = rescue_map_find(&r->map, path + r->files.prefix);

		r->now = &r->results[i];
		r->now->file = path + r->files.prefix;
		if (!owner)
			continue;
		owner->files++;
		r->now->address = owner->address;
		rescue_file(r, path, owner);
	}
}

static void name_unused(const struct rescuing *r)
{
	for (size_t i = 0; i < r->map.n; i++)
		if (!r->map.v[i].files)
			note("%s, line %u: no file fits %s", r->options->map, r->map.v[i].line, r->map.v[i].pattern);
}

static int save_report(struct rescuing *r)
{
	struct reason why = { "" };
	char path[4096], when[FILETIME_TEXT_SIZE], name[64];
	size_t n = 0;
	status st = ecNone;

	if (r->options->report) {
		st = rescue_report(r->options->report, r->options->from, r->results, r->files.n, &why);
	} else {
		filetime_format(clock_system.now(&clock_system), when);
		(void)snprintf(name, sizeof name, "rescue-");
		n = strlen(name);
		for (const char *c = when; *c && *c != '.' && n + 1 < sizeof name; c++)
			if (*c != '-' && *c != ':')
				name[n++] = *c;
		(void)snprintf(name + n, sizeof name - n, ".json");
		st = place_ledger(r->site, name, path, sizeof path, &why);
		if (!st)
			st = rescue_report(path, r->options->from, r->results, r->files.n, &why);
	}
	if (st) {
		complain("the report could not be saved: %s", why.text);
		return EXIT_LOSS;
	}
	if (!r->options->common.json && !r->options->common.quiet)
		printf("The report is in %s\n", r->options->report ? r->options->report : path);
	return EXIT_COMPLETE;
}

static int rescue(struct rescuing *r)
{
	int code, saved;

	rescue_files(r);
	if (r->options->common.json)
		rescue_json(stdout, r->options->from, r->results, r->files.n);
	else if (!r->options->common.quiet)
		rescue_table(r->results, r->files.n);
	if (!r->options->common.quiet)
		name_unused(r);
	saved = save_report(r);
	code = exit_code(r);
	return saved > code ? saved : code;
}

static status prepare(struct rescuing *r, struct reason *why)
{
	status st = rescue_files_find(r->options->from, &r->files, why);

	if (!st && r->options->map)
		st = rescue_map_read(r->options->map, &r->map, why);
	if (!st && r->options->map)
		st = place_open(r->options->data, true, &r->site, why);
	if (st)
		return st;
	r->results = calloc(r->files.n, sizeof *r->results);
	return r->results ? ecNone : reason_set(why, ecMemory, "not enough memory");
}

static int run(const struct command *self, int argc, char **argv)
{
	struct rescue_command o = { 0 };
	struct rescuing r = { .options = &o };
	struct reason why = { "" };
	status st;
	int code = EXIT_LOSS;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.profile)
		return rescue_profile(&(struct rescue_of_profile){ &o.common, o.data, o.profile, o.to });
	st = prepare(&r, &why);
	if (st)
		complain_status(st, &why);
	else
		code = o.map ? rescue(&r) : rescue_propose(&r.files, &o.common);
	free(r.results);
	site_close(r.site);
	rescue_map_free(&r.map);
	rescue_files_free(&r.files);
	return code;
}

const struct command command_rescue = {
	"rescue", "--from DIR --map FILE | PROFILE", "a company's files, or a lost mailbox's cache, into mailboxes", run, &argp, NULL,
};
