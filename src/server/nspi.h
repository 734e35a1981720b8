/*
 * The address book: the name service provider interface ([MS-OXNSPI]) on the directory, with requests decoded and responses not yet
 * encoded, whatever carried them.  It shows what has addresses: people and groups; address lists are its containers.
 *
 * All sessions of a server share one book, a picture of the directory in memory that is drawn anew after the directory changed
 * (server/nspi_book.h): no call here asks SQL for anything but that number.  Minimal ids are 0x10 and more: the id of the object in
 * the directory, plus 0x10, the same for ever and in every session.
 */
#ifndef SERVER_NSPI_H
#define SERVER_NSPI_H

#include "rop/mapihttp.h"
#include "server/host.h"

/* [MS-OXNSPI] 2.2.1.2: what is not in base/status.h. */
#define NSPI_UNBIND_SUCCESS 0x00000001u
#define ecInvalidObject 0x80040108u
#define ecUnknownCpid 0x8004011Eu /* InvalidCodepage */
#define ecUnknownLcid 0x8004011Fu /* InvalidLocale */
#define ecTableTooBig 0x80040403u
#define ecInvalidBookmark 0x80040405u

#define NSPI_LOCALE 0x00000409u /* the only one that there are templates for */
#define NSPI_CODEPAGE_TELETEX 20261u
#define NSPI_CODEPAGE_UNICODE 1200u

struct nspi_book;

/* Of a server; `host` outlives it. `fqdn` is copied: it stands in the URLs that clients are told. */
status nspi_book_new(struct host *host, const char *fqdn, struct nspi_book **out) MUST;
/* No call is under way. NULL is fine. */
void nspi_book_free(struct nspi_book *b);

/* Who calls: a session from Bind to Unbind needs nothing else. */
struct nspi_caller {
	struct nspi_book *book;
	uint64_t user; /* who authenticated, in the directory */
};

/*
 * Any request of the address book endpoint.  `request` and `response` are of the structures that mapihttp_types[] says for `type`;
 * the response, cleared by the caller, is filled in: its status_code stays 0 and error_code is what [MS-OXNSPI] says.  What it points
 * to is in `a`, or in the request.  After Bind with an error_code there is no session; after Unbind none any more.
 *
 * An error is of the server itself (the directory cannot be read, memory), for the form for failure.
 * Several threads may call at once.
 */
status nspi_call(const struct nspi_caller *c, enum mapihttp_request type, const void *request, struct arena *a, void *response,
		 struct reason *why) MUST;

#endif
