/* postern mail: reading, searching and writing mail in the local copy, with the server or without. */
#include "cli/mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/text.h"
#include "cli/tui.h"
#include "store/site.h"

#define ARENA_MOST  ((size_t)512 << 20)
#define LIST_DEFAULT 50u

enum { KEY_DATA = 256, KEY_TO, KEY_CC, KEY_BCC, KEY_SUBJECT, KEY_BODY, KEY_ATTACH, KEY_LIMIT, KEY_SKIP, KEY_UNREAD, KEY_CONVERSATIONS, KEY_GOOD, KEY_DRAFT, KEY_SEND, KEY_OLDEST, KEY_ADDRESSES, KEY_STORE, KEY_ALL };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "DIR", 0, "Where profiles are (default: $POSTERN_DATA, else $XDG_DATA_HOME/postern)", 1 },
	{ "profile", 'p', "NAME", 0, "Of this profile (default: the one there is, or the default one)", 1 },
	{ "mailbox", KEY_STORE, "ADDRESS", 0, "In this additional mailbox, or \"public\": the public folders", 1 },
	{ "folder", 'f', "FOLDER", 0, "search: only there and below; save: write files there", 2 },
	{ "all", KEY_ALL, NULL, 0, "search: in the additional mailboxes and the public folders too", 2 },
	{ "limit", KEY_LIMIT, "N", 0, "list, search, address: at most so many (default: 50)", 2 },
	{ "skip", KEY_SKIP, "N", 0, "list, search: not the first N", 2 },
	{ "unread", KEY_UNREAD, NULL, 0, "list, search: only what was not read", 2 },
	{ "conversations", KEY_CONVERSATIONS, NULL, 0, "list: what belongs together stands together", 2 },
	{ "oldest-first", KEY_OLDEST, NULL, 0, "list: the other way round", 2 },
	{ "to", KEY_TO, "PEOPLE", 0, "compose, forward, edit: to whom; addresses, or names of the address book", 3 },
	{ "cc", KEY_CC, "PEOPLE", 0, "compose, reply, forward, edit: who gets a copy", 3 },
	{ "bcc", KEY_BCC, "PEOPLE", 0, "compose, reply, forward, edit: who gets one that the others do not see", 3 },
	{ "subject", KEY_SUBJECT, "TEXT", 0, "compose, edit: the subject", 3 },
	{ "body", KEY_BODY, "FILE", 0, "compose, reply, forward, edit: the text (\"-\": standard input) instead of $VISUAL or $EDITOR", 3 },
	{ "attach", KEY_ATTACH, "FILE", 0, "compose, reply, forward, edit: a file to attach; may be given several times", 3 },
	{ "draft", KEY_DRAFT, NULL, 0, "compose, reply, forward: into Drafts, not into the Outbox", 3 },
	{ "send", KEY_SEND, NULL, 0, "edit: into the Outbox, not into Drafts", 3 },
	{ "addresses", KEY_ADDRESSES, NULL, 0, "address: the addresses alone, a line for each", 4 },
	{ "for-good", KEY_GOOD, NULL, 0, "delete: not into Deleted Items", 4 },
	{ 0 },
};

