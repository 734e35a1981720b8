/*
 * What a running server does while nobody asks, once a day: of each mailbox what was deleted longer ago than its RetainDeletedItemsFor goes for good, and the oldest of
 * that before its time when recoverable items are more than RecoverableItemsQuota allows; then disconnected mailboxes whose MailboxRetention is over.  In small transactions,
 * for a second at a time, so that nobody waits for it.  A mailbox that another server or a command has waits for the next day.
 */
#ifndef SERVER_MAINTENANCE_H
#define SERVER_MAINTENANCE_H

#include "server/server.h"

#define MAINTENANCE_FIRST_SECONDS 600u   /* after the start, when all clients are back */
#define MAINTENANCE_EVERY_SECONDS 86400u /* from one beginning to the next */

struct maintenance;

/* The server's host and events must live as long. ecMemory. */
status maintenance_new(struct server *server, struct maintenance **out) MUST;
void maintenance_free(struct maintenance *m); /* NULL is fine */
/* Goes on, or begins when it is time: for about a second.  To be called every minute or so, by one thread at a time, which must hold nothing. */
void maintenance_look(struct maintenance *m);

#endif
