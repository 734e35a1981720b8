/*
 * Comma-separated values as [RFC 4180] has them, and as spreadsheets write them: a byte order mark is passed over, lines
 * end in CR LF or LF, and what parts the fields is what parts them in the first line (a comma, a semicolon, a tab).
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"

#define CSV_FIELDS_MAX 256u
#define CSV_FIELD_MAX  ((size_t)64 << 10) /* bytes */

struct csv {
	struct bytes left;
	char separator;
	unsigned line; /* of what is left, from 1 */
};

struct csv_row {
	const char **v; /* NUL-terminated */
	size_t n;
	unsigned line; /* where it begins */
};

/* The text stays the caller's. */
void csv_init(struct csv *c, struct bytes text);
/*
 * The next row that is not empty, in `arena`; *more is false at the end.  ecCorruptData: a quote that does not close, or
 * something behind one that does, or a NUL; ecTooBig beyond the limits; the words say the line.
 */
status csv_next(struct csv *c, struct arena *arena, struct csv_row *row, bool *more, struct reason *why) MUST;

#endif
