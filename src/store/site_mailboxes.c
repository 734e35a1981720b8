/* Mailboxes of people: the directory and the stores changed together. */
#include "store/site_private.h"

#include "store/directory_logon.h"

#include "store/mailbox.h"

#include <sys/random.h>

static const struct directory_class *user_class(void)
{
	return directory_class("User");
}

/* A change of the directory that ends one way or the other. */
static status finish(struct site *s, status so_far, struct reason *why)
{
	if (!so_far)
		return directory_commit(s->directory, why);
	directory_rollback(s->directory);
	return so_far;
}

/* Stores ------------------------------------------------------------------------------------------------------------- */

static status random_guid(struct guid *out, struct reason *why)
{
	return getrandom(out->b, sizeof out->b, 0) == (ssize_t)sizeof out->b ? ecNone : reason_set(why, ecError, "the system gives no random numbers");
}

/* A mailbox knows its GUID only once it is made. */
status site_make_store(struct site *s, struct guid *out, struct reason *why)
{
	struct site_entry first = { .pending = true }, second = { .pending = true };
	struct mailbox *m = NULL;
	struct sql *db;
	status st = random_guid(&first.mailbox, why);

	if (!st)
		st = s->place->ops->open_mailbox(s->place, &first.mailbox, true, true, &db, why);
	if (st)
		return st;
	st = mailbox_open(db, s->clock, &m, why);
	if (!st) {
		second.mailbox = mailbox_identity(m)->mailbox;
		mailbox_close(m);
		st = s->place->ops->move(s->place, &first, &second, why);
	}
	if (st) {
		/* What cannot be removed now is swept later: the first reason is the one to tell. */
		(void)!s->place->ops->remove(s->place, &first, NULL);
		return st;
	}
	*out = second.mailbox;
	return ecNone;
}

static void unmake_store(struct site *s, const struct guid *mailbox)
{
	(void)!s->place->ops->remove(s->place, &(struct site_entry){ *mailbox, true }, NULL);
}

/* Pending ones that the directory refers to are settled when they are first opened, if not now. */
static void settle_store(struct site *s, const struct guid *mailbox)
{
	(void)!s->place->ops->move(s->place, &(struct site_entry){ *mailbox, true }, &(struct site_entry){ *mailbox, false }, NULL);
}

/* New and enabled ---------------------------------------------------------------------------------------------------------- */

static status write_new(struct site *s, const char *name, const struct guid *mailbox, const struct directory_setting *settings, size_t n,
			const char *password, uint64_t *id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct directory_setting *all;
	size_t n_all;
	status st = site_complete(s, name, NULL, mailbox, settings, n, &arena, &all, &n_all, why);

	if (!st)
		st = directory_create(s->directory, user_class(), name, 0, all, n_all, id, why);
	return st || !password ? st : directory_set_password(s->directory, *id, password, why);
}

status site_create_mailbox(struct site *s, const char *name, const struct directory_setting *settings, size_t n, const char *password, uint64_t *id,
			   struct reason *why)
{
	uint64_t made = 0;
	struct guid mailbox;
	status st = directory_begin(s->directory, why);

	if (st)
		return st;
	st = site_make_store(s, &mailbox, why);
	if (st)
		return finish(s, st, why);
	st = finish(s, write_new(s, name, &mailbox, settings, n, password, &made, why), why);
	if (st) {
		unmake_store(s, &mailbox);
		return st;
	}
	settle_store(s, &mailbox);
	*id = made;
	return ecNone;
}

/* The user, who must have no mailbox. */
static status user_without(struct site *s, uint64_t user, struct arena *arena, const struct directory_object **out, struct reason *why)
{
	status st = directory_get(s->directory, user_class(), user, arena, out, why);

	if (!st && directory_is_set(*out, "ExchangeGuid"))
		st = reason_set(why, ecDuplicateName, "\"%s\" has a mailbox already", (*out)->name);
	return st;
}

