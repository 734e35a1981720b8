/* Statements and conditions: what is taken, what is refused and where. */
#include "support.h"

#include "base/buf.h"
#include "shell/parser.h"
#include "shell/shell.h"

/* Prints what was parsed as one line. */
static void print_pipeline(const struct statement *s, struct buf *out);

static void print_expression(const struct expression *e, struct buf *out)
{
	static const char *const joints[] = { [EXPRESSION_AND] = "and", [EXPRESSION_OR] = "or", [EXPRESSION_XOR] = "xor" };

	switch (e->kind) {
	case EXPRESSION_VALUE:
		value_print(&e->value, out);
		return;
	case EXPRESSION_PROPERTY:
		buf_add_str(out, "$_");
		for (size_t i = 0; i < e->path_n; i++)
			buf_printf(out, ".%s", e->path[i]);
		return;
	case EXPRESSION_NOT:
		buf_add_str(out, "not ");
		print_expression(e->left, out);
		return;
	default:
		buf_add_u8(out, '(');
		print_expression(e->left, out);
		buf_printf(out, " %s%s ", e->with_case ? "c" : "", e->kind == EXPRESSION_COMPARE ? comparison_name(e->compare) : joints[e->kind]);
		print_expression(e->right, out);
		buf_add_u8(out, ')');
	}
}

static void print_argument(const struct argument *a, struct buf *out)
{
	if (a->kind == ARGUMENT_PARAMETER)
		buf_printf(out, " -%s%s", a->name, a->colon ? ":" : "");
	if (a->block) {
		buf_add_str(out, " {");
		print_expression(a->block, out);
		buf_add_str(out, "}");
	}
	if (a->n || a->list)
		buf_add_str(out, a->list ? " [" : " ");
	for (size_t i = 0; i < a->n; i++) {
		buf_add_str(out, i ? "," : "");
		if (a->items[i].command) {
			buf_add_str(out, "(");
			print_pipeline(a->items[i].command, out);
			buf_add_str(out, ")");
		} else {
			value_print(&a->items[i].value, out);
		}
	}
	buf_add_str(out, a->list ? "]" : "");
}

static void print_pipeline(const struct statement *s, struct buf *out)
{
	for (const struct invocation *i = s->stages; i; i = i->next) {
		buf_printf(out, "%s%s", i == s->stages ? "" : " | ", i->name);
		for (const struct argument *a = i->arguments; a; a = a->next)
			print_argument(a, out);
	}
}

static const char *parsed(const char *text, bool *incomplete)
{
	static char shown[2000];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	CLEANUP_BUF struct buf out = BUF_MAX(sizeof shown - 1);
	const struct statement *s = NULL;
	struct syntax_error error;

	if (parse_script(text, strlen(text), &arena, &s, &error))
		buf_add_str(&out, error.why.text);
	for (const struct statement *at = s; at; at = at->next) {
		buf_add_str(&out, at == s ? "" : "; ");
		print_pipeline(at, &out);
	}
	*incomplete = error.incomplete;
	(void)snprintf(shown, sizeof shown, "%s", buf_cstr(&out));
	return shown;
}

static void statements(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ " ;\n# nothing\n", "" },
		{ "Get-CasMailbox alice | fl MapiBlockOutlookNonCachedMode", "Get-CasMailbox alice | fl MapiBlockOutlookNonCachedMode" },
		{ "Set-CasMailbox alice -MapiBlockOutlookNonCachedMode:$false", "Set-CasMailbox alice -MapiBlockOutlookNonCachedMode: False" },
		{ "a; b\nc", "a; b; c" },
		{ "a |\n\n b", "a | b" },
		{ "a x,y -Z 1,\n2", "a [x,y] -Z [1,2]" },
		{ "a @() @(1) (2)", "a [] [1] 2" },
		{ "a @{Add='x','y'; Remove='z'}", "a @{Add={x, y}; Remove=z}" },
		{ "a @{\nAdd='x'\nRemove=$null\n}", "a @{Add=x; Remove=}" },
		{ "'x','y' | b", "Write-Output [x,y] | b" },
		{ "3 | b", "Write-Output 3 | b" },
		{ "a -P (Read-Host -AsSecureString) b", "a -P (Read-Host -AsSecureString) b" },
		{ "a -P:(b | c (d)) e", "a -P: (b | c (d)) e" },
		{ "a @(b c) (\nb\n)", "a [(b c)] (b)" },
		{ "a 10MB 0x1F -5 1.5 1e3 1.5KB 7x", "a 10485760 31 -5 1.5 1000 1536 7x" },
	};
	bool incomplete;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(parsed(rows[i][0], &incomplete), rows[i][1]);
		assert_false(incomplete);
	}
}

