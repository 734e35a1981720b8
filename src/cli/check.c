/* postern check: is a store sound? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/quantity.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "pst/check.h"

/* Findings listed without --all. */
#define FINDINGS_SHOWN 100

struct check_command {
	struct common_options common;
	bool all;
	char **files;
	int n;
};

static const struct argp_option options[] = {
	{ "all", 'a', NULL, 0, "List every finding (else the first 100; all are counted)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check_command *o = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'a':
		o->all = true;
		return 0;
	case ARGP_KEY_ARGS:
		o->files = state->argv + state->next;
		o->n = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		common_missing(state, "FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"FILE...",
	"Checks .pst and .ost files: header, checksums, signatures, B-trees, allocation maps, reference "
	"counts, heaps, tables, and whether all counts agree. Changes nothing."
	"\vThe exit code is 0 when a file is sound, 1 when there are only notes and warnings, 2 when it "
	"is damaged or could not be checked. With --json: one document per file.",
	common_children,
	NULL,
	NULL,
};

static const char *const severity_names[] = { "note", "warning", "damage" };

struct checking {
	const struct check_command *options;
	struct progress progress;
	struct json json;
};

static void print_finding(const struct check_finding *f)
{
	static const enum text_style styles[] = { TEXT_DIM, TEXT_YELLOW, TEXT_RED };

	printf("  %s%-7s%s  ", text_style(stdout, styles[f->severity]), severity_names[f->severity],
	       text_style(stdout, TEXT_PLAIN));
	if (f->offset != UINT64_MAX)
		printf("at 0x%" PRIX64 "  ", f->offset);
	text_put(stdout, f->what);
	if (f->id)
		printf(" (0x%" PRIX64 ")", f->id);
	if (f->expected && *f->expected) {
		fputs(": expected ", stdout);
		text_put(stdout, f->expected);
	}
	if (f->found && *f->found) {
		fputs(f->expected && *f->expected ? ", found " : ": ", stdout);
		text_put(stdout, f->found);
	}
	if (f->severity != CHECK_NOTE)
		fputs(f->repairable ? "; recover mends it" : "; cannot be mended", stdout);
	putchar('\n');
}

static void json_finding(struct json *j, const struct check_finding *f)
{
	json_object(j, NULL);
	json_text(j, "severity", severity_names[f->severity]);
	json_text(j, "area", check_area_name(f->area));
	if (f->offset != UINT64_MAX)
		json_number(j, "offset", f->offset);
	if (f->id)
		json_hex(j, "id", f->id);
	json_text(j, "what", f->what);
	json_text(j, "expected", f->expected);
	json_text(j, "found", f->found);
	json_bool(j, "repairable", f->repairable);
	json_end_object(j);
}

static void on_found(void *context, const struct check_finding *f)
{
	struct checking *c = context;

	progress_abandon();
	if (c->options->common.json)
		json_finding(&c->json, f);
	else if (!c->options->common.quiet)
		print_finding(f);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	struct checking *c = context;

	progress_draw(&c->progress, 0, done, total);
}

static int verdict(const struct check_summary *s)
{
	if (s->findings[CHECK_DAMAGE] || !s->complete)
		return EXIT_LOSS;
	return s->findings[CHECK_NOTE] + s->findings[CHECK_WARNING] ? EXIT_WARNINGS : EXIT_COMPLETE;
}

static void print_summary(const struct check_command *o, const struct check_summary *s)
{
	static const char *const verdicts[] = { "sound", "sound, with remarks", "damaged" };
	static const enum text_style styles[] = { TEXT_GREEN, TEXT_YELLOW, TEXT_RED };
	const struct {
		const char *what;
		uint64_t n;
	} seen[] = {
		{ "page", s->pages },	{ "block", s->blocks },	  { "node", s->nodes },	      { "heap", s->heaps },
		{ "table", s->tables }, { "folder", s->folders }, { "message", s->messages },
	};
	uint64_t all = s->findings[0] + s->findings[1] + s->findings[2];
	char text[TEXT_NUMBER_SIZE];
	int v = verdict(s);

	if (!o->all && all > FINDINGS_SHOWN && !o->common.quiet)
		printf("  ... and %" PRIu64 " more (--all lists them)\n", all - FINDINGS_SHOWN);
	for (unsigned area = 0; area < CHECK_AREAS; area++)
		if (s->by_area[area])
			printf("  %-12s %" PRIu64 " finding%s\n", check_area_name((enum check_area)area), s->by_area[area],
			       plural(s->by_area[area]));
	printf("  %s verified:", text_bytes(s->bytes, text));
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		printf("%s %" PRIu64 " %s%s", i ? "," : "", seen[i].n, seen[i].what, plural(seen[i].n));
	putchar('\n');
	if (!s->complete)
		puts("  the check could not reach everything");
	printf("  %s%s%s: %" PRIu64 " damage, %" PRIu64 " warning%s, %" PRIu64 " note%s\n",
	       text_style(stdout, styles[v]), verdicts[v], text_style(stdout, TEXT_PLAIN),
	       s->findings[CHECK_DAMAGE], s->findings[CHECK_WARNING], plural(s->findings[CHECK_WARNING]),
	       s->findings[CHECK_NOTE], plural(s->findings[CHECK_NOTE]));
}

static void json_summary(struct json *j, const struct check_summary *s)
{
	json_object(j, "summary");
	for (unsigned i = 0; i < 3; i++)
		json_number(j, severity_names[i], s->findings[i]);
	json_object(j, "by_area");
	for (unsigned area = 0; area < CHECK_AREAS; area++)
		json_number(j, check_area_name((enum check_area)area), s->by_area[area]);
	json_end_object(j);
	json_number(j, "pages", s->pages);
	json_number(j, "blocks", s->blocks);
	json_number(j, "nodes", s->nodes);
	json_number(j, "heaps", s->heaps);
	json_number(j, "tables", s->tables);
	json_number(j, "folders", s->folders);
	json_number(j, "messages", s->messages);
	json_number(j, "bytes", s->bytes);
	json_bool(j, "complete", s->complete);
	json_number(j, "exit", (uint64_t)verdict(s));
	json_end_object(j);
}

static status check_input(struct checking *c, struct input *in, struct check_summary *s,
			  struct reason *why)
{
	const struct check_command *o = c->options;
	struct check_options check = {
		.found = on_found,
		.progress = on_progress,
		.context = c,
		.most = o->all ? 0 : FINDINGS_SHOWN,
	};
	status st;

	progress_start(&c->progress, !o->common.quiet, in);
	progress_stage(&c->progress, "checking");
	st = pst_check(in, &check, s, why);
	progress_end(&c->progress);
	if (!st && input_changed(in))
		return reason_set(why, ecError, "%s changed while it was read: check it again",
				  in->name);
	return st;
}

static int check_open(struct checking *c, struct input *in)
{
	struct check_summary s = { 0 };
	struct reason why = { "" };
	bool json = c->options->common.json;
	status st;

	json_start(&c->json, stdout);
	if (json) {
		json_object(&c->json, NULL);
		json_text(&c->json, "file", in->name);
		json_array(&c->json, "findings");
	} else {
		printf("%s%s%s\n", text_style(stdout, TEXT_BOLD), in->name,
		       text_style(stdout, TEXT_PLAIN));
	}
	st = check_input(c, in, &s, &why);
	if (json) {
		json_end_array(&c->json);
		if (!st)
			json_summary(&c->json, &s);
		json_text(&c->json, "failure", st ? why.text : NULL);
		json_end_object(&c->json);
		json_finish(&c->json);
	} else if (!st) {
		print_summary(c->options, &s);
	}
	if (st)
		complain_status(st, &why);
	return st ? EXIT_LOSS : verdict(&s);
}

static int check_file(const struct check_command *o, const char *path)
{
	struct checking c = { .options = o };
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	status st = input_open_file(path, &in, &why);

	if (!st && in->size == 0)
		st = reason_set(&why, ecCorruptData, "%s is empty (0 bytes)", path);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	return check_open(&c, in);
}

static int run(const struct command *self, int argc, char **argv)
{
	struct check_command o = { 0 };
	int worst = EXIT_COMPLETE;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	for (int i = 0; i < o.n; i++) {
		int code = check_file(&o, o.files[i]);

		worst = code > worst ? code : worst;
	}
	return worst;
}

const struct command command_check = {
	"check", "FILE...", "is it sound: checksums, trees, maps, tables, counts", run, &argp, NULL,
};
