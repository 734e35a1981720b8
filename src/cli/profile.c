/* postern profile: the Mail control panel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/option_slots.h"
#include "cli/password_prompt.h"
#include "cli/profile.h"
#include "cli/profile_connect.h"
#include "cli/text.h"
#include "client/address_book.h"
#include "client/discover.h"
#include "store/site.h"

#define ARENA_MOST    ((size_t)8 << 20)

enum { KEY_DATA = 256, KEY_SERVER, KEY_ALSO, KEY_NAME, KEY_USER, KEY_ROOTS, KEY_COMMAND, KEY_ONLINE, KEY_YES, KEY_SHARED, KEY_PUBLIC, KEY_ADD_MAILBOX, KEY_REMOVE_MAILBOX, KEY_DOWNLOAD, KEY_KEEP };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "DIR", 0, "Where profiles are (default: $POSTERN_DATA, else $XDG_DATA_HOME/postern)", 1 },
	{ "server", KEY_SERVER, "URL", 0, "add: ask this server, https://host; else Autodiscover looks for it", 2 },
	{ "also", KEY_ALSO, "HOST", 0, "add: this host, or those of this domain, may have the password too when the search leads there; else it is asked, or refused", 2 },
	{ "name", KEY_NAME, "NAME", 0, "add: the name of the profile (default: the address)", 2 },
	{ "user", KEY_USER, "NAME", 0, "add: the name to log on with (default: the address)", 2 },
	{ "roots", KEY_ROOTS, "FILE", 0, "add, set: certificate authorities that are trusted too (PEM); set: \"\" for none", 2 },
	{ "password-command", KEY_COMMAND, "COMMAND", 0, "add: the password is the first line that this says, each time it is needed", 2 },
	{ "online", KEY_ONLINE, NULL, 0, "add: not in cached mode", 2 },
	{ "add-mailbox", KEY_ADD_MAILBOX, "ADDRESS", 0, "set: an additional mailbox, whose owner gave permission, is kept here too", 3 },
	{ "remove-mailbox", KEY_REMOVE_MAILBOX, "ADDRESS", 0, "set: not any more; its local copy goes", 3 },
	{ "shared-folders", KEY_SHARED, "on|off", 0, "set: keep the additional mailboxes here", 3 },
	{ "public-folders", KEY_PUBLIC, "on|off", 0, "set: keep the public folders here", 3 },
	{ "download", KEY_DOWNLOAD, "full|headers-then-full|headers", 0, "set: mail comes whole, or first what lists show, or no more than that until a message is read", 3 },
	{ "keep", KEY_KEEP, "MONTHS|all", 0, "set: how far back mail is kept here; what is older stays at the server", 3 },
	{ "yes", KEY_YES, NULL, 0, "remove, --remove-mailbox: also when something in it was not sent or uploaded", 4 },
	{ 0 },
};

static const struct option_slot slots[] = {
	{ KEY_DATA, OPTION_TEXT, offsetof(struct profile_command, data) },
	{ KEY_SERVER, OPTION_TEXT, offsetof(struct profile_command, server) },
	{ KEY_ALSO, OPTION_TEXT, offsetof(struct profile_command, also) },
	{ KEY_NAME, OPTION_TEXT, offsetof(struct profile_command, name) },
	{ KEY_USER, OPTION_TEXT, offsetof(struct profile_command, user) },
	{ KEY_ROOTS, OPTION_TEXT, offsetof(struct profile_command, roots) },
	{ KEY_COMMAND, OPTION_TEXT, offsetof(struct profile_command, password_command) },
	{ KEY_ONLINE, OPTION_FLAG, offsetof(struct profile_command, online) },
	{ KEY_YES, OPTION_FLAG, offsetof(struct profile_command, yes) },
	{ KEY_SHARED, OPTION_TEXT, offsetof(struct profile_command, shared_folders) },
	{ KEY_PUBLIC, OPTION_TEXT, offsetof(struct profile_command, public_folders) },
	{ KEY_DOWNLOAD, OPTION_TEXT, offsetof(struct profile_command, download) },
	{ KEY_KEEP, OPTION_TEXT, offsetof(struct profile_command, keep) },
	{ KEY_ADD_MAILBOX, OPTION_TEXT, offsetof(struct profile_command, add_mailbox) },
	{ KEY_REMOVE_MAILBOX, OPTION_TEXT, offsetof(struct profile_command, remove_mailbox) },
	{ 0 },
};

static int failed(const struct reason *why)
{
	complain("%s", why->text);
	return EXIT_LOSS;
}

/* add ----------------------------------------------------------------------------------------------------------------------------- */

static void show_tries(const struct discovered *d)
{
	for (size_t i = 0; i < d->n_tries; i++) {
		fprintf(stderr, "  %s\n    ", d->tries[i].method);
		text_put(stderr, d->tries[i].url);
		fprintf(stderr, ": ");
		text_put(stderr, d->tries[i].outcome);
		fputc('\n', stderr);
	}
}

