/* rop/mapihttp: bodies of the mailbox endpoint byte by byte, failures, tables, limits. */
#include "mapihttp_bodies.h"

static union any body, again;

/* The mailbox endpoint ------------------------------------------------------------------------- */

static void test_connect(void **state)
{
	struct connect_response r = { .polls_max = 60000,
				      .retry_count = 6,
				      .retry_delay = 10000,
				      .dn_prefix = B("/o=X"),
				      .display_name = B("A\0b\0"),
				      .aux = B("aux") };

	(void)state;
	/* MS-OXCMAPIHTTP_R1346 */
	request(MAPIHTTP_CONNECT,
		B("/o=X/cn=a\0"
		  "\1\0\0\0"
		  "\xE4\4\0\0"
		  "\x09\4\0\0"
		  "\x07\4\0\0"
		  "\2\0\0\0"
		  "xy"),
		&body.connect);
	/* MS-OXCMAPIHTTP_R185 */
	assert_true(bytes_equal(body.connect.user_dn, B("/o=X/cn=a")));
	/* MS-OXCMAPIHTTP_R187 */
	assert_int_equal(body.connect.flags, MAPIHTTP_CONNECT_ADMIN);
	/* MS-OXCMAPIHTTP_R1347 */
	assert_int_equal(body.connect.code_page, 1252);
	/* MS-OXCMAPIHTTP_R197 */
	assert_int_equal(body.connect.lcid_sort, 0x0409);
	/* MS-OXCMAPIHTTP_R196 */
	assert_int_equal(body.connect.lcid_string, 0x0407);
	/* MS-OXCMAPIHTTP_R1348 */
	/* MS-OXCMAPIHTTP_R194 */
	/* MS-OXCMAPIHTTP_R1454 */
	assert_true(bytes_equal(body.connect.aux, B("xy")));

	/* MS-OXCMAPIHTTP_R198 */
	/* MS-OXCMAPIHTTP_R209 */
	/* MS-OXCMAPIHTTP_R1349 */
	/* MS-OXCMAPIHTTP_R210 */
	/* MS-OXCMAPIHTTP_R211 */
	/* MS-OXCMAPIHTTP_R212 */
	/* MS-OXCMAPIHTTP_R214 */
	/* MS-OXCMAPIHTTP_R215 */
	/* MS-OXCMAPIHTTP_R216 */
	/* MS-OXCMAPIHTTP_R1351 */
	/* MS-OXCMAPIHTTP_R1352 */
	response(MAPIHTTP_CONNECT, &r,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\x60\xEA\0\0"
		   "\6\0\0\0"
		   "\x10\x27\0\0"
		   "/o=X\0"
		   "A\0b\0\0\0"
		   "\3\0\0\0"
		   "aux"),
		 &again);

	/* What the policies answer stands in ErrorCode, with StatusCode 0 and all fields there. */
	r = (struct connect_response){ .error_code = 1249 };
	response(MAPIHTTP_CONNECT, &r,
		 B("\0\0\0\0"
		   "\xE1\4\0\0"
		   "\0\0\0\0\0\0\0\0\0\0\0\0"
		   "\0"
		   "\0\0"
		   "\0\0\0\0"),
		 &again);
}

static void test_execute(void **state)
{
	struct execute_response r = { .error_code = 0, .rops = B("ROPS"), .aux = B("a") };

	(void)state;
	/* MS-OXCMAPIHTTP_R227 */
	request(MAPIHTTP_EXECUTE,
		B("\7\0\0\0"
		  "\4\0\0\0"
		  "rops"
		  "\x08\x80\1\0"
		  "\1\0\0\0"
		  "a"),
		&body.execute);
	/* MS-OXCMAPIHTTP_R235 */
	assert_int_equal(body.execute.flags, MAPIHTTP_EXECUTE_NO_COMPRESSION |
						     MAPIHTTP_EXECUTE_NO_XOR_MAGIC |
						     MAPIHTTP_EXECUTE_CHAIN);
	/* MS-OXCMAPIHTTP_R1353 */
	/* MS-OXCMAPIHTTP_R1354 */
	/* MS-OXCMAPIHTTP_R1355 */
	assert_true(bytes_equal(body.execute.rops, B("rops")));
	/* MS-OXCMAPIHTTP_R238 */
	assert_int_equal(body.execute.max_rops, 0x18008);
	/* MS-OXCMAPIHTTP_R1455 */
	assert_true(bytes_equal(body.execute.aux, B("a")));
	/* MS-OXCMAPIHTTP_R241 */
	/* MS-OXCMAPIHTTP_R250 */
	/* MS-OXCMAPIHTTP_R1356 */
	/* MS-OXCMAPIHTTP_R245 */
	/* MS-OXCMAPIHTTP_R1358 */
	/* MS-OXCMAPIHTTP_R253 */
	/* MS-OXCMAPIHTTP_R1360 */
	/* MS-OXCMAPIHTTP_R1361 */
	response(MAPIHTTP_EXECUTE, &r,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\0\0\0\0"
		   "\4\0\0\0"
		   "ROPS"
		   "\1\0\0\0"
		   "a"),
		 &again);
}

