/* Text of any encoding into a spool as UTF-8, piece by piece, without the NULs at its end. */
#ifndef MIME_TEXT_SPOOL_H
#define MIME_TEXT_SPOOL_H

#include "mime/convert.h"
#include "base/spool.h"

struct text_spool {
	struct converter converter;
	struct spool *spool;
	uint64_t nuls; /* held back: they may be the end */
};

/* `type` is PT_UNICODE, else the text is in the code page. */
status text_spool_begin(struct text_spool *t, struct spool *to, uint16_t type, unsigned codepage) MUST;
status text_spool_add(struct text_spool *t, struct bytes piece) MUST;
status text_spool_end(struct text_spool *t) MUST; /* ends and closes it, whatever it returns */

#endif
