#include "mime/text_spool.h"

#include "base/utf16.h"
#include "mapi/tag.h"

static status take(void *context, struct bytes piece)
{
	struct text_spool *t = context;
	size_t end = piece.n;
	status st = ecNone;

	while (end && !piece.p[end - 1])
		end--;
	if (end) {
		for (; t->nuls && !st; t->nuls--)
			st = spool_add(t->spool, bytes_of("", 1));
		if (!st)
			st = spool_add(t->spool, bytes_of(piece.p, end));
	}
	t->nuls += piece.n - end;
	return st;
}

status text_spool_begin(struct text_spool *t, struct spool *to, uint16_t type, unsigned codepage)
{
	const char *name = type == PT_UNICODE ? "utf-16le" : codepage_name(codepage);

	*t = (struct text_spool){ .spool = to };
	return converter_open(&t->converter, name ? name : "windows-1252", "utf-8",
			      (struct converted){ take, t });
}

status text_spool_add(struct text_spool *t, struct bytes piece)
{
	return converter_add(&t->converter, piece);
}

status text_spool_end(struct text_spool *t)
{
	status st = converter_end(&t->converter);

	converter_close(&t->converter);
	return st;
}
