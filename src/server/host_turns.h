/* What other servers on the same PostgreSQL want and change: a thread that hears it (store/turns.h). */
#ifndef SERVER_HOST_TURNS_H
#define SERVER_HOST_TURNS_H

#include "base/guid.h"
#include "base/status.h"

struct host_turns;

/* Both are called on a thread of its own; `process` as of mailbox_turn_process: who sent it. `mailbox` NULL: what was sent is lost, it may be any. */
struct host_turns_listener {
	void (*wanted)(void *context, const struct guid *mailbox, int64_t process);
	void (*changed)(void *context, const struct guid *mailbox, int64_t process);
	void *context;
};

status host_turns_start(const char *location, const struct host_turns_listener *listener, struct host_turns **out, struct reason *why) MUST;
void host_turns_stop(struct host_turns *t); /* NULL is fine */

#endif