static void test_disconnect_and_wait(void **state)
{
	struct disconnect_response d = { .error_code = 5 };
	struct notification_wait_response n = { .event_pending = 1 };

	(void)state;
	/* MS-OXCMAPIHTTP_R305 */
	/* MS-OXCMAPIHTTP_R1362 */
	request(MAPIHTTP_DISCONNECT,
		B("\1\0\0\0"
		  "a"),
		&body);
	/* MS-OXCMAPIHTTP_R306 */
	/* MS-OXCMAPIHTTP_R1363 */
	response(MAPIHTTP_DISCONNECT, &d,
		 B("\0\0\0\0"
		   "\5\0\0\0"
		   "\0\0\0\0"),
		 &again);
	/* MS-OXCMAPIHTTP_R310 */
	request(MAPIHTTP_NOTIFICATION_WAIT,
		B("\xFF\xFF\xFF\xFF"
		  "\0\0\0\0"),
		&body);
	/* MS-OXCMAPIHTTP_R311 */
	/* MS-OXCMAPIHTTP_R1369 */
	/* MS-OXCMAPIHTTP_R285 */
	response(MAPIHTTP_NOTIFICATION_WAIT, &n,
		 B("\0\0\0\0"
		   "\0\0\0\0"
		   "\1\0\0\0"
		   "\0\0\0\0"),
		 &again);
}

/* StatusCode, AuxiliaryBufferSize, AuxiliaryBuffer: of every request type but Unbind, and PING. */
static void test_failures(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MAPIHTTP_REQUESTS; i++) {
		CLEANUP_BUF struct buf b = BUF_MAX(100);
		struct reason why = { "" };
		uint32_t code = 0;

		assert_int_equal(mapihttp_failure_write(type_of(i), 0x80004005, 9, &b), 0);
		if (i == MAPIHTTP_PING) {
			assert_int_equal(b.n, 0);
			continue;
		}
		if (i == MAPIHTTP_UNBIND)
			/* MS-OXCMAPIHTTP_R2099 */
			/* MS-OXCMAPIHTTP_R2102 */
			assert_true(bytes_equal(buf_bytes(&b), B("\5\x40\0\x80"
								 "\x09\0\0\0"
								 "\0\0\0\0")));
		else
			/* MS-OXCMAPIHTTP_R219 */
			/* MS-OXCMAPIHTTP_R303 */
			/* MS-OXCMAPIHTTP_R307 */
			/* MS-OXCMAPIHTTP_R312 */
			assert_true(bytes_equal(buf_bytes(&b), B("\5\x40\0\x80"
								 "\0\0\0\0")));
		memset(&body, 0x5A, sizeof body);
		assert_int_equal(mapihttp_response_read(type_of(i), buf_bytes(&b), &arena, &code,
							&body, &why),
				 0);
		/* MS-OXCMAPIHTTP_R223 */
		/* MS-OXCMAPIHTTP_R257 */
		/* MS-OXCMAPIHTTP_R282 */
		/* MS-OXCMAPIHTTP_R284 */
		assert_int_equal(code, 0x80004005);
		assert_int_equal(body.room[0], 0x5A);
		buf_add_u8(&b, 0);
		assert_int_equal(mapihttp_response_read(type_of(i), buf_bytes(&b), &arena, &code,
							&body, &why),
				 ecCorruptData);
	}
}

/* Tables --------------------------------------------------------------------------------------- */

