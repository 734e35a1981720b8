/*
 * Requests of HTTP/1.1 (RFC 9112), read strictly: whatever two programs could understand differently is
 * refused, because that is what smuggling lives of.  Fed with whatever pieces come; what comes out does not
 * depend on how it was cut.
 *
 * Refused with the code that is said, after which nothing of the connection can be believed and it is closed:
 *   400  bare CR or LF; control characters; folded lines; no, or another than one, Host; white space before a colon;
 *        malformed request lines, names, values, targets, percent escapes; `.` and `..` in paths, encoded slashes;
 *        Content-Length that is signed, empty, a list or there twice; Content-Length with Transfer-Encoding;
 *        Transfer-Encoding twice, or in HTTP/1.0; doubled Authorization, Content-Type or Expect; malformed chunks
 *   413  Content-Length of more than 18 digits
 *   414  a request line, 431 a head, of more than the most; 431 too many headers
 *   417  an expectation other than 100-continue
 *   501  Transfer-Encoding other than chunked; CONNECT
 *   505  versions other than 1.0 and 1.x
 */
#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include "base/buf.h"
#include "base/status.h"

#define HTTP_HEAD_MOST    ((size_t)128 << 10) /* Kerberos tickets in a header need 48 KiB and more */
#define HTTP_LINE_MOST    ((size_t)16 << 10)  /* the request line */
#define HTTP_HEADERS_MOST 100u
#define HTTP_METHOD_MOST  32u

struct http_header {
	const char *name,
		*value; /* the value without white space around it; without control characters but tabs */
};

/*
 * All of it lives in one piece of memory, which is its owner's to free; strings end in NUL and have none
 * inside.
 */
struct http_head {
	const char *method; /* any token */
	const char *
		path; /* decoded once, begins with "/"; "*" for OPTIONS of the server itself. UTF-8 is not checked. */
	const char *query; /* as it came, without the "?"; "" when there was none */
	const char *
		host; /* of an absolute target, else of the header; with the port; "" when neither is there (HTTP/1.0) */
	unsigned minor; /* 0 or 1 */
	size_t n_headers;
	uint64_t length; /* of the body, when not chunked */
	bool has_length; /* there was a Content-Length */
	bool chunked;
	bool keep_alive;              /* the client wants the connection to stay */
	bool expect_continue;         /* it waits for "100 Continue" */
	struct http_header headers[]; /* in their order */
};

enum http_progress {
	HTTP_MORE, /* all was taken, and more is needed */
	HTTP_DONE, /* to the end; what comes after it was not taken */
	HTTP_BAD,  /* refused */
};

/* A head in the making. Little while nothing has come. */
struct http_parser {
	struct buf text;            /* its lines without their ends, a NUL after each */
	struct buf spans;           /* where names and values stand in it */
	uint32_t line;              /* where the line begins that is read */
	uint32_t path, query, host; /* where they stand */
	uint8_t minor, blank;
	bool in_headers, cr;
	uint16_t code; /* of a refusal */
	const char *why;
};

void http_parser_init(struct http_parser *p);
void http_parser_free(struct http_parser *p); /* usable again */
/*
 * Takes from `in` what belongs to the head, and says how much that was.  HTTP_DONE: *head is for the caller to
 * free(), and the parser is as new.  HTTP_BAD: p->code, and p->why in words.
 */
enum http_progress http_parser_feed(struct http_parser *p, struct bytes in, size_t *used,
				    struct http_head **head);
/* Something of a head has come. */
bool http_parser_started(const struct http_parser *p);

/* The value of the first header of that name, in whatever case; NULL when there is none. */
const char *http_head_get(const struct http_head *h, const char *name);
/*
 * The same from header *at on, which is left behind the one found: for headers that may come more than once.
 * Start with 0.
 */
const char *http_head_next(const struct http_head *h, const char *name, size_t *at);
/*
 * The decoded value of `name`, in any case, in a query ("a=b&c=d"; "+" is a space). ecNotFound, ecTooBig,
 * ecCorruptData.
 */
status http_query_get(const char *query, const char *name, char *out, size_t room) MUST;

/*
 * The body in chunks (RFC 9112 7.1). Extensions are skipped, as are trailers: of both there may be so much in a
 * body.
 */
#define HTTP_EXTENSIONS_MOST 8192u
#define HTTP_TRAILERS_MOST   8192u
struct http_chunked {
	uint64_t left;  /* of this chunk */
	uint32_t spent; /* bytes of extensions, then of trailers */
	uint8_t state, digits;
	const char *why;
};

void http_chunked_init(struct http_chunked *c);
/*
 * Takes from `in` until there is a piece of the body, which lies in `in`, or all is taken (*piece empty).
 * HTTP_DONE: after the last.
 */
enum http_progress http_chunked_feed(struct http_chunked *c, struct bytes in, size_t *used,
				     struct bytes *piece);

#endif
