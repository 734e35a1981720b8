#include "client/discover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "net/curl_library.h"
#include "net/xml.h"

#define SECONDS        30u
#define ANSWER_MOST    ((size_t)256 << 10)
#define REDIRECTS_MOST 5u
#define URL_MOST       1024u
#define POLL_MS        200

struct attempt {
	struct discover_try *seen;
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;
	const char *address; /* that it is asked for */
	bool plain;    /* over http: only a redirect is listened to, and nothing secret is said */
	unsigned hops; /* redirects that led here */
};

struct search {
	const struct discover_options *o;
	struct arena *arena;
	struct discovered *out;
	CURLM *multi;
	struct attempt attempts[DISCOVER_TRIES];
	const char *domain;  /* of the address */
	const char *address; /* that is asked for: another one, when a server said so */
	struct discover_question *dns;
	bool password_refused, found;
};

static const char *said(struct search *s, const char *text)
{
	const char *copy = arena_strdup(s->arena, text);

	return copy ? copy : "";
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct attempt *a = user;

	buf_add(&a->answer, p, size * n);
	return a->answer.failed ? 0 : size * n;
}

static void put_question(struct buf *b, const char *address)
{
	buf_printf(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover "
		      "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\"><Request>");
	xml_element(b, "EMailAddress", address);
	xml_element(b, "AcceptableResponseSchema", "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a");
	buf_printf(b, "</Request></Autodiscover>");
}

/* Who may have the password -------------------------------------------------------------------------------------------------------- */

/* As libcurl reads it, which is who goes there. "" when there is none. */
static const char *host_of(const char *url, struct arena *arena)
{
	CURLU *u = curl.curl_url();
	const char *host = NULL;
	char *text = NULL;

	if (u && curl.curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK && curl.curl_url_get(u, CURLUPART_HOST, &text, 0) == CURLUE_OK)
		host = arena_strdup(arena, text);
	curl.curl_free(text);
	curl.curl_url_cleanup(u);
	return host ? host : "";
}

static bool is_within(const char *host, const char *domain)
{
	size_t n = strlen(host), k = strlen(domain);

	return k && n >= k && strcasecmp(host + n - k, domain) == 0 && (n == k || host[n - k - 1] == '.');
}

static bool may_have_password(struct search *s, const char *url)
{
	const char *host = host_of(url, s->arena), *named = s->o->server && *s->o->server ? host_of(s->o->server, s->arena) : "";

	if (!*host)
		return false;
	return is_within(host, s->domain) || strcasecmp(host, named) == 0 || (s->o->also && is_within(host, s->o->also)) ||
	       (s->o->may_have && s->o->may_have(s->o->context, host));
}

/* Trying -------------------------------------------------------------------------------------------------------------------------- */

static bool set_up(struct search *s, struct attempt *a, const char *url)
{
	CLEANUP_BUF struct buf question = BUF_MAX(8192);
	CURL *c = a->easy;
	bool good = true;

#define SET(option, value) good = good && curl.curl_easy_setopt(c, option, value) == CURLE_OK
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, a->plain ? "http" : "https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, a);
	SET(CURLOPT_PRIVATE, a);
	SET(CURLOPT_USERAGENT, "Postern");
	good = good && curl_believe(c, s->o->roots_file);
	if (a->plain)
		return good;
	put_question(&question, a->address);
	a->headers = curl.curl_slist_append(NULL, "Content-Type: text/xml; charset=utf-8");
	/* [MS-OXDSCLI] 2.2.2.1, 3.1.5.1 */
	if (a->headers)
		(void)curl.curl_slist_append(a->headers, "X-MapiHttpCapability: 1");
	SET(CURLOPT_HTTPHEADER, a->headers);
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_USERNAME, s->o->user);
	SET(CURLOPT_PASSWORD, s->o->password);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)question.n);
	SET(CURLOPT_COPYPOSTFIELDS, buf_cstr(&question));
#undef SET
	return good && a->headers && !question.failed;
}

static void drop(struct search *s, struct attempt *a)
{
	if (a->easy) {
		(void)curl.curl_multi_remove_handle(s->multi, a->easy);
		curl.curl_easy_cleanup(a->easy);
	}
	if (a->headers)
		curl.curl_slist_free_all(a->headers);
	a->easy = NULL;
	a->headers = NULL;
	buf_free(&a->answer);
}

