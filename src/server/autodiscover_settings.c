/* What there is to know for a mailbox: from the directory. */
#include "server/autodiscover.h"

#include <stdio.h>
#include <strings.h>

/* The server's own services: which class says where they are, and whether this program has them. */
struct service {
	const char *class;
	bool served;
	size_t at; /* in struct autodiscover_settings */
};

static const struct service services[] = {
	{ "WebServicesVirtualDirectory", false, offsetof(struct autodiscover_settings, ews) },
	{ "OabVirtualDirectory", true, offsetof(struct autodiscover_settings, oab) },
	{ "OwaVirtualDirectory", false, offsetof(struct autodiscover_settings, owa) },
	{ "EcpVirtualDirectory", false, offsetof(struct autodiscover_settings, ecp) },
	{ "ActiveSyncVirtualDirectory", false, offsetof(struct autodiscover_settings, activesync) },
};

struct asking {
	struct directory *d;
	struct arena *arena;
	struct reason *why;
	const char *fqdn;
	uint64_t server;        /* in the directory; 0: this host is no server there */
	const char *server_dn;
};

static status find_server(struct asking *a)
{
	const struct directory_object *o;
	status s = directory_find(a->d, directory_class("ExchangeServer"), a->fqdn, a->arena, &o, a->why);

	if (s)
		return s == ecNotFound ? ecNone : s;
	a->server = o->id;
	a->server_dn = directory_text(o, "ExchangeLegacyDN");
	return ecNone;
}

/* The first of its class on this server; *out is NULL when there is none. */
static status find_virtual(struct asking *a, const char *class, const struct directory_object **out)
{
	struct directory_query q = { .as = directory_class(class), .parent = a->server };
	uint64_t *ids;
	size_t n;

	*out = NULL;
	if (!a->server)
		return ecNone;
	status s = directory_list(a->d, &q, a->arena, &ids, &n, a->why);
	if (s || !n)
		return s;
	s = directory_get(a->d, q.as, ids[0], a->arena, out, a->why);
	return s == ecNotFound ? ecNone : s;
}

static const char *join(struct arena *arena, const struct directory_value *v, size_t n)
{
	const char *all = NULL;

	for (size_t i = 0; i < n; i++)
		all = all ? arena_printf(arena, "%s, %s", all, v[i].text) : v[i].text;
	return all;
}

/* Does the URL lead to this server? */
static bool leads_here(const char *url, const char *fqdn)
{
	const char *host = strstr(url, "://");
	size_t n = strlen(fqdn);

	return host && strncasecmp(host + 3, fqdn, n) == 0 && (host[3 + n] == '/' || host[3 + n] == '\0' || host[3 + n] == ':');
}

static void read_urls(const struct asking *a, const struct directory_object *o, bool served, struct autodiscover_url *out)
{
	const struct directory_value *v;
	size_t n;

	out->inside = directory_text(o, "InternalUrl");
	out->outside = directory_text(o, "ExternalUrl");
	if (out->inside && !served && leads_here(out->inside, a->fqdn))
		out->inside = NULL;
	v = directory_values(o, "InternalAuthenticationMethods", &n);
	out->methods = join(a->arena, v, n);
}

static status read_services(struct asking *a, struct autodiscover_settings *out)
{
	const struct directory_object *o;

	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		status s = find_virtual(a, services[i].class, &o);

		if (s)
			return s;
		if (!o)
			continue;
		read_urls(a, o, services[i].served, (struct autodiscover_url *)(void *)((char *)out + services[i].at));
		if (services[i].at == offsetof(struct autodiscover_settings, owa))
			out->failback = directory_text(o, "FailbackUrl");
	}
	status s = find_virtual(a, "OutlookAnywhere", &o);
	if (!s && o)
		out->outlook_anywhere = directory_text(o, "ExternalHostname");
	return s;
}

/* "https://host/mapi" -> "https://host/mapi/emsmdb/?MailboxId=..." */
static const char *endpoint(struct arena *arena, const char *url, const char *name, const char *mailbox_id)
{
	size_t n = url ? strlen(url) : 0;

	while (n && url[n - 1] == '/')
		n--;
	return n ? arena_printf(arena, "%.*s/%s/?MailboxId=%s", (int)n, url, name, mailbox_id) : NULL;
}

static status read_mapi(struct asking *a, struct autodiscover_url *out)
{
	struct autodiscover_url url = { .inside = NULL };
	const struct directory_object *o;
	status s = find_virtual(a, "MapiVirtualDirectory", &o);

	if (s)
		return s;
	if (o)
		read_urls(a, o, true, &url);
	if (!url.inside && !url.outside)
		url.inside = arena_printf(a->arena, "https://%s/mapi", a->fqdn);
	*out = url;
	return ecNone;
}

static struct autodiscover_url endpoints(struct arena *arena, const struct autodiscover_url *mapi, const char *name, const char *mailbox_id)
{
	return (struct autodiscover_url){ .inside = endpoint(arena, mapi->inside, name, mailbox_id),
					  .outside = endpoint(arena, mapi->outside, name, mailbox_id) };
}

