/* ConvertTo-Json, --json, CSV out and in. */
#include "shell/session.h"

#include "base/output.h"

static void json(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing -Count 1 | ConvertTo-Json", "{\n  \"Name\": \"a\",\n  \"Size\": 1536,\n  \"Kind\": \"Even\",\n  \"Number\": 0,\n"
							 "  \"Enabled\": true,\n  \"Created\": \"2026-11-01T10:00:00Z\",\n  \"Tags\": [\n    \"red\",\n"
							 "    \"even\"\n  ],\n  \"Nothing\": null\n}" },
		{ "Get-Thing -Count 2 | select Name | ConvertTo-Json -Compress", "[{\"Name\":\"a\"},{\"Name\":\"b\"}]" },
		{ "Get-Thing -Count 1 | select Name | ConvertTo-Json -Compress -AsArray", "[{\"Name\":\"a\"}]" },
		{ "Get-Thing -Count 0 | ConvertTo-Json", "" },
		{ "Get-Thing -Count 0 | ConvertTo-Json -AsArray", "[]" },
		{ "@{a=@{b=@{c=1}}} | ConvertTo-Json -Compress -Depth 1", "{\"a\":{\"b\":\"@{c=1}\"}}" },
		{ "@{a=1} | ConvertTo-Json -Depth 99", "error: ConvertTo-Json: -Depth is from 0 to 16" },
		{ "'q\"\\`n\xC3\xBC\x1B\xC2\x9B\xFF' | ConvertTo-Json", "\"q\\\"\\\\`n\xC3\xBC\\u001b\\u009b\xEF\xBF\xBD\"" },
		{ "9007199254740993 | ConvertTo-Json", "9007199254740993" },
		{ "'x' | ConvertTo-SecureString | ConvertTo-Json", "\"System.Security.SecureString\"" },
	};

	(void)state;
	CHECK(rows);
}

static void json_host(void **state)
{
	struct shell_host host = { .json = true };
	struct session s;

	(void)state;
	session_open(&s, &host);
	assert_int_equal(session_run(&s, "Get-Thing -Count 2 | ft Name"), ecNone);
	assert_int_equal(shell_finish(s.shell), ecNone);
	assert_string_equal(session_shown(&s), "[\n  {\n    \"Name\": \"a\"\n  },\n  {\n    \"Name\": \"b\"\n  }\n]");
	session_close(&s);
	session_open(&s, &host);
	assert_int_equal(session_run(&s, "Get-Thing -Count 0"), ecNone);
	assert_int_equal(shell_finish(s.shell), ecNone);
	assert_string_equal(session_shown(&s), "[]");
	session_close(&s);
}

static void csv(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing -Count 2 | select Name,Size,Tags,Nothing | ConvertTo-Csv -NoTypeInformation",
		  "\"Name\",\"Size\",\"Tags\",\"Nothing\"\n\"a\",\"1.5 KB (1,536 bytes)\",\"red, even\",\n\"b\",\"3 KB (3,072 bytes)\",\"red, odd\"," },
		{ "@{a='say \"hi\", you'; b=\"two`nlines\"} | ConvertTo-Csv -Delimiter ';'", "\"a\";\"b\"\n\"say \"\"hi\"\", you\";\"two\nlines\"" },
		{ "@{a=1},@{b=2} | ConvertTo-Csv", "\"a\"\n\"1\"" },
		{ "1 | ConvertTo-Csv", "error: ConvertTo-Csv: a value of the type Integer has no properties to make columns of" },
		{ "@{a=1} | ConvertTo-Csv -Delimiter ab", "error: ConvertTo-Csv: -Delimiter is one character, such as ';'" },
	};

	(void)state;
	CHECK(rows);
}

static char *contents(const char *path)
{
	static char text[4096];
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	(void)fclose(f);
	return text;
}

static status run_on(struct session *s, const char *format, const char *path)
{
	CLEANUP_BUF struct buf line = BUF_MAX(2000);

	for (; *format; format++) {
		if (*format == '@')
			buf_add_str(&line, path);
		else
			buf_add_u8(&line, (uint8_t)*format);
	}
	return session_run(s, buf_cstr(&line));
}

