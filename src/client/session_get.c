/* A file that is fetched for the person of a session, on a connection of its own. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/session_private.h"

#define REDIRECTS_MOST 5L
#define WHOLE_SECONDS  1800L
#define STALL_SECONDS  60L /* nothing comes */
#define ecRpcFailed    0x80040115u

struct getting {
	const struct session *session;
	const struct session_file *file;
	struct buf *out;
	size_t begun;
	bool too_big, canceled;
};

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct getting *g = user;

	/* What stands behind a redirect or an error is no part of the file. */
	g->too_big = g->out->n - g->begun + size * n > g->file->most;
	if (!g->too_big)
		buf_add(g->out, p, size * n);
	return g->too_big || g->out->failed ? 0 : size * n;
}

/* The head of each answer begins anew. */
static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct getting *g = user;

	if (size * n > 5 && strncasecmp(p, "HTTP/", 5) == 0)
		buf_truncate(g->out, g->begun);
	return size * n;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct getting *g = user;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	g->canceled = atomic_load(&g->session->canceled) || (g->file->canceled && g->file->canceled(g->file->context));
	return g->canceled;
}

static bool set_up(CURL *c, struct getting *g)
{
	const struct session *s = g->session;
	const char *schemes = s->encrypt || strncasecmp(g->file->url, "https://", 8) == 0 ? "https" : "https,http";
	bool good = true;

#define SET(option, value) good = good && curl.curl_easy_setopt(c, option, value) == CURLE_OK
	SET(CURLOPT_URL, g->file->url);
	SET(CURLOPT_PROTOCOLS_STR, schemes);
	SET(CURLOPT_REDIR_PROTOCOLS_STR, schemes);
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, REDIRECTS_MOST);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)s->connect_seconds);
	SET(CURLOPT_TIMEOUT, WHOLE_SECONDS);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, STALL_SECONDS);
	SET(CURLOPT_USERAGENT, "Postern");
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_USERNAME, s->user);
	SET(CURLOPT_PASSWORD, s->password);
	good = good && curl_believe(c, s->roots_file);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, g);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, g);
#undef SET
	return good;
}

static status failed(const struct getting *g, CURLcode e, struct reason *why)
{
	const char *url = g->file->url;

	if (g->canceled)
		return reason_set(why, ecUserCanceled, "canceled");
	if (g->too_big)
		return reason_set(why, ecTooBig, "%.300s is larger than %zu bytes", url, g->file->most);
	if (g->out->failed)
		return reason_set(why, ecMemory, "out of memory");
	if (e == CURLE_UNSUPPORTED_PROTOCOL)
		return reason_set(why, ecAccessDenied, "%.300s is not encrypted, or leads to where it is not", url);
	return reason_set(why, ecRpcFailed, "%.300s: %s", url, curl.curl_easy_strerror(e));
}

static status judge(const struct getting *g, long code, struct reason *why)
{
	const char *url = g->file->url;

	if (code == 200)
		return ecNone;
	if (code == 404 || code == 410)
		return reason_set(why, ecNotFound, "%.300s is not there (HTTP %ld)", url, code);
	if (code == 401 || code == 403)
		return reason_set(why, ecAccessDenied, "%.300s is refused (HTTP %ld)", url, code);
	return reason_set(why, code >= 500 ? ecBusy : ecCorruptData, "%.300s answers with HTTP %ld", url, code);
}

status session_get(const struct session *s, const struct session_file *f, struct buf *out, struct reason *why)
{
	struct getting g = { .session = s, .file = f, .out = out, .begun = out->n };
	CURL *c = curl.curl_easy_init();
	long code = 0;
	CURLcode e;
	status st;

	if (!c || !set_up(c, &g)) {
		if (c)
			curl.curl_easy_cleanup(c);
		return reason_set(why, ecMemory, "out of memory");
	}
	e = curl.curl_easy_perform(c);
	(void)curl.curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	curl.curl_easy_cleanup(c);
	st = e == CURLE_OK ? judge(&g, code, why) : failed(&g, e, why);
	if (st)
		buf_truncate(out, g.begun);
	return st;
}
