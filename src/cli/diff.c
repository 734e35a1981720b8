/* postern diff: do two stores hold the same? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/text.h"
#include "mapi/compare.h"

/* Objects described without --all. */
#define OBJECTS_SHOWN 100

struct diff_options {
	struct common_options common;
	bool all, list_ignored;
	const char *data;
	const char *files[2];
};

enum { KEY_DATA = 256 };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "LOCATION", 0, "Where mailboxes are: a folder or postgresql://...", 0 },
	{ "all", 'a', NULL, 0, "Describe everything that differs (else the first 100 items; all are counted)",
	  0 },
	{ "list-ignored", 'i', NULL, 0, "List what may differ by nature and is not compared", 0 },
	{ 0 },
};

static const struct option_slot slots[] = {
	{ KEY_DATA, OPTION_TEXT, offsetof(struct diff_options, data) },
	{ 'a', OPTION_FLAG, offsetof(struct diff_options, all) },
	{ 'i', OPTION_FLAG, offsetof(struct diff_options, list_ignored) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_options *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num >= 2)
			argp_error(state, "two stores are compared, no more");
		else
			o->files[state->arg_num] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->files[1] && !o->list_ignored)
			common_missing(state, o->files[0] ? "B" : "A");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"A B\n--list-ignored",
	"Compares two stores item by item and property by property; order does not count."
	"\vA and B are .pst or .ost files, .mbox, .eml, folders of them, or mailboxes (mailbox:alice). The exit code is 0 when they "
	"hold the same, 2 when they differ or could not be read.",
	common_children,
	NULL,
	NULL,
};

struct diffing {
	const struct diff_options *options;
	struct source sources[2];
	struct progress progress;
	struct json json;
	char last[512]; /* the object that was named last */
};

/* --- what differs --- */

static void put_place(const struct compare_difference *d)
{
	text_put(stdout, *d->path ? d->path : "(root)");
	if (d->item) {
		fputs("  \"", stdout);
		text_put(stdout, d->item);
		putchar('"');
	}
	for (unsigned side = 0; side < 2; side++)
		if (d->id[side])
			printf("  %c:0x%" PRIX64, 'A' + (int)side, d->id[side]);
}

/* The head of an object's lines, once. */
static void name_object(struct diffing *f, const struct compare_difference *d)
{
	char now[sizeof f->last];

	snprintf(now, sizeof now, "%d %" PRIu64 " %" PRIu64 " %.100s %.300s", d->kind, d->id[0],
		 d->id[1], d->item ? d->item : "", d->path);
	if (strcmp(now, f->last) == 0)
		return;
	memcpy(f->last, now, sizeof now);
	if (d->kind == COMPARE_STORE) {
		puts("the store itself");
		return;
	}
	put_place(d);
	putchar('\n');
}

static void put_values(const struct compare_difference *d)
{
	static const enum text_style styles[] = { TEXT_RED, TEXT_GREEN };

	for (unsigned side = 0; side < 2; side++) {
		printf("      %s%c: ", text_style(stdout, styles[side]), 'A' + (int)side);
		text_put(stdout, d->value[side] ? d->value[side] : "(nothing)");
		printf("%s\n", text_style(stdout, TEXT_PLAIN));
	}
	if (d->value[0] && d->value[1] && strcmp(d->value[0], d->value[1]) == 0)
		puts("      (they begin alike and differ further on)");
}

static void print_difference(struct diffing *f, const struct compare_difference *d)
{
	if (d->kind == COMPARE_ONLY_IN) {
		printf("only in %c  %s  ", 'A' + (int)d->side, d->folder ? "folder" : "item");
		put_place(d);
		putchar('\n');
		return;
	}
	if (d->kind == COMPARE_MOVED) {
		fputs("in another folder  ", stdout);
		put_place(d);
		fputs("  in B: ", stdout);
		text_put(stdout, d->other);
		putchar('\n');
		return;
	}
	name_object(f, d);
	fputs("    ", stdout);
	text_put(stdout, d->part);
	if (*d->part && d->property)
		fputs(" > ", stdout);
	text_put(stdout, d->property ? d->property : "");
	putchar('\n');
	put_values(d);
}

static void json_difference(struct json *j, const struct compare_difference *d)
{
	static const char *const kinds[] = { "store", "folder", "item", "only", "moved" };

	json_object(j, NULL);
	json_text(j, "kind", kinds[d->kind]);
	if (d->kind == COMPARE_ONLY_IN) {
		json_text(j, "in", d->side ? "B" : "A");
		json_text(j, "object", d->folder ? "folder" : "item");
	}
	json_text(j, "folder", d->path);
	if (d->kind == COMPARE_MOVED)
		json_text(j, "folder_b", d->other);
	if (d->item)
		json_text(j, "item", d->item);
	json_hex(j, "id_a", d->id[0]);
	json_hex(j, "id_b", d->id[1]);
	if (*d->part)
		json_text(j, "part", d->part);
	if (d->property)
		json_text(j, "property", d->property);
	if (d->value[0] || d->value[1]) {
		json_text(j, "a", d->value[0]);
		json_text(j, "b", d->value[1]);
	}
	json_end_object(j);
}

static void on_found(void *context, const struct compare_difference *d)
{
	struct diffing *f = context;

	progress_abandon();
	if (f->options->common.json)
		json_difference(&f->json, d);
	else if (!f->options->common.quiet)
		print_difference(f, d);
}

static void on_progress(void *context, unsigned pass, unsigned side)
{
	static const char *const stages[2][2] = { { "reading A", "reading B" },
						  { "A again", "B again" } };
	struct diffing *f = context;

	const struct input *in = f->sources[side].input;

	progress_stage(&f->progress, stages[pass > 1][side]);
	if (in)
		progress_draw(&f->progress, 0, in->bytes_read, in->size);
}

