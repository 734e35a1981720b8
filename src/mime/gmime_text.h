/* What GMime understands of headers, without its types: texts, addresses, dates, parameters, transfer encodings. */
#ifndef MIME_GMIME_TEXT_H
#define MIME_GMIME_TEXT_H

#include "mime/part.h"

struct content_type {
	const char *type, *subtype; /* lower case */
	char *boundary;             /* NULL: none */
	const char *charset, *name, *method;
	bool attachment;
	uint64_t modified; /* FILETIME; 0: not said */
};

/* Either value may be NULL. What cannot be understood is text/plain. False without memory. */
bool content_type_parse(struct arena *a, const char *type, const char *disposition, struct content_type *out);

/* A value of words, decoded [RFC 2047]; at most 64 KB of it are. NULL without memory. */
const char *header_decode(struct arena *a, const char *value);
/* A FILETIME; 0 when it is no date. */
uint64_t header_decode_date(const char *value);
/* Message ids and the like: cleaned of control characters. */
const char *header_ascii(struct arena *a, const char *value);

/* Each address of a list, groups resolved, one after the other. Stops when `found` returns false. */
void header_each_address(const char *value, bool (*found)(void *context, const char *name, const char *address), void *context);

/* The content of a part, decoded, in pieces. */
status content_decode(const struct extent *body, enum part_encoding encoding,
		      status (*piece)(void *context, struct bytes b), void *context) MUST;

#endif
