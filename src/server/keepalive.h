/*
 * Requests that take long: every so often something is to be sent, so that client and proxies know that they are not forgotten.  All of them hang in lists in
 * the order of their time, so that ten thousand cost a glance a second.
 */
#ifndef SERVER_KEEPALIVE_H
#define SERVER_KEEPALIVE_H

#include "net/loop.h"

struct keepalives;
struct keepalive_list;

struct keepalive {
	/*
	 * Called at its time, and again one interval later unless it returns false: then it is out of the list.  While it runs the list is locked, so it and
	 * whoever removes it do not meet; it must not add or remove anything.
	 */
	bool (*due)(struct keepalive *k);
	/* For keepalive.c. */
	struct keepalive_list *list;
	struct keepalive *next, *before;
	uint64_t at;
	bool linked;
};

/* Looks once a second, on one of the loops, and calls `also` then (NULL: nothing): whatever else has its time. */
status keepalives_new(struct loops *loops, uint32_t interval_ms, void (*also)(void *arg), void *arg, struct keepalives **out) MUST;
/* None is left in it. Not on a loop; the loops still run. NULL is fine. */
void keepalives_free(struct keepalives *k);
/* From any thread. */
void keepalive_add(struct keepalives *all, struct keepalive *k);
void keepalive_remove(struct keepalive *k); /* added before; nothing happens when it is out already */

#endif
