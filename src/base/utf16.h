/*
 * UTF-16LE as MAPI stores it, to and from UTF-8, and the 8-bit code pages of ANSI stores.
 * What cannot be represented (lone surrogates, bad bytes) becomes U+FFFD: text is never refused.
 */
#ifndef BASE_UTF16_H
#define BASE_UTF16_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends; an odd last byte is dropped. */
void utf16_to_utf8(struct bytes utf16le, struct buf *out);
void utf16_from_utf8(struct bytes utf8, struct buf *out);
/* The same into an arena: NUL-terminated text, NULL without memory. */
char *utf16_text(struct arena *a, struct bytes utf16le);
/* UTF-16LE bytes without terminator; p is NULL without memory. */
struct bytes utf16_bytes(struct arena *a, const char *utf8);
/* `codepage` is a Windows number (1252, 932, 65001 ...); an unknown one is read as 1252. */
void codepage_to_utf8(unsigned codepage, struct bytes text, struct buf *out);
/* The other way; a character that the code page does not have becomes "?". */
void codepage_from_utf8(unsigned codepage, struct bytes utf8, struct buf *out);
/* The name iconv and MIME know a Windows code page by ("windows-1252", "shift_jis"); NULL when unknown. */
const char *codepage_name(unsigned codepage);
/* Without trailing NUL code units (the writers of some stores keep them). */
struct bytes utf16_trim(struct bytes utf16le);
/* Characters of UTF-8 text, which is about the columns it takes on a screen. */
size_t utf8_length(const char *utf8);
/* Equal but for the case of ASCII letters. */
bool utf16_equal_ascii_nocase(struct bytes utf16le, const char *ascii);

#endif
