/*
 * Listening for all stores of a profile: those of one server in one session, when it has them together; what it has elsewhere in a session of its own.  More than
 * WATCH_EARS_MAX sessions are not held: of the stores that are left over nobody is told, and who watches looks at them from time to time.
 */
#ifndef CLI_WATCH_EARS_H
#define CLI_WATCH_EARS_H

#include "cli/watch_listener.h"

#define WATCH_EARS_MAX 8u

struct watch_ears;

/* The stores stand until watch_ears_stop. */
status watch_ears_start(const char *data, const struct profile *p, const struct profile_store *stores, size_t n, struct watch_ears **out, struct reason *why) MUST;
/* Becomes readable when something happened in the i-th store at the server; whoever looks there reads it first (watch_ears_drain). */
int watch_ears_event(const struct watch_ears *e, size_t i);
void watch_ears_drain(int event);
/* Between two looks: what turned out to be elsewhere gets a session of its own. */
void watch_ears_tend(struct watch_ears *e);
/* Their connections may hang. */
void watch_ears_again(struct watch_ears *e);
void watch_ears_stop(struct watch_ears *e); /* NULL is fine */

#endif
