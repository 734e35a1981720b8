/* Opening a site; its handles of mailboxes. */
#include "store/site_private.h"

#include "store/mailbox.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define HANDLES_USUAL 64u

/* Where ----------------------------------------------------------------------------------------------------------------- */

bool site_is_postgres(const char *location)
{
	return strncmp(location, "postgresql://", 13) == 0 || strncmp(location, "postgres://", 11) == 0;
}

const char *site_default_location(const char *option, struct arena *arena)
{
	const char *environment = getenv("POSTERN_DATA"), *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const struct passwd *me;

	if (option)
		return option;
	if (environment && *environment)
		return arena_strdup(arena, environment);
	if (geteuid() == 0)
		return "/var/lib/postern";
	/* A relative one does not count, as the XDG specification says. */
	if (xdg && *xdg == '/')
		return arena_printf(arena, "%s/postern", xdg);
	if (!home || *home != '/') {
		me = getpwuid(geteuid());
		home = me ? me->pw_dir : NULL;
	}
	return home ? arena_printf(arena, "%s/.local/share/postern", home) : NULL;
}

/* Opening --------------------------------------------------------------------------------------------------------------- */

static status nothing_there(const char *location, struct reason *why)
{
	/* A URL may hold a password. */
	return reason_set(why, ecNotFound, "there is no Postern organisation at %s yet; name another place with --data, or have one made there",
			  site_is_postgres(location) ? "that PostgreSQL database" : location);
}

static status find_organisation(struct site *s, bool *found, struct reason *why)
{
	uint64_t n = 0;
	status st = directory_count(s->directory, &(struct directory_query){ .as = directory_class("OrganizationConfig") }, &n, why);

	*found = n > 0;
	return st;
}

static status open_place(struct site *s, const char *location, const struct site_options *options, struct reason *why)
{
	struct sql *db = NULL;
	status st = site_is_postgres(location) ? site_postgres(location, &s->place, why) : site_folder(location, &s->place, why);

	if (st)
		return st;
	st = s->place->ops->open_directory(s->place, options->create, &db, why);
	if (!st)
		st = directory_open(db, s->clock, options->create, &s->directory, why);
	return st == ecNotFound && !options->create ? nothing_there(location, why) : st;
}

status site_open(const char *location, const struct site_options *options, struct site_first *first, struct site **out, struct reason *why)
{
	struct site *s = calloc(1, sizeof *s);
	bool found = false;

	if (!s)
		return reason_set(why, ecMemory, "out of memory");
	s->clock = options->clock ? options->clock : &clock_system;
	s->turns = options->turns;
	s->most_handles = options->handles ? options->handles : HANDLES_USUAL;
	if (first)
		memset(first, 0, sizeof *first);
	status st = open_place(s, location, options, why);
	if (!st)
		st = find_organisation(s, &found, why);
	if (!st && !found)
		st = options->create ? site_first_start(s, options, first, why) : nothing_there(location, why);
	if (st) {
		site_close(s);
		return st;
	}
	*out = s;
	return ecNone;
}

void site_close(struct site *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_handles; i++)
		mailbox_close(s->handles[i].mailbox);
	free(s->handles);
	directory_close(s->directory);
	if (s->place)
		s->place->ops->close(s->place);
	free(s);
}

struct directory *site_directory(struct site *s)
{
	return s->directory;
}

status site_open_directory(struct site *s, struct directory **out, struct reason *why)
{
	struct sql *db;
	status st = s->place->ops->open_directory(s->place, false, &db, why);

	return st ? st : directory_open(db, s->clock, false, out, why);
}

const char *site_location(const struct site *s)
{
	return s->place->location;
}

const char *site_mailbox_place(struct site *s, const struct guid *mailbox, struct arena *arena)
{
	return s->place->ops->name(s->place, mailbox, arena);
}

/* Who has it -------------------------------------------------------------------------------------------------------------- */

static status find_by_guid(struct site *s, const char *class, const char *attribute, const struct guid *mailbox, uint64_t *id, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SITE_WORK_MOST);
	struct directory_value v = { .guid = *mailbox };
	struct directory_query q = { .as = directory_class(class), .attribute = attribute, .value = &v };
	uint64_t *ids;
	size_t n;
	status st = directory_list(s->directory, &q, &scratch, &ids, &n, why);

	if (!st)
		*id = n ? ids[0] : 0;
	return st;
}

status site_referrer(struct site *s, const struct guid *mailbox, uint64_t *user, uint64_t *disconnected, struct reason *why)
{
	status st = find_by_guid(s, "User", "ExchangeGuid", mailbox, user, why);

	*disconnected = 0;
	return st || *user ? st : find_by_guid(s, "DisconnectedMailbox", "MailboxGuid", mailbox, disconnected, why);
}

/* Nobody uses a mailbox whose database was dismounted. */
static status check_mounted(struct site *s, const struct guid *mailbox, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o, *database;
	uint64_t user, disconnected;
	char text[GUID_TEXT_SIZE];
	status st = site_referrer(s, mailbox, &user, &disconnected, why);

	if (st)
		return st;
	if (!user && !disconnected) {
		guid_format(mailbox, text);
		return reason_set(why, ecNotFound, "there is no mailbox %s", text);
	}
	st = directory_get(s->directory, directory_class(user ? "User" : "DisconnectedMailbox"), user ? user : disconnected, &scratch, &o, why);
	if (!st)
		st = directory_get(s->directory, directory_class("MailboxDatabase"), (uint64_t)directory_number(o, "Database", 0), &scratch, &database, why);
	if (!st && !directory_is(database, "Mounted"))
		st = reason_set(why, ecNotInitialized, "the database \"%s\" is dismounted; Mount-Database mounts it", database->name);
	return st;
}

