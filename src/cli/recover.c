/* postern recover: what can be had of a damaged store, into a new .pst. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/quantity.h"
#include "cli/command.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/recovery_doubt.h"
#include "cli/text.h"
#include "cli/transfer.h"
#include "pst/recover.h"

struct recover_command {
	struct common_options common;
	bool no_undelete, dry_run, force;
	const char *source, *destination;
};

enum { KEY_NO_UNDELETE = 256 };

static const struct argp_option options[] = {
	{ "no-undelete", KEY_NO_UNDELETE, NULL, 0, "Leave out items that had been deleted", 0 },
	{ "dry-run", 'n', NULL, 0, "Say what could be had, and write nothing", 0 },
	{ "force", 'f', NULL, 0, "Replace DST.pst", 0 },
	{ 0 },
};

static const struct option_slot slots[] = {
	{ KEY_NO_UNDELETE, OPTION_FLAG, offsetof(struct recover_command, no_undelete) },
	{ 'n', OPTION_FLAG, offsetof(struct recover_command, dry_run) },
	{ 'f', OPTION_FLAG, offsetof(struct recover_command, force) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct recover_command *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num >= 2)
			argp_error(state, "one source and one destination, no more");
		*(state->arg_num ? &o->destination : &o->source) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->source)
			common_missing(state, "SRC");
		if (!o->destination && !o->dry_run)
			common_missing(state, "DST.pst");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"SRC DST.pst\n--dry-run SRC",
	"Rescues a damaged .pst or .ost: the whole file is searched for pages and blocks, and a new .pst "
	"is written from all that is there. The source is only read."
	"\vItems whose folder is lost are put into a folder named Recovered; deleted items come back "
	"with a stated confidence. With -v every item that is not complete is named. The exit code is "
	"0 when everything was had, 1 with warnings, 2 when something is lost.",
	common_children,
	NULL,
	NULL,
};

struct recovering {
	const struct recover_command *options;
	struct progress progress;
	struct pst_recovery *recovery;
	struct recovery_doubt doubt;
};

static void on_progress(void *context, const char *stage, uint64_t done, uint64_t total)
{
	struct recovering *r = context;

	progress_stage(&r->progress, stage);
	progress_draw(&r->progress, 0, done, total);
}

static const char *used(bool yes)
{
	return yes ? "usable" : "gone or wrong: rebuilt";
}

/* What the scan saw, in plain words. */
static void say_scan(const struct recover_summary *s)
{
	printf("\nthe file's own index: header %s; node tree %s; block tree %s\n", used(s->header_used),
	       used(s->nbt_used), used(s->bbt_used));
	printf("found in the file: %" PRIu64 " page%s (%" PRIu64 " outdated, %" PRIu64 " damaged), %" PRIu64 " block%s (%" PRIu64 " damaged), %" PRIu64
	       " node%s (%" PRIu64 " from outdated pages, %" PRIu64 " rebuilt)\n",
	       s->pages, plural(s->pages), s->stale_pages, s->bad_pages, s->blocks, plural(s->blocks), s->bad_blocks, s->nodes, plural(s->nodes),
	       s->stale_nodes, s->rebuilt_nodes);
}

/* Items by how much of them came back. */
static void say_items(const struct ledger *l, bool cut)
{
	const struct ledger_totals *t = ledger_totals(l);
	uint64_t emitted = t->sum.messages.emitted + t->sum.associated.emitted;
	uint64_t lost = t->missing + t->sum.messages.failed + t->sum.associated.failed;

	printf("items: %" PRIu64 " complete, %" PRIu64 " partial, %" PRIu64 " lost%s\n",
	       emitted - t->sum.partial, t->sum.partial, lost,
	       cut ? " that the file still names; of what was cut off nothing is known" : "");
}

static void after(void *context, const struct ledger *l)
{
	const struct recovering *r = context;

	say_scan(pst_recovery_summary(r->recovery));
	say_items(l, recovery_cut_off(r->recovery));
}

static void extra(void *context, struct json *j)
{
	const struct recovering *r = context;
	const struct recover_summary *s = pst_recovery_summary(r->recovery);

	json_object(j, "scan");
	json_bool(j, "header_used", s->header_used);
	json_bool(j, "cut_off", recovery_cut_off(r->recovery));
	json_bool(j, "nbt_used", s->nbt_used);
	json_bool(j, "bbt_used", s->bbt_used);
	json_number(j, "version", s->version);
	json_number(j, "encryption", s->encryption);
	json_number(j, "pages", s->pages);
	json_number(j, "stale_pages", s->stale_pages);
	json_number(j, "bad_pages", s->bad_pages);
	json_number(j, "blocks", s->blocks);
	json_number(j, "bad_blocks", s->bad_blocks);
	json_number(j, "nodes", s->nodes);
	json_number(j, "stale_nodes", s->stale_nodes);
	json_number(j, "rebuilt_nodes", s->rebuilt_nodes);
	json_end_object(j);
}

static status scan(struct recovering *r, struct input *in, struct reason *why)
{
	struct recover_options o = {
		.undelete = !r->options->no_undelete,
		.progress = on_progress,
		.context = r,
	};
	status st;

	progress_start(&r->progress, !r->options->common.quiet, in);
	st = pst_recover_open(in, &o, &r->recovery, why);
	progress_end(&r->progress);
	return st;
}

static int transfer(struct recovering *r, struct input *in)
{
	const struct recover_command *o = r->options;
	struct transfer t = {
		.command = "recover",
		.source = o->source,
		.destination = o->dry_run ? NULL : o->destination,
		.kind = DESTINATION_PST,
		.replace = o->force,
		.items = pst_recovery_source(r->recovery),
		.input = in,
		.writer = { PST_ENCRYPT_PERMUTE, NULL, true, false },
		.common = &o->common,
		.doubt = recovery_doubt(r->recovery, &r->doubt) ? &r->doubt.problem : NULL,
		.extra = extra,
		.after = after,
		.context = r,
	};

	return transfer_run(&t);
}

static int recover(const struct recover_command *o)
{
	struct recovering r = { .options = o };
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	status st = input_open_file(o->source, &in, &why);
	int code;

	if (!st && in->size == 0)
		st = reason_set(&why, ecCorruptData, "%s is empty (0 bytes)", o->source);
	if (!st && !o->dry_run)
		st = destination_check(o->destination, o->source, o->force, false, &why);
	if (!st)
		st = scan(&r, in, &why);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	code = transfer(&r, in);
	pst_recovery_close(r.recovery);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct recover_command o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.destination && !o.dry_run && destination_guess(o.destination) != DESTINATION_PST) {
		complain("%s: recover writes a .pst; its name must end in .pst", o.destination);
		return EXIT_USAGE;
	}
	return recover(&o);
}

const struct command command_recover = {
	"recover", "SRC DST.pst", "rescue a damaged file into a new .pst", run, &argp, NULL,
};
