/* What `postern serve` says when it has started: where it is, and what to try. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "cli/serve.h"

static void show_url(const struct serve_bound *b, const char *name, char *out, size_t room)
{
	bool usual = b->port == (b->plain ? 80 : 443);
	char port[16];

	(void)snprintf(port, sizeof port, ":%u", (unsigned)b->port);
	(void)snprintf(out, room, "%s://%s%s", b->plain ? "http" : "https", name, usual ? "" : port);
}

/* An address that can be typed: all addresses are also this host's own. */
static const char *reachable(const char *host)
{
	return strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : strcmp(host, "::") == 0 ? "::1" : host;
}

static void show_tries(const struct serve_options *o, const struct server *server, const struct serve_tls *tls, const struct serve_bound *b, const char *user)
{
	const char *host = reachable(b->host);
	char url[512], trust[5000];

	show_url(b, server->fqdn, url, sizeof url);
	(void)snprintf(trust, sizeof trust, "%s%s%s --resolve %s:%u:%s%s%s", tls->root[0] ? "--cacert '" : "", tls->root, tls->root[0] ? "'" : "",
		       server->fqdn, (unsigned)b->port, strchr(host, ':') ? "[" : "", host, strchr(host, ':') ? "]" : "");
	printf("\nTry, in another terminal:\n");
	printf("  curl %s %s/healthcheck\n", trust, url);
	printf("  curl %s '%s/autodiscover/autodiscover.json?Protocol=AutodiscoverV1&Email=%s'\n", trust, url, user);
	printf("  curl %s -u '%s' -H 'Content-Type: text/xml' -H 'X-MapiHttpCapability: 1' \\\n", trust, user);
	printf("    -d '<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\"><Request>"
	       "<EMailAddress>%s</EMailAddress><AcceptableResponseSchema>"
	       "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
	       "</AcceptableResponseSchema></Request></Autodiscover>' \\\n    %s/autodiscover/autodiscover.xml\n",
	       user, url);
	printf("  curl %s -u '%s' %s/metrics\n", trust, user, url);
	printf("  postern shell --data '%s' -c 'Get-CasMailbox; Get-EventLog -Newest 5'\n", host_location(server->host));
	if (tls->root[0])
		printf("\nClients trust this server when they have %s\n", tls->root);
	(void)o;
}

static void show_json(const struct server *server, const struct serve_bound *bound, unsigned n)
{
	printf("{\"server\":\"%s\",\"listen\":[", server->fqdn);
	for (unsigned i = 0; i < n; i++)
		printf("%s{\"address\":\"%s\",\"port\":%u,\"tls\":%s}", i ? "," : "", bound[i].host, (unsigned)bound[i].port, bound[i].plain ? "false" : "true");
	printf("]}\n");
}

void serve_show(const struct serve_options *o, const struct server *server, const struct serve_tls *tls, const struct serve_bound *bound, unsigned n,
		const char *user)
{
	const struct serve_bound *first = NULL;

	if (o->common.json) {
		show_json(server, bound, n);
		(void)fflush(stdout);
		return;
	}
	printf("%s is served on\n", server->fqdn);
	for (unsigned i = 0; i < n; i++) {
		char name[80], url[256];

		(void)snprintf(name, sizeof name, "%s%s%s", strchr(bound[i].host, ':') ? "[" : "", bound[i].host, strchr(bound[i].host, ':') ? "]" : "");
		show_url(&bound[i], name, url, sizeof url);
		printf("  %s%s\n", url, bound[i].plain ? " (without TLS: passwords are taken from this host only)" : "");
		if (!first && !bound[i].plain)
			first = &bound[i];
	}
	if (!o->common.quiet && (first || n))
		show_tries(o, server, tls, first ? first : &bound[0], user);
	if (!o->common.quiet)
		printf("\nCtrl-C stops it; requests that are under way are ended first.\n");
	(void)fflush(stdout);
}
