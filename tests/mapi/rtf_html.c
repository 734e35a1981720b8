/* HTML and text out of RTF. */
#include "support.h"

#include "mapi/rtf_html.h"

static void expect(const char *rtf, bool html, const char *wanted)
{
	CLEANUP_BUF struct buf out = BUF_MAX(1 << 16);
	struct bytes in = bytes_of(rtf, strlen(rtf));

	assert_int_equal(html ? rtf_to_html(in, &out, NULL) : rtf_to_text(in, &out, NULL), 0);
	assert_string_equal(buf_cstr(&out), wanted);
}

static void tells_kinds(void **state)
{
	(void)state;
	assert_int_equal(rtf_kind(bytes_of("{\\rtf1\\ansi hello}", 18)), RTF_PLAIN);
	assert_int_equal(rtf_kind(bytes_of("{\\rtf1\\ansi\\fromhtml1 x}", 24)), RTF_FROM_HTML);
	assert_int_equal(rtf_kind(bytes_of("{\\rtf1\\ansi\\fromtext x}", 23)), RTF_FROM_TEXT);
}

/* After the example of [MS-OXRTFEX] 4.1 */
static void html_comes_back(void **state)
{
	(void)state;
	expect("{\\rtf1\\ANSI\\ansicpg1251\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fmodern Courier New;}{\\f1\\fswiss Arial;}}"
	       "{\\colortbl\\red0\\green0\\blue0;}{\\*\\htmltag64}\\uc1\\pard\\plain\\deftab360 \\f0\\fs24 {\\*\\htmltag <HTML><head>\\par "
	       "}{\\*\\htmltag <b>}\\htmlrtf {\\b \\htmlrtf0 bold{\\*\\htmltag </b>}\\htmlrtf }\\htmlrtf0 \\'ef\\htmlrtf hidden\\htmlrtf0"
	       "{\\*\\htmltag </HTML>}}",
	       true, "<HTML><head>\r\n<b>bold</b>\xD0\xBF</HTML>");
}

static void text_comes_out(void **state)
{
	(void)state;
	expect("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}\\f0 caf\\'e9\\par \\u8364?\\tab end\\{\\}}", false,
	       "caf\xC3\xA9\n\xE2\x82\xAC\tend{}");
	expect("{\\rtf1{\\fonttbl{\\f1\\fcharset204 A;}}\\f1\\'ef\\u-10179?\\u-8704?}", false, "\xD0\xBF\xF0\x9F\x98\x80");
}

static void depth_and_size_are_bounded(void **state)
{
	CLEANUP_BUF struct buf deep = BUF_MAX(1 << 16);
	CLEANUP_BUF struct buf out = BUF_MAX(64);

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		buf_add_u8(&deep, '{');
	buf_add_str(&deep, "x}}}");
	assert_int_equal(rtf_to_text(buf_bytes(&deep), &out, NULL), 0);
	buf_clear(&deep);
	for (unsigned i = 0; i < 5000; i++)
		buf_add_u8(&deep, 'x');
	assert_int_equal(rtf_to_text(buf_bytes(&deep), &out, NULL), ecTooBig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kinds),
		cmocka_unit_test(html_comes_back),
		cmocka_unit_test(text_comes_out),
		cmocka_unit_test(depth_and_size_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
