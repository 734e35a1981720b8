/* A whole site out of a backup, and one mailbox into a site. */
#include "store/backup_restore.h"

#include "store/backup_place.h"
#include "store/site.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_HERE 4096

static void tell(const struct backup_restore_options *o, const struct backup_restored *done)
{
	if (o->done)
		o->done(o->context, done);
}

/* The whole site ----------------------------------------------------------------------------------------------------------- */

static status is_empty_folder(const char *path, struct reason *why)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	bool empty = true;

	if (!dir)
		return errno == ENOENT ? ecNone : reason_set(why, ecAccessDenied, "cannot look into %s: %s", path, strerror(errno));
	while (empty && (e = readdir(dir)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	(void)closedir(dir);
	return empty ? ecNone :
		       reason_set(why, ecDuplicateName, "%s is not empty: a site is restored into an empty place (--to DIR), or one mailbox of it"
							" (--mailbox)", path);
}

/* What an interrupted restore left: databases, and nothing else is touched. */
static status remove_folder(const char *path, struct reason *why)
{
	static const char *const below[] = { "mailboxes", "" };
	char name[PATH_MAX_HERE];

	for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
		char folder[PATH_MAX_HERE - 260];
		int n = snprintf(folder, sizeof folder, "%s%s%s", path, *below[i] ? "/" : "", below[i]);
		DIR *dir = n > 0 && (size_t)n < sizeof folder ? opendir(folder) : NULL;
		const struct dirent *e;

		while (dir && (e = readdir(dir))) {
			if (!strstr(e->d_name, ".db"))
				continue;
			(void)snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
			(void)unlink(name);
		}
		if (dir)
			(void)closedir(dir);
		if (dir && rmdir(folder) != 0)
			return reason_set(why, ecDiskError, "cannot remove %s, which an interrupted restore left: %s", folder, strerror(errno));
	}
	return ecNone;
}

static status restore_mailboxes(const struct backup_set *set, const struct backup_manifest *m, const char *location,
				const struct backup_restore_options *o, struct reason *why)
{
	status s = ecNone;

	for (uint32_t i = 0; !s && i < m->n; i++) {
		struct backup_restored done;

		if (m->entries[i].directory)
			continue;
		if (o->progress)
			o->progress(o->context, m->entries[i].name, i, m->n - 1, 0);
		s = backup_restore_place(set, &m->entries[i], location, BACKUP_RESTORE_SELF, o, &done, why);
		if (!s)
			tell(o, &done);
	}
	return s;
}

/* The directory last: without it there is no site. */
static status restore_all(const struct backup_set *set, const struct backup_manifest *m, const char *location,
			  const struct backup_restore_options *o, struct reason *why)
{
	const struct backup_entry *directory = backup_manifest_directory(m);
	const struct backup_restore_options fresh = { .progress = o->progress, .done = o->done, .stop = o->stop, .context = o->context };
	struct backup_restored done;
	status s = directory ? ecNone : reason_set(why, ecNotFound, "the backup has no directory");

	if (!s)
		s = restore_mailboxes(set, m, location, o, why);
	if (!s)
		s = backup_restore_place(set, directory, location, BACKUP_RESTORE_SELF, &fresh, &done, why);
	if (!s)
		tell(o, &done);
	return s;
}

static status restore_folder(const struct backup_set *set, const struct backup_manifest *m, const char *location,
			     const struct backup_restore_options *o, struct reason *why)
{
	char path[PATH_MAX_HERE], making[PATH_MAX_HERE];
	size_t n = strlen(location);
	status s;

	while (n > 1 && location[n - 1] == '/')
		n--;
	if (n + 16 > sizeof making)
		return reason_set(why, ecTooBig, "%.100s...: too long a name", location);
	(void)snprintf(path, sizeof path, "%.*s", (int)n, location);
	(void)snprintf(making, sizeof making, "%.*s.restoring", (int)n, location);
	s = is_empty_folder(path, why);
	if (!s)
		s = remove_folder(making, why);
	if (!s)
		s = backup_place_make(making, why);
	if (!s)
		s = restore_all(set, m, making, o, why);
	if (!s && rename(making, path) != 0)
		s = reason_set(why, ecDiskError, "all is restored into %s, but it cannot be renamed to %s: %s", making, path, strerror(errno));
	if (s && s != ecDiskError) {
		struct reason ignored;

		(void)!remove_folder(making, &ignored);
	}
	return s;
}

