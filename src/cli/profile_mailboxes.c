/* postern profile: additional mailboxes, and what goes with a store that goes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/profile.h"
#include "cli/profile_connect.h"
#include "client/cache_care.h"
#include "client/discover.h"

#define ARENA_MOST  ((size_t)8 << 20)
#define PATIENCE_MS 5000u

/* Coming -------------------------------------------------------------------------------------------------------------------------- */

static bool of_the_same_domain(const char *a, const char *b)
{
	const char *x = strrchr(a, '@'), *y = strrchr(b, '@');

	return x && y && strcasecmp(x, y) == 0;
}

/* Its owner has another address, and whoever asks is the person of the profile. */
static status find_mailbox(const struct profile *p, const char *address, const char *password,
			   struct arena *arena, struct profile_mailbox *out, struct reason *why)
{
	struct discover_options how = { .address = address,
					.user = *p->user ? p->user : p->address,
					.password = password,
					.server = of_the_same_domain(address, p->address) &&
								  *p->autodiscover_url
							  ? p->autodiscover_url
							  : NULL,
					.roots_file = p->roots_file };
	struct discovered d;
	status s = discover(&how, arena, &d, why);

	if (s)
		return reason_prefix(why, s, "%.100s", address);
	*out = (struct profile_mailbox){ .address = address,
					 .display_name = d.display_name,
					 .mailbox_dn = d.mailbox_dn,
					 .mail_url = d.mail_url };
	return ecNone;
}

status profile_add_mailbox(const char *data, struct profile *p, const char *address,
			   struct arena *arena, struct reason *why)
{
	struct profile_connection c = { NULL, NULL };
	struct profile_mailbox m = { .address = "" };
	struct profile_store store;
	char password[SECRET_ROOM];
	status s = secret_get(data, p, password, sizeof password, why);

	if (!s)
		s = find_mailbox(p, address, password, arena, &m, why);
	secret_wipe(password, sizeof password);
	if (!s)
		s = profile_mailbox_add(p, &m, arena, why);
	if (!s)
		s = profile_store_find(data, p, m.address, arena, &store, why);
	if (!s) {
		s = profile_connect_store(data, p, &store, &c, why);
		if (s)
			s = reason_prefix(why, s,
					  "%.100s has given no permission, or cannot be asked",
					  address);
		profile_disconnect(&c);
	}
	if (!s)
		p->shared_folders = true;
	return s;
}

/* Going --------------------------------------------------------------------------------------------------------------------------- */

static status nothing_is_lost(const char *folder, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct outbox_item *items;
	struct cache *c = NULL;
	uint64_t pending = 0;
	size_t unsent = 0;
	status s = cache_exists(folder) ? cache_open(folder, &clock_system, PATIENCE_MS, &c, why)
					: ecNotFound;

	if (s == ecNotFound)
		return ecNone;
	if (!s)
		s = cache_pending_count(c, &pending);
	if (!s)
		s = outbox_list(c, &arena, &items, &unsent);
	cache_close(c);
	if (s)
		return reason_set(
			why, s,
			"whether something in the cache is not at the server yet cannot be told; --yes removes it anyway");
	if (pending || unsent)
		return reason_set(
			why, ecBusy,
			"%" PRIu64
			" changes were not uploaded and %zu messages not sent: postern sync brings them to the server, --yes throws them away",
			pending, unsent);
	return ecNone;
}

status profile_store_may_go(const struct profile_store *store, struct reason *why)
{
	status s = nothing_is_lost(store->folder, why);

	return s && *store->name ? reason_prefix(why, s, "%.100s", store->name) : s;
}

status profile_store_take_away(const struct profile_store *store, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 10);
	const char *status_file = arena_printf(&arena, "%s/status.json", store->folder);
	status s;

	if (access(store->folder, F_OK))
		return ecNone;
	s = cache_remove(store->folder, PATIENCE_MS, why);
	if (!s && (!status_file || (unlink(status_file) && errno != ENOENT)))
		s = reason_set(why, ecDiskError, "%s: %s", store->folder, strerror(errno));
	/* What else somebody keeps there stays. */
	if (!s && store->kind != REMOTE_OWN && rmdir(store->folder) && errno != ENOTEMPTY)
		s = reason_set(why, ecDiskError, "%s: %s", store->folder, strerror(errno));
	return s;
}

/* All that there may be, kept at present or not: the own one last. */
status profile_each_store(const char *data, const struct profile *p, struct arena *arena,
			  status (*f)(const struct profile_store *store, struct reason *why),
			  struct reason *why)
{
	struct profile every = *p;
	struct profile_store *v = NULL;
	size_t n = 0;
	status s;

	every.shared_folders = every.public_folders = true;
	s = profile_stores(data, &every, arena, &v, &n, why);
	while (!s && n)
		s = f(&v[--n], why);
	return s;
}

/* The profile is saved without it before its cache goes: what is cut short leaves a folder that nobody asks for. */
status profile_remove_mailbox(const char *data, struct profile *p, const char *address, bool yes,
			      struct arena *arena, struct reason *why)
{
	struct profile_store store;
	status s = profile_store_find(data, p, address, arena, &store, why);

	if (!s && store.kind != REMOTE_OTHER)
		return reason_set(why, ecInvalidParam, "%s is no additional mailbox",
				  *address ? address : "the profile's own");
	if (!s && !yes)
		s = profile_store_may_go(&store, why);
	if (!s)
		s = profile_mailbox_remove(p, address, arena, why);
	if (!s)
		s = profile_save(data, p, why);
	return s ? s : profile_store_take_away(&store, why);
}
