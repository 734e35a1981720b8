/*
 * A session of MAPI over HTTP with any server that speaks it ([MS-OXCMAPIHTTP]), on libcurl: Connect, Execute,
 * NotificationWait, Disconnect, with cookies, sequence, and the interim lines of long answers; below client/remote.h.
 *
 * Calls block, and end early with ecUserCanceled when session_cancel was called (from any thread or signal handler).  A session is used by
 * one thread at a time; several may be open to one mailbox at once.  Every byte of an answer is an attacker's: sizes have limits
 * (SESSION_ANSWER_MAX), redirects are followed to the same scheme and at most five times, and only before Connect.
 */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "base/arena.h"
#include "rop/mapihttp.h"
#include "rop/rop_buffer.h"

#define SESSION_ANSWER_MAX ((size_t)8 << 20)

/* What a failure means for whoever wants to go on. */
enum session_failure {
	SESSION_FINE,
	SESSION_UNREACHABLE, /* no connection, or it broke, or the server is busy (5xx, ecServerBusy, endpoint shutting down): again later */
	SESSION_LOST,        /* the server does not know the session any more: connect again, now */
	SESSION_PASSWORD,    /* 401: not before somebody has given another password */
	SESSION_REFUSED, /* it will not have us: 1249, 1247, 2008, 2416, no such mailbox: not before somebody has changed something */
	SESSION_NONSENSE, /* what it said is no answer: a defect of the server or a program between; again later, and rarely */
	SESSION_CANCELED,
};

struct session_options {
	const char *url; /* https://host/mapi/emsmdb/?MailboxId=... */
	const char *user, *password;
	const char *user_dn;    /* legacyExchangeDN */
	const char *roots_file; /* PEM, believed beside the system's; NULL or "": none */
	bool cached;            /* what the client says of its mode */
	bool encrypt;           /* refuse what is not https */
	unsigned connect_seconds,
		answer_seconds; /* 0: 15 and 90; an answer that says PENDING may take longer */
};

struct session;

/* Texts are copied; nothing is sent. */
status session_new(const struct session_options *o, struct session **out, struct reason *why) MUST;
/* Without a word to the server. NULL is fine. */
void session_free(struct session *s);
/* Connect; again after SESSION_LOST or a broken connection: then all handles are gone. */
status session_connect(struct session *s, struct reason *why) MUST;
bool session_connected(const struct session *s);
status session_disconnect(struct session *s, struct reason *why) MUST;
/*
 * One Execute.  `requests` as of rop/rop.h: id, logon_id, input_handle_index, body; `handles` is the table that they index, of which the answer's
 * is written back.  `columns_of` decodes rows (struct rop_context); may be NULL.  *outputs: the buffers that were chained, in order, in `arena`: the first
 * answers the requests, further ones continue its last (RopFastTransferSourceGetBuffer, RopQueryRows).  ecNone: the server answered; each operation
 * has its own return value.
 */
struct session_ask {
	struct rop_request *requests;
	size_t n;
	uint32_t *handles;
	size_t n_handles;
	bool (*columns)(void *user, const struct rop_request *asked, struct rop_columns *out);
	void *user;
	bool chain; /* as many buffers as the server will (256 KiB in all) */
};
status session_execute(struct session *s, const struct session_ask *ask, struct arena *arena,
		       struct rop_output **outputs, size_t *n, struct reason *why) MUST;
/*
 * The same in two: sent, and the answer, so that the server works while the caller does.  Between them `ask` stands, and nothing else is asked of the session: that
 * would drop the answer.
 */
status session_execute_begin(struct session *s, const struct session_ask *ask, struct reason *why) MUST;
status session_execute_end(struct session *s, const struct session_ask *ask, struct arena *arena, struct rop_output **outputs, size_t *n, struct reason *why) MUST;
/* NotificationWait on a connection of its own: until something happened (*event), or the server's time is over, mostly 5 minutes. */
status session_wait(struct session *s, bool *event, struct reason *why) MUST;
/* Another one of the same person at another address, or (NULL) at the same; nothing is sent. */
status session_beside(const struct session *s, const char *url, struct session **out, struct reason *why) MUST;
/*
 * A file over the web, for the same person (GET): an address book.  Redirects are followed, but the password goes to no other host than that of the url.  At most
 * `most` bytes, appended.  ecNotFound: there is none; ecAccessDenied; ecUserCanceled: `canceled` (may be NULL) says so.
 */
struct session_file {
	const char *url;
	size_t most;
	bool (*canceled)(void *context);
	void *context;
};
status session_get(const struct session *s, const struct session_file *f, struct buf *out, struct reason *why) MUST;
/* A request of the address book's endpoint, on a session whose url is that one (MAPIHTTP_BIND instead of session_connect). */
status session_ask(struct session *s, enum mapihttp_request type, const void *request,
		   struct arena *arena, void **response, struct reason *why) MUST;
/* session_execute, session_wait and the others end with ecUserCanceled, now and until `session_cancel(s, false)`. */
void session_cancel(struct session *s, bool cancel);

/* Of the last call. */
enum session_failure session_failure(const struct session *s);
/* So many milliseconds the server asks to be left alone for (Retry-After, RopBackoff); 0: it did not say. */
unsigned session_retry_after_ms(const struct session *s);
/* What Connect said: how often to retry, and whom we are speaking to. */
struct session_server {
	uint32_t polls_max_ms, retry_count, retry_delay_ms;
	const char *display_name, *dn_prefix;
	const char *application; /* X-ServerApplication: "Exchange/15.20.4523.0000" */
	unsigned pending_period_ms;
};
const struct session_server *session_server(const struct session *s);
/* So long is the way to a server that is far away, there and back: a session waits more than it works. */
#define SESSION_FAR_US 20000u
/* Bytes and requests so far, both ways, for measuring the link. */
struct session_traffic {
	uint64_t sent, received, requests;
	uint64_t busy_us; /* time spent between a request and the end of its answer */
	uint64_t least_us; /* the shortest time to an answer; 0: there was none */
};
const struct session_traffic *session_traffic(const struct session *s);

#endif
