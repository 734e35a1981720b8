/* postern profile set. */
#include <stdio.h>
#include <string.h>

#include "cli/password_prompt.h"
#include "cli/profile.h"
#include "cli/text.h"

#define SETTINGS_MOST 16u
#define MONTHS_MOST   1200u

struct setting {
	const char *name, *value; /* NULL: none was given */
};

struct setting_at_work {
	const char *data;
	struct profile *profile;
	bool yes;
	struct arena *arena;
	struct reason *why;
};

/* One setting -------------------------------------------------------------------------------------------------------------------- */

static status set_flag(bool *to, const struct setting *s, struct reason *why)
{
	if (s->value && (strcmp(s->value, "on") == 0 || strcmp(s->value, "off") == 0)) {
		*to = strcmp(s->value, "on") == 0;
		return ecNone;
	}
	return reason_set(why, ecInvalidParam, "%s is on or off", s->name);
}

static status set_cached(struct setting_at_work *w, const struct setting *s)
{
	return set_flag(&w->profile->cached, s, w->why);
}

static status set_encrypt(struct setting_at_work *w, const struct setting *s)
{
	return set_flag(&w->profile->encrypt, s, w->why);
}

static status set_work_offline(struct setting_at_work *w, const struct setting *s)
{
	return set_flag(&w->profile->work_offline, s, w->why);
}

static status set_password(struct setting_at_work *w, const struct setting *setting)
{
	char password[SECRET_ROOM], question[400];
	status s;

	(void)setting;
	(void)snprintf(question, sizeof question, "New password of %s: ", w->profile->user);
	s = password_ask(question, password, sizeof password, w->why);
	if (!s)
		s = profile_check_logon(w->profile, password, w->why);
	if (!s)
		s = secret_set(w->data, w->profile, password, w->why);
	secret_wipe(password, sizeof password);
	return s;
}

static status set_text(const char **to, const struct setting *s, struct reason *why)
{
	if (!s->value || !*s->value)
		return reason_set(why, ecInvalidParam, "%s needs a value", s->name);
	*to = s->value;
	return ecNone;
}

static status set_user(struct setting_at_work *w, const struct setting *s)
{
	return set_text(&w->profile->user, s, w->why);
}

static status set_server(struct setting_at_work *w, const struct setting *s)
{
	return set_text(&w->profile->mail_url, s, w->why);
}

static status set_roots(struct setting_at_work *w, const struct setting *s)
{
	if (!s->value)
		return reason_set(w->why, ecInvalidParam, "roots needs a file");
	if (*s->value)
		return profile_full_path(s->value, w->arena, &w->profile->roots_file, w->why);
	w->profile->roots_file = "";
	return ecNone;
}

static status set_shared(struct setting_at_work *w, const struct setting *s)
{
	return set_flag(&w->profile->shared_folders, s, w->why);
}

static status set_public(struct setting_at_work *w, const struct setting *s)
{
	return set_flag(&w->profile->public_folders, s, w->why);
}

static status set_download(struct setting_at_work *w, const struct setting *s)
{
	static const char *const words[] = { "full", "headers-then-full", "headers" };

	for (unsigned i = 0; s->value && i < sizeof words / sizeof *words; i++)
		if (strcmp(s->value, words[i]) == 0) {
			w->profile->download = (enum profile_download)i;
			return ecNone;
		}
	return reason_set(w->why, ecInvalidParam, "%s is full, headers-then-full or headers", s->name);
}

static status set_keep(struct setting_at_work *w, const struct setting *s)
{
	uint64_t months = 0;

	if (s->value && strcmp(s->value, "all") == 0) {
		w->profile->keep_months = 0;
		return ecNone;
	}
	if (!s->value || !text_parse_number(s->value, &months) || !months || months > MONTHS_MOST)
		return reason_set(w->why, ecInvalidParam, "%s is a number of months, from 1 to %u, or all", s->name, MONTHS_MOST);
	w->profile->keep_months = (unsigned)months;
	return ecNone;
}

