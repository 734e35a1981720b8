/*
 * A client's connection, with TLS (GnuTLS itself, nothing of src/net) or without, that blocks; and HTTP/1.1 on it.  Every wait ends after
 * `patience_ms` with ecTimeout.  Not for several threads at once, except that each may have its own.
 */
#ifndef TESTS_CLIENT_LINK_H
#define TESTS_CLIENT_LINK_H

#include "base/buf.h"

#define ecNetwork 0x80040115u
#define ecTimeout 0x80040401u

struct trust; /* whose certificates are believed */

/* Roots from a file of PEM. */
status trust_new(const char *root_file, struct trust **out, struct reason *why) MUST;
void trust_free(struct trust *t);

struct link {
	int fd; /* -1: not connected */
	void *tls;
	unsigned patience_ms;
	struct buf in; /* read and not used yet */
	size_t in_at;
	uint64_t received; /* bytes of answers, in all */
};

struct link_place {
	uint16_t port;      /* on 127.0.0.1 */
	struct trust *trust; /* NULL: without TLS */
	const char *name;   /* that the certificate must have; NULL: "localhost" */
	uint8_t from;       /* the client is 127.0.0.FROM; 0: as the system has it */
};

void link_init(struct link *l);
status link_open(struct link *l, const struct link_place *at, struct reason *why) MUST;
/* May be opened again. */
void link_close(struct link *l);
status link_send(struct link *l, struct bytes b, struct reason *why) MUST;
/* Some more into l->in; ecNetwork at the end, too. */
status link_more(struct link *l, struct reason *why) MUST;
/* Is something there within so many milliseconds? */
bool link_ready(struct link *l, unsigned ms);

/* HTTP -------------------------------------------------------------------------------------------------------------------- */

struct http_answer {
	unsigned code;
	char head[4096];
	struct buf body; /* without chunks */
	size_t length;   /* of a body that is not chunked */
	bool chunked;
};

/* The value of a header of the head, in `out`; false when it is not there. */
bool http_answer_header(const struct http_answer *a, const char *name, char *out, size_t room);
/* "user:password" as a header line with CRLF. */
void http_add_basic(struct buf *out, const char *user, const char *password);
/* A whole request; `headers` are lines with CRLF. */
status http_say(struct link *l, const char *method, const char *target, const char *headers, struct bytes body, struct reason *why) MUST;
/* A whole answer; interim ones (100) are skipped.  `a->body` must be initialised. */
status http_hear(struct link *l, struct http_answer *a, struct reason *why) MUST;

#endif