static void test_types(void **state)
{
	static const char *const mailbox[] = { "Connect", "Execute", "Disconnect",
					       "NotificationWait" };
	static const char *const book[] = {
		"Bind",
		"Unbind",
		"CompareMIds",
		"DNToMId",
		"GetMatches",
		"GetPropList",
		"GetProps",
		"GetSpecialTable",
		"GetTemplateInfo",
		"ModLinkAtt",
		"ModProps",
		"QueryColumns",
		"QueryRows",
		"ResolveNames",
		"ResortRestriction",
		"SeekEntries",
		"UpdateStat",
		"GetMailboxUrl",
		"GetAddressBookUrl",
	};

	(void)state;
	/* MS-OXCMAPIHTTP_R174 */
	for (size_t i = 0; i < sizeof mailbox / sizeof *mailbox; i++)
		assert_int_equal(mapihttp_find(mailbox[i])->endpoints, MAPIHTTP_MAILBOX);
	for (size_t i = 0; i < sizeof book / sizeof *book; i++)
		assert_int_equal(mapihttp_find(book[i])->endpoints, MAPIHTTP_ADDRESS_BOOK);
	/* MS-OXCMAPIHTTP_R1127 */
	/* MS-OXCMAPIHTTP_R1128 */
	assert_int_equal(mapihttp_find("PING")->endpoints,
			 MAPIHTTP_MAILBOX | MAPIHTTP_ADDRESS_BOOK);
	assert_ptr_equal(mapihttp_find("connect"), type_of(MAPIHTTP_CONNECT));
	assert_null(mapihttp_find("Connec"));
	assert_null(mapihttp_find(""));
	for (unsigned i = 0; i < MAPIHTTP_REQUESTS; i++) {
		assert_int_equal(type_of(i)->request, i);
		assert_ptr_equal(mapihttp_find(type_of(i)->name), type_of(i));
		assert_int_equal(!type_of(i)->context,
				 i == MAPIHTTP_CONNECT || i == MAPIHTTP_BIND || i == MAPIHTTP_PING);
		assert_int_equal(!type_of(i)->request_body, i == MAPIHTTP_PING);
	}
}

/* PING has no bodies; one that comes all the same is not that of a PING. */
static void test_ping(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(10);
	struct reason why = { "" };
	uint32_t code = 7;

	(void)state;
	/* MS-OXCMAPIHTTP_R1125 */
	assert_int_equal(mapihttp_request_read(type_of(MAPIHTTP_PING), bytes_of(NULL, 0), &arena,
					       NULL, &why),
			 0);
	assert_int_equal(
		mapihttp_request_read(type_of(MAPIHTTP_PING), B("12345678"), &arena, NULL, &why),
		ecCorruptData);
	/* MS-OXCMAPIHTTP_R1460 */
	assert_int_equal(mapihttp_response_write(type_of(MAPIHTTP_PING), NULL, &b, &why), 0);
	assert_int_equal(b.n, 0);
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_PING), bytes_of(NULL, 0), &arena,
						&code, NULL, &why),
			 0);
	assert_int_equal(code, 0);
}

static void test_codes(void **state)
{
	(void)state;
	/* MS-OXCMAPIHTTP_R136 */
	assert_string_equal(mapihttp_code_name(0), "Success");
	/* MS-OXCMAPIHTTP_R137 */
	assert_string_equal(mapihttp_code_name(1), "Unknown Failure");
	/* MS-OXCMAPIHTTP_R138 */
	assert_string_equal(mapihttp_code_name(2), "Invalid Verb");
	/* MS-OXCMAPIHTTP_R139 */
	assert_string_equal(mapihttp_code_name(3), "Invalid Path");
	/* MS-OXCMAPIHTTP_R140 */
	assert_string_equal(mapihttp_code_name(4), "Invalid Header");
	assert_string_equal(mapihttp_code_name(5), "Invalid Request Type");
	assert_string_equal(mapihttp_code_name(6), "Invalid Context Cookie");
	assert_string_equal(mapihttp_code_name(7), "Missing Header");
	assert_string_equal(mapihttp_code_name(8), "Anonymous Not Allowed");
	assert_string_equal(mapihttp_code_name(9), "Too Large");
	assert_string_equal(mapihttp_code_name(10), "Context Not Found");
	assert_string_equal(mapihttp_code_name(11), "No Privilege");
	assert_string_equal(mapihttp_code_name(12), "Invalid Request Body");
	assert_string_equal(mapihttp_code_name(13), "Missing Cookie");
	assert_string_equal(mapihttp_code_name(14), "Reserved");
	assert_string_equal(mapihttp_code_name(15), "Invalid Sequence");
	assert_string_equal(mapihttp_code_name(16), "Endpoint Disabled");
	assert_string_equal(mapihttp_code_name(17), "Invalid Response");
	assert_string_equal(mapihttp_code_name(18), "Endpoint Shutting Down");
	assert_null(mapihttp_code_name(19));
	assert_null(mapihttp_code_name(UINT32_MAX));
}

/* Hostile bodies ------------------------------------------------------------------------------- */

/* A list of n ids, all there. */
static status query_rows_with(uint32_t n)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	struct reason why = { "" };
	struct arena a = ARENA_BUDGET(1 << 20);
	status s;

	buf_add(&b, "\0\0\0\0\0", 5);
	buf_add_u32(&b, n);
	buf_add_zeros(&b, 4 * (size_t)n);
	buf_add(&b, "\0\0\0\0\0\0\0\0\0", 9);
	s = mapihttp_request_read(type_of(MAPIHTTP_QUERY_ROWS), buf_bytes(&b), &a, &body, &why);
	arena_free(&a);
	return s;
}

