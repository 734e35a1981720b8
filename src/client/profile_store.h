/*
 * The stores of a profile: its own mailbox, additional mailboxes whose owners gave permission, the public folders.  Each has a cache of its own, with its own
 * binding, states, journal and lock: what goes wrong with one is nothing to the others.
 *
 *     DIR/profiles/NAME/                   the own mailbox
 *     DIR/profiles/NAME/stores/ADDRESS/    an additional one
 *     DIR/profiles/NAME/stores/public/     the public folders
 */
#ifndef CLIENT_PROFILE_STORE_H
#define CLIENT_PROFILE_STORE_H

#include "client/profile.h"
#include "client/remote.h"

#define STORE_PUBLIC_NAME "public"

struct profile_store {
	enum remote_store kind;
	const char *name;   /* as it is called: "" the own one, its address, "public" */
	const char *title;  /* for people */
	const char *folder; /* where its cache is */
	struct profile
		profile; /* as the cache's is: address, names and place are those of this store; whose it is stands in the profile itself */
};

/* All that are to be kept here, the own one first. */
status profile_stores(const char *data, const struct profile *p, struct arena *arena,
		      struct profile_store **out, size_t *n, struct reason *why) MUST;
/* By its name, kept or not: NULL or "" the own one, an address or the beginning of one when only one begins so, "public". ecNotFound, with what there is. */
status profile_store_find(const char *data, const struct profile *p, const char *name,
			  struct arena *arena, struct profile_store *out, struct reason *why) MUST;
/* The folder of its cache is there, and nobody else's. */
status profile_store_prepare(const struct profile_store *s, const char *data,
			     struct reason *why) MUST;
/* "NAME/STORE": both; without a slash the own one. `text` NULL or "": of the one profile that there is (profile_choose). */
status profile_store_named(const char *data, const char *text, struct arena *arena,
			   struct profile *p, struct profile_store *out, struct reason *why) MUST;

/* One more, or known better; of one that is not there ecNotFound. In the arena; the profile is not saved. */
status profile_mailbox_add(struct profile *p, const struct profile_mailbox *m, struct arena *arena,
			   struct reason *why) MUST;
status profile_mailbox_remove(struct profile *p, const char *address, struct arena *arena,
			      struct reason *why) MUST;

#endif