status autodiscover_mapi_endpoint(struct directory *d, const char *fqdn, const char *name, const char *mailbox_id, struct arena *arena,
				  struct autodiscover_url *out, struct reason *why)
{
	struct asking a = { .d = d, .arena = arena, .why = why, .fqdn = fqdn };
	struct autodiscover_url mapi;
	status s = find_server(&a);

	if (!s)
		s = read_mapi(&a, &mapi);
	if (!s)
		*out = endpoints(arena, &mapi, name, mailbox_id);
	return s;
}

static status read_autodiscover(struct asking *a, const char **out)
{
	struct autodiscover_url url = { .inside = NULL };
	const struct directory_object *o;
	status s = find_virtual(a, "AutodiscoverVirtualDirectory", &o);

	if (s)
		return s;
	if (o)
		read_urls(a, o, true, &url);
	*out = url.outside ? url.outside : url.inside ? url.inside : arena_printf(a->arena, "https://%s/autodiscover/autodiscover.xml", a->fqdn);
	return *out ? ecNone : reason_set(a->why, ecMemory, "out of memory");
}

/* Whom the asker may know of: everybody in the address lists, and whose mailbox may be opened. */
static status find_person(struct asking *a, const char *identity, uint64_t asker, struct person *out)
{
	struct person who;
	bool may = true;
	status s = person_find(a->d, identity, a->arena, out, a->why);

	if (!s && guid_is_zero(&out->mailbox))
		s = ecNotFound;
	if (!s && out->hidden && out->id != asker) {
		s = person_by_id(a->d, asker, a->arena, &who, a->why);
		if (!s)
			s = person_full_access(a->d, &who, out, &may, a->why);
	}
	if (s == ecAmbiguousRecip || s == ecNotFound || (!s && !may))
		return reason_set(a->why, ecNotFound, "there is no such mailbox");
	return s;
}

static status read_organization(struct asking *a, struct autodiscover_settings *out)
{
	const struct directory_object *o;
	status s = directory_find(a->d, directory_class("OrganizationConfig"), NULL, a->arena, &o, a->why);

	if (s)
		return s;
	guid_format(&o->guid, out->deployment);
	if (!out->person.database)
		return ecNone;
	s = directory_find(a->d, directory_class("MailboxDatabase"), out->person.database, a->arena, &o, a->why);
	if (!s)
		out->database_dn = directory_text(o, "LegacyExchangeDN");
	return s == ecNotFound ? ecNone : s;
}

static status read_all(struct asking *a, const char *identity, uint64_t asker, bool mapi_http, struct autodiscover_settings *out)
{
	struct autodiscover_url mapi = { .inside = NULL };
	char guid[GUID_TEXT_SIZE];
	status s = find_person(a, identity, asker, &out->person);

	if (s)
		return s;
	const char *at = out->person.smtp ? strrchr(out->person.smtp, '@') : NULL;
	guid_format(&out->person.mailbox, guid);
	(void)snprintf(out->mailbox_id, sizeof out->mailbox_id, "%s%s", guid, at ? at : "@postern.invalid");
	out->mapi = out->person.mapi_enabled;
	out->mapi_http = out->person.mapi_enabled && out->person.mapi_http_enabled && mapi_http;
	s = find_server(a);
	if (!s)
		s = read_organization(a, out);
	if (!s)
		s = read_services(a, out);
	if (!s)
		s = read_mapi(a, &mapi);
	out->mailstore = endpoints(a->arena, &mapi, "emsmdb", out->mailbox_id);
	out->address_book = endpoints(a->arena, &mapi, "nspi", out->mailbox_id);
	if (!s)
		s = read_autodiscover(a, &out->autodiscover);
	out->server = out->person.rpc_server ? out->person.rpc_server : a->fqdn;
	out->server_dn = a->server_dn;
	return s;
}

status autodiscover_settings(struct server *server, const char *identity, uint64_t asker, bool mapi_http, struct arena *arena,
			     struct autodiscover_settings *out, struct reason *why)
{
	struct asking a = { .arena = arena, .why = why, .fqdn = server->fqdn };
	struct autodiscover_settings found = { .server = NULL };
	status s = host_directory_reading(server->host, &a.d, why);

	if (s)
		return s;
	s = read_all(&a, identity, asker, mapi_http, &found);
	host_directory_return(server->host, a.d);
	if (!s)
		*out = found;
	return s;
}

status autodiscover_address(struct server *server, struct arena *arena, const char **out, struct reason *why)
{
	struct asking a = { .arena = arena, .why = why, .fqdn = server->fqdn };
	status s = host_directory_reading(server->host, &a.d, why);

	if (s)
		return s;
	s = find_server(&a);
	if (!s)
		s = read_autodiscover(&a, out);
	host_directory_return(server->host, a.d);
	return s;
}
