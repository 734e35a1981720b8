/* Where, ForEach, Select, Sort, Measure and Group. */
#include "shell/session.h"

/* Things: a 1536 Even 0 True, b 3072 Odd 1 False, c 4608 Even 4 False. */
static void comparisons(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing | ? { $_.Name -eq 'B' } | % Name", "b" },
		{ "Get-Thing | ? { $_.Name -ceq 'B' } | % Name", "" },
		{ "Get-Thing | ? { $_.Name -ne 'b' } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Size -gt 3KB } | % Name", "c" },
		{ "Get-Thing | ? { $_.Size -ge 3KB } | % Name", "b\nc" },
		{ "Get-Thing | ? { $_.Size -lt '3 KB' } | % Name", "a" },
		{ "Get-Thing | ? { $_.size -LE 3072 } | % Name", "a\nb" },
		{ "Get-Thing | ? { $_.Kind -like 'e*' } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Kind -clike 'e*' } | % Name", "" },
		{ "Get-Thing | ? { $_.Kind -notlike 'e*' } | % Name", "b" },
		{ "Get-Thing | ? { $_.Kind -match '^[eo]ven$' } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Size -match '\\d,\\d{3}' } | % Name", "a\nb\nc" },
		{ "Get-Thing | ? { $_.Kind -cmatch '^e' } | % Name", "" },
		{ "Get-Thing | ? { $_.Kind -notmatch 'v' } | % Name", "b" },
		{ "Get-Thing | ? { $_.Tags -contains 'ODD' } | % Name", "b" },
		{ "Get-Thing | ? { $_.Tags -notcontains 'odd' } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Tags -eq 'odd' } | % Name", "b" },
		{ "Get-Thing | ? { $_.Name -in 'a','c' } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Name -notin @('a','c') } | % Name", "b" },
		{ "Get-Thing | ? { $_.Enabled } | % Name", "a" },
		{ "Get-Thing | ? { -not $_.Enabled -and $_.Number -lt 2 } | % Name", "b" },
		{ "Get-Thing | ? { $_.Enabled -or $_.Number -eq 4 } | % Name", "a\nc" },
		{ "Get-Thing | ? { $_.Enabled -xor $_.Number -eq 0 } | % Name", "" },
		{ "Get-Thing | ? { $_.Enabled -eq $true } | % Name", "a" },
		{ "Get-Thing | ? { $_.Nothing -eq $null -and $_.Missing -eq $null } | % Name", "a\nb\nc" },
		{ "Get-Thing | ? { $_.Name.Length -eq 1 -and $_.Tags.Count -eq 2 } | measure | % Count", "3" },
		{ "Get-Thing | ? { $_.Created -gt '2026-11-01T00:00:00Z' } | measure | % Count", "3" },
		{ "1,2,3 | ? { $_ -gt 1 }", "2\n3" },
		{ "'10' | ? { $_ -eq 10 }", "10" },
		{ "1 | ? { $_ -eq 'x' }", "" },
		{ "1 | ? { $_ -ne 'x' }", "1" },
		/* The short form. */
		{ "Get-Thing | where Name -eq b | % Name", "b" },
		{ "Get-Thing | where-object name -NOTLIKE 'b' | % Name", "a\nc" },
		{ "Get-Thing | where Size -gt 3KB | % Name", "c" },
		{ "Get-Thing | where Enabled | % Name", "a" },
		{ "Get-Thing | where Enabled -not | % Name", "b\nc" },
		{ "Get-Thing | where Name -in a,b | % Name", "a\nb" },
		{ "Get-Thing | where Nothing -eq $null | % Name", "a\nb\nc" },
		/* Mistakes. */
		{ "Get-Thing | where", "error: Where-Object: it needs a condition: { $_.Name -like 'a*' }, or Name -like 'a*'" },
		{ "Get-Thing | where Name -eq", "error: Where-Object: a value is missing behind -eq" },
		{ "Get-Thing | where Name b", "error: Where-Object: an operator is missing: Name -eq VALUE" },
		{ "Get-Thing | where Name -eq b -like c", "error: Where-Object has no place for 'c'; write the name of its parameter before it (Get-Help Where-Object)." },
		{ "Get-Thing | ? { $_.Name -match '(' }", "error: Where-Object: '(' is no pattern for -match: Unmatched ( or \\(" },
		{ "Get-Thing | ? { $_.Name -match 'a{9}{9}{9}{9}' }", "error: Where-Object: the counts in the pattern 'a{9}{9}{9}{9}' are above 1000" },
		{ "Get-Thing | ? { $_.Name -match '(a)\\1' }",
		  "error: Where-Object: the pattern '(a)\\1' has a back reference, which is not known here" },
	};

	(void)state;
	CHECK(rows);
}

