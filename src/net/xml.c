#include "net/xml.h"

#include "base/library.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

#define XML_FUNCTIONS(F)           \
	F(xmlInitParser)           \
	F(xmlCreatePushParserCtxt) \
	F(xmlCtxtUseOptions)       \
	F(xmlParseChunk)           \
	F(xmlStopParser)           \
	F(xmlFreeParserCtxt)       \
	F(xmlFreeDoc)

LIBRARY_DECLARE(xml_functions, XML_FUNCTIONS)

static struct xml_functions xml;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static status load(struct reason *why)
{
	static const char *const names[] = LIBRARY_NAMES(XML_FUNCTIONS);
	status s = ecNone;

	pthread_mutex_lock(&loading);
	if (!xml.xmlFreeDoc) {
		s = library_load("libxml2.so.2", names, &xml, sizeof xml, why);
		if (!s)
			xml.xmlInitParser();
	}
	pthread_mutex_unlock(&loading);
	return s;
}

struct reading {
	const struct xml_handler *handler;
	void *arg;
	xmlParserCtxtPtr parser;
	struct buf text;                  /* of all elements that are open, one after the other */
	size_t starts[XML_DEPTH_MOST + 1]; /* where each one's begins */
	unsigned depth, elements;
	status failed;
	const char *what;
};

static void fail(struct reading *r, status s, const char *what)
{
	if (r->failed)
		return;
	r->failed = s;
	r->what = what;
	xml.xmlStopParser(r->parser);
}

/* Five pointers each: name, prefix, namespace, and where the value begins and ends. */
static void each_attribute(struct reading *r, int n, const xmlChar **attributes)
{
	for (int i = 0; i < n && !r->failed; i++) {
		const xmlChar **a = attributes + (size_t)i * 5;
		CLEANUP_BUF struct buf value = BUF_MAX(XML_TEXT_MOST);

		buf_add(&value, a[3], (size_t)(a[4] - a[3]));
		if (value.failed)
			fail(r, ecTooBig, "a text is too long");
		else if (!r->handler->attribute(r->arg, (const char *)a[0], buf_cstr(&value), r->depth))
			fail(r, ecCorruptData, "an attribute with a wrong value");
	}
}

static void on_begin(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nb_namespaces, const xmlChar **namespaces,
		     int nb_attributes, int nb_defaulted, const xmlChar **attributes)
{
	struct reading *r = ctx;

	(void)prefix;
	(void)nb_namespaces;
	(void)namespaces;
	(void)nb_defaulted;
	if (r->failed)
		return;
	if (r->depth == XML_DEPTH_MOST) {
		fail(r, ecTooComplex, "elements stand in each other too deeply");
		return;
	}
	if (++r->elements > XML_ELEMENTS_MOST) {
		fail(r, ecTooBig, "there are too many elements");
		return;
	}
	r->starts[++r->depth] = r->text.n;
	if (r->handler->begin && !r->handler->begin(r->arg, uri ? (const char *)uri : "", (const char *)name, r->depth))
		fail(r, ecCorruptData, "an element where it may not be");
	if (r->handler->attribute)
		each_attribute(r, nb_attributes, attributes);
}

/* The text from `start` on, without white space around it. */
static const char *trimmed(struct buf *text, size_t start)
{
	static const char blanks[] = " \t\r\n";

	while (text->n > start && strchr(blanks, text->p[text->n - 1]))
		buf_truncate(text, text->n - 1);
	const char *at = buf_cstr(text) + start;
	return at + strspn(at, blanks);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = ctx;

	(void)prefix;
	if (r->failed || !r->depth)
		return;
	size_t start = r->starts[r->depth];
	const char *text = trimmed(&r->text, start);
	if (r->handler->end && !r->handler->end(r->arg, uri ? (const char *)uri : "", (const char *)name, r->depth, text))
		fail(r, ecCorruptData, "an element with a wrong value");
	buf_truncate(&r->text, start);
	r->depth--;
}

static void on_text(void *ctx, const xmlChar *text, int length)
{
	struct reading *r = ctx;

	if (r->failed || length <= 0 || memchr(text, '\0', (size_t)length))
		return;
	buf_add(&r->text, text, (size_t)length);
	if (r->text.failed)
		fail(r, ecTooBig, "a text is too long");
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	fail(ctx, ecCorruptData, "a document type");
}

static void no_words(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

status xml_read(struct bytes document, const struct xml_handler *h, void *arg, struct reason *why)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
			      .startElementNs = on_begin,
			      .endElementNs = on_end,
			      .characters = on_text,
			      .cdataBlock = on_text,
			      .internalSubset = on_doctype,
			      .error = no_words,
			      .warning = no_words };
	struct reading r = { .handler = h, .arg = arg, .text = BUF_MAX(XML_TEXT_MOST) };
	status s = load(why);

	if (s)
		return s;
	if (document.n > INT32_MAX)
		return reason_set(why, ecTooBig, "the document is too long");
	r.parser = xml.xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
	if (!r.parser)
		return reason_set(why, ecMemory, "out of memory");
	(void)xml.xmlCtxtUseOptions(r.parser, XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_NOERROR);
	int result = document.n ? xml.xmlParseChunk(r.parser, (const char *)document.p, (int)document.n, 1) : XML_ERR_DOCUMENT_EMPTY;
	bool well = result == XML_ERR_OK && r.parser->wellFormed;
	if (r.parser->myDoc)
		xml.xmlFreeDoc(r.parser->myDoc);
	xml.xmlFreeParserCtxt(r.parser);
	buf_free(&r.text);
	if (r.failed)
		return reason_set(why, r.failed, "XML: %s", r.what);
	return well ? ecNone : reason_set(why, ecCorruptData, "XML that is not well formed");
}

void xml_text(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++)
		switch (*c) {
		case '&':
			buf_add_str(out, "&amp;");
			break;
		case '<':
			buf_add_str(out, "&lt;");
			break;
		case '>':
			buf_add_str(out, "&gt;");
			break;
		case '"':
			buf_add_str(out, "&quot;");
			break;
		default:
			buf_add_u8(out, (unsigned char)*c < ' ' && *c != '\t' && *c != '\n' ? '?' : (uint8_t)*c);
		}
}

void xml_element(struct buf *out, const char *name, const char *text)
{
	if (!text)
		return;
	buf_printf(out, "<%s>", name);
	xml_text(out, text);
	buf_printf(out, "</%s>", name);
}
