#include "mime/line_ends.h"

status line_ends_piece(void *context, struct bytes piece)
{
	struct line_ends *l = context;
	size_t from = 0;

	for (size_t i = 0; i < piece.n; i++) {
		uint8_t c = piece.p[i];
		bool skip = c == '\n' && l->after_cr;
		status st;

		l->after_cr = c == '\r';
		if (c != '\r' && c != '\n')
			continue;
		st = i > from ? l->next(l->context, bytes_of(piece.p + from, i - from)) : ecNone;
		if (!st && !skip)
			st = l->next(l->context, bytes_of("\r\n", 2));
		if (st)
			return st;
		from = i + 1;
	}
	return from < piece.n ? l->next(l->context, bytes_of(piece.p + from, piece.n - from)) : ecNone;
}
