/* The lines of an extent, one after the other: where they stand, and how they begin. */
#ifndef MIME_LINE_READER_H
#define MIME_LINE_READER_H

#include "base/spool.h"

/* As much of a line is seen; longer ones are only measured. */
#define LINE_SEEN ((size_t)1024)

struct line_reader {
	struct extent from;
	uint64_t at;             /* of the line last read, within the extent */
	uint64_t next;           /* of the one after it */
	uint64_t length;         /* of the line last read, without its end */
	uint8_t seen[LINE_SEEN]; /* its beginning */
	size_t n;
	status failed;
	uint8_t buffer[16 << 10];
	uint64_t buffer_at;
	size_t buffer_n;
};

void line_reader_init(struct line_reader *r, const struct extent *from);
/* False at the end, and after an error (`failed`). Lines end in LF or CR LF. */
bool line_reader_next(struct line_reader *r);

#endif
