/*
 * A running server: what all heads and sessions of a process share beside the site (server/host.h).
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "server/counter.h"
#include "server/host.h"

struct logon;
struct server_events;  /* server/events.h: the event log */
struct sessions;       /* server/sessions.h: MAPI sessions by cookie */
struct transport;      /* server/transport.h: submission, delivery, queue */
struct notify_hub;     /* server/notify.h */
struct workers;        /* net/work.h */

struct server {
	struct host *host;
	struct counters *counters;
	struct server_events *events;
	struct sessions *sessions;
	struct transport *transport;
	struct notify_hub *notify;
	struct workers *workers;
	const char *fqdn;   /* of this server */
	/*
	 * Sends the receipt that the sender of a message waits for, as it is read; ids as in the store, the mailbox is locked and
	 * in a transaction.  NULL: nobody sends any.
	 */
	uint32_t (*read_receipt)(struct logon *l, uint64_t folder, uint64_t message);
};

#endif
