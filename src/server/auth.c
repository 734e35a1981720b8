#include "server/auth.h"

#include "base/base64.h"
#include "base/map.h"
#include "net/thread.h"
#include "net/work.h"
#include "server/events.h"
#include "store/directory_logon.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>

#define ARENA_MOST ((size_t)4 << 20)

struct auth {
	struct server *server;
	struct address_delays *delays;
	struct recent_logons *recent;
	uint64_t key[4]; /* of the hashes of headers */
	struct strand *strands; /* passwords that are looked at: one a core, so that others get their turn */
	unsigned n_strands;
	_Atomic unsigned waiting;
};

/* What a connection has proved. */
struct proof {
	uint64_t hash[2]; /* of the Authorization header */
	uint64_t user;
	uint64_t until; /* seconds, monotonic */
};

/* A header that a worker looks at. */
struct looking {
	struct task task;
	struct auth *auth;
	struct http_request *request;
	auth_then *then;
	const struct auth_scheme *scheme;
	uint64_t hash[2];
	struct auth_credentials credentials;
};

/* A way to prove it; `read` takes what follows the scheme's name apart, on the loop. */
struct auth_scheme {
	const char *name;
	const char *further; /* of its challenge, behind the realm */
	bool (*read)(const char *text, struct auth_credentials *out);
	status (*verify)(struct auth *a, struct directory *d, const struct auth_credentials *c, struct arena *arena, uint64_t *user,
			 struct logon_verdict *verdict, struct reason *why);
};

static status verify_password(struct auth *a, struct directory *d, const struct auth_credentials *c, struct arena *arena, uint64_t *user,
			      struct logon_verdict *verdict, struct reason *why)
{
	const struct directory_object *o;
	status s = directory_verify(d, c->user, c->password, arena, &o, verdict, why);

	(void)a;
	if (!s)
		*user = o->id;
	return s;
}

static const struct auth_scheme schemes[] = {
	{ "Basic", ", charset=\"UTF-8\"", auth_basic, verify_password },
};
#define SCHEMES (sizeof schemes / sizeof *schemes)

status auth_new(struct server *server, struct auth **out)
{
	struct auth *a = calloc(1, sizeof *a);

	if (!a)
		return ecMemory;
	a->server = server;
	a->n_strands = thread_cores();
	a->strands = calloc(a->n_strands, sizeof *a->strands);
	for (unsigned i = 0; a->strands && i < a->n_strands; i++)
		strand_init(&a->strands[i], server->workers);
	if (!a->strands || getrandom(a->key, sizeof a->key, 0) != (ssize_t)sizeof a->key || address_delays_new(&a->delays) || recent_logons_new(&a->recent)) {
		auth_free(a);
		return ecMemory;
	}
	*out = a;
	return ecNone;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	recent_logons_free(a->recent);
	address_delays_free(a->delays);
	free(a->strands);
	free(a);
}

bool auth_basic(const char *text, struct auth_credentials *out)
{
	uint8_t plain[AUTH_CREDENTIALS_MOST + 1];
	size_t n;
	bool good = false;

	text += strspn(text, " ");
	if (base64_decode(text, strlen(text), plain, sizeof plain - 1, &n) && !memchr(plain, '\0', n)) {
		const uint8_t *colon = memchr(plain, ':', n);
		const uint8_t *user = plain + (n && plain[0] == '\\');

		if (colon && colon > user && (size_t)(colon - user) <= AUTH_NAME_MOST) {
			size_t password = n - (size_t)(colon + 1 - plain);

			memcpy(out->user, user, (size_t)(colon - user));
			out->user[colon - user] = '\0';
			memcpy(out->password, colon + 1, password);
			out->password[password] = '\0';
			good = true;
		}
	}
	explicit_bzero(plain, sizeof plain);
	return good;
}

/* Answers ----------------------------------------------------------------------------------------------------------------- */

