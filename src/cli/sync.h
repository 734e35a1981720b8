/* What `postern sync` and `postern sync --watch` have in common. */
#ifndef CLI_SYNC_H
#define CLI_SYNC_H

#include <poll.h>
#include <signal.h>

#include "cli/command.h"
#include "cli/profile_connect.h"
#include "client/sync.h"

struct sync_command {
	struct common_options common;
	const char *data, *name;
	bool watch;
	bool book_now; /* the address book is looked at, whenever that was done last */
	unsigned long interval; /* seconds between two looks, when nobody tells */
};

extern volatile sig_atomic_t sync_stopped;

/* For who runs again and again: what is known of the link, and whether there is something new, so that older messages may wait. */
struct sync_again {
	struct sync_link link;
	bool (*is_news)(void *context); /* NULL: that is never asked */
	void *context;
	bool ran; /* it is a round of many: each would connect sessions of its own for a few changes */
};
/* One run of a store. `again` NULL: there is only this one. */
status sync_once(const struct sync_command *o, const struct profile_store *store, struct profile_connection *c, struct sync_again *again,
		 struct sync_counts *counts, struct reason *why) MUST;
/*
 * The address list of the organisation, after a run that went well: what is amiss is told to people once, and stands in Sync Issues; it never makes a run fail.
 * `watching`: no more often than once an hour.
 */
void sync_book(const struct sync_command *o, const char *data, const struct profile *p, const struct profile_connection *c, bool watching);
/*
 * The stores of a profile beside its own mailbox: additional mailboxes and the public folders (sync_stores.c).  What goes wrong with one is told of that one, and
 * stops neither the others nor the profile's own.
 */
struct sync_others;
struct sync_other_result {
	const struct profile_store *store;
	bool ran;       /* since it was asked last */
	status outcome; /* ecNone: it is up to date */
	struct sync_counts counts;
	struct reason why;
};
status sync_others_new(const struct sync_command *o, const char *data, const struct profile *p, struct sync_others **out, struct reason *why) MUST;
void sync_others_free(struct sync_others *x); /* NULL is fine */
/* Runs those whose time has come, or in which something was changed here or there; `all`: every one. */
void sync_others_run(struct sync_others *x, bool all);
/* What came of it. */
size_t sync_others_results(const struct sync_others *x, const struct sync_other_result **out);
/* All of them, the own one first. */
size_t sync_others_stores(const struct sync_others *x, const struct profile_store **out);
/* From here on they are looked at when somebody tells, too. */
struct watch_ears;
void sync_others_listen(struct sync_others *x, const struct watch_ears *ears);
/* It is time for all of them, whatever went wrong before. `hang`: their connections may, and others are made. */
void sync_others_again(struct sync_others *x, bool hang);
/* Descriptors that tell of changes here and there; *n of them, at most `room`. */
#define SYNC_OTHERS_FDS (2 * (PROFILE_MAILBOXES_MAX + 1))
void sync_others_watch(const struct sync_others *x, struct pollfd *v, size_t room, size_t *n);
/* Milliseconds until the next one's time. */
uint64_t sync_others_due(const struct sync_others *x);

/* What they came to, for people or programs; `others` may be NULL. */
void sync_report(const struct sync_command *o, const struct profile *p, const struct sync_counts *counts, const struct sync_others *others);
/* Is there something in it that a person should look at? */
bool sync_warns(const struct sync_counts *c);
/* Until a signal comes: the exit code. */
int sync_watch(const struct sync_command *o, const char *data, const struct profile *p);

/* "Connected", "Working Offline"...; kept beside the cache, status.json, for whoever shows it. */
void sync_say_status(const char *folder, const char *words, const char *detail);

#endif
