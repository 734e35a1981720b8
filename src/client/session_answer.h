/*
 * The answer to a request of MAPI over HTTP, apart from the connection it came over: what of its headers counts, and where in the body the response begins
 * ([MS-OXCMAPIHTTP] 2.2.2.2, 2.2.7, 3.1.5.6).  Every byte is a stranger's.
 */
#ifndef CLIENT_SESSION_ANSWER_H
#define CLIENT_SESSION_ANSWER_H

#include <time.h>

#include "base/buf.h"

#define ANSWER_COOKIES      16u
#define ANSWER_COOKIE_ROOM  2048u /* name and value */
#define ANSWER_NO_CODE      0xFFFFFFFFu

/* The cookies of a session, kept over its answers; "name=value". */
struct answer_cookies {
	char *v[ANSWER_COOKIES];
	size_t n;
};

void answer_cookies_free(struct answer_cookies *c);

struct answer {
	unsigned http;               /* the code of the status line; 0: none came */
	uint32_t code;               /* X-ResponseCode; ANSWER_NO_CODE: there was none */
	unsigned retry_after_ms, pending_period_ms;
	bool is_mapi;                /* Content-Type: application/mapi-http */
	char application[64];        /* X-ServerApplication */
	char explanation[200];       /* X-FailureInfo and kin, printable */
	bool cookies_full;           /* more of them, or longer ones, than a session has */
	struct answer_cookies *cookies;
};

/* Forgets all but the cookies. */
void answer_begin(struct answer *a, struct answer_cookies *cookies);
/* One line of the head, also a status line, with or without its end. */
void answer_header(struct answer *a, const char *line, size_t n);
/*
 * The body, when all of it is there: PROCESSING, PENDINGs, DONE with further headers, and what is behind it.  *response points into it.  ecCorruptData: it is
 * no such body, the words say how.
 */
status answer_body(struct answer *a, struct bytes body, struct bytes *response, struct reason *why) MUST;

#endif
