/* From what is written to the parameters: names, beginnings, positions, types, the pipe; and what is said. */
#include "shell/session.h"

static void bound(void **state)
{
	static const struct exchange rows[] = {
		/* Positions, names, beginnings, aliases, any case. */
		{ "Set-Thing a 10MB | fl", "Identity : a\nSize     : 10 MB (10,485,760 bytes)" },
		{ "set-thing -IDENTITY a -sizel 1kb | fl", "Identity  : a\nSizeLimit : 1 KB (1,024 bytes)" },
		{ "Set-Thing -Id a -Num 0x10 | fl num*", "Number : 16" },
		{ "Set-Thing -Size 5 a | select size", "Size\n----\n5 B (5 bytes)" },
		{ "Set-Thing -Size Unlimited -i a|fl s*", "Size : Unlimited" },
		/* A whole name wins over others that it begins. */
		{ "Set-Thing a -Size 1 -SizeLimit 2|fl s*", "Size      : 1 B (1 bytes)\nSizeLimit : 2 B (2 bytes)" },
		/* Switches and booleans. */
		{ "Set-Thing a -Force | fl f*", "Force : True" },
		{ "Set-Thing a -Force:$false | fl f*", "Force : False" },
		{ "Set-Thing -Force a | fl id*,f*", "Identity : a\nForce    : True" },
		{ "Set-Thing a -Enabled $false | fl e*", "Enabled : False" },
		{ "Set-Thing a -Enabled:TRUE | fl e*", "Enabled : True" },
		{ "Set-Thing a -Enabled 1 | fl e*", "Enabled : True" },
		/* Words and their beginnings. */
		{ "Set-Thing a -Colour red | fl c*", "Colour : Red" },
		{ "Set-Thing a -Colour gree | fl c*", "Colour : Green" },
		/* Times, GUIDs, lists, anything. */
		{ "Set-Thing a -When 2026-11-24 | fl w*", "When : 2026-11-24T00:00:00Z" },
		{ "Set-Thing a -Guid 00062008-0000-0000-C000-000000000046 | fl g*", "Guid : 00062008-0000-0000-c000-000000000046" },
		{ "Set-Thing a -Tags x,'y z' | fl t*", "Tags : {x, y z}" },
		{ "Set-Thing a -Tags x | fl t*", "Tags : {x}" },
		{ "Set-Thing a -Tags 007 | fl t*", "Tags : {007}" },
		{ "Set-Thing a -Tags $null | fl t*", "Tags : {}" },
		{ "Set-Thing a -Tags @{Add='x','y'; Remove='z'} | fl t*", "Tags : @{Add={x, y}; Remove=z}" },
		{ "Get-Thing | where -FilterScript \"Name -eq 'b'\" | % Name", "b" },
		{ "Set-Thing a -Anything @{a=1} | fl a*", "Anything : @{a=1}" },
		{ "Set-Thing 007 | fl i*", "Identity : 007" },
		{ "Set-Thing a -Size $null | fl s*", "Size :" },
		/* Through the pipe: text, objects by what they are known by, properties by name. */
		{ "'x','y' | Set-Thing | fl", "Identity : x\n\nIdentity : y" },
		{ "Get-Thing -Count 1 | Set-Thing | fl", "Identity : a\nSize     : 1.5 KB (1,536 bytes)" },
		{ "Get-Thing -Count 1 | Set-Thing -Size 7 | fl", "Identity : a\nSize     : 7 B (7 bytes)" },
		{ "Get-Thing -Count 2 | Set-Thing z -Force | fl i*", "Identity : z\n\nIdentity : z" },
		/* Pipelines in parentheses. */
		{ "Set-Thing (Get-Thing -Count 1) | fl i*", "Identity : a" },
		{ "Set-Thing a -Tags (Get-Thing) | fl t*", "Tags : {a, b, c}" },
		{ "Set-Thing a -Tags:(Get-Thing | ? { $_.Number -gt 0 } | % Name) | fl t*", "Tags : {b, c}" },
		{ "Set-Thing (Write-Output (Write-Output deep)) | fl i*", "Identity : deep" },
	};

	(void)state;
	CHECK(rows);
}

