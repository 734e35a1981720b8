/*
 * Finds the server of an address by Autodiscover ([MS-OXDSCLI] 3.1.5): the domain itself, its host "autodiscover", the redirect that one gives over http, the SRV
 * record, or an address that was said; all at once, and the first that answers with a mailbox is it.
 *
 * The password goes to hosts with a certificate that is trusted, and among these to those of the address's domain and the server that was named.  To where a redirect, a
 * SRV record or another address leads beyond that, it goes when somebody says so: whoever is between here and there can forge an answer over http, or of DNS.
 */
#ifndef CLIENT_DISCOVER_H
#define CLIENT_DISCOVER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

#define DISCOVER_TRIES 12u

struct discover_options {
	const char *address;        /* alice@contoso.example */
	const char *user, *password;
	const char *server;         /* "https://host" or the whole address of Autodiscover; NULL: it is looked for */
	const char *roots_file;     /* PEM, believed beside the system's; NULL or "": none */
	const char *also;           /* a host of another domain, or a domain, that may have the password; NULL or "": none */
	bool (*may_have)(void *context, const char *host); /* may this host of another domain? NULL: no */
	void *context;
	unsigned seconds;           /* for all of it; 0: 30 */
};

/* What was tried, for people: an entry for each. */
struct discover_try {
	const char *method; /* "the domain itself" */
	const char *url;
	const char *outcome; /* "it says where the mailbox is", "no such host" */
};

/* Texts live in the arena; "" where the server says nothing. */
struct discovered {
	const char *address; /* as the server says it */
	const char *display_name, *mailbox_dn, *server_dn, *mail_url, *book_url, *oab_url;
	const char *autodiscover_url;
	struct discover_try tries[DISCOVER_TRIES];
	size_t n_tries;
};

/* ecNotFound: nobody knows; ecAccessDenied: the password is not accepted. `out->tries` is filled in either case. */
status discover(const struct discover_options *o, struct arena *arena, struct discovered *out, struct reason *why) MUST;

/* The answer of one, as it came ([MS-OXDSCLI] 2.2.4.1): a mailbox, or where else to ask (*redirect_url or *redirect_address). */
status discover_read(struct bytes answer, struct arena *arena, struct discovered *out, const char **redirect_url, const char **redirect_address,
		     struct reason *why) MUST;

/*
 * The target of a SRV record, of the lowest priority and among these the greatest weight, from an answer of DNS ([RFC 1035] 4.1, [RFC 2782]).  ecNotFound: there is
 * none; ecCorruptData: it is no answer, or names no host.
 */
struct discover_srv {
	char host[256];
	uint16_t port;
};
status discover_srv_read(struct bytes answer, struct discover_srv *out, struct reason *why) MUST;

/* A question to DNS that is asked meanwhile, by a thread of its own: about the SRV record of Autodiscover of a domain. */
struct discover_question;
status discover_srv_ask(const char *domain, struct discover_question **out) MUST;
/* False: the answer is not there yet. *found: it is, and names a host. */
bool discover_srv_answer(struct discover_question *q, bool *found, struct discover_srv *out);
/* Waits for nothing. NULL is fine. */
void discover_srv_drop(struct discover_question *q);

#endif
