/*
 * Text from mailboxes and files on its way to a terminal: nothing in it may drive the terminal or make a line
 * look like another.  Control characters (C0, DEL, C1) become spaces, characters that turn the direction of
 * writing and bytes that are no UTF-8 become U+FFFD.
 */
#ifndef SHELL_PRINTABLE_H
#define SHELL_PRINTABLE_H

#include "base/buf.h"

/* `lines`: line feeds and tabs stay. */
void printable_add(struct buf *out, const char *utf8, bool lines);
/* Only what is no UTF-8 is replaced: for files and JSON, whose writers escape the rest. */
void printable_add_utf8(struct buf *out, const char *text);

#endif
