#include "store/backup_subject.h"

#include <stdlib.h>
#include <string.h>

#define CLASSES 2

/* People's mailboxes, and those of nobody that are still kept. */
static const struct {
	const char *name, *guid;
} classes[CLASSES] = { { "Mailbox", "ExchangeGuid" }, { "DisconnectedMailbox", "MailboxGuid" } };

static status take_database(struct directory *d, const struct directory_object *o, struct arena *arena, struct backup_subject *s,
			    struct reason *why)
{
	const struct directory_object *database;
	int64_t id = directory_number(o, "Database", 0);
	status st;

	s->database = "";
	if (!id)
		return ecNone;
	st = directory_get(d, directory_class("MailboxDatabase"), (uint64_t)id, arena, &database, why);
	if (st)
		return st == ecNotFound ? ecNone : st;
	s->database = database->name;
	s->database_guid = database->guid;
	s->database_id = database->id;
	return ecNone;
}

static status take(struct directory *d, size_t as, uint64_t id, struct arena *arena, struct backup_subjects *all, struct reason *why)
{
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o;
	struct backup_subject *s = &all->v[all->n];
	const char *address, *database;
	status st = directory_get(d, directory_class(classes[as].name), id, &work, &o, why);

	if (st == ecNotFound)
		return ecNone; /* somebody removed it meanwhile */
	if (st)
		return st;
	if (!directory_guid(o, classes[as].guid, &s->mailbox))
		return ecNone;
	st = take_database(d, o, &work, s, why);
	if (st)
		return st;
	address = directory_text(o, "PrimarySmtpAddress");
	database = s->database;
	s->name = arena_strdup(arena, o->name);
	s->address = arena_strdup(arena, address && as == 0 ? address : "");
	s->database = arena_strdup(arena, database);
	if (!s->name || !s->address || !s->database)
		return reason_set(why, ecMemory, "out of memory");
	all->n++;
	return ecNone;
}

static status list_all(struct directory *d, struct arena *arena, struct backup_subjects *out, struct reason *why)
{
	uint64_t *ids[CLASSES];
	size_t n[CLASSES], sum = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < CLASSES; i++) {
		const struct directory_query q = { .as = directory_class(classes[i].name) };

		s = directory_list(d, &q, arena, &ids[i], &n[i], why);
		sum += s ? 0 : n[i];
	}
	if (s)
		return s;
	out->v = arena_array(arena, sum ? sum : 1, sizeof *out->v);
	if (!out->v)
		return reason_set(why, ecMemory, "out of memory");
	for (size_t i = 0; !s && i < CLASSES; i++)
		for (size_t k = 0; !s && k < n[i]; k++)
			s = take(d, i, ids[i][k], arena, out, why);
	return s;
}

static status choose_mailbox(struct directory *d, const char *identity, struct backup_subjects *all, struct reason *why)
{
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o = NULL;
	struct guid guid = { { 0 } };
	status s = ecNotFound;

	for (size_t i = 0; s == ecNotFound && i < CLASSES; i++) {
		s = directory_find(d, directory_class(classes[i].name), identity, &work, &o, why);
		if (!s && !directory_guid(o, classes[i].guid, &guid))
			s = reason_set(why, ecNotFound, "%s has no mailbox", identity);
	}
	for (size_t i = 0; !s && i < all->n; i++)
		if (guid_equal(&all->v[i].mailbox, &guid))
			all->v[i].chosen = true;
	return s == ecNotFound ? reason_set(why, s, "there is no mailbox \"%s\"", identity) : s;
}

static status choose_database(struct directory *d, const char *identity, struct backup_subjects *all, struct reason *why)
{
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o;
	status s = directory_find(d, directory_class("MailboxDatabase"), identity, &work, &o, why);

	for (size_t i = 0; !s && i < all->n; i++)
		if (all->v[i].database_id == o->id)
			all->v[i].chosen = true;
	return s;
}

status backup_subjects_list(struct directory *d, const char *const *mailboxes, const char *const *databases, struct arena *arena,
			    struct backup_subjects *out, struct reason *why)
{
	struct backup_subjects all = { .all_chosen = true };
	status s = list_all(d, arena, &all, why);

	for (size_t i = 0; !s && mailboxes && mailboxes[i]; i++)
		s = choose_mailbox(d, mailboxes[i], &all, why);
	for (size_t i = 0; !s && databases && databases[i]; i++)
		s = choose_database(d, databases[i], &all, why);
	for (size_t i = 0; !s && i < all.n; i++) {
		all.v[i].chosen = all.v[i].chosen || (!mailboxes && !databases);
		all.all_chosen = all.all_chosen && all.v[i].chosen;
	}
	if (!s)
		*out = all;
	return s;
}

status backup_site_identity(struct directory *d, struct arena *arena, struct guid *guid, const char **name, struct reason *why)
{
	const struct directory_object *o;
	status s = directory_find(d, directory_class("OrganizationConfig"), NULL, arena, &o, why);

	if (s)
		return s;
	*guid = o->guid;
	*name = o->name;
	return ecNone;
}
