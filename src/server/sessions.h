/*
 * Session contexts ([MS-OXCMAPIHTTP] 3.2.1): what a client has on the server between Connect or Bind and Disconnect or Unbind, found by a cookie that nobody
 * can guess.  A second cookie is a number that changes with each request, so that one request at a time runs and none runs twice.
 *
 * A context is used by whoever has taken it (context_take) until it is given back; what runs long holds it so.  It is over by context_end, or after
 * `idle_ms` without being used; what it has is freed on its strand when the last user has given it back.
 */
#ifndef SERVER_SESSIONS_H
#define SERVER_SESSIONS_H

#include "net/work.h"
#include "rop/mapihttp.h"
#include "server/server.h"
#include "server/session.h"

struct sessions_options {
	uint32_t idle_ms;       /* 0: a quarter of an hour, as Exchange has it */
	uint32_t most_per_user; /* 0: a quarter of all */
};

#define CONTEXT_COOKIE_SIZE 33 /* 128 random bits in hexadecimal, NUL */
#define CONTEXT_SEQUENCE_SIZE 33

enum context_kind { CONTEXT_MAILBOX = MAPIHTTP_MAILBOX, CONTEXT_ADDRESS_BOOK = MAPIHTTP_ADDRESS_BOOK };

struct context {
	enum context_kind kind;
	char cookie[CONTEXT_COOKIE_SIZE];
	uint64_t user;              /* who authenticated, in the directory */
	struct strand *strand;      /* that everything of it runs on: the mailbox's */
	struct session *session;    /* of a mailbox; owned; context_attach */
	void *book;                 /* of an address book: server/nspi.h; owned */
	void (*book_free)(void *book);

	/* For sessions.c only. */
	struct sessions *of;
	struct account *account;
	struct context *next; /* in the order of idleness, the longest first */
	struct context *before;
	struct context *chain; /* of those whose cookies hash alike */
	struct task closing;
	uint64_t sequence, salt, idle_since;
	unsigned users;
	bool busy, over;
};

status sessions_new(struct server *server, const struct sessions_options *o, struct sessions **out) MUST;
/* Ends all of them; requests that use one must have ended, and the workers must still run or have nothing left. NULL is fine. */
void sessions_free(struct sessions *s);
uint32_t sessions_idle_ms(const struct sessions *s);
/* The strand of a mailbox (ExchangeGuid), or of a person without one. */
struct strand *sessions_strand(struct sessions *s, const struct guid *mailbox);

/*
 * A new one, taken by the caller as a request that is under way; `session` or `book` is filled in by it.  ecTooBig: `most` (MaximumConnections) are there, or too
 * many of the user's; ecMemory.
 */
status context_new(struct sessions *s, enum context_kind kind, uint64_t user, const struct guid *mailbox, uint32_t most, struct context **out) MUST;

/* What it is taken for. */
enum context_use {
	CONTEXT_REQUEST, /* in its sequence: one at a time */
	CONTEXT_BESIDE,  /* NotificationWait, PING, what asks where things are: beside a request, at any time */
};
/*
 * By its cookies, as the client sent them (NULL: not there).  MAPIHTTP_MISSING_COOKIE; MAPIHTTP_INVALID_CONTEXT_COOKIE: not such as we make;
 * MAPIHTTP_CONTEXT_NOT_FOUND: over, unknown, of another kind, or of another user; MAPIHTTP_INVALID_SEQUENCE: another request is under way, or the
 * number is not the one that was given out last.
 */
enum mapihttp_code context_take(struct sessions *s, enum context_kind kind, const char *cookie, const char *sequence, uint64_t user,
				enum context_use use, struct context **out);
/* Of one that is taken: the cookie for the next request. */
void context_sequence(struct context *c, char out[static CONTEXT_SEQUENCE_SIZE]);
void context_attach(struct context *c, struct session *session);
/* Gives it back. */
void context_return(struct context *c, enum context_use use);
/* It can no longer be found. The caller still has it, and gives it back. */
void context_end(struct context *c);
/* The one that a client connects anew over is ended, and whoever waits with it is told; nothing happens when there is none such. */
void context_replace(struct sessions *s, enum context_kind kind, const char *cookie, uint64_t user);

/* Ends those that were idle too long; to be called every few seconds, from any thread. */
void sessions_expire(struct sessions *s);
size_t sessions_count(struct sessions *s);
/* Calls `each` for every mailbox context's session, with a lock held: it must not take one, nor call anything here. */
void sessions_each(struct sessions *s, void (*each)(struct session *session, void *arg), void *arg);

#endif