status backup_restore_site(const struct backup_set *set, const struct backup_manifest *m, const char *location,
			   const struct backup_restore_options *o, struct reason *why)
{
	bool there = false;
	status s;

	if (!site_is_postgres(location))
		return restore_folder(set, m, location, o, why);
	s = backup_place_exists(location, NULL, &there, why);
	if (!s && there)
		return reason_set(why, ecDuplicateName, "there is a site in %s already: a site is restored into an empty place (--to), or one"
							" mailbox of it (--mailbox)", location);
	return s ? s : restore_all(set, m, location, o, why);
}

/* One mailbox -------------------------------------------------------------------------------------------------------------- */

struct into {
	const struct backup_set *set;
	const struct backup_entry *e;
	const char *location;
	const struct backup_restore_options *o;
	struct backup_restored_mailbox *out;
	struct reason *why;
};

static status open_site(const struct into *in, struct site **out)
{
	const struct site_options o = { .create = false };

	return site_open(in->location, &o, NULL, out, in->why);
}

/* Has anybody of a class this mailbox? */
static status is_listed(struct directory *d, const char *as, const char *attribute, const struct guid *mailbox, bool *out, struct reason *why)
{
	const struct directory_value value = { .guid = *mailbox };
	const struct directory_query q = { .as = directory_class(as), .attribute = attribute, .value = &value };
	uint64_t n = 0;
	status s = directory_count(d, &q, &n, why);

	if (!s)
		*out = n > 0;
	return s;
}

static status is_known(struct directory *d, const struct guid *mailbox, bool *out, struct reason *why)
{
	status s = is_listed(d, "Mailbox", "ExchangeGuid", mailbox, out, why);

	return s || *out ? s : is_listed(d, "DisconnectedMailbox", "MailboxGuid", mailbox, out, why);
}

/* The database it was in, else the first there is. */
static status database_of(struct directory *d, const struct backup_entry *e, struct arena *arena, uint64_t *id, struct reason *why)
{
	const struct directory_class *as = directory_class("MailboxDatabase");
	const struct directory_query all = { .as = as };
	const struct directory_object *o;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_get_by_guid(d, as, &e->database_guid, arena, &o, why);

	if (!s)
		*id = o->id;
	if (s != ecNotFound)
		return s;
	s = directory_list(d, &all, arena, &ids, &n, why);
	if (!s && !n)
		return reason_set(why, ecNotFound, "the site has no mailbox database; make one with New-MailboxDatabase");
	if (!s)
		*id = ids[0];
	return s;
}

/* Nobody has it: it waits for Connect-Mailbox. */
static status make_disconnected(const struct into *in, struct directory *d)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	char name[GUID_TEXT_SIZE];
	uint64_t database = 0, id;
	status s = database_of(d, in->e, &arena, &database, in->why);

	if (s)
		return s;
	guid_format(&in->e->mailbox, name);
	const struct directory_value display = { .text = in->e->name }, guid = { .guid = in->e->mailbox }, base = { .number = (int64_t)database },
				     now = { .number = (int64_t)clock_system.now(&clock_system) };
	const struct directory_setting settings[] = {
		{ "DisplayName", DIRECTORY_SET, &display, 1 },
		{ "MailboxGuid", DIRECTORY_SET, &guid, 1 },
		{ "Database", DIRECTORY_SET, &base, 1 },
		{ "DisconnectDate", DIRECTORY_SET, &now, 1 },
	};
	s = directory_create(d, directory_class("DisconnectedMailbox"), name, 0, settings, sizeof settings / sizeof *settings, &id, in->why);
	in->out->disconnected = !s;
	return s;
}

