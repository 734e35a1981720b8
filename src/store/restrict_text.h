/*
 * How texts compare in a mailbox, in every language the same and on every engine: by code point after simple case
 * folding, and where accents are to be ignored after letters became their base and combining marks fell away.
 * What SQL would say about letters differs between engines: so text is compared here, never there.
 */
#ifndef STORE_RESTRICT_TEXT_H
#define STORE_RESTRICT_TEXT_H

#include "base/buf.h"
#include "mapi/prop.h"

enum text_folding {
	FOLD_NOTHING = 0,
	FOLD_LETTER_CASE = 1,
	FOLD_MARKS = 2, /* accents and other marks */
};

/* One character folded; 0 when it falls away. */
uint32_t text_fold_letter(uint32_t c, unsigned folding);
/* The capital letter of one, itself where there is none. */
uint32_t text_capital(uint32_t c);
/* Appends the folded text as UTF-8, without NULs; UTF-16 that is none is U+FFFD. */
void text_fold(struct bytes utf16le, unsigned folding, struct buf *out);
/* The same from PT_UNICODE or PT_STRING8 (in `codepage`). */
void text_fold_value(uint16_t type, struct bytes value, unsigned codepage, unsigned folding, struct buf *out);
/*
 * Appends bytes whose order (memcmp) is that of texts: letters first, then accents; texts that differ in case alone
 * are the same.  Two zeros in it: one after the letters, one after the accents.
 */
void text_sort_key(uint16_t type, struct bytes value, unsigned codepage, struct buf *out);

#endif
