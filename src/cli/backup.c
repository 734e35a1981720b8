/* postern backup: options, and which of its verbs is meant. */
#include "cli/backup.h"

#include <string.h>

#include "cli/text.h"

#define WAIT_DEFAULT 30 /* seconds */
#define WAIT_MOST 86400

enum { KEY_FULL = 256, KEY_WAIT, KEY_AT, KEY_SCRATCH, KEY_KEEP, KEY_DRY_RUN };

static const struct argp_option options[] = {
	{ "data", 'd', "DIR", 0, "The site: a folder, or postgresql://... (default: $POSTERN_DATA, else /var/lib/postern)", 1 },
	{ "mailbox", 'm', "NAME", 0, "Only this mailbox; may be given several times", 2 },
	{ "database", 'b', "NAME", 0, "Only the mailboxes of this database; may be given several times", 2 },
	{ "full", KEY_FULL, NULL, 0, "Everything again, not only what was changed", 2 },
	{ "wait", KEY_WAIT, "SECONDS", 0, "How long to wait for mailboxes that cannot be read for now (default: 30)", 2 },
	{ "at", KEY_AT, "TIME|NUMBER", 0, "verify: not the newest backup but this one", 3 },
	{ "scratch", KEY_SCRATCH, "DIR", 0, "verify: where to restore for the test, a folder or postgresql://... (default: in $TMPDIR)", 3 },
	{ "keep", KEY_KEEP, "N", 0, "prune: the newest N backups stay", 4 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "prune: say what would go, and remove nothing", 4 },
	{ 0 },
};

static error_t add_name(struct argp_state *state, const char **names, size_t *n, const char *name)
{
	if (*n == BACKUP_NAMES_MAX)
		argp_error(state, "more than %d names; choose a database, or everything", BACKUP_NAMES_MAX);
	names[(*n)++] = name;
	return 0;
}

static enum backup_verb verb_of(const char *word)
{
	static const char *const verbs[] = { [BACKUP_LIST] = "list", [BACKUP_VERIFY] = "verify", [BACKUP_PRUNE] = "prune" };

	for (enum backup_verb v = BACKUP_LIST; v <= BACKUP_PRUNE; v++)
		if (strcmp(verbs[v], word) == 0)
			return v;
	return BACKUP_MAKE;
}

static error_t take_argument(struct backup_command *o, char *arg, struct argp_state *state)
{
	if (state->arg_num == 0 && verb_of(arg) != BACKUP_MAKE)
		o->verb = verb_of(arg);
	else if (!o->destination)
		o->destination = arg;
	else
		argp_error(state, "one folder of backups, no more");
	return 0;
}

static void check_usage(const struct backup_command *o, struct argp_state *state)
{
	if (!o->destination)
		common_missing(state, "DEST, the folder of backups,");
	if (o->verb != BACKUP_MAKE && (o->n_mailboxes || o->n_databases || o->full))
		argp_error(state, "--mailbox, --database and --full are for making a backup");
	if (o->verb != BACKUP_VERIFY && (o->at || o->scratch))
		argp_error(state, "--at and --scratch are for 'postern backup verify'");
	if (o->verb == BACKUP_PRUNE && !o->keep)
		common_missing(state, "--keep N");
	if (o->verb != BACKUP_PRUNE && (o->keep || o->dry_run))
		argp_error(state, "--keep and --dry-run are for 'postern backup prune'");
}

static error_t take_number(struct argp_state *state, const char *arg, uint64_t least, uint64_t most, uint64_t *out)
{
	if (!text_parse_number(arg, out) || *out < least || *out > most)
		argp_error(state, "'%s' is no number from %llu to %llu", arg, (unsigned long long)least, (unsigned long long)most);
	return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct backup_command *o = state->input;

	switch (key) {
	case 'd':
		o->data = arg;
		return 0;
	case 'm':
		return add_name(state, o->mailboxes, &o->n_mailboxes, arg);
	case 'b':
		return add_name(state, o->databases, &o->n_databases, arg);
	case KEY_FULL:
		o->full = true;
		return 0;
	case KEY_WAIT:
		return take_number(state, arg, 0, WAIT_MOST, &o->wait);
	case KEY_AT:
		o->at = arg;
		return 0;
	case KEY_SCRATCH:
		o->scratch = arg;
		return 0;
	case KEY_KEEP:
		return take_number(state, arg, 1, UINT32_MAX, &o->keep);
	case KEY_DRY_RUN:
		o->dry_run = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct backup_command *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		o->wait = WAIT_DEFAULT;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(o, arg, state);
	case ARGP_KEY_END:
		check_usage(o, state);
		return 0;
	default:
		return parse_option(key, arg, state);
	}
}

static const struct argp argp = {
	options,
	parse,
	"DEST\nlist DEST\nverify DEST\nprune DEST --keep N",
	"Backs up a site, or mailboxes of it, into a folder: everything the first time, what was changed from then on."
	"\vA backup that was never restored is a hope: 'postern backup verify' restores it into a scratch place, checks it and"
	" compares it, and Get-MailboxDatabase warns until that has been done.",
	common_children,
	NULL,
	NULL,
};

static int run(const struct command *self, int argc, char **argv)
{
	static int (*const verbs[])(const struct backup_command *) = {
		[BACKUP_MAKE] = backup_make,
		[BACKUP_LIST] = backup_list,
		[BACKUP_VERIFY] = backup_check,
		[BACKUP_PRUNE] = backup_drop,
	};
	struct backup_command o = { 0 };

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	return verbs[o.verb](&o);
}

static void words(void (*add)(void *context, const char *word), void *context)
{
	static const char *const verbs[] = { "list", "verify", "prune" };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		add(context, verbs[i]);
}

const struct command command_backup = {
	"backup", "DEST", "back up mailboxes; list, verify and prune backups", run, &argp, words,
};
