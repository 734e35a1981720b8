#include "net/http_parse.h"

#include <stdlib.h>
#include <strings.h>

#include "base/hex.h"
#include "net/http_chars.h"

#define BLANK_MOST    4 /* empty lines before a request: some old clients send one */
#define HEAD_ROOM     (HTTP_HEAD_MOST + 16)
#define LENGTH_DIGITS 18

struct span {
	uint32_t name, value;
};

void http_parser_init(struct http_parser *p)
{
	*p = (struct http_parser){ .text = BUF_MAX(HEAD_ROOM),
				   .spans = BUF_MAX((HTTP_HEADERS_MOST + 1) * sizeof(struct span)) };
}

void http_parser_free(struct http_parser *p)
{
	buf_free(&p->text);
	buf_free(&p->spans);
	http_parser_init(p);
}

bool http_parser_started(const struct http_parser *p)
{
	return p->text.n > 0 || p->in_headers;
}

static enum http_progress bad(struct http_parser *p, unsigned code, const char *why)
{
	p->code = (uint16_t)code;
	p->why = why;
	return HTTP_BAD;
}

#define text_at(p, offset) ((char *)(p)->text.p + (offset))

/* The target ------------------------------------------------------------------------------------------ */

/* In place. False: an escape that is none, or one for what a path must not have. */
static bool decode_path(char *path)
{
	char *out = path;

	for (const char *in = path; *in; in++) {
		unsigned char c = (unsigned char)*in;

		if (c == '%') {
			int byte = hex_byte(in + 1);

			if (byte < 0)
				return false;
			c = (unsigned char)byte;
			if (c < 0x20 || c == 0x7F || c == '/' || c == '\\')
				return false;
			in += 2;
		}
		*out++ = (char)c;
	}
	*out = 0;
	return true;
}

/* "." and ".." are for clients to resolve, before they send. */
static bool has_dots(const char *path)
{
	for (const char *s = strchr(path, '/'); s; s = strchr(s, '/')) {
		size_t n = strcspn(++s, "/");

		if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
			return true;
	}
	return false;
}

