/* Streaming, -WhatIf, -Confirm, -ErrorAction, limits and interruption. */
#include "shell/session.h"

static void changes(void **state)
{
	struct session s;

	(void)state;
	session_open(&s, NULL);
	assert_int_equal(session_run(&s, "Get-Thing | Set-Thing -WhatIf"), ecNone);
	assert_int_equal(s.changed, 0);
	assert_string_equal(session_shown(&s), "whatif: What if: Performing the operation \"Set-Thing\" on target \"a\".\n"
					       "whatif: What if: Performing the operation \"Set-Thing\" on target \"b\".\n"
					       "whatif: What if: Performing the operation \"Set-Thing\" on target \"c\".");
	assert_int_equal(session_run(&s, "Remove-Thing a -wi"), ecNone);
	assert_int_equal(s.changed, 0);
	/* Nobody can be asked. */
	assert_int_equal(session_run(&s, "Remove-Thing a"), ecAccessDenied);
	assert_non_null(strstr(session_shown(&s), "error: Remove-Thing: \"Remove-Thing\" on \"a\" wants a confirmation and nobody can be asked; "
						  "-Confirm:$false does it without"));
	assert_int_equal(s.changed, 0);
	assert_int_equal(session_run(&s, "Remove-Thing a -Confirm:$false"), ecNone);
	assert_int_equal(s.changed, 1);
	assert_string_equal(session_shown(&s), "warning: a was dear to somebody");
	assert_int_equal(session_run(&s, "Remove-Thing a -Confirm:$false -WarningAction SilentlyContinue -Verbose"), ecNone);
	assert_string_equal(session_shown(&s), "verbose: it is gone");
	session_close(&s);
}

static void confirmations(void **state)
{
	static const struct {
		const char *line, *answers;
		unsigned changed, asked;
	} rows[] = {
		{ "Get-Thing | Remove-Thing", "yny", 2, 3 },
		{ "Get-Thing | Remove-Thing", "a", 3, 1 },
		{ "Get-Thing | Remove-Thing", "yl", 1, 2 },
		{ "Get-Thing | Set-Thing", "", 3, 0 },
		{ "Get-Thing | Set-Thing -Confirm", "yyn", 2, 3 },
		{ "Get-Thing | Remove-Thing -Confirm:$false", "", 3, 0 },
	};
	struct shell_host host = { .confirm = session_confirm };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct session s;
		unsigned asked = 0;

		session_open(&s, &host);
		s.answers = rows[i].answers;
		assert_int_equal(session_run(&s, rows[i].line), ecNone);
		assert_int_equal(s.changed, rows[i].changed);
		for (size_t at = 0; at < s.asked.n; at++)
			asked += s.asked.p[at] == '\n';
		assert_int_equal(asked, rows[i].asked);
		session_close(&s);
	}
}

