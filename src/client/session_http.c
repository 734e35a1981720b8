#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "client/session_private.h"

#define REDIRECTS_MOST    5u
#define WHOLE_SECONDS     900u /* no answer takes longer, however often it says PENDING */
#define POLL_MS           1000
#define ecRpcFailed       0x80040115u

/* What comes ---------------------------------------------------------------------------------------------------------------------- */

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct session *s = user;

	answer_header(&s->answer, p, size * n);
	s->heard = clock_system.monotonic(&clock_system);
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct session *s = user;

	if (!s->body.n)
		(void)buf_reserve(&s->body, s->body_room);
	buf_add(&s->body, p, size * n);
	s->too_big = s->body.failed;
	s->heard = clock_system.monotonic(&clock_system);
	s->traffic.received += size * n;
	return s->too_big ? 0 : size * n;
}

/* Setting up ---------------------------------------------------------------------------------------------------------------------- */

static bool is_https(const struct session *s)
{
	return strncasecmp(s->url, "https://", 8) == 0;
}

static CURLcode set_up(struct session *s, struct curl_slist *headers, struct bytes body)
{
	CURLcode e = CURLE_OK;
	CURL *c = s->easy;

#define SET(option, value)                                        \
	do {                                                      \
		if (e == CURLE_OK)                                \
			e = curl.curl_easy_setopt(c, option, value); \
	} while (0)
	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_PROTOCOLS_STR, s->encrypt ? "https" : "https,http");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)s->connect_seconds);
	SET(CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
	SET(CURLOPT_BUFFERSIZE, 64L << 10);
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_USERNAME, s->user);
	SET(CURLOPT_PASSWORD, s->password);
	if (e == CURLE_OK && !(s->own_roots ? curl_believe_only : curl_believe)(c, s->roots_file))
		e = CURLE_OUT_OF_MEMORY;
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	SET(CURLOPT_POSTFIELDS, body.n ? (const char *)body.p : "");
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, s);
#undef SET
	return e;
}

static bool add(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = line ? curl.curl_slist_append(*list, line) : NULL;

	if (more)
		*list = more;
	return more != NULL;
}

static bool add_cookies(const struct session *s, struct curl_slist **list)
{
	CLEANUP_BUF struct buf line = BUF_MAX((size_t)ANSWER_COOKIES * ANSWER_COOKIE_ROOM + 64);

	if (!s->cookies.n)
		return true;
	buf_printf(&line, "Cookie: ");
	for (size_t i = 0; i < s->cookies.n; i++)
		buf_printf(&line, "%s%s", i ? "; " : "", s->cookies.v[i]);
	return !line.failed && add(list, buf_cstr(&line));
}

static struct curl_slist *headers_of(struct session *s, const char *type)
{
	struct curl_slist *list = NULL;
	char request_type[80], request_id[100], client_info[100];

	(void)snprintf(request_type, sizeof request_type, "X-RequestType: %s", type);
	(void)snprintf(request_id, sizeof request_id, "X-RequestId: {%s}:%lu", s->id, ++s->counter);
	(void)snprintf(client_info, sizeof client_info, "X-ClientInfo: {%s}:1", s->id);
	if (add(&list, "Content-Type: application/mapi-http") && add(&list, request_type) && add(&list, request_id) && add(&list, client_info) &&
	    add(&list, "X-ClientApplication: Outlook/16.0.17328.20550") && add(&list, "User-Agent: Postern") && add(&list, "Expect:") &&
	    add(&list, "Accept: application/mapi-http") && add_cookies(s, &list))
		return list;
	curl.curl_slist_free_all(list);
	return NULL;
}

/* Waiting ------------------------------------------------------------------------------------------------------------------------- */

static CURLcode start(struct session *s)
{
	int running;

	s->heard = clock_system.monotonic(&clock_system);
	if (curl.curl_multi_add_handle(s->multi, s->easy) != CURLM_OK)
		return CURLE_FAILED_INIT;
	return curl.curl_multi_perform(s->multi, &running) == CURLM_OK ? CURLE_OK : CURLE_ABORTED_BY_CALLBACK;
}

