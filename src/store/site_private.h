/* What the files of a site share; nothing outside includes it. */
#ifndef STORE_SITE_PRIVATE_H
#define STORE_SITE_PRIVATE_H

#include "store/site.h"

/* A class, an attribute or a text that does not fit takes no more than this while mailboxes are made. */
#define SITE_WORK_MOST ((size_t)16 << 20)

/*
 * Where the databases are: a folder, or a PostgreSQL.
 *
 * A mailbox that is about to come or to go stands at a place of its own, `pending`: it belongs to the site only if the directory
 * refers to it.  So making one is: make it pending, write the directory, settle it; and removing one is the same backwards.
 * Whatever is interrupted is put right by who meets it next.
 */
struct site_place {
	const struct site_place_ops *ops;
	char *location;
};

struct site_entry {
	struct guid mailbox;
	bool pending;
};

struct site_place_ops {
	/* ecNotFound when there is nothing and `create` is false. */
	status (*open_directory)(struct site_place *p, bool create, struct sql **out, struct reason *why);
	status (*open_mailbox)(struct site_place *p, const struct guid *mailbox, bool pending, bool create, struct sql **out, struct reason *why);
	/* One that is there, for SQL_TURNS; NULL: only one process can have one. */
	status (*open_turns)(struct site_place *p, const struct guid *mailbox, struct sql **out, struct reason *why);
	/* Under another GUID, or between pending and settled. Nobody has it open. */
	status (*move)(struct site_place *p, const struct site_entry *from, const struct site_entry *to, struct reason *why);
	status (*remove)(struct site_place *p, const struct site_entry *e, struct reason *why);
	status (*list)(struct site_place *p, struct arena *arena, struct site_entry **out, size_t *n, struct reason *why);
	const char *(*name)(struct site_place *p, const struct guid *mailbox, struct arena *arena);
	void (*close)(struct site_place *p);
};

status site_folder(const char *path, struct site_place **out, struct reason *why) MUST;
status site_postgres(const char *url, struct site_place **out, struct reason *why) MUST;

struct site_handle {
	struct guid guid;
	struct mailbox *mailbox;
	unsigned uses;
	uint64_t last;	/* when it was asked for, by the site's count */
	uint64_t as_of; /* change number of the directory that it was looked up at */
};

struct site {
	struct site_place *place;
	const struct clock *clock;
	struct directory *directory;
	struct site_handle *handles;
	size_t n_handles, cap_handles;
	bool turns;
	unsigned most_handles;
	uint64_t count;
};

/* Does the directory know a mailbox of this GUID: *user or *disconnected is its object, both 0 when not. */
status site_referrer(struct site *s, const struct guid *mailbox, uint64_t *user, uint64_t *disconnected, struct reason *why) MUST;
/* Gives up the handle; ecBusy while it is in use. */
status site_forget(struct site *s, const struct guid *mailbox, struct reason *why) MUST;
/* A new mailbox, pending. The caller holds the directory. */
status site_make_store(struct site *s, struct guid *out, struct reason *why) MUST;
/* Puts right what was interrupted: settles what is referred to, removes what is not. Takes the directory. */
status site_sweep(struct site *s, struct reason *why) MUST;
/* What a user with a mailbox needs and the settings do not say. `user` NULL: it is to be made. */
status site_complete(struct site *s, const char *name, const struct directory_object *user, const struct guid *mailbox,
		     const struct directory_setting *given, size_t n, struct arena *arena, struct directory_setting **out, size_t *n_out,
		     struct reason *why) MUST;
/* Everything of a new organisation. *made is false when there is one already. */
status site_first_start(struct site *s, const struct site_options *options, struct site_first *first, struct reason *why) MUST;

#endif