static void files(void **state)
{
	char path[512];
	struct session s;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("out.csv"));
	session_open(&s, NULL);
	assert_int_equal(run_on(&s, "Get-Thing -Count 2 | select Name,Number | Export-Csv '@' -NoTypeInformation -Encoding UTF8", path), ecNone);
	assert_string_equal(session_shown(&s), "");
	assert_string_equal(contents(path), "\"Name\",\"Number\"\n\"a\",\"0\"\n\"b\",\"1\"\n");
	/* A pipeline that fails leaves the file as it was. */
	assert_int_equal(run_on(&s, "'x','bad' | Set-Thing -ea Stop | Export-Csv '@'", path), ecNotFound);
	assert_string_equal(contents(path), "\"Name\",\"Number\"\n\"a\",\"0\"\n\"b\",\"1\"\n");
	assert_int_equal(run_on(&s, "Get-Thing | Export-Csv '@' -NoClobber", path), ecDuplicateName);
	output_fail_after(1);
	assert_int_not_equal(run_on(&s, "Get-Thing | Export-Csv '@'", path), ecNone);
	output_fail_after(0);
	assert_non_null(strstr(session_shown(&s), "Export-Csv: "));
	assert_string_equal(contents(path), "\"Name\",\"Number\"\n\"a\",\"0\"\n\"b\",\"1\"\n");
	/* And back. */
	assert_int_equal(run_on(&s, "Import-Csv '@' | fl", path), ecNone);
	assert_string_equal(session_shown(&s), "Name   : a\nNumber : 0\n\nName   : b\nNumber : 1");
	assert_int_equal(run_on(&s, "Import-Csv '@' -Header x,y,z | select -First 1 | fl", path), ecNone);
	assert_string_equal(session_shown(&s), "x : Name\ny : Number\nz :");
	assert_int_equal(run_on(&s, "Import-Csv '@.not-there'", path), ecNotFound);
	assert_int_equal(run_on(&s, "Get-Content '@' | select -Skip 1", path), ecNone);
	assert_string_equal(session_shown(&s), "\"a\",\"0\"\n\"b\",\"1\"");
	assert_int_equal(run_on(&s, "Get-Content '@' -First 1 | ConvertTo-SecureString | Set-Thing x -Password (Read-Host -AsSecureString)", path), ecNotFound);
	unlink(path);
	session_close(&s);
}

static void hostile_files(void **state)
{
	static const struct {
		const char *text;
		size_t n; /* 0: up to its NUL */
		const char *shown;
	} rows[] = {
		{ "\xEF\xBB\xBFName,V\r\n\"a \"\"q\"\"\nb\",2\r\n\r\nlast,", 0, "Name : a \"q\"\n       b\nV    : 2\n\nName : last\nV    :" },
		{ "a,b\n\"open", 0, "error: Import-Csv: line 2: the text that begins here has no closing \"" },
		{ "a,b\n\"x\"y,2\n", 0, "error: Import-Csv: line 2: something stands behind a closing \"" },
		{ "a,b\n1\n1,2,3\n", 0, "a : 1\nb :\n\na : 1\nb : 2" },
		{ "a\0b", 3, "NUL bytes" },
		{ "", 0, "" },
	};
	char path[512];
	struct session s;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("in.csv"));
	session_open(&s, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FILE *f = fopen(path, "w");
		size_t n = rows[i].n ? rows[i].n : strlen(rows[i].text);

		assert_non_null(f);
		assert_int_equal(fwrite(rows[i].text, 1, n, f), n);
		assert_int_equal(fclose(f), 0);
		(void)(run_on(&s, "Import-Csv '@' | fl", path) == ecNone);
		if (strstr(rows[i].shown, "NUL"))
			assert_non_null(strstr(session_shown(&s), rows[i].shown));
		else
			assert_string_equal(session_shown(&s), rows[i].shown);
	}
	unlink(path);
	session_close(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(json), cmocka_unit_test(json_host), cmocka_unit_test(csv), cmocka_unit_test(files), cmocka_unit_test(hostile_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
