/*
 * What a session is to be told, and waiting for it ([MS-OXCMAPIHTTP] 3.2.5.5, [MS-OXCRPC] 3.3.4.1).  A waiting client costs no
 * thread: the head says whom to call, and is called once, by whoever makes the notification.
 *
 * The queue of a session is made when it is first asked for and freed with the session (notify_queue_free).
 */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

#include "server/session.h"

/* How a wait ended. */
enum notify_end {
	NOTIFY_NOTHING, /* the session ends, or the server stops */
	NOTIFY_PENDING,
	NOTIFY_SECOND,  /* somebody else waits with this session now */
};

/*
 * Calls `done` once: when something is pending for the session, at once when it is pending already.  On any thread, with no lock held
 * that the callee could need; it must not block.  ecMemory.  When somebody waits already, that one is told (NOTIFY_SECOND)
 * before the new one waits, because a client that asks again has given up the old question, or lost the connection it was asked over.
 */
typedef void notify_done(void *arg, enum notify_end end);
status notify_wait(struct session *s, notify_done *done, void *arg) MUST;
/* True: the wait of `arg` is over and `done` will not be called; false: it was, or is being, called. */
bool notify_cancel(struct session *s, const void *arg);

/* Whoever waits is told that nothing is pending: the session ends, or the server stops. From any thread. */
void notify_interrupt(struct session *s);

/* Something is there for the session, and stays so until notify_clear. From any thread. */
void notify_wake(struct session *s);
/* All that was pending has been handed over. */
void notify_clear(struct session *s);
bool notify_pending(struct session *s);

/* With the session. Whoever waits is told that nothing is pending. NULL is fine. */
void notify_queue_free(struct notify_queue *q);

#endif
