/*
 * Carries what clients send: messages wait in a queue of their own (a mailbox that nobody logs on to), and are put into the
 * mailboxes of their recipients, run through their rules, or returned to the sender with a report ([MS-OXOMSG] 3.2.5,
 * [MS-OXORULE] 3.2.5.1).
 *
 * Nothing is lost or doubled by a kill: a message is in the queue before the sender's mailbox says that it was sent, and the
 * mailbox of a recipient remembers, in the transaction that delivers, what it was given last.
 *
 * Locks: a mailbox, then the queue; never a second mailbox, never one while the queue is locked.
 */
#ifndef SERVER_TRANSPORT_H
#define SERVER_TRANSPORT_H

#include "server/logon.h"
#include "server/message_object.h"
#include "server/server.h"

struct transport;

struct transport_options {
	bool inline_only;  /* no thread of its own: transport_run does it all (tests) */
	uint64_t hold;     /* milliseconds that a message waits for RopAbortSubmit; transport_open of serve: TRANSPORT_HOLD */
};

#define TRANSPORT_HOLD 500u

#define ecNotInQueue 0x80040601u
#define ecUnableToAbort 0x80040114u
#define ecNoRecipients 0x80040607u
#define ecSubmitted 0x80040608u
#define ecMaxSubmissionExceeded 0x000004DAu
#define ecTooManyRecips 0x00000505u

/* Sets server->transport, which must be NULL; what waited when the server last stopped is taken up again. */
status transport_open(struct server *server, const struct transport_options *o, struct reason *why) MUST;
/* Finishes the delivery it is at; the rest waits for the next start.  No session uses it any more.  Without one nothing happens. */
void transport_close(struct server *server);
/* All that is due, on this thread, which has nothing locked. */
status transport_run(struct transport *t) MUST;

/*
 * For handlers, the mailbox of the logon is locked and in no transaction.  The message is saved, marked as submitted and in
 * the queue.  ecNoRecipients, ecAccessDenied: not as this sender; ecQuotaExceeded; ecMaxSubmissionExceeded, ecTooManyRecips: more than
 * the mailbox or the organisation allows; ecNotSupported: a public folder's, embedded.
 */
status transport_submit(struct transport *t, struct message_object *m) MUST;
/* Out of the queue, and a draft again.  ecNotInQueue; ecUnableToAbort: it is on its way. */
status transport_abort(struct transport *t, struct logon *l, uint64_t message) MUST;

#endif