static status write_enabled(struct site *s, uint64_t user, const struct guid *mailbox, const struct directory_setting *settings, size_t n,
			    struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o;
	struct directory_setting *all;
	size_t n_all;
	status st = user_without(s, user, &arena, &o, why);

	if (!st)
		st = site_complete(s, o->name, o, mailbox, settings, n, &arena, &all, &n_all, why);
	return st ? st : directory_update(s->directory, user_class(), user, all, n_all, NULL, why);
}

status site_enable_mailbox(struct site *s, uint64_t user, const struct directory_setting *settings, size_t n, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o;
	struct guid mailbox;
	status st = directory_begin(s->directory, why);

	if (st)
		return st;
	st = user_without(s, user, &arena, &o, why);
	if (!st)
		st = site_make_store(s, &mailbox, why);
	if (st)
		return finish(s, st, why);
	st = finish(s, write_enabled(s, user, &mailbox, settings, n, why), why);
	if (st)
		unmake_store(s, &mailbox);
	else
		settle_store(s, &mailbox);
	return st;
}

/* Disconnected ------------------------------------------------------------------------------------------------------------- */

/* All values of an attribute, if there are any, under the name that the other class gives it. */
static size_t carry(const struct directory_object *from, const char *attribute, const char *as, struct directory_setting *out)
{
	size_t n;
	const struct directory_value *v = directory_values(from, attribute, &n);

	if (!n)
		return 0;
	*out = (struct directory_setting){ as, DIRECTORY_SET, v, n };
	return 1;
}

static status write_disconnected(struct site *s, const struct directory_object *o, const char *reason, struct reason *why)
{
	struct directory_value now = { .number = (int64_t)s->clock->now(s->clock) }, because = { .text = reason };
	struct directory_setting settings[] = { { "DisconnectDate", DIRECTORY_SET, &now, 1 }, { "DisconnectReason", DIRECTORY_SET, &because, 1 },
						{ 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } };
	struct guid mailbox;
	char name[GUID_TEXT_SIZE];
	size_t n = 2;

	if (!directory_guid(o, "ExchangeGuid", &mailbox))
		return reason_set(why, ecNotFound, "\"%s\" has no mailbox", o->name);
	n += carry(o, "ExchangeGuid", "MailboxGuid", &settings[n]);
	n += carry(o, "Database", "Database", &settings[n]);
	n += carry(o, directory_is_set(o, "DisplayName") ? "DisplayName" : "Name", "DisplayName", &settings[n]);
	n += carry(o, "LegacyExchangeDN", "LegacyExchangeDN", &settings[n]);
	n += carry(o, "EmailAddresses", "EmailAddresses", &settings[n]);
	n += carry(o, "Alias", "Alias", &settings[n]);
	guid_format(&mailbox, name);
	return directory_create(s->directory, directory_class("DisconnectedMailbox"), name, 0, settings, n, NULL, why);
}

/* Nobody works in it meanwhile, here; another process that has it open keeps it from being moved, not from changing hands. */
static status release_store(struct site *s, const struct directory_object *o, struct reason *why)
{
	struct guid mailbox;

	if (!directory_guid(o, "ExchangeGuid", &mailbox))
		return reason_set(why, ecNotFound, "\"%s\" has no mailbox", o->name);
	return site_forget(s, &mailbox, why);
}

static status write_disabled(struct site *s, uint64_t user, struct reason *why)
{
	static const char *const gone[] = { "ExchangeGuid", "Database", "LegacyExchangeDN", "EmailAddresses", "WhenMailboxCreated",
					    "RecipientTypeDetails" };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct directory_setting settings[sizeof gone / sizeof *gone];
	const struct directory_object *o;
	status st = directory_get(s->directory, directory_class("Mailbox"), user, &arena, &o, why);

	if (!st)
		st = release_store(s, o, why);
	if (!st)
		st = write_disconnected(s, o, "Disabled", why);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		settings[i] = (struct directory_setting){ gone[i], DIRECTORY_SET, NULL, 0 };
	return st ? st : directory_update(s->directory, user_class(), user, settings, sizeof gone / sizeof *gone, NULL, why);
}

