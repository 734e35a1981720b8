/* rop/rop_buffer: whole buffers, there and back, and the writer that a server uses. */
#include "rop_support.h"

#include "rop/rop_buffer.h"
#include "rop/rops_notification.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"

static struct rop_input input_of(struct bytes data)
{
	CLEANUP_BUF struct buf again = BUF_MAX(MOST);
	struct rop_input input;

	if (rop_input_decode(data, &context, &arena, &input, &why))
		fail_msg("%s", why.text);
	assert_int_equal(rop_input_encode(&input, &again, &why), ecNone);
	same_bytes(buf_bytes(&again), data);
	return input;
}

/* [MS-OXCROPS] 4.4 */
static void test_release(void **state)
{
	struct rop_input input = input_of(hex("08 00 01 00 00 01 00 01 6F 00 00 00 6E 00 00 00"));

	(void)state;
	assert_int_equal(input.n_requests, 2);
	assert_int_equal(input.requests[0].id, ROP_RELEASE);
	assert_int_equal(input.requests[0].input_handle_index, 0);
	assert_int_equal(input.requests[1].input_handle_index, 1);
	assert_int_equal(input.n_handles, 2);
	assert_int_equal(input.handles[0], 0x6F);
	assert_int_equal(input.handles[1], 0x6E);
}

static void test_empty(void **state)
{
	struct rop_input input = input_of(hex("02 00"));

	(void)state;
	assert_int_equal(input.n_requests, 0);
	assert_int_equal(input.n_handles, 0);
}

static void test_many(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);
	struct rop_input input;

	(void)state;
	buf_add_u16(&b, 2 + 3 * 1000);
	for (unsigned i = 0; i < 1000; i++) {
		buf_add_u8(&b, ROP_RELEASE);
		buf_add_u8(&b, 0);
		buf_add_u8(&b, (uint8_t)i);
	}
	input = input_of(buf_bytes(&b));
	assert_int_equal(input.n_requests, 1000);
	assert_int_equal(input.requests[999].input_handle_index, 999 % 256);
}

static void test_refused(void **state)
{
	static const struct {
		const char *bytes, *words;
	} bad[] = {
		{ "", "RopSize" },
		{ "05", "RopSize" },
		{ "00 00", "RopSize is 0" },
		{ "01 00", "RopSize is 1" },
		{ "06 00 01 00 00", "RopSize is 6" },
		{ "05 00 01 00 00 01", "table of handles" },
		{ "05 00 28 00 00", "request 1 of the buffer, reserved ROP 0x28" },
		{ "08 00 01 00 00 02 00 00", "request 2 of the buffer, RopOpenFolder" },
		{ "05 00 2A 00 00", "RopNotify" },
		{ "04 00 01 00", "request 1 of the buffer, RopRelease: at byte 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rop_input input = { .n_requests = 77 };

		assert_int_equal(
			rop_input_decode(hex(bad[i].bytes), &context, &arena, &input, &why),
			ecRpcFormat);
		if (!strstr(why.text, bad[i].words))
			fail_msg("\"%s\" is not in \"%s\"", bad[i].words, why.text);
		assert_int_equal(input.n_requests, 77);
	}
}

static void test_without_memory(void **state)
{
	struct bytes data = hex("0C 00 15 00 00 00 01 32 00 01 00 01 6F 00 00 00");
	struct rop_input input;
	status st = ecMemory;

	(void)state;
	for (unsigned n = 1; n < 20 && st; n++) {
		arena_fail_after(n);
		st = rop_input_decode(data, &context, &arena, &input, &why);
		arena_fail_after(0);
		assert_true(st == ecNone || st == ecMemory);
	}
	assert_int_equal(st, ecNone);
	assert_int_equal(input.n_requests, 2);
}

/* The logon in the buffer decides over what follows it. */
static void test_logon_and_more(void **state)
{
	struct rop_input input =
		input_of(hex("30 00 FE 00 00 00 0C 04 00 01 00 00 00 00 00 00 "
			     "11 00 00 01 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 "
			     "11 12 13 14 15 16 17 18 01 00 01 FF FF FF FF"));

	(void)state;
	assert_int_equal(input.n_requests, 3);
	assert_true(rop_context_is_public(&context, 0));
}

/* Responses ------------------------------------------------------------------------------------ */

static struct rop_input asked_two(void)
{
	return input_of(hex("12 00 17 00 00 01 00 01 5E 00 01 15 00 00 00 01 32 00 "
			    "01 00 00 00 02 00 00 00"));
}

static void test_output(void **state)
{
	struct bytes data = hex("23 00 17 00 00 00 00 00 01 00 00 00 02 00 00 00 "
				"5E 01 00 00 00 00 00 01 00 00 15 00 02 01 04 80 6E 05 00 "
				"01 00 00 00");
	struct rop_input asked =
		input_of(hex("12 00 17 00 00 01 00 01 5E 00 01 15 00 00 00 01 32 00 01 00 00 00"));
	struct rop_output output;

	(void)state;
	if (rop_output_decode(data, &context, &asked, &arena, &output, &why))
		fail_msg("%s", why.text);
	assert_int_equal(output.n_responses, 4);
	assert_int_equal(
		((struct rop_query_position_response *)output.responses[0].body)->denominator, 2);
	assert_int_equal(
		((struct rop_get_stream_size_response *)output.responses[1].body)->stream_size,
		256);
	assert_int_equal(output.responses[2].return_value, ecNotSupported);
	assert_int_equal(output.responses[3].id, ROP_PENDING);
	assert_int_equal(output.n_handles, 1);
}

static void test_too_many(void **state)
{
	struct rop_input asked = input_of(hex("05 00 01 00 00"));
	struct rop_output output = { .n_responses = 77 };

	(void)state;
	assert_int_equal(rop_output_decode(hex("08 00 81 00 00 00 00 00"), &context, &asked, &arena,
					   &output, &why),
			 ecCorruptData);
	assert_non_null(strstr(why.text, "more responses than requests"));
	assert_int_equal(rop_output_decode(hex("07 00 81 00 00 00 00"), &context, NULL, &arena,
					   &output, &why),
			 ecCorruptData);
	assert_non_null(strstr(why.text, "response 1 of the buffer, RopResetTable"));
	assert_int_equal(rop_output_decode(hex("01"), &context, NULL, &arena, &output, &why),
			 ecCorruptData);
	assert_int_equal(output.n_responses, 77);
}

static void test_writer(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);
	struct rop_query_position_response position = { 1, 2 };
	const uint32_t handles[] = { 5, ROP_HANDLE_NONE };
	struct rop_response r = { .id = ROP_QUERY_POSITION, .body = &position };
	struct rop_input asked;
	struct rop_output output;
	struct rop_writer w;

	(void)state;
	buf_add(&b, "xyz", 3);
	assert_int_equal(rop_writer_begin(&w, &b, 2 + 14 + 8 + 5, 2), ecNone);
	assert_int_equal(rop_writer_room(&w), 19);
	assert_int_equal(rop_writer_put(&w, &r, &why), ecNone);
	assert_int_equal(rop_writer_room(&w), 5);
	assert_int_equal(rop_writer_put(&w, &r, &why), ecTooBig);
	assert_int_equal(rop_writer_room(&w), 5);
	assert_int_equal(rop_writer_too_small(&w, 100, hex("17 00 00")), ecNone);
	assert_int_equal(rop_writer_room(&w), 0);
	assert_int_equal(rop_writer_end(&w, handles), ecNone);
	same_bytes(bytes_of(b.p + 3, b.n - 3),
		   hex("15 00 17 00 00 00 00 00 01 00 00 00 02 00 00 00 FF 64 00 17 00 "
		       "05 00 00 00 FF FF FF FF"));
	asked = asked_two();
	assert_int_equal(rop_output_decode(bytes_of(b.p + 3, b.n - 3), &context, &asked, &arena,
					   &output, &why),
			 ecNone);
	assert_int_equal(output.n_responses, 2);
	assert_int_equal(output.responses[1].id, ROP_BUFFER_TOO_SMALL);
}

