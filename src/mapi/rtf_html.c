#include "mapi/rtf_html.h"

#include "base/hex.h"
#include "base/utf16.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define FONTS_MAX 256
#define WORD_MAX 32

/* What holds inside one group. */
struct group {
	bool skip;      /* a destination that is not text */
	bool htmltag;   /* inside \*\htmltag: HTML as it is */
	bool htmlrtf;   /* inside \htmlrtf: the rendering, not the HTML */
	bool fonttbl;
	unsigned uc;    /* characters after \u to pass over */
	int font;
};

struct rtf {
	const uint8_t *p, *end;
	struct buf *out;
	bool html;          /* wanted: HTML; else text */
	unsigned codepage;  /* of \ansicpg */
	struct {
		int number;
		unsigned codepage;
	} fonts[FONTS_MAX];
	unsigned n_fonts;
	int font_defined;   /* in the font table */
	struct group stack[RTF_GROUPS_MAX];
	unsigned depth, beyond; /* groups beyond the stack */
	unsigned skip_chars;    /* left to pass over after \u */
	uint16_t surrogate;
	uint8_t pending[256];   /* bytes of the code page that wait for their fellows */
	size_t n_pending;
};

static struct group *here(struct rtf *r)
{
	return &r->stack[r->depth];
}

/* Output ---------------------------------------------------------------------------------------------------- */

static unsigned codepage_here(struct rtf *r)
{
	for (unsigned i = 0; i < r->n_fonts; i++)
		if (r->fonts[i].number == here(r)->font && r->fonts[i].codepage)
			return r->fonts[i].codepage;
	return r->codepage;
}

/* Double-byte code pages need both bytes at once, so bytes are gathered and converted together. */
static void flush(struct rtf *r)
{
	if (r->n_pending)
		codepage_to_utf8(codepage_here(r), bytes_of(r->pending, r->n_pending), r->out);
	r->n_pending = 0;
}

static bool silent(struct rtf *r)
{
	return here(r)->skip || r->beyond || (r->html && here(r)->htmlrtf && !here(r)->htmltag);
}

static void put_byte(struct rtf *r, uint8_t c)
{
	if (r->skip_chars) {
		r->skip_chars--;
		return;
	}
	if (silent(r))
		return;
	if (r->n_pending == sizeof r->pending)
		flush(r);
	r->pending[r->n_pending++] = c;
}

static void put_ascii(struct rtf *r, const char *s)
{
	if (silent(r))
		return;
	flush(r);
	buf_add_str(r->out, s);
}

static void put_unicode(struct rtf *r, uint16_t unit)
{
	uint8_t le[4];

	if (silent(r))
		return;
	flush(r);
	if ((unit & 0xFC00) == 0xD800) {
		r->surrogate = unit;
		return;
	}
	put_le16(le, r->surrogate);
	put_le16(le + 2, unit);
	bool pair = r->surrogate && (unit & 0xFC00) == 0xDC00;
	utf16_to_utf8(pair ? bytes_of(le, 4) : bytes_of(le + 2, 2), r->out);
	r->surrogate = 0;
}

