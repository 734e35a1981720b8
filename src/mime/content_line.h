/*
 * The lines of vCard and iCalendar: NAME;PARAMETER=value:value, folded at 75 octets between characters, text escaped
 * ([RFC 5545] 3.1 and 3.3.11, [RFC 6350] 3.2 and 3.4).
 */
#ifndef MIME_CONTENT_LINE_H
#define MIME_CONTENT_LINE_H

#include "mime/emit.h"

struct content_line {
	struct emit *e;
	size_t column;
	bool after_cr;
};

/* `name` may have parameters that need no escape: "DTSTART;VALUE=DATE". */
void line_begin(struct content_line *l, struct emit *e, const char *name);
/* ";NAME=value"; quoted where it must be, without what no parameter can hold. */
void line_parameter(struct content_line *l, const char *name, const char *value);
/* ":" before the value, then any of the following, in any number. */
void line_value(struct content_line *l);
void line_raw(struct content_line *l, const char *text); /* needs no escape; line ends become spaces */
void line_text(struct content_line *l, const char *text);
void line_text_extent(struct content_line *l, const struct extent *text);
void line_base64(struct content_line *l, const struct extent *data);
void line_end(struct content_line *l);

/* NAME:value as a whole. Nothing for a value that is NULL or empty. */
void put_line_text(struct emit *e, const char *name, const char *text);
void put_line_raw(struct emit *e, const char *name, const char *value);
/* NAME:20261124T100000Z; nothing for 0. */
void put_line_time(struct emit *e, const char *name, uint64_t filetime);

#define UTC_STAMP_SIZE 24
void utc_stamp(uint64_t filetime, char out[static UTC_STAMP_SIZE]);

#endif
