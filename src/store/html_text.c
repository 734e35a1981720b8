#include "store/html_text.h"

#include "base/utf16.h"
#include "store/fulltext.h"

#include <strings.h>

#define UTF8 65001u

/* HTML to text -------------------------------------------------------------------------------------------------------- */

/* Tags that begin or end a line. */
static bool breaks_line(struct bytes tag)
{
	static const char *const names[] = { "br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr", "blockquote", "pre" };
	size_t n = 0;
	bool closing = tag.n && tag.p[0] == '/';

	if (closing)
		tag = bytes_of(tag.p + 1, tag.n - 1);
	while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '>' && tag.p[n] != '/' && tag.p[n] != '\t' && tag.p[n] != '\r' && tag.p[n] != '\n')
		n++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		/* A paragraph ends the line where it ends; what follows it begins anew anyway. */
		if (strlen(names[i]) == n && strncasecmp(names[i], (const char *)tag.p, n) == 0)
			return closing || i == 0 || i == 16;
	return false;
}

/* Words between two breaks: runs of blanks are one. */
static void add_line(struct bytes html, struct buf *text)
{
	CLEANUP_BUF struct buf wide = BUF_MAX((size_t)256 << 20), line = BUF_MAX((size_t)256 << 20);
	bool blank = false, begun = false;

	fulltext_html_text(html, UTF8, &wide);
	utf16_to_utf8(buf_bytes(&wide), &line);
	for (size_t i = 0; i < line.n; i++) {
		uint8_t c = line.p[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			blank = begun;
			continue;
		}
		if (blank)
			buf_add_u8(text, ' ');
		blank = false;
		begun = true;
		buf_add_u8(text, c);
	}
}

void html_to_text(struct bytes html, struct buf *text)
{
	size_t from = 0;

	for (size_t i = 0; i + 1 < html.n; i++) {
		if (html.p[i] != '<' || !breaks_line(bytes_of(html.p + i + 1, html.n - i - 1)))
			continue;
		add_line(bytes_of(html.p + from, i - from), text);
		buf_add_str(text, "\r\n");
		while (i < html.n && html.p[i] != '>')
			i++;
		from = i < html.n ? i + 1 : html.n;
	}
	if (from < html.n)
		add_line(bytes_of(html.p + from, html.n - from), text);
}

void html_from_text(struct bytes text, struct buf *html)
{
	buf_add_str(html, "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body><div>");
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == '&')
			buf_add_str(html, "&amp;");
		else if (c == '<')
			buf_add_str(html, "&lt;");
		else if (c == '>')
			buf_add_str(html, "&gt;");
		else if (c == '\n')
			buf_add_str(html, "<br>\r\n");
		else if (c != '\r' && c != '\0')
			buf_add_u8(html, c);
	}
	buf_add_str(html, "</div></body></html>");
}

/* RTF ------------------------------------------------------------------------------------------------------------------ */

/* Letters beyond ASCII as UTF-16 units, with "?" for those who do not know them. */
static void add_rtf_text(struct bytes utf8, const char *line, struct buf *rtf)
{
	CLEANUP_BUF struct buf wide = BUF_MAX((size_t)256 << 20);

	utf16_from_utf8(utf8, &wide);
	for (size_t i = 0; i + 1 < wide.n; i += 2) {
		uint16_t c = le16(wide.p + i);

		if (c == '\\' || c == '{' || c == '}')
			buf_printf(rtf, "\\%c", c);
		else if (c == '\n')
			buf_add_str(rtf, line);
		else if (c == '\t')
			buf_add_str(rtf, "\\tab ");
		else if (c >= 0x80)
			buf_printf(rtf, "\\u%d?", (int)(int16_t)c);
		else if (c >= ' ')
			buf_add_u8(rtf, (uint8_t)c);
	}
}

#define RTF_HEAD "{\\rtf1\\ansi\\ansicpg1252%s\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs20 "

void rtf_from_text(struct bytes text, struct buf *rtf)
{
	buf_printf(rtf, RTF_HEAD, "\\fromtext");
	add_rtf_text(text, "\\par\r\n", rtf);
	buf_add_str(rtf, "\\par}\r\n");
}

static void add_tag(struct bytes tag, struct buf *rtf)
{
	buf_add_str(rtf, "{\\*\\htmltag ");
	add_rtf_text(tag, "\\par ", rtf);
	buf_add_str(rtf, "}");
}

/* Is an element begun here whose content is no text to be shown? */
static bool hidden(struct bytes at)
{
	return (at.n > 6 && strncasecmp((const char *)at.p, "<style", 6) == 0) ||
	       (at.n > 7 && strncasecmp((const char *)at.p, "<script", 7) == 0) ||
	       (at.n > 6 && strncasecmp((const char *)at.p, "<title", 6) == 0);
}

/* Where the tag that begins here ends; of what is hidden, where its own end begins. */
static size_t tag_end(struct bytes html, size_t i)
{
	bool all = hidden(bytes_of(html.p + i, html.n - i));

	while (i < html.n && html.p[i] != '>')
		i++;
	i = i < html.n ? i + 1 : html.n;
	while (all && i + 1 < html.n && !(html.p[i] == '<' && html.p[i + 1] == '/'))
		i++;
	return i;
}

void rtf_from_html(struct bytes html, struct buf *rtf)
{
	size_t i = 0;

	buf_printf(rtf, RTF_HEAD, "\\fromhtml1");
	while (i < html.n) {
		size_t from = i;

		if (html.p[i] == '<') {
			bool line = breaks_line(bytes_of(html.p + i + 1, html.n - i - 1));

			i = tag_end(html, i);
			add_tag(bytes_of(html.p + from, i - from), rtf);
			if (line)
				buf_add_str(rtf, "\\htmlrtf\\par\r\n\\htmlrtf0 ");
			continue;
		}
		while (i < html.n && html.p[i] != '<')
			i++;
		/* Entities are for readers of HTML alone. */
		struct bytes words = bytes_of(html.p + from, i - from);
		if (memchr(words.p, '&', words.n)) {
			CLEANUP_BUF struct buf shown = BUF_MAX((size_t)256 << 20), utf8 = BUF_MAX((size_t)256 << 20);

			add_tag(words, rtf);
			fulltext_html_text(words, UTF8, &shown);
			utf16_to_utf8(buf_bytes(&shown), &utf8);
			buf_add_str(rtf, "\\htmlrtf ");
			add_rtf_text(buf_bytes(&utf8), " ", rtf);
			buf_add_str(rtf, "\\htmlrtf0 ");
		} else {
			add_rtf_text(words, " ", rtf);
		}
	}
	buf_add_str(rtf, "}\r\n");
}