/* For this address: another one may be known where the first is not. */
static bool was_tried(const struct search *s, const char *url)
{
	for (size_t i = 0; i < DISCOVER_TRIES && s->attempts[i].address; i++)
		if (strcasecmp(s->out->tries[i].url, url) == 0 && strcasecmp(s->attempts[i].address, s->address) == 0)
			return true;
	return false;
}

static void add_try(struct search *s, const char *method, const char *url, unsigned hops)
{
	struct attempt *a;

	if (s->out->n_tries == DISCOVER_TRIES || hops > REDIRECTS_MOST || was_tried(s, url))
		return;
	a = &s->attempts[s->out->n_tries];
	a->seen = &s->out->tries[s->out->n_tries++];
	*a->seen = (struct discover_try){ method, said(s, url), "it did not answer in time" };
	a->hops = hops;
	a->address = s->address;
	a->plain = strncasecmp(url, "http://", 7) == 0;
	buf_init(&a->answer, ANSWER_MOST);
	/* Before the first hop it is an address of the domain, or was named. */
	if (!a->plain && hops && !may_have_password(s, url)) {
		a->seen->outcome = "it is of another domain, and is not told the password unless it is named";
		return;
	}
	a->easy = curl.curl_easy_init();
	if (!a->easy || !set_up(s, a, url) || curl.curl_multi_add_handle(s->multi, a->easy) != CURLM_OK) {
		a->seen->outcome = "it could not be tried";
		drop(s, a);
	}
}

/* What came ----------------------------------------------------------------------------------------------------------------------- */

static void follow(struct search *s, struct attempt *a)
{
	char *to = NULL;

	if (curl.curl_easy_getinfo(a->easy, CURLINFO_REDIRECT_URL, &to) != CURLE_OK || !to) {
		a->seen->outcome = "it leads elsewhere, and does not say where";
		return;
	}
	a->seen->outcome = arena_printf(s->arena, "it leads to %.300s", to);
	s->address = a->address;
	/* From a secure address only to a secure one. */
	if (strncasecmp(to, "https://", 8) == 0)
		add_try(s, "where that leads", to, a->hops + 1);
	else
		a->seen->outcome = "it leads to an address that is not encrypted, which is not followed";
}

static void take(struct search *s, struct attempt *a)
{
	const char *url = "", *address = "";
	struct discovered d = *s->out;
	struct reason why = { "" };
	status st = discover_read(buf_bytes(&a->answer), s->arena, &d, &url, &address, &why);

	if (st) {
		a->seen->outcome = said(s, why.text);
		return;
	}
	s->address = a->address;
	if (*url) {
		a->seen->outcome = "it says to ask elsewhere";
		add_try(s, "where that leads", url, a->hops + 1);
		return;
	}
	if (*address) {
		const char *at = strchr(address, '@');

		a->seen->outcome = arena_printf(s->arena, "it says that the address is %.200s", address);
		if (at) {
			s->address = address;
			/* Who knows of it may know more. */
			add_try(s, "the same, about that address", a->seen->url, a->hops + 1);
			add_try(s, "the domain of that address", arena_printf(s->arena, "https://autodiscover.%.300s/autodiscover/autodiscover.xml", at + 1), a->hops + 1);
			add_try(s, "the domain of that address", arena_printf(s->arena, "https://%.300s/autodiscover/autodiscover.xml", at + 1), a->hops + 1);
		}
		return;
	}
	a->seen->outcome = "it says where the mailbox is";
	d.autodiscover_url = a->seen->url;
	d.n_tries = s->out->n_tries;
	memcpy(d.tries, s->out->tries, sizeof d.tries);
	*s->out = d;
	s->found = true;
}

static void judge(struct search *s, struct attempt *a, CURLcode e)
{
	long code = 0;

	if (e != CURLE_OK) {
		a->seen->outcome = said(s, curl.curl_easy_strerror(e));
		return;
	}
	(void)curl.curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &code);
	if (code >= 300 && code < 400) {
		follow(s, a);
	} else if (code == 401) {
		a->seen->outcome = "it does not accept the user name and password";
		s->password_refused = true;
	} else if (code != 200 || a->plain) {
		a->seen->outcome = arena_printf(s->arena, "it answers with HTTP %ld", code);
	} else {
		take(s, a);
	}
	if (!a->seen->outcome)
		a->seen->outcome = "";
}