static const struct verb {
	const char *name, *arguments;
	size_t least;
	mail_verb *run;
	bool apart; /* does without the cache */
	bool own;   /* in one's own mailbox alone: nothing is sent from another */
} verbs[] = {
	{ "folders", "", 0, mail_show_folders, false, false },
	{ "list", "[FOLDER]", 0, mail_show_list, false, false },
	{ "search", "WORDS...", 1, mail_show_search, false, false },
	{ "read", "MESSAGE", 1, mail_show_message, false, false },
	{ "compose", "", 0, mail_write_new, false, true },
	{ "post", "FOLDER", 1, mail_post_new, false, false },
	{ "mkdir", "FOLDER", 1, mail_post_folder, false, false },
	{ "reply", "MESSAGE", 1, mail_write_reply, false, true },
	{ "reply-all", "MESSAGE", 1, mail_write_reply_all, false, true },
	{ "forward", "MESSAGE", 1, mail_write_forward, false, true },
	{ "edit", "MESSAGE", 1, mail_write_edit, false, true },
	{ "move", "MESSAGE... FOLDER", 2, mail_act_move, false, false },
	{ "copy", "MESSAGE... FOLDER", 2, mail_act_copy, false, false },
	{ "flag", "MESSAGE...", 1, mail_act_flag, false, false },
	{ "unflag", "MESSAGE...", 1, mail_act_unflag, false, false },
	{ "done", "MESSAGE...", 1, mail_act_done, false, false },
	{ "mark-read", "MESSAGE...", 1, mail_act_read, false, false },
	{ "mark-unread", "MESSAGE...", 1, mail_act_unread, false, false },
	{ "send", "MESSAGE...", 1, mail_act_send, false, true },
	{ "delete", "MESSAGE...", 1, mail_act_delete, false, false },
	{ "save", "MESSAGE [NUMBER]", 1, mail_act_save, false, false },
	{ "outbox", "", 0, mail_show_outbox, false, true },
	{ "address", "NAME...", 1, mail_address_show, true, false },
};

/* At a terminal: the screen, which opens the cache when it looks. */
static const struct verb without = { "", "", 0, tui_run, true, false };

#define VERBS (sizeof verbs / sizeof *verbs)

