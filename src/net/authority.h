/*
 * A small certificate authority of one's own, so that a server speaks TLS from its first start.  It lives in a
 * folder:
 *
 *     authority-key.pem   0600  the key of the root (ECDSA P-256); it leaves the folder never
 *     authority.pem       0644  the root's certificate, for administrators to hand out: it may sign only certificates of servers
 *     server.pem          0600  key and certificate of the server, then the root's
 *
 * Programs that start at once on the same folder agree (a lock).  Files appear whole or not at all.
 */
#ifndef NET_AUTHORITY_H
#define NET_AUTHORITY_H

#include "base/buf.h"
#include "base/status.h"

#define AUTHORITY_NAMES_MOST  64u
#define AUTHORITY_SERVER_DAYS 397 /* what clients accept */
#define AUTHORITY_RENEW_DAYS  60  /* a new one when fewer are left */
#define AUTHORITY_ROOT_DAYS \
	7305 /* twenty years; renewed with the same key and name when a server's would outlive it */

struct authority_wish {
	const char *folder; /* made (0700) when it is not there */
	/* of the server: host names, and addresses such as "127.0.0.1" or "::1"; the first is its subject */
	const char *const *names;
	size_t n_names;
	int64_t now; /* seconds since 1970 */
};

/*
 * The server's certificate with its key as PEM, for tls_context_server.  It is made when it is not there, has
 * fewer days left than AUTHORITY_RENEW_DAYS, does not have all the names, or is of another root; *made says
 * that it is new.  To be asked once a day.
 */
status authority_server(const struct authority_wish *w, struct buf *pem, bool *made, struct reason *why) MUST;
/* The root's certificate as PEM, for whoever is to trust it; made when it is not there. */
status authority_root(const char *folder, int64_t now, struct buf *pem, struct reason *why) MUST;

#endif