/* The password of a command, else one that is asked for. */
static status get_password(const char *data, const struct profile *p, char *out, struct reason *why)
{
	char question[400];

	if (p->secret == PROFILE_SECRET_COMMAND)
		return secret_get(data, p, out, SECRET_ROOM, why);
	(void)snprintf(question, sizeof question, "Password of %s: ", p->user);
	return password_ask(question, out, SECRET_ROOM, why);
}

static void take_discovered(struct profile *p, const struct discovered *d)
{
	if (*d->address)
		p->address = d->address;
	p->display_name = d->display_name;
	p->mailbox_dn = d->mailbox_dn;
	p->server_dn = d->server_dn;
	p->mail_url = d->mail_url;
	p->book_url = d->book_url;
	p->oab_url = d->oab_url;
	p->autodiscover_url = d->autodiscover_url;
}

/* A host of another domain: only a person can say whether it is theirs. */
static bool may_have(void *context, const char *host)
{
	const struct profile *p = context;
	char line[16];

	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "The search for the mailbox of %s leads to the host ", p->address);
	text_put(stderr, host);
	fprintf(stderr, ", of another domain. Does it belong to whoever runs your mail, and may it have your password? [y/N] ");
	(void)fflush(stderr);
	return fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y');
}

static status find_server(const struct profile_command *o, struct profile *p, const char *password, struct arena *arena, struct reason *why)
{
	struct discover_options how = { .address = p->address,
					.user = p->user,
					.password = password,
					.server = o->server,
					.roots_file = p->roots_file,
					.also = o->also,
					.may_have = may_have,
					.context = p };
	struct discovered d;
	status s = discover(&how, arena, &d, why);

	if (!s)
		take_discovered(p, &d);
	else if (d.n_tries)
		show_tries(&d);
	return s;
}

status profile_check_logon(const struct profile *p, const char *password, struct reason *why)
{
	struct profile_connection c = { NULL, NULL };
	status s = profile_connect_with(p, password, &c, why);

	profile_disconnect(&c);
	return s;
}

status profile_full_path(const char *path, struct arena *arena, const char **out, struct reason *why)
{
	char *real = realpath(path, NULL);

	*out = real ? arena_strdup(arena, real) : NULL;
	free(real);
	return *out ? ecNone : reason_set(why, ecNotFound, "%s: %s", path, strerror(errno));
}

/* What is damaged, or cannot be read, is somebody's too: it is not written over. */
static status is_free(const char *data, const char *name, struct arena *arena, struct reason *why)
{
	struct profile other;
	struct reason unreadable = { "" };
	status s = profile_load(data, name, arena, &other, &unreadable);

	if (s == ecNotFound)
		return ecNone;
	if (!s)
		return reason_set(why, ecDuplicateName, "there is a profile %s already; another name is given with --name", name);
	return reason_set(why, s, "there is a profile %s already, which cannot be read, and is left as it is: %.300s", name, unreadable.text);
}

static int add(const struct profile_command *o, const char *data, struct arena *arena)
{
	const char *address = o->words[1];
	char password[SECRET_ROOM];
	struct reason why = { "" };
	struct profile p;
	status s = ecNone;

	profile_init(&p, o->name ? o->name : address);
	p.address = address;
	p.user = o->user ? o->user : address;
	p.cached = !o->online;
	if (o->password_command) {
		p.password_command = o->password_command;
		p.secret = PROFILE_SECRET_COMMAND;
	}
	if (o->roots)
		s = profile_full_path(o->roots, arena, &p.roots_file, &why);
	if (!s && !profile_is_name(p.name))
		s = reason_set(&why, ecInvalidParam, "\"%s\" cannot be the name of a profile: letters, digits, and . _ @ + - (--name)", p.name);
	if (!s)
		s = is_free(data, p.name, arena, &why);
	if (!s)
		s = get_password(data, &p, password, &why);
	if (!s)
		s = find_server(o, &p, password, arena, &why);
	if (!s)
		s = profile_check_logon(&p, password, &why);
	if (!s)
		s = profile_save(data, &p, &why);
	if (!s && p.secret != PROFILE_SECRET_COMMAND)
		s = secret_set(data, &p, password, &why);
	if (!s)
		s = profile_save(data, &p, &why);
	secret_wipe(password, sizeof password);
	if (s)
		return failed(&why);
	if (!o->common.quiet)
		printf("The profile %s was made%s. Next: postern sync %s\n", p.name, p.cached ? ", in cached mode" : "", p.name);
	return EXIT_COMPLETE;
}

/* show, list ---------------------------------------------------------------------------------------------------------------------- */

static int show(const struct profile_command *o, const char *data, struct arena *arena)
{
	struct reason why = { "" };
	struct profile p;

	if (profile_choose(data, o->words[1], arena, &p, &why))
		return failed(&why);
	if (o->common.json)
		profile_show_json(data, &p, arena);
	else
		profile_show(data, &p, arena);
	return EXIT_COMPLETE;
}

