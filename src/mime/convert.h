/*
 * Text from one encoding into another, piece by piece.  What means nothing there becomes U+FFFD (or "?" where
 * the target has none): text is never refused.
 */
#ifndef MIME_CONVERT_H
#define MIME_CONVERT_H

#include "base/bytes.h"
#include "base/status.h"

#include <iconv.h>

/* Takes what was converted. */
struct converted {
	status (*take)(void *context, struct bytes piece);
	void *context;
};

struct converter {
	iconv_t cd;
	bool to_utf16, from_utf16;
	uint8_t held[16]; /* the beginning of a character */
	size_t n;
	struct converted to;
};

/*
 * Names as MIME knows them; "utf-16le" means no byte order mark.  An unknown source is read as windows-1252, and
 * so is "us-ascii", "iso-8859-1" (what is sent under these names is that).  The target is "utf-8" or "utf-16le".
 */
status converter_open(struct converter *c, const char *from, const char *target, struct converted to) MUST;
status converter_add(struct converter *c, struct bytes piece) MUST;
/* What is left of a character that never ended. */
status converter_end(struct converter *c) MUST;
void converter_close(struct converter *c); /* after converter_open, also when that failed */

/* Is the name one that can be converted from? */
bool converter_knows(const char *charset);
/* Is it UTF-8 all through? `state` (start with 0) carries over pieces; at the end a state of 0 means whole characters. */
bool utf8_plausible(struct bytes text, unsigned *state);

#endif
