/*
 * Text in the columns of a terminal.  Characters take one column, two, or none (what combines with the one before).  Nothing that comes out of here can
 * drive a terminal: control characters are blanks, and what would turn the direction of a line or is not to be seen is left out.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* A character as UTF-8, at most COLUMNS_UTF8_MAX bytes: how many. */
#define COLUMNS_UTF8_MAX 4u
size_t columns_encode(wchar_t c, char out[static COLUMNS_UTF8_MAX]);
/*
 * The character at *p, as it may be shown, and *p moves behind it; L'\0' at the end of the text, where it stays.  *width: 0 to 2; with 0, *c
 * may be L'\0' for a character that is left out.  Bad bytes are U+FFFD, or "?" where the terminal has no such character.
 */
bool columns_next(const char **p, wchar_t *c, unsigned *width);
/*
 * As many of the text's first `bytes` bytes as go into `width` columns; its last column is "~" when something had to be left out.  Returns the columns that are
 * taken; *n: the characters, at most `room`.
 */
unsigned columns_fit(const char *utf8, size_t bytes, unsigned width, wchar_t *out, size_t room, size_t *n);
/* What the text takes when nothing is cut. */
unsigned columns_width(const char *utf8);
/*
 * The first line of a text that is broken at LF, and at blanks where it is wider than `width`: its bytes.  *next: the bytes up to the next line, 0 at the end
 * of the text.
 */
size_t columns_line(const char *utf8, unsigned width, size_t *next);

#endif
