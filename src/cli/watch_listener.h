/* Who is told of changes at the server: a connection of its own, on a thread, that waits (NotificationWait) for as long as the watch goes on. */
#ifndef CLI_WATCH_LISTENER_H
#define CLI_WATCH_LISTENER_H

#include <pthread.h>
#include <stdatomic.h>

#include "cli/profile_connect.h"

struct listener {
	const char *data;
	const struct profile *profile;
	struct session *session; /* of the thread, which others may cancel */
	pthread_mutex_t lock;
	pthread_t thread;
	atomic_bool stop, again;
	int event; /* an eventfd: something happened there */
};

/* False: no thread can be started, or nothing can be waited on. */
bool listener_start(struct listener *l, const char *data, const struct profile *p);
/* Its connection may hang: it makes another one, now. */
void listener_again(struct listener *l);
void listener_stop(struct listener *l);

#endif
