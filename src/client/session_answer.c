#include "client/session_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RETRY_MOST_MS   (3600u * 1000u)
#define META_LINES_MOST 100000u /* PENDINGs: one each 15 seconds, a month of them */

void answer_cookies_free(struct answer_cookies *c)
{
	while (c->n)
		free(c->v[--c->n]);
}

void answer_begin(struct answer *a, struct answer_cookies *cookies)
{
	*a = (struct answer){ .code = ANSWER_NO_CODE, .cookies = cookies };
}

/* Headers -------------------------------------------------------------------------------------------------------------------------- */

static bool is_header(const char *line, size_t n, const char *name, const char **value, size_t *m)
{
	size_t at = strlen(name);

	if (n <= at || line[at] != ':' || strncasecmp(line, name, at) != 0)
		return false;
	for (at++; at < n && (line[at] == ' ' || line[at] == '\t'); at++)
		;
	while (n > at && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
		n--;
	*value = line + at;
	*m = n - at;
	return true;
}

/* Digits only, else `otherwise`. */
static uint32_t number(const char *p, size_t n, uint32_t otherwise)
{
	uint64_t v = 0;

	if (!n || n > 9)
		return otherwise;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return otherwise;
		v = 10 * v + (uint64_t)(p[i] - '0');
	}
	return (uint32_t)v;
}

static void printable(const char *p, size_t n, char *out, size_t room)
{
	size_t m = 0;

	for (size_t i = 0; i < n && m + 1 < room; i++)
		out[m++] = p[i] < ' ' || p[i] > '~' ? '?' : p[i];
	out[m] = '\0';
}

static void keep_cookie(struct answer *a, const char *p, size_t n)
{
	struct answer_cookies *c = a->cookies;
	const char *end = memchr(p, ';', n);
	size_t size = end ? (size_t)(end - p) : n, i = 0;
	const char *equals = memchr(p, '=', size);

	if (!equals || equals == p || memchr(p, '\0', size))
		return;
	size_t name = (size_t)(equals - p) + 1;
	while (i < c->n && strncmp(c->v[i], p, name) != 0)
		i++;
	char *copy = i < ANSWER_COOKIES && size < ANSWER_COOKIE_ROOM ? strndup(p, size) : NULL;
	if (!copy) {
		a->cookies_full = true;
		return;
	}
	if (i < c->n)
		free(c->v[i]);
	else
		c->n++;
	c->v[i] = copy;
}

static void status_line(struct answer *a, const char *line, size_t n)
{
	const char *space = memchr(line, ' ', n);
	size_t left = space ? n - (size_t)(space + 1 - line) : 0;

	/* What an interim answer (100) or a redirect said is not what the last one says. */
	answer_begin(a, a->cookies);
	a->http = left < 3 ? 0 : number(space + 1, 3, 0);
}

void answer_header(struct answer *a, const char *line, size_t n)
{
	const char *p;
	size_t m;

	if (n > 5 && strncmp(line, "HTTP/", 5) == 0)
		status_line(a, line, n);
	else if (is_header(line, n, "X-ResponseCode", &p, &m))
		a->code = number(p, m, ANSWER_NO_CODE);
	else if (is_header(line, n, "Content-Type", &p, &m))
		a->is_mapi = m >= 21 && strncasecmp(p, "application/mapi-http", 21) == 0;
	else if (is_header(line, n, "Set-Cookie", &p, &m))
		keep_cookie(a, p, m);
	else if (is_header(line, n, "Retry-After", &p, &m)) {
		uint32_t seconds = number(p, m, 0);

		a->retry_after_ms = seconds > RETRY_MOST_MS / 1000 ? RETRY_MOST_MS : seconds * 1000;
	} else if (is_header(line, n, "X-PendingPeriod", &p, &m))
		a->pending_period_ms = number(p, m, 0);
	else if (is_header(line, n, "X-ServerApplication", &p, &m))
		printable(p, m, a->application, sizeof a->application);
	else if (is_header(line, n, "X-FailureInfo", &p, &m) || is_header(line, n, "X-FailureDescription", &p, &m) ||
		 is_header(line, n, "X-CasErrorCode", &p, &m))
		printable(p, m, a->explanation, sizeof a->explanation);
}

/* The body -------------------------------------------------------------------------------------------------------------------------- */

/* The next line, without its CR LF; false: there is no whole one. */
static bool next_line(struct bytes *rest, struct bytes *line)
{
	for (size_t i = 0; i + 1 < rest->n; i++)
		if (rest->p[i] == '\r' && rest->p[i + 1] == '\n') {
			*line = bytes_of(rest->p, i);
			*rest = bytes_of(rest->p + i + 2, rest->n - i - 2);
			return true;
		}
	return false;
}

static bool says(struct bytes line, const char *word)
{
	return line.n == strlen(word) && memcmp(line.p, word, line.n) == 0;
}

status answer_body(struct answer *a, struct bytes body, struct bytes *response, struct reason *why)
{
	struct bytes line;
	bool done = false;

	for (unsigned i = 0; i < META_LINES_MOST && !done; i++) {
		if (!next_line(&body, &line))
			return reason_set(why, ecCorruptData, "the answer of the server breaks off before it says DONE");
		done = says(line, "DONE");
		if (!done && !says(line, "PROCESSING") && !says(line, "PENDING"))
			return reason_set(why, ecCorruptData, "the answer of the server is not one of MAPI over HTTP: it has neither PENDING nor DONE where one must be");
	}
	while (next_line(&body, &line)) {
		if (!line.n) {
			*response = body;
			return ecNone;
		}
		/* Only these may come this late; a status line is none of them. */
		if (line.p[0] == 'X' || line.p[0] == 'x')
			answer_header(a, (const char *)line.p, line.n);
	}
	return reason_set(why, ecCorruptData, "the answer of the server breaks off behind DONE");
}