static void refused(void **state)
{
	static const struct exchange rows[] = {
		{ "Set-Thing", "error: Set-Thing needs -Identity (text)." },
		{ "Set-Thing a -Nmuber 3", "error: Set-Thing has no parameter -Nmuber; did you mean -Number? Get-Help Set-Thing shows all of them." },
		{ "Set-Thing a -Zebra 3", "error: Set-Thing has no parameter -Zebra; Get-Help Set-Thing shows those it has." },
		{ "Set-Thing a -S 3", "error: -S of Set-Thing is ambiguous: it could be -Size, -SizeLimit. Write more of the name." },
		{ "Set-Thing a -Number x", "error: -Number of Set-Thing takes an integer, such as 10, not 'x'." },
		{ "Set-Thing a -Number", "error: -Number of Set-Thing needs a value: an integer, such as 10." },
		{ "Set-Thing a -Number -Force", "error: -Number of Set-Thing needs a value: an integer, such as 10." },
		{ "Set-Thing a -Enabled maybe", "error: -Enabled of Set-Thing takes $true or $false, not 'maybe'." },
		{ "Set-Thing a -Enabled", "error: -Enabled of Set-Thing needs a value: $true or $false." },
		{ "Set-Thing a -Force:2", "error: -Force of Set-Thing takes no value, or :$true or :$false, not '2'." },
		{ "Set-Thing a -Size large", "error: -Size of Set-Thing takes a size, such as 10MB or Unlimited, not 'large'." },
		{ "Set-Thing a -Size -5", "error: -Size of Set-Thing takes a size, such as 10MB or Unlimited, not '-5'." },
		{ "Set-Thing a -Colour Gr", "error: -Colour of Set-Thing takes Red, Green or Grey, not 'Gr'." },
		{ "Set-Thing a -When soon", "error: -When of Set-Thing takes a time, such as 2026-11-24 or 2026-11-24T10:00:00Z, not 'soon'." },
		{ "Set-Thing a -Number $null", "error: -Number of Set-Thing cannot be $null; it takes an integer, such as 10." },
		{ "Set-Thing a -Tags x,$null", "error: -Tags of Set-Thing cannot be $null; it takes text." },
		{ "Set-Thing a -Tags @{Other='x'}", "error: -Tags of Set-Thing takes text, not '@{Other=x}'." },
		{ "Get-Thing | where -FilterScript \"Name -qe 'b'\"",
		  "error: -FilterScript of Where-Object, character 1: 'Name' is neither $_ nor a value; text is quoted inside of { }, and cmdlets do not stand there" },
		{ "Set-Thing a -Number 1,2", "error: -Number of Set-Thing takes one value, not a list of 2." },
		{ "Set-Thing a -Number 1 -Num 2", "error: -Number of Set-Thing is given twice." },
		{ "Set-Thing a 1 b", "error: Set-Thing has no place for 'b'; write the name of its parameter before it (Get-Help Set-Thing)." },
		{ "Set-Thing a -Number { 1 }", "error: -Number of Set-Thing takes no block { }." },
		{ "Get-Ting", "error: there is no cmdlet 'Get-Ting'; did you mean Get-Thing? Get-Command lists all." },
		{ "Zzzzzzzzz", "error: there is no cmdlet 'Zzzzzzzzz'; Get-Command lists all." },
		{ "@{a=1} | Set-Thing", "error: Set-Thing can do nothing with '@{a=1}' (Hashtable) that came through the pipe." },
		{ "Set-Thing (Get-Ting)", "error: there is no cmdlet 'Get-Ting'; did you mean Get-Thing? Get-Command lists all." },
		{ "Get-Thing | Get-Command", "error: Get-Command takes nothing through the pipe; it can only stand first." },
	};

	(void)state;
	CHECK(rows);
}

/* A password comes from a person or a file, is not shown, and what stands on the line is not repeated. */
static void passwords(void **state)
{
	struct session s;

	(void)state;
	session_open(&s, NULL);
	assert_int_equal(session_run(&s, "Set-Thing a -Password hunter2"), ecInvalidParam);
	assert_non_null(strstr(session_shown(&s), "Read-Host -AsSecureString"));
	assert_null(strstr(session_shown(&s), "hunter2"));
	assert_int_equal(session_run(&s, "Set-Thing a -Password (ConvertTo-SecureString hunter2 -AsPlainText -Force)"), ecInvalidParam);
	assert_null(strstr(session_shown(&s), "hunter2"));
	assert_int_equal(session_run(&s, "Set-Thing a -Password (Read-Host 'New' -AsSecureString)"), ecNotFound);
	assert_non_null(strstr(session_shown(&s), "nobody answers"));
	s.typed = "hunter2";
	buf_clear(&s.asked);
	assert_int_equal(session_run(&s, "Set-Thing a -Password (Read-Host 'New' -AsSecureString) | fl p*"), ecNone);
	assert_string_equal(session_shown(&s), "Password : 7");
	assert_string_equal(buf_cstr(&s.asked), "New (hidden)\n");
	assert_int_equal(session_run(&s, "'hunter2' | ConvertTo-SecureString"), ecNone);
	assert_string_equal(session_shown(&s), "System.Security.SecureString");
	assert_int_equal(session_run(&s, "Set-Thing (Read-Host -AsSecureString)"), ecInvalidParam);
	assert_int_equal(session_run(&s, "Read-Host | Set-Thing | fl i*"), ecNone);
	assert_string_equal(session_shown(&s), "Identity : hunter2");
	session_close(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(bound), cmocka_unit_test(refused), cmocka_unit_test(passwords) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
