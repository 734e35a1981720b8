/*
 * Who is told of changes at the server: a connection of its own, on a thread, that waits (NotificationWait) for as long as the watch goes on.  Several stores of one server
 * are told of in one session.
 */
#ifndef CLI_WATCH_LISTENER_H
#define CLI_WATCH_LISTENER_H

#include <pthread.h>
#include <stdatomic.h>

#include "cli/profile_connect.h"

/* A store that is listened for. */
struct listener_store {
	const struct profile_store *store;
	int event;             /* an eventfd: something happened there */
	atomic_bool elsewhere; /* it cannot be told of in one session with the others: it wants one of its own */
};

#define LISTENER_STORES_MAX 255u /* LogonId is a byte */

struct listener {
	const char *data;
	const struct profile *profile;
	struct listener_store **stores; /* stay whose they are */
	size_t n;
	struct session *session; /* of the thread, which others may cancel */
	pthread_mutex_t lock;
	pthread_t thread;
	atomic_bool stop, again;
};

/* False: no thread can be started. */
bool listener_start(struct listener *l, const char *data, const struct profile *p, struct listener_store **stores, size_t n);
/* Its connection may hang: it makes another one, now. */
void listener_again(struct listener *l);
void listener_stop(struct listener *l);

#endif
