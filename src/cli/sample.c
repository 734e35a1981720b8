/* postern sample: synthetic stores, and damaged copies of stores. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/text.h"
#include "cli/transfer.h"
#include "pst/sample.h"

#define MESSAGES_DEFAULT 100

enum { KEY_SEED = 256, KEY_MESSAGES, KEY_SIZE, KEY_EXTREMES, KEY_HUGE, KEY_OST, KEY_DAMAGE, KEY_OF, KEY_LIST };

struct sample_command {
	struct common_options common;
	struct sample_options sample;
	bool ost, force, list;
	const char *damage, *of, *destination;
};

static const struct argp_option options[] = {
	{ "seed", KEY_SEED, "N", 0, "Another seed gives other mail; the same one the same bytes (default 1)", 0 },
	{ "messages", KEY_MESSAGES, "N", 0, "How many mails (default 100)", 0 },
	{ "size", KEY_SIZE, "SIZE", 0, "Instead: about how large the file becomes, like 500M or 2G", 0 },
	{ "extremes", KEY_EXTREMES, NULL, 0,
	  "Values, nesting and lists as large and as odd as the format allows", 0 },
	{ "huge-folder", KEY_HUGE, NULL, 0, "All mails in one folder", 0 },
	{ "ost", KEY_OST, NULL, 0, "Mark it as an .ost", 0 },
	{ "force", 'f', NULL, 0, "Replace DST", 0 },
	{ "damage", KEY_DAMAGE, "KIND", 0, "Write a damaged copy of the file named by --of", 1 },
	{ "of", KEY_OF, "FILE", 0, "The store to damage a copy of", 1 },
	{ "list-damage", KEY_LIST, NULL, 0, "List the kinds of damage", 1 },
	{ 0 },
};

static void number(struct argp_state *state, const char *arg, bool size, uint64_t *out)
{
	if (!(size ? text_parse_size(arg, out) : text_parse_number(arg, out)))
		argp_error(state, "'%s' is not a %s", arg, size ? "size" : "number");
}

/* How much is wanted: something. */
static void amount(struct argp_state *state, const char *arg, bool size, uint64_t *out)
{
	number(state, arg, size, out);
	if (!*out)
		argp_error(state, "a store of 0 %s is none", size ? "bytes" : "mails");
}

static error_t parse_value(struct sample_command *o, int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case KEY_SEED:
		number(state, arg, false, &o->sample.seed);
		return 0;
	case KEY_MESSAGES:
		amount(state, arg, false, &o->sample.messages);
		return 0;
	case KEY_SIZE:
		amount(state, arg, true, &o->sample.bytes);
		return 0;
	case KEY_DAMAGE:
		o->damage = arg;
		return 0;
	case KEY_OF:
		o->of = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_switch(struct sample_command *o, int key)
{
	switch (key) {
	case KEY_EXTREMES:
		return o->sample.extremes = true, 0;
	case KEY_HUGE:
		return o->sample.huge_folder = true, 0;
	case KEY_OST:
		return o->ost = true, 0;
	case KEY_LIST:
		return o->list = true, 0;
	case 'f':
		return o->force = true, 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void check_usage(const struct sample_command *o, struct argp_state *state)
{
	if (o->list)
		return;
	if (!o->destination)
		common_missing(state, "DST");
	if (!o->damage != !o->of)
		argp_error(state, "--damage KIND and --of FILE go together");
	if (o->sample.messages && o->sample.bytes)
		argp_error(state, "--messages or --size, not both");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sample_command *o = state->input;
	error_t e;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		o->sample.seed = 1;
		return 0;
	case ARGP_KEY_ARG:
		if (o->destination)
			argp_error(state, "one file is written, no more");
		o->destination = arg;
		return 0;
	case ARGP_KEY_END:
		check_usage(o, state);
		return 0;
	default:
		e = parse_switch(o, key);
		return e == ARGP_ERR_UNKNOWN ? parse_value(o, key, arg, state) : e;
	}
}

static const struct argp argp = {
	options,
	parse,
	"DST.pst\n--damage KIND --of FILE DST\n--list-damage",
	"Makes a store of synthetic mail to test with: every class of item, every type of property, "
	"nesting, and many gigabytes if wanted; or a damaged copy of a store."
	"\vThe same options give the same bytes on every machine.",
	common_children,
	NULL,
	NULL,
};

static int list_damage(const struct sample_command *o)
{
	size_t n;
	const struct damage_kind *kinds = damage_kinds(&n);
	struct json j;

	json_start(&j, stdout);
	if (o->common.json)
		json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		if (!o->common.json) {
			printf("%-24s %s\n", kinds[i].name, kinds[i].summary);
			continue;
		}
		json_object(&j, NULL);
		json_text(&j, "name", kinds[i].name);
		json_text(&j, "summary", kinds[i].summary);
		json_end_object(&j);
	}
	if (o->common.json) {
		json_end_array(&j);
		json_finish(&j);
	}
	return EXIT_COMPLETE;
}

static bool kind_known(const char *kind)
{
	size_t n;
	const struct damage_kind *kinds = damage_kinds(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return true;
	return false;
}

static void say_damaged(const struct sample_command *o)
{
	struct json j;

	if (!o->common.json) {
		if (!o->common.quiet)
			printf("%s: a copy of %s, damaged: %s\n", o->destination, o->of, o->damage);
		return;
	}
	json_start(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "source", o->of);
	json_text(&j, "destination", o->destination);
	json_text(&j, "damage", o->damage);
	json_end_object(&j);
	json_finish(&j);
}

static int damage(const struct sample_command *o)
{
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	status st;

	if (!kind_known(o->damage)) {
		complain("there is no damage '%s'; --list-damage lists them", o->damage);
		return EXIT_USAGE;
	}
	st = input_open_file(o->of, &in, &why);
	if (!st)
		st = destination_check(o->destination, o->of, o->force, false, &why);
	if (!st)
		st = damage_copy(in, o->damage, o->sample.seed, o->destination, &why);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	say_damaged(o);
	return EXIT_COMPLETE;
}

static int make(const struct sample_command *o)
{
	struct sample *s;
	struct transfer t = {
		.command = "sample",
		.source = "synthetic",
		.destination = o->destination,
		.kind = DESTINATION_PST,
		.replace = o->force,
		.writer = { PST_ENCRYPT_PERMUTE, "Postern sample", false, o->ost },
		.common = &o->common,
	};
	struct reason why = { "" };
	int code;
	status st = destination_check(o->destination, NULL, o->force, false, &why);

	if (!st)
		st = sample_new(&o->sample, &s);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	t.items = sample_source(s);
	code = transfer_run(&t);
	sample_free(s);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct sample_command o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	if (o.list)
		return list_damage(&o);
	if (o.damage)
		return damage(&o);
	if (!o.sample.messages && !o.sample.bytes)
		o.sample.messages = MESSAGES_DEFAULT;
	return make(&o);
}

const struct command command_sample = {
	"sample", "DST.pst", "make a store of synthetic mail, or a damaged copy", run, &argp, NULL,
};