static void errors(void **state)
{
	static const struct {
		const char *line;
		status code;
		const char *shown;
	} rows[] = {
		/* One bad object among others does not stop them. */
		{ "'x','bad','y' | Set-Thing | % Identity", ecNotFound, "x\ny\nerror: Set-Thing: there is no thing 'bad'" },
		{ "'x','bad','y' | Set-Thing -ErrorAction SilentlyContinue | % Identity", ecNone, "x\ny" },
		{ "'x','bad','y' | Set-Thing -ea Stop | % Identity; 'z'", ecNotFound, "x\nerror: Set-Thing: there is no thing 'bad'" },
		{ "Set-Thing bad; 'z'", ecNotFound, "z\nerror: Set-Thing: there is no thing 'bad'" },
		/* A wrong line does not run at all, nor what stands before it. */
		{ "'a'\n'b' |", ecInvalidParam, "error: line 2, character 6: a cmdlet is missing before the end" },
		/* Statements go on behind one that failed. */
		{ "Get-Ting; 'b'", ecNotFound, "b\nerror: there is no cmdlet 'Get-Ting'; did you mean Get-Thing? Get-Command lists all." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct session s;

		session_open(&s, NULL);
		assert_int_equal(session_run(&s, rows[i].line), rows[i].code);
		assert_string_equal(session_shown(&s), rows[i].shown);
		session_close(&s);
	}
}

/* Values stream: an endless first cmdlet ends when the last one has enough. */
static void streams(void **state)
{
	struct session s;

	(void)state;
	session_open(&s, NULL);
	assert_int_equal(session_run(&s, "Get-Thing -Count 9000000000000000000 | select -First 2 | % Name"), ecNone);
	assert_string_equal(session_shown(&s), "a\nb");
	assert_int_equal(session_run(&s, "Get-Thing -Count 9000000000000000000 | select -First 0"), ecNone);
	assert_string_equal(session_shown(&s), "");
	/* A host that takes no more ends it too. */
	s.fail_writes = 3;
	assert_int_equal(session_run(&s, "Get-Thing -Count 9000000000000000000 | % Name"), ecDiskError);
	session_close(&s);
}

static void memory(void **state)
{
	struct shell_host host = { .memory = (size_t)64 << 10 };
	struct session s;

	(void)state;
	session_open(&s, &host);
	/* What streams needs no memory; what keeps all fails with words, and the shell lives on. */
	assert_int_equal(session_run(&s, "Get-Thing -Count 20000 | measure | % Count"), ecNone);
	assert_string_equal(session_shown(&s), "20000");
	assert_int_equal(session_run(&s, "Get-Thing -Count 20000 | sort Number"), ecMemory);
	assert_non_null(strstr(session_shown(&s), "memory"));
	assert_int_equal(session_run(&s, "Set-Thing a -Tags (Get-Thing -Count 20000)"), ecMemory);
	assert_int_equal(session_run(&s, "'still here'"), ecNone);
	assert_string_equal(session_shown(&s), "still here");
	session_close(&s);
}

static status write_and_interrupt(void *context, const char *text, size_t n)
{
	struct session *s = context;

	buf_add(&s->out, text, n);
	shell_interrupt(s->shell);
	return ecNone;
}

static void interrupted(void **state)
{
	struct session s;
	struct shell_host host = { .write = write_and_interrupt, .message = session_message };

	(void)state;
	session_open(&s, NULL);
	shell_free(s.shell);
	host.context = &s;
	assert_int_equal(shell_new(thing_tables, &s.changed, &host, &s.shell), ecNone);
	assert_int_equal(session_run(&s, "Get-Thing -Count 9000000000000000000 | % Name; 'z'"), ecUserCanceled);
	assert_string_equal(session_shown(&s), "a\nerror: Get-Thing: interrupted");
	/* The next line runs. */
	assert_int_equal(session_run(&s, "'z'"), ecNone);
	session_close(&s);
}

static void leaving(void **state)
{
	struct session s;

	(void)state;
	session_open(&s, NULL);
	assert_int_equal(session_run(&s, "'a'; EXIT; 'b'"), ecNone);
	assert_string_equal(session_shown(&s), "a");
	assert_true(shell_is_done(s.shell));
	session_close(&s);
}

/* Text that comes from mail cannot drive the terminal. */
static void harmless(void **state)
{
	static const struct exchange rows[] = {
		{ "'a\x1B[31mb'", "a [31mb" },
		{ "@{Name='a\x1B[2J\xC2\x9B'} | ft", "Name\n----\na [2J" },
		{ "@{Name=\"x`ny\"} | fl", "Name : x\n       y" },
		{ "@{Name=\"x`ny\"} | ft", "Name\n----\nx y" },
		{ "'bad \xFF\xE2\x80\xAE'", "bad \xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "Get-Thing -Count 1 -Name '\x1B]0;x\x07' | Set-Thing -WhatIf",
		  "whatif: What if: Performing the operation \"Set-Thing\" on target \" ]0;x \"." },
	};

	(void)state;
	CHECK(rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes), cmocka_unit_test(confirmations), cmocka_unit_test(errors),  cmocka_unit_test(streams),
		cmocka_unit_test(memory),  cmocka_unit_test(interrupted),   cmocka_unit_test(leaving), cmocka_unit_test(harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
