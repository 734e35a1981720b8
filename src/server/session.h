/*
 * A MAPI session: one client from Connect to Disconnect ([MS-OXCMAPIHTTP] 3.2.1, [MS-OXCRPC] 3.1.1).  It has the objects that
 * the client opened (server/object.h), its logons, and what it is to be told (server/notify.h).
 *
 * What a session does is done by one thread at a time (its strand).  Only session_notify_* may be called from others.
 */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "base/arena.h"
#include "server/client_info.h"
#include "server/host.h"
#include "server/object.h"
#include "server/person.h"

/* Objects of one session; RopBuffers that would make more are answered ecMaxObjsExceeded... ecMemory per [MS-OXCRPC]. */
#define SESSION_OBJECTS_MAX 65536u
/* Thousands of sessions wait and do nothing: what is known of their person takes a few hundred bytes. */
#define SESSION_PERSON_BYTES ((size_t)512)
/* Memory of all objects of a session, beside the mailbox's own. */
#define SESSION_MEMORY_MAX ((size_t)512 << 20)
/* The same of all sessions of one account, each handle counted too: whoever opens thousands of sessions has no more than that, and others have the rest. */
#define ACCOUNT_MEMORY_MAX ((size_t)1 << 30)

struct notify_feed;
struct notify_queue;
struct server;

struct session {
	struct server *server;    /* counters, event log, settings, transport: server/server.h */
	struct host *host;
	struct arena arena;       /* of what lives as long as the session */
	struct arena user_arena;  /* of `user` */
	struct person user;       /* who authenticated; refreshed at each logon */
	struct client_info client;
	struct object_table objects;
	struct logon **logons;    /* by LogonId: session_logon */
	unsigned n_logons;
	struct notify_queue *notify;
	struct notify_feed *feed; /* server/notify_hub.h */
	size_t memory;            /* of its objects; object_charge counts */
	_Atomic size_t *account;  /* the same of all sessions of who authenticated (server/sessions.h); NULL: nobody counts it */
	struct guid first_mailbox; /* of the first private logon; zeros: there was none yet */
	uint64_t wrong_server[5]; /* when the last logons were that belong to another server, the oldest first */
};

/* For a user by the id of the directory; `client` NULL: nothing is known of it. ecNotFound: there is no such user. */
status session_open(struct server *server, uint64_t user, const struct client_info *client, struct session **out, struct reason *why) MUST;
/* NULL: there is none of that LogonId. */
struct logon *session_logon(const struct session *s, uint8_t id);
/* `logon` NULL: there is none any more. */
status session_set_logon(struct session *s, uint8_t id, struct logon *logon) MUST;
/* What the directory says of the user now. */
status session_refresh(struct session *s, struct reason *why) MUST;
/* With all objects; nothing of it is in use. NULL is fine. */
void session_close(struct session *s);

#endif
