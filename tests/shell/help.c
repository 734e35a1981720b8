/* Get-Help, Get-Command and completion: all from the table. */
#include "shell/session.h"

static void help(void **state)
{
	struct session s;
	const char *page;

	(void)state;
	session_open(&s, NULL);
	assert_int_equal(session_run(&s, "get-help set-thing"), ecNone);
	page = session_shown(&s);
	assert_non_null(strstr(page, "NAME\n    Set-Thing"));
	assert_non_null(strstr(page, "Set-Thing [-Identity] <Text> [[-Size] <Size>]"));
	assert_non_null(strstr(page, "[-Colour <Red | Green | Grey>]"));
	assert_non_null(strstr(page, "[-Force] "));
	assert_non_null(strstr(page, "[-Tags <Text[]>]"));
	assert_non_null(strstr(page, "[-WhatIf] [-Confirm]"));
	assert_non_null(strstr(page, "Required. Position 1. Taken from the pipe (by value, by property name). Alias -Id."));
	assert_int_equal(session_run(&s, "Set-Thing -?"), ecNone);
	assert_non_null(strstr(session_shown(&s), "NAME\n    Set-Thing"));
	assert_int_equal(session_run(&s, "Get-Help fl"), ecNone);
	assert_non_null(strstr(session_shown(&s), "NAME\n    Format-List"));
	assert_int_equal(session_run(&s, "Get-Help *thing | % Name"), ecNone);
	assert_string_equal(session_shown(&s), "Get-Thing\nSet-Thing\nRemove-Thing");
	assert_int_equal(session_run(&s, "Get-Help nothing"), ecNotFound);
	session_close(&s);
}

/* Every cmdlet of the shell's own has what a person needs. */
static void every_row(void **state)
{
	struct session s;
	const struct cmdlet *c;

	(void)state;
	session_open(&s, NULL);
	for (size_t i = 0; (c = shell_cmdlet(s.shell, i)) != NULL; i++) {
		assert_non_null(c->synopsis);
		assert_int_equal(c->synopsis[strlen(c->synopsis) - 1], '.');
		for (const struct parameter *p = c->parameters; p && p->name; p++) {
			assert_non_null(p->help);
			assert_non_null(strchr(".?", p->help[strlen(p->help) - 1]));
			assert_true(p->type != PARAMETER_WORD || p->words);
		}
	}
	session_close(&s);
}

static void commands(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Command *-Thing | % Name", "Get-Thing\nSet-Thing\nRemove-Thing" },
		{ "gcm -Verb get -Noun thing | % Name", "Get-Thing" },
		{ "Get-Command fl,ft | % Name", "Format-List\nFormat-Table" },
		{ "Get-Command zzz", "error: Get-Command: no cmdlet has such a name" },
		/* A noun alone is Get-Noun. */
		{ "Thing -Count 1 | % Name", "a" },
	};

	(void)state;
	CHECK(rows);
}

static void add(void *to, const char *word)
{
	buf_printf(to, "%s%s", ((struct buf *)to)->n ? " " : "", word);
}

static void completions(void **state)
{
	static const struct {
		const char *line;
		size_t start;
		const char *words;
	} rows[] = {
		{ "get-th", 0, "Get-Thing" },
		{ "'a' | set-t", 6, "Set-Thing" },
		{ "a; rem", 3, "Remove-Thing" },
		{ "Set-Thing -si", 10, "-Size -SizeLimit" },
		{ "Set-Thing a -wh", 12, "-When -WhatIf" },
		{ "Set-Thing -Colour ", 18, "Red Green Grey" },
		{ "Set-Thing -Colour gre", 18, "Green Grey" },
		{ "Set-Thing -Col g", 15, "Green Grey" },
		{ "Set-Thing -Enabled:", 19, "$true $false" },
		{ "Set-Thing a -Enabled $f", 21, "$false" },
		{ "Get-Thing al", 10, "alpha" },
		{ "Get-Thing b", 10, "'beta one'" },
		{ "Get-Thing 'beta ", 10, "'beta one'" },
		{ "Get-Thing \"beta", 10, "\"beta one\"" },
		{ "Get-Thing o", 10, "'o''neill'" },
		{ "Set-Thing -Force ", 17, "alpha 'beta one' 'o''neill'" },
		{ "Set-Thing (Get-Thing al", 21, "alpha" },
		{ "Set-Thing a -Password (Read-H", 23, "Read-Host" },
		{ "Get-Help get-th", 9, "Get-Thing" },
		{ "No-Such -x", 8, "" },
		{ "", 0, NULL },
	};
	struct session s;

	(void)state;
	session_open(&s, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CLEANUP_BUF struct buf words = BUF_MAX(4000);
		size_t start = 99;

		shell_complete(s.shell, rows[i].line, strlen(rows[i].line), &start, add, &words);
		assert_int_equal(start, rows[i].start);
		if (rows[i].words)
			assert_string_equal(buf_cstr(&words), rows[i].words);
		else
			assert_true(words.n > 100);
	}
	session_close(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(help), cmocka_unit_test(every_row), cmocka_unit_test(commands), cmocka_unit_test(completions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