static const struct verb *verb_of(const char *word)
{
	for (size_t i = 0; word && i < VERBS; i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

status mail_id_of(const char *word, uint64_t *id, struct reason *why)
{
	char *end;

	errno = 0;
	*id = strtoull(word, &end, 16);
	if (errno || *end || end == word || !*id)
		return reason_set(why, ecInvalidParam, "\"%s\" names no message: they are called as postern mail list shows them, like 1f3a", word);
	return ecNone;
}

/* Options ------------------------------------------------------------------------------------------------------------------------- */

static const char **text_option(struct mail_command *o, int key)
{
	switch (key) {
	case KEY_DATA:
		return &o->data;
	case 'p':
		return &o->profile;
	case KEY_STORE:
		return &o->store;
	case 'f':
		return &o->folder;
	case KEY_TO:
		return &o->to;
	case KEY_CC:
		return &o->cc;
	case KEY_BCC:
		return &o->bcc;
	case KEY_SUBJECT:
		return &o->subject;
	case KEY_BODY:
		return &o->body_file;
	default:
		return NULL;
	}
}

static bool *flag_option(struct mail_command *o, int key)
{
	switch (key) {
	case KEY_UNREAD:
		return &o->unread;
	case KEY_ALL:
		return &o->all;
	case KEY_CONVERSATIONS:
		return &o->conversations;
	case KEY_GOOD:
		return &o->for_good;
	case KEY_DRAFT:
		return &o->draft;
	case KEY_SEND:
		return &o->send;
	case KEY_OLDEST:
		return &o->oldest_first;
	case KEY_ADDRESSES:
		return &o->addresses;
	default:
		return NULL;
	}
}

static error_t take_word(struct mail_command *o, char *arg, struct argp_state *state)
{
	if (o->n == MAIL_WORDS_MOST)
		argp_error(state, "too many words");
	o->words[o->n++] = arg;
	return 0;
}

static void check_usage(const struct mail_command *o, struct argp_state *state)
{
	const struct verb *v = verb_of(o->n ? o->words[0] : NULL);

	/* At a terminal, and not for a program: the interface. */
	if (!o->n && !o->common.json && screen_is_possible())
		return;
	if (!v)
		argp_error(state, o->n ? "'%s' is none of its verbs: 'postern mail --help' lists them" : "what is to be done? 'postern mail --help' lists the verbs", o->n ? o->words[0] : "");
	else if (o->n < v->least + 1)
		common_missing(state, v->arguments);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct mail_command *o = state->input;
	const char **text = text_option(o, key);
	bool *flag = flag_option(o, key);

	if (text || flag) {
		if (text)
			*text = arg;
		else
			*flag = true;
		return 0;
	}
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		o->limit = LIST_DEFAULT;
		return 0;
	case KEY_LIMIT:
	case KEY_SKIP:
		if (!text_parse_number(arg, key == KEY_LIMIT ? &o->limit : &o->skip) || (key == KEY_LIMIT && (!o->limit || o->limit > 100000)))
			argp_error(state, "'%s' is no number of messages", arg);
		return 0;
	case KEY_ATTACH:
		if (o->n_files == MAIL_DRAFT_FILES_MAX)
			argp_error(state, "too many attachments");
		o->files[o->n_files++] = arg;
		return 0;
	case ARGP_KEY_ARG:
		return take_word(o, arg, state);
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
	"\nfolders\nlist [FOLDER]\nread MESSAGE\nsearch WORDS...\ncompose\npost FOLDER\nmkdir FOLDER\nreply MESSAGE\nreply-all MESSAGE\nforward MESSAGE\nedit MESSAGE\nmove MESSAGE... FOLDER\ncopy MESSAGE... FOLDER\n"
	"flag MESSAGE...\nunflag MESSAGE...\ndone MESSAGE...\nmark-read MESSAGE...\nmark-unread MESSAGE...\nsend MESSAGE...\ndelete MESSAGE...\nsave MESSAGE [NUMBER]\noutbox\naddress NAME...",
	"Mail in the local copy of a mailbox: it can be read, searched and written with the server away. What is done here goes there with the next 'postern sync'."
	" With no further word, at a terminal: folders, lists and messages on the screen; ? shows its keys."
	"\vMessages are called as lists show them (1f3a), folders by path, name, or the beginning of either. A search is words, and from: to: subject: has:attachment is:unread"
	" before:2026-01-31 after: \"two words\" -not OR. Recipients are addresses, or people as the address book calls them: by name, alias, or the beginning of either when only"
	" one begins so.",
	common_children,
	NULL,
	NULL,
};

status mail_open_store(struct mail_at_work *w, unsigned patience_ms)
{
	status s;

	if (*w->store.name && !cache_exists(w->store.folder))
		return reason_set(&w->why, ecNotFound, "nothing of %s is here yet: postern sync brings it%s", w->store.title,
				  w->store.kind == REMOTE_PUBLIC && !w->profile.public_folders ? " after postern profile set public-folders on" : "");
	s = cache_open(w->store.folder, &clock_system, patience_ms, &w->cache, &w->why);
	w->mailbox = s ? NULL : cache_mailbox(w->cache);
	return s;
}

/* The command --------------------------------------------------------------------------------------------------------------------- */

static int at_work(const struct mail_command *o, const struct verb *v, struct mail_at_work *w)
{
	const char *data = site_default_location(o->data, w->arena);
	int code = EXIT_LOSS;
	status s = profile_choose(data, o->profile, w->arena, &w->profile, &w->why);

	if (!s) {
		w->data = data;
		w->data_folder = profile_folder(data, w->profile.name, w->arena);
		w->me = (struct mail_me){ w->profile.display_name, w->profile.address };
		s = profile_store_find(data, &w->profile, o->store, w->arena, &w->store, &w->why);
	}
	if (!s && v->own && *w->store.name)
		s = reason_set(&w->why, ecInvalidParam, "%s is done in one's own mailbox, from where it is sent: without --mailbox", v->name);
	if (!s && !v->apart)
		s = mail_open_store(w, MAIL_PATIENCE_MS);
	if (!s)
		code = v->run(w);
	cache_close(w->cache);
	if (*w->aside.text)
		note("%s", w->aside.text);
	if (code == EXIT_LOSS && *w->why.text)
		complain("%s", w->why.text);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct mail_command o = { 0 };
	struct mail_at_work w = { .o = &o, .arena = &arena };
	const struct verb *v;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	v = verb_of(o.words[0]);
	return at_work(&o, v ? v : &without, &w);
}

static void add_verbs(void (*add)(void *context, const char *word), void *context)
{
	for (size_t i = 0; i < VERBS; i++)
		add(context, verbs[i].name);
}

const struct command command_mail = { "mail", "[VERB ...]", "read, search and write mail in the local copy, with the server or without", run, &argp, add_verbs };