static bool is_authority(const char *s, size_t n)
{
	size_t i = 0;

	if (n && s[0] == '[') {
		for (i = 1; i < n && s[i] != ']'; i++)
			if (hex_digit(s[i]) < 0 && s[i] != ':' && s[i] != '.')
				return false;
		if (i++ >= n)
			return false;
	} else {
		for (; i < n && s[i] != ':'; i++)
			if (!http_is(s[i], HTTP_HOST))
				return false;
	}
	if (i == 0)
		return false;
	if (i < n && s[i++] != ':')
		return false;
	for (; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* "http://host:port/path?query": the authority is moved to make room for its end. */
static enum http_progress absolute_target(struct http_parser *p, uint32_t at, uint32_t scheme)
{
	char *host = text_at(p, at + scheme);
	size_t n = strcspn(host, "/?");

	if (!is_authority(host, n))
		return bad(p, 400, "the target names no host");
	memmove(host - 1, host, n);
	host[n - 1] = 0;
	p->host = at + scheme - 1;
	p->path = at + scheme + (uint32_t)n;
	if (host[n] == '/')
		return HTTP_DONE;
	/* Without a path: it is "/", and the "?" that may be there becomes what ends the query's beginning. */
	p->query = host[n] == '?' ? p->path + 1 : p->path;
	p->path = (uint32_t)p->text.n;
	buf_add(&p->text, "/", 2);
	return p->text.failed ? bad(p, 431, "the head is too long") : HTTP_DONE;
}

static enum http_progress check_target(struct http_parser *p, uint32_t at, const char *method)
{
	char *s = text_at(p, at), *question;

	for (const char *c = s; *c; c++)
		if (!http_is(*c, HTTP_TARGET))
			return bad(p, 400, "a character in the target that must not be there");
	if (strcmp(method, "CONNECT") == 0)
		return bad(p, 501, "this is no proxy");
	p->path = at;
	p->query = 0;
	if (strcmp(s, "*") == 0)
		return strcmp(method, "OPTIONS") == 0 ? HTTP_DONE
						      : bad(p, 400, "the target * is for OPTIONS only");
	if (*s != '/') {
		uint32_t scheme = strncasecmp(s, "http://", 7) == 0    ? 7
				  : strncasecmp(s, "https://", 8) == 0 ? 8
								       : 0;

		if (!scheme)
			return bad(p, 400, "the target is neither a path nor an address");
		if (absolute_target(p, at, scheme) == HTTP_BAD)
			return HTTP_BAD;
	}
	s = text_at(p, p->path);
	question = strchr(s, '?');
	if (question) {
		*question = 0;
		p->query = (uint32_t)(question + 1 - text_at(p, 0));
	}
	for (const char *c = s; *c; c++)
		if (!http_is(*c, HTTP_PATH))
			return bad(p, 400, "a character in the path that must not be there");
	if (!decode_path(s))
		return bad(p, 400, "an escape in the path that must not be there");
	return has_dots(s) ? bad(p, 400, "dots in the path") : HTTP_DONE;
}

/* "METHOD SP target SP HTTP/1.1" */
static enum http_progress request_line(struct http_parser *p)
{
	char *line = text_at(p, p->line), *target = strchr(line, ' '),
	     *version = target ? strchr(target + 1, ' ') : NULL;
	size_t method = target ? (size_t)(target - line) : 0;

	if (!version || !method || version == target + 1)
		return bad(p, 400, "the request line is not METHOD TARGET VERSION");
	if (method > HTTP_METHOD_MOST)
		return bad(p, 400, "the method is too long");
	for (size_t i = 0; i < method; i++)
		if (!http_is(line[i], HTTP_TOKEN))
			return bad(p, 400, "the method is not a word");
	*target = *version++ = 0;
	if (strlen(version) != 8 || memcmp(version, "HTTP/", 5) != 0 || version[6] != '.' || version[5] < '0' ||
	    version[5] > '9' || version[7] < '0' || version[7] > '9')
		return bad(p, 400, "the request line does not end in HTTP/1.1");
	if (version[5] != '1')
		return bad(p, 505, "this server speaks HTTP/1.1");
	p->minor = version[7] != '0';
	p->in_headers = true;
	return check_target(p, (uint32_t)(target + 1 - text_at(p, 0)), line);
}

/* Headers --------------------------------------------------------------------------------------------- */

static enum http_progress header_line(struct http_parser *p)
{
	char *line = text_at(p, p->line), *colon, *value, *end = text_at(p, p->text.n - 1);
	struct span s;

	if (*line == ' ' || *line == '\t')
		return bad(p, 400, "a folded line");
	for (colon = line; *colon != ':'; colon++)
		if (!http_is(*colon, HTTP_TOKEN))
			return bad(p, 400,
				   *colon ? "a character in the name of a header that must not be there"
					  : "a header without a colon");
	if (colon == line)
		return bad(p, 400, "a header without a name");
	for (value = colon + 1; *value == ' ' || *value == '\t'; value++)
		;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*colon = *end = 0;
	s = (struct span){ p->line, (uint32_t)(value - text_at(p, 0)) };
	if (p->spans.n / sizeof s >= HTTP_HEADERS_MOST)
		return bad(p, 431, "too many headers");
	buf_add(&p->spans, &s, sizeof s);
	return p->spans.failed ? bad(p, 503, "there is no memory for the headers") : HTTP_MORE;
}

const char *http_head_next(const struct http_head *h, const char *name, size_t *at)
{
	while (*at < h->n_headers) {
		const struct http_header *x = &h->headers[(*at)++];

		if (strcasecmp(x->name, name) == 0)
			return x->value;
	}
	return NULL;
}

const char *http_head_get(const struct http_head *h, const char *name)
{
	size_t at = 0;

	return http_head_next(h, name, &at);
}

/* Whether one of the words between commas is that one. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list) {
		list += strspn(list, " \t,");
		if (strncasecmp(list, word, n) == 0 && strchr(" \t,", list[n])) /* the NUL too */
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

/* How long the body is: where two programs could disagree, nobody is believed (RFC 9112 6.3). */
static enum http_progress framing(struct http_parser *p, struct http_head *h)
{
	const char *coding = http_head_get(h, "Transfer-Encoding"),
		   *length = http_head_get(h, "Content-Length");
	size_t digits = length ? strspn(length, "0123456789") : 0;

	if (coding && length)
		return bad(p, 400, "Content-Length with Transfer-Encoding");
	if (coding && h->minor == 0)
		return bad(p, 400, "Transfer-Encoding in HTTP/1.0");
	if (coding && strcasecmp(coding, "chunked") != 0)
		return bad(p, strstr(coding, "chunked,") ? 400 : 501, "a Transfer-Encoding other than chunked");
	h->chunked = coding != NULL;
	if (!length)
		return HTTP_DONE;
	if (!digits || length[digits])
		return bad(p, 400, "the Content-Length is not a number");
	if (digits > LENGTH_DIGITS)
		return bad(p, 413, "the Content-Length is beyond measure");
	h->has_length = true;
	h->length = strtoull(length, NULL, 10);
	return HTTP_DONE;
}

static enum http_progress check_head(struct http_parser *p, struct http_head *h)
{
	static const char *const single[] = { "Host",          "Content-Length", "Transfer-Encoding",
					      "Authorization", "Content-Type",   "Expect" };
	const char *host = http_head_get(h, "Host"), *expect = http_head_get(h, "Expect"), *connection;
	size_t at = 0;

	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		at = 0;
		if (!http_head_next(h, single[i], &at))
			continue;
		if (http_head_next(h, single[i], &at))
			return bad(p, 400, "a header twice that may be there once");
	}
	if (!host && h->minor)
		return bad(p, 400, "no Host");
	if (host && !is_authority(host, strlen(host)) && (*host || h->minor))
		return bad(p, 400, "the Host is not a name");
	if (!*h->host && host)
		h->host = host;
	if (framing(p, h) == HTTP_BAD)
		return HTTP_BAD;
	if (expect && h->minor && strcasecmp(expect, "100-continue") != 0)
		return bad(p, 417, "an expectation that is not known");
	h->expect_continue = expect && h->minor;
	h->keep_alive = h->minor;
	for (at = 0; (connection = http_head_next(h, "Connection", &at)) != NULL;) {
		if (has_word(connection, "close"))
			h->keep_alive = false;
		else if (!h->minor && has_word(connection, "keep-alive"))
			h->keep_alive = true;
	}
	return HTTP_DONE;
}

/* The head in one piece: the table of headers, then the text that it points into. */
static enum http_progress finish(struct http_parser *p, struct http_head **out)
{
	size_t n = p->spans.n / sizeof(struct span), before = sizeof **out + n * sizeof(struct http_header);
	struct http_head *h = malloc(before + p->text.n);
	enum http_progress end;
	char *text;

	if (!h)
		return bad(p, 503, "there is no memory for the request");
	text = (char *)h + before;
	memcpy(text, p->text.p, p->text.n);
	*h = (struct http_head){ .method = text, .path = text + p->path, .minor = p->minor, .n_headers = n };
	h->query = p->query ? text + p->query : "";
	h->host = p->host ? text + p->host : "";
	for (size_t i = 0; i < n; i++) {
		struct span s;

		memcpy(&s, p->spans.p + i * sizeof s, sizeof s);
		h->headers[i] = (struct http_header){ text + s.name, text + s.value };
	}
	end = check_head(p, h);
	if (end == HTTP_DONE)
		*out = h;
	else
		free(h);
	return end;
}

/* Bytes ----------------------------------------------------------------------------------------------- */

static enum http_progress line_end(struct http_parser *p, struct http_head **head)
{
	enum http_progress end;

	if (p->text.n == p->line) {
		if (p->in_headers)
			return finish(p, head);
		return ++p->blank > BLANK_MOST ? bad(p, 400, "empty lines instead of a request") : HTTP_MORE;
	}
	buf_add_u8(&p->text, 0);
	if (p->text.failed)
		return bad(p, 431, "the head is too long");
	end = p->in_headers ? header_line(p) : request_line(p);
	p->line = (uint32_t)p->text.n;
	return end == HTTP_BAD ? end : HTTP_MORE;
}

/* Bytes of a line up to its end, or to one that must not be there. */
static enum http_progress take_run(struct http_parser *p, const uint8_t *from, size_t n)
{
	size_t most = p->in_headers ? HTTP_HEAD_MOST : HTTP_LINE_MOST;

	if (n > most - p->text.n)
		return bad(p, p->in_headers ? 431 : 414,
			   p->in_headers ? "the head is too long" : "the request line is too long");
	buf_add(&p->text, from, n);
	return p->text.failed ? bad(p, 503, "there is no memory for the request") : HTTP_MORE;
}

enum http_progress http_parser_feed(struct http_parser *p, struct bytes in, size_t *used,
				    struct http_head **head)
{
	enum http_progress end = HTTP_MORE;
	size_t i = 0, from;

	while (i < in.n && end == HTTP_MORE) {
		if (p->cr) {
			p->cr = false;
			end = in.p[i++] == '\n' ? line_end(p, head) : bad(p, 400, "a CR without LF");
			continue;
		}
		for (from = i; i < in.n && http_is((char)in.p[i], HTTP_TEXT); i++)
			;
		if (i > from)
			end = take_run(p, in.p + from, i - from);
		if (end == HTTP_MORE && i < in.n) {
			p->cr = in.p[i++] == '\r';
			end = p->cr ? HTTP_MORE
				    : bad(p, 400,
					  in.p[i - 1] == '\n' ? "a LF without CR" : "a control character");
		}
	}
	*used = i;
	if (end == HTTP_DONE)
		http_parser_free(p);
	return end;
}

/* Queries --------------------------------------------------------------------------------------------- */

static status decode_value(const char *s, size_t n, char *out, size_t room)
{
	size_t made = 0;

	for (size_t i = 0; i < n; i++) {
		char c = s[i] == '+' ? ' ' : s[i];

		if (c == '%') {
			int byte = i + 2 < n ? hex_byte(s + i + 1) : -1;

			if (byte <= 0)
				return ecCorruptData;
			c = (char)byte;
			i += 2;
		}
		if (made + 1 >= room)
			return ecTooBig;
		out[made++] = c;
	}
	out[made] = 0;
	return ecNone;
}

status http_query_get(const char *query, const char *name, char *out, size_t room)
{
	size_t n = strlen(name);

	while (*query) {
		size_t pair = strcspn(query, "&");

		if (pair >= n && strncasecmp(query, name, n) == 0 && (pair == n || query[n] == '='))
			return pair == n ? decode_value("", 0, out, room)
					 : decode_value(query + n + 1, pair - n - 1, out, room);
		query += pair;
		query += *query == '&';
	}
	return ecNotFound;
}
