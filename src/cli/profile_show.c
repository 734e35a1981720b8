/* postern profile show: every setting, and how the local copy stands. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/filetime.h"
#include "cli/json.h"
#include "cli/profile.h"
#include "cli/text.h"
#include "client/cache.h"

#define PATIENCE_MS 1000u

/* The local copy ------------------------------------------------------------------------------------------------------------------ */

struct local_copy {
	const char *place; /* NULL: there is none yet */
	const char *trouble;
	uint64_t size, made, synced; /* FILETIMEs; 0: never */
	uint64_t pending, headers; /* changes to be told; messages of which only the headers are here */
	bool known;
};

static void look_at(const char *folder, struct arena *arena, struct local_copy *l)
{
	struct reason why = { "" };
	struct cache *c = NULL;
	struct stat st;
	status s;

	*l = (struct local_copy){ .trouble = "" };
	if (!folder || !cache_exists(folder))
		return;
	l->place = cache_place(folder, arena);
	l->size = !l->place || stat(l->place, &st) ? 0 : (uint64_t)st.st_size;
	s = cache_open(folder, &clock_system, PATIENCE_MS, &c, &why);
	if (!s) {
		l->made = cache_binding(c)->made;
		s = cache_folder_time(c, CACHE_HIERARCHY, &l->synced);
	}
	if (!s)
		s = cache_pending_count(c, &l->pending);
	if (!s)
		s = cache_partial_count(c, &l->headers);
	cache_close(c);
	l->known = !s;
	l->trouble = !s          ? ""
		     : *why.text ? arena_strdup(arena, why.text)
				 : "cannot be read: postern cache check";
}

/* For people ---------------------------------------------------------------------------------------------------------------------- */

static const char *on_off(bool b)
{
	return b ? "on" : "off";
}

static const char *download_words(enum profile_download d)
{
	return d == PROFILE_FULL      ? "full items"
	       : d == PROFILE_HEADERS ? "headers"
				      : "headers, then full items";
}

static void row(const char *name, const char *value)
{
	printf("  %-18s ", name);
	text_put(stdout, value && *value ? value : "-");
	putchar('\n');
}

static void time_row(const char *name, uint64_t filetime, const char *never)
{
	char when[FILETIME_TEXT_SIZE];

	if (filetime)
		filetime_format(filetime, when);
	row(name, filetime ? when : never);
}

static void show_copy(const char *title, const char *folder, struct arena *arena)
{
	char text[TEXT_NUMBER_SIZE];
	struct local_copy l;

	look_at(folder, arena, &l);
	printf("%s\n", title);
	if (!l.place) {
		row("cache", "none yet: postern sync makes it");
		return;
	}
	row("cache", l.place);
	row("size", text_bytes(l.size, text));
	if (!l.known) {
		row("state", l.trouble);
		return;
	}
	time_row("made", l.made, "-");
	time_row("last synchronised", l.synced, "never to the end");
	row("to be uploaded", l.pending ? text_count(l.pending, text) : "nothing");
	if (l.headers)
		row("headers only", text_count(l.headers, text));
}

static void show_mode(const struct profile *p)
{
	char months[40];

	(void)snprintf(months, sizeof months, "of the last %u months", p->keep_months);
	printf("cached mode\n");
	row("cached", p->cached ? "on: a copy is kept here"
				: "off: works online, and keeps nothing");
	row("download", download_words(p->download));
	row("keep", p->keep_months ? months : "all");
	row("work-offline", on_off(p->work_offline));
	row("shared-folders", on_off(p->shared_folders));
	row("public-folders", on_off(p->public_folders));
}

/* Every additional mailbox, also while they are not kept; the public folders when they are. */
static void show_others(const char *data, const struct profile *p, struct arena *arena)
{
	struct profile every = *p;
	struct profile_store *v;
	struct reason why;
	size_t n = 0;

	every.shared_folders = true;
	if (profile_stores(data, &every, arena, &v, &n, &why))
		return;
	for (size_t i = 1; i < n; i++) {
		show_copy(v[i].kind == REMOTE_PUBLIC ? "public folders" : "additional mailbox",
			  v[i].folder, arena);
		if (v[i].kind == REMOTE_OTHER) {
			row("address", v[i].name);
			row("name", v[i].title);
		}
	}
}

