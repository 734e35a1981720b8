/* What `postern serve` is made of. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/command.h"
#include "net/tls.h"
#include "server/http.h"

#define SERVE_ADDRESSES_MOST 16u

struct serve_address {
	char host[64]; /* "127.0.0.1", "::1" */
	uint16_t port; /* 0: any that is free */
	bool plain;    /* without TLS */
};

struct serve_options {
	struct common_options common;
	const char *data, *name; /* --data, --name; NULL: not given */
	const char *certificate; /* a file of PEM; NULL: what the directory has, else one of our own */
	struct serve_address addresses[SERVE_ADDRESSES_MOST];
	unsigned n_addresses;
	struct site_options site;
	unsigned drain, session_idle; /* seconds; 0: the default */
	unsigned loops, workers;
};

/* "127.0.0.1:8443", "[::1]:443", ":443" (all addresses), "8443" (this host). False when it is none. */
bool serve_address_parse(const char *text, struct serve_address *out);

/* Certificates -------------------------------------------------------------------------------------------------------------- */

/* The TLS of a server that runs, and where its certificates are from. */
struct serve_tls {
	struct server *server;
	const char *file;    /* --certificate */
	const char *folder;  /* of our own authority */
	struct tls_context *context;
	uint64_t seen;       /* what was loaded last: a hash */
	char root[4096];     /* the file to hand out to who is to trust it; "" when the certificates are not ours */
};

/* Makes or loads them. `t` is filled but for context, seen and root. */
status serve_tls_start(struct serve_tls *t, struct reason *why) MUST;
/* Looks whether there are others now, or ours is about to end, and takes them over; what fails is in the event log. May block. */
void serve_tls_look(struct serve_tls *t);

/* systemd -------------------------------------------------------------------------------------------------------------------- */

/* Tells the service manager ("READY=1", "STOPPING=1"), if there is one that wants to know (NOTIFY_SOCKET). */
void serve_notify(const char *state);

/* What people are told ------------------------------------------------------------------------------------------------------- */

struct serve_bound {
	char host[64];
	uint16_t port;
	bool plain;
};
void serve_show(const struct serve_options *o, const struct server *server, const struct serve_tls *tls, const struct serve_bound *bound, unsigned n,
		const char *user);

#endif
