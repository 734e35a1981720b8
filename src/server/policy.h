/*
 * May this client connect?  What the administrator set for the mailbox (Set-CasMailbox), for the organisation and for the server
 * (Set-RpcClientAccess), against what the client says of itself.  Asked at Connect and again at each logon, with what the directory
 * says then.
 *
 * The answers are those of [MS-OXCRPC] 3.1.4.1; what a client is too old to understand becomes ecClientVerDisallowed ([MS-OXCRPC]
 * 3.2.4.1.3.2).  Cached mode is a promise of the client's: one that says nothing has not made it, and is refused like one that is
 * online.
 */
#ifndef SERVER_POLICY_H
#define SERVER_POLICY_H

#include "server/client_info.h"
#include "server/person.h"

/* [MS-OXCRPC] 3.1.4.1; `postern explain 1249` says what each means and what to do. */
#define ecClientVerDisallowed 1247u
#define ecRpcHttpDisallowed 1248u
#define ecCachedModeRequired 1249u
#define ecProtocolDisabled 2008u
#define ecNotEncrypted 2416u

/* What holds for all who connect to one server. */
struct server_policy {
	bool encryption_required;
	const char *block_versions;  /* BlockedClientVersions; NULL: none */
	uint32_t most_connections;   /* MaximumConnections */
	uint32_t polling_interval;   /* PollingInterval, milliseconds */
};

/* Of the server with this name (its name or whole host name); without such a server what is said for new ones. */
status server_policy_read(struct directory *d, const char *server, struct arena *arena, struct server_policy *out,
			  struct reason *why) MUST;

/*
 * 0, or the code for the client; the words, which name the setting and how to change it, are for the event log.  `who` is whose settings
 * are asked.
 */
status policy_connect(const struct server_policy *server, const struct person *who, const struct client_info *client,
		      struct reason *why) MUST;
/*
 * The same at RopLogon: for who logs on, and for whose mailbox it is (NULL: public folders), which another person may open only with a
 * client that would be let in for its owner.
 */
status policy_logon(const struct server_policy *server, const struct person *who, const struct person *owner,
		    const struct client_info *client, struct reason *why) MUST;

#endif
