/*
 * HTML and text out of RTF [MS-OXRTFEX].  RTF made from HTML holds the HTML in \*\htmltag groups and hides its own
 * rendering between \htmlrtf and \htmlrtf0; RTF made from text holds the text between controls.
 */
#ifndef MAPI_RTF_HTML_H
#define MAPI_RTF_HTML_H

#include "base/buf.h"
#include "base/status.h"

enum rtf_content { RTF_PLAIN, RTF_FROM_HTML, RTF_FROM_TEXT };

/* Groups nest at most this deep; deeper ones are passed over. */
#define RTF_GROUPS_MAX 256

enum rtf_content rtf_kind(struct bytes rtf);
/* Appends UTF-8. ecNotFound when the RTF was not made from HTML; ecTooBig at the buffer's maximum. */
status rtf_to_html(struct bytes rtf, struct buf *html, struct reason *why) MUST;
/* The text of any RTF, as UTF-8: destinations that are not text are left out. */
status rtf_to_text(struct bytes rtf, struct buf *text, struct reason *why) MUST;

#endif
