/* The words of a line. */
#include "support.h"

#include "base/buf.h"
#include "shell/lexer.h"

static const char *const kinds[] = {
	[TOKEN_NEWLINE] = "nl",	   [TOKEN_PIPE] = "|",	    [TOKEN_COMMA] = ",",     [TOKEN_OPEN] = "(",       [TOKEN_CLOSE] = ")",
	[TOKEN_BLOCK_OPEN] = "{",  [TOKEN_BLOCK_CLOSE] = "}", [TOKEN_LIST_OPEN] = "@(", [TOKEN_TABLE_OPEN] = "@{", [TOKEN_EQUALS] = "=",
	[TOKEN_NOT] = "!",	   [TOKEN_PARAMETER] = "-",   [TOKEN_WORD] = "w:",      [TOKEN_STRING] = "s:",     [TOKEN_VARIABLE] = "$",
};

/* The tokens as one line, or the words of the error; *incomplete: more text could make it whole. */
static const char *cut(const char *text, size_t n, bool *incomplete)
{
	static char shown[2000];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	CLEANUP_BUF struct buf out = BUF_MAX(sizeof shown - 1);
	struct syntax_error error = { 0 };
	struct lexer l = { .text = text, .n = n, .arena = &arena, .error = &error };
	struct token t;

	while (!lexer_next(&l, &t) && t.kind != TOKEN_END) {
		buf_printf(&out, "%s%s%s%s", out.n ? " " : "", kinds[t.kind], t.text ? t.text : "", t.colon ? ":" : "");
		for (size_t i = 0; i < t.path_n; i++)
			buf_printf(&out, ".%s", t.path[i]);
	}
	*incomplete = error.incomplete;
	(void)snprintf(shown, sizeof shown, "%s", error.why.text[0] ? error.why.text : buf_cstr(&out));
	return shown;
}

static void words(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "Get-Mailbox alice", "w:Get-Mailbox w:alice" },
		{ "a | b;c\nd", "w:a | w:b nl w:c nl w:d" },
		{ "a\r\nb\rc", "w:a nl w:b nl w:c" },
		{ "-X:$false -Name a -Y: b", "-X: $false -Name w:a -Y: w:b" },
		{ "-1 -x1 - --", "w:-1 -x1 w:- w:--" },
		{ "'it''s' \"a \"\"b\"\" `n`t`\"\"", "s:it's s:a \"b\" \n\t\"" },
		{ "'`n' \"\"  ''", "s:`n s: s:" },
		{ "a'b c'd\"e f\"", "w:ab cde f" },
		{ "a` b `'x", "w:a b w:'x" },
		{ "a`\nb", "w:a w:b" },
		{ "a `\n b", "w:a w:b" },
		{ "a # no\nb <# no\n #> c", "w:a nl w:b w:c" },
		{ "a#b", "w:a#b" },
		{ "1,2 , 3", "w:1 , w:2 , w:3" },
		{ "@(1) @{a=1} (b) { $_.A.'b c' -not !x }", "@( w:1 ) @{ w:a=1 } ( w:b ) { $_.A.b c -not ! w:x }" },
		{ "$true $_ $_.Name", "$true $_ $_.Name" },
		{ "user@contoso.example https://a.b/c?d=e&f C:\\x", "w:user@contoso.example w:https://a.b/c?d=e&f w:C:\\x" },
		{ "gr\xC3\xBC\xC3\x9F \xC2\xA0 x", "w:gr\xC3\xBC\xC3\x9F w:x" },
		{ "\xE2\x80\x93Name a", "-Name w:a" },
		{ "-?", "-?" },
	};
	bool incomplete;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(cut(rows[i][0], strlen(rows[i][0]), &incomplete), rows[i][1]);
		assert_false(incomplete);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		bool incomplete;
		const char *words;
	} rows[] = {
		{ "'abc", 4, true, "no closing '" },
		{ "\"abc", 4, true, "no closing \"" },
		{ "<# a", 4, true, "has no #>" },
		{ "a > b", 5, false, "redirection" },
		{ "a & b", 5, false, "& is not known" },
		{ "a\0b", 3, false, "NUL" },
		{ "'a\0b'", 5, false, "NUL" },
		{ "a\001b", 3, false, "control character" },
		{ "$_.", 3, false, "property name is missing" },
		{ "$_.a()", 6, false, "methods" },
		{ "$_.a[0]", 7, false, "methods and indexes" },
		{ "$_.a.b.c.d.e.f.g.h.i", 20, false, "more than 8" },
	};
	bool incomplete;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words = cut(rows[i].text, rows[i].n, &incomplete);

		assert_non_null(strstr(words, rows[i].words));
		assert_int_equal(incomplete, rows[i].incomplete);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(words), cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
