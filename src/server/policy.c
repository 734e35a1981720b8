#include "server/policy.h"

#include "store/version_range.h"

#define POLLING_DEFAULT 30000u
#define CONNECTIONS_DEFAULT 65536u

/* The first client that knows ecCachedModeRequired, ecRpcHttpDisallowed and ecProtocolDisabled, and the first that knows ecNotEncrypted. */
static const uint16_t knows_refusals[4] = { 12, 0, 0, 0 };
static const uint16_t knows_encryption[4] = { 12, 0, 3619, 0 };

status server_policy_read(struct directory *d, const char *server, struct arena *arena, struct server_policy *out, struct reason *why)
{
	struct server_policy p = { true, NULL, CONNECTIONS_DEFAULT, POLLING_DEFAULT };
	const struct directory_object *o;
	status s = directory_find(d, directory_class("RpcClientAccess"), server, arena, &o, why);

	if (s == ecNotFound) {
		*out = p;
		return ecNone;
	}
	if (s)
		return s;
	p.encryption_required = directory_is(o, "EncryptionRequired");
	p.block_versions = directory_text(o, "BlockedClientVersions");
	p.most_connections = (uint32_t)directory_number(o, "MaximumConnections", CONNECTIONS_DEFAULT);
	p.polling_interval = (uint32_t)directory_number(o, "PollingInterval", POLLING_DEFAULT / 1000) * 1000;
	*out = p;
	return ecNone;
}

/* A client that does not say its version is not an old one: those that spoke before there were these refusals always say it. */
static bool older(const uint16_t version[4], const uint16_t than[4])
{
	static const uint16_t unknown[4];

	if (memcmp(version, unknown, sizeof unknown) == 0)
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (version[i] != than[i])
			return version[i] < than[i];
	return false;
}

static bool blocked(const char *ranges, const uint16_t v[4])
{
	return version_ranges_contain(ranges, (struct client_version){ v[0], v[2], v[3] });
}

/* The code that the client understands. */
static status as_understood(const struct client_info *c, status code, const uint16_t first[4])
{
	return older(c->version, first) ? ecClientVerDisallowed : code;
}

static status check_transport(const struct server_policy *server, const struct client_info *c, struct reason *why)
{
	if (!server->encryption_required || c->encrypted)
		return ecNone;
	reason_write(why, "the connection is not encrypted, and EncryptionRequired is set; encrypt data between Outlook and the server, or"
			  " Set-RpcClientAccess -EncryptionRequired:$false");
	return as_understood(c, ecNotEncrypted, knows_encryption);
}

static status check_protocol(const struct person *who, const struct client_info *c, struct reason *why)
{
	if (!who->mapi_enabled) {
		reason_write(why, "MAPI is turned off for %s; Set-CasMailbox %s -MAPIEnabled:$true turns it on", who->name, who->alias);
		return as_understood(c, ecProtocolDisabled, knows_refusals);
	}
	if (c->transport == TRANSPORT_MAPI_HTTP && !who->mapi_http_enabled) {
		reason_write(why, "MAPI over HTTP is turned off for %s; Set-CasMailbox %s -MapiHttpEnabled:$true turns it on", who->name,
			     who->alias);
		return as_understood(c, ecProtocolDisabled, knows_refusals);
	}
	if (c->transport == TRANSPORT_RPC_HTTP && who->block_rpc_http) {
		reason_write(why, "RPC over HTTP is not allowed for %s; Set-CasMailbox %s -MAPIBlockOutlookRpcHttp:$false allows it", who->name,
			     who->alias);
		return as_understood(c, ecRpcHttpDisallowed, knows_refusals);
	}
	return ecNone;
}

static status check_version(const struct server_policy *server, const struct person *who, const struct client_info *c, struct reason *why)
{
	const uint16_t *v = c->version;

	if (blocked(server->block_versions, v))
		return reason_set(why, ecClientVerDisallowed,
				  "version %u.%u.%u.%u is among BlockedClientVersions of the server, \"%s\"; update the client or change them with"
				  " Set-RpcClientAccess",
				  v[0], v[1], v[2], v[3], server->block_versions);
	if (blocked(who->block_versions, v))
		return reason_set(why, ecClientVerDisallowed,
				  "version %u.%u.%u.%u is among MAPIBlockOutlookVersions of %s, \"%s\"; update the client or change them with"
				  " Set-CasMailbox %s",
				  v[0], v[1], v[2], v[3], who->name, who->block_versions, who->alias);
	return ecNone;
}

static status check_mode(const struct person *who, const struct client_info *c, struct reason *why)
{
	if (!who->block_non_cached || c->mode == CLIENT_MODE_CACHED)
		return ecNone;
	reason_write(why, "the client %s, and %s may be opened in cached mode only; turn on cached mode in the client, or Set-CasMailbox %s"
			  " -MAPIBlockOutlookNonCachedMode:$false",
		     c->mode == CLIENT_MODE_ONLINE ? "is online" : "does not say that it is in cached mode", who->name, who->alias);
	return as_understood(c, ecCachedModeRequired, knows_refusals);
}

status policy_connect(const struct server_policy *server, const struct person *who, const struct client_info *client, struct reason *why)
{
	status s = check_transport(server, client, why);

	if (!s)
		s = check_protocol(who, client, why);
	if (!s)
		s = check_version(server, who, client, why);
	return s ? s : check_mode(who, client, why);
}

status policy_logon(const struct server_policy *server, const struct person *who, const struct person *owner, const struct client_info *client,
		    struct reason *why)
{
	status s = policy_connect(server, who, client, why);

	if (!s && owner && owner->id != who->id)
		s = policy_connect(server, owner, client, why);
	return s;
}
