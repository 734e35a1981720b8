/* A session of MAPI over HTTP: what its parts share. */
#ifndef CLIENT_SESSION_PRIVATE_H
#define CLIENT_SESSION_PRIVATE_H

#include <stdatomic.h>

#include "client/session.h"
#include "client/session_answer.h"
#include "net/curl_library.h"

struct session {
	char *url, *user, *password, *user_dn, *roots_file;
	bool cached, encrypt;
	bool own_roots;              /* those in roots_file are believed, until they do not suffice; then the system's too */
	unsigned connect_seconds, answer_seconds;
	CURL *easy;
	CURLM *multi;
	atomic_bool canceled;
	bool connected;
	enum session_failure failure;
	unsigned retry_after_ms;
	char id[GUID_TEXT_SIZE];     /* of this run of the program: for X-RequestId and X-ClientInfo */
	unsigned long counter;
	struct answer answer;
	struct answer_cookies cookies;
	/* What was asked and is not answered yet. */
	const char *asked;           /* its X-RequestType; NULL: nothing */
	uint64_t asked_at;           /* monotonic nanoseconds */
	struct buf request;
	struct curl_slist *headers;
	struct buf body;             /* of the answer */
	size_t body_room;            /* for it, from its first byte on */
	uint64_t heard;              /* when something last came, monotonic nanoseconds */
	bool too_big;
	struct session_server server;
	char server_name[256], server_prefix[512], server_application[64];
	struct session_traffic traffic;
};

/*
 * POSTs s->request with this X-RequestType, and does not wait.  The answer: *response is behind all that MAPI over HTTP puts before it, and stands until the next one;
 * sets `failure` and the words.
 */
status session_post_begin(struct session *s, const char *type, struct reason *why) MUST;
status session_post_end(struct session *s, struct bytes *response, struct reason *why) MUST;
/* Without the answer; the connection is closed. */
void session_post_drop(struct session *s);
/* What a code of Connect, Execute and their like means for going on. */
enum session_failure session_failure_of(uint32_t code);
/* Remembers how it failed; the code comes back. */
status session_fail(struct session *s, enum session_failure f, status code) MUST;

#endif