/* --- the end --- */

static void side_counts(const char *what, const uint64_t counts[2])
{
	if (counts[0] || counts[1])
		printf("  %-28s A %" PRIu64 "  B %" PRIu64 "\n", what, counts[0], counts[1]);
}

static void print_summary(const struct compare_summary *s)
{
	bool same = compare_same(s);

	side_counts("folders", s->folders);
	side_counts("items", s->items);
	printf("  %-28s %" PRIu64 "\n", "equal items", s->equal);
	if (s->different)
		printf("  %-28s %" PRIu64 "\n", "different items", s->different);
	if (s->moved)
		printf("  %-28s %" PRIu64 "\n", "items in another folder", s->moved);
	side_counts("items only one has", s->only);
	side_counts("folders only one has", s->only_folders);
	if (s->folders_different)
		printf("  %-28s %" PRIu64 "\n", "different folders", s->folders_different);
	side_counts("unreadable parts", s->problems);
	printf("%s%s%s\n", text_style(stdout, same ? TEXT_GREEN : TEXT_RED),
	       same ? "They hold the same." : "They differ.", text_style(stdout, TEXT_PLAIN));
}

static void json_pair(struct json *j, const char *key, const uint64_t counts[2])
{
	json_object(j, key);
	json_number(j, "a", counts[0]);
	json_number(j, "b", counts[1]);
	json_end_object(j);
}

static void json_summary(struct json *j, const struct compare_summary *s)
{
	json_object(j, "summary");
	json_bool(j, "same", compare_same(s));
	json_pair(j, "folders", s->folders);
	json_pair(j, "items", s->items);
	json_number(j, "equal", s->equal);
	json_number(j, "different", s->different);
	json_number(j, "moved", s->moved);
	json_pair(j, "only", s->only);
	json_pair(j, "only_folders", s->only_folders);
	json_number(j, "folders_different", s->folders_different);
	json_bool(j, "store_different", s->store_different);
	json_pair(j, "unreadable", s->problems);
	json_end_object(j);
}

static status diff_stores(struct diffing *f, struct compare_summary *s, struct reason *why)
{
	struct item_source *items[2] = { f->sources[0].items, f->sources[1].items };
	struct compare_options o = {
		.found = on_found,
		.progress = on_progress,
		.context = f,
		.most = f->options->all ? 0 : OBJECTS_SHOWN,
	};
	status st;

	progress_start(&f->progress, !f->options->common.quiet, NULL);
	st = compare_stores(items, &o, s, why);
	progress_end(&f->progress);
	for (unsigned side = 0; !st && side < 2; side++)
		if (source_changed(&f->sources[side]))
			st = reason_set(why, ecError, "%s changed while it was read",
					f->sources[side].path);
	return st;
}

static int diff_open(struct diffing *f)
{
	struct compare_summary s = { 0 };
	struct reason why = { "" };
	bool json = f->options->common.json;
	status st;

	json_start(&f->json, stdout);
	if (json) {
		json_object(&f->json, NULL);
		json_text(&f->json, "a", f->sources[0].path);
		json_text(&f->json, "b", f->sources[1].path);
		json_array(&f->json, "differences");
	}
	st = diff_stores(f, &s, &why);
	if (json) {
		json_end_array(&f->json);
		if (!st)
			json_summary(&f->json, &s);
		json_text(&f->json, "failure", st ? why.text : NULL);
		json_end_object(&f->json);
		json_finish(&f->json);
	} else if (!st) {
		print_summary(&s);
	}
	if (st)
		complain_status(st, &why);
	return !st && compare_same(&s) ? EXIT_COMPLETE : EXIT_LOSS;
}

static int list_ignored(const struct diff_options *o)
{
	static const char *const scopes[] = { "store", "folder", "message", "recipient", "attachment" };
	size_t n;
	const struct compare_ignored *list = compare_ignored(&n);
	struct json j;

	json_start(&j, stdout);
	if (o->common.json)
		json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		char in[80] = "";

		for (unsigned s = 0; s < 5; s++)
			if (list[i].scope & 1u << s)
				snprintf(in + strlen(in), sizeof in - strlen(in), "%s%s",
					 *in ? ", " : "", scopes[s]);
		if (o->common.json) {
			json_object(&j, NULL);
			json_hex(&j, "first", list[i].first);
			json_hex(&j, "last", list[i].last);
			json_text(&j, "in", in);
			json_text(&j, "why", list[i].why);
			json_end_object(&j);
		} else {
			printf("0x%04X", list[i].first);
			if (list[i].last != list[i].first)
				printf("-0x%04X", list[i].last);
			printf("  in %s\n", in);
			text_wrap(stdout, list[i].why, 8, 96);
		}
	}
	if (o->common.json) {
		json_end_array(&j);
		json_finish(&j);
	}
	return EXIT_COMPLETE;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct diff_options o = { 0 };
	struct diffing f = { .options = &o };
	struct reason why = { "" };
	int code;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.list_ignored)
		return list_ignored(&o);
	for (unsigned side = 0; side < 2; side++) {
		status st = source_open(o.files[side], &(struct source_options){ .data = o.data }, &f.sources[side], &why);

		if (st) {
			complain_status(st, &why);
			if (side)
				source_close(&f.sources[0]);
			return EXIT_LOSS;
		}
	}
	code = diff_open(&f);
	source_close(&f.sources[0]);
	source_close(&f.sources[1]);
	return code;
}

const struct command command_diff = {
	"diff", "A B", "do two stores hold the same, property by property", run, &argp, NULL,
};
