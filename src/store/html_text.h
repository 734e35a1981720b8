/*
 * Bodies from one form into another, as far as a client that only knows the other needs it: the words, the lines, nothing of the looks.
 * All is UTF-8 but RTF, which is ASCII.
 */
#ifndef STORE_HTML_TEXT_H
#define STORE_HTML_TEXT_H

#include "base/buf.h"

/* A line for each paragraph and break. */
void html_to_text(struct bytes html, struct buf *text);
void html_from_text(struct bytes text, struct buf *html);
/* [MS-OXRTFEX] 2.1: RTF that holds the HTML, or the text, and says so. */
void rtf_from_html(struct bytes html, struct buf *rtf);
void rtf_from_text(struct bytes text, struct buf *rtf);

#endif