static void refuse(const struct auth *a, struct http_request *r)
{
	for (size_t i = 0; i < SCHEMES; i++)
		http_set(r, "WWW-Authenticate", "%s realm=\"%s\"%s", schemes[i].name, a->server->fqdn, schemes[i].further);
	/* Clients of Autodiscover want to know what else there is ([MS-OXDISCO]). */
	http_set(r, "X-SOAP-Enabled", "True");
	http_set(r, "X-WSSecurity-Enabled", "False");
	http_respond_text(r, 401, "Log on with the name and the password of your account.");
}

static void come_back(struct http_request *r)
{
	http_set(r, "Retry-After", "5");
	http_respond_text(r, 503, "The server has too much to do; try again in a few seconds.");
}

static uint64_t seconds(const struct auth *a)
{
	const struct clock *c = host_clock(a->server->host);

	return c->monotonic(c) / 1000000000u;
}

/* On a worker ------------------------------------------------------------------------------------------------------------- */

static void failed(struct auth *a, const struct looking *l, const char *address, const struct logon_verdict *v)
{
	unsigned n = address_failed(a->delays, address, seconds(a));
	char count[16];

	counter_add(a->server->counters, COUNTER_LOGON_FAILURES, 1);
	server_event(a->server->events, SERVER_EVENT_LOGON_FAILED, l->credentials.user, address, logon_result_name(v->result));
	if (n < ADDRESS_DELAY_AFTER)
		return;
	(void)snprintf(count, sizeof count, "%u", n);
	server_event(a->server->events, SERVER_EVENT_ADDRESS_DELAYED, address, count, NULL);
}

static void remember(struct auth *a, const struct looking *l, uint64_t user)
{
	struct proof *p = calloc(1, sizeof *p);

	if (!p)
		return;
	memcpy(p->hash, l->hash, sizeof p->hash);
	p->user = user;
	p->until = seconds(a) + AUTH_GOOD_SECONDS;
	http_slot_set(l->request, p, free);
}

/* The account is as it was when its password was looked at, it is open, and nobody tries to guess its password. */
static bool is_recent(struct auth *a, struct directory *d, const struct looking *l, uint64_t *user)
{
	struct logon_verdict v = { .result = LOGON_UNKNOWN };
	struct recent_logon found;

	if (!recent_logon_find(a->recent, l->hash, seconds(a), &found))
		return false;
	bool good = !directory_logon_state(d, found.user, &v, NULL) && v.result == LOGON_GOOD && !v.failures && v.change_number == found.change_number;
	if (good)
		*user = found.user;
	else
		recent_logon_forget(a->recent, l->hash);
	return good;
}

static status look(struct auth *a, const struct looking *l, uint64_t *user, struct logon_verdict *v, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct directory *d;
	status s = host_directory(a->server->host, &d, why);

	if (s)
		return s;
	bool recent = is_recent(a, d, l, user);
	counter_add(a->server->counters, recent ? COUNTER_LOGONS_REMEMBERED : COUNTER_LOGONS_VERIFIED, 1);
	if (!recent) {
		s = l->scheme->verify(a, d, &l->credentials, &arena, user, v, why);
		if (!s)
			recent_logon_add(a->recent, l->hash, &(struct recent_logon){ *user, v->change_number, seconds(a) + AUTH_GOOD_SECONDS });
	}
	host_directory_return(a->server->host, d);
	return s;
}

static void look_at(struct task *t)
{
	struct looking *l = task_of(t, struct looking, task);
	struct auth *a = l->auth;
	struct http_request *r = l->request;
	auth_then *then = l->then;
	struct logon_verdict v = { .result = LOGON_UNKNOWN };
	struct reason why = { "" };
	struct http_peer peer;
	uint64_t user = 0;

	http_peer(r, &peer);
	/* Its address may have failed too often while it waited. */
	bool given_up = http_is_gone(r) || address_is_delayed(a->delays, peer.address, seconds(a));
	status s = given_up ? ecUserCanceled : look(a, l, &user, &v, &why);
	if (!s) {
		address_succeeded(a->delays, peer.address);
		remember(a, l, user);
	} else if (s == ecLoginFailure) {
		failed(a, l, peer.address, &v);
	} else if (s != ecUserCanceled) {
		server_event(a->server->events, SERVER_EVENT_REQUEST_FAILED, "a logon", why.text, NULL);
	}
	explicit_bzero(&l->credentials, sizeof l->credentials);
	free(l);
	atomic_fetch_sub(&a->waiting, 1);
	if (!s)
		then(r, user);
	else if (s == ecLoginFailure || s == ecUserCanceled)
		refuse(a, r);
	else
		come_back(r);
}