static status restore_itself(const struct into *in)
{
	struct site *site = NULL;
	struct backup_restored done;
	bool there = false, known = false;
	status s = backup_place_exists(in->location, &in->e->mailbox, &there, in->why);

	if (!s && there && !in->o->replace)
		return reason_set(in->why, ecDuplicateName,
				  "the mailbox of %s is there: --replace puts what the backup has in the place of what it holds now, --as NAME makes"
				  " a copy beside it",
				  in->e->name);
	if (!s)
		s = open_site(in, &site);
	if (s)
		return s;
	in->out->replaced = there;
	s = is_known(site_directory(site), &in->e->mailbox, &known, in->why);
	if (!s)
		s = backup_restore_place(in->set, in->e, in->location, BACKUP_RESTORE_SELF, in->o, &done, in->why);
	if (!s)
		tell(in->o, &done);
	if (!s && !known)
		s = make_disconnected(in, site_directory(site));
	site_close(site);
	return s;
}

/* The mailbox of a person, made when there is none. */
static status person(const struct into *in, struct site *site, const char *as, struct guid *mailbox, uint64_t *made)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct directory *d = site_directory(site);
	const struct directory_object *o;
	uint64_t id = 0;
	status s = directory_find(d, directory_class("Mailbox"), as, &arena, &o, in->why);

	if (!s && !in->o->replace)
		return reason_set(in->why, ecDuplicateName, "%s has a mailbox: --replace puts what the backup has in the place of what it holds now", as);
	if (!s) {
		in->out->replaced = true;
		return directory_guid(o, "ExchangeGuid", mailbox) ? ecNone : reason_set(in->why, ecNotFound, "%s has no mailbox", as);
	}
	if (s != ecNotFound)
		return s;
	s = directory_find(d, directory_class("User"), as, &arena, &o, in->why);
	if (!s) {
		id = o->id;
		s = site_enable_mailbox(site, id, NULL, 0, in->why);
	} else if (s == ecNotFound) {
		s = site_create_mailbox(site, as, NULL, 0, NULL, &id, in->why);
		in->out->made = !s;
	}
	if (!s)
		s = directory_get(d, directory_class("Mailbox"), id, &arena, &o, in->why);
	if (s)
		return s;
	*made = id;
	return directory_guid(o, "ExchangeGuid", mailbox) ? ecNone : reason_set(in->why, ecNotFound, "%s has no mailbox", as);
}

/* The mailbox that was made for a copy that failed. */
static void take_back(const struct into *in, uint64_t user)
{
	struct reason kept = *in->why;
	struct site *site = NULL;

	if (!open_site(in, &site))
		(void)!(in->out->made ? site_delete_mailbox(site, user, true, in->why) : site_disable_mailbox(site, user, in->why));
	site_close(site);
	*in->why = kept;
}

static status restore_copy(const struct into *in, const char *as)
{
	struct site *site = NULL;
	struct guid mailbox = { { 0 } };
	struct backup_restored done;
	struct sql *db;
	uint64_t made = 0;
	status s = open_site(in, &site);

	if (!s)
		s = person(in, site, as, &mailbox, &made);
	site_close(site); /* what it has open would be in the way */
	if (!s && guid_equal(&mailbox, &in->e->mailbox))
		return reason_set(in->why, ecInvalidParam, "%s has the very mailbox: restore it without --as", as);
	if (!s)
		s = backup_place_open(in->location, &mailbox, 0, &db, in->why);
	if (!s)
		s = backup_restore_database(in->set, in->e, db, BACKUP_RESTORE_COPY, in->o, &done, in->why);
	if (!s)
		tell(in->o, &done);
	else if (made)
		take_back(in, made);
	return s;
}

status backup_restore_mailbox(const struct backup_set *set, const struct backup_entry *e, const char *location, const char *as,
			      const struct backup_restore_options *o, struct backup_restored_mailbox *out, struct reason *why)
{
	struct backup_restored_mailbox result = { 0 };
	struct reason words = { "" };
	const struct into in = { set, e, location, o, &result, &words };
	status s = as ? restore_copy(&in, as) : restore_itself(&in);

	if (s)
		return reason_set(why, s, "%s", words.text);
	*out = result;
	return ecNone;
}