status site_disable_mailbox(struct site *s, uint64_t user, struct reason *why)
{
	status st = directory_begin(s->directory, why);

	return st ? st : finish(s, write_disabled(s, user, why), why);
}

/* Removed for good ----------------------------------------------------------------------------------------------------------- */

/* Out of the way first, then out of the directory, then gone: at no time is somebody without a mailbox that he should have. */
static status remove_store(struct site *s, const struct guid *mailbox, uint64_t object, struct reason *why)
{
	struct site_entry here = { *mailbox, false }, away = { *mailbox, true };
	status st = s->place->ops->move(s->place, &here, &away, why);
	bool moved = !st;

	/* One that is lost already is no reason to keep its name. */
	if (st == ecNotFound)
		st = ecNone;
	if (!st)
		st = directory_remove(s->directory, object, why);
	st = finish(s, st, why);
	if (st && moved)
		settle_store(s, mailbox);
	if (!st)
		unmake_store(s, mailbox);
	return st;
}

static status delete_for_good(struct site *s, const struct directory_object *o, struct reason *why)
{
	struct guid mailbox;

	(void)directory_guid(o, "ExchangeGuid", &mailbox);
	return remove_store(s, &mailbox, o->id, why);
}

status site_delete_mailbox(struct site *s, uint64_t user, bool permanent, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o;
	status st = directory_begin(s->directory, why);

	if (st)
		return st;
	st = directory_get(s->directory, directory_class("Mailbox"), user, &arena, &o, why);
	if (!st)
		st = release_store(s, o, why);
	if (!st && permanent)
		return delete_for_good(s, o, why);
	if (!st)
		st = directory_remove(s->directory, user, why);
	if (!st)
		st = write_disconnected(s, o, "SoftDeleted", why);
	return finish(s, st, why);
}

/* Connected again ------------------------------------------------------------------------------------------------------------ */

/* Answers to old messages arrive: the X.500 address that the mailbox had leads to it still. */
static status keep_old_address(struct site *s, const struct directory_object *gone, uint64_t user, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SITE_WORK_MOST);
	const char *old = directory_text(gone, "LegacyExchangeDN"), *proxy = old ? arena_printf(&scratch, "X500:%s", old) : NULL;
	struct directory_value v = { .text = proxy };
	struct directory_setting add = { "EmailAddresses", DIRECTORY_ADD, &v, 1 };
	const struct directory_object *owner;

	if (!old)
		return ecNone;
	if (!proxy)
		return reason_set(why, ecMemory, "out of memory");
	status st = directory_find(s->directory, directory_class("Recipient"), old, &scratch, &owner, NULL);
	if (st != ecNotFound)
		return ecNone; /* somebody has it: leave it there */
	return directory_update(s->directory, user_class(), user, &add, 1, NULL, why);
}

static status write_connected(struct site *s, uint64_t disconnected, uint64_t user, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *gone;
	struct directory_setting database;
	struct guid mailbox;
	status st = directory_get(s->directory, directory_class("DisconnectedMailbox"), disconnected, &arena, &gone, why);

	if (st)
		return st;
	(void)directory_guid(gone, "MailboxGuid", &mailbox);
	st = site_forget(s, &mailbox, why);
	if (!st)
		st = directory_remove(s->directory, disconnected, why);
	if (!st)
		st = write_enabled(s, user, &mailbox, &database, carry(gone, "Database", "Database", &database), why);
	return st ? st : keep_old_address(s, gone, user, why);
}

status site_connect_mailbox(struct site *s, uint64_t disconnected, uint64_t user, struct reason *why)
{
	status st = directory_begin(s->directory, why);

	return st ? st : finish(s, write_connected(s, disconnected, user, why), why);
}

/* Time is over ----------------------------------------------------------------------------------------------------------------- */

