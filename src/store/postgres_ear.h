/* Notifications of PostgreSQL (NOTIFY): one connection that listens to one channel, for one thread. */
#ifndef STORE_POSTGRES_EAR_H
#define STORE_POSTGRES_EAR_H

#include "base/status.h"

struct postgres_ear;

#define POSTGRES_HEARD_MOST 128u

struct postgres_heard {
	int64_t process; /* of the server of databases, which works for whoever sent it */
	char text[POSTGRES_HEARD_MOST];
};

/* `channel` is a plain word. */
status postgres_ear_open(const char *connection, const char *channel, struct postgres_ear **out, struct reason *why) MUST;
void postgres_ear_close(struct postgres_ear *e); /* NULL is fine */
/* The next one that came; *any is false when there is none. An error: the connection is gone, and what was sent meanwhile with it. */
status postgres_ear_next(struct postgres_ear *e, struct postgres_heard *out, bool *any) MUST;
/* Readable when something came. */
int postgres_ear_fd(const struct postgres_ear *e);

#endif