void profile_show(const char *data, const struct profile *p, struct arena *arena)
{
	printf("%s%s%s\n", text_style(stdout, TEXT_BOLD), p->name, text_style(stdout, TEXT_PLAIN));
	printf("account\n");
	row("name", p->display_name);
	row("address", p->address);
	row("user", p->user);
	row("password", p->secret == PROFILE_SECRET_KEYRING ? "in the keyring"
			: p->secret == PROFILE_SECRET_FILE  ? "in a file of yours"
							    : p->password_command);
	printf("server\n");
	row("mailbox", p->mail_url);
	row("mailbox name", p->mailbox_dn);
	row("address book", p->book_url);
	row("book to download", p->oab_url);
	row("found at", p->autodiscover_url);
	row("encrypt", on_off(p->encrypt));
	row("roots", p->roots_file);
	show_mode(p);
	show_copy("local copy", profile_folder(data, p->name, arena), arena);
	show_others(data, p, arena);
}

/* For programs -------------------------------------------------------------------------------------------------------------------- */

static void json_time(struct json *j, const char *name, uint64_t filetime)
{
	char when[FILETIME_TEXT_SIZE];

	if (filetime)
		filetime_format(filetime, when);
	json_text(j, name, filetime ? when : NULL);
}

static void json_copy(struct json *j, const char *folder, struct arena *arena)
{
	struct local_copy l;

	look_at(folder, arena, &l);
	json_text(j, "cache", l.place);
	if (!l.place)
		return;
	json_number(j, "size", l.size);
	json_text(j, "trouble", *l.trouble ? l.trouble : NULL);
	if (!l.known)
		return;
	json_time(j, "made", l.made);
	json_time(j, "lastSynchronised", l.synced);
	json_number(j, "pending", l.pending);
	json_number(j, "headersOnly", l.headers);
}

static void json_others(struct json *j, const char *data, const struct profile *p,
			struct arena *arena)
{
	struct profile every = *p;
	struct profile_store *v;
	struct reason why;
	size_t n = 0;

	every.shared_folders = true;
	json_array(j, "mailboxes");
	if (!profile_stores(data, &every, arena, &v, &n, &why))
		for (size_t i = 1; i < n; i++) {
			json_object(j, NULL);
			json_text(j, "mailbox", v[i].name);
			json_text(j, "displayName", v[i].title);
			json_copy(j, v[i].folder, arena);
			json_end_object(j);
		}
	json_end_array(j);
}

void profile_show_json(const char *data, const struct profile *p, struct arena *arena)
{
	static const char *const secrets[] = { "keyring", "file", "command" };
	struct json j;

	json_start(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "name", p->name);
	json_text(&j, "address", p->address);
	json_text(&j, "user", p->user);
	json_text(&j, "displayName", p->display_name);
	json_text(&j, "mailUrl", p->mail_url);
	json_text(&j, "mailboxDN", p->mailbox_dn);
	json_text(&j, "bookUrl", p->book_url);
	json_text(&j, "oabUrl", p->oab_url);
	json_text(&j, "autodiscoverUrl", p->autodiscover_url);
	json_text(&j, "roots", p->roots_file);
	json_text(&j, "password", secrets[p->secret]);
	json_text(&j, "download", download_words(p->download));
	json_number(&j, "keepMonths", p->keep_months);
	json_bool(&j, "cached", p->cached);
	json_bool(&j, "encrypt", p->encrypt);
	json_bool(&j, "workOffline", p->work_offline);
	json_bool(&j, "sharedFolders", p->shared_folders);
	json_bool(&j, "publicFolders", p->public_folders);
	json_copy(&j, profile_folder(data, p->name, arena), arena);
	json_others(&j, data, p, arena);
	json_end_object(&j);
	json_finish(&j);
}
