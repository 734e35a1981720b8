/* Lines that end in LF, CR LF or CR end in CR LF behind this. */
#ifndef MIME_LINE_ENDS_H
#define MIME_LINE_ENDS_H

#include "base/bytes.h"
#include "base/status.h"

struct line_ends {
	status (*next)(void *context, struct bytes piece); /* a line end comes as a piece of its own */
	void *context;
	bool after_cr; /* starts as false */
};

/* `context` is the struct line_ends. */
status line_ends_piece(void *context, struct bytes piece) MUST;

#endif
