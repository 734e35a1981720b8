/*
 * A person's computer: a cache of a mailbox, and what brings it up to date.  Several devices of one person are how changes come to be on both sides.
 */
#ifndef TESTS_CLIENT_DEVICE_H
#define TESTS_CLIENT_DEVICE_H

#include "client/sync.h"
#include "client/served.h"

struct device {
	char folder[300];
	char url[400], roots[320];
	const struct served *served;
	const char *person, *dn;
	enum remote_store kind; /* whose store: the person's own, unless it is said */
	const char *store_dn;   /* of REMOTE_OTHER */
	unsigned at_once;       /* sessions side by side; 0: as it finds right */
	bool (*canceled)(void *context); /* of a run; NULL: never */
	void *context;
	struct profile profile;
	struct cache *cache;     /* NULL: closed */
	struct session *session; /* NULL: none */
	struct remote *remote;
	const struct clock *clock;
	struct sync_link link;
	bool (*hurry)(void *context); /* NULL: never */
	struct sync_counts counts; /* of the last run */
	struct reason why;
};

/* A new one, empty, in a folder within the site's; its server is asked at this port. Nothing is sent. */
void device_init(struct device *d, const struct served *s, const char *name, unsigned person,
		 uint16_t port);
/* It is a store of another (`owner`, REMOTE_OTHER) or the public folders that the person has here. Before the first device_sync. */
void device_of_store(struct device *d, enum remote_store kind, unsigned owner);
/* Connects where it must be, makes the cache at the first time, and runs once. */
status device_sync(struct device *d) MUST;
/* Opens the cache, when it is closed. */
status device_open(struct device *d) MUST;
/* What it has open is closed, as when a program ends; the cache stays. */
void device_close(struct device *d);

/*
 * What is in the mailbox below a folder (0: below the IPM subtree), in lines that are the same for the same content, whatever the order; local folders of
 * synchronisation are left out.  `ids`: with ids and everything a message has; without: what people see of it.
 */
status device_tell(struct device *d, uint64_t folder, bool ids, struct buf *out) MUST;

/* The lines of either that the other does not have, with "-" and "+" before them. */
void device_difference(const char *a, const char *b, struct buf *out);

#endif