/* False: the answer of DNS is not there yet, or nobody asked. */
static bool take_srv(struct search *s)
{
	struct discover_srv srv;
	bool found = false;

	if (!s->dns || !discover_srv_answer(s->dns, &found, &srv))
		return false;
	discover_srv_drop(s->dns);
	s->dns = NULL;
	s->address = s->o->address;
	if (found)
		add_try(s, "the SRV record of the domain",
			srv.port == 443 ? arena_printf(s->arena, "https://%s/autodiscover/autodiscover.xml", srv.host) :
					  arena_printf(s->arena, "https://%s:%u/autodiscover/autodiscover.xml", srv.host, srv.port),
			1);
	return found;
}

static status wait(struct search *s, struct reason *why)
{
	uint64_t began = clock_system.monotonic(&clock_system), most = (uint64_t)(s->o->seconds ? s->o->seconds : SECONDS) * 1000000000u;
	int running = 1, left;
	CURLMsg *m;

	while ((running || s->dns) && !s->found && clock_system.monotonic(&clock_system) - began < most) {
		if (curl.curl_multi_perform(s->multi, &running) != CURLM_OK)
			return reason_set(why, ecError, "the addresses cannot be asked");
		while ((m = curl.curl_multi_info_read(s->multi, &left))) {
			struct attempt *a = NULL;
			CURLcode e = m->data.result;

			if (m->msg != CURLMSG_DONE || curl.curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&a) != CURLE_OK)
				continue;
			judge(s, a, e);
			drop(s, a);
			running = 1;
		}
		running |= take_srv(s);
		if (!s->found)
			(void)curl.curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
	}
	return ecNone;
}

static void begin(struct search *s, const char *domain)
{
	const char *server = s->o->server;

	if (server && *server) {
		bool whole = strstr(server, "autodiscover.xml") != NULL;
		size_t n = strlen(server);

		while (n && server[n - 1] == '/')
			n--;
		add_try(s, "the server that was named", whole ? server : arena_printf(s->arena, "%.*s/autodiscover/autodiscover.xml", (int)n, server), 0);
		return;
	}
	add_try(s, "the domain itself", arena_printf(s->arena, "https://%.300s/autodiscover/autodiscover.xml", domain), 0);
	add_try(s, "the domain's host \"autodiscover\"", arena_printf(s->arena, "https://autodiscover.%.300s/autodiscover/autodiscover.xml", domain), 0);
	add_try(s, "a redirect of that host", arena_printf(s->arena, "http://autodiscover.%.300s/autodiscover/autodiscover.xml", domain), 0);
	/* Without DNS there is one way less. */
	if (discover_srv_ask(domain, &s->dns))
		s->dns = NULL;
}

status discover(const struct discover_options *o, struct arena *arena, struct discovered *out, struct reason *why)
{
	struct search s = { .o = o, .arena = arena, .out = out, .address = o->address };
	const char *at = strchr(o->address, '@');
	status st = at && at[1] && at != o->address ? curl_open(why) : reason_set(why, ecInvalidParam, "%s is no address: it should be like alice@contoso.example", o->address);

	memset(out, 0, sizeof *out);
	if (st)
		return st;
	s.multi = curl.curl_multi_init();
	if (!s.multi)
		return reason_set(why, ecMemory, "out of memory");
	s.domain = at + 1;
	begin(&s, s.domain);
	st = wait(&s, why);
	for (size_t i = 0; i < DISCOVER_TRIES; i++)
		drop(&s, &s.attempts[i]);
	(void)curl.curl_multi_cleanup(s.multi);
	discover_srv_drop(s.dns);
	if (st || s.found)
		return st;
	return s.password_refused ? reason_set(why, ecAccessDenied, "the server does not accept the user name %s with that password", o->user) :
				    reason_set(why, ecNotFound, "nobody says where the mailbox of %s is", o->address);
}
