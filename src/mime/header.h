/*
 * One header field at a time, folded at 76 columns [RFC 5322] 2.2.3; what is not ASCII as encoded words [RFC 2047] or
 * extended parameters [RFC 2231].  Control characters become spaces: no value can begin a field of its own.
 */
#ifndef MIME_HEADER_H
#define MIME_HEADER_H

#include "mime/emit.h"

struct header {
	struct emit *e;
	size_t column;
	bool empty; /* nothing but the name */
};

void header_begin(struct header *h, struct emit *e, const char *name);
void header_end(struct header *h);
/* One piece that is never broken, after a space or a fold. ASCII without line ends. */
void header_token(struct header *h, const char *token);
/* Words of people, UTF-8. */
void header_words(struct header *h, const char *utf8);
/* A display name: atoms, a quoted string, or encoded words. */
void header_phrase(struct header *h, const char *utf8);
/* "; name=value" of Content-Type and the like. The value is UTF-8. */
void header_parameter(struct header *h, const char *name, const char *value);

/* Whole fields. Nothing is written for a value that is NULL or empty. */
void header_text(struct emit *e, const char *name, const char *utf8);
void header_tokens(struct emit *e, const char *name, const char *ascii); /* broken at spaces */
void header_date(struct emit *e, const char *name, uint64_t filetime);   /* 0: nothing */

/* "Tue, 24 Nov 2026 10:00:00 +0000" */
#define MAIL_DATE_SIZE 40
void mail_date(uint64_t filetime, char out[static MAIL_DATE_SIZE]);

#endif