static void selections(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing | select Name,Number", "Name Number\n---- ------\na         0\nb         1\nc         4" },
		{ "Get-Thing | select n* -ExcludeProperty noth*,number | fl", "Name : a\n\nName : b\n\nName : c" },
		{ "Get-Thing | select -First 1 | % Name", "a" },
		{ "Get-Thing | select -Last 2 | % Name", "b\nc" },
		{ "Get-Thing | select -Skip 2 | % Name", "c" },
		{ "Get-Thing | select -Skip 1 -First 1 | % Name", "b" },
		{ "Get-Thing | select Kind -Unique | % Kind", "Even\nOdd" },
		{ "1,2,1 | select -Unique", "1\n2" },
		{ "Get-Thing | select -Expand Tags -First 3", "red\neven\nred" },
		{ "Get-Thing -Count 1 | select Missing | fl", "Missing :" },
		{ "Get-Thing -Count 1 | select -ExpandProperty Missing", "error: Select-Object: the object has no property 'Missing'" },
		{ "Get-Thing | select -First -1", "error: Select-Object: -First cannot be below 0" },
		{ "Get-Thing | select -First 1 -Last 1", "error: Select-Object: -First and -Last do not go together; use two Select-Object" },
		{ "Get-Thing | % { $_.Tags } | select -Unique", "red\neven\nodd" },
		{ "Get-Thing | % { $_.Number -gt 0 }", "False\nTrue\nTrue" },
	};

	(void)state;
	CHECK(rows);
}

static void sorted(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing | sort Name -Descending | % Name", "c\nb\na" },
		{ "Get-Thing | sort Kind,Number | % Name", "a\nc\nb" },
		{ "Get-Thing | sort Kind | % Name", "a\nc\nb" }, /* equal ones keep their order */
		{ "Get-Thing | sort Kind -Unique | % Name", "a\nb" },
		{ "10,9,1e1,'b','A',$null | sort", "9\n10\n10\nA\nb" },
		{ "Get-Thing -Count 12 | sort Size -Desc | select -First 1 | % Size", "18 KB (18,432 bytes)" },
		{ "Get-Thing | group Kind -NoElement", "Count Name\n----- ----\n    2 Even\n    1 Odd" },
		{ "Get-Thing | group Kind | ft", "Count Name Group\n----- ---- -----\n    2 Even {a, c}\n    1 Odd  {b}" },
		{ "Get-Thing | group Kind,Enabled -NoElement | % Name", "Even, True\nOdd, False\nEven, False" },
		{ "'a','A' | group | % Count", "2" },
	};

	(void)state;
	CHECK(rows);
}

static void measured(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing | measure | fl Count", "Count : 3" },
		{ "Get-Thing | measure Size -Sum -Average -Minimum -Maximum | fl",
		  "Count    : 3\nAverage  : 3 KB (3,072 bytes)\nSum      : 9 KB (9,216 bytes)\nMaximum  : 4.5 KB (4,608 bytes)\n"
		  "Minimum  : 1.5 KB (1,536 bytes)\nProperty : Size" },
		{ "Get-Thing | measure Number -Sum -Average | fl Sum,Average", "Sum     : 5\nAverage : 1.66666666666667" },
		{ "1,2,6 | measure -Average | % Average", "3" },
		{ "1,'x' | measure -Sum | % Sum", "1\nerror: Measure-Object: 'x' is not a number" },
		{ "9223372036854775807,9223372036854775807 | measure -Sum | % Sum", "1.84467440737096e+19" },
		{ "Get-Thing | measure Missing -Sum | fl Count,Sum", "Count : 0\nSum   :" },
	};

	(void)state;
	CHECK(rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons), cmocka_unit_test(selections), cmocka_unit_test(sorted), cmocka_unit_test(measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