static status add_mailbox(struct setting_at_work *w, const struct setting *s)
{
	const char *address = NULL;
	status st = set_text(&address, s, w->why);

	return st ? st : profile_add_mailbox(w->data, w->profile, address, w->arena, w->why);
}

static status remove_mailbox(struct setting_at_work *w, const struct setting *s)
{
	const char *address = NULL;
	status st = set_text(&address, s, w->why);

	return st ? st
		  : profile_remove_mailbox(w->data, w->profile, address, w->yes, w->arena, w->why);
}

/* All of them -------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	status (*set)(struct setting_at_work *w, const struct setting *s);
	size_t option; /* where the command has it as an option; 0: nowhere */
} settings[] = {
	{ "cached", set_cached, 0 },
	{ "encrypt", set_encrypt, 0 },
	{ "work-offline", set_work_offline, 0 },
	{ "password", set_password, 0 },
	{ "user", set_user, offsetof(struct profile_command, user) },
	{ "roots", set_roots, offsetof(struct profile_command, roots) },
	{ "server", set_server, offsetof(struct profile_command, server) },
	{ "shared-folders", set_shared, offsetof(struct profile_command, shared_folders) },
	{ "public-folders", set_public, offsetof(struct profile_command, public_folders) },
	{ "download", set_download, offsetof(struct profile_command, download) },
	{ "keep", set_keep, offsetof(struct profile_command, keep) },
	{ "add-mailbox", add_mailbox, offsetof(struct profile_command, add_mailbox) },
	{ "remove-mailbox", remove_mailbox, offsetof(struct profile_command, remove_mailbox) },
};

#define SETTINGS (sizeof settings / sizeof *settings)

static bool is_setting(const char *word)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(word, settings[i].name) == 0)
			return true;
	return false;
}

static status apply(struct setting_at_work *w, const struct setting *s)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(s->name, settings[i].name) == 0)
			return settings[i].set(w, s);
	return reason_set(w->why, ecInvalidParam, "\"%s\" is no setting", s->name);
}

/* `cached on`, or `NAME cached on`, and options. */
static size_t gather(const struct profile_command *o, const char **name,
		     struct setting v[static SETTINGS_MOST])
{
	size_t at = o->n > 1 && is_setting(o->words[1]) ? 1 : 2, n = 0;

	*name = at == 2 && o->n > 1 ? o->words[1] : NULL;
	if (o->n > at)
		v[n++] = (struct setting){ o->words[at], o->n > at + 1 ? o->words[at + 1] : NULL };
	for (size_t i = 0; i < SETTINGS && n < SETTINGS_MOST; i++) {
		const char *const *given =
			(const char *const *)(const void *)((const char *)o + settings[i].option);

		if (settings[i].option && *given)
			v[n++] = (struct setting){ settings[i].name, *given };
	}
	return n;
}

int profile_set(const struct profile_command *o, const char *data, struct arena *arena)
{
	struct setting v[SETTINGS_MOST];
	struct reason why = { "" };
	struct profile p;
	struct setting_at_work w = { data, &p, o->yes, arena, &why };
	const char *name;
	size_t n = gather(o, &name, v);
	status s;

	if (!n) {
		complain(
			"what is to be set? cached, encrypt, work-offline (on or off), password, user NAME, roots FILE, server URL, shared-folders, public-folders (on or off), download full|headers-then-full|headers, keep MONTHS|all, add-mailbox ADDRESS, remove-mailbox ADDRESS");
		return EXIT_USAGE;
	}
	s = profile_choose(data, name, arena, &p, &why);
	for (size_t i = 0; !s && i < n; i++)
		s = apply(&w, &v[i]);
	if (!s)
		s = profile_save(data, &p, &why);
	if (s)
		complain("%s", why.text);
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}
