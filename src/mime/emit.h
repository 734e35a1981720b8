/*
 * What is being written: bytes through a buffer into whatever takes them, and the encodings of MIME.  The first error
 * sticks, so a run of calls is checked once, by emit_flush.
 */
#ifndef MIME_EMIT_H
#define MIME_EMIT_H

#include "base/spool.h"

struct emit {
	status (*write)(void *context, struct bytes piece);
	void *context;
	status failed;
	size_t n;
	uint8_t buffer[8192];
};

void emit_init(struct emit *e, status (*write)(void *context, struct bytes piece), void *context);
status emit_flush(struct emit *e) MUST;
void emit_bytes(struct emit *e, struct bytes b);
void emit_str(struct emit *e, const char *s);
void emit_printf(struct emit *e, const char *format, ...) PRINTF(2, 3); /* at most 1000 bytes */

/* As it is. */
void emit_extent(struct emit *e, const struct extent *x);
/* [RFC 2045] 6.8, in lines of 76; a line end follows unless there is nothing. */
void emit_base64(struct emit *e, const struct extent *x);
/* The same as one word without line ends, `prefix` octets into a line that is folded by CRLF SPACE (vCard, iCalendar). */
void emit_base64_folded(struct emit *e, const struct extent *x, size_t prefix);

enum text_encoding { TEXT_7BIT, TEXT_QUOTED, TEXT_BASE64 };
/* What suits a text: 7bit where it is plain, else the shorter. */
enum text_encoding text_encoding_of(const struct extent *x);
/* Lines that end in LF, CR LF or CR end in CR LF. */
void emit_text(struct emit *e, const struct extent *x, enum text_encoding encoding);
const char *text_encoding_name(enum text_encoding encoding);

#endif