/* Controls ---------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word, *text, *html;
} symbols[] = {
	{ "par", "\n", "\r\n" },	  { "line", "\n", "\r\n" },	    { "tab", "\t", "\t" },
	{ "lquote", "\xE2\x80\x98", "&lsquo;" }, { "rquote", "\xE2\x80\x99", "&rsquo;" }, { "ldblquote", "\xE2\x80\x9C", "&ldquo;" },
	{ "rdblquote", "\xE2\x80\x9D", "&rdquo;" }, { "bullet", "\xE2\x80\xA2", "&bull;" }, { "endash", "\xE2\x80\x93", "&ndash;" },
	{ "emdash", "\xE2\x80\x94", "&mdash;" }, { "cell", "\t", "" },	    { "row", "\n", "" },
	{ "page", "\n", "" },		  { "sect", "\n", "" },
};

static bool symbol(struct rtf *r, const char *word)
{
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (!strcmp(symbols[i].word, word)) {
			put_ascii(r, r->html ? symbols[i].html : symbols[i].text);
			return true;
		}
	return false;
}

/* Destinations that hold no text of the document. */
static bool is_destination(const char *word)
{
	static const char *const words[] = { "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "footnote",
					     "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "listtable", "filetbl",
					     "revtbl", "themedata", "datastore", "fldinst", "xe", "tc" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/* \fcharset numbers to code pages ([MS-OXRTFEX] takes them from the RTF specification). */
static unsigned charset_codepage(int charset)
{
	static const struct {
		int charset;
		unsigned codepage;
	} map[] = { { 0, 1252 },   { 128, 932 },  { 129, 949 },	 { 134, 936 },	{ 136, 950 },  { 161, 1253 }, { 162, 1254 }, { 163, 1258 },
		    { 177, 1255 }, { 178, 1256 }, { 186, 1257 }, { 204, 1251 }, { 222, 874 },  { 238, 1250 } };

	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (map[i].charset == charset)
			return map[i].codepage;
	return 0;
}

static void define_font(struct rtf *r, int number)
{
	r->font_defined = number;
	if (r->n_fonts < FONTS_MAX) {
		r->fonts[r->n_fonts].number = number;
		r->fonts[r->n_fonts++].codepage = 0;
	}
}

static void font_charset(struct rtf *r, int charset)
{
	if (r->n_fonts && r->fonts[r->n_fonts - 1].number == r->font_defined)
		r->fonts[r->n_fonts - 1].codepage = charset_codepage(charset);
}

static void font_control(struct rtf *r, const char *word, int value)
{
	if (!strcmp(word, "f") && here(r)->fonttbl) {
		define_font(r, value);
	} else if (!strcmp(word, "f")) {
		flush(r);
		here(r)->font = value;
	} else if (!strcmp(word, "fcharset")) {
		font_charset(r, value);
	}
}

static void control(struct rtf *r, const char *word, bool has_value, int value)
{
	if (!strcmp(word, "u") && has_value) {
		put_unicode(r, (uint16_t)value);
		r->skip_chars = here(r)->uc;
	} else if (!strcmp(word, "uc")) {
		here(r)->uc = value >= 0 && value < 16 ? (unsigned)value : 1;
	} else if (!strcmp(word, "ansicpg")) {
		r->codepage = (unsigned)value;
	} else if (!strcmp(word, "htmlrtf")) {
		flush(r);
		here(r)->htmlrtf = !has_value || value != 0;
	} else if (!strcmp(word, "bin") && value > 0) {
		size_t left = (size_t)(r->end - r->p);
		r->p += (size_t)value < left ? (size_t)value : left;
	} else if (is_destination(word)) {
		flush(r);
		here(r)->skip = true;
		here(r)->fonttbl = !strcmp(word, "fonttbl");
	} else if (!symbol(r, word)) {
		font_control(r, word, value);
	}
}

/* \*\word: unknown ones are passed over; of known ones only \htmltag is text. */
static void starred(struct rtf *r, const char *word)
{
	flush(r);
	if (r->html && !strcmp(word, "htmltag")) {
		here(r)->htmltag = true;
		here(r)->skip = false;
	} else {
		here(r)->skip = true;
	}
}

/* Reading ------------------------------------------------------------------------------------------------------ */

static void take_hex(struct rtf *r)
{
	if (r->end - r->p < 2)
		return;
	int byte = hex_byte((const char *)r->p);
	r->p += 2;
	if (byte >= 0)
		put_byte(r, (uint8_t)byte);
}

/* A word of letters and its number; one blank after it belongs to it. */
static void read_word(struct rtf *r, char word[WORD_MAX], bool *has_value, int *value)
{
	size_t n = 0;
	long v = 0;

	while (r->p < r->end && isalpha(*r->p)) {
		if (n + 1 < WORD_MAX)
			word[n++] = (char)*r->p;
		r->p++;
	}
	word[n] = '\0';
	bool minus = r->p + 1 < r->end && *r->p == '-' && isdigit(r->p[1]);
	r->p += minus;
	*has_value = r->p < r->end && isdigit(*r->p);
	for (; r->p < r->end && isdigit(*r->p); r->p++)
		if (v < 100000000)
			v = v * 10 + (*r->p - '0');
	*value = (int)(minus ? -v : v);
	if (r->p < r->end && *r->p == ' ')
		r->p++;
}

static void read_star(struct rtf *r)
{
	char word[WORD_MAX];
	bool has_value;
	int value;

	if (r->p < r->end && *r->p == '\\') {
		r->p++;
		read_word(r, word, &has_value, &value);
		starred(r, word);
	} else {
		here(r)->skip = true;
	}
}

static void read_control(struct rtf *r)
{
	char word[WORD_MAX];
	bool has_value;
	int value;

	if (r->p == r->end)
		return;
	uint8_t c = *r->p;
	if (isalpha(c)) {
		read_word(r, word, &has_value, &value);
		control(r, word, has_value, value);
		return;
	}
	r->p++;
	if (c == '\'')
		take_hex(r);
	else if (c == '*')
		read_star(r);
	else if (c == '\\' || c == '{' || c == '}')
		put_byte(r, c);
	else if (c == '~')
		put_ascii(r, r->html ? "&nbsp;" : "\xC2\xA0");
	else if (c == '_')
		put_ascii(r, r->html ? "&shy;" : "-");
	else if (c == '\r' || c == '\n')
		put_ascii(r, r->html ? "\r\n" : "\n");
}

static void open_group(struct rtf *r)
{
	flush(r);
	if (r->depth + 1 == RTF_GROUPS_MAX) {
		r->beyond++;
		return;
	}
	r->stack[r->depth + 1] = r->stack[r->depth];
	r->depth++;
}

static void close_group(struct rtf *r)
{
	flush(r);
	if (r->beyond)
		r->beyond--;
	else if (r->depth)
		r->depth--;
}

static status run(struct bytes rtf, bool html, struct buf *out, struct reason *why)
{
	struct rtf *r = calloc(1, sizeof *r);

	if (!r)
		return reason_set(why, ecMemory, "out of memory");
	r->p = rtf.p;
	r->end = rtf.p + rtf.n;
	r->out = out;
	r->html = html;
	r->codepage = 1252;
	r->stack[0].uc = 1;
	while (r->p < r->end && !out->failed) {
		uint8_t c = *r->p++;

		if (c == '\\')
			read_control(r);
		else if (c == '{')
			open_group(r);
		else if (c == '}')
			close_group(r);
		else if (c != '\r' && c != '\n' && c != '\0')
			put_byte(r, c);
	}
	flush(r);
	free(r);
	return out->failed ? reason_set(why, ecTooBig, "the text is too large") : ecNone;
}

/* The control that tells must be among the first of the document [MS-OXRTFEX] 2.1.3.1. */
enum rtf_content rtf_kind(struct bytes rtf)
{
	size_t n = rtf.n < 4096 ? rtf.n : 4096;

	if (!rtf.p || n < 6 || memcmp(rtf.p, "{\\rtf", 5) != 0)
		return RTF_PLAIN;
	if (memmem(rtf.p, n, "\\fromhtml", 9))
		return RTF_FROM_HTML;
	return memmem(rtf.p, n, "\\fromtext", 9) ? RTF_FROM_TEXT : RTF_PLAIN;
}

status rtf_to_html(struct bytes rtf, struct buf *html, struct reason *why)
{
	if (rtf_kind(rtf) != RTF_FROM_HTML)
		return reason_set(why, ecNotFound, "the RTF was not made from HTML");
	return run(rtf, true, html, why);
}

status rtf_to_text(struct bytes rtf, struct buf *text, struct reason *why)
{
	return run(rtf, false, text, why);
}