static void test_writer_limits(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(200000), small = BUF_MAX(10);
	struct rop_response r = { .id = ROP_RESET_TABLE };
	struct rop_writer w;
	size_t n = 0;

	(void)state;
	assert_int_equal(rop_writer_begin(&w, &small, 11, 0), ecTooBig);
	assert_int_equal(rop_writer_begin(&w, &small, 9, 2), ecTooBig);
	assert_int_equal(rop_writer_begin(&w, &small, 10, 2), ecNone);
	assert_int_equal(rop_writer_room(&w), 0);
	assert_int_equal(rop_writer_too_small(&w, 100, hex("00")), ecTooBig);
	/* RopSize has 16 bits. */
	assert_int_equal(rop_writer_begin(&w, &b, 150000, 1), ecNone);
	assert_int_equal(rop_writer_room(&w), 0xFFFF - 2);
	while (!rop_writer_put(&w, &r, &why))
		n++;
	assert_int_equal(n, (0xFFFF - 2) / 6);
}

static void test_input_too_big(void **state)
{
	static uint8_t data[40000];
	struct rop_write_stream_request body = { .data = bytes_of(data, sizeof data) };
	struct rop_request requests[2] = { { .id = ROP_WRITE_STREAM, .body = &body },
					   { .id = ROP_WRITE_STREAM, .body = &body } };
	struct rop_input input = { .requests = requests, .n_requests = 2 };
	CLEANUP_BUF struct buf b = BUF_MAX(200000), small = BUF_MAX(100);

	(void)state;
	assert_int_equal(rop_input_encode(&input, &b, &why), ecTooBig);
	assert_int_equal(b.n, 0);
	input.n_requests = 1;
	assert_int_equal(rop_input_encode(&input, &small, &why), ecTooBig);
	assert_int_equal(small.n, 0);
	assert_int_equal(rop_input_encode(&input, &b, &why), ecNone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_release, forget),
		cmocka_unit_test_setup(test_empty, forget),
		cmocka_unit_test_setup(test_many, forget),
		cmocka_unit_test_setup(test_refused, forget),
		cmocka_unit_test_setup(test_without_memory, forget),
		cmocka_unit_test_setup(test_logon_and_more, forget),
		cmocka_unit_test_setup(test_output, forget),
		cmocka_unit_test_setup(test_too_many, forget),
		cmocka_unit_test_setup(test_writer, forget),
		cmocka_unit_test_setup(test_writer_limits, forget),
		cmocka_unit_test_setup(test_input_too_big, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