static void conditions(void **state)
{
	static const char *const rows[][2] = {
		{ "? { $_.A -eq 1 }", "? {($_.A eq 1)}" },
		{ "? { $_.A.B -clike 'x*' -and -not $_.C -or $_ -IMATCH 'y' }", "? {((($_.A.B clike x*) and not $_.C) or ($_ match y))}" },
		{ "? { !($_.A -xor $true) }", "? {not ($_.A xor True)}" },
		{ "? {\n$_.A -in 1,2\n}", "? {($_.A in {1, 2})}" },
		{ "? { Name -eq 'x' -and (Size -gt 1) }", "? {(($_.Name eq x) and ($_.Size gt 1))}" },
		{ "? { ($_.A) -notin @('x') }", "? {($_.A notin {x})}" },
	};
	bool incomplete;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(parsed(rows[i][0], &incomplete), rows[i][1]);
		assert_false(incomplete);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text;
		bool incomplete;
		const char *words;
	} rows[] = {
		{ "a |", true, "a cmdlet is missing before the end" },
		{ "a | ;b", false, "character 5: a cmdlet is missing before ;" },
		{ "| a", false, "a cmdlet is missing before |" },
		{ "a\nb |\n| c", false, "line 3, character 1: a cmdlet is missing before |" },
		{ "$x = 3", false, "variables are not known here" },
		{ "(Get-X).Name", false, "cannot begin with a parenthesis" },
		{ "a (b", true, ") is missing before the end" },
		{ "a )", false, "character 3: ) cannot stand here" },
		{ "a @(1", true, ") is missing" },
		{ "a -X:", false, "-X: needs a value, not the end" },
		{ "a 1,", true, "a value is missing before the end" },
		{ "a $_", false, "$_ cannot stand here" },
		{ "a $x", false, "$x cannot stand here" },
		{ "a !b", false, "quote it when it is text" },
		{ "a @{1}", false, "= is missing" },
		{ "a @{x={$_.y}}", false, "calculated properties" },
		{ "? { }", false, "the block is empty" },
		{ "? { $_.A -eq 1", true, "} is missing before the end" },
		{ "? { $_.A -qe 1 }", false, "-qe is no operator" },
		{ "? { $_.A -eq b }", false, "'b' is neither $_ nor a value" },
		{ "? { $x -eq 1 }", false, "$x: variables are not known here" },
		{ "? { $_.A -eq @(Get-X) }", false, "a cmdlet in parentheses can only be the argument" },
		{ "? { Get-X }", false, "cmdlets do not stand there" },
		{ "? { 1 | b }", false, "a block holds one expression" },
	};
	bool incomplete;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words = parsed(rows[i].text, &incomplete);

		if (!strstr(words, rows[i].words))
			print_message("# %s: %s\n", rows[i].text, words);
		assert_non_null(strstr(words, rows[i].words));
		assert_int_equal(incomplete, rows[i].incomplete);
		assert_int_equal(shell_is_incomplete(rows[i].text, strlen(rows[i].text)), rows[i].incomplete);
	}
}

/* n times `open`, then `middle`. */
static const char *nested(const char *before, const char *open, unsigned n, const char *middle, bool *incomplete)
{
	static struct buf text = BUF_MAX((size_t)4 << 20);

	buf_clear(&text);
	buf_add_str(&text, before);
	while (n--)
		buf_add_str(&text, open);
	buf_add_str(&text, middle);
	return parsed(buf_cstr(&text), incomplete);
}

static void limits(void **state)
{
	bool incomplete;

	(void)state;
	assert_non_null(strstr(nested("? {", "(", 1000, "1", &incomplete), "deeper than 32"));
	assert_non_null(strstr(nested("? {", "!", 1000, "1", &incomplete), "deeper than 32"));
	assert_non_null(strstr(nested("a ", "@{x=", 1000, "1", &incomplete), "deeper than 32"));
	assert_non_null(strstr(nested("a ", "(a ", 1000, "1", &incomplete), "deeper than 32"));
	assert_non_null(strstr(nested("a", "|a", 64, "", &incomplete), "more than 64 cmdlets"));
	assert_non_null(strstr(nested("a", " a", 1025, "", &incomplete), "more than 1024 arguments"));
	assert_non_null(strstr(nested("a 1", ",1", 65536, "", &incomplete), "more than 65536 values"));
	assert_non_null(strstr(nested("? {1", " -and 1", 1025, "}", &incomplete), "more than 1024 conditions"));
	assert_non_null(strstr(nested("a", "          ", 104858, "", &incomplete), "longer than 1048576 bytes"));
	/* ... and right below them. */
	assert_string_equal(nested("? {", "!", 31, "1}", &incomplete) + 4, nested("? {", "!", 31, "1}", &incomplete) + 4);
	assert_null(strstr(nested("a", "|a", 63, "", &incomplete), "more than"));
	assert_null(strstr(nested("a", " a", 1024, "", &incomplete), "more than"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements),
		cmocka_unit_test(conditions),
		cmocka_unit_test(refused),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
