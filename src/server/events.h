/*
 * What happens to the server, for the administrator: a table of events, each with an id, a source and what to do, written to the
 * event log of the site (store/event_log.h), which Get-EventLog shows.  Nothing secret is ever among the arguments.
 */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include "base/clock.h"
#include "store/event_log.h"

/* name, type, id, source, message with its arguments (%s), what to do */
#define EVENT_LIST(E)                                                                                                                     \
	E(STARTED, INFORMATION, 1000, "Postern", "The server has started on %s.", "")                                                      \
	E(STOPPED, INFORMATION, 1001, "Postern", "The server has stopped after %s.", "")                                                   \
	E(COUNTERS_NOT_INSTALLED, WARNING, 106, "MSExchange RPC Client Access",                                                            \
	  "Performance counters of RPC Client Access are not installed, because the ClientAccess role is not installed on server %s. "        \
	  "The service has started without them.",                                                                                            \
	  "If Outlook is to connect to this server, add the role: Set-ClientAccessServer NAME -ServerRole Mailbox,ClientAccess, and start the "   \
	  "server again. Otherwise nothing needs to be done.")                                                                                \
	E(CERTIFICATE_MADE, INFORMATION, 2001, "Postern TLS", "A certificate was made for %s.",                                            \
	  "Hand out authority.pem of the folder tls to those who are to trust it, or put a certificate of your own into the folder.")          \
	E(CERTIFICATE_FAILED, ERROR, 2002, "Postern TLS", "The certificate cannot be used: %s.",                                           \
	  "The one that was in use stays in use. Correct the file; it is looked at every minute.")                                            \
	E(LOGON_FAILED, WARNING, 3001, "MSExchange Authentication", "A logon as \"%s\" from %s was refused: %s.",                          \
	  "Many of these from one address mean that somebody guesses: block the address. Unlock-User or a new password lets the owner in.")   \
	E(CLIENT_REFUSED, WARNING, 3002, "MSExchange RPC Client Access", "The client %s of %s was refused with %s: %s.", "")                 \
	E(ADDRESS_DELAYED, WARNING, 3003, "MSExchange Authentication", "Logons from %s are refused for a while, after %s failures in a row.",  \
	  "If it is a proxy that many people come through, that is to be expected after wrong passwords; else block the address.")            \
	E(TOO_MANY_SESSIONS, WARNING, 3004, "MSExchange RPC Client Access", "A session of %s was refused: there are too many.",            \
	  "Set-RpcClientAccess -MaximumConnections allows more, if the memory of the host does.")                                            \
	E(REQUEST_FAILED, ERROR, 4001, "Postern", "A request of %s failed: %s.", "If it happens again, check the site: postern shell -c "      \
	  "'New-MailboxRepairRequest NAME -DetectOnly'.")                                                                                  \
	E(RETENTION_DONE, INFORMATION, 1207, "MSExchangeIS Mailbox Store",                                                                  \
	  "Cleanup of items past their retention is complete: %s items (%s KB) of %s mailboxes were removed for good.", "")                  \
	E(DISCONNECTED_PURGED, INFORMATION, 9535, "MSExchangeIS Mailbox Store",                                                             \
	  "Cleanup of disconnected mailboxes past the retention of their database is complete: %s were removed for good.", "")                \
	E(MAINTENANCE_FAILED, WARNING, 1208, "MSExchangeIS Mailbox Store", "What is past its retention could not be removed from %s: %s.",    \
	  "It is tried again in a day. If it happens again, check the mailbox: New-MailboxRepairRequest NAME -DetectOnly.")                  \
	E(MAIL_WAITS, ERROR, 5001, "MSExchangeTransport", "A message that was sent from mailbox %s cannot be carried: %s.",                \
	  "It stays in the queue and is tried again. If it happens again, check the mailbox: New-MailboxRepairRequest NAME -DetectOnly.")

enum server_event {
#define EVENT_ID(name, type, id, source, message, remedy) SERVER_EVENT_##name,
	EVENT_LIST(EVENT_ID)
#undef EVENT_ID
	SERVER_EVENTS
};

struct server_event_info {
	unsigned id;
	enum event_type type;
	const char *source, *message, *remedy;
};
extern const struct server_event_info server_event_infos[SERVER_EVENTS];

struct server_events;

/* `location` is the site's. Where a site has no folder for a log, nothing is written. ecMemory. */
status server_events_new(const char *location, const struct clock *clock, struct server_events **out) MUST;
void server_events_free(struct server_events *e); /* NULL is fine */
/*
 * From any thread; three arguments at most, text (NULL: ""; server_event4: four), put in the places of %s.  Of one event with the same first argument no more than one is
 * written a minute, so that nobody outside can fill the log; how many were left out is said with the next one.  NULL is fine.
 */
void server_event(struct server_events *e, enum server_event which, const char *a, const char *b, const char *c);
void server_event4(struct server_events *e, enum server_event which, const char *a, const char *b, const char *c, const char *d);

#endif
