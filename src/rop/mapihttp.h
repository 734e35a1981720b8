/*
 * The request types of MAPI over HTTP ([MS-OXCMAPIHTTP] 2.2.3.3.1): their names, the endpoint that
 * each belongs to, the layouts of its bodies; and the codes of X-ResponseCode (2.2.3.3.3).
 * The bodies are in rop/mapihttp_mailbox.h and rop/mapihttp_address_book.h.
 *
 * A response begins with StatusCode: 0 means that the form for success follows (whose ErrorCode may
 * still be an error), anything else that the form for failure does.
 */
#ifndef ROP_MAPIHTTP_H
#define ROP_MAPIHTTP_H

#include "rop/mapihttp_address_book.h"
#include "rop/mapihttp_mailbox.h"

enum mapihttp_request {
	MAPIHTTP_CONNECT,
	MAPIHTTP_EXECUTE,
	MAPIHTTP_DISCONNECT,
	MAPIHTTP_NOTIFICATION_WAIT,
	MAPIHTTP_PING,
	MAPIHTTP_BIND,
	MAPIHTTP_UNBIND,
	MAPIHTTP_COMPARE_MIDS,
	MAPIHTTP_DN_TO_MID,
	MAPIHTTP_GET_MATCHES,
	MAPIHTTP_GET_PROP_LIST,
	MAPIHTTP_GET_PROPS,
	MAPIHTTP_GET_SPECIAL_TABLE,
	MAPIHTTP_GET_TEMPLATE_INFO,
	MAPIHTTP_MOD_LINK_ATT,
	MAPIHTTP_MOD_PROPS,
	MAPIHTTP_QUERY_COLUMNS,
	MAPIHTTP_QUERY_ROWS,
	MAPIHTTP_RESOLVE_NAMES,
	MAPIHTTP_RESORT_RESTRICTION,
	MAPIHTTP_SEEK_ENTRIES,
	MAPIHTTP_UPDATE_STAT,
	MAPIHTTP_GET_MAILBOX_URL,
	MAPIHTTP_GET_ADDRESS_BOOK_URL,
	MAPIHTTP_REQUESTS, /* how many there are */
};

enum mapihttp_endpoint {
	MAPIHTTP_MAILBOX = 1,      /* /mapi/emsmdb */
	MAPIHTTP_ADDRESS_BOOK = 2, /* /mapi/nspi */
};

struct mapihttp_type {
	const char *name;  /* the value of X-RequestType */
	uint8_t request;   /* enum mapihttp_request */
	uint8_t endpoints; /* bits of enum mapihttp_endpoint */
	bool context; /* runs in a session context that is there already ([MS-OXCMAPIHTTP] 3.2.5.2) */
	/* NULL where there is no body (PING). */
	const struct wire_type *request_body, *response_body, *failure_body;
};

/* By enum mapihttp_request. */
extern const struct mapihttp_type mapihttp_types[MAPIHTTP_REQUESTS];

/* By the value of X-RequestType, whatever the case of its letters; NULL when there is none. */
const struct mapihttp_type *mapihttp_find(const char *name);

/*
 * The body of a request into the structure of t->request_body.  Texts and bytes point into `body`,
 * lists are in the arena, whose budget bounds them; after a failure *dst is undefined.  What stands
 * behind the auxiliary buffer is not looked at, as Exchange does not: clients that end their texts
 * with two NULs are served by it.  A body where none belongs (PING) is an error all the same.
 * ecCorruptData, ecTooBig (a count beyond its limit), ecTooComplex, ecMemory.
 */
status mapihttp_request_read(const struct mapihttp_type *t, struct bytes body, struct arena *a,
			     void *dst, struct reason *why) MUST;
/* Appends, or leaves the buffer as it was. */
status mapihttp_request_write(const struct mapihttp_type *t, const void *src, struct buf *out,
			      struct reason *why) MUST;
/* Likewise; `response` is of t->response_body, and its status_code is 0. */
status mapihttp_response_write(const struct mapihttp_type *t, const void *response, struct buf *out,
			       struct reason *why) MUST;
/*
 * The form for failure: status_code (not 0), and no auxiliary buffer.  `error_code` goes into the
 * forms that have one (Unbind).
 */
status mapihttp_failure_write(const struct mapihttp_type *t, uint32_t status_code,
			      uint32_t error_code, struct buf *out) MUST;
/*
 * For clients.  *status_code is the StatusCode; when it is 0, *dst is the structure of
 * t->response_body, else it is untouched.
 */
status mapihttp_response_read(const struct mapihttp_type *t, struct bytes body, struct arena *a,
			      uint32_t *status_code, void *dst, struct reason *why) MUST;

/* [MS-OXCMAPIHTTP] 2.2.3.3.3: the values of X-ResponseCode. */
enum mapihttp_code {
	MAPIHTTP_SUCCESS = 0,
	MAPIHTTP_UNKNOWN_FAILURE = 1,
	MAPIHTTP_INVALID_VERB = 2,
	MAPIHTTP_INVALID_PATH = 3,
	MAPIHTTP_INVALID_HEADER = 4,
	MAPIHTTP_INVALID_REQUEST_TYPE = 5,
	MAPIHTTP_INVALID_CONTEXT_COOKIE = 6,
	MAPIHTTP_MISSING_HEADER = 7,
	MAPIHTTP_ANONYMOUS_NOT_ALLOWED = 8,
	MAPIHTTP_TOO_LARGE = 9,
	MAPIHTTP_CONTEXT_NOT_FOUND = 10,
	MAPIHTTP_NO_PRIVILEGE = 11,
	MAPIHTTP_INVALID_REQUEST_BODY = 12,
	MAPIHTTP_MISSING_COOKIE = 13,
	MAPIHTTP_RESERVED = 14,
	MAPIHTTP_INVALID_SEQUENCE = 15,
	MAPIHTTP_ENDPOINT_DISABLED = 16,
	MAPIHTTP_INVALID_RESPONSE = 17,
	MAPIHTTP_ENDPOINT_SHUTTING_DOWN = 18,
};

/* "Invalid Verb", "Too Large" ...; NULL for a number that is no code. */
const char *mapihttp_code_name(unsigned code);

/* Every layout of bodies and of what they share, NULL at the end: for tests, fuzzing and tools. */
extern const struct wire_type *const mapihttp_wire_types[];

#endif
