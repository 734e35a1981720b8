/*
 * Who is it?  HTTP authentication (RFC 9110 11): a table of schemes, Basic for now; passwords, delays and locks of accounts are the
 * directory's (store/directory_logon.h), delays of addresses are here.
 *
 * A password costs about 18 ms of a processor on purpose, so it is looked at by a worker and never on a loop, and what was found good is remembered for
 * the connection it came over (not the password: a keyed hash of the header), and for other connections until anything of the account changes (its password,
 * its being enabled, its names), it is removed, or somebody fails to log on as that user: a client opens several, and thousands come back at once when a server
 * was away.  Whoever has not proved to be somebody gets one answer, whatever was wrong: 401 and what schemes there are.
 */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "net/http_server.h"
#include "server/server.h"

struct auth;

/* What is remembered of a connection, or of a logon for those that follow, is good for so long; then the directory is asked anew. */
#define AUTH_GOOD_SECONDS 300u
/* Passwords that wait to be looked at, of all peers; further ones are asked to come back (503). */
#define AUTH_WAITING_MOST 512u

status auth_new(struct server *server, struct auth **out) MUST;
/* No request is under way. NULL is fine. */
void auth_free(struct auth *a);

/*
 * Calls `then` with the id of the user in the directory, on any thread, the loop's too; or answers the request itself (401, 403 over a connection without TLS that is not of
 * this host, 503).  For `handle` of a route.
 */
typedef void auth_then(struct http_request *r, uint64_t user);
void auth_request(struct auth *a, struct http_request *r, auth_then *then);

/*
 * For `head` of a route: nothing of the body is read before somebody has proved to be somebody.  The route's `handle` then asks with auth_request, which
 * knows it already.
 */
void auth_head(struct auth *a, struct http_request *r);

/* The parts ------------------------------------------------------------------------------------------------------------- */

#define AUTH_NAME_MOST 512u
#define AUTH_CREDENTIALS_MOST 1024u

struct auth_credentials {
	char user[AUTH_NAME_MOST + 1];
	char password[AUTH_CREDENTIALS_MOST + 1];
};

/*
 * What follows "Basic ": base64 of "user:password" in UTF-8 (RFC 7617).  The user as an address or principal name, an alias, "DOMAIN\alias" or "\alias";
 * the leading backslash is left out.  False when it is none.
 */
bool auth_basic(const char *text, struct auth_credentials *out);

/*
 * Logons that were good a moment ago, by the hash of their header: whose, and how the account was when its password was looked at (its change number in the
 * directory: struct logon_verdict).  Nobody may be let in by one without seeing that the account is still the same and that nothing stands against it.
 * There is room for RECENT_LOGONS of them; one that comes takes the place of another.
 */
#define RECENT_LOGONS 4096u
struct recent_logon {
	uint64_t user, change_number;
	uint64_t until; /* seconds, monotonic */
};
struct recent_logons;
status recent_logons_new(struct recent_logons **out) MUST;
void recent_logons_free(struct recent_logons *r);
void recent_logon_add(struct recent_logons *r, const uint64_t hash[static 2], const struct recent_logon *l);
bool recent_logon_find(struct recent_logons *r, const uint64_t hash[static 2], uint64_t now, struct recent_logon *out);
/* Nothing happens when there is none. */
void recent_logon_forget(struct recent_logons *r, const uint64_t hash[static 2]);

/*
 * Addresses that fail too often: from the tenth failure in a row on nothing of them is looked at for a second, then two, four ... 64; forgotten
 * after a quarter of an hour without one.  Of IPv6 the first 64 bits count.  `now` in seconds.  A good logon halves what was counted.
 */
struct address_delays;
status address_delays_new(struct address_delays **out) MUST;
void address_delays_free(struct address_delays *d);
bool address_is_delayed(struct address_delays *d, const char *address, uint64_t now);
/* How many failures in a row. */
unsigned address_failed(struct address_delays *d, const char *address, uint64_t now);
void address_succeeded(struct address_delays *d, const char *address);
#define ADDRESS_DELAY_AFTER 10u

#endif
