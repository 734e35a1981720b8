/*
 * XML from outside, read by libxml2's SAX interface, which is loaded when it is first needed.  No document type, so no entities but the five that
 * XML has; no network, no files; limits on depth, on texts and on the number of elements.
 */
#ifndef NET_XML_H
#define NET_XML_H

#include "base/arena.h"
#include "base/buf.h"

#define XML_DEPTH_MOST 32u
#define XML_ELEMENTS_MOST 20000u
#define XML_TEXT_MOST ((size_t)16 << 10)

struct xml_handler {
	/* An element begins; `space` is its namespace, "" when it has none. False ends the reading with ecCorruptData. */
	bool (*begin)(void *arg, const char *space, const char *name, unsigned depth);
	/* An attribute of the element that began last, as it stands there but for entities ("&" is "&#38;"). */
	bool (*attribute)(void *arg, const char *name, const char *value, unsigned depth);
	/* It ends, with the text that stood in it and in no element of it, without white space at the ends. */
	bool (*end)(void *arg, const char *space, const char *name, unsigned depth, const char *text);
};

/* ecCorruptData: not well formed, or has a document type; ecTooBig, ecTooComplex: beyond a limit; ecNotFound: libxml2 is not installed. */
status xml_read(struct bytes document, const struct xml_handler *h, void *arg, struct reason *why) MUST;

/* Text as it stands in an element or an attribute; what cannot be in XML becomes "?". */
void xml_text(struct buf *out, const char *text);
/* <name>text</name>; nothing when the text is NULL. */
void xml_element(struct buf *out, const char *name, const char *text);

#endif