/* On the loop --------------------------------------------------------------------------------------------------------------- */

static const struct auth_scheme *scheme_of(const char *header, const char **rest)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		size_t n = strlen(schemes[i].name);

		if (strncasecmp(header, schemes[i].name, n) == 0 && header[n] == ' ') {
			*rest = header + n;
			return &schemes[i];
		}
	}
	return NULL;
}

/* Names and passwords in the clear are taken from this host only: tests, and proxies that do TLS for us. */
static bool is_private(const struct http_peer *p)
{
	return p->tls || strcmp(p->address, "::1") == 0 || strncmp(p->address, "127.", 4) == 0 || strncmp(p->address, "::ffff:127.", 11) == 0;
}

static void begin(struct auth *a, struct http_request *r, const char *header, const uint64_t hash[2], auth_then *then)
{
	struct looking *l = calloc(1, sizeof *l);
	const char *rest;

	if (!l) {
		come_back(r);
		return;
	}
	*l = (struct looking){ { look_at, NULL }, a, r, then, scheme_of(header, &rest), { hash[0], hash[1] }, { "", "" } };
	if (!l->scheme || !l->scheme->read(rest, &l->credentials)) {
		free(l);
		refuse(a, r);
		return;
	}
	if (atomic_fetch_add(&a->waiting, 1) >= AUTH_WAITING_MOST) {
		atomic_fetch_sub(&a->waiting, 1);
		explicit_bzero(l, sizeof *l);
		free(l);
		come_back(r);
		return;
	}
	strand_post(&a->strands[hash[0] % a->n_strands], &l->task);
}

static void hash_header(const struct auth *a, const char *header, uint64_t hash[static 2])
{
	struct bytes all = bytes_of(header, strlen(header));

	hash[0] = siphash24(a->key, all);
	hash[1] = siphash24(a->key + 2, all);
}

/* What the connection has proved already. */
static const struct proof *known(const struct auth *a, const struct http_request *r, const uint64_t hash[2])
{
	const struct proof *p = http_slot(r);

	return p && p->hash[0] == hash[0] && p->hash[1] == hash[1] && seconds(a) < p->until ? p : NULL;
}

/* Looks at the header; `hold` is for a request whose body has not been read. */
static void request(struct auth *a, struct http_request *r, auth_then *then, bool hold)
{
	const char *header = http_header(r, "Authorization");
	struct http_peer peer;
	uint64_t hash[2];

	http_peer(r, &peer);
	if (!is_private(&peer)) {
		http_respond_text(r, 403, "This needs an encrypted connection: use https.");
		return;
	}
	if (!header) {
		refuse(a, r);
		return;
	}
	hash_header(a, header, hash);
	const struct proof *p = known(a, r, hash);
	if (p) {
		if (!hold)
			then(r, p->user);
		return;
	}
	if (address_is_delayed(a->delays, peer.address, seconds(a))) {
		refuse(a, r);
		return;
	}
	if (hold)
		http_body_hold(r);
	begin(a, r, header, hash, then);
}

void auth_request(struct auth *a, struct http_request *r, auth_then *then)
{
	request(a, r, then, false);
}

static void read_on(struct http_request *r, uint64_t user)
{
	(void)user; /* it is remembered for the connection */
	http_body_resume(r);
}

void auth_head(struct auth *a, struct http_request *r)
{
	request(a, r, read_on, true);
}
