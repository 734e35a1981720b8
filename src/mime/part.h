/*
 * The parts of a message: where their headers and bodies stand, and what their headers say.  Only structure is read here;
 * contents stay where they are.  Broken structure is taken as it may have been meant: a multipart without
 * boundary lines is text, a part without end goes on to the end of what holds it.
 */
#ifndef MIME_PART_H
#define MIME_PART_H

#include "base/arena.h"
#include "base/spool.h"

struct field {
	const char *name, *value; /* the value as it stands, unfolded, NULs as spaces; any 8-bit bytes */
};

enum part_encoding { PART_IDENTITY, PART_BASE64, PART_QUOTED, PART_UUENCODE };

struct part {
	struct part *children, *next;
	struct extent header, body;
	struct extent whole; /* both, and what is between them */
	struct field *fields;
	size_t field_count;
	const char *type, *subtype; /* lower case; never NULL */
	const char *charset;        /* NULL: not said */
	const char *name;           /* of a file, UTF-8; NULL: none */
	const char *id, *location;  /* Content-ID without <>, Content-Location; NULL: none */
	const char *method;         /* of text/calendar; NULL: none */
	enum part_encoding encoding;
	uint64_t modified;          /* FILETIME of the file; 0: not said */
	bool attachment; /* Content-Disposition says so */
	bool typed;      /* there was a Content-Type */
};

struct part_parser {
	struct arena *arena;
	unsigned *parts_left; /* counts down over all of one message */
	bool cut;             /* a limit was met: something stands there as one opaque part */
};

/* The message at `whole`. ecMemory when the arena is full; ecDiskError. */
status part_parse(struct part_parser *p, const struct extent *whole, struct part **out) MUST;
/* Only its header: no children, and nothing is counted. */
status part_parse_header(struct arena *a, const struct extent *whole, struct part **out) MUST;
/* The first field of that name; NULL when there is none. */
const char *part_field(const struct part *p, const char *name);
bool part_is(const struct part *p, const char *type, const char *subtype); /* subtype NULL: any */

#endif
