/*
 * Names of folders in a Maildir++: one folder beside the other, levels parted by dots, each level in modified UTF-7
 * ([RFC 3501] 5.1.3).  A dot or slash within a name becomes a character that looks like it (U+2024, U+2215), and back.
 */
#ifndef MIME_MAILDIR_NAMES_H
#define MIME_MAILDIR_NAMES_H

#include "base/buf.h"

/* Appends one level of a name. */
void maildir_name_encode(const char *utf8, struct buf *out);
/* One level, `n` bytes long, as UTF-8; what is no modified UTF-7 is taken as it is. */
void maildir_name_decode(const char *name, size_t n, struct buf *out);
/* The letters in the name of a message's file ("1700000000.M1P2.host,S=5:2,RS" has "RS"); NULL when it has none. */
const char *maildir_flags(const char *file);

#endif