/* CURLE_ABORTED_BY_CALLBACK: canceled. CURLE_OPERATION_TIMEDOUT: nothing came for too long. */
static CURLcode complete(struct session *s)
{
	CURLcode result = CURLE_FAILED_INIT;
	int running = 1, left;
	CURLMsg *m;

	while (running) {
		if (atomic_load(&s->canceled) || curl.curl_multi_perform(s->multi, &running) != CURLM_OK) {
			result = CURLE_ABORTED_BY_CALLBACK;
			break;
		}
		if (running && clock_system.monotonic(&clock_system) - s->heard > (uint64_t)s->answer_seconds * 1000000000u) {
			result = CURLE_OPERATION_TIMEDOUT;
			break;
		}
		if (running && curl.curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			break;
	}
	while (!running && (m = curl.curl_multi_info_read(s->multi, &left)))
		if (m->msg == CURLMSG_DONE)
			result = m->data.result;
	return result;
}

/* Failures ------------------------------------------------------------------------------------------------------------------------ */

status session_fail(struct session *s, enum session_failure f, status code)
{
	s->failure = f;
	if (f != SESSION_FINE)
		s->connected = false;
	return code;
}

static const char *host_of(const struct session *s, char room[static 256])
{
	const char *at = strstr(s->url, "://");

	at = at ? at + 3 : s->url;
	(void)snprintf(room, 256, "%.*s", (int)strcspn(at, "/?"), at);
	return room;
}

static status not_connected(struct session *s, CURLcode e, struct reason *why)
{
	char host[256];

	(void)host_of(s, host);
	switch (e) {
	case CURLE_ABORTED_BY_CALLBACK:
		return session_fail(s, SESSION_CANCELED, reason_set(why, ecUserCanceled, "canceled"));
	case CURLE_OUT_OF_MEMORY:
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecMemory, "out of memory"));
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return session_fail(s, SESSION_REFUSED,
				    reason_set(why, ecAccessDenied, "%s is not trusted: %s. If its certificate is by an authority of your organisation, name that: postern profile set --roots FILE.pem",
					       host, curl.curl_easy_strerror(e)));
	case CURLE_UNSUPPORTED_PROTOCOL:
		if (!s->encrypt || is_https(s))
			return session_fail(s, SESSION_NONSENSE, reason_set(why, ecCorruptData, "%s does not speak HTTP", host));
		return session_fail(s, SESSION_REFUSED,
				    reason_set(why, ecNotSupported, "%s is not https, and the profile asks for an encrypted connection", s->url));
	case CURLE_WRITE_ERROR:
		return session_fail(s, SESSION_NONSENSE, reason_set(why, ecTooBig, "%s answers with more than %zu bytes", host, SESSION_ANSWER_MAX));
	case CURLE_OPERATION_TIMEDOUT:
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecRpcFailed, "%s did not answer in time", host));
	default:
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecRpcFailed, "%s cannot be reached: %s", host, curl.curl_easy_strerror(e)));
	}
}

static status bad_http(struct session *s, struct reason *why)
{
	const struct answer *a = &s->answer;
	char host[256];

	(void)host_of(s, host);
	s->retry_after_ms = a->retry_after_ms;
	if (a->http == 401)
		return session_fail(s, SESSION_PASSWORD,
				    reason_set(why, ecAccessDenied, "%s does not accept the user name and password of %s%s%s", host, s->user, *a->explanation ? ": " : "",
					       a->explanation));
	if (a->http == 403)
		return session_fail(s, SESSION_REFUSED, reason_set(why, ecAccessDenied, "%s forbids it (HTTP 403)%s%s", host, *a->explanation ? ": " : "", a->explanation));
	if (a->http >= 500 || a->http == 429 || a->http == 408)
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecBusy, "%s is not able to answer now (HTTP %u)%s%s", host, a->http,
								       *a->explanation ? ": " : "", a->explanation));
	return session_fail(s, SESSION_NONSENSE,
			    reason_set(why, ecCorruptData, "%s answers with HTTP %u where a mailbox should be; is the address right?", s->url, a->http));
}

static status bad_code(struct session *s, struct reason *why)
{
	uint32_t code = s->answer.code;
	const char *name = mapihttp_code_name(code);
	enum session_failure f = SESSION_NONSENSE;

	switch (code) {
	case MAPIHTTP_CONTEXT_NOT_FOUND:
	case MAPIHTTP_MISSING_COOKIE:
	case MAPIHTTP_INVALID_CONTEXT_COOKIE:
	case MAPIHTTP_INVALID_SEQUENCE:
		f = SESSION_LOST;
		break;
	case MAPIHTTP_ENDPOINT_DISABLED:
	case MAPIHTTP_NO_PRIVILEGE:
		f = SESSION_REFUSED;
		break;
	case MAPIHTTP_ANONYMOUS_NOT_ALLOWED:
		f = SESSION_PASSWORD;
		break;
	case MAPIHTTP_ENDPOINT_SHUTTING_DOWN:
		f = SESSION_UNREACHABLE;
		break;
	default:
		break;
	}
	return session_fail(s, f, reason_set(why, ecRpcFailed, "the server answers with X-ResponseCode %u (%s)%s%s", code, name ? name : "not known",
					     *s->answer.explanation ? ": " : "", s->answer.explanation));
}

