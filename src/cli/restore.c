/* postern restore: a whole site out of a backup, or one mailbox. */
#include "base/quantity.h"
#include "cli/command.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/filetime.h"
#include "cli/json.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "store/backup_restore.h"
#include "store/site.h"

enum { KEY_TO = 256, KEY_AS, KEY_AT, KEY_REPLACE };

struct restore_command {
	const char *source, *mailbox, *to, *as, *at;
	bool replace;
	struct common_options common;
	struct progress progress;
	struct json json;
	char stage[160];
	uint64_t mailboxes, rows;
};

static const struct argp_option options[] = {
	{ "mailbox", 'm', "NAME", 0, "One mailbox, by name, address or GUID, not the whole site", 1 },
	{ "to", KEY_TO, "DIR", 0, "Into this site: a folder, or postgresql://... (default: $POSTERN_DATA, else /var/lib/postern)", 1 },
	{ "as", KEY_AS, "NAME", 0, "Into the mailbox of this person, who is made when there is none: a copy, with an identity of its own", 1 },
	{ "at", KEY_AT, "TIME|NUMBER", 0, "As of this time, or out of this backup; else out of the newest", 1 },
	{ "replace", KEY_REPLACE, NULL, 0, "What the mailbox holds now goes", 1 },
	{ 0 },
};

static void check_usage(const struct restore_command *o, struct argp_state *state)
{
	if (!o->source)
		common_missing(state, "DEST, the folder of backups,");
	if (o->as && !o->mailbox)
		argp_error(state, "--as needs --mailbox");
	if (o->replace && !o->mailbox)
		argp_error(state, "--replace needs --mailbox: a whole site is restored into an empty place only");
}

static const struct option_slot slots[] = {
	{ 'm', OPTION_TEXT, offsetof(struct restore_command, mailbox) },
	{ KEY_TO, OPTION_TEXT, offsetof(struct restore_command, to) },
	{ KEY_AS, OPTION_TEXT, offsetof(struct restore_command, as) },
	{ KEY_AT, OPTION_TEXT, offsetof(struct restore_command, at) },
	{ KEY_REPLACE, OPTION_FLAG, offsetof(struct restore_command, replace) },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct restore_command *o = state->input;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (o->source)
			argp_error(state, "one folder of backups, no more");
		o->source = arg;
		return 0;
	case ARGP_KEY_END:
		check_usage(o, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"DEST",
	"Restores a whole site into an empty place, or one mailbox into a site, from the backups in DEST (postern backup)."
	"\vA mailbox that is restored is the same one: caches of it go on. Nothing that is there is replaced without --replace.",
	common_children,
	NULL,
	NULL,
};

static void on_progress(void *context, const char *name, uint64_t nth, uint64_t of, uint64_t rows)
{
	struct restore_command *o = context;

	if (of)
		(void)snprintf(o->stage, sizeof o->stage, "restoring %" PRIu64 " of %" PRIu64 "  %.100s", nth, of, name);
	else if (!o->stage[0])
		(void)snprintf(o->stage, sizeof o->stage, "restoring %.100s", name);
	progress_stage(&o->progress, o->stage);
	progress_draw(&o->progress, rows, 0, 0);
}

static void on_done(void *context, const struct backup_restored *r)
{
	struct restore_command *o = context;

	progress_abandon();
	o->mailboxes++;
	o->rows += r->rows;
	if (o->common.json) {
		json_object(&o->json, NULL);
		json_text(&o->json, "name", r->name);
		json_number(&o->json, "rows", r->rows);
		json_number(&o->json, "parts", r->parts);
		json_end_object(&o->json);
	} else if (!o->common.quiet) {
		printf("  restored  ");
		text_put(stdout, r->name);
		printf("  from %" PRIu64 " part%s\n", r->parts, plural(r->parts));
	}
}

static void say_mailbox(const struct restore_command *o, const struct backup_entry *e, const struct backup_restored_mailbox *r)
{
	char guid[GUID_TEXT_SIZE], time[FILETIME_TEXT_SIZE], count[TEXT_NUMBER_SIZE];

	if (o->common.json)
		return;
	guid_format(&e->mailbox, guid);
	filetime_format(e->taken, time);
	printf("%s as of %.20s: %s message%s%s", e->name, time, text_count(e->messages, count), plural(e->messages),
	       r->replaced ? ", in the place of what was there" : "");
	if (o->as)
		printf("; in the mailbox of %s%s", o->as, r->made ? ", who was made for it and has no password yet" : "");
	putchar('\n');
	if (r->disconnected)
		printf("  nobody has it: give it to somebody with Connect-Mailbox %s -User NAME\n", guid);
}

static status restore_from(struct restore_command *o, const struct backup_set *set, const char *location, struct arena *arena,
			   struct backup_manifest *m, struct reason *why)
{
	const struct backup_restore_options how = { .replace = o->replace, .progress = on_progress, .done = on_done, .context = o };
	struct backup_restored_mailbox r = { 0 };
	const struct backup_entry *e = NULL;
	status st = backup_set_at(set, o->at, arena, m, why);

	if (st)
		return st;
	if (!o->mailbox)
		return backup_restore_site(set, m, location, &how, why);
	st = backup_manifest_find(m, o->mailbox, &e, why);
	if (!st)
		st = backup_restore_mailbox(set, e, location, o->as, &how, &r, why);
	if (!st)
		say_mailbox(o, e, &r);
	return st;
}

static int verdict(const struct restore_command *o, status st, const struct backup_manifest *m)
{
	return st ? EXIT_LOSS : !o->mailbox && !m->whole ? EXIT_WARNINGS : EXIT_COMPLETE;
}

static void json_result(struct restore_command *o, status st, const struct backup_manifest *m, const struct reason *why)
{
	json_end_array(&o->json);
	json_number(&o->json, "backup", m->number);
	json_number(&o->json, "rows", o->rows);
	json_text(&o->json, "failure", st ? why->text : NULL);
	json_number(&o->json, "exit", (uint64_t)verdict(o, st, m));
	json_end_object(&o->json);
	json_finish(&o->json);
}

static int restore(struct restore_command *o)
{
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BACKUP_MANIFEST_MAX);
	struct backup_manifest m = { 0 };
	struct reason why = { "" };
	const char *location = site_default_location(o->to, &arena);
	status st = location ? backup_set_open(o->source, BACKUP_SET_READ, &set, &why) : reason_set(&why, ecMemory, "out of memory");

	if (!st)
		st = restore_from(o, &set, location, &arena, &m, &why);
	progress_end(&o->progress);
	if (o->common.json)
		json_result(o, st, &m, &why);
	else if (!st && !o->mailbox)
		printf("backup %" PRIu64 " is restored into %s: the directory and %" PRIu64 " mailbox%s%s\n", m.number, location,
		       o->mailboxes ? o->mailboxes - 1 : 0, o->mailboxes == 2 ? "" : "es",
		       m.whole ? "" : "; NOT every mailbox of the site was in it");
	if (st)
		complain_status(st, &why);
	return verdict(o, st, &m);
}

static int run(const struct command *self, int argc, char **argv)
{
	struct restore_command o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	(void)umask(077);
	if (o.common.json) {
		json_start(&o.json, stdout);
		json_object(&o.json, NULL);
		json_text(&o.json, "command", "restore");
		json_text(&o.json, "source", o.source);
		json_array(&o.json, "restored");
	}
	progress_start(&o.progress, !o.common.quiet, NULL);
	return restore(&o);
}

const struct command command_restore = {
	"restore", "DEST", "a site, or one mailbox, out of a backup", run, &argp, NULL,
};
