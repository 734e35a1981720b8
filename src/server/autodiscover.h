/*
 * Autodiscover: how clients find everything else.  POX ([MS-OXDSCLI]) for Outlook and for mobile devices, SOAP (GetUserSettings, GetDomainSettings;
 * [MS-OXWSADISC]), and the JSON that says where the others are.
 *
 * Whoever has logged on may ask for every address that the address lists show; other addresses, those that do not exist and those that are hidden,
 * get one answer.  What is said is what the client can use: mapiHttp for those that ask for it (X-MapiHttpCapability), services that this server does not
 * have only where the administrator says that another has them (an ExternalUrl, or an InternalUrl elsewhere).
 */
#ifndef SERVER_AUTODISCOVER_H
#define SERVER_AUTODISCOVER_H

#include "net/http_server.h"
#include "server/person.h"
#include "server/server.h"

#define AUTODISCOVER_BODY_MOST ((size_t)64 << 10)

/* `handle` of routes. */
void autodiscover_pox(struct http_request *r);
void autodiscover_soap(struct http_request *r);
void autodiscover_json(struct http_request *r);

/* Requests ------------------------------------------------------------------------------------------------------------- */

#define AUTODISCOVER_USERS_MOST 100u /* as Exchange has it */
#define AUTODISCOVER_SETTINGS_MOST 100u

enum autodiscover_kind {
	AUTODISCOVER_OUTLOOK,
	AUTODISCOVER_MOBILE,
	AUTODISCOVER_OTHER_SCHEMA, /* well formed, and nothing that is answered: 601 */
	AUTODISCOVER_USER_SETTINGS,
	AUTODISCOVER_DOMAIN_SETTINGS,
	AUTODISCOVER_OTHER_OPERATION, /* of SOAP */
};

struct autodiscover_request {
	enum autodiscover_kind kind;
	const char *address, *legacy_dn; /* POX; NULL: not given */
	const char *users[AUTODISCOVER_USERS_MOST]; /* SOAP: addresses, or domains */
	size_t n_users;
	const char *settings[AUTODISCOVER_SETTINGS_MOST];
	size_t n_settings;
	const char *operation; /* SOAP: the name in the body */
};

/* All of it in `arena`. ecCorruptData: no request (600); ecTooBig. */
status autodiscover_read(struct bytes body, bool soap, struct arena *arena, struct autodiscover_request *out, struct reason *why) MUST;

/* Answers ---------------------------------------------------------------------------------------------------------------- */

struct autodiscover_url {
	const char *inside, *outside; /* NULL: none */
	const char *methods;          /* "Basic, Fba" */
};

/* What is known for one mailbox; NULL where there is nothing. */
struct autodiscover_settings {
	struct person person;
	char mailbox_id[GUID_TEXT_SIZE + 256]; /* guid@domain */
	char deployment[GUID_TEXT_SIZE];       /* of the organisation */
	const char *server;      /* RpcClientAccessServer of the mailbox's database, else this server */
	const char *server_dn, *database_dn;
	const char *outlook_anywhere; /* host for RPC over HTTP, where another server has it; NULL: none */
	bool mapi;               /* may use MAPI at all */
	bool mapi_http;          /* and over HTTP, and the client knows it */
	struct autodiscover_url mailstore, address_book, ews, oab, owa, ecp, activesync;
	const char *failback;    /* of owa */
	const char *autodiscover;/* where this was asked */
};

/* For the mailbox of the address (or DN). ecNotFound: there is none that `asker` may know of. */
status autodiscover_settings(struct server *server, const char *identity, uint64_t asker, bool mapi_http, struct arena *arena,
			     struct autodiscover_settings *out, struct reason *why) MUST;
/* What is said of an endpoint of MAPI over HTTP ("emsmdb", "nspi") for a mailbox ("guid@domain"). */
status autodiscover_mapi_endpoint(struct directory *d, const char *fqdn, const char *name, const char *mailbox_id, struct arena *arena,
				  struct autodiscover_url *out, struct reason *why) MUST;
/* The URL of autodiscover.xml as the administrator has set it. */
status autodiscover_address(struct server *server, struct arena *arena, const char **out, struct reason *why) MUST;

void autodiscover_write_outlook(const struct autodiscover_settings *s, struct buf *out);
void autodiscover_write_mobile(const struct autodiscover_settings *s, struct buf *out);
/* [MS-OXDSCLI] 2.2.4.1.1.3: 500, 600, 601, 603. */
void autodiscover_write_error(unsigned code, uint64_t filetime, struct buf *out);
/* One UserResponse; `s` NULL: there is no such user. */
void autodiscover_write_user(const struct autodiscover_request *q, const struct autodiscover_settings *s, struct buf *out);

#endif
