/* HTTP/1.1 as a client speaks it. */
#include "link.h"

#include <stdlib.h>
#include <string.h>

#define HOST "cas.contoso.example"

bool http_answer_header(const struct http_answer *a, const char *name, char *out, size_t room)
{
	size_t n = strlen(name);

	for (const char *line = strstr(a->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
		if (strncasecmp(line + 2, name, n) != 0 || line[2 + n] != ':')
			continue;
		const char *value = line + 3 + n + strspn(line + 3 + n, " ");
		size_t length = strcspn(value, "\r");

		if (length >= room)
			return false;
		memcpy(out, value, length);
		out[length] = '\0';
		return true;
	}
	return false;
}

void http_add_basic(struct buf *out, const char *user, const char *password)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	CLEANUP_BUF struct buf text = BUF_MAX(4096);

	buf_printf(&text, "%s:%s", user, password);
	buf_add_str(out, "Authorization: Basic ");
	for (size_t i = 0; i < text.n; i += 3) {
		bool two = i + 1 < text.n, three = i + 2 < text.n;
		uint32_t bits = (uint32_t)text.p[i] << 16 | (two ? (uint32_t)text.p[i + 1] << 8 : 0) | (three ? text.p[i + 2] : 0);

		buf_printf(out, "%c%c%c%c", digits[bits >> 18], digits[bits >> 12 & 63], two ? digits[bits >> 6 & 63] : '=',
			   three ? digits[bits & 63] : '=');
	}
	buf_add_str(out, "\r\n");
}

status http_say(struct link *l, const char *method, const char *target, const char *headers, struct bytes body, struct reason *why)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)64 << 20);

	buf_printf(&out, "%s %s HTTP/1.1\r\nHost: " HOST "\r\nContent-Length: %zu\r\n%s\r\n", method, target, body.n, headers);
	buf_add(&out, body.p, body.n);
	if (out.failed)
		return reason_set(why, ecTooBig, "the request is too long");
	return link_send(l, buf_bytes(&out), why);
}

static struct bytes unused(const struct link *l)
{
	return bytes_of(l->in.p + l->in_at, l->in.n - l->in_at);
}

/* Until it is there, from the beginning of what is not used yet; *n is how far its end is. */
static status until(struct link *l, const char *marker, size_t *n, struct reason *why)
{
	for (;;) {
		struct bytes b = unused(l);
		const uint8_t *at = b.n ? memmem(b.p, b.n, marker, strlen(marker)) : NULL;

		if (at) {
			*n = (size_t)(at - b.p) + strlen(marker);
			return ecNone;
		}
		status st = link_more(l, why);
		if (st)
			return st;
	}
}

static status take(struct link *l, size_t n, struct buf *out, struct reason *why)
{
	while (n) {
		struct bytes b = unused(l);
		size_t some = b.n < n ? b.n : n;

		if (out)
			buf_add(out, b.p, some);
		l->in_at += some;
		n -= some;
		status st = n ? link_more(l, why) : ecNone;
		if (st)
			return st;
	}
	return out && out->failed ? reason_set(why, ecTooBig, "the answer is too long") : ecNone;
}

static status take_chunks(struct link *l, struct buf *out, struct reason *why)
{
	for (;;) {
		size_t line = 0;
		status st = until(l, "\r\n", &line, why);

		if (st)
			return st;
		char *end = NULL;
		const char *text = (const char *)unused(l).p;
		size_t n = strtoul(text, &end, 16);
		if (end == text || n > ((size_t)64 << 20))
			return reason_set(why, ecCorruptData, "a chunk without a size");
		l->in_at += line;
		st = take(l, n, out, why);
		if (!st)
			st = take(l, 2, NULL, why);
		if (st || !n)
			return st;
	}
}

static status hear_head(struct link *l, struct http_answer *a, struct reason *why)
{
	char text[64];
	size_t n = 0;
	status st = until(l, "\r\n\r\n", &n, why);

	if (st)
		return st;
	if (n >= sizeof a->head || memcmp(unused(l).p, "HTTP/1.1 ", 9) != 0)
		return reason_set(why, ecCorruptData, "that is no answer of HTTP/1.1");
	memcpy(a->head, unused(l).p, n);
	a->head[n] = '\0';
	l->in_at += n;
	a->code = (unsigned)strtoul(a->head + 9, NULL, 10);
	a->chunked = http_answer_header(a, "Transfer-Encoding", text, sizeof text);
	a->length = http_answer_header(a, "Content-Length", text, sizeof text) ? strtoul(text, NULL, 10) : 0;
	return ecNone;
}

status http_hear(struct link *l, struct http_answer *a, struct reason *why)
{
	status st;

	do
		st = hear_head(l, a, why);
	while (!st && a->code < 200);
	buf_clear(&a->body);
	if (st)
		return st;
	return a->chunked ? take_chunks(l, &a->body, why) : take(l, a->length, &a->body, why);
}