static status refuse(enum mapihttp_request what, struct bytes data)
{
	struct arena a = ARENA_BUDGET(1 << 20);
	struct reason why = { "" };
	status s = mapihttp_request_read(type_of(what), data, &a, &body, &why);

	assert_true(why.text[0]);
	arena_free(&a);
	return s;
}

static void test_limits(void **state)
{
	CLEANUP_BUF struct buf rows = BUF_MAX(1 << 20);
	struct arena a = ARENA_BUDGET(1 << 20);
	uint32_t code;

	(void)state;
	/* MS-OXCMAPIHTTP_R25 */
	/* MS-OXCMAPIHTTP_R823 */
	assert_int_equal(query_rows_with(100000), 0);
	assert_int_equal(query_rows_with(100001), ecTooBig);
	/* Counts without the elements. */
	assert_int_equal(refuse(MAPIHTTP_QUERY_ROWS, B("\0\0\0\0\0"
						       "\xFF\xFF\xFF\xFF"
						       "\0\0\0\0\0\0\0\0\0")),
			 ecTooBig);
	assert_int_equal(refuse(MAPIHTTP_QUERY_ROWS, B("\0\0\0\0\0"
						       "\x10\0\0\0"
						       "\0\0\0\0\0\0\0\0\0")),
			 ecCorruptData);
	assert_int_equal(refuse(MAPIHTTP_DN_TO_MID, B("\0\0\0\0\1"
						      "\xA0\x86\1\0"
						      "\0\0\0\0\0")),
			 ecCorruptData);
	assert_int_equal(refuse(MAPIHTTP_DN_TO_MID, B("\0\0\0\0\1"
						      "\xA1\x86\1\0"
						      "\0\0\0\0\0")),
			 ecTooBig);
	assert_int_equal(refuse(MAPIHTTP_MOD_LINK_ATT, B("\0\0\0\0\0\0\0\0\0\0\0\0\1"
							 "\xFF\xFF\xFF\x7F"
							 "\0\0\0\0")),
			 ecTooBig);
	assert_int_equal(refuse(MAPIHTTP_CONNECT, B("abc")), ecCorruptData);
	assert_int_equal(refuse(MAPIHTTP_EXECUTE, B("\0\0\0\0"
						    "\xFF\xFF\xFF\xFF"
						    "\0\0\0\0"
						    "\0\0\0\0")),
			 ecCorruptData);

	/* 50,000 rows of 100 columns that take no bytes: bounded by the budget. */
	buf_add(&rows, "\0\0\0\0\0\0\0\0\0\xFF", 10);
	buf_add_u32(&rows, 100);
	for (unsigned i = 0; i < 100; i++)
		buf_add_u32(&rows, 0x00010001);
	buf_add_u32(&rows, 50000);
	buf_add_zeros(&rows, 50004);
	assert_int_equal(mapihttp_response_read(type_of(MAPIHTTP_QUERY_ROWS), buf_bytes(&rows), &a,
						&code, &body, NULL),
			 ecMemory);
	arena_free(&a);
}

/* What comes behind a whole request is nobody's business; what is missing of it is. */
static void test_behind(void **state)
{
	static const char data[] = "\0\0\0\0"
				   "/\0\0\0"
				   "\0\0" /* a second NUL */
				   "\0\0\0\0";
	struct get_mailbox_url_request got = { .flags = 7 };
	struct reason why = { "" };

	(void)state;
	for (size_t n = sizeof data - 1; n >= 12; n--)
		assert_int_equal(mapihttp_request_read(type_of(MAPIHTTP_GET_MAILBOX_URL),
						       bytes_of(data, n), &arena, &got, &why),
				 0);
	assert_int_equal(got.flags, 0);
	assert_true(bytes_equal(got.server_dn, B("/\0")));
	assert_int_equal(got.aux.n, 0);
	assert_int_equal(refuse(MAPIHTTP_GET_MAILBOX_URL, bytes_of(data, 11)), ecCorruptData);
}

/* A filter that is nested without end. */
static void test_deep_filter(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);

	(void)state;
	buf_add(&b, "\0\0\0\0\0\0\0\0\0\0\1", 11);
	for (unsigned i = 0; i < 100000; i++)
		buf_add_u8(&b, RES_NOT);
	assert_int_equal(refuse(MAPIHTTP_GET_MATCHES, buf_bytes(&b)), ecTooComplex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_execute),
		cmocka_unit_test(test_disconnect_and_wait),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_deep_filter),
	};

	return cmocka_run_group_tests_name("mapihttp", tests, NULL, forget);
}
