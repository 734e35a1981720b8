/* Format-List and Format-Table: names, widths, wide characters, what is cut. */
#include "shell/session.h"

#include "shell/width.h"

static void lists(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing -Count 1 | fl", "Name    : a\nSize    : 1.5 KB (1,536 bytes)\nKind    : Even\nNumber  : 0\nEnabled : True\n"
					     "Created : 2026-11-01T10:00:00Z\nTags    : {red, even}\nNothing :" },
		/* The name as the object has it, whatever was typed. */
		{ "Get-Thing -Count 1 | FL eNABLED", "Enabled : True" },
		{ "Get-Thing -Count 1 | fl N*,n*", "Name    : a\nNumber  : 0\nNothing :" },
		{ "Get-Thing -Count 1 | fl Missing", "Missing :" },
		{ "Get-Thing -Count 1 | fl z*", "" },
		{ "Get-Thing -Count 2 | fl Name", "Name : a\n\nName : b" },
		/* Wide names line up. */
		{ "@{\xE5\x90\x8D=1; abc=2} | fl", "\xE5\x90\x8D  : 1\nabc : 2" },
	};
	static const struct exchange narrow[] = {
		{ "@{Text='the quick brown fox jumps'} | fl", "Text : the quick bro\n       wn fox jumps" },
		{ "@{Text='\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D'} | fl",
		  "Text : \xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\n       \xE5\x90\x8D" },
		{ "@{AVeryLongNameOfAProperty='some text that is long'} | fl", "AVeryLongNameOfAProperty : some text that is long" },
	};

	(void)state;
	CHECK(rows);
	session_check(narrow, sizeof narrow / sizeof *narrow, &(struct shell_host){ .width = 20 });
}

static void tables(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing", "Name Size                 Kind\n---- ----                 ----\na    1.5 KB (1,536 bytes) Even\n"
			       "b    3 KB (3,072 bytes)   Odd\nc    4.5 KB (4,608 bytes) Even" },
		{ "Get-Thing | ft Number,Name", "Number Name\n------ ----\n     0 a\n     1 b\n     4 c" },
		{ "Get-Thing -Count 1 | ft nam*,Missing -HideTableHeaders", "a" },
		{ "'x' | ft", "x" },
		/* Wide characters take two columns, marks none. */
		{ "@{N='\xE5\x90\x8D'; V=1},@{N='e\xCC\x81'; V=2},@{N='abc'; V=3} | ft N,V",
		  "N   V\n-   -\n\xE5\x90\x8D  1\ne\xCC\x81   2\nabc 3" },
	};
	static const struct exchange narrow[] = {
		/* The widest column gives way, and says that it was cut. */
		{ "@{A='abcdefghijklmnopqrstuvwxyz'; B='short'} | ft A,B", "A              B\n-              -\nabcdefghijklm\xE2\x80\xA6 short" },
		{ "@{A='\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D'; B='short'} | ft A,B",
		  "A              B\n-              -\n\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE5\x90\x8D\xE2\x80\xA6  short" },
		/* ... and the last ones are left out where nothing helps. */
		{ "@{A='aaaaaaaa'; B='bbbbbbbb'; C='cccccccc'; D='dddddddd'} | ft A,B,C,D", "A      B      C\n-      -      -\naaaaa\xE2\x80\xA6 bbbbb\xE2\x80\xA6 ccccc\xE2\x80\xA6" },
		{ "@{A='abcdefghijklmnopqrstuvwxyz'} | ft -Wrap", "A\n-\nabcdefghijklmnopqrstuvwxyz" },
	};

	(void)state;
	CHECK(rows);
	session_check(narrow, sizeof narrow / sizeof *narrow, &(struct shell_host){ .width = 20 });
}

/* Rows behind the sample are shown as they come; memory does not grow with them. */
static void long_tables(void **state)
{
	struct session s;
	struct shell_host host = { .memory = (size_t)1 << 20 };
	size_t lines = 0;

	(void)state;
	session_open(&s, &host);
	assert_int_equal(session_run(&s, "Get-Thing -Count 50000 | ft Name,Number"), ecNone);
	for (size_t i = 0; i < s.out.n; i++)
		lines += s.out.p[i] == '\n';
	assert_int_equal(lines, 50000 + 4);
	session_close(&s);
}

/* Objects of different types come one view after the other. */
static void mixed(void **state)
{
	static const struct exchange rows[] = {
		{ "Get-Thing -Count 1; 'text'; @{a=1}", "Name Size                 Kind\n---- ----                 ----\na    1.5 KB (1,536 bytes) Even\n\n"
							"text\n\na\n-\n1" },
		{ "1,$true,$null,'x',2.5", "1\nTrue\nx\n2.5" },
	};

	(void)state;
	CHECK(rows);
}

static void widths(void **state)
{
	size_t taken = 0;

	(void)state;
	assert_int_equal(width_of("abc"), 3);
	assert_int_equal(width_of("\xC3\xBC"), 1);
	assert_int_equal(width_of("\xE5\x90\x8D\xEF\xBC\xA1"), 4);	 /* 名Ａ */
	assert_int_equal(width_of("\xF0\x9F\x98\x80"), 2);		 /* a smile */
	assert_int_equal(width_of("e\xCC\x81"), 1);			 /* e and an accent */
	assert_int_equal(width_of("\xE0\xB8\x81\xE0\xB8\xB4"), 1);	 /* Thai with a vowel above */
	assert_int_equal(width_of("\xFF"), 1);
	assert_int_equal(width_fitting("a\xE5\x90\x8Dz", 2, &taken), 1); /* half of a wide one does not fit */
	assert_int_equal(taken, 1);
	assert_int_equal(width_fitting("e\xCC\x81z", 1, &taken), 3);
	assert_int_equal(taken, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists), cmocka_unit_test(tables), cmocka_unit_test(long_tables), cmocka_unit_test(mixed), cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