static status is_over(struct site *s, const struct directory_object *o, bool *yes, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *database;
	status st = directory_get(s->directory, directory_class("MailboxDatabase"), (uint64_t)directory_number(o, "Database", 0), &scratch, &database, why);

	if (st)
		return st;
	uint64_t kept = (uint64_t)directory_number(database, "MailboxRetention", 0) * FILETIME_PER_SECOND;
	uint64_t since = (uint64_t)directory_number(o, "DisconnectDate", INT64_MAX), now = s->clock->now(s->clock);
	*yes = now >= since && now - since >= kept;
	return ecNone;
}

static status purge_one(struct site *s, uint64_t id, bool at_once, bool *purged, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o;
	struct guid mailbox;
	bool over = at_once;
	status st = directory_begin(s->directory, why);

	if (st)
		return st;
	st = directory_get(s->directory, directory_class("DisconnectedMailbox"), id, &arena, &o, why);
	if (!st && !at_once)
		st = is_over(s, o, &over, why);
	if (!st && over) {
		(void)directory_guid(o, "MailboxGuid", &mailbox);
		st = site_forget(s, &mailbox, why);
	}
	if (st || !over)
		return finish(s, st, why);
	st = remove_store(s, &mailbox, id, why);
	*purged = !st;
	return st;
}

/* One that somebody uses, or that another process purged, waits for the next time. */
static status purge_all(struct site *s, unsigned *count, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct directory_query all = { .as = directory_class("DisconnectedMailbox") };
	uint64_t *ids;
	size_t n = 0;
	status st = directory_list(s->directory, &all, &arena, &ids, &n, why);

	for (size_t i = 0; i < n && !st; i++) {
		bool gone = false;

		st = purge_one(s, ids[i], false, &gone, why);
		*count += gone;
		if (st == ecBusy || st == ecNotFound)
			st = ecNone;
	}
	return st;
}

status site_purge(struct site *s, uint64_t only, unsigned *purged, struct reason *why)
{
	unsigned count = 0;
	bool gone = false;
	status st = only ? purge_one(s, only, true, &gone, why) : site_sweep(s, why);

	if (!st && !only)
		st = purge_all(s, &count, why);
	if (!st)
		*purged = count + gone;
	return st;
}

/* Leftovers ---------------------------------------------------------------------------------------------------------------------- */

status site_sweep(struct site *s, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct site_entry *entries;
	uint64_t user, disconnected;
	size_t n = 0;
	/* Whoever makes or removes a mailbox holds the directory: nothing that is pending now is at work. */
	status st = directory_begin(s->directory, why);

	if (st)
		return st;
	st = s->place->ops->list(s->place, &arena, &entries, &n, why);
	for (size_t i = 0; i < n && !st; i++) {
		if (!entries[i].pending)
			continue;
		st = site_referrer(s, &entries[i].mailbox, &user, &disconnected, why);
		if (!st && (user || disconnected))
			settle_store(s, &entries[i].mailbox);
		else if (!st)
			unmake_store(s, &entries[i].mailbox);
	}
	directory_rollback(s->directory);
	return st;
}

status site_orphans(struct site *s, struct arena *arena, struct guid **out, size_t *n, struct reason *why)
{
	struct site_entry *entries = NULL;
	struct guid *list;
	uint64_t user, disconnected;
	size_t all = 0, count = 0;
	status st = s->place->ops->list(s->place, arena, &entries, &all, why);

	if (st)
		return st;
	list = arena_array(arena, all + 1, sizeof *list);
	if (!list)
		return reason_set(why, ecMemory, "out of memory");
	for (size_t i = 0; i < all && !st; i++) {
		if (entries[i].pending)
			continue;
		st = site_referrer(s, &entries[i].mailbox, &user, &disconnected, why);
		if (!st && !user && !disconnected)
			list[count++] = entries[i].mailbox;
	}
	if (st)
		return st;
	*out = list;
	*n = count;
	return ecNone;
}