/* Another address is believed before there is a session, and only one as safe as this. */
static status redirected(struct session *s, struct reason *why)
{
	char *to = NULL, *copy;

	if (curl.curl_easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &to) != CURLE_OK || !to)
		return bad_http(s, why);
	if (is_https(s) && strncasecmp(to, "https://", 8) != 0)
		return session_fail(s, SESSION_NONSENSE, reason_set(why, ecAccessDenied, "%s leads to %s, which is not encrypted", s->url, to));
	copy = strdup(to);
	if (!copy)
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecMemory, "out of memory"));
	free(s->url);
	s->url = copy;
	return ecNone;
}

static bool is_redirect(unsigned code)
{
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

void session_post_drop(struct session *s)
{
	if (!s->asked)
		return;
	(void)curl.curl_multi_remove_handle(s->multi, s->easy);
	curl.curl_slist_free_all(s->headers);
	s->headers = NULL;
	s->asked = NULL;
}

/* Only what is waited for counts as time of the link. */
static void count_time(struct session *s, uint64_t began)
{
	s->traffic.busy_us += (clock_system.monotonic(&clock_system) - began) / 1000;
}

status session_post_begin(struct session *s, const char *type, struct reason *why)
{
	uint64_t began = clock_system.monotonic(&clock_system);
	CURLcode e;

	session_post_drop(s);
	s->headers = headers_of(s, type);
	s->asked = type;
	s->asked_at = began;
	buf_clear(&s->body);
	s->too_big = false;
	answer_begin(&s->answer, &s->cookies);
	e = s->headers ? set_up(s, s->headers, buf_bytes(&s->request)) : CURLE_OUT_OF_MEMORY;
	if (e == CURLE_OK)
		e = start(s);
	s->traffic.requests++;
	s->traffic.sent += s->request.n;
	count_time(s, began);
	if (e == CURLE_OK)
		return ecNone;
	session_post_drop(s);
	return not_connected(s, e, why);
}

/* Nobody has read a request whose connection was not trusted: it is asked once more with all authorities. */
static CURLcode believe_more(struct session *s)
{
	s->own_roots = false;
	(void)curl.curl_multi_remove_handle(s->multi, s->easy);
	if (!curl_believe(s->easy, s->roots_file))
		return CURLE_OUT_OF_MEMORY;
	if (start(s) != CURLE_OK)
		return CURLE_FAILED_INIT;
	return complete(s);
}

static status hear(struct session *s, struct reason *why)
{
	uint64_t began = clock_system.monotonic(&clock_system), took;
	CURLcode e = complete(s);

	if (e == CURLE_PEER_FAILED_VERIFICATION && s->own_roots)
		e = believe_more(s);
	took = (s->heard - s->asked_at) / 1000;
	session_post_drop(s);
	count_time(s, began);
	if (e == CURLE_OK && (!s->traffic.least_us || took < s->traffic.least_us))
		s->traffic.least_us = took ? took : 1;
	return e == CURLE_OK ? ecNone : not_connected(s, s->too_big ? CURLE_WRITE_ERROR : e, why);
}

/* To where the answer leads. */
static status follow(struct session *s, const char *type, struct reason *why)
{
	status st = redirected(s, why);

	if (!st)
		st = session_post_begin(s, type, why);
	return st ? st : hear(s, why);
}

status session_post_end(struct session *s, struct bytes *response, struct reason *why)
{
	const char *type = s->asked;
	status st = type ? hear(s, why) : reason_set(why, ecInvalidParam, "nothing was asked");

	s->retry_after_ms = 0;
	for (unsigned i = 0; !st && is_redirect(s->answer.http) && !s->connected; i++) {
		if (i == REDIRECTS_MOST)
			return session_fail(s, SESSION_NONSENSE, reason_set(why, ecCorruptData, "%s leads from one address to the next without end", s->url));
		st = follow(s, type, why);
	}
	if (st)
		return st;
	if (s->answer.http != 200)
		return bad_http(s, why);
	/* What is refused is told in words for people, as text/html ([MS-OXCMAPIHTTP] 2.2.2.2): its code counts. */
	if (s->answer.code == ANSWER_NO_CODE || (!s->answer.is_mapi && !s->answer.code))
		return session_fail(s, SESSION_NONSENSE, reason_set(why, ecCorruptData, "%s answers, but not as a mailbox does (no X-ResponseCode, or another kind of content)", s->url));
	if (s->answer.cookies_full)
		return session_fail(s, SESSION_NONSENSE, reason_set(why, ecTooBig, "%s sets more cookies than a session has", s->url));
	if (s->answer.code)
		return bad_code(s, why);
	st = answer_body(&s->answer, buf_bytes(&s->body), response, why);
	if (st)
		return session_fail(s, SESSION_NONSENSE, st);
	return s->answer.code ? bad_code(s, why) : session_fail(s, SESSION_FINE, ecNone);
}
