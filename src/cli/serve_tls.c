/* Certificates of a server that runs: from a file, from the directory (Enable-ExchangeCertificate -Services IIS), or of our own authority. */
#include "cli/serve.h"

#include <stdio.h>
#include <string.h>

#include "base/input.h"
#include "base/map.h"
#include "net/authority.h"
#include "server/events.h"

#define PEM_MOST ((size_t)1 << 20)

/* All that are to be used, each with its key. */
struct identities {
	struct buf pem[TLS_IDENTITIES_MOST];
	size_t n;
	bool own; /* of our authority */
};

static void forget(struct identities *i)
{
	for (size_t k = 0; k < i->n; k++) {
		if (i->pem[k].p)
			explicit_bzero(i->pem[k].p, i->pem[k].cap);
		buf_free(&i->pem[k]);
	}
}

#define CLEANUP_IDENTITIES __attribute__((cleanup(forget)))

static status add_file(struct identities *i, const char *path, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	status s = input_open_file(path, &in, why);

	if (s)
		return s;
	if (in->size > PEM_MOST)
		return reason_set(why, ecTooBig, "%s is no certificate: it is too long", path);
	struct buf *b = &i->pem[i->n];
	*b = (struct buf)BUF_MAX(PEM_MOST);
	uint8_t *to = buf_extend(b, (size_t)in->size);
	if (!to)
		return reason_set(why, ecMemory, "out of memory");
	s = input_read(in, 0, to, (size_t)in->size);
	i->n++;
	return s ? reason_set(why, s, "%s cannot be read", path) : ecNone;
}

/* Those that the administrator has enabled for IIS. */
static status add_enabled(struct serve_tls *t, struct identities *i, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	const struct directory_value iis = { .text = "IIS" };
	struct directory_query q = { .as = directory_class("ExchangeCertificate"), .attribute = "Services", .value = &iis };
	const struct directory_object *o;
	struct directory *d;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = host_directory(t->server->host, &d, why);

	if (s)
		return s;
	s = directory_list(d, &q, &arena, &ids, &n, why);
	for (size_t k = 0; k < n && !s && i->n < TLS_IDENTITIES_MOST; k++) {
		s = directory_get(d, q.as, ids[k], &arena, &o, why);
		if (s)
			break;
		const char *path = directory_text(o, "Path");
		if (path && directory_is(o, "HasPrivateKey"))
			s = add_file(i, path, why);
	}
	host_directory_return(t->server->host, d);
	return s;
}

static status add_own(struct serve_tls *t, struct identities *i, struct reason *why)
{
	const struct clock *c = host_clock(t->server->host);
	const char *names[] = { t->server->fqdn, "localhost", "127.0.0.1", "::1" };
	struct authority_wish wish = { t->folder, names, sizeof names / sizeof *names, filetime_to_unix(c->now(c)) };
	struct buf *b = &i->pem[0];
	bool made = false;

	if (!t->folder)
		return reason_set(why, ecNotFound, "there is no folder for certificates; give one with --certificate");
	*b = (struct buf)BUF_MAX(PEM_MOST);
	i->n = 1;
	i->own = true;
	status s = authority_server(&wish, b, &made, why);
	if (!s && made)
		server_event(t->server->events, SERVER_EVENT_CERTIFICATE_MADE, t->server->fqdn, NULL, NULL);
	return s;
}

static status gather(struct serve_tls *t, struct identities *i, struct reason *why)
{
	status s = t->file ? add_file(i, t->file, why) : add_enabled(t, i, why);

	return s || i->n ? s : add_own(t, i, why);
}

/* Changes when one of them does. */
static uint64_t hash_of(const struct identities *i)
{
	static const uint64_t key[2] = { 0x706f737465726e31, 0x6365727473000000 };
	uint64_t all = i->n;

	for (size_t k = 0; k < i->n; k++)
		all = all * 31 + siphash24(key, buf_bytes(&i->pem[k]));
	return all;
}

static status use(struct serve_tls *t, const struct identities *i, struct reason *why)
{
	struct bytes pem[TLS_IDENTITIES_MOST];

	for (size_t k = 0; k < i->n; k++)
		pem[k] = buf_bytes(&i->pem[k]);
	status s = t->context ? tls_context_replace(t->context, pem, i->n, why) : tls_context_server(pem, i->n, &t->context, why);
	if (s)
		return s;
	t->seen = hash_of(i);
	t->root[0] = '\0';
	if (i->own)
		(void)snprintf(t->root, sizeof t->root, "%s/authority.pem", t->folder);
	return ecNone;
}

status serve_tls_start(struct serve_tls *t, struct reason *why)
{
	CLEANUP_IDENTITIES struct identities i = { .n = 0 };
	status s = gather(t, &i, why);

	return s ? s : use(t, &i, why);
}

void serve_tls_look(struct serve_tls *t)
{
	CLEANUP_IDENTITIES struct identities i = { .n = 0 };
	struct reason why = { "" };
	status s = gather(t, &i, &why);

	if (!s && hash_of(&i) != t->seen)
		s = use(t, &i, &why);
	if (s)
		server_event(t->server->events, SERVER_EVENT_CERTIFICATE_FAILED, why.text, NULL, NULL);
}