/* Handles ------------------------------------------------------------------------------------------------------------------ */

static struct site_handle *handle_of(struct site *s, const struct guid *mailbox)
{
	for (size_t i = 0; i < s->n_handles; i++)
		if (guid_equal(&s->handles[i].guid, mailbox))
			return &s->handles[i];
	return NULL;
}

static void drop_handle(struct site *s, struct site_handle *h)
{
	mailbox_close(h->mailbox);
	*h = s->handles[--s->n_handles];
}

/* Closes those that were not asked for longest, as long as there are more than there should be. */
static void trim(struct site *s, size_t most)
{
	while (s->n_handles > most) {
		struct site_handle *oldest = NULL;

		for (size_t i = 0; i < s->n_handles; i++)
			if (!s->handles[i].uses && (!oldest || s->handles[i].last < oldest->last))
				oldest = &s->handles[i];
		if (!oldest)
			return;
		drop_handle(s, oldest);
	}
}

/* An interruption may have left it pending: the directory refers to it, so it is whole. */
static status settle(struct site *s, const struct guid *mailbox, struct reason *why)
{
	return s->place->ops->move(s->place, &(struct site_entry){ *mailbox, true }, &(struct site_entry){ *mailbox, false }, why);
}

static status open_database(struct site *s, const struct guid *mailbox, bool alone, struct sql **out, struct reason *why)
{
	if (s->turns && !alone && s->place->ops->open_turns)
		return s->place->ops->open_turns(s->place, mailbox, out, why);
	return s->place->ops->open_mailbox(s->place, mailbox, false, false, out, why);
}

static status open_store(struct site *s, const struct guid *mailbox, bool alone, struct mailbox **out, struct reason *why)
{
	struct sql *db;
	struct mailbox *m;
	status st = open_database(s, mailbox, alone, &db, why);

	if (st == ecNotFound && !settle(s, mailbox, NULL))
		st = open_database(s, mailbox, alone, &db, why);
	if (!st)
		st = mailbox_open(db, s->clock, &m, why);
	if (st)
		return st;
	/* A file under another name, or one that was put in its place. */
	if (!guid_equal(&mailbox_identity(m)->mailbox, mailbox)) {
		mailbox_close(m);
		return reason_set(why, ecCorruptData, "the store of this mailbox is that of another one; restore it from a backup");
	}
	*out = m;
	return ecNone;
}

static bool room_for_handle(struct site *s)
{
	size_t cap = s->cap_handles ? 2 * s->cap_handles : 8;
	void *more;

	if (s->n_handles < s->cap_handles)
		return true;
	more = reallocarray(s->handles, cap, sizeof *s->handles);
	if (!more)
		return false;
	s->handles = more;
	s->cap_handles = cap;
	return true;
}

static status use_mailbox(struct site *s, const struct guid *mailbox, bool alone, struct mailbox **out, struct reason *why)
{
	struct site_handle *h = handle_of(s, mailbox);
	uint64_t change_number = 0;
	struct mailbox *m;
	/* What was asked of the directory holds until somebody changes it. */
	status st = directory_change_number(s->directory, &change_number, why);

	if (!st && (!h || h->as_of != change_number))
		st = check_mounted(s, mailbox, why);
	if (!st && !h) {
		trim(s, s->most_handles - 1);
		st = room_for_handle(s) ? open_store(s, mailbox, alone, &m, why) : reason_set(why, ecMemory, "out of memory");
		if (!st) {
			h = &s->handles[s->n_handles++];
			*h = (struct site_handle){ .guid = *mailbox, .mailbox = m };
		}
	}
	if (st)
		return st;
	h->uses++;
	h->last = ++s->count;
	h->as_of = change_number;
	*out = h->mailbox;
	return ecNone;
}

status site_mailbox(struct site *s, const struct guid *mailbox, struct mailbox **out, struct reason *why)
{
	return use_mailbox(s, mailbox, false, out, why);
}

status site_mailbox_alone(struct site *s, const struct guid *mailbox, struct mailbox **out, struct reason *why)
{
	return use_mailbox(s, mailbox, true, out, why);
}

void site_release(struct site *s, struct mailbox *m)
{
	for (size_t i = 0; m && i < s->n_handles; i++) {
		struct site_handle *h = &s->handles[i];

		if (h->mailbox != m || !h->uses)
			continue;
		/* The last one takes what it did not commit with it. */
		if (--h->uses == 0)
			mailbox_rollback(m);
		break;
	}
	trim(s, s->most_handles);
}

bool site_close_idle(struct site *s)
{
	size_t before = s->n_handles;

	trim(s, before ? before - 1 : 0);
	return s->n_handles < before;
}

status site_forget(struct site *s, const struct guid *mailbox, struct reason *why)
{
	struct site_handle *h = handle_of(s, mailbox);

	if (h && h->uses)
		return reason_set(why, ecBusy, "the mailbox is in use");
	if (h)
		drop_handle(s, h);
	return ecNone;
}
