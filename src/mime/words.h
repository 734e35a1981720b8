/* Encoded words of header fields [RFC 2047], each by itself: that one ends in padding does not end the next. */
#ifndef MIME_WORDS_H
#define MIME_WORDS_H

#include "base/buf.h"

/*
 * Appends the text as UTF-8.  Adjacent words of one character set are joined before they are converted, for a character may
 * be cut between them; bytes that are neither ASCII nor UTF-8 count as windows-1252.
 */
void words_decode(const char *value, struct buf *out);
/* The same value with each run of encoded words as a single one, in UTF-8; all else as it stands. */
void words_join(const char *value, struct buf *out);

#endif