static int list(const struct profile_command *o, const char *data, struct arena *arena)
{
	const char *const *names;
	struct reason why = { "" };
	struct json j;
	size_t n = 0;

	if (profile_list(data, arena, &names, &n, &why))
		return failed(&why);
	if (o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		struct profile p;

		if (o->common.json)
			json_text(&j, NULL, names[i]);
		else if (profile_load(data, names[i], arena, &p, &why))
			printf("%-32s %s\n", names[i], why.text);
		else
			printf("%-32s %-32s %s\n", names[i], p.address, p.cached ? "cached" : "online");
	}
	if (o->common.json)
		json_finish(&j);
	if (!n && !o->common.json && !o->common.quiet)
		note("there is no profile yet: postern profile add you@example.com");
	return EXIT_COMPLETE;
}

/* remove, default ----------------------------------------------------------------------------------------------------------------- */

static int remove_profile(const struct profile_command *o, const char *data, struct arena *arena)
{
	static const char *const files[] = { ADDRESS_BOOK_OWN, ADDRESS_BOOK_GLOBAL, ADDRESS_BOOK_FILE, ADDRESS_BOOK_STATE, "secret", "profile.json" };
	struct reason why = { "" };
	struct profile p;
	const char *folder;
	status s = profile_load(data, o->words[1], arena, &p, &why);

	folder = s ? NULL : profile_folder(data, p.name, arena);
	if (!s && !o->yes)
		s = profile_each_store(data, &p, arena, profile_store_may_go, &why);
	if (!s)
		s = profile_each_store(data, &p, arena, profile_store_take_away, &why);
	if (!s && rmdir(arena_printf(arena, "%s/stores", folder)) && errno != ENOENT && errno != ENOTEMPTY)
		s = reason_set(&why, ecDiskError, "%s/stores: %s", folder, strerror(errno));
	if (!s)
		s = secret_remove(data, &p, &why);
	for (size_t i = 0; !s && i < sizeof files / sizeof *files; i++)
		if (unlink(arena_printf(arena, "%s/%s", folder, files[i])) && errno != ENOENT)
			s = reason_set(&why, ecDiskError, "%s/%s: %s", folder, files[i], strerror(errno));
	/* What else somebody keeps there stays. */
	if (!s && rmdir(folder) && errno != ENOTEMPTY)
		s = reason_set(&why, ecDiskError, "%s: %s", folder, strerror(errno));
	return s ? failed(&why) : EXIT_COMPLETE;
}

static int set_default(const struct profile_command *o, const char *data, struct arena *arena)
{
	struct reason why = { "" };

	(void)arena;
	return profile_set_default(data, o->words[1], &why) ? failed(&why) : EXIT_COMPLETE;
}

/* The command --------------------------------------------------------------------------------------------------------------------- */

static const struct verb {
	const char *name;
	size_t least; /* words, with the verb */
	const char *missing;
	int (*run)(const struct profile_command *o, const char *data, struct arena *arena);
} verbs[] = {
	{ "add", 2, "ADDRESS", add },
	{ "list", 1, "", list },
	{ "show", 1, "", show },
	{ "set", 1, "", profile_set },
	{ "default", 2, "NAME", set_default },
	{ "remove", 2, "NAME", remove_profile },
};

#define VERBS (sizeof verbs / sizeof *verbs)

static const struct verb *verb_of(const char *word)
{
	for (size_t i = 0; word && i < VERBS; i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct profile_command *o = state->input;
	const struct verb *v;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (o->n == PROFILE_WORDS_MOST)
			argp_error(state, "too many words");
		o->words[o->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		v = verb_of(o->words[0]);
		if (!v)
			argp_error(state, o->n ? "'%s' is not one of add, list, show, set, default, remove" : "what is to be done: add, list, show, set, default, remove?", o->words[0]);
		else if (o->n < v->least)
			common_missing(state, v->missing);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"add ADDRESS\nlist\nshow [NAME]\nset [NAME] [SETTING [VALUE]]\ndefault NAME\nremove NAME",
	"Profiles: whose mailbox, where its server is, and whether a local copy is kept (cached mode)."
	"\vSettings: cached on|off, encrypt on|off, work-offline on|off, password, user NAME, roots FILE, server URL, shared-folders on|off, public-folders on|off, add-mailbox ADDRESS, remove-mailbox ADDRESS. The password is asked for at the terminal, and kept in the"
	" keyring where one runs, else in a file that only you can read; it is never an argument.",
	common_children,
	NULL,
	NULL,
};

static int run(const struct command *self, int argc, char **argv)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct profile_command o = { 0 };

	const struct verb *v;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	v = verb_of(o.words[0]);
	return v ? v->run(&o, site_default_location(o.data, &arena), &arena) : EXIT_USAGE;
}

static void add_verbs(void (*add_word)(void *context, const char *word), void *context)
{
	for (size_t i = 0; i < VERBS; i++)
		add_word(context, verbs[i].name);
}

const struct command command_profile = { "profile", "add|list|show|set|default|remove ...", "whose mailbox, where its server is, and how it is cached", run, &argp, add_verbs };
